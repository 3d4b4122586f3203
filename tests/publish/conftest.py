"""Published folders to check: both frozen releases, a new build, and one of hostile texts."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

import citehub
from citehub.build import build_release
from citehub.publish import publish
from tests.conftest import HUB, copy_sources, source_file

# Markup of every format, quotes, characters that steer, break lines, or are not in the BMP.
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)> ]]> &amp; {{x}} $x$ | a_b_ "
    "*c* `d` ```e``` [f](javascript:alert(1)) ~~g~~ # h: - !!python/object:i 'j' \"k\" \\l %m @n "
    "--- \x1b[2J \x07 \x85 \u2028 \u202e \ufeff \U0001f388 M²RNN null: ~"
)
CSV = '"' + HOSTILE.replace('"', '""') + '"'
TITLE = "OPT: Open Pre-trained Transformer Language Models"
HOSTILE_TITLE = "<script>alert('x')</script> =1+1 \x1b[2J \u202e"
ADDRESS = "https://github.com/liguodongiot/llm-action"


def stored(table: citehub.Table) -> list[dict[str, Any]]:
    """Return the rows of a table as its file has them, without columns of newer schemas."""
    return [{name: row[name] for name in table.columns} for row in table]


def toml(text: str) -> str:
    """Return a text as a TOML string."""
    letters = (
        letter if letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08x}"
        for letter in text
    )
    return f'"{"".join(letters)}"'


EDITS = [
    ("hub.toml", 'title = "Citation hub of Megatron-Turing NLG 530B"', f"title = {toml(HOSTILE)}"),
    ("hub.toml", 'keywords = ["citations"', f"keywords = [{toml(HOSTILE)}"),
    ("hub.toml", 'title = "The citehub developers"', f"title = {toml(HOSTILE)}"),
    ("hub.toml", 'title = "CC0 1.0 for', f"title = {toml(HOSTILE)} # "),
    ("hub.toml", 'description = "What other', f"description = {toml(HOSTILE)} # "),
    ("hub.toml", "\ndata_biases", f"\ndata_social_impact = {toml(HOSTILE)}\ndata_biases"),
    ("sources.csv", ",NVIDIA/Megatron-LM repository,", f",{CSV},"),
    ("sources.csv", ",curation,CC0 1.0,", f",curation,{CSV},"),
    ("sources.csv", ADDRESS, f"{ADDRESS}/a b)<i>`|\u202e"),
    ("hub-page.txt", TITLE, HOSTILE_TITLE),
    ("works.csv", TITLE, HOSTILE_TITLE),
]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No check of these may need a network."""

    def refuse(*_: object) -> None:
        raise AssertionError("a test tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release whose texts hold markup of every format."""
    source = copy_sources(tmp_path_factory.mktemp("hostile") / "my-hub")
    for name, old, new in EDITS:
        path = source_file(source, name)
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new), encoding="utf-8")
    return Path(build_release(source, "1.1.0", out=source.parent / "out"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release as it is built now."""
    return Path(build_release(HUB, "1.1.0", out=tmp_path_factory.mktemp("built") / "out"))


EXTREMES = pytest.mark.parametrize("folder", ["1.0.0", "hostile"], indirect=True)
"""For what takes seconds a folder: the oldest and smallest release, the newest and worst."""


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
