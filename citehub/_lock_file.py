"""The lock of an analysis, ``citehub.lock``: which release of each hub it loads, by its hash.

It is text from outside: somebody else may have written it.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._manifest import (
    is_digest,
    is_hub_name,
    is_line,
    is_version,
    parse_json,
    read_bytes,
)
from citehub.errors import DamagedIndex, DamagedRelease, LockMismatch

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE: Final = "citehub.lock"
FORMAT: Final = "citehub-lock-1"
VARIABLE: Final = "CITEHUB_LOCK"
"""The environment variable that names the lock; empty for none."""
_MOST_BYTES: Final = 1 << 20
_HOW_TO_UNLOCK: Final = f"To load without the lock, set {VARIABLE} to nothing."
SHIPPED: Final = "citehub"
"""The source of hubs that come with citehub."""


class Pin(NamedTuple):
    """A release that a lock names.

    Attributes
    ----------
    version : str
        Its data version.
    manifest : str
        SHA-256 of its manifest, which holds those of its tables.
    source : str
        Where it is from: an address, the name of a file, or ``citehub`` if it comes with it.
    """

    version: str
    manifest: str
    source: str


def find_lock() -> str:
    """Return the lock that counts in the current folder; empty if there is none.

    It is in this folder or one above, up to that of a repository or of the user.

    Raises
    ------
    LockMismatch
        Another user put it into a folder that everybody can write to.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        return os.path.abspath(os.path.expanduser(named)) if named else ""
    try:
        folder = os.getcwd()
    except OSError:  # which somebody removed
        return ""
    last = os.path.realpath(os.path.expanduser("~"))  # as the current folder is told
    while True:
        path = os.path.join(folder, FILE)
        if os.path.lexists(path):
            _check_owner(path)
            return path
        above = os.path.dirname(folder)
        if folder in {last, above} or os.path.lexists(os.path.join(folder, ".git")):
            return ""
        folder = above


def _check_owner(path: str) -> None:
    """Refuse a lock that anybody may have put there, as into the system's folder for scratch."""
    is_open = os.stat(os.path.dirname(path)).st_mode & stat.S_IWOTH
    if is_open and hasattr(os, "getuid") and os.lstat(path).st_uid not in {0, os.getuid()}:
        raise LockMismatch(
            f"{path} belongs to another user, in a folder that everybody can write to. To use it "
            f"all the same, name it in {VARIABLE}. {_HOW_TO_UNLOCK}"
        )


def read_lock(path: str) -> dict[str, Pin]:
    """Read a lock.

    Raises
    ------
    LockMismatch
        It cannot be read as one.
    """
    try:
        data = read_bytes(path, DamagedIndex, most=_MOST_BYTES)
        found = parse_json(data, path, DamagedIndex)
        hubs = found.get("hubs")
        if found.get("format") != FORMAT or not isinstance(hubs, dict):
            raise DamagedIndex.at(path, f"format {FORMAT!r}", f"{found.get('format')!r:.60}")
        return {name: _read_pin(path, name, pin) for name, pin in hubs.items()}
    except DamagedRelease as error:
        raise LockMismatch(
            f"{path} cannot be read as a lock: expected {error.expected}; found {error.found}. "
            "Get it again, or write another one with: citehub lock HUB"
        ) from None


def _read_pin(path: str, name: str, pin: object) -> Pin:
    stated = pin if isinstance(pin, dict) else {}
    version, manifest, source = map(stated.get, ("version", "manifest", "from"))
    if (
        not is_hub_name(name)
        or not (isinstance(version, str) and is_version(version))
        or not (isinstance(manifest, str) and is_digest(manifest))
        or not (isinstance(source, str) and is_line(source))
    ):
        expected = "a version, the SHA-256 of a manifest, and where it is from"
        raise DamagedIndex.at(path, f"of the hub {name!r:.60} {expected}", f"{pin!r:.200}")
    return Pin(version, manifest, source)


def find_pin(hub: str, version: str | None, *, is_hub: bool) -> Pin | None:
    """Return the release that the lock names for a hub; None if no lock counts.

    Parameters
    ----------
    hub : str
        What was asked for by name.
    version : str or None
        The version that was asked for.
    is_hub : bool
        Whether it is the name of a hub; a folder of this name needs no place in the lock.

    Raises
    ------
    LockMismatch
        The lock does not name the hub, or names another version.
    """
    path = find_lock()
    pins = read_lock(path) if path else {}
    if not path or (not is_hub and hub not in pins):
        return None
    if hub not in pins:
        listed = ", ".join(sorted(pins)) or "none"
        raise LockMismatch(
            f"{path} does not name the hub {hub!r}; it names: {listed:.300}. To add it: citehub "
            f"lock {hub}. {_HOW_TO_UNLOCK}"
        )
    pin = pins[hub]
    if version not in {None, pin.version}:
        raise LockMismatch(
            f"{path} names {hub} {pin.version}; {version} was asked for. To name that one: "
            f"citehub lock {hub} --version {version}. {_HOW_TO_UNLOCK}"
        )
    return pin


def refuse_missing(hub: str, pin: Pin, known: Sequence[str]) -> LockMismatch:
    """Return the error for a release that the lock names and that is not there."""
    what = f"here are {', '.join(known)}" if known else "there is no such hub here"
    if "://" in pin.source:
        import shlex  # only this error needs it

        how = f"Add it with: citehub add {shlex.quote(pin.source)}"
    elif pin.source == SHIPPED:
        how = "It comes with another version of citehub."
    else:
        how = f"It is from {pin.source or 'the home of hubs of whoever wrote the lock'}."
    return LockMismatch(f"{_lock_in_force()} names {hub} {pin.version}; {what}. {how}")


def refuse_changed(hub: str, pin: Pin, found: str) -> LockMismatch:
    """Return the error for a release of the version in the lock, but with other bytes."""
    return LockMismatch(
        f"{hub} {pin.version} here is not the release that {_lock_in_force()} names: its manifest "
        f"should have {pin.manifest}; it has {found or 'no hash'}. A release never changes, so "
        "somebody tampered with one of the two, or it is another hub of this name. Do not rely "
        "on it."
    )


def _lock_in_force() -> str:
    return find_lock() or "the lock"
