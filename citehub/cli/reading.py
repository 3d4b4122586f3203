"""The command that reads full texts for the passages in which works cite: read."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

import citehub
from citehub import _terminal as terminal
from citehub._passages import PASSAGES_FOUND
from citehub._text import clean, counted
from citehub.cli import records
from citehub.cli.app import PARTIAL, AsJson, app, complete_hub
from citehub.cli.live import NOTHING_NEW
from citehub.cli.stopping import TEXTS_KEPT, UNCHANGED, stoppable

if TYPE_CHECKING:
    from citehub.graph.reading import Read

_MOST_PRINTED: Final = 10


@app.command()
def read(
    hub: Annotated[
        str, typer.Argument(metavar="HUB", help="A hub folder.", autocompletion=complete_hub)
    ],
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TEXT",
            help="Files, archives or LaTeX trees, or folders of them: HTML of arXiv, LaTeX, "
            "JATS, TEI, Markdown, PDF.",
        ),
    ] = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Ask for open texts of works that were not read yet.")
    ] = False,
    sources: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="SOURCES",
            help="Hosts to ask, as europepmc,arxiv; openalex charges a cent for each text.",
        ),
    ] = None,
    works: Annotated[
        list[str] | None,
        typer.Option("--work", metavar="WORK", help="Ask only for the text of this work."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find the passages in which works cite the hub's work, and make the next version.

    It matches a text to its work by file name, identifiers in the text, or title. Sentences stay
    in the hub's folder; a release has only those whose licence allows it. Exits with 0 if
    something is new, with 4 if nothing is, and with 3 if a host could not be asked.
    """
    from citehub.cli.live import split_sources
    from citehub.graph.reading import read_texts

    names = split_sources(sources)
    if (names or works) and not fetch:
        raise typer.BadParameter("--from and --work need --fetch.")
    with stoppable(TEXTS_KEPT if fetch else UNCHANGED), terminal.progress() as step:
        done = read_texts(
            hub, texts or (), fetch=fetch, sources=names, works=works or (), progress=step
        )
    if as_json:
        records.print_json(_record(done))
    else:
        _show(done)
    if done.failed:
        raise typer.Exit(PARTIAL)
    if done.diff is None:
        raise typer.Exit(NOTHING_NEW)


def _show(done: Read) -> None:
    """Print the results for the texts, and what is new."""
    for note in done.notes:
        _say(f"Note: {note}")
    for host, reason in done.failed.items():
        _say(f"{host} could not be asked: {reason}")
    for each in [each for each in done.texts if each.status != PASSAGES_FOUND][:_MOST_PRINTED]:
        _say(f"{each.text or each.work_id}: {each.status}. {each.said}".rstrip())
    counts = Counter(each.status for each in done.texts)
    found = [(each, *passage) for each in done.texts for passage in each.passages]
    if len(done.texts) > counts[PASSAGES_FOUND] + _MOST_PRINTED:
        _say(f"... and {len(done.texts) - counts[PASSAGES_FOUND] - _MOST_PRINTED:,} more.")
    rows = [(status, n) for status, n in counts.most_common()]
    parts: list[Any] = []
    for each, section, sentence in found[:_MOST_PRINTED]:
        parts += [terminal.text(f"{each.work_id}, {section}", style="bold")]
        parts += [terminal.text(sentence), ""]
    if len(found) > _MOST_PRINTED:
        parts += [f"... and {counted(len(found) - _MOST_PRINTED, 'passage')} more.", ""]
    parts += [terminal.grid("result", "texts", rows=rows), ""] if rows else []
    said = (
        f"The hub now has {counted(done.n_passages, 'passage')} from texts of {done.n_with:,} of "
        f"its {counted(done.n_works, 'citing work')}."
    )
    if done.folder:
        print(clean(done.folder))
        said += f" {done.version} is the next version."
    else:
        said += f" Nothing is new since {done.before}."
    terminal.show(*parts, terminal.paragraph(said))
    if done.folder and done.n_passages:
        _say(f"Look at the passages with: citehub show {shlex.quote(done.hub)} WORK")


def _record(done: Read) -> dict[str, Any]:
    """Return the result for scripts."""
    return {
        "hub": done.hub,
        "status": "new" if done.diff else "nothing new",
        "version": done.version,
        "before": done.before,
        "folder": done.folder or None,
        "level": done.diff.level if done.diff else None,
        "news": asdict(done.diff.news) if done.diff else None,
        "texts": [
            {**each._asdict(), "passages": [list(pair) for pair in each.passages]}
            for each in done.texts
        ],
        "n_works": done.n_works,
        "n_with_passage": done.n_with,
        "n_passages": done.n_passages,
        "failed": done.failed,
        "notes": list(done.notes),
        "requests": done.n_requests,
        "citehub": citehub.__version__,
    }


def _say(message: str) -> None:
    sys.stdout.flush()
    terminal.err().print(terminal.paragraph(message), soft_wrap=True)
