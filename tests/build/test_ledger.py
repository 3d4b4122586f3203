"""The ledger: no cell without an origin."""

from __future__ import annotations

import pytest

from citehub.build.ledger import Ledger
from citehub.errors import BuildError
from citehub.sources.records import Origin

PAGE = Origin("page", "stated", "line 3")
RECORDS = Origin("records", "quotation")


def test_cells_of_a_row_may_come_from_several_origins():
    ledger = Ledger()
    ledger.put("works", {"work_id": "a", "title": "A"}, PAGE)
    ledger.put("works", {"work_id": "a", "venue": "V", "type": None}, RECORDS)
    tables = ledger.close()
    (row,) = tables["works"]
    assert (row["title"], row["venue"], row["type"]) == ("A", "V", None)
    assert [
        (each["column_name"], each["source_id"], each["grade"], each["locator"])
        for each in tables["evidence"]
    ] == [
        ("title", "page", "stated", "line 3"),
        ("venue", "records", "quotation", None),
        ("work_id", "page", "stated", "line 3"),
    ]


def test_a_cell_that_two_sources_give_otherwise_is_refused():
    ledger = Ledger()
    ledger.put("works", {"work_id": "a", "title": "A"}, PAGE)
    with pytest.raises(BuildError, match=r"works\.title of a is 'A' already, not 'B'"):
        ledger.put("works", {"work_id": "a", "title": "B"}, RECORDS)


def test_zero_and_false_are_values():
    ledger = Ledger()
    ledger.put(
        "citations", {"citing_work_id": "a", "cited_work_id": "b", "shared_authors": 0}, PAGE
    )
    (row,) = ledger.rows("citations")
    assert row["shared_authors"] == 0
    assert "shared_authors" in {each["column_name"] for each in ledger.close()["evidence"]}
    with pytest.raises(BuildError):
        ledger.put(
            "citations", {"citing_work_id": "a", "cited_work_id": "b", "shared_authors": 1}, PAGE
        )


def test_tables_can_be_taken_in_empty():
    ledger = Ledger()
    ledger.start("citation_labels")
    assert ledger.close() == {"citation_labels": [], "evidence": []}
