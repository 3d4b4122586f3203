"""A hub folder that is damaged, contradicts itself or is used in a wrong way: told, never lost."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import nullcontext

import pytest

import citehub
from citehub import _atomic_folder, errors
from citehub.build import build_release, register
from citehub.graph import Dumps, new_hub

WORK = "doi:10.5555/lamp"
LIST = """
@article{lamp, title={The Lamp}, doi={10.5555/lamp}, year=2020, month=3, author={Ada A and Bo B}}
@article{bright, title={A Brighter Lamp}, doi={10.5555/bright}, year=2021, author={Cy C}}
@article{dim, title={A Dim Lamp}, doi={10.5555/dim}, year=2022, author={Di D}}
@article{fog, title={Lamps in Fog}, doi={10.5555/fog}, year=2023, author={Ev E and Fo F}}
@misc{mist, title={Lamps in Mist}, doi={10.5555/mist}, year=2023, author={Gu G}}
"""
PREPRINT = """
@misc{fog2, title={Lamps in Fog}, doi={10.5555/fog}, eprint={2301.00001}, archiveprefix={arXiv}}
"""
WORKS = [
    {"id": f"https://openalex.org/W{n}", "title": f"Lantern {n}", "publication_year": 2020 + n}
    | ({"referenced_works": ["https://openalex.org/W1"]} if n > 1 else {})
    for n in range(1, 5)
]
SIGNED = "Ada,2026-11-29"
EXCLUDED = f"work,who,when,why\n10.5555/dim,{SIGNED},Of another lamp\n"
THEMED = "theme_id,title,description\nlight,Light,Of light.\n"


def tree(folder):
    """Return what stands in a folder, but for the lock, which stays."""
    return {
        path.relative_to(folder).as_posix(): path.is_file() and path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.name != register.LOCK
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make a hub of a list, and one of a dump in JSON Lines, each with a release."""
    home = tmp_path_factory.mktemp("made")
    (home / "list.bib").write_text(LIST, encoding="utf-8")
    (home / "dump" / "works").mkdir(parents=True)
    lines = "".join(f"{json.dumps(each)}\n" for each in WORKS)
    (home / "dump" / "works" / "part.gz").write_bytes(gzip.compress(lines.encode()))
    new_hub(WORK, str(home / "hub"), Dumps(), citing=str(home / "list.bib"))
    new_hub("openalex:W1", str(home / "dumped"), Dumps(openalex=home / "dump"))
    shutil.rmtree(home / "dump")
    return home


@pytest.fixture
def hub(made, tmp_path):
    return shutil.copytree(made / "hub", tmp_path / "hub")


@pytest.fixture
def dumped(made, tmp_path):
    return shutil.copytree(made / "dumped", tmp_path / "hub")


def write(hub, **files):
    for name, text in files.items():
        (hub / "source" / f"{name}.csv").write_text(text, encoding="utf-8")


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# -- hub.toml ---------------------------------------------------------------------------------

PERSON = '[[contributors]]\ntitle = "Bo"\n'
WRONG = {
    "not TOML": (lambda _: "name = my hub", "is not TOML: Invalid value"),
    "no name": (lambda text: text.replace("name = ", "# "), "expected 'name' to be text"),
    "another name": (
        lambda text: text.replace('name = "', 'name = "my-'),
        r"has the name 'my-doi-10-5555-lamp', but 1\.0\.0 was released as 'doi-10-5555-lamp'",
    ),
    "another work": (
        lambda text: text.replace("lamp", "fog") + 'name = "doi-10-5555-lamp"\n',
        "is the hub of doi:10.5555/lamp. A hub keeps its work",
    ),
    "a work that no source has": (
        lambda text: text.replace("10.5555/lamp", "10.5555/none"),
        "source has 'doi:10.5555/none', which hub.toml names as work",
    ),
    "a page elsewhere": (lambda text: f'page = "../x"\n{text}', "page '../x' should be the name"),
    "a contributor's key": (lambda text: f'{text}{PERSON}role = "x"', "there is no 'role'; known"),
    "roles that are none": (lambda text: f"{text}{PERSON}roles = [1]", "roles should be text"),
    "a list that is none": (lambda text: f'licenses = "x"\n{text}', "a list in square brackets"),
    "a time": (
        lambda text: f'{text}[[releases]]\nversion = "1.1.0"\ncreated = 2026-01-01T00:00:00\n',
        "a date, as 2026-11-29, found 2026-01-01T00:00:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_hub_toml_is_said_and_nothing_is_written(hub, change, said):
    path = hub / "hub.toml"
    text = path.read_text(encoding="utf-8")
    if said.endswith("A hub keeps its work"):
        text = text.replace('name = "doi-10-5555-lamp"\n', "")
        said = re.escape(said)
    path.write_text(change(text), encoding="utf-8")
    before = tree(hub)
    with pytest.raises(errors.CitehubError, match=said):
        build_release(hub)
    assert tree(hub) == before


def test_a_folder_without_hub_toml_is_told_what_it_is(hub, tmp_path):
    for folder, said in (
        (hub / "1.0.0", f"This is a release, which never changes: build that of its hub, {hub}"),
        (tmp_path, "Make one with: citehub new WORK --out DIR"),
    ):
        with pytest.raises(errors.SourceError, match=re.escape(said)):
            build_release(folder)
    (hub / "hub.toml").unlink()
    with pytest.raises(errors.SourceError, match="Restore it, or write"):
        build_release(hub)
    assert citehub.load(hub).version == "1.0.0"


# -- sources ----------------------------------------------------------------------------------


def cut(path):
    path.write_bytes(path.read_bytes()[:-12])


DAMAGED = {
    "cut off": (lambda source: cut(source / "works" / "part.gz"), "An extract in .* is damaged"),
    "no works": (lambda source: shutil.rmtree(source / "works"), "there is no folder 'works'"),
    "a note of less than nothing": (
        lambda source: edit(source / "read.json", '_lines": 0', '_lines": -1'), "is damaged"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "said"), DAMAGED.values(), ids=DAMAGED)
def test_an_extract_that_is_damaged_makes_no_release(dumped, damage, said):
    damage(dumped / "source" / "openalex")
    before = tree(dumped)
    with pytest.raises(errors.SourceError, match=said):
        build_release(dumped)
    assert tree(dumped) == before


def test_an_extract_without_its_note_says_that_its_day_is_not_known(dumped):
    (dumped / "source" / "openalex" / "read.json").unlink()
    (note,) = build_release(dumped).notes
    assert "openalex has no read.json, so we do not know when openalex was read" in note
    days = {row["source_id"]: row["retrieved_on"] for row in citehub.load(dumped).sources}
    assert days["openalex"] is None


def test_a_source_that_is_gone_is_told(dumped):
    lists = dumped / "source" / "citing-file"
    lists.mkdir()
    own = "@misc{own, title={Lantern 1}, url={https://openalex.org/W1}}"
    (lists / "list.bib").write_text(LIST + own, encoding="utf-8")
    shutil.rmtree(dumped / "source" / "openalex")
    (note,) = build_release(dumped).notes
    assert note.startswith("1.0.0 also used openalex, of which")


def test_what_no_source_reads_is_told(hub):
    (hub / "source" / "crossref").mkdir()
    (hub / "source" / "citing-file" / "more").mkdir()
    for name in ("openalex", "README.md", ".DS_Store", "Thumbs.db", "list.bib"):
        (hub / "source" / name).write_text("x", encoding="utf-8")
    told = build_release(hub).notes
    assert [re.search(r"source/(\S+) is not read", each)[1] for each in told] == [
        "crossref", "list.bib", "openalex", "citing-file/more",
    ]  # fmt: skip


# -- decisions that contradict or do not fit --------------------------------------------------


def test_two_identifiers_of_one_work_are_one_work_to_contradictions(hub):
    (hub / "source" / "citing-file" / "more.bib").write_text(PREPRINT, encoding="utf-8")
    rows = "work,column,value,who,when,why\n"
    rows += "10.5555/fog,title,A,{0},x\narxiv:2301.00001,title,{1},{0},x\n"
    write(hub, corrections=rows.format(SIGNED, "B"))
    with pytest.raises(
        errors.SourceError, match=r"line 3: value of .* 'B' here, but 'A' on line 2"
    ):
        build_release(hub)
    write(hub, corrections=rows.format(SIGNED, "A"))
    assert "corrections.csv, line 3 (Ada, 2026-11-29): repeats line 2." in (
        build_release(hub).notes
    )


def test_decisions_on_works_that_were_merged_contradict_too(hub):
    write(
        hub,
        merges=f"work,other,who,when,why\n10.5555/fog,10.5555/mist,{SIGNED},x\n"
        f"10.5555/mist,10.5555/dim,{SIGNED},x\n10.5555/dim,10.5555/fog,{SIGNED},x\n",
    )
    assert build_release(hub).notes == ()  # a circle of merges says nothing twice
    rows = f"10.5555/fog,A,{SIGNED},x\n10.5555/dim,B,{SIGNED},x\n"
    write(hub, findings=f"work,finding,who,when,why\n{rows}")
    with pytest.raises(errors.SourceError, match="'B' here, but 'A' on line 2"):
        build_release(hub)


def test_the_hubs_own_work_is_not_one_that_cites_it(hub):
    write(
        hub,
        exclusions=f"work,who,when,why\n10.5555/lamp,{SIGNED},x\n",
        labels=f"work,scheme,value,who,when,why\n10.5555/lamp,intent,method,{SIGNED},x\n",
        themes=THEMED,
        work_themes="work,theme_id\n10.5555/lamp,light\n",
    )
    told = build_release(hub).notes
    assert [each.partition(",")[0] for each in told] == [
        "exclusions.csv", "labels.csv", "work_themes.csv",
    ]  # fmt: skip
    assert all("doi:10.5555/lamp is the hub's own work" in each for each in told)
    assert len(citehub.load(hub).citing_works) == 4


def test_a_work_may_be_merged_and_left_out(hub):
    merged = {"merges": f"work,other,who,when,why\n10.5555/fog,10.5555/mist,{SIGNED},x\n"}
    write(hub, **merged, exclusions=f"work,who,when,why\n10.5555/mist,{SIGNED},x\n")
    assert build_release(hub).version == "2.0.0"
    assert len(citehub.load(hub).citing_works) == 2
    (hub / "source" / "exclusions.csv").unlink()
    build_release(hub)
    assert citehub.load(hub).work("10.5555/mist").work_id == "doi:10.5555/fog"
    write(hub, exclusions=f"work,who,when,why\n10.5555/mist,{SIGNED},x\n")
    build_release(hub)
    assert len(citehub.load(hub).citing_works) == 2
    citehub.load(hub).verify()


def test_exclusions_of_everything_are_named_as_the_reason(hub):
    rows = "".join(f"10.5555/{each},{SIGNED},x\n" for each in ("bright", "dim", "fog", "mist"))
    write(hub, exclusions=f"work,who,when,why\n{rows}")
    with pytest.raises(errors.BuildError, match=r"exclusions\.csv leaves out all .* \(4\)"):
        build_release(hub)


def test_a_label_of_a_passage_that_is_gone_is_told_and_kept_in_its_file(hub):
    header = "work,scheme,value,passage,context_id,who,when,why\n"
    lost = f"10.5555/fog,intent,method,,s2-1-2-1,{SIGNED},x\n"
    words = f"10.5555/dim,intent,method,As in [1].,s2-1-2-1,{SIGNED},x\n"
    write(hub, labels=header + lost + words)
    (note,) = build_release(hub).notes
    assert "line 2 (Ada, 2026-11-29): doi:10.5555/fog has no passage 's2-1-2-1'" in note
    new = citehub.load(hub)
    assert [row["citing_work_id"] for row in new.citation_labels] == ["doi:10.5555/dim"]
    hashed = citehub.hash_sentence("As in [1].")
    assert [row["sentence_hash"] for row in new.citation_contexts] == [hashed]


def test_an_empty_file_is_called_empty(hub):
    write(hub, exclusions="")
    with pytest.raises(errors.SourceError, match="found an empty file"):
        build_release(hub)


# -- releases and the index -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["works.parquet", "CHANGES.md"])
def test_nothing_is_built_upon_a_release_that_was_edited(hub, name):
    write(hub, exclusions=EXCLUDED)
    with open(hub / "1.0.0" / name, "ab") as file:
        file.write(b"x")
    before = tree(hub)
    with pytest.raises(errors.DamagedRelease, match=re.escape(name)):
        build_release(hub)
    assert tree(hub) == before


def test_a_version_before_the_newest_is_refused(hub):
    before = tree(hub)
    with pytest.raises(
        errors.BuildError, match=r"1\.0\.0 is released, so the next version comes after it"
    ):
        build_release(hub, "0.9.0")
    assert tree(hub) == before


@pytest.mark.parametrize("inside", ["1.0.0/x", "source/x", "2.0.0"])
def test_no_release_goes_into_a_hub_folder_unlisted(hub, inside):
    write(hub, exclusions=EXCLUDED)
    with pytest.raises(errors.TargetExists, match="is inside"):
        build_release(hub, "2.0.0", out=hub / inside)
    with pytest.raises(errors.TargetExists, match="is inside"):
        new_hub(WORK, str(hub / inside), Dumps(), citing=str(hub / "source/citing-file/list.bib"))
    citehub.load(hub).verify()


def test_an_index_that_cannot_be_written_leaves_nothing_beside_it(hub):
    (hub / "index.json").unlink()
    (hub / "index.json").mkdir()
    with pytest.raises(OSError, match=re.escape(str(hub / "index.json"))):
        build_release(hub)
    assert [each for each in os.listdir(hub) if each[0] == "."] == [register.LOCK]


@pytest.mark.parametrize("schema", [1, 2])
def test_a_hub_of_an_older_citehub_goes_on(hub, schema):
    shutil.rmtree(hub / "1.0.0")
    (hub / "index.json").unlink()
    text = (hub / "hub.toml").read_text(encoding="utf-8")
    old = f'[[releases]]\nversion = "1.0.0"\ncreated = 2026-01-01\nschema_version = {schema}\n'
    (hub / "hub.toml").write_text(f"{text}\n{old}", encoding="utf-8")
    build_release(hub)
    assert "work_joins" not in citehub.load(hub).tables
    (hub / "source" / "citing-file" / "more.bib").write_text(
        "@misc{new, title={New Lamps}, year=2024}", encoding="utf-8"
    )
    assert build_release(hub).version == "1.1.0"
    write(hub, merges=f"work,other,who,when,why\n10.5555/fog,10.5555/mist,{SIGNED},x\n")
    built = build_release(hub)
    assert [each.work.work_id for each in built.diff.news.works_merged] == ["doi:10.5555/mist"]
    citehub.load(hub).verify()


# -- killed, full -----------------------------------------------------------------------------

KILLED = {
    "as the tables are written": (_atomic_folder.__name__, "write_bytes"),
    "before the release is there": (_atomic_folder.__name__, "move"),
    "before the release is listed": ("citehub.build.release", "register"),
    "as the index is written": ("citehub.build.register", "_write"),
}
KILL = """
import os, signal, sys, importlib
from citehub.build import build_release
module = importlib.import_module({0!r})
setattr(module, {1!r}, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
build_release({2!r})
"""


@pytest.mark.parametrize(("module", "name"), KILLED.values(), ids=KILLED)
def test_a_killed_build_is_taken_up_by_the_next(hub, module, name):
    write(hub, exclusions=EXCLUDED)
    code = KILL.format(module, name, str(hub))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert citehub.load(hub).version == "1.0.0"
    is_there = (hub / "2.0.0").exists()
    told = pytest.warns(UserWarning, match="Entered 2.0.0") if is_there else nullcontext()
    with told:
        build_release(hub)
    assert citehub.versions(hub) == ("1.0.0", "2.0.0")
    citehub.load(hub).verify()
    assert [each for each in os.listdir(hub) if each[0] == "."] == [register.LOCK]


# -- new --------------------------------------------------------------------------------------


@pytest.fixture
def lists(made):
    return str(made / "list.bib")


def test_a_home_takes_a_name_once_and_none_that_is_shipped(lists, home):
    new_hub(WORK, None, Dumps(), citing=lists, name="lamps")
    with pytest.raises(errors.TargetExists, match=r"or the hub with --name.*citehub build"):
        new_hub(WORK, None, Dumps(), citing=lists, name="lamps")
    with pytest.raises(errors.TargetExists, match="A hub mt-nlg comes with citehub"):
        new_hub(WORK, None, Dumps(), citing=lists, name="mt-nlg")
    assert os.listdir(home) == ["lamps"]


def test_a_file_where_a_folder_is_due_is_named(lists, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(NotADirectoryError, match="not a folder"):
        new_hub(WORK, str(tmp_path / "file" / "hub"), Dumps(), citing=lists)


def test_a_tilde_is_the_users_folder(lists, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "Ünser Haus"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "Ünser Haus"))
    made = new_hub(WORK, "~/mein hub", Dumps(), citing=lists)
    assert made.folder == str(tmp_path / "Ünser Haus" / "mein hub")
    assert citehub.load("~/mein hub").version == "1.0.0"


@pytest.mark.parametrize("name", ["read.json", ".hidden.bib", "~list.bib"])
def test_a_list_of_any_name_is_read_again(lists, tmp_path, name):
    path = tmp_path / name
    shutil.copy(lists, path)
    if name.endswith(".json"):
        entries = [
            {"id": each, "title": each, "DOI": f"10.5555/{each}"} for each in ("lamp", "dim")
        ]
        path.write_text(json.dumps(entries), encoding="utf-8")
    made = new_hub(WORK, str(tmp_path / "hub"), Dumps(), citing=str(path))
    again = tmp_path / "again"
    build_release(made.folder, "1.0.0", out=again)
    assert tree(again) == tree(tmp_path / "hub" / "1.0.0")
