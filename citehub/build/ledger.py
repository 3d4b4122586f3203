"""The ledger of a build: every cell enters with its origin, so that none can lack one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NewType

from citehub._schema import TABLES, needs_evidence
from citehub._validate import row_key
from citehub.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citehub._rows import Grade, TableName
    from citehub._schema import TableSchema

OwnName = NewType("OwnName", str)
"""Name of a table that only one hub has."""


class Origin(NamedTuple):
    """Where cells come from: a source, a place in it, and how the source gives them."""

    source_id: str
    grade: Grade
    locator: str | None = None


class Ledger:
    """Rows of every table, in the order of their first mention, with the origin of each cell.

    ``origins`` are of cells, by table, row key and column, that have another source than the
    rest of their row; ``schemas`` are the tables that there can be.
    """

    def __init__(
        self,
        origins: Mapping[tuple[str, str, str], Origin] | None = None,
        schemas: Mapping[str, TableSchema] = TABLES,
    ) -> None:
        self._origins = origins or {}
        self._schemas = schemas
        self._tables: dict[str, dict[str, dict[str, Any]]] = {}
        self._evidence: dict[tuple[str, str, str], dict[str, Any]] = {}

    def start(self, *tables: TableName | OwnName) -> None:
        """Take tables in, so that the release holds them even where they stay empty."""
        for table in tables:
            self._tables.setdefault(table, {})

    def put(self, table: TableName | OwnName, cells: Mapping[str, Any], origin: Origin) -> None:
        """Enter cells of one row; it is made where its key is new.

        Null cells are not known and are left out.

        Raises
        ------
        BuildError
            A cell is there already with another value.
        """
        schema = self._schemas[table]
        key = row_key(cells, schema.key)
        empty = {column.name: None for column in schema.columns}
        row = self._tables.setdefault(table, {}).setdefault(key, empty)
        for column, value in cells.items():
            if value is None:
                continue
            if row[column] not in {None, value}:
                problem = f"{table}.{column} of {key} is {row[column]!r} already, not {value!r}"
                raise BuildError(f"Two sources disagree: {problem}.")
            new = row[column] is None
            row[column] = value
            if new and needs_evidence(table, column):
                self._note(table, key, column, origin)

    def rows(self, table: TableName | OwnName) -> list[dict[str, Any]]:
        """Return the rows of a table so far."""
        return list(self._tables.get(table, {}).values())

    def cell(self, table: TableName | OwnName, key: str, column: str) -> Any:
        """Return a cell by the key of its row; null where there is none so far."""
        return self._tables.get(table, {}).get(key, {}).get(column)

    def origin(self, table: TableName | OwnName, key: str, column: str) -> Origin:
        """Return where a cell that is there comes from."""
        row = self._evidence[table, key, column]
        return Origin(row["source_id"], row["grade"], row["locator"])

    def close(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of every table, with the evidence of their cells, in schema order."""
        self._tables["evidence"] = {
            "|".join(key): row for key, row in sorted(self._evidence.items(), key=lambda e: e[0])
        }
        return {name: self.rows(name) for name in self._schemas if name in self._tables}  # type: ignore[arg-type]

    def _note(self, table: str, key: str, column: str, origin: Origin) -> None:
        origin = self._origins.get((table, key, column), origin)
        self._evidence[table, key, column] = {
            "table_name": table,
            "row_key": key,
            "column_name": column,
            "source_id": origin.source_id,
            "locator": origin.locator,
            "grade": origin.grade,
        }


def named_sources(
    tables: Mapping[str, Iterable[Mapping[str, Any]]], schemas: Mapping[str, TableSchema] = TABLES
) -> set[str]:
    """Return the sources that any row of a release names, its evidence with it."""
    return {
        row[column.name]
        for name, rows in tables.items()
        for column in schemas[name].columns
        if column.references == "sources.source_id"
        for row in rows
        if row[column.name] is not None
    }
