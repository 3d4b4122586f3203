"""Rows of tables in Arrow's memory: keys, order, differences, and dicts of a few at a time."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

_BATCH_ROWS = 1 << 14
_ESCAPED = r'[\x00-\x1f"\\]'  # letters that JSON escapes
_MOST_RANKS = 1 << 62  # of keys, so that an int64 holds each
_FEW_ROWS = 1 << 16  # up to so many, Python compares keys, without importing pyarrow's functions


class ArrowRows:
    """Rows that stand in Arrow's memory, a fraction of what their dicts would take."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self._orders: dict[tuple[str, ...], tuple[Any, Any]] = {}

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return self.table.column_names

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Iterate over the rows, made into dicts some at a time."""
        import pyarrow as pa

        for batch in self.table.to_batches(max_chunksize=_BATCH_ROWS):
            plain = [*map(_plain, batch.columns)]
            yield from pa.RecordBatch.from_arrays(plain, names=batch.schema.names).to_pylist()

    def at(self, places: Any) -> ArrowRows:
        """Return the rows at some places, an array of int64."""
        import pyarrow as pa

        where: Any = pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)])
        return ArrowRows(self.table.take(where))

    def order(self, key: Sequence[str]) -> tuple[Any, Any]:
        """Sort the rows by key, as ``row_key`` spells it.

        Returns
        -------
        tuple of numpy.ndarray
            The places of the rows in that order, rows of one key as they stand; and for each but
            the first whether it has the key of the one before. They are kept.
        """
        import numpy as np
        import pyarrow as pa

        found = self._orders.get(tuple(key))
        if found is None:
            ranks, n = np.zeros(len(self), np.int64), 1  # of keys, and how many there are
            for name in key:
                more, n_more = self._ranks(name, "" if name == key[-1] else "|")
                if n * n_more > _MOST_RANKS:
                    ranks = np.unique(ranks, return_inverse=True)[1]
                    n = len(self)
                ranks *= n_more
                ranks += more
                n *= n_more
                pa.default_memory_pool().release_unused()  # else what ranking took stays
            places = np.argsort(ranks, kind="stable")
            ranks = ranks[places]
            found = self._orders[tuple(key)] = places, ranks[1:] == ranks[:-1]
        return found

    def _ranks(self, name: str, end: str) -> tuple[Any, int]:
        """Return the place of each value in its column as keys spell it, and one more than them.

        With the ``|`` that ends it, no value begins with another, so columns can be compared one
        by one.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        column = _coded(self.table.column(name))
        spelt: Any = pc.binary_join_element_wise(_spelt(column.dictionary), end, "")
        ranks: Any = pc.rank(spelt, tiebreaker="dense")
        ranks = pc.fill_null(ranks.cast(pa.int32()).take(column.indices), 0)
        return ranks.to_numpy(), len(spelt) + 1

    def by_columns(self, names: Sequence[str]) -> ArrowRows:
        """Return the rows in the order of columns of text, the first before the second."""
        import pyarrow as pa
        import pyarrow.compute as pc

        texts: Any = {name: self.table[name].cast(pa.string()) for name in names}
        order: Any = [(name, "ascending") for name in names]
        return ArrowRows(self.table.take(pc.sort_indices(pa.table(texts), sort_keys=order)))

    def are_unique(self, key: Sequence[str]) -> bool:
        """Tell whether each row has a key of its own."""
        if len(self) <= _FEW_ROWS:
            cells = (self.table.column(name).to_pylist() for name in key)
            return len({*zip(*cells, strict=True)}) == len(self)
        return not self.order(key)[1].any()

    def duplicate_keys(self, key: Sequence[str]) -> list[str]:
        """Return the keys that occur twice, as ``row_key`` spells them, in the order of rows."""
        import numpy as np

        places, same = self.order(key)
        return list(dict.fromkeys(self.at(np.sort(places[:-1][same])).spelt(key)))

    def duplicate_key(self, key: Sequence[str]) -> str | None:
        """Return the first key that occurs twice, as ``row_key`` spells it, or None."""
        return min(self.duplicate_keys(key), default=None)

    def json_lines(self, names: Sequence[str], key: Sequence[str]) -> Iterator[str]:
        """Yield columns of the rows as JSON, a list a line, by key; some rows at a time."""
        import pyarrow.compute as pc

        places, _ = self.order(key)
        rows = ArrowRows(self.select(names).table.combine_chunks())  # a batch is taken from all
        for start in range(0, len(places), _BATCH_ROWS):
            batch = rows.at(places[start : start + _BATCH_ROWS]).table
            cells: list[Any] = [_json_cells(batch.column(name)) for name in names]
            lines: Any = pc.binary_join_element_wise(
                *cells, ",", null_handling="replace", null_replacement="null"
            )
            yield "[" + "]\n[".join(lines.to_pylist()) + "]\n"

    def keys(self, key: Sequence[str]) -> pa.ChunkedArray[Any]:
        """Return the key of each row, made for some rows at a time."""
        import pyarrow as pa
        import pyarrow.compute as pc

        chunks: list[Any] = []
        for batch in self.table.select(list(key)).to_batches(max_chunksize=_BATCH_ROWS):
            parts: list[Any] = [*map(_spelt, batch.columns)]
            chunks.append(pc.binary_join_element_wise(*parts, "|", null_handling="replace"))
        return pa.chunked_array(chunks, pa.string())

    def spelt(self, key: Sequence[str]) -> list[str]:
        """Return the key of each row, as ``row_key`` spells it."""
        found: Any = self.keys(key)
        return list(found.to_pylist())

    def select(self, columns: Iterable[str]) -> ArrowRows:
        """Return the rows with some columns, except those that do not exist."""
        wanted = {*columns}
        return ArrowRows(self.table.select([n for n in self.table.column_names if n in wanted]))

    def nulls(self, column: str) -> int:
        """Return how many cells of a column are null."""
        return self.table.column(column).null_count

    def values(self, column: str) -> set[Any]:
        """Return the different values of a column; none if it does not exist."""
        if column not in self.table.column_names:
            return set()
        return {*_plain(self.table.column(column).unique()).to_pylist()}

    def counts(self, column: str) -> dict[Any, int]:
        """Return how often each value of a column occurs, in the order of the rows."""
        found: Any = self.table.column(column).value_counts()
        return {each["values"]: each["counts"] for each in found.to_pylist()}

    def known(self, column: str, *, is_known: bool = True) -> ArrowRows:
        """Return the rows with a value in a column, or those without."""
        cells: Any = self.table.column(column)
        return ArrowRows(self.table.filter(cells.is_valid() if is_known else cells.is_null()))

    def where(self, column: str, value: str) -> ArrowRows:
        """Return the rows with a value."""
        import pyarrow as pa
        import pyarrow.compute as pc

        texts: Any = self.table.column(column).cast(pa.string())
        return ArrowRows(self.table.filter(pc.equal(texts, pa.scalar(value))))

    def missing_key(self, column: str, others: ArrowRows, key: Sequence[str]) -> str | None:
        """Return a text in a column that is no key of other rows, or None."""
        import pyarrow as pa
        import pyarrow.compute as pc

        texts: Any = self.table.column(column).unique().cast(pa.string())
        lost = texts.filter(pc.invert(pc.is_in(texts, value_set=others.keys(key))))
        return lost[0].as_py() if len(lost) else None


def compare_rows(
    before: ArrowRows, after: ArrowRows, partners: Any, columns: Sequence[str]
) -> Iterator[tuple[Any, Any]]:
    """Yield rows that only one of two tables has, or that differ: the old row and the new one.

    Each is a dict, or None. First come those that only the old table has, in its order, then the
    others in that of the new one. ``partners`` is what `find_partners` returns, and ``columns``
    are those to compare.
    """
    import numpy as np

    alone = np.ones(len(before), bool)
    alone[partners[partners >= 0]] = False
    for row in before.at(np.flatnonzero(alone)):
        yield row, None
    for start in range(0, len(after), _BATCH_ROWS):
        places = partners[start : start + _BATCH_ROWS]
        there = np.flatnonzero(places >= 0)
        differ = places < 0
        one, other = before.at(places[there]).table, after.at(start + there).table
        for name in columns:
            differ[there] |= _differ(one.column(name), other.column(name))
        found = np.flatnonzero(differ)
        changed = iter(before.at(places[found][places[found] >= 0]))
        for place, row in zip(places[found], after.at(start + found), strict=True):
            yield next(changed) if place >= 0 else None, row


def find_partners(old: ArrowRows, new: ArrowRows, key: Sequence[str]) -> Any:
    """Return for each new row the place of the old row with its key; -1 if there is none.

    It returns None if a key occurs twice in one of the two.
    """
    import numpy as np
    import pyarrow as pa

    keys: dict[str, Any] = {}
    for name in key:
        coded = (_coded(each.table.column(name)) for each in (old, new))
        keys[name] = pa.chunked_array(
            pa.DictionaryArray.from_arrays(each.indices, each.dictionary.cast(pa.string()))
            for each in coded
        )
    places, same = ArrowRows(pa.table(keys)).order(key)
    one, other = places[:-1][same], places[1:][same] - len(old)
    if (one >= len(old)).any() or (other < 0).any():
        return None
    found = np.full(len(new), -1, np.int64)
    found[other] = one
    return found


def _differ(one: Any, other: Any) -> Any:
    """Tell which cells of two columns differ, row by row."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    one, other = _plain(one), _plain(other)
    if one.type != other.type:
        pairs = zip(one.to_pylist(), other.to_pylist(), strict=True)
        return np.fromiter((before != after for before, after in pairs), bool)
    differ: Any = pc.fill_null(pc.not_equal(one, other), pa.scalar(value=True))
    are_null: Any = pc.and_(one.is_null(), other.is_null())
    return differ.to_numpy() & ~are_null.to_numpy()


class RowsByWork:
    """Rows of a table by the work that they belong to, made into dicts for some works at a time.

    Between calls the rows stand in Arrow's memory, a fraction of what their dicts would take.
    """

    def __init__(self, rows: ArrowRows, column: str) -> None:
        self._rows = rows
        self._column = column

    def of(self, works: Sequence[str] | None = None) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of some works, or of all, in the order of the table.

        A column ``row_key`` holds the work as the first part of a key.
        """
        from citehub._validate import row_key, split_row_key

        is_key = self._column == "row_key"
        rows = self._rows
        if works is not None:
            keys = [row_key({"": work}, ("",)) if is_key else work for work in works]
            rows = self._filter(keys)
        grouped: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            work = row[self._column]
            grouped.setdefault(work.partition("|")[0] if is_key else work, []).append(row)
        return {split_row_key(key)[0]: of for key, of in grouped.items()} if is_key else grouped

    def _filter(self, keys: list[str]) -> ArrowRows:
        import pyarrow as pa
        import pyarrow.compute as pc

        is_there: Any = pc.is_in(self._works.dictionary, value_set=pa.array(keys, pa.string()))
        return ArrowRows(self._rows.table.filter(is_there.take(self._works.indices)))

    @cached_property
    def _works(self) -> Any:
        """The work of each row, as dictionary and places in it."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = _coded(self._rows.table.column(self._column))
        if self._column != "row_key":
            return column
        parts: Any = pc.split_pattern(column.dictionary, "|", max_splits=1)
        return pa.DictionaryArray.from_arrays(column.indices, pc.list_element(parts, 0))


def _coded(column: Any) -> Any:
    """Return a column as one array of places in a dictionary."""
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    if column.num_chunks == 1:  # which combining would copy
        return column.chunk(0)
    if not column.num_chunks:  # which combining refuses, of dates
        return pa.nulls(0, column.type)
    return column.unify_dictionaries().combine_chunks()


def _plain(column: Any) -> Any:
    """Return a column with values in place of places in a dictionary."""
    import pyarrow as pa

    is_coded = pa.types.is_dictionary(column.type)
    return column.cast(column.type.value_type) if is_coded else column


def _spelt(column: Any) -> Any:
    """Return the values of a column as ``row_key`` spells them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(column.type) or pa.types.is_boolean(column.type):
        return pa.array(map(str, column.to_pylist()), pa.string())
    texts: Any = pc.replace_substring(column.cast(pa.string()), "%", "%25")
    return pc.replace_substring(texts, "|", "%7C")


def _json_cells(column: Any) -> Any:
    """Return the cells of a column as JSON; a null stays one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from citehub._validate import encode_json

    kind, texts = column.type, column.cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return texts
    if pa.types.is_floating(kind) or pc.any(pc.match_substring_regex(texts, _ESCAPED)).as_py():
        cells = column.to_pylist()
        encoded = [None if each is None else encode_json(each) for each in cells]
        return pa.array(encoded, pa.string())
    return pc.binary_join_element_wise('"', texts, '"', "")
