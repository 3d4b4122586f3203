"""``citehub new`` and ``citehub graph``, as a person and as a script use them."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys

import pytest
import typer

import citehub
from citehub._atomic_folder import hashes
from citehub.bulk.engines.duckdb import DuckDB
from citehub.cli.dumps import _bytes

from .dumps import SMALL, WORK, copy_small, make

OPENCITATIONS = ("--opencitations", str(SMALL / "opencitations"))
S2 = ("--s2", str(SMALL / "s2"))
CREATED = ("--created", "2026-03-01", "--threads", "1")


# -- one hub -------------------------------------------------------------------------------------


def test_new_prints_the_folder_and_says_what_to_do_next(run, tmp_path):
    out = str(tmp_path / "hub")
    code, said, hint = run("new", WORK, *OPENCITATIONS, "--out", out, *CREATED)
    assert (code, said.decode()) == (0, f"{out}\n")
    joined = " ".join(hint.split())
    assert f"3 citing works. Look at it with: citehub show {out}" in joined
    assert f"Some lines could not be read. The list, with reasons: {out}.rejects.csv" in joined
    released = hashes(os.path.join(out, "1.0.0"))
    assert released == hashes(make(tmp_path / "other", "opencitations").release)
    assert run("check", out)[0] == 0
    assert run("verify", out)[0] == 0


def test_new_takes_a_file_a_name_a_version_and_a_cache(run, tmp_path):
    out, cache = str(tmp_path / "hub"), str(tmp_path / "kept")
    more = tmp_path / "more.ris"
    more.write_text("TY  - JOUR\nTI  - One more\nER  - ", encoding="utf-8")
    code, _, hint = run(
        "new", WORK, *S2, "--citing", str(SMALL / "citing.bib"), "--citing", str(more),
        "--out", out, "--name", "lamp",
        "--version", "2.1.0", "--cache", cache, "--memory", "600MB", *CREATED,
    )  # fmt: skip
    assert code == 0, hint
    hub = citehub.load(out)
    assert (hub.name, hub.version, len(hub.citations)) == ("lamp", "2.1.0", 6)
    assert str(hub.manifest["created"]).startswith("2026-03-01")
    assert sorted(os.listdir(tmp_path)) == ["hub", "hub.rejects.csv", "kept", "more.ris"]


def test_a_hub_of_a_list_passes_with_a_licence(run, tmp_path):
    bib = tmp_path / "list.bib"
    bib.write_text(
        "@misc{lamp, title={The Lamp}, doi={10.5555/lantern.1}, year=2020, author={A, Ann}}\n"
        "@misc{fog, title={Fog}, doi={10.5555/fog.1}, year=2021, author={B, Bo and others}}",
        encoding="utf-8",
    )
    words = ("new", WORK, "--citing", str(bib), *CREATED, "--out")
    assert run(*words, str(tmp_path / "none"))[0] == 0
    code, said, _ = run("check", str(tmp_path / "none"))
    assert code == 1
    assert "with --license of citehub new" in " ".join(said.decode().split())
    out = str(tmp_path / "hub")
    code, _, hint = run(
        *words, out, "--license", "CC-BY-4.0", "--license", "ODC-By-1.0", "--contributor", "Ann A",
        "--contributor", "Oil and Light", "--title", " Lamps ", "--homepage", "https://example.org",
    )  # fmt: skip
    assert code == 0, hint
    assert run("check", out)[0] == 0
    assert run("publish", out, "--out", str(tmp_path / "public"))[0] == 0
    manifest = citehub.load(out).manifest
    assert [each["name"] for each in manifest["licenses"]] == ["CC-BY-4.0", "ODC-By-1.0"]
    assert manifest["contributors"] == [
        {"title": "Ann A", "roles": ["creator"]}, {"title": "Oil and Light", "roles": ["creator"]},
    ]  # fmt: skip
    assert (manifest["title"], manifest["homepage"]) == ("Lamps", "https://example.org")


def test_what_can_all_be_read_is_told_without_rejects(run, tmp_path):
    small = copy_small(tmp_path)
    index = small / "opencitations" / "index" / "index.csv"
    lines = index.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = [line for line in lines if line.count(",") == lines[0].count(",")]
    assert len(whole) < len(lines)
    index.write_text("".join(whole), encoding="utf-8")
    out = str(tmp_path / "hub")
    code, _, hint = run(
        "new", WORK, "--opencitations", str(small / "opencitations"), "--out", out, *CREATED
    )
    assert code == 0
    assert "could not be read" not in hint
    assert sorted(os.listdir(tmp_path)) == ["hub", "small"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("doi:10.5555/unknown.1", *S2), 2, "No source that was read has the work"),
        (("s2:990000011", *S2), 1, "No source that was read has a work that cites"),
        ((WORK, "--s2", str(SMALL / "openalex")), 1, "expected the folders papers, citations"),
        ((WORK, "--s2", "no-such-folder"), 1, "no-such-folder: there is no such folder"),
        ((WORK, *S2, "--citing", "no-such-file.bib"), 1, "no-such-file.bib"),
        ((WORK, *S2, "--citing", str(SMALL / "ids.txt")), 1, "ids.txt"),
        ((WORK, *S2, "--name", "A Name"), 2, "lower-case letters, digits and hyphens"),
        ((WORK, *S2, "--version", "1"), 2, "MAJOR.MINOR.PATCH"),
        (
            (WORK, *S2, "--license", "mine"),
            2,
            "license is 'mine'; it must be one of CC0-1.0, CC-BY",
        ),
        ((WORK, *S2, "--contributor", " "), 2, "contributor is ' '; it must be a name"),
        ((WORK, *S2, "--title", ""), 2, "title is ''; it must be a name that says something"),
        ((WORK, *S2, "--homepage", "example.org"), 2, "homepage is 'example.org'; it must be an"),
        ((WORK, *S2, "--engine", "dusk"), 2, "There is no engine 'dusk'"),
        ((WORK, *S2, "--memory", "lots"), 2, "'lots' is not a size such as 4GB"),
        ((WORK, *S2, "--memory", "100MB"), 2, "citehub needs at least 540MB."),
        ((WORK, *S2, "--threads", "0"), 2, "--threads"),
        ((WORK, *S2, "--created", "yesterday"), 2, "'yesterday' is not a date"),
        ((WORK, *S2, "--master", "spark://localhost:7077"), 2, "--master needs --engine spark."),
        ((WORK,), 2, "--cache is for dumps. Leave it out to ask sources. Or name a dump, with"),
        (S2, 2, "Name a work; or a release that you have"),
        ((WORK, *S2, "--opnalex", "x"), 2, "No such option"),
    ],
)
def test_commands_that_cannot_be_done_say_so_and_leave_nothing(
    run, tmp_path, monkeypatch, words, code, said
):
    monkeypatch.chdir(tmp_path)
    found, output, message = run("new", *words, "--out", "hub", "--cache", "kept")
    assert (found, output) == (code, b""), message
    assert said in " ".join(message.replace("│", " ").split())
    assert "Traceback" not in message
    assert set(os.listdir(tmp_path)) <= {"kept", "hub.rejects.csv"}
    assert (tmp_path / "hub.rejects.csv").exists() == ("All of them: " in message)


@pytest.mark.parametrize("out", ["", "-"])
@pytest.mark.parametrize("command", [("new", WORK), ("graph", "hubs", "--works", "x"),
                                     ("graph", "canonical")])  # fmt: skip
def test_a_release_is_a_folder(run, command, out):
    code, output, message = run(*command, *S2, "--out", out)
    assert (code, output) == (2, b"")
    assert "Name a folder to make." in message


def test_a_folder_that_is_there_is_left_as_it_is(run, tmp_path):
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    code, output, message = run("new", WORK, *S2, "--out", str(tmp_path))
    assert (code, output) == (1, b"")
    assert "exists already; nothing was written" in message
    assert os.listdir(tmp_path) == ["mine"]


def test_a_disk_that_is_full_is_one_line(run, tmp_path, monkeypatch):
    def full(self, table, folder):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), folder)

    monkeypatch.setattr(DuckDB, "write", full)
    code, output, message = run("new", WORK, *S2, "--out", str(tmp_path / "hub"))
    assert (code, output) == (1, b"")
    assert "No space left on device" in message
    assert "Traceback" not in message
    assert not (tmp_path / "hub").exists()


def test_a_missing_extra_is_named(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ibis", None)
    code, _, message = run("new", WORK, *S2, "--out", str(tmp_path / "hub"))
    assert code == 1
    assert "citehub[graph]" in message


@pytest.mark.parametrize(
    ("size", "found"),
    [
        ("1GB", 10**9), ("1gb", 10**9), ("4 GB", 4 * 10**9), ("800MB", 8 * 10**8),
        ("1GiB", 1 << 30), ("1.5GiB", 3 << 29), ("600mib", 600 << 20), ("0.6GB", 6 * 10**8),
    ],
)  # fmt: skip
def test_sizes(size, found):
    assert _bytes(size) == found


@pytest.mark.parametrize(
    "size", ["", "4", "GB", "lots", "4TB", "-4GB", "4KB", "4GBs", "1e3GB", "1.GB", "500MB", "0GB"]
)
def test_sizes_that_are_none_or_too_small(size):
    with pytest.raises(typer.BadParameter):
        _bytes(size)


def test_it_runs_as_a_program_of_its_own(tmp_path):
    words = ["new", WORK, *S2, "--out", str(tmp_path / "hub"), *CREATED]
    command = [sys.executable, "-W", "error", "-m", "citehub", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'hub'}\n"), done.stderr


# -- many hubs -----------------------------------------------------------------------------------


def test_hubs_are_printed_and_those_that_cannot_be_made_are_told(run, tmp_path):
    out = tmp_path / "hubs"
    words = ("--works", str(SMALL / "ids.txt"), *S2, "--out", str(out), *CREATED)
    code, said, message = run("graph", "hubs", *words)
    assert (code, said.decode()) == (1, f"{out / 'arxiv-9912-00001'}\n")
    joined = " ".join(message.split())
    assert "doi:10.5555/nobody.1: No source that was read has the work" in joined
    assert "Made 1 of 3 hubs." in joined
    assert f"The list, with reasons: {out / 'rejects.csv'}" in joined
    before = hashes(str(out / "arxiv-9912-00001"))
    assert run("graph", "hubs", *words)[:2] == (code, said)  # it goes on where it was
    assert hashes(str(out / "arxiv-9912-00001")) == before
    shutil.rmtree(out / "arxiv-9912-00001")
    one = tmp_path / "one.txt"
    one.write_text(f"\n  {WORK}  \n\n", encoding="utf-8")
    code, _, message = run("graph", "hubs", "--works", str(one), *words[2:])
    assert (code, "Made 1 of 1 hub." in message) == (0, True)
    assert hashes(str(out / "arxiv-9912-00001")) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--works", "none.txt", *S2), "none.txt: No such file or directory"),
        (("--works", "empty.txt", *S2), "empty.txt names no work"),
        (("--works", "bytes.txt", *S2), "bytes.txt is not text in UTF-8"),
        (("--works", "empty.txt"), "Name what to read"),
        (S2, "Missing option"),
    ],
)
def test_lists_of_works_that_cannot_be_read(run, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").write_text("\n\n", encoding="utf-8")
    (tmp_path / "bytes.txt").write_bytes(b"\xff")
    code, output, message = run("graph", "hubs", *words, "--out", "hubs")
    assert (code, output) == (2, b"")
    assert said in " ".join(message.replace("│", " ").split())
    assert not (tmp_path / "hubs").exists()


def test_canonical_prints_its_folder(run, tmp_path):
    out = str(tmp_path / "canonical")
    code, said, message = run("graph", "canonical", *S2, "--top", "1", "--out", out)
    assert (code, said.decode()) == (0, f"{out}\n"), message
    assert os.path.isdir(out)
    assert run("graph", "canonical", *S2, "--top", "0", "--out", out)[0] == 2
    assert run("graph", "canonical", "--out", out)[0] == 2


@pytest.mark.parametrize("command", [("new",), ("graph",), ("graph", "hubs"),
                                     ("graph", "canonical")])  # fmt: skip
def test_every_command_has_help(say, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")
    said = say(*command, "--help")
    assert f"Usage: citehub {' '.join(command)}" in said
    assert max(map(len, said.splitlines())) <= 80
