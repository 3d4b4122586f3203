"""Ways between papers, themes and the explorer: where a page names a set of papers, a link to it.

A set is named as the explorer spells it in its address, such as ``theme=models&year=2022``. Pages
write ``[text](site:explorer/index#?theme=models)``, for what MyST takes for no anchor of a page.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import work_page
from docutils import nodes

from citehub.vocabulary import INTENTS, TEXT_STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from page_parts import Site
    from sphinx.application import Sphinx

    from citehub import Hub, Work

    Explore = Callable[..., str]  # from conditions to an address, escaped

SITE = "site:"  # leads addresses of this site, from its root
SUBJECTS = {  # by canonical page: a subject of the hub's vocabulary, and what its papers do
    "model": ("model", "cite MT-NLG for its architecture"),
    "parallelism": ("parallelism", "cite MT-NLG for its parallelism"),
    "throughput": ("throughput", "cite MT-NLG for its throughput"),
    "training": ("hyperparameters", "cite MT-NLG for how it was trained"),
    "corpus": ("data", "cite MT-NLG for its data"),
    "evaluation": ("evaluation", "cite MT-NLG for its evaluation"),
    "limits": ("limitation", "discuss a limitation of MT-NLG"),
}
CHOSEN = [("representatives", "hub-page-lead"), ("representatives", "hub-page")]
COLUMNS = {  # headers of counts of works, and what a count adds to the set of its row
    "works": [],
    "papers": [],
    "all": [],
    "with it": [],
    "code known": [("code", "yes")],
    "representative": CHOSEN,
}
_TABLE = re.compile(r"<table[^>]*citehub-table.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr[^>]*>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"(<t[hd][^>]*>)(.*?)(?=</t[hd]>)", re.DOTALL)
_SHOWN = re.compile(
    r'<article class="citehub-work">.*?href="([^"]+)".*?</small></p></article>', re.DOTALL
)
_WORK = re.compile(r'<article class="citehub-work">.*?href="([^"]+)"', re.DOTALL)


def name_places(app: Sphinx, doctree: nodes.document) -> None:
    """Name the place of each paper on its theme's page, and lead from there to the explorer."""
    for link in doctree.findall(nodes.reference):
        if link.get("refuri", "").startswith(SITE):
            link["refuri"] = relative(app, app.env.docname, link["refuri"])
            link["internal"] = True
    page = app.env.docname
    site = app.citehub  # type: ignore[attr-defined]
    folder, _, name = page.partition("/")
    if folder == "citing" and name in {row["theme_id"] for row in site.hub.themes}:
        _name_papers(app, doctree, name)
    elif folder == "canonical" and name in SUBJECTS:
        _lead_to_citing(app, doctree, *SUBJECTS[name])


def relative(app: Sphinx, pagename: str, address: str) -> str:
    """Return an address of this site as a link from a page."""
    page, _, fragment = address.removeprefix(SITE).partition("#")
    return f"{app.builder.get_relative_uri(pagename, page)}#{fragment}"


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


def _lead_to_citing(app: Sphinx, doctree: nodes.document, subject: str, what: str) -> None:
    hub: Hub = app.citehub.hub  # type: ignore[attr-defined]
    n, known = len(hub.select(subject=subject)), len(hub.select(labelled=True))
    if n:
        link = _link(app, [("subject", subject)], f"{n} {what}")
        before = nodes.Text(f"Of the {known} papers whose reasons we know, ")
        first = doctree[0].first_child_matching_class(nodes.section) or len(doctree[0])
        doctree[0].insert(first, nodes.paragraph("", "", before, link, nodes.Text(".")))


def _link(app: Sphinx, conditions: list[tuple[str, str]], text: str) -> nodes.reference:
    uri = relative(app, app.env.docname, work_page.address(*conditions))
    return nodes.reference("", text, refuri=uri, internal=True)


def add_ways(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Lead from a paper to those beside it in its theme, and from counts to what they count."""
    site = app.citehub  # type: ignore[attr-defined]
    if pagename in site.works:
        context.update(_beside(app, pagename, site.works[pagename]))
    if doctree is not None and "body" in context:

        def explore(*conditions: tuple[str, str]) -> str:
            return escape(relative(app, pagename, work_page.address(*conditions)))

        themes = {row["title"]: row["theme_id"] for row in site.hub.themes}
        body = _TABLE.sub(lambda table: _linked(table.group(), explore, themes), context["body"])
        for title, theme in themes.items():  # of a timeline
            uri = app.builder.get_relative_uri(pagename, f"citing/{theme}")
            name = escape(title)
            body = body.replace(
                f'<p class="name">{name} <small>',
                f'<p class="name"><a href="{uri}">{name}</a> <small>',
            )
        context["body"] = _SHOWN.sub(lambda work: _opened(work, site, pagename, explore), body)


def _opened(work: re.Match[str], site: Site, pagename: str, explore: Explore) -> str:
    """Lead from a work that a cell shows to the explorer, opened there among its theme."""
    page = urljoin(f"{pagename}.html", unescape(work.group(1))).removesuffix(".html")
    if page not in site.works:
        return work.group()
    shown = site.works[page]
    href = explore(*work_page.shown(shown, *shown.themes[:1]))
    end = "</small></p></article>"
    link = f' · <a href="{href}">in the explorer</a>'
    return f"{work.group().removesuffix(end)}{link}{end}"


def _beside(app: Sphinx, page: str, work: Work) -> dict[str, Any]:
    """Return what stands before and after a paper in its theme, and the pages above it."""
    if not work.themes:
        return {}
    site = app.citehub  # type: ignore[attr-defined]
    hub: Hub = site.hub
    titles = {row["theme_id"]: row["title"] for row in hub.themes}
    theme, themes = work.themes[0], list(titles)
    papers = [f"citing/papers/{work_page.name(w.work_id)}" for w in work_page.members(hub, theme)]
    at = papers.index(page)

    def link(to: str, said: str, shown: str = "") -> dict[str, str]:
        named = f'<span class="ways-set">{escape(said)}</span> ' if shown else ""
        uri = app.builder.get_relative_uri(page, to)
        return {"link": uri, "title": f"{named}{escape(shown or said)}"}

    def paper(place: int) -> dict[str, str]:
        name = work_page.short(site.works[papers[place]])
        return link(papers[place], f"in {titles[theme]}", name)

    own = f"citing/{theme}"
    after = themes[themes.index(theme) + 1 :][:1]
    following = [link(f"citing/{each}", "the theme after it", titles[each]) for each in after]
    return {
        "prev": paper(at - 1) if at else link(own, "the theme", titles[theme]),
        "next": paper(at + 1) if at + 1 < len(papers) else next(iter(following), None),
        "parents": [link("citing/index", "The citing papers"), link(own, titles[theme])],
    }


def _linked(table: str, explore: Explore, themes: dict[str, str]) -> str:
    """Lead from the counts of a table to the explorer, at what they count."""
    rows = [[_plain(cell) for _, cell in _CELL.findall(row)] for row in _ROW.findall(table)]
    lines = iter(rows)

    def linked(row: re.Match[str]) -> str:
        record = dict(zip(rows[0], next(lines), strict=False))
        chosen = _chosen(record, themes)
        return row.group() if chosen is None else _counts(row.group(), record, chosen, explore)

    return _ROW.sub(linked, table)


def _chosen(record: dict[str, str], themes: dict[str, str]) -> list[tuple[str, str]] | None:
    """Return which papers a row counts; None where it is a row of something else."""
    first, value = next(iter(record.items()), ("", ""))
    if first == "theme" and value in {*themes, "all"}:
        return [("theme", themes[value])] if value in themes else []
    if first == "year" and value.isdigit():
        return [("year", value)]
    if first == "what came of looking" and value in TEXT_STATUSES:
        return [("passage", value)]
    if record.get("of") in {"works", "papers"} and record.get("role") in INTENTS:
        return [("role", record["role"])]
    return None


def _counts(
    row: str, record: dict[str, str], chosen: list[tuple[str, str]], explore: Explore
) -> str:
    names = iter(record)

    def linked(cell: re.Match[str]) -> str:
        name, (tag, text) = next(names), cell.groups()
        theme = dict(chosen).get("theme")
        if name == "theme" and theme:
            return f'{tag}<a href="{theme}.html">{text}</a>'
        more = [("year", name)] if re.fullmatch(r"\d{4}", name) else COLUMNS.get(name)
        if more is None or not record[name].isdigit() or record[name] == "0":
            return cell.group()
        return f'{tag}<a href="{explore(*chosen, *more)}">{text}</a>'

    return _CELL.sub(linked, row)


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("doctree-read", name_places)
    app.connect("html-page-context", add_ways, priority=950)  # after page_parts
    return {"parallel_read_safe": True, "parallel_write_safe": True}
