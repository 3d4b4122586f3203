"""Rows of the tables that only one hub has: read, checked by their rules, entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub._schema import TABLES, Column
from citehub._validate import row_key
from citehub.build.ledger import OwnName
from citehub.errors import SourceError
from citehub.sources.curated import CuratedRow, read_csv
from citehub.sources.records import Origin

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from citehub.build.ledger import Ledger
    from citehub.build.own_tables import OwnTable, Quotes, Range

_NOUNS: Final = {
    "works.work_id": "work of the hub",
    "sources.source_id": "source of sources.csv",
}

_OF_ORIGIN: Final = (
    Column("source_id", "string", "Source of the row.", references="sources.source_id"),
    Column(
        "grade",
        "category",
        "How the source gives the row.",
        vocabulary=TABLES["evidence"].column("grade").vocabulary,
    ),
    Column("locator", "string", "Where in the source it stands."),
)
"""Further columns that a file may have."""


def read_own_rows(
    table: OwnTable, path: str, known: Mapping[str, Container[str]]
) -> list[CuratedRow]:
    """Read the file of a table that only one hub has.

    Parameters
    ----------
    table : OwnTable
        The table. The file may also have ``source_id``, ``grade`` and ``locator``, which say where
        a row comes from.
    path : str
        The file, ``<table>.csv``.
    known : mapping of str to container of str
        Allowed values of columns that refer to ``works.work_id`` and ``sources.source_id``.

    Raises
    ------
    SourceError
        A cell is wrong, or names an unknown work or source.
    """
    own = {column.name for column in table.columns}
    more = [column for column in _OF_ORIGIN if column.name not in own]
    columns = [*table.columns, *more]
    records = read_csv(path, columns, table.key, may_lack=[column.name for column in more])
    for record in records:
        for column in columns:
            value = record[column.name]
            if value is None or column.references not in known:
                continue
            if value not in known[column.references]:
                problem = f"{value} is no {_NOUNS[column.references]}"
                raise SourceError.at(path, record.line, problem)
    return records


def put_own_rows(
    ledger: Ledger, table: OwnTable, path: str, records: list[CuratedRow], judged: Origin
) -> None:
    """Enter the rows of a table that only one hub has, each cell with its origin.

    Parameters
    ----------
    ledger : Ledger
        Takes in the rows; it has what they quote already.
    table : OwnTable
        The table.
    path : str
        Their file, for errors.
    records : list of CuratedRow
        The rows, as :func:`read_own_rows` gives them.
    judged : Origin
        The origin of cells without a named source.

    Raises
    ------
    SourceError
        A row breaks a rule of its table.
    """
    name = OwnName(table.name)
    ledger.start(name)
    quotes = table.quotes
    if quotes:
        judged = judged._replace(locator=f"judged by the {quotes.of}")
    places: dict[str, list[int]] = {}
    for record in records:
        problem = _find_problem(table, record, ledger, places)
        if problem:
            raise SourceError.at(path, record.line, problem)
        cells = {column.name: record[column.name] for column in table.columns}
        printed = {quotes.words, *quotes.read} if quotes else set()
        rest = {column: value for column, value in cells.items() if column not in printed}
        ledger.put(name, rest, _origin(record, judged))
        if quotes:
            origin = ledger.origin("works", record["work_id"], quotes.of)
            ledger.put(name, {each: cells[each] for each in {*table.key, *printed}}, origin)


def _origin(record: CuratedRow, judged: Origin) -> Origin:
    """Return the origin of a row: what it says, else that it was judged."""
    if record["source_id"] is None:
        locator = record["locator"] or judged.locator
        return Origin(judged.source_id, record["grade"] or judged.grade, locator)
    return Origin(record["source_id"], record["grade"] or "stated", record["locator"])


def _find_problem(
    table: OwnTable, row: CuratedRow, ledger: Ledger, places: dict[str, list[int]]
) -> str:
    """Return the rule that a row breaks, or an empty string."""
    name = row_key(row, table.key)
    for columns in table.one_of:
        if sum(row[column] is not None for column in columns) != 1:
            return f"{name} should have a value in one of {', '.join(columns)}, and only one"
    for limits in table.ranges:
        problem = _find_range_problem(limits, row)
        if problem:
            return f"{name} should have {problem}"
    return _place(table.quotes, row, name, ledger, places) if table.quotes else ""


def _find_range_problem(limits: Range, row: Mapping[str, Any]) -> str:
    """Return what a row should have, or an empty string."""
    low, high = row[limits.low], row[limits.high]
    is_range = all(row[column] == value for column, value in limits.where.items())
    if limits.where and is_range is (high is None):
        named = " and ".join(f"{column} is {value}" for column, value in limits.where.items())
        return f"a {limits.high} if {named}, and only then"
    if high is not None and (low is None or high <= low):
        return f"a {limits.high} above its {limits.low}"
    return ""


def _place(
    quotes: Quotes, row: Mapping[str, Any], name: str, ledger: Ledger, places: dict[str, list[int]]
) -> str:
    """Note where a work prints the quotation of a row, after the rows before; return problems."""
    work_id, words = row["work_id"], row[quotes.words]
    text: str = ledger.cell("works", work_id, quotes.of) or ""
    if words not in text:
        return f"{work_id} has no {quotes.of} that holds {words!r:.80}"
    before = places.setdefault(work_id, [])
    place = text.find(words, *before[-1:])
    if place < 0:
        return f"{words!r:.80} is printed ahead of the words of the row before it"
    before.append(place)
    expected = f"{work_id.partition(':')[2]}-{len(before)}"
    return "" if name == expected else f"expected the key {expected}, found {name}"
