"""Figures and tables of notebooks: readable in light, in dark, on paper and by ear.

A figure is an SVG in the colours of its page; it needs no script. A table shows null as *not
known*, never as zero. Both escape text from outside.
"""

from __future__ import annotations

from citehub.display.drawings import INK, MUTED, SERIES
from citehub.display.fact_names import fact_name
from citehub.display.figures import Figure, figure
from citehub.display.tables import Frame, passages, sources, table
from citehub.display.timeline import Timeline, timeline
from citehub.display.words import (
    Source,
    fact,
    number,
    percent,
    plain,
    source,
    source_name,
)

__all__ = [
    "INK",
    "MUTED",
    "SERIES",
    "Figure",
    "Frame",
    "Source",
    "Timeline",
    "fact",
    "fact_name",
    "figure",
    "number",
    "passages",
    "percent",
    "plain",
    "source",
    "source_name",
    "sources",
    "table",
    "timeline",
]
