"""Commands for hubs from elsewhere: add, list, remove, lock."""

from __future__ import annotations

import os
import shlex
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import typer

from citehub import _terminal as terminal
from citehub._text import clean
from citehub.cli import records
from citehub.cli.app import AsJson, Pin, app, complete_hub
from citehub.cli.stopping import stoppable
from citehub.errors import NotAdded

if TYPE_CHECKING:
    from collections.abc import Callable

    from citehub._diff import Diff
    from citehub.adding.home import AddedHub
    from citehub.adding.provenance import Provenance

_KEPT: Final = "Stopped. Nothing was added. The same command goes on from what came."
_GIGABYTE: Final = 1 << 30
_MOST_PRINTED: Final = 10  # works of a kind

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command()
def add(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="An https address of a published folder or .zip file; or such a folder or file.",
        ),
    ],
    key: Annotated[
        str,
        typer.Option(
            "--key",
            metavar="KEY",
            help="A public key of minisign, or a file of it; refuse what it did not sign.",
        ),
    ] = "",
    yes: Yes = False,
    other_source: Annotated[
        bool,
        typer.Option(
            "--other-source", help="Take another version of a hub from another source than before."
        ),
    ] = False,
    most: Annotated[
        float, typer.Option("--most", metavar="GB", min=0, help="The most to take.")
    ] = 2,
) -> None:
    """Take a hub from elsewhere into your home of hubs, compared and verified.

    If an older version of the hub is there, shows what changes, and asks.
    """
    from citehub.adding.home import take

    with terminal.progress() as step, stoppable(_KEPT):

        def accept(diff: Diff) -> None:
            show_change(diff)
            if not yes:
                confirm_change(diff, step)

        taken = take(
            source,
            key=key,
            accept=accept,
            other_source=other_source,
            most=round(most * _GIGABYTE),
            tell=partial(terminal.tell, step),
            progress=step,
        )
    show_taken(taken)


def show_change(diff: Diff) -> None:
    """Print what changes from one release to the next."""
    terminal.show(
        terminal.paragraph(f"{diff.hub} {diff.old} -> {diff.new}: the changes are {diff.level}."),
        terminal.paragraph(diff.news.text(most=_MOST_PRINTED)),
    )


def confirm_change(diff: Diff, step: Callable[[str], None], *, is_asked: bool = True) -> None:
    """Have a person take or decline a newer release."""
    question = f"Take {diff.hub} {diff.new} in place of {diff.old}?"
    step("Wait for an answer")
    confirm(question, f"{diff.hub} stays at {diff.old}.", is_asked=is_asked)


def confirm(question: str, otherwise: str, *, is_asked: bool = True) -> None:
    """Ask a person; without one, say which option answers."""
    if not is_asked or not terminal.is_dialogue():
        raise NotAdded(f"{otherwise} Nobody can be asked here; to go on, add --yes.")
    terminal.err().print(terminal.text(f"{question} [y/N] "), end="")
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise NotAdded(otherwise)


def show_taken(taken: AddedHub) -> None:
    """Print what was added."""
    name = f"{taken.hub} {taken.version}"
    print(clean(os.path.join(taken.folder, taken.version)))
    signed = f"signed by the key {taken.key_id}" if taken.key_id else "not checked with a key"
    if not taken.is_new:
        _say(f"{name} is there already, as {taken.source} has it ({signed}). Nothing changed.")
        return
    _say(
        f"{name} is added from {taken.source} ({signed}), and sound. What it says is its "
        f"maker's. Look at it with: citehub show {shlex.quote(taken.hub)}"
    )


@app.command("list")
def list_hubs(as_json: AsJson = False) -> None:
    """List the hubs that can be opened by name, and where each is from."""
    from citehub.adding.home import listing

    found = listing()
    if as_json:
        records.print_json(
            [
                {
                    "hub": each.hub,
                    "kind": each.kind,
                    "versions": {
                        version: _record(each.records.get(version)) for version in each.versions
                    },
                    "folder": each.folder,
                    "problem": each.problem or None,
                }
                for each in found
            ]
        )
        return
    rows: list[tuple[str, str, str]] = []
    for each in found:
        if each.problem:
            rows.append((each.hub, "", f"cannot be read; citehub show {each.hub} says why"))
            continue
        origins: dict[str, list[str]] = {}
        for version in each.versions:
            origin = _origin(each.kind, each.folder, each.records.get(version))
            origins.setdefault(origin, []).append(version)
        rows += [(each.hub, ", ".join(those), origin) for origin, those in origins.items()]
    terminal.show(terminal.grid("hub", "versions", "from", rows=rows, wide=(2,)))


def _record(record: Provenance | None) -> dict[str, str | None] | None:
    """Return where a release is from, for scripts."""
    if record is None:
        return None
    return {
        "source": record.source,
        "added_on": record.added_on,
        "manifest": record.manifest,
        "key": record.key or None,
        "key_id": record.key_id or None,
    }


def _origin(kind: str, folder: str, record: Provenance | None) -> str:
    if record is None:
        return "comes with citehub" if kind == "citehub" else f"your own, in {folder}"
    signed = f"signed by {record.key_id}" if record.key_id else "not checked with a key"
    return f"{record.source}, added on {record.added_on}, {signed}"


@app.command()
def remove(
    hub: Annotated[
        str,
        typer.Argument(metavar="HUB", help="A hub that was added.", autocompletion=complete_hub),
    ],
    yes: Yes = False,
) -> None:
    """Remove a hub that was added; never one of your own."""
    from citehub.adding import home

    folder = home.check_removable(hub)
    if not yes:
        confirm(f"Remove {folder}, with all versions?", f"{hub} stays.")
    home.remove(hub)
    _say(f"{hub} is removed.")


@app.command()
def lock(
    hubs: Annotated[
        list[str] | None,
        typer.Argument(metavar="HUB", help="Hubs to lock, by name.", autocompletion=complete_hub),
    ] = None,
    version: Pin = None,
    file: Annotated[
        str,
        typer.Option(
            "--file",
            metavar="FILE",
            help="The lock; by default the one that counts here, else citehub.lock.",
        ),
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Verify each release that the lock names.")
    ] = False,
) -> None:
    """Write which releases an analysis uses, so that loading gives these or an error.

    Without a hub, shows what the lock says.
    """
    from citehub import _lock_file
    from citehub.adding import locks

    if check:
        _check_lock(hubs, file)
        return
    if hubs:
        file = locks.lock(*hubs, version=version, file=file)
        print(clean(file))
    elif version:
        raise typer.BadParameter("Name the hub of this version.", param_hint="HUB")
    pins = locks.read(file)
    rows = [(hub, *pins[hub]) for hub in (hubs or sorted(pins))]
    terminal.show(terminal.grid(*("hub", *_lock_file.Pin._fields), rows=rows, wide=(2, 3)))


def _check_lock(hubs: list[str] | None, file: str) -> None:
    from citehub.adding.locks import check_lock

    if hubs:
        raise typer.BadParameter("--check verifies all that the lock names.", param_hint="HUB")
    failed = False
    for hub, pin, problem in check_lock(file):
        if problem:
            failed = True
            _say(f"{hub}: {problem}")
        else:
            terminal.show(terminal.text(f"{hub} {pin.version}: sound, as locked"))
    if failed:
        raise typer.Exit(1)


def _say(message: str) -> None:
    sys.stdout.flush()
    terminal.err().print(terminal.paragraph(message), soft_wrap=True)
