"""Which bulk dumps to read, and how."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dumps:
    """Which bulk dumps to read, and how.

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
