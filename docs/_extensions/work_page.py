"""The page of a citing work: all that the hub knows of it, and what it does not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citehub import _markdown as md
from citehub._identifiers import Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub import Hub, Work

UNKNOWN = "*not known*"

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
            f"[{md.text(work.title_plain)}]({name(work.work_id)}.md)",
            work.published or UNKNOWN,
            ", ".join(_theme_link(hub, theme) for theme in work.themes) or UNKNOWN,
        )
        for work in works
    ]
    toctree = "\n".join(name(work.work_id) for work in works)
    about = (
        f"In the order of the hub page, as data version {hub.version} holds it. Each page tells "
        "what the hub knows of one paper, what it does not know, and where each cell comes from."
    )
    return "\n\n".join(
        [
            f"# All {len(works)} citing papers",
            about,
            md.table(("no.", "paper", "first version", "theme"), rows),
            f"```{{toctree}}\n:hidden:\n\n{toctree}\n```\n",
        ]
    )


def page(hub: Hub, work: Work) -> str:
    """Return the page of one work."""
    return "\n\n".join(part for part in _parts(hub, work) if part) + "\n"


def _parts(hub: Hub, work: Work) -> Iterator[str]:
    yield f"# {md.text(work.title_plain)}"
    # The site's search passes over numbers, except in entries of the index.
    yield "\n\n".join(f"```{{index}} single: {value}\n```" for value in work.ids.values())
    if work.title != work.title_plain:
        yield f"Printed as: {md.code(work.title)}"
    yield md.paragraph(", ".join(work.authors) or "Authors not known")
    if work.finding:
        yield f"> {md.paragraph(work.finding)}"
        yield f"*The one-line finding, as {md.text(work.finding_source)} prints it.*"
    yield md.table(("field", "value"), list(_facts(work)))
    yield "## How it cites the canonical work"
    yield from _citation(hub, work)
    yield from _figures(hub, work)
    yield "## What is not known"
    yield _unknown(hub, work)
    yield from _related(hub, work)
    yield "## Cite it"
    yield md.fenced(hub.cite(of=work), "bibtex")
    yield md.paragraph(hub.cite("apa", of=work))
    yield "## Where this comes from"
    yield from _evidence(work)
    yield "## The code that makes this page"
    yield _code(hub, work)


def _facts(work: Work) -> Iterator[tuple[str, str]]:
    yield "first version", work.published or UNKNOWN
    yield "venue", md.text(work.venue) if work.venue else UNKNOWN
    yield "category", md.text(work.primary_category) if work.primary_category else UNKNOWN
    yield "identifiers", ", ".join(_identifier(*each) for each in work.ids.items()) or UNKNOWN
    yield "code", md.link(work.code_url, work.code_url) if work.code_url else UNKNOWN
    yield "model weights", md.link(work.model_url, work.model_url) if work.model_url else UNKNOWN


def _identifier(scheme: str, value: str) -> str:
    identifier = Identifier(scheme, value)
    return md.link(identifier.url or "", f"{scheme}:{value}")


def _theme_link(hub: Hub, theme: str) -> str:
    titles = {row["theme_id"]: row["title"] for row in hub.themes}
    return f"[{md.text(titles[theme])}](../{theme}.md)"


def _citation(hub: Hub, work: Work) -> Iterator[str]:
    citation = work.citation
    if citation is None:
        return
    canonical = hub.work(citation["cited_work_id"])
    ranks = [f"{row['rank']} of {md.code(row['method'])}" for row in work.representative]
    months, shared = citation["timespan_months"], citation["shared_authors"]
    rows = [
        ("cites", f"[{md.text(canonical.title_plain)}](../../canonical/index.md)"),
        ("place on the hub page", f"{citation['hub_position']} of {len(hub.citing_works)}"),
        ("role", md.text(work.role) if work.role else UNKNOWN),
        ("polarity", md.text(work.polarity) if work.polarity else UNKNOWN),
        ("passages that cite", str(len(work.contexts)) if work.contexts else UNKNOWN),
        ("months after the first version", UNKNOWN if months is None else str(months)),
        (
            "author names that both print (a heuristic)",
            UNKNOWN if shared is None else str(shared),
        ),
        ("representative", ", ".join(ranks) or "in no selection"),
        ("theme (curated)", ", ".join(_theme_link(hub, t) for t in work.themes) or UNKNOWN),
    ]
    yield md.table(("field", "value"), rows)
    stated = {(row.n_labelled, row.n_citing) for row in hub.summary() if row.scheme == "intent"}
    if stated and not work.labels:
        counts = "; ".join(f"{labelled} of {citing}" for labelled, citing in sorted(stated))
        yield (
            f"The hub page labels {counts} papers and does not say which, so no role stands here: "
            "[what can and cannot be told](../roles.md)."
        )


def _figures(hub: Hub, work: Work) -> Iterator[str]:
    if "finding_figures" not in hub.tables:
        return
    rows = [
        (
            row["quantity"].replace("_", " "),
            md.text(row["subject"]),
            _amount(row),
            md.text(row["compared_with"]) if row["compared_with"] else "",
            md.text(row["quote"]),
        )
        for row in hub.finding_figures
        if row["work_id"] == work.work_id
    ]
    if rows:
        yield "## Figures in its finding"
        yield md.table(("quantity", "of", "figure", "against", "in the finding's words"), rows)


def _amount(row: dict[str, object]) -> str:
    low, high = (
        f"{row[key]:,.10g}" if row[key] is not None else "" for key in ("value", "value_high")
    )
    relation = (
        ""
        if row["relation"] in {"exactly", "range"}
        else f"{str(row['relation']).replace('_', ' ')} "
    )
    return f"{relation}{low}{f' to {high}' if high else ''} {row['unit']}"


def _unknown(hub: Hub, work: Work) -> str:
    missing = [label for column, label in FACTS.items() if getattr(work, column) is None]
    if not work.labels:
        missing += ["the role of its citation", "its polarity"]
    if not work.contexts:
        missing.append("the passages in which it cites")
    if work.citation and work.citation["is_influential"] is None:
        missing.append("whether a source calls the citation influential")
    listed = "; ".join(missing) or "nothing of what the tables have a place for"
    return f"No source of data version {hub.version} says: {listed}. Null is not zero."


def _related(hub: Hub, work: Work) -> Iterator[str]:
    related = hub.related(work, n=6)
    rows = [
        (
            f"[{md.text(each.work.title_plain)}]({name(each.work.work_id)}.md)"
            if each.work.citation
            else f"[{md.text(each.work.title_plain)}](../../canonical/index.md)",
            f"{each.score:.3f}",
            md.text(", ".join(each.shared)),
        )
        for each in related
    ]
    if rows:
        yield "## Its neighbours"
        yield (
            "A heuristic: the works whose titles and findings use the same rare words, by the "
            "cosine of these (0 to 1)."
        )
        yield md.table(("work", "cosine", "words in common"), rows)


def _evidence(work: Work) -> Iterator[str]:
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for row in work.evidence:
        key = (row["table_name"], row["source_id"], row["grade"], row["locator"] or "")
        groups.setdefault(key, []).append(row["column_name"])
    rows = [
        (
            md.code(table),
            ", ".join(md.code(column) for column in dict.fromkeys(columns)),
            md.text(source),
            md.text(grade),
            md.text(locator) if locator else UNKNOWN,
        )
        for (table, source, grade, locator), columns in groups.items()
    ]
    yield f"{len(work.evidence)} cells, grouped by source, grade and place in the source."
    yield md.table(("table", "columns", "source", "grade", "place"), rows)


def _code(hub: Hub, work: Work) -> str:
    return md.fenced(
        f"""import citehub

hub = citehub.load({hub.name!r}, version={hub.version!r})
work = hub.work({work.work_id!r})
print(work.title, work.authors, work.published, work.venue, work.finding, work.links, sep="\\n")
print(work.citation, work.role, work.polarity, work.themes, work.representative, sep="\\n")
print(*hub.related(work, n=6), sep="\\n")
print(*work.evidence, sep="\\n")
print(hub.cite(of=work))""",
        "python",
    )
