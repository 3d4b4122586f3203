"""The program: what it does without a command, and parameters that commands share."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

import citehub
from citehub.cli import pages
from citehub.errors import CitehubError

PARTIAL: Final = 3
"""Exit code if a source could only be read in part."""
_ORDER: Final = (  # of the help
    *("show", "search", "table", "export", "cite", "diff", "sources", "site", "notebooks"),
    *("list", "add", "update", "remove", "lock", "verify"),
    *("new", "fetch", "config", "curate", "read", "label", "review", "labels", "graph"),
    *("build", "check", "publish", "new-key", "sign"),
)


class Commands(TyperGroup):
    """The commands; those that read bulk dumps are imported on first use."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands, in the order of the help."""
        self._import_dumps()
        return sorted(super().list_commands(ctx), key=_ORDER.index)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a name."""
        if cmd_name not in self.commands:
            self._import_dumps()
        return super().get_command(ctx, cmd_name)

    def _import_dumps(self) -> None:
        from citehub.cli import dumps  # imports all sources

        self.commands.update(typer.main.get_group(dumps.commands).commands)


app = typer.Typer(
    cls=Commands,
    help="Citation hubs as versioned datasets: who cites a work, and in what role.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def complete_hub(incomplete: str) -> list[str]:
    """Return the hubs that begin with this."""
    return [name for name in citehub.hubs() if name.startswith(incomplete)]


def complete_version(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the versions: of the hub that was named before, else of all."""
    hub = ctx.params.get("hub")
    known: list[str] = []
    for name in [hub] if hub else citehub.hubs():
        with suppress(CitehubError):  # nothing is completed of what is damaged
            known += citehub.versions(name)
    return [version for version in known if version.startswith(incomplete)]


HubName = Annotated[
    str,
    typer.Argument(
        metavar="HUB",
        help="Name of a hub, a hub folder, or a release folder.",
        autocompletion=complete_hub,
    ),
]
Pin = Annotated[
    str | None,
    typer.Option(
        "--version", help="Data version; the newest by default.", autocompletion=complete_version
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
    debug: Annotated[  # noqa: ARG001 -- read before anything is parsed
        bool,
        typer.Option(
            "--debug", help="Show the traceback of an error, for developers; CITEHUB_DEBUG=1 too."
        ),
    ] = False,
) -> None:
    """Citation hubs as versioned datasets: who cites a work, and in what role."""
    if ctx.invoked_subcommand is not None:
        return
    pages.show_overview()


def read_ids(path: str | None) -> list[str]:
    """Return the lines of a file that are not empty; ``-`` is standard input.

    Raises
    ------
    typer.BadParameter
        It cannot be read, or is empty.
    """
    if path is None:
        return []
    try:
        with open(0 if path == "-" else path, encoding="utf-8-sig", closefd=path != "-") as file:
            lines = [line.strip() for line in file if line.strip()]
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{path} is not text in UTF-8.") from None
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}") from None
    if not lines:
        raise typer.BadParameter(f"{path} names no work.")
    return lines
