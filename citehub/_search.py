"""Ranked search over titles, authors and findings: a plain scan, no index.

Every word of the query must be found. A word counts by how it is found (the whole word,
its beginning, inside another word, or one letter off where no work has it otherwise) and
by where (title, authors, finding). All scores are integers, so that any other
implementation can give the same order.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WORD: Final = re.compile(r"[^\W_]+")
_WHOLE, _START, _INSIDE, _TYPO = 4, 3, 2, 1
_INSIDE_FROM: Final = 3  # letters; shorter pieces are inside nearly everything
_TYPO_FROM: Final = 5
_PHRASE: Final = 16  # the whole query, as it stands, in the heaviest field


def words(text: str) -> list[str]:
    """Return the words of a text without case, accents and punctuation.

    Examples
    --------
    >>> words("Étienne's M²RNN: state-tracking")
    ['etienne', 's', 'm2rnn', 'state', 'tracking']
    """
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _WORD.findall(bare.casefold())


def rank(query: str, documents: Sequence[Sequence[str]], weights: Sequence[int]) -> list[int]:
    """Return the numbers of the documents that match a query, best first.

    Parameters
    ----------
    query : str
        Words, in any order.
    documents : sequence of sequence of str
        The fields of each document, in the order of ``weights``.
    weights : sequence of int
        How much each field counts, the heaviest first.

    Returns
    -------
    list of int
        Indices into ``documents``; equal scores keep the documents' order.
    """
    wanted = words(query)
    if not wanted:
        return []
    texts = [[words(field) for field in document] for document in documents]
    scores = [0] * len(documents)
    matches = set(range(len(documents)))
    for word in wanted:
        found = _scores(word, texts, weights, _found_quality)
        found = found or _scores(word, texts, weights, _typo_quality)
        matches &= found.keys()
        for number, score in found.items():
            scores[number] += score
    phrase = f" {' '.join(wanted)} "
    for number in matches:
        if phrase in f" {' '.join(texts[number][0])} ":
            scores[number] += _PHRASE
    return sorted(matches, key=lambda number: (-scores[number], number))


def _scores(
    word: str,
    texts: Sequence[Sequence[Sequence[str]]],
    weights: Sequence[int],
    quality: Callable[[str, str], int],
) -> dict[int, int]:
    """Return the score of a word in each document that has it."""
    scores = {
        number: _score(word, fields, weights, quality) for number, fields in enumerate(texts)
    }
    return {number: score for number, score in scores.items() if score}


def _score(
    word: str,
    fields: Sequence[Sequence[str]],
    weights: Sequence[int],
    quality: Callable[[str, str], int],
) -> int:
    return max(
        weight * max((quality(word, other) for other in field), default=0)
        for field, weight in zip(fields, weights, strict=True)
    )


def _found_quality(word: str, other: str) -> int:
    if word == other:
        return _WHOLE
    if other.startswith(word):
        return _START
    return _INSIDE if len(word) >= _INSIDE_FROM and word in other else 0


def _typo_quality(word: str, other: str) -> int:
    return _TYPO if len(word) >= _TYPO_FROM and _one_letter_off(word, other) else 0


def _one_letter_off(word: str, other: str) -> bool:
    """Tell whether one letter added, left out, changed or swapped turns one into the other."""
    if abs(len(word) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(word), len(other)) and word[start] == other[start]:
        start += 1
    left, right = word[start:], other[start:]
    return (
        left[1:] == right
        or left == right[1:]
        or left[1:] == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )
