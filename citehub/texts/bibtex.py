"""Reference lists of LaTeX: ``.bib``, and the ``.bbl`` that BibTeX and biber write."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from citehub._identifiers import Identifier, parse_identifier
from citehub.texts.bibliography import Entry, find_ids, year_of
from citehub.texts.tex import detex

if TYPE_CHECKING:
    from collections.abc import Iterator

_START: Final = re.compile(r"@\s*([A-Za-z]+)\s*([{(])\s*")
_KEY: Final = re.compile(r"([^\s,{}()=\"]+)\s*,")
_FIELD: Final = re.compile(r"\s*,?\s*([A-Za-z][\w.:+-]*)\s*=\s*")
_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE: Final = re.compile(r"\\.|[{}\"]", re.DOTALL)
_BARE: Final = re.compile(r"[^\s,{}()#\"]+")
_STATING: Final = (
    "url",
    "howpublished",
    "note",
    "journal",
    "journaltitle",
    "eid",
    "volume",
    "number",
    "pages",
    "publisher",
    "series",
)
_YEAR: Final = re.compile(r"(?<!\d)\d{4}(?!\d)")
_NO_ENTRIES: Final = frozenset({"comment", "preamble", "string", "xdata", "set", "control"})
_ITEM: Final = re.compile(r"\\bibitem(?![A-Za-z@])")
_TITLE: Final = re.compile(r"\\(?:bibinfo\s*\{title\}|btitle|showarticletitle)\s*\{")
_BIBER: Final = re.compile(
    r"\\entry\{([^{}]+)\}\{[^{}]*\}\{[^{}]*\}(?:\{[^{}]*\})?(.*?)\\endentry", re.DOTALL
)
_BIBER_FIELD: Final = re.compile(
    r"\\(?:field|list|strng)\{(title|subtitle|year|eprint|eprinttype|pmid|note|howpublished)\}"
)
_BIBER_VERB: Final = re.compile(r"\\verb\{(\w+)\}\s*\\verb\s*(.*?)\s*\\endverb", re.DOTALL)
_FAMILY: Final = re.compile(r"family=\{?((?:[^{},]|\{[^{}]*\})+)")
_VALUE_LETTERS: Final = 200_000


def read_bib(text: str) -> Iterator[Entry]:
    r"""Yield the entries of a ``.bib``; of two with one key, the first.

    Examples
    --------
    >>> [entry] = read_bib('@article{oak, title = {On {T}rees}, doi = "10.1000/1", year = 2020}')
    >>> entry.key, entry.title, entry.year, [each.curie for each in entry.ids]
    ('oak', 'On Trees', '2020', ['doi:10.1000/1'])
    """
    seen: set[str] = set()
    at = 0
    while (start := _START.search(text, at)) is not None:
        at = start.end()
        kind = start[1].lower()
        key = _KEY.match(text, at)
        if kind in _NO_ENTRIES or key is None:
            continue
        fields, at = _read_fields(text, key.end())
        if key[1] in seen:
            continue
        seen.add(key[1])
        yield _entry(key[1], fields)


def _read_fields(text: str, at: int) -> tuple[dict[str, str], int]:
    fields: dict[str, str] = {}
    while (name := _FIELD.match(text, at)) is not None:
        value, at = _read_value(text, name.end())
        fields.setdefault(name[1].lower(), value)
    return fields, at


def _read_value(text: str, at: int) -> tuple[str, int]:
    parts = []
    while at < len(text):
        sign = text[at]
        if sign == "{":
            end = close_of(text, at)
            parts.append(text[at + 1 : end])
            at = end + 1
        elif sign == '"':
            end = _end_quote(text, at + 1)
            parts.append(text[at + 1 : end])
            at = end + 1
        else:
            bare = _BARE.match(text, at)
            if bare is None:
                break
            parts.append(bare[0])
            at = bare.end()
        rest = re.compile(r"\s*#\s*").match(text, at)
        if rest is None:
            break
        at = rest.end()
    return "".join(parts)[:_VALUE_LETTERS], at


def close_of(text: str, at: int) -> int:
    """Return where the brace at a place closes; the end of the text where it does not."""
    depth = 0
    for found in _BRACE.finditer(text, at):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
            if depth == 0:
                return found.start()
    return len(text)


def _end_quote(text: str, at: int) -> int:
    depth = 0
    for found in _QUOTE.finditer(text, at):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
        elif found[0] == '"' and depth <= 0:
            return found.start()
    return len(text)


def _entry(key: str, fields: dict[str, str]) -> Entry:
    title = detex(fields.get("title", "")).replace("\n", " ")
    subtitle = detex(fields.get("subtitle", "")).replace("\n", " ")
    titles = [f"{title}: {subtitle}"] if title and subtitle else []
    main = detex(fields.get("maintitle", ""))
    if main:
        titles.append(main)
    ids: set[Identifier] = set()
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv").lower()
    for name, scheme in (
        ("doi", "doi"), ("eprint", "arxiv" if archive == "arxiv" else archive),
        ("arxivid", "arxiv"), ("arxiv", "arxiv"), ("pmid", "pmid"), ("pmcid", "pmcid"),
    ):  # fmt: skip
        value = fields.get(name, "").replace("\\_", "_").replace("{", "").replace("}", "").strip()
        if value and scheme in {"doi", "arxiv", "pmid", "pmcid", "pubmed"}:
            value = re.sub(r"^arxiv:\s*", "", value, flags=re.IGNORECASE).partition(" ")[0]
            parsed = parse_identifier(f"{scheme}:{value}") or parse_identifier(value)
            if parsed:
                ids.add(parsed)
            elif scheme == "doi":
                ids |= find_ids(value)
    ids |= find_ids(*(fields[name].replace("\\_", "_") for name in _STATING if name in fields))
    return Entry(
        key,
        title=title,
        text="" if title else " ".join(detex(each) for each in fields.values())[:2000],
        authors=tuple(_surnames(fields.get("author") or fields.get("editor") or "")),
        year="".join(_YEAR.findall(fields.get("year") or fields.get("date") or "")[:1]),
        ids=frozenset(ids),
        titles=tuple(titles),
    )


def _surnames(people: str) -> Iterator[str]:
    for name in re.split(r"\s+and\s+", people):
        plain = detex(name)
        if not plain or plain.lower() == "others":
            continue
        family = plain.partition(",")[0] if "," in plain else plain.split()[-1]
        yield plain if name.strip().startswith("{") else family


def read_bbl(text: str) -> Iterator[Entry]:
    r"""Yield the entries of a ``.bbl`` or of ``thebibliography``.

    Examples
    --------
    >>> [entry] = read_bbl(r"\bibitem[{Oak(2020)}]{oak} A.~Oak. \newblock \emph{On trees}. 2020.")
    >>> entry.key, entry.text
    ('oak', 'A. Oak.\nOn trees. 2020.')
    """
    if r"\entry{" in text and r"\endentry" in text:
        yield from _read_biber(text)
        return
    starts = [found.start() for found in _ITEM.finditer(text)]
    for begin, end in pairwise([*starts, len(text)]):
        item = text[begin + len(r"\bibitem") : end]
        label, rest = _optional(item)
        opened = rest.find("{")
        if opened < 0 or rest[:opened].strip(" \t\n%"):
            continue
        closed = close_of(rest, opened)
        key = rest[opened + 1 : closed].strip()
        body = rest[closed + 1 :].partition(r"\end{thebibliography}")[0]
        body = re.sub(r"(?<!\\)%[^\n]*\n\s*", "", body)
        yield _item(key, detex(label), body)


def _item(key: str, label: str, body: str) -> Entry:
    marked = [
        detex(body[found.end() : close_of(body, found.end() - 1)]).replace("\n", " ")
        for found in _TITLE.finditer(body)
    ]
    plain = detex(
        re.sub(
            r"\\bib(?:info|field)\s*\{[a-z]+\}\s*|\\(?:natexlab|bibnamefont|bibfnamefont|BibitemOpen|BibitemShut)\b",
            "",
            body,
        )
    )
    return Entry(
        key,
        title=next((each for each in marked if each), ""),
        text=plain,
        year=year_of(label) or year_of(plain),
        ids=find_ids(body.replace(r"\_", "_").replace(r"\%", "%"), plain),
        label=label,
    )


def _optional(text: str) -> tuple[str, str]:
    """Part an optional argument from what follows; braces may hold brackets."""
    found = re.compile(r"(?:\s|%[^\n]*\n)*\[").match(text)
    if found is None:
        return "", text
    depth = 0
    for each in re.finditer(r"\\.|[{}\]]", text[found.end() :], re.DOTALL):
        if each[0] == "{":
            depth += 1
        elif each[0] == "}":
            depth -= 1
        elif each[0] == "]" and depth <= 0:
            end = found.end() + each.start()
            return text[found.end() : end], text[end + 1 :]
    return "", text


def _read_biber(text: str) -> Iterator[Entry]:
    seen = set()
    for found in _BIBER.finditer(text):
        key, body = found[1].strip(), found[2]
        if key in seen:
            continue
        seen.add(key)
        fields: dict[str, str] = {}
        for each in _BIBER_FIELD.finditer(body):
            opened = body.find("{", each.end())
            if opened >= 0:
                fields.setdefault(each[1], body[opened + 1 : close_of(body, opened)])
        verbs = {
            each[1]: each[2].splitlines()[0].strip()
            for each in _BIBER_VERB.finditer(body)
            if each[2]
        }
        fields.update({name: verbs[name] for name in ("doi", "eprint", "url") if name in verbs})
        names = body.partition(r"\name{author}")[2] or body.partition(r"\name{editor}")[2]
        entry = _entry(key, fields)
        entry.authors = tuple(detex(each[1]) for each in _FAMILY.finditer(names))
        yield entry
