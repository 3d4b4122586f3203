"""The most cited works of a graph: how often, when, in what role and by whom."""

from __future__ import annotations

import datetime
import os
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub import _atomic_folder
from citehub._schema import Column, TableSchema
from citehub._text import either
from citehub.build.write import table_bytes
from citehub.bulk.engines import parquet_files
from citehub.bulk.reader import open_dumps
from citehub.bulk.session import open_session, write_rejects
from citehub.errors import BadArgument, BuildError
from citehub.sources.records import YEARS
from citehub.sources.registry import dumped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from citehub.bulk.dump_options import Dumps
    from citehub.bulk.engines import Engine
    from citehub.sources.dump_datasets import Expression
    from citehub.sources.source import Opened

_COUNTS: Final = range(2**31)
_ROLES: Final = ("labelled", "background", "method", "result", "influential")


def _key(name: str, kind: str, description: str) -> Column:
    return Column(name, kind, description, required=True)


_SOURCE: Final = _key("source_id", "string", "The source whose records and citations are counted.")
_RECORD: Final = _key("record_id", "string", "The record, as the source names it.")
_OF_INTENTS: Final = "; null where the source tells none. One citing record may have several."

CANONICAL: Final = TableSchema(
    "canonical",
    "One row per source and record: those that most records cite.",
    ("source_id", "record_id"),
    (
        _key("rank", "int32", "Place by n_citing, from 1; of equal ones, the lower record first."),
        _SOURCE,
        _RECORD,
        Column("title", "string", "Title; null where the source does not tell."),
        Column("publication_year", "int16", "Year, as the source has it.", unit="year"),
        Column("doi", "string", "DOI, without what stands before it."),
        _key("n_citing", "int32", "Citing records, each once; the record itself left out."),
        _key("n_self_records", "int32", "1 where the record cites itself, else 0."),
        Column("n_stated", "int32", "Citations by the source's own count."),
        Column("n_labelled", "int32", f"Citing records with any intent{_OF_INTENTS}"),
        Column("n_background", "int32", f"With the intent background{_OF_INTENTS}"),
        Column("n_method", "int32", f"With the intent method{_OF_INTENTS}"),
        Column("n_result", "int32", f"With the intent result{_OF_INTENTS}"),
        Column(
            "n_influential",
            "int32",
            "Citing records that the source calls influential; null where it does not tell.",
        ),
        _key(
            "n_with_authors",
            "int32",
            "Citing records where both sides have an author whom the source identifies.",
        ),
        _key("n_shared_author", "int32", "Of n_with_authors, those with an author in common."),
        _key("n_dated", "int32", "Citing records whose year is known."),
    ),
)
CANONICAL_YEARS: Final = TableSchema(
    "canonical_years",
    "One row per record and year, from the record's own year, or that of its first citing record "
    "where that is earlier, to the last year of the source's records; with years of zero.",
    ("source_id", "record_id", "year"),
    (
        _SOURCE,
        _RECORD,
        Column("year", "int16", "Year of the citing records.", unit="year", required=True),
        _key("n", "int32", "Citing records of that year."),
    ),
)


class MostCited(NamedTuple):
    """The most cited works that were found.

    Attributes
    ----------
    folder : str
        ``canonical.parquet`` in it holds the works, ``canonical_years.parquet`` their citing
        records by year.
    rejects : str
        The list of what could not be read; empty if all could.
    partial : tuple of str
        Sentences on dumps that could only be read in part; empty if none.
    notes : tuple of str
        Further notes on the dumps, such as a record that is left out.
    """

    folder: str
    rejects: str
    partial: tuple[str, ...]
    notes: tuple[str, ...]


def find_canonical(
    out: str,
    dumps: Dumps,
    *,
    top: int = 1000,
    progress: Callable[[str], None] = lambda _step: None,
) -> MostCited:
    """Find the most cited works of bulk dumps, separately for each source.

    Parameters
    ----------
    out : str
        The folder to make; it must not exist, or be empty.
    dumps : Dumps
        Where they are, and how to read them.
    top : int, default 1000
        The number of works from each source.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    MostCited
        The folder, and what could not be read.

    Raises
    ------
    TargetExists
        The folder exists and is not empty.
    BadArgument
        No dump is named, or ``top`` is less than 1.
    BuildError
        A source is wrong, or has no citation.

    Notes
    -----
    A work is a record of a source; records are not joined. A record that cites another several
    times counts once, with the intents of all its rows. If an OpenAlex record is in several
    partitions, the references of the last one count. A merged id counts as the one that it became,
    on both sides of a citation; ids that were merged in a circle count as the lowest of them. The
    record of works that OpenAlex deleted is left out on both sides, and ``notes`` says so. A year
    more than one after that of the dump counts as not known.

    Examples
    --------
    >>> import json, os, tempfile
    >>> import pyarrow.parquet as pq
    >>> from citehub.graph import Dumps, find_canonical
    >>> works = [{"id": f"https://openalex.org/W{n}", "title": f"Lantern {n}"} for n in (1, 2)]
    >>> works[1]["referenced_works"] = [works[0]["id"]]
    >>> with tempfile.TemporaryDirectory() as home:
    ...     os.mkdir(os.path.join(home, "works"))
    ...     with open(os.path.join(home, "works", "part_000.jsonl"), "w") as file:
    ...         for work in works:
    ...             print(json.dumps(work), file=file)
    ...     made = find_canonical(os.path.join(home, "most-cited"), Dumps(openalex=home), top=10)
    ...     path = os.path.join(made.folder, "canonical.parquet")
    ...     pq.read_table(path)["record_id"].to_pylist()
    ['W1']
    """
    if top < 1:
        raise BadArgument.of("top", top, "at least 1")
    if not dumps.folders:
        known = either([source.id for source in dumped()])
        raise BadArgument.of("dumps", dumps, f"one with a folder of {known}")
    target = os.path.abspath(out)
    _atomic_folder.check_free(target)
    notes: list[str] = []
    tables: dict[TableSchema, list[dict[str, Any]]] = {CANONICAL: [], CANONICAL_YEARS: []}
    with open_session(dumps, target, progress) as (engine, store, scratch):
        for source in open_dumps(store, dumps, texts=False):
            progress(f"Count the citations in {source.source_id}")
            ranking = _Ranking(engine, source, os.path.join(scratch, source.source_id), top)
            progress(f"Describe the most cited works in {source.source_id}")
            works, years = ranking.rows()
            notes += ranking.notes
            tables[CANONICAL] += works
            tables[CANONICAL_YEARS] += years
        with _atomic_folder.scratch_folder(target) as folder:
            for table, rows in tables.items():
                path = os.path.join(folder, f"{table.name}.parquet")
                _atomic_folder.write_bytes(path, table_bytes(table, rows))
            _atomic_folder.move(folder, target)
        rejects = [each for found in store.rejects.values() for each in found]
        written = write_rejects(f"{target}.rejects.csv", rejects)
    told = store.told(store.partial), (*store.told(store.notes), *notes)
    return MostCited(target, written, *told)


class _Ranking:
    """The most cited records of a source, and the records that cite them.

    Results that several queries read are written out, so that they are made once.
    """

    def __init__(self, engine: Engine, source: Opened, scratch: str, top: int) -> None:
        self.engine = engine
        self.source = source
        self.scratch = scratch
        self.notes: list[str] = []
        year = source.last_year(datetime.datetime.now(tz=datetime.UTC).year)
        self.years = range(YEARS[0], min(year, YEARS[-1]) + 1)
        self.roles = _ROLES if source.source.roles else ()
        self.merges = None if source.merged is None else self._follow(source.merged)
        self.ranked, pairs = self._rank(top)
        self.pairs = pairs.semi_join(self.ranked, "cited")
        self.others = self.pairs.filter(self.pairs.citing != self.pairs.cited)
        ids = self.others.select(record="citing").union(self.ranked.select(record="cited"))
        self.records = self._write(self._read(ids), "records")

    def rows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the rows of `CANONICAL` and of `CANONICAL_YEARS`."""
        ranked = sorted(self.engine.fetch(self.ranked), key=lambda row: (-row["n"], row["cited"]))
        if not ranked:
            raise BuildError(f"In {self.source.source_id}, no record cites another one.")
        facts: dict[Any, dict[str, Any]] = {
            row["cited"]: {"n_with_authors": 0, "n_shared_author": 0} for row in ranked
        }
        own = self._own_authors()
        for table in (self._describe(), self._count_pairs(), self._count_shared_authors(own)):
            for row in self.engine.fetch(table):
                facts[row.pop("cited")] |= row
        have_authors = {row["record"] for row in self.engine.fetch(own)}
        by_year: dict[Any, dict[int, int]] = defaultdict(dict)
        for row in self.engine.fetch(self._count_years()):
            record = row["cited"]
            if record in have_authors:
                facts[record]["n_with_authors"] += row["with_authors"]
            if row["year"] is not None:
                by_year[record][row["year"]] = row["n"]
        last = self._last_year()
        works, years = [], []
        for rank, record in enumerate((row["cited"] for row in ranked), 1):
            name = self.source.dump.name_record(record)
            key = {"source_id": self.source.source_id, "record_id": name}
            n_of, own = by_year[record], facts[record].get("publication_year")
            works.append({"rank": rank, **key, **facts[record], "n_dated": sum(n_of.values())})
            first = min(n_of if own is None else (own, *n_of), default=last + 1)
            years += [{**key, "year": y, "n": n_of.get(y, 0)} for y in range(first, last + 1)]
        return works, years

    # -- ranks ----------------------------------------------------------------------------

    def _rank(self, top: int) -> tuple[Expression, Expression]:
        """Return the records, and pairs of a citing and a cited record, each once.

        It makes pairs for few records only: a record has at most as many citing records as rows,
        so one with fewer rows than the last of the best has citing records cannot be among them.
        """
        rows = self._without_deleted(self._write(self._count_rows(), "rows"))
        least = self._last_count(rows, top)
        while True:
            pairs = self._write(self._pairs(rows.filter(rows.n >= least)), f"pairs-{least}")
            others = pairs.filter(pairs.citing != pairs.cited)
            counts = self._write(others.group_by("cited").agg(n=others.count()), f"n-{least}")
            found = self._last_count(counts, top)
            if found >= least:
                return self._write(_best(counts, top), "ranked"), pairs
            least = found

    def _without_deleted(self, rows: Expression) -> Expression:
        """Leave out the record of deleted works, and note how many cite it."""
        dump = self.source.dump
        if dump.gone is None:
            return rows
        is_deleted = rows.cited == dump.gone
        for row in self.engine.fetch(rows.filter(is_deleted)):
            self.notes.append(
                f"{self.source.source_id}: {dump.name_record(dump.gone)}, its record of deleted "
                f"works, is left out; {int(row['n']):,} references name it."
            )
        return rows.filter(~is_deleted)

    def _last_count(self, counts: Expression, top: int) -> int:
        """Return the count of the last of the best, or 1 if there are fewer."""
        best = _best(counts, top)
        (found,) = self.engine.fetch(best.agg(least=best.n.min(), size=best.count()))
        return int(found["least"]) if found["size"] == top else 1

    def _count_rows(self) -> Expression:
        """Return how many rows cite each record."""
        edges = self.source.citations
        edges = edges.filter(edges.citing != edges.cited)
        rows = edges.group_by("cited").agg(n=edges.count())
        if self.merges is None:
            return rows
        rows = rows.left_join(self.merges, rows.cited == self.merges.old)
        rows = rows.select(cited=rows.new.coalesce(rows.cited), n=rows.n)
        return rows.group_by("cited").agg(n=rows.n.sum().cast("int64"))

    def _pairs(self, targets: Expression) -> Expression:
        """Return the pairs of a citing and a cited record, and the intents of their rows."""
        names = targets.select(name=targets.cited, target=targets.cited)
        if self.merges is not None:
            old = self.merges.semi_join(targets, self.merges.new == targets.cited)
            names = names.union(old.select(name=old.old, target=old.new))
        edges = self.source.citations
        edges = edges.filter(edges.citing.notnull())
        edges = edges.inner_join(names, edges.cited == names.name)
        if self.roles:
            edges = edges.select(
                citing=edges.citing, cited=edges.target, **_roles(edges, self.source.source.roles)
            )
            roles = {name: edges[name].any() for name in self.roles}
            return edges.group_by("citing", "cited").agg(**roles)
        edges = edges.select(citing=edges.citing, cited=edges.target, part=edges.part)
        if self.source.dump.is_dated:
            edges = self._without_former(edges)
        if self.merges is not None:
            edges = edges.left_join(self.merges, edges.citing == self.merges.old)
            edges = edges.mutate(citing=edges.new.coalesce(edges.citing))
            if self.source.dump.gone is not None:
                edges = edges.filter(edges.citing != self.source.dump.gone)
        return edges.select("citing", "cited").distinct()

    def _without_former(self, edges: Expression) -> Expression:
        """Leave out the references of a record that is in a later partition, too."""
        works = self.source.works
        works = works.semi_join(edges, works.record == edges.citing)
        last = works.group_by("record").agg(last=works.part.max())
        return edges.semi_join(last, [edges.citing == last.record, edges.part == last.last])

    def _follow(self, merged: Expression) -> Expression:
        """Return the merged ids, and the final id of each.

        Each round looks twice as far ahead. Fewer ids are open each time, until only circles and
        the ids that lead into them are left. A round that has seen that many ids has gone all
        around, and knows the lowest id of each circle.
        """
        import ibis

        steps = _newest(merged, "into").select(old="record", new="into", least="record")
        left = -1
        for round_ in count():
            steps = self._write(steps, f"merges-{round_}")
            ahead = steps.select(place="old", next="new", below="least")
            ways = steps.left_join(ahead, steps.new == ahead.place)
            (found,) = self.engine.fetch(ways.agg(n=ways.place.count()))
            if found["n"] == 0 or (found["n"] == left and 2**round_ >= left):
                break
            left = found["n"]
            least = ibis.least(ways.least, ways.below.coalesce(ways.least))
            steps = ways.select(old=ways.old, new=ways.next.coalesce(ways.new), least=least)
        ends = ways.select(old=ways.old, new=ways.below.coalesce(ways.new))
        return self._write(ends, "merges")

    # -- facts ----------------------------------------------------------------------------

    def _read(self, ids: Expression) -> Expression:
        """Return the year of records, and their authors by the source's identifiers."""
        works = self.source.works
        works = works.semi_join(ids, "record")
        keys = works.authors.map(lambda author: author.key)
        year = _within(works.year, self.years)
        cells = works.select(record=works.record, part=works.part, year=year, people=keys)
        newest = _newest(cells, "year", "people")
        known = newest.people.filter(lambda person: person.notnull())
        return newest.select("record", "year", people=known)

    def _describe(self) -> Expression:
        """Return the source's description of the ranked records."""
        works = self.source.works
        works = works.semi_join(self.ranked, works.record == self.ranked.cited)
        cells = works.select(
            "record", "part", "title", "doi",
            publication_year=_within(works.year, self.years),
            n_stated=_within(works.n_citations, _COUNTS),
        )  # fmt: skip
        newest = _newest(cells, "publication_year", "title", "doi", "n_stated")
        return newest.drop("part").rename(cited="record")

    def _count_pairs(self) -> Expression:
        """Return how many cite each record, and with which intents."""
        pairs = self.pairs
        other = pairs.citing != pairs.cited
        counts = {f"n_{name}": pairs[name].sum(where=other) for name in self.roles}
        counts |= {"n_citing": other.sum(), "n_self_records": (~other).sum()}
        cells = {name: each.cast("int64") for name, each in counts.items()}
        return pairs.group_by("cited").agg(**cells)

    def _own_authors(self) -> Expression:
        """Return the authors of the ranked records, one a row."""
        records = self.records.semi_join(self.ranked, self.records.record == self.ranked.cited)
        return self._write(records.select("record", person=records.people.unnest()), "own")

    def _count_shared_authors(self, own: Expression) -> Expression:
        """Return how many records that cite each record share an author with it."""
        people = self.records.select("record", person=self.records.people.unnest())
        theirs = people.semi_join(own, "person")
        shared = self.others.inner_join(theirs, self.others.citing == theirs.record)
        shared = shared.semi_join(own, [shared.cited == own.record, shared.person == own.person])
        shared = shared.select("citing", "cited").distinct()
        return shared.group_by("cited").agg(n_shared_author=shared.count())

    def _count_years(self) -> Expression:
        """Return how many cite each record in each year, and how many of those have authors."""
        records = self.records
        cells = self.others.inner_join(records, self.others.citing == records.record)
        with_authors = (cells.people.length().fill_null(0) > 0).sum().cast("int64")
        return cells.group_by("cited", "year").agg(n=cells.count(), with_authors=with_authors)

    def _last_year(self) -> int:
        """Return the last year of the source's records."""
        works = self.source.works
        (found,) = self.engine.fetch(works.agg(year=_within(works.year, self.years).max()))
        return found["year"] or 0

    def _write(self, table: Expression, name: str) -> Expression:
        folder = os.path.join(self.scratch, name)
        os.makedirs(folder)
        self.engine.write(table, folder)
        return self.engine.read_parquet(parquet_files(folder))


def _best(counts: Expression, top: int) -> Expression:
    import ibis

    return counts.order_by(ibis.desc("n"), "cited").limit(top)


def _roles(edges: Expression, words: Mapping[str, str]) -> dict[str, Expression]:
    """Return the role of a citation by its rows, each true or false."""
    intents = edges.intents.filter(lambda each: each.notnull()).flatten()
    return {
        "labelled": _some(intents.filter(lambda intent: intent != "")),
        **{
            ours: intents.contains(theirs).fill_null(False)  # noqa: FBT003
            for theirs, ours in words.items()
        },
        "influential": edges.is_influential,
    }


def _some(items: Expression) -> Expression:
    return items.length().fill_null(0) > 0


def _newest(table: Expression, *others: str) -> Expression:
    """Return one row of each record: from its last partition, the first by the other columns."""
    import ibis

    order = [ibis.desc("part"), *others]
    table = table.mutate(place=ibis.row_number().over(group_by="record", order_by=order))
    return table.filter(table.place == 0).drop("place")


def _within(number: Expression, bounds: range) -> Expression:
    """Return a number, or null if it is out of bounds."""
    import ibis

    return ibis.ifelse(number.between(bounds[0], bounds[-1]), number, None)
