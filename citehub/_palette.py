"""The colours of themes, light and dark: the same in figures, on the site and in the explorer."""

from __future__ import annotations

from typing import Final

THEMES: Final = (
    ("#0b66c3", "#6cb2f5"),
    ("#c2480a", "#ff9a5c"),
    ("#00796b", "#4fd1bd"),
    ("#b5348a", "#f08ccb"),
    ("#8a6d00", "#e0c04a"),
    ("#54606b", "#a9b5c1"),
    ("#3d7d1f", "#9ad66b"),
    ("#c62839", "#ff8a8f"),
    ("#00809f", "#55cdea"),
    ("#7a4a2b", "#d3a27c"),
)
"""Pairs of colours, for a light and a dark ground, in the order of the table ``themes``.

Each has a contrast of at least 3 to 1. A hub with more themes begins again, so the name of a theme
always accompanies its colour.
"""


def theme_colour(number: int) -> str:
    """Return the colour of a theme, counted from 0, as CSS that follows the page's scheme.

    Examples
    --------
    >>> theme_colour(0)
    'light-dark(#0b66c3, #6cb2f5)'
    """
    light, dark = THEMES[number % len(THEMES)]
    return f"light-dark({light}, {dark})"
