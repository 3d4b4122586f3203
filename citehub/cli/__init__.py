"""The command line: the calls of the library, for a terminal and for scripts.

Data goes to standard output, messages to standard error. Exit codes: 0 done; 1 nothing found,
damaged data, a hub that could not be updated, or a refused build; 2 a mistake in the command, or a
name that does not exist, as of a work that no source knows; 3 done, but a source could only be
read in part; 4 an update found nothing new; 130 and 143 stopped by the user or the system.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import NoReturn

from citehub import _terminal as terminal
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
    """Run the command line; citehub's own errors print without a traceback."""
    if hasattr(signal, "SIGPIPE"):  # end quietly, as other tools do, when the reader has enough
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    stopping.listen()
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 -- closed
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="citehub")
    except SystemExit:
        if code := stopping.exit_code():
            sys.exit(code)
        raise
    except (BadArgument, UnknownName) as error:
        _fail(error, 2)
    except (CitehubError, OSError) as error:
        _fail(error, 1)


def _fail(error: Exception, code: int) -> NoReturn:
    terminal.complain(error)
    sys.exit(code)
