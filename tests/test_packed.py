"""Packed releases of an installed copy: unpacked once, whole, wherever they can be."""

from __future__ import annotations

import importlib.util
import io
import json
import lzma
import os
import subprocess
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

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
    """Pack the releases of a hub folder as the wheel does, and take what is packed."""
    listed = json.loads((hub / "index.json").read_bytes())
    versions, newest = listed["versions"], listed["default"]
    read = hatch_build().is_read
    beside = {name: digest for name, digest in versions[newest].items() if read(name)}
    paths = {
        digest.partition(":")[2]: hub / version / name
        for version, files in versions.items()
        for name, digest in files.items()
        if digest not in beside.values()
    }
    hatch_build().write(hub / _packed.ARCHIVE, paths)
    for version in versions:
        for path in (hub / version).iterdir():
            if version != newest or path.name not in beside:
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


def test_of_the_newest_release_only_what_is_seldom_read_is_unpacked(hub, cache):
    newest = citehub.load(hub)
    assert newest.cite()
    assert (len(newest.citing_works), cache.exists()) == (3, False)
    assert {"SHA256SUMS", "works.parquet"} <= set(os.listdir(newest.path))
    newest.verify()
    citehub.load(newest.path).verify()
    assert citehub.check(hub).release == f"{newest.name} 1.2.0"
    strange = hub / "1.2.0" / "strange.txt"
    strange.touch()
    with pytest.raises(errors.DamagedManifest, match=r"1\.2\.0/strange\.txt is damaged"):
        citehub.load(hub).verify()
    strange.unlink()
    (hub / "1.2.0" / "works.parquet").write_bytes(b"")
    with pytest.raises(errors.DamagedTable):
        citehub.load(hub).verify()


def test_what_is_unpacked_is_taken_as_it_is(hub, cache, monkeypatch):
    first = citehub.load(hub, version="1.0.0").path
    monkeypatch.setattr(_packed._Packed, "unpack", None)
    assert citehub.load(hub, version="1.0.0").path == first
    assert [path.name for path in Path(first).parent.iterdir()] == ["1.0.0"]


@pytest.mark.parametrize("harm", ["lost", "cut", "flipped", "strange", "link", "file"])
def test_what_was_harmed_is_unpacked_anew(hub, cache, tmp_path, harm):
    folder = Path(citehub.load(hub, version="1.0.0").path)
    if harm == "lost":
        (folder / "works.parquet").unlink()
    elif harm == "cut":
        (folder / "works.parquet").write_bytes(b"")
    elif harm == "flipped":
        path = folder / "works.parquet"
        path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    elif harm == "strange":
        (folder / "more.txt").write_text("more")
    else:
        folder.rename(tmp_path / "elsewhere")
        if harm == "link":
            folder.symlink_to(tmp_path / "elsewhere")
        else:
            folder.touch()
    again = citehub.load(hub, version="1.0.0")
    again.verify()
    assert again.path == str(folder)
    assert not folder.is_symlink()
    assert os.listdir(folder.parent) == ["1.0.0"]


@pytest.mark.parametrize("harmed", [True, False])
def test_several_unpack_at_once(hub, cache, monkeypatch, harmed):
    if harmed:
        path = Path(citehub.load(hub, version="1.0.0").path)
        (path / "works.parquet").write_bytes(b"")
    n, real = 4, _packed._place
    meet = threading.Barrier(n)

    def place(*given):
        meet.wait()  # each has unpacked it
        real(*given)

    def load(_):
        citehub.load(hub, version="1.0.0").verify()

    monkeypatch.setattr(_packed, "_place", place)
    with ThreadPoolExecutor(n) as pool:
        list(pool.map(load, range(n)))
    assert [each.name for each in cache.glob("releases/*/*")] == ["1.0.0"]


@pytest.mark.parametrize("place", ["a file", "read only"])
def test_without_a_place_the_folder_is_of_the_process(hub, monkeypatch, cache, place):
    if place == "a file":
        cache.write_text("")
    else:
        monkeypatch.setattr(_packed._atomic_folder.os, "mkdir", refusing(cache))
    first = citehub.load(hub, version="1.0.0")
    first.verify()
    assert not first.path.startswith(str(cache))
    assert citehub.load(hub, version="1.0.0").path == first.path
    assert citehub.load(hub, version="1.1.0").path != first.path


def refusing(below):
    """Return what makes folders, but not below a folder."""
    made = os.mkdir

    def mkdir(path, *mode):
        if str(path).startswith(str(below)):
            raise PermissionError(13, "Permission denied", str(path))
        made(path, *mode)

    return mkdir


def test_a_damaged_archive_is_named(hub, cache):
    archive = hub / _packed.ARCHIVE
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(
        errors.DamagedManifest, match=r"releases\.zip\.xz is damaged: expected an archive"
    ):
        citehub.load(hub, version="1.0.0")
    assert not list(cache.glob("releases/*/*"))
    assert len(citehub.load(hub).citing_works) == 3
    with pytest.raises(errors.DamagedManifest, match="an archive"):
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
    monkeypatch.setattr(_packed._atomic_folder, "write_bytes", None)
    assert _packed.unpack_sources(str(sources), "source") == str(folder)
    (sources / "source").mkdir()
    assert _packed.unpack_sources(str(sources), "source") == str(sources / "source")


def test_sources_that_were_harmed_are_unpacked_anew(sources, cache):
    folder = Path(_packed.unpack_sources(str(sources), "source"))
    for harmed in (None, "work_ix\n"):  # of the same size
        (folder / "works.csv").unlink()
        if harmed:
            (folder / "works.csv").write_text(harmed)
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


def test_scratch_is_never_packed(tmp_path):
    for name in ("works.csv", ".works.csv.0f5e1d2c.citehub", ".citehub.lock", ".hidden"):
        (tmp_path / name).touch()
    scratch = tmp_path / ".curation.0f5e1d2c.citehub"
    scratch.mkdir()
    (scratch / "labels.csv").touch()
    packed = hatch_build().Pack._files(None, tmp_path)
    assert [path.name for path in packed] == [".hidden", "works.csv"]


def test_what_a_release_does_not_list_is_never_packed(tmp_path):
    hub, included = make_hub(tmp_path / "made", "1.0.0"), {}
    listed = {path.name for path in (hub / "1.0.0").iterdir()}
    (hub / "1.0.0" / "notes.txt").touch()
    hook = SimpleNamespace(_scratch=SimpleNamespace(name=tmp_path))
    hatch_build().Pack._add_releases(hook, hub / "index.json", included)
    beside = {Path(each).name for each in included} - {"made-releases.zip.xz"}
    with _packed.open_archive(str(tmp_path / "made-releases.zip.xz")) as archive:
        n_packed = len(archive.namelist())
    assert (beside < listed, len(beside) + n_packed) == (True, len(listed))


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
