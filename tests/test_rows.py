"""Rows, columns, vocabularies and manifests against the one schema."""

from __future__ import annotations

import dataclasses
import datetime
import inspect
import os
from types import NoneType
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

import citehub
from citehub import Hub, MtNlg, _hub, _mt_nlg_rows, _rows, _schema, _table
from citehub._manifest import schema_version
from citehub._schema import SCHEMA, TABLES, needs_evidence, schema_at
from citehub.build.own_tables import read_own_tables
from citehub.build.write import arrow_schema, describe
from tests.conftest import HUB

PYTHON_TYPES = {
    "string": str,
    "int8": int,
    "int16": int,
    "int32": int,
    "float64": float,
    "bool": bool,
    "date32": datetime.date,
}


OWN = read_own_tables(os.fspath(HUB))
ALL = [*SCHEMA, *OWN.values()]

# What hubs from dumps and files hold, and mt-nlg, which comes from one page, does not.
FROM_DUMPS = (
    *("citation_sources", "citation_years", "source_counts", "source_overlap", "work_notes"),
    "local_citations",
    "work_joins",
    "merge_candidates",
)
# What only a hub holds whose works have other ids than in an earlier version, or are left out.
FROM_VERSIONS = ("former_ids", "excluded_works")


def row_and_column(table: str) -> tuple[type, object]:
    """Return the row type and the Literal of columns that the class of hubs gives a table."""
    kind, rows = (MtNlg, _mt_nlg_rows) if table in OWN else (Hub, _rows)
    names = vars(_hub) | {"_rows": rows, "Manifest": dict, "Table": _table.Table}
    hint = inspect.get_annotations(kind, locals=names, eval_str=True)[table]
    assert get_origin(hint) is _table.Table
    return get_args(hint)


def test_table_names_are_the_literal():
    assert set(get_args(_rows.TableName)) == set(TABLES)


def test_evidence_can_name_every_table_that_needs_it():
    nameable = get_args(_rows.EvidencedTable)
    assert {*nameable} == TABLES.keys() - _schema._WITHOUT_EVIDENCE | {"sources", "evidence"}
    for schema in SCHEMA:
        needing = [each.name for each in schema.columns if needs_evidence(schema.name, each.name)]
        assert bool(needing) is (schema.name in {*nameable} - {"sources", "evidence"})


@pytest.mark.parametrize("name", [name for name in FROM_DUMPS if name != "merge_candidates"])
def test_rows_without_evidence_name_their_source_in_their_key(name):
    assert "source_id" in TABLES[name].key


@pytest.mark.parametrize("schema", ALL, ids=lambda schema: schema.name)
def test_hub_has_a_typed_property_for_the_table(schema):
    row, column = row_and_column(schema.name)
    assert get_args(column) == tuple(each.name for each in schema.columns)
    hints = get_type_hints(row)
    assert list(hints) == [each.name for each in schema.columns]
    for each in schema.columns:
        kinds = set(get_args(hints[each.name])) or {hints[each.name]}
        if get_origin(hints[each.name]) is Literal:
            kinds = {hints[each.name]}
        assert (NoneType in kinds) is not each.required, each.name
        (kind,) = kinds - {NoneType}
        expected = PYTHON_TYPES.get(each.type)
        if each.vocabulary:
            assert get_args(kind) == each.vocabulary
            assert each.type == "category"
        else:
            assert kind is expected, each.name


@pytest.mark.parametrize("schema", ALL, ids=lambda schema: schema.name)
def test_keys_exist_and_are_required(schema):
    assert schema.key
    for name in schema.key:
        assert schema.column(name).required


@pytest.mark.parametrize("schema", ALL, ids=lambda schema: schema.name)
def test_references_lead_to_keys(schema):
    for column in schema.columns:
        if column.references:
            table, name = column.references.split(".")
            assert TABLES[table].key == (name,)


@pytest.mark.parametrize("schema", ALL, ids=lambda schema: schema.name)
def test_every_table_and_column_says_what_it_means(schema):
    assert schema.description.endswith(".")
    for column in schema.columns:
        assert column.description.endswith((".", "..."))


def test_the_newest_release_holds_every_table_of_a_page_as_declared():
    hub = citehub.load("mt-nlg")
    schemas = schema_at(schema_version(hub.manifest), OWN)
    others = (*FROM_DUMPS, *FROM_VERSIONS)
    assert hub.tables == tuple(name for name in schemas if name not in others)
    for resource in hub.manifest["resources"]:
        declared = describe(schemas[resource["name"]], [])
        empty = {"foreignKeys": []}  # as the first releases write it; newer ones leave it out
        assert empty | resource["schema"] == empty | declared["schema"]
        assert resource["description"] == declared["description"]


def as_released(schema, resource):
    """Return a declared table with the vocabularies of a release, which may since be wider."""
    columns = []
    for column, field in zip(schema.columns, resource["schema"]["fields"], strict=True):
        released = tuple(field.get("constraints", {}).get("enum", ()))
        assert set(released) <= set(column.vocabulary)
        columns.append(dataclasses.replace(column, vocabulary=released))
    return dataclasses.replace(schema, columns=tuple(columns))


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "1.2.0"])
def test_files_carry_the_declared_schema_and_metadata(version):
    hub = citehub.load("mt-nlg", version=version)
    for resource in hub.manifest["resources"]:
        name = resource["name"]
        declared = arrow_schema(as_released(schema_at(1, OWN)[name], resource))
        assert hub.table(name).schema.equals(declared, check_metadata=True), name


def test_vocabularies_of_labels_are_intents_then_polarities():
    assert get_args(_rows.Label) == get_args(_rows.Intent) + get_args(_rows.Polarity)
