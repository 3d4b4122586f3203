"""Updates in a world that did not change: whoever is down or left out, there is nothing new."""

from __future__ import annotations

import gzip
import itertools
import os
import shutil

import pytest

from citehub import errors
from citehub.build import build_release
from citehub.graph import Dumps, new_hub, new_live_hub, update_hub
from tests.live.conftest import WORK, asking
from tests.live.faults import Fault, RandomFaults, always
from tests.live.server import serve, world
from tests.live.test_update import DAY, LATER, SOURCES, files_of

PAIRS = [*itertools.combinations(SOURCES, 2)]
SUBSETS = [*itertools.combinations(SOURCES, 1), *PAIRS]
LISTS = {"openalex": "cites:", "s2": "/citations?", "opencitations": "/index/"}


@pytest.fixture(scope="module")
def dumps(tmp_path_factory):
    """Dumps in which Meta alone tells that records of two sources are one work."""
    return world(tmp_path_factory.mktemp("unchanged") / "dumps", 2_000, citations=10)


@pytest.fixture(scope="module")
def still(dumps):
    with serve(dumps) as started:
        yield started


@pytest.fixture
def ask(still, monkeypatch):
    """Return what asks the server, with which nothing is wrong."""
    still.faults, still.skew = (), 0.0
    still.forget()
    return lambda: asking(still, monkeypatch)


@pytest.fixture(scope="module")
def made(still, tmp_path_factory):
    out = tmp_path_factory.mktemp("made") / "hub"
    with pytest.MonkeyPatch.context() as patch:
        new_live_hub(WORK, os.fspath(out), created=DAY, transport=asking(still, patch))
    return out


@pytest.fixture
def hub(made, tmp_path):
    return shutil.copytree(made, tmp_path / "hub")


def check_unchanged(hub, made, ask, **how):
    """Update, and have nothing new; return what the update told."""
    found = update_hub(hub, created=LATER, transport=ask(), **how)
    assert (found.is_new, found.version) == (False, "1.0.0"), found.diff
    assert files_of(hub) == files_of(made)
    return found


@pytest.mark.parametrize("down", PAIRS, ids="-".join)
def test_sources_that_are_down_change_nothing(hub, made, still, ask, down):
    still.faults = [(each, always("503")) for each in down]
    assert {*check_unchanged(hub, made, ask).failed} == {*down}
    still.faults = ()
    assert check_unchanged(hub, made, ask).failed == {}


@pytest.mark.parametrize("down", SOURCES)
def test_a_source_whose_list_is_down_changes_nothing(hub, made, still, ask, down):
    still.faults = [(LISTS[down], always("503"))]
    assert {*check_unchanged(hub, made, ask).failed} == {down}


@pytest.mark.parametrize("asked", SUBSETS, ids="-".join)
def test_a_source_that_is_left_out_changes_nothing(hub, made, still, ask, asked):
    assert check_unchanged(hub, made, ask, sources=asked).failed == {}
    assert {each for each, n in still.requests.items() if n} == {*asked}


def test_all_sources_may_be_asked_after_one_alone(hub, made, ask):
    check_unchanged(hub, made, ask, sources=["s2"])
    check_unchanged(hub, made, ask)


@pytest.mark.parametrize("part", ["/meta/", "/paper/batch"])
def test_a_source_that_fails_midway_changes_nothing(hub, made, still, ask, part):
    still.faults = [(part, Fault("503", times=None, after=1 if part == "/meta/" else 0))]
    (why,) = check_unchanged(hub, made, ask).failed.values()
    assert "fails with 503" in why
    still.faults = ()
    assert check_unchanged(hub, made, ask).failed == {}


@pytest.mark.parametrize("seed", range(2))
def test_sources_that_fail_at_random_change_nothing(hub, made, still, ask, seed):
    still.faults = RandomFaults(seed, 0.3, row=9)
    try:
        check_unchanged(hub, made, ask)
    except errors.FetchError:
        assert files_of(hub) == files_of(made)
    still.faults = ()
    assert check_unchanged(hub, made, ask).failed == {}


def test_a_list_that_falls_short_takes_nothing_away(hub, made, still, ask):
    still.faults = [("openalex", always("repeated page")), ("openalex", always("wrong count"))]
    found = check_unchanged(hub, made, ask)
    assert found.failed == {} or "openalex" in found.failed


@pytest.mark.parametrize("asked", SUBSETS[:3], ids="-".join)
def test_a_hub_of_dumps_loses_nothing_where_a_source_is_asked(dumps, ask, tmp_path, asked):
    given = Dumps(**{each: dumps / each for each in SOURCES})
    out = os.fspath(tmp_path / "hub")
    new_hub(WORK, out, given, created=DAY)
    first = update_hub(out, sources=asked, created=LATER, transport=ask())
    if first.is_new:
        assert first.diff.news.works_gone == ()
        assert first.dropped == {}
    assert not update_hub(out, sources=asked, created=LATER, transport=ask()).is_new


# -- answers that are damaged -----------------------------------------------------------------


def spoil(hub, how, source="openalex"):
    folder = hub / "source" / source
    listed = folder / "answers.jsonl"
    last = max((folder / "answers").iterdir())
    if how == "no folder":
        shutil.rmtree(folder)
    elif how == "no source at all":
        shutil.rmtree(hub / "source")
    elif how == "no list":
        listed.unlink()
    elif how == "no note":
        (folder / "read.json").unlink()
    elif how == "a shorter list":
        listed.write_text("".join(listed.read_text().splitlines(keepends=True)[:-1]))
    elif how == "junk":
        last.write_bytes(b"junk\n")
    elif how == "another answer":
        last.write_bytes(gzip.compress(b"[]"))
    elif how == "no answer":
        last.unlink()


SPOILT = (
    *("no folder", "no source at all", "no list", "no note", "a shorter list", "junk"),
    *("another answer", "no answer"),
)


@pytest.mark.parametrize("how", ["no source at all", "no note", "another answer"])
def test_answers_that_are_damaged_are_replaced_by_fresh_ones(hub, made, ask, tmp_path, how):
    spoil(hub, how)
    if how == "no note":
        dry = update_hub(hub, created=LATER, dry_run=True, transport=ask())
        assert not dry.is_new
        assert any("now would take its place" in each for each in dry.notes)
        assert files_of(hub) != files_of(made)
    found = update_hub(hub, created=LATER, transport=ask())
    assert not found.is_new
    assert any("openalex now take its place" in each for each in found.notes)
    assert files_of(hub) == files_of(made)
    build_release(hub, "1.0.0", out=tmp_path / "again", created=DAY)
    assert files_of(tmp_path / "again") == files_of(hub / "1.0.0")


@pytest.mark.parametrize("how", SPOILT)
def test_where_others_alone_are_asked_a_damaged_source_is_named(hub, still, ask, how):
    spoil(hub, how, "s2")
    before = files_of(hub)
    with pytest.raises(errors.BuildError) as caught:
        update_hub(hub, sources=["openalex"], transport=ask())
    assert os.fspath(hub / "source" / "s2") in str(caught.value)
    assert f"citehub update {hub} --from openalex,s2" in str(caught.value)
    assert still.count() == 0
    assert files_of(hub) == before


@pytest.mark.parametrize("how", ["no folder", "junk"])
def test_where_a_damaged_source_is_down_the_hub_stays(hub, still, ask, how):
    spoil(hub, how)
    before = files_of(hub)
    still.faults = [("openalex", always("503"))]
    with pytest.raises(errors.BuildError, match=r"fails with 503.* The hub is unchanged"):
        update_hub(hub, transport=ask())
    assert files_of(hub) == before


def test_a_source_that_the_hub_gave_up_may_be_missing(hub, ask):
    text = (hub / "hub.toml").read_text()
    (hub / "hub.toml").write_text(text.replace('"s2", ', ""))
    shutil.rmtree(hub / "source" / "s2")
    assert update_hub(hub, created=LATER, transport=ask()).version == "2.0.0"
