"""The ledger of a build, which takes no cell without its origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NewType

from citehub._schema import TABLES, needs_evidence
from citehub._validate import row_key
from citehub.errors import BuildError
from citehub.sources.records import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citehub._rows import TableName
    from citehub._schema import TableSchema

OwnName = NewType("OwnName", str)
"""Name of a table that only one hub has."""


Cell = tuple[str, str, str]
"""A cell: its table, the key of its row, and its column."""


class Correction(NamedTuple):
    """The value that a person gives a cell (None is not known), and its place."""

    value: Any
    origin: Origin


class Ledger:
    """Rows of every table, in the order of first mention, with the origin of each cell.

    ``origins`` are those of cells, by table, row key and column, with another source than the rest
    of their row; ``schemas`` are the possible tables. ``corrections`` are values that a person
    gives: they replace the sources' values, which stay in the evidence. ``differs`` says, for each
    such cell that was reached, whether the sources differ from it or say nothing.
    """

    def __init__(
        self,
        origins: Mapping[Cell, Origin] | None = None,
        schemas: Mapping[str, TableSchema] = TABLES,
        corrections: Mapping[Cell, Correction] | None = None,
        differs: dict[Cell, bool] | None = None,
    ) -> None:
        self._origins = origins or {}
        self._schemas = schemas
        self._corrections = {} if corrections is None else corrections
        self._differs = {} if differs is None else differs
        self._tables: dict[str, dict[str, dict[str, Any]]] = {}
        self._evidence: dict[Cell, dict[str, dict[str, Any]]] = {}  # by cell, then source

    def start(self, *tables: TableName | OwnName) -> None:
        """Take in tables, so that the release has them even if they stay empty."""
        for table in tables:
            self._tables.setdefault(table, {})

    def put(self, table: TableName | OwnName, cells: Mapping[str, Any], origin: Origin) -> None:
        """Enter cells of one row; a new key makes a new row.

        Null cells are not known and are left out.

        Raises
        ------
        BuildError
            The cell has another value already.
        """
        schema = self._schemas[table]
        key = row_key(cells, schema.key)
        empty = {column.name: None for column in schema.columns}
        row = self._tables.setdefault(table, {}).setdefault(key, empty)
        for column, value in cells.items():
            if value is None:
                continue
            corrected = self._corrections.get((table, key, column))
            if corrected is not None:
                cell = table, key, column
                self._differs[cell] = self._differs.get(cell, False) or corrected.value != value
                if corrected.value != value:
                    self._note(table, key, column, origin, str(value))
                    continue
            if row[column] not in {None, value}:
                problem = f"{table}.{column} of {key} is {row[column]!r} already, not {value!r}"
                raise BuildError(f"Two sources disagree: {problem}.")
            new = row[column] is None
            row[column] = value
            if new and needs_evidence(table, column):
                self._note(table, key, column, origin)

    def correct(self, table: TableName | OwnName, key: str) -> None:
        """Enter a person's cells of a row, over those of sources."""
        row = self._tables[table][key]
        for column in row:
            corrected = self._corrections.get((table, key, column))
            if corrected is not None:
                row[column] = corrected.value
                self._differs.setdefault((table, key, column), True)
                self._note(table, key, column, corrected.origin)

    def said(self, table: TableName | OwnName, key: str, column: str, stated: Any) -> Any:
        """Return the content of a cell for a value that a source states."""
        corrected = self._corrections.get((table, key, column))
        return stated if corrected is None else corrected.value

    def rows(self, table: TableName | OwnName) -> list[dict[str, Any]]:
        """Return the rows of a table so far."""
        return list(self._tables.get(table, {}).values())

    def cell(self, table: TableName | OwnName, key: str, column: str) -> Any:
        """Return a cell by the key of its row; null if there is none so far."""
        return self._tables.get(table, {}).get(key, {}).get(column)

    def origin(self, table: TableName | OwnName, key: str, column: str) -> Origin:
        """Return the origin of an existing cell."""
        stated = self._evidence[table, key, column].values()
        row = next(row for row in stated if row["other_value"] is None)
        return Origin(row["source_id"], row["grade"], row["locator"])

    def close(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of every table, with the evidence of their cells, in schema order."""
        self._tables["evidence"] = {
            "|".join((*cell, source)): rows[source]
            for cell, rows in sorted(self._evidence.items())
            for source in sorted(rows)
        }
        return {name: self.rows(name) for name in self._schemas if name in self._tables}  # type: ignore[arg-type]

    def _note(
        self, table: str, key: str, column: str, origin: Origin, other: str | None = None
    ) -> None:
        origin = self._origins.get((table, key, column), origin)
        self._evidence.setdefault((table, key, column), {})[origin.source_id] = {
            "table_name": table,
            "row_key": key,
            "column_name": column,
            "source_id": origin.source_id,
            "locator": origin.locator,
            "grade": origin.grade,
            "other_value": other,
        }


def source_ids_in(
    tables: Mapping[str, Iterable[Mapping[str, Any]]], schemas: Mapping[str, TableSchema] = TABLES
) -> set[str]:
    """Return the sources that any row of a release names, including its evidence."""
    return {
        row[column.name]
        for name, rows in tables.items()
        for column in schemas[name].columns
        if column.references == "sources.source_id"
        for row in rows
        if row[column.name] is not None
    }
