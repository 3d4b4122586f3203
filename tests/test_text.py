"""Text made harmless: for terminals, lines, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citehub import _terminal
from citehub._text import clean, clean_line, csv_lines, hash_sentence, is_line, to_json

STEERING = "\x1b[2J\x07\x9b31m\u202egnp.exe\u2066\r\n"


def test_nothing_that_steers_a_terminal_is_left():
    for made in (clean(STEERING), str(_terminal.text(STEERING))):
        assert not set(made) & set("\x1b\x07\x9b\u202e\u2066\r\n")
        assert "[2J" in made


@given(st.text())
def test_json_is_the_same_value_without_control_characters(value):
    made = to_json([value])
    assert json.loads(made) == [value]
    assert not set(made) & {chr(n) for n in (*range(10), *range(11, 32), *range(127, 160))}


def test_letters_of_all_scripts_stay_readable_in_json():
    assert "Étienne 文 ²" in to_json("Étienne 文 ²")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(start):
    (head, row) = csv.reader(io.StringIO("".join(csv_lines([{"a": start}], ["a"]))))
    assert (head, row) == (["a"], ["'" + start])


def test_csv_keeps_numbers_nulls_and_truth():
    rows = [{"n": -1, "x": 0.5, "b": True, "t": 'a,"b"\nc', "u": None}]
    text = "".join(csv_lines(rows, list(rows[0])))
    assert text == 'n,x,b,t,u\n-1,0.5,true,"a,""b""\nc",\n'


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_that_splits_at_semicolons_and_tabs_too_finds_the_cells(delimiter):
    text = f"a{delimiter}=1"
    line = list(csv_lines([{"t": text, "u": "b"}], ["t", "u"]))[1]
    assert next(csv.reader([line])) == [text, "b"]
    assert line == f'"{text}",b\n'


def test_csv_of_nothing_is_its_header():
    assert "".join(csv_lines([], ["a", "b"])) == "a,b\n"


@given(st.text())
def test_a_line_is_one_line_that_xml_can_hold(value):
    line = clean_line(value)
    assert len(line.splitlines()) <= 1
    assert not {c for c in line if unicodedata.category(c) in {"Cc", "Cs"} or c in "\ufffe\uffff"}
    assert (line == value) == is_line(value)


@given(st.text(alphabet="'=+-@\t\n\uff1d1a"))
def test_taking_the_apostrophe_away_gives_any_cell_back(value):
    (_, row) = csv.reader(io.StringIO("".join(csv_lines([{"a": value, "b": 1}], ["a", "b"]))))
    guarded = re.match("'+[=+\\-@\t\r\n\uff1d]", row[0])
    assert (row[0][1:] if guarded else row[0]) == value
    assert not row[0].startswith(tuple("=+-@\t\r\n\uff1d"))


# -- hashes of sentences ----------------------------------------------------------------------

WORDS = st.lists(st.text("abcxyzÄéλ7ß", min_size=1, max_size=6), min_size=1, max_size=8)
BETWEEN = st.sampled_from([" ", "\u00a0", "\n", "-\n", " [1] ".replace("1", ""), ", ", "\u00ad"])


@given(WORDS, st.data())
def test_a_sentence_has_one_hash_whatever_stands_between_its_letters(words, data):
    parts = [each for word in words for each in (word, data.draw(BETWEEN))]
    spelled = "".join(parts)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert hash_sentence(unicodedata.normalize(form, spelled)) == hash_sentence("".join(words))
    assert hash_sentence(spelled.swapcase()) == hash_sentence(spelled.lower())


@given(WORDS, st.integers(0, 40), st.sampled_from("qw3"))
def test_another_letter_gives_another_hash(words, at, sign):
    text = "".join(words)
    assert hash_sentence(text[:at] + sign + text[at:]) != hash_sentence(text)


def test_hashes_of_sentences_that_are_known():
    """As any other program makes them: what was hashed stands beside."""
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert hash_sentence("") == hash_sentence("… [!]") == empty
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hash_sentence("A. (B)\n c") == hash_sentence("ＡＢＣ") == abc
