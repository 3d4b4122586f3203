"""OpenCitations' interfaces to a made world: the Index and Meta.

As documented, and as others saw it in 2026: unknown identifiers have no rows, a list comes whole,
and Meta fails from the fifteenth identifier on. The Index looks identifiers up in Meta.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.live.answers import TEXT, reply

if TYPE_CHECKING:
    from tests.live import worlds
    from tests.live.answers import Reply, Request
    from tests.live.faults import Fault

MOST = 14
FAILED = "HTTP status code 500: something unexpected happened"
UNKNOWN = "HTTP status code 404: the operation requested does not exist"
_CITATIONS = re.compile(r"/index/v2/citations/((?:doi|pmid|omid):.+)")
_METADATA = re.compile(r"/meta/v1/metadata/([a-z]+:.+)")


@dataclass(repr=False)
class OpenCitations:
    """The interfaces; ``known`` is what they know."""

    known: worlds.OpenCitations

    def answer(self, request: Request, _fault: Fault | None) -> Reply:
        """Answer a request."""
        if found := _CITATIONS.fullmatch(request.route):
            return reply(self._citing(found[1].lower()))
        found = _METADATA.fullmatch(request.route)
        if not found:
            return reply(UNKNOWN, 404, TEXT)
        names = found[1].lower().split("__")
        if len(names) > MOST:
            return reply(FAILED, 500, TEXT)
        return reply(_rows(self.known.meta, names))

    def _citing(self, name: str) -> list[dict[str, str]]:
        """Return what cites a work, also where the Index has it by its OMID alone."""
        cells = [row["id"].lower().split() for row in self.known.meta.get(name, ())]
        omids = {each for cell in cells for each in cell if each.startswith("omid:")}
        return _rows(self.known.index, [name, *sorted(omids - {name})])


def _rows(table: dict[str, list[dict[str, str]]], names: list[str]) -> list[dict[str, str]]:
    """Return the rows that have any of some names, each once."""
    return [*{id(row): row for name in names for row in table.get(name, ())}.values()]
