"""How far labellers agree: Fleiss' and Cohen's kappa and Gwet's AC1, by scheme of label."""

from __future__ import annotations

from collections import Counter
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from citehub._labels import value_of
from citehub._vocabularies import INTENT, POLARITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from citehub._rows import LabelerKind, LabelScheme

    Floats = npt.NDArray[np.float64]


class LabelAgreement(NamedTuple):
    """How far labellers agree in one scheme.

    Attributes
    ----------
    scheme : str
        ``intent``, ``polarity`` or ``subject``.
    labelers : tuple of str
        The labellers.
    n : int
        Passages, or citations as a whole, that at least two of them judged.
    n_agreed : int
        How many of these got one and the same value.
    kappa : float or None
        Fleiss' kappa; None where only one value was ever given.
    ac1 : float or None
        Gwet's AC1 over all values that could be given; None where that is one.
    """

    scheme: LabelScheme
    labelers: tuple[str, ...]
    n: int
    n_agreed: int
    kappa: float | None
    ac1: float | None


def fleiss_kappa(counts: Sequence[Sequence[int]]) -> float | None:
    """Return Fleiss' kappa of judgements.

    Parameters
    ----------
    counts : sequence of sequence of int
        How many labellers chose each class: a row for each judged thing, a column for each class.

    Returns
    -------
    float or None
        1 for full agreement, 0 for that of chance. None where all judgements are of one class,
        or nothing was judged twice.

    Notes
    -----
    J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76
    (1971). For things that not all judged: K. L. Gwet, "Handbook of Inter-Rater Reliability",
    4th edition (2014).

    Examples
    --------
    >>> fleiss_kappa([[3, 0], [0, 3], [3, 0]])
    1.0
    """
    import numpy as np

    observed, shares = _observe(counts)
    return known(_correct(observed, np.array(sum(share**2 for share in shares))))


def cohen_kappa(tables: Floats) -> Floats:
    """Return Cohen's kappa of two labellers.

    Parameters
    ----------
    tables : ndarray, shape (..., k, k)
        How often the first labeller gave the class of a row, and the second that of a column,
        to what both judged.

    Returns
    -------
    ndarray, shape (...)
        1 for full agreement, 0 for that of chance. NaN where both always gave the same class,
        or judged nothing in common.

    Notes
    -----
    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
    Measurement 20 (1960).

    Examples
    --------
    >>> import numpy as np
    >>> float(cohen_kappa(np.array([[1, 1], [0, 2]])))
    0.5
    """
    n = tables.sum(axis=(-2, -1))
    by_chance = ratio((tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1), n**2)
    return _correct(share_agreed(tables), by_chance)


def pair_ac1(tables: Floats, n_classes: int) -> Floats:
    """Return Gwet's AC1 of two labellers, from tables as for :func:`cohen_kappa`.

    ``n_classes`` counts the classes that they could choose, also those that the tables leave out.
    """
    n = tables.sum(axis=(-2, -1))
    shares = ratio(tables.sum(axis=-1) + tables.sum(axis=-2), 2 * n[..., None])
    return _ac1(share_agreed(tables), shares, n_classes)


def share_agreed(tables: Floats) -> Floats:
    """Return the share on the diagonal of tables, which are the last two dimensions."""
    import numpy as np

    return ratio(np.trace(tables, axis1=-2, axis2=-1), tables.sum(axis=(-2, -1)))


def gwet_ac1(counts: Sequence[Sequence[int]]) -> float | None:
    """Return Gwet's AC1 of judgements, which holds up where most are of one class.

    Parameters
    ----------
    counts : sequence of sequence of int
        As for :func:`fleiss_kappa`, with a column for each class that could be chosen.

    Returns
    -------
    float or None
        1 for full agreement. None where there is one class, or nothing was judged twice.

    Notes
    -----
    K. L. Gwet, "Computing inter-rater reliability and its variance in the presence of high
    agreement", British Journal of Mathematical and Statistical Psychology 61 (2008). There, chance
    is a random pick among all q classes of the scale. So classes that nobody chose count, too.

    Examples
    --------
    >>> gwet_ac1([[3, 0], [0, 3], [3, 0]])
    1.0
    """
    import numpy as np

    observed, shares = _observe(counts)
    return known(_ac1(observed, np.array(shares), len(shares)))


def known(value: Floats) -> float | None:
    """Return a single number; None for NaN."""
    found = float(value)
    return None if isnan(found) else found


def ratio(above: Floats, below: Floats) -> Floats:
    """Return a ratio; NaN where it is not defined."""
    import numpy as np

    below = np.asarray(below, dtype=float)
    sound = np.abs(below) > 1e-12  # noqa: PLR2004
    return np.where(sound, above / np.where(sound, below, 1.0), np.nan)


def find_classes(
    scheme: LabelScheme, subjects: Iterable[str], seen: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the classes that a labeller could choose, then others that were seen.

    They are the vocabulary of the scheme, or the subjects of the hub.
    """
    offered = {"intent": INTENT.terms, "polarity": POLARITY.terms, "subject": subjects}[scheme]
    return tuple(dict.fromkeys((*offered, *sorted(seen))))


def _observe(counts: Sequence[Sequence[int]]) -> tuple[Floats, list[float]]:
    """Return the share of agreeing pairs of judgements of one thing, and that of each class."""
    import numpy as np

    none = np.array(np.nan)
    table = np.asarray([row for row in counts if sum(row)], dtype=float)
    if not table.size:
        return none, []
    judges = table.sum(axis=1)
    shares = (table / judges[:, None]).mean(axis=0)
    several = judges > 1
    if not several.any():
        return none, [*map(float, shares)]
    table, judges = table[several], judges[several]
    pairs = (table * (table - 1)).sum(axis=1) / (judges * (judges - 1))
    return pairs.mean(), [*map(float, shares)]


def _ac1(observed: Floats, shares: Floats, n_classes: int) -> Floats:
    """Return AC1 from the share that agrees, and that of each class, in the last dimension."""
    import numpy as np

    if n_classes < 2:  # noqa: PLR2004 -- nothing is due to chance
        return np.full(np.shape(observed), np.nan)
    return _correct(observed, (shares * (1 - shares)).sum(axis=-1) / (n_classes - 1))


def _correct(observed: Floats, by_chance: Floats) -> Floats:
    """Return agreement beyond chance; NaN where chance alone gives full agreement."""
    return ratio(observed - by_chance, 1 - by_chance)


def measure(
    labels: Iterable[Mapping[str, Any]],
    kind: LabelerKind = "model",
    subjects: Iterable[str] = (),
) -> tuple[LabelAgreement, ...]:
    """Return how far the labellers of one kind agree, by scheme, on what several judged.

    Parameters
    ----------
    labels : iterable of mapping
        Rows of ``citation_labels``; each labeller's first choice counts.
    kind : str, optional
        The kind of labeller.
    subjects : iterable of str, optional
        The subjects of the hub.
    """
    found: dict[LabelScheme, dict[tuple[Any, ...], dict[str, str]]] = {}
    for label in labels:
        if label["labeler_kind"] == kind and (label["rank"] or 1) == 1:
            about = label["citing_work_id"], label["cited_work_id"], label["context_id"]
            judged = found.setdefault(label["scheme"], {}).setdefault(about, {})
            judged[label["labeler"]] = value_of(label)
    subjects = (*subjects,)
    measured = (_measure(scheme, [*judged.values()], subjects) for scheme, judged in found.items())
    return tuple(each for each in measured if each.n)


def _measure(
    scheme: LabelScheme, judged: Sequence[Mapping[str, str]], subjects: Sequence[str]
) -> LabelAgreement:
    several = [each for each in judged if len(each) > 1]
    seen = {value for each in several for value in each.values()}
    values = find_classes(scheme, subjects, seen)
    counts = [[Counter(each.values())[value] for value in values] for each in several]
    return LabelAgreement(
        scheme,
        tuple(sorted({name for each in several for name in each})),
        len(several),
        sum(len(set(each.values())) == 1 for each in several),
        fleiss_kappa(counts),
        gwet_ac1(counts),
    )
