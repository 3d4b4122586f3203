"""Public identifiers of works: one spelling for each, whatever a user pastes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, get_args
from urllib.parse import quote, unquote, urlsplit

from citehub._rows import Scheme
from citehub._text import is_line

if TYPE_CHECKING:
    from typing import Final

_ARCHIVES: Final = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas"
    "|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin"
    "|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_ARXIV: Final = re.compile(  # the class of an old id, as in math.GT/0309136, is no part of it
    rf"(?:abs/)?(?:([0-9]{{4}}\.[0-9]{{4,5}})|({_ARCHIVES})(?:\.[a-z-]+)?(/[0-9]{{7}}))(?:v[0-9]+)?"
)
_RESOLVER: Final = re.compile(r"^(?:https?://(?:dx\.|www\.)?doi\.org/)?(?:doi:\s*)?")
_DOI: Final = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
DOI_SPELLINGS: Final = {
    "&amp;": "&", "&lt;": "<", "&gt;": ">", "%2f": "/", "%3a": ":", "%3b": ";", "%3c": "<",
    "%3e": ">", "%28": "(", "%29": ")", "%5b": "[", "%5d": "]", "%23": "#",
}  # fmt: skip
"""How HTML and addresses write characters of DOIs, in lower case."""

_OPENALEX: Final = re.compile(r"W[0-9]+")
_MAG: Final = re.compile(r"0*([1-9][0-9]*)")
_PMID: Final = re.compile(r"0*([1-9][0-9]{0,8})")
_PMCID: Final = re.compile(r"(?:PMC)?0*([1-9][0-9]{0,9})(?:\.[0-9]+)?")
_ARXIV_DOI: Final = "10.48550/arxiv."
_ARXIV_PAGES: Final = "abs|pdf|html|format|src|ps|e-print|overview|ftp/arxiv/papers/[0-9]{4}"
_PAGES: Final = tuple(  # where an identifier stands in the addresses of a host
    (re.compile(host), re.compile(path, re.ASCII | re.IGNORECASE | re.DOTALL), scheme)
    for host, path, scheme in (
        (
            r"(?:.+\.)?(?:arxiv|ar5iv|alphaxiv)\.org",
            rf"/(?:{_ARXIV_PAGES})/(.+?)(?:\.pdf)?/?",
            "arxiv",
        ),
        (r"(?:www\.|dx[.-])?doi[.-].+", r"/+(.+)", "doi"),
        (r"(?:api\.)?openalex\.org", r"/(?:.*/)?(w[0-9]+)", "openalex"),
        (r"academic\.microsoft\.com", r"/paper/([0-9]+)(?:/.*)?", "mag"),
        (r"pubmed\.ncbi\.nlm\.nih\.gov", r"/([0-9]+)/?", "pmid"),
        (r"(?:www\.)?ncbi\.nlm\.nih\.gov", r"/(?:m/)?pubmed/([0-9]+)/?", "pmid"),
        (r"(?:www\.)?ncbi\.nlm\.nih\.gov", r"/(?:m/)?pmc/articles/([^/]+)(?:/.*)?", "pmcid"),
        (r"pmc\.ncbi\.nlm\.nih\.gov", r"/articles/([^/]+)(?:/.*)?", "pmcid"),
        (r"(?:www\.)?europepmc\.org", r"/(?:article|abstract)/med/([0-9]+)/?", "pmid"),
        (r"(?:www\.)?europepmc\.org", r"/articles?/(?:pmc/)?(pmc[0-9]+)(?:/.*)?", "pmcid"),
        (r"api\.semanticscholar\.org", r"/corpusid:([0-9]+)/?", "s2"),
        (r"opencitations\.net", r"/meta/(br/[0-9]+)/?", "omid"),
        (r"w3id\.org", r"/oc/meta/(br/[0-9]+)/?", "omid"),
        (
            r"(?:www\.)?(?:aclanthology\.org|aclweb\.org)",
            r"/(?:anthology/)?([a-z][0-9]{2}-[0-9]{4}|[0-9]{4}\.[a-z0-9_-]+\.[0-9]+)(?:\.pdf)?/?",
            "acl",
        ),
    )
)
_ALIASES: Final = {"pmc": "pmcid", "pubmed": "pmid", "corpusid": "s2"}
_SAFE_IN_PATHS: Final = "!$&'()*+,/:;=@"
_LINKS: Final = {
    "arxiv": "https://arxiv.org/abs/{}",
    "doi": "https://doi.org/{}",
    "openalex": "https://openalex.org/{}",
    "s2": "https://api.semanticscholar.org/CorpusID:{}",
    "omid": "https://opencitations.net/meta/{}",
    "acl": "https://aclanthology.org/{}",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}",
}
_PREFIXES: Final = {*get_args(Scheme), "mag"}


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
        """The page of the identifier, if its scheme has pages."""
        if self.scheme not in _LINKS:
            return None
        return _LINKS[self.scheme].format(quote(self.value, safe=_SAFE_IN_PATHS))


def parse_identifier(text: str) -> Identifier | None:
    """Read an identifier in any of its usual spellings.

    Parameters
    ----------
    text : str
        A CURIE, a bare arXiv id, DOI, OpenAlex id or PMCID, with or without version, or the
        address of its page.

    Returns
    -------
    Identifier or None
        None if citehub knows no such identifier.

    Examples
    --------
    >>> parse_identifier("https://arxiv.org/pdf/2304.01373v2").curie
    'arxiv:2304.01373'
    >>> parse_identifier("10.48550/arXiv.2304.01373").curie
    'arxiv:2304.01373'
    >>> parse_identifier("doi:10.1145/3744746").curie
    'doi:10.1145/3744746'
    >>> parse_identifier("mag:2741809807").curie  # OpenAlex took these numbers over
    'openalex:W2741809807'
    >>> parse_identifier("Pythia") is None
    True
    """
    text = text.strip()
    if text.lower().startswith(("https://", "http://")):
        return _parse_url(text)
    host = text.partition("/")[0].lower()
    if host != text and any(page.fullmatch(host) for page, _, _ in _PAGES):
        return _parse_url(f"https://{text}")
    scheme, colon, rest = text.partition(":")
    scheme = _ALIASES.get(scheme.lower(), scheme.lower())
    if colon and scheme in _PREFIXES:
        return _parse_value(scheme, rest.strip())
    for scheme in ("arxiv", "doi", "openalex"):
        found = _parse_value(scheme, text)
        if found:
            return found
    return _parse_value("pmcid", text) if text.lower().startswith("pmc") else None


def _parse_url(url: str) -> Identifier | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address
        return None
    name, path = (parts.hostname or ""), unquote(parts.path)
    for host, page, scheme in _PAGES:
        found = page.fullmatch(path) if host.fullmatch(name) else None
        if found:
            return _parse_value(scheme, found[1])
    return None


def _parse_value(scheme: str, value: str) -> Identifier | None:  # noqa: PLR0911
    if not is_line(value):  # no identifier has breaks or control characters
        return None
    match scheme:
        case "arxiv":
            found = _ARXIV.fullmatch(value.lower())
            return Identifier(scheme, found[1] or found[2] + found[3]) if found else None
        case "doi":
            return _parse_doi(value.lower())
        case "openalex":
            value = value.upper()
            return Identifier(scheme, value) if _OPENALEX.fullmatch(value) else None
        case "mag":
            found = _MAG.fullmatch(value)
            return Identifier("openalex", f"W{found[1]}") if found else None
        case "pmid":
            found = _PMID.fullmatch(value)
            return Identifier(scheme, found[1]) if found else None
        case "pmcid":
            found = _PMCID.fullmatch(value.upper())
            return Identifier(scheme, f"PMC{found[1]}") if found else None
    return Identifier(scheme, value) if value else None


def _parse_doi(doi: str) -> Identifier | None:
    for spelling, sign in DOI_SPELLINGS.items():
        doi = doi.replace(spelling, sign)
    doi = _RESOLVER.sub("", doi).rstrip(".,;")
    if doi.startswith(_ARXIV_DOI):
        return _parse_value("arxiv", doi.removeprefix(_ARXIV_DOI))
    return Identifier("doi", doi) if _DOI.fullmatch(doi) else None
