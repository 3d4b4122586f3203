"""Partitions are read once, some at a time; what cannot be read is told again by later runs."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from citehub.bulk import store as module
from citehub.bulk.engines import CannotRead
from citehub.bulk.engines.duckdb import DuckDB
from citehub.bulk.store import REJECTS, Store
from citehub.errors import BuildError, SourceError
from citehub.sources.layout import Files
from citehub.sources.records import Reject
from citehub.sources.semantic_scholar import PAPERS, TLDRS

from .make_small_dumps import pack, to_lines

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = "{"


@pytest.fixture
def engine(tmp_path) -> DuckDB:
    engine = DuckDB(0, 1, str(tmp_path))
    engine.batch = 2
    yield engine
    engine.close()


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The names of the partitions that the engine reads, in order."""
    found: list[str] = []
    read = DuckDB.read_json

    def note(self, parts, fields):
        found.extend(map(os.path.basename, parts))
        return read(self, parts, fields)

    monkeypatch.setattr(DuckDB, "read_json", note)
    return found


def partition(folder: Path, number: int, *more: str) -> str:
    """Write a partition of two rows, and of other lines after the first."""
    first, last = ({"corpusid": 10 * number + n, "text": f"Text {n}"} for n in (1, 2))
    path = folder / "dump" / f"part_{number}.gz"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pack(to_lines([first, *more, last])))
    return str(path)


def files(folder: Path, *paths: str) -> Files:
    return Files(TLDRS, str(folder / "dump"), paths)


def read(engine: DuckDB, store: Store, found: Files) -> list[tuple[int, int]]:
    """Return the records of a dataset, each with its partition."""
    rows = engine.fetch(store.table(found))
    return sorted((row["record"], row["part"]) for row in rows)


def test_a_disk_that_cannot_hold_the_rest_is_told_after_the_first(tmp_path, engine, monkeypatch):
    paths = [partition(tmp_path, n) for n in range(6)]
    free = shutil.disk_usage(tmp_path)._replace(free=0)
    kept = str(tmp_path / "kept")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: free)
        with pytest.raises(BuildError, match=r"The rest of s2 tldrs takes at least .*--cache"):
            read(engine, Store(engine, kept, print), files(tmp_path, *paths))
    assert len(os.listdir(tmp_path / "kept" / "s2" / "tldrs")) == 1  # is not read again
    assert len(read(engine, Store(engine, kept, print), files(tmp_path, *paths))) == 12


def test_all_partitions_are_read_some_at_a_time_and_numbered(tmp_path, engine, reads):
    paths = [partition(tmp_path, n) for n in range(5)]
    said: list[str] = []
    store = Store(engine, str(tmp_path / "kept"), said.append)
    found = read(engine, store, files(tmp_path, *paths))
    assert found == [(10 * n + row, n) for n in range(5) for row in (1, 2)]
    assert store.rejects == {"s2 tldrs": []}
    assert reads == [f"part_{n}.gz" for n in range(5)]
    assert [text.partition(",")[0] for text in said] == [
        "Read s2 tldrs: 1 to 2 of 5 partitions",
        "Read s2 tldrs: 3 to 4 of 5 partitions",
        "Read s2 tldrs: 5 to 5 of 5 partitions",
    ]
    kept = sorted(os.listdir(tmp_path / "kept" / "s2" / "tldrs"))
    assert [name[:7] for name in kept] == ["000000-", "000002-", "000004-"]


def test_a_broken_partition_among_good_ones_is_read_line_by_line(tmp_path, engine, reads):
    paths = [partition(tmp_path, 0), partition(tmp_path, 1, BROKEN, "[]", ""),
             partition(tmp_path, 2)]  # fmt: skip
    store = Store(engine, str(tmp_path / "kept"), lambda _: None)
    found = read(engine, store, files(tmp_path, *paths))
    assert found == [(1, 0), (2, 0), (11, 1), (12, 1), (21, 2), (22, 2)]
    assert [(each.path, each.line) for each in store.rejects["s2 tldrs"]] == [
        (paths[1], 2), (paths[1], 3),
    ]  # fmt: skip
    assert reads == [
        "part_0.gz", "part_1.gz",  # together, which fails; then each by itself
        "part_0.gz", "part_1.gz", "kept.json.gz",
        "part_2.gz",
    ]  # fmt: skip
    left = [path.name for path in (tmp_path / "kept").rglob("*") if path.is_file()]
    assert {name.rpartition(".")[2] for name in left} == {"parquet", "json"}


def test_what_was_read_is_not_read_again_and_its_rejects_are_told_again(tmp_path, engine, reads):
    paths = [partition(tmp_path, 0, BROKEN), partition(tmp_path, 1), partition(tmp_path, 2)]
    first = Store(engine, str(tmp_path / "kept"), lambda _: None)
    found = read(engine, first, files(tmp_path, *paths))
    reads.clear()
    said: list[str] = []
    again = Store(engine, str(tmp_path / "kept"), said.append)
    assert read(engine, again, files(tmp_path, *paths)) == found
    assert (reads, said) == ([], [])
    assert again.rejects == first.rejects
    assert [each.line for each in again.rejects["s2 tldrs"]] == [2]
    assert isinstance(again.rejects["s2 tldrs"][0], Reject)


def test_a_partition_that_changed_is_read_again_with_its_batch_alone(tmp_path, engine, reads):
    paths = [partition(tmp_path, n) for n in range(4)]
    read(engine, Store(engine, str(tmp_path / "kept"), lambda _: None), files(tmp_path, *paths))
    reads.clear()
    partition(tmp_path, 3, '{"corpusid":99}')
    store = Store(engine, str(tmp_path / "kept"), lambda _: None)
    assert (99, 3) in read(engine, store, files(tmp_path, *paths))
    assert reads == ["part_2.gz", "part_3.gz"]


def test_a_partition_of_the_same_size_that_is_newer_is_read_again(tmp_path, engine, reads):
    path, kept = partition(tmp_path, 0), str(tmp_path / "kept")
    read(engine, Store(engine, kept, lambda _: None), files(tmp_path, path))
    reads.clear()
    os.utime(path, ns=(0, os.stat(path).st_mtime_ns + 1_000_000))
    read(engine, Store(engine, kept, lambda _: None), files(tmp_path, path))
    assert reads == ["part_0.gz"]


def test_a_run_that_ends_in_mid_batch_keeps_the_batches_before(
    tmp_path, engine, reads, monkeypatch
):
    paths = [partition(tmp_path, n) for n in range(4)]
    write, calls = DuckDB.write, []

    def stop(self, table, folder):
        calls.append(folder)
        if len(calls) == 2:
            raise KeyboardInterrupt
        write(self, table, folder)

    monkeypatch.setattr(DuckDB, "write", stop)
    store = Store(engine, str(tmp_path / "kept"), lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        store.table(files(tmp_path, *paths))
    assert len(os.listdir(tmp_path / "kept" / "s2" / "tldrs")) == 1
    reads.clear()
    assert len(read(engine, store, files(tmp_path, *paths))) == 8
    assert reads == ["part_2.gz", "part_3.gz"]


def test_a_partition_of_which_nothing_can_be_read_is_empty(tmp_path, engine):
    path = partition(tmp_path, 0)
    with open(path, "wb") as file:
        file.write(b"no gz")
    store = Store(engine, str(tmp_path / "kept"), lambda _: None)
    assert read(engine, store, files(tmp_path, path)) == []
    assert [each.line for each in store.rejects["s2 tldrs"]] == [1]


def test_lines_that_the_engine_still_refuses_end_the_run(tmp_path, engine, monkeypatch):
    def refuse(self, table, folder):
        raise CannotRead("It cannot.")

    monkeypatch.setattr(DuckDB, "write", refuse)
    path = partition(tmp_path, 0)
    store = Store(engine, str(tmp_path / "kept"), lambda _: None)
    with pytest.raises(SourceError, match=r"part_0.gz: cannot be read"):
        store.table(files(tmp_path, path))
    assert list((tmp_path / "kept").rglob(REJECTS)) == []


# -- how far it is ----------------------------------------------------------------------------


class Clock:
    """A clock that goes as it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.5, "4 rows a second, 0 s left"),
        (2, "1 rows a second, 2 s left"),
        (100, "0 rows a second, 1 min 40 s left"),
        (7200, "0 rows a second, 2 h 0 min left"),
    ],
)
def test_progress_tells_rows_a_second_and_the_time_left(
    tmp_path, engine, monkeypatch, seconds, said
):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    engine.batch = 1
    write = DuckDB.write

    def slow(self, table, folder):
        clock.now += seconds
        write(self, table, folder)

    monkeypatch.setattr(DuckDB, "write", slow)
    paths = [partition(tmp_path, n) for n in range(2)]
    shutil.copy(*paths)  # of one size
    told: list[str] = []
    read(engine, Store(engine, str(tmp_path / "kept"), told.append), files(tmp_path, *paths))
    assert told == [
        "Read s2 tldrs: 1 to 1 of 2 partitions",
        f"Read s2 tldrs: 2 to 2 of 2 partitions, {said}",
    ]


def test_partitions_that_were_read_before_do_not_count_as_fast(tmp_path, engine, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    engine.batch = 1
    paths = [partition(tmp_path, n) for n in range(4)]
    kept = str(tmp_path / "kept")
    read(engine, Store(engine, kept, lambda _: None), files(tmp_path, *paths[:2]))
    told: list[str] = []
    write = DuckDB.write

    def slow(self, table, folder):
        clock.now += 10
        write(self, table, folder)

    monkeypatch.setattr(DuckDB, "write", slow)
    read(engine, Store(engine, kept, told.append), files(tmp_path, *paths))
    assert told == [
        "Read s2 tldrs: 3 to 3 of 4 partitions",
        "Read s2 tldrs: 4 to 4 of 4 partitions, 0 rows a second, 10 s left",
    ]


@pytest.mark.parametrize(("kind", "acl"), [("string", "7"), ("int64", 7)])
def test_of_structs_in_parquet_only_the_fields_that_are_needed_are_read(
    tmp_path, engine, kind, acl
):
    kinds = dict.fromkeys(("MAG", "DOI", "ArXiv", "PubMed", "PubMedCentral"), "string")
    kinds |= {"CorpusId": "int64", "ACL": kind}
    ids = pa.struct({name: pa.type_for_alias(each) for name, each in kinds.items()})
    people = pa.list_(pa.struct({"authorId": pa.string(), "name": pa.string(), "n": pa.int64()}))
    table = pa.table(
        {
            "corpusid": pa.array([1]),
            "externalids": pa.array([{"CorpusId": 5, "DOI": "10.1000/A", "ACL": acl}], ids),
            "authors": pa.array([[{"authorId": "a", "name": "Ada", "n": 9}]], people),
            **dict.fromkeys(("title", "venue", "publicationdate"), pa.array(["text"])),
            **dict.fromkeys(("year", "citationcount"), pa.array([2020])),
        }
    )
    path = str(tmp_path / "papers.parquet")
    pq.write_table(table, path)
    found = Store(engine, str(tmp_path / "kept"), print).table(
        Files(PAPERS, str(tmp_path), (path,))
    )
    (row,) = engine.fetch(found.select("record", "doi", "acl", "authors"))
    author = {"name": "Ada", "orcid": None, "key": "a"}
    assert row == {"record": 1, "doi": "10.1000/a", "acl": "7", "authors": [author]}
    plan = engine._backend.raw_sql(f"EXPLAIN {ibis.to_sql(found.select('doi'))}").fetchall()[0][1]
    assert "externalids.DOI" in plan
    assert "externalids.CorpusId" not in plan
