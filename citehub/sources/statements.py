"""What sources say of a hub's work and of those that cite it, before any of it is joined."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from citehub.sources.records import YEARS, Author, Record

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from citehub._identifiers import Identifier
    from citehub.sources.records import Edge

_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_MONTHS: Final = 12
_COUNTS: Final = range(2**31)


@dataclass(slots=True)
class Statements:
    """What the sources say of one hub.

    ``canonical`` are the records of the work itself, by source and record id; ``stated`` are
    the sources' own counts of its citations, and ``years`` those by year, of sources that tell
    them. ``local`` are citations among the citing records. ``findings`` are texts, each with the
    model that wrote it and the source that has it.
    ``snapshots`` are the dates of the dumps, ``read_on`` that at which they were read; ``read``
    says in words what was read.
    """

    canonical: dict[tuple[str, str], Record]
    citing: dict[tuple[str, str], Record]
    edges: list[Edge]
    local: list[Edge] = field(default_factory=list)
    findings: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    stated: dict[str, int] = field(default_factory=dict)
    years: dict[str, dict[int, int]] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    newest_year: int | None = None
    snapshots: dict[str, datetime.date] = field(default_factory=dict)
    read_on: datetime.date | None = None
    read: str = ""


def record_of(  # noqa: PLR0913
    row: Mapping[str, Any],
    source_id: str,
    record_id: str,
    ids: tuple[Identifier, ...],
    abstract: str | None,
    *,
    snapshot_on: datetime.date | None = None,
) -> tuple[Record, str]:
    """Return a record from a source's row, and what of it cannot be used, in words.

    A date of 1 January may stand for the year alone; its month is not known.
    """
    year, month, problem = row["year"], None, ""
    if year is not None and year not in YEARS:
        year, problem = None, f"the year {year} is out of range"
    date = _DATE.fullmatch(row["date"] or "")
    if date and year == int(date[1]) and date[2] and date[0][4:] != "-01-01":
        month = int(date[2]) if 1 <= int(date[2]) <= _MONTHS else None
    authors = tuple(
        Author(each["name"].strip(), _bare_orcid(each["orcid"]))
        for each in row["authors"] or ()
        if each and each["name"] and each["name"].strip()
    )
    n = row.get("n_citations")
    count = n if n is not None and n in _COUNTS else None
    record = Record(
        source_id,
        record_id,
        ids,
        title=row["title"],
        year=year,
        month=month,
        venue=row["venue"],
        type=row["type"],
        authors=authors,
        abstract=abstract,
        is_retracted=row["is_retracted"],
        language=row.get("language"),
        topic=row.get("topic"),
        open_access_status=row.get("open_access_status"),
        license=row.get("license"),
        citation_count=count,
        citation_count_on=None if count is None else snapshot_on,
    )
    return record, problem


def _bare_orcid(orcid: str | None) -> str | None:
    found = re.search(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", orcid or "")
    return found[0] if found else None
