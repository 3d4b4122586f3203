"""CiTO in JSON-LD."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citehub._text import json_array, to_json
from citehub.export.cito import PREFIXES, graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub.export import Selection


def write(selection: Selection) -> Iterator[str]:
    """Yield the nodes as one graph, with the context that they need."""
    yield f'{{"@context": {to_json(PREFIXES, indent=None)},\n"@graph": '
    yield from json_array(
        {name: value for name, value in node.items() if value} for node in graph(selection)
    )
    yield "\n}\n"
