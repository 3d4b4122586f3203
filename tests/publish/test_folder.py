"""Published folders: whole, the same each time, and nothing is overwritten unasked."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import citehub
from citehub import _atomic_folder, errors
from citehub.publish import publish, publishing_files

MADE = {
    "CITATION.cff", "README.md", "RIGHTS.md", "SHA256SUMS", "croissant.json", "dataset.jsonld",
    "ro-crate-metadata.json",
}  # fmt: skip
PAGE = {
    ".nojekyll", "data.js", "explorer-exports.js", "explorer-large.js", "explorer-licences.txt",
    "explorer.css", "explorer.js", "index.html", "page.css",
}  # fmt: skip


def release_files(folder):
    """The files of a release, which do not name those of the page."""
    found = files(folder)
    return {name: found[name] for name in found if name not in {*PAGE, "SHA256SUMS"}}


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_it_holds_the_release_byte_for_byte_and_what_it_lacks(tmp_path, version):
    hub = citehub.load("mt-nlg", version=version)
    assert publish(hub, tmp_path / "out") == str(tmp_path / "out")
    held = files(tmp_path / "out")
    released = release_files(Path(hub.path))
    assert {name: held[name] for name in released} == released
    assert set(held) - set(released) == MADE | PAGE
    citehub.load(tmp_path / "out").verify()
    assert os.listdir(tmp_path) == ["out"]


def test_a_new_release_holds_all_of_it_already(built, hostile, tmp_path):
    for number, folder in enumerate((built, hostile)):
        hub = citehub.load(folder)
        assert files(folder).keys() >= MADE
        made = publishing_files(hub)
        assert {name: files(folder)[name] for name in made} == made
        publish(hub, tmp_path / str(number))
        assert release_files(tmp_path / str(number)) == release_files(folder)


def test_the_same_release_gives_the_same_bytes(folder, published, tmp_path):
    publish(published, tmp_path / "again")
    assert files(tmp_path / "again") == files(folder)


def test_sha256sum_checks_every_file(folder, tmp_path):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    checked = re.findall(r"^(.+): OK$", done.stdout, re.MULTILINE)
    assert checked == sorted(files(folder).keys() - {"SHA256SUMS", ".nojekyll"})


def test_anyone_may_read_it(folder):
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_damaged_release_is_not_published(datasets, tmp_path):
    hub = citehub.load("mt-nlg", version="1.1.0")
    (datasets / "mt-nlg" / "1.1.0" / "CHANGES.md").write_bytes(b"other")
    with pytest.raises(errors.DamagedManifest):
        publish(hub, tmp_path / "out")
    assert os.listdir(tmp_path) == ["datasets"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("kind", ["other files", "a file", "a link", "a repository"])
def test_what_is_no_published_folder_is_left_alone(hub, tmp_path, kind, force):
    out = tmp_path / "out"
    if kind == "a file":
        out.write_text("mine")
    elif kind == "a link":
        out.symlink_to(tmp_path / "nowhere")
    else:
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    if kind == "a repository":
        (out / ".git").mkdir()
        (out / "datapackage.json").write_text("{}")
    with pytest.raises(errors.TargetExists, match="nothing was written"):
        publish(hub, out, force=force)
    assert os.listdir(tmp_path) == ["out"]


def test_force_replaces_a_published_folder_whole(first, hub, tmp_path):
    out = tmp_path / "out"
    publish(hub, out)
    with pytest.raises(errors.TargetExists, match="with --force"):
        publish(first, out)
    assert citehub.load(out).version == "1.1.0"
    publish(first, out, force=True)
    assert citehub.load(out).version == "1.0.0"
    assert not (out / "themes.parquet").exists()
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("force", [False, True])
def test_an_empty_folder_is_a_fine_target(first, tmp_path, force):
    (tmp_path / "out").mkdir()
    publish(first, tmp_path / "out", force=force)
    assert os.listdir(tmp_path) == ["out"]


def test_a_target_in_a_file_is_told(hub, tmp_path):
    (tmp_path / "file").write_text("x")
    target = tmp_path / "file" / "folder"
    with pytest.raises(NotADirectoryError, match=re.escape(f"Not a directory: '{target}'")):
        publish(hub, target)


@pytest.mark.parametrize("where", ["1.0.0", "1.1.0", "1.1.0/out", "9.9.9"])
def test_releases_are_never_replaced(datasets, where):
    hub = citehub.load("mt-nlg", version="1.1.0")
    before = sorted(os.listdir(datasets / "mt-nlg"))
    with pytest.raises(errors.TargetExists, match="never changes"):
        publish(hub, datasets / "mt-nlg" / where, force=True)
    assert sorted(os.listdir(datasets / "mt-nlg")) == before
    hub.verify()


def test_a_release_folder_is_never_published_onto_itself(built):
    before = files(built)
    with pytest.raises(errors.TargetExists, match="never changes"):
        publish(citehub.load(built), built, force=True)
    assert files(built) == before


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("number", range(0, 16, 5))
def test_a_full_disk_leaves_what_was_there(monkeypatch, first, hub, tmp_path, number, force):
    if force:
        publish(hub, tmp_path / "out")
    before = files(tmp_path / "out") if force else {}
    calls = iter(range(1000))
    write = _atomic_folder.write_bytes

    def fail(path, data):
        if next(calls) == number:
            raise OSError(errno.ENOSPC, "No space left on device", path)
        write(path, data)

    monkeypatch.setattr(_atomic_folder, "write_bytes", fail)
    with pytest.raises(OSError, match="No space left"):
        publish(first, tmp_path / "out", force=force)
    assert (files(tmp_path / "out") if force else {}) == before
    assert os.listdir(tmp_path) == (["out"] if force else [])


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("seconds", [0.3, 0.5, 0.7])
def test_what_was_stopped_leaves_no_half_folder(tmp_path, sent, seconds):
    command = [sys.executable, "-m", "citehub", "publish", "mt-nlg", "--out", tmp_path / "out"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        time.sleep(seconds)
        process.send_signal(sent)
    if (tmp_path / "out").exists():
        citehub.load(tmp_path / "out").verify()
        assert files(tmp_path / "out").keys() >= MADE
    if sent is signal.SIGTERM:
        assert os.listdir(tmp_path) in ([], ["out"])


def test_a_rename_that_fails_puts_the_old_folder_back(monkeypatch, first, hub, tmp_path):
    publish(hub, tmp_path / "out")
    before = files(tmp_path / "out")
    monkeypatch.setattr(_atomic_folder._atomic_file, "rename", lambda *_: False)  # an older system
    calls, rename = iter(range(1000)), os.rename

    def fail(old, new):
        if next(calls) == 1:
            raise OSError(errno.EACCES, "Permission denied", new)
        rename(old, new)

    monkeypatch.setattr(_atomic_folder.os, "rename", fail)
    with pytest.raises(OSError, match="Permission denied"):
        publish(first, tmp_path / "out", force=True)
    assert files(tmp_path / "out") == before
    assert os.listdir(tmp_path) == ["out"]


def test_what_is_no_file_of_a_release_is_not_published(built, tmp_path):
    copied = shutil.copytree(built, tmp_path / "copied")
    (copied / ".secret").write_text("mine")
    publish(citehub.load(copied), tmp_path / "out")
    assert release_files(tmp_path / "out") == release_files(built)
    (copied / "secret").write_text("mine")
    with pytest.raises(errors.DamagedRelease, match="only files that were released"):
        publish(citehub.load(copied), tmp_path / "other")
    assert sorted(os.listdir(tmp_path)) == ["copied", "out"]


def test_a_file_behind_a_link_is_not_published(built, tmp_path):
    copied = shutil.copytree(built, tmp_path / "copied")
    (copied / "README.md").unlink()
    (copied / "README.md").symlink_to("/etc/hostname")
    with pytest.raises(errors.DamagedRelease, match="a symbolic link"):
        publish(citehub.load(copied), tmp_path / "out")
    assert os.listdir(tmp_path) == ["copied"]


@pytest.mark.parametrize("name", ["README.md", "RIGHTS.md", "notes.txt"])
def test_what_was_tampered_with_is_not_published_under_new_checksums(hub, tmp_path, name):
    publish(hub, tmp_path / "first")
    with open(tmp_path / "first" / name, "a", encoding="utf-8") as file:
        file.write("MIT")
    with pytest.raises(errors.DamagedManifest, match=name):
        publish(citehub.load(tmp_path / "first"), tmp_path / "second")
    assert os.listdir(tmp_path) == ["first"]


def test_force_replaces_what_an_older_citehub_published(first, hub, tmp_path):
    """It had no page, and ``SHA256SUMS`` named the others only."""
    publish(hub, tmp_path / "out")
    for name in PAGE:
        (tmp_path / "out" / name).unlink()
    sums = (tmp_path / "out" / "SHA256SUMS").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in sums if line.split()[1] not in PAGE]
    (tmp_path / "out" / "SHA256SUMS").write_text("".join(kept), encoding="utf-8")
    citehub.load(tmp_path / "out").verify()
    publish(first, tmp_path / "out", force=True)
    assert citehub.load(tmp_path / "out").version == "1.0.0"


@pytest.mark.parametrize(
    "name", ["README.md", "notes.txt", ".gitattributes", ".nojekyll", "index.html"]
)
def test_force_never_deletes_what_was_not_published(hub, tmp_path, name):
    publish(hub, tmp_path / "out")
    with open(tmp_path / "out" / name, "a", encoding="utf-8") as file:
        file.write("mine")
    with pytest.raises(errors.TargetExists, match=f"It holds {name}, which"):
        publish(hub, tmp_path / "out", force=True)
    assert (tmp_path / "out" / name).read_text(encoding="utf-8").endswith("mine")
