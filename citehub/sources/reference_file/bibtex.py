"""BibTeX and biblatex, split by bibtexparser."""

from __future__ import annotations

import logging
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from citehub.errors import MissingExtra
from citehub.sources.records import Reject
from citehub.sources.reference_file.bibtex_names import read_name, split_names
from citehub.sources.reference_file.dates import MONTH_MACROS, parse_date
from citehub.sources.reference_file.entry import (
    Authors,
    Entry,
    Format,
    Value,
    find_address,
    join_lines,
    split_keywords,
)
from citehub.sources.reference_file.identifiers import parse_doi, parse_of, parse_stated
from citehub.sources.reference_file.tex import print_tex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citehub._identifiers import Identifier

# What it logs of broken entries stands in the rejects.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())

_VALUE_LETTERS: Final = 1_000_000  # at most, as abbreviations of abbreviations grow without end
_ENCLOSURES: Final = ("{}", '""')
_VALUE_MARK: Final = re.compile(r'(?<!\\)[{}"]|#')
_LOST_ENTRY: Final = re.compile(r"^[ \t]*@\w.*", re.MULTILINE)
_VERBATIM: Final = re.compile(r"\\url(?=\{)|\\(?=[^A-Za-z\\])|[{}]")
_DATES: Final = ("date", "year", "month")
_VENUES: Final = ("journal", "journaltitle", "booktitle")
_ELSEWHERE: Final = "eprint elsewhere"  # in an archive that is not known here
_ARCHIVES: Final = {
    "arxiv": "eprint", "pubmed": "eprint of PubMed", "pmid": "eprint of PubMed",
    "pmc": "eprint of PMC",
}  # fmt: skip
"""Names for the eprints of an archive."""

_SCHEME_OF_FIELD: Final = {
    "eprint": "arxiv", "arxiv": "arxiv", "arxivid": "arxiv", "pmid": "pmid",
    "eprint of PubMed": "pmid", "pmcid": "pmcid", "pmc": "pmcid", "eprint of PMC": "pmcid",
}  # fmt: skip
"""Fields that hold an identifier of one scheme."""

_STATING: Final = ("url", "note", "howpublished", "eid", "number", "pages", _ELSEWHERE)
_MOST_PARENTS: Final = 20  # of an entry, one above the other
_XDATA: Final = re.compile(
    r"\bxdata\s*=\s*(?P<brace>\{?)(?P<key>[^\s{},=]{1,200}?)-(?P<field>[a-z]+)"
    r"(?:-(?P<number>\d{1,5}))?(?(brace)\}?)(?![\w-])"
)
_NO_WORKS: Final = {"xdata", "set"}
_WHOLES: Final = {  # their titles are no venue of a part
    *("book", "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings"),
    *("reference", "mvreference", "periodical"),
}


def _split(path: str, text: str, rejects: list[Reject]) -> Iterator[Entry]:
    try:
        from bibtexparser.entrypoint import parse_string
        from bibtexparser.model import Entry as Block
        from bibtexparser.model import ImplicitComment, ParsingFailedBlock, String
    except ModuleNotFoundError:
        raise MissingExtra.of("bibtexparser", "graph") from None

    # It does not count a line break behind a backslash. Its own steps after the splitting
    # leave out values joined by # and entries whose key was there before.
    library = parse_string(text.replace("\\\n", "\\ \n"), parse_stack=[])
    strings = dict(MONTH_MACROS)
    entries: list[Entry] = []
    number = 0
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        whole = getattr(block, "ignore_error_block", None) or block  # a key was there before
        number += isinstance(whole, Block | ParsingFailedBlock)
        if isinstance(whole, Block):
            entry = Entry(path, line, number, rejects, join_lines(whole.key))
            _fill(entry, whole, strings)
            entries.append(entry)
        elif isinstance(whole, String):
            try:
                strings[whole.key.lower()] = _resolve_value(whole.value, strings)
            except ValueError as error:
                rejects.append(Reject(path, line, f"abbreviation {whole.key:.60}: {error}"))
        elif isinstance(whole, ParsingFailedBlock):
            said = join_lines(getattr(whole.error, "abort_reason", ""))
            rejects.append(Reject(path, line, f"entry {number} is broken: {said:.200}"))
        elif isinstance(whole, ImplicitComment):
            rejects += _lost_entries(path, line, whole.comment)
    _inherit(entries)
    works = [entry for entry in entries if _type(entry) not in _NO_WORKS]
    return map(_name_eprint, works)


def _lost_entries(path: str, line: int, comment: str) -> Iterator[Reject]:
    """Yield what looks as if it opened an entry."""
    for lost in _LOST_ENTRY.finditer(comment):
        at = line + comment.count("\n", 0, lost.end())
        yield Reject(path, at, f"{lost[0].strip()!r:.60} opens no entry")


def _fill(entry: Entry, block: Any, strings: Mapping[str, str]) -> None:
    entry.add("@", block.entry_type.lower(), entry.line)
    for field in block.fields:
        name, line = field.key.lower(), field.start_line + 1
        if name in _READ:
            try:
                value = _resolve_value(field.value, strings)
                if value.strip():  # what is empty says nothing, and is taken over from a parent
                    entry.add(name, value, line)
            except ValueError as error:
                entry.reject(line, f"{name} of {entry.label}: {error}")


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
        if len(said) > _VALUE_LETTERS:
            raise ValueError(f"is longer than {_VALUE_LETTERS} characters")
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


# -- what an entry takes over from others ----------------------------------------------------


def _inherit(entries: list[Entry]) -> None:
    """Give entries what they lack and their parents have, and mark the parents."""
    known: dict[str, Entry] = {}
    for entry in entries:
        known.setdefault(entry.key, entry)
    for entry in entries:
        known.setdefault(entry.key.casefold(), entry)
    circles = [each for each in entries if _is_own_parent(each, known)]
    for entry in circles:
        key, line = entry.values["crossref"][0]
        entry.reject(line, f"crossref of {entry.label}: {key!r:.60} leads back to it")
    for entry in entries:
        for name, values in entry.values.items():
            entry.values[name] = [
                Value(_XDATA.sub(lambda found: _part_of(found, known), value), line)
                for value, line in values
            ]
    done: set[int] = set()
    for entry in entries:
        _complete(entry, known, done, _MOST_PARENTS)
    for entry in circles:  # none of which is there for the others
        entry.is_parent = False


def _is_own_parent(entry: Entry, known: Mapping[str, Entry]) -> bool:
    """Tell whether an entry is a parent of another that is its own."""
    above: Entry | None = entry
    for _ in range(_MOST_PARENTS):
        parents = above.values.get("crossref") if above else None
        parent = _find(known, parents[0].value) if parents else None
        if parent is entry:
            return above is not entry
        above = parent
    return False


def _find(known: Mapping[str, Entry], key: str) -> Entry | None:
    return known.get(key.strip()) or known.get(key.strip().casefold())


def _part_of(found: re.Match[str], known: Mapping[str, Entry]) -> str:
    """Return a field of another entry, or one of several names in it, as biblatex refers to it."""
    parent = _find(known, found["key"])
    values = parent.values.get(found["field"]) if parent else None
    if not values:
        return found[0]
    parts = [values[0].value]
    if found["number"]:
        parts = re.split(r"\s+and\s+", parts[0])
    number = int(found["number"] or 1)
    return parts[number - 1] if 1 <= number <= len(parts) else found[0]


def _complete(entry: Entry, known: Mapping[str, Entry], done: set[int], depth: int) -> None:
    """Give an entry what it lacks, its parents before it.

    ``xdata`` gives every field; ``crossref`` the date, the venue and the authors, as BibTeX and
    biblatex have it, but no identifier, which is the parent's own; ``xref`` gives nothing.
    """
    if id(entry) in done or depth == 0:
        return
    done.add(id(entry))
    for field in ("xdata", "crossref", "xref"):
        for value, line in entry.values.pop(field, ()):
            for key in filter(None, map(str.strip, value.split(","))):
                parent = _find(known, key)
                if parent is None:
                    entry.reject(line, f"{field} of {entry.label}: there is no entry {key!r:.60}")
                elif parent is not entry:
                    _complete(parent, known, done, depth - 1)
                    _take_over(entry, parent, field)


def _take_over(entry: Entry, parent: Entry, field: str) -> None:
    if field == "xdata":
        entry.values = {**parent.values, **entry.values}
        return
    parent.is_parent = True
    if field == "xref":
        return
    if not entry.values.keys() & {"date", "year"}:
        _take(entry, parent, _DATES)
    if not entry.values.keys() & {*_VENUES}:
        _take(entry, parent, _VENUES)
        if not entry.values.keys() & {*_VENUES} and _type(entry) not in _WHOLES:
            entry.values["booktitle"] = parent.values.get("title", [])
    _take(entry, parent, ("author",))


def _take(entry: Entry, parent: Entry, names: tuple[str, ...]) -> None:
    for name in names:
        if name in parent.values:
            entry.values.setdefault(name, parent.values[name])


def _type(entry: Entry) -> str:
    return str(entry.values["@"][0].value)


# -- the format ------------------------------------------------------------------------------


def _name_eprint(entry: Entry) -> Entry:
    """Put an eprint under the name of its archive; one of another archive may still say arXiv."""
    archives = entry.all("archiveprefix", verbatim) + entry.all("eprinttype", verbatim)
    is_classed = bool(entry.values.keys() & {"primaryclass", "eprintclass"})
    archive = (archives or ["arxiv" if is_classed else ""])[0].lower()
    if "eprint" in entry.values:
        entry.values[_ARCHIVES.get(archive, _ELSEWHERE)] = entry.values.pop("eprint")
    return entry


def verbatim(text: str) -> str:
    """Return an identifier or address, in which TeX does not print but may escape."""
    return _VERBATIM.sub("", join_lines(text)).strip()


def _parse_doi(text: str) -> list[Identifier]:
    doi = unquote(verbatim(text))  # citehub quotes in BibTeX what TeX would not take
    if "\\" in doi:
        raise ValueError(f"{doi!r:.60} is no DOI")
    return parse_doi(doi)


def _parse_of(scheme: str, text: str) -> list[Identifier]:
    return parse_of(scheme, verbatim(text))


def _read_note(text: str) -> list[str]:
    return [print_tex(text)]


def _read_authors(entry: Entry) -> Authors:
    found = entry.first(("author",), split_names) or []
    line = entry.values["author"][0].line if found else 0
    return entry.authors("author", (Value(each, line) for each in found), read_name)


BIBTEX: Final = Format(
    split=_split,
    text=print_tex,
    title=("title",),
    dates=("year", "date"),
    date=lambda text: parse_date(print_tex(text)),
    month=("month",),
    venue=_VENUES,
    publisher=("school", "institution", "publisher", "organization"),
    abstract=("abstract",),
    language=("langid", "language"),
    authors=_read_authors,
    ids={
        "doi": _parse_doi,
        **{name: partial(_parse_of, scheme) for name, scheme in _SCHEME_OF_FIELD.items()},
        **dict.fromkeys(_STATING, lambda text: parse_stated(verbatim(text))),
    },
    pages=("url", "howpublished"),
    address=lambda text: find_address(verbatim(text)),
    notes={
        **dict.fromkeys(
            ("keywords", "keyword"), ("keyword", lambda text: split_keywords(print_tex(text)))
        ),
        "note": ("note", _read_note),
        **dict.fromkeys(("annote", "annotation", "comment", "review"), ("annotation", _read_note)),
    },
    of_arxiv=("volume", "number", "pages", "eid"),
    type="@",
    types={
        "article": "article",
        "suppperiodical": "article",
        "inproceedings": "conference-paper",
        "conference": "conference-paper",
        "incollection": "book-chapter",
        "inbook": "book-chapter",
        "bookinbook": "book-chapter",
        "suppbook": "book-chapter",
        "suppcollection": "book-chapter",
        "inreference": "reference-entry",
        "book": "book",
        "mvbook": "book",
        "collection": "book",
        "mvcollection": "book",
        "reference": "book",
        "mvreference": "book",
        "booklet": "book",
        "phdthesis": "dissertation",
        "mastersthesis": "dissertation",
        "thesis": "dissertation",
        "techreport": "report",
        "report": "report",
        "dataset": "dataset",
        "software": "software",
        "standard": "standard",
        "patent": "other",
    },
)
_READ: Final = {
    *BIBTEX.title, *_DATES, *_VENUES, *BIBTEX.abstract, *BIBTEX.ids, *BIBTEX.of_arxiv,
    *BIBTEX.notes, *BIBTEX.pages, *BIBTEX.publisher, *BIBTEX.language, "author",
    "archiveprefix", "eprinttype", "primaryclass", "eprintclass", "xdata", "crossref",
    "xref",
}  # fmt: skip
