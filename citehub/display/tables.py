"""Tables and lists of notebooks: null is *not known*, and what comes from outside stays text."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from citehub import _html
from citehub._labels import SCHEME_OF_FACET
from citehub._passages import list_passages
from citehub._text import counted, is_web_address
from citehub._work import Work, marked_title
from citehub.display.words import (
    OWN_ARITHMETIC,
    Source,
    is_null,
    name_sources,
    source_rows,
    typeset,
)
from citehub.errors import BadArgument, UnknownColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from citehub._hub import Hub
    from citehub._rows import SourceRow

_SEPARATED_FROM: Final = 10_000  # a year is not 2,022
_ALIGNED: Final = ' style="text-align:right"'
_LEFT: Final = ' style="text-align:left"'
_ADDRESS_LETTERS: Final = 32
_TAG: Final = re.compile("<[^>]+>")


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
    sources: Iterable[Source] = (),
) -> Frame:
    """Show rows as a table; null is *not known*, a work or a source a link to it.

    What the first columns of text have in common with the row above is shown once; those who
    hear the table hear it in each row. A source that all rows share stands in the caption. An
    address is shown short.

    Parameters
    ----------
    rows : pandas.DataFrame or iterable of mapping
        The rows; the index of a frame is left out.
    caption : str
        What the table shows, one line.
    formats : mapping of str to str, optional
        By column, how to write its values, as ``{"share": "{:.0%}"}``.
    sources : iterable of Source, optional
        Where all rows come from, as :func:`source` gives them: linked in the caption.

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
    shared = _shared(records, headers)
    headers = [name for name in headers if name not in shared]
    named = name_sources([*shared.values(), *sources])
    numeric = {name for name in headers if _is_numeric(record.get(name) for record in records)}
    rows_of_cells = [
        [_shown(record.get(name), chosen.get(name)) for name in headers] for record in records
    ]
    body = "".join(
        f"<tr>{''.join(_cells(cells, before, headers, numeric))}</tr>"
        for before, cells in pairwise([[], *rows_of_cells])
    )
    head = "".join(
        f'<th scope="col"{_ALIGNED if name in numeric else ""}>{escape(name)}</th>'
        for name in headers
    )
    origin = f' <span style="font-weight:normal">{named}</span>' if named else ""
    said = f"{caption.rstrip('.')}." if named else caption
    label = escape(f"Table, scrolls sideways: {caption}"[:80].rstrip())
    return Frame(
        f'<div class="citehub-scroll" style="overflow-x:auto" tabindex="0" role="group" '
        f'aria-label="{label}"><table class="citehub-table">'
        f'<caption style="text-align:left">{escape(said)}{origin}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


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
    items = (
        f"<li>{_html.link(row['url'] or '', _title(row))}</li>" for row in source_rows(hub, ids)
    )
    return Frame(f"<ul>{''.join(items)}</ul>")


def passages(works: Iterable[Work], caption: str = "") -> Frame:
    """Show where works cite, what they say there, and in what role, by whom that is judged.

    Parameters
    ----------
    works : iterable of Work
        The works; those without a known passage are left out.
    caption : str, optional
        What the table shows, one line; by default of how many works it shows how many passages.

    Returns
    -------
    Frame
        What a notebook shows: a row per passage, in the order of the works and of their texts. The
        title of a work stands in its first row.

    Examples
    --------
    >>> import citehub
    >>> hub = citehub.load("mt-nlg")
    >>> "1 passage from 1 of 7 papers" in passages(hub.select(theme="parallelism")).html
    True
    """
    given = list(works)
    found = [(work, row) for work in given for row in list_passages(work)]
    by = "; ".join(dict.fromkeys(row["judged by"] or "nobody" for _, row in found))
    rows = [
        {
            "paper": work,
            "where": row["where"],
            "role, polarity, subject": ", ".join(filter(None, map(row.get, SCHEME_OF_FACET)))
            or None,
            "what it says": row["what it says"],
        }
        for work, row in found
    ]
    n_works = sum(bool(work.passages) for work in given)
    of = f"{counted(len(rows), 'passage')} from {n_works:,} of {counted(len(given), 'paper')}"
    quoted = any(not passage["gist"] for work in given for passage in work.passages)
    judged = f", in other words{' unless quoted' * quoted}; roles by {by}" if rows else ""
    return table(rows, caption or f"{of}{judged}")


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


def _shared(records: list[dict[str, Any]], headers: list[str]) -> dict[str, Source]:
    """Return the columns in which all rows have one source."""
    shared = {}
    for name in headers:
        first, *others = (record.get(name) for record in records)
        if isinstance(first, Source) and others and all(other == first for other in others):
            shared[name] = first
    return shared


def _shown(value: Any, format_: str | None) -> str:
    """Return the HTML of a value."""
    if isinstance(value, Work | Source):
        name = value.name if isinstance(value, Source) else marked_title(value)
        return _html.link(value.url or "", name)
    if isinstance(value, list | tuple):
        return ", ".join(_shown(each, format_) for each in value)
    if is_null(value):
        return _html.text(None)
    if format_ is not None:
        return escape(typeset(format_.format(value)))
    if isinstance(value, str) and is_web_address(value):
        return _html.link(value, _short_url(value))
    is_long = type(value) is int and abs(value) >= _SEPARATED_FROM
    return escape(f"{value:,}" if is_long else f"{value}")


def _cells(
    row: list[str], before: list[str], headers: list[str], numeric: set[str]
) -> Iterator[str]:
    """Yield the cells of a row; names that the row above has, too, are there and not seen."""
    is_group = bool(before)
    for number, (name, shown) in enumerate(zip(headers, row, strict=True)):
        is_group = is_group and name not in numeric and shown == before[number]
        style = _ALIGNED if name in numeric else _LEFT
        if is_group and number < len(row) - 1 and shown:
            plain = _TAG.sub("", shown)  # no link that nobody sees takes the keyboard
            yield f'<td class="citehub-same"{style}><span style="opacity:0">{plain}</span></td>'
        else:
            yield f"<td{style}>{shown}</td>"


def _title(row: SourceRow) -> str:
    is_ours = row["kind"] == "derived"
    return f"{OWN_ARITHMETIC.capitalize()}; a note says how" if is_ours else row["title"]


def _short_url(url: str) -> str:
    """Return an address without what all have; of a long one its host."""
    short = url.split("://", 1)[1].removeprefix("www.").rstrip("/")
    return short if len(short) <= _ADDRESS_LETTERS else short.split("/", 1)[0]


def _is_numeric(values: Iterable[Any]) -> bool:
    known = [value for value in values if not is_null(value)]
    return bool(known) and not any(isinstance(v, str | bool | list | tuple | Work) for v in known)
