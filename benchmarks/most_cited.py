"""Measure `citehub graph most-cited` where memory is short: time, peak memory, bytes written.

`make_graph.py` makes graphs of 100 million citations of 27 million works and of 400 million
citations of 100 million works, unless they are there. Each run is a fresh process, in turns, every
second round backwards: once with as much memory as it likes, and with 1, 2 and 4 GB. All must find
the same works.

    python benchmarks/most_cited.py [--graphs 27000000:100000000 100000000:400000000]
        [--memory 1GB 2GB 4GB] [--unbounded 14GB] [--rounds 3] [--keep FOLDER]

It prints Markdown, and exits with 1 where a run takes more memory than is allowed, writes more
than the input holds, or takes more than twice the time of the unbounded run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq
from load import describe_machine
from process import Run, run

HERE = Path(__file__).parent
GRAPHS = ("27000000:100000000", "100000000:400000000")  # works, citations
LIMIT = 7200  # seconds
SLOWER = 2  # times the unbounded run
GB = 10**9


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--graphs", nargs="+", default=GRAPHS, metavar="WORKS:CITATIONS")
    arguments.add_argument("--memory", nargs="+", default=["1GB", "2GB", "4GB"])
    arguments.add_argument("--unbounded", default="14GB", help="more than it needs")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--keep", type=Path, help="where graphs are, or are kept")
    given = arguments.parse_args()
    print(*describe_machine(("citehub", "duckdb", "ibis-framework")), "", sep="\n")
    print(
        "| citations | memory allowed | CPU, s | wall, s | peak, MB | written, MB | CPU, x | "
        "wall, x | peak, x allowed | written, x input |\n|" + " ---: |" * 10,
        flush=True,
    )
    missed: list[str] = []
    with tempfile.TemporaryDirectory(dir=given.keep) as scratch:
        for each in given.graphs:
            works, citations = map(int, each.split(":"))
            graph = find_graph(given.keep or Path(scratch), works, citations)
            runs = measure(graph, [given.unbounded, *given.memory], given.rounds, Path(scratch))
            missed += judge(citations, size_of(graph), runs)
    print(*(f"FAIL {line}" for line in missed), sep="\n")
    return int(bool(missed))


def find_graph(home: Path, works: int, citations: int) -> Path:
    """Return a graph, and make it unless it is there."""
    folder = home / f"graph-{citations // 10**6}m" / "s2"
    if not folder.is_dir():
        command = [sys.executable, HERE / "make_graph.py", str(works), str(citations), folder]
        subprocess.run(command, check=True)
    return folder


def size_of(folder: Path) -> int:
    """Return the bytes of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def measure(graph: Path, memories: list[str], rounds: int, scratch: Path) -> dict[str, list[Run]]:
    """Run each case in turns, and compare what it finds."""
    runs: dict[str, list[Run]] = {memory: [] for memory in memories}
    expected: Any = None
    for number in range(rounds):
        for memory in memories[:: -1 if number % 2 else 1]:
            out = scratch / "out"
            command = [sys.executable, "-m", "citehub", "graph", "most-cited", "--s2"]
            command += [os.fspath(graph), "--out", os.fspath(out), "--memory", memory]
            done = run(command, scratch / "log", cap=sys.maxsize, limit=LIMIT)
            if done.problem:
                sys.exit(f"{memory}: {done.problem}")
            runs[memory].append(done)
            found = [pq.read_table(path).to_pylist() for path in sorted(out.iterdir())]
            expected = found if expected is None else expected
            if found != expected:
                sys.exit(f"{memory}: other works were found")
            shutil.rmtree(out)
    return runs


def judge(citations: int, size: int, runs: dict[str, list[Run]]) -> list[str]:
    """Print a row for each case, and return what is missed. The first is the unbounded one."""
    missed = []
    free: dict[str, float] = {}
    for memory, found in runs.items():
        now = {
            name: median(getattr(each, name) for each in found)
            for name in ("cpu", "wall", "written")
        }
        now["peak"] = max(each.peak for each in found)
        free = free or now
        allowed = float(memory.removesuffix("GB")) * GB
        ratios = {name: now[name] / free[name] for name in ("cpu", "wall")}
        ratios |= {"peak": now["peak"] / allowed, "written": now["written"] / size}
        print(
            f"| {citations:,} | {memory if now is not free else 'all it needs'} | {now['cpu']:.1f}"
            f" | {now['wall']:.1f} | {now['peak'] / 1e6:,.0f} | {now['written'] / 1e6:,.0f} | "
            + " | ".join(f"{ratio:.2f}" for ratio in ratios.values())
            + " |",
            flush=True,
        )
        most = {"cpu": SLOWER, "wall": SLOWER, "peak": 1, "written": 1}
        missed += [
            f"{citations:,} with {memory}: {name} is {ratios[name]:.2f} times, at most {limit}"
            for name, limit in most.items()
            if ratios[name] > limit
        ]
    return missed


if __name__ == "__main__":
    sys.exit(main())
