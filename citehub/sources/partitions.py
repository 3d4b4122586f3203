"""Broken partitions: citehub keeps what can be read, and names the rest.

An engine reads a partition whole or not at all. This module reads a refused one line by line, so
that every engine keeps the same rows.
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
from typing import IO, TYPE_CHECKING, Any, Final

from citehub._text import counted
from citehub.sources.records import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citehub.sources.dump_datasets import Dataset

_KINDS: Final = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,100}")  # Python refuses far longer ones
_NUMBER: Final = re.compile(r"\s*(-?[0-9]{1,100})(?:\.0*)?\s*")
_TRUTHS: Final = {"true": True, "false": False, "1": True, "0": False}
_INT64_END: Final = 1 << 63
_CHUNK: Final = 1 << 20
_OPENING: Final = {"[": "array<", "{": "struct<"}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_GZ: Final = b"\x1f\x8b"
_PLAIN: Final = {b"{", b'"', b"\xef"}  # begin JSON Lines and CSV
_QUOTED_LETTERS: Final = 60  # of a bad value in a reason
CELL: Final = 1 << 27
"""The most characters of a cell; lists of authors can be long."""
BREAKS_OFF: Final = "the file breaks off here"
"""Begins the reason for a file that ends too early, or cannot be read at all."""
KEPT: Final = "; the rest is kept"
"""Ends the reason for a part that is left out."""


def copy_readable(path: str, dataset: Dataset, target: str) -> list[Reject]:
    """Copy what can be read of a partition, and return what cannot.

    Parameters
    ----------
    path : str
        JSON Lines or CSV, plain or gz, by its name.
    dataset : Dataset
        Its fields; only these are copied.
    target : str
        The file to write, in the same format, gz.

    Returns
    -------
    list of Reject
        Lines, from 1, with reasons; empty lines do not count.
    """
    read = _read_csv if is_csv(path) else _read_json
    csv.field_size_limit(CELL)
    rejects: list[Reject] = []
    with gzip.open(target, "wt", compresslevel=1, encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if is_csv(path):
            writer.writerow(dataset.fields)
        for line, row, reason in read(path, dataset):
            if reason:
                rejects.append(Reject(path, line, reason))
            if row and is_csv(path):
                writer.writerow(row.values())
            elif row:
                file.write(_without_halves(json.dumps(row, ensure_ascii=False)) + "\n")
    return rejects


def read_header(path: str) -> list[str]:
    """Return the names of the columns of a whole CSV file; else none."""
    try:
        with open_partition(path) as file:
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
"""The number of a line, its fields, and why they cannot be used, or an empty text.

Without fields, the line is lost.
"""


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
            yield number, {}, f"{BREAKS_OFF if _is_cut(line, error) else 'is not JSON'}: {error}"
            continue
        except RecursionError:
            yield number, {}, "is JSON too deep to be read"
            continue
        if not isinstance(value, dict):
            yield number, {}, f"should be an object, not {_kind(value)}"
            continue
        yield number, *_fit_row(value, dataset)


def _is_cut(line: bytes, error: ValueError) -> bool:
    """Tell whether a line that is not JSON is the start of one, at the end of a file."""
    if line.endswith(b"\n") or not isinstance(error, json.JSONDecodeError):
        return False
    return not line.endswith(b"}") or error.pos >= len(error.doc)


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

    def break_note() -> str:
        return "" if last.endswith(b"\n") or ends else f"{BREAKS_OFF}: it "

    reader = csv.reader(texts(), strict=True)
    cells, wrong = _next_cells(reader)
    header = [name.removeprefix("\ufeff") for name in cells or ()]
    lacking = f"{break_note()}is not CSV: {wrong}" if wrong else _find_lacking(header, dataset)
    if lacking:
        yield 1, {}, lacking
    while not lacking or lacking.endswith(KEPT):
        cells, wrong = _next_cells(reader)
        if wrong:
            yield reader.line_num, {}, f"{break_note()}is not CSV: {wrong}"
            continue
        if cells is None:
            break
        if len(cells) != len(header):
            problem = f"{break_note()}has {counted(len(cells), 'cell')}, not {len(header)}"
            yield from [(reader.line_num, {}, problem)] if cells else []
            continue
        value = dict(zip(header, cells, strict=True))
        yield reader.line_num, *_fit_row(value, dataset)
    yield from ends


def _next_cells(reader: Iterator[list[str]]) -> tuple[list[str] | None, str]:
    """Return the cells of the next row, None at the end, and what is wrong with them."""
    try:
        return next(reader, None), ""
    except csv.Error as error:
        return [], str(error)


def _find_lacking(header: list[str], dataset: Dataset) -> str:
    """Report missing columns; without a key, no row is of use."""
    names = [name for name in dataset.fields if name not in header]
    end = "" if set(names) & set(dataset.keys) else KEPT
    return f"has no column {', '.join(names)}{end}" if names else ""


def _lines(path: str) -> Iterator[tuple[int, bytes | str]]:
    """Yield numbered lines; if the file breaks off, the reason as text."""
    number = 0
    try:
        with open_partition(path) as file:
            for line in file:
                number += 1
                yield number, line
        if number == 0 and path.endswith(".gz") and os.path.getsize(path) == 0:
            yield 1, f"{BREAKS_OFF}: it is empty, and no gz"
    except (EOFError, zlib.error, OSError) as error:
        yield number + 1, f"{BREAKS_OFF}: {error}"


def open_partition(path: str, unpack: Callable[[str], Any] = gzip.open) -> IO[bytes]:
    """Open a file; its first bytes say whether it is gz, or its name if they could be anything.

    Browsers unpack downloads and keep their names. ``unpack`` opens gz files.
    """
    with open(path, "rb") as file:
        first = file.read(2)
    is_packed = first == _GZ or (path.endswith(".gz") and first[:1] not in _PLAIN)
    opened: IO[bytes] = unpack(path) if is_packed else open(path, "rb")  # noqa: SIM115
    return opened


def _parse_nested(value: Any, kind: str) -> Any:
    """Return a list or an object that was written as text in JSON."""
    if isinstance(value, str) and kind.startswith(_OPENING.get(value[:1], "none")):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _without_halves(text: str) -> str:
    """Return a text with U+FFFD for half characters, which cannot be written."""
    return _SURROGATE.sub("\ufffd", text)


def _read_number(digits: str) -> int | str:
    """Return a whole number; one of very many digits as text."""
    return int(digits) if _WHOLE_NUMBER.fullmatch(digits) else digits


def _fit_row(value: dict[str, Any], dataset: Dataset) -> tuple[dict[str, Any], str]:
    """Return the fields of a row, and what is wrong with them; no fields if it is of no use."""
    row, first_problem = {}, ""
    for name, kind in dataset.fields.items():
        given = _parse_nested(value.get(name), kind)
        row[name], due = _fit(given, _type(kind), is_nested=name in dataset.nested)
        problem = f"{name} should be {due}, not {_show(given)}" if due else ""
        if problem and (name in dataset.keys or name in dataset.vital):
            return {}, problem
        first_problem = first_problem or problem
    for name, pattern in dataset.keys.items():
        if row[name] is None:
            return {}, f"{name} is missing"
        if not re.search(pattern, _without_halves(str(row[name]))):
            return {}, f"{name} is {_show(row[name])}"
    return row, first_problem and first_problem + KEPT


@functools.cache
def _type(kind: str) -> Any:
    import ibis

    return ibis.dtype(kind)


def _fit(value: Any, kind: Any, *, is_nested: bool = False) -> tuple[Any, str]:
    """Return a value in the expected type, and that type if some of it has another one.

    Parts of another type are null. A single text and a list of one text are the same.
    """
    if value is None or kind.is_json():
        return value, ""
    if kind.is_array():
        return _fit_list(value, kind, is_nested=is_nested)
    if not kind.is_struct():
        return _fit_one(value[0] if isinstance(value, list) and len(value) == 1 else value, kind)
    if not isinstance(value, dict):
        return None, "an object"
    cells = {name: _fit(value[name], part) for name, part in kind.items() if name in value}
    due = next((due for _, due in cells.values() if due), "")
    return {name: each for name, (each, _) in cells.items()}, due


def _fit_list(value: Any, kind: Any, *, is_nested: bool) -> tuple[Any, str]:
    items = [value] if isinstance(value, str) and kind.value_type.is_string() else value
    if not isinstance(items, list):
        return None, "a list"
    kinds = (kind if is_nested and isinstance(each, list) else kind.value_type for each in items)
    found = [_fit(*each, is_nested=is_nested) for each in zip(items, kinds, strict=True)]
    return [each for each, _ in found], next((due for _, due in found if due), "")


def _fit_one(value: Any, kind: Any) -> tuple[Any, str]:
    """Return one text, number or truth value; an empty text is none of the latter two."""
    if isinstance(value, float) and not math.isfinite(value):
        return None, "a finite number"
    due, found = "text", None if isinstance(value, (dict, list)) else value
    if kind.is_boolean():
        due, found = "true or false", _TRUTHS.get(str(value).lower())
    elif kind.is_integer():
        due, found = "a whole number", _whole_number(str(value))
    return found, due if found is None and value is not None and value != "" else ""


def _whole_number(text: str) -> int | None:
    found = _NUMBER.fullmatch(text)
    number = int(found[1]) if found else _INT64_END
    return number if -_INT64_END <= number < _INT64_END else None


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "a number" if value is not None else "null")


def _show(value: object) -> str:
    return _without_halves(json.dumps(value, ensure_ascii=False))[:_QUOTED_LETTERS]
