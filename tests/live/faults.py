"""What can go wrong on the way, and who meets it.

A plan says which fault a request meets. It is a list of pairs, the first that fits counts; or what
is called with each request and returns a fault, its name, or None; or `RandomFaults`. In a pair
stands first whom it is for: a source, a part of the path with its query, "" for all, or what is
called with the request. Then stands a `Fault`, or the name of one that comes once:

>>> plan = [("openalex", "503"), ("offset=1000", always("cut body")), ("s2", Fault("429 bare", 3))]
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from tests.live.answers import BASES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tests.live.answers import Request

FAULTS = (
    "429 seconds",  # Retry-After in seconds
    "429 date",  # Retry-After as a date
    "429 reset",  # X-RateLimit-Reset alone
    "429 bare",  # no word of how long
    "429 budget",  # nothing is left for hours
    "429 long",  # Retry-After: 3600
    "429 too fast",  # OpenAlex, above its 100 a second: much is left, and hours until midnight
    "401 cursor",  # a cursor is for those with a key
    "403",
    "500 text",
    "503",
    "error in 200",  # {"error": ...}
    "cut body",  # less than its Content-Length, then the connection ends
    "cut json",  # half of the JSON, of the right length
    "damaged gzip",
    "gzip bomb",  # a quarter of a GB of spaces, and no JSON
    "endless cursor",  # how: "new" cursors, the "same" one, or new ones with "empty" pages
    "slow drip",  # byte by byte
    "redirect to another host",
    "redirect to another scheme",
    "redirect loop",
    "repeated page",  # a later page holds what the first one held
    "wrong count",  # the number that is announced is off by an amount
    "merged between pages",  # a work that was shown goes, and its successor comes last
    "html 200",  # a network that wants a login
    "closed connection",  # no answer
    "huge",  # a body without end
    "empty body",
)
TRANSIENT = (
    *("429 seconds", "429 date", "429 reset", "429 bare", "500 text", "503", "error in 200"),
    *("cut body", "cut json", "damaged gzip", "html 200", "closed connection", "empty body"),
)
"""Those that a request may meet once, and not when it comes again."""
PAGED = {"endless cursor", "repeated page", "wrong count", "merged between pages"}
"""Those that are in what a page holds: its status is 200, and its JSON is sound."""
_FITS: dict[str, Callable[[Request], bool]] = {
    "401 cursor": lambda request: "cursor" in request.query,
    "endless cursor": lambda request: request.is_list,
    "repeated page": lambda request: request.is_later_page,
    "merged between pages": lambda request: request.is_later_page,
    "wrong count": lambda request: request.source != "opencitations" and (
        request.is_list == (request.source == "openalex")
    ),
}  # fmt: skip


@dataclass
class Fault:
    """A fault.

    Attributes
    ----------
    name : str
        One of `FAULTS`.
    times : int, optional
        How many requests meet it; None: all.
    after : int
        How many that it would fit are spared first.
    seconds : float
        To wait after a 429, and between the bytes of a drip.
    amount : int
        By which a count is wrong.
    how : str
        Of an endless cursor: new, same, empty.
    """

    name: str
    times: int | None = 1
    after: int = 0
    seconds: float = 1.0
    amount: int = 7
    how: str = "new"
    met: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if self.name not in FAULTS:
            raise ValueError(f"{self.name!r} is no fault; there are {', '.join(FAULTS)}")

    def fits(self, request: Request) -> bool:
        """Tell whether a request can meet it."""
        return _FITS.get(self.name, lambda _request: True)(request)

    def take(self) -> bool:
        """Count a request that it fits, and tell whether that meets it."""
        self.met += 1
        turn = self.met - self.after
        return turn > 0 and (self.times is None or turn <= self.times)


def always(name: str, **how: Any) -> Fault:
    """Return a fault that all requests meet."""
    return Fault(name, times=None, **how)


@dataclass
class RandomFaults:
    """Faults by chance: the same requests meet the same ones, in whatever order they come.

    Parameters
    ----------
    seed : int
        Another seed gives others.
    rate : float
        Share of the requests that meet one.
    names : collection of str
        Which ones.
    row : int
        How many the same request meets in a row, at most.
    seconds : float
        To wait after a 429.
    """

    seed: int
    rate: float
    names: Collection[str] = TRANSIENT
    row: int = 2
    seconds: float = 0.2
    _asked: Counter[str] = field(default_factory=Counter)
    _in_row: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Fault | None:
        """Return what a request meets."""
        name = f"{request.method} {request.path} {' '.join(request.ids)}"
        with self._lock:
            self._asked[name] += 1
            draw = random.Random(f"{self.seed} {self._asked[name]} {name}")
            fault = Fault(draw.choice([*self.names]), seconds=self.seconds)
            meets = draw.random() < self.rate and self._in_row[name] < self.row
            self._in_row[name] = self._in_row[name] + 1 if meets else 0
            return fault if meets and fault.fits(request) else None


@dataclass
class Plan:
    """Which request meets which fault."""

    choose: Callable[[Request], Fault | str | None]
    lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, given: Any) -> Plan:
        """Return the plan that is given as a list of pairs, or as what is called."""
        if callable(given):
            return cls(given)
        pairs = [
            (who, Fault(fault) if isinstance(fault, str) else fault) for who, fault in given or ()
        ]
        return cls(lambda request: _first(pairs, request))

    def __call__(self, request: Request) -> Fault | None:
        """Return what a request meets."""
        with self.lock:
            found = self.choose(request)
        return Fault(found) if isinstance(found, str) else found


def _first(
    pairs: Iterable[tuple[str | Callable[[Request], bool], Fault]], request: Request
) -> Fault | None:
    for who, fault in pairs:
        if _is_for(who, request) and fault.fits(request) and fault.take():
            return fault
    return None


def _is_for(who: str | Callable[[Request], bool], request: Request) -> bool:
    if callable(who):
        return who(request)
    return request.source == who if who in BASES else who in unquote_plus(request.path)
