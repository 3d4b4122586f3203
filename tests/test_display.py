"""Figures and tables of notebooks: safe, accessible, null is not zero."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import altair as alt
import pandas as pd
import pytest

import citehub
from citehub import display
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


def test_a_chart_may_set_its_own_style():
    chart = dots().configure_axis(labelColor="#123456")
    assert "#123456" in display.figure(chart, alt="Two dots.").svg


def test_the_drawing_scrolls_where_the_page_is_narrow_and_the_keyboard_reaches_it():
    page = display.figure(dots(), alt="Two dots.")._repr_html_()
    assert 'style="overflow-x:auto" tabindex="0" role="group" aria-label="Figure' in page


def test_the_same_chart_gives_the_same_drawing():
    assert display.figure(dots(), alt="a").svg == display.figure(dots(), alt="a").svg


def test_the_timeline_holds_every_citing_work(hub):
    root = drawing(display.timeline(hub))
    links = {link.get("href") for link in root.iter(f"{SVG}a")}
    assert links == {work.url for work in hub.select()}
    assert "44 citing works" in root.get("aria-label")
    for theme in hub.themes:
        assert theme["title"] in root.get("aria-label")


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
        {"work_id": "arxiv:2301.00001", "title": "<b>", "title_plain": "<b>bold</b>",
         "ids": {"arxiv": "2301.00001"}},
    ))  # fmt: skip
    (work,) = hub.select()
    rows = [{"<i>": work, "b": "<script>", "c": "javascript:alert(1)", "d": 'https://a.b/?"<'}]
    shown = display.table(rows, "<u>").html
    assert not re.search(r"<(?:i|u|b|script)>", shown)
    assert 'href="https://arxiv.org/abs/2301.00001"' in shown
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
