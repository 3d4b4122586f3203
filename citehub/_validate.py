"""The rules for the rows of a table: one check for the build and for ``verify``.

Nothing outside citehub checks keys, nulls, vocabularies and content hashes together. This module
does, on plain rows, by the manifest's description of the table.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from citehub._types import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from citehub._shapes import Constraints, Field, Resource, Schema


class StoredRows(Protocol):
    """Rows that are made on demand, such as ``citehub._table.ArrowRows``."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[dict[str, Any]]: ...

    def by_key(self, key: Sequence[str]) -> Iterable[Mapping[str, Any]]:
        """Return the rows in the order of their keys, as `row_key` spells them."""

    def double(self, key: Sequence[str]) -> str | None:
        """Return a key that occurs twice, as `row_key` spells it, or None."""

    def values(self, column: str) -> set[Any]:
        """Return every value of a column, once."""


Rows = Sequence["Mapping[str, Any]"] | StoredRows

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def row_key(row: Mapping[str, Any], key: Iterable[str]) -> str:
    """Return the key of a row as ``evidence.row_key`` spells it.

    Examples
    --------
    >>> row_key({"work_id": "arxiv:2304.01373", "author_order": 3}, ("work_id", "author_order"))
    'arxiv:2304.01373|3'
    """
    return "|".join(str(row[name]).replace("%", "%25").replace("|", "%7C") for name in key)


def split_row_key(text: str) -> list[str]:
    """Return the parts of a key that :func:`row_key` joined.

    Examples
    --------
    >>> split_row_key("arxiv:2304.01373|3")
    ['arxiv:2304.01373', '3']
    """
    return [part.replace("%7C", "|").replace("%25", "%") for part in text.split("|")]


def content_hash(rows: Rows, schema: Schema) -> str:
    """Return the SHA-256 of the rows sorted by key, whatever Parquet writer made them."""
    fields = schema["fields"]
    names = [field["name"] for field in fields]
    has_dates = any(field["arrowType"] == "date32" for field in fields)
    digest = hashlib.sha256()
    digest.update(_json([[field["name"], field["arrowType"]] for field in fields]))
    for row in _by_key(rows, schema["primaryKey"]):
        cells = [row[name] for name in names]
        digest.update(_json([*map(_plain, cells)] if has_dates else cells))
    return "sha256:" + digest.hexdigest()


def find_problem(rows: Rows, resource: Resource) -> tuple[str, str] | None:
    """Return what was expected and found in the first wrong row, or None."""
    schema = resource["schema"]
    if len(rows) != resource["rows"]:
        return f"{resource['rows']} rows", f"{len(rows)}"
    problem = find_wrong_cell(rows, schema) or find_double(rows, schema)
    if problem is not None:
        return problem
    found = content_hash(rows, schema)
    if found != resource["content_hash"]:
        return f"rows with {resource['content_hash']}", found
    return None


def find_wrong_cell(rows: Rows, schema: Schema) -> tuple[str, str] | None:
    """Return what was expected and found in the first cell that its column does not allow.

    It looks at columns first, each value once, and at single rows only if one is wrong.
    """
    fields = schema["fields"]
    if all(_is_sound(rows, field) for field in fields):
        return None
    for number, row in enumerate(rows, 1):
        for field in fields:
            value = row[field["name"]]
            expected = find_wrong_value(value, field)
            if expected:
                where = f"column {field['name']!r} of row {number}"
                return f"{where} to be {expected}", f"{value!r:.80}"
    return None


def _is_sound(rows: Rows, field: Field) -> bool:
    """Tell whether a column allows all of its values."""
    values: Iterable[Any]
    if isinstance(rows, Sequence):
        values = [row[field["name"]] for row in rows]
        kinds = {*map(type, values)} - {type(None)}
        if any(kinds <= {kind} for kind in (str, int)):  # else 1, 1.0 and True would be one
            values = {*values}
    else:
        values = rows.values(field["name"])
    return not any(find_wrong_value(value, field) for value in values)


def find_double(rows: Rows, schema: Schema) -> tuple[str, str] | None:
    """Return what was expected and found of a key that occurs twice, or None."""
    key = schema["primaryKey"]
    found = _double(rows, key) if isinstance(rows, Sequence) else rows.double(key)
    return None if found is None else (f"key {', '.join(key)} to be unique", f"{found!r} twice")


def _double(rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for row in rows:
        spelt = row_key(row, key)
        if spelt in seen:
            return spelt
        seen.add(spelt)
    return None


def _by_key(rows: Rows, key: Sequence[str]) -> Iterable[Mapping[str, Any]]:
    if isinstance(rows, Sequence):
        return sorted(rows, key=lambda row: row_key(row, key))
    return rows.by_key(key)


def _values(rows: Rows, column: str) -> set[Any]:
    if isinstance(rows, Sequence):
        return {row.get(column) for row in rows}
    return rows.values(column)


def find_dangling(tables: Mapping[str, Rows], resource: Resource) -> tuple[str, str] | None:
    """Return what was expected and found of the first foreign key that leads nowhere, or None.

    A key into a table that the release lacks leads nowhere.
    """
    for foreign in resource["schema"].get("foreignKeys", ()):
        (column,), reference = foreign["fields"], foreign["reference"]
        (target,) = reference["fields"]
        rows = tables[resource["name"]]
        there = _values(tables.get(reference["resource"], ()), target)
        lost = _values(rows, column) - there - {None}
        if lost:
            first = next(row[column] for row in rows if row[column] in lost)
            return f"{column!r} to be in {reference['resource']}.{target}", f"{first!r}"
    return None


def referring_columns(resources: Mapping[str, Resource]) -> dict[str, set[str]]:
    """Return the columns of each table that foreign keys use or lead to."""
    columns: dict[str, set[str]] = {name: set() for name in resources}
    for name, resource in resources.items():
        for foreign in resource["schema"].get("foreignKeys", ()):
            columns[name].update(foreign["fields"])
            columns.get(foreign["reference"]["resource"], set()).update(
                foreign["reference"]["fields"]
            )
    return columns


def find_wrong_value(value: Any, field: Field) -> str:
    """Return what a wrong value should have been, or an empty string."""
    if value is None:
        return "not null" if field.get("constraints", {}).get("required") else ""
    if not _is_of_type(value, field["arrowType"]):
        return field["arrowType"]
    if field["arrowType"] == "float64" and not math.isfinite(value):
        return "a finite number, or null if it is not known"
    if field.get("format") == "uri" and not value.startswith(("https://", "http://")):
        return "an address that starts with https:// or http://"
    return _find_broken_constraint(value, field.get("constraints", {}))


def _is_of_type(value: Any, arrow_type: str) -> bool:
    if arrow_type.startswith("int"):
        limit = 1 << int(arrow_type[3:]) - 1
        return type(value) is int and -limit <= value < limit
    return type(value) is TYPES[arrow_type].python


def _find_broken_constraint(value: Any, constraints: Constraints) -> str:
    if "minimum" in constraints and value < constraints["minimum"]:
        return f"{constraints['minimum']} or more"
    if "maximum" in constraints and value > constraints["maximum"]:
        return f"{constraints['maximum']} or less"
    if "enum" in constraints and value not in constraints["enum"]:
        return "one of " + " ".join(constraints["enum"])
    return ""


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode() + b"\n"
