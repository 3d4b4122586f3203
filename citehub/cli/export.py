"""The command ``export``: works that ``hub.select()`` chooses, in formats of other tools."""

from __future__ import annotations

import re
import warnings
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

import citehub
from citehub import _terminal as terminal
from citehub._select import Sort, known_values
from citehub.cli import pages
from citehub.cli.analyst import Force, Output, keep_off_terminal
from citehub.cli.app import HubName, Pin, app, read_ids
from citehub.errors import BadArgument
from citehub.export import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from citehub import Works
    from citehub.export import FormatName

_YEARS: Final = re.compile(r"(\d{4})(?:-(\d{4}))?")


def _complete_format(incomplete: str) -> list[str]:
    return [name for name in FORMATS if name.startswith(incomplete)]


def _complete_with(facet: str) -> Callable[[typer.Context, str], list[str]]:
    """Return what completes the values of a facet, in the hub that was named before."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        # An option that still lacks its value leaves the arguments before it unread.
        hub = ctx.params.get("hub") or next(iter(ctx.args), None)
        known = known_values(citehub.load(hub).release, facet) if hub else []
        return [value for value in known if value.startswith(incomplete)]

    return complete


@app.command()
def export(
    hub: HubName,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help=f"{', '.join(FORMATS)}. Without it, the uses of each are listed.",
            autocompletion=_complete_format,
        ),
    ] = None,
    theme: Annotated[
        list[str] | None,
        typer.Option(
            metavar="THEME", help="Works of a theme.", autocompletion=_complete_with("theme")
        ),
    ] = None,
    year: Annotated[
        list[str] | None,
        typer.Option(metavar="YEAR", help="Works of a year, or of several: 2022-2024."),
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CATEGORY",
            help="Works of a primary category, as cs.CL.",
            autocompletion=_complete_with("category"),
        ),
    ] = None,
    venue: Annotated[
        list[str] | None, typer.Option(metavar="VENUE", help="Works of a venue, as stated.")
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE",
            help="Works whose citation has a role.",
            autocompletion=_complete_with("role"),
        ),
    ] = None,
    polarity: Annotated[
        list[str] | None,
        typer.Option(
            metavar="POLARITY",
            help="Works whose citation has a polarity.",
            autocompletion=_complete_with("polarity"),
        ),
    ] = None,
    subject: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SUBJECT",
            help="Works that cite this subject, as the hub names it.",
            autocompletion=_complete_with("subject"),
        ),
    ] = None,
    section: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SECTION",
            help="Works with a passage in a kind of section, as 'related work'.",
            autocompletion=_complete_with("section"),
        ),
    ] = None,
    passage: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS",
            help="'passages found', or the reason for none, as 'not at hand'.",
            autocompletion=_complete_with("passage"),
        ),
    ] = None,
    labelled: Annotated[
        bool | None,
        typer.Option("--labelled/--not-labelled", help="Whether any label is known."),
    ] = None,
    representatives: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METHOD",
            help="Representatives, as hub-page.",
            autocompletion=_complete_with("representatives"),
        ),
    ] = None,
    shared_authors: Annotated[
        bool | None,
        typer.Option(
            "--shared-authors/--no-shared-authors",
            help="Whether the work shares authors with the one it cites.",
        ),
    ] = None,
    code: Annotated[
        bool | None, typer.Option("--code/--no-code", help="Whether public code is known.")
    ] = None,
    doi: Annotated[
        bool | None, typer.Option("--doi/--no-doi", help="Whether a DOI is known.")
    ] = None,
    arxiv: Annotated[
        bool | None, typer.Option("--arxiv/--no-arxiv", help="Whether an arXiv id is known.")
    ] = None,
    related_to: Annotated[
        str | None,
        typer.Option(metavar="WORK", help="A work and the ten nearest to it, by a heuristic."),
    ] = None,
    authors_of: Annotated[
        str | None, typer.Option(metavar="WORK", help="Works by any author of this one.")
    ] = None,
    words: Annotated[
        str | None,
        typer.Option("--search", metavar="WORDS", help="Works that have these words."),
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="WORK", help="One work; may be given again."),
    ] = None,
    ids_from: Annotated[
        str | None,
        typer.Option(
            "--ids-from", metavar="FILE", help="A file with one work a line; - is standard input."
        ),
    ] = None,
    skip_unknown: Annotated[
        bool,
        typer.Option(
            "--skip-unknown", help="Leave out works that the hub does not have, and name them."
        ),
    ] = False,
    sort: Annotated[
        Sort | None,
        typer.Option(help="The order; by default of the ids, the search, nearness, or the hub."),
    ] = None,
    output: Output = None,
    force: Force = False,
    version: Pin = None,
) -> None:
    """Write works in a format of other tools.

    By default it writes every citing work; with conditions, the works that meet all of them. You
    may give a condition on a name or a year again: a work needs one of the values. "not known"
    finds works without a name. Each record states the hub, the data version, its sources, and the
    role and polarity of its citation, or that they are not known.
    """
    loaded = citehub.load(hub, version=version)
    conditions = {
        "theme": theme,
        "year": _read_years(year or ()),
        "category": category,
        "venue": venue,
        "role": role,
        "polarity": polarity,
        "subject": subject,
        "section": section,
        "passage": passage,
        "labelled": labelled,
        "representatives": representatives,
        "shared_authors": shared_authors,
        "code": code,
        "doi": doi,
        "arxiv": arxiv,
        "related_to": related_to,
        "authors_of": authors_of,
        "search": words,
        "sort": sort,
    }
    asked: dict[str, Any] = {n: each for n, each in conditions.items() if each not in (None, [])}
    is_listed = bool(ids) or ids_from is not None
    if format_ is None:
        if asked or is_listed or skip_unknown or output is not None or force:
            raise typer.BadParameter(f"Choose a format with -f: {', '.join(FORMATS)}")
        _show_formats(hub, loaded.name)
        return
    if words is not None and not words.strip():
        raise typer.BadParameter("The search has no word.")
    if output == "":
        raise typer.BadParameter("The name of the file is empty.")
    if is_listed:
        asked["ids"] = [*(ids or ()), *read_ids(ids_from)]
        asked["unknown"] = "skip" if skip_unknown else "raise"
    elif skip_unknown:
        raise typer.BadParameter("--skip-unknown needs --id or --ids-from.")
    made = loaded.export(
        cast("FormatName", format_), works=_choose(loaded, asked) if asked else None
    )
    keep_off_terminal(format_, output, is_binary=made.is_binary)
    terminal.write_output(made, output or "-", force=force)
    for note in made.notes:
        terminal.err().print(terminal.text(f"Note: {note}"), soft_wrap=True)


def _show_formats(hub: str, name: str) -> None:
    rows = [(each, FORMATS[each].meaning) for each in FORMATS]
    terminal.show(
        terminal.grid("format", "what it is for", rows=rows),
        *pages.next_steps(
            (f"citehub export {quote(hub)} -f bibtex -o {quote(name)}.bib", "references")
        ),
    )


def _choose(hub: citehub.Hub, asked: dict[str, Any]) -> Works[Any]:
    """Return the works that meet the conditions; end the program if there are none."""
    try:
        with warnings.catch_warnings(record=True) as left_out:
            warnings.simplefilter("always")
            works = hub.select(**asked)
    except BadArgument as error:  # here that is an option written wrong, not damaged data
        raise typer.BadParameter(str(error)) from None
    for warning in left_out:
        terminal.err().print(terminal.text(f"Note: {warning.message}"), soft_wrap=True)
    if not works:
        terminal.err().print(terminal.text(f"No work of {hub.name} meets every condition."))
        raise typer.Exit(1)
    return works


def _read_years(texts: Iterable[str]) -> list[int]:
    """Return every year of texts such as ``2023`` and ``2022-2024``."""
    years: list[int] = []
    for text in texts:
        found = _YEARS.fullmatch(text)
        if found is None:
            raise typer.BadParameter(f"--year takes a year, or two as 2022-2024, not {text!r}.")
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last:
            raise typer.BadParameter(f"--year {text}: the first year comes after the last.")
        years += range(first, last + 1)
    return years
