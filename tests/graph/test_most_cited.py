"""The most cited works of a graph: right by hand, and row for row as counted in plain Python."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from citehub.bulk import session
from citehub.errors import BadArgument, BuildError, TargetExists
from citehub.graph import Dumps, find_canonical, most_cited
from citehub.graph.most_cited import MOST_CITED, MOST_CITED_YEARS, find_most_cited

if TYPE_CHECKING:
    from collections.abc import Callable

    from citehub.bulk.engines import Engine

MAKE_DUMP = Path(__file__).parents[2] / "benchmarks" / "make_dump.py"
ROLES = ("n_labelled", "n_background", "n_method", "n_result", "n_influential")


def read(folder: Path | str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    works, years = (
        pq.read_table(Path(folder) / f"{name}.parquet").to_pylist()
        for name in ("most_cited", "most_cited_years")
    )
    return works, years


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


# -- by hand ------------------------------------------------------------------------------


def openalex_work(
    number: int, year: int | None, authors: list[int | None], references: list[int]
) -> dict[str, Any]:
    ids = [each and f"https://openalex.org/A{each}" for each in authors]
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.5555/X{number}",
        "title": f"Title {number}",
        "publication_year": year,
        "authorships": [{"author": {"id": each}, "raw_author_name": "Somebody"} for each in ids],
        "referenced_works": [f"https://openalex.org/W{each}" for each in references],
        "cited_by_count": 100 + number,
    }


OPENALEX_WORKS = {
    "updated_date=2026-01-01": [
        openalex_work(1, 2000, [11, 12], [1]),  # cites itself
        openalex_work(2, 2001, [13], []),
        openalex_work(3, 2001, [11], [1, 101, 2]),  # work 1 twice, once as it was before
        openalex_work(4, 2001, [19], [1, 2]),
        openalex_work(8, 2004, [19], [2, 7]),  # stands in the later partition again
        openalex_work(301, 2004, [19], [9]),  # was merged into 8
    ],
    "updated_date=2026-02-01": [
        openalex_work(5, 2004, [], [102, 2]),
        openalex_work(6, None, [13], [1, 2, 7]),
        openalex_work(7, 2003, [None], [202, 207, 1010]),  # merged in circles
        openalex_work(8, 2005, [19], [9]),
        openalex_work(9, 2006, [19, 20], [10, 10]),
        openalex_work(10, 2007, [], [110]),  # itself, as it was before
        openalex_work(11, 99999, [], [10]),
    ],
}
CIRCLE = [202, 203, 204, 205, 206, 201, 202]
MERGES = [(101, 102), (102, 1), (301, 8), (1010, 1010), (110, 10), *pairwise(CIRCLE), (207, 206)]


def write_openalex(folder: Path) -> None:
    for name, works in OPENALEX_WORKS.items():
        write_lines(folder / "works" / name / "part_000.gz", works)
    merged = folder / "merged_ids" / "works" / "2026-01-15.csv.gz"
    merged.parent.mkdir(parents=True)
    lines = [f"2026-01-15,W{old},W{new}\n" for old, new in MERGES]
    merged.write_bytes(gzip.compress("".join(["merge_date,id,merge_into_id\n", *lines]).encode()))


OPENALEX_ROWS = [  # record, n_citing, n_self_records, n_with_authors, n_shared_author, n_dated
    ("W1", 4, 1, 3, 1, 3),  # 3, 4, 5, 6; 5 has no authors; 3 shares 11; 6 has no year
    ("W2", 4, 0, 3, 1, 3),  # 3, 4, 5, 6, as the newer record of 8 does not cite it
    ("W10", 2, 1, 0, 0, 1),  # 9, and 11, whose year is none, and itself by its former id
    ("W7", 1, 0, 0, 0, 0),  # 6; the author of 7 has no identifier
    ("W9", 1, 0, 1, 1, 1),  # 8, which 301 is, too
    ("W201", 1, 0, 0, 0, 1),  # 7, twice; of a circle, the least
    ("W1010", 1, 0, 0, 0, 1),  # 7; a circle of one
]
OPENALEX_YEARS = {
    "W1": (2000, [0, 2, 0, 0, 1, 0, 0, 0]),
    "W2": (2001, [2, 0, 0, 1, 0, 0, 0]),
    "W7": (2003, [0, 0, 0, 0, 0]),
    "W9": (2005, [1, 0, 0]),  # a year before its own
    "W10": (2006, [1, 0]),
    "W201": (2003, [1, 0, 0, 0, 0]),  # its own is not known
    "W1010": (2003, [1, 0, 0, 0, 0]),
}

S2_PAPERS = [
    {"corpusid": 1, "title": "One", "year": 2020, "citationcount": 9, "authors": []},
    {"corpusid": 2, "title": "", "year": None, "citationcount": 2**31},
    {
        "corpusid": 3,
        "externalids": {"DOI": "10.5555/ABC"},
        "year": 2021,
        "authors": [{"authorId": "7"}],
    },
    {"corpusid": 4, "year": 2022, "authors": [{"authorId": None}, {"authorId": "7"}]},
    {"corpusid": 5, "year": 2022, "authors": None},
]
S2_CITATIONS = [  # citing, cited, is influential, intents
    (3, 1, True, [["background"], None, []]),
    (3, 1, False, [["result"]]),
    (3, 1, None, None),
    (4, 1, None, [["methodology", "result"], ["background"]]),
    (1, 1, True, [["background"]]),
    (None, 1, True, [["background"]]),
    (3, None, True, [["background"]]),
    (3, 2, None, []),
    (4, 2, None, [[], None, [None], [""]]),
    (5, 2, None, [["another"]]),
    (4, 3, False, None),
]
S2_ROWS = [  # record, n_citing, n_self_records, the roles, n_with_authors, n_shared, n_dated
    ("2", 3, 0, 1, 0, 0, 0, None, 0, 0, 3),
    ("1", 2, 1, 2, 2, 1, 2, 1, 0, 0, 2),
    ("3", 1, 0, 0, 0, 0, 0, 0, 1, 1, 1),
]


def write_s2(folder: Path, *, as_parquet: bool) -> None:
    names = ("citingcorpusid", "citedcorpusid", "isinfluential", "intents")
    citations = [
        {"citationid": number, "contexts": None, **dict(zip(names, row, strict=True))}
        for number, row in enumerate(S2_CITATIONS)
    ]
    if not as_parquet:
        write_lines(folder / "papers" / "part_000.jsonl.gz", S2_PAPERS)
        write_lines(folder / "citations" / "part_000.jsonl.gz", citations)
        return
    ids = pa.struct([(name, pa.string()) for name in ("DOI", "ArXiv", "ACL")])
    people = pa.list_(pa.struct([("authorId", pa.string()), ("name", pa.string())]))
    papers_schema = pa.schema(
        [("corpusid", pa.int64()), ("externalids", ids), ("title", pa.string()),
         ("authors", people), ("venue", pa.string()), ("year", pa.int64()),
         ("publicationdate", pa.string()), ("citationcount", pa.int64())]
    )  # fmt: skip
    citations_schema = pa.schema(
        [("citationid", pa.int64()), ("citingcorpusid", pa.int64()), ("citedcorpusid", pa.int64()),
         ("isinfluential", pa.bool_()), ("contexts", pa.list_(pa.string())),
         ("intents", pa.list_(pa.list_(pa.string())))]
    )  # fmt: skip
    for name, rows, schema in (
        ("papers", S2_PAPERS, papers_schema),
        ("citations", citations, citations_schema),
    ):
        (folder / name).mkdir(parents=True)
        table = pa.Table.from_pylist(rows, schema=schema)
        pq.write_table(table, folder / name / "part_000.parquet")


def cells(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_openalex_by_hand(tmp_path: Path) -> None:
    check_openalex_by_hand(tmp_path, "duckdb")


def test_openalex_by_hand_on_spark(
    tmp_path: Path, spark: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "open_engine", lambda *_, **_how: spark)  # starts once
    monkeypatch.setattr(spark, "close", lambda: None)
    check_openalex_by_hand(tmp_path, "spark")


@pytest.fixture
def few_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put records into four buckets, each a step of its own, and write three works at a time."""
    monkeypatch.setattr(most_cited, "_BATCH", 3)
    monkeypatch.setattr(most_cited, "_MOST_BUCKETS", 4)
    monkeypatch.setattr(most_cited, "_ROW", 1 << 60)


@pytest.mark.usefixtures("few_buckets")
def test_openalex_by_hand_in_steps(tmp_path: Path) -> None:
    check_openalex_by_hand(tmp_path, "duckdb")


def test_steps_end_where_no_bucket_can_hold_any_of_the_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two records with two citing ones, which are looked at last, the lower is the second."""
    monkeypatch.setattr(most_cited, "_ROW", 1 << 60)
    rows = {20: [1, 2, 3], 30: [1, 1, 1, 1], 10: [1, 2], 5: [2, 3], 40: [1], 50: [2]}
    pairs = [(citing, cited) for cited, found in rows.items() for citing in found]
    write_s2(tmp_path / "s2", as_parquet=True)
    names = ("citingcorpusid", "citedcorpusid")
    table = pa.Table.from_pylist([dict(zip(names, pair, strict=True)) for pair in pairs])
    pq.write_table(table, tmp_path / "s2" / "citations" / "part_000.parquet")
    steps = []
    make_pairs = most_cited._Ranking._pairs

    def count(self: Any, chosen: Any) -> Any:
        steps.append(self.engine.fetch(chosen.select("most"))[0]["most"])
        return make_pairs(self, chosen)

    monkeypatch.setattr(most_cited._Ranking, "_pairs", count)
    find_most_cited(str(tmp_path / "out"), Dumps(s2=str(tmp_path / "s2")), top=2)
    works, _ = read(tmp_path / "out")
    assert cells(works, "record_id", "n_citing") == [("20", 3), ("5", 2)]
    assert steps == [4, 3, 2, 2]


def test_a_disk_that_cannot_hold_it_is_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_s2(tmp_path / "s2", as_parquet=True)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
    with pytest.raises(BuildError, match=r"takes at least .* are free there\..*--cache"):
        find_most_cited(str(tmp_path / "out"), Dumps(s2=str(tmp_path / "s2")))
    assert not (tmp_path / "out").exists()


def check_openalex_by_hand(tmp_path: Path, engine: str) -> None:
    write_openalex(tmp_path / "openalex")
    dumps = Dumps(openalex=str(tmp_path / "openalex"), engine=engine)
    folder = find_most_cited(str(tmp_path / "out"), dumps).folder
    works, years = read(folder)
    counts = ("n_citing", "n_self_records", "n_with_authors", "n_shared_author", "n_dated")
    assert cells(works, "record_id", *counts) == OPENALEX_ROWS
    assert cells(works, "rank", "source_id") == [(n, "openalex") for n in range(1, 8)]
    assert {row[name] for row in works for name in ROLES} == {None}
    about = ("title", "publication_year", "doi", "n_stated")
    assert cells(works, *about)[0] == ("Title 1", 2000, "10.5555/x1", 101)
    assert cells(works, *about)[-1] == (None, None, None, None)
    found = defaultdict(list)
    for row in years:
        found[row["record_id"]].append((row["year"], row["n"]))
    assert dict(found) == {
        record: list(enumerate(counts, first))
        for record, (first, counts) in OPENALEX_YEARS.items()
    }
    assert not (tmp_path / "out.reading").exists()


@pytest.mark.parametrize("as_parquet", [False, True])
def test_s2_by_hand(tmp_path: Path, *, as_parquet: bool) -> None:
    write_s2(tmp_path / "s2", as_parquet=as_parquet)
    folder = find_most_cited(str(tmp_path / "out"), Dumps(s2=str(tmp_path / "s2"))).folder
    works, years = read(folder)
    counts = ("n_with_authors", "n_shared_author", "n_dated")
    assert cells(works, "record_id", "n_citing", "n_self_records", *ROLES, *counts) == S2_ROWS
    assert cells(works, "title", "publication_year", "doi", "n_stated") == [
        (None, None, None, None),  # a count that is too great is not told
        ("One", 2020, None, 9),
        (None, 2021, "10.5555/abc", None),
    ]
    assert cells(years, "record_id", "year", "n") == [
        *[("2", 2021, 1), ("2", 2022, 2)],
        *[("1", 2020, 0), ("1", 2021, 1), ("1", 2022, 1)],
        *[("3", 2021, 0), ("3", 2022, 1)],
    ]


def test_top_is_by_citing_records_not_by_rows(tmp_path: Path) -> None:
    """The record with the most rows (1) has fewer citing records than another (2)."""
    write_s2(tmp_path / "s2", as_parquet=True)
    find_most_cited(str(tmp_path / "out"), Dumps(s2=str(tmp_path / "s2")), top=1)
    works, years = read(tmp_path / "out")
    assert cells(works, "rank", "record_id") == [(1, "2")]
    assert {row["record_id"] for row in years} == {"2"}


# -- counted in plain Python --------------------------------------------------------------


class Graph(NamedTuple):
    """What a source says; a pair's roles are those of its rows."""

    works: dict[Any, tuple[Any, Any, Any, Any]]  # title, year, doi, stated count
    people: dict[Any, set[str]]
    pairs: dict[tuple[Any, Any], set[str] | None]


def read_json(folder: Path) -> list[dict[str, Any]]:
    """Read the lines that are sound."""
    found = []
    for path in sorted(folder.rglob("*.gz")):
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict) and "Broken" not in line and row.get("citationid", 1):
                found.append(row)
    return found


def read_csv(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for path in sorted(folder.iterdir()):
        data = [path.read_bytes()]
        if path.suffix == ".gz":
            data = [gzip.decompress(data[0])]
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                data = [archive.read(name) for name in archive.namelist()]
        for each in data:
            found += csv.DictReader(io.StringIO(each.decode(), newline=""))
    return found


def bare(doi: str | None) -> str | None:
    return doi.lower().removeprefix("https://doi.org/") if doi else None


def openalex_graph(folder: Path) -> Graph:
    def number(url: str) -> int:
        return int(url.rpartition("W")[2])

    newest = {number(row["id"]): row for row in read_json(folder / "works")}
    merged = folder / "merged_ids" / "works"
    steps = {number(row["id"]): number(row["merge_into_id"]) for row in read_csv(merged)}

    def end(record: int) -> int:
        while record in steps:
            record = steps[record]
        return record

    return Graph(
        {
            record: (
                row["title"] or None,
                row["publication_year"],
                bare(row["doi"]),
                row["cited_by_count"],
            )
            for record, row in newest.items()
        },
        {
            record: {each["author"]["id"] for each in row["authorships"]}
            for record, row in newest.items()
        },
        {
            (record, end(number(url))): None
            for record, row in newest.items()
            for url in row["referenced_works"]
        },
    )


def s2_graph(folder: Path) -> Graph:
    papers = {row["corpusid"]: row for row in read_json(folder / "papers")}
    pairs: dict[tuple[Any, Any], set[str] | None] = {}
    for row in read_json(folder / "citations"):
        key = row["citingcorpusid"], row["citedcorpusid"]
        if None not in key:
            roles = pairs.setdefault(key, set())
            assert roles is not None
            intents = {intent for each in row["intents"] or () for intent in each or ()}
            roles |= {{"methodology": "method"}.get(intent, intent) for intent in intents}
            roles |= {"labelled"} if intents else set()
            roles |= {"influential"} if row["isinfluential"] else set()
    return Graph(
        {
            record: (
                row["title"] or None,
                row["year"],
                bare(row["externalids"]["DOI"]),
                row["citationcount"],
            )
            for record, row in papers.items()
        },
        {record: {each["authorId"] for each in row["authors"]} for record, row in papers.items()},
        pairs,
    )


def opencitations_graph(folder: Path) -> Graph:
    def omid(cell: str) -> str:
        return re.search(r"omid:(\S+)", cell)[1]

    def dois(cell: str) -> list[str]:
        return re.findall(r" doi:(\S+)", cell.lower())

    meta = {omid(row["id"]): row for row in read_csv(folder / "meta")}
    return Graph(
        {
            record: (
                row["title"] or None,
                int(row["pub_date"][:4]) if row["pub_date"] else None,
                next((each for each in dois(row["id"]) if "arxiv" not in each), None),
                None,
            )
            for record, row in meta.items()
        },
        {record: set(re.findall(r"omid:(ra/\d+)", row["author"])) for record, row in meta.items()},
        {(omid(row["citing"]), omid(row["cited"])): None for row in read_csv(folder / "index")},
    )


GRAPHS = {"openalex": openalex_graph, "s2": s2_graph, "opencitations": opencitations_graph}


def count_role(role: str, roles: list[set[str] | None]) -> int | None:
    return None if None in roles else sum(role in each for each in roles if each)


def count_all(
    source_id: str, graph: Graph, top: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    citing = defaultdict(list)
    for pair in graph.pairs:
        if pair[0] != pair[1]:
            citing[pair[1]].append(pair[0])
    nothing = (None, None, None, None)
    last = max(row[1] for row in graph.works.values() if row[1])
    works, years = [], []
    best = sorted(citing, key=lambda record: (-len(citing[record]), record))[:top]
    for rank, record in enumerate(best, 1):
        title, year, doi, stated = graph.works.get(record, nothing)
        mine = graph.people.get(record, set())
        theirs = [graph.people.get(each, set()) for each in citing[record]]
        by_year = Counter(graph.works.get(each, nothing)[1] for each in citing[record])
        del by_year[None]
        roles = [graph.pairs[each, record] for each in citing[record]]
        key = {
            "source_id": source_id,
            "record_id": f"W{record}" if source_id == "openalex" else str(record),
        }
        works.append(
            {
                "rank": rank,
                **key,
                "title": title,
                "publication_year": year,
                "doi": doi,
                "n_citing": len(citing[record]),
                "n_self_records": int((record, record) in graph.pairs),
                "n_stated": stated,
                **{
                    name: None
                    if None in roles
                    else sum(name[2:] in each for each in roles if each)
                    for name in ROLES
                },
                "n_with_authors": sum(bool(mine and each) for each in theirs),
                "n_shared_author": sum(bool(mine & each) for each in theirs),
                "n_dated": by_year.total(),
            }
        )
        known = [*by_year, *([year] if year else [])]
        years += [
            {**key, "year": each, "n": by_year[each]}
            for each in range(min(known, default=last + 1), last + 1)
        ]
    return works, years


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dumps of 600 works with broken lines, a partition that is there twice, and merged ids."""
    folder = tmp_path_factory.mktemp("made") / "dump"
    options = ["--partitions", "4", "--citations", "8", "--broken", "0.02"]
    subprocess.run([sys.executable, MAKE_DUMP, "600", folder, *options], check=True)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("top", [25, 10_000])
def test_as_counted_in_plain_python(
    dump: Path, tmp_path: Path, top: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if top == 25:  # of text ids and merged ones, too
        monkeypatch.setattr(most_cited, "_MOST_BUCKETS", 64)
        monkeypatch.setattr(most_cited, "_ROW", 1 << 20)  # some buckets a step
    sources = {name: str(dump / name) for name in GRAPHS}
    find_most_cited(str(tmp_path / "out"), Dumps(**sources), top=top)
    works, years = read(tmp_path / "out")
    for source_id, read_graph in GRAPHS.items():
        due_works, due_years = count_all(source_id, read_graph(dump / source_id), top)
        assert [row for row in works if row["source_id"] == source_id] == due_works
        assert [row for row in years if row["source_id"] == source_id] == due_years
    assert (tmp_path / "out.rejects.csv").is_file()
    assert any(row["n_self_records"] for row in works) == (top > 25)
    assert any(row["n_shared_author"] for row in works)


# -- files and errors ---------------------------------------------------------------------


def test_files_tell_what_their_columns_mean(tmp_path: Path) -> None:
    write_s2(tmp_path / "s2", as_parquet=False)
    dumps = Dumps(s2=str(tmp_path / "s2"))
    for out in ("out", "again"):
        find_most_cited(str(tmp_path / out), dumps)
    for table in (MOST_CITED, MOST_CITED_YEARS):
        path = tmp_path / "out" / f"{table.name}.parquet"
        schema = pq.read_schema(path)
        assert [
            (field.name, str(field.type).removesuffix("_"), field.nullable) for field in schema
        ] == [(column.name, column.type, not column.required) for column in table.columns]
        assert schema.field("record_id").metadata[b"description"].startswith(b"The record")
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_the_disk_has_the_files_before_they_get_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_s2(tmp_path / "s2", as_parquet=False)
    synced, out = {}, tmp_path / "out"

    def sync(file: int, fsync: Callable[[int], None] = os.fsync) -> None:
        found = os.fstat(file)
        synced[found.st_ino] = found.st_size, out.exists()
        fsync(file)

    monkeypatch.setattr(os, "fsync", sync)
    find_most_cited(str(out), Dumps(s2=str(tmp_path / "s2")))
    files = [path.stat() for path in out.iterdir()]
    assert len(files) == 2
    assert all(synced.get(each.st_ino) == (each.st_size, False) for each in files)


def test_the_former_name_warns_and_writes_the_former_files(tmp_path: Path) -> None:
    write_s2(tmp_path / "s2", as_parquet=True)
    dumps = Dumps(s2=str(tmp_path / "s2"))
    with pytest.deprecated_call() as said:  # Ibis gives another one
        find_canonical(str(tmp_path / "former"), dumps)
    assert "is now called find_most_cited" in str(said[0].message)
    find_most_cited(str(tmp_path / "out"), dumps)
    for now, former in (("most_cited", "canonical"), ("most_cited_years", "canonical_years")):
        table = pq.read_table(tmp_path / "former" / f"{former}.parquet")
        assert table.equals(pq.read_table(tmp_path / "out" / f"{now}.parquet"))


def test_nothing_is_written_where_nothing_is_cited(tmp_path: Path) -> None:
    works = [openalex_work(1, 2000, [], [1]), openalex_work(2, 2000, [], [])]
    write_lines(tmp_path / "openalex" / "works" / "updated_date=2026-01-01" / "0.gz", works)
    with pytest.raises(BuildError, match="In openalex, no record cites another one"):
        find_most_cited(str(tmp_path / "out"), Dumps(openalex=str(tmp_path / "openalex")))
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    write_s2(tmp_path / "s2", as_parquet=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(TargetExists):
        find_most_cited(str(tmp_path / "out"), Dumps(s2=str(tmp_path / "s2")))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_arguments(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="top is 0"):
        find_most_cited(str(tmp_path / "out"), Dumps(s2="there"), top=0)
    with pytest.raises(BadArgument, match="openalex, s2 or opencitations"):
        find_most_cited(str(tmp_path / "out"), Dumps())
