"""Semantic Scholar's datasets: papers, citations with contexts and intents, abstracts, TLDRs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub.sources.dump_datasets import (
    CITATIONS,
    TEXTS,
    WORKS,
    Dataset,
    arxiv_id,
    arxiv_of,
    bare_doi,
    complete,
    filled,
    number_of,
    numbers_after,
)
from citehub.sources.layout import LINES, PARQUET, Files, find_datasets, find_date
from citehub.sources.semantic_scholar_api import API
from citehub.sources.source import Dump, Need, Option, Source

if TYPE_CHECKING:
    from citehub._rows import Intent
    from citehub.sources.dump_datasets import Expression

SOURCE: Final = "s2"
INTENTS: Final[dict[str, Intent]] = {
    "background": "background",
    "methodology": "method",
    "result": "result",
}
"""What its intents are called in this schema."""
TYPES: Final = {
    "Review": "review",
    "Editorial": "editorial",
    "LettersAndComments": "letter",
    "Dataset": "dataset",
    "BookSection": "book-chapter",
    "Book": "book",
    "MetaAnalysis": "article",
    "ClinicalTrial": "article",
    "CaseReport": "article",
    "Study": "article",
    "Conference": "article",
    "JournalArticle": "article",
}
"""What its publication types are in OpenAlex's terms; of several, the first here counts."""


def shape_papers(raw: Expression) -> dict[str, Expression]:
    """Map papers."""
    import ibis

    ids = raw.externalids
    doi = bare_doi(ids.DOI)
    return complete(
        {**WORKS, "record": "int64"},
        record=raw.corpusid,
        title=filled(raw.title),
        year=raw.year,
        date=raw.publicationdate,
        venue=filled(raw.venue).coalesce(filled(raw.journal["name"])),
        type=ibis.cases(
            *((raw.publicationtypes.contains(theirs), ours) for theirs, ours in TYPES.items()),
            else_=None,
        ),
        authors=raw.authors.map(_author),
        n_citations=raw.citationcount,
        arxiv=arxiv_id(ids.ArXiv).coalesce(arxiv_of(doi)),
        doi=doi,
        openalex=number_of(ids.MAG, "W"),  # OpenAlex took the numbers of MAG over
        s2=raw.corpusid.cast("string"),
        acl=filled(ids.ACL),
        pmid=number_of(ids.PubMed),
        pmcid=number_of(ids.PubMedCentral, "PMC"),
    )


def shape_citations(raw: Expression) -> dict[str, Expression]:
    """Map citations; one side may be unknown."""
    return complete(
        {**CITATIONS, "citing": "int64", "cited": "int64"},
        citing=raw.citingcorpusid,
        cited=raw.citedcorpusid,
        is_influential=raw.isinfluential,
        contexts=raw.contexts,
        intents=_intents(raw.intents),
    )


def _intents(given: Expression) -> Expression:
    """Return the intents of each passage; a flat list, as in the publisher's sample, is one list.

    Of lists in a list, as JSON holds them, each comes as its text.
    """
    import ibis

    if given.type().value_type.is_array():
        return given
    lists = given.map(
        lambda each: ibis.ifelse(each.isnull(), ibis.null("array<string>"), _words(each))
    )
    apart = given.filter(lambda each: each.isnull() | each.startswith("["))
    is_flat = (apart.length() == 0) & (given.length() > 1)
    return ibis.ifelse(is_flat, ibis.array([lists.flatten()]), lists)


def _words(text: Expression) -> Expression:
    """Return the words of a list in JSON, or the one word that a text is."""
    for sign in '[]"':
        text = text.replace(sign, "")
    return text.split(",").map(lambda word: word.strip().nullif("").nullif("null"))


def shape_abstracts(raw: Expression) -> dict[str, Expression]:
    """Map abstracts."""
    kinds = {**TEXTS, "record": "int64"}
    return complete(kinds, record=raw.corpusid, text=filled(raw.abstract))


def shape_tldrs(raw: Expression) -> dict[str, Expression]:
    """Map the sentence that a model wrote of a paper."""
    kinds = {**TEXTS, "record": "int64"}
    return complete(kinds, record=raw.corpusid, text=filled(raw.text), model=raw.model)


def _author(each: Expression) -> Expression:
    import ibis

    orcid = ibis.null().cast("string")
    return ibis.struct({"name": each["name"], "orcid": orcid, "key": each.authorId})


_NUMBER: Final = r"^-?[0-9]+\Z"
PAPERS: Final = Dataset(
    source_id=SOURCE,
    name="papers",
    fields={
        "corpusid": "int64",
        "externalids": "struct<DOI: string, ArXiv: string, ACL: string, MAG: string, "
        "PubMed: string, PubMedCentral: string>",
        "title": "string",
        "authors": "array<struct<authorId: string, name: string>>",
        "venue": "string",
        "journal": "struct<name: string>",
        "publicationtypes": "array<string>",
        "year": "int64",
        "publicationdate": "string",
        "citationcount": "int64",
    },
    keys={"corpusid": _NUMBER},
    made=("record",),
    shape=shape_papers,
    names=numbers_after("corpusid"),
    needed=("corpusid", "title"),
)
CITATIONS_DATASET: Final = Dataset(
    source_id=SOURCE,
    name="citations",
    fields={
        "citingcorpusid": "int64",
        "citedcorpusid": "int64",
        "isinfluential": "boolean",
        "contexts": "array<string>",
        "intents": "array<string>",
    },
    keys={},
    made=(),
    shape=shape_citations,
    names=numbers_after("citingcorpusid", "citedcorpusid"),
    kind="citation",
    nested={"intents": _intents},
    needed=("citingcorpusid", "citedcorpusid"),
    vital=("citingcorpusid", "citedcorpusid"),
)
ABSTRACTS: Final = Dataset(
    source_id=SOURCE,
    name="abstracts",
    fields={"corpusid": "int64", "abstract": "string"},
    keys={"corpusid": _NUMBER},
    made=("record",),
    shape=shape_abstracts,
    names=numbers_after("corpusid"),
    kind="text",
    needed=("corpusid", "abstract"),
)
TLDRS: Final = Dataset(
    source_id=SOURCE,
    name="tldrs",
    fields={"corpusid": "int64", "model": "string", "text": "string"},
    keys={"corpusid": _NUMBER},
    made=("record",),
    shape=shape_tldrs,
    names=numbers_after("corpusid"),
    kind="text",
    needed=("corpusid", "text"),
)


def find_s2(folder: str) -> dict[str, Files]:
    """Find the datasets of Semantic Scholar, of which papers and citations must be there."""
    return find_datasets(folder, DATASETS, needed=2, endings=(*LINES, PARQUET))


def open_dump(store: Any, folder: str, found: dict[str, Files], need: Need) -> dict[str, Any]:
    """Return the tables of the datasets."""
    needed = found if need.texts else dict.fromkeys(("papers", "citations"))
    tables = {name: store.table(found[name]) for name in needed}
    return {
        "works": tables.pop("papers"),
        "citations": tables.pop("citations"),
        "texts": tables,
        "snapshot_on": find_date(folder, found.values()),
    }


DATASETS: Final = (PAPERS, CITATIONS_DATASET, ABSTRACTS, TLDRS)
TLDR: Final = Source(
    id="s2-tldr",
    title="Semantic Scholar datasets, TLDRs: a sentence that a model wrote of a paper",
    url="https://www.semanticscholar.org/product/api",
    kind="records",
    rights="ODC-BY 1.0",
    spdx="ODC-By-1.0",
    notes=("It comes with the datasets of Semantic Scholar, and is named apart as a model's.",),
)
SEMANTIC_SCHOLAR: Final = Source(
    id=SOURCE,
    title="Semantic Scholar datasets",
    url="https://www.semanticscholar.org/product/api",
    kind="records",
    rights="ODC-BY 1.0",
    spdx="ODC-By-1.0",
    schemes=("arxiv", "doi", "openalex", "s2", "acl", "pmid", "pmcid"),
    option=Option("--s2", "DIR", "Semantic Scholar datasets: folders papers, citations ..."),
    api=API,
    dump=Dump(
        datasets=DATASETS, find=find_s2, open=open_dump, scheme="s2", findings={"tldrs": TLDR}
    ),
    roles=INTENTS,
    labeler="Semantic Scholar",
    notes=(
        "A model assigns the roles, to single passages.",
        "Its ids of MAG are those of OpenAlex.",
    ),
)
