"""Hubs of any work, from interfaces of sources or bulk dumps, and the most cited works."""

from citehub.bulk.dump_options import Dumps
from citehub.graph.adopt import adopt_release
from citehub.graph.canonical import MostCited, find_canonical
from citehub.graph.hub_labels import Labelled, ModelPlan, label_hub
from citehub.graph.hubs import NewHub, new_hub, new_hubs
from citehub.graph.live_hubs import Updated, new_live_hub, update_hub
from citehub.graph.model_labels import label_by_model
from citehub.graph.reading import Read, TextRead, read_texts

__all__ = [
    "Dumps",
    "Labelled",
    "ModelPlan",
    "MostCited",
    "NewHub",
    "Read",
    "TextRead",
    "Updated",
    "adopt_release",
    "find_canonical",
    "label_by_model",
    "label_hub",
    "new_hub",
    "new_hubs",
    "new_live_hub",
    "read_texts",
    "update_hub",
]
