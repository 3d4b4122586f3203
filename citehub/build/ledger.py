"""The ledger of a build: every cell enters with its origin, so that none can lack one."""

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
    """The value that a person gives a cell, None where it is not known, and where that stands."""

    value: Any
    origin: Origin


class Ledger:
    """Rows of every table, in the order of their first mention, with the origin of each cell.

    ``origins`` are of cells, by table, row key and column, that have another source than the
    rest of their row; ``schemas`` are the tables that there can be. ``corrections`` are values
    of cells that a person gives: they stand in the place of what sources say, which stays in the
    evidence. Into ``differs`` goes, for each of these cells that was reached, whether a source
    says something else, or none says anything.
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
        """Enter the cells of a row that a person gives, over those that sources gave."""
        row = self._tables[table][key]
        for column in row:
            corrected = self._corrections.get((table, key, column))
            if corrected is not None:
                row[column] = corrected.value
                self._differs.setdefault((table, key, column), True)
                self._note(table, key, column, corrected.origin)

    def said(self, table: TableName | OwnName, key: str, column: str, stated: Any) -> Any:
        """Return what a cell holds of which a source states a value."""
        corrected = self._corrections.get((table, key, column))
        return stated if corrected is None else corrected.value

    def rows(self, table: TableName | OwnName) -> list[dict[str, Any]]:
        """Return the rows of a table so far."""
        return list(self._tables.get(table, {}).values())

    def cell(self, table: TableName | OwnName, key: str, column: str) -> Any:
        """Return a cell by the key of its row; null where there is none so far."""
        return self._tables.get(table, {}).get(key, {}).get(column)

    def origin(self, table: TableName | OwnName, key: str, column: str) -> Origin:
        """Return where a cell that is there comes from."""
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
