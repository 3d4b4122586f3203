"""Manifests: what a release says of itself, and what is refused."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path

import pytest

import citehub
from citehub import errors
from citehub._manifest import dataset_id, is_plain_name, sha256


def change_manifest(datasets, change, *, rehash):
    """Change a copied manifest; with ``rehash`` also what the index says of it."""
    path = datasets / "mt-nlg" / "1.1.0" / "datapackage.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    if rehash:
        listed = datasets / "mt-nlg" / "index.json"
        index = json.loads(listed.read_text(encoding="utf-8"))
        index["versions"]["1.1.0"]["datapackage.json"] = sha256(path.read_bytes())
        listed.write_text(json.dumps(index), encoding="utf-8")


def set_path(path):
    return lambda manifest: manifest["resources"][0].update(path=path)


OUTSIDE = [
    "../../etc/passwd", "/etc/passwd", "..", ".", "", "../works.parquet", "a/b.parquet",
    "..\\works.parquet", "C:\\x", "works.parquet/", "~/x", "http://example.org/x", "nul\0",
]  # fmt: skip


@pytest.mark.parametrize("rehash", [False, True])
@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_that_leads_out_is_refused(datasets, path, rehash):
    change_manifest(datasets, set_path(path), rehash=rehash)
    with pytest.raises(errors.DamagedManifest, match="a file of its own folder; found path"):
        citehub.load("mt-nlg", version="1.1.0")


def test_nothing_outside_the_folder_is_ever_opened(datasets, tmp_path):
    secret = tmp_path / "secret.parquet"
    secret.write_bytes((datasets / "mt-nlg" / "1.1.0" / "works.parquet").read_bytes())
    change_manifest(datasets, set_path(f"../../../{secret.name}"), rehash=True)
    opened = []

    def note(event, args):
        if event == "open" and isinstance(args[0], str):
            opened.append(Path(args[0]).name)

    sys.addaudithook(note)
    with pytest.raises(errors.DamagedManifest):
        citehub.load("mt-nlg", version="1.1.0").works.to_arrow()
    assert "datapackage.json" in opened
    assert secret.name not in opened


WRONG = {
    "no resources": lambda m: m.pop("resources"),
    "resources is text": lambda m: m.update(resources="works"),
    "a resource is text": lambda m: m.update(resources=["works"]),
    "no hash": lambda m: m["resources"][0].pop("hash"),
    "rows is text": lambda m: m["resources"][0].update(rows="45"),
    "rows is true": lambda m: m["resources"][0].update(rows=True),
    "no schema": lambda m: m["resources"][0].pop("schema"),
    "a field is text": lambda m: m["resources"][0]["schema"].update(fields=["work_id"]),
    "a field has no type": lambda m: m["resources"][0]["schema"]["fields"][0].pop("arrowType"),
    "a field of no type": lambda m: m["resources"][0]["schema"]["fields"][0].update(arrowType="x"),
    "a key of no column": lambda m: m["resources"][0]["schema"].update(primaryKey=["x"]),
    "a key that is a number": lambda m: m["resources"][0]["schema"].update(primaryKey=[1]),
    "no key": lambda m: m["resources"][0]["schema"].update(primaryKey=[]),
    "a foreign key is text": lambda m: m["resources"][1]["schema"].update(foreignKeys=["works"]),
    "constraints is text": lambda m: m["resources"][0]["schema"]["fields"][0].update(
        constraints="required"
    ),
    "a least value is text": lambda m: m["resources"][0]["schema"]["fields"][4].update(
        constraints={"minimum": "1500"}
    ),
    "a greatest value is true": lambda m: m["resources"][0]["schema"]["fields"][4].update(
        constraints={"maximum": True}
    ),
    "required is text": lambda m: m["resources"][0]["schema"]["fields"][4].update(
        constraints={"required": "no"}
    ),
    "a unit is a number": lambda m: m["resources"][0]["schema"]["fields"][4].update(unit=5),
    "a vocabulary is text": lambda m: m["resources"][0]["schema"]["fields"][0].update(
        constraints={"enum": "works"}
    ),
    "a contributor is text": lambda m: m.update(contributors=["me"]),
    "no works": lambda m: m["resources"].pop(0),
    "a table twice": lambda m: m["resources"].append(m["resources"][1]),
    "no citehub": lambda m: m.pop("citehub"),
    "canonical is a number": lambda m: m["citehub"].update(canonical_work_id=1),
    "keywords are numbers": lambda m: m.update(keywords=[1]),
    "a license is text": lambda m: m.update(licenses=["CC0-1.0"]),
    "a license without a name": lambda m: m["licenses"][0].pop("name"),
    "a license without a path": lambda m: m["licenses"][0].pop("path"),
    "a license without a title": lambda m: m["licenses"][0].pop("title"),
    "id is a number": lambda m: m.update(id=1),
    "homepage runs": lambda m: m.update(homepage="javascript:alert(1)"),
    "responsible_ai is text": lambda m: m["citehub"].update(responsible_ai="all good"),
    "responsible_ai holds numbers": lambda m: m["citehub"].update(responsible_ai={"x": 1}),
    "foreign keys are text": lambda m: m["resources"][1]["schema"].update(foreignKeys="works"),
    "version is a number": lambda m: m.update(version=1.1),
    "version is no version": lambda m: m.update(version="\x1b[31m1.1"),
    "created on no day": lambda m: m.update(created="yesterday"),
    "created in a month 13": lambda m: m.update(created="2026-13-01"),
    "created with more": lambda m: m.update(created="2026-11-23\x1b[31m"),
    "a hub of no name": lambda m: m["citehub"].update(hub="../<b>"),
    "rows below zero": lambda m: m["resources"][1].update(rows=-1),
    "rows beyond all bounds": lambda m: m["resources"][1].update(rows=10**30),
    "bytes below zero": lambda m: m["resources"][1].update(bytes=-1),
    "works without a row": lambda m: m["resources"][0].update(rows=0),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_manifest_of_another_shape_is_refused(datasets, change):
    change_manifest(datasets, change, rehash=True)
    with pytest.raises(
        errors.DamagedManifest, match=r"datapackage\.json is damaged: expected \S+"
    ):
        citehub.load("mt-nlg", version="1.1.0")


@pytest.mark.parametrize(
    "data", [b"", b"not JSON", b"[1]", b"null", b"\xff", b"{" * 99_999, b'{"name": "\\uD800"}']
)
def test_a_manifest_that_is_not_json_is_refused(datasets, data):
    (datasets / "mt-nlg" / "1.1.0" / "datapackage.json").write_bytes(data)
    with pytest.raises(errors.DamagedManifest, match=r"datapackage\.json is damaged: expected"):
        citehub.load("mt-nlg", version="1.1.0")


def test_a_manifest_that_was_edited_is_refused(datasets):
    change_manifest(datasets, lambda m: m.update(title="Another title"), rehash=False)
    with pytest.raises(errors.DamagedManifest, match="expected the released file, sha256:"):
        citehub.load("mt-nlg", version="1.1.0")


def test_a_manifest_behind_a_link_is_refused(datasets, tmp_path):
    path = datasets / "mt-nlg" / "1.1.0" / "datapackage.json"
    path.rename(tmp_path / "datapackage.json")
    path.symlink_to(tmp_path / "datapackage.json")
    with pytest.raises(errors.DamagedManifest, match="a symbolic link"):
        citehub.load("mt-nlg", version="1.1.0")


def test_a_missing_manifest_is_named(datasets):
    (datasets / "mt-nlg" / "1.1.0" / "datapackage.json").unlink()
    with pytest.raises(errors.DamagedManifest, match="No such file"):
        citehub.load("mt-nlg", version="1.1.0")


def test_verify_finds_a_file_that_was_changed_added_or_removed(datasets):
    folder = datasets / "mt-nlg" / "1.1.0"
    hub = citehub.load("mt-nlg", version="1.1.0")
    hub.verify()
    changes = folder / "CHANGES.md"
    whole = changes.read_bytes()
    changes.write_bytes(whole + b"x")
    with pytest.raises(errors.DamagedManifest, match=r"CHANGES\.md is damaged"):
        hub.verify()
    changes.unlink()
    with pytest.raises(errors.DamagedManifest, match="expected the released file; found none"):
        hub.verify()
    changes.write_bytes(whole)
    (folder / "extra.txt").touch()
    with pytest.raises(errors.DamagedManifest, match="found one that was not"):
        hub.verify()


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_manifests_are_data_packages(version):
    manifest = citehub.load("mt-nlg", version=version).manifest
    assert manifest["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert manifest["version"] == version
    for resource in manifest["resources"]:
        assert is_plain_name(resource["path"])
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert set(resource["schema"]["primaryKey"]) <= set(names)


OTHER_CONTENT = {
    "hub": lambda m: m["citehub"].update(hub="another"),
    "version": lambda m: m.update(version="1.1.1"),
    "a table": lambda m: m["resources"][0].update(content_hash="sha256:0"),
    "a table's name": lambda m: m["resources"][0].update(name="another"),
    "a table less": lambda m: m["resources"].pop(),
}
SAME_CONTENT = {
    "another file": lambda m: m["resources"][0].update(hash="sha256:0", bytes=1),
    "another order": lambda m: m["resources"].reverse(),
    "another title": lambda m: m.update(title="Another title"),
}


@pytest.mark.parametrize(
    ("change", "same"),
    [*((each, False) for each in OTHER_CONTENT.values()),
     *((each, True) for each in SAME_CONTENT.values())],
    ids=[*OTHER_CONTENT, *SAME_CONTENT],
)  # fmt: skip
def test_the_identifier_is_of_hub_version_and_tables(hub, change, same):
    changed = copy.deepcopy(hub.manifest)
    change(changed)
    assert (dataset_id(changed) == dataset_id(hub.manifest)) is same


@pytest.mark.parametrize("name", ["works.parquet", "a_b-c.1.json", "x"])
def test_plain_names(name):
    assert is_plain_name(name)
