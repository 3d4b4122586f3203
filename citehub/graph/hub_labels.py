"""Labels of a hub's passages by rules, and the next release."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub._catalog import find_folder, load
from citehub._writer_lock import writing
from citehub.build.release import IN_A_COPY, check_not_shipped, mend
from citehub.build.spec import SOURCE
from citehub.graph.at_hand import passages_at_hand
from citehub.graph.hubs import today
from citehub.graph.staging import NextRelease, newest, next_release
from citehub.labelling.rules import LABELER, VERSION, judge
from citehub.sources.readings import read_program_labels, write_program_labels

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Mapping

    from citehub._diff import Diff
    from citehub.graph.at_hand import PassageAtHand


_TOKEN_LETTERS: Final = 4  # roughly


class ModelPlan(NamedTuple):
    """The plan for asking a model, before anything is asked.

    Attributes
    ----------
    model, at, host : str
        The model, its base address, and the host in that.
    is_local : bool
        Whether the host is this computer.
    is_open : bool
        Whether others on the way can read what is sent, as the address is plain http.
    holds_back_key : bool
        Whether a key is not sent for that reason.
    n_passages, n_words : int
        How many passages the hub has, and how many of them have their words at hand.
    n_judged : int
        How many of these the same model judged before, with the same prompt.
    n_asked, n_closed : int
        How many will be sent, and how many of these come from texts without an open licence.
    votes, n_requests : int
        Answers for each passage, and the number of requests.
    n_letters : int
        Characters that these send.
    guideline, prompt_sha256 : str
        The version of the guideline, and the hash of the prompt.
    """

    model: str
    at: str
    host: str
    is_local: bool
    is_open: bool
    holds_back_key: bool
    n_passages: int
    n_words: int
    n_judged: int
    n_asked: int
    n_closed: int
    votes: int
    n_requests: int
    n_letters: int
    guideline: str
    prompt_sha256: str

    @property
    def n_tokens(self) -> int:
        """Estimated tokens to send, at four characters each."""
        return self.n_letters // _TOKEN_LETTERS


class Labelled(NamedTuple):
    """The result of labelling the passages of a hub.

    Attributes
    ----------
    hub : str
        The hub folder.
    version : str
        The new version; the one before if nothing is new.
    before : str
        The version before.
    folder : str
        The folder of the new release; empty if there is none.
    diff : Diff, optional
        What changed; None if nothing did.
    n_passages, n_words, n_judged : int
        How many passages the hub has, how many of them have their words at hand, and how many of
        these were judged. From the others, rules abstain, or votes of a model are missing.
    roles : dict of str to int
        How many passages got each role.
    notes : tuple of str
        Further notes.
    plan : ModelPlan, optional
        The plan for asking a model.
    n_requests : int
        How many requests were sent to it.
    failed : dict of str to str
        Passages without a usable answer, each with the reason.
    stopped : str
        Why it stopped asking; empty if it asked all.
    """

    hub: str
    version: str
    before: str
    folder: str
    diff: Diff | None
    n_passages: int
    n_words: int
    n_judged: int
    roles: dict[str, int]
    notes: tuple[str, ...]
    plan: ModelPlan | None = None
    n_requests: int = 0
    failed: Mapping[str, str] = {}
    stopped: str = ""


def label_hub(
    hub: str | os.PathLike[str],
    *,
    created: datetime.date | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Labelled:
    """Judge by rules why passages cite, and make the next version.

    The rules see the words of a passage and the title of its section, and name the cue that they
    saw. Each run writes their labels to ``source/full-texts/labels.jsonl`` again. If a person
    judged the same passage, summaries show the person's label.

    Parameters
    ----------
    hub : str or path
        Name of a hub, or a hub folder.
    created : datetime.date, optional
        Day of the release; by default today.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    Labelled
        How many passages were judged, and what is new.

    Raises
    ------
    BuildError
        The release cannot be built; the hub is unchanged.
    HubInUse
        Another process writes into the folder.

    Examples
    --------
    >>> from citehub.graph import label_hub
    >>> label_hub("no-such-hub")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    citehub.errors.UnknownHub: There is no hub 'no-such-hub'...
    """
    folder = find_folder(hub)
    check_not_shipped(folder, IN_A_COPY)
    with writing(folder):
        mended = mend(folder)
        before = newest(folder)
        old = load(folder, version=before)
        source = os.path.join(folder, SOURCE)
        progress("Judge the passages")
        passages = passages_at_hand(old, source)
        words = [each for each in passages if each.text]
        held = read_program_labels(source)
        labels = [each for each in held if each["labeler"] != LABELER]
        labels += [label for each in words for label in _labels(each)]
        made = NextRelease(before, "", None, ())
        if labels != held:
            made = next_release(
                folder, before, lambda place: write_program_labels(labels, place),
                created or today(), progress,
            )  # fmt: skip
    roles = Counter(
        each["value"] for each in labels
        if each["labeler"] == LABELER and each["scheme"] == "intent"
    )  # fmt: skip
    return Labelled(
        folder, made.version, before, made.folder, made.diff, len(passages), len(words),
        roles.total(), dict(roles.most_common()), (*mended, *made.notes),
    )  # fmt: skip


def _labels(passage: PassageAtHand) -> Iterable[dict[str, Any]]:
    judged = judge(passage.text or "", section=passage.section or "", mark=passage.span)
    if judged.role is None:
        return
    cues = "; ".join(judged.cues[:3])
    section = f"section: {judged.section}" if judged.section else ""
    why = "; ".join(filter(None, (cues, section))) or "nothing speaks for another role"
    for scheme, value in (("intent", judged.role), ("polarity", judged.polarity)):
        yield {
            "work": passage.work_id, "context_id": passage.context_id, "scheme": scheme,
            "value": value,
            "labeler": LABELER, "labeler_kind": "rule", "labeler_version": VERSION, "why": why,
        }  # fmt: skip
