"""OpenAlex: the works snapshot as JSON Lines, and the ids that were merged.

Its works hold no contexts and no roles; its references are works that it cites.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from citehub.build.sources.dumps import (
    CITATIONS,
    WORKS,
    Dataset,
    arxiv_id,
    arxiv_of,
    bare_doi,
    complete,
    curie,
    filled,
    number_of,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from citehub.build.sources.dumps import Expression

SOURCE: Final = "openalex"
FEW: Final = 32  # ids that are looked for in lists quicker than lists are taken apart
_DETAILS: Final = (
    *("title", "authorships", "primary_location", "referenced_works", "counts_by_year"),
    *("abstract_inverted_index", "primary_topic", "open_access", "best_oa_location"),
)
_PREFIX: Final = "https://openalex.org/W"
_ARXIV_PAGE: Final = (
    r"(?:(?:arxiv|ar5iv|alphaxiv)\.org/[a-z-]+/|10\.48550/arxiv\.)(.+?)(?:\.pdf)?/?(?:[?#].*)?\z"
)


def shape_works(raw: Expression) -> dict[str, Expression]:
    """Map works; ``refs`` are the numbers of the works that each cites."""
    doi, own, mag = bare_doi(raw.doi), raw.id.replace(_PREFIX, "W"), number_of(raw.ids.mag, "W")
    pages = raw.locations.map(lambda each: each.landing_page_url)
    pages = pages.filter(lambda page: page.contains("iv."))  # as all names of arXiv do
    arxiv = pages.map(lambda page: arxiv_id(page.lower().re_extract(_ARXIV_PAGE, 1)))
    arxiv = arxiv.filter(lambda each: each.notnull())
    return complete(
        {**WORKS, "record": "int64", "refs": "array<int64>"},
        record=_number(raw.id),
        title=filled(raw.title),
        year=raw.publication_year,
        date=raw.publication_date,
        venue=filled(raw.primary_location.source.display_name),
        type=filled(raw.type),
        is_retracted=raw.is_retracted,
        authors=raw.authorships.map(_author),
        language=filled(raw.language),
        topic=filled(raw.primary_topic.display_name),
        open_access_status=filled(raw.open_access.oa_status),
        license=filled(raw.best_oa_location.license),
        abstract_index=filled(raw.abstract_inverted_index),
        n_citations=raw.cited_by_count,
        years=raw.counts_by_year.map(_year),
        arxiv=arxiv_of(doi).coalesce(arxiv[0]),
        doi=doi,
        openalex=own,
        pmid=number_of(raw.ids.pmid),
        pmcid=number_of(raw.ids.pmcid, "PMC"),
        also=_also(own, mag, arxiv),
        refs=_numbers(raw.referenced_works),
    )


def _also(own: Expression, mag: Expression, arxiv: Expression) -> Expression:
    """Return further identifiers: a number of MAG that is not the work's own, more arXiv ids."""
    import ibis

    has_more = arxiv.length().fill_null(0) > 1
    others = arxiv.filter(lambda each: each != arxiv[0]).map(lambda each: curie("arxiv", each))
    others = ibis.ifelse(has_more, others, ibis.literal([], "array<string>"))
    merged = ibis.array([curie("openalex", mag.lower())])
    return ibis.cases((mag != own, others.concat(merged)), (has_more, others), else_=None)


def citations(works: Expression, of: Collection[int] = ()) -> Expression:
    """Return the citations that works hold: all, or those of works that cite one of a few."""
    if 0 < len(of) <= FEW:
        import ibis

        works = works.filter(ibis.or_(*(works.refs.contains(record) for record in of)))
    edges = works.select(citing=works.record, cited=works.refs.unnest(), part=works.part)
    kinds = {**CITATIONS, "citing": "int64", "cited": "int64"}
    cells = complete(kinds, citing=edges.citing, cited=edges.cited)
    return edges.select(**cells, part=edges.part)


def read_abstract(index: str | None) -> tuple[str | None, str]:
    """Return the abstract that an inverted index holds, and why there is none.

    Examples
    --------
    >>> read_abstract('{"a": [0, 2], "lamp": [1]}')
    ('a lamp a', '')
    >>> read_abstract('{"a": [0], "lamp": [0]}')
    (None, 'two words stand at place 0')
    """
    try:
        found = json.loads(index) if index else {}
    except (ValueError, RecursionError):
        return None, "it is not JSON"
    if isinstance(found, dict) and isinstance(found.get("InvertedIndex"), dict):
        found = found["InvertedIndex"]  # as MAG had them
    if not isinstance(found, dict) or not all(isinstance(each, list) for each in found.values()):
        return None, "it should name a list of places for each word"
    words: dict[int, str] = {}
    for word, places in found.items():
        for place in places:
            if type(place) is not int or place < 0:
                return None, f"{place!r:.60} is no place of a word"
            if place in words:
                return None, f"two words stand at place {place}"
            words[place] = word
    for place, known in enumerate(sorted(words)):
        if place != known:
            return None, f"no word stands at place {place}"
    return " ".join(words[place] for place in sorted(words)) or None, ""


def shape_merged(raw: Expression) -> dict[str, Expression]:
    """Map the list of merged ids."""
    return {
        "record": _number(raw.id, "W"),
        "into": _number(raw.merge_into_id, "W"),
    }


def _number(name: Expression, prefix: str = _PREFIX) -> Expression:
    """Return the number of a work's id; null where it is no such id."""
    return whole(_digits(name, prefix))


def _numbers(names: Expression) -> Expression:
    """Return the numbers of works' ids; null each that is no such id.

    Patterns take most of the time, so that all ids of a list are looked at by one.
    """
    import ibis

    digits = names.map(lambda each: _digits(each))  # noqa: PLW0108 -- its second has a default
    all_are = digits.join("").re_search(r"^[0-9]*\z")
    return ibis.ifelse(all_are, digits.map(lambda each: each.try_cast("int64")), digits.map(whole))


def _digits(name: Expression, prefix: str = _PREFIX) -> Expression:
    """Return what a work's id has behind its prefix; null where it does not have it."""
    import ibis

    return ibis.ifelse(name.startswith(prefix), name.substr(len(prefix)), None)


def _author(each: Expression) -> Expression:
    import ibis

    return ibis.struct(
        {
            "name": each.raw_author_name.coalesce(each.author.display_name),
            "orcid": each.author.orcid,
            "key": each.author.id,
        }
    )


def _year(each: Expression) -> Expression:
    import ibis

    return ibis.struct({"year": each.year, "n": each.cited_by_count})


WORKS_DATASET: Final = Dataset(
    source_id=SOURCE,
    name="works",
    fields={
        "id": "string",
        "doi": "string",
        "title": "string",
        "publication_year": "int64",
        "publication_date": "string",
        "type": "string",
        "authorships": "array<struct<author: struct<id: string, display_name: string, "
        "orcid: string>, raw_author_name: string>>",
        "primary_location": "struct<source: struct<display_name: string>>",
        "ids": "struct<mag: string, pmid: string, pmcid: string>",
        "locations": "array<struct<landing_page_url: string>>",
        "referenced_works": "array<string>",
        "cited_by_count": "int64",
        "counts_by_year": "array<struct<year: string, cited_by_count: string>>",
        "is_retracted": "boolean",
        "language": "string",
        "primary_topic": "struct<display_name: string>",
        "open_access": "struct<oa_status: string>",
        "best_oa_location": "struct<license: string>",
        "abstract_inverted_index": "json",
    },
    keys={"id": r"^https://openalex\.org/W[0-9]{1,18}\Z"},
    made=("record",),
    shape=shape_works,
    needed=("id", "referenced_works"),
)


def only_citing(records: Collection[int]) -> Dataset:
    """Return the works of which only those that are some records, or cite one, keep details.

    Of all others remains what identifies them, which takes a fraction of the time and space.
    """
    import ibis

    ids = [f"{_PREFIX}{record}" for record in records]

    def prepare(raw: Expression) -> Expression:
        kept = ibis.or_(raw.id.isin(ids), *(raw.referenced_works.contains(each) for each in ids))
        return raw.mutate(**{name: ibis.ifelse(kept, raw[name], None) for name in _DETAILS})

    return replace(WORKS_DATASET, prepare=prepare, only=tuple(sorted(records)))


MERGED: Final = Dataset(
    source_id=SOURCE,
    name="merged_ids",
    fields={"merge_date": "string", "id": "string", "merge_into_id": "string"},
    keys={"id": r"^W[0-9]{1,18}\Z", "merge_into_id": r"^W[0-9]{1,18}\Z"},
    made=("record", "into"),
    shape=shape_merged,
)
