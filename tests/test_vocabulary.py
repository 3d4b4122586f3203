"""The words for labels: defined once, complete, and led to terms that exist."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from citehub import _rows, vocabulary
from citehub._cito import CITO
from citehub.vocabulary import (
    CROSSWALK,
    INTENTS,
    JOIN_REASONS,
    MEASURES,
    NOTE_KINDS,
    POLARITIES,
    SYSTEMS,
)
from tests.test_public import loaded_by

# The classes of each system, as its documentation lists them; CiTO's stand in ``CITO``.
CLASSES = {
    "Semantic Scholar": ["background", "methodology", "result"],
    "SciCite": [
        *("background", "method", "result"),
        *("supportive", "not_supportive", "cant_determine"),
    ],
    "MultiCite": [
        *("background", "uses", "similarities", "differences", "extends", "motivation"),
        *("future_work", "unsure"),
    ],
    "scite": ["supporting", "mentioning", "contrasting"],
}


def test_definitions_are_of_the_values_that_rows_can_hold():
    assert tuple(INTENTS) == get_args(_rows.Intent)
    assert tuple(POLARITIES) == get_args(_rows.Polarity)
    assert tuple(MEASURES) == get_args(_rows.CountMeasure)
    assert tuple(NOTE_KINDS) == get_args(_rows.NoteKind)
    assert tuple(JOIN_REASONS) == get_args(_rows.JoinReason)


def test_definitions_are_one_sentence_each_and_differ():
    said = [
        text
        for meanings in (INTENTS, POLARITIES, MEASURES, NOTE_KINDS, JOIN_REASONS)
        for text in meanings.values()
    ]
    assert all(text.endswith(".") and text.count(".") == 1 for text in said)
    assert len(set(said)) == len(said)


def test_systems_are_the_literal_and_have_an_address():
    assert tuple(SYSTEMS) == get_args(vocabulary.System)
    assert all(url.startswith(("https://", "http://")) for url in SYSTEMS.values())


def test_the_crosswalk_has_every_value_of_every_system_in_order():
    order = list(dict.fromkeys((row.system, row.value) for row in CROSSWALK))
    assert order == [(system, value) for system in SYSTEMS for value in (*INTENTS, *POLARITIES)]
    assert max(Counter(CROSSWALK).values()) == 1
    for row in CROSSWALK:
        assert row.scheme == ("intent" if row.value in INTENTS else "polarity")


def test_a_row_has_a_term_or_says_what_is_missing():
    for row in CROSSWALK:
        assert row.term or row.note, row
        assert row.note is None or row.note.endswith(".")


@pytest.mark.parametrize("system", CLASSES)
def test_every_class_of_a_system_is_one_term(system):
    terms = [row.term for row in CROSSWALK if row.system == system and row.term]
    assert terms == CLASSES[system]


def test_cito_is_the_mapping_that_exports_use():
    assert {row.value: row.term for row in CROSSWALK if row.system == "CiTO"} == CITO


def test_a_system_that_judges_one_scheme_says_so_of_the_other():
    silent = {
        (row.system, row.note) for row in CROSSWALK if (row.note or "").startswith("It judges no")
    }
    assert silent == {
        ("Semantic Scholar", "It judges no stances."),
        ("MultiCite", "It judges no stances."),
        ("scite", "It judges no roles."),
    }


def test_it_needs_no_other_library():
    ours = {"citehub", "citehub.vocabulary", "citehub._cito"}
    modules = loaded_by("from citehub import vocabulary")
    assert {name for name in modules if name.startswith("citehub")} == ours
    assert not modules & {"pyarrow", "pandas", "numpy"}
