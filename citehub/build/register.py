"""The list of a hub's releases, ``index.json``, with one writer at a time."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from citehub import _atomic_folder
from citehub._atomic_file import write_whole
from citehub._catalog import FORMAT, INDEX, find_releases, read_index, sort_versions
from citehub._hub import Hub
from citehub._manifest import SUMS, read_manifest, read_sums
from citehub._writer_lock import LOCK, writing
from citehub.errors import DamagedIndex, DamagedRelease, NewerRelease, TargetExists

if TYPE_CHECKING:
    from citehub._json_types import HubIndex


class Repair(NamedTuple):
    """Releases that ``index.json`` did not list, and what became of them."""

    entered: tuple[str, ...]
    refused: dict[str, str]
    """Versions that were not entered, each with the reason."""


def register(folder: str, name: str, title: str, version: str) -> None:
    """Enter a release into ``index.json`` of its hub folder.

    Parameters
    ----------
    folder : str
        The hub folder, which holds the release in a folder named by its version.
    name : str
        Name of the hub.
    title : str
        Title of the hub, which replaces the old one.
    version : str
        The release.

    Raises
    ------
    TargetExists
        The index lists other files for this version.
    DamagedIndex
        The index cannot be read, or belongs to another hub.
    HubInUse
        Another process writes into the folder.
    """
    with writing(folder):
        index = _read_or_begin(folder, name)
        files = _atomic_folder.hashes(os.path.join(folder, version))
        if index["versions"].get(version, files) != files:
            raise TargetExists(
                f"{name} {version} is released with other files, and a release never changes."
            )
        index["title"] = title
        index["versions"][version] = files
        _write(folder, index)


def settle(folder: str, target: str, *, name: str, title: str, version: str) -> None:
    """Enter the release of a finished hub folder into its index, and give it its final name.

    Parameters
    ----------
    folder : str
        The finished hub folder, with its release.
    target : str
        Its place.
    name, title : str
        Name and title of the hub.
    version : str
        The release.

    Raises
    ------
    TargetExists
        The place is taken.
    """
    register(folder, name, title, version)
    os.unlink(os.path.join(folder, LOCK))
    _atomic_folder.move(folder, target)


def repair_index(folder: str, *, but: str = "") -> Repair:
    """Enter releases that ``index.json`` does not list; rewrite a damaged one.

    A release enters if its files match its ``SHA256SUMS``; one without that list, if its tables
    match its manifest. The entries of a sound index stay.

    Parameters
    ----------
    folder : str
        The hub folder.
    but : str, optional
        A version to leave out, as it is about to be built.

    Returns
    -------
    Repair
        The versions that were entered, and the others with the reason.

    Raises
    ------
    NewerRelease
        A newer citehub wrote the index.
    HubInUse
        Another process writes into the folder.
    """
    with writing(folder):
        released = find_releases(folder)
        index: HubIndex | None = None
        if os.path.lexists(os.path.join(folder, INDEX)):
            with suppress(DamagedIndex):
                index = read_index(folder)
        entered: list[str] = []
        refused: dict[str, str] = {}
        for version in reversed(released):  # the newest says whose hub it is
            if version == but or (index is not None and version in index["versions"]):
                continue
            release = os.path.join(folder, version)
            try:
                index = _enter(index, release, version)
            except (DamagedRelease, NewerRelease) as error:
                refused[version] = str(error)
            else:
                entered.append(version)
        if index is not None and entered:
            _write(folder, index)
        return Repair(sort_versions(entered), refused)


def _enter(index: HubIndex | None, folder: str, version: str) -> HubIndex:
    """Return the index with a release, if that is whole and belongs to the hub."""
    if os.path.islink(folder):
        raise DamagedRelease.at(folder, "a folder of this hub", "a symbolic link")
    hub = Hub(folder, read_manifest(folder))
    name = hub.name if index is None else index["name"]
    if (hub.name, hub.version) != (name, version):
        raise DamagedRelease.at(folder, f"{name} {version}", f"{hub.name} {hub.version}")
    hub.verify()
    files = _atomic_folder.hashes(folder)
    _check_sums(folder, files)
    if index is None:
        index = _begin(name, hub.manifest["title"])
    index["versions"][version] = files
    return index


def _check_sums(folder: str, files: dict[str, str]) -> None:
    """Refuse files that differ from ``SHA256SUMS``, if there is one."""
    sums = read_sums(folder)
    if sums is None:
        return
    for name in sorted((files.keys() | sums.keys()) - {SUMS}):
        if files.get(name) != sums.get(name):
            expected = f"what {SUMS} lists, {sums.get(name, 'no such file')}"
            found = files.get(name, "no such file")
            raise DamagedRelease.at(os.path.join(folder, name), expected, found)


def _read_or_begin(folder: str, name: str) -> HubIndex:
    path = os.path.join(folder, INDEX)
    if not os.path.lexists(path):
        return _begin(name, "")
    index = read_index(folder)
    if index["name"] != name:
        raise DamagedIndex.at(path, f"the hub {name!r}", repr(index["name"]))
    return index


def _begin(name: str, title: str) -> HubIndex:
    return {"format": FORMAT, "name": name, "title": title, "default": "", "versions": {}}


def _write(folder: str, index: HubIndex) -> None:
    """Write the index; the lock is held."""
    index["versions"] = {
        each: index["versions"][each] for each in sort_versions(index["versions"])
    }
    index["default"] = next(reversed(index["versions"]))
    data = json.dumps(index, indent=1).encode() + b"\n"
    write_whole([data], os.path.join(folder, INDEX), force=True)
