"""The encoding of a file that a person made, guessed from its bytes."""

from __future__ import annotations

import codecs
from typing import Final

_MARKS: Final = (  # UTF-32 first, as its mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
REPLACED: Final = "\ufffd"
LAST_ASCII: Final = "\x7f"


def guess_encoding(data: bytes) -> str:
    """Return the encoding, by the byte order mark, else by which of the first bytes is zero.

    Examples
    --------
    >>> guess_encoding("work".encode("utf-16-le")), guess_encoding(b"work")
    ('utf-16-le', 'utf-8')
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    first, second = data[:1] == b"\0", data[1:2] == b"\0"  # every other byte of UTF-16 is zero
    return "utf-8" if first == second else "utf-16-be" if first else "utf-16-le"


def is_mostly_utf8(data: bytes) -> bool:
    """Tell whether more letters beyond ASCII are in UTF-8 than are not."""
    text = data.decode("utf-8", "replace")
    n_wrong = text.count(REPLACED)
    return sum(sign > LAST_ASCII for sign in text) - n_wrong > n_wrong


def first_beyond_ascii(text: str) -> int:
    """Return the place of the first letter beyond ASCII; the length if there is none."""
    return next((at for at, sign in enumerate(text) if sign > LAST_ASCII), len(text))
