"""Answers that are kept at once, so that no question is asked twice.

A `Kept` with a transport asks and records; one without returns only stored answers.
"""

from __future__ import annotations

import datetime
import itertools
import json
import math
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from citehub import _atomic_folder
from citehub._atomic_file import write_whole
from citehub.bulk.extract import NOTE
from citehub.errors import BadAnswer, Unreachable
from citehub.sources.answers import Asked, copy, is_kept, keep, read_body, read_lines
from citehub.sources.api import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from citehub.bulk.extract import Note
    from citehub.sources.answers import Answer, Line
    from citehub.sources.source import Source

_CLOCK_FILE: Final = "clock"  # beside answers that are not taken over yet
_SLACK_SECONDS: Final = 60.0
_OK: Final = 200
_FRESH_FOR: Final = datetime.timedelta(days=1)
"""Older answers are asked for again, as newer ones would not fit them."""


class Transport(Protocol):
    """What asks a source: the network, or a replacement."""

    def ask(self, source: Source, asked: Asked, due: Collection[str]) -> Answer:
        """Return an answer with the status 200 or 404."""


@dataclass(slots=True)
class Kept:
    """The answers of one source: stored ones, and new ones.

    Their bodies are only in files, as a long list may not fit into memory.

    Parameters
    ----------
    source : Source
        The source.
    folder : str
        Their folder.
    transport : Transport, optional
        Asks for missing answers; by default none are asked for.
    has_key : bool
        Whether there is a key for the source.
    before : collection of str
        Names of citing records that the source named before.
    show : callable
        Is called with the number of citing works so far, and the number of all.
    """

    source: Source
    folder: str
    transport: Transport | None
    has_key: bool
    before: Collection[str]
    show: Callable[[int, int | None], None]
    used: dict[Asked, Line] = field(default_factory=dict, init=False)
    n_earlier: int = field(default=0, init=False)
    _stored: dict[Asked, Line] = field(default_factory=dict, init=False)
    _n: int = field(default=0, init=False)
    _ahead: float = field(default=0.0, init=False)
    _earlier: set[Asked] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        if is_kept(self.folder):
            now = datetime.datetime.now(tz=datetime.UTC)
            lines = [line for line, _ in read_lines(self.folder, is_whole=False)]
            ahead = self._read_clock()
            if self.transport and any(_age(each, now, ahead) > _FRESH_FOR for each in lines):
                lines = []
            if self.transport:  # what a killed process left half written goes
                lines = self._write(lines)
            self._stored = {each.asked: each for each in lines}
            self._earlier = set(self._stored)
            self._n = len(lines)

    def ask(
        self,
        path: str,
        params: Iterable[tuple[str, str]] = (),
        *,
        posted: Collection[str] = (),
        due: Collection[str] = (),
    ) -> Any:
        """Return the content of an answer; None if the source does not know what was asked for."""
        asked = Asked(path, tuple(params), tuple(posted))
        line, content = self._stored.get(asked), None
        if line is None:
            if self.transport is None:
                raise Unreachable(
                    f"{self.folder} has no answer to {path}, and the network is not used."
                )
            answer = self.transport.ask(self.source, asked, due)
            self._n += 1
            self._stored[asked] = line = keep(self.folder, self._n, answer)
            self._write_clock(getattr(self.transport, "skew", 0.0))
            body, content = answer.body, answer.content
        else:
            body = read_body(self.folder, line)
            self.n_earlier += asked in self._earlier
        self.used[asked] = line
        if line.status != _OK:
            return None
        try:
            return json.loads(body) if content is None else content
        except ValueError:
            raise BadAnswer(f"{line.address} did not give JSON") from None

    def tell(self, n: int, of: int | None) -> None:
        """Show the progress of a list."""
        self.show(n, of)

    def forget_from(self, n: int) -> None:
        """Forget all answers after the first ones that were used, to ask for them again."""
        lines = self._write(list(itertools.islice(self.used.values(), n)))
        self.used = {each.asked: each for each in lines}
        self._stored = dict(self.used)
        self._earlier &= set(self._stored)
        self._n = len(lines)

    def contents(self) -> Iterator[Content]:
        """Yield the content of the used answers, without those that found nothing."""
        for line in list(self.used.values()):
            if line.status == _OK:
                content = json.loads(read_body(self.folder, line))
                yield Content(line.asked.path, line.asked.params, content)

    def finish(self, target: str, note: Note) -> None:
        """Write the used answers, and notes on them, into another folder."""
        copy(self.folder, self.used.values(), target)
        _atomic_folder.write_bytes(os.path.join(target, NOTE), note.to_json())

    def _read_clock(self) -> float:
        """Return the seconds by which this computer's clock was ahead, as the last run saw."""
        try:
            with open(os.path.join(self.folder, _CLOCK_FILE), encoding="utf-8") as file:
                ahead = float(file.read())
        except (OSError, ValueError):
            return 0.0
        return ahead if math.isfinite(ahead) else 0.0

    def _write_clock(self, ahead: float) -> None:
        if abs(ahead - self._ahead) > _SLACK_SECONDS:
            path = os.path.join(self.folder, _CLOCK_FILE)
            write_whole([str(ahead).encode()], path, force=True)
            self._ahead = ahead

    def _write(self, lines: Collection[Line]) -> list[Line]:
        """Keep only some answers of the folder; return their lines."""
        ahead = self._read_clock()
        with _atomic_folder.scratch_folder(self.folder) as kept:
            lines = copy(self.folder, lines, kept)
            if os.path.isdir(self.folder):
                _atomic_folder.replace(kept, self.folder)
            else:  # nothing was kept before
                _atomic_folder.move(kept, self.folder)
        self._ahead = 0.0
        self._write_clock(ahead)
        return lines


def read_on(lines: Iterable[Line]) -> datetime.date:
    """Return the day of the last of some answers, when a wrong clock is known."""
    *_, last = lines
    return datetime.date.fromisoformat(last.at[:10])


def _age(line: Line, now: datetime.datetime, ahead: float) -> datetime.timedelta:
    """Return how long ago an answer came, by this computer's clock or by the sources'."""
    try:
        since = now - datetime.datetime.fromisoformat(line.at)
        return min(abs(since), abs(since - datetime.timedelta(seconds=ahead)))
    except (TypeError, ValueError, OverflowError):
        return _FRESH_FOR * 2
