"""Text from outside, made harmless to show."""

from __future__ import annotations

import unicodedata
from typing import Final

_DIRECTION_MARKS: Final = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def steers(letter: str) -> bool:
    """Tell whether a character steers a terminal or turns the direction of text."""
    return unicodedata.category(letter) == "Cc" or ord(letter) in _DIRECTION_MARKS


def clean(value: object) -> str:
    r"""Return text without characters that steer a terminal or turn its direction.

    Examples
    --------
    >>> clean("a title\x1b[2J")
    'a title�[2J'
    """
    return "".join("\ufffd" if steers(letter) else letter for letter in str(value))
