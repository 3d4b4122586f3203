"""TeX of titles."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citehub._tex import escape_tex, resolve_tex

PLAIN = {
    r"M$^2$RNN: Non-Linear RNNs": "M²RNN: Non-Linear RNNs",
    r"$O(n^2)$ and $x_{10}$": "O(n²) and x₁₀",
    r"$\alpha$-$\beta$ of $\Omega$": "α-β of Ω",
    r"$2^{n-1}$": "2ⁿ⁻¹",
    r"$10^{-3}$ $\times$ $\infty$": "10⁻³ × ∞",
    r"$x_i$": "xᵢ",
    "Do NOT Think That Much for 2+3=?": "Do NOT Think That Much for 2+3=?",
    "From $5 to $10": "From $5 to $10",
    "100% & more #1": "100% & more #1",
}


@pytest.mark.parametrize(("title", "plain"), PLAIN.items())
def test_plain_forms(title, plain):
    assert resolve_tex(title) == plain


@pytest.mark.parametrize("title", [r"$\frac{1}{2}$", r"$x^{y^2}$", r"$\unknown$", r"$a_@$"])
def test_tex_without_a_plain_form_is_an_error(title):
    with pytest.raises(ValueError, match="no plain form of the TeX"):
        resolve_tex(title)


@given(st.text(alphabet=st.characters(exclude_characters="$")))
def test_text_without_dollars_stays(title):
    assert resolve_tex(title) == title


@given(st.text(alphabet="$\\^_{}ab12 "))
def test_any_title_is_resolved_or_refused(title):
    try:
        resolve_tex(title)
    except ValueError as error:
        assert "no plain form" in str(error)


ESCAPED = {
    r"M$^2$RNN, $x_{10}^2$ and $\alpha$": r"M$^2$RNN, $x_{10}^2$ and $\alpha$",
    r"$\input{x}$": r"\$\textbackslash{}input\{x\}\$",
    "{a{b}}": r"\{a\{b\}\}",
    "a } b {": r"a \textbraceright{} b \textbraceleft{}",
    "{{}": r"\textbraceleft{}\textbraceleft{}\textbraceright{}",
    "<i>E</i> <>|": "$<$i$>$E$<$/i$>$ $<$$>$$|$",
    "~^": r"\textasciitilde{}\textasciicircum{}",
    r"$x^1^2$": r"\$x\textasciicircum{}1\textasciicircum{}2\$",
    "From $5 to $10": r"From \$5 to \$10",
    "100% & more #1_a": r"100\% \& more \#1\_a",
    "a--b---c": "a-{}-b-{}-{}-c",
    "two\nlines": "two lines",
}


@pytest.mark.parametrize(("text", "escaped"), ESCAPED.items())
def test_text_is_escaped_and_plain_mathematics_kept(text, escaped):
    assert escape_tex(text) == escaped


@given(st.text(alphabet="$\\^_{}%#&~<>|-`'ab12 \n"))
def test_no_command_of_the_text_and_no_odd_brace_is_left(text):
    escaped = escape_tex(text)
    assert escaped.count("{") == escaped.count("}")
    commands = set(re.findall(r"\\([A-Za-z]+|.)", escaped))
    named = {"textbackslash", "textbraceleft", "textbraceright", "textasciicircum"}
    assert commands <= named | {"textasciitilde"} | set("$&#%_{}")
