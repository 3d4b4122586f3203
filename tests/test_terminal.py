"""Text for terminals, JSON, CSV and files."""

from __future__ import annotations

import csv
import io
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citehub import _terminal, errors

STEERING = "\x1b[2J\x07\x9b31m\u202egnp.exe\u2066\r\n"


def test_nothing_that_steers_a_terminal_is_left():
    for made in (_terminal.clean(STEERING), str(_terminal.text(STEERING))):
        assert not set(made) & set("\x1b\x07\x9b\u202e\u2066\r\n")
        assert "[2J" in made


@given(st.text())
def test_json_is_the_same_value_without_control_characters(value):
    made = _terminal.to_json([value])
    assert json.loads(made) == [value]
    assert not set(made) & {chr(n) for n in (*range(10), *range(11, 32), *range(127, 160))}


def test_letters_of_all_scripts_stay_readable_in_json():
    assert "Étienne 文 ²" in _terminal.to_json("Étienne 文 ²")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(start):
    (head, row) = csv.reader(io.StringIO("".join(_terminal.to_csv([{"a": start}], ["a"]))))
    assert (head, row) == (["a"], ["'" + start])


def test_csv_keeps_numbers_nulls_and_truth():
    rows = [{"n": -1, "x": 0.5, "b": True, "t": 'a,"b"\nc', "u": None}]
    text = "".join(_terminal.to_csv(rows, list(rows[0])))
    assert text == 'n,x,b,t,u\n-1,0.5,true,"a,""b""\nc",\n'


def test_csv_of_nothing_is_its_header():
    assert "".join(_terminal.to_csv([], ["a", "b"])) == "a,b\n"


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "out.csv"

    def broken():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        _terminal.write_output(broken(), str(path), force=False)
    assert list(tmp_path.iterdir()) == []
    _terminal.write_output([b"whole"], str(path), force=False)
    with pytest.raises(errors.TargetExists, match="--force"):
        _terminal.write_output([b"other"], str(path), force=False)
    assert path.read_bytes() == b"whole"
    with pytest.raises(OSError, match="No space"):
        _terminal.write_output(broken(), str(path), force=True)
    assert path.read_bytes() == b"whole"
    _terminal.write_output([b"other"], str(path), force=True)
    assert path.read_bytes() == b"other"


def test_a_file_is_readable_by_others_and_a_link_is_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    _terminal.write_output([b"x"], str(tmp_path / "link"), force=False)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"x"
    (tmp_path / "other").touch()
    assert (tmp_path / "real").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_pipe_is_written_into_not_replaced(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    _terminal.write_output([b"x"], str(path), force=True)
    assert os.read(reader, 2) == b"x"
    os.close(reader)
    assert path.is_fifo()


def test_a_dash_is_standard_output(capfdbinary):
    _terminal.write_output([b"x"], "-", force=False)
    assert capfdbinary.readouterr().out == b"x"


def test_progress_is_silent_where_nobody_watches(capsys):
    with _terminal.progress() as step:
        step("Read")
    assert capsys.readouterr() == ("", "")


def test_tables_fold_rather_than_cut(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    _terminal.show(_terminal.grid("a", "b", rows=[("key", "word " * 30)], wide=(1,)))
    printed = capsys.readouterr().out
    assert printed.count("word") == 30
    assert max(map(len, printed.splitlines())) <= 40
    assert not any(line != line.rstrip() for line in printed.splitlines())
