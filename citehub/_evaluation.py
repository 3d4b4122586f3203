"""How far the labellers of a hub agree with people, and sums corrected by that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from citehub import _vocabularies as terms
from citehub._labels import value_of
from citehub._raters import (
    LabelAgreement,
    cohen_kappa,
    find_classes,
    known,
    measure,
    pair_ac1,
    share_agreed,
)
from citehub.labelling.scores import DRAWS, SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from citehub._rows import LabelerKind, LabelScheme

    Floats = npt.NDArray[np.float64]

LEAST_JUDGED: Final = 50
"""How many passages people and a labeller must both have judged before its sums are corrected."""
_UNDECIDED: Final = frozenset({"unsure", "unclear"})
_PEOPLE: Final[tuple[LabelerKind, ...]] = ("settled", "person")
_AMONG: Final[tuple[LabelerKind, ...]] = ("person", "model")
_INTERVAL: Final = (2.5, 97.5)
_HALF: Final = 0.5
_SAMPLES_AT_ONCE: Final = 50  # of the bootstrap

Reference = Literal["people", "majority", "none"]


class Measured(NamedTuple):
    """A number with its 95 % interval; the ends are None if resampling shows no spread."""

    value: float
    low: float | None
    high: float | None


class LabelerScore(NamedTuple):
    """How far a labeller agrees with the reference.

    Attributes
    ----------
    labeler, kind : str
        The labeller and its kind.
    makes_reference : bool
        Whether its own votes helped to make the reference, by the names of the labellers.
    n_reference : int
        Passages whose reference it did not make itself.
    n_judged : int
        How many of these it decided.
    n_agreed : int
        How many of those it decided as the reference does.
    agreement, kappa, ac1 : Measured or None
        The share that agrees, Cohen's kappa, and Gwet's AC1 over all values that could be given,
        each with its interval; None if it is not defined.
    values : tuple of str
        The values that either gave.
    confusion : tuple of tuple of int
        Counts: a row for each value of the reference, a column for each value of the labeller.
    """

    labeler: str
    kind: LabelerKind
    makes_reference: bool
    n_reference: int
    n_judged: int
    n_agreed: int
    agreement: Measured | None
    kappa: Measured | None
    ac1: Measured | None
    values: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]


class CorrectedShare(NamedTuple):
    """How many passages have a value: as a labeller says, and corrected by what people say.

    Attributes
    ----------
    labeler, value : str
        The labeller and the value.
    n_judged : int
        Passages that the labeller decided: the denominator of both shares.
    n_both : int
        How many of these people decided, too.
    n : int
        How many got the value from the labeller.
    share : Measured
        The share of these.
    n_corrected : float
        How many have it by the estimate.
    corrected : Measured
        The share of these.
    """

    labeler: str
    value: str
    n_judged: int
    n_both: int
    n: int
    share: Measured
    n_corrected: float
    corrected: Measured


class LabelEvaluation(NamedTuple):
    """How far labellers agree with the reference in one scheme.

    Attributes
    ----------
    scheme : str
        ``intent``, ``polarity`` or ``subject``.
    reference : {"people", "majority", "none"}
        Whom the labellers are compared with. A majority of models may be wrong.
    referees : tuple of str
        Who made the reference.
    n_reference, n_works : int
        Passages, or whole citations, that have a reference, and how many works they belong to.
    n_disputed : int
        Passages without a reference, as those who make it disagree.
    labelers : tuple of LabelerScore
        Each labeller that can be compared.
    people, models : LabelAgreement or None
        How far people agree with one another, and models; None if no two judged the same.
    corrected : tuple of CorrectedShare
        Sums of labellers that people checked on at least 50 of their passages, but not on all.
    """

    scheme: LabelScheme
    reference: Reference
    referees: tuple[str, ...]
    n_reference: int
    n_works: int
    n_disputed: int
    labelers: tuple[LabelerScore, ...]
    people: LabelAgreement | None
    models: LabelAgreement | None
    corrected: tuple[CorrectedShare, ...]


_About = tuple[str, str, Any]  # citing work, cited work, passage
_Labeler = tuple[str, Any]  # name, kind


def evaluate(
    labels: Iterable[Mapping[str, Any]], subjects: Iterable[str] = ()
) -> tuple[LabelEvaluation, ...]:
    """Return how far the labellers of a hub agree with the reference, by scheme.

    Parameters
    ----------
    labels : iterable of mapping
        Rows of ``citation_labels``; each labeller's first choice counts.
    subjects : iterable of str, optional
        The subjects of the hub.
    """
    rows = [each for each in labels if (each["rank"] or 1) == 1 and each["labeler_kind"]]
    subjects = (*subjects,)
    among = {
        kind: {each.scheme: each for each in measure(rows, kind, subjects)} for kind in _AMONG
    }
    found = []
    for scheme in dict.fromkeys(each["scheme"] for each in rows):
        judged: dict[_About, dict[_Labeler, str]] = defaultdict(dict)
        for row in rows:
            if row["scheme"] == scheme:
                about = row["citing_work_id"], row["cited_work_id"], row["context_id"]
                judged[about][row["labeler"], row["labeler_kind"]] = value_of(row)
        found.append(
            _evaluate(
                scheme,
                judged,
                find_classes(scheme, subjects),
                among["person"].get(scheme),
                among["model"].get(scheme),
            )
        )
    return tuple(found)


def _evaluate(
    scheme: Any,
    judged: Mapping[_About, Mapping[_Labeler, str]],
    offered: Sequence[str],
    people: LabelAgreement | None,
    models: LabelAgreement | None,
) -> LabelEvaluation:
    kinds = {kind for each in judged.values() for _, kind in each}
    reference: Reference = "none"
    if kinds & {*_PEOPLE}:
        reference = "people"
    elif "majority" in kinds:
        reference = "majority"
    true, makers, n_disputed = _refer(judged, reference)
    names = {name for each in makers.values() for name in each}
    labelers = dict.fromkeys(name for each in judged.values() for name in each)
    scores = [_score(each, judged, true, makers, offered) for each in sorted(labelers)]
    corrected = [
        row
        for name in sorted(labelers)
        if reference == "people" and name[1] not in _PEOPLE
        for row in _correct(name, judged, true)
    ]
    return LabelEvaluation(
        scheme, reference, tuple(sorted(name for name, _ in names)), len(true),
        len({about[0] for about in true}), n_disputed, tuple(each for each in scores if each),
        people, models, tuple(corrected),
    )  # fmt: skip


def _refer(
    judged: Mapping[_About, Mapping[_Labeler, str]], reference: str
) -> tuple[dict[_About, str], dict[_About, set[_Labeler]], int]:
    """Return the reference of each passage, who made it, and how many passages are disputed."""
    order = _PEOPLE if reference == "people" else ("majority",)
    true, makers, n_disputed = {}, {}, 0
    for about, said in judged.items():
        for kind in order:
            named = {each: value for each, value in said.items() if each[1] == kind}
            decided = {each: value for each, value in named.items() if value not in _UNDECIDED}
            values = {*decided.values()}
            if len(values) == 1:
                true[about], makers[about] = values.pop(), {*decided}
            n_disputed += len(values) > 1
            if named:
                break
    return true, makers, n_disputed


def _score(
    labeler: _Labeler,
    judged: Mapping[_About, Mapping[_Labeler, str]],
    true: Mapping[_About, str],
    makers: Mapping[_About, set[_Labeler]],
    offered: Sequence[str],
) -> LabelerScore | None:
    """Return how far a labeller agrees with the reference; None if they share no passage."""
    others = [about for about in true if labeler not in makers[about]]
    both = [
        (about[0], true[about], judged[about][labeler])
        for about in others
        if judged[about].get(labeler, "unsure") not in _UNDECIDED
    ]
    is_asked = any(labeler in judged[about] for about in others)
    if not is_asked:
        return None
    values = _in_order({each for _, *pair in both for each in pair})
    n_classes = len({*offered, *values} - _UNDECIDED)
    tables = _tables(both, values, [*dict.fromkeys(work for work, _, _ in both)])
    whole = tables.sum(axis=0)
    n_agreed = int(whole.trace())
    name, kind = labeler
    stem = name.partition(", ")[0]
    makes = kind == "model" and any(stem in each for about in others for each, _ in makers[about])

    def measured(statistic: Callable[[Floats], Floats]) -> Measured | None:
        return _with_interval(statistic, tables, has_spread=n_agreed < len(both)) if both else None

    return LabelerScore(
        name, kind, makes, len(others), len(both), n_agreed, measured(share_agreed),
        measured(cohen_kappa), measured(lambda each: pair_ac1(each, n_classes)), values,
        tuple(tuple(map(int, row)) for row in whole),
    )  # fmt: skip


def _in_order(values: set[str]) -> tuple[str, ...]:
    """Return values in the order of their vocabulary, then those of the hub."""
    order = {value: number for number, value in enumerate(terms.LABEL.terms)}
    return tuple(sorted(values, key=lambda each: (order.get(each, len(order)), each)))


def _tables(
    both: Sequence[tuple[str, str, str]], values: Sequence[str], works: Sequence[str]
) -> Floats:
    """Count, for each work, the pairs of values that reference and labeller gave."""
    import numpy as np

    rows = {work: number for number, work in enumerate(works)}
    place = {value: number for number, value in enumerate(values)}
    tables = np.zeros((len(works), len(values), len(values)))
    for work, true, said in both:
        tables[rows[work], place[true], place[said]] += 1
    return tables


def _resample(tables: Floats) -> Floats:
    """Return the sums of the tables of works in each bootstrap sample of the works.

    Equal numbers of works give the same samples.
    """
    import numpy as np

    random, n = np.random.default_rng(SEED), len(tables)
    drawn = (
        random.multinomial(n, np.full(n, 1 / n), size=_SAMPLES_AT_ONCE).astype(float)
        for _ in range(DRAWS // _SAMPLES_AT_ONCE)
    )
    return np.concatenate([np.tensordot(each, tables, axes=1) for each in drawn])


def _with_interval(
    statistic: Callable[[Floats], Floats], tables: Floats, *, has_spread: bool
) -> Measured | None:
    """Return a statistic with its interval, from bootstrap samples of the works."""
    import numpy as np

    value = known(statistic(tables.sum(axis=0)))
    if value is None:
        return None
    if not has_spread or len(tables) < 2:  # noqa: PLR2004
        return Measured(value, None, None)
    drawn = statistic(_resample(tables))
    drawn = drawn[~np.isnan(drawn)]
    if len(drawn) < _HALF * DRAWS:
        return Measured(value, None, None)
    return Measured(value, *map(float, np.percentile(drawn, _INTERVAL)))


def _correct(
    labeler: _Labeler, judged: Mapping[_About, Mapping[_Labeler, str]], true: Mapping[_About, str]
) -> list[CorrectedShare]:
    """Return the sums of a labeller, corrected by the passages that people judged, too.

    Among passages that it called j, the share of i is taken to be as among those that people
    judged, plus one where both agree: Tenenbein's double sampling.
    """
    import numpy as np

    decided = {
        about: each[labeler]
        for about, each in judged.items()
        if each.get(labeler, "unsure") not in _UNDECIDED
    }
    both = [(about[0], true[about], value) for about, value in decided.items() if about in true]
    rest = [(about[0], value, value) for about, value in decided.items() if about not in true]
    if len(both) < LEAST_JUDGED or not rest:
        return []
    values = _in_order({*decided.values(), *(value for _, value, _ in both)})
    works = [*dict.fromkeys(about[0] for about in decided)]
    checked, unchecked = (_tables(each, values, works) for each in (both, rest))
    counts = _counts(checked.sum(axis=0), unchecked.sum(axis=0))
    drawn = _counts(_resample(checked), _resample(unchecked))
    ends = [
        np.percentile(each / each.sum(axis=-1, keepdims=True), _INTERVAL, axis=0) for each in drawn
    ]
    n = len(decided)
    return [
        CorrectedShare(
            labeler[0], value, n, len(both), int(counts[0][at]),
            Measured(counts[0][at] / n, *map(float, ends[0][:, at])), float(counts[1][at]),
            Measured(counts[1][at] / n, *map(float, ends[1][:, at])),
        )
        for at, value in enumerate(values)
    ]  # fmt: skip


def _counts(checked: Floats, unchecked: Floats) -> tuple[Floats, Floats]:
    """Return how many passages have each value: as labelled, and corrected."""
    import numpy as np

    right = checked + np.eye(checked.shape[-1])
    right /= right.sum(axis=-2, keepdims=True)
    corrected = checked.sum(axis=-1) + np.einsum("...ij,...jj->...i", right, unchecked)
    labelled = (checked + unchecked).sum(axis=-2)
    return labelled, corrected
