"""OpenAlex's interface to a made world.

As documented, and as others saw it in 2026: a singleton is free of charge, a list costs 1 credit
and a search 10, and headers tell what is left. Unknown works are a web page. Without a key there
is no cursor. The list of a cursor ends with the first page that is not full, which may be empty.
"""

from __future__ import annotations

import base64
import json
import threading
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.live.answers import BASES, HTML, Refusal, is_meant, number_in, reply
from tests.live.worlds import words_of, work_number

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.live import worlds
    from tests.live.answers import Reply, Request
    from tests.live.faults import Fault

MOST, MOST_BY_NUMBER = 100, 10_000
MIDNIGHT = 30_000  # seconds until there is a new budget
NOT_FOUND = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
QUERY = {
    *("api_key", "corpus", "cursor", "filter", "format", "group_by", "mailto", "page", "per-page"),
    *("per_page", "sample", "search", "seed", "select", "sort"),
}
FIELDS = (
    *("id", "doi", "title", "display_name", "publication_year", "publication_date", "ids"),
    *("language", "primary_location", "type", "indexed_in", "open_access", "authorships"),
    *("cited_by_count", "biblio", "is_retracted", "is_paratext", "primary_topic", "topics"),
    *("locations_count", "locations", "best_oa_location", "referenced_works_count"),
    *("referenced_works", "related_works", "abstract_inverted_index", "counts_by_year"),
    *("updated_date", "created_date", "fwci", "keywords", "has_fulltext", "is_xpac"),
)


@dataclass(repr=False)
class OpenAlex:
    """The interface.

    Parameters
    ----------
    works : worlds.OpenAlex
        What it knows.
    keys : collection of str, optional
        Keys that are good; by default all are.
    budget : int
        Credits that it gives before it says 429.
    """

    works: worlds.OpenAlex
    keys: Collection[str] | None = None
    budget: int = 10_000
    spent: int = 0
    turns: int = 0
    moved: dict[int, int] = field(default_factory=dict)  # works that a fault merged
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request, fault: Fault | None) -> Reply:
        """Answer a request."""
        before = self.spent
        try:
            found = self._find(request, fault)
        except Refusal as refusal:
            found = refusal.reply
        left = self.budget - self.spent
        found.headers |= {
            "X-RateLimit-Limit": str(self.budget),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Credits-Used": str(self.spent - before),
            "X-RateLimit-Remaining-USD": f"{left / 10_000:.4f}",
            "X-RateLimit-Reset": str(MIDNIGHT),
        }
        return found

    def _find(self, request: Request, fault: Fault | None) -> Reply:
        query = request.query
        key = query.get("api_key", "")
        if key and self.keys is not None and key not in self.keys:
            raise oops(401, "Invalid API key", "The API key is not valid.")
        if query.keys() - QUERY:
            name = min(query.keys() - QUERY)
            raise oops(400, "Invalid query parameters error.", f"{name} is no valid parameter.")
        fields = tuple(filter(None, query.get("select", "").split(",")))
        if {*fields} - {*FIELDS}:
            message = f"{min({*fields} - {*FIELDS})} is not a valid select field."
            raise oops(400, "Invalid query parameters error.", message)
        if request.route == "/works":
            return self._list(query, fields, fault)
        return self._singleton(request.route.removeprefix("/works/"), fields)

    # -- singletons -----------------------------------------------------------------------

    def _singleton(self, name: str, fields: tuple[str, ...]) -> Reply:
        number = work_number(name)
        low = name.lower().replace("https://doi.org/", "doi:").replace("pmcid:pmc", "pmcid:")
        now = self._current(number) if number else self.works.names.get(low, 0)
        if now not in self.works.lines and now not in self.moved.values():
            raise Refusal(404, NOT_FOUND, HTML)
        if number not in {0, now}:
            answer = reply("", 301, HTML)
            answer.headers["Location"] = f"{BASES['openalex']}/works/W{now}"
            return answer
        return reply(self._work(now, fields))

    def _current(self, number: int) -> int:
        now = self.works.current(number)
        return self.moved.get(now, now)

    def _work(self, number: int, fields: tuple[str, ...]) -> dict[str, Any]:
        """Return some fields of a work; one that came by a merge is as that which went."""
        former = {new: old for old, new in self.moved.items()}.get(number, number)
        work = {**dict.fromkeys(FIELDS), **self.works.work(former)}
        work["id"] = f"https://openalex.org/W{number}"
        own = {"openalex": work["id"]} | ({"doi": work["doi"]} if work["doi"] else {})
        work["ids"] = {**(work["ids"] or {}), **own}
        return {each: work[each] for each in fields or work}

    # -- lists ----------------------------------------------------------------------------

    def _list(self, query: dict[str, str], fields: tuple[str, ...], fault: Fault | None) -> Reply:
        size = number_in(query, "per_page" if "per_page" in query else "per-page", 25)
        if not 1 <= size <= MOST:
            raise oops(400, "Pagination error.", f"per-page must be between 1 and {MOST}")
        cursor, page = query.get("cursor", ""), number_in(query, "page", 1)
        if cursor and not query.get("api_key"):
            raise oops(401, "API key required", "Cursor paging needs an API key.")
        if page < 1 or page * size > MOST_BY_NUMBER:
            message = "Maximum results size of 10,000 records is exceeded."
            raise oops(400, "Pagination error.", f"{message} Cursor pagination is required.")
        self._spend(10 if ".search:" in query.get("filter", "") or "search" in query else 1)
        found = self._filtered(query.get("filter", ""))
        if is_meant(fault, "merged between pages") and found:
            self._merge(found[0])
            found = self._filtered(query.get("filter", ""))
        begin = bisect_right(found, _last(cursor)) if cursor else (page - 1) * size
        due = found[begin : begin + size]
        shown = found[:size] if is_meant(fault, "repeated page") else due
        count = len(found) + (fault.amount if fault and is_meant(fault, "wrong count") else 0)
        meta = {"count": count, "db_response_time_ms": 7, "page": page, "per_page": size}
        if cursor:
            follows = _cursor(due[-1]) if len(due) == size else None
            if fault and is_meant(fault, "endless cursor"):
                follows = self._endless(fault.how, cursor, follows)
            meta |= {"page": None, "next_cursor": follows}
        works = [self._work(each, fields) for each in shown]
        return reply({"meta": meta, "results": works, "group_by": []})

    def _spend(self, cost: int) -> None:
        with self.lock:
            is_over = self.spent + cost > self.budget
            self.spent += 0 if is_over else cost
        if is_over:
            said = "Insufficient budget. Resets at midnight UTC."
            refusal = oops(429, "Rate limit exceeded", said)
            refusal.reply.headers |= {
                "X-RateLimit-Credits-Required": str(cost),
                "Retry-After": str(MIDNIGHT),
            }
            raise refusal

    def _merge(self, number: int) -> None:
        """Merge a work into a new one, which stands behind all others."""
        with self.lock:
            self.moved[number] = max([*self.works.lines, *self.moved.values()]) + 1

    def _endless(self, how: str, cursor: str, follows: str | None) -> str:
        """Return the next cursor of a list without end: always the same, or ever new ones."""
        if how == "same":
            return cursor
        with self.lock:
            self.turns += 1
        return follows or _cursor(_last(cursor) if how != "empty" else 1 << 60, self.turns)

    def _filtered(self, given: str) -> list[int]:
        """Return the works that filters let through, by number."""
        found = {*self.works.lines}
        for part in filter(None, given.split(",")):
            name, _, value = part.partition(":")
            values = value.split("|")
            if len(values) > MOST:
                raise oops(400, "Invalid query parameters error.", f"{name} has too many values.")
            found &= self._let_through(name, values)
        return sorted(self.moved.get(each, each) for each in found)

    def _let_through(self, name: str, values: list[str]) -> set[int]:
        if name == "cites" and all(map(work_number, values)):
            cited = {self._current(work_number(value)) for value in values}
            return {each for number in cited for each in self.works.citing.get(number, ())}
        if name == "locations.landing_page_url":
            return {each for value in values for each in self.works.pages.get(value, ())}
        if name == "title.search":
            wanted = [words_of(value) for value in values]
            titles = self.works.titles.items()
            return {
                number for number, title in titles if any(_is_in(one, title) for one in wanted)
            }
        raise oops(400, "Invalid query parameters error.", f"{name} is not a valid field.")


def _is_in(words: frozenset[str], title: frozenset[str]) -> bool:
    return bool(words) and words <= title


def _cursor(last: int, turn: int = 0) -> str:
    return base64.urlsafe_b64encode(json.dumps([last, turn]).encode()).decode()


def _last(cursor: str) -> int:
    """Return the work behind which a cursor stands."""
    try:
        last, _ = json.loads(base64.urlsafe_b64decode(cursor)) if cursor != "*" else (0, 0)
        return int(last)
    except (ValueError, TypeError):
        raise oops(400, "Pagination error.", "Cursor value is invalid.") from None


def oops(status: int, error: str, message: str) -> Refusal:
    """Return an error as OpenAlex words it."""
    return Refusal(status, {"error": error, "message": message})
