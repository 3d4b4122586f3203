"""Types of works in the terms of each reference format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from citehub._work import Work


class Kind(NamedTuple):
    """A type of work, as BibTeX, RIS and CSL name it, and BibTeX's field for the venue if any."""

    bibtex: str
    ris: str
    csl: str
    venue: str | None = "howpublished"


# Of these the venue came later than the date, or its part in them is not known.
_PREPRINT: Final = Kind("misc", "UNPB", "article", None)  # what CSL calls a preprint
_UNKNOWN: Final = Kind("misc", "GEN", "document", None)
_ARTICLE: Final = Kind("article", "JOUR", "article-journal", "journal")
_KINDS: Final = {  # by OpenAlex's type
    "preprint": _PREPRINT,
    "article": _ARTICLE,
    "review": _ARTICLE,
    "editorial": _ARTICLE,
    "letter": _ARTICLE,
    "conference-paper": Kind("inproceedings", "CPAPER", "paper-conference", "booktitle"),
    "book": Kind("book", "BOOK", "book", "publisher"),
    "book-chapter": Kind("incollection", "CHAP", "chapter", "booktitle"),
    "dissertation": Kind("phdthesis", "THES", "thesis", "school"),
    "report": Kind("techreport", "RPRT", "report", "institution"),
    "dataset": Kind("misc", "DATA", "dataset"),
    "software": Kind("misc", "COMP", "software"),
    "standard": Kind("misc", "STAND", "standard"),
}


def kind(work: Work) -> Kind:
    """Return the type of a work; where none is known, an arXiv id makes it a preprint."""
    if work.type is None:
        return _PREPRINT if "arxiv" in work.ids else _UNKNOWN
    return _KINDS.get(work.type, _UNKNOWN)
