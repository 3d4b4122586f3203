"""What commands print for scripts: records as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citehub import _terminal as terminal
from citehub._text import to_json

if TYPE_CHECKING:
    from citehub import Hub, Work


def print_json(record: object) -> None:
    """Print a record as JSON; bytes that are not UTF-8, as in names of files, are escaped."""
    terminal.write_stdout([to_json(record).encode(errors="backslashreplace"), b"\n"])


def work_record(work: Work) -> dict[str, Any]:
    """Return everything that a hub knows about one work."""
    return {
        "work_id": work.work_id,
        "title": work.title,
        "title_plain": work.title_plain,
        "authors": list(work.authors) or None,
        "author_count": work.author_count,
        "published": work.published,
        "publication_year": work.publication_year,
        "publication_month": work.publication_month,
        "type": work.type,
        "venue": work.venue,
        "primary_category": work.primary_category,
        "abstract": work.abstract,
        "finding": work.finding,
        "finding_source": work.finding_source,
        "ids": work.ids,
        "links": work.links,
        "themes": list(work.themes) or None,
        "role": work.role,
        "polarity": work.polarity,
        "subject": work.subject,
        "judged_by": work.judged_by,
        "citation": work.citation,
        "labels": list(work.labels),
        "contexts": list(work.contexts),
        "text_readings": list(work.text_readings),
        "representative": list(work.representative),
        "is_retracted": work.is_retracted,
    }


def hub_record(hub: Hub) -> dict[str, Any]:
    """Return the summary of a hub."""
    return {
        "hub": hub.name,
        "version": hub.version,
        "path": hub.path,
        "title": hub.manifest["title"],
        "hub_class": hub.manifest["citehub"]["hub_class"],
        "canonical": work_record(hub.canonical),
        "n_citing": len(hub.citing_works),
        "summary": [row._asdict() for row in hub.summary()],
        "tables": {each["name"]: each["rows"] for each in hub.manifest["resources"]},
    }
