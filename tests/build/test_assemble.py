"""What sources say becomes the rows of a hub: who is trusted, what is joined, what is counted."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citehub._identifiers import Identifier, parse_identifier
from citehub._schema import TABLES
from citehub.build.assemble import TRUST as EVERY
from citehub.build.assemble import assemble
from citehub.errors import BuildError
from citehub.sources.records import Author, Context, Edge, Record
from citehub.sources.registry import SOURCES
from citehub.sources.statements import Statements, record_of

TRUST = EVERY[-4:]  # those whose records are not made by hand
LAMP = Identifier("doi", "10.5555/lamp")


def ids(*texts: str) -> tuple[Identifier, ...]:
    return tuple(parse_identifier(each) for each in texts)


def record(source: str, name: str, *identifiers: str, title: str | None = "A title", **more):
    return Record(source, name, ids(*identifiers), title=title, **more)


def hub(*citing: Record, canonical: tuple[Record, ...] = (), edges: list[Edge] | None = None,
        **more) -> Statements:  # fmt: skip
    """Return what sources say: each record cites the work once, unless edges are given."""
    own = canonical or (record("openalex", "W1", "10.5555/lamp"),)
    if edges is None:
        edges = [Edge(each.source_id, each.record_id, "W1") for each in citing]
    return Statements(
        {(each.source_id, each.record_id): each for each in own},
        {(each.source_id, each.record_id): each for each in citing},
        edges,
        **more,
    )


def rows(given: Statements) -> dict[str, list[dict[str, Any]]]:
    return {name: list(rows) for name, rows in assemble(given)[0].items()}


def row_of(tables: dict[str, list[dict[str, Any]]], work_id: str) -> dict[str, Any]:
    (row,) = (row for row in tables["works"] if row["work_id"] == work_id)
    return row


def source_of(tables: dict[str, list[dict[str, Any]]], work_id: str, column: str) -> str:
    (row,) = (
        row
        for row in tables["evidence"]
        if (row["table_name"], row["row_key"], row["column_name"]) == ("works", work_id, column)
    )
    return row["source_id"]


def counts_of(tables: dict[str, list[dict[str, Any]]], source: str) -> dict[str, int]:
    return {
        row["measure"]: row["n"] for row in tables["source_counts"] if row["source_id"] == source
    }


# -- trust -------------------------------------------------------------------------------------


def test_of_what_several_say_the_most_trusted_is_shown_and_gaps_are_filled():
    said = {
        "openalex": {"title": None, "type": "article"},
        "s2": {"title": "By S2", "abstract": "Text.", "type": "book"},
        "opencitations": {"title": "By OC", "venue": "OC", "type": "book"},
        "citing-file": {"title": "Mine", "venue": "Mine", "abstract": "Mine.",
                        "authors": (Author("Me", None),)},
    }  # fmt: skip
    citing = [record(name, name, "10.5555/x", **said[name]) for name in reversed(TRUST)]
    tables = rows(hub(*citing))
    row = row_of(tables, "doi:10.5555/x")
    shown = {name: row[name] for name in ("title", "type", "abstract", "venue", "author_count")}
    assert shown == {
        "title": "By S2", "type": "article", "abstract": "Text.", "venue": "OC", "author_count": 1,
    }  # fmt: skip
    assert [source_of(tables, "doi:10.5555/x", name) for name in shown] == [
        "s2", "openalex", "s2", "opencitations", "citing-file",
    ]  # fmt: skip
    by_trust = ["openalex", "s2", "opencitations", "citing-file"]
    assert [row["source_id"] for row in tables["citation_sources"]] == by_trust


def test_of_one_source_the_published_record_comes_before_the_preprint():
    preprint = record(
        "openalex", "W2", "arxiv:9912.00002", "10.5555/x", title="Old", type="preprint"
    )
    article = record("openalex", "W3", "10.5555/x", title="New", type="article")
    row = row_of(rows(hub(preprint, article)), "arxiv:9912.00002")
    assert (row["title"], row["type"]) == ("New", "article")


def test_every_source_that_is_trusted_is_described():
    assert set(TRUST) < {source.id for source in SOURCES}


# -- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "date", "found"),
    [
        (2024, "2024-05-17", (2024, 5, "")),
        (2024, "2024-05", (2024, 5, "")),
        (2024, "2024-01-02", (2024, 1, "")),
        (2024, "2024-01", (2024, 1, "")),
        (2024, "2024-01-01", (2024, None, "")),
        (2024, "2024", (2024, None, "")),
        (2024, "2023-12-31", (2024, None, "")),
        (2024, "2024-13-01", (2024, None, "")),
        (2024, "2024-00-10", (2024, None, "")),
        (2024, "May 2024", (2024, None, "")),
        (2024, None, (2024, None, "")),
        (None, "2024-05-17", (None, None, "")),
        (9999, "9999-12-31", (None, None, "the year 9999 is out of range")),
        (-5, None, (None, None, "the year -5 is out of range")),
        (1499, None, (None, None, "the year 1499 is out of range")),
        (1500, None, (1500, None, "")),
        (2100, "2100-02", (2100, 2, "")),
    ],
)
def test_years_and_months(year, date, found):
    row = {"title": "T", "year": year, "date": date, "venue": None, "type": None,
           "authors": None, "is_retracted": None}  # fmt: skip
    made, problem = record_of(row, "s2", "1", (), None)
    assert (made.year, made.month, problem) == found


def test_authors_without_a_name_are_left_out_and_orcids_are_bare():
    authors = [
        {"name": " Ada ", "orcid": "https://orcid.org/0000-0002-1825-009X"},
        {"name": "", "orcid": None}, {"name": None, "orcid": None}, None,
        {"name": " ", "orcid": ""},
        {"name": "Bo", "orcid": "0000-0002-1825-00"},
    ]  # fmt: skip
    row = {"title": "T", "year": None, "date": None, "venue": None, "type": None,
           "authors": authors, "is_retracted": True}  # fmt: skip
    made, _ = record_of(row, "s2", "1", (), "Text.")
    assert made.authors == (Author("Ada", "0000-0002-1825-009X"), Author("Bo", None))
    assert (made.abstract, made.is_retracted) == ("Text.", True)


def test_a_work_is_of_the_date_at_which_it_was_first_public():
    citing = [
        record("openalex", "W2", "10.5555/x", year=2024),
        record("s2", "2", "10.5555/x", year=2023, month=12),
        record("opencitations", "br/2", "10.5555/x", year=2023),
        record("openalex", "W3", "10.5555/y", year=2022, month=5),
        record("openalex", "W4", "10.5555/z"),
    ]
    canonical = record("openalex", "W1", "10.5555/lamp", year=2022, month=8)
    tables = rows(hub(*citing, canonical=(canonical,)))
    row = row_of(tables, "doi:10.5555/x")
    assert (row["publication_year"], row["publication_month"]) == (2023, 12)
    assert source_of(tables, "doi:10.5555/x", "publication_year") == "s2"
    spans = {row["citing_work_id"]: row["timespan_months"] for row in tables["citations"]}
    assert spans == {"doi:10.5555/x": 16, "doi:10.5555/y": -3, "doi:10.5555/z": None}
    assert [row["citing_work_id"] for row in tables["citations"]] == list(spans)  # newest first


@pytest.mark.parametrize("source", TRUST)
def test_a_title_of_blanks_is_none_in_any_source(source):
    titles = ("  ", "\u00a0", "\u200b", "&nbsp;", "<i> </i>")
    blank = [record(source, f"b{n}", f"s2:{n}", title=each) for n, each in enumerate(titles, 3)]
    tables = rows(hub(*blank, record(source, "two", "s2:2", title="A <i>lamp</i>")))
    assert [row["work_id"] for row in tables["works"][1:]] == ["s2:2"]
    assert row_of(tables, "s2:2")["title"] == "A <i>lamp</i>"
    assert row_of(tables, "s2:2")["title_plain"] == "A lamp"
    assert counts_of(tables, source)["undescribed"] == len(blank)


def test_a_title_of_blanks_gives_way_to_that_of_another_source():
    citing = record("openalex", "W2", "10.5555/x", title=" "), record("s2", "2", "10.5555/x")
    assert row_of(rows(hub(*citing)), "doi:10.5555/x")["title"] == citing[1].title


def test_the_count_of_citations_has_its_date_and_source():
    date = datetime.date(2026, 1, 5)
    citing = [
        record("openalex", "W2", "10.5555/x"),
        record("s2", "2", "10.5555/x", citation_count=0, citation_count_on=date),
        record("s2", "3", "10.5555/y", citation_count=7),
    ]
    tables = rows(hub(*citing))
    found = {
        row["work_id"]: (row["citation_count"], row["citation_count_on"])
        for row in tables["works"][1:]
    }
    assert found == {"doi:10.5555/x": (0, date), "doi:10.5555/y": (7, None)}
    assert source_of(tables, "doi:10.5555/x", "citation_count_on") == "s2"


@pytest.mark.parametrize(
    ("n", "found"), [(-1, None), (0, 0), (2**31 - 1, 2**31 - 1), (2**31, None)]
)
def test_a_count_that_no_release_can_hold_is_not_known(n, found):
    row = {"title": "T", "year": None, "date": None, "venue": None, "type": None,
           "authors": None, "is_retracted": None, "n_citations": n}  # fmt: skip
    made, _ = record_of(row, "s2", "1", (), None, snapshot_on=datetime.date(2026, 1, 5))
    assert (made.citation_count, made.citation_count_on is None) == (found, found is None)


# -- joins ---------------------------------------------------------------------------------------


def test_records_are_joined_over_a_chain_of_identifiers():
    citing = [
        record("openalex", "W2", "10.5555/a", title="First"),
        record("opencitations", "br/2", "10.5555/a", "10.5555/b"),
        record("s2", "2", "10.5555/b", "arxiv:9912.00002"),
        record("citing-file", "key", "arxiv:9912.00002"),
        record("openalex", "W3", "10.5555/c", title="First"),
    ]
    tables = rows(hub(*citing))
    assert [row["work_id"] for row in tables["works"][1:]] == ["arxiv:9912.00002", "doi:10.5555/c"]
    assert counts_of(tables, "openalex")["works"] == 2
    assert counts_of(tables, "s2")["only"] == 0


def test_records_of_the_work_are_one_even_where_they_share_no_identifier():
    canonical = (record("s2", "1", title="Lamp"), record("openalex", "W1", "10.5555/lamp"))
    tables, work_id, *_ = assemble(hub(record("s2", "2", "10.5555/x"), canonical=canonical))
    assert work_id == "doi:10.5555/lamp"
    assert [row["work_id"] for row in tables["works"]] == [work_id, "doi:10.5555/x"]


def test_a_record_that_shares_an_identifier_with_the_work_cites_itself():
    citing = record("s2", "7", "10.5555/lamp"), record("s2", "8", "10.5555/x")
    tables = rows(hub(*citing))
    assert [row["citing_work_id"] for row in tables["citations"]] == ["doi:10.5555/x"]
    assert counts_of(tables, "s2")["self"] == 1
    assert counts_of(tables, "s2")["records"] == 1


def test_works_without_identifiers_are_kept_apart_by_their_keys():
    citing = record("citing-file", "one"), record("citing-file", "two")
    tables = rows(hub(*citing))
    assert {row["work_id"] for row in tables["works"][1:]} == {"entry:one", "entry:two"}


def test_a_hub_is_the_same_whatever_is_moved_on_at_a_time(monkeypatch):
    citing = [record("s2", str(n), f"10.5555/x{n}", title=f"Lamp {n}") for n in range(2, 30)]
    whole = rows(hub(*citing))
    monkeypatch.setattr("citehub.build.assemble._WORKS_AT_ONCE", 7)
    assert rows(hub(*citing)) == whole
    keys = [tuple(row[name] for name in TABLES["evidence"].key) for row in whole["evidence"]]
    assert keys == sorted(keys)


NAMES = st.sampled_from([f"10.5555/{n}" for n in range(8)])
RECORDS = st.lists(
    st.tuples(st.sampled_from(TRUST), st.frozensets(NAMES, min_size=1, max_size=3)),
    min_size=1,
    max_size=12,
)


def components(sets: list[frozenset[str]]) -> set[frozenset[str]]:
    """Join sets that overlap, until none do."""
    joined: list[frozenset[str]] = []
    for each in sets:
        apart = [other for other in joined if not each & other]
        joined = [*apart, each.union(*(other for other in joined if each & other))]
    return set(joined)


@settings(max_examples=150, deadline=None)
@given(RECORDS)
def test_works_are_exactly_the_connected_components_of_their_records(said):
    citing = [record(source, str(at), *sorted(each)) for at, (source, each) in enumerate(said)]
    tables, canonical, *_ = assemble(hub(*citing))
    found: dict[str, set[str]] = {}
    for row in tables["work_ids"]:
        found.setdefault(row["work_id"], set()).add(row["value"])
    del found[canonical]
    assert {frozenset(each) for each in found.values()} == components([each for _, each in said])
    stated = {(row["source_id"], row["record_id"]) for row in tables["citation_sources"]}
    assert stated == {(each.source_id, each.record_id) for each in citing}
    for row in tables["citation_sources"]:
        assert said[int(row["record_id"])][1] <= found[row["citing_work_id"]]
    assert len(tables["citations"]) == len(found)
    for source in {source for source, _ in said}:
        counts = counts_of(tables, source)
        assert counts["records"] == counts["works"] + counts["versions"]
        assert counts["records"] == sum(1 for name, _ in said if name == source)


@settings(max_examples=50, deadline=None)
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(said, random):
    citing = [record(source, str(at), *sorted(each)) for at, (source, each) in enumerate(said)]
    mixed = citing.copy()
    random.shuffle(mixed)
    assert rows(hub(*citing)) == rows(hub(*mixed))


# -- citations -----------------------------------------------------------------------------------


def test_a_citation_is_influential_where_any_record_says_so():
    citing = [record("s2", str(n), "10.5555/x") for n in (2, 3)] + [record("s2", "4", "10.5555/y")]
    edges = [Edge("s2", "2", "1", is_influential=False), Edge("s2", "3", "1", is_influential=True),
             Edge("s2", "4", "1")]  # fmt: skip
    tables = rows(hub(*citing, edges=edges))
    found = {row["citing_work_id"]: row["is_influential"] for row in tables["citations"]}
    assert found == {"doi:10.5555/x": True, "doi:10.5555/y": None}


def test_passages_and_intents_keep_their_order_and_names():
    contexts = (
        Context("One.", ("background", "methodology")),
        Context("", ("result",)),  # an intent whose passage is not known
        Context("Two.", ("novel", "novel")),  # one that this schema does not have
    )
    edges = [Edge("s2", "2", "1", contexts=contexts)]
    tables = rows(hub(record("s2", "2", "s2:2"), edges=edges))
    passages = [(row["context_id"], row["text"]) for row in tables["citation_contexts"]]
    assert passages == [("s2-2-1", "One."), ("s2-2-3", "Two.")]
    labels = [
        (row["context_id"], row["value"], row["raw_value"]) for row in tables["citation_labels"]
    ]
    assert labels == [
        ("s2-2-1", "background", "background"),
        ("s2-2-1", "method", "methodology"),
        (None, "result", "result"),
        ("s2-2-3", None, "novel"),
    ]


def test_a_record_that_cites_two_records_of_the_work_states_it_once():
    edges = [
        Edge("s2", "2", "1", is_influential=False, contexts=(Context("One.", ()),)),
        Edge("s2", "2", "9", is_influential=True, contexts=(Context("Two.", ()),)),
    ]
    tables = rows(hub(record("s2", "2", "s2:2"), edges=edges))
    (stated,) = tables["citation_sources"]
    assert (stated["cited_record_id"], stated["is_influential"]) == ("1", True)
    assert [row["text"] for row in tables["citation_contexts"]] == ["One.", "Two."]
    assert counts_of(tables, "s2")["records"] == 1


def test_names_that_are_spelt_alike_are_counted_as_shared():
    canonical = record("openalex", "W1", "10.5555/lamp", authors=(Author("Ada", None),))
    citing = [
        record("s2", "2", "s2:2", authors=(Author("Ada", None), Author("Bo", None))),
        record("s2", "3", "s2:3", authors=(Author("A.", None),)),
        record("s2", "4", "s2:4"),
    ]
    tables = rows(hub(*citing, canonical=(canonical,)))
    found = {row["citing_work_id"]: row["shared_authors"] for row in tables["citations"]}
    assert found == {"s2:2": 1, "s2:3": 0, "s2:4": None}


# -- counts --------------------------------------------------------------------------------------


def test_counts_of_a_source():
    citing = [
        record("s2", "2", "10.5555/x"),
        record("s2", "3", "10.5555/x"),
        record("s2", "4", title=None),
        record("openalex", "W2", "10.5555/y"),
    ]
    tables = rows(hub(*citing, stated={"s2": 40}, unreadable={"s2": 3, "opencitations": 1}))
    assert counts_of(tables, "s2") == {
        "stated": 40, "records": 3, "works": 1, "only": 1, "versions": 1, "self": 0,
        "undescribed": 1, "unreadable": 3,
    }  # fmt: skip
    assert "stated" not in counts_of(tables, "openalex")
    assert counts_of(tables, "opencitations") == {}  # it knows nothing of the work
    overlap = {
        (row["source_id"], row["other_source_id"]): (row["n_both"], row["n_either"])
        for row in tables["source_overlap"]
    }
    assert overlap == {("openalex", "s2"): (0, 2), ("s2", "openalex"): (0, 2)}


def test_a_source_that_tells_only_of_the_work_knows_no_citation_of_it():
    canonical = record("openalex", "W1", "10.5555/lamp"), record("s2", "1", "10.5555/lamp")
    citing = record("openalex", "W2", "10.5555/x")
    tables = rows(hub(citing, canonical=canonical, stated={"s2": 40}, unreadable={"s2": 3}))
    assert counts_of(tables, "s2") == {
        "stated": 40, "records": 0, "works": 0, "only": 0, "versions": 0, "self": 0,
        "undescribed": 0, "unreadable": 3,
    }  # fmt: skip
    overlap = {
        (row["source_id"], row["other_source_id"]): (row["n_both"], row["n_either"])
        for row in tables["source_overlap"]
    }
    assert overlap == {("openalex", "s2"): (0, 1), ("s2", "openalex"): (0, 1)}


def test_a_work_of_which_one_source_has_the_title_is_described_for_all():
    citing = record("openalex", "W2", "10.5555/x", title=None), record("s2", "2", "10.5555/x")
    tables = rows(hub(*citing))
    assert counts_of(tables, "openalex")["undescribed"] == 0
    assert counts_of(tables, "openalex")["works"] == 1


@pytest.mark.parametrize("newest", [None, 2020, 2026])
def test_years_run_from_the_first_to_the_newest(newest):
    citing = [
        record("s2", str(n), f"s2:{n}", year=year) for n, year in enumerate([2021, 2024, None])
    ]
    tables = rows(hub(*citing, years={"openalex": {2019: 1, 2022: 5}}, newest_year=newest))
    found: dict[str, dict[int, int]] = {}
    for row in tables["citation_years"]:
        found.setdefault(row["source_id"], {})[row["year"]] = row["n"]
    last = newest if newest == 2026 else None
    assert found == {
        "derived": {y: int(y in {2021, 2024}) for y in range(2021, (last or 2024) + 1)},
        "openalex": {y: {2019: 1, 2022: 5}.get(y, 0) for y in range(2019, (last or 2022) + 1)},
    }


# -- what cannot be assembled -------------------------------------------------------------------


def test_nothing_is_made_without_a_title_or_a_citation():
    untitled = record("openalex", "W1", "10.5555/lamp", title=None)
    with pytest.raises(BuildError, match=r"No source has the title of doi:10.5555/lamp"):
        assemble(hub(record("s2", "2", "s2:2"), canonical=(untitled,)))
    for citing in (
        [],
        [record("s2", "2", "s2:2", title=None)],
        [record("s2", "2", "10.5555/lamp")],
    ):
        with pytest.raises(BuildError, match=r"has a work that cites doi:10.5555/lamp"):
            assemble(hub(*citing))


@pytest.mark.parametrize("title", [r"\bad{TeX", "$\\alpha$-lamp", "<script>", "=1+1", "纸灯笼"])
def test_titles_of_any_kind(title):
    row = row_of(rows(hub(record("s2", "2", "s2:2", title=title))), "s2:2")
    assert row["title"] == title
    assert row["title_plain"]
