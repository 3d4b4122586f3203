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
FACTORY = DOCS / "guide" / "make-a-hub.md"  # its commands need one another: it runs them itself
BLOCKS = [
    pytest.param(block, id=f"{path.parent.name}/{path.stem}-{number}")
    for path in sorted({*DOCS.glob("guide/*.md"), *DOCS.glob("releases/*.md")} - {FACTORY})
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


def test_the_commands_that_a_page_shows_are_those_that_it_runs():
    page = FACTORY.read_text("utf-8")
    shown = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    ran = re.findall(r'^made = shell\("""\n(.*?)^"""\)$', page, re.MULTILINE | re.DOTALL)
    assert [block for block in shown if "pip install" not in block] == ran
    assert len(ran) >= 4
