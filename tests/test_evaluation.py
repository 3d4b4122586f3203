"""How well the labellers of a hub do against what people say, and sums corrected by that."""

from __future__ import annotations

import json
import os
import random

import pytest

import citehub
from citehub._evaluation import LEAST_JUDGED, evaluate
from citehub._raters import fleiss_kappa
from citehub.labelling.corpora import read_corpus
from citehub.labelling.scores import judge_polarity
from tests.test_labelling import SCICITE, put


def said(passage, value, labeler="rules", kind="rule", scheme="intent", rank=None):
    """Return a label of a passage, as w3#1: the work is what stands before the sign."""
    return {
        "citing_work_id": passage.partition("#")[0], "cited_work_id": "own", "context_id": passage,
        "scheme": scheme, "value": value, "subject": None, "raw_value": value, "labeler": labeler,
        "labeler_kind": kind, "rank": rank,
    }  # fmt: skip


def people(values, name="Ada", kind="person"):
    return [said(passage, value, name, kind) for passage, value in values.items()]


TRUE = {"a#1": "method", "a#2": "method", "b#1": "background", "c#1": "result", "d#1": "result"}


def test_a_labeller_is_held_against_people():
    rules = {"a#1": "method", "a#2": "background", "b#1": "background", "c#1": "result"}
    labels = [*people(TRUE), *people(rules, "rules", "rule"), said("e#1", "method")]
    labels.append(said("d#1", "background", rank=2))
    (found,) = evaluate(labels)
    assert (found.scheme, found.reference, found.referees) == ("intent", "people", ("Ada",))
    assert (found.n_reference, found.n_works, found.n_disputed) == (5, 4, 0)
    (score,) = found.labelers
    assert (score.labeler, score.n_reference, score.n_judged, score.n_agreed) == ("rules", 5, 4, 3)
    assert score.values == ("background", "method", "result")
    assert score.confusion == ((1, 0, 0), (1, 1, 0), (0, 0, 1))
    assert score.agreement.value == 0.75
    assert score.kappa.value == pytest.approx((0.75 - 5 / 16) / (1 - 5 / 16))
    by_chance = (3 / 8 * 5 / 8 + 3 / 8 * 5 / 8 + 1 / 4 * 3 / 4) / 5  # six roles, without unsure
    assert score.ac1.value == pytest.approx((0.75 - by_chance) / (1 - by_chance))
    assert score.agreement.low < 0.75 < score.agreement.high
    assert found.corrected == ()
    assert evaluate(labels) == (found,)


def test_what_people_settled_goes_before_what_one_says_and_nobody_is_held_against_herself():
    labels = [
        *people({"a#1": "method", "a#2": "result", "b#1": "background", "c#1": "result"}),
        *people({"a#2": "method", "b#1": "background", "c#1": "unsure"}, "Ben"),
        *people({"a#1": "result"}, "Ada and Ben", "settled"),
    ]
    (found,) = evaluate(labels)
    assert (found.n_reference, found.n_disputed) == (3, 1)
    (ada, ben) = found.labelers
    assert (ada.labeler, ada.n_reference, ada.n_judged, ada.n_agreed) == ("Ada", 1, 1, 0)
    assert (ben.labeler, ben.n_judged) == ("Ben", 0)
    assert ben.agreement is None
    assert (found.people.n, found.people.n_agreed) == (3, 1)


def test_without_people_it_is_a_majority_and_that_is_said():
    labels = [
        *people({"a#1": "method", "b#1": "result"}, "majority of 2 votes by lamp", "majority"),
        *people({"a#1": "method", "b#1": "result"}, "lamp, vote 1 of 2", "model"),
        *people({"a#1": "method", "b#1": "unsure"}, "moon", "model"),
    ]
    (found,) = evaluate(labels)
    assert found.reference == "majority"
    assert [(each.labeler, each.makes_reference, each.n_judged) for each in found.labelers] == [
        ("lamp, vote 1 of 2", True, 2), ("moon", False, 1)
    ]  # fmt: skip
    assert found.labelers[0].agreement == (1.0, None, None)  # no spread, so no interval
    assert found.labelers[1].kappa is None
    assert found.models.n == 2
    assert fleiss_kappa([[2, 0, 0], [0, 1, 1]]) == found.models.kappa


def test_where_rules_alone_judged_there_is_nothing_to_hold_them_against():
    (found,) = evaluate([said("a#1", "method")])
    assert (found.reference, found.labelers, found.n_reference) == ("none", (), 0)
    assert evaluate([]) == ()


def checked(n_checked, n_rest):
    """Return labels by rules that call each second result background, and people's of some."""
    draw = random.Random(7)
    labels = []
    for number in range(n_checked + n_rest):
        passage = f"w{number // 3}#{number}"
        true = draw.choice(["result", "background"])
        value = "background" if draw.random() < 0.5 else true
        labels.append(said(passage, value))
        if number < n_checked:
            labels.append(said(passage, true, "Ada", "person"))
    return labels


def test_sums_are_corrected_by_what_people_say_of_some():
    (found,) = evaluate(checked(150, 150))
    background, result = found.corrected
    assert (background.value, result.value) == ("background", "result")
    assert (result.n_judged, result.n_both) == (300, 150)
    assert (result.n + background.n, result.share.value) == (300, result.n / 300)
    assert result.n_corrected + background.n_corrected == pytest.approx(300)
    assert result.share.high < 0.4
    assert result.corrected.low < 0.5 < result.corrected.high
    assert result.corrected.value == pytest.approx(result.n_corrected / 300)


def test_the_correction_is_that_of_a_worked_example():
    checked_as = [("result", "result")] * 19 + [("background", "background")] * 24
    checked_as += [("background", "result")] * 11  # said first, then as people have it
    labels = []
    for number, (value, true) in enumerate(checked_as):
        labels += [said(f"w{number}#1", value), said(f"w{number}#1", true, "Ada", "person")]
    labels += [said(f"x{number}#1", "background") for number in range(36)]
    (found,) = evaluate(labels)
    background, result = found.corrected
    assert (background.n, result.n) == (71, 19)
    assert background.n_corrected == pytest.approx(24 + 36 * 25 / 36)
    assert result.n_corrected == pytest.approx(30 + 36 * 11 / 36)


@pytest.mark.parametrize("labels", [checked(LEAST_JUDGED - 1, 20), checked(LEAST_JUDGED + 10, 0)])
def test_too_few_checked_or_all_of_them_are_not_corrected(labels):
    (found,) = evaluate(labels)
    assert found.corrected == ()


# -- the command ------------------------------------------------------------------------------


def test_a_hub_that_no_person_judged_is_told_as_such(run):
    code, out, err = run("labels", "evaluate", "mt-nlg")
    told = " ".join(out.decode().split())
    assert (code, err) == (0, "")
    for each in (
        "49 passages of 14 works have a reference, by majority of three readings",
        "No person judged: the figures say how far labellers agree with the majority",
        "all agree on 48 of 49 passages; Fleiss' kappa 0.97, AC1 0.99",
        "No sums are corrected. That needs 50 passages",
    ):
        assert each in told
    code, out, _ = run("labels", "evaluate", "mt-nlg", "--json")
    (row,) = json.loads(out)
    assert (row["hub"], [each["scheme"] for each in row["schemes"]]) == (
        "mt-nlg", ["intent", "polarity", "subject"]
    )  # fmt: skip
    assert row["schemes"][0]["labelers"][1]["confusion"][0] == [31, 0, 0, 0, 1]


def test_sums_are_shown_beside_one_another(run, monkeypatch):
    found = evaluate(checked(60, 60))
    monkeypatch.setattr(citehub.Hub, "evaluate_labels", lambda _hub: found)
    _, out, _ = run("labels", "evaluate", "mt-nlg")
    told = " ".join(out.decode().split())
    result = found[0].corrected[1]
    assert f"{result.n} of 120" in told
    assert f"{result.n_corrected:.1f} of 120" in told


def test_what_is_neither_hub_nor_corpus_is_told(run, tmp_path):
    code, out, err = run("labels", "evaluate", "no-such-thing")
    assert (code, out) == (2, b"")
    told = " ".join(err.split())
    assert "It is not the folder of a corpus, either. Known corpora, by" in told
    assert "There is no hub 'no-such-thing'" in told
    code, _, err = run("labels", "evaluate", os.fspath(tmp_path))
    assert code == 2
    assert "has no known corpus" in " ".join(err.split())


def test_stances_of_scicite_count_where_they_are_not_turned_round(run, tmp_path):
    stance = {"label2": "supportive"}
    rows = [*SCICITE[:2], {**SCICITE[2], **stance}]
    test = read_corpus(put(tmp_path, "test.jsonl", rows))
    assert [each.polarity for each in test.contexts] == ["mentioning", "mentioning", "supporting"]
    assert judge_polarity(test).roles[0][:2] == ("supporting", 1.0)
    _, out, _ = run("labels", "evaluate", os.fspath(tmp_path))
    assert "Polarity: macro-F1" in " ".join(out.decode().split())
    (tmp_path / "test.jsonl").unlink()
    rows = [rows[2], {**rows[2], "label2_confidence": 0.7}]
    dev = read_corpus(put(tmp_path, "dev.jsonl", rows))
    assert [each.polarity for each in dev.contexts] == [None, "supporting"]
