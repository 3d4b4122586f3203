"""Transcripts: commands that ask sources, run against a server on loopback before a page is read.

The directive ``transcript`` holds commands, one a line. Each runs in a folder that all transcripts
of a page share, and the page shows what it prints. The server is that of the tests, and answers
from the dumps in ``guide/small-dumps``. Where a command would sleep between requests, its
clock jumps ahead.

Options of the directive:

``exits``
    The exit codes that are due, else 0 of each; another one ends the build.
``without``
    Words; what the server's dumps say of records with one of them is left out.
``alone``
    Have no server, and no addresses of one.
``files``
    Folders beside the page, copied to where the commands run.
``faults``
    What goes wrong, as ``s2 503``: a source or a part of a path, and a fault of the server.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DUMPS = HERE.parent / "guide" / "small-dumps"
WIDTH = 72  # letters, which a page has room for
_RUN = """
import runpy, sys, time

ahead, now = 0.0, time.monotonic

def sleep(seconds):
    global ahead
    ahead += seconds

time.sleep, time.monotonic = sleep, lambda: now() + ahead
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
_FENCE = re.compile(r"^```\{transcript\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_OPTION = re.compile(r":(\w+):\s*(.*)")
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\w+")


class Transcript(SphinxDirective):
    """Commands, and what they print."""

    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {
        "exits": directives.unchanged,
        "files": directives.unchanged,
        "without": directives.unchanged,
        "faults": directives.unchanged,
        "alone": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Show what the commands printed, which ran ahead."""
        text = next(self.env.temp_data["transcripts"])
        block = nodes.literal_block(text, text, language="text")
        self.set_source_info(block)
        return [block]


class Block(NamedTuple):
    """The commands of one transcript, one a line, and its options."""

    commands: list[str]
    options: dict[str, str]


def find(text: str) -> list[Block]:
    """Return the transcripts of a page."""
    found = []
    for fence in _FENCE.findall(text):
        lines = [line for line in fence.splitlines() if line.strip()]
        options = dict(match.groups() for line in lines if (match := _OPTION.fullmatch(line)))
        found.append(Block([line for line in lines if not _OPTION.fullmatch(line)], options))
    return found


def run(page: Path, blocks: list[Block]) -> list[str]:
    """Run the commands of a page, and return what each transcript shows."""
    with tempfile.TemporaryDirectory(prefix="citehub-") as folder:
        home = Path(folder).resolve() / "home"
        home.mkdir()
        return [_run_block(page, home, block) for block in blocks]


def _run_block(page: Path, home: Path, block: Block) -> str:
    options, shown = block.options, []
    due = options.get("exits", "").split() or ["0"] * len(block.commands)
    for name in options.get("files", "").split():
        shutil.copytree(page.parent / name, home / name)
    with _serve(home, options.get("without", "").split()) as server:
        server.faults = _faults(options.get("faults", ""))
        addresses = {} if "alone" in options else server.env
        for command, code in zip(block.commands, due, strict=True):
            done = _run(command, home, addresses)
            said = _ADDRESS.sub("http://127.0.0.1", done.stdout).replace(str(home), ".")
            if done.returncode != int(code):
                raise ExtensionError(f"{command} exits with {done.returncode}:\n{said}")
            lines = [f"$ {command}", *said.rstrip().splitlines(), ""]
            shown += [part for line in lines for part in _wrap(line)]
    return "\n".join(shown).rstrip()


def _wrap(line: str) -> list[str]:
    """Return a line as a terminal breaks it; one that fits stays as it is."""
    return [line] if len(line) <= WIDTH else textwrap.wrap(line, WIDTH)


def _serve(home: Path, without: list[str]) -> Any:
    """Serve the small dumps, without the records that hold any of some words."""
    if str(ROOT) not in sys.path:
        sys.path.append(str(ROOT))  # last, so that the citehub that is installed stays first
    from tests.live.server import serve
    from tests.live.worlds import leave_out

    dumps = home.parent / f"dumps-{'-'.join(without)}"
    if not dumps.exists():
        shutil.copytree(DUMPS, dumps)
        leave_out(dumps, without)
    return serve(dumps)


def _faults(text: str) -> list[tuple[str, Any]]:
    from tests.live.faults import always

    return [
        (who, always(name))
        for who, _, name in (each.partition(" ") for each in text.split(";") if each)
    ]


def _run(command: str, home: Path, addresses: dict[str, str]) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    own = {"XDG_CONFIG_HOME": str(home.parent / "config"), "CITEHUB_HOME": str(home / "hubs")}
    return subprocess.run(  # noqa: PLW1510, S603 -- the page holds the commands; its exit is looked at
        [sys.executable, "-P", "-c", _RUN, *shlex.split(command)],
        cwd=home, env={**plain, **addresses, **own, "COLUMNS": str(WIDTH)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.add_directive("transcript", Transcript)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
