"""Splitting scientific prose into sentences, with marks and abbreviations kept whole."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from citehub.texts.blocks import BREAK, EQUATION, MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citehub.texts.blocks import Mark

_STOP: Final = re.compile(
    rf"(?P<stop>[.!?…]+)(?P<closers>[\"'”’»“)\]}}*]*)(?=\s|$|{MARK}|[\[(]{MARK})"
    rf"|(?P<break>{BREAK})|{EQUATION}(?=\s*[^\W\d_])"
)
_MARKS: Final = rf"{MARK}(?:[\s,;–—-]*{MARK})*"
_IN_BRACKETS: Final = rf"[^()\[\]{MARK}{BREAK}]"
_RUN: Final = re.compile(  # in brackets: "(see Lin 2007, p. 3)"
    rf"\s?(?:{_MARKS}|[\[(]{_IN_BRACKETS}{{0,12}}{_MARKS}(?:[,:;]{_IN_BRACKETS}{{0,40}}|\.)?\s*[\])])"
    r"(?=\s|$|[.,;])"
)
_BEFORE: Final = re.compile(r"[^\s(\[“\"'‘„«/]+$")
_BRACKETS: Final = re.compile(rf"[()\[\]]|{BREAK}")
_WORD: Final = re.compile(r"[\W_]*([^\W\d_]+)")
_NUMBERING: Final = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]?")
_LISTED: Final = re.compile(r"\(?(?:[ivx]{1,4}|[a-h])\)\s")
_ASIDE: Final = re.compile(r"[(\[][a-zß-ÿ]+[\s,.]")  # "(see there"
_INITIALS: Final = re.compile(r"(?!I$)[^\W\d_](?:\.-?[A-Z])*")
_BRACKETED_LETTERS: Final = 800
_NEVER: Final = frozenset(
    "e.g i.e eg ie cf fig figs eq eqs eqn eqns sec secs sect ref refs tab tabs vs viz resp approx "
    "ca circa vol vols pp ed eds dr prof mr mrs ms mt dept univ assoc proc conf trans intl "
    "thm lem prop def cor ex ch chs chap app appx alg incl excl w.r.t wrt s.t ver vers "
    "a.k.a aka i.i.d viz var subsp ssp cv "
    "vgl bzw bspw z.b d.h u.a u.ä o.ä abb kap nr sog evtl ggf inkl insb hrsg zit usf bd "
    "i.d.r z.t u.u v.a ebd "
    "p.ej ej sra dra núm pág págs".split()
)
"""Abbreviations that never end a sentence."""

_SELDOM: Final = frozenset(
    "al etc inc ltd co corp u.s u.k u.n e.u u.s.a ph.d m.sc b.sc jr sr sp spp nov a.m p.m f ff "
    "usw s v dres et abs art avg bes cap est gen int max min st".split()
)
"""Abbreviations that end a sentence only before a word that often begins one."""

_LAST: Final = frozenset({"etc", "usw"})
_UNITS: Final = frozenset("h hr hrs min s sec d g kg mg l ml m cm mm nm".split())

_BEFORE_NUMBERS: Final = frozenset({"no", "nos", "p"})
_STARTERS: Final = frozenset(
    "The This These Those That It Its We Our Ours In On At For From To By With Without Within "
    "As However Moreover Furthermore Additionally Also Although Though While When Where "
    "Whereas Since Because If Thus Therefore Hence Here There They Their Them He She His Her "
    "A An All Any Both Each Every Some Many Most Several Such Then Next Finally First Second "
    "Third Firstly Secondly Similarly Specifically Note Recently Unlike Given Using Based "
    "Despite Following After Before During Between Among Under Over Another Other Others One "
    "Two Three What Which Who How Why Let Not Nevertheless Nonetheless Instead Indeed "
    "Conversely Overall Consequently Subsequently Previously Currently Interestingly "
    "Importantly Notably Figure Table Section Recent Prior Further More Only Even Yet But And "
    "So Of Results Briefly Data Together Like Later Taken Der Die Das Den Dem Des Ein Eine "
    "Einen Es Sie Er Wir Im Zu Zum Zur Bei Auch Dabei Diese Dieser Dieses Für Mit Nach Von "
    "Vor Als Wenn Da Daher Damit Hier Doch Aber Ob Man Hierzu El La Los Las Un Una En Por "
    "Para Os O No Na Esta Este Entre Se".split()
)


def split_sentences(text: str, marks: Sequence[Mark] = ()) -> list[tuple[int, int]]:
    """Return the start and end of the sentences of a block.

    Parameters
    ----------
    text : str
        The text, with single blanks and a character for each mark.
    marks : sequence of Mark
        The marks, in order.

    Returns
    -------
    list of tuple of int
        Begin and end of each.

    Examples
    --------
    >>> text = "See Fig. 2 of Lin et al. (2007). It holds, e.g. for A. thaliana."
    >>> [text[begin:end] for begin, end in split_sentences(text)]
    ['See Fig. 2 of Lin et al. (2007).', 'It holds, e.g. for A. thaliana.']
    """
    pairs = _pairs(text)
    at_pair = 0
    places = [each.start() for each in re.finditer(MARK, text)] if marks else []
    spans: list[tuple[int, int]] = []
    begin = 0
    for found in _STOP.finditer(text):
        place = found.start()
        if place < begin:
            continue
        while at_pair < len(pairs) and pairs[at_pair][1] < place:
            at_pair += 1
        around = pairs[at_pair] if at_pair < len(pairs) and pairs[at_pair][0] < place else None
        if found["break"]:
            _put(spans, text, begin, place)
            begin = found.end()
            continue
        if found["stop"] is None:  # an equation
            word = _WORD.match(text, found.end())
            end = found.end() if word and word[1] in _STARTERS and not around else None
        else:
            run = _RUN.match(text, found.end())
            first = bisect_left(places, run.start()) if run else len(marks)
            mark = marks[first] if first < len(marks) else None
            end = _end_at(text, begin, found, around, (run, mark))
        if end is not None:
            _put(spans, text, begin, end)
            begin = end
    _put(spans, text, begin, len(text))
    return spans


def _end_at(
    text: str,
    begin: int,
    found: re.Match[str],
    around: tuple[int, int] | None,
    behind: tuple[re.Match[str] | None, Mark | None],
) -> int | None:
    """Return where a sentence ends after a stop; None if it goes on."""
    end = found.end()
    if around is not None and (
        around[1] >= end or text[begin : around[0]].strip(" \"'“‘„")
    ):  # within brackets, unless they hold the whole sentence
        return None
    run, mark = behind
    if run and _belongs_before(text, run, mark):
        end = run.end() + (text[run.end() : run.end() + 1] == ".")
    rest = text[end : end + 2]
    is_parted = not rest or rest[0].isspace() or rest[0] in (BREAK, MARK)
    if not is_parted and not (rest[0] in "[(" and rest[1:] == MARK):
        return None
    return end if _ends(text, begin, found, end) else None


def _pairs(text: str) -> list[tuple[int, int]]:
    """Return outermost pairs of brackets of moderate length, in order."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for found in _BRACKETS.finditer(text):
        sign = found[0]
        if sign == BREAK:
            opened.clear()
        elif sign in "([":
            opened.append(found.start())
        elif opened and (text[opened[-1]] == "(") == (sign == ")"):
            begin = opened.pop()
            if found.start() - begin <= _BRACKETED_LETTERS:
                while pairs and pairs[-1][0] > begin:
                    pairs.pop()
                pairs.append((begin, found.start()))
    return pairs


def _belongs_before(text: str, run: re.Match[str], mark: Mark | None) -> bool:
    """Tell whether marks after a full stop belong to the sentence before."""
    following = text[run.end() : run.end() + 2].lstrip()[:1]
    if (mark is not None and mark.is_raised) or following == ".":
        return True
    if mark is not None and mark.is_textual:
        return False
    return not following or not (following.islower() or following in ",;:")


def _ends(text: str, begin: int, found: re.Match[str], end: int) -> bool:
    following = text[end : end + 60].lstrip(f" *_{BREAK}")
    if not following:
        return True
    if not _may_begin(following):
        return False
    token = _BEFORE.search(text, max(begin, found.start() - 40), found.start())
    word = token[0].rstrip(".").lstrip("-–—$") if token else ""
    if found["stop"] != ".":
        return not (found["stop"] == "!" and any(sign.isupper() for sign in word[1:]))
    if found["closers"] or (token and _is_unit(text[begin : token.start()], word, following)):
        return True
    return not _NUMBERING.fullmatch(text[begin : found.start()].strip()) and not _is_cut(
        word, following
    )


def _may_begin(following: str) -> bool:
    """Tell whether a sentence may begin like this."""
    if following[0] in ",;:)]}–—=<>%/+&" or _ASIDE.match(following):
        return False
    if not following[0].islower() or _LISTED.match(following):
        return True
    word = _WORD.match(following)
    return word is not None and any(sign.isupper() for sign in word[1][1:4])  # as mRNA


def _is_unit(before: str, word: str, following: str) -> bool:
    """Tell whether a word is the unit of a number, as in "for 24 h"."""
    is_counted = before[-1:] == "/" or before.rstrip()[-1:].isdigit()
    return is_counted and word in _UNITS and following[0].isupper()


def _is_cut(word: str, following: str) -> bool:
    """Tell whether a word with a full stop is an abbreviation within a sentence."""
    lower = word.casefold().rpartition("-")[2]
    if lower in _NEVER:
        return True
    if word.casefold() in _BEFORE_NUMBERS:
        return following[0].isdigit()
    is_initial = _INITIALS.fullmatch(word) is not None
    if lower not in _SELDOM and not is_initial:
        return False
    next_word = _WORD.match(following)
    if MARK in following[:2] or next_word is None or (is_initial and following[1:2] == "."):
        return True
    is_last = lower in _LAST and next_word[1][0].isupper()
    return not is_last and next_word[1] not in _STARTERS


def _put(ends: list[tuple[int, int]], text: str, begin: int, end: int) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if end > begin:
        ends.append((begin, end))
