"""Figures of notebooks: SVG that follows the colours of its page and needs no script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from citehub._text import clean
from citehub.display.drawings import NARROW, WIDE, draw
from citehub.display.words import name_sources
from citehub.errors import BadArgument, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citehub.display.words import Source

_LEAST_SCALE: Final = 11 / 12  # of a drawing, so that its text has 11 pixels


class Figure:
    """A figure as a notebook shows it; made by :func:`figure`.

    Attributes
    ----------
    svg : str
        The drawing for a column of text, with the text alternative as its label.
    narrow : str
        The drawing for a phone. A page's style sheet chooses between the two.
    alt : str
        What the figure shows, in words.
    caption : str
        What stands under it as HTML: the takeaway and the sources.
    """

    def __init__(self, svg: str, narrow: str, alt: str, caption: str = "") -> None:
        self.svg = svg
        self.narrow = narrow
        self.alt = alt
        self.caption = caption

    def _repr_html_(self) -> str:
        label = escape(f"Figure, scrolls sideways: {self.alt}"[:80].rstrip())
        drawings = _sized(self.svg, "wide", WIDE) + _sized(self.narrow, "narrow", NARROW)
        below = f"<figcaption>{self.caption}</figcaption>" if self.caption else ""
        return (
            '<figure class="citehub-figure"><div class="citehub-scroll" style="overflow-x:auto" '
            f'tabindex="0" role="group" aria-label="{label}">{drawings}</div>{below}</figure>'
        )

    def __repr__(self) -> str:
        return clean(f"<citehub.display.Figure: {self.alt}>")


def _sized(svg: str, name: str, width: int) -> str:
    """Let a drawing fill its column; text stays readable, and a phone's waits for its page."""
    style = f"width:100%;min-width:{width * _LEAST_SCALE:.0f}px;max-width:{width * 1.25:.0f}px"
    style += ";height:auto;overflow:visible" + ";display:none" * (name == "narrow")
    return svg.replace("<svg ", f'<svg class="citehub-{name}" style="{style}" ', 1)


def figure(chart: Any, alt: str, caption: str = "", sources: Iterable[Source] = ()) -> Figure:
    """Draw an Altair chart as an SVG that follows the colours of its page.

    The chart is drawn twice, for a column of text and for a phone; its width is set to fill
    each, and long names are broken over lines in the narrow one.

    Parameters
    ----------
    chart : altair.TopLevelMixin or callable
        Any chart of Altair. The channel ``description`` becomes the text that a mark shows
        under the pointer, ``href`` a link. A function gets the width in pixels, and returns the
        chart for it.
    alt : str
        What the figure shows, for those who do not see it: one or two sentences.
    caption : str, optional
        What a reader should take from it, shown below: one or two sentences.
    sources : iterable of Source, optional
        Where its data come from, as :func:`source` gives them: linked after the caption.

    Returns
    -------
    Figure
        What a notebook shows.

    Raises
    ------
    MissingExtra
        Altair's converter to SVG is not installed.
    BadArgument
        There is no text alternative, or what is to be drawn is no chart.

    Examples
    --------
    >>> import altair as alt
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"year": [2022, 2023], "works": [9, 14]})
    >>> chart = alt.Chart(frame).mark_bar().encode(x="year:O", y="works:Q")
    >>> figure(chart, alt="Works by year: 9 in 2022, 14 in 2023.")
    <citehub.display.Figure: Works by year: 9 in 2022, 14 in 2023.>
    """
    if not str(alt or "").strip():
        raise BadArgument("A figure needs a text alternative: say in a sentence what it shows.")
    altair = _altair()

    def drawn(width: int) -> str:
        made = chart if _is_chart(chart, altair) or not callable(chart) else chart(width)
        if not _is_chart(made, altair):
            raise BadArgument(f"figure draws a chart of Altair, not {type(made).__name__}.")
        return draw(made.to_dict(), width, alt)

    return Figure(drawn(WIDE), drawn(NARROW), alt, _caption(caption, sources))


def _is_chart(chart: Any, altair: Any) -> bool:
    return isinstance(chart, altair.TopLevelMixin)


def _caption(words: str, sources: Iterable[Source]) -> str:
    taken = f'<span class="citehub-takeaway">{escape(words)}</span>' if words else ""
    return f"{taken} {name_sources(sources)}".strip()


def _altair() -> Any:
    """Return Altair, once it and what draws its charts are there."""
    try:
        import altair
        import vl_convert  # noqa: F401
    except ModuleNotFoundError:
        raise MissingExtra.of("Altair with vl-convert", "notebooks") from None
    return altair
