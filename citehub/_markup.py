"""Titles as plain text, without the markup of their source: HTML, JATS, MathML, entities, TeX."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING, Final

from citehub._tex import print_commands, resolve_tex, script

if TYPE_CHECKING:
    from collections.abc import Callable

_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG: Final = re.compile(r"<(/?)(?:[a-zA-Z0-9]+:)?([a-zA-Z][a-zA-Z0-9-]*)(?:\s[^<>]*?)?(/?)>")
_INLINE: Final = frozenset({
    "a", "abbr", "alternatives", "annotation", "annotation-xml", "b", "big", "bold", "cite",
    "code", "em", "email", "ext-link", "fixed-case", "fn", "font", "formula", "i", "inf",
    "inline-formula", "italic", "mark", "monospace", "named-content", "overline", "q", "roman",
    "s", "sans-serif", "sc", "scp", "small", "span", "strike", "strong", "styled-content",
    "sub", "sup", "tex-math", "tt", "u", "underline", "uri", "var", "xref",
})  # fmt: skip
_BLOCKS: Final = frozenset({
    "break", "br", "div", "h1", "h2", "h3", "h4", "hr", "label", "p", "sec", "subtitle", "title",
})  # fmt: skip
_MATH: Final = frozenset({
    "maction", "math", "menclose", "merror", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo",
    "mover", "mpadded", "mphantom", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub",
    "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "semantics",
})  # fmt: skip
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs of no ink
_ALONE: Final = {"br", "hr"}  # in HTML they need no end
_NOTES: Final = {"annotation", "annotation-xml"}  # of MathML, the same in another notation
_KNOWN: Final = _INLINE | _BLOCKS | _MATH
_TWICE: Final = 2  # what some sources escape twice


class _Element:
    """An open element: its start tag as written, its content and its parts."""

    def __init__(self, name: str, start: str) -> None:
        self.name = name
        self.start = start
        self.texts: list[str] = []
        self.parts: list[str] = []  # elements alone, as bases and exponents of MathML

    @property
    def text(self) -> str:
        return "".join(self.texts)


def plain_title(title: str, *, is_strict: bool = False) -> str:
    r"""Return a title without markup; TeX without a plain form stays.

    Parameters
    ----------
    title : str
        The title as its source prints it.
    is_strict : bool, default False
        Whether mathematics without a plain form is an error.

    Returns
    -------
    str
        The title as plain Unicode. Angle brackets that are not tags stay.

    Raises
    ------
    ValueError
        It has such mathematics, and `is_strict` is set.

    Examples
    --------
    >>> plain_title("CO<sub>2</sub> in <i>E. coli</i> &amp; yeast, p<0.05")
    'CO₂ in E. coli & yeast, p<0.05'
    >>> plain_title(r"H\textsubscript{2}O and \enquote{more} of $\alpha^2$")
    'H₂O and “more” of α²'
    """
    text = print_commands(_without_tags(title))
    try:
        return resolve_tex(text)
    except ValueError:
        if is_strict:
            raise
        return text


def says_something(text: str) -> bool:
    r"""Tell whether a text shows anything without its markup.

    Examples
    --------
    >>> [says_something(text) for text in ("A", " \u00a0\u200b", "<p></p>", "")]
    [True, False, False, False]
    """
    seen = (sign for sign in plain_title(text) if sign not in _BLANK)
    return any(unicodedata.category(sign)[0] not in "ZC" for sign in seen)


def _without_tags(text: str) -> str:
    decoded = text
    for _ in range(_TWICE):
        decoded = _ENTITY.sub(lambda match: unescape(match[0]), decoded)
    plain = _read_tags(decoded) if "<" in decoded else decoded
    return text if plain == text else " ".join(plain.split())


def _read_tags(text: str) -> str:
    """Return a text without the known tags that have both a start and an end."""
    stack, opened, at = [_Element("", "")], Counter[str](), 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name not in _KNOWN:
            continue
        stack[-1].texts.append(text[at : tag.start()])
        at = tag.end()
        if tag[3] or (not tag[1] and name in _ALONE):
            stack[-1].texts.append(" " if name in _BLOCKS else "")
        elif not tag[1]:
            stack.append(_Element(name, tag[0]))
            opened[name] += 1
        elif opened[name]:
            place = len(stack) - 1
            while stack[place].name != name:
                place -= 1
            opened.subtract(each.name for each in stack[place:])
            _close(stack, place)
            element = stack.pop()
            printed = _print(element)
            stack[-1].texts.append(printed)
            stack[-1].parts.append(printed)
        else:
            stack[-1].texts.append(tag[0])
    stack[-1].texts.append(text[at:])
    _close(stack, 0)
    return stack[0].text


def _close(stack: list[_Element], place: int) -> None:
    """Keep the start tags after a place, which have no end, as text."""
    for element in stack[place + 1 :]:
        stack[place].texts += [element.start, *element.texts]
        stack[place].parts += element.parts
    del stack[place + 1 :]


def _print(element: _Element) -> str:
    """Return an element as plain text."""
    name, parts = element.name, element.parts
    if name in _NOTES:
        return ""
    if name == "alternatives" and parts:  # the same in several notations, maybe one of TeX
        return next((each for each in parts if "\\" not in each), parts[0])
    if name in _BLOCKS:
        return f" {element.text} "
    if name in _LAYOUT and len(parts) >= _LAYOUT[name][0]:
        return _LAYOUT[name][1](parts)
    if name in _MATH:
        return "".join(each.strip() for each in element.texts)
    return _SCRIPTS[name](element.text) if name in _SCRIPTS else element.text


def _raised(text: str) -> str:
    return script("^", text) or text


def _lowered(text: str) -> str:
    return script("_", text) or text


_SCRIPTS: Final[dict[str, Callable[[str], str]]] = {
    "sup": _raised, "sub": _lowered, "inf": _lowered,
}  # fmt: skip
_LAYOUT: Final[dict[str, tuple[int, Callable[[list[str]], str]]]] = {
    "msup": (2, lambda parts: parts[0] + _raised(parts[1])),
    "msub": (2, lambda parts: parts[0] + _lowered(parts[1])),
    "msubsup": (3, lambda parts: parts[0] + _lowered(parts[1]) + _raised(parts[2])),
    "mfrac": (2, lambda parts: f"{parts[0]}/{parts[1]}"),
    "msqrt": (1, lambda parts: f"√{''.join(parts)}"),
    "mover": (1, lambda parts: parts[0]),
    "munder": (1, lambda parts: parts[0]),
    "mfenced": (1, lambda parts: f"({', '.join(parts)})"),
}
"""How many parts an element of MathML needs, and how they print."""
