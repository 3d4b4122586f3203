"""``ro-crate-metadata.json``: rocrate reads it back and finds every file."""

from __future__ import annotations

import hashlib

import pytest
from rocrate.rocrate import ROCrate

import citehub
from tests.publish.test_folder import PAGE


@pytest.fixture
def crate(folder):
    return ROCrate(folder)


def test_every_file_is_a_part_but_the_page_and_what_it_needs(folder, crate):
    parts = {part.id: part for part in crate.root_dataset["hasPart"]}
    held = {path.name for path in folder.iterdir()} - PAGE
    assert {*parts, "ro-crate-metadata.json"} == held
    for name, part in parts.items():
        assert part.type == "File"
        assert part["encodingFormat"]
        if name != "SHA256SUMS":  # made after the crate
            data = (folder / name).read_bytes()
            assert part["sha256"] == hashlib.sha256(data).hexdigest()
            assert part["contentSize"] == str(len(data))


def test_the_root_says_what_it_is(crate, published):
    root = crate.root_dataset
    assert crate.version == "1.2"
    assert root["name"] == published.manifest["title"]
    assert str(root["datePublished"])[:10] == published.manifest["created"][:10]
    assert [each.id for each in root["license"]] == [
        each["path"] for each in published.manifest["licenses"]
    ]
    assert [each["name"] for each in root["author"]] == [
        each["title"] for each in published.manifest["contributors"]
    ]


def test_the_build_takes_the_sources_and_gives_the_root(crate, published):
    action = crate.root_dataset["mentions"]
    assert action.type == "CreateAction"
    assert action["instrument"].type == "SoftwareApplication"
    assert action["result"].id == "./"
    rows = list(published.sources)
    assert [each["identifier"] for each in action["object"]] == [row["source_id"] for row in rows]
    for source, row in zip(action["object"], rows, strict=True):
        assert source["name"] == row["title"]
        assert source.get("url") == row["url"]
        terms = source.get("usageInfo")
        assert (terms and terms["description"]) == row["rights"]


def test_the_software_says_what_the_profile_asks_of_it(crate):
    """As roc-validator 0.13 with ro-crate-1.2 does: a name, an url and a version."""
    software = crate.root_dataset["mentions"]["instrument"]
    assert (software["name"], software["version"]) == ("citehub", citehub.__version__)
    assert software["url"].startswith("https://")


def test_every_reference_leads_somewhere(crate):
    known = {entity.id for entity in crate.get_entities()}
    assert len(known) == len(crate.get_entities())

    def references(value):
        if isinstance(value, dict):
            yield from [value["@id"]] if set(value) == {"@id"} else []
            for each in value.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in value:
                yield from references(each)

    for entity in crate.get_entities():
        if entity.id != "ro-crate-metadata.json":
            assert set(references(entity.properties())) <= known
