"""Hubs of any work, from the sources' interfaces or their bulk dumps; the most cited of all."""

from citehub.bulk.dumps import Dumps
from citehub.graph.adopt import adopt_release
from citehub.graph.canonical import MostCited, find_canonical
from citehub.graph.hubs import NewHub, new_hub, new_hubs
from citehub.graph.live import Updated, new_live_hub, update_hub

__all__ = [
    "Dumps",
    "MostCited",
    "NewHub",
    "Updated",
    "adopt_release",
    "find_canonical",
    "new_hub",
    "new_hubs",
    "new_live_hub",
    "update_hub",
]
