"""CSL-JSON, an array of items or a single one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from citehub.build.sources.reference_file import names
from citehub.build.sources.reference_file.dates import Date, parse_date
from citehub.build.sources.reference_file.entry import (
    Authors,
    Entry,
    Format,
    Value,
    find_address,
    join_lines,
    split_keywords,
)
from citehub.build.sources.reference_file.identifiers import parse_doi, parse_of, parse_stated
from citehub.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._identifiers import Identifier
    from citehub.build.sources.records import Author, Reject

_BLANKS: Final = re.compile(r"[ \t\n]*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_KINDS: Final[dict[type, str]] = {dict: "an object", list: "a list"}
_PARTS: Final = (
    "given", "dropping-particle", "non-dropping-particle", "family", "suffix",
)  # fmt: skip
_OTHERS: Final = (  # types that OpenAlex does not tell from each other
    "bill", "broadcast", "figure", "graphic", "hearing", "interview", "legal_case", "legislation",
    "map", "motion_picture", "musical_score", "pamphlet", "patent", "performance",
    "personal_communication", "post", "post-weblog", "regulation", "song", "speech", "treaty",
    "webpage",
)  # fmt: skip
_APIS: Final[dict[str, set[str]]] = {  # by names that they have and CSL-JSON has not
    "the API of OpenAlex": {"referenced_works"},
    "the API of OpenAlex, of which only some fields were asked for": {"results", "meta"},
    "the API of Crossref": {"message", "message-type"},
    "the API of Semantic Scholar": {"paperId"},
    "the API of Semantic Scholar, each a citation": {"citingPaper"},
    "the API of OpenCitations": {"oci"},
    "the API of OpenCitations Meta": {"pub_date"},
    "the API of Zotero": {"library", "data"},
}
_SEASONS: Final = {*range(13, 17), *range(21, 25)}  # in the place of a month
_LAST_MONTH: Final = 12


def _split(path: str, text: str, rejects: list[Reject]) -> Iterator[Entry]:
    try:
        items = list(_split_array(path, text))
    except json.JSONDecodeError as error:
        raise SourceError.at(path, error.lineno, f"is not JSON: {error.msg}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or lists in lists
        raise SourceError.at(path, 0, "is JSON too long or deep to be read") from None
    for number, (item, line) in enumerate(items, 1):
        entry = Entry(path, line, number, rejects)
        if not isinstance(item, dict):
            entry.reject(line, f"{entry.label} should be an object, not {_show(item)}")
            continue
        for name, value in item.items():
            if value is not None:
                entry.add(name, value, line)
        entry.key = entry.first(("id",), _read_id) or ""
        yield entry


def _split_array(path: str, text: str) -> Iterator[Value]:
    """Yield the items with their lines, which the standard library does not tell."""
    items = json.loads(text)
    _check_no_page(path, items)
    if isinstance(items, dict) and isinstance(items.get("items"), list):  # as zotero.org has it
        yield from (Value(item, 1) for item in items["items"])
        return
    if not isinstance(items, list):  # a single item, as doi.org gives it
        items, at = [items], 0
    else:
        at = text.index("[") + 1
    decoder, line, counted = json.JSONDecoder(), 1, 0
    for item in items:
        at = _end_of_blanks(text, at)
        line, counted = line + text.count("\n", counted, at), at
        yield Value(item, line)
        at = _end_of_blanks(text, decoder.raw_decode(text, at)[1]) + 1


def _check_no_page(path: str, found: Any) -> None:
    """Refuse what an API of a source answers, which is no CSL-JSON."""
    names = {*found} if isinstance(found, dict) else set()
    works = next((found[each] for each in ("results", "data") if each in names), found)
    works = works if isinstance(works, list) else [works]
    names |= {name for work in works if isinstance(work, dict) for name in work}
    for api, own in _APIS.items():
        if own <= names:
            what = f"{len(works)} records" if len(works) != 1 else "a record"
            raise SourceError.at(
                path,
                0,
                f"is {what} of {api}, which is not read here. Give the identifiers of the works "
                "to a reference manager, and export what it finds as BibTeX, RIS or CSL-JSON.",
            )


def _end_of_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _show(value: object) -> str:
    return _KINDS.get(type(value)) or f"{value!r:.60}"


def _read_lines(value: Any) -> str:
    """Return text with its line breaks."""
    if not isinstance(value, str):
        raise ValueError(f"should be text, not {_show(value)}")  # noqa: TRY004
    if _SURROGATE.search(value):
        raise ValueError(f"{value!r:.60} is no Unicode")
    return value


def _read_text(value: Any) -> str:
    return join_lines(_read_lines(value))


def _read_id(value: Any) -> str:
    return str(value) if type(value) is int else _read_text(value)


def _read_date(value: Any) -> Date | None:
    """Return a date; of a range its beginning."""
    if isinstance(value, str):
        return parse_date(_read_text(value))
    if not isinstance(value, dict):
        raise ValueError(f"should be a date, not {_show(value)}")  # noqa: TRY004
    parts = value.get("date-parts")
    if parts and not _are_parts(parts):
        raise ValueError(f"date-parts should be a list of lists of numbers, not {_show(parts)}")
    begins = [part for part in (parts or [[]])[0] if part not in {None, ""}]
    if begins and all(re.fullmatch(r"\d+", str(part).strip()) for part in begins):
        return _read_parts([int(part) for part in begins])
    texts = [*map(str, begins[:1]), *(value[name] for name in ("raw", "literal") if name in value)]
    return parse_date(_read_text(texts[0])) if texts else None


def _are_parts(parts: Any) -> bool:
    return isinstance(parts, list) and all(
        isinstance(each, list) and all(part is None or type(part) in {int, str} for part in each)
        for each in parts
    )


def _read_parts(parts: list[int]) -> Date | None:
    month = parts[1] if len(parts) > 1 else 0
    if month > _LAST_MONTH and month not in _SEASONS:
        raise ValueError(f"{str(month)!r} is no month")
    season_or_none = month if month <= _LAST_MONTH else 0
    return parse_date("-".join(str(part) for part in (parts[0], season_or_none, *parts[2:3])))


def _read_authors(entry: Entry) -> Authors:
    listed = entry.first(("author",), _read_list) or []
    line = entry.values["author"][0].line if listed else 0
    return entry.authors("author", (Value(each, line) for each in listed), _read_name)


def _read_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"should be a list of names, not {_show(value)}")  # noqa: TRY004
    return value


def _read_name(name: Any) -> Authors:
    if not isinstance(name, dict):
        raise ValueError(f"a name should be an object, not {_show(name)}")  # noqa: TRY004
    part = {each: _read_text(name[each]) for each in (*_PARTS, "literal") if name.get(each)}
    text = part.get("literal") or " ".join(part[each] for each in _PARTS if each in part)
    if names.stands_for_others(text):
        return Authors(are_all=False)
    if "literal" in part and ";" in text and all("," in each for each in text.split(";")):
        return names.read_names(text)
    if "literal" in part or name.get("isInstitution") in (True, "true", "1"):
        return Authors((names.group(text),))
    return Authors((_read_person(part),))


def _read_person(part: dict[str, str]) -> Author:
    """Return a person; as CSL has it, a particle that is dropped stands behind the given name."""
    family = names.with_particle(part.get("non-dropping-particle", ""), part.get("family", ""))
    given = f"{part.get('given', '')} {part.get('dropping-particle', '')}"
    return names.person(family, given, part.get("suffix", ""))


def _read_note(value: Any) -> list[str]:
    return [_read_text(value)]


def _parse_stated(value: Any) -> list[Identifier]:
    return parse_stated(_read_id(value))


CSL_JSON: Final = Format(
    split=_split,
    text=_read_text,
    title=("title",),
    dates=("issued",),
    date=_read_date,
    month=(),
    venue=("container-title",),
    abstract=("abstract",),
    authors=_read_authors,
    ids={
        "DOI": lambda value: parse_doi(_read_text(value)),
        "arxiv": lambda value: parse_of("arxiv", _read_id(value)),
        "PMID": lambda value: parse_of("pmid", _read_id(value)),
        "PMCID": lambda value: parse_of("pmcid", _read_id(value)),
        **dict.fromkeys(("number", "URL", "archive_location"), _parse_stated),
        "note": lambda value: parse_stated(_read_lines(value)),
    },
    pages=("URL",),
    address=lambda value: find_address(_read_text(value)),
    notes={
        "keyword": ("keyword", lambda value: split_keywords(_read_text(value))),
        "note": ("note", _read_note),
        "annote": ("annotation", _read_note),
    },
    of_arxiv=("volume", "number", "page", "archive_location"),
    type="type",
    types={
        "article": "preprint",  # what CSL calls one
        **dict.fromkeys(
            (
                "article-journal", "article-magazine", "article-newspaper", "review",
                "review-book", "journal-article",
            ),
            "article",
        ),
        "posted-content": "preprint",  # as Crossref has it
        **dict.fromkeys(("paper-conference", "proceedings-article"), "conference-paper"),
        **dict.fromkeys(("chapter", "book-chapter"), "book-chapter"),
        **dict.fromkeys(("entry", "entry-dictionary", "entry-encyclopedia"), "reference-entry"),
        **dict.fromkeys(("book", "classic", "monograph"), "book"),
        **dict.fromkeys(("thesis", "dissertation"), "dissertation"),
        "report": "report",
        "dataset": "dataset",
        "software": "software",
        "standard": "standard",
        **dict.fromkeys(_OTHERS, "other"),
    },
)  # fmt: skip
