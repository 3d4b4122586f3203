"""Measure time and peak memory of every export as the hub grows: 1,000 to 100,000 works.

The hubs are made here: works with five authors, an identifier, a citation, a theme, a finding
and two rows of evidence each. Every case is a fresh process that opens the hub, exports all of
it and drops the bytes, from the interpreter's start to its end; peak memory is VmHWM.

    python benchmarks/export.py [--works 1000 10000 100000]

It prints Markdown, and exits with 1 where the largest hub takes more than twelve times the time
or memory of the next, a tenth of it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from load import describe_machine

import citehub
from citehub._schema import TABLES
from citehub.build import write
from citehub.export import FORMATS

MIB = 1 << 20
GROWTH = 12
CANONICAL = "arxiv:2201.11990"
WORDS = [
    "large",
    "language",
    "model",
    "training",
    "with",
    "tensor",
    "pipeline",
    "and",
    "data",
    "parallelism",
    "on",
    "clusters",
    "of",
    "accelerators",
    "scaling",
    "laws",
    "for",
    "mixture",
    "of",
    "experts",
    "reasoning",
    "and",
    "alignment",
]
PROGRAM = """
import sys
import citehub

folder, name = sys.argv[1:]
size = sum(len(piece) for piece in citehub.load(folder).export(name))
status = open("/proc/self/status").read()
print(size, int(status.split("VmHWM:")[1].split()[0]) * 1024)
"""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--works", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    sizes = arguments.parse_args().works
    print("\n".join(describe_machine(["citehub", "pyarrow"])))
    columns = "".join(f" {size:,} works: s | MiB |" for size in sizes)
    print(f"\n| format | output of the largest, MB |{columns} growth of s | of MiB |")
    print("| :--- | ---: |" + " ---: | ---: |" * (len(sizes) + 1))
    with tempfile.TemporaryDirectory() as scratch:
        folders = [make_hub(Path(scratch) / str(size), size) for size in sizes]
        steep = [name for name in FORMATS if not compare(name, folders)]
    if steep:
        print(f"\nGrows faster than the hub: {', '.join(steep)}")
    return 1 if steep else 0


def compare(name: str, folders: list[Path]) -> bool:
    """Measure one format over the hubs, print its row, and tell whether it grows as they do."""
    found = [measure(name, folder) for folder in folders]
    cells = "".join(f" {seconds:.2f} | {peak / MIB:.0f} |" for seconds, peak, _ in found)
    growth = [found[-1][which] / found[-2][which] for which in (0, 1)]
    print(
        f"| `{name}` | {found[-1][2] / 1e6:.0f} |{cells} {growth[0]:.1f} | {growth[1]:.1f} |",
        flush=True,
    )
    return max(growth) <= GROWTH


def measure(name: str, folder: Path) -> tuple[float, int, int]:
    """Return seconds, peak memory and bytes of one export in a fresh process."""
    start = perf_counter()
    command = [sys.executable, "-c", PROGRAM, f"{folder}/", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = perf_counter() - start
    size, peak = map(int, done.stdout.split())
    return seconds, peak, size


def make_hub(folder: Path, size: int) -> Path:
    """Write a release with so many citing works."""
    folder.mkdir()
    manifest: Any = citehub.load("mt-nlg").manifest
    manifest = {**manifest, "name": "made", "resources": []}
    manifest["citehub"] = {**manifest["citehub"], "hub": "made"}
    for name, rows in make_rows(size).items():
        full = [
            {column.name: row.get(column.name) for column in TABLES[name].columns} for row in rows
        ]
        resource = write.describe(TABLES[name], full)
        write.write_table(full, resource, str(folder))
        manifest["resources"].append(resource)
    write.write_manifest(json.dumps(manifest).encode(), str(folder))
    return folder


def make_rows(size: int) -> dict[str, list[dict[str, Any]]]:
    numbers = range(1, size + 1)
    ids = [CANONICAL, *(f"pith:{number}" for number in numbers)]
    return {
        "works": [
            {
                "work_id": work_id,
                "title": make_text(number, 11),
                "title_plain": make_text(number, 11),
                "publication_year": 2022 + number % 5,
                "publication_month": 1 + number % 12,
                "primary_category": "cs.CL",
                "finding": make_text(number * 7, 22),
                "finding_source": "made",
            }
            for number, work_id in enumerate(ids)
        ],
        "work_ids": [
            {"work_id": work_id, "scheme": "arxiv", "value": f"{2201 + number % 400}.{number:05}"}
            for number, work_id in enumerate(ids)
        ],
        "authorships": [
            {
                "work_id": work_id,
                "author_order": order,
                "author_name": f"Given{(number * order) % 977} Family{(number + order) % 9973}",
                "author_position": "middle",
            }
            for number, work_id in enumerate(ids)
            for order in range(1, 6)
        ],
        "citations": [
            {"citing_work_id": work_id, "cited_work_id": CANONICAL, "hub_position": number}
            for number, work_id in enumerate(ids[1:], 1)
        ],
        "themes": [
            {"theme_id": f"theme-{n}", "title": f"Theme {n}", "description": "", "position": n}
            for n in range(1, 9)
        ],
        "work_themes": [
            {"work_id": work_id, "theme_id": f"theme-{1 + number % 8}", "method": "made"}
            for number, work_id in enumerate(ids[1:])
        ],
        "sources": [{"source_id": "made", "title": "Made for this benchmark", "kind": "derived"}],
        "evidence": [
            {"table_name": "works", "row_key": work_id, "column_name": column,
             "source_id": "made", "grade": "stated"}
            for work_id in ids
            for column in ("title", "finding")
        ],
    }  # fmt: skip


def make_text(seed: int, words: int) -> str:
    """Return a text of so many words that differs with the seed."""
    return " ".join(
        WORDS[(seed * 31 + place * (7 + seed % 5)) % len(WORDS)] for place in range(words)
    )


if __name__ == "__main__":
    sys.exit(main())
