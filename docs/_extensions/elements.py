"""The elements of HTML, with their places in it: a change leaves all else as it is."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate
from typing import TYPE_CHECKING

from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    Change = tuple[int, int, str]  # from a place to a place, other text

_VOID = {"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Element:
    """An element; its places are those of a slice: of the whole, and of what is in it."""

    tag: str
    attributes: dict[str, str]
    start: int
    inner: int
    close: int = -1
    end: int = -1

    @property
    def classes(self) -> list[str]:
        """The names in its attribute ``class``."""
        return self.attributes.get("class", "").split()

    def within(self, *others: Element) -> bool:
        """Tell whether it stands in one of others."""
        return any(each.inner <= self.start and self.end <= each.close for each in others)


def find(html: str, *tags: str) -> list[Element]:
    """Return the elements with one of some tags, in the order of their start."""
    return [each for each in _Reader(html).found if each.tag in tags]


def change(html: str, changes: Iterable[Change]) -> str:
    """Return HTML with other text at some places, which do not overlap."""
    parts, done = [], 0
    for start, end, text in sorted(changes, key=lambda each: each[:2]):
        parts += [html[done:start], text]
        done = end
    return "".join([*parts, html[done:]])


def replace_script(html: str, source: str, text: str = "") -> str:
    """Return HTML with something else in the place of a script that the theme loads.

    Raises
    ------
    ExtensionError
        It loads none of this name.
    """
    for each in find(html, "script"):
        if each.attributes.get("src", "").partition("?")[0].endswith(source):
            return change(html, [(each.start, each.end, text)])
    raise ExtensionError(
        f"docs/_templates/layout.html replaces the script {source} of the theme, but the theme "
        "has none in this block. Look into its layout.html for what it loads now."
    )


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self._html = html
        self._lines = [*accumulate((len(line) + 1 for line in html.split("\n")), initial=0)]
        self._open: list[Element] = []
        self.found: list[Element] = []
        self.feed(html)
        self.close()

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _begin(self, tag: str, attributes: list[tuple[str, str | None]]) -> Element:
        start = self._here()
        inner = start + len(self.get_starttag_text() or "")
        given = {name: value or "" for name, value in attributes}
        self.found.append(Element(tag, given, start, inner, inner, inner))
        return self.found[-1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        begun = self._begin(tag, attrs)
        if tag not in _VOID:
            self._open.append(begun)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if all(each.tag != tag for each in self._open):
            return
        here = self._here()
        while True:  # what has no end tag ends where that around it does
            ended = self._open.pop()
            ended.close = ended.end = here
            if ended.tag == tag:
                ended.end = self._html.index(">", here) + 1
                return
