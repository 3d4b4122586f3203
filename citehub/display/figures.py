"""Figures of notebooks: SVG that follows the colours of its page and needs no script."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, Final

from citehub.errors import BadArgument, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INK: Final = "var(--citehub-ink, currentColor)"
"""Colour of text and of marks without a meaning of their own."""

MUTED: Final = "var(--citehub-muted, #6b747d)"
"""Colour of what stands behind: references, other models, what was not chosen."""

SERIES: Final = (
    "var(--citehub-series-1, #0072b2)",
    "var(--citehub-series-2, #b84a00)",
    "var(--citehub-series-3, #00795c)",
    "var(--citehub-series-4, #9c4a85)",
)
"""Colours of series, which colour-blind eyes tell apart; a page may set its own for the dark."""

_GRID: Final = "var(--citehub-grid, rgba(128, 128, 128, 0.3))"
_FONT: Final = {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12}
_STYLE: Final[dict[str, Any]] = {
    "background": "transparent",
    "font": "Arial, Helvetica, Liberation Sans, sans-serif",  # of one width, so that labels fit
    "padding": 8,
    "axis": _FONT | {"gridColor": _GRID, "domainColor": MUTED, "tickColor": MUTED},
    "axisY": {"labelLimit": 280},
    "legend": _FONT | {"symbolType": "circle", "labelLimit": 320, "orient": "top"},
    "header": _FONT,
    "title": {"color": INK, "fontSize": 13, "anchor": "start", "subtitleColor": INK},
    "view": {"stroke": None, "continuousWidth": 560, "continuousHeight": 280},
    "range": {"category": list(SERIES)},
    "mark": {"color": SERIES[0]},
    "text": {"color": INK, "fontSize": 12},
    "rule": {"color": MUTED},
}
_SPOKEN: Final = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_DESCRIBED: Final = re.compile(
    r'(<(?:path|rect|text|line)\b[^>]*?) aria-label="([^"]*)"([^>]*?)/>'
)
_LINK: Final = re.compile(r'<a xlink:href="([^"]*)"[^>]*>(?=<\w+[^>]*><title>([^<]*))?')


class Figure:
    """A figure as a notebook shows it; made by :func:`figure`.

    Attributes
    ----------
    svg : str
        The drawing, with the text alternative as its label.
    alt : str
        What the figure shows, in words.
    """

    def __init__(self, svg: str, alt: str, width: int) -> None:
        self.svg = svg
        self.alt = alt
        self._width = width

    def _repr_html_(self) -> str:
        label = escape(f"Figure, scrolls sideways: {self.alt}"[:80].rstrip())
        return (
            f'<figure class="citehub-figure" style="max-width:{self._width}px">'
            f'<div class="citehub-scroll" style="overflow-x:auto" tabindex="0" role="group" '
            f'aria-label="{label}">{self.svg}</div></figure>'
        )

    def __repr__(self) -> str:
        return f"<citehub.display.Figure: {self.alt}>"


def figure(chart: Any, alt: str) -> Figure:
    """Draw an Altair chart as an SVG that follows the colours of its page.

    Parameters
    ----------
    chart : altair.TopLevelMixin
        Any chart of Altair. The channel ``description`` becomes the text that a mark shows
        under the pointer, ``href`` a link.
    alt : str
        What the figure shows, for those who do not see it: one or two sentences.

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
    if not isinstance(chart, altair.TopLevelMixin):
        raise BadArgument(f"figure draws a chart of Altair, not {type(chart).__name__}.")
    import vl_convert

    spec = chart.to_dict()
    _keep_web_links(spec)
    spec["config"] = _merge(_STYLE, spec.get("config", {}))
    drawn = vl_convert.vegalite_to_svg(spec)
    width = int(re.search(r'width="(\d+)', drawn).group(1))  # type: ignore[union-attr] # always there
    return Figure(_accessible(drawn, alt, width), alt, width)


def _keep_web_links(spec: dict[str, Any]) -> None:
    """Blank what the channel ``href`` holds and is no web address.

    The converter would take the rest for files of a site of its own, and stops at scripts.
    """
    fields = {
        channel["field"]
        for encoding in _find(spec, "encoding")
        if isinstance(channel := encoding.get("href"), dict) and "field" in channel
    }
    for rows in (*spec.get("datasets", {}).values(), *_find(spec, "values")):
        for row in rows:
            for field in fields & row.keys() if isinstance(row, dict) else ():
                if not str(row[field]).startswith(("https://", "http://")):
                    row[field] = ""


def _find(spec: Any, key: str) -> Iterator[Any]:
    """Yield what stands under a key, at any depth."""
    if isinstance(spec, dict):
        if key in spec:
            yield spec[key]
        spec = list(spec.values())
    for inner in spec if isinstance(spec, list) else ():
        yield from _find(inner, key)


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return two nested configurations as one; the second wins."""
    merged = dict(base)
    for name, value in over.items():
        below = merged.get(name)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[name] = _merge(below, value) if both and below is not None else value
    return merged


def _accessible(svg: str, alt: str, width: int) -> str:
    """Give the drawing its text alternative, and marks their description under the pointer."""
    svg = _DESCRIBED.sub(_titled, svg)
    svg = _LINK.sub(_named, _SPOKEN.sub("", svg))
    role = "group" if "<a href" in svg else "img"  # links inside of an image cannot be reached
    opening = f'<svg role="{role}" aria-label="{escape(alt)}" style="width:{width}px;height:auto" '
    return svg.replace("<svg ", opening, 1)


def _titled(mark: re.Match[str]) -> str:
    before, label, after = mark.groups()
    tag = re.match(r"<(\w+)", before).group(1)  # type: ignore[union-attr] # matched above
    return f"{before}{after}><title>{label}</title></{tag}>"


def _named(link: re.Match[str]) -> str:
    url, title = link.groups()
    return f'<a href="{url}" aria-label="{title}">' if title else f'<a href="{url}">'


def _altair() -> Any:
    """Return Altair, once it and what draws its charts are there."""
    try:
        import altair
        import vl_convert  # noqa: F401
    except ModuleNotFoundError:
        raise MissingExtra.of("Altair with vl-convert", "notebooks") from None
    return altair
