"""Sums of roles and polarities: every share with its counts and its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from citehub import _html
from citehub._labels import FACET_OF_SCHEME, shown, value_of
from citehub._text import clean, counted
from citehub.errors import DamagedTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from citehub._rows import CitationLabelRow, Label, LabelCountRow, LabelScheme

Unit = Literal["works", "passages"]
"""What a row of a summary counts."""

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
    "unit": "category",
    "n_all": "int32[pyarrow]",
    "low_finite": "float64[pyarrow]",
    "high_finite": "float64[pyarrow]",
    "labeler": "string[pyarrow]",
}
_MOST_NAMED: Final = 3  # labellers
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
    return _wilson(count / total, total)


def finite_interval(count: int, sample: int, total: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share among a known number of things.

    A larger part in the sample makes it narrower; if all are in the sample, the share is known.

    Parameters
    ----------
    count, sample, total : int
        Numerator and denominator in the sample, and the number of all things, ``0 <= count <=
        sample <= total`` and ``sample > 0``.

    Returns
    -------
    tuple of float
        Lower and upper bound, fractions between 0 and 1.

    Notes
    -----
    A sample without replacement has the variance of one with replacement of the size ``sample *
    (total - 1) / (total - sample)`` (W. G. Cochran, "Sampling Techniques", 3rd edition, 1977,
    section 3.2). Wilson's formula takes that size. It approximates, so its bounds end at what is
    possible: at least ``count`` of all things, at most all but ``sample - count``.

    Examples
    --------
    >>> low, high = finite_interval(9, 9, 44)
    >>> f"{low:.3f} to {high:.3f}"
    '0.742 to 1.000'
    >>> finite_interval(2, 3, 4), finite_interval(3, 4, 4)
    ((0.5, 0.75), (0.75, 0.75))
    """
    least, most = count / total, (total - sample + count) / total
    if sample == total:
        return least, most
    low, high = _wilson(count / sample, sample * (total - 1) / (total - sample))
    return max(low, least), min(high, most)


def _wilson(share: float, size: float) -> tuple[float, float]:
    z2 = _Z95**2
    centre = share + z2 / (2 * size)
    spread = _Z95 * math.sqrt(share * (1 - share) / size + z2 / (4 * size**2))
    scale = 1 + z2 / size
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def count_labels(
    labels: Iterable[CitationLabelRow], n_citing: int, n_passages: int = 0
) -> list[SummaryRow]:
    """Return how many works and how many passages have each label, by source.

    If a passage has several judgements, those that are shown count. A work counts once for each
    label that any of its passages has, so that the counts of a scheme may add up to more than its
    labelled works.

    Parameters
    ----------
    labels : iterable of CitationLabelRow
        Labels of single works and passages.
    n_citing, n_passages : int
        The numbers of citing works and of passages.
    """
    groups: dict[tuple[Unit, LabelScheme, str], list[CitationLabelRow]] = {}
    for label in shown(labels):
        groups.setdefault(("works", label["scheme"], label["source_id"]), []).append(label)
    for label in shown(labels):
        if label["context_id"] is not None:
            groups.setdefault(("passages", label["scheme"], label["source_id"]), []).append(label)
    totals: dict[Unit, int] = {"works": n_citing, "passages": n_passages}
    return [
        row
        for (unit, scheme, source_id), group in groups.items()
        for row in _count(group, unit, scheme, source_id, (n_citing, totals[unit]))
    ]


def _count(
    labels: list[CitationLabelRow],
    unit: Unit,
    scheme: LabelScheme,
    source_id: str,
    totals: tuple[int, int],
) -> Iterator[SummaryRow]:
    """Yield a row per label of one scheme and source, the commonest first."""
    carrying: dict[tuple[Label | None, str], set[str | None]] = {}
    for label in labels:
        key = label["citing_work_id"] if unit == "works" else label["context_id"]
        carrying.setdefault((label["value"], value_of(label)), set()).add(key)
    named = list(dict.fromkeys(label["labeler"] for label in labels))
    more = len(named) - _MOST_NAMED
    labeler = "; ".join(named[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    n_labelled = len(set().union(*carrying.values()))
    n_citing, n_all = totals
    for (value, name), keys in sorted(carrying.items(), key=lambda item: -len(item[1])):
        has_place = value is not None or scheme == "subject"
        shares = _shares(len(keys), n_labelled, n_all, unit) if has_place else _NO_SHARES
        yield SummaryRow(
            scheme, value, name, len(keys), n_labelled, n_citing, *shares[:3], source_id,
            unit, n_all, *shares[3:], labeler,
        )  # fmt: skip


_Shares = tuple[float | None, float | None, float | None, float | None, float | None]
_NO_SHARES: Final[_Shares] = (None, None, None, None, None)


def _shares(n: int, n_labelled: int, n_all: int, unit: Unit) -> _Shares:
    """Return a share and its intervals; the number of all passages is never known."""
    if not n_labelled:
        return _NO_SHARES
    finite: tuple[float | None, float | None] = (None, None)
    if unit == "works" and n_labelled <= n_all:
        finite = finite_interval(n, n_labelled, n_all)
    return (n / n_labelled, *wilson_interval(n, n_labelled), *finite)


class SummaryRow(NamedTuple):
    """One label of a source: its counts, share and intervals.

    ``n`` of ``n_labelled`` works or passages have it, as ``unit`` says; ``n_all`` counts all
    citing works, or known passages. ``share`` and its bounds are fractions of ``n_labelled``, null
    if nothing is labelled or the label is not in the vocabulary. ``low`` and ``high`` bound the 95
    % Wilson interval, ``low_finite`` and ``high_finite`` that of a sample from ``n_all`` works,
    null for passages. They hold if the labels are right and the labelled ones are a random sample;
    passages of one work are seldom independent. ``labeler`` is who judged, null if a source states
    only counts.
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
    unit: Unit
    n_all: int
    low_finite: float | None
    high_finite: float | None
    labeler: str | None

    @property
    def n_unlabelled(self) -> int:
        """Works or passages without a label of the scheme."""
        return self.n_all - self.n_labelled


class Summary:
    """Sums of what the sources of a hub say about its citations.

    ``str()`` gives sentences; iterating gives a row per label: first the sums that sources state,
    then counts of labelled works, then of labelled passages. A row has ``scheme``, ``value``,
    ``raw_value``, ``n``, ``n_labelled``, ``n_citing``, ``share``, ``low``, ``high``,
    ``source_id``, ``unit``, ``n_all``, ``low_finite``, ``high_finite``, ``labeler`` and
    ``n_unlabelled``; shares and bounds are fractions, null if nothing is labelled.

    Attributes
    ----------
    rows : tuple of SummaryRow
        One per label, source and unit.
    n_citing : int
        Citing works of the hub.
    which_known : bool
        Whether the hub also knows which works have a label.
    """

    def __init__(
        self,
        counts: Iterable[LabelCountRow],
        n_citing: int,
        *,
        which_known: bool,
        counted: Iterable[SummaryRow] = (),
    ) -> None:
        self.n_citing = n_citing
        self.which_known = which_known
        self._stated = tuple(_summary_row(count) for count in counts)
        self._counted = tuple(counted)
        self.rows: tuple[SummaryRow, ...] = (*self._stated, *self._counted)

    def __iter__(self) -> Iterator[SummaryRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a frame.

        Returns
        -------
        pandas.DataFrame
            One row per label; shares are fractions, null if nothing is labelled.
        """
        import pandas as pd

        frame = pd.DataFrame.from_records(self.rows, columns=SummaryRow._fields)
        return frame.astype(_DTYPES)

    def __str__(self) -> str:
        if not self.rows:
            return (
                f"{counted(self.n_citing, 'citing work')}; no source says in which role "
                f"{'it cites' if self.n_citing == 1 else 'they cite'}."
            )
        sentences = [self.stated] if self._stated else []
        for rows in _grouped(self._counted):
            in_short = rows[0].unit == "passages"
            if in_short or rows[0].scheme != "subject":
                sentences.append((_count_of_passages if in_short else _sentence)(rows))
        return clean(" ".join(sentences))

    @property
    def stated(self) -> str:
        """Sentences on the sums that sources state; empty if none does."""
        named = {row.source_id for row in self._counted}
        sentences = []
        for rows in _grouped(self._stated):
            source_id = rows[0].source_id
            which = source_id in named or (self.which_known and not named)
            by = f"By {source_id}: " if self._counted else ""
            sentences.append(f"{by}{_sentence(rows, which_known=which)}")
        return " ".join(sentences)

    @property
    def _works(self) -> list[SummaryRow]:
        """The rows that count works by their labels."""
        return [row for row in self._counted if row.unit == "works"]

    def judged(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Return the roles, polarities and subjects of single works, as a table of texts.

        Returns
        -------
        tuple
            The names of the columns, and the rows: the scheme, if it differs from the row before;
            the value; works and their 95 % Wilson interval; passages; who judged, if several did.
            Without labels of single works there are no rows.

        Examples
        --------
        >>> import citehub
        >>> names, rows = citehub.load("mt-nlg").summary().judged()
        >>> rows[0]
        ('role', 'background', '13 of 14', '69 to 99 %', '32 of 49')
        """
        works = self._works
        passages = {
            (row.source_id, row.scheme, row.raw_value): f"{row.n:,} of {row.n_labelled:,}"
            for row in self._counted
            if row.unit == "passages"
        }
        names = ("scheme", "cites as", "works", "95 % Wilson", "passages", "by")
        n_names = len(names) - (len({row.labeler for row in works}) < 2)  # noqa: PLR2004
        rows: list[tuple[str, ...]] = []
        before = None
        for row in works:
            about = row.source_id, row.scheme
            cells = (
                "" if about == before else FACET_OF_SCHEME.get(row.scheme, row.scheme),
                row.raw_value,
                f"{row.n:,} of {row.n_labelled:,}",
                _cells(row)[2] or "",
                passages.get((*about, row.raw_value), ""),
                row.labeler or row.source_id,
            )
            rows.append(cells[:n_names])
            before = about
        return names[:n_names], rows

    @property
    def in_short(self) -> str:
        """Who judged single works, and how many; then the sums that sources state."""
        works = self._works
        if not works:
            return self.stated
        by = "; ".join(dict.fromkeys(row.labeler or row.source_id for row in works))
        n = max(row.n_labelled for row in works)
        return (
            f"Judged by {by}. {n:,} of {counted(self.n_citing, 'citing work')} "
            f"{'is' if n == 1 else 'are'} judged; a work may cite in several roles. {self.stated}"
        ).rstrip()

    def __repr__(self) -> str:
        return f"<citehub.Summary: {self}>"

    def _repr_html_(self) -> str:
        rows = (
            [
                _html.text(cell)
                for cell in (
                    *(row.unit, row.scheme, row.value, row.raw_value, *_cells(row)),
                    row.labeler or row.source_id,
                )
            ]
            for row in self.rows
        )
        headers = (
            *("of", "scheme", "value", "printed as", "n / labelled", "share", "95 % Wilson"),
            *("finite", "all", "by"),
        )
        return f"<p>{_html.text(self)}</p>{_html.table(headers, rows)}"


def _grouped(rows: Iterable[SummaryRow]) -> list[list[SummaryRow]]:
    """Return rows by unit, scheme and source."""
    groups: dict[tuple[str, str, str], list[SummaryRow]] = {}
    for row in rows:
        groups.setdefault((row.unit, row.scheme, row.source_id), []).append(row)
    return [*groups.values()]


def _summary_row(count: LabelCountRow) -> SummaryRow:
    n, n_labelled, n_citing = count["n"], count["n_labelled"], count["n_citing"]
    if not 0 <= n <= n_labelled:
        expected = f"the count of {count['raw_value']!r:.60} to be among those with a label"
        raise DamagedTable.at("label_counts.parquet", expected, f"{n} of {n_labelled}")
    shares = _NO_SHARES
    if count["value"] is not None:
        shares = _shares(n, n_labelled, n_citing, "works")
    return SummaryRow(
        count["scheme"], count["value"], count["raw_value"], n, n_labelled, n_citing,
        *shares[:3], count["source_id"], "works", n_citing, *shares[3:], None,
    )  # fmt: skip


def _count_of_passages(rows: list[SummaryRow]) -> str:
    """Say in one sentence how many passages have each label, without shares."""
    first = rows[0]
    listed = ", ".join(f"{row.n:,} {row.raw_value}" for row in rows)
    what = FACET_OF_SCHEME.get(first.scheme, first.scheme)
    return (
        f"{first.n_labelled:,} of {counted(first.n_all, 'passage')} "
        f"{'carries' if first.n_labelled == 1 else 'carry'} a {what} label: {listed}."
    )


def _sentence(rows: list[SummaryRow], *, which_known: bool = True) -> str:
    """Say in one sentence what one source states under one scheme."""
    first = rows[0]
    what = FACET_OF_SCHEME.get(first.scheme, first.scheme)
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
        f"({percent(row.n, row.n_labelled)}, {'' if number else '95 % Wilson interval '}"
        f"{round(100 * (row.low or 0))} to {round(100 * (row.high or 0))} %)"
        for number, row in enumerate(rows)
    )
    which = "" if which_known else "; the source does not say which"
    which += f", judged by {first.labeler}" if first.labeler else ""
    return (
        f"{first.n_labelled:,} of {counted(first.n_citing, 'citing work')} "
        f"{'carries' if first.n_labelled == 1 else 'carry'} a {what} label "
        f"({coverage}){which}. Of these, {shares}."
    )


def percent(count: int, total: int) -> str:
    """Return a share as whole percent; ``n/a`` of nothing."""
    return f"{round(100 * count / total)} %" if total else "n/a"


def _cells(row: SummaryRow) -> tuple[str, str | None, str | None, str | None, int]:
    share = None if row.share is None else f"{100 * row.share:.0f} %"
    wilson, finite = (
        None if low is None or high is None else f"{100 * low:.0f} to {100 * high:.0f} %"
        for low, high in ((row.low, row.high), (row.low_finite, row.high_finite))
    )
    return f"{row.n} / {row.n_labelled}", share, wilson, finite, row.n_all


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
