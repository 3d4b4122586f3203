"""OpenCitations: the Index (who cites whom) and Meta (what the works are), as CSV.

A cell of identifiers holds several, as ``omid:br/0612 doi:10.1000/1 pmid:17``. In older files of
the index it is a DOI or a PMID without its scheme.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from citehub._identifiers import parse_identifier
from citehub.sources.dump_datasets import (
    CITATIONS,
    WORKS,
    Dataset,
    arxiv_id,
    bare_doi,
    complete,
    curie,
    filled,
    let,
    number_of,
    whole,
)
from citehub.sources.layout import TABLES, Files, find_datasets, find_date
from citehub.sources.opencitations_api import API
from citehub.sources.source import Dump, Need, Option, Source

if TYPE_CHECKING:
    from citehub.sources.dump_datasets import Expression

SOURCE: Final = "opencitations"
_ARXIV_DOI: Final = r"(?:^|\s)doi:10\.48550/arxiv\.(\S+)"
_OMID: Final = r"(^|\s)omid:\S"
_READ_SCHEMES: Final = ("doi", "arxiv", "openalex", "pmid", "pmcid")
_IS_READ: Final = rf"^({'|'.join(_READ_SCHEMES)}):"
_HAS_ID: Final = rf"(^|\s)(omid|{'|'.join(_READ_SCHEMES)}):\S|^10\.[0-9]{{4}}|^[0-9]+\Z"
TYPES: Final = {
    "abstract": "other",
    "archival document": "other",
    "audio document": "other",
    "book": "book",
    "book chapter": "book-chapter",
    "book part": "book-chapter",
    "book section": "book-chapter",
    "book series": "paratext",
    "book set": "book",
    "book track": "book-chapter",
    "component": "supplementary-materials",
    "computer program": "software",
    "data file": "dataset",
    "data management plan": "report",
    "dataset": "dataset",
    "dissertation": "dissertation",
    "edited book": "book",
    "editorial": "editorial",
    "journal": "paratext",
    "journal article": "article",
    "journal editorial": "editorial",
    "journal issue": "paratext",
    "journal volume": "paratext",
    "monograph": "book",
    "newspaper": "paratext",
    "newspaper article": "article",
    "newspaper editorial": "editorial",
    "newspaper issue": "paratext",
    "peer review": "peer-review",
    "preprint": "preprint",
    "presentation": "other",
    "proceedings": "paratext",
    "proceedings article": "article",
    "proceedings paper": "article",
    "proceedings series": "paratext",
    "reference book": "book",
    "reference entry": "reference-entry",
    "report": "report",
    "report series": "paratext",
    "retraction notice": "retraction",
    "series": "paratext",
    "standard": "standard",
    "standard series": "paratext",
    "web content": "other",
}
"""What its types are in OpenAlex's terms, as that maps those of Crossref."""


def shape_meta(raw: Expression) -> dict[str, Expression]:
    """Map works; an author cell is ``Family, Given [omid:ra/061 orcid:...]; ...``."""
    import ibis

    date, kind = filled(raw.pub_date), raw.type.strip().lower()
    return complete(
        WORKS,
        record=_id(raw.id, "omid"),
        title=filled(raw.title),
        year=whole(date.substr(0, 4)),
        date=date,
        venue=filled(raw.venue.re_replace(r"\s*\[[^\]]*\]\s*$", "")),
        type=ibis.cases(*((kind == theirs, ours) for theirs, ours in TYPES.items()), else_=None),
        authors=filled(raw.author).split("; ").map(_author),
        **_identifiers(raw.id),
    )


def shape_index(raw: Expression) -> dict[str, Expression]:
    """Map citations."""
    return complete(CITATIONS, citing=_record(raw.citing), cited=_record(raw.cited))


def shape_named_index(raw: Expression) -> dict[str, Expression]:
    """Map citations, and keep the cells that hold identifiers."""
    return {**shape_index(raw), "citing_ids": raw.citing, "cited_ids": raw.cited}


def works_of_index(index: Expression) -> Expression:
    """Return the works that the index names, without any details."""
    import ibis

    sides = [
        index.select(record=index[side], ids=index[f"{side}_ids"]) for side in ("citing", "cited")
    ]
    works = ibis.union(*sides)
    cells = complete(WORKS, record=works.record, **_identifiers(works.ids))
    return works.select(**cells, part=ibis.literal(0, "int32"))


def _record(cell: Expression) -> Expression:
    """Return what a work is called: its OMID, else the first other identifier that it has."""
    import ibis

    ids = _identifiers(cell)
    others = ibis.coalesce(*(curie(scheme, ids[scheme]) for scheme in _READ_SCHEMES))
    own = _id(cell.lower(), "omid")  # which almost all have, so that the rest is not looked at
    return ibis.ifelse(own.notnull(), own, others)


def _identifiers(cell: Expression) -> dict[str, Expression]:
    """Return the identifiers of a cell: of each scheme the first, and all others.

    A work may have the DOI of its preprint at arXiv, too, which is the latter's number.
    """
    import ibis

    low = cell.strip().lower()
    bare = low.re_extract(r"^(10\.\S+|[0-9]+)\z", 1)
    low = ibis.cases(
        (bare == "", low), (bare.startswith("10."), curie("doi", bare)), else_=curie("pmid", bare)
    )
    found = {
        "arxiv": arxiv_id(_id(low, "arxiv").coalesce(filled(low.re_extract(_ARXIV_DOI, 1)))),
        "doi": bare_doi(_id(low.re_replace(_ARXIV_DOI, " "), "doi")),
        "openalex": _id(low, "openalex").upper(),
        "omid": _id(low, "omid"),
        "pmid": number_of(_id(low, "pmid")),
        "pmcid": number_of(_id(low, "pmcid"), "PMC"),
    }
    named = low.split(" ").filter(lambda each: each.re_search(_IS_READ))
    known = [found[scheme].notnull().cast("int8") for scheme in _READ_SCHEMES]
    taken = ibis.array([curie(scheme, found[scheme].lower()) for scheme in _READ_SCHEMES])
    others = let(taken, lambda names: named.filter(lambda each: ~names.contains(each)))
    has_more = named.length() > sum(known)  # as few cells have
    return {**found, "also": ibis.ifelse(has_more, let(others, _nonempty), None)}


def _nonempty(ids: Expression) -> Expression:
    import ibis

    return ibis.ifelse(ids.length() > 0, ids, None)


def _id(cell: Expression, scheme: str) -> Expression:
    return filled(cell.re_extract(rf"(?:^|\s){scheme}:(\S+)", 1))


def _author(each: Expression) -> Expression:
    import ibis

    name = each.re_replace(r"\s*\[[^\]]*\]\s*$", "")
    family, given = name.re_extract(r"^([^,]*)", 1), name.re_extract(r"^[^,]*,\s*(.*)$", 1)
    return ibis.struct(
        {
            "name": (given == "").ifelse(family, given.concat(" ", family)).strip(),
            "orcid": filled(each.re_extract(r"orcid:([0-9X-]+)", 1)),
            "key": filled(each.re_extract(r"omid:(\S+?)[\s\]]", 1)),
        }
    )


def _names_in(cell: str | None) -> set[str]:
    """Return what a work may be called that a cell names."""
    names = set()
    for word in (cell or "").lower().split():
        names |= {word, word.removeprefix("omid:")}
        schemed = word if ":" in word else f"{'doi' if '/' in word else 'pmid'}:{word}"
        if found := parse_identifier(schemed):
            names.add(found.curie)
    return names


META: Final = Dataset(
    source_id=SOURCE,
    name="meta",
    fields=dict.fromkeys(
        [
            "id",
            "title",
            "author",
            "issue",
            "volume",
            "venue",
            "page",
            "pub_date",
            "type",
            "publisher",
            "editor",
        ],
        "string",
    ),
    keys={"id": _OMID},
    made=("record",),
    shape=shape_meta,
    names=lambda row: (_names_in(row.get("id")),),
)
INDEX: Final = Dataset(
    source_id=SOURCE,
    name="index",
    fields=dict.fromkeys(
        ["oci", "citing", "cited", "creation", "timespan", "journal_sc", "author_sc"], "string"
    ),
    keys={"citing": _HAS_ID, "cited": _HAS_ID},
    made=("citing", "cited"),
    shape=shape_index,
    names=lambda row: (_names_in(row.get("citing")), _names_in(row.get("cited"))),
    kind="citation",
)
NAMED_INDEX: Final = replace(INDEX, shape=shape_named_index)
"""The index with all of its identifiers, where no metadata tell them."""


def find_opencitations(folder: str) -> dict[str, Files]:
    """Find the index of OpenCitations, and the metadata where they are."""
    return find_datasets(folder, (INDEX, META), needed=1, endings=TABLES)


def open_dump(store: Any, folder: str, found: dict[str, Files], _need: Need) -> dict[str, Any]:
    """Return the tables of the index and of the metadata; without those, of the index alone."""
    date = find_date(folder, found.values())
    if "meta" in found:
        works, index = store.table(found["meta"]), store.table(found["index"])
    else:
        index = store.table(replace(found["index"], dataset=NAMED_INDEX))
        works = works_of_index(index)
    return {"works": works, "citations": index, "snapshot_on": date}


OPENCITATIONS: Final = Source(
    id=SOURCE,
    title="OpenCitations Index and Meta",
    url="https://opencitations.net",
    kind="records",
    rights="CC0 1.0",
    spdx="CC0-1.0",
    schemes=("arxiv", "doi", "openalex", "omid", "pmid", "pmcid"),
    option=Option("--opencitations", "DIR", "OpenCitations: folders index and meta."),
    api=API,
    dump=Dump(
        datasets=(INDEX, META),
        find=find_opencitations,
        open=open_dump,
        scheme="omid",
        named_by=lambda ids: {each.curie for each in ids},
    ),
    notes=("Older files of its index name no OMID; a work is called there by a DOI or a PMID.",),
)
