"""The sources of a run: their works and citations as tables, read through the store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from citehub.bulk.find import merged_into
from citehub.bulk.layout import find_date, find_openalex, find_opencitations, find_s2
from citehub.sources import openalex, opencitations, semantic_scholar

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection

    from citehub._identifiers import Identifier
    from citehub.bulk.dumps import Dumps
    from citehub.bulk.layout import Files
    from citehub.bulk.store import Store
    from citehub.sources.dumps import Expression


@dataclass(frozen=True, slots=True)
class Columns:
    """OpenAlex's works in Parquet: details are read of the works that are found, not of all."""

    store: Store
    files: Files

    def with_identifiers(self, identifiers: Collection[Identifier]) -> Expression:
        """Return the works that may have one of some identifiers."""
        raw = self.store.raw(self.files)
        return self._shape(raw.filter(openalex.may_have(raw, identifiers)))

    def citing(
        self, records: Collection[int], write: Callable[[Expression, str], Expression]
    ) -> Expression:
        """Return the works that are some records or may cite one.

        Each stands as its last partition has it, in which it may no longer cite. References are
        read first, then the details of the works found. ``write`` keeps a table.
        """
        raw = self.store.raw(self.files)
        is_usual = openalex.are_usual(self.store.bounds[self.files.title])
        found = raw.filter(openalex.cite(raw, records, is_usual=is_usual))
        found = found.select("part", "referenced_works", number=openalex.number(found))
        found = write(found, "found")
        details = raw.drop("referenced_works").mutate(number=openalex.number(raw))
        details = details.semi_join(found, "number")
        works = write(self._shape(details.left_join(found, ["number", "part"])), "near")
        last = works.group_by("record").agg(part=works.part.max())
        return works.semi_join(last, ["record", "part"])

    def _shape(self, raw: Expression) -> Expression:
        return openalex.without_deleted(self.store.shape(self.files, raw))


@dataclass(slots=True)
class Source:
    """A source that a run reads."""

    source_id: str
    works: Expression
    citations: Expression
    texts: dict[str, Expression] = field(default_factory=dict)
    merged: Expression | None = None
    only: frozenset[int] = frozenset()
    snapshot_on: datetime.date | None = None
    columns: Columns | None = None

    def last_year(self, year: int) -> int:
        """Return the last year that a record can have, by the date of the dump or another one.

        What is about to appear has the next one.
        """
        return (self.snapshot_on.year if self.snapshot_on else year) + 1

    def citations_of(self, records: Collection[Any], works: Expression) -> Expression:
        """Return the citations of some records that works hold, and maybe others."""
        if self.source_id == openalex.SOURCE:
            return openalex.citations(works, records)
        return self.citations


def open_sources(
    store: Store, dumps: Dumps, *, only: Collection[int] = (), texts: bool = True
) -> list[Source]:
    """Read the dumps that were named.

    Parameters
    ----------
    store : Store
        What reads them. All are looked for before the first is read, which may take hours.
    dumps : Dumps
        Where they lie.
    only : collection of int, optional
        Records of OpenAlex: of other works than those, and those that cite one, no details.
    texts : bool, default True
        Whether the texts of works are read, too.
    """
    openalex_files = find_openalex(dumps.openalex) if dumps.openalex else {}
    s2_files = find_s2(dumps.s2) if dumps.s2 else {}
    index_files = find_opencitations(dumps.opencitations) if dumps.opencitations else {}
    found = []
    if openalex_files:
        files, old = openalex_files["works"], openalex_files.get("merged_ids")
        merged = store.table(old) if old else None
        if only and not files.is_parquet:
            ends = {} if merged is None else merged_into(store.engine, merged, only)[0]
            records = {*only, *ends, *ends.values()} - {openalex.DELETED}
            files = replace(files, dataset=openalex.only_citing(records))
        works = openalex.without_deleted(store.table(files))
        kept = frozenset(files.dataset.only)
        citations = openalex.citations(works)
        date = find_date(dumps.openalex or "", [files])
        columns = Columns(store, files) if files.is_parquet else None
        found.append(Source(openalex.SOURCE, works, citations, {}, merged, kept, date, columns))
    if s2_files:
        needed = s2_files if texts else dict.fromkeys(("papers", "citations"))
        tables = {name: store.table(s2_files[name]) for name in needed}
        papers, citations = tables.pop("papers"), tables.pop("citations")
        date = find_date(dumps.s2 or "", s2_files.values())
        found.append(Source(semantic_scholar.SOURCE, papers, citations, tables, snapshot_on=date))
    date = find_date(dumps.opencitations or "", index_files.values())
    if "meta" in index_files:
        tables = {name: store.table(files) for name, files in index_files.items()}
        found.append(
            Source(opencitations.SOURCE, tables["meta"], tables["index"], snapshot_on=date)
        )
    elif index_files:
        index = store.table(replace(index_files["index"], dataset=opencitations.NAMED_INDEX))
        works = opencitations.works_of_index(index)
        found.append(Source(opencitations.SOURCE, works, index, snapshot_on=date))
    return found


def name_record(source_id: str, record: Any) -> str:
    """Return a record as its source names it."""
    return f"W{record}" if source_id == openalex.SOURCE else str(record)
