"""A hub that was made from dumps is made again from its folder alone, byte for byte."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from citehub.build import build_release
from citehub.graph import Dumps, new_hub
from tests.graph.dumps import CREATED, SOURCES, WORK, copy_small, dumps_of
from tests.graph.test_columns import NEWER, OLDER, as_columns, as_lines


def files_of(folder: str | Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def rebuild(made, dump: Path, out: Path) -> None:
    """Build the release again, without the dump, and compare."""
    shutil.move(dump, dump.with_name("away"))
    again = files_of(build_release(made.folder, "1.0.0", out=out).folder)
    first = files_of(made.release)
    assert again.keys() == first.keys()
    assert [name for name in first if first[name] != again[name]] == []


def plain(small: Path) -> None:
    """Unpack JSON Lines, as a person may have done."""
    for path in small.rglob("*.gz"):
        if ".csv" not in path.name:
            path.with_suffix(".jsonl").write_bytes(gzip.decompress(path.read_bytes()))
            path.unlink()


def in_another_partition(small: Path) -> None:
    """Put works into a partition of their own, and name one twice in another."""
    (one,) = (small / "openalex" / "works").glob("updated_date=2026-01-05")
    later = one.with_name("updated_date=2026-03-05")
    shutil.copytree(one, later)


def cut_off(small: Path) -> None:
    """Let partitions break off, so that only a part of the dump can be read."""
    for path in sorted(small.rglob("part_000.gz")):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) - 9])


CHANGES = {
    "as they come": lambda _: None,
    "plain": plain,
    "a third partition": in_another_partition,
    "cut off": cut_off,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_hubs_of_dumps_and_lists_are_made_again(tmp_path, change):
    small = copy_small(tmp_path)
    change(small)
    bib = str(small / "citing.bib")
    made = new_hub(
        WORK, str(tmp_path / "hub"), dumps_of(*SOURCES, small=small), citing=bib, created=CREATED
    )
    rebuild(made, small, tmp_path / "again")


@pytest.mark.parametrize(
    ("asked", "sources"),
    [
        ("openalex:W9900000001", ["openalex"]),
        ("openalex:W9900000009", ["openalex", "s2"]),  # which was merged into it
        ("openalex:W9900000002", ["openalex"]),  # which is its preprint
        ("The Paper Lantern Model", ["openalex", "opencitations"]),
        ("s2:990000001", ["s2", "opencitations"]),
        ("arxiv:9912.00001", ["opencitations", "s2", "openalex"]),
    ],
)
def test_hubs_are_made_again_however_their_work_was_asked_for(tmp_path, asked, sources):
    small = copy_small(tmp_path)
    dumps = dumps_of(*sources, small=small)
    made = new_hub(asked, str(tmp_path / "hub"), dumps, created=CREATED)
    rebuild(made, small, tmp_path / "again")


@pytest.mark.parametrize("asked", ["openalex:W1", "T1", "pmid:123"])
@pytest.mark.parametrize("is_parquet", [False, True])
def test_hubs_of_lines_and_of_columns_are_made_again(tmp_path, asked, is_parquet):
    dump = as_lines(tmp_path / "lines", OLDER, NEWER)
    if is_parquet:
        dump = as_columns(tmp_path / "columns", dump)
    dumps = Dumps(openalex=str(dump), threads=1)
    made = new_hub(asked, str(tmp_path / "hub"), dumps, created=CREATED)
    rebuild(made, dump, tmp_path / "again")


def test_a_hub_that_read_a_cache_is_made_again(tmp_path):
    small = copy_small(tmp_path)
    dumps = dumps_of(*SOURCES, small=small, cache=str(tmp_path / "kept"))
    new_hub("doi:10.5555/bright.1", str(tmp_path / "other"), dumps, created=CREATED)
    made = new_hub(WORK, str(tmp_path / "hub"), dumps, created=CREATED)
    shutil.rmtree(tmp_path / "kept")
    rebuild(made, small, tmp_path / "again")
