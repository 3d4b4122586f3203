"""Texts of papers over the network: the pace of each host, its key, and what is no text."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from citehub import errors
from citehub.sources.answers import Asked
from citehub.sources.text_hosts import TEXT_SOURCES, choose_text_sources, places
from tests.live.conftest import Hurried

PAGE = b'<html><article class="ltx_document">Lamps</article></html>'
LOGIN = b"<html><form>Log in to this network</form></html>"
IDS = {"arxiv": "2401.00002", "pmcid": "PMC7", "openalex": "W12"}


@contextmanager
def serving(answers):
    """Serve texts by path; yield the base address and what was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            status, body = answers.get(self.path.partition("?")[0], (404, b"no such text"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def live(monkeypatch):
    """Ask a server in place of all hosts."""

    def make(base):
        for source in TEXT_SOURCES:
            monkeypatch.setenv(source.texts.url_variable, base)
        return Hurried(TEXT_SOURCES)

    return make


def ask(live, place):
    return live.ask(place.source, Asked(place.path), place.marks)


def test_hosts_are_asked_in_the_order_of_their_forms():
    every = [each.id for each in TEXT_SOURCES]
    assert [(each.source.id, each.path) for each in places(IDS, every)] == [
        ("europepmc", "/PMC7/fullTextXML"), ("arxiv", "/html/2401.00002"),
        ("arxiv", "/src/2401.00002"), ("openalex", "/works/W12.grobid-xml"),
    ]  # fmt: skip
    assert "openalex" not in {each.source.id for each in places(IDS)}
    assert list(places({"arxiv": "", "pmcid": "../x", "openalex": "W1/.."}, every)) == []
    assert [each.id for each in choose_text_sources()] == ["europepmc", "arxiv"]
    with pytest.raises(errors.UnknownName, match="no source of texts 'moon'"):
        choose_text_sources(["moon"])


def test_arxiv_is_asked_every_three_seconds_by_a_tool_that_names_itself(live, monkeypatch):
    monkeypatch.setenv("CITEHUB_MAILTO", "ada@example.org")
    with serving({"/html/2401.00002": (200, PAGE)}) as (base, asked):
        transport = live(base)
        page, source = [each for each in places(IDS) if each.source.id == "arxiv"]
        assert ask(transport, page).body == PAGE
        assert ask(transport, source).status == 404
    assert transport.waited == pytest.approx(3.0, abs=0.5)
    agents = {headers["User-Agent"] for _, headers in asked}
    assert len(agents) == 1
    assert agents.pop().endswith("; mailto:ada@example.org)")
    assert all("ada" not in path for path, _ in asked)


def test_the_key_goes_to_openalex_alone_and_into_no_address_that_is_kept(live, monkeypatch):
    monkeypatch.setenv("OPENALEX_API_KEY", "sesame-key-1")
    answers = {"/works/W12.grobid-xml": (200, b"<TEI>"), "/html/2401.00002": (200, PAGE)}
    with serving(answers) as (base, asked):
        transport = live(base)
        for place in places(IDS, ["arxiv", "openalex"]):
            answer = ask(transport, place)
            assert "sesame" not in answer.address
    assert [path for path, _ in asked if "sesame" in path] == [
        "/works/W12.grobid-xml?api_key=sesame-key-1"
    ]


@pytest.mark.parametrize(
    ("body", "error"),
    [(LOGIN, errors.BadAnswer), (b"", errors.BadAnswer), (b"\x00" * 99, errors.BadAnswer)],
)
def test_what_is_no_text_is_refused_after_few_tries(live, body, error):
    with serving({"/html/2401.00002": (200, body)}) as (base, asked):
        (_, page, _) = places(IDS)
        with pytest.raises(error, match="something else instead of the text"):
            ask(live(base), page)
    assert 1 < len(asked) <= 4


def test_a_host_that_fails_is_told(live):
    with serving({"/html/2401.00002": (503, b"")}) as (base, asked):
        (_, page, _) = places(IDS)
        with pytest.raises(errors.Unreachable, match="arXiv fails with 503"):
            ask(live(base), page)
    assert len(asked) == 4
