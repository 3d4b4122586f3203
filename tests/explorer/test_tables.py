"""The explorer reads releases of older schemas: a column that they lack is null."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

import citehub
from citehub._schema import TABLES

SCRIPT = Path(__file__).with_name("tables.mjs")


@pytest.mark.parametrize("version", ["1.0.0", "1.2.0"])
def test_a_column_that_a_release_lacks_is_null(node, version):
    hub = citehub.load("mt-nlg", version=version)
    tables = {each["name"]: each for each in hub.manifest["resources"]}
    wanted = ["language", "title", "citation_count", "publication_year"]
    data = Path(hub.works.path).read_bytes()
    read = node(SCRIPT, {
        "config": {"tables": tables, "files": ""},
        "files": {"works.parquet": base64.b64encode(data).decode()},
        "table": "works",
        "columns": wanted,
    })  # fmt: skip
    first, second = list(hub.works)[:2]
    assert read["columns"] == [[first[name], second[name]] for name in wanted]
    assert read["row"] == first
    assert read["row"].keys() == {column.name for column in TABLES["works"].columns}
    assert {name: read["part"].get(name) for name in wanted} == {n: first[n] for n in wanted}
