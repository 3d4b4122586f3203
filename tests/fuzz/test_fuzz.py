"""A few inputs for every parser, always the same ones; ``make fuzz`` tries more."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS

N_EXAMPLES = 25


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_returns_or_says_what_is_wrong(name):
    target = TARGETS[name]
    for value in SEEDS.get(name, ()):
        try_once(target, value)
    few = settings(
        max_examples=N_EXAMPLES, derandomize=True, deadline=None, database=None,
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip
    few(given(target.given)(lambda value: try_once(target, value)))()


def try_once(target, value):
    with tempfile.TemporaryDirectory() as folder:
        target.run(value, Path(folder))


def test_every_seed_has_a_target():
    assert SEEDS.keys() <= TARGETS.keys()
