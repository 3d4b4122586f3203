"""The README: its two commands, and its examples, which run as they stand."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOT_QUICK
from tests.live.server import serve, world

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
    if line.startswith("citehub") and not line.startswith("citehub build")
]


def test_it_opens_with_the_two_commands():
    language, block = BLOCKS[0]
    assert language == "sh"
    first, second = block.splitlines()
    assert first == "python -m pip install . && citehub show mt-nlg"
    newest_pip, install, packages, tests = second.split(" && ")
    assert newest_pip == "python -m pip install -U pip"  # older ones know no groups
    assert install == "python -m pip install -e . --group test"
    assert packages == "npm --prefix explorer ci"
    assert tests == "python -m pytest -n auto"


def test_what_the_first_command_prints_is_what_it_prints():
    shown = next(block for language, block in BLOCKS if language == "text")
    environment = {**os.environ, "COLUMNS": "80"}
    command = [sys.executable, "-m", "citehub", "show", "mt-nlg"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert shown == done.stdout


@pytest.mark.parametrize("block", [block for language, block in BLOCKS if language == "python"])
def test_python_examples_run(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(block, "README.md", "exec"), {"__name__": "readme"})


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    """Where sources are asked: a server on this computer."""
    folder = world(tmp_path_factory.mktemp("world") / "dumps", 500, citations=8)
    with serve(folder) as server:
        yield server.env


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_command_line_examples_run(command, tmp_path, addresses):
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    script = command.replace("citehub ", f"{sys.executable} -m citehub ", 1)
    done = subprocess.run(
        ["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, **addresses},
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert done.stdout or len(list(tmp_path.iterdir())) > 1


def test_there_are_examples_for_each_way_of_reading():
    python = "".join(block for language, block in BLOCKS if language == "python")
    for call in ("to_pandas", "to_polars", "duckdb.sql", "version=", "cite()"):
        assert call in python
    assert len(COMMANDS) >= 5


def test_the_marks_of_tests_are_explained(pytestconfig):
    declared = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    assert declared >= set(NOT_QUICK)
    contribute = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [mark for mark in NOT_QUICK if f"`{mark}`" not in contribute] == []


def test_links_to_files_lead_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target
