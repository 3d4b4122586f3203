"""What a type checker accepts of citehub's users, and what it rejects."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mypy import api

pytestmark = pytest.mark.slow
FOLDER = Path(__file__).parent / "typing"
ROOT = Path(__file__).parent.parent


def check(name, monkeypatch):
    """Run mypy over one file as a strict user would; return its report by line."""
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    report, trouble, _ = api.run(
        ["--strict", "--config-file=", "--enable-error-code=comparison-overlap",
         "--no-error-summary", "--hide-error-context", str(FOLDER / name)]
    )  # fmt: skip
    assert trouble == ""
    pattern = re.compile(rf"{re.escape(name)}:(\d+): error: .*(\[[a-z-]+\])$")
    lines = [line for line in report.splitlines() if ": error: " in line]
    found = [pattern.search(line) for line in lines]
    assert all(found), report
    return {int(match[1]): match[2] for match in found}


def test_good_uses_are_accepted(monkeypatch):
    assert check("good.py", monkeypatch) == {}


def test_mistakes_are_rejected_each_on_its_line(monkeypatch):
    lines = (FOLDER / "bad.py").read_text(encoding="utf-8").splitlines()
    expected = {
        number: match[1]
        for number, line in enumerate(lines, 1)
        if (match := re.search(r"# error: (\[.*\])$", line))
    }
    assert len(expected) >= 15
    assert check("bad.py", monkeypatch) == expected


@pytest.mark.parametrize("name", ["good.py", "bad.py"])
def test_files_for_the_checker_are_python(name):
    compile((FOLDER / name).read_text(encoding="utf-8"), name, "exec")
