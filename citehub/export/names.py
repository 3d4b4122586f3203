"""Names in parts: as their source states them, else by a heuristic from the printed name."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._rows import AuthorshipRow
    from citehub._work import Work

_EAST_ASIAN: Final = re.compile(
    "[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SUFFIXES: Final = frozenset(("Jr.", "Jr", "Sr.", "Sr", "II", "III", "IV"))


class Name(NamedTuple):
    """The parts of a name; an unsplit name is all ``family``, and ``is_literal``.

    ``dropped`` is a particle that follows the given name if the family name comes first, as *de*
    in *La Fontaine, Jean de*.
    """

    given: str
    particle: str
    family: str
    suffix: str
    is_literal: bool
    dropped: str = ""

    @property
    def whole_family(self) -> str:
        """The family name with its particle, as ``van der Wal``."""
        return f"{self.particle} {self.family}".strip()

    @property
    def whole_given(self) -> str:
        """The given names with the dropped particle, as ``Jean de``."""
        return f"{self.given} {self.dropped}".strip()

    @property
    def initials(self) -> str:
        """Initials of the given names, as ``J.-L. B.``."""
        words = (
            "-".join(_initial(part) for part in word.split("-") if part)
            for word in self.given.split(" ")
        )
        return " ".join([*words, self.dropped] if self.dropped else words)


def names(work: Work) -> Iterator[Name]:
    """Yield the authors of a work in printed order."""
    return (name for name in map(split_name, work.authorships) if name.family)


def split_name(author: AuthorshipRow) -> Name:
    """Return the parts of a name: as its source states them, else by a heuristic.

    The heuristic splits as BibTeX does: the last word, and lower-case words before it. It does not
    split names of groups, of one word, or with a comma, ``and`` or an ampersand.

    Examples
    --------
    >>> row = {"author_name": "Oskar van der Wal", "is_collective": False}
    >>> split_name(row | {"family_name": None})[:3]
    ('Oskar', 'van der', 'Wal')
    """
    family = clean_line(author["family_name"] or "").split()
    if family and not author["is_collective"]:
        return _take_stated(author, family)
    words = clean_line(author["author_name"]).split()
    printed = " ".join(words)
    suffix = words.pop() if len(words) > 2 and words[-1] in _SUFFIXES else ""  # noqa: PLR2004
    is_group = author["is_collective"] or any(mark in printed for mark in ",;&{}")
    if is_group or len(words) < 2 or "and" in words:  # noqa: PLR2004
        return Name("", "", printed, "", is_literal=True)
    start = len(words) - 1
    while start > 1 and _is_small(words[start - 1]):
        start -= 1
    return Name(
        " ".join(words[:start]), " ".join(words[start:-1]), words[-1], suffix, is_literal=False
    )


def _take_stated(author: AuthorshipRow, family: list[str]) -> Name:
    """Return the parts that a source states; lower-case words in them are particles."""
    given = clean_line(author["given_name"] or "").split()
    start = next((at for at, word in enumerate(family) if not _is_small(word)), 0)
    end = len(given)
    while end > 1 and _is_small(given[end - 1]):
        end -= 1
    return Name(
        given=" ".join(given[:end]),
        particle=" ".join(family[:start]),
        family=" ".join(family[start:]),
        suffix=" ".join(clean_line(author["name_suffix"] or "").split()),
        is_literal=False,
        dropped=" ".join(given[end:]),
    )


def _is_small(word: str) -> bool:
    return unicodedata.category(word[0]) == "Ll"


def _initial(part: str) -> str:
    """Return an initial; Chinese, Japanese and Korean names are not abbreviated."""
    return part if _EAST_ASIAN.match(part) else f"{part[0]}."
