"""The files of a dump, in the folders that its publisher's download tools make."""

from __future__ import annotations

import datetime
import os
import re
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from citehub._text import counted
from citehub.errors import SourceError
from citehub.sources.manifests import Announced, find_manifest, shown
from citehub.sources.partitions import is_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citehub.sources.dump_datasets import Dataset

LINES: Final = (".gz", ".json", ".jsonl", ".ndjson")
TABLES: Final = (".csv", ".csv.gz", ".zip")
PARQUET: Final = ".parquet"
_COMPANION: Final = re.compile(  # what publishers, their tools and extracts put beside partitions
    r"[._].*|(.*[_-])?manifest([._-].*)?|(readme|licen[cs]e|release[_-]?notes|changelog|metadata"
    r"|schema|urls|read\.json|(md5|sha\d*|check)[_-]?sums?)(\..*)?|.*\.(md5|sha\d+|sha\d+sum|crc|sig|asc)",
    re.IGNORECASE,
)
_UNREAD: Final = re.compile(  # what is packed in another way, or not whole yet
    r"\.(gz|json|jsonl|ndjson|csv|parquet|zip)\.(?!gz$)\w+$|\.(bz2|xz|zst|lz4|7z|zip|tar|tar\.gz|tgz)$",
    re.IGNORECASE,
)


_DATE: Final = re.compile(
    r"(?<![0-9])(20[0-9]{2})(?:([-_])([0-9]{2})\2([0-9]{2})(?![0-9])|([0-9]{2})([0-9]{2})_[0-9]{6}_)"
)


@dataclass(frozen=True, slots=True)
class Files:
    """The partitions of a dataset, sorted by path; of a repeated row, the last counts.

    ``announced`` is what a manifest says about them. ``partial`` has sentences on missing parts of
    the dataset, and ``notes`` further remarks. ``origins`` are the archives of unpacked files;
    ``date`` is the manifest's.
    """

    dataset: Dataset
    folder: str
    paths: tuple[str, ...]
    announced: dict[str, Announced] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    origins: dict[str, str] = field(default_factory=dict)
    date: str | None = None

    @property
    def is_parquet(self) -> bool:
        """Whether they are Parquet, which is read in place."""
        return self.paths[0].endswith(PARQUET)

    @property
    def title(self) -> str:
        """The dataset in words."""
        return f"{self.dataset.source_id} {self.dataset.name}"


def find_date(folder: str, files: Iterable[Files]) -> datetime.date | None:
    """Return the date of a dump: the manifest's, or the newest in names of folders and files.

    OpenAlex names its partitions so, and others their releases. The local date of a file says
    nothing about that.
    """
    files = list(files)
    with suppress(ValueError):  # there is none, or it is no day
        return datetime.date.fromisoformat(max(each.date or "" for each in files))
    above = os.path.dirname(os.path.abspath(folder))
    names = {os.path.relpath(path, above) for each in files for path in each.paths}
    found = set()
    for date in {match.groups() for name in names for match in _DATE.finditer(name)}:
        year, _, *parts = date
        with suppress(ValueError):  # it is no day
            found.add(datetime.date(int(year), *(int(part) for part in parts if part)))
    return max(found, default=None)


def size_of(path: str) -> int:
    """Return the size of a file; 0 if it cannot be read."""
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def unpack(files: Files, scratch: str) -> Files:
    """Return the files, with those in zip archives unpacked, as no engine reads them there."""
    paths: list[str] = []
    origins: dict[str, str] = {}
    for number, path in enumerate(files.paths):
        if not path.endswith(".zip"):
            paths.append(path)
            continue
        try:
            unpacked = list(_unpack(path, os.path.join(scratch, str(number))))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
            raise SourceError.at(path, 0, f"cannot be unpacked: {error}") from None
        paths += unpacked
        origins |= dict.fromkeys(unpacked, path)
    return replace(files, paths=tuple(paths), origins=origins)


def _unpack(path: str, scratch: str) -> Iterator[str]:
    import shutil

    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        names = [each for each in names if is_partition(each.rpartition("/")[2], TABLES)]
        if not names:
            raise ValueError("it holds no CSV")
        for number, name in enumerate(sorted(names)):
            ending = ".csv.gz" if name.endswith(".gz") else ".csv"
            stem = os.path.basename(path).removesuffix(".zip")
            target = os.path.join(scratch, f"{stem}-{number}{ending}")
            os.makedirs(scratch, exist_ok=True)
            with archive.open(name) as packed, open(target, "wb") as file:
                shutil.copyfileobj(packed, file)
            yield target


def find_datasets(
    folder: str, datasets: tuple[Dataset, ...], needed: int, endings: tuple[str, ...]
) -> dict[str, Files]:
    """Find datasets in folders of their names; the first ones must exist."""
    check_folder(folder)
    found = {}
    for number, dataset in enumerate(datasets):
        inside = os.path.join(folder, dataset.name)
        if os.path.isdir(inside):
            found[dataset.name] = find_files(dataset, inside, endings)
        elif number < needed:
            names = ", ".join(each.name for each in datasets[:needed])
            raise SourceError.at(
                folder, 0, f"expected the folders {names}; {dataset.name} is missing"
            )
    return found


def walk(folder: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield folders in order, each once, with links to folders but without hidden ones."""
    seen = set()
    for parent, folders, names in os.walk(folder, followlinks=True, onerror=_refuse):
        place = os.path.realpath(parent)
        if place in seen:
            folders.clear()
            continue
        seen.add(place)
        folders[:] = sorted(each for each in folders if "=" in each or each[0] not in "._")
        yield parent, folders, names


def _refuse(error: OSError) -> None:
    raise error


def check_folder(folder: str) -> None:
    """Refuse anything but a folder."""
    if not os.path.isdir(folder):
        what = "a file, not a folder" if os.path.exists(folder) else "no such folder"
        pattern = "; name the folder itself, as patterns do not work" if "*" in folder else ""
        raise SourceError.at(folder, 0, f"there is {what}{pattern}")


def holds(folder: str, endings: tuple[str, ...]) -> bool:
    """Tell whether a folder holds a partition."""
    return any(is_partition(name, endings) for *_, names in walk(folder) for name in names)


def find_files(dataset: Dataset, folder: str, endings: tuple[str, ...]) -> Files:
    """Find the partitions of a dataset in and below a folder, and the manifest's announcement."""
    found, unread = [], []
    for parent, _, names in walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            if is_partition(name, endings):
                found.append(path)
            elif _UNREAD.search(name) and not _COMPANION.fullmatch(name):
                unread.append(os.path.relpath(path, folder))
    if not found:
        problem = f"holds no file of {dataset.name}: expected {', '.join(endings)}"
        raise SourceError.at(folder, 0, problem + (f"; found {shown(unread)}" if unread else ""))
    files = Files(dataset, folder, tuple(sorted(found)))
    if unread:
        partial = f"{files.title}: not a finished partition, so not read: {shown(unread)}."
        files = replace(files, partial=(partial,))
    return _with_manifest(_of_one_kind(files))


def is_partition(name: str, endings: tuple[str, ...]) -> bool:
    """Tell whether a file is a partition, by its name."""
    if not name.endswith(endings) or _COMPANION.fullmatch(name) or name.endswith(".tar.gz"):
        return False
    return is_csv(name) == (endings == TABLES) or (name.endswith(".zip") and ".zip" in endings)


def _of_one_kind(files: Files) -> Files:
    """Return the partitions in Parquet, if each also has another form."""
    parquet = tuple(path for path in files.paths if path.endswith(PARQUET))
    if not parquet or len(parquet) == len(files.paths):
        return files
    others = {_stem(path) for path in files.paths if path not in parquet}
    if others != {_stem(path) for path in parquet}:
        raise SourceError.at(files.folder, 0, "holds Parquet and other files; keep one kind")
    note = f"{files.title}: {files.folder} holds each partition twice; Parquet was read."
    return replace(files, paths=parquet, notes=(*files.notes, note))


def _stem(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, name.partition(".")[0])


def _with_manifest(files: Files) -> Files:
    """Compare the partitions with the manifest."""
    try:
        manifest = find_manifest(files.folder, files.dataset.name)
    except ValueError as error:
        return replace(files, notes=(*files.notes, f"{files.title}: {error}."))
    if manifest is None:
        return files
    there = {_below(path, files.folder): path for path in files.paths}
    announced = {there[name]: each for name, each in manifest.files.items() if name in there}
    notes, partial = [*files.notes], [*files.partial]
    if lost := sorted(manifest.files.keys() - there.keys()):
        counts = [manifest.files[name].n_records for name in lost]
        records = (
            "" if None in counts else f", with {counted(sum(filter(None, counts)), 'record')}"
        )
        told, are = counted(len(manifest.files), "file"), "is" if len(lost) == 1 else "are"
        partial.append(
            f"{files.title}: {len(lost):,} of {told} that {manifest.title} announces {are} not "
            f"there{records}: {shown(lost)}."
        )
    if more := sorted(there.keys() - manifest.files.keys()):
        notes.append(
            f"{files.title}: {len(more):,} of {len(there):,} files are not announced by "
            f"{manifest.title}, as those that remain of an older snapshot; they are read: "
            f"{shown(more)}."
        )
    sizes = {path: size_of(path) for path in announced}
    other = [path for path, each in announced.items() if each.n_bytes not in {None, sizes[path]}]
    if other:
        first = other[0]
        sentence = (
            f"{files.title}: the size of {len(other):,} of {len(announced):,} files is not the "
            f"one that {manifest.title} announces: {_below(first, files.folder)} has "
            f"{sizes[first]:,} bytes, not {announced[first].n_bytes:,}."
        )
        is_counted = all(announced[path].n_records is not None for path in other)
        (notes if is_counted else partial).append(sentence)
    return replace(
        files, announced=announced, notes=tuple(notes), partial=tuple(partial),
        date=manifest.date,
    )  # fmt: skip


def _below(path: str, folder: str) -> str:
    return os.path.relpath(path, folder).replace(os.sep, "/")
