"""One folder to publish: the files of a release, the publishing files, and a page."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING

from citehub import _atomic_folder, _catalog
from citehub._hub import Hub
from citehub._manifest import (
    CHANGES,
    MANIFEST,
    NO_JEKYLL,
    SIGNATURE,
    SUMS,
    format_sums,
    read_bytes,
    read_manifest,
)
from citehub.errors import DamagedRelease
from citehub.publish import index_page
from citehub.publish.files import publishing_files

if TYPE_CHECKING:
    from collections.abc import Mapping


def publish(hub: Hub, out: str | os.PathLike[str], *, force: bool = False) -> str:
    """Write a folder that is ready for Zenodo, Hugging Face or a web server.

    It has the files of the release unchanged, and adds those of :func:`publishing_files` that an
    older release lacks. ``index.html`` shows what the hub is, and how to load, cite and verify it;
    in it, the works are found, compared and taken away. ``SHA256SUMS`` is made anew, as it names
    every file.

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
    with _atomic_folder.scratch_folder(target) as scratch:
        _write(hub, scratch, files)
        if force and not _atomic_folder.find_foreign(target):
            _atomic_folder.replace(scratch, target)
        else:
            _atomic_folder.move(scratch, target)
    return target


def _check_target(hub: Hub, target: str, *, force: bool) -> None:
    _catalog.check_no_release(hub, target)
    foreign = _atomic_folder.find_foreign(target) if force else ""
    if foreign:
        _atomic_folder.check_free(target, f"It holds {foreign}.")
    elif not force:
        _atomic_folder.check_free(
            target, "A folder that was published before is replaced with --force."
        )


def _read_release(hub: Hub, made: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return every file of the release, which may hold nothing but it and its page."""
    known = {MANIFEST, CHANGES, *made, *(each["path"] for each in hub.manifest["resources"])}
    files = {}
    for name in sorted(os.listdir(hub.path)):
        if name.startswith(".") or name == SIGNATURE or index_page.is_of_page(name):
            continue  # .git, .DS_Store; or made anew
        path = os.path.join(hub.path, name)
        if name not in known:
            raise DamagedRelease.at(path, "only files of a release", "another")
        files[name] = read_bytes(path, DamagedRelease)
    return files


def _write(hub: Hub, folder: str, files: Mapping[str, bytes]) -> None:
    released = {name: data for name, data in files.items() if name != SUMS}
    for name, data in chain(released.items(), index_page.page_files(hub, released)):
        _atomic_folder.write_bytes(os.path.join(folder, name), data)
    _atomic_folder.write_bytes(
        os.path.join(folder, SUMS), format_sums(_atomic_folder.hashes(folder))
    )
    _atomic_folder.write_bytes(os.path.join(folder, NO_JEKYLL), b"")
    Hub(folder, read_manifest(folder)).verify()
