"""The text of a file, in whatever encoding it is, and what it is where it is something else."""

from __future__ import annotations

import re
from typing import Final

from citehub._text import counted
from citehub.errors import SourceError
from citehub.sources.encoding import (
    REPLACED,
    first_beyond_ascii,
    guess_encoding,
    is_mostly_utf8,
)
from citehub.sources.records import Reject

_MARK: Final = re.compile("^\ufeff", re.MULTILINE)  # where files were put behind each other
_PACKED: Final = {b"%PDF": "a PDF", b"PK\x03\x04": "a ZIP file", b"\x1f\x8b": "a gzip file"}
_LIKE: Final = {
    ".bib": re.compile(r"^\s*@\s*[A-Za-z]+\s*[{(]", re.MULTILINE),
    ".ris": re.compile(r"^\s*TY\s*[-\u2013\u2014]\s*[A-Z]{3}", re.IGNORECASE | re.MULTILINE),
    ".json": re.compile(r"\s*[\[{]"),
}
"""How a file of each ending looks."""

_OTHERS: Final = (
    (re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE), "an HTML page"),
    (re.compile(r"\s*<"), "XML"),
    (re.compile(r"^PMID- ", re.MULTILINE), "PubMed's own format"),
    (re.compile(r"^(?:FN (?:Clarivate|Thomson|ISI)|PT [JCBSP]$)", re.MULTILINE),
     "Web of Science's own format"),
    (re.compile(r"^%0 ", re.MULTILINE), "EndNote's own format"),
)  # fmt: skip
EXPORT: Final = (
    "Export the list as BibTeX, RIS or CSL-JSON, from the page that you have it from or from a "
    "reference manager."
)


def read_text(path: str) -> tuple[str, list[Reject]]:
    """Return the text of a file, and what of it could not be read as it stands there.

    Raises
    ------
    SourceError
        It is not there, is empty, or is of another kind than its name says.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise SourceError.at(path, 0, f"cannot be read: {error.strerror}") from None
    for start, kind in _PACKED.items():
        if data.startswith(start):
            raise SourceError.at(path, 0, f"is {kind}. {EXPORT}")
    text, problem, at = _decode(data)
    if not text.strip():
        raise SourceError.at(path, 0, f"is empty. {EXPORT}")
    line = re.sub("\r\n?", "\n", text[:at]).count("\n") + 1
    lines = _MARK.sub("", re.sub("\r\n?", "\n", text))
    return lines, [Reject(path, line, problem)] if problem else []


def check_kind(path: str, text: str, ending: str) -> None:
    """Refuse a file that is of another kind than its name says.

    Raises
    ------
    SourceError
        It says what it is instead, and what to do.
    """
    if ending in _LIKE and _LIKE[ending].search(text):
        return
    for other, like in _LIKE.items():
        if like.match(text) or (other != ".json" and like.search(text)):
            raise SourceError.at(path, 0, f"is a file as in {other}: its name should end so")
    for like, kind in _OTHERS:
        if like.match(text) or ("\n" in text and like.search(text)):
            raise SourceError.at(path, 0, f"is {kind}, which is not read here. {EXPORT}")
    if ending not in _LIKE:
        raise SourceError.at(path, 0, f"should end in one of {' '.join(_LIKE)}. {EXPORT}")


def _decode(data: bytes) -> tuple[str, str, int]:
    """Return text, what is wrong with its encoding, and where that begins."""
    encoding = guess_encoding(data)
    try:
        return data.decode(encoding), "", 0
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
    if encoding != "utf-8" or is_mostly_utf8(data):
        n_wrong = text.count(REPLACED)
        are = "is not in" if n_wrong == 1 else "are not in"
        stand = "stands" if n_wrong == 1 else "stand"
        number = counted(n_wrong, "character")
        problem = f"{number} {are} {encoding.upper()}, and {stand} as {REPLACED}"
        return text, problem, text.find(REPLACED)
    text = data.decode("cp1252", "replace")
    problem = (
        "the file is not in UTF-8, and is read as Windows-1252, which holds Latin-1; where "
        "letters with accents come out wrong, save it in UTF-8"
    )
    return text, problem, first_beyond_ascii(text)
