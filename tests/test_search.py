"""Search: what matches, and in which order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citehub._search import rank, words

TITLES = ["Reasoning with models", "Models of reason", "On modelling", "Zürich, a city", "x"]


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
        ("zurich", ["Zürich, a city"]),
        ("zürich city", ["Zürich, a city"]),
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
    assert len(hub.search("language models")) > 10


def test_search_finds_works_by_title_where_no_author_is_known(first):
    assert first.search("pythia")[0].work_id == "arxiv:2304.01373"
    assert first.search("biderman") == []
