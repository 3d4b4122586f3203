"""Limits on what a release may hold, far above every honest hub.

They keep a hostile file from filling memory: sizes are compared before anything is read. The
environment variable ``CITEHUB_LIMITS=off`` lifts them all.
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
"""Of a table, or of any other file that is read whole."""
TABLES: Final = 1000
COLUMNS: Final = 1000  # of a table
TERMS: Final = 10_000  # of a vocabulary, keywords, sources and other lists
VERSIONS: Final = 10_000
LINE_LETTERS: Final = 10_000
TEXT_LETTERS: Final = 1_000_000


def limit(most: int) -> int:
    """Return a limit, or a number that nothing reaches if limits are lifted."""
    return sys.maxsize if os.environ.get(LIMITS) == "off" else most


def exceeds(size: int, most: int) -> bool:
    """Tell whether a size is above a limit that is not lifted."""
    return size > most and size > limit(most)
