"""Curated files: every cell checked, every error with its line."""

from __future__ import annotations

import datetime

import pytest

from citehub._schema import Column
from citehub.errors import SourceError
from citehub.sources.curated import read_csv

COLUMNS = (
    Column("work_id", "string", "", required=True),
    Column("year", "int16", ""),
    Column("share", "float64", ""),
    Column("is_retracted", "bool", ""),
    Column("read_on", "date32", ""),
    Column("setting", "category", "", vocabulary=("zero", "one")),
)
HEADER = "work_id,year,share,is_retracted,read_on,setting\n"


@pytest.fixture
def read(tmp_path):
    def call(text):
        path = tmp_path / "works.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_csv(str(path), COLUMNS)

    return call


def test_cells_have_their_types(read):
    (record,) = read(HEADER + "a,2022,0.5,true,2026-11-23,one\n")
    assert record == {
        "work_id": "a", "year": 2022, "share": 0.5, "is_retracted": True,
        "read_on": datetime.date(2026, 11, 23), "setting": "one",
    }  # fmt: skip
    assert record.line == 2


def test_empty_cells_are_null_not_zero(read):
    (record,) = read(HEADER + "a,,,,,\n")
    assert set(record.values()) == {"a", None}


def test_lines_count_cells_of_several_lines(read):
    with pytest.raises(SourceError, match="line 4: year should be a whole number"):
        read(HEADER + '"a\nb",,,,,\nc,x,,,,\n')


def test_a_byte_order_mark_is_no_part_of_the_header(read):
    assert len(read("\ufeff" + HEADER + "a,,,,,\n")) == 1


WRONG = {
    "no header": ("", 1, "expected the columns work_id,year"),
    "another header": ("work_id,jahr\n", 1, "found work_id,jahr"),
    "a cell missing": (HEADER + "a,,,,\n", 2, "expected 6 cells, found 5"),
    "a cell too many": (HEADER + "a,,,,,,\n", 2, "expected 6 cells, found 7"),
    "a key missing": (HEADER + ",,,,,\n", 2, "work_id is empty"),
    "text for a number": (HEADER + "a,x,,,,\n", 2, "year should be a whole number, not 'x'"),
    "a fraction for a number": (HEADER + "a,1.5,,,,\n", 2, "year should be a whole number"),
    "yes for true": (HEADER + "a,,,yes,,\n", 2, "is_retracted should be true or false"),
    "another date": (HEADER + "a,,,,23.11.2026,\n", 2, "read_on should be a date, YYYY-MM-DD"),
    "outside the vocabulary": (HEADER + "a,,,,,two\n", 2, "setting should be one of zero one"),
    "an open quote": (HEADER + '"a,,,,,\n', 2, "unexpected end of data"),
    "not UTF-8": (b"\xff\xfe", 0, "is not UTF-8 at byte 0"),
}


@pytest.mark.parametrize(("text", "line", "said"), WRONG.values(), ids=WRONG)
def test_wrong_files_are_refused_with_their_line(read, text, line, said):
    with pytest.raises(SourceError) as caught:
        read(text)
    assert said in str(caught.value)
    assert ("line" in str(caught.value)) is bool(line)
    if line:
        assert f"line {line}:" in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"works\.csv: cannot be read: No such file"):
        read_csv(str(tmp_path / "works.csv"), COLUMNS)
