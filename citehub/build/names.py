"""The ids of works, which they keep from one release to the next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from citehub._identifiers import Identifier
from citehub.sources.records import ID_SCHEMES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from citehub.build.join import Member, RecordKey

_NAMELESS: Final = "entry"


def name_works(
    works: Sequence[Sequence[tuple[RecordKey, tuple[Identifier, ...]]]],
    named: Mapping[Member, str],
    former: Collection[str],
) -> tuple[list[str], list[tuple[str, int]]]:
    """Name works, each given as its records with their identifiers, by trust.

    A named work keeps its id; one made of two keeps the better id. If several works shared an id,
    the one with its identifier keeps it, else the one with most of its records, else the first. A
    new id is the best identifier that never named another work, else the work's first record.
    Returns the names, and by place the ids that gave way.
    """
    won: list[list[str]] = [[] for _ in works]
    for old, places in _claims(works, named).items():
        won[max(places, key=lambda place: (places[place], -place))].append(old)
    names = [min(each, key=_rank) if each else "" for each in won]
    used = {*named.values(), *former}
    for place, records in enumerate(works):
        if not names[place]:
            names[place] = _new_name(records, used)
            used.add(names[place])
    gone = [(old, place) for place, each in enumerate(won) for old in each if old != names[place]]
    return names, sorted(gone)


def _claims(
    works: Sequence[Sequence[tuple[RecordKey, tuple[Identifier, ...]]]],
    named: Mapping[Member, str],
) -> dict[str, dict[int, tuple[bool, int]]]:
    """Return by id which works have how much of what had it, and whether what it names."""
    claims: dict[str, dict[int, tuple[bool, int]]] = {}
    if not named:
        return claims
    for place, records in enumerate(works):
        members: set[Member] = {key for key, _ in records}
        members |= {identifier for _, ids in records for identifier in ids}
        counts = Counter(named[each] for each in members if each in named)
        naming = {_curie(each) for each in members if each in named}
        for old, count in counts.items():
            claims.setdefault(old, {})[place] = old in naming, count
    return claims


def _curie(member: Member) -> str:
    return member.curie if isinstance(member, Identifier) else f"{_NAMELESS}:{member.record_id}"


def _new_name(
    records: Iterable[tuple[RecordKey, tuple[Identifier, ...]]], used: Collection[str]
) -> str:
    records = list(records)
    known = {each.curie for _, ids in records for each in ids if each.scheme in ID_SCHEMES}
    free = [name for name in known if name not in used]
    if free:
        return min(free, key=_rank)
    first = records[0][0]
    name = f"{_NAMELESS}:{first.record_id}"
    number = 1
    while name in used:
        number += 1
        name = f"{_NAMELESS}:{first.record_id}-{number}"
    return name


def _rank(work_id: str) -> tuple[int, str]:
    """Order ids, the best first."""
    scheme, _, value = work_id.partition(":")
    return ID_SCHEMES.index(scheme) if scheme in ID_SCHEMES else len(ID_SCHEMES), value
