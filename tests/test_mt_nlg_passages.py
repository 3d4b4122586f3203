"""Where, and why, the works of mt-nlg cite: the passages, their judgements, and their sums."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter

import pytest

import citehub
from citehub import vocabulary
from citehub._labels import value_of
from citehub._summary import finite_interval, wilson_interval
from citehub.export import FORMATS
from tests.conftest import SOURCE

MAJORITY = "majority of three readings by a language model"
MOST_WORDS = 22  # of a gist, as guideline 1 asks


@pytest.fixture(scope="module")
def hub():
    return citehub.load("mt-nlg", version="1.3.0")


def curated(name):
    with open(SOURCE / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- passages ---------------------------------------------------------------------------------


def test_passages_agree_with_their_file_and_hold_no_words(hub):
    rows = curated("passages")
    assert not {"text", "before", "after", "start", "end"} & rows[0].keys()
    assert len(rows) == len(hub.citation_contexts) == 49
    for row in hub.citation_contexts:
        assert (row["text"], row["before"], row["after"]) == (None, None, None)
        assert row["context_id"] == f"{row['citing_work_id']}#{row['sentence_hash'][:12]}"
        assert (row["mark"] is None) is (row["group_size"] is None)
        assert len(row["gist"].split()) <= MOST_WORDS
    stated = {(row["work"], row["position"], row["sentence_hash"], row["gist"]) for row in rows}
    assert stated == {
        (row["citing_work_id"], str(row["position"]), row["sentence_hash"], row["gist"])
        for row in hub.citation_contexts
    }


def test_how_often_there_is_a_mark_a_name_a_group(hub):
    rows = list(hub.citation_contexts)
    marked = [row for row in rows if row["mark"] is not None]
    assert (len(marked), sum(row["group_size"] == 1 for row in marked)) == (38, 26)
    assert sum(not row["names_work"] for row in marked) == 18
    assert Counter(row["place"] for row in rows) == {
        "text": 34, "table": 11, "appendix": 2, "figure": 1, "footnote": 1
    }  # fmt: skip


def test_places_in_the_text_are_numbered_by_work(hub):
    for work in hub.select(labelled=True):
        assert [row["position"] for row in work.passages] == list(range(1, len(work.passages) + 1))


def test_of_each_work_it_is_said_what_came_of_looking(hub):
    rows = list(hub.text_readings)
    assert {row["work_id"] for row in rows} == set(hub.citing_works["work_id"])
    assert {row["status"] for row in rows} <= vocabulary.TEXT_STATUSES.keys()
    statuses = {row["work_id"]: row["status"] for row in rows}
    assert Counter(statuses.values()) == {
        "passages found": 14, "not in references": 5, "no citation found": 1, "not at hand": 24
    }  # fmt: skip
    found = {work for work, status in statuses.items() if status == "passages found"}
    assert found == {row["citing_work_id"] for row in hub.citation_contexts}
    assert {row["licence"] for row in rows} == {None}
    for column, n in (("n_passages", 49), ("n_marks", 38)):
        assert sum(row[column] or 0 for row in rows) == n
    by_text = Counter(
        (row["citing_work_id"], row["form"], row["text_version"]) for row in hub.citation_contexts
    )
    for row in rows:
        of = row["work_id"], row["form"], row["text_version"]
        assert by_text.get(of, 0) == (row["n_passages"] or 0)


def test_notes_of_readings_are_sentences(hub):
    for row in hub.text_readings:
        assert row["note"] is None or (row["note"][0].isupper() and row["note"][-1] == ".")
        assert (row["note"] is None) is (row["status"] == "not at hand")


# -- judgements -------------------------------------------------------------------------------


def test_each_passage_has_three_readings_and_their_majority(hub):
    by_passage = {}
    for row in hub.citation_labels:
        key = row["context_id"], row["scheme"]
        by_passage.setdefault(key, []).append(row)
    assert len(by_passage) == 3 * 49
    for rows in by_passage.values():
        models = [value_of(row) for row in rows if row["labeler_kind"] == "model"]
        (shown,) = (row for row in rows if row["is_shown"])
        assert len(models) == 3
        assert (shown["labeler"], shown["rank"]) == (MAJORITY, 1)
        assert models.count(value_of(shown)) >= 2
        assert {row["guideline"] for row in rows} == {"1"}
        assert {row["confidence"] for row in rows} == {None}
        assert {row["labeler_version"] for row in rows} == {"Claude, version not noted"}
    assert not any(row["labeler_kind"] == "person" for row in hub.citation_labels)


def test_subjects_are_those_of_the_guideline(hub):
    text = (SOURCE / "guideline-1.md").read_text("utf-8")
    for row in hub.subjects:
        assert f"- **{row['subject']}**: " in text
    used = {row["subject"] for row in hub.citation_labels} - {None}
    assert used == set(hub.subjects["subject"])


def test_the_release_says_which_guideline_it_was(hub):
    said = hub.manifest["citehub"]["responsible_ai"]["data_annotation_protocol"]
    assert hashlib.sha256((SOURCE / "guideline-1.md").read_bytes()).hexdigest() in said
    assert "No person has checked them." in said
    (row,) = (each for each in hub.sources if each["source_id"] == "passage-readings")
    assert "no person has checked them" in row["title"]


# -- sums -------------------------------------------------------------------------------------


def test_sums_of_works_and_passages(hub):
    rows = list(hub.summary())
    found = {
        (row.unit, row.scheme, row.raw_value): (row.n, row.n_labelled, row.n_all)
        for row in rows
        if row.labeler
    }
    roles = {"background": 13, "result": 4, "method": 3, "motivation": 2, "extension": 1}
    for role, n in roles.items():
        assert found["works", "intent", role] == (n, 14, 44)
    passages = {"background": 32, "result": 10, "method": 4, "motivation": 2, "extension": 1}
    for role, n in passages.items():
        assert found["passages", "intent", role] == (n, 49, 49)
    for polarity, n in {"mentioning": 42, "contrasting": 4, "supporting": 3}.items():
        assert found["passages", "polarity", polarity] == (n, 49, 49)
    assert (rows[0].source_id, rows[0].n, rows[0].labeler) == ("pith-hub-page", 9, None)
    assert {row.labeler for row in rows[2:]} == {MAJORITY}
    for row in rows[2:]:
        assert (row.low, row.high) == wilson_interval(row.n, row.n_labelled)
        finite = (None, None)
        if row.unit == "works":
            finite = finite_interval(row.n, row.n_labelled, 44)
        assert (row.low_finite, row.high_finite) == finite
        assert row.n_unlabelled == row.n_all - row.n_labelled


def test_the_sentence_keeps_the_sum_of_the_page_apart(hub):
    said = str(hub.summary())
    assert said.startswith(
        "By pith-hub-page: 9 of 44 citing works carry a role label (20 %); the source does not "
        "say which. Of these, 9 of 9 are background (100 %, 95 % Wilson interval 70 to 100 %). "
    )
    assert (
        f"14 of 44 citing works carry a role label (32 %), judged by {MAJORITY}. Of these, 13 of "
        "14 are background (93 %, 95 % Wilson interval 69 to 99 %); 4 of 14 are result (29 %, 12 "
        "to 55 %)"
    ) in said
    assert "49 of 49 passages carry a role label: 32 background, 10 result, 4 method" in said


def test_a_work_shows_the_roles_of_its_passages_and_who_judged(hub):
    work = hub.work("2205.01068")
    assert work.role == "background, result, motivation"
    assert (work.polarity, work.judged_by) == ("mentioning, supporting", MAJORITY)
    assert hub.canonical.judged_by is None
    assert hub.work("2405.04434").role is None
    (reading,) = hub.work("2405.04434").text_readings
    assert (reading["status"], reading["form"]) == ("not in references", "pdf")


def test_passages_as_a_frame(hub):
    frame = hub.passages()
    assert len(frame) == 49
    assert frame["judged_by"].unique().tolist() == [MAJORITY]
    assert frame.groupby("role").size().to_dict()["result"] == 10
    assert list(dict.fromkeys(frame["work_id"])) == [
        each for each in hub.citing_works["work_id"] if each in set(frame["work_id"])
    ]
    first = frame.iloc[0]
    assert (first["section_number"], first["role"], first["place"]) == (
        "2.2", "background", "text"
    )  # fmt: skip


def test_releases_before_have_no_passages_of_texts():
    old = citehub.load("mt-nlg", version="1.2.0")
    assert len(old.passages()) == 0
    assert old.work("2205.01068").text_readings == old.work("2205.01068").passages == ()
    assert old.label_agreement() == ()
    with pytest.raises(citehub.errors.UnknownTable):
        citehub.load("mt-nlg", version="1.0.0").passages()


@pytest.mark.parametrize(
    ("count", "sample", "total", "low", "high"),
    [
        (9, 9, 44, 0.742, 1.0),
        (3, 4, 4, 0.75, 0.75),
        (0, 5, 6, 0.0, 0.133),
        (1, 1, 10**9, 0.207, 1),
    ],
)
def test_finite_intervals(count, sample, total, low, high):
    found = finite_interval(count, sample, total)
    assert found == pytest.approx((low, high), abs=5e-4)
    wide = wilson_interval(count, sample)
    assert wide[0] <= found[0] + 1e-12
    assert found[1] <= wide[1] + 1e-12


def test_every_surface_says_who_judged(hub, say):
    assert "judged by" in say("show", "mt-nlg", "2205.01068")
    assert f"By {MAJORITY}." in " ".join(say("show", "mt-nlg", "2205.01068").split())
    assert f"Roles by {MAJORITY}" in " ".join(say("show", "mt-nlg").split())
    for format_ in FORMATS.keys() - {"parquet"}:  # which is no text
        assert MAJORITY in str(hub.export(format_, works=["2205.01068"])), format_
