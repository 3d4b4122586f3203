"""Writing files atomically: whole or not at all, whoever else writes there.

What is written has a random name beside its own until it is whole, and is locked meanwhile. So
nobody takes it for what a killed process left, which the next one removes. Process ids and host
names tell nothing, as they repeat in containers.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from citehub.errors import TargetExists

try:
    import fcntl
except ImportError:  # where nobody can tell what is left
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

END: Final = ".citehub"
"""How names of what is not whole end; they begin with a dot."""
_SCRATCH: Final = re.compile(rf"\..*\.[0-9a-f]{{8}}{re.escape(END)}", re.DOTALL)
_NAME_BYTES: Final = 200  # that a scratch name repeats; most systems allow 255 in all
_ATTEMPTS: Final = 100
ANEW, SWAP = range(2)
"""How `rename` goes on where the new name is taken: not at all, or by exchanging the two."""
_CALLS: Final = {  # with AT_FDCWD, and the flags for `ANEW` and `SWAP`
    "linux": ("renameat2", -100, (1, 2)),
    "darwin": ("renameatx_np", -2, (4, 2)),
}
_UNKNOWN: Final = {  # EPERM is how some containers refuse calls that they do not know
    *(errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM),
}
_POLL_SECONDS: Final = 0.02


def write_whole(
    chunks: Iterable[bytes], path: str, *, force: bool, mode: int = 0, clears: bool = True
) -> None:
    """Write a file beside its final name and give it that when the disk has it.

    It follows a link, keeps the permissions of what it replaces, and writes straight into a pipe
    or device. Of several writers at once, each replaces the whole file; without ``force``, the
    first one does, and the others are told.

    Parameters
    ----------
    chunks : iterable of bytes
        The content.
    path : str
        The file.
    force : bool
        Whether to replace a file.
    mode : int, optional
        Its permissions; by default those of the file before, or as usual.
    clears : bool, optional
        Whether to remove what killed processes left in the folder; not where very many files are
        written one by one.

    Raises
    ------
    TargetExists
        The file exists and ``force`` is not given.
    OSError
        The file cannot be written; the error names it, and what was there is unchanged.
    """
    with named_in_errors(path):
        if path.endswith(os.sep):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        found = _find(path)
        if found is not None and not stat.S_ISREG(found.st_mode):
            with open(path, "wb") as file:
                file.writelines(chunks)
            return
        if found is not None and not force:
            _refuse(path)
        target = os.path.realpath(path)
        parent = os.path.dirname(target)
        if clears:
            clear_left(parent)
        begun = mode or (0o666 if found is None else 0o600)  # others may not read what is begun
        with (
            scratch_beside(target, lambda name: _make(name, begun), path) as (scratch, descriptor),
            named_in_errors(path, scratch),
        ):
            with open(descriptor, "wb", closefd=fcntl is None) as file:
                file.writelines(chunks)
                file.flush()
                os.fsync(descriptor)
            if found is not None and not mode:
                permit(scratch, found)
            if force:
                os.replace(scratch, target)
            elif not _give(scratch, target):
                _refuse(path)
        sync(parent)


def _find(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _refuse(path: str) -> None:
    raise TargetExists(f"{path} exists already. To overwrite it: --force, or force=True.")


def _make(path: str, mode: int) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)


def permit(path: str, like: os.stat_result) -> None:
    """Give a file the permissions of another, and its owner if this process may."""
    if hasattr(os, "chown") and (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
        for owner in (-1, like.st_uid):  # a group may be given where an owner may not
            with suppress(OSError):
                os.chown(path, owner, like.st_gid)
    os.chmod(path, stat.S_IMODE(like.st_mode))


def _give(scratch: str, target: str) -> bool:
    """Give a finished file its name, and tell whether that was free."""
    try:
        if rename(scratch, target, ANEW):
            return True
        os.link(scratch, target)
    except FileExistsError:
        return False
    except OSError:  # as a disk without links
        if os.path.lexists(target):
            return False
        os.rename(scratch, target)
    return True


def rename(old: str, new: str, how: int) -> bool:
    """Rename a file or folder in one step; tell whether the system can.

    Parameters
    ----------
    old, new : str
        The names.
    how : int
        ``ANEW`` raises FileExistsError where the new name is taken; ``SWAP`` exchanges the two.
    """
    if sys.platform not in _CALLS:
        return False
    import ctypes  # only who replaces or guards something needs it

    called, here, flags = _CALLS[sys.platform]
    call: Any = getattr(ctypes.CDLL(None, use_errno=True), called, None)
    if call is None:
        return False
    if call(here, os.fsencode(old), here, os.fsencode(new), ctypes.c_uint(flags[how])) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), new)


@contextmanager
def scratch_beside(
    target: str, make: Callable[[str], int], asked: str = ""
) -> Iterator[tuple[str, int]]:
    """Make something under a random name beside a target, and remove what is there at the end.

    Parameters
    ----------
    target : str
        The final name.
    make : callable
        Takes a name, makes what nobody made before, and returns its descriptor. A
        FileExistsError asks for another name.
    asked : str, optional
        What errors name instead of the target, as a link to it.

    Yields
    ------
    tuple of str and int
        The name and the descriptor, which is locked.
    """
    parent, name = os.path.split(target)
    stem = os.fsencode(name)[:_NAME_BYTES].decode(sys.getfilesystemencoding(), "ignore")
    for last in range(_ATTEMPTS, -1, -1):
        path = os.path.join(parent, f".{stem}.{os.urandom(4).hex()}{END}")
        try:
            with named_in_errors(asked or target, path):
                descriptor = make(path)
        except FileExistsError:
            if last:
                continue
            raise
        if _hold(descriptor, path):
            break
        os.close(descriptor)  # another process took it for one that was left
    try:
        yield path, descriptor
    finally:
        remove(path)
        if fcntl is not None:
            os.close(descriptor)


def _hold(descriptor: int, path: str) -> bool:
    """Lock what was made; tell whether it is still there."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # without locks, nobody else gets one either
        return True
    with suppress(OSError):
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    return False


@contextmanager
def holding(path: str, *, wait: float = 0.0, unsure: bool = False) -> Iterator[bool]:
    """Lock a file or folder; tell whether nobody else has it.

    Parameters
    ----------
    path : str
        The file or folder.
    wait : float, optional
        Seconds to wait for another one.
    unsure : bool, optional
        What to tell where the system has no locks.
    """
    descriptor = -1
    is_mine = unsure and fcntl is None
    if fcntl is not None:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            is_mine = _lock(descriptor, time.monotonic() + wait, unsure=unsure)
    try:
        yield is_mine
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _lock(descriptor: int, end: float, *, unsure: bool) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_POLL_SECONDS)
        except OSError:
            return unsure
        else:
            return True


def is_scratch(name: str) -> bool:
    """Tell whether what is called so was never whole, or was replaced.

    Examples
    --------
    >>> is_scratch(".works.csv.0f5e1d2c.citehub"), is_scratch("works.csv")
    (True, False)
    """
    return bool(_SCRATCH.fullmatch(name))


def clear_left(folder: str) -> None:
    """Remove what killed processes left in a folder; what is written now is locked."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for path in (os.path.join(folder, name) for name in names if is_scratch(name)):
        with holding(path) as is_left:
            if is_left:
                remove(path)


def remove(path: str) -> None:
    """Remove a file, a link, or a folder with all in it, as far as it goes."""
    with suppress(OSError):
        if os.path.isdir(path) and not os.path.islink(path):
            import shutil  # takes 2 ms, which who only reads need not wait for

            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)


def sync(folder: str) -> None:
    """Wait until the disk has the names in a folder, where the system can tell."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def named_in_errors(path: str, scratch: str = "") -> Iterator[None]:
    """Have errors of the system name a file as it was asked for; that of a full disk names none.

    Parameters
    ----------
    path : str
        What was asked for.
    scratch : str, optional
        Its name until it is whole, which errors are not to name.
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            named = error.filename
            if named is None:
                error.filename = path
            elif scratch and isinstance(named, str) and named.startswith(scratch):
                error.filename = path + named[len(scratch) :]
                del error.filename2
        raise
