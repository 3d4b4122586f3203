"""``CITATION.cff``: valid by CFF's schema, and it cites this version."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path

import jsonschema
import pytest
import yaml

from citehub._manifest import dataset_id
from citehub.export.kinds import _KINDS
from citehub.publish import dataset_jsonld
from citehub.publish._facts import _WORK_TYPES
from citehub.publish.citation_cff import citation_cff
from tests.made import CANONICAL, make_release, make_works

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


@pytest.mark.parametrize(
    ("work", "in_cff", "in_schema_org"),
    [
        ({"type": "article"}, "article", "ScholarlyArticle"),
        ({"type": "conference-paper"}, "conference-paper", "ScholarlyArticle"),
        ({"type": "book"}, "book", "Book"),
        ({"type": "book-chapter"}, "generic", "Chapter"),
        ({"type": "dissertation"}, "thesis", "Thesis"),
        ({"type": "report"}, "report", "Report"),
        ({"type": "dataset"}, "data", "Dataset"),
        ({"type": "software"}, "software", "SoftwareApplication"),
        ({"type": "standard"}, "standard", "CreativeWork"),
        ({"type": None}, "generic", "ScholarlyArticle"),  # on arXiv
        ({"type": "a type to come"}, "generic", "CreativeWork"),
    ],
)
def test_the_canonical_work_is_of_its_type(tmp_path, work, in_cff, in_schema_org):
    made = make_works()
    made["works"][0] |= work
    made["work_ids"] = [{"work_id": CANONICAL, "scheme": "arxiv", "value": "2201.11990"}]
    hub = make_release(tmp_path, made)
    content = yaml.safe_load(citation_cff(hub))
    check(content)
    assert content["references"][0]["type"] == in_cff
    assert dataset_jsonld(hub)["citation"]["@type"] == in_schema_org


def test_every_type_of_a_work_is_known_to_both_files():
    types = set(_KINDS)
    assert types == set(_WORK_TYPES)
    known = SCHEMA["definitions"]["reference"]["properties"]["type"]["enum"]
    assert {each for each, _ in _WORK_TYPES.values()} <= set(known)
