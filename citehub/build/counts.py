"""The counts of citing works: of each source, how far they agree and why they differ; by year."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from citehub.build.derived import DERIVED
from citehub.sources.records import Origin

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from citehub._rows import CountMeasure
    from citehub.build.assemble import Citing
    from citehub.build.ledger import Ledger
    from citehub.sources.records import Edge
    from citehub.sources.statements import Statements


def put_counts(
    ledger: Ledger,
    given: Statements,
    citing: Citing,
    own: Collection[tuple[str, str]],
    trust: Sequence[str],
) -> None:
    """Enter the counts of each source, how far they agree, and why they differ.

    ``own`` are the records of the work itself.
    """
    keys = {
        *(source for source, _ in given.canonical),
        *(edge.source_id for edge in given.edges),
        *given.nameless,
    }
    knows: dict[str, set[str]] = {source: set() for source in trust if source in keys}
    for work_id, stated in citing.by_work.items():
        for edge in stated:
            knows[edge.source_id].add(work_id)
    for source in knows:
        for measure, n in _count(source, knows, given, citing, own).items():
            row = {"source_id": source, "measure": measure, "n": n}
            if n is not None:
                ledger.put("source_counts", row, Origin(source, "derived"))
    for (one, mine), (other, theirs) in itertools.permutations(knows.items(), 2):
        pair = {"source_id": one, "other_source_id": other}
        counted = {**pair, "n_both": len(mine & theirs), "n_either": len(mine | theirs)}
        ledger.put("source_overlap", counted, Origin(DERIVED, "derived"))


def _count(
    source: str,
    knows: Mapping[str, set[str]],
    given: Statements,
    citing: Citing,
    own: Collection[tuple[str, str]],
) -> dict[CountMeasure, int | None]:
    works = knows[source]
    others = set().union(*(each for name, each in knows.items() if name != source))
    records = {e.citing for e in citing.edges if e.source_id == source}
    described = _records_of(source, citing.by_work)
    left_out = _records_of(source, citing.excluded)
    of_itself = {
        e.citing for e in given.edges if e.source_id == source and (source, e.citing) in own
    }
    nameless = given.nameless.get(source, {})
    n_nameless = nameless.get("undescribed", 0)
    return {
        "stated": given.stated.get(source),
        "announced": given.announced.get(source),
        "records": len(records) + n_nameless,
        "works": len(works),
        "only": len(works - others),
        "versions": len(described) - len(works),
        "self": len(of_itself) + nameless.get("self", 0),
        "undescribed": len(records - described - left_out) + n_nameless,
        "unreadable": given.unreadable.get(source, 0),
        "excluded": len(left_out) or None,
        "nameless": given.unnamed.get(source),
    }


def _records_of(source: str, by_work: Mapping[str, list[Edge]]) -> set[str]:
    return {e.citing for edges in by_work.values() for e in edges if e.source_id == source}


def put_years(
    ledger: Ledger, given: Statements, ours: Mapping[int, int], first_year: int | None
) -> None:
    """Enter the citing works of each year, and the counts of sources, with years of zero.

    Ours begin with the year of the work.
    """
    for source, by_year in {DERIVED: ours, **given.years}.items():
        if by_year:
            first = min(by_year)
            if source == DERIVED and first_year is not None:
                first = min(first, first_year)
            for year in range(first, max(*by_year, given.newest_year or 0) + 1):
                row = {"source_id": source, "year": year, "n": by_year.get(year, 0)}
                ledger.put("citation_years", row, Origin(source, "derived"))
