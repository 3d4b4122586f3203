"""Pairs of works that may be one: proposed with their reason, and never joined."""

from __future__ import annotations

import time

import pytest

from citehub._identifiers import Identifier
from citehub._vocabularies import JOIN_REASON
from citehub.build.assemble import TRUST, assemble, join_statements
from citehub.build.candidates import Candidate, find_candidates
from citehub.build.join import Apart, Reason, RecordKey, Same, Work
from citehub.sources.records import Author, Edge, Record
from citehub.sources.statements import Statements

OPENALEX, S2, *_ = TRUST
ADA, BO, CY = Author("Ada Lovelace"), Author("Bo Xu"), Author("Cy Young")
TITLE = "Training lamps of paper by model parallelism"


def work(name: str, title: str | None = TITLE, year: int | None = 2024, authors=(ADA, BO)) -> Work:
    record = Record(S2, name, (), title=title, year=year, authors=authors)
    return Work(name, (record,), (Reason("only record"),))


def pair(*, title=TITLE, year=2024, authors=(ADA, BO), other=None) -> Candidate | None:
    """Compare a work with one that differs in what is given."""
    found = find_candidates([other or work("a"), work("b", title, year, authors)])
    assert len(found) < 2
    return found[0] if found else None


def test_the_same_title_by_the_same_authors():
    assert pair() == Candidate("a", "b", "same title; 2 authors shared", 1.0, 0, 2)
    found = pair(title="<b>Training LAMPS</b> of pápër, by $model$-parallelism!", year=2019)
    assert found == Candidate("a", "b", "same title; 2 authors shared", 1.0, 5, 2)


@pytest.mark.parametrize(
    ("title", "authors", "why"),
    [
        ("Trainning lamps of paper by model parallelism", (ADA,), "nearly the same title"),
        ("Training lamps of papers by model paralelism", (ADA, CY), "nearly the same title"),
        (f"{TITLE}: a survey of all that was tried", (ADA,), "beginning of the other"),
    ],
)
@pytest.mark.parametrize("year", [2022, 2026, None])
def test_nearly_the_same_title_by_the_first_author(title, authors, why, year):
    found = pair(title=title, authors=authors, year=year)
    assert why in found.why
    assert found.why.endswith("same first author")
    assert (found.year_gap, found.shared_authors) == (None if year is None else 2, 1)
    assert 0 < found.title_similarity < 1


def test_half_of_the_authors_in_another_order_are_enough():
    found = pair(title=f"{TITLE} again", authors=(BO, ADA, CY))
    assert found.why == "one title is the beginning of the other; 2 authors shared"


@pytest.mark.parametrize(
    "other",
    [
        {"authors": (CY,)},
        {"title": "Training lamps of glass with data pipelines"},
        {"title": f"{TITLE} again", "year": 2027},
        {"title": f"{TITLE} again", "authors": (CY, Author("Di Wu"), Author("Ed Poe"))},
        {"title": f"{TITLE} again", "authors": ()},
        {"title": f"{TITLE} 2"},
        {"title": f"{TITLE}, part II"},
        {"title": None},
        {"authors": (), "year": 2027},
    ],
)
def test_what_is_not_proposed(other):
    assert pair(**other) is None


def test_a_long_title_is_enough_where_authors_are_not_known():
    why = "same title; authors of one are not known"
    assert pair(authors=()) == Candidate("a", "b", why, 1.0, 0, None)
    short = work("a", "Deep lamps")
    assert pair(title="Deep lamps", authors=(), other=short) is None


@pytest.mark.parametrize("title", ["Editorial", "EDITORIAL.", "Book Review", "Editor’s note"])
def test_editorials_are_no_candidates(title):
    assert pair(title=title, other=work("a", title)) is None


def test_what_a_person_decided_is_not_proposed_again():
    lamp = Record(OPENALEX, "W1", (Identifier("doi", "10.5555/lamp"),), title="A lamp")
    two = [Record(S2, n, (Identifier("s2", n),), title=TITLE, authors=(ADA,)) for n in "23"]
    given = Statements(
        {(OPENALEX, "W1"): lamp},
        {(S2, each.record_id): each for each in two},
        [Edge(S2, each.record_id, "1") for each in two],
    )
    tables = assemble(given)[0]
    assert list(tables["merge_candidates"]) == [
        {
            "work_id": "s2:2", "other_work_id": "s2:3", "why": "same title; 1 author shared",
            "title_similarity": 1.0, "year_gap": None, "shared_authors": 1,
        }
    ]  # fmt: skip
    ids = [each.ids[0] for each in two]
    apart = join_statements(given, apart=[Apart(ids[1], RecordKey(S2, "2"), "Two talks.")])
    assert apart.candidates == ()
    same = join_statements(given, same=[Same(*ids, "One talk.")])
    assert same.candidates == ()
    tables = assemble(given, same)[0]
    assert len(tables["merge_candidates"]) == 0
    joins = {row["record_id"]: row for row in tables["work_joins"]}
    assert joins["3"] == {
        "work_id": "s2:2", "source_id": S2, "record_id": "3", "reason": "curated", "scheme": None,
        "value": None, "joined_source_id": S2, "joined_record_id": "2", "note": "One talk.",
    }  # fmt: skip
    assert {row["reason"] for row in joins.values()} <= {*JOIN_REASON.terms}


def test_every_record_of_a_hub_says_why_it_is_of_its_work():
    lamp = Record(OPENALEX, "W1", (Identifier("doi", "10.5555/lamp"),), title="A lamp")
    doi = Identifier("doi", "10.5555/x")
    citing = [Record(OPENALEX, "W2", (doi,), title="Two"), Record(S2, "2", (doi,), title="Two")]
    untitled = Record(S2, "3", (Identifier("s2", "3"),))
    given = Statements(
        {(OPENALEX, "W1"): lamp},
        {(each.source_id, each.record_id): each for each in (*citing, untitled)},
        [Edge(each.source_id, each.record_id, "W1") for each in (*citing, untitled)],
    )
    rows = list(assemble(given)[0]["work_joins"])
    told = [tuple(row[name] for name in ("work_id", "record_id", "reason", "scheme", "value"))
            for row in rows]  # fmt: skip
    assert told == [
        ("doi:10.5555/lamp", "W1", "only record", None, None),
        ("doi:10.5555/x", "W2", "first record", None, None),
        ("doi:10.5555/x", "2", "shared identifier", "doi", "10.5555/x"),
    ]
    assert (rows[2]["joined_source_id"], rows[2]["joined_record_id"]) == (OPENALEX, "W2")


def test_many_works_of_the_same_words_are_compared_in_time():
    words = [f"word{n}" for n in range(40)]
    works = [
        work(
            str(n),
            f"{words[n % 40]} of {words[n // 40 % 40]} and {words[n % 7]} {n}",
            2024,
            (ADA,),
        )
        for n in range(6000)
    ]
    start = time.perf_counter()
    assert find_candidates(works) == ()
    assert time.perf_counter() - start < 20
