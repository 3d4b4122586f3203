"""The licence that a text states: an open one only if nothing speaks against it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from citehub._licences import is_open_licence

if TYPE_CHECKING:
    from collections.abc import Iterable

_RESTRICTS: Final = re.compile(
    r"""
    com+er[czs]i\w* | komm?erzi\w* | коммерч | 非商[业業] | 非営利 | 禁止
    | \bby\W*n[cd]\b | \bnc\b | \bnd\b
    | no\W*deriv\w* | \bderivative\w*\s+(?:works?\s+)?(?:is|are)\s+not | sem\s+deriv\w*
    | sin\s+(?:obras?\s+)?deriv\w* | pas\s+de\s+modif\w* | keine\s+bearbeitung\w*
    | without\s+(?:modif|alter|chang)\w* | unaltered | unmodified | unchanged
    | not\s+(?:be\s+)?(?:alter|modif|transform|chang|reus|re-us|reproduc|redistribut)\w*
    | (?<!some\s)\brights\s+reserved | derechos\s+reservados | direitos\s+reservados
    | droits\s+r\S+serv\S+ | rechte\s+vorbehalten
    | \bexcept\w* | \bexclud\w* | apart\s+from | other\s+than | \balone\b | \bonly\b
    | \b(?:figure|fig|figs|table|box|scheme|section|appendix|chapter|supplement|photo)\w*\b
    | \b(?:source\s+)?code\b | \bsoftware\b | \bdatasets?\b | meta-?data | \babstract\b
    | \bmining\b | \btdm\b | \bpersonal\b | \bprivate\b | \bresearch\s+(?:re-?)?use\b
    | \buntil\b | \btill\b | \bafter\b | \bfrom\s+\d | \bas\s+of\b | \bmonths?\b | \bduration\b
    | \beffective\b | embargo\w* | \bexpir\w* | \bformer\w* | \bprevious\w* | \bno\s+longer\b
    | \bwithdrawn\b | \brevoked\b | non-?\s?exclusive
    | \bnot\s+(?:under|licen[sc]ed|open|available|distributed|published|cc|creative|an?|the)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EVEN: Final = re.compile(r"\b(?:even|including)\s+(?:for\s+)?commercial\w*", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://(?:www\.)?creativecommons\.org/[\w./-]*", re.IGNORECASE)
_PARTS: Final = re.compile(r"(zero|by(?:-sa)?)(?:[/-](\d\.\d))?(?:[/-](igo|[a-z]{2})(?![a-z]))?")
_ZERO: Final = re.compile(r"\bcc\W?(?:0|zero)|public\W*domain|\bcommons\s+zero", re.IGNORECASE)
_ALIKE: Final = re.compile(r"share\W*alike|\bby\W?sa\b", re.IGNORECASE)
_BY: Final = re.compile(r"\battribution\b|\bcc\W?by\b|licenses/by\b", re.IGNORECASE)
_VERSION: Final = re.compile(r"(?<![\d.])[1-4]\.[05](?![\d])")
_HIDDEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_UNCLEAR: Final = "unclear: "


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a text on its licence.

    Attributes
    ----------
    addresses : tuple of str
        Addresses of the terms.
    words : str
        What it says.
    links : tuple of str
        Links in its words to Creative Commons.
    beside : str
        Text next to it that may restrict it, as a line of copyright.
    is_clear : bool
        Whether it alone can open the text; else it must agree with one that can.
    is_label : bool
        Whether its words name a licence, which needs no address.
    """

    addresses: tuple[str, ...] = ()
    words: str = ""
    links: tuple[str, ...] = ()
    beside: str = ""
    is_clear: bool = True
    is_label: bool = False


def licence_of(statements: Iterable[Statement]) -> str | None:
    """Return the licence on which all statements agree, else a closed one, or none.

    Parameters
    ----------
    statements : iterable of Statement
        All statements of a text on its own licence.

    Examples
    --------
    >>> by = "https://creativecommons.org/licenses/by/4.0/"
    >>> licence_of([Statement((by,))])
    'https://creativecommons.org/licenses/by/4.0/'
    >>> licence_of([Statement((by,), "All rights reserved until 2030.")])
    'All rights reserved until 2030.'
    """
    firm: list[str] = []
    vague: list[str] = []
    closed: list[str] = []
    is_doubtful = False
    for each in statements:
        licence = _settled(each)
        if is_open_licence(licence):
            (firm if each.is_clear else vague).append(licence)
        elif licence:
            closed.append(licence)
        else:
            is_doubtful = is_doubtful or not each.is_clear
    if closed:
        return max(closed, key=_closeness)
    stated = firm + vague
    if is_doubtful or not stated:
        return None
    if not firm or len({_terms(each) for each in stated}) > 1:
        return _veiled(" and ".join(dict.fromkeys(stated)))
    return firm[0]


def _closeness(licence: str) -> tuple[bool, int]:
    is_address = licence.startswith("http")
    return is_address, len(re.findall(r"\bn[cd]\b", licence)) if is_address else 0


def _settled(statement: Statement) -> str:
    """Return the licence of one statement: an open one only if its words agree."""
    links = (
        *statement.links,
        *(each[0].rstrip(".") for each in _ADDRESS.finditer(statement.words)),
    )
    for each in (*statement.addresses, *links):
        if not is_open_licence(each):
            return each
    if _is_agreed(statement, links):
        return (statement.addresses or links or (statement.words,))[0]
    return _veiled(statement.words or " and ".join(dict.fromkeys((*statement.addresses, *links))))


def _is_agreed(statement: Statement, links: tuple[str, ...]) -> bool:
    """Tell whether addresses, links and words mean one open licence of the whole text."""
    words = _HIDDEN.sub("", f"{statement.words} {statement.beside}")
    if _RESTRICTS.search(_EVEN.sub("", words)):
        return False
    if not statement.addresses and not links:
        return statement.is_label and is_open_licence(statement.words)
    terms = {_terms(each) for each in statement.addresses or links}
    if len(terms) > 1:
        return False
    kind, version, _ = own = terms.pop()
    named = _kinds(words)
    if statement.addresses:  # words may waive rights on the data besides
        is_same = all(each == own or each[0] == "zero" for each in map(_terms, links))
        is_named = not named or kind in named
        named -= {kind, "zero"}
    else:
        is_same = not (kind == "zero" and re.search(r"\bdata\b", words, re.IGNORECASE))
        is_named = True
        named -= {kind}
    versions = _VERSION.findall(statement.words)
    return is_same and is_named and not named and (not versions or version in versions)


def _terms(licence: str) -> tuple[str, str, str]:
    """Return kind, version and country of an open licence."""
    found = _PARTS.search(licence.lower().replace(" ", "-").replace("cc0", "zero"))
    return (found[1], found[2] or "", found[3] or "") if found else ("", "", licence)


def _kinds(words: str) -> set[str]:
    """Return the open licences that words name."""
    kinds = {"zero"} if _ZERO.search(words) else set()
    if _ALIKE.search(words):
        kinds.add("by-sa")
    elif _BY.search(words):
        kinds.add("by")
    return kinds


def _veiled(words: str) -> str:
    """Return words that never count as the name of an open licence."""
    return f"{_UNCLEAR}{words}" if is_open_licence(words) else words
