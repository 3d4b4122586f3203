"""Curated CSV files: one per table that they feed, every cell checked as it is read."""

from __future__ import annotations

import csv
import datetime
import io
import re
from typing import TYPE_CHECKING, Any, Final

from citehub._describe import describe_field
from citehub._text import counted
from citehub._types import TYPES
from citehub._validate import find_wrong_value
from citehub.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from citehub._schema import Column
    from citehub._shapes import Field

_WHOLE: Final = re.compile(r"-?[0-9]+")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_TRUTH: Final = {"true": True, "false": False}


def _parse_whole(cell: str) -> int:
    if not _WHOLE.fullmatch(cell):
        raise ValueError(cell)
    return int(cell)


def _parse_number(cell: str) -> float:
    if not _NUMBER.fullmatch(cell):
        raise ValueError(cell)
    return float(cell)


def _parse_text(cell: str) -> str:
    if cell != cell.strip():
        raise ValueError(cell)
    return cell


_PARSE: Final[dict[type, tuple[Callable[[str], Any], str]]] = {
    str: (_parse_text, "text without blanks around it"),
    int: (_parse_whole, "a whole number"),
    float: (_parse_number, "a number"),
    bool: (_TRUTH.__getitem__, "true or false"),
    datetime.date: (datetime.date.fromisoformat, "a date, YYYY-MM-DD"),
}


class Record(dict[str, Any]):
    """A row of a curated file by column; an empty cell is None. ``line`` is where it ends."""

    line: int


def read_text(path: str) -> str:
    """Return the text of a source file.

    Raises
    ------
    SourceError
        It is not there, or not UTF-8.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return file.read()
    except OSError as error:
        raise SourceError.at(path, 0, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SourceError.at(path, 0, f"is not UTF-8 at byte {error.start}") from None


def read_csv(path: str, columns: Sequence[Column], key: Sequence[str] = ()) -> list[Record]:
    """Read a curated file.

    Parameters
    ----------
    path : str
        The file; its first line must name the columns, in this order. It may leave out those
        that a later version of the schema added.
    columns : sequence of Column
        Names, types and vocabularies of its columns.
    key : sequence of str, optional
        Columns that together may hold the same values only once.

    Returns
    -------
    list of Record
        One per line, in the order of the file.

    Raises
    ------
    SourceError
        A column is missing, a key is there twice, or a cell is not of its type; the error
        names the line.
    """
    reader = csv.reader(io.StringIO(read_text(path)), strict=True)
    records = []
    lines: dict[tuple[Any, ...], int] = {}
    try:
        header = next(reader, [])
        absent = [each.name for each in columns if each.since > 1 and each.name not in header]
        columns = [column for column in columns if column.name not in absent]
        fields = [describe_field(column) for column in columns]
        names = [column.name for column in columns]
        if header != names:
            problem = f"expected the columns {','.join(names)}; found {','.join(header)}"
            raise SourceError.at(path, 1, problem)
        for cells in reader:
            if len(cells) != len(columns):
                problem = f"expected {counted(len(columns), 'cell')}, found {len(cells)}"
                raise SourceError.at(path, reader.line_num, problem)
            record = Record(dict.fromkeys(absent))
            record.line = reader.line_num
            for field, cell in zip(fields, cells, strict=True):
                record[field["name"]] = _parse(cell, field, path, reader.line_num)
            if key:
                values = tuple(record[name] for name in key)
                if values in lines:
                    problem = f"{', '.join(map(str, values))} is on line {lines[values]} already"
                    raise SourceError.at(path, record.line, problem)
                lines[values] = record.line
            records.append(record)
    except csv.Error as error:
        raise SourceError.at(path, reader.line_num, str(error)) from None
    return records


def _parse(cell: str, field: Field, path: str, line: int) -> Any:
    value, name = None, field["name"]
    if cell:
        parse, kind = _PARSE[TYPES[field["arrowType"]].python]
        try:
            value = parse(cell)
        except (ValueError, KeyError):
            problem = f"{name} should be {kind}, not {cell!r:.60}"
            raise SourceError.at(path, line, problem) from None
    elif field.get("constraints", {}).get("required"):
        raise SourceError.at(path, line, f"{name} is empty")
    expected = find_wrong_value(value, field)
    if expected:
        raise SourceError.at(path, line, f"{name} should be {expected}, not {cell!r:.60}")
    return value
