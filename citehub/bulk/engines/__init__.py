"""The engines that run Ibis expressions: DuckDB on one machine, Spark on a cluster.

Whatever is particular to an engine stands here; all else is one code path.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any, Final, Protocol

from citehub.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citehub.sources.dumps import Expression

ENGINES: Final = ("duckdb", "spark")


class CannotRead(Exception):
    """Input files hold something that the engine cannot read as it was told to."""


class Engine(Protocol):
    """Reads files as Ibis tables and writes tables as Parquet files."""

    @property
    def batch(self) -> int:
        """How many input files are read by one query."""

    def read_json(self, parts: Mapping[str, int], fields: Mapping[str, str]) -> Expression:
        """Return the fields of files of JSON Lines, plain or gz; scalars come as text.

        ``parts`` are numbers by absolute path, which come in the column ``part``.

        A line that is no object, or a list or object where none is due, ends the query that
        reads it with `CannotRead`.
        """

    def read_csv(self, parts: Mapping[str, int], fields: Mapping[str, str]) -> Expression:
        """Return the columns of CSV files with a header, plain or gz, as text, and ``part``."""

    def read_parquet(self, paths: Sequence[str]) -> Expression:
        """Return the columns of Parquet files of one schema."""

    def read_parts(self, parts: Mapping[str, int]) -> Expression:
        """Return the columns of Parquet files, null where a file lacks one, and ``part``."""

    def write(self, table: Expression, folder: str) -> None:
        """Write a table as Parquet files into a folder that is there.

        Raises
        ------
        CannotRead
            The input that the table is made of.
        OSError
            The disk is full.
        """

    def fetch(self, table: Expression) -> list[dict[str, Any]]:
        """Return the rows of a table that is small."""

    def close(self) -> None:
        """Let go of memory, processes and files of its own."""


def open_engine(
    name: str, *, memory: int, threads: int | None, scratch: str, master: str | None
) -> Engine:
    """Return an engine.

    Parameters
    ----------
    name : {"duckdb", "spark"}
        The engine.
    memory : int
        Bytes that this process may take, or each worker of a cluster.
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


def out_of_memory() -> OSError:
    """Return the error of an engine that needs more memory than it may take."""
    return OSError(
        errno.ENOMEM,
        "The memory that is allowed does not suffice. Allow more, with --memory on the command "
        "line, or take fewer threads, with --threads.",
    )


def parquet_files(folder: str) -> list[str]:
    """Return the Parquet files of a folder that an engine wrote."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(".parquet"))
    return [os.path.join(folder, name) for name in names]
