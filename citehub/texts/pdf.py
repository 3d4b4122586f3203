"""PDF: its text by pypdf, read as plain text."""

from __future__ import annotations

import io
import logging
import re
from typing import TYPE_CHECKING, Final

from citehub.errors import MissingExtra, UnreadableText
from citehub.texts.markdown import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citehub.texts.archives import Files
    from citehub.texts.blocks import Document

logging.getLogger("pypdf").addHandler(logging.NullHandler())

_MOST_PAGES: Final = 1000
_HYPHEN: Final = re.compile(r"(?<=[a-zß-ÿ])-\n(?=[a-zß-ÿ])")
_NUMBER: Final = re.compile(r"\s*\d{1,4}\s*")
_ITEM: Final = re.compile(r"\n(?=\[\d{1,4}\]\s)")
_HEADING: Final = re.compile(
    r"^((?:\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-Z][^.\n]{2,60}|(?:[IVX]{1,4}\.\s+)?(?:Abstract|"
    r"Introduction|Background|Related work|Methods?|Results|Discussion|Conclusions?|"
    r"Acknowledge?ments?|References|Bibliography|Appendix))\s*)$",
    re.MULTILINE | re.IGNORECASE,
)
_WEAK: Final = (
    "The text was taken from a PDF: lines, columns, sections and marks are guessed from its "
    "print, and marks in superscript are lost. Prefer another form."
)


def read_pdf(files: Files, name: str, head_only: bool) -> Document:  # noqa: FBT001
    """Read a PDF."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ModuleNotFoundError:
        raise MissingExtra.of("pypdf", "pdf") from None
    try:
        reader = PdfReader(io.BytesIO(files.read[name]()))
        if len(reader.pages) > _MOST_PAGES:
            raise UnreadableText.at(
                files.name, f"it has more than {_MOST_PAGES:,} pages", "Give the paper alone."
            )
        pages = list(reader.pages)[: 1 if head_only else None]
        text = _joined(each.extract_text() for each in pages)
        said = reader.metadata.title if reader.metadata else None
        title = str(said or "").strip() or None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, UnreadableText):
            raise
        raise UnreadableText.at(
            files.name, f"it is a damaged PDF ({error})", "Get the file again."
        ) from error
    if not text.strip():
        raise UnreadableText.at(
            files.name, "its pages have no text, as scanned ones", "Read another form."
        )
    document = read_plain(files.name, text, head_only=head_only)
    document.form = "pdf"
    document.title = title or document.title
    document.notes = [_WEAK]
    return document


def _joined(pages: Iterable[str]) -> str:
    """Return the text of all pages, without their numbers, words joined at the ends of lines."""
    lines = [line for page in pages for line in page.split("\n") if not _NUMBER.fullmatch(line)]
    text = _ITEM.sub("\n\n", _HYPHEN.sub("", "\n".join(lines)))
    return _HEADING.sub(r"\n\1\n", text)
