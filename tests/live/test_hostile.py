"""Answers that no honest host gives: each costs its source, not the hub, and ends in time."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import socket
import threading
import time
from contextlib import contextmanager
from email.utils import formatdate

import pytest

import citehub
from citehub import errors
from citehub.graph import live_hubs as graph_live
from citehub.graph import new_live_hub, update_hub
from citehub.live import transport
from citehub.live.fetch import fetch
from citehub.live.transport import Live
from citehub.sources.registry import live_sources
from tests.live import growth
from tests.live.conftest import WORK, Hurried, asking
from tests.live.faults import Fault, always
from tests.live.server import serve
from tests.live.test_command import VARIABLES, answering
from tests.live.test_update import DAY

JSON = {"Content-Type": "application/json"}
ALL = ("openalex", "s2", "opencitations")


@pytest.fixture
def ask(tmp_path):
    """Fetch into a new folder."""
    numbers = itertools.count()

    def fetch_it(*sources, asks=None, name=None):
        out = os.fspath(tmp_path / (name or f"out-{next(numbers)}"))
        asks = asks or Hurried(live_sources())
        return fetch(WORK, out, sources=sources, transport=asks)

    return fetch_it


def point(monkeypatch, port):
    for name in VARIABLES:
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")


# -- time -------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ZIPPED = HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"


def drip(start, part, seconds):
    def send(connection, closing):
        connection.sendall(start)
        while not closing.wait(seconds):
            connection.sendall(part)

    return send


ENDLESS = {
    "a head that drips": drip(b"HTTP/1.1 200 OK\r\nX: ", b"y", 0.01),
    "heads without end": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.001),
    "fields without end": drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.02),
    "chunks without end": drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 0.01),
    "a name of gzip without end": drip(ZIPPED + b"\x1f\x8b\x08\x08\0\0\0\0\0\x03", b"a", 0.01),
    "nothing, gzipped without end": drip(ZIPPED, gzip.compress(b"") * 1000, 0.0),
    "a body that drips to its end": drip(HEAD + b"Connection: close\r\n\r\n[", b" ", 0.01),
    "silence": lambda _connection, closing: closing.wait(20),
}


@contextmanager
def raw(send):
    """Serve whatever bytes a function sends; yield the port and the number of visits."""
    visits, closing = [], threading.Event()

    def answer(connection):
        try:
            with connection:
                connection.recv(65536)
                visits.append(1)
                send(connection, closing)
        except OSError:
            pass

    def listen():
        while not closing.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        listener.settimeout(20)
        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1], visits
        finally:
            closing.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize("how", ENDLESS)
def test_an_answer_without_end_is_tried_twice(ask, monkeypatch, how):
    monkeypatch.setattr(transport, "_READ_SECONDS", 0.3)
    monkeypatch.setattr(transport, "_ANSWER_SECONDS", 0.4)
    told = []
    with raw(ENDLESS[how]) as (port, visits):
        point(monkeypatch, port)
        asks = Hurried(live_sources())
        monkeypatch.setattr(asks, "check_network", lambda: None)  # which visits, too
        asks.tell = told.append
        with pytest.raises(errors.Unreachable) as caught:
            ask("openalex", asks=asks)
    assert len(visits) == asks.requests["openalex"] == 2
    why = "has said nothing for" if how == "silence" else "has not answered whole after"
    assert f"OpenAlex {why} 0 seconds." in str(caught.value)
    assert told == [f"OpenAlex {why} 0 seconds; try 2 of 2."]


def test_each_try_and_each_long_wait_is_told(server, ask):
    told = []
    asks = Hurried(live_sources())
    asks.tell = told.append
    server.faults = [
        ("s2", Fault("503", 2)), ("openalex", Fault("429 seconds", seconds=30)),
        ("opencitations", Fault("429 seconds", seconds=1)),
    ]  # fmt: skip
    assert ask(asks=asks).failed == {}
    assert told == [
        "OpenAlex is asked too often; waiting 30 s.",
        "Semantic Scholar fails with 503; try 2 of 4.",
        "Semantic Scholar fails with 503; try 3 of 4.",
    ]


# -- heads ------------------------------------------------------------------------------------


def refusing(status, headers, body=b""):
    return lambda _request: (status, headers, body)


@pytest.mark.parametrize(
    "wait",
    ["9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT", "40000000"],
    ids=["digits", "date", "year"],
)
@pytest.mark.parametrize("left", [{}, {"X-RateLimit-Remaining": "0"}])
def test_a_wait_that_nobody_can_mean_is_until_tomorrow(ask, monkeypatch, wait, left):
    with answering(refusing(429, {"Retry-After": wait, **left})) as port:
        point(monkeypatch, port)
        with pytest.raises(errors.BudgetUsedUp, match="; come back tomorrow"):
            ask("s2")


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://[::1", "redirects to an invalid address"),
        ("http://\x1b[31mevil.org/", "redirects to an invalid address"),
        ("http://127.0.0.1:99999999/", "redirects to http://127.0.0.1:99999999, which is"),
        ("http://127.0.0.1:1/", "redirects to http://127.0.0.1:1, which is not asked"),
        ("http://me:sesame@127.0.0.1:1/", "redirects to http://127.0.0.1:1, which is not"),
        ("file:///etc/passwd", "redirects to file://, which is not asked"),
        (None, "redirects with 302, but does not say where to"),
    ],
)
def test_where_a_host_sends_on_to_is_said(ask, monkeypatch, location, said):
    headers = {"Location": location} if location else {}
    with answering(refusing(302, headers)) as port:
        point(monkeypatch, port)
        with pytest.raises(errors.BadAnswer) as caught:
            ask("opencitations")
    assert said in str(caught.value)
    assert "sesame" not in str(caught.value)


PAGE = b"<!doctype html>\n<html><title>404 Not Found</title>\n<h1>Not Found</h1>\n"
NOT_FOUND = {
    "nothing": ({}, b""),
    "a page": ({"Content-Type": "text/html"}, b"<html>not</html>\n"),
    "a page of nginx": (
        {"Content-Type": "text/html"},
        b"<html><head><title>404 Not Found</title></head><center><h1>404 Not Found</h1></center>",
    ),
    "text": ({"Content-Type": "text/plain"}, b"There is nothing here."),
    "other JSON": (JSON, b'{"message": "no Route matched with those values"}'),
    "a list": (JSON, b"[]"),
}


@pytest.mark.parametrize("how", NOT_FOUND)
@pytest.mark.parametrize("source", ALL)
def test_a_404_of_somebody_else_is_no_answer(ask, monkeypatch, source, how):
    with answering(refusing(404, *NOT_FOUND[how])) as port:
        point(monkeypatch, port)
        asks = Hurried(live_sources())
        with pytest.raises(errors.BadAnswer, match="gives a 404 that is not its own") as caught:
            ask(source, asks=asks)
    assert asks.requests == {source: 1}
    assert "a wrong base address" in str(caught.value)


@pytest.mark.parametrize(
    ("source", "headers", "body"),
    [
        ("openalex", {"Content-Type": "text/html"}, PAGE),
        ("openalex", JSON, b'{"error": "Not found", "message": "No such work"}'),
        ("s2", JSON, b'{"error": "Paper with id ARXIV:2201.11990 not found"}'),
    ],
)
def test_a_404_of_the_source_says_that_it_does_not_know_the_work(
    ask, monkeypatch, source, headers, body
):
    with answering(refusing(404, headers, body)) as port:
        point(monkeypatch, port)
        with pytest.raises(errors.UnknownWork, match="does not know it"):
            ask(source)


def test_a_wrong_base_address_costs_its_source_alone(server, ask, monkeypatch):
    monkeypatch.setenv("CITEHUB_S2_URL", f"{server.address}/s2")
    got = ask()
    assert list(got.failed) == ["s2"]
    assert "gives a 404 that is not its own (There is nothing here.)" in got.failed["s2"]


# -- clocks -----------------------------------------------------------------------------------


def dated(server, skews):
    """Have each source tell a date of its own; return what asks."""
    asks = Hurried(live_sources())
    real = asks._exchange

    def exchange(address, headers, posted, sink):
        found = real(address, headers, posted, sink)
        name = next(each for each in ALL if f"/{each}" in address)
        date = skews.get(name, 0.0)
        date = date if isinstance(date, str) else formatdate(time.time() + date, usegmt=True)
        return found._replace(headers={**found.headers, "date": date})

    asks._exchange = exchange
    return asks


DAYS = 40 * 86_400.0


@pytest.mark.parametrize(
    ("skews", "behind"),
    [
        ({"openalex": DAYS}, ()),  # one alone is not believed
        ({"opencitations": -DAYS}, ()),
        ({"openalex": DAYS, "s2": DAYS}, ("openalex", "s2")),
        (dict.fromkeys(ALL, DAYS), ALL),
        (dict.fromkeys(ALL, "Fri, 31 Dec 9999 23:59:59 GMT"), ()),
        (dict.fromkeys(ALL, "Thu, 01 Jan 1970 00:00:00 GMT"), ()),
        (dict.fromkeys(ALL, "Thu, 99 Foo 99999"), ()),
    ],
)
def test_a_date_is_believed_where_another_source_confirms_it(server, ask, skews, behind):
    got = ask(asks=dated(server, skews))
    today = time.strftime("%Y-%m-%d", time.gmtime())
    found = set()
    for source in ALL:
        with open(os.path.join(got.folder, source, "read.json"), encoding="utf-8") as file:
            if json.load(file)["read_on"] != today:
                found.add(source)
    assert found == {*behind}
    assert any("clock is 40.0 days behind" in each for each in got.notes) == bool(behind)


def test_with_a_wrong_clock_a_run_that_was_stopped_goes_on(server, ask):
    server.skew = DAYS
    server.faults = [("/index/", always("503"))]
    first = Hurried(live_sources())
    with pytest.raises(errors.FetchError):
        ask("opencitations", asks=first, name="hub")
    n = server.count()
    assert n > 0
    server.faults = ()
    server.forget()
    ask("opencitations", name="hub")
    assert server.count("opencitations", "/meta/v1/metadata/doi") == 0  # which is kept


# -- what answers hold ------------------------------------------------------------------------

ODD = {
    "cited_by_count": [-1, 10**30, "many", None],
    "title": ["X \ud800 y", 5, ["a"], None],
    "locations": [5, [5, None, {"landing_page_url": 7}], "x"],
    "publication_year": [-5, 10**30],
    "ids": [{"pmid": 5}, {"pmid": {"a": 1}, "mag": "../../etc"}],
    "referenced_works": [7],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in ODD.items() for value in values]
)
def test_an_odd_field_costs_no_source_and_no_traceback(known, ask, monkeypatch, name, value):
    world = growth.copied(known)
    for number in (growth.OWN[0], 9127453708):
        growth.edit(world, number, **{name: value})
    with serve(world) as server:
        got = ask(asks=asking(server, monkeypatch))
        assert server.count("openalex") > 0
    assert got.failed == {}
    for source in ALL:
        with open(os.path.join(got.folder, source, "read.json"), encoding="utf-8") as file:
            assert 0 <= json.load(file).get("announced", 0) < 2**31


@pytest.mark.parametrize("count", [-3, 10**30])
def test_a_number_that_is_none_costs_its_source_alone(server, known, ask, count):
    n = len(known.openalex.citing[growth.OWN[0]])
    server.faults = [("openalex", always("wrong count", amount=count - n))]
    got = ask()
    assert got.failed == {"openalex": "OpenAlex does not say how many works there are."}
    for amount in (-(10**6), 10**30):
        server.faults = [("s2", always("wrong count", amount=amount))]
        got = ask()
        assert got.failed == {}
        assert got.lists["s2"].announced is None  # not known


def test_a_hub_of_odd_answers_is_made(known, tmp_path, monkeypatch):
    world = growth.copied(known)
    for number in (growth.OWN[0], 9127453708):
        growth.edit(world, number, cited_by_count=-1, title="X \ud800 y", locations=5)
    own = {**world.s2.papers[growth.OWN[1]], "citationcount": -1}
    world.s2.papers[growth.OWN[1]] = own
    with serve(world) as server:
        out = os.fspath(tmp_path / "hub")
        made = new_live_hub(WORK, out, created=DAY, transport=asking(server, monkeypatch))
        assert made.partial == ()
        assert not update_hub(out, created=DAY, transport=asking(server, monkeypatch)).is_new
    counts = {
        (row["source_id"], row["measure"])
        for row in citehub.load(out).release.rows("source_counts")
    }
    assert ("s2", "announced") not in counts
    assert ("openalex", "announced") in counts


def test_what_is_not_understood_is_not_kept(server, ask):
    def find(*_given):
        raise TypeError("'int' object is not iterable")

    api = next(each.api for each in live_sources() if each.id == "openalex")
    for name in ("find", "citing", "rows"):
        real = getattr(api, name)
        object.__setattr__(api, name, find)
        try:
            got = ask()
        finally:
            object.__setattr__(api, name, real)
        said = "OpenAlex gives an answer in an unknown form."
        assert got.failed == {"openalex": said}
    assert ask().failed == {}


def test_one_bad_answer_does_not_spoil_the_next_run(server, tmp_path, monkeypatch):
    """The answers of a source that a build cannot read are dropped, and the source is named."""
    out, n_builds = os.fspath(tmp_path / "hub"), []
    real = graph_live.make_content

    def make(spec, *given):
        n_builds.append(1)
        if len(n_builds) == 1:
            path = os.path.join(spec.source, "openalex", "answers.jsonl")
            raise errors.SourceError.at(path, 0, "an answer is odd.")
        return real(spec, *given)

    monkeypatch.setattr(graph_live, "make_content", make)
    with pytest.raises(errors.BuildError, match="The answers of openalex are dropped"):
        new_live_hub(WORK, out, created=DAY, transport=Hurried(live_sources()))
    n = server.requests
    made = new_live_hub(WORK, out, created=DAY, transport=Hurried(live_sources()))
    assert made.partial == ()
    assert server.count("openalex") == 2 * n["openalex"]
    assert server.count("s2") == n["s2"]


def test_a_build_that_fails_says_where_the_answers_are(server, tmp_path, monkeypatch):
    def make(*_given):
        raise errors.BuildError("Table source_counts: expected int32.")

    monkeypatch.setattr(graph_live, "make_content", make)
    with pytest.raises(errors.BuildError) as caught:
        new_live_hub(
            WORK, os.fspath(tmp_path / "hub"), created=DAY, transport=Hurried(live_sources())
        )
    assert f"kept in {tmp_path / 'hub.fetching'}; delete it" in str(caught.value)


# -- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["https://ex..org", "https://a" + "b" * 70 + ".org"])
def test_a_name_that_is_none_is_refused(monkeypatch, address):
    monkeypatch.setenv("CITEHUB_OPENALEX_URL", address)
    with pytest.raises(errors.BadArgument, match="CITEHUB_OPENALEX_URL"):
        Live(live_sources())
