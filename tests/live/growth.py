"""A made world at three times: before, with more works, and later, when all else has changed too.

Works are named by the DOI or the id that the world gives them; who knows them is said beside.
"""

from __future__ import annotations

import copy
import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.live.worlds import World

OWN = 9_000_000_000, 900_000_000, {"omid:br/06901", "doi:10.48550/arxiv.2201.11990"}
NEW = {"arxiv:2307.00001", "doi:10.5555/made.1683"}  # in all three sources, and in S2 alone
GONE = "doi:10.5555/made.1878"  # in OpenAlex alone
DROPPED = "doi:10.5555/made.1785"  # in OpenAlex and S2, then in S2 alone
RETRACTED = "doi:10.5555/made.1850"
PREPRINT, PUBLISHED = "arxiv:2401.00004", "10.5555/published.4"
MERGED, INTO = "openalex:W9063844908", "doi:10.5555/made.1828"  # the first in OpenAlex alone
INTENT = "doi:10.5555/made.1821"


def before(world: World) -> World:
    """Return a world before some works were there."""
    known = copied(world)
    drop(known, openalex=9127453708, s2=925762603, opencitations="06901644")
    drop(known, s2=947631443)
    return known


def later(world: World) -> World:
    """Return a world after all else that can happen has happened."""
    known = copied(world)
    drop(known, openalex=9302713368)
    drop(known, openalex=9182291460)
    edit(known, 9911618600, is_retracted=True)
    preprint = known.openalex.work(9260597376)["locations"]
    place = {**preprint[0], "landing_page_url": f"https://doi.org/{PUBLISHED}"}
    doi = f"https://doi.org/{PUBLISHED}"
    edit(known, 9260597376, doi=doi, locations=[place, *preprint])
    drop(known, openalex=9063844908)
    del known.openalex.lines[9063844908]
    known.openalex.merged[9063844908] = 9818615568
    known.s2.citations[OWN[1]] = [
        (number, line.replace(b'["background"]', b'["result"]') if number == 988078941 else line)
        for number, line in known.s2.citations[OWN[1]]
    ]
    return known


def copied(world: World) -> World:
    """Return a world whose tables are its own; the lists in them are not."""
    return replace(
        world, **{each.name: _copied(getattr(world, each.name)) for each in fields(world)}
    )


def _copied(part: Any) -> Any:
    tables = {each.name: copy.copy(getattr(part, each.name)) for each in fields(part)}
    return replace(part, **tables)


def edit(known: World, number: int, **fields: Any) -> None:
    """Have OpenAlex say something else of a work."""
    work = {**known.openalex.work(number), **fields}
    known.openalex.lines[number] = json.dumps(work).encode()


def drop(known: World, openalex: int = 0, s2: int = 0, opencitations: str = "") -> None:
    """Take the citation by a work out of what sources know."""
    if openalex:
        table = known.openalex.citing
        table[OWN[0]] = [each for each in table[OWN[0]] if each != openalex]
    if s2:
        edges = known.s2.citations
        edges[OWN[1]] = [edge for edge in edges[OWN[1]] if edge[0] != s2]
    for name in OWN[2] if opencitations else ():
        index = known.opencitations.index
        index[name] = [row for row in index[name] if not row["oci"].startswith(opencitations)]
