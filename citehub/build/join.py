"""Which records are one work, and why.

Records are one work where they share an identifier, or where a record that has the identifiers
of both says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub.sources.records import best_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from citehub.sources.records import Author, Record

_MONTHS: Final = 12


class RecordKey(NamedTuple):
    """A record, by its source and by what the source calls it."""

    source_id: str
    record_id: str


@dataclass(frozen=True, slots=True)
class Work:
    """Records that are one work, the most trusted first."""

    work_id: str
    records: tuple[Record, ...]

    @property
    def title(self) -> str | None:
        """The title that the most trusted of them has."""
        return next((each.title for each in self.records if each.title), None)

    @property
    def authors(self) -> tuple[Author, ...]:
        """The authors that the most trusted of them prints, as far as they can be read."""
        printed = next((each.authors for each in self.records if each.authors), ())
        return tuple(author for author in printed if author)

    @property
    def first(self) -> Record | None:
        """The earliest of those that are dated: the first public version."""
        dated = [each for each in self.records if each.year is not None]
        return min(
            dated, key=lambda each: (each.year or 0, each.month or _MONTHS + 1), default=None
        )


@dataclass(frozen=True, slots=True)
class Joined:
    """The works that records make up: the canonical one, and the others."""

    canonical: Work
    works: tuple[Work, ...]


def join(
    records: Iterable[Record], canonical: Collection[tuple[str, str]], *, trust: Sequence[str]
) -> Joined:
    """Join records into works; those of the canonical work are one because they were asked for.

    Parameters
    ----------
    records : iterable of Record
        What the sources say, each record once.
    canonical : collection of tuple of str
        Source and record id of the records of the canonical work; at least one.
    trust : sequence of str
        Sources, the most trusted first.

    Returns
    -------
    Joined
        The same for any order of the records.
    """
    ranks = {source: rank for rank, source in enumerate(trust)}
    ordered = sorted(records, key=lambda each: _trusted_first(each, ranks))
    groups = _Groups()
    own = {RecordKey(*key) for key in canonical}
    first = next(key for each in ordered if (key := _key(each)) in own)
    for record in ordered:
        key = _key(record)
        for identifier in record.ids:
            groups.join((key,), identifier)
        if key in own:
            groups.join((first,), (key,))
    members: dict[object, list[Record]] = {}
    for record in ordered:
        members.setdefault(groups.find((_key(record),)), []).append(record)
    works = {group: Work(_name(each), tuple(each)) for group, each in members.items()}
    return Joined(works.pop(groups.find((first,))), tuple(works.values()))


class _Groups:
    """Disjoint sets: things that were joined have one leader."""

    def __init__(self) -> None:
        self.leader: dict[object, object] = {}

    def find(self, each: object) -> object:
        """Return the leader of a thing."""
        while (leader := self.leader.setdefault(each, each)) != each:
            self.leader[each] = each = self.leader[leader]
        return each

    def join(self, one: object, other: object) -> None:
        """Make two things one."""
        self.leader[self.find(one)] = self.find(other)


def _key(record: Record) -> RecordKey:
    return RecordKey(record.source_id, record.record_id)


def _trusted_first(record: Record, ranks: dict[str, int]) -> tuple[int, bool, str]:
    """Order records by trust; of one source the published version comes before the preprint."""
    return ranks[record.source_id], record.type == "preprint", record.record_id


def _name(records: list[Record]) -> str:
    """Return the id of a work: its best identifier, else what the reference file calls it."""
    best = best_identifier(each for record in records for each in record.ids)
    return best.curie if best else f"entry:{records[0].record_id}"
