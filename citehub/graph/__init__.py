"""Bulk dumps of hundreds of millions of works: hubs of any work, and the most cited of all."""

from citehub.bulk.dumps import Dumps
from citehub.graph.adopt import adopt_release
from citehub.graph.canonical import MostCited, find_canonical
from citehub.graph.hubs import NewHub, new_hub, new_hubs

__all__ = [
    "Dumps",
    "MostCited",
    "NewHub",
    "adopt_release",
    "find_canonical",
    "new_hub",
    "new_hubs",
]
