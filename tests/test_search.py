"""Search: what matches, and in which order."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citehub import _search
from citehub._search import FIELD_WEIGHTS, rank, words
from tests.made import make_release, make_works

TITLES = ["Reasoning with models", "Models of reason", "On modelling", "Zürich, a city", "x"]


FIELDS = FIELD_WEIGHTS


def found(query, titles=TITLES):
    return [titles[number] for number in rank(query, [(title,) for title in titles], (1,))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("reasoning", ["Reasoning with models"]),
        ("REASON", ["Models of reason", "Reasoning with models"]),
        ("models reason", ["Models of reason", "Reasoning with models"]),
        ("model", ["Reasoning with models", "Models of reason", "On modelling"]),
        ("odel", ["Reasoning with models", "Models of reason", "On modelling"]),
        ("ode", ["Reasoning with models", "Models of reason", "On modelling"]),
        ("od", []),
        ("zurich", ["Zürich, a city"]),
        ("zürich city", ["Zürich, a city"]),
        ("ZÜRICH", ["Zürich, a city"]),
        ("reasoning city", []),
        ("", []),
        ("!?", []),
    ],
)
def test_matches_and_order(query, expected):
    assert found(query) == expected


@pytest.mark.parametrize(
    "typo", ["modeling", "modelllling", "moddelling", "odelling", "mdoelling"]
)
def test_one_wrong_letter_is_forgiven_where_nothing_else_matches(typo):
    expected = {"modeling": 1, "moddelling": 1, "odelling": 1, "mdoelling": 1, "modelllling": 0}
    assert len(found(typo)) == expected[typo]


def test_a_typo_is_not_forgiven_where_the_word_exists():
    assert found("reason", ["reason", "season"]) == ["reason"]


@pytest.mark.parametrize("query", ["reason seasom", "seasom reason"])
def test_the_order_of_words_does_not_matter(query):
    titles = ["reason of a season", "reason", "reasons, seasons"]
    assert found(query, titles) == ["reason of a season"]


def test_a_phrase_comes_before_scattered_words():
    titles = ["energy of data and the cost", "the cost of energy data"]
    assert found("cost of energy", titles) == titles[::-1]


def test_heavier_fields_come_first():
    documents = [("a title", "smith"), ("smith", "an author")]
    assert rank("smith", documents, (4, 3)) == [1, 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Σίσυφος ΣΊΣΥΦΟΣ", ["σισυφοσ", "σισυφοσ"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("İstanbul ılık", ["istanbul", "ilik"]),
        ("ﬁne １２ ① x²", ["fine", "12", "1", "x2"]),
        ("हिन्दी", ["हनद"]),
        ("大規模言語モデル", ["大規模言語モテル"]),
        ("𐐀𐐨", ["𐐨𐐨"]),
        ("a_b-c’d\u0301.e", ["a", "b", "c", "d", "e"]),
        ("👩‍🔬 …", []),
    ],
)
def test_words_are_folded(text, expected):
    assert words(text) == expected


@given(st.text())
def test_folding_is_what_its_definition_says(text):
    kinds = unicodedata.category
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not kinds(c).startswith("M"))
    folded = bare.upper().lower().replace("ς", "σ")
    spaced = "".join(c if kinds(c)[0] in "LN" else " " for c in folded)
    assert words(text) == spaced.split()


def plain_quality(word, other):
    if word == other:
        return 4
    if other.startswith(word):
        return 3
    return 2 if len(word) > 2 and word in other else 0


def plain_typo(word, other):
    def without_one(text):
        return {text[:n] + text[n + 1 :] for n in range(len(text))}

    swaps = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1)}
    changed = len(word) == len(other) and sum(map(str.__ne__, word, other)) == 1
    off = changed or other in swaps | without_one(word) or word in without_one(other)
    return int(len(word) > 4 and off)


def plain_rank(query, documents):
    """Rank by the definition alone: every word of the query against every word of a work."""

    def scores(word, quality):
        return [
            max(
                weight * quality(word, other)
                for weight, field in zip(FIELDS, fields, strict=True)
                for other in ["", *words(field)]
            )
            for fields in documents
        ]

    phrase = " ".join(words(query))
    table = [
        found if any(found := scores(word, plain_quality)) else scores(word, plain_typo)
        for word in words(query)
    ]
    matches = [n for n in range(len(documents)) if table and all(row[n] for row in table)]
    totals = {
        n: sum(row[n] for row in table)
        + 16 * (f" {phrase} " in f" {' '.join(words(documents[n][0]))} ")
        for n in matches
    }
    return sorted(matches, key=lambda n: -totals[n])


SHORT = st.lists(st.sampled_from(["model", "models", "modle", "remodel", "mo", "data", "datum"]))
TEXT = SHORT.map(" ".join)


@given(TEXT, st.lists(st.tuples(*[TEXT] * len(FIELDS)), max_size=4))
def test_the_order_is_what_its_definition_says(query, documents):
    assert rank(query, documents, FIELDS) == plain_rank(query, documents)


@given(st.text(), st.lists(st.text(), max_size=5))
def test_any_query_is_answered_in_one_stable_order(query, titles):
    documents = [(title,) for title in titles]
    order = rank(query, documents, (1,))
    assert order == rank(query, documents, (1,))
    assert len(order) == len(set(order))


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1))
def test_every_text_finds_itself(text):
    if words(text):
        assert rank(text, [(text,)], (1,)) == [0]


def test_search_of_the_hub(hub):
    assert [work.work_id for work in hub.search("overthinking")] == ["arxiv:2412.21187"]
    assert hub.search("biderman pythia")[0].work_id == "arxiv:2304.01373"
    assert hub.search("m2rnn")[0].work_id == "arxiv:2603.14360"
    assert hub.search("overthinkng")[0].work_id == "arxiv:2412.21187"
    assert hub.search("no such word") == []
    said = [row["citing_work_id"] for row in hub.citation_contexts if "LAMBADA" in row["gist"]]
    assert {work.work_id for work in hub.search("lambada")} == {*said}  # no title has it
    assert len(hub.search("language models")) > 10


@pytest.mark.parametrize(
    "query",
    [
        "2304.01373", "2304.01373v2", "arXiv:2304.01373", "https://arxiv.org/abs/2304.01373v2",
        "arxiv.org/pdf/2304.01373", "10.48550/arXiv.2304.01373", "arxiv 2304.01373",
    ],
)  # fmt: skip
def test_search_finds_works_by_their_identifier_in_any_spelling(hub, query):
    assert [work.work_id for work in hub.search(query)] == ["arxiv:2304.01373"]


def test_an_identifier_is_looked_for_like_any_words(hub):
    assert [w.work_id for w in hub.search("10.1145/3744746")] == ["arxiv:2307.06435"]
    found = {work.work_id for work in hub.search("2304")}
    assert {"arxiv:2304.01373", "arxiv:2304.10592", "arxiv:2304.06767"} <= found


def test_an_identifier_counts_least(tmp_path):
    works = [
        {"work_id": "arxiv:2301.00001", "ids": {"acl": "falcon"}},
        {"work_id": "arxiv:2301.00002", "finding": "falcon"},
        {"work_id": "arxiv:2301.00003", "authors": ["Falcon"]},
        {"work_id": "arxiv:2301.00004", "title_plain": "falcon"},
    ]
    found = make_release(tmp_path, make_works(*works)).search("falcon")
    assert [work.work_id for work in found] == [work["work_id"] for work in works[::-1]]


@pytest.mark.parametrize("wrong", [None, 7, ["falcon"]])
def test_what_is_no_text_is_refused(hub, wrong):
    with pytest.raises(TypeError, match="words in one text"):
        hub.search(wrong)


def test_search_finds_works_by_title_where_no_author_is_known(first):
    assert first.search("pythia")[0].work_id == "arxiv:2304.01373"
    assert first.search("biderman") == []


def test_a_word_that_no_work_has_ends_the_search_and_a_word_said_again_is_not_sought_again(
    monkeypatch,
):
    sought = []
    qualities = _search._qualities
    monkeypatch.setattr(
        _search, "_qualities", lambda *of: [sought.append(of[0]), qualities(*of)][1]
    )
    assert found("reason " * 1000) == ["Models of reason", "Reasoning with models"]
    assert found("nothing " + " ".join(f"word{n}" for n in range(1000))) == []
    assert sought == ["reason", "nothing", "nothing"]
