"""Records that a source merged into others: its list of merged ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from citehub.sources.records import Reject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citehub.sources.dump_datasets import Expression


class Fetcher(Protocol):
    """What runs an expression: an engine."""

    def fetch(self, table: Expression) -> list[dict[str, Any]]:
        """Return the rows of a table."""


def merged_into(
    engine: Fetcher, merged: Expression, records: Iterable[int]
) -> tuple[dict[int, int], list[Reject]]:
    """Return what records were merged into, and circles in the list of merges.

    Both directions are followed: the old ids of a record, under which others may still cite
    it, and the record that an old id became.
    """
    known = set(records)
    steps: dict[int, int] = {}
    new = set(known)
    while new:
        ids = list(new)
        rows = engine.fetch(merged.filter(merged.record.isin(ids) | merged.into.isin(ids)))
        rows.sort(key=lambda row: (row["part"], -row["into"]))  # the last counts, then the least
        steps |= {row["record"]: row["into"] for row in rows}
        new = {each for row in rows for each in (row["record"], row["into"])} - known
        known |= new
    ends, rejects = {}, []
    for record in sorted(steps):
        path = [record]
        while path[-1] in steps and steps[path[-1]] not in path:
            path.append(steps[path[-1]])
        ends[record] = path[-1]
        if path[-1] in steps:
            circle = path[path.index(steps[path[-1]]) :]
            ends[record] = min(circle)
            if record in circle:
                names = " into ".join(f"W{each}" for each in [*circle, circle[0]])
                reason = f"W{record} is merged in a circle: {names}"
                rejects.append(Reject("merged_ids", 0, reason))
    return ends, rejects
