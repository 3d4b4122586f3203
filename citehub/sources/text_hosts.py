"""Hosts of open full texts of papers, and the place of each text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub.errors import UnknownName
from citehub.sources.api import Host
from citehub.sources.openalex_api import API as OPENALEX_API
from citehub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_ARXIV: Final = Source(
    id="arxiv",
    title="arXiv, texts of papers",
    url="https://arxiv.org",
    kind="records",
    rights="Each paper has a licence of its own.",
    texts=Host(
        title="arXiv",
        url="https://arxiv.org",
        url_variable="CITEHUB_ARXIV_URL",
        interval=3.0,
        gives_texts=True,
    ),
)
_EUROPE_PMC: Final = Source(
    id="europepmc",
    title="Europe PMC, texts of its open subset",
    url="https://europepmc.org",
    kind="records",
    rights="Each paper has a licence of its own.",
    texts=Host(
        title="Europe PMC",
        url="https://www.ebi.ac.uk/europepmc/webservices/rest",
        url_variable="CITEHUB_EUROPEPMC_URL",
        interval=0.5,
        gives_texts=True,
    ),
)
_OPENALEX: Final = Source(
    id="openalex",
    title="OpenAlex, texts as GROBID reads them from PDF",
    url="https://openalex.org",
    kind="records",
    rights="Each paper has a licence of its own.",
    texts=Host(
        title="OpenAlex's texts",
        url="https://content.openalex.org",
        url_variable="CITEHUB_OPENALEX_CONTENT_URL",
        key_variable=OPENALEX_API.key_variable,
        key_page=OPENALEX_API.key_page,
        without_key="It gives no text without a key.",
        key_place=OPENALEX_API.key_place,
        key_name=OPENALEX_API.key_name,
        interval=0.1,
        gives_texts=True,
    ),
)
TEXT_SOURCES: Final = (_EUROPE_PMC, _ARXIV, _OPENALEX)
"""In the order of asking."""
FREE: Final = ("europepmc", "arxiv")
"""The default hosts; a text of OpenAlex costs a cent."""

_TEI: Final = ("<TEI",)
_JATS: Final = ("<article",)
_HTML: Final = ("ltx_document", "ltx_page_main", "ltx_")
_PACKED: Final = ("\x1f\x8b", "ustar", "\\document", "%PDF")


class Place(NamedTuple):
    """The place of a text of a paper.

    It must have one of ``marks``; ``suffix`` is the end of its file name.
    """

    source: Source
    path: str
    marks: tuple[str, ...]
    suffix: str


def places(ids: Mapping[str, str], names: Collection[str] = FREE) -> Iterator[Place]:
    """Yield the possible places of texts of a paper, the best form first.

    Parameters
    ----------
    ids : mapping of str to str
        The identifiers of the paper, by scheme.
    names : collection of str, optional
        The hosts to ask.

    Examples
    --------
    >>> [place.path for place in places({"arxiv": "2201.11990", "pmcid": "PMC7039904"})]
    ['/PMC7039904/fullTextXML', '/html/2201.11990', '/src/2201.11990']
    """
    if "europepmc" in names and re.fullmatch(r"PMC\d+", ids.get("pmcid", "")):
        yield Place(_EUROPE_PMC, f"/{ids['pmcid']}/fullTextXML", _JATS, ".xml")
    if "arxiv" in names and ids.get("arxiv"):
        yield Place(_ARXIV, f"/html/{ids['arxiv']}", _HTML, ".html")
        yield Place(_ARXIV, f"/src/{ids['arxiv']}", _PACKED, ".tar.gz")
    if "openalex" in names and re.fullmatch(r"W\d+", ids.get("openalex", "")):
        yield Place(_OPENALEX, f"/works/{ids['openalex']}.grobid-xml", _TEI, ".tei.xml")


def choose_text_sources(names: Collection[str] = ()) -> tuple[Source, ...]:
    """Return the hosts of some names; without names, the free ones.

    Raises
    ------
    UnknownName
        There is no such host.
    """
    known = {each.id: each for each in TEXT_SOURCES}
    for name in names:
        if name not in known:
            raise UnknownName.among("source of texts", name, known)
    return tuple(each for name, each in known.items() if name in (names or FREE))
