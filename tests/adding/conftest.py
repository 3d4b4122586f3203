"""Fixtures: published folders of a made hub, and a server of folders that misbehaves on order."""

from __future__ import annotations

import os
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

import citehub
from citehub.live import settings, transport
from citehub.publish import publish
from tests.live.conftest import PROXIES, Hurried
from tests.made import make_hub

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = ("0.9.0", "0.10.0")


@pytest.fixture(scope="session")
def originals(tmp_path_factory):
    """Published folders of the hub ``made``, by version; whoever changes one has a copy."""
    folder = tmp_path_factory.mktemp("published")
    hub = make_hub(folder / "made", *VERSIONS)
    for version in VERSIONS:
        publish(citehub.load(hub, version=version), folder / version)
    return {version: folder / version for version in VERSIONS}


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """Have an empty home and cache, no settings, and a transport that waits for nobody."""
    monkeypatch.setenv("XDG_CONFIG_HOME", os.fspath(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(tmp_path / "cache"))
    monkeypatch.setenv("CITEHUB_HOME", os.fspath(tmp_path / "home"))
    for name in (*settings.names(), *PROXIES, *map(str.upper, PROXIES)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("CITEHUB_LOCK", raising=False)
    monkeypatch.setattr(transport, "Live", Hurried)
    monkeypatch.setattr(os, "fsync", lambda _file: None)  # which takes most of the time
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def home(tmp_path):
    """The home of hubs, which is not there yet."""
    return tmp_path / "home"


@pytest.fixture
def published(originals, tmp_path):
    """A copy of the published folder of 0.9.0."""
    return shutil.copytree(originals["0.9.0"], tmp_path / "published")


class Site(ThreadingHTTPServer):
    """Serves a folder; ``faults`` has, by the name of a file, what is done in place of that."""

    daemon_threads = True

    def __init__(self, folder: Path):
        super().__init__(("127.0.0.1", 0), _Visit)
        self.folder, self.faults, self.log, self.tags = folder, {}, [], True
        self.address = f"http://127.0.0.1:{self.server_port}/hub/"

    def asked(self, name: str) -> list[str]:
        """Return the ranges that were asked of a file."""
        return [range_ for path, range_ in self.log if path == name]

    def handle_error(self, *_):
        """Say nothing of clients that go away."""


class _Visit(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self):
        name = self.path.removeprefix("/hub/").partition("?")[0]
        self.server.log.append((name, self.headers.get("Range", "")))
        path = self.server.folder / name
        fault = self.server.faults.get(name)
        if fault is not None:
            fault(self)
        elif path.is_file():
            self.send(path.read_bytes())
        else:
            self.reply(404, b"no such file")

    def send(self, data: bytes, most: int | None = None):
        """Send a file, or the part that is asked for; no more than some bytes before a break."""
        tag = f'"{hash(data)}"'
        asked = self.headers.get("Range", "")
        status, start, headers = 200, 0, {"ETag": tag} if self.server.tags else {}
        if asked and self.headers.get("If-Range", tag) == tag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            status = 206
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.reply(status, data[start:], headers, most)

    def reply(self, status: int, body: bytes, headers=None, most: int | None = None):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if most is None else body[:most])
        self.close_connection = self.close_connection or most is not None

    def log_message(self, *_):
        pass


@pytest.fixture
def site(published):
    """A server of the published folder."""
    server = Site(published)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
