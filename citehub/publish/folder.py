"""One folder to publish: the files of a release, and what describes them to the outside."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from citehub import _folder
from citehub._hub import Hub
from citehub._manifest import read_bytes, read_manifest
from citehub.errors import DamagedRelease, TargetExists
from citehub.publish.checksums import SUMS, checksums
from citehub.publish.files import publishing_files

if TYPE_CHECKING:
    from collections.abc import Mapping


def publish(hub: Hub, out: str | os.PathLike[str], *, force: bool = False) -> str:
    """Write a folder that is ready for Zenodo, Hugging Face or a web server.

    It holds the release's files byte for byte; those of :func:`publishing_files` that an older
    release lacks are made.

    Parameters
    ----------
    hub : Hub
        The release to publish; it is verified first.
    out : str or path
        The folder to make. It must not exist, or be empty.
    force : bool, optional
        Replace a folder that was published before, whole.

    Returns
    -------
    str
        The folder.

    Raises
    ------
    TargetExists
        The folder is there and ``force`` is not given, or it is no published folder.
    DamagedRelease
        The release is not what was released.
    """
    target = os.path.abspath(out)
    _check_target(hub, target, force=force)
    hub.verify()
    files = publishing_files(hub) | _read_release(hub)
    files[SUMS] = checksums(files)
    with _folder.scratch_folder(target) as scratch:
        _write(scratch, files)
        if force and os.path.lexists(target):
            _folder.replace(scratch, target)
        else:
            _folder.move(scratch, target)
    return target


def _check_target(hub: Hub, target: str, *, force: bool) -> None:
    real, release = os.path.realpath(target), os.path.realpath(hub.path)
    if os.path.join(real, "").startswith(os.path.join(release, "")):
        raise TargetExists(f"{target} is in the release itself, which never changes.")
    if not force:
        _folder.check_free(target)
    elif os.path.lexists(target) and not _folder.is_release(target):
        raise TargetExists(f"{target} is no published folder; nothing was replaced.")


def _read_release(hub: Hub) -> dict[str, bytes]:
    names = sorted(os.listdir(hub.path))
    return {name: read_bytes(os.path.join(hub.path, name), DamagedRelease) for name in names}


def _write(folder: str, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        _folder.write_bytes(os.path.join(folder, name), data)
    Hub(folder, read_manifest(folder)).verify()
