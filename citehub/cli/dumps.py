"""Commands that read bulk dumps: new, graph canonical, graph hubs."""

from __future__ import annotations

import datetime
import re
import shlex
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from citehub import _terminal as terminal
from citehub._text import clean, counted, either
from citehub.cli.app import PARTIAL, read_ids
from citehub.cli.live import NOT_MADE, Asked, of_one_work, split_sources
from citehub.cli.sources import Named, with_sources
from citehub.cli.stopping import on_disk, stoppable
from citehub.errors import CitehubError
from citehub.sources.adopted import ADOPTED
from citehub.sources.reference_file import REFERENCE_FILE
from citehub.sources.registry import SOURCES, dumped

if TYPE_CHECKING:
    from citehub.graph import Dumps, MostCited, NewHub

_UNITS: Final = {"MB": 10**6, "GB": 10**9, "MIB": 1 << 20, "GIB": 1 << 30}
_LEAST_MEMORY: Final = 512 << 20
_MOST_MEMORY: Final = 1 << 50
_MOST_THREADS: Final = 256  # more of them only wait for each other, and each takes memory
_MOST_WORKS: Final = 10_000_000
_FIRST_VERSION: Final = "1.0.0"
_MEMORY: Final = "4GB"

commands = typer.Typer(rich_markup_mode=None)
"""Imported on first use."""
graph = typer.Typer(
    help="Make all hubs of a graph of citations, from bulk dumps.", no_args_is_help=True
)
commands.add_typer(graph, name="graph")

Cache = Annotated[
    str | None,
    typer.Option(
        metavar="DIR",
        help="Folder that keeps what was read, so that later runs over the same dumps start from "
        "it.",
    ),
]
Memory = Annotated[
    str, typer.Option(metavar="SIZE", help="The most memory to use, as 1GB or 800MB.")
]
Threads = Annotated[
    int | None,
    typer.Option(min=1, max=_MOST_THREADS, help="Threads; by default one for each core."),
]
EngineName = Annotated[str, typer.Option("--engine", help="duckdb, or spark for a cluster.")]
Master = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="Spark cluster, as spark://host:7077; by default this machine."
    ),
]
DataVersion = Annotated[str, typer.Option("--version", help="Data version of the release.")]
Created = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Date of the release, YYYY-MM-DD; by default today."),
]


@commands.command()
@with_sources()
def new(
    ctx: typer.Context,
    named: Named,
    works: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORK",
            help="A DOI, arXiv id, PMID, openalex:W..., s2:CORPUSID, or a title. Several make a "
            "hub each. --from-release needs none.",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Hub folder to make, or the folder for several; by default in your home of hubs.",
        ),
    ] = None,
    asked: Asked = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the hub; by default the id of its work.")
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", help="Title of the hub; by default that of the work.")
    ] = None,
    licenses: Annotated[
        list[str] | None,
        typer.Option(
            "--license",
            metavar="NAME",
            help="Licence of the compilation, as CC-BY-4.0. A hub of lists alone has none by "
            "default.",
        ),
    ] = None,
    contributors: Annotated[
        list[str] | None,
        typer.Option("--contributor", metavar="NAME", help="Who made it; may be given again."),
    ] = None,
    homepage: Annotated[
        str | None, typer.Option("--homepage", metavar="URL", help="Web page of the hub.")
    ] = None,
    version: DataVersion = _FIRST_VERSION,
    created: Created = None,
    cache: Cache = None,
    memory: Memory = _MEMORY,
    threads: Threads = None,
    engine: EngineName = "duckdb",
    master: Master = None,
) -> None:
    """Make a hub of any work: by asking OpenAlex, Semantic Scholar and OpenCitations.

    Or from bulk dumps, your own lists, or a release that you have, if you name them. The hub
    appears whole or not at all. Its folder keeps what the next release needs. Exits with 3 if it
    made the hub, but could read a source only in part.
    """
    from citehub.graph import new_hub

    works = works or []
    if named.get(ADOPTED.id) is not None:
        stated = {
            "--name": name, "--title": title, "--license": licenses,
            "--contributor": contributors, "--homepage": homepage, "--created": created,
            "--version": version != _FIRST_VERSION and version, "--cache": cache,
            "--threads": threads, "--memory": memory != _MEMORY and memory,
            "--engine": engine != "duckdb" and engine, "--master": master,
        }  # fmt: skip
        stated["--from"] = asked
        flags = [flag for flag, value in stated.items() if value]
        _adopt(named, out, _one(works) if works else None, flags)
        return
    if not works:
        ctx.fail("Name a work; or a release that you have, with --from-release.")
    options: dict[str, Any] = {
        "citing": named.get(REFERENCE_FILE.id), "name": name, "version": version,
        "created": _date(created), "title": title, "licenses": licenses or (),
        "contributors": contributors or (), "homepage": homepage,
    }  # fmt: skip
    if asked is not None or not any(named.values()):
        for_dumps = {
            "--cache": cache, "--threads": threads, "--engine": engine != "duckdb" and engine,
            "--master": master, "--memory": memory != _MEMORY and memory,
        }  # fmt: skip
        flags = [each.option.flag for each in dumped() if each.option and named.get(each.id)]
        flags += [flag for flag, value in for_dumps.items() if value]
        if flags:
            dumps_of = either([each.option.flag for each in dumped() if each.option])
            why = "" if asked else f" Or name a dump, with {dumps_of}."
            raise typer.BadParameter(
                f"{', '.join(flags)} is for dumps. Leave it out to ask sources.{why}",
                param_hint="--from",
            )
        _ask(works, out, split_sources(asked), options)
        return
    work = _one(works)
    _need(out, named)
    dumps = _dumps(named, cache, memory, threads, engine, master)
    with terminal.progress() as step:
        made = new_hub(work, out, dumps, **options, progress=step)
    _show(made)
    _end(made)


@graph.command()
@with_sources(are_dumps=True)
def hubs(
    works: Annotated[
        str,
        typer.Option(
            "--works", metavar="FILE", help="File with one work a line; - is standard input."
        ),
    ],
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder for the releases.")],
    named: Named,
    version: DataVersion = "1.0.0",
    created: Created = None,
    cache: Cache = None,
    memory: Memory = "4GB",
    threads: Threads = None,
    engine: EngineName = "duckdb",
    master: Master = None,
) -> None:
    """Make hubs of many works in one pass.

    Exits with 1 if it could not make all, and with 3 if it could read a dump only in part.
    """
    from citehub.graph import new_hubs

    _need(out, named)
    asked = read_ids(works)
    dumps = _dumps(named, cache, memory, threads, engine, master)
    failed = 0
    with terminal.progress() as step:
        for made in new_hubs(
            asked, out, dumps, version=version, created=_date(created), progress=step
        ):
            if made.problem:
                failed += 1
                _say(f"{made.asked}: {made.problem}")
            else:
                print(clean(made.folder))
    there = len(asked) - failed
    _say(f"Made {there:,} of {counted(len(asked), 'hub')}.")
    _end(made, failed=failed > 0)


@graph.command()
@with_sources(are_dumps=True)
def canonical(
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder to make.")],
    named: Named,
    top: Annotated[int, typer.Option(min=1, max=_MOST_WORKS, help="How many works.")] = 1000,
    cache: Cache = None,
    memory: Memory = "4GB",
    threads: Threads = None,
    engine: EngineName = "duckdb",
    master: Master = None,
) -> None:
    """Find the most cited works of a graph, with roles, years and self-citations.

    Exits with 3 if it found them, but could read a dump only in part.
    """
    from citehub.graph import find_canonical

    _need(out, named)
    dumps = _dumps(named, cache, memory, threads, engine, master)
    with terminal.progress() as step:
        made = find_canonical(out, dumps, top=top, progress=step)
    print(clean(made.folder))
    _end(made)


def _one(works: list[str]) -> str:
    """Return the one work that was named."""
    if len(works) > 1:
        raise typer.BadParameter(
            "Several works need sources that are asked. From dumps, use: citehub graph hubs",
            param_hint="WORK",
        )
    return works[0]


def _ask(
    works: list[str], out: str | None, sources: tuple[str, ...], options: dict[str, Any]
) -> None:
    """Make hubs by asking sources."""
    from citehub.graph.live_hubs import new_live_hub
    from citehub.live.fetch import choose_sources
    from citehub.live.transport import Live

    if out in {"", "-"}:
        raise typer.BadParameter("Name a folder to make.", param_hint="--out")
    works = list(dict.fromkeys(works))
    if len(works) > 1 and (options["name"] or options["title"] or options["citing"]):
        raise typer.BadParameter(
            "Several hubs cannot share a name, title or list of citing works. Leave out --name, "
            "--title and --citing.",
            param_hint="WORK",
        )
    live = Live(choose_sources(sources))  # one for all, so that no source is asked too often
    options |= {"sources": sources, "transport": live, "out" if len(works) == 1 else "home": out}

    def make(work: str) -> NewHub:
        with on_disk(NOT_MADE), terminal.progress() as step:
            live.tell = partial(terminal.tell, step)
            return new_live_hub(work, **options, progress=step)

    if len(works) == 1:
        with stoppable():
            made = of_one_work(works[0], make)
        _show(made)
        _end(made)
        return
    n_failed, is_partial = 0, False
    with stoppable():
        for work in works:
            try:
                made = of_one_work(work, make)
            except (CitehubError, OSError) as error:
                n_failed += 1
                _say(f"{work}: {terminal.words_of(error)}")
            else:
                _show(made)
                is_partial |= bool(made.partial)
                for each in (*made.notes, *made.partial):
                    _say(each)
    n_there = len(works) - n_failed
    _say(f"Made {n_there:,} of {counted(len(works), 'hub')}.")
    if n_failed or is_partial:
        raise typer.Exit(1 if n_failed else PARTIAL)


def _show(made: NewHub) -> None:
    """Print where a hub is, and how to go on."""
    print(clean(made.folder))
    look = f"citehub show {shlex.quote(made.folder)}"
    _say(f"{counted(made.n_citing, 'citing work')}. Look at it with: {look}")


def _adopt(named: Named, out: str | None, work: str | None, stated: list[str]) -> None:
    """Make a hub of a release, which alone says what the hub is."""
    from citehub.graph import adopt_release

    flags = [
        each.option.flag
        for each in SOURCES
        if each.option and named.get(each.id) and each.id != ADOPTED.id
    ]
    if flags or stated:
        raise typer.BadParameter(
            f"The release says what the hub is, so leave out {', '.join([*flags, *stated])}. "
            "Change hub.toml and the folder source afterwards, and build the next version.",
            param_hint="--from-release",
        )
    _need(out, named)
    with terminal.progress() as step:
        made = adopt_release(named[ADOPTED.id], out, work=work, progress=step)
    print(clean(made.folder))
    _say(
        f"{counted(made.n_citing, 'citing work')}, as released. Build the next version with: "
        f"citehub build {shlex.quote(made.folder)}"
    )
    _end(made)


def _need(out: str | None, named: Named) -> None:
    """Refuse a command that names no folder to make, or nothing to read."""
    if out in {"", "-"}:
        raise typer.BadParameter("Name a folder to make.", param_hint="--out")
    if not any(given for given in named.values() if given):
        options = ", ".join(
            each.option.flag for each in SOURCES if each.option and each.id in named
        )
        raise typer.BadParameter(
            f"Name what to read: {options}. See --help.", param_hint="sources"
        )


def _dumps(
    named: Named,
    cache: str | None,
    memory: str,
    threads: int | None,
    engine: str,
    master: str | None,
) -> Dumps:
    from citehub.graph import Dumps

    if master and engine != "spark":
        raise typer.BadParameter("--master needs --engine spark.", param_hint="--master")
    return Dumps(
        **{each.id: named[each.id] for each in dumped()}, cache=cache,
        memory=_bytes(memory), threads=threads, engine=engine, master=master,
    )  # fmt: skip


def _bytes(size: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]I?B)", size.upper())
    if not found or found[2] not in _UNITS:
        raise typer.BadParameter(f"{size!r} is not a size such as 4GB.", param_hint="--memory")
    number = float(found[1]) * _UNITS[found[2]]
    if number < _LEAST_MEMORY:
        raise typer.BadParameter("citehub needs at least 540MB.", param_hint="--memory")
    if number > _MOST_MEMORY:
        raise typer.BadParameter(f"No machine has {size}.", param_hint="--memory")
    return int(number)


def _date(text: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date.", param_hint="--created") from None


def _say(message: str) -> None:
    terminal.err().print(terminal.paragraph(message), soft_wrap=True)


def _end(made: NewHub | MostCited, *, failed: bool = False) -> None:
    """Say what could not be read, and exit with code 3."""
    for note in made.notes:
        _say(note)
    if made.rejects:
        _say(f"Some lines could not be read. The list, with reasons: {made.rejects}")
    if made.partial:
        _say("Some sources could only be read in part, so something may be missing:")
        for sentence in made.partial:
            _say(sentence)
    if failed or made.partial:
        raise typer.Exit(1 if failed else PARTIAL)
