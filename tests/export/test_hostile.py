"""Hostile texts of cells and of the manifest stay texts, in every output."""

from __future__ import annotations

from random import Random

import pytest

from citehub._text import clean
from citehub.display import timeline
from citehub.export import FORMATS
from citehub.export.record import dataset_iri
from tests.export.test_round_trips import check
from tests.faults.texts import (
    FRAGMENTS,
    MANIFEST,
    READERS,
    hostile_hub,
    hostile_works,
    same_as_plain,
)
from tests.made import make_release, make_works

# rdflib's own reader of JSON-LD uses what rdflib deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


@pytest.mark.parametrize("name", READERS)
def test_what_the_manifest_says_is_text_in_every_output(tmp_path, name):
    same_as_plain(tmp_path, name, dict.fromkeys(MANIFEST, "".join(FRAGMENTS)))


@pytest.mark.parametrize("name", ["README.md", "RIGHTS.md"])
@pytest.mark.parametrize("text", ["+ x", "- x", "1) x", "# x"])
def test_what_begins_an_item_of_a_list_begins_no_other(tmp_path, name, text):
    same_as_plain(tmp_path, name, dict.fromkeys(MANIFEST, text))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    works = [
        work | {"work_id": f"s2:{number}-{work['work_id']}"}
        for number, random in enumerate(map(Random, range(6)))
        for work in hostile_works(random)
    ]
    return make_release(tmp_path_factory.mktemp("hostile"), make_works(*works))


@pytest.mark.parametrize("format_", FORMATS)
def test_what_cells_say_is_text_in_every_format(hostile, format_):
    READERS[format_](check(hostile, format_, hostile.select()))


@pytest.mark.parametrize(
    ("stated", "is_kept"),
    [
        ("https://doi.org/10.5281/zenodo.1", True),
        ("urn:uuid:1", True),
        ("cito:x . <a> <b> <c", False),
        ("oa:x", False),
        ("https://a> <b", False),
        ("https://example.org/#x", False),
        ("urn:a\x07", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_an_identifier_that_is_no_iri_gives_way_to_that_of_the_content(hub, stated, is_kept):
    found = dataset_iri({**hub.manifest, "id": stated})
    assert (found == stated) is is_kept
    assert is_kept or found.startswith("urn:uuid:")


def test_only_addresses_of_the_web_become_links(tmp_path):
    pages = ["javascript:alert(1)", " https://x", "https://user@x", "data:,x", "https://x/a"]
    works = [{"work_id": f"pith:{n}", "page_url": page} for n, page in enumerate(pages)]
    hub = make_release(tmp_path, make_works(*works))
    assert [work.url for work in hub.select()] == [None] * 4 + ["https://x/a"]


def test_a_month_that_is_none_is_left_out(tmp_path):
    works = [
        {"work_id": f"pith:{month}", "title": "T", "publication_year": 2001,
         "publication_month": month}
        for month in (-1, 0, 13, 99)
    ]  # fmt: skip
    hub = make_release(tmp_path, make_works(*works))
    for name in FORMATS.keys() - {"csv"}:  # which has the number as it stands
        assert "month " not in str(READERS[name](bytes(hub.export(name))))


def test_nothing_steers_the_terminal_that_shows_an_object(tmp_path):
    text = "a\x1b[2J\x07\x9b\u202e\u2066\r"
    work = {"work_id": f"s2:{text}", "title": text, "title_plain": text, "intents": [text],
            "publication_year": 2001, "publication_month": 2, "themes": [text]}  # fmt: skip
    hub = hostile_hub(tmp_path, dict.fromkeys(MANIFEST, text), make_works(work))
    works = hub.select()
    for each in (
        hub,
        hub.works,
        hub.summary(),
        works,
        works[0],
        works.export("csv"),
        timeline(hub),
    ):
        assert clean(repr(each).replace("\n", "")) == repr(each).replace("\n", "")
