"""Where the files of a dump lie: the folders that its publisher's download tools make."""

from __future__ import annotations

import datetime
import os
import re
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from citehub.build.sources import openalex, opencitations, semantic_scholar
from citehub.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citehub.build.sources.dumps import Dataset

_LINES: Final = (".gz", ".json", ".jsonl", ".ndjson")
_TABLES: Final = (".csv", ".csv.gz", ".zip")


_DATE: Final = re.compile(
    r"(?<![0-9])(20[0-9]{2})(?:([-_])([0-9]{2})\2([0-9]{2})(?![0-9])|([0-9]{2})([0-9]{2})_[0-9]{6}_)"
)


@dataclass(frozen=True, slots=True)
class Files:
    """The partitions of a dataset, sorted by path; where a row is there twice, the last counts."""

    dataset: Dataset
    folder: str
    paths: tuple[str, ...]

    @property
    def is_parquet(self) -> bool:
        """Whether they are Parquet, which is read where it lies."""
        return self.paths[0].endswith(".parquet")

    @property
    def title(self) -> str:
        """The dataset in words."""
        return f"{self.dataset.source_id} {self.dataset.name}"


def find_date(folder: str, files: Iterable[Files]) -> datetime.date | None:
    """Return the date of a dump: the newest in the name of its folder and of what is in it.

    So OpenAlex names its partitions, and others their releases. When a file was written here
    says nothing of that.
    """
    above = os.path.dirname(os.path.abspath(folder))
    names = {os.path.relpath(path, above) for each in files for path in each.paths}
    found = set()
    for date in {match.groups() for name in names for match in _DATE.finditer(name)}:
        year, _, *parts = date
        with suppress(ValueError):  # it is no day
            found.add(datetime.date(int(year), *(int(part) for part in parts if part)))
    return max(found, default=None)


def find_openalex(folder: str) -> dict[str, Files]:
    """Find the works, and the merged ids where they are, in a snapshot or any folder above it."""
    _check_folder(folder)
    works = next(_find_folders(folder, "works"), None)
    if works is None:
        problem = "there is no folder 'works' in it; name a snapshot's folder 'works' or one above"
        raise SourceError.at(folder, 0, problem)
    found = {"works": _files(openalex.WORKS_DATASET, works, _LINES)}
    beside = os.path.join(works, os.pardir, "merged_ids", "works")
    places = (os.path.join(each, "works") for each in _find_folders(folder, "merged_ids"))
    for merged in (os.path.normpath(beside), *places):
        if os.path.isdir(merged):
            found["merged_ids"] = _files(openalex.MERGED, merged, _TABLES)
            break
    return found


def find_s2(folder: str) -> dict[str, Files]:
    """Find the datasets of Semantic Scholar, of which papers and citations must be there."""
    datasets = (
        semantic_scholar.PAPERS,
        semantic_scholar.CITATIONS_DATASET,
        semantic_scholar.ABSTRACTS,
        semantic_scholar.TLDRS,
    )
    return _find_datasets(folder, datasets, needed=2, endings=(*_LINES, ".parquet"))


def find_opencitations(folder: str) -> dict[str, Files]:
    """Find the index of OpenCitations, and the metadata where they are."""
    datasets = (opencitations.INDEX, opencitations.META)
    return _find_datasets(folder, datasets, needed=1, endings=_TABLES)


def unpack(files: Files, scratch: str) -> Files:
    """Return the files with those in zip archives unpacked; no engine reads them there."""
    paths = []
    for path in files.paths:
        if not path.endswith(".zip"):
            paths.append(path)
            continue
        try:
            paths.extend(_unpack(path, os.path.join(scratch, files.dataset.name)))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
            raise SourceError.at(path, 0, f"cannot be unpacked: {error}") from None
    return Files(files.dataset, files.folder, tuple(paths))


def _unpack(path: str, scratch: str) -> Iterator[str]:
    import shutil

    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith((".csv", ".csv.gz"))]
        if not names:
            raise ValueError("it holds no CSV")
        for number, name in enumerate(sorted(names)):
            ending = ".csv.gz" if name.endswith(".gz") else ".csv"
            stem = os.path.basename(path).removesuffix(".zip")
            target = os.path.join(scratch, f"{stem}-{number}{ending}")
            os.makedirs(scratch, exist_ok=True)
            with archive.open(name) as packed, open(target, "wb") as file:
                shutil.copyfileobj(packed, file)
            shutil.copystat(path, target)  # so that it counts as read when it was
            yield target


def _find_datasets(
    folder: str, datasets: tuple[Dataset, ...], needed: int, endings: tuple[str, ...]
) -> dict[str, Files]:
    _check_folder(folder)
    found = {}
    for number, dataset in enumerate(datasets):
        inside = os.path.join(folder, dataset.name)
        if os.path.isdir(inside):
            found[dataset.name] = _files(dataset, inside, endings)
        elif number < needed:
            names = ", ".join(each.name for each in datasets[:needed])
            raise SourceError.at(
                folder, 0, f"expected the folders {names}; {dataset.name} is not there"
            )
    return found


def _find_folders(folder: str, name: str) -> Iterator[str]:
    """Yield the folders of a name: the folder itself, or those below, but not of merged ids."""
    if os.path.basename(os.path.abspath(folder)) == name:
        yield folder
        return
    for parent, folders, _ in os.walk(folder):
        folders.sort()
        if name in folders:
            yield os.path.join(parent, name)
        folders[:] = [each for each in folders if each not in {name, "merged_ids"}]


def _check_folder(folder: str) -> None:
    if not os.path.isdir(folder):
        raise SourceError.at(folder, 0, "there is no such folder")


def _files(dataset: Dataset, folder: str, endings: tuple[str, ...]) -> Files:
    paths = sorted(
        os.path.join(parent, name)
        for parent, _, names in os.walk(folder)
        for name in names
        if name.endswith(endings) and not name.startswith((".", "_"))
    )
    if not paths:
        problem = f"holds no file of {dataset.name}: expected {', '.join(endings)}"
        raise SourceError.at(folder, 0, problem)
    kinds = {path.endswith(".parquet") for path in paths}
    if len(kinds) > 1:
        raise SourceError.at(folder, 0, "holds Parquet and other files; keep one of the two")
    return Files(dataset, folder, tuple(paths))
