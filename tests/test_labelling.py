"""Rules that judge why a passage cites, the labels that they give, and how they are measured."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil

import pytest

import citehub
from citehub import errors, vocabulary
from citehub.errors import SourceError
from citehub.graph import label_hub, read_texts
from citehub.labelling import judge
from citehub.labelling.corpora import read_corpus
from citehub.labelling.guideline import BUILT_IN, read_guideline
from citehub.labelling.rules import LABELER, best_guess
from citehub.labelling.scores import judge_all, score
from tests.test_reading import DAY, SOURCE, made, page  # noqa: F401 -- a fixture


@pytest.mark.parametrize(
    ("sentence", "section", "role", "polarity", "cue"),
    [
        ("We used the lamp of Wick et al. [3].", "", "method", "mentioning", "we use"),
        ("Lamps were lit as described previously [3].", "Methods", "method", "mentioning",
         "as described"),
        ("Our results are consistent with those of Wick et al. [3].", "Discussion", "result",
         "supporting", "agrees or not"),
        ("In contrast to our findings, a higher glow was reported [3].", "Discussion", "result",
         "contrasting", "in contrast"),
        ("Lanterns are widely known to attract moths [3].", "Introduction", "background",
         "mentioning", "is known"),
        ("We extend the lantern of [3] to two wicks.", "", "extension", "mentioning",
         "we extend"),
        ("This work is inspired by the first lantern [3].", "", "motivation", "mentioning",
         "motivated by"),
        ("In future work, lanterns as in [3] may be lit.", "", "future_work", "mentioning",
         "future work"),
    ],
)  # fmt: skip
def test_rules_say_which_cue_they_saw(sentence, section, role, polarity, cue):
    judged = judge(sentence, section=section)
    assert (judged.role, judged.polarity) == (role, polarity)
    assert any(each.startswith(cue) for each in judged.cues)
    assert best_guess(sentence, section=section) == role


@pytest.mark.parametrize(
    "sentence", ["", "[3]", "See [3].", "\u2060" * 40, "(" * 5_000, "x" * 90_000]
)
def test_rules_abstain_where_nothing_speaks(sentence):
    judged = judge(sentence)
    assert (judged.role, judged.polarity, judged.cues) == (None, None, ())


def test_a_cue_carries_a_few_words_of_a_sentence_at_most():
    judged = judge(
        "The same effects on the flame of all lamps in winter were observed in our study as were "
        "reported by others [3], which confirms our results.",
        section="Discussion",
    )
    assert judged.role == "result"
    assert max(len(each.partition(": ")[2].split()) for each in judged.cues) <= 4


@pytest.mark.parametrize(
    ("sentence", "mark", "role"),
    [
        ("x " * 3_000 + "We used the lamp [3].", None, None),
        ("x " * 3_000 + "We used the lamp [3].", (6_017, 6_020), "method"),
        ("We used it. " + "x " * 3_000 + "[3]" + " x" * 3_000 + " We used it.", (6_012, 6_015),
         None),
        ("We used [" + "x" * 9_000 + "] here.", (8, 9_010), "method"),
    ],
)  # fmt: skip
def test_of_a_long_sentence_what_is_around_the_mark_counts(sentence, mark, role):
    assert judge(sentence, mark=mark).role == role
    assert judge("See [3].", section="x" * 2_000 + " Methods").section == ""


def test_the_section_speaks_too():
    plain = "The lantern has a glass [3]."
    assert judge(plain, section="2 Related Work").section == "Related Work"
    assert judge(plain, section="2 Related Work").role == "background"
    assert judge(plain, section="3 Materials and Methods").role is None  # two roles are near


# -- a hub ------------------------------------------------------------------------------------


@pytest.fixture
def hub(made, tmp_path):  # noqa: F811
    folder = shutil.copytree(made, tmp_path / "hub")
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "2401.00002.html").write_text(page(said="We used the lamp of Wick et al. [1]."))
    (texts / "main.tex").write_text(SOURCE)
    read_texts(folder, [texts], created=DAY)
    return folder


def test_rules_label_the_passages_whose_words_are_at_hand(hub):
    done = label_hub(hub, created=DAY)
    assert (done.version, done.n_passages, done.n_words) == ("1.2.0", 2, 2)
    rows = list(citehub.load(hub).table("citation_labels"))
    assert {row["labeler"] for row in rows} == {LABELER}
    assert {row["labeler_kind"] for row in rows} == {"rule"}
    found = {(row["citing_work_id"], row["scheme"]): row["value"] for row in rows}
    assert found["arxiv:2401.00002", "intent"] == "method"
    assert found["arxiv:2401.00002", "polarity"] == "mentioning"
    work = citehub.load(hub).work("arxiv:2401.00002")
    assert work.role == "method"
    located = [
        row["locator"]
        for row in citehub.load(hub).table("evidence")
        if row["table_name"] == "citation_labels"
    ]
    assert any("we use: We used" in (each or "") for each in located)
    again = label_hub(hub, created=DAY)
    assert (again.version, again.diff, again.roles) == ("1.2.0", None, done.roles)


def test_a_person_goes_before_the_rules(hub):
    label_hub(hub, created=DAY)
    (row,) = [
        each for each in citehub.load(hub).table("citation_contexts")
        if each["citing_work_id"] == "arxiv:2401.00002"
    ]  # fmt: skip
    with (hub / "source" / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["work", "scheme", "value", "context_id", "who", "when", "why"])
        context_id = row["context_id"]
        writer.writerow(
            ["arxiv:2401.00002", "intent", "result", context_id, "Ada", "2026-11-29", "Read it"]
        )
    from citehub.build import build_release

    build_release(hub, created=DAY)
    newest = citehub.load(hub)
    assert newest.work("arxiv:2401.00002").role == "result"
    said = {
        (each["labeler"], each["value"], each["is_shown"])
        for each in newest.table("citation_labels")
        if each["scheme"] == "intent" and each["citing_work_id"] == "arxiv:2401.00002"
    }
    assert said == {("Ada", "result", True), (LABELER, "method", False)}


def test_labels_of_programs_that_are_damaged_are_told_by_their_line(hub):
    label_hub(hub, created=DAY)
    path = hub / "source" / "full-texts" / "labels.jsonl"
    path.write_text(path.read_text().replace('"method"', '"moon"', 1))
    with pytest.raises(errors.SourceError, match=r"labels\.jsonl, line \d+: is damaged"):
        label_hub(hub, created=DAY)


def test_labels_that_are_stopped_change_nothing(run, hub, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("citehub.graph.hub_labels.label_hub", stop)
    assert run("label", os.fspath(hub)) == (130, b"", "Stopped. Nothing was changed.\n")


def test_a_hub_without_words_is_told_to_read_texts_first(run, made, tmp_path):  # noqa: F811
    folder = shutil.copytree(made, tmp_path / "hub")
    code, out, _ = run("label", os.fspath(folder))
    assert code == 4
    assert "Read texts first: citehub read" in " ".join(out.decode().split())


def test_the_command_prints_roles_with_what_they_are_of(run, hub):
    code, out, _ = run("label", os.fspath(hub))
    said = " ".join(out.decode().split())
    assert code == 0
    assert "method 1 of" in said
    assert "1.2.0 is the next version" in said
    code, out, _ = run("label", os.fspath(hub), "--json")
    assert (code, json.loads(out)["status"]) == (4, "nothing new")


# -- measured ---------------------------------------------------------------------------------


def put(folder, name, rows):
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (folder / name).write_text(text)
    return folder


SCICITE = [
    {"string": "We used the lamp of Wick (2020).", "sectionName": "Methods", "label": "method",
     "citeStart": 20.0, "citeEnd": 31.0},
    {"string": "Lamps are known to glow [3].", "sectionName": float("nan"), "label": "background",
     "citeStart": float("nan"), "citeEnd": float("nan")},
    {"string": "Our results agree with [3].", "sectionName": "Discussion", "label": "result",
     "citeStart": None, "citeEnd": None},
]  # fmt: skip
THREE_C = (
    "unique_id{0}section_title{0}citation_context{0}citation_class_label\n"
    "CC1{0}method{0}We used #AUTHOR_TAG here.{0}5\n"
    "CC2{0}introduction{0}#AUTHOR_TAG is known to glow.{0}0\n"
)


@pytest.mark.parametrize(
    ("name", "files", "n"),
    [
        ("SciCite", {"test.jsonl": "".join(f"{json.dumps(each)}\n" for each in SCICITE)}, 3),
        ("MultiCite", {"dev.json": json.dumps([
            {"x": "We use <cite>Wick (2020)</cite> .", "y": "uses background"},
            {"x": ["Lamps glow.", "They do."], "y": ["background"]},
        ])}, 2),
        ("ACL-ARC", {"paper_disjoint_train.txt": THREE_C.format("\t")}, 2),
        ("ACT2", {"3c_train.csv": THREE_C.format(",")}, 2),
        ("FOCAL", {"FOCAL-TESTING.jsonl": json.dumps({
            "Paragraph": "Moons. We use lamps (Wick 2020). Suns.",
            "Citation Start End": [[21, 30]], "Functions Label": ["Uses"],
        })}, 1),
        ("AC3", {"AC3_three_sentences_context.jsonl": "".join(json.dumps(
            {"citation_content": "We use it [1] (#CITATION_TAG).", "classification": each}
        ) + "\n" for each in ("use", "compliment"))}, 1),
    ],
)  # fmt: skip
def test_each_published_corpus_is_read(tmp_path, name, files, n):
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    corpus = read_corpus(tmp_path)
    assert (corpus.name, len(corpus.contexts)) == (name, n)
    assert all(each.mark is None or each.text[slice(*each.mark)] for each in corpus.contexts)
    assert judge_all(corpus).n == n


def test_a_mark_whose_numbers_are_off_is_not_believed(tmp_path):
    rows = [{**SCICITE[0], "citeStart": 17.0, "citeEnd": 29.0}]
    assert read_corpus(put(tmp_path, "test.jsonl", rows)).contexts[0].mark is None


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (None, "", "has no known corpus. Known corpora, by their files: MultiCite"),
        ("test.jsonl", "", "has no context"),
        ("test.jsonl", "{}", "is not in the form of SciCite"),
        ("test.json", "[", "is not in the form of MultiCite"),
        pytest.param(
            "test.json", "[" * 100_000, "the form of MultiCite (RecursionError", id="deep"
        ),
        pytest.param(
            "test.jsonl", "[" * 100_000, "the form of SciCite (RecursionError", id="deep line"
        ),
        (
            "test.jsonl",
            json.dumps({"string": 5, "sectionName": "Methods", "label": "method"}),
            "is not in the form of SciCite (ValueError: 5 in 'Methods' should be text)",
        ),
        (
            "test.jsonl",
            json.dumps({"string": "x", "sectionName": "", "label": "frobnicate"}),
            "is not in the form of SciCite (KeyError: 'frobnicate')",
        ),
        (
            "test.jsonl",
            json.dumps({**SCICITE[0], "citeStart": float("inf"), "citeEnd": 5.0}),
            "is not in the form of SciCite (OverflowError",
        ),
        (
            "dev.json",
            json.dumps([{"x": "a <cite>b</cite>", "y": []}]),
            "is not in the form of MultiCite (ValueError: [] are not roles)",
        ),
        ("dev.json", json.dumps([{"x": None, "y": ["uses"]}]), "is not in the form of MultiCite"),
        (
            "3c_train.csv",
            "section_title,citation_context,citation_class_label\nx,y,9\n",
            "is not in the form of ACT2 (KeyError: '9')",
        ),
        (
            "FOCAL-TESTING.jsonl",
            json.dumps(
                {
                    "Paragraph": "x y z",
                    "Citation Start End": [[0, 99]],
                    "Functions Label": ["Uses"],
                }
            ),
            "is not in the form of FOCAL (ValueError: the mark (0, 99) is not in the text)",
        ),
        (
            "AC3_three_sentences_context.jsonl",
            '{"classification": "use", "citation_content": null}',
            "is not in the form of AC3 (AttributeError",
        ),
    ],
)
def test_a_folder_that_is_no_corpus_is_told(run, tmp_path, file, text, said):
    if file:
        (tmp_path / file).write_text(text)
    code, out, err = run("labels", "evaluate", os.fspath(tmp_path))
    assert (code, out) == (2, b"")
    assert said in " ".join(err.split())


def test_scores_are_those_of_a_worked_example():
    true = [frozenset([each]) for each in ("background", "background", "method", "result")]
    found = score(true, ["background", "method", "method", "background"], [True] * 4,
                  ["background", "method", "result"])  # fmt: skip
    assert [round(each.f1, 3) for each in found.roles] == [0.5, 0.667, 0.0]
    assert round(found.macro_f1, 3) == 0.389
    assert found.low <= found.macro_f1 <= found.high
    assert (found.n_judged, found.n_right) == (4, 2)


def test_the_command_shows_what_others_published_beside_it(run, tmp_path):
    code, out, _ = run("labels", "evaluate", os.fspath(put(tmp_path, "test.jsonl", SCICITE)))
    said = " ".join(out.decode().split())
    assert code == 0
    for each in ("macro-F1 1.000", "of 3 contexts", "hand rules with section titles 0.791"):
        assert each in said
    code, out, _ = run("labels", "evaluate", os.fspath(tmp_path), "--json")
    (row,) = json.loads(out)
    assert (row["corpus"], row["n"], len(row["roles"])) == ("SciCite", 3, 3)


def test_the_guideline_of_a_hub_is_its_newest_one_else_that_of_citehub(tmp_path):
    subjects = {"lamp": "The lamp as such."}
    built_in = read_guideline(str(tmp_path / "no-folder"), subjects)
    assert built_in.version == BUILT_IN
    assert {*vocabulary.INTENTS, *vocabulary.POLARITIES, "lamp"} <= set(
        re.findall(r"\*\*(\w+)\*\*", built_in.text)
    )
    for name in ("guideline-2.md", "guideline-10.md", "guideline-x.md", "guideline-11.txt"):
        (tmp_path / name).write_text(f"# {name}", encoding="utf-8")
    assert read_guideline(str(tmp_path), subjects) == ("10", "# guideline-10.md")


@pytest.mark.parametrize("damaged", [b"", b" \n", b"\xff\xfe", b"x" * 100_001])
def test_a_guideline_that_is_none_is_told(tmp_path, damaged):
    (tmp_path / "guideline-1.md").write_bytes(damaged)
    with pytest.raises(SourceError, match=r"guideline-1\.md is not a guideline"):
        read_guideline(str(tmp_path), {})
