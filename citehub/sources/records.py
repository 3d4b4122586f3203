"""Statements of sources about works and citations, in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub._columns import COLUMNS
from citehub._schema import TABLES

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from citehub._identifiers import Identifier
    from citehub._rows import Grade, NoteKind, Scheme, TableName

ID_SCHEMES: Final[tuple[Scheme, ...]] = (
    "arxiv",
    "doi",
    "openalex",
    "s2",
    "omid",
    "acl",
    "pmid",
    "pmcid",
)
"""Identifiers that a work of a source can have; the first one names it in a hub."""

_YEAR = TABLES["works"].column("publication_year")
YEARS: Final = range(int(_YEAR.minimum or 0), int(_YEAR.maximum or 0) + 1)
"""Years that a release can hold."""


class Origin(NamedTuple):
    """The origin of cells: a source, a place in it, and how the source gives them."""

    source_id: str
    grade: Grade
    locator: str | None = None


class Author(NamedTuple):
    """An author: the printed name, and its parts if the source states them.

    ``is_collective`` is true for a name that the source states as a whole, as of a group.
    """

    name: str
    orcid: str | None = None
    family: str | None = None
    given: str | None = None
    suffix: str | None = None
    is_collective: bool | None = None


class Note(NamedTuple):
    """A keyword, note or annotation of a record."""

    kind: NoteKind
    text: str


class Record(NamedTuple):
    """One source's record of a work; None and empty mean that it says nothing.

    ``authors`` has None for a name that cannot be read; ``are_all_named`` is false if there are
    more authors. ``locator`` is its place in the source, by default its id; ``origins`` are those
    of cells from elsewhere, by name. ``known_as`` are identifiers that it does not print, by which
    a person joined it.
    """

    source_id: str
    record_id: str
    ids: tuple[Identifier, ...]
    title: str | None = None
    year: int | None = None
    month: int | None = None
    venue: str | None = None
    type: str | None = None
    authors: tuple[Author | None, ...] = ()
    are_all_named: bool = True
    abstract: str | None = None
    is_retracted: bool | None = None
    language: str | None = None
    topic: str | None = None
    open_access_status: str | None = None
    license: str | None = None
    citation_count: int | None = None
    citation_count_on: datetime.date | None = None
    page_url: str | None = None
    notes: tuple[Note, ...] = ()
    primary_category: str | None = None
    code_url: str | None = None
    model_url: str | None = None
    locator: str | None = ""
    origins: tuple[tuple[str, Origin], ...] = ()
    known_as: tuple[Identifier, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What names it: its source, and its id there."""
        return self.source_id, self.record_id

    @property
    def origin(self) -> Origin:
        """The origin of its cells, unless another one is given."""
        locator = f"record {self.record_id}" if self.locator == "" else self.locator
        return Origin(self.source_id, "stated", locator)

    def origin_of(self, name: str) -> Origin:
        """Return the origin of a cell."""
        return dict(self.origins).get(name, self.origin)


CELLS: Final = tuple(name for name in COLUMNS["works"] if name in Record._fields)
"""Columns of ``works`` that a record states, under their names."""


class Context(NamedTuple):
    """A passage in which a work cites another, with the source's intents."""

    text: str
    intents: tuple[str, ...]


class Edge(NamedTuple):
    """A source's statement that one of its records cites another.

    ``position`` is the citing work's place in the source's list.
    """

    source_id: str
    citing: str
    cited: str
    is_influential: bool | None = None
    contexts: tuple[Context, ...] = ()
    position: int | None = None


class Finding(NamedTuple):
    """What a source says that a work found, in a line."""

    text: str
    origin: Origin


class Stated(NamedTuple):
    """A row of a table from a source; ``about`` is the record that names a work."""

    table: TableName
    cells: dict[str, Any]
    origin: Origin
    about: tuple[str, str] | None = None


class Reject(NamedTuple):
    """What could not be read, and why."""

    path: str
    line: int
    reason: str


def best_identifier(ids: Iterable[Identifier]) -> Identifier | None:
    """Return the identifier that names a work: the first of the first scheme; None without any."""
    known = [each for each in ids if each.scheme in ID_SCHEMES]
    return min(known, key=lambda each: (ID_SCHEMES.index(each.scheme), each.value), default=None)
