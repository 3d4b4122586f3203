"""How the bulk sources' fields are mapped: identifiers, dates, names and types."""

from __future__ import annotations

from typing import Any

import ibis
import pytest

from citehub._identifiers import Identifier
from citehub.bulk.engines.duckdb import DuckDB
from citehub.bulk.find import ids_of as ids_of_row
from citehub.sources import openalex, openalex_api, opencitations, semantic_scholar
from citehub.sources.dump_datasets import Dataset, as_text, shape_texts
from citehub.sources.records import ID_SCHEMES, best_identifier


class Shapes:
    """How rows of datasets are mapped; each query is put together once, as that takes longest."""

    def __init__(self, engine: DuckDB) -> None:
        self.backend = engine._backend
        self.queries: dict[str, str] = {}

    def rows(self, dataset: Dataset, *rows: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what rows are mapped to, in their order; fields that they leave out are null."""
        kinds = {name: as_text(kind) for name, kind in dataset.fields.items()}
        schema = ibis.schema({**kinds, "part": "int32"})
        name = f"{dataset.source_id}_{dataset.name}"
        if name not in self.queries:
            table = self.backend.create_table(name, schema=schema)
            query = ibis.to_sql(shape_texts(table, dataset), dialect="duckdb")
            self.queries[name] = f"{query} ORDER BY part"
        cells = [(*map(row.get, kinds), part) for part, row in enumerate(rows)]
        self.backend.insert(name, ibis.memtable(cells, schema=schema), overwrite=True)
        return self.backend.raw_sql(self.queries[name]).to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def shapes(tmp_path_factory) -> Shapes:
    engine = DuckDB(0, 1, str(tmp_path_factory.mktemp("engine")))
    yield Shapes(engine)
    engine.close()


def shape(shapes: Shapes, dataset: Dataset, **fields: Any) -> dict[str, Any]:
    """Return what a row is mapped to."""
    (row,) = shapes.rows(dataset, fields)
    return row


def ids_of(row: dict[str, Any]) -> dict[str, str]:
    return {scheme: row[scheme] for scheme in (*ID_SCHEMES, "also") if row[scheme] is not None}


BY_RANK = [
    "arxiv:2301.00001", "doi:10.5555/x", "openalex:W7", "s2:8", "omid:br/9", "acl:P1", "pmid:7",
    "pmcid:PMC7",
]  # fmt: skip


@pytest.mark.parametrize("rank", range(len(BY_RANK)))
def test_the_best_identifier_names_a_work(rank):
    ids = [Identifier(*each.split(":", 1)) for each in reversed(BY_RANK[rank:])]
    others = [Identifier("pith", "a-paper"), Identifier("other", "7")]
    assert best_identifier([*others, *ids]).curie == BY_RANK[rank]


def test_of_identifiers_that_name_no_work_none_is_the_best():
    assert best_identifier([Identifier("pith", "a-paper"), Identifier("other", "7")]) is None
    assert best_identifier([]) is None


def test_of_two_identifiers_of_one_scheme_the_first_in_order_is_the_best():
    two = [Identifier("doi", "10.5555/b"), Identifier("doi", "10.5555/a")]
    assert best_identifier(two) == best_identifier(two[::-1]) == two[1]


@pytest.mark.parametrize(
    ("title", "sound"),
    [
        ('{"en":"A title"}', False), ("{}", False), ('["A title"]', False), ("[{}]", False),
        ("[]", False), ("[[1]]", False), ("[1] A title", True), ("{A} title", True), ("", True),
        (None, True),
    ],
)  # fmt: skip
def test_a_list_or_an_object_is_no_text(shapes, title, sound):
    row = shape(shapes, semantic_scholar.PAPERS, corpusid="7", title=title)
    assert row["sound"] is sound


# -- OpenAlex -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("doi", "pages", "found"),
    [
        (None, [], {}),
        ("https://doi.org/10.5555/X", [], {"doi": "10.5555/x"}),
        ("10.5555/(sici)a(1):2<3>", [None], {"doi": "10.5555/(sici)a(1):2<3>"}),
        ("none", ["https://example.org/abs/9912.00001"], {}),
        (
            "https://doi.org/10.48550/arXiv.9912.00001",
            [],
            {"doi": "10.48550/arxiv.9912.00001", "arxiv": "9912.00001"},
        ),
        (
            "https://doi.org/10.5555/x",
            [None, "https://doi.org/10.5555/x", "http://arxiv.org/abs/9912.00001v2"],
            {"doi": "10.5555/x", "arxiv": "9912.00001"},
        ),
        (None, ["https://arxiv.org/pdf/9912.00001"], {"arxiv": "9912.00001"}),
        (None, ["http://arxiv.org/abs/math.GT/0309136"], {"arxiv": "math/0309136"}),
        (None, ["http://arxiv.org/pdf/hep-th/9901001v2.pdf"], {"arxiv": "hep-th/9901001"}),
        (None, ["https://arxiv.org/html/9912.00001v1/"], {"arxiv": "9912.00001"}),
        (None, ["https://export.arxiv.org/abs/9912.00001?x#y"], {"arxiv": "9912.00001"}),
        (None, ["https://ar5iv.labs.arxiv.org/html/9912.00001"], {"arxiv": "9912.00001"}),
        (None, ["https://www.alphaxiv.org/abs/9912.00001"], {"arxiv": "9912.00001"}),
        (None, ["https://doi.org/10.48550/arXiv.9912.00001"], {"arxiv": "9912.00001"}),
        (None, ["https://arxiv.org/list/cs"], {}),
        (
            None,
            ["https://arxiv.org/list/x", "https://arxiv.org/abs/9912.00001",
             "https://arxiv.org/html/9912.00001", "https://arxiv.org/abs/9912.00002"],
            {"arxiv": "9912.00001", "also": ["arxiv:9912.00002"]},
        ),
        ("https://doi.org/10.1000.10/Lantern", [], {"doi": "10.1000.10/lantern"}),
        ("doi: 10.1000.10/lantern", [], {"doi": "10.1000.10/lantern"}),
        (" 10.5555/x ", [], {"doi": "10.5555/x"}),
        ("https://doi.org/10.5555/8&lt;693::a&gt;3&amp;x", [], {"doi": "10.5555/8<693::a>3&x"}),
        ("https://doi.org/10.5555/%28x%29%3A8%3C2%3E", [], {"doi": "10.5555/(x):8<2>"}),
        (
            "https://doi.org/10.48550/arXiv.math.GT/0309136v2",
            [],
            {"doi": "10.48550/arxiv.math.gt/0309136v2", "arxiv": "math/0309136"},
        ),
    ],
)  # fmt: skip
def test_identifiers_of_openalex(shapes, doi, pages, found):
    locations = [{"landing_page_url": each} for each in pages]
    row = shape(
        shapes, openalex.WORKS_DATASET,
        id="https://openalex.org/W9900000001", doi=doi, locations=locations,
    )  # fmt: skip
    assert ids_of(row) == found | {"openalex": "W9900000001"}
    assert row["record"] == 9900000001


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        (None, {}),
        ({}, {}),
        ({"pmid": "https://pubmed.ncbi.nlm.nih.gov/99999999"}, {"pmid": "99999999"}),
        ({"pmid": "https://www.ncbi.nlm.nih.gov/pubmed/099999999/"}, {"pmid": "99999999"}),
        ({"pmid": "99999999", "mag": "7"}, {"pmid": "99999999"}),
        ({"pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC9999999"},
         {"pmcid": "PMC9999999"}),
        ({"pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/9999999"}, {"pmcid": "PMC9999999"}),
        ({"pmid": "", "pmcid": "none", "mag": "none"}, {}),
        ({"mag": "77"}, {"also": ["openalex:w77"]}),  # of which the record was made
    ],
)  # fmt: skip
def test_further_identifiers_of_openalex(shapes, ids, found):
    given = ids if ids is None else {"mag": None, "pmid": None, "pmcid": None, **ids}
    row = shape(shapes, openalex.WORKS_DATASET, id="https://openalex.org/W7", ids=given)
    assert ids_of(row) == found | {"openalex": "W7"}


def test_texts_of_openalex(shapes):
    author = {"id": None, "display_name": "A. Made", "orcid": "https://orcid.org/0"}
    row = shape(
        shapes, openalex.WORKS_DATASET, id="https://openalex.org/W1", title="", type="",
        publication_year="2024", publication_date="2024-05-06", is_retracted="false",
        primary_location={"source": {"display_name": ""}},
        authorships=[{"author": author, "raw_author_name": None},
                     {"author": author, "raw_author_name": "Ada Made"}],
        referenced_works=["https://openalex.org/W2", None, "W-"],
    )  # fmt: skip
    assert (row["title"], row["type"], row["venue"]) == (None, None, None)
    assert (row["year"], row["date"], row["is_retracted"]) == (2024, "2024-05-06", False)
    assert [each["name"] for each in row["authors"]] == ["A. Made", "Ada Made"]
    assert row["refs"] == [2, None, None]
    assert row["sound"]


def test_openalex_is_asked_for_each_field_that_is_read():
    assert list(openalex.WORKS_DATASET.fields) == list(openalex_api.FIELDS)


def test_what_else_openalex_tells(shapes):
    row = shape(
        shapes, openalex.WORKS_DATASET, id="https://openalex.org/W1", language="en",
        primary_topic={"display_name": "Lamps"}, open_access={"oa_status": "gold"},
        best_oa_location={"license": "cc-by"}, cited_by_count="7",
        abstract_inverted_index='{"lamp":[1],"A":[0]}',
    )  # fmt: skip
    names = ("language", "topic", "open_access_status", "license", "n_citations")
    assert [row[name] for name in names] == ["en", "Lamps", "gold", "cc-by", 7]
    assert (row["abstract_index"], row["sound"]) == ('{"lamp":[1],"A":[0]}', True)
    bare = shape(shapes, openalex.WORKS_DATASET, id="https://openalex.org/W1", language="")
    assert {bare[name] for name in (*names, "abstract_index")} == {None}


@pytest.mark.parametrize(
    ("index", "text", "problem"),
    [
        (None, None, ""),
        ("{}", None, ""),
        ('{"glows":[2],"A":[0],"lamp":[1,3]}', "A lamp glows lamp", ""),
        ('{"IndexLength":2,"InvertedIndex":{"lamp":[1],"A":[0]}}', "A lamp", ""),
        ('{"A":[0],"lamp":[0]}', None, "two words stand at place 0"),
        ('{"A":[0],"lamp":[2]}', None, "no word stands at place 1"),
        ('{"A":[1]}', None, "no word stands at place 0"),
        ('{"A":[-1]}', None, "-1 is no place of a word"),
        ('{"A":["0"]}', None, "'0' is no place of a word"),
        ('{"A":[0.5]}', None, "0.5 is no place of a word"),
        ('{"A":[true]}', None, "True is no place of a word"),
        ('{"A":[999999999999]}', None, "no word stands at place 0"),
        ('{"A":0}', None, "it should name a list of places for each word"),
        ('["A"]', None, "it should name a list of places for each word"),
        ("A lamp", None, "it is not JSON"),
    ],
)
def test_abstracts_of_openalex(index, text, problem):
    assert openalex.read_abstract(index) == (text, problem)


# -- Semantic Scholar ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, {}),
        ({}, {}),
        ({"DOI": "10.5555/X", "ArXiv": "9912.00001", "ACL": "2099.acl-long.1"},
         {"doi": "10.5555/x", "arxiv": "9912.00001", "acl": "2099.acl-long.1"}),
        ({"DOI": "10.48550/ARXIV.9912.00001"},
         {"doi": "10.48550/arxiv.9912.00001", "arxiv": "9912.00001"}),
        ({"DOI": "", "ArXiv": "", "ACL": "", "MAG": "", "PubMed": "", "PubMedCentral": ""}, {}),
        ({"MAG": "77", "PubMed": "99999999", "PubMedCentral": "9999999"},
         {"openalex": "W77", "pmid": "99999999", "pmcid": "PMC9999999"}),
        ({"PubMedCentral": "PMC9999999", "ArXiv": "math.GT/0309136v1"},
         {"pmcid": "PMC9999999", "arxiv": "math/0309136"}),
        ({"ArXiv": "none", "MAG": "none", "PubMed": "none"}, {}),
    ],
)  # fmt: skip
def test_identifiers_of_semantic_scholar(shapes, given, found):
    names = ("DOI", "ArXiv", "ACL", "MAG", "PubMed", "PubMedCentral")
    ids = given if given is None else {name: given.get(name) for name in names}
    row = shape(shapes, semantic_scholar.PAPERS, corpusid="990000001", externalids=ids, venue="")
    assert ids_of(row) == found | {"s2": "990000001"}
    assert (row["record"], row["venue"], row["sound"]) == (990000001, None, True)


@pytest.mark.parametrize(
    ("types", "found"),
    [
        (None, None), ([], None), (["News"], None), (["JournalArticle"], "article"),
        (["JournalArticle", "Review"], "review"), (["Conference", "JournalArticle"], "article"),
        (["Book", "BookSection"], "book-chapter"), (["LettersAndComments", None], "letter"),
    ],
)  # fmt: skip
def test_types_of_semantic_scholar(shapes, types, found):
    assert shape(shapes, semantic_scholar.PAPERS, corpusid="1", publicationtypes=types)[
        "type"
    ] == (found)


@pytest.mark.parametrize(
    ("venue", "journal", "found"),
    [
        ("Venue", {"name": "Journal"}, "Venue"), ("", {"name": "Journal"}, "Journal"),
        (None, {"name": ""}, None), (None, None, None),
    ],
)  # fmt: skip
def test_the_journal_is_the_venue_where_none_is_named(shapes, venue, journal, found):
    row = shape(shapes, semantic_scholar.PAPERS, corpusid="1", venue=venue, journal=journal)
    assert row["venue"] == found


# -- OpenCitations ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("omid:br/1", {}),
        ("omid:br/1 doi:10.5555/X pmid:7", {"doi": "10.5555/x", "pmid": "7"}),
        ("pmcid:PMC7 omid:br/1 pmid:07", {"pmid": "7", "pmcid": "PMC7", "also": ["pmid:07"]}),
        (
            "omid:br/1 doi:10.5555/a doi:10.5555/B doi:10.1000.10/c pmid:7 pmid:8 issn:1",
            {
                "doi": "10.5555/a",
                "pmid": "7",
                "also": ["doi:10.5555/b", "doi:10.1000.10/c", "pmid:8"],
            },
        ),
        ("doi:10.5555/x openalex:W12 omid:br/1", {"doi": "10.5555/x", "openalex": "W12"}),
        ("omid:br/1 doi:10.48550/arXiv.9912.00001", {"arxiv": "9912.00001"}),
        ("omid:br/1 arxiv:9912.00001", {"arxiv": "9912.00001"}),
        (
            "omid:br/1 doi:10.5555/x doi:10.48550/arxiv.9912.00001",
            {"doi": "10.5555/x", "arxiv": "9912.00001"},
        ),
        (
            "omid:br/1 doi:10.48550/arxiv.9912.00001 doi:10.5555/x",
            {"doi": "10.5555/x", "arxiv": "9912.00001"},
        ),
        ("doi:10.5555/8&lt;2 omid:br/1", {"doi": "10.5555/8<2"}),
        ("omid:br/1 notdoi:10.5555/x", {}),
    ],
)
def test_identifiers_of_opencitations(shapes, cell, found):
    row = shape(shapes, opencitations.META, id=cell)
    assert (row["record"], row["sound"]) == ("br/1", True)
    known = {each.curie for each in ids_of_row(row)}
    assert known == {each.curie for each in ids_of_row(dict.fromkeys(row) | found)} | {"omid:br/1"}
    assert {scheme: row[scheme] for scheme in found.keys() - {"also"}} == {
        scheme: value for scheme, value in found.items() if scheme != "also"
    }


@pytest.mark.parametrize(
    ("cell", "name", "orcid"),
    [
        ("Made, Ada [omid:ra/1 orcid:0000-0000-0000-000X]", "Ada Made", "0000-0000-0000-000X"),
        ("Made, Ada", "Ada Made", None),
        ("Made", "Made", None),
        ("Made, [omid:ra/1]", "Made", None),
        ("Made Consortium [omid:ra/1]", "Made Consortium", None),
        ("Made [A], Ada [omid:ra/1]", "Ada Made [A]", None),
    ],
)
def test_authors_of_opencitations(shapes, cell, name, orcid):
    row = shape(shapes, opencitations.META, id="omid:br/1", author=f"{cell}; Other, An")
    first, second = row["authors"]
    assert (first["name"], first["orcid"], second["name"]) == (name, orcid, "An Other")


@pytest.mark.parametrize(
    ("date", "kind", "venue", "found"),
    [
        ("2024-05-06", "journal article", "A [omid:br/2 issn:1]", (2024, "article", "A")),
        ("2024", "book chapter", "A", (2024, "book-chapter", "A")),
        ("", "", "", (None, None, None)),
        (None, "web content", "[omid:br/2]", (None, "other", None)),
        (None, "unheard of", None, (None, None, None)),
        ("May", "book", None, (None, "book", None)),
    ],
)
def test_dates_types_and_venues_of_opencitations(shapes, date, kind, venue, found):
    row = shape(shapes, opencitations.META, id="omid:br/1", pub_date=date, type=kind, venue=venue)
    assert (row["year"], row["type"], row["venue"]) == found


@pytest.mark.parametrize("spell", [str, lambda kind: f" {kind.title()} "])
def test_types_of_opencitations(shapes, spell):
    rows = [{"id": "omid:br/1", "type": spell(kind)} for kind in opencitations.TYPES]
    found = [row["type"] for row in shapes.rows(opencitations.META, *rows)]
    assert found == [*opencitations.TYPES.values()]


def test_citations_of_opencitations(shapes):
    row = shape(shapes, opencitations.INDEX, citing="doi:10.5555/x omid:br/2", cited="omid:br/1")
    assert (row["citing"], row["cited"], row["sound"]) == ("br/2", "br/1", True)
    assert not shape(shapes, opencitations.INDEX, citing="omid:br/2", cited="")["sound"]
    assert not shape(shapes, opencitations.INDEX, citing="omid:br/2", cited="wikidata:Q1")["sound"]


@pytest.mark.parametrize(
    ("cell", "record"),
    [
        ("doi:10.5555/X pmid:7", "doi:10.5555/x"),
        ("10.5555/X", "doi:10.5555/x"),
        ("pmid:7", "pmid:7"),
        ("7", "pmid:7"),
        ("doi:10.48550/arXiv.9912.00001v1", "arxiv:9912.00001"),
    ],
)
def test_a_citation_without_an_omid_names_works_by_another_identifier(shapes, cell, record):
    row = shape(shapes, opencitations.INDEX, citing=cell, cited="omid:br/1")
    assert (row["citing"], row["cited"], row["sound"]) == (record, "br/1", True)


def test_openalex_is_asked_for_what_is_read_of_its_works():
    assert {*openalex_api.FIELDS} == {*openalex.WORKS_DATASET.fields}
