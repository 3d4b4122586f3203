"""A fault, and what must come of it.

A module of this package has ``KINDS``: by what the docs call it, a function that takes a
``random.Random`` and yields cases, without end or until all were seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DETECTED: Final = "detected"
"""An error of citehub's said what is wrong."""
SURVIVED: Final = "survived"
"""The result is right in spite of the fault."""


class Case(NamedTuple):
    """One fault.

    Attributes
    ----------
    name : str
        What is done to what, so that the case can be told and run again.
    run : callable
        Does it in an empty folder; returns ``DETECTED`` or ``SURVIVED``. What it raises is wrong.
    """

    name: str
    run: Callable[[Path], str]
