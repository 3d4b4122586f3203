"""The notebooks of the documentation, copied to run at home."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import citehub
from citehub import errors, notebooks
from tests.made import write_archive

PAGES = notebooks.read_notebooks()


def test_every_page_with_code_is_a_notebook():
    assert {"index", "canonical/model", "citing/index", "guide/load", "releases/index"} <= set(
        PAGES
    )
    assert list(PAGES) == sorted(PAGES)
    assert all("{code-cell}" in text for text in PAGES.values())


def test_all_of_them_are_copied_whole_and_valid(tmp_path):
    written = notebooks.copy_notebooks(tmp_path / "out")
    assert written == tuple(f"{name}.ipynb" for name in PAGES)
    for name, text in PAGES.items():
        notebook = nbformat.read(tmp_path / "out" / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert len(code) == len(re.findall(r"^`{3,}\{code-cell\}", text, re.MULTILINE))
        assert not [cell for cell in code if cell.outputs]
        prose = "".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        assert prose.startswith("# ")
        assert "{toctree}" not in prose


def test_what_a_notebook_reads_is_copied_beside_it(tmp_path):
    notebooks.copy_notebooks(tmp_path / "out")
    dumps = Path(__file__).parent.parent / "docs" / "guide" / "small-dumps"
    files = {path.relative_to(dumps): path for path in dumps.rglob("*") if path.is_file()}
    copied = tmp_path / "out" / "guide" / "small-dumps"
    assert {p.relative_to(copied) for p in copied.rglob("*") if p.is_file()} == files.keys()
    assert all((copied / name).read_bytes() == path.read_bytes() for name, path in files.items())
    others = {path.suffix for path in (tmp_path / "out").glob("*") if path.is_file()}
    assert others == {".ipynb"}


def test_links_lead_to_the_notebooks_beside_or_to_the_papers(tmp_path):
    notebooks.copy_notebooks(tmp_path / "out")
    found = 0
    for path in (tmp_path / "out").rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", cell.source):
                    assert "://" in target or not target.endswith(".md"), (path, target)
                    found += 1
                    if target.endswith(".ipynb"):
                        assert (path.parent / target).resolve().is_file(), (path, target)
    assert found > 20


def test_links_are_rewritten():
    known = {"canonical/model", "index"}
    text = "# T\n\n[a](model.md) [b](../index.md#x) [c](../citing/papers/2304.01373.md) [d](x.md)"
    made = notebooks.to_ipynb(text, "canonical/index", known)
    for target in ("(model.ipynb)", "(../index.ipynb#x)", "(https://arxiv.org/abs/2304.01373)"):
        assert target in made
    assert "x.md" not in made
    assert "(#)" not in made


def test_the_same_page_gives_the_same_bytes():
    text = PAGES["index"]
    assert notebooks.to_ipynb(text, "index", PAGES) == notebooks.to_ipynb(text, "index", PAGES)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("index", "citehub-timeline"),
        ("canonical/throughput", "<svg"),
        ("guide/make-a-hub", "<table"),
    ],
)
def test_a_copy_runs_elsewhere(tmp_path, name, shown):
    """Until it shows what it is there for; that each runs to its end, the site's build proves."""
    notebooks.copy_notebooks(tmp_path / "out")
    path = tmp_path / "out" / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": path.parent}})
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
            outputs = cell.get("outputs", ())
            if any(shown in str(each.get("data", {}).get("text/html", "")) for each in outputs):
                return
    pytest.fail(f"{name} shows no {shown}")


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(citehub.errors.TargetExists, match="nothing was written"):
        notebooks.copy_notebooks(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    assert notebooks.copy_notebooks(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_nothing_is_left_of_a_copy_that_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "to_ipynb", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        notebooks.copy_notebooks(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_without_jupytext_the_error_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(citehub.errors.MissingExtra, match=r"citehub\[notebooks\]"):
        notebooks.copy_notebooks(tmp_path / "out")


@pytest.fixture
def installation(monkeypatch, tmp_path):
    """The folder of an installed package that holds nothing yet."""
    folder = tmp_path / "citehub"
    folder.mkdir()
    monkeypatch.setattr(notebooks, "__file__", str(folder / "notebooks.py"))
    return folder


def test_an_installation_reads_the_pages_that_were_packed(installation):
    texts = {"b/page.md": PAGES["index"], "a.md": PAGES["index"], "plain.md": "# No code"}
    write_archive(installation / "_notebooks.zip.xz", texts)
    assert notebooks.read_notebooks() == {"a": PAGES["index"], "b/page": PAGES["index"]}


@pytest.mark.parametrize("packed", [None, b"PK, and no more"])
def test_an_installation_without_notebooks_says_so(installation, packed):
    if packed:
        (installation / "_notebooks.zip.xz").write_bytes(packed)
    with pytest.raises(citehub.errors.NoDatasets, match="has no notebooks"):
        notebooks.read_notebooks()


def test_the_command_lists_what_it_wrote(run, tmp_path):
    code, out, err = run("notebooks", "--out", str(tmp_path / "out"))
    assert code == 0
    assert out.decode().splitlines() == [f"{tmp_path}/out/{name}.ipynb" for name in PAGES]
    assert "jupyter lab" in err


def test_the_command_refuses_a_folder_that_is_taken(run, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    code, out, err = run("notebooks", "--out", str(tmp_path))
    assert (code, out) == (1, b"")
    assert "exists already" in err


@pytest.mark.parametrize("words", [["notebooks"], ["notebooks", "--out", ""]])
def test_the_command_needs_a_folder(run, words):
    code, _, err = run(*words)
    assert code == 2
    assert "Traceback" not in err


def test_the_folder_that_one_stands_in_is_filled_and_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    assert notebooks.copy_notebooks(".")
    assert tmp_path.stat().st_ino == before
    assert (tmp_path / "index.ipynb").is_file()
    (tmp_path / "index.ipynb").unlink()  # as of a copy that was killed
    assert notebooks.copy_notebooks(".")
    assert (tmp_path / "index.ipynb").is_file()
    (tmp_path / "index.ipynb").write_text("mine")
    with pytest.raises(errors.TargetExists, match=r"holds index\.ipynb; nothing was written"):
        notebooks.copy_notebooks(".")
    assert (tmp_path / "index.ipynb").read_text() == "mine"
