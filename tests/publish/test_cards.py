"""``README.md`` and ``RIGHTS.md``: they render, are safe, and tell the truth."""

from __future__ import annotations

import re

import pytest
import yaml
from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def split(text):
    """Return front matter and page."""
    _, front, page = re.split(r"^---$\n", text, maxsplit=2, flags=re.MULTILINE)
    return yaml.safe_load(front), page


def tokens(page):
    for token in MARKDOWN.parse(page):
        yield token
        yield from token.children or ()


def cells(page):
    """Return the text of each table row of a page."""
    rows, row = [], []
    for token in MARKDOWN.parse(page):
        if token.type == "tr_open":
            row = []
        elif token.type == "inline" and token.level >= 4:
            row.append("".join(child.content for child in token.children))
        elif token.type == "tr_close":
            rows.append(row)
    return rows


@pytest.fixture
def card(folder):
    return split((folder / "README.md").read_text(encoding="utf-8"))


def test_front_matter(card, published):
    front, _ = card
    assert front["license"] == ["cc0-1.0"]
    assert front["pretty_name"] == published.manifest["title"]
    assert front["tags"] == published.manifest["keywords"]
    assert front["size_categories"] == ["n<1K"]  # of the works
    filled = {
        each["name"]: each["path"] for each in published.manifest["resources"] if each["rows"]
    }
    assert {each["config_name"]: each["data_files"] for each in front["configs"]} == filled
    assert [each["config_name"] for each in front["configs"] if each.get("default")] == ["works"]


@pytest.mark.parametrize("name", ["README.md", "RIGHTS.md"])
def test_text_from_outside_stays_text(folder, name):
    text = (folder / name).read_text(encoding="utf-8")
    page = split(text)[1] if name == "README.md" else text
    for token in tokens(page):
        assert token.type not in {"html_inline", "html_block", "s_open", "image"}
        if token.type == "link_open":
            assert re.match(r"https?://[!-~]+$|RIGHTS\.md$", token.attrs["href"])
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_card_counts_what_the_tables_hold(card, published):
    rows = {row[0]: row[1:] for row in cells(card[1])}
    for resource in published.manifest["resources"]:
        assert rows[resource["name"]] == [f"{resource['rows']:,}", resource["description"]]
    assert rows["intent"] == ["background", "9 of 9", "9 of 44", "70 to 100 %"]


def test_the_card_cites_with_the_librarys_entry(card, published):
    blocks = [token.content for token in tokens(card[1]) if token.type == "fence"]
    entry = published.cite().replace("\u202e", "\ufffd")
    assert f"{entry}\n" in blocks
    assert "sha256sum -c SHA256SUMS\n" in blocks


def test_the_rights_of_every_source(folder, published):
    rows = {row[0]: row[1:] for row in cells((folder / "RIGHTS.md").read_text(encoding="utf-8"))}
    counts = {}
    for row in published.evidence:
        counts[row["source_id"]] = counts.get(row["source_id"], 0) + 1
    for source in published.sources:
        _, terms, count = rows[source["source_id"]]
        assert count == f"{counts.get(source['source_id'], 0):,}"
        if source["rights"] is None:
            assert terms == "not known"
        elif "\x1b" not in source["rights"]:
            assert terms == source["rights"]
