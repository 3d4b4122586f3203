"""Pages of the guide that run what they show; those that do not: test_visible_code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PAGES_ON_CODE = [DOCS / "architecture.md", CONTRIBUTING, ROOT / "RELEASING.md"]
FILE = re.compile(r"`([\w./-]+(?:\.(?:py|js|ts|md|toml)|/))`")
MADE = {"source/", "hub.toml", "CURATION.md"}  # in a hub folder
FACTORY = [DOCS / "guide" / f"{name}.md" for name in ("make-a-hub", "dumps")]
"""Pages whose commands need one another: they run them themselves."""


@pytest.mark.parametrize(("page", "least"), [(FACTORY[0], 10), (FACTORY[1], 2)])
def test_the_commands_that_a_page_shows_are_those_that_it_runs(page, least):
    text = page.read_text("utf-8")
    shown = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ran = re.findall(r'^made = shell\("""\n(.*?)^"""\)$', text, re.MULTILINE | re.DOTALL)
    assert [block for block in shown if "pip install" not in block] == ran
    assert len(ran) >= least


@pytest.mark.parametrize("page", PAGES_ON_CODE, ids=lambda path: path.stem)
def test_the_pages_on_the_code_name_files_that_are_there(page):
    package = ROOT / "citehub"
    parts = [package / name for name in ("sources", "build", "cli")]
    places = [ROOT, package, *parts, ROOT / "explorer" / "src", ROOT / "docs" / "_extensions"]
    named = set(FILE.findall(page.read_text("utf-8")))
    lost = [
        name
        for name in sorted(named - MADE)
        if "NAME" not in name and not any((folder / name).exists() for folder in places)
    ]
    assert lost == []
    assert len(named) >= 3


def test_the_checklists_name_what_is_in_the_files_that_they_name():
    """Renaming something that a list leads to fails here."""
    sections = re.split("^## Add ", CONTRIBUTING.read_text("utf-8"), flags=re.MULTILINE)[1:]
    lost = []
    for section in sections:
        paths = [ROOT / name for name in FILE.findall(section)]
        text = "\n".join(path.read_text("utf-8") for path in paths if path.is_file())
        steps = re.sub("^ *```.*?^ *```", "", section, flags=re.MULTILINE | re.DOTALL)
        names = re.findall(r"`(_?[a-z]+_\w+|_?[A-Z]\w+)`", steps)
        lost += [name for name in names if not re.search(rf"\b{name}\b", text)]
    assert set(lost) <= {"NAME"}
    assert len(sections) >= 6


def test_the_page_on_security_names_tests_that_are_there():
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w./-]+|\w+\.py)`", text)
    roots = (ROOT, ROOT / "tests" / "faults")
    assert [name for name in named if not any((root / name).exists() for root in roots)] == []
    assert len(named) > 10
