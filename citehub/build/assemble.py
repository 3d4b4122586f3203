"""The tables of a hub, from the works that `join` makes.

Each source's statement of a citation stays as a row of ``citation_sources``. The other tables show
what people say, else what the most trusted source says, in the order of `TRUST`. Every cell has
its origin; cells that follow from others are computed.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub._markup import plain_title, says_something
from citehub._schema import SCHEMA_VERSION, TABLES, schema_at
from citehub._text import counted
from citehub._validate import row_key
from citehub.build.counts import put_counts, put_years
from citehub.build.decisions import Decisions, origin_of
from citehub.build.derived import (
    DERIVED,
    DERIVED_SOURCE,
    count_months,
    derive,
    put_position,
    put_shared_authors,
    put_timespan,
)
from citehub.build.join import RecordKey, join
from citehub.build.labels import Labels
from citehub.build.ledger import Ledger, source_ids_in
from citehub.build.local_citations import local_citations
from citehub.build.passages import PASSAGES_SINCE, put_passages
from citehub.build.topic_themes import put_topic_themes
from citehub.build.write import TableBuilder
from citehub.errors import BuildError
from citehub.sources.curation import Curation
from citehub.sources.openalex import SOURCE as TOPICS
from citehub.sources.records import CELLS, Origin
from citehub.sources.registry import SOURCES, WITHOUT_RECORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from citehub._arrow_rows import ArrowRows
    from citehub._identifiers import Identifier
    from citehub._rows import TableName
    from citehub._schema import TableSchema
    from citehub.build.join import Apart, Joined, Member, Same, Work
    from citehub.build.ledger import Cell
    from citehub.sources.curation import Misfit
    from citehub.sources.records import Edge, Finding, Record
    from citehub.sources.statements import Statements

TRUST: Final = tuple(
    source.id
    for source in SOURCES
    if source.kind in {"records", "hub-page"} and source.id not in WITHOUT_RECORDS
)
"""Sources by trust: ``works`` and ``authorships`` show the first that says something."""

_MONTHS_IN_YEAR: Final = 12
_OF_THEIR_OWN: Final = ("title", "citation_count", "citation_count_on")
_STATED: Final = tuple(name for name in CELLS if name not in _OF_THEIR_OWN)
_SUBJECT: Final = ("subject", "description", "position")
_THEME: Final = ("theme_id", "title", "description", "position")
_ABOUT_THE_OTHERS: Final = frozenset(("sources", "evidence"))
_COMPUTED_SINCE: Final = 3
_WORKS_AT_ONCE: Final = 1000  # whose rows are dicts
_ROWS_AT_ONCE: Final = 20_000  # that are dicts
_TABLES: Final[tuple[TableName, ...]] = (
    "works", "work_ids", "authorships", "citations", "citation_sources", "citation_contexts",
    "citation_labels", "citation_years", "source_counts", "source_overlap", "representatives",
    "themes", "work_themes", "text_readings", "subjects", "work_notes", "local_citations",
    "work_joins", "merge_candidates",
)  # fmt: skip
"""Tables that a release has even if they are empty."""


def join_statements(
    given: Statements,
    *,
    same: Sequence[Same] = (),
    apart: Sequence[Apart] = (),
    named: Mapping[Member, str] | None = None,
    former: Collection[str] = (),
) -> Joined:
    """Join the records of sources into works, with the decisions of people: see `join`.

    An empty title counts as none. Identifiers by which a person names a record join it, too.

    Raises
    ------
    BuildError
        Decisions of people contradict each other.
    """
    records = [_to_join(each) for each in {**given.citing, **given.canonical}.values()]
    known: dict[Member, str] = {RecordKey(*key): name for key, name in given.named.items()}
    return join(
        records,
        given.canonical,
        trust=(*given.trusted, *TRUST),
        same=same,
        apart=apart,
        named={**known, **(named or {})},
        former=former,
    )


class Assembled(NamedTuple):
    """The rows of every table, the id of the canonical work, and notes.

    ``misfits`` are decisions that no longer fit, ``repeated`` sentences on decisions that occur
    twice; ``left_out`` says by ``work_id`` why works are missing that a source calls citing.
    """

    tables: dict[str, ArrowRows]
    canonical_work_id: str
    misfits: tuple[Misfit, ...]
    left_out: dict[str, str]
    repeated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a release takes in besides the sources.

    Attributes
    ----------
    curation : Curation
        The decisions of people, which come before the sources.
    schema_version : int
        Version of the schema of the tables.
    only : collection of str
        Names of the tables to take in; empty means all.
    own : mapping of str to TableSchema
        Tables that only this hub has.
    extend : callable
        Enters their rows.
    former : sequence of dict
        Rows of ``former_ids`` in the release before.
    before : str
        Version of the release before; empty if there is none.
    publish_sentences : str
        Why the maintainer may publish the words of passages under any licence; empty if only
        licences count.
    selects : bool
        Whether to compute representatives, too.
    """

    curation: Curation = field(default_factory=Curation)
    schema_version: int = SCHEMA_VERSION
    only: Collection[str] = ()
    own: Mapping[str, TableSchema] = field(default_factory=dict)
    extend: Callable[[Ledger], None] = lambda _ledger: None
    former: Sequence[Mapping[str, Any]] = ()
    before: str = ""
    publish_sentences: str = ""
    selects: bool = True

    @property
    def tells_passages(self) -> bool:
        """Whether the schema has passages of full texts and their labellers."""
        return self.schema_version >= PASSAGES_SINCE


class Citing(NamedTuple):
    """The works that cite, in the order of the hub, and the statements of it.

    ``by_work`` has those that enter by ``work_id``, the most trusted first; ``excluded`` those of
    works that people leave out.
    """

    works: list[Work]
    edges: list[Edge]
    by_work: dict[str, list[Edge]]
    excluded: dict[str, list[Edge]]


def assemble(
    given: Statements, joined: Joined | None = None, plan: Plan | None = None
) -> Assembled:
    """Combine what sources say and people decided.

    Parameters
    ----------
    given : Statements
        What the sources say.
    joined : Joined, optional
        The works that the records make up.
    plan : Plan, optional
        What the release takes in besides that.

    Raises
    ------
    BuildError
        No source has the title of the canonical work, or a citation of it.
    """
    return _Assembly(given, joined or join_statements(given), plan or Plan()).run()


class _Assembly:
    def __init__(self, given: Statements, joined: Joined, plan: Plan) -> None:
        self.given = given
        self.joined = joined
        self.plan = plan
        self.every = schema_at(SCHEMA_VERSION, plan.own)
        self.schemas = schema_at(plan.schema_version, plan.own)
        self.trust = (*given.trusted, *TRUST)
        canonical, works = joined.canonical, joined.works
        self.decisions = Decisions(plan.curation, [canonical, *works])
        self.labels = Labels(given, self.decisions, plan)
        self.differs: dict[Cell, bool] = {}
        self.ledger = self._new_ledger()
        self.builder = TableBuilder(self.schemas)
        self.named: set[str] = set()  # sources
        self.work_of = {each.key: work for work in works for each in work.records}
        self.own = {each.key for each in canonical.records}

    def _new_ledger(self) -> Ledger:
        return Ledger(self.given.origins, self.every, self.decisions.corrections, self.differs)

    def run(self) -> Assembled:
        from citehub.build.representatives import put_representatives  # which imports NumPy

        canonical = self.joined.canonical
        self.ledger.start(*_TABLES)
        citing = self._find_citing()
        self._put_work(canonical)
        texts = self._put_citing(citing)
        self._put_stated(canonical)
        self._put_themes(citing.works)
        if self.plan.selects and self._has("representatives", since=_COMPUTED_SINCE):
            put_representatives(self.ledger, texts)
        if self._has("local_citations", since=_COMPUTED_SINCE):
            self._put_local_citations([*texts])
        self._put_excluded(citing.excluded)
        put_counts(self.ledger, self.given, citing, self.own, self.trust)
        years = (self._date_of(work)[0] for work in citing.works)
        ours = Counter(year for year in years if year is not None)
        put_years(self.ledger, self.given, ours, self._date_of(canonical)[0])
        held = {canonical.work_id, *texts}
        self._put_candidates(held)
        self.plan.extend(self.ledger)
        self._put_former(held)
        self._gather()
        self._put_sources()
        self._gather()
        return self._finished()

    def _find_citing(self) -> Citing:
        """Return the works that cite, without those that people leave out or nobody describes."""
        canonical, works = self.joined.canonical, self.joined.works
        if canonical.title is None:
            raise BuildError(
                f"No source has the title of {canonical.work_id}. Add one that describes works, "
                "such as OpenCitations Meta, or a reference manager's file with the work."
                f"{self._read()}"
            )
        others = self.given.canonical.keys() - self.own  # a person says that they are other works
        edges = [
            each
            for each in self.given.edges
            if (each.source_id, each.citing) not in self.own
            and (each.source_id, each.cited) not in others
        ]
        by_work: dict[str, list[Edge]] = {}
        excluded: dict[str, list[Edge]] = {}
        for edge in sorted(edges, key=self._trust_of_edge):
            work = self.work_of[edge.source_id, edge.citing]
            if work.work_id in self.decisions.excluded:
                excluded.setdefault(work.work_id, []).append(edge)
            elif work.title is not None:
                by_work.setdefault(work.work_id, []).append(edge)
        citing = [work for work in works if work.work_id in by_work]
        citing.sort(key=lambda work: (_place(by_work[work.work_id]), *self._newest_first(work)))
        if not citing:
            raise BuildError(self._why_none(edges, excluded))
        return Citing(citing, edges, by_work, excluded)

    def _put_citing(self, citing: Citing) -> dict[str, tuple[str, ...]]:
        """Enter the citing works and their citations; return their texts by ``work_id``."""
        texts = {}
        for position, work in enumerate(citing.works, 1):
            self._put_work(work)
            texts[work.work_id] = self._texts(work)
            self._put_citation(work, position, citing.by_work[work.work_id])
            # The rows of a hub's own tables may quote those of works.
            if position % _WORKS_AT_ONCE == 0 and not self.plan.own:
                self._gather()
        return texts

    def _finished(self) -> Assembled:
        tables = self.builder.close()
        tables["evidence"] = tables["evidence"].by_columns(TABLES["evidence"].key)
        agreed = [cell for cell, differs in self.differs.items() if not differs]
        excluded = self.decisions.excluded
        return Assembled(
            tables,
            self.joined.canonical.work_id,
            tuple(self.decisions.misfits(agreed, self.differs)),
            {work_id: each.decision.why or "" for work_id, each in excluded.items()},
            self.decisions.repeated,
        )

    def _why_none(self, edges: list[Edge], excluded: Mapping[str, list[Edge]]) -> str:
        """Say why there is no citing work."""
        work_id = self.joined.canonical.work_id
        rest = len(edges) - sum(map(len, excluded.values()))
        if excluded and not rest:
            return (
                f"exclusions.csv leaves out all works that cite {work_id} by the sources "
                f"({len(excluded):,}). Delete an exclusion, or add a source."
            )
        untitled = (
            f" No source has the title of {counted(rest, 'citing record')}; add one that "
            "describes works."
        )
        return (
            f"No source that was read has a work that cites {work_id}."
            f"{untitled if rest else ''}{self._read()}"
        )

    def _read(self) -> str:
        return f" Read: {self.given.read}. Name another source." if self.given.read else ""

    def _has(self, table: str, *, since: int = 1) -> bool:
        """Tell whether the release takes in a table, and has a schema with it."""
        return self.plan.schema_version >= since and (
            not self.plan.only or table in self.plan.only
        )

    def _gather(self) -> None:
        """Move the rows so far into Arrow's memory, a tenth of that of dicts."""
        cells = {
            (name, column.name)
            for name, table in self.schemas.items()
            if self._has(name)
            for column in table.columns
        }
        tables = {
            name: [
                row
                for row in rows
                if name != "evidence" or (row["table_name"], row["column_name"]) in cells
            ]
            for name, rows in self.ledger.close().items()
            if name in self.schemas and (self._has(name) or name in _ABOUT_THE_OTHERS)
        }
        self.named |= source_ids_in(tables, self.every)
        self.builder.add(tables)
        self.ledger = self._new_ledger()

    # -- judging --------------------------------------------------------------------------

    def _trust_of_edge(self, edge: Edge) -> tuple[int, str, str]:
        return self.trust.index(edge.source_id), edge.citing, edge.cited

    def _date_of(self, work: Work) -> tuple[int | None, int | None]:
        """Return year and month of the first public version, as in the hub."""
        first = work.first
        year, month = (first.year, first.month) if first else (None, None)
        said = self.ledger.said
        return (
            said("works", work.work_id, "publication_year", year),
            said("works", work.work_id, "publication_month", month),
        )

    def _newest_first(self, work: Work) -> tuple[int, int, str]:
        year, month = self._date_of(work)
        if year is None:
            return 1, 0, work.work_id
        return 0, -(year * (_MONTHS_IN_YEAR + 1) + (month or 0)), work.work_id

    def _names(self, work: Work) -> set[str]:
        """Return the names of authors, as in the hub."""
        record = next((each for each in work.records if each.authors), None)
        names: set[str] = set()
        for order, author in enumerate(record.authors if record else (), 1):
            if author:
                key = row_key(
                    {"work_id": work.work_id, "author_order": order}, TABLES["authorships"].key
                )
                names.add(self.ledger.said("authorships", key, "author_name", author.name))
        return names - {None}

    # -- entering -------------------------------------------------------------------------

    def _put_work(self, work: Work) -> None:
        work_id = work.work_id
        key = {"work_id": work_id}
        self._first(work, "title")
        title = self.ledger.said("works", work_id, "title", work.title) or ""
        how = "TeX and markup" if "<" in title or "&" in title else "TeX"
        derive(
            self.ledger, "works", {**key, "title_plain": plain_title(title)},
            f"title with its {how} resolved",
        )  # fmt: skip
        for name in _STATED:
            self._first(work, name)
        self._put_citation_count(work)
        first = work.first
        if first is not None:
            date = {"publication_year": first.year, "publication_month": first.month}
            self.ledger.put("works", {**key, **date}, first.origin)
        if found := self._finding_of(work):
            cells = {"finding": found.text, "finding_source": found.origin.source_id}
            self.ledger.put("works", {**key, **cells}, found.origin)
        self._put_ids(work)
        self._put_authors(work)
        self._put_notes(work)
        self._put_joins(work)
        self.ledger.correct("works", work_id)

    def _first(self, work: Work, name: str) -> None:
        """Enter a cell of ``works`` from the first record that has it."""
        for record in work.records:
            value = getattr(record, name)
            if value is not None:
                cells = {"work_id": work.work_id, name: value}
                self.ledger.put("works", cells, record.origin_of(name))
                return

    def _put_citation_count(self, work: Work) -> None:
        for record in work.records:
            if record.citation_count is not None:
                names = ("citation_count", "citation_count_on")
                cells = {name: getattr(record, name) for name in names}
                self.ledger.put("works", {"work_id": work.work_id, **cells}, record.origin)
                return

    def _finding_of(self, work: Work) -> Finding | None:
        """Return the first finding in the records of the work."""
        found = (self.given.findings.get(each.key) for each in work.records)
        return next((each for each in found if each), None)

    def _texts(self, work: Work) -> tuple[str, ...]:
        """Return the text on the subject of a work: title, and finding or else abstract."""
        said = functools.partial(self.ledger.said, "works", work.work_id)
        title = plain_title(said("title", work.title) or "")
        found = self._finding_of(work)
        if finding := said("finding", found.text if found else None):
            return title, finding
        abstract = next((each.abstract for each in work.records if each.abstract), None)
        return tuple(filter(None, (title, said("abstract", abstract))))

    def _put_ids(self, work: Work) -> None:
        for record in work.records:
            for identifier in record.ids:
                if identifier not in record.known_as or identifier in self._printed(record):
                    cells = {"work_id": work.work_id, **identifier._asdict()}
                    self.ledger.put("work_ids", cells, record.origin)

    def _printed(self, record: Record) -> tuple[Identifier, ...]:
        """Return the identifiers that a record prints, without those that a person gave it."""
        given = self.given
        stated = given.canonical.get(record.key) or given.citing[record.key]
        return stated.ids

    def _put_authors(self, work: Work) -> None:
        record = next((each for each in work.records if each.authors), None)
        if record is None:
            return
        are_all = record.are_all_named and None not in record.authors
        count = len(record.authors) if are_all else None
        cells = {"work_id": work.work_id, "author_count": count}
        self.ledger.put("works", cells, record.origin)
        for order, author in enumerate(record.authors, 1):
            if author is None:
                continue
            key = {"work_id": work.work_id, "author_order": order}
            stated = {
                **key,
                "author_name": author.name,
                "orcid": author.orcid,
                "family_name": author.family,
                "given_name": author.given,
                "name_suffix": author.suffix,
            }
            self.ledger.put("authorships", stated, record.origin)
            put_position(self.ledger, key, count, "place in the printed list")
            judged = {**key, "is_collective": author.is_collective}
            self.ledger.put("authorships", judged, record.origin_of("is_collective"))
            self.ledger.correct("authorships", row_key(key, TABLES["authorships"].key))

    def _put_notes(self, work: Work) -> None:
        """Enter the notes of the records of a work, in the order of the source."""
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
        """Enter why each record belongs to the work."""
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

    def _put_former(self, held: set[str]) -> None:
        """Enter the ids that works had in earlier versions; each leads to a work of the hub."""
        became = {each.former_id: each.work_id for each in self.joined.former}
        origin = Origin(DERIVED, "derived")
        for row in self.plan.former:
            work_id = became.get(row["work_id"], row["work_id"])
            if work_id in held:
                self.ledger.put("former_ids", {**row, "work_id": work_id}, origin)
        for each in self.joined.former:
            if each.work_id in held:
                cells = {**each._asdict(), "until_version": self.plan.before}
                self.ledger.put("former_ids", cells, origin)

    def _put_candidates(self, held: set[str]) -> None:
        """Enter the pairs of works that may be one."""
        for each in self.joined.candidates:
            if each.work_id in held and each.other_work_id in held:
                self.ledger.put("merge_candidates", each._asdict(), Origin(DERIVED, "derived"))

    def _put_citation(self, work: Work, position: int, edges: list[Edge]) -> None:
        canonical = self.joined.canonical
        key = {"citing_work_id": work.work_id, "cited_work_id": canonical.work_id}
        self.ledger.put("citations", key, self.given.origin_of(edges[0]))
        listed = next((edge for edge in edges if edge.position is not None), None)
        place = {**key, "hub_position": position}
        if listed:
            self.ledger.put("citations", place, self.given.origin_of(listed))
        else:
            derive(self.ledger, "citations", place, "newest first, then by id")
        months = [count_months(*self._date_of(each)) for each in (work, canonical)]
        put_timespan(self.ledger, key, *months)
        put_shared_authors(self.ledger, key, self._names(work), self._names(canonical))
        said = [edge for edge in edges if edge.is_influential is not None]
        if said:
            edge = max(said, key=lambda each: bool(each.is_influential))
            cells = {**key, "is_influential": edge.is_influential}
            self.ledger.put("citations", cells, self.given.origin_of(edge))
        known: dict[str, str] = {}
        if self.plan.tells_passages:
            known = put_passages(self.ledger, self.decisions, key, self.plan.publish_sentences)
        self.labels.put(self.ledger, key, edges, known)

    def _put_local_citations(self, citing: list[str]) -> None:
        """Enter which of the citing works cite one another."""
        work_of = {record: work.work_id for record, work in self.work_of.items()}
        rows = local_citations(self.given.local, work_of, citing, self.trust)
        for number, row in enumerate(rows, 1):
            self.ledger.put("local_citations", row, Origin(row["source_id"], "stated"))
            if number % _ROWS_AT_ONCE == 0:
                self._gather()

    # -- deciding -------------------------------------------------------------------------

    def _put_themes(self, citing: list[Work]) -> None:
        """Enter the subjects and themes of people; without such themes, those of topics."""
        for subject in self.plan.curation.subjects if self.plan.tells_passages else ():
            cells = {name: getattr(subject, name) for name in _SUBJECT}
            self.ledger.put("subjects", cells, origin_of(subject.decision))
        for theme in self.plan.curation.themes:
            cells = {name: getattr(theme, name) for name in _THEME}
            self.ledger.put("themes", cells, origin_of(theme.decision))
        for work in citing:
            for theme_id, decision in self.decisions.themes.get(work.work_id, ()):
                cells = {"work_id": work.work_id, "theme_id": theme_id, "method": "curated"}
                self.ledger.put("work_themes", cells, origin_of(decision))
        if not self.plan.curation.themes and self._has("themes", since=_COMPUTED_SINCE):
            found = {work.work_id: self._topic(work) for work in citing}
            put_topic_themes(self.ledger, {k: v for k, v in found.items() if v})

    def _topic(self, work: Work) -> tuple[str, Origin] | None:
        """Return the topic of a work, with its origin."""
        records = (each for each in work.records if each.topic and each.source_id == TOPICS)
        record = next(records, None)
        stated = record.topic if record else None
        topic = self.ledger.said("works", work.work_id, "topic", stated)
        return (topic, record.origin) if record and topic and topic == stated else None

    def _put_excluded(self, excluded: Mapping[str, list[Edge]]) -> None:
        """Enter the works that sources call citing but people do not."""
        for work_id, edges in excluded.items():
            decision = self.decisions.excluded[work_id].decision
            cells = {
                "work_id": work_id,
                "title": self.work_of[edges[0].source_id, edges[0].citing].title,
                "source_id": edges[0].source_id,
                "record_id": edges[0].citing,
                "reason": decision.why,
                "decided_by": decision.who,
                "decided_on": decision.when,
            }
            self.ledger.put("excluded_works", cells, origin_of(decision))

    def _put_stated(self, canonical: Work) -> None:
        """Enter the rows of other tables that sources state."""
        for row in self.given.rows:
            cells = dict(row.cells)
            if row.about:
                work = canonical if row.about in self.own else self.work_of[row.about]
                cells["work_id"] = work.work_id
            self.ledger.put(row.table, cells, row.origin)

    # -- ending ----------------------------------------------------------------------------

    def _put_sources(self) -> None:
        """Enter the sources that any row names, as the hub or else citehub describes them."""
        given = self.given
        known = {
            source.id: {
                **source.row,
                "retrieved_on": given.read_on.get(source.id),
                "snapshot_on": given.snapshots.get(source.id),
            }
            for source in (*SOURCES, DERIVED_SOURCE)
        }
        rows = {**given.described, **{k: v for k, v in known.items() if k not in given.described}}
        for source_id, row in rows.items():
            if source_id in self.named:
                self.ledger.put("sources", row, Origin(source_id, "stated"))
        for source_id in sorted(self.named - rows.keys()):
            raise BuildError(f"No row of sources.csv describes the source {source_id!r}.")


def _to_join(record: Record) -> Record:
    """Return a record in the form for joining."""
    title = record.title if says_something(record.title or "") else None
    ids = dict.fromkeys((*record.ids, *record.known_as))
    return record._replace(title=title, ids=tuple(ids))


def _place(edges: list[Edge]) -> float:
    """Return the place in the list of a source; works without one come last."""
    return min((each.position for each in edges if each.position), default=math.inf)
