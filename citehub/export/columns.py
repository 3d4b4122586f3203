"""The list of works as a table: one declaration for CSV, JSON Lines and Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub._passages import text_status
from citehub.export.record import reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._hub import Hub
    from citehub._rows import CitationContextColumn
    from citehub._work import Work
    from citehub.export import Selection

COLUMNS: Final = {
    "work_id": "string",
    "title": "string",
    "title_plain": "string",
    "authors": "list",
    "publication_year": "int16",
    "publication_month": "int8",
    "type": "string",
    "venue": "string",
    "primary_category": "string",
    "arxiv": "string",
    "doi": "string",
    "url": "string",
    "code_url": "string",
    "model_url": "string",
    "finding": "string",
    "finding_source": "string",
    "themes": "list",
    "representative": "list",
    "is_retracted": "bool",
    "relation": "string",
    "hub_position": "int32",
    "timespan_months": "int32",
    "shared_authors": "int32",
    "role": "string",
    "polarity": "string",
    "subject": "string",
    "n_passages": "int32",
    "section": "string",
    "place": "string",
    "gist": "string",
    "text": "string",
    "text_status": "string",
    "judged_by": "string",
    "hub": "string",
    "data_version": "string",
    "sources": "list",
}
"""Columns by name, with their type in ``citehub._parquet_files.arrow_type``; a list is of strings.

Null is not known; role and polarity are also null for the canonical work. ``section`` to ``text``
are those of the first passage, and ``text_status`` gives the result of looking for passages.
"""


_OF_PASSAGE: Final[tuple[CitationContextColumn, ...]] = ("section", "place", "gist", "text")


def rows(selection: Selection) -> Iterator[dict[str, Any]]:
    """Yield a row per work."""
    return (_row(work, selection.hub) for work in selection)


def _row(work: Work, hub: Hub) -> dict[str, Any]:
    ids, citation, why = work.ids, work.citation, reason(work, hub)
    passages = work.passages
    cells: dict[str, Any] = {
        "authors": list(work.authors) or None,
        "arxiv": ids.get("arxiv"),
        "doi": ids.get("doi"),
        "url": work.url,
        "themes": list(work.themes) or None,
        "representative": [row["method"] for row in work.representative] or None,
        "relation": why.relation,
        "hub_position": citation and citation["hub_position"],
        "timespan_months": citation and citation["timespan_months"],
        "shared_authors": citation and citation["shared_authors"],
        "n_passages": len(passages) or None,
        **dict.fromkeys(_OF_PASSAGE),
        "text_status": text_status(work),
        "judged_by": why.judged_by,
        "hub": why.hub,
        "data_version": why.data_version,
        "sources": list(work.sources) or None,
    }
    if passages:
        cells |= {name: passages[0][name] for name in _OF_PASSAGE}
    return {name: cells[name] if name in cells else getattr(work, name) for name in COLUMNS}
