"""Identifiers where files state them: in fields of their own, in notes, addresses and venues."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citehub._identifiers import parse_identifier

if TYPE_CHECKING:
    from citehub._identifiers import Identifier

_PARTS: Final = re.compile(
    r"\n|;\s+|;(?=https?://)|,\s+(?=https?://|doi|arxiv|pmc?id)", re.IGNORECASE
)
_LABEL: Final = re.compile(r"(doi|arxiv|pmid|pmcid|pmc)(?:\s*:\s*|\s+)(?=\S+$)", re.IGNORECASE)
_BEFORE: Final = re.compile(
    r"(?:(?:arxiv )?(?:e-?|pre-?)prints?|available|url)(?: (?:at|from|in))?[:,]? +", re.IGNORECASE
)
_STATED: Final = re.compile(  # what a text must start with to be one
    r"https?://|(?:www\.|dx\.)?(?:arxiv|doi)|openalex|10\.|pmc?id:|pmc\d+$", re.IGNORECASE
)
_CLASS: Final = re.compile(r"\s+[\[(][^\])]*[\])]\.?$")  # as in "arXiv:2304.01373 [cs.CL]"
_NAMES: Final = {"arxiv": "arXiv id", "pmid": "PMID", "pmcid": "PMCID"}
_ARXIV_VENUE: Final = re.compile(
    r"(?:corr|arxiv(?:\.org)?)(?![a-z])(?: \(?cornell university\)?)?(?: (?:e-?|pre-?)prints?)?",
    re.IGNORECASE,
)
_ARXIV_ID: Final = re.compile(
    r"(?<![\w.])(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z-]{2,})?/\d{7})(?:v\d+)?(?![\w.])", re.IGNORECASE
)


def parse_doi(text: str) -> list[Identifier]:
    """Return the identifier of a field that holds nothing else.

    Raises
    ------
    ValueError
        It is none.
    """
    found = parse_identifier(_LABEL.sub(r"\1:", text).rstrip(".,"))
    if text and found is None:
        raise ValueError(f"{text!r:.60} is no DOI")
    return [found] if found else []


def parse_of(scheme: str, text: str) -> list[Identifier]:
    """Return the identifier of a field that holds one of a scheme.

    Raises
    ------
    ValueError
        It is none.
    """
    found = parse_identifier(f"{scheme}:{text}") or next(iter(parse_stated(text)), None)
    if text and found is None:
        raise ValueError(f"{text!r:.60} is no {_NAMES[scheme]}")
    return [found] if found else []


def parse_stated(text: str) -> list[Identifier]:
    """Return identifiers from where other things may stand too, only if they say their scheme."""
    found = []
    for part in _PARTS.split(text):
        bare = _CLASS.sub("", part.strip()).rstrip(".,")
        if before := _BEFORE.match(bare):
            is_arxiv = before[0].lower().startswith("arxiv")
            bare = bare[before.end() :]
            if is_arxiv and _ARXIV_ID.fullmatch(bare):
                bare = f"arxiv:{bare}"
        bare = _LABEL.sub(r"\1:", bare)
        identifier = parse_identifier(bare) if _STATED.match(bare) else None
        if identifier:
            found.append(identifier)
    return found


def is_arxiv(venue: str) -> bool:
    """Tell whether what stands in the place of a venue is arXiv, or CoRR, a part of it."""
    return bool(_ARXIV_VENUE.match(venue))


def find_arxiv(text: str) -> list[Identifier]:
    """Return the arXiv ids in a text that stands where arXiv is the venue."""
    found = (parse_identifier(f"arxiv:{match[0]}") for match in _ARXIV_ID.finditer(text))
    return [each for each in found if each]
