"""The commands that ask sources, from outside: what they print, how they exit, how they stop."""

from __future__ import annotations

import base64
import errno
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import citehub
from citehub import _terminal as terminal
from citehub import errors
from citehub.cli import stopping
from citehub.graph import live_hubs as graph_live
from citehub.graph import new_live_hub
from citehub.live import transport
from citehub.live.fetch import fetch
from citehub.sources import answers
from citehub.sources.registry import live_sources
from tests.live import growth
from tests.live.conftest import WORK, asking
from tests.live.faults import always
from tests.live.server import serve
from tests.live.test_update import DAY, files_of, skip_building

SMALL = "doi:10.5555/made.1510"  # which a few works cite
UNCITED = "doi:10.5555/made.1208"  # in all sources
UNKNOWN = "arxiv:1301.00001"
SECRETS = {
    "OPENALEX_API_KEY": "sesame-openalex",
    "S2_API_KEY": "sesame-s2-key",
    "CITEHUB_MAILTO": "sesame@example.org",
}
VARIABLES = ("CITEHUB_OPENALEX_URL", "CITEHUB_S2_URL", "CITEHUB_OPENCITATIONS_URL")


@pytest.fixture(autouse=True)
def secrets(monkeypatch):
    """Have keys, which no output may hold."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def call(run, hurried):
    """Run a command; return exit code, output as text and messages on one line."""

    def run_it(*words):
        code, out, err = run(*map(os.fspath, words))
        out = out.decode()
        for text in (out, err):
            assert "sesame" not in text
            assert "Traceback" not in text
            assert "\x1b" not in text
        return code, out, " ".join(err.split())

    return run_it


@pytest.fixture(scope="module")
def made(known, tmp_path_factory):
    """A hub as it was made before some works were there."""
    out = tmp_path_factory.mktemp("made") / "hub"
    with serve(growth.before(known)) as server, pytest.MonkeyPatch.context() as patch:
        new_live_hub(WORK, os.fspath(out), created=DAY, transport=asking(server, patch))
    return out


@pytest.fixture
def hub(made, tmp_path):
    return shutil.copytree(made, tmp_path / "hub")


# -- new --------------------------------------------------------------------------------------


def test_several_works_become_hubs_and_those_that_cannot_are_told(call, server, tmp_path):
    out = tmp_path / "hubs"
    code, printed, said = call("new", UNKNOWN, SMALL, UNCITED, SMALL, "--out", out)
    (hub,) = out.iterdir()
    assert (code, printed) == (1, f"{hub}\n")
    assert f"{UNKNOWN}: No source that answered has the work" in said
    assert f"{UNCITED}: No source that was asked knows a work that cites" in said
    for each in ("OpenAlex does not know it", "Made 1 of 3 hubs.", "2 citing works"):
        assert each in said
    assert citehub.versions(hub) == ("1.0.0",)
    code, printed, said = call("new", SMALL, "--out", hub)
    assert (code, printed) == (1, "")
    assert f"citehub update {hub}" in said


@pytest.fixture
def doubled(known):
    """A server of a world in which another work has the title of the one that is asked for."""
    changed = growth.copied(known)
    title = known.openalex.work(growth.OWN[0])["title"]
    growth.edit(changed, 9302713368, title=title, display_name=title)
    changed.openalex.titles[9302713368] = known.openalex.titles[growth.OWN[0]]
    with serve(changed) as started:
        yield started, title


@pytest.mark.parametrize("command", ["new", "fetch"])
def test_a_title_of_several_works_lists_them_and_asks(
    call, doubled, tmp_path, monkeypatch, command
):
    server, title = doubled
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    out = tmp_path / "out"
    code, printed, said = call(command, title, "--out", out)
    assert (code, printed) == (2, "")
    assert f"2 works have the title '{title}'. Name one by its id:" in said
    assert "arxiv:2201.11990" in said
    assert list(tmp_path.glob("out*")) == []
    with pytest.raises(errors.SeveralWorks) as caught:
        fetch(title, os.fspath(tmp_path / "x"))
    number = [*caught.value.choices].index("arxiv:2201.11990") + 1
    monkeypatch.setattr(terminal, "is_dialogue", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"no\n0\n{number}\n"))
    code, printed, said = call(command, title, "--out", out)
    assert (code, printed) == (0, f"{out}\n")
    assert said.count("is not a number from 1 to 2.") == 2
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, printed, said = call(command, title, "--out", tmp_path / "other")
    assert (code, printed) == (2, "")
    assert list(tmp_path.glob("other*")) == []


def test_a_work_that_nobody_cites_is_no_hub_and_each_source_says_so(call, server, tmp_path):
    code, printed, said = call("new", UNCITED, "--out", tmp_path / "hub")
    assert (code, printed) == (1, "")
    for each in ("OpenAlex", "Semantic Scholar", "OpenCitations"):
        assert f"{each} has the work, but nothing that cites it." in said
    assert "No source that was asked knows a work that cites" in said
    assert list(tmp_path.glob("hub*")) == []
    server.faults = [("/citations?", always("503"))]
    code, _, said = call("new", UNCITED, "--out", tmp_path / "hub")
    assert code == 1
    assert "Semantic Scholar gave only part of its list: Semantic Scholar fails with 503" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "nonsense"], "There is no source 'nonsense'"),
        (["--from", ""], "Name sources, as openalex,s2,opencitations."),
        (["--from", " , "], "Name sources, as openalex,s2,opencitations."),
        (["--out", ""], "Name a folder to make."),
        (["--out", "-"], "Name a folder to make."),
        (["--from", "openalex", "--openalex", "X"], "--openalex is for dumps. Leave it out"),
        (["--threads", "2"], "--threads is for dumps. Leave it out"),
        (["--name", "No Name"], "lower-case letters, digits and hyphens"),
        (["--license", "WTF"], "license is 'WTF'"),
        ([SMALL, "--name", "x"], "Several hubs cannot share a name"),
        ([SMALL, "--from", "s2", "--citing", "x.bib"], "Several hubs cannot share a name"),
    ],
)
def test_a_command_that_is_written_wrong_asks_nothing(call, server, tmp_path, words, said):
    words = [os.fspath(tmp_path) if each == "X" else each for each in words]
    code, printed, message = call("new", WORK, *words)
    assert (code, printed) == (2, "")
    assert said in message.replace("│ ", "")
    assert server.count() == 0
    assert not (tmp_path / "home").exists()


def test_a_hub_without_one_source_is_made_and_told(call, server, tmp_path):
    server.faults = [("/citations?", always("429 budget"))]
    code, printed, said = call("new", SMALL, "--out", tmp_path / "hub")
    assert (code, printed) == (3, f"{tmp_path / 'hub'}\n")
    assert "Some sources could only be read in part" in said
    assert (
        "s2 gave only part of its list, and is not in the hub: Semantic Scholar gives no more"
        in said
    )
    assert "come back in 8 h" in said
    assert f"To ask again: citehub update {tmp_path / 'hub'}" in said


# -- update -----------------------------------------------------------------------------------


def test_an_update_says_what_is_new_to_people_and_to_scripts(call, server, hub):
    code, printed, _ = call("update", hub, "--json")
    found = json.loads(printed)
    assert code == 0
    assert {name: found[name] for name in ("hub", "status", "is_partial", "dry_run")} == {
        "hub": os.fspath(hub), "status": "new", "is_partial": False, "dry_run": False
    }  # fmt: skip
    assert (found["version"], found["before"], found["level"]) == ("1.1.0", "1.0.0", "minor")
    assert found["folder"] == os.fspath(hub / "1.1.0")
    assert found["requests"] == server.count()
    assert {each["work_id"] for each in found["news"]["works_added"]} == growth.NEW
    assert (found["dropped"], found["failed"]) == ({}, {})
    assert found["citehub"] == citehub.__version__
    code, printed, _ = call("sources", hub, "--json")
    assert code == 0
    assert {each["source_id"] for each in json.loads(printed)["sources"]} >= {"openalex", "s2"}


def test_exit_codes_tell_nothing_new_partial_and_failed(call, server, hub, monkeypatch):
    skip_building(monkeypatch)
    code, printed, said = call("update", hub)
    assert (code, printed) == (4, "")
    assert f"{hub}: nothing new since 1.0.0 (" in said
    server.faults = [("/citations?", always("503"))]
    code, printed, said = call("update", hub, "--json")
    found = json.loads(printed)
    assert code == 3
    assert (found["status"], found["is_partial"], found["news"]) == ("nothing new", True, None)
    assert list(found["failed"]) == ["s2"]
    code, printed, said = call("update", hub)
    assert code == 3
    assert (
        "s2 gave only part of its list, so its earlier answer stays. Semantic Scholar fails"
        in said
    )
    server.faults = [("", always("403"))]
    code, printed, said = call("update", hub, "--json")
    found = json.loads(printed)
    assert (code, found["status"], found["hub"]) == (1, "failed", os.fspath(hub))
    assert "refuses the key in OPENALEX_API_KEY" in found["problem"]
    code, printed, said = call("update", hub)
    assert (code, printed) == (1, "")
    assert "refuses the key in OPENALEX_API_KEY" in said
    for words in ([hub, "--from", "nonsense"], [hub, "--from", ""], ["no-such-hub"], []):
        code, printed, said = call("update", *words)
        assert (code, printed) == (2, "")


def test_of_several_hubs_each_is_told(call, server, hub, tmp_path, monkeypatch):
    skip_building(monkeypatch)
    other = shutil.copytree(hub, tmp_path / "other")
    gone = tmp_path / "gone"
    full = shutil.copytree(hub, tmp_path / "full")
    real = shutil.copytree

    def copy(path, *given, **more):
        if os.fspath(path).startswith(os.fspath(full)):
            raise OSError(errno.ENOSPC, "No space left on device", os.fspath(full / "index.json"))
        return real(path, *given, **more)

    monkeypatch.setattr(graph_live.shutil, "copytree", copy)
    code, printed, said = call("update", hub, gone, full, other, hub)
    assert (code, printed) == (1, "")
    assert said.count("nothing new since 1.0.0") == 2
    assert f"{gone}: There is no folder" in said
    assert f"{full}: {full / 'index.json'}: No space left on device" in said
    code, printed, said = call("update", hub, gone, full, other, "--json")
    rows = json.loads(printed)
    assert code == 1
    assert [(each["hub"], each["status"]) for each in rows] == [
        (os.fspath(hub), "nothing new"), (os.fspath(gone), "failed"),
        (os.fspath(full), "failed"), (os.fspath(other), "nothing new"),
    ]  # fmt: skip


def test_an_update_that_is_stopped_prints_the_hubs_that_are_finished(
    call, server, hub, tmp_path, monkeypatch
):
    other, real = shutil.copytree(hub, tmp_path / "other"), graph_live.update_hub

    def update(name, **given):
        if name == os.fspath(other):
            raise KeyboardInterrupt
        return real(name, **given)

    skip_building(monkeypatch)
    monkeypatch.setattr(graph_live, "update_hub", update)
    code, printed, said = call("update", hub, other, "--json")
    assert (code, said) == (
        130, "Stopped. Answers are kept. The same command goes on from there."
    )  # fmt: skip
    assert [each["hub"] for each in json.loads(printed)] == [os.fspath(hub)]


def test_without_a_name_all_of_the_home_are_updated(call, server, hub, home, monkeypatch):
    skip_building(monkeypatch)
    code, printed, said = call("update")
    assert (code, printed) == (2, "")
    assert "No hub in your home of hubs asks sources" in said.replace("│ ", "")
    for name in ("asks", "asks-none", "damaged"):
        shutil.copytree(hub, home / name)
    text = (hub / "hub.toml").read_text()
    (home / "asks-none" / "hub.toml").write_text(text.replace("sources =", "# sources ="))
    code, printed, _ = call("update", "asks", "--json")
    assert (code, type(json.loads(printed))) == (4, dict)
    shutil.move(home / "damaged", home.parent / "damaged")
    code, printed, _ = call("update", "--json")
    assert (code, [each["status"] for each in json.loads(printed)]) == (4, ["nothing new"])
    shutil.move(home.parent / "damaged", home / "damaged")
    (home / "damaged" / "hub.toml").write_text("no toml")
    code, printed, said = call("update")
    assert (code, printed) == (1, "")
    assert f"{home / 'asks'}: nothing new" in said
    assert "asks-none" not in said
    assert f"{home / 'damaged' / 'hub.toml'}: is not TOML" in said


# -- fetch, config ----------------------------------------------------------------------------


def test_fetch_keeps_answers_and_tells_how_to_get_the_rest(call, server, tmp_path):
    out = tmp_path / "got"
    code, printed, said = call("fetch", WORK, "--out", out)
    assert (code, printed) == (0, f"{out}\n")
    assert "openalex: 19 citing records" in said
    assert {*os.listdir(out)} == {"openalex", "s2", "opencitations"}
    code, printed, said = call("fetch", WORK, "--out", out)
    assert (code, printed) == (1, "")
    assert "exists already; nothing was asked" in said
    server.faults = [("/citations?", always("503"))]
    code, printed, said = call("fetch", WORK, "--out", tmp_path / "part")
    assert code == 3
    assert "s2 gave only part of its list: Semantic Scholar fails with 503." in said
    assert f"citehub fetch {WORK} --from s2 --out OTHER_FOLDER" in said
    assert {*os.listdir(tmp_path / "part")} == {"openalex", "opencitations"}


def test_config_shows_no_secret_and_knows_its_settings(call, monkeypatch):
    monkeypatch.delenv("CITEHUB_MAILTO")
    code, printed, _ = call("config", "--json")
    found = {each["name"]: each for each in json.loads(printed)} if code == 0 else {}
    assert found["OPENALEX_API_KEY"]["origin"] == "environment"
    for words in (["NO_SUCH"], ["NO_SUCH", "x"], ["NO_SUCH", "--unset"], ["S2_API_KEY", " "]):
        code, printed, _ = call("config", *words)
        assert (code, printed) == (2, "")


# -- stopped ----------------------------------------------------------------------------------


@contextmanager
def started(*words):
    """Run a command in a process of its own; end it at the end."""
    command = [sys.executable, "-m", "citehub", *map(os.fspath, words)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def stop(process, server, number, asked):
    """Send a signal in the middle of an answer; return exit code, output and messages."""
    end = time.monotonic() + 20
    while not server.asked(*asked):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    time.sleep(0.1)
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    return process.returncode, out, err


def test_ctrl_c_ends_at_once_and_the_same_command_goes_on(call, server, tmp_path):
    out = tmp_path / "got"
    server.faults = [("s2", always("slow drip", seconds=0.1))]
    with started("fetch", WORK, "--out", out) as process:
        code, printed, said = stop(process, server, signal.SIGINT, ["s2"])
    assert (code, printed, said) == (
        130, "", "Stopped. Answers are kept. The same command goes on from there.\n"
    )  # fmt: skip
    assert not out.exists()
    assert (tmp_path / "got.fetching" / "openalex" / "answers.jsonl").is_file()
    server.faults = ()
    server.forget()
    assert call("fetch", WORK, "--out", out)[0] == 0
    assert server.count("openalex", "/works/doi:") == 0
    assert not (tmp_path / "got.fetching").exists()


def test_a_terminated_update_leaves_the_hub_and_goes_on(call, server, hub, monkeypatch):
    before = files_of(hub)
    server.faults = [("s2", always("slow drip", seconds=0.1))]
    with started("update", hub, "--json") as process:
        code, printed, said = stop(process, server, signal.SIGTERM, ["s2"])
    assert (code, printed, said.count("\n")) == (143, "", 1)
    assert said.startswith("Stopped. Answers are kept")
    assert files_of(hub) == before
    assert {each for each in os.listdir(hub) if each.startswith(".")} == {
        ".citehub.lock", ".citehub.answers"
    }  # fmt: skip
    server.faults = ()
    server.forget()
    skip_building(monkeypatch)
    assert call("update", hub)[0] == 4
    assert server.count("openalex", "/works/doi:") == 0


def test_a_signal_in_a_finaliser_comes_again(monkeypatch):
    sent = []
    monkeypatch.setattr(stopping.os, "kill", lambda *given: sent.append(given))
    monkeypatch.setattr(stopping, "_sent", [])

    class Odd:
        def __del__(self):
            stopping._stop(signal.SIGTERM, sys._getframe())

    Odd()
    end = time.monotonic() + 5
    while not sent and time.monotonic() < end:
        time.sleep(0.01)
    assert sent == [(os.getpid(), signal.SIGTERM)]
    assert stopping.exit_code() == 0
    with pytest.raises(SystemExit) as caught:
        stopping._stop(signal.SIGTERM, sys._getframe())
    assert caught.value.code == stopping.exit_code() == 143


# -- servers that are not what they should be -------------------------------------------------


@contextmanager
def answering(answer):
    """Serve what a function makes of each request: status, headers and body."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def act(self):
            length = int(self.headers.get("Content-Length") or 0)
            self.posted = self.rfile.read(length)
            status, headers, body = answer(self)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        do_GET = do_POST = do_CONNECT = act  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
def test_what_a_server_says_is_harmless_and_holds_no_key(call, tmp_path, monkeypatch, status):
    hostile = "\x1b[2J\x1b]0;owned\x07 \u202e"

    def answer(request):
        key = request.headers.get("x-api-key", "none")
        said = f"{hostile}{'x' * 130} you asked {request.path} with {key}"
        body = json.dumps({"error": said, "message": said}).encode()
        return status, {"Content-Type": "application/json"}, body

    with answering(answer) as port:
        for name in VARIABLES:
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        code, printed, said = call("fetch", WORK, "--out", tmp_path / "got")
    assert (code, printed) == (1, "")
    assert "OpenAlex" in said
    assert not [each for each in said if not each.isprintable()]


def test_titles_are_harmless_in_a_terminal(call, known, tmp_path, monkeypatch, hub):
    world = growth.copied(known)
    growth.edit(world, 9127453708, title="\x1b[2J\x1b[31mA [red]title[/red] [/oops]\x07")
    title = "The Megatron \x1b[2J of [/oops] \x07"
    growth.edit(world, growth.OWN[0], title=title)
    world.openalex.titles[growth.OWN[0]] = frozenset({"the", "megatron"})
    with serve(world) as server:
        asking(server, monkeypatch)
        code, printed, said = call("fetch", "the megatron", "--out", tmp_path / "got")
        assert (code, printed) == (2, "")
        assert "The nearest ones: arxiv:2201.11990 The Megatron" in said
        code, printed, said = call("update", hub, "--from", "openalex", "--dry-run")
    assert code == 0
    assert "arxiv-2201-11990: 2.0.0 would be the next version" in " ".join(printed.split())
    assert "1 work added" in printed
    assert "A [red]title[/red] [/oops]" in printed
    assert os.fspath(hub) not in printed  # no folder, as there is none


def test_a_network_that_wants_a_login_is_named(call, server, tmp_path):
    server.faults = [("", always("html 200"))]
    code, printed, said = call("new", WORK, "--out", tmp_path / "hub")
    assert (code, printed) == (1, "")
    for each in ("OpenAlex", "Semantic Scholar", "OpenCitations"):
        assert f"{each} gives a web page instead of data: a network that wants a login" in said
    assert list(tmp_path.glob("hub*")) == []


# -- a disk that is full ----------------------------------------------------------------------


@pytest.mark.parametrize("turn", [1, 3, 9, 13, 27, 29])
def test_a_full_disk_is_told_by_the_file_and_the_next_run_goes_on(
    call, server, tmp_path, monkeypatch, turn
):
    out, calls = tmp_path / "got", []
    real = os.fsync

    def fsync(number):
        calls.append(number)
        if len(calls) == turn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(number)

    with monkeypatch.context() as patch:
        patch.setattr(answers.os, "fsync", fsync)
        code, printed, said = call("fetch", WORK, "--out", out)
    assert (code, printed) == (1, "")
    assert said.startswith(f"citehub: {tmp_path}")
    kept = "As far as the disk allowed, answers are kept. When there is room, the same command"
    assert said.endswith(
        f": No space left on device. Nothing was made. {kept} goes on from there."
    )
    assert "answers" in said
    assert not out.exists() or not os.listdir(out)
    assert call("fetch", WORK, "--out", out)[0] == 0
    assert server.count() <= 9 + 1  # of which one answer could not be kept
    assert {*os.listdir(out)} == {"openalex", "s2", "opencitations"}


# -- proxies ----------------------------------------------------------------------------------

LOGIN = "me:sesame%40proxy"


def test_a_proxy_is_asked_with_its_login(call, server, tmp_path, monkeypatch):
    asked = []

    def forward(request):
        asked.append((request.path, request.headers.get("Proxy-Authorization")))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        headers = {"Content-Type": "application/json"} if request.posted else {}
        if "x-api-key" in request.headers:
            headers["x-api-key"] = request.headers["x-api-key"]
        sent = urllib.request.Request(request.path, request.posted or None, headers)
        with opener.open(sent) as found:
            return found.status, {"Content-Type": found.headers["Content-Type"]}, found.read()

    with answering(forward) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://{LOGIN}@127.0.0.1:{port}")
        monkeypatch.setenv("NO_PROXY", "")
        code, _, said = call("fetch", WORK, "--from", "s2", "--out", tmp_path / "got")
    assert code == 0, said
    assert len(asked) == server.count("s2") > 1
    assert all(path.startswith(server.address) for path, _ in asked)
    login = base64.b64encode(b"me:sesame@proxy").decode()
    assert {each for _, each in asked} == {f"Basic {login}"}


def test_a_proxy_that_is_not_there_is_named(call, server, tmp_path, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setenv("http_proxy", f"http://{LOGIN}@127.0.0.1:{port}")
        code, printed, said = call("new", WORK, "--out", tmp_path / "hub")
    assert (code, printed) == (1, "")
    assert f"The proxy 127.0.0.1:{port} in the environment cannot be reached" in said
    assert server.count() == 0


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("status", [403, 407])
def test_a_proxy_that_refuses_is_named(call, tmp_path, monkeypatch, scheme, status):
    asked = []

    def refuse(request):
        asked.append(request.path)
        return status, {"Proxy-Authenticate": "Basic"}, b""

    with answering(refuse) as port:
        for name in VARIABLES:
            monkeypatch.setenv(name, f"{scheme}://127.0.0.1:9")
        monkeypatch.setenv(f"{scheme}_proxy", f"http://{LOGIN}@127.0.0.1:{port}")
        code, printed, said = call("new", WORK, "--out", tmp_path / "hub")
    assert (code, printed) == (1, "")
    assert len(asked) == 3  # once for each source
    if scheme == "https":
        assert said.count(f"the proxy that the environment names refuses with {status}") == 3
    elif status == 407:
        assert said.count("the proxy that the environment names wants a login") == 3
    else:  # which cannot be told from a refusal of the source
        assert "OpenCitations refuses to answer, with 403." in said


@pytest.mark.parametrize(
    "proxy", ["socks5://me:sesame@127.0.0.1:1", "http://me:sesame@host:nonsense", "http://", "//x"]
)
def test_a_proxy_that_is_no_address_is_refused(call, server, tmp_path, monkeypatch, proxy):
    monkeypatch.setenv("http_proxy", proxy)
    code, printed, said = call("new", WORK, "--out", tmp_path / "hub")
    assert (code, printed) == (2, "")
    assert "The proxy in HTTP_PROXY cannot be used" in said
    assert server.count() == 0


def test_a_proxy_may_be_named_without_its_scheme_and_is_left_out_where_told(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "127.0.0.1:3128")
    assert transport._proxy_of(server.address) == "http://127.0.0.1:3128"
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert transport._proxy_of(server.address) == ""
    live = transport.Live(live_sources())
    live.check_network()
