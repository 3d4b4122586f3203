"""Selecting works of a hub: the conditions, the search and the order.

The explorer's script gives the same works in the same order. It reads only the columns that a
condition needs, so that a large hub answers in seconds.
"""

from __future__ import annotations

import warnings
from functools import partial
from numbers import Integral
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from citehub._labels import SCHEME_OF_FACET
from citehub._passages import PASSAGES_FOUND
from citehub._related import find_related
from citehub._search import find, words
from citehub._table import Table
from citehub._text import counted
from citehub._work import identifier_of
from citehub.errors import BadArgument, NothingKnown, UnknownSelection, UnknownWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from citehub._release import Release

Sort = Literal["hub", "newest", "oldest", "title", "most-cited", "relevance"]
"""Orders of selected works."""

NotKnown = Literal["not known"]
NOT_KNOWN: Final[NotKnown] = "not known"
"""The value for works about which nothing is known in some respect."""

Unknown = Literal["raise", "skip"]
"""What to do with works that a hub does not have."""

LISTS: Final = (
    *("theme", "role", "polarity", "subject", "section", "passage"),
    *("category", "venue", "representatives"),
)
"""Facets with several values, in the order of the explorer."""

FLAGS: Final = ("labelled", "shared_authors", "code")
"""Facets that are true, false or not known."""

_RELATED: Final = 10
_FACETS: Final = {
    "theme": ("work_themes", "work_id", "theme_id"),
    "section": ("citation_contexts", "citing_work_id", "section_kind"),
    "category": ("works", "work_id", "primary_category"),
    "venue": ("works", "work_id", "venue"),
    "representatives": ("representatives", "work_id", "method"),
}
_IDENTIFIERS: Final = ("doi", "arxiv")
_KNOWN_OF: Final = {
    "theme": "the theme",
    "category": "the category",
    "venue": "the venue",
    "role": "the role",
    "polarity": "the polarity",
    "subject": "the subject",
    "section": "the section that cites",
    "passage": "a passage",
    "representatives": "a rank as representative",
    "year": "the year",
    "labelled": "a label",
    "shared_authors": "the number of shared authors",
    "code": "public code",
    "doi": "a DOI",
    "arxiv": "an arXiv id",
    "authors_of": "the authors",
}
"""What each condition is about, in words."""
_SUMMED: Final = {
    "role": ("intent",),
    "polarity": ("polarity",),
    "labelled": ("intent", "polarity"),
}


def select(  # noqa: PLR0913 -- as Hub.select
    release: Release,
    *,
    representatives: str | Iterable[str] | None = None,
    search: str | None = None,
    ids: Iterable[object] | None = None,
    related_to: object = None,
    unknown: Unknown = "raise",
    sort: Sort | None = None,
    **conditions: Any,
) -> list[str]:
    """Return the ids of the works that meet every condition.

    The order is ``sort``; else that of ``ids``, of the search, of nearness to a work, of the
    representatives, or of the hub. Only ``ids`` finds the canonical work.
    """
    asked = None if ids is None else _resolve_ids(release, ids, unknown)
    found = None if search is None or _is_blank(search) else find(release, search)
    near = None if related_to is None else _related(release, related_to)
    chosen = None if representatives is None else _representatives(release, representatives)
    lists = [each for each in (asked, found, near, chosen) if each is not None]
    if asked is None:
        lists.append(release.citing_ids())
    met = [
        _CONDITIONS[name](release, each) for name, each in conditions.items() if each is not None
    ]
    order = lists[0] if sort is None else _in_order(release, sort, found)
    allowed = set.intersection(*map(set, lists), *met)
    return [work_id for work_id in order if work_id in allowed]


def known_values(release: Release, facet: str) -> list[str]:
    """Return the values of a facet in a hub, as of ``theme`` or ``role``."""
    if facet == "theme":
        return [theme_id for (theme_id,) in release.cells("themes", "theme_id")]
    return list(dict.fromkeys(value for _, value in _values(release, facet)))


# -- which works ------------------------------------------------------------------------------


def _is_blank(search: object) -> bool:
    return isinstance(search, str) and not search.strip()


def _resolve_ids(release: Release, ids: Iterable[object], unknown: Unknown) -> list[str]:
    """Return the ids of works; it names every work that the hub does not have."""
    if unknown not in get_args(Unknown):
        raise BadArgument.of("unknown", unknown, f"one of {', '.join(get_args(Unknown))}")
    given: Any = ids
    if hasattr(given, "to_pylist"):  # Arrow's tables and arrays
        given = given.to_pylist()
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        message = f"works takes a list of works or identifiers, not one: [{given!r:.60}]"
        raise TypeError(message)
    if hasattr(given, "columns") and not isinstance(given, Table):  # a DataFrame
        if "work_id" not in given.columns:
            message = "a DataFrame of works has a column work_id; this one has not"
            raise TypeError(message)
        given = given["work_id"]
    asked = list(dict.fromkeys(map(identifier_of, given)))
    found = {each: release.find(each) for each in asked}
    left = [each for each in asked if found[each] is None]
    if left and unknown == "raise":
        raise _unknown_works(release, left, len(asked))
    if left:
        was = "was" if len(left) == 1 else "were"
        message = (
            f"{release.label} does not have {len(left):,} of "
            f"{counted(len(asked), 'work')}, which {was} left out: {', '.join(left)}"
        )
        warnings.warn(message, stacklevel=4)  # where Hub.select() or Hub.export() is called
    return list(dict.fromkeys(work_id for work_id in found.values() if work_id is not None))


def _unknown_works(release: Release, unknown: list[str], n: int) -> UnknownWork:
    """Return the error for some of n works; it names them all and the next step."""
    advice = "To leave out such works: unknown='skip', or --skip-unknown."
    if len(unknown) == 1:
        error = release.unknown_work(unknown[0])
        return UnknownWork(f"{error} {advice}", error.asked, error.known, error.nearest)
    message = f"{release.label} does not have {len(unknown):,} of {n:,} works: "
    named = ", ".join(map(repr, unknown))
    return UnknownWork(f"{message}{named}. {advice}", unknown[0], list(release.ids()))


def _representatives(release: Release, asked: str | Iterable[str]) -> list[str]:
    """Return the works of any of some methods by their best rank; ties in hub order."""
    rows = release.cells("representatives", "work_id", "method", "rank")
    wanted = _asked_values(release, "representatives", asked, {work_id for work_id, _, _ in rows})
    ranks: dict[str, int] = {}
    for work_id, method, place in rows:
        if method in wanted:
            ranks[work_id] = min(place, ranks.get(work_id, place))
    return sorted((each for each in release.ids() if each in ranks), key=ranks.__getitem__)


def _with_values(facet: str, release: Release, asked: str | Iterable[str]) -> set[str]:
    """Return the works that have any of some values of a facet."""
    pairs = _values(release, facet)
    known = {work_id for work_id, _ in pairs}
    wanted = set(_asked_values(release, facet, asked, known))
    met = {work_id for work_id, value in pairs if value in wanted}
    if NOT_KNOWN in wanted:
        met |= release.ids().keys() - known
    return met


def _asked_values(release: Release, facet: str, asked: Any, works: set[str]) -> list[str]:
    """Return the chosen values after checking that the hub has each.

    ``works`` are those with a known value.
    """
    is_one = isinstance(asked, str) or not hasattr(asked, "__iter__")
    values = []
    known = known_values(release, facet)
    what, allowed, hint = facet, {*known, NOT_KNOWN}, f"{NOT_KNOWN!r} finds works without one."
    if facet == "representatives":
        what, allowed, hint = "selection of representatives", set(known), ""
    for value in [asked] if is_one else asked:  # which may be endless, but for the first wrong one
        if not isinstance(value, str):
            message = f"{facet} takes a name or a list of names, not {value!r:.60}"
            raise TypeError(message)
        if value != NOT_KNOWN or facet == "representatives":
            _check_known(release, facet, value, works)
        if value not in allowed:
            raise UnknownSelection.among(what, value, known, where=release.label, hint=hint)
        values.append(value)
    return values


def _values(release: Release, facet: str) -> list[tuple[str, str]]:
    """Return each work with each known value of a facet."""
    if facet in SCHEME_OF_FACET:
        columns = ("citing_work_id", "scheme", "value", "subject", "raw_value", "is_shown")
        rows = release.cells("citation_labels", *columns)
        return [
            (work_id, value or subject or raw)
            for work_id, scheme, value, subject, raw, is_shown in rows
            if scheme == SCHEME_OF_FACET[facet] and is_shown is not False
        ]
    if facet == "passage":
        return _passages(release)
    rows = release.cells(*_FACETS[facet])
    return [(work_id, value) for work_id, value in rows if value is not None]


def _passages(release: Release) -> list[tuple[str, str]]:
    """Return each work with ``PASSAGES_FOUND``, or with the status of its texts."""
    found = {
        work_id: PASSAGES_FOUND
        for (work_id,) in release.cells("citation_contexts", "citing_work_id")
    }
    rows = release.cells("text_readings", "work_id", "status")
    return [*found.items(), *(row for row in rows if row[0] not in found)]


def _of_years(release: Release, asked: Any) -> set[str]:
    """Return the works of a year, of a range of years, or of any of several."""
    is_range = isinstance(asked, tuple)
    years: Any = asked  # a range may be too long for a list
    if not isinstance(asked, range):
        years = list(asked) if hasattr(asked, "__iter__") else [asked]
    is_text = isinstance(asked, str | bytes)
    are_years = isinstance(asked, range) or all(map(_is_year, years))
    if is_text or (is_range and len(years) != 2) or not are_years:  # noqa: PLR2004
        message = f"year takes a year, (first, last) or a list of years, not {asked!r:.60}"
        raise TypeError(message)
    if is_range and years[0] > years[1]:
        raise BadArgument.of("year", asked, "(first, last), the first not after the last")
    rows = release.cells("works", "work_id", "publication_year")
    known = {work_id: year for work_id, year in rows if year is not None}
    if years:
        _check_known(release, "year", asked, known)
    wanted = range(years[0], years[1] + 1) if is_range else years
    return {work_id for work_id, year in known.items() if year in wanted}


def _is_year(year: object) -> bool:
    return isinstance(year, Integral) and not isinstance(year, bool)


def _labelled(release: Release) -> dict[str, bool]:
    rows = release.cells("citation_labels", "citing_work_id")
    return {work_id: True for (work_id,) in rows}


def _sharing_authors(release: Release) -> dict[str, bool]:
    shared: dict[str, int | None] = {}
    for work_id, count in release.cells("citations", "citing_work_id", "shared_authors"):
        shared.setdefault(work_id, count)  # that of its first citation
    return {work_id: count > 0 for work_id, count in shared.items() if count is not None}


def _with_code(release: Release) -> dict[str, bool]:
    rows = release.cells("works", "work_id", "code_url")
    return {work_id: True for work_id, url in rows if url is not None}


def _identified(scheme: str, release: Release) -> dict[str, bool]:
    rows = release.cells("work_ids", "work_id", "scheme")
    return {work_id: True for work_id, each in rows if each == scheme}


def _flagged(name: str, release: Release, asked: Any) -> set[str]:
    """Return the works that have a flag, or that do not.

    Only for shared authors is False known; for the others it means not known.
    """
    if getattr(asked, "shape", None) == ():  # NumPy's bool, which is none of Python's
        asked = asked.item()
    if not isinstance(asked, bool):
        message = f"{name} takes True, False or None, not {asked!r:.60}"
        raise TypeError(message)
    known = _FLAGS[name](release)
    otherwise = None if name == "shared_authors" else False
    if asked is not otherwise:
        _check_known(release, name, asked, known)
    return {work_id for work_id in release.ids() if known.get(work_id, otherwise) is asked}


def _check_known(release: Release, name: str, asked: object, works: Iterable[str]) -> None:
    """Refuse a condition on something that is not known for any citing work."""
    if any(work_id != release.canonical_id for work_id in works):
        return
    message = (
        f"{release.label} does not know {_KNOWN_OF[name]} for any single citing work, so "
        f"{name}={asked!r:.60} cannot find one."
    )
    summed = _SUMMED.get(name, ())
    if any(scheme in summed for (scheme,) in release.cells("label_counts", "scheme")):
        message += f" It knows sums only: hub.summary(), or 'citehub show {release.hub}'."
    if name in _FACETS_OF_NAMES:
        message += f" {NOT_KNOWN!r} finds works without one."
    raise NothingKnown(message, f"{asked}")


def _related(release: Release, asked: object) -> list[str]:
    """Return a work and those nearest to it, the nearest first."""
    of = release.resolve(asked)
    return [of, *(work_id for work_id, *_ in find_related(release, of)[:_RELATED])]


def _by_authors(release: Release, asked: object) -> set[str]:
    of = release.resolve(asked)
    rows = release.cells("authorships", "work_id", "author_name")
    _check_known(release, "authors_of", of, (work_id for work_id, _ in rows))
    names = {name for work_id, name in rows if work_id == of}
    return {of, *(work_id for work_id, name in rows if name in names)}


_FACETS_OF_NAMES: Final = tuple(name for name in LISTS if name != "representatives")
_FLAGS: Final[dict[str, Callable[[Release], Mapping[str, bool]]]] = {
    **dict(zip(FLAGS, (_labelled, _sharing_authors, _with_code), strict=True)),
    **{scheme: partial(_identified, scheme) for scheme in _IDENTIFIERS},
}
_CONDITIONS: Final[dict[str, Callable[[Release, Any], set[str]]]] = {
    **{facet: partial(_with_values, facet) for facet in _FACETS_OF_NAMES},
    **{flag: partial(_flagged, flag) for flag in _FLAGS},
    "year": _of_years,
    "authors_of": _by_authors,
}


# -- in which order ---------------------------------------------------------------------------


def _in_order(release: Release, sort: Sort, found: list[str] | None) -> list[str]:
    """Return all works in an order; ties in hub order."""
    if sort not in get_args(Sort):
        raise BadArgument.of("sort", sort, f"one of {', '.join(get_args(Sort))}")
    if sort == "relevance":
        if found is None:
            raise BadArgument.of("sort", sort, "another order without a search")
        return found
    if sort == "hub":
        return list(release.ids())
    if sort == "most-cited":
        return _most_cited(release)
    rows = release.cells(
        "works", "work_id", "title_plain", "publication_year", "publication_month"
    )
    key = _title_key if sort == "title" else partial(_date_key, -1 if sort == "newest" else 1)
    return [work_id for work_id, *_ in sorted(rows, key=lambda row: key(*row[1:]))]


def _most_cited(release: Release) -> list[str]:
    """Return all works by citation count, those of an unknown count last."""
    rows = release.cells("works", "work_id", "citation_count")
    known = {work_id: count for work_id, count in rows if count is not None}
    if not known.keys() - {release.canonical_id}:
        message = f"{release.label} does not know how often any citing work is cited."
        raise NothingKnown(message, "most-cited")
    return sorted((each for each, _ in rows), key=lambda each: -known.get(each, -1))


def _title_key(title: str, *_: object) -> bytes:
    """Return the sort key of a title, by UTF-16 code units as in JavaScript."""
    return " ".join(words(title)).encode("utf-16-be")


def _date_key(sign: int, _: str, year: int | None, month: int | None) -> tuple[bool, int, int]:
    """Return the sort key of a date; an unknown month counts as 0, an unknown year comes last."""
    return (True, 0, 0) if year is None else (False, sign * year, sign * (month or 0))
