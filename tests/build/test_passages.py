"""Passages of full texts: their names, their words, who judged them, and what is told."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

import citehub
from citehub import errors
from citehub._labels import ORDER, find_shown
from citehub._licences import is_open_licence
from citehub._sections import kind_of_section
from citehub.build import build_release
from citehub.graph import Dumps, new_hub
from tests.made import make_release

LIST = """
@article{lamp, title={The Lamp}, doi={10.5555/lamp}, year=2020, author={Ada A}}
@article{bright, title={A Brighter Lamp}, doi={10.5555/bright}, year=2021, author={Cy C}}
@article{dim, title={A Dim Lamp}, doi={10.5555/dim}, year=2022, author={Di D}}
"""
SENTENCE = "Quaint lanterns quiver when wind blows over the harbour of Zyx [1]."
BEFORE, AFTER = "Ships wait outside until dusk falls.", "Keepers trim every wick twice nightly."
HASH = citehub.hash_sentence(SENTENCE)
WORK = "doi:10.5555/bright"
NAMED = f"{WORK}#{HASH[:12]}"
PASSAGE = {
    "work": WORK, "section": "Introduction", "section_number": "1", "place": "text",
    "mark": "[1]", "group_size": "1", "names_work": "false", "gist": "It says that lamps move.",
    "form": "html", "text_version": "v1", "text": SENTENCE, "before": BEFORE, "after": AFTER,
}  # fmt: skip
READING = {
    "work": WORK, "status": "passages found", "form": "html", "text_version": "v1",
    "n_passages": "1", "n_marks": "1", "licence": "CC-BY-4.0",
}  # fmt: skip
SIGNED = {"who": "Ada", "when": "2026-11-29", "why": "Read."}
LABEL = {"work": WORK, "scheme": "intent", "context_id": NAMED, **SIGNED}
KINDS = ("settled", "person", "majority", "model", "source", "rule")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("made")
    (home / "list.bib").write_text(LIST, encoding="utf-8")
    mine = {"citing": str(home / "list.bib"), "licenses": ["CC-BY-4.0"]}
    new_hub("doi:10.5555/lamp", str(home / "hub"), Dumps(), **mine)
    return home / "hub"


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made, tmp_path / "hub")


@pytest.fixture
def build(folder):
    """Build the next version of a hub from rows of curation."""

    def call(toml="", **files):
        spec = folder / "hub.toml"
        spec.write_text(toml + spec.read_text("utf-8"), "utf-8")
        for name, rows in files.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            with (folder / "source" / f"{name}.csv").open(
                "w", newline="", encoding="utf-8"
            ) as out:
                writer = csv.DictWriter(out, columns)
                writer.writeheader()
                writer.writerows(rows)
        built = build_release(str(folder))
        return built, citehub.load(folder)

    return call


def words_of(hub):
    """Return all text that a release holds: of its tables, and of its other files."""
    cells = [
        value
        for name in hub.tables
        for row in hub.table(name)
        for value in row.values()
        if isinstance(value, str)
    ]
    files = (path for path in Path(hub.path).iterdir() if path.suffix != ".parquet")
    return "\n".join([*cells, *(path.read_text("utf-8") for path in files)])


# -- what may be kept -------------------------------------------------------------------------

OPEN = [
    "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-3.0", "cc-by", "CC BY 4.0", "CC-BY-3.0-DE",
    "https://creativecommons.org/licenses/by/4.0/",
    "http://creativecommons.org/licenses/by-sa/4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
]  # fmt: skip
CLOSED = [
    None, "", "CC-BY-NC-4.0", "CC-BY-ND-4.0", "CC-BY-NC-SA-4.0", "cc-by-nc", "all rights reserved",
    "http://arxiv.org/licenses/nonexclusive-distrib/1.0/", "CC-BY-4.0 or none", "CC-BY-4.0-NC",
    "https://creativecommons.org/licenses/by-nc/4.0/", "https://creativecommons.org/licenses/by/",
    "https://creativecommons.org.example.org/licenses/by/4.0/", "closed", "MIT",
]  # fmt: skip


@pytest.mark.parametrize("licence", OPEN)
def test_licences_that_let_words_be_kept(licence):
    assert is_open_licence(licence)


@pytest.mark.parametrize("licence", CLOSED)
def test_licences_that_do_not(licence):
    assert not is_open_licence(licence)


def test_an_open_text_gives_its_words(build):
    built, hub = build(passages=[PASSAGE], text_readings=[READING])
    assert (built.version, built.diff.level, built.notes) == ("1.1.0", "minor", ())
    (row,) = hub.work(WORK).passages
    assert row == {
        "context_id": NAMED, "citing_work_id": WORK, "cited_work_id": "doi:10.5555/lamp",
        "text": SENTENCE, "section": "Introduction", "start": None, "end": None,
        "source_id": "full-texts", "section_number": "1", "section_kind": "introduction",
        "place": "text", "position": 1, "mark": "[1]", "group_size": 1, "names_work": False,
        "before": BEFORE, "after": AFTER, "sentence_hash": HASH,
        "gist": "It says that lamps move.", "form": "html", "text_version": "v1",
    }  # fmt: skip
    assert hub.work(WORK).contexts == (row,)
    card = citehub.check(hub.path)
    assert card.passed, card
    rights = (Path(hub.path) / "RIGHTS.md").read_text("utf-8")
    assert "1 of 1 passage of texts is here in words.\n" in rights
    assert "| CC-BY-4.0 | 1 | 1 |" in rights


@pytest.mark.parametrize(
    ("gists", "said"),
    [
        (["", ""], ", and a hash of the sentence.\n"),
        (["Lamps move.", ""],
         ", and a hash of the sentence; of 1 of them also what it says in other words.\n"),
        (["Lamps move.", "Ships wait."],
         ", a hash of the sentence, and what it says in other words.\n"),
    ],
)  # fmt: skip
def test_rights_tell_of_gists_where_there_are_some(build, gists, said):
    rows = [
        {**PASSAGE, "gist": gist, "text": text}
        for gist, text in zip(gists, (SENTENCE, AFTER), strict=True)
    ]
    _, hub = build(passages=rows, text_readings=[{**READING, "n_passages": "2", "licence": ""}])
    rights = (Path(hub.path) / "RIGHTS.md").read_text("utf-8")
    assert (
        f"0 of 2 passages of texts are here in words. Of the others the place is here{said}"
        in rights
    )
    changes = (Path(hub.path) / "CHANGES.md").read_text("utf-8")
    assert re.search("Read from: [^.]+; Texts of the citing works, as the table", changes)


@pytest.mark.parametrize(
    "changed",
    [
        *({"licence": each or ""} for each in CLOSED),
        {"form": "pdf"}, {"text_version": "v2"}, {"work": "doi:10.5555/dim"},
    ],
    ids=str,
)  # fmt: skip
def test_no_word_of_another_text_gets_through(build, changed):
    """A text whose licence is not open, or another one than was read under that licence."""
    quoted = {**LABEL, "value": "method", "passage": AFTER, "context_id": ""}
    _, hub = build(
        passages=[PASSAGE], text_readings=[{**READING, **changed}], labels=[quoted],
    )  # fmt: skip
    first, second = hub.work(WORK).passages
    for row in (first, second):
        assert (row["text"], row["before"], row["after"]) == (None, None, None)
    assert {first["sentence_hash"], second["sentence_hash"]} == {
        HASH, citehub.hash_sentence(AFTER)
    }  # fmt: skip
    held = words_of(hub)
    for text in (SENTENCE, BEFORE, AFTER):
        for run in re.findall(r"\w+ \w+ \w+", text):
            assert run not in held
    assert "0 of 2 passages of texts are here in words" in held


def test_a_licence_of_one_of_two_readings_of_a_text_is_not_enough(build):
    readings = [{**READING, "reading": "1"}, {**READING, "reading": "2", "licence": ""}]
    _, hub = build(passages=[PASSAGE], text_readings=readings)
    assert hub.work(WORK).passages[0]["text"] is None
    assert [row["reading"] for row in hub.work(WORK).text_readings] == [1, 2]


def test_the_maintainer_may_have_the_right(build):
    right = "All authors gave leave in writing."
    _, hub = build(f'publish_sentences = "{right}"\n', passages=[PASSAGE])
    assert hub.work(WORK).passages[0]["text"] == SENTENCE
    assert hub.manifest["citehub"]["publish_sentences"] == right
    assert right in (Path(hub.path) / "RIGHTS.md").read_text("utf-8")


def test_the_scorecard_finds_words_without_a_right(build, tmp_path):
    _, hub = build(passages=[PASSAGE], text_readings=[READING])
    rows = {name: list(hub.table(name)) for name in hub.tables}
    rows["text_readings"][0]["licence"] = "CC-BY-NC-4.0"
    for text in (SENTENCE, None):
        rows["citation_contexts"][0]["text"] = text
        made = tmp_path / f"made {text is None}"
        made.mkdir()
        card = citehub.check(make_release(made, rows).path)
        (found,) = (each for each in card if each.name == "sentences (rights)")
        assert (found.passed, found.level) == (False, "must")
        assert f"{NAMED} has its words here" in found.found
        rows["citation_contexts"][0] |= {"before": None}
    rows["citation_contexts"][0] |= {"after": None}
    (tmp_path / "bare").mkdir()
    card = citehub.check(make_release(tmp_path / "bare", rows).path)
    (found,) = (each for each in card if each.name == "sentences (rights)")
    assert found.passed


@pytest.mark.parametrize("said", ["true", '""', '" "', "1"])
def test_a_right_without_a_reason_is_refused(build, said):
    with pytest.raises(errors.SourceError, match="should say in a sentence why you may publish"):
        build(f"publish_sentences = {said}\n")


# -- names, places and order ------------------------------------------------------------------


def test_a_passage_keeps_its_name_whatever_the_form_of_the_text(build):
    spaced = SENTENCE.replace(" ", "\u00a0 ").replace("[1]", "(1)").upper()
    again = {**PASSAGE, "text": spaced, "form": "latex", "text_version": "", "mark": "(1)"}
    _, hub = build(passages=[again])
    assert hub.work(WORK).passages[0]["context_id"] == NAMED
    built, hub = build(passages=[{**PASSAGE, "mark": "[7]"}])
    assert (built.diff.level, hub.work(WORK).passages[0]["mark"]) == ("minor", "[7]")


def test_two_marks_in_one_sentence_are_two_passages_in_the_order_of_the_text(build):
    second = {**PASSAGE, "position": "2", "mark": "[2]"}
    _, hub = build(passages=[second, {**PASSAGE, "position": "1"}])
    rows = hub.work(WORK).passages
    assert [(row["context_id"], row["mark"]) for row in rows] == [
        (NAMED, "[1]"), (f"{NAMED}-2", "[2]")
    ]  # fmt: skip
    frame = hub.passages()
    assert frame["position"].tolist() == [1, 2]
    assert frame["title"].tolist() == ["A Brighter Lamp"] * 2


def test_two_marks_need_no_position_and_a_row_that_is_there_twice_is_one(build):
    rows = [{**PASSAGE, "mark": mark} for mark in ("[1]", "[2]", "[1]")]
    built, hub = build(passages=rows)
    assert [row["mark"] for row in hub.work(WORK).passages] == ["[1]", "[2]"]
    assert [row["position"] for row in hub.work(WORK).passages] == [1, 2]
    (note,) = built.notes
    assert "passages.csv, line 4: repeats line 2." in note


def test_the_kind_of_a_section_follows_from_its_title_or_is_judged(build):
    rows = [
        PASSAGE,
        {**PASSAGE, "section": "Lamps > Table 1", "text": "Lamp | 1"},
        {**PASSAGE, "section": "Lamps", "section_kind": "method", "text": "A lamp [1]."},
    ]
    _, hub = build(passages=rows)
    kinds = [row["section_kind"] for row in hub.work(WORK).passages]
    assert kinds == ["introduction", None, "method"]
    found = {
        (row["source_id"], row["grade"])
        for row in hub.evidence
        if row["column_name"] == "section_kind"
    }
    assert found == {("derived", "derived"), ("citehub-curation", "curated")}


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Introduction", "introduction"), ("1 Introduction", None),
        ("Related Works", "related work"),
        ("Experimental Setup", "experiments"), ("Results and Discussion", None),
        ("Discussion and Limitations", "discussion"), ("Conclusions", "conclusion"),
        ("Appendix B", "appendix"), ("Background and Motivation", "background"),
        ("Pre-trained Models", None), ("", None), (None, None),
        ("Related Work > Language models", "related work"),
    ],
)  # fmt: skip
def test_kinds_of_sections(title, kind):
    assert kind_of_section(title) == kind


# -- who judged -------------------------------------------------------------------------------


def label(kind, value="method", **more):
    return {**LABEL, "value": value, "labeler": f"a {kind}", "labeler_kind": kind, **more}


def test_each_judgement_stays_and_one_order_says_which_is_shown(build):
    assert ORDER == KINDS
    values = ("method", "background", "result", "extension", "motivation", "unsure")
    rows = [label(kind, value) for kind, value in zip(KINDS, values, strict=True)]
    for number in range(len(KINDS)):
        _, hub = build(passages=[PASSAGE], labels=rows[number:])
        work = hub.work(WORK)
        assert (work.role, work.judged_by) == (values[number], f"a {KINDS[number]}")
        assert len(work.labels) == len(KINDS) - number
        assert hub.passages()["role"].tolist() == [values[number]]
        assert hub.select(role=values[number]).ids == [WORK]
        for hidden in values[number + 1 :]:
            with pytest.raises(errors.UnknownSelection):
                hub.select(role=hidden)
        shutil.rmtree(hub.path)
        (Path(hub.path).parent / "index.json").unlink()
        shutil.rmtree(Path(hub.path).parent / "1.0.0", ignore_errors=True)


def test_a_second_role_is_kept_and_not_shown(build):
    rows = [label("person", rank="1"), label("person", "result", rank="2")]
    _, hub = build(passages=[PASSAGE], labels=rows)
    work = hub.work(WORK)
    assert (work.role, [row["rank"] for row in work.labels]) == ("method", [1, 2])
    assert [row["is_shown"] for row in work.labels] == [True, False]


def test_equal_kinds_stand_beside_one_another():
    about = {"citing_work_id": "a", "cited_work_id": "b", "context_id": None, "scheme": "intent"}
    labels = [{**about, "label_id": each, "labeler_kind": "person"} for each in "xy"]
    assert find_shown(labels) == {"x", "y"}


def test_a_program_is_no_maintainer_and_says_how_sure_it_is(build):
    rows = [
        label(
            "model", labeler="a model", labeler_version="3", guideline="1",
            confidence_level="low", prompt_sha256="0" * 64,
        ),
        label("person", scheme="polarity", value="supporting"),
    ]  # fmt: skip
    _, hub = build(passages=[PASSAGE], labels=rows)
    model, person = hub.work(WORK).labels
    assert (model["source_id"], person["source_id"]) == ("programs", "citehub-curation")
    assert (model["confidence"], model["confidence_level"]) == (None, "low")
    assert (model["labeler_version"], model["guideline"]) == ("3", "1")
    assert model["label_id"] == f"{NAMED}-intent-a-model"
    kinds = {row["source_id"]: row["kind"] for row in hub.sources}
    assert (kinds["programs"], kinds["full-texts"]) == ("program", "full-text")


def test_labellers_whose_names_are_alike_in_plain_letters_have_labels_of_their_own(build):
    names = ("王", "张", "qwen:7b", "qwen-7b", "qwen 7b")
    rows = [label("person", labeler=name) for name in names]
    _, hub = build(passages=[PASSAGE], labels=rows)
    labels = hub.work(WORK).labels
    assert [row["labeler"] for row in labels] == [*names]
    assert len({row["label_id"] for row in labels}) == len(names)


def test_subjects_are_the_vocabulary_of_the_hub(build):
    subject = {"subject": "light", "description": "That it glows."}
    rows = [label("person", "light", scheme="subject")]
    _, hub = build(passages=[PASSAGE], labels=rows, subjects=[subject])
    (row,) = hub.work(WORK).labels
    assert (row["subject"], row["value"], row["raw_value"]) == ("light", None, "light")
    assert hub.work(WORK).subject == "light"
    assert [*hub.subjects] == [{**subject, "position": 1}]
    with pytest.raises(
        errors.SourceError, match=r"subjects\.csv has no subject 'heat'; known: light"
    ):
        build(labels=[label("person", "heat", scheme="subject")])


def test_words_find_the_passage_that_is_judged(build):
    quoted = {**LABEL, "value": "method", "context_id": "", "passage": SENTENCE.upper()}
    _, hub = build(passages=[PASSAGE], labels=[quoted])
    assert [row["context_id"] for row in hub.citation_labels] == [NAMED]
    assert len(hub.citation_contexts) == 1


# -- what is told -----------------------------------------------------------------------------


def test_what_does_not_fit_is_told_with_its_line(build):
    lost = {**PASSAGE, "work": "doi:10.5555/none"}
    own = {**PASSAGE, "work": "doi:10.5555/lamp"}
    gone = {**label("person"), "context_id": f"{WORK}#000000000000"}
    built, hub = build(
        passages=[PASSAGE, lost, own], text_readings=[{**READING, "work": "none"}], labels=[gone]
    )
    assert len(hub.citation_contexts) == 1
    said = "\n".join(built.notes)
    assert "passages.csv, line 3: the hub has no work 'doi:10.5555/none'." in said
    assert "passages.csv, line 4: doi:10.5555/lamp is the hub's own work" in said
    assert "text_readings.csv, line 2: the hub has no work 'none'." in said
    assert f"has no passage '{WORK}#000000000000' (any more), so the label is left out" in said


WRONG = {
    "neither words nor hash": ({"text": ""}, "text or sentence_hash should be given"),
    "a hash that is none": ({"text": "", "sentence_hash": "abc"}, "should be 64 hexadecimal"),
    "another hash": ({"sentence_hash": "0" * 64}, "sentence_hash is not that of text"),
    "the words as gist": ({"gist": SENTENCE}, "gist repeats the words of the passage"),
    "five words in the gist": ({"gist": "So: lanterns quiver when wind, blows"}, "gist repeats"),
    "a group without a mark": ({"mark": ""}, "group_size should be empty where there is no mark"),
    "another place": ({"place": "margin"}, "place should be one of text abstract appendix"),
    "another form": ({"form": "docx"}, "form should be one of html latex jats tei markdown"),
    "a group of none": ({"group_size": "0"}, "group_size should be 1 or more"),
}


@pytest.mark.parametrize(("changed", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_passage_stops_the_build(build, changed, said):
    with pytest.raises(errors.SourceError, match=re.escape(said)) as told:
        build(passages=[PASSAGE, {**PASSAGE, "position": "2", **changed}])
    assert "passages.csv, line 3" in str(told.value)


def test_a_gist_of_a_hash_alone_is_held_against_it(build):
    bare = {**PASSAGE, "text": "", "sentence_hash": HASH, "gist": SENTENCE.lower()}
    with pytest.raises(errors.SourceError, match="gist repeats the words"):
        build(passages=[bare])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**READING, "status": "read"}, "status should be one of passages found"),
        ({**READING, "n_marks": "-1"}, "n_marks should be 0 or more"),
        ({**READING, "is_whole": "half"}, "is_whole should be true or false"),
    ],
)
def test_a_wrong_reading_stops_the_build(build, row, said):
    with pytest.raises(errors.SourceError, match=said):
        build(text_readings=[row])


def test_a_labeller_cannot_say_two_things_at_once(build):
    with pytest.raises(errors.SourceError, match="is 'result' here, but 'method' on line 2"):
        build(passages=[PASSAGE], labels=[label("person"), label("person", "result")])


def test_a_release_of_an_older_schema_holds_what_it_has_a_place_for(folder, build):
    build(passages=[PASSAGE], text_readings=[READING], labels=[label("model")])
    described = '\n[[releases]]\nversion = "2.0.0"\ncreated = 2026-12-01\nschema_version = 3\n'
    spec = folder / "hub.toml"
    spec.write_text(spec.read_text("utf-8") + described, "utf-8")
    old = citehub.load(build_release(str(folder), "2.0.0", out=folder.with_name("old")).folder)
    assert len(old.citation_contexts) == len(old.citation_labels) == 0
    assert "text_readings" not in old.tables
    assert citehub.check(old.path).passed
