"""The page of a citing work: all that the hub knows of it, and what it does not know."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from table_page import preview

from citehub import _markdown as md
from citehub._identifiers import Identifier
from citehub._labels import SCHEME_OF_FACET
from citehub._passages import list_passages
from citehub._text import clean, counted
from citehub._work import marked_title, readings_without, shorten_authors
from citehub.vocabulary import TEXT_STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citehub import Hub, Work
    from citehub._mt_nlg_rows import FindingFigureRow
    from citehub._rows import EvidenceRow

NAME = "MT-NLG"
LIST, LIST_ID = "the Pith page", "pith-hub-page"  # what lists the papers, and its source
SOURCES = "../../tables/sources.md"
NOT_FOUND = "no citation found in the text read"
UNKNOWN = "*not known*"
LISTED = 20  # authors at the top; where there are more, all stand further down

# What a reader may look for, and how the page names it.
FACTS = {
    "type": "type of work",
    "publication_year": "date of the first version",
    "venue": "venue",
    "primary_category": "category",
    "abstract": "abstract",
    "code_url": "code",
    "model_url": "model weights",
    "is_retracted": "whether it was retracted",
}


def name(work_id: str) -> str:
    """Return the name of the page of a work, without its ending."""
    return re.sub(r"[^\w.-]", "-", work_id.removeprefix("arxiv:"))


def short(work: Work) -> str:
    """Return what stands before the first colon of a title, or all of it."""
    return marked_title(work).partition(": ")[0]


def place(page_name: str) -> str:
    """Return the anchor of a work on the page of its theme, by the name of its own page."""
    return f"paper-{page_name.replace('.', '-')}"


@cache
def members(hub: Hub, theme: str) -> list[Work]:
    """Return the works of a theme in the order of its page."""
    return sorted(hub.select(theme=theme), key=lambda work: (work.published or "", work.work_id))


def address(*conditions: tuple[str, str]) -> str:
    """Return where on this site the explorer shows the papers that meet conditions."""
    return f"site:explorer/index#?{urlencode(conditions)}"


def _explore(text: str, *conditions: tuple[str, str]) -> str:
    return f"[{md.text(text)}]({address(*conditions)})"


def pages(hub: Hub) -> dict[str, str]:
    """Return the pages of the citing works, and their index, by file name."""
    works = hub.select()
    return {"index.md": _index(hub, works)} | {
        f"{name(w.work_id)}.md": page(hub, w) for w in works
    }


def _index(hub: Hub, works: list[Work]) -> str:
    rows = [
        (
            str(work.citation["hub_position"] if work.citation else ""),
            _entry(work),
            work.published or UNKNOWN,
            ", ".join(_theme_link(hub, theme) for theme in work.themes) or UNKNOWN,
            work.role or (NOT_FOUND if readings_without(work) else UNKNOWN),
        )
        for work in works
    ]
    walk = [work for row in hub.themes for work in members(hub, row["theme_id"])]
    walk += [work for work in works if not work.themes]
    toctree = "\n".join(dict.fromkeys(name(work.work_id) for work in walk))  # at the side
    about = (
        f"In the order of [{LIST}]({SOURCES}), as of data version {hub.version}. Each page tells "
        "what is known of one paper, what is not, and where each cell comes from. We chose the "
        "themes; a language model judged [the roles](../roles.md)."
    )
    return "\n\n".join(
        [
            "---\nnosearch: true\n---",  # the search finds the papers themselves
            f"# All {counted(len(works), 'citing paper')}",
            about,
            md.table(("no.", "paper", "first version", "theme", "cites as"), rows),
            f"```{{toctree}}\n:hidden:\n\n{toctree}\n```\n",
        ]
    )


def _entry(work: Work) -> str:
    link = f"[{md.text(marked_title(work))}]({name(work.work_id)}.md)"
    return f"{link} · {md.text(shorten_authors(work.authors, 1))}"


def page(hub: Hub, work: Work) -> str:
    """Return the page of one work."""
    return "\n\n".join(part for part in _parts(hub, work) if part) + "\n"


def _parts(hub: Hub, work: Work) -> Iterator[str]:
    if work.finding:
        yield preview(clean(work.finding))
    yield f"# {md.text(marked_title(work))}"
    # The site's search passes over numbers, except in entries of the index.
    curies = [f"{scheme}:{value}" for scheme, value in work.ids.items()]
    yield "\n\n".join(f"```{{index}} ! {curie}\n```" for curie in curies)
    if work.title != work.title_plain:
        yield f"Printed as: {md.code(work.title)}"
    many = len(work.authors) > LISTED
    yield md.paragraph(shorten_authors(work.authors, 5 if many else LISTED)) + (
        " ([all](#all-authors))" if many else ""
    )
    if work.url:
        told = (
            work.published,
            md.link(work.url, work.work_id),
            work.venue and md.text(work.venue),
        )
        yield f"[{' · '.join(filter(None, told))}]{{.no-search}}"
    yield from (_in_theme(hub, work, theme) for theme in work.themes)
    absent = readings_without(work)
    yield f"## Whether it cites {NAME}" if absent else f"## Why it cites {NAME}"
    yield from _passages(work)
    yield "## What it is"
    if work.finding:
        yield f"> {md.paragraph(work.finding)}"
        source = LIST if work.finding_source == LIST_ID else md.text(work.finding_source)
        named = source if absent else f"[{source}]({SOURCES})"
        yield f"*The one-line finding, as {named} prints it.*"
    yield md.table(("field", "value"), list(_facts(work)))
    yield from _citation(hub, work)
    yield from _figures(hub, work)
    yield "## What is not known"
    yield _unknown(hub, work)
    yield from _related(hub, work)
    if many:
        yield "## All authors"
        yield md.paragraph(", ".join(work.authors))
    yield "## Cite it"
    yield md.fenced(hub.cite(of=work), "bibtex")
    yield md.paragraph(hub.cite("apa", of=work))
    yield "## Where this comes from"
    yield from _evidence(work)
    yield "## The same by code"
    yield _code(hub, work)


def _facts(work: Work) -> Iterator[tuple[str, str]]:
    year = ("year", str(work.publication_year))
    yield "first version", _explore(work.published, year) if work.published else UNKNOWN
    for field, value in (("venue", work.venue), ("category", work.primary_category)):
        yield field, _explore(value, (field, value)) if value else UNKNOWN
    if work.is_retracted is not None:
        yield "retracted", "yes" if work.is_retracted else "no"
    yield "identifiers", ", ".join(_identifier(*each) for each in work.ids.items()) or UNKNOWN
    yield "code", md.link(work.code_url, work.code_url) if work.code_url else UNKNOWN
    yield "model weights", md.link(work.model_url, work.model_url) if work.model_url else UNKNOWN


def _identifier(scheme: str, value: str) -> str:
    identifier = Identifier(scheme, value)
    return md.link(identifier.url or "", f"{scheme}:{value}")


def _theme_title(hub: Hub, theme: str) -> str:
    return md.text(next(row["title"] for row in hub.themes if row["theme_id"] == theme))


def _theme_link(hub: Hub, theme: str) -> str:
    return f"[{_theme_title(hub, theme)}](../{theme}.md)"


def _in_theme(hub: Hub, work: Work, theme: str) -> str:
    """Say where a work stands in its theme, and lead there and to the explorer."""
    others = members(hub, theme)
    anchor = place(name(work.work_id))
    listed = _explore("see it among them in the explorer", *shown(work, theme))
    return (
        f"[Theme: [{_theme_title(hub, theme)}](site:citing/{theme}#{anchor}), paper "
        f"{others.index(work) + 1} of {len(others)} · {listed}]{{.no-search}}"
    )


def shown(work: Work, *themes: str) -> list[tuple[str, str]]:
    """Return what the explorer shows: a work, opened, among those of its themes."""
    return [*(("theme", theme) for theme in themes), ("open", work.work_id)]


def _judged_as(scheme: str, value: str | None) -> str:
    """Return values, comma-separated, each leading to the works that have it."""
    if not value:
        return UNKNOWN
    return ", ".join(_explore(each, (scheme, each)) for each in value.split(", "))


def _citation(hub: Hub, work: Work) -> Iterator[str]:
    citation = work.citation
    if citation is None:
        return
    canonical = hub.work(citation["cited_work_id"])
    sizes = Counter(row["method"] for row in hub.representatives)
    ranks = [
        f"rank {row['rank']} of {sizes[row['method']]} in the selection {md.code(row['method'])}"
        for row in work.representative
    ]
    months, shared = citation["timespan_months"], citation["shared_authors"]
    rows = [
        (
            f"cites, as {LIST} lists" if readings_without(work) else "cites",
            f"[{md.text(marked_title(canonical))}](../../canonical/index.md)",
        ),
        (f"place on {LIST}", f"{citation['hub_position']} of {len(hub.citing_works)}"),
        *(
            (name, _judged_as(name, getattr(work, name)))
            for name in SCHEME_OF_FACET
            if work.labels
        ),
        ("months between the first versions", UNKNOWN if months is None else str(months)),
        (
            "author names that both print (a heuristic)",
            UNKNOWN if shared is None else str(shared),
        ),
        ("[representative](../representatives.md)", ", ".join(ranks) or "in no selection"),
        ("theme (curated)", ", ".join(_theme_link(hub, t) for t in work.themes) or UNKNOWN),
    ]
    yield md.table(("field", "value"), rows)


def _passages(work: Work) -> Iterator[str]:
    """Yield the passages in which a work cites, who judged them, and which texts were read."""
    found = list_passages(work)
    absent = readings_without(work)
    if absent:
        partly = all(row["is_whole"] is False for row in absent)
        yield (
            f"[The Pith page]({SOURCES}) lists this paper as citing {NAME}. We found no citation "
            f"in the {'part of its text' if partly else 'version'} that we read."
        )
    elif not found:
        yield f"We do not know why this paper cites {NAME}: no passage of it is known."
    else:
        yield _in_sum(work, found)
        yield "\n".join(_passage(row) for row in found)
    if work.url:
        paper = md.link(work.url, "the paper")
        yield (
            f"To check it, open {paper} at the section and look for the mark or the name."
            if found
            else f"[Judge it yourself](../roles.md#how-to-label-yourself) from {paper}."
        )
    for row in work.text_readings:
        about = ", ".join(filter(None, (row["form"], row["text_version"])))
        status = TEXT_STATUSES[row["status"]]
        said = (
            status,
            _EXTENT[row["is_whole"]] if row["n_passages"] is not None else "",
            row["note"],
        )
        yield md.paragraph(f"Text{f' ({about})' if about else ''}: {' '.join(filter(None, said))}")


_EXTENT = {
    True: "It was read whole.",
    False: "It was read in part.",
    None: "Whether it was read whole is not noted.",
}


def _passage(row: dict[str, str | None]) -> str:
    """Return a passage as an item of a list: where, what it says, and how it was judged."""
    labels = [f"{name} {md.text(row[name])}" for name in SCHEME_OF_FACET if row[name]]
    judged = " · ".join(labels) or "not judged"
    lines = f"**{md.text(row['where'])}**", md.text(row["what it says"]), f"*{judged}*"
    return "- " + "\\\n  ".join(lines)


def _in_sum(work: Work, passages: Sequence[dict[str, str | None]]) -> str:
    """Say in how many passages a work cites, in which roles, and who judged that."""
    roles = Counter(row["role"] or "not judged" for row in passages)
    listed = ", ".join(f"{n} as {md.text(role)}" for role, n in roles.most_common())
    times = f"in **{len(passages)} passages**: {listed}"
    if len(passages) == 1:
        (role,) = roles
        times = f"**once**, as {md.text(role)}"
    return (
        f"It cites {NAME} {times}. Judged by: {md.text(work.judged_by or 'nobody yet')} "
        "([how sure that is](../roles.md#how-sure-are-these-judgements)). The descriptions are "
        "ours; [citation_contexts](../../tables/citation_contexts.md) has a hash of each sentence."
    )


def _figures(hub: Hub, work: Work) -> Iterator[str]:
    if "finding_figures" not in hub.tables:
        return
    found = [row for row in hub.table("finding_figures") if row["work_id"] == work.work_id]
    rows = [
        (
            row["quantity"].replace("_", " "),
            md.text(row["subject"]),
            _amount(row),
            md.text(row["compared_with"]) if row["compared_with"] else "*none named*",
            md.text(row["quote"]),
        )
        for row in found
    ]
    if rows:
        yield "## Figures in its finding"
        yield md.table(("quantity", "of", "figure", "against", "in the finding's words"), rows)
        yield from _judged(hub, {row["figure_id"] for row in found})


@cache
def _figure_evidence(hub: Hub) -> list[EvidenceRow]:
    """Return the evidence of every figure, read once for all pages."""
    return [row for row in hub.evidence if row["table_name"] == "finding_figures"]


def _judged(hub: Hub, figures: set[str]) -> Iterator[str]:
    columns: dict[tuple[str, str], dict[str, None]] = {}
    for row in _figure_evidence(hub):
        if row["row_key"] in figures and row["column_name"] not in {"figure_id", "work_id"}:
            columns.setdefault((row["source_id"], row["grade"]), {})[row["column_name"]] = None
    given = "; ".join(
        f"{', '.join(map(md.code, names))}: {md.text(source)}, {md.text(grade)}"
        for (source, grade), names in columns.items()
    )
    if given:
        yield f"Sources of [these cells](../../tables/finding_figures.md): {given}."


def _amount(row: FindingFigureRow) -> str:
    low, high = _number(row["value"]), _number(row["value_high"])
    relation = (
        ""
        if row["relation"] in {"exactly", "range"}
        else f"{str(row['relation']).replace('_', ' ')} "
    )
    return f"{relation}{low}{f' to {high}' if high else ''} {row['unit']}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{value / size:,.10g} {word}"
    return f"{value:,.10g}"


def _unknown(hub: Hub, work: Work) -> str:
    missing = [label for column, label in FACTS.items() if getattr(work, column) is None]
    if work.citation and work.citation["is_influential"] is None:
        missing.append("whether a source calls the citation influential")
    if not missing:
        return f"Data version {hub.version} fills every other column."
    return f"Not in the sources of data version {hub.version}: {'; '.join(missing)}."


def _related(hub: Hub, work: Work) -> Iterator[str]:
    related = hub.related(work, n=6)
    rows = [
        (
            f"[{md.text(marked_title(each.work))}]({name(each.work.work_id)}.md)"
            if each.work.citation
            else f"[{md.text(marked_title(each.work))}](../../canonical/index.md)",
            f"{each.score:.3f}",
            md.text(", ".join(each.shared)),
        )
        for each in related
    ]
    if rows:
        yield "## Its neighbours"
        yield (
            "Papers whose title and finding share rare words (TF-IDF cosine, 0 to 1). This is a "
            "heuristic; no source says that they have to do with each other."
        )
        yield md.table(("paper", "cosine", "words in common"), rows)
        yield _explore("More of them in the explorer", ("related_to", work.work_id))


def _evidence(work: Work) -> Iterator[str]:
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for row in work.evidence:
        key = (row["table_name"], row["source_id"], row["grade"], row["locator"] or "")
        groups.setdefault(key, []).append(row["column_name"])
    rows = [
        (
            f"{md.code(table)}: {', '.join(md.code(column) for column in dict.fromkeys(columns))}",
            md.text(source),
            md.text(grade),
            md.text(locator) if locator else UNKNOWN,
        )
        for (table, source, grade, locator), columns in groups.items()
    ]
    cells = counted(len(work.evidence), "cell")
    yield f"{cells}, grouped by source, grade and place in the source."
    yield md.table(("table: columns", "source", "grade", "place"), rows)


def _code(hub: Hub, work: Work) -> str:
    return md.fenced(
        f"""import citehub

hub = citehub.load({hub.name!r}, version={hub.version!r})
work = hub.work({work.work_id!r})
print(work.title, work.authors, work.published, work.venue, work.finding, work.links, sep="\\n")
print(work.citation, work.role, work.polarity, work.themes, work.representative, sep="\\n")
print(*work.passages, *work.text_readings, work.judged_by, sep="\\n")
print(*hub.related(work, n=6), sep="\\n")
print(*work.evidence, sep="\\n")
print(hub.cite(of=work))""",
        "python",
    )
