"""Public identifiers of works: one spelling for each, whatever the user pastes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, get_args
from urllib.parse import quote, unquote, urlsplit

from citehub._rows import Scheme

if TYPE_CHECKING:
    from typing import Final

_ARXIV: Final = re.compile(
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE
)
_DOI: Final = re.compile(r"10\.\d{4,9}/\S+")
_OPENALEX: Final = re.compile(r"w\d+", re.IGNORECASE)
_ARXIV_DOI: Final = "10.48550/arxiv."
_ARXIV_PAGE: Final = re.compile(r"/(?:abs|pdf|html|format|src|ps|e-print)/(.+?)(?:\.pdf)?/?")
_BARE_HOSTS: Final = ("arxiv.org/", "www.arxiv.org/", "doi.org/", "dx.doi.org/", "openalex.org/")
_SAFE_IN_PATHS: Final = "!$&'()*+,/:;=@"
_LINKS: Final = {
    "arxiv": "https://arxiv.org/abs/{}",
    "doi": "https://doi.org/{}",
    "openalex": "https://openalex.org/{}",
    "s2": "https://api.semanticscholar.org/CorpusID:{}",
    "omid": "https://opencitations.net/meta/{}",
    "acl": "https://aclanthology.org/{}",
}


class Identifier(NamedTuple):
    """A public identifier, without prefix, version or host."""

    scheme: str
    value: str

    @property
    def curie(self) -> str:
        """The identifier as ``scheme:value``."""
        return f"{self.scheme}:{self.value}"

    @property
    def url(self) -> str | None:
        """The page of the identifier, where its scheme has one."""
        if self.scheme not in _LINKS:
            return None
        return _LINKS[self.scheme].format(quote(self.value, safe=_SAFE_IN_PATHS))


def parse_identifier(text: str) -> Identifier | None:
    """Read an identifier in any of its usual spellings.

    Parameters
    ----------
    text : str
        A CURIE, a bare arXiv id or DOI, with or without version, or an URL of either.

    Returns
    -------
    Identifier or None
        None where the text is no identifier that is known here.

    Examples
    --------
    >>> parse_identifier("https://arxiv.org/pdf/2304.01373v2").curie
    'arxiv:2304.01373'
    >>> parse_identifier("10.48550/arXiv.2304.01373").curie
    'arxiv:2304.01373'
    >>> parse_identifier("doi:10.1145/3744746").curie
    'doi:10.1145/3744746'
    >>> parse_identifier("Pythia") is None
    True
    """
    text = text.strip()
    if text.lower().startswith(("https://", "http://")):
        return _parse_url(text)
    if text.lower().startswith(_BARE_HOSTS):
        return _parse_url(f"https://{text}")
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if colon and scheme in get_args(Scheme):
        return _parse_value(scheme, rest.strip())
    for scheme in ("arxiv", "doi", "openalex"):
        found = _parse_value(scheme, text)
        if found:
            return found
    return None


def _parse_url(url: str) -> Identifier | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address
        return None
    host, path = (parts.hostname or ""), unquote(parts.path)
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        page = _ARXIV_PAGE.fullmatch(path)
        return _parse_value("arxiv", page[1]) if page else None
    if host in {"doi.org", "dx.doi.org", "www.doi.org"}:
        return _parse_value("doi", path.lstrip("/"))
    if host == "openalex.org":
        return _parse_value("openalex", path.rsplit("/", 1)[-1])
    return None


def _parse_value(scheme: str, value: str) -> Identifier | None:
    if scheme == "arxiv":
        match = _ARXIV.fullmatch(value)
        return Identifier("arxiv", match[1]) if match else None
    if scheme == "doi":
        value = value.lower()
        if value.startswith(_ARXIV_DOI):
            return _parse_value("arxiv", value.removeprefix(_ARXIV_DOI))
        return Identifier("doi", value) if _DOI.fullmatch(value) else None
    if scheme == "openalex":
        return Identifier("openalex", value.upper()) if _OPENALEX.fullmatch(value) else None
    return Identifier(scheme, value) if value else None
