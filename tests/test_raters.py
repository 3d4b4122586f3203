"""Agreement of labellers, against worked examples that others published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import citehub
from citehub._raters import cohen_kappa, fleiss_kappa, gwet_ac1, measure, pair_ac1

# Ten subjects, fourteen raters, five classes: Wikipedia, "Fleiss' kappa", worked example.
WIKIPEDIA = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
# Twelve units, four observers, five classes, some not judged: K. Krippendorff, "Computing
# Krippendorff's alpha-reliability" (2011), as cac.raw4raters of Gwet's package irrCAC has it.
OBSERVERS = [
    "11 1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", " 555", "  11", "  3 ",
]  # fmt: skip
GWET = [[each.count(value) for value in "12345"] for each in OBSERVERS]


def test_fleiss_kappa_of_published_examples():
    assert fleiss_kappa(WIKIPEDIA) == pytest.approx(0.210, abs=5e-4)
    assert fleiss_kappa(GWET) == pytest.approx(0.76117, abs=5e-6)


def test_ac1_of_a_published_example():
    assert gwet_ac1(GWET) == pytest.approx(0.77544, abs=5e-6)


@pytest.mark.parametrize("counts", [[], [[1, 0]], [[0, 0]]])
def test_what_nobody_judged_twice_has_no_agreement(counts):
    assert fleiss_kappa(counts) is None
    assert gwet_ac1(counts) is None


def test_one_class_tells_nothing():
    assert fleiss_kappa([[3], [3]]) is None
    assert gwet_ac1([[3], [3]]) is None


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=20))
def test_agreement_is_at_most_one_and_one_only_where_all_agree(pairs):
    for measured in (fleiss_kappa(pairs), gwet_ac1(pairs)):
        several = [pair for pair in pairs if sum(pair) > 1]
        if measured is not None:
            assert measured <= 1 + 1e-12
            assert (abs(measured - 1) < 1e-12) == all(0 in pair for pair in several)


def test_classes_that_nobody_chose_count_in_ac1_alone():
    """Two judges agree on 2 of 3 things, and each class has half of the judgements.

    By chance (1/4 + 1/4) / (q - 1): 1/2 with two classes, 1/12 with the seven roles.
    """
    table = np.array([[1, 1], [0, 1]])
    assert cohen_kappa(table) == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))  # 2/5
    assert pair_ac1(table, 2) == pytest.approx(1 / 3)
    assert pair_ac1(table, 7) == pytest.approx(7 / 11)
    assert gwet_ac1([[2, 0, *[0] * 5], [1, 1, *[0] * 5], [0, 2, *[0] * 5]]) == pytest.approx(
        7 / 11
    )
    assert np.isnan(cohen_kappa(np.array([[3, 0], [0, 0]])))
    assert pair_ac1(np.array([[3, 0], [0, 0]]), 7) == 1


def test_the_three_readings_of_the_hub():
    found = {row.scheme: row for row in citehub.load("mt-nlg").label_agreement()}
    figures = {
        scheme: (row.n, row.n_agreed, round(row.kappa, 2), round(row.ac1, 2))
        for scheme, row in found.items()
    }
    assert figures == {
        "intent": (49, 48, 0.97, 0.99), "polarity": (49, 45, 0.82, 0.94),
        "subject": (49, 49, 1.0, 1.0),
    }  # fmt: skip
    assert len(found["intent"].labelers) == 3


def test_other_kinds_and_second_roles_do_not_count():
    about = {"citing_work_id": "a", "cited_work_id": "b", "context_id": "c", "scheme": "intent"}
    labels = [
        {**about, "labeler": name, "labeler_kind": kind, "rank": rank, "value": value,
         "raw_value": value}
        for name, kind, rank, value in (
            ("one", "model", None, "method"), ("two", "model", 1, "method"),
            ("two", "model", 2, "result"), ("Ada", "person", None, "result"),
        )
    ]  # fmt: skip
    (found,) = measure(labels)
    assert (found.n, found.n_agreed, found.labelers) == (1, 1, ("one", "two"))
    assert measure(labels, "person") == ()
