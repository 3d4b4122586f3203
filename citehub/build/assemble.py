"""Joins what bulk sources say of one work and of those that cite it into the rows of a hub.

Records are one work where they share an identifier. Each source's statement of a citation stays
as a row of ``citation_sources``; the other tables show what the most trusted source says, in the
order of `TRUST`.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from citehub._markup import plain_title, says_something
from citehub._schema import TABLES
from citehub._text import counted
from citehub.build.derived import (
    DERIVED,
    DERIVED_SOURCE,
    count_months,
    derive,
    put_position,
    put_shared_authors,
    put_timespan,
)
from citehub.build.join import join
from citehub.build.ledger import Ledger, Origin, named_sources
from citehub.build.local_citations import local_citations
from citehub.build.topic_themes import put_topic_themes
from citehub.build.write import GatheredRows
from citehub.errors import BuildError
from citehub.sources.openalex import SOURCE as TOPICS
from citehub.sources.registry import SOURCES, find_source

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from citehub._rows import CountMeasure, TableName
    from citehub._table import ArrowRows
    from citehub.build.join import Apart, Joined, Member, Same, Work
    from citehub.sources.records import Edge, Record
    from citehub.sources.statements import Statements

TRUST: Final = tuple(source.id for source in SOURCES if source.option)
"""Sources by trust: of what several say, the first stands in ``works`` and ``authorships``."""

_MONTHS: Final = 12
_STATED: Final = ("language", "topic", "open_access_status", "license")
_STEP: Final = 1000  # citing works whose rows are dicts at a time
_MANY: Final = 20_000  # rows that are dicts at a time
_TABLES: Final[tuple[TableName, ...]] = (
    "works", "work_ids", "authorships", "citations", "citation_sources", "citation_contexts",
    "citation_labels", "citation_years", "source_counts", "source_overlap", "representatives",
    "themes", "work_themes", "work_notes", "local_citations", "work_joins", "merge_candidates",
)  # fmt: skip
"""Tables that a release holds, even where they stay empty."""


def join_statements(
    given: Statements,
    *,
    same: Sequence[Same] = (),
    apart: Sequence[Apart] = (),
    named: Mapping[Member, str] | None = None,
    former: Collection[str] = (),
) -> Joined:
    """Join what the sources say, and what a person says of it, into works: see `join`.

    A title that says nothing is none.

    Raises
    ------
    BuildError
        What a person says contradicts itself.
    """
    records = [
        each if says_something(each.title or "") else each._replace(title=None)
        for each in {**given.citing, **given.canonical}.values()
    ]
    return join(
        records, given.canonical, trust=TRUST, same=same, apart=apart, named=named, former=former
    )


def assemble(given: Statements, joined: Joined | None = None) -> tuple[dict[str, ArrowRows], str]:
    """Return the rows of every table, and the id of the canonical work.

    ``joined`` are the works that the statements are of, where a person had a say in it.

    Raises
    ------
    BuildError
        No source tells the title of the canonical work, or none knows a citation of it.
    """
    return _Assembly(given, joined or join_statements(given)).run()


class _Assembly:
    def __init__(self, given: Statements, joined: Joined) -> None:
        self.given = given
        self.joined = joined
        self.ledger = Ledger()
        self.gathered = GatheredRows()
        self.named: set[str] = set()  # sources
        self.work_of: dict[tuple[str, str], Work] = {}
        self.own: set[tuple[str, str]] = set()  # records of the canonical work

    def run(self) -> tuple[dict[str, ArrowRows], str]:
        from citehub.build.representatives import put_representatives  # which imports NumPy

        given = self.given
        self.ledger.start(*_TABLES)
        canonical, works = self.joined.canonical, self.joined.works
        if canonical.title is None:
            raise BuildError(
                f"No source tells the title of {canonical.work_id}. Add one that describes works, "
                "as the Meta of OpenCitations, or a reference manager's file that holds the work."
                f"{self._read()}"
            )
        self.work_of = {
            (each.source_id, each.record_id): work for work in works for each in work.records
        }
        self.own = {(each.source_id, each.record_id) for each in canonical.records}
        others = given.canonical.keys() - self.own  # a person says that they are other works
        edges = [
            each
            for each in given.edges
            if (each.source_id, each.citing) not in self.own
            and (each.source_id, each.cited) not in others
        ]
        by_work: dict[str, list[Edge]] = {}
        for edge in sorted(edges, key=_trust_of_edge):
            work = self.work_of[edge.source_id, edge.citing]
            if work.title is not None:
                by_work.setdefault(work.work_id, []).append(edge)
        citing = [work for work in works if work.work_id in by_work]
        citing.sort(key=_newest_first)
        if not citing:
            untitled = (
                f" Of {counted(len(edges), 'citing record')} no source tells the title; add one "
                "that describes works."
            )
            raise BuildError(
                f"No source that was read tells of a work that cites {canonical.work_id}."
                f"{untitled if edges else ''}{self._read()}"
            )
        self._put_work(canonical)
        texts = {}
        for position, work in enumerate(citing, 1):
            self._put_work(work)
            texts[work.work_id] = self._texts(work)
            self._put_citation(work, canonical, position, by_work[work.work_id])
            if position % _STEP == 0:
                self._gather()
        put_representatives(self.ledger, texts)
        topics = {work.work_id: found for work in citing if (found := _topic(work))}
        put_topic_themes(self.ledger, topics)
        self._put_local_citations([work.work_id for work in citing])
        self._put_counts(edges, by_work)
        self._put_years(citing, canonical)
        self._put_candidates({work.work_id for work in (canonical, *citing)})
        self._gather()
        self._put_sources()
        self._gather()
        tables = self.gathered.close()
        tables["evidence"] = tables["evidence"].by_key(TABLES["evidence"].key)
        return tables, canonical.work_id

    def _read(self) -> str:
        return (
            f" Read: {self.given.read}. Name one more source that may." if self.given.read else ""
        )

    def _gather(self) -> None:
        """Move the rows so far into Arrow's memory: as dicts they take ten times as much."""
        tables = self.ledger.close()
        self.named |= named_sources(tables)
        self.gathered.add(tables)
        self.ledger = Ledger()

    # -- entering -------------------------------------------------------------------------

    def _put_work(self, work: Work) -> None:
        title, key = work.title or "", {"work_id": work.work_id}
        self._first(work, "title")
        cells = {**key, "title_plain": plain_title(title)}
        derive(self.ledger, "works", cells, "title with its TeX and markup resolved")
        for name in ("venue", "type", "abstract", "is_retracted", "page_url", *_STATED):
            self._first(work, name)
        self._put_citation_count(work)
        first = work.first
        if first is not None:
            date = {"publication_year": first.year, "publication_month": first.month}
            self.ledger.put("works", {**key, **date}, _origin_of(first))
        self._put_finding(work)
        self._put_ids(work)
        self._put_authors(work)
        self._put_notes(work)
        self._put_joins(work)

    def _first(self, work: Work, name: str) -> None:
        """Enter a cell of ``works`` from the first record that has it."""
        for record in work.records:
            value = getattr(record, name)
            if value is not None:
                self.ledger.put(
                    "works", {"work_id": work.work_id, name: value}, _origin_of(record)
                )
                return

    def _put_citation_count(self, work: Work) -> None:
        for record in work.records:
            if record.citation_count is not None:
                names = ("citation_count", "citation_count_on")
                cells = {name: getattr(record, name) for name in names}
                origin = _origin_of(record)
                self.ledger.put("works", {"work_id": work.work_id, **cells}, origin)
                return

    def _put_finding(self, work: Work) -> None:
        found = self._finding_of(work)
        if found:
            record, text, model, source = found
            origin = Origin(source, "stated", f"record {record.record_id}, written by {model}")
            cells = {"finding": text, "finding_source": source}
            self.ledger.put("works", {"work_id": work.work_id, **cells}, origin)

    def _finding_of(self, work: Work) -> tuple[Record, str, str, str] | None:
        """Return the finding of the first record that has one, its model and its source."""
        for record in work.records:
            found = self.given.findings.get((record.source_id, record.record_id))
            if found:
                return record, *found
        return None

    def _texts(self, work: Work) -> tuple[str, ...]:
        """Return what tells the subject of a work: its title, its finding or else abstract."""
        title = plain_title(work.title or "")
        if found := self._finding_of(work):
            return title, found[1]
        return title, *[each.abstract for each in work.records if each.abstract][:1]

    def _put_ids(self, work: Work) -> None:
        for record in work.records:
            for scheme, value in record.ids:
                cells = {"work_id": work.work_id, "scheme": scheme, "value": value}
                self.ledger.put("work_ids", cells, _origin_of(record))

    def _put_authors(self, work: Work) -> None:
        record = next((each for each in work.records if each.authors), None)
        if record is None:
            return
        are_all = record.are_all_named and None not in record.authors
        count = len(record.authors) if are_all else None
        cells = {"work_id": work.work_id, "author_count": count}
        self.ledger.put("works", cells, _origin_of(record))
        for order, author in enumerate(record.authors, 1):
            if author is None:
                continue
            key = {"work_id": work.work_id, "author_order": order}
            stated = {
                **key,
                "author_name": author.name,
                "is_collective": author.is_collective,
                "orcid": author.orcid,
                "family_name": author.family,
                "given_name": author.given,
                "name_suffix": author.suffix,
            }
            self.ledger.put("authorships", stated, _origin_of(record))
            put_position(self.ledger, key, count, "place in the list")

    def _put_notes(self, work: Work) -> None:
        """Enter what stands beside the records of a work, in the order of the source."""
        places: Counter[tuple[str, str]] = Counter()
        stated = dict.fromkeys(
            (record.source_id, note) for record in work.records for note in record.notes
        )
        for source_id, note in stated:
            places[source_id, note.kind] += 1
            place = places[source_id, note.kind]
            key = {"work_id": work.work_id, "source_id": source_id, "kind": note.kind}
            cells = {**key, "position": place, "text": note.text}
            self.ledger.put("work_notes", cells, Origin(source_id, "stated"))

    def _put_joins(self, work: Work) -> None:
        """Enter why each record is of the work."""
        for record, why in zip(work.records, work.reasons, strict=True):
            key = {
                "work_id": work.work_id,
                "source_id": record.source_id,
                "record_id": record.record_id,
            }
            cells = {**key, "reason": why.reason, "note": why.note}
            if why.identifier is not None:
                cells |= {"scheme": why.identifier.scheme, "value": why.identifier.value}
            if why.via is not None:
                cells["joined_source_id"] = why.via.source_id
                cells["joined_record_id"] = why.via.record_id
            self.ledger.put("work_joins", cells, Origin(record.source_id, "derived"))

    def _put_candidates(self, held: set[str]) -> None:
        """Enter the pairs of works of the hub that may be one."""
        for each in self.joined.candidates:
            if each.work_id in held and each.other_work_id in held:
                self.ledger.put("merge_candidates", each._asdict(), Origin(DERIVED, "derived"))

    def _put_citation(self, work: Work, canonical: Work, position: int, edges: list[Edge]) -> None:
        key = {"citing_work_id": work.work_id, "cited_work_id": canonical.work_id}
        self.ledger.put("citations", key, self._origin(edges[0]))
        derive(
            self.ledger, "citations", {**key, "hub_position": position}, "newest first, then by id"
        )
        put_timespan(self.ledger, key, _first_month(work), _first_month(canonical))
        put_shared_authors(self.ledger, key, _names(work), _names(canonical))
        said = [edge for edge in edges if edge.is_influential is not None]
        if said:
            edge = max(said, key=lambda each: bool(each.is_influential))
            cells = {**key, "is_influential": edge.is_influential}
            self.ledger.put("citations", cells, self._origin(edge))
        self._put_statements(key, edges)

    def _put_statements(self, key: dict[str, str], edges: list[Edge]) -> None:
        """Enter what each source says of a citation, its passages and their roles."""
        stated: dict[tuple[str, str], list[bool]] = {}
        for edge in edges:
            said = stated.setdefault((edge.source_id, edge.citing), [])
            said += [] if edge.is_influential is None else [edge.is_influential]
        numbers: Counter[str] = Counter()
        for edge in edges:
            origin = self._origin(edge)
            source = {**key, "source_id": edge.source_id}
            source_of = find_source(edge.source_id)
            if (edge.source_id, edge.citing) in stated:  # it may cite two of its records
                said = stated.pop((edge.source_id, edge.citing))
                records = {"record_id": edge.citing, "cited_record_id": edge.cited}
                cells = {**source, **records, "is_influential": any(said) if said else None}
                self.ledger.put("citation_sources", cells, origin)
            for context in edge.contexts:
                stem = f"{edge.source_id}-{edge.citing}"
                numbers[stem] += 1
                context_id = f"{stem}-{numbers[stem]}" if context.text else None
                if context_id:
                    cells = {**source, "context_id": context_id, "text": context.text}
                    self.ledger.put("citation_contexts", cells, origin)
                for raw in dict.fromkeys(context.intents):
                    label = {
                        **source,
                        "label_id": f"{stem}-{numbers[stem]}-{raw}",
                        "context_id": context_id,
                        "scheme": "intent",
                        "value": source_of.roles.get(raw) if source_of else None,
                        "raw_value": raw,
                        "labeler": source_of.labeler if source_of else edge.source_id,
                    }
                    self.ledger.put("citation_labels", label, origin)

    def _put_local_citations(self, citing: list[str]) -> None:
        """Enter which of the citing works cite one another."""
        work_of = {record: work.work_id for record, work in self.work_of.items()}
        rows = local_citations(self.given.local, work_of, citing, TRUST)
        for number, row in enumerate(rows, 1):
            self.ledger.put("local_citations", row, Origin(row["source_id"], "stated"))
            if number % _MANY == 0:
                self._gather()

    # -- counting -------------------------------------------------------------------------

    def _put_counts(self, edges: list[Edge], by_work: Mapping[str, list[Edge]]) -> None:
        """Enter how many each source knows, how far they agree, and why they differ."""
        given = self.given
        own = [e for e in given.edges if (e.source_id, e.citing) in self.own]
        knows: dict[str, set[str]] = {source: set() for source in self._sources()}
        for work_id, stated in by_work.items():
            for edge in stated:
                knows[edge.source_id].add(work_id)
        for source, works in knows.items():
            records = {e.citing for e in edges if e.source_id == source}
            described = {
                e.citing for each in by_work.values() for e in each if e.source_id == source
            }
            others = set().union(*(each for name, each in knows.items() if name != source))
            counts: dict[CountMeasure, int | None] = {
                "stated": given.stated.get(source),
                "records": len(records),
                "works": len(works),
                "only": len(works - others),
                "versions": len(described) - len(works),
                "self": len({e.citing for e in own if e.source_id == source}),
                "undescribed": len(records - described),
                "unreadable": given.unreadable.get(source, 0),
            }
            for measure, n in counts.items():
                row = {"source_id": source, "measure": measure, "n": n}
                if n is not None:
                    self.ledger.put("source_counts", row, Origin(source, "derived"))
        for (one, mine), (other, theirs) in itertools.permutations(knows.items(), 2):
            pair = {"source_id": one, "other_source_id": other}
            counted = {**pair, "n_both": len(mine & theirs), "n_either": len(mine | theirs)}
            self.ledger.put("source_overlap", counted, Origin(DERIVED, "derived"))

    def _put_years(self, citing: list[Work], canonical: Work) -> None:
        """Enter the citing works of each year, and what sources count, with years of zero.

        Ours begin with the year of the work.
        """
        years = Counter(each.year or 0 for work in citing if (each := work.first) is not None)
        counted: dict[str, dict[int, int]] = {
            DERIVED: years,
            **self.given.years,
        }
        newest = self.given.newest_year or 0
        own = canonical.first.year if canonical.first else None
        for source, by_year in counted.items():
            if by_year:
                first = min(by_year)
                if source == DERIVED and own is not None:
                    first = min(first, own)
                for year in range(first, max(*by_year, newest) + 1):
                    row = {"source_id": source, "year": year, "n": by_year.get(year, 0)}
                    self.ledger.put("citation_years", row, Origin(source, "derived"))

    def _put_sources(self) -> None:
        """Enter the sources that any row names."""
        for source in (*SOURCES, DERIVED_SOURCE):
            if source.id in self.named:
                row: dict[str, Any] = {**source.row}
                if source is not DERIVED_SOURCE:
                    row["retrieved_on"] = self.given.read_on
                    row["snapshot_on"] = self.given.snapshots.get(source.id)
                self.ledger.put("sources", row, Origin(source.id, "stated"))

    # -- origins --------------------------------------------------------------------------

    def _sources(self) -> list[str]:
        """Return the sources that know the work or a citation of it, by trust."""
        keys = {
            *(source for source, _ in self.given.canonical),
            *(e.source_id for e in self.given.edges),
        }
        return [source for source in TRUST if source in keys]

    def _origin(self, edge: Edge) -> Origin:
        return _origin_of(self.given.citing[edge.source_id, edge.citing])


def _trust_of_edge(edge: Edge) -> tuple[int, str, str]:
    return TRUST.index(edge.source_id), edge.citing, edge.cited


def _newest_first(work: Work) -> tuple[int, int, str]:
    first = work.first
    if first is None or first.year is None:
        return 1, 0, work.work_id
    return 0, -(first.year * (_MONTHS + 1) + (first.month or 0)), work.work_id


def _first_month(work: Work) -> int | None:
    first = work.first
    return count_months(first.year, first.month) if first else None


def _names(work: Work) -> set[str]:
    return {author.name for author in work.authors}


def _topic(work: Work) -> tuple[str, Origin] | None:
    """Return the topic of a work, and where it comes from."""
    records = (each for each in work.records if each.topic and each.source_id == TOPICS)
    record = next(records, None)
    return (record.topic, _origin_of(record)) if record and record.topic else None


def _origin_of(record: Record) -> Origin:
    return Origin(record.source_id, "stated", f"record {record.record_id}")
