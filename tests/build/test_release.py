"""Building releases: whole, the same each time, frozen, and refused where anything is wrong."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import citehub
from citehub import _atomic_folder, _catalog, errors
from citehub._manifest import sha256
from citehub._schema import SCHEMA_VERSION, TABLES
from citehub.build import build_release, write
from citehub.build.spec import read_spec
from tests.conftest import source_file


def bumps(version):
    """Return the next major, minor and patch version."""
    major, minor, patch = map(int, version.split("."))
    return f"{major + 1}.0.0", f"{major}.{minor + 1}.0", f"{major}.{minor}.{patch + 1}"


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# Of the frozen releases; those of new ones are read by mlcroissant, print and are valid RO-Crates.
WRITTEN_ANEW = {"croissant.json", "ro-crate-metadata.json", "README.md", "SHA256SUMS"}
EMPTY = {"foreignKeys": []}  # as the first releases write it; newer ones leave it out


def as_first_written(manifest):
    """Return a manifest as the first releases had it: without a name, with empty lists of keys."""
    old = {key: value for key, value in manifest.items() if key != "id"}
    stated = {key: value for key, value in old["citehub"].items() if key != "responsible_ai"}
    resources = [{**each, "schema": EMPTY | each["schema"]} for each in old["resources"]]
    return {**old, "citehub": stated, "resources": resources}


def unhidden(folder):
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))


def spawn(*words, seed="0"):
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "citehub", "build", *map(str, words)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)


def finish(process):
    """Wait for a process; return its exit code and messages."""
    _, messages = process.communicate()
    return process.returncode, messages


# -- releases are frozen, and follow from their sources ---------------------------------------


def test_the_newest_release_follows_from_its_sources(tmp_path):
    """Older ones need not: sources move on, released folders do not."""
    out = tmp_path / "release"
    released = citehub.load("mt-nlg")
    assert build_release("mt-nlg", released.version, out=out).folder == str(out)
    built = citehub.load(out)
    assert built.tables == released.tables
    for new, old in zip(built.manifest["resources"], released.manifest["resources"], strict=True):
        assert new["content_hash"] == old["content_hash"], new["name"]
        assert EMPTY | new["schema"] == EMPTY | old["schema"]
    writer = pq.ParquetFile(released.works.path).metadata.created_by
    same_writer = writer == f"parquet-cpp-arrow version {pa.__version__}"
    compared = set(os.listdir(released.path)) - WRITTEN_ANEW if same_writer else {"CHANGES.md"}
    if "id" not in released.manifest:  # released before a manifest named itself
        assert as_first_written(built.manifest) == released.manifest or not same_writer
        compared.discard("datapackage.json")
    for name in sorted(compared):
        with open(os.path.join(released.path, name), "rb") as file:
            assert (out / name).read_bytes() == file.read(), name


def test_every_released_file_is_the_one_in_the_index():
    from citehub._catalog import datasets_folder, read_index

    for hub in citehub.hubs():
        home = os.path.join(datasets_folder(), hub)
        releases = read_index(home)["versions"]
        assert unhidden(home) == sorted(
            [*releases, "hub.toml", "index.json", "source", "tables.json"]
        )
        for version, listed in releases.items():
            folder = os.path.join(home, version)
            assert set(os.listdir(folder)) == set(listed)
            for name, released in listed.items():
                with open(os.path.join(folder, name), "rb") as file:
                    assert sha256(file.read()) == released, (version, name)


def test_the_default_is_the_newest():
    assert citehub.load("mt-nlg").version == citehub.versions("mt-nlg")[-1]


def test_the_same_sources_give_the_same_bytes(tmp_path):
    building = [
        spawn("mt-nlg", "1.1.0", "--out", tmp_path / seed, seed=seed) for seed in ("1", "2")
    ]
    assert [finish(process)[0] for process in building] == [0, 0]
    assert files(tmp_path / "1") == files(tmp_path / "2")


def test_a_released_version_is_never_built_again(datasets):
    before = files(datasets / "mt-nlg" / "1.1.0")
    with pytest.raises(errors.TargetExists, match=r"1\.1\.0 is released, and a release never"):
        build_release("mt-nlg", "1.1.0")
    assert files(datasets / "mt-nlg" / "1.1.0") == before


# -- a new release ----------------------------------------------------------------------------

RELEASED = citehub.versions("mt-nlg")
NEWEST = RELEASED[-1]
SCHEMA = citehub.load("mt-nlg").manifest["citehub"]["schema_version"]  # a newer one is no patch
MAJOR, MINOR, PATCH = bumps(NEWEST)
NEW = """
[[releases]]
version = "{version}"
created = 2026-12-01
schema_version = {schema}
description = "A change."
parts = [
  "page", "identifiers", "bibliography", "labels", "themes", "finding_figures", "canonical_facts",
  "canonical_corpus", "canonical_evaluations", "canonical_parallelism", "canonical_throughput",
]
changes = []
"""


@pytest.fixture
def describe_release(datasets):
    """Describe a new release in the copied sources, and edit them."""

    def call(version, name=None, old="", new="", schema=SCHEMA):
        folder = datasets / "mt-nlg"
        with open(folder / "hub.toml", "a", encoding="utf-8") as file:
            file.write(NEW.format(version=version, schema=schema))
        if name:
            path = source_file(folder, name)
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return call


def test_a_new_release_joins_the_index_and_is_the_default(datasets, describe_release):
    describe_release(PATCH)
    before = files(datasets / "mt-nlg" / NEWEST)
    folder = build_release("mt-nlg", PATCH).folder
    assert folder == str(datasets / "mt-nlg" / PATCH)
    assert citehub.versions("mt-nlg") == (*RELEASED, PATCH)
    hub = citehub.load("mt-nlg")
    hub.verify()
    assert hub.version == PATCH
    assert citehub.diff("mt-nlg", NEWEST, PATCH).level == "patch"
    assert files(datasets / "mt-nlg" / NEWEST) == before
    assert os.listdir(datasets) == ["mt-nlg"]
    there = [*RELEASED, PATCH, "hub.toml", "index.json", "source", "tables.json"]
    assert unhidden(datasets / "mt-nlg") == sorted(there)


def test_a_newer_schema_needs_a_minor_version(datasets, describe_release):
    index = datasets / "mt-nlg" / "index.json"
    listed = json.loads(index.read_bytes())
    for version in [each for each in RELEASED if each > "1.2.0"]:
        del listed["versions"][version]
        shutil.rmtree(datasets / "mt-nlg" / version)
    index.write_text(json.dumps(listed | {"default": "1.2.0"}))
    spec = datasets / "mt-nlg" / "hub.toml"
    described, *_ = spec.read_text("utf-8").split('\n[[releases]]\nversion = "1.3.0"')
    spec.write_text(described, "utf-8")
    describe_release("1.2.1")
    with pytest.raises(errors.BumpTooSmall, match="column added: works  page_url"):
        build_release("mt-nlg", "1.2.1")


def test_the_release_of_a_newer_schema_has_its_columns_and_is_minor():
    hub = citehub.load("mt-nlg", version="1.3.0")
    assert hub.manifest["citehub"]["schema_version"] == 4
    found = citehub.diff("mt-nlg", "1.2.0", "1.3.0")
    assert found.level == "minor"
    rows = {each.table for each in found if each.kind == "row added"}
    assert rows == {"citation_contexts", "citation_labels", "sources", "evidence"}
    assert {each.table for each in found if each.kind == "table added"} == {
        "text_readings", "subjects",
    }  # fmt: skip
    added = {each.column for each in found if each.kind == "column added"}
    assert added == {
        column.name
        for table in TABLES.values()
        for column in table.columns
        if 1 < column.since <= 4 and table.since == 1
    }
    assert {each.kind for each in found} == {
        "row added", "table added", "column added", "vocabulary widened",
    }  # fmt: skip
    assert citehub.check(hub.path).passed


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION + 1])
def test_a_schema_that_is_not_there_is_refused(datasets, describe_release, version):
    describe_release(MINOR, schema=version)
    with pytest.raises(errors.SourceError, match=f"{version} should be 1 to {SCHEMA_VERSION}"):
        build_release("mt-nlg", MINOR)


THEME = ("themes.csv", ",Surveys,", ",Overviews,")
BUMPS = {
    "a patch may change nothing": (PATCH, THEME, "major"),
    "a minor may change nothing known": (MINOR, THEME, "major"),
    "a patch may fill nothing": (
        PATCH,
        ("works.csv", "arxiv:2405.04434,", "arxiv:2405.04434,"),
        None,
    ),
    "a patch may add nothing": (
        PATCH,
        (
            "work_ids.csv",
            "arxiv:2201.11990,arxiv",
            "arxiv:2201.11990,s2,1\narxiv:2201.11990,arxiv",
        ),
        "minor",
    ),
    "a minor may add": (
        MINOR,
        (
            "work_ids.csv",
            "arxiv:2201.11990,arxiv",
            "arxiv:2201.11990,s2,1\narxiv:2201.11990,arxiv",
        ),
        None,
    ),
    "a major may change": (MAJOR, THEME, None),
}


@pytest.mark.parametrize(("version", "edit", "needed"), BUMPS.values(), ids=BUMPS)
def test_the_version_must_say_what_the_changes_do(
    datasets, describe_release, version, edit, needed
):
    describe_release(version, *edit)
    if needed is None:
        build_release("mt-nlg", version)
        assert citehub.load("mt-nlg").version == version
        return
    with pytest.raises(errors.BumpTooSmall, match=f"need a {needed} one:\n  (cell|row)"):
        build_release("mt-nlg", version)
    assert citehub.versions("mt-nlg") == RELEASED
    assert not (datasets / "mt-nlg" / version).exists()


def test_a_hub_of_ones_own_builds_from_a_folder(source, tmp_path):
    out = tmp_path / "out"
    build_release(source, "1.1.0", out=out)
    hub = citehub.load(out)
    hub.verify()
    assert hub.canonical.work_id == "arxiv:2201.11990"


# -- all or nothing ---------------------------------------------------------------------------


@pytest.mark.slow
def test_two_builds_into_one_folder_leave_it_whole(tmp_path):
    building = [spawn("mt-nlg", "1.1.0", "--out", tmp_path / "out") for _ in range(3)]
    codes, messages = zip(*map(finish, building), strict=True)
    assert 0 in codes
    assert set(codes) <= {0, 1}
    assert "Traceback" not in "".join(messages)
    citehub.load(tmp_path / "out").verify()
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.2, 0.6, 0.9, 1.2])
def test_a_killed_build_leaves_no_half_release(tmp_path, seconds):
    process = spawn("mt-nlg", "1.1.0", "--out", tmp_path / "out")
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    finish(process)
    if (tmp_path / "out").exists():
        citehub.load(tmp_path / "out").verify()


@pytest.mark.parametrize("number", range(0, 26, 3))
def test_a_full_disk_leaves_nothing(monkeypatch, tmp_path, number):
    calls = iter(range(1000))

    def fail(path, data):
        if next(calls) == number:
            raise OSError(errno.ENOSPC, "No space left on device", path)
        with open(path, "xb") as file:
            file.write(data)

    monkeypatch.setattr(_atomic_folder, "write_bytes", fail)
    with pytest.raises(OSError, match="No space left"):
        build_release("mt-nlg", "1.1.0", out=tmp_path / "out")
    assert os.listdir(tmp_path) == []


def test_a_build_that_was_cut_off_before_the_index_is_taken_up(datasets, describe_release):
    before = (datasets / "mt-nlg" / "index.json").read_bytes()
    describe_release(PATCH)
    build_release("mt-nlg", PATCH)
    after = (datasets / "mt-nlg" / "index.json").read_bytes()
    assert before != after
    (datasets / "mt-nlg" / "index.json").write_bytes(before)
    build_release("mt-nlg", PATCH)
    assert (datasets / "mt-nlg" / "index.json").read_bytes() == after


def test_a_lost_index_is_written_anew_and_told(datasets, run):
    index = datasets / "mt-nlg" / "index.json"
    before = index.read_bytes()
    index.unlink()
    code, out, err = run("verify", "mt-nlg")
    assert (code, out) == (1, b"")
    assert f"citehub build {index.parent}" in " ".join(err.split())
    with open(datasets / "mt-nlg" / "1.1.1" / "README.md", "a", encoding="utf-8") as file:
        file.write("edited")
    code, out, err = run("build", str(index.parent))
    said = " ".join(err.split())
    assert (code, out) == (0, f"{index.parent / MINOR}\n".encode())
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        assert f"Note: Entered {version} into {index}, which did not list it." in said
    assert f"Note: Left 1.1.1 out of index.json: {index.parent / '1.1.1' / 'README.md'}" in said
    kept = json.loads(before)["versions"]
    entered = json.loads(index.read_bytes())["versions"]
    assert entered.pop(MINOR)
    assert entered == {version: files for version, files in kept.items() if version != "1.1.1"}


def test_a_folder_of_other_bytes_is_not_taken_up(datasets, describe_release):
    describe_release(PATCH)
    before = (datasets / "mt-nlg" / "index.json").read_bytes()
    changes = datasets / "mt-nlg" / PATCH / "CHANGES.md"
    build_release("mt-nlg", PATCH)
    changes.write_bytes(b"other")
    (datasets / "mt-nlg" / "index.json").write_bytes(before)
    with pytest.raises(errors.TargetExists):
        build_release("mt-nlg", PATCH)
    assert changes.read_bytes() == b"other"
    assert (datasets / "mt-nlg" / "index.json").read_bytes() == before


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_a_target_that_holds_something_is_left_alone(tmp_path, kind):
    out = tmp_path / "out"
    if kind == "folder":
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    elif kind == "file":
        out.write_text("mine")
    else:
        out.symlink_to(tmp_path / "nowhere")
    with pytest.raises(errors.TargetExists, match="nothing was written"):
        build_release("mt-nlg", "1.1.0", out=out)
    assert os.listdir(tmp_path) == ["out"]


def test_an_empty_folder_is_a_fine_target(tmp_path):
    (tmp_path / "out").mkdir()
    build_release("mt-nlg", "1.0.0", out=tmp_path / "out")
    citehub.load(tmp_path / "out").verify()


# -- wrong sources ----------------------------------------------------------------------------

CANONICAL_TITLE = (
    "Using DeepSpeed and Megatron to Train Megatron-Turing NLG 530B, "
    "A Large-Scale Generative Language Model"
)
PAGE_TITLE = "OPT: Open Pre-trained Transformer Language Models"
WRONG = {
    "a section missing": ("hub-page.txt", "abstract\n", "", "hub-page.txt, line {line}"),
    "a title unknown to works.csv": (
        "hub-page.txt", PAGE_TITLE, "OPT", "line {line}: no row of works.csv has the title 'OPT'"
    ),
    "a work that the page has not": (
        "works.csv", "arxiv:2205.01068,",
        "arxiv:2401.00001,Another,,,,,,,,,\narxiv:2205.01068,",
        "works.csv, line {line}: the page has no work 'Another'",
    ),
    "a work twice": (
        "works.csv", "arxiv:2205.01068,OPT", "arxiv:2304.01373,OPT",
        "works.csv, line {line}: arxiv:2304.01373 is on line",
    ),
    "an unknown work": (
        "authorships.csv", "arxiv:2304.01373,1,", "arxiv:1,1,",
        "authorships.csv, line {line}: arxiv:1 is no work of works.csv",
    ),
    "authors out of order": (
        "authorships.csv", "arxiv:2304.01373,2,", "arxiv:2304.01373,99,", "expected author_order 2"
    ),
    "an author missing": (
        "authorships.csv", "arxiv:2304.01373,13,Oskar van der Wal,false\n", "",
        "author_count is 13, authorships.csv lists 12",
    ),
    "an unknown theme": (
        "work_themes.csv", "arxiv:2304.01373,models", "arxiv:2304.01373,others",
        "work_themes.csv, line {line}: themes.csv has no theme others",
    ),
    "an unknown source": (
        "canonical_facts.csv", ",nvidia-blog-2021,", ",nowhere,",
        "canonical_facts.csv, line {line}: nowhere is no source of sources.csv",
    ),
    "a fact in two ways": (
        "canonical_corpus.csv", "OpenWebText2,Pile,14.8", "Books3,Pile,14.8",
        "canonical_corpus.csv, line {line}: Books3, nvidia-blog-2021 is on line 2 already",
    ),
    "an identifier scheme": ("work_ids.csv", ",doi,", ",isbn,", "scheme should be one of arxiv"),
    "an identifier of two works": (
        "work_ids.csv", "doi,10.1145/3744746", "doi,10.52202/068431-1613",
        "work_ids.csv, line {line}: 10.52202/068431-1613 belongs to arxiv:2205.11916 already",
    ),
    "an identifier spelt as a link": (
        "work_ids.csv", "doi,10.1145/3744746", "doi,https://doi.org/10.1145/3744746",
        "work_ids.csv, line {line}: https://doi.org/10.1145/3744746 is not how doi spells",
    ),
    "a work_id that is none": (
        "works.csv", "arxiv:2205.01068,OPT", "opt,OPT",
        "works.csv, line {line}: opt is no identifier",
    ),
    "a thirteenth month": (
        "works.csv", "Language Models,2022,5", "Language Models,2022,13",
        "works.csv, line {line}: publication_month should be 12 or less, not '13'",
    ),
    "a year of five digits": (
        "works.csv", "Language Models,2022,5", "Language Models,20222,5",
        "works.csv, line {line}: publication_year should be 2100 or less",
    ),
    "a number that only Python reads": (
        "works.csv", "Language Models,2022,5", "Language Models,2_022,5",
        "works.csv, line {line}: publication_year should be a whole number, not '2_022'",
    ),
    "an address that runs": (
        "works.csv", "https://github.com/facebookresearch/metaseq,", "javascript:alert(1),",
        "code_url should be an address that starts with https:// or http://",
    ),
    "evidence of no cell": (
        "evidence.csv", "canonical_corpus,Books3|", "canonical_corpus,Books4|",
        "evidence.csv, line {line}: there is no cell canonical_corpus Books4|nvidia-blog-2021",
    ),
    "evidence from no source": (
        "evidence.csv", ",megatron-deepspeed-repo,", ",nowhere,",
        "evidence.csv, line {line}: nowhere is no source of sources.csv",
    ),
    "a fact without a value": (
        "canonical_facts.csv", "architecture,layers,105,", "architecture,layers,,",
        "|layers|nvidia-blog-2021 should have a value in one of value, value_text, and only one",
    ),
    "the canonical work cites itself": (
        "hub-page.txt", "\nOPT: Open Pre-trained Transformer Language Models\n",
        f"\n{CANONICAL_TITLE}\n", "the canonical work cites itself, on line 3",
    ),
    "a name that leads out": (
        "hub.toml", 'name = "mt-nlg"', 'name = "../x"', "lower-case letters, digits"
    ),
    "contributors that are text": (
        "hub.toml", 'title = "The citehub developers"', 'name = "me"', "expected 'title' to be t"
    ),
    "a homepage that is none": (
        "hub.toml", 'page = "hub', 'homepage = "javascript:1"\npage = "hub', "start with https://"
    ),
    "keywords that are numbers": (
        "hub.toml", 'keywords = ["citations"', "keywords = [1", "the keywords should be text"
    ),
    "a DOI with its prefix": (
        "hub.toml", 'version = "1.1.0"', 'version = "1.1.0"\ndoi = "https://doi.org/10.5281/x"',
        "release 1.1.0: the doi 'https://doi.org/10.5281/x' should be bare",
    ),
    "responsible AI that Croissant does not know": (
        "hub.toml", "\ndata_biases = ", "\nbiases = ", "there is no 'biases'; known: data_coll"
    ),
    "responsible AI that is a number": (
        "hub.toml", "\ndata_collection = ", "\ndata_social_impact = 1\ndata_collection = ",
        "responsible_ai: expected 'data_social_impact' to be text in quotation marks, found 1",
    ),
    "not TOML": ("hub.toml", 'name = "mt-nlg"', "name = mt-nlg", "hub.toml: "),
    "a part that is none": (
        "hub.toml", 'parts = ["page", "identifiers"]', 'parts = ["pages"]', "no part 'pages'"
    ),
    "a release out of order": (
        "hub.toml", 'version = "1.0.0"', 'version = "2.0.0"', "oldest first"
    ),
    "a key that is none": ("hub.toml", "title = ", "name_of = ", "there is no 'name_of'; known"),
    "no work": ("hub.toml", 'page = "hub-page.txt"', "", "expected 'work', an identifier or"),
    "a version that is none": ("hub.toml", 'version = "1.1.0"', 'version = "1.1"', "MAJOR.MINOR"),
    "a kind of change": ("hub.toml", 'kind = "added"', 'kind = "new"', "there is no kind 'new'"),
    "TeX without a plain form": (
        "hub-page.txt", PAGE_TITLE, "$\\\\frac{1}{2}$ OPT", "no row of works.csv"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), WRONG.values(), ids=WRONG)
def test_wrong_sources_stop_the_build_and_leave_nothing(
    source, edit, tmp_path, name, old, new, said
):
    line = edit(name, old, new)
    out = tmp_path / "out"
    with pytest.raises(errors.CitehubError, match=re.escape(said.format(line=line))):
        build_release(source, "1.1.0", out=out)
    assert os.listdir(tmp_path) == ["my-hub"]


def test_a_release_has_the_doi_that_hub_toml_gives(source, edit):
    edit("hub.toml", 'version = "1.1.0"', 'version = "1.1.0"\ndoi = "10.5281/zenodo.1"')
    spec = read_spec(source)
    assert spec.find_release("1.1.0").doi == "10.5281/zenodo.1"
    assert spec.find_release("1.0.0").doi == ""


@pytest.mark.parametrize("doi", ["10.5281/ZENODO.1", "doi:10.5281/zenodo.1", "2201.11990", "x"])
def test_a_doi_in_another_spelling_is_refused(source, edit, doi):
    edit("hub.toml", 'version = "1.1.0"', f'version = "1.1.0"\ndoi = "{doi}"')
    with pytest.raises(errors.SourceError, match=f"the doi '{doi}' should be bare"):
        read_spec(source)


WRONG_FIGURES = {
    "words that the finding does not hold": (
        "30M documents", "30 M documents",
        "arxiv:2501.01046 has no finding that holds '30 M documents'",
    ),
    "the words of another finding": (
        "2304.01373-1,arxiv:2304.01373,", "2304.01373-1,arxiv:2205.01068,",
        "arxiv:2205.01068 has no finding that holds '16 identically trained LLMs'",
    ),
    "a work without a finding": (
        "2304.01373-1,arxiv:2304.01373,", "2304.01373-1,arxiv:2201.11990,",
        "arxiv:2201.11990 has no finding that holds",
    ),
    "no work of the hub": (
        "2304.01373-1,arxiv:2304.01373,", "2304.01373-1,arxiv:2304.01374,",
        "arxiv:2304.01374 is no work of the hub",
    ),
    "a number left out": (
        "2605.24981-2,", "2605.24981-5,",
        "expected the key 2605.24981-2, found 2605.24981-5",
    ),
    "out of the order of print": (
        ",156 models", ",SELECT-LLM is",
        "'SELECT-LLM is' is printed ahead of the words of the row before it",
    ),
    "a range without its end": (
        "range,5,66,", "range,5,,", "2602.22437-1 should have a value_high if relation is range"
    ),
    "an end without a range": (
        "range,5,66,", "over,5,66,", "2602.22437-1 should have a value_high if relation is range"
    ),
    "a range backwards": (
        "range,5,66,", "range,66,5,", "2602.22437-1 should have a value_high above its value"
    ),
    "a quantity that is none": (
        ",peak_share,", ",peak,", "quantity should be one of parameters training_tokens"
    ),
    "no value": ("up_to,1.4,", "up_to,,", "value is empty"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG_FIGURES.values(), ids=WRONG_FIGURES)
def test_wrong_figures_stop_the_build(source, edit, tmp_path, old, new, said):
    line = edit("finding_figures.csv", old, new)
    with pytest.raises(errors.SourceError, match=re.escape(said)) as caught:
        build_release(source, "1.2.0", out=tmp_path / "out")
    assert f"finding_figures.csv, line {line}" in str(caught.value)
    assert os.listdir(tmp_path) == ["my-hub"]


def test_tex_that_has_no_plain_form_stops_the_build(source, edit, tmp_path):
    for name in ("hub-page.txt", "works.csv"):
        edit(name, PAGE_TITLE, "$\\frac{1}{2}$ OPT")
    with pytest.raises(errors.SourceError, match=r"page\.txt, line 62: no plain form of the TeX"):
        build_release(source, "1.1.0", out=tmp_path / "out")


def test_hostile_titles_pass_through_unchanged(source, edit, tmp_path):
    hostile = "<script>alert('x')</script> =1+1 \\textbf{x} \x1b[2J \u202e"
    for name in ("hub-page.txt", "works.csv"):
        edit(name, PAGE_TITLE, hostile)
    build_release(source, "1.1.0", out=tmp_path / "out")
    hub = citehub.load(tmp_path / "out")
    work = hub.work("2205.01068")
    assert work.title == hostile
    assert "<script" not in work._repr_html_() + hub.works._repr_html_() + hub._repr_html_()


def test_a_folder_without_hub_toml_is_named(tmp_path):
    with pytest.raises(errors.SourceError, match=r"hub\.toml: does not exist"):
        build_release(tmp_path, "1.0.0", out=tmp_path / "out")


def test_an_installed_citehub_asks_where_to_build(monkeypatch, datasets):
    installed = datasets.rename(datasets.with_name("_datasets"))
    monkeypatch.setattr(_catalog, "datasets_folder", lambda: str(installed))
    with pytest.raises(errors.BuildError, match="--out DIR"):
        build_release("mt-nlg", "1.1.0")


def test_a_hub_folder_of_ones_own_gets_its_releases(source):
    assert build_release(source, "1.0.0").folder == str(source / "1.0.0")
    assert citehub.versions(source) == ("1.0.0",)
    first = (source / "1.0.0" / "CHANGES.md").read_text(encoding="utf-8")
    assert "This is the first release." in first
    newest = read_spec(source).releases[-1].version
    assert build_release(source).folder == str(source / newest)
    assert citehub.versions(source) == ("1.0.0", newest)
    assert citehub.load(source).version == newest
    second = (source / newest / "CHANGES.md").read_text(encoding="utf-8")
    assert f"mt-nlg 1.0.0 -> {newest}" in second
    for version in citehub.versions(source):
        citehub.load(source, version=version).verify()


def test_what_hub_toml_does_not_describe_gets_the_version_that_the_changes_ask_for(datasets):
    built = build_release("mt-nlg")
    assert (built.version, built.diff.level) == (MINOR, "minor")
    assert citehub.load("mt-nlg").version == MINOR
    again = build_release("mt-nlg")
    assert (again.folder, again.version, again.diff.level) == ("", MINOR, "patch")


def test_tables_are_written_once_whatever_version_the_changes_ask_for(datasets, monkeypatch):
    written = []

    def write_table(rows, resource, folder, *, whole=write.write_table):
        written.append(resource["name"])
        whole(rows, resource, folder)

    monkeypatch.setattr(write, "write_table", write_table)
    built = build_release("mt-nlg")
    hub = citehub.load("mt-nlg", version=MINOR)
    assert sorted(written) == sorted(each["name"] for each in hub.manifest["resources"])
    assert (built.diff.old, built.diff.new) == (NEWEST, MINOR)
    assert str(built.diff) == str(citehub.diff("mt-nlg", NEWEST, MINOR))
    changes = (datasets / "mt-nlg" / MINOR / "CHANGES.md").read_text(encoding="utf-8")
    assert f"mt-nlg {NEWEST} -> {MINOR}: minor" in changes


def test_the_hub_that_was_asked_for_is_the_one_that_is_built(datasets):
    path = datasets / "mt-nlg" / "hub.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"mt-nlg"', '"other"', 1), encoding="utf-8"
    )
    with pytest.raises(errors.BuildError, match="belongs to the hub 'other', not 'mt-nlg'"):
        build_release("mt-nlg", "1.1.0")


def test_an_unknown_hub_is_named():
    with pytest.raises(errors.UnknownHub, match="Did you mean 'mt-nlg'"):
        build_release("mt-nlgg", "1.1.0")


def test_progress_tells_each_step(tmp_path):
    steps = []
    build_release("mt-nlg", "1.0.0", out=tmp_path / "out", progress=steps.append)
    assert steps == [
        "Read the sources",
        "Join the records",
        "Write the tables",
        "Compare with the release before",
        "Verify",
    ]
