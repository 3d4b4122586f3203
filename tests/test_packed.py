"""Superseded releases of an installed copy: unpacked once, whole, wherever they can be."""

from __future__ import annotations

import importlib.util
import io
import json
import lzma
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import citehub
from citehub import _packed, errors
from citehub._catalog import read_index
from tests.made import make_hub, write_archive

BUILD = Path(__file__).parent.parent / "hatch_build.py"


def hatch_build():
    """Return the module that packs what a wheel carries."""
    spec = importlib.util.spec_from_file_location("hatch_build", BUILD)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pack(hub):
    """Pack the superseded releases of a hub folder as the wheel does, and take their folders."""
    listed = json.loads((hub / "index.json").read_bytes())
    versions, newest = listed["versions"], listed["default"]
    paths = {
        digest.partition(":")[2]: hub / version / name
        for version, files in versions.items()
        for name, digest in files.items()
        if digest not in versions[newest].values()
    }
    hatch_build().write(hub / _packed.ARCHIVE, paths)
    for version in versions:
        for path in () if version == newest else (hub / version).iterdir():
            path.unlink()
        if version != newest:
            (hub / version).rmdir()
    return hub


@pytest.fixture
def cache(monkeypatch, tmp_path):
    folder = tmp_path / "cache"
    monkeypatch.setattr(_packed, "cache_folder", lambda: str(folder))
    monkeypatch.setattr(_packed, "_kept", {})
    return folder


@pytest.fixture
def hub(tmp_path):
    return pack(make_hub(tmp_path / "hub", "1.0.0", "1.1.0", "1.2.0"))


def test_every_version_is_there_and_sound(hub, cache):
    assert citehub.versions(hub) == ("1.0.0", "1.1.0", "1.2.0")
    for number, version in enumerate(citehub.versions(hub), 1):
        loaded = citehub.load(hub, version=version)
        loaded.verify()
        assert len(loaded.citing_works) == number
    assert citehub.diff(hub, "1.0.0", "1.2.0").level == "minor"
    assert citehub.load(hub, version="1.0.0").path.startswith(str(cache))


def test_what_is_unpacked_is_taken_as_it_is(hub, cache, monkeypatch):
    first = citehub.load(hub, version="1.0.0").path
    monkeypatch.setattr(_packed._Packed, "unpack", None)
    assert citehub.load(hub, version="1.0.0").path == first
    assert [path.name for path in Path(first).parent.iterdir()] == ["1.0.0"]


@pytest.mark.parametrize("harm", ["lost", "cut", "strange", "link"])
def test_what_was_harmed_is_unpacked_anew(hub, cache, tmp_path, harm):
    folder = Path(citehub.load(hub, version="1.0.0").path)
    if harm == "lost":
        (folder / "works.parquet").unlink()
    elif harm == "cut":
        (folder / "works.parquet").write_bytes(b"")
    elif harm == "strange":
        (folder / "more.txt").write_text("more")
    else:
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
    again = citehub.load(hub, version="1.0.0")
    again.verify()
    assert os.listdir(folder.parent) == ["1.0.0"] or harm == "link"


def test_other_bytes_of_the_same_size_are_found_when_they_are_read(hub, cache):
    path = Path(citehub.load(hub, version="1.0.0").path) / "works.parquet"
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(errors.DamagedTable):
        citehub.load(hub, version="1.0.0").verify()


@pytest.mark.parametrize("place", ["a file", "read only"])
def test_without_a_place_the_folder_is_of_the_process(hub, monkeypatch, cache, place):
    if place == "a file":
        cache.write_text("")
    else:
        monkeypatch.setattr(_packed._folder.tempfile, "mkdtemp", refusing(cache))
    first = citehub.load(hub, version="1.0.0")
    first.verify()
    assert not first.path.startswith(str(cache))
    assert citehub.load(hub, version="1.0.0").path == first.path
    assert citehub.load(hub, version="1.1.0").path != first.path


def refusing(below):
    """Return what makes temporary folders, but not below a folder."""
    made = _packed.tempfile.mkdtemp

    def mkdtemp(prefix=None, dir=None):  # noqa: A002
        if dir and str(dir).startswith(str(below)):
            raise PermissionError(13, "Permission denied", str(dir))
        return made(prefix=prefix, dir=dir)

    return mkdtemp


def test_a_damaged_archive_is_named(hub, cache):
    archive = hub / _packed.ARCHIVE
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(
        errors.DamagedManifest, match=r"releases\.zip\.xz is damaged: expected an archive"
    ):
        citehub.load(hub, version="1.0.0")
    assert not list(cache.glob("releases/*/*"))
    citehub.load(hub).verify()


def test_an_archive_of_other_files_is_named(hub, cache):
    digest = read_index(str(hub))["versions"]["1.0.0"]["works.parquet"]
    write_archive(hub / _packed.ARCHIVE, {digest.partition(":")[2]: "other"})
    with pytest.raises(errors.DamagedManifest, match="expected the released file"):
        citehub.load(hub, version="1.0.0")
    assert not list(cache.glob("releases/*/*"))


def test_without_an_archive_the_lost_release_is_named(hub, cache):
    (hub / _packed.ARCHIVE).unlink()
    with pytest.raises(errors.DamagedManifest, match=r"index\.json lists; found no such folder"):
        citehub.load(hub, version="1.0.0")


def test_processes_at_once_unpack_it_once(hub, tmp_path):
    code = (
        "import sys, citehub; hub = citehub.load(sys.argv[1], version='1.0.0'); hub.verify(); "
        "print(hub.path)"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "shared")}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(hub)], env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    said = [process.communicate() for process in running]
    assert {err for _, err in said} == {""}
    (path,) = {out.strip() for out, _ in said}
    assert os.listdir(Path(path).parent) == ["1.0.0"]


# -- sources ----------------------------------------------------------------------------------


@pytest.fixture
def sources(tmp_path):
    """A hub folder whose sources are packed, as the wheel packs them."""
    hub = tmp_path / "hub"
    hub.mkdir()
    texts = {"works.csv": "work_id\n", "page.txt": "A page."}
    write_archive(hub / _packed.SOURCES, texts)
    return hub


def test_sources_are_unpacked_once_and_those_that_lie_there_are_taken(sources, cache, monkeypatch):
    folder = Path(_packed.unpack_sources(str(sources), "source"))
    assert folder.is_relative_to(cache)
    assert {each.name: each.read_text() for each in folder.iterdir()} == {
        "works.csv": "work_id\n", "page.txt": "A page."
    }  # fmt: skip
    monkeypatch.setattr(_packed._folder, "write_bytes", None)
    assert _packed.unpack_sources(str(sources), "source") == str(folder)
    (sources / "source").mkdir()
    assert _packed.unpack_sources(str(sources), "source") == str(sources / "source")


def test_sources_that_were_harmed_are_unpacked_anew(sources, cache):
    folder = Path(_packed.unpack_sources(str(sources), "source"))
    (folder / "works.csv").unlink()
    assert _packed.unpack_sources(str(sources), "source") == str(folder)
    assert (folder / "works.csv").read_text() == "work_id\n"


def test_sources_without_a_place_are_of_the_process(sources, cache):
    cache.write_text("")
    folder = _packed.unpack_sources(str(sources), "source")
    assert not folder.startswith(str(cache))
    assert _packed.unpack_sources(str(sources), "source") == folder


def test_a_damaged_archive_of_sources_is_named(sources, cache):
    path = sources / _packed.SOURCES
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(errors.DamagedManifest, match=r"source\.zip\.xz is damaged"):
        _packed.unpack_sources(str(sources), "source")
    assert not list(cache.glob("sources/*"))


def test_an_archive_that_grows_is_refused(sources, cache, monkeypatch):
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("works.csv", "0" * 10_000)
    (sources / _packed.SOURCES).write_bytes(lzma.compress(plain.getvalue()))
    with pytest.raises(errors.DamagedManifest, match="expected uncompressed entries"):
        _packed.unpack_sources(str(sources), "source")
    monkeypatch.setattr(_packed._limits, "FILE_BYTES", 100)
    with pytest.raises(errors.DamagedManifest, match=r"at most 100 bytes .*CITEHUB_LIMITS=off"):
        _packed.unpack_sources(str(sources), "source")
    assert not list(cache.glob("sources/*"))
