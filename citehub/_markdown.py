"""Markdown that keeps text from outside as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from citehub._text import clean, is_web_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKS: Final = re.compile(r"([\\`*_{}\[\]|~$#])")
_LINE_STARTS: Final = re.compile(r"^(\d*)([-+=.):(%])")
_URL_MARKS: Final = ":/?#@!$&'()*+,;=%~"


def text(value: object) -> str:
    r"""Return a value as one line of text, without effect of its markup.

    Examples
    --------
    >>> text("<b>a_b</b> | c")
    '&lt;b&gt;a\\_b&lt;/b&gt; \\| c'
    """
    return escape(clean(" ".join(str(value).split())))


def escape(line: str) -> str:
    """Return one line of clean text without effect of its markup; blanks stay."""
    return _MARKS.sub(r"\\\1", line.translate(_ENTITIES))


def paragraph(value: object) -> str:
    r"""Return a value as text for the start of a line, where a mark would begin a list or heading.

    Examples
    --------
    >>> paragraph("1. Introduction")
    '1\\. Introduction'
    """
    return _LINE_STARTS.sub(r"\1\\\2", text(value))


def code(value: object) -> str:
    """Return a name as code, also for a table."""
    return "`" + clean(value).replace("`", "'").replace("|", "\\|") + "`"


def link(url: str, label: object) -> str:
    """Return a link, or only its label if the address is not one of the web."""
    if not is_web_address(url):
        return paragraph(label)  # which may begin an item of a list
    return f"[{text(label)}]({address(url)})"


def address(url: str) -> str:
    """Return the address of a link, so that nothing in it can end the link."""
    return f"<{quote(url, safe=_URL_MARKS)}>"


def code_span(line: str) -> str:
    """Return one line of clean text unchanged, in code; not for a table.

    Examples
    --------
    >>> code_span("a_b"), code_span("a`b")
    ('`a_b`', '`` a`b ``')
    """
    marks = "`" * (_longest_run(line) + 1)
    return f"{marks} {line} {marks}" if len(marks) > 1 else f"`{line}`"


def fenced(content: str, language: str) -> str:
    """Return lines unchanged, between fences that none of them can close."""
    fence = "`" * max(3, _longest_run(content) + 1)
    lines = "\n".join(map(clean, content.split("\n")))
    return f"{fence}{language}\n{lines}\n{fence}"


def _longest_run(content: str) -> int:
    return max(map(len, re.findall("`+", content)), default=0)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells in Markdown."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
