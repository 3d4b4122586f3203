"""A hub that is made again of newer dumps: which version it needs, and what it tells."""

from __future__ import annotations

import datetime
import gzip
import json

import pytest

import citehub
from citehub._diff import compare
from citehub._manifest import CHANGES
from citehub.graph import new_hub
from tests.graph.dumps import FEBRUARY, SMALL, WORK, copy_small, dumps_of

LATER = datetime.date(2026, 9, 1)
MORE = {
    "id": "https://openalex.org/W9900009999",
    "doi": "https://doi.org/10.5555/more",
    "title": "One More",
    "type": "article",
    "authorships": [{"raw_author_name": "Cy Fictive", "author": {"display_name": "Cy Fictive"}}],
    "referenced_works": ["https://openalex.org/W9900000001"],
    "is_retracted": False,
}


def made_of(out, small=SMALL, created=datetime.date(2026, 3, 1)):
    new_hub(WORK, str(out), dumps_of("openalex", small=small), created=created)
    return citehub.load(out)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return made_of(tmp_path_factory.mktemp("before") / "hub")


@pytest.fixture
def updated(tmp_path):
    """Edit the lines of a dump, and make the hub again at a later day."""

    def call(edit):
        small = copy_small(tmp_path)
        path = small / FEBRUARY
        works = map(json.loads, gzip.decompress(path.read_bytes()).decode().splitlines())
        lines = "".join(json.dumps(work) + "\n" for work in edit(list(works)))
        path.write_bytes(gzip.compress(lines.encode()))
        return made_of(tmp_path / "hub", small, LATER)

    return call


def counted_again(works):
    """The canonical work is cited once more, as OpenAlex counts."""
    for work in works:
        if work["id"] == "https://openalex.org/W9900000001":
            work["cited_by_count"] += 1
            work["counts_by_year"][0]["cited_by_count"] += 1
    return works


@pytest.mark.parametrize("year", [2022, 2026], ids=["early", "late"])
def test_a_citing_work_more_is_minor_whatever_its_date(before, updated, year):
    more = {**MORE, "publication_year": year, "publication_date": f"{year}-02-03"}
    after = updated(lambda works: [*counted_again(works), more])
    found = compare(before, after)
    assert [change for change in found if change.level == "major"] == []
    assert found.level == "minor"
    assert [(each.work_id, each.year) for each in found.news.works_added] == [
        ("doi:10.5555/more", year)
    ]  # fmt: skip
    updated_in = {each.table for each in found if each.kind == "cell updated"}
    assert {"works", "sources", "source_counts", "citation_years"} <= updated_in


def test_a_citing_work_that_is_gone_is_major(before, updated):
    found = compare(
        before, updated(lambda works: [w for w in works if "bright" not in str(w["doi"])])
    )
    assert found.level == "major"
    (gone,) = found.news.works_gone
    assert gone.work.work_id.startswith("doi:10.5555/bright")


def test_a_retraction_is_major(before, updated):
    def retract(works):
        return [{**work, "is_retracted": "bright" in str(work["doi"])} for work in works]

    found = compare(before, updated(retract))
    assert found.level == "major"
    assert [each.is_retracted for each in found.news.works_retracted] == [True]


def test_the_same_dumps_at_a_later_day_say_so_only(before, updated):
    found = compare(before, updated(lambda works: works))
    assert {(each.table, each.kind) for each in found} <= {
        ("sources", "cell updated"), ("evidence", "cell updated")
    }  # fmt: skip
    assert not found.news


def test_a_first_release_names_no_work(before):
    with open(f"{before.path}/{CHANGES}", encoding="utf-8") as file:
        assert "What is new" not in file.read()
