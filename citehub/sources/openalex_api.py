"""OpenAlex's interface: singletons of works, and the list of those that cite some.

An answer holds works as the snapshot does, so that its rows are theirs.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from citehub._identifiers import Identifier
from citehub.errors import BadAnswer
from citehub.sources.api import (
    MOST_PAGES,
    Api,
    Content,
    Endless,
    FoundRecord,
    KnownIds,
    ListState,
    Refused,
    ids_in,
    is_error,
    text,
    whole,
)
from citehub.sources.dump_datasets import FEW_IDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from citehub.sources.api import Asker

FIELDS: Final = (
    *("id", "doi", "title", "publication_year", "publication_date", "type", "authorships"),
    *("primary_location", "ids", "locations", "referenced_works", "cited_by_count"),
    *("counts_by_year", "is_retracted", "language", "primary_topic", "open_access"),
    *("best_oa_location", "abstract_inverted_index"),
)
"""What is asked for, and what `openalex.WORKS_DATASET` reads."""
_PAGE: Final = 100
_MOST_BY_NUMBER: Final = 10_000  # results, where pages are asked for by number
_SELECT: Final = ("select", ",".join(FIELDS))
_LIST: Final = ("meta", "results")
_NUMBER: Final = re.compile(r"W\d+")
_NAME_ALONE: Final = ("select", "id")
_NOT_FOUND: Final = re.compile(rb"<title>404 Not Found</title>\s*<h1>Not Found</h1>")
_MOST_FOLLOWED: Final = 500  # each takes a request


def find(asker: Asker, ids: Collection[Identifier]) -> list[FoundRecord]:
    """Return the records that have any of some identifiers."""
    found: dict[str, FoundRecord] = {}
    for scheme, value in sorted(ids):
        if scheme in {"openalex", "doi", "pmid", "pmcid", "arxiv"}:
            prefix = {"openalex": "", "arxiv": "doi:10.48550/arxiv."}.get(scheme, f"{scheme}:")
            if scheme == "openalex" and value in found:
                continue
            work = asker.ask(f"/works/{prefix}{value}", [_SELECT], due=("id",))
            _enter(found, [work] if work else [])
        if scheme == "arxiv":  # a published version may have it, with a DOI of its own
            pages = "|".join(f"{each}://arxiv.org/abs/{value}" for each in ("http", "https"))
            wanted = ("filter", f"locations.landing_page_url:{pages}")
            with suppress(Refused):  # a filter that is in use, and not documented
                answer = asker.ask(
                    "/works", [wanted, _SELECT, ("per_page", str(FEW_IDS))], due=_LIST
                )
                _enter(found, answer["results"] if answer else [])
    return list(found.values())


def search(asker: Asker, title: str) -> list[FoundRecord]:
    """Return the records that may have a title."""
    words = " ".join(re.findall(r"\w+", title))  # other signs steer the search
    wanted = ("filter", f"title.search:{words}")
    answer = asker.ask("/works", [wanted, _SELECT, ("per_page", str(FEW_IDS))], due=_LIST)
    found: dict[str, FoundRecord] = {}
    _enter(found, answer["results"] if answer else [])
    return list(found.values())


def citing(
    asker: Asker,
    records: Collection[FoundRecord],
    _own: Collection[Identifier],
    _known: Collection[Identifier],
) -> ListState:
    """Ask for all that cites some records, each by itself, so that it is known which one.

    With a key pages follow a cursor; without one they have numbers, which end at 10,000 works.
    Of works that were in the list before, it is asked what they were merged into.
    """
    announced = received = 0
    cut, ids = "", set[Identifier]()
    for record in sorted(records):
        seen, n = _citing(asker, record.name, received)
        announced, received = announced + n, received + len(seen)
        ids.update(*seen.values())
        if not asker.has_key and n > _MOST_BY_NUMBER:
            cut = f"Without a key OpenAlex lists {_MOST_BY_NUMBER:,} works at most, of {n:,}."
    there = {value for scheme, value in ids if scheme == "openalex"}
    for name in sorted({*asker.before} - there)[:_MOST_FOLLOWED]:
        asker.ask(f"/works/{name}", [_NAME_ALONE], due=("id",))
    return ListState(announced, received, cut, frozenset(ids))


def _citing(asker: Asker, name: str, before: int) -> tuple[dict[str, frozenset[Identifier]], int]:
    """Return the works that cite one record, with their identifiers, and the number announced."""
    query = [("filter", f"cites:{name}"), _SELECT, ("per_page", str(_PAGE))]
    seen: dict[str, frozenset[Identifier]] = {}
    cursors, cursor = {"*"}, "*"
    for page in range(1, MOST_PAGES):
        place = ("cursor", cursor) if asker.has_key else ("page", str(page))
        answer = asker.ask("/works", [*query, place], due=_LIST)
        announced = _count(answer)
        works = {_name(each): each for each in answer["results"] if _name(each)}
        new = works.keys() - seen.keys()
        seen |= {each: _ids(works[each]) for each in new}
        asker.tell(before + len(seen), before + announced)
        cursor = answer["meta"].get("next_cursor")
        is_last = page * _PAGE >= min(announced, _MOST_BY_NUMBER)
        if not answer["results"] or (is_last if not asker.has_key else not cursor):
            return seen, announced
        if not new or (asker.has_key and cursor in cursors):
            break
        cursors.add(cursor)
    raise Endless("OpenAlex: the pages of its list repeat and do not end.")


def rows(answers: Iterable[Content]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield works, and which ids were merged into others.

    A work that the list of citing works holds cites one of those that were asked for, also where
    it names that by an id from before a merge; then one that was asked for is added to its list.
    """
    for answer in answers:
        asked = dict(answer.params).get("filter", "")
        cited = _NUMBER.findall(asked) if asked.startswith("cites:") else []
        works = answer.content.get("results", [answer.content])
        for work in works if isinstance(works, list) else ():
            if isinstance(work, dict):
                if _NAME_ALONE not in answer.params:
                    yield "works", _with_reference(work, cited)
                old = answer.path.removeprefix("/works/")
                if _NUMBER.fullmatch(old) and _name(work) not in {"", old}:
                    yield "merged_ids", {"id": old, "merge_into_id": _name(work)}


def _with_reference(work: dict[str, Any], cited: list[str]) -> dict[str, Any]:
    references = work.get("referenced_works")
    references = references if isinstance(references, list) else []
    if not cited or {str(each).rpartition("/")[2] for each in references} & {*cited}:
        return work
    return {**work, "referenced_works": [*references, f"https://openalex.org/{cited[0]}"]}


def _enter(found: dict[str, FoundRecord], works: Iterable[Any]) -> None:
    for work in works:
        if name := _name(work):
            title, year = text(work.get("title")), whole(work.get("publication_year"))
            found[name] = FoundRecord(
                name, _ids(work), title, year, whole(work.get("cited_by_count"))
            )


def _ids(work: dict[str, Any]) -> frozenset[Identifier]:
    ids = work.get("ids")
    texts = [work.get("id"), work.get("doi")]
    texts += [ids.get(each) for each in ("pmid", "pmcid")] if isinstance(ids, dict) else []
    if isinstance(ids, dict) and ids.get("mag"):
        texts.append(f"mag:{ids['mag']}")
    locations = work.get("locations")
    for each in locations if isinstance(locations, list) else ():
        page = each.get("landing_page_url") if isinstance(each, dict) else None
        if isinstance(page, str) and "arxiv.org/" in page.lower():
            texts.append(page)
    return ids_in(texts)


def _name(work: Any) -> str:
    name = work.get("id") if isinstance(work, dict) else None
    name = name.rpartition("/")[2].upper() if isinstance(name, str) else ""
    return name if _NUMBER.fullmatch(name) else ""


def _count(answer: Any) -> int:
    meta = answer["meta"] if answer else None
    count = meta.get("count") if isinstance(meta, dict) else None
    number = whole(count)
    if number is None or not isinstance(answer["results"], list):
        raise BadAnswer("OpenAlex does not say how many works there are.")
    return number


def known_ids(answers: Iterable[Content]) -> KnownIds:
    """Return the identifiers that answers tell of the work, and of those that cite it."""
    own, citing = set[Identifier](), set[Identifier]()
    for answer in answers:
        wanted = dict(answer.params).get("filter", "")
        if wanted.startswith("title.search:") or _NAME_ALONE in answer.params:
            continue
        works = answer.content.get("results", [answer.content])
        for work in works if isinstance(works, list) else ():
            if isinstance(work, dict) and _name(work):
                (citing if wanted.startswith("cites:") else own).update(_ids(work))
    return KnownIds(frozenset(own), frozenset(citing))


def _says_unknown(body: bytes) -> bool:
    """Tell whether a 404 is OpenAlex's: an error, or the page that its server writes itself."""
    return is_error(body) or bool(_NOT_FOUND.search(body))


API: Final = Api(
    title="OpenAlex, API",
    url="https://api.openalex.org",
    url_variable="CITEHUB_OPENALEX_URL",
    find=find,
    search=search,
    citing=citing,
    rows=rows,
    known_ids=known_ids,
    says_unknown=_says_unknown,
    due=("works",),
    tables=frozenset({"merged_ids"}),
    shared=frozenset({"arxiv"}),
    is_exact=True,
    key_variable="OPENALEX_API_KEY",
    key_page="https://openalex.org/settings/api",
    without_key="OpenAlex gives little a day without a key, and 10,000 citing works at most",
    key_place="query",
    key_name="api_key",
    contact="mailto",
    interval=0.1,
)
