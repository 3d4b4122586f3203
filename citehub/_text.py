"""Text from outside, made harmless for terminals, lines, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_CONTROLS: Final = "\x00-\x1f\x7f-\x9f"
_DIRECTION_MARKS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_STEERING: Final = re.compile(f"[{_CONTROLS}{_DIRECTION_MARKS}]")
_ESCAPED_IN_JSON: Final = re.compile(  # what cannot be seen, or written
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_WEB_ADDRESS: Final = re.compile(r"https?://[^\x00-\x20/?#\\@\x7f-\xa0]+(?![^/?#])")
_MARKUP: Final = re.compile("[<>&]")
_BREAKS: Final = re.compile("\r\n|[\t\n\x0b\x0c\r\x85\u2028\u2029]")
_UNPRINTABLE: Final = re.compile(f"[{_CONTROLS}\ud800-\udfff\ufffe\uffff]")
_QUOTED: Final = "\r\n;\t"  # a writer of CSV quotes a cell that has a sign of its end of a line
_FORMULA: Final = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def clean(value: object) -> str:
    r"""Return text without characters that control a terminal or turn its direction.

    Examples
    --------
    >>> clean("a title\x1b[2J")
    'a title�[2J'
    """
    return _STEERING.sub("\ufffd", str(value))


def clean_line(value: object) -> str:
    r"""Return text for one line of any text format, including XML.

    A break becomes a space, any other control character U+FFFD. Direction marks stay, as
    right-to-left text needs them.

    Examples
    --------
    >>> clean_line("two\r\nlines\x07")
    'two lines�'
    """
    return _UNPRINTABLE.sub("\ufffd", _BREAKS.sub(" ", str(value)))


def is_web_address(value: str) -> bool:
    r"""Tell whether a text may become a link: https or http, and a host without a user's name.

    Examples
    --------
    >>> texts = "https://doi.org/10.1/x", "javascript:alert(1)", "https://doi.org@example.org/"
    >>> [is_web_address(text) for text in texts]
    [True, False, False]
    """
    return bool(_WEB_ADDRESS.match(value))


def is_line(value: str) -> bool:
    """Tell whether :func:`clean_line` leaves a text unchanged."""
    return not _BREAKS.search(value) and not _UNPRINTABLE.search(value)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with a noun, which is plural except after one.

    Examples
    --------
    >>> counted(1, "citing work"), counted(1200, "entry", "entries")
    ('1 citing work', '1,200 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


_MARKS: Final = re.compile(
    r"\[[^\[\]]{0,400}\]|\([\d\s,;–-]{1,200}\)"
    r"|\((?=[^()]{0,400}\b(?:1[89]|20)\d\d[a-z]?\b)[^()]{0,400}\)"
)


def hash_sentence(sentence: str) -> str:
    """Return the SHA-256 of the letters and digits of a sentence, without its marks.

    Marks in brackets, as ``[3]``, ``[wick]``, ``(2, 7)`` and ``(Wick, 2020)``, do not count, nor
    do blanks, punctuation, hyphens at line ends and case. So a sentence has the same hash in most
    forms of a text. Whoever has a paper can prove which of its sentences ``citation_contexts``
    means, even without its words.

    Parameters
    ----------
    sentence : str
        A sentence, or the row of a table.

    Returns
    -------
    str
        64 hexadecimal digits, of the text in Unicode's form NFKC, with its case folded, without
        marks and anything but letters and digits. If there is nothing but marks, they count.

    Examples
    --------
    >>> import citehub
    >>> one = citehub.hash_sentence("The lamp [1] glows.")
    >>> one == citehub.hash_sentence("the lamp (Wick et al., 2020)  glows"), one[:12]
    (True, '03ee6e7ad1d7')
    """
    import hashlib
    import unicodedata

    def letters(text: str) -> str:
        plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LN")

    kept = letters(without_marks(sentence)) or letters(sentence)
    return hashlib.sha256(kept.encode()).hexdigest()


def without_marks(sentence: str) -> str:
    """Return a sentence without the marks that :func:`hash_sentence` leaves out."""
    return _MARKS.sub(" ", sentence)


def either(names: Sequence[str]) -> str:
    """Return names with commas, and "or" before the last.

    Examples
    --------
    >>> either(["openalex", "s2", "opencitations"]), either(["s2"])
    ('openalex, s2 or opencitations', 's2')
    """
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def to_json(value: object, indent: int | None = 1) -> str:
    """Return JSON with invisible characters escaped."""
    plain = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    return _ESCAPED_IN_JSON.sub(_escape, plain)


def to_embedded_json(value: object) -> str:
    r"""Return JSON that is also safe in a ``<script>`` of a web page.

    Examples
    --------
    >>> print(to_embedded_json("M²RNN </script>"))
    "M²RNN \u003c/script\u003e"
    """
    return _MARKUP.sub(_escape, to_json(value))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def json_array(values: Iterable[object]) -> Iterator[str]:
    """Yield a JSON array, a value a line."""
    opening = "[\n"
    for value in values:
        yield opening + to_json(value, indent=None)
        opening = ",\n"
    yield "[]" if opening == "[\n" else "\n]"


def csv_lines(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """Yield CSV lines; null is an empty cell, and no text can become a formula.

    A cell with a semicolon or tab is quoted, as some spreadsheets split there, too.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=_QUOTED)
    writer.writerow(columns)
    for row in rows:
        yield _take_line(buffer)
        writer.writerow([csv_cell(row[column]) for column in columns])
    yield _take_line(buffer)


def _take_line(buffer: io.StringIO) -> str:
    line = buffer.getvalue().removesuffix(_QUOTED)
    buffer.seek(0)
    buffer.truncate()
    return f"{line}\n"


def csv_cell(value: object) -> object:
    """Return a cell, with an apostrophe before text that a spreadsheet would run.

    Text that starts with apostrophes and then such a character gets one more, so removing one
    restores any text.
    """
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
