"""The command by which people judge why passages cite: review."""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer
from rich.columns import Columns
from rich.text import Text

from citehub import _terminal as terminal
from citehub._text import clean, counted
from citehub.cli.app import app, complete_hub
from citehub.cli.stopping import UNCHANGED, stoppable
from citehub.errors import CitehubError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from citehub._rows import LabelScheme
    from citehub.graph.at_hand import PassageAtHand
    from citehub.graph.review import Dispute, Judgement, Review

_KEPT: Final = "Stopped. Every judgement is kept. The same command goes on from there."
_KEYS: Final = "? meanings, g guideline, s skip, b back, q stop"
_TITLES: Final[dict[LabelScheme, str]] = {
    "intent": "Role", "polarity": "Polarity", "subject": "Subject"
}  # fmt: skip
_NONE: Final = "-"
_MOST_LETTERS: Final = 2000  # of a sentence that are shown on either side of a mark
_BREAKS: Final = str.maketrans("\t\n\r", "   ")


@app.command()
def review(
    hub: Annotated[
        str, typer.Argument(metavar="HUB", help="A hub folder.", autocompletion=complete_hub)
    ],
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="With --take: CSV files of judgements."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="NAME",
            help="Name of the person who judges; with --settle, of those who agreed.",
        ),
    ] = None,
    take: Annotated[
        bool, typer.Option("--take", help="Take in files that people saved from the page.")
    ] = False,
    settle: Annotated[
        bool, typer.Option("--settle", help="Ask people to agree where they differ.")
    ] = False,
) -> None:
    """Judge yourself why passages cite, one after the other.

    Each person has their own order, and sees nobody else's judgements. Every judgement is kept at
    once, in source/labels.csv; citehub build takes it into the next version. For a page instead of
    the terminal: citehub site HUB --review --out DIR
    """
    from citehub.graph.review import Review

    if take and (settle or name):
        raise typer.BadParameter(
            "--take goes without --as and --settle, as the files name who judged."
        )
    if take is not bool(files):
        due = "Name the files to take in." if take else "Files need --take."
        raise typer.BadParameter(due, param_hint="FILE")
    if not take and not (name or "").strip():
        raise typer.BadParameter('Say who judges, as --as "Ada Lamp".', param_hint="--as")
    opened = Review(hub)
    if take:
        with stoppable(UNCHANGED):
            _take(opened, files or [], hub)
        return
    spelt = opened.check_name(name or "")
    if not terminal.is_dialogue():
        page = (
            f"Judge on a page, with: citehub site {shlex.quote(hub)} --review --out DIR, or fill"
        )
        raise typer.BadParameter(
            "Nobody can be asked here, as this is not a terminal. "
            f"{'Settle at one, or fill' if settle else page} in {opened.path}"
        )
    with stoppable(_KEPT):
        if settle:
            _Settling(opened, spelt, hub).run()
        else:
            _Judging(opened, spelt, hub).run()


class _Stop(Exception):
    """The person stops."""


class _Skip(Exception):
    """The person leaves a passage for later."""


class _Back(Exception):
    """The person goes back."""


class _Question(NamedTuple):
    """A question, its values with their meanings, and whether it may stay open."""

    title: str
    values: Sequence[str]
    meanings: Mapping[str, str]
    is_open: bool = False


class _Dialogue:
    """What judging and settling share."""

    def __init__(self, review: Review, name: str, hub: str) -> None:
        self.review = review
        self.name = name
        self.hub = shlex.quote(hub)
        self.console = terminal.err()

    def say(self, *parts: Any) -> None:
        for part in parts:
            shown = terminal.paragraph(part) if isinstance(part, str) else part
            self.console.print(shown)

    def read(self, prompt: str) -> str:
        """Return a line from the person; the end of the input means stop."""
        self.console.print(terminal.text(f"{prompt} "), end="", soft_wrap=True)
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            self.say("")  # what follows stands on a line of its own
            raise
        if not line:
            self.say("")
            raise _Stop
        answer = line.strip()
        if answer == "q":
            raise _Stop
        if answer == "s":
            raise _Skip
        if answer == "b":
            raise _Back
        if answer == "g":
            self.say("", self.review.guideline.text, "")
            return self.read(prompt)
        return answer

    def choose(self, question: _Question, before: str | None = None) -> str | None:
        """Return a value, by its number or first letters; Enter keeps the one before."""
        title, values, meanings, is_open = question
        listed = [terminal.text(f"{number} {value}") for number, value in enumerate(values, 1)]
        keeps = f"Enter: {before}" if before else "Enter: none" if is_open else ""
        if before and is_open:
            keeps += f", {_NONE} for none"
        self.say(terminal.text(title, style="bold"), Columns(listed, padding=(0, 2)))
        while True:
            answer = self.read(f"{title}{f' ({keeps})' if keeps else ''}:")
            if answer == "?":
                rows = [(value, meanings.get(value, "")) for value in values]
                self.console.print(terminal.grid("", "", rows=rows, wide=(1,)))
            elif not answer and (before or is_open):
                return before
            elif answer == _NONE and is_open:
                return None
            elif len(found := _find(answer, values)) == 1:
                return found[0]
            else:
                fits = f"may be {' or '.join(found)}" if found else "is not an answer"
                self.say(f"{answer!r:.40} {fits}. Give a number, 1 to {len(values)}.")

    def comment(self, passage: PassageAtHand, before: str | None = None) -> str | None:
        """Return the comment of the person, if any."""
        from citehub.sources.curation import REPEATS

        keeps = f"Enter: {before}, {_NONE} for none" if before else "Enter: none"
        while True:
            answer = self.read(f"Comment ({keeps}):")
            if answer == "?":
                self.say("Say what is odd, or why you chose this. It is published with the label.")
            elif self.review.repeats(passage.context_id, answer):
                self.say(f"The comment {REPEATS}.")
            else:
                return None if answer == _NONE else answer or before

    def scheme(self, scheme: LabelScheme) -> _Question:
        values, meanings = self.review.values[scheme], self.review.meanings[scheme]
        return _Question(_TITLES[scheme], values, meanings, is_open=scheme == "subject")

    def write(self, act: Callable[[], None]) -> None:
        """Write a judgement; if that fails, say why, and try again on Enter."""
        while True:
            try:
                act()
            except (CitehubError, OSError) as error:
                terminal.complain(error)
                self.read(
                    "Not written. Mend that and press Enter; q stops without this judgement."
                )
            else:
                return

    def show(self, passage: PassageAtHand, where: str) -> None:
        """Print a passage: its work, its place, and its words if they are at hand."""
        from citehub.graph.review import where as stands

        url = self.review.urls.get(passage.work_id)
        self.say(
            "",
            terminal.text(where, style="dim"),
            terminal.text(passage.title, style="bold"),
            f"{passage.work_id}{f', {url}' if url else ''}",
            stands(passage),
            "",
        )
        if passage.text:
            self.say(_words(passage), "")
            return
        self.say(
            f"In other words: {passage.gist}" if passage.gist else "No gist is known.",
            f"Its words are not at hand. Open the paper{f': {url}' if url else ''}",
            "",
        )

    def end(self, left: str, again: str) -> None:
        """Print what is done, and what to type next."""
        terminal.show(terminal.paragraph(left))
        self.say(again)


class _Judging(_Dialogue):
    """One person judges the passages in their own order."""

    def run(self) -> None:
        from citehub.graph.review import to_judgement

        review = self.review
        rows = review.labels()
        for row in review.lost(rows, self.name):
            self.say(
                f"Note: {row.decision.place}: {review.hub.version} has no passage "
                f"{row.context_id}. The label stays in the file, but no longer counts."
            )
        order = review.order(self.name)
        held = review.judged(rows).get(self.name, {})
        judged = {key: said for key, each in held.items() if (said := to_judgement(each))}
        self.said = {key: said for key, said in judged.items() if key in review.passages}
        self.say(
            f"{counted(len(order), 'passage')} of {review.hub.name} {review.hub.version}, "
            f"{len(self.said)} judged by {self.name}. Guideline {review.guideline.version}.",
            "Answer with a number and Enter.",
            f"At each question: {_KEYS}",
        )
        with suppress(_Stop):
            self.walk(order)
        n, of = len(self.said), counted(len(order), "passage")
        again = f"citehub review {self.hub} --as {shlex.quote(self.name)}"
        done = f"{self.name} judged {n} of {of}."
        if n < len(order):
            self.end(done, f"To go on: {again}")
        else:
            self.end(
                done,
                f"The next version takes them in: citehub build {self.hub}\nIf a second person "
                f"judged, too, settle the differences: citehub review {self.hub} --settle --as "
                "NAMES",
            )

    def walk(self, order: Sequence[PassageAtHand]) -> None:
        """Go from passage to passage; b goes back one, judged or not."""
        at = self.next(order, 0)
        while True:
            try:
                if at == len(order):
                    self.read("That was the last one. Enter ends, b goes back:")
                    return
                passage = order[at]
                self.judge(passage, f"Passage {at + 1} of {len(order)}")
            except _Back:
                at = max(at - 1, 0)
                continue
            except _Skip:
                if at == len(order):
                    return
            at = self.next(order, at + 1)

    def next(self, order: Sequence[PassageAtHand], start: int) -> int:
        """Return the next place that is not judged, or the end."""
        open_ = (at for at in range(start, len(order)) if order[at].context_id not in self.said)
        return next(open_, len(order))

    def judge(self, passage: PassageAtHand, where: str) -> None:
        """Ask for a judgement and keep it; b restarts the passage once it has a role."""
        self.show(passage, where)
        before = self.said.get(passage.context_id)
        while True:
            role = self.choose(self.scheme("intent"), before.role if before else None)
            try:
                judgement = self.rest(passage, role or "", before)
            except _Back:
                continue
            break
        self.write(lambda: self.review.keep(self.name, passage, judgement))
        self.said[passage.context_id] = judgement

    def rest(self, passage: PassageAtHand, role: str, before: Judgement | None) -> Judgement:
        """Ask for all but the role."""
        from citehub.graph.review import LEVELS, Judgement

        review = self.review
        others = [value for value in review.values["intent"] if value != "unsure"]
        second = before.second if before and before.second != role else None
        question = _Question("Second role that fits", others, review.meanings["intent"], True)
        second = None if role == "unsure" else self.choose(question, second)
        second = None if second == role else second
        polarity = self.choose(self.scheme("polarity"), before.polarity if before else None)
        subject = before.subject if before else None
        if review.values["subject"]:
            subject = self.choose(self.scheme("subject"), subject)
        question = _Question("Confidence", LEVELS, {}, True)
        sure: Any = self.choose(question, before.confidence if before else None)
        comment = self.comment(passage, before.comment if before else None)
        return Judgement(role, second, polarity, subject, sure, comment)


class _Settling(_Dialogue):
    """People who judged apart agree on a value for each difference."""

    def run(self) -> None:
        from citehub.graph.review import to_judgement

        review = self.review
        people = review.judged(review.labels())
        left = {
            name: len(review.passages) - sum(
                key in review.passages and to_judgement(rows) is not None
                for key, rows in each.items()
            )
            for name, each in people.items()
        }  # fmt: skip
        if len(people) < 2:  # noqa: PLR2004
            names = ", ".join(people) or "nobody"
            raise typer.BadParameter(
                f"To settle, two people must have judged. So far: {names}. To judge: citehub "
                f"review {self.hub} --as NAME"
            )
        waiting = ", ".join(f"{name} ({n})" for name, n in left.items() if n)
        try:
            if waiting:
                self.say(
                    f"Not all passages are judged; left: {waiting}. Who still judges should not "
                    "see this."
                )
                if self.read("Go on? y or n:").lower() not in {"y", "yes"}:
                    return
            self.show_agreement()
            disputes, settled = review.disputes()
            self.walk([
                each for each in disputes
                if (each.passage.context_id, each.scheme) not in settled
            ])  # fmt: skip
        except (_Stop, _Skip, _Back):
            pass
        disputes, settled = review.disputes()
        n = sum((each.passage.context_id, each.scheme) in settled for each in disputes)
        self.end(
            f"{n} of {counted(len(disputes), 'difference')} settled.",
            f"The next version takes them in: citehub build {self.hub}"
            if n == len(disputes)
            else f"To go on: citehub review {self.hub} --settle --as {shlex.quote(self.name)}",
        )

    def show_agreement(self) -> None:
        """Print how far any two people agree, before anything is settled."""
        rows = [
            (f"{each.one}, {each.other}", each.scheme, f"{each.n_agreed} of {each.n}",
             _number(each.kappa), _number(each.ac1))
            for each in self.review.agreement()
        ]  # fmt: skip
        names = "people", "scheme", "agree", "Cohen's kappa", "Gwet's AC1"
        terminal.show(terminal.grid(*names, rows=rows, stacks=True))

    def walk(self, disputes: Sequence[Dispute]) -> None:
        """Go from difference to difference."""
        at = 0
        while at < len(disputes):
            try:
                self.settle(disputes[at], f"Difference {at + 1} of {len(disputes)}")
            except _Back:
                at = max(at - 1, 0)
                continue
            except _Skip:
                pass
            at += 1

    def settle(self, dispute: Dispute, where: str) -> None:
        """Show what each says, and ask for the value that they agree on."""
        from citehub.graph.review import to_comment

        self.show(dispute.passage, where)
        for name, row in dispute.said:
            sure = f", confidence {row.confidence_level}" if row.confidence_level else ""
            comment = to_comment(row)
            self.say(f"{name}: {row.value}{sure}{f'. {comment}' if comment else ''}")
        value = self.choose(self.scheme(dispute.scheme)._replace(is_open=False))
        comment = self.comment(dispute.passage)
        self.write(lambda: self.review.settle(self.name, dispute, value or "", comment))


def _find(answer: str, values: Sequence[str]) -> list[str]:
    """Return the values that a number or first letters name."""
    if answer.isdecimal() and answer.isascii():
        number = int(answer[:4])
        return [values[number - 1]] if 0 < number <= len(values) else []
    begin = [value for value in values if answer and value.lower().startswith(answer.lower())]
    return [value for value in begin if value.lower() == answer.lower()] or begin


def _words(passage: PassageAtHand) -> Text:
    """Return a sentence with its mark highlighted, between its neighbours."""
    text = (passage.text or "").translate(_BREAKS)
    start, end = passage.span or (0, 0)
    first, last = max(start - _MOST_LETTERS, 0), end + _MOST_LETTERS
    before, after = (passage.before or "")[-_MOST_LETTERS:], (passage.after or "")[:_MOST_LETTERS]
    return Text.assemble(
        (clean(before.translate(_BREAKS)), "dim"), " " if before else "",
        "…" if first else "", clean(text[first:start]),
        (clean(text[start:end]), "bold reverse"), clean(text[end:last]),
        "…" if last < len(text) else "", " " if after else "",
        (clean(after.translate(_BREAKS)), "dim"),
    )  # fmt: skip


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _take(review: Review, files: Sequence[str], hub: str) -> None:
    """Take in files, and say what became of each person's judgements."""
    taken, notes = review.take(files)
    for note in notes:
        terminal.err().print(terminal.text(f"Note: {note}"), soft_wrap=True)
    rows = [
        (each.name, each.new, len(each.replaced), each.same, len(each.older)) for each in taken
    ]
    names = "person", "new", "changed", "there already", "older, left out"
    parts: list[Any] = [terminal.grid(*names, rows=rows, stacks=True)]
    for each in taken:
        for what, ids in (("changed", each.replaced), ("older, left out", each.older)):
            if ids:
                parts.append(terminal.paragraph(f"{each.name}, {what}: {', '.join(ids)}"))
    terminal.show(*parts)
    hint = f"The next version takes them in: citehub build {shlex.quote(hub)}"
    terminal.err().print(terminal.text(hint), soft_wrap=True)
