"""Curated files as spreadsheet programs write them; each error with its line."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citehub._describe import describe_field
from citehub._schema import SCHEMA, Column
from citehub._text import csv_lines
from citehub.errors import SourceError
from citehub.sources.cells import WrongCell, find_mangled, parse_cell
from citehub.sources.curated import read_csv
from tests.conftest import SOURCE

COLUMNS = (
    Column("work_id", "string", "", required=True),
    Column("year", "int16", ""),
    Column("share", "float64", ""),
    Column("is_retracted", "bool", ""),
    Column("read_on", "date32", ""),
    Column("setting", "category", "", vocabulary=("zero", "one")),
)
HEADER = "work_id,year,share,is_retracted,read_on,setting\n"
NAMES = HEADER.strip().split(",")
DAY = datetime.date(2026, 11, 29)
TEXT = (Column("text", "string", ""), Column("other", "string", ""))
WORK = (Column("work", "string", "", required=True, references="works.work_id"),)


@pytest.fixture
def read(tmp_path):
    def call(text, columns=COLUMNS, **how):
        path = tmp_path / "works.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_csv(str(path), columns, **how)

    return call


def test_cells_have_their_types(read):
    (record,) = read(HEADER + "a,2022,0.5,true,2026-11-29,one\n")
    assert record == {
        "work_id": "a", "year": 2022, "share": 0.5, "is_retracted": True,
        "read_on": DAY, "setting": "one",
    }  # fmt: skip
    assert record.line == 2


def test_empty_cells_are_null_not_zero(read):
    (record,) = read(HEADER + "a,,,,,\n")
    assert set(record.values()) == {"a", None}


def test_lines_count_cells_of_several_lines(read):
    with pytest.raises(SourceError, match="line 4: year should be a whole number"):
        read(HEADER + '"a\nb",,,,,\nc,x,,,,\n')
    assert [each.line for each in read(HEADER + '"a\r\nb",,,,,\r\nc,,,,,\r\n')] == [2, 4]


# -- as programs write ------------------------------------------------------------------------

ROW = {"work_id": "Müller, J.", "year": 2022, "share": 0.5, "is_retracted": True,
       "read_on": DAY, "setting": "one"}  # fmt: skip
PLAIN = HEADER + '"Müller, J.",2022,0.5,true,2026-11-29,one\n'
GERMAN = HEADER.replace(",", ";") + "Müller, J.;2022;0,5;WAHR;29.11.2026;one\n"
FRENCH = HEADER.replace(",", ";") + "Müller, J.;2022;0,5;VRAI;29/11/2026;one\n"
TABS = PLAIN.replace('"Müller, J."', "Müller; J.").replace(",", "\t").replace(";", ",")
WRITTEN = {
    "LibreOffice": PLAIN.encode(),
    "LibreOffice, German, comma": (
        HEADER + '"Müller, J.",2022,"0,5",WAHR,29.11.26,one\n'
    ).encode(),
    "LibreOffice, every cell in quotes": "".join(
        ",".join(f'"{cell}"' for cell in row) + "\n"
        for row in csv.reader(io.StringIO(PLAIN))
    ).encode(),
    "Excel, CSV UTF-8": b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode(),
    "Excel, CSV, US": PLAIN.replace("true", "TRUE").replace("2026-11-29", "11/29/2026")
    .replace("\n", "\r\n").encode("cp1252"),
    "Excel, German": GERMAN.replace("\n", "\r\n").encode("cp1252"),
    "Excel, German, CSV UTF-8": b"\xef\xbb\xbf" + GERMAN.replace("\n", "\r\n").encode(),
    "Excel, French": FRENCH.replace("\n", "\r\n").encode("cp1252"),
    "Excel, Unicode text": TABS.replace("\n", "\r\n").encode("utf-16"),
    "Excel, Unicode text, big-endian": b"\xfe\xff" + TABS.encode("utf-16-be"),
    "Excel, Macintosh": PLAIN.replace("ü", "u").replace("\n", "\r").encode(),
    "told by sep=": b"\xef\xbb\xbf" + b"sep=;\r\n" + GERMAN.replace("\n", "\r\n").encode(),
    "told by sep=|": b"sep=|\n" + TABS.replace("\t", "|").encode(),
    "Numbers": PLAIN.replace("\n", "\r\n").rstrip("\r\n").encode(),
    "Google Sheets": PLAIN.replace("true", "TRUE").replace("\n", "\r\n").encode(),
    "without a mark": TABS.encode("utf-16-le"),
    "further empty columns and rows": (
        "\n" + PLAIN.replace("\n", ",,,\n") + ",,,,,,,,\n  , ,\t,,,,,,\n"
    ).encode(),
    "blanks around": PLAIN.replace(",", " , ").replace('"Müller ,  J." ', '   "  Müller, J. "')
    .replace("one", "\u00a0one ").encode(),
    "another order": b"setting,work_id,read_on,year,share,is_retracted\n"
    + 'one,"Müller, J.",2026-11-29,2022,0.5,1\n'.encode(),
    "capital letters": PLAIN.replace("year", "Year").replace("read_on", "Read on")
    .replace("one", "One").encode(),
    "an empty column more": PLAIN.replace("setting", "setting,remarks").encode(),
    "numbers as others": PLAIN.replace("2022", "2022.0").replace("0.5", "5e-1").encode(),
    "a date with its time": PLAIN.replace("2026-11-29", "2026-11-29 00:00:00").encode(),
    "apostrophes": PLAIN.replace("2022", "'2022").replace("2026-", "'2026-").encode(),
}  # fmt: skip


@pytest.mark.parametrize("data", WRITTEN.values(), ids=WRITTEN)
def test_what_programs_write_is_read(read, data):
    due = ROW | (
        {"work_id": "Muller, J."} if "ü".encode() not in data and b"Muller" in data else {}
    )
    records = read(data)
    assert records == [due]
    is_guessed = (
        data[:2] not in {b"\xff\xfe", b"\xfe\xff"} and b"\xfc" in data and b"\0" not in data
    )
    assert bool(records.notes) is is_guessed


def test_a_guessed_encoding_is_told_with_a_word_to_check(read):
    assert read(PLAIN.encode("cp1252")).notes == (
        (
            "works.csv is not UTF-8. It was read as Windows-1252, so that line 2 has 'Müller'. If "
            "that is wrong, save it as CSV in UTF-8."
        ),
    )
    (note,) = read(PLAIN.encode("mac_roman")).notes
    assert "has 'MŸller'" in note


def test_letters_that_another_program_spoilt_are_told(read):
    records = read(PLAIN.encode().decode("cp1252"))
    assert records[0]["work_id"] == "MÃ¼ller, J."
    (note,) = records.notes
    assert note.startswith("works.csv, line 2: 'MÃ¼ller' seems to have been 'Müller'")
    assert not read(PLAIN.replace("Müller", "PÃO “ÉTÉ” – Ω")).notes


def test_quotation_marks_and_other_text_stay(read):
    cells = ["“curly” ‘quotes’", 'straight "quotes"', "+1 for it", "- no", "@home", "'Tis", "N/A",
             "a=b", "'90s", "1,5", "TRUE", "#1"]  # fmt: skip
    out = io.StringIO()
    csv.writer(out).writerows([("text", "other"), *((cell, "x") for cell in cells)])
    assert [record["text"] for record in read(out.getvalue(), TEXT)] == cells


@given(
    rows=st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))] * 2)
    ),
    separator=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_text_comes_back(tmp_path_factory, rows, separator, encoding, end):
    held = [(a.strip(), b.strip()) for a, b in rows]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    lines = csv_lines([{"text": a, "other": b} for a, b in held], ("text", "other"))
    writer.writerows(csv.reader(lines))  # as export writes: no text becomes a formula
    path = tmp_path_factory.mktemp("text") / "text.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    due = [(a or None, b or None) for a, b in held if a or b]
    broken = [cell for row in held for cell in row if cell.startswith("#") or "Err:" in cell]
    if not broken:
        assert [(r["text"], r["other"]) for r in read_csv(str(path), TEXT)] == due


@given(day=st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)))
def test_every_reading_of_a_date_is_that_day_or_refused(day):
    field = describe_field(Column("day", "date32", ""))
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d. %m. %Y", "%Y/%m/%d", "%Y. %m. %d."):
        assert parse_cell(day.strftime(form), field) == day
    for form in ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"):
        if day.day > 12 or day.day == day.month:
            assert parse_cell(day.strftime(form), field) == day
        else:
            with pytest.raises(WrongCell) as told:
                parse_cell(day.strftime(form), field)
            assert str(day) in told.value.advice


# -- what cannot be read ----------------------------------------------------------------------

WRONG = {
    "no header": ("", 1, "expected the columns work_id,year"),
    "another header": ("work_id,jahr\n", 1, "found work_id,jahr. Missing: year, share"),
    "a column twice": (HEADER.replace("setting", "setting,year"), 1, "column year occurs twice"),
    "another separator": (HEADER.replace(",", "|"), 1, "found work_id|year"),
    "a column too many": (
        HEADER.replace("\n", ",yaer\n") + "a,,,,,\n" + "b,,,,,,2022\n", 3,
        "the column 'yaer' is not known, but holds '2022'",
    ),
    "a cell below no column": (HEADER + "a,,,,,,x\n", 2, "expected 6 cells, found 7: 'x'"),
    "a key missing": (HEADER + ",2022,,,,\n", 2, "work_id is empty"),
    "text for a number": (HEADER + "a,x,,,,\n", 2, "year should be a whole number, not 'x'"),
    "a fraction for a number": (HEADER + "a,1.5,,,,\n", 2, "year should be a whole number"),
    "thousands": (HEADER + 'a,"2,022",,,,\n', 2, "It could be 2022 or 2.022: write the right"),
    "thousands where the comma is decimal": (
        HEADER.replace(",", ";") + "a;;1.234;;;\n", 2, "It could be 1234 or 1,234",
    ),
    "more thousands": (HEADER + 'a,,"1,234,567",,,\n', 2, "Write it without marks of thousands"),
    "a number in short": (HEADER + "a,2E+03,,,,\n", 2, "write all of its digits"),
    "a number out of bounds": (HEADER + "a,99999,,,,\n", 2, "year should be int16, not '99999'"),
    "yes for true": (HEADER + "a,,,yes,,\n", 2, "is_retracted should be true or false"),
    "either day": (
        HEADER + "a,,,,03/04/2026,\n", 2,
        ("read_on should be a date, YYYY-MM-DD, not '03/04/2026'. It could be 2026-03-04 or "
         "2026-04-03: write the right one."),
    ),
    "either year": (HEADER + "a,,,,29/11/26,\n", 2, "2026-11-29 or 2029-11-26"),
    "no day": (HEADER + "a,,,,31.11.2026,\n", 2, "There is no such day."),
    "a date in words": (HEADER + "a,,,,29 Nov 2026,\n", 2, "Write 2026-11-29 for"),
    "a count of days": (
        HEADER + "a,,,,46355,\n", 2, "how spreadsheets count days, and could be 2026-11-29",
    ),
    "outside the vocabulary": (HEADER + "a,,,,,two\n", 2, "setting should be one of zero one"),
    "a formula": (HEADER + "=A1&B1,,,,,\n", 2, "It is a formula. Paste its result as a value"),
    "a broken reference": (HEADER + "a,#REF!,,,,\n", 2, "could not show the content of this cell"),
    "a broken reference, German": (HEADER + "#BEZUG!,,,,,\n", 2, "work_id should be text, not"),
    "a broken formula, LibreOffice": (HEADER + "a,Err:508,,,,\n", 2, "could not show"),
    "a column too narrow": (HEADER + "a,,,,########,\n", 2, "could not show"),
    "an open quote": (HEADER + 'a,,,,,\n"b,,,,,\nc,,,,,\n', 3, "a quotation mark opens"),
    "a quote inside": (HEADER + '"a"b",,,,,\n', 2, "a quotation mark stands inside of a cell"),
    "a zero byte": (HEADER + "a\0,,,,,\n", 2, "holds a zero byte"),
    "neither encoding": (HEADER.encode() + b"\x81,,,,,\n", 2, "0x81 is neither UTF-8 nor Windows"),
    "two encodings": (
        HEADER.encode() + "äö,,,,,\n".encode() + b"\xe4,,,,,\n", 3, "0xe4 is not UTF-8, as the",
    ),
    "half of UTF-16": (b"\xff\xfe\x41", 0, "is no UTF-16"),
    "a workbook": (b"PK\x03\x04....", 0, "is a workbook of a spreadsheet program"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "said"), WRONG.values(), ids=WRONG)
def test_wrong_files_are_refused_with_their_line(read, text, line, said):
    with pytest.raises(SourceError) as caught:
        read(text)
    assert said in str(caught.value)
    assert ("works.csv, line" in str(caught.value)) is bool(line)
    if line:
        assert f"line {line}:" in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"works\.csv: cannot be read: No such file"):
        read_csv(str(tmp_path / "works.csv"), COLUMNS)


def test_a_key_stands_once(read):
    with pytest.raises(SourceError, match="line 4: a is on line 2 already"):
        read(HEADER + "a,,,,,\nb,,,,,\na,,,,,\n", key=("work_id",))


def test_columns_may_be_lacking_or_have_another_name(read):
    (record,) = read("paper\na\n", may_lack=NAMES[1:], aliases={"paper": "work_id"})
    assert record == dict.fromkeys(NAMES) | {"work_id": "a"}


# -- identifiers ------------------------------------------------------------------------------

MANGLED = {
    "2201.1199": "perhaps 2201.11990",
    "2201.1": "perhaps 2201.10000",
    "2201,1199": "perhaps 2201.11990",
    "704.0001": "perhaps 0704.0001",
    "1001.001": "perhaps 1001.0010",
    "arxiv:2201.1199": "perhaps 2201.11990",
    "2.2E+03": "for a number. Write",
    "2201.119900000001": "for a number and cut it. Write",
    "2022-01-19": "for a date. Write",
    "19.01.2022": "for a date. Write",
}


@pytest.mark.parametrize(("cell", "said"), MANGLED.items())
def test_identifiers_that_a_spreadsheet_changed_are_told(read, cell, said):
    with pytest.raises(
        SourceError, match="line 2: work should be an identifier of a work"
    ) as told:
        read(f'work\n"{cell}"\n', WORK)
    assert said in str(told.value)


SOUND = ["2201.11990", "2201.11990v2", "1412.0001", "0704.0001", "'2201.11990", "cs/0309136",
         "10.1145/3744746", "W4221167110", "PMC1234", "arxiv:2304.01373"]  # fmt: skip


@pytest.mark.parametrize("cell", SOUND)
def test_other_identifiers_stay(read, cell):
    assert read(f"work\n{cell}\n", WORK) == [{"work": cell.lstrip("'")}]


@given(month=st.integers(1501, 2612).filter(lambda n: 1 <= n % 100 <= 12), n=st.integers(1, 99999))
def test_an_arxiv_id_as_a_number_is_itself_or_told(month, n):
    due = f"{month}.{n:05}"
    became = str(float(due))
    assert (became == due) or f"perhaps {due}." in find_mangled(became)


# -- the files that are there -----------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*.csv")), ids=lambda path: path.stem)
def test_the_files_of_mt_nlg_are_read_as_they_are(path):
    known = {column.name: column for table in SCHEMA for column in table.columns}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [
        Column(name, "string", "", since=known.get(name, COLUMNS[0]).since) for name in rows[0]
    ]
    records = read_csv(str(path), columns)
    assert [dict(record) for record in records] == [
        {name: cell or None for name, cell in row.items()} for row in rows
    ]
    assert not records.notes
