"""RIS, as it is specified and as it is written by hand and by programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citehub.sources.records import Reject
from citehub.sources.reference_file.dates import parse_date
from citehub.sources.reference_file.entry import (
    Authors,
    Entry,
    Format,
    Value,
    find_address,
    join_lines,
)
from citehub.sources.reference_file.identifiers import parse_doi, parse_of, parse_stated
from citehub.sources.reference_file.names import read_names

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG: Final = re.compile(
    r"(?P<indent>\s*)(?P<tag>[A-Za-z][A-Za-z0-9])(?P<blanks>\s*)(?P<dash>[-\u2013\u2014])"
    r"(?:\s+(?P<value>.*)|(?P<near>\S.*)|)"
)
_TAGS: Final = frozenset(
    "TY ER A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DI DO "  # noqa: SIM905
    "DP ED EP ET ID IP IS J1 J2 JA JF JO KW L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NV OP PB PM PP "
    "PY RD RI RN RP SE SN SP ST SV T1 T2 T3 TA TI TT U1 U2 U3 U4 U5 UR VL VO Y1 Y2 YR".split()
)
_NEXT_TAG: Final = re.compile(rf"\s+(?=(?:{'|'.join(sorted(_TAGS))})\s{{1,2}}-(?:\s|$))")
_OTHERS: Final = (  # types that OpenAlex does not tell from each other
    "advs", "art", "bill", "blog", "case", "chart", "ctlg", "elec", "equa", "figure", "hear",
    "icomm", "legal", "map", "mpct", "multi", "music", "pamp", "pat", "pcomm", "slide", "sound",
    "stat", "unbill", "video", "web",
)  # fmt: skip
_STATING: Final = ("AN", "UR", "N1", "RN", "M3", "L2", "L3", "LK", "C2", "C7", "SP")
_PUBMED: Final = re.compile("pubmed|medline", re.IGNORECASE)
_BREAKS: Final = re.compile(r"\n|;\s*(?=https?://)")


def _split(path: str, text: str, rejects: list[Reject]) -> Iterator[Entry]:
    entries = list(_read_records(path, text, rejects))
    has_commas = any("," in value for each in entries for value, _ in _authors_of(each))
    for entry in entries:
        entry.has_commas = has_commas
        yield entry


def _read_records(path: str, text: str, rejects: list[Reject]) -> Iterator[Entry]:
    """Yield the records, each from its TY to its ER, the next TY or the end."""
    entry: Entry | None = None
    number, n_ended = 0, 0
    for tag, value, line in _read_tags(text):
        if tag == "TY":
            if entry:
                yield _ended(entry)
            number += 1
            entry = Entry(path, line, number, rejects)
        if entry is None:
            rejects.append(Reject(path, line, f"{join_lines(value) or tag!r:.60} is in no record"))
        elif tag == "ER":
            n_ended += 1
            yield _ended(entry)
            entry = None
        elif tag == "ID":
            entry.key = entry.key or join_lines(value)
        else:
            for each in _BREAKS.split(value) if tag == "UR" else [value]:
                entry.add(tag, each.strip(), line)
    if entry and n_ended:
        entry.reject(entry.line, f"{entry.label} has no ER, so the file may have been cut off")
    if entry:
        yield _ended(entry)


def _ended(entry: Entry) -> Entry:
    """Return a record, with what other tags say of two of its own.

    Several abstracts are parts of one. A conference paper may have its proceedings in C3.
    A book has its title in BT where it has none elsewhere; what stands beside an abstract in N2 is
    a note; PubMed numbers its records in AN; M3 may say that it is a preprint, which has no type.
    """
    if len(abstract := entry.values.get("AB", [])) > 1:
        parts = dict.fromkeys(value for value, _ in abstract)
        entry.values["AB"] = [abstract[0]._replace(value="\n".join(parts))]
    if entry.values["TY"][0].value.lower() in {"conf", "cpaper"} and "C3" in entry.values:
        entry.values.setdefault("BT", entry.values["C3"])
    for kind in entry.values.get("M3", ()):
        if kind.value.lower() == "preprint":
            entry.values["TY"] = [kind]
    if "AB" in entry.values:
        abstracts = {join_lines(value) for value, _ in entry.values["AB"]}
        for note in entry.values.pop("N2", ()):
            if join_lines(note.value) not in abstracts:
                entry.add("N1", *note)
    if not entry.values.keys() & {"TI", "T1"} and "BT" in entry.values:
        entry.values["TI"] = entry.values.pop("BT")
    databases = [value for tag in ("DB", "DP") for value, _ in entry.values.get(tag, ())]
    if any(_PUBMED.search(value) for value in databases):
        entry.values["PM"] = [
            each for each in entry.values.get("AN", ()) if each.value.isdecimal()
        ]
    return entry


def _read_tags(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield tag, value and line; a line without tag goes on with the value, or has none.

    Where the TY of a record is indented in another way, in small letters, with another dash or
    without a blank on a side of it, all its tags may be so.
    """
    tags: list[tuple[str, list[str], int]] = []
    first: re.Match[str] | None = None  # the TY of the record
    for line, content in _read_lines(text):
        match = _TAG.fullmatch(content)
        if match and (_is_tag(match) or _is_like(match, first)):
            tag, value = match["tag"].upper(), (match["value"] or match["near"] or "").strip()
            if tag == "TY":
                first = match
            tags.append((tag, [value], line))
        elif content.strip() == "ER" and tags:
            tags.append(("ER", [], line))
        elif content.strip() and tags and tags[-1][0] != "ER":
            tags[-1][1].append(content.strip())
        elif content.strip():
            tags.append(("", [content.strip()], line))
    return ((tag, "\n".join(filter(None, parts)), line) for tag, parts, line in tags)


def _read_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their numbers; of a record on one line each tag is one."""
    for line, content in enumerate(text.split("\n"), 1):
        is_record = content.lstrip().startswith("TY")
        yield from (
            (line, part) for part in (_NEXT_TAG.split(content) if is_record else [content])
        )


def _is_tag(match: re.Match[str]) -> bool:
    """Tell whether a line begins with a tag, and not with words of the value before it."""
    indent, tag, blanks = match["indent"], match["tag"], len(match["blanks"])
    if not tag.isupper() or match["dash"] != "-":
        return False
    if blanks == 2 and not indent:  # noqa: PLR2004
        return True
    return tag in _TAGS and not match["near"] and blanks >= (2 if indent else 1)


def _is_like(match: re.Match[str], first: re.Match[str] | None) -> bool:
    """Tell whether a line begins with a tag as the TY of its record does, or with such a TY."""
    if match["tag"].upper() == "TY" and (match["value"] or match["near"] or "").strip().isalnum():
        return first is None or not match["near"] or bool(first["near"])
    is_loose = first is not None and not _is_tag(first)
    return (
        is_loose
        and match["tag"].upper() in _TAGS
        and not (match["near"] and first and not first["near"])
    )


def _read_note(text: str) -> list[str]:
    return [join_lines(text)]


def _read_authors(entry: Entry) -> Authors:
    has_commas = entry.has_commas
    return entry.authors(
        "AU", _authors_of(entry), lambda text: read_names(join_lines(text), has_commas=has_commas)
    )


def _authors_of(entry: Entry) -> list[Value]:
    """Return the authors in the order of their lines, whichever of their two tags each has."""
    found = [*entry.values.get("AU", ()), *entry.values.get("A1", ())]
    return sorted((each for each in found if each.value), key=lambda each: each.line)


RIS: Final = Format(
    split=_split,
    text=join_lines,
    title=("TI", "T1", "CT", "ST"),
    dates=("PY", "Y1", "DA", "YR"),
    date=lambda text: parse_date(join_lines(text)),
    month=(),
    venue=("JF", "T2", "JO", "BT", "JA", "J2", "J1"),
    publisher=("PB",),
    abstract=("AB", "N2"),
    language=("LA",),
    authors=_read_authors,
    ids={
        "DO": lambda text: parse_doi(join_lines(text)),
        "DI": lambda text: parse_stated(join_lines(text)),
        "PM": lambda text: parse_of("pmid", join_lines(text)),
        **dict.fromkeys(_STATING, parse_stated),
    },
    pages=("UR", "LK"),
    address=find_address,
    notes={
        "KW": ("keyword", lambda text: [each.strip() for each in re.split("[;\n]", text)]),
        "N1": ("note", _read_note),
        "RN": ("annotation", _read_note),
    },
    of_arxiv=("VL", "IS", "SP", "M1"),
    type="TY",
    types={
        **dict.fromkeys(("jour", "ejour", "mgzn", "news", "inpr", "abst"), "article"),
        **dict.fromkeys(("cpaper", "conf"), "conference-paper"),
        **dict.fromkeys(("chap", "echap"), "book-chapter"),
        **dict.fromkeys(("book", "ebook", "edbook", "clswk", "ancient"), "book"),
        **dict.fromkeys(("encyc", "dict"), "reference-entry"),
        **dict.fromkeys(("rprt", "govdoc"), "report"),
        **dict.fromkeys(("data", "aggr", "dbase"), "dataset"),
        "thes": "dissertation",
        "preprint": "preprint",
        "comp": "software",
        "stand": "standard",
        "grant": "grant",
        **dict.fromkeys(_OTHERS, "other"),
    },
)
