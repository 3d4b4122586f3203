"""TEI as GROBID writes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citehub._identifiers import parse_identifier
from citehub.errors import UnreadableText
from citehub.texts.bibliography import Entry, Index, find_ids, year_of
from citehub.texts.blocks import EQUATION, MARK, Document, Mark, Writer
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
from citehub.texts.pages import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._identifiers import Identifier
    from citehub.texts.archives import Files
    from citehub.texts.blocks import Block
    from citehub.texts.markup import Element

_DROPPED: Final = frozenset(
    {"listBibl", "graphic", "label", "listOrg", "biblStruct", "fw", "teiHeader"}
)
_BLOCKS: Final = frozenset(
    {"p", "list", "item", "quote", "ab", "lg", "l", "body", "back", "front", "text", "group"}
)
_NUMBERS: Final = re.compile(r"[\[({\s]*\d+[a-z]?(?:[\s,;–—-]+\d+)*[\])},;\s]*")
_MARK_LIKE: Final = re.compile(r"^[\[({\s]*\d+[\])},;\s\d–—-]*$|(?:1[89]|20)\d\d")
_SURE: Final = 3


def read_tei(files: Files, name: str, head_only: bool) -> Document:  # noqa: FBT001
    """Read a text of GROBID."""
    document = Document("tei")
    root = parse_xml(files.name, files.read[name](), document.notes)
    strip_namespaces(root)
    if root.tag == "teiCorpus":
        root = next(root.iter("TEI"), root)
    _read_head(root, document)
    if head_only:
        return document
    reader = _Reader(document, root)
    header = root.find("teiHeader")
    if header is not None:
        for each in header.iter("abstract"):
            with reader.out.at("abstract"):
                reader.inside(each, 0)
    text = root.find("text")
    if text is not None:
        reader.inside(text, 0)
    reader.out.end()
    document.blocks = joined(reader.out.blocks)
    for block in document.blocks:
        _unlink_numbers(block, len(document.entries))
    if not document.blocks and not document.entries:
        raise UnreadableText.at(files.name, "it holds no text", "Read another form of it.")
    return document


def _read_head(root: Element, document: Document) -> None:
    header = root.find("teiHeader")
    if header is None:
        return
    source = header.find(".//sourceDesc/biblStruct")
    title = header.find(".//titleStmt/title")
    if title is not None:
        document.title = words_of(title) or None
    if source is not None:
        inner = source.find("analytic/title")
        if inner is not None and words_of(inner):
            document.title = document.title or words_of(inner)
        document.ids = [*_ids(source)]
    document.licence = licence_of(_licences(header))


def _licences(header: Element) -> Iterator[Statement]:
    """Yield what a text says about its licence in its publication statement."""
    for each in header.iterfind("fileDesc/publicationStmt/availability"):
        words = words_of(each)
        if each.get("status") == "restricted":
            yield Statement(words=words or "restricted", is_clear=False)
            continue
        licences = each.findall("licence")
        for licence in licences:
            links = [attribute(one, "target") for one in licence.iter("ref", "ptr")]
            yield Statement(
                tuple(attribute(licence, "target").split()),
                words,
                tuple(one for one in links if "creativecommons" in one.lower()),
            )
        if words and not licences:
            yield Statement(words=words)


def _ids(element: Element) -> list[Identifier]:
    found = []
    for each in element.iter("idno"):
        if any(
            tag_of(one)
            in {
                "author",
                "editor",
                "funder",
                "monogr" if each.get("type") in {"ISSN", "ISBN"} else "author",
            }
            for one in each.iterancestors()
        ):
            continue
        kind, value = (each.get("type") or "").lower(), "".join((each.text or "").split())
        if kind in {"doi", "arxiv", "pmid", "pmcid"} and value:
            value = re.sub(r"^arxiv:", "", value, flags=re.IGNORECASE).partition("[")[0]
            parsed = parse_identifier(f"{kind}:{value}")
            if parsed:
                found.append(parsed)
        elif not kind:
            found += find_ids(each.text or "")
    return found


def _entry(element: Element, key: str) -> Entry:
    analytic = element.find("analytic/title")
    monograph = element.find("monogr/title")
    titles = []
    for each in element.iter("title"):
        level = each.get("level") or ""
        if level in {"j", "s"} and element.find("analytic/title") is not None:
            continue
        title = words_of(each)
        if title and title not in titles:
            titles.append(title)
    if analytic is not None and words_of(analytic) and monograph is not None:
        titles = [each for each in titles if each != words_of(monograph)] or titles
    raw = next(
        (words_of(each) for each in element.iter("note") if each.get("type") == "raw_reference"),
        "",
    )
    people = []
    for author in element.iter("author", "editor"):
        surname = author.find(".//surname")
        people.append(words_of(surname if surname is not None else author))
    date = element.find(".//date")
    year = (date.get("when") or words_of(date))[:4] if date is not None else year_of(raw)
    links = [attribute(each, "target") for each in element.iter("ptr", "ref")]
    ids = frozenset(_ids(element)) | find_ids(raw, *links)
    return Entry(
        key,
        title=titles[0] if titles else "",
        text=raw if not titles else "",
        authors=tuple(filter(None, people)),
        year=year,
        ids=ids,
        titles=tuple(titles[1:]),
    )


class _Reader:
    """Walks a text."""

    def __init__(self, document: Document, root: Element) -> None:
        self.out = Writer()
        self.document = document
        for listed in root.iter("listBibl"):
            for place, each in enumerate(listed.iterchildren("biblStruct", "bibl")):
                key = attribute(each, "id") or f"b{place}"
                document.entries.append(_entry(each, key))
        self.keys = {each.key for each in document.entries}
        self.index = Index(document.entries)
        self.style = self._style(root)
        self.is_numbered = self._is_numbered(root)
        self.in_row = False

    def _style(self, root: Element) -> str:
        """Return how most linked marks begin: a bracket, "1" for digits, "a" for names, or ""."""
        counts: dict[str, int] = {}
        for each in root.iter("ref"):
            if each.get("type") == "bibr" and each.get("target"):
                printed = words_of(each)
                if _NUMBERS.fullmatch(printed):
                    kind = (
                        printed[:1]
                        if printed[:1] in "[("
                        else ""
                        if "]" in printed or ")" in printed
                        else "1"
                    )
                else:
                    kind = "a"
                counts[kind] = counts.get(kind, 0) + bool(kind)
        best = max(counts, key=lambda each: counts[each], default="")
        return best if counts.get(best, 0) >= _SURE else ""

    def _is_numbered(self, root: Element) -> str:
        """Return the bracket of numeric marks, if they count as the list does."""
        right, wrong = 0, 0
        brackets = {"[": 0, "(": 0, "": 0}
        for each in root.iter("ref"):
            key = attribute(each, "target").removeprefix("#")
            printed = words_of(each)
            if (
                each.get("type") != "bibr"
                or key not in self.keys
                or not _NUMBERS.fullmatch(printed)
            ):
                continue
            number = re.search(r"\d+", printed)
            if number and self.index.numbers(number[0])[:1] == (key,):
                right += 1
            else:
                wrong += 1
            sign = printed[:1] if printed[:1] in "[(" else ""
            brackets[sign] += 1
        if right < _SURE or wrong * 10 > right:
            return "none"
        return max(brackets, key=lambda each: brackets[each] * (2 if each else 1))

    def walk(self, element: Element, depth: int) -> None:  # noqa: C901, PLR0912
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
        if tag == "ref":
            self._ref(element, depth)
        elif tag == "div":
            self._div(element, depth)
        elif tag == "head":
            self.out.end()
            if any(each.get("type") == "bibr" for each in element.iter("ref")):
                self.inside(element, depth)
                self.out.end(is_heading=True)
        elif tag == "figure":
            self._figure(element, depth)
        elif tag == "note":
            if element.get("type") not in {"raw_reference", "report_type", "submission"}:
                with self.out.aside("footnote"):
                    self.inside(element, depth)
        elif tag == "formula":
            if self.in_row:
                self.inside(element, depth)
            else:
                self.out.add(" ")
                self.out.sign(EQUATION)
                self.out.add(" ")
        elif tag == "row":
            with self.out.at("table"):
                self.in_row = True
                for child in element:
                    self.walk(child, depth + 1)
                    self.out.add(" ")
                self.in_row = False
        elif tag in {"s", "lb"}:
            self.inside(element, depth)
            self.out.add(" ")
        elif tag in _BLOCKS:
            if self.out.place in {"caption", "footnote"} or self.in_row:
                self.out.add(" ")
                self.inside(element, depth)
                self.out.add(" ")
            else:
                self.out.end()
                self.inside(element, depth)
                self.out.end(is_open=True)
        else:
            self.inside(element, depth)

    def inside(self, element: Element, depth: int) -> None:
        """Read what is in an element."""
        if element.text:
            self.out.add(element.text)
        for child in element:
            self.walk(child, depth + 1)
            if child.tail:
                self.out.add(child.tail)

    def _div(self, element: Element, depth: int) -> None:
        kind = element.get("type") or ""
        if kind == "references":
            return
        head = element.find("head")
        title = None
        if head is not None:
            number, words = head.get("n") or "", words_of(head)
            title = words if not number or words.startswith(number) else f"{number} {words}"
        place = self.out.place
        with self.out.within(title or None):
            if kind in {"annex", "appendix"} and place == "text":
                self.out.place = "appendix"
            self.inside(element, depth)
        self.out.place = place

    def _figure(self, element: Element, depth: int) -> None:
        self.out.end()
        for child in element:
            if child.tag == "figDesc":
                with self.out.at("caption"):
                    self.inside(child, depth)
            elif child.tag == "table":
                for row in child.iter("row"):
                    self.walk(row, depth + 1)
            elif child.tag in {"note", "formula"}:
                self.walk(child, depth + 1)
        self.out.end()

    def _ref(self, element: Element, depth: int) -> None:
        if element.get("type") not in {"bibr", "biblio"}:
            self.inside(element, depth)
            return
        printed = words_of(element)
        if not printed:
            return
        glue = re.match(r"[\s,;]+", printed)
        if glue:
            self.out.add(glue[0])
            printed = printed[glue.end() :]
        key = attribute(element, "target").removeprefix("#")
        if key and self.style and self.style != "(" and re.fullmatch(r"\(\d{1,2}\)", printed):
            self.out.add(printed)  # the number of an equation or of a list
            return
        if key and self.style not in {"", "1"} and printed.isdecimal() and not self._is_listed():
            self.out.add(printed)  # of a figure, as "Fig. 4"
            return
        keys: tuple[str, ...] = (key,) if key in self.keys else ()
        by_text: tuple[str, ...] = ()
        if _NUMBERS.fullmatch(printed):
            sign = printed[:1] if printed[:1] in "[(" else ""
            if not keys and sign and sign == self.is_numbered:
                by_text = self.index.numbers(printed)
        elif not keys or re.search(r"\d{4}[a-z]?\s*[,;]\s*", printed):
            by_text = self.index.author_year(printed)
        keys = tuple(dict.fromkeys((*keys, *by_text)))
        if not keys and (key or not _MARK_LIKE.search(printed)):
            self.out.add(printed)
            return
        self.document.n_lost += not keys
        is_textual = printed[:1].isalpha() and "(" in printed
        self.out.mark(Mark(keys, printed, is_textual=is_textual))

    def _is_listed(self) -> bool:
        """Tell whether a number may go on with a bracket or a mark that stands before it."""
        before = "".join(self.out.parts[-3:]).rstrip()
        return before[-1:] in {MARK, "[", "("} or (
            before[-1:] in {",", ";", "-", "–"} and MARK in before[-4:]
        )


def _unlink_numbers(block: Block, n_entries: int) -> None:
    """Remove links from brackets of numbers that cannot be references."""
    pieces = block.text.split(MARK)
    most = n_entries * 5 // 4 + 3  # of a list that has lost some
    run: list[Mark] = []
    for place, mark in enumerate(block.marks):
        run.append(mark)
        if place + 1 < len(block.marks) and not pieces[place + 1].strip(" ,"):
            continue
        printed = " ".join(each.printed for each in run)
        numbers = [int(each) for each in re.findall(r"\d+", printed)]
        if (
            len(numbers) > 2  # noqa: PLR2004
            and re.fullmatch(r"\[[\d\s,]+\]", printed)
            and (len(set(numbers)) < len(numbers) or max(numbers) > most)
        ):
            for each in run:
                each.keys = ()
        run = []
