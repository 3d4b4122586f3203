"""Hub folders: by path wherever a hub goes, and by name in a home of hubs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

import citehub
from citehub import _catalog, errors
from citehub.explorer import write_site
from citehub.publish import publish
from tests.made import make_hub


@pytest.fixture(scope="session")
def original(tmp_path_factory):
    return make_hub(tmp_path_factory.mktemp("hubs") / "made", "0.9.0", "0.10.0")


@pytest.fixture
def made(original, tmp_path):
    """A hub folder with two releases."""
    return shutil.copytree(original, tmp_path / "made")


def edit(path, change):
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


# -- by path ----------------------------------------------------------------------------------


def test_a_hub_folder_goes_where_a_hub_goes(made, tmp_path, monkeypatch):
    assert citehub.versions(made) == ("0.9.0", "0.10.0")
    newest = citehub.load(made)
    assert (newest.name, newest.version, len(newest.citing_works)) == ("made", "0.10.0", 2)
    assert newest.path == str(made / "0.10.0")
    assert citehub.load(made, version="0.9.0").version == "0.9.0"
    assert citehub.check(made).release == "made 0.10.0"
    assert citehub.check(made, version="0.9.0").release == "made 0.9.0"
    assert citehub.diff(made, "0.9.0", "0.10.0").counts()["works"] == {"row added": 1}
    monkeypatch.chdir(tmp_path)
    assert citehub.versions("./made") == ("0.9.0", "0.10.0")
    assert citehub.load(f".{os.sep}made{os.sep}").path == newest.path
    assert citehub.diff("./made", "./made/0.9.0", "0.10.0").counts()["works"] == {"row added": 1}
    monkeypatch.chdir(made)
    assert citehub.load(".").path == newest.path


def test_every_command_takes_a_hub_folder(made, tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in (
        ("show", "./made"),
        ("show", "./made", "--version", "0.9.0", "--json"),
        ("show", "./made", "doi:10.1/1"),
        ("search", "./made", "work"),
        ("table", "./made", "works", "-f", "csv"),
        ("export", "./made", "-f", "bibtex"),
        ("cite", "./made"),
        ("diff", "./made", "0.9.0", "0.10.0"),
        ("verify", "./made"),
        ("publish", "./made", "--out", "published"),
        ("site", "./made", "--out", "www", "--version", "0.9.0"),
    ):
        code, out, err = run(*words)
        assert (code, bool(out)) == (0, True), err
    code, out, _ = run("verify", "./made")
    assert out.decode().count(": sound") == 2
    code, out, _ = run("check", "./made", "--json")
    assert json.loads(out)["release"] == "made 0.10.0"


def test_the_folder_of_one_release_has_one_version(made):
    assert citehub.versions(made / "0.9.0") == ("0.9.0",)
    assert citehub.load(made / "0.9.0").version == "0.9.0"
    with pytest.raises(errors.UnknownVersion, match=r"'0\.10\.0'.*Known: 0\.9\.0\."):
        citehub.load(made / "0.9.0", version="0.10.0")


def test_an_unknown_version_of_a_folder_names_those_there_are(made):
    with pytest.raises(errors.UnknownVersion, match=r"'1\.0\.0' in .*made.*0\.9\.0, 0\.10\.0"):
        citehub.load(made, version="1.0.0")


def test_a_hub_folder_may_have_any_name(made, tmp_path):
    made.rename(tmp_path / "My Hub (copy)")
    assert citehub.load(tmp_path / "My Hub (copy)").name == "made"


@pytest.mark.parametrize("name", ["works.parquet", "datapackage.json", "SHA256SUMS"])
def test_a_hand_edited_release_is_refused(made, name):
    path = made / "0.9.0" / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(errors.DamagedRelease, match=f"{name} is damaged: expected"):
        citehub.load(made, version="0.9.0").verify()
    citehub.load(made).verify()


def test_a_file_beside_the_released_ones_is_told(made):
    (made / "0.9.0" / "notes.txt").write_text("mine")
    with pytest.raises(errors.DamagedRelease, match=r"notes\.txt"):
        citehub.load(made, version="0.9.0").verify()


def test_a_release_whose_folder_is_gone_is_told(made):
    shutil.rmtree(made / "0.10.0")
    with pytest.raises(errors.DamagedManifest, match=r"release that index\.json lists.*no such"):
        citehub.load(made)
    assert citehub.load(made, version="0.9.0").version == "0.9.0"


def test_a_release_that_is_a_link_is_refused(made, tmp_path):
    (made / "0.10.0").rename(tmp_path / "elsewhere")
    (made / "0.10.0").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(errors.DamagedManifest, match="a symbolic link"):
        citehub.load(made)


def test_an_index_of_another_hub_is_told(made):
    edit(made / "index.json", lambda index: index.update(name="other"))
    with pytest.raises(errors.DamagedManifest, match=r"expected other 0\.10\.0; found made"):
        citehub.load(made)


def test_a_release_of_a_newer_citehub_says_so(made):
    def change(manifest):
        manifest["citehub"]["schema_version"] = 99
        manifest["resources"][0]["schema"]["fields"][0]["arrowType"] = "tensor"

    edit(made / "0.10.0" / "datapackage.json", change)
    with pytest.raises(errors.NewerRelease, match="--upgrade"):
        citehub.load(made)


def test_releases_without_their_list_say_how_to_get_it(made, tmp_path):
    (made / "index.json").unlink()
    spaced = made.rename(tmp_path / "my hub")
    with pytest.raises(errors.DamagedIndex) as caught:
        citehub.load(spaced)
    assert "expected a list of 0.9.0, 0.10.0" in str(caught.value)
    assert f"rebuild it from the releases in its folder: citehub build '{spaced}'" in str(
        caught.value
    )


def test_a_hub_folder_without_a_release_says_how_to_make_one(tmp_path):
    (tmp_path / "hub.toml").touch()
    for call in (citehub.load, citehub.versions):
        with pytest.raises(errors.UnknownHub, match=r"no release yet.*with: citehub build /"):
            call(tmp_path)


def test_a_folder_that_is_neither_says_what_either_is(made):
    with pytest.raises(errors.UnknownHub, match=r"no hub or release.*made.*holds index\.json and"):
        citehub.load(made.parent)


def test_a_misspelt_folder_names_what_is_beside_it(made, monkeypatch):
    monkeypatch.chdir(made.parent)
    with pytest.raises(errors.UnknownHub, match=r"no folder '\./mdae'.*Did you mean '\./made'"):
        citehub.load("./mdae")
    with pytest.raises(errors.UnknownHub, match="no folder") as caught:
        citehub.load("./nothing/like/it")
    assert caught.value.known == ("mt-nlg",)


def test_a_file_is_no_folder(made):
    with pytest.raises(errors.UnknownHub, match="no folder"):
        citehub.load(made / "index.json")


# -- where nothing is written ------------------------------------------------------------------


@pytest.mark.parametrize("write", [publish, write_site])
@pytest.mark.parametrize("where", ["", "0.9.0", "1.0.0", "www", "source/www"])
def test_nothing_is_written_into_a_hub_folder_with_releases(made, first, write, where):
    before = sorted(made.rglob("*"))
    for force in (False, True):
        with pytest.raises(errors.TargetExists, match="holds releases"):
            write(first, made / where, force=force)
    assert sorted(made.rglob("*")) == before


def test_published_folders_may_stand_side_by_side(made, tmp_path):
    for version in citehub.versions(made):
        publish(citehub.load(made, version=version), tmp_path / "published" / version)
    write_site(citehub.load(made), tmp_path / "published" / "www")


# -- homes ------------------------------------------------------------------------------------


def test_a_hub_of_the_home_goes_by_its_name(home, original, run, say):
    make_hub(home / "made", "1.0.0", "1.1.0")
    assert citehub.hubs() == ("made", "mt-nlg")
    assert citehub.versions("made") == ("1.0.0", "1.1.0")
    assert citehub.load("made").path == str(home / "made" / "1.1.0")
    assert citehub.load("made", version="1.0.0").version == "1.0.0"
    assert citehub.diff("made", "1.0.0", "1.1.0").hub == "made"
    with pytest.raises(errors.UnknownHub, match=r"Did you mean 'made'\?.*Known: made, mt-nlg"):
        citehub.load("maed")
    assert re.search(r"made +1\.0\.0, 1\.1\.0 +2 +A made hub", say())
    assert say("show", "made").startswith("A made hub (data version 1.1.0)")
    assert say("verify").count("made 1.") == 2


def test_names_of_the_home_are_completed(home):
    from citehub.cli.app import complete_hub

    make_hub(home / "made", "1.0.0")
    assert complete_hub("") == ["made", "mt-nlg"]
    assert complete_hub("ma") == ["made"]


def test_a_home_may_hold_other_things(home):
    make_hub(home / "made", "1.0.0")
    for name in ("Notes", "not_a_hub", "empty", ".git"):
        (home / name).mkdir()
    (home / "Notes" / "index.json").touch()
    (home / "a-file").touch()
    assert citehub.hubs() == ("made", "mt-nlg")
    with pytest.raises(errors.UnknownHub, match="no hub or release"):
        citehub.load("empty")


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_a_home_that_is_no_folder_holds_no_hub(tmp_path, monkeypatch, kind):
    monkeypatch.setenv("CITEHUB_HOME", str(tmp_path / "home"))
    if kind == "file":
        (tmp_path / "home").touch()
    assert citehub.hubs() == ("mt-nlg",)
    with pytest.raises(errors.UnknownHub):
        citehub.load("made")


def test_a_hub_that_was_shipped_is_read_before_one_of_its_name(home, first):
    shutil.copytree(os.path.dirname(first.path), home / "mt-nlg")
    assert citehub.hubs() == ("mt-nlg",)
    assert citehub.load("mt-nlg", version="1.0.0").path == first.path
    assert citehub.load(home / "mt-nlg", version="1.0.0").path == str(home / "mt-nlg" / "1.0.0")


def test_the_folder_of_a_named_hub_has_its_name(home):
    make_hub(home / "other", "1.0.0")
    with pytest.raises(errors.DamagedIndex, match=r"expected the hub 'other'.*found 'made'"):
        citehub.load("other")
    assert citehub.load(home / "other").name == "made"


def link_index(hub):
    (hub / "index.json").rename(hub / "elsewhere")
    (hub / "index.json").symlink_to("elsewhere")


def make_newer(hub):
    edit(hub / "index.json", lambda index: index.update(format="citehub-hub-9"))


BROKEN = {
    "no JSON": (lambda hub: (hub / "index.json").write_text("{"), r"index\.json is damaged"),
    "a link": (link_index, "a symbolic link"),
    "a newer index": (make_newer, "newer citehub"),
    "no release": (lambda hub: shutil.rmtree(hub / "1.0.0"), "no such folder"),
    "an edited manifest": (
        lambda hub: (hub / "1.0.0" / "datapackage.json").write_text("{}"),
        r"datapackage\.json is damaged",
    ),
}


@pytest.mark.parametrize(("damage", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_hub_stands_in_no_other_ones_way(home, run, say, damage, said):
    damage(make_hub(home / "made", "1.0.0"))
    assert citehub.hubs() == ("made", "mt-nlg")
    assert citehub.load("mt-nlg").name == "mt-nlg"
    with pytest.raises((errors.DamagedRelease, errors.NewerRelease), match=said):
        citehub.load("made")
    overview = say()
    assert "made" in overview
    assert "cannot be read" in overview
    code, out, err = run("verify")
    assert code == 1
    assert out.count(b": sound") == len(citehub.versions("mt-nlg"))
    assert re.search(said, " ".join(err.split()))
    assert "Traceback" not in err


def test_versions_are_completed_beside_a_broken_hub(home):
    import typer
    from click import Command

    from citehub.cli.app import complete_version

    (make_hub(home / "made", "7.0.0") / "index.json").write_text("{")
    context = typer.Context(Command("show"))
    assert set(complete_version(context, "")) == set(citehub.versions("mt-nlg"))
    context.params["hub"] = "made"
    assert complete_version(context, "") == []


def test_the_home_is_where_the_system_keeps_data_of_programs(monkeypatch, tmp_path):
    monkeypatch.delenv("CITEHUB_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert _catalog.home_folder() == str(tmp_path / "citehub" / "hubs")
    monkeypatch.setenv("CITEHUB_HOME", "")
    assert _catalog.home_folder() == str(tmp_path / "citehub" / "hubs")
    monkeypatch.setenv("CITEHUB_HOME", "~/hubs")
    assert _catalog.home_folder() == os.path.expanduser("~/hubs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CITEHUB_HOME", "hubs")
    assert _catalog.home_folder() == str(tmp_path / "hubs")


def test_a_shipped_hub_is_opened_without_a_look_at_the_home():
    code = (
        "import sys, citehub\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: event == 'os.listdir' and seen.append(args))\n"
        "citehub.load('mt-nlg', version='1.0.0'); citehub.versions('mt-nlg')\n"
        "print(len([each for each in seen if 'nowhere' in str(each)]),\n"
        "      *{'platformdirs', 'filelock'} & sys.modules.keys())"
    )
    environment = {**os.environ, "CITEHUB_HOME": "/nowhere"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.split() == ["0"]
