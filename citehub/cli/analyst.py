"""Commands of an analyst: show, search, table, cite, diff, notebooks."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

import citehub
from citehub import _terminal as terminal
from citehub._parquet_files import parquet_bytes
from citehub._text import clean, csv_lines, to_json
from citehub._work import marked_title
from citehub.cli import pages, records
from citehub.cli.app import AsJson, HubName, Pin, app, complete_hub, complete_version
from citehub.export import STYLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citehub._table import Table
    from citehub.export import Style


Output = Annotated[
    str | None, typer.Option("--output", "-o", help="File to write; - is standard output.")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the file.")]


class Format(StrEnum):
    """Formats of ``citehub table``."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def keep_off_terminal(format_: str, output: str | None, *, is_binary: bool) -> None:
    """Refuse to write binary data to a terminal."""
    if is_binary and output is None and sys.stdout.isatty():
        raise typer.BadParameter(f"A terminal cannot show {format_}. Add -o FILE, or a pipe.")


def _complete_table(ctx: typer.Context, incomplete: str) -> list[str]:
    hub = ctx.params.get("hub")
    return [t for t in (citehub.load(hub).tables if hub else ()) if t.startswith(incomplete)]


@app.command()
def show(
    hub: HubName,
    work: Annotated[
        str | None, typer.Argument(metavar="WORK", help="A work: work_id, arXiv id, DOI or URL.")
    ] = None,
    version: Pin = None,
    as_json: AsJson = False,
) -> None:
    """Show a hub, or one work."""
    loaded = citehub.load(hub, version=version)
    if work is not None:
        found = loaded.work(work)
        if as_json:
            records.print_json(records.work_record(found))
        else:
            pages.show_work(found)
    elif as_json:
        records.print_json(records.hub_record(loaded))
    else:
        pages.show_hub(loaded, hub)


@app.command()
def search(
    hub: HubName,
    words: Annotated[list[str], typer.Argument(help="Words, in any order.")],
    version: Pin = None,
    as_json: AsJson = False,
) -> None:
    """Find works by words of title, authors, finding, passages or identifiers."""
    query = " ".join(words)
    if not query.strip():
        raise typer.BadParameter("The search has no word.")
    found = citehub.load(hub, version=version).search(query)
    if as_json:
        records.print_json([records.work_record(work) for work in found])
    elif found:
        rows = [(work.work_id, work.published, marked_title(work)) for work in found]
        terminal.show(terminal.grid("work", "first version", "title", rows=rows, wide=(2,)))
    if not found:
        terminal.err().print(terminal.text(f"No work of {hub} has all of: {query}"))
        raise typer.Exit(1)


@app.command()
def table(
    hub: HubName,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help="A table; without it, all are listed.",
            autocompletion=_complete_table,
        ),
    ] = None,
    format_: Annotated[
        Format,
        typer.Option(
            "--format",
            "-f",
            help="What to print. In csv, an apostrophe keeps text from running as a formula.",
        ),
    ] = Format.TEXT,
    columns: Annotated[
        str | None, typer.Option("--columns", "-c", help="Columns, separated by commas.")
    ] = None,
    output: Output = None,
    force: Force = False,
    version: Pin = None,
) -> None:
    """Print a table as text, csv, json or parquet."""
    loaded = citehub.load(hub, version=version)
    if name is None:
        if (format_, columns, output) != (Format.TEXT, None, None):
            raise typer.BadParameter("Name a table first. To list them: citehub table HUB")
        pages.show_tables(loaded, hub)
        return
    chosen = None if columns is None else [column.strip() for column in columns.split(",")]
    handle = loaded.table(name)
    if output == "":
        raise typer.BadParameter("The name of the file is empty.")
    if format_ is Format.TEXT:
        if output is not None:
            raise typer.BadParameter("A file needs --format csv, json or parquet.")
        pages.show_table(handle, chosen)
        return
    keep_off_terminal(format_, output, is_binary=format_ is Format.PARQUET)
    terminal.write_output(_encode(handle, chosen, format_), output or "-", force=force)


@app.command()
def cite(
    hub: HubName,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="dataset (the default), canonical, or a work: work_id, arXiv id, DOI or URL.",
        ),
    ] = "dataset",
    style: Annotated[
        str,
        typer.Option("--format", "-f", metavar="STYLE", help=f"{', '.join(STYLES)}."),
    ] = STYLES[0],
    version: Pin = None,
) -> None:
    """Print a reference to the data version or to a work."""
    made = citehub.load(hub, version=version).cite(cast("Style", style), of=what)
    terminal.write_output([f"{made}\n".encode()], "-", force=False)


@app.command()
def diff(
    hub: Annotated[
        str,
        typer.Argument(
            metavar="HUB", help="Name of a hub, or a hub folder.", autocompletion=complete_hub
        ),
    ],
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="The earlier version, or a release folder.",
            autocompletion=complete_version,
        ),
    ],
    new: Annotated[
        str,
        typer.Argument(
            metavar="NEW",
            help="The later version, or a release folder.",
            autocompletion=complete_version,
        ),
    ],
    every: Annotated[bool, typer.Option("--all", help="List every change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two releases, and say which version bump they need."""
    found = citehub.diff(hub, old, new)
    if as_json:
        changes = [{**change._asdict(), "level": change.level} for change in found]
        record = {"hub": hub, "old": old, "new": new, "level": found.level}
        records.print_json({**record, "news": asdict(found.news), "changes": changes})
        return
    pages.show_diff(found, every=every)


@app.command()
def sources(hub: HubName, version: Pin = None, as_json: AsJson = False) -> None:
    """Show how many citations each source knows, and why the numbers differ."""
    loaded = citehub.load(hub, version=version)
    found = loaded.agreement()
    if as_json:
        record = {"hub": loaded.name, "version": loaded.version, "n_works": found.n_works}
        rows = [each._asdict() for each in found.sources]
        overlaps = [each._asdict() for each in found.overlaps]
        records.print_json({**record, "sources": rows, "overlaps": overlaps})
        return
    pages.show_agreement(f"{loaded.name} {loaded.version}", found)


@app.command()
def notebooks(
    out: Annotated[str, typer.Option("--out", help="Folder to make.")],
) -> None:
    """Copy the notebooks of the documentation, to run them yourself."""
    from citehub.notebooks import copy_notebooks

    if out in {"", "-"}:
        raise typer.BadParameter("Name a folder to make.")
    with terminal.progress() as step:
        step("Copy the notebooks")
        written = copy_notebooks(out)
    for name in written:
        print(clean(f"{out.rstrip('/')}/{name}"))
    steps = f"Open them with: jupyter lab {out} (python -m pip install jupyterlab)"
    terminal.err().print(terminal.text(steps), soft_wrap=True)


def _encode(
    handle: Table[Any, Any], columns: list[str] | None, format_: Format
) -> Iterable[bytes]:
    """Return a table's rows in a format, in pieces."""
    arrow = handle.to_arrow(columns)
    if format_ is Format.PARQUET:
        return [parquet_bytes(arrow)]
    rows = (row for batch in arrow.to_batches() for row in batch.to_pylist())
    if format_ is Format.CSV:
        return (line.encode() for line in csv_lines(rows, arrow.column_names))
    return [to_json(list(rows)).encode(), b"\n"]
