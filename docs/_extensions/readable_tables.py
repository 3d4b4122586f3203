"""Tables of a page: numbers stand right, and on a phone a wide table's rows become blocks.

All kinds get the same: those of ``citehub.display``, of Markdown, and of other libraries. A style
sheet turns the rows of the class ``citehub-reflow`` into blocks where the window is narrow; each
cell then shows the name of its column.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

from elements import change, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elements import Change, Element

_PLAIN = {"border": "1", "class": "dataframe"}  # pandas gets our look
_TAG = re.compile(r"<[^>]+>")
_NUMBER = re.compile(r"[-+−±×≈<>≤≥ ]*\d[\d,.]*( ?(%|x|×|of|to|[kMGT]?B|ms|s|[-+−\d,.]+))*")
_UNKNOWN = {"", "never", "-", "–", "—", "not known", "null", "<NA>", "NaN", "None"}
TWO = 2  # columns: the first is what the second tells of
WIDEST = 46  # letters beside each other on a phone
_COMFORT = 16  # letters that a column of running text asks for
_SHORT = 24  # letters that stand on one line, where
_LINE = 80  # letters are not more than a page's width


def readable(body: str) -> str:
    """Return a page's HTML with the tables that people can read at any width."""
    if "<table" not in body:
        return body
    found = find(body, "table", "thead", "tr", "th", "td")
    changes: list[Change] = []
    for table in found:
        if table.tag == "table" and _is_ours(table.attributes):
            changes += _table(body, table, [each for each in found if each.within(table)])
    return change(body, changes)


def _is_ours(attributes: dict[str, str]) -> bool:
    return attributes in ({}, _PLAIN, {"class": "table"}, {"class": "citehub-table"})


def _table(body: str, table: Element, parts: list[Element]) -> Iterator[Change]:
    lines = [[each for each in parts if each.within(row)] for row in parts if row.tag == "tr"]
    if not any(lines) or all(each.tag != "thead" for each in parts):
        return
    rows = [[_text(body[cell.inner : cell.close]) for cell in line] for line in lines]
    heads, columns = rows[0], list(zip(*rows, strict=False))
    is_wide, marks = _measure(columns, has_code="<code" in body[table.start : table.end])
    labels = {n: escape(head) for n, head in enumerate(heads) if is_wide and n and head}
    if len(heads) <= TWO:
        labels = {}
    is_plain = table.attributes in ({}, _PLAIN)
    start = body[table.start : table.inner]
    if table.attributes == _PLAIN:
        start = '<table class="citehub-table">'
    if is_wide:
        start = _with_class(start, "citehub-reflow")
    if is_plain:
        group = '<div class="citehub-scroll" tabindex="0" role="group" aria-label="Table">'
        start = f"{group}{start}"
        yield table.end, table.end, "</div>"
    yield table.start, table.inner, start
    for number, cell in (each for line in lines for each in enumerate(line)):
        is_blank = is_plain and cell.tag == "th" and not body[cell.inner : cell.close].strip()
        begin = "<td>" if is_blank else body[cell.start : cell.inner]
        if number in marks:
            begin = _with_class(begin, marks[number])
        if number in labels and begin.startswith("<td"):
            begin = begin.replace("<td", f'<td data-label="{labels[number]}"', 1)
        end = (cell.end, f"{begin}</td>") if is_blank else (cell.inner, begin)
        yield cell.start, *end


def _measure(columns: list[tuple[str, ...]], *, has_code: bool) -> tuple[bool, dict[int, str]]:
    """Return whether columns are too wide for a phone, and the classes of their cells."""
    numbers = {n for n, column in enumerate(columns) if _is_numeric(column[1:])}
    needed = sum(_width(column) + 2 for column in columns) - 2
    if has_code:  # which breaks anywhere in the last column
        needed += min(_width(columns[-1]), _COMFORT) - _width(columns[-1])
    is_wide = needed > WIDEST
    whole = [_width(column) if has_code else max(map(len, column)) for column in columns]
    short = {n for n, width in enumerate(whole) if width <= _SHORT} - numbers
    short -= {n for n in short if max(map(len, columns[n])) > _LINE // 2}  # many words of code
    if sum(width if n in short else _width(columns[n]) for n, width in enumerate(whole)) > _LINE:
        short = set()
    marks = dict.fromkeys(short, "citehub-short") | dict.fromkeys(numbers, "citehub-number")
    return is_wide, marks


def _with_class(html: str, name: str) -> str:
    """Add a class to the first tag."""
    start, end = html.split(">", 1)
    if 'class="' in start:
        return start.replace('class="', f'class="{name} ', 1) + f">{end}"
    return f'{start} class="{name}">{end}'


def _text(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())


def _is_numeric(cells: tuple[str, ...]) -> bool:
    known = [cell for cell in cells if cell not in _UNKNOWN]
    return bool(known) and all(_NUMBER.fullmatch(cell) for cell in known)


def _width(cells: tuple[str, ...]) -> int:
    """Return how many letters a column needs: its longest word, or some of its text."""
    words = max((len(word) for cell in cells for word in cell.split()), default=0)
    return max(words, min(max(map(len, cells)), _COMFORT))
