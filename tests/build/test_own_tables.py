"""Tables that only one hub has: declared in its folder, filled from its CSV, in its releases."""

from __future__ import annotations

import json
import os

import pytest

import citehub
from citehub import errors
from citehub._describe import describe_schema
from citehub._schema import SCHEMA_VERSION, schema_at
from citehub.build import build_release
from citehub.build.own_tables import read_own_tables
from tests.conftest import HUB

NOTES = {
    "name": "lab_notes",
    "description": "One row per note of our reading group.",
    "schema": {
        "fields": [
            {
                "name": "note_id", "type": "string", "description": "Short name of the note.",
                "constraints": {"required": True},
            },
            {
                "name": "work_id", "type": "string", "description": "The work read.",
                "constraints": {"required": True},
            },
            {"name": "pages", "type": "integer", "description": "Pages read.", "unit": "pages",
             "constraints": {"minimum": 1, "maximum": 900}},
            {"name": "share", "type": "number", "description": "Share that was clear."},
            {"name": "is_done", "type": "boolean", "description": "Whether it was read whole."},
            {"name": "read_on", "type": "date", "description": "When it was read."},
            {"name": "page_url", "type": "string", "format": "uri", "description": "Our page."},
            {
                "name": "mood", "type": "string", "description": "How it was liked.",
                "constraints": {"enum": ["good", "bad"]},
                "meanings": {"good": "Liked.", "bad": "Not liked."}, "comment": "By most.",
            },
        ],
        "primaryKey": ["note_id"],
        "foreignKeys": [
            {"fields": ["work_id"], "reference": {"resource": "works", "fields": ["work_id"]}}
        ],
    },
}  # fmt: skip
ROWS = """\
note_id,work_id,pages,share,is_done,read_on,page_url,mood,locator
one,arxiv:2304.01373,12,0.5,true,2026-03-01,https://example.org/1,good,p. 3
two,arxiv:2205.01068,,,,,,,
"""


@pytest.fixture
def declare(tmp_path):
    """Write ``tables.json``, and read it."""

    def call(content):
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / "tables.json").write_text(text, "utf-8")
        return read_own_tables(os.fspath(tmp_path))

    return call


@pytest.fixture
def change(declare):
    """Change the declared table, and read it."""

    def call(edit):
        tables = [json.loads(json.dumps(NOTES))]
        edit(tables)
        return declare(tables)

    return call


# -- the declaration --------------------------------------------------------------------------


def test_a_hub_may_declare_none(tmp_path):
    assert read_own_tables(os.fspath(tmp_path)) == {}


def test_a_table_is_read_as_it_is_declared(declare):
    (table,) = declare([NOTES]).values()
    assert (table.name, table.key, table.noun) == ("lab_notes", ("note_id",), "LabNote")
    assert [column.type for column in table.columns] == [
        "string", "string", "int32", "float64", "bool", "date32", "string", "category",
    ]  # fmt: skip
    assert table.column("work_id").references == "works.work_id"
    assert (table.column("pages").minimum, table.column("pages").maximum) == (1, 900)
    assert table.column("page_url").is_url
    assert table.column("mood").vocabulary == ("good", "bad")
    assert table.meanings == {"mood": {"good": "Liked.", "bad": "Not liked."}}
    assert table.comments == {"mood": "By most."}


def test_what_a_manifest_says_of_a_table_declares_it(declare):
    """The tables of mt-nlg, as its newest release describes them, are those that it declares."""
    declared = read_own_tables(os.fspath(HUB))
    manifest = citehub.load("mt-nlg").manifest
    described = [
        {key: each[key] for key in ("name", "description", "schema")}
        for each in manifest["resources"]
        if each["name"] in declared
    ]
    again = declare(described)
    assert [*again] == [*declared]
    for name, table in declared.items():
        assert describe_schema(again[name]) == describe_schema(table)


def test_own_tables_stand_ahead_of_sources_and_evidence_names_them(declare):
    schemas = schema_at(SCHEMA_VERSION, declare([NOTES]))
    assert [*schemas][-3:] == ["lab_notes", "sources", "evidence"]
    named = schemas["evidence"].column("table_name").vocabulary
    assert named[-3:] == ("lab_notes", "sources", "evidence")
    assert "lab_notes" not in schema_at(SCHEMA_VERSION)["evidence"].column("table_name").vocabulary


def field(name):
    return next(at for at, each in enumerate(NOTES["schema"]["fields"]) if each["name"] == name)


def put(name, /, **more):
    """Return an edit of one field."""
    return lambda tables: tables[0]["schema"]["fields"][field(name)].update(more)


def rule(**rules):
    return lambda tables: tables[0].update(rules=rules)


WRONG = {
    "no list": ("{}", r"tables\.json: should be a list of tables"),
    "no JSON": ("[\n{,}]", r"tables\.json, line 2: is not JSON"),
    "no end": ("[" * 100_000, "too deep"),
    "half a letter": (r'["\ud800"]', "half of a surrogate pair"),
    "no object": ("[1]", "table 1: should be an object"),
    "no name": (lambda t: t[0].pop("name"), "expected 'name' of type str, found nothing"),
    "a name of blanks": (lambda t: t[0].update(name=" "), "'name' is empty"),
    "a name that leads out": (lambda t: t[0].update(name="../x"), "lower-case letters, digits"),
    "a name with a line": (lambda t: t[0].update(name="x\n"), "lower-case letters, digits and _"),
    "a word of Python": (lambda t: t[0].update(name="class"), "lower-case letters, digits and _"),
    "a table of citehub": (lambda t: t[0].update(name="themes"), "citehub has a table or file of"),
    "a file of curation": (
        lambda t: t[0].update(name="corrections"), "citehub has a table or file of this name",
    ),
    "a method of Hub": (lambda t: t[0].update(name="select"), "Hub has an attribute of this name"),
    "an attribute of Hub": (lambda t: t[0].update(name="version"), "Hub has an attribute"),
    "rows of works": (lambda t: t[0].update(name="citing_works"), "Hub has an attribute"),
    "twice": (lambda t: t.append(t[0]), "table lab_notes is declared twice"),
    "no description": (lambda t: t[0].pop("description"), "table lab_notes: expected 'descript"),
    "a key that is none": (lambda t: t[0].update(title="x"), "there is no 'title'; known: name"),
    "no schema": (lambda t: t[0].pop("schema"), "expected 'schema' of type dict, found nothing"),
    "no fields": (lambda t: t[0]["schema"].pop("fields"), "expected 'fields' of type list"),
    "an unknown property": (put("pages", widht=3), "field pages: there is no 'widht'"),
    "a field without name": (
        lambda t: t[0]["schema"]["fields"].append({}), "fields 9: expected 'name' of type str",
    ),
    "a field that is none": (put("pages", name="a-b"), "digits and _, as page_co"),
    "a field twice": (put("share", name="pages"), "field pages is declared twice"),
    "a field without meaning": (put("pages", description=""), "field pages: 'description' is em"),
    "an unknown type": (put("pages", type="int"), "there is no type 'int'; known: string, integ"),
    "no type": (put("pages", type=None), "expected 'type' of type str, found nothing"),
    "an unknown arrowType": (put("pages", arrowType="int64"), "there is no arrowType 'int64'"),
    "two types": (put("pages", arrowType="int8", type="string"), "int8 should have the type int"),
    "terms of a number": (put("pages", constraints={"enum": ["1"]}), "a category, and only that"),
    "no terms": (put("pages", type="string", arrowType="category"), "a category, and only that"),
    "terms that are no text": (put("mood", constraints={"enum": [1]}), "'enum' should be a list"),
    "terms that are no list": (put("mood", constraints={"enum": "good"}), "'enum' of type list"),
    "a term twice": (put("mood", constraints={"enum": ["a", "a"]}), "'enum' holds a text twice"),
    "required by a word": (put("pages", constraints={"required": "yes"}), "'required' of type bo"),
    "a limit of text": (put("mood", constraints={"minimum": 1}), "the minimum should be a number"),
    "a limit that is text": (put("pages", constraints={"maximum": "9"}), "the maximum should be"),
    "a limit that is none": (
        put("pages", constraints={"maximum": float("inf")}), "the maximum should be a number",
    ),
    "limits backwards": (
        put("pages", constraints={"minimum": 3, "maximum": 1}), "minimum 3 is above the maximum 1",
    ),
    "an unknown constraint": (put("pages", constraints={"pattern": "x"}), "there is no 'pattern'"),
    "an unknown format": (put("page_url", format="email"), "the format should be uri"),
    "an address that is a number": (put("pages", format="uri"), "the format should be uri"),
    "a unit that is none": (put("pages", unit=""), "'unit' is empty"),
    "meanings of other terms": (put("mood", meanings={"good": "Yes."}), "a text for each of"),
    "meanings of no terms": (put("pages", meanings={"1": "One."}), "a text for each of no term"),
    "a meaning that is none": (put("mood", meanings={"good": "", "bad": "x"}), "'good' is empty"),
    "other grades": (
        put("mood", name="grade", constraints={"enum": ["sure"]}), "citehub has its terms",
    ),
    "a source without reference": (put("page_url", name="source_id"), "should refer to"),
    "no key": (lambda t: t[0]["schema"].pop("primaryKey"), "expected 'primaryKey' of type list"),
    "an empty key": (lambda t: t[0]["schema"].update(primaryKey=[]), "'primaryKey' should be a l"),
    "a key that is no field": (
        lambda t: t[0]["schema"].update(primaryKey=["id"]), "primaryKey: there is no field 'id'",
    ),
    "a key that may be null": (
        lambda t: t[0]["schema"].update(primaryKey=["mood"]), "the field mood should be required",
    ),
    "a reference in other words": (
        lambda t: t[0]["schema"].update(foreignKeys=[{"fields": "work_id"}]), "expected one field",
    ),
    "a reference of no field": (
        lambda t: t[0]["schema"]["foreignKeys"][0].update(fields=["paper"]), "no field 'paper'",
    ),
    "a reference twice": (
        lambda t: t[0]["schema"].update(foreignKeys=2 * t[0]["schema"]["foreignKeys"]),
        "'work_id' refers to something already",
    ),
    "a reference to no table": (
        lambda t: t[0]["schema"]["foreignKeys"][0]["reference"].update(resource="papers"),
        "field work_id: it refers to a table 'papers' that is not there",
    ),
    "a reference to no key": (
        lambda t: t[0]["schema"]["foreignKeys"][0]["reference"].update(fields=["title"]),
        "it refers to works.title, but the key of works is work_id",
    ),
    "an unknown rule": (rule(unique=["mood"]), "there is no 'unique'; known: oneOf, quotes"),
    "one of one": (rule(oneOf=[["mood"]]), "oneOf should hold lists of two fields"),
    "one of no field": (rule(oneOf=[["mood", "x"]]), "there is no field 'x'"),
    "one of what is no name": (rule(oneOf=[["mood", []]]), r"there is no field \[\]"),
    "a range of text": (rule(ranges=[{"low": "pages", "high": "mood"}]), "mood should be of numb"),
    "a range that never is": (
        rule(ranges=[{"low": "pages", "high": "share", "where": {"mood": "so-so"}}]),
        "mood is never 'so-so'",
    ),
    "quotes of no column": (rule(quotes={"words": "note_id", "of": "works.x"}), "column of works"),
    "quotes that may be null": (rule(quotes={"words": "mood", "of": "works.title"}), "required"),
}  # fmt: skip


@pytest.mark.parametrize(("edit", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_declaration_is_told(declare, change, edit, said):
    with pytest.raises(errors.SourceError, match=said):
        declare(edit) if isinstance(edit, str) else change(edit)


# -- rows and releases ------------------------------------------------------------------------


@pytest.fixture
def build(source, tmp_path):
    """Build a release of a hub with a table of its own."""

    def call(rows=ROWS, edit=lambda tables: None):
        tables = [json.loads(json.dumps(NOTES))]
        edit(tables)
        (source / "tables.json").write_text(json.dumps(tables), "utf-8")
        (source / "source" / "lab_notes.csv").write_text(rows, "utf-8")
        text = (source / "hub.toml").read_text("utf-8").replace('"mt-nlg"', '"my-hub"')
        about, _, _ = text.partition("[[releases]]")
        release = (
            '[[releases]]\nversion = "1.0.0"\ncreated = 2026-12-01\ndescription = "Notes."\n'
            'parts = ["page", "identifiers", "lab_notes"]\nchanges = []\n'
        )
        (source / "hub.toml").write_text(about + release, "utf-8")
        (source / "source" / "evidence.csv").write_text(
            "table_name,row_key,column_name,source_id,locator,grade\n", "utf-8"
        )
        return citehub.load(build_release(source, "1.0.0", out=tmp_path / "out").folder)

    return call


def test_a_release_holds_the_table_and_marks_it(build):
    hub = build()
    hub.verify()
    assert hub.tables[-3:] == ("lab_notes", "sources", "evidence")
    assert hub.manifest["citehub"]["own_tables"] == ["lab_notes"]
    row, empty = hub.table("lab_notes")
    assert [*row.values()][2:5] == [12, 0.5, True]
    assert set(empty.values()) == {"two", "arxiv:2205.01068", None}
    assert hub.lab_notes is hub.table("lab_notes")
    assert "lab_notes" in dir(hub)
    found = {each.name: each for each in citehub.check(hub.path)}
    assert found["schema"].passed
    assert "1 table of the hub's own" in found["schema"].found
    assert found["evidence (FAIR R1.2)"].passed
    with open(os.path.join(hub.path, "croissant.json"), encoding="utf-8") as file:
        assert "lab_notes/mood" in file.read()
    with open(os.path.join(hub.path, "README.md"), encoding="utf-8") as file:
        lines = [line for line in file if "Only this hub has it." in line]
    assert [line.split(" | ")[0] for line in lines] == ["| `lab_notes`"]


def test_a_key_may_have_columns_of_any_type(build):
    def edit(tables):
        schema = tables[0]["schema"]
        schema["primaryKey"] = ["share", "is_done", "read_on"]
        for field in schema["fields"]:
            field["constraints"] = {**field.get("constraints", {}), "required": True}

    header, one, _ = ROWS.splitlines()
    hub = build(f"{header}\n{one.replace('0.5', '1')}\n", edit)
    hub.verify()
    cells = [row for row in hub.evidence if row["table_name"] == "lab_notes"]
    assert {row["row_key"] for row in cells} == {"1.0|True|2026-03-01"}
    assert all(each.passed for each in citehub.check(hub.path) if each.level == "must")


def test_each_cell_has_an_origin(build):
    cells = [row for row in build().evidence if row["table_name"] == "lab_notes"]
    assert len(cells) == 10
    assert {(row["source_id"], row["grade"]) for row in cells} == {("citehub-curation", "curated")}
    assert {row["row_key"]: row["locator"] for row in cells} == {"one": "p. 3", "two": None}


def test_a_file_may_say_where_its_rows_come_from(build):
    header, one, two = ROWS.splitlines()
    rows = f"{header},source_id,grade\n{one},pith-hub-page,quotation\n{two},,inferred\n"
    cells = [row for row in build(rows).evidence if row["table_name"] == "lab_notes"]
    assert {(row["row_key"], row["source_id"], row["grade"]) for row in cells} == {
        ("one", "pith-hub-page", "quotation"), ("two", "citehub-curation", "inferred"),
    }  # fmt: skip


def test_a_release_before_tables_were_marked_has_them_by_name():
    hub = citehub.load("mt-nlg", version="1.2.0")
    assert "own_tables" not in hub.manifest["citehub"]
    card = citehub.check("mt-nlg", version="1.2.0")
    (found,) = (each for each in card if each.name == "schema")
    assert found.passed
    assert "6 tables of the hub's own" in found.found


WRONG_ROWS = {
    "a work that is none": (ROWS.replace("2205.01068", "2304.01374"), "is no work of the hub"),
    "a source that is none": (
        ROWS.replace("locator", "source_id").replace("p. 3", "nowhere"),
        "nowhere is no source of sources.csv",
    ),
    "a number above its limit": (ROWS.replace(",12,", ",1200,"), "pages should be 900 or less"),
    "a term that is none": (ROWS.replace(",good,", ",fine,"), "mood should be one of good bad"),
    "a key twice": (ROWS.replace("two,", "one,"), "one is on line 2 already"),
    "a column more": (ROWS.replace("locator", "place"), "place"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "said"), WRONG_ROWS.values(), ids=WRONG_ROWS)
def test_wrong_rows_stop_the_build(build, tmp_path, rows, said):
    with pytest.raises(errors.SourceError, match=said) as caught:
        build(rows)
    assert "lab_notes.csv, line" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_release_that_lists_no_such_part_names_the_tables(build):
    with pytest.raises(errors.SourceError, match=r"no part 'lab_notes'; known: .*, their_notes"):
        build(edit=lambda tables: tables[0].update(name="their_notes"))


# -- a release with tables that this citehub does not know --------------------------------------


@pytest.fixture
def manifest(build):
    """Change the manifest of a release, and load it."""
    folder = build().path
    os.unlink(os.path.join(folder, "SHA256SUMS"))

    def call(edit):
        path = os.path.join(folder, "datapackage.json")
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        edit(content)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file)
        return citehub.load(folder)

    return call


def name_table(name):
    def edit(content):
        content["citehub"]["own_tables"] = [name]
        (table,) = (each for each in content["resources"] if each["name"] == "lab_notes")
        table["name"] = name

    return edit


@pytest.mark.parametrize(
    "name", ["select", "canonical", "path", "_files", "__class__", "a b", "citing_works", "table"]
)
def test_a_table_takes_no_attribute_that_is_there(manifest, name):
    hub = manifest(name_table(name))
    assert hub.table("works") is hub.works
    assert isinstance(hub, citehub.Hub)
    assert callable(hub.select)
    assert isinstance(hub.path, str)
    assert hub.canonical.work_id == "arxiv:2201.11990"
    assert len(hub.citing_works) == 44


def test_a_table_that_is_not_marked_is_none_of_citehubs(manifest):
    hub = manifest(lambda content: content["citehub"].pop("own_tables"))
    (found,) = (each for each in citehub.check(hub.path) if each.name == "schema")
    assert not found.passed
    assert (
        "citehub has no table lab_notes, and it is not marked as one of the hub's" in found.found
    )


def test_a_table_of_citehub_cannot_be_marked(manifest):
    hub = manifest(lambda content: content["citehub"].update(own_tables=["works", "lab_notes"]))
    (found,) = (each for each in citehub.check(hub.path) if each.name == "schema")
    assert not found.passed
    assert "works is a table of citehub, not of the hub" in found.found


@pytest.mark.parametrize("marked", ["lab_notes", ["nothing"], [1], [["lab_notes"]], {}, None])
def test_marks_are_of_tables_that_are_there(manifest, marked):
    with pytest.raises(errors.DamagedManifest, match="'own_tables' to list tables of the release"):
        manifest(lambda content: content["citehub"].update(own_tables=marked))


# -- the hub that citehub brings ------------------------------------------------------------------


def test_only_mt_nlg_has_the_tables_of_mt_nlg(build):
    assert type(citehub.load("mt-nlg")) is citehub.MtNlg
    hub = build()
    assert type(hub) is citehub.Hub
    assert not hasattr(hub, "canonical_facts")
    assert "canonical_facts" not in {*dir(hub), *dir(citehub.Hub)}
    first = citehub.load("mt-nlg", version="1.0.0")
    assert "canonical_facts" not in dir(first)
    with pytest.raises(errors.UnknownTable, match=r"no table 'canonical_facts' in mt-nlg 1\.0\.0"):
        first.canonical_facts  # noqa: B018
