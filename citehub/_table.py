"""A table of a release, which reads nothing until asked.

Only this module and the writer of releases use pyarrow.
"""

from __future__ import annotations

import gc
import io
import os
import stat
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar, cast

from citehub import _limits
from citehub._columns import COLUMNS, REQUIRED
from citehub._manifest import read_bytes, sha256
from citehub._parquet import Parquet
from citehub._text import clean, counted
from citehub._types import TYPES
from citehub.errors import (
    BadArgument,
    DamagedRelease,
    DamagedTable,
    MissingExtra,
    NoFile,
    OverLimit,
    UnknownColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq

    from citehub._json_types import Field, Resource, Schema
    from citehub._parquet import Text

Row = TypeVar("Row")
Column = TypeVar("Column", bound=str)

_PREVIEW_ROWS = 5
_PARQUET_END = b"PAR1"
_BATCH_ROWS = 1 << 14
_FEW_ROWS = 1 << 16  # which Python compares before pyarrow's functions are imported
_MEASURED_ROWS = 1 << 12
_EXPLAINED_EXCESS = 1 << 20  # bytes that a file may be too long by, and is still read to say why
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of Python's dates, counted from 1970
_THREADS_PAY_FROM = 1 << 20  # bytes; below, starting threads costs more than they save


class FieldInfo(NamedTuple):
    """One column: its name, its type with unit and key, and its meaning."""

    name: str
    type: str
    meaning: str


class TableFile:
    """The Parquet file of a table, checked against the manifest.

    Attributes
    ----------
    path : str
        The file.
    resource : dict
        The manifest's description of the table.

    ``held`` gives the description by whose rules its rows are verified; by default the same.
    """

    def __init__(
        self, folder: str, resource: Resource, held: Callable[[], Resource] | None = None
    ) -> None:
        self.path = os.path.join(folder, resource["path"])
        self.resource = resource
        self._held = held
        most = _limits.most_rows(resource["bytes"])
        if resource["rows"] > most and not _limits.are_lifted():
            raise OverLimit.at(
                self.path, counted(most, "row"), f"{resource['rows']:,} by the manifest"
            )

    def read_bytes(self) -> bytes:
        """Return the file after comparing its hash with the manifest.

        Raises
        ------
        DamagedTable
            The file differs from the released one.
        """
        self._check_stat()
        data = read_bytes(self.path, DamagedTable)
        if sha256(data) != self.resource["hash"]:
            raise DamagedTable.at(self.path, *self._explain_damage(data))
        return data

    def open(self, data: bytes) -> pq.ParquetFile:
        """Return the file as Parquet after comparing its columns with the manifest.

        Raises
        ------
        DamagedTable
            It is not Parquet, or has other columns.
        """
        return self._open(Parquet(data, self.path))

    def _open(self, parquet: Parquet) -> pq.ParquetFile:
        with _gc_paused():
            import pyarrow as pa
            import pyarrow.parquet as pq

        with self._as_damage():
            file = pq.ParquetFile(pa.BufferReader(parquet.data))
            difference = _schema_difference(file.schema_arrow, self.resource["schema"]["fields"])
        if difference is not None:
            raise DamagedTable.at(self.path, *difference)
        return file

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """Return the rows of the file, or some columns of them, in memory that is bounded.

        Raises
        ------
        DamagedTable
            It differs from the manifest, or holds a value that Python has not.
        OverLimit
            It decodes to more than citehub reads of a stranger's file.
        """
        parquet = Parquet(self.read_bytes(), self.path)
        file = self._open(parquet)
        with self._as_damage():
            texts, left = self._bounded(parquet, columns)
            self._allow(not texts or _text_sizes(file, parquet.data, texts, left) <= left)
            threads = len(parquet.data) > _THREADS_PAY_FROM
            table = file.read(columns=columns, use_threads=threads)
            table.validate(full=True)
        metadata = table.schema.metadata
        if metadata and b"pandas" in metadata:  # it can name columns that pandas would drop
            del metadata[b"pandas"]
            table = table.replace_schema_metadata(metadata)
        self._check_cells(_ArrowCells(table))
        return table

    def read_polars(self, columns: list[str] | None = None) -> pl.DataFrame:
        """Return the same for Polars, by its own reader and without pyarrow."""
        import polars as pl

        parquet = Parquet(self.read_bytes(), self.path)
        fields = self.resource["schema"]["fields"]
        names = [field["name"] for field in fields]
        if parquet.names != names:
            raise DamagedTable.at(self.path, f"columns {names}", f"{parquet.names}")
        try:
            # Polars does not repeat texts of a dictionary, so they can be measured afterwards.
            texts, left = self._bounded(parquet, columns)
            frame = pl.read_parquet(parquet.data, columns=columns)
            if texts:
                sizes = frame.select(pl.col(pl.String).str.len_bytes().sum()).row(0)
                self._allow(sum(sizes) <= left)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise self._unreadable(error) from None
        for field in fields:
            name, kind = field["name"], TYPES[field["arrowType"]].polars
            if name in frame.columns and frame.schema[name] != getattr(pl, kind):
                expected = f"column {name!r} to be {field['arrowType']}"
                raise DamagedTable.at(self.path, expected, f"{frame.schema[name]}")
        self._check_cells(_PolarsCells(frame))
        return frame

    def _bounded(self, parquet: Parquet, columns: Sequence[str] | None) -> tuple[list[Text], int]:
        """Return the texts to measure, and the bytes of memory that they may take.

        None have to be measured if they cannot take more.
        """
        if parquet.n_rows != self.resource["rows"]:
            raise DamagedTable.at(self.path, f"{self.resource['rows']} rows", f"{parquet.n_rows}")
        contents = parquet.contents(self.resource["schema"]["fields"], columns)
        left = _limits.most_decoded(len(parquet.data)) - contents.certain
        self._allow(left >= 0)
        texts = [] if contents.most_of_texts <= left or _limits.are_lifted() else contents.texts
        return texts, left

    def _allow(self, holds: object) -> None:
        if not holds and not _limits.are_lifted():
            most = counted(_limits.most_decoded(self.resource["bytes"]), "byte")
            raise OverLimit.at(self.path, f"{most} of memory", "rows that take more")

    def _check_cells(self, cells: _Cells) -> None:
        """Refuse cells that the rest of citehub and Python cannot hold."""
        schema = self.resource["schema"]
        required = {*schema["primaryKey"], *REQUIRED.get(_of_file(self.resource["name"]), ())}
        for field in schema["fields"]:
            name, kind = field["name"], field["arrowType"]
            if name not in cells.names:
                continue
            must = name in required or field.get("constraints", {}).get("required")
            row = cells.first_null(name) if must else 0
            if row:
                where = f"column {name!r} of row {row} to be not null"
                raise DamagedTable.at(self.path, where, "None")
            if kind == "date32" and not cells.are_between(name, _FIRST_DAY, _LAST_DAY):
                expected = f"column {name!r} to be days of the years 1 to 9999"
                raise DamagedTable.at(self.path, expected, "another day")
            if kind == "float64" and not cells.are_finite(name):
                expected = f"column {name!r} to be a finite number, or null if it is not known"
                raise DamagedTable.at(self.path, expected, "nan or infinity")

    @contextmanager
    def _as_damage(self) -> Iterator[None]:
        """Turn whatever pyarrow raises of a damaged file into our error."""
        import pyarrow as pa

        try:
            yield
        except MemoryError:
            raise
        except (pa.ArrowException, OSError, ValueError, LookupError, OverflowError) as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: BaseException) -> DamagedTable:
        reason = clean((str(error).splitlines() or [type(error).__name__])[0])
        return DamagedTable.at(self.path, "a Parquet file", f"one without ({reason:.200})")

    def read_verified(self) -> ArrowRows:
        """Return every row of the file after checking its bytes, key, nulls and vocabularies.

        Raises
        ------
        DamagedTable
            Something differs; the message names the file, what was expected and found.
        """
        from citehub._validate import find_problem

        rows = ArrowRows(self.read())
        problem = find_problem(rows, self._held() if self._held else self.resource)
        if problem is not None:
            raise DamagedTable.at(self.path, *problem)
        return rows

    def _check_stat(self) -> None:
        """Compare the size of the file with the manifest and the limit, before it is read."""
        try:
            found = os.lstat(self.path)
        except OSError:
            return  # reading it says why
        size = self.resource["bytes"]
        if not stat.S_ISREG(found.st_mode):
            return
        if found.st_size > size + _EXPLAINED_EXCESS:
            raise DamagedTable.at(self.path, f"{size} bytes", f"{found.st_size} bytes")
        if found.st_size > _limits.MOST_FILE and not _limits.are_lifted():
            most = counted(_limits.MOST_FILE, "byte")
            raise OverLimit.at(self.path, most, counted(found.st_size, "byte"))

    def _explain_damage(self, data: bytes) -> tuple[str, str]:
        """Say what was expected and found of a file with a wrong hash."""
        size = self.resource["bytes"]
        if len(data) < size and not data.endswith(_PARQUET_END):
            return f"{size} bytes", f"{len(data)} bytes: the file is truncated"
        try:
            self.open(data)
        except DamagedRelease as error:
            return error.expected, error.found
        return f"the released bytes, {self.resource['hash']}", f"other bytes, {sha256(data)}"


class _Cells(Protocol):
    """What every reader of a file can tell of its cells."""

    names: Collection[str]

    def first_null(self, name: str) -> int:
        """Return the number of the first row that is null, from 1; 0 if none is."""

    def are_between(self, name: str, first: int, last: int) -> bool:
        """Tell whether all days are, counted from 1970."""

    def are_finite(self, name: str) -> bool:
        """Tell whether all numbers are."""


class _ArrowCells:
    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.names: Collection[str] = table.column_names

    def first_null(self, name: str) -> int:
        column = self._table.column(name)
        if not column.null_count:
            return 0
        return 1 + column.to_pylist().index(None)

    def are_between(self, name: str, first: int, last: int) -> bool:
        return all(
            bool(((days >= first) & (days <= last)).all()) for days in self._stored(name, "<i4")
        )

    def are_finite(self, name: str) -> bool:
        import numpy as np

        return all(bool(np.isfinite(numbers).all()) for numbers in self._stored(name, "<f8"))

    def _stored(self, name: str, kind: str) -> Iterator[Any]:
        """Yield the numbers as they are in memory; where a cell is null, there is zero."""
        import numpy as np

        for chunk in self._table.column(name).chunks:
            _, buffer = chunk.buffers()
            if buffer is not None and len(chunk) > chunk.null_count:
                found = np.frombuffer(memoryview(buffer), kind)[
                    chunk.offset : chunk.offset + len(chunk)
                ]
                yield found[chunk.is_valid().to_numpy(zero_copy_only=False)]


class _PolarsCells:
    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self.names: Collection[str] = frame.columns

    def first_null(self, name: str) -> int:
        column = self._frame[name]
        return column.to_list().index(None) + 1 if column.null_count() else 0

    def are_between(self, name: str, first: int, last: int) -> bool:
        return bool(self._frame[name].to_physical().drop_nulls().is_between(first, last).all())

    def are_finite(self, name: str) -> bool:
        return bool(self._frame[name].drop_nulls().is_finite().all())


class Table(Generic[Row, Column]):
    """One table of one release.

    The manifest gives its columns and the number of its rows. Each time you ask for data, it reads
    the Parquet file and compares its SHA-256 with the manifest. You may ask for a column that only
    newer releases have, and rows have it, too: it is null. Anything with Arrow's C stream
    interface (Polars, DuckDB, narwhals, pandas 3, pyarrow) takes the table itself.

    Attributes
    ----------
    name : str
        Name of the table.
    meaning : str
        What a row is.
    columns : tuple of str
        Names of the columns of this release, in order.

    Examples
    --------
    >>> import citehub
    >>> works = citehub.load("mt-nlg", version="1.1.0").works
    >>> works
    <citehub.Table works: 45 rows x 15 columns, mt-nlg 1.1.0>
    >>> works.to_pandas(["work_id", "publication_year"]).dtypes["publication_year"]
    int16[pyarrow]
    """

    name: str
    meaning: str
    columns: tuple[str, ...]

    def __init__(self, file: TableFile, release: str, *, skip: int = 0) -> None:
        self._file = file
        self._resource = resource = file.resource
        self._release = release
        self._skip = skip
        self.name = resource["name"]
        self.meaning = resource["description"]
        self.columns = tuple(field["name"] for field in resource["schema"]["fields"])
        known = COLUMNS.get(_of_file(self.name), {})
        self._absent = {name: kind for name, kind in known.items() if name not in self.columns}

    # -- data -----------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """Its Parquet file; ``citing_works``, all rows of ``works`` but the first, has none."""
        if self._skip:
            raise NoFile(
                f"The table {self.name} has no file of its own: it is {self._file.path} without "
                "the first row, the canonical work. Read it with to_pandas(), to_polars() or "
                "to_arrow(), or pass the table itself to a library that reads Arrow."
            )
        return self._file.path

    def to_arrow(self, columns: Sequence[Column] | None = None) -> pa.Table:
        """Read the table, or some of its columns, into a :class:`pyarrow.Table`.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to read, in the order wanted; all of them by default.

        Returns
        -------
        pyarrow.Table
            One row per row of the table; vocabularies as dictionary columns.

        Raises
        ------
        UnknownColumn
            A column does not exist.
        DamagedTable
            The file differs from the released one.
        """
        wanted = self._check_columns(columns)
        table = self._file.read(self._stored(wanted))
        if wanted is not None:
            for name in self._absent.keys() & {*wanted}:
                table = table.append_column(name, _nulls(table.num_rows, self._absent[name]))
            table = table.select(wanted)
        return table.slice(self._skip) if self._skip else table

    def to_pandas(self, columns: Sequence[Column] | None = None) -> pd.DataFrame:
        """Read the table, or some of its columns, into a :class:`pandas.DataFrame`.

        Integers, booleans, dates and text keep their types and their nulls
        (:class:`pandas.ArrowDtype`); vocabularies become ``category``.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to read, in the order wanted; all of them by default.

        Returns
        -------
        pandas.DataFrame
            One row per row of the table, with a new default index.

        Raises
        ------
        UnknownColumn
            A column does not exist.
        DamagedTable
            The file differs from the released one.
        """
        table = self.to_arrow(columns)
        with _gc_paused():
            import pandas  # noqa: F401
        return table.to_pandas(types_mapper=_pandas_dtype, ignore_metadata=True)

    def to_polars(self, columns: Sequence[Column] | None = None) -> pl.DataFrame:
        """Read the table, or some of its columns, into a :class:`polars.DataFrame`.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to read, in the order wanted; all of them by default.

        Returns
        -------
        polars.DataFrame
            One row per row of the table; vocabularies as ``Categorical``.

        Raises
        ------
        MissingExtra
            Polars is not installed.
        UnknownColumn
            A column does not exist.
        DamagedTable
            The file differs from the released one.
        """
        try:
            import polars as pl
        except ModuleNotFoundError:
            raise MissingExtra.of("Polars", "polars") from None
        wanted = self._check_columns(columns)
        frame = self._file.read_polars(self._stored(wanted))
        if wanted is not None:
            absent = {name: TYPES[kind].polars for name, kind in self._absent.items()}
            nulls = (pl.lit(None, getattr(pl, absent[n])).alias(n) for n in wanted if n in absent)
            frame = frame.with_columns(nulls).select(wanted)
        return frame.slice(self._skip) if self._skip else frame

    def __getitem__(self, column: Column) -> pd.Series[Any]:
        """Return one column as a :class:`pandas.Series`."""
        if not isinstance(column, str):
            message = (
                f"Name one column by text, or several with .to_pandas([…]), not {column!r:.60}"
            )
            raise TypeError(message)
        return self.to_pandas([column])[cast("str", column)]

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows, each a plain dict; null is ``None``."""
        yield from cast("Iterator[Row]", iter(ArrowRows(self.read_unique())))

    def __len__(self) -> int:
        """Return the number of rows, from the manifest."""
        return self._resource["rows"] - self._skip

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Pass the rows to any library with Arrow's C stream interface."""
        capsule: object = self.to_arrow().__arrow_c_stream__(requested_schema)  # type: ignore[no-untyped-call]
        return capsule

    # -- meaning --------------------------------------------------------------------------

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema, with meaning, unit, key and vocabulary in the metadata of each field."""
        return self._file.open(self._file.read_bytes()).schema_arrow

    @property
    def description(self) -> str:
        """What a row is, then every column with its meaning, type, unit and key."""
        width = max(len(column) for column in self.columns)
        lines = [self.meaning, ""]
        for name, kind, meaning in self.fields:
            lines += [f"{name:<{width}}  {meaning}", f"{'':<{width}}  [{kind}]"]
        return "\n".join(lines)

    @property
    def fields(self) -> tuple[FieldInfo, ...]:
        """The columns with their meaning."""
        schema = self._resource["schema"]
        return tuple(
            FieldInfo(field["name"], _describe_type(field, schema), field["description"])
            for field in schema["fields"]
        )

    def __repr__(self) -> str:
        size = f"{counted(len(self), 'row')} x {counted(len(self.columns), 'column')}"
        return f"<citehub.Table {self.name}: {size}, {self._release}>"

    def _repr_html_(self) -> str:
        from citehub import _html

        head = self.to_arrow().slice(0, _PREVIEW_ROWS).to_pylist()
        columns = _html.table(
            ("column", "type", "meaning"),
            ((f"<code>{_html.text(f.name)}</code>", *map(_html.text, f[1:])) for f in self.fields),
        )
        rows = _html.table(
            self.columns, ([_html.short(row[name]) for name in self.columns] for row in head)
        )
        return (
            f"<p><strong><code>{_html.text(self.name)}</code></strong> "
            f"({_html.text(self._release)}): "
            f"{_html.text(self.meaning)}</p>"
            f"<details><summary>{counted(len(self.columns), 'column')}</summary>{columns}"
            "</details>"
            f"<p>First {len(head)} of {counted(len(self), 'row')}:</p>"
            f"{rows}"
            f"<p>All of them: <code>.to_pandas()</code>, <code>.to_polars()</code>, "
            f"<code>.to_arrow()</code></p>"
        )

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.columns)

    # -- integrity ------------------------------------------------------------------------

    def verify(self) -> None:
        """Compare the file with the manifest: bytes, hash, columns, key, nulls, vocabularies.

        Raises
        ------
        DamagedTable
            Something differs; the message names the file, what was expected and found.
        """
        self._file.read_verified()

    def read_rows(self) -> pa.Table:
        """Read the table with every column of its row type.

        Returns
        -------
        pyarrow.Table
            One row per row of the table; a column that this release lacks is null.

        Raises
        ------
        DamagedTable
            The file differs from the released one.
        """
        every: Any = [*self.columns, *self._absent]
        return self.to_arrow(every)

    def read_unique(self) -> pa.Table:
        """Read the table as :meth:`read_rows` does, and compare the keys of its rows.

        Returns
        -------
        pyarrow.Table
            What :meth:`read_rows` returns.

        Raises
        ------
        DamagedTable
            The file differs from the released one, or a key occurs twice.
        """
        table, key = self.read_rows(), self._resource["schema"]["primaryKey"]
        if _count_distinct(table, key) < table.num_rows:
            duplicate = ArrowRows(table).duplicate_key(key)
            expected = f"key {', '.join(key)} to be unique"
            raise DamagedTable.at(self._file.path, expected, f"{duplicate!r} twice")
        return table

    def _stored(self, wanted: list[str] | None) -> list[str] | None:
        """Return which columns of the file to read: at least one, to count the rows."""
        if wanted is None:
            return None
        return [name for name in wanted if name not in self._absent] or [self.columns[0]]

    def _check_columns(self, columns: Sequence[str] | None) -> list[str] | None:
        if columns is None:
            return None
        if isinstance(columns, str):
            message = f"columns takes a list of names, not one string: [{columns!r}]"
            raise TypeError(message)
        columns = list(columns)
        if len(set(columns)) < len(columns):
            raise BadArgument.of("columns", columns, "names, each once")
        for column in columns:
            if column not in self.columns and column not in self._absent:
                raise UnknownColumn.among(
                    "column", str(column), self.columns, where=f"table {self.name!r}"
                )
            if column in self._absent and column in REQUIRED.get(_of_file(self.name), ()):
                raise DamagedTable.at(self._file.path, f"a column {column!r}", "none")
        return columns


class ArrowRows:
    """Rows that stand in Arrow's memory, a fraction of what their dicts would take."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Iterate over the rows, made into dicts some at a time."""
        for batch in self.table.to_batches(max_chunksize=_BATCH_ROWS):
            yield from batch.to_pylist()

    def by_key(self, key: Sequence[str]) -> ArrowRows:
        """Return the rows in the order of their keys, as ``row_key`` spells them."""
        import pyarrow.compute as pc

        return ArrowRows(self.table.take(pc.sort_indices(self._keys(key))))

    def by_columns(self, names: Sequence[str]) -> ArrowRows:
        """Return the rows in the order of columns of text, the first before the second."""
        import pyarrow as pa
        import pyarrow.compute as pc

        texts: Any = {name: self.table[name].cast(pa.string()) for name in names}
        order: Any = [(name, "ascending") for name in names]
        return ArrowRows(self.table.take(pc.sort_indices(pa.table(texts), sort_keys=order)))

    def duplicate_key(self, key: Sequence[str]) -> str | None:
        """Return a key that is there twice, as ``row_key`` spells it, or None."""
        import pyarrow.compute as pc

        keys: Any = self._keys(key)
        keys = keys.take(pc.sort_indices(keys))
        doubled = keys[1:].filter(pc.equal(keys[1:], keys[:-1]))
        return doubled[0].as_py() if len(doubled) else None

    def _keys(self, key: Sequence[str]) -> pa.ChunkedArray[Any]:
        """Return the key of each row, made for some rows at a time."""
        import pyarrow as pa
        import pyarrow.compute as pc

        chunks: list[Any] = []
        for batch in self.table.select(list(key)).to_batches(max_chunksize=_BATCH_ROWS):
            parts: list[Any] = []
            for column in batch.columns:
                part: Any = pc.replace_substring(column.cast(pa.string()), "%", "%25")
                parts.append(pc.replace_substring(part, "|", "%7C"))
            chunks.append(pc.binary_join_element_wise(*parts, "|", null_handling="replace"))
        return pa.chunked_array(chunks, pa.string())

    def select(self, columns: Iterable[str]) -> ArrowRows:
        """Return the rows with those of some columns that are there."""
        wanted = {*columns}
        return ArrowRows(self.table.select([n for n in self.table.column_names if n in wanted]))

    def values(self, column: str) -> set[Any]:
        """Return every value of a column, once; none where it is not there."""
        if column not in self.table.column_names:
            return set()
        return {*self.table.column(column).unique().to_pylist()}

    def where(self, column: str, value: str) -> ArrowRows:
        """Return the rows with a value."""
        import pyarrow as pa
        import pyarrow.compute as pc

        texts: Any = self.table.column(column).cast(pa.string())
        return ArrowRows(self.table.filter(pc.equal(texts, pa.scalar(value))))

    def missing_key(self, column: str, others: ArrowRows, key: Sequence[str]) -> str | None:
        """Return a text in a column that is no key of other rows, or None."""
        import pyarrow.compute as pc

        texts: Any = self.table.column(column)
        lost = texts.filter(pc.invert(pc.is_in(texts, value_set=others._keys(key))))
        return lost[0].as_py() if len(lost) else None


class RowsByWork:
    """Rows of a table by the work that they belong to, made into dicts for some works at a time.

    Between calls the rows stand in Arrow's memory, a fraction of what their dicts would take.
    """

    def __init__(
        self, table: Table[Any, Any], column: str, columns: Sequence[str] | None = None
    ) -> None:
        self._table = table.read_unique() if columns is None else table.to_arrow(columns)
        self._column = column

    def of(self, works: Sequence[str] | None = None) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of some works, or of all, in the order of the table.

        A column ``row_key`` holds the work as the first part of a key.
        """
        from citehub._validate import row_key, split_row_key

        is_key = self._column == "row_key"
        table = self._table
        if works is not None:
            keys = [row_key({"": work}, ("",)) if is_key else work for work in works]
            table = self._filter(keys, is_key=is_key)
        grouped: dict[str, list[dict[str, Any]]] = {}
        for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
            for row in batch.to_pylist():
                work = row[self._column]
                grouped.setdefault(split_row_key(work)[0] if is_key else work, []).append(row)
        return grouped

    def _filter(self, keys: list[str], *, is_key: bool) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        column: Any = self._table.column(self._column)
        if is_key:
            column = pc.list_element(pc.split_pattern(column, "|", max_splits=1), 0)
        return self._table.filter(pc.is_in(column, value_set=pa.array(keys, pa.string())))


@contextmanager
def _gc_paused() -> Iterator[None]:
    """Import without garbage collection: of large libraries it takes a twentieth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _of_file(name: str) -> str:
    """Return the table whose file holds a table."""
    return "works" if name == "citing_works" else name


def _text_sizes(file: pq.ParquetFile, data: bytes, texts: Sequence[Text], most: int) -> int:
    """Return the bytes of texts that a dictionary repeats; it stops once they are too many.

    It reads dictionaries and places in them, some rows at a time, and no text twice.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    small = {each for each in texts if each.n_coded * each.size <= most >> 6}
    total = sum(each.n_coded * each.size for each in small)
    texts = [each for each in texts if each not in small]
    names = sorted({each.column for each in texts})
    reader = pq.ParquetFile(pa.BufferReader(data), metadata=file.metadata, read_dictionary=names)
    for text in texts:
        n_left = text.n_coded
        for batch in reader.iter_batches(
            _MEASURED_ROWS, row_groups=[text.group], columns=[text.column], use_threads=False
        ):
            column: Any = batch.column(0)
            lengths = _lengths(column.dictionary)
            if not len(lengths):
                break
            longest = int(lengths.max())
            if n_left * longest <= most >> 3:  # so short that their places do not matter
                total += n_left * longest
                break
            total += int(lengths[column.indices.drop_null().to_numpy()].sum())
            n_left -= len(column)
            if total > most or n_left <= 0:
                break
        if total > most:
            break
    return total


def _lengths(texts: Any) -> Any:
    """Return the bytes of each text."""
    import numpy as np

    offsets = np.frombuffer(memoryview(texts.buffers()[1]), "<i4")[texts.offset :][
        : len(texts) + 1
    ]
    return np.diff(offsets.astype("i8"))


def _count_distinct(table: pa.Table, key: Sequence[str]) -> int:
    if table.num_rows <= _FEW_ROWS:
        return len({*zip(*(table.column(name).to_pylist() for name in key), strict=True)})
    return table.group_by(list(key)).aggregate([]).num_rows


def arrow_type(name: str) -> pa.DataType:
    """Return the Arrow type of a column, from its name in the schema and the manifest."""
    return _arrow_types()[name]


@cache
def _arrow_types() -> dict[str, pa.DataType]:
    import pyarrow as pa

    strings = {"dictionary": (pa.int32(), pa.string())}
    return {
        name: getattr(pa, kind.arrow)(*strings.get(kind.arrow, ())) for name, kind in TYPES.items()
    }


def _nulls(count: int, kind: str) -> Any:
    import pyarrow as pa

    type_: Any = arrow_type(kind)
    return pa.nulls(count, type_)


class Footer(NamedTuple):
    """What the footer of a Parquet file tells: rows, types by column, bounds by row group.

    Bounds are the first and the last text of each column that has them, by its name; those of a
    list are of its elements.
    """

    n_rows: int
    kinds: dict[str, str]
    bounds: list[dict[str, tuple[str, str]]]


def read_footer(path: str) -> Footer:
    """Return what the footer of a Parquet file tells.

    Raises
    ------
    OSError
        It cannot be read, or is no Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = pq.read_metadata(path)
        kinds = {each.name: str(each.type) for each in found.schema.to_arrow_schema()}
    except pa.ArrowException as error:
        raise OSError(str(error)) from None
    bounds = [_bounds(found.row_group(n)) for n in range(found.num_row_groups)]
    return Footer(found.num_rows, kinds, bounds)


def _bounds(group: Any) -> dict[str, tuple[str, str]]:
    found = {}
    for number in range(group.num_columns):
        column = group.column(number)
        stats = column.statistics
        if stats is not None and stats.has_min_max and isinstance(stats.min, str):
            found[column.path_in_schema.removesuffix(".list.element")] = stats.min, stats.max
    return found


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as a Parquet file; the same table and pyarrow give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", compression_level=19, write_page_index=True)
    return sink.getvalue().to_pybytes()


def parquet_stream(
    rows: Iterable[dict[str, Any]],
    columns: Mapping[str, str],
    metadata: dict[bytes | str, bytes | str],
) -> Iterator[bytes]:
    """Yield a Parquet file of rows in pieces, a row group at a time.

    ``columns`` gives the type of each, as :func:`arrow_type` has it, or ``list``, of strings.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {**_arrow_types(), "list": pa.list_(pa.string())}
    fields = [pa.field(name, types[kind]) for name, kind in columns.items()]
    schema = pa.schema(fields, metadata=metadata)
    remaining, file = iter(rows), _Drain()
    with pq.ParquetWriter(cast("IO[bytes]", file), schema, compression="zstd") as writer:
        while batch := list(islice(remaining, _BATCH_ROWS)):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            yield file.take()
    yield file.take()


class _Drain(io.RawIOBase):
    """A file that gives back what was written since it was last asked."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        self._size += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        return self._size

    def take(self) -> bytes:
        pieces, self._pieces = b"".join(self._pieces), []
        return pieces


def _describe_type(field: Field, schema: Schema) -> str:
    constraints = field.get("constraints", {})
    parts = [field["arrowType"]]
    if "unit" in field:
        parts.append(f"in {field['unit']}")
    if "enum" in constraints:
        parts.append("one of " + " ".join(constraints["enum"]))
    if field["name"] in schema["primaryKey"]:
        parts.append("key")
    elif not constraints.get("required"):
        parts.append("null if not known")
    for foreign in schema.get("foreignKeys", ()):
        if foreign["fields"] == [field["name"]]:
            reference = foreign["reference"]
            parts.append(f"in {reference['resource']}.{reference['fields'][0]}")
    return ", ".join(parts)


def _schema_difference(found: pa.Schema, fields: Sequence[Field]) -> tuple[str, str] | None:
    for field in fields:
        name = field["name"]
        if name not in found.names:
            return f"a column {name!r}", "a file without it"
        actual = found.field(name).type
        if not actual.equals(arrow_type(field["arrowType"])):
            return f"column {name!r} to be {field['arrowType']}", str(actual)
    expected = [field["name"] for field in fields]
    return None if found.names == expected else (f"columns {expected}", f"{found.names}")


def _pandas_dtype(arrow: pa.DataType) -> pd.ArrowDtype | None:
    import pandas as pd
    import pyarrow as pa

    return None if pa.types.is_dictionary(arrow) else pd.ArrowDtype(arrow)
