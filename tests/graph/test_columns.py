"""OpenAlex's works in Parquet: the hub that JSON Lines give, whatever is read of the files."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import ibis
import pytest
from ibis.backends.sql.datatypes import DuckDBType

import citehub
from citehub._identifiers import parse_identifier
from citehub.bulk.engines.duckdb import DuckDB
from citehub.bulk.find import ids_of
from citehub.graph import Dumps, new_hub
from citehub.sources import openalex
from citehub.sources.dump_datasets import as_text
from citehub.sources.openalex import Columns

CREATED = datetime.date(2026, 3, 1)
W = "https://openalex.org/W"

# Each work in each of two partitions, the older one first. W1 and W2 are versions of one work.
OLDER: list[dict[str, Any]] = [
    {"id": f"{W}1", "doi": "https://doi.org/10.5555/A%28one%29", "ids": {"pmid": "0123"}},
    {"id": f"{W}2", "locations": [{"landing_page_url": "http://arXiv.org/abs/math.GT/0309136v2"}],
     "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/123"}},
    {"id": f"{W}3", "referenced_works": [f"{W}9", f"{W}1"], "abstract_inverted_index": {"a": [0]}},
    {"id": f"{W}4", "referenced_works": [f"{W}2/"]},
    {"id": f"{W}5", "referenced_works": [f"{W}1", f"{W}2"]},
    {"id": f"{W}6", "referenced_works": [f"{W}11", f"{W}21"]},
    {"id": f"{W}{openalex.DELETED}", "referenced_works": [f"{W}1"]},
]  # fmt: skip
NEWER: list[dict[str, Any]] = [
    {"id": f"{W}4", "referenced_works": [f"{W}9"], "title": "It cites no more"},
    {"id": f"{W}5", "referenced_works": [f"{W}2"], "title": "The newer title"},
    {"id": f"{W}7", "referenced_works": None, "doi": "10.48550/arXiv.math/0309136"},
    {"id": f"{W}8", "referenced_works": [f"{W}7"]},
]


def fill(work: dict[str, Any]) -> dict[str, Any]:
    known = {name: work.get(name) for name in openalex.WORKS_DATASET.fields}
    known["title"] = work.get("title", f"T{work['id'].lower().strip('/').rpartition('w')[2]}")
    return known


def as_lines(folder: Path, *parts: list[dict[str, Any]]) -> Path:
    for number, works in enumerate(parts, 1):
        place = folder / "works" / f"updated_date=2026-0{number}-01"
        place.mkdir(parents=True)
        lines = "".join(json.dumps(fill(work)) + "\n" for work in works)
        (place / "part_000.jsonl").write_text(lines, encoding="utf-8")
    return folder


def as_columns(folder: Path, lines: Path) -> Path:
    """Write the same as Parquet, as OpenAlex types it, two rows to a row group."""
    con = ibis.duckdb.connect()
    columns = {
        name: DuckDBType.from_ibis(ibis.dtype(as_text(kind))).sql("duckdb")
        for name, kind in openalex.WORKS_DATASET.fields.items()
    }
    for path in sorted(lines.rglob("*.jsonl")):
        place = folder / path.relative_to(lines).with_suffix(".parquet")
        place.parent.mkdir(parents=True)
        works = con.read_json(str(path), format="newline_delimited", columns=columns)
        con.to_parquet(works, place, row_group_size=2)
    return folder


def facts(asked: str, folder: Path, out: Path) -> dict[str, list[dict[str, Any]]]:
    made = new_hub(asked, str(out), Dumps(openalex=str(folder)), created=CREATED)
    hub = citehub.load(made.folder)
    return {
        name: hub.table(name).to_arrow().to_pylist() for name in hub.tables if name != "sources"
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lines")
    return facts("openalex:W1", as_lines(folder / "dump", OLDER, NEWER), folder / "out")


@pytest.mark.parametrize(
    ("asked", "spelling"),
    [("openalex:W1", W), ("doi:10.5555/a(one)", W), ("arxiv:math/0309136", W), ("T1", W),
     ("pmid:123", "w"), ("openalex:W7", "https://api.openalex.org/works/W")],
)  # fmt: skip
def test_a_hub_of_parquet_is_that_of_the_same_json_lines(tmp_path, expected, asked, spelling):
    newer = [{**work, "id": work["id"].replace(W, spelling)} for work in NEWER]
    columns = as_columns(tmp_path / "columns", as_lines(tmp_path / "lines", OLDER, newer))
    assert facts(asked, columns, tmp_path / "out") == expected
    found = {row["record_id"] for row in expected["citation_sources"]}
    assert found == {"W3", "W5", "W8"}
    titles = {row["title"] for row in expected["works"]}
    assert titles & {"T5", "The newer title"} == {"The newer title"}


def test_details_are_read_of_the_works_that_were_found(tmp_path, monkeypatch):
    written = {}
    write = DuckDB.write

    def note(self, table, folder):
        write(self, table, folder)
        rows = self.fetch(self.read_parquet([f"{folder}/part-0.parquet"]))
        written[Path(folder).name] = sorted(
            row.get("record") or row.get("number") or 0 for row in rows
        )

    monkeypatch.setattr(DuckDB, "write", note)
    columns = as_columns(tmp_path / "columns", as_lines(tmp_path / "lines", OLDER, NEWER))
    asked = []
    find = Columns.with_identifiers
    monkeypatch.setattr(Columns, "with_identifiers", lambda *each: asked.append(1) or find(*each))
    facts("openalex:W1", columns, tmp_path / "out")
    assert len(asked) == 4  # W1 leads to W2, that to W7, and that to no other
    assert written["found"] == [1, 2, 3, 4, 5, 5, 7, 8, openalex.DELETED]
    assert written["near"] == [1, 2, 3, 4, 4, 5, 5, 7, 8]  # as both partitions have them


# -- what may have an identifier ----------------------------------------------------------------

WRITTEN = (
    {"id": f"{W}1"},
    {"id": "W1"},
    {"ids": {"mag": "1"}},
    {"doi": "https://doi.org/10.5555/ABC"},
    {"doi": "doi: 10.5555/ABC "},
    {"doi": "http://dx.doi.org/10.5555/a%28b%29"},
    {"doi": "10.5555/a&lt;b&gt;"},
    {"doi": "https://doi.org/10.48550/arXiv.2201.11990v3"},
    {"doi": "10.48550/arXiv.math.GT/0309136"},
    {"ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/0012/"}},
    {"ids": {"pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/12"}},
    {"locations": [{"landing_page_url": None}, {"landing_page_url": "https://x.org"},
                   {"landing_page_url": "http://ARXIV.org/pdf/2201.11990v2.pdf?x#y"}]},
    {"locations": [{"landing_page_url": "https://arxiv.org/abs/cs/0309136"},
                   {"landing_page_url": "https://ar5iv.org/html/2201.11990"}]},
    {"locations": [{"landing_page_url": "https://doi.org/10.48550/arxiv.2201.11990"}]},
    {"locations": []},
    {"ids": None, "locations": [None]},
)  # fmt: skip


def test_no_work_that_has_an_identifier_is_passed_over(duck):
    works = [{"id": f"{W}{number}", **each} for number, each in enumerate(WRITTEN, 900)]
    kinds = {
        name: kind.replace("json", "string")
        for name, kind in openalex.WORKS_DATASET.fields.items()
    }
    rows = [tuple(work.get(name) for name in kinds) for work in works]
    raw = ibis.memtable(rows, schema=kinds)
    every = duck.fetch(raw.select(**openalex.shape_works(raw)))
    asked = {identifier for row in every for identifier in ids_of(row)}
    assert len(asked) > len(WRITTEN)
    for identifier in asked | {parse_identifier("doi:10.5555/none")}:
        likely = raw.filter(openalex.may_have(raw, [identifier]))
        found = duck.fetch(likely.select(**openalex.shape_works(likely)))
        have = [row for row in every if identifier in ids_of(row)]
        assert [row for row in found if identifier in ids_of(row)] == have, identifier
        assert len(found) < len(every)
