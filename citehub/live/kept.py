"""Answers that are kept as they come, so that no question is asked twice: recording, and stored.

A `Kept` with a transport asks and records; one without gives what is stored, and nothing else.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from citehub import _folder
from citehub.bulk.extract import NOTE
from citehub.errors import BadAnswer, Unreachable
from citehub.sources.answers import Answer, Asked, is_kept, keep, read_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from citehub.bulk.extract import Note
    from citehub.sources.source import Source

_OK: Final = 200
_OLD: Final = datetime.timedelta(days=1)
"""What was asked longer ago is asked again, as what came since would not fit to it."""


class Transport(Protocol):
    """What asks a source: the network, or what stands for it."""

    def ask(self, source: Source, asked: Asked, due: Collection[str]) -> Answer:
        """Return an answer with the status 200 or 404."""


@dataclass(slots=True)
class Kept:
    """The answers of one source: those that are stored, and those that are asked for.

    Parameters
    ----------
    source : Source
        The source.
    folder : str
        Where they are stored.
    transport : Transport, optional
        What is asked for what is not stored; by default nothing is.
    has_key : bool
        Whether the source knows who asks.
    before : collection of str
        Names of citing records that the source told of before.
    show : callable
        Is called with the number of citing works that came, and how many there are.
    """

    source: Source
    folder: str
    transport: Transport | None
    has_key: bool
    before: Collection[str]
    show: Callable[[int, int | None], None]
    used: dict[Asked, Answer] = field(default_factory=dict, init=False)
    n_earlier: int = field(default=0, init=False)
    _stored: dict[Asked, Answer] = field(default_factory=dict, init=False)
    _n: int = field(default=0, init=False)
    _earlier: set[Asked] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        if is_kept(self.folder):
            now = datetime.datetime.now(tz=datetime.UTC)
            answers = list(read_answers(self.folder, is_whole=False))
            if self.transport and any(_age(each, now) > _OLD for each in answers):
                answers = []
            if self.transport:  # what a killed process left half written goes
                self._write(answers)
            self._stored = {each.asked: each for each in answers}
            self._earlier = set(self._stored)
            self._n = len(answers)

    def ask(
        self,
        path: str,
        params: Iterable[tuple[str, str]] = (),
        *,
        posted: Collection[str] = (),
        due: Collection[str] = (),
    ) -> Any:
        """Return what an answer holds, None where the source does not know what was asked for."""
        asked = Asked(path, tuple(params), tuple(posted))
        answer = self._stored.get(asked)
        if answer is None:
            if self.transport is None:
                raise Unreachable(f"{self.folder} has no answer to {path}, and nothing is asked.")
            answer = self.transport.ask(self.source, asked, due)
            self._n += 1
            keep(self.folder, self._n, answer)
            self._stored[asked] = answer
        elif asked in self._earlier:
            self.n_earlier += 1
        self.used[asked] = answer
        if answer.status != _OK:
            return None
        try:
            return json.loads(answer.body)
        except ValueError:
            raise BadAnswer(f"{answer.address} did not give JSON") from None

    def tell(self, n: int, of: int | None) -> None:
        """Show how far a list is."""
        self.show(n, of)

    def forget_from(self, n: int) -> None:
        """Forget all answers but the first ones that were used, to ask for the others anew."""
        self.used = dict(itertools.islice(self.used.items(), n))
        self._stored = dict(self.used)
        self._earlier &= set(self._stored)
        self._n = len(self.used)
        self._write(self.used.values())

    def finish(self, target: str, note: Note) -> None:
        """Write the answers that were used, and what is to know of them, into another folder."""
        os.makedirs(target)
        for number, answer in enumerate(self.used.values(), 1):
            keep(target, number, answer)
        _folder.write_bytes(os.path.join(target, NOTE), note.to_json())

    def _write(self, answers: Collection[Answer]) -> None:
        """Have the folder hold some answers, and no others."""
        if os.path.isdir(self.folder):
            shutil.rmtree(self.folder)
        for number, answer in enumerate(answers, 1):
            keep(self.folder, number, answer)


def read_on(answers: Iterable[Answer]) -> datetime.date:
    """Return the day of the last of some answers."""
    return datetime.date.fromisoformat(max(each.at for each in answers)[:10])


def _age(answer: Answer, now: datetime.datetime) -> datetime.timedelta:
    try:
        return abs(now - datetime.datetime.fromisoformat(answer.at))
    except (TypeError, ValueError):
        return _OLD * 2
