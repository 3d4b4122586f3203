"""``CHANGES.md``: the maintainer's notes, what is new by name, and the sum of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citehub import _markdown as md
from citehub._diff import Diff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._news import Entry, News
    from citehub.build.spec import HubSpec, ReleaseSpec

FIRST: Final = "This is the first release."
_NAMED_SINCE: Final = 3  # releases of older schemas name no work, and stay as they are


def changes_of(hub: HubSpec, release: ReleaseSpec, compared: Diff | str) -> bytes:
    """Return ``CHANGES.md``.

    Parameters
    ----------
    hub : HubSpec
        The hub.
    release : ReleaseSpec
        The release, with the maintainer's notes.
    compared : Diff or str
        The comparison with the release before, or why there is none.

    Returns
    -------
    bytes
        Markdown in UTF-8: the maintainer's notes, then what is new by name, then the
        comparison table by table.
    """
    lines = [f"# {hub.name} {release.version} ({release.created})", "", release.description, ""]
    if not release.changes:
        lines.pop()
    lines += [
        f"- **{note.kind}**: {note.what} Reason: {note.reason} Source: {note.source}."
        for note in release.changes
    ]
    if isinstance(compared, Diff) and release.schema_version >= _NAMED_SINCE:
        lines += ["", f"## What is new since {compared.old}", *news_lines(compared.news)]
    lines += ["", "## Compared with the release before", "", _sum(compared), ""]
    return "\n".join(lines).encode()


def news_lines(news: News) -> Iterator[str]:
    """Yield news as lines of Markdown, each paragraph or list after an empty line.

    Titles, names and reasons come from outside, so all of them are escaped.
    """
    if news.sums:
        yield from ("", md.paragraph(news.sums))
    for section in news.sections:
        shown, more = section.parted()
        yield from ("", f"### {section.heading}", "")
        yield from map(_line, shown)
        if more:
            yield from ("", f"{more[0].upper()}{more[1:]}.")


def _line(entry: Entry) -> str:
    work, said = entry
    end = f": {md.text(said)}" if said else ""
    return f"- {md.paragraph(work)} ({md.code(work.work_id)}){end}"


def _sum(compared: Diff | str) -> str:
    if isinstance(compared, str):
        return compared
    return "\n".join(f"    {line}" for line in str(compared).splitlines())
