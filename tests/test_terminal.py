"""What the command line prints."""

from __future__ import annotations

from citehub import _terminal


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
