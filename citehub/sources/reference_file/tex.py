r"""What TeX prints; mathematics and commands that are not known here stay as TeX."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub.sources.reference_file.entry import join_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRINTED: Final = {
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciicircum": "^",
    "textasciitilde": "~", "textless": "<", "textgreater": ">", "textbar": "|", "$": "$",
    "&": "&", "#": "#", "%": "%", "_": "_",
    "{": "{", "}": "}", " ": " ", ",": " ", "-": "", "/": "", "@": "", "ss": "ß", "o": "ø",
    "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ",
    "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "TeX": "TeX", "LaTeX": "LaTeX", "ldots": "…", "dots": "…",
    "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’",
    "textquotedblleft": "“", "textquotedblright": "”", "emph": "", "textit": "", "textbf": "",
    "textsc": "", "texttt": "", "textrm": "", "mbox": "", "it": "", "em": "", "bf": "", "sc": "",
    "tt": "", "rm": "", "relax": "", "protect": "", "unskip": "", "slash": "/", "sf": "",
    "sl": "", "textup": "", "textmd": "", "textsf": "", "textsl": "", "textnormal": "",
    "textquotesingle": "'", "textquotedbl": '"', "quotesinglbase": "‚", "quotedblbase": "„",
    "guillemotleft": "«", "guillemotright": "»", "guillemetleft": "«", "guillemetright": "»",
    "guilsinglleft": "‹", "guilsinglright": "›", "textasciigrave": "`", "textdollar": "$",
    "textunderscore": "_", "textasteriskcentered": "*", "textexclamdown": "¡",
    "textquestiondown": "¿", "textellipsis": "…", "textbullet": "•", "textperiodcentered": "·",
    "textdegree": "°", "textmu": "µ", "textordfeminine": "ª", "textordmasculine": "º",
    "copyright": "©", "textcopyright": "©", "textregistered": "®", "texttrademark": "™",
    "S": "§", "P": "¶", "pounds": "£", "textsterling": "£", "texteuro": "€", "euro": "€",
    "nobreakspace": " ", "thinspace": " ", "xspace": "", "nobreakdash": "", "hyp": "-",
}  # fmt: skip
_RELATIONS: Final = {"$<$": "<", "$>$": ">", "$|$": "|"}  # plain signs, as BibTeX needs them
_LIGATURES: Final = {
    "---": "—", "--": "–", "``": "“", "''": "”", "?`": "¿", "!`": "¡", "~": " ",
}  # fmt: skip
_ACCENTS: Final = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "textcommabelow": "\u0326", "c": "\u0327", "k": "\u0328", "b": "\u0331", "t": "\u0361",
}  # fmt: skip
_COMBINING: Final = "".join(map(chr, range(0x300, 0x370)))
_WITH_DOT: Final = {"ı": "i", "ȷ": "j"}
_GROUP: Final = re.compile(r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+)\}")
_TEX: Final = re.compile(
    r"(?P<math>\$(?:[^$\\]|\\.)*+\$)"
    r"""|\\(?P<accent>[`'^~=."]|(?:[uvHrdckbt]|textcommabelow)(?![A-Za-z]))\s*"""
    rf"|\\(?P<printed>{'|'.join(map(re.escape, sorted(_PRINTED, key=len, reverse=True)))})"
    r"(?:(?<![A-Za-z])|(?![A-Za-z]))(?:\{\}|(?<=[A-Za-z]) +)?"
    r"|\\(?P<case>upper|lower|Make(?:Text)?Upper|Make(?:Text)?Lower)case\s*(?P<cased>"
    rf"{_GROUP.pattern})"
    r"|(?P<sorting>\\(?:noopsort|SortNoop)\s*\{[^{}]*\})"
    r"|(?P<unknown>\\[A-Za-z]+[^\s{}\\$]*+(?:\{(?:[^{}]|\{[^{}]*+\})*+\})*+)"
    rf"|(?P<ligature>{'|'.join(map(re.escape, _LIGATURES))})"
    r"|(?P<brace>[{}])"
)


class Piece(NamedTuple):
    """What a piece of TeX prints, and the brace or the command that it is.

    The case of a letter does not count where a command changes it, as BibTeX has it.
    """

    text: str
    brace: str = ""
    is_command: bool = False
    is_cased: bool = True


def print_tex(text: str) -> str:
    r"""Return what TeX prints; mathematics and commands that are not known here stay as TeX.

    Examples
    --------
    >>> print(print_tex(r"{G{\"o}del} \& M$^2$RNN: \mathbb{R}"))
    Gödel & M$^2$RNN: \mathbb{R}
    """
    return "".join(piece.text for piece in pieces(join_lines(text))).strip()


def pieces(text: str) -> Iterator[Piece]:
    """Yield what TeX prints, in pieces, and the braces of groups where they stand."""
    at = 0
    while match := _TEX.search(text, at):
        if match.start() > at:
            yield Piece(text[at : match.start()])
        printed, at = _print(text, match)
        is_command = match[0].startswith("\\")
        if match["brace"]:
            yield Piece("", printed)
        else:
            yield Piece(printed, is_command=is_command, is_cased=match["case"] is None)
    if at < len(text):
        yield Piece(text[at:])


def _print(text: str, match: re.Match[str]) -> tuple[str, int]:
    """Return what a token prints, and where it ends."""
    if match["accent"]:
        return _print_accent(text, match)
    if match["printed"] is not None:
        return _PRINTED[match["printed"]], match.end()
    if match["case"]:
        inner = print_tex(match["cased"])
        return inner.upper() if "pper" in match["case"] else inner.lower(), match.end()
    if match["sorting"]:
        return "", match.end()
    if match["ligature"]:
        return _LIGATURES[match["ligature"]], match.end()
    return _RELATIONS.get(match[0], match[0]), match.end()


def _print_accent(text: str, match: re.Match[str]) -> tuple[str, int]:
    """Return a letter with its accents, the last of which stands next to it."""
    accents, at = [match["accent"]], match.end()
    while (inner := _TEX.match(text, at)) and inner["accent"]:
        accents.append(inner["accent"])
        at = inner.end()
    if group := _GROUP.match(text, at):
        letter, end = print_tex(group[1]), group.end()
    elif inner and inner["printed"] is not None:
        letter, end = _print(text, inner)
    else:
        letter, end = text[at : at + 1], at + 1
    if not letter[:1].isalpha():
        return text[match.start() : at], at
    bare = len(letter[1:]) - len(letter[1:].lstrip(_COMBINING))
    base, rest = letter[: bare + 1], letter[bare + 1 :]
    marks = "".join(_ACCENTS[accent] for accent in reversed(accents))
    return unicodedata.normalize("NFC", _WITH_DOT.get(base, base) + marks) + rest, end
