"""Measure how time and memory of a hub grow with the works that cite one: 1,000 to 100,000.

The dumps are made here: OpenAlex works with five authors, a DOI and a title of ten words, all of
which cite the first. Every case is a fresh process, from the interpreter's start to its end. The
largest hub gets a second release, from a later dump, and then each command that reads a hub runs.

    python benchmarks/large_hub.py [--works 1000 10000 100000] [--keep FOLDER]

It prints Markdown, and exits with 1 where ten times the works take more than twelve times the
seconds, where a hub takes more memory than is allowed by default, or where a command that reads
one takes more than a GiB. ``--keep`` leaves the hubs in a folder, and makes none that is there.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
from contextlib import ExitStack, nullcontext
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from load import describe_machine
from process import Run, run

import citehub
from citehub.export import FORMATS
from citehub.graph import Dumps

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTITIONS, AUTHORS = 4, 5
GROWTH = 1.2  # times the growth of the works
LIMIT = 3600  # seconds
MOST = 1 << 30  # bytes that a command that reads a hub may take
PREFIX = "https://openalex.org/W"
WORDS = [
    "scaling",
    "language",
    "model",
    "training",
    "parallel",
    *(f"word{n}" for n in range(3000)),
]
LATER = 50  # of so many works the later dump lacks one, has one more, and another title of one


def write_dump(works: int, folder: Path, *, later: bool = False) -> None:
    """Write a dump in which all works cite the first; a later one differs in some of them."""
    draw = random.Random(works)  # noqa: S311 -- made data
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        files = [
            stack.enter_context(gzip.open(folder / f"part_{n}.gz", "wt", compresslevel=1))
            for n in range(PARTITIONS)
        ]
        for number in range(works + 1 + (works // LATER if later else 0)):
            made = make_work(number, works, draw)
            if later:
                made["cited_by_count"] += number % 2
                if number % LATER == 1:
                    continue
                if number % LATER == 2:  # noqa: PLR2004
                    made["title"] = f"{made['title']} revised"
            print(json.dumps(made), file=files[number % PARTITIONS])


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


def make_hub(works: int, scratch: Path) -> Run:
    """Make the hub of a work that so many cite."""
    dump, out = scratch / f"dump-{works}", hub_of(works, scratch)
    write_dump(works, dump / "works")
    done = citehub_(scratch, "new", "openalex:W1", "--openalex", dump, "--out", out)
    if len(citehub.load(f"{out}/").citing_works) != works:
        sys.exit(f"{out} does not hold {works:,} citing works")
    rmtree(dump)
    return done


def build_again(works: int, scratch: Path) -> Run:
    """Build the release that follows from a later dump."""
    hub = hub_of(works, scratch)
    source = hub / "source" / "openalex" / "works"
    rmtree(source)
    write_dump(works, source, later=True)
    return citehub_(scratch, "build", hub)


def read_hub(works: int, scratch: Path) -> Iterator[tuple[str, Run]]:
    """Yield each command that reads a hub, and what it took."""
    hub = hub_of(works, scratch)
    old, new = citehub.versions(f"{hub}/")
    out = scratch / "out"
    commands: dict[str, tuple[object, ...]] = {
        "verify": ("verify", hub, "--version", new),
        "check": ("check", hub, "--version", new),
        "diff": ("diff", hub, old, new),
        "site": ("site", hub, "--out", out),
        **{f"export {each}": ("export", hub, "-f", each, "-o", out) for each in FORMATS},
    }
    for name, command in commands.items():
        yield name, citehub_(scratch, *command)
        rmtree(out) if out.is_dir() else out.unlink(missing_ok=True)


def hub_of(works: int, scratch: Path) -> Path:
    """Return the folder of a hub."""
    return scratch / f"hub-{works}"


def citehub_(scratch: Path, *arguments: object) -> Run:
    """Run a command of citehub."""
    command = [sys.executable, "-m", "citehub", *map(str, arguments)]
    done = run(command, scratch / "log", cap=sys.maxsize, limit=LIMIT)
    if done.problem:
        sys.exit(f"{arguments[0]}: {done.problem}")
    return done


def line(name: str, done: Run) -> str:
    """Return a line of a table."""
    return f"| {name} | {done.cpu:.1f} | {done.wall:.1f} | {done.peak >> 20:,} |"


def grow(sizes: list[int], scratch: Path) -> Iterator[str]:
    """Make the hubs; yield what takes too much."""
    before = None
    sizes = [each for each in sizes if not hub_of(each, scratch).exists()]
    if sizes:
        print("| citing works | CPU, s | wall, s | peak, MiB |\n| ---: | ---: | ---: | ---: |")
    for works in sizes:
        done = make_hub(works, scratch)
        print(line(f"{works:,}", done), flush=True)
        if done.peak > Dumps().memory:
            yield f"{works:,}: more memory than is allowed by default"
        if before and done.wall > GROWTH * before[1] * works / before[0]:
            yield f"{before[0]:,} to {works:,}: more than linear"
        before = works, done.wall


def read(works: int, scratch: Path) -> Iterator[str]:
    """Run each command on a hub; yield those that take too much."""
    print(
        f"\n| command, {works:,} citing works | CPU, s | wall, s | peak, MiB |\n"
        "| :--- | ---: | ---: | ---: |"
    )
    if len(citehub.versions(f"{hub_of(works, scratch)}/")) == 1:
        print(line("`build`", build_again(works, scratch)), flush=True)
    for name, done in read_hub(works, scratch):
        print(line(f"`{name}`", done), flush=True)
        if done.peak > MOST:
            yield f"{name}: more than {MOST >> 20:,} MiB"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--works", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--keep", help="a folder for the hubs")
    arguments = parser.parse_args()
    print(*describe_machine(("citehub", "duckdb", "pyarrow")), "", sep="\n")
    sizes = sorted(arguments.works)
    with nullcontext(arguments.keep) if arguments.keep else tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        scratch.mkdir(parents=True, exist_ok=True)
        missed = [*grow(sizes, scratch), *read(sizes[-1], scratch)]
    print(*(f"FAIL {each}" for each in missed), sep="\n")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
