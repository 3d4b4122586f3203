"""The engines that run Ibis expressions: DuckDB on one machine, Spark on a cluster.

Only this package depends on the engine; all else is one code path.
"""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from citehub.errors import BuildError, UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from citehub.sources.dump_datasets import Expression

ENGINES: Final = ("duckdb", "spark")
_RAW: Final = "what_a_function_makes_something_of"
_COMPILED: dict[Hashable, str] = {}


class CannotRead(Exception):
    """Input files have something that the engine cannot read as asked."""


class Made(NamedTuple):
    """The result of a function on a table.

    Its SQL is made once for each key and schema of a table, and reused in this process: ``make``
    may depend on nothing else.
    """

    raw: Expression
    make: Callable[[Expression], Expression]
    key: Hashable


class Engine(Protocol):
    """Reads files as Ibis tables and writes tables as Parquet files."""

    @property
    def batch(self) -> int:
        """How many input files one query reads."""

    def read_json(self, parts: Mapping[str, int], fields: Mapping[str, str]) -> Expression:
        """Return the fields of files of JSON Lines, plain or gz; scalars come as text.

        ``parts`` are numbers by absolute path, for the column ``part``.

        A line that is not an object, or an unexpected list or object, ends its query with
        `CannotRead`.
        """

    def read_csv(self, parts: Mapping[str, int], fields: Mapping[str, str]) -> Expression:
        """Return the columns of CSV files with a header, plain or gz, as text, and ``part``."""

    def read_parquet(self, paths: Sequence[str]) -> Expression:
        """Return the columns of Parquet files of one schema."""

    def read_parts(self, parts: Mapping[str, int]) -> Expression:
        """Return the columns of Parquet files, null if a file lacks one, and ``part``."""

    def write(self, table: Expression | Made, folder: str) -> None:
        """Write a table as Parquet files into an existing folder.

        Raises
        ------
        CannotRead
            The table's input cannot be read.
        OSError
            The disk is full.
        """

    def fetch(self, table: Expression) -> list[dict[str, Any]]:
        """Return the rows of a small table."""

    def close(self) -> None:
        """Release its memory, processes and files."""


def open_engine(
    name: str, *, memory: int, threads: int | None, scratch: str, master: str | None
) -> Engine:
    """Return an engine.

    Parameters
    ----------
    name : {"duckdb", "spark"}
        The engine.
    memory : int
        Bytes for this process, or for each worker of a cluster.
    threads : int, optional
        Threads on this machine; all cores by default.
    scratch : str
        A folder for what does not fit into memory.
    master : str, optional
        Address of a Spark cluster, as spark://host:7077; this machine by default.
    """
    if name == "duckdb":
        from citehub.bulk.engines.duckdb import DuckDB

        return DuckDB(memory, threads, scratch)
    if name == "spark":
        from citehub.bulk.engines.spark import Spark

        return Spark(memory, threads, scratch, master)
    raise UnknownName.among("engine", name, ENGINES)


def compile_made(backend: Any, made: Made) -> str:
    """Return the SQL of a function on a table, for a backend of Ibis."""
    import ibis

    schema = made.raw.schema()
    key = backend.name, made.key, schema
    if key not in _COMPILED:
        _COMPILED[key] = backend.compile(made.make(ibis.table(schema, name=_RAW)))
    raw = f"({backend.compile(made.raw)})"
    return re.sub(rf"([`\"]){_RAW}\1", lambda _: raw, _COMPILED[key])


def out_of_memory() -> OSError:
    """Return the error of an engine that needs more memory than allowed."""
    return OSError(
        errno.ENOMEM,
        "The allowed memory is not enough. Allow more with --memory, or use fewer threads with "
        "--threads.",
    )


def as_utf8(path: str) -> str:
    """Return a path that engines can open; refuse one with bytes that are not UTF-8."""
    try:
        path.encode()
    except UnicodeEncodeError:
        raise BuildError(
            f"{path} has bytes that are not UTF-8, so that neither DuckDB nor Spark can open it. "
            "Rename it, or name another folder."
        ) from None
    return path


def parquet_files(folder: str) -> list[str]:
    """Return the Parquet files of a folder that an engine wrote."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(".parquet"))
    return [os.path.join(folder, name) for name in names]
