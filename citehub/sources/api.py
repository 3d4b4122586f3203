"""How to ask a source's interface, in one object, as `Source` has one for its dump.

Answers are kept unchanged, and mapped to the rows of the source's dump, so that one code reads
both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from citehub._identifiers import Identifier, parse_identifier
from citehub.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

_FEW_CITATIONS: Final = 10
MOST_PAGES: Final = 100_000
"""The most pages of a list; more mean a cursor that never ends."""
_INT32_LAST: Final = 2**31 - 1
"""The largest count; the tables have 32 bits for it."""


class Asker(Protocol):
    """Asks an interface, keeps its answers, and shows the progress.

    ``before`` are names of citing records that the source named before, if known.
    """

    has_key: bool
    before: Collection[str]

    def ask(
        self,
        path: str,
        params: Iterable[tuple[str, str]] = (),
        *,
        posted: Collection[str] = (),
        due: Collection[str] = (),
    ) -> Any:
        """Return an answer, or None if the source does not know what was asked for.

        Parameters
        ----------
        path : str
            The path after the base address.
        params : iterable of tuple, optional
            Names and values of the query.
        posted : collection of str, optional
            Identifiers to post, as ``ids``.
        due : collection of str, optional
            Keys that the answer must have; by default it must be a list.

        Raises
        ------
        TooLarge
            The answer would be larger than the source allows.
        FetchError
            There is no answer.
        """

    def tell(self, n: int, of: int | None) -> None:
        """Show the number of citing works so far and, if known, of all."""


class FoundRecord(NamedTuple):
    """A record of the work in a source: its name there, its identifiers, its content."""

    name: str
    ids: frozenset[Identifier]
    title: str | None = None
    year: int | None = None
    n_citations: int | None = None


class ListState(NamedTuple):
    """The state of a list of citing works.

    ``announced`` is the number that came with the list. ``cut`` is a sentence on why the source
    gives no more works; ``lost`` is one on what else is missing. Both are empty if nothing is
    missing. ``ids`` are the identifiers of the citing works. ``n_nameless`` of the received ones
    name no citing work. ``is_broken`` says that the source failed midway, so that it may give the
    rest another day.
    """

    announced: int | None
    received: int
    cut: str = ""
    ids: frozenset[Identifier] = frozenset()
    lost: str = ""
    n_nameless: int = 0
    is_broken: bool = False

    def is_short(self, *, is_exact: bool) -> bool:
        """Tell whether so few came that the source should be asked again.

        ``is_exact`` says that the announced number is that of the list; else it is of another day,
        and a little less is usual.
        """
        if self.announced is None or self.cut:
            return False
        if is_exact:
            return self.announced != self.received
        return self.announced - self.received > max(_FEW_CITATIONS, self.announced // 10)


class Refused(BadAnswer):
    """A question that a source does not accept."""


class Forbidden(BadAnswer):
    """What a source gives to nobody, with or without a key."""


class Endless(BadAnswer):
    """A list whose pages repeat."""


class KnownIds(NamedTuple):
    """Identifiers from a source: of the work, and of works that cite it."""

    own: frozenset[Identifier] = frozenset()
    citing: frozenset[Identifier] = frozenset()


class Content(NamedTuple):
    """A kept answer: the question and the content."""

    path: str
    params: tuple[tuple[str, str], ...]
    content: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host on the network, and the terms of asking it.

    Attributes
    ----------
    title : str
        Its title in the table ``sources``.
    url, url_variable : str
        Its base address, and the environment variable for another one.
    key_variable : str
        The variable that holds a key; empty if it has none.
    key_page : str
        Where to get a key.
    without_key : str
        A sentence on what to expect without one.
    key_place : {"query", "header", ""}
        The place of the key in a request.
    key_name : str
        The name of the key there.
    key_prefix : str
        The text before the key.
    contact : str
        The query parameter for a mail address; empty if it has none.
    interval : float
        Least seconds between two requests.
    gives_texts : bool
        Whether its answers are texts, as HTML or an archive, not JSON.
    says_unknown : callable
        Tells whether the host itself says in the body of a 404 that it does not know what was
        asked for. Any other 404 comes from elsewhere: a wrong address, or a network's login.
    """

    title: str
    url: str
    url_variable: str
    key_variable: str = ""
    key_page: str = ""
    without_key: str = ""
    key_place: Literal["query", "header", ""] = ""
    key_name: str = ""
    key_prefix: str = ""
    contact: str = ""
    interval: float = 1.0
    gives_texts: bool = False
    says_unknown: Callable[[bytes], bool] = lambda _body: True

    @property
    def name(self) -> str:
        """Its name in messages: the title up to a comma."""
        return self.title.partition(",")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Api(Host):
    """How to ask a source's interface who cites a work.

    Attributes
    ----------
    find : callable
        Returns the records with any of some identifiers.
    search : callable, optional
        Returns the records that may have a title.
    citing : callable
        Asks for all that cites some records, and returns the state of the list. The last arguments
        are the identifiers of the work, and of citing works from other sources.
    rows : callable
        Yields the content of answers as rows of the dump's datasets, each with the dataset's name.
    due : tuple of str
        Datasets that the dump must have, even if answers have none of their rows.
    tables : frozenset of str
        Datasets that the dump has as CSV.
    known_ids : callable
        Returns the identifiers in answers.
    names_asked : callable
        Returns the names of the citing records that were asked about, from the paths.
    shared : frozenset of str
        Schemes whose identifiers several of its records may share.
    is_exact : bool
        Whether the announced number is that of the list.
    """

    find: Callable[[Asker, Collection[Identifier]], list[FoundRecord]]
    citing: Callable[
        [Asker, Collection[FoundRecord], Collection[Identifier], Collection[Identifier]], ListState
    ]
    rows: Callable[[Iterable[Content]], Iterator[tuple[str, dict[str, Any]]]]
    known_ids: Callable[[Iterable[Content]], KnownIds]
    names_asked: Callable[[Iterable[str]], frozenset[str]] = lambda _paths: frozenset()
    due: tuple[str, ...]
    tables: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    is_exact: bool = False
    search: Callable[[Asker, str], list[FoundRecord]] | None = None


def ids_in(texts: Iterable[object]) -> frozenset[Identifier]:
    """Return the identifiers in texts, in any spelling."""
    found = (parse_identifier(each) for each in texts if isinstance(each, str))
    return frozenset(each for each in found if each)


def text(value: object) -> str | None:
    """Return a value if it is text and not empty."""
    return value if isinstance(value, str) and value else None


def whole(value: object) -> int | None:
    """Return a value if it is a whole number, as a count or a year; else None.

    Examples
    --------
    >>> whole(7), whole(-1), whole(10**30), whole("7"), whole(True)
    (7, None, None, None, None)
    """
    return value if type(value) is int and 0 <= value <= _INT32_LAST else None


def is_error(body: bytes) -> bool:
    """Tell whether a body is JSON that names an error.

    Examples
    --------
    >>> is_error(b'{"error": "Paper with id 7 not found"}'), is_error(b"not found")
    (True, False)
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and isinstance(content.get("error"), str)
