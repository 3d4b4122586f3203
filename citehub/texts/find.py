"""From a file to its passages: the form, the reader, the entries, the sentences."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._identifiers import Identifier, parse_identifier
from citehub._text import counted
from citehub.errors import BadArgument, UnreadableText
from citehub.texts.archives import Files, open_files
from citehub.texts.bibliography import Index, match_work
from citehub.texts.blocks import BREAK, EQUATION, MARK
from citehub.texts.mentions import name_pattern
from citehub.texts.passage import Passage, Passages, TextHead
from citehub.texts.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from citehub.texts.bibliography import Matched
    from citehub.texts.blocks import Block, Document, Mark
    from citehub.texts.passage import Status

_DASHES: Final = re.compile(r"\s*[\])]?\s*[-‐‑–—−]\s*[\[(]?\s*")
_GLUE: Final = re.compile(r"[\s,;&–—-]*")
_NUMBERS: Final = re.compile(r"[\s\[(]*\d+[\s,;\])\d–—-]*")
_ENDINGS: Final = frozenset(
    ".html .htm .xhtml .xml .nxml .tex .ltx .latex .md .mmd .markdown .txt .tei".split()
)
_OTHER_FORMS: Final = {
    b"{\\rtf": "Rich Text Format", b"%!PS": "PostScript", b"MIME-Version": "a saved web archive",
    b"From: <Saved": "a saved web archive",
}  # fmt: skip
_MOST_NAMED: Final = 5
_MOST_IN_RANGE: Final = 80
_MOST_COMPARED: Final = 5_000_000  # marks with brackets


class _Sentence(NamedTuple):
    """A sentence with its place."""

    block: Block
    begin: int
    end: int
    start: int
    text: str
    places: tuple[tuple[int, int], ...]
    marks: tuple[Mark, ...]


def find_passages(  # noqa: PLR0913
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    doi: str | None = None,
    arxiv_id: str | None = None,
    names: Sequence[str] = (),
    authors: Sequence[str] = (),
    year: int | None = None,
    keys: Sequence[str] = (),
) -> Passages:
    r"""Find every passage of a full text that cites a work.

    It reads HTML of LaTeXML (arXiv, ar5iv), LaTeX, JATS and NLM XML and GROBID's TEI. Marks in
    Markdown, plain text and PDF are not links, so passages there are less certain. It does not use
    the network, and runs no TeX.

    Parameters
    ----------
    path : str or os.PathLike
        A file, an archive of a source as from arXiv, or the folder of a LaTeX source.
    title : str, optional
        The work's title. An entry with another identifier does not count.
    doi, arxiv_id : str, optional
        Its identifiers; an entry with one of them is the work, whatever its title.
    names : sequence of str, optional
        Names of the work in texts, as ``["MT-NLG"]``. Sentences with a name but no mark are
        passages, too, with None as mark; titles of sections are left out.
    authors : sequence of str, optional
        The work's authors, or one of them, in case two works have the title.
    year : int, optional
        The year, in case two works have the title.
    keys : sequence of str, optional
        Keys of the work in the text's own reference list; also raw keys in a text without its
        list.

    Returns
    -------
    Passages
        The passages in the order of the text, with the status of the search.

    Raises
    ------
    UnreadableText
        There is no text, or no readable one.
    BadArgument
        Nothing says which work to look for.
    MissingExtra
        The form needs a library that is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = tempfile.TemporaryDirectory()
    >>> source = Path(folder.name, "paper.tex")
    >>> _ = source.write_text(
    ...     r"\documentclass{article}\begin{document}"
    ...     r"\section{Method} Trees grow. We prune them as others do \cite{lin,oak}. It works."
    ...     r"\begin{thebibliography}{9}\bibitem{oak} A. Oak. On pruning trees. 2020."
    ...     r"\bibitem{lin} B. Lin. Leaves. 2021.\end{thebibliography}\end{document}"
    ... )
    >>> found = find_passages(source, title="On Pruning Trees")
    >>> found.status, found[0].section, found[0].mark, found[0].group_size
    ('found', ('Method',), '[lin, oak]', 2)
    >>> found[0].sentence
    'We prune them as others do [lin, oak].'
    >>> folder.cleanup()
    """
    wanted = _identifiers(doi, arxiv_id)
    if not (wanted or keys or (title and title.strip()) or any(names)):
        raise BadArgument("Nothing says which work to look for. Give its title, doi or arxiv_id.")
    document = read_document(os.fspath(path))
    matched = match_work(
        document.entries, title=title, ids=wanted, authors=authors, year=year, keys=keys
    )
    cited = set(matched.keys) | set(keys)
    settle(document)
    passages, text = _collect(document, cited, names)
    n_marks = sum(len(each.marks) for each in document.blocks)
    has_mark = any(each.mark is not None for each in passages)
    return Passages(
        status=_status(document, matched, n_marks, has_mark=has_mark),
        form=document.form,
        passages=tuple(passages),
        entries=matched.keys or matched.ambiguous,
        notes=(*document.notes, *_missing(document, n_marks), *matched.notes),
        title=document.title,
        ids=tuple(dict.fromkeys(document.ids)),
        licence=document.licence,
        n_entries=len({each.key for each in document.entries}),
        n_marks=n_marks,
        text=text,
    )


def identify(path: str | os.PathLike[str]) -> TextHead:
    """Return what a text says about itself: its form, title, identifiers and licence.

    Parameters
    ----------
    path : str or os.PathLike
        As for :func:`citehub.find_passages`.

    Returns
    -------
    TextHead
        What it says.

    Raises
    ------
    UnreadableText
        There is no text, or no readable one.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = tempfile.TemporaryDirectory()
    >>> page = Path(folder.name, "page.md")
    >>> _ = page.write_text("# On trees")
    >>> identify(page).title
    'On trees'
    >>> folder.cleanup()
    """
    document = read_document(os.fspath(path), head_only=True)
    return TextHead(
        document.form, document.title, tuple(dict.fromkeys(document.ids)), document.licence
    )


def _identifiers(doi: str | None, arxiv_id: str | None) -> set[Identifier]:
    found = set()
    for name, value, scheme in (("doi", doi, "doi"), ("arxiv_id", arxiv_id, "arxiv")):
        if value is None or not value.strip():
            continue
        parsed = parse_identifier(value) or parse_identifier(f"{scheme}:{value}")
        if parsed is None or parsed.scheme not in {"doi", "arxiv"}:
            raise BadArgument.of(name, value, "an identifier as 10.1145/3744746 or 2201.11990")
        found.add(parsed)
    return found


def read_document(path: str, *, head_only: bool = False) -> Document:
    """Read a text of any form."""
    files = open_files(path)
    names = _texts_of(files)
    if not names:
        kinds = ", ".join(sorted(files.read)[:5]) or "none"
        raise UnreadableText.at(
            path,
            f"no file in it is a text (it holds {kinds})",
            "Give a folder or archive with a main .tex file, or one text.",
        )
    if not files.is_single and files.ending(".tex", ".ltx", ".latex"):
        from citehub.texts.latex import read_latex

        return read_latex(files, "", head_only)
    refused: UnreadableText | None = None
    for place, name in enumerate(names):
        try:
            reader = _reader_of(files, name)
            document = reader(files, name, head_only) if reader is not None else None
        except UnreadableText as error:
            refused = refused or error
            continue
        if document is not None:
            others = names[:place] + names[place + 1 :]
            if others:
                listed = ", ".join(others[:_MOST_NAMED])
                document.notes.append(f"{name} was read, but not the files next to it: {listed}.")
            return document
    raise refused or UnreadableText.at(
        files.name,
        f"{names[0]} is not a known form of a paper's text",
        "Give HTML of LaTeXML, LaTeX, JATS, TEI, Markdown or plain text.",
    )


def _texts_of(files: Files) -> list[str]:
    if files.is_single:
        return list(files.read)
    order = (".html", ".htm", ".xhtml", ".tex", ".ltx", ".latex", ".xml", ".nxml", ".md",
             ".markdown", ".mmd", ".txt", "")  # fmt: skip
    listed = [
        name
        for end in order
        for name in sorted(files.read)
        if os.path.splitext(name)[1].lower() == end
    ]
    return [name for name in listed if os.path.basename(name).upper().partition(".")[0]
            not in {"LICENSE", "LICENCE", "README", "00README", "COPYING"}]  # fmt: skip


def _reader_of(files: Files, name: str) -> Callable[[Files, str, bool], Document] | None:
    """Return the reader for the content of a file, whatever its name."""
    data = files.read[name]()
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    ending = os.path.splitext(name)[1].lower()
    if start.startswith(b"%PDF"):
        if ending in _ENDINGS:
            raise UnreadableText.at(
                files.name, f"it is a PDF, though its name ends in {ending}", "Name it .pdf."
            )
        from citehub.texts.pdf import read_pdf

        return read_pdf
    for sign, what in _OTHER_FORMS.items():
        if start.startswith(sign):
            raise UnreadableText.at(
                files.name, f"it is {what}", "Give HTML, XML, LaTeX, PDF or plain text."
            )
    if b"\0" in data[:8192] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableText.at(
            files.name, "it is no text (it holds zero bytes)", "Give HTML, XML, LaTeX or text."
        )
    if start.startswith(b"<") or ending in {".html", ".htm", ".xhtml", ".xml", ".nxml"}:
        from citehub.texts.markup import reader_of_markup

        return reader_of_markup(files, name, data)
    if ending in {".tex", ".ltx", ".latex"} or _is_latex(data):
        from citehub.texts.latex import read_latex

        return read_latex
    if ending in {".bib", ".bbl", ".sty", ".cls"}:
        return None
    from citehub.texts.markdown import read_markdown

    return read_markdown


def _is_latex(data: bytes) -> bool:
    return bool(
        re.search(
            rb"(?m)^[^%\n]*\\(?:documentclass|documentstyle|begin\{document\})", data[:500_000]
        )
    )


def _status(document: Document, matched: Matched, n_marks: int, *, has_mark: bool) -> Status:
    if has_mark:
        return "found"
    if matched.ambiguous:
        return "ambiguous"
    if not document.entries:
        return "no reference list"
    if not n_marks or (document.n_lost >= n_marks):
        return "list without links"
    return "cited nowhere" if matched.keys else "not in the list"


def _missing(document: Document, n_marks: int) -> list[str]:
    notes = []
    if not document.entries:
        notes.append("The text has no reference list: read another form or version of it.")
    if document.n_raw:
        marks = counted(document.n_raw, "mark")
        notes.append(f"{marks} with a raw key: the reference list lacks the entry.")
    if document.entries and not n_marks:
        notes.append("The text has a reference list, but no mark that is a link.")
    elif document.n_lost:
        notes.append(f"{document.n_lost:,} of {counted(n_marks, 'mark')} match no entry.")
    return notes


# Marks: ranges and groups.


def settle(document: Document) -> None:
    """Add the works inside of ranges to marks, and the size of their groups."""
    index = Index(document.entries)
    for block in document.blocks:
        if block.marks:
            _expand_ranges(block, index)
            if any(not each.group for each in block.marks):
                _count_groups(block)


def _expand_ranges(block: Block, index: Index) -> None:
    if len(block.marks) < 2:  # noqa: PLR2004
        return
    pieces = block.text.split(MARK)
    for place in range(len(block.marks) - 1):
        one, other = block.marks[place], block.marks[place + 1]
        if (
            one.keys
            and other.keys
            and not (one.is_textual or other.is_textual)
            and _DASHES.fullmatch(pieces[place + 1])
            and _NUMBERS.fullmatch(one.printed)
            and _NUMBERS.fullmatch(other.printed)
        ):
            inner = index.between(one.keys[-1], other.keys[0], _MOST_IN_RANGE)
            one.keys = tuple(dict.fromkeys((*one.keys, *inner)))


def _count_groups(block: Block) -> None:
    """Count the works in one pair of brackets, or in marks that touch each other."""
    printed, places = _print(block.text, block.marks)
    groups = list(range(len(places)))
    for place in range(1, len(places)):
        if _GLUE.fullmatch(printed[places[place - 1][1] : places[place][0]]):
            groups[place] = groups[place - 1]
    holders: dict[tuple[int, int], int] = {}
    joined: dict[int, int] = {}
    for place, pair in enumerate(_around(printed, places)):
        if pair is not None:
            first = holders.setdefault(pair, groups[place])
            joined[groups[place]] = joined.get(first, first)
    works: dict[int, set[str]] = {}
    groups = [joined.get(each, each) for each in groups]
    for place, mark in enumerate(block.marks):
        works.setdefault(groups[place], set()).update(mark.keys or (f"\0{place}",))
    for group, mark in zip(groups, block.marks, strict=True):
        mark.group = mark.group or len(works[group])


def _around(printed: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int] | None]:
    """Yield the innermost brackets around each mark, which may be in the mark itself."""
    pairs = _bracket_pairs(printed)
    is_many = len(pairs) * len(places) > _MOST_COMPARED
    for begin, end in places:
        around = [
            each
            for each in (() if is_many else pairs)
            if each[0] < end and each[1] >= begin and not begin <= each[0] <= each[1] < end
        ]
        yield min(around, key=lambda each: each[1] - each[0], default=None)


def _bracket_pairs(text: str) -> list[tuple[int, int]]:
    opened: list[int] = []
    pairs = []
    for found in re.finditer(r"[()\[\]]", text):
        if found[0] in "([":
            opened.append(found.start())
        elif opened and (text[opened[-1]] == "(") == (found[0] == ")"):
            pairs.append((opened.pop(), found.start()))
    return pairs


def _print(text: str, marks: Sequence[Mark]) -> tuple[str, list[tuple[int, int]]]:
    """Return a text with its marks as printed, and their places."""
    text = text.replace(BREAK, "").replace(EQUATION, "[equation]")
    if not marks:
        return text.replace(MARK, ""), []
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    length = 0
    pieces = text.split(MARK)
    for place, piece in enumerate(pieces):
        parts.append(piece)
        length += len(piece)
        if place < len(marks) and place < len(pieces) - 1:
            printed = marks[place].printed
            places.append((length, length + len(printed)))
            parts.append(printed)
            length += len(printed)
    return "".join(parts), places


# Passages


def _collect(
    document: Document, cited: set[str], names: Sequence[str]
) -> tuple[list[Passage], str]:
    pattern = name_pattern(names)
    sentences: list[_Sentence] = []
    texts: list[str] = []
    start = 0
    for block in document.blocks:
        at_mark = 0
        for begin, end in split_sentences(block.text, block.marks):
            piece = block.text[begin:end]
            n_marks = piece.count(MARK)
            marks = tuple(block.marks[at_mark : at_mark + n_marks])
            at_mark += n_marks
            printed, places = _print(piece, marks)
            sentences.append(_Sentence(block, begin, end, start, printed, tuple(places), marks))
            texts.append(printed)
            start += len(printed) + 1
        if texts:
            texts[-1] += "\n"
            start += 1
    passages: list[Passage] = []
    for place, sentence in enumerate(sentences):
        names_work = bool(pattern and pattern.search(sentence.text))
        hit = False
        for mark, (begin, end) in zip(sentence.marks, sentence.places, strict=True):
            if cited.isdisjoint(mark.keys):
                continue
            hit = True
            passages.append(
                _passage(document, sentences, place, names_work, mark, (begin, end), cited)
            )
        if (
            names_work
            and not hit
            and not sentence.block.is_heading
            and not sentence.block.is_front
        ):
            passages.append(
                _passage(document, sentences, place, names_work, None, (None, None), cited)
            )
    return passages, "\n".join(texts)


def _passage(  # noqa: PLR0913, PLR0917
    document: Document,
    sentences: Sequence[_Sentence],
    place: int,
    names_work: bool,  # noqa: FBT001
    mark: Mark | None,
    where: tuple[int | None, int | None],
    cited: set[str],
) -> Passage:
    sentence = sentences[place]
    return Passage(
        section=sentence.block.section,
        place=sentence.block.place,
        sentence=sentence.text,
        before=_neighbour(sentences, place, -1),
        after=_neighbour(sentences, place, 1),
        mark=mark.printed if mark else None,
        group_size=mark.group if mark else 0,
        start=sentence.start,
        end=sentence.start + len(sentence.text),
        mark_start=where[0],
        mark_end=where[1],
        names_work=names_work,
        form=document.form,
        keys=tuple(each for each in mark.keys if each in cited) if mark else (),
    )


def _neighbour(sentences: Sequence[_Sentence], place: int, step: int) -> str | None:
    """Return the sentence beside one in its block, or in the next of the same flow."""
    block = sentences[place].block
    at = place + step
    while 0 <= at < len(sentences):
        other = sentences[at].block
        if other is block:
            return sentences[at].text
        flows = block.place in {"text", "abstract", "appendix"} or (
            block.place == "table" and abs(at - place) == 1
        )
        if not flows or other.section != block.section:
            return None
        if other.place == block.place and not other.is_heading:
            return sentences[at].text
        if other.is_heading:
            return None
        at += step
    return None
