"""The partitions of dumps, read once: their fields as Parquet, and what could not be read.

It reads several partitions at a time into a folder, and renames that into place. So a run that was
cut off goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from citehub import _atomic_folder
from citehub._table import read_footer
from citehub._text import counted
from citehub.bulk.engines import CannotRead, Made, parquet_files
from citehub.errors import SourceError
from citehub.sources.dump_datasets import shape_texts
from citehub.sources.fit import fit
from citehub.sources.layout import size_of, unpack
from citehub.sources.partitions import BREAKS_OFF, KEPT, copy_readable, is_csv
from citehub.sources.records import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from citehub.bulk.engines import Engine
    from citehub.sources.dump_datasets import Dataset, Expression
    from citehub.sources.layout import Files

REJECTS: Final = "rejects.json"
_FORMAT: Final = 4  # of what is kept; a new number reads anew


class Store:
    """The content of dumps, in a folder that later runs reuse."""

    def __init__(self, engine: Engine, folder: str, progress: Callable[[str], None]) -> None:
        self.engine = engine
        self.folder = folder
        self.progress = progress
        self.rejects: dict[str, list[Reject]] = {}
        self.notes: dict[str, tuple[str, ...]] = {}
        self.partial: dict[str, tuple[str, ...]] = {}
        self.bounds: dict[str, dict[str, tuple[str, str]]] = {}
        self._raw: dict[str, Expression] = {}
        self._tables: dict[str, list[Expression]] = {}

    def table(self, files: Files) -> Expression:
        """Return the mapped dataset, reading partitions that were not read yet.

        Its column ``part`` numbers the partitions.
        """
        if files.is_parquet:
            return self.shape(files, self.raw(files))
        title = files.title
        with _atomic_folder.scratch_folder(
            os.path.join(self.folder, files.dataset.name)
        ) as scratch:
            files = unpack(files, scratch)
            parts = list(self._read(files))
        self.rejects[title] = [reject for part in parts for reject in _read_rejects(part)]
        table = self.engine.read_parquet([path for part in parts for path in parquet_files(part)])
        self._tell(files, table)
        return table

    def shape(self, files: Files, raw: Expression) -> Expression:
        """Return the mapped rows of a dataset in Parquet."""
        return raw.select(**files.dataset.shape(raw), part=raw.part)

    def told(self, by_title: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Return the notes on all datasets."""
        return tuple(each for sentences in by_title.values() for each in sentences)

    def _tell(self, files: Files, table: Expression) -> None:
        """Keep notes on missing parts of the dataset."""
        counts: Counter[str] = Counter()
        if files.announced or any(map(_breaks_off, self.rejects[files.title])):
            for row in self.engine.fetch(table.group_by("part").agg(n=table.count())):
                counts[_origin(files, files.paths[row["part"]])] += row["n"]
        self._judge(files, counts)

    def _judge(self, files: Files, counts: Counter[str]) -> None:
        """Compare the rows of each file with the announced number."""
        rejects = self.rejects[files.title]
        broken = [each for each in rejects if _breaks_off(each)]
        partial = [*files.partial, *(_describe_break(each, files, counts) for each in broken)]
        bad = Counter(each.path for each in rejects if is_lost(each))
        ended = {each.path for each in broken}
        for path, announced in files.announced.items():
            n, due = counts[path] + bad[path], announced.n_records
            if path not in ended and due not in {None, n}:
                partial.append(f"{path}: {n:,} rows were read, but {due:,} are announced.")
        self.notes[files.title] = files.notes
        self.partial[files.title] = tuple(partial)

    def _open_parquet(self, files: Files) -> list[Expression]:
        """Return the columns, and ``part``, of files with equal columns.

        Invalid files are left out.
        """
        counts: Counter[str] = Counter()
        bounds: list[dict[str, tuple[str, str]]] = []
        alike: dict[str, dict[str, int]] = {}
        rejects = []
        for number, path in enumerate(files.paths):
            try:
                footer = read_footer(path)
            except OSError as error:
                rejects.append(Reject(path, 0, f"{BREAKS_OFF}: {error}"))
                continue
            counts[path] = footer.n_rows
            bounds += footer.bounds
            kinds = str({name: footer.kinds.get(name) for name in files.dataset.fields})
            alike.setdefault(kinds, {})[path] = number
        if not counts:
            reject = rejects[0]
            problem = f"no file of {files.title} can be read; {reject.path}: {reject.reason}"
            raise SourceError.at(files.folder, 0, problem)
        self.rejects[files.title] = rejects
        self._judge(files, counts)
        known = set.intersection(*map(set, bounds)) if bounds else set()
        self.bounds[files.title] = {
            name: (min(each[name][0] for each in bounds), max(each[name][1] for each in bounds))
            for name in known
        }
        return [self.engine.read_parts(parts) for parts in alike.values()]

    def raw(self, files: Files) -> Expression:
        """Return the fields of a dataset in Parquet as stored, and ``part``."""
        import ibis

        if files.title not in self._raw:
            tables = self._opened(files)
            known = {name for raw in tables for name in raw.columns}
            if lacking := [name for name in files.dataset.fields if name not in known]:
                note = f"has no column {', '.join(lacking)}: not known."
                self._note(files, note)
            self._raw[files.title] = ibis.union(*(self._fit(raw, files) for raw in tables))
        return self._raw[files.title]

    def _fit(self, raw: Expression, files: Files) -> Expression:
        """Return the fields of files in Parquet in the expected types, and ``part``."""
        return raw.select(**self._cells(raw, files), part=raw.part)

    def whole(self, files: Files) -> list[Expression]:
        """Return all columns of files in Parquet, the used ones in the expected types.

        Files with the same columns are one table.
        """
        return [raw.mutate(**self._cells(raw, files)) for raw in self._opened(files)]

    def _opened(self, files: Files) -> list[Expression]:
        """Return the result of `_open_parquet`, which looks at the files once."""
        if files.title not in self._tables:
            self._tables[files.title] = self._open_parquet(files)
        return self._tables[files.title]

    def _cells(self, raw: Expression, files: Files) -> dict[str, Expression]:
        import ibis

        dataset = files.dataset
        cells = {}
        for name, kind in dataset.fields.items():
            is_there = name in raw.columns
            cell = (
                fit(raw[name], ibis.dtype(kind), is_nested=name in dataset.nested)
                if is_there
                else None
            )
            if cell is None and is_there:
                self._refuse(raw[name], kind, files)
            if not is_there and name in dataset.needed:
                found = ", ".join(each for each in raw.columns if each != "part")
                problem = f"there is no column {name} of {files.title} in Parquet; found {found}"
                problem += f". {dataset.instead}" if dataset.instead else ""
                raise SourceError.at(files.folder, 0, problem)
            cell = ibis.null(kind.replace("json", "string")) if cell is None else cell
            cells[name] = dataset.nested[name](cell) if name in dataset.nested else cell
        return cells

    def _refuse(self, column: Expression, kind: str, files: Files) -> None:
        """Report a column of another type, unless it is empty; without a needed one, fail."""
        name = column.get_name()
        (found,) = self.engine.fetch(column.as_table().agg(n=column.count()))
        if found["n"]:
            problem = f"the column {name} of {files.title} should be {kind}, not {column.type()}"
            if name in files.dataset.needed:
                raise SourceError.at(files.folder, 0, problem)
            self._note(files, f"has {name} as {column.type()}, not {kind}: not known.")

    def _note(self, files: Files, note: str) -> None:
        sentence = f"{files.title}: {files.folder} {note}"
        if sentence not in self.notes[files.title]:
            self.notes[files.title] += (sentence,)

    def _read(self, files: Files) -> Iterator[str]:
        """Yield the folders with the content."""
        parent = os.path.join(self.folder, files.dataset.source_id, files.dataset.name)
        step = self.engine.batch
        batches = [files.paths[at : at + step] for at in range(0, len(files.paths), step)]
        clock = _Clock(files, self.progress)
        for number, paths in enumerate(batches):
            name = _cache_name(paths, files, number * step)
            folder = os.path.join(parent, name)
            if not os.path.isdir(folder):
                clock.start(paths)
                with _atomic_folder.scratch_folder(folder) as scratch:
                    self._read_some(paths, number * step, files, scratch)
                    if _cache_name(paths, files, number * step) != name:
                        problem = "files changed while they were read; run the command again"
                        raise SourceError.at(files.folder, 0, problem)
                    _atomic_folder.move(scratch, folder)
                clock.stop(paths, self._rows(folder))
            else:
                clock.skip(paths)
            yield folder

    def _rows(self, folder: str) -> int:
        table = self.engine.read_parquet(parquet_files(folder))
        return int(self.engine.fetch(table.agg(n=table.count()))[0]["n"])

    def _read_some(self, paths: Sequence[str], first: int, files: Files, scratch: str) -> None:
        """Read partitions together; if that fails, one by one."""
        dataset = files.dataset
        numbered = list(enumerate(paths, first))
        rejects: list[Reject] = []
        if not self._write(numbered, dataset, scratch, "all"):
            for number, path in numbered:
                if self._write([(number, path)], dataset, scratch, str(number)):
                    continue
                kept = os.path.join(scratch, "kept.csv.gz" if is_csv(path) else "kept.json.gz")
                found = copy_readable(path, dataset, kept)
                rejects += [each._replace(path=_origin(files, path)) for each in found]
                if not self._write([(number, kept)], dataset, scratch, str(number), trust=True):
                    raise SourceError.at(path, 0, "cannot be read")
                os.remove(kept)
        _atomic_folder.write_bytes(
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
        """Write partitions as Parquet, and tell whether all rows could be read."""
        if any(path.endswith(".gz") and not size_of(path) for _, path in numbered):
            return False  # which engines take for a file without rows
        folder = os.path.join(scratch, f"{name}.reading")
        os.mkdir(folder)
        read = self.engine.read_csv if is_csv(numbered[0][1]) else self.engine.read_json
        readable = True
        try:
            raw = read({path: number for number, path in numbered}, dataset.fields)
            raw = dataset.prepare(raw) if dataset.prepare else raw
            key = dataset.shape, dataset.made, tuple(dataset.fields.items())
            self.engine.write(Made(raw, lambda each: shape_texts(each, dataset), key), folder)
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
    """Shows the progress of reading: partitions, rows a second, time left."""

    def __init__(self, files: Files, progress: Callable[[str], None]) -> None:
        self.title = files.title
        self.progress = progress
        self.count = len(files.paths)
        self.left = sum(map(size_of, files.paths))
        self.done = self.rows = self.bytes = 0
        self.began = time.monotonic()

    def start(self, paths: Sequence[str]) -> None:
        last = self.done + len(paths)
        text = (
            f"Read {self.title}: {self.done + 1} to {last} of {counted(self.count, 'partition')}"
        )
        seconds = time.monotonic() - self.began
        if self.rows and seconds:
            left = seconds * self.left / self.bytes
            text += f", {self.rows / seconds:,.0f} rows a second, {_duration(left)} left"
        self.progress(text)

    def stop(self, paths: Sequence[str], rows: int) -> None:
        self.rows += rows
        self.bytes += sum(map(size_of, paths))
        self.skip(paths)

    def skip(self, paths: Sequence[str]) -> None:
        self.done += len(paths)
        self.left -= sum(map(size_of, paths))


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


def _cache_name(paths: Sequence[str], files: Files, first: int) -> str:
    """Return a name that changes with the files, their place and the fields.

    A file that was replaced by one of equal size and date has another change time.
    """
    dataset = files.dataset
    shape = dataset.shape.__name__
    facts: list[Any] = [_FORMAT, first, sorted(dataset.fields.items()), dataset.only, shape]
    for path in paths:
        origin = _origin(files, path)
        fact: list[Any] = [origin, os.path.basename(path)]
        with suppress(OSError):  # it cannot be read, which is told when it is tried
            stat = os.stat(origin)
            fact += [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        facts.append(fact)
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    return f"{first:06}-{digest[:16]}"


def _origin(files: Files, path: str) -> str:
    """Return a file of the dump; for an unpacked one, its archive."""
    return files.origins.get(path, path)


def is_lost(reject: Reject) -> bool:
    """Tell whether a whole line is lost."""
    return not reject.reason.endswith(KEPT)


def _breaks_off(reject: Reject) -> bool:
    return reject.reason.startswith(BREAKS_OFF)


def _describe_break(reject: Reject, files: Files, counts: Counter[str]) -> str:
    """Say in a sentence how much of a broken file was read."""
    n, announced = counts[reject.path], files.announced.get(reject.path)
    of = f" of the {announced.n_records:,} announced" if announced and announced.n_records else ""
    why = reject.reason.removeprefix(BREAKS_OFF).lstrip(": ")
    rows = (
        f"{counted(n, 'row')}{of} {'was' if n == 1 else 'were'} read" if n else "no row was read"
    )
    end = f"it breaks off at line {reject.line:,}" if reject.line else "it breaks off"
    return f"{reject.path}: {rows}; {end} ({why})."


def _read_rejects(folder: str) -> list[Reject]:
    with open(os.path.join(folder, REJECTS), encoding="utf-8") as file:
        return [Reject(*each) for each in json.load(file)]
