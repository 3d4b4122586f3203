"""Partitions that hold something broken: what can be read is kept, the rest is named.

An engine reads a partition whole or not at all. One that it refuses is read here line by line,
so that every engine keeps the same rows.
"""

from __future__ import annotations

import csv
import functools
import gzip
import json
import math
import os
import re
import zlib
from typing import TYPE_CHECKING, Any, Final

from citehub._text import counted
from citehub.build.sources.records import Reject

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

    from citehub.build.sources.dumps import Dataset

_KINDS: Final = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
_WHOLE: Final = re.compile(r"-?[0-9]{1,100}")  # Python refuses far longer ones
_MOST: Final = 1 << 63
_CHUNK: Final = 1 << 20
_CELL: Final = 1 << 27  # characters; lists of authors can be long
_OPENING: Final = {"[": "array<", "{": "struct<"}
_HALF: Final = re.compile("[\ud800-\udfff]")
_SHOWN: Final = 60  # characters of a bad value in a reason
BREAKS_OFF: Final = "the file breaks off here"
"""Begins the reason of what ends a file too early, or keeps it from being read at all."""


def keep_readable(path: str, dataset: Dataset, target: str) -> list[Reject]:
    """Copy what can be read of a partition, and return what cannot.

    Parameters
    ----------
    path : str
        JSON Lines or CSV, plain or gz, by its name.
    dataset : Dataset
        Its fields, which alone are copied.
    target : str
        The file to write, in the same format, gz.

    Returns
    -------
    list of Reject
        Lines, from 1, with reasons; empty lines are none.
    """
    read = _read_csv if is_csv(path) else _read_json
    csv.field_size_limit(_CELL)
    rejects: list[Reject] = []
    with gzip.open(target, "wt", compresslevel=1, encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if is_csv(path):
            writer.writerow(dataset.fields)
        for line, row, reason in read(path, dataset):
            if reason:
                rejects.append(Reject(path, line, reason))
            elif is_csv(path):
                writer.writerow(row.values())
            else:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return rejects


def read_header(path: str) -> list[str]:
    """Return the names of the columns of a CSV file that is whole; else none."""
    try:
        with _open(path) as file:
            first = file.readline()
            while path.endswith(".gz") and file.read(_CHUNK):  # DuckDB does not see where it ends
                pass
    except (OSError, EOFError, zlib.error):
        return []
    return next(csv.reader([first.decode("utf-8-sig", errors="replace")]), [])


def is_csv(path: str) -> bool:
    """Tell whether a partition is CSV, by its name."""
    return path.removesuffix(".gz").endswith(".csv")


Line = tuple[int, dict[str, Any], str]
"""The number of a line, its fields, and why they cannot be used; empty where they can."""


def _read_json(path: str, dataset: Dataset) -> Iterator[Line]:
    for number, line in _lines(path):
        if isinstance(line, str):
            yield number, {}, line
            continue
        if not line.strip():
            continue
        try:
            text = line.decode("utf-8-sig", errors="replace").rstrip("\r\n")
            value = json.loads(text, parse_int=_read_number)
        except ValueError as error:
            broken = isinstance(error, json.JSONDecodeError) and line[-1:] not in b"}\n"
            yield number, {}, f"{BREAKS_OFF if broken else 'is not JSON'}: {error}"
            continue
        except RecursionError:
            yield number, {}, "is JSON too deep to be read"
            continue
        if not isinstance(value, dict):
            yield number, {}, f"should be an object, not {_kind(value)}"
            continue
        fields = dataset.fields.items()
        row = _without_halves({name: _unpacked(value.get(name), kind) for name, kind in fields})
        yield number, row, _find_problem(row, dataset)


def _read_csv(path: str, dataset: Dataset) -> Iterator[Line]:
    ends: list[Line] = []
    last = b""

    def texts() -> Iterator[str]:
        nonlocal last
        for number, line in _lines(path):
            if isinstance(line, str):
                ends.append((number, {}, line))
                return
            last = line
            yield line.decode(errors="replace").replace("\0", "\ufffd")

    def said() -> str:
        return "" if last.endswith(b"\n") or ends else f"{BREAKS_OFF}: it "

    reader = csv.reader(texts(), strict=True)
    header = [name.removeprefix("\ufeff") for name in next(reader, [])]
    if not set(dataset.fields) <= set(header):
        missing = ", ".join(name for name in dataset.fields if name not in header)
        yield 1, {}, f"has no column {missing}"
        return
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield reader.line_num, {}, f"{said()}is not CSV: {error}"
            continue
        if cells is None:
            break
        if len(cells) != len(header):
            problem = f"{said()}has {counted(len(cells), 'cell')}, not {len(header)}"
            yield from [(reader.line_num, {}, problem)] if cells else []
            continue
        value = dict(zip(header, cells, strict=True))
        row = {name: value[name] for name in dataset.fields}
        yield reader.line_num, row, _find_problem(row, dataset)
    yield from ends


def _lines(path: str) -> Iterator[tuple[int, bytes | str]]:
    """Yield numbered lines; where the file breaks off, the reason as text."""
    number = 0
    try:
        with _open(path) as file:
            for line in file:
                number += 1
                yield number, line
        if number == 0 and path.endswith(".gz") and os.path.getsize(path) == 0:
            yield 1, f"{BREAKS_OFF}: it is empty, and no gz"
    except (EOFError, zlib.error, OSError) as error:
        yield number + 1, f"{BREAKS_OFF}: {error}"


def _open(path: str) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")


def _unpacked(value: Any, kind: str) -> Any:
    """Return a list or an object that was written as text in JSON."""
    if isinstance(value, str) and kind.startswith(_OPENING.get(value[:1], "none")):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _without_halves(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with U+FFFD where half a character stands, which cannot be written."""
    text = json.dumps(row, ensure_ascii=False)
    return json.loads(_HALF.sub("\ufffd", text)) if _HALF.search(text) else row


def _read_number(digits: str) -> int | str:
    """Return a whole number; one of very many digits as text."""
    return int(digits) if _WHOLE.fullmatch(digits) else digits


def _find_problem(row: dict[str, Any], dataset: Dataset) -> str:
    """Return what is wrong with the fields of a row."""
    for name, kind in dataset.fields.items():
        problem = _misfit(row[name], _type(kind), is_nested=name in dataset.nested)
        if problem:
            return f"{name} should be {problem}, not {_show(row[name])}"
    for name, pattern in dataset.keys.items():
        if row[name] is None:
            return f"{name} is missing"
        if not re.search(pattern, str(row[name])):
            return f"{name} is {_show(row[name])}"
    return ""


@functools.cache
def _type(kind: str) -> Any:
    import ibis

    return ibis.dtype(kind)


def _misfit(value: Any, kind: Any, *, is_nested: bool = False) -> str:  # noqa: PLR0911
    """Return what a value should be, where it is something else."""
    if value is None or kind.is_json():
        return ""
    if kind.is_array():
        if not isinstance(value, list):
            return "a list"
        kinds = (
            kind if is_nested and isinstance(each, list) else kind.value_type for each in value
        )
        found = (_misfit(*each, is_nested=is_nested) for each in zip(value, kinds, strict=True))
        return next(filter(None, found), "")
    if kind.is_struct():
        if not isinstance(value, dict):
            return "an object"
        fields = kind.fields.items()
        return next(filter(None, (_misfit(value.get(name), each) for name, each in fields)), "")
    if isinstance(value, (dict, list)):
        return "text"
    if isinstance(value, float) and not math.isfinite(value):
        return "a finite number"
    if kind.is_integer() and not (_WHOLE.fullmatch(str(value)) and -_MOST <= int(value) < _MOST):
        return "a whole number"
    if kind.is_boolean() and str(value).lower() not in {"true", "false"}:
        return "true or false"
    return ""


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "a number" if value is not None else "null")


def _show(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:_SHOWN]
