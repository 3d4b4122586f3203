"""CSL-JSON: an item per work, for Pandoc, Zotero and every citation processor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citehub._text import clean_line, json_array
from citehub.export.kinds import kind
from citehub.export.names import Name, names
from citehub.export.record import eprint, note, notes, reason, server, tags, venue, why_it_cites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._hub import Hub
    from citehub._work import Work
    from citehub.export import Selection


def write(selection: Selection) -> Iterator[str]:
    """Yield an array of items."""
    yield from json_array(_item(work, selection.hub) for work in selection)
    yield "\n"


def reference(work: Work) -> dict[str, Any]:
    """Return the bibliographic variables of a work; unknown ones are None."""
    named, year, month = kind(work), work.publication_year, work.publication_month
    arxiv = eprint(work)
    return {
        "id": clean_line(work.work_id),
        "type": named.csl,
        "genre": named.csl_genre,
        "title": _line(work.title_plain),
        "author": [_author(name) for name in names(work)] or None,
        "issued": {"date-parts": [[year, month] if month else [year]]} if year else None,
        # Of an article a number would be printed as that of the article.
        **({"note": arxiv} if named.has_venue else {"publisher": server(work), "number": arxiv}),
        named.csl_venue: venue(work),
        "DOI": _line(work.ids.get("doi")),
        "PMID": _line(work.ids.get("pmid")),
        "PMCID": _line(work.ids.get("pmcid")),
        "language": _line(work.language),
        "URL": _line(work.url),
    }


def without_nulls(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item without unknown parts, as CSL has no null."""
    return {name: value for name, value in item.items() if value is not None}


def _item(work: Work, hub: Hub) -> dict[str, Any]:
    why, of_work = reason(work, hub), reference(work)
    noted = [of_work.pop("note", None), *notes(work, "note")]
    more = {
        "abstract": _line(work.abstract),
        "keyword": ", ".join(tags(work, why)) or None,
        "note": _lines(noted),
        "annote": _lines([note(work), why_it_cites(work), *notes(work, "annotation")]),
        "custom": why._asdict(),
    }
    return without_nulls(of_work | more)


def _line(text: str | None) -> str | None:
    return clean_line(text) if text else None


def _lines(texts: list[str | None]) -> str | None:
    return "\n".join(filter(None, texts)) or None


def _author(name: Name) -> dict[str, str]:
    if name.is_literal:
        return {"literal": name.family}
    parts = {
        "family": name.family,
        "given": name.given,
        "dropping-particle": name.dropped,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: text for part, text in parts.items() if text}
