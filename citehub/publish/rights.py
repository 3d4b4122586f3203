"""``RIGHTS.md``: the terms of the compilation and of each source."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from citehub import _markdown as md

if TYPE_CHECKING:
    from citehub._hub import Hub
    from citehub._rows import SourceRow

_SOURCE_NOTE: Final = (
    "What comes from a source stays under the terms of that source. Where they are *not known*, "
    "none were looked for; that grants nothing."
)


def rights(hub: Hub) -> bytes:
    """Return ``RIGHTS.md``."""
    known = "evidence" in hub.tables
    cells: Counter[str] | None = None
    if known:
        column: list[Any] = hub.evidence.to_arrow(["source_id"])["source_id"].to_pylist()
        cells = Counter(column)
    headers = ["source", "what it is", "terms of reuse", *(["cells"] if known else [])]
    rows = [_row(source, cells) for source in hub.sources]
    parts = [
        f"# Rights in {md.text(hub.manifest['title'])} {md.text(hub.version)}",
        "The compilation:",
        "\n".join(licenses(hub)),
        _SOURCE_NOTE,
        md.table(headers, rows),
    ]
    if known:
        parts.append("*Cells* counts those that rest on the source, as the table `evidence` says.")
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")


def licenses(hub: Hub) -> list[str]:
    """Return the licences of the compilation, a line each."""
    return [
        f"- {md.link(each['path'], each['name'])}: {md.text(each['title'])}"
        for each in hub.manifest["licenses"]
    ]


def _row(source: SourceRow, cells: Counter[str] | None) -> list[str]:
    title = md.link(source["url"], source["title"]) if source["url"] else md.text(source["title"])
    terms = "*not known*" if source["rights"] is None else md.text(source["rights"])
    count = [] if cells is None else [f"{cells[source['source_id']]:,}"]
    return [md.code(source["source_id"]), title, terms, *count]
