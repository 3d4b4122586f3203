"""Pairs of works that may be one, by title, year and authors; a person decides.

It compares only works that share an author and one of their rarest words, or the title. So a hub
of fifty thousand works takes seconds.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._text import counted
from citehub.build.likeness import title_similarity, traits_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from citehub.build.join import Work
    from citehub.build.likeness import Traits

_LEAST_SIMILARITY: Final = 0.75  # from which on two titles are nearly the same
_YEARS_APART: Final = 2
_LEAST_SHARE: Final = 0.5  # of the authors of the work that has fewer
_TELLING_WORDS: Final = 4  # of a title that says enough where the authors are not known
_BEGINNING_WORDS: Final = 3  # with which a title and its longer form begin
_RAREST_WORDS: Final = 3  # of a title, by which its work is found, with each of its authors
_MOST_AUTHORS: Final = 20  # by which a work is found
_MOST_COMPARED: Final = 200  # works that share so much
_RECURRING_TITLES: Final = frozenset(  # titles of what appears again and again, not of one work
    {
        *("abstracts", "announcement", "announcements", "book review", "book reviews"),
        *("conclusion", "conclusions", "contents", "correction", "corrections"),
        *("corrigendum", "discussion", "editor s note", "editorial", "editorial board"),
        *("errata", "erratum", "foreword", "from the editor", "front matter"),
        *("guest editorial", "in this issue", "index", "introduction", "letter to the editor"),
        *("letters to the editor", "news", "obituary", "preface", "reply", "response"),
        *("references", "review", "summary", "table of contents", "untitled"),
    }
)


class Candidate(NamedTuple):
    """Two works that may be one, and why.

    ``year_gap`` is None if a year is not known, ``shared_authors`` if authors are not.
    """

    work_id: str
    other_work_id: str
    why: str
    title_similarity: float
    year_gap: int | None
    shared_authors: int | None


def find_candidates(
    works: Sequence[Work], decided: Collection[frozenset[str]] = ()
) -> tuple[Candidate, ...]:
    """Return the pairs of works that may be one and that no person decided on.

    A pair shares the title (without case, marks, markup and punctuation) and authors; or it has
    nearly the same title, at most two years between, and shares a first author or half of the
    authors. If the authors of one are not known, the titles must be equal, have four words or
    more, and be at most two years apart. Titles that differ in numbers are never a pair, nor those
    of editorials and the like.
    """
    traits = [
        traits_of(work.title, work.authors, work.first.year if work.first else None)
        for work in works
    ]
    found = []
    for one, other in sorted(_pairs_to_compare(traits)):
        why = _reason(traits[one], traits[other])
        if why is not None:
            ids = sorted((works[one].work_id, works[other].work_id))
            if frozenset(ids) not in decided:
                found.append(_candidate(ids, traits[one], traits[other], why))
    return tuple(sorted(found))


def _pairs_to_compare(traits: Sequence[Traits]) -> Iterator[tuple[int, int]]:
    """Return the pairs that share a title, or both an author and a rare word."""
    sets = [each.words for each in traits]
    counts = Counter(word for words in sets for word in words)
    blocks: dict[int, list[int]] = {}
    for place, (each, words) in enumerate(zip(traits, sets, strict=True)):
        if not each.title or each.title in _RECURRING_TITLES:
            continue
        rarest = sorted((w for w in words if counts[w] > 1), key=lambda w: (counts[w], w))
        people = [each.first, *sorted(each.authors)[:_MOST_AUTHORS]] if each.first else []
        keys = {hash((person, word)) for person in people for word in rarest[:_RAREST_WORDS]}
        for key in (hash(each.title), *keys):
            blocks.setdefault(key, []).append(place)
    pairs: set[tuple[int, int]] = set()
    for places in blocks.values():
        if 1 < len(places) <= _MOST_COMPARED:
            for at, one in enumerate(places):
                pairs.update((one, other) for other in places[at + 1 :])
    return iter(pairs)


def _reason(one: Traits, other: Traits) -> str | None:
    """Say why two works may be one; None if they hardly are."""
    gap = _gap(one, other)
    is_near = gap is None or gap <= _YEARS_APART
    if not one.authors or not other.authors:
        is_enough = one.title == other.title and len(one.title.split()) >= _TELLING_WORDS
        return "same title; authors of one are not known" if is_near and is_enough else None
    shared = len(one.authors & other.authors)
    fewer = min(len(one.authors), len(other.authors))
    if one.title == other.title:
        return f"same title; {counted(shared, 'author')} shared" if shared else None
    is_shared = one.first == other.first or shared >= _LEAST_SHARE * fewer
    if not is_near or not is_shared or one.numbers != other.numbers:
        return None
    authors = "same first author" if one.first == other.first else f"{shared} authors shared"
    if _is_beginning(one.title, other.title):
        return f"one title is the beginning of the other; {authors}"
    if title_similarity(one.title, other.title) >= _LEAST_SIMILARITY:
        return f"nearly the same title; {authors}"
    return None


def _is_beginning(one: str, other: str) -> bool:
    short, long = sorted((one.split(), other.split()), key=len)
    return len(short) >= _BEGINNING_WORDS and long[: len(short)] == short


def _gap(one: Traits, other: Traits) -> int | None:
    if one.year is None or other.year is None:
        return None
    return abs(one.year - other.year)


def _candidate(ids: Sequence[str], one: Traits, other: Traits, why: str) -> Candidate:
    is_known = one.authors and other.authors
    return Candidate(
        ids[0],
        ids[1],
        why,
        round(title_similarity(one.title, other.title), 3),
        _gap(one, other),
        len(one.authors & other.authors) if is_known else None,
    )
