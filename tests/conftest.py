"""Which tests run where, and fixtures: the installed hub, and copies of it to damage."""

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

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SOURCE = Path(_catalog.datasets_folder()) / "mt-nlg" / "source"

NOT_QUICK = ("browser", "cluster", "node", "slow")  # marks; pyproject.toml says what they mean
MARKED_BY = {"browser": "browser", "spark": "cluster", "find_node": "node", "site": "slow"}
"""Fixtures whose users need no mark of their own."""
LARGE = (
    "site", "graph/test_cluster.py", "graph/test_engines.py", "publish/test_croissant.py",
    "publish/test_data_package.py", "publish/test_hugging_face.py", "publish/test_ro_crate.py",
    "test_display.py", "test_docstrings.py", "test_notebooks.py",
)  # fmt: skip
"""What imports libraries that the extra ``quick`` does not bring."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick",
        action="store_true",
        help=f"leave out what is marked {', '.join(NOT_QUICK)}, or needs large libraries",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if config.getoption("quick") and collection_path in {TESTS / name for name in LARGE}:
        return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures they use, and tell pytest-xdist which belong together."""
    for item in items:
        for fixture, mark in MARKED_BY.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    if config.getoption("quick"):
        left = [item for item in items if not any(map(item.get_closest_marker, NOT_QUICK))]
        config.hook.pytest_deselected(items=[item for item in items if item not in left])
        items[:] = left


def _group(item: pytest.Item) -> str:
    """Name the tests that one worker runs: one Chromium, one Spark, one set of fixtures a file."""
    if TESTS / "site" in item.path.parents:
        return "site"
    return "cluster" if item.get_closest_marker("cluster") else str(item.path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if terminalreporter.config.getoption("quick"):
        terminalreporter.write_line(
            f"Left out: tests marked {', '.join(NOT_QUICK)}, and {', '.join(LARGE)}. "
            "The README's second command runs them all."
        )


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
