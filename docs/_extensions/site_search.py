"""The site's search: papers first, by title, author and identifier; sentences, and no code.

What carries the class ``no-search`` is neither in Sphinx's index nor in the summaries that
``site_search.js`` makes. That script stands in the file of Sphinx's scorer, so that no page
loads one more.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

SOURCE = Path(__file__).with_suffix(".js")
CODE = {"python", "ipython3", "bibtex"}  # commands of a shell are looked for
TOLD = {"Figures in its finding", "All authors"}  # and all sections that begin with these:
TELLING = ("Why it cites", "Whether it cites", "What it is")


def hide(app: Sphinx, doctree: nodes.document) -> None:
    """Mark what the search passes over: code, and of a paper what every paper's page says."""
    for node in doctree.findall(nodes.Element):
        if _is_code(node) or _is_shown_elsewhere(node):
            node["classes"].append("no-search")
    if app.env.docname in app.citehub.works:  # type: ignore[attr-defined]
        _hide_common(doctree)


def _is_code(node: nodes.Element) -> bool:
    if isinstance(node, nodes.literal_block):
        return node.get("language") in CODE
    return isinstance(node, nodes.container) and "cell_input" in node["classes"]


def _is_shown_elsewhere(node: nodes.Element) -> bool:
    """Return whether a cell shows a work, which has a page of its own."""
    return isinstance(node, nodes.raw) and 'class="citehub-work"' in node.astext()


def _hide_common(doctree: nodes.document) -> None:
    for section in list(doctree.findall(nodes.section))[1:]:
        title = section[0]
        is_told = title.astext() in TOLD or title.astext().startswith(TELLING)
        (title if is_told else section)["classes"].append("no-search")


def add_scorer(app: Sphinx, config: Config) -> None:
    """Have Sphinx put the script into the file that its search loads anyway."""
    config.html_search_scorer = str(Path(app.outdir).with_name(SOURCE.name))


def write_scorer(app: Sphinx) -> None:
    """Write the script, with what the index does not tell: authors and identifiers by page."""
    papers = {
        page: [work.authors, list(work.ids.values())]
        for page, work in app.citehub.works.items()  # type: ignore[attr-defined]
    }
    data = json.dumps(papers, ensure_ascii=False, separators=(",", ":"))
    script = SOURCE.read_text(encoding="utf-8").replace("{/* papers */}", data)
    Path(app.config.html_search_scorer).write_text(script, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("config-inited", add_scorer)
    app.connect("builder-inited", write_scorer, priority=600)  # after page_parts opened the hub
    app.connect("doctree-read", hide)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
