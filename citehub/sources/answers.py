"""Answers of a source's interface, kept unchanged in a folder, from which a hub can be rebuilt.

`LIST` has a line for each, in the order of asking: the address, without key and contact, the
status, the time, and the SHA-256 of the body, which has its own file.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import zlib
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from citehub import _atomic_folder
from citehub._atomic_file import is_scratch, write_whole
from citehub._manifest import sha256
from citehub.errors import SourceError
from citehub.sources.api import Content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citehub.sources.api import Api
    from citehub.sources.dump_datasets import Dataset
    from citehub.sources.source import Source

LIST: Final = "answers.jsonl"
BODIES: Final = "answers"
_HOW_TO_MEND: Final = (
    "Get the folder back from where you have it, or ask the source again with: citehub update"
)
_OK: Final = 200
_MOST_BYTES: Final = 1 << 28  # of a body


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to an interface: a path after its address, a query, and what to post.

    That is ids, or a body of JSON.
    """

    path: str
    params: tuple[tuple[str, str], ...] = ()
    posted: tuple[str, ...] = ()
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """An unchanged answer.

    ``address`` has neither key nor contact; ``at`` is the time in UTC, in ISO 8601; ``content`` is
    that of the body, if it was read already.
    """

    asked: Asked
    address: str
    status: int
    at: str
    body: bytes
    content: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A kept answer in the list, without its body, which is in its file."""

    file: str
    asked: Asked
    address: str
    status: int
    at: str
    n_bytes: int
    sha256: str

    def to_json(self) -> str:
        """Return the line for the list."""
        return json.dumps(
            {
                "file": self.file,
                "address": self.address,
                "path": self.asked.path,
                "params": [list(each) for each in self.asked.params],
                "posted": list(self.asked.posted),
                "status": self.status,
                "at": self.at,
                "bytes": self.n_bytes,
                "sha256": self.sha256,
            },
            ensure_ascii=False,
        )


def is_kept(folder: str) -> bool:
    """Tell whether a folder holds answers."""
    return os.path.isfile(os.path.join(folder, LIST))


def keep(folder: str, number: int, answer: Answer) -> Line:
    """Keep an answer: first its body, then its line, so that every listed body exists."""
    name = _file(number)
    os.makedirs(os.path.join(folder, BODIES), exist_ok=True)
    packed = gzip.compress(answer.body, compresslevel=6, mtime=0)
    write_whole([packed], os.path.join(folder, name), force=True, clears=False)
    line = Line(
        name, answer.asked, answer.address, answer.status, answer.at, len(answer.body),
        sha256(answer.body),
    )  # fmt: skip
    path = os.path.join(folder, LIST)
    with _atomic_folder.named_in_errors(path), open(path, "a", encoding="utf-8") as listed:
        listed.write(f"{line.to_json()}\n")
        listed.flush()
        os.fsync(listed.fileno())
    return line


def copy(folder: str, lines: Iterable[Line], target: str) -> list[Line]:
    """Copy kept answers into a folder without answers, and return their lines there."""
    os.makedirs(os.path.join(target, BODIES))
    copied = []
    for number, line in enumerate(lines, 1):
        copied.append(replace(line, file=_file(number)))
        with open(os.path.join(folder, line.file), "rb") as file:
            _atomic_folder.write_bytes(os.path.join(target, copied[-1].file), file.read())
    text = "".join(f"{each.to_json()}\n" for each in copied)
    _atomic_folder.write_bytes(os.path.join(target, LIST), text.encode())
    return copied


def read_lines(folder: str, *, is_whole: bool = True) -> Iterator[tuple[Line, bytes]]:
    """Yield the answers in a folder, in the order of asking.

    Parameters
    ----------
    folder : str
        The folder of a source.
    is_whole : bool, default True
        Whether all must be sound; else it ends at what a killed process left half written.

    Yields
    ------
    tuple of Line and bytes
        Each answer's line, and its body.

    Raises
    ------
    SourceError
        The list or a body is damaged.
    """
    path = os.path.join(folder, LIST)
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, text in enumerate(file, 1):
            try:
                line = parse_line(json.loads(text))
                body = read_body(folder, line)
            except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
                if not is_whole:
                    return
                problem = f"the listed answer is damaged ({_name(error)}). {_HOW_TO_MEND}"
                raise SourceError.at(path, number, problem) from None
            yield line, body


def list_lines(folder: str) -> Iterator[Line]:
    """Yield the lines of a whole list, without a look at the bodies."""
    with open(os.path.join(folder, LIST), encoding="utf-8") as file:
        for text in file:
            yield parse_line(json.loads(text))


def check_kept(folder: str) -> None:
    """Refuse a folder whose answers are not exactly those of its list.

    Raises
    ------
    SourceError
        The list or an answer is damaged or missing.
    """
    path = os.path.join(folder, LIST)
    if not is_kept(folder) or not os.path.isdir(os.path.join(folder, BODIES)):
        raise SourceError.at(path, 0, f"is missing, or {BODIES} next to it. {_HOW_TO_MEND}")
    listed = {line.file for line, _ in read_lines(folder)}
    there = {f"{BODIES}/{name}" for name in os.listdir(os.path.join(folder, BODIES))}
    if more := sorted(each for each in there - listed if not is_scratch(os.path.basename(each))):
        raise SourceError.at(path, 0, f"does not list {more[0]}. {_HOW_TO_MEND}")


def read_body(folder: str, line: Line) -> bytes:
    """Return the body of a kept answer; a ValueError says that it changed."""
    with gzip.open(os.path.join(folder, line.file)) as file:
        body = file.read(_MOST_BYTES + 1)
    if sha256(body) != line.sha256 or len(body) > _MOST_BYTES:
        raise ValueError(f"{line.file} changed after it was kept")
    return body


def _file(number: int) -> str:
    return f"{BODIES}/{number:05}.json.gz"


def _name(error: Exception) -> str:
    return str(error) or type(error).__name__


def parse_line(entry: dict[str, Any]) -> Line:
    """Return a line of the list; an invalid one raises ValueError, KeyError or TypeError."""
    name = entry["file"]
    if not isinstance(name, str) or os.path.dirname(name) != BODIES or ".." in name:
        raise ValueError(f"{name!r} is no file of {BODIES}")
    params = tuple((str(key), str(value)) for key, value in entry["params"])
    asked = Asked(str(entry["path"]), params, tuple(map(str, entry["posted"])))
    return Line(
        name, asked, str(entry["address"]), int(entry["status"]), str(entry["at"]),
        int(entry["bytes"]), str(entry["sha256"]),
    )  # fmt: skip


def contents(folder: str) -> Iterator[Content]:
    """Yield the content of answers, without those that found nothing."""
    for line, body in read_lines(folder):
        if line.status == _OK:
            try:
                content = json.loads(body)
            except (ValueError, RecursionError):
                raise SourceError.at(folder, 0, f"{line.address} did not give JSON") from None
            yield Content(line.asked.path, line.asked.params, content)


def unfold(source: Source, folder: str, scratch: str) -> str:
    """Write the content of answers in the layout of the source's dump, and return the folder.

    Parameters
    ----------
    source : Source
        The source, with both an interface and a dump.
    folder : str
        The folder of its answers.
    scratch : str
        A folder for intermediate files.

    Raises
    ------
    SourceError
        An answer is damaged.
    """
    api, dump = source.api, source.dump
    if api is None or dump is None:
        raise TypeError(source.id)
    with open(os.path.join(folder, LIST), "rb") as listed:
        target = os.path.join(scratch, f"{source.id}-{sha256(listed.read())[:16]}")
    if os.path.isdir(target):
        return target
    datasets = {each.name: each for each in dump.datasets}
    with _atomic_folder.scratch_folder(target) as made:
        with _atomic_folder.named_in_errors(target), ExitStack() as files:
            writers: dict[str, Any] = {}
            for name in api.due:
                writers[name] = _writer(files, made, datasets[name], name in api.tables)
            for name, row in _rows(api, folder):
                if name not in writers:
                    writers[name] = _writer(files, made, datasets[name], name in api.tables)
                writers[name](row)
        _atomic_folder.move(made, target)
    return target


def _rows(api: Api, folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows in answers; refuse an answer in an unknown form."""
    try:
        yield from api.rows(contents(folder))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        problem = f"an answer is not in the form of {api.url}. Ask again with: citehub update"
        raise SourceError.at(os.path.join(folder, LIST), 0, problem) from None


def _writer(files: ExitStack, folder: str, dataset: Dataset, is_table: bool) -> Any:  # noqa: FBT001
    """Return a writer of rows of a dataset, as CSV or as lines of JSON."""
    place = os.path.join(folder, dataset.place or dataset.name)
    os.makedirs(place, exist_ok=True)
    if is_table:
        path = os.path.join(place, "answers.csv")
        file = files.enter_context(open(path, "x", encoding="utf-8", errors="replace", newline=""))  # noqa: SIM115 -- closed with the others
        writer = csv.DictWriter(file, list(dataset.fields), extrasaction="ignore")
        writer.writeheader()
        return writer.writerow
    path = os.path.join(place, "answers.jsonl")
    lines = files.enter_context(open(path, "x", encoding="utf-8", errors="replace"))  # noqa: SIM115
    return lambda row: lines.write(json.dumps(row, ensure_ascii=False) + "\n")
