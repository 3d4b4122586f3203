"""The reference of the command line, read off the program itself, a section per command.

The text becomes the docstring of this module, so that ``automodule`` renders it: each command
is then in the contents of the page and in its search, and each option can be linked to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from citehub.cli import app

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = "citehub"
WIDTH = {"terminal_width": 72, "resilient_parsing": True}  # to make a context runs nothing
_MARKUP = re.compile(r"([\\*`|_])")


def reference() -> str:
    """Return every command with its arguments and options as reStructuredText."""
    group: Any = typer.main.get_command(app)
    context = group.make_context(PROGRAM, [], **WIDTH)
    return "\n".join(_sections(group, context))


def _sections(command: Any, context: Any) -> Iterator[str]:
    """Yield the section of a command, then those of the commands below it."""
    yield from _section(command, context)
    for name in command.list_commands(context) if isinstance(command, TyperGroup) else ():
        inner = command.get_command(context, name)
        if not inner.hidden:
            yield from _sections(inner, inner.make_context(name, [], parent=context, **WIDTH))


def _section(command: Any, context: Any) -> Iterator[str]:
    name = context.command_path
    yield from ("", name, "-" * len(name), "", _escape(command.help or ""), "", "::", "")
    usage = command.get_usage(context).removeprefix("Usage: ")
    yield from (f"   {line.removeprefix(' ' * len('Usage: '))}" for line in usage.splitlines())
    yield from ("", f".. program:: {name}", "")
    for parameter in command.get_params(context):
        if parameter.name != "help" or context.parent is None:
            spelt, meaning = parameter.get_help_record(context)
            yield from (f".. option:: {spelt}", "", f"   {_escape(meaning)}", "")


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


__doc__ = reference()
