"""Full texts of papers: each is asked for once, at its host's pace, and kept unchanged."""

from __future__ import annotations

import datetime
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from citehub.errors import BadAnswer, FetchError
from citehub.sources.answers import LIST, Asked, keep, parse_line, read_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citehub.live.kept import Transport
    from citehub.sources.answers import Line
    from citehub.sources.text_hosts import Place

_OK: Final = 200
_ASKED_AGAIN_AFTER: Final = datetime.timedelta(days=30)
"""After this time, a missing text is asked for again."""


@dataclass(slots=True)
class TextStore:
    """The texts of one host, kept in a folder.

    Parameters
    ----------
    folder : str
        Their folder.
    now : datetime.datetime
        The time, in UTC.
    """

    folder: str
    now: datetime.datetime
    _lines: dict[str, Line] = field(default_factory=dict, init=False)
    _n: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        path = os.path.join(self.folder, LIST)
        if not os.path.isfile(path):
            return
        sound = 0
        with open(path, "rb") as file:
            for text in file:
                try:
                    line = parse_line(json.loads(text))
                except (ValueError, KeyError, TypeError):
                    break
                if not text.endswith(b"\n"):
                    break
                sound += len(text)
                self._n += 1
                self._lines[line.asked.path] = line
        if sound < os.path.getsize(path):  # what a killed process left half written
            os.truncate(path, sound)

    def get(self, place: Place, transport: Transport) -> tuple[Line, bytes] | None:
        """Return a text and its line, from the folder or else the host; None if it has none.

        Raises
        ------
        FetchError
            The host gives no answer.
        """
        line = self._lines.get(place.path)
        if line is not None and line.status != _OK and self._is_old(line):
            line = None
        if line is not None and line.status == _OK:
            try:
                return line, read_body(self.folder, line)
            except (OSError, EOFError, ValueError):
                line = None  # damaged, so it is asked for again
        if line is None:
            answer = transport.ask(place.source, Asked(place.path), place.marks)
            self._n += 1
            self._lines[place.path] = line = keep(self.folder, self._n, answer)
            if line.status == _OK:
                return line, answer.body
        return None

    def _is_old(self, line: Line) -> bool:
        try:
            return self.now - datetime.datetime.fromisoformat(line.at) > _ASKED_AGAIN_AFTER
        except (TypeError, ValueError):
            return True


@dataclass(slots=True)
class TextHosts:
    """The hosts for texts; one that cannot be asked is not asked again.

    Parameters
    ----------
    folder : str
        The folder of texts, with a folder for each host.
    transport : Transport
        What asks.
    now : datetime.datetime
        The time, in UTC.
    failed : dict of str to str
        Hosts that cannot be asked, each with the reason.
    problems : list of str
        Sentences on texts that a host has but did not give.
    """

    folder: str
    transport: Transport
    now: datetime.datetime
    failed: dict[str, str] = field(default_factory=dict, init=False)
    problems: list[str] = field(default_factory=list, init=False)
    _stores: dict[str, TextStore] = field(default_factory=dict, init=False)

    def texts(self, places: Iterable[Place]) -> Iterator[tuple[Place, Line, bytes]]:
        """Yield the texts at some places, on demand."""
        for place in places:
            name = place.source.id
            if name in self.failed:
                continue
            if name not in self._stores:
                self._stores[name] = TextStore(os.path.join(self.folder, name), self.now)
            try:
                found = self._stores[name].get(place, self.transport)
            except BadAnswer as error:
                self.problems.append(f"{place.path}: {error}")
                continue
            except FetchError as error:
                self.failed[name] = str(error)
                continue
            if found is not None:
                yield place, *found
