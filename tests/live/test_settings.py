"""Keys, contact and addresses: where they come from, and that they stay secret."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from citehub import errors
from citehub.live import settings
from citehub.live.transport import Live
from citehub.sources.registry import live_sources


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", os.fspath(tmp_path / "config"))
    for each in settings.settings():
        monkeypatch.delenv(each.name, raising=False)
    return tmp_path


def test_a_key_is_kept_for_its_owner_alone_and_shown_by_its_end(run):
    assert run("config", "openalex_api_key", "abcdefghijklmnop")[0] == 0
    path = settings.config_file()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert settings.setting("OPENALEX_API_KEY") == "abcdefghijklmnop"
    code, output, _ = run("config")
    assert code == 0
    assert b"mnop" in output
    assert b"abcdefgh" not in output
    code, output, _ = run("config", "--json")
    assert b"abcdefgh" not in output
    assert run("config", "OPENALEX_API_KEY", "--unset")[0] == 0
    assert settings.setting("OPENALEX_API_KEY") == ""


def test_the_environment_goes_before_the_file(monkeypatch):
    settings.keep_setting("S2_API_KEY", "of the file")
    monkeypatch.setenv("S2_API_KEY", "of the shell")
    found = settings.find("s2_api_key")
    assert (found.value, found.origin) == ("of the shell", "environment")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OPENALEX_KEY", "x", "There is no setting 'OPENALEX_KEY'. Did you mean"),
        ("S2_API_KEY", "line\nbreak", "printable ASCII"),
        ("CITEHUB_S2_URL", "api.example.org", "an address such as https://"),
        ("CITEHUB_S2_URL", "ftp://api.example.org", "an address such as https://"),
        ("CITEHUB_S2_URL", "http://api.example.org", "https, or an address of this computer"),
        ("CITEHUB_S2_URL", "https://api.example.org:x/", "an address such as https://"),
        ("CITEHUB_S2_URL", "https://api.example.org?key=1", "an address such as https://"),
    ],
)
def test_what_is_no_setting_is_refused(name, value, said):
    with pytest.raises(errors.CitehubError, match=said.replace("?", r"\?")):
        settings.keep_setting(name, value)
    assert not os.path.exists(settings.config_file())


def test_a_password_in_an_address_is_refused_and_not_repeated(monkeypatch):
    monkeypatch.setenv("CITEHUB_S2_URL", "https://me:hush@api.example.org")
    with pytest.raises(errors.BadArgument) as caught:
        Live(live_sources())
    assert "hush" not in str(caught.value)


def test_a_damaged_file_is_named(run):
    path = settings.config_file()
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write("no toml")
    code, output, message = run("config")
    assert (code, output) == (2, b"")
    assert path in message.replace("\n", "")


def test_an_address_may_end_in_a_slash(monkeypatch):
    monkeypatch.setenv("CITEHUB_OPENALEX_URL", "http://127.0.0.1:9/x/")
    (openalex,) = (each for each in live_sources() if each.id == "openalex")
    assert settings.base_of(openalex.api) == "http://127.0.0.1:9/x"


BAD_KEYS = ["sesame-abc\ndef-sesame", "sesame-schlüssel€", "sesame\x7f-sesame"]


@pytest.mark.parametrize("value", BAD_KEYS)
@pytest.mark.parametrize("name", ["OPENALEX_API_KEY", "S2_API_KEY", "CITEHUB_MAILTO"])
@pytest.mark.parametrize("place", ["environment", "file"])
def test_a_key_that_cannot_be_sent_is_refused_by_its_name_alone(
    run, monkeypatch, tmp_path, name, value, place
):
    if place == "environment":
        monkeypatch.setenv(name, value)
    else:
        path = settings.config_file()
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{name} = {json.dumps(value)}\n")
    for words in (["new", "arxiv:2201.11990"], ["fetch", "arxiv:2201.11990"]):
        code, output, said = run(*words, "--out", os.fspath(tmp_path / "out"))
        assert (code, output) == (2, b"")
        assert name in said
        assert "sesame" not in said
        assert "Traceback" not in said
    assert run("config")[0] == 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("S2_API_KEY", "e", "has 1 letter; a key has at least 8"),
        ("CITEHUB_MAILTO", "e", "must be a mail address"),
        ("CITEHUB_MAILTO", "e@", "must be a mail address"),
    ],
)
def test_what_could_not_be_told_from_other_text_is_no_key(monkeypatch, name, value, said):
    with pytest.raises(errors.BadArgument, match=said):
        settings.keep_setting(name, value)
    monkeypatch.setenv(name, value)
    with pytest.raises(errors.BadArgument, match=said):
        Live(live_sources())


def test_the_file_of_keys_is_made_anew_whoever_may_read_what_was_there():
    path = settings.config_file()
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write("")
    os.chmod(path, 0o644)
    with open(path, encoding="utf-8") as spy:
        settings.keep_setting("S2_API_KEY", "of the file")
        assert spy.read() == ""
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert os.listdir(os.path.dirname(path)) == ["config.toml"]


def test_a_password_in_an_address_of_no_host_is_not_repeated(monkeypatch):
    monkeypatch.setenv("CITEHUB_S2_URL", "https://me:hush@ex..org")
    with pytest.raises(errors.BadArgument) as caught:
        Live(live_sources())
    assert "hush" not in str(caught.value)


def test_of_threads_that_set_keys_at_once_each_keeps_its_own():
    names = [each for each in settings.names() if each.endswith("_KEY")]
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda name: settings.keep_setting(name, f"key of {name}"), names))
    assert {name: settings.setting(name) for name in names} == {
        name: f"key of {name}" for name in names
    }
