"""What pages run, notebooks and transcripts, is run beside the reading, in several processes.

Each page runs in a process of its own. It is forked from one that has loaded the libraries, and
nothing else: a page sees nothing of another, and does not wait for imports. A notebook's cells
run in IPython, as a kernel runs them, without a kernel's start and its ports. What they show goes
into the cache, where MyST-NB finds it. Sphinx first reads the pages that run nothing.

``sphinx -j N`` says how many processes run pages, and later write them. The reading is one.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import transcript
import warm_python
from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkServerProcess
    from multiprocessing.pool import AsyncResult, Pool

    from nbformat import NotebookNode
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

LOADED = [
    "IPython", "altair", "citehub.cli.maintainer", "citehub.display", "citehub.graph",
    "ibis.backends.duckdb", "pandas", "sphinx.cmd.build",
]  # fmt: skip
LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}
PATIENCE = 600  # seconds for one page


class Ahead(NamedTuple):
    """What runs: the processes, the results due, and how many processes Sphinx was given."""

    pool: Pool
    python: ForkServerProcess
    folder: tempfile.TemporaryDirectory[str]
    due: dict[str, tuple[NotebookNode | None, AsyncResult[Any]]]
    parallel: int


def start(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run what the pages to be read run, and put these pages last, in the order of their runs."""
    runs = {}
    for page in docnames:
        path = Path(env.doc2path(page))
        if path.suffix == ".md" and (found := _find_run(app, env, path)):
            runs[page] = found
    app.ahead = None  # type: ignore[attr-defined]
    if not runs:
        return
    os.environ.pop("FORCE_COLOR", None)  # which libraries look at as they are loaded
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    folder = tempfile.TemporaryDirectory(prefix="citehub-")
    script, address = warm_python.install(folder.name)
    python = context.Process(target=warm_python.serve, args=(address,), daemon=True)
    python.start()
    pool = context.Pool(min(app.parallel, len(runs)), _take_python, (script,), 1)
    commands = {
        page: Path(env.doc2path(page)).read_text("utf-8").count("citehub ") for page in runs
    }
    order = sorted(runs, key=lambda page: -commands[page])  # a command takes a notebook's time
    due = {page: (runs[page][0], pool.apply_async(*runs[page][1:])) for page in order}
    pool.close()
    app.ahead = Ahead(pool, python, folder, due, app.parallel)
    app.parallel = 1
    docnames[:] = [*(page for page in docnames if page not in due), *due]


def _find_run(
    app: Sphinx, env: BuildEnvironment, path: Path
) -> tuple[NotebookNode | None, Callable[..., Any], tuple[Any, ...]] | None:
    """Return the function that runs a page, and what it takes, unless the cache has the result."""
    from jupyter_cache import get_cache
    from myst_nb.core.read import create_nb_reader

    text = path.read_text(encoding="utf-8")
    if blocks := transcript.find(text):
        return None, transcript.run, (path, blocks)
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
    notebook = reader and reader.read(text)
    if not notebook:
        return None
    try:
        get_cache(app.config.nb_execution_cache_path).match_cache_notebook(notebook)
    except KeyError:
        cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        return notebook, run_cells, (path, cells)
    return None


def take(app: Sphinx, page: str, _source: list[str]) -> None:
    """Wait for what a page runs, and put it where the reading finds it."""
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    ahead: Ahead | None = app.ahead  # type: ignore[attr-defined]
    if ahead is None or page not in ahead.due:
        return
    notebook, result = ahead.due.pop(page)
    try:
        shown = result.get(PATIENCE)
    except multiprocessing.TimeoutError:
        raise ExtensionError(f"{page} ran for more than {PATIENCE} seconds") from None
    if notebook is None:
        app.env.temp_data["transcripts"] = iter(shown)
        return
    outputs, seconds = shown
    notebook.metadata.language_info = LANGUAGE
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = outputs.pop(0)
    bundle = CacheBundleIn(notebook, app.env.doc2path(page), data={"execution_seconds": seconds})
    cache = get_cache(app.config.nb_execution_cache_path)
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def end(app: Sphinx, _env: BuildEnvironment) -> None:
    """End the processes, and let Sphinx write with several."""
    ahead: Ahead | None = app.ahead  # type: ignore[attr-defined]
    if ahead is None:
        return
    ahead.pool.join()
    ahead.python.terminate()
    ahead.folder.cleanup()
    app.parallel = ahead.parallel


def _take_python(script: str) -> None:
    sys.executable = script


def run_cells(path: Path, cells: list[str]) -> tuple[list[tuple[list[NotebookNode], int]], float]:
    """Run the cells of a notebook in its folder; return what each shows, and the seconds."""
    os.chdir(path.parent)
    began, done = time.perf_counter(), []
    shown: list[NotebookNode] = []
    shell = _shell(shown)
    for source in cells:
        with redirect_stdout(_Stream("stdout", shown)), redirect_stderr(_Stream("stderr", shown)):
            result = shell.run_cell(source, store_history=True)
        if error := result.error_before_exec or result.error_in_exec:
            told = "".join(traceback.format_exception(error))
            raise ExtensionError(f"{path}: this cell fails:\n{source}\n{told}")
        done.append((list(shown), result.execution_count))
        shown.clear()
    return done, time.perf_counter() - began


def _shell(shown: list[NotebookNode]) -> Any:
    """Return IPython, which adds to a list what cells show."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from nbformat.v4 import new_output
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:
            shown.append(new_output("display_data", data=data, metadata=metadata or {}))

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            said = {"metadata": md_dict or {}, "execution_count": self.prompt_count}
            shown.append(new_output("execute_result", data=format_dict, **said))

        def finish_displayhook(self) -> None:
            pass

    InteractiveShell.display_pub_class = Publisher
    InteractiveShell.displayhook_class = Hook
    unwritten = Config({"HistoryManager": {"enabled": False}})  # that of whoever builds the site
    shell = InteractiveShell.instance(colors="nocolor", config=unwritten)
    shell.showtraceback = lambda *_, **__: None
    return shell


class _Stream(io.TextIOBase):
    """Adds what is printed to what a cell shows."""

    def __init__(self, name: str, shown: list[NotebookNode]) -> None:
        self._name, self._shown = name, shown

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        from nbformat.v4 import new_output

        last = self._shown[-1] if self._shown else {}
        if last.get("name") == self._name:
            last["text"] += text
        elif text:
            self._shown.append(new_output("stream", name=self._name, text=text))
        return len(text)


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("env-before-read-docs", start)
    app.connect("source-read", take)
    app.connect("env-updated", end)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
