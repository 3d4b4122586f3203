"""Labellers that judge why a passage cites, and their evaluation."""

from __future__ import annotations

from citehub.labelling.rules import Judged, judge

__all__ = ["Judged", "judge"]
