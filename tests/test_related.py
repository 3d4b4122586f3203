"""Related works: a cosine of rare words, computed here a second time in another way."""

from __future__ import annotations

import math

import numpy as np
import pytest

import citehub
from citehub._related import rank_related
from tests.made import make_release, make_works

TEXTS = {"a": "sparse attention attention", "b": "dense attention", "c": "a survey", "d": "42"}


def test_scores_are_the_cosine_of_weighted_words():
    idf = {"attention": math.log(5 / 2), "sparse": math.log(5), "dense": math.log(5)}
    a = {"sparse": idf["sparse"], "attention": 2 * idf["attention"]}
    b = {"dense": idf["dense"], "attention": idf["attention"]}
    cosine = a["attention"] * b["attention"] / (math.hypot(*a.values()) * math.hypot(*b.values()))
    assert rank_related(TEXTS, "a") == [("b", round(cosine, 3), ("attention",))]


def test_works_without_a_word_in_common_are_left_out():
    assert rank_related(TEXTS, "c") == rank_related(TEXTS, "d") == []


def test_it_is_symmetric_and_leaves_itself_out(hub):
    works = hub.select()
    scores = {
        (work.work_id, each.work.work_id): each.score
        for work in works
        for each in hub.related(work, n=99)
    }
    assert all(scores[b, a] == score for (a, b), score in scores.items() if (b, a) in scores)
    assert not [pair for pair in scores if pair[0] == pair[1]]
    assert all(0 < score <= 1 for score in scores.values())


def test_the_nearest_of_deepseek_v2_is_deepseek_llm(hub):
    nearest = hub.related("2405.04434", n=3)
    assert nearest[0].work.work_id == "arxiv:2401.02954"
    assert "deepseek" in nearest[0].shared
    assert len(nearest) == 3
    assert [each.score for each in nearest] == sorted((e.score for e in nearest), reverse=True)


def test_function_words_do_not_relate(hub):
    shared = {word for work in hub.select() for each in hub.related(work) for word in each.shared}
    assert not shared & {"the", "and", "of", "for", "with", "to"}


def test_an_unknown_work_is_answered_with_what_exists(hub):
    with pytest.raises(citehub.errors.UnknownWork, match=r"2204\.02312"):
        hub.related("2204.02312")


def test_none_is_asked_for_and_none_is_given(hub):
    assert hub.related("2405.04434", n=0) == []


def test_wrong_arguments_are_named(hub, tmp_path):
    with pytest.raises(citehub.errors.BadArgument, match="n is -1"):
        hub.related("2405.04434", n=-1)
    work = {"work_id": "arxiv:2301.00001", "title": "A", "title_plain": "A"}
    (stranger,) = make_release(tmp_path, make_works(work)).select()
    with pytest.raises(citehub.errors.UnknownWork):
        hub.related(stranger)
    for ask in (hub.work, hub.related, lambda wrong: hub.cite(of=wrong)):
        for wrong in (None, 5, ["2405.04434"]):
            with pytest.raises(TypeError, match="A work is a Work, an identifier or a row with"):
                ask(wrong)
    for wrong in ("2", 2.5, None):
        with pytest.raises(citehub.errors.BadArgument, match="must be a whole number from 0"):
            hub.related("2405.04434", n=wrong)


def test_a_work_is_taken_as_it_is_given(hub):
    (near,) = hub.related("2405.04434", n=np.int64(1))
    assert hub.work(near) == hub.work(near.work) == hub.work(near.work.work_id) == near.work
    assert hub.cite("apa", of=near) == hub.cite("apa", of=near.work.work_id)
