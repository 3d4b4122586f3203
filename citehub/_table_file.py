"""The Parquet file of a table: its bytes compared with the manifest, its cells with the schema.

Only this module, ``_table``, ``_arrow_rows``, ``_parquet_files`` and the writer of releases use
pyarrow.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from citehub import _limits
from citehub._columns import REQUIRED
from citehub._manifest import read_bytes, sha256
from citehub._parquet import Parquet
from citehub._text import clean, counted
from citehub._types import TYPES
from citehub.errors import (
    DamagedRelease,
    DamagedTable,
    OverLimit,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq

    from citehub._arrow_rows import ArrowRows
    from citehub._json_types import Field, Resource
    from citehub._parquet import Text

_PLAIN_ROWS = 1 << 16  # up to so many, a table is read as it is; beyond, with each text once
_PARQUET_END = b"PAR1"
_MEASURED_ROWS = 1 << 12
_EXPLAINED_EXCESS = 1 << 20  # bytes that a file may be too long by, and is still read to say why
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of Python's dates, counted from 1970
_THREADS_PAY_FROM = 1 << 20  # bytes; below, starting threads costs more than they save


def file_of(name: str) -> str:
    """Return the name of the table in whose file the rows of a table are."""
    return "works" if name == "citing_works" else name


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
        import pyarrow as pa
        import pyarrow.parquet as pq

        with self._as_damage():
            file = pq.ParquetFile(pa.BufferReader(parquet.data))
            difference = _schema_difference(file.schema_arrow, self.resource["schema"]["fields"])
        if difference is not None:
            raise DamagedTable.at(self.path, *difference)
        return file

    def read(self, columns: list[str] | None = None, *, compact: bool = False) -> pa.Table:
        """Return the rows of the file, or some columns of them, in memory that is bounded.

        If ``compact``, each text of a large table is kept once, in dictionary columns.

        Raises
        ------
        DamagedTable
            It differs from the manifest, or holds a value that Python has not.
        OverLimit
            It decodes to more than citehub reads of a stranger's file.
        """
        import pyarrow as pa

        parquet = Parquet(self.read_bytes(), self.path)
        file = self._open(parquet)
        with self._as_damage():
            texts, left = self._bounded(parquet, columns)
            self._allow(not texts or _text_sizes(file, parquet.data, texts, left) <= left)
            threads = len(parquet.data) > _THREADS_PAY_FROM
            is_coded = compact and parquet.n_rows > _PLAIN_ROWS
            file = _reader(file, parquet.data, self._texts()) if is_coded else file
            table = file.read(columns=columns, use_threads=threads)
            if is_coded:
                table = table.unify_dictionaries().combine_chunks()
                pa.default_memory_pool().release_unused()  # else what decoding took stays
            table.validate(full=True)
        metadata = table.schema.metadata
        if metadata and b"pandas" in metadata:  # it can name columns that pandas would drop
            del metadata[b"pandas"]
            table = table.replace_schema_metadata(metadata)
        self._check_cells(_ArrowCells(table))
        return table

    def read_polars(self, columns: list[str] | None = None) -> pl.DataFrame:
        """Return what :meth:`read` does as a frame of Polars, by its own reader."""
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

    def _texts(self) -> list[str]:
        """Return the columns of texts that Arrow keeps row by row."""
        fields = self.resource["schema"]["fields"]
        return [each["name"] for each in fields if each["arrowType"] == "string"]

    def _allow(self, holds: object) -> None:
        if not holds and not _limits.are_lifted():
            most = counted(_limits.most_decoded(self.resource["bytes"]), "byte")
            raise OverLimit.at(self.path, f"{most} of memory", "rows that take more")

    def _check_cells(self, cells: _Cells) -> None:
        """Refuse cells that the rest of citehub and Python cannot hold."""
        schema = self.resource["schema"]
        required = {*schema["primaryKey"], *REQUIRED.get(file_of(self.resource["name"]), ())}
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
        from citehub._arrow_rows import ArrowRows
        from citehub._validate import find_problem

        rows = ArrowRows(self.read(compact=True))
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
        """Return what was expected and what was found of a file with a wrong hash, in words."""
        size = self.resource["bytes"]
        if len(data) < size and not data.endswith(_PARQUET_END):
            return f"{size} bytes", f"{len(data)} bytes: the file is truncated"
        try:
            self.open(data)
        except DamagedRelease as error:
            return error.expected, error.found
        return f"the released bytes, {self.resource['hash']}", f"other bytes, {sha256(data)}"


class _Cells(Protocol):
    """Questions about the cells of a file, which each reader answers in its own way."""

    names: Collection[str]

    def first_null(self, name: str) -> int:
        """Return the number of the first row that is null, from 1; 0 if none is."""

    def are_between(self, name: str, first: int, last: int) -> bool:
        """Tell whether the days of a column are between two, counted from 1970-01-01."""

    def are_finite(self, name: str) -> bool:
        """Tell whether the numbers of a column are finite."""


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
        """Yield the numbers of a column as they are in memory, without nulls."""
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


def _reader(file: pq.ParquetFile, data: bytes, names: list[str]) -> pq.ParquetFile:
    """Return a reader of the same file that keeps the texts of some columns once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.ParquetFile(pa.BufferReader(data), metadata=file.metadata, read_dictionary=names)


def _text_sizes(file: pq.ParquetFile, data: bytes, texts: Sequence[Text], most: int) -> int:
    """Return the bytes of texts that a dictionary repeats; it stops once they are too many.

    It reads dictionaries and places in them, some rows at a time, and no text twice.
    """
    small = {each for each in texts if each.n_coded * each.size <= most >> 6}
    total = sum(each.n_coded * each.size for each in small)
    texts = [each for each in texts if each not in small]
    names = sorted({each.column for each in texts})
    reader = _reader(file, data, names)
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


def _schema_difference(found: pa.Schema, fields: Sequence[Field]) -> tuple[str, str] | None:
    from citehub._parquet_files import arrow_type

    for field in fields:
        name = field["name"]
        if name not in found.names:
            return f"a column {name!r}", "a file without it"
        actual = found.field(name).type
        if not actual.equals(arrow_type(field["arrowType"])):
            return f"column {name!r} to be {field['arrowType']}", str(actual)
    expected = [field["name"] for field in fields]
    return None if found.names == expected else (f"columns {expected}", f"{found.names}")
