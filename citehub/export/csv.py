"""CSV: a row per work, for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub._text import clean_line, csv_lines
from citehub.export.columns import COLUMNS, rows
from citehub.export.record import NOT_KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citehub.export import Selection

_ROLE_COLUMNS: Final = ("role", "polarity")  # of a citing work, also where they are not known


def write(selection: Selection) -> Iterator[str]:
    """Yield the header and a line per work.

    A list is one cell, separated by ``"; "``, with ``%3B`` and ``%25`` for a semicolon and percent
    sign in a part. Null is an empty cell, but ``not known`` for the role and polarity of a citing
    work.
    """
    return csv_lines(map(_plain, rows(selection)), list(COLUMNS))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    if row["relation"] == "citing work":
        row |= {name: row[name] or NOT_KNOWN for name in _ROLE_COLUMNS}
    if row["arxiv"]:  # which would lose its last zero as a number
        row["arxiv"] = f"arXiv:{row['arxiv']}"
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: object) -> object:
    if isinstance(value, list):
        return _join(value)
    return clean_line(value) if isinstance(value, str) else value


def _join(parts: Iterable[str]) -> str:
    escaped = (clean_line(part).replace("%", "%25").replace(";", "%3B") for part in parts)
    return "; ".join(escaped)
