"""Fixtures: made worlds, servers that answer from them, and a clock that nobody waits for."""

from __future__ import annotations

import os
import time

import pytest

from citehub.live import fetch, settings, transport
from citehub.live.transport import Live
from citehub.sources.registry import live_sources
from tests.live.server import serve, world
from tests.live.worlds import read_world

WORK = "arxiv:2201.11990"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(scope="session")
def dumps(tmp_path_factory):
    """Dumps of a small world, in which about twenty works cite the one that is asked for."""
    return world(tmp_path_factory.mktemp("world") / "dumps", 2_000, citations=8)


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """Have no settings but those of a test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", os.fspath(tmp_path / "config"))
    monkeypatch.setenv("CITEHUB_HOME", os.fspath(tmp_path / "home"))
    for name in (*settings.names(), *PROXIES, *map(str.upper, PROXIES)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def known(dumps):
    """What the sources know of that world; whoever changes it has a copy."""
    return read_world(dumps)


@pytest.fixture(scope="session")
def running(known):
    """A server."""
    with serve(known) as started:
        yield started


@pytest.fixture
def server(running, monkeypatch):
    """A server whose addresses are set, and with which nothing is wrong."""
    running.faults, running.skew = (), 0.0
    running.interfaces["openalex"].moved.clear()
    running.forget()
    for name, value in running.env.items():
        monkeypatch.setenv(name, value)
    return running


class Hurry:
    """A clock that is as far ahead as was slept, so that no test waits."""

    def __init__(self):
        self.ahead = 0.0

    def now(self):
        return time.monotonic() + self.ahead

    def sleep(self, seconds):
        self.ahead += seconds


class Hurried(Live):
    """A transport that waits for nobody."""

    def __init__(self, sources):
        clock = Hurry()
        super().__init__(sources, clock.now, clock.sleep)


def asking(server, monkeypatch):
    """Have a server asked from now on; return what asks it."""
    for variable, address in server.env.items():
        monkeypatch.setenv(variable, address)
    return Hurried(live_sources())


@pytest.fixture
def live(server):
    """Make a transport that waits for nobody."""

    return lambda: Hurried(live_sources())


@pytest.fixture
def hurried(monkeypatch):
    """Have commands wait for nobody."""
    monkeypatch.setattr(transport, "Live", Hurried)
    monkeypatch.setattr(fetch, "Live", Hurried)
