"""Which records are one work, and why.

Records are one work if they share an identifier, or if a third record has identifiers of both. A
person can say more, and has the last word. Works that only look alike are never joined: they are
candidates.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from citehub._identifiers import Identifier, parse_identifier
from citehub._text import clean_line
from citehub.build.candidates import find_candidates
from citehub.build.likeness import differ, titles_differ, traits_of
from citehub.build.names import name_works
from citehub.errors import BuildError
from citehub.sources.records import ID_SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from citehub._rows import JoinReason
    from citehub.build.candidates import Candidate
    from citehub.build.likeness import Traits
    from citehub.sources.records import Author, Record

_MONTHS_IN_YEAR: Final = 12
_MOST_NAMED: Final = 3  # records of an identifier that many have
_TITLE_LETTERS: Final = 60  # in a message


@dataclass(frozen=True, slots=True, order=True)
class RecordKey:
    """A record, by its source and its name there; never equal to an identifier."""

    source_id: str
    record_id: str


Member: TypeAlias = Identifier | RecordKey
"""A work in a decision: a record, or an identifier of any of its records."""


class Same(NamedTuple):
    """A person says that two things are one work, and why."""

    one: Member
    other: Member
    reason: str


class Apart(NamedTuple):
    """A person says that one thing is not part of the work of another, and why.

    ``one`` leaves: a record with the identifiers of both keeps those of ``other``. So
    ``Apart(record, identifier, ...)`` is a wrong identifier of a record, ``Apart(wrong, right,
    ...)`` with two identifiers is one that was never the work's, and ``Apart(record, other_record,
    ...)`` is a record of another work.
    """

    one: Member
    other: Member
    reason: str


class Reason(NamedTuple):
    """Why a record belongs to its work.

    ``identifier`` joined it with the record ``via``; ``note`` has the words of the person who
    decided.
    """

    reason: JoinReason
    identifier: Identifier | None = None
    via: RecordKey | None = None
    note: str | None = None


class Former(NamedTuple):
    """An id of a work that is now part of another one, and why."""

    former_id: str
    work_id: str
    reason: str


class JoinNote(NamedTuple):
    """What a person should look at.

    ``kind`` is ``doubt``: records were joined, or an identifier joined none, and that may be
    wrong; ``refused``: a decision also cut what no person decided; ``unfit``: a decision has no
    effect. ``one`` and ``other`` are its subjects.
    """

    kind: Literal["doubt", "refused", "unfit"]
    one: Member
    other: Member
    text: str


@dataclass(frozen=True, slots=True)
class Work:
    """Records that are one work, the most trusted first, and the reason for each."""

    work_id: str
    records: tuple[Record, ...]
    reasons: tuple[Reason, ...]

    @property
    def title(self) -> str | None:
        """The title of the most trusted record."""
        return next((each.title for each in self.records if each.title), None)

    @property
    def authors(self) -> tuple[Author, ...]:
        """The authors of the most trusted record, as far as they can be read."""
        printed = next((each.authors for each in self.records if each.authors), ())
        return tuple(author for author in printed if author)

    @property
    def first(self) -> Record | None:
        """The earliest dated record: the first public version."""
        dated = [each for each in self.records if each.year is not None]
        return min(
            dated,
            key=lambda each: (each.year or 0, each.month or _MONTHS_IN_YEAR + 1),
            default=None,
        )


@dataclass(frozen=True, slots=True)
class Joined:
    """The works that records make up.

    ``candidates`` are pairs of works that may be one; ``former`` are ids of works that are now
    part of another one; ``notes`` are for a person to look at. Identifiers that turned out wrong
    for a record are left out of it.
    """

    canonical: Work
    works: tuple[Work, ...]
    candidates: tuple[Candidate, ...]
    former: tuple[Former, ...]
    notes: tuple[JoinNote, ...]


def key_of(record: Record) -> RecordKey:
    """Return the key of a record."""
    return RecordKey(record.source_id, record.record_id)


def names_in_release(
    work_ids: Iterable[Mapping[str, Any]],
    work_joins: Iterable[Mapping[str, Any]],
    former_ids: Iterable[Mapping[str, Any]] = (),
) -> dict[Member, str]:
    """Return the names of the works of a release, from its rows, as `join` takes them.

    An identifier of two works names neither; a former id that is an identifier still names its
    work.

    Examples
    --------
    >>> ids = [{"work_id": "arxiv:2201.11990", "scheme": "s2", "value": "246411325"}]
    >>> names_in_release(ids, [])
    {Identifier(scheme='s2', value='246411325'): 'arxiv:2201.11990'}
    """
    named: dict[Member, str] = {}
    for row in former_ids:
        identifier = parse_identifier(row["former_id"])
        if identifier:
            named[identifier] = row["work_id"]
    several = set()
    names: dict[Member, str] = {}
    for row in work_ids:
        identifier = Identifier(row["scheme"], row["value"])
        if names.setdefault(identifier, row["work_id"]) != row["work_id"]:
            several.add(identifier)
    for row in work_joins:
        names[RecordKey(row["source_id"], row["record_id"])] = row["work_id"]
    return named | {member: name for member, name in names.items() if member not in several}


def join(  # noqa: PLR0913
    records: Iterable[Record],
    canonical: Collection[tuple[str, str]],
    *,
    trust: Sequence[str],
    same: Sequence[Same] = (),
    apart: Sequence[Apart] = (),
    named: Mapping[Member, str] | None = None,
    former: Collection[str] = (),
) -> Joined:
    """Join records into works; the records of the canonical work are one by request.

    Parameters
    ----------
    records : iterable of Record
        The records of the sources, each once.
    canonical : collection of tuple of str
        Source and record id of the canonical work's records; at least one.
    trust : sequence of str
        Sources, the most trusted first.
    same, apart : sequence of Same, sequence of Apart, default ()
        Decisions of people. ``apart`` also wins if other records form a chain between the two: the
        first record on it, by trust, with identifiers of both sides loses those of one, and the
        result says so.
    named : mapping, optional
        The ids of the works in the release before, by each of their records and identifiers. A
        work keeps its id. If two works become one, the better id stays, in the order that names
        works; if one becomes two, the part with the identifier in the id keeps it.
    former : collection of str, default ()
        Ids of earlier releases that no longer name a work, and never will again.

    Returns
    -------
    Joined
        The same for any order of the records.

    Raises
    ------
    BuildError
        What a person says contradicts itself.

    Notes
    -----
    If two records of one source share an identifier but differ in title and first author, as
    papers with the DOI of their proceedings, the identifier joins only records with similar
    titles. It stays with the work that most sources give it to, or with none in a tie.
    """
    ranks = {source: rank for rank, source in enumerate(trust)}
    ordered = sorted(records, key=lambda each: _trusted_first(each, ranks))
    return _Joining(ordered, {RecordKey(*each) for each in canonical}, same, apart).run(
        named or {}, former
    )


class _Part(NamedTuple):
    """An identifier, limited to records that look alike."""

    identifier: Identifier
    number: int


_Node: TypeAlias = int | Identifier | _Part
"""What can be joined: records, by their place in the order of trust, and their identifiers."""
_Link: TypeAlias = tuple[Member, Member, str]
"""What a person says is one, and why."""


class _Groups:
    """Disjoint sets: joined things have one leader. Some are never joined."""

    def __init__(self) -> None:
        self.leader: dict[_Node, _Node] = {}
        self.sides: dict[_Node, set[tuple[int, bool]]] = {}  # of decisions, by leader

    def find(self, each: _Node) -> _Node:
        """Return the leader of a thing."""
        while (leader := self.leader.setdefault(each, each)) != each:
            self.leader[each] = each = self.leader[leader]
        return each

    def put(self, each: _Node, number: int, *, is_other: bool) -> None:
        """Say on which side of a decision a thing stands."""
        self.sides.setdefault(self.find(each), set()).add((number, is_other))

    def join(self, one: _Node, other: _Node) -> int | None:
        """Join two things, or return the number of the decision that forbids it."""
        leader, joined = self.find(other), self.find(one)
        if leader == joined:
            return None
        mine, theirs = self.sides.get(leader, set()), self.sides.get(joined, set())
        against = [number for number, is_other in mine if (number, not is_other) in theirs]
        if against:
            return min(against)
        self.leader[joined] = leader
        if theirs:
            self.sides[leader] = mine | theirs
        return None


class _Joining:
    def __init__(
        self,
        records: list[Record],
        canonical: set[RecordKey],
        same: Sequence[Same],
        apart: Sequence[Apart],
    ) -> None:
        self.records = records
        self.keys = [key_of(each) for each in records]
        self.places = {key: place for place, key in enumerate(self.keys)}
        self.holders: dict[Identifier, list[int]] = {}
        for place, record in enumerate(records):
            for identifier in dict.fromkeys(record.ids):
                self.holders.setdefault(identifier, []).append(place)
        self.notes: list[JoinNote] = []
        self.traits: dict[int, Traits] = {}
        self.parts = {
            identifier: parts
            for identifier, places in self.holders.items()
            if (parts := self._parts(places))
        }
        self.leaving = {each.one for each in apart}
        self.own = [place for place, key in enumerate(self.keys) if key in canonical]
        stays = [place for place in self.own if self.keys[place] not in self.leaving]
        self.first = (stays or self.own)[0]
        self.same = [each for each in same if self._fits(each)]
        self.apart = [each for each in apart if self._fits(each)]
        self.cuts: list[tuple[int, Identifier | None, int]] = []  # record, identifier, decision
        self.cut: set[tuple[int, Identifier | None]] = set()
        self.dropped: set[tuple[int, Identifier]] = set()

    def run(self, named: Mapping[Member, str], former: Collection[str]) -> Joined:
        groups = self._join(self.same)
        if self.same:
            self._tell_agreed()
        self.cut = {(place, identifier) for place, identifier, _ in self.cuts}
        self._drop(groups)
        self._tell_cuts()
        members: dict[_Node, list[int]] = {}
        for place in range(len(self.records)):
            members.setdefault(groups.find(place), []).append(place)
        reasons: dict[int, Reason] = {}
        links: dict[_Node, list[_Link]] = {}
        for each in self.same:
            link = each.one, each.other, each.reason
            links.setdefault(groups.find(self._nodes(each.one)[0]), []).append(link)
        for group, places in members.items():
            reasons |= self._reasons(places, links.get(group, ()))
            self._tell_unlike(places, reasons)
        self._tell_parts()
        records = [self._cleaned(place) for place in range(len(self.records))]
        gathered = [[records[place] for place in places] for places in members.values()]
        names, gone = name_works(
            [[(key_of(each), each.ids) for each in joined] for joined in gathered], named, former
        )
        works = {
            group: Work(name, tuple(joined), tuple(reasons[place] for place in places))
            for (group, places), joined, name in zip(members.items(), gathered, names, strict=True)
        }
        everything = tuple(works.values())
        candidates = find_candidates(everything, self._pairs_apart(works, groups))
        ids_now = tuple(
            Former(old, everything[at].work_id, _why_former(old, everything[at], named))
            for old, at in gone
        )
        canonical = works.pop(groups.find(self.first))
        notes = tuple(sorted(self.notes, key=lambda each: each.kind))
        return Joined(canonical, tuple(works.values()), candidates, ids_now, notes)

    # -- joining --------------------------------------------------------------------------

    def _join(self, same: Iterable[Same]) -> _Groups:
        """Join in this order: by a person, by request, by trust."""
        groups = _Groups()
        self.cuts = []
        for number, decision in enumerate(self.apart):
            for is_other, member in enumerate((decision.one, decision.other)):
                for node in self._nodes(member):
                    groups.put(node, number, is_other=bool(is_other))
        for each in same:
            against = groups.join(self._nodes(each.one)[0], self._nodes(each.other)[0])
            if against is not None:
                raise BuildError(_contradiction(each, self.apart[against]))
        asked = [(place, None) for place in self.own]
        for place, identifier in (*asked, *sorted(self._statements(), key=self._leaves)):
            node = self._node(place, identifier) if identifier else self.first
            against = groups.join(place, node)
            if against is not None:
                self.cuts.append((place, identifier, against))
        return groups

    def _statements(self) -> Iterator[tuple[int, Identifier]]:
        """Yield records with their identifiers, the most trusted and the best first."""
        for place, record in enumerate(self.records):
            for identifier in sorted(set(record.ids), key=_rank):
                yield place, identifier

    def _leaves(self, statement: tuple[int, Identifier]) -> bool:
        place, identifier = statement
        return self.keys[place] in self.leaving or identifier in self.leaving

    def _node(self, place: int, identifier: Identifier) -> _Node:
        parts = self.parts.get(identifier)
        return _Part(identifier, parts[place]) if parts else identifier

    def _nodes(self, member: Member) -> list[_Node]:
        """Return the nodes of a thing; none if no record is or has it."""
        if isinstance(member, RecordKey):
            return [self.places[member]] if member in self.places else []
        parts = self.parts.get(member)
        if parts:
            return [_Part(member, number) for number in sorted(set(parts.values()))]
        return [member] if member in self.holders else []

    def _parts(self, places: list[int]) -> dict[int, int] | None:
        """Separate the records of an identifier that names no single work, else None."""
        by_source: dict[str, list[int]] = {}
        for place in places:
            by_source.setdefault(self.records[place].source_id, []).append(place)
        if not any(
            differ(self._traits(one), self._traits(other))
            for mine in by_source.values()
            for at, one in enumerate(mine)
            for other in mine[at + 1 :]
        ):
            return None
        parts: dict[int, int] = {}
        heads: list[Traits] = []
        for place in places:
            traits = self._traits(place)
            fits = (
                number
                for number, head in enumerate(heads)
                if traits.title and head.title and not titles_differ(traits, head)
            )
            parts[place] = next(fits, len(heads))
            if parts[place] == len(heads):
                heads.append(traits)
        return parts

    def _traits(self, place: int) -> Traits:
        if place not in self.traits:
            record = self.records[place]
            self.traits[place] = traits_of(record.title, record.authors, record.year)
        return self.traits[place]

    def _drop(self, groups: _Groups) -> None:
        """Find the identifiers that records lost."""
        self.dropped = {(place, each) for place, each, _ in self.cuts if each is not None}
        for identifier, parts in self.parts.items():
            sources: dict[_Node, set[str]] = {}
            for place in parts:
                sources.setdefault(groups.find(place), set()).add(self.records[place].source_id)
            counts = Counter({group: len(each) for group, each in sources.items()}).most_common(2)
            is_tie = len(counts) > 1 and counts[0][1] == counts[1][1]
            keeper = None if is_tie else counts[0][0]
            self.dropped |= {(p, identifier) for p in parts if groups.find(p) != keeper}

    def _cleaned(self, place: int) -> Record:
        record = self.records[place]
        ids = tuple(each for each in record.ids if (place, each) not in self.dropped)
        return record if len(ids) == len(record.ids) else record._replace(ids=ids)

    # -- reasons --------------------------------------------------------------------------

    def _reasons(self, places: list[int], links: Sequence[_Link]) -> dict[int, Reason]:
        """Say for each record of a work why it belongs there, the most trusted first."""
        first, *others = places
        if not others:
            return {first: Reason("only record")}
        found = {first: Reason("first record")}
        inside, seen, queue = set(places), set[_Node](), [first]
        while True:
            self._spread(queue, found, inside, seen)
            queue = [*self._decided_next(links, found, inside)] or [
                *self._asked_next(found, inside)
            ]
            if not queue:
                return found

    def _spread(
        self,
        queue: list[int],
        found: dict[int, Reason],
        inside: set[int],
        seen: set[_Node],
    ) -> None:
        """Follow shared identifiers from records that belong for another reason."""
        roots = set(queue)
        for place in queue:  # it grows
            for identifier in sorted(set(self.records[place].ids), key=_rank):
                node = self._node(place, identifier)
                if node in seen or (place, identifier) in self.cut:
                    continue
                seen.add(node)
                reason: JoinReason = "shared identifier" if place in roots else "source says"
                for other in self.holders[identifier]:
                    if (
                        other in inside
                        and other not in found
                        and (other, identifier) not in self.cut
                        and self._node(other, identifier) == node
                    ):
                        found[other] = Reason(reason, identifier, self.keys[place])
                        queue.append(other)

    def _places(self, member: Member) -> list[int]:
        if isinstance(member, RecordKey):
            return [self.places[member]]
        return self.holders[member]

    def _decided_next(
        self,
        links: Sequence[_Link],
        found: dict[int, Reason],
        inside: set[int],
    ) -> Iterator[int]:
        """Yield a record that a person put into the work, perhaps by an unused identifier."""
        reached: dict[Member, int] = {}  # each by way of which record
        for one, other, _ in links:
            for member in (one, other):
                via = next((place for place in self._places(member) if place in found), None)
                if via is not None:
                    reached[member] = via
        for _ in links:
            for one, other, note in links:
                for near, far in ((one, other), (other, one)):
                    if near not in reached or far in reached:
                        continue
                    reached[far] = reached[near]
                    new = next((place for place in self._places(far) if place in inside), None)
                    if new is not None:
                        found[new] = Reason("curated", None, self.keys[reached[near]], note)
                        yield new
                        return

    def _asked_next(self, found: dict[int, Reason], inside: set[int]) -> Iterator[int]:
        """Yield a record of the canonical work by request."""
        if self.first not in inside:
            return
        for place in self.own:
            if place in inside and place not in found:
                found[place] = Reason("asked", None, self.keys[self.first])
                yield place
                return

    # -- telling --------------------------------------------------------------------------

    def _fits(self, each: Same | Apart) -> bool:
        """Tell whether a decision has an effect; note one that has none."""
        missing = [member for member in (each.one, each.other) if not self._nodes(member)]
        several = [m for m in (each.one, each.other) if len(self._nodes(m)) > 1]
        if each.one == each.other:
            text = f"{_say(each.one)} is on both sides of a decision"
        elif missing:
            text = f"no source has {' or '.join(map(_say, missing))} any more"
        elif several and isinstance(each, Same):
            text = f"several works have {_say(several[0])}; name a record instead"
        else:
            return True
        self._tell("unfit", each, f"{_say_decision(each)} has no effect: {text}.")
        return False

    def _tell(self, kind: Literal["refused", "unfit"], each: Same | Apart, text: str) -> None:
        self.notes.append(JoinNote(kind, each.one, each.other, text))

    def _tell_agreed(self) -> None:
        """Note merges that the sources now make, too."""
        cuts, alone = self.cuts, self._join(())
        self.cuts = cuts
        for each in self.same:
            one, other = self._nodes(each.one)[0], self._nodes(each.other)[0]
            if alone.find(one) == alone.find(other):
                text = f"{_say_decision(each)} has no effect: the sources say so, too."
                self._tell("unfit", each, text)

    def _tell_cuts(self) -> None:
        """Note chains of records that a decision cut without naming them."""
        for place, identifier, number in self.cuts:
            decision = self.apart[number]
            key, subjects = self.keys[place], {decision.one, decision.other}
            if identifier is None:
                is_said = key in subjects
            else:
                between = [self.places[each] for each in subjects if isinstance(each, RecordKey)]
                shared = len(between) == len(subjects) and all(
                    identifier in self.records[each].ids for each in between
                )
                is_said = identifier in subjects or shared
            if is_said:
                continue
            what = _say(identifier) if identifier else "its place in the canonical work"
            self._tell(
                "refused",
                decision,
                f"{_say_decision(decision)}; but other records join them. So {_say(key)} lost "
                f"{what}. If that is wrong, say which record has a wrong identifier.",
            )

    def _tell_unlike(self, places: list[int], reasons: Mapping[int, Reason]) -> None:
        """Note joined records whose title and first author both differ."""
        if len(places) == 1:
            return
        comparable = (p for p in places if self._traits(p).title and self._traits(p).first)
        first = next(comparable, None)
        if first is None:
            return
        for place in comparable:
            identifier = reasons[place].identifier
            if identifier and differ(self._traits(first), self._traits(place)):
                one, other = self.keys[first], self.keys[place]
                text = (
                    f"{_say(one)} ({self._title(first)}) and {_say(other)} "
                    f"({self._title(place)}) are one work by {_say(identifier)}, though title and "
                    "first author differ."
                )
                self.notes.append(JoinNote("doubt", one, other, text))

    def _tell_parts(self) -> None:
        """Note identifiers that name no single work."""
        for identifier in sorted(self.parts, key=_rank):
            places = list(self.parts[identifier])
            kept = [place for place in places if (place, identifier) not in self.dropped]
            if len(kept) == len(places):  # they are one for another reason
                continue
            shown = ", ".join(
                f"{_say(self.keys[place])} ({self._title(place)})"
                for place in places[:_MOST_NAMED]
            )
            more = f" and {len(places) - _MOST_NAMED:,} more" if len(places) > _MOST_NAMED else ""
            stays = f"It stays with {_say(self.keys[kept[0]])}." if kept else "It names none."
            text = (
                f"Records with different titles and first authors share {_say(identifier)}, "
                f"so it does not join them: {shown}{more}. {stays}"
            )
            self.notes.append(JoinNote("doubt", identifier, self.keys[places[0]], text))

    def _title(self, place: int) -> str:
        title = clean_line(self.records[place].title or "no title")
        return title if len(title) <= _TITLE_LETTERS else f"{title[: _TITLE_LETTERS - 1]}…"

    def _pairs_apart(self, works: Mapping[_Node, Work], groups: _Groups) -> set[frozenset[str]]:
        """Return the pairs of works that a person keeps apart."""
        find: Callable[[_Node], _Node] = groups.find
        pairs = set()
        for each in self.apart:
            ones, others = (
                {works[find(place)].work_id for place in self._places(member)}
                for member in (each.one, each.other)
            )
            pairs |= {frozenset((one, other)) for one in ones for other in others if one != other}
        return pairs


def _trusted_first(record: Record, ranks: Mapping[str, int]) -> tuple[int, bool, str]:
    """Order records by trust; within a source, the published version comes before the preprint."""
    return ranks[record.source_id], record.type == "preprint", record.record_id


def _rank(identifier: Identifier) -> tuple[int, str, str]:
    scheme, value = identifier
    return ID_SCHEMES.index(scheme) if scheme in ID_SCHEMES else len(ID_SCHEMES), scheme, value


def _why_former(old: str, work: Work, named: Mapping[Member, str]) -> str:
    """Say why an id gave way to another: what joined their records."""
    text = f"one work with {work.work_id}"
    holders = [each for each in work.records if old in {one.curie for one in each.ids}]
    if len(holders) == 1 and named.get(key_of(holders[0]), old) != old:  # a merge of records
        return f"{text}: {_say(key_of(holders[0]))} has {old}, too"
    for wanted in (old, work.work_id):
        for record, reason in zip(work.records, work.reasons, strict=True):
            members: tuple[Member, ...] = (key_of(record), *record.ids)
            if reason.via is not None and wanted in {named.get(each) for each in members}:
                via = _say(reason.via)
                if reason.note is not None:
                    return f"{text}: {reason.note}"
                if reason.identifier is None:
                    return f"{text}: both were found for the work that was asked for"
                return f"{text}: {_say(key_of(record))} and {via} have {_say(reason.identifier)}"
    return text


def _say(member: Member) -> str:
    if isinstance(member, RecordKey):
        return clean_line(f"record {member.record_id} of {member.source_id}")
    return clean_line(member.curie)


def _say_decision(each: Same | Apart) -> str:
    words = "are one work" if isinstance(each, Same) else "are two works"
    return f"That {_say(each.one)} and {_say(each.other)} {words} ({clean_line(each.reason)})"


def _contradiction(same: Same, apart: Apart) -> str:
    return (
        f"{_say_decision(same)} contradicts another decision: that {_say(apart.one)} is not "
        f"part of the work of {_say(apart.other)} ({clean_line(apart.reason)}). Delete one "
        "of them."
    )
