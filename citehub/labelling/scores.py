"""A labeller compared with people: F1 of each role, with intervals."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub.labelling.rules import best_guess, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from citehub._rows import Intent, Polarity

    Value = Intent | Polarity
    from citehub.labelling.corpora import Corpus

DRAWS: Final = 1_000
"""Bootstrap samples for an interval."""
SEED: Final = 20_261_129
_LOW, _HIGH = 2.5, 97.5
_NEXT: Final[dict[Intent, Intent]] = {
    "extension": "method", "motivation": "background", "future_work": "background"
}  # fmt: skip
"""The name of a role in a corpus that does not distinguish it."""


class RoleScore(NamedTuple):
    """Precision, recall and F1 of a role or polarity, and how often people and it gave it."""

    role: Value
    precision: float
    recall: float
    f1: float
    n_true: int
    n_said: int


class Scores(NamedTuple):
    """The scores of a labeller.

    Attributes
    ----------
    macro_f1 : float
        The mean F1 of all roles, each with equal weight.
    low, high : float
        Ends of its 95 % interval, from bootstrap samples of the contexts.
    roles : tuple of RoleScore
        Each role by itself.
    n : int
        The number of contexts.
    n_judged : int
        How many of them the labeller judged.
    n_right : int
        How many of these it judged right.
    """

    macro_f1: float
    low: float
    high: float
    roles: tuple[RoleScore, ...]
    n: int
    n_judged: int
    n_right: int


def score(
    true: Sequence[frozenset[Any]],
    predicted: Sequence[Value],
    judged: Sequence[bool],
    roles: Sequence[Value],
) -> Scores:
    """Compare a labeller with people.

    Parameters
    ----------
    true : sequence of frozenset of str
        The roles that people gave each context, one or more. One of them is enough to be right.
    predicted : sequence of str
        The labeller's leading role, even if it abstains.
    judged : sequence of bool
        Whether it did not abstain.
    roles : sequence of str
        The roles that count.

    Examples
    --------
    >>> people = [frozenset(["method"]), frozenset(["background"])]
    >>> found = score(people, ["method", "method"], [True, False], ["background", "method"])
    >>> round(found.macro_f1, 3), found.n_judged, found.n_right
    (0.333, 1, 1)
    """
    import numpy as np

    pairs = [
        (each if each in gold else min(gold), each)
        for gold, each in zip(true, predicted, strict=True)
    ]
    place = {role: number for number, role in enumerate(roles)}
    size = len(roles) + 1  # the last stands for roles that do not count
    codes = np.array([place[one] * size + place.get(other, size - 1) for one, other in pairs])

    def f1_of(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        found = np.bincount(rows, minlength=size * size).reshape(size, size)
        both = found.sum(axis=0)[:-1] + found.sum(axis=1)[:-1]
        return np.asarray(2 * np.diag(found)[:-1] / np.maximum(both, 1), dtype=np.float64)

    whole = f1_of(codes)
    random = np.random.default_rng(SEED)
    means = [f1_of(random.choice(codes, len(codes))).mean() for _ in range(DRAWS)]
    n_true, n_said = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    n_hits = Counter(one for one, other in pairs if one == other)
    scores = tuple(
        RoleScore(
            role, n_hits[role] / max(1, n_said[role]), n_hits[role] / max(1, n_true[role]),
            float(value), n_true[role], n_said[role],
        )
        for role, value in zip(roles, whole, strict=True)
    )  # fmt: skip
    low, high = np.percentile(means, (_LOW, _HIGH))
    right = sum(one == other and sure for (one, other), sure in zip(pairs, judged, strict=True))
    return Scores(
        float(whole.mean()), float(low), float(high), scores, len(pairs), sum(judged), right
    )


def judge_all(corpus: Corpus) -> Scores:
    """Return the scores of the rules on a corpus; a role that it lacks counts as the nearest."""
    predicted: list[Intent] = []
    for each in corpus.contexts:
        role = best_guess(each.text, section=each.section, mark=each.mark)
        predicted.append(role if role in corpus.roles else _NEXT.get(role, role))
    judged = [
        judge(each.text, section=each.section, mark=each.mark).role is not None
        for each in corpus.contexts
    ]
    return score([each.roles for each in corpus.contexts], predicted, judged, corpus.roles)


def judge_polarity(corpus: Corpus) -> Scores | None:
    """Return the scores of the rules for polarity; None if the corpus has none.

    If the rules abstain, they say ``mentioning``.
    """
    contexts = [each for each in corpus.contexts if each.polarity is not None]
    if not contexts:
        return None
    judged = [judge(each.text, section=each.section, mark=each.mark) for each in contexts]
    return score(
        [frozenset([each.polarity]) for each in contexts],
        [each.polarity or "mentioning" for each in judged],
        [each.polarity is not None for each in judged],
        ("supporting", "mentioning", "contrasting"),
    )
