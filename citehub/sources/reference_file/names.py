"""Names of authors: in parts where the file states them, and as they are printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citehub.sources.records import Author
from citehub.sources.reference_file.entry import Authors

if TYPE_CHECKING:
    from collections.abc import Iterable

_OTHERS: Final = re.compile(r"\W*(?:(?:and\s+)?others|et\W+al)\W*|…|\.\.\.", re.IGNORECASE)
_OTHERS_BEHIND: Final = re.compile(r"[\s,;]+(?:et\W+al\.?|(?:and|&)\s+others)\s*$", re.IGNORECASE)
_SUFFIX: Final = re.compile(
    r"(?:[js]n?r|junior|senior|júnior|filho|neto|esq|[ivx]+|[1-9](?:st|nd|rd|th)|m\.? ?d|ph\.? ?d"
    r"|d\.? ?d\.? ?s|m\.? ?b\.? ?a|m\.? ?p\.? ?h|s\.? ?j|o\.? ?p)\.?",
    re.IGNORECASE,
)
_SURE_SUFFIX: Final = re.compile(r"[js]n?r\.?|i{2,3}|iv|esq\.?|ph\.? ?d\.?", re.IGNORECASE)
_AS_PRINTED: Final = re.compile(r"(?:[^\W\d_]\.[ -]?)+ ?[^\W\d_]{2,}.*")  # as J. Smith
_HAS_INITIAL: Final = re.compile(r"(?<!\w)[^\W\d_]{1,2}\.|(?<!\w)[^\W\d_](?!\w)")
_ENTITY: Final = re.compile(r"&(?:#[0-9]+|#x[0-9a-f]+|[a-z]+[0-9]*);", re.IGNORECASE)
_EAST_ASIAN: Final = re.compile(
    "[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_ELIDED: Final = re.compile("[a-z]['’]$")  # a particle behind a given name, as in Jean d'
_JOINING: Final = ("'", "’", "-")  # at the end of a particle, as in d'Alembert
_AND: Final = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)


def person(family: str, given: str = "", suffix: str = "") -> Author:
    """Return a person of the parts of a name.

    Raises
    ------
    ValueError
        All are empty, or one holds a semicolon, as lists of persons do.
    """
    family, given, suffix = (" ".join(part.split()) for part in (family, given, suffix))
    for part in (family, given, suffix):
        if ";" in mask_entities(part):
            raise ValueError(f"{part!r:.60} holds a semicolon, as names of several do")
    is_east_asian = _EAST_ASIAN.fullmatch(f"{family}{given}")
    blank = "" if is_east_asian or _ELIDED.search(given) else " "
    named = blank.join((family, given) if is_east_asian else (given, family))
    author = whole(f"{named} {suffix}")
    if not family:
        return author
    return author._replace(family=family, given=given or None, suffix=suffix or None)


def group(name: str) -> Author:
    """Return a name that is stated as a whole.

    Raises
    ------
    ValueError
        It is empty.
    """
    return whole(name)._replace(is_collective=True)


def whole(name: str) -> Author:
    """Return a name of which nothing else is stated.

    Raises
    ------
    ValueError
        It is empty.
    """
    name = " ".join(name.split())
    if not name:
        raise ValueError("a name is empty")
    return Author(name, None)


def with_particle(particle: str, family: str) -> str:
    """Return a family name with its particle, as ``van der Wal`` or ``d'Alembert``."""
    return f"{particle}{'' if particle.endswith(_JOINING) else ' '}{family}".strip()


def stands_for_others(name: str) -> bool:
    """Tell whether a name stands for those who are not named."""
    return bool(_OTHERS.fullmatch(name))


def end_of_named(text: str) -> int:
    """Return where what stands for others begins behind a name, else the end of the text."""
    found = _OTHERS_BEHIND.search(text)
    return found.start() if found else len(text)


def is_suffix(text: str) -> bool:
    """Tell whether a part of a name is a suffix, as ``Jr.``."""
    return bool(_SUFFIX.fullmatch(text))


def is_one(text: str) -> bool:
    """Tell whether words without a comma do not say which of them is the family name."""
    return bool(_EAST_ASIAN.match(text)) or " & " in text


def mask_entities(text: str) -> str:
    """Return a text as long without entities of HTML, whose semicolons part no names."""
    return _ENTITY.sub(lambda match: "x" * len(match[0]), text)


def of_parts(parts: Iterable[str], *, is_suffix_last: bool) -> Author:
    """Return a person of the two or three parts of a name with commas, the family name first.

    Raises
    ------
    ValueError
        There are more parts, or none of three is a suffix: they may be several persons.
    """
    family, *more = (" ".join(part.split()) for part in parts)
    if len(more) > 1 and not more[-1]:
        more.pop()
    if len(more) == 1 and " " in family and _SURE_SUFFIX.fullmatch(more[0]):
        return _with_suffix(family, more[0])
    if len(more) == 1:
        if _AS_PRINTED.fullmatch(family) and _AS_PRINTED.fullmatch(more[0]):
            raise ValueError(f"{f'{family}, {more[0]}'!r:.60} has two names as they are printed")
        return person(family, more[0])
    given, suffix = more if is_suffix_last else reversed(more)
    if not is_suffix(suffix) and is_suffix(given):
        given, suffix = suffix, given
    if suffix and not is_suffix(suffix):
        text = ", ".join((family, *more))
        raise ValueError(f"{text!r:.60} has two commas and no suffix, as names of several do")
    return person(family, given, suffix)


def _with_suffix(name: str, suffix: str) -> Author:
    """Return a person whose name stands as printed before a suffix, as ``Martin King, Jr.``."""
    if name[0].islower():  # the family name alone, with its particle
        return person(name, suffix=suffix)
    given, _, family = name.rpartition(" ")
    return person(family, given, suffix)


def read_names(text: str, *, has_commas: bool = False) -> Authors:
    """Return those whom a plain text names, each as ``Family, Given, Suffix`` or as printed.

    Semicolons part names; *and* does where each of them has a comma. Words without a comma are a
    whole, as the name of a group, where other names of the file have one
    and none of them is an initial.

    Raises
    ------
    ValueError
        What one of them is does not follow from its commas.
    """
    named: list[Author] = []
    are_all, start = True, 0
    for sign in re.finditer(";|$", mask_entities(text)):
        name, start = text[start : sign.start()].strip(), sign.end()
        if name and stands_for_others(name):
            are_all = False
        elif name or not text:
            end = end_of_named(name)
            are_all = are_all and end == len(name)
            is_whole = has_commas and ";" not in text and not _HAS_INITIAL.search(name)
            named += (_read_name(each, is_whole) for each in _split_and(name[:end]))
    return Authors(tuple(named), are_all)


def _split_and(name: str) -> list[str]:
    parts = _AND.split(name)
    return parts if all("," in part for part in parts) else [name]


def _read_name(name: str, is_whole: bool) -> Author:  # noqa: FBT001
    if name.startswith("{") and name.endswith("}"):  # as BibTeX has it
        return group(name[1:-1])
    parts = name.split(",")
    if len(parts) > 3:  # noqa: PLR2004
        raise ValueError(f"{name!r:.60} has more than two commas")
    if len(parts) > 1:
        return of_parts(parts, is_suffix_last=True)
    return group(name) if is_whole and " " in name else whole(name)
