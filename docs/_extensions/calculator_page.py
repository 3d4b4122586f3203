"""The calculator: its script and style sheet on its page alone, a way to it from pages beside."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import ways
import work_page

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

PAGE = "canonical/calculator"
SHEET = "canonical/formulas"


def add_to_page(
    app: Sphinx,
    pagename: str,
    _templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load the script where it runs; lead there, and to the formulas, from the pages beside."""
    if pagename in (PAGE, SHEET):
        app.add_css_file("calculator.css")
    if pagename == PAGE:
        app.add_js_file("calculator.js", loading_method="defer")
    if doctree is not None and pagename.startswith("canonical/"):
        beside = {
            PAGE: "calculate your own run",
            SHEET: "all formulas on one page",
            "reference/arithmetic": "<code>citehub.arithmetic</code>",
        }
        links = " · ".join(
            f'<a href="{app.builder.get_relative_uri(pagename, page)}">{text}</a>'
            for page, text in beside.items()
            if page != pagename
        )
        context["body"] += f'<p class="citehub-compute">Compute: {links}</p>'
    if pagename in (PAGE, SHEET):
        context["body"] += f"<p>{_citing(app, pagename)}</p>"


def _citing(app: Sphinx, pagename: str) -> str:
    """Lead to the papers that cite the work for what is computed here."""
    hub = app.citehub.hub  # type: ignore[attr-defined]
    links = []
    for subject in ("parallelism", "throughput"):
        uri = escape(ways.relative(app, pagename, work_page.address(("subject", subject))))
        links.append(f'<a href="{uri}">for {subject} ({len(hub.select(subject=subject))})</a>')
    known = len(hub.select(labelled=True))
    return f"Of {known} papers whose passages we know, some cite MT-NLG {', '.join(links)}."


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build, before page_parts ends the page."""
    app.connect("html-page-context", add_to_page, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
