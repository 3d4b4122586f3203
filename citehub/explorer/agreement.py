"""What each source of a hub knows, and why the numbers differ, as plain HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citehub.explorer.plain_list import text
from citehub.vocabulary import MEASURES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citehub._agreement import Overlap, SourceCount
    from citehub._hub import Hub
    from citehub._rows import CountMeasure

_ADDRESS: Final = "sources"  # in the page: #sources
_COUNTS: Final[dict[CountMeasure, str]] = {
    "stated": "own count",
    "announced": "announced",
    "records": "records",
    "works": "works",
    "only": "only here",
}


def folded(hub: Hub) -> str:
    """Return the view of the sources as closed details; empty for a release without such counts.

    A browser opens the details if the address of the page names them.
    """
    if "source_counts" not in hub.release.resources:
        return ""
    found = hub.agreement()
    if not found.sources:
        return ""
    return (
        '<details class="cx-sources">\n'
        "<summary>What each source knows, and why the numbers differ</summary>\n"
        f'<section id="{_ADDRESS}" aria-label="Sources">\n'
        f"{_table(found.sources)}{_reasons(found.sources)}"
        f"{_overlaps(found.overlaps, {each.source_id: each.title for each in found.sources})}"
        f'<p><a href="#{_ADDRESS}">Link to these counts</a></p>\n</section>\n</details>\n'
    )


def _table(sources: Iterable[SourceCount]) -> str:
    """Return a row per source, and what its counts mean; what is not known is no zero."""
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("source", "as of", *_COUNTS.values())
    )
    meanings = " ".join(f"<b>{name}</b>: {text(MEASURES[key])}" for key, name in _COUNTS.items())
    return (
        f'<table aria-label="What each source knows">\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{''.join(map(_row, sources))}</tbody>\n</table>\n<p>{meanings}</p>\n"
    )


def _row(source: SourceCount) -> str:
    cells = {"as of": text(source.asked_on or "not known")} | {
        name: "not known" if (n := getattr(source, key)) is None else f"{n:,}"
        for key, name in _COUNTS.items()
    }
    shown = "".join(f'<td data-of="{name}">{cell}</td>' for name, cell in cells.items())
    return f'<tr><th scope="row">{text(source.title)}</th>{shown}</tr>\n'


def _reasons(sources: Iterable[SourceCount]) -> str:
    return _list(
        "Why the numbers differ",
        (
            f"<b>{text(each.title)}</b>: {text(' '.join(each.reasons))}"
            for each in sources
            if each.reasons
        ),
    )


def _overlaps(overlaps: Iterable[Overlap], titles: dict[str, str]) -> str:
    return _list(
        "How far the sources agree",
        (
            f"<b>{text(titles.get(one, one))}</b> and <b>{text(titles.get(other, other))}</b>: "
            f"both know {n_both:,} of {n_either:,} works that either knows."
            for one, other, n_both, n_either in overlaps
        ),
    )


def _list(heading: str, items: Iterable[str]) -> str:
    """Return items below a heading; nothing where there are none."""
    lines = "".join(f"<li>{item}</li>\n" for item in items)
    return f"<h2>{heading}</h2>\n<ul>\n{lines}</ul>\n" if lines else ""
