"""How notebooks show figures and tables: readable in light, in dark, on paper and by ear.

A figure is an SVG that follows the colours of its page; it needs no script. A table shows
null as *not known*, never as zero. Both escape what comes from outside.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, Final

from citehub import _html, _markdown
from citehub._work import Work
from citehub.errors import BadArgument, MissingExtra, UnknownColumn, UnknownSelection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from citehub._hub import Hub
    from citehub._rows import SourceRow

__all__ = [
    "INK",
    "MUTED",
    "SERIES",
    "Figure",
    "Frame",
    "fact",
    "figure",
    "number",
    "plain",
    "source",
    "source_name",
    "sources",
    "table",
    "timeline",
]

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
_NAME_ENDS: Final = re.compile(r"[,;:(]")
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
    spec["config"] = _merge(_STYLE, spec.get("config", {}))
    drawn = vl_convert.vegalite_to_svg(spec)
    width = int(re.search(r'width="(\d+)', drawn).group(1))  # type: ignore[union-attr] # always there
    return Figure(_accessible(drawn, alt, width), alt, width)


class Frame:
    """A table or list as a notebook shows it; made by :func:`table` or :func:`sources`.

    Attributes
    ----------
    html : str
        What is shown.
    """

    def __init__(self, html: str) -> None:
        self.html = html

    def _repr_html_(self) -> str:
        return self.html


def table(
    rows: pd.DataFrame | Iterable[Mapping[str, Any]],
    caption: str,
    *,
    formats: Mapping[str, str] | None = None,
) -> Frame:
    """Show rows as a table; null is *not known*, a work a link to it.

    Parameters
    ----------
    rows : pandas.DataFrame or iterable of mapping
        The rows; the index of a frame is left out.
    caption : str
        What the table shows, one line.
    formats : mapping of str to str, optional
        By column, how to write its values, as ``{"share": "{:.0%}"}``.

    Returns
    -------
    Frame
        What a notebook shows.

    Raises
    ------
    BadArgument
        There is no caption, what is to be shown is no rows, or two columns have one name.
    UnknownColumn
        A format is for a column that is not there.

    Examples
    --------
    >>> shown = table([{"work": "A", "months": None}], "Months since")
    >>> "not known" in shown.html
    True
    """
    if not str(caption or "").strip():
        raise BadArgument("A table needs a caption: say in a line what it shows.")
    headers, records = _records(rows)
    chosen = formats or {}
    for name in chosen:
        if name not in headers:
            raise UnknownColumn.among("column", str(name), headers)
    numeric = {name for name in headers if _is_numeric(record.get(name) for record in records)}
    body = "".join(
        "<tr>"
        + "".join(_cell(record.get(h), chosen.get(h), h in numeric) for h in headers)
        + "</tr>"
        for record in records
    )
    head = "".join(
        f'<th scope="col"{_ALIGNED if name in numeric else ""}>{escape(name)}</th>'
        for name in headers
    )
    label = escape(f"Table, scrolls sideways: {caption}"[:80].rstrip())
    return Frame(
        f'<div class="citehub-scroll" style="overflow-x:auto" tabindex="0" role="group" '
        f'aria-label="{label}"><table class="citehub-table">'
        f'<caption style="text-align:left">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


_BILLION: Final = 1e9
_TRILLION: Final = 1e12
_SMALL: Final = 1e-3
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SEPARATED_FROM: Final = 10_000  # a year is not 2,022
_ALIGNED: Final = ' style="text-align:right"'


def _records(rows: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the columns of a table and its rows; a row that lacks one has null there."""
    if hasattr(rows, "iterrows"):
        columns = [str(column) for column in rows.columns]
        if len(set(columns)) < len(columns):
            raise BadArgument(f"Two columns have one name: {', '.join(columns)}. Rename one.")
        records = rows.set_axis(columns, axis=1).to_dict("records")
        return columns, records
    try:
        records = [{str(name): value for name, value in dict(row).items()} for row in rows]
    except (TypeError, ValueError):
        message = f"table shows a pandas DataFrame or rows as dicts, not {type(rows).__name__}."
        raise BadArgument(message) from None
    return list(dict.fromkeys(name for record in records for name in record)), records


def _cell(value: Any, format_: str | None, is_numeric: bool) -> str:  # noqa: FBT001
    aligned = _ALIGNED if is_numeric else ' style="text-align:left"'
    if isinstance(value, Work):
        shown = _html.link(value.url or "", value.title_plain)
    elif _is_null(value):
        shown = _html.text(None)
    elif format_ is not None:
        shown = escape(format_.format(value))
    elif isinstance(value, str) and value.startswith(("https://", "http://")):
        shown = _html.link(value, value)
    else:
        is_long = type(value) is int and abs(value) >= _SEPARATED_FROM
        shown = escape(f"{value:,}" if is_long else f"{value}")
    return f"<td{aligned}>{shown}</td>"


def _is_null(value: Any) -> bool:
    """Tell whether a cell is null, in the spelling of Python, NumPy or pandas."""
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or value != value  # noqa: PLR0124


def _is_numeric(values: Iterable[Any]) -> bool:
    known = [value for value in values if not _is_null(value)]
    return bool(known) and not any(isinstance(v, str | bool | Work) for v in known)


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


def source(hub: Hub, source_id: str) -> str:
    """Return a source of a hub as Markdown: its short name, linked where it has an address.

    Parameters
    ----------
    hub : Hub
        An opened release.
    source_id : str
        A ``source_id`` of table ``sources``.

    Returns
    -------
    str
        For running text.

    Raises
    ------
    UnknownSelection
        The hub has no such source; the error names what exists.

    Examples
    --------
    >>> import citehub
    >>> source(citehub.load("mt-nlg"), "arxiv-2104.04473")
    '[Narayanan et al. 2021](<https://arxiv.org/abs/2104.04473>)'
    """
    return _markdown.link(_source(hub, source_id)["url"] or "", source_name(hub, source_id))


def source_name(hub: Hub, source_id: str) -> str:
    """Return the short name of a source: its title as far as the first comma, colon or bracket.

    Parameters
    ----------
    hub : Hub
        An opened release.
    source_id : str
        A ``source_id`` of table ``sources``.

    Returns
    -------
    str
        Of a repository the name without its owner.

    Raises
    ------
    UnknownSelection
        The hub has no such source; the error names what exists.

    Examples
    --------
    >>> import citehub
    >>> hub = citehub.load("mt-nlg")
    >>> source_name(hub, "nvidia-blog-2021"), source_name(hub, "megatron-lm-repo")
    ('NVIDIA technical blog', 'Megatron-LM')
    """
    name = _NAME_ENDS.split(_source(hub, source_id)["title"], maxsplit=1)[0].strip()
    return name.removesuffix(" repository").rsplit("/", 1)[-1]


def _source(hub: Hub, source_id: str) -> SourceRow:
    rows = {row["source_id"]: row for row in hub.sources}
    if source_id not in rows:
        raise UnknownSelection.among("source", source_id, rows)
    return rows[source_id]


def sources(hub: Hub, ids: Iterable[str]) -> Frame:
    """List sources of a hub, each with its title and a link where it has an address.

    Parameters
    ----------
    hub : Hub
        An opened release.
    ids : iterable of str
        Values of a column ``source_id``; those that come twice are listed once.

    Returns
    -------
    Frame
        What a notebook shows: the sources in the order of the table ``sources``.

    Raises
    ------
    UnknownSelection
        The hub has no such source; the error names what exists.

    Examples
    --------
    >>> import citehub
    >>> shown = sources(citehub.load("mt-nlg"), ["nvidia-blog-2021"])
    >>> "https://developer.nvidia.com/blog/" in shown.html
    True
    """
    wanted = {_source(hub, source_id)["source_id"] for source_id in dict.fromkeys(ids)}
    items = (
        f"<li>{_html.link(row['url'] or '', row['title'])}</li>"
        for row in hub.sources
        if row["source_id"] in wanted
    )
    return Frame(f"<ul>{''.join(items)}</ul>")


def number(value: float | None, digits: int = 4) -> str:
    """Write a number as people do: in billions, as a power of ten, or in full.

    Parameters
    ----------
    value : float or None
        The number; null, in any spelling, is not known.
    digits : int, default 4
        Significant digits of billions and of powers of ten.

    Returns
    -------
    str
        For running text.

    Examples
    --------
    >>> number(5.296e11), number(5e-05), number(20480), number(None)
    ('529.6 billion', '5 × 10⁻⁵', '20,480', 'not known')
    """
    if value is None or _is_null(value):
        return "not known"
    size = abs(value)
    if _BILLION <= size < _TRILLION:
        return f"{value / _BILLION:,.{digits}g} billion"
    if size >= _TRILLION or 0 < size < _SMALL:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        return f"{float(mantissa):g} × 10{str(int(power)).translate(_RAISED)}"
    return f"{value:,.10g}"


def fact(row: Mapping[str, Any]) -> str:
    """Write a fact: its number with its unit, or its text.

    Parameters
    ----------
    row : mapping
        A row of table ``canonical_facts``.

    Returns
    -------
    str
        For running text and tables; of what has no dimension, the number alone.

    Examples
    --------
    >>> import citehub
    >>> facts = {row["name"]: row for row in citehub.load("mt-nlg").canonical_facts}
    >>> fact(facts["tensor_parallel"]), fact(facts["precision"])
    ('8 GPUs', 'bfloat16 mixed precision')
    """
    if _is_null(row["value"]):
        return str(row["value_text"])
    unit = row["unit"]
    return number(row["value"]) + ("" if _is_null(unit) or unit == "dim" else f" {unit}")


def plain(text: object) -> str:
    r"""Return text from outside as Markdown that shows it as it stands.

    Parameters
    ----------
    text : object
        A title, a name, a finding.

    Returns
    -------
    str
        One line in which no markup, mathematics or HTML is left.

    Examples
    --------
    >>> plain("M$^2$RNN: <b>states</b>")
    'M\\$^2\\$RNN: &lt;b&gt;states&lt;/b&gt;'
    """
    return _markdown.text(text)


def timeline(hub: Hub) -> Figure:
    """Draw the citing works of a hub over time, a row per theme; each leads to its work.

    Parameters
    ----------
    hub : Hub
        An opened release that knows dates and themes.

    Returns
    -------
    Figure
        A dot per work at the month of its first public version; works of one month and
        theme are stacked. A work whose month is not known is not drawn: the text
        alternative counts them.

    Raises
    ------
    BadArgument
        No work has a known month.
    MissingExtra
        Altair is not installed.
    UnknownTable
        The release has no themes.

    Examples
    --------
    >>> import citehub
    >>> timeline(citehub.load("mt-nlg"))  # doctest: +ELLIPSIS
    <citehub.display.Figure: 44 citing works by month of their first version...>
    """
    alt = _altair()
    import pandas as pd

    titles = {row["theme_id"]: row["title"] for row in hub.themes}
    every = hub.select()
    works = [work for work in every if work.publication_year and work.publication_month]
    if not works:
        raise BadArgument(f"No work of {hub.name} {hub.version} has a known month to be drawn at.")
    rows = [
        {
            "month": f"{work.published}-01",
            "theme": titles[theme],
            "about": f"{work.title_plain} ({work.published})",
            "url": work.url,
        }
        for work in works
        for theme in work.themes
    ]
    frame = pd.DataFrame(rows, columns=["month", "theme", "about", "url"])
    frame["stack"] = frame.groupby(["month", "theme"]).cumcount()
    frame["month"] = pd.to_datetime(frame["month"])
    chart = (
        alt.Chart(frame, width=400, height=alt.Step(38, **{"for": "position"}))
        .mark_circle(size=80, opacity=0.9, color=SERIES[0])
        .encode(
            x=alt.X("month:T", title="first public version").axis(
                format="%Y", tickCount="year", offset=8
            ),
            y=alt.Y("theme:N", title=None, sort=list(titles.values())),
            yOffset=alt.YOffset("stack:Q").scale(domain=[3, -0.5]),
            description="about:N",
            href="url:N",
        )
    )
    dates = sorted(str(work.published) for work in works)
    per_theme = ", ".join(f"{title} {n}" for title, n in frame["theme"].value_counts().items())
    words = f"{len(works)} citing works by month of their first version, {dates[0]} to {dates[-1]}"
    left_out = f" ({len(every) - len(works)} of unknown month left out)" * (
        len(every) > len(works)
    )
    return figure(chart, alt=f"{words}{left_out}; by theme: {per_theme}.")


def _altair() -> Any:
    """Return Altair, once it and what draws its charts are there."""
    try:
        import altair
        import vl_convert  # noqa: F401
    except ModuleNotFoundError:
        raise MissingExtra.of("Altair with vl-convert", "notebooks") from None
    return altair
