"""``datapackage.json``: valid by the profile, and frictionless reads the tables with it."""

from __future__ import annotations

import copy
import json
import shutil
from importlib.metadata import distribution
from pathlib import Path

import frictionless
import jsonschema
import pytest

import citehub
from citehub._manifest import dataset_id
from tests.publish.conftest import EXTREMES

PROFILE = json.loads(
    Path(distribution("dplib-py").locate_file("dplib/profiles/2.0/datapackage.json")).read_text(
        encoding="utf-8"
    )
)


def check(manifest):
    jsonschema.Draft7Validator(PROFILE).validate(manifest)


def test_it_is_valid(published):
    manifest = published.manifest
    if "id" not in manifest:  # the frozen releases hold empty lists, which the profile forbids
        manifest = copy.deepcopy(manifest)
        for resource in manifest["resources"]:
            if resource["schema"]["foreignKeys"] == []:
                del resource["schema"]["foreignKeys"]
    check(manifest)


def test_the_check_can_fail(published):
    with pytest.raises(jsonschema.ValidationError):
        check({**published.manifest, "resources": []})


def strip(folder, tmp_path):
    """Return a copy without ``bytes``, which frictionless counts wrong for Parquet."""
    copied = shutil.copytree(folder, tmp_path / "copied")
    manifest = json.loads((copied / "datapackage.json").read_text(encoding="utf-8"))
    for resource in manifest["resources"]:
        del resource["bytes"]
    (copied / "datapackage.json").write_text(json.dumps(manifest), encoding="utf-8")
    return copied


@EXTREMES
def test_frictionless_reads_every_table(folder, published, tmp_path):
    package = frictionless.Package(strip(folder, tmp_path) / "datapackage.json")
    for task in package.validate().tasks:
        rows = list(published.table(task.name))
        for error in task.errors:  # it reads a null of a whole number as NaN, and calls that wrong
            assert (error.type, error.cell) == ("type-error", "nan"), error.message
            assert rows[error.row_number - 2][error.field_name] is None
    for resource in package.resources:
        assert len(resource.read_rows()) == len(published.table(resource.name)), resource.name


def test_frictionless_can_fail(built, tmp_path):
    stripped = strip(built, tmp_path)
    manifest = json.loads((stripped / "datapackage.json").read_text(encoding="utf-8"))
    citations = next(each for each in manifest["resources"] if each["name"] == "citations")
    citations["schema"]["foreignKeys"][0]["reference"]["fields"] = ["title"]
    (stripped / "datapackage.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert not frictionless.Package(stripped / "datapackage.json").validate().valid


def test_a_new_release_names_itself(built, tmp_path):
    manifest = citehub.load(built).manifest
    assert manifest["id"].startswith("urn:uuid:")
    without = {key: value for key, value in manifest.items() if key != "id"}
    assert dataset_id(without) == dataset_id(manifest) == manifest["id"]


def test_the_identifier_is_of_the_content(hub, first):
    assert dataset_id(hub.manifest) != dataset_id(first.manifest)
    assert dataset_id(hub.manifest) == "urn:uuid:a4649fe2-247b-5dbb-a2c5-8ed7b878cbfa"


def test_homepage_and_doi_of_hub_toml(source, edit, tmp_path):
    from citehub.build import build_release

    edit("hub.toml", 'page = "hub', 'homepage = "https://example.org/hub"\npage = "hub')
    edit("hub.toml", 'version = "1.1.0"', 'version = "1.1.0"\ndoi = "10.5281/zenodo.1"')
    hub = citehub.load(build_release(source, "1.1.0", out=tmp_path / "out").folder)
    assert hub.manifest["homepage"] == "https://example.org/hub"
    assert hub.manifest["id"] == "https://doi.org/10.5281/zenodo.1"
    check(hub.manifest)
    said = json.loads((tmp_path / "out" / "croissant.json").read_text(encoding="utf-8"))
    assert said["url"] == "https://example.org/hub"
    assert said["identifier"] == "https://doi.org/10.5281/zenodo.1"
