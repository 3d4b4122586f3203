"""``dataset.jsonld``: what search engines ask for, and safe inside a web page."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import citehub
from citehub._manifest import dataset_id
from citehub.publish import dataset_jsonld


class Scripts(HTMLParser):
    """Collects the content of script elements, and every other element."""

    def __init__(self):
        super().__init__()
        self.tags, self.data = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.data.append(data)


def test_it_is_what_the_function_returns(folder, published):
    said = json.loads((folder / "dataset.jsonld").read_text(encoding="utf-8"))
    assert said == dataset_jsonld(published)


def test_it_comes_out_of_a_page_whole(folder, published):
    page = Scripts()
    text = (folder / "dataset.jsonld").read_text(encoding="utf-8")
    page.feed(f'<script type="application/ld+json">{text}</script>')
    assert page.tags == ["script"]
    assert json.loads("".join(page.data)) == dataset_jsonld(published)


def test_every_json_file_holds_neither_markup_nor_what_cannot_be_seen(folder):
    for path in [*folder.glob("*.jsonld"), folder / "croissant.json"]:
        text = path.read_text(encoding="utf-8")
        assert not set(text) & set("<>&")
        assert text.replace("\n", "").isprintable()


def test_it_says_what_search_engines_ask_for(folder, published):
    said = dataset_jsonld(published)
    assert said["@context"] == "https://schema.org/"
    assert said["@type"] == "Dataset"
    assert 50 <= len(said["description"]) <= 5000
    assert str(published.summary()) in said["description"]
    assert said["identifier"] == dataset_id(published.manifest)
    assert said["version"] == published.version
    assert said["creator"][0]["name"]
    assert said["citation"]["url"] == "https://arxiv.org/abs/2201.11990"
    assert {each["contentUrl"] for each in said["distribution"]} == {
        path.name for path in folder.glob("*.parquet")
    }
    measured = {each["name"]: each for each in said["variableMeasured"]}
    assert measured["works.publication_year"]["unitText"] == "year"
    assert "url" not in said


def test_a_long_description_is_cut(hub):
    long = citehub.load("mt-nlg", version="1.1.0")
    long.manifest = {**long.manifest, "description": "x" * 6000, "homepage": "https://example.org"}
    said = dataset_jsonld(long)
    assert len(said["description"]) == 5000
    assert said["url"] == "https://example.org"
