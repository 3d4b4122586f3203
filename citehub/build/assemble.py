"""The tables of a hub, from the works that `join` makes.

Each source's statement of a citation stays as a row of ``citation_sources``. The other tables show
what people say, else what the most trusted source says, in the order of `TRUST`. Every cell has
its origin; cells that follow from others are computed.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub._labels import find_shown
from citehub._markup import plain_title, says_something
from citehub._schema import SCHEMA_VERSION, TABLES, schema_at
from citehub._text import counted, hash_sentence
from citehub._validate import row_key
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
from citehub.build.ledger import Ledger, source_ids_in
from citehub.build.local_citations import local_citations
from citehub.build.passages import PASSAGES_SINCE, check_label, put_passages
from citehub.build.topic_themes import put_topic_themes
from citehub.build.write import TableBuilder
from citehub.errors import BuildError
from citehub.sources.curation import CURATION, Curation
from citehub.sources.full_texts import PROGRAMS
from citehub.sources.openalex import SOURCE as TOPICS
from citehub.sources.records import CELLS, Origin
from citehub.sources.registry import SOURCES, WITHOUT_RECORDS, find_source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from citehub._identifiers import Identifier
    from citehub._rows import CountMeasure, TableName
    from citehub._schema import TableSchema
    from citehub._table import ArrowRows
    from citehub.build.join import Apart, Joined, Member, Same, Work
    from citehub.build.ledger import Cell, Correction
    from citehub.sources.curation import LabelRow, Misfit
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
_OF_LABELER: Final = (
    *("labeler_version", "guideline", "prompt_sha256", "confidence", "confidence_level", "rank"),
)
_THEME: Final = ("theme_id", "title", "description", "position")
_ABOUT_THE_OTHERS: Final = frozenset(("sources", "evidence"))
_COMPUTED_SINCE: Final = 3
_NAME_DIGITS: Final = 6  # of a hash, in the id of a label
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
        self.corrections: dict[Cell, Correction] = {}
        self.differs: dict[Cell, bool] = {}
        self.ledger = self._new_ledger()
        self.builder = TableBuilder(self.schemas)
        self.named: set[str] = set()  # sources
        self.work_of: dict[tuple[str, str], Work] = {}
        self.own: set[tuple[str, str]] = set()  # records of the canonical work

    def _new_ledger(self) -> Ledger:
        return Ledger(self.given.origins, self.every, self.corrections, self.differs)

    def run(self) -> Assembled:
        from citehub.build.representatives import put_representatives  # which imports NumPy

        given = self.given
        self.ledger.start(*_TABLES)
        canonical, works = self.joined.canonical, self.joined.works
        decisions = self.decisions = Decisions(self.plan.curation, [canonical, *works])
        self.corrections |= decisions.corrections
        if canonical.title is None:
            raise BuildError(
                f"No source has the title of {canonical.work_id}. Add one that describes works, "
                "such as OpenCitations Meta, or a reference manager's file with the work."
                f"{self._read()}"
            )
        self.work_of = {each.key: work for work in works for each in work.records}
        self.own = {each.key for each in canonical.records}
        others = given.canonical.keys() - self.own  # a person says that they are other works
        edges = [
            each
            for each in given.edges
            if (each.source_id, each.citing) not in self.own
            and (each.source_id, each.cited) not in others
        ]
        by_work: dict[str, list[Edge]] = {}
        excluded: dict[str, list[Edge]] = {}
        for edge in sorted(edges, key=self._trust_of_edge):
            work = self.work_of[edge.source_id, edge.citing]
            if work.work_id in decisions.excluded:
                excluded.setdefault(work.work_id, []).append(edge)
            elif work.title is not None:
                by_work.setdefault(work.work_id, []).append(edge)
        citing = [work for work in works if work.work_id in by_work]
        citing.sort(key=lambda work: (_place(by_work[work.work_id]), *self._newest_first(work)))
        if not citing:
            raise BuildError(self._why_none(edges, excluded))
        self._put_work(canonical)
        texts = {}
        for position, work in enumerate(citing, 1):
            self._put_work(work)
            texts[work.work_id] = self._texts(work)
            self._put_citation(work, canonical, position, by_work[work.work_id])
            if (
                position % _WORKS_AT_ONCE == 0 and not self.plan.own
            ):  # whose rows may quote those of works
                self._gather()
        self._put_stated(canonical)
        self._put_themes(citing)
        if self.plan.selects and self._has("representatives", since=_COMPUTED_SINCE):
            put_representatives(self.ledger, texts)
        if self._has("local_citations", since=_COMPUTED_SINCE):
            self._put_local_citations([work.work_id for work in citing])
        self._put_excluded(excluded)
        self._put_counts(edges, by_work, excluded)
        self._put_years(citing, canonical)
        held = {work.work_id for work in (canonical, *citing)}
        self._put_candidates(held)
        self.plan.extend(self.ledger)
        self._put_former(held)
        self._gather()
        self._put_sources()
        self._gather()
        tables = self.builder.close()
        tables["evidence"] = tables["evidence"].by_columns(TABLES["evidence"].key)
        agreed = [cell for cell, differs in self.differs.items() if not differs]
        return Assembled(
            tables,
            canonical.work_id,
            tuple(decisions.misfits(agreed, self.differs)),
            {work_id: each.decision.why or "" for work_id, each in decisions.excluded.items()},
            decisions.repeated,
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

    def _put_citation(self, work: Work, canonical: Work, position: int, edges: list[Edge]) -> None:
        key = {"citing_work_id": work.work_id, "cited_work_id": canonical.work_id}
        self.ledger.put("citations", key, self._origin(edges[0]))
        listed = next((edge for edge in edges if edge.position is not None), None)
        place = {**key, "hub_position": position}
        if listed:
            self.ledger.put("citations", place, self._origin(listed))
        else:
            derive(self.ledger, "citations", place, "newest first, then by id")
        months = [count_months(*self._date_of(each)) for each in (work, canonical)]
        put_timespan(self.ledger, key, *months)
        put_shared_authors(self.ledger, key, self._names(work), self._names(canonical))
        said = [edge for edge in edges if edge.is_influential is not None]
        if said:
            edge = max(said, key=lambda each: bool(each.is_influential))
            cells = {**key, "is_influential": edge.is_influential}
            self.ledger.put("citations", cells, self._origin(edge))
        known: dict[str, str] = {}
        if self._tells_passages:
            known = put_passages(self.ledger, self.decisions, key, self.plan.publish_sentences)
        labels = self._put_statements(key, edges, known)
        labels += self._put_labels(key)
        if self._tells_passages and labels:
            shown = find_shown(labels)
            for label in labels:
                label_id = label["label_id"]
                cells = {"label_id": label_id, "is_shown": label_id in shown}
                self.ledger.put("citation_labels", cells, Origin(DERIVED, "derived"))

    @property
    def _tells_passages(self) -> bool:
        """Whether the schema has passages of full texts and their labellers."""
        return self.plan.schema_version >= PASSAGES_SINCE

    def _put_statements(
        self, key: dict[str, str], edges: list[Edge], known: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        """Enter each source's statement of a citation, its passages and their roles.

        If a text has the words of a passage, too, it is the text's passage: ``known`` names these
        by the hash of their words. Returns the labels.
        """
        labels: list[dict[str, Any]] = []
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
                if context.text and (twin := known.get(hash_sentence(context.text))):
                    context_id = twin
                    cells = {**key, "context_id": twin, "text": context.text}
                    self.ledger.put("citation_contexts", cells, origin)
                elif context_id:
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
                        "labeler_kind": "source" if self._tells_passages else None,
                    }
                    self.ledger.put("citation_labels", label, origin)
                    labels.append(label)
        return labels

    def _put_local_citations(self, citing: list[str]) -> None:
        """Enter which of the citing works cite one another."""
        work_of = {record: work.work_id for record, work in self.work_of.items()}
        rows = local_citations(self.given.local, work_of, citing, self.trust)
        for number, row in enumerate(rows, 1):
            self.ledger.put("local_citations", row, Origin(row["source_id"], "stated"))
            if number % _ROWS_AT_ONCE == 0:
                self._gather()

    @functools.cached_property
    def _subjects(self) -> frozenset[str]:
        return frozenset(each.subject for each in self.plan.curation.subjects)

    # -- deciding -------------------------------------------------------------------------

    def _put_labels(self, key: dict[str, str]) -> list[dict[str, Any]]:
        """Enter and return the labels that people and programs gave a citation or its passages."""
        work_id = key["citing_work_id"]
        labels = self.decisions.labels.get(work_id, ())
        if not self._tells_passages:
            labels = [each for each in labels if each.labeler is None]
        if not labels:
            return []
        known = [
            row
            for row in self.ledger.rows("citation_contexts")
            if row["citing_work_id"] == work_id
        ]
        passages = {
            row["sentence_hash"] or hash_sentence(row["text"]): row["context_id"] for row in known
        }
        ids = {row["context_id"] for row in known}
        hashes = {row["context_id"]: row["sentence_hash"] or "none" for row in known}
        read = self.decisions.passages.get(work_id, ())
        told = {row["context_id"] for row in known if row.get("gist")}
        entered = []
        for number, label in enumerate(labels, 1):
            if label.scheme == "subject" and label.value not in self._subjects:
                lost = f"subjects.csv has no subject {label.value!r:.60} (any more)"
                self.decisions.tell(label.decision, f"{lost}, so the label is left out")
                continue
            context_id = label.context_id
            if context_id and context_id not in ids:
                if not label.passage:
                    lost = f"{work_id} has no passage {context_id!r:.80} (any more)"
                    self.decisions.tell(label.decision, f"{lost}, so the label is left out")
                    continue
                context_id = None
            if label.passage and not context_id:
                hashed = hash_sentence(label.passage)
                context_id = passages.get(hashed)
                if context_id is None:
                    context_id = passages[hashed] = f"curation-{work_id}-{number}"
                    self._put_quoted(key, label, context_id, hashed)
            check_label(label, read, hashes.get(context_id))
            row = {**key, **self._judged(label, work_id, number, context_id)}
            origin = origin_of(label.decision, row["source_id"])
            self.ledger.put("citation_labels", row, origin)
            if label.gist and context_id and context_id not in told:
                told.add(context_id)
                gist = {**key, "context_id": context_id, "gist": label.gist}
                self.ledger.put("citation_contexts", gist, origin)
            entered.append(row)
        return entered

    def _put_quoted(
        self, key: Mapping[str, str], label: LabelRow, context_id: str, hashed: str
    ) -> None:
        """Enter a passage that a label quotes."""
        cells = {**key, "source_id": CURATION.id, "context_id": context_id}
        if self._tells_passages:
            cells["sentence_hash"] = hashed
        if self.plan.publish_sentences or not self._tells_passages:
            cells["text"] = label.passage or ""
        self.ledger.put("citation_contexts", cells, origin_of(label.decision))

    def _judged(
        self, label: LabelRow, work_id: str, number: int, context_id: str | None
    ) -> dict[str, Any]:
        """Return a label as a row, without its citation."""
        kind = label.labeler_kind or "person"
        is_subject = label.scheme == "subject"
        is_person = kind in {"person", "settled"}
        row = {
            "source_id": label.source_id or (CURATION.id if is_person else PROGRAMS.id),
            "label_id": f"curation-{work_id}-{number}-{label.value}",
            "context_id": context_id,
            "scheme": label.scheme,
            "value": None if is_subject else label.value,
            "raw_value": label.value,
            "labeler": label.labeler or label.decision.who or "a maintainer",
        }
        if label.labeler:
            named = _short_name(label.labeler)
            again = f"-{label.rank}" if (label.rank or 1) > 1 else ""
            again += "-settled" if kind == "settled" else ""
            row["label_id"] = f"{context_id or work_id}-{label.scheme}-{named}{again}"
        if self._tells_passages:
            row |= {name: getattr(label, name) for name in _OF_LABELER}
            row |= {"labeler_kind": kind, "subject": label.value if is_subject else None}
        return row

    def _put_themes(self, citing: list[Work]) -> None:
        """Enter the subjects and themes of people; without such themes, those of topics."""
        for subject in self.plan.curation.subjects if self._tells_passages else ():
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

    # -- counting -------------------------------------------------------------------------

    def _put_counts(
        self,
        edges: list[Edge],
        by_work: Mapping[str, list[Edge]],
        excluded: Mapping[str, list[Edge]],
    ) -> None:
        """Enter the counts of each source, how far they agree, and why they differ."""
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
            left_out = {
                e.citing for each in excluded.values() for e in each if e.source_id == source
            }
            others = set().union(*(each for name, each in knows.items() if name != source))
            nameless = given.nameless.get(source, {})
            n_nameless = nameless.get("undescribed", 0)
            counts: dict[CountMeasure, int | None] = {
                "stated": given.stated.get(source),
                "announced": given.announced.get(source),
                "records": len(records) + n_nameless,
                "works": len(works),
                "only": len(works - others),
                "versions": len(described) - len(works),
                "self": len({e.citing for e in own if e.source_id == source})
                + nameless.get("self", 0),
                "undescribed": len(records - described - left_out) + n_nameless,
                "unreadable": given.unreadable.get(source, 0),
                "excluded": len(left_out) or None,
                "nameless": given.unnamed.get(source),
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
        """Enter the citing works of each year, and the counts of sources, with years of zero.

        Ours begin with the year of the work.
        """
        years = Counter(year for work in citing if (year := self._date_of(work)[0]) is not None)
        counted: dict[str, dict[int, int]] = {
            DERIVED: years,
            **self.given.years,
        }
        newest = self.given.newest_year or 0
        own, _ = self._date_of(canonical)
        for source, by_year in counted.items():
            if by_year:
                first = min(by_year)
                if source == DERIVED and own is not None:
                    first = min(first, own)
                for year in range(first, max(*by_year, newest) + 1):
                    row = {"source_id": source, "year": year, "n": by_year.get(year, 0)}
                    self.ledger.put("citation_years", row, Origin(source, "derived"))

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

    # -- origins --------------------------------------------------------------------------

    def _sources(self) -> list[str]:
        """Return the sources that know the work or a citation of it, by trust."""
        keys = {
            *(source for source, _ in self.given.canonical),
            *(e.source_id for e in self.given.edges),
            *self.given.nameless,
        }
        return [source for source in self.trust if source in keys]

    def _origin(self, edge: Edge) -> Origin:
        return self.given.citing[edge.source_id, edge.citing].origin


def _to_join(record: Record) -> Record:
    """Return a record in the form for joining."""
    title = record.title if says_something(record.title or "") else None
    ids = dict.fromkeys((*record.ids, *record.known_as))
    return record._replace(title=title, ids=tuple(ids))


def _short_name(labeler: str) -> str:
    """Return a labeller's name for an id; names that differ only in case and commas give one."""
    plain = re.sub("[^a-z0-9]+", "-", labeler.lower()).strip("-")
    if re.fullmatch("[A-Za-z0-9, ]+", labeler):
        return plain
    digest = hashlib.sha256(labeler.encode()).hexdigest()[:_NAME_DIGITS]
    return f"{plain}-{digest}".lstrip("-")


def _place(edges: list[Edge]) -> float:
    """Return the place in the list of a source; works without one come last."""
    return min((each.position for each in edges if each.position), default=math.inf)
