"""How similar two records or works look, by title and authors; a heuristic, never a proof."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._markup import plain_title
from citehub._search import words

if TYPE_CHECKING:
    from collections.abc import Collection

    from citehub.sources.records import Author

_LEAST_OVERLAP: Final = 0.5  # of words, from which on two titles may be of one work
_PIECE_LETTERS: Final = 3
_STOP_WORDS: Final = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "into", "is"),
        *("it", "its", "of", "on", "or", "the", "their", "to", "using", "via", "with"),
    }
)
_NUMBER: Final = re.compile(r"[0-9]+|i{1,3}|iv|vi{0,3}|ix")  # as of parts and editions
_COMMA: Final = re.compile(r"\s*,\s*")


class Traits(NamedTuple):
    """The traits by which records are compared.

    ``title`` has no case, marks, markup or punctuation, and is empty if not known; ``first`` is
    the first author's family name in the same spelling; ``authors`` holds the family name and the
    first given letter of each.
    """

    title: str
    first: str
    authors: frozenset[str]
    year: int | None

    @property
    def words(self) -> frozenset[str]:
        """The words of the title with a meaning."""
        return frozenset(self.title.split()) - _STOP_WORDS

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers in the title, as of parts and editions."""
        return frozenset(word for word in self.title.split() if _NUMBER.fullmatch(word))


def traits_of(title: str | None, authors: Collection[Author | None], year: int | None) -> Traits:
    """Return the traits of a record or a work.

    Examples
    --------
    >>> from citehub.sources.records import Author
    >>> authors = [Author("Ada B. Lovelace"), Author("Xu, Bo")]
    >>> traits = traits_of("On <i>Étude</i>: I", authors, 2024)
    >>> traits.title, traits.first, sorted(traits.authors)
    ('on etude i', 'lovelace', ['lovelace a', 'xu b'])
    """
    named = [_name(author) for author in authors if author]
    first = next(iter(authors), None)
    return Traits(
        _spell(title) if title else "",
        _name(first)[0] if first else "",
        frozenset(f"{family} {given[:1]}".rstrip() for family, given in named if family),
        year,
    )


def differ(one: Traits, other: Traits) -> bool:
    """Tell whether two records look like different works: both title and first author differ.

    What is not known, or in another script, does not count as different.

    Examples
    --------
    >>> from citehub.sources.records import Author
    >>> lamp = traits_of("A lamp of paper", [Author("Ada Lovelace")], 2024)
    >>> differ(lamp, traits_of("Deep rivers", [Author("Bo Xu")], 2024))
    True
    >>> differ(lamp, traits_of("Deep rivers", [Author("A. Lovelace")], 2024))
    False
    >>> differ(lamp, traits_of("Deep rivers", [], 2024))
    False
    """
    if not one.first or not other.first or one.first == other.first:
        return False
    return _same_script(one.first, other.first) and titles_differ(one, other)


def titles_differ(one: Traits, other: Traits) -> bool:
    """Tell whether two titles share less than half of the words of the shorter one."""
    mine, theirs = one.words, other.words
    if not mine or not theirs or not _same_script(one.title, other.title):
        return False
    return len(mine & theirs) < _LEAST_OVERLAP * min(len(mine), len(theirs))


def title_similarity(one: str, other: str) -> float:
    """Return the similarity of two titles: Dice's coefficient of their pieces of three letters.

    Examples
    --------
    >>> title_similarity("deep rivers", "deep rivers")
    1.0
    >>> round(title_similarity("deep rivers of data", "deep rviers of data"), 2)
    0.8
    """
    mine, theirs = _pieces(one), _pieces(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


@lru_cache(maxsize=1 << 16)
def _spell(title: str) -> str:
    return " ".join(words(plain_title(title)))


def _pieces(title: str) -> set[str]:
    padded = f"  {title} "
    return {padded[at : at + _PIECE_LETTERS] for at in range(len(padded) - _PIECE_LETTERS + 1)}


def _same_script(one: str, other: str) -> bool:
    return one.isascii() == other.isascii()


@lru_cache(maxsize=1 << 16)
def _name(author: Author) -> tuple[str, str]:
    """Return the family and given names, as far as the print separates them."""
    if author.is_collective:
        return " ".join(words(author.name)), ""
    family, given = author.family or "", author.given or ""
    if not family:
        family, *rest = _COMMA.split(author.name.strip(), maxsplit=1)
        given = rest[0] if rest else ""
        if not rest:
            given, _, family = author.name.strip().rpartition(" ")
    return " ".join(words(family)), " ".join(words(given))
