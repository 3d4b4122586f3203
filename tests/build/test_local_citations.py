"""Citations among the citing works: whose they are, each source's once, in the hub's order."""

from __future__ import annotations

import random

import pytest

from citehub._schema import TABLES
from citehub.build.assemble import TRUST
from citehub.build.local_citations import local_citations
from citehub.sources.records import Edge

from .test_assemble import hub, record, rows

ORDER = ["doi:10.5555/c", "doi:10.5555/b", "doi:10.5555/a"]
WORK_OF = {
    ("openalex", "W1"): ORDER[2], ("openalex", "W2"): ORDER[1], ("openalex", "W3"): ORDER[0],
    ("openalex", "W21"): ORDER[1], ("s2", "1"): ORDER[2], ("s2", "2"): ORDER[1],
    ("openalex", "W9"): "doi:10.5555/untitled",
}  # fmt: skip


def told(*edges: Edge) -> list[tuple]:
    return [tuple(row.values()) for row in local_citations(edges, WORK_OF, ORDER, TRUST)]


def test_each_source_states_a_citation_by_itself():
    found = told(Edge("s2", "1", "2", is_influential=True), Edge("openalex", "W1", "W2"))
    assert found == [
        (ORDER[2], ORDER[1], "openalex", "W1", "W2", None),
        (ORDER[2], ORDER[1], "s2", "1", "2", True),
    ]


def test_versions_of_a_work_do_not_cite_each_other():
    assert told(Edge("openalex", "W2", "W21"), Edge("openalex", "W2", "W2")) == []


@pytest.mark.parametrize("pair", [("W1", "W9"), ("W9", "W1"), ("W1", "W4"), ("W4", "W1")])
def test_other_records_and_works_that_are_left_out_are_none(pair):
    assert told(Edge("openalex", *pair)) == []


def test_a_record_that_cites_two_versions_states_it_once_and_two_records_state_it_twice():
    found = told(
        Edge("openalex", "W1", "W21", is_influential=False),
        Edge("openalex", "W1", "W2"),
        Edge("openalex", "W21", "W3", is_influential=True),
        Edge("openalex", "W2", "W3"),
    )
    assert found == [
        (ORDER[1], ORDER[0], "openalex", "W2", "W3", None),
        (ORDER[1], ORDER[0], "openalex", "W21", "W3", True),
        (ORDER[2], ORDER[1], "openalex", "W1", "W2", False),
    ]


def test_the_order_of_statements_changes_nothing():
    edges = [Edge("openalex", f"W{one}", f"W{two}") for one in (1, 2, 3, 21) for two in (1, 2, 3)]
    expected = told(*edges)
    for seed in range(3):
        random.Random(seed).shuffle(edges)
        assert told(*edges) == expected
    keys = [(ORDER.index(row[0]), ORDER.index(row[1])) for row in expected]
    assert keys == sorted(keys)


def test_a_row_has_the_columns_of_the_table():
    (row,) = local_citations([Edge("s2", "1", "2")], WORK_OF, ORDER, TRUST)
    assert [*row] == [column.name for column in TABLES["local_citations"].columns]


def test_a_hub_holds_those_among_its_citing_works():
    one, two = (record("openalex", f"W{n}", f"10.5555/{n}", title=f"Work {n}") for n in (2, 3))
    untitled = record("openalex", "W4", "10.5555/4", title=None)
    local = [Edge("openalex", *pair) for pair in (("W2", "W3"), ("W2", "W1"), ("W4", "W2"))]
    tables = rows(hub(one, two, untitled, local=local))
    assert [tuple(row.values()) for row in tables["local_citations"]] == [
        ("doi:10.5555/2", "doi:10.5555/3", "openalex", "W2", "W3", None)
    ]
    assert "local_citations" not in {row["table_name"] for row in tables["evidence"]}


def test_many_rows_are_gathered_as_they_come(monkeypatch):
    monkeypatch.setattr("citehub.build.assemble._ROWS_AT_ONCE", 3)
    works = [record("openalex", f"W{n}", f"10.5555/{n}", title=f"Work {n}") for n in range(2, 7)]
    names = [each.record_id for each in works]
    local = [Edge("openalex", one, two) for one in names for two in names]
    tables = rows(hub(*works, local=local))
    assert len(tables["local_citations"]) == 20
