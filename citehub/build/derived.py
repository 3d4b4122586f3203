"""Cells that are computed from other cells, in the same way for every hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub.sources.records import Origin
from citehub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from citehub._rows import TableName
    from citehub.build.ledger import Ledger

DERIVED: Final = "derived"
DERIVED_SOURCE: Final = Source(
    id=DERIVED,
    title="computed from other cells; the locator says how",
    url=None,
    kind="derived",
    rights="CC0 1.0; what the cells are computed from stays under the rights of its sources.",
)
_MONTHS_IN_YEAR: Final = 12


def derive(ledger: Ledger, table: TableName, cells: Mapping[str, Any], how: str) -> None:
    """Enter computed cells, and say how."""
    ledger.put(table, cells, Origin(DERIVED, "derived", how))


def count_months(year: int | None, month: int | None) -> int | None:
    """Return a month as one number; null if it or its year is not known."""
    return None if year is None or month is None else _MONTHS_IN_YEAR * year + month


def put_position(ledger: Ledger, key: Mapping[str, Any], count: int | None, how: str) -> None:
    """Enter the position of an author, by work and place; ``count`` is None if more follow."""
    order = key["author_order"]
    position = "first" if order == 1 else "last" if order == count else "middle"
    derive(ledger, "authorships", {**key, "author_position": position}, how)


def put_timespan(
    ledger: Ledger, key: Mapping[str, Any], citing: int | None, cited: int | None
) -> None:
    """Enter the months between two works, if both are known."""
    if citing is not None and cited is not None:
        cells = {**key, "timespan_months": citing - cited}
        derive(ledger, "citations", cells, "from publication_year and publication_month")


def put_shared_authors(
    ledger: Ledger, key: Mapping[str, Any], citing: Collection[str], cited: Collection[str]
) -> None:
    """Enter how many names of authors two works share, if both print any."""
    if citing and cited:
        cells = {**key, "shared_authors": len({*citing} & {*cited})}
        derive(ledger, "citations", cells, "equal spelling of author_name; a heuristic")
