"""Cells of spreadsheets as values, whatever programs did to numbers, dates and identifiers."""

from __future__ import annotations

import datetime
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from citehub._types import TYPES
from citehub._validate import find_wrong_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from citehub._json_types import Field


class WrongCell(Exception):
    """A cell that does not fit its column; ``advice`` is a sentence, or empty."""

    def __init__(self, due: str, advice: str = "") -> None:
        super().__init__(due)
        self.due = due
        self.advice = advice


_BROKEN: Final = re.compile(  # in the languages of the programs, and of a column too narrow
    r"#[^\W\d_][^\W_]*(?:[ /][^\W_]+)*[!?]|#N/A|#NV|#N/D|#{2,}|Err:[0-9]+"
)
_HELD: Final = re.compile(r"'(?='*[=+\-@\uff1d\uff0b\uff0d\uff20]|[0-9][0-9.,:/-]*\Z)")
_NUMBER: Final = re.compile(r"([-+]?[0-9]{1,300})(?:([.,])([0-9]{1,300}))?([eE][-+]?[0-9]{1,9})?")
_THOUSANDS: Final = re.compile(r"[-+]?[1-9][0-9]{0,2}")
_GROUP: Final = 3
_DATE: Final = re.compile(
    r"([0-9]{4}|[0-9]{1,2})([-/.]) ?([0-9]{1,2})(\2) ?([0-9]{4}|[0-9]{1,2})\.?"
    r"(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_YEAR: Final = 4
_SHORT_YEAR: Final = 2
_SERIAL: Final = re.compile(r"([0-9]{5})(?:[.,][0-9]+)?")
_DAY_ZERO: Final = datetime.date(1899, 12, 30)  # as Excel, LibreOffice and Google Sheets count
_DATE_DUE: Final = "a date, YYYY-MM-DD"
_TRUE: Final = {
    *("true", "1", "wahr", "vrai", "verdadero"),
    *("verdadeiro", "vero", "waar", "prawda", "истина"),
}
_FALSE: Final = {"false", "0", "falsch", "faux", "falso", "onwaar", "fałsz", "ложь"}
_ARXIV_NUMBER: Final = re.compile(r"([0-9]{2}(?:0[1-9]|1[0-2]))\.([0-9]{4,5})(?:v[0-9]+)?")
_FIRST_OF_FIVE: Final = 1501  # from January 2015 on, ids have five digits after the point
_FIRST_ARXIV: Final = 704
_NUMERIC: Final = re.compile(r"([0-9]{1,4})[.,]([0-9]{1,17})|[0-9]+(?:[.,][0-9]+)?[eE][-+]?[0-9]+")


def parse_cell(cell: str, field: Field, *, has_decimal_comma: bool = False) -> Any:
    """Return the value of a cell that is not empty.

    Parameters
    ----------
    cell : str
        The text of the cell, without blanks around it.
    field : dict
        The description of its column, as in a manifest.
    has_decimal_comma : bool, optional
        Whether the program that wrote the file uses a decimal comma.

    Returns
    -------
    str, int, float, bool or date
        The value, of the column's type and vocabulary.

    Raises
    ------
    WrongCell
        The cell has another value; the error says what is expected.

    Examples
    --------
    >>> year = {"name": "year", "type": "integer", "arrowType": "int16", "description": ""}
    >>> parse_cell("2022.0", year)
    2022
    """
    if _BROKEN.fullmatch(cell):
        raise WrongCell(_due(field), "A spreadsheet could not show the content of this cell.")
    if cell.startswith("="):
        raise WrongCell(
            _due(field),
            "It is a formula. Paste its result as a value; put ' before text that begins like "
            "one.",
        )
    cell = cell[1:] if _HELD.match(cell) else cell
    kind = TYPES[field["arrowType"]].python
    value: Any
    if kind in {int, float}:
        value = _parse_number(cell, field, has_decimal_comma=has_decimal_comma)
    else:
        value = _PARSE.get(kind, str)(cell)
    terms = field.get("constraints", {}).get("enum", ())
    if terms and value not in terms:  # programs begin a cell with a capital letter
        value = next((term for term in terms if term.lower() == cell.lower()), value)
    expected = find_wrong_value(value, field)
    if expected:
        raise WrongCell(expected)
    return value


def find_mangled(cell: str) -> str:
    """Say what seems to have happened to an identifier in a spreadsheet, and what to do.

    Empty if nothing did. Programs take arXiv ids for numbers.

    Examples
    --------
    >>> find_mangled("2201.11990"), find_mangled("doi:10.1145/3744746")
    ('', '')
    >>> print(find_mangled("2201.1199"))
    A spreadsheet seems to have taken an arXiv id for a number and cut it, perhaps 2201.11990. \
Write it with its scheme, as arxiv:2201.11990, and format the column as text.
    """
    bare = cell.lower().removeprefix("arxiv:").strip()
    is_date = _DATE.fullmatch(cell) is not None
    found = _NUMERIC.fullmatch(bare)
    if _is_arxiv_number(bare) or not (is_date or found):
        return ""
    became, perhaps, example = "a date", "", "2201.11990"
    if found and not is_date:
        became = "a number and cut it" if found[1] else "a number"
        guess = _guess_arxiv(found[1], found[2]) if found[1] else ""
        perhaps, example = (f", perhaps {guess}", guess) if guess else ("", example)
    return (
        f"A spreadsheet seems to have taken an arXiv id for {became}{perhaps}. Write it with its "
        f"scheme, as arxiv:{example}, and format the column as text."
    )


def _is_arxiv_number(text: str) -> bool:
    found = _ARXIV_NUMBER.fullmatch(text)
    if found is None:
        return False
    month, has_five = int(found[1]), len(found[2]) > len("0000")
    return month >= _FIRST_ARXIV and has_five is (month >= _FIRST_OF_FIVE)


def _guess_arxiv(whole: str, rest: str) -> str:
    """Return an arXiv id that lost leading and trailing zeros; empty if none did."""
    whole = whole.zfill(len("2201"))
    width = 5 if int(whole) >= _FIRST_OF_FIVE else 4
    guess = f"{whole}.{rest.ljust(width, '0')}"
    return guess if _is_arxiv_number(guess) else ""


def _due(field: Field) -> str:
    """Return what a column holds, in words."""
    kind = TYPES[field["arrowType"]].python
    if kind is int:
        return "a whole number"
    return {float: "a number", bool: "true or false", datetime.date: _DATE_DUE}.get(kind, "text")


def _parse_number(cell: str, field: Field, *, has_decimal_comma: bool) -> int | float:
    due = _due(field)
    found = _NUMBER.fullmatch(cell.replace("\u2212", "-"))
    if not found:
        has_digits = re.fullmatch(r"[-+]?[0-9][0-9.,'\s\u2019]*", cell)
        raise WrongCell(due, "Write it without marks of thousands." if has_digits else "")
    whole, mark, rest, exponent = found.groups()
    is_decimal = mark == ("," if has_decimal_comma else ".")
    if mark and not is_decimal and len(rest) == _GROUP and _THOUSANDS.fullmatch(whole):
        point = f"{whole},{rest}" if has_decimal_comma else f"{whole}.{rest}"
        raise WrongCell(due, f"It could be {whole}{rest} or {point}: write the right one.")
    if due == "a number":
        return float(f"{whole}.{rest or 0}{exponent or ''}")
    if exponent:
        raise WrongCell(due, "A spreadsheet seems to have cut it: write all of its digits.")
    if rest and rest.strip("0"):
        raise WrongCell(due)
    return int(whole)


def _parse_truth(cell: str) -> bool:
    if cell.lower() not in _TRUE | _FALSE:
        raise WrongCell("true or false")
    return cell.lower() in _TRUE


def _parse_date(cell: str) -> datetime.date:
    """Return an unambiguous day; dates with points have the day first."""
    found = _DATE.fullmatch(cell)
    if not found:
        raise WrongCell(_DATE_DUE, _advise_on_date(cell))
    first, mark, *_, third = parts = found.groups()
    if len(first) == _YEAR:
        orders = ["ymd"]
    elif len(third) < _SHORT_YEAR:
        orders = []
    elif mark == ".":
        orders = ["dmy"]
    else:
        orders = ["dmy", "mdy", *(["ymd"] if len(third) == _SHORT_YEAR else [])]
    read = (_make_day(dict(zip(order, parts[::2], strict=True))) for order in orders)
    days = sorted({day for day in read if day})
    if not days:
        raise WrongCell(_DATE_DUE, "There is no such day.")
    if len(days) > 1:
        could = " or ".join(map(str, days))
        raise WrongCell(_DATE_DUE, f"It could be {could}: write the right one.")
    return days[0]


def _make_day(parts: dict[str, str]) -> datetime.date | None:
    year = parts["y"] if len(parts["y"]) == _YEAR else f"20{parts['y']}"
    with suppress(ValueError):
        return datetime.date(int(year), int(parts["m"]), int(parts["d"]))
    return None


def _advise_on_date(cell: str) -> str:
    found = _SERIAL.fullmatch(cell)
    if not found:
        return "Write 2026-11-29 for the 29th of November 2026."
    day = _DAY_ZERO + datetime.timedelta(days=int(found[1]))
    return (
        f"It is how spreadsheets count days, and could be {day}: format the column as a date, "
        "or as text."
    )


_PARSE: Final[dict[type, Callable[[str], Any]]] = {
    bool: _parse_truth,
    datetime.date: _parse_date,
}
