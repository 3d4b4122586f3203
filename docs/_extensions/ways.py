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
from elements import change, find

from citehub.vocabulary import INTENTS, TEXT_STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from elements import Change
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
        page = next(map(pages.get, (link for *_, link in _works(raw.astext()))), None)
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

        body = context["body"]
        themes = {row["title"]: row["theme_id"] for row in site.hub.themes}
        changes = [*_linked(body, explore, themes)]
        for name in find(body, "p"):
            title = unescape(body[name.inner : name.close].partition(" <small>")[0])
            if name.classes == ["name"] and title in themes:  # of a timeline
                uri = app.builder.get_relative_uri(pagename, f"citing/{themes[title]}")
                link = f'<a href="{uri}">{escape(title)}</a>'
                changes.append((name.inner, name.inner + len(escape(title)), link))
        for place, href in _works(body):
            shown = site.works.get(urljoin(f"{pagename}.html", href).removesuffix(".html"))
            if shown:
                # in the explorer, opened there among its theme
                uri = explore(*work_page.shown(shown, *shown.themes[:1]))
                changes.append((place, place, f' · <a href="{uri}">in the explorer</a>'))
        context["body"] = change(body, changes)


def _works(html: str) -> Iterator[tuple[int, str]]:
    """Yield of each work that a cell shows the place behind what it says, and where it leads."""
    if "citehub-work" not in html:
        return
    found = find(html, "article", "a", "small")
    for work in found:
        if "citehub-work" in work.classes:
            links = [each for each in found if each.tag == "a" and each.within(work)]
            *_, said = (each for each in found if each.tag == "small" and each.within(work))
            yield said.close, links[0].attributes["href"]


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


def _linked(body: str, explore: Explore, themes: dict[str, str]) -> Iterator[Change]:
    """Lead from the counts of tables to the explorer, at what they count."""
    if "citehub-table" not in body:
        return
    found = find(body, "table", "tr", "th", "td")
    for table in found:
        if "citehub-table" not in table.classes:
            continue
        inner = [each for each in found if each.within(table)]
        lines = [[each for each in inner if each.within(row)] for row in inner if row.tag == "tr"]
        names = [_plain(body[cell.inner : cell.close]) for cell in lines[0]]
        for line in lines:
            texts = [body[cell.inner : cell.close] for cell in line]
            record = dict(zip(names, map(_plain, texts), strict=False))
            chosen = _chosen(record, themes)
            if chosen is not None:
                for cell, text, name in zip(line, texts, record, strict=False):
                    if href := _counted(name, record[name], chosen, explore):
                        yield cell.inner, cell.close, f'<a href="{href}">{text}</a>'


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


def _counted(name: str, text: str, chosen: list[tuple[str, str]], explore: Explore) -> str:
    """Return where a cell leads that counts papers, or names a theme; else an empty text."""
    theme = dict(chosen).get("theme")
    if name == "theme" and theme:
        return f"{theme}.html"
    more = [("year", name)] if re.fullmatch(r"\d{4}", name) else COLUMNS.get(name)
    is_count = more is not None and text.isdigit() and text != "0"
    return explore(*chosen, *(more or [])) if is_count else ""


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("doctree-read", name_places)
    app.connect("html-page-context", add_ways, priority=950)  # after page_parts
    return {"parallel_read_safe": True, "parallel_write_safe": True}
