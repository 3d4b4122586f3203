"""Which bulk dumps to read, and how."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import url2pathname


@dataclass(frozen=True, slots=True)
class Dumps:
    """Which bulk dumps to read, and how.

    A folder may be written in any way: relative, with ``~``, as a ``file:`` address. It is
    kept as its absolute path.

    Parameters
    ----------
    openalex : str, optional
        The folder ``works`` of an OpenAlex snapshot, or any folder above it.
    s2 : str, optional
        A folder that holds those of Semantic Scholar's datasets: ``papers``, ``citations``, and
        ``abstracts`` and ``tldrs`` where they are.
    opencitations : str, optional
        A folder that holds ``index`` and ``meta`` of OpenCitations.
    engine : {"duckdb", "spark"}
        What reads them: DuckDB in this process, or Spark.
    master : str, optional
        Address of a Spark cluster, as ``spark://host:7077``; else Spark runs on this machine.
    memory : int
        Bytes to take at most; of a cluster, each worker.
    threads : int, optional
        Threads to use; by default as many as there are cores.
    cache : str, optional
        A folder that keeps what was read, for other hubs; else it stands beside the result
        until that is written.

    Examples
    --------
    >>> Dumps(openalex="/data/openalex", memory=8 << 30).engine
    'duckdb'
    """

    openalex: str | None = None
    s2: str | None = None
    opencitations: str | None = None
    engine: str = "duckdb"
    master: str | None = None
    memory: int = 4 << 30
    threads: int | None = None
    cache: str | None = None

    def __post_init__(self) -> None:
        """Make the paths absolute."""
        for name in ("openalex", "s2", "opencitations", "cache"):
            if given := getattr(self, name):
                object.__setattr__(self, name, absolute(given))


def absolute(path: str | os.PathLike[str]) -> str:
    """Return the absolute path of a folder, however it is written."""
    text = os.fspath(path)
    if not os.path.lexists(text):
        if text.startswith("file:"):
            parts = urlsplit(text)
            text = url2pathname(parts.netloc.removeprefix("localhost") + parts.path)
        text = os.path.expanduser(text)
    return os.path.abspath(text)
