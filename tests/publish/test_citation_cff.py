"""``CITATION.cff``: valid by CFF's schema, and it cites this version."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path

import jsonschema
import pytest
import yaml

from citehub._manifest import dataset_id
from citehub.publish.citation_cff import citation_cff

VENDOR = "check_jsonschema/builtin_schemas/vendor/citation-file-format.json"
SCHEMA = json.loads(
    Path(distribution("check-jsonschema").locate_file(VENDOR)).read_text(encoding="utf-8")
)


def read(folder):
    return yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))


def check(content):
    jsonschema.Draft7Validator(SCHEMA).validate(content)


def test_it_is_valid(folder):
    check(read(folder))


def test_the_check_can_fail(folder):
    content = read(folder)
    del content["authors"]
    with pytest.raises(jsonschema.ValidationError):
        check(content)


def test_it_cites_this_version(folder, published):
    content, manifest = read(folder), published.manifest
    assert (content["cff-version"], content["type"]) == ("1.2.0", "dataset")
    for part in (content, content["preferred-citation"]):
        assert part["version"] == published.version
        assert part["title"] == manifest["title"]
        assert part["date-released"] == manifest["created"][:10]
        assert part["license"] == "CC0-1.0"
        assert part["identifiers"][0]["value"] == dataset_id(manifest)
        assert part["authors"] == [{"name": each["title"]} for each in manifest["contributors"]]
    assert content["preferred-citation"]["type"] == "data"
    assert content["abstract"] == manifest["description"]


def test_it_refers_to_the_canonical_work(folder, published):
    (reference,) = read(folder)["references"]
    assert reference["title"] == published.canonical.title_plain
    authors = published.canonical.authors or ("authors not known",)
    assert reference["authors"] == [{"name": name} for name in authors]
    assert reference["url"] == "https://arxiv.org/abs/2201.11990"


def change(hub, **parts):
    """Return a hub whose manifest says something else."""
    hub.manifest = {**hub.manifest, **parts}
    return hub


def test_a_doi_and_a_homepage(published):
    hub = change(published, id="https://doi.org/10.5281/zenodo.1", homepage="https://example.org")
    content = yaml.safe_load(citation_cff(hub))
    check(content)
    assert content["identifiers"] == [{"type": "doi", "value": "10.5281/zenodo.1"}]
    assert content["url"] == "https://example.org"


def test_terms_of_ones_own_are_named_by_their_address(published):
    terms = {"name": "mine", "path": "https://example.org/terms", "title": "Mine"}
    content = yaml.safe_load(citation_cff(change(published, licenses=[terms], keywords=[])))
    check(content)
    assert content["license-url"] == "https://example.org/terms"
    assert "license" not in content
    assert "keywords" not in content
