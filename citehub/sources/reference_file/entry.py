"""The values of an entry, and how a format names and writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from citehub.sources.records import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from citehub._identifiers import Identifier
    from citehub._rows import NoteKind
    from citehub.sources.records import Author
    from citehub.sources.reference_file.dates import Date

T = TypeVar("T")
_ADDRESS: Final = re.compile(r"https?://[^\s{}\\]+")
_QUOTED_LETTERS: Final = 60  # of a key or a value in a reason


class Value(NamedTuple):
    """A value and the line on which it begins."""

    value: Any
    line: int


class Authors(NamedTuple):
    """Those who are named, None where a name cannot be read, and whether they are all."""

    named: tuple[Author | None, ...] = ()
    are_all: bool = True


class Entry:
    """The values of an entry by field, each with its line.

    ``key`` is what the file calls the entry, empty where it does not; ``label`` is for reasons.
    ``has_commas`` tells that names of the file have commas, so that one without is one whole.
    """

    def __init__(
        self, path: str, line: int, number: int, rejects: list[Reject], key: str = ""
    ) -> None:
        self.path = path
        self.line = line
        self.number = number
        self.rejects = rejects
        self.key = key
        self.is_parent = False
        self.has_commas = False
        self.values: dict[str, list[Value]] = {}

    @property
    def label(self) -> str:
        """What reasons call the entry."""
        return self.key[:_QUOTED_LETTERS] or f"entry {self.number}"

    def add(self, name: str, value: Any, line: int) -> None:
        """Add a value, which may be one of several of its field."""
        self.values.setdefault(name, []).append(Value(value, line))

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
                self.reject(line, f"{name} of {self.label}: {error}")
                return []
        return [value for value in parsed if value]

    def first(self, names: Iterable[str], parse: Callable[[Any], T | None]) -> T | None:
        """Return what the first of some fields says that says one thing."""
        for name in names:
            parsed = self.all(name, parse)
            if any(value != parsed[0] for value in parsed):
                self.reject(self.values[name][1].line, f"{name} of {self.label}: is there twice")
            elif parsed:
                return parsed[0]
        return None

    def authors(
        self, name: str, texts: Iterable[Value], parse: Callable[[Any], Authors]
    ) -> Authors:
        """Return those whom the values of a field name, in their places."""
        named: list[Author | None] = []
        are_all = True
        for value, line in texts:
            try:
                found = parse(value)
            except ValueError as error:
                self.reject(line, f"{name} of {self.label}: {error}")
                found = Authors((None,), are_all=False)
            named += found.named
            are_all = are_all and found.are_all
        while named and named[-1] is None:
            named.pop()
        return Authors(tuple(named), are_all)


class Format(NamedTuple):
    """How a format names and writes what a record holds; of several fields the first counts."""

    split: Callable[[str, str, list[Reject]], Iterator[Entry]]
    text: Callable[[Any], str]
    title: tuple[str, ...]
    dates: tuple[str, ...]
    date: Callable[[Any], Date | None]
    month: tuple[str, ...]
    venue: tuple[str, ...]
    publisher: tuple[str, ...]  # the venue of works that are no part of another
    abstract: tuple[str, ...]
    language: tuple[str, ...]
    authors: Callable[[Entry], Authors]
    ids: Mapping[str, Callable[[Any], list[Identifier]]]
    pages: tuple[str, ...]
    address: Callable[[Any], str | None]
    notes: Mapping[str, tuple[NoteKind, Callable[[Any], list[str]]]]
    of_arxiv: tuple[str, ...]  # fields that hold an arXiv id where arXiv is the venue
    type: str
    types: Mapping[str, str]  # in OpenAlex's terms; what is not here says nothing clear


def join_lines(text: str) -> str:
    """Return text on one line."""
    return " ".join(filter(None, map(str.strip, text.split("\n"))))


def find_address(text: str) -> str | None:
    """Return a text that is the address of a page."""
    return text if _ADDRESS.fullmatch(text) else None


def split_keywords(text: str) -> list[str]:
    """Return keywords that semicolons part, or where there are none, commas."""
    return list(filter(None, map(str.strip, text.split(";" if ";" in text else ","))))
