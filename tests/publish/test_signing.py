"""The commands that make keys, sign, and check who signed."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import sys

import pytest

import citehub
from citehub import _signature
from citehub._manifest import sha256
from citehub.publish import publish
from tests.made import make_hub


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    hub = citehub.load("mt-nlg", version="1.1.0")
    return publish(hub, tmp_path_factory.mktemp("published") / "out")


@pytest.fixture
def published(once, tmp_path):
    return shutil.copytree(once, str(tmp_path / "out"))


@pytest.fixture
def key(run, tmp_path):
    """The file of a secret key without a password; its public key is beside it."""
    path = str(tmp_path / "lamp.key")
    assert run("new-key", path, "--no-password")[0] == 0
    return path


def test_a_published_folder_is_signed_and_its_signer_checked(run, published, key):
    code, said, hint = run("sign", published, "--key", key)
    assert (code, said.decode()) == (0, f"{published}/SHA256SUMS.minisig\n")
    assert f"citehub verify {published} --key RW" in hint
    name = citehub.load(published)
    signed = _signature.read_signature(published, f"{key}.pub")
    assert signed.comment == f"hub:{name.name} version:{name.version} released:2026-11-23"
    code, said, _ = run("verify", published, "--key", f"{key}.pub")
    assert code == 0
    assert f"signed with the key {signed.key_id}" in said.decode()
    assert run("check", published)[0] == 0
    assert run("verify", published)[0] == 0
    assert run("sign", published, "--key", key)[0] == 0  # again


def test_another_key_replaces_a_signature_whole(run, published, key, tmp_path):
    assert run("sign", published, "--key", key)[0] == 0
    assert run("new-key", str(tmp_path / "other"), "--no-password")[0] == 0
    code, _, problem = run("verify", published, "--key", str(tmp_path / "other.pub"))
    assert code == 1
    assert "The key given is" in problem
    assert run("sign", published, "--key", str(tmp_path / "other"))[0] == 0
    assert run("verify", published, "--key", str(tmp_path / "other.pub"))[0] == 0
    assert run("verify", published, "--key", f"{key}.pub")[0] == 1


def test_force_replaces_a_signed_folder_and_says_to_sign_again(run, published, key):
    assert run("sign", published, "--key", key)[0] == 0
    code, _, hint = run("publish", "mt-nlg", "--out", published, "--force")
    assert code == 0
    assert hint.splitlines() == [
        f"It holds mt-nlg {citehub.load('mt-nlg').version}.",
        f"Check it with: citehub check {published}",
        f"It is new, so sign it again: citehub sign {published} --key FILE",
    ]
    code, _, problem = run("verify", published, "--key", f"{key}.pub")
    assert code == 1
    assert "There is no such file" in problem


def test_what_is_signed_and_then_changed_is_not_sound(run, published, key):
    """Neither a changed file nor changed sums pass, whatever the manifest says."""
    assert run("sign", published, "--key", key)[0] == 0
    path = os.path.join(published, "index.html")
    with open(path, "ab") as file:
        file.write(b"<p>")
    code, _, problem = run("verify", published, "--key", f"{key}.pub")
    assert (code, "index.html is damaged" in problem) == (1, True)
    with open(os.path.join(published, "SHA256SUMS"), "ab") as file:
        file.write(b"0" * 64 + b"  x\n")
    code, _, problem = run("verify", published, "--key", f"{key}.pub")
    assert (code, "is not the file that was signed" in problem) == (1, True)


def test_a_damaged_folder_or_one_that_is_none_is_not_signed(run, published, key, datasets):
    with open(os.path.join(published, "README.md"), "ab") as file:
        file.write(b"x")
    for folder, told in (
        (published, "README.md is damaged"),
        (citehub.load("mt-nlg").path, "holds releases, and a release never changes"),
        (str(datasets / "mt-nlg"), "no published folder"),
        ("mt-nlg", "no published folder"),
    ):
        code, _, problem = run("sign", folder, "--key", key)
        assert code
        assert told in problem
    assert not [name for name in os.listdir(published) if name.endswith(".minisig")]


def test_a_signature_is_not_written_through_a_link(run, published, key, tmp_path):
    (tmp_path / "mine").write_text("mine")
    os.symlink(tmp_path / "mine", os.path.join(published, "SHA256SUMS.minisig"))
    code, _, problem = run("sign", published, "--key", key)
    assert (code, "is no file; nothing was written" in problem) == (1, True)
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_key_is_for_its_owner_alone_and_never_overwritten(run, tmp_path, monkeypatch):
    old = os.umask(0)
    try:
        code, said, hint = run("new-key", str(tmp_path / "key"), "--no-password")
    finally:
        os.umask(old)
    assert code == 0
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert said.decode().strip() == (tmp_path / "key.pub").read_text().split("\n")[1]
    assert "is secret" in hint
    assert run("new-key", str(tmp_path / "key"), "--no-password")[0] == 1
    assert run("new-key", "")[0] == 2
    (tmp_path / "key").unlink()
    assert (
        run("new-key", str(tmp_path / "key"), "--no-password")[0] == 1
    )  # the public one is there
    assert os.listdir(tmp_path) == ["key.pub"]
    assert run("new-key", str(tmp_path / "no" / "key"), "--no-password")[0] == 1
    assert os.listdir(tmp_path) == ["key.pub"]


def test_a_full_disk_leaves_no_half_a_pair(run, tmp_path, monkeypatch):
    calls = iter(range(9))

    def fail(_):
        if next(calls) == 2:  # after those of the secret file and its folder
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    code, _, problem = run("new-key", str(tmp_path / "key"), "--no-password")
    assert (code, f"{tmp_path}/key.pub: No space left" in problem) == (1, True)
    assert os.listdir(tmp_path) == []


def test_a_password_is_asked_for_or_of_the_environment(run, published, tmp_path, monkeypatch):
    monkeypatch.setattr(_signature, "_COSTS", (1 << 15, 1 << 20))  # else it takes a second
    path = str(tmp_path / "key")
    code, _, problem = run("new-key", path)
    assert (code, "Set CITEHUB_KEY_PASSWORD, or" in problem) == (2, True)
    assert not os.path.exists(path)
    monkeypatch.setenv("CITEHUB_KEY_PASSWORD", "wax")
    assert run("new-key", path)[0] == 0
    assert run("sign", published, "--key", path)[0] == 0
    monkeypatch.setenv("CITEHUB_KEY_PASSWORD", "oil")
    code, _, problem = run("sign", published, "--key", path)
    assert (code, "password is not that of" in problem) == (2, True)
    monkeypatch.delenv("CITEHUB_KEY_PASSWORD")
    code, _, problem = run("sign", published, "--key", path)
    assert (code, "nobody can be asked" in problem) == (2, True)


def test_without_the_extra_it_says_what_to_install(run, published, key, tmp_path, monkeypatch):
    assert run("sign", published, "--key", key)[0] == 0
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    for words in (
        ("verify", published, "--key", f"{key}.pub"),
        ("sign", published, "--key", key),
        ("new-key", str(tmp_path / "key"), "--no-password"),
    ):
        code, _, problem = run(*words)
        assert (code, 'pip install "citehub[sign]"' in problem) == (1, True)
    assert not (tmp_path / "key").exists()
    assert run("verify", published)[0] == 0  # which needs no key


def test_a_key_is_checked_of_a_folder_that_is_named(run):
    code, _, problem = run("verify", "--key", "x")
    assert (code, "Name the folder that is signed" in problem) == (2, True)


def test_a_release_of_a_hub_folder_is_held_to_the_sums_that_are_signed(run, key, tmp_path):
    """So is a hub that was added. That an index lists a file does not make it signed."""
    home = make_hub(tmp_path / "made", "0.1.0")
    release, index = home / "0.1.0", json.loads((home / "index.json").read_text())
    listed = index["versions"]["0.1.0"]

    def put(name, data):
        (release / name).write_bytes(data)
        listed[name] = sha256(data)
        (home / "index.json").write_text(json.dumps(index))
        return run("verify", str(home), "--key", f"{key}.pub")

    sums = (release / "SHA256SUMS").read_bytes() + b"0" * 64 + b"  index.html\n"  # not added
    put("SHA256SUMS", sums)
    signature = _signature.sign(sums, _signature.read_secret(key, str), "made")
    code, said, _ = put("SHA256SUMS.minisig", signature)
    assert (code, b"which says: made" in said) == (0, True)
    code, _, problem = put("README.md", b"new")
    assert (code, "README.md is damaged: expected the file that was signed" in problem) == (
        1,
        True,
    )
    assert run("verify", str(home))[0] == 0
