"""Write a small release of each schema version; ``python -m tests.old_releases.make``.

Each has every table of its version, and a value and a null in each column that allows one. A
release never changes: the script writes those that are missing. Run it in an environment with
the lowest libraries and in one with the newest, when the schema has a new version.
"""

from __future__ import annotations

import datetime
import io
import json
import lzma
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from citehub._arrow_rows import ArrowRows
from citehub._manifest import SUMS, format_sums, sha256
from citehub._schema import SCHEMA_VERSION, needs_evidence, schema_at
from citehub._validate import row_key
from citehub.build import write
from citehub.build.spec import LICENSES, HubSpec, ReleaseSpec

if TYPE_CHECKING:
    from citehub._schema import Column, TableSchema

HERE = Path(__file__).parent
WORKS = ("doi:10.5555/old-0", "doi:10.5555/old-1", "doi:10.5555/old-2")
SOURCES = ("by-hand", "by-script")
DAY = datetime.date(2026, 11, 30)
ROWS = "rows.json"
_N_ROWS = 2
FIXED: dict[str, Any] = {
    "start": 0,
    "end": 4,
    "citation_labels.scheme": "intent",
    "citation_labels.value": "method",
    "label_counts.scheme": "intent",
    "label_counts.value": "method",
    "citation_labels.subject": None,
    "n": 1,
    "n_labelled": 2,
    "n_citing": 2,
    "n_both": 1,
    "n_either": 3,
    "form": "latex",
    "text_version": "v1",
    "licence": "CC-BY-4.0",
}
"""Cells whose values depend on others; elsewhere any value will do."""


def make_rows(version: int) -> dict[str, list[dict[str, Any]]]:
    """Return rows of every table of a schema, all invented."""
    tables = schema_at(version)
    rows = {
        name: [
            {column.name: _cell(table, column, number) for column in table.columns}
            for number in range(len(WORKS) if name == "works" else _N_ROWS)
        ]
        for name, table in tables.items()
        if name != "evidence"
    }
    rows["evidence"] = [
        {each.name: None for each in tables["evidence"].columns}
        | {"table_name": name, "row_key": row_key(row, tables[name].key)}
        | {"column_name": column, "source_id": SOURCES[0], "locator": "line 1", "grade": "stated"}
        for name, of_table in rows.items()
        for row in of_table
        for column, value in row.items()
        if value is not None and needs_evidence(name, column)
    ]
    return rows


def _cell(table: TableSchema, column: Column, number: int) -> Any:
    fixed = FIXED.get(f"{table.name}.{column.name}", FIXED.get(column.name, ...))
    if fixed is not ...:
        return fixed
    name = column.name
    if name in table.key or column.required:
        return _value(table, column, number)
    return _value(table, column, number) if number % 2 == 0 else None


def _value(table: TableSchema, column: Column, number: int) -> Any:
    name = column.name
    if name == "other_source_id":
        return SOURCES[1 - number]
    if column.references == "sources.source_id" or name == "source_id":
        return SOURCES[number % len(SOURCES)]
    if name == "cited_work_id":
        return WORKS[2 - number if table.name == "local_citations" else 0]
    if name == "other_work_id":
        return WORKS[2 - number]
    if name.endswith("work_id"):
        return WORKS[number + (table.name != "works")]
    if column.references:
        return _text(*column.references.split("."), number)
    if column.vocabulary:
        return column.vocabulary[number % len(column.vocabulary)]
    least = 1 if column.minimum is None else column.minimum
    values = {"bool": number == 0, "date32": DAY, "float64": least + number / 4}
    if column.type == "string":
        return (
            f"https://example.org/{number}" if column.is_url else _text(table.name, name, number)
        )
    return values.get(column.type, int(least) + number)


def _text(table: str, column: str, number: int) -> str:
    return f"{table} {column} é {number}"


def pack_release(version: int) -> bytes:
    """Return the release of a schema, packed, with its rows as JSON beside it."""
    rows = make_rows(version)
    with tempfile.TemporaryDirectory() as folder:
        resources = []
        for name, table in schema_at(version).items():
            schema = write.arrow_schema(table)
            arrow = ArrowRows(pa.Table.from_pylist(rows[name], schema=schema))
            resource = write.describe(table, arrow)
            write.write_table(arrow, resource, folder)
            resources.append(resource)
        hub = HubSpec(
            folder, "old", title="An old hub", description="A hub that was made to be kept.",
            keywords=("old",), licenses=(LICENSES["CC0-1.0"],),
            contributors=({"title": "Ada Invented"},),
        )  # fmt: skip
        release = ReleaseSpec(
            "1.0.0",
            DAY,
            f"It has schema {version}, and every table of it.",
            schema_version=version,
        )
        facts = {"hub_class": "curated", "canonical_work_id": WORKS[0]}
        write.write_manifest(write.manifest_of(hub, release, rows, resources, facts), folder)
        Path(folder, "CHANGES.md").write_text("# 1.0.0\n\nIt is new.\n", encoding="utf-8")
        paths = sorted(Path(folder).iterdir())
        sums = {path.name: sha256(path.read_bytes()) for path in paths}
        Path(folder, SUMS).write_bytes(format_sums(sums))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(ROWS, json.dumps(rows, default=str))
            for path in sorted(Path(folder).iterdir()):
                archive.write(path, f"release/{path.name}")
        return lzma.compress(packed.getvalue(), preset=9 | lzma.PRESET_EXTREME)


if __name__ == "__main__":
    by = "pyarrow-" + pa.__version__.partition(".")[0]
    for each in range(1, SCHEMA_VERSION + 1):
        target = HERE / f"schema-{each}-{by}.zip.xz"
        if not target.exists():
            target.write_bytes(pack_release(each))
            with (HERE / SUMS).open("ab") as sums_file:
                sums_file.write(format_sums({target.name: sha256(target.read_bytes())}))
