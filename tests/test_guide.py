"""Pages of the guide that run what they show; those that do not: test_visible_code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
FACTORY = [DOCS / "guide" / f"{name}.md" for name in ("make-a-hub", "dumps")]
"""Pages whose commands need one another: they run them themselves."""


@pytest.mark.parametrize(("page", "least"), [(FACTORY[0], 10), (FACTORY[1], 2)])
def test_the_commands_that_a_page_shows_are_those_that_it_runs(page, least):
    text = page.read_text("utf-8")
    shown = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ran = re.findall(r'^made = shell\("""\n(.*?)^"""\)$', text, re.MULTILINE | re.DOTALL)
    assert [block for block in shown if "pip install" not in block] == ran
    assert len(ran) >= least


def test_the_page_on_the_code_names_files_that_are_there():
    text = (DOCS / "architecture.md").read_text("utf-8")
    root = DOCS.parent
    package = root / "citehub"
    parts = [package / name for name in ("sources", "build", "cli")]
    places = [root, package, *parts, root / "explorer" / "src", root / "docs" / "_extensions"]
    named = set(re.findall(r"`([\w./-]+(?:\.(?:py|js|ts|md|toml)|/))`", text))
    made = {"source/", "hub.toml", "CURATION.md"}  # in a hub folder
    lost = [
        name
        for name in sorted(named - made)
        if "NAME" not in name and not any((folder / name).exists() for folder in places)
    ]
    assert lost == []
    assert len(named) > 40


def test_the_page_on_security_names_tests_that_are_there():
    text = (DOCS.parent / "SECURITY.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w./-]+|\w+\.py)`", text)
    roots = (DOCS.parent, DOCS.parent / "tests" / "faults")
    assert [name for name in named if not any((root / name).exists() for root in roots)] == []
    assert len(named) > 10
