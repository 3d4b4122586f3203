"""OpenCitations' interface: the Index of citations, and Meta, which tells what works are.

Its rows are those of the dump. Meta is asked for the works that no other source names, as it
takes a request for every ten; and for those of which it told before, so that this stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub._identifiers import Identifier
from citehub.errors import BadAnswer, Unreachable
from citehub.sources.api import Api, Content, FoundRecord, KnownIds, ListState, ids_in, text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from citehub.sources.api import Asker

_INDEX: Final = "/index/v2/citations/"
_META: Final = "/meta/v1/metadata/"
_BATCH: Final = 10  # it fails from the fifteenth on
_INDEX_FIELDS: Final = (
    *("oci", "citing", "cited", "creation", "timespan", "journal_sc", "author_sc"),
)
_META_FIELDS: Final = (
    *("id", "title", "author", "issue", "volume", "venue", "page", "pub_date", "type"),
    *("publisher", "editor"),
)
_ARXIV: Final = "10.48550/arxiv."


def find(asker: Asker, ids: Collection[Identifier]) -> list[FoundRecord]:
    """Return what Meta has of some identifiers."""
    names = sorted({name for each in ids if (name := _spell(each))})
    found: dict[str, FoundRecord] = {}
    rows: list[dict[str, Any]] = []
    for start in range(0, len(names), _BATCH):
        rows += _meta(asker, names[start : start + _BATCH])
    for row in rows:
        cell = row.get("id")
        words = cell.split() if isinstance(cell, str) else []
        if words:
            found[words[0]] = FoundRecord(words[0], ids_in(words), text(row.get("title")))
    return list(found.values())


def citing(
    asker: Asker,
    records: Collection[FoundRecord],
    own: Collection[Identifier],
    known: Collection[Identifier],
) -> ListState:
    """Ask for all that cites some works, and for what the citing ones are that nobody names."""
    cells: dict[str, None] = {}
    for name in sorted(_names_of(records, own)):
        answer = asker.ask(f"{_INDEX}{name}")
        if not isinstance(answer, list):
            raise BadAnswer("OpenCitations gives no list of citations.")
        cells |= {
            row["citing"]: None
            for row in answer
            if isinstance(row, dict) and isinstance(row.get("citing"), str)
        }
        asker.tell(len(cells), None)
    told, again = {*known, *own}, {*asker.before}
    names = [
        _first(cell)
        for cell in cells
        if again & {_omid(cell), _first(cell)} or not ids_in(cell.split()) & told
    ]
    names = [name for name in names if name]
    cut, is_broken = "", False
    try:
        for start in range(0, len(names), _BATCH):
            _meta(asker, names[start : start + _BATCH])
    except (BadAnswer, Unreachable) as error:
        is_broken = True
        cut = (
            f"{error} So of {len(names):,} works that no other source names the title is missing."
        )
    return ListState(None, len(cells), cut, is_broken=is_broken)


def _names_of(records: Collection[FoundRecord], own: Collection[Identifier]) -> set[str]:
    """Return the names of a work to ask by: one for each record, and what no record has."""
    in_records = frozenset[Identifier]().union(*(each.ids for each in records))
    groups = [
        *(each.ids for each in records),
        *({each} for each in own if each not in in_records),
    ]
    schemes = ("doi", "arxiv", "pmid", "omid")
    names = set()
    for group in groups:
        known = [each for each in group if each.scheme in schemes]
        if known:
            best = min(known, key=lambda each: (schemes.index(each.scheme), each.value))
            names.add(_spell(best))
    return names


def _first(cell: str) -> str:
    """Return the first name of a work by which Meta can be asked."""
    words = cell.lower().split()
    return next((each for each in words if each.startswith(("omid:", "doi:", "pmid:"))), "")


def _spell(identifier: Identifier) -> str:
    """Return an identifier as it is asked for; empty where its scheme is not known there."""
    scheme, value = identifier
    if scheme == "arxiv":
        return f"doi:{_ARXIV}{value}"
    return identifier.curie if scheme in {"doi", "pmid", "omid"} else ""


def _meta(asker: Asker, names: list[str]) -> list[dict[str, Any]]:
    answer = asker.ask(f"{_META}{'__'.join(names)}")
    return [each for each in answer if isinstance(each, dict)] if answer else []


def rows(answers: Iterable[Content]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield citations, and works: as Meta describes them, else with their identifiers alone."""
    described: set[str] = set()
    named: dict[str, None] = {}
    for answer in answers:
        is_index = answer.path.startswith(_INDEX)
        for row in answer.content if isinstance(answer.content, list) else ():
            if not isinstance(row, dict):
                continue
            if is_index:
                cells = {name: _text(row.get(name)) for name in _INDEX_FIELDS}
                yield "index", cells
                named |= dict.fromkeys((cells["citing"], cells["cited"]))
            else:
                cells = {name: _text(row.get(name)) for name in _META_FIELDS}
                described.add(_omid(cells["id"]))
                yield "meta", cells
    for cell in named:
        if _omid(cell) and _omid(cell) not in described:
            yield "meta", {**dict.fromkeys(_META_FIELDS, ""), "id": cell}


def known_ids(answers: Iterable[Content]) -> KnownIds:
    """Return the identifiers that answers tell of the work: what comes before its citations.

    Citing works have none to tell, as OpenCitations alone asks who names a work.
    """
    own = set[Identifier]()
    for answer in answers:
        if answer.path.startswith(_INDEX):
            break
        rows = answer.content if isinstance(answer.content, list) else ()
        cells = [row.get("id") for row in rows if isinstance(row, dict)]
        own.update(*(ids_in(cell.split()) for cell in cells if isinstance(cell, str)))
    return KnownIds(frozenset(own))


def names_asked(paths: Iterable[str]) -> frozenset[str]:
    """Return the names of works that Meta was asked about, from the paths of questions."""
    asked = (path.removeprefix(_META).split("__") for path in paths if path.startswith(_META))
    return frozenset(name for names in asked for name in names)


def _omid(cell: str) -> str:
    return next((each for each in cell.lower().split() if each.startswith("omid:")), "")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


API: Final = Api(
    title="OpenCitations, APIs of Index and Meta",
    url="https://api.opencitations.net",
    url_variable="CITEHUB_OPENCITATIONS_URL",
    find=find,
    citing=citing,
    rows=rows,
    known_ids=known_ids,
    names_asked=names_asked,
    says_unknown=lambda _body: False,  # it gives an empty list instead
    due=("index", "meta"),
    tables=frozenset({"index", "meta"}),
    interval=0.4,
)
