"""HTML as LaTeXML writes it, for arXiv and ar5iv."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from citehub._identifiers import parse_identifier
from citehub.errors import UnreadableText
from citehub.texts.bibliography import Entry, Index, find_ids, year_of
from citehub.texts.blocks import EQUATION, Document, Mark, Writer
from citehub.texts.licences import Statement, licence_of
from citehub.texts.markup import DEEPEST, note_depth, parse_html, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub.texts.archives import Files
    from citehub.texts.markup import Element

_DROPPED: Final = frozenset(
    "script style nav button noscript template iframe head form input select textarea footer "
    "object audio video canvas annotation annotation-xml".split()
)
_DROPPED_CLASSES: Final = frozenset(
    "ltx_page_footer ltx_page_header ltx_TOC ltx_pagination ltx_note_mark ltx_tag_note ltx_ERROR "
    "ltx_note_type ltx_rdf ltx_dates back-to-reference-btn sr-only ltx_page_logo "
    "html-header-nav html-header-message package-alerts ltx_bibliography ltx_biblist "
    "ltx_keywords_label ltx_missing_image infobox-text ltx_listing_data".split()
)
_SECTIONS: Final = frozenset(
    f"ltx_{name}"
    for name in "part chapter section subsection subsubsection paragraph subparagraph appendix "
    "acknowledgements acknowledgement slide".split()
)
_EQUATIONS: Final = frozenset({"ltx_equation", "ltx_equationgroup", "ltx_eqn_table"})
_BLOCKS: Final = frozenset(
    "p div section article main li dd dt blockquote figure table ul ol dl pre aside header "
    "figcaption caption center details summary address hr".split()
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LATER_TITLES: Final = re.compile(
    r"ltx_title_(?:document|part|chapter|section|subsection|subsubsection|paragraph|subparagraph"
    r"|appendix|abstract|acknowledge\w*)\b"
)
_IN_TEXT: Final = re.compile(r"ltx_title_(?:theorem|proof)|ltx_runin")
_OWN_TITLE: Final = re.compile(r"^\[(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?\]\s*(.*)", re.DOTALL)
_OWN_ADDRESS: Final = re.compile(
    r"(?:arxiv\.org/(?:abs|html|pdf)|ar5iv[\w.]*/(?:abs|html))/"
    r"((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}))(?:v\d+)?"
)
_WATERMARK: Final = re.compile(r"arXiv:(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
_LICENCE: Final = re.compile(
    r"https?://(?:creativecommons\.org/[\w./-]+|arxiv\.org/licenses/[\w./-]+)"
)
_ARXIV_HELP: Final = re.compile(r"https?://(?:info\.)?arxiv\.org/help/license")
_LABEL: Final = re.compile(r"^Licen[sc]e:\s*", re.IGNORECASE)
_PAPER: Final = frozenset("article section figure figcaption table blockquote cite".split())
_PAPER_CLASSES: Final = frozenset(
    "ltx_document ltx_bibliography ltx_biblist ltx_bibitem ltx_caption ltx_para ltx_abstract "
    "ltx_note ltx_p".split()
)
_BACK: Final = re.compile(r"[\u2191↑]|\bCited by:.*|Report issue for preceding element", re.DOTALL)
_FATAL: Final = re.compile(
    r"ltx_ERROR|fatal error|HTML conversion|Conversion to HTML had a Fatal", re.IGNORECASE
)
_DASH: Final = re.compile(r"\s*[-‐‑–—−]\s*")
_TEXTUAL: Final = frozenset(
    f"ltx_citemacro_{each}" for each in ("citet", "citeauthor", "textcite")
)
_SHORT: Final = 400


def read_html(files: Files, name: str, head_only: bool) -> Document:  # noqa: FBT001
    """Read a page."""
    text = files.text(name)
    root = parse_html(files.name, text)
    document = Document("html")
    _read_head(root, text, document)
    if head_only:
        return document
    reader = _Reader(root, document)
    body = root.find(".//body")
    reader.walk(root if body is None else body, 0)
    reader.out.end()
    document.blocks = reader.out.blocks
    if not document.blocks or _is_stub(document, text):
        raise UnreadableText.at(
            files.name,
            "the page has no text of a paper: its conversion failed, or it has only the abstract",
            "Read the LaTeX source or another form.",
        )
    return document


def _is_stub(document: Document, text: str) -> bool:
    if document.entries or any(each.marks for each in document.blocks):
        return False
    length = sum(
        len(each.text)
        for each in document.blocks
        if each.place != "abstract" and not each.is_front
    )
    return length < _SHORT or (length < 4 * _SHORT and bool(_FATAL.search(text)))


def _read_head(root: Element, text: str, document: Document) -> None:
    headings = (each for each in root.iter("h1") if "ltx_title_document" in _classes(each))
    heading = next(headings, None)
    page_title = " ".join((root.findtext(".//head/title") or "").split())
    own = _OWN_TITLE.match(page_title)
    document.title = (_title(heading) if heading is not None else "") or (
        (own[2] if own else page_title) or None
    )
    ids = [f"arxiv:{own[1]}"] if own else []
    ids += [
        each.get("content") or ""
        for each in root.iter("meta")
        if (each.get("name") or "").lower() in {"citation_arxiv_id", "citation_doi"}
    ]
    for each in root.iter("link", "base"):
        found = _OWN_ADDRESS.search(each.get("href") or "")
        if found and (each.get("rel") == "canonical" or each.tag == "base"):
            ids.append(f"arxiv:{found[1]}")
    for each in root.iter("div", "span", "a"):
        if each.get("id") == "watermark-tr":
            found = _WATERMARK.search(words_of(each))
            ids += [f"arxiv:{found[1]}"] if found else []
    if not ids:  # links of the page to its own parts
        found = re.search(rf'href="[^"]{{0,60}}{_OWN_ADDRESS.pattern}#(?:S\d|bib)', text)
        ids += [f"arxiv:{found[1]}"] if found else []
    document.ids = [parsed for each in ids if (parsed := parse_identifier(each))]
    document.licence = licence_of(_licences(root))


def _licences(root: Element) -> Iterator[Statement]:
    """Yield what a page says about the licence of its paper, not what the paper says."""
    for each in root.iter("a", "div", "span", "link"):
        is_own = each.get("id") == "license-tr"
        if not is_own and "license" not in (each.get("rel") or "").lower().split():
            continue
        above = list(each.iterancestors())
        if any(one.tag in _PAPER or _classes(one) & _PAPER_CLASSES for one in above):
            continue
        tags = {one.tag for one in above}
        if each.tag == "link" and "head" not in tags:
            continue
        address = (each.get("href") or "").strip()
        is_named = bool(_LICENCE.match(address))
        is_label = is_own and (not address or bool(_ARXIV_HELP.match(address)))
        is_known = is_own or bool(
            tags & {"head", "header", "footer"}
            or any(_classes(one) & {"ltx_page_header", "ltx_page_footer"} for one in above)
        )
        words = words_of(each)
        links = [one.get("href") or "" for one in each.iter("a") if one is not each]
        yield Statement(
            (address,) if is_named else (),
            _LABEL.sub("", words) or address,
            tuple(one for one in links if _LICENCE.match(one)),
            is_clear=is_known and (is_named or is_label or bool(links)),
            is_label=is_label,
        )


def _classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").split())


def _title(element: Element) -> str:
    """Return a title, with its number and without notes and buttons."""
    parts: list[str] = []
    _title_parts(element, parts, 0)
    return " ".join("".join(parts).split())


def _title_parts(element: Element, parts: list[str], depth: int) -> None:
    if not isinstance(element.tag, str) or depth > DEEPEST:
        return
    classes = _classes(element)
    if element.tag in _DROPPED or classes & (_DROPPED_CLASSES | {"ltx_note"}):
        return
    if element.tag == "math":
        parts.append(_formula(element))
        return
    if element.tag == "br":
        parts.append(" ")
    parts.append(element.text or "")
    for child in element:
        _title_parts(child, parts, depth + 1)
        parts.append(child.tail or "")


def _own_title(element: Element) -> str | None:
    heading = next((each for each in element if each.tag in _HEADINGS), None)
    return _title(heading) if heading is not None else None


def _formula(element: Element) -> str:
    written = element.get("alttext")
    if written is not None:
        return f"${written}$"
    for each in element.iter("annotation"):
        if each.get("encoding") == "application/x-tex":
            return f"${(each.text or '').strip()}$"
    return words_of(element, "annotation", "annotation-xml")


class _Reader:
    """Walks a page."""

    def __init__(self, root: Element, document: Document) -> None:
        self.out = Writer()
        self.document = document
        self.levels: list[int] = []
        self.in_row = False
        self._read_entries(root)
        self.keys = {each.key for each in document.entries}
        self.index = Index(document.entries)

    # The reference list

    def _read_entries(self, root: Element) -> None:
        items = [
            each for each in root.iter("li", "div", "p", "dt") if "ltx_bibitem" in _classes(each)
        ]
        if not items:
            items = self._plain_items(root)
        for item in items:
            key = item.get("id") or ""
            if not key:
                continue
            label, blocks, links = "", [], []
            for each in item.iter("span", "a", "cite"):
                classes = _classes(each)
                if "ltx_tag_bibitem" in classes and not label:
                    label = _BACK.sub("", words_of(each, "button")).strip()
                elif "ltx_bibblock" in classes:
                    blocks.append(_BACK.sub("", words_of(each, "button")))
                if each.tag == "a" and each.get("href"):
                    links.append(unquote(each.get("href")))
            text = "\n".join(blocks) or _BACK.sub("", words_of(item, "button"))
            links = [each for each in links if "#" not in each]
            self.document.entries.append(
                Entry(
                    key,
                    text=text,
                    label=label,
                    year=year_of(text),
                    ids=find_ids(text, *links),
                )
            )

    def _plain_items(self, root: Element) -> list[Element]:
        """Return items of a list under a title that says it is the references."""
        for heading in root.iter(*_HEADINGS):
            if not re.fullmatch(
                r"[\d.\s]*(?:references|bibliography|literature cited|works cited|literatur\w*)",
                words_of(heading).lower(),
            ):
                continue
            following = heading.getnext()
            while following is not None and following.tag not in _HEADINGS:
                found = [each for each in following.iter("li", "p", "div", "dd") if each.get("id")]
                if found:
                    return found
                following = following.getnext()
        return []

    # The text

    def walk(self, element: Element, depth: int) -> None:
        """Read an element with all that is in it."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _DROPPED:
            return
        if depth > DEEPEST:
            self.out.add("".join(element.itertext()))
            note_depth(self.document.notes)
            return
        classes = _classes(element)
        if classes & _DROPPED_CLASSES:
            return
        if tag == "svg":  # a picture, or a box that holds text
            for box in element.iter("foreignobject", "foreignObject"):
                if any(self._key_of(each) for each in box.iter("a")):
                    with self.out.aside(self.out.place):
                        self._inside(box, depth)
                    return
            return
        if not self._read_sign(element, tag, classes) and not self._read_part(
            element, tag, classes, depth
        ):
            self._read_block(element, tag, classes, depth)

    def _read_sign(self, element: Element, tag: str, classes: frozenset[str]) -> bool:
        """Read an element if it is a formula or a mark; tell whether it is."""
        if tag == "math":
            if element.get("display") == "block" and not self.in_row:
                self.out.sign(EQUATION)
            else:
                self.out.add(_formula(element))
        elif tag == "cite" and "ltx_cite" in classes:
            self._cite(element, classes)
        elif tag == "a" and (key := self._key_of(element)):
            self._link(element, key)
        elif classes & _EQUATIONS and not any(
            "ltx_cite" in _classes(each) for each in element.iter("cite")
        ):
            self.out.add(" ")
            self.out.sign(EQUATION)
            self.out.add(" ")
        elif tag == "br" or "ltx_tag_item" in classes:
            self.out.add(" ")
        else:
            return False
        return True

    def _read_part(self, element: Element, tag: str, classes: frozenset[str], depth: int) -> bool:
        """Read an element if it stands apart from the text, or parts it; tell whether it does."""
        if "ltx_note" in classes:
            self._note(element, depth)
        elif tag in _HEADINGS:
            self._heading(element, classes)
        elif "ltx_abstract" in classes:
            with self.out.within(_own_title(element)), self.out.at("abstract"):
                self._inside(element, depth)
        elif classes & {"ltx_authors", "ltx_author_notes"}:
            self.out.end()
            self.out.is_front = True
            self._inside(element, depth)
            self.out.end()
            self.out.is_front = False
        elif tag in {"section", "div"} and classes & _SECTIONS:
            place = self.out.place
            with self.out.within(_own_title(element)):
                if "ltx_appendix" in classes:
                    self.out.place = "appendix"
                self._inside(element, depth)
            self.out.place = place
        else:
            return False
        return True

    def _read_block(self, element: Element, tag: str, classes: frozenset[str], depth: int) -> None:
        """Read a paragraph, caption, row, or what is in one."""
        is_caption = tag in {"figcaption", "caption"} or "ltx_caption" in classes
        if self.in_row:
            self.out.add(" ")
            self._inside(element, depth)
            self.out.add(" ")
        elif is_caption:
            with self.out.at("caption"):
                self._inside(element, depth)
        elif tag == "tr" or "ltx_tr" in classes:
            with self.out.at("table"):
                self.in_row = True
                self._inside(element, depth)
                self.in_row = False
        elif classes & {"ltx_para", "ltx_item"} or (
            tag in _BLOCKS and not (tag == "p" and "ltx_p" in classes and _in_para(element))
        ):
            self.out.end()
            self._inside(element, depth)
            self.out.end()
        else:
            if tag == "p":
                self.out.add(" ")
            self._inside(element, depth)

    def _inside(self, element: Element, depth: int) -> None:
        if element.text:
            self.out.add(element.text)
        for child in element:
            self.walk(child, depth + 1)
            if child.tail:
                self.out.add(child.tail)

    def _heading(self, element: Element, classes: frozenset[str]) -> None:
        names = " ".join(classes)
        if _IN_TEXT.search(names):
            self.out.add(" ")
            self._inside(element, 1)
            self.out.add(" ")
            return
        self.out.end()
        kind = _LATER_TITLES.search(names)
        if kind and kind[0] == "ltx_title_document":
            self.out.is_front = True
            self._inside(element, 1)
            self.out.end(is_heading=True)
            self.out.is_front = False
            return
        if not kind and "ltx_title" not in classes:  # HTML of others: titles by their level
            level = int(element.tag[1])
            if level > 1:
                while self.levels and self.levels[-1] >= level:
                    self.levels.pop()
                    if self.out.section:
                        self.out.section.pop()
                self.levels.append(level)
                self.out.section.append(_title(element))
        self._inside(element, 1)
        self.out.end(is_heading=True)

    def _note(self, element: Element, depth: int) -> None:
        content = next(
            (each for each in element.iter("span", "div") if "ltx_note_content" in _classes(each)),
            element,
        )
        with self.out.aside("footnote"):
            self._inside(content, depth)

    # Marks

    def _key_of(self, element: Element) -> str:
        address = element.get("href") or ""
        key = unquote(address.partition("#")[2]) if "#" in address else ""
        if not key:
            return ""
        if key in self.keys:
            return key
        return (
            key
            if not self.keys and key.startswith("bib") and "ltx_ref" in _classes(element)
            else ""
        )

    def _link(self, element: Element, key: str) -> None:
        printed = _printed(element)
        if printed:
            raised = any(each.tag == "sup" for each in element.iterancestors("sup"))
            self.out.mark(
                Mark((key,), printed, is_raised=raised, is_textual=printed[:1].isalpha())
            )

    def _cite(self, element: Element, classes: frozenset[str]) -> None:
        printed = _printed(element)
        keys: list[str] = []
        links: list[tuple[Element, str]] = []
        is_raw = False
        for each in element.iter("a", "span"):
            if "ltx_missing_citation" in _classes(each):
                raw = (one.strip("[]()") for one in re.split(r"[,;\s]+", words_of(each)))
                keys += [one for one in raw if one]
                is_raw = True
            elif each.tag == "a" and (key := self._key_of(each)):
                keys.append(key)
                links.append((each, key))
        for (one, first), (_, last) in pairwise(links):
            if _DASH.fullmatch(one.tail or ""):
                keys += self.index.between(first, last)
        keys = list(dict.fromkeys(keys))
        if not keys or not printed:
            self.out.add(printed)
            return
        self.document.n_raw += is_raw
        is_raised = next(element.iterancestors("sup"), None) is not None or (
            printed[0].isdecimal() and element.find(".//sup") is not None
        )
        is_textual = bool(classes & _TEXTUAL) or printed[0].isalpha()
        self.out.mark(Mark(tuple(keys), printed, len(keys), is_raised, is_textual))


def _printed(element: Element) -> str:
    parts: list[str] = []
    _title_parts(element, parts, 0)
    return " ".join("".join(parts).split())


def _in_para(element: Element) -> bool:
    parent = element.getparent()
    while parent is not None and parent.tag in {"div", "span"}:
        classes = _classes(parent)
        if "ltx_para" in classes:
            return True
        if classes & {"ltx_minipage", "ltx_figure", "ltx_table"}:
            return False
        parent = parent.getparent()
    return False
