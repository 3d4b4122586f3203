"""HTML for notebooks: plain tables in the notebook's own colours.

Every text goes through ``html.escape``, as titles and findings come from outside.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from citehub._text import is_web_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST_LETTERS = 50  # of a cell in a preview, as pandas shows
_CELL = "text-align:left;vertical-align:top"


def text(value: object) -> str:
    """Return a value as escaped text; null as a pale dash, never as zero."""
    if value is None:
        return '<span style="opacity:.5" title="not known">–</span>'
    return escape(str(value))


def short(value: object, url: str = "") -> str:
    """Return a value as :func:`text` on one line; a long one is cut, and its title has the whole.

    With an address it is a :func:`link`.
    """
    if value is None:
        return text(value)
    shown, title = " ".join(str(value).split()), ""
    if len(shown) > _MOST_LETTERS:
        shown, title = f"{shown[: _MOST_LETTERS - 1]}…", f' title="{escape(str(value))}"'
    return f'<span style="white-space:nowrap"{title}>{link(url, shown)}</span>'


def link(url: str, label: str) -> str:
    """Return a link, or only its label if the address is not one of the web."""
    if not is_web_address(url):
        return escape(label)
    return f'<a href="{escape(url)}" rel="noopener noreferrer">{escape(label)}</a>'


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Return a table; headers and caption are text, cells are HTML.

    A table that is too wide scrolls.
    """
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(header)}</th>' for header in headers)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    parts = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    top = f'<caption style="text-align:left">{escape(caption)}</caption>' if caption else ""
    return f'<div style="overflow-x:auto"><table>{top}{parts}</table></div>'
