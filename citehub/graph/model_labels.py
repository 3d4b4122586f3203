"""Labels of a hub's passages by a language model: questions, answers and labels."""

from __future__ import annotations

import hashlib
import json
import ntpath
import os
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub._catalog import find_folder, load
from citehub._labels import FACET_OF_SCHEME
from citehub._text import clean_line
from citehub._writer_lock import writing
from citehub.build.release import IN_A_COPY, check_not_shipped, mend
from citehub.build.spec import SOURCE, read_spec
from citehub.errors import BadAnswer, BadArgument, BudgetUsedUp, FetchError, KeyRefused
from citehub.graph.at_hand import passages_at_hand
from citehub.graph.hub_labels import Labelled, ModelPlan
from citehub.graph.hubs import today
from citehub.graph.staging import NextRelease, newest, next_release
from citehub.labelling.guideline import read_guideline
from citehub.labelling.prompt import (
    UNDECIDED,
    find_majority,
    least_sure,
    make_prompt,
    read_answer,
    with_mark,
)
from citehub.live.models import ModelHost
from citehub.sources.curation import repeats_words
from citehub.sources.model_answers import keep_model_answer, read_model_answers
from citehub.sources.readings import read_program_labels, write_program_labels

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from citehub._hub import Hub
    from citehub._rows import LabelScheme
    from citehub.graph.at_hand import PassageAtHand
    from citehub.labelling.prompt import Judgement, Prompt

_MOST_TRIES: Final = 2  # where an answer cannot be used
_MOST_FAILURES: Final = 5  # in a row, after which no more are asked of
_TEMPERATURE: Final = 0.7  # of all votes but the first
_MOST_VOTES: Final = 15
_NAME_WORDS: Final = 4  # at most, of a model; what has more is something else


class _Vote(NamedTuple):
    """A judgement by a model, and the answer that holds it."""

    judgement: Judgement
    entry: Mapping[str, Any]


class _Question(NamedTuple):
    """A passage as the model gets it."""

    passage: PassageAtHand
    text: str
    sha256: str


def label_by_model(
    hub: str | os.PathLike[str],
    *,
    model: str,
    at: str,
    votes: int = 1,
    limit: int | None = None,
    confirm: Callable[[ModelPlan], bool] = lambda _plan: True,
    created: datetime.date | None = None,
    progress: Callable[[str], None] = lambda _step: None,
    tell: Callable[[str], None] = lambda _said: None,
) -> Labelled:
    """Have a language model judge why passages cite, and make the next version.

    It asks about each passage alone, with the guideline of the hub. It keeps every answer
    unchanged in ``source/full-texts/model-answers.jsonl`` before it asks for the next; a stopped
    run goes on from there. The first vote has temperature 0, the others 0.7, each with its number
    as seed.

    Parameters
    ----------
    hub : str or path
        Name of a hub, or a hub folder.
    model : str
        The model, as the server names it.
    at : str
        Base address of a server with the interface of OpenAI's chat completions, as
        ``http://127.0.0.1:8080/v1``. The key is in ``CITEHUB_MODEL_KEY``; over plain http it is
        sent only to this computer.
    votes : int, optional
        Answers for each passage. With several, each is a label, and what more than half say is the
        label of the majority; if no value has more than half, that is ``unsure`` or ``unclear``,
        and no subject.
    limit : int, optional
        The most passages to ask about.
    confirm : callable, optional
        Is called with the plan first. If it returns False, nothing is asked, and the hub is
        unchanged.
    created : datetime.date, optional
        Day of the release; by default today.
    progress, tell : callable, optional
        Are called with each step in words, and with each delay.

    Returns
    -------
    Labelled
        How many passages were judged, which failed, and what is new.

    Raises
    ------
    BadArgument
        The address is wrong, or the server has no such model.
    FetchError
        The server gives no answer, or no usable one.
    BuildError
        The release cannot be built; the hub is unchanged, and answers are kept.
    HubInUse
        Another process writes into the folder.

    Examples
    --------
    >>> from citehub.graph import label_by_model
    >>> label_by_model("no-such-hub", model="m", at="http://127.0.0.1:8080/v1")
    Traceback (most recent call last):
    citehub.errors.UnknownHub: There is no hub 'no-such-hub'...
    """
    if not 1 <= votes <= _MOST_VOTES:
        raise BadArgument.of("votes", votes, f"1 to {_MOST_VOTES}")
    if limit is not None and limit < 1:
        raise BadArgument.of("limit", limit, "1 or more")
    folder = find_folder(hub)
    check_not_shipped(folder, IN_A_COPY)
    host = ModelHost(at, model, tell)
    with writing(folder):
        mended = mend(folder)
        before = newest(folder)
        old = load(folder, version=before)
        run = _Run(host, old, folder, votes)
        wanted = [each for each in run.questions if run.missing(each)][:limit]
        plan = run.plan(wanted)
        if not confirm(plan):
            return Labelled(
                folder, before, before, "", None, plan.n_passages, plan.n_words, plan.n_judged, {},
                (*mended,), plan,
            )  # fmt: skip
        if wanted:
            host.check()
            run.ask(wanted, progress)
        held = read_program_labels(run.source)
        labels = run.labels(held)
        made = NextRelease(before, "", None, ())
        if labels != held:
            made = next_release(
                folder, before, lambda place: write_program_labels(labels, place),
                created or today(), progress,
            )  # fmt: skip
    whole = [each for each in run.questions if not run.missing(each)]
    roles = Counter(run.value(each, "intent") for each in whole)
    return Labelled(
        folder, made.version, before, made.folder, made.diff, plan.n_passages, plan.n_words,
        len(whole), {str(role): n for role, n in roles.most_common()}, (*mended, *made.notes),
        plan, host.n_requests, run.failed, run.stopped,
    )  # fmt: skip


class _Run:
    """Passages of a hub, with the earlier and new votes of a model."""

    def __init__(self, host: ModelHost, hub: Hub, folder: str, votes: int) -> None:
        self.source = os.path.join(folder, SOURCE)
        self.host, self.votes, self.stopped = host, votes, ""
        self.failed: dict[str, str] = {}
        self.prompt = _prompt_of(hub, self.source)
        self.passages = passages_at_hand(hub, self.source)
        names = {"cited_title": hub.canonical.title_plain, "names": read_spec(folder).aliases}
        words = [each for each in self.passages if each.text]
        self.questions = [_question(each, names) for each in words]
        shown = {row["context_id"]: row.get("text") for row in _contexts(hub)}
        self.closed = {each.context_id for each in words if not shown.get(each.context_id)}
        self.found: dict[tuple[str, int], _Vote] = {}
        for entry in read_model_answers(self.source):
            if self._is_ours(entry):
                self._take(entry)

    def _is_ours(self, entry: Mapping[str, Any]) -> bool:
        ours = (self.host.model, self.prompt.sha256)
        return (entry["asked_model"], entry["prompt_sha256"]) == ours

    def missing(self, question: _Question) -> list[int]:
        """Return the missing votes on a passage."""
        numbers = range(1, self.votes + 1)
        return [each for each in numbers if (question.sha256, each) not in self.found]

    def plan(self, wanted: Sequence[_Question]) -> ModelPlan:
        """Return the plan for asking about some passages."""
        n_missing = [len(self.missing(each)) for each in wanted]
        sizes = [len(self.prompt.system) + len(each.text) for each in wanted]
        host = self.host
        return ModelPlan(
            host.model, host.at, host.name, host.is_local, host.is_open, host.holds_back_key,
            len(self.passages), len(self.questions),
            sum(not self.missing(each) for each in self.questions), len(wanted),
            sum(each.passage.context_id in self.closed for each in wanted), self.votes,
            sum(n_missing), sum(n * size for n, size in zip(n_missing, sizes, strict=True)),
            self.prompt.guideline, self.prompt.sha256,
        )  # fmt: skip

    def ask(self, wanted: Sequence[_Question], progress: Callable[[str], None]) -> None:
        """Ask about passages until all votes are there, or it makes no sense to go on."""
        n_failed, has_answer = 0, False
        for number, question in enumerate(wanted, 1):
            progress(f"Ask {self.host.model} about passage {number:,} of {len(wanted):,}")
            try:
                for vote in self.missing(question):
                    self._ask(question, vote)
            except (KeyRefused, BudgetUsedUp) as error:
                self.stopped = str(error)
            except FetchError as error:
                self.failed[question.passage.context_id] = str(error)
                n_failed += 1
                if n_failed == _MOST_FAILURES:
                    self.stopped = f"{n_failed} passages in a row failed, the last one: {error}"
            else:
                n_failed, has_answer = 0, True
            if self.stopped:
                break
        if self.stopped and not has_answer:
            raise BadAnswer(f"{self.host.model} judged nothing. {self.stopped}")

    def _ask(self, question: _Question, vote: int) -> None:
        """Ask for a vote, and once more if the answer cannot be used."""
        for number in range(_MOST_TRIES):
            answer = self.host.complete(
                self.prompt.system, question.text, self.prompt.schema,
                temperature=0.0 if vote == 1 and not number else _TEMPERATURE,
                seed=vote + number * _MOST_VOTES,
            )  # fmt: skip
            entry = {
                "at": answer.at, "host": self.host.name, "asked_model": self.host.model,
                "model": answer.model, "fingerprint": answer.fingerprint,
                "work": question.passage.work_id,
                "context_id": question.passage.context_id, "passage_sha256": question.sha256,
                "guideline": self.prompt.guideline, "prompt_sha256": self.prompt.sha256,
                "vote": vote, "sent": answer.sent, "finish_reason": answer.finish_reason,
                "usage": answer.usage, "text": answer.text, "refusal": answer.refusal,
            }  # fmt: skip
            keep_model_answer(self.source, entry)
            problem = self._take(entry)
            if not problem:
                return
        raise BadAnswer(f"The answer cannot be used: {problem}.")

    def _take(self, entry: Mapping[str, Any]) -> str:
        """Take in an answer; return why it cannot be used, or an empty text."""
        if entry["finish_reason"] == "length":
            return "it is cut off at the greatest length"
        if entry.get("refusal"):
            return f"the model refuses ({entry['refusal']!r:.80})"
        try:
            judgement = read_answer(entry["text"], entry["context_id"], self.prompt.subjects)
        except ValueError as error:
            return str(error)
        self.found[entry["passage_sha256"], entry["vote"]] = _Vote(judgement, entry)
        return ""

    def _votes(self, question: _Question) -> list[_Vote]:
        return [self.found[question.sha256, each] for each in range(1, self.votes + 1)]

    def value(self, question: _Question, scheme: LabelScheme) -> str | None:
        """Return the labels of a passage that has all its votes."""
        values = (each.judgement.value(scheme) for each in self._votes(question))
        return find_majority(values) or UNDECIDED.get(scheme)

    def labels(self, held: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the labels of programs, with the new ones of this model.

        If a passage lacks votes, the model's earlier labels stay.
        """
        whole = [each for each in self.questions if not self.missing(each)]
        new = {each.passage.context_id for each in whole}
        known = {each.context_id for each in self.passages}
        kept = [
            each for each in held
            if each.get("model") != self.host.model
            or (each["context_id"] in known and each["context_id"] not in new)
        ]  # fmt: skip
        return kept + [label for each in whole for label in self._labels(each)]

    def _labels(self, question: _Question) -> Iterator[dict[str, Any]]:
        votes, name = self._votes(question), self.host.model
        gists = self._gists(question, votes)
        for number, vote in enumerate(votes, 1):
            of = "" if self.votes == 1 else f", vote {number} of {self.votes}"
            row = {
                "labeler": f"{name}{of}", "labeler_kind": "model",
                "labeler_version": _version(vote.entry, question.passage),
                "confidence_level": vote.judgement.confidence,
                "why": f"its answer of {clean_line(vote.entry['at'])[:10]}",
            }  # fmt: skip
            values = {scheme: vote.judgement.value(scheme) for scheme in FACET_OF_SCHEME}
            yield from self._rows(question, row, values, vote.judgement.second_intent, gists)
        if self.votes > 1:
            yield from self._majority(question, votes)

    def _majority(self, question: _Question, votes: Sequence[_Vote]) -> Iterator[dict[str, Any]]:
        values = {scheme: self.value(question, scheme) for scheme in FACET_OF_SCHEME}
        sure = [
            each.judgement.confidence
            for each in votes
            if each.judgement.intent == values["intent"]
        ]
        row = {
            "labeler": f"majority of {self.votes} votes by {self.host.model}",
            "labeler_kind": "majority",
            "labeler_version": _version(votes[0].entry, question.passage),
            "confidence_level": least_sure(sure) if sure else None,
            "why": f"more than half of {self.votes} votes",
        }  # fmt: skip
        second = find_majority(each.judgement.second_intent for each in votes)
        second = None if second == values["intent"] else second
        yield from self._rows(question, row, values, second, iter(()))

    def _rows(
        self,
        question: _Question,
        row: Mapping[str, Any],
        values: Mapping[LabelScheme, str | None],
        second: str | None,
        gists: Iterator[str],
    ) -> Iterator[dict[str, Any]]:
        """Yield the labels of a vote, or of the majority; a role has a gist if one is left."""
        about = {
            "work": question.passage.work_id, "context_id": question.passage.context_id,
            "model": self.host.model, "guideline": self.prompt.guideline,
            "prompt_sha256": self.prompt.sha256, **row,
        }  # fmt: skip
        for scheme, value in values.items():
            if value is None:
                continue
            is_role = scheme == "intent"
            yield {
                **about, "scheme": scheme, "value": value, "rank": 1 if is_role else None,
                "confidence_level": row["confidence_level"] if is_role else None,
                "gist": next(gists, None) if is_role else None,
            }  # fmt: skip
        if second is not None:
            yield {**about, "scheme": "intent", "value": second, "rank": 2,
                   "confidence_level": None}  # fmt: skip

    def _gists(self, question: _Question, votes: Sequence[_Vote]) -> Iterator[str]:
        """Yield one gist in the model's own words, from a vote for the role that counts."""
        role = self.value(question, "intent")
        passage = question.passage
        for vote in votes:
            gist = vote.judgement.gist
            if not gist or vote.judgement.intent != role:
                continue
            if not _repeats(gist, passage):
                yield gist
                return


def _prompt_of(hub: Hub, source: str) -> Prompt:
    """Return the prompt for judging the passages of a hub."""
    rows = hub.table("subjects") if "subjects" in hub.tables else ()
    subjects = {row["subject"]: row["description"] for row in rows}
    guideline = read_guideline(source, subjects)
    return make_prompt(guideline.text, guideline.version, subjects)


def _contexts(hub: Hub) -> Iterable[Mapping[str, Any]]:
    return hub.table("citation_contexts") if "citation_contexts" in hub.tables else ()


def _question(passage: PassageAtHand, names: Mapping[str, Any]) -> _Question:
    """Return a passage as JSON for the model."""
    asked = {
        "id": passage.context_id, "citing_title": passage.title, **names,
        "section": passage.section, "place": passage.place, "before": passage.before,
        "sentence": with_mark(passage.text or "", passage.span), "after": passage.after,
    }  # fmt: skip
    text = json.dumps(asked, ensure_ascii=False, indent=1)
    return _Question(passage, text, hashlib.sha256(text.encode(errors="replace")).hexdigest())


def _version(entry: Mapping[str, Any], passage: PassageAtHand) -> str:
    """Return the server's name for the model; for a file on its disk, only the file name."""
    said = entry["model"] or ""
    if "\\" in said or said.startswith(("/", "~", ".")):
        said = ntpath.basename(said)
    named, fingerprint = (
        "" if len(each.split()) > _NAME_WORDS or _repeats(each, passage) else each
        for each in (said, entry["fingerprint"] or "")
    )
    return ", ".join(filter(None, (named or "not stated by the server", fingerprint)))


def _repeats(said: str, passage: PassageAtHand) -> bool:
    return repeats_words(said, passage.before, passage.text, passage.after)
