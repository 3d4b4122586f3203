"""Notes, keywords, ids of PubMed and languages come out of exports, and can be read again."""

from __future__ import annotations

import json

import pytest

from citehub.sources.records import Note
from citehub.sources.reference_file import read_references
from tests.made import make_release, make_works

NOTES = [
    ("keyword", "light, artificial"), ("keyword", "oil; wick"), ("note", "A note:\n50% & more."),
    ("annotation", "An annotation"),
]  # fmt: skip
WORK = {
    "work_id": "doi:10.5555/x", "title": "T", "title_plain": "T", "type": "article",
    "language": "de", "finding": "It shines.", "finding_source": "a page",
    "ids": {"doi": "10.5555/x", "pmid": "123", "pmcid": "PMC45"},
}  # fmt: skip


@pytest.fixture
def made(tmp_path):
    def make(**cells):
        work = WORK | cells
        tables = make_works(work)
        tables["work_notes"] = [
            {"work_id": work["work_id"], "source_id": "x", "kind": kind, "position": 1 + place,
             "text": text}
            for place, (kind, text) in reversed([*enumerate(NOTES)])
        ]  # fmt: skip
        folder = tmp_path / work["type"]
        folder.mkdir()
        return make_release(folder, tables)

    return make


def test_of_a_work_they_stand_by_kind_in_their_order(made):
    assert [row["text"] for row in made().work("doi:10.5555/x").notes] == [
        "An annotation", "light, artificial", "oil; wick", "A note:\n50% & more.",
    ]  # fmt: skip


def test_bibtex_has_them_in_fields_that_no_style_prints(made):
    text = str(made().export("bibtex"))
    assert "  keywords         = {light artificial, oil wick},\n" in text
    assert (
        r"{It shines. (finding as printed by a page); An annotation; A note: 50\% \& more.}"
        in text
    )
    assert "  pmid             = {123},\n  pmcid            = {PMC45},\n" in text
    assert "language" not in text  # which biblatex prints
    assert "  note " not in text


def test_ris_has_a_line_for_each(made):
    lines = str(made().export("ris")).splitlines()
    assert [line[6:] for line in lines if line.startswith("KW")] == [
        "light, artificial",
        "oil wick",
    ]
    assert [line[6:] for line in lines if line.startswith("N1")][:-2] == [
        "PMID:123", "PMCID:PMC45", "An annotation", "A note: 50% & more.",
    ]  # fmt: skip
    assert "LA  - de" in lines
    assert "LA  - de" not in str(made(type="software").export("ris"))


def test_csl_has_variables_for_them(made):
    (item,) = json.loads(str(made().export("csl-json")))
    assert (item["PMID"], item["PMCID"], item["language"]) == ("123", "PMC45", "de")
    assert item["keyword"] == "light artificial, oil wick"
    assert item["note"] == "A note: 50% & more."
    assert item["annote"] == "It shines. (finding as printed by a page)\nAn annotation"


def test_a_note_of_csl_stands_below_where_a_preprint_is(made):
    (item,) = json.loads(
        str(made(type="preprint", venue="ICML", ids={"arxiv": "2304.1"}).export("csl-json"))
    )
    assert item["note"] == "Venue as stated: ICML\nA note: 50% & more."


@pytest.mark.parametrize(
    ("format_", "ending"), [("bibtex", ".bib"), ("ris", ".ris"), ("csl-json", ".json")]
)
def test_what_is_exported_is_read_again(made, tmp_path, format_, ending):
    path = tmp_path / f"again{ending}"
    made().export(format_).save(path)
    found = read_references([str(path)])
    (record,) = found.records
    assert found.rejects == []
    assert {each.curie for each in record.ids} == {"doi:10.5555/x", "pmid:123", "pmcid:PMC45"}
    assert record.language == (None if format_ == "bibtex" else "de")
    keywords = ["light artificial", "oil wick"]
    if format_ == "ris":
        keywords[0] = "light, artificial"
    assert [each for each in record.notes if each.kind == "keyword"] == [
        Note("keyword", text) for text in keywords
    ]
    assert "A note: 50% & more." in "\n".join(each.text for each in record.notes)
