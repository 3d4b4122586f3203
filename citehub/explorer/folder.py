"""A folder with the explorer of one hub, for a web server or a double click."""

from __future__ import annotations

import base64
import os
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from citehub import _atomic_folder, _catalog
from citehub._manifest import (
    CHANGES,
    MANIFEST,
    PUBLISHING_FILES,
    SUMS,
    format_sums,
    read_bytes,
)
from citehub._packed import open_archive
from citehub._text import to_json
from citehub.errors import DamagedRelease
from citehub.explorer import page, plain_list

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from citehub._hub import Hub

_BUNDLE: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bundle")
REVIEW: Final = ("review.css", "review.js")
"""What of the scripts and style sheets belongs to another page, that of ``review.py``."""
FILES: Final = "data"
INLINE: Final = "data.js"
MOST_INLINE: Final = 2000
"""Citing works up to which the whole list, and the data as script, belong to the page."""
FIRST: Final = 100
"""Entries on the first page of a larger hub."""


def write_site(hub: Hub, out: str | os.PathLike[str], *, force: bool = False) -> str:
    """Write a folder with a page in which to find, compare and take away the works of a hub.

    It works from any web server without the network, and as a plain list without JavaScript.
    Up to 2,000 citing works it also works opened from disk.

    Parameters
    ----------
    hub : Hub
        The release to show; its files are copied as they were released.
    out : str or path
        The folder to make. It must not exist, or be empty.
    force : bool, optional
        Replace a folder that was written by this function before and not changed since.

    Returns
    -------
    str
        The folder.

    Raises
    ------
    TargetExists
        The folder is there and ``force`` is not given, or it holds something else.
    DamagedRelease
        The release is not what was released.

    Examples
    --------
    >>> import os, tempfile
    >>> import citehub
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     site = write_site(citehub.load("mt-nlg"), os.path.join(folder, "site"))
    ...     os.path.isfile(os.path.join(site, "index.html"))
    True
    """
    return _place(hub, os.path.abspath(out), lambda folder: _write(hub, folder), force=force)


def write_pages(hub: Hub, target: str, pages: Mapping[str, bytes], *, force: bool) -> str:
    """Write a folder with some pages of a hub, as :func:`write_site` does; return the folder."""

    def write(folder: str) -> None:
        for name, data in pages.items():
            _atomic_folder.write_bytes(os.path.join(folder, name), data)
        _write_sums(folder)

    return _place(hub, target, write, force=force)


def _place(hub: Hub, target: str, write: Callable[[str], None], *, force: bool) -> str:
    """Write a folder beside its place, then give it its name."""
    _check_target(hub, target, force=force)
    with _atomic_folder.scratch_folder(target) as scratch:
        write(scratch)
        if force and not _find_foreign(target):
            _atomic_folder.replace(scratch, target)
        else:
            _atomic_folder.move(scratch, target)
    return target


def data_script(hub: Hub) -> bytes:
    """Return the files that the explorer reads, as a script for a page opened from disk."""
    files = {
        resource["path"]: base64.b64encode(hub.release.files[name].read_bytes()).decode()
        for name, resource in page.resources(hub).items()
    }
    return f"window.citehubFiles = {to_json(files)}\n".encode()


def own_files(hub: Hub) -> dict[str, bytes]:
    """Return what a page needs beside the tables; a small one has these as a script, too."""
    is_small = hub.release.n_citing <= MOST_INLINE
    return read_bundle() | ({INLINE: data_script(hub)} if is_small else {})


def read_bundle() -> dict[str, bytes]:
    """Return the scripts and style sheets of the explorer by name."""
    found = read_files()
    return {name: data for name, data in found.items() if name not in REVIEW}


def read_files(names: Collection[str] = ()) -> dict[str, bytes]:
    """Return scripts and style sheets by name, by default all of them.

    They are packed in a wheel, and in a folder of a checkout.
    """
    if os.path.isdir(_BUNDLE):
        names = names or sorted(os.listdir(_BUNDLE))
        return {name: read_bytes(os.path.join(_BUNDLE, name), DamagedRelease) for name in names}
    with open_archive(f"{_BUNDLE}.zip.xz") as packed:
        return {name: packed.read(name) for name in names or packed.namelist()}


def _check_target(hub: Hub, target: str, *, force: bool) -> None:
    _catalog.check_no_release(hub, target)
    foreign = _find_foreign(target)
    if force and foreign:
        _atomic_folder.check_free(target, f"It holds {foreign}.")
    elif not force:
        hint = "" if foreign else "As it was written here before, --force replaces it."
        _atomic_folder.check_free(target, hint)


def _find_foreign(target: str) -> str:
    if os.path.lexists(os.path.join(target, MANIFEST)):
        return "a release"
    return _atomic_folder.find_foreign(target, sign="index.html", made="written")


def _write(hub: Hub, folder: str) -> None:
    others = _copy_release(hub, os.path.join(folder, FILES))
    own = own_files(hub)
    for name, data in own.items():
        _atomic_folder.write_bytes(os.path.join(folder, name), data)
    settings = page.config(hub, files=f"{FILES}/", inline=INLINE if INLINE in own else None)
    for name, text in _pages(hub, settings, others):
        _atomic_folder.write_bytes(os.path.join(folder, name), text.encode())
    _write_sums(folder)


def _write_sums(folder: str) -> None:
    _atomic_folder.write_bytes(
        os.path.join(folder, SUMS), format_sums(_atomic_folder.hashes(folder))
    )


def _copy_release(hub: Hub, folder: str) -> list[str]:
    """Copy a release; return the names of the files that are no tables."""
    hub.release.verify_files()
    os.mkdir(folder)
    for resource in hub.manifest["resources"]:
        data = hub.release.files[resource["name"]].read_bytes()  # those whose hash it compared
        _atomic_folder.write_bytes(os.path.join(folder, resource["path"]), data)
    others = [
        name
        for name in (MANIFEST, CHANGES, *PUBLISHING_FILES)
        if os.path.lexists(os.path.join(hub.path, name))
    ]
    for name in (each for each in others if each != SUMS):
        data = read_bytes(os.path.join(hub.path, name), DamagedRelease)
        _atomic_folder.write_bytes(os.path.join(folder, name), data)
    if SUMS in others:  # those of a published folder name its page, too
        _write_sums(folder)
    return others


def _pages(hub: Hub, settings: dict[str, Any], others: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the pages by name; of a large hub, the entries of one page are held at a time."""
    entries = plain_list.entries(hub)
    if settings["inline"]:
        yield "index.html", page.index(hub, settings, list(entries), others)
        return
    first = list(islice(entries, FIRST))
    yield "index.html", page.index(hub, settings, first, others)
    entries, number = chain(first, entries), 0
    while items := list(islice(entries, page.PER_PAGE)):
        number += 1
        yield page.page_name(number), page.list_page(hub, items, number)
