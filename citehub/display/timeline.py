"""The citing works of a hub over time: HTML that fills its place and needs no script."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._palette import theme_colour
from citehub._text import clean, counted
from citehub._work import marked_title, readings_without, shorten_authors
from citehub.errors import BadArgument

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from citehub._hub import Hub
    from citehub._work import Work

_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_MOST_YEAR_LABELS: Final = 6  # on the narrowest screen
_END: Final = 0.92  # where a label has no place to its right
_MOST_AUTHORS: Final = 3
_NO_THEME: Final = "Theme not known"
_STATES: Final = {
    "known": "we know why it cites",
    "": "we do not know why it cites",
    "absent": "no citation found in the text read",
}
_STYLE: Final = """
.citehub-timeline {
  --size: 30px; --line: var(--citehub-grid, rgb(128 128 128 / .3));
  --quiet: var(--citehub-muted, #6b747d);
  container: citehub / inline-size; font-size: .9rem; line-height: 1.4;
}
.citehub-timeline :is(p, ul, li) { list-style: none; margin: 0; padding: 0; }
.citehub-timeline .all { padding-block: 1.6rem .3rem; position: relative; }
.citehub-timeline .axis { color: var(--quiet); font-size: .8rem; inset: 0; position: absolute; }
.citehub-timeline :is(.axis, .track) { margin-inline: calc(var(--size) / 2); }
.citehub-timeline .axis b {
  border-inline-start: 1px dashed var(--line); font-weight: 400; inset-block: 0;
  left: calc(var(--x) * 100%); padding-inline-start: .3rem; position: absolute;
}
.citehub-timeline .axis .end {
  border-inline-end: 1px dashed var(--line); border-inline-start: 0; padding-inline: 0 .3rem;
  transform: translateX(-100%);
}
.citehub-timeline .theme { --mark: var(--colour); margin: 0; padding-block: .35rem; }
.citehub-timeline .name { color: var(--mark); font-weight: 600; position: relative; }
.citehub-timeline .name small { color: var(--quiet); font-size: inherit; font-weight: 400; }
.citehub-timeline .track {
  border-bottom: 1px solid var(--line); container-type: inline-size; position: relative;
  height: calc(var(--narrow) * var(--size) + 2px);
}
.citehub-timeline .track:is(:hover, :focus-within) { z-index: 2; }
.citehub-timeline .paper {
  border-radius: 50%; bottom: calc(var(--narrow) * var(--size)); height: var(--size);
  left: calc(var(--x) * 100cqw - var(--size) / 2); position: absolute; width: var(--size);
}
.citehub-timeline :is(.paper, .key)::before {
  background: color-mix(in srgb, var(--mark) 16%, transparent); border: 2px solid var(--mark);
  border-radius: 50%; box-sizing: border-box; content: ""; inset: calc(var(--size) / 5);
  position: absolute;
}
.citehub-timeline .known::before { background: var(--mark); }
.citehub-timeline .absent::before {
  background: linear-gradient(45deg, transparent 42%, var(--mark) 42% 58%, transparent 58%);
}
.citehub-timeline .paper:is(:hover, :focus-visible) { z-index: 3; }
.citehub-timeline .paper:is(:hover, :focus-visible)::before { transform: scale(1.3); }
.citehub-timeline .about {
  --width: min(23rem, 100cqw); --at: calc(var(--x) * 100cqw);
  background: var(--pst-color-background, Canvas); border: 1px solid var(--line);
  border-radius: 8px; border-top: 3px solid var(--mark); bottom: 100%;
  box-shadow: 0 6px 20px rgb(0 0 0 / .18); color: var(--pst-color-text-base, CanvasText);
  font-size: .85rem; opacity: 0; padding: .6rem .8rem; pointer-events: none; position: absolute;
  left: calc(clamp(0px, var(--at) - var(--width) / 2, 100cqw - var(--width)) - var(--at)
    + var(--size) / 2);
  width: var(--width);
}
.citehub-timeline .about > * { display: block; }
.citehub-timeline .about small { color: var(--pst-color-text-muted, inherit); font-size: inherit; }
.citehub-timeline .paper:is(:hover, :focus-visible) .about { opacity: 1; }
.citehub-timeline .keys { color: var(--quiet); display: flex; flex-wrap: wrap; gap: 0 1.2rem; }
.citehub-timeline .key {
  --mark: currentColor; display: inline-block; height: 1em; margin-inline-end: .4em;
  position: relative; vertical-align: -.12em; width: 1em;
}
.citehub-timeline .key::before { inset: 0; }
@container citehub (min-width: 50rem) {
  .citehub-timeline .all { --size: 26px; }
  .citehub-timeline .axis { left: 18rem; }
  .citehub-timeline .theme { align-items: end; display: grid; grid-template-columns: 18rem 1fr; }
  .citehub-timeline .track { height: calc(var(--wide) * var(--size) + 2px); }
  .citehub-timeline .paper { bottom: calc(var(--wide) * var(--size)); }
}
@media print { .citehub-timeline .about { display: none; } }
"""


class _Place(NamedTuple):
    """How wide the months stand at least, and a mark, in pixels."""

    width: int
    mark: int


_NARROW: Final = _Place(280, 30)
_WIDE: Final = _Place(520, 26)


class Timeline:
    """The citing works over time as a notebook shows them; made by :func:`timeline`.

    Attributes
    ----------
    html : str
        The rows of marks, with the text alternative as their label.
    alt : str
        What they show, in words.
    """

    def __init__(self, html: str, alt: str) -> None:
        self.html = html
        self.alt = alt

    def _repr_html_(self) -> str:
        return f'<figure class="citehub-figure"><style>{_STYLE}</style>{self.html}</figure>'

    def __repr__(self) -> str:
        return clean(f"<citehub.display.Timeline: {self.alt}>")


def timeline(hub: Hub) -> Timeline:
    """Draw the citing works of a hub over time, a row per theme; each leads to its work.

    Parameters
    ----------
    hub : Hub
        An opened release that knows dates and themes.

    Returns
    -------
    Timeline
        A mark per work and theme at the month of the work's first public version, in the
        colour of the theme; under the pointer and in focus it says who wrote the work and,
        where the hub knows it, why it cites. Marks that would touch are stacked. A work
        whose month is not known is not drawn: the text alternative counts them.

    Raises
    ------
    BadArgument
        No work has a known month.
    UnknownTable
        The release has no themes.

    Examples
    --------
    >>> import citehub
    >>> timeline(citehub.load("mt-nlg"))  # doctest: +ELLIPSIS
    <citehub.display.Timeline: 44 citing papers by month of their first version...>
    """
    titles = {row["theme_id"]: row["title"] for row in hub.themes}
    every = hub.select()
    works = sorted(
        (work for work in every if work.publication_year and work.publication_month), key=_month
    )
    if not works:
        raise BadArgument(f"No work of {hub.name} {hub.version} has a known month to be drawn at.")
    rows: dict[str, list[Work]] = {title: [] for title in titles.values()}
    for work in works:
        for title in [titles[theme] for theme in work.themes] or [_NO_THEME]:
            rows.setdefault(title, []).append(work)
    months = _Months(_month(works[0]) // 12 * 12, _month(works[-1]))
    drawn = "".join(
        _row(title, theme_colour(number), of_theme, months)
        for number, (title, of_theme) in enumerate(rows.items())
        if of_theme
    )
    alt = _words(works, len(every) - len(works), rows)
    return Timeline(
        f'<div class="citehub-timeline" role="group" aria-label="{escape(alt)}">'
        f'<div class="all"><div class="axis" aria-hidden="true">{_axis(months)}</div>{drawn}'
        f"</div>{_keys(works)}</div>",
        alt,
    )


class _Months(NamedTuple):
    """The months that are drawn, counted from the year 0."""

    first: int
    last: int

    def share(self, month: int) -> float:
        """Return how far a month is on the way from the first to the last, as 0 to 1."""
        return (month - self.first) / max(self.last - self.first, 1)


def _month(work: Work) -> int:
    return (work.publication_year or 0) * 12 + (work.publication_month or 1) - 1


def _lanes(shares: Iterable[float], place: _Place) -> list[int]:
    """Return the lowest free lane for each of the marks, which come in order of time."""
    ends: list[float] = []
    lanes = []
    for share in shares:
        start = share * place.width
        lane = next((n for n, end in enumerate(ends) if end <= start), len(ends))
        ends[lane : lane + 1] = [start + place.mark]
        lanes.append(lane)
    return lanes


def _axis(months: _Months) -> str:
    first, last = months.first // 12, months.last // 12
    step = -(-(last - first + 1) // _MOST_YEAR_LABELS)
    shown = [
        (year, months.share(max(year * 12, months.first)))
        for year in range(last, first - 1, -step)
        if year == last or months.share((year + 1) * 12) > 1 / (2 * _MOST_YEAR_LABELS)
    ]
    return "".join(
        f'<b{" class=end" if share > _END else ""} style="--x:{share:.4f}">{year}</b>'
        for year, share in shown
    )


def _row(title: str, colour: str, works: Sequence[Work], months: _Months) -> str:
    shares = [months.share(_month(work)) for work in works]
    wide, narrow = _lanes(shares, _WIDE), _lanes(shares, _NARROW)
    marks = "".join(
        f'<li style="--x:{share:.4f};--wide:{lane};--narrow:{lane_narrow}">{_mark(work)}</li>'
        for work, share, lane, lane_narrow in zip(works, shares, wide, narrow, strict=True)
    )
    return (
        f'<div class="theme" style="--colour:{colour}">'
        f'<p class="name">{escape(title)} <small>{len(works)}</small></p>'
        f'<ul class="track" style="--wide:{max(wide) + 1};--narrow:{max(narrow) + 1}">{marks}</ul>'
        "</div>"
    )


def _mark(work: Work) -> str:
    date = f"{_MONTHS[(work.publication_month or 1) - 1]} {work.publication_year}"
    gist = next((row["gist"] for row in work.passages if row["gist"]), None)
    state = _state(work)
    why = f"Cites it as {work.role}" + (f". {gist}" if gist else "") if work.role else ""
    card = (
        f'<span class="about"><strong>{escape(marked_title(work))}</strong> '
        f"<small>{escape(shorten_authors(work.authors, most=_MOST_AUTHORS))} · {date}</small> "
        f"<span>{escape(why or f'{_STATES[state].capitalize()}.')}</span></span>"
    )
    kind = f"paper {state}".rstrip()
    if work.url is None:
        return f'<span class="{kind}">{card}</span>'
    return f'<a class="{kind}" href="{escape(work.url)}">{card}</a>'


def _state(work: Work) -> str:
    """Return what is known of a citation, as a class of its mark."""
    return "known" if work.role else "absent" if readings_without(work) else ""


def _keys(works: Iterable[Work]) -> str:
    found = {_state(work) for work in works}
    if found == {""}:
        return ""
    keys = (
        f'<span><i class="key {state}"></i>{said}</span>'
        for state, said in _STATES.items()
        if state in found
    )
    return f'<p class="keys">{" ".join(keys)}</p>'


def _words(works: Sequence[Work], left_out: int, rows: dict[str, list[Work]]) -> str:
    number = counted(len(works), "citing paper")
    words = (
        f"{number} by month of their first version, {works[0].published} to {works[-1].published}"
    )
    if left_out:
        words += f" ({left_out} of unknown month left out)"
    per_theme = Counter({title: len(each) for title, each in rows.items() if each}).most_common()
    return f"{words}; by theme: " + ", ".join(f"{title} {n}" for title, n in per_theme) + "."
