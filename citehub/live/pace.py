"""How often a source is asked: one pacer for each source, which follows its answers."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_SECONDS: Final = 60.0
"""The longest wait in seconds; if a source asks for more, the command says so instead."""
_FIRST_SECONDS: Final = 0.5
_LAST_SECONDS: Final = 12.0
_SECONDS: Final = re.compile(r"\d+(\.\d+)?")


@dataclass(slots=True)
class Pacer:
    """Keeps requests to a source at least an interval apart.

    ``now`` and ``sleep`` belong to a clock that only goes forward.
    """

    interval: float
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    next_at: float = field(default=0.0, init=False)
    waited: float = field(default=0.0, init=False)

    def wait(self) -> None:
        """Wait until the next request may go."""
        while (rest := self.next_at - self.now()) > 0:
            self.waited += rest
            self.sleep(rest)
        self.next_at = self.now() + self.interval

    def hold(self, seconds: float) -> None:
        """Let so many seconds pass before the next request."""
        self.next_at = max(self.next_at, self.now() + seconds)


def asked_wait(headers: Mapping[str, str], wall: float) -> float | None:
    """Return the seconds that an answer asks to wait; None if it does not say.

    Parameters
    ----------
    headers : mapping of str to str
        The headers of the answer, in any case.
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

    If something is left, the reset is that of the day, and says nothing about the pace:

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
    """Tell whether an answer says that the allowance is used up.

    Examples
    --------
    >>> is_used_up({"X-RateLimit-Remaining": "0"}), is_used_up({"X-RateLimit-Remaining": "12"})
    (True, False)
    """
    low = {name.lower(): value.strip() for name, value in headers.items()}
    left = low.get("x-ratelimit-remaining", "")
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", left)) and float(left) <= 0


def backoff(tries: int) -> float:
    """Return the seconds to wait after so many failed tries, with some randomness."""
    return float(min(_LAST_SECONDS, _FIRST_SECONDS * 2**tries) * (0.5 + random.random()))  # noqa: S311 -- no secret
