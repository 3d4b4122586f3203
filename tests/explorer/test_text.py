"""The explorer's functions of text give what those of the library give."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from citehub._identifiers import parse_identifier
from citehub._search import words
from citehub._tex import _KEPT, escape_tex
from citehub._text import clean_line, is_web_address
from tests.test_identifiers import SPELLINGS
from tests.test_tex import ESCAPED

SCRIPT = Path(__file__).with_name("text.mjs")
# Letters that Python's Unicode does not know yet may be known to that of Node.js.
LETTERS = st.characters(exclude_categories=["Cs", "Cn"])
ROUNDS = settings(max_examples=20, deadline=None)  # each starts Node.js, for many texts


def identifier(text):
    found = parse_identifier(text)
    return found and [found.scheme, found.value, found.url]


FUNCTIONS = {
    "cleanLine": clean_line,
    "escapeTex": escape_tex,
    "fold": lambda text: "\n".join(" ".join(words(line)) for line in text.split("\n")),
    "identifier": identifier,
    "isWebAddress": is_web_address,
    "sort": sorted,
    "split": str.split,
    "strip": str.strip,
    "words": words,
}


@pytest.fixture(scope="session")
def agree(node):
    """Assert that functions of the explorer make of texts what the library's make."""

    def check(texts, *names):
        for name, made in zip(names, node(SCRIPT, [names, texts]), strict=True):
            pairs = zip(texts, made, strict=True)
            differing = [(text, there) for text, there in pairs if there != FUNCTIONS[name](text)]
            assert differing == [], name

    return check


def texts_of(*pieces):
    """Return lists of texts: of any letters, and of pieces."""
    of_pieces = st.lists(st.sampled_from(pieces), max_size=8).map("".join)
    of_letters = st.text(st.one_of(LETTERS, st.sampled_from(["$", "%", "/", "\n", "\u3000"])))
    return st.lists(st.one_of(of_pieces, of_letters), max_size=60)


def test_every_letter_is_folded_alike(agree):
    letters = map(chr, range(sys.maxunicode + 1))
    known = [
        letter for letter in letters if unicodedata.category(letter) not in {"Cn", "Co", "Cs"}
    ]
    agree([f"{letter}a{letter}" for letter in known], "words")


WORDS = (
    "Étienne's M²RNN", "ΛΌΓΟΣ", "ς", "Σ", "straße", "İı", "ﬁ", "ŉ", "ǰ", "각", "ไทยำ", "हिन्दी",
    "𝐌𝐚𝐭𝐡", "½", "①", "文字", "a_b", "a\u0301", "\u0345", "\ufeff", "\x1f", "_", "-", "a \n b",
    " ", "\n",
)  # fmt: skip


@ROUNDS
@given(texts_of(*WORDS))
@example([*WORDS, "".join(WORDS)])
def test_words(agree, texts):
    agree(texts, "words", "fold")


PARTS = (
    "https://", "HTTP://", "arxiv.org", "www.arxiv.org", "export.arxiv.org", "doi.org", "dx.",
    "openalex.org", "/", "/abs/", "/pdf/", "hep-th/9901001", "math.GT/0309136", "2304.01373",
    "٢٣٠٤.٠١٣٧٣", "v2", ".pdf", "10.1145/", "10.48550/arXiv.", "(SICI)1097%3C1::AID-X%3E3.0;2-7",
    "W4221167110", "arXiv:", "doi:", "s2:", "omid:br/", "pith:", "acl:", "%2F", "%", "%e2%82",
    "%EF%BB%BF", "?", "#", "@", ":", ":443", "[", "]", "℀", "é", "ſ", "\u212a", "İ", "ı", "Σ", "𝟙",
    " ", "\t", "\x1c", "\x85", "\ufeff", "\u2028", "$&", "~", "'", "é文𝐌", ";", "\\",
    "pubmed.ncbi.nlm.nih.gov", "www.ncbi.nlm.nih.gov/pmc/articles/", "PMC", "pmc", "0012345", "17",
    "pmid:", "pmcid:", "mag:", "CorpusID:", "&amp;", "&lt;", "10.1000.10/", "doi.acm.org", "abs/",
    "api.semanticscholar.org", "aclanthology.org", "N99-1423", "opencitations.net/meta/",
    "academic.microsoft.com/paper/", "alphaxiv.org", "europepmc.org/article/", "cs.CL/0001001",
)  # fmt: skip
IDENTIFIERS = (
    "https://user@arxiv.org/abs/2304.01373", "https://us℀er@arxiv.org/abs/2304.01373",
    "https://é.arxiv.org:443/abs/2304.01373", "https://[x]@arxiv.org/abs/2304.01373",
    "https://ar\nxiv.org/abs/2304.01373", "https://doi.org//10.1145/a%2Fb%20c%C3",
    "https://openalex.org/works/W12?x#y", "https://arxiv.org", "https://", "arxiv.org/pdf/x.pdf/",
    "٢٣٠٤.٠١٣٧٣", "ſ/1234567", "İ.ıK/1234567", "s2:", "S2: a:b ", "arxiv:doi:10.1/x", "toString:x",
    "s2:é文𝐌?#[]%$&'()*+,/:;=@ ~", "10.1145/\ufeff", "10.1145/\x1c", "doi:10.1145/ΑΣ", "\ufeffw1",
    "https://a@b@arxiv.org/abs/2304.01373", "https://doi.org/10.1145/%EF%BB%BFx",
    "https://doi.org/10.48550/arXiv.%202304.01373", "mag:W12", "PMC12.1", "pmcid:pmc0", "pmid:٣",
    "https://aclanthology.org/ſ99-1423", "https://opencitations.net/meta/BR/1", "pmc\x1c12",
    "s2:a\x07b", "omid:a\nb", "pith:a\u2028b", "acl:\ufffe", "10.1145/a\x9bb", "s2:a\u202eb",
    "https://doi.org/10.1145/a%07b", "https://doi.org/10.1145/a%0Ab",
)  # fmt: skip


def test_identifiers_in_every_spelling(agree):
    texts = [text for each in SPELLINGS.values() for text in each]
    agree([*texts, *PARTS, *IDENTIFIERS], "identifier")


@ROUNDS
@given(texts_of(*PARTS))
def test_identifiers(agree, texts):
    agree(texts, "identifier")


ADDRESSES = {
    "https://doi.org/10.1/x": True, "http://127.0.0.1:8000": True, "https://example.org?a@b": True,
    "https://example.org#a": True, "https://é.example/\n<>": True, "https://x/\\@": True,
    "javascript:alert(1)": False, "\njavascript:x": False, " https://x": False, "//x": False,
    "data:text/html,x": False, "vbscript:x": False, "https:x": False, "https:/x": False,
    "https://": False, "https:///x": False, "https://a@x": False, "https://a:b@x/": False,
    "https://a\\@x": False, "https://a\nb": False, "https://x\n": False, "https://x y/": False,
    "java\tscript:x": False, "HTTPS://x": False, "\x01https://x": False, "https://\u00a0/": False,
}  # fmt: skip


@ROUNDS
@given(
    texts_of("https://", "http:", "/", "@", "\\", "x", "?", "#", "\n", "\x7f", " ", "javascript:")
)
@example([*ADDRESSES])
def test_which_addresses_may_be_links(agree, texts):
    agree(texts, "isWebAddress")
    assert {text: is_web_address(text) for text in ADDRESSES} == ADDRESSES


TEX = (
    "$", "\\", "^", "_", "{", "}", "%", "#", "&", "~", "<", ">", "|", "-", "--", "`", "'", "?`",
    "!`", "alpha", "infty", "Omega", "frac", "2", "n", "x^2", "$x_{10}^2$", "é", "𝐌", "\n", " ",
)  # fmt: skip


@ROUNDS
@given(texts_of(*TEX))
@example([*ESCAPED, *(f"$\\{name}$ $\\{name}x$" for name in _KEPT.split("|"))])
def test_escaped_tex(agree, texts):
    agree(texts, "escapeTex")


SPACES = (
    "a", "文", "𝐌", "\r\n", "\n", "\r", "\t", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f",
    "\x85", "\xa0", "\u1680", "\u180e", "\u2003", "\u200b", "\u2028", "\u2029", "\u202f",
    "\u205f", "\u3000", "\ufeff", "\x00", "\x07", "\x7f", "\x9b", "\ufffd", "\ufffe", "\uffff",
    "\u202e",
)  # fmt: skip


@ROUNDS
@given(texts_of(*SPACES))
@example([*SPACES, "".join(SPACES)])
def test_lines_and_whitespace(agree, texts):
    agree(texts, "cleanLine", "split", "strip")


@ROUNDS
@given(st.lists(texts_of("a", "ab", "\ufffd", "\uffff", "𝐌", "\U0010ffff"), max_size=20))
@example([["𝐌", "\uffff", "a𝐌", "a\uffff", "a", ""]])
def test_the_order_of_texts(agree, lists):
    agree(lists, "sort")
