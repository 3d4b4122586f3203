"""A release becomes a hub folder that can be built again, curated, and joined by newer sources."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import citehub
from citehub import errors
from citehub._atomic_folder import hashes
from citehub._manifest import MANIFEST, SUMS, format_sums, sha256
from citehub._schema import TABLES
from citehub.build import build_release, write
from citehub.graph import adopt_release, new_hub, new_hubs

from .dumps import CREATED, SMALL, SOURCES, WORK, dumps_of, make, rows_of

if TYPE_CHECKING:
    from citehub.graph import NewHub

LAMP, BRIGHT, FOG = "arxiv:9912.00001", "doi:10.5555/bright.1", "arxiv:9912.00012"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("releases")


@pytest.fixture(scope="module")
def released(home):
    """Make the bare release of some sources, once."""

    def once(*sources: str) -> Path:
        out = home / "-".join(sources)
        made = list(new_hubs([WORK], str(out), dumps_of(*sources), created=CREATED))
        return Path(made[0].folder)

    return once


@pytest.fixture(scope="module")
def adopted(home, released):
    """Make a hub folder of the release of some sources, once."""
    known: dict[str, NewHub] = {}

    def once(*sources: str) -> NewHub:
        name = "-".join(["hub", *sources])
        if name not in known:
            known[name] = adopt_release(released(*sources), str(home / name))
        return known[name]

    return once


@pytest.fixture
def adopt(adopted, tmp_path):
    """Return a hub folder to change."""

    def copy(*sources: str) -> NewHub:
        made = adopted(*sources)
        folder = shutil.copytree(made.folder, tmp_path / "hub")
        return made._replace(folder=str(folder), release=str(folder / "1.0.0"))

    return copy


def sign(release: Path) -> None:
    """Make the checksums of a release those of its files."""
    (release / SUMS).unlink(missing_ok=True)
    files = {path.name: sha256(path.read_bytes()) for path in release.iterdir()}
    (release / SUMS).write_bytes(format_sums(files))


def change_manifest(release: Path, *, schema: int | None = None, **stated) -> None:
    path = release / MANIFEST
    manifest = json.loads(path.read_bytes()) | stated
    manifest["citehub"]["schema_version"] = schema or manifest["citehub"]["schema_version"]
    path.write_bytes(json.dumps(manifest).encode())
    sign(release)


def write_list(hub: NewHub, text: str) -> None:
    place = Path(hub.folder, "source", "citing-file")
    place.mkdir()
    (place / "mine.bib").write_text(text, encoding="utf-8")


# -- the same again ------------------------------------------------------------------------------


@pytest.mark.parametrize("sources", [("openalex",), SOURCES], ids="-".join)
def test_built_again_from_its_copy_a_release_is_the_same(released, adopt, tmp_path, sources):
    release, hub = released(*sources), adopt(*sources)
    assert hub.notes == ()
    assert hashes(hub.release) == hashes(str(release))
    assert citehub.versions(hub.folder) == ("1.0.0",)
    again = build_release(hub.folder, "1.0.0", out=tmp_path / "again", created=CREATED)
    first, second = citehub.load(release).manifest, citehub.load(again.folder).manifest
    assert first["resources"] == second["resources"]
    assert first == second
    assert build_release(hub.folder)[:2] == ("", "1.0.0")
    assert hub.n_citing == len(citehub.load(hub.folder).citations)


def test_so_is_that_of_a_hub_with_lists_and_all_that_its_maker_said(tmp_path):
    made = new_hub(
        WORK,
        str(tmp_path / "first"),
        dumps_of(*SOURCES),
        citing=str(SMALL / "citing.bib"),
        created=CREATED,
        name="lamps",
        version="2.1.0",
        title='"Lamps" \\ of paper',
        licenses=["CC-BY-4.0"],
        contributors=["Ada Invented"],
        homepage="https://example.org/lamps",
    )
    spec = Path(made.folder, "hub.toml")
    text = spec.read_text(encoding="utf-8").replace("\n[[", '\nkeywords = ["lamps"]\n\n[[')
    people = '\n[[contributors]]\ntitle = "Bo"\npath = "https://example.org/bo"\n'
    more = '\n[responsible_ai]\ndata_use_cases = "None\\nyet."\n'
    spec.write_text(text + people + more, encoding="utf-8")
    told = build_release(made.folder, "2.1.1", out=tmp_path / "told", created=CREATED)
    hub = adopt_release(told.folder, str(tmp_path / "hub"))
    assert hub.notes == ()
    again = build_release(hub.folder, "2.1.1", out=tmp_path / "again", created=CREATED)
    before, after = (citehub.load(each.folder).manifest for each in (told, again))
    assert before == after
    assert after["title"] == '"Lamps" \\ of paper'
    assert [each["name"] for each in after["licenses"]] == ["CC-BY-4.0", "ODC-By-1.0"]
    assert [each["title"] for each in after["contributors"]] == ["Ada Invented", "Bo"]
    assert after["keywords"] == ["lamps"]


def test_what_follows_from_the_sources_is_not_said(adopt):
    said = Path(adopt("openalex").folder, "hub.toml").read_text(encoding="utf-8")
    lines = [line for line in said.splitlines() if line and not line.startswith("#")]
    assert lines == ['name = "arxiv-9912-00001"', f'work = "{LAMP}"']


# -- what comes next -----------------------------------------------------------------------------


def test_what_people_say_makes_the_next_version(adopt):
    hub = adopt(*SOURCES)
    source = Path(hub.folder, "source")
    signed = "Ada,2026-11-29,As printed"
    (source / "corrections.csv").write_text(
        f"work,column,value,who,when,why\n{BRIGHT},venue,Lamp Letters,{signed}\n", encoding="utf-8"
    )
    (source / "exclusions.csv").write_text(
        f"work,who,when,why\n{FOG},{signed}\n", encoding="utf-8"
    )
    built = build_release(hub.folder)
    assert built.version == "2.0.0"
    new, old = citehub.load(hub.folder), citehub.load(hub.folder, version="1.0.0")
    assert new.work(BRIGHT).venue == "Lamp Letters"
    assert {row["work_id"] for row in old.works} - {row["work_id"] for row in new.works} == {FOG}
    assert [row["work_id"] for row in new.excluded_works] == [FOG]
    assert build_release(hub.folder)[:2] == ("", "2.0.0")


def test_a_list_that_is_added_joins(adopt):
    hub = adopt(*SOURCES)
    write_list(
        hub,
        """
        @article{same, title={Brighter Lanterns}, doi={10.5555/BRIGHT.1}, year=2025}
        @article{fresh, title={Lanterns Anew}, doi={10.5555/anew.1}, year=2026}
        @article{self, title={The Paper Lantern Model}, doi={10.5555/lantern.1}, year=2021}
        """,
    )
    built = build_release(hub.folder)
    assert built.version == "1.1.0"
    new, old = citehub.load(hub.folder), citehub.load(hub.folder, version="1.0.0")
    assert {r["work_id"] for r in new.works} - {r["work_id"] for r in old.works} == {
        "doi:10.5555/anew.1"
    }
    mine = [row for row in new.citation_sources if row["source_id"] == "citing-file"]
    assert {row["citing_work_id"] for row in mine} == {BRIGHT, "doi:10.5555/anew.1"}
    theirs = [row for row in new.citation_sources if row["source_id"] != "citing-file"]
    assert theirs == list(old.citation_sources)
    assert ("citing-file", "self") in rows_of(new, "work_joins", "source_id", "record_id")
    described = {row["source_id"]: row for row in new.sources}
    assert described.pop("citing-file")["retrieved_on"] is not None
    assert list(described.values()) == list(old.sources)


def test_a_list_need_not_hold_the_work_itself(adopt):
    hub = adopt("openalex")
    write_list(hub, "@article{fresh, title={Lanterns Anew}, year=2026}")
    build_release(hub.folder)
    assert ("entry:fresh",) in rows_of(citehub.load(hub.folder), "works", "work_id")


@pytest.fixture(scope="module")
def both(home) -> NewHub:
    """Make a hub that keeps the parts of two dumps."""
    return make(home / "both", "openalex", "s2")


def test_part_of_another_dump_that_is_added_joins(adopt, both):
    hub = adopt("s2")
    part = Path(both.folder, "source", "openalex")
    shutil.copytree(part, Path(hub.folder, "source", "openalex"))
    build_release(hub.folder)
    new, known = citehub.load(hub.folder), citehub.load(both.folder)
    for table in ("citation_sources", "work_ids", "source_counts", "source_overlap"):
        assert sorted(map(repr, new.table(table))) == sorted(map(repr, known.table(table))), table
    titles = ("work_id", "title", "publication_year")
    assert sorted(rows_of(new, "works", *titles)) == sorted(rows_of(known, "works", *titles))


def test_a_newer_part_of_a_dump_says_what_its_records_say(adopt, both):
    hub = adopt(*SOURCES)
    part = Path(hub.folder, "source", "openalex")
    shutil.copytree(Path(both.folder, "source", "openalex"), part)
    note = json.loads((part / "read.json").read_bytes())
    (part / "read.json").write_text(json.dumps(note | {"read_on": "2026-09-01"}))
    changed = 0
    for path in part.rglob("*.gz"):
        data = gzip.decompress(path.read_bytes())
        changed += data.count(b"Brighter Lanterns")
        path.write_bytes(gzip.compress(data.replace(b"Brighter Lanterns", b"Brightest Lanterns")))
    assert changed
    build_release(hub.folder)
    new, old = citehub.load(hub.folder), citehub.load(hub.folder, version="1.0.0")
    assert (old.work(BRIGHT).title, new.work(BRIGHT).title) == (
        "Brighter Lanterns", "Brightest Lanterns",
    )  # fmt: skip
    assert list(new.citation_sources) == list(old.citation_sources)
    assert list(new.source_counts) == list(old.source_counts)
    read = {row["source_id"]: str(row["retrieved_on"]) for row in new.sources}
    assert (read["openalex"], read["s2"]) == ("2026-09-01", str(CREATED))


# -- bad input -----------------------------------------------------------------------------------


def test_a_folder_that_is_no_release(tmp_path, released):
    home = released("openalex").parent
    with pytest.raises(errors.UnknownHub, match=r"no release .* Known: .*arxiv-9912-00001"):
        adopt_release(home, str(tmp_path / "hub"))
    with pytest.raises(errors.UnknownHub, match="no release"):
        adopt_release(tmp_path / "nowhere", str(tmp_path / "hub"))
    assert not (tmp_path / "hub").exists()


def test_a_hub_folder_and_a_release_in_one(adopt, tmp_path):
    hub = adopt("openalex")
    for folder in (hub.folder, hub.release, "datasets/mt-nlg", "datasets/mt-nlg/1.2.0"):
        with pytest.raises(errors.BadArgument, match=r"hub folder.*\. Make .* citehub build "):
            adopt_release(folder, str(tmp_path / "other"))


def test_a_release_of_an_older_citehub(tmp_path):
    folder = shutil.copytree("datasets/mt-nlg/1.2.0", tmp_path / "old")
    with pytest.raises(errors.SourceError, match=r"an older citehub made this release"):
        adopt_release(folder, str(tmp_path / "hub"))


def test_a_release_of_a_newer_citehub(released, tmp_path):
    folder = Path(shutil.copytree(released("openalex"), tmp_path / "new"))
    change_manifest(folder, schema=99)
    with pytest.raises(errors.NewerRelease, match="schema 99"):
        adopt_release(folder, str(tmp_path / "hub"))


def test_a_release_that_people_curated_belongs_to_its_hub(adopt, tmp_path):
    hub = adopt("openalex")
    Path(hub.folder, "source", "exclusions.csv").write_text(
        f"work,who,when,why\n{BRIGHT},Ada,2026-11-29,It does not\n", encoding="utf-8"
    )
    built = build_release(hub.folder)
    folder = shutil.copytree(built.folder, tmp_path / "curated")
    with pytest.raises(
        errors.SourceError, match=r"excluded_works \(1 row\).* copy that folder whole"
    ):
        adopt_release(folder, str(tmp_path / "other"))


@pytest.mark.parametrize("name", ["works.parquet", "CHANGES.md", MANIFEST])
def test_a_release_that_was_edited(released, tmp_path, name):
    folder = Path(shutil.copytree(released("openalex"), tmp_path / "edited"))
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(errors.DamagedRelease, match=f"{name} is damaged"):
        adopt_release(folder, str(tmp_path / "hub"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["edited"]


def test_a_release_that_does_not_hold_together(released, tmp_path):
    folder = Path(shutil.copytree(released("openalex"), tmp_path / "made"))
    hub = citehub.load(folder)
    rows = [row for row in hub.work_joins if row["work_id"] != BRIGHT]
    resource = write.describe(TABLES["work_joins"], rows)
    (folder / "work_joins.parquet").unlink()
    write.write_table(rows, resource, str(folder))
    resources = [each for each in hub.manifest["resources"] if each["name"] != "work_joins"]
    change_manifest(folder, resources=[*resources, resource])
    with pytest.raises(errors.SourceError, match=f"work_joins has no record of {BRIGHT}"):
        adopt_release(folder, str(tmp_path / "hub"))


def test_a_release_without_checksums(released, tmp_path):
    folder = Path(shutil.copytree(released("openalex"), tmp_path / "edited"))
    (folder / SUMS).unlink()
    with pytest.raises(errors.DamagedManifest, match="SHA256SUMS"):
        adopt_release(folder, str(tmp_path / "hub"))


def test_a_copy_that_was_edited_is_told_by_the_build(adopt):
    hub = adopt("openalex")
    path = Path(hub.folder, "source", "release", "evidence.parquet")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(errors.DamagedTable, match=r"source.release.evidence\.parquet"):
        build_release(hub.folder)
    shutil.rmtree(path.parent)
    with pytest.raises(errors.BuildError, match="nor a release in release"):
        build_release(hub.folder)


def test_where_the_hub_would_be(released, tmp_path):
    release = released("openalex")
    there = tmp_path / "there"
    there.mkdir()
    (there / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(errors.TargetExists, match="exists already"):
        adopt_release(release, str(there))
    with pytest.raises(errors.TargetExists, match=r"is inside .*, a release"):
        adopt_release(release, str(release / "hub"))
    assert (there / "note.txt").read_text(encoding="utf-8") == "mine"


def test_by_default_it_joins_the_home_of_hubs(released, tmp_path, monkeypatch):
    monkeypatch.setenv("CITEHUB_HOME", str(tmp_path / "hubs"))
    adopt_release(released("openalex"))
    assert len(citehub.load("arxiv-9912-00001").citations) == 6
    with pytest.raises(errors.TargetExists, match=r"with --out\. To make .* citehub build"):
        adopt_release(released("openalex"))


def test_a_tilde_is_the_users_folder(released, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert adopt_release(released("openalex"), "~/hub").folder == str(tmp_path / "hub")


# -- the command line ----------------------------------------------------------------------------


def test_the_command_says_what_comes_next(run, released, tmp_path):
    out = str(tmp_path / "hub")
    code, said, hint = run("new", "--from-release", str(released("openalex")), "--out", out)
    assert (code, said.decode()) == (0, f"{out}\n")
    assert f"6 citing works, as released. Build the next version with: citehub build {out}" in (
        " ".join(hint.split())
    )
    code, said, hint = run("build", out)
    assert (code, said) == (0, b"")
    assert "Nothing changed since 1.0.0" in hint
    assert [run(command, out)[0] for command in ("check", "verify")] == [0, 0]


def test_the_work_may_be_named_and_must_be_that_of_the_release(run, released, tmp_path):
    release = str(released("openalex"))
    code, _, said = run("new", BRIGHT, "--from-release", release, "--out", str(tmp_path / "hub"))
    assert code == 2
    assert f"the work of the release, {LAMP}" in " ".join(said.split())
    code, *_ = run("new", WORK, "--from-release", release, "--out", str(tmp_path / "hub"))
    assert code == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--from-release", "x", "--openalex", "y", "--title", "Lamps"],
         "leave out --openalex, --title"),
        (["--from-release", "x", "--version", "1.1.0"], "leave out --version"),
        (["--from-release", ""], "Name what to read"),
        (["--from-release", "x", "--out", "-"], "Name a folder to make."),
        (["--openalex", "y"], "Name a work; or a release"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together(run, given, said):
    code, _, problem = run("new", *given)
    assert code == 2
    assert said in " ".join(problem.split())
