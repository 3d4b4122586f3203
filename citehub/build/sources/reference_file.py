"""Files of reference managers: BibTeX, RIS and CSL-JSON.

A file says what its owner put there; what cannot be read is rejected, not guessed.
"""

from __future__ import annotations

import json
import logging
import os
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from citehub._identifiers import parse_identifier
from citehub.build.sources.curated import read_text
from citehub.build.sources.records import YEARS, Author, Record, Reject
from citehub.errors import MissingExtra, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeVar

    from citehub._identifiers import Identifier

    T = TypeVar("T")

# What it logs of broken entries stands in the rejects.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())

SOURCE: Final = "citing-file"
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_DATE: Final = re.compile(  # as ISO 8601 and as RIS write it
    r"([0-9]{4})(?:-([0-9]{1,2})(?:-[0-9]{1,2})?|/([0-9]{0,2})(?:/[0-9]{0,2}(?:/.*)?)?)?"
)
_IDENTIFIER: Final = re.compile(  # what a note must start with to be one
    r"https?://|(?:www\.)?arxiv|(?:dx\.)?doi|openalex|10\.", re.IGNORECASE
)
_ARXIV_CLASS: Final = re.compile(r" \[[A-Za-z.-]+\]")  # as in "arXiv:2304.01373 [cs.CL]"
_PREPRINT: Final = re.compile(r"arXiv preprint (arXiv:\S+)(?: \[[A-Za-z.-]+\])?", re.IGNORECASE)
_NOT_ALL: Final = {"others", "et al", "et al."}
_KINDS: Final[dict[type, str]] = {dict: "an object", list: "a list"}


class _Date(NamedTuple):
    year: int
    month: int | None


class _Value(NamedTuple):
    value: Any
    line: int


class _Entry:
    """The values of an entry by field, each with its line."""

    def __init__(self, path: str, line: int, key: str, rejects: list[Reject]) -> None:
        self.path = path
        self.line = line
        self.key = key
        self.rejects = rejects
        self.values: dict[str, list[_Value]] = {}

    def add(self, name: str, value: Any, line: int) -> None:
        """Add a value, which may be one of several of its field."""
        self.values.setdefault(name, []).append(_Value(value, line))

    def reject(self, line: int, reason: str) -> None:
        """Say what cannot be read."""
        self.rejects.append(Reject(self.path, line, reason))

    def all(self, name: str, parse: Callable[[Any], T | None]) -> list[T]:
        """Return the values of a field that say something; none where one cannot be read."""
        parsed = []
        for value, line in self.values.get(name, ()):
            try:
                parsed.append(parse(value))
            except ValueError as error:
                self.reject(line, f"{name} of {self.key:.60}: {error}")
                return []
        return [value for value in parsed if value]

    def first(self, names: tuple[str, ...], parse: Callable[[Any], T | None]) -> T | None:
        """Return what the first of some fields says that says one thing."""
        for name in names:
            parsed = self.all(name, parse)
            if any(value != parsed[0] for value in parsed):
                self.reject(self.values[name][1].line, f"{name} of {self.key:.60}: is there twice")
            elif parsed:
                return parsed[0]
        return None


class _Format(NamedTuple):
    """How a format names and writes what a record holds; of several fields the first counts."""

    split: Callable[[str, str, list[Reject]], Iterator[_Entry]]
    text: Callable[[Any], str]
    title: tuple[str, ...]
    dates: tuple[str, ...]
    date: Callable[[Any], _Date | None]
    month: tuple[str, ...]
    venue: tuple[str, ...]
    abstract: tuple[str, ...]
    authors: Callable[[_Entry], list[str]]
    ids: Mapping[str, Callable[[Any], Identifier | None]]
    type: tuple[str, ...]
    types: Mapping[str, str]  # in OpenAlex's terms; what is not here says nothing clear


def read_reference_file(path: str) -> tuple[list[Record], list[Reject]]:
    """Read the entries of a reference manager's file.

    Parameters
    ----------
    path : str
        BibTeX (``.bib``), RIS (``.ris``) or CSL-JSON (``.json``), in UTF-8.

    Returns
    -------
    list of Record
        One per entry with a title or an identifier, in the order of the file.
    list of Reject
        Entries and values that cannot be read.

    Raises
    ------
    SourceError
        The file is not there, or is none of these.
    MissingExtra
        It is BibTeX, and bibtexparser is not installed.
    """
    form = _FORMATS.get(os.path.splitext(path)[1].lower())
    if form is None:
        raise SourceError.at(path, 0, f"should end in one of {' '.join(_FORMATS)}")
    text = read_text(path).replace("\r\n", "\n").replace("\r", "\n")
    rejects: list[Reject] = []
    records = [_read_entry(entry, form) for entry in form.split(path, text, rejects)]
    named = _make_distinct([record for record in records if record])
    return named, sorted(rejects, key=lambda reject: reject.line)


def _read_entry(entry: _Entry, form: _Format) -> Record | None:
    title = entry.first(form.title, form.text)
    found = [found for name, parse in form.ids.items() for found in entry.all(name, parse)]
    venue = entry.first(form.venue, form.text)
    type_ = form.types.get((entry.first(form.type, form.text) or "").lower())
    preprint = _PREPRINT.fullmatch(venue or "")
    arxiv = parse_identifier(preprint[1]) if preprint else None
    if arxiv:
        found.append(arxiv)
        type_ = "preprint"
    authors = form.authors(entry)
    dates = [date for name in form.dates if (date := entry.first((name,), form.date))]
    year = dates[0].year if dates else None
    month = entry.first(form.month, _parse_month)
    of_date = next((date.month for date in dates if date.month and date.year == year), None)
    abstract = entry.first(form.abstract, form.text)
    if not title and not found:
        entry.reject(entry.line, f"{entry.key:.60} has neither a title nor an identifier")
        return None
    return Record(
        SOURCE,
        entry.key,
        tuple(dict.fromkeys(found)),
        title=title,
        year=year,
        month=(month or of_date) if year else None,
        venue=venue,
        type=type_,
        authors=tuple(Author(name, None) for name in authors),
        abstract=abstract,
    )


def _make_distinct(records: list[Record]) -> list[Record]:
    """Return the records with a number behind keys that are there already."""
    times: Counter[str] = Counter()
    taken = set()
    named = []
    for record in records:
        key = record.record_id
        while key in taken:
            times[record.record_id] += 1
            key = f"{record.record_id} ({times[record.record_id] + 1})"
        taken.add(key)
        named.append(record._replace(record_id=key))
    return named


def _show(value: object) -> str:
    return _KINDS.get(type(value)) or f"{value!r:.60}"


def _join_lines(text: str) -> str:
    return " ".join(filter(None, map(str.strip, text.split("\n"))))


def _parse_date(text: str) -> _Date | None:
    if not text:
        return None
    match = _DATE.fullmatch(text)
    if match is None or int(match[1]) not in YEARS:
        raise ValueError(f"{text!r:.60} is no date with a year from 1500 to 2100")
    month = match[2] or match[3]
    return _Date(int(match[1]), _parse_month(month) if month else None)


def _parse_month(text: str) -> int | None:
    name = text.strip("{} ").rstrip(".").lower()
    for number, month in enumerate(_MONTHS, 1):
        if name in {month, month[:3], str(number), f"{number:02}"}:
            return number
    if name:
        raise ValueError(f"{text!r:.60} is no month")
    return None


def _parse_doi(text: str) -> Identifier | None:
    found = parse_identifier(text)
    if text and found is None:
        raise ValueError(f"{text!r:.60} is no DOI")
    return found


def _parse_stated(text: str) -> Identifier | None:
    """Return an identifier from where other things may stand too, only if it says its scheme."""
    return parse_identifier(_ARXIV_CLASS.sub("", text)) if _IDENTIFIER.match(text) else None


def _check_name(name: str) -> str:
    if not name:
        raise ValueError("a name is empty")
    if name.lower() in _NOT_ALL:
        raise ValueError(f"{name!r} stands for names that are not there")
    return name


# BibTeX

_LONGEST: Final = 1_000_000  # of a value, as abbreviations of abbreviations grow without end
_ENCLOSURES: Final = ("{}", '""')
_VALUE_MARK: Final = re.compile(r'(?<!\\)[{}"]|#')
_LOST_ENTRY: Final = re.compile(r"^[ \t]*@\w.*", re.MULTILINE)
_PRINTED: Final = {
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciicircum": "^",
    "textasciitilde": "~", "textless": "<", "textgreater": ">", "textbar": "|", "$": "$",
    "&": "&", "#": "#", "%": "%", "_": "_",
    "{": "{", "}": "}", " ": " ", "-": "", "/": "", "ss": "ß", "o": "ø", "O": "Ø", "l": "ł",
    "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı",
    "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "TeX": "TeX",
    "LaTeX": "LaTeX", "ldots": "…", "dots": "…", "textendash": "–", "textemdash": "—",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "emph": "", "textit": "", "textbf": "", "textsc": "", "texttt": "",
    "textrm": "", "mbox": "", "it": "", "em": "", "bf": "", "sc": "", "tt": "", "rm": "",
}  # fmt: skip
_RELATIONS: Final = {"$<$": "<", "$>$": ">", "$|$": "|"}
_LIGATURES: Final = {
    "---": "—", "--": "–", "``": "“", "''": "”", "?`": "¿", "!`": "¡", "~": " ",
}  # fmt: skip
_ACCENTS: Final = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
_TEX: Final = re.compile(
    r"(?P<math>\$(?:[^$\\]|\\.)*+\$)"
    r"""|\\(?P<accent>[`'^~=."]|[uvHrdckb](?![A-Za-z]))\s*"""
    r"(?:\{\\?(?P<braced>[A-Za-z])\}|(?:\\(?=[ij](?![A-Za-z])))?(?P<bare>[A-Za-z]))"
    rf"|\\(?P<printed>{'|'.join(map(re.escape, sorted(_PRINTED, key=len, reverse=True)))})"
    r"(?:(?<![A-Za-z])|(?![A-Za-z]))(?:\{\}|(?<=[A-Za-z]) +)?"
    r"|(?P<unknown>\\[A-Za-z]+[^\s{}\\$]*+(?:\{(?:[^{}]|\{[^{}]*+\})*+\})*+)"
    rf"|(?P<ligature>{'|'.join(map(re.escape, _LIGATURES))})"
    r"|(?P<brace>[{}])"
)
_VERBATIM: Final = re.compile(r"\\url(?=\{)|\\(?=[^A-Za-z\\])|[{}]")


def _split_bibtex(path: str, text: str, rejects: list[Reject]) -> Iterator[_Entry]:
    try:
        from bibtexparser.entrypoint import parse_string
        from bibtexparser.model import Entry, ImplicitComment, ParsingFailedBlock, String
    except ModuleNotFoundError:
        raise MissingExtra.of("bibtexparser", "graph") from None

    # It does not count a line break behind a backslash. Its own steps after the splitting
    # leave out values joined by # and entries whose key was there before.
    library = parse_string(text.replace("\\\n", "\\ \n"), parse_stack=[])
    strings = {month[:3]: month for month in _MONTHS}
    number = 0
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        whole = getattr(block, "ignore_error_block", None) or block  # a key was there before
        if isinstance(whole, Entry):
            number += 1
            entry = _Entry(path, line, _join_lines(whole.key) or f"entry {number}", rejects)
            _fill_bibtex(entry, whole, strings)
            yield entry
        elif isinstance(whole, String):
            try:
                strings[whole.key.lower()] = _resolve_value(whole.value, strings)
            except ValueError as error:
                rejects.append(Reject(path, line, f"abbreviation {whole.key:.60}: {error}"))
        elif isinstance(whole, ParsingFailedBlock):
            number += 1
            said = _join_lines(getattr(whole.error, "abort_reason", ""))
            rejects.append(Reject(path, line, f"entry {number} is broken: {said:.200}"))
        elif isinstance(whole, ImplicitComment):
            for lost in _LOST_ENTRY.finditer(whole.comment):
                at = line + whole.comment.count("\n", 0, lost.end())
                rejects.append(Reject(path, at, f"{lost[0].strip()!r:.60} opens no entry"))


def _fill_bibtex(entry: _Entry, block: Any, strings: Mapping[str, str]) -> None:
    entry.add("@", block.entry_type, entry.line)
    wanted = {*_FIELDS_OF_BIBTEX, "archiveprefix", "eprinttype"}
    for field in block.fields:
        name, line = field.key.lower(), field.start_line + 1
        if name in wanted:
            try:
                entry.add(name, _resolve_value(field.value, strings), line)
            except ValueError as error:
                entry.reject(line, f"{name} of {entry.key:.60}: {error}")
    archives = entry.all("archiveprefix", _verbatim) + entry.all("eprinttype", _verbatim)
    if "arxiv" not in map(str.lower, archives):
        entry.values.pop("eprint", None)


def _resolve_value(value: str, strings: Mapping[str, str]) -> str:
    """Return what a value says: parts joined by #, in braces or quotes, or abbreviated."""
    said = ""
    for part in _split_value(value):
        if len(part) > 1 and part[0] + part[-1] in _ENCLOSURES:
            said += part[1:-1]
        elif part.isdecimal():
            said += part
        elif part.lower() in strings:
            said += strings[part.lower()]
        else:
            raise ValueError(f"{part!r:.60} is no value, and no abbreviation of the file")
        if len(said) > _LONGEST:
            raise ValueError(f"is longer than {_LONGEST} characters")
    return said


def _split_value(value: str) -> Iterator[str]:
    depth, is_quoted, start = 0, False, 0
    for mark in _VALUE_MARK.finditer(value):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
        elif depth == 0 and mark[0] == '"':
            is_quoted = not is_quoted
        elif depth == 0 and mark[0] == "#" and not is_quoted:
            yield value[start : mark.start()].strip()
            start = mark.end()
    yield value[start:].strip()


def _print_tex(text: str) -> str:
    r"""Return what TeX prints; mathematics and commands that are not known here stay as TeX.

    Examples
    --------
    >>> print(_print_tex(r"{G{\"o}del} \& M$^2$RNN: \mathbb{R}"))
    Gödel & M$^2$RNN: \mathbb{R}
    """
    return _TEX.sub(_print_match, _join_lines(text)).strip()


def _print_match(match: re.Match[str]) -> str:
    if match["accent"]:
        letter = match["braced"] or match["bare"]
        return unicodedata.normalize("NFC", letter + _ACCENTS[match["accent"]])
    if match["printed"]:
        return _PRINTED[match["printed"]]
    if match["ligature"]:
        return _LIGATURES[match["ligature"]]
    return "" if match["brace"] else _RELATIONS.get(match[0], match[0])


def _verbatim(text: str) -> str:
    """Return an identifier or address, in which TeX does not print but may escape."""
    return _VERBATIM.sub("", _join_lines(text)).strip()


def _parse_bibtex_doi(text: str) -> Identifier | None:
    doi = unquote(_verbatim(text))  # citehub quotes in BibTeX what TeX would not take
    if "\\" in doi:
        raise ValueError(f"{doi!r:.60} is no DOI")
    return _parse_doi(doi)


def _parse_eprint(text: str) -> Identifier | None:
    eprint = _verbatim(text)
    found = parse_identifier(f"arxiv:{eprint}") or _parse_stated(eprint)
    if eprint and found is None:
        raise ValueError(f"{eprint!r:.60} is no arXiv id")
    return found


def _split_names(text: str) -> list[str]:
    from bibtexparser.middlewares.names import (
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    names = [parse_single_name_into_parts(name) for name in split_multiple_persons_names(text)]
    return [_check_name(_print_tex(name.merge_first_name_first)) for name in names]


_BIBTEX: Final = _Format(
    split=_split_bibtex,
    text=_print_tex,
    title=("title",),
    dates=("year", "date"),
    date=lambda text: _parse_date(_print_tex(text)),
    month=("month",),
    venue=("journal", "journaltitle", "booktitle"),
    abstract=("abstract",),
    authors=lambda entry: entry.first(("author",), _split_names) or [],
    ids={
        "doi": _parse_bibtex_doi,
        "eprint": _parse_eprint,
        "url": lambda text: _parse_stated(_verbatim(text)),
        "note": lambda text: _parse_stated(_verbatim(text)),
        "howpublished": lambda text: _parse_stated(_verbatim(text)),
    },
    type=("@",),
    types={
        "article": "article",
        "inproceedings": "conference-paper",
        "conference": "conference-paper",
        "incollection": "book-chapter",
        "inbook": "book-chapter",
        "book": "book",
        "phdthesis": "dissertation",
        "mastersthesis": "dissertation",
        "thesis": "dissertation",
        "techreport": "report",
        "report": "report",
        "dataset": "dataset",
        "software": "software",
    },
)
_FIELDS_OF_BIBTEX: Final = (
    *_BIBTEX.title, *_BIBTEX.dates, *_BIBTEX.month, *_BIBTEX.venue, *_BIBTEX.abstract,
    *_BIBTEX.ids, "author",
)  # fmt: skip


# RIS

_LINE: Final = re.compile(r"([A-Z][A-Z0-9])  - ?(.*)")
_ADDRESSES: Final = re.compile(r";\s*(?=https?://)")


def _split_ris(path: str, text: str, rejects: list[Reject]) -> Iterator[_Entry]:
    """Yield the records that end: one that does not would take in the next."""
    entry: _Entry | None = None
    number = 0
    for tag, value, line in _read_tags(text):
        if tag == "TY":
            if entry:
                entry.reject(entry.line, f"{entry.key:.60} has no ER before the next TY")
            number += 1
            entry = _Entry(path, line, f"entry {number}", rejects)
        if entry is None:
            rejects.append(Reject(path, line, f"{value!r:.60} is in no record"))
        elif tag == "ER":
            yield entry
            entry = None
        else:
            entry.key = (tag == "ID" and value) or entry.key
            for each in _ADDRESSES.split(value) if tag == "UR" else [value]:
                entry.add(tag, each.strip(), line)
    if entry:
        entry.reject(entry.line, f"{entry.key:.60} has no ER")


def _read_tags(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield tag, value and line; a line without tag goes on with the value, or has none."""
    tags: list[tuple[str, list[str], int]] = []
    for line, content in enumerate(text.split("\n"), 1):
        match = _LINE.fullmatch(content)
        if match:
            tags.append((match[1], [match[2].strip()], line))
        elif content.strip() and tags and tags[-1][0] != "ER":
            tags[-1][1].append(content.strip())
        elif content.strip():
            tags.append(("", [content.strip()], line))
    return ((tag, " ".join(filter(None, parts)), line) for tag, parts, line in tags)


def _turn_name(text: str) -> str:
    """Return a name as printed from ``Family, Given, Suffix``."""
    family, *more = (part.strip() for part in text.split(","))
    if len(more) > 2:  # noqa: PLR2004
        raise ValueError(f"{text!r:.60} has more than two commas")
    return _check_name(" ".join(part for part in (*more[:1], family, *more[1:]) if part))


_RIS: Final = _Format(
    split=_split_ris,
    text=str,
    title=("TI", "T1"),
    dates=("PY", "Y1", "DA"),
    date=_parse_date,
    month=(),
    venue=("JF", "T2", "JO"),
    abstract=("AB",),
    authors=lambda entry: entry.all("AU", _turn_name) or entry.all("A1", _turn_name),
    ids={"DO": _parse_doi, "AN": _parse_stated, "UR": _parse_stated, "N1": _parse_stated},
    type=("TY",),
    types={
        "jour": "article",
        "ejour": "article",
        "cpaper": "conference-paper",
        "chap": "book-chapter",
        "echap": "book-chapter",
        "book": "book",
        "ebook": "book",
        "thes": "dissertation",
        "rprt": "report",
        "data": "dataset",
        "comp": "software",
        "stand": "standard",
    },
)


# CSL-JSON

_BLANKS: Final = re.compile(r"[ \t\n]*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_PARTS_OF_NAME: Final = (
    "given", "dropping-particle", "non-dropping-particle", "family", "suffix",
)  # fmt: skip


def _split_csl(path: str, text: str, rejects: list[Reject]) -> Iterator[_Entry]:
    try:
        items = list(_split_array(text))
    except json.JSONDecodeError as error:
        raise SourceError.at(path, error.lineno, f"is not JSON: {error.msg}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or lists in lists
        raise SourceError.at(path, 0, "is JSON too long or deep to be read") from None
    for number, (item, line) in enumerate(items, 1):
        entry = _Entry(path, line, f"entry {number}", rejects)
        if not isinstance(item, dict):
            entry.reject(line, f"{entry.key} should be an object, not {_show(item)}")
            continue
        for name, value in item.items():
            if value is not None:
                entry.add(name, value, line)
        entry.key = entry.first(("id",), _read_csl_id) or entry.key
        yield entry


def _split_array(text: str) -> Iterator[_Value]:
    """Yield the items with their lines, which the standard library does not tell."""
    items = json.loads(text)
    if not isinstance(items, list):  # a single item, as doi.org gives it
        items, at = [items], 0
    else:
        at = text.index("[") + 1
    decoder, line, counted = json.JSONDecoder(), 1, 0
    for item in items:
        at = _end_of_blanks(text, at)
        line, counted = line + text.count("\n", counted, at), at
        yield _Value(item, line)
        at = _end_of_blanks(text, decoder.raw_decode(text, at)[1]) + 1


def _end_of_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _read_csl_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"should be text, not {_show(value)}")  # noqa: TRY004
    if _SURROGATE.search(value):
        raise ValueError(f"{value!r:.60} is no Unicode")
    return _join_lines(value)


def _read_csl_id(value: Any) -> str:
    return str(value) if type(value) is int else _read_csl_text(value)


def _read_csl_date(value: Any) -> _Date | None:
    match value:
        case {"date-parts": [[*parts]]} if all(type(part) in {int, str} for part in parts):
            return _parse_date("-".join(str(part) for part in parts[:2]))
        case {"raw": str(text)} | {"literal": str(text)}:
            return _parse_date(text.strip())
    raise ValueError(f"should be one date, not {_show(value)}")


def _read_csl_names(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(f"should be a list of names, not {_show(value)}")  # noqa: TRY004
    return [_check_name(_read_csl_name(name)) for name in value]


def _read_csl_name(name: Any) -> str:
    if not isinstance(name, dict):
        raise ValueError(f"a name should be an object, not {_show(name)}")  # noqa: TRY004
    parts = ("literal",) if name.get("literal") else _PARTS_OF_NAME
    return " ".join(_read_csl_text(name[part]) for part in parts if name.get(part))


_CSL: Final = _Format(
    split=_split_csl,
    text=_read_csl_text,
    title=("title",),
    dates=("issued",),
    date=_read_csl_date,
    month=(),
    venue=("container-title",),
    abstract=("abstract",),
    authors=lambda entry: entry.first(("author",), _read_csl_names) or [],
    ids={
        "DOI": lambda value: _parse_doi(_read_csl_text(value)),
        "number": lambda value: _parse_stated(_read_csl_id(value)),
        "URL": lambda value: _parse_stated(_read_csl_text(value)),
        "note": lambda value: _parse_stated(_read_csl_text(value)),
    },
    type=("type",),
    types={
        "article": "preprint",  # what CSL calls one
        "article-journal": "article",
        "paper-conference": "conference-paper",
        "chapter": "book-chapter",
        "book": "book",
        "thesis": "dissertation",
        "report": "report",
        "dataset": "dataset",
        "software": "software",
        "standard": "standard",
    },
)

_FORMATS: Final = {".bib": _BIBTEX, ".ris": _RIS, ".json": _CSL}
