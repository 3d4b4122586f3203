"""Keys and content hashes."""

from __future__ import annotations

import datetime
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citehub._schema import SCHEMA, TABLES
from citehub._validate import content_hash, find_problem, row_key, split_row_key
from citehub.build.write import describe


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


@pytest.mark.parametrize("schema", SCHEMA, ids=lambda schema: schema.name)
def test_empty_tables_are_sound(schema):
    assert find_problem([], describe(schema, [])) is None
