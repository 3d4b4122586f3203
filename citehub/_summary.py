"""Roles and polarities in sum: every share with its counts and its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from citehub import _html
from citehub._text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from citehub._rows import CitationLabelRow, Label, LabelCountRow, LabelScheme

_DTYPES: Final = {
    "scheme": "category",
    "value": "category",
    "raw_value": "string[pyarrow]",
    "n": "int32[pyarrow]",
    "n_labelled": "int32[pyarrow]",
    "n_citing": "int32[pyarrow]",
    "share": "float64[pyarrow]",
    "low": "float64[pyarrow]",
    "high": "float64[pyarrow]",
    "source_id": "string[pyarrow]",
}
_Z95: Final = 1.959963984540054  # 97.5 % quantile of the standard normal distribution


def wilson_interval(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share.

    Parameters
    ----------
    count, total : int
        Numerator and denominator, ``0 <= count <= total`` and ``total > 0``.

    Returns
    -------
    tuple of float
        Lower and upper bound, fractions between 0 and 1.

    Notes
    -----
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927).

    Examples
    --------
    >>> low, high = wilson_interval(9, 9)
    >>> f"{low:.3f} to {high:.3f}"
    '0.701 to 1.000'
    """
    share, z2 = count / total, _Z95**2
    centre = share + z2 / (2 * total)
    spread = _Z95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2))
    scale = 1 + z2 / total
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def count_labels(labels: Iterable[CitationLabelRow], n_citing: int) -> list[LabelCountRow]:
    """Return how many works carry each label, by source, where single works are labelled.

    A work counts once for a label, however many of its passages carry it, so that the counts of
    the labels of a scheme may add up to more than its labelled works.
    """
    works: dict[tuple[str, str], dict[tuple[Any, str], set[str]]] = {}
    for label in labels:
        values = works.setdefault((label["scheme"], label["source_id"]), {})
        value = (label["value"], label["value"] or label["raw_value"])
        values.setdefault(value, set()).add(label["citing_work_id"])
    return [
        {
            "scheme": cast("LabelScheme", scheme),
            "raw_value": name,
            "source_id": source,
            "value": value,
            "n": len(carrying),
            "n_labelled": len(set().union(*values.values())),
            "n_citing": n_citing,
            "retrieved_on": None,
        }
        for (scheme, source), values in works.items()
        for (value, name), carrying in sorted(values.items(), key=lambda item: -len(item[1]))
    ]


class SummaryRow(NamedTuple):
    """One label of a source: its counts, share and interval.

    ``share``, ``low`` and ``high`` are fractions of ``n_labelled``, null where nothing is
    labelled or the label has no place in the vocabulary; ``low`` and ``high`` bound the 95 %
    Wilson interval.
    """

    scheme: LabelScheme
    value: Label | None
    raw_value: str
    n: int
    n_labelled: int
    n_citing: int
    share: float | None
    low: float | None
    high: float | None
    source_id: str


class Summary:
    """What the sources of a hub say of its citations in sum.

    ``str()`` gives it as sentences; iterating gives a row per label, with ``scheme``,
    ``value``, ``raw_value``, ``n``, ``n_labelled``, ``n_citing``, ``share``, ``low``, ``high`` and
    ``source_id``; the last three numbers are fractions, null where nothing is labelled.

    Attributes
    ----------
    rows : tuple of SummaryRow
        One per label.
    n_citing : int
        Citing works of the hub.
    which_known : bool
        Whether the hub also knows which works carry a label.
    """

    def __init__(
        self, counts: Iterable[LabelCountRow], n_citing: int, *, which_known: bool
    ) -> None:
        self.n_citing = n_citing
        self.which_known = which_known
        self.rows: tuple[SummaryRow, ...] = tuple(_summary_row(count) for count in counts)

    def __iter__(self) -> Iterator[SummaryRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a frame.

        Returns
        -------
        pandas.DataFrame
            One row per label; shares are fractions, null where nothing is labelled.
        """
        import pandas as pd

        frame = pd.DataFrame.from_records(self.rows, columns=SummaryRow._fields)
        return frame.astype(_DTYPES)

    def __str__(self) -> str:
        groups: dict[tuple[str, str], list[SummaryRow]] = {}
        for row in self.rows:
            groups.setdefault((row.scheme, row.source_id), []).append(row)
        if not groups:
            return (
                f"{counted(self.n_citing, 'citing work')}; no source says in which role "
                f"{'it cites' if self.n_citing == 1 else 'they cite'}."
            )
        return " ".join(_sentence(rows, which_known=self.which_known) for rows in groups.values())

    def __repr__(self) -> str:
        return f"<citehub.Summary: {self}>"

    def _repr_html_(self) -> str:
        rows = (
            [_html.text(cell) for cell in (row.scheme, row.value, row.raw_value, *_cells(row))]
            for row in self.rows
        )
        headers = (
            "scheme",
            "value",
            "printed as",
            "n / labelled",
            "share",
            "95 % Wilson",
            "citing",
        )
        return f"<p>{_html.text(self)}</p>{_html.table(headers, rows)}"


def _summary_row(count: LabelCountRow) -> SummaryRow:
    n, n_labelled = count["n"], count["n_labelled"]
    share, low, high = None, None, None
    if n_labelled and count["value"] is not None:
        share = n / n_labelled
        low, high = wilson_interval(n, n_labelled)
    return SummaryRow(
        scheme=count["scheme"],
        value=count["value"],
        raw_value=count["raw_value"],
        n=n,
        n_labelled=n_labelled,
        n_citing=count["n_citing"],
        share=share,
        low=low,
        high=high,
        source_id=count["source_id"],
    )


def _sentence(rows: list[SummaryRow], *, which_known: bool) -> str:
    """Say in one sentence what one source states under one scheme."""
    first = rows[0]
    what = "role" if first.scheme == "intent" else "polarity"
    unknown = [row for row in rows if row.value is None]
    if len(unknown) == len(rows):
        printed = ", ".join(f'"{row.raw_value}" for {row.n:,}' for row in unknown)
        return f"The {what} is not known: the source prints {printed}, which is no {what}."
    coverage = percent(first.n_labelled, first.n_citing)
    shares = "; ".join(
        f"{row.n:,} of {row.n_labelled:,} {_are(row.n)} printed as "
        f'"{row.raw_value}", which is no {what}'
        if row.value is None
        else f"{row.n:,} of {row.n_labelled:,} {_are(row.n)} {row.value} "
        f"({percent(row.n, row.n_labelled)}, 95 % Wilson interval "
        f"{round(100 * (row.low or 0))} to {round(100 * (row.high or 0))} %)"
        for row in rows
    )
    which = "" if which_known else "; the source does not say which"
    return (
        f"{first.n_labelled:,} of {counted(first.n_citing, 'citing work')} "
        f"{'carries' if first.n_labelled == 1 else 'carry'} a {what} label "
        f"({coverage}){which}. Of these, {shares}."
    )


def percent(count: int, total: int) -> str:
    """Return a share as whole percent; ``n/a`` of nothing."""
    return f"{round(100 * count / total)} %" if total else "n/a"


def _cells(row: SummaryRow) -> tuple[str, str | None, str | None, int]:
    share = None if row.share is None else f"{100 * row.share:.0f} %"
    interval = None
    if row.low is not None and row.high is not None:
        interval = f"{100 * row.low:.0f} to {100 * row.high:.0f} %"
    return f"{row.n} / {row.n_labelled}", share, interval, row.n_citing


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
