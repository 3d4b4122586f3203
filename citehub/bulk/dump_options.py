"""Which bulk dumps to read, and how."""

from __future__ import annotations

import os
from urllib.parse import urlsplit
from urllib.request import url2pathname

from citehub.errors import UnknownName
from citehub.sources.registry import dumped


class Dumps:
    """Which bulk dumps to read, and how.

    A folder may be relative, have ``~``, or be a ``file:`` address. It becomes an absolute path.

    Parameters
    ----------
    engine : {"duckdb", "spark"}
        The engine: DuckDB in this process, or Spark.
    master : str, optional
        Address of a Spark cluster, as ``spark://host:7077``; by default this machine.
    memory : int
        The most bytes of memory; on a cluster, for each worker.
    threads : int, optional
        Threads; by default one for each core.
    cache : str, optional
        A folder that keeps what was read, for other hubs; by default a temporary one next to the
        result.
    **folders : str, optional
        Folders by source: ``openalex``, the folder ``works`` of a snapshot, or any folder above
        it; ``s2``, a folder that holds those of Semantic Scholar's datasets, ``papers``,
        ``citations``, and ``abstracts`` and ``tldrs`` where they are; ``opencitations``, a
        folder that holds ``index`` and ``meta``.

    Attributes
    ----------
    folders : dict of str to str
        Absolute paths of the named folders, by source.

    Raises
    ------
    UnknownName
        There is no source of this name with readable dumps.

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
    """Return the absolute path of a folder in any spelling."""
    text = os.fspath(path)
    if not os.path.lexists(text):
        if text.startswith("file:"):
            parts = urlsplit(text)
            text = url2pathname(parts.netloc.removeprefix("localhost") + parts.path)
        text = os.path.expanduser(text)
    return os.path.abspath(text)
