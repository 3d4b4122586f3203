"""The command of a curator: curate."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from citehub import _terminal as terminal
from citehub._text import clean
from citehub.cli import records
from citehub.cli.app import AsJson, app

if TYPE_CHECKING:
    from citehub.build.curate import OpenDecisions, Templates


@app.command()
def curate(
    hub: Annotated[
        str,
        typer.Argument(
            metavar="HUB", help="A hub folder, or the name of one in your home of hubs."
        ),
    ],
    semicolons: Annotated[
        bool,
        typer.Option(
            "--semicolons",
            help="Write new files with semicolons, for Excel in languages with a decimal comma.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the files of curation of a hub, and list what is left to decide.

    It never changes a file that exists.
    """
    from citehub.build import curate as build

    folder = build.find_hub_folder(hub)
    templates = build.write_templates(folder, separator=";" if semicolons else ",")
    curation = build.read_decisions(folder)
    release = build.load_newest(folder)
    found = build.find_open(release, curation) if release else ()
    unfitting = build.find_unfitting(release, curation) if release else []
    notes = [*curation.notes, *map(str, unfitting)]
    if as_json:
        records.print_json(
            {
                "folder": templates.folder,
                "written": templates.written,
                "there": templates.there,
                "decided": len(list(curation.rows)),
                "told": notes,
                "release": release and f"{release.name} {release.version}",
                "open": [_record(each) for each in found],
            }
        )
        return
    print(clean(templates.folder))
    terminal.show(terminal.grid("", "", rows=_files(templates)))
    for line in notes:
        print(clean(line))
    if release is None:
        terminal.show("\nThere is no release yet, so there is nothing to decide.")
    else:
        _show_open(found, f"{release.name} {release.version}")
    if any(each.name == "labels" and each.n for each in found):
        judge = f"Judge passages, one after the other: citehub review {shlex.quote(hub)} --as NAME"
        terminal.err().print(terminal.text(judge), soft_wrap=True)
    hint = f"Fill in the files, then build: citehub build {shlex.quote(hub)}"
    terminal.err().print(terminal.text(hint), soft_wrap=True)


def _record(found: OpenDecisions) -> dict[str, Any]:
    first = [
        {
            "works": [{"work_id": work_id, "title": title} for work_id, title in each.works],
            "text": each.text,
            "context_id": each.context_id,
        }
        for each in found.first
    ]
    return found._asdict() | {"first": first}


def _files(templates: Templates) -> list[tuple[str, str]]:
    written = [(f"  {name}", "written") for name in templates.written]
    return [*written, *((f"  {name}", "there already") for name in templates.there)]


def _show_open(found: tuple[OpenDecisions, ...], release: str) -> None:
    counts = [(each.what, f"{each.n:,}", each.file) for each in found]
    terminal.show(
        "",
        terminal.text(f"To decide, by {release}:"),
        terminal.grid("what", "open", "decide in", rows=counts),
    )
    for kind in found:
        if kind.n:
            rows = [
                row
                for each in kind.first
                for row in (*each.works, *([("", each.text)] if each.text else []))
            ]
            more = (
                f", the first {len(kind.first)} of {kind.n:,}" if kind.n > len(kind.first) else ""
            )
            terminal.show(
                "",
                terminal.text(f"{kind.what}{more}:"),
                terminal.grid("", "", rows=rows, wide=(1,)),
            )
