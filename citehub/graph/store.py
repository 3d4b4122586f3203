"""The partitions of dumps, read once: their fields as Parquet, and what could not be read.

Partitions are read some at a time. What was read of them stands in a folder of its own, which is
renamed into place, so that a run that was cut off goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from typing import TYPE_CHECKING, Any, Final

from citehub import _folder
from citehub.build.sources.dumps import shape_texts
from citehub.build.sources.fit import fit
from citehub.build.sources.lines import is_csv, keep_readable
from citehub.build.sources.records import Reject
from citehub.errors import SourceError
from citehub.graph.engines import CannotRead, parquet_files
from citehub.graph.layout import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from citehub.build.sources.dumps import Dataset, Expression
    from citehub.graph.engines import Engine
    from citehub.graph.layout import Files

REJECTS: Final = "rejects.json"
_FORMAT: Final = 3  # of what is kept; a new number reads anew


class Store:
    """What was read of dumps, in a folder that later runs go on from."""

    def __init__(self, engine: Engine, folder: str, progress: Callable[[str], None]) -> None:
        self.engine = engine
        self.folder = folder
        self.progress = progress
        self.rejects: dict[str, list[Reject]] = {}

    def table(self, files: Files) -> Expression:
        """Return what a dataset is mapped to, reading the partitions that were not read yet.

        Its column ``part`` numbers the partitions.
        """
        if files.is_parquet:
            return self._parquet(files)
        with _folder.scratch_folder(os.path.join(self.folder, files.dataset.name)) as scratch:
            files = unpack(files, scratch)
            parts = list(self._read(files))
        self.rejects[files.title] = [reject for part in parts for reject in _read_rejects(part)]
        return self.engine.read_parquet([path for part in parts for path in parquet_files(part)])

    def _parquet(self, files: Files) -> Expression:
        import ibis

        raw = self.engine.read_parquet(files.paths)
        cells = {}
        for name, kind in files.dataset.fields.items():
            if name not in raw.columns and name not in files.dataset.needed:
                cells[name] = ibis.null(kind)
                continue
            if name not in raw.columns:
                found = ", ".join(raw.columns)
                problem = f"there is no column {name} of {files.title}; found {found}"
                raise SourceError.at(files.folder, 0, problem)
            is_nested = name in files.dataset.nested
            cell = fit(raw[name], ibis.dtype(kind), is_nested=is_nested)
            cells[name] = self._nothing(raw[name], kind, files) if cell is None else cell
        raw = raw.select(**cells)
        return raw.select(**files.dataset.shape(raw), part=ibis.literal(0, "int32"))

    def _nothing(self, column: Expression, kind: str, files: Files) -> Expression:
        """Return nulls of a type for a column of another one, in which nothing may stand."""
        import ibis

        name = column.get_name()
        (found,) = self.engine.fetch(column.as_table().agg(n=column.count()))
        if found["n"]:
            problem = f"the column {name} of {files.title} should be {kind}, not {column.type()}"
            raise SourceError.at(files.folder, 0, problem)
        return ibis.null(kind)

    def _read(self, files: Files) -> Iterator[str]:
        """Yield the folders of what was read."""
        parent = os.path.join(self.folder, files.dataset.source_id, files.dataset.name)
        step = self.engine.batch
        batches = [files.paths[at : at + step] for at in range(0, len(files.paths), step)]
        clock = _Clock(files, self.progress)
        for number, paths in enumerate(batches):
            folder = os.path.join(parent, _name(paths, files.dataset, number * step))
            if not os.path.isdir(folder):
                clock.start(paths)
                with _folder.scratch_folder(folder) as scratch:
                    self._read_some(paths, number * step, files.dataset, scratch)
                    _folder.move(scratch, folder)
                clock.stop(paths, self._rows(folder))
            else:
                clock.skip(paths)
            yield folder

    def _rows(self, folder: str) -> int:
        table = self.engine.read_parquet(parquet_files(folder))
        return int(self.engine.fetch(table.agg(n=table.count()))[0]["n"])

    def _read_some(self, paths: Sequence[str], first: int, dataset: Dataset, scratch: str) -> None:
        """Read partitions together; where that fails, one by one."""
        numbered = list(enumerate(paths, first))
        rejects: list[Reject] = []
        if not self._write(numbered, dataset, scratch, "all"):
            for number, path in numbered:
                if self._write([(number, path)], dataset, scratch, str(number)):
                    continue
                kept = os.path.join(scratch, "kept.csv.gz" if is_csv(path) else "kept.json.gz")
                rejects += keep_readable(path, dataset, kept)
                if not self._write([(number, kept)], dataset, scratch, str(number), trust=True):
                    raise SourceError.at(path, 0, "cannot be read")
                os.remove(kept)
        _folder.write_bytes(
            os.path.join(scratch, REJECTS), json.dumps([list(each) for each in rejects]).encode()
        )

    def _write(
        self,
        numbered: Sequence[tuple[int, str]],
        dataset: Dataset,
        scratch: str,
        name: str,
        *,
        trust: bool = False,
    ) -> bool:
        """Write partitions as Parquet, and tell whether all of their rows could be read."""
        folder = os.path.join(scratch, f"{name}.reading")
        os.mkdir(folder)
        read = self.engine.read_csv if is_csv(numbered[0][1]) else self.engine.read_json
        readable = True
        try:
            raw = read({path: number for number, path in numbered}, dataset.fields)
            raw = dataset.prepare(raw) if dataset.prepare else raw
            self.engine.write(shape_texts(raw, dataset), folder)
            if not trust:
                table = self.engine.read_parquet(parquet_files(folder))
                (found,) = self.engine.fetch(table.agg(n=(~table.sound).sum()))
                readable = not found["n"]
        except CannotRead:
            readable = False
        if not readable:
            shutil.rmtree(folder)
            return False
        for path in parquet_files(folder):
            os.rename(path, os.path.join(scratch, f"{name}-{os.path.basename(path)}"))
        shutil.rmtree(folder)
        return True


class _Clock:
    """Tells how far the reading is: partitions, rows a second, time left."""

    def __init__(self, files: Files, progress: Callable[[str], None]) -> None:
        self.title = files.title
        self.progress = progress
        self.count = len(files.paths)
        self.left = sum(map(os.path.getsize, files.paths))
        self.done = self.rows = self.bytes = 0
        self.began = time.monotonic()

    def start(self, paths: Sequence[str]) -> None:
        last = self.done + len(paths)
        text = f"Read {self.title}: {self.done + 1} to {last} of {self.count} partitions"
        seconds = time.monotonic() - self.began
        if self.rows and seconds:
            left = seconds * self.left / self.bytes
            text += f", {self.rows / seconds:,.0f} rows a second, {_duration(left)} left"
        self.progress(text)

    def stop(self, paths: Sequence[str], rows: int) -> None:
        self.rows += rows
        self.bytes += sum(map(os.path.getsize, paths))
        self.skip(paths)

    def skip(self, paths: Sequence[str]) -> None:
        self.done += len(paths)
        self.left -= sum(map(os.path.getsize, paths))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} h {minutes} min"
        if hours
        else f"{minutes} min {rest} s"
        if minutes
        else f"{rest} s"
    )


def _name(paths: Sequence[str], dataset: Dataset, first: int) -> str:
    """Return a name that changes with the files, their place and what is read of them."""
    shape = dataset.shape.__name__
    facts: list[Any] = [_FORMAT, first, sorted(dataset.fields.items()), dataset.only, shape]
    for path in paths:
        stat = os.stat(path)
        facts.append([os.path.basename(path), stat.st_size, stat.st_mtime_ns])
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    return f"{first:06}-{digest[:16]}"


def _read_rejects(folder: str) -> list[Reject]:
    with open(os.path.join(folder, REJECTS), encoding="utf-8") as file:
        return [Reject(*each) for each in json.load(file)]
