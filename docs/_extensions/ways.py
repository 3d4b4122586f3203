"""Ways between papers, themes and the explorer: where a page names a set of papers, a link to it.

A set is named as the explorer spells it in its address, such as ``theme=models&year=2022``.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import work_page
from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from citehub import Hub, Work

EXPLORER = "explorer/index"
SUBJECTS = {  # by canonical page: what of the work it is about, in the hub's vocabulary
    "model": "model",
    "parallelism": "parallelism",
    "throughput": "throughput",
    "training": "hyperparameters",
    "corpus": "data",
    "evaluation": "evaluation",
    "limits": "limitation",
}
CHOSEN = [("representatives", "hub-page-lead"), ("representatives", "hub-page")]
COLUMNS = {  # headers of counts of works, and what a count adds to the set of its row
    "works": [],
    "all": [],
    "code known": [("code", "yes")],
    "representative": CHOSEN,
}
_TABLE = re.compile(r"<table[^>]*citehub-table.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"(<t[hd][^>]*>)(.*?)(?=</t[hd]>)", re.DOTALL)
_SHOWN = re.compile(
    r'<article class="citehub-work">.*?href="([^"]+)".*?</small></p></article>', re.DOTALL
)
_WORK = re.compile(r'<article class="citehub-work">.*?href="([^"]+)"', re.DOTALL)


def name_places(app: Sphinx, doctree: nodes.document) -> None:
    """Name the place of each paper on its theme's page, and lead from there to the explorer."""
    page = app.env.docname
    site = app.citehub  # type: ignore[attr-defined]
    folder, _, name = page.partition("/")
    if folder == "citing" and name in {row["theme_id"] for row in site.hub.themes}:
        _name_papers(app, doctree, name)
    elif folder == "canonical" and name in SUBJECTS:
        _lead_to_citing(app, doctree, SUBJECTS[name])


def _name_papers(app: Sphinx, doctree: nodes.document, theme: str) -> None:
    pages = app.citehub.pages  # type: ignore[attr-defined]
    section: nodes.Element | None = None
    for raw in doctree.findall(nodes.raw):
        found = _WORK.search(raw.astext())
        page = found and pages.get(unescape(found.group(1)))
        if page:
            section = raw.parent
            while not isinstance(section, nodes.section):
                section = section.parent
            section["ids"].append(work_page.place(page.rpartition("/")[2]))
    if section is None:
        return
    n = len(app.citehub.hub.select(theme=theme))  # type: ignore[attr-defined]
    link = _link(app, [("theme", theme)], f"These {n} papers in the explorer")
    section.parent.insert(1, nodes.paragraph("", "", link))


def _lead_to_citing(app: Sphinx, doctree: nodes.document, subject: str) -> None:
    hub: Hub = app.citehub.hub  # type: ignore[attr-defined]
    n = len(hub.select(subject=subject))
    if n:
        link = _link(app, [("subject", subject)], f"{n} citing {'paper' if n == 1 else 'papers'}")
        verb = "cites" if n == 1 else "cite"
        said = f" {verb} MT-NLG for this (subject {subject!r}), of those whose passages we know."
        doctree[0].append(nodes.paragraph("", "", link, nodes.Text(said)))


def _link(app: Sphinx, conditions: list[tuple[str, str]], text: str) -> nodes.reference:
    uri = app.builder.get_relative_uri(app.env.docname, EXPLORER) + work_page.address(*conditions)
    return nodes.reference("", text, refuri=uri, internal=True)


def add_ways(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Lead from a paper to those beside it in its theme, and from counts to what they count."""
    site = app.citehub  # type: ignore[attr-defined]
    if pagename in site.works:
        context.update(_beside(app, pagename, site.works[pagename]))
    if doctree is not None and "body" in context:
        base = app.builder.get_relative_uri(pagename, EXPLORER)
        themes = {row["title"]: row["theme_id"] for row in site.hub.themes}
        body = _TABLE.sub(lambda table: _linked(table.group(), base, themes), context["body"])
        context["body"] = _SHOWN.sub(lambda work: _opened(work, app, pagename, base), body)


def _opened(work: re.Match[str], app: Sphinx, pagename: str, explorer: str) -> str:
    """Lead from a work that a cell shows to the explorer, opened there among its theme."""
    site = app.citehub  # type: ignore[attr-defined]
    page = urljoin(f"{pagename}.html", unescape(work.group(1))).removesuffix(".html")
    if page not in site.works:
        return work.group()
    shown = site.works[page]
    href = escape(explorer + work_page.address(*work_page.shown(shown, *shown.themes[:1])))
    end = "</small></p></article>"
    link = f' · <a href="{href}">in the explorer</a>'
    return f"{work.group().removesuffix(end)}{link}{end}"


def _beside(app: Sphinx, page: str, work: Work) -> dict[str, Any]:
    """Return what stands before and after a paper in its theme, and the pages above it."""
    if not work.themes:
        return {}
    hub: Hub = app.citehub.hub  # type: ignore[attr-defined]
    theme = work.themes[0]
    themes = [row["theme_id"] for row in hub.themes]
    title = next(row["title"] for row in hub.themes if row["theme_id"] == theme)
    papers = [f"citing/papers/{work_page.name(w.work_id)}" for w in work_page.members(hub, theme)]
    following = themes[themes.index(theme) + 1 :][:1]
    walk = [f"citing/{theme}", *papers, *(f"citing/{each}" for each in following)]
    place = walk.index(page)

    def link(to: str, lead: str = "") -> dict[str, str]:
        shown = app.builder.render_partial(app.env.titles[to])["title"]
        return {"link": app.builder.get_relative_uri(page, to), "title": f"{lead}{shown}"}

    def step(to: str) -> dict[str, str]:
        if to in papers:
            return link(to, f"in {escape(title)}: ")
        return link(to, "the theme: " if to == walk[0] else "the theme after this: ")

    return {
        "prev": step(walk[place - 1]),
        "next": step(walk[place + 1]) if place + 1 < len(walk) else None,
        "parents": [link("citing/index"), link(walk[0]) | {"title": escape(title)}],
    }


def _linked(table: str, explorer: str, themes: dict[str, str]) -> str:
    """Lead from the counts of a table by theme or year to the explorer, at what they count."""
    rows = _ROW.findall(table)
    names = [_plain(cell) for _, cell in _CELL.findall(rows[0])] if rows else []
    if names[:1] not in (["theme"], ["year"]):
        return table
    for row in rows[1:]:
        first = _plain(_CELL.findall(row)[0][1])
        value = themes.get(first) if names[0] == "theme" else first
        if value is None and first != "all":
            continue
        chosen = [(names[0], value)] if value else []
        table = table.replace(row, _counts(row, names, chosen, explorer), 1)
    return table


def _counts(row: str, names: list[str], chosen: list[tuple[str, str]], explorer: str) -> str:
    columns = iter(names)

    def linked(cell: re.Match[str]) -> str:
        name, (tag, text) = next(columns), cell.groups()
        more = [("year", name)] if re.fullmatch(r"\d{4}", name) else COLUMNS.get(name)
        if name == names[0]:
            theme = dict(chosen).get("theme")
            return f'{tag}<a href="{theme}.html">{text}</a>' if theme else cell.group()
        if more is None or not _plain(text).isdigit() or _plain(text) == "0":
            return cell.group()
        href = escape(explorer + work_page.address(*chosen, *more))
        return f'{tag}<a href="{href}">{text}</a>' if chosen + more else cell.group()

    return _CELL.sub(linked, row)


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("doctree-read", name_places)
    app.connect("html-page-context", add_ways, priority=950)  # after page_parts
    return {"parallel_read_safe": True, "parallel_write_safe": True}
