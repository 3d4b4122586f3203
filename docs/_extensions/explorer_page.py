"""The explorer as a page of the site: the list by Python, and on this page alone its script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import work_page
from docutils import nodes
from generated_pages import HUB
from sphinx.util.docutils import SphinxDirective

import citehub
from citehub.explorer import folder, page, plain_list

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

    from citehub import Work

PAGE = "explorer/index"
PAPERS = "../citing/papers/{}.html"  # from this page
THEMES = "../citing/{}.html"


class Explorer(SphinxDirective):
    """The roles in sum, folded, then the list of the hub's citing works."""

    def run(self) -> list[nodes.Node]:
        """Return it as HTML."""
        hub = citehub.load(HUB)
        files = f"../data/{hub.name}/{hub.version}/"
        settings = page.config(hub, files=files, inline=folder.INLINE, page=PAPERS)
        settings["theme_page"] = THEMES
        items = list(plain_list.entries(hub, _address))
        section = plain_list.section(settings, page.note(len(items), len(items)), items)
        return [nodes.raw("", f"{page.labels(hub)}{section}", format="html")]


def _address(work: Work) -> str:
    return PAPERS.format(work_page.name(work.work_id))


def add_bundle(app: Sphinx, config: Config) -> None:
    """Have the script and the style sheet copied with the site's own."""
    bundle = Path(app.outdir).with_name("explorer_bundle")
    bundle.mkdir(parents=True, exist_ok=True)
    for name, data in folder.read_bundle().items():
        (bundle / name).write_bytes(data)
    config.html_static_path.append(str(bundle))


def link_bundle(app: Sphinx, pagename: str, *_: Any) -> None:
    """Load the script and the style sheet on the page of the explorer."""
    if pagename == PAGE:
        app.add_css_file("explorer.css")
        app.add_js_file("explorer.js", loading_method="defer")


def write_data(app: Sphinx, exception: Exception | None) -> None:
    """Put the data beside the page as a script, for those who open it from disk."""
    if exception is None and app.builder.format == "html":
        path = Path(app.outdir, PAGE).with_name(folder.INLINE)
        path.write_bytes(folder.data_script(citehub.load(HUB)))


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.add_directive("explorer", Explorer)
    app.connect("config-inited", add_bundle)
    app.connect("html-page-context", link_bundle)
    app.connect("build-finished", write_data)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
