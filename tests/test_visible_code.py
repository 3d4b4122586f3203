"""The code that a page shows, pasted in order by a reader who has nothing but the package."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from citehub.notebooks import read_notebooks

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {
    path.relative_to(DOCS).with_suffix("").as_posix(): path.read_text("utf-8")
    for path in sorted(DOCS.rglob("*.md"))
    if not path.relative_to(DOCS).parts[0].startswith("_")
}
FENCE = re.compile(r"^(`{3,})(\{code-cell\} python|python|sh)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
FACTORY = {"guide/make-a-hub", "guide/dumps"}
"""Pages whose commands belong to their Python; commands of others: test_guide, test_readme."""


def visible(text, commands=False):
    """Return the blocks of a page that a reader sees with a button to copy them."""
    blocks = []
    for _, kind, code in FENCE.findall(text):
        tags = re.match(r":tags: \[(.*)\]\n", code)
        if kind != "sh":
            blocks += [] if tags else [("python", code)]
        elif commands and "pip install" not in code:
            blocks.append(("sh", code))
    return blocks


SHOWN = {page: visible(text, page in FACTORY) for page, text in PAGES.items()}


def paste(blocks, page, run):
    """Run blocks as a reader pastes them: Python into one interpreter, commands into a shell."""
    space = {"__name__": "__main__"}
    for kind, code in blocks:
        if kind == "python":
            exec(compile(code, page, "exec"), space)
            continue
        for line in code.replace("\\\n", " ").splitlines():
            _, _, err = run(*shlex.split(line)[1:])
            assert "Traceback" not in err, err


@pytest.mark.parametrize("page", [page for page, blocks in SHOWN.items() if blocks])
def test_the_visible_code_of_a_page_runs_in_order(page, tmp_path, monkeypatch, run):
    shutil.copytree(DOCS / "guide" / "small-dumps", tmp_path / "small-dumps")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CITEHUB_HOME", str(tmp_path / "hubs"))
    paste(SHOWN[page], page, run)


def test_a_name_that_only_hidden_code_has_is_found(run):
    hidden = "```{code-cell} python\n:tags: [remove-input]\nx = 1\n```\n\n"
    shown = "```{code-cell} python\nprint(x)\n```\n"
    assert len(visible(hidden + shown)) == 1
    with pytest.raises(NameError):
        paste(visible(hidden + shown), "page", run)


def test_code_is_shown_or_left_to_the_notebook():
    assert [page for page, text in read_notebooks().items() if "hide-input" in text] == []
    assert sum(map(bool, SHOWN.values())) > 15
