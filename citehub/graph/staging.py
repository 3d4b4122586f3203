"""The next release of a hub, built in a copy next to it and taken over at once."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from citehub import _atomic_folder
from citehub._catalog import INDEX, read_index
from citehub._manifest import read_manifest
from citehub.build.register import register
from citehub.build.release import build_release
from citehub.build.spec import SOURCE, read_spec
from citehub.build.taking import STAGED, take
from citehub.errors import BuildError
from citehub.sources.readings import FOLDER

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator

    from citehub._diff import Diff


def newest(folder: str) -> str:
    """Return the newest release of a hub folder."""
    if not os.path.lexists(os.path.join(folder, INDEX)):
        raise BuildError(
            f"{folder} has no release yet. Build the first with: citehub build "
            f"{shlex.quote(folder)}"
        )
    return read_index(folder)["default"]


@contextmanager
def staging(folder: str, version: str) -> Iterator[str]:
    """Make a hub folder with the sources and one release of another, to build the next one."""
    with _atomic_folder.scratch_folder(os.path.join(folder, STAGED)) as staged:
        for entry in os.scandir(folder):
            if entry.is_file() and not entry.name.startswith("."):
                shutil.copyfile(entry.path, os.path.join(staged, entry.name))
        index = read_index(folder)
        index["versions"] = {version: index["versions"][version]}
        index["default"] = version
        with open(os.path.join(staged, INDEX), "w", encoding="utf-8") as file:
            json.dump(index, file)
        for name in (SOURCE, version):
            place = os.path.join(folder, name)
            os.makedirs(place, exist_ok=True)
            shutil.copytree(place, os.path.join(staged, name), copy_function=_link)
        yield staged


def _link(path: str, target: str) -> None:
    """Copy a file that nobody writes to, at no cost if the disk allows."""
    if not os.path.islink(path):
        with suppress(OSError):
            os.link(path, target)
            return
    shutil.copyfile(path, target)


@contextmanager
def in_words_of(staged: str, folder: str) -> Iterator[None]:
    """Have errors name the original files, not the copies."""
    try:
        yield
    except BuildError as error:
        error.args = (str(error).replace(staged, folder),)
        raise


def move_within(path: str, folder: str) -> None:
    """Move a file or folder into a folder, which is made if missing."""
    if os.path.lexists(path):
        os.makedirs(folder, exist_ok=True)
        os.rename(path, os.path.join(folder, os.path.basename(path)))


class NextRelease(NamedTuple):
    """The result of a change.

    Attributes
    ----------
    version : str
        The new version; that of before where nothing is new.
    folder : str
        The folder of the new release; empty where there is none.
    diff : Diff, optional
        What changed; None where nothing did.
    notes : tuple of str
        Notes of the build.
    """

    version: str
    folder: str
    diff: Diff | None
    notes: tuple[str, ...]


def next_release(
    folder: str,
    before: str,
    change: Callable[[str], object],
    created: datetime.date,
    progress: Callable[[str], None],
) -> NextRelease:
    """Change what a hub keeps of texts, and make the next release if something is new.

    Parameters
    ----------
    folder : str
        The hub folder; the lock is held.
    before : str
        Its newest release.
    change : callable
        Is called with a copy of the folder of sources, and changes the folder of texts there.
    created : datetime.date
        Day of the release.
    progress : callable
        Is called with each step in words.

    Raises
    ------
    BuildError
        The release cannot be built; the hub stays as it is.
    """
    with staging(folder, before) as staged, in_words_of(staged, folder):
        change(os.path.join(staged, SOURCE))
        built = build_release(staged, created=created, progress=progress)
        is_new = bool(built.folder and built.diff and not built.diff.is_recount)
        progress("Take over the texts, and the release")
        ready = os.path.join(staged, "made")
        move_within(os.path.join(staged, SOURCE, FOLDER), os.path.join(ready, SOURCE))
        if is_new:
            move_within(built.folder, ready)
        take(folder, ready)
        notes = tuple(each.replace(staged, folder) for each in built.notes)
        if not is_new:
            return NextRelease(before, "", None, notes)
        made = os.path.join(folder, built.version)
        register(folder, read_spec(folder).name, read_manifest(made)["title"], built.version)
        return NextRelease(built.version, made, built.diff, notes)
