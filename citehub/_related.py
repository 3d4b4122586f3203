"""Related works: works of a hub that use the same rare words. A heuristic.

A work is the bag of words of its title and finding, without numbers and the commonest function
words. A word that n of N works use weighs ``ln((1 + N) / n)`` (Sparck Jones 1972), and the
nearness of two works is the cosine of their bags. No source says that they have to do with each
other.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._search import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citehub._release import Release
    from citehub._work import Work

_MOST_WORDS: Final = 4
_STOP_WORDS: Final = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "into", "is"),
        *("it", "its", "of", "on", "or", "per", "than", "that", "the", "their", "these", "this"),
        *("to", "using", "via", "we", "which", "while", "with", "without"),
    }
)


class Related(NamedTuple):
    """A related work.

    Attributes
    ----------
    work : Work
        The other work.
    score : float
        Cosine of the shared words, 0 to 1.
    shared : tuple of str
        The shared words that weigh most, the heaviest first.
    """

    work: Work
    score: float
    shared: tuple[str, ...]


def find_related(release: Release, of: str) -> list[tuple[str, float, tuple[str, ...]]]:
    """Return :func:`rank_related` for the titles and findings of a release."""
    rows = release.cells("works", "work_id", "title_plain", "finding")
    texts = {work_id: f"{title} {finding or ''}" for work_id, title, finding in rows}
    return rank_related(texts, of)


def rank_related(texts: Mapping[str, str], of: str) -> list[tuple[str, float, tuple[str, ...]]]:
    """Return the other works that share a word, the nearest first.

    Parameters
    ----------
    texts : mapping of str to str
        Text of each work, by its id.
    of : str
        The work whose relatives to find.

    Returns
    -------
    list of tuple
        Id, cosine, and the shared words that weigh most; ties in the order of ``texts``.

    Examples
    --------
    >>> rank_related({"a": "sparse attention", "b": "dense attention", "c": "a survey"}, "a")
    [('b', 0.2, ('attention',))]
    """
    bags = {key: bag_of(text) for key, text in texts.items()}
    used = Counter(word for bag in bags.values() for word in bag)
    idf = {word: math.log((1 + len(bags)) / n) for word, n in used.items()}
    vectors = {key: _unit({w: n * idf[w] for w, n in bag.items()}) for key, bag in bags.items()}
    wanted = vectors[of]
    found = []
    for key, vector in vectors.items():
        parts = {word: wanted[word] * vector[word] for word in wanted.keys() & vector.keys()}
        score = round(math.fsum(parts.values()), 3)
        if key != of and score:
            heaviest = sorted(parts, key=lambda word: (-parts[word], word))
            found.append((key, score, tuple(heaviest[:_MOST_WORDS])))
    return sorted(found, key=lambda each: -each[1])


def bag_of(text: str) -> Counter[str]:
    """Count the words of a text, without numbers and function words.

    Examples
    --------
    >>> dict(bag_of("The lamp, a lamp of 1879"))
    {'lamp': 2}
    """
    return Counter(word for word in words(text) if not (word in _STOP_WORDS or word.isdigit()))


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = math.hypot(*vector.values())
    return {word: value / length for word, value in vector.items()}
