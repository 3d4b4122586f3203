"""Parquet files by pyarrow: the types of columns, what a footer tells, and how a file is made."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, cast

from citehub._types import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pyarrow as pa

_GROUP_ROWS: Final = 1 << 14
_WRITTEN: Final[Any] = {
    "compression": "zstd",
    "compression_level": 19,
    "write_page_index": True,
}


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
    pq.write_table(table, sink, **_WRITTEN)
    return sink.getvalue().to_pybytes()


@contextmanager
def open_parquet(path: str, schema: pa.Schema) -> Iterator[Callable[[list[dict[str, Any]]], None]]:
    """Yield a function that adds rows to a new Parquet file, as `parquet_bytes` writes one.

    At the end, wait until the disk has the file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open(path, "xb") as file:
        with pq.ParquetWriter(file, schema, **_WRITTEN) as writer:
            yield lambda rows: writer.write_table(pa.Table.from_pylist(rows, schema=schema))
        file.flush()
        os.fsync(file.fileno())


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
        while batch := list(islice(remaining, _GROUP_ROWS)):
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
