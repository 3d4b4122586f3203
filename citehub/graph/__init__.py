"""Bulk dumps of hundreds of millions of works: hubs of any work, and the most cited of all."""

from citehub.bulk.dumps import Dumps
from citehub.graph.canonical import MostCited, find_canonical
from citehub.graph.hubs import NewHub, new_hub, new_hubs

__all__ = ["Dumps", "MostCited", "NewHub", "find_canonical", "new_hub", "new_hubs"]
