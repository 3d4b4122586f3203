"""Whether a person wants to see tracebacks; it needs nothing that could fail to be imported."""

from __future__ import annotations

import os
import sys


def is_debugging() -> bool:
    """Tell whether tracebacks are wanted: by ``--debug`` before the command, or CITEHUB_DEBUG."""
    for word in sys.argv[1:]:
        if not word.startswith("-"):
            break
        if word == "--debug":
            return True
    return os.environ.get("CITEHUB_DEBUG", "") not in {"", "0"}


def reason_of(error: BaseException) -> str:
    """Return the class of an error and its first line."""
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first:.500}".removesuffix(": ")
