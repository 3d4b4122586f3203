"""DuckDB in this process: the engine for one machine."""

from __future__ import annotations

import errno
import os
import re
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from citehub import _atomic_folder
from citehub.bulk.engines import CannotRead, Made, as_utf8, compile_made, out_of_memory
from citehub.errors import MissingExtra
from citehub.sources.dump_datasets import as_text
from citehub.sources.partitions import read_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from citehub.sources.dump_datasets import Expression

_OUTSIDE_LIMIT: Final = 480 << 20  # bytes that Python takes, and DuckDB beside its own limit
_LEAST_LIMIT: Final = 200 << 20
_POLL_SECONDS: Final = 0.05
_GROUP_ROWS: Final = 1 << 15  # each thread keeps a row group in memory
_WRITTEN: Final = {"compression": "lz4_raw", "row_group_size": _GROUP_ROWS}
_PATTERN: Final = re.compile(r"([*?\[])")  # what DuckDB takes for one in the name of a file


_WITH_FILENAME: Final = {
    "filename": True,
    "hive_partitioning": False,
}  # of a folder's name, no column


class DuckDB:
    """See `citehub.bulk.engines.Engine`."""

    def __init__(self, memory: int, threads: int | None, scratch: str) -> None:
        try:
            import ibis
            import ibis.backends.duckdb

            from citehub.bulk.engines.gunzip import GunzipFiles
        except ImportError:
            raise MissingExtra.of("Ibis with DuckDB", "graph") from None
        limit = max(memory - _OUTSIDE_LIMIT, _LEAST_LIMIT)
        settings: dict[str, Any] = {
            "memory_limit": f"{limit >> 20}MiB",
            "temp_directory": os.path.join(as_utf8(scratch), "spill"),
            "preserve_insertion_order": False,
            **({"threads": threads} if threads else {}),
        }
        self._backend = ibis.duckdb.connect(**settings)
        if self._setting("enable_progress_bar"):  # Jupyter without ipywidgets refuses to set it
            self._backend.raw_sql("SET enable_progress_bar = false")  # it draws into the output
        self._packed = GunzipFiles()
        self._backend.register_filesystem(self._packed)
        self.batch = 4 * int(self._setting("threads"))

    def _setting(self, name: str) -> Any:
        ((value,),) = self._backend.raw_sql(f"SELECT current_setting('{name}')").fetchall()
        return value

    def read_json(self, parts: Mapping[str, int], fields: Mapping[str, str]) -> Expression:
        import ibis
        from ibis.backends.sql.datatypes import DuckDBType

        columns = {
            name: DuckDBType.from_ibis(ibis.dtype(as_text(kind))).sql("duckdb")
            for name, kind in fields.items()
        }
        return self._read(
            parts, self._backend.read_json, columns=columns, format="newline_delimited"
        )

    def read_csv(self, parts: Mapping[str, int], fields: Mapping[str, str]) -> Expression:
        if any(read_header(path) != [*fields] for path in parts):  # DuckDB does not look
            raise CannotRead("A header has other columns, or another order.")
        return self._read(
            parts, self._backend.read_csv, columns=dict.fromkeys(fields, "VARCHAR"),
            header=True, delim=",", quote='"', escape='"', auto_detect=False,
        )  # fmt: skip

    def _read(
        self, parts: Mapping[str, int], read: Callable[..., Expression], **how: Any
    ) -> Expression:
        """Return the content of files; DuckDB balances the files of one query best."""
        import ibis

        tables: list[Expression] = []
        packed = {
            self._packed.address(as_utf8(p)): n for p, n in parts.items() if p.endswith(".gz")
        }
        plain = {p: n for p, n in parts.items() if not p.endswith(".gz")}
        for numbers, compression in ((packed, "zstd"), (plain, "uncompressed")):
            if numbers:
                names = [*numbers] if numbers is packed else _exact(numbers)
                raw = self._run(read, names, compression=compression, **_WITH_FILENAME, **how)
                tables.append(_number(raw, numbers))
        return ibis.union(*tables)

    def _run(self, call: Callable[..., Any], *given: Any, **how: Any) -> Any:
        """Call what runs a query, in a thread of its own.

        A signal is handled in this one: what a handler raises within DuckDB is lost there, or ends
        the process when a thread of DuckDB calls Python, whose files it reads.
        """
        with _errors(), ThreadPoolExecutor(1) as pool:
            query = pool.submit(call, *given, **how)
            try:
                return query.result()
            finally:
                while not query.done():  # an interruption before the query begins is lost
                    self._backend.con.interrupt()
                    wait([query], _POLL_SECONDS)

    def read_parquet(self, paths: Sequence[str]) -> Expression:
        read = self._backend.read_parquet
        table: Expression = self._run(read, _exact(paths), hive_partitioning=False)
        return table

    def read_parts(self, parts: Mapping[str, int]) -> Expression:
        raw = self._run(
            self._backend.read_parquet, _exact(parts), union_by_name=True, **_WITH_FILENAME
        )
        return _number(raw, parts)

    def write(self, table: Expression | Made, folder: str) -> None:
        path = os.path.join(folder, "part-0.parquet")
        how = ", ".join(f"{name} {value}" for name, value in _WRITTEN.items())
        end = as_utf8(path).replace("'", "''")  # which Ibis writes as Python would
        with _atomic_folder.named_in_errors(path):
            if isinstance(table, Made):
                sql = compile_made(self._backend, table)
            else:
                self._backend._run_pre_execute_hooks(table)  # noqa: SLF001 -- registers memtables
                sql = self._backend.compile(table)
            self._run(self._backend.raw_sql, f"COPY ({sql}) TO '{end}' (FORMAT parquet, {how})")

    def fetch(self, table: Expression) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._run(self._backend.to_pyarrow, table).to_pylist()
        return rows

    def close(self) -> None:
        self._backend.disconnect()


def _exact(paths: Iterable[str]) -> list[str]:
    """Return paths for DuckDB, without patterns."""
    return [_exact_path(as_utf8(path)) for path in paths]


def _exact_path(path: str) -> str:
    """Return a path as a pattern; a backslash, which would part that, stands as any letter."""
    if not _PATTERN.search(path):
        return path
    return _PATTERN.sub(r"[\1]", path).replace("\\", "?")


def _error(message: str) -> int:
    """Represent the SQL function of this name, which ends the query."""
    raise NotImplementedError(message)


def _number(raw: Expression, numbers: Mapping[str, int]) -> Expression:
    """Add the number of its file to each row; a row of any other file ends the query."""
    import ibis

    refuse = ibis.udf.scalar.builtin(_error, name="error", signature=(("string",), "int32"))
    cases = ((raw.filename == path, number) for path, number in numbers.items())
    part = ibis.cases(*cases, else_=refuse("Rows came from an unexpected file."))
    return raw.mutate(part=part.cast("int32")).drop("filename")


@contextmanager
def _errors() -> Iterator[None]:
    """Separate unreadable input, lack of memory or disk, and other errors."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise out_of_memory() from None
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise CannotRead(str(error)) from None
    except duckdb.IOException as error:
        if "No space left" in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
        raise CannotRead(str(error)) from None
    except duckdb.Error as error:
        # What the file system in Python says: DuckDB 1 gives it alone, DuckDB 2 below a traceback.
        _, found, said = str(error).rpartition(f"{CannotRead.__name__}: ")
        if found:
            raise CannotRead(said) from None
        raise
