"""BibTeX: an entry per work, for LaTeX with BibTeX or biber."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from citehub._tex import escape_tex
from citehub.export.kinds import kind
from citehub.export.names import Name, names
from citehub.export.record import note, notes, reason, server, tags, venue, why_it_cites

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citehub._work import Work
    from citehub.export import Selection

_MONTHS: Final = dict(
    enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)  # noqa: SIM905
)
_INITIAL: Final = re.compile(r"(?<![^ \-])[^\x00-\x7f]")
_WORD: Final = re.compile(r"[A-Za-z-]+")
_PARTING: Final = re.compile(r"[\\$,]|(?<![^ ])and(?![^ ])", re.IGNORECASE)  # names, or TeX
_ACCENTS: Final = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0307": ".",
    "\u0308": '"', "\u030c": "v ", "\u0327": "c ",
}  # fmt: skip
_NOT_IN_KEYS: Final = re.compile(r"[^A-Za-z0-9.:/+-]")
_NOT_IN_ADDRESSES: Final = re.compile(r"[\\{}\s\"<>^`|~\x00-\x1f\x7f-\x9f]")
_NOT_IN_DOIS: Final = re.compile(  # LaTeX stops at these, or reads commands
    r"[\\{}%#\s\x00-\x1f\x7f-\x9f]|\^\^"
)


def write(selection: Selection) -> Iterator[str]:
    """Yield an entry per work, separated by empty lines."""
    for number, work in enumerate(selection):
        why = reason(work, selection.hub)
        annotations = (
            note(work),
            why_it_cites(work),
            *notes(work, "note", "annotation"),
        )  # which no style prints
        more = {
            "abstract": escape_tex(work.abstract or ""),
            "keywords": escape_tex(", ".join(tags(work, why))),
            "annote": escape_tex("; ".join(filter(None, annotations))),
            "citehub-hub": escape_tex(why.hub),
            "citehub-version": escape_tex(why.data_version),
            "citehub-relation": why.relation,
            "citehub-role": escape_tex(why.role or ""),
            "citehub-polarity": escape_tex(why.polarity or ""),
            "citehub-subject": escape_tex(why.subject or ""),
            "citehub-judged-by": escape_tex(why.judged_by or ""),
            "citehub-sources": escape_tex(why.sources),
        }
        yield ("\n" if number else "") + entry(
            kind(work).bibtex, work.work_id, reference(work) | more
        )


def reference(work: Work) -> dict[str, str]:
    """Return the bibliographic fields of a work; unknown ones are empty."""
    ids = work.ids
    is_arxiv = "arxiv" in ids
    title = work.title if "$" in work.title else work.title_plain  # mathematics stay TeX
    named, at = kind(work), "" if is_arxiv else server(work) or ""
    return {
        "author": " and ".join(_author(name) for name in names(work)),
        "title": f"{{{escape_tex(title)}}}" if title else "",
        "year": str(work.publication_year or ""),
        "month": _MONTHS.get(work.publication_month or 0, ""),
        named.bibtex_venue: escape_tex(venue(work) or ""),
        **({"howpublished": escape_tex(at)} if at else {}),
        "eprint": escape_tex(ids.get("arxiv", "")),
        "eprinttype": "arxiv" if is_arxiv else "",
        "archiveprefix": "arXiv" if is_arxiv else "",
        "primaryclass": escape_tex(work.primary_category or "") if is_arxiv else "",
        "doi": doi(ids.get("doi", "")),
        "pmid": escape_tex(ids.get("pmid", "")),
        "pmcid": escape_tex(ids.get("pmcid", "")),
        "url": address(work.url or ""),
    }


def entry(type_: str, key: str, fields: Mapping[str, str]) -> str:
    """Return an entry of the fields that are not empty; their values are TeX."""
    filled = {name: value for name, value in fields.items() if value}
    lines = (
        f"  {name:<16} = {value if name == 'month' else f'{{{value}}}'},\n"
        for name, value in filled.items()
    )
    return f"@{type_}{{{_key(key)},\n{''.join(lines)}}}\n"


def _key(work_id: str) -> str:
    """Return a citation key, of letters that TeX and BibTeX leave alone."""
    return _NOT_IN_KEYS.sub(lambda match: f"_{ord(match[0]):x}_", work_id)


def _author(name: Name) -> str:
    if name.is_literal or not name.given:  # BibTeX would split it
        whole = f"{name.whole_family} {name.suffix}".strip()
        is_word = not name.is_literal and _WORD.fullmatch(whole)
        return whole if is_word else f"{{{escape_tex(whole)}}}"
    parts = (name.whole_family, name.suffix, name.whole_given)
    escaped = (escape_tex(part) for part in parts if part)
    braced = (f"{{{part}}}" if _PARTING.search(part) else part for part in escaped)
    return _INITIAL.sub(_accent, ", ".join(braced))


def _accent(match: re.Match[str]) -> str:
    """Return an accented initial in TeX: styles that abbreviate names take its first byte."""
    parts = unicodedata.normalize("NFD", match[0])
    if parts[0].isascii() and parts[1:] in _ACCENTS:
        return f"{{\\{_ACCENTS[parts[1:]]}{parts[0]}}}"
    return match[0]


def doi(text: str) -> str:
    """Return a DOI unchanged; empty if TeX cannot print it, as ``url`` has its page."""
    return "" if _NOT_IN_DOIS.search(text) else text


def address(text: str) -> str:
    """Return an address with the signs of TeX percent-encoded."""
    return _NOT_IN_ADDRESSES.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), text
    )
