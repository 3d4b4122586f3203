"""The page of a table: its content, and how to load it in five languages and libraries."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from citehub import _markdown as md
from citehub._catalog import find_folder
from citehub._manifest import own_tables
from citehub._schema import SCHEMA, SCHEMA_VERSION, TABLES
from citehub._text import counted
from citehub.build.own_tables import read_own_tables
from citehub.build.write import describe
from citehub.vocabulary import JOIN_REASONS, MEASURES, NOTE_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub import Hub, Table
    from citehub._json_types import Field, Resource
    from citehub._schema import TableSchema
    from citehub.build.own_tables import OwnTable

LONGEST = 80  # letters of a cell in the first rows
HEAD = 3
MEANINGS = {
    "measure": MEASURES,
    "kind": NOTE_KINDS,
    "reason": JOIN_REASONS,
}  # of vocabularies, by column


def pages(hub: Hub) -> dict[str, str]:
    """Return the page of each table by file name, also of tables that the hub lacks."""
    absent = [schema for schema in SCHEMA if schema.name not in hub.tables]
    return {f"{table}.md": page(hub, table) for table in hub.tables} | {
        f"{schema.name}.md": absent_page(hub, schema) for schema in absent
    }


def page(hub: Hub, name: str) -> str:
    """Return the page of one table."""
    return "\n\n".join(_parts(hub, hub.table(name))) + "\n"


def absent_page(hub: Hub, schema: TableSchema) -> str:
    """Return the page of a table that hubs from bulk dumps have and this one lacks."""
    return "\n\n".join(_absent_parts(hub, schema)) + "\n"


def preview(text: str) -> str:
    """Return what a link to the page shows, as front matter."""
    return f"---\n'og:description': {json.dumps(text, ensure_ascii=False)}\n---"


def data_path(hub: Hub, name: str) -> str:
    """Return the place of a table's file on the site, from its root."""
    return f"data/{hub.name}/{hub.version}/{name}.parquet"


def _parts(hub: Hub, table: Table[Any, Any]) -> Iterator[str]:
    resource = next(each for each in hub.manifest["resources"] if each["name"] == table.name)
    rows = list(table)
    yield preview(table.meaning)
    yield f"# Table {table.name}"
    size = counted(len(rows), "row")
    yield f"{md.paragraph(table.meaning)} Data version {hub.version} has {size}."
    if table.name in own_tables(hub.manifest):
        yield (
            f"Only the hub {hub.name} has this table, which [it declares itself](../guide/build.md"
            "#tables-of-your-own)."
        )
    about = [("rows", f"{len(rows):,}"), *_about(resource), *_file(hub, resource)]
    yield md.table(("field", "value"), about)
    yield "## Columns"
    yield md.table(("column", "type", "unit", "null", "meaning"), list(_columns(resource, rows)))
    yield from _added(hub, resource)
    yield from _vocabularies(hub, resource, rows)
    yield from _head(resource, rows)
    yield "## Load it"
    yield from _load(hub, table.name)


def _absent_parts(hub: Hub, schema: TableSchema) -> Iterator[str]:
    resource = describe(schema, [])
    yield preview(schema.description)
    yield f"# Table {schema.name}"
    yield (
        f"{md.paragraph(schema.description)} Hubs [from dumps and files]"
        f"(index.md#tables-of-hubs-from-dumps-and-files) have it; {hub.name} {hub.version} does "
        "not."
    )
    yield md.table(("field", "value"), list(_about(resource)))
    yield "## Columns"
    yield md.table(("column", "type", "unit", "null", "meaning"), list(_columns(resource)))
    for field in _closed(resource):
        if field["name"] not in MEANINGS:  # as schemes of identifiers
            continue
        yield "## Vocabulary"
        meanings = MEANINGS[field["name"]]
        rows = [
            (md.code(value), md.text(meanings[value])) for value in field["constraints"]["enum"]
        ]
        yield md.table((md.code(field["name"]), "meaning"), rows)
    yield "## Load it"
    yield "From the folder of a hub that has it:"
    opened = 'hub = citehub.load("./my-hub")'
    yield md.fenced(f"import citehub\n\n{opened}\nframe = hub.{schema.name}.to_pandas()", "py")


def _about(resource: Resource) -> Iterator[tuple[str, str]]:
    schema = resource["schema"]
    yield "columns", str(len(schema["fields"]))
    yield "key", ", ".join(md.code(column) for column in schema["primaryKey"])
    refers = [
        f"{md.code(each['fields'][0])} to "
        f"[{each['reference']['resource']}]({each['reference']['resource']}.md)"
        for each in schema.get("foreignKeys", ())
    ]
    yield "refers to", ", ".join(refers) or "no other table"


def _file(hub: Hub, resource: Resource) -> Iterator[tuple[str, str]]:
    path = data_path(hub, resource["name"])
    yield (
        "file",
        f'<a href="../{path}" download>{path.rsplit("/", 1)[1]}</a>, {resource["bytes"]:,} bytes',
    )
    yield "hash", md.code(resource["hash"])


def _columns(
    resource: Resource, rows: list[dict[str, Any]] | None = None
) -> Iterator[tuple[str, ...]]:
    for field in resource["schema"]["fields"]:
        if field.get("constraints", {}).get("required", False):
            null = "never"
        elif rows is None:
            null = "if not known"
        else:
            null = f"{sum(row[field['name']] is None for row in rows):,} of {len(rows):,}"
        yield (
            md.code(field["name"]),
            md.code(field["arrowType"]),
            md.text(field.get("unit", "")),
            null,
            md.text(field["description"]),
        )


def _added(hub: Hub, resource: Resource) -> Iterator[str]:
    """Yield the columns that a newer schema added, which this release lacks."""
    if resource["name"] in own_tables(hub.manifest):
        return
    held = {field["name"] for field in resource["schema"]["fields"]}
    added = describe(TABLES[resource["name"]], [])
    added["schema"]["fields"] = [f for f in added["schema"]["fields"] if f["name"] not in held]
    if added["schema"]["fields"]:
        yield (
            f"New hubs, with schema {SCHEMA_VERSION}, also have these columns. {hub.name} "
            f"{hub.version} lacks them, so they are null:"
        )
        header = ("column", "type", "unit", "null", "meaning")
        yield md.table(header, list(_columns(added)))


def _vocabularies(hub: Hub, resource: Resource, rows: list[dict[str, Any]]) -> Iterator[str]:
    closed = _closed(resource)
    if not closed:
        return
    yield "## Vocabularies"
    yield "Closed lists of values, with the number of rows for each."
    own = declared_tables(hub.name).get(resource["name"])
    for field in closed:
        name = field["name"]
        counts = {
            value: f"{sum(row[name] == value for row in rows):,}"
            for value in field["constraints"]["enum"]
        }
        meanings = own.meanings.get(name) if own else None
        if own and meanings:
            lines = [(md.code(value), counts[value], md.text(meanings[value])) for value in counts]
            yield md.table((md.code(name), "rows", "meaning"), lines)
            yield md.text(own.comments.get(name, ""))
        else:
            counted = ", ".join(f"{md.code(value)} {count}" for value, count in counts.items())
            yield f"{md.code(name)}: {counted}"


@cache
def declared_tables(hub: str) -> dict[str, OwnTable]:
    """Return the tables that a hub of this installation declares."""
    return read_own_tables(find_folder(hub))


def _closed(resource: Resource) -> list[Field]:
    """Return the columns whose values are a closed list."""
    return [f for f in resource["schema"]["fields"] if "enum" in f.get("constraints", {})]


def _head(resource: Resource, rows: list[dict[str, Any]]) -> Iterator[str]:
    yield "## First rows"
    if not rows:
        yield "This table has no rows: no source of this release says anything for it."
        return
    yield f"One column a line. Cells longer than {LONGEST} letters are cut, and end in …"
    names = [field["name"] for field in resource["schema"]["fields"]]
    head = rows[:HEAD]
    yield md.table(
        ("column", *(f"row {number}" for number, _ in enumerate(head, 1))),
        [(md.code(name), *(_cell(row[name]) for row in head)) for name in names],
    )


def _cell(value: object) -> str:
    if value is None:
        return "*null*"
    line = str(value)
    return md.text(line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…")


def _load(hub: Hub, name: str) -> Iterator[str]:
    opened = f"hub = citehub.load({hub.name!r}, version={hub.version!r})"
    yield "pandas:"
    yield md.fenced(f"import citehub\n\n{opened}\nframe = hub.{name}.to_pandas()", "python")
    yield "Polars, with the extra `polars`:"
    yield md.fenced(f"import citehub\n\n{opened}\nframe = hub.{name}.to_polars()", "python")
    yield "DuckDB, with the extra `duckdb`; it finds the table by the name of the variable:"
    relation = f'{name} = hub.{name}\nrelation = duckdb.sql("from {name}")'
    yield md.fenced(f"import citehub\nimport duckdb\n\n{opened}\n{relation}", "python")
    path = data_path(hub, name)
    yield f"Without citehub, take a copy of this site's `{path}`. R, with the package nanoparquet:"
    yield md.fenced(f'frame <- nanoparquet::read_parquet("{path}")', "r")
    yield "JavaScript, with the packages hyparquet and hyparquet-compressors:"
    yield md.fenced(
        'import { asyncBufferFromFile, parquetReadObjects } from "hyparquet"\n'
        'import { compressors } from "hyparquet-compressors"\n\n'
        f'const file = await asyncBufferFromFile("{path}")\n'
        "const rows = await parquetReadObjects({ file, compressors })",
        "javascript",
    )
