"""What a table's rows must keep to: one check for the build and for ``verify``.

Nothing outside citehub checks keys, nulls, vocabularies and content hashes together, so
this does, on plain rows, from the description of the table in its manifest.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from citehub._shapes import Constraints, Field, Resource, Schema

_KINDS: dict[str, type] = {
    "string": str,
    "category": str,
    "float64": float,
    "bool": bool,
    "date32": datetime.date,
}


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


def content_hash(rows: Sequence[Mapping[str, Any]], schema: Schema) -> str:
    """Return the SHA-256 of the rows sorted by key, which no Parquet writer can change."""
    fields = schema["fields"]
    ordered = sorted(rows, key=lambda row: row_key(row, schema["primaryKey"]))
    digest = hashlib.sha256()
    digest.update(_json([[field["name"], field["arrowType"]] for field in fields]))
    for row in ordered:
        digest.update(_json([_plain(row[field["name"]]) for field in fields]))
    return "sha256:" + digest.hexdigest()


def find_problem(rows: Sequence[Mapping[str, Any]], resource: Resource) -> tuple[str, str] | None:
    """Return what was expected and found of the first wrong row, or None."""
    schema = resource["schema"]
    if len(rows) != resource["rows"]:
        return f"{resource['rows']} rows", f"{len(rows)}"
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        for field in schema["fields"]:
            expected = find_wrong_value(row[field["name"]], field)
            if expected:
                where = f"column {field['name']!r} of row {number}"
                return f"{where} to be {expected}", f"{row[field['name']]!r:.80}"
        key = row_key(row, schema["primaryKey"])
        if key in seen:
            return f"key {', '.join(schema['primaryKey'])} to be unique", f"{key!r} twice"
        seen.add(key)
    if content_hash(rows, schema) != resource["content_hash"]:
        return f"rows with {resource['content_hash']}", content_hash(rows, schema)
    return None


def find_dangling(
    tables: Mapping[str, Sequence[Mapping[str, Any]]], resource: Resource
) -> tuple[str, str] | None:
    """Return what was expected and found of the first foreign key that leads nowhere, or None.

    A key into a table that the release does not hold leads nowhere.
    """
    for foreign in resource["schema"].get("foreignKeys", ()):
        (column,), reference = foreign["fields"], foreign["reference"]
        (target,) = reference["fields"]
        there = {row.get(target) for row in tables.get(reference["resource"], ())}
        for row in tables[resource["name"]]:
            if row[column] is not None and row[column] not in there:
                return f"{column!r} to be in {reference['resource']}.{target}", f"{row[column]!r}"
    return None


def find_wrong_value(value: Any, field: Field) -> str:
    """Return what a wrong value should have been, or an empty string."""
    if value is None:
        return "not null" if field.get("constraints", {}).get("required") else ""
    if not _is_of_type(value, field["arrowType"]):
        return field["arrowType"]
    if field["arrowType"] == "float64" and not math.isfinite(value):
        return "a finite number, or null where it is not known"
    if field.get("format") == "uri" and not value.startswith(("https://", "http://")):
        return "an address that starts with https:// or http://"
    return _find_broken_constraint(value, field.get("constraints", {}))


def _is_of_type(value: Any, arrow_type: str) -> bool:
    if arrow_type.startswith("int"):
        limit = 1 << int(arrow_type[3:]) - 1
        return type(value) is int and -limit <= value < limit
    return type(value) is _KINDS[arrow_type]


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
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
