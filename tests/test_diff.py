"""What changed between releases, and the bump it needs."""

from __future__ import annotations

import json
import shutil

import pyarrow as pa
import pytest

import citehub
from citehub import errors
from citehub._diff import LEVELS, compare
from citehub._manifest import sha256
from citehub._validate import content_hash
from citehub.build.write import parquet_bytes


@pytest.fixture
def alter(hub, tmp_path):
    """Copy the newest release, change one table's rows and schema, and compare."""

    def change(table, edit_rows=lambda rows: rows, edit_schema=lambda schema: None):
        folder = tmp_path / "altered"
        shutil.copytree(hub.path, folder)
        manifest = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        resource = next(each for each in manifest["resources"] if each["name"] == table)
        before = hub.table(table)
        rows = edit_rows(list(before))
        edit_schema(resource["schema"])
        names = [field["name"] for field in resource["schema"]["fields"]]
        known = [
            before.schema.field(n) if n in before.columns else pa.field(n, pa.string())
            for n in names
        ]
        arrow = pa.Table.from_pylist(rows, schema=pa.schema(known))
        data = parquet_bytes(arrow)
        (folder / resource["path"]).write_bytes(data)
        rows = arrow.to_pylist()
        resource.update(
            rows=len(rows), bytes=len(data), hash=sha256(data),
            content_hash=content_hash(rows, resource["schema"]),
        )  # fmt: skip
        (folder / "datapackage.json").write_text(json.dumps(manifest), encoding="utf-8")
        return compare(hub, citehub.load(folder))

    return change


def edit_first(**cells):
    return lambda rows: [{**rows[0], **cells}, *rows[1:]]


def test_the_released_versions(hub):
    found = citehub.diff("mt-nlg", "1.0.0", "1.1.0")
    assert found.level == "minor"
    assert {change.kind for change in found} == {"table added", "row added", "cell filled"}
    assert found.counts()["authorships"] == {"table added": 1}
    assert found.counts()["works"]["cell filled"] == sum(
        value is not None
        for row, bare in zip(hub.works, citehub.load("mt-nlg", version="1.0.0").works, strict=True)
        for value, was in zip(row.values(), bare.values(), strict=True)
        if was is None
    )


def test_backwards_everything_that_was_added_is_removed():
    found = citehub.diff("mt-nlg", "1.1.0", "1.0.0")
    assert found.level == "major"
    assert {change.kind for change in found} == {
        "table removed", "row removed", "row superseded", "cell cleared"
    }  # fmt: skip
    assert {each.table for each in found if each.kind == "row superseded"} == {"evidence"}


def test_a_release_and_itself(hub):
    found = citehub.diff("mt-nlg", "1.1.0", "1.1.0")
    assert (found.level, len(found), bool(found)) == ("none", 0, False)
    assert str(found) == "mt-nlg 1.1.0 -> 1.1.0: none, same content"


ROW_CHANGES = {
    "a null filled": ("works", edit_first(type="preprint"), "cell filled", "minor"),
    "a value changed": ("works", edit_first(title="Another"), "cell changed", "major"),
    "a value cleared": ("works", edit_first(abstract=None), "cell cleared", "major"),
    "a row removed": ("citations", lambda rows: rows[1:], "row removed", "major"),
    "a row added": (
        "themes",
        lambda rows: [*rows, {"theme_id": "x", "title": "X", "description": "X", "position": 9}],
        "row added",
        "minor",
    ),
}


@pytest.mark.parametrize(("table", "edit", "kind", "level"), ROW_CHANGES.values(), ids=ROW_CHANGES)
def test_rows_and_cells(alter, table, edit, kind, level):
    found = alter(table, edit)
    assert [(change.kind, change.table) for change in found] == [(kind, table)]
    assert found.level == level


def test_a_changed_cell_says_where_and_what(alter):
    (change,) = alter("works", edit_first(title="Another"))
    assert change.row_key == "arxiv:2201.11990"
    assert change.column == "title"
    assert change.old.startswith("Using DeepSpeed")
    assert change.new == "Another"


def test_the_order_of_rows_is_no_change(alter):
    assert not alter("themes", lambda rows: rows[::-1])


def set_enum(*names):
    def edit(schema):
        schema["fields"][0]["constraints"]["enum"] = list(names)

    return edit


SCHEMA_CHANGES = {
    "a column removed": (
        "canonical_corpus", lambda s: s["fields"].pop(-1), "column removed", "major"
    ),
    "a column added": (
        "themes",
        lambda s: s["fields"].append({**s["fields"][1], "name": "note", "constraints": {}}),
        "column added",
        "minor",
    ),
    "a vocabulary narrowed": (
        "label_counts", set_enum("intent", "mood"), "vocabulary narrowed", "major"
    ),
    "a vocabulary widened": (
        "label_counts", set_enum("intent", "polarity", "mood"), "vocabulary widened", "minor"
    ),
    "a key changed": (
        "themes", lambda s: s.update(primaryKey=["theme_id", "title"]), "key changed", "major"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lost", "kinds"), [("canonical_corpus", []), ("themes", ["narrowed"])])
def test_evidence_need_not_name_tables_of_another_hub(alter, lost, kinds):
    def edit(schema):
        schema["fields"][0]["constraints"]["enum"].remove(lost)

    found = alter("evidence", edit_schema=edit)
    assert [change.kind for change in found] == [f"vocabulary {kind}" for kind in kinds]


@pytest.mark.parametrize(
    ("table", "edit", "kind", "level"), SCHEMA_CHANGES.values(), ids=SCHEMA_CHANGES
)
def test_columns_vocabularies_and_keys(alter, table, edit, kind, level):
    found = alter(table, edit_schema=edit)
    assert [change.kind for change in found] == [kind]
    assert found.level == level


def test_a_changed_key_says_what_it_was_and_is(alter):
    keys = ["theme_id"], ["theme_id", "title"]
    (change,) = alter("themes", edit_schema=lambda schema: schema.update(primaryKey=keys[1]))
    assert (change.row_key, change.column, change.old, change.new) == (None, None, *keys)


def test_a_changed_vocabulary_says_what_it_was_and_is(alter):
    (change,) = alter("label_counts", edit_schema=set_enum("intent", "mood"))
    assert (change.row_key, change.column) == (None, "scheme")
    assert (change.old, change.new) == (["intent", "polarity"], ["intent", "mood"])


def test_a_retyped_column_is_major(hub, tmp_path):
    folder = tmp_path / "altered"
    shutil.copytree(hub.path, folder)
    path = folder / "datapackage.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    own = next(each for each in manifest["resources"] if each["name"] == "canonical_parallelism")
    field = next(each for each in own["schema"]["fields"] if each["arrowType"] == "int32")
    field["arrowType"] = "int16"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    (change,) = compare(hub, citehub.load(folder))
    assert (change.kind, change.old, change.new, change.level) == (
        "column retyped", "int32", "int16", "major"
    )  # fmt: skip


def test_levels_are_ordered():
    assert LEVELS == ("none", "patch", "minor", "major")


def test_as_a_frame_text_and_html():
    found = citehub.diff("mt-nlg", "1.0.0", "1.1.0")
    frame = found.to_pandas()
    assert len(frame) == len(found)
    assert list(frame.columns) == ["kind", "table", "row_key", "column", "old", "new", "level"]
    assert "authorships: table added" in str(found)
    assert repr(found).startswith("<citehub.Diff mt-nlg 1.0.0 -> 1.1.0: minor, ")
    assert "<caption" in found._repr_html_()


@pytest.mark.parametrize(("old", "new"), [("1.0.0", "9.9.9"), ("0.0.1", "1.1.0")])
def test_an_unknown_version_is_named(old, new):
    with pytest.raises(errors.UnknownVersion, match=r"Known: 1\.0\.0, 1\.1\.0"):
        citehub.diff("mt-nlg", old, new)
