"""What commands that ask sources say: what was asked, what there is, what to do next."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import shutil
import signal

import pytest

import citehub
from citehub import errors
from citehub.graph import live_hubs as graph_live
from citehub.graph import new_live_hub, update_hub
from citehub.live import settings
from citehub.sources import answers
from tests.live import growth
from tests.live.conftest import WORK, Hurried, asking
from tests.live.faults import Fault, always
from tests.live.server import serve
from tests.live.test_command import SMALL, UNKNOWN, started, stop
from tests.live.test_update import DAY, LATER, skip_building


@pytest.fixture
def call(run, hurried):
    """Run a command; return exit code, output as text and messages as they came."""

    def run_it(*words):
        code, out, err = run(*map(os.fspath, words))
        assert "Traceback" not in err
        return code, out.decode(), err

    return run_it


@pytest.fixture(scope="module")
def made(known, tmp_path_factory):
    """A hub in whose list of Semantic Scholar two citations name no paper."""
    world = growth.copied(known)
    edges = world.s2.citations[growth.OWN[1]]
    world.s2.citations[growth.OWN[1]] = [*edges, (None, edges[0][1]), (None, edges[1][1])]
    out = tmp_path_factory.mktemp("made") / "hub"
    with serve(world) as server, pytest.MonkeyPatch.context() as patch:
        found = new_live_hub(WORK, os.fspath(out), created=DAY, transport=asking(server, patch))
        again = update_hub(out, created=LATER, transport=asking(server, patch))
    return out, found, again


@pytest.fixture
def hub(made, tmp_path):
    return shutil.copytree(made[0], tmp_path / "hub")


# -- citations without a paper ----------------------------------------------------------------


def test_citations_without_a_paper_are_told_once_and_counted(made):
    out, found, again = made
    without = re.compile(r"Semantic Scholar .*gives \d+.*, and \d+ citations without a paper\.")
    assert sum(bool(without.search(each)) for each in found.notes) == 1
    assert not again.is_new
    assert not any("without a paper" in each for each in again.notes)
    n = int(re.search(r"(\d+) citations without", " ".join(found.notes))[1])
    (s2,) = (each for each in citehub.load(out).agreement().sources if each.source_id == "s2")
    assert f"{n} citations in its list name no paper." in s2.reasons


# -- what a hub says of its sources -----------------------------------------------------------


def test_a_hub_says_that_interfaces_were_asked(made):
    out = made[0]
    for name in ("CHANGES.md", "README.md"):
        said = (out / "1.0.0" / name).read_text()
        assert "snapshot" not in said
        assert "Scholar datasets" not in said
    titles = {row["source_id"]: row["title"] for row in citehub.load(out).sources}
    assert titles["s2-tldr"].startswith("Semantic Scholar, Academic Graph API, TLDRs: ")
    changes = (out / "1.0.0" / "CHANGES.md").read_text()
    assert "Read from: OpenAlex, API; Semantic Scholar, Academic Graph API; " in changes


# -- exit codes and next steps ----------------------------------------------------------------


def test_an_update_of_an_unknown_work_names_hub_toml_and_the_key(call, server, hub):
    text = (hub / "hub.toml").read_text()
    (hub / "hub.toml").write_text(text.replace(WORK, UNKNOWN))
    code, printed, said = call("update", hub)
    assert (code, printed) == (1, "")
    assert f"{hub / 'hub.toml'} names this work; correct it there." in said
    assert "The hub is unchanged." in said
    assert call("new", UNKNOWN)[0] == 2  # which the command names


def test_a_hub_that_is_not_there_is_no_failed_update(call, server, hub, tmp_path, monkeypatch):
    skip_building(monkeypatch)
    assert call("update", tmp_path / "nosuch")[0] == 2
    assert call("update", tmp_path / "nosuch", hub)[0] == 1


def test_a_source_that_cannot_be_searched_is_named(call, server, tmp_path):
    title = "Using DeepSpeed and Megatron"
    code, _, said = call("fetch", title, "--from", "opencitations", "--out", tmp_path / "x")
    assert code == 2
    assert "looks like a title, and OpenCitations cannot be searched by title" in said
    assert server.count() == 0


@pytest.mark.parametrize("work", ["https://example.org/foo", "www.example.org/foo"])
def test_an_address_is_no_title(call, server, tmp_path, work):
    code, _, said = call("new", work, "--out", tmp_path / "x")
    assert code == 2
    assert f"The address '{work}' has no identifier." in said
    assert server.count() == 0
    assert list(tmp_path.glob("x*")) == []


def test_a_long_title_is_not_repeated_whole(call, server, tmp_path):
    code, _, said = call("new", "Lantern " * 2000, "--out", tmp_path / "x")
    assert code == 2
    assert len(said) < 1000


def test_where_all_sources_fail_the_next_step_is_said(call, server, tmp_path, hub):
    server.faults = [("", always("503"))]
    code, _, said = call("new", SMALL, "--out", tmp_path / "x")
    assert code == 1
    assert "Nothing was made. Mend that, and run the same command again." in said
    lines = said.splitlines()
    for each in ("OpenAlex", "Semantic Scholar", "OpenCitations"):
        assert f"{each} fails with 503." in lines  # a line of its own
    code, _, said = call("update", hub)
    assert code == 1
    assert "The hub is unchanged." in said


def test_tries_are_told_on_lines_of_their_own_without_a_terminal(call, server, tmp_path):
    server.faults = [("/citations?", Fault("503", 2))]
    code, _, said = call("fetch", WORK, "--out", tmp_path / "x")
    assert code == 0
    assert said.splitlines()[:2] == [
        "Semantic Scholar fails with 503; try 2 of 4.",
        "Semantic Scholar fails with 503; try 3 of 4.",
    ]


def test_a_hub_of_citehub_is_left_alone_before_all_else(call, server, hub, monkeypatch):
    text = (hub / "hub.toml").read_text()
    (hub / "hub.toml").write_text(re.sub("sources = .*", "", text))

    def refuse(*_given):
        raise errors.BuildError("This hub belongs to an installed citehub")

    monkeypatch.setattr(graph_live, "check_not_shipped", refuse)
    code, _, said = call("update", hub)
    assert code == 1
    assert "hub.toml" not in said


def test_a_hub_that_counts_no_sources_says_so(call):
    code, _, said = call("sources", "mt-nlg")
    assert code == 2
    assert "does not say what each source knows: its build counted nothing." in said


@pytest.mark.parametrize("width", [30, 40, 60, 100])
def test_counts_of_sources_keep_their_words_on_a_narrow_terminal(call, made, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    code, printed, _ = call("sources", made[0])
    assert code == 0
    for word in ("openalex", "opencitations", "announced", "own count"):
        assert word in printed


# -- keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["environment", "file"])
def test_a_key_that_is_refused_is_to_be_corrected_where_it_is(
    call, server, tmp_path, monkeypatch, place
):
    server.faults = [("s2", always("403"))]
    if place == "environment":
        monkeypatch.setenv("S2_API_KEY", "sesame-s2-key")
    else:
        settings.keep_setting("S2_API_KEY", "sesame-s2-key")
    code, _, said = call("fetch", WORK, "--out", tmp_path / "x")
    assert code == 3
    due = "Correct it in the environment, or unset it."
    due = due if place == "environment" else "Correct it with: citehub config S2_API_KEY"
    assert due in said
    assert "sesame" not in said


def test_a_setting_that_is_not_in_force_is_told(call, monkeypatch):
    monkeypatch.setenv("S2_API_KEY", "of the shell")
    code, _, said = call("config", "S2_API_KEY", "of the file")
    assert code == 0
    assert "The environment sets S2_API_KEY, too, and that value counts." in said
    monkeypatch.delenv("S2_API_KEY")
    assert "value counts" not in call("config", "S2_API_KEY", "of the file")[2]


def test_config_takes_its_words_as_they_are_meant(call, monkeypatch):
    assert call("config", "--unset")[0] == 2
    settings.keep_setting("S2_API_KEY", "sesame-of-the-file")
    code, printed, _ = call("config", "S2_API_KEY", "--json")
    assert (code, json.loads(printed)["shown"]) == (0, "…file")
    monkeypatch.setattr("sys.stdin", io.StringIO("sesame-by-a-pipe\n"))
    code, _, said = call("config", "OPENALEX_API_KEY")
    assert (code, settings.setting("OPENALEX_API_KEY")) == (0, "sesame-by-a-pipe")
    assert "sesame" not in said
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, _, said = call("config", "OPENALEX_API_KEY")
    assert code == 2
    assert "on standard input, or in the environment" in " ".join(said.replace("│", "").split())
    assert "Warning" not in said


def test_a_name_in_the_file_that_is_no_setting_is_told(call, server, tmp_path):
    path = settings.config_file()
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write('S2_API_KYE = "sesame-s2-key"\n')
    for words in (["config"], ["new", WORK, "--out", tmp_path / "x"]):
        code, _, said = call(*words)
        assert code == 2
        assert "There is no setting 'S2_API_KYE'. Did you mean 'S2_API_KEY'?" in said
        assert path in said
        assert "sesame" not in said


# -- disks and processes ----------------------------------------------------------------------


@pytest.mark.parametrize("words", [["update"], ["update", "--dry-run"]])
def test_a_hub_that_cannot_be_written_is_told_by_what_stays(call, server, hub, monkeypatch, words):
    def keep(*_given):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), os.fspath(hub / "answers"))

    monkeypatch.setattr(answers, "keep", keep)
    monkeypatch.setattr("citehub.live.kept.keep", keep)
    code, _, said = call(*words, hub)
    assert code == 1
    assert said.startswith(f"citehub: {hub / 'answers'}: Read-only file system. The hub is")
    assert ("A dry run writes there, too" in said) == ("--dry-run" in words)


def test_what_a_killed_new_left_is_no_hub_and_goes(call, server, tmp_path):
    out = tmp_path / "hub"
    server.faults = [("s2", always("slow drip", seconds=0.1))]
    with started("new", WORK, "--out", out) as process:
        stop(process, server, signal.SIGKILL, ["s2"])
    (left,) = tmp_path.glob(".hub.*")
    (left / "hub.toml").write_text('name = "hub"\nwork = "arxiv:2201.11990"\n')
    code, _, said = call("show", tmp_path / "nosuch")
    assert code == 2
    assert os.fspath(left) not in said
    code, _, said = call("show", left)
    assert code == 2
    assert "was left by a process that was killed" in said
    assert "citehub build" not in said
    server.faults = ()
    assert call("new", WORK, "--out", out)[0] == 0
    assert {*os.listdir(tmp_path)} >= {"hub"}
    assert list(tmp_path.glob(".hub.*")) == []


def test_a_proxy_is_named_by_the_variable_that_names_it(call, server, tmp_path, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    code, _, said = call("new", WORK, "--out", tmp_path / "x")
    assert code == 1
    assert "Correct HTTP_PROXY, or unset it." in said


def test_a_dry_run_by_a_transport_of_ones_own_tells_nothing(server, hub, monkeypatch):
    skip_building(monkeypatch)
    asks = Hurried(graph_live.choose_sources())
    server.faults = [("/citations?", Fault("503"))]
    assert update_hub(hub, dry_run=True, transport=asks).failed == {}
