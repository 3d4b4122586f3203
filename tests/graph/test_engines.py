"""DuckDB and Spark read the same rows of the same files, and refuse the same lines."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import sys
import threading

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from citehub.bulk.engines import CannotRead, parquet_files
from citehub.bulk.engines.spark import Spark
from citehub.bulk.store import Store
from citehub.errors import BadArgument, BuildError, MissingExtra
from citehub.sources import openalex, opencitations, semantic_scholar
from citehub.sources.layout import Files
from citehub.sources.partitions import KEPT

FIELDS = {
    "key": "string",
    "text": "string",
    "number": "int64",
    "truth": "boolean",
    "list": "array<string>",
    "object": "struct<name: string>",
    "objects": "array<struct<name: string>>",
    "lists": "array<array<string>>",
}
CELLS = ("key", "text", "more")

READ = rb"""
{"key":"W1","text":"\u6570\u5b66 \ud83d\ude00 \u00e9","number":3,"truth":true,"list":["x"]}
{"key":"W2","text":"$\\frac{a}{b}$ \"q\" \\\\ud800 <script>alert(1)</script>\r\n\t\u0000|"}
{"key":"W3","text":12,"number":"3","truth":"true","list":[1,true,2.50,null,"",{"a": 1},[1, 2]]}
{"key":"W4","text":1.50,"number":3.0,"truth":1}
{"key":"W5","text":1e5,"number":123456789012345678901234567890}
{"key":"W6","text":{"a": 1, "b": [1, 2]},"object":{"name":{"z": 1},"more":[]}}
{"key":"W7","text":[],"list":[],"object":{},"objects":[],"lists":[]}
{"key":"W8","text":null,"number":null,"truth":null,"list":null,"object":null,"objects":null}
{"key":"W9","list":[null],"objects":[null,{},{"name":null},{"name":"n"}],"lists":[null,[],[null,"x"]]}
{"KEY":"W10","Text":"other names"}
  {"key" : "W11", "unread":{"deep":[[[[[{}]]]]]},"number":-0 , "text":""}
{"\u006bey":"W12","unread":NaN}
{}
null

{"text":"without a key; the last line has no end"}""".replace(b"\n\n", b" \t\r\n \t\r\n\n")

REFUSED = [
    rb'{"key":"W1","text":"cut off', rb'{"key":"W1",', b"[", b"]", b"[]", b"3", b'"text"',
    rb'[{"key":"W1"}]', rb'[{"key":"W1"},{"key":"W2"}]', rb'{"key":"W1"},', rb'{"key":"W1"}]',
    rb'{"key":"W1"}{"key":"W2"}', rb'{"key":"W1"},{"key":"W2"}', rb'{"key":"W1"} more',
    rb"{'key':'W1'}", rb'{key:"W1"}', rb'{"key":"W1"/* no */}', rb'{"key":"W1","text":01}',
    rb'{"key":"W1","text":"\x"}', b'{"key":"W1","text":"a\tb"}',
    rb'{"key":"W1","list":"x"}', rb'{"key":"W1","list":3}', rb'{"key":"W1","list":{"a":1}}',
    rb'{"key":"W1","object":"x"}', rb'{"key":"W1","object":""}', rb'{"key":"W1","object":[]}',
    rb'{"key":"W1","objects":["x"]}', rb'{"key":"W1","objects":{"name":"x"}}',
    rb'{"key":"W1","lists":["x"]}', rb'{"key":"W1","lists":[["x"],[["x"]],3]}',
    b'{"key":"W1","text":"\xff"}', b'{"key":"W1","unread":"\xed\xa0\x80"}',
    rb'{"key":"W1","text":"\ud83d"}', rb'{"key":"W1","unread":"\\\ude00"}',
]  # fmt: skip

READ_CSV = (
    '\ufeffkey,"text",more\n'
    '1,"a ""quoted"" word, 数学 é","two\nlines"\n'
    ',"",  spaces  \n\n'
    '#4,a "b" c \\,$\\frac{a}{b}$ \\n\n'
    "NULL,null,\\N\n"
    '"<script>","""",","'
).encode()

REFUSED_CSV = [
    b"1,2\n", b"1,2,3,4\n", b'1,"2,3\n', b'1,"2" x,3\n', b'1,"2\\"3",3\n', b"1\n", b"  \n",
]  # fmt: skip


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.cluster)])
def engine(request):
    return request.getfixturevalue("duck" if request.param == "duckdb" else "spark")


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return os.fspath(path)


def rows(engine, table):
    return sorted(engine.fetch(table), key=repr)


def as_json(values):
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in values).encode()


@pytest.mark.parametrize("name", ["lines.json", "lines.gz"])
def test_the_same_json_is_read(duck, spark, tmp_path, name):
    path = write(tmp_path / name, READ)
    found = rows(spark, spark.read_json({path: 0}, FIELDS))
    assert found == rows(duck, duck.read_json({path: 0}, FIELDS))
    by_key = {row["key"]: row for row in found}
    assert len(found) == len(by_key) + 3  # rows without a key
    assert by_key["W1"] == {
        "part": 0, "key": "W1", "text": "数学 😀 é", "number": "3", "truth": "true", "list": ["x"],
        "object": None, "objects": None, "lists": None,
    }  # fmt: skip
    assert by_key["W3"]["list"] == ["1", "true", "2.5", None, "", '{"a":1}', "[1,2]"]
    assert by_key["W9"]["lists"] == [None, [], [None, "x"]]


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_no_object_of_such_fields_is_refused(engine, tmp_path, line):
    path = write(tmp_path / "lines.json", b'{"key":"W1"}\n' + line + b'\n{"key":"W2"}\n')
    with pytest.raises(CannotRead):
        engine.fetch(engine.read_json({path: 0}, FIELDS))


@pytest.mark.parametrize("name", ["cells.csv", "cells.csv.gz"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_same_csv_is_read(duck, spark, tmp_path, name, end):
    path = write(tmp_path / name, READ_CSV.replace(b"\n", end).replace(b"two" + end, b"two\n"))
    fields = dict.fromkeys(CELLS, "string")
    found = rows(spark, spark.read_csv({path: 0}, fields).drop("part"))
    assert found == rows(duck, duck.read_csv({path: 0}, fields).drop("part"))
    assert {"key": None, "text": None, "more": "  spaces  "} in found
    assert {"key": "1", "text": 'a "quoted" word, 数学 é', "more": "two\nlines"} in found
    assert len(found) == 5


@pytest.mark.parametrize("line", REFUSED_CSV)
def test_what_is_no_row_of_such_cells_is_refused(engine, tmp_path, line):
    path = write(tmp_path / "cells.csv", b"key,text,more\n1,2,3\n" + line)
    with pytest.raises(CannotRead):
        engine.fetch(engine.read_csv({path: 0}, dict.fromkeys(CELLS, "string")))


@pytest.mark.parametrize("cut", [20, 2000, -5])
def test_a_file_that_breaks_off_is_refused(spark, tmp_path, cut):
    lines, cells = tmp_path / "lines.gz", tmp_path / "cells.csv.gz"
    lines.write_bytes(gzip.compress(READ * 1000)[:cut])
    cells.write_bytes(gzip.compress(b"key,text,more\n" + b"1,2,3\n" * 1_000_000)[:cut])
    for table in (
        spark.read_json({os.fspath(lines): 0}, FIELDS),
        spark.read_csv({os.fspath(cells): 0}, dict.fromkeys(CELLS, "string")),
    ):
        with pytest.raises(CannotRead):
            spark.fetch(table.agg(n=table.count()))


def test_what_is_written_is_parquet_and_nothing_else(engine, tmp_path):
    folder = tmp_path / "a folder [1] {a,b} é=*"
    path = write(folder / "lines.gz", READ)
    target = folder / "parts"
    target.mkdir()
    table = engine.read_json({path: 0}, FIELDS)
    engine.write(table, os.fspath(target))
    names = os.listdir(target)
    assert names
    assert all(name.startswith("part-") and name.endswith(".parquet") for name in names)
    back = engine.read_parquet(parquet_files(os.fspath(target)))
    assert rows(engine, back) == rows(engine, table)


def test_no_rows_are_written_with_their_columns(engine, tmp_path):
    path = write(tmp_path / "lines.gz", b"\n")
    engine.write(engine.read_json({path: 0}, FIELDS), os.fspath(tmp_path))
    back = engine.read_parquet(parquet_files(os.fspath(tmp_path)))
    assert engine.fetch(back) == []
    assert back.columns == (*FIELDS, "part")


@pytest.mark.parametrize("name", ["plain", "a folder [1] {a,b} é=* %20"])
def test_parts_of_parquet_have_their_numbers(engine, tmp_path, name):
    paths = [tmp_path / name / f"{number}.parquet" for number in range(2)]
    paths[0].parent.mkdir()
    pq.write_table(pa.table({"id": ["a", "b"], "n": [1, 2]}), paths[0])
    pq.write_table(pa.table({"id": ["c"]}), paths[1])
    found = engine.read_parts({os.fspath(path): number for number, path in enumerate(paths, 5)})
    assert rows(engine, found) == [
        {"id": "a", "n": 1, "part": 5},
        {"id": "b", "n": 2, "part": 5},
        {"id": "c", "n": None, "part": 6},
    ]


def test_what_is_no_parquet_is_refused(engine, tmp_path):
    path = write(tmp_path / "part-0.parquet", b"PAR1 is not all")
    with pytest.raises(CannotRead):
        engine.fetch(engine.read_parquet([path]))


def test_tables_of_this_process_take_part(engine, tmp_path):
    large = (1 << 53) + 1
    here = ibis.memtable(
        {"n": [large, 0, -large], "name": ["é", None, ""]},
        schema={"n": "int64", "name": "string"},
    )
    engine.write(here, os.fspath(tmp_path))
    there = engine.read_parquet(parquet_files(os.fspath(tmp_path)))
    joined = there.semi_join(here, "n")
    made = [{"n": -large, "name": ""}, {"n": 0, "name": None}, {"n": large, "name": "é"}]
    assert rows(engine, there) == made
    assert rows(engine, joined) == made


HOSTILE = ["数学 é", 'a "quoted" {word}', r"$\frac{a}{b}$", "<script>alert(1)</script>", "", " "]


def _openalex_works():
    prefix = "https://openalex.org/W"
    full = {
        "doi": "https://doi.org/10.48550/ARXIV.2201.11990", "publication_year": 2022,
        "publication_date": "2022-01-28", "type": "preprint", "is_retracted": False,
        "authorships": [
            {"author": {"id": "A1", "display_name": "É", "orcid": None}, "raw_author_name": None},
            {"author": None, "raw_author_name": "Two, <b>"}, {}, None,
        ],
        "primary_location": {"source": {"display_name": "arXiv"}},
        "locations": [
            None, {"landing_page_url": None},
            {"landing_page_url": "https://arxiv.org/abs/hep-th/9901001"},
        ],
        "referenced_works": [None, "", "W3", *(prefix + end for end in ("2", "x", "4.5", "5\n"))],
        "cited_by_count": 7,
        "counts_by_year": [{"year": 2022, "cited_by_count": 7}, {}, None, {"year": "x"}],
    }  # fmt: skip
    works = [
        {"id": f"{prefix}{number}", "title": title, **full} for number, title in enumerate(HOSTILE)
    ]
    works += [
        {"id": f"{prefix}10"},
        dict.fromkeys(full) | {"id": f"{prefix}11"},
        {"id": f"{prefix}12", "locations": [], "authorships": [], "referenced_works": []},
        {"id": f"{prefix}13", "publication_year": "2019", "is_retracted": "true", "title": 1984},
        {"id": f"{prefix}14", "primary_location": {}, "doi": "no doi", "locations": [None]},
        {"id": f"{prefix}15", "primary_location": {"source": None}, "doi": "10.1000/A b"},
        {"id": f"{prefix}16", "doi": "10.1000/a\n", "title": "[1] a list {of} words"},
        {"id": f"{prefix}17", "doi": "10.48550/arxiv.a\u2028b", "publication_year": -5},
        {"id": f"{prefix}18", "title": {"a": 1}},
        {"id": f"{prefix}19", "title": [1]},
        {"id": f"{prefix}20", "publication_year": 2019.0},
        {"id": f"{prefix}21", "publication_year": "2019\n"},
        {"id": f"{prefix}22", "publication_year": 1 << 63},
        {"id": f"{prefix}23", "is_retracted": 1},
        {"id": f"{prefix}24", "referenced_works": "W1"},
        {"id": f"{prefix}25", "authorships": [[]]},
        {"id": "https://openalex.org/A1"},
        {"id": None},
        {},
        [],
        None,
        3,
    ]
    broken = b'{"id": "' + prefix.encode() + b'30", "id": "' + prefix.encode() + b'31"}\n{"id": \n'
    return openalex.WORKS_DATASET, works, broken + b'{"id": "\xff"}\n{"id": "\\ud800"}\n'


def _s2_papers():
    full = {
        "externalids": {"DOI": "10.1000/A", "ArXiv": None, "ACL": "2020.acl-main.1", "MAG": "1"},
        "authors": [{"authorId": "1", "name": "É"}, {"authorId": None, "name": ""}, {}, None],
        "venue": "", "year": 2020, "publicationdate": "2020-01-31", "citationcount": 3,
    }  # fmt: skip
    papers = [{"corpusid": number, "title": title, **full} for number, title in enumerate(HOSTILE)]
    papers += [
        {"corpusid": "17"}, dict.fromkeys(full) | {"corpusid": 18, "title": None},
        {"corpusid": 19, "externalids": {"DOI": "10.48550/arXiv.2201.11990"}, "authors": []},
        {"corpusid": 20, "externalids": {"ArXiv": "", "DOI": "", "ACL": ""}},
        {"corpusid": 1 << 62}, {"corpusid": -1}, {"corpusid": 1 << 63}, {"corpusid": 2.5},
        {"corpusid": "x"}, {"corpusid": ""}, {"corpusid": None}, {"title": "no id"},
        {"corpusid": 21, "externalids": []}, {"corpusid": 22, "authors": {}}, {"corpusid": "007"},
    ]  # fmt: skip
    return semantic_scholar.PAPERS, papers, b'{"corpusid": 30} {"corpusid": 31}\n"x"\n'


def _s2_citations():
    ids = ({"citationid": number, "citingcorpusid": number} for number in range(1, 100))
    texts = [HOSTILE, [], None, [None], [None, "x"]]
    intents = [
        [["background"], None, [], [None], ["methodology", "result"], ["x"]],
        [],
        None,
        [None],
    ]
    citations = [
        {
            **next(ids),
            "citedcorpusid": 2,
            "isinfluential": flag,
            "contexts": text,
            "intents": intent,
        }
        for text in texts
        for intent in intents
        for flag in (True, None)
    ]
    citations += [
        {**next(ids), "citedcorpusid": None}, {"citationid": 200, "citedcorpusid": 3},
        {**next(ids), "contexts": "text"}, {**next(ids), "contexts": [["text"]]},
        {**next(ids), "intents": ["background"]}, {**next(ids), "isinfluential": "yes"},
        {**next(ids), "citedcorpusid": "x"}, {"citationid": None}, {},
    ]  # fmt: skip
    return semantic_scholar.CITATIONS_DATASET, citations, b"{]\n"


def _s2_texts(dataset, field):
    texts = [
        {"corpusid": number, field: text, "model": "m"} for number, text in enumerate(HOSTILE)
    ]
    texts += [
        {"corpusid": 10, field: None, "model": None}, {"corpusid": 11},
        {"corpusid": 12, field: 1.5}, {"corpusid": 13, field: {}}, {"corpusid": 14, field: []},
        {field: "no id"},
    ]  # fmt: skip
    return dataset, texts, b'{"corpusid": 15, "' + field.encode() + b'": "a\tb"}\n'


MADE = {
    "openalex works": _openalex_works,
    "s2 papers": _s2_papers,
    "s2 citations": _s2_citations,
    "s2 abstracts": lambda: _s2_texts(semantic_scholar.ABSTRACTS, "abstract"),
    "s2 tldrs": lambda: _s2_texts(semantic_scholar.TLDRS, "text"),
}


def read_alike(duck, spark, tmp_path, dataset, paths):
    """Read partitions with both engines; return the rows and what could not be read."""
    found = []
    for engine in (duck, spark):
        store = Store(engine, os.fspath(tmp_path / type(engine).__name__), lambda _step: None)
        files = Files(dataset, os.fspath(tmp_path), tuple(paths))
        table = store.table(files)
        found.append((rows(engine, table), store.rejects[files.title]))
    (ours, rejects), (theirs, their_rejects) = found
    assert theirs == ours
    assert their_rejects == rejects
    return ours, rejects


@pytest.mark.parametrize("name", MADE)
def test_the_same_rows_and_rejects_of_json(duck, spark, tmp_path, name):
    dataset, values, broken = MADE[name]()
    sound = write(tmp_path / "part_0.gz", as_json(values[:2]) + b"\n" + as_json(values[2:6]))
    both = write(tmp_path / "part_1.gz", as_json(values) + broken)
    cut = tmp_path / "part_2.gz"
    cut.write_bytes(gzip.compress(as_json(values[:6]) * 200)[:-40])
    found, rejects = read_alike(duck, spark, tmp_path, dataset, [sound, both, os.fspath(cut)])
    assert {row["part"] for row in found} == {0, 1, 2}
    assert {reject.path for reject in rejects} == {both, os.fspath(cut)}
    lost = [each for each in rejects if each.path == both and not each.reason.endswith(KEPT)]
    n_rows = len([row for row in found if row["part"] == 1])
    assert n_rows + len(lost) == len(values) + broken.count(b"\n")


MERGED = """merge_date,id,merge_into_id
2024-01-02,W1,W2
,W3,W4
"""
MERGED_BROKEN = """2024-01-02,W5,
2024-01-02,https://openalex.org/W6,W7
2024-01-02,W1.5,W2
2024-01-02,W8
,W99999999999999999999,W1
,,
"""
META = r"""id,title,author,issue,volume,venue,page,pub_date,type,publisher,editor
omid:br/061 doi:10.1000/A pmid:1,"A ""title"", 数学","Family, Given [omid:ra/1 orcid:0000-0001]; \
Plato [omid:ra/2]; ; , ; The Team; A, B ",1,2,J. [of] Things [issn:1234-5678],1-2,2020-01-31,\
journal article,P,E
omid:br/062 arxiv:2201.11990,"two
lines",,,,,,2020,book chapter,,
doi:10.48550/arxiv.2201.11990 omid:br/063 openalex:W1,<script>,X,,,V,,20,thing,,
omid:br/064,$\frac{a}{b}$, ,,,[only],,-200,,,
""".replace("\\\n", "")
META_BROKEN = """doi:10.1000/b,no omid,,,,,,,,,
omid:br/065,short
omid:br/066,"stray" quote,,,,,,,,,
omid:br/,empty,,,,,,,,,
"""
INDEX = """oci,citing,cited,creation,timespan,journal_sc,author_sc
06-07,omid:br/06 doi:10.1/a,pmid:1 omid:br/07,2020,P1Y,no,yes
06-08,"omid:br/06",omid:br/08,,,,
"""
INDEX_BROKEN = """06-09,omid:br/06,doi:10.1/b,,,,
06-10,omid:br/06,omid:br/10
,,,,,,
"""
CSV = {
    "merged ids": (openalex.MERGED, MERGED, MERGED_BROKEN),
    "opencitations meta": (opencitations.META, META, META_BROKEN),
    "opencitations index": (opencitations.INDEX, INDEX, INDEX_BROKEN),
}


@pytest.mark.parametrize("name", CSV)
def test_the_same_rows_and_rejects_of_csv(duck, spark, tmp_path, name):
    dataset, sound, broken = CSV[name]
    paths = [
        write(tmp_path / "part_0.csv", re.sub("(?<!two)\n", "\r\n", sound).encode()),
        write(tmp_path / "part_1.csv.gz", (sound + broken).encode()),
    ]
    found, rejects = read_alike(duck, spark, tmp_path, dataset, paths)
    assert {row["part"] for row in found} == {0, 1}
    assert {reject.path for reject in rejects} == {paths[1]}


def test_a_second_session_in_one_process_is_refused(spark, tmp_path):
    with pytest.raises(BuildError, match="runs in this process already"):
        Spark(1 << 30, 1, os.fspath(tmp_path), None)


def test_a_master_that_does_not_answer_is_named(tmp_path):
    with pytest.raises(BuildError, match=r"spark://127\.0\.0\.1:1 does not answer .*refused"):
        Spark(1 << 30, 1, os.fspath(tmp_path), "spark://127.0.0.1:1")


@pytest.mark.parametrize(
    "master", ["local", "yarn", "spark://host", "http://host:7077", "spark://:1"]
)
def test_what_is_no_master_is_refused(tmp_path, master):
    with pytest.raises(BadArgument, match="spark://host:7077"):
        Spark(1 << 30, 1, os.fspath(tmp_path), master)


@pytest.mark.parametrize("home", ["", "/no/java"])
def test_java_that_is_not_there_is_named(tmp_path, monkeypatch, home):
    monkeypatch.setenv("JAVA_HOME", home)
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(BuildError, match="needs Java 17"):
        Spark(1 << 30, 1, os.fspath(tmp_path), None)


def test_java_that_does_not_start_is_told_with_what_it_said(tmp_path, monkeypatch):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho Unsupported class file version >&2; exit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", os.fspath(tmp_path))
    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    with pytest.raises(BuildError, match="Unsupported class file version"):
        Spark(1 << 30, 1, os.fspath(tmp_path), None)


def test_libraries_that_are_not_there_are_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(MissingExtra, match=r"citehub\[spark\]"):
        Spark(1 << 30, 1, os.fspath(tmp_path), None)


# -- signals and names ------------------------------------------------------------------------


def test_a_signal_ends_a_query_and_the_engine_goes_on(duck, tmp_path):
    numbers = ibis.range(1_000_000).unnest().name("n").as_table()
    pairs = numbers.cross_join(numbers.view().rename(m="n"))
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        duck.write(pairs.agg(n=(pairs.n * pairs.m).sum()), str(tmp_path))
    assert duck.fetch(numbers.agg(n=numbers.n.max())) == [{"n": 999_999}]


def test_any_name_of_a_folder_is_written_and_read(engine, tmp_path):
    folder = tmp_path / "a\\b\n'\"*?[x]{y,z} 100%41#c?d=e"
    folder.mkdir()
    (folder / "rows.jsonl").write_text('{"n":"1"}\n', encoding="utf-8")
    (folder / "rows.gz").write_bytes(gzip.compress(b'{"n":"2"}\n'))
    paths = {str(folder / each): number for number, each in enumerate(("rows.jsonl", "rows.gz"))}
    engine.write(engine.read_json(paths, {"n": "string"}), str(folder))
    rows = engine.fetch(engine.read_parquet(parquet_files(str(folder))))
    assert sorted((row["n"], row["part"]) for row in rows) == [("1", 0), ("2", 1)]


def test_a_name_that_is_no_text_is_refused(engine, tmp_path):
    path = os.path.join(tmp_path, "a\udcff.parquet")
    with pytest.raises(BuildError, match="bytes that are not UTF-8"):
        engine.read_parquet([path])
    with pytest.raises(BuildError, match="bytes that are not UTF-8"):
        engine.write(ibis.range(1).unnest().name("n").as_table(), path)
