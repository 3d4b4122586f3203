"""What goes wrong on the way: told or survived, and the run after ends as an undisturbed one."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import random
import socket
import threading
import time

import pytest

from citehub import errors
from citehub.graph import new_live_hub
from citehub.live import transport
from citehub.live.fetch import fetch
from citehub.live.transport import Live
from citehub.sources import openalex_api, semantic_scholar_api
from citehub.sources.answers import contents
from citehub.sources.registry import live_sources
from tests.live.conftest import WORK
from tests.live.faults import FAULTS, PAGED, TRANSIENT, Fault, RandomFaults, always

KEYS = {"OPENALEX_API_KEY": "sesame-openalex", "S2_API_KEY": "sesame-s2"}
N_RUNS = 200


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    """Have lists of several pages."""
    monkeypatch.setattr(openalex_api, "_PAGE", 5)
    monkeypatch.setattr(semantic_scholar_api, "_PAGE", 6)
    monkeypatch.setattr(semantic_scholar_api, "_BATCH", 7)
    monkeypatch.setattr(transport, "_READ_SECONDS", 2.0)
    monkeypatch.setattr(transport, "_ANSWER_SECONDS", 0.3)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def held(folder):
    """Return what the answers of a folder hold, by source."""
    return {
        name: list(contents(os.path.join(folder, name))) for name in sorted(os.listdir(folder))
    }


@pytest.fixture
def ask(live, tmp_path):
    """Fetch into a new folder, or one that is taken up again."""
    numbers = itertools.count()

    def fetch_it(name=None, asks=None, **how):
        out = tmp_path / (name or f"out-{next(numbers)}")
        return fetch(WORK, os.fspath(out), transport=asks or live(), **how)

    return fetch_it


_HELD: dict[str, list] = {}


@pytest.fixture
def undisturbed(server, ask):
    """What is fetched where nothing goes wrong."""
    if not _HELD:
        _HELD.update(held(ask("undisturbed").folder))
        server.forget()
    return dict(_HELD)


def no_secret(tmp_path, *texts):
    for text in texts:
        assert "sesame" not in text
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            data += gzip.decompress(data) if path.suffix == ".gz" else b""
            assert b"sesame" not in data, path


@pytest.mark.parametrize("name", TRANSIENT)
def test_what_goes_wrong_once_is_asked_again(server, ask, undisturbed, name):
    sources = ("openalex", "s2", "opencitations")
    server.faults = [(each, Fault(name, after=after)) for after, each in enumerate(sources)]
    got = ask()
    assert got.failed == {}
    assert held(got.folder) == undisturbed


@pytest.mark.parametrize("source", ["openalex", "s2", "opencitations"])
@pytest.mark.parametrize("name", [each for each in FAULTS if each not in PAGED])
def test_what_goes_on_costs_one_source_and_is_told(
    server, ask, undisturbed, tmp_path, name, source
):
    server.faults = [(source, always(name, seconds=0.3))]
    got = ask()
    if name == "401 cursor" and source != "openalex":
        assert got.failed == {}
        return
    assert list(got.failed) == [source], name
    assert source not in got.lists
    said = got.failed[source]
    assert said[0].isupper()
    assert "Traceback" not in said
    no_secret(tmp_path, said, *got.notes)
    found = held(got.folder)
    assert source not in found
    if source == "openalex":  # else OpenCitations is asked for more
        assert found["s2"] == undisturbed["s2"]
    if name in {"429 long", "429 budget"}:
        assert "come back" in said
    server.faults = []
    assert held(ask().folder) == undisturbed


def test_where_no_source_answers_all_are_named_and_what_came_is_kept(server, ask, undisturbed):
    server.faults = [
        ("cites", always("503")), ("/citations?", always("503")), ("/index/", always("503"))
    ]  # fmt: skip
    with pytest.raises(errors.Unreachable) as caught:
        ask("again")
    for each in ("OpenAlex fails with 503", "Semantic Scholar", "OpenCitations", "are kept in"):
        assert each in str(caught.value)
    server.faults = []
    server.forget()
    got = ask("again")
    assert held(got.folder) == undisturbed
    assert server.count("openalex", "doi:") == 0  # what is stored is not asked for again


@pytest.mark.parametrize("how", ["new", "same", "empty"])
def test_a_cursor_without_end_ends(server, ask, how):
    server.faults = [("openalex", always("endless cursor", how=how))]
    got = ask()
    n_pages = server.count("openalex", "cites")
    if how == "empty":
        assert got.failed == {}
        assert got.lists["openalex"].announced == got.lists["openalex"].received
    else:
        assert "repeat and do not end" in got.failed["openalex"]
    assert n_pages < 20


def test_a_page_that_repeats_is_asked_for_anew_and_then_told(server, ask, undisturbed):
    server.faults = [("openalex", Fault("repeated page"))]
    got = ask()
    assert got.failed == {}
    assert held(got.folder) == undisturbed
    server.faults = [("openalex", always("repeated page"))]
    got = ask()
    short = got.lists.get("openalex")
    told = [*got.notes, *got.failed.values()]
    assert any("OpenAlex" in each for each in told)
    assert short is None or short.received < short.announced


@pytest.mark.parametrize("source", ["openalex", "s2"])
def test_a_count_that_does_not_match_is_told_and_kept(server, ask, source):
    before = ask().lists[source]
    server.faults = [(source, always("wrong count", amount=7))]
    got = ask()
    listed = got.lists[source]
    assert (listed.received, listed.announced) == (before.received, before.announced + 7)
    assert any(f"announces {listed.announced}" in each for each in got.notes)
    with open(os.path.join(got.folder, source, "read.json"), encoding="utf-8") as file:
        assert json.load(file)["announced"] == listed.announced


def test_a_work_that_is_merged_between_two_pages_is_there_once(server, ask):
    server.faults = [("openalex", Fault("merged between pages"))]
    got = ask()
    assert got.failed == {}
    listed = got.lists["openalex"]
    assert listed.announced == listed.received
    works = [
        work["id"]
        for each in contents(os.path.join(got.folder, "openalex"))
        if "filter" in dict(each.params) and dict(each.params)["filter"].startswith("cites")
        for work in each.content["results"]
    ]
    assert len(works) == len(set(works)) == listed.received


@pytest.mark.parametrize("seed", range(N_RUNS))
def test_at_random_moments_nothing_is_lost_and_nothing_is_short(
    server, ask, undisturbed, tmp_path, seed
):
    rate = random.Random(seed).choice([0.1, 0.3, 0.6])
    server.faults = RandomFaults(seed, rate, row=9 if seed % 3 == 0 else 2)
    whole = None
    try:
        got = ask("hub")
    except errors.FetchError as error:
        no_secret(tmp_path, str(error))
        assert not (tmp_path / "hub").exists() or not os.listdir(tmp_path / "hub")
    else:
        no_secret(tmp_path, *got.failed.values())
        found = held(got.folder)
        for name in found.keys() - {"opencitations"}:  # which is asked for what others lack
            assert found[name] == undisturbed[name]
        whole = not got.failed
    server.faults = []
    assert held(ask("hub" if whole is None else "after").folder) == undisturbed


class Killed(BaseException):
    """What ends a process at once."""


class Mortal:
    """A transport that dies at a request."""

    def __init__(self, inner, at):
        self.inner, self.left = inner, at

    def has_key(self, source):
        return self.inner.has_key(source)

    def ask(self, source, asked, due):
        self.left -= 1
        if self.left < 0:
            raise Killed
        return self.inner.ask(source, asked, due)


@pytest.mark.parametrize("at", range(0, 24, 3))
def test_a_run_that_is_cut_off_goes_on_where_it_was(server, ask, live, undisturbed, at):
    n_all = sum(len(each) for each in undisturbed.values())
    try:
        ask("hub", asks=Mortal(live(), at))
    except Killed:
        assert server.count() == at
    if at < n_all:
        assert held(ask("hub").folder) == undisturbed
        assert server.count() == n_all


def test_what_a_killed_process_left_half_written_is_asked_for_again(
    ask, live, undisturbed, tmp_path
):
    with pytest.raises(Killed):
        ask("hub", asks=Mortal(live(), 6))
    for path in (tmp_path / "hub.fetching").rglob("answers.jsonl"):
        path.write_bytes(path.read_bytes()[:-40])
    for path in list((tmp_path / "hub.fetching").rglob("*.gz"))[:1]:
        path.write_bytes(b"")
    assert held(ask("hub").folder) == undisturbed


def test_answers_of_yesterday_are_asked_for_again(server, ask, live, undisturbed, tmp_path):
    with pytest.raises(Killed):
        ask("hub", asks=Mortal(live(), 6))
    for path in (tmp_path / "hub.fetching").rglob("answers.jsonl"):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        lines = (json.dumps({**row, "at": "2026-01-01T00:00:00Z"}) for row in rows)
        path.write_text("".join(f"{line}\n" for line in lines))
    server.forget()
    assert held(ask("hub").folder) == undisturbed
    assert server.count() == sum(len(each) for each in undisturbed.values())


def test_no_host_is_asked_more_often_than_allowed(server, tmp_path):
    transport = Live(live_sources())
    for pacer in transport._pacers.values():
        pacer.interval /= 4
    fetch(WORK, os.fspath(tmp_path / "hub"), transport=transport)
    for source in live_sources():
        gaps = server.gaps(source.id)  # as the server comes to note them
        assert sum(gaps) >= len(gaps) * source.api.interval / 4 * 0.95
        assert min(gaps) >= source.api.interval / 8


def test_no_network_is_said_after_one_try_of_two_seconds_at_most(monkeypatch, tmp_path):
    tried, real = [], socket.create_connection

    def connect(place, timeout):
        tried.append((place, timeout))
        return real(place, timeout)

    monkeypatch.setattr(transport.socket, "create_connection", connect)
    for source in live_sources():
        monkeypatch.setenv(source.api.url_variable, "http://127.0.0.1:9/nobody")
    with pytest.raises(errors.Unreachable, match=r"127\.0\.0\.1 cannot be reached: there is no"):
        new_live_hub(WORK, os.fspath(tmp_path / "hub"))
    assert tried == [(("127.0.0.1", 9), 2.0)]
    assert list(tmp_path.glob("hub*")) == []


def test_a_network_that_hangs_is_given_up_for_all_sources_at_once(monkeypatch, tmp_path):
    waits, hang = [], threading.Event()

    def connect(*_, **__):
        hang.wait()
        raise TimeoutError

    monkeypatch.setattr(transport.socket, "create_connection", connect)
    get = transport.queue.Queue.get
    monkeypatch.setattr(
        transport.queue.Queue,
        "get",
        lambda self, timeout: waits.append(timeout) or get(self, timeout=0.01),
    )
    for number, source in enumerate(live_sources()):
        monkeypatch.setenv(source.api.url_variable, f"http://127.0.0.1:{number + 9}/nobody")
    with pytest.raises(errors.Unreachable, match="cannot be reached"):
        new_live_hub(WORK, os.fspath(tmp_path / "hub"))
    hang.set()
    assert len(waits) == 1
    assert waits[0] <= transport.CONNECT_SECONDS == 2.0


def test_a_clock_that_is_wrong_is_told_and_not_believed(server, live, tmp_path, monkeypatch):
    server.skew = 40 * 86_400.0
    got = fetch(WORK, os.fspath(tmp_path / "hub"), transport=live())
    assert got.failed == {}
    with open(os.path.join(got.folder, "s2", "read.json"), encoding="utf-8") as file:
        day = json.load(file)["read_on"]
    assert day != time.strftime("%Y-%m-%d", time.gmtime())
