"""XML and HTML, parsed without external entities, network or endless depth."""

from __future__ import annotations

import contextlib
import html
import re
from typing import TYPE_CHECKING, Any, Final

from citehub.errors import MissingExtra, UnreadableText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citehub.texts.archives import Files
    from citehub.texts.blocks import Document

Element = Any
DEEPEST: Final = 150
"""The deepest nesting of elements; deeper ones are read as plain text."""

_ROOT: Final = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_SKIPPED: Final = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_JATS: Final = {"article", "pmc-articleset", "pmc-article", "book-part-wrapper", "book-part"}
_TEI: Final = {"TEI", "TEI.2", "teiCorpus"}


def reader_of_markup(
    files: Files, name: str, data: bytes
) -> Callable[[Files, str, bool], Document]:
    """Return the reader for the form of text that the first element shows."""
    start = _SKIPPED.sub(b"", data[:20_000].replace(b"\0", b""))
    found = _ROOT.search(start)
    root = found[1].decode("ascii", "replace").rpartition(":")[2] if found else ""
    if root in _JATS or (root in {"OAI-PMH", "articles"} and b"<article" in data):
        from citehub.texts.jats import read_jats

        return read_jats
    if root in _TEI:
        from citehub.texts.tei import read_tei

        return read_tei
    if root.lower() in {"html", "body", "div", "head", "section"} or (
        b"<html" in data[:20_000].lower() or b"<!doctype html" in data[:2000].lower()
    ):
        from citehub.texts.html import read_html

        return read_html
    what = f"its first element is {root!r}" if root else "it holds no markup"
    raise UnreadableText.at(
        files.name,
        f"{name} is neither JATS, TEI nor HTML: {what}",
        "Give the article's own file.",
    )


def parse_xml(path: str, data: bytes, notes: list[str]) -> Element:
    """Parse XML; entities stay as they are."""
    etree = _etree()
    options = {
        "resolve_entities": False, "load_dtd": False, "no_network": True, "huge_tree": False,
        "remove_comments": True, "remove_pis": True,
    }  # fmt: skip
    try:
        return etree.fromstring(data, etree.XMLParser(**options))
    except etree.XMLSyntaxError as error:
        problem = str(error)
    try:
        root = etree.fromstring(data, etree.XMLParser(recover=True, **options))
        for each in root.iter() if root is not None else ():
            _ = each.text, each.tail, each.items()  # halves of surrogate pairs cannot be read
    except (etree.XMLSyntaxError, UnicodeDecodeError):
        root = None
    if root is None or len(root) == 0:
        raise UnreadableText.at(path, f"it is no XML ({problem})", "Get the file again.")
    notes.append(f"The XML is damaged ({problem}); only a part could be read.")
    return root


def parse_html(path: str, text: str) -> Element:
    """Parse HTML, however it is written."""
    etree = _etree()
    parser = etree.HTMLParser(
        no_network=True, huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableText.at(path, f"it is no HTML ({error})", "Get the page again.") from None
    if root is None:
        raise UnreadableText.at(path, "it is no HTML", "Get the page again.")
    return root


def _etree() -> Any:
    try:
        from lxml import etree
    except ModuleNotFoundError:
        raise MissingExtra.of("lxml", "texts") from None
    return etree


def note_depth(notes: list[str]) -> None:
    """Add a note that elements lie too deep, unless it is there."""
    note = f"Elements lie more than {DEEPEST} deep; marks in the deepest were not read."
    if note not in notes:
        notes.append(note)


def tag_of(element: Element) -> str:
    """Return the name of an element without its namespace; empty for an entity."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def strip_namespaces(root: Element) -> None:
    """Give every element its name without namespace."""
    for each in root.iter():
        tag = each.tag
        if isinstance(tag, str) and tag[0] == "{":
            with contextlib.suppress(ValueError):  # damaged names
                each.tag = tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """Return the value of an attribute in any namespace; empty if there is none."""
    value = element.get(name)
    if value is not None:
        return str(value)
    for key, each in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(each)
    return ""


def entity_text(element: Element) -> str:
    """Return the text of an entity of HTML; empty for any other entity."""
    name = str(element.text or "")
    text = html.unescape(name)
    return "" if text == name else text


def words_of(element: Element, *without: str) -> str:
    """Return the text of an element, with single blanks, and without elements of some names."""
    return " ".join("".join(_strings(element, frozenset(without), 0)).split())


def _strings(element: Element, without: frozenset[str], depth: int) -> Iterator[str]:
    tag = tag_of(element)
    if not tag:
        yield entity_text(element)
        return
    if tag in without or depth > DEEPEST:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _strings(child, without, depth + 1)
        if child.tail:
            yield child.tail
