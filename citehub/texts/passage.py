"""A passage that cites a work, and the result of reading one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, overload

from citehub._sections import kind_of_section, split_number

if TYPE_CHECKING:
    from citehub._identifiers import Identifier

__all__ = ["Passage", "Passages", "TextHead"]

Form = Literal["html", "latex", "jats", "tei", "markdown", "plain", "pdf"]
"""The form of a text; from ``html`` to ``tei`` the marks are links."""

Place = Literal["text", "caption", "table", "footnote", "abstract", "appendix"]
"""The place of a passage in a text."""

Status = Literal[
    "found", "cited nowhere", "not in the list", "no reference list", "list without links",
    "ambiguous",
]  # fmt: skip
"""The result of reading one text.

=====================  ===========================================================================
``found``              at least one mark cites the work
``cited nowhere``      the reference list has the work, and no mark points to it
``not in the list``    the text has a reference list, and the work is not in it
``no reference list``  the text has none, or an empty one: read another form of it
``list without links`` there is a reference list, and no mark could be tied to any entry
``ambiguous``          the title alone fits entries of different works
=====================  ===========================================================================
"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence that cites or names a work, with its place.

    Attributes
    ----------
    section : tuple of str
        Titles of its sections, the outermost first. LaTeX has them without numbers, HTML and TEI
        with the printed number.
    place : str
        ``text``, ``caption``, ``table``, ``footnote``, ``abstract`` or ``appendix``.
    sentence : str
        The sentence; of a table, the row.
    before, after : str or None
        The sentences around it in the same section; None if there is none.
    mark : str or None
        The mark as printed, or as ``[key, key]`` in LaTeX; None if the sentence names the work
        without a mark.
    group_size : int
        How many works the mark's brackets, superscript or command cite; 0 without a mark.
    start, end : int
        Start and end of the sentence in ``text`` of :class:`Passages`.
    mark_start, mark_end : int or None
        Start and end of the mark in the sentence.
    names_work : bool
        Whether the sentence has one of the given names.
    form : str
        ``html``, ``latex``, ``jats``, ``tei``, ``markdown``, ``plain`` or ``pdf``.
    keys : tuple of str
        Entries of the reference list by which the mark cites the work.
    """

    section: tuple[str, ...]
    place: Place
    sentence: str
    before: str | None
    after: str | None
    mark: str | None
    group_size: int
    start: int
    end: int
    mark_start: int | None
    mark_end: int | None
    names_work: bool
    form: Form
    keys: tuple[str, ...] = ()

    @property
    def section_kind(self) -> str:
        """The kind of the section, by the words of its titles; ``other`` if none tells."""
        if self.place in {"abstract", "appendix"}:
            return self.place
        titles = (split_number(title)[1] for title in self.section)
        return kind_of_section(" > ".join(titles)) or "other"


@dataclass(frozen=True, slots=True)
class TextHead:
    """What a text says about itself.

    Attributes
    ----------
    form : str
        ``html``, ``latex``, ``jats``, ``tei``, ``markdown``, ``plain`` or ``pdf``.
    title : str or None
        Its title.
    ids : tuple of Identifier
        Its own identifiers.
    licence : str or None
        The licence that it states: the address, else the words; an open one only if all its
        statements agree.
    """

    form: Form
    title: str | None = None
    ids: tuple[Identifier, ...] = ()
    licence: str | None = None


@dataclass(frozen=True, repr=False)
class Passages(Sequence[Passage]):
    """The passages of one text that cite a work, in the order of the text.

    Attributes
    ----------
    status : str
        ``found``, ``cited nowhere``, ``not in the list``, ``no reference list``, ``list without
        links`` or ``ambiguous``: the result, with the reason if there is no mark. Sentences that
        name the work without a mark do not make it ``found``.
    form : str
        The form of the text.
    entries : tuple of str
        Keys of the entries for the work; if the title is ambiguous, of all that fit.
    notes : tuple of str
        Sentences on what could not be done.
    title : str or None
        The title of the text itself.
    ids : tuple of Identifier
        Its own identifiers.
    licence : str or None
        The licence that it states.
    n_entries, n_marks : int
        Numbers of entries in the reference list, and of marks in the text.
    text : str
        The text for the offsets of passages.
    """

    status: Status
    form: Form
    passages: tuple[Passage, ...] = ()
    entries: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    title: str | None = None
    ids: tuple[Identifier, ...] = ()
    licence: str | None = None
    n_entries: int = 0
    n_marks: int = 0
    text: str = field(default="", compare=False)

    def __len__(self) -> int:
        return len(self.passages)

    @overload
    def __getitem__(self, index: int) -> Passage: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Passage, ...]: ...
    def __getitem__(self, index: int | slice) -> Passage | tuple[Passage, ...]:
        return self.passages[index]

    def __repr__(self) -> str:
        return f"<{len(self.passages)} passages, {self.form}: {self.status}>"
