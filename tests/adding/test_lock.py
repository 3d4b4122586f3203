"""The lock of an analysis: loading gives what it names, or an error."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

import citehub
from citehub import _lock_file, errors
from citehub.adding.home import remove, take
from tests.made import make_hub


@pytest.fixture
def two(originals):
    """Two releases of a hub in the home."""
    citehub.add(originals["0.9.0"])
    take(originals["0.10.0"], other_source=True)


def edit(path, change):
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["hubs"])
    path.write_text(json.dumps(content), encoding="utf-8")


def test_loading_under_a_lock_gives_what_it_names(two, tmp_path, monkeypatch):
    path = citehub.lock("made", version="0.9.0")
    assert path == str(tmp_path / "citehub.lock")
    assert citehub.lock("mt-nlg") == path
    text = (tmp_path / "citehub.lock").read_text(encoding="utf-8")
    assert text.index('"made"') < text.index('"mt-nlg"')
    inside = tmp_path / "analysis" / "notebooks"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert citehub.load("made").version == citehub.load("made", version="0.9.0").version == "0.9.0"
    assert type(citehub.load("mt-nlg")) is citehub.MtNlg
    with pytest.raises(errors.LockMismatch, match=r"names made 0\.9\.0; 0\.10\.0 was asked for"):
        citehub.load("made", version="0.10.0")
    monkeypatch.setenv("CITEHUB_LOCK", "")
    assert citehub.load("made").version == "0.10.0"
    monkeypatch.setenv("CITEHUB_LOCK", str(tmp_path / "citehub.lock"))
    monkeypatch.chdir("/")
    assert citehub.load("made").version == "0.9.0"
    monkeypatch.setenv("CITEHUB_LOCK", str(tmp_path / "none.lock"))
    with pytest.raises(errors.LockMismatch, match=r"none\.lock cannot be read as a lock"):
        citehub.load("made")


def test_a_lock_ends_at_a_repository(two, tmp_path, monkeypatch):
    citehub.lock("made", version="0.9.0")
    (tmp_path / "other" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "other")
    assert citehub.load("made").version == "0.10.0"
    citehub.lock("mt-nlg")
    assert (tmp_path / "other" / "citehub.lock").is_file()


def test_a_lock_of_another_user_where_all_can_write_is_refused(two, tmp_path, monkeypatch):
    path = citehub.lock("made")
    told = os.stat_result([0o100644, 1, 1, 1, os.getuid() + 1, *[0] * 5])
    look = os.lstat
    monkeypatch.setattr(os, "lstat", lambda at, **how: told if at == path else look(at, **how))
    assert citehub.load("made")
    tmp_path.chmod(0o1777)
    with pytest.raises(errors.LockMismatch, match="belongs to another user"):
        citehub.load("made")
    monkeypatch.setenv("CITEHUB_LOCK", "citehub.lock")
    assert citehub.load("made")


def test_what_the_lock_does_not_name_is_refused(two, tmp_path, home):
    citehub.lock("mt-nlg")
    with pytest.raises(
        errors.LockMismatch, match="does not name the hub 'made'; it names: mt-nlg"
    ):
        citehub.load("made")
    assert citehub.load(home / "made").version == "0.10.0"  # a path says where
    assert citehub.load(str(home / "made" / "0.9.0")).version == "0.9.0"


def test_a_changed_hub_is_refused(two, tmp_path, home, originals):
    citehub.lock("made")
    lock = tmp_path / "citehub.lock"
    edit(lock, lambda hubs: hubs["made"].update(manifest="sha256:" + "0" * 64))
    with pytest.raises(errors.LockMismatch, match=r"made 0\.10\.0 here is not the release"):
        citehub.load("made")
    citehub.lock("made")
    manifest = home / "made" / "0.10.0" / "datapackage.json"
    manifest.write_bytes(manifest.read_bytes() + b" ")
    with pytest.raises(errors.DamagedManifest):
        citehub.load("made")
    remove("made")
    with pytest.raises(errors.LockMismatch, match="there is no such hub here"):
        citehub.load("made")
    shutil.copytree(originals["0.9.0"], tmp_path / "made")  # a folder of this name is no hub
    with pytest.raises(errors.LockMismatch, match="there is no such hub here"):
        citehub.load("made")
    citehub.add(originals["0.9.0"])
    with pytest.raises(errors.LockMismatch, match=r"names made 0\.10\.0; here are 0\.9\.0"):
        citehub.load("made")


def test_an_error_says_where_to_get_what_is_missing(site, tmp_path):
    citehub.add(site.address)
    citehub.lock("made")
    remove("made")
    with pytest.raises(errors.LockMismatch, match=f"citehub add {site.address}"):
        citehub.load("made")


def test_commands_of_maintainers_see_everything(two, run):
    citehub.lock("made", version="0.9.0")
    assert citehub.versions("made") == ("0.9.0", "0.10.0")
    assert citehub.diff("made", "0.9.0", "0.10.0").level == "minor"
    assert run("verify", "made")[1].decode().count("sound") == 2
    assert citehub.check("made").release == "made 0.10.0"
    assert run()[0] == 0
    assert b"0.9.0" in run("show", "made")[1]
    code, _, err = run("show", "made", "--version", "0.10.0")
    assert (code, "citehub lock made --version 0.10.0" in err) == (1, True)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "not JSON", '{"format": "citehub-lock-2", "hubs": {}}', "\ufeff{}",
        '{"format": "citehub-lock-1", "hubs": []}', "[" * 100_000, " " * (1 << 21),
        '{"format": "citehub-lock-1", "hubs": {"made": {}}}',
        '{"format": "citehub-lock-1", "hubs": {"made": "0.9.0"}}',
        '{"format": "citehub-lock-1", "hubs": {"../made": PIN}}',
        '{"format": "citehub-lock-1", "hubs": {"made": PIN, "made": PIN}}',
    ],
)  # fmt: skip
def test_a_lock_that_is_none_is_told_so(two, tmp_path, text):
    pin = json.dumps({"version": "0.9.0", "manifest": "sha256:" + "0" * 64, "from": ""})
    (tmp_path / "citehub.lock").write_text(text.replace("PIN", pin), encoding="utf-8")
    with pytest.raises(errors.LockMismatch, match="cannot be read as a lock") as raised:
        citehub.load("made")
    assert str(raised.value).isprintable()
    with pytest.raises(errors.LockMismatch):
        citehub.lock("made")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", "1.0"), ("version", None), ("version", "../../x"), ("manifest", "sha256:x"),
        ("manifest", 7), ("from", "a\x1b[2Jb"), ("from", None),
    ],
)  # fmt: skip
def test_a_pin_that_is_none_is_told_so(tmp_path, key, value):
    citehub.lock("mt-nlg")
    edit(tmp_path / "citehub.lock", lambda hubs: hubs["mt-nlg"].update({key: value}))
    with pytest.raises(errors.LockMismatch, match="of the hub 'mt-nlg' a version"):
        citehub.load("mt-nlg")


def test_a_link_or_a_pipe_is_no_lock(tmp_path):
    os.mkfifo(tmp_path / "citehub.lock")
    with pytest.raises(errors.LockMismatch, match="cannot be read as a lock"):
        citehub.load("mt-nlg")


def test_the_command_locks_shows_and_checks(two, run, tmp_path, home, monkeypatch):
    assert run("lock")[0] == 1
    code, out, _ = run("lock", "made", "mt-nlg")
    assert (code, out.startswith(os.fsencode(tmp_path / "citehub.lock"))) == (0, True)
    assert b"0.10.0" in run("lock")[1]
    assert run("lock", "--check")[1].decode().count("sound, as locked") == 2
    assert run("lock", "--check", "made")[0] == 2
    assert run("lock", "none")[0] == 2
    assert run("lock", "./home/made")[0] == 2
    assert run("lock", "made", "mt-nlg", "--version", "0.9.0")[0] == 2
    assert run("lock", "--version", "0.9.0")[0] == 2
    assert run("lock", "made", "--version", "0.9.0", "--file", "other.lock")[0] == 0
    assert set(_lock_file.read_lock("other.lock")) == {"made"}
    with monkeypatch.context() as patch:
        patch.setenv("CITEHUB_LOCK", "")
        assert run("lock", "mt-nlg")[0] == 0
    table = home / "made" / "0.10.0" / "works.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"x")
    code, out, err = run("lock", "--check")
    assert (code, "made: " in err, b"mt-nlg" in out) == (1, True, True)


def test_a_lock_does_not_tell_the_folders_of_a_computer(originals, home, tmp_path):
    citehub.add(originals["0.9.0"])
    make_hub(home / "own", "1.0.0")
    citehub.lock("made")
    pins = _lock_file.read_lock(str(tmp_path / "citehub.lock"))
    assert pins["made"].source == "0.9.0"  # the name of the folder
    assert str(tmp_path) not in (tmp_path / "citehub.lock").read_text(encoding="utf-8")


def test_of_threads_that_lock_at_once_each_hub_is_named(two, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(citehub.lock, ["made", "mt-nlg"] * 3))
    assert _lock_file.read_lock(str(tmp_path / "citehub.lock")).keys() == {"made", "mt-nlg"}


def test_what_a_removal_that_was_cut_off_left_goes_with_the_next(two, home):
    left = home / ".other.0f5e1d2c.citehub"
    left.mkdir()
    with pytest.raises(errors.UnknownHub):
        remove("other")
    assert not left.exists()
