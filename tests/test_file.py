"""Files: whole, or not at all."""

from __future__ import annotations

import os

import pytest

from citehub import errors
from citehub._file import write_whole


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
