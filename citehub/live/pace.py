"""How often a source is asked: one pacer a source, which the source's own answers teach."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST: Final = 60.0
"""Seconds that are waited for; where a source asks for more, that is told instead."""
_FIRST: Final = 0.5
_LAST: Final = 12.0
_SECONDS: Final = re.compile(r"\d+(\.\d+)?")


@dataclass(slots=True)
class Pacer:
    """Waits so that requests to a source are never less than an interval apart.

    ``now`` and ``sleep`` are of a clock that only goes forward.
    """

    interval: float
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    next_at: float = field(default=0.0, init=False)
    waited: float = field(default=0.0, init=False)

    def wait(self) -> None:
        """Wait until the next request is due."""
        while (rest := self.next_at - self.now()) > 0:
            self.waited += rest
            self.sleep(rest)
        self.next_at = self.now() + self.interval

    def hold(self, seconds: float) -> None:
        """Let so many seconds pass before the next request."""
        self.next_at = max(self.next_at, self.now() + seconds)


def asked_wait(headers: Mapping[str, str], wall: float) -> float | None:
    """Return the seconds that an answer asks to wait; None where it says nothing that can be read.

    Parameters
    ----------
    headers : mapping of str to str
        Those of the answer, in any letters.
    wall : float
        The time now, in seconds since 1970.

    Examples
    --------
    >>> asked_wait({"Retry-After": "7"}, 0.0)
    7.0
    >>> asked_wait({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT"}, 10.0)
    50.0
    >>> asked_wait({"X-RateLimit-Reset": "3600", "X-RateLimit-Remaining": "0"}, 0.0)
    3600.0
    >>> asked_wait({"Retry-After": "soon"}, 0.0) is None
    True

    Where something is left, the reset is that of the day, and says nothing of the pace:

    >>> asked_wait({"X-RateLimit-Reset": "3600", "X-RateLimit-Remaining": "12"}, 0.0) is None
    True
    """
    low = {name.lower(): value.strip() for name, value in headers.items()}
    found = _seconds(low.get("retry-after", ""), wall)
    if found is None and (is_used_up(headers) or "x-ratelimit-remaining" not in low):
        found = _seconds(low.get("x-ratelimit-reset", ""), wall)
    return found


def _seconds(text: str, wall: float) -> float | None:
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - wall)
    except (TypeError, ValueError, OverflowError):
        return None


def is_used_up(headers: Mapping[str, str]) -> bool:
    """Tell whether an answer says that nothing is left of what may be asked for.

    Examples
    --------
    >>> is_used_up({"X-RateLimit-Remaining": "0"}), is_used_up({"X-RateLimit-Remaining": "12"})
    (True, False)
    """
    low = {name.lower(): value.strip() for name, value in headers.items()}
    left = low.get("x-ratelimit-remaining", "")
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", left)) and float(left) <= 0


def backoff(tries: int) -> float:
    """Return the seconds to wait after so many tries that failed, with some chance in it."""
    return float(min(_LAST, _FIRST * 2**tries) * (0.5 + random.random()))  # noqa: S311 -- no secret
