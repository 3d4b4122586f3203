"""Writing a release folder: Parquet files and ``datapackage.json``."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from citehub import _atomic_folder
from citehub._describe import describe_schema
from citehub._manifest import (
    DOI_PREFIX,
    FIRST_SCHEMA,
    MANIFEST,
    OWN_TABLES_SINCE,
    dataset_id,
    is_address,
    plain_line,
    plain_text,
    sha256,
)
from citehub._schema import TABLES
from citehub._table import ArrowRows, arrow_type, parquet_bytes
from citehub._validate import content_hash, find_wrong_cell
from citehub.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

    from citehub._json_types import PackageSource, Resource
    from citehub._schema import TableSchema
    from citehub._validate import Rows
    from citehub.build.spec import HubSpec, ReleaseSpec

_PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
_MEDIATYPE: Final = "application/vnd.apache.parquet"


class TableBuilder:
    """Rows of every table of a release, checked and moved into Arrow's memory one by one.

    ``schemas`` are the tables of the release; cells of other columns are left out.
    """

    def __init__(self, schemas: Mapping[str, TableSchema] = TABLES) -> None:
        self._schemas = schemas
        self._parts: dict[str, list[pa.Table]] = {}

    def add(self, tables: Mapping[str, Sequence[dict[str, Any]]]) -> None:
        """Add rows to tables.

        Raises
        ------
        BuildError
            A column does not allow a cell.
        """
        import pyarrow as pa

        for name, rows in tables.items():
            schema = self._schemas[name]
            problem = find_wrong_cell(rows, describe_schema(schema))
            if problem is not None:
                raise BuildError(f"Table {name}: expected {problem[0]}; found {problem[1]}.")
            table = pa.Table.from_pylist(list(rows), schema=arrow_schema(schema))
            self._parts.setdefault(name, []).append(table)

    def close(self) -> dict[str, ArrowRows]:
        """Return every table, in schema order."""
        import pyarrow as pa

        return {
            name: ArrowRows(pa.concat_tables(self._parts.pop(name)).unify_dictionaries())
            for name in self._schemas
            if name in self._parts
        }


def describe(table: TableSchema, rows: Rows) -> Resource:
    """Return the manifest's description of a table, before its file is written."""
    schema = describe_schema(table)
    return {
        "name": table.name,
        "path": f"{table.name}.parquet",
        "type": "table",
        "format": "parquet",
        "mediatype": _MEDIATYPE,
        "description": table.description,
        "bytes": 0,
        "hash": "",
        "rows": len(rows),
        "content_hash": content_hash(rows, schema),
        "schema": schema,
    }


def write_table(rows: Rows, resource: Resource, folder: str) -> None:
    """Write a table's Parquet file, and enter its size and hash into the description."""
    if isinstance(rows, ArrowRows):
        data = parquet_bytes(rows.table)
    else:
        data = table_bytes(TABLES[resource["name"]], rows)
    resource["bytes"] = len(data)
    resource["hash"] = sha256(data)
    _atomic_folder.write_bytes(os.path.join(folder, resource["path"]), data)


def table_bytes(table: TableSchema, rows: Rows) -> bytes:
    """Return rows as the Parquet file of a table; a missing cell is null."""
    import pyarrow as pa

    return parquet_bytes(pa.Table.from_pylist([*map(dict, rows)], schema=arrow_schema(table)))


def arrow_schema(table: TableSchema) -> pa.Schema:
    """Return the Arrow schema of a table, with meaning, unit, key and vocabulary as metadata."""
    import pyarrow as pa

    fields = []
    for column in table.columns:
        metadata = {"description": column.description}
        if column.unit:
            metadata["unit"] = column.unit
        if column.name in table.key:
            metadata["key"] = "primary"
        if column.references:
            metadata["references"] = column.references
        if column.vocabulary:
            metadata["vocabulary"] = json.dumps(column.vocabulary)
        nullable = not column.required
        kind = arrow_type(column.type)
        fields.append(pa.field(column.name, kind, nullable=nullable, metadata=metadata))
    return pa.schema(fields, metadata={"name": table.name, "description": table.description})


def manifest_of(
    hub: HubSpec,
    release: ReleaseSpec,
    tables: Mapping[str, Iterable[Mapping[str, Any]]],
    resources: Sequence[Resource],
    facts: Mapping[str, str],
) -> bytes:
    """Return ``datapackage.json``; ``facts`` has the class of the hub and its canonical work."""
    citehub: dict[str, Any] = {"hub": hub.name, **facts}
    citehub["hub_class"] = plain_line(facts["hub_class"])
    if "publish_sentences" in facts:
        citehub["publish_sentences"] = plain_text(facts["publish_sentences"])
    if release.schema_version > FIRST_SCHEMA:
        citehub["schema_version"] = release.schema_version
    if hub.responsible_ai:
        stated = hub.responsible_ai.items()
        citehub["responsible_ai"] = {key: plain_text(text) for key, text in stated}
    own = [each["name"] for each in resources if each["name"] in hub.own_tables]
    if own and release.schema_version >= OWN_TABLES_SINCE:
        citehub["own_tables"] = own
    manifest: Any = {
        "$schema": _PROFILE,
        "name": hub.name,
        "id": "",
        "title": plain_line(hub.title),
        "description": plain_text(f"{hub.description}\n\n{release.description}"),
        **({"homepage": hub.homepage} if hub.homepage else {}),
        "version": release.version,
        "created": f"{release.created.isoformat()}T00:00:00Z",
        "keywords": [*map(plain_line, hub.keywords)],
        "licenses": [*map(_plain, hub.licenses)],
        "contributors": [*map(_plain, hub.contributors)],
        "sources": [_describe_source(row) for row in tables["sources"]],
        "citehub": citehub,
        "resources": list(resources),
    }
    manifest["id"] = f"{DOI_PREFIX}{release.doi}" if release.doi else dataset_id(manifest)
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"


def write_manifest(data: bytes, folder: str) -> None:
    """Write ``datapackage.json``."""
    _atomic_folder.write_bytes(os.path.join(folder, MANIFEST), data)


def _plain(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a maintainer says in an object, with its texts as lines of a manifest."""
    return {
        key: plain_line(value)
        if isinstance(value, str)
        else [plain_line(each) if isinstance(each, str) else each for each in value]
        if isinstance(value, list)
        else value
        for key, value in part.items()
    }


def _describe_source(row: Mapping[str, Any]) -> PackageSource:
    source: PackageSource = {"title": plain_line(row["title"])}
    if row["url"] and is_address(row["url"]):
        source["path"] = row["url"]
    return source
