"""A new source is one module and one line in the registry: here one is added, and used."""

from __future__ import annotations

import importlib
import json
import sys

import pytest

import citehub
from citehub.sources import registry

MODULE = '''
"""A made source: works with their references, as JSON Lines."""

from citehub.sources.dump_datasets import (
    CITATIONS,
    WORKS,
    Dataset,
    bare_doi,
    complete,
    numbers_after,
)
from citehub.sources.layout import LINES, find_datasets
from citehub.sources.source import Dump, Option, Source


def shape_papers(raw):
    return complete(
        {**WORKS, "record": "int64"}, record=raw.number, title=raw.name, year=raw.year,
        doi=bare_doi(raw.doi),
    )


def shape_references(raw):
    kinds = {**CITATIONS, "citing": "int64", "cited": "int64"}
    return complete(kinds, citing=raw.of, cited=raw.to)


PAPERS = Dataset(
    source_id="made", name="papers",
    fields={"number": "int64", "name": "string", "year": "int64", "doi": "string"},
    keys={"number": "^[0-9]+"}, made=("record",), shape=shape_papers,
    names=numbers_after("number"),
)
REFERENCES = Dataset(
    source_id="made", name="references", fields={"of": "int64", "to": "int64"}, keys={}, made=(),
    shape=shape_references, names=numbers_after("of", "to"), kind="citation",
)


def open_dump(store, folder, found, need):
    return {"works": store.table(found["papers"]), "citations": store.table(found["references"])}


MADE = Source(
    id="made", title="A made index", url="https://example.org", kind="records",
    rights="CC BY 4.0", spdx="CC-BY-4.0", schemes=("doi",),
    option=Option("--made", "DIR", "A made index: folders papers and references."),
    dump=Dump(
        datasets=(PAPERS, REFERENCES),
        find=lambda folder: find_datasets(folder, (PAPERS, REFERENCES), 2, LINES),
        open=open_dump,
    ),
)
'''
PAPERS = [
    {"number": 1, "name": "The Lamp", "year": 2020, "doi": "10.5555/lamp"},
    {"number": 2, "name": "A Brighter Lamp", "year": 2021, "doi": "10.5555/bright"},
    {"number": 3, "name": "A Stone", "year": 2021, "doi": "10.5555/stone"},
]


def write(path, rows):
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Add the source; return a dump of it."""
    (tmp_path / "made_source.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("made_source")
    monkeypatch.setattr(registry, "SOURCES", (*registry.SOURCES, module.MADE))
    for name in [name for name in sys.modules if name.startswith("citehub.")]:
        known = getattr(sys.modules[name], "SOURCES", None)
        if isinstance(known, tuple) and known and known[-1] is registry.SOURCES[-2]:
            monkeypatch.setattr(sys.modules[name], "SOURCES", registry.SOURCES)
    yield tmp_path / "dump"
    sys.modules.pop("made_source")


def test_a_source_that_was_added_is_read_kept_and_named(made, tmp_path, monkeypatch):
    from citehub.build import assemble, build_release
    from citehub.graph import Dumps, new_hub

    monkeypatch.setattr(assemble, "TRUST", (*assemble.TRUST, "made"))
    write(made / "papers" / "p.jsonl", PAPERS)
    write(made / "references" / "r.jsonl", [{"of": 2, "to": 1}, {"of": 3, "to": 2}])
    folder = tmp_path / "hub"
    new_hub("10.5555/lamp", str(folder), Dumps(made=made))
    hub = citehub.load(folder)
    assert [row["title"] for row in hub.works] == ["The Lamp", "A Brighter Lamp"]
    (source,) = (row for row in hub.sources if row["source_id"] == "made")
    assert (source["title"], source["rights"]) == ("A made index", "CC BY 4.0")
    assert [row["source_id"] for row in hub.citation_sources] == ["made"]
    assert [each["name"] for each in hub.manifest["licenses"]] == ["CC-BY-4.0"]
    kept = (folder / "source" / "made" / "papers" / "p.jsonl").read_text(encoding="utf-8")
    assert "A Stone" not in kept
    again = build_release(folder, "1.0.0", out=tmp_path / "again").folder
    assert citehub.load(again).manifest == hub.manifest


def test_the_command_line_has_an_option_for_it(made):
    import inspect

    from citehub.cli.sources import with_sources

    def command(*, named):
        return named

    taken = inspect.signature(with_sources(are_dumps=True)(command)).parameters
    assert [*taken] == ["openalex", "s2", "opencitations", "made"]
