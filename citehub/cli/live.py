"""Commands that ask sources over the network, and their settings: update, fetch, config."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar

import typer

import citehub
from citehub import _terminal as terminal
from citehub._text import clean, counted
from citehub.cli import hubs as added
from citehub.cli import records
from citehub.cli.app import PARTIAL, AsJson, app, complete_hub
from citehub.cli.stopping import on_disk, stoppable
from citehub.errors import CitehubError, NotAdded, SeveralWorks, UnknownWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citehub._diff import Diff
    from citehub.graph.live_hubs import Updated
    from citehub.live.fetch import Fetched
    from citehub.live.settings import Setting

Made = TypeVar("Made")

NOTHING_NEW: Final = 4
"""Exit code of an update that found nothing new."""
NOT_MADE: Final = (
    "Nothing was made. As far as the disk allowed, answers are kept. When there "
    "is room, the same command goes on from there."
)
_UNMADE: Final = {
    False: "The hub is unchanged. When its disk can be written, update it again.",
    True: "The hub is unchanged. A dry run writes there, too, as it keeps the answers.",
}
_MOST_PRINTED: Final = 10  # works of a kind

Asked = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="SOURCES",
        help="Sources to ask, as openalex,s2,opencitations; all by default.",
    ),
]


def split_sources(text: str | None) -> tuple[str, ...]:
    """Return the sources that ``--from`` names."""
    names = tuple(each.strip() for each in (text or "").split(",") if each.strip())
    if text is not None and not names:
        raise typer.BadParameter(
            "Name sources, as openalex,s2,opencitations.", param_hint="--from"
        )
    return names


def of_one_work(work: str, make: Callable[[str], Made]) -> Made:
    """Make something of a work; if several have the title, ask which one."""
    try:
        return make(work)
    except SeveralWorks as error:
        if not terminal.is_dialogue():
            raise
        work = _ask_which(error)
    return make(work)


def _ask_which(error: SeveralWorks) -> str:
    """Have the user pick one of the works that have a title."""
    ids = list(error.choices)
    rows = [(number, each, error.choices[each]) for number, each in enumerate(ids, 1)]
    _say(str(error).partition("\n")[0])
    terminal.err().print(terminal.grid("", "id", "title", rows=rows, wide=(2,)))
    while True:
        terminal.err().print("Which one? Its number: ", end="")
        answer = sys.stdin.readline()
        if not answer:
            raise error
        number = answer.strip()
        if number in {str(each) for each, *_ in rows}:
            return ids[int(number) - 1]
        _say(f"{number!r:.40} is not a number from 1 to {len(ids)}.")


@contextmanager
def _printed_when_stopped(rows: list[dict[str, Any]], *, as_json: bool) -> Iterator[None]:
    """Print what is finished if the user or the system stops a command."""
    try:
        yield
    except typer.Exit:
        if as_json:
            records.print_json(rows)
        raise


@app.command()
def update(
    hubs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="HUB",
            help="Hub folders or names; by default all in your home of hubs that ask sources, "
            "and not those that were added.",
            autocompletion=complete_hub,
        ),
    ] = None,
    sources: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="SOURCES",
            help="Sources to ask, as openalex,s2; by default those that hub.toml names.",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Say what is new, and make no version. An update reuses the answers."
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Take a newer version of an added hub without asking.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the sources of a hub again, say what is new, and make the next version.

    A hub that was added asks where it is from. What a newer version changes is shown before it is
    taken.

    Exits with 0 if something is new, with 4 if nothing is, with 3 if a source gave only part of
    its list, and with 1 if a hub could not be updated. Exits with 2 on a mistake in the command,
    or if its only hub does not exist.
    """
    from citehub.adding.provenance import added_folder
    from citehub.graph.live_hubs import asking_hubs, update_hub
    from citehub.live.fetch import choose_sources
    from citehub.live.transport import Live

    chosen = split_sources(sources)
    asked = choose_sources(chosen)
    names = tuple(dict.fromkeys(hubs or ())) or asking_hubs()
    if not names:
        raise typer.BadParameter(
            "No hub in your home of hubs asks sources. Name a hub folder.",
            param_hint="HUB",
        )
    if chosen and any(map(added_folder, names)):
        raise typer.BadParameter("A hub that was added asks no sources.", param_hint="--from")
    is_one = len(hubs or ()) == 1
    live = Live(asked)  # one for all, so that no source is asked too often
    found: list[Updated] = []
    rows: list[dict[str, Any]] = []
    n_failed = n_new = 0
    with _printed_when_stopped(rows, as_json=as_json and not is_one), stoppable():
        for name in names:
            try:
                with on_disk(_UNMADE[dry_run]), terminal.progress() as step:
                    live.tell = partial(terminal.tell, step)
                    if added_folder(name):
                        row = _update_added(name, step, dry_run=dry_run, yes=yes, as_json=as_json)
                        rows.append(row)
                        n_new += row["status"] == "new"
                        continue
                    updated = update_hub(
                        name, sources=chosen, dry_run=dry_run, transport=live, progress=step
                    )
            except (CitehubError, OSError) as error:
                n_failed += 1
                rows.append(_failure(name, error))
                if is_one:
                    _end_alone(error, rows[0] if as_json else None)
                _say(f"{name}: {terminal.words_of(error)}")
            else:
                found.append(updated)
                rows.append(_record(updated, dry_run=dry_run))
                if not as_json:
                    _show(updated, dry_run=dry_run)
    if as_json:
        records.print_json(rows[0] if is_one else rows)
    raise typer.Exit(1 if n_failed else _exit_code(found, n_new))


def _exit_code(found: list[Updated], n_new: int) -> int:
    """Return the exit code of updates, ``n_new`` of them of added hubs, none of which failed."""
    if any(each.failed for each in found):
        return PARTIAL
    return 0 if n_new or any(each.is_new for each in found) else NOTHING_NEW


@app.command()
def fetch(
    work: Annotated[
        str,
        typer.Argument(
            metavar="WORK", help="A DOI, arXiv id, PMID, openalex:W..., s2:CORPUSID, or a title."
        ),
    ],
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder to make.")],
    sources: Asked = None,
) -> None:
    """Ask sources who cites a work, and keep their answers, without a hub.

    To read the folders in it: citehub new --openalex, --s2 and --opencitations. Exits with 3 if a
    source gave only part of its list.
    """
    from citehub.live.fetch import choose_sources
    from citehub.live.fetch import fetch as ask
    from citehub.live.transport import Live

    if out in {"", "-"}:
        raise typer.BadParameter("name a folder to make", param_hint="--out")
    place = os.path.abspath(os.path.expanduser(out))
    chosen = split_sources(sources)
    live = Live(choose_sources(chosen))

    def keep(work: str) -> Fetched:
        with stoppable(), on_disk(NOT_MADE), terminal.progress() as step:
            live.tell = partial(terminal.tell, step)
            return ask(work, place, sources=chosen, transport=live, progress=step)

    got = of_one_work(work, keep)
    print(clean(got.folder))
    for source_id, listed in got.lists.items():
        _say(f"{source_id}: {counted(listed.received, 'citing record')}")
    for note in got.notes:
        _say(note)
    _say(f"{counted(got.n_requests, 'request')}.")
    for source_id, reason in got.failed.items():
        _say(f"{source_id} gave only part of its list: {reason}")
    if got.failed:
        words = f"{shlex.quote(work)} --from {','.join(got.failed)} --out OTHER_FOLDER"
        _say(f"To ask only for what is missing: citehub fetch {words}")
        raise typer.Exit(PARTIAL)


@app.command()
def config(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A setting; without it, all are shown.")
    ] = None,
    value: Annotated[
        str | None,
        typer.Argument(metavar="VALUE", help="Its value; without it, you are asked."),
    ] = None,
    unset: Annotated[bool, typer.Option("--unset", help="Forget the setting.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show or set keys, your mail address, and the addresses of sources."""
    from citehub.live import settings

    if name is None and unset:
        raise typer.BadParameter("Name the setting to forget.", param_hint="NAME")
    if name is None:
        known = settings.settings()
        if as_json:
            records.print_json([_setting_record(each) for each in known])
            return
        rows = [
            (each.name, each.shown or None, each.origin or None, each.purpose) for each in known
        ]
        terminal.show(terminal.grid("setting", "value", "from", "for", rows=rows, wide=(3,)))
        return
    setting = settings.find(name)
    if as_json and value is None and not unset:
        records.print_json(_setting_record(setting))
        return
    if not unset and value is None:
        value = _ask_value(setting)
    if not unset and value is not None and not value.strip():
        raise typer.BadParameter("The value is empty. To forget a setting, use --unset.")
    path = settings.keep_setting(name, "" if unset else value or "")
    _say(f"{'Forgotten' if unset else 'Kept'} in {path}, which only you can read.")
    if setting.origin == settings.ENVIRONMENT:
        _say(f"The environment sets {setting.name}, too, and that value counts.")


def _setting_record(setting: Setting) -> dict[str, str]:
    """Return a setting for scripts, without the value of a key."""
    return {key: getattr(setting, key) for key in ("name", "purpose", "shown", "origin")}


def _ask_value(setting: Setting) -> str:
    """Ask the user for a value, or read it from standard input."""
    if terminal.is_dialogue():
        return str(typer.prompt(setting.name, hide_input=setting.is_secret, err=True))
    value = sys.stdin.readline() if sys.stdin is not None and not sys.stdin.isatty() else ""
    if not value.strip():
        raise typer.BadParameter(
            f"Nobody can be asked for the value. Give it after {setting.name}, on standard "
            "input, or in the environment.",
            param_hint="VALUE",
        )
    return value


def _end_alone(error: CitehubError | OSError, record: dict[str, Any] | None) -> NoReturn:
    """End an update of one hub that failed."""
    if record is not None:
        records.print_json(record)
    if isinstance(error, UnknownWork):  # which hub.toml names, and not the command
        terminal.complain(error)
        raise typer.Exit(1)
    raise error


class _Seen(NotAdded):
    """A dry run has seen what is new."""


def _update_added(
    name: str, step: Callable[[str], None], *, dry_run: bool, yes: bool, as_json: bool
) -> dict[str, Any]:
    """Ask where an added hub is from for a newer version; return what came of it, for scripts."""
    from citehub.adding.home import source_of, take

    seen: list[Diff] = []

    def accept(diff: Diff) -> None:
        seen.append(diff)
        record["news"] = asdict(diff.news)  # read while the new release is there
        if not as_json:
            added.show_change(diff)
        if dry_run:
            raise _Seen
        if not yes:
            added.confirm_change(diff, step, is_asked=not as_json)

    record: dict[str, Any] = {"hub": name, "source": source_of(name), "dry_run": dry_run}
    record |= {"news": None, "level": None, "folder": None, "key_id": None}
    try:
        taken = take(
            record["source"], hub=name, accept=accept, tell=partial(terminal.tell, step),
            progress=step,
        )  # fmt: skip
    except _Seen:
        record |= {"version": seen[0].new, "before": seen[0].old}
    else:
        record |= {"version": taken.version, "before": taken.before}
        record |= {"key_id": taken.key_id or None}
        record["folder"] = os.path.join(taken.folder, taken.version) if taken.is_new else None
        if not as_json:
            added.show_taken(taken)
    record |= {"status": "new" if seen else "nothing new", "citehub": citehub.__version__}
    record["level"] = seen[0].level if seen else None
    return record


def _show(updated: Updated, *, dry_run: bool) -> None:
    """Print what an update found."""
    for note in updated.notes:
        _say(f"Note: {note}")
    for source_id, reason in updated.failed.items():
        _say(f"{source_id} gave only part of its list, so its earlier answer stays. {reason}")
    if updated.diff is None:
        asked = counted(updated.n_requests, "request")
        _say(f"{updated.hub}: nothing new since {updated.before} ({asked}).")
        return
    if updated.folder:
        print(clean(updated.folder))
    would = "would be" if dry_run else "is"
    terminal.show(
        terminal.paragraph(
            f"{updated.diff.hub}: {updated.version} {would} the next version, as the changes "
            f"since {updated.before} are {updated.diff.level}."
        ),
        terminal.paragraph(updated.diff.news.text(most=_MOST_PRINTED)),
    )
    if not dry_run:
        _say(f"Look at it with: citehub show {shlex.quote(updated.hub)}")


def _record(updated: Updated, *, dry_run: bool) -> dict[str, Any]:
    """Return an update for scripts."""
    status = "new" if updated.is_new else "nothing new"
    return {
        "hub": updated.hub,
        "status": status,
        "is_partial": bool(updated.failed),
        "dry_run": dry_run,
        "version": updated.version,
        "before": updated.before,
        "folder": updated.folder or None,
        "level": updated.diff.level if updated.diff else None,
        "news": asdict(updated.diff.news) if updated.diff else None,
        "dropped": {work_id: list(names) for work_id, names in updated.dropped.items()},
        "failed": updated.failed,
        "notes": list(updated.notes),
        "requests": updated.n_requests,
        "citehub": citehub.__version__,
    }


def _failure(name: str, error: CitehubError | OSError) -> dict[str, Any]:
    """Return a failed update for scripts."""
    problem = terminal.words_of(error)
    return {"hub": name, "status": "failed", "problem": problem, "citehub": citehub.__version__}


def _say(message: str) -> None:
    sys.stdout.flush()
    terminal.err().print(terminal.paragraph(message), soft_wrap=True)
