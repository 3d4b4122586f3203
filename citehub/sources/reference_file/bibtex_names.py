"""Lists of names as BibTeX and biblatex write them, in which braces hold parts together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub.sources.reference_file import names
from citehub.sources.reference_file.entry import Authors, join_lines
from citehub.sources.reference_file.tex import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub.sources.records import Author

_AND: Final = re.compile(r"(?:^|(?<=\s))and(?=\s|$)|;", re.IGNORECASE)
_COMMA: Final = re.compile(",")
_BLANKS: Final = re.compile(r"\s+")
_QUOTED: Final = re.compile(r'"[^"]*"')
_EXTENDED: Final = re.compile(r"\b(?:given|family)\s*=")
_REFERRING: Final = re.compile(r"xdata\s*=", re.IGNORECASE)
_PART: Final = re.compile(r'[\s"]*([A-Za-z-]+)\s*=[\s"]*(.*?)[\s"]*', re.DOTALL)
_SUFFIXES: Final = {"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"}  # behind a name without commas
_MOST_PARTS: Final = 3


class _Letter(NamedTuple):
    """A letter that is printed, how deep in braces it is, and whether its case counts."""

    sign: str
    depth: int
    is_cased: bool


_Letters = tuple[_Letter, ...]


def split_names(text: str) -> list[_Letters]:
    """Return the names of a list, which *and* and semicolons outside of braces part.

    Raises
    ------
    ValueError
        Braces do not match.
    """
    letters = _read_letters(join_lines(text))
    outside = names.mask_entities(_outside(letters))
    return list(_split(letters, _AND, outside)) if letters else []


def read_name(letters: _Letters) -> Authors:
    """Return whom a name of a list names: nobody where it stands for others.

    Raises
    ------
    ValueError
        It is empty, or what its parts are does not follow from it.
    """
    letters = _strip(letters)
    text = _text(letters)
    if names.stands_for_others(text):
        return Authors(are_all=False)
    if _REFERRING.match(text):
        raise ValueError(f"{text!r:.60} refers to what is not in the file")
    if _EXTENDED.search(_outside(letters)):
        return Authors((_read_extended(letters),))
    if letters and all(each.depth for each in letters):
        return Authors((names.group(text),))
    end = names.end_of_named(text)
    return Authors((_read_parts(letters[:end]),), are_all=end == len(text))


def _read_letters(text: str) -> _Letters:
    letters: list[_Letter] = []
    groups: list[bool | None] = []  # of those that are open, whether they begin with a command
    for piece in pieces(text):
        if piece.brace == "{":
            groups.append(None)
        elif piece.brace and not groups:
            raise ValueError("a brace closes that none opens")
        elif piece.brace:
            groups.pop()
        else:
            groups = [piece.is_command if each is None else each for each in groups]
            letters += _spell(piece.text, len(groups), is_cased=all(groups) and piece.is_cased)
    if groups:
        raise ValueError("a brace is not closed")
    return tuple(letters)


def _spell(text: str, depth: int, *, is_cased: bool) -> Iterator[_Letter]:
    """Yield letters; the braces of a command that is not known hold its words together."""
    for sign in text:
        depth -= sign == "}"
        yield _Letter(sign, depth, is_cased)
        depth += sign == "{"


def _read_extended(letters: _Letters) -> Author:
    """Return a person of a name as biblatex writes it, ``family=..., given=...``."""
    outside = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), _outside(letters))
    found: dict[str, str] = {}
    for each in _split(letters, _COMMA, outside):
        part = _PART.fullmatch(_text(each))
        if part is None:
            raise ValueError(f"{_text(each)!r:.60} is no part of an extended name")
        found[part[1].lower()] = part[2]
    family = names.with_particle(found.get("prefix", ""), found.get("family", ""))
    return names.person(family, found.get("given", ""), found.get("suffix", ""))


def _read_parts(letters: _Letters) -> Author:
    parts = list(_split(letters, _COMMA))
    if len(parts) > _MOST_PARTS:
        raise ValueError(f"{_text(letters)!r:.60} has more than two commas")
    if len(parts) > 1:
        return names.of_parts(map(_text, parts), is_suffix_last=False)
    if names.is_one(_outside(letters)):
        return names.whole(_text(letters))
    words = [word for word in _split(letters, _BLANKS) if word]
    texts = [_text(word) for word in words]
    suffix = texts.pop() if len(words) > 2 and texts[-1] in _SUFFIXES else ""  # noqa: PLR2004
    start = _start_of_family(words[: len(texts)])
    return names.person(" ".join(texts[start:]), " ".join(texts[:start]), suffix)


def _start_of_family(words: list[_Letters]) -> int:
    """Return at which word the family name begins: the first in small letters, or the last."""
    last = max(len(words) - 1, 0)
    small = (at for at, word in enumerate(words[:last]) if _is_small(word))
    return next(small, last) if len(words) > 2 else last  # noqa: PLR2004


def _is_small(word: _Letters) -> bool:
    letters = (each.sign for each in word if each.is_cased and each.sign.isalpha())
    return next(letters, "").islower()


def _split(letters: _Letters, sign: re.Pattern[str], outside: str = "") -> Iterator[_Letters]:
    """Yield what stands between signs outside of braces."""
    start = 0
    for match in sign.finditer(outside or _outside(letters)):
        yield letters[start : match.start()]
        start = match.end()
    yield letters[start:]


def _outside(letters: _Letters) -> str:
    """Return the text with another letter for each that is in braces."""
    return "".join("x" if each.depth else each.sign for each in letters)


def _strip(letters: _Letters) -> _Letters:
    text = _text(letters)
    start = len(text) - len(text.lstrip())
    return letters[start : start + len(text.strip())]


def _text(letters: _Letters) -> str:
    return "".join(each.sign for each in letters)
