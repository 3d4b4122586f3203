"""Entries of reference lists, and how to find that of a given work."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._identifiers import Identifier, parse_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_LETTERS: Final = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
})  # fmt: skip
_COMBINING: Final = re.compile("[\u0300-\u036f]")
_TOKEN: Final = re.compile(r"[^\W_]+")
_YEAR: Final = re.compile(r"(?<![\d.:/–-])(1[89]\d\d|20\d\d)(?![\d/:–-]|\.\d)")
_YEAR_IN_BRACKETS: Final = re.compile(r"[(\[](1[89]\d\d|20\d\d)(?:[a-z]|-\d\d)?[)\],]")
_ADDRESS: Final = re.compile(r"https?://\S+")
_DOI: Final = re.compile(r"\b10\.\d{4,9}(?:\.\d+)*/[^\s\"<>{}|\\^`«»“”]+", re.IGNORECASE)
_ARXIV: Final = re.compile(
    r"(?:arxiv[\s:.]*(?:preprint)?[\s:]*(?:abs/|e-prints?[\s:]*)?|arxiv\.org/(?:abs|pdf|html|format)/|"
    r"(?:eprint|CoRR)[\s,:]+(?:abs/)?)"
    r"((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}))(?:v\d+)?(?!\d)",
    re.IGNORECASE,
)
_PMID: Final = re.compile(r"\bPMID[\s:]*(\d{4,9})\b|pubmed/(\d{4,9})\b", re.IGNORECASE)
_PREPRINTS: Final = re.compile(
    r"10\.(?:1101|21203|26434|31234|31219|20944|2139|48550|5281|6084|7287|22541|36227|31235)/"
)
_ARTICLES: Final = ("a", "an", "the", "on", "der", "die", "das")
_STRONG: Final = re.compile(r"[.,;?!\"'“”„«»‘’()\[\]\n/|]")
_WEAK: Final = re.compile(r"[:–—-]")
_SUBTITLE: Final = re.compile(r"[:.?!;–—(,]|\s-\s")
_AMBIGUOUS: Final = (
    "The title fits {} different works of the reference list: {}. "
    "Name the work by an identifier, its authors or its year."
)
_QUOTE: Final = re.compile(r"[\n\"“”„«|]")
_QUOTE_END: Final = re.compile(r"[.,?!]?[\n\"”“»|]|[.?!]")
_BEFORE: Final = re.compile(r"\W*$")
_SOURCE: Final = re.compile(r",\s*(?:(?:1[89]|20)\d\d\b|in\b|arxiv|proc|j\.|phys|\()")
_AFTER: Final = re.compile(r"\W*")
_ARTICLE: Final = re.compile(rf"[.,;?!\"“”„'‘’(\n:]\s*(?:{'|'.join(_ARTICLES)})\W+$")
_LEAST_WORDS: Final = 4  # of a title without its subtitle
_LEAST_LETTERS: Final = 6  # of a word that may have a slip
_ALIKE: Final = 0.75
_SHORT_NAME: Final = 2


@dataclass(slots=True)
class Entry:
    """An entry of a reference list: its marked fields, or else only its text."""

    key: str
    title: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    year: str = ""
    ids: frozenset[Identifier] = frozenset()
    label: str = ""
    titles: tuple[str, ...] = field(default=())
    """Further titles, as with a subtitle."""


class Matched(NamedTuple):
    """Entries for a work."""

    keys: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def fold(text: str) -> str:
    """Return words for comparing: lower-case letters without accents, and digits.

    Examples
    --------
    >>> fold("Łódź–Kraków: A Naïve Pre-Training")
    'lodz krakow a naive pre training'
    """
    return " ".join(_words(text))


def _words(text: str) -> list[str]:
    text = _COMBINING.sub("", unicodedata.normalize("NFKD", text)).casefold()
    return _TOKEN.findall(text.translate(_LETTERS))


def find_ids(*texts: str) -> frozenset[Identifier]:
    """Return the DOIs, arXiv ids and PMIDs in texts."""
    found: set[Identifier] = set()
    for text in texts:
        if not text:
            continue
        if "10." in text:
            found.update(_dois(text))
        lower = text.lower()
        if "arxiv" in lower or "corr" in lower or "eprint" in lower:
            for each in _ARXIV.finditer(text):
                parsed = parse_identifier(f"arxiv:{each[1]}")
                if parsed:
                    found.add(parsed)
        if "pm" in lower or "pubmed" in lower:
            for each in _PMID.finditer(text):
                found.add(Identifier("pmid", (each[1] or each[2]).lstrip("0")))
    return frozenset(found)


def _dois(text: str) -> Iterable[Identifier]:
    for each in _DOI.finditer(text):
        doi = each[0].rstrip(".,;:'’*_")
        while doi and doi[-1] in ")]" and doi.count(doi[-1]) > doi.count("(["[doi[-1] == "]"]):
            doi = doi[:-1].rstrip(".,;")
        parsed = parse_identifier(f"doi:{doi.partition('](')[0]}")
        if parsed:
            yield parsed


def match_work(  # noqa: PLR0913
    entries: Sequence[Entry],
    *,
    title: str | None,
    ids: Collection[Identifier],
    authors: Sequence[str] = (),
    year: int | None = None,
    keys: Collection[str] = (),
) -> Matched:
    """Return the entries for a work: by identifier, then by title.

    An entry with an identifier of another work does not count, whatever its title. If several
    entries have the title, all count if they share authors; else the title is ambiguous.
    """
    notes: list[str] = []
    by_id = [each for each in entries if each.ids & set(ids) or each.key in keys]
    n_bare = sum(not each.ids for each in entries)
    if not by_id and ids and not title and n_bare:
        notes.append(
            f"No entry has the identifier, but {n_bare:,} of {len(entries):,} have none at all: "
            "give the title, too."
        )
    fitting: list[Entry] = []
    if title:
        fitting = _by_title(entries, title, ids, notes)
    chosen = by_id + [each for each in fitting if each not in by_id]
    if by_id:
        chosen = by_id + [
            each
            for each in fitting
            if each not in by_id and any(_same_work(each, one, title or "") for one in by_id)
        ]
    elif len({each.key for each in chosen}) > 1 or authors or year:
        chosen = _by_people(chosen, title or "", authors, year, notes)
        groups = _works(chosen, title or "")
        if len(groups) > 1:
            named = _unique(each.key for each in chosen)
            listed = "; ".join(_describe(each) for each in chosen[:5])
            return Matched(
                (),
                named,
                (_AMBIGUOUS.format(len(groups), listed),),
            )
    return Matched(_unique(each.key for each in chosen), (), tuple(notes))


def _unique(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))


def _describe(entry: Entry) -> str:
    text = entry.title or entry.text
    who = f"{entry.authors[0]} " if entry.authors else ""
    return f"{entry.key} ({who}{entry.year or 'without year'}: {text[:80].strip()})"


def _by_title(
    entries: Sequence[Entry], title: str, ids: Collection[Identifier], notes: list[str]
) -> list[Entry]:
    wanted = _words(title)
    if not wanted:
        return []
    compact = "".join(wanted)
    exact: list[Entry] = []
    near: list[Entry] = []
    for each in entries:
        quality = _title_quality(each, title, wanted, compact)
        if quality is None:
            continue
        if _contradicts(each.ids, ids):
            if quality:
                notes.append(
                    f"The entry {each.key} has the title, but the identifier of another work: "
                    f"{', '.join(sorted(one.curie for one in each.ids))}. It was not taken."
                )
            continue
        (exact if quality else near).append(each)
    if not exact and near:
        notes.append(
            f"No entry has exactly the title; the nearest was taken: "
            f"{'; '.join(_describe(each) for each in near[:5])}."
        )
    return exact or near


def _title_quality(entry: Entry, title: str, wanted: Sequence[str], compact: str) -> bool | None:
    """Return True for an entry with the title, False for a similar one, else None."""
    titles = [each for each in (entry.title, *entry.titles) if each]
    qualities = {_compare(each, title) for each in titles}
    if not titles and entry.text:
        qualities.add(_within(entry.text, wanted, compact))
    if True in qualities:
        return True
    return False if False in qualities else None


def _compare(title: str, wanted: str) -> bool | None:
    ours, theirs = _words(title), _words(wanted)
    one, other = "".join(ours), "".join(theirs)
    if one == other:
        return True
    if not one or min(len(one), len(other)) * 3 < max(len(one), len(other)):
        return None
    if _without_article(ours) == _without_article(theirs) or _slip(ours, theirs):
        return False
    longer, shorter = (title, theirs) if len(one) > len(other) else (wanted, ours)
    return False if _begins(longer, shorter) else None


def _without_article(words: Sequence[str]) -> list[str]:
    return list(words[1:] if words and words[0] in _ARTICLES else words)


def _begins(longer: str, words: Sequence[str]) -> bool:
    """Tell whether one title, of enough words, is the other without a subtitle."""
    if len(words) < _LEAST_WORDS:
        return False
    joined = "".join(words)
    for found in _SUBTITLE.finditer(longer):
        if found[0] == "," and len(words) < 2 * _LEAST_WORDS:
            continue
        if "".join(_words(longer[: found.start()])) == joined:
            return True
    return False


def _slip(words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tell whether two titles differ only by slips in one or two long words."""
    if len(words) != len(wanted):
        return False
    others = [pair for pair in zip(words, wanted, strict=True) if pair[0] != pair[1]]
    if len(others) > max(1, len(words) // 8) or len(words) < _LEAST_WORDS:
        return False
    return all(
        min(len(one), len(other)) >= _LEAST_LETTERS
        and not any(sign.isdigit() for sign in one + other)
        and SequenceMatcher(None, one, other).ratio() > _ALIKE
        and one[:2] == other[:2]
        for one, other in others
    )


def _within(text: str, wanted: Sequence[str], compact: str) -> bool | None:
    """Look for a title in the text of an entry, between characters that enclose one."""
    folded = _COMBINING.sub("", unicodedata.normalize("NFKD", text)).casefold()
    folded = folded.translate(_LETTERS)
    tokens = list(_TOKEN.finditer(folded))
    joined = "".join(each[0] for each in tokens)
    starts, ends, place = {}, {}, 0
    for each in tokens:
        starts[place] = each.start()
        place += len(each[0])
        ends[place] = each.end()
    bare = "".join(_without_article(wanted))
    found: bool | None = None
    for sought in dict.fromkeys((compact, bare)):
        at = joined.find(sought)
        while at >= 0:
            begin, end = starts.get(at), ends.get(at + len(sought))
            if begin is not None and end is not None:
                quality = _bounds(folded, begin, end, n_words=len(wanted))
                if quality and sought == compact:
                    return True
                if quality is not None and len(wanted) >= _LEAST_WORDS:
                    found = False
            at = joined.find(sought, at + 1)
    if found is None and _slip_within(folded, tokens, wanted):
        return False
    return found


def _bounds(text: str, begin: int, end: int, *, n_words: int = _LEAST_WORDS) -> bool | None:
    """Return True if a title is enclosed, False if it is part of a longer one."""
    left = _BEFORE.search(text[max(0, begin - 40) : begin])
    right = _AFTER.match(text[end : end + 40])
    before, after = (left[0] if left else ""), (right[0] if right else "")
    if n_words == 1:  # it may be a name, too
        return True if _QUOTE.search(before) and _QUOTE_END.match(after) else None
    quality = True
    if begin - len(before) > 0 and not (_STRONG.search(before) or ":" in before):
        word = _ARTICLE.search(text[max(0, begin - 40) : begin])
        if word is None:
            return None
        quality = False
    if n_words < _LEAST_WORDS and after.strip() == "," and not _SOURCE.match(text, end):
        return None  # it may go on
    if end + len(after) >= len(text) or _STRONG.search(after):
        return quality
    return False if _WEAK.search(after) and " " in after else None


def _slip_within(folded: str, tokens: Sequence[re.Match[str]], wanted: Sequence[str]) -> bool:
    words = [each[0] for each in tokens]
    for at in range(len(words) - len(wanted) + 1):
        if words[at][:2] == wanted[0][:2] and _slip(words[at : at + len(wanted)], wanted):
            last = tokens[at + len(wanted) - 1]
            if _bounds(folded, tokens[at].start(), last.end()):
                return True
    return False


def _contradicts(found: Collection[Identifier], wanted: Collection[Identifier]) -> bool:
    """Tell whether an entry has an identifier of another work."""
    for scheme in ("doi", "arxiv", "pmid"):
        theirs = {each.value for each in found if each.scheme == scheme}
        ours = {each.value for each in wanted if each.scheme == scheme}
        if scheme == "doi":
            theirs = {each for each in theirs if not _PREPRINTS.match(each)}
            ours = {each for each in ours if not _PREPRINTS.match(each)}
        if theirs and ours and not theirs & ours:
            if any(
                one.startswith(other) or other.startswith(one) for one in theirs for other in ours
            ):
                continue  # cut off, or with a sign too many
            return True
    return False


def _people(entry: Entry, title: str) -> set[str]:
    """Return words of the authors' names: of the fields, or of the text before the title."""
    if entry.authors:
        return {word for each in entry.authors for word in _words(each) if len(word) > _SHORT_NAME}
    if entry.title and not entry.text:
        return set()
    words = _words(title)[:3]
    before = fold(entry.text)
    at = before.find(" ".join(words)) if words else -1
    if at <= 0:
        return set()
    return {
        word
        for word in before[:at].split()
        if len(word) > _SHORT_NAME and not word.isdigit() and word not in {"and", "und", "others"}
    }


def _same_work(one: Entry, other: Entry, title: str) -> bool:
    """Tell whether two entries of one title may be one work, as a preprint and an article."""
    ours, theirs = _people(one, title), _people(other, title)
    return not ours or not theirs or bool(ours & theirs)


def _by_people(
    chosen: list[Entry],
    title: str,
    authors: Sequence[str],
    year: int | None,
    notes: list[str],
) -> list[Entry]:
    """Keep entries that fit the authors and the year, if known."""
    names = {word for each in authors for word in _words(each)[-1:]}
    if names:
        fitting = [
            each for each in chosen if not (people := _people(each, title)) or people & names
        ]
        if chosen and not fitting:
            notes.append(
                "An entry with the title has other authors, and was not taken: "
                f"{'; '.join(_describe(each) for each in chosen[:5])}."
            )
        chosen = fitting
    if year is not None and len(_works(chosen, title)) > 1:
        fitting = [each for each in chosen if each.year[:4] == str(year)]
        chosen = fitting or chosen
    return chosen


def _works(entries: Sequence[Entry], title: str) -> list[list[Entry]]:
    groups: list[list[Entry]] = []
    for each in entries:
        for group in groups:
            if all(_same_work(each, one, title) for one in group):
                group.append(each)
                break
        else:
            groups.append([each])
    return groups


def year_of(text: str) -> str:
    """Return the year of an entry: one in brackets, else the last.

    Examples
    --------
    >>> year_of("Oak, A. The 1999 storm. arXiv:2001.00001, 2020."), year_of("In press")
    ('2020', '')
    """
    found = _YEAR_IN_BRACKETS.search(text)
    if found:
        return found[1]
    years = _YEAR.findall(_ADDRESS.sub("", text))
    return years[-1] if years else ""


class Index:
    """Finds entries by the number, or the author and year, in a mark."""

    _AUTHOR_YEAR: Final = re.compile(
        r"([^\W\d_][\w'’.-]*(?:[ -][^\W\d_][\w'’-]*){0,2}?)"
        r"(?:\s*,?\s*(?:(?:et\.?\s*al\.?|and others|and colleagues)"
        r"|(?:&|and|und|y|e)\s+[^\d;()]{2,60}?))?"
        r"[\s,.(\[]{1,4}((?:1[89]|20)\d\d)\s*([a-z](?:\s*[,&]\s*[a-z]\b)*)?"
        r"((?:\s*[,&]\s*(?:1[89]|20)\d\d\b)*)"
    )

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.keys = list(dict.fromkeys(each.key for each in entries))
        self.places = {key: place for place, key in enumerate(self.keys)}
        self.by_number: dict[int, str] = {}
        for each in entries:
            label = each.label.strip("[]().: \u2191")
            if label.isdecimal():
                self.by_number.setdefault(int(label), each.key)
        if not self.by_number:
            self.by_number = {place + 1: key for key, place in self.places.items()}
        self.by_author: dict[tuple[str, str], list[str]] = {}
        for each in entries:
            if each.authors and each.year:
                who = fold(each.authors[0])
                for name in {who, who.rpartition(" ")[2]}:  # "van der Berg", and "Berg"
                    some = self.by_author.setdefault((name, each.year[:4]), [])
                    if each.key not in some:
                        some.append(each.key)

    def between(self, first: str, last: str, most: int = 80) -> tuple[str, ...]:
        """Return the keys between two others."""
        begin, end = self.places.get(first, -1), self.places.get(last, -1)
        return tuple(self.keys[begin + 1 : end]) if 0 <= begin < end <= begin + most else ()

    def numbers(self, text: str) -> tuple[str, ...]:
        """Return the keys of printed numbers and ranges, as ``3,5-7``."""
        found: list[str] = []
        for each in re.finditer(r"(\d{1,4})(?:\s*[-‐‑–—−]\s*(\d{1,4}))?", text):
            first, last = int(each[1]), int(each[2] or each[1])
            if last - first > 80:  # noqa: PLR2004
                continue
            found += [
                self.by_number[one] for one in range(first, last + 1) if one in self.by_number
            ]
        return tuple(dict.fromkeys(found))

    def author_year(self, text: str) -> tuple[str, ...]:
        """Return the keys of printed authors and years, if each names one entry."""
        found: list[str] = []
        for each in self._AUTHOR_YEAR.finditer(text):
            words = fold(each[1]).split()
            for begin in range(len(words)):  # "see Lin", "e.g. van der Berg"
                keys = self.by_author.get((" ".join(words[begin:]), each[2]))
                if not keys:
                    continue
                letters = re.findall("[a-z]", each[3] or "")
                if letters and len(keys) > 1:
                    found += [
                        keys[place] for one in letters if (place := ord(one) - 97) < len(keys)
                    ]
                elif len(keys) == 1:
                    found += keys
                for year in re.findall(r"\d{4}", each[4]):  # "Lin 2007, 2009"
                    more = self.by_author.get((" ".join(words[begin:]), year), [])
                    found += more if len(more) == 1 else []
                break
        return tuple(dict.fromkeys(found))
