"""One folder to publish: the files of a release, and the publishing files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from citehub import _catalog, _folder
from citehub._hub import Hub
from citehub._manifest import CHANGES, MANIFEST, SUMS, read_bytes, read_manifest
from citehub.errors import DamagedRelease
from citehub.publish.checksums import checksums
from citehub.publish.files import publishing_files

if TYPE_CHECKING:
    from collections.abc import Mapping


def publish(hub: Hub, out: str | os.PathLike[str], *, force: bool = False) -> str:
    """Write a folder that is ready for Zenodo, Hugging Face or a web server.

    It has the files of the release unchanged, and adds those of :func:`publishing_files` that an
    older release lacks.

    Parameters
    ----------
    hub : Hub
        The release to publish; it is verified first.
    out : str or path
        The folder to make. It must not exist, or be empty.
    force : bool, optional
        Replace a folder that was published before.

    Returns
    -------
    str
        The folder.

    Raises
    ------
    TargetExists
        The folder exists and ``force`` is not given, or it is not a published folder.
    DamagedRelease
        The release differs from what was released.
    """
    target = os.path.abspath(out)
    _check_target(hub, target, force=force)
    hub.verify()
    made = publishing_files(hub)
    files = made | _read_release(hub, made)
    files[SUMS] = checksums(files)
    with _folder.scratch_folder(target) as scratch:
        _write(scratch, files)
        if force and not _folder.find_foreign(target):
            _folder.replace(scratch, target)
        else:
            _folder.move(scratch, target)
    return target


def _check_target(hub: Hub, target: str, *, force: bool) -> None:
    _catalog.check_no_release(hub, target)
    foreign = _folder.find_foreign(target) if force else ""
    if foreign:
        _folder.check_free(target, f"It holds {foreign}.")
    elif not force:
        _folder.check_free(target, "A folder that was published before is replaced with --force.")


def _read_release(hub: Hub, made: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return every file of the release, which may hold nothing else."""
    known = {MANIFEST, CHANGES, *made, *(each["path"] for each in hub.manifest["resources"])}
    files = {}
    for name in sorted(os.listdir(hub.path)):
        if name.startswith("."):  # as .git, .DS_Store
            continue
        path = os.path.join(hub.path, name)
        if name not in known:
            raise DamagedRelease.at(path, "only files of a release", "another")
        files[name] = read_bytes(path, DamagedRelease)
    return files


def _write(folder: str, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        _folder.write_bytes(os.path.join(folder, name), data)
    Hub(folder, read_manifest(folder)).verify()
