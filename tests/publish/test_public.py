"""The public surface of ``citehub.publish``, its docstrings, and the CiTO crosswalk."""

from __future__ import annotations

from typing import get_args

import pytest

from citehub import _rows, publish
from citehub._cito import CITO
from tests.test_docstrings import problems

FUNCTIONS = ["dataset_jsonld", "publish", "publishing_files"]


def test_all_is_sorted():
    assert publish.__all__ == ["PUBLISHING_FILES", *FUNCTIONS]


def test_the_names_are_those_of_the_files_that_are_made(hub):
    assert sorted(publish.publishing_files(hub)) == sorted(publish.PUBLISHING_FILES)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstrings(name):
    owner = getattr(publish, name)
    assert problems(f"{owner.__module__}.{name}") == []


def test_every_label_has_its_place_in_the_crosswalk():
    assert tuple(CITO) == get_args(_rows.Label)


def test_the_crosswalk_needs_nothing():
    from tests.test_public import loaded_by

    assert loaded_by("import citehub._cito") == {"citehub", "citehub._cito"}
