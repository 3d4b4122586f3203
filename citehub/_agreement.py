"""Why the numbers differ: what each source of a hub knows, and how far the sources agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from citehub._text import counted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

    from citehub._hub import Hub


class SourceCount(NamedTuple):
    """The counts of one source for the citations of a hub's work; None is not known.

    Attributes
    ----------
    source_id, title : str
        The source.
    asked_on : date, optional
        The day when it gave its numbers.
    stated : int, optional
        The source's own count of the work's citations.
    announced : int, optional
        Citing records that its interface announced before it listed them.
    records, works : int
        Citing records that it gave, and citing works that they describe.
    only : int
        Citing works that no other source knows.
    reasons : tuple of str
        Sentences that say why its numbers differ.
    """

    source_id: str
    title: str
    asked_on: datetime.date | None
    stated: int | None
    announced: int | None
    records: int
    works: int
    only: int
    reasons: tuple[str, ...]


class Overlap(NamedTuple):
    """Two sources: how many citing works both know, and how many either knows."""

    source_id: str
    other_source_id: str
    n_both: int
    n_either: int


class Agreement(NamedTuple):
    """How far the sources of a hub agree on who cites its work."""

    n_works: int
    sources: tuple[SourceCount, ...]
    overlaps: tuple[Overlap, ...]


def agreement(hub: Hub) -> Agreement:
    """Return what each source of a hub knows, why its numbers differ, and how far they agree.

    Raises
    ------
    UnknownTable
        The release was made before citehub kept such counts.
    """
    release = hub.release
    if "source_counts" not in release.resources:
        error = release.unknown_table("source_counts")
        said = "its build counted nothing. Hubs that citehub new makes have the counts."
        error.args = (f"{release.label} does not say what each source knows: {said}",)
        raise error
    counts: dict[str, dict[str, int]] = {}
    for row in release.rows("source_counts"):
        counts.setdefault(row["source_id"], {})[row["measure"]] = row["n"]
    described = {row["source_id"]: row for row in release.rows("sources")}
    sources = []
    for source_id, found in counts.items():
        row = described.get(source_id, {})  # a damaged release may lack it
        sources.append(
            SourceCount(
                source_id,
                row.get("title", source_id),
                row.get("snapshot_on") or row.get("retrieved_on"),
                found.get("stated"),
                found.get("announced"),
                found.get("records", 0),
                found.get("works", 0),
                found.get("only", 0),
                tuple(_reasons(found)),
            )
        )
    overlaps = [
        Overlap(row["source_id"], row["other_source_id"], row["n_both"], row["n_either"])
        for row in release.rows("source_overlap")
        if row["source_id"] < row["other_source_id"]
    ]
    return Agreement(release.n_citing, tuple(sources), tuple(overlaps))


def _reasons(found: Mapping[str, int]) -> Iterator[str]:
    """Yield why the numbers of a source differ, each in a sentence."""
    records, works = found.get("records", 0), found.get("works", 0)
    for name, what in (("announced", "It announced"), ("stated", "Its own count is")):
        n = found.get(name)
        if n is not None and n != records:
            yield f"{what} {n:,}, and it gave {counted(records, 'citing record')}."
    if n := found.get("nameless", 0):
        yield f"{counted(n, 'citation')} in its list {'names' if n == 1 else 'name'} no paper."
    if n := found.get("versions", 0):
        yield (
            f"{counted(n, 'record')} {'is a' if n == 1 else 'are'} further "
            f"{'version' if n == 1 else 'versions'} of a work, such as its preprint. So "
            f"{counted(records, 'record')} come to {counted(works, 'work')}."
        )
    if n := found.get("undescribed", 0):
        yield f"It gives no title for {counted(n, 'record')}, so the hub leaves them out."
    if n := found.get("excluded", 0):
        yield f"A person excluded the works of {counted(n, 'record')}."
    if n := found.get("self", 0):
        yield f"{counted(n, 'record')} {'says' if n == 1 else 'say'} that the work cites itself."
    if n := found.get("unreadable", 0):
        yield f"{counted(n, 'line')} of its files could not be read."
