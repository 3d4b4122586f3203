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

from citehub._columns import COLUMNS
from citehub._types import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from citehub._json_types import Constraints, Field, Resource, Schema


class StoredRows(Protocol):
    """Rows that are made on demand, such as ``citehub._arrow_rows.ArrowRows``."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[dict[str, Any]]: ...

    def json_lines(self, names: Sequence[str], key: Sequence[str]) -> Iterable[str]:
        """Yield columns of the rows as JSON, a list a line, in order of `row_key`."""

    def nulls(self, column: str) -> int:
        """Return how many cells of a column are null."""

    def duplicate_key(self, key: Sequence[str]) -> str | None:
        """Return a key that occurs twice, as `row_key` spells it, or None."""

    def values(self, column: str) -> set[Any]:
        """Return every value of a column, once."""

    def where(self, column: str, value: str) -> StoredRows:
        """Return the rows with a value."""

    def missing_key(self, column: str, others: Any, key: Sequence[str]) -> str | None:
        """Return a text in a column that is no key of other rows, or None."""


Rows = Sequence["Mapping[str, Any]"] | StoredRows
Problem = tuple[str, str]
"""What was expected, and what was found."""

_PARTS_AND_WHOLES: Final = {
    "label_counts": (("n", "n_labelled"), ("n_labelled", "n_citing")),
    "source_overlap": (("n_both", "n_either"),),
}
_DIFFERENT_COLUMNS: Final = {  # what is not said of one thing alone
    "citations": ("citing_work_id", "cited_work_id"),
    "local_citations": ("citing_work_id", "cited_work_id"),
    "merge_candidates": ("work_id", "other_work_id"),
    "source_overlap": ("source_id", "other_source_id"),
}
_CITATION_TABLES: Final = ("citations", "citation_sources", "citation_contexts", "citation_labels")

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
    digest = hashlib.sha256()
    digest.update(_line([[field["name"], field["arrowType"]] for field in fields]))
    if isinstance(rows, Sequence):
        for row in sorted(rows, key=lambda row: row_key(row, schema["primaryKey"])):
            digest.update(_line([_plain(row[name]) for name in names]))
    else:
        for lines in rows.json_lines(names, schema["primaryKey"]):
            digest.update(lines.encode())
    return "sha256:" + digest.hexdigest()


def find_problem(rows: Rows, resource: Resource) -> Problem | None:
    """Return the first problem of a table, or None."""
    schema = resource["schema"]
    if len(rows) != resource["rows"]:
        return f"{resource['rows']} rows", f"{len(rows)}"
    problem = find_wrong_cell(rows, schema) or find_duplicate_key(rows, schema)
    if problem is not None:
        return problem
    found = content_hash(rows, schema)
    if found != resource["content_hash"]:
        return f"rows with {resource['content_hash']}", found
    return None


def find_wrong_cell(rows: Rows, schema: Schema) -> Problem | None:
    """Return the problem of the first cell that its column does not allow, or None.

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
    rules = {*field.get("constraints", ())} - {"required"}
    if isinstance(rows, Sequence):
        values = [row[field["name"]] for row in rows]
        kinds = {*map(type, values)} - {type(None)}
        if any(kinds <= {kind} for kind in (str, int)):  # else 1, 1.0 and True would be one
            values = {*values}
    elif field["arrowType"] == "string" and not rules and "format" not in field:  # may be long
        values = [None] if rows.nulls(field["name"]) else []
    else:
        values = rows.values(field["name"])
    return not any(find_wrong_value(value, field) for value in values)


def find_duplicate_key(rows: Rows, schema: Schema) -> Problem | None:
    """Return the problem of a key that occurs twice, or None."""
    key = schema["primaryKey"]
    found = _duplicate_key(rows, key) if isinstance(rows, Sequence) else rows.duplicate_key(key)
    return None if found is None else (f"key {', '.join(key)} to be unique", f"{found!r} twice")


def _duplicate_key(rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for row in rows:
        spelt = row_key(row, key)
        if spelt in seen:
            return spelt
        seen.add(spelt)
    return None


def _values(rows: Rows, column: str) -> set[Any]:
    if isinstance(rows, Sequence):
        return {row.get(column) for row in rows}
    return rows.values(column)


def find_dangling_key(tables: Mapping[str, Rows], resource: Resource) -> Problem | None:
    """Return the problem of the first foreign key that leads nowhere, or None.

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


def find_contradiction(
    name: str, tables: Mapping[str, Rows], resources: Mapping[str, Resource], canonical: str
) -> Problem | None:
    """Return the problem of rows that contradict others, or None.

    No single column has these rules: the canonical work comes first and cites nothing here, each
    other work has a citation of it, a part is at most its whole, evidence is of cells that exist.

    Parameters
    ----------
    name : str
        The table whose rows are compared.
    tables : mapping of str to rows
        Every table, with the columns that :func:`columns_to_compare` names.
    resources : mapping of str to dict
        The description of each table.
    canonical : str
        The id of the canonical work.
    """
    rows = tables[name]
    if name == "works":
        first = next(iter(rows), None)
        if first is None or first["work_id"] != canonical:
            return f"the canonical work {canonical} in its first row", "another work, or none"
    if name == "citations" and "works" in tables:
        lost = _values(tables["works"], "work_id") - {canonical} - _values(rows, "citing_work_id")
        if lost:
            return "a citation of each citing work", f"none of {min(lost, key=str)!r:.80}"
    if name in _CITATION_TABLES and (others := _values(rows, "cited_work_id") - {canonical}):
        return f"citations of {canonical}", f"one of {min(others, key=str)!r:.80}"
    if name == "evidence":
        return _find_stray_evidence(rows, tables, resources)
    return _find_wrong_pair(rows, name)


def _find_wrong_pair(rows: Rows, name: str) -> Problem | None:
    differ, at_most = _DIFFERENT_COLUMNS.get(name), _PARTS_AND_WHOLES.get(name, ())
    for number, row in enumerate(rows, 1) if differ or at_most else ():
        if differ and row[differ[0]] == row[differ[1]]:
            found = f"{row[differ[0]]!r:.80} as both"
            return f"{differ[0]!r} and {differ[1]!r} of row {number} to differ", found
        for part, whole in at_most:
            if None not in (row[part], row[whole]) and row[part] > row[whole]:
                found = f"{row[part]} of {row[whole]}"
                return f"{part!r} of row {number} to be at most {whole!r}", found
    return None


def _find_stray_evidence(
    evidence: Rows, tables: Mapping[str, Rows], resources: Mapping[str, Resource]
) -> Problem | None:
    """Return the problem of the first evidence of no cell, or None."""
    for name in sorted(_values(evidence, "table_name") - {None}):
        if name not in tables:
            return "evidence of tables of the release", f"some of {name!r:.80}"
        schema = resources[name]["schema"]
        rows = _where(evidence, name)
        known = {*COLUMNS.get(name, ()), *(field["name"] for field in schema["fields"])}
        lost = _values(rows, "column_name") - known  # those of newer schemas were once written
        if lost:
            return f"evidence of columns of {name}", f"some of {min(lost, key=str)!r:.80}"
        missing = _missing_key(rows, tables[name], schema["primaryKey"])
        if missing is not None:
            return f"evidence of rows of {name}", f"some of {missing!r:.80}"
    return None


def _where(evidence: Rows, table: str) -> Rows:
    if isinstance(evidence, Sequence):
        return [row for row in evidence if row["table_name"] == table]
    return evidence.where("table_name", table)


def _missing_key(evidence: Rows, rows: Rows, key: Sequence[str]) -> str | None:
    if isinstance(evidence, Sequence) or isinstance(rows, Sequence):
        known = {row_key(row, key) for row in rows}
        return next((row["row_key"] for row in evidence if row["row_key"] not in known), None)
    return evidence.missing_key("row_key", rows, key)


def columns_to_compare(resources: Mapping[str, Resource]) -> dict[str, set[str]]:
    """Return the columns of each table that rows of this or another table are compared by."""
    columns = {name: {*each["schema"]["primaryKey"]} for name, each in resources.items()}
    for name, resource in resources.items():
        columns[name].update(_DIFFERENT_COLUMNS.get(name, ()), *_PARTS_AND_WHOLES.get(name, ()))
        if name in _CITATION_TABLES:
            columns[name] |= {"citing_work_id", "cited_work_id"}
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


def encode_json(value: object) -> str:
    """Return a value as content hashes spell it."""
    return _ENCODER.encode(_plain(value))


def _line(cells: list[Any]) -> bytes:
    return _ENCODER.encode(cells).encode() + b"\n"
