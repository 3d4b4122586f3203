"""Joins and candidates in a world in which it is known what is one work, as the docs report it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import joins


@pytest.fixture(scope="module")
def world():
    return joins.Maker(1).make(600)


@pytest.fixture(scope="module")
def found(world):
    return joins.run(world)


def shares(measured: joins.Measured) -> tuple[float, float]:
    return measured.right / measured.joined, measured.right / measured.true


def test_the_same_seed_gives_the_same_world(world):
    assert joins.Maker(1).make(600) == world
    assert joins.Maker(2).make(600) != world


def test_joins_are_right_and_more_so_than_by_any_shared_identifier(world, found):
    precision, recall = shares(joins.measure(joins.groups_of(found), world))
    assert precision > 0.98
    assert recall > 0.75
    naive = joins.measure(joins.by_any_identifier(world), world)
    assert shares(naive)[0] < precision
    assert shares(naive)[1] == pytest.approx(recall, abs=0.01)


def test_candidates_find_most_of_what_is_not_joined(world, found):
    proposed = joins.judge(found, world)
    assert len(proposed.right) > 0.9 * (len(proposed.right) + proposed.missed.total())
    assert len(proposed.right) > 0.75 * len(found.candidates)
    assert {kind for kind, count in proposed.wrong.items() if count > 2} <= {"sequel"}


def test_a_person_who_accepts_the_right_ones_makes_nearly_every_work_whole(world, found):
    right = joins.judge(found, world).right
    whole = joins.run(world, joins.accept(found, right))
    precision, recall = shares(joins.measure(joins.groups_of(whole), world))
    assert precision > 0.98
    assert recall > 0.97
    assert not [each for each in whole.notes if each.kind == "unfit" and "no source" in each.text]


def test_accepting_all_of_them_joins_sequels(world, found):
    pairs = [(each.work_id, each.other_work_id) for each in found.candidates]
    everything = joins.measure(
        joins.groups_of(joins.run(world, joins.accept(found, pairs))), world
    )
    plain = joins.measure(joins.groups_of(found), world)
    assert shares(everything)[0] < shares(plain)[0]
