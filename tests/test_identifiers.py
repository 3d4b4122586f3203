"""Identifiers in every spelling that people paste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citehub._identifiers import parse_identifier

SPELLINGS = {
    "arxiv:2304.01373": [
        "2304.01373", "2304.01373v2", "arxiv:2304.01373", "arXiv:2304.01373v1",
        " ARXIV: 2304.01373 ",
        "https://arxiv.org/abs/2304.01373", "arxiv.org/abs/2304.01373",
        "http://arxiv.org/abs/2304.01373v3",
        "https://arxiv.org/pdf/2304.01373", "https://arxiv.org/pdf/2304.01373v2.pdf",
        "https://export.arxiv.org/abs/2304.01373", "https://www.arxiv.org/html/2304.01373v1",
        "https://arxiv.org/abs/2304.01373?context=cs.LG#x", "10.48550/arXiv.2304.01373",
        "doi:10.48550/arxiv.2304.01373", "https://doi.org/10.48550/arXiv.2304.01373",
    ],
    "arxiv:2001.00010": [
        "https://arxiv.org/html/2001.00010v1/", "https://ar5iv.labs.arxiv.org/html/2001.00010",
        "ar5iv.org/abs/2001.00010", "https://www.alphaxiv.org/overview/2001.00010v2",
        "https://arxiv.org/ftp/arxiv/papers/2001/2001.00010.pdf", "arxiv:abs/2001.00010",
        "export.arxiv.org/pdf/2001.00010", "abs/2001.00010",
    ],
    "arxiv:hep-th/9901001": [
        "hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001v2", "arXiv:hep-th/9901001",
        "HEP-TH/9901001", "https://arxiv.org/pdf/hep-th/9901001v2.pdf",
        "10.48550/arXiv.hep-th/9901001", "arxiv.org/html/hep-th/9901001",
    ],
    "arxiv:math/0309136": [
        "math/0309136", "math.GT/0309136", "https://arxiv.org/abs/math.GT/0309136v1",
        "arXiv:math.GT/0309136", "doi:10.48550/arxiv.math/0309136",
    ],
    "arxiv:cond-mat/0102536": ["cond-mat.stat-mech/0102536", "arxiv:cond-mat/0102536"],
    "doi:10.1145/3744746": [
        "10.1145/3744746", "doi:10.1145/3744746", "DOI: 10.1145/3744746",
        "https://doi.org/10.1145/3744746", "http://dx.doi.org/10.1145/3744746",
        "doi.org/10.1145/3744746", "http://doi.acm.org/10.1145/3744746",
        "https://dx-doi-org.library.example/10.1145/3744746",
    ],
    "doi:10.5555/end": [
        "10.5555/end.", "doi:10.5555/end,;", "https://doi.org/doi:10.5555/end",
        "doi:https://doi.org/10.5555/END", "doi:http://dx.doi.org/10.5555/end.",
    ],
    "doi:10.1000.10/lantern": ["10.1000.10/lantern", "https://doi.org/10.1000.10/LANTERN"],
    "doi:10.18653/v1/2023.findings-acl.507": ["https://doi.org/10.18653/V1/2023.FINDINGS-ACL.507"],
    "doi:10.1002/(sici)1097<1::aid-x>3.0.co;2-7": [
        "https://doi.org/10.1002/(SICI)1097%3C1::AID-X%3E3.0.CO;2-7",
        "10.1002/(SICI)1097&lt;1::AID-X&gt;3.0.CO;2-7",
        "doi:10.1002/%28SICI%291097%3C1::AID-X%3E3.0.CO%3B2-7",
        "https://doi.org/10.1002/(sici)1097&amp;lt;1::aid-x&amp;gt;3.0.co;2-7",
    ],
    "openalex:W4221167110": [
        "w4221167110", "https://openalex.org/W4221167110", "openalex:W4221167110",
        "https://api.openalex.org/works/W4221167110", "openalex.org/works/w4221167110",
        "mag:4221167110", "MAG: 4221167110", "https://academic.microsoft.com/paper/4221167110/x",
    ],
    "s2:246411325": [
        "s2:246411325", "CorpusID:246411325", "https://api.semanticscholar.org/CorpusID:246411325",
    ],
    "pmid:99999999": [
        "pmid:99999999", "PMID: 99999999", "pmid:099999999",
        "https://pubmed.ncbi.nlm.nih.gov/99999999/", "pubmed.ncbi.nlm.nih.gov/99999999",
        "https://www.ncbi.nlm.nih.gov/pubmed/99999999",
        "http://www.ncbi.nlm.nih.gov/m/pubmed/99999999/",
        "https://europepmc.org/article/MED/99999999",
    ],
    "pmcid:PMC9999999": [
        "PMC9999999", "pmcid:PMC9999999", "PMCID: PMC9999999", "pmcid:9999999", "pmc:pmc9999999",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC9999999/pdf/x.pdf", "PMC9999999.2",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/9999999",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC9999999/",
        "https://europepmc.org/articles/PMC9999999", "europepmc.org/article/PMC/PMC9999999",
    ],
    "omid:br/0699001": [
        "omid:br/0699001", "https://opencitations.net/meta/br/0699001",
        "https://w3id.org/oc/meta/br/0699001",
    ],
    "acl:2099.acl-long.1": [
        "acl:2099.acl-long.1", "https://aclanthology.org/2099.acl-long.1/",
        "https://www.aclanthology.org/2099.acl-long.1.pdf",
    ],
    "acl:N99-1423": ["https://aclanthology.org/N99-1423"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "curie"), [(text, curie) for curie, texts in SPELLINGS.items() for text in texts]
)
def test_every_spelling_is_one_identifier(text, curie):
    found = parse_identifier(text)
    assert found is not None
    assert found.curie == curie


@pytest.mark.parametrize(
    "text",
    ["", "Pythia", "2304", "10.1145", "https://example.org/abs/2304.01373", "arxiv:", "doi:x",
     "https://arxiv.org/list/cs.CL", "http://[", "https://arxiv.org.evil.example/abs/2304.01373",
     "br/0699001", "lamps/9901001", "10.1000.x/lantern", "10.1000./lantern", "99999999", "PMC",
     "pmid:x", "pmid:0", "pmcid:PMCX", "mag:x", "mag:W1", "https://aclanthology.org/events",
     "https://arxiv.org/abs/lamps/9901001", "https://doi.org/", "https://opencitations.net/meta/x",
     "https://pubmed.ncbi.nlm.nih.gov/?term=lamp", "https://www.ncbi.nlm.nih.gov/pmc/articles/x"],
)  # fmt: skip
def test_other_text_is_no_identifier(text):
    assert parse_identifier(text) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text):
    found = parse_identifier(text)
    assert found is None or parse_identifier(found.curie) is not None


def test_identifiers_have_pages():
    assert parse_identifier("2304.01373").url == "https://arxiv.org/abs/2304.01373"
    assert parse_identifier("10.1145/3744746").url == "https://doi.org/10.1145/3744746"
    assert parse_identifier("pith:X").url is None


@pytest.mark.parametrize("curie", SPELLINGS)
def test_the_page_of_an_identifier_leads_back_to_it(curie):
    found = parse_identifier(curie)
    assert parse_identifier(found.url) == found
