"""Lists of works: all that a list does, a frame, an export, and what is shown of them."""

from __future__ import annotations

import copy
import pickle

import lxml.html
import pandas as pd
import pytest

import citehub
from citehub import errors
from citehub._work import shorten_authors
from citehub.export import FORMATS
from tests.made import make_release, make_works

UNSAID = ("parquet", "cito-turtle", "cito-jsonld")  # a file of bytes, and RDF of citations alone
HOSTILE = '<script>alert("x")</script>\x1b[2J\nsecond line'


@pytest.fixture
def works(hub):
    return hub.select(theme="reasoning", sort="oldest")


@pytest.fixture
def related(hub):
    return hub.related("2304.01373", n=4)


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """Works that were retracted, were not, or of which that is not known."""
    rows = make_works(
        {"work_id": "pith:a", "title_plain": "Sound", "publication_year": 2024,
         "is_retracted": True, "ids": {"doi": "10.5555/a"}, "authors": ["A", "B", "C", "D"]},
        {"work_id": "pith:bcd", "title_plain": "Sound too", "is_retracted": False},
        {"work_id": "pith:e", "title_plain": HOSTILE, "venue": HOSTILE, "authors": [HOSTILE]},
    )  # fmt: skip
    return make_release(tmp_path_factory.mktemp("odd"), rows)


def test_what_selects_searches_and_relates_gives_it(hub, works, related):
    for found in (works, hub.search("models"), related, hub.select(ids=[])):
        assert type(found) is citehub.Works
        assert found.ids == [getattr(each, "work", each).work_id for each in found]
    assert [each.work for each in related] == hub.select(ids=related.ids)


def test_it_is_a_list(works, related):
    plain = [works[place] for place in range(len(works))]
    assert works == plain
    assert list(works) == plain
    assert isinstance(works, list)
    assert works + plain == plain * 2
    assert min(works, key=lambda work: work.title) in works
    assert works[-1] == plain[-1]
    for (other, score, shared), each in zip(related, related, strict=True):
        assert (other, score, shared) == (each.work, each.score, each.shared)


def test_a_slice_is_of_its_kind(hub, works, related):
    assert type(works[1:3]) is type(related[1:3]) is citehub.Works
    assert works[1:3] == list(works)[1:3]
    assert works[::-1].ids == works.ids[::-1]
    assert str(works[:2].export("csv")) == str(hub.export("csv", works=works.ids[:2]))


def test_its_rows_are_those_of_the_table_in_its_order(hub, works, related):
    table = hub.works.to_pandas().set_index("work_id", drop=False)
    for found in (works, works[::-1], related, works + works[:1], hub.select(ids=hub.works)):
        made = citehub.Works(hub, found)
        expected = table.loc[made.ids].reset_index(drop=True)
        pd.testing.assert_frame_equal(made.to_pandas(), expected)
    frame = works.to_pandas(["publication_year", "title"])
    assert list(frame.columns) == ["publication_year", "title"]
    assert frame["title"].tolist() == [work.title for work in works]
    assert works[:0].to_pandas().dtypes.equals(table.dtypes)
    with pytest.raises(errors.UnknownColumn, match="'titel'"):
        works.to_pandas(["titel"])


def test_it_is_exported_in_its_order(hub, works, related):
    for found in (works, related):
        expected = hub.export("ris", works=found.ids)
        assert str(found.export("ris")) == str(expected)
        assert str(hub.export("ris", works=found)) == str(hub.export("ris", works=list(found)))
        assert repr(found.export("ris")) == repr(expected)
    with pytest.raises(errors.UnknownFormat, match="mean 'ris'"):
        works.export("riss")


def test_it_crosses_processes_and_is_copied(works, related):
    for found in (works, related):
        for again in (pickle.loads(pickle.dumps(found)), copy.copy(found)):
            assert (type(again), again.ids) == (citehub.Works, found.ids)
            assert again.to_pandas(["title"]).equals(found.to_pandas(["title"]))


def test_its_text_says_how_many_and_which(hub, works, related):
    lines = repr(works).splitlines()
    assert lines[0] == "<citehub.Works: 6 works of mt-nlg 1.1.0>"
    assert lines[1:] == [f"{each.work_id}  {each.published}  {each.title_plain}" for each in works]
    every = repr(hub.select()).splitlines()
    assert (len(every), every[-1]) == (12, "and 34 more")
    assert "more" not in repr(hub.select()[:10])
    assert repr(works[:1]).startswith("<citehub.Works: 1 work of mt-nlg 1.1.0>\n")
    assert repr(works[:0]) == "<citehub.Works: 0 works of mt-nlg 1.1.0>"
    first = related[0]
    assert (
        repr(related[:1]).splitlines()[1].startswith(f"{first.score:.3f}  {first.work.work_id} ")
    )


def test_what_is_put_into_it_is_shown_and_told(hub, works, related):
    mixed = related.copy()
    assert (type(mixed), mixed) == (citehub.Works, related)
    mixed.insert(0, works[0])
    first, second = repr(mixed).splitlines()[1:3]
    assert first.startswith(f"       {works.ids[0]}  {works[0].published}  ")
    assert second.startswith(f"{related[0].score:.3f}  {related.ids[0]}  ")
    rows = rows_of(mixed._repr_html_())
    assert (rows[1][-2:], rows[2][-2]) == (["", ""], f"{related[0].score:.3f}")
    assert mixed.to_pandas(["work_id"])["work_id"].to_list() == mixed.ids
    assert len(related) == 4


def test_a_work_of_another_release_has_no_row(odd, works):
    works.extend(odd.select()[:1])
    with pytest.raises(errors.UnknownWork, match="There is no work 'pith:a' in mt-nlg"):
        works.to_pandas()


def test_its_text_is_a_line_a_work_and_says_what_is_retracted(odd):
    assert repr(odd.select()).splitlines() == [
        "<citehub.Works: 3 works of made 0.1.0>",
        "pith:a    2024  [retracted] Sound",
        "pith:bcd  -     Sound too",
        'pith:e    -     <script>alert("x")</script>\ufffd[2J second line',
    ]


def test_its_html_is_a_table_of_escaped_text(hub, odd, works):
    html = odd.select()._repr_html_()
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(&quot;x&quot;)") == 3
    link = '<a href="https://doi.org/10.5555/a" rel="noopener noreferrer">[retracted] Sound</a>'
    assert f'<span style="white-space:nowrap">{link}</span>' in html
    assert '<div style="overflow-x:auto"><table>' in html
    assert link in html
    assert html.count("[retracted]") == 1
    assert "A, B and 2 more" in html
    assert works._repr_html_().count("<tr>") == 1 + 6
    assert "<strong>6 works of mt-nlg 1.1.0</strong>" in works._repr_html_()
    every = hub.select()._repr_html_()
    assert (every.count("<tr>"), "and 34 more" in every) == (11, True)
    assert "more" not in hub.select()[:10]._repr_html_().split("</table>")[1]
    assert "<table" not in works[:0]._repr_html_()
    (long,) = hub.select(ids=["2305.02301"])
    assert f"{long.title_plain[:49]}…</a>" in hub.select(ids=[long])._repr_html_()


def rows_of(html):
    table = lxml.html.fromstring(html).find(".//table")
    return [[cell.text_content() for cell in row] for row in table.iter("tr")]


def test_the_columns_of_its_html(hub, odd):
    headers = ["work", "first version", "title", "authors", "venue"]
    assert rows_of(odd.select()[:2]._repr_html_()) == [
        headers,
        ["pith:a", "2024", "[retracted] Sound", "A, B and 2 more", "–"],
        ["pith:bcd", "–", "Sound too", "authors not known", "–"],
    ]
    related = hub.related("2304.01373", n=1)
    (near,) = related
    assert rows_of(related._repr_html_()) == [
        [*headers, "score", "shared"],
        [near.work.work_id, near.work.published, near.work.title_plain,
         shorten_authors(near.work.authors, most=2), near.work.venue or "–",
         f"{near.score:.3f}", ", ".join(near.shared)],
    ]  # fmt: skip


# -- retraction, wherever a work is shown -------------------------------------------------------


def test_what_is_retracted_is_said_of_a_work(odd):
    retracted, sound, unknown = odd.select()
    assert repr(retracted) == "<citehub.Work pith:a: [retracted] Sound>"
    assert ">[retracted] Sound</a>" in retracted._repr_html_()
    for work in (sound, unknown):
        assert "retracted" not in repr(work) + work._repr_html_()


def test_what_is_retracted_is_said_on_the_command_line(odd, say):
    lines = [" ".join(line.split()) for line in say("search", odd.path, "sound").splitlines()]
    assert lines[1:] == ["pith:a 2024 [retracted] Sound", "pith:bcd – Sound too"]
    for work, title, said in (
        ("pith:a", "[retracted] Sound", "retracted yes"),
        ("pith:bcd", "Sound too", "retracted no"),
        ("pith:e", '<script>alert("x")</script>', "retracted –"),
    ):
        shown = say("show", odd.path, work)
        assert shown.startswith(title)
        assert said in [" ".join(line.split()) for line in shown.splitlines()]


@pytest.mark.parametrize("format_", [name for name in FORMATS if name not in UNSAID])
def test_what_is_retracted_is_said_in_exports(odd, format_):
    retracted, sound = (str(odd.export(format_, [work])) for work in ("pith:a", "pith:bcd"))
    flags = {"csv": ("true", "false"), "jsonl": ('"is_retracted": true', '"is_retracted": false')}
    said, unsaid = flags.get(format_, ("retracted", ""))
    assert said in retracted
    assert said not in sound
    assert unsaid in sound


def test_a_hub_of_a_retracted_work_says_so(tmp_path, say):
    rows = make_works({"work_id": "pith:a"})
    rows["works"][0]["is_retracted"] = True
    hub = make_release(tmp_path, rows)
    assert "[retracted] The cited work" in hub._repr_html_()
    assert "\n[retracted] The cited work\n" in say("show", hub.path)
