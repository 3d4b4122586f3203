"""Markdown in which text from outside stays text, read back by a Markdown parser."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from citehub import _markdown as md
from tests.publish.conftest import HOSTILE

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def rendered(markdown):
    return "".join(
        child.content for token in MARKDOWN.parse(markdown) for child in token.children or ()
    )


def test_hostile_text_reads_as_it_is_written():
    shown = rendered(md.paragraph(HOSTILE))
    expected = " ".join(HOSTILE.split())
    for mark in ("\x1b", "\x07", "\u202e"):
        expected = expected.replace(mark, "\ufffd")
    assert shown == expected


@pytest.mark.parametrize(
    "text",
    [
        "# a",
        "% a",
        "(a)= b",
        "- a",
        "+ a",
        "1. a",
        "1) a",
        "=== a",
        "> a",
        "    a",
        "---",
        "| a |",
        "::: a",
    ],
)
def test_a_paragraph_is_a_paragraph(text):
    parsed = MARKDOWN.parse(f"a\n\n{md.paragraph(text)}\n\nb\n{md.paragraph(text)}")
    assert {token.type for token in parsed} == {"paragraph_open", "inline", "paragraph_close"}


def test_a_fence_outlasts_its_content():
    parsed = MARKDOWN.parse(md.fenced("a\n````\n<script>\n```", "sh"))
    assert [(token.type, token.content) for token in parsed] == [
        ("fence", "a\n````\n<script>\n```\n")
    ]


def test_an_address_that_runs_is_no_link():
    assert md.link("javascript:alert(1)", "a") == "a"
