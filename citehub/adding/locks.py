"""Writing and checking the lock of an analysis, ``citehub.lock``."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from citehub import __version__, _lock_file
from citehub._atomic_file import write_whole
from citehub._catalog import datasets_folder, find_folder, is_folder, open_hub, open_pinned
from citehub._manifest import MANIFEST
from citehub._writer_lock import changing
from citehub.adding.provenance import read_provenance
from citehub.errors import BadArgument, CitehubError, LockMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def lock(*hubs: str, version: str | None = None, file: str = "") -> str:
    """Write which release of hubs an analysis uses, so that :func:`load` gives these or an error.

    A lock counts in its folder and below, for hubs that are opened by name. It holds version and
    SHA-256 of each manifest, which holds those of the tables. What it said of other hubs stays.

    Parameters
    ----------
    *hubs : str
        Names of hubs.
    version : str, optional
        Version of the hub, if there is one hub; by default the newest, whatever the lock says.
    file : str, optional
        The lock; by default the one that counts here, else ``citehub.lock`` in this folder.

    Returns
    -------
    str
        The lock.

    Raises
    ------
    UnknownHub, UnknownVersion
        There is no such hub or version.
    BadArgument
        A folder is named, or one version of several hubs.
    LockMismatch
        There is a file of this name that is no lock.

    Examples
    --------
    >>> import citehub, os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "citehub.lock")
    ...     os.environ["CITEHUB_LOCK"] = citehub.lock("mt-nlg", version="1.1.0", file=path)
    ...     citehub.load("mt-nlg")
    ...     del os.environ["CITEHUB_LOCK"]
    <citehub.Hub mt-nlg 1.1.0: 44 citing works, 17 tables>
    """
    if version is not None and len(hubs) != 1:
        raise BadArgument("A version is that of one hub. Name one.")
    path = file or _lock_file.find_lock() or os.path.abspath(_lock_file.FILE)
    added = {hub: _pin(hub, version) for hub in hubs}
    with changing(path):
        pins = _lock_file.read_lock(path) if os.path.lexists(path) else {}
        _write(path, {**pins, **added})
    return path


def _pin(hub: str, version: str | None) -> _lock_file.Pin:
    """Return what a lock says of a release."""
    if is_folder(hub):
        raise BadArgument(f"{hub!r} is a folder. A lock names hubs, as citehub list shows them.")
    opened = open_hub(hub, version)
    folder = find_folder(hub)
    record = read_provenance(folder).get(opened.version)
    source = record.source if record else ""
    if source and "://" not in source:  # which would tell how this computer's folders are called
        source = os.path.basename(source)
    if os.path.dirname(folder) == datasets_folder():
        source = _lock_file.SHIPPED
    return _lock_file.Pin(opened.version, (opened.release.hashes or {})[MANIFEST], source)


def _write(path: str, pins: Mapping[str, _lock_file.Pin]) -> None:
    hubs = {
        name: {
            "version": pins[name].version,
            "manifest": pins[name].manifest,
            "from": pins[name].source,
        }
        for name in sorted(pins)
    }
    text = json.dumps(
        {"format": _lock_file.FORMAT, "citehub": __version__, "hubs": hubs}, indent=1
    )
    write_whole([f"{text}\n".encode()], path, force=True)


def read(file: str = "") -> dict[str, _lock_file.Pin]:
    """Return what a lock names, by default the one that counts here.

    Raises
    ------
    LockMismatch
        None counts here, or it cannot be read.
    """
    path = file or _lock_file.find_lock()
    if not path:
        raise LockMismatch("No lock counts here. Write one with: citehub lock HUB")
    return _lock_file.read_lock(path)


def check_lock(file: str = "") -> Iterator[tuple[str, _lock_file.Pin, str]]:
    """Verify each release that a lock names; yield the hub, what the lock says, and the problem.

    Raises
    ------
    LockMismatch
        No lock counts here, or it cannot be read.
    """
    for hub, pin in sorted(read(file).items()):
        try:
            open_pinned(hub, pin).verify()
        except CitehubError as error:
            yield hub, pin, str(error)
        else:
            yield hub, pin, ""
