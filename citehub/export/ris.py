"""RIS: a record per work, for Zotero, EndNote, Mendeley and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citehub._text import clean_line
from citehub.export.kinds import kind
from citehub.export.names import Name, names
from citehub.export.record import (
    eprint,
    note,
    notes,
    reason,
    server,
    statement,
    tags,
    venue,
    why_it_cites,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._work import Work
    from citehub.export import Selection


def write(selection: Selection) -> Iterator[str]:
    """Yield a record per work; lines end with CR LF, as the format demands."""
    for work in selection:
        why = reason(work, selection.hub)
        lines = [
            *_reference(work),
            *(("KW", tag) for tag in tags(work, why, parting=";")),
            *(("N1", each) for each in notes(work, "note", "annotation")),
            ("N1", note(work)),
            ("N1", why_it_cites(work)),
            ("N1", statement(why)),  # readers take DB, DP and C1 to C8 for places and people
        ]
        cleaned = ((tag, clean_line(value or "").strip()) for tag, value in lines)
        record = "".join(f"{tag}  - {value}\r\n" for tag, value in cleaned if value)
        yield f"{record}ER  - \r\n\r\n"


def _reference(work: Work) -> Iterator[tuple[str, str | None]]:
    named, arxiv = kind(work), eprint(work)
    yield "TY", named.ris
    yield "ID", work.work_id
    for name in names(work):
        yield "AU", _author(name)
    yield "TI", work.title_plain
    if work.publication_year:
        month = f"{work.publication_month:02}" if work.publication_month else ""
        yield "PY", str(work.publication_year)
        yield "DA", f"{work.publication_year}/{month}//"
    for tag in named.ris_venue.split():
        yield tag, venue(work)
    yield "M3", "Preprint" if named.ris == "MANSCPT" else None
    if named.has_venue:
        yield "N1", arxiv
    else:
        yield "PB", server(work)
        yield "DB", server(work)  # where Zotero looks for it
        yield "AN", arxiv
    yield "DO", work.ids.get("doi")
    for scheme in ("pmid", "pmcid"):  # which have no tag
        yield "N1", f"{scheme.upper()}:{work.ids[scheme]}" if scheme in work.ids else None
    yield "LA", work.language if named.ris != "COMP" else None  # that of the program in Zotero
    yield "UR", (work.url or "").replace(";", "%3B")  # readers take a semicolon for a list
    yield "AB", work.abstract


def _author(name: Name) -> str:
    if name.is_literal:
        return name.family
    return ", ".join(part for part in (name.whole_family, name.whole_given, name.suffix) if part)
