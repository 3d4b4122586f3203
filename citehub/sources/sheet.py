"""CSV as spreadsheet programs write it: any of their encodings, separators and ends of lines."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._text import csv_cell
from citehub.errors import SourceError
from citehub.sources.encoding import first_beyond_ascii, guess_encoding, is_mostly_utf8

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

SEPARATORS: Final = (",", ";", "\t")

_SAVE_AS: Final = "Save it as CSV in UTF-8."
_PACKED: Final = {
    b"PK\x03\x04": "a workbook of a spreadsheet program (or another ZIP file)",
    b"\xd0\xcf\x11\xe0": "a workbook of an old Excel",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
}
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?[ \t;,]*[\r\n]*', re.IGNORECASE)
_BREAK: Final = re.compile("\r\n?")
_BREAK_AT_END: Final = re.compile("(?:\r\n?|\n)\\Z")
_BEYOND_ASCII: Final = re.compile("[\x80-\uffff]{2,}")
_FAR_LETTER: Final = re.compile("[^\x80-\u024f\u2010-\u203f]")
_QUOTES: Final = {
    "unexpected end of data": "a quotation mark opens in this row that nothing closes",
    "expected after": "a quotation mark stands inside of a cell: write it twice, and one more "
    "before and after the whole cell",
}


class Row(NamedTuple):
    """The cells of a row without the blanks around them, and the line where the row begins."""

    line: int
    cells: list[str]


class Sheet(NamedTuple):
    """A file of rows below a header.

    ``notes`` are sentences on what was guessed. ``has_decimal_comma`` is true if semicolons
    separate the cells, as programs write them if numbers have a decimal comma.
    """

    header: Row
    rows: list[Row]
    has_decimal_comma: bool
    notes: tuple[str, ...]


def read_sheet(path: str, known: Collection[str]) -> Sheet:
    """Read a CSV file, whichever spreadsheet program wrote it.

    Parameters
    ----------
    path : str
        The file.
    known : collection of str
        Columns that it may have; the separator is the one that shows the most of them.

    Returns
    -------
    Sheet
        The header, which is the first row that is not empty, and the other such rows.

    Raises
    ------
    SourceError
        The file is missing or no text, or its quotation marks do not match.
    """
    text, notes = _read(path, _load(path))
    separator, n_before = _find_separator(text, known)
    rows = list(_split(path, text, separator, n_before))
    header = rows[0] if rows else Row(1, [])
    names = [_spell(cell) for cell in header.cells]
    while names and not names[-1]:
        names.pop()
    return Sheet(Row(header.line, names), rows[1:], separator == ";", notes)


def edit_sheet(
    path: str,
    known: Sequence[str],
    rows: Sequence[Mapping[str, object]],
    drop: Collection[int] = (),
) -> bytes:
    """Return a CSV file without some rows, and with new ones below; the rest stays byte for byte.

    Encoding, separator, ends of lines and the order of the columns stay as the file has them.
    Columns that it lacks come after its own. If it is Windows-1252, and a new row has letters
    beyond that, it becomes UTF-8.

    Parameters
    ----------
    path : str
        The file; a missing one begins with all columns.
    known : sequence of str
        Columns that it may have, in the order of a new file.
    rows : sequence of mapping
        Cells of the new rows, by column; None is an empty cell.
    drop : collection of int, optional
        The lines at which rows to remove begin.

    Raises
    ------
    SourceError
        The file is no text, or its quotation marks do not match.
    """
    data = _load(path) if os.path.lexists(path) else b""
    text, _ = _read(path, data)
    if not text.strip():
        data, text = data or codecs.BOM_UTF8, f"{','.join(known)}\n"  # by which Excel reads UTF-8
    separator, n_before = _find_separator(text, known)
    spans = list(_spans(path, text, separator, n_before))
    lines = list(io.StringIO(text, newline=""))
    header = spans[0]
    names = [_spell(cell) for cell in header.cells]
    lacking = [name for name in known if name not in names and any(row.get(name) for row in rows)]
    ending = _BREAK_AT_END.search(lines[header.end - 1])
    newline = ending[0] if ending else "\n"
    head = lines[header.end - 1].removesuffix(newline)
    lines[header.end - 1] = separator.join((head, *lacking)) + newline
    gone = {
        number
        for span in spans[1:]
        if span.line in drop
        for number in range(span.line - 1, span.end)
    }
    kept = "".join(line for number, line in enumerate(lines) if number not in gone)
    if not kept.endswith(("\r", "\n")):
        kept += newline
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator=newline)
    for row in rows:
        writer.writerow([csv_cell(row.get(name)) for name in (*names, *lacking)])
    return _encode(kept + buffer.getvalue(), data)


def _encode(text: str, like: bytes) -> bytes:
    """Return text in the encoding of a file, with a byte order mark if the file has one."""
    encoding = guess_encoding(like)
    if encoding in {"utf-16", "utf-32"}:
        order = "le" if like.startswith(codecs.BOM_UTF16_LE) else "be"
        return f"\ufeff{text}".encode(f"{encoding}-{order}")
    try:
        like.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8-sig")


def _spell(name: str) -> str:
    """Return the declared name of a column, which a program may have changed.

    Examples
    --------
    >>> _spell("'Work ID")
    'work_id'
    """
    return re.sub(r"[\s-]+", "_", name.strip().strip("'\"").strip().lower())


def _load(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise SourceError.at(path, 0, f"cannot be read: {error.strerror}") from None


def _read(path: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and notes on its encoding."""
    for start, kind in _PACKED.items():
        if data.startswith(start):
            raise SourceError.at(path, 0, f"is {kind}, not CSV. {_SAVE_AS}")
    text, note = _decode(path, data)
    if "\0" in text:
        problem = f"holds a zero byte, which no text does. {_SAVE_AS}"
        raise SourceError.at(path, _line(text, text.index("\0")), problem)
    spoilt = _find_spoilt(text)
    notes = [note] if note else []
    if spoilt:
        line, found, right = spoilt
        notes.append(
            f"{os.path.basename(path)}, line {line}: {found} seems to have been {right} until a "
            "program read UTF-8 as another encoding."
        )
    return text, tuple(notes)


def _decode(path: str, data: bytes) -> tuple[str, str]:
    encoding = guess_encoding(data)
    try:
        return data.decode(encoding).removeprefix("\ufeff"), ""
    except UnicodeDecodeError as error:
        start = error.start
    line = len(_BREAK.sub("\n", data[:start].decode("latin-1")).split("\n"))
    if encoding != "utf-8":
        raise SourceError.at(path, 0, f"is no {encoding.upper()} at byte {start}. {_SAVE_AS}")
    if is_mostly_utf8(data):
        problem = f"byte {data[start]:#04x} is not UTF-8, as the rest of the file is. {_SAVE_AS}"
        raise SourceError.at(path, line, problem)
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        byte, line = data[error.start], data[: error.start].count(b"\n") + 1
        problem = f"byte {byte:#04x} is neither UTF-8 nor Windows-1252. {_SAVE_AS}"
        raise SourceError.at(path, line, problem) from None
    at = first_beyond_ascii(text)
    return text, (
        f"{os.path.basename(path)} is not UTF-8. It was read as Windows-1252, so that line "
        f"{_line(text, at)} has {_word(text, at)!r}. If that is wrong, save it as CSV in UTF-8."
    )


def _find_spoilt(text: str) -> tuple[int, str, str] | None:
    """Return line, word and true word if UTF-8 was once read as Windows-1252; else None."""
    for match in _BEYOND_ASCII.finditer(text):
        try:
            right = match[0].encode("cp1252").decode("utf-8")
        except UnicodeError:
            continue
        if not _FAR_LETTER.search(right):
            word = _word(text, match.start())
            return _line(text, match.start()), repr(word), repr(word.replace(match[0], right))
    return None


def _line(text: str, at: int) -> int:
    return _BREAK.sub("\n", text[:at]).count("\n") + 1


def _word(text: str, at: int) -> str:
    """Return the word around a place, cut if it is long."""
    before = re.split(r"[\s,;\"]", text[max(at - 20, 0) : at])[-1]
    return before + re.split(r"[\s,;\"]", text[at : at + 20])[0]


def _find_separator(text: str, known: Collection[str]) -> tuple[str, int]:
    """Return the separator, and the number of lines before the header that only name it."""
    named = _SEPARATOR_LINE.match(text)
    if named:
        return named[1], 1
    header = next((line for line in re.split("[\r\n]+", text) if line.strip(" \t,;")), "")

    def n_known(separator: str) -> int:
        return sum(_spell(name) in known for name in header.split(separator))

    return max(SEPARATORS, key=lambda each: (n_known(each), header.count(each))), 0


class _Span(NamedTuple):
    """The cells of a row, and its first and last line."""

    line: int
    end: int
    cells: list[str]


def _split(path: str, text: str, separator: str, n_before: int) -> Iterator[Row]:
    """Yield the rows that are not empty."""
    for line, _, cells in _spans(path, text, separator, n_before):
        yield Row(line, cells)


def _spans(path: str, text: str, separator: str, n_before: int) -> Iterator[_Span]:
    lines = io.StringIO(text, newline="")  # a carriage return ends a line, too
    for _ in range(n_before):
        next(lines)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    while True:
        start = n_before + reader.line_num + 1
        try:
            found = next(reader, None)
        except csv.Error as error:
            raise SourceError.at(path, start, _explain(str(error))) from None
        if found is None:
            return
        cells = [_BREAK.sub("\n", cell).strip() for cell in found]
        if any(cells):
            yield _Span(start, n_before + reader.line_num, cells)


def _explain(said: str) -> str:
    """Return an error of the csv module in words that help."""
    told = itertools.chain((each for sign, each in _QUOTES.items() if sign in said), [said])
    return next(told)
