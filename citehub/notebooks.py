"""The notebooks of the documentation, to run yourself."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from citehub import _atomic_folder
from citehub._manifest import sha256
from citehub._packed import open_archive
from citehub.errors import DamagedManifest, MissingExtra, NoDatasets, TargetExists

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["copy_notebooks", "read_notebooks", "to_ipynb"]

_MARK: Final = "file_format: mystnb"  # in the head of each page that holds code to run
_HEAD: Final = re.compile(r"\A---\n.*?^---\n", re.DOTALL | re.MULTILINE)
_LINK: Final = re.compile(r"\[([^\]]*)\]\((?!\w+:|#|/)([^)\s#]+)\.md(#[^)\s]*)?\)")
_PAPER: Final = re.compile(r"(?:.*/)?papers/(\d{4}\.\d{4,5})")
_HIDDEN: Final = re.compile(
    r"^(`{3,}|:{3,})\{(?:toctree|raw)\}.*?^\1\s*$\n?", re.DOTALL | re.MULTILINE
)


def read_notebooks() -> dict[str, str]:
    """Return the notebooks of this installation as text, by path without suffix.

    Returns
    -------
    dict of str to str
        MyST Markdown with cells of code, as ``{"canonical/model": ...}``, in alphabetical
        order.

    Raises
    ------
    NoDatasets
        This installation has none.

    Examples
    --------
    >>> "canonical/model" in read_notebooks()
    True
    """
    pages = {name: held for name, held in sorted(_files()) if name.endswith(".md")}
    return {
        name.removesuffix(".md"): text
        for name, held in pages.items()
        if _MARK in (text := held.decode())[:200]
    }


def copy_notebooks(out: str | os.PathLike[str]) -> tuple[str, ...]:
    """Write every notebook of the documentation as a Jupyter notebook, and the files it reads.

    Parameters
    ----------
    out : str or path
        The folder to make. It must not exist, or be empty.

    Returns
    -------
    tuple of str
        The notebooks written, as paths below the folder.

    Raises
    ------
    TargetExists
        The folder exists and is not empty; nothing was written.
    MissingExtra
        Jupytext is not installed.
    NoDatasets
        This installation has no notebooks.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     "index.ipynb" in copy_notebooks(folder)
    True
    """
    target = os.path.abspath(out)
    is_here = os.path.isdir(target) and os.path.samefile(target, os.curdir)
    if not is_here:
        _atomic_folder.check_free(target, "Name another folder.")
    pages = read_notebooks()
    written = {
        f"{name}.ipynb": to_ipynb(text, name, pages).encode() for name, text in pages.items()
    }
    files = {name: held for name, held in _files() if not name.endswith(".md")} | written
    if is_here:  # what a run that was cut off wrote is as good
        _check_begun(target, files)
    with _atomic_folder.scratch_folder(target) as scratch:
        for name, held in files.items():
            path = os.path.join(scratch, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            _atomic_folder.write_bytes(path, held)
        if is_here:
            _fill(scratch, target)
        else:
            _atomic_folder.move(scratch, target)
    return tuple(written)


def to_ipynb(text: str, name: str, known: Any) -> str:
    """Return a page as a Jupyter notebook, with links to the other notebooks.

    Parameters
    ----------
    text : str
        The page as MyST Markdown.
    name : str
        Its path without suffix, as ``canonical/model``.
    known : container of str
        The paths of the other pages.

    Returns
    -------
    str
        The notebook as JSON; its cells have no output.

    Raises
    ------
    MissingExtra
        Jupytext is not installed.

    Examples
    --------
    >>> page = "See [the other](b.md)."
    >>> "[the other](b.ipynb)" in to_ipynb(page, "a", {"a", "b"})
    True
    """
    try:
        import jupytext
    except ModuleNotFoundError:
        raise MissingExtra.of("Jupytext", "notebooks") from None
    here = os.path.dirname(name)

    def relink(link: re.Match[str]) -> str:
        label, page, anchor = link.groups()
        paper = _PAPER.fullmatch(page)
        if paper:
            return f"[{label}](https://arxiv.org/abs/{paper.group(1)})"
        there = os.path.normpath(os.path.join(here, page)).replace(os.sep, "/")
        return f"[{label}]({page}.ipynb{anchor or ''})" if there in known else label

    body = _LINK.sub(relink, _HIDDEN.sub("", _HEAD.sub("", text)))
    notebook = jupytext.reads(body, fmt="md:myst")
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # the same text gives the same bytes
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
    }
    written: str = jupytext.writes(notebook, fmt="ipynb")
    return written


def _files() -> Iterator[tuple[str, bytes]]:
    """Yield pages and the files they read, by path: from the package, else from the checkout."""
    here = os.path.dirname(os.path.abspath(__file__))
    packed = os.path.join(here, "_notebooks.zip.xz")
    checkout = os.path.join(os.path.dirname(here), "docs")
    with suppress(DamagedManifest, FileNotFoundError), open_archive(packed) as files:
        yield from [(name, files.read(name)) for name in files.namelist()]
        return
    if not os.path.isfile(os.path.join(checkout, "index.md")):
        message = f"This installation of citehub has no notebooks: there is no {packed}."
        raise NoDatasets(
            f"{message} Reinstall it: python -m pip install --force-reinstall citehub"
        )
    yield from _read_folder(checkout)


def _read_folder(folder: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files that do not belong to the machinery of the site."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith((".", "_"))]
        for name in names:
            path = os.path.join(parent, name)
            inside = os.path.relpath(path, folder).replace(os.sep, "/")
            if inside != "conf.py" and not name.startswith("."):
                with open(path, "rb") as file:
                    yield inside, file.read()


def _check_begun(folder: str, files: dict[str, bytes]) -> None:
    """Refuse a folder that holds anything else than some of the files."""
    for name, digest in _atomic_folder.hashes(folder).items():
        if sha256(files.get(name, b"")) != digest:
            raise TargetExists(f"{folder} holds {name}; nothing was written. Name another folder.")


def _fill(scratch: str, folder: str) -> None:
    """Move the files that are missing into the folder where the user stands."""
    for parent, _, names in os.walk(scratch):
        place = os.path.join(folder, os.path.relpath(parent, scratch))
        os.makedirs(place, exist_ok=True)
        for name in names:
            os.replace(os.path.join(parent, name), os.path.join(place, name))
