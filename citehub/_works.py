"""Lists of works, which selecting, searching and related works return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, overload

from citehub import _html
from citehub._text import clean, clean_line, counted
from citehub._work import Work, marked_title, shorten_authors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import SupportsIndex

    import pandas as pd

    from citehub._hub import Hub
    from citehub._related import Related
    from citehub._rows import WorkColumn
    from citehub.export import Export, FormatName

Item = TypeVar("Item", bound="Work | Related")

_MOST_PRINTED: Final = 10
_MOST_AUTHORS: Final = 2


class Works(list[Item]):
    """Works of a release in an order: a list that can become a frame or an export.

    :meth:`Hub.select` and :meth:`Hub.search` make it of :class:`Work`, and :meth:`Hub.related` of
    :class:`Related`. A slice or a copy is of this kind, too; ``sorted()`` or ``+`` make a plain
    list, which :meth:`Hub.export` also takes.

    Examples
    --------
    >>> import citehub
    >>> works = citehub.load("mt-nlg", version="1.1.0").select(theme="reasoning", sort="oldest")
    >>> works[:1]
    <citehub.Works: 1 work of mt-nlg 1.1.0>
    arxiv:2205.11916  2022-05  Large Language Models are Zero-Shot Reasoners
    >>> works.to_pandas(["work_id", "publication_year"]).shape
    (6, 2)
    >>> works.export("bibtex")
    <citehub.Export bibtex: 6 works of mt-nlg 1.1.0>
    """

    def __init__(self, hub: Hub, works: Iterable[Item] = ()) -> None:
        super().__init__(works)
        self._hub = hub

    @property
    def ids(self) -> list[str]:
        """The ``work_id`` of each, in order."""
        return [_work(each).work_id for each in self]

    def to_pandas(self, columns: Sequence[WorkColumn] | None = None) -> pd.DataFrame:
        """Return the rows of these works in the table ``works``, in their order.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to read, in this order; by default all.

        Returns
        -------
        pandas.DataFrame
            One row per work, with a new default index and the types of the table.

        Raises
        ------
        UnknownColumn
            A column does not exist.
        UnknownWork
            Somebody added a work that the release does not have.
        """
        places = {work_id: place for place, work_id in enumerate(self._hub.release.ids())}
        frame = self._hub.works.to_pandas(columns)
        found = [places[self._hub.release.resolve(work_id)] for work_id in self.ids]
        return frame.iloc[found].reset_index(drop=True)

    def export(self, format: FormatName) -> Export:  # noqa: A002 -- the term
        """Export these works, each once, as :meth:`Hub.export` does.

        Parameters
        ----------
        format : str
            A format of :meth:`Hub.export`.

        Returns
        -------
        Export
            The works in that format.

        Raises
        ------
        UnknownFormat
            There is no such format; the error names what exists.
        """
        return self._hub.export(format, works=self.ids)

    @overload
    def __getitem__(self, place: SupportsIndex, /) -> Item: ...

    @overload
    def __getitem__(self, place: slice, /) -> Works[Item]: ...

    def __getitem__(self, place: SupportsIndex | slice, /) -> Item | Works[Item]:
        """Return the work at a place, or the works of a slice."""
        if isinstance(place, slice):
            return Works(self._hub, super().__getitem__(place))
        return super().__getitem__(place)

    def copy(self) -> Works[Item]:
        """Return another list of the same works.

        Returns
        -------
        Works
            Changes to it leave this one unchanged.
        """
        return self[:]

    def __repr__(self) -> str:
        scored = self._scored()
        shown = [_line(each, scored=scored) for each in self[:_MOST_PRINTED]]
        widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in shown
        ]
        return "\n".join([f"<citehub.Works: {self._size()}>", *lines, *self._left()])

    def _repr_html_(self) -> str:
        scored = self._scored()
        rows = (_cells(each, scored=scored) for each in self[:_MOST_PRINTED])
        headers = ["work", "first version", "title", "authors", "venue"]
        if scored:
            headers += ["score", "shared"]
        return (
            f"<p><strong>{_html.text(self._size())}</strong></p>"
            f"{_html.table(headers, rows) if self else ''}"
            f"{''.join(f'<p>{left}</p>' for left in self._left())}"
            f"<p>Go on: <code>.to_pandas()</code>, <code>.export(…)</code>, <code>.ids</code></p>"
        )

    def _scored(self) -> bool:
        """Tell whether any shown work has a score."""
        return any(not isinstance(each, Work) for each in self[:_MOST_PRINTED])

    def _left(self) -> list[str]:
        """Return a line on the works that are not shown, if any."""
        left = len(self) - _MOST_PRINTED
        return [f"and {left:,} more"] if left > 0 else []

    def _size(self) -> str:
        return f"{counted(len(self), 'work')} of {self._hub.release.label}"


def _work(item: Work | Related) -> Work:
    return item if isinstance(item, Work) else item.work


def _line(item: Work | Related, *, scored: bool) -> list[str]:
    """Return the line of a work in the text of a list."""
    work = _work(item)
    cells = [work.work_id, work.published or "-", marked_title(work)]
    if scored:
        cells = ["" if isinstance(item, Work) else f"{item.score:.3f}", *cells]
    return [clean(clean_line(cell)) for cell in cells]


def _cells(item: Work | Related, *, scored: bool) -> list[str]:
    """Return the cells of a work in HTML."""
    work = _work(item)
    cells = [
        f"<code>{_html.short(work.work_id)}</code>",
        _html.short(work.published),
        _html.short(marked_title(work), work.url or ""),
        _html.short(shorten_authors(work.authors, most=_MOST_AUTHORS)),
        _html.short(work.venue),
    ]
    if scored and isinstance(item, Work):
        cells += ["", ""]
    elif not isinstance(item, Work):
        cells += [f"{item.score:.3f}", _html.short(", ".join(item.shared))]
    return cells
