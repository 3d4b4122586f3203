"""What every page gets: metadata for machines, notebook links, tables that can be read.

- JSON-LD: the ``Dataset`` on the hub's pages, a ``ScholarlyArticle`` or another type of work on
  a paper's page.
- Each notebook page: its source, a download, and the line that opens it at home.
- Works that a figure or table links to are linked to their pages here.
- Tables: see ``readable_tables``.
"""

from __future__ import annotations

import json
import shutil
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

import structured_data
import work_page
from elements import change, find
from generated_pages import HUB
from readable_tables import readable
from sphinx.errors import ExtensionError

import citehub
from citehub.notebooks import read_notebooks, to_ipynb

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

    from citehub import Hub, Work

DATASET_PAGES = {
    "index", "tables/index", "releases/index", "citing/index", "canonical/index", "explorer/index",
}  # fmt: skip
_LINKING = {"figure": "citehub-figure", "table": "citehub-table", "p": "citehub-title"}
"""By element: the class with which its links to works lead to their pages here."""


class Site(NamedTuple):
    """What the pages are made of: the hub, its works and pages by name, the notebooks."""

    hub: Hub
    works: dict[str, Work]  # by page
    pages: dict[str | None, str]  # by address of the work
    notebooks: dict[str, str]


def add_parts(
    app: Sphinx,
    pagename: str,
    _templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Complete the page that is about to be written."""
    _name_toggles(context)
    if doctree is None or "body" not in context:
        return
    site: Site = app.citehub  # type: ignore[attr-defined]
    body = _link_home(readable(context["body"]), app, pagename)
    if pagename in site.notebooks:
        body += _notebook_bar(pagename, context["pathto"])
    context["body"] = body
    described, base = None, app.config.html_baseurl
    if pagename in DATASET_PAGES:
        described = structured_data.dataset(site.hub, base)
    elif pagename in site.works:
        described = structured_data.article(site.hub, site.works[pagename], base)
    if described is not None:
        text = json.dumps(described, ensure_ascii=False).replace("<", "\\u003c")
        context["metatags"] += f'<script type="application/ld+json">{text}</script>\n'


def _name_toggles(context: dict[str, Any]) -> None:
    """Give the theme's switches of the side navigation a name for those who hear them."""
    navigation = context.get("generate_toctree_html")
    if navigation is not None:
        context["generate_toctree_html"] = lambda *words, **more: _named(
            str(navigation(*words, **more))
        )


def _named(navigation: str) -> str:
    switches = find(navigation, "summary")
    if len(switches) != navigation.count("has-children"):
        raise ExtensionError(
            "Each section of the theme's side navigation with pages of its own should have one "
            f"<summary>, but {len(switches)} of {navigation.count('has-children')} have."
        )
    opening = '<summary aria-label="Pages of this section">'
    return change(navigation, [(each.start, each.inner, opening) for each in switches])


def _link_home(body: str, app: Sphinx, pagename: str) -> str:
    """Lead the links to works to their pages on this site."""
    pages = app.citehub.pages  # type: ignore[attr-defined]
    found = find(body, "a", *_LINKING)
    shown = [each for each in found if _LINKING.get(each.tag) in each.classes]
    changes = []
    for link in found:
        url = link.attributes.get("href")
        if link.tag == "a" and url in pages and link.within(*shown):
            before, _, after = body[link.start : link.inner].partition(f'href="{escape(url)}"')
            uri = app.builder.get_relative_uri(pagename, pages[url])
            changes.append((link.start, link.inner, f'{before}href="{uri}"{after}'))
    return change(body, changes)


def _notebook_bar(pagename: str, pathto: Any) -> str:
    source, notebook = (pathto(f"_notebooks/{pagename}{end}", 1) for end in (".md", ".ipynb"))
    command = f"citehub notebooks --out notebooks && jupyter lab notebooks/{pagename}.ipynb"
    return (
        '<aside class="citehub-notebook" aria-label="This page as a notebook"><p>Everything '
        "on this page is computed by this notebook: "
        f'<a href="{source}" download>source</a>, <a href="{notebook}" download>Jupyter notebook'
        f'</a>. Run it at home:</p><pre tabindex="0"><code>{escape(command)}</code></pre></aside>'
    )


def prepare(app: Sphinx) -> None:
    """Open the hub once, and know which address has a page here."""
    hub = citehub.load(HUB)
    works = {f"citing/papers/{work_page.name(work.work_id)}": work for work in hub.select()}
    pages = {work.url: page for page, work in works.items()}
    pages[hub.canonical.url] = "canonical/index"
    app.citehub = Site(hub, works, pages, read_notebooks())  # type: ignore[attr-defined]


def copy_files(app: Sphinx, exception: Exception | None) -> None:
    """Put the released files and the notebooks where the pages link to them."""
    if exception is not None or app.builder.format != "html":
        return
    site: Site = app.citehub  # type: ignore[attr-defined]
    out = Path(app.outdir)
    target = out / "data" / site.hub.name / site.hub.version
    shutil.copytree(site.hub.path, target, dirs_exist_ok=True)
    for name, text in site.notebooks.items():
        path = out / "_notebooks" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.with_suffix(".ipynb").write_text(
            to_ipynb(text, name, site.notebooks), encoding="utf-8"
        )
    _write_sitemap(app, out / "sitemap.xml")


def _write_sitemap(app: Sphinx, path: Path) -> None:
    """List every page; sphinx-sitemap lists only those that this build happened to write."""
    pages = sorted(app.env.found_docs)
    addresses = (
        urljoin(app.config.html_baseurl, app.builder.get_target_uri(page)) for page in pages
    )
    rows = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    path.write_text(f'{head}<urlset xmlns="{space}">\n{rows}</urlset>\n', encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("builder-inited", prepare)
    app.connect("html-page-context", add_parts, priority=900)
    app.connect("build-finished", copy_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
