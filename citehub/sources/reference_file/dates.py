"""Dates as people and programs write them: the year and month in which they begin."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from citehub.sources.records import YEARS

_NAMES: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
MONTH_MACROS: Final = {name[:3]: name for name in _NAMES}
"""What BibTeX's names of months stand for."""

_IN_OTHER_TONGUES: Final = (  # German, French, Spanish, Italian, Portuguese and Dutch
    "januar jänner janvier janv enero ene gennaio genn janeiro januari",
    "februar février févr fevrier febrero febbraio fevereiro februari",
    "märz maerz mär mars marzo março marco maart mrt",
    "avril avr abril abr aprile",
    "mai mayo maggio maio mei",
    "juni juin junio jun giugno junho",
    "juli juillet juil julio luglio julho",
    "août aout agosto ago augustus",
    "settembre septembre septiembre setembro",
    "oktober okt octobre octubre ottobre outubro",
    "novembre noviembre novembro",
    "dezember dez décembre déc decembre diciembre dicembre dezembro",
)
_MONTHS: Final = {
    spelling: number
    for number, (name, others) in enumerate(zip(_NAMES, _IN_OTHER_TONGUES, strict=True), 1)
    for spelling in (name, name[:3], *others.split(), *(["sept"] if number == 9 else []))  # noqa: PLR2004
}
_BESIDE: Final = {  # words that leave a year as it is
    *("spring", "summer", "autumn", "fall", "winter", "quarter", "q", "early", "mid", "late"),
    *("c", "ca", "circa", "approx", "about", "around", "the", "of", "and", "to"),
    *("accepted", "submitted", "under", "review", "epub", "ahead", "posted", "ad", "ce"),
    *("cop", "p", "since", "present", "er"),
    *("st", "nd", "rd", "th", "published", "print", "online", "issue"),
    *("forthcoming", "in press", "to appear"),
    *("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
}
_NO_DATE: Final = {
    "n.d",
    "n. d",
    "nd",
    "s.d",
    "s. d",
    "s.a",
    "s. a",
    "o.j",
    "o. j",
    "no date",
    "undated",
}
_LAST_DAY: Final = 31
_SEASONS: Final = range(21, 42)  # in place of a month, in EDTF
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]|--+")
_MARKS: Final = re.compile(r"[?~%()\[\]{}<>©]")  # of doubt, in EDTF and in catalogues
_EAST_ASIAN: Final = re.compile(r"(?<=\d) ?[年月년월] ?(?:(\d\d?) ?[日일])?")
_TIME: Final = re.compile(
    r"[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AP]M)?(?: ?(?:Z|GMT|UTC|[+-]\d\d:?\d\d))?",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)")
_YEAR_FIRST: Final = re.compile(  # ISO 8601, EDTF and RIS; the next year may stand in two digits
    r"(?P<year>\d{4})[a-f]?"
    r"(?:(?P<sign>[-/.])(?P<month>\d\d?|XX|uu)(?!\d)(?:(?P=sign)(?P<day>\d\d?|XX|uu)(?!\d))?)?"
    r"(?: ?[-/] ?(?P<end>\d{4})(?!\d).*|(?(month)| ?(?!/ ?(?!open|unknown)[^\W\d_])) ?/.*| ?-)?"
)
_YEAR_LAST: Final = re.compile(
    r"(?:(?P<first>\d\d?)(?P<sign>[-/.]) ?)?(?P<second>\d\d?)[-/.] ?(?P<year>\d{4})"
)
_NEXT_YEAR: Final = re.compile(r"(?<!\d)((?:1[5-9]|20|21)\d\d) ?[-/] ?\d\d(?![\d/-])")
_PIECE: Final = re.compile(r"(?P<number>\d+)|(?P<word>in press|to appear|[^\W\d_]+)|[\s.,;/&'-]+")


class Date(NamedTuple):
    """A year and a month, None where the date does not tell."""

    year: int | None
    month: int | None = None


def parse_date(text: str) -> Date | None:
    """Return in which year and month a date, or a range of dates, begins.

    A day in a year that is not named gives the month alone. The first of January often stands
    for the year alone, so it gives no month.

    Raises
    ------
    ValueError
        The text tells no year from 1500 to 2100, or holds words that are not of a date.

    Examples
    --------
    >>> [tuple(parse_date(text)) for text in ("2015-06-22/2015-06-26", "Spring 2017", "FEB 15")]
    [(2015, 6), (2017, None), (None, 2)]
    """
    plain = _TIME.sub("", _DASHES.sub("-", _MARKS.sub("", text)))
    plain = _EAST_ASIAN.sub(r"-\1", " ".join(plain.split())).rstrip(" .,;-")
    if not plain or plain.lower() in _NO_DATE:
        return None
    found = _parse_numbers(plain) or _parse_words(plain)
    if found is None or found == Date(None) or found.year not in {None, *YEARS}:
        raise ValueError(f"{text!r:.60} is no date with a year from 1500 to 2100")
    return found


def parse_month(text: str) -> int | None:
    """Return a month, of several the first; a season tells none.

    Raises
    ------
    ValueError
        The text is neither.
    """
    plain = _DASHES.sub("-", _MARKS.sub("", text)).strip(" .,")
    if not plain:
        return None
    if re.fullmatch(r"\d\d?(?: ?[-/] ?\d\d?)?", plain):
        months = [_month_of(number) for number in re.findall(r"\d+", plain)]
        found = Date(None, months[0]) if all(months) else None
    else:
        found = _parse_words(plain)
    if found is None:
        raise ValueError(f"{text!r:.60} is no month")
    return found.month


def _parse_numbers(plain: str) -> Date | None:
    if found := _COMPACT.fullmatch(plain):
        return _date(int(found[1]), _month_of(found[2]), found[3])
    if found := _YEAR_FIRST.fullmatch(plain):
        return _begin(int(found["year"]), found, is_open=found.end("month") == len(plain))
    if found := _YEAR_LAST.fullmatch(plain):
        return _end(int(found["year"]), found)
    return None


def _begin(year: int, found: re.Match[str], *, is_open: bool) -> Date | None:
    """Return a date that begins with its year; ``is_open`` where it ends with its month."""
    number, month = found["month"], _month_of(found["month"])
    is_next = is_open and found["sign"] == "/" and month == (year + 1) % 100
    if is_next:
        return Date(year)  # 2011/12 may be a winter as well as a December
    is_part = (
        month
        or not (number and number.isdecimal() and int(number))
        or int(number) in _SEASONS
        or int(number) > year % 100  # the end of a range
    )
    if not is_part or (found["end"] and int(found["end"]) < year):
        return None
    return _date(year, month, found["day"])


def _end(year: int, found: re.Match[str]) -> Date | None:
    """Return a date that ends with its year; of day and month either may come first."""
    first, second = _month_of(found["first"]), _month_of(found["second"])
    if found["first"] is None or found["sign"] == ".":
        return _date(year, second, found["first"]) if second else None
    if first and second and first != second:
        return Date(year)
    return _date(year, first or second, found["first"]) if first or second else None


def _parse_words(plain: str) -> Date | None:
    """Return a date in words and numbers; None where anything else stands there."""
    if any(sign.isalpha() for sign in plain):
        plain = _NEXT_YEAR.sub(r"\1", plain)
    found = list(_PIECE.finditer(plain))
    if "".join(piece[0] for piece in found) != plain or not plain[0].isalnum():
        return None
    numbers = [piece for piece in found if piece["number"]]
    words = [piece for piece in found if piece["word"]]
    months = [piece for piece in words if piece["word"].lower() in _MONTHS]
    years = [piece for piece in numbers if len(piece[0]) == 4]  # noqa: PLR2004
    days = [piece[0] for piece in numbers if piece not in years]
    if any(word["word"].lower() not in _BESIDE for word in words if word not in months):
        return None
    if days and (not words or not all(1 <= int(day) <= _LAST_DAY for day in days)):
        return None
    if [year[0] for year in years] != sorted(year[0] for year in years):
        return None
    if len(years) > 1 and months and months[0].start() > years[0].start():
        months = []  # it may be of the second
    month = _MONTHS[months[0][0].lower()] if months else None
    return _date(int(years[0][0]) if years else None, month, *days[:1])


def _date(year: int | None, month: int | None, day: str | int | None = None) -> Date:
    is_new_year = month == 1 and day is not None and str(day).lstrip("0") == "1"
    return Date(year, None if is_new_year else month)


def _month_of(number: str | None) -> int | None:
    return int(number) if number and number.isdecimal() and 1 <= int(number) <= 12 else None  # noqa: PLR2004
