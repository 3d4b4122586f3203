"""How much of a release citehub reads before it refuses: the release may be a stranger's.

Honest hubs of 100,000 works stay far below. ``CITEHUB_LIMITS=off`` lifts every limit.
"""

from __future__ import annotations

import os
import sys
from typing import Final

LIMITS: Final = "CITEHUB_LIMITS"
"""The environment variable; ``off`` lifts every limit."""
LIFTING: Final = f"{LIMITS}=off lifts this limit"

MANIFEST_BYTES: Final = 1 << 24
INDEX_BYTES: Final = 1 << 26
SUMS_BYTES: Final = 1 << 24
FILE_BYTES: Final = 1 << 30
"""Bytes of any other file that is read whole."""
TABLES: Final = 1000
COLUMNS: Final = 1000  # of a table
TERMS: Final = 10_000  # of a vocabulary, keywords, sources and other lists
VERSIONS: Final = 10_000
LINE_LETTERS: Final = 10_000
TEXT_LETTERS: Final = 1_000_000

MOST_FILE: Final = 1 << 29
"""Bytes of one table's file."""
MOST_FOOTER: Final = 1 << 21
"""Bytes of a footer; a thousandth of them is usual."""
MOST_PAGE: Final = 1 << 26
"""Bytes of one page, uncompressed; writers end a page near one MiB."""
MOST_ROWS: Final = 50_000_000
"""Rows of one table."""
MOST_DECODED: Final = 1 << 32
"""Bytes of one table in memory."""

FREE_ROWS: Final = 250_000
"""Rows that a table may have, however small its file is."""
ROWS_PER_BYTE: Final = 4
"""Rows for each byte of the file: keys are unique, so honest tables have under one."""
FREE_DECODED: Final = 1 << 28
"""Bytes that a table may take in memory, however small its file is."""
DECODED_PER_BYTE: Final = 512
"""Bytes in memory for each byte of the file; ``evidence`` has about 100."""


def are_lifted() -> bool:
    """Tell whether the user lifted the limits, with ``CITEHUB_LIMITS=off``."""
    return os.environ.get(LIMITS, "").lower() == "off"


def limit(most: int) -> int:
    """Return a limit, or a number that nothing reaches if limits are lifted."""
    return sys.maxsize if are_lifted() else most


def exceeds(size: int, most: int) -> bool:
    """Tell whether a size is above a limit that is not lifted."""
    return size > most and not are_lifted()


def most_rows(size: int) -> int:
    """Return how many rows a file of so many bytes may hold."""
    return min(MOST_ROWS, max(FREE_ROWS, ROWS_PER_BYTE * size))


def most_decoded(size: int) -> int:
    """Return how many bytes of memory a file of so many bytes may take."""
    return min(MOST_DECODED, max(FREE_DECODED, DECODED_PER_BYTE * size))
