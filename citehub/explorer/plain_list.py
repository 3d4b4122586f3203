"""The list of citing works as plain HTML, which the explorer's script takes over."""

from __future__ import annotations

from html import escape
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

from citehub import _html
from citehub._identifiers import Identifier
from citehub._passages import describe_first, text_status
from citehub._text import clean_line, counted, to_json
from citehub._work import shorten_authors
from citehub.vocabulary import TEXT_STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from citehub._hub import Hub
    from citehub._work import Work

_TABLES_AT_START: Final = (
    "works",
    "authorships",
    "work_ids",
    "citations",
    "citation_labels",
    "citation_contexts",
    "text_readings",
    "themes",
    "work_themes",
    "representatives",
)  # tables that the script reads as it starts
_WHOLE_BELOW: Final = 1 << 18  # bytes, as in files.js; of larger files it reads parts
_SCHEME_TITLES: Final = {
    "arxiv": "arXiv",
    "doi": "DOI",
    "openalex": "OpenAlex",
    "s2": "Semantic Scholar",
    "omid": "OMID",
    "pith": "Pith",
    "acl": "ACL Anthology",
}


def text(value: object) -> str:
    """Return text from outside as one line of HTML without markup."""
    return escape(clean_line(value))


def entries(hub: Hub, address: Callable[[Work], str | None] = attrgetter("url")) -> Iterator[str]:
    """Yield an entry per citing work, in hub order; ``address`` says where its title leads."""
    titles = {row["theme_id"]: row["title"] for row in hub.release.rows("themes")}
    for work in hub.release.stream(hub.release.citing_ids()):
        yield _entry(work, address(work), titles)


def section(config: Mapping[str, Any], note: str, items: Iterable[str], more: str = "") -> str:
    """Return what the script enhances: a note above a list, and what follows it."""
    return (
        f"{_preload(config) if config['inline'] else ''}"  # else a Worker fetches
        '<section id="citehub-explorer" class="cx" '
        f'data-config="{escape(to_json(config, indent=None))}">\n'
        f'<p class="cx-note" id="cx-note" role="status">{escape(note)}</p>\n'
        f"{ordered(items)}{more}</section>\n"
    )


def _preload(config: Mapping[str, Any]) -> str:
    """Return links by which a browser fetches small files while the script is on its way."""
    tables = (config["tables"].get(name) for name in _TABLES_AT_START)
    return "".join(
        f'<link rel="preload" as="fetch" href="{escape(config["files"] + table["path"])}">\n'
        for table in tables
        if table and table["rows"] and table["bytes"] < _WHOLE_BELOW
    )


def ordered(items: Iterable[str], start: int = 1) -> str:
    """Return entries as a list whose first one has a number."""
    return f'<ol class="cx-list" start="{start}">\n{"".join(items)}</ol>\n'


def _entry(work: Work, address: str | None, titles: Mapping[str, str]) -> str:
    title = text(work.title_plain)
    if address:
        title = f'<a href="{escape(address)}">{title}</a>'
    about = (
        *(["retracted"] if work.is_retracted else []),
        work.published or "date not known",
        *([] if work.citation_count is None else [_cited(work.citation_count, work)]),
        "; ".join(titles.get(theme, theme) for theme in work.themes) or "theme not known",
        work.venue or "venue not known",
        work.primary_category or "category not known",
    )
    why = describe_first(work)
    return (
        '<li class="cx-entry">\n'
        f'<h3 class="cx-title">{title}</h3>\n'
        f'<p class="cx-authors">{text(shorten_authors(work.authors))}</p>\n'
        f'<p class="cx-about">{text(" · ".join(about))}</p>\n'
        f"{_finding(work)}"
        f"{_paragraph('why', f'Cites it: {why}' if why else '')}"
        f"{_paragraph('role', _judged(work))}"
        f'<p class="cx-links">{" · ".join(_links(work)) or "identifiers not known"}</p>\n'
        "</li>\n"
    )


def _judged(work: Work) -> str:
    """Return role, polarity and subject, and why no passage is known."""
    status = None if work.passages else text_status(work)
    outcome = f" ({', '.join(map(_outcome, status.split(', ')))})" if status else ""
    if not (work.role or work.polarity or work.subject or work.passages):
        return f"Why: not known{outcome}"
    role = [f"role: {work.role or 'not labelled'}", f"polarity: {work.polarity or 'not labelled'}"]
    role += [f"subject: {work.subject}"] if work.subject else []
    role += [f"no passage known{outcome}"] if outcome else []
    return " · ".join(role)


def _outcome(status: str) -> str:
    """Return the first thought of what a status means, to stand within a sentence."""
    first = cast("Mapping[str, str]", TEXT_STATUSES).get(status, status).split(";")[0]
    return first[:1].lower() + first[1:].removesuffix(".")


def _cited(count: int, work: Work) -> str:
    day = work.citation_count_on
    return f"cited by {counted(count, 'work')}" + (f" ({day})" if day else "")


def _paragraph(name: str, said: str) -> str:
    return f'<p class="cx-{name}">{text(said)}</p>\n' if said else ""


def _finding(work: Work) -> str:
    if not work.finding:
        return ""
    source = f"as printed by {work.finding_source}" if work.finding_source else "of unknown source"
    return (
        f'<p class="cx-finding">{text(work.finding)} <small>(finding {text(source)})</small></p>\n'
    )


def _links(work: Work) -> Iterator[str]:
    for scheme, value in work.ids.items():
        name = f"{_SCHEME_TITLES.get(scheme, scheme)} {clean_line(value)}"
        yield _html.link(Identifier(scheme, value).url or "", name)
    if work.code_url:
        yield _html.link(work.code_url, "code")
    if work.model_url:
        yield _html.link(work.model_url, "model weights")
