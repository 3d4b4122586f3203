"""Hubs of a work from bulk dumps: what is in them is checked against the small dumps by hand."""

from __future__ import annotations

import datetime
import errno
import gzip
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import citehub
from citehub._atomic_folder import hashes
from citehub._schema import TABLES, needs_evidence
from citehub._validate import row_key
from citehub.bulk import session
from citehub.bulk.engines import parquet_files
from citehub.bulk.engines.duckdb import DuckDB
from citehub.bulk.reader import Reader, _newest
from citehub.errors import (
    BadArgument,
    BuildError,
    MissingExtra,
    SourceError,
    TargetExists,
    UnknownName,
    UnknownWork,
)
from citehub.explorer import write_site
from citehub.graph import Dumps, NewHub, new_hub, new_hubs
from citehub.sources.layout import Files, find_date
from citehub.sources.openalex import find_openalex
from citehub.sources.records import Context, Edge
from citehub.sources.semantic_scholar import PAPERS, SEMANTIC_SCHOLAR
from citehub.sources.source import Opened

from . import make_small_dumps
from .dumps import (
    CREATED,
    FEBRUARY,
    JANUARY,
    SMALL,
    SOURCES,
    WORK,
    copy_small,
    dumps_of,
    make,
    rejects_of,
    rows_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

LAMP, FOG, BRIGHT = "arxiv:9912.00001", "arxiv:9912.00012", "doi:10.5555/bright.1"
TWO, CHINESE, OLD_ID = "doi:10.5555/two.1", "doi:10.5555/denglong.1", "doi:10.5555/merged.1"
PARKS, PONDS, FUTURE = "openalex:W9900000014", "s2:990000016", "s2:990000021"
THESIS = "entry:thesis"
THESIS_TITLE = "A Thesis on Paper Lanterns that No Source Has"
REJECTS = {
    "openalex": [
        (JANUARY, "4", "is not JSON: Unterminated string starting at: line 1 column 50 (char 49)"),
        (FEBRUARY, "11", 'id is "unknown"'),
    ],
    "s2": [
        (
            "s2/citations/part_000.gz",
            "7",
            'citingcorpusid should be a whole number, not "unknown"',
        )
    ],
    "opencitations": [("opencitations/index/index.csv", "5", "has 3 cells, not 7")],
}
CIRCLE = [
    ("merged_ids", "0", f"{one} is merged in a circle: {one} into {other} into {one}")
    for one, other in (("W9900000002", "W9900000003"), ("W9900000003", "W9900000002"))
]
CUT_OFF = (
    "the file breaks off here: Compressed file ended before the end-of-stream marker was reached"
)
YEAR = [("s2 990000021", "0", "the year 9999 is out of range")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("hubs")


@pytest.fixture(scope="module")
def cache(folder) -> str:
    """What was read of the small dumps, for all tests that do not count what is read."""
    return str(folder / "cache")


@pytest.fixture(scope="module")
def made(folder, cache) -> Callable[..., NewHub]:
    """Make the hub of some sources, once."""
    known: dict[str, NewHub] = {}

    def once(*sources: str, citing: bool = False) -> NewHub:
        name = "-".join([*sources, *(["bib"] if citing else [])])
        if name not in known:
            known[name] = make(folder / name, *sources, citing=citing, cache=cache)
        return known[name]

    return once


@pytest.fixture(scope="module")
def whole(made) -> citehub.Hub:
    """The hub of all sources."""
    return citehub.load(made(*SOURCES, citing=True).folder)


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The partitions that the engine reads."""
    found: list[str] = []
    for name in ("read_json", "read_csv"):
        read = getattr(DuckDB, name)

        def note(self, parts, fields, read=read):
            found.extend(parts)
            return read(self, parts, fields)

        monkeypatch.setattr(DuckDB, name, note)
    return found


# -- the small dumps ----------------------------------------------------------------------


def unpacked(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder, unpacked: libraries that pack differ by version."""
    found = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        data = path.read_bytes()
        if path.suffix == ".gz":
            assert data[4:8] == bytes(4), f"{path} tells when it was written"
            data = gzip.decompress(data)
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                (member,) = archive.infolist()
                assert member.date_time == (2026, 1, 1, 0, 0, 0)
                data = archive.read(member)
        found[path.relative_to(folder).as_posix()] = data
    return found


def test_the_small_dumps_are_what_their_script_writes(tmp_path):
    make_small_dumps.write(tmp_path)
    assert unpacked(tmp_path) == unpacked(SMALL)
    assert sum(path.stat().st_size for path in SMALL.rglob("*") if path.is_file()) < 8_000


# -- what is in a hub -----------------------------------------------------------------------


def test_works(whole):
    columns = ("work_id", "title", "publication_year", "publication_month", "type", "venue")
    journal = "Journal of Invented Results"
    assert rows_of(whole, "works", *columns) == [
        (LAMP, "The Paper Lantern Model", 2021, 11, "article", journal),
        (TWO, "Lamps in Two Catalogues", 2026, 1, "article", None),
        (BRIGHT, "Brighter Lanterns", 2025, 3, "article", journal),
        (PONDS, make_small_dumps.FLOATING, 2025, None, None, None),
        (FOG, "A Lantern in the Fog", 2024, 8, "article", None),  # as its preprint was first
        (PARKS, "Lantern Parks", 2024, 2, "article", None),  # as the newer partition has it
        (CHINESE, "纸灯笼模型再研究", 2024, None, "article", None),
        (THESIS, THESIS_TITLE, 2023, None, "dissertation", None),
        (OLD_ID, "Who Cites a Merged Id", 2022, 3, "article", None),
        (FUTURE, "Lanterns in the Far Future", None, None, None, None),
    ]  # fmt: skip
    texts = {row[0]: row[1:] for row in rows_of(whole, "works", "work_id", "abstract", "finding")}
    assert texts.pop(LAMP) == ("We fold a lantern out of paper. It glows.", None)
    assert texts.pop(BRIGHT) == ("We fold two.", "Two lanterns are brighter.")
    assert set(texts.values()) == {(None, None)}


def test_records_of_all_sources_are_joined_by_their_identifiers(whole):
    found: dict[str, list[str]] = {}
    for work_id, scheme, value in rows_of(whole, "work_ids", "work_id", "scheme", "value"):
        found.setdefault(work_id, []).append(f"{scheme}:{value}")
    assert found == {
        LAMP: [LAMP, WORK, "openalex:W9900000001", "openalex:W9900000002",
               "s2:990000001", "omid:br/0699001"],
        TWO: [TWO, "openalex:W9900000018", "omid:br/0699018"],
        BRIGHT: [BRIGHT, "openalex:W9900000011", "s2:990000011", "omid:br/0699011"],
        PONDS: [PONDS],
        FOG: ["doi:10.5555/fog.1", "openalex:W9900000012", FOG, "openalex:W9900000013",
              "s2:990000012"],
        PARKS: [PARKS],
        CHINESE: [CHINESE, "omid:br/0699017"],
        OLD_ID: [OLD_ID, "openalex:W9900000019"],
        FUTURE: [FUTURE],
    }  # fmt: skip


def test_citations(whole):
    columns = ("citing_work_id", "hub_position", "timespan_months", "shared_authors",
               "is_influential")  # fmt: skip
    assert rows_of(whole, "citations", *columns) == [
        (TWO, 1, 50, None, None),
        (BRIGHT, 2, 40, 1, True),
        (PONDS, 3, None, None, False),
        (FOG, 4, 33, 0, False),
        (PARKS, 5, 27, None, None),
        (CHINESE, 6, None, 0, None),
        (THESIS, 7, None, 0, None),
        (OLD_ID, 8, 4, 0, None),
        (FUTURE, 9, None, None, None),
    ]
    assert {row["cited_work_id"] for row in whole.citations} == {LAMP}


def test_each_statement_of_a_citation_is_kept_with_its_source(whole):
    columns = ("citing_work_id", "source_id", "record_id", "cited_record_id", "is_influential")
    assert rows_of(whole, "citation_sources", *columns) == [
        (TWO, "openalex", "W9900000018", "W9900000001", None),
        (TWO, "opencitations", "br/0699018", "br/0699001", None),
        (BRIGHT, "openalex", "W9900000011", "W9900000001", None),
        (BRIGHT, "s2", "990000011", "990000001", True),
        (BRIGHT, "opencitations", "br/0699011", "br/0699001", None),
        (BRIGHT, "citing-file", "bright", LAMP, None),
        (PONDS, "s2", "990000016", "990000001", False),
        (FOG, "openalex", "W9900000012", "W9900000001", None),
        (FOG, "openalex", "W9900000013", "W9900000003", None),
        (FOG, "s2", "990000012", "990000001", False),
        (FOG, "citing-file", "fog", LAMP, None),
        (PARKS, "openalex", "W9900000014", "W9900000001", None),
        (CHINESE, "opencitations", "br/0699017", "br/0699001", None),
        (THESIS, "citing-file", "thesis", LAMP, None),
        (OLD_ID, "openalex", "W9900000019", "W9900000009", None),  # the id before the merge
        (FUTURE, "s2", "990000021", "990000001", None),
    ]


def test_passages_and_their_roles(whole):
    assert rows_of(whole, "citation_contexts", "context_id", "citing_work_id", "text") == [
        ("s2-990000011-1", BRIGHT, "We light our lantern as in [1]."),
        ("s2-990000011-2", BRIGHT, "Lanterns differ."),
        ("s2-990000016-1", PONDS, make_small_dumps.PASSAGE),
        ("s2-990000012-1", FOG, "We follow the paper lantern [7], and our result agrees."),
    ]
    columns = ("citing_work_id", "context_id", "scheme", "value", "raw_value", "labeler")
    assert rows_of(whole, "citation_labels", *columns) == [
        (BRIGHT, "s2-990000011-1", "intent", "background", "background", "Semantic Scholar"),
        (FOG, "s2-990000012-1", "intent", "method", "methodology", "Semantic Scholar"),
        (FOG, "s2-990000012-1", "intent", "result", "result", "Semantic Scholar"),
    ]


def test_citations_among_the_citing_works(made):
    hub = citehub.load(made(*SOURCES).folder)
    columns = ("citing_work_id", "cited_work_id", "source_id", "record_id", "cited_record_id")
    assert rows_of(hub, "local_citations", *columns, "is_influential") == [
        (TWO, BRIGHT, "openalex", "W9900000018", "W9900000011", None),
        (TWO, BRIGHT, "opencitations", "br/0699018", "br/0699011", None),
        (BRIGHT, FOG, "openalex", "W9900000011", "W9900000012", None),
        (BRIGHT, FOG, "s2", "990000011", "990000012", True),
        (BRIGHT, PARKS, "openalex", "W9900000011", "W9900000014", None),
    ]  # W9900000014 no longer cites one, and W9900000013 is a version of what it cites
    assert rows_of(citehub.load(made("s2").folder), "local_citations", *columns) == [
        (BRIGHT, FOG, "s2", "990000011", "990000012")
    ]


def test_topics_are_themes_and_representatives_are_picked(made):
    hub = citehub.load(made(*SOURCES).folder)
    lamps, parks = "lamps-and-their-light", "gardens-parks"
    assert rows_of(hub, "work_themes", "work_id", "theme_id", "method") == [
        (BRIGHT, lamps, "openalex-topic"), (FOG, lamps, "openalex-topic"),
        (PARKS, parks, "openalex-topic"),
    ]  # fmt: skip
    assert rows_of(hub, "themes", "theme_id", "title", "position") == [
        (lamps, "Lamps and Their Light", 1), (parks, "Gardens & Parks", 2),
    ]  # fmt: skip
    assert {work.work_id for work in hub.select(theme=lamps)} == {BRIGHT, FOG}
    picks = hub.select(representatives="facility-location")
    assert [work.work_id for work in picks] == [row["work_id"] for row in hub.representatives]
    assert len(picks) == len(hub.citing_works)
    assert hub.representatives.to_pandas()["coverage"].is_monotonic_increasing


def test_authors(whole):
    columns = ("work_id", "author_order", "author_name", "author_position", "orcid")
    assert rows_of(whole, "authorships", *columns) == [
        (LAMP, 1, "Ada Invented", "first", None),
        (LAMP, 2, "Bo Madeup", "last", None),
        (BRIGHT, 1, "Ada Invented", "first", None),
        (BRIGHT, 2, "Cy Fictive", "last", None),
        (FOG, 1, "Dee Dreamt", "first", None),
        (CHINESE, 1, "一 虚构", "first", "0000-0000-0000-001X"),
        (THESIS, 1, "No Nemo", "first", None),
        (OLD_ID, 1, "Eve Imagined", "first", None),
    ]


def test_years_of_no_citation_are_there_with_zero(made, whole):
    assert rows_of(whole, "citation_years", "source_id", "year", "n") == [
        *(("derived", 2021 + at, n) for at, n in enumerate([0, 1, 1, 3, 2, 1])),
        *(("openalex", 2022 + at, n) for at, n in enumerate([1, 0, 3, 0, 1])),  # as it counts
    ]
    alone = citehub.load(made("openalex").folder)
    assert rows_of(alone, "citation_years", "year", "n")[:6] == [
        (2021, 0), (2022, 1), (2023, 0), (2024, 2), (2025, 2), (2026, 1),
    ]  # fmt: skip


def counts_of(hub) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for source, measure, n in rows_of(hub, "source_counts", "source_id", "measure", "n"):
        found.setdefault(source, {})[measure] = n
    return found


def test_how_many_each_source_knows_and_why_they_differ(whole):
    columns = ("stated", "records", "works", "only", "versions", "self", "undescribed")
    found = counts_of(whole)
    assert [*found] == [*SOURCES, "citing-file"]
    assert {
        source: (*map(counts.get, columns), counts["unreadable"])
        for source, counts in found.items()
    } == {
        "openalex": (9, 7, 5, 2, 1, 1, 1, 2),
        "s2": (7, 5, 4, 2, 0, 0, 1, 1),
        "opencitations": (None, 3, 3, 1, 0, 0, 0, 1),
        "citing-file": (None, 3, 3, 1, 0, 0, 0, 0),
    }
    for counts in found.values():
        found_there = counts["works"] + counts["versions"] + counts["undescribed"]
        assert counts["records"] == found_there


def test_how_far_sources_agree(whole):
    rows = rows_of(whole, "source_overlap", "source_id", "other_source_id", "n_both", "n_either")
    found = {(one, other): counts for one, other, *counts in rows}
    assert len(found) == 12
    assert all(found[one, other] == found[other, one] for one, other in found)
    assert found["openalex", "s2"] == [2, 7]
    assert found["openalex", "opencitations"] == [2, 6]
    assert found["openalex", "citing-file"] == [2, 6]
    assert found["s2", "opencitations"] == [1, 6]
    assert found["s2", "citing-file"] == [2, 5]
    assert found["opencitations", "citing-file"] == [1, 5]


def test_what_could_not_be_read_is_named_by_file_and_line(made):
    said = rejects_of(made(*SOURCES, citing=True))
    assert said == [
        *REJECTS["openalex"], *REJECTS["s2"], *REJECTS["opencitations"], *CIRCLE, *YEAR,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "citing", "rejects"),
    [
        # Only Semantic Scholar says that the preprint and the article of the fog are one work.
        (
            "openalex",
            [TWO, BRIGHT, "doi:10.5555/fog.1", FOG, PARKS, OLD_ID],
            REJECTS["openalex"] + CIRCLE,
        ),
        ("s2", [BRIGHT, PONDS, FOG, FUTURE], REJECTS["s2"] + YEAR),
        ("opencitations", [TWO, BRIGHT, CHINESE], REJECTS["opencitations"]),
    ],
)
def test_each_source_alone_is_enough(made, source, citing, rejects):
    one = made(source)
    hub = citehub.load(one.folder)
    assert [row["citing_work_id"] for row in hub.citations] == citing
    assert (one.n_citing, hub.canonical.work_id) == (
        len(citing), LAMP if source != "opencitations" else WORK,
    )  # fmt: skip
    assert rejects_of(one) == rejects
    assert [*counts_of(hub)] == [source]
    assert counts_of(hub)[source]["only"] == len(citing)
    assert len(hub.source_overlap) == 0


def test_all_dumps_together_without_a_file(made):
    hub = citehub.load(made(*SOURCES).folder)
    assert [row["citing_work_id"] for row in hub.citations] == [
        TWO, BRIGHT, PONDS, FOG, PARKS, CHINESE, OLD_ID, FUTURE,
    ]  # fmt: skip
    assert rows_of(hub, "citation_years", "year", "n")[:6] == [
        (2021, 0), (2022, 1), (2023, 0), (2024, 3), (2025, 2), (2026, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("sources", [SOURCES, *([each] for each in SOURCES)])
def test_every_cell_has_its_source(made, sources):
    folder = made(*sources, citing=len(sources) == 3).folder
    hub = citehub.load(folder)
    shown = {(row["table_name"], row["row_key"], row["column_name"]) for row in hub.evidence}
    for name in hub.tables:
        for row in hub.table(name):
            for column, value in row.items():
                if value is not None and needs_evidence(name, column):
                    shown.remove((name, row_key(row, TABLES[name].key), column))
    assert shown == set()
    card = citehub.check(folder)
    assert [check for check in card if check.level == "must" and not check.passed] == []


def test_what_several_sources_say_comes_from_the_most_trusted(whole):
    found = {
        (row["row_key"], row["column_name"]): (row["source_id"], row["locator"])
        for row in whole.evidence
        if row["table_name"] == "works"
    }
    for column in ("title", "venue", "type", "publication_year", "author_count"):
        assert found[BRIGHT, column] == ("openalex", "record W9900000011")
    assert found[BRIGHT, "abstract"] == ("s2", "record 990000011")
    assert found[BRIGHT, "finding"] == ("s2-tldr", "record 990000011, written by tldr@v2.0.0")
    assert found[BRIGHT, "title_plain"] == ("derived", "title with its TeX resolved")
    assert found[PONDS, "title_plain"] == ("derived", "title with its TeX and markup resolved")
    assert found[FOG, "author_count"] == ("s2", "record 990000012")
    assert found[FOG, "publication_year"] == ("openalex", "record W9900000013")
    assert found[FOG, "type"] == ("openalex", "record W9900000012")
    assert found[CHINESE, "title"] == ("opencitations", "record br/0699017")
    assert found[THESIS, "title"] == ("citing-file", "record thesis")
    assert found[LAMP, "publication_month"] == ("openalex", "record W9900000002")


def test_rights_are_those_of_the_sources_that_were_read(made, whole, tmp_path, cache):
    def rights(hub):
        return [(each["name"], each["path"]) for each in hub.manifest["licenses"]]

    cc0 = ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/")
    odc_by = ("ODC-By-1.0", "https://opendatacommons.org/licenses/by/1-0/")
    assert rights(citehub.load(made("openalex").folder)) == [cc0]
    assert rights(whole) == [cc0, odc_by]
    mine = {"licenses": ["CC-BY-4.0"], "created": CREATED}
    s2 = new_hub(WORK, str(tmp_path / "hub"), dumps_of("s2", cache=cache), **mine)
    cc_by = ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/")
    assert rights(citehub.load(s2.folder)) == [cc_by, odc_by]
    assert whole.name == "arxiv-9912-00001"
    assert whole.version == "1.0.0"


# -- the work ------------------------------------------------------------------------------


SPELLINGS = [
    LAMP, "10.5555/LANTERN.1", "https://doi.org/10.48550/arXiv.9912.00001v2",
    "openalex:W9900000002", "openalex:W9900000009", "https://openalex.org/W9900000003",
    "s2:990000001", "omid:br/0699001", "the paper  LANTERN model",
]  # fmt: skip


def test_a_work_is_found_by_any_identifier_and_by_title(tmp_path, made, cache):
    with_cache = dumps_of(*SOURCES, cache=cache)
    found = list(new_hubs([WORK, *SPELLINGS], str(tmp_path), with_cache, created=CREATED))
    target = str(tmp_path / "arxiv-9912-00001")
    assert [(each.asked, each.folder, each.problem) for each in found] == [
        (asked, target, "") for asked in (WORK, *SPELLINGS)
    ]
    assert {each.n_citing for each in found} == {8}
    assert [each.existed for each in found] == [False, *[True] * len(SPELLINGS)]
    assert hashes(target) == hashes(made(*SOURCES).release)


def test_a_hub_by_its_title_is_the_same(tmp_path, made, cache):
    dumps = dumps_of("s2", cache=cache)
    by_title = new_hub("The paper lantern model", str(tmp_path / "hub"), dumps, created=CREATED)
    assert hashes(by_title.release) == hashes(made("s2").release)


@pytest.mark.parametrize("asked", ["doi:10.5555/unknown.1", "A Title That No Work Has", "s2:x"])
def test_an_unknown_work(tmp_path, cache, asked):
    with pytest.raises(UnknownWork, match="No source that was read has the work") as raised:
        new_hub(asked, str(tmp_path / "hub"), dumps_of(*SOURCES, cache=cache))
    assert "Read: openalex, s2, opencitations." in str(raised.value)
    assert "that could not be read is " in str(raised.value)
    assert str(raised.value).endswith(f"All of them: {tmp_path / 'hub.rejects.csv'}")
    assert raised.value.asked == asked
    assert os.listdir(tmp_path) == ["hub.rejects.csv"]


def test_a_work_that_nobody_cites(tmp_path, cache):
    said = (
        r"No source that was read has a work that cites doi:10\.5555/nobody\.1\. Read: "
        r"openalex, s2, opencitations\. Name another source\. The first of 4 things"
    )
    with pytest.raises(BuildError, match=said):
        new_hub("doi:10.5555/nobody.1", str(tmp_path / "hub"), dumps_of(*SOURCES, cache=cache))
    assert os.listdir(tmp_path) == ["hub.rejects.csv"]


def test_a_reference_managers_file_alone(tmp_path):
    bib = tmp_path / "citing.bib"
    lamp = "@article{lamp, title={The Lamp}, doi={10.5555/lantern.1}, year={2022}}\n"
    bib.write_text(lamp + make_small_dumps.BIB, encoding="utf-8")
    one = new_hub("doi:10.5555/lantern.1", str(tmp_path / "hub"), Dumps(), citing=str(bib))
    hub = citehub.load(one.folder)
    assert hub.work("doi:10.5555/lantern.1").title == "The Lamp"
    assert [row["citing_work_id"] for row in hub.citations] == [BRIGHT, FOG, THESIS]
    by_title = new_hub(" the  LAMP", str(tmp_path / "title"), Dumps(), citing=[str(bib)])
    assert hashes(by_title.release) == hashes(one.release)


LISTS = {  # what a list holds: its text, the work that is asked for, and what is said
    "no work itself": (make_small_dumps.BIB, WORK, [
        "No source that was read has the work 'doi:10.5555/lantern.1'.",
        "Read: 3 entries of {}.", "an entry for the work itself, with this identifier",
        "--openalex, --s2 or --opencitations",
    ]),
    "no such title": ("@misc{a, title={A}}", "The Lamp", [
        "Read: 1 entry of {}.", "an entry for the work itself, with this title",
    ]),
    "nothing that can be read": ("@misc{a, year={2020}}", WORK, [
        "Read: 0 entries of {}.",
        "The first of 1 things that could not be read is {}, line 1: a has neither a title nor",
        "All of them: {out}.rejects.csv",
    ]),
    "nobody but the work": ("@misc{a, title={A}, doi={10.5555/lantern.1}}", WORK, [
        "No source that was read has a work that cites doi:10.5555/lantern.1.",
        "Read: 1 entry of {}. Name another source",
    ]),
    "nothing": ("", WORK, ["{}: is empty. Export the list as BibTeX, RIS or CSL-JSON"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "asked", "said"), LISTS.values(), ids=LISTS)
def test_of_a_list_that_gives_no_hub_is_said_what_was_read_and_what_is_missing(
    tmp_path, text, asked, said
):
    bib, out = tmp_path / "citing.bib", tmp_path / "hub"
    bib.write_text(text, encoding="utf-8")
    with pytest.raises((UnknownWork, BuildError)) as raised:
        new_hub(asked, str(out), Dumps(), citing=str(bib))
    for each in said:
        assert each.replace("{}", str(bib)).replace("{out}", str(out)) in str(raised.value)
    assert {path.name for path in tmp_path.iterdir()} <= {"citing.bib", "hub.rejects.csv"}
    assert (tmp_path / "hub.rejects.csv").exists() == ("All of them" in str(raised.value))


def test_several_lists_are_read_and_parents_cite_nothing(tmp_path):
    texts = {
        "one.bib": "@misc{lamp, title={L}, doi={10.5555/lantern.1}}\n"
        "@inproceedings{part, title={P}, crossref={whole}}\n@book{whole, title={W}, year=2020}",
        "two.ris": "TY  - JOUR\nTI  - R\nAU  - A, Ann\nAU  - et al.\nN1  - why\nKW  - lamps\n"
        "UR  - https://example.org/r\nER  - \n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = [str(tmp_path / name) for name in texts]
    hub = citehub.load(new_hub(WORK, str(tmp_path / "hub"), Dumps(), citing=paths).folder)
    works = {hub.work(row["citing_work_id"]).title: row for row in hub.citations}
    assert sorted(works) == ["P", "R"]
    work = hub.work(works["R"]["citing_work_id"])
    assert work.work_id.startswith("entry:")
    assert (work.authors, work.author_count, work.page_url) == (
        ("Ann A",), None, "https://example.org/r",
    )  # fmt: skip
    (author,) = work.authorships
    assert (author["family_name"], author["given_name"], author["author_position"]) == (
        "A", "Ann", "first",
    )  # fmt: skip
    assert rows_of(hub, "work_notes", "work_id", "source_id", "kind", "position", "text") == [
        (work.work_id, "citing-file", "keyword", 1, "lamps"),
        (work.work_id, "citing-file", "note", 1, "why"),
    ]
    (part,) = (row for row in hub.works if row["title"] == "P")
    assert (part["venue"], part["publication_year"]) == ("W", 2020)


# -- many hubs -------------------------------------------------------------------------------


def test_many_hubs_are_those_that_are_made_one_by_one(tmp_path, made, cache):
    asked = (SMALL / "ids.txt").read_text(encoding="utf-8").split()
    with_cache = dumps_of(*SOURCES, cache=cache)
    first, nobody, unknown = new_hubs(asked, str(tmp_path), with_cache, created=CREATED)
    assert (first.n_citing, first.problem) == (8, "")
    assert hashes(first.release) == hashes(made(*SOURCES).release)
    assert (nobody.folder, nobody.n_citing) == ("", 0)
    assert "a work that cites doi:10.5555/nobody.1" in nobody.problem
    assert "has the work 'doi:10.5555/unknown.1'" in unknown.problem
    assert sorted(os.listdir(tmp_path)) == ["arxiv-9912-00001", "rejects.csv"]
    every = [*REJECTS["openalex"], *REJECTS["s2"], *REJECTS["opencitations"], *CIRCLE]
    assert rejects_of(first)[: len(every)] == every


# -- the same each time, and going on after an end -------------------------------------------


def test_a_second_run_gives_the_same_bytes(tmp_path, made):
    again = make(tmp_path / "again", *SOURCES, citing=True)
    assert hashes(again.release) == hashes(made(*SOURCES, citing=True).release)
    assert sorted(os.listdir(tmp_path)) == ["again", "again.rejects.csv"]


def test_partitions_are_read_once(tmp_path, reads):
    small, kept = copy_small(tmp_path), str(tmp_path / "kept")
    make(tmp_path / "one", *SOURCES[1:], small=small, cache=kept)
    parts = {path for path in reads if path.startswith(str(small))}
    assert len(parts) == 5  # all but the zip, which is unpacked
    reads.clear()
    make(tmp_path / "two", *SOURCES[1:], small=small, cache=kept)
    assert reads == []
    assert hashes(str(tmp_path / "one")) == hashes(str(tmp_path / "two"))
    changed = small / "s2" / "abstracts" / "part_000.gz"
    line = b'{"corpusid":990000012,"abstract":"Fog."}\n'
    changed.write_bytes(gzip.compress(gzip.decompress(changed.read_bytes()) + line))
    three = make(tmp_path / "three", *SOURCES[1:], small=small, cache=kept)
    assert reads == [str(changed)]
    assert citehub.load(three.folder).work(FOG).abstract == "Fog."


KILLED = """
import os, signal, sys
from citehub.graph import Dumps, new_hub

def stop(step):
    if step.startswith(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

small, out = sys.argv[1:3]
dumps = Dumps(openalex=f"{small}/openalex", s2=f"{small}/s2", threads=2)
new_hub("arxiv:9912.00001", out, dumps, progress=stop)
"""


@pytest.mark.slow
def test_a_run_that_was_killed_is_gone_on_with(tmp_path, reads):
    out = tmp_path / "hub"
    command = [sys.executable, "-c", KILLED, str(SMALL), str(out), "Read s2 citations"]
    killed = subprocess.run(command, check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert os.listdir(tmp_path) == ["hub.reading"]
    one = make(out, "openalex", "s2")
    assert {Path(path).parent.name for path in reads if path.startswith(str(SMALL))} == {
        "citations", "abstracts", "tldrs",
    }  # fmt: skip
    assert one.n_citing == 7
    assert sorted(os.listdir(tmp_path)) == ["hub", "hub.rejects.csv"]


def test_a_disk_that_fills_leaves_no_release(tmp_path, monkeypatch, cache):
    def full(self, table, folder):
        Path(folder, "part-0.parquet").write_bytes(b"PAR1")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(DuckDB, "write", full)
        with pytest.raises(OSError, match="No space left on device"):
            make(tmp_path / "hub", "openalex", cache=str(tmp_path / "kept"))
    assert sorted(os.listdir(tmp_path)) == ["kept"]
    assert [path for path in (tmp_path / "kept").rglob("*") if path.is_file()] == []
    assert make(tmp_path / "hub", "openalex", cache=str(tmp_path / "kept")).n_citing == 6


# -- what is asked of the machine -------------------------------------------------------------


def test_memory_and_threads_are_those_of_the_flags(tmp_path, monkeypatch, cache):
    engines = []

    def note(name, **settings):
        engines.append((name, settings))
        raise MissingExtra("Stop here.")

    monkeypatch.setattr(session, "open_engine", note)
    dumps = Dumps(openalex=str(SMALL), memory=1 << 30, threads=1, cache=cache)
    with pytest.raises(MissingExtra):
        new_hub(WORK, str(tmp_path / "hub"), dumps)
    ((name, settings),) = engines
    assert (name, settings["memory"], settings["threads"]) == ("duckdb", 1 << 30, 1)
    engine = DuckDB(1 << 30, 1, str(tmp_path))

    def setting(name):
        return engine._backend.raw_sql(f"SELECT current_setting('{name}')").fetchone()[0]

    assert setting("memory_limit") == "544.0 MiB"  # Python itself takes the rest
    assert setting("threads") == 1
    assert setting("temp_directory").startswith(str(tmp_path))
    engine.close()


def test_a_hub_that_needs_more_memory_than_is_allowed_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("citehub.bulk.reader._RECORD_BYTES", 1 << 29)
    with pytest.raises(BuildError, match=r"\d+ citing records.* allowed\. Allow more"):
        make(tmp_path / "hub", "openalex", memory=1 << 30)
    assert not (tmp_path / "hub").exists()


def test_memory_that_does_not_suffice_is_an_error_of_memory(tmp_path):
    engine = DuckDB(0, 1, str(tmp_path))
    engine._backend.raw_sql("SET memory_limit = '20MB'")
    engine._backend.raw_sql("SET max_temp_directory_size = '1MB'")
    many = ibis.range(5_000_000).unnest().name("n").as_table()
    with pytest.raises(OSError, match="Allow more with --memory"):
        engine.fetch(many.distinct().agg(n=ibis._.n.max()))
    engine.close()


@pytest.mark.parametrize(("engine", "extra"), [("duckdb", "graph"), ("spark", "spark")])
def test_a_missing_extra_is_named(tmp_path, monkeypatch, engine, extra):
    monkeypatch.setitem(sys.modules, "ibis", None)
    with pytest.raises(MissingExtra, match=rf"citehub\[{extra}\]"):
        make(tmp_path / "hub", "openalex", engine=engine)


def test_an_unknown_engine(tmp_path):
    with pytest.raises(UnknownName, match="There is no engine 'dusk'"):
        make(tmp_path / "hub", "openalex", engine="dusk")


# -- where to read and to write ----------------------------------------------------------------


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path, reads):
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    with pytest.raises(TargetExists, match="exists already; nothing was written"):
        make(tmp_path, "openalex")
    assert os.listdir(tmp_path) == ["mine"]
    assert reads == []


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"name": "A Name"}, "lower-case letters, digits and hyphens"),
        ({"version": "1"}, "as 1.0.0"),
    ],
)
def test_names_and_versions_that_are_none(tmp_path, how, said):
    with pytest.raises(BadArgument, match=said):
        new_hub(WORK, str(tmp_path / "hub"), dumps_of("openalex"), **how)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("above", ["", "openalex", "openalex/works"])
def test_a_snapshot_is_found_in_any_folder_above_its_works(above):
    found = find_openalex(str(SMALL / above))
    assert found["works"].paths == (str(SMALL / JANUARY), str(SMALL / FEBRUARY))
    merged = SMALL / "openalex" / "merged_ids" / "works" / "2026-02-05.csv.gz"
    assert found["merged_ids"].paths == (str(merged),)


def test_the_order_in_which_files_are_there_says_which_is_newer(tmp_path):
    small = copy_small(tmp_path)
    older = small / "openalex" / "works" / "updated_date=2026-01-05"
    older.rename(older.with_name("updated_date=2026-03-05"))
    hub = citehub.load(make(tmp_path / "hub", "openalex", small=small).folder)
    assert hub.work(PARKS).title == "Lantern Parks: A Draft"
    assert "openalex:W9900000015" in {row["citing_work_id"] for row in hub.citations}


def s2_of(folder: Path, **parts: list[dict[str, object]]) -> Path:
    """Datasets of Semantic Scholar, a partition for each name, as citations_0."""
    for name, rows in {"papers_0": make_small_dumps.PAPERS[:3], **parts}.items():
        path = folder / "s2" / name.replace("_", "/part_")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".jsonl").write_bytes(make_small_dumps.to_lines(rows))
    return folder


def said_of(hub: citehub.Hub, work_id: str) -> tuple:
    """What the passages, their roles, and whether it is influential, are of a citation."""
    mine = [
        [row for row in hub.table(name) if row["citing_work_id"] == work_id]
        for name in ("citation_contexts", "citation_labels", "citations")
    ]
    texts = {row["context_id"]: row["text"] for row in mine[0]}
    roles = [(texts.get(row["context_id"]), row["raw_value"]) for row in mine[1]]
    return list(texts.values()), roles, mine[2][0]["is_influential"]


TWINS = [
    make_small_dumps.citation(1, 990000011, ["Both.", "One."], [None, ["background"]]),
    make_small_dumps.citation(2, 990000011, None, None, influential=None),
    make_small_dumps.citation(3, 990000011, ["Two.", "Both."], [["result"], ["methodology"]],
                              influential=True),
    make_small_dumps.citation(4, 990000012, ["Only."], [["result"]], influential=False),
]  # fmt: skip


@pytest.mark.parametrize(
    "parts",
    [
        {"citations_0": TWINS},
        {"citations_0": TWINS[::-1]},
        {"citations_0": TWINS[:1], "citations_1": TWINS[1:]},
        {"citations_0": TWINS[2:], "citations_1": TWINS[1::-1], "citations_2": TWINS[:2]},
    ],
)
def test_of_a_citation_all_rows_are_kept_whatever_their_order_and_partition(tmp_path, parts):
    hub = citehub.load(make(tmp_path / "hub", "s2", small=s2_of(tmp_path, **parts)).folder)
    passages = ["Both.", "One.", "Two."]
    roles = [("Both.", "methodology"), ("One.", "background"), ("Two.", "result")]
    assert said_of(hub, BRIGHT) == (passages, roles, True)
    assert said_of(hub, FOG) == (["Only."], [("Only.", "result")], False)
    assert len(hub.citation_sources) == 2
    assert {row["is_influential"] for row in hub.citation_sources} == {True, False}


@pytest.mark.parametrize("rows", [*itertools.permutations(range(4))])
def test_statements_may_come_in_any_order(rows):
    contexts = [["A", "A"], ["A"], ["B"], None]
    intents = [[["one"], ["two"]], [["three"]], [None], [["whole"]]]
    given = [
        {"citing": 2, "cited": 1, "part": row, "is_influential": [None, False, None, None][row],
         "contexts": contexts[row], "intents": intents[row]}
        for row in rows
    ]  # fmt: skip
    reader = SimpleNamespace(engine=SimpleNamespace(fetch=list))
    source = Opened(SEMANTIC_SCHOLAR, works=None, citations=None)
    (found,) = Reader._edges(reader, source, given, {})
    kept = (
        Context("A", ("one", "three")), Context("A", ("two",)), Context("", ("whole",)),
        Context("B", ()),
    )  # fmt: skip
    assert found == Edge("s2", "2", "1", is_influential=False, contexts=kept)


INTENTS = {  # as they are written: those of the one passage "As in [1].", and those of none
    '["background", "methodology"]': ["background", "methodology"],
    '[["background", "methodology"]]': ["background", "methodology"],
    '[["result"]]': ["result"],
    '["result"]': ["result"],
    '"[\\"result\\"]"': ["result"],
    '"[[\\"result\\", null], null]"': ["result"],
    '["background", ["methodology"], null]': ["background", "methodology"],
    '[["background", null], "", null]': ["background"],
    "[[]]": [],
    "[null]": [],
    "[]": [],
    "null": [],
}


def flat_citations(**more: object) -> list[dict[str, object]]:
    """A row of a citation for each spelling of intents, the ids as text."""
    return [
        make_small_dumps.citation(n, str(n), ["As in [1]."], json.loads(text), **more)
        | {"citedcorpusid": "990000001"}
        for n, text in enumerate(INTENTS, 1)
    ]


def papers() -> list[dict[str, object]]:
    return [
        {**make_small_dumps.PAPERS[0], "externalids": None},
        *({"corpusid": str(n), "title": f"P{n}", "year": 2020} for n, _ in enumerate(INTENTS, 1)),
    ]


def test_intents_of_semantic_scholar_are_read_however_their_lists_are_nested(tmp_path):
    small = s2_of(tmp_path, papers_0=papers(), citations_0=flat_citations())
    made = new_hub("s2:990000001", str(tmp_path / "hub"), dumps_of("s2", small=small))
    assert made.rejects == ""
    hub = citehub.load(made.folder)
    for number, (text, intents) in enumerate(INTENTS.items(), 1):
        passages, roles, _ = said_of(hub, f"s2:{number}")
        assert passages == ["As in [1]."], text
        assert [role for _, role in roles] == intents, text


def test_a_flat_list_of_intents_is_of_the_citation_where_it_has_several_passages(tmp_path):
    rows = [make_small_dumps.citation(1, 990000011, ["One.", "Two."], ["background", "result"])]
    hub = citehub.load(
        make(tmp_path / "hub", "s2", small=s2_of(tmp_path, citations_0=rows)).folder
    )
    roles = [(None, "background"), (None, "result")]
    assert said_of(hub, BRIGHT) == (["One.", "Two."], roles, False)


@pytest.mark.parametrize(
    ("intents", "kind"),
    [
        ([["background"], ["methodology", "result"], [], None], None),
        ([[["background"]], [["methodology", "result"], None], [None], None], None),
        ([None] * 4, pa.null()),
        ([None] * 4, pa.string()),
        ([['"background"'], ['["methodology", "result"]'], [], None], None),  # as DuckDB writes
    ],
)
def test_parquet_of_any_writer(tmp_path, intents, kind):
    rows = [
        make_small_dumps.citation(n, str(n), ["As in [1]."], None) | {"citedcorpusid": "990000001"}
        for n in (2, 3, 4, 5)
    ]
    table = pa.Table.from_pylist(rows).set_column(5, "intents", pa.array(intents, kind))
    works = [{"corpusid": str(n), "title": f"P{n}", "authors": None, "venue": "", "year": 2020.0,
              "publicationdate": None, "citationcount": 4, "externalids": None}
             for n in (2, 3, 4, 5, 990000001)]  # fmt: skip
    for name, each in (("papers", pa.Table.from_pylist(works)), ("citations", table)):
        (tmp_path / "s2" / name).mkdir(parents=True)
        pq.write_table(each, tmp_path / "s2" / name / "part.parquet")
    made = new_hub("s2:990000001", str(tmp_path / "hub"), dumps_of("s2", small=tmp_path))
    hub = citehub.load(made.folder)
    assert [row["citing_work_id"] for row in hub.citations] == ["s2:2", "s2:3", "s2:4", "s2:5"]
    found = [[role for _, role in said_of(hub, f"s2:{n}")[1]] for n in (2, 3)]
    some = [["background"], ["methodology", "result"]]
    assert found == (some if intents[0] else [[], []])


def write_parquet(folder: Path, *parts: dict[str, object]) -> None:
    """Write partitions in Parquet, each of columns."""
    folder.mkdir(parents=True)
    for number, columns in enumerate(parts):
        pq.write_table(pa.table(columns), folder / f"part_{number}.parquet")


def test_a_column_of_parquet_that_is_needed_and_something_else_is_named(tmp_path):
    write_parquet(tmp_path / "s2" / "papers", {"corpusid": [1], "title": ["One"]})
    write_parquet(
        tmp_path / "s2" / "citations", {"citingcorpusid": [2], "citedcorpusid": [{"id": 1}]}
    )
    said = r"column citedcorpusid of s2 citations should be int64, not struct<id: int64>"
    with pytest.raises(SourceError, match=said):
        new_hub("s2:1", str(tmp_path / "hub"), dumps_of("s2", small=tmp_path))


def test_partitions_of_parquet_may_differ_in_their_types(tmp_path):
    nan = float("nan")
    texts = [["One.", "Two."]]
    flat, nested = pa.array([["background", "result"]]), pa.array([[["background"], None]])
    write_parquet(
        tmp_path / "s2" / "papers",
        {"corpusid": pa.array([1], pa.int32()), "title": ["One"], "journal": ["no object"]},
        {"corpusid": ["2", "no number"], "title": ["Two", None], "year": ["2020", ""]},
        {"corpusid": [3.0, nan], "title": ["Three", "-"], "year": [2021.0, nan]},
        {"corpusid": pa.array([4, 5], pa.uint64()), "title": ["Four", "Five"],
         "year": pa.nulls(2), "publicationtypes": ["Review", ""], "venue": [["V"], ["V", "W"]],
         "externalids": [{"MAG": 77.0}, {"MAG": nan}]},
    )  # fmt: skip
    write_parquet(
        tmp_path / "s2" / "citations",
        {"citingcorpusid": [2], "citedcorpusid": [1], "intents": flat, "contexts": texts},
        {"citingcorpusid": ["3"], "citedcorpusid": ["1.0"], "intents": nested, "contexts": texts},
        {"citingcorpusid": [4.0, nan, 5.5, 1e30], "citedcorpusid": [1.0] * 4,
         "intents": pa.nulls(4), "isinfluential": [1.0, nan, 0, 0]},
        {"citingcorpusid": [5], "citedcorpusid": [1], "intents": ['["methodology"]'],
         "contexts": ["Three."], "isinfluential": [{"no": "truth"}]},
    )  # fmt: skip
    made = new_hub("s2:1", str(tmp_path / "hub"), dumps_of("s2", small=tmp_path))
    hub = citehub.load(made.folder)
    assert rows_of(hub, "works", "work_id", "publication_year", "type", "venue") == [
        ("s2:1", None, None, None), ("s2:3", 2021, None, None), ("s2:2", 2020, None, None),
        ("openalex:W77", None, "review", "V"), ("s2:5", None, None, None),
    ]  # fmt: skip
    roles = [(None, "background"), (None, "result")]
    assert said_of(hub, "s2:2") == (["One.", "Two."], roles, None)
    assert [role for _, role in said_of(hub, "s2:3")[1]] == ["background"]
    assert said_of(hub, "openalex:W77") == ([], [], True)
    passages, ((_, role),), influential = said_of(hub, "s2:5")
    assert (passages, role, influential) == (["Three."], "methodology", None)
    notes = " ".join(made.notes)
    assert "has journal as string, not struct<name: string>: not known." in notes
    assert "has isinfluential as struct<no: string>, not boolean: not known." in notes


def test_columns_of_openalex_in_parquet_that_lack_or_differ_lose_no_work(tmp_path):
    ids = ["https://openalex.org/W1", "https://openalex.org/W2"]
    needed = {"id": ids, "title": ["One", "Two"], "referenced_works": [[], ids[:1]]}
    wrong = {
        "id": ["https://openalex.org/W3"], "title": ["Three"], "referenced_works": ids[:1],
        "publication_year": [2020.0], "language": [["en"]], "is_retracted": [1],
        "open_access": ["gold"], "primary_topic": [1], "authorships": ["A"], "ids": ["x"],
        "locations": ["x"], "counts_by_year": [1], "best_oa_location": [1.5],
        "primary_location": ["x"], "cited_by_count": ["many"], "doi": [["10.5555/three"]],
    }  # fmt: skip
    write_parquet(tmp_path / "openalex" / "works", needed, wrong)
    made = new_hub("openalex:W1", str(tmp_path / "hub"), dumps_of("openalex", small=tmp_path))
    hub = citehub.load(made.folder)
    columns = ("work_id", "publication_year", "language", "is_retracted", "abstract")
    assert rows_of(hub, "works", *columns)[1:] == [
        ("doi:10.5555/three", 2020, "en", True, None),
        ("openalex:W2", None, None, None, None),
    ]
    assert len(made.notes) == 9


@pytest.mark.parametrize("parts", [(0, 1), (1, 0), (0, 2, 1), (2, 0, 1)])
def test_of_several_records_that_of_the_newest_file_is_kept_where_files_are_dated(parts):
    rows = [{"record": 7, "title": f"Title {9 - part}", "part": part} for part in parts]
    other = {"record": 8, "title": "Another", "part": 0}
    newest = {"record": 7, "title": f"Title {9 - max(parts)}", "part": max(parts)}
    assert _newest([*rows, other], is_dated=True) == {7: newest, 8: other}


@pytest.mark.parametrize("rows", [*itertools.permutations(range(3))])
def test_of_several_records_in_one_file_what_all_say_is_kept_in_any_order(rows):
    all_ = [
        {"record": 7, "title": "a", "year": None, "venue": "v", "part": 0},
        {"record": 7, "title": "b", "year": 2020, "venue": None, "part": 0},
        {"record": 7, "title": None, "year": None, "venue": "w", "part": 0},
    ]
    kept = {"record": 7, "title": "a", "year": 2020, "venue": "v", "part": 0}
    given = [all_[row] for row in rows]
    assert _newest(given, is_dated=True) == _newest(given, is_dated=False) == {7: kept}


def test_of_several_abstracts_of_a_paper_the_one_that_says_something_is_kept(tmp_path):
    papers, abstracts = [make_small_dumps.PAPERS[0]], []
    for number, texts in enumerate(itertools.permutations(("Text.", "", None)), 1):
        papers.append({"corpusid": number, "title": f"P{number}"})
        abstracts += [{"corpusid": number, "abstract": each} for each in texts]
    cites = [make_small_dumps.citation(each["corpusid"], each["corpusid"]) for each in papers[1:]]
    small = s2_of(tmp_path, papers_0=papers, citations_0=cites, abstracts_0=abstracts)
    hub = citehub.load(make(tmp_path / "hub", "s2", small=small).folder)
    assert [work.abstract for work in hub.select()] == ["Text."] * 6


def no_folder(small: Path) -> None:
    shutil.rmtree(small / "openalex")


def no_works(small: Path) -> None:
    (small / "openalex" / "works").rename(small / "openalex" / "authors")


def no_partitions(small: Path) -> None:
    shutil.rmtree(small / "openalex" / "works")
    (small / "openalex" / "works").mkdir()


def no_citations(small: Path) -> None:
    shutil.rmtree(small / "s2" / "citations")


def no_meta(small: Path) -> None:
    shutil.rmtree(small / "opencitations" / "meta")


def no_index(small: Path) -> None:
    shutil.rmtree(small / "opencitations" / "index")


def two_formats(small: Path) -> None:
    (small / "s2" / "papers" / "part_001.parquet").write_bytes(b"")


def no_parquet(small: Path) -> None:
    (small / "s2" / "papers" / "part_000.gz").rename(small / "s2" / "papers" / "0.parquet")


def other_columns(small: Path) -> None:
    (small / "s2" / "papers" / "part_000.gz").unlink()
    pq.write_table(pa.table({"corpusid": [1]}), small / "s2" / "papers" / "0.parquet")


def empty_zip(small: Path) -> None:
    with zipfile.ZipFile(small / "opencitations" / "meta" / "meta.zip", "w") as archive:
        archive.writestr("notes.txt", "")


def damaged_zip(small: Path) -> None:
    path = small / "opencitations" / "meta" / "meta.zip"
    data = bytearray(path.read_bytes())
    data[60] ^= 255
    path.write_bytes(data)


def no_zip(small: Path) -> None:
    (small / "opencitations" / "meta" / "meta.zip").write_bytes(b"PK")


@pytest.mark.parametrize(
    ("source", "change", "said"),
    [
        ("openalex", no_folder, "openalex: there is no such folder"),
        ("openalex", no_works, "there is no folder 'works' in it; name a snapshot's folder"),
        ("openalex", no_partitions, "holds no file of works: expected .gz, .json"),
        ("s2", no_citations, "expected the folders papers, citations; citations is missing"),
        ("s2", two_formats, "holds Parquet and other files; keep one kind"),
        ("s2", no_parquet, "no file of s2 papers can be read; .*0.parquet: the file breaks off"),
        ("s2", other_columns, "there is no column title of s2 papers in Parquet; found corpusid"),
        ("opencitations", no_meta, "No source has the title of doi:10.5555/lantern.1. Add one"),
        ("opencitations", no_index, "expected the folders index; index is missing"),
        ("opencitations", empty_zip, "meta.zip: cannot be unpacked: it holds no CSV"),
        ("opencitations", damaged_zip, "meta.zip: cannot be unpacked"),
        ("opencitations", no_zip, "meta.zip: cannot be unpacked: File is not a zip file"),
    ],
)
def test_folders_that_hold_something_else(tmp_path, source, change, said):
    small = copy_small(tmp_path)
    change(small)
    with pytest.raises((SourceError, BuildError), match=said):
        make(tmp_path / "hub", source, small=small)
    assert not (tmp_path / "hub").exists()


def test_all_folders_are_looked_at_before_the_first_file_is_read(tmp_path, reads):
    small = copy_small(tmp_path)
    no_index(small)
    with pytest.raises(SourceError, match="index is missing"):
        make(tmp_path / "hub", *SOURCES, small=small)
    assert reads == []


# -- files that are broken ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "rejects"),
    [
        (
            FEBRUARY,
            (SMALL / FEBRUARY).read_bytes()[:500],
            [(FEBRUARY, "3", CUT_OFF)],
        ),
        (
            JANUARY,
            b"neither gz nor JSON",
            [(JANUARY, "1", "the file breaks off here: Not a gzipped file (b'ne')")],
        ),
        (JANUARY, b"", [(JANUARY, "1", "the file breaks off here: it is empty, and no gz")]),
    ],
    ids=["truncated", "no gz", "empty"],
)
def test_a_broken_file_is_named_and_the_others_are_read(tmp_path, name, data, rejects):
    small = copy_small(tmp_path)
    (small / name).write_bytes(data)
    one = make(tmp_path / "hub", "openalex", small=small)
    others = [each for each in REJECTS["openalex"] if each[0] != name]
    assert rejects_of(one, small) == sorted(rejects + others) + CIRCLE
    assert one.n_citing == {FEBRUARY: 3, JANUARY: 5}[name]
    count = counts_of(citehub.load(one.folder))["openalex"]["unreadable"]
    assert count == len(rejects) + len(others)


def test_a_work_that_is_lost_with_its_file_is_told_with_the_file(tmp_path):
    small = copy_small(tmp_path)
    (small / FEBRUARY).write_bytes(b"no gz")
    with pytest.raises(
        UnknownWork, match=r"The first of 2 things that could not be read is .*, line 4"
    ):
        make(tmp_path / "hub", "openalex", small=small)


def test_a_partition_that_is_there_twice_counts_once(tmp_path, made):
    small = copy_small(tmp_path)
    for name in (FEBRUARY, "s2/citations/part_000.gz", "s2/papers/part_000.gz"):
        shutil.copy(small / name, (small / name).with_name("part_001.gz"))
    hub = citehub.load(make(tmp_path / "hub", *SOURCES, small=small).folder)
    once = citehub.load(made(*SOURCES).folder)
    for name in once.tables:
        if name != "source_counts":  # lines that cannot be read are there twice
            assert list(hub.table(name)) == list(once.table(name)), name
    assert counts_of(hub)["openalex"]["unreadable"] == 3


def is_whole(citation):
    """Tell whether a made citation has no field of another type, which Parquet cannot hold."""
    return citation["citingcorpusid"] != "unknown"


def test_parquet_of_semantic_scholar_says_the_same(tmp_path, made):
    small = copy_small(tmp_path)
    for name, rows in (
        ("papers", make_small_dumps.PAPERS),
        ("citations", [each for each in make_small_dumps.CITATIONS if is_whole(each)]),
        ("abstracts", make_small_dumps.ABSTRACTS),
        ("tldrs", make_small_dumps.TLDRS),
    ):
        (small / "s2" / name / "part_000.gz").unlink()
        pq.write_table(pa.Table.from_pylist(rows), small / "s2" / name / "part_000.parquet")
    hub = citehub.load(make(tmp_path / "hub", "s2", small=small).folder)
    lines = citehub.load(made("s2").folder)
    for name in lines.tables:
        if name != "source_counts":
            assert list(hub.table(name)) == list(lines.table(name)), name
    assert counts_of(hub)["s2"] == counts_of(lines)["s2"] | {"unreadable": 0}


# -- what outsiders wrote ------------------------------------------------------------------------


def test_hostile_texts_stay_as_they_are_and_do_nothing(tmp_path):
    title = "<script>alert('lamp')</script> {\\bf TeX} and =SUM(A1:A9)"
    passage = "=1+1 </script><img src=x onerror=alert(1)> \\input{passwords} “[1]”"
    small = copy_small(tmp_path)
    for name, row in (
        ("papers", make_small_dumps.paper(990000016, title, 2025)),
        ("citations", make_small_dumps.citation(9909, 990000016, [passage])),
    ):
        lines = make_small_dumps.to_lines([row])
        (small / "s2" / name / "part_001.gz").write_bytes(make_small_dumps.pack(lines))
    papers = make_small_dumps.to_lines(
        each for each in make_small_dumps.PAPERS if each["corpusid"] != 990000016
    )
    (small / "s2/papers/part_000.gz").write_bytes(make_small_dumps.pack(papers))
    hub = citehub.load(make(tmp_path / "hub", "s2", small=small).folder)
    work = hub.work(PONDS)
    assert work.title == work.title_plain == title
    assert passage in {row["text"] for row in hub.citation_contexts}
    site = Path(write_site(hub, tmp_path / "site"))
    assert title not in (site / "index.html").read_text(encoding="utf-8")
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "</script><img" not in text
    assert "A lantern in the fog" in (site / "index.html").read_text(encoding="utf-8")
    assert parquet_files(str(site)) or list(site.rglob("works.parquet"))


# -- identifiers that join ---------------------------------------------------------------------


CANON = "doi:10.5555/canon"


def dump_of(
    folder: Path,
    openalex: Sequence[dict[str, Any]] = (),
    s2: Sequence[dict[str, Any]] = (),
    opencitations: Sequence[str] = (),
) -> dict[str, str]:
    """Dumps of a work and of one record that cites it in each, by what it holds beside.

    Of OpenCitations each is the cell of identifiers; that of the work comes first.
    """
    lines, table = make_small_dumps.to_lines, make_small_dumps.to_csv
    rows = {
        "openalex/works/p.jsonl": lines(
            {"id": f"https://openalex.org/W{n}", "title": f"W{n}",
             "referenced_works": cites(1) if n > 1 else [], **more}
            for n, more in enumerate(openalex, 1)
        ),
        "s2/papers/p.jsonl": lines(
            {"corpusid": n, "title": f"S{n}", "externalids": ids} for n, ids in enumerate(s2, 1)
        ),
        "s2/citations/c.jsonl": lines(
            {"citingcorpusid": n, "citedcorpusid": 1} for n in range(2, len(s2) + 1)
        ),
        "opencitations/meta/m.csv": table(
            [make_small_dumps.META[0], *((cell, "O", *[""] * 9) for cell in opencitations)]
        ),
        "opencitations/index/i.csv": table(
            [make_small_dumps.INDEX_HEADER,
             *(("1", cell, opencitations[0], *[""] * 4) for cell in opencitations[1:])]
        ),
    }  # fmt: skip
    given = {"openalex": openalex, "s2": s2, "opencitations": opencitations}
    for name, data in rows.items():
        if given[name.partition("/")[0]]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    return {name: str(folder / name) for name, rows in given.items() if rows}


def hub_of(folder: Path, asked: str = CANON, **dumps: str) -> citehub.Hub:
    made = new_hub(asked, str(folder / f"hub{len(os.listdir(folder))}"), Dumps(**dumps, threads=1))
    return citehub.load(made.folder)


PMID = {"pmid": "https://pubmed.ncbi.nlm.nih.gov/99999999"}
PMCID = {"pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC9999999"}
CANON_DOI = {"doi": "https://doi.org/10.5555/canon"}


ONE_WORK = {  # records of one work in three sources, of which each has the number n
    "pmid": ({"ids": PMID}, {"PubMed": "99999999"}, "omid:br/{n} pmid:99999999",
             ["pmid:99999999", "https://pubmed.ncbi.nlm.nih.gov/99999999/"]),
    "pmcid": ({"ids": PMCID}, {"PubMedCentral": "9999999"}, "pmcid:PMC9999999 omid:br/{n}",
              ["pmcid:9999999", "https://pmc.ncbi.nlm.nih.gov/articles/PMC9999999/"]),
    "mag": ({}, {"MAG": "{n}"}, "omid:br/{n} openalex:W{n}", ["mag:{n}", "openalex:W{n}"]),
    "old mag": ({"ids": {"mag": 77}}, {"MAG": "77"}, "omid:br/{n} openalex:W77 openalex:W99",
                ["mag:77"]),
    "two dois": ({"doi": "https://doi.org/10.5555/Y"}, {"DOI": "10.5555/X"},
                 "omid:br/{n} doi:10.5555/x doi:10.5555/y", ["10.5555/x", "10.5555/y"]),
    "old arxiv": ({"locations": [{"landing_page_url": "https://arxiv.org/html/math.GT/0309136v2"}]},
                  {"ArXiv": "math/0309136"}, "omid:br/{n} arxiv:math.GT/0309136",
                  ["math.GT/0309136"]),
    "odd doi": ({"doi": "https://doi.org/10.1000.10/8&lt;2"}, {"DOI": "10.1000.10/8<2"},
                "omid:br/{n} doi:10.1000.10/8&lt;2", ["10.1000.10/8&lt;2", "10.1000.10/8<2"]),
    "end": ({"doi": "https://dx.doi.org/10.5555/End."}, {"DOI": "10.5555/end"},
            "omid:br/{n} doi:10.5555/end;", ["10.5555/end,"]),
    "prefix": ({"doi": "10.48550/arXiv.9912.00077v2"}, {"ArXiv": "arXiv:9912.00077"},
               "omid:br/{n} arxiv:9912.00077v3", ["arXiv:9912.00077"]),
}  # fmt: skip
NUMBERS = {name: number for number, name in enumerate(ONE_WORK, 2)}


@pytest.fixture(scope="module")
def one_works() -> list[Any]:
    """The records of each work by source, and the spellings of it, with their number."""
    return [
        json.loads(json.dumps(ONE_WORK[name]).replace("{n}", str(n)))
        for name, n in NUMBERS.items()
    ]


@pytest.fixture(scope="module")
def citing_one(one_works, tmp_path_factory) -> citehub.Hub:
    """A hub that all of these works cite."""
    folder = tmp_path_factory.mktemp("citing")
    openalex, s2, opencitations, _ = zip(*one_works, strict=True)
    dumps = dump_of(
        folder,
        openalex=[CANON_DOI, *openalex],
        s2=[{"DOI": "10.5555/canon"}, *s2],
        opencitations=["omid:br/1 doi:10.5555/canon", *opencitations],
    )
    return hub_of(folder, **dumps)


@pytest.fixture(scope="module")
def cited_by_one(one_works, tmp_path_factory) -> dict[str, NewHub]:
    """The hubs of these works, each asked for by its last spelling, which one work cites.

    Of two sources: the numbers of the third would be those of others.
    """
    folder = tmp_path_factory.mktemp("cited")
    _, s2, opencitations, spellings = zip(*one_works, strict=True)
    canon = "omid:br/1 doi:10.5555/canon"
    dumps = dump_of(
        folder, s2=[{"DOI": "10.5555/canon"}, *s2], opencitations=[canon, *opencitations]
    )
    cites = [{"citingcorpusid": 1, "citedcorpusid": n} for n in NUMBERS.values()]
    rows = [("1", canon, cell, *[""] * 4) for cell in opencitations]
    (folder / "s2/citations/c.jsonl").write_bytes(make_small_dumps.to_lines(cites))
    (folder / "opencitations/index/i.csv").write_bytes(
        make_small_dumps.to_csv([make_small_dumps.INDEX_HEADER, *rows])
    )
    asked = [each[-1] for each in spellings]
    made = new_hubs(asked, str(folder / "hubs"), Dumps(**dumps, threads=1))
    return dict(zip(NUMBERS, made, strict=True))


@pytest.mark.parametrize("name", ONE_WORK)
def test_records_of_three_sources_are_one_work(one_works, citing_one, cited_by_one, name):
    number = NUMBERS[name]
    stated: dict[str, set[str]] = {}
    for row in citing_one.citation_sources:
        stated.setdefault(row["citing_work_id"], set()).add(row["record_id"])
    assert len(stated) == len(ONE_WORK)
    for asked in one_works[number - 2][-1]:  # as one that cites, and as the one that is cited
        work = citing_one.work(asked)
        assert stated[work.work_id] == {f"W{number}", str(number), f"br/{number}"}
    made = cited_by_one[name]
    assert made.problem == ""
    rows = citehub.load(made.folder).citation_sources
    assert {row["record_id"] for row in rows} == {"1", "br/1"}


@pytest.mark.parametrize("prefix", ["omid:br/2 doi:", "doi:", ""])
def test_an_index_of_opencitations_alone_joins_what_other_sources_describe(tmp_path, prefix):
    dumps = dump_of(
        tmp_path,
        openalex=[CANON_DOI, {"doi": "https://doi.org/10.5555/x"}],
        opencitations=["doi:10.5555/canon", f"{prefix}10.5555/x"],
    )  # fmt: skip
    shutil.rmtree(tmp_path / "opencitations" / "meta")
    hub = hub_of(tmp_path, **dumps)
    assert rows_of(hub, "citation_sources", "citing_work_id", "source_id", "record_id") == [
        ("doi:10.5555/x", "openalex", "W2"),
        ("doi:10.5555/x", "opencitations", "br/2" if "omid" in prefix else "doi:10.5555/x"),
    ]
    with pytest.raises(BuildError, match=r"No source has the title of doi:10.5555/canon\. Add"):
        hub_of(tmp_path, opencitations=dumps["opencitations"])
    shutil.rmtree(tmp_path / "openalex")
    (tmp_path / "openalex" / "works").mkdir(parents=True)
    alone = {"id": "https://openalex.org/W1", "title": "W1", **CANON_DOI}
    (tmp_path / "openalex" / "works" / "p.jsonl").write_text(json.dumps(alone), encoding="utf-8")
    with pytest.raises(BuildError, match="No source has the title of 1 citing record; add"):
        hub_of(tmp_path, **dumps)


# -- what else sources tell ---------------------------------------------------------------------


TOLD = {
    "title": "A <i>Lamp</i>", "type": "review", "language": "en", "cited_by_count": 7,
    "primary_topic": {"display_name": "Lamps"}, "open_access": {"oa_status": "gold"},
    "best_oa_location": {"license": "cc-by"},
    "abstract_inverted_index": {"lamp": [1], "A": [0]},
}  # fmt: skip


def test_what_else_openalex_and_semantic_scholar_tell(tmp_path):
    dumps = dump_of(
        tmp_path,
        openalex=[CANON_DOI, {"doi": "https://doi.org/10.5555/x"} | TOLD,
                  {"abstract_inverted_index": {"A": [0, 2]}}],
        s2=[{"DOI": "10.5555/canon"}, {"DOI": "10.5555/x"}, {"DOI": "10.5555/y"}],
    )  # fmt: skip
    openalex = tmp_path / "openalex" / "works"
    (openalex / "updated_date=2026-02-05").mkdir()
    text = (openalex / "p.jsonl").read_text(encoding="utf-8").replace('"lamp"', r'"lamp\ud83d"')
    (openalex / "p.jsonl").unlink()
    (openalex / "updated_date=2026-02-05" / "p.jsonl").write_text(text, encoding="utf-8")
    papers = tmp_path / "s2" / "papers" / "p.jsonl"
    lines = [json.loads(line) for line in papers.read_text(encoding="utf-8").splitlines()]
    more = {"journal": {"name": "Lamps Today"}, "publicationtypes": ["Review"], "citationcount": 3}
    papers.write_bytes(make_small_dumps.to_lines(line | more for line in lines))
    (tmp_path / "s2").rename(tmp_path / "2026-01-20")
    dumps["s2"] = str(tmp_path / "2026-01-20")
    made = new_hub(CANON, str(tmp_path / "hub"), Dumps(**dumps), created=CREATED)
    hub = citehub.load(made.folder)
    one, other = hub.work("doi:10.5555/x"), hub.work("doi:10.5555/y")
    columns = ("title", "title_plain", "type", "language", "topic", "open_access_status",
               "license", "citation_count", "citation_count_on", "abstract", "venue")  # fmt: skip
    february, january = datetime.date(2026, 2, 5), datetime.date(2026, 1, 20)
    assert [getattr(one, name) for name in columns] == [
        "A <i>Lamp</i>", "A Lamp", "review", "en", "Lamps", "gold", "cc-by", 7, february,
        "A lamp\ufffd", "Lamps Today",
    ]  # fmt: skip
    assert [getattr(other, name) for name in columns[2:]] == [
        "review", None, None, None, None, 3, january, None, "Lamps Today",
    ]  # fmt: skip
    assert hub.work("openalex:W3").abstract is None
    assert rejects_of(made) == [
        ("openalex W3", "0", "the abstract is left out, as no word stands at place 1")
    ]
    cells = {
        (row["row_key"], row["column_name"]): row["source_id"]
        for row in hub.evidence
        if row["table_name"] == "works"
    }
    for name in ("topic", "citation_count", "citation_count_on", "abstract", "language"):
        assert cells["doi:10.5555/x", name] == "openalex"
    assert cells["doi:10.5555/x", "venue"] == "s2"
    assert rows_of(hub, "sources", "source_id", "retrieved_on", "snapshot_on") == [
        ("openalex", CREATED, february), ("s2", CREATED, january), ("derived", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "names", "date"),
    [
        ("snapshot", ["works/updated_date=2026-01-05/p.gz", "works/updated_date=2025-12-31/p.gz"],
         datetime.date(2026, 1, 5)),
        ("2026-01-20", ["papers/p.gz"], datetime.date(2026, 1, 20)),
        ("s2", ["papers/20260120_071500_00037_x.gz"], datetime.date(2026, 1, 20)),
        ("meta", ["meta/output_csv_2024_04_06/1.csv"], datetime.date(2024, 4, 6)),
        ("index", ["index/2023-02-30.csv", "index/12020-01-011.csv", "index/20240101.csv"], None),
        ("s2", ["papers/p.gz"], None),
    ],
)  # fmt: skip
def test_the_date_of_a_dump_is_the_newest_that_it_names(tmp_path, folder, names, date):
    home = tmp_path / "2019-01-01" / folder  # a folder above is not the dump
    paths = tuple(str(home / name) for name in names)
    assert find_date(str(home), [Files(PAPERS, str(home), paths)]) == date


# -- one record of OpenAlex asked for ---------------------------------------------------------


def works_of(folder: Path, *works: dict[str, object]) -> Path:
    """A snapshot with works of these fields, a partition."""
    (folder / "works").mkdir(parents=True)
    lines = []
    for work in works:
        number = work["id"]
        names = {"id": f"https://openalex.org/W{number}", "title": f"T{number}"}
        lines.append(json.dumps({**work, **names}))
    (folder / "works" / "part_000.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def cites(*records: int) -> list[str]:
    return [f"https://openalex.org/W{record}" for record in records]


def made_of(folder: Path, asked: str, **dumps: object) -> tuple[set[str], dict[str, bytes]]:
    out = folder.parent / f"{asked.replace(':', '-').replace('/', '-')}{len(dumps)}"
    made = new_hub(asked, str(out), Dumps(openalex=str(folder), **dumps), created=CREATED)
    rows = citehub.load(made.folder).citation_sources
    return {row["record_id"] for row in rows}, hashes(made.release)


def test_asked_by_its_record_a_work_has_the_same_hub_and_others_are_read_without_details(
    tmp_path, monkeypatch
):
    folder = works_of(
        tmp_path / "dump",
        {"id": 1, "doi": "https://doi.org/10.5555/one"},
        {"id": 2, "referenced_works": cites(1), "publication_year": 2024},
        {"id": 3, "referenced_works": cites(2, 1)},
        {"id": 4, "referenced_works": cites(2), "doi": "https://doi.org/10.5555/four"},
    )
    kept = []
    write = DuckDB.write

    def note(self, table, folder):
        write(self, table, folder)
        written = self.read_parquet(parquet_files(folder))
        if {"title", "refs", "sound"} <= {*written.columns}:
            kept.append({row["record"]: row["title"] for row in self.fetch(written)})

    monkeypatch.setattr(DuckDB, "write", note)
    by_doi = made_of(folder, "10.5555/one")
    by_record = made_of(folder, "openalex:W1")
    assert by_doi[0] == {"W2", "W3"}
    assert by_record == by_doi
    assert kept == [
        {1: "T1", 2: "T2", 3: "T3", 4: "T4"},
        {1: "T1", 2: "T2", 3: "T3", 4: None},
    ]


def test_a_cache_keeps_all_details_however_a_work_is_asked_for(tmp_path, reads):
    folder = works_of(
        tmp_path / "dump", {"id": 1}, {"id": 2, "referenced_works": cites(1)},
        {"id": 3, "referenced_works": cites(2)},
    )  # fmt: skip
    cache = str(tmp_path / "cache")
    assert made_of(folder, "openalex:W1", cache=cache)[0] == {"W2"}
    reads.clear()
    assert made_of(folder, "openalex:W2", cache=cache)[0] == {"W3"}
    assert reads == []


def test_where_another_version_of_the_asked_record_turns_up_its_citations_count(tmp_path):
    doi = "https://doi.org/10.5555/one"
    folder = works_of(
        tmp_path / "dump",
        {"id": 1, "doi": doi}, {"id": 2, "doi": doi},
        {"id": 3, "referenced_works": cites(1)}, {"id": 4, "referenced_works": cites(2)},
    )  # fmt: skip
    assert made_of(folder, "openalex:W1")[0] == {"W3", "W4"}
