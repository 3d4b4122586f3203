"""GEXF 1.3: the citation network, for Gephi."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from citehub._manifest import released_on
from citehub._text import clean_line
from citehub.export.network import EDGE, NODE, edges, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citehub.export import Selection

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
)
_TYPES: Final = {"string": "string", "int": "integer"}


def write(selection: Selection) -> Iterator[str]:
    """Yield the nodes, then the edges, from citing to cited work."""
    manifest = selection.hub.manifest
    description = clean_line(f"{manifest['title']}, data version {selection.hub.version}")
    day = escape(clean_line(released_on(manifest)))
    yield _HEAD
    yield (
        f'<meta lastmodifieddate="{day}"><creator>citehub</creator>'
        f"<description>{escape(description)}</description></meta>\n"
    )
    yield '<graph defaultedgetype="directed" mode="static">\n'
    yield _declare("node", NODE) + _declare("edge", EDGE)
    yield "<nodes>\n"
    for node in nodes(selection):
        label = escape(node.attributes.get("label", node.work_id))
        values = _values("node", node.attributes)
        yield f'<node id="{escape(node.work_id)}" label="{label}">{values}</node>\n'
    yield "</nodes>\n<edges>\n"
    for number, edge in enumerate(edges(selection)):
        ends = f'source="{escape(edge.citing)}" target="{escape(edge.cited)}"'
        yield f'<edge id="{number}" {ends}>{_values("edge", edge.attributes)}</edge>\n'
    yield "</edges>\n</graph>\n</gexf>\n"


def _declare(place: str, attributes: Mapping[str, str]) -> str:
    declared = "".join(
        f'<attribute id="{place}_{name}" title="{name}" type="{_TYPES[kind]}"/>\n'
        for name, kind in attributes.items()
        if name != "label"  # every node has one already
    )
    return f'<attributes class="{place}" mode="static">\n{declared}</attributes>\n'


def _values(place: str, attributes: Mapping[str, Any]) -> str:
    values = "".join(
        f'<attvalue for="{place}_{name}" value="{escape(str(value))}"/>'
        for name, value in attributes.items()
        if name != "label"
    )
    return f"<attvalues>{values}</attvalues>"
