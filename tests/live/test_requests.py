"""How often sources are asked for a work that a thousand cite: once a page, and little more."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import pytest

from citehub.live.fetch import fetch
from citehub.live.transport import Live
from citehub.sources.registry import live_sources
from tests.live.conftest import WORK, Hurry
from tests.live.server import serve, world
from tests.live.test_hub import ids_elsewhere, ids_in
from tests.live.worlds import read_world

MOST = 40  # requests of a first run
SOURCES = ("openalex", "s2", "opencitations")


class Many(NamedTuple):
    """A server, and how many citing works each source has."""

    server: Any
    openalex: int  # works
    s2: int  # citations
    papers: int  # of them, those whose citing paper has a number
    nameless: int  # works in OpenCitations that no other source has

    @property
    def pages(self):
        """How often each source is asked, by a part of the path."""
        return {
            "openalex": {
                "/works/doi": 1,
                "landing_page_url": 1,
                # of a hundred works, by a cursor, which ends with a page that is not full
                "cites%3A": self.openalex // 100 + 1,
            },
            "s2": {
                "/paper/ARXIV": 1,
                "/citations": len(sizes(self.s2, 1000)),
                "/paper/batch": len(sizes(self.papers, 500)),
            },
            "opencitations": {
                "/index/": 1,
                # the work itself, then ten in a request
                "/meta/": 1 + len(sizes(self.nameless, 10)),
            },
        }

    @property
    def requests(self):
        """How often each source is asked in all."""
        return {source: sum(parts.values()) for source, parts in self.pages.items()}


def sizes(n, most):
    """Return how many stand on each page of those that hold so many."""
    return [min(most, n - at) for at in range(0, n, most)]


@pytest.fixture(scope="session")
def thousand(tmp_path_factory):
    """The server of a world in which a thousand works cite one, some in each source."""
    dumps = world(tmp_path_factory.mktemp("thousand") / "d", 5_400, citations=8, citing=1_000)
    known = read_world(dumps)
    edges = known.s2.citations[900000000]
    cells = {row["citing"] for row in known.opencitations.index["omid:br/06901"]}
    elsewhere = ids_elsewhere(dumps)
    with serve(known) as server:
        yield Many(
            server,
            len(known.openalex.citing[9000000000]),
            len(edges),
            len({citing for citing, _ in edges if citing}),
            sum(not ids_in(cell) & elsewhere for cell in cells),
        )


@pytest.fixture
def many(thousand, monkeypatch):
    """The same, with an empty log, and a key for OpenAlex."""
    thousand.server.forget()
    monkeypatch.setenv("OPENALEX_API_KEY", "open-sesame")
    for name, value in thousand.server.env.items():
        monkeypatch.setenv(name, value)
    return thousand


@pytest.fixture
def live(many):
    """Make a transport that waits for nobody, and asks the server of the thousand."""

    def make():
        clock = Hurry()
        return Live(live_sources(), clock.now, clock.sleep)

    return make


@pytest.fixture
def asked(live, tmp_path):
    """Ask for the work, and return what came."""

    def ask(*sources):
        return fetch(WORK, os.fspath(tmp_path / "got"), sources=sources, transport=live())

    return ask


def test_each_source_has_many_of_the_citing_works(many):
    assert (many.openalex, many.s2, many.papers, many.nameless) == (933, 825, 802, 67)


def test_a_first_run_asks_once_for_each_page(many, asked):
    assert {*asked().lists} == {*SOURCES}
    assert many.server.requests == many.requests
    for source, parts in many.pages.items():
        for part, n in parts.items():
            assert many.server.count(source, part) == n, part
    assert many.server.count() <= MOST
    batches = many.server.asked("s2", "/paper/batch")
    assert [len(each.ids) for each in batches] == sizes(many.papers, 500)
    batches = many.server.asked("opencitations", "/meta/")[1:]
    assert [len(each.route.split("__")) for each in batches] == sizes(many.nameless, 10)


def test_one_source_takes_its_own_pages_only(many, asked):
    asked("openalex")
    assert many.server.requests == {
        **dict.fromkeys(SOURCES, 0),
        "openalex": many.requests["openalex"],
    }


def test_without_a_key_pages_have_numbers(many, asked, monkeypatch):
    monkeypatch.delenv("OPENALEX_API_KEY")
    asked("openalex")
    assert many.server.count("openalex", "cites%3A") == len(sizes(many.openalex, 100))
