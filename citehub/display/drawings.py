"""From a chart's specification to SVG: a given width, colours of the page, room for any font."""

from __future__ import annotations

import hashlib
import math
import re
import textwrap
from html import escape
from typing import TYPE_CHECKING, Any, Final

from citehub._text import clean_line, is_web_address

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

WIDE: Final = 720
"""Pixels of a drawing in a column of text."""

NARROW: Final = 340
"""Pixels of a drawing on a phone."""

_GRID: Final = "var(--citehub-grid, rgba(128, 128, 128, 0.3))"
_UNKNOWN: Final = "citehub"
"""A font that nobody has: the converter then gives text the room that wide fonts need."""

_FONTS: Final = "var(--pst-font-family-base, Arial, Helvetica, sans-serif)"
_PLAIN: Final = {
    "titleFontWeight": "normal",
    "labelLimit": 0,
    "labelColor": INK,
    "titleColor": INK,
}
_NUMBERS: Final = {
    "decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""], "percent": "\xa0%",
}  # fmt: skip
_TRIES: Final = 6
_WIDTH_TOLERANCE: Final = 8  # pixels: the page scales the drawing
_TITLE_LETTERS: Final = 38  # of a line in a narrow drawing
_LABEL_LETTERS: Final = 44  # of a row's name on one line of a narrow drawing
_BESIDE_LETTERS: Final = 6  # of names that stand beside their rows there, not above
_BREAK: Final = f"(?=.{{{_LABEL_LETTERS + 1}}})(.{{6,{_LABEL_LETTERS}}}) +"
_LABEL: Final = f"split(replace(datum.label, regexp('{_BREAK}', 'g'), '$1\\n'), '\\n')"
_ABOVE: Final = {
    "labelExpr": _LABEL, "labelAlign": "left", "labelBaseline": "bottom", "labelPadding": -3,
    "labelOffset": -12, "ticks": False, "zindex": 1,
}  # fmt: skip
_LINE_PIXELS: Final = 14
_SPOKEN: Final = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_DESCRIBED: Final = re.compile(
    r'(<(?:path|rect|text|line)\b[^>]*?) aria-label="([^"]*)"([^>]*?)/>'
)
_LINK: Final = re.compile(r'<a xlink:href="([^"]*)"[^>]*>(?=<\w+[^>]*><title>([^<]*))?')
_NAME: Final = re.compile(r'(id="|url\(#)(\w+)')


def _style(size: int) -> dict[str, Any]:
    font = _PLAIN | {"labelFontSize": size, "titleFontSize": size}
    return {
        "background": "transparent",
        "font": _UNKNOWN,
        "padding": {"left": 4, "right": 10, "top": 6, "bottom": 4},
        "axis": font | {"gridColor": _GRID, "domainColor": MUTED, "tickColor": MUTED},
        "axisQuantitative": {"labelOverlap": "parity", "labelSeparation": 6},
        "axisTemporal": {"labelOverlap": "greedy", "labelSeparation": 6},
        "legend": font | {"symbolType": "circle", "orient": "top"},
        "header": font,
        "title": {
            "color": INK, "fontSize": size + 1, "anchor": "start", "frame": "group",
            "subtitleColor": INK, "subtitleFontSize": size, "offset": 8,
        },
        "view": {"stroke": None, "continuousWidth": 560, "continuousHeight": 280},
        "range": {"category": list(SERIES)},
        "mark": {"color": SERIES[0]},
        "text": {"color": INK, "fontSize": size, "lineBreak": "\n"},
        "rule": {"color": MUTED},
    }  # fmt: skip


def draw(spec: dict[str, Any], width: int, alt: str) -> str:
    """Return a chart as SVG of a width: what is drawn grows or shrinks beside its labels.

    Vega fits single views only, so that the views' widths are sought: what the drawing is too
    wide or too narrow by, its views give or take.
    """
    import vl_convert

    is_narrow = width <= NARROW
    spec = _cleaned(spec)
    _keep_web_links(spec)
    spec["config"] = _merge(_style(12 if is_narrow else 13), spec.get("config", {}))
    if is_narrow:
        _fold(spec)
        spec["config"] = _merge({"legend": {"columns": 1}}, spec["config"])
    columns = spec.get("columns") or len(spec.get("hconcat", [0]))
    views = list(_views(spec)) or [spec]
    if is_narrow:
        rows = [row for given in spec.get("datasets", {}).values() for row in given]
        for view in views:
            _heighten(view, rows)
    for view in views:
        most = width * 2 // 3
        view["width"] = most // columns if is_narrow else min(view.get("width", width), most)
    best, off, before, grown = "", math.inf, 0, 0
    for _ in range(_TRIES):
        drawn = vl_convert.vegalite_to_svg(spec, format_locale=_NUMBERS)
        missing = width - _drawn_width(drawn)
        if abs(missing) > off:  # a label sticks out further, the narrower its view is
            break
        if abs(missing) < off or missing > 0:  # where long text alone is wide, the wider view
            best, off = drawn, abs(missing)
        # A label in a view moves with its mark, less far than the view's edge does.
        gain = ((before - missing) / grown if grown else 0) or 1.0
        before = missing
        if off <= _WIDTH_TOLERANCE or gain < 0:
            break
        grown = round(missing / gain)
        for view in views:
            view["width"] = max(view["width"] + grown // columns, 60)
    return _accessible(best, alt)


def _drawn_width(svg: str) -> int:
    return int(re.search(r'width="(\d+)', svg).group(1))  # type: ignore[union-attr] # always there


def _views(spec: Any) -> Iterator[dict[str, Any]]:
    """Yield the views of a chart that have a width in pixels, layers as one."""
    if "mark" in spec or "layer" in spec:
        if isinstance(spec.get("width", 0), int | float):
            yield spec
        return
    for key in ("hconcat", "vconcat", "concat"):
        for inner in spec.get(key, ()):
            yield from _views(inner)


def _fold(spec: Any) -> None:
    """Break titles over lines, where a drawing is narrow."""
    if isinstance(spec, dict):
        for key in {"title", "subtitle"} & spec.keys():
            spec[key] = _lines(spec[key])
    for inner in spec.values() if isinstance(spec, dict) else spec:
        if isinstance(inner, dict | list):
            _fold(inner)


def _lines(title: Any) -> Any:
    if isinstance(title, dict):
        return title | {key: _lines(title[key]) for key in ("text", "subtitle") if key in title}
    lines = [title] if isinstance(title, str) else title or [""]
    return [part for line in lines for part in textwrap.wrap(line, _TITLE_LETTERS)] or title


def _heighten(view: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Put the names of a view's rows above them, broken over lines, and give them the height."""
    encodings = [each for each in _find(view, "encoding") if "y" in each]
    for row in (each["y"] for each in encodings):
        if row.get("type") not in {"nominal", "ordinal"} or "field" not in row:
            continue
        names = {str(each[row["field"]]) for each in rows if row["field"] in each}
        is_split = any("yOffset" in each for each in encodings)
        if (
            is_split
            or row.get("axis", {}) is None
            or max(map(len, names), default=0) <= _BESIDE_LETTERS
        ):
            continue
        row["axis"] = row.get("axis", {}) | _ABOVE
        row["scale"] = {"padding": 0.5} | (row.get("scale") or {})
        breaks = (len(re.findall(_BREAK, name)) for name in names)
        least = _LINE_PIXELS * (1 + max(breaks, default=0)) + 26
        height = view.get("height")
        if isinstance(height, dict):
            height["step"] = max(height["step"], least)
        else:
            view["height"] = max(height or 0, least * len(names))


def _cleaned(spec: Any) -> Any:
    """Return a chart whose texts XML can hold: the converter aborts Python at any other."""
    if isinstance(spec, dict):
        return {_cleaned(name): _cleaned(each) for name, each in spec.items()}
    if isinstance(spec, list):
        return [_cleaned(each) for each in spec]
    return "\n".join(map(clean_line, spec.split("\n"))) if isinstance(spec, str) else spec


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
                if not is_web_address(str(row[field])):
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


def _accessible(svg: str, alt: str) -> str:
    """Give the drawing its text alternative, the page's font, and marks their description."""
    own = hashlib.sha256(svg.encode()).hexdigest()[:6]
    svg = _NAME.sub(rf"\g<1>c{own}\2", svg).replace(f' font-family="{_UNKNOWN}"', "")
    svg = _DESCRIBED.sub(_add_title, svg)
    svg = _LINK.sub(_label_link, _SPOKEN.sub("", svg))
    role = "group" if "<a href" in svg else "img"  # links inside of an image cannot be reached
    opening = f'<svg role="{role}" aria-label="{escape(alt)}" font-family="{_FONTS}" '
    return svg.replace("<svg ", opening, 1)


def _add_title(mark: re.Match[str]) -> str:
    before, label, after = mark.groups()
    tag = re.match(r"<(\w+)", before).group(1)  # type: ignore[union-attr] # matched above
    return f"{before}{after}><title>{label}</title></{tag}>"


def _label_link(link: re.Match[str]) -> str:
    url, title = link.groups()
    return f'<a href="{url}" aria-label="{title}">' if title else f'<a href="{url}">'
