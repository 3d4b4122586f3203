"""Selecting: every condition against a plain computation, their combinations, and the orders."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import citehub
from citehub import _release, errors
from citehub._select import FLAGS, LISTS
from citehub._table import TableFile
from tests.made import CANONICAL, make_release, make_works

PYTHIA = "arxiv:2304.01373"
CITING = "citing_work_id"


def ids(works):
    return [work.work_id for work in works]


# -- the conditions one by one, on the real hub -----------------------------------------------


@pytest.fixture(scope="module")
def newest():
    return citehub.load("mt-nlg")


@pytest.fixture(scope="module")
def frame(newest):
    """The citing works in hub order."""
    return newest.citing_works.to_pandas().set_index("work_id", drop=False)


def of_theme(hub, frame, *themes):
    rows = hub.work_themes.to_pandas()
    return frame.work_id.isin(rows.work_id[rows.theme_id.isin(themes)])


def by_authors_of(hub, frame, work_id):
    rows = hub.authorships.to_pandas()
    names = set(rows.author_name[rows.work_id == work_id])
    return frame.work_id.isin(rows.work_id[rows.author_name.isin(names)])


def with_id(hub, frame, scheme):
    rows = hub.work_ids.to_pandas()
    return frame.work_id.isin(rows.work_id[rows.scheme == scheme])


def labelled(hub, frame, value=None):
    """Tell which works a majority of the readings gives a label, or any."""
    rows = hub.citation_labels.to_pandas()
    rows = rows[(rows.labeler_kind == "majority") & (rows["rank"] == 1)]
    if value:
        rows = rows[rows.value == value]
    return frame.work_id.isin(rows[CITING])


def about(hub, frame, subject):
    rows = hub.citation_labels.to_pandas()
    return frame.work_id.isin(rows[rows.is_shown & (rows.subject == subject)][CITING])


def in_section(hub, frame, kind=None):
    rows = hub.citation_contexts.to_pandas()
    kinds = rows.section_kind
    return frame.work_id.isin(rows[kinds == kind if kind else kinds.notna()][CITING])


def unread(hub, frame):
    rows = hub.text_readings.to_pandas()
    return frame.work_id.isin(
        rows.work_id[rows.status.isin(["not at hand", "no citation found"])]
    ) & ~frame.work_id.isin(hub.citation_contexts[CITING])


def shared(hub, frame):
    return frame.work_id.map(hub.citations.to_pandas().set_index(CITING).shared_authors)


ALONE = [
    ({"theme": "reasoning"}, lambda h, f: of_theme(h, f, "reasoning")),
    ({"theme": ["surveys", "reasoning"]}, lambda h, f: of_theme(h, f, "reasoning", "surveys")),
    ({"theme": "not known"}, lambda h, f: ~f.work_id.isin(h.work_themes["work_id"])),
    ({"year": 2023}, lambda h, f: f.publication_year == 2023),
    ({"year": (2022, 2024)}, lambda h, f: f.publication_year.between(2022, 2024)),
    ({"year": (1900, 1999)}, lambda h, f: f.publication_year < 2000),
    ({"year": [2022, 2026]}, lambda h, f: f.publication_year.isin([2022, 2026])),
    ({"year": range(2022, 2024)}, lambda h, f: f.publication_year.between(2022, 2023)),
    ({"category": "cs.DC"}, lambda h, f: f.primary_category == "cs.DC"),
    ({"category": ("cs.DC", "cs.CV")}, lambda h, f: f.primary_category.isin(["cs.DC", "cs.CV"])),
    ({"category": "not known"}, lambda h, f: f.primary_category.isna()),
    ({"venue": "MLSys 2026"}, lambda h, f: f.venue == "MLSys 2026"),
    ({"venue": ["PODC 2024", "not known"]}, lambda h, f: f.venue.isin([None, "PODC 2024"])),
    ({"role": "method"}, lambda h, f: labelled(h, f, "method")),
    ({"role": ["result", "not known"]}, lambda h, f: labelled(h, f, "result") | ~labelled(h, f)),
    ({"role": "not known"}, lambda h, f: ~labelled(h, f)),
    ({"polarity": ["not known"]}, lambda h, f: ~labelled(h, f)),
    ({"polarity": "contrasting"}, lambda h, f: labelled(h, f, "contrasting")),
    ({"subject": ["data", "not known"]}, lambda h, f: about(h, f, "data") | ~labelled(h, f)),
    ({"section": "related work"}, lambda h, f: in_section(h, f, "related work")),
    ({"section": "not known"}, lambda h, f: ~in_section(h, f)),
    ({"passage": "passages found"}, lambda h, f: f.work_id.isin(h.citation_contexts[CITING])),
    ({"passage": ["not at hand", "no citation found"]}, unread),
    ({"labelled": False}, lambda h, f: ~labelled(h, f)),
    ({"labelled": True}, labelled),
    ({"shared_authors": True}, lambda h, f: shared(h, f) >= 1),
    ({"shared_authors": False}, lambda h, f: shared(h, f) == 0),
    ({"code": True}, lambda h, f: f.code_url.notna()),
    ({"code": False}, lambda h, f: f.code_url.isna()),
    ({"doi": True}, lambda h, f: with_id(h, f, "doi")),
    ({"doi": False}, lambda h, f: ~with_id(h, f, "doi")),
    ({"arxiv": True}, lambda h, f: with_id(h, f, "arxiv")),
    ({"arxiv": False}, lambda h, f: ~with_id(h, f, "arxiv")),
    ({"authors_of": "2304.01373v2"}, lambda h, f: by_authors_of(h, f, PYTHIA)),
    ({"authors_of": CANONICAL}, lambda h, f: by_authors_of(h, f, CANONICAL)),
    (
        {"related_to": PYTHIA},
        lambda h, f: f.work_id.isin([PYTHIA, *(e.work.work_id for e in h.related(PYTHIA, n=10))]),
    ),
    (
        {"search": "language models"},
        lambda h, f: f.work_id.isin([work.work_id for work in h.search("language models")]),
    ),
]  # fmt: skip


def name(case):
    return " ".join(f"{key}={value}" for key, value in case[0].items())


@pytest.mark.parametrize("case", ALONE, ids=name)
def test_a_condition_alone_is_what_a_plain_computation_gives(newest, frame, case):
    conditions, plain = case
    expected = frame.work_id[plain(newest, frame).fillna(value=False)]
    assert ids(newest.select(**conditions, sort="hub")) == list(expected)


@pytest.mark.parametrize("case", ALONE, ids=name)
def test_two_conditions_must_both_be_met(newest, frame, case):
    one, plain = case
    met = plain(newest, frame).fillna(value=False)
    for other, also in ALONE:
        if not one.keys() & other.keys():
            expected = frame.work_id[met & also(newest, frame).fillna(value=False)]
            assert ids(newest.select(**one, **other, sort="hub")) == list(expected)


def test_conditions_that_are_met_by_some_and_not_by_others(newest, frame):
    met = [plain(newest, frame).fillna(value=False).sum() for _, plain in ALONE]
    assert sum(0 < each < len(frame) for each in met) >= 15


def test_each_facet_is_among_these_conditions():
    named = {name for conditions, _ in ALONE for name in conditions}
    assert {*LISTS, *FLAGS} - named == {"representatives"}  # which have tests of their own


def test_without_a_condition_every_citing_work_is_found(newest, frame):
    assert ids(newest.select()) == list(frame.work_id)
    assert ids(newest.select(theme=None, year=None, code=None)) == list(frame.work_id)


@pytest.mark.parametrize(
    "condition",
    ["theme", "category", "venue", "role", "polarity", "section", "passage", "ids", "year"],
)
def test_no_value_is_met_by_no_work(newest, condition):
    assert newest.select(**{condition: []}) == []


def test_values_come_in_any_iterable(newest):
    expected = newest.select(theme=["reasoning", "surveys"])
    names = ["surveys", "reasoning"]
    for given in (tuple(names), set(names), iter(names), pd.Series(names)):
        assert newest.select(theme=given) == expected
    methods = ["hub-page", "hub-page-lead"]
    assert newest.select(representatives=iter(methods)) == newest.select(representatives=methods)


def test_years_may_be_those_of_a_table(newest):
    years = newest.works["publication_year"]
    last = years.to_numpy(dtype="int16").max()
    assert newest.select(year=last) == newest.select(year=(last, last)) == newest.select(year=2026)
    assert newest.select(year=years) == newest.select(year=years.to_numpy(dtype="int16"))
    assert newest.select(year=years) == newest.select()


def test_a_list_of_years_is_any_of_them_and_a_tuple_is_from_one_to_the_other(newest):
    between, ends = newest.select(year=(2022, 2026)), newest.select(year=[2022, 2026])
    assert len(between) == len(newest.select())
    assert {work.publication_year for work in ends} == {2022, 2026}
    for given in ({2026, 2022}, iter([2026, 2022]), (year for year in (2022, 2026))):
        assert newest.select(year=given) == ends


def test_a_work_may_be_given_itself(newest):
    work = newest.work(PYTHIA)
    for condition in ("related_to", "authors_of"):
        assert newest.select(**{condition: work}) == newest.select(**{condition: "2304.01373"})


def test_the_canonical_work_is_found_only_where_ids_name_it(newest):
    assert newest.search("megatron-turing nlg")[0] == newest.canonical
    assert CANONICAL not in ids(newest.select(search="megatron"))
    assert CANONICAL not in ids(newest.select(related_to=CANONICAL))
    assert CANONICAL not in ids(newest.select(authors_of=CANONICAL, sort="oldest"))
    assert CANONICAL not in ids(newest.select(doi=False))
    both = [PYTHIA, CANONICAL]
    assert ids(newest.select(ids=both)) == both
    assert ids(newest.select(ids=both, search="megatron")) == [CANONICAL]
    assert ids(newest.select(ids=both, sort="oldest")) == both[::-1]
    assert ids(newest.select(ids=both, theme="not known")) == [CANONICAL]


def test_the_default_order_is_that_of_ids_then_search_then_rank(newest, frame):
    rows = newest.representatives.to_pandas()
    ranked = list(rows[rows.method == "hub-page"].sort_values("rank").work_id)
    assert ids(newest.select(representatives="hub-page")) == ranked
    found = [each for each in ids(newest.search("models")) if each in frame.work_id]
    assert ids(newest.select(search="models")) == found
    assert newest.select(search=" ") == newest.select()
    both = [each for each in found if each in ranked]
    assert ids(newest.select(search="models", representatives="hub-page")) == both
    assert 0 < len(both) < min(len(found), len(ranked))
    asked = ranked[::-1]
    chosen = newest.select(ids=asked, search="models", representatives="hub-page")
    assert ids(chosen) == [each for each in asked if each in both]
    assert ids(chosen) != both
    assert ids(newest.select(ids=asked, sort="relevance", search="models")) == both


def test_the_nearest_come_first_unless_a_search_or_an_order_is_asked_for(newest):
    nearest = [PYTHIA, *(each.work.work_id for each in newest.related(PYTHIA, n=10))]
    assert ids(newest.select(related_to=PYTHIA)) == nearest
    ranked = ids(newest.select(representatives="hub-page"))
    both = [each for each in nearest if each in ranked]
    assert ids(newest.select(related_to=PYTHIA, representatives="hub-page")) == both
    found = [each for each in ids(newest.search("models")) if each in nearest]
    assert ids(newest.select(related_to=PYTHIA, search="models")) == found
    assert ids(newest.select(related_to=PYTHIA, sort="hub")) != nearest


def test_the_most_cited_come_first_and_those_of_unknown_number_last(newest, tmp_path):
    counts = (None, 3, 0, None, 12, 3)
    works = [
        {"work_id": f"doi:10.1/{number}", "citation_count": count}
        for number, count in enumerate(counts)
    ]
    made = make_release(tmp_path, make_works(*works))
    assert [int(each[-1]) for each in ids(made.select(sort="most-cited"))] == [4, 1, 5, 2, 0, 3]
    said = "does not know how often any citing work is cited"
    with pytest.raises(errors.NothingKnown, match=said):
        newest.select(sort="most-cited")


# -- the first release, which has seven tables ------------------------------------------------


@pytest.mark.parametrize("facet", ["theme", "role", "polarity"])
def test_what_a_release_does_not_hold_is_not_known(first, facet):
    assert ids(first.select(**{facet: "not known"})) == ids(first.select())
    said = rf"1\.0\.0 does not know the {facet} for any single citing work, so"
    with pytest.raises(
        errors.NothingKnown, match=rf"{said} {facet}='x' cannot.*'not known' finds"
    ):
        first.select(**{facet: ["not known", "x"]})


def test_the_first_release_answers_every_condition(first):
    assert len(first.select(labelled=False)) == 44
    assert ids(first.select(search="https://arxiv.org/abs/2304.01373")) == [PYTHIA]
    assert PYTHIA in ids(first.select(related_to=PYTHIA, sort="title"))
    assert len(first.select(representatives="hub-page", sort="newest")) == 23


# -- what is known of no work ------------------------------------------------------------------

BARE = [
    {"year": 2024}, {"year": [2024]}, {"year": (2000, 2030)}, {"category": "cs.CL"},
    {"venue": "ICML"}, {"theme": "one"}, {"role": "method"}, {"polarity": "supporting"},
    {"representatives": "hub-page"}, {"representatives": "not known"}, {"labelled": True},
    {"shared_authors": True}, {"shared_authors": False}, {"code": True}, {"doi": True},
    {"arxiv": True}, {"authors_of": "pith:a"}, {"search": "plain", "doi": True},
]  # fmt: skip
BARE_OTHERWISE = [
    {}, {"category": "not known"}, {"venue": ["not known"]}, {"theme": "not known"},
    {"role": "not known"}, {"polarity": "not known"}, {"labelled": False}, {"code": False},
    {"doi": False}, {"arxiv": False}, {"search": "plain"}, {"related_to": "pith:a"},
]  # fmt: skip


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Of its citing work nothing is known but the title; of the canonical work, everything is."""
    rows = make_works({"work_id": "pith:a", "title_plain": "Plain"})
    rows["works"][0] |= {
        "publication_year": 2024, "primary_category": "cs.CL", "venue": "ICML",
        "code_url": "https://example.org",
    }  # fmt: skip
    rows["work_ids"] = [
        {"work_id": CANONICAL, "scheme": scheme, "value": "1"} for scheme in ("doi", "arxiv")
    ]
    rows["authorships"] = [
        {"work_id": CANONICAL, "author_order": 1, "author_name": "A", "author_position": "first"}
    ]
    return make_release(tmp_path_factory.mktemp("bare"), rows)


@pytest.mark.parametrize("conditions", BARE, ids=str)
def test_a_condition_on_what_is_known_of_no_citing_work_is_an_error(bare, conditions):
    said = r"^made 0\.1\.0 does not know .+ for any single citing work, so "
    with pytest.raises(errors.NothingKnown, match=said) as caught:
        bare.select(**conditions)
    assert "summary" not in str(caught.value)  # it knows no sums


@pytest.mark.parametrize("conditions", BARE_OTHERWISE, ids=str)
def test_what_is_not_known_can_be_asked_for(bare, conditions):
    assert ids(bare.select(**conditions)) == ["pith:a"]


@pytest.mark.parametrize(
    ("conditions", "is_summed"),
    [
        ({"role": "method"}, True),
        ({"role": "background"}, True),
        ({"polarity": "supporting"}, True),
        ({"labelled": True}, True),
        ({"role": ["not known", "method"]}, True),
        ({"doi": True}, False),
    ],
    ids=str,
)
def test_where_sums_are_known_the_error_leads_to_them(bare, conditions, is_summed):
    hub = citehub.load("mt-nlg", version="1.2.0") if is_summed else bare
    with pytest.raises(errors.NothingKnown) as caught:
        hub.select(**conditions)
    said = "It knows sums only: hub.summary(), or 'citehub show mt-nlg'."
    assert (said in str(caught.value)) == is_summed


def test_a_sum_of_one_scheme_says_nothing_of_the_other(tmp_path):
    rows = make_works({"work_id": "pith:a"})
    rows["label_counts"] = [
        {"scheme": "intent", "raw_value": "background", "source_id": "s", "value": "background",
         "n": 1, "n_labelled": 1, "n_citing": 1}
    ]  # fmt: skip
    hub = make_release(tmp_path, rows)
    for conditions, is_summed in (
        ({"role": "background"}, True), ({"labelled": True}, True),
        ({"polarity": "supporting"}, False), ({"theme": "x"}, False),
    ):  # fmt: skip
        with pytest.raises(errors.NothingKnown) as caught:
            hub.select(**conditions)
        assert ("hub.summary()" in str(caught.value)) == is_summed


# -- works that the hub does not hold -----------------------------------------------------------

STRANGE = ["2304.01373", "9999.99999", "nobody", PYTHIA, "10.5555/none"]


def test_every_work_that_is_not_held_is_named_and_how_to_go_on(newest):
    for take in (newest.select, lambda ids: newest.export("csv", works=ids)):
        with pytest.raises(errors.UnknownWork) as caught:
            take(ids=STRANGE)
        assert str(caught.value) == (
            f"mt-nlg {newest.version} does not have 3 of 5 works: '9999.99999', 'nobody', "
            "'10.5555/none'. To leave out such works: unknown='skip', or --skip-unknown."
        )
        assert caught.value.asked == "9999.99999"
        with pytest.raises(
            errors.UnknownWork, match=r"Did you mean 'arxiv:2304\.01373'.*unknown='skip'"
        ):
            take(ids=["2304.01374"])


def test_works_that_are_not_held_are_left_out_and_named(newest):
    said = (
        rf"^mt-nlg {re.escape(newest.version)} does not have 3 of 5 works, which were left out: "
    )
    said += r"9999\.99999, nobody, 10\.5555/none$"
    for take in (newest.select, lambda ids, unknown: newest.export("csv", ids, unknown=unknown)):
        with pytest.warns(UserWarning, match=said) as caught:
            found = take(ids=STRANGE, unknown="skip")
        assert len(found) == 1
        assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="does not have 1 of 1 work, which was left out"):
        assert newest.select(ids=["nobody"], unknown="skip") == []
    frame = pd.DataFrame({"work_id": [PYTHIA, "nobody"]})
    with pytest.warns(UserWarning, match="left out: nobody$"):
        assert newest.select(ids=frame, unknown="skip", code=True).ids == [PYTHIA]


def test_values_of_numpy_and_arrow_are_taken(newest):
    for flag in (True, False):
        assert newest.select(doi=np.bool_(flag)) == newest.select(doi=flag)
    table = newest.citing_works.to_arrow().slice(0, 3)
    first = newest.select()[:3]
    for ids in (table, table["work_id"], table["work_id"].combine_chunks()):
        assert newest.select(ids=ids) == first
        assert len(newest.export("csv", works=ids)) == 3
    with pytest.raises(TypeError, match="a row with a work_id"):
        newest.select(ids=newest.themes.to_arrow())


def test_where_every_work_is_held_there_is_nothing_to_say(newest):
    assert newest.select(ids=[PYTHIA], unknown="skip") == newest.select(ids=[PYTHIA])
    assert newest.select(unknown="skip") == newest.select()


# -- a hub that is not so tidy ----------------------------------------------------------------

HOSTILE = [
    {"work_id": "pith:a", "title_plain": "zebra", "publication_year": 2024, "intents": ["method"],
     "polarities": ["supporting"], "shared_authors": 2, "authors": ["Ana Ö"], "themes": ["one"],
     "venue": "<b>&", "representatives": {"x": 2, "y": 9}, "code_url": "https://a.org"},
    {"work_id": "pith:b", "title_plain": "Ärger", "publication_year": 2024,
     "publication_month": 5, "intents": ["method", "background"], "shared_authors": 0,
     "authors": ["Ana O\u0308"], "themes": ["one", "two"], "representatives": {"y": 1}},
    {"work_id": "pith:c", "title_plain": "\ufa0e", "publication_year": 2024,
     "publication_month": 5, "raw_intents": ["Uses It"], "themes": ["two"],
     "representatives": {"x": 1}},
    {"work_id": "pith:d", "title_plain": "\U00010400", "polarities": ["contrasting"],
     "publication_month": 7, "authors": ["Ana Ö", "not known"], "venue": "not known"},
    {"work_id": "pith:e", "title_plain": "Logos ΛΌΓΟΣ", "publication_year": 1999,
     "publication_month": 12, "primary_category": "x", "representatives": {"y": 2}},
    {"work_id": "pith:f", "title_plain": "…", "publication_month": 1},
    {"work_id": "pith:g", "title_plain": "arger!", "publication_year": 2025},
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("hostile"), make_works(*HOSTILE))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"role": "method"}, "ab"),
        ({"role": ["background", "Uses It"]}, "bc"),
        ({"role": "not known"}, "defg"),
        ({"role": ["not known", "Uses It"]}, "cdefg"),
        ({"polarity": "contrasting"}, "d"),
        ({"polarity": "not known"}, "bcefg"),
        ({"polarity": "not known", "role": "method"}, "b"),
        ({"labelled": True}, "abcd"),
        ({"labelled": False}, "efg"),
        ({"shared_authors": True}, "a"),
        ({"shared_authors": False}, "b"),
        ({"code": True}, "a"),
        ({"theme": ["one", "two"]}, "abc"),
        ({"theme": "not known"}, "defg"),
        ({"venue": "<b>&"}, "a"),
        ({"venue": "not known"}, "bcdefg"),
        ({"category": ["x"]}, "e"),
        ({"category": "not known"}, "abcdfg"),
        ({"year": 2024}, "abc"),
        ({"year": (0, 9999)}, "abceg"),
        ({"year": [2025, 1999]}, "eg"),
        ({"year": (1999, 2024)}, "abce"),
        ({"year": []}, ""),
        ({"authors_of": "pith:a"}, "ad"),
        ({"authors_of": "pith:b"}, "b"),
        ({"authors_of": "pith:f"}, "f"),
        ({"related_to": "pith:f"}, "f"),
        ({"search": "ARGER"}, "bg"),
        ({"search": "λογος"}, "e"),
        ({"search": "…"}, ""),
        ({"representatives": "x"}, "ca"),
        ({"representatives": ["x", "y"]}, "bcae"),
        ({"representatives": ["y", "x"], "theme": "one"}, "ba"),
        ({"sort": "newest"}, "gbcaedf"),
        ({"sort": "oldest"}, "eabcgdf"),
        ({"sort": "title"}, "fbgeadc"),
        ({"sort": "hub", "representatives": ["x", "y"]}, "abce"),
        ({"sort": "hub", "ids": ["pith:g", "pith:a"]}, "ag"),
        ({"sort": "title", "ids": ["pith:g", "pith:b", "pith:f"]}, "fbg"),
        ({"ids": ["pith:g", "pith:a", "pith:g"]}, "ga"),
    ],
    ids=str,
)
def test_every_condition_of_a_hostile_hub(hostile, conditions, expected):
    assert ids(hostile.select(**conditions)) == [f"pith:{each}" for each in expected]


def test_only_the_first_citation_says_whether_authors_are_shared(tmp_path):
    rows = make_works({"work_id": "pith:a"}, {"work_id": "pith:b", "shared_authors": 3})
    rows["citations"].append(
        {"citing_work_id": "pith:a", "cited_work_id": "pith:b", "shared_authors": 1}
    )
    hub = make_release(tmp_path, rows)
    assert ids(hub.select(shared_authors=True)) == ["pith:b"]
    assert hub.select(shared_authors=False) == []


def test_titles_are_sorted_by_utf_16_code_units(hostile):
    titles = [work.title_plain for work in hostile.select(sort="title")]
    assert titles[-2:] == ["\U00010400", "\ufa0e"]
    assert sorted(titles[-2:]) != titles[-2:]


# -- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facet", "said"),
    [
        ("theme", "no theme 'x' in mt-nlg 1.1.0. Known: parallelism, "),
        ("category", "no category 'x' in mt-nlg 1.1.0. Known: cs.CL, cs.LG, cs.DC"),
        ("venue", " and 8 more. 'not known' finds works without one."),
        ("role", "does not know the role for any single citing work"),
        ("polarity", "does not know the polarity for any single citing work"),
        ("representatives", "no selection of representatives 'x' in mt-nlg 1.1.0. Known: hub"),
    ],
)  # fmt: skip
def test_an_unknown_value_is_answered_with_those_that_exist(hub, facet, said):
    with pytest.raises(errors.UnknownSelection) as caught:
        hub.select(**{facet: ["x"]})
    assert (said in str(caught.value), caught.value.asked) == (True, "x")
    assert len(str(caught.value)) < 350


def test_representatives_are_never_not_known(hub):
    with pytest.raises(errors.UnknownSelection, match=r"Known: hub-page, hub-page-lead\.$"):
        hub.select(representatives="not known")


def test_a_typo_is_answered_with_what_was_meant(hub):
    with pytest.raises(errors.UnknownSelection, match="mean 'reasoning'"):
        hub.select(theme=["surveys", "reasonning"])


@pytest.mark.parametrize(
    ("conditions", "error", "said"),
    [
        ({"theme": 7}, TypeError, "theme takes a name or a list of names, not 7"),
        ({"venue": [None]}, TypeError, "venue takes a name or a list of names, not None"),
        ({"representatives": b"hub-page"}, TypeError, "representatives takes a name"),
        ({"year": "2023"}, TypeError, "a year, (first, last) or a list of years, not '2023'"),
        ({"year": b"2023"}, TypeError, "not b'2023'"),
        ({"year": ["2023"]}, TypeError, "not ['2023']"),
        ({"year": [2023, None]}, TypeError, "not [2023, None]"),
        ({"year": [True]}, TypeError, "not [True]"),
        ({"year": True}, TypeError, "not True"),
        ({"year": 2023.0}, TypeError, "not 2023.0"),
        ({"year": (2023,)}, TypeError, "not (2023,)"),
        ({"year": (2022, 2023, 2024)}, TypeError, "year takes a year, (first, last) or a list"),
        ({"year": ()}, TypeError, "not ()"),
        ({"year": (2022, None)}, TypeError, "not (2022, None)"),
        ({"year": (2024, 2022)}, errors.BadArgument, "the first not after the last"),
        ({"labelled": "yes"}, TypeError, "labelled takes True, False or None, not 'yes'"),
        ({"code": 1}, TypeError, "code takes True, False or None, not 1"),
        ({"doi": "10.1145/3744746"}, TypeError, "doi takes True, False or None, not '10.1145/"),
        ({"arxiv": 1}, TypeError, "arxiv takes True, False or None, not 1"),
        ({"ids": [], "unknown": "drop"}, errors.BadArgument, "must be one of raise, skip"),
        ({"shared_authors": 0}, TypeError, "shared_authors takes True, False or None, not 0"),
        ({"related_to": 7}, TypeError, "A work is a Work, an identifier or a row"),
        ({"related_to": "2304.01374"}, errors.UnknownWork, "Did you mean 'arxiv:2304.01373'"),
        ({"authors_of": "nobody"}, errors.UnknownWork, "no work 'nobody'"),
        ({"ids": "2304.01373"}, TypeError, "not one"),
        ({"search": 7}, TypeError, "words in one text, not 7"),
        (
            {"sort": "new"},
            errors.BadArgument,
            "one of hub, newest, oldest, title, most-cited, relevance",
        ),
        ({"sort": ["title"]}, errors.BadArgument, "sort is ['title']"),
        ({"sort": "relevance"}, errors.BadArgument, "without a search"),
        ({"sort": "relevance", "ids": []}, errors.BadArgument, "without a search"),
        ({"themes": "reasoning"}, TypeError, "unexpected keyword argument 'themes'"),
    ],
    ids=str,
)
def test_what_is_no_condition_is_refused(hub, conditions, error, said):
    with pytest.raises(error, match=re.escape(said)):
        hub.select(**conditions)


def test_what_one_selection_read_no_other_reads_again(monkeypatch):
    conditions = {"theme": "reasoning", "search": "model", "role": "background", "sort": "newest"}
    expected = ids(citehub.load("mt-nlg").select(**conditions))
    read, original = [], TableFile.read

    def note(self, columns):
        read.append(self.path)
        return original(self, columns)

    monkeypatch.setattr(TableFile, "read", note)
    hub = citehub.load("mt-nlg")
    for name, value in conditions.items():
        hub.select(**{name: value})
    assert read
    read.clear()
    assert ids(hub.select(**conditions)) == expected != []
    assert read == []


def test_of_large_tables_nothing_is_kept_and_the_works_are_the_same(monkeypatch):
    expected = ids(citehub.load("mt-nlg").select(theme="reasoning", search="model"))
    monkeypatch.setattr(_release, "_MOST_KEPT_ROWS", 0)
    hub = citehub.load("mt-nlg")
    for _ in range(2):
        assert ids(hub.select(theme="reasoning", search="model")) == expected != []
    assert hub.release._cells == {}
