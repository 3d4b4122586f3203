"""Fixtures: the installed hub, and copies of it to damage."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import citehub
from citehub import _catalog, cli
from citehub.build import release

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
SOURCE = Path(_catalog.datasets_folder()) / "mt-nlg" / "source"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """A test that is skipped is a test that does not run: it fails."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped; no test of this project may be"
    return report


@pytest.fixture(scope="session")
def hub() -> citehub.Hub:
    return citehub.load("mt-nlg", version="1.1.0")


@pytest.fixture(scope="session")
def first() -> citehub.Hub:
    return citehub.load("mt-nlg", version="1.0.0")


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the datasets folder that citehub reads instead of its own."""
    folder = tmp_path / "datasets"
    shutil.copytree(_catalog.datasets_folder(), folder)
    for module in (_catalog, release):
        monkeypatch.setattr(module, "datasets_folder", lambda: os.fspath(folder))
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the hub's sources."""
    folder = tmp_path / "source"
    shutil.copytree(SOURCE, folder)
    return folder


@pytest.fixture
def edit(source: Path) -> Callable[[str, str, str], int]:
    """Replace a text in a copied source once; return the line where it stood."""

    def replace(name: str, old: str, new: str) -> int:
        path = source / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace


@pytest.fixture
def run(monkeypatch, capfdbinary):
    """Run the command line in this process; return exit code, output and messages."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["citehub", *words])
        monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        return code, captured.out, captured.err.decode()

    return call


@pytest.fixture
def say(run):
    """Run a command that succeeds; return its output as text."""

    def call(*words):
        code, out, err = run(*words)
        assert code == 0, err
        return out.decode()

    return call
