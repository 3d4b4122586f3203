"""The common result of all readers: blocks with places for the marks."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citehub._identifiers import Identifier
    from citehub.texts.bibliography import Entry
    from citehub.texts.passage import Form, Place

MARK: Final = "\ue000"
"""The place of a mark in the text of a block."""

EQUATION: Final = "\ue001"
"""The place of a displayed equation."""

BREAK: Final = "\ue002"
"""Always ends a sentence."""

_OURS: Final = re.compile("[\ue000-\ue002]")
_BLANKS: Final = re.compile(r"[\s\u200b\u2060\ufeff]+")
_LOST: Final = dict.fromkeys(map(ord, "\xad\u200e\u200f"))
_LIGATURES: Final = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl",
}  # fmt: skip
_LOST.update(_LIGATURES)


@dataclass(slots=True)
class Mark:
    """One mark: what it cites, and how it is printed.

    ``group`` is the number of works in its brackets; 0 if the brackets are in the text around it.
    A mark ``is_textual`` if it is a part of its sentence, as "Lin et al. (2007)".
    """

    keys: tuple[str, ...]
    printed: str
    group: int = 0
    is_raised: bool = False
    is_textual: bool = False


@dataclass(slots=True)
class Block:
    """A paragraph, caption, row of a table, footnote or title."""

    section: tuple[str, ...]
    place: Place
    text: str
    marks: list[Mark]
    is_heading: bool = False
    is_front: bool = False
    is_open: bool = False
    """Whether the sentence may go on in the next block, across pages."""


@dataclass(slots=True)
class Document:
    """A text after reading."""

    form: Form
    title: str | None = None
    ids: list[Identifier] = field(default_factory=list)
    licence: str | None = None
    entries: list[Entry] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    n_raw: int = 0
    """Marks with raw keys of a missing bibliography."""

    n_lost: int = 0
    """Marks without a matching entry."""


def plain(text: str) -> str:
    """Return a text with single blanks, without soft hyphens and ligatures."""
    return _BLANKS.sub(" ", text.translate(_LOST))


def own(text: str) -> str:
    """Return a text of a document without our characters for marks."""
    return _OURS.sub("\ufffd", text) if _OURS.search(text) else text


class Writer:
    """Collects the blocks of a text in order; footnotes follow their block."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.section: list[str] = []
        self.place: Place = "text"
        self.parts: list[str] = []
        self.marks: list[Mark] = []
        self.later: list[Block] = []
        self.is_front = False

    def add(self, text: str) -> None:
        """Add text of the document."""
        self.parts.append(own(text))

    def sign(self, sign: str) -> None:
        """Add one of our characters."""
        self.parts.append(sign)

    def mark(self, mark: Mark) -> None:
        """Add a mark."""
        self.parts.append(MARK)
        self.marks.append(mark)

    def end(self, *, is_heading: bool = False, is_open: bool = False) -> None:
        """End the block."""
        block = self._take(self.section, is_heading=is_heading, is_open=is_open)
        if block is not None:
            self.blocks.append(block)
        if self.later:
            self.blocks += self.later
            self.later = []

    def _take(
        self, section: Sequence[str], *, is_heading: bool = False, is_open: bool = False
    ) -> Block | None:
        text = plain("".join(self.parts)).strip()
        marks = self.marks
        self.parts, self.marks = [], []
        if not text:
            return None
        return Block(tuple(section), self.place, text, marks, is_heading, self.is_front, is_open)

    @contextmanager
    def aside(self, place: Place) -> Iterator[None]:
        """Write a separate block after the current one."""
        kept = self.parts, self.marks, self.place, self.later
        self.parts, self.marks, self.later, self.place = [], [], [], place
        n_before = len(self.blocks)
        try:
            yield
        finally:
            self.end()
            written = self.blocks[n_before:]
            del self.blocks[n_before:]
            self.parts, self.marks, self.place, self.later = kept
            self.later += written

    @contextmanager
    def at(self, place: Place) -> Iterator[None]:
        """Write blocks of a place, between the others."""
        self.end()
        kept, self.place = self.place, place
        try:
            yield
        finally:
            self.end()
            self.place = kept

    @contextmanager
    def within(self, title: str | None) -> Iterator[None]:
        """Write blocks of a section."""
        self.end()
        if title:
            self.section.append(title)
        n_before = len(self.section)
        try:
            yield
        finally:
            self.end()
            del self.section[n_before - bool(title) :]
