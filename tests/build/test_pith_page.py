"""The hub page: what it says, and every way in which one can be wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citehub.errors import SourceError
from citehub.sources.pith_page import parse_hub_page
from tests.conftest import SOURCE

PAGE = (SOURCE / "hub-page.txt").read_text(encoding="utf-8")
SMALL = """\
Finding of one.
hub Canonical reference
A title
Canonical reference. 67% of citing Pith papers cite this work as background.
abstract
First line.
Second line.
hub tools
citation-role summary
citation-polarity summary
roles
background 2
method 1polarities
supporting 1
unclear 2representative citing papers
Finding of two.
citing papers explorer
-
One
Finding of one.
-
Two
Finding of two.
-
Three
Finding of three.
"""


def parse(text):
    return parse_hub_page(text, "page.txt")


def test_the_seed_page():
    page = parse(PAGE)
    assert page.hub_class.text == "Canonical reference"
    assert page.title.text.startswith("Using DeepSpeed and Megatron")
    assert page.abstract.text.startswith("Pretrained general-purpose language models")
    assert [(count.label, count.n) for count in page.roles] == [("background", 9)]
    assert [(count.label, count.n) for count in page.polarities] == [("background", 9)]
    assert len(page.papers) == 44
    assert [chosen.paper for chosen in page.representatives] == list(page.papers[1:24])
    assert page.lead.paper == page.papers[0]


def test_titles_and_findings_stand_in_the_page_character_for_character():
    lines = PAGE.split("\n")
    for paper in parse(PAGE).papers:
        assert lines[paper.title.number - 1] == paper.title.text
        assert lines[paper.finding.number - 1] == paper.finding.text
        assert lines[paper.title.number - 2] == "-"


def test_a_small_page():
    page = parse(SMALL)
    assert page.abstract.text == "First line.\nSecond line."
    assert [(count.label, count.n, count.line) for count in page.roles] == [
        ("background", 2, 12),
        ("method", 1, 13),
    ]
    assert [count.label for count in page.polarities] == ["supporting", "unclear"]
    assert (page.lead.paper.title.text, page.lead.line) == ("One", 1)
    assert [(c.paper.title.text, c.line) for c in page.representatives] == [("Two", 16)]


def test_one_labelled_paper_is_enough():
    alone = SMALL.replace("67%", "100%").replace("background 2\nmethod 1", "background 1")
    assert [(count.label, count.n) for count in parse(alone).roles] == [("background", 1)]


def test_headings_may_stand_on_lines_of_their_own():
    apart = SMALL.replace("1polarities", "1\npolarities").replace(
        "2representative", "2\nrepresentative"
    )
    assert parse(apart).roles == parse(SMALL).roles


def test_the_lead_may_be_missing_and_lines_end_either_way():
    bare = SMALL.removeprefix("Finding of one.\n")
    assert parse(bare).lead is None
    assert parse(SMALL.replace("\n", "\r\n")).title.text == "A title"


WRONG = {
    "no header": (("hub Canonical reference\n", ""), 2, "expected 'hub <class>'"),
    "no statement": (("Canonical reference. 67%", "About 67%"), 4, "of citing Pith papers"),
    "no abstract heading": (("abstract\n", ""), 5, "the section 'abstract'"),
    "no abstract": (
        ("First line.\nSecond line.\n", ""),
        6,
        "expected the abstract, found 'hub tools'",
    ),
    "no tools": (("hub tools\n", ""), 8, "the section 'hub tools'"),
    "no role summary": (("citation-role summary\n", ""), 9, "'citation-role summary'"),
    "no polarity summary": (("citation-polarity summary\n", ""), 10, "'citation-polarity"),
    "no roles heading": (("roles\n", ""), 11, "the section 'roles'"),
    "no roles": (("background 2\nmethod 1polarities", "polarities"), 12, "'<label> <count>'"),
    "no polarities": (("polarities", ""), 15, "or the section 'polarities'"),
    "no representatives heading": (("representative citing papers", ""), 16, "'<label> <count>'"),
    "no representatives": (
        ("Finding of two.\nciting", "citing"),
        16,
        "a representative's finding",
    ),
    "no explorer": (("citing papers explorer\n", ""), 17, "the section 'citing papers explorer'"),
    "no papers": ((SMALL[SMALL.index("-\nOne") :], ""), 17, "a citing paper should follow"),
    "no mark": (("-\nTwo", "Two"), 21, "'-' ahead of a title"),
    "no finding": (("Finding of three.\n", ""), 25, "the page ends where a finding should follow"),
    "no finding between": (("One\nFinding of one.\n", "One\n"), 20, "a title and its finding"),
    "a paper twice": (("\nThree\n", "\nOne\n"), 25, "listed already, on line 19: 'One'"),
    "a finding twice": (("Finding of three", "Finding of one"), 26, "listed already, on line 20"),
    "a representative twice": (
        ("Finding of two.\nciting", "Finding of two.\nFinding of two.\nciting"),
        17,
        "among the representatives already",
    ),
    "a label twice": (("method 1", "background 1"), 13, "'background' is counted twice"),
    "another percentage": (("67%", "100%"), 4, "the page says 100%, but 2 of the 3"),
    "another role": (
        ("as background", "as result"),
        4,
        "roles counted below, background, method, found",
    ),
    "no labelled paper": (
        ("background 2\nmethod 1polarities", "background 0polarities"),
        4,
        "one of the roles counted below, background, found",
    ),
    "another class": (("Canonical reference. ", "Survey. "), 4, "the class 'Canonical reference'"),
    "more labelled than listed": (("unclear 2", "unclear 3"), 15, "4 labelled papers, but"),
    "a representative that is not there": (
        ("Finding of two.\nciting", "Finding of none.\nciting"),
        16,
        "the finding belongs to no paper",
    ),
    "a lead that is not there": (("Finding of one.\nhub", "Finding of none.\nhub"), 1, "no paper"),
}


@pytest.mark.parametrize(("edit", "line", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_page_is_refused_with_its_line(edit, line, said):
    wrong = SMALL.replace(*edit, 1)
    assert wrong != SMALL
    with pytest.raises(SourceError) as caught:
        parse(wrong)
    assert str(caught.value).startswith(f"page.txt, line {line}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "hub", "hub x\n"])
def test_a_page_that_ends_early(text):
    with pytest.raises(SourceError, match=r"page\.txt"):
        parse(text)


LINES = SMALL.split("\n")


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=40))
def test_any_page_is_read_or_refused(lines):
    try:
        parse("\n".join(lines))
    except SourceError as error:
        assert str(error).startswith("page.txt")


FREE = {0, 5, 6, 13}  # the lead, two lines of abstract, one of two polarities


@given(st.sampled_from([n for n, line in enumerate(LINES) if line and n not in FREE]))
def test_no_line_can_be_lost_unnoticed(number):
    with pytest.raises(SourceError):
        parse("\n".join(LINES[:number] + LINES[number + 1 :]))
