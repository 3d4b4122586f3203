"""Manifests: what a release says of itself, and what is refused."""

from __future__ import annotations

import copy
import json
import shutil
import sys
from pathlib import Path

import pytest

import citehub
from citehub import errors
from citehub._catalog import read_index
from citehub._manifest import (
    dataset_id,
    hash_file,
    is_plain_name,
    read_bytes,
    read_manifest,
    read_sums,
    sha256,
)


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


@pytest.mark.parametrize("name", ["works.parquet", "a_b-c.1.json", "x", "console.parquet"])
def test_plain_names(name):
    assert is_plain_name(name)


@pytest.mark.parametrize("name", ["con.parquet", "NUL", "com1.x.parquet", "x.", "x" * 201])
def test_names_that_some_platform_lacks_are_not_plain(name):
    assert not is_plain_name(name)


# -- what citehub itself would not write --------------------------------------------------------


def field(number, **cells):
    return lambda m: m["resources"][0]["schema"]["fields"][number].update(cells)


def nested(depth):
    return [nested(depth - 1)] if depth else []


UNWRITTEN = {
    "a day that is none": (lambda m: m.update(created="2026-02-30"), "'created' to be a day"),
    "an hour that is none": (lambda m: m.update(created="2026-02-01T25:00:00Z"), "'created'"),
    "a version without end": (lambda m: m.update(version=f"1.{'9' * 5000}.0"), "a version"),
    "a name of another hub": (lambda m: m.update(name="other"), "the name 'mt-nlg', as its hub"),
    "an id that is none": (lambda m: m.update(id="urn:uuid:1}{"), "an id urn:uuid"),
    "a DOI with braces": (lambda m: m.update(id="https://doi.org/10.1234/a}{b"), "an id urn:uuid"),
    "a title that rings": (lambda m: m.update(title="a\x07"), "a title .*without control"),
    "a keyword of two lines": (lambda m: m.update(keywords=["a\nb"]), "keywords that are text"),
    "a C1 control": (lambda m: m.update(title="a\x9b2J"), "a title .*without control"),
    "a line separator": (lambda m: m.update(title="a\u2028b"), "a title .*without control"),
    "half a surrogate pair": (lambda m: m.update(title="a\ud800"), "text in Unicode"),
    "an endless title": (
        lambda m: m.update(title="a" * 1_000_001), "a title of at most 1,000,000 letters"),
    "a description that rings": (lambda m: m.update(description="\x1b[2J"), "a description"),
    "an id of a work that turns": (
        lambda m: m["citehub"].update(canonical_work_id="a\u202e"), "the id of a work"),
    "a license that runs": (
        lambda m: m["licenses"][0].update(path="javascript:x"), "https:// or http://"),
    "an address with a blank": (lambda m: m.update(homepage="https://a b"), "https:// or http://"),
    "a source that runs": (
        lambda m: m["sources"][0].update(path="file:///x"), "a source's address"),
    "roles are numbers": (lambda m: m["contributors"][0].update(roles=[1]), "roles that are text"),
    "a hash that is none": (lambda m: m["resources"][0].update(hash="x"), "a SHA-256 'hash'"),
    "two tables in a file": (
        lambda m: m["resources"][1].update(path="WORKS.parquet"), "whatever the case of names"),
    "a device": (
        lambda m: m["resources"][1].update(path="con.parquet"), "a file of its own folder"),
    "another ending": (
        lambda m: m["resources"][1].update(path="x.sh"), "a file of its own folder"),
    "a column twice": (field(1, name="work_id"), "each column of table 'works' once"),
    "another type of a known column": (field(1, arrowType="int32"), "'title' of .* to be string"),
    "a known column left out": (
        lambda m: m["resources"][0]["schema"]["fields"].pop(1), "'title' of .* to be string"),
    "text with a least value": (field(1, constraints={"minimum": 1}), "to be a number"),
    "a number with a vocabulary": (field(4, constraints={"enum": ["a"]}), "to be text"),
    "a number that is an address": (field(4, format="uri"), "to be text"),
    "too many tables": (lambda m: m["resources"].extend([{}] * 1000), "at most 1,000 in 'resou"),
    "a number of 50 digits": (lambda m: m.update(x=10**50), "50 digits|51 digits"),
    "a number beyond all": (lambda m: m.update(x=1e300), "too large a number"),
    "a well of lists": (lambda m: m.update(keywords=nested(500)), "at most 50 levels"),
    "no number": (lambda m: m.update(x=float("nan")), "NaN is no number"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), UNWRITTEN.values(), ids=UNWRITTEN)
def test_a_manifest_that_citehub_would_not_write_is_refused(hub, tmp_path, change, said):
    manifest = copy.deepcopy(hub.manifest)
    change(manifest)
    (tmp_path / "datapackage.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(errors.DamagedManifest, match=f"is damaged: expected .*{said}"):
        read_manifest(str(tmp_path))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.encode("utf-16"), "text in UTF-8; found UTF-16"),
        (lambda text: text.encode("utf-16-be"), "text in UTF-8; found UTF-16"),
        (lambda text: text.encode("utf-8-sig"), "a byte order mark"),
        (lambda text: b"\xff" + text.encode(), "bytes that are no UTF-8"),
        (lambda text: text.encode().replace(b"{", b'{"name": "x",', 1), "'name' occurs twice"),
    ],
)
def test_a_manifest_in_another_form_is_named(hub, tmp_path, change, said):
    path = tmp_path / "datapackage.json"
    path.write_bytes(change(json.dumps(hub.manifest)))
    with pytest.raises(errors.DamagedManifest, match=said):
        read_manifest(str(tmp_path))


def test_a_file_of_40_gb_is_refused_by_its_size(hub, tmp_path, monkeypatch):
    for name in ("datapackage.json", "SHA256SUMS", "index.json", "CHANGES.md"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(40 << 30)
    for read in (read_manifest, read_sums, read_index):
        with pytest.raises(errors.DamagedRelease, match=r"at most .* found 42,949,672,960 bytes"):
            read(str(tmp_path))
    for read in (read_bytes, hash_file):
        with pytest.raises(errors.DamagedRelease, match="CITEHUB_LIMITS=off lifts this limit"):
            read(str(tmp_path / "CHANGES.md"), errors.DamagedRelease)
    monkeypatch.setenv("CITEHUB_LIMITS", "off")
    many = {**hub.manifest, "keywords": ["a"] * 10_001}
    (tmp_path / "datapackage.json").write_text(json.dumps(many), encoding="utf-8")
    assert len(read_manifest(str(tmp_path))["keywords"]) == 10_001


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a//b", "a\\b", "C:x", "a\n", ".."])
def test_an_index_names_only_files_inside(tmp_path, name):
    files = {name: f"sha256:{'0' * 64}"}
    index = {"format": "citehub-hub-1", "name": "x", "title": "X", "default": "1.0.0"}
    index["versions"] = {"1.0.0": files}
    (tmp_path / "index.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(errors.DamagedIndex, match=r"files inside the folder of 1\.0\.0"):
        read_index(str(tmp_path))


def test_a_folder_without_sums_says_so(datasets, say):
    shutil.copytree(datasets / "mt-nlg" / "1.0.0", datasets / "alone")
    said = say("verify", str(datasets / "alone"))
    assert "has no sums: only tables were compared with the manifest" in said
    assert "no sums" not in say("verify", "mt-nlg", "--version", "1.0.0")
