"""Tables: what they read, in which types, and what they refuse to read."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from html import escape

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import citehub
from citehub import _limits, _parquet, _table_file, errors
from citehub._manifest import sha256
from citehub._parquet import Parquet
from citehub._schema import TABLES
from citehub._table import Table
from citehub._table_file import TableFile
from tests.faults import tables as faults

EVERY_READ = {
    "to_arrow": lambda table: table.to_arrow(),
    "to_pandas": lambda table: table.to_pandas(),
    "to_polars": lambda table: table.to_polars(),
    "iteration": lambda table: next(iter(table)),
    "item": lambda table: table[table.columns[0]],
    "stream": pa.table,
    "schema": lambda table: table.schema,
    "html": lambda table: table._repr_html_(),
    "verify": lambda table: table.verify(),
}


# -- reading ----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_every_reader_gives_the_same_rows(version):
    hub = citehub.load("mt-nlg", version=version)
    for name in hub.tables:
        table = hub.table(name)
        expected = pq.ParquetFile(table.path).read()
        assert table.to_arrow().equals(expected)
        declared = TABLES[name].columns if name in TABLES else ()
        absent = dict.fromkeys(column.name for column in declared)
        assert list(table) == [absent | row for row in expected.to_pylist()]
        assert len(table) == expected.num_rows
        assert table.to_polars().to_dicts() == expected.to_pylist()
        frame = table.to_pandas()
        assert frame.shape == (expected.num_rows, expected.num_columns)
        assert frame.isna().sum().to_dict() == {
            column: expected[column].null_count for column in expected.column_names
        }


def test_pandas_types_keep_integers_nulls_and_vocabularies(hub):
    dtypes = hub.works.to_pandas().dtypes.astype(str).to_dict()
    assert dtypes["publication_year"] == "int16[pyarrow]"
    assert dtypes["publication_month"] == "int8[pyarrow]"
    assert dtypes["author_count"] == "int32[pyarrow]"
    assert dtypes["is_retracted"] == "bool[pyarrow]"
    assert dtypes["title"] == "string[pyarrow]"
    assert hub.label_counts["retrieved_on"].dtype == pd.ArrowDtype(pa.date32())
    assert hub.label_counts["scheme"].dtype == "category"
    assert hub.canonical_facts["value"].dtype == "double[pyarrow]"


def test_unknown_is_null_not_zero(hub):
    assert hub.label_counts["value"].isna().tolist() == [False, True]
    assert hub.citations["is_influential"].isna().all()
    assert hub.works["is_retracted"].isna().all()


@pytest.mark.parametrize("read", ["to_arrow", "to_pandas", "to_polars"])
def test_columns_come_in_the_order_asked(hub, read):
    frame = getattr(hub.works, read)(["title", "work_id"])
    names = frame.column_names if read == "to_arrow" else list(frame.columns)
    assert names == ["title", "work_id"]


@pytest.mark.parametrize("read", ["to_arrow", "to_pandas", "to_polars"])
def test_an_unknown_column_is_named(hub, read):
    with pytest.raises(errors.UnknownColumn, match=r"'titel' in table 'works'.*mean 'title'"):
        getattr(hub.works, read)(["work_id", "titel"])


@pytest.mark.parametrize("read", ["to_arrow", "to_pandas", "to_polars"])
def test_a_column_is_read_once(hub, read):
    with pytest.raises(errors.BadArgument, match=r"\['title', 'title'\]; it must be names, each"):
        getattr(hub.works, read)(["title", "title"])


@pytest.mark.parametrize("wrong", [["title", "venue"], 0, None, slice(0, 2)])
def test_an_item_is_named_by_text(hub, wrong):
    with pytest.raises(TypeError, match=r"Name one column by text, or several with \.to_pandas"):
        hub.works[wrong]


def test_one_string_is_not_a_list_of_columns(hub):
    with pytest.raises(TypeError, match=r"\['title'\]"):
        hub.works.to_arrow("title")


def test_item_is_a_series(hub):
    series = hub.works["title"]
    assert isinstance(series, pd.Series)
    assert series.name == "title"
    assert len(series) == 45


def test_citing_works_are_the_works_after_the_canonical_one(hub):
    works, citing = list(hub.works), list(hub.citing_works)
    assert works[0]["work_id"] == "arxiv:2201.11990"
    assert citing == works[1:]
    assert len(hub.citing_works) == 44
    assert hub.citing_works.to_polars().height == 44
    assert hub.citing_works["work_id"][0] == works[1]["work_id"]
    assert "44 rows" in repr(hub.citing_works)


def test_citing_works_have_no_file_of_their_own(hub):
    with pytest.raises(errors.NoFile, match=r"works\.parquet without the first row.*to_pandas"):
        hub.citing_works.path  # noqa: B018
    assert not hasattr(hub.citing_works, "path")
    with pytest.raises(errors.DamagedTable, match=r"^\S+works\.parquet is damaged"):
        Table(TableFile("nowhere", hub.citing_works._resource), "", skip=1).to_arrow()
    assert len(hub.select(ids=hub.citing_works)) == 44


# -- other libraries --------------------------------------------------------------------------


def test_the_handle_itself_is_readable_by_arrow_libraries(hub):
    works = hub.citing_works
    assert pa.table(works).num_rows == 44
    assert pl.DataFrame(works).height == 44
    assert duckdb.sql("select count(*) from works").fetchall() == [(44,)]


def test_the_path_is_readable_by_other_libraries(hub):
    path = hub.label_counts.path
    assert duckdb.sql(f"select raw_value, n from '{path}'").fetchall() == [("background", 9)] * 2
    assert pl.read_parquet(path).height == 2
    assert len(pd.read_parquet(path)) == 2


def test_a_missing_extra_names_the_command(hub, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(errors.MissingExtra, match=r'pip install "citehub\[polars\]"'):
        hub.works.to_polars()


# -- meaning ----------------------------------------------------------------------------------


def test_schema_carries_meaning_units_keys_and_vocabularies(hub):
    field = hub.citations.schema.field("timespan_months")
    assert field.metadata[b"unit"] == b"months"
    assert hub.citations.schema.field("citing_work_id").metadata[b"key"] == b"primary"
    assert hub.citations.schema.field("citing_work_id").metadata[b"references"] == b"works.work_id"
    vocabulary = json.loads(hub.label_counts.schema.field("scheme").metadata[b"vocabulary"])
    assert vocabulary == ["intent", "polarity"]


def test_description_explains_every_column(hub):
    for name in hub.tables:
        table = hub.table(name)
        for column in table.columns:
            assert f"\n{column} " in table.description
        assert [field.name for field in table.fields] == list(table.columns)


def test_repr_tells_size_and_release(hub, first):
    assert repr(hub.works) == "<citehub.Table works: 45 rows x 15 columns, mt-nlg 1.1.0>"
    assert repr(first.sources) == "<citehub.Table sources: 3 rows x 6 columns, mt-nlg 1.0.0>"


def test_html_shows_columns_and_first_rows_escaped(hub):
    html = hub.works._repr_html_()
    assert "First 5 of 45 rows" in html
    assert "&#x27;Let&#x27;s think step by step&#x27;" in hub.work("2205.11916")._repr_html_()
    assert html.count("<tr>") == 1 + 15 + 1 + 5
    assert "CURIE of the best public identifier" in html


def test_html_shortens_cells_and_keeps_their_text_as_a_title(hub):
    html = hub.works._repr_html_()
    row = next(iter(hub.works))
    assert f'title="{escape(row["abstract"])}">{escape(row["abstract"][:49])}…</span>' in html
    assert f">{escape(row['title'][:49])}…<" in html
    cells = re.findall(r"<td[^>]*>(.*?)</td>", html.split("First 5")[1])
    assert len(cells) == 5 * 15
    assert all(len(re.sub(r"<.*?>", "", cell)) <= 60 for cell in cells)


def test_html_of_an_empty_table(hub):
    assert "First 0 of 0 rows" in hub.citation_labels._repr_html_()


# -- damage -----------------------------------------------------------------------------------


def rewrite(path, change):
    """Write a Parquet file again with another content."""
    pq.write_table(change(pq.ParquetFile(path).read()), path)


DAMAGES = {
    "truncated": (lambda path: path.write_bytes(path.read_bytes()[:-1]), "truncated"),
    "half": (lambda path: path.write_bytes(path.read_bytes()[:1000]), "truncated"),
    "empty": (lambda path: path.write_bytes(b""), "0 bytes: the file is truncated"),
    "missing": (lambda path: path.unlink(), "No such file"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "a regular file"),
    "longer": (lambda path: path.write_bytes(path.read_bytes() + b"\0"), "a Parquet file"),
    "a column missing": (
        lambda path: rewrite(path, lambda table: table.drop_columns(["finding"])),
        "a column 'finding'; found a file without it",
    ),
    "a column retyped": (
        lambda path: rewrite(
            path,
            lambda table: table.set_column(
                4, "publication_year", table["publication_year"].cast(pa.int64())
            ),
        ),
        "column 'publication_year' to be int16; found int64",
    ),
    "columns reordered": (
        lambda path: rewrite(path, lambda table: table.select(table.column_names[::-1])),
        r"columns \['work_id'",
    ),
    "other rows": (lambda path: rewrite(path, lambda table: table.slice(1)), "other bytes|bytes"),
    "not Parquet": (lambda path: path.write_bytes(b"x" * 100_000), "a Parquet file"),
}


@pytest.mark.parametrize("read", EVERY_READ.values(), ids=EVERY_READ)
@pytest.mark.parametrize(("damage", "said"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_table_is_never_read(datasets, damage, said, read):
    table = citehub.load("mt-nlg", version="1.1.0").works
    damage(datasets / "mt-nlg" / "1.1.0" / "works.parquet")
    with pytest.raises(
        errors.DamagedTable, match=rf"works\.parquet is damaged: expected.*({said})"
    ):
        read(table)


@pytest.mark.slow
def test_no_flipped_byte_goes_unnoticed(datasets):
    path = datasets / "mt-nlg" / "1.1.0" / "label_counts.parquet"
    table = citehub.load("mt-nlg", version="1.1.0").label_counts
    whole = path.read_bytes()
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(errors.DamagedTable, match=r"label_counts\.parquet is damaged"):
            table.to_arrow()


def test_a_table_behind_a_link_is_refused(datasets, tmp_path):
    path = datasets / "mt-nlg" / "1.1.0" / "works.parquet"
    path.rename(tmp_path / "works.parquet")
    path.symlink_to(tmp_path / "works.parquet")
    with pytest.raises(errors.DamagedTable, match="a symbolic link"):
        citehub.load("mt-nlg", version="1.1.0").works.to_arrow()


def test_a_pipe_in_the_place_of_a_table_does_not_hang(datasets):
    path = datasets / "mt-nlg" / "1.1.0" / "works.parquet"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(errors.DamagedTable, match="a regular file"):
        citehub.load("mt-nlg", version="1.1.0").works.to_arrow()


def test_how_many_rows_there_are_is_known_without_the_file(datasets):
    hub = citehub.load("mt-nlg", version="1.1.0")
    (datasets / "mt-nlg" / "1.1.0" / "works.parquet").unlink()
    assert (len(hub.works), len(hub.citing_works)) == (45, 44)


def forge(hub, folder, name, change):
    """Copy a release and change a table so that the manifest's hash still fits."""
    shutil.copytree(hub.path, folder)
    rewrite(folder / f"{name}.parquet", change)
    manifest = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(each for each in manifest["resources"] if each["name"] == name)
    data = (folder / f"{name}.parquet").read_bytes()
    resource.update(hash=sha256(data), bytes=len(data))
    (folder / "datapackage.json").write_text(json.dumps(manifest), encoding="utf-8")
    return citehub.load(folder)


def replace(table, column, values):
    index = table.column_names.index(column)
    field = table.schema.field(column)
    return table.set_column(index, field, pa.array(values, field.type))


FORGERIES = {
    "column missing": ("works", lambda t: t.drop_columns(["finding"]), "without it"),
    "column retyped": (
        "citations",
        lambda t: t.set_column(2, "hub_position", t["hub_position"].cast(pa.float64())),
        "'hub_position' to be int32; found double",
    ),
    "row missing": ("citations", lambda t: t.slice(1), "expected 44 rows; found 43"),
    "key twice": (
        "themes",
        lambda t: replace(t, "theme_id", ["surveys", *t["theme_id"].to_pylist()[1:]]),
        "key theme_id to be unique; found 'surveys' twice",
    ),
    "null where required": (
        "label_counts",
        lambda t: t.set_column(4, "n", pa.array([None, 9], pa.int32())),
        "'n' of row 1 to be not null",
    ),
    "outside the vocabulary": (
        "label_counts",
        lambda t: t.set_column(0, "scheme", pa.array(["intent", "mood"]).dictionary_encode()),
        "'scheme' of row 2 to be one of intent polarity; found 'mood'",
    ),
    "a value changed": (
        "label_counts",
        lambda t: replace(t, "n", [8, 9]),
        "rows with sha256:",
    ),
    "not a number": (
        "canonical_corpus",
        lambda t: replace(t, "epochs", [float("nan")] * t.num_rows),
        "a finite number",
    ),
}


@pytest.mark.parametrize(("name", "change", "said"), FORGERIES.values(), ids=FORGERIES)
def test_verify_finds_what_a_fitting_hash_hides(hub, tmp_path, name, change, said):
    forged = forge(hub, tmp_path / "release", name, change)
    with pytest.raises(errors.DamagedTable, match=said):
        forged.verify()


def test_verify_finds_a_key_that_leads_nowhere(hub, tmp_path):
    folder = tmp_path / "release"
    shutil.copytree(hub.path, folder)
    manifest = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    names = [each["name"] for each in manifest["resources"]]
    del manifest["resources"][names.index("sources")]
    (folder / "sources.parquet").unlink()
    (folder / "datapackage.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(errors.DamagedTable, match=r"'finding_source' to be in sources\.source_id"):
        citehub.load(folder).verify()


# -- tables of strangers ----------------------------------------------------------------------

STRANGE = {
    "text that is none": (faults.with_bad_text, "without"),
    "a row twice": (faults.with_double_row, "unique"),
    "pandas' index": (faults.with_pandas_index, None),
}


@pytest.mark.parametrize(("change", "said"), STRANGE.values(), ids=STRANGE)
def test_rows_of_a_stranger_are_right_or_refused(tmp_path, change, said):
    data = faults.written(change(faults.original("works"), random.Random(1)))
    works = citehub.load(faults.forge(tmp_path, "works", data)).works
    if said is None:
        assert [*works.to_pandas()] == [*works.to_polars().columns] == [*works.columns]
        return
    with pytest.raises(errors.DamagedTable, match=said):
        list(works)


CELLS = {
    "a day after 9999": ("citation_count_on", pa.array([40_000_000], pa.int32()), "years 1 to"),
    "a title that is null": ("title", pa.nulls(1, pa.string()), "'title' of row 1 to be not null"),
}


@pytest.mark.parametrize(("name", "cell", "said"), CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("read", ["to_pandas", "to_polars"])
def test_no_reader_gives_a_cell_that_python_cannot_hold(tmp_path, name, cell, said, read):
    table = faults.original("works")
    cells = pa.concat_arrays([cell.view(table.schema.field(name).type), table[name].chunk(0)[1:]])
    data = faults.written(faults.put(table, name, cells))
    works = citehub.load(faults.forge(tmp_path, "works", data)).works
    with pytest.raises(errors.DamagedTable, match=said):
        getattr(works, read)()


@pytest.mark.parametrize("make", [faults.repeated_text, faults.deep_footer, faults.sparse])
@pytest.mark.parametrize("read", ["to_arrow", "to_polars"])
def test_what_takes_too_much_memory_is_told_before(tmp_path, make, read):
    release = faults.forge(tmp_path, "themes", *faults.made(make))
    with pytest.raises(errors.DamagedRelease, match=r"bytes of memory|columns within|a Parquet"):
        getattr(citehub.load(release).themes, read)()
    assert pa.total_allocated_bytes() < 100 << 20


@pytest.mark.parametrize("read", ["to_arrow", "to_polars"])
def test_limits_are_lifted_when_asked(hub, monkeypatch, read):
    monkeypatch.setattr(_limits, "FREE_DECODED", 10)
    monkeypatch.setattr(_limits, "DECODED_PER_BYTE", 0)
    with pytest.raises(errors.OverLimit, match="CITEHUB_LIMITS=off"):
        getattr(hub.works, read)()
    monkeypatch.setenv("CITEHUB_LIMITS", "off")
    assert len(getattr(hub.works, read)()) == 45


def test_rows_by_the_manifest_are_bounded_when_a_hub_is_opened(tmp_path):
    release = faults.forge(tmp_path, "themes", b"", 10**15)
    with pytest.raises(errors.OverLimit, match="1,000,000,000,000,000 by the manifest"):
        citehub.load(release)


def test_texts_that_a_dictionary_repeats_are_measured_exactly(monkeypatch):
    table = faults.original("works")
    data = faults.written(table)
    monkeypatch.setattr(_table_file, "_MEASURED_ROWS", 3)
    names = faults.columns(table, faults.is_text)
    file = pq.ParquetFile(pa.BufferReader(data))
    texts = [_parquet.Text(0, name, table.num_rows, 1 << 30) for name in names]
    exact = sum(len((each or "").encode()) for name in names for each in table[name].to_pylist())
    found = _table_file._text_sizes(file, data, texts, 1 << 11)
    assert exact <= found <= 1.3 * exact


@pytest.mark.parametrize("listed", ["columns", "row groups"])
def test_a_footer_whose_lists_hold_texts_is_damaged(listed):
    texts, none = b"\x28\x01a\x01b", b"\x0c"
    columns, groups = (texts, none) if listed == "columns" else (none, texts)
    footer = b"\x15\x02\x19" + columns + b"\x16\x00\x19" + groups + b"\x00"
    data = b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"
    with pytest.raises(errors.DamagedTable, match="contradicts itself"):
        Parquet(data, "works.parquet")
