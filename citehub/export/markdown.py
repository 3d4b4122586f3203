"""Markdown: a reading list with an item per work, for people who keep notes in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citehub._markdown import address, code_span, escape
from citehub._text import clean_line
from citehub._work import marked_title, shorten_authors
from citehub.export.record import database, reason, statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._work import Work
    from citehub.export import Selection


def write(selection: Selection) -> Iterator[str]:
    """Yield a heading, and an item per work, in CommonMark.

    Each line of an item begins with words of our own, with a link or with a code span, so no text
    from outside can begin a list, a heading or a code block.
    """
    hub = selection.hub
    title = f"Reading list: {hub.manifest['title']} ({database(hub)})"
    yield f"# {_text(title)}\n"
    for work in selection:
        lines = [
            _title(work),
            f"By {_text(shorten_authors(work.authors))}" if work.authors else "Authors not known",
            f"{_year(work)}. {_venue(work)}",
            _text(statement(reason(work, hub))),
            code_span(clean_line(work.work_id)),
        ]
        yield "\n- " + "\\\n  ".join(lines) + "\n"


def _text(value: str) -> str:
    return escape(clean_line(value))


def _title(work: Work) -> str:
    """Return the title as a link, or as text behind a word; the id of a work without one."""
    title = _text(marked_title(work).strip() or work.work_id)
    return f"[{title}]({address(work.url)})" if work.url else f"No address known: {title}"


def _year(work: Work) -> str:
    return (
        f"First public in {work.publication_year}" if work.publication_year else "Year not known"
    )


def _venue(work: Work) -> str:
    return f"Venue: {_text(work.venue)}" if work.venue else "Venue not known"
