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
    "arxiv:hep-th/9901001": [
        "hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001v2", "arXiv:hep-th/9901001",
    ],
    "doi:10.1145/3744746": [
        "10.1145/3744746", "doi:10.1145/3744746", "DOI: 10.1145/3744746",
        "https://doi.org/10.1145/3744746", "http://dx.doi.org/10.1145/3744746",
        "doi.org/10.1145/3744746",
    ],
    "doi:10.18653/v1/2023.findings-acl.507": ["https://doi.org/10.18653/V1/2023.FINDINGS-ACL.507"],
    "doi:10.1002/(sici)1097<1::aid-x>3.0.co;2-7": [
        "https://doi.org/10.1002/(SICI)1097%3C1::AID-X%3E3.0.CO;2-7",
    ],
    "openalex:W4221167110": [
        "w4221167110", "https://openalex.org/W4221167110", "openalex:W4221167110",
    ],
    "s2:246411325": ["s2:246411325"],
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
     "https://arxiv.org/list/cs.CL", "http://[", "https://arxiv.org.evil.example/abs/2304.01373"],
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
