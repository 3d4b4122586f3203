"""Parquet: a row per work, with types, for analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citehub._parquet_files import parquet_stream
from citehub.export.columns import COLUMNS, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub.export import Selection


def write(selection: Selection) -> Iterator[bytes]:
    """Yield the file in pieces, a row group of some thousand works at a time."""
    metadata: dict[bytes | str, bytes | str] = {
        "hub": selection.hub.name,
        "data_version": selection.hub.version,
    }
    return parquet_stream(rows(selection), COLUMNS, metadata)
