"""A page on which people judge why passages cite: one file, which works from disk alone."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from html import escape
from typing import TYPE_CHECKING, Any, Final

import citehub
from citehub._text import clean_line, to_embedded_json
from citehub.explorer.folder import REVIEW, read_files, write_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citehub._hub import Hub

_WARNING: Final = (
    "This page holds sentences of papers, and most of them may not be published. "
    "Give it only to those who judge."
)
_ITEM: Final = re.compile(r" {0,3}[-*+] +(.*)")
_HEADING: Final = re.compile(r"(#{1,6}) +(.*)")
_INLINE: Final = (
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![*\w])\*([^*]+)\*(?!\w)"), r"<em>\1</em>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
)
_FIRST_LEVEL: Final = 2
_LAST_LEVEL: Final = 6


def write_review(
    hub: Hub,
    data: Mapping[str, Any],
    guideline: str,
    out: str | os.PathLike[str],
    *,
    force: bool = False,
) -> str:
    """Write a folder with a page on which people judge the passages of a hub.

    Parameters
    ----------
    hub : Hub
        The release whose passages are judged.
    data : mapping
        The data for the script: ``Data`` of ``explorer/src/review.js``.
    guideline : str
        The guideline by which people judge, in Markdown.
    out : str or path
        The folder to make. It must not exist, or be empty.
    force : bool, optional
        Replace a folder that was written here before and not changed since.

    Returns
    -------
    str
        The folder.

    Raises
    ------
    TargetExists
        The folder is there and ``force`` is not given, or it holds something else.
    """
    page = review_page(hub.manifest["title"], data, guideline).encode()
    return write_pages(hub, os.path.abspath(out), {"index.html": page}, force=force)


def review_page(title: str, data: Mapping[str, Any], guideline: str) -> str:
    """Return the page as HTML that loads nothing; its only scripts and styles are its own."""
    files = read_files(REVIEW)
    script, style = (files[name].decode().strip() for name in ("review.js", "review.css"))
    policy = (
        f"default-src 'none'; script-src {hashed(script)}; style-src {hashed(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    name = escape(clean_line(title))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="robots" content="noindex">\n'
        f'<meta name="generator" content="citehub {citehub.__version__}">\n'
        f'<title>Judge passages: {name}</title>\n<link rel="icon" href="data:,">\n'
        f"<style>{style}</style>\n</head>\n<body>\n"
        f'<header>\n<h1>Judge passages: {name}</h1>\n<p class="warn">{_WARNING}</p>\n</header>\n'
        '<main id="review"><noscript><p>This page needs JavaScript.</p></noscript></main>\n'
        '<aside aria-label="Guideline">\n<details id="guideline">\n<summary>Guideline '
        f"{escape(clean_line(data['guideline']))}</summary>\n{render(guideline)}</details>\n</aside>\n"
        f'<script type="application/json" id="data">{to_embedded_json(data)}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def hashed(text: str) -> str:
    """Return the source of a policy that permits one inline script or style sheet."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def render(markdown: str) -> str:
    r"""Return Markdown as HTML: headings, lists, paragraphs, bold, italics, code; else as text.

    Examples
    --------
    >>> print(render("# How <b>\n\n- **a**: one\n  more"), end="")
    <h2>How &lt;b&gt;</h2>
    <ul>
    <li><strong>a</strong>: one more</li>
    </ul>
    """
    return "".join(f"{line}\n" for line in _render(markdown))


def _render(markdown: str) -> Iterator[str]:
    is_list = False
    for kind, text in _blocks(markdown):
        if (kind == "li") is not is_list:
            is_list = not is_list
            yield "<ul>" if is_list else "</ul>"
        yield f"<{kind}>{_inline(text)}</{kind}>"
    if is_list:
        yield "</ul>"


def _blocks(markdown: str) -> Iterator[tuple[str, str]]:
    """Yield the element of each block, and its text on one line."""
    kind, lines = "p", list[str]()
    for line in [*markdown.splitlines(), ""]:
        heading, item = _HEADING.fullmatch(line.rstrip()), _ITEM.fullmatch(line.rstrip())
        if lines and (heading or item or not line.strip()):
            yield kind, " ".join(lines)
            kind, lines = "p", []
        if heading:
            yield f"h{min(len(heading[1]) + _FIRST_LEVEL - 1, _LAST_LEVEL)}", heading[2]
        elif item:
            kind, lines = "li", [item[1]]
        elif line.strip():
            lines.append(line.strip())


def _inline(text: str) -> str:
    shown = escape(clean_line(text))
    for pattern, replacement in _INLINE:
        shown = pattern.sub(replacement, shown)
    return shown
