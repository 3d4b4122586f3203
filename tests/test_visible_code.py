"""The code that a page shows, pasted in order by a reader who has nothing but the package."""

from __future__ import annotations

import ast
import builtins
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of other libraries
DOCS = Path(__file__).parent.parent / "docs"
FACTORY = {"guide/make-a-hub", "guide/dumps"}
"""Pages that run their commands and Python themselves, in one folder (see test_guide)."""
HEAVY = {f"guide/{name}" for name in ("build", "export", "load", "publish")}
FENCE = re.compile(
    r"^(`{3,})(?:\{code-cell\} )?(python|sh)\n(:tags: [^\n]*\n)?(.*?)^\1$",
    re.MULTILINE | re.DOTALL,
)


def visible(text):
    """Return the language and text of what a reader sees with a button to copy it."""
    blocks = [(kind, code) for _, kind, tags, code in FENCE.findall(text) if not tags]
    return [each for each in blocks if "pip install" not in each[1]]


PAGES = {
    path.relative_to(DOCS).with_suffix("").as_posix(): path.read_text("utf-8")
    for path in sorted(DOCS.rglob("*.md"))
    if "_build" not in path.parts and "papers" not in path.parts
}
SHOWN = {page: blocks for page, text in PAGES.items() if (blocks := visible(text))}


def type_in(code, run):
    """Run commands one by one, in this process unless a pipe needs a shell."""
    for line in code.replace("\\\n", " ").splitlines():
        if "|" in line:
            shell = (
                f'set -eo pipefail; citehub() {{ "{sys.executable}" -m citehub "$@"; }}; {line}'
            )
            done = subprocess.run(["bash", "-c", shell], check=False, capture_output=True)
            ended, out, err = done.returncode, done.stdout, done.stderr
        else:
            ended, out, err = run(*shlex.split(line, comments=True)[1:])
        assert ended == 0, err
        assert out or " -o " in line


def paste(page, blocks, run):
    """Paste blocks as a reader does: Python into one interpreter, commands into a shell."""
    space = {"__name__": "__main__"}
    for kind, code in blocks:
        if kind == "sh":
            type_in(code, run)
        else:
            exec(compile(code, page, "exec"), space)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[pytest.mark.slow] * (page in HEAVY))
        for page in sorted(SHOWN.keys() - FACTORY)
        if not page.startswith("tables/")  # run in tests/site/test_content.py
    ],
)
def test_the_visible_code_of_a_page_runs_in_order(page, tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    paste(page, SHOWN[page], run)


def unbound(blocks):
    """Return the names that Python uses, and that no code before has made."""
    bound, lost = set(dir(builtins)), []
    for code in (code for kind, code in blocks if kind == "python"):
        nodes = list(ast.walk(ast.parse(code)))
        names = [each for each in nodes if isinstance(each, ast.Name)]
        bound |= {each.id for each in names if isinstance(each.ctx, ast.Store)}
        bound |= {each.arg for each in nodes if isinstance(each, ast.arg)}
        bound |= {each.name for each in nodes if isinstance(each, ast.FunctionDef)}
        bound |= {(each.asname or each.name) for each in nodes if isinstance(each, ast.alias)}
        lost += [each.id for each in names if each.id not in bound]
    return lost


@pytest.mark.parametrize("page", sorted(FACTORY))
def test_the_visible_code_of_a_page_of_dumps_needs_no_hidden_code(page):
    assert unbound(SHOWN[page]) == []
    assert len(SHOWN[page]) > 5


def test_a_name_that_only_hidden_code_has_is_found(run):
    hidden = "```{code-cell} python\n:tags: [remove-input]\nx = 1\n```\n\n"
    shown = "```{code-cell} python\nprint(x)\n```\n"
    assert unbound(visible(hidden + shown)) == ["x"]
    with pytest.raises(NameError):
        paste("page", visible(hidden + shown), run)


def test_code_is_shown_or_left_to_the_notebook():
    assert not [page for page, text in PAGES.items() if "hide-input" in text]
    assert len(SHOWN) >= 20
