"""Ctrl-C and SIGTERM: the command ends, and its exit code names the signal."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

from citehub import _terminal as terminal
from citehub.errors import CitehubError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_SIGNALLED: Final = 128  # before the number of a signal, as exit code
_POLL_SECONDS: Final = 0.05
GOES_ON: Final = "Stopped. Answers are kept. The same command goes on from there."
TEXTS_KEPT: Final = "Stopped. Texts are kept. The same command goes on from there."
ANSWERS_KEPT: Final = "Stopped. Answers are kept. The same command goes on from there."
UNCHANGED: Final = "Stopped. Nothing was changed."
_sent: Final[list[int]] = []


def listen() -> None:
    """End the command on a signal, with cleaning up."""
    signal.signal(signal.SIGTERM, _stop)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored
        signal.signal(signal.SIGINT, _stop)


def exit_code() -> int:
    """Return the exit code for the signal that ended the command; 0 without one."""
    return _SIGNALLED + _sent[-1] if _sent else 0


@contextmanager
def stoppable(said: str = GOES_ON) -> Iterator[None]:
    """Say what stays if a command is stopped: by default, the answers."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        sys.stdout.flush()
        terminal.err().print(terminal.text(said), soft_wrap=True)
        raise typer.Exit(exit_code() or _SIGNALLED + signal.SIGINT) from None


@contextmanager
def on_disk(said: str) -> Iterator[None]:
    """Say what stays, and what to do, if the disk fails."""
    try:
        yield
    except OSError as error:
        if isinstance(error, CitehubError) or not error.strerror:
            raise
        raise OSError(error.errno, f"{error.strerror}. {said}", error.filename) from None


def _stop(number: int, frame: FrameType | None) -> None:
    """End the command; a moment later if a finaliser swallows the exception."""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            again = threading.Timer(_POLL_SECONDS, os.kill, (os.getpid(), number))
            again.daemon = True
            again.start()
            return
        frame = frame.f_back
    _sent.append(number)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(_SIGNALLED + number)
