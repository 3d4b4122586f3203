"""Semantic Scholar's interface: papers, and their citations with passages, intents and influence.

Its names are those of the datasets in other letters; a citation holds the paper that cites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub._identifiers import Identifier
from citehub.errors import BadAnswer, FetchError, TooLarge
from citehub.sources.api import (
    Api,
    Content,
    Endless,
    FoundRecord,
    KnownIds,
    ListState,
    ids_in,
    is_error,
    text,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from citehub.sources.api import Asker

_SOURCE_TITLE: Final = "Semantic Scholar"
_PAPER: Final = (
    *("corpusId", "externalIds", "title", "authors", "venue", "journal", "publicationTypes"),
    *("year", "publicationDate", "citationCount", "abstract"),
)
_WITHOUT_SUMMARY: Final = ("fields", ",".join(_PAPER))
_WITH_SUMMARY: Final = ("fields", ",".join((*_PAPER, "tldr")))
_EDGE: Final = ("fields", ",".join(("contextsWithIntent", "contexts", "intents", "isInfluential",
                                    *_PAPER)))  # fmt: skip
_SUMMARIES: Final = ("fields", "corpusId,tldr")
_PAGE: Final = 1000
_LEAST_PAGE: Final = 10
_MOST_LISTED: Final = 9_999  # citations of a paper
_BATCH: Final = 500
_MOST_NUMBER: Final = 1 << 63
_PREFIXES: Final = {
    "arxiv": "ARXIV:", "doi": "DOI:", "s2": "CorpusId:", "pmid": "PMID:", "pmcid": "PMCID:",
    "acl": "ACL:", "openalex": "MAG:",
}  # fmt: skip
_FIELDS: Final = {
    "corpusId": "corpusid", "externalIds": "externalids", "title": "title", "authors": "authors",
    "venue": "venue", "journal": "journal", "publicationTypes": "publicationtypes",
    "year": "year", "publicationDate": "publicationdate", "citationCount": "citationcount",
}  # fmt: skip
_SCHEME_OF_KEY: Final = {
    "DOI": "doi", "ArXiv": "arxiv", "ACL": "acl", "MAG": "mag", "PubMed": "pmid",
    "PubMedCentral": "pmcid",
}  # fmt: skip


def find(asker: Asker, ids: Collection[Identifier]) -> list[FoundRecord]:
    """Return the papers that have any of some identifiers."""
    found: dict[str, FoundRecord] = {}
    for each in sorted(ids):
        if each.scheme not in _PREFIXES or any(each in paper.ids for paper in found.values()):
            continue
        value = each.value.lstrip("WPMC") if each.scheme in {"openalex", "pmcid"} else each.value
        paper = asker.ask(
            f"/paper/{_PREFIXES[each.scheme]}{value}", [_WITH_SUMMARY], due=("corpusId",)
        )
        _enter(found, [paper] if paper else [])
    return list(found.values())


def search(asker: Asker, title: str) -> list[FoundRecord]:
    """Return the papers that may have a title: those that fit best."""
    answer = asker.ask("/paper/search/match", [("query", title), _WITHOUT_SUMMARY], due=("data",))
    found: dict[str, FoundRecord] = {}
    _enter(found, answer["data"] if answer and isinstance(answer["data"], list) else [])
    return list(found.values())


def citing(
    asker: Asker,
    records: Collection[FoundRecord],
    _own: Collection[Identifier],
    _known: Collection[Identifier],
) -> ListState:
    """Ask for all that cites some papers, then for the sentence that a model wrote of each."""
    citing: dict[int, frozenset[Identifier]] = {}
    nameless, cut = 0, ""
    counts = [paper.n_citations for paper in records]
    announced = None if None in counts else sum(each or 0 for each in counts)
    for paper in sorted(records):
        edges, more = _citations(asker, paper, len(citing))
        cut = cut or more
        nameless += sum(number is None for number, _ in edges)
        citing |= {number: ids for number, ids in edges if number is not None}
    papers = list(citing)
    lost = _ask_for_summaries(asker, [f"CorpusId:{each}" for each in papers])
    ids = frozenset[Identifier]().union(*citing.values())
    n = len(citing) + nameless
    return ListState(announced, n, cut, ids, lost, nameless, is_broken=bool(lost))


def _ask_for_summaries(asker: Asker, names: list[str]) -> str:
    """Ask for the sentence that a model wrote of each paper; say why where there is none."""
    start, size = 0, _BATCH
    while start < len(names):
        try:
            asker.ask("/paper/batch", [_SUMMARIES], posted=names[start : start + size])
        except TooLarge:
            if size <= _LEAST_PAGE:
                raise
            size //= 2
        except FetchError as error:
            return f"{error} So the summaries that it has of papers are missing."
        else:
            start += size
    return ""


def _citations(
    asker: Asker, paper: FoundRecord, before: int
) -> tuple[list[tuple[int | None, frozenset[Identifier]]], str]:
    """Return the papers that cite one, and why there are no more, where there are some."""
    edges: list[tuple[int | None, frozenset[Identifier]]] = []
    seen: set[int] = set()
    offset, limit = 0, _PAGE
    while True:
        most = min(limit, _MOST_LISTED - offset)
        query = [_EDGE, ("offset", str(offset)), ("limit", str(most))]
        try:
            answer = asker.ask(f"/paper/CorpusId:{paper.name}/citations", query, due=("data",))
        except TooLarge:
            if limit <= _LEAST_PAGE:
                raise
            limit //= 2
            continue
        if answer is None or not isinstance(answer["data"], list):
            raise BadAnswer(f"{_SOURCE_TITLE} gives no list of citations.")
        page = [each for each in answer["data"] if isinstance(each, dict)]
        new = {hash(str(each)) for each in page} - seen
        edges += map(_citing_paper, page)
        seen |= new
        asker.tell(before + len(edges), paper.n_citations)
        following = answer.get("next")
        if following is None:
            return edges, ""
        if type(following) is not int or following <= offset or (page and not new):
            raise Endless(f"{_SOURCE_TITLE}: the pages of its list repeat and do not end.")
        if not page and following > (paper.n_citations or 0) + _PAGE:
            return edges, ""  # empty pages may stand before others, but not for ever
        offset = following
        if offset >= _MOST_LISTED:
            return edges, (
                f"Semantic Scholar lists {_MOST_LISTED:,} citations of a paper at most; its "
                "datasets have them all."
            )


def _citing_paper(edge: dict[str, Any]) -> tuple[int | None, frozenset[Identifier]]:
    paper: Any = edge.get("citingPaper")
    number = _number(paper)
    return number, frozenset() if number is None else _ids(paper, number)


def rows(answers: Iterable[Content]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield papers, citations, abstracts and sentences of a model as the datasets have them."""
    for answer in answers:
        content = answer.content
        if answer.path.endswith("/citations"):
            cited = int(answer.path.split("/")[2].removeprefix("CorpusId:"))
            for edge in content["data"]:
                if isinstance(edge, dict):
                    yield from _edge_rows(edge, cited)
        elif answer.path == "/paper/search/match":
            continue  # what it finds is asked for by its number
        else:
            for paper in content if isinstance(content, list) else [content]:
                yield from _paper_rows(paper)


def known_ids(answers: Iterable[Content]) -> KnownIds:
    """Return the identifiers that answers tell of the work, and of those that cite it."""
    own, citing = set[Identifier](), set[Identifier]()
    for answer in answers:
        content = answer.content
        if answer.path.endswith("/citations"):
            for edge in content["data"]:
                if isinstance(edge, dict):
                    citing.update(_citing_paper(edge)[1])
        elif isinstance(content, dict) and answer.path != "/paper/search/match":
            number = _number(content)
            own.update(frozenset() if number is None else _ids(content, number))
    return KnownIds(frozenset(own), frozenset(citing))


def _edge_rows(edge: dict[str, Any], cited: int) -> Iterator[tuple[str, dict[str, Any]]]:
    paper = edge.get("citingPaper")
    contexts, intents = edge.get("contexts"), edge.get("intents")
    pairs = edge.get("contextsWithIntent")
    if isinstance(pairs, list) and (pairs or not contexts):
        pairs = [each for each in pairs if isinstance(each, dict)]
        contexts = [each.get("context") for each in pairs]
        intents = [each.get("intents") or [] for each in pairs]
    yield (
        "citations",
        {
            "citingcorpusid": _number(paper),
            "citedcorpusid": cited,
            "isinfluential": edge.get("isInfluential"),
            "contexts": contexts,
            "intents": intents,
        },
    )
    yield from _paper_rows(paper)


def _paper_rows(paper: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    number = _number(paper)
    if number is None:
        return
    if "externalIds" in paper:
        yield "papers", {ours: paper.get(theirs) for theirs, ours in _FIELDS.items()}
    if paper.get("abstract"):
        yield "abstracts", {"corpusid": number, "abstract": paper["abstract"]}
    summary = paper.get("tldr")
    if isinstance(summary, dict) and summary.get("text"):
        yield "tldrs", {"corpusid": number, "model": summary.get("model"), "text": summary["text"]}


def _enter(found: dict[str, FoundRecord], papers: Iterable[Any]) -> None:
    for paper in papers:
        number = _number(paper)
        if number is not None:
            name = str(number)
            count = whole(paper.get("citationCount"))
            found[name] = FoundRecord(
                name,
                _ids(paper, number),
                text(paper.get("title")),
                whole(paper.get("year")),
                count,
            )


def _ids(paper: dict[str, Any], number: int) -> frozenset[Identifier]:
    ids = paper.get("externalIds")
    texts = [f"s2:{number}"]
    if isinstance(ids, dict):
        texts += [
            f"{ours}:{ids[theirs]}" for theirs, ours in _SCHEME_OF_KEY.items() if ids.get(theirs)
        ]
    return ids_in(texts)


def _number(paper: Any) -> int | None:
    number = paper.get("corpusId") if isinstance(paper, dict) else None
    return number if type(number) is int and 0 <= number < _MOST_NUMBER else None


API: Final = Api(
    title="Semantic Scholar, Academic Graph API",
    url="https://api.semanticscholar.org/graph/v1",
    url_variable="CITEHUB_S2_URL",
    find=find,
    search=search,
    citing=citing,
    rows=rows,
    known_ids=known_ids,
    says_unknown=is_error,
    due=("papers", "citations"),
    key_variable="S2_API_KEY",
    key_page="https://www.semanticscholar.org/product/api#api-key",
    without_key="Semantic Scholar shares one pace among all who ask without a key",
    key_place="header",
    key_name="x-api-key",
    interval=1.0,
)
