"""Keys and content hashes."""

from __future__ import annotations

import datetime
import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citehub._schema import SCHEMA, TABLES
from citehub._table import ArrowRows
from citehub._validate import (
    content_hash,
    find_dangling_key,
    find_problem,
    row_key,
    split_row_key,
)
from citehub.build.write import arrow_schema, describe


@given(st.lists(st.text(), min_size=1))
def test_a_row_key_can_be_taken_apart(parts):
    row = {str(number): part for number, part in enumerate(parts)}
    assert split_row_key(row_key(row, row)) == parts


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_different_keys_are_spelt_differently(one, other):
    def spell(parts):
        return row_key(dict(enumerate(parts)), range(len(parts)))

    assert (spell(one) == spell(other)) is (one == other)


def test_content_hashes_ignore_order_and_nothing_else(hub):
    rows = list(hub.works)
    schema = next(r for r in hub.manifest["resources"] if r["name"] == "works")["schema"]
    shuffled = random.Random(1).sample(rows, len(rows))
    assert content_hash(shuffled, schema) == content_hash(rows, schema)
    changed = [{**rows[0], "abstract": rows[0]["abstract"] + " "}, *rows[1:]]
    assert content_hash(changed, schema) != content_hash(rows, schema)
    cleared = [{**rows[0], "abstract": None}, *rows[1:]]
    empty = [{**rows[0], "abstract": ""}, *rows[1:]]
    assert content_hash(cleared, schema) != content_hash(empty, schema)


def test_a_known_content_hash_never_changes():
    """Old releases must verify for ever: the recipe of the hash is part of the format."""
    row = {"theme_id": "x", "title": "Ü", "description": "D", "position": 1}
    resource = describe(TABLES["themes"], [row])
    assert resource["content_hash"] == (
        "sha256:f9d23116b638d2f4ecf5193048336cf574ec9df78db86c499425ac1e5b563a17"
    )


WRONG = {
    "text for a number": ("position", "1", "int16"),
    "a fraction": ("position", 1.0, "int16"),
    "true for a number": ("position", True, "int16"),
    "out of range": ("position", 1 << 15, "int16"),
    "a number for text": ("title", 1, "string"),
    "null": ("title", None, "not null"),
    "a list": ("title", ["T"], "string"),
}


@pytest.mark.parametrize(("column", "value", "expected"), WRONG.values(), ids=WRONG)
def test_wrong_cells_are_found(column, value, expected):
    row = {"theme_id": "x", "title": "T", "description": "D", "position": 1, column: value}
    found = find_problem([row], describe(TABLES["themes"], [row]))
    assert found is not None
    assert f"column '{column}' of row 1 to be {expected}" in found[0]


def test_dates_and_limits_are_accepted():
    row = {
        "scheme": "intent", "raw_value": "x", "source_id": "s", "value": None, "n": (1 << 31) - 1,
        "n_labelled": 0, "n_citing": 0, "retrieved_on": datetime.date(2026, 1, 1),
    }  # fmt: skip
    assert find_problem([row], describe(TABLES["label_counts"], [row])) is None


CELLS = st.text(alphabet="a|%b7C ü\U0001f600", max_size=2)
COUNTED = st.lists(st.tuples(CELLS, CELLS, st.integers(0, 9)))


@settings(deadline=None)  # the first example loads pyarrow's functions
@given(COUNTED)
def test_rows_in_arrows_memory_are_judged_and_hashed_as_dicts_are(drawn):
    """Their keys hold what keys are joined by, in any order, and some are there twice."""
    rows = [
        {"source_id": one, "other_source_id": other, "n_both": n, "n_either": 9}
        for one, other, n in drawn
    ]
    table = TABLES["source_overlap"]
    stored = ArrowRows(pa.Table.from_pylist(rows, schema=arrow_schema(table)))
    resource = describe(table, rows)
    assert describe(table, stored) == resource
    assert (find_problem(stored, resource) is None) is (find_problem(rows, resource) is None)
    there = {"sources": [{"source_id": "a"}]}
    lost = find_dangling_key({**there, "source_overlap": rows}, resource)
    assert find_dangling_key({**there, "source_overlap": stored}, resource) == lost


def test_a_wrong_cell_is_found_in_arrows_memory():
    row = {"source_id": "a", "other_source_id": "b", "n_both": -1, "n_either": 9}
    table = TABLES["source_overlap"]
    stored = ArrowRows(pa.Table.from_pylist([row], schema=arrow_schema(table)))
    found = find_problem(stored, describe(table, [row]))
    assert found == ("column 'n_both' of row 1 to be 0 or more", "-1")


@pytest.mark.parametrize("schema", SCHEMA, ids=lambda schema: schema.name)
def test_empty_tables_are_sound(schema):
    assert find_problem([], describe(schema, [])) is None
