"""Ranked search in the fields of works: a plain scan without an index.

Every word of the query must be found. Its score depends on the match (whole word, beginning,
inside another word, or one letter off if no work has it otherwise) and on the heaviest field with
a match. All scores are integers, so that other implementations, as the explorer's script, give the
same order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from citehub._identifiers import parse_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from citehub._release import Release

FIELD_WEIGHTS: Final = (4, 3, 2, 1, 1)
"""Weights of the fields of a work: title, authors, finding, identifiers, passages."""

_PASSAGE: Final = ("gist", "section")
_WORD: Final = re.compile(r"[^\W_]+")  # letters and numbers: categories L and N of Unicode
_WHOLE, _START, _INSIDE, _TYPO = 4, 3, 2, 1
_INSIDE_FROM: Final = 3  # letters; shorter pieces are inside nearly everything
_TYPO_FROM: Final = 5
_PHRASE: Final = 16  # the whole query, as it stands, in the heaviest field


def find(release: Release, query: str) -> list[str]:
    """Return the ids of the works that have every word of a query, the best first."""
    if not isinstance(query, str):
        message = f"A search takes words in one text, not {query!r:.60}"
        raise TypeError(message)
    identifier = parse_identifier(query)
    authors, ids, passages = (
        defaultdict(list),
        defaultdict(list),
        defaultdict[str, list[str]](list),
    )
    for work_id, name in release.cells("authorships", "work_id", "author_name"):
        authors[work_id].append(name)
    for work_id, scheme, value in release.cells("work_ids", "work_id", "scheme", "value"):
        ids[work_id].append(f"{scheme}:{value}")
    for work_id, *said in release.cells("citation_contexts", "citing_work_id", *_PASSAGE):
        passages[work_id] += filter(None, said)
    works = release.cells("works", "work_id", "title_plain", "finding")
    documents = [
        (
            title,
            " ".join(authors[work_id]),
            finding or "",
            " ".join(ids[work_id]),
            " ".join(passages[work_id]),
        )
        for work_id, title, finding in works
    ]
    wanted = identifier.value if identifier else query
    return [works[number][0] for number in rank(wanted, documents, FIELD_WEIGHTS)]


def words(text: str) -> list[str]:
    """Return the words of a text without case, marks and punctuation.

    Examples
    --------
    >>> words("Étienne's M²RNN: state-tracking")
    ['etienne', 's', 'm2rnn', 'state', 'tracking']
    >>> words("ΛΌΓΟΣ") == words("λόγος")
    True
    """
    if not text.isascii():  # ASCII has no marks, and most text is ASCII
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(each for each in decomposed if unicodedata.category(each)[0] != "M")
    return _WORD.findall(text.upper().lower().replace("ς", "σ"))


def rank(query: str, documents: Sequence[Sequence[str]], weights: Sequence[int]) -> list[int]:
    """Return the numbers of the documents that match a query, best first.

    Parameters
    ----------
    query : str
        Words, in any order.
    documents : sequence of sequence of str
        The fields of each document, in the order of ``weights``.
    weights : sequence of int
        Weight of each field, the heaviest first.

    Returns
    -------
    list of int
        Indices into ``documents``; equal scores keep the documents' order.
    """
    wanted = words(query)
    if not wanted:
        return []
    texts = [[words(field) for field in document] for document in documents]
    vocabulary = {word for fields in texts for field in fields for word in field}
    scores = dict.fromkeys(range(len(documents)), 0)
    for word, times in Counter(wanted).items():  # a word said twice counts twice
        qualities = _qualities(word, vocabulary, _found_quality)
        qualities = qualities or _qualities(word, vocabulary, _typo_quality)
        found = {number: _score(texts[number], weights, qualities) for number in scores}
        scores = {number: scores[number] + times * each for number, each in found.items() if each}
        if not scores:  # so that a long text, which no work has, costs little
            return []
    phrase = f" {' '.join(wanted)} "
    for number in scores:
        if phrase in f" {' '.join(texts[number][0])} ":
            scores[number] += _PHRASE
    return sorted(scores, key=lambda number: -scores[number])


def _qualities(
    word: str, vocabulary: Iterable[str], quality: Callable[[str, str], int]
) -> dict[str, int]:
    """Return the words of a vocabulary that match a word, each with its score."""
    found = {other: quality(word, other) for other in vocabulary}
    return {other: each for other, each in found.items() if each}


def _score(
    fields: Sequence[Sequence[str]], weights: Sequence[int], qualities: Mapping[str, int]
) -> int:
    return max(
        weight * max((qualities.get(word, 0) for word in field), default=0)
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
    """Tell whether adding, dropping, changing or swapping one letter makes two words equal."""
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
