"""How dumps are found and read: however a path is written, what lies beside, what is missing."""

from __future__ import annotations

import datetime
import gzip
import json
import os
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import citehub
from citehub._atomic_folder import hashes
from citehub.bulk.dump_options import absolute
from citehub.bulk.engines import parquet_files
from citehub.bulk.engines.duckdb import DuckDB
from citehub.bulk.store import Store
from citehub.errors import SourceError, UnknownWork
from citehub.graph import Dumps, find_canonical, new_hub
from citehub.sources.layout import find_date
from citehub.sources.openalex import find_openalex
from citehub.sources.opencitations import find_opencitations
from citehub.sources.semantic_scholar import find_s2

from .dumps import CREATED, SMALL, copy_small, make


def work(number: int, *cited: int | str, **more: object) -> dict[str, object]:
    """A work of OpenAlex that cites others, by number or as they are spelt."""
    spelt = [f"https://openalex.org/W{each}" if isinstance(each, int) else each for each in cited]
    return {
        "id": f"https://openalex.org/W{number}", "title": f"Lantern {number}",
        "publication_year": 2020, "referenced_works": spelt, **more,
    }  # fmt: skip


def put(path: Path, *works: dict[str, object]) -> Path:
    """Write a partition."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(f"{json.dumps(each)}\n" for each in works).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def snapshot(folder: Path, ending: str = "jsonl") -> Path:
    """Write a snapshot of three works, one of which takes back that it cites the first."""
    works = folder / "works"
    put(works / "updated_date=2026-01-01" / f"part_0000.{ending}", work(1), work(2, 1), work(3, 1))
    put(works / "updated_date=2026-02-01" / f"part_0000.{ending}", work(2))
    return folder


def announce(works: Path, **counts: tuple[int, int]) -> dict[str, object]:
    """Return what a manifest announces of partitions, by their dates: bytes and records."""
    at = "s3://openalex/data/jsonl/works"
    files = [
        {"url": f"{at}/updated_date={date.replace('_', '-')}/part_0000.gz",
         "meta": {"content_length": n_bytes, "record_count": n}}
        for date, (n_bytes, n) in counts.items()
    ]  # fmt: skip
    return {"date": "2026-02-02", "format": "jsonl", "entity": "works", "files": files}


def citing(out: Path, folder: str | Path, asked: str = "openalex:W1", **how: object) -> set[str]:
    """Make a hub of a work from a snapshot, and return the records that cite it."""
    made = new_hub(asked, str(out), Dumps(openalex=str(folder), **how), created=CREATED)
    return {row["record_id"] for row in citehub.load(made.folder).citation_sources}


# -- however a path is written -----------------------------------------------------------------

SPELLINGS = [
    "dump", "./dump", "dump/", "dump//works/..", "../here/dump", "dump/works", "dump/works/",
    "link", "works-link", "file:dump", "file:{here}/dump", "file://{here}/dump", "~/here/dump",
    "{here}/dump",
]  # fmt: skip


LINES = (
    b'{"id":"https://openalex.org/W1","title":"One"}\n'
    b'{"id":"W2","title":"Two","referenced_works":["https://openalex.org/W9"]}\n'
)
MERGED = b"merge_date,id,merge_into_id\n2026-01-01,W9,W1\n"


def put_bytes(path: Path, data: bytes) -> Path:
    """Write a file, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "named",
    ["", "works", "works/updated_date=2026-01-05", "works/updated_date=2026-01-05/a.jsonl"],
)
def test_a_folder_of_partitions_or_one_partition_may_be_named(tmp_path, named):
    one = LINES.replace(b"W9", b"W1")
    path = put_bytes(tmp_path / "dump" / "works" / "updated_date=2026-01-05" / "a.jsonl", one)
    assert citing(tmp_path / "hub", tmp_path / "dump" / named) == {"W2"}
    (path.parent / "manifest.json").write_text("[]", encoding="utf-8")
    found = find_openalex(str(path.parent))["works"]
    assert found.paths == (str(path),)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("*.gz", "no such folder; name the folder itself"),
        ("works/manifest.json", "there is a file"),
    ],
)
def test_what_is_no_dump_is_told(tmp_path, named, said):
    put_bytes(tmp_path / "works" / "manifest.json", b"{}")
    with pytest.raises(SourceError, match=said):
        citing(tmp_path / "hub", tmp_path / named)


def test_of_two_copies_the_one_that_holds_partitions_is_read(tmp_path):
    put_bytes(tmp_path / "data" / "parquet" / "works" / "manifest.json", b'{"files":[]}')
    path = put_bytes(tmp_path / "data" / "jsonl" / "works" / "part_0000.jsonl", LINES)
    assert find_openalex(str(tmp_path))["works"].paths == (str(path),)


@pytest.mark.parametrize(
    ("name", "data", "note"),
    [
        ("2026.csv", MERGED, ""),
        ("2026.csv", MERGED.replace(b"merge_date,", b"").replace(b"2026-01-01,", b""), ""),
        ("manifest.json", b"{}", "holds no CSV: what was merged is not known."),
        ("part_0000.jsonl", b"{}", "holds no CSV: what was merged is not known."),
    ],
)
def test_merged_ids_of_any_kind_end_no_run(tmp_path, name, data, note):
    refs = b'"W9","W1"]' if note else b'"https://openalex.org/W9"]'
    put_bytes(
        tmp_path / "d" / "works" / "a.jsonl", LINES.replace(b'"https://openalex.org/W9"]', refs)
    )
    put_bytes(tmp_path / "d" / "merged_ids" / "works" / name, data)
    made = new_hub("openalex:W1", str(tmp_path / "hub"), Dumps(openalex=str(tmp_path / "d")))
    assert (made.n_citing, len(made.notes)) == (1, bool(note))
    assert all(each.endswith(note) for each in made.notes)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_path_may_be_written_in_any_way(tmp_path, monkeypatch, spelling):
    """All lead to the same files, by paths that name them wherever one stands."""
    here = tmp_path / "here"
    dump = snapshot(here / "dump")
    (here / "link").symlink_to(dump)
    (here / "works-link").symlink_to(dump / "works")
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(tmp_path))
    dumps = Dumps(openalex=spelling.format(here=here))
    monkeypatch.chdir(tmp_path)
    paths = find_openalex(dumps.folders["openalex"])["works"].paths
    assert all(map(os.path.isabs, paths))
    assert [os.path.realpath(path) for path in paths] == sorted(map(str, dump.rglob("*.jsonl")))


@pytest.mark.parametrize("ending", ["jsonl", "gz"])
def test_a_hub_is_made_where_paths_are_links_and_relative_ones(tmp_path, monkeypatch, ending):
    (tmp_path / "works-link").symlink_to(snapshot(tmp_path / "dump", ending) / "works")
    monkeypatch.chdir(tmp_path)
    assert citing("out", "works-link") == {"W3"}


NAMES = [
    "a b", "a'b", 'a"b', "a[1]", "[a]", "a*", "a?", "a**b", "{a,b}", "a\\b", "a%20b",
    "ä 数学", "#a", "a;b", "-a", "~", "file:a", "a=b", "updated_date=2020-01-01", "a&b", "$a",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "ending"),
    [(name, ending) for name in NAMES for ending in ("jsonl", "gz")
     if re.search(r"[*?\[%#;\\]", name) or len(name) % 2 == (ending == "gz")],
)  # fmt: skip
def test_a_folder_and_a_file_may_have_any_name(tmp_path, duck, name, ending):
    here = tmp_path / name
    dump = snapshot(here / "dump", ending)
    for number, path in enumerate(sorted(dump.rglob(f"part_0000.{ending}"))):
        path.rename(path.with_name(f"{number} {name.strip('~-')}.{ending}"))
    for twin in ("a", "a1", "ab", "axb", "b"):  # which a pattern would take for it
        if twin != name:
            put(tmp_path / twin / "dump" / "works" / f"0.{ending}", work(9, 1))
    kept = tmp_path if "\\" in name else here  # in a folder of such a name DuckDB cannot write
    for number in range(2):  # and from what was kept
        store = Store(duck, str(kept / "kept"), print)
        table = store.table(find_openalex(str(dump))["works"])
        out = kept / f"out {number}"
        out.mkdir()
        duck.write(table, str(out))
        written = duck.read_parquet(parquet_files(str(out)))
        found = [(row["record"], row["refs"], row["part"]) for row in duck.fetch(written)]
        assert sorted(found, key=repr) == [(1, [], 0), (2, [1], 0), (2, [], 1), (3, [1], 0)]


@pytest.mark.parametrize("name", ["a'b", "a[1]*", "{a,b} 数学 #%20;$a", 'a"b?'])
def test_a_hub_is_made_in_folders_of_any_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(snapshot(tmp_path / name / "dump", "gz").parent)
    assert citing(Path("out"), "dump", cache="kept") == {"W3"}


def test_all_ways_to_write_a_path_give_the_same_release(tmp_path, monkeypatch):
    small = copy_small(tmp_path)
    for path in small.rglob("part_000.gz"):
        path.with_suffix(".jsonl").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    monkeypatch.chdir(tmp_path)
    found = []
    for number, folder in enumerate((Path("small"), small)):
        made = make(tmp_path / str(number), "openalex", "s2", "opencitations", small=folder)
        found.append((hashes(made.release), Path(made.rejects).read_bytes()))
    assert found[0] == found[1]


def test_links_are_followed_and_none_goes_in_a_circle(tmp_path):
    far = snapshot(tmp_path / "far")
    works = tmp_path / "dump" / "works"
    works.mkdir(parents=True)
    for folder in (far / "works").iterdir():
        (works / folder.name).symlink_to(folder)
    (works / "updated_date=2026-01-01" / "up").symlink_to(works)
    assert len(find_openalex(str(works)).pop("works").paths) == 2
    assert citing(tmp_path / "out", works.parent) == {"W3"}


def test_a_path_that_is_there_as_it_is_written_is_that_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("~", "file:a"):
        (tmp_path / name).mkdir()
        assert absolute(name) == str(tmp_path / name)
    assert absolute("file:///a%20b/c") == "/a b/c"
    assert absolute(Path("x")) == str(tmp_path / "x")
    assert Dumps(openalex="x", cache="").folders == {"openalex": str(tmp_path / "x")}


def test_rows_of_a_file_that_was_not_asked_for_end_the_query(tmp_path, duck, monkeypatch):
    path = put(tmp_path / "part.jsonl", work(1))
    read = duck._backend.read_json
    monkeypatch.setattr(
        duck._backend, "read_json", lambda names, **how: read([str(path), *names], **how)
    )
    other = put(tmp_path / "other.jsonl", work(2))
    with pytest.raises(Exception, match="an unexpected file"):
        duck.fetch(duck.read_json({str(other): 0}, {"id": "string"}))


# -- what was kept -----------------------------------------------------------------------------


def test_what_was_kept_is_not_taken_for_another_dump_of_the_same_names_sizes_and_dates(tmp_path):
    cache = str(tmp_path / "kept")
    for name, other in (("one", 3), ("two", 4)):
        dump = tmp_path / name
        for path in snapshot(dump).rglob("*.jsonl"):
            path.write_bytes(path.read_bytes().replace(b"W3", b"W%d" % other))
            os.utime(path, ns=(0, 0))
        assert citing(tmp_path / f"hub-{name}", dump, cache=cache) == {f"W{other}"}
    shutil.rmtree(tmp_path / "one")
    (tmp_path / "two").rename(tmp_path / "one")  # in the place of the first
    assert citing(tmp_path / "hub-moved", tmp_path / "one", cache=cache) == {"W4"}


@pytest.mark.parametrize("how", ["written over", "replaced"])
def test_what_was_kept_does_not_outlive_a_file_of_the_same_size_and_date(tmp_path, how):
    dump, cache = snapshot(tmp_path / "dump"), str(tmp_path / "kept")
    assert citing(tmp_path / "before", dump, cache=cache) == {"W3"}
    path = dump / "works" / "updated_date=2026-01-01" / "part_0000.jsonl"
    stat, data = path.stat(), path.read_bytes().replace(b"W3", b"W5")
    if how == "replaced":
        other = tmp_path / "other"
        other.write_bytes(data)
        other.replace(path)
    else:
        path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)
    assert citing(tmp_path / "after", dump, cache=cache) == {"W5"}


def test_files_that_change_while_they_are_read_end_the_run_and_leave_nothing(
    tmp_path, monkeypatch
):
    dump, cache = snapshot(tmp_path / "dump"), tmp_path / "kept"
    write = DuckDB.write

    def change(self, table, folder):
        write(self, table, folder)
        put(dump / "works" / "updated_date=2026-02-01" / "part_0000.jsonl", work(7, 1))

    with monkeypatch.context() as patch:
        patch.setattr(DuckDB, "write", change)
        with pytest.raises(SourceError, match="files changed while they were read"):
            citing(tmp_path / "hub", dump, cache=str(cache))
    assert not (tmp_path / "hub").exists()
    assert list(cache.rglob("*.parquet")) == []
    assert citing(tmp_path / "hub", dump, cache=str(cache)) == {"W2", "W3", "W7"}


def test_two_archives_of_one_name_are_both_read(tmp_path):
    small = copy_small(tmp_path)
    meta = small / "opencitations" / "meta"
    (meta / "2026").mkdir()
    shutil.copy(meta / "meta.zip", meta / "2026" / "meta.zip")
    again = make(tmp_path / "again", "opencitations", small=small)
    once = make(tmp_path / "once", "opencitations")
    tables = ("works", "citations", "work_ids")
    for name in tables:
        assert list(citehub.load(again.folder).table(name)) == list(
            citehub.load(once.folder).table(name)
        )


# -- what lies beside the partitions -----------------------------------------------------------

BESIDE = [
    "manifest", "manifest.json", "works_manifest.json", "MANIFEST.json.gz", "README.md",
    "README.json", "LICENSE", "license.json", "LICENCE.txt", "RELEASE_NOTES.txt",
    "release_notes.json", "SHA256SUMS", "sha256sums.json", "MD5SUMS.gz", "checksums.json",
    "_SUCCESS", "_SUCCESS.gz", "._part_0000.gz", ".part_0000.gz.crc", "metadata.json",
    "schema.json", "part_0000.gz.sha256", "part_0000.gz.md5", "deleted_ids.csv",
    "deleted_ids.csv.gz", ".hidden/part_0000.gz", "_temporary/part_0000.gz",
    "__MACOSX/part_0000.gz",
]  # fmt: skip


@pytest.mark.parametrize("source", ["openalex/works", "s2/papers", "s2/citations"])
@pytest.mark.parametrize("name", BESIDE)
def test_what_lies_beside_is_no_partition(tmp_path, source, name):
    find = {"openalex": find_openalex, "s2": find_s2}[source.partition("/")[0]]
    small = copy_small(tmp_path)
    dataset = small / source
    found = find(str(dataset.parent))[dataset.name]
    path = dataset / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b'{"files":[]}' if "anifest" in name else b"\x00 no partition")
    again = find(str(dataset.parent))[dataset.name]
    assert (again.paths, again.partial) == (found.paths, ())


@pytest.mark.parametrize(
    "name", ["README.csv", "manifest.json", "_x.csv", "checksums.csv", "a.gz"]
)
def test_what_lies_beside_tables_is_none(tmp_path, name):
    small = copy_small(tmp_path)
    folder = str(small / "opencitations")
    found = find_opencitations(folder)["index"]
    (small / "opencitations" / "index" / name).write_text("no,table\n", encoding="utf-8")
    assert find_opencitations(folder)["index"].paths == found.paths


@pytest.mark.parametrize(
    "name", ["part_0001.gz.part", "part_0001.gz.6eF4dAb1", "part_0001.jsonl.bz2", "x.json.zst",
             "part_0001.parquet.crdownload", "works.tar.gz", "works.zip"],
)  # fmt: skip
def test_what_is_not_whole_or_packed_in_another_way_is_told(run, tmp_path, name):
    dump = snapshot(tmp_path / "dump")
    (dump / "works" / name).write_bytes(b"PK")
    out = str(tmp_path / "hub")
    code, said, message = run("new", "openalex:W1", "--openalex", str(dump), "--out", out)
    assert (code, said.decode()) == (3, f"{out}\n")
    assert f"not a finished partition, so not read: {name}." in " ".join(message.split())


# -- what a manifest announces -----------------------------------------------------------------


def say(run, tmp_path: Path, dump: Path) -> tuple[int, str]:
    """Make a hub; return the exit code and the messages in one line."""
    code, _, message = run(
        "new", "openalex:W1", "--openalex", str(dump), "--out", str(tmp_path / "hub"),
        "--created", "2026-03-01",
    )  # fmt: skip
    return code, " ".join(message.split())


def sized(dump: Path) -> dict[str, tuple[int, int]]:
    """Return what is there of a snapshot: bytes and records by date."""
    return {
        path.parent.name.removeprefix("updated_date=").replace("-", "_"): (
            path.stat().st_size, len(gzip.decompress(path.read_bytes()).splitlines())
        )
        for path in dump.rglob("*.gz")
    }  # fmt: skip


def write_manifest(dump: Path, content: object, name: str = "works/manifest.json") -> None:
    (dump / name).write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("form", ["own", "of all", "of old"])
def test_where_all_is_as_it_is_announced_nothing_is_said(run, tmp_path, form):
    dump = snapshot(tmp_path / "dump", "gz")
    content = announce(dump, **sized(dump))
    if form == "own":
        write_manifest(dump, content)
    elif form == "of all":
        other = {"entity": "authors", "files": [{"url": "s3://x/authors/part.gz"}]}
        write_manifest(dump, {"date": "2026-02-02", "entities": [other, content]}, "manifest.json")
    else:
        write_manifest(dump, {"entries": content["files"], "meta": {}}, "works/manifest")
    code, message = say(run, tmp_path, dump)
    assert code == 0
    assert message.startswith("1 citing work. Look at it with")
    assert "announce" not in message


def test_a_file_that_is_announced_and_not_there_is_told(run, tmp_path):
    dump = snapshot(tmp_path / "dump", "gz")
    write_manifest(dump, announce(dump, **sized(dump), **{"2026_01_20": (99, 7)}))
    code, message = say(run, tmp_path, dump)
    assert code == 3
    assert (
        "openalex works: 1 of 3 files that manifest.json of 2026-02-02 announces is not there, "
        "with 7 records: updated_date=2026-01-20/part_0000.gz."
    ) in message


def test_a_file_that_is_there_and_not_announced_is_read_and_told(run, tmp_path):
    dump = snapshot(tmp_path / "dump", "gz")
    counts = sized(dump)
    del counts["2026_02_01"]
    write_manifest(dump, announce(dump, **counts))
    code, message = say(run, tmp_path, dump)
    assert code == 0
    assert message.startswith("1 citing work")
    assert "1 of 2 files are not announced by manifest.json of 2026-02-02" in message


@pytest.mark.parametrize("again", [False, True])
def test_another_number_of_records_than_announced_is_told(run, tmp_path, again):
    dump = snapshot(tmp_path / "dump", "gz")
    counts = sized(dump)
    counts["2026_01_01"] = (counts["2026_01_01"][0], 4)
    write_manifest(dump, announce(dump, **counts))
    if again:  # from what was kept
        citing(tmp_path / "other", dump, cache=str(tmp_path / "kept"))
    code, _, message = run(
        "new", "openalex:W1", "--openalex", str(dump), "--out", str(tmp_path / "hub"),
        "--cache", str(tmp_path / "kept"),
    )  # fmt: skip
    assert code == 3
    assert "part_0000.gz: 3 rows were read, but 4 are announced." in " ".join(message.split())


def test_another_size_than_announced_is_told_and_counts_where_records_do_not(run, tmp_path):
    dump = snapshot(tmp_path / "dump", "gz")
    counts = sized(dump)
    counts["2026_01_01"] = (counts["2026_01_01"][0] + 1, 3)
    content = announce(dump, **counts)
    write_manifest(dump, content)
    code, message = say(run, tmp_path, dump)
    size = counts["2026_01_01"][0]
    assert code == 0
    assert (
        "the size of 1 of 2 files is not the one that manifest.json of 2026-02-02 announces: "
        f"updated_date=2026-01-01/part_0000.gz has {size - 1:,} bytes, not {size:,}."
    ) in message
    for each in content["files"]:
        del each["meta"]["record_count"]
    write_manifest(dump, content)
    shutil.rmtree(tmp_path / "hub")
    assert say(run, tmp_path, dump)[0] == 3


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"files":[{}]}', '{"files":3}', "\x00"])
def test_a_manifest_that_is_none_is_told_and_the_dump_is_read(run, tmp_path, text):
    dump = snapshot(tmp_path / "dump", "gz")
    (dump / "works" / "manifest.json").write_text(text, encoding="utf-8")
    code, message = say(run, tmp_path, dump)
    assert code == 0
    assert "manifest.json: cannot be read as a manifest" in message


def test_the_date_of_a_dump_is_the_manifests_or_that_of_its_newest_partition(tmp_path):
    dump = snapshot(tmp_path / "dump", "gz")

    def date_of(find, folder):
        return find_date(str(folder), find(str(folder)).values())

    assert date_of(find_openalex, dump) == datetime.date(2026, 2, 1)
    write_manifest(dump, announce(dump, **sized(dump)))
    assert date_of(find_openalex, dump) == datetime.date(2026, 2, 2)
    assert date_of(find_s2, SMALL / "s2") is None


def test_of_two_copies_one_is_read_and_named(run, tmp_path):
    snapshot(tmp_path / "dump" / "data" / "jsonl", "gz")
    snapshot(tmp_path / "dump" / "legacy-data", "gz")
    code, message = say(run, tmp_path, tmp_path / "dump")
    assert code == 0
    data = tmp_path / "dump" / "data" / "jsonl" / "works"
    assert f"openalex works: {data} is read, and not {tmp_path}/dump/legacy-data/works" in message


# -- files that break off ----------------------------------------------------------------------


def test_a_file_that_breaks_off_is_partial_and_says_how_much_was_read(run, tmp_path):
    dump = tmp_path / "dump"
    works = [work(n, 1, title=os.urandom(30).hex()) for n in range(2, 400)]
    path = put(dump / "works" / "part_0000.gz", work(1), *works)
    path.write_bytes(path.read_bytes()[:-2000])
    code, message = say(run, tmp_path, dump)
    assert code == 3
    n = len(citehub.load(str(tmp_path / "hub") + "/").citation_sources)
    assert 300 < n < 399
    assert "Some sources could only be read in part, so something may be missing" in message
    assert f"{path}: {n + 1:,} rows were read; it breaks off at line {n + 2:,} (" in message


@pytest.mark.parametrize("command", ["canonical", "hubs"])
@pytest.mark.parametrize("damage", ["cut", "empty", "gone", "no gz"])
def test_every_command_ends_with_the_code_of_a_part(run, tmp_path, command, damage):
    dump = snapshot(tmp_path / "dump", "gz")
    path = dump / "works" / "updated_date=2026-02-01" / "part_0000.gz"
    data = path.read_bytes()
    path.unlink()
    if damage == "gone":
        path.symlink_to(tmp_path / "nowhere")
    else:
        path.write_bytes({"cut": data[:30], "empty": b"", "no gz": b"no gz"}[damage])
    words = ["--openalex", str(dump), "--out", str(tmp_path / "out")]
    if command == "hubs":
        (tmp_path / "ids.txt").write_text("openalex:W1\n", encoding="utf-8")
        words += ["--works", str(tmp_path / "ids.txt")]
    for _ in range(2):  # and where it is there already
        code, _, message = run("graph", command, *words)
        assert code == 3, message
        assert f"{path}: no row was read; it breaks off at line 1" in " ".join(message.split())
        if command == "canonical":
            break


def test_a_hub_that_cannot_be_made_counts_more_than_a_part(run, tmp_path):
    dump = snapshot(tmp_path / "dump", "gz")
    (dump / "works" / "updated_date=2026-02-01" / "part_0000.gz").write_bytes(b"")
    (tmp_path / "ids.txt").write_text("openalex:W1\nopenalex:W99\n", encoding="utf-8")
    words = ["--works", str(tmp_path / "ids.txt"), "--out", str(tmp_path / "out")]
    assert run("graph", "hubs", "--openalex", str(dump), *words)[0] == 1


def test_a_broken_line_is_told_and_the_file_is_whole(run, tmp_path):
    dump = snapshot(tmp_path / "dump")
    path = dump / "works" / "updated_date=2026-02-01" / "part_0000.jsonl"
    path.write_bytes(b"{\n" + path.read_bytes())
    code, message = say(run, tmp_path, dump)
    assert code == 0
    assert "Some lines could not be read" in message


@pytest.mark.parametrize("name", ["s2/citations/part_000.gz", "opencitations/index/index.csv"])
def test_files_of_every_source_that_break_off_are_partial(tmp_path, name):
    small = copy_small(tmp_path)
    path = small / name
    path.write_bytes(path.read_bytes()[: -40 if name.endswith("gz") else -100])
    made = make(tmp_path / "hub", name.partition("/")[0], small=small)
    assert [each.partition(":")[0] for each in made.partial] == [str(path)]
    assert make(tmp_path / "whole", "s2", "opencitations").partial == ()


# -- the record of deleted works ---------------------------------------------------------------

SINK = 4285719527


def deleted(folder: Path) -> Path:
    """Write a snapshot in which most cite the record of deleted works, which cites, too."""
    works = [work(n, SINK, *([1] if n < 12 else [])) for n in range(10, 15)]
    put(folder / "works" / "part_0000.gz", work(1), work(SINK, 1, title="Deleted Work"), *works)
    return folder


def test_the_record_of_deleted_works_is_not_ranked_and_does_not_cite(run, tmp_path):
    words = ["--openalex", str(deleted(tmp_path / "dump")), "--out", str(tmp_path / "out")]
    code, _, message = run("graph", "canonical", "--top", "1", *words)
    assert code == 0
    assert f"W{SINK}, its record of deleted works, is left out" in message
    assert "5 references name it" in " ".join(message.split())
    rows = pq.read_table(tmp_path / "out" / "canonical.parquet").to_pylist()
    assert [(row["record_id"], row["n_citing"]) for row in rows] == [("W1", 2)]
    assert citing(tmp_path / "hub", tmp_path / "dump") == {"W10", "W11"}
    assert citing(tmp_path / "by-title", tmp_path / "dump", "Lantern 1") == {"W10", "W11"}


def test_what_was_merged_into_the_record_of_deleted_works_is_deleted(tmp_path):
    dump = deleted(tmp_path / "dump")
    put(dump / "works" / "part_0001.gz", work(20, 30), work(21, 30), work(22, 30))
    merged = dump / "merged_ids" / "works" / "2026.csv"
    merged.parent.mkdir(parents=True)
    merged.write_text(
        f"merge_date,id,merge_into_id\n2026-01-01,W30,W{SINK}\n2026-01-01,W10,W{SINK}\n"
    )
    made = find_canonical(str(tmp_path / "out"), Dumps(openalex=str(dump)))
    rows = pq.read_table(Path(made.folder) / "canonical.parquet").to_pylist()
    assert [(row["record_id"], row["n_citing"]) for row in rows] == [("W1", 1)]
    assert "8 references name it" in made.notes[0]
    for asked in (f"openalex:W{SINK}", "openalex:W30"):
        with pytest.raises(UnknownWork, match=f"OpenAlex deleted {asked}"):
            citing(tmp_path / "hub", dump, asked)
    with pytest.raises(UnknownWork, match="No source that was read has the work 'Deleted Work'"):
        citing(tmp_path / "hub", dump, "Deleted Work")


# -- years in the future -----------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["works/updated_date=2025-03-01", "works"])
def test_years_in_the_future_are_not_known_and_stretch_nothing(tmp_path, folder):
    dump, newest = tmp_path / "dump", 2026 if "2025" in folder else CREATED.year + 1
    years = {2: newest, 3: newest + 1, 4: 2099, 5: 2020}
    stated = [{"year": year, "cited_by_count": 3} for year in (2020, 2099)]
    works = [work(n, 1, publication_year=year) for n, year in years.items()]
    first = work(1, cited_by_count=9, counts_by_year=stated)
    put(dump / folder / "part_0000.gz", first, *works)
    made = new_hub(
        "openalex:W1", str(tmp_path / "hub"), Dumps(openalex=str(dump)), created=CREATED
    )
    hub = citehub.load(made.folder)
    found = {row["work_id"]: row["publication_year"] for row in hub.works}
    assert [found[f"openalex:W{n}"] for n in years] == [newest, None, None, 2020]
    assert max(row["year"] for row in hub.citation_years) == newest
    rejects = Path(made.rejects).read_text(encoding="utf-8")
    assert "openalex W4,0,the year 2099 is in the future" in rejects
    assert "W2," not in rejects


def test_the_ranking_ends_with_the_year_after_the_dump(tmp_path):
    dump = tmp_path / "dump"
    works = [work(n, 1, publication_year=year) for n, year in ((2, 2021), (3, 2099))]
    put(dump / "works" / "updated_date=2025-03-01" / "part_0000.gz", work(1), *works)
    made = find_canonical(str(tmp_path / "out"), Dumps(openalex=str(dump)))
    years = pq.read_table(Path(made.folder) / "canonical_years.parquet").to_pylist()
    assert [(row["year"], row["n"]) for row in years] == [(2020, 0), (2021, 1)]
    (row,) = pq.read_table(Path(made.folder) / "canonical.parquet").to_pylist()
    assert (row["n_citing"], row["n_dated"]) == (2, 1)


def test_an_entry_of_a_list_with_a_year_in_the_future_keeps_all_but_the_year(tmp_path):
    bib = tmp_path / "citing.bib"
    entry = "@article{{{},title={{Lamp {}}},year={{{}}},doi={{10.5555/{}}}}}\n"
    text = "".join(entry.format(n, n, year, n) for n, year in (("a", 2020), ("b", 2099)))
    bib.write_text(text, encoding="utf-8")
    made = new_hub("10.5555/a", str(tmp_path / "hub"), Dumps(), citing=str(bib), created=CREATED)
    hub = citehub.load(made.folder)
    assert hub.work("doi:10.5555/b").published is None
    assert "the year 2099 is in the future" in Path(made.rejects).read_text(encoding="utf-8")


# -- how references are spelt ------------------------------------------------------------------

REFERENCES = [
    "W1", "w1", "works/W1", "https://openalex.org/W1", "http://openalex.org/W1",
    "https://openalex.org/w1", "HTTPS://OPENALEX.ORG/W1", "openalex.org/W1",
    "https://www.openalex.org/W1", "https://openalex.org/works/W1",
    "https://api.openalex.org/works/W1", "https://openalex.org/W1/", "W0001",
]  # fmt: skip


@pytest.mark.parametrize("asked", ["openalex:W1", "10.5555/one"])
@pytest.mark.parametrize("others", [[], ["https://openalex.org/W7", None, "A1", "W12"]])
def test_references_may_be_spelt_in_any_way(tmp_path, asked, others):
    dump = tmp_path / "dump"
    works = [work(n, spelt, *others) for n, spelt in enumerate(REFERENCES, 100)]
    no = [
        work(n, *others, spelt) for n, spelt in enumerate(("W11", "A1", "xW1", "W", "", "1"), 50)
    ]
    first = work(1, doi="https://doi.org/10.5555/one")
    put(dump / "works" / "part_0000.gz", first, *works, *no)
    found = citing(tmp_path / "hub", dump, asked)
    assert found == {f"W{n}" for n, _ in enumerate(REFERENCES, 100)}


def test_ids_of_records_may_be_spelt_in_any_way(tmp_path):
    dump = tmp_path / "dump"
    put(
        dump / "works" / "part_0000.gz",
        work(1, id="w1"), work(2, 1, id="W2"), work(3, 1, id="http://openalex.org/W3"),
        work(4, 1, id="https://api.openalex.org/works/W4"), work(5, 1, id="A5"),
    )  # fmt: skip
    assert citing(tmp_path / "hub", dump) == {"W2", "W3", "W4"}
    assert citing(tmp_path / "by-title", dump, "Lantern 1") == {"W2", "W3", "W4"}
    ids = {row["work_id"] for row in citehub.load(f"{tmp_path / 'hub'}/").work_ids}
    assert ids == {f"openalex:W{n}" for n in (1, 2, 3, 4)}
