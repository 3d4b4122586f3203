"""Pages made from the tables of the installed hub: one per citing work, one per table.

They are written as Markdown ahead of each build, and only where they changed, so that Sphinx
builds anew just what the data changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import table_page
import work_page

import citehub

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HUB = "mt-nlg"


def write_pages(app: Sphinx) -> None:
    """Write every generated page, and remove those that no longer belong to anything."""
    hub, root = citehub.load(HUB), Path(app.srcdir)
    _write(root / "citing" / "papers", work_page.pages(hub), keep=())
    _write(root / "tables", table_page.pages(hub), keep=("index.md",))


def _write(folder: Path, pages: dict[str, str], keep: tuple[str, ...]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in folder.glob("*.md"):
        if path.name not in pages and path.name not in keep:
            path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks for its documents."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
