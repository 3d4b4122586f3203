"""How a manifest describes the columns and keys of a table, from their declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citehub._types import TYPES

if TYPE_CHECKING:
    from citehub._json_types import Field, ForeignKey, Schema
    from citehub._schema import Column, TableSchema


def describe_schema(table: TableSchema) -> Schema:
    """Return the manifest's description of a table's columns and keys."""
    schema: Any = {
        "fields": [describe_field(column) for column in table.columns],
        "primaryKey": list(table.key),
    }
    references = [_describe_foreign_key(c) for c in table.columns if c.references]
    if references:  # the profile of Data Package allows no empty list
        schema["foreignKeys"] = references
    described: Schema = schema
    return described


def describe_field(column: Column) -> Field:
    """Return the manifest's description of a column."""
    field: Any = {
        "name": column.name,
        "type": TYPES[column.type].data_package,
        "arrowType": column.type,
        "description": column.description,
    }
    if column.is_url:
        field["format"] = "uri"
    if column.unit:
        field["unit"] = column.unit
    if column.as_of:
        field["asOf"] = True
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.vocabulary:
        constraints["enum"] = list(column.vocabulary)
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if column.maximum is not None:
        constraints["maximum"] = column.maximum
    if constraints:
        field["constraints"] = constraints
    described: Field = field
    return described


def _describe_foreign_key(column: Column) -> ForeignKey:
    resource, field = column.references.split(".")
    return {"fields": [column.name], "reference": {"resource": resource, "fields": [field]}}
