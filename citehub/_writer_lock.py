"""One writer into a folder at a time, in any process or thread."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from citehub._atomic_file import holding
from citehub.errors import HubInUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from filelock import BaseFileLock

LOCK: Final = ".citehub.lock"
WRITER: Final = ".citehub.writer"
"""Names the holder of the lock. A killed process leaves this file, but not the lock."""
_WAIT_SECONDS: Final = 5.0
_HOLDER_LETTERS: Final = 200  # at most


@contextmanager
def writing(folder: str, *, wait: float = _WAIT_SECONDS) -> Iterator[None]:
    """Keep other processes from writing into a folder, until this one ends.

    The thread that holds it may take it again.

    Parameters
    ----------
    folder : str
        The folder, as of a hub, which is made if missing.
    wait : float, optional
        Seconds to wait for another process.

    Raises
    ------
    HubInUse
        Another process still writes.
    OSError
        The folder cannot be written, or its file system has no locks.
    """
    lock = _acquire(folder, time.monotonic() + wait)
    writer = os.path.join(folder, WRITER)
    try:
        if lock.lock_counter == 1:
            _say_who(writer)
        yield
    finally:
        if lock.lock_counter == 1:
            with suppress(OSError):
                os.unlink(writer)
        lock.release()


def _acquire(folder: str, end: float) -> BaseFileLock:
    """Return the lock, held; another process may remove the folder while this one waits."""
    from filelock import FileLock, Timeout  # only writers need it

    while True:
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(os.path.realpath(folder), LOCK)
        lock = FileLock(path, is_singleton=True)
        try:
            lock.acquire(timeout=max(0, end - time.monotonic()))
        except Timeout:
            raise HubInUse(
                f"{_who_writes(folder)} is writing into {folder}; nothing was written. Wait "
                "until it is done, and try again."
            ) from None
        except NotImplementedError as error:
            raise OSError(errno.ENOTSUP, str(error), path) from None
        except FileNotFoundError:
            if os.path.isdir(folder) or time.monotonic() > end:
                raise
            continue
        except OSError as error:  # named by the folder that was asked for
            raise OSError(error.errno, error.strerror, folder) from None
        if lock.lock_counter > 1 or os.path.exists(path):
            return lock
        lock.release()


@contextmanager
def changing(path: str, *, wait: float = _WAIT_SECONDS) -> Iterator[None]:
    """Let nobody else read and rewrite a small file meanwhile; nothing is left beside it.

    Where the system has no locks, it goes on without one.

    Parameters
    ----------
    path : str
        The file, in a folder that exists.
    wait : float, optional
        Seconds to wait for another one.

    Raises
    ------
    HubInUse
        Another one still writes.
    """
    folder = os.path.dirname(os.path.realpath(path))
    with holding(folder, wait=wait, unsure=True) as is_mine:
        if not is_mine and os.access(folder, os.R_OK):
            raise HubInUse(f"Another process is writing {path}; nothing was written. Try again.")
        yield


@contextmanager
def resumable(folder: str, *, wait: float = _WAIT_SECONDS) -> Iterator[str]:
    """Lock a folder from which a run that is cut off goes on.

    It is removed at the end if it holds no file but those that begin with a dot.
    """
    with writing(folder, wait=wait):
        try:
            yield folder
        finally:
            if all(each.startswith(".") for *_, names in os.walk(folder) for each in names):
                shutil.rmtree(folder, ignore_errors=True)


def clear_resumable(folder: str) -> None:
    """Remove a folder of :func:`resumable` where a killed process left nothing to go on from."""
    with suppress(HubInUse, OSError):
        if os.path.isdir(folder):
            with resumable(folder, wait=0):
                pass


def _say_who(path: str) -> None:
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    with suppress(OSError), open(path, "w", encoding="utf-8") as file:
        file.write(f"Process {os.getpid()} on {socket.gethostname()}, since {since},")


def _who_writes(folder: str) -> str:
    path = os.path.join(folder, WRITER)
    with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
        said = file.read(_HOLDER_LETTERS)
        if said.isprintable() and said:
            return said
    return "Another process"
