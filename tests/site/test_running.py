"""What runs the pages' code: as Python and Jupyter do, and loudly where it fails."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).parents[2] / "docs" / "_extensions"
SERVE = "import sys, warm_python; warm_python.serve(sys.argv[1])"
RUN = """
import json, sys
from pathlib import Path
import run_ahead
out = sys.stdout
shown, _ = run_ahead.run_cells(Path(sys.argv[1]), json.loads(sys.argv[2]))
out.write(json.dumps(shown))
"""


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A Python that asks a server."""
    sys.path.insert(0, str(EXTENSIONS))
    try:
        import warm_python
    finally:
        sys.path.remove(str(EXTENSIONS))
    script, address = warm_python.install(str(tmp_path_factory.mktemp("warm")))
    with subprocess.Popen([sys.executable, "-c", SERVE, address], cwd=EXTENSIONS) as server:
        while not Path(address).exists() and server.poll() is None:
            time.sleep(0.01)
        yield script
        server.terminate()


@pytest.mark.parametrize(
    "words",
    [
        [
            "-c",
            "import os, sys; print(os.getcwd(), os.environ['WHO'], sys.argv); sys.exit(3)",
            "a",
        ],
        ["-c", "import sys; print('one', file=sys.stderr); print('two'); sys.exit('three')"],
        ["-P", "-c", "input('asked '); 1 / 0"],
        ["-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"],
        ["-m", "citehub", "--version"],
        ["-m", "citehub", "show", "no-such-hub"],
        ["--version"],
    ],
    ids=["arguments", "streams", "traceback", "signal", "module", "its error", "no command"],
)
def test_a_warm_python_does_what_python_does(warm, tmp_path, words):
    def run(python):
        done = subprocess.run(
            [python, *words], cwd=tmp_path, env={"WHO": "me", "PYTHONUNBUFFERED": "1"}, text=True,
            input="text\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        code = done.returncode if done.returncode >= 0 else 128 - done.returncode
        return code, [line for line in done.stdout.splitlines() if not line.startswith("  ")]

    assert run(warm) == run(sys.executable)


def run_cells(folder: Path, *cells: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", RUN, str(folder / "page.md"), json.dumps(cells)]
    return subprocess.run(words, cwd=EXTENSIONS, capture_output=True, text=True, check=False)


def test_cells_show_what_a_kernel_shows_in_order(tmp_path):
    cells = [
        "import os, sys; from IPython.display import HTML, display; x = 1",
        "print(x); print('b'); display(HTML('<b>c</b>')); print('d', file=sys.stderr); x + 1",
        "os.getcwd();",
        "os.getcwd()",
    ]
    done = run_cells(tmp_path, *cells)
    assert done.returncode == 0, done.stderr
    outputs = [[(each["output_type"], each.get("text") or each["data"]) for each in shown]
               for shown, _ in json.loads(done.stdout)]  # fmt: skip
    html = {"text/html": "<b>c</b>", "text/plain": "<IPython.core.display.HTML object>"}
    assert outputs == [
        [],
        [("stream", "1\nb\n"), ("display_data", html), ("stream", "d\n"),
         ("execute_result", {"text/plain": "2"})],
        [],
        [("execute_result", {"text/plain": repr(str(tmp_path))})],
    ]  # fmt: skip


@pytest.mark.parametrize("cell", ["1 / 0", "x = = 1"])
def test_a_cell_that_fails_ends_the_build_and_is_named(tmp_path, cell):
    done = run_cells(tmp_path, "a = 1", cell, "print('not reached')")
    assert done.returncode == 1
    assert f"page.md: this cell fails:\n{cell}\n" in done.stderr
    assert "not reached" not in done.stdout
