"""A folder that appears whole or not at all: written next to its place, then renamed."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from citehub._manifest import MANIFEST, NO_JEKYLL, SIGNATURE, SUMS, read_bytes, read_sums, sha256
from citehub.errors import DamagedRelease, TargetExists

if TYPE_CHECKING:
    from collections.abc import Iterator


_SCRATCH: Final = re.compile(r"\..+\.[a-z0-9_]{8}")


@contextmanager
def scratch_folder(target: str) -> Iterator[str]:
    """Make a folder next to the target to write into; what is left of it at the end is removed."""
    parent, name = os.path.split(target)
    try:
        os.makedirs(parent, exist_ok=True)
        scratch = tempfile.mkdtemp(prefix=f".{name}.", dir=parent)
    except OSError as error:  # named by the folder that was asked for
        in_file = isinstance(error, FileExistsError)
        number = errno.ENOTDIR if in_file else error.errno or errno.EIO
        raise OSError(number, os.strerror(number), target) from None
    try:
        os.chmod(scratch, 0o755)  # noqa: S103 -- mkdtemp makes folders that only their owner may read
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def clear_left(target: str) -> None:
    """Remove what killed processes left next to a target that nobody else writes now."""
    parent, name = os.path.split(target)
    for each in os.listdir(parent) if os.path.isdir(parent) else ():
        if is_left(each) and each.rpartition(".")[0] == f".{name}":
            shutil.rmtree(os.path.join(parent, each), ignore_errors=True)


def is_left(name: str) -> bool:
    """Tell whether :func:`scratch_folder` gave a folder its name.

    Examples
    --------
    >>> is_left(".my-hub.om9twlei"), is_left("my-hub")
    (True, False)
    """
    return bool(_SCRATCH.fullmatch(name))


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Add the file's name to errors of the system; that of a full disk lacks it."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno is not None:
            raise OSError(error.errno, error.strerror, path) from None
        raise


def write_bytes(path: str, data: bytes) -> None:
    """Write a new file and wait until the disk has it."""
    with naming(path), open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def check_free(target: str, hint: str = "") -> None:
    """Refuse a target that exists and is not empty."""
    if os.path.lexists(target) and not (os.path.isdir(target) and not os.listdir(target)):
        message = f"{target} exists already; nothing was written. {hint}"
        raise TargetExists(message.rstrip())


def move(scratch: str, target: str) -> None:
    """Give the finished folder its final name; of two that were made, one wins.

    A folder with the same files is as good: another run was first, or was cut off afterwards.
    """
    try:
        os.rename(scratch, target)
    except OSError:
        if not os.path.isdir(target) or hashes(target) != hashes(scratch):
            check_free(target)
            raise


def replace(scratch: str, target: str) -> None:
    """Replace another folder by the finished one; if that fails, the other stays."""
    with scratch_folder(target) as aside:
        old = os.path.join(aside, "old")
        os.rename(target, old)
        try:
            os.rename(scratch, target)
        except OSError:
            os.rename(old, target)
            raise


def find_foreign(folder: str, sign: str = MANIFEST, made: str = "published") -> str:
    """Name the files of a folder that citehub did not make and that would be lost; empty if none.

    ``sign`` is the file that marks such a folder; ``made`` says in a word how it came about.
    """
    if os.path.islink(folder) or not os.path.isfile(os.path.join(folder, sign)):
        return f"no {sign}"
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
