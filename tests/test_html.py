"""HTML helpers: everything from outside is text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from citehub import _html


@given(st.text())
def test_text_holds_no_markup_of_its_own(value):
    assert "<" not in _html.text(value)
    assert '"' not in _html.text(value)


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
