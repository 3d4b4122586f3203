"""A schema that grows: a column more, and every older release is as good as before."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import citehub
from citehub import Hub, _check, _columns, _parquet_files, _schema, errors
from citehub._schema import SCHEMA, SCHEMA_VERSION, TABLES, Column, schema_at
from citehub._types import TYPES
from citehub.build.own_tables import read_own_tables
from citehub.export import FORMATS
from tests.conftest import HUB
from tests.made import make_release, make_works

OWN = read_own_tables(os.fspath(HUB))
RELEASES = citehub.versions("mt-nlg")
NEXT = SCHEMA_VERSION + 1
ADDED = {f"made_{kind}": kind for kind in TYPES if kind != "category"}


@pytest.fixture
def grown(monkeypatch):
    """Add a column of each type to ``works``, in a new version of the schema."""
    more = tuple(Column(name, kind, "Made.", since=NEXT) for name, kind in ADDED.items())
    works = dataclasses.replace(TABLES["works"], columns=(*TABLES["works"].columns, *more))
    schema = tuple(works if table.name == "works" else table for table in SCHEMA)
    monkeypatch.setattr(_schema, "SCHEMA", schema)
    monkeypatch.setitem(TABLES, "works", works)
    for module in (_schema, _check):
        monkeypatch.setattr(module, "SCHEMA_VERSION", NEXT)
    monkeypatch.setitem(_columns.COLUMNS, "works", _columns.COLUMNS["works"] | ADDED)


@pytest.mark.usefixtures("grown")
@pytest.mark.parametrize("version", RELEASES)
class TestOlderRelease:
    def test_its_rows_have_the_column_and_it_is_null(self, version):
        hub = citehub.load("mt-nlg", version=version)
        assert all(row.keys() >= ADDED.keys() for row in hub.works)
        assert {row[name] for row in hub.citing_works for name in ADDED} == {None}
        frame = hub.works.to_pandas(["work_id", *ADDED])
        assert len(frame) == 45
        assert frame[list(ADDED)].isna().all(axis=None)
        assert frame.dtypes[list(ADDED)].to_dict() == {
            name: pd.ArrowDtype(_parquet_files.arrow_type(kind)) for name, kind in ADDED.items()
        }
        assert hub.citing_works["made_int8"].isna().sum() == 44
        frame = hub.works.to_polars(["work_id", *ADDED])
        assert frame.equals(pl.DataFrame(hub.works.to_arrow(["work_id", *ADDED])))
        assert len(hub.citing_works.to_polars(["made_date32"])) == 44
        assert hub.select()[0].made_bool is None

    def test_without_asking_it_is_as_it_was_released(self, version):
        works = citehub.load("mt-nlg", version=version).works
        assert works.columns == tuple(works.schema.names)
        assert [*works.to_pandas()] == works.to_polars().columns == [*works.columns]
        assert works.to_arrow().equals(pq.ParquetFile(works.path).read())

    def test_it_verifies_and_checks(self, version):
        hub = citehub.load("mt-nlg", version=version)
        hub.verify()
        card = citehub.check("mt-nlg", version=version)
        assert card.passed, str(card)
        assert "made_" not in str([*card])

    def test_every_format_takes_it(self, version):
        hub = citehub.load("mt-nlg", version=version)
        for format_ in FORMATS:
            assert bytes(hub.export(format_, hub.select()[:3]))

    def test_the_command_line_shows_and_checks_it(self, version, say):
        for command in ("show", "check", "verify"):
            assert say(command, "mt-nlg", "--version", version)


@pytest.mark.usefixtures("grown")
def test_a_difference_tells_only_of_columns_that_the_files_have():
    found = citehub.diff("mt-nlg", "1.1.0", "1.2.0")
    assert not [change for change in found if change.column in ADDED]


# -- the schema that is declared --------------------------------------------------------------


@pytest.mark.parametrize("version", [each for each in RELEASES if each < "1.3.0"])
def test_releases_of_the_first_schema_have_the_columns_that_it_declares(version):
    hub = citehub.load("mt-nlg", version=version)
    assert "schema_version" not in hub.manifest["citehub"]
    for resource in hub.manifest["resources"]:
        fields = [(field["name"], field["arrowType"]) for field in resource["schema"]["fields"]]
        declared = schema_at(1, OWN)[resource["name"]].columns
        assert fields == [(column.name, column.type) for column in declared]


def test_what_was_added_may_be_null_and_stands_last():
    for table in SCHEMA:
        since = [column.since for column in table.columns]
        assert since == sorted(since), table.name
        assert max(since) <= SCHEMA_VERSION
        for column in table.columns:
            assert column.since == 1 or not column.required, column.name


def test_a_new_release_names_its_schema(tmp_path):
    works = make_works({"work_id": "doi:10.5555/one", "title": "One", "title_plain": "One"})
    hub = make_release(tmp_path, works)
    assert hub.manifest["citehub"]["schema_version"] == SCHEMA_VERSION
    assert [check.passed for check in citehub.check(tmp_path) if check.name == "schema"] == [True]


def test_a_release_is_held_against_the_schema_that_it_names(tmp_path, monkeypatch):
    works = make_works({"work_id": "doi:10.5555/one", "title": "One", "title_plain": "One"})
    hub = make_release(tmp_path, works)
    (found,) = (each for each in check_as(hub, 1, monkeypatch) if each.name == "schema")
    assert not found.passed
    assert "works has other columns" in found.found
    (found,) = (each for each in check_as(hub, NEXT, monkeypatch) if each.name == "schema")
    assert not found.passed
    assert f"it has schema {NEXT}; this citehub knows those up to" in found.found


@pytest.mark.parametrize("schema", [NEXT, 10**30])
def test_what_only_a_newer_citehub_can_read_is_not_called_damaged(schema, tmp_path, run):
    works = make_works({"work_id": "doi:10.5555/one", "title": "One", "title_plain": "One"})
    make_release(tmp_path, works)
    path = tmp_path / "datapackage.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["citehub"]["schema_version"] = schema
    path.write_text(json.dumps(manifest), "utf-8")
    assert citehub.load(tmp_path).work("doi:10.5555/one").title == "One"
    manifest["resources"][0]["schema"]["fields"][1]["arrowType"] = "list"
    path.write_text(json.dumps(manifest), "utf-8")
    for command in ("show", "check", "verify"):
        code, _, said = run(command, str(tmp_path))
        assert code == 1
        assert f"A newer citehub wrote {path}: it has schema {schema}, and this citehub" in said
        assert f"knows schemas up to {SCHEMA_VERSION}. Expected " in said
        assert "damaged" not in said
    manifest["citehub"]["schema_version"] = SCHEMA_VERSION
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(errors.DamagedManifest, match=r"to be one of string .* found 'list'"):
        citehub.load(tmp_path)


@pytest.mark.parametrize("schema", ["x", None, 0, -1, 1.5, 2.0, True, [2]])
def test_a_version_of_the_schema_is_a_whole_number(schema, tmp_path):
    make_release(tmp_path, make_works())
    path = tmp_path / "datapackage.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["citehub"]["schema_version"] = schema
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(errors.DamagedManifest, match="a whole number 'schema_version' from 1"):
        citehub.load(tmp_path)


def check_as(hub, version, monkeypatch):
    stated = hub.manifest["citehub"] | {"schema_version": version}
    opened = Hub(hub.path, hub.manifest | {"citehub": stated})
    monkeypatch.setattr(_check, "open_hub", lambda *_, **__: opened)
    return citehub.check(hub.path)


def test_dates_and_text_of_new_columns_come_back(tmp_path):
    one = {"work_id": "doi:10.5555/one", "title": "One", "title_plain": "One"}
    counted = {"citation_count": 3, "citation_count_on": datetime.date(2026, 6, 24)}
    hub = make_release(tmp_path, make_works(one | counted))
    assert hub.work("doi:10.5555/one").citation_count == 3
    assert hub.works.to_arrow(["citation_count_on"]).column(0).to_pylist() == [
        None, datetime.date(2026, 6, 24),
    ]  # fmt: skip
    assert hub.works.schema.field("citation_count_on").type == pa.date32()
