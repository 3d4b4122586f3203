"""Types of works in each reference format.

Zotero, bibutils, JabRef and citation-js read these types: the guide page on exports says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from citehub._work import Work


class Kind(NamedTuple):
    """A type of work in BibTeX, RIS and CSL, each with its field for the venue.

    With ``note`` and ``N1``, the venue came later than the date, or its part is not known.
    """

    bibtex: str
    bibtex_venue: str
    ris: str
    ris_venue: str  # one tag or more, as readers differ
    csl: str
    csl_venue: str
    csl_genre: str | None = None

    @property
    def has_venue(self) -> bool:
        """Whether the venue is a bibliographic field, not a note."""
        return self.csl_venue != "note"


_PREPRINT: Final = Kind("misc", "note", "MANSCPT", "N1", "article", "note")
_UNKNOWN: Final = Kind("misc", "note", "GEN", "N1", "document", "note")
_ARTICLE: Final = Kind("article", "journal", "JOUR", "T2", "article-journal", "container-title")
_CHAPTER: Final = Kind("incollection", "booktitle", "CHAP", "BT JF", "chapter", "container-title")
_KINDS: Final = {  # by OpenAlex's type
    "preprint": _PREPRINT,
    "article": _ARTICLE,
    "review": _ARTICLE,
    "editorial": _ARTICLE,
    "letter": _ARTICLE,
    "erratum": _ARTICLE,
    "retraction": _ARTICLE,
    "conference-paper": Kind(
        "inproceedings", "booktitle", "CONF", "BT JF", "paper-conference", "container-title"
    ),
    "book": Kind("book", "publisher", "BOOK", "PB", "book", "publisher"),
    "book-chapter": _CHAPTER,
    "reference-entry": _CHAPTER,
    "dissertation": Kind("phdthesis", "school", "THES", "PB", "thesis", "publisher"),
    "report": Kind("techreport", "institution", "RPRT", "PB", "report", "publisher"),
    "dataset": Kind("misc", "howpublished", "DATA", "PB", "dataset", "publisher"),
    "software": Kind(  # as Zotero refuses a whole file for one CSL type software
        "misc", "howpublished", "COMP", "PB", "document", "publisher", "Computer software"
    ),
    "standard": Kind("misc", "howpublished", "STAND", "PB", "standard", "publisher"),
}


def kind(work: Work) -> Kind:
    """Return the type of a work; if unknown, an arXiv id makes it a preprint."""
    if work.type is None:
        return _PREPRINT if "arxiv" in work.ids else _UNKNOWN
    return _KINDS.get(work.type, _UNKNOWN)
