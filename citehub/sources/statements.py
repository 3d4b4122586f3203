"""Statements of sources on a hub's work and its citing works, before joining."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from citehub.sources.records import YEARS, Author, Record

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from citehub._identifiers import Identifier
    from citehub._rows import CountMeasure
    from citehub.sources.records import Edge, Finding, Origin, Stated

_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_MONTHS_IN_YEAR: Final = 12
_COUNTS: Final = range(2**31)


@dataclass(slots=True)
class Statements:
    """The statements of sources for one hub.

    Attributes
    ----------
    canonical, citing : dict
        Records by source and record id: those of the work itself, and others.
    edges : list of Edge
        Citations of the work.
    local : list of Edge
        Citations among the citing records.
    findings : dict
        The finding of a record, by a source.
    stated, years : dict
        The sources' own counts of its citations: by source, and by source and year.
    unreadable : dict
        Lost lines by source.
    announced : dict
        Announced numbers of citing works, by source.
    unnamed : dict
        Listed citations without a citing work, by source.
    nameless : dict
        Records that an earlier release counted without names, by source and measure.
    named : dict
        Ids of the works of records in an earlier release.
    rows : list of Stated
        Rows of other tables, as sources state them.
    newest_year : int, optional
        That of the newest dump.
    snapshots, read_on : dict
        Dates of the dumps, and days on which sources were read.
    read : str
        What was read, in words.
    trusted : tuple of str
        Sources of this hub that come before the registry in trust, the most trusted first.
    described : dict
        The hub's own rows of the table ``sources``.
    origins : dict
        Origins of single cells, by table, row key and column.
    hub_class : str
        A page's name for the hub.
    """

    canonical: dict[tuple[str, str], Record]
    citing: dict[tuple[str, str], Record]
    edges: list[Edge]
    local: list[Edge] = field(default_factory=list)
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    stated: dict[str, int] = field(default_factory=dict)
    years: dict[str, dict[int, int]] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    announced: dict[str, int] = field(default_factory=dict)
    unnamed: dict[str, int] = field(default_factory=dict)
    nameless: dict[str, dict[CountMeasure, int]] = field(default_factory=dict)
    named: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: list[Stated] = field(default_factory=list)
    newest_year: int | None = None
    snapshots: dict[str, datetime.date] = field(default_factory=dict)
    read_on: dict[str, datetime.date] = field(default_factory=dict)
    read: str = ""
    trusted: tuple[str, ...] = ()
    described: dict[str, dict[str, Any]] = field(default_factory=dict)
    origins: dict[tuple[str, str, str], Origin] = field(default_factory=dict)
    hub_class: str = "not stated"

    @property
    def records(self) -> dict[tuple[str, str], Record]:
        """All records."""
        return {**self.citing, **self.canonical}


def record_of(  # noqa: PLR0913
    row: Mapping[str, Any],
    source_id: str,
    record_id: str,
    ids: tuple[Identifier, ...],
    abstract: str | None,
    *,
    snapshot_on: datetime.date | None = None,
) -> tuple[Record, str]:
    """Return a record from a source's row, and what cannot be used, in words.

    A date of 1 January may mean only the year, so its month is not known.
    """
    year, month, problem = row["year"], None, ""
    if year is not None and year not in YEARS:
        year, problem = None, f"the year {year} is out of range"
    date = _DATE.fullmatch(row["date"] or "")
    if date and year == int(date[1]) and date[2] and date[0][4:] != "-01-01":
        month = int(date[2]) if 1 <= int(date[2]) <= _MONTHS_IN_YEAR else None
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
