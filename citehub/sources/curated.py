"""Curated CSV files: every cell checked as it is read, whichever program wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citehub._describe import describe_field
from citehub._text import counted
from citehub.errors import SourceError
from citehub.sources.cells import WrongCell, find_mangled, parse_cell
from citehub.sources.sheet import read_sheet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from citehub._json_types import Field
    from citehub._schema import Column
    from citehub.sources.sheet import Row, Sheet

NAMES_WORK = "works.work_id"
"""The reference of a column that names a work."""


class CuratedRow(dict[str, Any]):
    """A row of a curated file by column; an empty cell is None. ``line`` is where it begins."""

    line: int


class CuratedRows(list[CuratedRow]):
    """The rows of a curated file.

    ``notes`` are sentences on guesses in reading it; ``has_decimal_comma`` says how the program
    wrote numbers.
    """

    notes: tuple[str, ...] = ()
    has_decimal_comma: bool = False


def read_text(path: str) -> str:
    """Return the text of a source file.

    Raises
    ------
    SourceError
        It does not exist, or is not UTF-8.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return file.read()
    except OSError as error:
        raise SourceError.at(path, 0, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SourceError.at(path, 0, f"is not UTF-8 at byte {error.start}") from None


def read_csv(
    path: str,
    columns: Sequence[Column],
    key: Sequence[str] = (),
    *,
    may_lack: Collection[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> CuratedRows:
    """Read a curated file of any spreadsheet program.

    Parameters
    ----------
    path : str
        The file; its first row must name the columns, in any order. It may leave out columns that
        a later schema added.
    columns : sequence of Column
        Names, types and vocabularies of its columns.
    key : sequence of str, optional
        Columns whose values together must be unique.
    may_lack : collection of str, optional
        Further optional columns.
    aliases : mapping, optional
        Other names for its columns.

    Returns
    -------
    CuratedRows
        One per row that is not empty, in the order of the file.

    Raises
    ------
    SourceError
        A column is missing or unknown, a key occurs twice, or a cell has the wrong type; the error
        names the line.
    """
    aliases = aliases or {}
    sheet = read_sheet(path, {*(column.name for column in columns), *aliases})
    names = [aliases.get(name, name) for name in sheet.header.cells]
    _check_header(path, columns, names, sheet, may_lack)
    records = CuratedRows()
    records.notes, records.has_decimal_comma = sheet.notes, sheet.has_decimal_comma
    fields = {column.name: describe_field(column) for column in columns}
    of_works = {column.name for column in columns if column.references == NAMES_WORK}
    for row in sheet.rows:
        cells = dict(zip(names, row.cells, strict=False))
        record = CuratedRow()
        record.line = row.line
        for name, field in fields.items():
            record[name] = read_cell(
                cells.get(name, ""),
                field,
                (path, row.line),
                is_work=name in of_works,
                has_decimal_comma=sheet.has_decimal_comma,
            )
        records.append(record)
    if key:
        _check_key(path, records, key)
    return records


def read_cell(
    cell: str,
    field: Field,
    place: tuple[str, int],
    *,
    is_work: bool = False,
    has_decimal_comma: bool = False,
) -> Any:
    """Return the value of a cell; None if empty.

    Parameters
    ----------
    cell : str
        The text of the cell.
    field : dict
        What its column holds, as a manifest describes it.
    place : tuple
        File and line, for the error.
    is_work : bool, optional
        Whether it should be an identifier of a work.
    has_decimal_comma : bool, optional
        Whether numbers of the file have a decimal comma.

    Raises
    ------
    SourceError
        The cell does not fit its column.
    """
    name = field["name"]
    if not cell:
        if field.get("constraints", {}).get("required"):
            raise SourceError.at(*place, f"{name} is empty")
        return None
    value, due, advice = None, "", ""
    try:
        value = parse_cell(cell, field, has_decimal_comma=has_decimal_comma)
    except WrongCell as wrong:
        due, advice = wrong.due, wrong.advice
    if is_work and value is not None:
        advice = find_mangled(value)
        due = "an identifier of a work" if advice else ""
    if due:
        problem = f"{name} should be {due}, not {cell!r:.60}"
        raise SourceError.at(*place, f"{problem}. {advice}" if advice else problem)
    return value


def _check_header(
    path: str,
    columns: Sequence[Column],
    names: Sequence[str],
    sheet: Sheet,
    may_lack: Collection[str],
) -> None:
    """Refuse missing, repeated, and unknown but filled columns."""
    known = [column.name for column in columns]
    line, found = sheet.header.line, ",".join(sheet.header.cells)
    optional = {*may_lack, *(column.name for column in columns if column.since > 1)}
    missing = [name for name in known if name not in names and name not in optional]
    if missing:
        problem = f"expected the columns {','.join(known)}; found {found or 'an empty file'}"
        raise SourceError.at(path, line, f"{problem}. Missing: {', '.join(missing)}")
    doubles = {name for name in names if name and names.count(name) > 1}
    if doubles:
        raise SourceError.at(path, line, f"the column {min(doubles)} occurs twice")
    for row in sheet.rows:
        number = _find_foreign(row, names, known)
        if number is not None:
            raise SourceError.at(path, row.line, _explain_foreign(row, number, names, known))


def _find_foreign(row: Row, names: Sequence[str], known: Collection[str]) -> int | None:
    """Return the place of the first filled cell outside of the known columns."""
    return next(
        (
            number
            for number, cell in enumerate(row.cells)
            if cell and (number >= len(names) or names[number] not in known)
        ),
        None,
    )


def _explain_foreign(row: Row, number: int, names: Sequence[str], known: Iterable[str]) -> str:
    cell = f"{row.cells[number]!r:.60}"
    if number < len(names) and names[number]:
        return (
            f"the column {names[number]!r:.60} is not known, but holds {cell}. Known: "
            f"{', '.join(known)}. Delete the column, or give it one of these names."
        )
    return (
        f"expected {counted(len(names), 'cell')}, found {len(row.cells)}: {cell} has no "
        "column name above it. Put a cell that holds the separator into quotation marks."
    )


def _check_key(path: str, records: Iterable[CuratedRow], key: Sequence[str]) -> None:
    lines: dict[tuple[Any, ...], int] = {}
    for record in records:
        values = tuple(record[name] for name in key)
        if values in lines:
            problem = f"{', '.join(map(str, values))} is on line {lines[values]} already"
            raise SourceError.at(path, record.line, problem)
        lines[values] = record.line
