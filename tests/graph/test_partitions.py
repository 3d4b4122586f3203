"""Partitions that an engine refuses: the rows that are kept, and why the others are not."""

from __future__ import annotations

import csv
import gzip
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from citehub.sources import openalex, opencitations, partitions, semantic_scholar
from citehub.sources.dump_datasets import Dataset, numbers_after
from citehub.sources.partitions import BREAKS_OFF, KEPT, copy_readable, is_csv
from citehub.sources.records import Reject

from .make_small_dumps import INDEX_HEADER, pack, to_csv

if TYPE_CHECKING:
    from pathlib import Path

DATASET = Dataset(
    source_id="made",
    name="things",
    names=numbers_after("id"),
    fields={
        "id": "string",
        "year": "int64",
        "ok": "boolean",
        "names": "array<string>",
        "place": "struct<city: string, at: array<int64>>",
    },
    keys={"id": r"^T[0-9]+$"},
    made=("id",),
    shape=lambda raw: {"id": raw.id},
)
FULL = {
    "id": "T1", "year": 2020, "ok": True, "names": ["a", None], "place": {"city": "X", "at": [1]},
}  # fmt: skip


def keep(folder: Path, data: bytes, name: str = "part.gz", dataset: Dataset = DATASET):
    """Return the rows that are kept, and what is rejected by line."""
    path, target = folder / name, folder / "kept.gz"
    path.write_bytes(data)
    rejects = copy_readable(str(path), dataset, str(target))
    assert all(each.path == str(path) for each in rejects)
    text = gzip.decompress(target.read_bytes()).decode()
    if is_csv(name):
        rows = list(csv.DictReader(text.splitlines(keepends=True)))
    else:
        rows = [json.loads(line) for line in text.split("\n")[:-1]]
    return rows, [(each.line, each.reason) for each in rejects]


@pytest.mark.parametrize("name", ["part.gz", "part.json", "part.jsonl.gz", "part.csv.json"])
def test_rows_are_kept_with_the_fields_that_are_read(tmp_path, name):
    lines = [FULL | {"more": [{}]}, {"id": "T2"}, {"id": "T3", "names": [], "place": {}}]
    data = b"\n".join(json.dumps(each).encode() for each in lines)
    rows, rejects = keep(tmp_path, pack(data) if name.endswith(".gz") else data, name)
    empty = dict.fromkeys(DATASET.fields)
    assert rows == [FULL, empty | {"id": "T2"}, empty | {"id": "T3", "names": [], "place": {}}]
    assert rejects == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id":}', "is not JSON: Expecting value: line 1 column 7 (char 6)"),
        ('{"id":"T1"', "is not JSON: Expecting ',' delimiter: line 1 column 11 (char 10)"),
        ('{"id":"T1"} {}', "is not JSON: Extra data: line 1 column 13 (char 12)"),
        ('["T1"]', "should be an object, not a list"),
        ('"T1"', "should be an object, not text"),
        ("1", "should be an object, not a number"),
        ("true", "should be an object, not true or false"),
        ("null", "should be an object, not null"),
        ('{"id":["T1", "T2"]}', 'id should be text, not ["T1", "T2"]'),
        ('{"id":{"at":"T1"}}', 'id should be text, not {"at": "T1"}'),
        ("{}", "id is missing"),
        ('{"id":null}', "id is missing"),
        ('{"id":"X1"}', 'id is "X1"'),
        ('{"id":""}', 'id is ""'),
        ('{"id":7}', "id is 7"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named_and_its_neighbours_are_kept(tmp_path, line, reason):
    data = pack(f'{{"id":"T8"}}\n{line}\n{{"id":"T9"}}\n'.encode())
    rows, rejects = keep(tmp_path, data)
    assert [row["id"] for row in rows] == ["T8", "T9"]
    assert rejects == [(2, reason)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id":"T1\xff"}', 'id is "T1\ufffd"'),
        (b'{"id":"T1\\ud800"}', 'id is "T1\ufffd"'),
        (b'{"id":"T1","names":' + b"[" * 100_000, "is JSON too deep to be read"),
    ],
)
def test_lines_that_no_reader_takes(tmp_path, line, reason):
    rows, ((number, said),) = keep(tmp_path, pack(b'{"id":"T8"}\n' + line + b'\n{"id":"T9"}'))
    assert [row["id"] for row in rows] == ["T8", "T9"]
    assert number == 2
    assert said.startswith(reason)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (rb'{"id":"T1","more":{"half\ud83d":[0]}}', None),
        (b'{"id":"T1","more":"\xff"}', None),
        (b'{"id":"T1","more":' + b"9" * 5_000 + b"}", None),
        (rb'{"id":"T1","names":["half\ud83d", "\ud83d\ude00"]}', ["half\ufffd", "😀"]),
        (b'{"id":"T1","names":["a\xffb"]}', ["a\ufffdb"]),
        (b'\xef\xbb\xbf{"id":"T1","names":["a"]}', ["a"]),
        (rb'{"id":"T1","names":"[\"a\", null]"}', ["a", None]),
    ],
)
def test_what_is_odd_in_a_field_loses_no_line(tmp_path, line, names):
    ((row,), rejects) = keep(tmp_path, pack(line))
    assert (row["id"], row["names"], rejects) == ("T1", names, [])


@pytest.mark.parametrize(
    ("cell", "kept", "reason"),
    [
        ('"year":NaN', None, "year should be a finite number, not NaN"),
        ('"names":["a",Infinity]', ["a", None],
         'names should be a finite number, not ["a", Infinity]'),
        ('"year":"soon"', None, 'year should be a whole number, not "soon"'),
        ('"year":20.5', None, "year should be a whole number, not 20.5"),
        ('"year":true', None, "year should be a whole number, not true"),
        ('"year":9223372036854775808', None,
         "year should be a whole number, not 9223372036854775808"),
        ('"year":{}', None, "year should be a whole number, not {}"),
        ('"ok":"maybe"', None, 'ok should be true or false, not "maybe"'),
        ('"ok":2', None, "ok should be true or false, not 2"),
        ('"names":{"a":1}', None, 'names should be a list, not {"a": 1}'),
        ('"names":["a",["b", "c"],{}]', ["a", None, None],
         'names should be text, not ["a", ["b", "c"], {}]'),
        ('"place":[]', None, "place should be an object, not []"),
        ('"place":{"city":{"a":"\\ud800"},"at":[1,"x"]}', {"city": None, "at": [1, None]},
         'place should be text, not {"city": {"a": "\ufffd"}, "at": [1, "x"]}'),
    ],
)  # fmt: skip
def test_a_field_of_another_type_is_left_out_and_the_rest_of_its_line_kept(
    tmp_path, cell, kept, reason
):
    name = json.loads(f"{{{cell}}}").popitem()[0]
    rows, rejects = keep(tmp_path, pack(f'{{"id":"T1",{cell}}}\n'.encode()))
    assert rows == [dict.fromkeys(DATASET.fields) | {"id": "T1", name: kept}]
    assert rejects == [(1, reason + KEPT)]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ('"year":"2020"', 2020), ('"year":" 2020 "', 2020), ('"year":2020.0', 2020),
        ('"year":"2020.0"', 2020), ('"year":[2020]', 2020), ('"year":-3.0', -3),
        ('"year":""', None),
        ('"ok":"true"', True), ('"ok":"False"', False), ('"ok":1', True), ('"ok":0', False),
        ('"ok":""', None), ('"names":"a"', ["a"]), ('"names":[["a"],5]', ["a", 5]),
        ('"names":[]', []), ('"place":{"city":["Ulm"]}', {"city": "Ulm"}),
    ],
)  # fmt: skip
def test_values_that_other_writers_spell_otherwise_are_kept(tmp_path, cell, kept):
    name = json.loads(f"{{{cell}}}").popitem()[0]
    (row,), rejects = keep(tmp_path, pack(f'{{"id":"T1",{cell}}}'.encode()))
    assert (row[name], rejects) == (kept, [])


def test_a_number_of_very_many_digits_is_left_out(tmp_path):
    (row,), ((_, said),) = keep(tmp_path, pack(b'{"id":"T1","year":' + b"9" * 5_000 + b"}"))
    assert row["year"] is None
    assert said.startswith('year should be a whole number, not "9999')


def test_a_long_value_is_shown_in_part(tmp_path):
    _, ((_, said),) = keep(tmp_path, pack(b'{"id":"%s"}' % (b"X" * 10_000)))
    assert said == 'id is "' + "X" * 59


def test_empty_lines_are_none(tmp_path):
    rows, rejects = keep(tmp_path, pack(b'\n\r\n  \n{"id":"T1"}\r\n\n{"id":"T2"}\n\n'))
    assert [row["id"] for row in rows] == ["T1", "T2"]
    assert rejects == []


def test_separators_of_unicode_do_not_end_a_line(tmp_path):
    text = "one\u2028two\x85three\x0bfour"
    line = json.dumps({"id": "T1", "names": [text]}, ensure_ascii=False).replace("\\u000b", "\x0b")
    rows, rejects = keep(tmp_path, pack(json.dumps({"id": "T1", "names": [text]}).encode()))
    assert (rows[0]["names"], rejects) == ([text], [])
    _, ((number, said),) = keep(tmp_path, pack(line.encode()))  # which JSON must write as \\u000b
    assert number == 1
    assert said.startswith("is not JSON: Invalid control character")


@pytest.mark.parametrize("length", [300, 500])
def test_a_file_that_breaks_off(tmp_path, length):
    import random

    noise = random.Random(7)
    lines = [{"id": f"T{n}", "names": [str(noise.random())]} for n in range(40)]
    data = b"".join(json.dumps(each).encode() + b"\n" for each in lines)
    rows, rejects = keep(tmp_path, pack(data)[:length])
    assert 0 < len(rows) < 40
    assert rows == [dict.fromkeys(DATASET.fields) | each for each in lines[: len(rows)]]
    reason = "the file breaks off here: Compressed file ended before the end-of-stream marker"
    assert [(line, said[: len(reason)]) for line, said in rejects] == [(len(rows) + 1, reason)]


def test_a_file_that_is_no_gz_or_damaged_within(tmp_path):
    rows, rejects = keep(tmp_path, b"no gz\n")
    assert (rows, rejects) == ([], [(1, "the file breaks off here: Not a gzipped file (b'no')")])
    damaged = bytearray(pack(b'{"id":"T1"}\n'))
    damaged[-8] ^= 255  # of the checksum
    rows, ((line, said),) = keep(tmp_path, bytes(damaged))
    assert [row["id"] for row in rows] == ["T1"]
    assert line == 2
    assert said.startswith("the file breaks off here: CRC check failed")


@pytest.mark.parametrize("data", [b"", b"\n", pack(b""), pack(b"\n")])
def test_an_empty_file_holds_nothing(tmp_path, data):
    assert keep(tmp_path, data, "part.gz" if data[:1] == b"\x1f" else "part.json") == ([], [])


def test_a_gz_of_no_bytes_is_none(tmp_path):
    assert keep(tmp_path, b"") == ([], [(1, f"{BREAKS_OFF}: it is empty, and no gz")])


@pytest.mark.parametrize("end", ['{"id":"T2","na', '{"id":"T2"', '{"id":'])
def test_a_plain_file_that_breaks_off_in_a_line_says_so(tmp_path, end):
    rows, ((line, reason),) = keep(tmp_path, f'{{"id":"T1"}}\n{end}'.encode(), "part.jsonl")
    assert ([row["id"] for row in rows], line) == (["T1"], 2)
    assert reason.startswith(BREAKS_OFF)
    _, ((_, reason),) = keep(tmp_path, f'{{"id":"T1"}}\n{end}\n'.encode(), "part.jsonl")
    assert reason.startswith("is not JSON")


@pytest.mark.parametrize(("end", "said"), [("9,x", "has 2 cells"), ('9,"x', "is not CSV")])
def test_a_table_that_breaks_off_in_a_row_says_so(tmp_path, end, said):
    data = f"id,name,more\n1,a,b\n{end}"
    dataset = Dataset("made", "things", {"id": "string", "name": "string"}, {}, (), dict, dict)
    rows, ((_, reason),) = keep(tmp_path, data.encode(), "t.csv", dataset)
    assert [row["id"] for row in rows] == ["1"]
    assert reason.startswith(f"{BREAKS_OFF}: it {said}")


def test_a_plain_file_that_breaks_off_behind_an_object_in_a_line_says_so(tmp_path):
    data = b'{"id":"T1"}\n{"id":"T2","place":{}'
    rows, ((number, said),) = keep(tmp_path, data, "part.json")
    assert [row["id"] for row in rows] == ["T1"]
    assert (number, said[: len(BREAKS_OFF)]) == (2, BREAKS_OFF)


def test_what_is_packed_is_read_whatever_its_name(tmp_path):
    data = b'{"id":"T1"}\n'
    for name, each in (
        ("part.gz", data),
        ("part.gz", b"\xef\xbb\xbf" + data),
        ("x.json", pack(data)),
    ):
        rows, rejects = keep(tmp_path, each, name)
        assert ([row["id"] for row in rows], rejects) == (["T1"], [])


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    gone = tmp_path / "gone.jsonl"
    ((_, line, reason),) = copy_readable(str(gone), DATASET, str(tmp_path / "kept.gz"))
    assert (line, reason.partition(": ")[0]) == (1, BREAKS_OFF)


# -- CSV ------------------------------------------------------------------------------------


GOOD = ("1-2", "omid:br/1", "omid:br/2", "2020", "P1Y", "no", "no")


@pytest.mark.parametrize("name", ["index.csv", "index.csv.gz"])
def test_csv_is_kept_and_its_broken_lines_are_named(tmp_path, name):
    rows = [
        INDEX_HEADER,
        GOOD,
        ("1-2", "omid:br/1"),
        ("1-3", "isbn:1", "omid:br/3", "", "", "", ""),
        ("a\nb", "omid:br/4 doi:10.5555/é", 'omid:br/5 "x", y', "", "", "", ""),
        ("1-4", "", "omid:br/3", "", "", "", ""),
    ]
    data = to_csv(rows) + b"\n"
    kept, rejects = keep(
        tmp_path, pack(data) if name.endswith(".gz") else data, name, opencitations.INDEX
    )
    assert kept == [dict(zip(INDEX_HEADER, each, strict=True)) for each in (GOOD, rows[4])]
    assert rejects == [
        (3, "has 2 cells, not 7"), (4, 'citing is "isbn:1"'), (7, 'citing is ""'),
    ]  # fmt: skip


def test_columns_of_csv_may_stand_in_any_order_after_a_mark(tmp_path):
    header = ("more", *reversed(INDEX_HEADER))
    data = b"\xef\xbb\xbf" + to_csv([header, ("x", *reversed(GOOD))])
    kept, rejects = keep(tmp_path, data, "index.csv", opencitations.INDEX)
    assert kept == [dict(zip(INDEX_HEADER, GOOD, strict=True))]
    assert rejects == []


@pytest.mark.parametrize(
    ("data", "rejects"),
    [
        (b"", [(1, f"has no column {', '.join(INDEX_HEADER)}")]),
        (
            to_csv([INDEX_HEADER[2:], GOOD[2:]]),
            [(1, "has no column oci, citing")],
        ),
        (to_csv([INDEX_HEADER]), []),
    ],
)
def test_csv_without_columns_or_rows(tmp_path, data, rejects):
    assert keep(tmp_path, data, "index.csv", opencitations.INDEX) == ([], rejects)


def test_csv_without_a_column_that_no_row_needs_is_read(tmp_path):
    data = to_csv([INDEX_HEADER[1:], GOOD[1:]])
    (row,), rejects = keep(tmp_path, data, "index.csv", opencitations.INDEX)
    assert row == dict(zip(INDEX_HEADER, ("", *GOOD[1:]), strict=True))
    assert rejects == [(1, "has no column oci" + KEPT)]


def test_csv_with_bytes_that_are_no_text(tmp_path):
    data = to_csv([INDEX_HEADER, GOOD]) + b"\xff\0,omid:br/1,omid:br/2,,,,\n"
    kept, rejects = keep(tmp_path, data, "index.csv", opencitations.INDEX)
    assert [row["oci"] for row in kept] == ["1-2", "\ufffd\ufffd"]
    assert rejects == []


def test_a_quote_that_is_not_closed(tmp_path):
    data = to_csv([INDEX_HEADER, GOOD]) + b'"1-3,omid:br/1,omid:br/2,,,,\n' + to_csv([GOOD])
    kept, ((line, said),) = keep(tmp_path, data, "index.csv", opencitations.INDEX)
    assert [row["oci"] for row in kept] == ["1-2"]
    assert line >= 3
    assert said.startswith("is not CSV")


@pytest.fixture
def csv_limit():
    """The longest cell that Python's csv takes by itself, while a test runs."""
    before = csv.field_size_limit(1 << 17)
    yield 1 << 17
    csv.field_size_limit(before)


def test_a_cell_may_be_longer_than_csv_takes_by_itself(tmp_path, csv_limit):
    long = "doi:10.5555/" + "x" * csv_limit
    data = to_csv([INDEX_HEADER, (*GOOD[:1], f"{GOOD[1]} {long}", *GOOD[2:])])
    kept, rejects = keep(tmp_path, data, "index.csv", opencitations.INDEX)
    assert [row["citing"] for row in kept] == [f"{GOOD[1]} {long}"]
    assert rejects == []


def test_a_cell_that_is_too_long_is_named(tmp_path, monkeypatch, csv_limit):
    monkeypatch.setattr(partitions, "CELL", 20)
    data = to_csv([INDEX_HEADER, GOOD, ("1-3", "omid:br/1" * 3, *GOOD[2:]), GOOD])
    kept, rejects = keep(tmp_path, data, "index.csv", opencitations.INDEX)
    assert [row["oci"] for row in kept] == ["1-2", "1-2"]
    assert rejects == [(3, "is not CSV: field larger than field limit (20)")]


# -- datasets --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "line", "reason"),
    [
        (openalex.WORKS_DATASET, {"id": "A1"}, 'id is "A1"'),
        (
            openalex.WORKS_DATASET,
            {"id": f"https://openalex.org/W{10**18}"},  # more than a number of 64 bits may hold
            f'id is "https://openalex.org/W{10**18}"',
        ),
        (semantic_scholar.PAPERS, {"title": "No id"}, "corpusid is missing"),
        (semantic_scholar.PAPERS, {"corpusid": "x"}, 'corpusid should be a whole number, not "x"'),
        (
            semantic_scholar.CITATIONS_DATASET,
            {"citingcorpusid": "x", "citedcorpusid": 1},
            'citingcorpusid should be a whole number, not "x"',
        ),
        (
            semantic_scholar.CITATIONS_DATASET,
            {"citingcorpusid": 2, "citedcorpusid": [1, 3]},
            "citedcorpusid should be a whole number, not [1, 3]",
        ),
    ],
)
def test_what_the_datasets_need(tmp_path, dataset, line, reason):
    data = pack(json.dumps(line).encode())
    assert keep(tmp_path, data, dataset=dataset) == ([], [(1, reason)])


@pytest.mark.parametrize(
    ("given", "kept", "reason"),
    [
        ({"intents": {"background": 1}}, {"intents": None},
         'intents should be a list, not {"background": 1}'),
        ({"intents": [["background", {}], None]}, {"intents": [["background", None], None]},
         'intents should be text, not [["background", {}], null]'),
        ({"contexts": [["As in", "[1]."], "As"]}, {"contexts": [None, "As"]},
         'contexts should be text, not [["As in", "[1]."], "As"]'),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_citation_does_not_lose_it(tmp_path, given, kept, reason):
    ids = {"citingcorpusid": 2, "citedcorpusid": 1}
    dataset = semantic_scholar.CITATIONS_DATASET
    rows, rejects = keep(tmp_path, pack(json.dumps(ids | given).encode()), dataset=dataset)
    assert rows == [dict.fromkeys(dataset.fields) | ids | kept]
    assert rejects == [(1, reason + KEPT)]


def test_rows_are_not_held_in_memory(tmp_path):
    line = json.dumps({"id": "T1", "names": ["x" * 1000]}).encode() + b"\n"
    path = tmp_path / "part.gz"
    path.write_bytes(gzip.compress(line * 5_000, 1))
    tracemalloc.start()
    assert copy_readable(str(path), DATASET, str(tmp_path / "kept.gz")) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000  # of five


def test_a_reject_says_where_and_why():
    assert Reject("part.gz", 3, "is not JSON")._asdict() == {
        "path": "part.gz", "line": 3, "reason": "is not JSON",
    }  # fmt: skip
