"""CSL-JSON, an array of items or a single one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from citehub._text import counted
from citehub.errors import SourceError
from citehub.sources.reference_file import names
from citehub.sources.reference_file.dates import Date, parse_date
from citehub.sources.reference_file.entry import (
    Authors,
    Entry,
    Format,
    Value,
    find_address,
    join_lines,
    split_keywords,
)
from citehub.sources.reference_file.identifiers import parse_doi, parse_of, parse_stated
from citehub.sources.reference_file.text import EXPORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._identifiers import Identifier
    from citehub.sources.records import Author, Reject

_DECODER: Final = json.JSONDecoder()
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
_LISTS: Final = ("results", "data", "message", "items")  # where APIs put what they found
_NAMES: Final = {"id", "type", "title", "DOI", "URL", "author", "issued", "container-title"}
_GENRES: Final = {"computer software": "software", "preprint": "preprint"}
_SEASONS: Final = {*range(13, 17), *range(21, 25)}  # in the place of a month
_LAST_MONTH: Final = 12
_WRITTEN_DATES: Final = ("raw", "literal", "edtf", "date-time")
_BESIDE_DATES: Final = {"date-parts", "year", "month", "day", "season", "circa", "timestamp"}


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
        if str(item.get("genre")).lower() in _GENRES:  # of what CSL or Zotero has no type
            entry.values["type"] = entry.values["genre"]
        entry.key = entry.first(("id",), _read_id) or ""
        yield entry


def _split_array(path: str, text: str) -> Iterator[Value]:
    """Yield the items with their lines, which the standard library does not tell.

    They are an array, one alone, as doi.org gives it, or one behind the other, as in JSON Lines.
    """
    at = _end_of_blanks(text, 0)
    found, end = _DECODER.raw_decode(text, at)
    rest = _end_of_blanks(text, end)
    if rest < len(text) and not isinstance(found, dict):
        raise json.JSONDecodeError("Extra data", text, rest)
    _check_no_page(path, found)
    if isinstance(found, dict) and isinstance(found.get("items"), list):  # as zotero.org has it
        yield from (Value(item, 1) for item in found["items"])
        return
    is_array = isinstance(found, list)
    if is_array:
        at = _end_of_blanks(text, at + 1)
    line, counted = 1, 0
    while at < len(text) and not (is_array and text[at] == "]"):
        item, end = _DECODER.raw_decode(text, at)
        line, counted = line + text.count("\n", counted, at), at
        yield Value(item, line)
        at = _end_of_blanks(text, _end_of_blanks(text, end) + is_array)


def _check_no_page(path: str, found: Any) -> None:
    """Refuse what an API of a source answers, and other JSON that is no CSL-JSON."""
    names = {*found} if isinstance(found, dict) else set()
    works = next((found[each] for each in _LISTS if each in names), found)
    if isinstance(works, dict) and isinstance(works.get("items"), list):
        works = works["items"]
    works = works if isinstance(works, list) else [works]
    names |= {name for work in works if isinstance(work, dict) for name in work}
    for api, own in _APIS.items():
        if own <= names:
            raise SourceError.at(
                path,
                0,
                f"is {counted(len(works), 'record')} of {api}, which is not read here. Give the "
                "identifiers of the works to a reference manager, and export what it finds as "
                "BibTeX, RIS or CSL-JSON.",
            )
    if names and not names & _NAMES:
        listed = ", ".join(sorted(names)[:3])
        raise SourceError.at(path, 0, f"is no CSL-JSON, but JSON of {listed:.60}. {EXPORT}")


def _end_of_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _show(value: object) -> str:
    return _KINDS.get(type(value)) or f"{value!r:.60}"


def _read_lines(value: Any) -> str:
    """Return text with its line breaks."""
    if (
        isinstance(value, list) and len(value) == 1 and isinstance(value[0], str)
    ):  # as Crossref has titles
        value = value[0]
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
    if isinstance(value, list) or type(value) is int:
        value = {"date-parts": value}
    if not isinstance(value, dict):
        raise ValueError(f"should be a date, not {_show(value)}")  # noqa: TRY004
    begins = _begin_parts(value.get("date-parts") or [value.get("year"), value.get("month")])
    if begins and all(re.fullmatch(r"\d+", part) for part in begins):
        return _read_parts([int(part) for part in begins])
    texts = [*begins[:1], *(value[name] for name in _WRITTEN_DATES if name in value)]
    if not texts and value.keys() - _BESIDE_DATES:
        raise ValueError(f"should be a date, not {value!r:.60}")
    return parse_date(_read_text(texts[0])) if texts else None


def _begin_parts(parts: Any) -> list[str]:
    """Return the parts of a date, of a list of dates those of the first."""
    begins = parts if isinstance(parts, list) else [parts]
    while begins and isinstance(begins[0], list):
        begins = begins[0]
    known = [part for part in begins if part not in (None, "")]
    if not all(
        type(part) in {int, str} or (type(part) is float and part.is_integer()) for part in known
    ):
        raise ValueError(f"date-parts should be a list of lists of numbers, not {_show(parts)}")
    return [str(int(part) if isinstance(part, float) else part).strip() for part in known]


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
    if isinstance(value, dict | str):
        return [value]
    if not isinstance(value, list):
        raise ValueError(f"should be a list of names, not {_show(value)}")  # noqa: TRY004
    return value


def _read_name(name: Any) -> Authors:
    if isinstance(name, str):
        return names.read_names(name)
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
    given, comma, behind = part.get("given", "").rpartition(",")
    if not comma or "suffix" in part or not names.is_suffix(behind.strip()):
        given, behind = part.get("given", ""), part.get("suffix", "")
    return names.person(family, f"{given} {part.get('dropping-particle', '')}", behind)


def _read_note(value: Any) -> list[str]:
    return [_read_text(value)]


def _read_keywords(value: Any) -> list[str]:
    if isinstance(value, list):
        return [_read_text(each) for each in value]
    return split_keywords(_read_text(value))


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
    publisher=("publisher",),
    abstract=("abstract",),
    language=("language",),
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
        "keyword": ("keyword", _read_keywords),
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
        **_GENRES,
        "standard": "standard",
        **dict.fromkeys(_OTHERS, "other"),
    },
)  # fmt: skip
