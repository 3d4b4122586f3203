"""A large hub is read by columns: only the rows that are needed become dicts."""

from __future__ import annotations

import random
from collections import Counter

import pyarrow as pa
import pytest

import citehub
from citehub import _arrow_rows, _table_file
from citehub._arrow_rows import ArrowRows, compare_rows, find_partners
from citehub._validate import row_key

OLD, NEW = "1.1.1", "1.2.0"


@pytest.fixture
def dicts(monkeypatch):
    """Count the rows that become dicts, by whether they are evidence."""
    counts: Counter[bool] = Counter()
    whole = ArrowRows.__iter__

    def count(rows):
        for row in whole(rows):
            counts["row_key" in row] += 1
            yield row

    monkeypatch.setattr(ArrowRows, "__iter__", count)
    return counts


def test_check_makes_no_dict_of_evidence(dicts):
    assert citehub.check("mt-nlg", version=NEW).passed
    assert dicts[False]
    assert not dicts[True]


def test_a_difference_makes_dicts_of_rows_that_differ(dicts):
    found = citehub.diff("mt-nlg", OLD, NEW)
    changes = [change for change in found if change.table == "evidence"]
    rows = {(each.kind.startswith("cell"), each.row_key) for each in changes if each.row_key}
    assert dicts[True] == sum(2 if is_cell else 1 for is_cell, _ in rows)
    assert 0 < dicts[True] < len(citehub.load("mt-nlg", version=NEW).evidence)


def test_a_large_table_holds_each_text_once_and_says_the_same(monkeypatch):
    def look():
        hub = citehub.load("mt-nlg", version=NEW)
        diff = citehub.diff("mt-nlg", OLD, NEW)
        card = [*citehub.check("mt-nlg", version=NEW)]
        return diff.changes, diff.news, card, [*hub.works], bytes(hub.export("csv"))

    before = look()
    monkeypatch.setattr(_table_file, "_PLAIN_ROWS", 0)
    monkeypatch.setattr(_arrow_rows, "_FEW_ROWS", 0)
    monkeypatch.setattr("citehub._release._CHUNK_WORKS", 10)
    assert look() == before
    column = citehub.load("mt-nlg", version=NEW).evidence.read_rows().table.column("row_key")
    texts = column.chunk(0).dictionary
    assert len(texts) == len({*texts.to_pylist()}) < len(column)


def test_the_first_table_is_as_before(monkeypatch):
    monkeypatch.setattr(_table_file, "_PLAIN_ROWS", 0)
    monkeypatch.setattr(_arrow_rows, "_FEW_ROWS", 0)
    works = citehub.load("mt-nlg").works
    assert str(works.to_arrow().schema.field("title").type) == "string"


def test_every_double_is_named_once_in_the_order_of_rows():
    rows = ArrowRows(pa.table({"one": ["b", "a", "b", "a|", "b", "a"], "two": [1, 2, 1, 2, 1, 2]}))
    assert rows.duplicate_keys(["one", "two"]) == ["b|1", "a|2"]
    assert rows.duplicate_key(["one", "two"]) == "a|2"
    assert not rows.are_unique(["one", "two"])


def test_a_table_without_rows_may_have_a_key_of_dates():
    rows = ArrowRows(pa.table({"day": pa.array([], pa.date32())}))
    assert rows.duplicate_keys(["day"]) == []
    assert len(find_partners(rows, rows, ["day"])) == 0


@pytest.mark.parametrize("seed", range(8))
def test_rows_differ_as_their_dicts_do(monkeypatch, seed):
    monkeypatch.setattr(_arrow_rows, "_BATCH_ROWS", 3)
    draw, key = random.Random(seed), ("text", "number")

    def make():
        cells = draw.sample(
            [(text, n) for text in ("", "%", "a", "a|", "é", "😀") for n in (-1, 9)], 9
        )
        rows = [
            {"text": text, "number": n, "value": draw.choice([None, "", "x"])} for text, n in cells
        ]
        table = pa.Table.from_pylist(rows)
        if draw.random() < 1 / 2:
            table = table.set_column(0, "text", table["text"].dictionary_encode())
        return ArrowRows(table), {row_key(row, key): row for row in rows}

    (old, before), (new, after) = make(), make()
    differ = [(row, None) for name, row in before.items() if name not in after]
    differ += [(before.get(each), row) for each, row in after.items() if before.get(each) != row]
    partners = find_partners(old, new, key)
    assert [*compare_rows(old, new, partners, new.columns)] == differ
