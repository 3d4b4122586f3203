"""Writing folders atomically: each is written next to its place, then renamed."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from citehub import _atomic_file
from citehub._atomic_file import clear_left, is_scratch, named_in_errors, remove, sync
from citehub._manifest import MANIFEST, NO_JEKYLL, SIGNATURE, SUMS, read_bytes, read_sums, sha256
from citehub.errors import DamagedRelease, TargetExists

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["clear_left", "is_scratch", "named_in_errors", "remove", "sync"]

_ASIDE: Final = f".replaced{_atomic_file.END}"


@contextmanager
def scratch_folder(target: str) -> Iterator[str]:
    """Make a folder next to the target to write into; what is left of it at the end is removed.

    Errors of the system name the target. What killed processes left beside it is removed first.
    """
    asked, target = target, os.path.realpath(target)
    parent = os.path.dirname(target)
    try:
        os.makedirs(parent, exist_ok=True)
    except OSError as error:  # named by the folder that was asked for
        in_file = isinstance(error, FileExistsError)
        number = errno.ENOTDIR if in_file else error.errno or errno.EIO
        raise OSError(number, os.strerror(number), asked) from None
    with named_in_errors(asked):
        put_back(target)
        clear_left(parent)
        with (
            _atomic_file.scratch_beside(target, _make) as (scratch, _),
            named_in_errors(asked, scratch),
        ):
            yield scratch


def _make(path: str) -> int:
    os.mkdir(path)
    if not hasattr(os, "O_DIRECTORY"):  # a system that opens no folders
        return -1
    try:
        return os.open(path, os.O_RDONLY)
    except FileNotFoundError:  # taken for one that was left
        raise FileExistsError from None


def write_bytes(path: str, data: bytes) -> None:
    """Write a new file and wait until the disk has it."""
    with named_in_errors(path), open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def check_free(target: str, hint: str = "") -> None:
    """Refuse a target that exists and is not empty."""
    put_back(target)
    if os.path.ismount(target):
        raise TargetExists(f"{target} is a mount point, and stays. Name a folder in it.")
    if _is_here(target):
        raise TargetExists(f"{target} is the current folder, and stays. Name a folder in it.")
    if os.path.lexists(target) and not (os.path.isdir(target) and not os.listdir(target)):
        message = f"{target} exists already; nothing was written. {hint}"
        raise TargetExists(message.rstrip())


def _is_here(target: str) -> bool:
    """Tell whether it is the current folder, which nobody would stand in once it is replaced."""
    with suppress(OSError):
        return not os.listdir(target) and os.path.samefile(target, os.curdir)
    return False


def move(scratch: str, target: str) -> None:
    """Give the finished folder its final name; of two that were made, one wins.

    A folder with the same files is as good: another run was first, or was cut off afterwards.
    """
    target = os.path.realpath(target)
    _sync_all(scratch)
    try:
        os.rename(scratch, target)
    except OSError:
        if not _is_same(scratch, target):
            check_free(target)
            raise
    sync(os.path.dirname(target))


def _is_same(folder: str, other: str) -> bool:
    with suppress(DamagedRelease, OSError):
        return os.path.isdir(other) and hashes(other) == hashes(folder)
    return False


def replace(scratch: str, target: str) -> None:
    """Replace another folder by the finished one; at any moment, one of them has the name.

    Where the system cannot exchange two folders, a process that is killed between two steps leaves
    none, and the next one that writes there puts the old one back.
    """
    _sync_all(scratch)
    with suppress(OSError):
        before = os.stat(target)
        if before.st_mode & stat.S_IRWXU == stat.S_IRWXU:  # else it is harmed
            _atomic_file.permit(scratch, before)
    if not _atomic_file.rename(scratch, target, _atomic_file.SWAP):
        _replace_in_steps(scratch, target)
    sync(os.path.dirname(target))


def _replace_in_steps(scratch: str, target: str) -> None:
    aside = _aside(target)
    with _atomic_file.holding(target):  # so that nobody puts it back meanwhile
        os.rename(target, aside)
        try:
            os.rename(scratch, target)
        except BaseException:
            os.rename(aside, target)
            raise
        remove(aside)


def put_back(target: str) -> None:
    """Give a folder its name back that a killed process took from it, and put no other there."""
    aside = _aside(target)
    if not os.path.lexists(aside):
        return
    with _atomic_file.holding(aside, unsure=True) as is_left:
        if is_left and os.path.lexists(target):
            remove(aside)
        elif is_left:
            os.rename(aside, target)


def _aside(target: str) -> str:
    parent, name = os.path.split(target)
    return os.path.join(parent, f".{name}{_ASIDE}")


def discard(path: str) -> None:
    """Remove a folder so that a killed process leaves it whole, or only its scratch."""
    with _atomic_file.scratch_beside(path, _make) as (scratch, _):
        os.rename(path, scratch)


def _sync_all(folder: str) -> None:
    for parent, _, _ in os.walk(folder):
        sync(parent)


def find_foreign(folder: str, sign: str = MANIFEST, made: str = "published") -> str:
    """Name the files of a folder that citehub did not make and that would be lost; empty if none.

    ``sign`` is the file that marks such a folder; ``made`` says in a word how it came about.
    """
    put_back(folder)
    is_link = os.path.islink(folder)
    if is_link or not os.path.isfile(os.path.join(folder, sign)):
        return "nothing but a link: name the folder to which it leads" if is_link else f"no {sign}"
    try:
        sums = read_sums(folder)
        if sums is None:
            return f"no {SUMS}"
        found = hashes(folder)
    except DamagedRelease as error:
        return f"{os.path.basename(error.path)}, which is damaged"
    for name in (each for each in found if each not in {SUMS, SIGNATURE}):
        if name == NO_JEKYLL and found[name] == sha256(b""):
            continue
        if name not in sums:
            return f"{name}, which was not {made} with it"
        if found[name] != sums[name]:
            return f"{name}, which has changed since it was {made}"
    return ""


def hashes(folder: str) -> dict[str, str]:
    """Return the SHA-256 of every file of a folder and below, sorted by name."""
    found = {}
    for parent, folders, names in os.walk(folder):
        paths = [os.path.join(parent, name) for name in names]
        # A link to a folder, or an empty one, is no file: that it cannot be read says so.
        inner = (os.path.join(parent, name) for name in folders)
        paths += [path for path in inner if os.path.islink(path) or not os.listdir(path)]
        for path in paths:
            below = os.path.relpath(path, folder).replace(os.sep, "/")
            found[below] = sha256(read_bytes(path, DamagedRelease))
    return dict(sorted(found.items()))
