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


def test_where_a_column_would_be_letters_wide_rows_are_stacked(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    for name, stacked in (("n" * 26, False), ("n" * 27, True)):
        rows = [(name, "many words " * 3), ("b", "few")]
        _terminal.show(_terminal.grid("name", "said", rows=rows, wide=(1,)))
        printed = capsys.readouterr().out.splitlines()
        assert max(map(len, printed)) <= 40
        if stacked:
            assert printed == [
                f"name  {name}", "said  many words many words many words", "", "name  b",
                "said  few",
            ]  # fmt: skip
        else:
            assert printed[:2] == [f"{'name':<28}said", f"{name}  many words"]


def test_an_error_of_the_system_is_told_by_the_file(capsys):
    _terminal.complain(OSError(21, "Is a directory", "a\x1b"))
    _terminal.complain(OSError("no file"))
    assert capsys.readouterr().err.splitlines() == [
        "citehub: a\ufffd: Is a directory", "citehub: no file",
    ]  # fmt: skip
