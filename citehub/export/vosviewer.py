"""VOSviewer JSON: the citation network, for VOSviewer and VOSviewer Online."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from citehub._text import clean_line, json_array, to_json
from citehub._work import marked_title
from citehub.export.network import edges
from citehub.export.record import database, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citehub._hub import Hub
    from citehub._work import Work
    from citehub.export import Selection

_OTHER: Final = "Without a theme"
_MOST_CLUSTERS: Final = 1000  # that VOSviewer takes


def write(selection: Selection) -> Iterator[str]:
    """Yield the items, their links, and the themes as clusters.

    A work's cluster is its first theme. Links only have a strength, so role, polarity and sources
    are in the description of the citing work. Labels and descriptions of items are HTML, those of
    clusters are not.
    """
    hub = selection.hub
    titles = {row["theme_id"]: row["title"] for row in hub.release.rows("themes")}
    clusters = {theme: number for number, theme in enumerate(titles, 1) if number < _MOST_CLUSTERS}
    about = {"title": hub.manifest["title"], "description": f"Data version {hub.version}"}
    yield f'{{"info": {_html_json(about)},\n"network": {{\n"items": '
    yield from json_array(_item(work, hub, clusters) for work in selection)
    yield ',\n"links": '
    yield from json_array(
        {"source_id": edge.citing, "target_id": edge.cited, "strength": 1}
        for edge in edges(selection)
    )
    yield ',\n"clusters": '
    named = {number: titles[theme] for theme, number in clusters.items()}
    named[len(clusters) + 1] = _OTHER
    yield from json_array(
        {"cluster": number, "label": clean_line(title)} for number, title in named.items()
    )
    yield "\n}}\n"


def _item(work: Work, hub: Hub, clusters: Mapping[str, int]) -> dict[str, Any]:
    why = reason(work, hub)
    facts = {
        "Title": marked_title(work),
        "Authors": "; ".join(work.authors),
        "Published": work.published,
        "Citation role": why.role,
        "Citation polarity": why.polarity,
        "Citation subject": why.subject,
        "Judged by": why.judged_by,
        "Dataset": database(hub),
        "Sources": why.sources,
    }
    cluster = next((clusters[theme] for theme in work.themes if theme in clusters), None)
    item: dict[str, Any] = {
        "id": clean_line(work.work_id),
        "label": escape(clean_line(marked_title(work)), quote=False),
        "description": "<br>".join(
            f"{name}: {_described(value)}" for name, value in facts.items() if value
        ),
        "cluster": cluster or len(clusters) + 1,
    }
    if work.url:
        item["url"] = work.url
    if work.publication_year:
        item["scores"] = {"Publication year": work.publication_year}
    return item


def _described(value: str) -> str:
    """Return text for a description, where ``{name}`` would mean a value of the item."""
    return escape(clean_line(value)).replace("{", "<span>{</span>")


def _html_json(texts: Mapping[str, str]) -> str:
    return to_json({name: escape(clean_line(text)) for name, text in texts.items()}, indent=None)
