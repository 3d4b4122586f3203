"""Inputs that once went wrong, by target: each is tried in every run."""

from __future__ import annotations

from typing import Any, Final

SEEDS: Final[dict[str, list[Any]]] = {
    "identifier": ["https://doi.org/10.5555/a%00", "omid:br/\x1b[2J", "pith:two\nlines"],
    "full text .xml": [b"<article><body><p id='&#xD800;'>They grow.</p></body></article>"],
    "list of answers": [b""],
    "lines of dumps": [(("opencitations", "meta"), [], b'"id')],
    "conditions of select": [{"theme": range(10**12)}, {"year": range(10**12)}],
}
