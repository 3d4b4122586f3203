"""OpenCitations: the Index (who cites whom) and Meta (what the works are), as CSV.

A cell of identifiers holds several, as ``omid:br/0612 doi:10.1000/1 pmid:17``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citehub.build.sources.dumps import (
    CITATIONS,
    WORKS,
    Dataset,
    bare_doi,
    complete,
    filled,
    whole,
)

if TYPE_CHECKING:
    from citehub.build.sources.dumps import Expression

SOURCE: Final = "opencitations"
_ARXIV_DOI: Final = r"(?:^|\s)doi:10\.48550/arxiv\.(\S+)"
_OMID: Final = r"(^|\s)omid:\S"
_TYPES: Final = {
    "book": "book",
    "book chapter": "book-chapter",
    "data file": "dataset",
    "dataset": "dataset",
    "dissertation": "dissertation",
    "journal article": "article",
    "proceedings article": "article",
    "report": "report",
}


def shape_meta(raw: Expression) -> dict[str, Expression]:
    """Map works; an author cell is ``Family, Given [omid:ra/061 orcid:...]; ...``."""
    import ibis

    ids = raw.id.lower()  # a work may have the DOI of its preprint at arXiv, too
    date = filled(raw.pub_date)
    return complete(
        WORKS,
        record=_id(raw.id, "omid"),
        title=filled(raw.title),
        year=whole(date.substr(0, 4)),
        date=date,
        venue=filled(raw.venue.re_replace(r"\s*\[[^\]]*\]\s*$", "")),
        type=ibis.cases(
            *((raw.type == ours, theirs) for ours, theirs in _TYPES.items()), else_=None
        ),
        authors=filled(raw.author).split("; ").map(_author),
        arxiv=_id(raw.id, "arxiv").coalesce(filled(ids.re_extract(_ARXIV_DOI, 1))),
        doi=bare_doi(_id(ids.re_replace(_ARXIV_DOI, " "), "doi")),
        openalex=_id(raw.id, "openalex"),
        omid=_id(raw.id, "omid"),
    )


def shape_index(raw: Expression) -> dict[str, Expression]:
    """Map citations."""
    return complete(CITATIONS, citing=_id(raw.citing, "omid"), cited=_id(raw.cited, "omid"))


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
)
INDEX: Final = Dataset(
    source_id=SOURCE,
    name="index",
    fields=dict.fromkeys(
        ["oci", "citing", "cited", "creation", "timespan", "journal_sc", "author_sc"], "string"
    ),
    keys={"citing": _OMID, "cited": _OMID},
    made=("citing", "cited"),
    shape=shape_index,
)
