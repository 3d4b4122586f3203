"""Keys, contact and addresses: from the environment, or a file in the user's own folder."""

from __future__ import annotations

import json
import os
import re
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from citehub._atomic_file import write_whole
from citehub._text import counted
from citehub._writer_lock import changing
from citehub.errors import BadArgument, UnknownName
from citehub.sources.registry import live_sources
from citehub.sources.text_hosts import TEXT_SOURCES

if TYPE_CHECKING:
    from citehub.sources.api import Host

MAILTO: Final = "CITEHUB_MAILTO"
MODEL_KEY: Final = "CITEHUB_MODEL_KEY"
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
ENVIRONMENT: Final = "environment"
_SHOWN_LETTERS: Final = 4  # of a key
_LEAST_LETTERS: Final = 8  # of a key; a shorter one could not be told from other text
_LONGEST_HOST: Final = 253
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Setting(NamedTuple):
    """A setting: its name, purpose and value, and where the value is from."""

    name: str
    purpose: str
    value: str
    origin: str
    is_secret: bool

    @property
    def shown(self) -> str:
        """The value for display; of a key, only its end."""
        if not self.is_secret or not self.value:
            return self.value
        return (
            f"…{self.value[-_SHOWN_LETTERS:]}" if len(self.value) > 3 * _SHOWN_LETTERS else "set"
        )


def settings() -> tuple[Setting, ...]:
    """Return all settings as they apply now."""
    kept = _read()
    found = []
    for name, (purpose, is_secret) in _known().items():
        given = os.environ.get(name, "").strip()
        value = given or kept.get(name, "")
        origin = ENVIRONMENT if given else config_file() if value else ""
        found.append(Setting(name, purpose, value, origin, is_secret))
    return tuple(found)


def names() -> tuple[str, ...]:
    """Return the names of all settings."""
    return tuple(_known())


def setting(name: str) -> str:
    """Return the value of a setting; empty if there is none.

    Raises
    ------
    BadArgument
        The value is invalid; the error does not repeat it.
    """
    found = find(name)
    place = "the environment" if found.origin == ENVIRONMENT else found.origin
    _check(found, found.value, f"{name}, from {place},")
    return found.value


def find(name: str) -> Setting:
    """Return a setting by name, in any case.

    Raises
    ------
    UnknownName
        There is no such setting.
    """
    known = {each.name: each for each in settings()}
    if name.upper() not in known:
        raise UnknownName.among("setting", name, known)
    return known[name.upper()]


def keep_setting(name: str, value: str) -> str:
    """Write a setting into the user's file; an empty value removes it.

    Parameters
    ----------
    name : str
        The name of the environment variable, in any case.
    value : str
        A key, a mail address, or a base address.

    Returns
    -------
    str
        The file.

    Raises
    ------
    UnknownName
        There is no such setting.
    BadArgument
        The value is invalid.
    HubInUse
        Another process writes the file.
    """
    known = _known()
    wanted = name.upper()
    if wanted not in known:
        raise UnknownName.among("setting", name, known)
    value = value.strip()
    _check(find(wanted), value, wanted)
    path = config_file()
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with changing(path):
        kept = _read()
        kept.pop(wanted, None)
        if value:
            kept[wanted] = value
        text = "".join(f"{each} = {json.dumps(kept[each])}\n" for each in sorted(kept))
        write_whole([text.encode()], path, force=True, mode=0o600)
    return path


def _check(setting: Setting, value: str, called: str) -> None:
    """Refuse an invalid value of a setting."""
    if not value:
        return
    if any(ord(each) < ord(" ") or ord(each) > ord("~") for each in value):
        raise BadArgument(f"{called} must be printable ASCII on one line.")
    if setting.is_secret and len(value) < _LEAST_LETTERS:
        raise BadArgument(
            f"{called} has {counted(len(value), 'letter')}; a key has at least {_LEAST_LETTERS}."
        )
    if setting.name == MAILTO and not _ADDRESS.fullmatch(value):
        raise BadArgument(f"{called} must be a mail address, as ada@example.org.")
    if setting.name.endswith("_URL"):
        check_address(setting.name, value)


def config_file() -> str:
    """Return the user's file of settings."""
    from platformdirs import user_config_dir

    return os.path.join(user_config_dir("citehub", appauthor=False), "config.toml")


def base_of(host: Host) -> str:
    """Return the base address of a host.

    Raises
    ------
    BadArgument
        The setting is not an address.
    """
    named = setting(host.url_variable) if host.url_variable else ""
    return (named or host.url).rstrip("/")


def check_host(name: str | None) -> None:
    """Refuse an invalid name of a host.

    Raises
    ------
    ValueError
        It is invalid.
    """
    if not name or len(name.encode("idna")) > _LONGEST_HOST:
        raise ValueError(name)


def check_address(name: str, value: str, *, is_secret: bool = True) -> None:
    """Refuse an invalid base address, one with a password, or plain http for a key."""
    try:
        parts = urlsplit(value)
        port_is_sound = parts.port is None or parts.port > 0
        check_host(parts.hostname)
    except ValueError:
        parts, port_is_sound = urlsplit(""), False
    is_plain = parts.scheme == "http" and parts.hostname not in LOOPBACK
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or not port_is_sound
        or parts.query
        or parts.fragment
        or parts.username is not None
    ):
        if parts.username is not None:
            raise BadArgument(f"{name} must not hold a user name or password: leave them out.")
        shown = "…" if "@" in value else value
        raise BadArgument.of(name, shown, "an address such as https://example.org/api")
    if is_plain and is_secret:
        raise BadArgument.of(name, value, "https, or an address of this computer")


def _known() -> dict[str, tuple[str, bool]]:
    known: dict[str, tuple[str, bool]] = {}
    asked = [(each.id, each.api) for each in live_sources() if each.api]
    for _, api in asked:
        if api.key_variable:
            known[api.key_variable] = (f"key of {api.name}; free from {api.key_page}", True)
    known[MODEL_KEY] = ("key of the server that label --model asks", True)
    known[MAILTO] = ("your mail address, which the hosts get", False)
    for source_id, api in asked:
        known[api.url_variable] = (f"address of {source_id}; by default {api.url}", False)
    for host in (each.texts for each in TEXT_SOURCES if each.texts):
        known[host.url_variable] = (
            f"address of {host.name} for texts; by default {host.url}",
            False,
        )
    return known


def _read() -> dict[str, str]:
    path = config_file()
    try:
        with open(path, "rb") as file:
            found = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadArgument(f"{path} cannot be read: {error}. Mend or delete it.") from None
    known = _known()
    for name in found:
        if name not in known:
            problem = UnknownName.among("setting", name, known, hint=f"Correct it in {path}.")
            raise BadArgument(str(problem))
    return {str(name): str(value) for name, value in found.items()}
