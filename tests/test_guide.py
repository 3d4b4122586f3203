"""The guide's commands, which run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
DOCS = Path(__file__).parent.parent / "docs"
FACTORY = [DOCS / "guide" / f"{name}.md" for name in ("make-a-hub", "dumps")]
"""Pages whose commands need one another: they run them themselves."""
BLOCKS = [
    pytest.param(block, id=f"{path.parent.name}/{path.stem}-{number}")
    for path in sorted({*DOCS.glob("guide/*.md"), *DOCS.glob("releases/*.md")} - {*FACTORY})
    for number, block in enumerate(
        re.findall(r"^```sh\n(.*?)^```$", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    )
    if "pip install" not in block and "make release" not in block
]


@pytest.mark.parametrize("block", BLOCKS)
def test_commands_run(block, tmp_path):
    shell = f'set -euo pipefail\ncitehub() {{ "{sys.executable}" -m citehub "$@"; }}\n'
    script = shell + block
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert done.stdout


def test_there_are_commands_to_run():
    assert len(BLOCKS) >= 6


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
    places = [root, package, *parts, root / "explorer" / "src"]
    named = set(re.findall(r"`([\w./-]+(?:\.(?:py|js|ts|md|toml)|/))`", text))
    made = {"source/", "hub.toml", "CURATION.md"}  # in a hub folder
    lost = [
        name
        for name in sorted(named - made)
        if "NAME" not in name and not any((folder / name).exists() for folder in places)
    ]
    assert lost == []
    assert len(named) > 40
