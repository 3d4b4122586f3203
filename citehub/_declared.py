"""Releases held against citehub's own schema of their version, whatever their manifests say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub._describe import describe_schema
from citehub._manifest import MT_NLG_TABLES, OWN_TABLES_SINCE, own_tables, schema_version
from citehub._schema import SCHEMA_VERSION, schema_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citehub._json_types import Field, Manifest, Resource, Schema

_RULES: Final = ("type", "format", "unit", "asOf", "constraints")
"""What else than name and type must be as declared; words may differ."""
_EVIDENCED: Final = ("evidence", "table_name")  # whose vocabulary has the hub's own tables


def held_against(manifest: Manifest) -> dict[str, Resource]:
    """Return the description of each table with the rules of citehub's own schema.

    A table that only its hub has keeps the rules of the manifest. So does a table whose columns
    or key are not as declared, which :func:`differences` reports.
    """
    declared = _declared(manifest)
    held: dict[str, Resource] = {}
    for resource in manifest["resources"]:
        schema, found = declared.get(resource["name"]), resource["schema"]
        fits = schema and _columns(schema) == _columns(found) and _same_key(schema, found)
        held[resource["name"]] = {**resource, "schema": schema} if schema and fits else resource
    return held


def differences(manifest: Manifest) -> Iterator[str]:
    """Yield where a manifest describes a table otherwise than the schema of its version.

    For a schema newer than citehub knows, it yields nothing.
    """
    if schema_version(manifest) > SCHEMA_VERSION:
        return
    declared, own = _declared(manifest), own_tables(manifest)
    for name in own:
        if name in declared:
            yield f"{name} is a table of citehub, not of the hub"
    for resource in manifest["resources"]:
        name, found = resource["name"], resource["schema"]
        if name in own:
            continue
        if name not in declared:
            yield f"citehub has no table {name}, and it is not marked as one of the hub's own"
        else:
            yield from _differences(name, found, declared[name])


def _differences(name: str, found: Schema, declared: Schema) -> Iterator[str]:
    if _columns(found) != _columns(declared):
        yield f"{name} has other columns"
        return
    if not _same_key(found, declared):
        yield f"{name} has another key"
    for one, other in zip(found["fields"], declared["fields"], strict=True):
        if _rules(name, one) != _rules(name, other):
            yield f"{name}.{other['name']} has other rules"
    if _references(found) != _references(declared):
        yield f"{name} has other foreign keys"


def _declared(manifest: Manifest) -> dict[str, Schema]:
    """Return the schema of each table that citehub declares."""
    version, own = schema_version(manifest), own_tables(manifest)
    if version > SCHEMA_VERSION:
        return {}
    named: Any = dict.fromkeys((*own, *MT_NLG_TABLES) if version < OWN_TABLES_SINCE else own)
    known = schema_at(version) | {"evidence": schema_at(version, named)["evidence"]}
    return {name: describe_schema(table) for name, table in known.items()}


def _columns(schema: Schema) -> list[tuple[str, str]]:
    return [(field["name"], field["arrowType"]) for field in schema["fields"]]


def _same_key(one: Schema, other: Schema) -> bool:
    return one["primaryKey"] == other["primaryKey"]


def _references(schema: Schema) -> list[Any]:
    return list(schema.get("foreignKeys", ()))


def _rules(table: str, field: Field) -> dict[str, Any]:
    """Return the rules of a column.

    Evidence may name any table of the hub's own, also one that this release lacks: which rows
    there are evidence for is compared with the tables.
    """
    rules: Mapping[str, Any] = field
    found = {key: rules[key] for key in _RULES if key in rules}
    if (table, field["name"]) == _EVIDENCED and "enum" in field.get("constraints", {}):
        found["constraints"] = {**found["constraints"], "enum": []}
    return found
