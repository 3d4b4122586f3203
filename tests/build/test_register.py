"""The list of a hub's releases: entered whole, mended, by one writer at a time."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from citehub import _atomic_folder, errors
from citehub._writer_lock import writing
from citehub.build.register import Repair, register, repair_index
from tests.made import make_hub

VERSIONS = ("0.9.0", "0.10.0", "1.0.0")


@pytest.fixture(scope="session")
def original(tmp_path_factory):
    return make_hub(tmp_path_factory.mktemp("hubs") / "made", *VERSIONS)


@pytest.fixture
def made(original, tmp_path):
    """A hub folder with three releases."""
    return shutil.copytree(original, tmp_path / "made")


def index_of(folder):
    return json.loads((folder / "index.json").read_text(encoding="utf-8"))


def spawn(code, *words):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


# -- entering ---------------------------------------------------------------------------------


def test_the_index_lists_every_file_and_the_newest_is_the_default(made):
    index = index_of(made)
    assert index.keys() == {"format", "name", "title", "default", "versions"}
    assert (index["format"], index["name"], index["title"]) == (
        "citehub-hub-1", "made", "A made hub",
    )  # fmt: skip
    assert index["default"] == "1.0.0"
    assert list(index["versions"]) == list(VERSIONS)
    for version, files in index["versions"].items():
        assert files == _atomic_folder.hashes(str(made / version))


def test_an_older_release_does_not_become_the_default(made):
    shutil.copytree(made / "0.9.0", made / "0.8.0")
    register(str(made), "made", "Another title", "0.8.0")
    index = index_of(made)
    assert (index["default"], index["title"]) == ("1.0.0", "Another title")
    assert list(index["versions"]) == ["0.8.0", *VERSIONS]


def test_a_release_is_entered_once(made):
    before = index_of(made)
    register(str(made), "made", "A made hub", "1.0.0")
    assert index_of(made) == before
    (made / "1.0.0" / "CHANGES.md").write_text("other")
    with pytest.raises(errors.TargetExists, match=r"made 1\.0\.0 is released with other files"):
        register(str(made), "made", "A made hub", "1.0.0")
    assert index_of(made) == before


def test_a_release_of_another_hub_is_not_entered(made):
    with pytest.raises(errors.DamagedIndex, match="expected the hub 'other'; found 'made'"):
        register(str(made), "other", "Other", "1.0.0")


def test_what_a_killed_process_began_is_overwritten(made):
    (made / ".index.json.0f5e1d2c.citehub").write_text("{")
    (made / ".citehub.writer").write_text("Process 1 on nowhere")
    before = index_of(made)
    register(str(made), "made", "A made hub", "1.0.0")
    assert index_of(made) == before
    assert sorted(name for name in os.listdir(made) if name.startswith(".")) == [".citehub.lock"]


def test_a_full_disk_leaves_the_index_as_it_was(made, monkeypatch):
    def fail(_):
        raise OSError(28, "No space left on device")

    before = (made / "index.json").read_bytes()
    monkeypatch.setattr(os, "fsync", fail)
    shutil.copytree(made / "1.0.0", made / "1.0.1")
    with pytest.raises(OSError, match=r"No space left on device: .*index.json"):
        register(str(made), "made", "A made hub", "1.0.1")
    assert (made / "index.json").read_bytes() == before
    assert not [name for name in os.listdir(made) if name.startswith(".index")]
    monkeypatch.undo()
    register(str(made), "made", "A made hub", "1.0.1")
    assert "1.0.1" in index_of(made)["versions"]


# -- mending ----------------------------------------------------------------------------------

LOST = {
    "lost": lambda path: path.unlink(),
    "no JSON": lambda path: path.write_text("{"),
    "of an older citehub": lambda path: path.write_text('{"format": "citehub-index-1"}'),
}


@pytest.mark.parametrize("lose", LOST.values(), ids=LOST)
def test_an_index_is_written_anew_from_the_releases(made, lose):
    before = (made / "index.json").read_bytes()
    lose(made / "index.json")
    assert repair_index(str(made)) == Repair(VERSIONS, {})
    assert (made / "index.json").read_bytes() == before


def test_a_sound_index_stays_as_it_is(made):
    before = (made / "index.json").read_bytes()
    assert repair_index(str(made)) == Repair((), {})
    (made / "0.9.0" / "works.parquet").write_bytes(b"edited")  # which loading tells
    assert repair_index(str(made)) == Repair((), {})
    assert (made / "index.json").read_bytes() == before


def unlist(made, version):
    index = index_of(made)
    del index["versions"][version]
    (made / "index.json").write_text(json.dumps(index), encoding="utf-8")


def test_a_release_that_the_index_does_not_list_is_entered(made):
    before = (made / "index.json").read_bytes()
    unlist(made, "0.10.0")
    assert repair_index(str(made), but="0.10.0") == Repair((), {})
    assert repair_index(str(made)) == Repair(("0.10.0",), {})
    assert (made / "index.json").read_bytes() == before


def test_a_release_that_is_gone_stays_listed(made):
    shutil.rmtree(made / "0.9.0")
    unlist(made, "0.10.0")
    repair_index(str(made))
    assert list(index_of(made)["versions"]) == list(VERSIONS)


def add_file(release):
    (release / "notes.txt").write_text("mine")


def drop_file(release):
    (release / "SHA256SUMS").write_bytes(
        (release / "SHA256SUMS").read_bytes() + b"0" * 64 + b"  CHANGES.md\n"
    )


def edit_table(release):
    with open(release / "works.parquet", "ab") as file:
        file.write(b"\n")


def rename_release(release):
    shutil.rmtree(release)
    shutil.copytree(release.parent / "0.9.0", release)


def break_sums(release):
    (release / "SHA256SUMS").write_text("no sums")


def be_a_link(release):
    release.rename(release.parent / "elsewhere")
    release.symlink_to("elsewhere")


WRONG = [
    (add_file, r"notes\.txt"),
    (drop_file, r"CHANGES\.md"),
    (edit_table, r"works\.parquet"),
    (rename_release, r"expected made 0\.10\.0; found made 0\.9\.0"),
    (break_sums, "SHA256SUMS"),
    (be_a_link, "a symbolic link"),
]


@pytest.mark.parametrize(("damage", "said"), WRONG, ids=[each.__name__ for each, _ in WRONG])
def test_a_release_that_is_not_as_released_is_left_out_and_told(made, damage, said):
    damage(made / "0.10.0")
    (made / "index.json").unlink()
    found = repair_index(str(made))
    assert found.entered == ("0.9.0", "1.0.0")
    assert found.refused.keys() == {"0.10.0"}
    assert re.search(said, found.refused["0.10.0"])
    assert list(index_of(made)["versions"]) == ["0.9.0", "1.0.0"]


def test_a_release_from_before_there_were_sums_is_entered(made):
    (made / "0.9.0" / "SHA256SUMS").unlink()
    (made / "index.json").unlink()
    assert repair_index(str(made)).entered == VERSIONS


def test_a_folder_without_releases_gets_no_index(tmp_path):
    assert repair_index(str(tmp_path)) == Repair((), {})
    assert not (tmp_path / "index.json").exists()


def test_an_index_of_a_newer_citehub_is_not_written_over(made):
    (made / "index.json").write_text('{"format": "citehub-hub-2"}', encoding="utf-8")
    with pytest.raises(errors.NewerRelease):
        repair_index(str(made))
    assert index_of(made) == {"format": "citehub-hub-2"}


# -- one writer at a time ---------------------------------------------------------------------

HOLD = """
import sys
from citehub._writer_lock import writing
with writing(sys.argv[1]):
    print("holds", flush=True)
    sys.stdin.read()
"""
REGISTER = """
import sys
from citehub.build.register import register
register(sys.argv[1], "made", "A made hub", sys.argv[2])
"""


@pytest.fixture
def holder(made):
    process = spawn(HOLD, made)
    assert process.stdout.readline() == "holds\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_process_is_told_who_is_at_work(made, holder):
    said = f"Process {holder.pid} on .* is writing into .*made"
    with pytest.raises(errors.HubInUse, match=said), writing(str(made), wait=0.2):
        pass
    holder.communicate("")
    with writing(str(made), wait=5):
        pass
    assert not (made / ".citehub.writer").exists()


def test_who_is_at_work_is_not_believed_blindly(made, holder):
    (made / ".citehub.writer").write_text("\x1b[2J")
    said = "Another process is writing"
    with pytest.raises(errors.HubInUse, match=said), writing(str(made), wait=0.2):
        pass


def test_a_killed_process_stands_in_no_ones_way(made, holder):
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    register(str(made), "made", "A made hub", "1.0.0")


def test_waiting_is_enough(made, holder):
    threading.Timer(0.5, holder.kill).start()
    with writing(str(made), wait=20):
        pass


def test_the_holder_gets_it_again(made):
    with writing(str(made)):
        with writing(str(made)):
            assert (made / ".citehub.writer").exists()
        assert (made / ".citehub.writer").exists()
        register(str(made), "made", "A made hub", "1.0.0")
    assert not (made / ".citehub.writer").exists()


def test_threads_exclude_each_other(made):
    told = []

    def second():
        try:
            with writing(str(made), wait=0.2):
                told.append("in")
        except errors.HubInUse:
            told.append("told")

    with writing(str(made)):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert told == ["told"]


@pytest.mark.slow
def test_releases_of_several_processes_are_all_entered(made):
    (made / "index.json").unlink()
    more = [f"2.{number}.0" for number in range(5)]
    for version in more:
        shutil.copytree(made / "1.0.0", made / version)
    running = [spawn(REGISTER, made, version) for version in more]
    assert [process.communicate()[1] for process in running] == [""] * len(more)
    assert list(index_of(made)["versions"]) == more


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"), writing(str(tmp_path / "file" / "hub")):
        pass
