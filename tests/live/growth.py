"""A made world at three times: before, with more works, and later, when all else has changed too.

Works are named by the DOI or the id that the world gives them; who knows them is said beside.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.live.worlds import read_world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live.worlds import World

OWN = 9_000_000_000, 900_000_000, {"omid:br/06901", "doi:10.48550/arxiv.2201.11990"}
NEW = {"arxiv:2307.00001", "doi:10.5555/made.1683"}  # in all three sources, and in S2 alone
GONE = "doi:10.5555/made.1878"  # in OpenAlex alone
DROPPED = "doi:10.5555/made.1785"  # in OpenAlex and S2, then in S2 alone
RETRACTED = "doi:10.5555/made.1850"
PREPRINT, PUBLISHED = "arxiv:2401.00004", "10.5555/published.4"
MERGED, INTO = "openalex:W9063844908", "doi:10.5555/made.1828"  # the first in OpenAlex alone
INTENT = "doi:10.5555/made.1821"


def before(dumps: Path) -> World:
    """Return the world before some works were there."""
    known = read_world(dumps)
    drop(known, openalex=9127453708, s2=925762603, opencitations="06901644")
    drop(known, s2=947631443)
    return known


def grown(dumps: Path) -> World:
    """Return the world with some works more."""
    return read_world(dumps)


def later(dumps: Path) -> World:
    """Return the grown world after all else that can happen has happened."""
    known = read_world(dumps)
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
    edges = known.s2.citations[OWN[1]]
    for place, (number, line) in enumerate(edges):
        if number == 988078941:
            edges[place] = number, line.replace(b'["background"]', b'["result"]')
    return known


def edit(known: World, number: int, **fields: Any) -> None:
    """Have OpenAlex say something else of a work."""
    work = {**known.openalex.work(number), **fields}
    known.openalex.lines[number] = json.dumps(work).encode()


def drop(known: World, openalex: int = 0, s2: int = 0, opencitations: str = "") -> None:
    """Take the citation by a work out of what sources know."""
    if openalex:
        known.openalex.citing[OWN[0]].remove(openalex)
    if s2:
        edges = known.s2.citations[OWN[1]]
        edges[:] = [edge for edge in edges if edge[0] != s2]
    if opencitations:
        for name in OWN[2]:
            rows = known.opencitations.index[name]
            rows[:] = [row for row in rows if not row["oci"].startswith(opencitations)]
