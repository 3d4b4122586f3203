"""The most cited works of a graph: how often, when, in what role and by whom."""

from __future__ import annotations

import datetime
import os
import warnings
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub import _atomic_folder
from citehub._parquet_files import open_parquet
from citehub._schema import Column, TableSchema
from citehub._text import either
from citehub.build.write import arrow_schema
from citehub.bulk.engines import parquet_files
from citehub.bulk.reader import open_dumps
from citehub.bulk.session import open_session, write_rejects
from citehub.bulk.store import check_room
from citehub.errors import BadArgument, BuildError
from citehub.sources.records import YEARS
from citehub.sources.registry import dumped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from citehub.bulk.dump_options import Dumps
    from citehub.bulk.engines import Engine
    from citehub.sources.dump_datasets import Expression
    from citehub.sources.source import Opened

    _Add = Callable[[list[dict[str, Any]]], None]  # rows to a table

_COUNTS: Final = range(2**31)
_ROW: Final = 100  # bytes that a citation takes while pairs are made of it, about
_MOST_STEPS: Final = 16  # each of which reads all citations
_PAIR: Final = 4  # bytes that it takes on the disk then, at least
_BUCKET: Final = 50  # bytes that a bucket takes in each thread, about
_BUCKETS_A_WORK: Final = 128  # of those that are sought: with fewer, more buckets can hold one
_MOST_BUCKETS: Final = 1 << 24
_BATCH: Final = 1000  # works that stand in memory at once, with their years
_ROLES: Final = ("labelled", "background", "method", "result", "influential")


def _key(name: str, kind: str, description: str) -> Column:
    return Column(name, kind, description, required=True)


_SOURCE: Final = _key("source_id", "string", "The source whose records and citations are counted.")
_RECORD: Final = _key("record_id", "string", "The record, as the source names it.")
_OF_INTENTS: Final = "; null where the source tells none. One citing record may have several."

MOST_CITED: Final = TableSchema(
    "most_cited",
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
MOST_CITED_YEARS: Final = TableSchema(
    "most_cited_years",
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
_TABLES: Final = (MOST_CITED, MOST_CITED_YEARS)
_FORMER: Final = ("canonical", "canonical_years")


class MostCited(NamedTuple):
    """The most cited works that were found.

    Attributes
    ----------
    folder : str
        ``most_cited.parquet`` in it holds the works, ``most_cited_years.parquet`` their citing
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


def find_most_cited(
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
    >>> from citehub.graph import Dumps, find_most_cited
    >>> works = [{"id": f"https://openalex.org/W{n}", "title": f"Lantern {n}"} for n in (1, 2)]
    >>> works[1]["referenced_works"] = [works[0]["id"]]
    >>> with tempfile.TemporaryDirectory() as home:
    ...     os.mkdir(os.path.join(home, "works"))
    ...     with open(os.path.join(home, "works", "part_000.jsonl"), "w") as file:
    ...         for work in works:
    ...             print(json.dumps(work), file=file)
    ...     made = find_most_cited(os.path.join(home, "most-cited"), Dumps(openalex=home), top=10)
    ...     path = os.path.join(made.folder, "most_cited.parquet")
    ...     pq.read_table(path)["record_id"].to_pylist()
    ['W1']
    """
    return _find(out, dumps, _TABLES, top, progress)


def find_canonical(
    out: str,
    dumps: Dumps,
    *,
    top: int = 1000,
    progress: Callable[[str], None] = lambda _step: None,
) -> MostCited:
    """Call `find_most_cited` by its former name; the tables have theirs, too."""
    message = "find_canonical is now called find_most_cited. Use that name."
    warnings.warn(message, DeprecationWarning, stacklevel=2)
    former = [replace(table, name=name) for table, name in zip(_TABLES, _FORMER, strict=True)]
    return _find(out, dumps, former, top, progress)


def _find(
    out: str,
    dumps: Dumps,
    tables: Sequence[TableSchema],
    top: int,
    progress: Callable[[str], None],
) -> MostCited:
    """Write tables of the most cited works and of their years."""
    if top < 1:
        raise BadArgument.of("top", top, "at least 1")
    if not dumps.folders:
        known = either([source.id for source in dumped()])
        raise BadArgument.of("dumps", dumps, f"one with a folder of {known}")
    target = os.path.abspath(out)
    _atomic_folder.check_free(target)
    notes: list[str] = []
    with open_session(dumps, target, progress) as (engine, store, scratch):
        sources = open_dumps(store, dumps, texts=False)
        with _atomic_folder.scratch_folder(target) as folder:
            with ExitStack() as stack:
                adding = []
                for table in tables:
                    path = os.path.join(folder, f"{table.name}.parquet")
                    adding.append(stack.enter_context(open_parquet(path, arrow_schema(table))))
                for source in sources:
                    progress(f"Count the citations in {source.source_id}")
                    home = os.path.join(scratch, source.source_id)
                    ranking = _Ranking(engine, source, home, top)
                    progress(f"Describe the most cited works in {source.source_id}")
                    ranking.add_rows(*adding)
                    notes += ranking.notes
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
        self.number = count()
        self.n_fitting = max(engine.memory // _ROW, 1)  # citations of which pairs are made at once
        fitting = engine.memory // engine.threads // _BUCKET
        n_buckets = min(fitting, _MOST_BUCKETS, max(_BUCKETS_A_WORK * top, _MOST_BUCKETS >> 4))
        self.n_buckets = 1 << n_buckets.bit_length() - 1
        year = source.last_year(datetime.datetime.now(tz=datetime.UTC).year)
        self.years = range(YEARS[0], min(year, YEARS[-1]) + 1)
        self.roles = _ROLES if source.source.roles else ()
        self.merges: Expression = None if source.merged is None else self._follow(source.merged)
        self.ranked, pairs = self._rank(top)
        self.pairs = pairs.semi_join(self.ranked, "cited")

    def add_rows(self, add_works: _Add, add_years: _Add) -> None:
        """Add the rows of `MOST_CITED` and of `MOST_CITED_YEARS`, of some records at a time."""
        works, years = self._facts()
        last = self._last_year()
        for start in count(1, _BATCH):
            ranked, found = (
                self.engine.fetch(table.filter(table["rank"].between(start, start + _BATCH - 1)))
                for table in (works, years)
            )
            if not ranked:
                break
            by_year: dict[int, dict[int, int]] = defaultdict(dict)
            for row in found:
                by_year[row["rank"]][row["year"]] = row["n"]
            its_years = []
            for row in sorted(ranked, key=itemgetter("rank")):
                name = self.source.dump.name_record(row["cited"])
                key = {"source_id": self.source.source_id, "record_id": name}
                row.update(key)
                n_of, own = by_year[row["rank"]], row["publication_year"]
                first = min(n_of if own is None else (own, *n_of), default=last + 1)
                its_years += [
                    {**key, "year": y, "n": n_of.get(y, 0)} for y in range(first, last + 1)
                ]
            add_works(ranked)
            add_years(its_years)

    def _nothing(self) -> BuildError:
        return BuildError(f"In {self.source.source_id}, no record cites another one.")

    # -- ranks ----------------------------------------------------------------------------

    def _rank(self, top: int) -> tuple[Expression, Expression]:
        """Return the records, and pairs of a citing and a cited record, each once.

        Buckets of records go from that with most rows on, as many at a time as fit into memory. A
        record has at most as many citing records as its bucket has rows. So when the rows of a
        bucket are less than the last of the best has citing records, no later one can hold any of
        them.
        """
        import ibis

        buckets = self._write(self._in_steps(self._buckets(), top), "buckets")
        self._check_room(buckets.filter(buckets.place < top))
        steps = self.engine.fetch(buckets.group_by("step").agg(most=buckets.most.max()))
        pairs: list[Expression] = []
        counts: list[Expression] = []
        least = 1
        for step, most in sorted((row["step"], row["most"]) for row in steps):
            if most < least:
                break
            chosen = buckets.filter((buckets.step == step) & (buckets.most >= least))
            pairs.append(self._write(self._pairs(chosen), f"pairs-{step}"))
            others = pairs[-1].filter(pairs[-1].citing != pairs[-1].cited)
            found = others.group_by("cited").agg(n=others.count())
            counts.append(self._write(_best(found, top), f"counts-{step}"))
            least = self._last_count(ibis.union(*counts), top)
        if not counts:
            raise self._nothing()
        best = _best(ibis.union(*counts), top)
        order = ibis.row_number().over(order_by=[ibis.desc("n"), "cited"])
        ranked = best.select("cited", rank=(order + 1).cast("int64"))
        return self._write(ranked, "ranked"), ibis.union(*pairs)

    def _buckets(self) -> Expression:
        """Return buckets of records: the rows that cite them, and the most of any one of them.

        The rows of a merged id are in its own bucket, those of the bucket of each former id come
        to what the record that it became has at most.
        """
        edges = self.source.citations
        edges = edges.filter(edges.citing != edges.cited)
        rows = self._count_rows(edges)
        if self.merges is None:
            return rows.mutate(most=rows.rows)
        former = self._without_deleted(self.merges, "new")
        former = former.select(record="new", bucket=self._bucket(former.old))
        former = former.inner_join(rows, "bucket")
        former = former.group_by("record").agg(rows=former.rows.sum())
        former = former.select(bucket=self._bucket(former.record), former="rows")
        former = former.group_by("bucket").agg(former=former.former.max())
        rows = rows.outer_join(former, "bucket")
        own = rows.rows.fill_null(0)
        most = (own + rows.former.fill_null(0)).cast("int64")
        return rows.select(bucket=rows.bucket.coalesce(rows.bucket_right), rows=own, most=most)

    def _count_rows(self, edges: Expression) -> Expression:
        """Return how many citations each bucket has, without those of deleted works."""
        edges = edges.mutate(bucket=self._bucket(edges.cited))
        if self.source.dump.gone is None:
            return edges.group_by("bucket").agg(rows=edges.count())
        is_gone = edges.cited == self.source.dump.gone
        if self.merges is not None:
            gone = self.merges.filter(self.merges.new == self.source.dump.gone)
            edges = edges.left_join(gone.select("old"), edges.cited == gone.old)
            is_gone = (edges.cited == self.source.dump.gone) | edges.old.notnull()
        rows = edges.group_by("bucket").agg(rows=(~is_gone).sum(), gone=is_gone.sum())
        rows = self._write(rows.cast({"rows": "int64", "gone": "int64"}), "rows")
        self._note_deleted(rows)
        return rows.drop("gone")

    def _bucket(self, record: Expression) -> Expression:
        """Return the bucket of a record."""
        import ibis

        kind = str(record.type())
        number = ibis.udf.scalar.builtin(_hash, name="hash", signature=((kind,), "int64"))
        return (number(record) & (self.n_buckets - 1)).cast("int32")

    def _in_steps(self, buckets: Expression, top: int) -> Expression:
        """Give each bucket the step in which it is looked at: first those with most rows.

        The rows of a step fit into memory, unless one bucket alone has more, or a sixteenth of all
        citations is more: there are at most 16 steps. What does not fit goes to the disk.
        """
        import ibis

        buckets = self._write(buckets, "in-no-order")
        (found,) = self.engine.fetch(buckets.agg(rows=buckets.rows.sum()))
        self.n_fitting = max(self.n_fitting, int(found["rows"] or 0) // _MOST_STEPS)
        order = [ibis.desc("most"), "bucket"]
        buckets = buckets.mutate(
            place=ibis.row_number().over(order_by=order),
            until=buckets.rows.sum().over(ibis.cumulative_window(order_by=order)).cast("int64"),
        )
        full = (buckets.until - buckets.rows) // self.n_fitting
        step = full + (buckets.place >= 2 * top).cast("int64")
        return buckets.select("bucket", "rows", "most", "place", step=step.cast("int64"))

    def _check_room(self, best: Expression) -> None:
        """Refuse a disk that cannot hold the pairs of the buckets with most rows."""
        (found,) = self.engine.fetch(best.agg(rows=best.rows.sum()))
        what = f"To find the most cited works in {self.source.source_id}"
        check_room(self.scratch, _PAIR * int(found["rows"] or 0), what)

    def _note_deleted(self, found: Expression) -> None:
        """Note how many references name the record of deleted works, which is left out."""
        (row,) = self.engine.fetch(found.agg(n=found.gone.sum()))
        if row["n"]:
            name = self.source.dump.name_record(self.source.dump.gone)
            self.notes.append(
                f"{self.source.source_id}: {name}, its record of deleted works, is left out; "
                f"{int(row['n']):,} references name it."
            )

    def _last_count(self, counts: Expression, top: int) -> int:
        """Return the count of the last of the best, or 1 if there are fewer."""
        best = _best(counts, top)
        (found,) = self.engine.fetch(best.agg(least=best.n.min(), size=best.count()))
        return int(found["least"]) if found["size"] == top else 1

    def _pairs(self, chosen: Expression) -> Expression:
        """Return the pairs of records and those of some buckets, and the intents of their rows."""
        edges = self.source.citations
        edges = edges.filter(edges.citing.notnull())
        if self.merges is None:
            edges = self._in_buckets(self._without_deleted(edges, "cited"), chosen)
        else:
            edges = self._in_buckets(edges, self._with_former(chosen))
            edges = self._renamed(edges, "cited")
            edges = self._in_buckets(edges, chosen)
            name = f"named-{next(self.number)}"
            edges = self._write(edges, name)  # as each join with all merged ids fills the memory
        if self.roles:
            edges = edges.select("citing", "cited", **_roles(edges, self.source.source.roles))
            roles = {name: edges[name].any() for name in self.roles}
            return edges.group_by("citing", "cited").agg(**roles)
        if self.source.dump.is_dated:
            edges = self._without_former(edges)
        if self.merges is not None:
            edges = self._renamed(edges, "citing")
        return edges.select("citing", "cited").distinct()

    def _in_buckets(self, edges: Expression, buckets: Expression) -> Expression:
        """Return the citations of records in some buckets."""
        edges = edges.mutate(bucket=self._bucket(edges.cited))
        return edges.semi_join(buckets, "bucket").drop("bucket")

    def _with_former(self, buckets: Expression) -> Expression:
        """Add the buckets of former ids of the records in some buckets."""
        former = self.merges.mutate(bucket=self._bucket(self.merges.new))
        former = former.semi_join(buckets, "bucket")
        return buckets.select("bucket").union(former.select(bucket=self._bucket(former.old)))

    def _renamed(self, edges: Expression, side: str) -> Expression:
        """Replace merged ids on one side by what they became, and leave out deleted works."""
        edges = edges.left_join(self.merges, edges[side] == self.merges.old)
        edges = edges.mutate(**{side: edges.new.coalesce(edges[side])}).drop("old", "new")
        return self._without_deleted(edges, side)

    def _without_deleted(self, edges: Expression, side: str) -> Expression:
        """Leave out the record of deleted works on one side."""
        gone = self.source.dump.gone
        return edges if gone is None else edges.filter(edges[side] != gone)

    def _without_former(self, edges: Expression) -> Expression:
        """Leave out the references of a record that is in a later partition, too."""
        works = self.source.works
        works = works.semi_join(edges, works.record == edges.citing)
        last = works.group_by("record").agg(last=works.part.max())
        return edges.semi_join(last, [edges.citing == last.record, edges.part == last.last])

    def _follow(self, merged: Expression) -> Expression:
        """Return the merged ids, and the final id of each.

        Each round looks twice as far ahead, for those that are open. Fewer are open each time,
        until only circles and the ids that lead into them are left. A round that has seen that
        many ids has gone all around, and knows the lowest id of each circle.
        """
        import ibis

        steps = _newest(merged, "into").select(old="record", new="into", least="record")
        steps = self._write(steps, "merges")
        ended: list[Expression] = []
        left = -1
        for round_ in count():
            ahead = ibis.union(steps, *ended).select(place="old", next="new", below="least")
            ways = steps.left_join(ahead, steps.new == ahead.place)
            (found,) = self.engine.fetch(ways.agg(n=ways.place.count()))
            if found["n"] == 0 or (found["n"] == left and 2**round_ >= left):
                break
            left = found["n"]
            ended.append(
                self._write(steps.anti_join(ahead, steps.new == ahead.place), f"ended-{round_}")
            )
            ways = ways.filter(ways.place.notnull())
            least = ibis.least(ways.least, ways.below)
            steps = ways.select(old=ways.old, new=ways.next, least=least)
            steps = self._write(steps, f"open-{round_}")
        ways = ways.select(old=ways.old, new=ways.below.coalesce(ways.new), least=ways.least)
        ends = ibis.union(ways, *ended).select("old", "new")
        return self._write(ends, "ends")

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

    def _facts(self) -> tuple[Expression, Expression]:
        """Return the columns of works, and their citing records by year, each with the rank."""
        import ibis

        totals = self._write(self._count_pairs(), "totals")
        (found,) = self.engine.fetch(totals.agg(n=totals.n_citing.sum()))
        if not found["n"]:
            raise self._nothing()
        parts = zip(*self._in_parts(int(found["n"])), strict=True)
        by_year, shared = (ibis.union(*tables) for tables in parts)
        known = by_year.filter(by_year.year.notnull())
        years = known.group_by("cited", "year").agg(n=known.n.sum())
        years = years.inner_join(self.ranked, "cited").order_by("rank")
        works = self.ranked
        for table in (
            self._describe(),
            totals,
            by_year.group_by("cited").agg(n_with_authors=by_year.n_with_authors.sum()),
            shared.group_by("cited").agg(n_shared_author=shared.n_shared_author.sum()),
            known.group_by("cited").agg(n_dated=known.n.sum()),
        ):
            works = works.left_join(table, "cited").drop("cited_right")
        zero = dict.fromkeys(("n_with_authors", "n_shared_author", "n_dated"), 0)
        works = works.fill_null(zero).order_by("rank")
        return self._write(works, "works"), self._write(years, "years")

    def _in_parts(self, size: int) -> Iterator[tuple[Expression, Expression]]:
        """Yield counts by year and of shared authors for parts of pairs that fit into memory."""
        others = self.pairs.filter(self.pairs.citing != self.pairs.cited)
        n_parts = 1 + size // self.n_fitting
        for part in range(n_parts):
            mine = others.filter(self._bucket(others.citing) % n_parts == part)
            ids = mine.select(record="citing").union(self.ranked.select(record="cited"))
            records = self._write(self._read(ids), f"records-{part}")
            own = records.semi_join(self.ranked, records.record == self.ranked.cited)
            yield (
                self._write(_count_years(mine, records, own), f"years-{part}"),
                self._write(_count_shared_authors(mine, records, own), f"shared-{part}"),
            )

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


def _hash(record: Any) -> int:
    """Represent the SQL function of this name."""
    raise NotImplementedError(record)


def _best(counts: Expression, top: int) -> Expression:
    import ibis

    return counts.order_by(ibis.desc("n"), "cited").limit(top)


def _count_shared_authors(others: Expression, records: Expression, own: Expression) -> Expression:
    """Return how many records that cite each record share an author with it."""
    people = records.select("record", person=records.people.unnest())
    own = own.select("record", person=own.people.unnest())
    theirs = people.semi_join(own, "person")
    shared = others.inner_join(theirs, others.citing == theirs.record)
    shared = shared.semi_join(own, [shared.cited == own.record, shared.person == own.person])
    shared = shared.select("citing", "cited").distinct()
    return shared.group_by("cited").agg(n_shared_author=shared.count())


def _count_years(others: Expression, records: Expression, own: Expression) -> Expression:
    """Return how many cite each record in each year, and where both have authors."""
    cells = others.inner_join(records, others.citing == records.record)
    cells = cells.select("cited", "year", is_known=_some(cells.people))
    own = own.filter(_some(own.people)).select(known="record")
    cells = cells.left_join(own, cells.cited == own.known)
    both = (cells.is_known & cells.known.notnull()).sum().cast("int64")
    return cells.group_by("cited", "year").agg(n=cells.count(), n_with_authors=both)


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
