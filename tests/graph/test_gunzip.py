"""Files in gz, as DuckDB gets them: every byte once, in a frame that others can read, too."""

from __future__ import annotations

import gzip
import os
import random

import duckdb
import ibis
import pyarrow as pa
import pytest

from citehub.bulk.engines import CannotRead
from citehub.bulk.engines.duckdb import DuckDB, _errors
from citehub.bulk.engines.gunzip import GunzipFile, GunzipFiles

BLOCK = 128 << 10  # bytes, the largest that a Zstandard frame may have
CHANCE = random.Random(5)


def frame(path, size=BLOCK + 3):
    file = GunzipFile(os.fspath(path))
    parts = [*iter(lambda: file.read(size), b"")]
    file.close()
    assert all(len(part) <= size for part in parts)
    return b"".join(parts)


def unpack(packed):
    return pa.input_stream(pa.BufferReader(packed), compression="zstd").read()


@pytest.mark.parametrize("n", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 77])
@pytest.mark.parametrize("size", [5000, BLOCK + 3, 1 << 20])
def test_it_is_a_zstandard_frame_of_what_was_packed(tmp_path, n, size):
    text = CHANCE.randbytes(n)
    path = tmp_path / "lines.gz"
    path.write_bytes(gzip.compress(text))
    assert unpack(frame(path, size)) == text


def test_members_one_behind_the_other_are_one_text(tmp_path):
    path = tmp_path / "lines.gz"
    path.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n") + bytes(512))
    assert unpack(frame(path)) == b"one\ntwo\n"


def test_it_can_be_read_again_from_its_begin_only(tmp_path):
    path = tmp_path / "lines.gz"
    path.write_bytes(gzip.compress(b"one\n"))
    file = GunzipFile(os.fspath(path))
    first = file.read(1000) + file.read(1000)
    file.seek(0)
    assert file.read(1000) + file.read(1000) == first
    with pytest.raises(CannotRead, match="from its begin"):
        file.seek(3)


PACKED = gzip.compress(CHANCE.randbytes(3 * BLOCK), mtime=0)


@pytest.mark.parametrize(
    "damaged",
    [
        PACKED[:-9],
        PACKED[:BLOCK],
        PACKED[:5],
        PACKED[:-8] + b"0000" + PACKED[-4:],  # the sum over all bytes is another
        PACKED[:12] + b"\xff" * 40 + PACKED[52:],
        PACKED + b"what is this",
        b"no gz at all",
    ],
)
def test_what_is_damaged_is_refused(tmp_path, damaged):
    path = tmp_path / "lines.gz"
    path.write_bytes(damaged)
    with pytest.raises(CannotRead):
        frame(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    path = os.fspath(tmp_path / "lines.gz")
    with pytest.raises(CannotRead, match="No such file"):
        GunzipFiles().open(GunzipFiles.address(path))


@pytest.mark.parametrize(
    "said",
    [
        "CannotRead: It breaks off.",  # DuckDB 1
        "Traceback (most recent call last):\n  ...\nCannotRead: It breaks off.",  # DuckDB 2
    ],
)
def test_what_python_says_is_known_again_in_what_duckdb_says(said):
    with pytest.raises(CannotRead, match=r"^It breaks off\.$"), _errors():
        raise duckdb.Error(said)


def test_other_errors_of_duckdb_stay_what_they_are():
    with pytest.raises(duckdb.Error, match="of another kind"), _errors():
        raise duckdb.Error("of another kind")


def test_an_engine_is_free_for_work_as_it_opens(tmp_path):
    engine = DuckDB(1 << 30, 2, str(tmp_path))
    assert engine.fetch(ibis.range(1).unnest().name("n").as_table()) == [{"n": 0}]
    assert engine.batch == 8
    engine.close()


def test_nothing_is_drawn_into_the_output_of_what_takes_seconds(tmp_path):
    engine = DuckDB(1 << 30, 2, str(tmp_path))
    asked = engine._backend.raw_sql("SELECT current_setting('enable_progress_bar')")
    assert asked.fetchall() == [(False,)]
    engine.close()


def test_each_file_is_unpacked_once_and_never_by_duckdb(tmp_path, monkeypatch):
    text = b'{"key": "1", "text": "' + b"x" * 1000 + b'"}\n'
    parts = {}
    for number in range(3):
        path = tmp_path / f"lines [{number}] *.gz"
        path.write_bytes(gzip.compress(text * 1000))
        parts[os.fspath(path)] = number
    opened, n_read = [], 0

    class Counted(GunzipFile):
        def __init__(self, path):
            opened.append(path)
            super().__init__(path)

        def read(self, size):
            nonlocal n_read
            given = super().read(size)
            n_read += len(given)
            return given

    monkeypatch.setattr("citehub.bulk.engines.gunzip.GunzipFile", Counted)
    engine = DuckDB(1 << 30, 2, os.fspath(tmp_path))
    table = engine.read_json(parts, {"key": "string", "text": "string"})
    table = table.group_by("part").agg(n=table.count()).order_by("part")
    assert engine.fetch(table) == [{"part": number, "n": 1000} for number in range(3)]
    engine.close()
    assert sorted(opened) == sorted(parts)
    assert len(text) * 3000 < n_read < len(text) * 3000 * 1.001
