"""Updates: what came, went and changed since, and that nothing of it is ever lost."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import threading
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

import pytest

import citehub
from citehub import _atomic_file, _writer_lock, errors
from citehub._catalog import INDEX
from citehub._writer_lock import writing
from citehub.build import build_release, release, taking
from citehub.build.release import Built
from citehub.graph import Dumps, new_hub, new_live_hub, update_hub
from citehub.graph import live_hubs as graph_live
from tests.live import growth
from tests.live.conftest import WORK, asking
from tests.live.faults import always
from tests.live.growth import (
    DROPPED,
    GONE,
    INTENT,
    INTO,
    MERGED,
    NEW,
    PREPRINT,
    PUBLISHED,
    RETRACTED,
)
from tests.live.server import serve
from tests.live.test_faults import Killed, Mortal

DAY, LATER = datetime.date(2026, 11, 28), datetime.date(2026, 12, 5)
SOURCES = ("openalex", "s2", "opencitations")


def rows_of(folder):
    """Return all rows of the newest release of a hub, by table."""
    hub = citehub.load(folder)
    return {name: hub.release.rows(name) for name in hub.tables}


def files_of(folder):
    """Return the files of a folder but those of locks and kept answers; answers have no time."""
    return {
        os.fspath(path.relative_to(folder)): re.sub(rb'"at": "[^"]*"', b"", path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


def ids_of(folder, version):
    return {row["work_id"] for row in citehub.load(folder, version=version).works}


@pytest.fixture(scope="module")
def worlds(known):
    """Servers of the world at three times."""
    with (
        serve(growth.before(known)) as before,
        serve(growth.copied(known)) as grown,
        serve(growth.later(known)) as later,
    ):
        yield {"before": before, "grown": grown, "later": later}


@pytest.fixture
def ask(worlds, monkeypatch):
    """Have a server asked from now on, with which nothing is wrong; return what asks."""

    def choose(name):
        worlds[name].faults, worlds[name].skew = (), 0.0
        worlds[name].forget()
        return asking(worlds[name], monkeypatch)

    return choose


@pytest.fixture(scope="module")
def made(worlds, tmp_path_factory):
    """The hub as it was made before."""
    out = tmp_path_factory.mktemp("made") / "hub"
    with pytest.MonkeyPatch.context() as patch:
        transport = asking(worlds["before"], patch)
        new_live_hub(WORK, os.fspath(out), created=DAY, transport=transport)
    return out


@pytest.fixture(scope="module")
def told(worlds, made, tmp_path_factory):
    """What a dry run and an update told that nothing disturbed, and what they did to the hub."""
    hub = tmp_path_factory.mktemp("updated") / "hub"
    shutil.copytree(made, hub)
    with pytest.MonkeyPatch.context() as patch:
        transport = asking(worlds["grown"], patch)
        dry = update_hub(hub, dry_run=True, created=LATER, transport=transport)
        files, n_asked = files_of(hub), worlds["grown"].count()
        found = update_hub(hub, created=LATER, transport=transport)
        n_again = worlds["grown"].count() - n_asked
    return SimpleNamespace(
        dry=dry, files=files, found=found, n_asked=n_asked, n_again=n_again, hub=hub
    )


@pytest.fixture(scope="module")
def updated(told):
    """The hub after an update that nothing disturbed."""
    return told.hub


@pytest.fixture
def hub(made, tmp_path):
    """A copy of the hub as it was made."""
    return shutil.copytree(made, tmp_path / "hub")


# -- what is new ------------------------------------------------------------------------------


def test_new_works_are_named_and_make_a_minor_version(made, told, updated):
    found = told.found
    assert (found.version, found.before, found.diff.level) == ("1.1.0", "1.0.0", "minor")
    assert found.folder == os.fspath(updated / "1.1.0")
    assert (found.failed, found.dropped) == ({}, {})
    assert {each.work_id for each in found.diff.news.works_added} == NEW
    assert ids_of(updated, "1.1.0") == ids_of(updated, "1.0.0") | NEW
    assert citehub.versions(updated) == ("1.0.0", "1.1.0")
    changes = (updated / "1.1.0" / "CHANGES.md").read_text()
    assert "### 2 works added" in changes
    for each in found.diff.news.works_added:
        assert each.title in changes
        assert each.work_id in changes
    for source in SOURCES:
        name = f"source/{source}/answers.jsonl"
        assert (updated / name).read_bytes() != (made / name).read_bytes()
    assert (updated / "hub.toml").read_bytes() == (made / "hub.toml").read_bytes()


def test_a_dry_run_changes_nothing_and_the_update_after_asks_nothing(made, told, updated):
    assert (told.dry.version, told.dry.folder) == ("1.1.0", "")
    assert told.dry.diff.changes == told.found.diff.changes
    assert told.files == files_of(made)
    assert told.dry.n_requests == told.n_asked > 0
    assert told.found.n_requests == told.n_again == 0
    assert any("A dry run got the answers just now" in each for each in told.found.notes)
    assert not (updated / ".citehub.answers").exists()


def test_the_updated_hub_is_built_again_to_the_same_bytes(updated, tmp_path):
    build_release(updated, "1.1.0", out=tmp_path / "again", created=LATER)
    assert files_of(tmp_path / "again") == files_of(updated / "1.1.0")


def test_all_else_that_happened_is_told_by_name(updated, ask, tmp_path):
    out = shutil.copytree(updated, tmp_path / "hub")
    line = f"{DROPPED},intent,extension,Ada,2026-12-01,It says so\n"
    decided = f"work,scheme,value,who,when,why\n{line}"
    (out / "source" / "labels.csv").write_text(decided)
    found = update_hub(out, created=LATER, transport=ask("later"))
    news = found.diff.news
    assert (found.version, found.diff.level) == ("2.0.0", "major")
    assert news.works_added == ()
    (gone,) = news.works_gone
    assert (gone.work.work_id, found.dropped) == (GONE, {GONE: ("openalex",)})
    assert "named by openalex before" in gone.reason
    assert [each.work_id for each in news.works_retracted] == [RETRACTED]
    (published,) = news.works_published
    assert (published.work.work_id, published.new) == (PREPRINT, PUBLISHED)
    (merged,) = news.works_merged
    assert (merged.work.work_id, merged.into.work_id) == (MERGED, INTO)
    assert merged.reason.endswith(f": record W9818615568 of openalex has {MERGED}, too")
    assert [(each.work.work_id, each.old, each.new) for each in news.works_dropped] == [
        (DROPPED, "openalex, s2", "s2")
    ]
    roles = {(each.work.work_id, each.old, each.new) for each in news.roles_changed}
    assert {(each, new is not None) for each, _, new in roles} == {(DROPPED, True), (INTENT, True)}
    assert ids_of(out, "2.0.0") == ids_of(out, "1.1.0") - {GONE, MERGED}
    changes = (out / "2.0.0" / "CHANGES.md").read_text()
    for each in (GONE, RETRACTED, PREPRINT, PUBLISHED, MERGED, INTO, DROPPED, INTENT):
        assert each in changes
    assert (out / "source" / "labels.csv").read_text() == decided
    former = {row["former_id"]: row["work_id"] for row in citehub.load(out).former_ids}
    assert former == {MERGED: INTO}
    # What was merged stays so, and a work that was followed is followed again.
    assert not update_hub(out, created=LATER, transport=ask("later")).is_new


def test_another_day_alone_is_nothing_new(updated, worlds, ask, tmp_path):
    out = shutil.copytree(updated, tmp_path / "hub")
    transport = ask("grown")
    worlds["grown"].skew = 40 * 86_400.0
    before = files_of(out)
    found = update_hub(out, created=LATER, transport=transport)
    assert not found.is_new
    assert (found.version, found.folder, found.failed) == ("1.1.0", "", {})
    assert any("Only counts changed" in each for each in found.notes)
    assert found.n_requests == sum(worlds["grown"].requests.values())
    assert files_of(out) == before


def test_what_a_dry_run_got_is_not_taken_for_long(hub, worlds, ask, monkeypatch):
    skip_building(monkeypatch)
    update_hub(hub, dry_run=True, transport=ask("grown"))
    n = worlds["grown"].count()
    update_hub(hub, dry_run=True, transport=ask("grown"))
    assert worlds["grown"].count() == n
    ready = hub / ".citehub.answers" / "ready"
    os.utime(ready, (0, 0))
    update_hub(hub, transport=ask("grown"))
    assert worlds["grown"].count() == n


def skip_building(monkeypatch, made=None):
    """Have no release built: either none is needed, or it is the one that is given."""

    def build(folder, **_):
        before = citehub.load(folder).version
        if made is None:
            return Built("", before, None, ())
        shutil.copytree(made / "1.1.0", os.path.join(folder, "1.1.0"))
        return Built(
            os.path.join(folder, "1.1.0"), "1.1.0", citehub.diff(made, "1.0.0", "1.1.0"), ()
        )

    monkeypatch.setattr(graph_live, "build_release", build)


# -- sources that fail ------------------------------------------------------------------------


def test_a_source_that_fails_keeps_its_word_and_the_next_update_catches_up(
    hub, worlds, ask, updated
):
    transport = ask("grown")
    worlds["grown"].faults = [("/citations?", always("503"))]
    found = update_hub(hub, created=LATER, transport=transport)
    assert list(found.failed) == ["s2"]
    assert "fails with 503" in found.failed["s2"]
    assert {each.work_id for each in found.diff.news.works_added} == NEW - {
        "doi:10.5555/made.1683"
    }
    assert found.dropped == {}
    kept = hub / ".citehub.answers"
    assert os.listdir(kept) == ["s2"]  # what came of it
    caught_up = update_hub(hub, created=LATER, transport=ask("grown"))
    assert caught_up.failed == {}
    assert [each.work_id for each in caught_up.diff.news.works_added] == ["doi:10.5555/made.1683"]
    assert rows_of(hub) == rows_of(updated)
    assert not kept.exists()


def test_where_all_fail_the_hub_stays(hub, worlds, ask):
    before = files_of(hub)
    transport = ask("grown")
    worlds["grown"].faults = [("", always("403"))]
    with pytest.raises(errors.FetchError) as caught:
        update_hub(hub, transport=transport)
    for each in ("OpenAlex", "Semantic Scholar", "OpenCitations"):
        assert each in str(caught.value)
    assert files_of(hub) == before


def test_a_source_that_names_nothing_any_more_is_not_believed(hub, ask, known, monkeypatch):
    skip_building(monkeypatch)
    empty = growth.before(known)
    for name in growth.OWN[2]:
        empty.opencitations.index[name] = []
    del empty.s2.papers[growth.OWN[1]]
    empty.s2.names = {name: n for name, n in empty.s2.names.items() if n != growth.OWN[1]}
    before = files_of(hub)
    with serve(empty) as server:
        found = update_hub(hub, transport=asking(server, monkeypatch))
    assert set(found.failed) == {"opencitations", "s2"}
    assert all("names no citing work now" in each for each in found.failed.values())
    assert files_of(hub) == before


def test_a_work_that_no_source_has_any_more_is_told(hub, ask, worlds, monkeypatch):
    text = (hub / "hub.toml").read_text()
    (hub / "hub.toml").write_text(text.replace(WORK, "arxiv:1301.00001"))
    before = files_of(hub)
    with pytest.raises(errors.UnknownWork, match="OpenAlex does not know it"):
        update_hub(hub, transport=ask("grown"))
    assert files_of(hub) == before
    assert not (hub / ".citehub.answers").exists()


def test_a_hub_that_was_made_in_part_becomes_whole(worlds, ask, updated, tmp_path):
    transport = ask("grown")
    worlds["grown"].faults = [("/citations?", always("503"))]
    made = new_live_hub(WORK, os.fspath(tmp_path / "hub"), created=DAY, transport=transport)
    assert len(made.partial) == 1
    assert made.partial[0].startswith("s2 gave only part of its list, and is not in the hub: ")
    assert f"citehub update {tmp_path / 'hub'}" in made.partial[0]
    assert {*os.listdir(tmp_path / "hub" / "source")} == {"openalex", "opencitations"}
    assert os.listdir(tmp_path / "hub" / ".citehub.answers") == ["s2"]
    assert not (tmp_path / "hub.fetching").exists()
    found = update_hub(made.folder, created=LATER, transport=ask("grown"))
    assert found.failed == {}
    assert found.diff.news.works_gone == ()
    named = {row["source_id"] for row in citehub.load(made.folder).citation_sources}
    assert named == {*SOURCES}
    assert ids_of(made.folder, found.version) == ids_of(updated, "1.1.0")


# -- killed -----------------------------------------------------------------------------------


def kill_at(module, name, turn):
    """Have a function end the process in a call, and nothing be cleared up from there on."""
    called, real = [], getattr(module, name)

    def call(*given, **more):
        called.append(name)
        if len(called) == turn:
            patch.setattr(_atomic_file, "remove", lambda _: None)
            raise Killed
        return real(*given, **more)

    patch = pytest.MonkeyPatch()
    patch.setattr(module, name, call)
    return patch


KILLS = {
    "before anything is asked": (graph_live, "fetch", 1),
    "before the release is built": (graph_live, "build_release", 1),
    "before the answers are taken over": (graph_live, "take", 1),
    "before the folder of the first source": (taking.os, "rename", 2),
    "while a source has no folder": (taking.os, "rename", 3),
    "between two sources": (taking.os, "rename", 4),
    "before the release": (taking._atomic_folder, "move", 2),
    "before the end of the taking": (taking._atomic_folder, "discard", 1),
    "before the index": (graph_live, "register", 1),
}


@contextmanager
def killed(hub, asks, made, phase):
    """Update a hub, and kill that at a phase."""
    module, name, turn = KILLS[phase]
    with pytest.MonkeyPatch.context() as patch:
        skip_building(patch, made=made)
        killers = []
        if module is graph_live:
            killers.append(kill_at(module, name, turn))
        else:  # once all is built
            real = taking.take

            def take(*given):
                killers.append(kill_at(module, name, turn))
                real(*given)

            patch.setattr(graph_live, "take", take)
        try:
            with pytest.raises(Killed):
                update_hub(hub, created=LATER, transport=asks)
        finally:
            for each in killers:
                each.undo()
    yield name in {"rename", "move", "discard", "register"}


@pytest.mark.parametrize("phase", KILLS)
def test_a_killed_update_is_brought_to_an_end(hub, ask, updated, monkeypatch, phase):
    with killed(hub, ask("grown"), updated, phase) as is_taken:
        assert citehub.versions(hub) == ("1.0.0",)
        assert rows_of(hub)
    skip_building(monkeypatch, made=None if is_taken else updated)
    found = update_hub(hub, created=LATER, transport=ask("grown"))
    assert citehub.versions(hub) == ("1.0.0", "1.1.0")
    assert files_of(hub) == files_of(updated)
    assert found.version == "1.1.0"
    if is_taken:
        assert any("Entered 1.1.0 into" in each for each in found.notes)
    assert {each for each in os.listdir(hub) if each.startswith(".")} == {".citehub.lock"}


def test_a_build_brings_a_killed_update_to_an_end(hub, ask, updated, monkeypatch):
    with killed(hub, ask("grown"), updated, "before the release"):
        assert citehub.versions(hub) == ("1.0.0",)
    monkeypatch.setattr(
        release._Building, "write", lambda made: Built("", made.before.version, None, ())
    )
    with pytest.warns(UserWarning, match=r"Entered 1.1.0 into .*, which did not list it"):
        built = build_release(hub, created=LATER)
    assert (built.folder, built.version) == ("", "1.1.0")
    assert files_of(hub) == files_of(updated)


def test_an_update_that_is_cut_off_while_it_asks_goes_on_there(hub, worlds, ask, monkeypatch):
    skip_building(monkeypatch)
    with pytest.raises(Killed):
        update_hub(hub, transport=Mortal(ask("grown"), 5))
    assert worlds["grown"].count() == 5
    update_hub(hub, transport=ask("grown"))
    n_rest = worlds["grown"].count()
    update_hub(hub, transport=ask("grown"))
    assert worlds["grown"].count() == n_rest + 5


# -- refused ----------------------------------------------------------------------------------


@contextmanager
def held(folder):
    """Have another thread write into a folder."""
    ready, done = threading.Event(), threading.Event()

    def write():
        with writing(os.fspath(folder)):
            ready.set()
            done.wait(10)

    other = threading.Thread(target=write)
    other.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        done.set()
        other.join()


def test_of_two_at_once_the_second_says_who_is_at_work(hub, ask, monkeypatch, tmp_path):
    for module in (graph_live, _writer_lock):
        monkeypatch.setattr(module, "writing", partial(writing, wait=0.1))
    said = rf"Process {os.getpid()} on .* is writing into"
    with held(hub), pytest.raises(errors.HubInUse, match=said):
        update_hub(hub, transport=ask("grown"))
    with held(tmp_path / "new.fetching"), pytest.raises(errors.HubInUse, match=said):
        new_live_hub(WORK, os.fspath(tmp_path / "new"), transport=ask("grown"))


def test_a_hub_of_dumps_asks_whom_it_is_told_to(dumps, hub, ask, tmp_path):
    given = Dumps(openalex=dumps / "openalex")
    made = new_hub(WORK, os.fspath(tmp_path / "dumped"), given, created=DAY)
    with pytest.raises(errors.BadArgument, match="--from openalex,s2,opencitations"):
        update_hub(made.folder, transport=ask("grown"))
    found = update_hub(made.folder, sources=["openalex"], created=LATER, transport=ask("grown"))
    assert found.failed == {}
    if found.is_new:
        assert found.diff.news.works_added == found.diff.news.works_gone == ()
    assert (tmp_path / "dumped" / "source" / "openalex" / "answers.jsonl").exists() == found.is_new


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'sources = ["openalex", "scopus"]',
            "there is no source 'scopus' to ask; known: openalex",
        ),
        ("sources = 7", "expected 'sources' to be a list"),
        ("sources = []", "names no sources to ask"),
    ],
)
def test_sources_that_do_not_exist_are_named(hub, ask, line, said):
    text = (hub / "hub.toml").read_text().splitlines()
    lines = [line if each.startswith("sources") else each for each in text]
    (hub / "hub.toml").write_text("\n".join(lines))
    with pytest.raises(errors.CitehubError, match=said):
        update_hub(hub, transport=ask("grown"))


def test_a_source_that_cannot_be_asked_is_refused(hub, ask):
    with pytest.raises(errors.UnknownName, match="no source 'scopus'"):
        update_hub(hub, sources=["scopus"], transport=ask("grown"))


def test_without_a_release_there_is_nothing_to_compare(hub, ask):
    shutil.rmtree(hub / "1.0.0")
    os.unlink(hub / INDEX)
    with pytest.raises(errors.BuildError, match="has no release yet"):
        update_hub(hub, transport=ask("grown"))


def test_a_hub_of_an_installed_citehub_is_left_alone(ask, monkeypatch, hub):
    monkeypatch.setattr(release._catalog, "datasets_folder", lambda: os.path.dirname(hub))
    monkeypatch.setattr(release.os.path, "basename", lambda _: "_datasets")
    with pytest.raises(errors.BuildError, match="whose releases never change"):
        update_hub(hub, transport=ask("grown"))


def test_an_error_names_the_files_where_they_lie(hub, ask, monkeypatch):
    def build(folder, **_):
        raise errors.SourceError.at(os.path.join(folder, "source", "labels.csv"), 2, "is wrong")

    monkeypatch.setattr(graph_live, "build_release", build)
    with pytest.raises(errors.SourceError) as caught:
        update_hub(hub, created=LATER, transport=ask("grown"))
    assert str(caught.value) == f"{hub / 'source' / 'labels.csv'}, line 2: is wrong"
    assert {*SOURCES} <= {*os.listdir(hub / ".citehub.answers")}


def test_what_stands_beside_the_sources_is_there_for_the_build(hub, ask, monkeypatch):
    (hub / "tables.json").write_text("[]")
    seen = []

    def build(folder, **_):
        seen.extend(os.listdir(folder))
        return Built("", "1.0.0", None, ())

    monkeypatch.setattr(graph_live, "build_release", build)
    update_hub(hub, transport=ask("grown"))
    assert {"tables.json", "hub.toml", "index.json", "source", "1.0.0"} <= {*seen}
