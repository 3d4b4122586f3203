"""The command line: the library's calls, for a terminal and for scripts.

Data goes to standard output, messages to standard error. Exit codes: 0 done; 1 nothing
found, damaged data or a build that was refused; 2 the command was written wrong, or names
something that does not exist.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

import citehub
from citehub import _terminal as terminal
from citehub._catalog import is_folder
from citehub._table import parquet_bytes
from citehub._text import clean, csv_lines, to_json
from citehub._work import shorten_authors
from citehub.errors import CitehubError, DamagedRelease, UnknownName
from citehub.export import FORMATS, STYLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from citehub import Diff, Hub, Scorecard, Work
    from citehub._table import Table

app = typer.Typer(
    help="Citation hubs as versioned datasets: who cites a work, and in what role.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_TEXT_ROWS: Final = 20
_TERMINATED: Final = 128 + signal.SIGTERM


class Format(StrEnum):
    """Formats of ``citehub table``."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def _complete_hub(incomplete: str) -> list[str]:
    return [name for name in citehub.hubs() if name.startswith(incomplete)]


def _complete_version(ctx: typer.Context, incomplete: str) -> list[str]:
    hub = ctx.params.get("hub")
    known = [v for name in ([hub] if hub else citehub.hubs()) for v in citehub.versions(name)]
    return [version for version in known if version.startswith(incomplete)]


def _complete_format(incomplete: str) -> list[str]:
    return [name for name in FORMATS if name.startswith(incomplete)]


def _complete_theme(ctx: typer.Context, incomplete: str) -> list[str]:
    hub = ctx.params.get("hub")
    known = [row["theme_id"] for row in citehub.load(hub).themes] if hub else []
    return [theme for theme in known if theme.startswith(incomplete)]


def _complete_table(ctx: typer.Context, incomplete: str) -> list[str]:
    hub = ctx.params.get("hub")
    return [t for t in (citehub.load(hub).tables if hub else ()) if t.startswith(incomplete)]


HubName = Annotated[
    str,
    typer.Argument(
        metavar="HUB", help="Name of a hub, or a release folder.", autocompletion=_complete_hub
    ),
]
Pin = Annotated[
    str | None,
    typer.Option(
        "--version", help="Data version; the newest by default.", autocompletion=_complete_version
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def _print_version(value: bool) -> None:
    if value:
        print(f"citehub {citehub.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def overview(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """Citation hubs as versioned datasets: who cites a work, and in what role."""
    if ctx.invoked_subcommand is not None:
        return
    _show_overview()


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
            _print_json(_work_record(found))
        else:
            _show_work(found)
    elif as_json:
        _print_json(_hub_record(loaded))
    else:
        _show_hub(loaded, hub)


@app.command()
def search(
    hub: HubName,
    words: Annotated[list[str], typer.Argument(help="Words, in any order.")],
    version: Pin = None,
    as_json: AsJson = False,
) -> None:
    """Find works by words of title, authors or finding."""
    query = " ".join(words)
    if not query.strip():
        raise typer.BadParameter("there is no word to search for")
    found = citehub.load(hub, version=version).search(query)
    if as_json:
        _print_json([_work_record(work) for work in found])
    elif found:
        rows = [(work.work_id, work.published, work.title_plain) for work in found]
        terminal.show(terminal.grid("work", "first version", "title", rows=rows, wide=(2,)))
    if not found:
        terminal.err().print(terminal.text(f"No work of {hub} holds all of: {query}"))
        raise typer.Exit(1)


@app.command()
def table(
    hub: HubName,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help="A table; all are listed without.",
            autocompletion=_complete_table,
        ),
    ] = None,
    format_: Annotated[
        Format,
        typer.Option(
            "--format",
            "-f",
            help="What to print. In csv, text that would run as a formula gets an apostrophe.",
        ),
    ] = Format.TEXT,
    columns: Annotated[
        str | None, typer.Option("--columns", "-c", help="Columns, parted by commas.")
    ] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", help="File to write.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    version: Pin = None,
) -> None:
    """Print a table as text, csv, json or parquet."""
    loaded = citehub.load(hub, version=version)
    if name is None:
        if (format_, columns, output) != (Format.TEXT, None, None):
            raise typer.BadParameter("name a table first; all are listed without one")
        _show_tables(loaded, hub)
        return
    chosen = None if columns is None else [column.strip() for column in columns.split(",")]
    handle = loaded.table(name)
    if output == "":
        raise typer.BadParameter("the name of the file is empty")
    if format_ is Format.TEXT:
        if output is not None:
            raise typer.BadParameter("a file takes --format csv, json or parquet")
        _show_table(handle, chosen)
        return
    if format_ is Format.PARQUET and output is None and sys.stdout.isatty():
        raise typer.BadParameter("parquet is not for a terminal; add -o FILE or a pipe")
    terminal.write_output(_encode(handle, chosen, format_), output or "-", force=force)


@app.command()
def export(
    hub: HubName,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help=f"{', '.join(FORMATS)}; without it, what each is for is listed.",
            autocompletion=_complete_format,
        ),
    ] = None,
    theme: Annotated[
        str | None,
        typer.Option("--theme", help="Works of a theme.", autocompletion=_complete_theme),
    ] = None,
    representatives: Annotated[
        str | None,
        typer.Option("--representatives", metavar="METHOD", help="Representatives, as hub-page."),
    ] = None,
    words: Annotated[
        str | None, typer.Option("--search", metavar="WORDS", help="Works that hold the words.")
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="WORK", help="One work; may be given again and again."),
    ] = None,
    ids_from: Annotated[
        typer.FileText | None,
        typer.Option("--ids-from", help="A file with one work a line; - is standard input."),
    ] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", help="File to write.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    version: Pin = None,
) -> None:
    """Write works in a format of other tools; every citing work by default.

    Works must meet every condition given. Each record says why it is there: hub, data
    version, role and polarity of its citation or that they are not known, and sources.
    """
    loaded = citehub.load(hub, version=version)
    if format_ is None:
        rows = [(name, each.meaning) for name, each in FORMATS.items()]
        terminal.show(
            terminal.grid("format", "what it is for", rows=rows),
            *_next_steps((f"citehub export {hub} -f bibtex -o {loaded.name}.bib", "references")),
        )
        return
    if output == "":
        raise typer.BadParameter("the name of the file is empty")
    listed = [*(ids or ()), *filter(None, map(str.strip, ids_from or ()))]
    is_listed = bool(ids) or ids_from is not None
    works = None
    if is_listed or (theme, representatives, words) != (None, None, None):
        works = loaded.select(
            theme=theme,
            representatives=representatives,
            search=words,
            ids=listed if is_listed else None,
        )
        if not works:
            terminal.err().print(terminal.text(f"No work of {hub} meets every condition."))
            raise typer.Exit(1)
    made = loaded.export(format_, works=works)
    if made.is_binary and output is None and sys.stdout.isatty():
        raise typer.BadParameter(f"{format_} is not for a terminal; add -o FILE or a pipe")
    terminal.write_output(made, output or "-", force=force)
    for note in made.notes:
        terminal.err().print(terminal.text(f"Note: {note}"), soft_wrap=True)


@app.command()
def cite(
    hub: HubName,
    what: Annotated[
        str,
        typer.Argument(
            metavar="[WHAT]",
            help="dataset (the default), canonical, or a work: work_id, arXiv id, DOI or URL.",
        ),
    ] = "dataset",
    style: Annotated[
        str,
        typer.Option("--format", "-f", metavar="STYLE", help=f"{', '.join(STYLES)}."),
    ] = STYLES[0],
    version: Pin = None,
) -> None:
    """Print a reference of the data version, the canonical work, or any work."""
    made = citehub.load(hub, version=version).cite(style, of=what)
    terminal.write_output([f"{made}\n".encode()], "-", force=False)


@app.command()
def diff(
    hub: Annotated[
        str, typer.Argument(metavar="HUB", help="Name of a hub.", autocompletion=_complete_hub)
    ],
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="The earlier version, or a release folder.",
            autocompletion=_complete_version,
        ),
    ],
    new: Annotated[
        str,
        typer.Argument(
            metavar="NEW",
            help="The later version, or a release folder.",
            autocompletion=_complete_version,
        ),
    ],
    every: Annotated[bool, typer.Option("--all", help="List every change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two releases, and say which bump they need."""
    found = citehub.diff(hub, old, new)
    if as_json:
        changes = [{**change._asdict(), "level": change.level} for change in found]
        record = {"hub": hub, "old": old, "new": new, "level": found.level, "changes": changes}
        _print_json(record)
        return
    _show_diff(found, every=every)


@app.command()
def verify(
    hub: Annotated[
        str | None,
        typer.Argument(
            metavar="HUB",
            help="A hub or release folder; all by default.",
            autocompletion=_complete_hub,
        ),
    ] = None,
    version: Pin = None,
) -> None:
    """Check every hash, key, null and vocabulary."""
    names = citehub.hubs() if hub is None else (hub,)
    releases = [release for name in names for release in _releases(name, version)]
    damaged = [release for release in releases if not _is_sound(*release)]
    if damaged:
        raise typer.Exit(1)


@app.command()
def check(
    hub: Annotated[
        str,
        typer.Argument(
            metavar="DIR",
            help="A release folder, or the name of a hub.",
            autocompletion=_complete_hub,
        ),
    ],
    version: Pin = None,
    as_json: AsJson = False,
) -> None:
    """Score a release folder: what a maintainer must and should mend."""
    with terminal.progress() as step:
        step(f"Check {hub}")
        card = citehub.check(hub, version=version)
    if as_json:
        checks = [each._asdict() for each in card]
        _print_json({"release": card.release, "passed": card.passed, "checks": checks})
    else:
        _show_scorecard(card)
    if not card.passed:
        raise typer.Exit(1)


@app.command()
def build(
    hub: Annotated[
        str,
        typer.Argument(
            metavar="HUB",
            help="Name of a hub, or a folder of sources with a hub.toml.",
            autocompletion=_complete_hub,
        ),
    ],
    version: Annotated[str, typer.Argument(metavar="VERSION", help="A release of its hub.toml.")],
    out: Annotated[
        str | None,
        typer.Option("--out", help="Release folder to make; else datasets/HUB/VERSION."),
    ] = None,
) -> None:
    """Build a release from its sources, whole or not at all."""
    from citehub.build import build_release

    if out == "":
        raise typer.BadParameter("the name of the folder is empty")
    with terminal.progress() as step:
        folder = build_release(hub, version, out=out, progress=step)
    print(clean(folder))
    terminal.err().print(terminal.text(f"Look at it with: citehub show {folder}"), soft_wrap=True)


@app.command()
def publish(
    hub: HubName,
    out: Annotated[str, typer.Option("--out", help="Folder to make.")],
    version: Pin = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a folder that was published before.")
    ] = False,
) -> None:
    """Write a folder for Zenodo, Hugging Face or a web server."""
    from citehub.publish import publish as write_folder

    if out == "":
        raise typer.BadParameter("the name of the folder is empty")
    with terminal.progress() as step:
        step(f"Publish {hub}")
        folder = write_folder(citehub.load(hub, version=version), out, force=force)
    print(clean(folder))
    terminal.err().print(terminal.text(f"Check it with: citehub verify {folder}"), soft_wrap=True)


def _print_json(record: object) -> None:
    terminal.write_stdout([to_json(record).encode(), b"\n"])


# -- records for scripts ---------------------------------------------------------------------


def _work_record(work: Work) -> dict[str, Any]:
    return {
        "work_id": work.work_id,
        "title": work.title,
        "title_plain": work.title_plain,
        "authors": list(work.authors) or None,
        "author_count": work.author_count,
        "published": work.published,
        "publication_year": work.publication_year,
        "publication_month": work.publication_month,
        "type": work.type,
        "venue": work.venue,
        "primary_category": work.primary_category,
        "abstract": work.abstract,
        "finding": work.finding,
        "finding_source": work.finding_source,
        "ids": work.ids,
        "links": work.links,
        "themes": list(work.themes) or None,
        "role": work.role,
        "polarity": work.polarity,
        "citation": work.citation,
        "labels": list(work.labels),
        "contexts": list(work.contexts),
        "representative": list(work.representative),
        "is_retracted": work.is_retracted,
    }


def _hub_record(hub: Hub) -> dict[str, Any]:
    return {
        "hub": hub.name,
        "version": hub.version,
        "path": hub.path,
        "title": hub.manifest["title"],
        "hub_class": hub.manifest["citehub"]["hub_class"],
        "canonical": _work_record(hub.canonical),
        "n_citing": len(hub.citing_works),
        "summary": [row._asdict() for row in hub.summary()],
        "tables": {each["name"]: each["rows"] for each in hub.manifest["resources"]},
    }


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


def _is_sound(name: str, version: str | None) -> bool:
    """Verify one release, and say what was found."""
    try:
        with terminal.progress() as step:
            step(f"Verify {name} {version or ''}")
            hub = citehub.load(name, version=version)
            hub.verify()
    except DamagedRelease as error:
        _complain(error)
        return False
    rows = sum(resource["rows"] for resource in hub.manifest["resources"])
    what = f"{len(hub.tables)} tables, {rows:,} rows"
    terminal.show(terminal.text(f"{hub.name} {hub.version}: sound ({what})"))
    return True


def _releases(name: str, version: str | None) -> list[tuple[str, str | None]]:
    """Return what to load: a folder or a pinned version as they are, else every version."""
    if version is not None or is_folder(name):
        return [(name, version)]
    return [(name, each) for each in citehub.versions(name)]


# -- pages for people ------------------------------------------------------------------------


def _show_overview() -> None:
    rows = []
    for name in citehub.hubs():
        hub = citehub.load(name)
        citing = len(hub.citing_works)
        rows.append((name, ", ".join(citehub.versions(name)), citing, hub.manifest["title"]))
    first = rows[0][0] if rows else "HUB"
    terminal.show(
        f"citehub {citehub.__version__}: who cites a work, and in what role\n",
        terminal.grid("hub", "versions", "citing works", "title", rows=rows, wide=(3,)),
        *_next_steps(
            (f"citehub show {first}", "what the hub says"),
            (f"citehub search {first} reasoning", "find works"),
            (f"citehub table {first} works", "a table: its columns, and its rows with -c or -f"),
            ("citehub --help", "everything else"),
        ),
    )


def _next_steps(*steps: tuple[str, str]) -> tuple[RenderableType, ...]:
    return "\nNext:", terminal.grid("", "", rows=[(f"  {step}", what) for step, what in steps])


def _show_hub(hub: Hub, asked: str) -> None:
    canonical = hub.canonical
    known = [canonical.published, canonical.primary_category, *canonical.links.values()]
    terminal.show(
        terminal.text(f"{hub.manifest['title']} (data version {hub.version})", "bold"),
        "",
        terminal.text(canonical.title_plain),
        terminal.text(shorten_authors(canonical.authors, most=3), "dim"),
        terminal.text(" · ".join(str(each) for each in known if each), "dim"),
        "",
        terminal.text(hub.summary()),
        "",
        *_themes(hub),
        terminal.text(
            "Tables and rows: "
            + ", ".join(f"{each['name']} {each['rows']:,}" for each in hub.manifest["resources"])
        ),
        *_next_steps(
            (f"citehub search {asked} reasoning", "find works"),
            (f"citehub show {asked} {next(iter(hub.citing_works))['work_id']}", "one work"),
            (f"citehub table {asked} works", "a table"),
        ),
    )


def _themes(hub: Hub) -> tuple[RenderableType, ...]:
    if "themes" not in hub.tables:
        return ()
    counts = Counter(row["theme_id"] for row in hub.work_themes)
    rows = [(row["theme_id"], counts[row["theme_id"]], row["title"]) for row in hub.themes]
    return terminal.grid("theme", "works", "title", rows=rows, wide=(2,)), ""


def _show_work(work: Work) -> None:
    citation = work.citation
    rows: list[tuple[str, object]] = [
        ("work_id", work.work_id),
        ("first version", work.published),
        ("venue", work.venue),
        ("category", work.primary_category),
        ("abstract", work.abstract),
        ("finding", work.finding),
        ("finding from", work.finding_source),
        ("themes", ", ".join(work.themes) or None),
    ]
    if citation:
        rows += [
            ("role", work.role),
            ("place in hub", citation["hub_position"]),
            (
                "representative",
                ", ".join(f"{r['method']} {r['rank']}" for r in work.representative),
            ),
            ("months after", citation["timespan_months"]),
            ("shared authors", citation["shared_authors"]),
        ]
    rows += list(work.links.items())
    terminal.show(
        terminal.text(work.title_plain, "bold"),
        terminal.text(shorten_authors(work.authors)),
        "",
        terminal.grid("", "", rows=rows, wide=(1,)),
        "",
        terminal.text(f"– is not known. Sources: {', '.join(work.sources)}", "dim"),
    )


def _show_tables(hub: Hub, asked: str) -> None:
    rows = [
        (each["name"], f"{each['rows']:,}", each["description"])
        for each in hub.manifest["resources"]
    ]
    terminal.show(
        terminal.grid("table", "rows", "a row is", rows=rows, wide=(2,)),
        *_next_steps((f"citehub table {asked} works", "its columns")),
    )


def _show_table(handle: Table[Any, Any], columns: list[str] | None) -> None:
    if columns is None:
        terminal.show(
            terminal.text(handle.meaning),
            "",
            terminal.grid("column", "type", "meaning", rows=handle.fields, wide=(1, 2)),
        )
        hint = f"{len(handle):,} rows: choose columns with -c, or a format with -f"
    else:
        arrow = handle.to_arrow(columns)
        rows = (arrow.slice(0, _TEXT_ROWS) if sys.stdout.isatty() else arrow).to_pylist()
        listed = ([row[column] for column in columns] for row in rows)
        terminal.show(terminal.grid(*columns, rows=listed))
        hint = f"{len(rows):,} of {arrow.num_rows:,} rows: all of them in a pipe, or with -f"
    terminal.err().print(f"\n{hint}")


def _show_diff(found: Diff, *, every: bool) -> None:
    terminal.show(terminal.paragraph(found))
    for change in found if every else ():
        where = " ".join(each for each in (change.table, change.row_key, change.column) if each)
        is_cell = change.kind.startswith("cell ")
        values = f": {change.old!r:.60} -> {change.new!r:.60}" if is_cell else ""
        print(clean(f"{change.kind}: {where}{values}"))


def _show_scorecard(card: Scorecard) -> None:
    marks = {True: terminal.text("yes", "green"), False: terminal.text("NO", "bold red")}
    rows = [(marks[each.passed], each.level, each.name, each.found) for each in card]
    advice = [(each.name, each.advice) for each in card if each.advice]
    terminal.show(
        terminal.text(str(card).split("\n", 1)[0], "bold"),
        "",
        terminal.grid("passed", "level", "check", "found", rows=rows, wide=(3,)),
    )
    if advice:
        terminal.show("\nWhat to do:", terminal.grid("", "", rows=advice, wide=(1,)))


def main() -> None:
    """Run the command line; errors that citehub raises on purpose print without traceback."""
    if hasattr(signal, "SIGPIPE"):  # end quietly, as other tools do, when the reader has enough
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))  # cleans up on the way out
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 -- closed
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="citehub")
    except UnknownName as error:
        _fail(error, 2)
    except (CitehubError, OSError) as error:
        _fail(error, 1)


def _fail(error: Exception, code: int) -> NoReturn:
    _complain(error)
    sys.exit(code)


def _complain(error: Exception) -> None:
    terminal.err().print(terminal.paragraph(f"citehub: {error}"), soft_wrap=True)
