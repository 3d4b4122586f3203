"""Names of a work in running text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_DASH: Final = "[-‐‑‒–—−\xad]"
_LONG: Final = 8
_PIECES: Final = re.compile(r"[\s\xad]+|[-‐‑‒–—−]+")


def name_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """Return a pattern that finds names, with any kind of hyphen or blank; None without names.

    It ignores the case of long names that are not abbreviations.

    Examples
    --------
    >>> pattern = name_pattern(["Megatron-Turing NLG", "MT-NLG"])
    >>> [bool(pattern.search(text)) for text in ("Megatron–Turing  NLG", "MTNLG", "XMT-NLG")]
    [True, True, False]
    """
    patterns = []
    for name in sorted({each.strip() for each in names if each.strip()}, key=len, reverse=True):
        pattern = ""
        for piece in re.findall(r"[\s\xad]+|[-‐‑‒–—−]+|[^\s\xad‐‑‒–—−-]+", name):
            if piece.isspace():
                pattern += rf"(?:\s|{_DASH})*" if pattern else ""
            elif _PIECES.fullmatch(piece):
                pattern += rf"\s*(?:{_DASH}\s*)?"
            else:
                pattern += re.escape(piece)
        is_long = len(name) >= _LONG and not name.isupper()
        patterns.append(f"(?i:{pattern})" if is_long else pattern)
    if not patterns:
        return None
    return re.compile(rf"(?<![\w])(?:{'|'.join(patterns)})(?:s|['’]s)?(?![\w])")
