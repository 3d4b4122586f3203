"""Options that name the files of sources: one for each source of the registry."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Annotated, Any

import typer

from citehub.sources.registry import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citehub.sources.source import Source

Named = dict[str, Any]
"""What the user named, by source: a folder, a list of files, or None."""
_PARAMETER = "named"


def with_sources(
    *, are_dumps: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Replace the parameter ``named`` of a command by an option for each source.

    With ``are_dumps``, only for sources with bulk files.
    """
    chosen = {
        each.id.replace("-", "_"): each
        for each in SOURCES
        if each.option and (each.dump or not are_dumps)
    }

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def call(**given: Any) -> None:
            named = {source.id: given.pop(name) for name, source in chosen.items()}
            command(**given, **{_PARAMETER: named})

        signature = inspect.signature(command, eval_str=True)
        parameters = list(_replace(signature.parameters.values(), chosen))
        call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        call.__annotations__ = {each.name: each.annotation for each in parameters}
        del call.__wrapped__
        return call

    return decorate


def _replace(parameters: Any, chosen: dict[str, Source]) -> Iterator[inspect.Parameter]:
    """Yield parameters, with the options of the sources in their place."""
    for each in parameters:
        if each.name != _PARAMETER:
            yield each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            continue
        for name, source in chosen.items():
            if source.option:
                flag, metavar, text, is_many = (
                    getattr(source.option, part) for part in ("flag", "metavar", "help", "is_many")
                )
                kind: Any = list[str] | None if is_many else str | None
                yield inspect.Parameter(
                    name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=None,
                    annotation=Annotated[kind, typer.Option(flag, metavar=metavar, help=text)],
                )
