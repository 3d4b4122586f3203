"""The scorecard: what a maintainer must and should mend."""

from __future__ import annotations

import json
import re
import shutil

import pytest

import citehub
from citehub import errors
from citehub.build import build_release
from citehub.publish import PUBLISHING_FILES
from tests.faults.manifests import small, write_table
from tests.made import make_release, make_works

MT_NLG = "arxiv:2201.11990"
NEWEST = citehub.versions("mt-nlg")[-1]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A release folder with its publishing files."""
    folder = tmp_path_factory.mktemp("check") / "release"
    build_release("mt-nlg", NEWEST, out=folder)
    return folder


@pytest.fixture
def release(whole, tmp_path):
    """A copy of it to damage."""
    return shutil.copytree(whole, tmp_path / "release")


@pytest.fixture
def loose(release):
    """The same without its list of hashes, to change what its manifest says."""
    (release / "SHA256SUMS").unlink()
    return release


def failed(card, level="must"):
    return {each.name: each for each in card if not each.passed and each.level == level}


def test_every_release_passes_what_it_must():
    for version in citehub.versions("mt-nlg"):
        card = citehub.check("mt-nlg", version=version)
        assert (card.passed, card.release) == (True, f"mt-nlg {version}"), str(card)
        assert len(card) == 17


def test_what_should_be_better_is_said_with_numbers_and_advice(hub):
    card = citehub.check(hub.path)
    should = failed(card, "should")
    assert set(should) == {
        "nulls", "locators", "rights", "identifier (FAIR F1)", "publishing files (FAIR F4, I1)",
    }  # fmt: skip
    rows = list(hub.evidence)
    placed = sum(row["locator"] is not None for row in rows)
    assert should["locators"].found.startswith(f"{placed:,} of {len(rows):,} (91 %)")
    silent = [row["source_id"] for row in hub.sources if row["rights"] is None]
    assert should["rights"].cases == tuple(silent)
    assert should["publishing files (FAIR F4, I1)"].cases == PUBLISHING_FILES
    assert all(each.advice for each in should.values())
    assert str(card).startswith("mt-nlg 1.1.0: passes 11 of 11 that must and 1 of 6 that should.")


def test_evidence_is_counted_cell_by_cell(hub):
    (evidence,) = [each for each in citehub.check(hub.path) if each.name.startswith("evidence")]
    total = len(hub.evidence)
    assert evidence.found == f"{total:,} of {total:,} (100 %) non-null cells have a source"


def test_a_whole_release_lacks_no_publishing_file(whole):
    card = citehub.check(whole)
    assert set(failed(card, "should")) == {"nulls", "locators", "rights", "identifier (FAIR F1)"}
    assert "28 files as released" in next(iter(card)).found


# -- what is wrong ----------------------------------------------------------------------------


def test_a_damaged_table_fails_integrity_and_the_rest_is_still_checked(release):
    path = release / "works.parquet"
    path.write_bytes(path.read_bytes()[:-5])
    card = citehub.check(release)
    assert not card.passed
    integrity = failed(card)["integrity"]
    assert any(case.startswith("works: expected") for case in integrity.cases)
    assert "works.parquet differs from the released file" in integrity.cases
    assert len(card) == 17
    for name in ("keys", "values", "nulls", "evidence (FAIR R1.2)", "rights"):
        (check,) = [each for each in card if each.name == name]
        assert (check.passed, check.found) == (False, "not checked, as works cannot be read")


@pytest.mark.parametrize("name", ["README.md", "CHANGES.md"])
def test_a_changed_missing_or_added_file_fails_integrity(release, name):
    (release / name).write_text("other", encoding="utf-8")
    assert f"{name} differs from the" in failed(citehub.check(release))["integrity"].found
    (release / name).unlink()
    assert f"{name} is missing" in failed(citehub.check(release))["integrity"].found
    (release / "notes.txt").touch()
    assert (
        "notes.txt does not belong to the release"
        in failed(citehub.check(release))["integrity"].cases
    )


@pytest.mark.parametrize("text", ["x\n", "", "00  works.parquet\n"])
def test_a_worthless_list_of_checksums_fails_integrity(release, text):
    (release / "SHA256SUMS").write_text(text, encoding="utf-8")
    assert "integrity" in failed(citehub.check(release))
    with pytest.raises(errors.DamagedManifest):
        citehub.load(release).verify()


def test_a_folder_within_fails_integrity_and_what_is_hidden_does_not(release):
    (release / ".git").mkdir()
    (release / ".DS_Store").touch()
    assert citehub.check(release).passed
    citehub.load(release).verify()
    (release / "sub").mkdir()
    assert failed(citehub.check(release))["integrity"].cases == (
        "sub does not belong to the release",
    )


def test_a_manifest_that_cannot_be_read_is_the_only_finding(release):
    (release / "datapackage.json").write_text("{", encoding="utf-8")
    card = citehub.check(release)
    assert [(each.name, each.passed) for each in card] == [("manifest", False)]
    assert not card.passed


def test_publishing_files_of_another_version_fail(release):
    for name in ("croissant.json", "CITATION.cff"):
        path = release / name
        path.write_text(
            path.read_text(encoding="utf-8").replace(NEWEST, "9.9.9"), encoding="utf-8"
        )
    path = release / "ro-crate-metadata.json"
    crate = json.loads(path.read_text(encoding="utf-8"))
    next(each for each in crate["@graph"] if each["@id"] == "works.parquet")["sha256"] = "0" * 64
    path.write_text(json.dumps(crate), encoding="utf-8")
    (release / "dataset.jsonld").write_text("{", encoding="utf-8")
    cases = failed(citehub.check(release))["publishing files agree"].cases
    assert cases[0] == f"croissant.json: another version than {NEWEST}"
    assert cases[1].startswith("dataset.jsonld: no JSON")
    assert "ro-crate-metadata.json: another hash of works.parquet" in cases
    assert cases[-1] == "CITATION.cff names another version"


def made(tmp_path, **tables):
    """Make a sound little release, with some of its tables replaced."""
    work = {"work_id": "arxiv:2304.01373", "title": "T", "title_plain": "T"}
    return citehub.check(make_release(tmp_path, make_works(work) | tables).path)


def test_keys_references_and_vocabularies_are_checked(tmp_path):
    card = made(
        tmp_path,
        work_themes=[{"work_id": "arxiv:2304.01373", "theme_id": "no-theme", "method": "curated"}]
        * 2,
        work_ids=[{"work_id": "arxiv:2304.01373", "scheme": "isbn", "value": "1"}],
    )
    wrong = failed(card)
    assert "work_themes holds arxiv:2304.01373|no-theme twice" in wrong["keys"].cases
    assert any("'theme_id' to be in themes.theme_id" in case for case in wrong["keys"].cases)
    assert wrong["vocabularies"].cases == ("work_ids.scheme holds 'isbn'",)
    assert any("one of arxiv doi" in case for case in wrong["values"].cases)


def test_required_cells_are_checked(tmp_path):
    card = made(
        tmp_path, themes=[{"theme_id": "t", "title": "T", "description": "", "position": 0}]
    )
    assert "'position' of row 1 to be 1 or more" in failed(card)["values"].found


def test_cells_without_source_and_sources_without_cell_are_named(tmp_path):
    stray = {
        "table_name": "works", "row_key": "arxiv:2304.01373", "column_name": "venue",
        "source_id": "a-test", "grade": "stated",
    }  # fmt: skip
    card = made(tmp_path, evidence=[stray])
    evidence = failed(card)["evidence (FAIR R1.2)"]
    assert evidence.cases[0].startswith("0 of ")
    assert "works.arxiv:2304.01373.title has no source" in evidence.cases
    assert "works.arxiv:2304.01373.venue has a source and no value" in evidence.cases


def test_counts_that_exceed_their_denominator_fail(tmp_path):
    count = {
        "scheme": "intent", "raw_value": "background", "source_id": "a-test",
        "n": 9, "n_labelled": 44, "n_citing": 9,
    }  # fmt: skip
    card = made(tmp_path, label_counts=[count])
    assert failed(card)["denominators"].cases == ("background: 9 of 44 of 9",)


def test_another_schema_is_told(loose):
    path = loose / "datapackage.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for resource in manifest["resources"]:
        if resource["name"] == "themes":
            resource["schema"]["primaryKey"] = ["title"]
        if resource["name"] == "work_themes":
            resource["name"] = "work_topics"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    cases = failed(citehub.check(loose))["schema"].cases
    assert cases == (
        "themes has another key",
        "citehub has no table work_topics, and it is not marked as one of the hub's own",
    )


def test_stated_rights_licence_and_metadata_are_checked(loose):
    path = loose / "datapackage.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest |= {"licenses": [], "keywords": [], "description": "short"}
    manifest["id"] = "https://doi.org/10.5281/zenodo.1"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    card = citehub.check(loose)
    assert failed(card)["licence (FAIR R1.1)"].found == "no licence is stated"
    assert failed(card)["metadata (FAIR F2)"].cases == (
        "no keywords", "no description of 50 letters",
    )  # fmt: skip
    assert "identifier (FAIR F1)" not in failed(card, "should")


RULES = {
    "a month 99": ("works", {"publication_month": 99}, "12 or less"),
    "an address that runs": ("works", {"page_url": "javascript:alert(1)"}, "https:// or http://"),
    "no title": ("works", {"title": None}, "not null"),
    "a source that is none": ("works", {"finding_source": "none"}, "in sources.source_id"),
    "a term that is none": ("work_ids", {"scheme": "none"}, "one of arxiv"),
    "a citation of itself": ("citations", {"citing_work_id": MT_NLG}, "a citation of each"),
    "more labels than labelled": ("label_counts", {"n": 99}, "at most 'n_labelled'"),
    "evidence of no row": ("evidence", {"row_key": "none"}, "evidence of rows of"),
}


@pytest.mark.parametrize(("table", "cells", "said"), RULES.values(), ids=RULES)
def test_rules_hold_whatever_the_manifest_leaves_out(tmp_path, table, cells, said):
    folder = shutil.copytree(small(3), tmp_path / "release")
    rows = citehub.load(folder).table(table).to_arrow().to_pylist() or [{}]
    write_table(folder, table, [{**rows[0], **cells}, *rows[1:]], keeps_rules=False)
    with pytest.raises(errors.DamagedManifest, match="tables as schema 4 declares them"):
        citehub.load(folder).verify()
    assert "schema" in failed(citehub.check(folder))
    folder = shutil.copytree(small(3), tmp_path / "with-rules")
    write_table(folder, table, [{**rows[0], **cells}, *rows[1:]], keeps_rules=True)
    with pytest.raises(errors.DamagedTable, match=said):
        citehub.load(folder).verify()
    assert not citehub.check(folder).passed


@pytest.mark.parametrize("rule", ["constraints", "format", "foreignKeys"])
def test_a_rule_that_the_manifest_leaves_out_is_told(loose, rule):
    path = loose / "datapackage.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    schema = manifest["resources"][0]["schema"]
    parts = [schema] if rule in schema else [each for each in schema["fields"] if rule in each]
    del parts[0][rule]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert re.search(r"works\S* has other ", failed(citehub.check(loose))["schema"].found)
    with pytest.raises(errors.DamagedManifest, match=r"works\S* has other "):
        citehub.load(loose).verify()


# -- the command line -------------------------------------------------------------------------


def test_the_command_prints_every_check_and_what_to_do(say, run, release):
    said = say("check", str(release))
    assert said.startswith(f"mt-nlg {NEWEST}: passes 11 of 11 that must and 2 of 6 that should.")
    assert "What to do:" in said
    record = json.loads(say("check", str(release), "--json"))
    assert (record["release"], record["passed"], len(record["checks"])) == (
        f"mt-nlg {NEWEST}",
        True,
        17,
    )
    (release / "works.parquet").unlink()
    code, out, _ = run("check", str(release))
    assert (code, b"NO      must" in out) == (1, True)
    code, out, _ = run("check", str(release), "--json")
    assert (code, json.loads(out)["passed"]) == (1, False)


def test_a_bare_folder_name_is_a_folder_and_a_hub_name_a_hub(say, run, release, monkeypatch):
    monkeypatch.chdir(release.parent)
    assert say("check", "release").startswith(f"mt-nlg {NEWEST}")
    (release.parent / "mt-nlg").mkdir()
    assert say("check", "mt-nlg", "--version", "1.0.0").startswith("mt-nlg 1.0.0")
    code, _, err = run("check", "nowhere")
    assert (code, "no hub 'nowhere'" in err) == (2, True)
    code, _, err = run("check", "./nowhere")
    assert (code, "no folder" in err) == (2, True)


def test_in_a_notebook_it_is_a_table(hub):
    card = citehub.check(hub.path)
    html = card._repr_html_()
    assert html.count("<tr>") == 18
    cells = re.findall(r"<t[hd](?: .*?)?>(.*?)</t[hd]>", html)
    assert cells[:8] == [
        "passed", "level", "check", "found", "what to do", "yes", "must", "integrity",
    ]  # fmt: skip
    assert repr(card).startswith("<citehub.Scorecard mt-nlg 1.1.0: passes")


def test_an_unknown_version_is_refused():
    with pytest.raises(errors.UnknownVersion):
        citehub.check("mt-nlg", version="9.9.9")
