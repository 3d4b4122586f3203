"""The citation network: its nodes and edges, and their attributes, for every network format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub._labels import join_labels
from citehub._text import clean_line
from citehub._work import marked_title
from citehub.export.record import NOT_KNOWN, judged_by, labels_of, reason, role_and_polarity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from citehub._work import Work
    from citehub.export import Selection

NODE: Final = {
    "label": "string",
    "work_id": "string",
    "relation": "string",
    "authors": "string",
    "publication_year": "int",
    "publication_month": "int",
    "venue": "string",
    "primary_category": "string",
    "themes": "string",
    "url": "string",
    "hub_position": "int",
}
EDGE: Final = {
    "role": "string",
    "polarity": "string",
    "subject": "string",
    "judged_by": "string",
    "timespan_months": "int",
    "shared_authors": "int",
    "hub": "string",
    "data_version": "string",
    "sources": "string",
}
"""Attributes of nodes and edges with their types, ``string`` or ``int``."""


class Node(NamedTuple):
    """A work."""

    work_id: str
    attributes: dict[str, Any]


class Edge(NamedTuple):
    """A citation, from the citing to the cited work."""

    citing: str
    cited: str
    attributes: dict[str, Any]


def nodes(selection: Selection) -> Iterator[Node]:
    """Yield the works; an unknown value is no attribute."""
    for work in selection:
        attributes = {
            "label": marked_title(work),
            "work_id": work.work_id,
            "relation": reason(work, selection.hub).relation,
            "authors": "; ".join(work.authors),
            "publication_year": work.publication_year,
            "publication_month": work.publication_month,
            "venue": work.venue,
            "primary_category": work.primary_category,
            "themes": "; ".join(work.themes),
            "url": work.url,
            "hub_position": work.citation and work.citation["hub_position"],
        }
        yield Node(clean_line(work.work_id), known(attributes))


def edges(selection: Selection) -> Iterator[Edge]:
    """Yield the citations between the selected works."""
    selected = set(selection.work_ids)
    for work in selection:
        sources = ", ".join(work.citation_sources) or NOT_KNOWN
        for citation in work.cites:
            if citation["cited_work_id"] not in selected:
                continue
            labels = labels_of(work, citation)
            role, polarity = role_and_polarity(labels)
            attributes = {
                "role": role,
                "polarity": polarity,
                "subject": join_labels(labels, "subject"),
                "judged_by": judged_by(labels),
                "timespan_months": citation["timespan_months"],
                "shared_authors": citation["shared_authors"],
                "hub": selection.hub.name,
                "data_version": selection.hub.version,
                "sources": sources,
            }
            citing, cited = clean_line(work.work_id), clean_line(citation["cited_work_id"])
            yield Edge(citing, cited, known(attributes))
        yield from _local(work, selection, selected)


def _local(work: Work, selection: Selection, selected: Collection[str]) -> Iterator[Edge]:
    """Yield the citations of other selected citing works, each with its sources."""
    sources: dict[str, set[str]] = {}
    for row in work.local_citations:
        if row["cited_work_id"] in selected:
            sources.setdefault(row["cited_work_id"], set()).add(row["source_id"])
    for cited, stated_by in sources.items():
        attributes = {
            "role": NOT_KNOWN,
            "polarity": NOT_KNOWN,
            "hub": selection.hub.name,
            "data_version": selection.hub.version,
            "sources": ", ".join(sorted(stated_by)),
        }
        yield Edge(clean_line(work.work_id), clean_line(cited), known(attributes))


def known(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes that say something, each text on one line."""
    return {
        name: clean_line(value) if isinstance(value, str) else value
        for name, value in attributes.items()
        if value is not None and value != ""
    }
