"""Tables of a page: numbers stand right, and on a phone a wide table's rows become blocks.

All kinds get the same: those of ``citehub.display``, of Markdown, and of other libraries. A style
sheet turns the rows of the class ``citehub-reflow`` into blocks where the window is narrow; each
cell then shows the name of its column.
"""

from __future__ import annotations

import re
from html import escape, unescape

_TABLE = re.compile(
    r'<table(?:>| border="1" class="dataframe">| class="(?:citehub-)?table">).*?</table>',
    re.DOTALL,
)
_OTHER = ('border="1" class="dataframe"', 'class="citehub-table"')  # pandas gets our look
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[dh])\b([^>]*)>(.*?)</\1>", re.DOTALL)
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
    return _TABLE.sub(lambda found: _table(found.group()), body)


def _table(html: str) -> str:
    if "<thead" not in html or not _CELL.search(html):
        return html
    plain = html.startswith(("<table>", '<table border="1"'))
    if plain:
        html = re.sub(r"<th[^>]*>\s*</th>", "<td></td>", html.replace(*_OTHER))
    rows = [[_text(cell[2]) for cell in _CELL.findall(row)] for row in _ROW.findall(html)]
    heads, columns = rows[0], list(zip(*rows, strict=False))
    numbers = {n for n, column in enumerate(columns) if _is_numeric(column[1:])}
    needed = sum(_width(column) + 2 for column in columns) - 2
    if "<code" in html:  # which breaks anywhere in the last column
        needed += min(_width(columns[-1]), _COMFORT) - _width(columns[-1])
    is_wide = needed > WIDEST
    whole = [_width(column) if "<code" in html else max(map(len, column)) for column in columns]
    short = {n for n, width in enumerate(whole) if width <= _SHORT} - numbers
    if sum(width if n in short else _width(columns[n]) for n, width in enumerate(whole)) > _LINE:
        short = set()
    marks = dict.fromkeys(short, "citehub-short") | dict.fromkeys(numbers, "citehub-number")
    html = _ROW.sub(lambda row: _row(row.group(), heads, marks, is_wide=is_wide), html)
    if is_wide:
        html = _with_class(html, "citehub-reflow")
    if not plain:
        return html
    return f'<div class="citehub-scroll" tabindex="0" role="group" aria-label="Table">{html}</div>'


def _row(html: str, heads: list[str], marks: dict[int, str], *, is_wide: bool) -> str:
    place = iter(range(len(heads) + html.count("<t")))

    def cell(found: re.Match[str]) -> str:
        tag, attributes, inner = found.groups()
        number, start = next(place), f"<{tag}{attributes}>"
        if number in marks:
            start = _with_class(start, marks[number])
        if is_wide and 0 < number < len(heads) > TWO and heads[number] and tag == "td":
            start = start.replace("<td", f'<td data-label="{escape(heads[number])}"', 1)
        return f"{start}{inner}</{tag}>"

    return _CELL.sub(cell, html)


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
