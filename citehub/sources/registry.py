"""The sources that citehub knows, by trust: if several describe a work, the first counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citehub.sources.adopted import ADOPTED
from citehub.sources.curation import CURATION
from citehub.sources.full_texts import FULL_TEXTS, PROGRAMS
from citehub.sources.hand_records import HAND_RECORDS
from citehub.sources.openalex import OPENALEX
from citehub.sources.opencitations import OPENCITATIONS
from citehub.sources.pith_page import PITH_PAGE
from citehub.sources.reference_file import REFERENCE_FILE
from citehub.sources.semantic_scholar import SEMANTIC_SCHOLAR, TLDR

if TYPE_CHECKING:
    from citehub.sources.source import Source

SOURCES: Final[tuple[Source, ...]] = (
    PITH_PAGE,
    HAND_RECORDS,
    OPENALEX,
    SEMANTIC_SCHOLAR,
    TLDR,
    OPENCITATIONS,
    REFERENCE_FILE,
    ADOPTED,
    CURATION,
    FULL_TEXTS,
    PROGRAMS,
)
"""A new source is a line here."""


WITHOUT_RECORDS: Final = frozenset(
    told.id for source in SOURCES if source.dump for told in source.dump.findings.values()
)
"""Sources that come with another one, without records of their own."""


def find_source(source_id: str) -> Source | None:
    """Return the source of a name; None for a source of a hub."""
    return next((each for each in SOURCES if each.id == source_id), None)


def dumped() -> tuple[Source, ...]:
    """Return the sources whose bulk files can be read."""
    return tuple(each for each in SOURCES if each.dump)


def live_sources() -> tuple[Source, ...]:
    """Return the sources whose interface can be asked."""
    return tuple(each for each in SOURCES if each.api)
