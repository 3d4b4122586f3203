"""Hubs from elsewhere: taken whole, compared and verified, or not at all."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile

import pytest

import citehub
from citehub import _signature, errors
from citehub._manifest import SUMS, format_sums, sha256
from citehub.adding import home as homes
from citehub.adding import release as releases
from citehub.adding.home import check_removable, listing, remove, take
from citehub.live import download
from tests.made import make_hub, make_release, make_works

TABLE = "works.parquet"


def tree(folder):
    """Return all files below a folder, without locks."""
    return sorted(
        each.relative_to(folder).as_posix()
        for each in folder.rglob("*")
        if each.is_file() and "lock" not in each.name
    )


def change(folder, edit):
    """Change the manifest of a published folder, and its sums with it."""
    path = folder / "datapackage.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    edit(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    sum_up(folder)


def sum_up(folder):
    """Write the sums of a published folder anew."""
    files = {each.name: sha256(each.read_bytes()) for each in folder.iterdir()}
    files = {name: each for name, each in files.items() if not name.startswith((SUMS, "."))}
    (folder / SUMS).write_bytes(format_sums(files))


def zipped(folder, path, inside=""):
    """Pack a published folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in folder.iterdir():
            archive.write(each, inside + each.name)
    return path


# -- where from -------------------------------------------------------------------------------


def test_a_folder_an_archive_and_an_address_give_the_same_hub(published, site, tmp_path, home):
    (published / "index.html").write_text("<script>alert(1)</script>")
    sum_up(published)
    (published / "other.parquet").write_bytes(b"not of the manifest")
    zipped(published, published / "made.zip", "made-0.9.0/")
    found = []
    for source in (
        published, zipped(published, tmp_path / "made.ZIP"), site.address,
        f"{site.address}index.html", f"{site.address}made.zip?download=1",
    ):  # fmt: skip
        hub = citehub.add(source)
        assert (hub.name, hub.version, citehub.load("made").path) == ("made", "0.9.0", hub.path)
        citehub.load(hub.path).verify()  # by its sums, although its page is not there
        found.append({each.name: each.read_bytes() for each in (home / "made/0.9.0").iterdir()})
        remove("made")
    assert all(each == found[0] for each in found)
    assert {"datapackage.json", TABLE, SUMS, "croissant.json"} <= found[0].keys()
    assert not {"index.html", "other.parquet", "made.zip"} & found[0].keys()
    assert tree(home) == tree(tmp_path / "cache") == []


def test_loading_asks_nobody(site, monkeypatch):
    citehub.add(site.address)
    site.log.clear()
    hub = citehub.load("made")
    hub.verify()
    assert len(hub.citing_works) == 1
    assert site.log == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("http://example.org/hub/", "https, or an address of this computer"),
        ("ftp://example.org/hub/", "an address such as https://"),
        ("https://ada:secret@example.org/hub/", "must not hold a user name or password"),
        ("https://ada:secret@example.org/hub/?x=1", "must not hold a user name or password"),
        ("https://example.org/hub/?page=1", "that of a folder, or of a .zip file"),
        ("https://", "an address such as https://"),
        ("no-such-folder", "no folder or file 'no-such-folder'"),
        ("", "no folder or file ''"),
        (".", "it has no datapackage.json"),
        ("https://example.org/a b/", "one without blanks"),
        ("https://example.org/hub/\nx", "one without blanks|such as https"),
        ("https://example.org/\x1b[2J/", "one without blanks|such as https"),
    ],
)
def test_what_is_no_source_is_told_so(source, said):
    with pytest.raises(errors.BadArgument, match=said) as raised:
        citehub.add(source)
    assert "secret" not in str(raised.value)


def test_a_pipe_is_no_source(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(errors.BadArgument, match="neither a folder nor a regular file"):
        citehub.add(tmp_path / "pipe")


@pytest.mark.parametrize("name", [b"a\nb", b"\xff", b"a\x1b[2Jb"])
def test_a_name_that_cannot_be_kept_is_refused(published, home, name):
    path = os.fsdecode(os.path.join(os.fsencode(published.parent), name))
    shutil.copytree(published, path)
    with pytest.raises(errors.BadArgument, match="no line of text in UTF-8") as raised:
        citehub.add(path)
    assert str(raised.value).isprintable()
    assert tree(home) == []


def test_a_hub_folder_is_told_to_name_a_release(tmp_path):
    hub = make_hub(tmp_path / "mine", "1.0.0")
    with pytest.raises(errors.BadArgument, match=r"Name one release in it: .*mine.1\.0\.0"):
        citehub.add(hub)
    assert citehub.add(hub / "1.0.0").version == "1.0.0"


# -- over the network -------------------------------------------------------------------------


def cut(visit, most):
    data = (visit.server.folder / TABLE).read_bytes()
    visit.send(data, most)


def test_a_break_in_mid_file_is_resumed_from_there(site, published, home):
    size = (published / TABLE).stat().st_size

    def fault(visit):
        site.faults.clear()
        cut(visit, 1000)

    site.faults[TABLE] = fault
    citehub.add(site.address)
    assert site.asked(TABLE) == ["", "bytes=1000-"]
    assert size > 1000
    assert all(len(site.asked(name)) == 1 for name in ("evidence.parquet", "datapackage.json"))


def test_the_same_command_goes_on_from_what_came(site, published, home, tmp_path):
    site.faults[TABLE] = lambda visit: cut(visit, 700)
    with pytest.raises(errors.Unreachable, match="breaks off"):
        citehub.add(site.address)
    assert tree(home) == []
    ranges = site.asked(TABLE)
    assert ranges == ["", "bytes=700-", "bytes=1400-", "bytes=2100-"]
    before = len(site.asked("evidence.parquet"))
    site.faults.clear()
    site.log.clear()
    citehub.add(site.address)
    assert site.asked(TABLE) == ["bytes=2800-"]
    names = [each["path"] for each in citehub.load("made").manifest["resources"]]
    earlier = names[: names.index(TABLE)]
    assert all(not site.asked(name) for name in earlier)
    assert tree(tmp_path / "cache") == []
    assert before == int(names.index("evidence.parquet") < names.index(TABLE))


@pytest.mark.parametrize("tags", [True, False])
def test_what_changed_at_the_host_meanwhile_is_fetched_anew(site, published, tags):
    site.tags = tags  # without, only the hash tells
    right = (published / TABLE).read_bytes()

    def fault(visit):
        if len(site.asked(TABLE)) < 5:
            visit.send(b"x" * len(right), 300)
        else:
            visit.send(right)

    site.faults[TABLE] = fault
    with pytest.raises(errors.Unreachable):
        citehub.add(site.address)
    citehub.add(site.address)
    asked = site.asked(TABLE)[4:]
    assert asked == (["bytes=1200-"] if tags else ["bytes=1200-", ""])


def other_bytes(visit):
    size = (visit.server.folder / TABLE).stat().st_size
    visit.send(b"x" * size)


def endless(visit):
    visit.send_response(200)
    visit.send_header("Connection", "close")
    visit.end_headers()
    visit.close_connection = True
    for _ in range(10_000):
        visit.wfile.write(b"x" * 65_536)


def too_long(visit):
    visit.reply(200, b"x" * 100_000)


def too_short(visit):
    visit.reply(200, b"x" * 10)


def bomb(visit):
    visit.reply(200, gzip.compress(b"x" * 50_000_000), {"Content-Encoding": "gzip"})


def another_part(visit):
    visit.reply(206, b"x" * 10, {"Content-Range": "bytes 5-14/15"})


def elsewhere(visit):
    visit.reply(302, b"", {"Location": "http://evil.example.net/works.parquet"})


def encrypted(visit):
    visit.reply(302, b"", {"Location": visit.server.address.replace("http:", "https:") + TABLE})


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (other_bytes, "works.parquet of 127.0.0.1:.* should have the hash sha256:"),
        (endless, "has more than [0-9,]+ bytes"),
        (too_long, "has 100,000 bytes; it should have"),
        (too_short, "has 10 bytes; it should have"),
        (bomb, "has more than [0-9,]+ bytes"),
        (another_part, "another part than was asked for"),
        (elsewhere, "redirects to http://evil.example.net, which is not asked"),
        (encrypted, "redirects to https://127.0.0.1"),
        (lambda visit: visit.reply(404, b""), "has no works.parquet"),
        (lambda visit: visit.reply(403, b""), "refuses to answer, with 403"),
    ],
)
def test_a_host_that_gives_something_else_leaves_nothing(site, home, fault, said):
    site.faults[TABLE] = fault
    with pytest.raises(errors.FetchError, match=said):
        citehub.add(site.address)
    assert tree(home) == []
    assert len(site.asked(TABLE)) <= 4


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>Log in", "gives something else|has no datapackage"),
        (b'{"resources": ' + b"[" * 100_000, "expected JSON"),
        (b'{"resources": []}', "expected the manifest to have"),
        (b" " * (1 << 24) + b'{"resources": []}', "16 MB"),
    ],
)
def test_a_hostile_manifest_is_refused(site, home, body, said):
    site.faults["datapackage.json"] = lambda visit: visit.reply(200, body)
    with pytest.raises(errors.CitehubError, match=said) as raised:
        citehub.add(site.address)
    assert isinstance(raised.value, (errors.FetchError, errors.DamagedRelease, errors.NotAdded))
    assert tree(home) == []
    assert {path for path, _ in site.log} <= {"datapackage.json", SUMS, f"{SUMS}.minisig"}


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_may_answer_in_its_own_way_for_a_file_that_it_does_not_have(site, status):
    for name in (SUMS, f"{SUMS}.minisig"):
        site.faults[name] = lambda visit: visit.reply(status, b"")
    assert citehub.add(site.address).version == "0.9.0"
    assert len(site.asked(f"{SUMS}.minisig")) == 1


def test_a_redirect_within_the_host_is_followed(site, published):
    (published / "moved").mkdir()
    os.rename(published / TABLE, published / "moved" / TABLE)
    site.faults[TABLE] = lambda visit: visit.reply(301, b"", {"Location": f"/hub/moved/{TABLE}"})
    assert citehub.add(site.address).version == "0.9.0"


def test_what_nobody_went_on_with_is_removed(site, tmp_path):
    old = tmp_path / "cache/citehub/downloads/old"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    citehub.add(site.address)
    assert not old.exists()


# -- not trusted ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda m: m["resources"][0].update(path="../evil.parquet"), "a file of its own folder"),
        (lambda m: m["resources"][0].update(path="index.html"), "a file of its own folder"),
        (lambda m: m["resources"][0].update(hash="sha256:" + "0" * 64), r"with sha256:0{64}"),
        (lambda m: m["resources"][0].update(bytes=3 << 30), "at most 2,147,483,648 are taken"),
        (lambda m: m["resources"][0].update(bytes=7), "at most 7 bytes"),
        (lambda m: m["resources"][0].update(rows=7), "7 rows"),
        (lambda m: m["citehub"].update(hub="../../evil"), "a hub's name of lower-case letters"),
        (lambda m: m.update(version="1.0"), "a version MAJOR.MINOR.PATCH"),
        (lambda m: m["citehub"].update(canonical_work_id="doi:10.1/x"), "the canonical work"),
    ],
)
def test_a_manifest_that_lies_adds_nothing(published, home, edit, said):
    change(published, edit)
    with pytest.raises((errors.DamagedRelease, errors.NotAdded), match=said) as raised:
        citehub.add(published)
    assert str(published) in str(raised.value)
    assert "git checkout" not in str(raised.value)
    assert tree(home) == []


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/b", "C:evil", ".."])
def test_sums_that_lead_out_are_refused(published, home, name):
    with (published / SUMS).open("a", encoding="utf-8") as file:
        file.write(f"{'0' * 64}  {name}\n")
    with pytest.raises(errors.DamagedRelease, match="names of files of its folder"):
        citehub.add(published)
    assert tree(home) == []


def test_a_hub_full_of_hostile_text_is_data(tmp_path, run):
    """Its texts are shown and exported as text; what runs in a browser, other tests say."""
    hostile = "<script>alert(1)</script>=cmd|' /c calc'!A1 \\input{x}"
    steered = f"{hostile}\x1b]0;pwned\x07\x1b[2J\u202e"
    cells = ("title", "title_plain", "venue", "abstract", "finding")
    work = {"work_id": "doi:10.1/1", "authors": [steered], **dict.fromkeys(cells, steered)}
    (tmp_path / "evil").mkdir()
    make_release(tmp_path / "evil", make_works(work), title=hostile, description=hostile)
    citehub.add(tmp_path / "evil")
    for words in (
        ("list",), ("show", "made"), ("show", "made", "doi:10.1/1"), ("search", "made", "alert"),
        ("lock", "made"), ("lock", "--check"), ("verify", "made"), ("update", "made"),
    ):  # fmt: skip
        code, out, err = run(*words)
        said = out.decode() + err
        assert code in {0, 4}, said
        assert not set(said) & {"\x1b", "\x07", "\u202e"}, words


@pytest.mark.parametrize("name", [TABLE, "README.md", "datapackage.json", SUMS])
@pytest.mark.parametrize("kind", ["changed", "link", "pipe"])
def test_a_file_that_is_another_adds_nothing(published, home, name, kind, tmp_path):
    path = published / name
    data = path.read_bytes()
    path.unlink()
    if kind == "changed":
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif kind == "link":
        (tmp_path / "secret").write_bytes(data)
        path.symlink_to(tmp_path / "secret")
    else:
        os.mkfifo(path)
    with pytest.raises(errors.DamagedRelease, match="Nothing was added"):
        citehub.add(published)
    assert tree(home) == []


def test_a_limit_is_lifted_by_who_expects_more(published, home, run):
    with pytest.raises(errors.NotAdded, match=r"--most GB"):
        citehub.add(published, most=1000)
    assert run("add", str(published), "--most", "0.000001")[0] == 1
    assert run("add", str(published), "--most", "1")[0] == 0


# -- names and versions -----------------------------------------------------------------------


def test_names_of_other_hubs_are_refused(published, originals, home, tmp_path):
    make_hub(home / "made", "0.1.0")
    with pytest.raises(errors.NotAdded, match="a hub of your own"):
        citehub.add(published)
    shutil.rmtree(home)
    citehub.add(published)
    other = shutil.copytree(originals["0.10.0"], tmp_path / "other")
    change(other, lambda m: m["citehub"].update(canonical_work_id="arxiv:1706.03762"))
    with pytest.raises(errors.NotAdded, match=r"but of another work, 'arxiv:1706\.03762'"):
        citehub.add(other, update=True)
    change(other, lambda m: (m["citehub"].update(hub="mt-nlg"), m.update(name="mt-nlg")))
    with pytest.raises(errors.NotAdded, match="a hub that comes with citehub"):
        citehub.add(other)
    assert citehub.versions("made") == ("0.9.0",)


def test_a_release_never_changes_and_never_goes_back(site, originals, home, monkeypatch):
    citehub.add(site.address)
    assert citehub.add(site.address).version == "0.9.0"  # as before
    change(site.folder, lambda m: m.update(title="Another title"))
    with pytest.raises(errors.NotAdded, match=r"0\.9\.0 with other bytes.*A release never"):
        citehub.add(site.address)
    site.folder = originals["0.10.0"]
    with pytest.raises(errors.NotAdded, match=r"0\.10\.0 is newer than 0\.9\.0.*citehub update"):
        citehub.add(site.address)
    assert citehub.add(site.address, update=True).version == "0.10.0"
    assert citehub.versions("made") == ("0.9.0", "0.10.0")
    assert citehub.load("made").version == "0.10.0"
    site.folder = originals["0.9.0"]
    with pytest.raises(errors.NotAdded, match=r"now has made 0\.9\.0, but had 0\.10\.0"):
        citehub.add(site.address)  # though it is there
    remove("made")
    site.folder = originals["0.10.0"]
    citehub.add(site.address)
    site.folder = originals["0.9.0"]
    with pytest.raises(errors.NotAdded, match=r"now has made 0\.9\.0, but had 0\.10\.0"):
        citehub.add(site.address)


def test_an_older_version_from_another_source_does_not_become_the_default(originals):
    citehub.add(originals["0.10.0"])
    with pytest.raises(errors.NotAdded, match="another source, and no key"):
        citehub.add(originals["0.9.0"])
    taken = take(originals["0.9.0"], other_source=True)
    assert (taken.version, taken.before, taken.diff) == ("0.9.0", "0.10.0", None)
    assert citehub.load("made").version == "0.10.0"


def test_update_shows_what_changes_and_asks(site, originals, run, monkeypatch):
    run("add", site.address)
    assert run("update", "made")[0] == 4
    site.folder = originals["0.10.0"]
    code, out, err = run("update", "made")
    assert code == 1
    assert "1 work added" in out.decode()
    assert "made stays at 0.9.0. Nobody can be asked here; to go on, add --yes." in err
    code, out, _ = run("update", "made", "--dry-run", "--json")
    seen = json.loads(out)
    assert (code, seen["status"], seen["version"], seen["folder"]) == (0, "new", "0.10.0", None)
    assert citehub.versions("made") == ("0.9.0",)
    answers = iter(["no\n", "y\n"])
    monkeypatch.setattr("citehub._terminal.is_dialogue", lambda: True)
    monkeypatch.setattr(sys.stdin, "readline", lambda: next(answers), raising=False)
    assert run("update", "made")[0] == 1
    assert citehub.versions("made") == ("0.9.0",)
    assert run("update", "made")[0] == 0
    assert citehub.versions("made") == ("0.9.0", "0.10.0")
    assert run("update", "made", "--yes", "--json")[0] == 4
    assert run("update", "made", "--from", "s2")[0] == 2
    site.folder = originals["0.9.0"]
    shutil.rmtree(originals["0.9.0"].parent / "gone", ignore_errors=True)
    site.faults["datapackage.json"] = lambda visit: visit.reply(404, b"")
    code, _, err = run("update", "made", "--yes")
    assert (code, "has no datapackage.json" in err) == (1, True)


def test_an_update_may_not_be_of_another_hub(site, originals, tmp_path):
    citehub.add(site.address)
    site.folder = shutil.copytree(originals["0.10.0"], tmp_path / "other")
    change(site.folder, lambda m: (m["citehub"].update(hub="other"), m.update(name="other")))
    with pytest.raises(errors.NotAdded, match="now has another hub, other"):
        take(site.address, hub="made")
    assert citehub.hubs() == ("made", "mt-nlg")


# -- keys -------------------------------------------------------------------------------------


def sign(folder, key):
    data = (folder / SUMS).read_bytes()
    (folder / f"{SUMS}.minisig").write_bytes(_signature.sign(data, key, "made"))


def test_a_key_holds_for_all_that_follows(site, originals, tmp_path, home, run):
    key, other = _signature.make_key(), _signature.make_key()
    public = tmp_path / "made.pub"
    public.write_bytes(_signature.format_public_file(key))
    with pytest.raises(errors.BadSignature, match="no signature"):
        citehub.add(site.address, key=str(public))
    sign(site.folder, key)
    with pytest.raises(errors.BadSignature, match="The key given is"):
        citehub.add(site.address, key=_signature.format_public(other))
    citehub.add(site.address, key=str(public))
    public.unlink()  # what is kept is the key
    folder = shutil.copytree(originals["0.10.0"], tmp_path / "next")
    with pytest.raises(errors.BadSignature, match="There is no such file"):
        citehub.add(folder, update=True)
    sign(folder, other)
    with pytest.raises(errors.BadSignature, match="The key given is"):
        citehub.add(folder, update=True)
    with pytest.raises(errors.NotAdded, match="was added with another key"):
        citehub.add(folder, key=_signature.format_public(other), update=True)
    sign(folder, key)
    (folder / "README.md").write_text("changed, and not signed")
    with pytest.raises(errors.DamagedRelease, match=r"README\.md"):
        citehub.add(folder, update=True)
    (folder / "README.md").write_bytes((originals["0.10.0"] / "README.md").read_bytes())
    assert citehub.add(folder, update=True).version == "0.10.0"  # from anywhere: it is signed
    listed = json.loads(run("list", "--json")[1])[0]["versions"]
    assert {each["key_id"] for each in listed.values()} == {_signature.format_id(key.number)}


@pytest.mark.parametrize("signed", [b"", b"0" * 64 + b"  notes.txt\n"])
def test_a_list_that_was_signed_for_another_purpose_vouches_for_nothing(published, home, signed):
    key = _signature.make_key()
    (published / SUMS).write_bytes(signed)
    sign(published, key)
    with pytest.raises(
        errors.DamagedRelease, match=r"SHA256SUMS.*expected datapackage\.json with"
    ):
        citehub.add(published, key=_signature.format_public(key))
    assert tree(home) == []


def test_a_key_that_would_not_be_kept_is_refused(published):
    citehub.add(published)
    key, other = _signature.make_key(), _signature.make_key()
    for each, said in ((key, "no key"), (other, "another key")):
        sign(published, each)
        with pytest.raises(errors.NotAdded, match=f"added with {said}.*citehub remove made"):
            citehub.add(published, key=_signature.format_public(each))
        remove("made")
        citehub.add(published, key=_signature.format_public(each))


def test_a_key_may_come_through_a_pipe(published, tmp_path, run):
    key, pipe = _signature.make_key(), tmp_path / "pipe"
    sign(published, key)
    os.mkfifo(pipe)
    threading.Thread(
        target=pipe.write_bytes, args=(_signature.format_public_file(key),), daemon=True
    ).start()
    citehub.add(published, key=str(pipe))
    listed = json.loads(run("list", "--json")[1])[0]["versions"]
    assert listed["0.9.0"]["key"] == _signature.format_public(key)


@pytest.mark.parametrize("name", ["con", "nul", "lpt9"])
def test_a_name_of_a_device_is_no_name_of_a_hub(published, home, name):
    (published / SUMS).unlink()
    change(published, lambda m: (m.update(name=name), m["citehub"].update(hub=name)))
    with pytest.raises(errors.DamagedManifest, match="a hub's name"):
        citehub.add(published)
    assert tree(home) == []


@pytest.mark.parametrize("text", ["\x1b[2J", "a\nb", "\ud800"])
def test_a_record_that_is_no_line_is_damaged(published, home, run, text):
    citehub.add(published)
    path = home / "made" / "added.json"
    found = json.loads(path.read_text())
    found["versions"]["0.9.0"]["source"] = text
    path.write_text(json.dumps(found))
    for command in (["update", "made"], ["lock", "made"], ["remove", "made", "--yes"]):
        assert "added.json is damaged" in run(*command)[2]
    assert run("list")[0] == 0


# -- at once, and cut off ---------------------------------------------------------------------


def test_two_at_once_make_one_hub(site, home):
    problems = []

    def get():
        try:
            citehub.add(site.address)
        except errors.CitehubError as error:
            problems.append(error)

    threads = [threading.Thread(target=get) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert problems == []
    citehub.load("made").verify()
    assert [each.name for each in home.iterdir()] == ["made"]


STEPS = (
    (releases, "read_manifest"), (homes, "receive"), (releases, "_pour"),
    (homes, "write_provenance"), (homes, "settle"), (homes, "_compare"),
)  # fmt: skip


@pytest.mark.parametrize(("module", "step"), STEPS)
def test_a_stop_between_two_steps_leaves_nothing(published, home, monkeypatch, module, step):
    def stop(*_given, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, step, stop)
        with pytest.raises(KeyboardInterrupt):
            citehub.add(published)
    assert tree(home) == []
    assert citehub.add(published).version == "0.9.0"


@pytest.mark.parametrize("step", ["register", "_atomic_folder.move"])
def test_a_kill_while_a_version_joins_is_mended_by_the_next_run(originals, home, tmp_path, step):
    citehub.add(originals["0.9.0"])
    code = (
        f"import os, citehub.adding.home as home\n"
        f"home.{step} = lambda *_: os._exit(9)\n"
        f"home.take({str(originals['0.10.0'])!r}, other_source=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 9
    assert citehub.versions("made") == ("0.9.0",)
    citehub.load("made").verify()
    take(originals["0.10.0"], other_source=True)
    assert citehub.versions("made") == ("0.9.0", "0.10.0")
    citehub.load("made").verify()
    assert {each.name for each in home.iterdir()} == {"made"}
    remove("made")
    assert tree(home) == []


def test_a_full_disk_names_the_place_and_leaves_nothing(site, home, monkeypatch, run):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(download._Part, "_keep_tag", lambda *_: None)
        patch.setattr(os, "fsync", full)
        code, _, err = run("add", site.address)
    assert (code, "No space left on device" in err, "home" in err) == (1, True, True)
    assert tree(home) == []
    monkeypatch.setattr(
        releases.shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(9, 9, 0)
    )
    code, _, err = run("add", site.address)
    assert (code, "are needed, 0 are free" in err) == (1, True)
    assert tree(home) == []


# -- listed and removed -----------------------------------------------------------------------


def test_hubs_are_listed_with_where_they_are_from(published, home, run):
    citehub.add(published)
    make_hub(home / "mine", "1.0.0")  # another name than its manifest has
    shown = {each.hub: (each.kind, each.versions) for each in listing()}
    assert shown["made"] == ("added", ("0.9.0",))
    assert shown["mt-nlg"][0] == "citehub"
    assert shown["mine"][0] == "own"
    out = run("list")[1].decode()
    assert str(published) in out.replace("\n", "").replace(" ", "")
    assert "comes with citehub" in out
    (home / "made" / "added.json").write_text("{}")
    assert "cannot be read" in run("list")[1].decode()


def test_only_what_was_added_is_removed(published, home, run):
    make_hub(home / "mine", "1.0.0")
    citehub.add(published)
    for hub, said in (
        ("mine", "is your own"), ("mt-nlg", "comes with citehub"), ("none", "no hub 'none'"),
        (str(home / "made"), "no hub"), ("../home/made", "no hub"),
    ):  # fmt: skip
        code, _, err = run("remove", hub, "--yes")
        assert (code in {1, 2}, said in err) == (True, True), err
    for name in ("hub.toml", "0.9.0/notes.txt"):
        (home / "made" / name).write_text("mine")
        with pytest.raises(errors.NotAdded, match=name):
            remove("made")
        (home / "made" / name).unlink()
    code, _, err = run("remove", "made")
    assert (code, "add --yes" in err) == (1, True)
    assert check_removable("made") == str(home / "made")
    assert run("remove", "made", "--yes")[0] == 0
    assert [each.name for each in home.iterdir()] == ["mine"]
