"""The command line: the calls of the library, for a terminal and for scripts.

Data goes to standard output, messages to standard error. Exit codes: 0 done; 1 nothing found,
damaged data, a hub that could not be updated, or a refused build; 2 a mistake in the command, or a
name that does not exist, as of a work that no source knows; 3 done, but a source could only be
read in part; 4 an update found nothing new; 130 and 143 stopped by the user or the system.
"""

from __future__ import annotations

import io
import os
import shlex
import signal
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

from citehub import _catalog
from citehub import _terminal as terminal
from citehub._atomic_file import named_in_errors
from citehub._debugging import is_debugging, reason_of
from citehub.cli import (  # noqa: F401 -- their commands join the app
    analyst,
    curate,
    evaluating,
    export,
    hubs,
    labelling,
    live,
    maintainer,
    reading,
    review,
    signing,
    stopping,
)
from citehub.cli.app import app
from citehub.errors import BadArgument, CitehubError, UnknownName


def main() -> None:
    """Run the command line; no error prints a traceback, unless ``--debug`` asks for it."""
    if hasattr(signal, "SIGPIPE"):  # end quietly, as other tools do, when the reader has enough
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    stopping.listen()
    _prepare_streams()
    try:
        _run()
    except SystemExit:
        if code := stopping.exit_code():
            sys.exit(code)
        raise
    except KeyboardInterrupt:
        sys.exit(stopping.exit_code() or 130)
    except BaseException as error:  # noqa: BLE001 -- whatever a library raises
        _fail(error)


def _prepare_streams() -> None:
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _run() -> None:
    """Run the command, and write what it printed."""
    try:
        try:
            app(prog_name="citehub")
        finally:
            with named_in_errors("standard output"):
                sys.stdout.flush()
    except OSError:
        # What cannot be written would be tried again, and fail again, at the end of Python.
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def _fail(error: BaseException) -> NoReturn:
    if is_debugging():
        lines = traceback.format_exception(error)
        terminal.err().print(terminal.paragraph("".join(lines).rstrip()), soft_wrap=True)
    problem: BaseException | str = error
    if isinstance(error, MemoryError):
        problem = f"There is not enough memory for: {_command()}"
    elif not isinstance(error, (CitehubError, OSError)):
        problem = _unexpected(error)
    terminal.complain(problem)
    sys.exit(2 if isinstance(error, (BadArgument, UnknownName)) else 1)


def _unexpected(error: BaseException) -> str:
    """Say what was being done, what came in between, and what to do."""
    said = f"This failed, and citehub does not know why: {_command()}\n{reason_of(error)}"
    hub = _named_hub()
    if hub:
        said += f"\nSee whether the hub is sound: citehub verify {shlex.quote(hub)}"
    return (
        f"{said}\n{'If it is, this' if hub else 'This'} is a fault of citehub. Please report it "
        f"to its developers with what this prints: {_command('--debug')}"
    )


def _command(*more: str) -> str:
    words = [word for word in sys.argv[1:] if word not in more]
    return shlex.join(["citehub", *more, *words])


def _named_hub() -> str:
    """Return the hub that the command names, if it does not verify it already."""
    known: tuple[str, ...] = ()
    with suppress(Exception):
        known = _catalog.hubs()
    named = (
        word
        for word in sys.argv[1:]
        if word in known or _catalog.is_hub(word) or _catalog.is_release(word)
    )
    return "" if "verify" in sys.argv[1:2] else next(named, "")
