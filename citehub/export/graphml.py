"""GraphML: the citation network, for Cytoscape, yEd, Gephi and igraph."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, Final

from citehub.export.network import EDGE, NODE, edges, known, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citehub.export import Selection

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OPEN: Final = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
    ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)
_GRAPH: Final = {"hub": "string", "data_version": "string"}
_NOT_IN_IDS: Final = re.compile(r"[^A-Za-z0-9.:-]")


def write(selection: Selection) -> Iterator[str]:
    """Yield the nodes, then the edges, from citing to cited work."""
    yield _HEAD + _OPEN
    yield _declare("graph", _GRAPH) + _declare("node", NODE) + _declare("edge", EDGE)
    yield '<graph edgedefault="directed">\n'
    hub = selection.hub
    yield _data("graph", known({"hub": hub.name, "data_version": hub.version})) + "\n"
    for node in nodes(selection):
        yield f'<node id="{_id(node.work_id)}">{_data("node", node.attributes)}</node>\n'
    for edge in edges(selection):
        ends = f'source="{_id(edge.citing)}" target="{_id(edge.cited)}"'
        yield f"<edge {ends}>{_data('edge', edge.attributes)}</edge>\n"
    yield "</graph>\n</graphml>\n"


def _id(work_id: str) -> str:
    """Return an id of letters that XML allows in a name token, made like BibTeX keys."""
    return _NOT_IN_IDS.sub(lambda match: f"_{ord(match[0]):x}_", work_id)


def _declare(place: str, attributes: Mapping[str, str]) -> str:
    return "".join(
        f'<key id="{place}_{name}" for="{place}" attr.name="{name}" attr.type="{kind}"/>\n'
        for name, kind in attributes.items()
    )


def _data(place: str, attributes: Mapping[str, Any]) -> str:
    return "".join(
        f'<data key="{place}_{name}">{escape(str(value))}</data>'
        for name, value in attributes.items()
    )
