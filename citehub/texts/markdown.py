"""Markdown and plain text: marks are numbers, names with years, or keys of pandoc."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

from citehub.errors import UnreadableText
from citehub.texts.bibliography import Entry, Index, find_ids, year_of
from citehub.texts.bibtex import read_bib
from citehub.texts.blocks import EQUATION, Document, Mark, Writer, own
from citehub.texts.pages import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from citehub.texts.archives import Files

_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_SETEXT: Final = re.compile(r"(=+|-+)\s*$")
_PLAIN_HEADING: Final = re.compile(r"(?:\d+(?:\.\d+)*\.?\s+)?[A-Z][^.?!]{2,70}$")
_REFERENCES: Final = re.compile(
    r"[\d.\s]*(?:references|bibliography|literature cited|works cited|literatur\w*)\s*:?",
    re.IGNORECASE,
)
_ITEM: Final = re.compile(
    r"\s*(?:[*+-]\s+)?(?:\[(\d{1,4}(?=\][^\s(])|(?:\d{1,4}|[A-Za-z][\w+-]{1,15})(?=\]\s))\]"
    r"|(\d{1,4})[.)](?=\s))\s*(?=\S)"
)
_BULLET: Final = re.compile(r"\s*[*+-]\s+(?=\S)")
_FENCE: Final = re.compile(r"\s*(```+|~~~+)")
_SQUARE: Final = re.compile(r"\[([^\[\]]{1,2000})\](?!\()")
_ROUND: Final = re.compile(r"\(([^()]{4,600})\)")
_PANDOC_KEY: Final = re.compile(r"(?<![\w.])-?@\{?([A-Za-z0-9_][\w:.#$%&+?<>~/-]*[\w/]|\w)\}?")
_NUMBERS: Final = re.compile(r"\s*\d{1,4}(?:\s*(?:[,;]|[-‐‑–—−])\s*\d{1,4})*\s*")
_LINKED: Final = re.compile(r"\[((?:[^\[\]\\]|\\.|\[\d{1,4}\]){1,200})\]\(#[^)\s\[]{0,200}\)")
_ANCHOR: Final = re.compile(r"<(?:span|a)\s[^<>]*>\s*</(?:span|a)>|(?<=\S)<br ?/?>(?=\s)")
_BRACKETED: Final = re.compile(r"\[\\\[\d")
_NUMBERED: Final = re.compile(
    r"(?:fig|tab|sec|eq|alg|app|chap|box|step|lemma|theorem|part)[a-z]*\.?\s*\(?$", re.IGNORECASE
)
_RAISED: Final = re.compile(r"\\\(\{?\}?\^\{?\+\}?\\\)")
_TABLE: Final = re.compile(
    r"\\begin\{table\*?\}((?:(?!\\begin\{table).){0,40000}?)\\end\{table\*?\}", re.DOTALL
)
_RULES: Final = re.compile(
    r"\\(?:begin|end)\{tabular\}(?:\{(?:[^{}]|\{[^{}]*\})*\})?|\\[hc]line(?:\{[^{}]*\})?"
    r"|\\(?:top|mid|bottom)rule|\\multi(?:column|row)\{[^{}]*\}\{[^{}]*\}"
)
_YEAR: Final = re.compile(r"(?<!\d)(?:1[89]|20)\d\d")
_NARRATIVE: Final = re.compile(
    r"([A-ZÀ-Ý][\w'’-]+(?:\s+et\s+al\.?|\s+(?:and|&)\s+[A-ZÀ-Ý][\w'’-]+)?)"
    r"\s*\(((?:1[89]|20)\d\d[a-z]?)\)"
)
_CAPTION: Final = re.compile(r"\**(?:Figure|Fig\.|Table|Algorithm|Listing)\s+[A-Z]?\d+\**\s*[:.|]")
_FOOTNOTE: Final = re.compile(r"(?:Footnote\s*\d*\s*:|\[\^[^\]]+\]:)")
_DISPLAYED: Final = re.compile(r"\\\[.{0,4000}?\\\]|\$\$.{0,4000}?\$\$", re.DOTALL)
_CODE: Final = re.compile(r"(?<!`)`{1,3}(?!`)[^`\n]+`{1,3}")
_DROPPED: Final = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|\[MISSING_PAGE\w*(?::\d+)?\]|<!--.{0,4000}?-->|\[\^[^\]]+\](?!:)",
    re.DOTALL,
)
_EMPHASIS: Final = re.compile(
    r"(?<![\w*])\*{1,3}(?=\S)|(?<=\S)\*{1,3}(?![\w*])|(?<!\w)_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w)"
)
_LINK: Final = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()]*\))*\)")
_BESIDE: Final = re.compile(r"\[(\d{1,4})\],\s?\[(\d{1,4})\]")
_FRONT: Final = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*\n", re.DOTALL)
_TITLE: Final = re.compile(r"^title:\s*[\"']?(.*?)[\"']?\s*$", re.MULTILINE)
_NAMED_LIST: Final = re.compile(r"^bibliography:\s*[\"']?([^\s\"']+)", re.MULTILINE)
_TITLE_LINE: Final = re.compile(r"[^\W_](?:[^\n]{8,200})[^\s.,;:!|]\s*")
_HEAD_LINE_LETTERS: Final = 300  # at most
_FAMILY_NAME_WORDS: Final = 3  # at most
_INITIALS: Final = re.compile(r"\A(?:[^\W\d_]\.[-\s]*)+")
_LISTED: Final = re.compile(
    r"\s*[*+-]\s+(?:\[\d{1,4}\]|[^\W\d_][\w'’-]+(?: et al\.?| (?:and|&) [^\W\d_][\w'’-]+)?,? "
    r"[(\[](?:1[89]|20)\d\d[a-z]?[)\]])\s*\S"
)
_FEW_ENTRIES: Final = 3
_MANY_ENTRIES: Final = 6


def read_markdown(files: Files, name: str, head_only: bool) -> Document:  # noqa: FBT001
    """Read Markdown or plain text."""
    text = files.text(name)
    is_markdown = name.lower().endswith((".md", ".mmd", ".markdown")) or bool(
        re.search(r"^#{1,6} \S", text, re.MULTILINE)
    )
    front = _FRONT.match(text)
    lists = _NAMED_LIST.findall(front[1]) if front else []
    lists = [each for each in lists if each in files.read] or files.ending(".bib")
    further = [entry for each in lists for entry in read_bib(files.text(each))]
    return read_plain(
        files.name, text, is_markdown=is_markdown, further=further, head_only=head_only
    )


def read_plain(
    path: str,
    text: str,
    *,
    is_markdown: bool = False,
    further: Sequence[Entry] = (),
    head_only: bool = False,
) -> Document:
    """Read a text whose marks are not links, with separately kept entries."""
    document = Document("markdown" if is_markdown else "plain")
    document.notes.append(
        "The marks of this form are not links: numbers, names with years and keys were read as "
        "printed."
    )
    front = _FRONT.match(text)
    if front:
        title = _TITLE.search(front[1])
        document.title = title[1] if title else None
        text = text[front.end() :]
    if is_markdown:
        text = _TABLE.sub(_rows, _RAISED.sub("+", _ANCHOR.sub("", text)))
    lines = text.split("\n")
    document.title = document.title or _first_title(lines, is_markdown=is_markdown)
    document.ids = sorted(find_ids(_head(lines)))[:1]
    if head_only:
        return document
    body, listed = _part(lines)
    document.entries = [*_entries(listed), *further]
    reader = _Reader(document, is_markdown=is_markdown)
    reader.read(body)
    document.blocks = joined(reader.out.blocks)
    if not document.blocks:
        raise UnreadableText.at(path, "it has no prose", "Give the text of a paper.")
    return document


def _rows(found: re.Match[str]) -> str:
    """Return a table that is written in LaTeX as rows of Markdown."""
    rows = (" ".join(each.split()) for each in _RULES.sub(" ", found[1]).split(r"\\"))
    rows = (re.sub(r"(?<![\\\w^_}])\{([^{}]*)\}", r"\1", each) for each in rows)
    return "\n\n" + "\n".join(f"| {each} |".replace("&", "|") for each in rows if each) + "\n\n"


def _head(lines: Sequence[str]) -> str:
    """Return lines that may identify the text, without prose and references."""
    kept: list[str] = []
    for line in lines[:15]:
        if _HEADING.match(line) and (kept or not line.startswith("# ")):
            break
        if len(line) < _HEAD_LINE_LETTERS:
            kept.append(_PANDOC_KEY.sub("", line))
    return "\n".join(kept)


def _first_title(lines: Sequence[str], *, is_markdown: bool) -> str | None:
    first = next((place for place, line in enumerate(lines[:40]) if line.strip()), 0)
    is_alone = not "".join(lines[first + 1 : first + 2]).strip()
    if is_alone and lines and _TITLE_LINE.fullmatch(lines[first]):
        return lines[first].strip()
    for line in lines[:40]:
        heading = _HEADING.match(line)
        if heading and len(heading[1]) == 1:
            return heading[2]
        if not is_markdown and line.strip():
            return line.strip()[:300]
    return None


def _part(lines: list[str]) -> tuple[list[str], list[str]]:
    """Separate the text from its reference list; what follows the list is text again."""
    begin = None
    for place, line in enumerate(lines):
        heading = _HEADING.match(line)
        title = heading[2] if heading else line.strip(" *_")
        if _REFERENCES.fullmatch(title) and (heading or place > len(lines) // 4):
            begin = place
    if begin is None:
        begin = _begin_of_items(lines)
    if begin is None:
        return lines, []
    for end in range(begin + 1, len(lines)):
        heading = _HEADING.match(lines[end])
        if heading and not _ITEM.match(lines[end]):
            return lines[:begin] + lines[end:], lines[begin + 1 : end]
    return lines[:begin], lines[begin + 1 :]


def _begin_of_items(lines: list[str]) -> int | None:
    """Return the line before a list of references that has lost its title."""
    begin, n_items = 0, 0
    for place, line in enumerate(lines):
        if _LISTED.match(line):
            begin, n_items = (begin, n_items + 1) if n_items else (place, 1)
        elif line.strip() and n_items:
            if n_items >= _MANY_ENTRIES:
                break
            n_items = 0
    return begin - 1 if n_items >= _MANY_ENTRIES and begin else None


def _entries(lines: list[str]) -> Iterator[Entry]:
    n_labels = sum(bool(_ITEM.match(each)) for each in lines)
    is_labelled = n_labels >= _FEW_ENTRIES - 1 or (n_labels == 1 and _is_one(lines))
    has_bullets = any(_ITEM.match(each) and _BULLET.match(each) for each in lines)
    items: list[tuple[str, list[str]]] = []
    is_blank = True
    for line in lines:
        found = _ITEM.match(line) if is_labelled else None
        bullet = _BULLET.match(line)
        if found:
            items.append((found[1] or found[2], [line[found.end() :]]))
        elif (
            line.strip()
            and (bullet if is_labelled else bullet or is_blank)
            and (has_bullets or not is_labelled)
        ):
            items.append(("", [line[bullet.end() if bullet else 0 :]]))
        elif items:
            items[-1][1].append(line)
        is_blank = not line.strip()
    _number(items)
    is_named = not _is_numbered([label for label, _ in items])
    for place, (label, parts) in enumerate(items, 1):
        text = " ".join("\n".join(parts).split())
        if text:
            yield _entry(f"[{label}]" if label else f"#{place}", label, text, is_named=is_named)


def _number(items: list[tuple[str, list[str]]]) -> None:
    """Give items that lost their numbers those that lie between the numbers around them."""
    last = -1
    for place, (label, _) in enumerate(items):
        if not label.isdecimal():
            continue
        before = int(items[last][0]) if last >= 0 else 0
        if int(label) - before == place - last:
            for at in range(last + 1, place):
                items[at] = (str(before + at - last), items[at][1])
        last = place


def _is_one(lines: list[str]) -> bool:
    """Tell whether a list is one entry, with its label before it."""
    text = "\n".join(each.rstrip() for each in lines).strip("\n")
    return bool(_ITEM.match(text)) and "\n\n" not in text


def _is_numbered(labels: list[str]) -> bool:
    """Tell whether a list is cited by numbers; a few accidental ones do not count."""
    return 3 * sum(each.isdecimal() for each in labels) > len(labels)


def _entry(key: str, label: str, text: str, *, is_named: bool) -> Entry:
    authors: tuple[str, ...] = ()
    if is_named:  # cited by names: "van Lin, B." or "Bo Lin and"
        named = _INITIALS.sub("", text)
        first = re.split(r",| and | & | et al|\(|\.\s", named, maxsplit=1)[0].strip()
        is_family = named[len(first) :].startswith(",")
        authors = (
            (
                first
                if is_family and len(first.split()) <= _FAMILY_NAME_WORDS
                else first.split()[-1],
            )
            if first
            else ()
        )
    plain = re.sub(r"(?<!\w)[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}(?!\w)", "|", text)
    return Entry(key, "", plain, authors, year_of(text), find_ids(text), label)


class _Reader:
    """Goes through the lines."""

    def __init__(self, document: Document, *, is_markdown: bool) -> None:
        self.out = Writer()
        self.document = document
        self.index = Index(document.entries)
        self.keys = {each.key for each in document.entries}
        self.is_markdown = is_markdown
        self.levels: list[int] = []
        self.has_brackets = False
        self.is_item = False
        self.labels = {
            each.label: each.key for each in document.entries if not each.label.isdecimal()
        }
        self.is_numbered = _is_numbered([each.label for each in document.entries])

    def read(self, lines: list[str]) -> None:  # noqa: C901
        """Read the text."""
        self.has_brackets = any(_BRACKETED.search(each) for each in lines)
        paragraph: list[str] = []
        fence = ""
        for place, line in enumerate(lines):
            opened = _FENCE.match(line)
            if fence:
                fence = "" if opened and opened[1].startswith(fence) else fence
                continue
            if opened:
                self._end(paragraph)
                fence = opened[1][:3]
                continue
            heading = _HEADING.match(line)
            if heading:
                self._end(paragraph)
                self._heading(len(heading[1]), heading[2])
            elif not line.strip():
                self._end(paragraph)
            elif paragraph and _SETEXT.match(line) and self.is_markdown and len(paragraph) == 1:
                title = paragraph.pop()
                self._heading(1 if line[0] == "=" else 2, title)
            elif line.lstrip().startswith("|") and line.count("|") > 1:
                self._end(paragraph)
                if not re.fullmatch(r"[\s|:-]+", line):
                    with self.out.at("table"):
                        self._write(line.replace("|", " "))
            elif _BULLET.match(line) or re.match(r"\s*\d{1,2}[.)]\s", line):
                self._end(paragraph)
                paragraph.append(_BULLET.sub("", line))
                self.is_item = True
            elif (
                not self.is_markdown
                and not paragraph
                and _PLAIN_HEADING.fullmatch(line.strip())
                and (place + 1 == len(lines) or not lines[place + 1].strip())
            ):
                self._heading(2, line.strip())
            elif re.fullmatch(r"\s*\d{1,3}\s*", line):
                continue  # the number of a page
            else:
                paragraph.append(line)
        self._end(paragraph)

    def _end(self, paragraph: list[str]) -> None:
        if not paragraph:
            return
        text = "\n".join(paragraph)
        paragraph.clear()
        if _CAPTION.match(text):
            with self.out.at("caption"):
                self._write(text)
        elif (note := _FOOTNOTE.match(text)) is not None:
            with self.out.at("footnote"):
                self._write(text[note.end() :])
        else:
            self._write(text, is_open=not self.is_item)
        self.is_item = False

    def _heading(self, level: int, title: str) -> None:
        self.out.end()
        while self.levels and self.levels[-1] >= level:
            self.levels.pop()
            self.out.section.pop()
        plain = re.sub(r"[*_`]+", "", title).strip()
        if plain == self.document.title and not self.out.blocks:
            return
        if level > 1 or self.levels or self.out.blocks or plain != self.document.title:
            self.levels.append(level)
            self.out.section.append(plain)
        self._write(title, is_heading=True)

    def _write(self, text: str, *, is_heading: bool = False, is_open: bool = False) -> None:
        text = _LINKED.sub(self._unlinked, own(text))
        text = _DISPLAYED.sub(f" {EQUATION} ", text)
        text = _CODE.sub(lambda found: found[0].strip("`"), _DROPPED.sub("", text))
        text = _EMPHASIS.sub("", text)
        text = _BESIDE.sub(r"[\1, \2]", _BESIDE.sub(r"[\1, \2]", text))
        for part in self._marks(text):
            if isinstance(part, Mark):
                self.out.mark(part)
            else:
                self.out.parts.append(_LINK.sub(r"\1", part))
        self.out.end(is_heading=is_heading, is_open=is_open)

    def _unlinked(self, found: re.Match[str]) -> str:
        """Return the text of a link to the page itself; a number alone may be a mark."""
        text = re.sub(r"\\([\[\]()])", r"\1", found[1])
        before = found.string[max(0, found.start() - 20) : found.start()]
        is_mark = text.isdecimal() and not (self.has_brackets or _NUMBERED.search(before))
        return f"[{text}]" if is_mark else text

    def _marks(self, text: str) -> list[str | Mark]:
        """Part a text at its marks."""
        parts: list[str | Mark] = []
        at = 0
        for begin, end, mark in sorted(self._find_marks(text), key=lambda each: each[0]):
            if begin >= at:
                parts += [text[at:begin], mark]
                at = end
        parts.append(text[at:])
        return parts

    def _find_marks(self, text: str) -> Iterator[tuple[int, int, Mark]]:
        for found in _SQUARE.finditer(text):
            keys: Iterable[str] = ()
            if "@" in found[1]:
                keys = _PANDOC_KEY.findall(found[1])
            elif self.is_numbered and _NUMBERS.fullmatch(found[1]):
                keys = self.index.numbers(found[1])
            else:
                parts = (each.strip() for each in re.split("[,;]", found[1]))
                keys = [self.labels[each] for each in parts if each and each in self.labels]
            yield from _place(found, keys)
        if "@" in text:
            for found in _PANDOC_KEY.finditer(text):
                yield from _place(found, self.keys.intersection([found[1]]), is_textual=True)
        if not self.is_numbered and self.document.entries:
            yield from self._find_author_year(text)

    def _find_author_year(self, text: str) -> Iterator[tuple[int, int, Mark]]:
        for found in _NARRATIVE.finditer(text):
            keys = self.index.author_year(f"{found[1]} {found[2]}")
            yield from _place(found, keys, is_textual=True)
        for found in chain(_ROUND.finditer(text), _SQUARE.finditer(text)):
            if "@" not in found[1] and _YEAR.search(found[1]):
                yield from _place(found, self.index.author_year(found[1]))


def _place(
    found: re.Match[str], keys: Iterable[str], *, is_textual: bool = False
) -> Iterator[tuple[int, int, Mark]]:
    cited = tuple(dict.fromkeys(keys))
    if cited:
        mark = Mark(cited, " ".join(found[0].split()), len(cited), is_textual=is_textual)
        yield found.start(), found.end(), mark
