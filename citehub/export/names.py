"""Printed names as family and given names: a heuristic, as no source states the parts."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._rows import AuthorshipRow
    from citehub._work import Work

_SUFFIXES: Final = frozenset(("Jr.", "Jr", "Sr.", "Sr", "II", "III", "IV"))


class Name(NamedTuple):
    """The parts of a name; a name that is not split is all ``family``, and ``is_literal``."""

    given: str
    particle: str
    family: str
    suffix: str
    is_literal: bool

    @property
    def whole_family(self) -> str:
        """The family name with its particle, as ``van der Wal``."""
        return f"{self.particle} {self.family}".strip()

    @property
    def initials(self) -> str:
        """Initials of the given names, as ``J.-L. B.``."""
        return " ".join(
            "-".join(f"{part[0]}." for part in word.split("-") if part)
            for word in self.given.split(" ")
        )


def names(work: Work) -> Iterator[Name]:
    """Yield the authors of a work in printed order."""
    return (name for name in map(split_name, work.authorships) if name.family)


def split_name(author: AuthorshipRow) -> Name:
    """Split a printed name as BibTeX does: the last word, and small-letter words before it.

    Names of groups, of one word, or with a comma, ``and`` or an ampersand are not split.

    Examples
    --------
    >>> row = {"author_name": "Oskar van der Wal", "is_collective": False}
    >>> split_name(row)[:3]
    ('Oskar', 'van der', 'Wal')
    """
    words = clean_line(author["author_name"]).split()
    printed = " ".join(words)
    suffix = words.pop() if len(words) > 2 and words[-1] in _SUFFIXES else ""  # noqa: PLR2004
    is_group = author["is_collective"] or any(mark in printed for mark in ",;&{}")
    if is_group or len(words) < 2 or "and" in words:  # noqa: PLR2004
        return Name("", "", printed, "", is_literal=True)
    start = len(words) - 1
    while start > 1 and unicodedata.category(words[start - 1][0]) == "Ll":
        start -= 1
    return Name(
        " ".join(words[:start]), " ".join(words[start:-1]), words[-1], suffix, is_literal=False
    )
