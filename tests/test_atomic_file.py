"""Files: whole, or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from citehub import _atomic_file, errors
from citehub._atomic_file import write_whole


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "out.csv"

    def broken():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_whole(broken(), str(path), force=False)
    assert list(tmp_path.iterdir()) == []
    write_whole([b"whole"], str(path), force=False)
    with pytest.raises(errors.TargetExists, match="--force"):
        write_whole([b"other"], str(path), force=False)
    assert path.read_bytes() == b"whole"
    with pytest.raises(OSError, match="No space"):
        write_whole(broken(), str(path), force=True)
    assert path.read_bytes() == b"whole"
    write_whole([b"other"], str(path), force=True)
    assert path.read_bytes() == b"other"


def test_a_file_is_readable_by_others_and_a_link_is_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole([b"x"], str(tmp_path / "link"), force=False)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"x"
    (tmp_path / "other").touch()
    assert (tmp_path / "real").stat().st_mode == (tmp_path / "other").stat().st_mode
    (tmp_path / "real").chmod(0o600)
    write_whole([b"y"], str(tmp_path / "link"), force=True)
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_written_into_not_replaced(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    write_whole([b"x"], str(path), force=True)
    assert os.read(reader, 2) == b"x"
    os.close(reader)
    assert path.is_fifo()


# -- at once ----------------------------------------------------------------------------------


def test_of_threads_that_write_one_file_one_wins_and_the_others_are_told(tmp_path):
    path, n = str(tmp_path / "works.csv"), 8
    meet = threading.Barrier(n)

    def write(number):
        def chunks():
            yield b"%d" % number * 1000
            meet.wait()  # each has begun when the first ends
            yield b"%d" % number * 1000

        try:
            write_whole(chunks(), path, force=False)
        except errors.TargetExists:
            return "told"
        return number

    with ThreadPoolExecutor(n) as pool:
        ended = list(pool.map(write, range(n)))
    (won,) = [each for each in ended if each != "told"]
    assert (tmp_path / "works.csv").read_bytes() == b"%d" % won * 2000
    assert os.listdir(tmp_path) == ["works.csv"]


def test_each_of_those_that_replace_a_file_replaces_the_whole(tmp_path):
    path, n = tmp_path / "works.csv", 8
    path.write_bytes(b"old")
    meet = threading.Barrier(n)

    def write(number):
        def chunks():
            yield b"%d" % number
            meet.wait()
            assert len(path.read_bytes()) in {3, 2}
            yield b"%d" % number

        write_whole(chunks(), str(path), force=True)

    with ThreadPoolExecutor(n) as pool:
        list(pool.map(write, range(n)))
    assert path.read_bytes() in {b"%d" % number * 2 for number in range(n)}
    assert os.listdir(tmp_path) == ["works.csv"]


def no_links(*_):
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
def test_a_system_that_guards_no_names_and_a_disk_without_links(tmp_path, monkeypatch, links):
    path = str(tmp_path / "works.csv")
    monkeypatch.setattr(_atomic_file, "rename", lambda *_: False)
    if not links:
        monkeypatch.setattr(_atomic_file.os, "link", no_links)

    def late():
        yield b"new"
        (tmp_path / "works.csv").write_bytes(b"other")

    write_whole([b"new"], path, force=False)
    assert (tmp_path / "works.csv").read_bytes() == b"new"
    os.unlink(path)
    with pytest.raises(errors.TargetExists):
        write_whole(late(), path, force=False)
    assert (tmp_path / "works.csv").read_bytes() == b"other"
    assert os.listdir(tmp_path) == ["works.csv"]


# -- what is left -----------------------------------------------------------------------------

HALF = """
import os, sys
from citehub import _atomic_file, _atomic_folder
with _atomic_folder.scratch_folder(sys.argv[1]) as folder:
    with _atomic_file.scratch_beside(sys.argv[2], lambda path: _atomic_file._make(path, 0o666)):
        open(os.path.join(folder, "half"), "w").close()
        print("begun", flush=True)
        sys.stdin.read()
"""


def test_scratch_of_a_killed_process_goes_and_that_of_a_living_one_stays(tmp_path):
    command = [sys.executable, "-c", HALF, tmp_path / "out", tmp_path / "out.csv"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        left = set(os.listdir(tmp_path))
        assert len(left) == 2
        assert all(map(_atomic_file.is_scratch, left))
        write_whole([b"x"], str(tmp_path / "works.csv"), force=False)
        assert {*os.listdir(tmp_path)} == left | {"works.csv"}
        process.kill()
    (tmp_path / ".works.csv.mine").touch()
    write_whole([b"y"], str(tmp_path / "works.csv"), force=True)
    assert {*os.listdir(tmp_path)} == {"works.csv", ".works.csv.mine"}


def test_a_process_whose_scratch_was_taken_for_one_that_was_left_makes_another(
    tmp_path, monkeypatch
):
    made = []
    real = _atomic_file._make

    def make(path, mode):
        descriptor = real(path, mode)
        made.append(path)
        if len(made) == 1:
            _atomic_file.clear_left(str(tmp_path))  # by another, before it is locked
        return descriptor

    monkeypatch.setattr(_atomic_file, "_make", make)
    write_whole([b"x"], str(tmp_path / "works.csv"), force=False)
    assert len(made) == 2
    assert os.listdir(tmp_path) == ["works.csv"]


# -- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["a\\b", "a\nb", "a'\"b", "*?[a]", "-a", "a\udcff\udcfe", "100%", "a" * 255, "é" * 127]
)
def test_any_name_of_a_file_is_written(tmp_path, name):
    path = os.path.join(tmp_path, name)
    write_whole([b"x"], path, force=False)
    with pytest.raises(errors.TargetExists):
        write_whole([b"y"], path, force=False)
    write_whole([b"y"], path, force=True)
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.EROFS])
@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_an_error_names_the_file_that_was_asked_for(tmp_path, monkeypatch, call, error):
    path = tmp_path / "works.csv"
    path.write_bytes(b"old")
    real, failed = getattr(os, call), []

    def fail(first, *more, **how):
        if not failed and (call != "open" or more[0] & os.O_CREAT):
            failed.append(first)
            raise OSError(error, os.strerror(error), first if call != "fsync" else None)
        return real(first, *more, **how)

    with monkeypatch.context() as patch:
        patch.setattr(_atomic_file.os, call, fail)
        with pytest.raises(OSError, match=os.strerror(error)) as told:
            write_whole([b"new"], str(path), force=True)
    assert (told.value.errno, told.value.filename, told.value.filename2) == (
        error,
        str(path),
        None,
    )
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["works.csv"]


def test_an_error_of_another_file_keeps_its_name(tmp_path):
    def read():
        with open(tmp_path / "missing", "rb") as file:
            yield file.read()

    with pytest.raises(FileNotFoundError) as told:
        write_whole(read(), str(tmp_path / "out"), force=False)
    assert os.fspath(told.value.filename) == str(tmp_path / "missing")
    assert os.listdir(tmp_path) == []


def test_what_is_begun_can_be_read_by_no_more_than_what_is_replaced(tmp_path):
    path = tmp_path / "works.csv"
    path.write_bytes(b"old")
    path.chmod(0o640)

    def chunks():
        (scratch,) = set(os.listdir(tmp_path)) - {"works.csv"}
        assert (tmp_path / scratch).stat().st_mode & 0o777 == 0o600
        yield b"new"

    write_whole(chunks(), str(path), force=True)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_name_that_ends_as_that_of_a_folder_makes_no_file(tmp_path):
    with pytest.raises(IsADirectoryError):
        write_whole([b"x"], f"{tmp_path}/new/", force=False)
    assert os.listdir(tmp_path) == []


def test_an_error_names_a_link_as_it_was_asked_for(tmp_path):
    link = tmp_path / "works.csv"
    link.symlink_to(tmp_path / "missing" / "works.csv")
    with pytest.raises(FileNotFoundError) as told:
        write_whole([b"x"], str(link), force=True)
    assert told.value.filename == str(link)


def test_a_container_that_refuses_calls_it_does_not_know_is_one_without_them(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("ctypes.get_errno", lambda: errno.EPERM)
    assert not _atomic_file.rename(
        str(tmp_path / "none"), str(tmp_path / "new"), _atomic_file.SWAP
    )


@pytest.mark.parametrize("unsure", [True, False])
def test_without_locks_who_asks_says_what_to_think(tmp_path, monkeypatch, unsure):
    def fail(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(_atomic_file.fcntl, "flock", fail)
    with _atomic_file.holding(str(tmp_path), unsure=unsure) as is_mine:
        assert is_mine is unsure
