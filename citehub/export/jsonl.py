"""JSON Lines: an object per work, one a line, with every value unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citehub._text import to_json
from citehub.export.columns import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub.export import Selection


def write(selection: Selection) -> Iterator[str]:
    """Yield a line per work; null is not known."""
    return (f"{to_json(row, indent=None)}\n" for row in rows(selection))
