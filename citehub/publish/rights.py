"""``RIGHTS.md``: the terms of the compilation and of each source."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from citehub import _markdown as md
from citehub._text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citehub._hub import Hub
    from citehub._rows import CitationContextRow, SourceRow

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
    parts += _sentences(hub)
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")


def licenses(hub: Hub) -> list[str]:
    """Return the licences of the compilation, a line each."""
    return [
        f"- {md.link(each['path'], each['name'])}: {md.text(each['title'])}"
        for each in hub.manifest["licenses"]
    ]


def _sentences(hub: Hub) -> Iterator[str]:
    """Yield how many passages have their words here, and by which right."""
    if "text_readings" not in hub.tables:
        return
    passages = [row for row in hub.citation_contexts if row["sentence_hash"] is not None]
    if not passages:
        return
    licences: dict[tuple[str, str | None, str | None], str | None] = {
        (row["work_id"], row["form"], row["text_version"]): row["licence"]
        for row in hub.text_readings
    }
    kept: dict[str, list[str]] = {}
    for row in passages:
        if row["text"] is not None:
            of = row["citing_work_id"], row["form"], row["text_version"]
            kept.setdefault(licences.get(of) or "not known", []).append(of[0])
    yield "## Sentences of papers"
    n = sum(map(len, kept.values()))
    sentence = (
        f"{n:,} of {counted(len(passages), 'passage')} of texts {'is' if n == 1 else 'are'} here "
        "in words."
    )
    yield sentence + _others([row for row in passages if row["text"] is None])
    if kept:
        rows = [
            (md.text(licence), f"{len(works):,}", f"{len(set(works)):,}")
            for licence, works in sorted(kept.items())
        ]
        yield md.table(("licence of the text", "sentences", "works"), rows)
        yield (
            "Each sentence is by the authors of its work, whom the table `authorships` names, and "
            "stays under the licence of its text: the table `text_readings` has it."
        )
    if right := hub.manifest["citehub"].get("publish_sentences"):
        yield f"Why the maintainer may publish them: {md.text(right)}"


def _others(passages: Sequence[CitationContextRow]) -> str:
    """Return what the release has of passages without words."""
    if not passages:
        return ""
    n = sum(row["gist"] is not None for row in passages)
    if n == len(passages):
        return (
            " Of the others the place is here, a hash of the sentence, and what it says in other "
            "words."
        )
    gists = f"; of {n:,} of them also what it says in other words" if n else ""
    return f" Of the others the place is here, and a hash of the sentence{gists}."


def _row(source: SourceRow, cells: Counter[str] | None) -> list[str]:
    title = md.link(source["url"], source["title"]) if source["url"] else md.text(source["title"])
    terms = "*not known*" if source["rights"] is None else md.text(source["rights"])
    count = [] if cells is None else [f"{cells[source['source_id']]:,}"]
    return [md.code(source["source_id"]), title, terms, *count]
