"""DuckDB in this process: the engine for one machine."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from citehub.build.sources.dumps import as_text
from citehub.build.sources.lines import read_header
from citehub.errors import MissingExtra
from citehub.graph.engines import CannotRead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from citehub.build.sources.dumps import Expression

_OWN: Final = 480 << 20  # bytes that Python takes, and DuckDB beside its own limit
_LEAST: Final = 200 << 20
_ROWS: Final = 1 << 15  # of a row group, of which each thread keeps one in memory


class DuckDB:
    """See `citehub.graph.engines.Engine`."""

    def __init__(self, memory: int, threads: int | None, scratch: str) -> None:
        try:
            import ibis
            import ibis.backends.duckdb

            from citehub.graph.engines.gunzip import GunzipFiles
        except ImportError:
            raise MissingExtra.of("Ibis with DuckDB", "graph") from None
        limit = max(memory - _OWN, _LEAST)
        settings: dict[str, Any] = {
            "memory_limit": f"{limit >> 20}MiB",
            "temp_directory": os.path.join(scratch, "spill"),
            "preserve_insertion_order": False,
            **({"threads": threads} if threads else {}),
        }
        self._backend = ibis.duckdb.connect(**settings)
        self._packed = GunzipFiles()
        self._backend.register_filesystem(self._packed)
        ((cores,),) = self._backend.raw_sql("SELECT current_setting('threads')").fetchall()
        self.batch = 4 * int(cores)

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
            raise CannotRead("A header names other columns, or in another order.")
        return self._read(
            parts, self._backend.read_csv, columns=dict.fromkeys(fields, "VARCHAR"),
            header=True, delim=",", quote='"', escape='"', auto_detect=False,
        )  # fmt: skip

    def _read(
        self, parts: Mapping[str, int], read: Callable[..., Expression], **how: Any
    ) -> Expression:
        """Return what files hold; DuckDB shares those of one query out better than queries."""
        import ibis

        tables = []
        packed = {self._packed.address(p): n for p, n in parts.items() if p.endswith(".gz")}
        plain = {p: n for p, n in parts.items() if not p.endswith(".gz")}
        for numbers, compression in ((packed, "zstd"), (plain, "uncompressed")):
            if numbers:
                raw = read([*numbers], filename=True, compression=compression, **how)
                cases = ((raw.filename == path, number) for path, number in numbers.items())
                part = ibis.cases(*cases).cast("int32")
                tables.append(raw.mutate(part=part).drop("filename"))
        return ibis.union(*tables)

    def read_parquet(self, paths: Sequence[str]) -> Expression:
        with _errors():
            return self._backend.read_parquet(list(paths))

    def write(self, table: Expression, folder: str) -> None:
        path = os.path.join(folder, "part-0.parquet")
        with _errors():
            self._backend.to_parquet(table, path, compression="lz4_raw", row_group_size=_ROWS)

    def fetch(self, table: Expression) -> list[dict[str, Any]]:
        with _errors():
            rows: list[dict[str, Any]] = self._backend.to_pyarrow(table).to_pylist()
        return rows

    def close(self) -> None:
        self._backend.disconnect()


@contextmanager
def _errors() -> Iterator[None]:
    """Tell apart input that cannot be read, memory and disk that do not suffice, and the rest."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise OSError(errno.ENOMEM, f"{os.strerror(errno.ENOMEM)}: {error}") from None
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
