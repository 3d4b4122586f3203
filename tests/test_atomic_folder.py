"""Folders: the old one or the new one, at any moment."""

from __future__ import annotations

import errno
import os
import shutil

import pytest
from filelock import FileLock

from citehub import _atomic_file, _atomic_folder, errors
from citehub._writer_lock import changing, resumable, writing


def fill(folder, text):
    os.makedirs(folder, exist_ok=True)
    for name in ("a", "b"):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def read(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


OLD, NEW = ({"a": each, "b": each} for each in ("old", "new"))


class Killed(BaseException):
    """Stands for a signal that ends a process at once."""


@pytest.mark.parametrize("exchanges", [True, False])
@pytest.mark.parametrize("step", range(4))
def test_a_folder_is_replaced_or_put_back_by_the_next_run(tmp_path, monkeypatch, step, exchanges):
    target = tmp_path / "out"
    fill(target, "old")
    steps = iter(range(9))

    def dying(real):
        def call(*given):
            if next(steps) == step:
                monkeypatch.setattr(_atomic_file, "remove", lambda _: None)  # nor does it clean up
                monkeypatch.setattr(os, "rename", lambda *_: None)
                raise Killed
            return real(*given)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(
            _atomic_file, "rename", dying(_atomic_file.rename) if exchanges else lambda *_: False
        )
        patch.setattr(_atomic_folder.os, "rename", dying(os.rename))
        patch.setattr(_atomic_folder, "remove", dying(_atomic_file.remove))
        try:
            with _atomic_folder.scratch_folder(str(target)) as scratch:
                fill(scratch, "new")
                _atomic_folder.replace(scratch, str(target))
        except Killed:
            monkeypatch.undo()
    if exchanges:
        assert read(target) in (OLD, NEW)
    with pytest.raises(errors.TargetExists):
        _atomic_folder.check_free(str(target))
    assert read(target) in (OLD, NEW)
    with _atomic_folder.scratch_folder(str(target)) as scratch:
        fill(scratch, "new")
        _atomic_folder.replace(scratch, str(target))
    assert read(target) == NEW
    assert os.listdir(tmp_path) == ["out"]


def test_nobody_puts_back_what_a_living_process_replaces(tmp_path, monkeypatch):
    target, seen = tmp_path / "out", []
    fill(target, "old")
    monkeypatch.setattr(_atomic_file, "rename", lambda *_: False)
    rename = os.rename

    def watch(old, new):
        rename(old, new)
        if old == str(target):
            _atomic_folder.put_back(old)  # another process, at this moment
            seen.append(target.exists())

    monkeypatch.setattr(_atomic_folder.os, "rename", watch)
    with _atomic_folder.scratch_folder(str(target)) as scratch:
        fill(scratch, "new")
        _atomic_folder.replace(scratch, str(target))
    assert seen == [False]
    assert read(target) == NEW
    assert os.listdir(tmp_path) == ["out"]


def test_a_link_to_an_empty_folder_is_followed_and_errors_name_the_target(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    link = str(tmp_path / "link")
    with (
        pytest.raises(OSError, match="Permission") as told,
        _atomic_folder.scratch_folder(link) as made,
    ):
        raise PermissionError(13, "Permission denied", os.path.join(made, "a"))
    assert told.value.filename == os.path.join(link, "a")
    with _atomic_folder.scratch_folder(link) as made:
        fill(made, "new")
        _atomic_folder.move(made, link)
    assert (tmp_path / "link").is_symlink()
    assert read(tmp_path / "real") == NEW
    assert sorted(os.listdir(tmp_path)) == ["link", "real"]


def test_a_mount_point_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "ismount", lambda path: path == str(tmp_path))
    with pytest.raises(errors.TargetExists, match="is a mount point, and stays"):
        _atomic_folder.check_free(str(tmp_path))


def test_what_appears_meanwhile_is_never_replaced(tmp_path):
    target = tmp_path / "out"
    with _atomic_folder.scratch_folder(str(target)) as made:
        fill(made, "new")
        target.mkdir()
        (target / "a").symlink_to("elsewhere")  # which is not read
        with pytest.raises(errors.TargetExists):
            _atomic_folder.move(made, str(target))
    assert os.listdir(target) == ["a"]
    assert os.listdir(tmp_path) == ["out"]


def test_a_folder_of_a_run_stays_as_long_as_it_keeps_something(tmp_path):
    folder = tmp_path / "new.reading"
    with resumable(str(folder)):
        (folder / "works" / "part").mkdir(parents=True)
    assert not folder.exists()
    with resumable(str(folder)):
        (folder / "works").mkdir()
        (folder / "works" / "rows").touch()
    assert (folder / "works" / "rows").exists()


def test_who_waits_for_a_folder_that_is_removed_gets_it_anew(tmp_path, monkeypatch):
    folder, waited = str(tmp_path / "new.fetching"), []
    acquire = FileLock.acquire

    def remove_before(lock, **how):
        if not waited:
            waited.append(1)
            shutil.rmtree(folder)
        return acquire(lock, **how)

    monkeypatch.setattr(FileLock, "acquire", remove_before)
    with writing(folder):
        assert waited
        assert os.path.isdir(folder)


def test_without_locks_a_folder_is_put_back_all_the_same(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(_atomic_file.fcntl, "flock", fail)
    target = tmp_path / "out"
    aside = tmp_path / ".out.replaced.citehub"
    aside.mkdir()
    (aside / "old").touch()
    _atomic_folder.put_back(str(target))
    assert os.listdir(target) == ["old"]


def test_the_current_folder_is_not_replaced(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.TargetExists, match="the current folder, and stays"):
        _atomic_folder.check_free(str(tmp_path))
    assert os.listdir() == []


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EIO])
def test_a_disk_without_locks_names_the_folder(tmp_path, monkeypatch, number):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(FileLock, "acquire", fail)
    with pytest.raises(OSError, match=os.strerror(number)) as told, writing(str(tmp_path)):
        pass
    assert told.value.filename == str(tmp_path)


def test_who_changes_a_small_file_waits_for_others(tmp_path):
    path = str(tmp_path / "config.toml")
    with (
        changing(path),
        pytest.raises(errors.HubInUse, match="nothing was written"),
        changing(path, wait=0),
    ):
        pass
    with changing(path, wait=0):
        assert os.listdir(tmp_path) == []


def test_a_replaced_folder_stays_as_private_as_it_was(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    target.chmod(0o750)
    with _atomic_folder.scratch_folder(str(target)) as scratch:
        _atomic_folder.replace(scratch, str(target))
    assert target.stat().st_mode & 0o777 == 0o750
