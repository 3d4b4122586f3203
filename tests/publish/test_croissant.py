"""``croissant.json``: mlcroissant loads every record set, with the library's values."""

from __future__ import annotations

import datetime
import json
import math
import shutil

import mlcroissant
import pandas as pd
import pytest

from citehub._cito import CITO, CITO_NAMESPACE
from citehub.publish.croissant import croissant
from tests.made import make_release, make_works
from tests.publish.conftest import EXTREMES, stored

# What mlcroissant still uses of rdflib and pandas.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.reset_index"),
]


def read(folder):
    return json.loads((folder / "croissant.json").read_text(encoding="utf-8"))


def records(folder, record_set, dataset=None):
    """Load a record set, by the library's names and types."""
    dataset = dataset or mlcroissant.Dataset(folder / "croissant.json")
    return [
        {name.split("/")[1]: plain(value) for name, value in record.items()}
        for record in dataset.records(record_set)
    ]


def plain(value):
    """Return a value of mlcroissant, which gives text as bytes, as the library has it."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, float) and math.isnan(value):  # a null of a vocabulary
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


@EXTREMES
@pytest.mark.parametrize("step", [1, -1])
def test_one_dataset_loads_every_record_set_in_any_order(folder, published, step):
    dataset = mlcroissant.Dataset(folder / "croissant.json")
    for record_set in list(dataset.metadata.record_sets)[::step]:
        loaded = records(folder, record_set.uuid, dataset)
        if record_set.uuid in published.tables:
            assert loaded == stored(published.table(record_set.uuid)), record_set.uuid
        else:
            assert [row["name"] for row in loaded] == [
                row[f"{record_set.uuid}/name"] for row in record_set.data
            ]


EMPTIES = {  # what a hub of a dump knows nothing of
    "no value": {"finding_source": None},
    "no row": {},
    "a value": {"finding_source": "pith-hub-page"},
}


@pytest.mark.parametrize("work", EMPTIES.values(), ids=EMPTIES)
def test_a_column_without_a_value_refers_to_nothing(tmp_path, work):
    made = make_works({"work_id": "pith:1", "title": "T", "title_plain": "T", **work})
    made["sources"] = [{"source_id": "pith-hub-page", "title": "A page", "kind": "page"}]
    if not work:
        made |= {"works": made["works"][:1], "citations": []}
    hub = make_release(tmp_path, made)
    said = croissant(hub)
    fields = {field["@id"]: field for each in said["recordSet"] for field in each["field"]}
    assert ("references" in fields["works/finding_source"]) == bool(work.get("finding_source"))
    assert ("references" in fields["citations/citing_work_id"]) == bool(work)
    (tmp_path / "croissant.json").write_text(json.dumps(said), encoding="utf-8")
    dataset = mlcroissant.Dataset(tmp_path / "croissant.json")
    for table in hub.tables:
        assert records(tmp_path, table, dataset) == stored(hub.table(table)), table


@EXTREMES
def test_values_keep_their_types(folder, published):
    loaded = {table: records(folder, table) for table in ("works", "citations", "sources")}
    for table, rows in loaded.items():
        for row, expected in zip(rows, stored(published.table(table)), strict=True):
            assert [type(value) for value in row.values()] == [
                type(value) for value in expected.values()
            ]


def test_a_date_is_a_date():
    assert plain(pd.Timestamp("2026-11-23")) == datetime.date(2026, 11, 23)


@EXTREMES
def test_every_vocabulary_loads(folder, published):
    held = {
        tuple(field["constraints"]["enum"])
        for resource in published.manifest["resources"]
        for field in resource["schema"]["fields"]
        if "enum" in field.get("constraints", {})
    }
    names = [
        record_set["@id"]
        for record_set in read(folder)["recordSet"]
        if record_set.get("dataType") == "sc:Enumeration"
    ]
    assert {tuple(row["name"] for row in records(folder, name)) for name in names} == held
    assert len(names) == len(held)


def test_labels_carry_their_cito_property(folder):
    first = not (folder / "citation_labels.parquet").exists()
    rows = records(folder, "label_counts.value" if first else "citation_labels.value")
    expected = {
        label: None if term is None else f"{CITO_NAMESPACE}{term}" for label, term in CITO.items()
    }
    assert {row["name"]: row["url"] for row in rows} == expected


def test_it_says_what_croissant_asks_for(folder, published):
    said = read(folder)
    assert said["conformsTo"] == [
        "http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0",
    ]  # fmt: skip
    assert said["@context"]["@vocab"] == said["@context"]["sc"] == "https://schema.org/"
    assert said["version"] == published.version
    assert said["datePublished"] == published.manifest["created"][:10]
    assert said["citeAs"] == published.cite()
    assert said["isLiveDataset"] is False
    assert said["license"] == [each["path"] for each in published.manifest["licenses"]]
    assert said["rai:dataLimitations"][-1] == str(published.summary())
    assert "url" not in said  # none is known, and none is made up
    assert said["identifier"].startswith("urn:uuid:")
    metadata = mlcroissant.Dataset(folder / "croissant.json").metadata
    assert metadata.version == published.version
    assert metadata.data_limitations[-1] == str(published.summary())
    assert str(metadata.ctx.issues.report()) == ""


def test_what_the_maker_says_of_responsible_ai(built):
    said = read(built)
    metadata = mlcroissant.Dataset(built / "croissant.json").metadata
    assert metadata.data_collection == said["rai:dataCollection"]
    assert "computed" in said["rai:dataManipulationProtocol"]
    assert metadata.personal_sensitive_information == [said["rai:personalSensitiveInformation"]]
    assert metadata.data_release_maintenance_plan == said["rai:dataReleaseMaintenancePlan"]
    assert len(said["rai:dataLimitations"]) == 2


def test_keys_and_references_name_what_is_there(folder, published):
    said = read(folder)
    fields = {field["@id"] for each in said["recordSet"] for field in each["field"]}
    sources = [field["source"] for each in said["recordSet"] for field in each["field"]
               if "source" in field]  # fmt: skip
    found = set()
    for record_set in said["recordSet"]:
        keys = record_set["key"] if isinstance(record_set["key"], list) else [record_set["key"]]
        assert {key["@id"] for key in keys} <= fields
        for field in record_set["field"]:
            if "references" in field:
                target = field["references"]
                assert target in sources or target["field"]["@id"] in fields
                found.add(field["@id"])
    stated = {
        f"{resource['name']}/{key['fields'][0]}"
        for resource in published.manifest["resources"]
        for key in resource["schema"].get("foreignKeys", ())
    }
    assert {each for each in stated if holds_a_value(published, each)} <= found
    assert all(holds_a_value(published, each) for each in found)
    assert len(fields) == sum(len(each["field"]) for each in said["recordSet"])


def holds_a_value(hub, field):
    table, column = field.split("/")
    return any(row[column] is not None for row in hub.table(table))


@pytest.fixture
def copied(built, tmp_path):
    return shutil.copytree(built, tmp_path / "copied")


def test_a_wrong_column_is_found(copied):
    said = (copied / "croissant.json").read_text(encoding="utf-8")
    assert '"column": "title_plain"' in said
    wrong = said.replace('"column": "title_plain"', '"column": "plain_title"', 1)
    (copied / "croissant.json").write_text(wrong, encoding="utf-8")
    with pytest.raises(mlcroissant.GenerationError, match="operation ReadFields"):
        records(copied, "works")


def test_a_wrong_hash_is_found(copied):
    said = (copied / "croissant.json").read_text(encoding="utf-8")
    digest = read(copied)["distribution"][0]["sha256"]
    wrong = said.replace(digest, "0" * 64)
    (copied / "croissant.json").write_text(wrong, encoding="utf-8")
    with pytest.raises(mlcroissant.GenerationError, match="operation Download"):
        records(copied, "works")


def test_hashes_and_sizes_are_those_of_the_files(folder):
    from citehub._manifest import sha256

    for file in read(folder)["distribution"]:
        data = (folder / file["contentUrl"]).read_bytes()
        assert f"sha256:{file['sha256']}" == sha256(data)
        assert file["contentSize"] == f"{len(data)} B"
        assert file["encodingFormat"] == [
            "application/vnd.apache.parquet", "application/x-parquet",
        ]  # fmt: skip
