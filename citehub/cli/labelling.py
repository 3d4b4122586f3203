"""The command that judges why passages cite, by rules or a language model: label."""

from __future__ import annotations

import shlex
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

import citehub
from citehub import _terminal as terminal
from citehub._text import clean, counted
from citehub.cli import records
from citehub.cli.app import PARTIAL, AsJson, app, complete_hub
from citehub.cli.live import NOTHING_NEW
from citehub.cli.stopping import ANSWERS_KEPT, UNCHANGED, stoppable
from citehub.errors import BadArgument

if TYPE_CHECKING:
    from collections.abc import Callable

    from citehub.graph.hub_labels import Labelled, ModelPlan

_MOST_PRINTED: Final = 10  # passages that are left open


@app.command()
def label(
    hub: Annotated[
        str, typer.Argument(metavar="HUB", help="A hub folder.", autocompletion=complete_hub)
    ],
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME", help="Have this language model judge."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="ADDRESS",
            help="Address of the model, as http://127.0.0.1:8080/v1: any server with the "
            "interface of OpenAI's chat completions.",
        ),
    ] = None,
    votes: Annotated[
        int | None,
        typer.Option("--votes", metavar="N", help="Answers for each passage; by default 1."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", help="Ask about at most N passages."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Send the passages without asking you.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would send, and send nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Judge why passages cite, by rules or a language model, and make the next version.

    It needs the words of the passages: read texts first, with citehub read. The rules name the cue
    that they saw, and abstain if two roles are near. With --model, it sends the passages to the
    address of --at, after you agree. The judgement of a person always comes first. Exits with 0 if
    something is new, with 4 if nothing is, and with 3 if the model gave no usable answer for some
    passages.
    """
    if model is not None and at is not None:
        asked = _Asked(model, at, 1 if votes is None else votes, limit, yes=yes, dry_run=dry_run)
        _label_by_model(hub, asked, as_json=as_json)
        return
    if model is not None or at is not None:
        raise typer.BadParameter("--model and --at go together: name the model, and its address.")
    if votes is not None or limit is not None or yes or dry_run:
        raise typer.BadParameter(
            "--votes, --limit, --yes and --dry-run are for a language model: add --model and --at."
        )
    _label_by_rules(hub, as_json=as_json)


class _Asked(NamedTuple):
    """The options for a language model."""

    model: str
    at: str
    votes: int
    limit: int | None
    yes: bool
    dry_run: bool


def _label_by_model(hub: str, asked: _Asked, *, as_json: bool) -> None:
    """Ask a language model, and print what it said."""
    from citehub.graph.model_labels import label_by_model

    steps: list[Callable[[str], None]] = []

    def step(said: str) -> None:
        for each in steps:
            each(said)

    def confirm(plan: ModelPlan) -> bool:
        if plan.n_asked or asked.dry_run:
            _show_plan(plan)
        if asked.dry_run or not (asked.yes or not plan.n_asked or _is_agreed()):
            return False
        steps.append(stack.enter_context(terminal.progress()))
        return True

    with stoppable(ANSWERS_KEPT), ExitStack() as stack:
        done = label_by_model(
            hub, model=asked.model, at=asked.at, votes=asked.votes, limit=asked.limit,
            confirm=confirm, progress=step, tell=lambda said: terminal.tell(step, said),
        )  # fmt: skip
    if as_json:
        records.print_json(_record(done))
    elif steps:
        _show_by_model(done, asked.model)
    else:
        _say("Nothing was sent.")
    if done.failed or done.stopped:
        raise typer.Exit(PARTIAL)
    if done.diff is None and not asked.dry_run:
        raise typer.Exit(NOTHING_NEW)


def _is_agreed() -> bool:
    """Ask whether passages may be sent."""
    if not terminal.is_dialogue():
        raise BadArgument("Nothing was sent, as nobody can be asked here. Agree with --yes.")
    terminal.err().print("Send them? yes or no: ", end="")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _show_plan(plan: ModelPlan) -> None:
    """Say what is about to be sent, and where."""
    _say(
        f"{counted(plan.n_passages, 'passage')}, {plan.n_words:,} with words; {plan.model} "
        f"judged {plan.n_judged:,} of them before, with the same prompt. To send: "
        f"{counted(plan.n_asked, 'passage')} in {counted(plan.n_requests, 'request')} with "
        f"{counted(plan.n_letters, 'character')} (estimated: {plan.n_tokens:,} tokens), to "
        f"{plan.host}." + ("" if plan.n_words else " Read texts first: citehub read HUB FOLDER")
    )
    if plan.is_local or not plan.n_asked:
        return
    _say(
        f"They leave this computer. The texts of {plan.n_closed:,} of {plan.n_asked:,} passages "
        "have no open licence, or none that is known."
    )
    if plan.is_open:
        _say("The address is plain http, so others on the way can read it.")
    if plan.holds_back_key:
        _say("The key in CITEHUB_MODEL_KEY is not sent over plain http.")


def _show_by_model(done: Labelled, model: str) -> None:
    """Print the answers of a model, the open passages, and what is new."""
    for note in done.notes:
        _say(f"Note: {note}")
    for passage, why in [*done.failed.items()][:_MOST_PRINTED]:
        _say(f"{passage} stays open: {why}")
    if len(done.failed) > _MOST_PRINTED:
        _say(f"... and {len(done.failed) - _MOST_PRINTED:,} more.")
    if done.stopped:
        _say(f"Stopped: {done.stopped}")
    if done.failed or done.stopped:
        _say("The same command asks again about open passages.")
    said = (
        f"{counted(done.n_passages, 'passage')}, {done.n_words:,} with words; {model} judged "
        f"{done.n_judged:,} of them, now with {counted(done.n_requests, 'request')}."
    )
    _show_roles(done, said)


def _label_by_rules(hub: str, *, as_json: bool) -> None:
    """Have the rules judge, and print their labels."""
    from citehub.graph.hub_labels import label_hub

    with stoppable(UNCHANGED), terminal.progress() as step:
        done = label_hub(hub, progress=step)
    if as_json:
        records.print_json(_record(done))
    else:
        for note in done.notes:
            _say(f"Note: {note}")
        said = (
            f"{counted(done.n_passages, 'passage')}, {done.n_words:,} with words; the rules "
            f"judged {done.n_judged:,} and abstained from {done.n_words - done.n_judged:,}."
        )
        _show_roles(done, said)
    if done.diff is None:
        raise typer.Exit(NOTHING_NEW)


def _record(done: Labelled) -> dict[str, Any]:
    """Return the labels for scripts."""
    plan = done.plan
    record = done._asdict() | {
        "plan": plan and plan._asdict() | {"n_tokens_estimated": plan.n_tokens},
        "level": done.diff.level if done.diff else None,
        "status": "new" if done.diff else "nothing new",
        "citehub": citehub.__version__,
    }
    del record["diff"]
    return record


def _show_roles(done: Labelled, said: str) -> None:
    """Print how many passages got each role, and what is new."""
    of = f"of {done.n_judged:,} judged"
    rows = [(role, f"{n:,}", of) for role, n in done.roles.items()]
    if not done.n_words:
        said += f" Read texts first: citehub read {shlex.quote(done.hub)} FOLDER"
    if done.folder:
        print(clean(done.folder))
        said += f" {done.version} is the next version."
    else:
        said += f" Nothing is new since {done.before}."
    grid: list[Any] = []
    if rows:
        grid = [terminal.grid("role", "passages", "", rows=rows), ""]
    terminal.show(*grid, terminal.paragraph(said))


def _say(message: str) -> None:
    sys.stdout.flush()
    terminal.err().print(terminal.paragraph(message), soft_wrap=True)
