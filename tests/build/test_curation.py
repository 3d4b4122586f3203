"""What people say of a hub: the files, contradictions, and what stands to be decided."""

from __future__ import annotations

import csv
import datetime
import json
import re
import shutil

import pytest

import citehub
from citehub._identifiers import parse_identifier
from citehub._schema import TABLES
from citehub._text import csv_lines
from citehub.build import curate
from citehub.build.join import Apart, RecordKey, Same
from citehub.build.register import repair_index
from citehub.errors import BadArgument, SourceError, UnknownHub
from citehub.sources import curation
from citehub.sources.curation import FILES, read_curation
from tests.conftest import ROOT, SOURCE
from tests.made import CANONICAL, make_release, make_works

DAY = datetime.date(2026, 11, 29)
SIGNED = {"who": "Ada", "when": "2026-11-29", "why": "I read it"}
ONE, OTHER, THIRD = "arxiv:2304.01373", "doi:10.1145/3744746", "openalex:W42"


@pytest.fixture
def write(tmp_path):
    """Write rows of a file of curation, each signed unless it says otherwise."""

    def call(name, *rows):
        rows = [SIGNED | row for row in rows]
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8") as file:
            file.writelines(csv_lines([dict.fromkeys(columns) | row for row in rows], columns))
        return str(tmp_path)

    return call


def refused(folder):
    with pytest.raises(SourceError) as told:
        read_curation(folder)
    return str(told.value).removeprefix(f"{folder}/")


# -- reading ----------------------------------------------------------------------------------


def test_files_that_are_not_there_say_nothing(tmp_path):
    found = read_curation(str(tmp_path / "nowhere"))
    assert (list(found.rows), found.notes) == ([], ())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_example_of_each_file_is_a_row_of_it(tmp_path, file):
    header = [column.name for column in file.columns]
    with (tmp_path / file.filename).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=";").writerows([header, file.example])
    if file.name == "work_themes":
        (tmp_path / "themes.csv").write_text("theme_id,title,description\nmodels,Models,All\n")
    (row,) = getattr(read_curation(str(tmp_path)), file.name)
    told = (*(column.name for column in file.decided_columns), "decision")
    assert (row._fields[: len(told)], {*row._fields[len(told) :]} - {"gist"}) == (told, set())
    why = file.example[header.index("why")] or None
    assert row.decision == (str(tmp_path / file.filename), 2, "Ada", DAY, why)
    assert row.decision.place == f"{file.filename}, line 2 (Ada, 2026-11-29)"
    signed = {column.name for column in file.columns if column.required} & SIGNED.keys()
    assert signed == (SIGNED.keys() if file.is_signed else set())


def test_corrections_have_the_type_of_the_cell(write):
    found = read_curation(
        write(
            "corrections",
            {"work": ONE, "column": "publication_year", "value": "2023.0"},
            {"work": ONE, "column": "is_retracted", "value": "WAHR"},
            {"work": ONE, "column": "Venue", "value": ""},
            {"work": ONE, "column": "title", "value": "=1+1"},
            {"work": ONE, "column": "author_name", "value": "Ada L.", "author_order": 2},
        )
    ).corrections
    assert [(row.table, row.author_order, row.column, row.value) for row in found] == [
        ("works", None, "publication_year", 2023), ("works", None, "is_retracted", True),
        ("works", None, "venue", None), ("works", None, "title", "=1+1"),
        ("authorships", 2, "author_name", "Ada L."),
    ]  # fmt: skip


def test_every_column_to_correct_is_one_of_its_table():
    for table, columns in curation._CORRECTABLE.items():
        known = {column.name for column in TABLES[table].columns}
        assert set(columns) <= known - {"work_id", "author_order"}


def test_the_files_of_mt_nlg_are_files_of_curation(tmp_path):
    for name in ("themes.csv", "work_themes.csv"):
        shutil.copy(SOURCE / name, tmp_path)
    found = read_curation(str(tmp_path))
    hub = citehub.load("mt-nlg")
    assert [row[:4] for row in found.themes] == [tuple(row.values()) for row in hub.themes]
    assert [row[:2] for row in found.work_themes] == [
        (row["work_id"], row["theme_id"]) for row in hub.work_themes
    ]
    assert {row.decision.who for row in found.rows} == {None}
    assert found.themes[0].decision.place == "themes.csv, line 2"


def test_a_theme_without_place_has_that_of_its_row(write):
    themes = [{"theme_id": each, "title": each, "description": each} for each in "ab"]
    assert [row.position for row in read_curation(write("themes", *themes)).themes] == [1, 2]


def test_files_of_another_name_are_told(tmp_path):
    for name in ("Labels.xlsx", "merges (1).csv", "work_themes.ods", "works.csv", "labels.csv",
                 ".~lock.labels.csv#", "notes.txt"):  # fmt: skip
        (tmp_path / name).write_text("work,scheme,value,who,when,why\n")
    assert read_curation(str(tmp_path)).notes == (
        "Labels.xlsx is not read: save it as CSV under the name labels.csv.",
        "merges (1).csv is not read: save it as CSV under the name merges.csv.",
        "work_themes.ods is not read: save it as CSV under the name work_themes.csv.",
    )


CORRECTION = {"work": ONE, "column": "venue", "value": "ICML"}
LABEL = {"work": ONE, "scheme": "intent", "value": "method"}
THEME = {"theme_id": "a", "title": "A", "description": "A"}
WRONG = {
    "nobody": ("exclusions", [{"work": ONE, "who": ""}], "exclusions.csv, line 2: who is empty"),
    "no reason": ("merges", [{"work": ONE, "other": OTHER, "why": " "}], "why is empty"),
    "no such column": (
        "corrections", [CORRECTION | {"column": "vneue"}], "column should be one of title type",
    ),
    "a column of its own file": (
        "corrections", [CORRECTION | {"column": "code_url"}], "Write it into links.csv.",
    ),
    "no author": (
        "corrections", [CORRECTION | {"table": "authorships", "column": "orcid"}],
        "author_order should be given, from 1, for authorships, not empty",
    ),
    "an author of a work": (
        "corrections", [CORRECTION | {"table": "works", "author_order": 2}],
        "author_order should be empty for a cell of works, not 2",
    ),
    "a value of another type": (
        "corrections", [CORRECTION | {"column": "publication_month", "value": "May"}],
        "publication_month should be a whole number, not 'May'",
    ),
    "no title": ("corrections", [CORRECTION | {"column": "title", "value": ""}], "title is empty"),
    "two values of a cell": (
        "corrections", [CORRECTION, CORRECTION | {"work": "2304.01373v2", "value": ""}],
        ("corrections.csv, line 3: value of 2304.01373v2 works venue is not known here, but "
         "'ICML' on line 2. Delete the wrong one."),
    ),
    "a value of the other scheme": (
        "labels", [LABEL | {"value": "supporting"}],
        ("value should be one of background method result extension motivation future_work "
         "unsure, as scheme is intent, not 'supporting'"),
    ),
    "two labels by one person": (
        "labels", [LABEL, LABEL | {"value": "result"}],
        f"labels.csv, line 3: value of {ONE} intent is 'result' here, but 'method' on line 2.",
    ),
    "two findings": (
        "findings", [{"work": ONE, "finding": "a"}, {"work": ONE, "finding": "b"}],
        "is 'b' here, but 'a' on line 2",
    ),
    "no address": (
        "links", [{"work": ONE, "kind": "code", "url": "github.com/a"}],
        "url should be an address that starts with https://",
    ),
    "two addresses": (
        "links", [{"work": ONE, "kind": "code", "url": f"https://{each}"} for each in "ab"],
        f"url of {ONE} code is 'https://b' here",
    ),
    "a theme twice": ("themes", [THEME, THEME | {"title": "B"}], "title of a is 'B' here"),
    "two themes in one place": (
        "themes", [THEME | {"position": 2}, THEME | {"theme_id": "b"}],
        "position 2 is on line 2 already",
    ),
    "no such theme": (
        "work_themes", [{"work": ONE, "theme_id": "x"}],
        "themes.csv has no theme x; known: none",
    ),
    "a work with itself": (
        "merges", [{"work": ONE, "other": "2304.01373"}], "2304.01373 is named twice",
    ),
    "an id that a spreadsheet cut": (
        "exclusions", [{"work": "2201.1199"}], "perhaps 2201.11990. Write it with its scheme",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "said"), WRONG.values(), ids=WRONG)
def test_wrong_rows_are_refused(write, name, rows, said):
    assert said in refused(write(name, *rows))


def test_a_split_of_what_is_merged_is_refused(write):
    write("splits", {"work": THIRD, "record": ONE})
    folder = write("merges", {"work": ONE, "other": OTHER}, {"work": ONE, "other": "a:b"})
    assert read_curation(folder).splits
    write("merges", {"work": ONE, "other": OTHER}, {"work": THIRD, "other": OTHER})
    assert refused(folder) == (
        f"splits.csv, line 2: {ONE} is split from {THIRD} here, but lines 3 and 2 of merges.csv "
        "make them one. Delete the wrong one."
    )


def test_identifiers_of_one_work_contradict_once_they_are_known_to_be_of_one(write):
    folder = write("findings", {"work": ONE, "finding": "a"}, {"work": OTHER, "finding": "b"})
    found = read_curation(folder)
    with pytest.raises(SourceError, match=r"findings\.csv, line 3: .* 'a' on line 2"):
        curation.check_contradictions(found, lambda text: ONE if text == OTHER else text)


def test_what_is_said_twice_or_by_two_is_no_contradiction(write):
    write("exclusions", {"work": ONE}, {"work": "https://arxiv.org/abs/2304.01373", "who": "Bo"})
    write("merges", {"work": ONE, "other": OTHER}, {"work": OTHER, "other": ONE})
    folder = write("labels", LABEL, LABEL | {"value": "result", "who": "Bo"},
                   LABEL | {"value": "background", "passage": "As in [1]"})  # fmt: skip
    found = read_curation(folder)
    assert len(found.labels) == 3
    assert found.notes == (
        "exclusions.csv, line 3 (Bo, 2026-11-29): repeats line 2.",
        "merges.csv, line 3 (Ada, 2026-11-29): repeats line 2.",
    )


def test_rows_about_works_that_are_gone_are_told(write):
    write("merges", {"work": ONE, "other": THIRD})
    found = read_curation(write("labels", LABEL, LABEL | {"work": "10.1000/gone"}))
    misfits = curation.find_misfits(found, {ONE: 1}.get)
    assert list(map(str, misfits)) == [
        "merges.csv, line 2 (Ada, 2026-11-29): the hub has no work 'openalex:W42'.",
        "labels.csv, line 3 (Ada, 2026-11-29): the hub has no work '10.1000/gone'.",
    ]


def test_the_explanation_has_every_file_and_column():
    said = curation.explain_files()
    for file in FILES:
        assert f"## {file.filename}\n\n{file.purpose}\n" in said
        assert all(f"| `{column.name}` |" in said for column in file.columns)
    examples = [file.example[0] for file in FILES if file.own[0].references]
    assert all(map(parse_identifier, examples))


def test_the_guide_says_in_which_files_a_row_must_be_signed():
    page = (ROOT / "docs" / "guide" / "curate.md").read_text("utf-8")
    required, _, free = (
        page.partition("required in ")[2].partition("\n\n")[0].partition("may be empty in")
    )
    for said, is_signed in ((required, True), (free, False)):
        named = re.findall(r"`(\w+\.csv)`", said)
        assert named == [file.filename for file in FILES if file.is_signed is is_signed]


def test_merges_and_splits_are_decisions_on_identity(write):
    write("merges", {"work": "https://doi.org/10.1145/3744746", "other": "list:smith22"})
    found = read_curation(write("splits", {"work": ONE, "record": "openalex:W42"}))
    keys = {RecordKey("list", "smith22"), RecordKey("openalex", "W43")}
    said = "I read it ({}, line 2 (Ada, 2026-11-29))".format
    doi, number = parse_identifier(OTHER), parse_identifier(THIRD)
    assert curate.join_decisions(found, keys) == (
        [Same(doi, RecordKey("list", "smith22"), said("merges.csv"))],
        [Apart(number, parse_identifier(ONE), said("splits.csv"))],
    )
    _, (split,) = curate.join_decisions(found, {RecordKey("openalex", "W42")})
    assert split.one == RecordKey("openalex", "W42")


# -- the command ------------------------------------------------------------------------------


@pytest.fixture
def hub(tmp_path):
    """Return a hub folder whose release leaves some of everything open."""
    folder = tmp_path / "my-hub"
    works = [
        {"work_id": f"arxiv:2304.0000{number}", "title_plain": f"Work {number}",
         "publication_year": 2023 if number % 2 else None, "themes": ["a"] if number < 3 else []}
        for number in range(1, 7)
    ]  # fmt: skip
    rows = make_works(*works)
    rows["citation_contexts"] = [
        {"context_id": f"c{number}", "citing_work_id": works[number]["work_id"],
         "cited_work_id": CANONICAL, "text": f"As {number} say [1]", "source_id": "s"}
        for number in range(3)
    ]  # fmt: skip
    rows["citation_labels"] = [
        {"label_id": "1", "citing_work_id": works[0]["work_id"], "cited_work_id": CANONICAL,
         "context_id": "c0", "scheme": "intent", "value": "method", "raw_value": "method",
         "labeler": "x", "source_id": "s"}
    ]  # fmt: skip
    rows["merge_candidates"] = [
        {"work_id": works[number]["work_id"], "other_work_id": works[number + 1]["work_id"],
         "why": "equal titles", "title_similarity": 1.0}
        for number in (0, 2)
    ]  # fmt: skip
    rows["sources"] = [{"source_id": "s", "title": "S", "kind": "records"}]
    rows["themes"] = [{"theme_id": "a", "title": "A", "description": "A", "position": 1}]
    (folder / "0.1.0").mkdir(parents=True)
    make_release(folder / "0.1.0", rows)
    (folder / "hub.toml").write_text("")
    assert repair_index(str(folder)).refused == {}
    return folder


def opened(folder):
    release = curate.load_newest(folder)
    found = curate.find_open(release, curate.read_decisions(folder))
    return {each.name: (each.n, [each.works[0][0][-1] for each in each.first]) for each in found}


def test_templates_are_written_once_and_read_as_empty(hub):
    (hub / "source").mkdir()
    (hub / "source" / "labels.csv").write_bytes(b"mine")
    made = curate.write_templates(hub)
    assert made.folder == str(hub / "source")
    assert made.there == ("labels.csv",)
    assert made.written == ("CURATION.md", *(f.filename for f in FILES if f.name != "labels"))
    assert (hub / "source" / "labels.csv").read_bytes() == b"mine"
    (hub / "source" / "labels.csv").unlink()
    curate.write_templates(hub, separator=";")
    assert (hub / "source" / "labels.csv").read_bytes().startswith(b"\xef\xbb\xbfwork;scheme;")
    assert list(curate.read_decisions(hub).rows) == []
    assert curate.write_templates(hub).written == ()


def test_what_is_open_is_what_nobody_decided(hub, tmp_path):
    assert opened(hub) == {
        "merges": (2, ["1", "3"]), "dates": (4, ["0", "2", "4"]), "labels": (2, ["2", "3"]),
        "themes": (4, ["3", "4", "5"]),
    }  # fmt: skip
    source = hub / "source"
    source.mkdir(exist_ok=True)
    (source / "corrections.csv").write_text(
        "work,column,value,who,when,why\n2304.00002,publication_year,2022,Ada,2026-11-29,Seen\n"
    )
    (source / "labels.csv").write_text(
        "work,scheme,value,passage,who,when,why\n"
        "2304.00002,intent,method,As 1 say [1],Ada,2026-11-29,Seen\n"
    )
    (source / "exclusions.csv").write_text("work,who,when,why\n2304.00004,Ada,2026-11-29,Not it\n")
    (source / "merges.csv").write_text(
        "work,other,who,when,why\n2304.00002,arxiv:2304.00001,Ada,2026-11-29,One paper\n"
    )
    assert opened(hub) == {
        "merges": (0, []), "dates": (2, ["0", "6"]), "labels": (1, ["3"]),
        "themes": (3, ["3", "5", "6"]),
    }  # fmt: skip


def test_the_command_says_what_it_wrote_and_what_is_open(hub, run, say):
    said = say("curate", str(hub))
    assert said.startswith(f"{hub}/source\n")
    assert "labels.csv written" in " ".join(said.split())
    assert "To decide, by made 0.1.0:" in said
    assert "Works without date, the first 3 of 4:" in said
    shown = " ".join(said.split())
    assert "arxiv:2304.00001 Work 1 arxiv:2304.00002 Work 2 equal titles arxiv" in shown
    assert "arxiv:2304.00002 Work 2 As 1 say [1] arxiv:2304.00003 Work 3" in shown
    source = hub / "source" / "exclusions.csv"
    source.write_bytes("work;who;when;why\n10.1000/x;Jürgen;29.11.2026;nein\n".encode("cp1252"))
    (hub / "source" / "findings.csv").write_text(
        "work,finding,who,when,why\n10.1000/gone,So,Ada,2026-11-29,Seen\n"
    )
    code, out, _ = run("curate", str(hub), "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["written"], found["decided"], found["release"]) == ([], 2, "made 0.1.0")
    assert [each["n"] for each in found["open"]] == [2, 4, 2, 4]
    assert found["open"][0]["first"][0] == {
        "works": [{"work_id": "arxiv:2304.00001", "title": "Work 1"},
                  {"work_id": "arxiv:2304.00002", "title": "Work 2"}],
        "text": "equal titles", "context_id": None,
    }  # fmt: skip
    assert found["open"][2]["first"][0] == {
        "works": [{"work_id": "arxiv:2304.00002", "title": "Work 2"}],
        "text": "As 1 say [1]", "context_id": "c1",
    }  # fmt: skip
    assert found["told"][0].startswith("exclusions.csv is not UTF-8. It was read as Windows-1252")
    assert found["told"][1].endswith("the hub has no work '10.1000/gone'.")


def test_a_hub_folder_without_release_has_nothing_open(tmp_path, say):
    (tmp_path / "hub.toml").write_text("")
    assert "There is no release yet" in say("curate", f"{tmp_path}/")
    assert (tmp_path / "source" / "CURATION.md").is_file()


def test_what_cannot_be_curated_is_said(hub, run, tmp_path):
    assert "comes with citehub" in run("curate", "mt-nlg")[2]
    assert "never changes: give that of its hub" in run("curate", str(hub / "0.1.0"))[2]
    with pytest.raises(UnknownHub, match="A hub folder holds a"):
        curate.write_templates(tmp_path)
    with pytest.raises(UnknownHub, match=f"Known: {hub}\\."):
        curate.write_templates(tmp_path)
    with pytest.raises(BadArgument, match="give a hub folder"):
        curate.write_templates(make_release_alone(tmp_path))
    (hub / "source").mkdir(exist_ok=True)
    (hub / "source" / "links.csv").write_text("work\n")
    code, _, said = run("curate", str(hub))
    assert (code, "links.csv, line 1: expected the columns work,kind,url" in said) == (1, True)


def test_a_hub_of_the_home_is_curated_by_its_name(hub, say, monkeypatch):
    monkeypatch.setenv("CITEHUB_HOME", str(hub.parent))
    hub.rename(hub.parent / "made")
    assert say("curate", "made").startswith(f"{hub.parent}/made/source\n")


def make_release_alone(tmp_path):
    folder = tmp_path / "alone"
    folder.mkdir()
    make_release(folder, make_works())
    return folder
