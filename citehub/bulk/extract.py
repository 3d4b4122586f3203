"""The part of a dump that concerns one work: its lines and rows unchanged, in the dump's layout.

So a hub can be rebuilt without the dump. `NOTE`, next to the files of a source, says when it was
read, and other facts about the dump.
"""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import itertools
import json
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from citehub import _atomic_folder
from citehub.bulk.engines import parquet_files
from citehub.errors import SourceError
from citehub.sources.layout import unpack
from citehub.sources.partitions import CELL, is_csv, open_partition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from citehub.bulk.engines import Engine
    from citehub.bulk.store import Store
    from citehub.sources.dump_datasets import Expression
    from citehub.sources.layout import Files

NOTE: Final = "read.json"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows to take: those of ``own`` records, of records that cite one, and between these.

    All are names of records as text, without the prefix of a number.
    """

    own: frozenset[str]
    near: frozenset[str]

    def takes(self, kind: str, names: tuple[Collection[str], ...]) -> bool:
        """Tell whether to take a row of a kind, by the records that it names."""
        if kind == "merge":
            return any(not self.own.isdisjoint(each) for each in names)
        if kind == "citation":
            citing, cited = names
            is_near = not self.near.isdisjoint(citing)
            return is_near and not (self.near.isdisjoint(cited) and self.own.isdisjoint(cited))
        return not self.near.isdisjoint(names[0])


@dataclass(frozen=True, slots=True)
class Note:
    """What an extract says about its dump.

    ``unreadable`` is the number of lost lines; ``partial`` has sentences on what could not be
    read. ``is_asked`` is true if the source's interface was asked, not a dump; then ``announced``
    is the number of citing works that came with their list, and ``nameless`` that of citations in
    it without a citing work.
    """

    read_on: datetime.date
    snapshot_on: datetime.date | None = None
    unreadable: int = 0
    partial: tuple[str, ...] = ()
    announced: int | None = None
    is_asked: bool = False
    nameless: int = 0

    def to_json(self) -> bytes:
        """Return the note as it is stored."""
        content: dict[str, Any] = {"read_on": self.read_on.isoformat()}
        if self.snapshot_on:
            content["snapshot_on"] = self.snapshot_on.isoformat()
        if self.is_asked:
            content["asked"] = True
        content["unreadable_lines"] = self.unreadable
        if self.announced is not None:
            content["announced"] = self.announced
        if self.nameless:
            content["nameless"] = self.nameless
        if self.partial:
            content["partial"] = list(self.partial)
        return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def read_note(folder: str) -> Note | None:
    """Return the note of an extract; None if a folder is not an extract.

    Raises
    ------
    SourceError
        It is damaged.
    """
    path = os.path.join(folder, NOTE)
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        snapshot = content.get("snapshot_on")
        return Note(
            datetime.date.fromisoformat(content["read_on"]),
            datetime.date.fromisoformat(snapshot) if snapshot else None,
            _count(content["unreadable_lines"]),
            tuple(map(str, content.get("partial", ()))),
            _count(content["announced"]) if "announced" in content else None,
            content.get("asked") is True,
            _count(content.get("nameless", 0)),
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        problem = "is damaged; it should have read_on, a date, and unreadable_lines, a number"
        raise SourceError.at(path, 0, problem) from None


def _count(value: Any) -> int:
    number = int(value)
    if number < 0:
        raise ValueError
    return number


@dataclass(frozen=True, slots=True)
class Extract:
    """Takes rows of datasets, into files named as in the dump.

    ``engine`` and ``store`` read Parquet; ``scratch`` is a folder for intermediate files.
    """

    engine: Engine
    store: Store
    wish: Wish
    scratch: str

    def take(self, files: Files, folder: str) -> None:
        """Take the rows of a dataset into the folder of its source."""
        place = os.path.join(folder, files.dataset.place or files.dataset.name)
        if files.is_parquet:
            self._take_parquet(files, place)
            return
        with _atomic_folder.scratch_folder(os.path.join(self.scratch, "unpacked")) as unpacked:
            files = unpack(files, unpacked)
            for number, path in enumerate(files.paths):
                above = os.path.dirname(files.origins.get(path, path))
                name = os.path.join(os.path.relpath(above, files.folder), os.path.basename(path))
                take = _take_rows if is_csv(path) else _take_lines
                taken, n = take(path, files, self.wish)
                if n or not number:  # one file at least, so that the dataset is there
                    data = _packed(taken) if name.endswith(".gz") else taken
                    target = os.path.normpath(os.path.join(place, name))
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    _atomic_folder.write_bytes(target, data)

    def _take_parquet(self, files: Files, place: str) -> None:
        for number, table in enumerate(self.store.whole(files)):
            with _atomic_folder.scratch_folder(
                os.path.join(self.scratch, f"rows-{number}")
            ) as found:
                self.engine.write(self._matching_rows(files, table), found)
                rows = self.engine.read_parquet(parquet_files(found))
                parts = [row["part"] for row in self.engine.fetch(rows.select("part").distinct())]
                for part in sorted(parts) or ([] if number else [0]):
                    target = os.path.join(place, os.path.relpath(files.paths[part], files.folder))
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    with _atomic_folder.scratch_folder(f"{target}.writing") as writing:
                        self.engine.write(rows.filter(rows.part == part).drop("part"), writing)
                        (written,) = parquet_files(writing)
                        os.replace(written, target)

    def _matching_rows(self, files: Files, table: Expression) -> Expression:
        """Return the rows of a table that are taken."""
        import ibis

        dataset, wish = files.dataset, self.wish
        sides = ("citing", "cited") if dataset.kind == "citation" else ("record",)
        shaped = dataset.shape(table)
        names = {f"citehub_{side}": shaped[side].cast("string") for side in sides}
        table = table.mutate(**names)
        for side, known in zip(names, (wish.near, wish.near | wish.own), strict=False):
            wanted = ibis.memtable({side: sorted(known)}, schema={side: "string"})
            table = table.semi_join(wanted, side)
        return table.drop(*names)


def _take_lines(path: str, files: Files, wish: Wish) -> tuple[bytes, int]:
    dataset = files.dataset
    taken = [
        line if line.endswith(b"\n") else line + b"\n"
        for line in _lines(path)
        if wish.takes(dataset.kind, dataset.names(line))
    ]
    return b"".join(taken), len(taken)


def _take_rows(path: str, files: Files, wish: Wish) -> tuple[bytes, int]:
    dataset = files.dataset
    csv.field_size_limit(CELL)
    text = (line.decode(errors="replace").replace("\0", "\ufffd") for line in _lines(path))
    reader = csv.reader(text)
    header = [name.removeprefix("\ufeff") for name in next(reader, [*dataset.fields])]
    taken = io.StringIO()
    writer = csv.writer(taken, lineterminator="\n")
    writer.writerow(header)
    n = 0
    for cells in _rows(reader):
        row = dict(zip(header, cells, strict=False))
        if len(cells) == len(header) and wish.takes(dataset.kind, dataset.names(row)):
            writer.writerow(cells)
            n += 1
    return taken.getvalue().encode(), n


def _rows(reader: Any) -> Iterator[list[str]]:
    """Yield the rows of a file, without invalid ones."""
    while True:
        try:
            yield next(reader)
        except csv.Error:
            continue
        except StopIteration:
            return


def _lines(path: str) -> Iterator[bytes]:
    """Yield the lines of a file up to where it breaks off; the first reading reported that.

    Such a file is read slowly again, as the quick reader gives up earlier.
    """
    from isal import igzip
    from isal.igzip_lib import IsalError

    damage: Any = IsalError
    n = 0
    try:
        with open_partition(path, igzip.open) as file:
            for line in file:
                yield line
                n += 1
    except (EOFError, zlib.error, OSError, damage):
        with suppress(EOFError, zlib.error, OSError), open_partition(path) as file:
            yield from itertools.islice(file, n, None)


def _packed(data: bytes) -> bytes:
    """Return data in gz, the same bytes for the same data."""
    return gzip.compress(data, compresslevel=9, mtime=0)
