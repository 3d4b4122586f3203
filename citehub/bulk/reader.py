"""Reading what sources say about given works, and about works that cite them."""

from __future__ import annotations

import os
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from citehub import _atomic_folder
from citehub._identifiers import parse_identifier
from citehub._text import counted, either
from citehub.bulk.engines import parquet_files
from citehub.bulk.extract import NOTE, Extract, Note, Wish, read_note
from citehub.bulk.find import Wanted, find_records, fold_title, ids_of
from citehub.bulk.store import is_lost
from citehub.errors import BuildError, UnknownWork
from citehub.sources.answers import is_kept, unfold
from citehub.sources.dump_datasets import FEW_IDS, WORKS
from citehub.sources.merges import merged_into
from citehub.sources.records import (
    Context,
    Edge,
    Finding,
    Origin,
    Record,
    Reject,
    best_identifier,
)
from citehub.sources.reference_file import NO_REFERENCES
from citehub.sources.registry import dumped
from citehub.sources.source import Need, Opened, refuse_deleted
from citehub.sources.statements import Statements, record_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from citehub._identifiers import Identifier
    from citehub.bulk.dump_options import Dumps
    from citehub.bulk.engines import Engine
    from citehub.bulk.store import Store
    from citehub.sources.dump_datasets import Expression
    from citehub.sources.reference_file import ReferenceFiles
    from citehub.sources.source import Source


_RECORD_BYTES: Final = 25_000  # that the hub of a work takes for each citing record, at most
_LOCAL_BYTES: Final = 1_000  # the same for each citation among them


def open_dumps(
    store: Store,
    dumps: Dumps,
    *,
    only: Mapping[str, Collection[int]] = MappingProxyType({}),
    texts: bool = True,
) -> list[Opened]:
    """Read the named dumps.

    Parameters
    ----------
    store : Store
        The store that reads them. All are located before the first is read, which may take hours.
    dumps : Dumps
        Their folders.
    only : mapping of str to collection of int, optional
        Records by source: only these, and works that cite one, get details.
    texts : bool, default True
        Whether to read texts of works, too.
    """
    known = [each for each in dumped() if each.id in dumps.folders]
    places = {
        each.id: unfold(each, folder, store.folder) if is_kept(folder) else folder
        for each in known
        if (folder := dumps.folders[each.id])
    }
    found = {each.id: each.dump.find(places[each.id]) for each in known if each.dump}
    opened = []
    for source in known:
        if source.dump:
            need = Need(only.get(source.id, ()), texts)
            folder, files = dumps.folders[source.id], found[source.id]
            tables = dict(source.dump.open(store, places[source.id], files, need))
            if note := read_note(folder):
                tables |= {
                    "snapshot_on": note.snapshot_on,
                    "read_on": note.read_on,
                    "is_asked": note.is_asked,
                }
            opened.append(Opened(source, files=files, **tables))
    return opened


class Reader:
    """Reads what sources say about given works."""

    def __init__(
        self, engine: Engine, store: Store, dumps: Dumps, scratch: str, *, year: int
    ) -> None:
        self.engine = engine
        self.store = store
        self.scratch = scratch
        self.dumps = dumps
        self.year = year  # of the release
        self.sources: list[Opened] = []
        self.rejects: list[Reject] = []
        self.edges: dict[str, Expression] = {}
        self.local: dict[str, Expression] = {}
        self.records: dict[str, Expression] = {}
        self.texts: dict[str, dict[str, Expression]] = {}

    def find(self, wanted: Sequence[Wanted]) -> None:
        """Find the works, and write out what each source says about them and their citations."""
        self.number = {each: number for number, each in enumerate(wanted)}
        only = self._asked_records(wanted)
        self._find(wanted, only)
        if only and not self._have_details(wanted):
            self._find(wanted, {})
        for source in self.sources:
            self.store.progress(f"Find the citations in {source.source_id}")
            self._extract(source, wanted)

    def _asked_records(self, wanted: Sequence[Wanted]) -> dict[str, set[int]]:
        """Return the records by which all works were given, for each source that can use them.

        A cache serves other works, too, so it gets all details.
        """
        found: dict[str, set[int]] = {}
        if self.dumps.cache or len(wanted) > FEW_IDS:
            return found
        for source in dumped():
            dump = source.dump
            if dump and dump.takes_only and source.id in self.dumps.folders:
                asked = [dump.numbers(each.ids) - {dump.gone} for each in wanted]
                if all(asked):
                    found[source.id] = set().union(*asked)
        return found

    def _have_details(self, wanted: Sequence[Wanted]) -> bool:
        """Tell whether the details of all citing records were read.

        Some are missing if an unexpected version of a work turned up.
        """
        return all(
            not source.only
            or set().union(*(each.records.get(source.source_id, ()) for each in wanted))
            <= source.only
            for source in self.sources
        )

    def _find(self, wanted: Sequence[Wanted], only: Mapping[str, Collection[int]]) -> None:
        self.sources = open_dumps(self.store, self.dumps, only=only)
        self.rejects = [each for found in self.store.rejects.values() for each in found]
        self.store.progress("Find the records of the work")
        for source in self.sources:
            self._replace_old_ids(source, wanted)
        works = {each.source_id: each.works for each in self.sources}
        likely = {each.source_id: each.columns.with_identifiers
                  for each in self.sources if each.columns}  # fmt: skip
        alive = [each for each in wanted if not _deleted_in(each)]
        find_records(self.engine, works, alive, likely)
        for source in self.sources:
            self._add_old_ids(source, wanted)
            if source.dump.named_by:
                for each in wanted:
                    records = each.records.setdefault(source.source_id, set())
                    records.update(source.dump.named_by(each.ids))

    def input_of(
        self,
        wanted: Wanted,
        references: ReferenceFiles = NO_REFERENCES,
        *,
        is_known: bool = False,
    ) -> Statements:
        """Return what the sources say about one work; it must fit into memory.

        If it ``is_known`` from elsewhere, they may know only works that cite it.
        """
        self._check_memory(wanted)
        given = Statements({}, {}, [], read=self._describe(references))
        for source in self.sources:
            self._add(given, source, wanted)
        _add_entries(given, wanted, self._without_later_years(references))
        deleted = _deleted_in(wanted)
        if not given.canonical and deleted and not is_known:
            raise refuse_deleted(wanted.asked, deleted)
        if not given.canonical and not is_known:
            message = (
                f"No source that was read has the work {wanted.asked!r}. Read: "
                f"{given.read or 'nothing'}. Check the spelling, or name the work by another "
                "identifier."
            )
            if references.n_entries:
                message += (
                    " A list of works that cite it needs an entry for the work itself, with this "
                    f"{'identifier' if wanted.ids else 'title'}, where no dump has it: add "
                    f"one to the list, or name a dump with {_options()}."
                )
            raise UnknownWork(message, wanted.asked)
        dates = [each.counted_on for each in self.sources if each.counted_on]
        given.newest_year = max(dates).year if dates else None
        for title, found in self.store.rejects.items():
            source_id = title.partition(" ")[0]
            n_lost = sum(map(is_lost, found))
            given.unreadable[source_id] = given.unreadable.get(source_id, 0) + n_lost
        for source in self.sources:
            if note := read_note(self.dumps.folders[source.source_id]):
                _enter_note(source, note, given)
        return given

    def extract(self, wanted: Wanted, folder: str, read_on: datetime.date) -> None:
        """Write the part of each dump that concerns a work, with a note on the dump.

        An extract of an extract repeats its note.
        """
        for source in self.sources:
            name = source.source_id
            self.store.progress(f"Keep what concerns the work of {name}")
            place = os.path.join(folder, name)
            os.makedirs(place)
            wish = self._wish(source, wanted)
            extract = Extract(self.engine, self.store, wish, self.scratch)
            for files in source.files.values():
                extract.take(files, place)
            titles = [files.title for files in source.files.values()]
            note = read_note(self.dumps.folders[name]) or Note(
                read_on,
                source.snapshot_on,
                sum(
                    is_lost(each) for title in titles for each in self.store.rejects.get(title, ())
                ),
                tuple(each for title in titles for each in self.store.partial.get(title, ())),
            )
            _atomic_folder.write_bytes(os.path.join(place, NOTE), note.to_json())

    def _wish(self, source: Opened, wanted: Wanted) -> Wish:
        """Return the records of a source that concern a work."""
        edges = self.edges[source.source_id]
        mine = edges.filter(edges.hub == self.number[wanted]).select("citing").distinct()
        citing = {str(row["citing"]) for row in self.engine.fetch(mine)}
        own = set(map(str, wanted.records.get(source.source_id, ())))
        asked = parse_identifier(wanted.asked)
        former = source.dump.numbers([asked]) if asked and source.merged is not None else set()
        return Wish(frozenset(own | set(map(str, former))), frozenset(own | citing))

    def _without_later_years(self, references: ReferenceFiles) -> ReferenceFiles:
        """Return lists without years in the future."""
        records = []
        for each in references.records:
            record, late = _without_later_year(each, self.year + 1)
            records.append(record)
            if late:
                self.rejects.append(Reject(f"{each.source_id} {each.record_id}", 0, late))
        return references._replace(records=records)

    def _describe(self, references: ReferenceFiles) -> str:
        """Return what was read, in words."""
        read = [each.source_id for each in self.sources]
        for path, n in references.n_entries.items():
            read.append(f"{counted(n, 'entry', 'entries')} of {path}")
        return ", ".join(read)

    def _check_memory(self, wanted: Wanted) -> None:
        n = self._count(self.edges, wanted)
        needed = n * _RECORD_BYTES + self._count(self.local, wanted) * _LOCAL_BYTES
        if needed > self.dumps.memory:
            raise BuildError(
                f"{wanted.asked} has {counted(n, 'citing record')}. To join them takes about "
                f"{needed / 1e9:.1f} GB of memory, and {self.dumps.memory / 1e9:.1f} GB are "
                "allowed. Allow more, with --memory on the command line."
            )

    def _count(self, tables: Mapping[str, Expression], wanted: Wanted) -> int:
        """Return how many rows of tables belong to the hub of a work."""
        number, n = self.number[wanted], 0
        for table in tables.values():
            mine = table.filter(table.hub == number)
            (found,) = self.engine.fetch(mine.agg(n=mine.count()))
            n += found["n"]
        return n

    def _replace_old_ids(self, source: Opened, wanted: Sequence[Wanted]) -> None:
        """Ask what the given ids were merged into."""
        if source.merged is not None:
            dump = source.dump
            asked = {each: dump.numbers(each.ids) for each in wanted}
            ends = self._merges(source.merged, set().union(*asked.values()))
            for each, numbers in asked.items():
                for number in numbers & ends.keys():
                    each.ids.difference_update(dump.ids_of_name(dump.name_record(number)))
                    each.ids.update(dump.ids_of_name(dump.name_record(ends[number])))

    def _add_old_ids(self, source: Opened, wanted: Sequence[Wanted]) -> None:
        """Add the ids that were merged into the records, as others may still cite them."""
        if source.merged is not None:
            mine = [each.records.setdefault(source.source_id, set()) for each in wanted]
            ends = self._merges(source.merged, set().union(*mine))
            for records in mine:
                records |= {old for old, new in ends.items() if new in records}

    def _merges(self, merged: Expression, records: set[int]) -> dict[int, int]:
        ends, rejects = merged_into(self.engine, merged, records)
        self.rejects += [each for each in rejects if each not in self.rejects]
        return ends

    def _extract(self, source: Opened, wanted: Sequence[Wanted]) -> None:
        import ibis

        name = source.source_id
        pairs = [(n, r) for n, each in enumerate(wanted) for r in each.records.get(name, ())]
        kind = source.works.record.type()
        targets = ibis.memtable(
            {"hub": [n for n, _ in pairs], "target": [r for _, r in pairs]},
            schema={"hub": "int64", "target": kind},
        )
        works = self._near(source, [record for _, record in pairs])
        citations = source.citations
        if source.dump.citations_of:
            citations = source.dump.citations_of(works, [record for _, record in pairs])
        citations = citations.filter(citations.citing.notnull())
        edges = citations.inner_join(targets, citations.cited == targets.target).drop("target")
        self.edges[name] = edges = self._write(edges, f"{name}-edges")
        ids = edges.select(record=edges.citing).union(targets.select(record=targets.target))
        ids = ids.filter(ids.record.notnull())  # a join looks ahead for few ids, where filtered
        more = ("refs",) if "refs" in works.columns else ()
        records = works.semi_join(ids, "record").select("part", *WORKS, *more).distinct()
        self.records[name] = self._write(records, f"{name}-records")
        self.local[name] = self._write(self._local(source, edges), f"{name}-local")
        self.texts[name] = {
            kind: self._write(texts.semi_join(ids, "record"), f"{name}-{kind}")
            for kind, texts in source.texts.items()
        }

    def _local(self, source: Opened, edges: Expression) -> Expression:
        """Return the citations among the records that cite the same work.

        If works hold their references, it looks through those that were just kept.
        """
        records = self.records[source.source_id]
        citations = source.citations
        if source.dump.citations_of and "refs" in records.columns:
            citations = source.dump.citations_of(records, ())
        citing = edges.select("hub", "citing").distinct()
        cited = citing.select("hub", cited=citing.citing)
        local = citations.select("citing", "cited", "is_influential", "part")
        return local.inner_join(citing, "citing").semi_join(cited, ["hub", "cited"])

    def _near(self, source: Opened, records: Collection[Any]) -> Expression:
        """Return some records, and works that may cite one."""
        if not records:
            return source.works.limit(0)
        if source.columns is None or len(records) > FEW_IDS:
            return source.works
        return source.columns.citing(records, self._write)

    def _write(self, table: Expression, name: str) -> Expression:
        folder = os.path.join(self.scratch, name)
        os.mkdir(folder)
        self.engine.write(table, folder)
        return self.engine.read_parquet(parquet_files(folder))

    def _add(self, given: Statements, source: Opened, wanted: Wanted) -> None:
        """Add what a source says about a work."""
        import ibis

        name, number = source.source_id, self.number[wanted]
        dump = source.dump
        own = {dump.name_record(each) for each in wanted.records.get(name, ())}
        edges = self.edges[name].filter(self.edges[name].hub == number)
        local = self.local[name].filter(self.local[name].hub == number)
        records = self.records[name].select("part", *WORKS)
        mine = ibis.memtable(
            {"record": list(wanted.records.get(name, ()))},
            schema={"record": records.record.type()},
        )
        ids = edges.select(record=edges.citing).union(mine)

        def fetch(table: Expression) -> dict[Any, dict[str, Any]]:
            rows = self.engine.fetch(table.semi_join(ids, "record"))
            return _newest(rows, is_dated=dump.is_dated)

        newest = fetch(records)
        texts = {kind: fetch(table) for kind, table in self.texts[name].items()}
        abstracts = texts.get("abstracts", {})
        former = self._former_ids(source, newest)
        if source.snapshot_on:
            given.snapshots |= dict.fromkeys(
                (name, *(each.id for each in dump.findings.values())), source.snapshot_on
            )
        for number, row in newest.items():
            record, reasons = _read_record(source, row, abstracts.get(number))
            record, late = _without_later_year(record, source.last_year(self.year))
            reasons += [late] if late else []
            key = name, record.record_id
            if record.record_id in own:
                given.canonical[key] = record
            else:
                given.citing[key] = record._replace(ids=(*record.ids, *former.get(number, ())))
            self.rejects += [Reject(f"{name} {record.record_id}", 0, each) for each in reasons]
            for kind, told_by in dump.findings.items():
                found = texts.get(kind, {}).get(number)
                if found and found["text"]:
                    model = found["model"] or "a model"
                    where = f"record {record.record_id}, written by {model}"
                    origin = Origin(told_by.id, "stated", where)
                    given.findings[key] = Finding(found["text"], origin)
            if record.record_id in own and row["n_citations"] is not None:
                _count(given, name, row, source.last_year(self.year))
        given.local += self._edges(source, local, newest)
        for edge in self._edges(source, edges, newest):
            given.edges.append(edge)
            key = name, edge.citing  # a record that the source says nothing of but this
            if key not in given.citing and key not in given.canonical:
                given.citing[key] = Record(name, edge.citing, dump.ids_of_name(edge.citing))

    def _former_ids(self, source: Opened, records: Collection[Any]) -> dict[Any, list[Identifier]]:
        """Return the ids that were merged into records, if the source was asked."""
        found: dict[Any, list[Identifier]] = {}
        if source.is_asked and source.merged is not None:
            for old, new in sorted(self._merges(source.merged, {*records}).items()):
                ids = source.dump.ids_of_name(source.dump.name_record(old))
                found.setdefault(new, []).extend(ids)
        return found

    def _edges(
        self, source: Opened, edges: Expression, newest: dict[Any, dict[str, Any]]
    ) -> Iterator[Edge]:
        """Yield each citation once, with the content of all its rows.

        If partitions are dated, the last one of a work counts.
        """
        dump = source.dump
        found: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
        for row in self.engine.fetch(edges):
            if not dump.is_dated or row["part"] == newest[row["citing"]]["part"]:
                found.setdefault((row["citing"], row["cited"]), []).append(row)
        for (citing, cited), rows in found.items():
            influences = {row["is_influential"] for row in rows} - {None}
            yield Edge(
                source.source_id,
                dump.name_record(citing),
                dump.name_record(cited),
                any(influences) if influences else None,
                _all_contexts(_contexts(row.get("contexts"), row.get("intents")) for row in rows),
            )


def _add_entries(given: Statements, wanted: Wanted, references: ReferenceFiles) -> None:
    """Add the entries of reference managers' files: each cites the work, is it, or a parent."""
    is_title = parse_identifier(wanted.asked) is None
    ids = set(wanted.ids)
    for entry in references.records:
        if ids & {*entry.ids} or (is_title and _is_titled(entry, wanted.asked)):
            given.canonical[entry.source_id, entry.record_id] = entry
            wanted.ids.update(entry.ids)
    best = best_identifier(ids or wanted.ids)
    for entry in references.records:
        key = entry.source_id, entry.record_id
        if key not in given.canonical and entry.record_id not in references.parents:
            given.citing[key] = entry
            cited = best.curie if best else wanted.asked
            given.edges.append(Edge(entry.source_id, entry.record_id, cited))


def _is_titled(entry: Record, title: str) -> bool:
    return entry.title is not None and fold_title(entry.title) == fold_title(title)


def _read_record(
    source: Opened, row: dict[str, Any], abstract: dict[str, Any] | None
) -> tuple[Record, list[str]]:
    """Return what a source says about a work, and what cannot be used."""
    dump = source.dump
    text, lost = dump.abstract(row) if dump.abstract else (None, "")
    record, problem = record_of(
        row,
        source.source_id,
        dump.name_record(row["record"]),
        ids_of(row),
        abstract["text"] if abstract else text,
        snapshot_on=source.counted_on,
    )
    reasons = (problem, f"the abstract is left out, as {lost}" if lost else "")
    return record, [each for each in reasons if each]


def _deleted_in(wanted: Wanted) -> Source | None:
    """Return the source that deleted a work, if the work is its record of deleted ones."""
    return next((each for each in dumped() if each.dump and each.dump.is_gone(wanted.ids)), None)


def _options() -> str:
    """Return the options that name dumps, in words."""
    return either([source.option.flag for source in dumped() if source.option])


def _without_later_year(record: Record, last: int) -> tuple[Record, str]:
    """Return a record without a year in the future, and the problem in words."""
    if record.year is None or record.year <= last:
        return record, ""
    return record._replace(year=None, month=None), f"the year {record.year} is in the future"


def _count(given: Statements, source_id: str, row: dict[str, Any], last: int) -> None:
    """Take in a source's own counts, from the most cited record of the work."""
    if row["n_citations"] < given.stated.get(source_id, 0):
        return
    given.stated[source_id] = row["n_citations"]
    years = {each["year"]: each["n"] for each in row["years"] or () if each}
    if years:
        given.years[source_id] = {
            int(year): int(n)
            for year, n in years.items()
            if year and n and year.isdecimal() and n.isdecimal() and int(year) <= last
        }


def _contexts(
    contexts: Sequence[str | None] | None, intents: Sequence[Sequence[str] | None] | None
) -> Iterator[Context]:
    """Yield passages with their intents, separately if the two lists do not match."""
    texts, lists = list(contexts or ()), list(intents or ())
    if len(texts) == len(lists):
        pairs = list(zip(texts, lists, strict=True))
    else:
        pairs = [(text, None) for text in texts] + [(None, each) for each in lists]
    for text, each in pairs:
        found = tuple(intent for intent in each or () if intent)
        if text or found:
            yield Context(text or "", found)


def _all_contexts(rows: Iterable[Iterable[Context]]) -> tuple[Context, ...]:
    """Return the passages of several rows of a citation, in a fixed order.

    A passage in two rows is one, with the intents of both; twice in one row, it is two.
    """
    found: dict[tuple[str, int], dict[str, None]] = {}
    for contexts in sorted(map(list, rows), key=lambda each: (-len(each), each)):
        times: Counter[str] = Counter()
        for text, intents in contexts:
            found.setdefault((text, times[text]), {}).update(dict.fromkeys(intents))
            times[text] += 1
    return tuple(Context(text, tuple(intents)) for (text, _), intents in found.items())


def _newest(rows: Iterable[dict[str, Any]], *, is_dated: bool) -> dict[Any, dict[str, Any]]:
    """Return one row for each record, with the content of all its rows, whatever their order.

    If they differ, the fullest counts. If partitions are dated, the last one counts.
    """
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        known = found.setdefault(row["record"], [])
        if is_dated and known and row["part"] > known[0]["part"]:
            known.clear()
        if not is_dated or not known or row["part"] == known[0]["part"]:
            known.append(row)
    return {each: _join_rows(those) for each, those in found.items()}


def _join_rows(rows: list[dict[str, Any]]) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for row in sorted(rows, key=lambda row: (list(row.values()).count(None), repr(row))):
        for name, value in row.items():
            if joined.get(name) is None:
                joined[name] = value
    if "also" in joined:
        ids = (each.curie.lower() for row in rows for each in ids_of(row))
        joined["also"] = sorted(set(ids)) or None
    return joined


def _enter_note(source: Opened, note: Note, given: Statements) -> None:
    """Enter the note of an extract."""
    name, dump, api = source.source_id, source.dump, source.source.api
    those = (source.source, *dump.findings.values())
    given.unreadable[name] = note.unreadable
    given.read_on |= dict.fromkeys((each.id for each in those), note.read_on)
    for each in those if note.is_asked and api else ():
        title = each.title.replace(source.source.title, api.title if api else "")
        row = {**each.row, "title": title, "retrieved_on": note.read_on, "snapshot_on": None}
        given.described[each.id] = row
    if note.announced is not None:
        given.announced[name] = note.announced
    if note.nameless:
        given.unnamed[name] = note.nameless
