"""The small dumps of the guide, for tests: copies to damage, and hubs made of them."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

from citehub.graph import Dumps, new_hub

SMALL = Path(__file__).parents[2] / "docs" / "guide" / "small-dumps"
SOURCES = ("openalex", "s2", "opencitations")
WORK = "doi:10.5555/lantern.1"
CREATED = datetime.date(2026, 3, 1)
JANUARY = "openalex/works/updated_date=2026-01-05/part_000.gz"
FEBRUARY = "openalex/works/updated_date=2026-02-05/part_000.gz"


def copy_small(folder: Path) -> Path:
    """Return a copy of the small dumps."""
    return Path(shutil.copytree(SMALL, folder / "small"))


def dumps_of(*sources: str, small: Path = SMALL, **how) -> Dumps:
    """Return some sources of the small dumps."""
    return Dumps(**{each: str(small / each) for each in sources}, threads=1, **how)


def make(out: Path, *sources: str, small: Path = SMALL, citing: bool = False, **how):
    """Make the hub of the canonical work from some sources."""
    bib = str(small / "citing.bib") if citing else None
    dumps = dumps_of(*sources, small=small, **how)
    return new_hub(WORK, str(out), dumps, citing=bib, created=CREATED)


def rows_of(hub, table: str, *columns: str) -> list[tuple]:
    """Return some columns of a table."""
    return [tuple(row[name] for name in columns) for row in hub.table(table)]


def rejects_of(made, small: Path = SMALL) -> list[tuple[str, str, str]]:
    """Return what could not be read: file within the dumps, line, reason."""
    import csv

    with open(made.rejects, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["path", "line", "reason"]
    return [(path.removeprefix(f"{small}/"), line, reason) for path, line, reason in rows[1:]]
