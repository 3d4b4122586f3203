"""YAML: what PyYAML reads back is what was written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from citehub.publish._yaml import to_yaml
from tests.publish.conftest import HOSTILE

TEXTS = st.text() | st.sampled_from(
    ["", "null", "~", "yes", "1.0", "2026-11-23", "- a", "a: b", "#", "!!x", "\u0085", "\ufffe"]
)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@pytest.mark.slow
@given(st.dictionaries(TEXTS, VALUES))
def test_it_is_read_back(value):
    written = to_yaml(value)
    assert yaml.safe_load(written) == value
    assert written.replace("\n", "").isprintable()


def test_hostile_text_is_one_line():
    assert to_yaml({"a": HOSTILE}).count("\n") == 1
