"""Some cases of every kind of fault, always the same ones; ``make faults`` runs more."""

from __future__ import annotations

import csv
import itertools
import os
import time

import pytest

from tests.conftest import ROOT
from tests.faults.__main__ import main
from tests.faults.case import DETECTED, SURVIVED, Case
from tests.faults.run import cases_of, find_kinds, run, run_case

N_CASES = 12
FEWER = {
    "a source of a hub damaged": 3,
    "a table that holds more than it says": 4,
    "a step of writing that fails": 3,
    "a writing command killed between two steps": 1,
    "a writing command killed or ended at any moment": 1,
    "a disk without room": 1,
    "two commands that write the same at once": 1,
    "scratch of other processes": 2,
}
"""Kinds whose cases take longer."""

FOUND = find_kinds()


@pytest.mark.parametrize("kind", FOUND)
def test_faults_are_detected_or_survived(kind, tmp_path):
    cases = itertools.islice(cases_of(kind, FOUND[kind], seed=0), FEWER.get(kind, N_CASES))
    results = [run_case(kind, case, tmp_path) for case in cases]
    assert results
    assert [f"{each.name}: {each.outcome}" for each in results if each.is_wrong] == []
    assert os.listdir(tmp_path) == []


def test_the_page_tells_of_every_kind():
    with (ROOT / "docs" / "guide" / "faults.csv").open(encoding="utf-8", newline="") as file:
        rows = [row["kind"] for row in csv.DictReader(file)]
    assert rows == [*FOUND], "python -m tests.faults --minutes 30 --table docs/guide/faults.csv"


# -- the runner -------------------------------------------------------------------------------


def _raise():
    raise ValueError("so it is")


def _made(rng):
    ends = {
        "detected": lambda: DETECTED,
        "raises": _raise,
        "crashes": lambda: os._exit(7),
        "survived": lambda: SURVIVED,
        "says nothing": lambda: None,
        "hangs": lambda: time.sleep(60),
        "leaves": lambda: [os.mkdir("left"), DETECTED][1],
    }
    for name, end in ends.items():

        def do(folder, end=end):
            os.chdir(folder)
            return end()

        yield Case(f"{name} {rng.random():.3f}", do)


def _breaking(rng):
    yield Case("only one", lambda folder: DETECTED)
    raise RuntimeError("no more")


KINDS = {"made": _made, "breaking": _breaking}  # which find_kinds() passes over
HERE = dict.fromkeys(KINDS, __name__)


def test_a_case_that_hangs_or_crashes_is_wrong_and_the_others_run():
    results = list(run(HERE, seed=0, processes=1, hangs=2))
    assert [(each.kind, each.name.split(" 0.")[0]) for each in results if not each.is_wrong] == [
        ("made", "detected"), ("breaking", "only one"), ("made", "survived"), ("made", "leaves")
    ]  # fmt: skip
    wrong = {each.name.split(" 0.")[0]: each.outcome for each in results if each.is_wrong}
    assert wrong.keys() == {
        "raises", "crashes", "says nothing", "hangs", "making its next case"
    }  # fmt: skip
    assert wrong["raises"].startswith("ValueError: so it is [")
    assert wrong["crashes"] == "it ended its process (7)"
    assert wrong["hangs"] == "no end in 2 seconds"
    assert wrong["making its next case"].startswith("RuntimeError: no more")


def test_a_case_is_found_again_by_its_name_and_seed(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("tests.faults.__main__.find_kinds", lambda: HERE)
    names = [case.name for case in cases_of("made", __name__, 3)]
    table = tmp_path / "table.csv"
    only = ["--seed", "3", "--table", str(table), "--processes", "1", "--only"]
    assert main([*only, f"made/{names[3]}"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1].split() == ["all", "1", "0", "1", "0"]
    assert table.read_text().splitlines()[1].startswith("made,1,0,1,0,2")
    assert main([*only, f"made/{names[4]}"]) == 1
    assert f"wrong: made/{names[4]}: the case returned None" in capsys.readouterr().out
    assert main([*only, "made/none"]) == 2
    assert main([*only, "other"]) == 2
