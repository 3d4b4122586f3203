"""What sources say of works and citations, in one shape for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._schema import TABLES

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from citehub._identifiers import Identifier
    from citehub._rows import NoteKind, Scheme

SCHEMES: Final[tuple[Scheme, ...]] = (
    "arxiv",
    "doi",
    "openalex",
    "s2",
    "omid",
    "acl",
    "pmid",
    "pmcid",
)
"""Identifiers that a work of a source can have, the one that names it in a hub first."""

_YEAR = TABLES["works"].column("publication_year")
YEARS: Final = range(int(_YEAR.minimum or 0), int(_YEAR.maximum or 0) + 1)
"""Years that a release can hold."""


class Author(NamedTuple):
    """An author as a source prints the name, and its parts where the source states them.

    ``is_collective`` is true of a name that the source states as a whole, as of a group.
    """

    name: str
    orcid: str | None = None
    family: str | None = None
    given: str | None = None
    suffix: str | None = None
    is_collective: bool | None = None


class Note(NamedTuple):
    """A keyword, a note or an annotation that stands beside a record."""

    kind: NoteKind
    text: str


class Record(NamedTuple):
    """What one source says of one work; None and empty where it says nothing.

    ``authors`` has None in the place of one whose name cannot be read; ``are_all_named`` is
    false where there are others, too.
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


class Context(NamedTuple):
    """A passage in which a work cites another, with the intents that the source gives it."""

    text: str
    intents: tuple[str, ...]


class Edge(NamedTuple):
    """A source's statement that one of its records cites another."""

    source_id: str
    citing: str
    cited: str
    is_influential: bool | None = None
    contexts: tuple[Context, ...] = ()


class Reject(NamedTuple):
    """What could not be read, and why."""

    path: str
    line: int
    reason: str


def best_identifier(ids: Iterable[Identifier]) -> Identifier | None:
    """Return the identifier that names a work: of the first scheme, the first in order."""
    known = [each for each in ids if each.scheme in SCHEMES]
    return min(known, key=lambda each: (SCHEMES.index(each.scheme), each.value), default=None)
