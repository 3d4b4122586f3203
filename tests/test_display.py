"""Figures and tables of notebooks: safe, accessible, null is not zero."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pytest
from lxml import html

import citehub
from citehub import display
from citehub._palette import theme_colour
from tests.made import make_release, make_works

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
FRAME = pd.DataFrame(
    {
        "x": [1, 2],
        "name": ["<script>alert(1)</script>", 'a "quoted" & b'],
        "url": ["https://arxiv.org/abs/1", "https://arxiv.org/abs/2"],
    }
)


def dots(**more):
    return alt.Chart(FRAME).mark_circle().encode(x="x:Q", y="name:N", **more)


def drawing(figure: display.Figure) -> ET.Element:
    return ET.fromstring(figure.svg)


def test_a_figure_is_one_image_with_its_text_alternative():
    root = drawing(display.figure(dots(), alt='Two dots, "1" & <2>'))
    assert (root.get("role"), root.get("aria-label")) == ("img", 'Two dots, "1" & <2>')
    inner = [each for each in root.iter() if each is not root]
    assert not [each for each in inner if each.get("role") or each.get("aria-label")]


def test_a_figure_needs_a_text_alternative():
    with pytest.raises(ValueError, match="text alternative"):
        display.figure(dots(), alt="  ")


def test_marks_are_described_and_linked_and_text_from_outside_stays_text():
    shown = display.figure(dots(href="url:N", description="name:N"), alt="Two dots.")
    root = drawing(shown)
    assert root.get("role") == "group"  # links inside of an image could not be reached
    links = root.findall(f".//{SVG}a")
    assert [link.get("href") for link in links] == FRAME["url"].tolist()
    assert [link.get("aria-label") for link in links] == FRAME["name"].tolist()
    assert [title.text for title in root.iter(f"{SVG}title")] == FRAME["name"].tolist()
    assert "<script" not in shown._repr_html_()
    assert not [link for link in links if link.get("target") or link.get(HREF)]


def test_colours_follow_the_page_and_fall_back_where_it_sets_none():
    shown = display.figure(dots(color=alt.Color("name:N")), alt="Two dots.").svg
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', shown)) - {"none", "transparent"}
    assert {display.SERIES[0], display.SERIES[1], display.INK} <= colours
    assert [each for each in colours if not each.startswith("var(--citehub-")] == []
    assert len(set(display.SERIES)) == len(display.SERIES)


# How dichromats see linear RGB: G. M. Machado et al., "A physiologically-based model for
# simulation of color vision deficiency", IEEE TVCG 15 (2009), severity 1.
EYES = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
LIGHT = [re.search("#[0-9a-f]{6}", colour).group() for colour in display.SERIES]
CSS = (Path(__file__).parent.parent / "docs/_static/citehub.css").read_text("utf-8")
DARK = re.findall(r"--citehub-series-\d: light-dark\(#[0-9a-f]{6}, (#[0-9a-f]{6})\);", CSS)


def linear(colour):
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_colour_blind_eyes_tell_the_series_apart(palette, eye):
    assert len(palette) == len(display.SERIES)
    seen = [lab(np.array(EYES[eye]) @ linear(colour)) for colour in palette]
    nearest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
    assert nearest > 10  # CIE76; 2.3 is where usual eyes begin to see a difference


@pytest.mark.parametrize(("palette", "ground"), [(LIGHT, "#fcfbf8"), (DARK, "#12161c")])
def test_series_stand_out_from_the_page(palette, ground):
    weights = np.array([0.2126, 0.7152, 0.0722])
    for colour in palette:
        light, dark = sorted((weights @ linear(colour), weights @ linear(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2 asks 3 of graphics, 4.5 of text


def test_a_chart_may_set_its_own_style():
    chart = dots().configure_axis(labelColor="#123456")
    assert "#123456" in display.figure(chart, alt="Two dots.").svg


def test_the_drawing_scrolls_where_the_page_is_narrow_and_the_keyboard_reaches_it():
    page = display.figure(dots(), alt="Two dots.")._repr_html_()
    assert 'style="overflow-x:auto" tabindex="0" role="group" aria-label="Figure' in page


def test_a_caption_has_the_takeaway_and_each_source_once(hub):
    source = display.source(hub, "nvidia-blog-2021")
    shown = display.figure(dots(), alt="Two dots.", caption="a < b", sources=[source, source])
    assert "a &lt; b</span> Source: <a href" in shown.caption
    assert f"<figcaption>{shown.caption}</figcaption>" in shown._repr_html_()
    assert shown.caption.count(">NVIDIA technical blog</a>") == 1
    assert "figcaption" not in display.figure(dots(), alt="Two dots.")._repr_html_()


def test_a_figure_fills_a_column_and_a_phone():
    long = "a name that is too long for one line of a phone's drawing"
    rows = pd.DataFrame({"name": [long, "b"], "x": [1, 2]})
    chart = alt.Chart(rows, width=90).mark_bar().encode(x="x:Q", y="name:N")
    shown = display.figure(chart, alt="Two bars.")
    widths = [
        float(ET.fromstring(svg).get("viewBox").split()[2]) for svg in (shown.svg, shown.narrow)
    ]
    assert widths == [pytest.approx(720, abs=10), pytest.approx(340, abs=10)]
    assert f">{long}<" in shown.svg
    assert ">a name that is too long for one line of a<" in shown.narrow
    assert "display:none" in shown._repr_html_()


def test_a_function_draws_for_the_width_it_is_given():
    given = []

    def draw(width):
        given.append(width)
        return dots()

    display.figure(draw, alt="Two dots.")
    assert given == [720, 340]
    with pytest.raises(ValueError, match="not int"):
        display.figure(lambda width: width, alt="A number.")


def test_what_repeats_is_seen_once_and_heard_in_each_row():
    rows = [
        {"theme": "a", "kind": "k", "n": 1, "end": "z"},
        {"theme": "a", "kind": "k", "n": 1, "end": "z"},
        {"theme": "b", "kind": "k", "n": 1, "end": "z"},
    ]
    html = display.table(rows, "Rows").html
    assert html.count(">a<") == 2
    assert re.findall(r'opacity:0">(\w+)', html) == ["a", "k"]  # no number, no last column


def test_a_source_of_all_rows_stands_in_the_caption(hub):
    blog, other = (display.source(hub, name) for name in ("nvidia-blog-2021", "arxiv-2104.04473"))
    html = display.table([{"a": 1, "source": blog}, {"a": 2, "source": blog}], "Two.").html
    assert 'Two. <span style="font-weight:normal">Source: <a href="https://developer' in html
    assert "<th" in html
    assert ">source<" not in html
    html = display.table([{"a": 1, "source": blog}, {"a": 2, "source": [blog, other]}], "Two").html
    assert html.count(">NVIDIA technical blog</a>") == 2
    assert ">Narayanan et al. 2021</a>" in html


def test_addresses_are_shown_short():
    long = f"https://www.example.org/{'a' * 40}"
    html = display.table([{"u": "https://doi.org/10.1/x"}, {"u": long}], "Addresses").html
    assert re.findall(r">([^<]+)</a>", html) == ["doi.org/10.1/x", "example.org"]
    assert f'href="{long}"' in html


def test_the_same_chart_gives_the_same_drawing():
    assert display.figure(dots(), alt="a").svg == display.figure(dots(), alt="a").svg


def marks(shown: display.Timeline):
    return html.fromstring(shown._repr_html_()).find_class("paper")


def test_the_timeline_holds_every_citing_work(hub):
    shown = display.timeline(hub)
    (drawn,) = html.fromstring(shown._repr_html_()).find_class("citehub-timeline")
    works = {work.url: work for work in hub.select()}
    links = {link.get("href"): link for link in marks(shown)}
    assert links.keys() == works.keys()
    for url, work in works.items():
        said = links[url].text_content()
        assert said.startswith(work.title_plain)
        assert (f"Cites it as {work.role}" in said) is bool(work.role)
        assert ("known" in links[url].classes) is bool(work.role)
    assert drawn.get("aria-label") == shown.alt
    assert "44 citing papers" in shown.alt
    for number, theme in enumerate(hub.themes):
        assert theme["title"] in shown.alt
        assert theme_colour(number) in shown.html


def test_the_timeline_marks_papers_whose_text_shows_no_citation():
    hub = citehub.load("mt-nlg")
    shown = display.timeline(hub)
    silent = {row["work_id"] for row in hub.text_readings if row["n_passages"] == 0}
    absent = {mark.get("href") for mark in marks(shown) if "absent" in mark.classes}
    assert absent == {hub.work(work_id).url for work_id in silent}
    assert len(absent) == shown.html.count("No citation found in the text read.") == 6
    assert shown.html.count('<i class="key') == 3
    cards = [work._repr_html_() for work in hub.select()]
    assert sum("no citation found in the text read" in card for card in cards) == 6
    assert sum("role not known" in card for card in cards) == 24


@pytest.mark.parametrize(("name", "width", "size"), [("wide", 520, 26), ("narrow", 280, 30)])
def test_marks_of_a_timeline_do_not_touch(hub, name, width, size):
    drawn = html.fromstring(display.timeline(hub)._repr_html_())
    lanes = {}
    for theme, track in enumerate(drawn.find_class("track")):
        for mark in track:
            place = dict(part.split(":") for part in mark.get("style").split(";"))
            lane = lanes.setdefault((theme, place[f"--{name}"]), [])
            lane.append(float(place["--x"]) * width)
    assert sum(map(len, lanes.values())) == len(hub.select())
    for places in lanes.values():
        assert all(two - one >= size - 0.1 for one, two in itertools.pairwise(places))


def test_a_timeline_shows_text_from_outside_as_text(tmp_path):
    shown = display.timeline(
        undated(
            tmp_path, title_plain="<b>", publication_year=2025, publication_month=3,
            page_url='https://a.b/?"<i>',
        )
    )  # fmt: skip
    (mark,) = marks(shown)
    assert (mark.get("href"), mark.text_content()[:3]) == ('https://a.b/?"<i>', "<b>")
    assert "Theme not known" in shown.html
    assert "we know why" not in shown.html


def test_a_timeline_without_dates_says_so(first):
    with pytest.raises(citehub.errors.UnknownTable, match="themes"):
        display.timeline(first)


def test_null_is_not_known_in_every_spelling():
    rows = [{"a": None}, {"a": float("nan")}, {"a": pd.NA}, {"a": pd.NaT}, {"a": 0}, {"a": ""}]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", display.table(rows, "x").html)
    assert ["not known" in cell for cell in cells] == [True] * 4 + [False] * 2
    assert cells[4:] == ["0", ""]


def test_a_table_takes_frames_with_nulls_and_formats(hub):
    frame = hub.citing_works.to_pandas(["title_plain", "publication_year", "venue"])
    shown = display.table(frame, "Works", formats={"publication_year": "{:04d}"}).html
    assert shown.count("<tr>") == 45
    assert shown.count("not known") == int(frame["venue"].isna().sum())
    assert "<caption" in shown
    assert shown.count('scope="col"') == 3


def test_text_from_outside_stays_text_in_tables(tmp_path):
    hub = make_release(tmp_path, make_works(
        {"work_id": "arxiv:2301.00001", "title": "<b>", "title_plain": "<b>", "is_retracted": True,
         "ids": {"arxiv": "2301.00001"}},
    ))  # fmt: skip
    (work,) = hub.select()
    rows = [{"<i>": work, "b": "<script>", "c": "javascript:alert(1)", "d": 'https://a.b/?"<'}]
    shown = display.table(rows, "<u>").html
    assert not re.search(r"<(?:i|u|b|script)>", shown)
    assert 'href="https://arxiv.org/abs/2301.00001"' in shown
    assert ">[retracted] &lt;b&gt;</a>" in shown
    assert "javascript:alert(1)</td>" in shown
    assert 'href="https://a.b/?&quot;&lt;"' in shown


def test_text_from_outside_stays_text_in_markdown():
    assert display.plain("[a](javascript:alert(1)) <b> $x$\n# y") == (
        "\\[a\\](javascript:alert(1)) &lt;b&gt; \\$x\\$ \\# y"
    )


def test_an_empty_table_says_what_it_would_show():
    assert "Nothing here" in display.table([], "Nothing here").html


def test_without_the_converter_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(citehub.errors.MissingExtra, match=r"citehub\[notebooks\]"):
        display.figure(dots(), alt="a")


def test_display_loads_neither_altair_nor_pandas_before_it_draws():
    code = (
        "import sys, citehub.display; "
        "print(sorted({'altair', 'pandas', 'vl_convert', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"), (2048, "2,048"), (0.95, "0.95"), (-3, "-3"), (5e-5, "5 × 10⁻⁵"),
        (1.4e18, "1.4 × 10¹⁸"), (5.296e11, "529.6 billion"), (-2e9, "-2 billion"),
        (None, "not known"), (float("nan"), "not known"), (pd.NA, "not known"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_people_do(value, written):
    assert display.number(value) == written


def test_every_fact_has_words():
    hub = citehub.load("mt-nlg")
    written = {row["name"]: display.fact(row) for row in hub.canonical_facts}
    assert written["training_gpus_claim_palm"] == "2,240 A100"
    assert written["tokenizer"] == "GPT-2 BPE"
    assert not [name for name, words in written.items() if words in {"", "None", "not known"}]
    frame = hub.canonical_facts.to_pandas()
    assert [display.fact(row) for _, row in frame.iterrows()] == [
        display.fact(row) for row in hub.canonical_facts
    ]


def test_every_source_has_a_name_and_a_link_where_it_has_an_address():
    hub = citehub.load("mt-nlg")
    for row in hub.sources:
        shown = display.source(hub, row["source_id"])
        name = display.source_name(hub, row["source_id"])
        assert name in row["title"] or (name, row["kind"]) == ("our own arithmetic", "derived")
        assert (f"](<{row['url']}>)" in shown) == bool(row["url"])
    assert display.sources(hub, ["derived", "derived"]).html.count("<li>") == 1


def test_an_unknown_source_is_answered_with_those_that_exist(hub):
    with pytest.raises(citehub.errors.UnknownSelection, match="nvidia-blog-2021"):
        display.source(hub, "nvidia-blog-2020")


def undated(tmp_path, **cells):
    work = {"work_id": "arxiv:2301.00001", "title": "A", "title_plain": "A", **cells}
    return make_release(tmp_path, make_works(work))


def test_a_work_whose_month_is_not_known_is_not_drawn(tmp_path):
    with pytest.raises(citehub.errors.BadArgument, match="known month"):
        display.timeline(undated(tmp_path, publication_year=2025))


@pytest.mark.parametrize("chart", [FRAME, None, "bar"])
def test_what_is_no_chart_is_not_drawn(chart):
    with pytest.raises(citehub.errors.BadArgument, match="a chart of Altair, not"):
        display.figure(chart, alt="a")


def test_two_columns_of_one_name_are_refused():
    frame = pd.DataFrame([[2022, 9]], columns=["a", "a"])
    with pytest.raises(citehub.errors.BadArgument, match="Two columns have one name: a, a"):
        display.table(frame, "x")


@pytest.mark.parametrize("rows", [None, 5, ["ab", "c"], FRAME["x"]])
def test_what_is_no_rows_is_not_shown(rows):
    with pytest.raises(citehub.errors.BadArgument, match="as dicts, not"):
        display.table(rows, "x")


def test_columns_of_any_name_and_rows_of_any_keys_are_shown_whole():
    nested = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    assert "(&#x27;a&#x27;, &#x27;y&#x27;)" in display.table(nested, "x").html
    shown = display.table([{"a": 1}, {"b": 2}], "x").html
    assert re.findall(r">([ab12])<|(not known)", shown) == [
        ("a", ""), ("b", ""), ("1", ""), ("", "not known"), ("", "not known"), ("2", ""),
    ]  # fmt: skip


def test_a_format_of_no_column_is_refused():
    with pytest.raises(citehub.errors.UnknownColumn, match=r"'shares'.*Known: share"):
        display.table([{"share": 0.5}], "x", formats={"shares": "{:.0%}"})


def test_a_table_needs_a_caption():
    with pytest.raises(citehub.errors.BadArgument, match="caption"):
        display.table([{"a": 1}], " ")


def test_figures_take_the_colour_of_the_text_around_them():
    assert "var(--citehub-ink, currentColor)" in display.figure(dots(), alt="Two dots.").svg


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "a/b.html", "", None])
def test_a_figure_links_to_web_pages_and_runs_nothing(url):
    frame = FRAME.assign(url=[url, "https://arxiv.org/abs/2"])
    chart = alt.Chart(frame).mark_circle().encode(x="x:Q", y="name:N", href="url:N")
    root = drawing(display.figure(chart + chart.mark_text(), alt="Two dots."))
    links = {link.get("href") for link in root.iter(f"{SVG}a")}
    assert links == {"https://arxiv.org/abs/2"}
