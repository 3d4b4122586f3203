"""JSON that may stand anywhere, also inside a ``<script>`` of a web page."""

from __future__ import annotations

import json


def to_json(value: object) -> bytes:
    r"""Return a value as JSON; what is markup or cannot be seen stands as an escape.

    Examples
    --------
    >>> to_json({"title": "M²RNN </script>"})
    b'{\n "title": "M\xc2\xb2RNN \\u003c/script\\u003e"\n}\n'
    """
    plain = json.dumps(value, ensure_ascii=False, indent=1)
    return "".join(map(_escape, plain)).encode() + b"\n"


def _escape(letter: str) -> str:
    if letter == "\n" or (letter.isprintable() and letter not in "<>&"):
        return letter
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
