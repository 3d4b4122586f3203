"""The command that compares labellers with people: labels evaluate."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

import citehub
from citehub import _terminal as terminal
from citehub._catalog import is_hub, is_release
from citehub._labels import FACET_OF_SCHEME
from citehub._text import counted
from citehub.cli import records
from citehub.cli.app import AsJson, app
from citehub.errors import BadArgument, UnknownHub

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citehub._evaluation import LabelerScore, LabelEvaluation, Measured
    from citehub._hub import Hub
    from citehub.labelling.corpora import Corpus
    from citehub.labelling.scores import Scores

labels = typer.Typer(help="How far labellers agree with people.", no_args_is_help=True)
app.add_typer(labels, name="labels")


@labels.command()
def evaluate(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="HUB_OR_FOLDER",
            help="A hub whose passages are judged, by name or folder; or your folder of a "
            "published corpus: SciCite, MultiCite, ACL-ARC, ACT2, FOCAL, AC3.",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Compare the labellers of a hub with people, or the rules with a corpus.

    For a hub, it compares each labeller with people on the same passages: agreement, Cohen's kappa
    and Gwet's AC1, with 95 % intervals from 1,000 bootstrap samples of the works. If no person
    judged, a majority of models takes their place, which proves nothing. For a corpus, it shows
    the macro-F1 of the rules, in which each role counts alike, with intervals from samples of the
    contexts. If the rules abstain, their leading role counts.
    """
    found = [_look_at(each) for each in given]
    if as_json:
        records.print_json([each.record() for each in found])
        return
    for each in found:
        each.show()


def _look_at(given: str) -> _OfHub | _OfCorpus:
    """Evaluate the labellers of a hub, or the rules on a corpus."""
    if os.path.isdir(given) and not (is_hub(given) or is_release(given)):
        from citehub.labelling.corpora import read_corpus
        from citehub.labelling.scores import judge_all, judge_polarity

        corpus = read_corpus(given)
        return _OfCorpus(corpus, judge_all(corpus), judge_polarity(corpus))
    try:
        hub = citehub.load(given)
    except UnknownHub as error:
        from citehub.labelling.corpora import say_known

        message = f"{error}\nIt is not the folder of a corpus, either. {say_known()}"
        raise BadArgument(message) from None
    return _OfHub(hub, hub.evaluate_labels())


@dataclass(frozen=True, slots=True)
class _OfCorpus:
    """The rules, compared with a corpus."""

    corpus: Corpus
    scores: Scores
    stances: Scores | None

    def show(self) -> None:
        corpus, scores = self.corpus, self.scores
        share = scores.n_right / scores.n_judged if scores.n_judged else 0.0
        parts: list[Any] = [
            terminal.text(f"{corpus.name}, {corpus.part}", style="bold"),
            terminal.paragraph(
                f"{_macro(scores)}. The rules judged {scores.n_judged:,} of them, "
                f"{scores.n_right:,} right ({share:.0%}), and abstained from "
                f"{scores.n - scores.n_judged:,}."
            ),
            _by_role("role", scores),
        ]
        if corpus.published:
            beside = [(name, f"{value:.3f}") for name, value in corpus.published]
            parts.append(terminal.grid("published on its test part", "macro-F1", rows=beside))
        if self.stances:
            said = f"Polarity: {_macro(self.stances)}."
            parts += ["", terminal.paragraph(said), _by_role("polarity", self.stances)]
        terminal.show(*parts, "")

    def record(self) -> dict[str, Any]:
        corpus = self.corpus
        return {
            "corpus": corpus.name,
            "part": corpus.part,
            **_scores_record(self.scores),
            "polarity": _scores_record(self.stances) if self.stances else None,
            "published": dict(corpus.published),
            "citehub": citehub.__version__,
        }


def _macro(scores: Scores) -> str:
    return (
        f"macro-F1 {scores.macro_f1:.3f}, 95 % interval {scores.low:.3f} to {scores.high:.3f}, of "
        f"{counted(scores.n, 'context')}"
    )


def _by_role(what: str, scores: Scores) -> Any:
    rows = [
        (each.role, f"{each.precision:.2f}", f"{each.recall:.2f}", f"{each.f1:.2f}",
         f"{each.n_true:,}", f"{each.n_said:,}")
        for each in scores.roles
    ]  # fmt: skip
    return terminal.grid(what, "precision", "recall", "F1", "by people", "by rules", rows=rows)


def _scores_record(scores: Scores) -> dict[str, Any]:
    return {**scores._asdict(), "roles": [each._asdict() for each in scores.roles]}


@dataclass(frozen=True, slots=True)
class _OfHub:
    """The labellers of a hub, compared with people."""

    hub: Hub
    schemes: Sequence[LabelEvaluation]

    def show(self) -> None:
        named = f"{self.hub.name} {self.hub.version}"
        if not self.schemes:
            said = f"{named}: no passage is judged. To judge: citehub label HUB"
            terminal.show(terminal.paragraph(said))
        for each in self.schemes:
            title = terminal.text(f"{named}, {FACET_OF_SCHEME[each.scheme]}", style="bold")
            terminal.show(title, *_scheme(each), "")

    def record(self) -> dict[str, Any]:
        return {
            "hub": self.hub.name,
            "version": self.hub.version,
            "schemes": [_plain(each) for each in self.schemes],
            "citehub": citehub.__version__,
        }


def _plain(value: Any) -> Any:
    """Return named tuples as mappings, at any depth."""
    if hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _scheme(found: LabelEvaluation) -> list[Any]:
    """Return what to show for one scheme."""
    parts: list[Any] = [terminal.paragraph(_reference(found))]
    if found.labelers:
        rows = [
            (each.labeler, each.kind, f"{each.n_judged:,} of {each.n_reference:,}",
             f"{each.n_agreed:,}", _percent(each.agreement), _number(each.kappa),
             _number(each.ac1))
            for each in found.labelers
        ]  # fmt: skip
        headers = ("labeller", "kind", "judged", "agreed", "share of judged", "kappa", "AC1")
        parts += ["", terminal.grid(*headers, rows=rows, stacks=True)]
    for each in found.labelers:
        if each.n_agreed < each.n_judged:
            parts += ["", *_confusion(each)]
    for what, among in (("people", found.people), ("models", found.models)):
        if among:
            kappa = "not defined" if among.kappa is None else f"{among.kappa:.2f}"
            ac1 = "not defined" if among.ac1 is None else f"{among.ac1:.2f}"
            parts += ["", terminal.paragraph(
                f"Among {what} ({'; '.join(among.labelers)}): all agree on {among.n_agreed:,} of "
                f"{counted(among.n, 'passage')}; Fleiss' kappa {kappa}, AC1 {ac1}."
            )]  # fmt: skip
    return [*parts, *_corrected(found)]


def _reference(found: LabelEvaluation) -> str:
    """Say with what labellers are compared."""
    if found.reference == "none":
        return (
            "No person judged, and there is no majority of models, so there is nothing to "
            "compare with. Judge some passages: citehub review HUB --as NAME. Then build: "
            "citehub build HUB"
        )
    who = "; ".join(found.referees)
    said = (
        "No passage has a reference."
        if not found.n_reference
        else (
            f"{counted(found.n_reference, 'passage')} of {counted(found.n_works, 'work')} have a "
            f"reference, by {who}."
        )
    )
    if found.n_disputed:
        said += f" {found.n_disputed:,} more have none, as those who judged differ."
    if found.reference == "majority":
        said += (
            " No person judged: the figures say how far labellers agree with the majority, "
            "not how often they are right."
        )
    if any(each.makes_reference for each in found.labelers):
        said += " Some of these labellers voted in the majority, which favours them."
    return said


def _confusion(score: LabelerScore) -> list[Any]:
    """Return a labeller's confusion matrix: a row for each value of the reference."""
    rows = [
        (value, *(f"{n:,}" for n in row))
        for value, row in zip(score.values, score.confusion, strict=True)
    ]
    said = f"Rows: the reference. Columns: {score.labeler}."
    return [terminal.paragraph(said), terminal.grid("", *score.values, rows=rows)]


def _corrected(found: LabelEvaluation) -> list[Any]:
    """Return the sums, as labelled and corrected, or say why there are none."""
    from citehub._evaluation import LEAST_JUDGED

    if found.reference == "none":
        return []
    if not found.corrected:
        return [
            "",
            terminal.paragraph(
                f"No sums are corrected. That needs {LEAST_JUDGED} passages that people and a "
                "labeller both judged, and others that only the labeller judged."
            ),
        ]
    rows = [
        (each.labeler, each.value, f"{each.n:,} of {each.n_judged:,}", _percent(each.share),
         f"{each.n_corrected:.1f} of {each.n_judged:,}", _percent(each.corrected),
         f"{each.n_both:,}")
        for each in found.corrected
    ]  # fmt: skip
    headers = ("labeller", "value", "as labelled", "share", "corrected", "share", "checked")
    return ["", terminal.grid(*headers, rows=rows, stacks=True)]


def _percent(found: Measured | None) -> str | None:
    """Return a share with its interval."""
    if found is None:
        return None
    ends = "" if found.low is None else f", {found.low:.0%} to {found.high:.0%}"
    return f"{found.value:.0%}{ends}"


def _number(found: Measured | None) -> str | None:
    """Return a number with its interval."""
    if found is None:
        return None
    ends = "" if found.low is None else f", {found.low:.2f} to {found.high:.2f}"
    return f"{found.value:.2f}{ends}"
