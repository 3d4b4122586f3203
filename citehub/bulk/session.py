"""One run over bulk dumps: its engine, its store, and what it could not read."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from citehub import _atomic_folder
from citehub._atomic_file import write_whole
from citehub._text import csv_lines
from citehub._writer_lock import resumable
from citehub.bulk.engines import CannotRead, as_utf8, open_engine
from citehub.bulk.store import Store
from citehub.errors import SourceError
from citehub.sources.records import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from citehub.bulk.dump_options import Dumps
    from citehub.bulk.engines import Engine


@contextmanager
def open_session(
    dumps: Dumps, target: str, progress: Callable[[str], None]
) -> Iterator[tuple[Engine, Store, str]]:
    """Open the engine and the store; if the run fails, what was read is kept."""
    _atomic_folder.clear_left(os.path.dirname(os.path.abspath(target)))
    with nullcontext(dumps.cache) if dumps.cache else resumable(f"{target}.reading") as kept:
        os.makedirs(as_utf8(kept), exist_ok=True)
        with _atomic_folder.scratch_folder(os.path.join(kept, "scratch")) as scratch:
            engine = open_engine(
                dumps.engine, memory=dumps.memory, threads=dumps.threads, scratch=scratch,
                master=dumps.master,
            )  # fmt: skip
            try:
                yield engine, Store(engine, os.path.abspath(kept), progress), scratch
            except CannotRead as error:  # Parquet, which is read where it lies
                raise SourceError(f"A file cannot be read: {error}") from None
            finally:
                engine.close()
        if not dumps.cache:
            shutil.rmtree(kept)


def write_rejects(path: str, rejects: Sequence[Reject]) -> str:
    """Write what could not be read as CSV, and return the file; empty if all could."""
    if not rejects:
        return ""
    lines = csv_lines((each._asdict() for each in rejects), Reject._fields)
    write_whole((line.encode() for line in lines), path, force=True)
    return path
