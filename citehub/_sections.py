"""The kind of a section, by its printed title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from citehub._rows import SectionKind

_KINDS: Final[tuple[tuple[SectionKind, str], ...]] = (
    ("abstract", r"abstract"),
    ("introduction", r"introduction"),
    ("related work",
     r"(?:.* )?(?:related|prior|previous) (?:works?|research|literature)|literature review"),
    ("background", r"background(?: .*)?|preliminar(?:y|ies)(?: .*)?"),
    ("method",
     r"(?:our |the |proposed )*(?:methods?|methodology|approach)|materials and methods"),
    ("experiments", r"(?:.* )?experiment(?:s|al)?(?: .*)?|(?:.* )?evaluations?"),
    ("results", r"(?:.* )?results?(?: .*)?|findings"),
    ("discussion", r"discussions?(?: .*)?|(?:.* and )?limitations(?: .*)?"),
    ("conclusion", r"conclusions?(?: .*)?|concluding remarks|summary"),
    ("appendix", r"appendi(?:x|ces)(?: .*)?|supplementary (?:materials?|information)"),
)  # fmt: skip
_RULES: Final = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_NUMBER: Final = re.compile(
    r"((?:Appendix\s+)?(?:\d{1,2}(?:\.\w{1,3})*|[IVX]{1,6}(?:-\w{1,3})+|[IVX]{2,6}|[A-Z](?:\.\d+)+"
    r"|[IVX](?=\s+[A-Z]\w{4})|[A-Z](?=\.\s+[A-Z]))|Appendix\s+[A-Z])\.?\s+(?=\S)"
)
_TWO: Final = re.compile(r" (?:and|&) ")


def kind_of_section(title: str | None) -> SectionKind | None:
    """Return the kind of a section, by its title; None if the title does not tell.

    A title that names two kinds, as "Results and Discussion", tells neither.

    Parameters
    ----------
    title : str, optional
        The title as printed, without its number. Nested sections have " > " between them, and the
        outermost that tells counts.

    Examples
    --------
    >>> [kind_of_section(title) for title in ("Related Work", "Experimental Setup")]
    ['related work', 'experiments']
    >>> kind_of_section("Results and Discussion"), kind_of_section("Pre-Trained LLMs")
    (None, None)
    """
    parts = (title or "").split(" > ")
    return next((kind for kind in map(_kind_of, parts) if kind), None)


def split_number(title: str) -> tuple[str | None, str]:
    """Return the printed number of a section, or None, and its title.

    Examples
    --------
    >>> split_number("4.1 Training Efficiency"), split_number("II-C Other LLMs")
    (('4.1', 'Training Efficiency'), ('II-C', 'Other LLMs'))
    >>> split_number("A Survey of Lamps"), split_number("2020 elections")
    ((None, 'A Survey of Lamps'), (None, '2020 elections'))
    """
    found = _NUMBER.match(title)
    return (found[1], title[found.end() :]) if found else (None, title)


def _kind_of(title: str) -> SectionKind | None:
    plain = " ".join(re.sub(r"[^\w&]+", " ", title.lower()).split())
    found = {_find(part) for part in (plain, *_TWO.split(plain))} - {None}
    return found.pop() if len(found) == 1 else None


def _find(title: str) -> SectionKind | None:
    return next((kind for kind, rule in _RULES if rule.fullmatch(title)), None)
