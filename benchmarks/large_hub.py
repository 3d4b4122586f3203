"""Measure how time and memory of a hub grow with the works that cite one: 1,000 to 100,000.

The dumps are made here: OpenAlex works with five authors, a DOI and a title of ten words, all of
which cite the first. Every case is a fresh process, from the interpreter's start to the release.

    python benchmarks/large_hub.py [--works 1000 10000 100000]

It prints Markdown, and exits with 1 where ten times the works take more than twelve times the
seconds, or where a hub takes more memory than is allowed by default.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from load import describe_machine
from process import Run, run

import citehub
from citehub.graph import Dumps

PARTITIONS, AUTHORS = 4, 5
GROWTH = 1.2  # times the growth of the works
LIMIT = 3600  # seconds
PREFIX = "https://openalex.org/W"
WORDS = [
    "scaling",
    "language",
    "model",
    "training",
    "parallel",
    *(f"word{n}" for n in range(3000)),
]


def write_dump(works: int, folder: Path) -> None:
    """Write a dump in which all works cite the first."""
    draw = random.Random(works)  # noqa: S311 -- made data
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        files = [
            stack.enter_context(gzip.open(folder / f"part_{n}.gz", "wt", compresslevel=1))
            for n in range(PARTITIONS)
        ]
        for number in range(works + 1):
            print(json.dumps(make_work(number, works, draw)), file=files[number % PARTITIONS])


def make_work(number: int, works: int, draw: random.Random) -> dict[str, Any]:
    """Return a work as OpenAlex has it; number 0 is cited by all others."""
    names = [f"{draw.choice('ABCDE')}. {draw.choice(WORDS)}" for _ in range(AUTHORS)]
    return {
        "id": f"{PREFIX}{number + 1}",
        "doi": f"https://doi.org/10.5555/{number + 1}",
        "title": " ".join(draw.choices(WORDS, k=10)),
        "publication_year": draw.randint(2015, 2026),
        "type": "article",
        "authorships": [
            {"raw_author_name": name, "author": {"display_name": name}} for name in names
        ],
        "referenced_works": [f"{PREFIX}1"] if number else [],
        "cited_by_count": 0 if number else works,
        "is_retracted": False,
    }


def measure(works: int, scratch: Path) -> Run:
    """Make the hub of a work that so many cite."""
    dump, out = scratch / f"dump-{works}", scratch / f"hub-{works}"
    write_dump(works, dump / "works")
    command = [sys.executable, "-m", "citehub", "new", "openalex:W1", "--openalex"]
    command += [os.fspath(dump), "--out", os.fspath(out)]
    done = run(command, scratch / "log", cap=sys.maxsize, limit=LIMIT)
    if done.problem:
        sys.exit(done.problem)
    if len(citehub.load(f"{out}/").citing_works) != works:
        sys.exit(f"{out} does not hold {works:,} citing works")
    return done


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--works", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    print(*describe_machine(("citehub", "duckdb", "pyarrow")), "", sep="\n")
    print(
        "| citing works | CPU, s | wall, s | peak, MiB |\n| ---: | ---: | ---: | ---: |",
        flush=True,
    )
    missed, before = [], None
    with tempfile.TemporaryDirectory() as scratch:
        for works in sorted(arguments.parse_args().works):
            done = measure(works, Path(scratch))
            print(
                f"| {works:,} | {done.cpu:.1f} | {done.wall:.1f} | {done.peak >> 20:,} |",
                flush=True,
            )
            if done.peak > Dumps().memory:
                missed.append(f"{works:,}: more memory than is allowed by default")
            if before and done.wall > GROWTH * before[1] * works / before[0]:
                missed.append(f"{before[0]:,} to {works:,}: more than linear")
            before = works, done.wall
    print(*(f"FAIL {line}" for line in missed), sep="\n")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
