"""HTML helpers: everything from outside is text."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from citehub import _html


@given(st.text())
def test_text_holds_no_markup_of_its_own(value):
    assert "<" not in _html.text(value)
    assert '"' not in _html.text(value)


@given(st.text())
def test_a_preview_holds_no_markup_of_its_own(value):
    html = _html.short(value)
    assert re.fullmatch(r"<span [^<>]*>[^<>]*</span>", html, re.DOTALL)


def test_a_preview_is_a_line_and_all_of_it_a_title():
    assert _html.short("two\nlines") == '<span style="white-space:nowrap">two lines</span>'
    long = "<b>" + "x" * 60 + '"'
    nowrap = '<span style="white-space:nowrap"'
    assert _html.short(long) == (
        f'{nowrap} title="&lt;b&gt;{"x" * 60}&quot;">&lt;b&gt;{"x" * 46}…</span>'
    )
    assert _html.short(long[:50]) == f"{nowrap}>&lt;b&gt;{'x' * 47}</span>"
    assert (_html.short(None), "0</span>" in _html.short(0)) == (_html.text(None), True)


def test_a_preview_can_be_a_link_of_what_is_shown():
    assert _html.short("x" * 60, "https://x/") == (
        f'<span style="white-space:nowrap" title="{"x" * 60}">'
        f'<a href="https://x/" rel="noopener noreferrer">{"x" * 49}…</a></span>'
    )
    assert _html.short("x", "javascript:alert(1)") == '<span style="white-space:nowrap">x</span>'


def test_null_is_a_dash_and_zero_is_zero():
    assert "not known" in _html.text(None)
    assert _html.text(0) == "0"


def test_only_web_addresses_become_links():
    assert _html.link("https://x/?a=1&b=2", "a<b") == (
        '<a href="https://x/?a=1&amp;b=2" rel="noopener noreferrer">a&lt;b</a>'
    )
    for url in ("javascript:alert(1)", "data:text/html,x", "//x", "HTTPS:javascript"):
        assert _html.link(url, "code") == "code"


def test_headers_and_caption_are_escaped():
    html = _html.table(["<b>"], [["<i>kept</i>"]], caption="<u>")
    assert "&lt;b&gt;" in html
    assert "&lt;u&gt;" in html
    assert "<i>kept</i>" in html
