"""Published folders to check: both frozen releases, a new build, and one of hostile texts."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

import citehub
from citehub.build import build_release
from citehub.publish import publish
from tests.conftest import SOURCE

# Markup of every format, quotes, characters that steer, break lines, or are not in the BMP.
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)> ]]> &amp; {{x}} $x$ | a_b_ "
    "*c* `d` ```e``` [f](javascript:alert(1)) ~~g~~ # h: - !!python/object:i 'j' \"k\" \\l %m @n "
    "--- \x1b[2J \x07 \x85 \u2028 \u202e \ufeff \U0001f388 M²RNN null: ~"
)
EDITS = {
    "hub.toml": {
        'title = "Citation hub of Megatron-Turing NLG 530B"': "title = {}",
        'keywords = ["citations"': "keywords = [{}",
        'title = "The citehub developers"': "title = {}",
        'title = "CC0 1.0 for the compilation; the column sources.rights gives the terms of each '
        'source"': "title = {}",
        'description = "What other sources know: authors, dates, venues, code, themes, and facts '
        'of the canonical work."': "description = {}",
    },
}


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No check of these may need a network."""

    def refuse(*_: object) -> None:
        raise AssertionError("a test tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def toml(text: str) -> str:
    """Return a text as a TOML string."""
    letters = (
        letter if letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08x}"
        for letter in text
    )
    return f'"{"".join(letters)}"'


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release whose texts hold markup of every format."""
    source = tmp_path_factory.mktemp("hostile") / "source"
    shutil.copytree(SOURCE, source)
    hub = (source / "hub.toml").read_text(encoding="utf-8")
    for old, new in EDITS["hub.toml"].items():
        assert old in hub, old
        hub = hub.replace(old, new.format(toml(HOSTILE)))
    hub = hub.replace("\ndata_limitations = ", f"\ndata_social_impact = {toml(HOSTILE)}\n\\g", 1)
    hub = hub.replace("\n\\g", "\ndata_limitations = ", 1)
    (source / "hub.toml").write_text(hub, encoding="utf-8")
    listed = (source / "sources.csv").read_text(encoding="utf-8")
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    listed = listed.replace(",NVIDIA/Megatron-LM repository,", f",{quoted},")
    listed = listed.replace(",curation,CC0 1.0,", f",curation,{quoted},")
    address = "https://github.com/liguodongiot/llm-action"
    listed = listed.replace(address, f"{address}/a b)<i>`|\u202e")
    (source / "sources.csv").write_text(listed, encoding="utf-8")
    for name in ("hub-page.txt", "works.csv"):
        text = (source / name).read_text(encoding="utf-8")
        title = "OPT: Open Pre-trained Transformer Language Models"
        assert title in text
        text = text.replace(title, "<script>alert('x')</script> =1+1 \x1b[2J \u202e")
        (source / name).write_text(text, encoding="utf-8")
    return Path(build_release(source, "1.1.0", out=source.parent / "out"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release as it is built now."""
    return Path(build_release(SOURCE, "1.1.0", out=tmp_path_factory.mktemp("built") / "out"))


@pytest.fixture(scope="session", params=["1.0.0", "1.1.0", "built", "hostile"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published folder."""
    out = tmp_path_factory.mktemp("published") / "folder"
    if request.param in {"built", "hostile"}:
        hub = citehub.load(request.getfixturevalue(request.param))
    else:
        hub = citehub.load("mt-nlg", version=request.param)
    return Path(publish(hub, os.fspath(out)))


@pytest.fixture
def published(folder: Path) -> citehub.Hub:
    """The hub in a published folder."""
    return citehub.load(folder)
