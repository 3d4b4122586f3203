"""One work across the tables."""

from __future__ import annotations

import pytest

from citehub._work import Work, shorten_authors

HOSTILE = '<script>alert("x")</script> $\\alpha$ =1+1'


@pytest.fixture
def pythia(hub):
    return hub.work("2304.01373")


def test_a_work_gathers_what_the_tables_know(pythia):
    assert pythia.title == (
        "Pythia: A Suite for Analyzing Large Language Models Across Training and Scaling"
    )
    assert pythia.authors[0] == "Stella Biderman"
    assert pythia.author_count == len(pythia.authors) == 13
    assert pythia.published == "2023-04"
    assert pythia.venue == "ICML 2023"
    assert pythia.themes == ("models",)
    assert pythia.ids == {"arxiv": "2304.01373"}
    assert pythia.links == {
        "arxiv": "https://arxiv.org/abs/2304.01373",
        "code": "https://github.com/EleutherAI/pythia",
        "model": "https://huggingface.co/EleutherAI/pythia-12b",
    }
    assert pythia.citation["hub_position"] == 1
    assert pythia.citation["timespan_months"] == 15
    assert [row["method"] for row in pythia.representative] == ["hub-page-lead"]


def test_what_no_source_says_is_none_or_empty(pythia, first):
    assert pythia.type is None
    assert pythia.is_retracted is None
    assert pythia.abstract is None
    assert pythia.role is None
    assert pythia.labels == pythia.contexts == ()
    bare = first.work("2304.01373")
    assert bare.authors == bare.themes == ()
    assert bare.published is None
    assert bare.author_count is None


def test_evidence_covers_the_cells_of_the_work(pythia):
    cells = {(row["table_name"], row["column_name"]) for row in pythia.evidence}
    assert {("works", "finding"), ("works", "venue"), ("authorships", "author_name")} <= cells
    (finding,) = (r for r in pythia.evidence if r["column_name"] == "finding")
    assert (finding["source_id"], finding["grade"]) == ("pith-hub-page", "stated")


def test_works_are_equal_by_release_and_id(hub, first, pythia):
    assert pythia == hub.work("arxiv:2304.01373")
    assert hash(pythia) == hash(hub.work("2304.01373v1"))
    assert pythia != first.work("2304.01373")
    assert pythia != "arxiv:2304.01373"


def test_repr_and_html(pythia):
    assert repr(pythia).startswith("<citehub.Work arxiv:2304.01373: Pythia")
    html = pythia._repr_html_()
    for said in ("Stella Biderman", "2023-04", "ICML 2023", "pith-hub-page", "not known"):
        assert said in html


def test_text_from_outside_is_text_in_html(hub):
    row = dict(next(iter(hub.works)))
    row.update(title=HOSTILE, title_plain=HOSTILE, finding=HOSTILE, venue=HOSTILE)
    row.update(code_url='javascript:alert("x")', model_url='https://x/"><script>')
    html = Work(row, "mt-nlg 1.1.0", lambda table, work_id: [])._repr_html_()
    assert "<script" not in html
    assert "javascript:" not in html
    assert html.count("&lt;script&gt;alert(&quot;x&quot;)") == 3


@pytest.mark.parametrize(
    ("authors", "line"),
    [
        ([], "authors not known"),
        (["A"], "A"),
        (["A", "B"], "A, B"),
        (["A", "B", "C"], "A, B and 1 more"),
    ],
)
def test_authors_on_one_line(authors, line):
    assert shorten_authors(authors, most=2) == line
