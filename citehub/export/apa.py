"""APA style as plain text: a line for a manuscript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citehub._text import clean_line
from citehub.export.kinds import kind
from citehub.export.names import Name, names
from citehub.export.record import eprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citehub._work import Work

_MOST_AUTHORS: Final = 20  # of more, the first nineteen and the last are named


def reference(work: Work) -> str:
    """Return the reference of a work; unknown parts are left out, or ``n.d.``."""
    title = clean_line(work.title_plain)
    arxiv = None if kind(work).has_venue else eprint(work)
    published = "arXiv" if arxiv else work.venue
    return join(
        [_author(name) for name in names(work)],
        str(work.publication_year or "n.d."),
        f"{title} ({arxiv})" if arxiv else title,
        clean_line(published) if published else None,
        clean_line(work.url) if work.url else None,
    )


def join(
    authors: Sequence[str], year: str, title: str, published: str | None, url: str | None
) -> str:
    """Return a reference from its parts; without authors, the title comes first."""
    by = _list(authors)
    parts = [f"{_ended(by)} ({year})", title] if by else [title, f"({year})"]
    if published:
        parts.append(published)
    return " ".join([*map(_ended, parts), *([url] if url else [])])


def _ended(part: str) -> str:
    return part if part.endswith((".", "?", "!")) else f"{part}."


def _list(authors: Sequence[str]) -> str:
    if len(authors) > _MOST_AUTHORS:
        return f"{', '.join(authors[: _MOST_AUTHORS - 1])}, . . . {authors[-1]}"
    if len(authors) > 1:
        return f"{', '.join(authors[:-1])}, & {authors[-1]}"
    return "".join(authors)


def _author(name: Name) -> str:
    if name.is_literal:
        return name.family
    return ", ".join(part for part in (name.whole_family, name.initials, name.suffix) if part)
