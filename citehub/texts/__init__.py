"""Full texts of papers, and their passages that cite a work."""

from __future__ import annotations

from citehub.texts.find import find_passages, identify
from citehub.texts.passage import Passage, Passages, TextHead

__all__ = ["Passage", "Passages", "TextHead", "find_passages", "identify"]
