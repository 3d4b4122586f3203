"""Inline TeX of titles to plain Unicode: ``M$^2$RNN`` to ``M²RNN``."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MATH: Final = re.compile(r"\$([^$]*[\\^_][^$]*)\$")
_TOKEN: Final = re.compile(
    r"(?P<script>[\^_])(?:\{(?P<group>[^{}\\^_]*)\}|(?P<one>[^\\{}\s]))"
    r"|\\(?P<command>[A-Za-z]+) ?"
    r"|(?P<plain>[^\\{}^_$])"
)
_SCRIPTS: Final = {"^": "SUPERSCRIPT", "_": "SUBSCRIPT"}
_SIGNS: Final = {
    "+": "PLUS SIGN",
    "-": "MINUS",
    "=": "EQUALS SIGN",
    "(": "LEFT PARENTHESIS",
    ")": "RIGHT PARENTHESIS",
}
_LETTERS: Final = {
    "SUPERSCRIPT": ("SUPERSCRIPT LATIN {size} LETTER {letter}", "MODIFIER LETTER {size} {letter}"),
    "SUBSCRIPT": ("LATIN SUBSCRIPT {size} LETTER {letter}",),
}
_COMMANDS: Final = {
    "infty": "∞",
    "times": "×",
    "to": "→",
    "rightarrow": "→",
    "ell": "ℓ",
    "pm": "±",
}


def resolve_tex(title: str) -> str:
    r"""Return a title with its inline mathematics as plain Unicode.

    Dollar signs that enclose no TeX stay as they are.

    Parameters
    ----------
    title : str
        The title as printed.

    Returns
    -------
    str
        The title without TeX.

    Raises
    ------
    ValueError
        It holds TeX that has no plain form here.

    Examples
    --------
    >>> resolve_tex(r"M$^2$RNN and $\alpha_0$ for $5")
    'M²RNN and α₀ for $5'
    """
    return _MATH.sub(lambda match: _resolve(match[1]), title)


def _resolve(math: str) -> str:
    resolved, at = [], 0
    while at < len(math):
        match = _TOKEN.match(math, at)
        if match is None:
            raise ValueError(f"no plain form of the TeX {math!r}")
        resolved.append(_resolve_token(match, math))
        at = match.end()
    return "".join(resolved)


def _resolve_token(match: re.Match[str], math: str) -> str:
    try:
        if match["script"]:
            raised = match["group"] if match["one"] is None else match["one"]
            return "".join(_script(_SCRIPTS[match["script"]], sign) for sign in raised)
        if match["command"]:
            return _COMMANDS.get(match["command"]) or _greek(match["command"])
    except KeyError:
        raise ValueError(f"no plain form of the TeX {math!r}") from None
    return match["plain"]


def _script(kind: str, sign: str) -> str:
    if sign.isdecimal():
        return unicodedata.lookup(f"{kind} {unicodedata.name(sign).removeprefix('DIGIT ')}")
    if sign in _SIGNS:
        return unicodedata.lookup(f"{kind} {_SIGNS[sign]}")
    size = "CAPITAL" if sign.isupper() else "SMALL"
    for form in _LETTERS[kind]:
        try:
            return unicodedata.lookup(form.format(size=size, letter=sign.upper()))
        except KeyError:
            continue
    raise KeyError(sign)


def _greek(command: str) -> str:
    size = "CAPITAL" if command[0].isupper() else "SMALL"
    return unicodedata.lookup(f"GREEK {size} LETTER {command.upper()}")
