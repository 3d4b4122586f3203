"""Files of reference managers: BibTeX, RIS and CSL-JSON.

A file says what its owner put there; what cannot be read is rejected, not guessed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub.sources.records import ID_SCHEMES, Note, Record, Reject, best_identifier
from citehub.sources.reference_file.bibtex import BIBTEX
from citehub.sources.reference_file.csl_json import CSL_JSON
from citehub.sources.reference_file.dates import parse_month
from citehub.sources.reference_file.identifiers import find_arxiv, is_arxiv
from citehub.sources.reference_file.languages import parse_language
from citehub.sources.reference_file.ris import RIS
from citehub.sources.reference_file.text import check_kind, read_text
from citehub.sources.source import Option, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citehub.sources.reference_file.entry import Entry, Format

SOURCE: Final = "citing-file"
_WHOLES: Final = {
    "book", "dataset", "dissertation", "preprint", "report", "software", "standard",
}  # fmt: skip
_FORMATS: Final = {".bib": BIBTEX, ".ris": RIS, ".json": CSL_JSON}


class ReferenceFiles(NamedTuple):
    """What files of reference managers hold.

    Attributes
    ----------
    records : list of Record
        One per entry with a title or an identifier, in the order of the files.
    parents : frozenset of str
        Ids of records that are there for others, which give them as their ``crossref``.
    rejects : list of Reject
        Entries and values that cannot be read.
    n_entries : dict of str to int
        The number of records by file.
    """

    records: list[Record]
    parents: frozenset[str]
    rejects: list[Reject]
    n_entries: dict[str, int]


REFERENCE_FILE: Final = Source(
    id=SOURCE,
    title="A reference manager's file of works that cite the canonical one",
    url=None,
    kind="records",
    rights=None,
    schemes=ID_SCHEMES,
    option=Option(
        "--citing",
        "FILE",
        "BibTeX, RIS or CSL-JSON of works that cite it; may be given several times.",
        is_many=True,
    ),
    notes=("Each entry cites the work, but for the work itself and what is there for others.",),
)
NO_REFERENCES: Final = ReferenceFiles([], frozenset(), [], {})


class _Read(NamedTuple):
    """A record, and where it stands."""

    record: Record
    entry: Entry


def read_references(paths: Iterable[str]) -> ReferenceFiles:
    """Read the entries of files of reference managers.

    The id of a record is the key of its entry. Where there is none, it is the best identifier
    or made of the content; entries of one key are told apart by their content. So it does not
    change where entries stand in another order, or in other files.

    Parameters
    ----------
    paths : iterable of str
        BibTeX (``.bib``), RIS (``.ris``) or CSL-JSON (``.json``).

    Returns
    -------
    ReferenceFiles
        What all files hold.

    Raises
    ------
    SourceError
        A file is not there, or is none of these.
    MissingExtra
        It is BibTeX, and bibtexparser is not installed.
    """
    read: list[_Read] = []
    rejects: list[Reject] = []
    n_entries = {}
    for path in dict.fromkeys(paths):
        found, wrong = _read_file(path)
        read += found
        rejects += wrong
        n_entries[path] = len(found)
    named, twice = _name(read)
    parents = frozenset(each.record.record_id for each in named if each.entry.is_parent)
    return ReferenceFiles([each.record for each in named], parents, [*rejects, *twice], n_entries)


def _read_file(path: str) -> tuple[list[_Read], list[Reject]]:
    text, rejects = read_text(path)
    ending = os.path.splitext(path)[1].lower()
    check_kind(path, text, ending)
    form = _FORMATS[ending]
    found = []
    for entry in form.split(path, text, rejects):
        record = _read_entry(entry, form)
        if record:
            found.append(_Read(record, entry))
    if not found and not rejects:
        rejects.append(Reject(path, 1, "the file holds no entry"))
    # What several columns are read from is rejected for each.
    return found, sorted(dict.fromkeys(rejects), key=lambda reject: reject.line)


def _read_entry(entry: Entry, form: Format) -> Record | None:
    titles = (title for name in form.title for title in entry.all(name, form.text))
    title = entry.first(form.title, form.text) or next(titles, None)  # no work without one
    found = [
        each for name, parse in form.ids.items() for ids in entry.all(name, parse) for each in ids
    ]
    venue = entry.first(form.venue, form.text)
    type_ = form.types.get((entry.first((form.type,), form.text) or "").lower())
    if venue and is_arxiv(venue):
        stated = [venue, *(each for name in form.of_arxiv for each in _texts(entry, form, name))]
        found += (each for text in stated for each in find_arxiv(text))
        type_ = "preprint"
    elif not venue and type_ in _WHOLES:
        venue = entry.first(form.publisher, form.text)
    authors = form.authors(entry)
    year, month = _read_date(entry, form)
    abstract = entry.first(form.abstract, form.text)
    language = entry.first(form.language, lambda text: parse_language(form.text(text)))
    if not title and not found:
        entry.reject(entry.line, f"{entry.label} has neither a title nor an identifier")
        return None
    return Record(
        SOURCE,
        entry.key,
        tuple(dict.fromkeys(found)),
        title=title,
        year=year,
        month=month,
        venue=venue,
        type=type_,
        authors=authors.named,
        are_all_named=authors.are_all,
        abstract=abstract,
        language=language,
        page_url=next((url for name in form.pages for url in entry.all(name, form.address)), None),
        notes=tuple(_read_notes(entry, form)),
    )


def _read_notes(entry: Entry, form: Format) -> Iterator[Note]:
    for name, (kind, parse) in form.notes.items():
        for texts in entry.all(name, parse):
            yield from (Note(kind, text) for text in texts if text)


def _texts(entry: Entry, form: Format, name: str) -> list[str]:
    return [form.text(value) for value, _ in entry.values.get(name, ()) if isinstance(value, str)]


def _read_date(entry: Entry, form: Format) -> tuple[int | None, int | None]:
    """Return year and month, the month only where it is of that year."""
    dates = [
        (name, date)
        for name in form.dates
        if (date := entry.first((name,), form.date)) is not None
    ]
    year = next((date.year for _, date in dates if date.year), None)
    month = entry.first(form.month, lambda text: parse_month(form.text(text)))
    if year is None:
        for name, _ in dates[:1]:
            entry.reject(entry.values[name][0].line, f"{name} of {entry.label}: tells no year")
        return None, None
    of_date = (date.month for _, date in dates if date.month and date.year in {None, year})
    return year, month or next(of_date, None)


# -- ids -----------------------------------------------------------------------------------------


def _name(read: list[_Read]) -> tuple[list[_Read], list[Reject]]:
    """Return each record once, with an id that no other has, and rejects of those left out."""
    keys = [each.record.record_id or _key_of(each.record) for each in read]
    known: dict[tuple[str, str], _Read] = {}
    rejects = []
    for key, each in zip(keys, read, strict=True):
        first = known.setdefault((key, _digest(each.record)), each)
        if first is not each:
            where = f"line {first.entry.line} of {first.entry.path}"
            reason = f"{each.entry.label} is there twice, as on {where}"
            rejects.append(Reject(each.entry.path, each.entry.line, reason))
    times = Counter(key for key, _ in known)
    return [
        each._replace(record=each.record._replace(record_id=_tell_apart(key, digest, times)))
        for (key, digest), each in known.items()
    ], rejects


def _tell_apart(key: str, digest: str, times: Counter[str]) -> str:
    return f"{key} ({digest})" if times[key] > 1 else key


def _key_of(record: Record) -> str:
    """Return an id for a record of an entry without a key."""
    best = best_identifier(record.ids)
    return best.curie if best else _digest(record)


def _digest(record: Record) -> str:
    """Return a digest of what a record says, whatever its entry is called."""
    names = [author and author.name for author in record.authors]
    said = (
        record.title, record.year, record.month, record.venue, record.type, record.abstract,
        record.page_url, record.ids, record.notes, names,
    )  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]
