"""Which bulk dumps to read, and how."""

from __future__ import annotations

import os
from urllib.parse import urlsplit
from urllib.request import url2pathname

from citehub.errors import UnknownName
from citehub.sources.registry import dumped


class Dumps:
    """Which bulk dumps to read, and how.

    A folder may be written in any way: relative, with ``~``, as a ``file:`` address. It is
    kept as its absolute path.

    Parameters
    ----------
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
    **folders : str, optional
        Folders by source: ``openalex``, the folder ``works`` of a snapshot, or any folder above
        it; ``s2``, a folder that holds those of Semantic Scholar's datasets, ``papers``,
        ``citations``, and ``abstracts`` and ``tldrs`` where they are; ``opencitations``, a
        folder that holds ``index`` and ``meta``.

    Attributes
    ----------
    folders : dict of str to str
        Absolute paths by source, of those that were named.

    Raises
    ------
    UnknownName
        There is no source of a name whose dumps can be read.

    Examples
    --------
    >>> Dumps(openalex="/data/openalex", memory=8 << 30).folders
    {'openalex': '/data/openalex'}
    """

    def __init__(
        self,
        *,
        engine: str = "duckdb",
        master: str | None = None,
        memory: int = 4 << 30,
        threads: int | None = None,
        cache: str | None = None,
        **folders: str | os.PathLike[str] | None,
    ) -> None:
        known = [source.id for source in dumped()]
        for name in folders:
            if name not in known:
                raise UnknownName.among("source of dumps", name, known)
        self.engine = engine
        self.master = master
        self.memory = memory
        self.threads = threads
        self.cache = absolute(cache) if cache else None
        self.folders = {name: absolute(given) for name in known if (given := folders.get(name))}

    def __repr__(self) -> str:
        named = ", ".join(f"{name}={folder!r}" for name, folder in self.folders.items())
        return f"Dumps({named})"


def absolute(path: str | os.PathLike[str]) -> str:
    """Return the absolute path of a folder, however it is written."""
    text = os.fspath(path)
    if not os.path.lexists(text):
        if text.startswith("file:"):
            parts = urlsplit(text)
            text = url2pathname(parts.netloc.removeprefix("localhost") + parts.path)
        text = os.path.expanduser(text)
    return os.path.abspath(text)
