"""What is new in a release, by name, and the bump that an update of a hub needs."""

from __future__ import annotations

import json
from datetime import date

import pytest

import citehub
from citehub._diff import Change, compare, needed_level, next_version
from citehub._news import MOST_NAMED
from citehub._schema import TABLES
from tests.made import CANONICAL, make_release, make_works
from tests.publish.conftest import HOSTILE

OLD = {"work_id": "doi:10.1/old", "title": "Old", "title_plain": "Old", "publication_year": 2022}
MID = {"work_id": "doi:10.1/mid", "title": "Mid", "title_plain": "Mid", "publication_year": 2023}
LAST = {"work_id": "doi:10.1/last", "title": "L", "title_plain": "L", "publication_year": 2024}
NEW = {
    "work_id": "doi:10.1/new", "title": "New", "title_plain": "New", "publication_year": 2021,
    "authors": ["A. Uthor", "B. Uthor", "C. Uthor", "D. Uthor"],
}  # fmt: skip


@pytest.fixture
def compared(tmp_path):
    """Compare two releases of rows; what is given for the manifest is that of the newer one."""

    def call(before, after, *, reasons=None, **stated):
        releases = []
        for version, rows, said in (("1.0.0", before, {}), ("1.1.0", after, stated)):
            folder = tmp_path / version
            folder.mkdir()
            releases.append(make_release(folder, rows, version, **said))
        return compare(*releases, reasons=reasons)

    return call


def kinds(found) -> set[tuple[str, str]]:
    return {(change.table, change.kind) for change in found}


# -- a citing work more ------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_work_more_is_minor_wherever_its_date_puts_it(compared, place):
    works = [LAST, MID, OLD]
    found = compared(make_works(*works), make_works(*works[:place], NEW, *works[place:]))
    assert found.level == needed_level(found) == "minor"
    moved = 3 - place
    assert found.counts()["citations"].get("cell updated", 0) == moved
    assert ("citations", "cell changed") not in kinds(found)
    (work,) = found.news.works_added
    assert (work.work_id, work.title, work.year) == ("doi:10.1/new", "New", 2021)
    assert work.authors == ("A. Uthor", "B. Uthor", "C. Uthor", "D. Uthor")
    assert found.news.counts[0] == ("citing works", 3, 4)
    assert (
        "1 work added\n  doi:10.1/new  New\n    A. Uthor, B. Uthor, C. Uthor and 1 more, 2021"
        in (str(found.news))
    )


def counted(n):
    """Return rows of every table that counts, with some number everywhere."""
    return {
        **make_works(OLD),
        "source_counts": [{"source_id": "s", "measure": "works", "n": n}],
        "source_overlap": [{"source_id": "s", "other_source_id": "t", "n_both": n, "n_either": n}],
        "citation_years": [{"source_id": "s", "year": 2022, "n": n}],
        "label_counts": [
            {"scheme": "intent", "raw_value": "x", "source_id": "s", "value": "method", "n": n,
             "n_labelled": n, "n_citing": n}
        ],
    }  # fmt: skip


def test_other_counts_are_minor(compared):
    found = compared(counted(1), counted(2))
    assert found.level == "minor"
    assert {change.kind for change in found} == {"cell updated"}
    assert {change.column for change in found} == {
        "n", "n_both", "n_either", "n_labelled", "n_citing"
    }  # fmt: skip


def test_what_a_counted_label_means_is_no_count(compared):
    before, after = counted(1), counted(1)
    after["label_counts"][0]["value"] = "background"
    assert compared(before, after).level == "major"


def test_rows_of_counts_come_and_go(compared):
    before, after = counted(1), counted(1)
    for table in ("source_counts", "source_overlap", "citation_years", "label_counts"):
        after[table] = []
    found = compared(before, after)
    assert {change.kind for change in found} == {"row superseded"}
    assert (len(found), found.level) == (4, "minor")


AS_OF = {
    "a count at a day": ("works", {**OLD, "citation_count": 1}, {"citation_count": 2}),
    "a count that its source no longer gives": (
        "works", {**OLD, "citation_count": 1}, {"citation_count": None}
    ),
    "the day on which a source was read": (
        "sources",
        {"source_id": "s", "title": "S", "kind": "records", "retrieved_on": date(2026, 1, 1)},
        {"retrieved_on": date(2026, 2, 1)},
    ),
    "evidence that stands elsewhere": (
        "evidence",
        {"table_name": "works", "row_key": OLD["work_id"], "column_name": "title",
         "source_id": "s", "locator": "line 1", "grade": "stated"},
        {"locator": "line 2"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("table", "row", "cells"), AS_OF.values(), ids=AS_OF)
def test_what_was_read_at_a_day_is_updated(compared, table, row, cells):
    before, after = make_works(OLD), make_works(OLD)
    before[table] = [*before[table][:-1], row] if table == "works" else [row]
    after[table] = (
        [*after[table][:-1], {**row, **cells}] if table == "works" else [{**row, **cells}]
    )
    (change,) = found = compared(before, after)
    ((column, new),) = cells.items()
    assert (change.kind, change.column, change.new) == ("cell updated", column, new)
    assert found.level == "minor"


def test_evidence_that_is_gone_needs_no_more_than_its_cell(compared):
    row = {"table_name": "works", "row_key": OLD["work_id"], "column_name": "title",
           "source_id": "s", "grade": "stated"}  # fmt: skip
    before, after = make_works(OLD), make_works(OLD)
    before["evidence"] = [row]
    found = compared(before, after)
    assert (kinds(found), found.level) == ({("evidence", "row superseded")}, "minor")


def picked(method, *works, **cells):
    made = make_works(OLD, MID)
    made["representatives"] = [
        {"method": method, "rank": rank, "work_id": each["work_id"], **cells}
        for rank, each in enumerate(works, 1)
    ]
    return made


@pytest.mark.parametrize(
    ("method", "level"), [("facility-location", "minor"), ("hub-page", "major")]
)
def test_another_choice_is_a_change_where_a_page_made_it(compared, method, level):
    found = compared(picked(method, OLD, MID, score=1.0), picked(method, MID, score=2.0))
    assert found.level == level
    assert kinds(found) == {
        ("representatives", "cell updated" if level == "minor" else "cell changed"),
        ("representatives", "row superseded" if level == "minor" else "row removed"),
    }


def grouped(theme, *methods, title="A theme"):
    """Return works of one theme, each put into it by a method."""
    works = [{**OLD, "work_id": f"doi:10.1/{n}"} for n in range(2)]
    made = make_works(*works)
    made["themes"] = [{"theme_id": theme, "title": title, "description": "", "position": 1}]
    made["work_themes"] = [
        {"work_id": work["work_id"], "theme_id": theme, "method": method}
        for work, method in zip(works, methods, strict=False)
    ]
    return made


@pytest.mark.parametrize(
    ("methods", "level"),
    [
        (("openalex-topic", "openalex-topic"), "minor"),
        (("openalex-topic", "curated"), "major"),
        (("curated", "curated"), "major"),
        ((), "major"),
    ],
)
def test_a_theme_that_an_algorithm_alone_fills_is_computed(compared, methods, level):
    found = compared(grouped("t", *methods), grouped("t", *methods, title="Another"))
    assert [(each.table, each.column, each.level) for each in found] == [
        ("themes", "title", level)
    ]


def test_themes_of_topics_are_superseded_and_curated_ones_removed(compared):
    both = ("openalex-topic", "openalex-topic")
    found = compared(grouped("t", *both), grouped("u", *both))
    assert found.level == "minor"
    assert kinds(found) == {
        (table, kind)
        for table in ("themes", "work_themes")
        for kind in ("row added", "row superseded")
    }
    assert not found.news.corrections


def test_a_person_may_take_over_a_theme_of_an_algorithm(compared):
    before = grouped("t", "openalex-topic")
    found = compared(before, grouped("t", "curated"))
    assert [(each.kind, each.column) for each in found] == [("cell updated", "method")]


def test_an_algorithm_may_not_take_over_what_a_person_said(compared):
    found = compared(grouped("t", "curated"), grouped("t", "openalex-topic"))
    assert found.level == "major"


def test_columns_of_a_table_of_one_hub_hold_as_of_its_manifest(compared, monkeypatch):
    before, after = counted(1), counted(2)
    found = compared(before, after)
    monkeypatch.delitem(TABLES, "source_counts")
    again = compare(*found._releases)
    assert again.counts()["source_counts"] == {"cell updated": 1}


# -- what is told by name ----------------------------------------------------------------------


def test_a_work_that_is_gone_is_major_and_the_reason_is_told(compared):
    found = compared(
        make_works(OLD, MID), make_works(MID), reasons={"doi:10.1/old": "It cites another work."}
    )
    assert found.level == "major"
    ((work, reason),) = [(each.work, each.reason) for each in found.news.works_gone]
    assert (work.work_id, reason) == ("doi:10.1/old", "It cites another work.")
    assert "1 work gone\n  doi:10.1/old  Old\n    It cites another work." in str(found.news)


def test_a_work_may_be_gone_without_a_reason(compared):
    (gone,) = compared(make_works(OLD, MID), make_works(MID)).news.works_gone
    assert gone.reason is None


def former(work_id, reason=None):
    row = {"former_id": "doi:10.1/old", "work_id": work_id, "until_version": "1.0.0"}
    return {"former_ids": [{**row, "reason": reason}]}


def test_a_merge_is_major_and_no_work_is_gone(compared):
    after = make_works(MID) | former("doi:10.1/mid", "one DOI")
    found = compared(make_works(OLD, MID), after)
    assert found.level == "major"
    (merged,) = found.news.works_merged
    assert (merged.work.title, merged.into.title, merged.was_there) == ("Old", "Mid", True)
    assert (found.news.works_gone, found.news.works_added) == ((), ())
    assert "now part of doi:10.1/mid, Mid: one DOI" in str(found.news)


def test_a_work_by_another_id_is_neither_added_nor_gone_and_stays_comparable(compared):
    again = {**OLD, "work_id": "doi:10.1/again", "is_retracted": True}
    found = compared(make_works(OLD), make_works(again) | former("doi:10.1/again"))
    assert found.level == "major"
    news = found.news
    assert (news.works_gone, news.works_added) == ((), ())
    assert [each.work_id for each in news.works_retracted] == ["doi:10.1/again"]
    assert "now known as doi:10.1/again, [retracted] Old" in str(news)


def test_ids_of_still_older_versions_are_no_news(compared):
    before, after = make_works(MID), make_works(MID) | former("doi:10.1/mid")
    assert not compared(before, after).news


def test_a_retraction_is_major_and_told_and_so_is_its_end(compared):
    retracted = {**OLD, "is_retracted": True}
    before = make_works({**OLD, "is_retracted": False}, {**MID, "is_retracted": True})
    after = make_works(retracted, {**MID, "is_retracted": False})
    found = compared(before, after)
    assert found.level == "major"
    assert [str(each) for each in found.news.works_retracted] == ["[retracted] Old"]
    (ended,) = found.news.corrections
    assert (ended.what, ended.old, ended.new) == ("retraction", "retracted", "not retracted")


def test_roles_are_told_from_and_to(compared):
    before = make_works({**OLD, "intents": ["background"]}, {**MID, "polarities": ["mentioning"]},
                        {**LAST, "intents": ["method", "result"]})  # fmt: skip
    after = make_works({**OLD, "intents": ["method"]},
                       {**MID, "polarities": ["mentioning"], "intents": ["result"]},
                       {**LAST, "intents": ["result", "method"]})  # fmt: skip
    news = compared(before, after).news
    said = [(each.work.work_id, each.what, each.old, each.new) for each in news.roles_changed]
    assert said == [
        ("doi:10.1/old", "role", "background", "method"),
        ("doi:10.1/mid", "role", None, "result"),
    ]
    assert [section.heading for section in news.sections] == [
        "1 role or stance changed", "1 role or stance not known before"
    ]  # fmt: skip
    assert "role: background → method" in str(news)


CORRECTIONS = {
    "title": ({"title_plain": "Other", "title": "Other"}, ("Old", "Other")),
    "date": ({"publication_year": 2020, "publication_month": 3}, ("2022", "2020-03")),
    "theme": ({"themes": ["b"]}, ("a", "b")),
    "finding": ({"finding": None}, ("It works.", None)),
}


@pytest.mark.parametrize("what", CORRECTIONS)
def test_what_was_known_and_is_otherwise_is_a_correction(compared, what):
    work = {**OLD, "finding": "It works.", "themes": ["a"]}
    cells, (old, new) = CORRECTIONS[what]
    found = compared(make_works(work), make_works({**work, **cells}))
    assert found.level == "major"
    (told,) = found.news.corrections
    assert (told.what, told.old, told.new) == (what, old, new)


def test_what_becomes_known_is_no_correction(compared):
    work = {**OLD, "publication_month": 5, "finding": "It works.", "themes": ["a"]}
    found = compared(make_works(OLD), make_works(work))
    assert (found.level, found.news.corrections) == ("minor", ())
    assert found.news.counts[1] == ("themes", 0, 1)


def test_labels_of_citations_among_the_citing_works_are_no_roles(compared):
    before, after = make_works(OLD, MID), make_works(OLD, MID)
    after["citation_labels"] = [
        {"label_id": "1", "citing_work_id": "doi:10.1/old", "cited_work_id": "doi:10.1/mid",
         "scheme": "intent", "raw_value": "method", "labeler": "a test", "source_id": "s"}
    ]  # fmt: skip
    news = compared(before, after).news
    assert (news.roles_changed, news.counts[1]) == ((), ("labels", 0, 1))


def test_a_long_list_ends_with_how_many_more_there_are(compared):
    many = [{**NEW, "work_id": f"doi:10.1/{n}"} for n in range(MOST_NAMED + 2)]
    news = compared(make_works(), make_works(*many)).news
    assert str(news).count("doi:10.1/") == MOST_NAMED
    assert str(news).endswith("  and 2 more")
    assert news.text(None).count("doi:10.1/") == len(many)
    assert news._repr_html_().count("doi:10.1/") == MOST_NAMED


def test_hostile_titles_stay_text_on_the_terminal_and_in_html(compared):
    hostile = {**NEW, "title_plain": HOSTILE, "authors": [HOSTILE]}
    found = compared(make_works(), make_works(hostile))
    assert "\x1b" not in str(found.news)
    assert len(str(found.news).splitlines()) == 5
    assert "<script" not in found._repr_html_()
    assert "&lt;script" in found._repr_html_()


# -- metadata and versions ---------------------------------------------------------------------


def test_other_metadata_alone_is_a_patch_and_told(compared):
    found = compared(make_works(OLD), make_works(OLD), title="Another title")
    assert (len(found), needed_level(found)) == (0, "patch")
    assert found.metadata == found.news.metadata == ("title",)
    assert str(found.news) == "Citing works: 1, as before. Metadata that changed: title."


def test_the_same_content_under_another_version_needs_no_release(compared):
    found = compared(
        make_works(OLD), make_works(OLD), description="Another", created="2026-01-01T00:00:00Z"
    )
    assert (found.level, needed_level(found)) == ("patch", "none")
    assert not found.news


@pytest.mark.parametrize(
    ("level", "version"),
    [("none", "1.9.9"), ("patch", "1.9.10"), ("minor", "1.10.0"), ("major", "2.0.0")],
)
def test_the_next_version_follows_from_the_level(level, version):
    assert next_version("1.9.9", level) == version


def test_every_kind_has_a_level():
    from typing import get_args

    from citehub._diff import Kind

    assert {Change(kind, "t").level for kind in get_args(Kind)} == {"minor", "major"}


# -- the command line --------------------------------------------------------------------------


def test_the_command_line_names_what_is_new_first(compared, say, tmp_path):
    many = [{**NEW, "work_id": f"doi:10.1/{n}"} for n in range(MOST_NAMED + 2)]
    compared(make_works(), make_works(*many))
    words = ("diff", "made", str(tmp_path / "1.0.0"), str(tmp_path / "1.1.0"))
    said = say(*words)
    assert said.startswith("Citing works: 0 before, 52 now.\n\n52 works added\n  doi:10.1/0  New")
    assert said.index("and 2 more") < said.index("made 1.0.0 -> 1.1.0: minor")
    assert "doi:10.1/51  New" in say(*words, "--all")
    record = json.loads(say(*words, "--json"))
    assert record["news"]["counts"][0] == ["citing works", 0, 52]
    assert record["news"]["works_added"][51] == {
        "work_id": "doi:10.1/51", "title": "New", "year": 2021, "authors": NEW["authors"],
        "is_retracted": False,
    }  # fmt: skip


def test_a_release_and_itself_have_no_news():
    found = citehub.diff("mt-nlg", "1.1.0", "1.1.0")
    assert not found.news
    assert repr(found.news) == "<citehub.News: no work by name>"
    assert "Citing works" not in found._repr_html_()


def test_the_canonical_work_is_no_citing_work(compared):
    assert CANONICAL not in str(compared(make_works(), make_works(NEW)).news)
