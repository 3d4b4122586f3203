"""The order in which a summary prefers judgements of one passage.

All labels stay in ``citation_labels``. A build marks in the column ``is_shown`` those that
summaries, lists, exports and the explorer show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub._vocabularies import LABELER_KIND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from citehub._rows import CitationLabelRow, LabelScheme

ORDER: Final = LABELER_KIND.terms
"""Kinds of labeller, the preferred ones first."""
SCHEME_OF_FACET: Final[dict[str, LabelScheme]] = {
    "role": "intent", "polarity": "polarity", "subject": "subject"
}  # fmt: skip
"""The scheme of the labels behind each facet of a work or passage."""
FACET_OF_SCHEME: Final = {scheme: facet for facet, scheme in SCHEME_OF_FACET.items()}
_UNNAMED: Final = "source"  # what labels of older schemas are


def find_shown(labels: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the ids of the labels that are shown.

    For each passage, or whole citation, and scheme, these are the first choices (rank 1) of the
    kind of labeller that comes first in `ORDER`. All labellers of that kind are shown.

    Parameters
    ----------
    labels : iterable of mapping
        Rows of ``citation_labels``.

    Examples
    --------
    >>> about = {"citing_work_id": "a", "cited_work_id": "b", "context_id": "a#1", "rank": 1}
    >>> labels = [
    ...     {**about, "scheme": "intent", "label_id": kind, "labeler_kind": kind}
    ...     for kind in ("model", "person", "rule")
    ... ]
    >>> find_shown(labels)
    {'person'}
    """
    best: dict[tuple[Any, ...], tuple[int, list[str]]] = {}
    for label in labels:
        if (label.get("rank") or 1) > 1:
            continue
        names = ("citing_work_id", "cited_work_id", "context_id", "scheme")
        about = tuple(label.get(name) for name in names)
        place = ORDER.index(label.get("labeler_kind") or _UNNAMED)
        first, ids = best.setdefault(about, (place, []))
        if place < first:
            first, ids = best[about] = place, []
        if place == first:
            ids.append(label["label_id"])
    return {each for _, ids in best.values() for each in ids}


def shown(labels: Iterable[CitationLabelRow]) -> list[CitationLabelRow]:
    """Return the labels that are shown, in their order; older schemas show all."""
    return [label for label in labels if label["is_shown"] is not False]


def value_of(label: Mapping[str, Any]) -> str:
    """Return the value of a label: a term of the schema or of the hub, else its source's word."""
    return str(label["value"] or label.get("subject") or label["raw_value"])


def join_labels(labels: Iterable[CitationLabelRow], scheme: LabelScheme) -> str | None:
    """Return the shown labels of a scheme as one text; None if there are none."""
    values = (value_of(label) for label in shown(labels) if label["scheme"] == scheme)
    return ", ".join(dict.fromkeys(values)) or None


def join_labelers(
    labels: Iterable[CitationLabelRow], schemes: Sequence[LabelScheme]
) -> str | None:
    """Return who gave the shown labels, as one text; None if there are none."""
    named = (label["labeler"] for label in shown(labels) if label["scheme"] in schemes)
    return "; ".join(dict.fromkeys(named)) or None
