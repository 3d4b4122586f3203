"""Semantic Scholar's interface to a made world.

As documented, and as others saw it in 2026: the newest citations come first, ``next`` is absent at
the end, and offset and limit together stay below 10,000. Single papers and batches alone have a
``tldr``. The intents of a passage can be null.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.live.answers import Refusal, is_meant, number_in, reply
from tests.live.worlds import ARXIV_DOI, paper_id, words_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.live import worlds
    from tests.live.answers import Reply, Request
    from tests.live.faults import Fault

MOST, MOST_PAGED, MOST_POSTED = 1000, 10_000, 500
BATCH = "/paper/batch"
NEAR = 0.5  # share of the words of two titles that both have
PAPER = {
    *("paperId", "corpusId", "externalIds", "url", "title", "abstract", "venue"),
    *("publicationVenue", "year", "referenceCount", "citationCount", "influentialCitationCount"),
    *("isOpenAccess", "openAccessPdf", "fieldsOfStudy", "s2FieldsOfStudy", "publicationTypes"),
    *("publicationDate", "journal", "authors"),
}
FULL = {*PAPER, "tldr"}
EDGE = {"contexts", "intents", "contextsWithIntent", "isInfluential"}
PREFIXES = ("arxiv", "doi", "corpusid", "pmid", "pmcid", "acl", "mag")


@dataclass(repr=False)
class SemanticScholar:
    """The interface.

    Parameters
    ----------
    known : worlds.SemanticScholar
        What it knows.
    keys : collection of str, optional
        Keys that are good; by default all are.
    most_bytes : int
        Of an answer.
    """

    known: worlds.SemanticScholar
    keys: Collection[str] | None = None
    most_bytes: int = 10 << 20
    moved: dict[int, int] = field(default_factory=dict)  # papers that a fault merged
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request, fault: Fault | None) -> Reply:
        """Answer a request."""
        try:
            found = reply(self._find(request, fault))
        except Refusal as refusal:
            return refusal.reply
        if len(found.body) > self.most_bytes:
            size = f"{self.most_bytes / (1 << 20):g} MB"
            message = f"Response would exceed maximum size of {size}. Reduce limit or fields."
            return reply({"error": message}, 400)
        return found

    def _find(self, request: Request, fault: Fault | None) -> Any:
        key = request.headers.get("x-api-key", "")
        if key and self.keys is not None and key not in self.keys:
            raise Refusal(403, {"message": "Forbidden"})
        route, query = request.route, request.query
        if not route.startswith("/paper/") or (request.method == "POST") != (route == BATCH):
            raise Refusal(404, {"error": "Not found"})
        if route == BATCH:
            return self._batch(request.ids, _fields(query, FULL))
        if route == "/paper/search/match":
            return {"data": [self._match(query.get("query", ""), _fields(query, PAPER))]}
        name = route.removeprefix("/paper/")
        if name.endswith("/citations"):
            return self._citations(self._number(name.removesuffix("/citations")), query, fault)
        paper = self._paper(self._number(name), _fields(query, FULL))
        if fault and is_meant(fault, "wrong count") and "citationCount" in paper:
            paper["citationCount"] += fault.amount
        return paper

    def _number(self, name: str) -> int:
        number = self._look_up(name)
        if not number:
            raise Refusal(404, {"error": f"Paper with id {name} not found"})
        return number

    def _look_up(self, name: str) -> int:
        """Return the number that a paper goes by now; 0 where there is none of a name."""
        spelt = _spell(name)
        found = self.known.names.get(spelt, 0)
        new = {f"corpusid:{each}": each for each in self.moved.values()}
        return self.moved.get(found, found) or new.get(spelt, 0)

    def _paper(self, number: int | None, fields: Collection[str]) -> dict[str, Any]:
        """Return some fields of a paper; those of one that is not known are null."""
        former = {new: old for old, new in self.moved.items()}
        row = self.known.papers.get(former.get(number, number or 0), {})
        ids = {name: value for name, value in (row.get("externalids") or {}).items() if value}
        summary = row.get("tldrs")
        named = {
            "paperId": paper_id(number) if number and row else None,
            "corpusId": number,
            "externalIds": {**ids, "CorpusId": number} if number else None,
            "abstract": row.get("abstracts", {}).get("abstract"),
            "tldr": summary and {"model": summary.get("model"), "text": summary.get("text")},
        }
        rest = {each: row.get(each.lower()) for each in fields if each not in named}
        asked = {each: named[each] for each in named if each in fields or each == "paperId"}
        return {**asked, **rest}

    def _batch(self, ids: list[str], fields: set[str]) -> list[dict[str, Any] | None]:
        if not 1 <= len(ids) <= MOST_POSTED:
            raise Refusal(400, {"error": f"from 1 to {MOST_POSTED} ids are allowed"})
        numbers = map(self._look_up, ids)
        return [self._paper(each, fields) if each else None for each in numbers]

    def _match(self, title: str, fields: set[str]) -> dict[str, Any]:
        """Return the paper whose title has most words in common with another."""
        wanted = words_of(title)
        scores = {
            number: len(wanted & words) / len(wanted | words)
            for number, words in self.known.titles.items()
            if wanted & words
        }
        best = max(scores, key=lambda number: (scores[number], -number), default=0)
        if scores.get(best, 0) < NEAR:
            raise Refusal(404, {"error": "Title match not found"})
        return {**self._paper(best, fields), "matchScore": round(200 * scores[best], 4)}

    # -- citations ------------------------------------------------------------------------

    def _citations(
        self, number: int, query: dict[str, str], fault: Fault | None
    ) -> dict[str, Any]:
        fields = _fields(query, PAPER | EDGE)
        offset, limit = number_in(query, "offset", 0), number_in(query, "limit", 100)
        if not 1 <= limit <= MOST:
            raise Refusal(400, {"error": f"limit must be from 1 to {MOST}"})
        if offset + limit >= MOST_PAGED:
            raise Refusal(400, {"error": f"offset + limit must be < {MOST_PAGED}"})
        edges = self._edges(number)
        if is_meant(fault, "merged between pages") and edges[:1] and edges[0][0]:
            self._merge(edges[0][0])
            edges = self._edges(number)
        begin = 0 if is_meant(fault, "repeated page") else offset
        shown = edges[begin : begin + limit]
        following = offset + limit if offset + limit < len(edges) else None
        if fault and is_meant(fault, "endless cursor"):
            following = offset + (0 if fault.how == "same" else limit)
            shown = shown or edges[: fault.how != "empty"]
        further = {} if following is None else {"next": following}
        data = [self._edge(citing, json.loads(line), fields) for citing, line in shown]
        return {"offset": offset, **further, "data": data}

    def _edges(self, number: int) -> list[tuple[int | None, bytes]]:
        """Return the citations of a paper, the newest first, and last those by merged papers."""
        found = self.known.citations.get(number, [])[::-1]
        moved = [(self.moved[each], line) for each, line in found if each in self.moved]
        return [edge for edge in found if edge[0] not in self.moved] + moved

    def _merge(self, number: int) -> None:
        with self.lock:
            self.moved[number] = max([*self.known.papers, *self.moved.values()]) + 1

    def _edge(self, citing: int | None, row: dict[str, Any], fields: set[str]) -> dict[str, Any]:
        contexts = row.get("contexts") or []
        intents = row.get("intents") or [None] * len(contexts)
        pairs = [
            {"context": context, "intents": found}
            for context, found in zip(contexts, intents, strict=False)
        ]
        edge = {
            "contexts": contexts,
            "intents": list(dict.fromkeys(each for found in intents for each in found or ())),
            "contextsWithIntent": pairs,
            "isInfluential": row.get("isinfluential"),
        }
        paper = self._paper(citing, fields - EDGE)
        return {**{each: edge[each] for each in edge if each in fields}, "citingPaper": paper}


def _fields(query: dict[str, str], known: set[str]) -> set[str]:
    fields = set(filter(None, query.get("fields", "paperId,title").split(",")))
    if fields - known:
        names = ", ".join(sorted(fields - known))
        raise Refusal(400, {"error": f"Unrecognized or unsupported fields: [{names}]"})
    return fields


def _spell(name: str) -> str:
    """Return how a paper's name is looked up."""
    scheme, colon, value = name.lower().partition(":")
    if not colon:
        return scheme
    if scheme == "arxiv" or value.startswith(ARXIV_DOI):
        value = re.sub(r"v[0-9]+$", "", value)
    return f"{scheme}:{value}" if scheme in PREFIXES else ""
