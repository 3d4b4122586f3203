"""Which tests run where, and fixtures: the installed hub, and copies of it to damage."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

import citehub
from citehub import _catalog, cli

if TYPE_CHECKING:
    from collections.abc import Callable

TESTS = Path(__file__).parent
ROOT = TESTS.parent
HUB = Path(_catalog.datasets_folder()) / "mt-nlg"
SOURCE = HUB / "source"
ABOUT = ("hub.toml", "tables.json")  # what describes the hub, beside its sources
os.environ["CITEHUB_HOME"] = str(TESTS / "no-home")  # no hub of whoever runs the tests

NOT_QUICK = ("browser", "cluster", "node", "slow")  # marks; pyproject.toml says what they mean
MARKED_BY = {"browser": "browser", "spark": "cluster", "find_node": "node"}
"""Fixtures whose users need no mark of their own."""
SPARK = {f"tests/graph/test_{name}.py" for name in ("most_cited", "cluster", "engines")}
LARGE = (
    "citehub/display/figures.py", "citehub/notebooks.py", "tests/graph/test_cluster.py",
    "tests/graph/test_engines.py", "tests/publish/test_croissant.py",
    "tests/publish/test_data_package.py", "tests/publish/test_hugging_face.py",
    "tests/publish/test_public.py", "tests/publish/test_ro_crate.py", "tests/site",
    "tests/test_display.py", "tests/test_docstrings.py", "tests/test_notebooks.py",
    "tests/test_visible_code.py",
)  # fmt: skip
"""What needs libraries that the group ``quick`` does not bring."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick",
        action="store_true",
        help=f"leave out what is marked {', '.join(NOT_QUICK)}, or needs large libraries",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out tests that could not even be imported."""
    return True if config.getoption("quick") and _is_large(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures they use, and put first what takes longest."""
    slow = set()
    for item in items:
        for fixture, mark in MARKED_BY.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
        if group_of(item.nodeid) == "site":
            item.add_marker("slow")
        if item.get_closest_marker("slow"):
            slow.add(group_of(item.nodeid))
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _rank(group_of(item.nodeid), slow))
    if config.getoption("quick"):
        parted = ([], [])
        for item in items:
            has_mark = any(map(item.get_closest_marker, NOT_QUICK))
            parted[has_mark or _is_large(item.path)].append(item)
        items[:], left_out = parted
        config.hook.pytest_deselected(items=left_out)


def _is_large(path: Path) -> bool:
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).as_posix() in LARGE


def _rank(group: str, slow: set[str]) -> int:
    return ("site", "spark").index(group) if group in {"site", "spark"} else 3 - (group in slow)


def group_of(nodeid: str) -> str:
    """Name what one worker runs: the site with its Chromium, Spark with its JVM, or a file."""
    file = nodeid.partition("::")[0]
    if file.startswith("tests/site/"):
        return "site"
    return "spark" if file in SPARK else file


class Scheduler(LoadScopeScheduling):
    """Gives the tests of a group to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> Scheduler:
    return Scheduler(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    config = terminalreporter.config
    if config.getoption("quick"):
        files = ", ".join((*(config.getoption("ignore") or ()), *LARGE))
        terminalreporter.write_line(
            f"Left out: tests marked {', '.join(NOT_QUICK)}, and {files}. "
            "The README's second command runs them all."
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """A test that is skipped is a test that does not run: it fails."""
    return _without_skips((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """So does a file that skips all of its tests."""
    return _without_skips((yield))


def _without_skips(report: pytest.TestReport | pytest.CollectReport):
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped; no test of this project may be"
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
    monkeypatch.setattr(_catalog, "datasets_folder", lambda: os.fspath(folder))
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of hubs."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("CITEHUB_HOME", os.fspath(folder))
    return folder


def copy_sources(target: Path) -> Path:
    """Copy the hub folder without its releases."""
    target.mkdir()
    for name in ABOUT:
        shutil.copy(HUB / name, target)
    shutil.copytree(SOURCE, target / "source")
    return target


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the hub folder without releases."""
    return copy_sources(tmp_path / "my-hub")


def source_file(folder: Path, name: str) -> Path:
    """Return the path of what describes a hub folder, or of a source of it."""
    return folder / name if name in ABOUT else folder / "source" / name


@pytest.fixture
def edit(source: Path) -> Callable[[str, str, str], int]:
    """Replace a text in a copied source once; return the line where it stood."""

    def replace(name: str, old: str, new: str) -> int:
        path = source_file(source, name)
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
