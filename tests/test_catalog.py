"""Which hubs there are, and opening them."""

from __future__ import annotations

import json
import os
import shutil

import pytest

import citehub
from citehub import _catalog, errors


def test_hubs_and_versions_are_sorted():
    assert citehub.hubs() == ("mt-nlg",)
    assert citehub.versions("mt-nlg")[:2] == ("1.0.0", "1.1.0")


def test_versions_sort_as_numbers():
    listed = ["1.10.0", "1.9.0", "0.2.0", "1.9.10"]
    expected = ["0.2.0", "1.9.0", "1.9.10", "1.10.0"]
    assert sorted(listed, key=_catalog.version_key) == expected


def test_load_gives_the_newest_and_pins():
    assert citehub.load("mt-nlg").version == citehub.versions("mt-nlg")[-1]
    pinned = citehub.load("mt-nlg", version="1.0.0")
    assert (pinned.name, pinned.version) == ("mt-nlg", "1.0.0")
    assert pinned.path == os.path.join(_catalog.datasets_folder(), "mt-nlg", "1.0.0")


def test_load_opens_a_folder(hub, tmp_path, monkeypatch):
    copy = tmp_path / "release"
    shutil.copytree(hub.path, copy)
    assert citehub.load(copy).version == "1.1.0"
    assert citehub.load(str(copy), version="1.1.0").name == "mt-nlg"
    monkeypatch.chdir(tmp_path)
    assert citehub.load("./release").canonical == hub.canonical
    assert citehub.load("release").path == os.fspath(copy)


def test_a_name_of_a_hub_goes_before_a_folder(hub, tmp_path, monkeypatch):
    shutil.copytree(hub.path, tmp_path / "mt-nlg")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    assert citehub.load("mt-nlg").version == citehub.versions("mt-nlg")[-1]
    assert citehub.load("./mt-nlg").version == hub.version
    with pytest.raises(errors.UnknownHub, match="it has no hub"):
        citehub.load("empty")


def test_a_folder_of_another_version_is_refused(hub):
    with pytest.raises(errors.UnknownVersion, match=r"'1\.0\.0'.*Known: 1\.1\.0"):
        citehub.load(hub.path, version="1.0.0")


@pytest.mark.parametrize("name", ["mt-nlgg", "MT-NLG", "", "nothing like it"])
def test_an_unknown_hub_names_what_exists(name):
    with pytest.raises(errors.UnknownHub) as caught:
        citehub.load(name)
    assert caught.value.asked == name
    assert caught.value.known == ("mt-nlg",)
    assert repr(name) in str(caught.value)
    assert "mt-nlg" in str(caught.value)


def test_an_unknown_hub_names_the_nearest():
    with pytest.raises(errors.UnknownHub, match="Did you mean 'mt-nlg'"):
        citehub.versions("mt-ngl")


def test_an_unknown_version_names_what_exists():
    with pytest.raises(errors.UnknownVersion) as caught:
        citehub.load("mt-nlg", version="1.0")
    assert caught.value.known == citehub.versions("mt-nlg")
    assert set(caught.value.nearest) <= set(caught.value.known)
    assert caught.value.nearest


@pytest.mark.parametrize("path", ["./nowhere", "../nowhere", "/nowhere/at/all"])
def test_a_folder_that_is_not_there_is_an_unknown_hub(path):
    with pytest.raises(errors.UnknownHub, match="nowhere"):
        citehub.load(path)


def write_index(datasets, change):
    path = datasets / "mt-nlg" / "index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    changed = change(index)
    path.write_text(json.dumps(index if changed is None else changed), encoding="utf-8")


DAMAGED_INDEXES = {
    "of another package": lambda _: {"name": "other", "versions": ["1"]},
    "a list": lambda _: [],
    "of a format that was": lambda index: index.update(format="citehub-index-1"),
    "of a format that is no text": lambda index: index.update(format=["citehub-hub-2"]),
    "of another hub": lambda index: index.update(name="other"),
    "name leads out": lambda index: index.update(name="../mt-nlg"),
    "name is a number": lambda index: index.update(name=1),
    "no title": lambda index: index.pop("title") and None,
    "versions are a list": lambda index: index.update(versions=["1.0.0"]),
    "no versions": lambda index: index.update(versions={}),
    "version leads out": lambda index: index.update(versions={"../1": {}}),
    "default is no version": lambda index: index.update(default="9.9.9"),
    "default is a list": lambda index: index.update(default=[]),
    "files are a list": lambda index: index["versions"].update({"1.0.0": []}),
    "hashes are numbers": lambda index: index["versions"].update(
        {"1.0.0": {"datapackage.json": 1}}
    ),
}


@pytest.mark.parametrize("change", DAMAGED_INDEXES.values(), ids=DAMAGED_INDEXES)
def test_a_damaged_index_is_named(datasets, change):
    write_index(datasets, change)
    for call in (citehub.versions, citehub.load):
        with pytest.raises(
            errors.DamagedIndex, match=r"index\.json is damaged: expected .* found.*citehub build"
        ):
            call("mt-nlg")
    assert citehub.hubs() == ("mt-nlg",)


def test_an_index_of_a_newer_citehub_is_not_damaged(datasets):
    write_index(datasets, lambda index: index.update(format="citehub-hub-2"))
    with pytest.raises(errors.NewerRelease, match=r"has format citehub-hub-2.*--upgrade"):
        citehub.load("mt-nlg")


@pytest.mark.parametrize("text", [b"", b"not JSON", b"\xff\xfe", b"[" * 100_000])
def test_an_index_that_is_not_json_is_named(datasets, text):
    (datasets / "mt-nlg" / "index.json").write_bytes(text)
    with pytest.raises(errors.DamagedIndex, match=r"index\.json is damaged: expected"):
        citehub.versions("mt-nlg")


def test_an_index_that_is_a_link_is_refused(datasets, tmp_path):
    (datasets / "mt-nlg" / "index.json").rename(tmp_path / "index.json")
    (datasets / "mt-nlg" / "index.json").symlink_to(tmp_path / "index.json")
    with pytest.raises(errors.DamagedIndex, match="a symbolic link"):
        citehub.versions("mt-nlg")


def test_a_release_folder_that_is_a_link_is_refused(datasets, tmp_path):
    (datasets / "mt-nlg" / "1.0.0").rename(tmp_path / "elsewhere")
    (datasets / "mt-nlg" / "1.0.0").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(errors.DamagedManifest, match="a symbolic link"):
        citehub.load("mt-nlg", version="1.0.0")


def test_a_release_in_the_place_of_another_is_refused(datasets):
    write_index(
        datasets,
        lambda index: index["versions"].update({"1.0.0": index["versions"]["1.1.0"]}),
    )
    shutil.rmtree(datasets / "mt-nlg" / "1.0.0")
    shutil.copytree(datasets / "mt-nlg" / "1.1.0", datasets / "mt-nlg" / "1.0.0")
    with pytest.raises(
        errors.DamagedManifest, match=r"expected mt-nlg 1\.0\.0; found mt-nlg 1\.1"
    ):
        citehub.load("mt-nlg", version="1.0.0")


def test_an_installation_without_data_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(_catalog, "__file__", str(tmp_path / "citehub" / "_catalog.py"))
    with pytest.raises(errors.NoDatasets, match=r"has no data.*pip install"):
        citehub.hubs()


def test_a_datasets_folder_of_another_package_is_not_taken(monkeypatch, tmp_path):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "__init__.py").touch()
    monkeypatch.setattr(_catalog, "__file__", str(tmp_path / "citehub" / "_catalog.py"))
    with pytest.raises(errors.NoDatasets):
        citehub.hubs()
