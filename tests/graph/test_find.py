"""The records of a work: by identifiers across sources, by titles, and through merged ids."""

from __future__ import annotations

import itertools
from typing import Any

import ibis
import pytest

from citehub._identifiers import parse_identifier
from citehub.bulk.engines.duckdb import DuckDB
from citehub.bulk.find import find_records, ids_of, read_wanted
from citehub.sources.merges import merged_into
from citehub.sources.records import ID_SCHEMES


@pytest.fixture(scope="module")
def engine(tmp_path_factory) -> DuckDB:
    engine = DuckDB(0, 1, str(tmp_path_factory.mktemp("engine")))
    yield engine
    engine.close()


def table(*rows: dict[str, Any]):
    """Return works of a source; what a row leaves out is null."""
    columns = ("record", "title", *ID_SCHEMES, "also")
    schema = dict.fromkeys(columns, "string") | {"record": "int64", "also": "array<string>"}
    return ibis.memtable([tuple(row.get(name) for name in columns) for row in rows], schema=schema)


def find(engine: DuckDB, works: dict[str, Any], *asked: str):
    """Return the records of each work that was asked for, by source, and its identifiers."""
    wanted = [read_wanted(each) for each in asked]
    find_records(engine, works, wanted)
    return [(each.records, {one.curie for one in each.ids}) for each in wanted]


def identifiers(*texts: str) -> set[str]:
    return {parse_identifier(each).curie for each in texts}


# -- identifiers -------------------------------------------------------------------------------


def test_records_are_found_across_sources_until_no_identifier_is_new(engine):
    works = {  # each source leads to the one before
        "opencitations": table({"record": 1, "acl": "A", "omid": "br/1"}),
        "s2": table({"record": 2, "doi": "10.5555/x", "acl": "A"}, {"record": 3, "acl": "B"}),
        "openalex": table({"record": 4, "arxiv": "9912.00001", "doi": "10.5555/x"}),
    }
    every = {"opencitations": {1}, "s2": {2}, "openalex": {4}}
    ids = {"arxiv:9912.00001", "doi:10.5555/x", "acl:A", "omid:br/1"}
    for asked in ids:
        assert find(engine, works, asked) == [(every, ids)]


def test_a_chain_of_records_of_one_source(engine):
    rows = [
        {"record": n, "doi": f"10.5555/{n // 2}", "omid": f"br/{(n + 1) // 2}"} for n in range(7)
    ]
    ((records, _),) = find(engine, {"s2": table(*rows)}, "doi:10.5555/0")
    assert records == {"s2": set(range(7))}


def test_what_shares_nothing_is_another_work(engine):
    works = {"s2": table({"record": 1, "doi": "10.5555/x", "title": "Same"},
                         {"record": 2, "doi": "10.5555/y", "title": "Same"})}  # fmt: skip
    assert find(engine, works, "10.5555/x") == [({"s2": {1}}, {"doi:10.5555/x"})]


def test_each_of_many_works_gets_its_own_records(engine):
    works = {
        "s2": table({"record": 1, "doi": "10.5555/x"}, {"record": 2, "doi": "10.5555/y"}),
        "openalex": table({"record": 3, "doi": "10.5555/x", "openalex": "W3"}),
    }
    x = ({"s2": {1}, "openalex": {3}}, {"doi:10.5555/x", "openalex:W3"})
    y = ({"s2": {2}}, {"doi:10.5555/y"})
    none = ({}, {"doi:10.5555/z"})
    # The same work twice, by another identifier too, whose turn comes a round later.
    asked = ("10.5555/x", "10.5555/y", "10.5555/z", "openalex:W3", "10.5555/x")
    assert find(engine, works, *asked) == [x, y, none, x, x]


@pytest.mark.parametrize(
    "asked",
    ["arxiv:9912.00001v3", "10.48550/ARXIV.9912.00001", "https://arxiv.org/pdf/9912.00001v1.pdf"],
)
def test_an_arxiv_number_that_a_source_knows_by_its_doi_alone(engine, asked):
    works = {"s2": table({"record": 1, "doi": "10.48550/arxiv.9912.00001"})}
    assert find(engine, works, asked) == [({"s2": {1}}, {"arxiv:9912.00001"})]


def test_identifiers_of_a_row_are_in_one_spelling_and_there_once():
    none = dict.fromkeys((*ID_SCHEMES, "also"))
    row = none | {
        "arxiv": "9912.00001v2", "doi": "10.48550/arXiv.9912.00001", "openalex": "w12", "s2": "7",
        "also": ["doi:10.5555/x", "pmcid:pmc7", "openalex:w12", "x"],
    }  # fmt: skip
    assert [each.curie for each in ids_of(row)] == [
        "arxiv:9912.00001", "openalex:W12", "s2:7", "doi:10.5555/x", "pmcid:PMC7",
    ]  # fmt: skip
    assert ids_of(none | {"doi": "none", "arxiv": "?"}) == ()


def test_a_work_is_found_by_each_of_several_identifiers_of_a_scheme(engine):
    rows = (
        {"record": 1, "doi": "10.5555/x", "also": ["doi:10.5555/y", "pmcid:pmc7"]},
        {"record": 2},
    )
    ids = {"doi:10.5555/x", "doi:10.5555/y", "pmcid:PMC7"}
    for asked in ("10.5555/X", "10.5555/Y", "PMC7"):
        assert find(engine, {"s2": table(*rows)}, asked) == [({"s2": {1}}, ids)]


# -- titles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked", ["A Lantern:  Of Paper", "a lantern: of\tpaper ", "A LANTERN: OF PAPER"]
)
def test_titles_are_compared_without_case_and_gaps(engine, asked):
    works = {
        "s2": table({"record": 1, "title": "A Lantern:\n  of Paper", "doi": "10.5555/x"}),
        "openalex": table({"record": 2, "doi": "10.5555/x"}, {"record": 3, "title": "A Lantern"}),
    }
    assert find(engine, works, asked) == [({"s2": {1}, "openalex": {2}}, {"doi:10.5555/x"})]


def test_works_of_one_title_are_all_found(engine):
    works = {"s2": table({"record": 1, "title": "Editorial"}, {"record": 2, "title": "editorial"})}
    found = find(engine, works, "Editorial", "EDITORIAL", "Other")
    assert found == [({"s2": {1, 2}}, set())] * 2 + [({}, set())]


def test_titles_whose_small_letters_differ_between_languages(engine):
    works = {"s2": table({"record": 1, "title": "İstanbul"}, {"record": 2, "title": "纸灯笼"},
                         {"record": 3, "title": "istanbul"})}  # fmt: skip
    chinese, turkish = find(engine, works, "纸灯笼", "istanbul")
    assert chinese == ({"s2": {2}}, set())
    assert 3 in turkish[0]["s2"]


def test_a_title_with_quotes_and_signs_is_a_text_and_no_pattern(engine):
    title = "'; DROP TABLE works; -- \\ %_.* “x”"
    works = {"s2": table({"record": 1, "title": title}, {"record": 2, "title": "any"})}
    assert find(engine, works, title) == [({"s2": {1}}, set())]


# -- merged ids -------------------------------------------------------------------------------


def merge(engine: DuckDB, pairs: list[tuple[int, ...]], records: set[int]):
    """Follow merges: pairs of records, each with the part of the list in which it stands."""
    kinds = {"record": "int64", "into": "int64", "part": "int32"}
    merged = ibis.memtable([(*each, 0)[:3] for each in pairs], schema=kinds)
    ends, rejects = merged_into(engine, merged, records)
    return ends, [each.reason for each in rejects]


@pytest.mark.parametrize("asked", [{1}, {2}, {3}, {4}, {1, 4}])
def test_merges_are_followed_in_both_directions(engine, asked):
    pairs = [(1, 2), (2, 3), (4, 3), (7, 8)]
    assert merge(engine, pairs, asked) == ({1: 3, 2: 3, 4: 3}, [])


@pytest.mark.parametrize("rows", [*itertools.permutations([(1, 4, 0), (1, 3, 1), (1, 2, 1)])])
def test_of_two_merges_of_an_id_the_last_counts_in_any_order(engine, rows):
    assert merge(engine, rows, {1}) == ({1: 2}, [])


def test_records_that_were_never_merged(engine):
    assert merge(engine, [(7, 8)], {1}) == ({}, [])
    assert merge(engine, [(7, 8)], set()) == ({}, [])


@pytest.mark.parametrize("asked", [{1}, {2}, {3}])
def test_ids_that_were_merged_in_a_circle_are_the_smallest_of_it(engine, asked):
    ends, reasons = merge(engine, [(3, 1), (1, 2), (2, 1)], asked)
    assert ends == {1: 1, 2: 1, 3: 1}
    assert reasons == [
        "W1 is merged in a circle: W1 into W2 into W1",
        "W2 is merged in a circle: W2 into W1 into W2",
    ]


def test_an_id_that_was_merged_into_itself(engine):
    assert merge(engine, [(1, 1)], {1}) == ({1: 1}, ["W1 is merged in a circle: W1 into W1"])


def test_a_long_chain_of_merges(engine):
    pairs = [(n, n + 1) for n in range(1, 9)]
    assert merge(engine, pairs, {5}) == (dict.fromkeys(range(1, 9), 9), [])
