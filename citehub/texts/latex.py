"""LaTeX sources, read without TeX: the main file, its inputs, and its reference lists."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from citehub._identifiers import parse_identifier
from citehub.errors import UnreadableText
from citehub.texts.bibtex import read_bbl, read_bib
from citehub.texts.blocks import Document
from citehub.texts.latex_reader import Reader
from citehub.texts.latex_tree import find_roots

if TYPE_CHECKING:
    from citehub.texts.archives import Files
    from citehub.texts.bibliography import Entry

_ARXIV_NAME: Final = re.compile(
    r"(?:^|/)(?:arxiv[-_.:]?)?(\d{4}\.\d{4,5})(?:v\d+)?(?:[./_-]|$)", re.IGNORECASE
)
_MOST_NAMED: Final = 5


def read_latex(files: Files, _name: str = "", head_only: bool = False) -> Document:  # noqa: FBT001, FBT002
    """Read a LaTeX source."""
    document = Document("latex")
    roots = find_roots(files, document.notes)
    if not roots:
        raise UnreadableText.at(
            files.name,
            r"it has no main .tex file (none with a document class and \begin{document})",
            "Give the whole source, or the main file alone.",
        )
    _find_own_ids(files, document)
    if head_only:
        document.title = Reader(files, roots[0]).read_head()
        return document
    lists: list[str] = []
    entries: list[Entry] = []
    for root in roots:
        reader = Reader(files, root)
        reader.read()
        document.blocks += reader.out.blocks
        document.title = document.title or reader.title
        document.notes += reader.notes
        lists += [each for each in reader.lists if each not in lists]
        entries += reader.entries
        written = f"{posixpath.splitext(root)[0]}.bbl"
        if written in files.read and written not in lists:
            lists.append(written)
    if not document.blocks:
        why = f": {document.notes[-1]}" if document.notes else ""
        raise UnreadableText.at(
            files.name, f"{roots[0]} prints no text{why}", "Give the whole source."
        )
    _read_lists(files, document, lists, entries)
    _tie(document)
    return document


def _find_own_ids(files: Files, document: Document) -> None:
    names = files.name.replace("\\", "/").rstrip("/").split("/")[-2:]
    found = _ARXIV_NAME.findall("/".join(names))
    parsed = parse_identifier(f"arxiv:{found[-1]}") if found else None
    if parsed:
        document.ids.append(parsed)


def _read_lists(files: Files, document: Document, lists: list[str], entries: list[Entry]) -> None:
    """Read the reference lists that the text names; else those next to it."""
    named = [each for each in lists if each in files.read]
    if not named and not entries:
        named = files.ending(".bbl") or files.ending(".bib")
        if named:
            document.notes.append(
                f"The text names no reference list; read: {', '.join(named[:_MOST_NAMED])}."
            )
    document.entries = entries
    in_bib: set[str] = set()
    for name in sorted(named, key=lambda each: not each.lower().endswith(".bbl")):
        text = files.text(name)
        if name.lower().endswith(".bbl"):
            document.entries += read_bbl(text)
            continue
        for each in read_bib(text):
            if each.key not in in_bib:  # of two with one key, BibTeX takes the first
                in_bib.add(each.key)
                document.entries.append(each)
    missing = [each for each in lists if each not in files.read]
    if missing and not document.entries:
        listed = ", ".join(missing[:_MOST_NAMED])
        document.notes.append(f"The reference list is not in the source: {listed}.")


def _tie(document: Document) -> None:
    """Match keys with entries, whatever their case, and count raw keys."""
    keys = {each.key for each in document.entries}
    folded = {each.casefold(): each for each in keys}
    for block in document.blocks:
        for mark in block.marks:
            mark.keys = tuple(
                each if each in keys else folded.get(each.casefold(), each) for each in mark.keys
            )
            if keys.isdisjoint(mark.keys):
                document.n_raw += 1
