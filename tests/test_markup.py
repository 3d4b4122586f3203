"""Titles without markup: HTML, JATS, MathML, entities and TeX."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citehub._markup import plain_title, says_something

POWER = "<mml:msup><mml:mi>x</mml:mi> <mml:mn>2</mml:mn></mml:msup>"
PLAIN = {
    "Of <i>E. lanterna</i> and H<sub>2</sub>O &amp; more": "Of E. lanterna and H₂O & more",
    "10<sup>−3</sup> m, CO<inf>2</inf>, x<SUB>i</SUB>": "10⁻³ m, CO₂, xᵢ",
    "10<sup>-3,5</sup>": "10-3,5",  # a comma cannot be raised
    "<jats:title>On <jats:italic>x</jats:italic></jats:title>": "On x",
    '<span class="small">a</span> <scp>B</scp>': "a B",
    "<p>One</p><p>Two<br/>Three<br>Four</p>": "One Two Three Four",
    "<title>A\n  lamp</title>": "A lamp",
    "&lt;i&gt;E. coli&lt;/i&gt; &amp;amp; yeast": "E. coli & yeast",
    "Caf&eacute; &#x3B1;&#8211;&#946;&nbsp;x": "Café α–β x",
    "p &lt; 0.05": "p < 0.05",
    f'<mml:math xmlns:mml="http://x.example">{POWER}</mml:math>-decay': "x²-decay",
    f"<inline-formula><alternatives><tex-math>$x^2$</tex-math><mml:math>{POWER}</mml:math>"
    "</alternatives></inline-formula> of": "x² of",
    "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>": "1/2",
    "<math><msub><mi>CO</mi><mn>2</mn></msub></math>": "CO₂",
    "<math><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></math>": "xᵢ²",
    "<math><semantics><mi>α</mi><annotation>\\alpha</annotation></semantics></math>": "α",
    r"H\textsubscript{2}O in \mkbibemph{E. lanterna}, \enquote{quoted}":
        "H₂O in E. lanterna, “quoted”",
    r"\enquote{a \enquote{b}} \textit{{E}. coli} x\textsuperscript{2}": "“a ‘b’” E. coli x²",
    r"\emph{a \textbf{b}} R\&D, 5\%": "a b R&D, 5%",
    r"$\mathcal{N}=4$, $$\rm H_2$$, $\mathrm{CO}_2$ and $a \leq b$": "N=4, H₂, CO₂ and a ≤b",
    r"<i>x</i> of $\frac{1}{2}$": r"x of $\frac{1}{2}$",  # which has no plain form here
}  # fmt: skip


@pytest.mark.parametrize(("title", "plain"), PLAIN.items())
def test_markup_is_resolved(title, plain):
    assert plain_title(title) == plain


@pytest.mark.parametrize(
    "title",
    [
        "a < b and c > d", "p<0.05", "n<i and m>j", "The <b and c> d", "x <i>y", "H</sub>O",
        "List<String> <think> less</think>", "<script>alert(1)</script>", "AT&T, R&D and A&B;C",
        "&copy 2020", "&nosuch;", r"\foo{bar} {\bf TeX}", "From $5 to $10", "#1 & 100%",
        "two\n lines", "<3", "a <!-- b --> c", "x^2_i {y}",
    ],
)  # fmt: skip
def test_what_is_no_markup_stays(title):
    assert plain_title(title) == title


@pytest.mark.parametrize(
    "title",
    [
        "", "   ", "\u00a0", "\u200b\u2060\ufeff", "\u3000\t\n", "<p> </p>", "&nbsp;", "<i></i>",
        "\u2800", "\u3164", "\x00", "&#8203;", "\u202e",
    ],
)  # fmt: skip
def test_blanks_say_nothing(title):
    assert not says_something(title)


@pytest.mark.parametrize("title", ["A", "纸", "—", "½", "<b>", "?", "<i>0</i>", "\u00a0x"])
def test_anything_to_be_seen_says_something(title):
    assert says_something(title)


@given(st.text(alphabet="<>/&;ibsup$\\^_{}a2 ", max_size=60))
def test_any_title_has_a_plain_form_that_is_as_plain(title):
    plain = plain_title(title)
    assert len(plain) <= len(title)


@pytest.mark.parametrize(
    "title",
    [
        "<i>a" * 20_000, "<i>a" * 20_000 + "</i>" * 20_000, "</b>" * 20_000, "<" * 100_000,
        "<i>" * 20_000 + "</b>" * 20_000, "<i " * 50_000, "&" * 100_000, r"\emph{" * 20_000,
        r"\emph" + " " * 100_000, r"\emph{{a}{a}" * 20_000, "$\\alpha" * 20_000,
    ],
    ids=range(11),
)  # fmt: skip
def test_no_title_takes_long(title):
    began = time.process_time()
    plain_title(title)
    assert time.process_time() - began < 5
