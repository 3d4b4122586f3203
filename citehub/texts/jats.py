"""JATS, and the forms of the NLM before it."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Final

from citehub._identifiers import parse_identifier
from citehub._licences import is_open_licence
from citehub.errors import UnreadableText
from citehub.texts.bibliography import Entry, Index, find_ids, year_of
from citehub.texts.blocks import BREAK, EQUATION, MARK, Document, Mark, Writer
from citehub.texts.licences import Statement, licence_of
from citehub.texts.markup import (
    DEEPEST,
    attribute,
    entity_text,
    note_depth,
    parse_xml,
    strip_namespaces,
    tag_of,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._identifiers import Identifier
    from citehub.texts.archives import Files
    from citehub.texts.markup import Element

_CITATIONS: Final = (
    "element-citation", "mixed-citation", "citation", "nlm-citation", "product", "note",
)  # fmt: skip
_OWN_TITLES: Final = ("article-title", "chapter-title", "part-title", "data-title")
_TITLES: Final = (*_OWN_TITLES, "trans-title", "trans-source", "source")
_NUMBERS: Final = re.compile(r"[\[(\s]*\d[\d\s,;–—-]*[\])\s.,]*")
_RANGE: Final = re.compile(r"[\[(]?\d+\s*[-‐‑–—−]\s*\d+[\])]?")
_CROSSED: Final = re.compile(rf"{MARK}\s*\)(\s*[,;‐‑–—-]?\s*)\(\s*(?={MARK})")
_NOTE_SIGNS: Final = frozenset({"fn", "aff", "corresp", "author-notes", "table-fn"})
_OPEN_TYPES: Final = re.compile(
    r"open[-_ ]?access|oa|gold|free|creative[-_ ]?commons|public[-_ ]?domain"
    r"|cc[-_ ]?(?:by|0|zero)(?:[-_ ]?sa)?(?:[-_ ]?\d\.\d)?(?:license)?",
    re.IGNORECASE,
)
_DROPPED: Final = frozenset(
    "ref-list label object-id graphic inline-graphic alt-text long-desc contrib-group aff "
    "journal-meta pub-date kwd-group custom-meta-group related-article history counts "
    "funding-group".split()
)
_SECTIONS: Final = frozenset({"sec", "app", "ack", "boxed-text", "glossary", "bio", "notes"})
_FLOATS: Final = frozenset({"fig", "table-wrap", "fig-group", "table-wrap-group", "media"})
_BLOCKS: Final = frozenset(
    "p list list-item disp-quote def-list def-item def term verse-group verse-line speech "
    "statement supplementary-material body back floats-group app-group fn-group preformat code "
    "author-notes chem-struct-wrap answer question disp-formula-group".split()
)
_ID_TYPES: Final = {
    "doi": "doi",
    "pmid": "pmid",
    "pmc": "pmcid",
    "pmcid": "pmcid",
    "arxiv": "arxiv",
}


def read_jats(files: Files, name: str, head_only: bool) -> Document:  # noqa: FBT001
    """Read an article."""
    document = Document("jats")
    root = parse_xml(files.name, files.read[name](), document.notes)
    strip_namespaces(root)
    article = root if root.tag == "article" else next(root.iter("article", "book-part"), None)
    if article is None:
        raise UnreadableText.at(files.name, "it holds no article", "Give the article's own file.")
    if next((each for each in root.iter("article") if each is not article), None) is not None:
        document.notes.append("The file holds several articles; the first was read.")
    _read_head(article, document)
    if head_only:
        return document
    reader = _Reader(document, article)
    for part in ("front", "body", "floats-group", "floats-wrap", "back"):
        for each in article.findall(part):
            reader.part(each)
    reader.out.end()
    reader.has_marks = any(each.marks for each in reader.out.blocks)
    for each in article.iterchildren("sub-article", "response"):
        reader.sub_article(each)
    reader.out.end()
    document.blocks = reader.out.blocks
    for block in document.blocks:
        block.text = _uncrossed(block.text)
    if not any(not each.is_front and each.place != "abstract" for each in document.blocks):
        document.notes.append("The file has no body, only the front matter.")
    if not document.blocks and not document.entries:
        raise UnreadableText.at(files.name, "the article has no text", "Read another form of it.")
    return document


def _uncrossed(text: str) -> str:
    """Return a text without brackets between marks that close and open nothing, as "3), (4"."""
    parts, at, n_open = [], 0, 0
    for found in _CROSSED.finditer(text):
        for sign in re.findall(r"[()]", text[at : found.start()]):
            n_open = max(0, n_open + (1 if sign == "(" else -1))
        parts.append(text[at : found.start()])
        parts.append(found[0] if n_open else f"{MARK}{found[1]}")
        at = found.end()
    return "".join(parts) + text[at:]


def _read_head(article: Element, document: Document) -> None:
    meta = article.find("front/article-meta")
    if meta is None:
        meta = article.find(".//article-meta")
    if meta is None:
        return
    title = meta.find(".//article-title")
    if title is not None:
        document.title = words_of(title, "xref", "fn") or None
    for each in meta.findall("article-id"):
        scheme = _ID_TYPES.get(each.get("pub-id-type") or "")
        parsed = parse_identifier(f"{scheme}:{(each.text or '').strip()}") if scheme else None
        if parsed:
            document.ids.append(parsed)
    document.licence = licence_of(_licences(article))


def _licences(article: Element) -> Iterator[Statement]:
    """Yield what an article says about its own licence, not about those of its parts."""
    for meta in article.findall("front/article-meta"):
        places = [meta, *meta.findall("permissions")]  # the NLM had no permissions at first
        beside = " ".join(
            words_of(each) for place in places for each in place.findall("copyright-statement")
        )
        for place in places:
            for each in place.iterchildren("license"):
                yield _licence(each, beside)
            for each in place.iterchildren("license_ref", "license-ref"):
                yield _reference(each, beside)
    for part in article.iter("sub-article", "response"):  # read with the article
        for stub in part.iterchildren("front-stub", "front"):
            for each in stub.iterfind(".//permissions/license"):
                if any(True for _ in each.iterancestors("abstract", "related-object")):
                    continue
                licence = _licence(each, "")
                if not is_open_licence(licence_of([licence])):
                    yield licence


def _licence(element: Element, beside: str) -> Statement:
    """Return what a licence says; a doubtful one never opens the text."""
    kind = attribute(element, "license-type").strip()
    addresses = [attribute(element, "href").strip()]
    if kind.startswith("http"):
        addresses.append(kind)
    is_clear = bool(
        not element.get("specific-use")
        and (not kind or kind.startswith("http") or _OPEN_TYPES.fullmatch(kind))
    )
    for each in element.iter("license_ref", "license-ref"):
        licence = _reference(each, "")
        addresses += licence.addresses
        beside = f"{beside} {licence.beside}"
        is_clear = is_clear and licence.is_clear
    links = [attribute(each, "href").strip() for each in element.iter("ext-link", "uri")]
    words = words_of(element, "license_ref", "license-ref")
    return Statement(
        tuple(filter(None, addresses)),
        words or ("" if _OPEN_TYPES.fullmatch(kind) else kind),
        tuple(each for each in links if "creativecommons" in each.lower()),
        f"{beside} {'' if kind.startswith('http') else kind}",
        is_clear,
    )


def _reference(element: Element, beside: str) -> Statement:
    """Return a reference to a licence; nothing if it is not yet valid."""
    address = words_of(element) or attribute(element, "href").strip()
    begins = attribute(element, "start_date").strip()
    if begins:
        try:
            is_valid = datetime.date.fromisoformat(begins[:10]) <= _today()
        except ValueError:
            is_valid = False
        if not is_valid:
            return Statement(beside=f"until {begins}", is_clear=False)
    use = attribute(element, "specific-use") or attribute(element, "applies_to")
    kind = attribute(element, "content-type")  # PMC has it: "ccbylicense", for mining of texts
    is_whole = not use or use.lower() == "vor" or kind.lower().startswith("cc")
    return Statement((address,), beside=beside, is_clear=is_whole)


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()


class _Reader:
    """Walks an article."""

    def __init__(self, document: Document, article: Element) -> None:
        self.out = Writer()
        self.document = document
        self.aliases: dict[str, str] = {}
        for each in article.iter("ref-list"):
            self._read_entries(each)
        self.keys = {each.key for each in document.entries}
        self.index = Index(document.entries)
        self.in_row = False
        self.has_marks = False

    def _read_entries(self, listed: Element) -> None:
        for place, ref in enumerate(listed.iterchildren("ref", "citation", "nlm-citation"), 1):
            key = ref.get("id") or ""
            citations = [
                each for each in ref.iter(*_CITATIONS) if each.tag != "note" or len(ref) == 1
            ]
            citations = [each for each in citations if each.tag in _CITATIONS[:4]] or [ref]
            if not key:
                key = (
                    next((one.get("id") for one in citations if one.get("id")), "") or f"#{place}"
                )
            label = words_of(ref.find("label")) if ref.find("label") is not None else ""
            for each in citations:
                if each.get("id"):
                    self.aliases[each.get("id")] = key
                inner = each.find("label")
                self.document.entries.append(
                    _entry(each, key, label or (words_of(inner) if inner is not None else ""))
                )

    def part(self, element: Element) -> None:
        """Read front, body or back."""
        if element.tag in {"front", "front-stub"}:
            for meta in element.iter("article-meta", "front-stub"):
                for each in meta.iterchildren("abstract", "trans-abstract"):
                    if each.tag == "abstract":
                        with self.out.at("abstract"):
                            self._titled(each, 0)
                for each in meta.iterchildren("author-notes"):
                    self.out.is_front = True
                    with self.out.at("footnote"):
                        self._inside(each, 0)
                    self.out.is_front = False
            return
        self._inside(element, 0)
        self.out.end()

    def sub_article(self, element: Element) -> None:
        """Read a letter or a reply; leave out a translation."""
        if element.get("article-type") == "translation" and self.has_marks:
            note = "The file also has a translation of the article; it was not read."
            if note not in self.document.notes:
                self.document.notes.append(note)
            return
        stub = element.find("front-stub")
        if stub is None:
            stub = element.find("front")
        title = stub.find(".//article-title") if stub is not None else None
        with self.out.within(words_of(title, "xref", "fn") if title is not None else None):
            for part in ("body", "back"):
                for each in element.findall(part):
                    self.part(each)
            for each in element.iterchildren("sub-article", "response"):
                self.sub_article(each)

    # The text

    def walk(self, element: Element, depth: int) -> None:
        """Read an element with all that is in it."""
        tag = tag_of(element)
        if not tag:
            self.out.add(entity_text(element))
            return
        if tag in _DROPPED:
            return
        if depth > DEEPEST:
            self.out.add("".join(element.itertext()))
            note_depth(self.document.notes)
            return
        if tag == "xref":
            self._xref(element, depth)
        elif tag in _SECTIONS:
            self._titled(element, depth)
        elif not self._read_sign(element, tag) and not self._read_apart(element, tag, depth):
            if tag not in _BLOCKS or self.out.place == "caption" or _parent(element) == "fn":
                gap = " " if tag in _BLOCKS else ""
                self.out.add(gap)
                self._inside(element, depth)
                self.out.add(gap)
            elif self.in_row:
                self.out.add(" ")
                self._inside(element, depth)
                self.out.add(" ")
            else:
                self.out.end()
                self._inside(element, depth)
                self.out.end()

    def _read_sign(self, element: Element, tag: str) -> bool:
        """Read a formula or a break; False where it is none."""
        if tag == "disp-formula":
            self.out.add(" ")
            self.out.sign(EQUATION)
            self.out.add(" ")
        elif tag in {"inline-formula", "math", "tex-math"}:
            self.out.add(_formula(element))
        elif tag == "break":
            self.out.add(" ")
        else:
            return False
        return True

    def _read_apart(self, element: Element, tag: str, depth: int) -> bool:
        """Read what stands apart from the text; False where it does not."""
        if tag == "title":
            self._inside(element, depth)
            self.out.sign(BREAK)
            self.out.add(" ")
        elif tag == "caption":
            with self.out.at("caption"):
                self._inside(element, depth, between=" ")
        elif tag == "permissions":
            for each in element.iter("license-p", "p"):
                if each.find(".//xref") is not None:  # a figure of another work
                    with self.out.at("caption"):
                        self._inside(each, depth)
        elif tag == "fn":
            with self.out.aside("footnote"):
                self._inside(element, depth, between=" ")
        elif tag == "table-wrap-foot":
            with self.out.at("footnote"):
                self._inside(element, depth)
        elif tag == "tr":
            with self.out.at("table"):
                self.in_row = True
                self._inside(element, depth, between=" ")
                self.in_row = False
        elif tag in _FLOATS and not self.in_row:
            is_within = any(True for _ in element.iterancestors("p"))
            with self.out.aside(self.out.place) if is_within else self.out.at(self.out.place):
                self._inside(element, depth)
        else:
            return False
        return True

    def _inside(self, element: Element, depth: int, between: str = "") -> None:
        if element.text:
            self.out.add(element.text)
        for child in element:
            self.walk(child, depth + 1)
            if between:
                self.out.add(between)
            if child.tail:
                self.out.add(child.tail)

    def _titled(self, element: Element, depth: int) -> None:
        title = element.find("title")
        if title is None and element.tag == "boxed-text":
            title = element.find("caption/title")
        named = None
        if title is not None:
            named = words_of(title, "xref", "fn").strip() or None
        elif element.tag == "ack":
            named = "Acknowledgements"
        place = self.out.place
        with self.out.within(named):
            if element.tag == "app":
                self.out.place = "appendix"
            for child in element:
                if child is title:
                    if any(True for _ in title.iter("xref")):
                        self._inside(title, depth + 1)
                        self.out.end(is_heading=True)
                else:
                    self.walk(child, depth + 1)
        self.out.place = place

    # Marks

    def _xref(self, element: Element, depth: int) -> None:
        kind = element.get("ref-type") or ""
        rids = [self.aliases.get(each, each) for each in (element.get("rid") or "").split()]
        known = [each for each in rids if each in self.keys]
        printed = words_of(element)
        if not known and kind != "bibr":
            if kind not in _NOTE_SIGNS or element.find("sup") is None:
                self._inside(element, depth)
            return
        if not known:
            is_number = _NUMBERS.fullmatch(printed)
            known = [*(self.index.numbers if is_number else self.index.author_year)(printed)]
            self.document.n_lost += not known
        elif len(known) == 1 and _RANGE.fullmatch(printed):
            within = self.index.numbers(printed)
            known = [*within] if known[0] in within else known
        is_raised = element.find(".//sup") is not None or any(
            True for _ in element.iterancestors("sup")
        )
        self.out.mark(
            Mark(tuple(known), printed, 0, is_raised, not is_raised and _is_textual(printed))
        )


def _is_textual(printed: str) -> bool:
    """Tell whether a mark reads as a name with a year in brackets."""
    return printed[:1].isalpha() and re.search(r"[(\[]\s*(?:1[89]|20)\d\d", printed) is not None


def _parent(element: Element) -> str:
    parent = element.getparent()
    return tag_of(parent) if parent is not None else ""


def _formula(element: Element) -> str:
    for each in element.iter("tex-math"):
        return f"${_tex(words_of(each))}$"
    return words_of(element, "annotation", "graphic", "inline-graphic")


def _tex(text: str) -> str:
    body = re.search(r"\\begin\{document\}(.*?)\\end\{document\}", text, re.DOTALL)
    return (body[1] if body else text).strip().strip("$")


def _entry(element: Element, key: str, label: str) -> Entry:
    text = words_of(element, "label")
    titles = dict.fromkeys(words_of(each) for name in _TITLES for each in element.iter(name))
    named = [words_of(each) for each in element.iter(*_OWN_TITLES, "trans-title")]
    if any(named):  # the source is the journal then, or the book around it
        titles = {each: None for each in titles if each in named}
    people = [words_of(each) for each in element.iter("surname")]
    people = people or [words_of(each) for each in element.iter("collab", "string-name")]
    own, *others = [each for each in titles if each] or [""]
    return Entry(
        key,
        title=own,
        text=_spaced(element),
        authors=tuple(people),
        year=next((words_of(each) for each in element.iter("year")), "") or year_of(text),
        ids=find_ids(text) | frozenset(_ids(element)),
        label=label,
        titles=tuple(others),
    )


def _ids(element: Element) -> Iterator[Identifier]:
    for each in element.iter("pub-id", "object-id", "ext-link", "uri"):
        scheme = _ID_TYPES.get(each.get("pub-id-type") or each.get("ext-link-type") or "")
        value = (each.text or "").strip()
        parsed = parse_identifier(f"{scheme}:{value}") if scheme and value else None
        if parsed:
            yield parsed
        yield from find_ids(attribute(each, "href"))


def _spaced(element: Element) -> str:
    """Return the text of an entry, with its fields separated."""
    if element.tag == "element-citation" or not (element.text or "").strip():
        return "\n".join(filter(None, (words_of(each) for each in element)))
    return words_of(element, "label")
