"""How notebooks show figures and tables: readable in light, in dark, on paper and by ear.

A figure is an SVG that follows the colours of its page; it needs no script. A table shows
null as *not known*, never as zero. Both escape what comes from outside.
"""

from __future__ import annotations

from citehub.display.figures import INK, MUTED, SERIES, Figure, figure
from citehub.display.tables import Frame, passages, sources, table
from citehub.display.timeline import Timeline, timeline
from citehub.display.words import fact, number, plain, source, source_name

__all__ = [
    "INK",
    "MUTED",
    "SERIES",
    "Figure",
    "Frame",
    "Timeline",
    "fact",
    "figure",
    "number",
    "passages",
    "plain",
    "source",
    "source_name",
    "sources",
    "table",
    "timeline",
]
