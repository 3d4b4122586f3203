"""Measure the factory of hubs beside its floors and peers, each run a fresh process.

- A: one hub from OpenAlex' works in gz JSON Lines, and a second one from what was kept. The floor
  is DuckDB, which decompresses and parses the same fields and keeps nothing.
- B: one hub, and the most cited works of all, from S2's datasets in Parquet. The floor is a scan
  of the columns of which a hub takes cells; the ids are the least that must be read.
- C: the hub of A, of the two smaller sizes, on a standalone Spark cluster on this machine, a
  master and two workers: the same rows in every table, and the time.
- E: the hub of A from the same works in Parquet. The floor is a scan of the columns that a hub
  takes cells from.
- D: a model of all of OpenAlex on more machines from what A, B and C measured, and how well it
  tells the largest size from the two smaller ones.

A round runs each case once, every second round backwards, with the dumps in the page cache.
Figures are medians, of CPU seconds of all processes, of wall seconds, and of peak memory (the
resident sets of all processes). A case that takes too much memory or time is ended, and that is
its result. The answers of all cases are compared: the citing records of a hub that have a title;
the works, counts, roles, authors in common and years of the most cited.

    python benchmarks/factory.py [--works 100000 1000000 5000000] [--keep FOLDER]
        [--edges 1000000 10000000 100000000] [--rounds 3] [--only A B C D E]

It prints Markdown, and exits with 1 if a target is missed. It needs what
``benchmarks/requirements.txt`` lists, and Java for C.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from math import log2
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from load import describe_machine
from process import Run, run
from spark_cluster import start_cluster

import citehub
from citehub._schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).parent
LIBRARIES = ("citehub", "duckdb", "ibis-framework", "pandas", "polars", "dask", "pyspark")
CORES = os.cpu_count() or 1
GIB = 1 << 30
HUB_MEMORY, CANONICAL_MEMORY, SPARK_MEMORY = GIB, 6 * GIB, 2 * GIB
COLUMNS_MEMORY = 2 * GIB  # a row group of works takes 0.3 GB in memory, for each thread
TOP = 1000
WORKERS = 2
RECORD = "openalex:W9000000000"  # of the canonical work, as make_dump.py numbers it
FITTED = 2  # sizes, the smaller ones, from which the model is
MILLION = 1_000_000
PEERS_MOST = MILLION  # works in JSON Lines above which peers are not asked
ROWS_PER_WORK = 21.6  # of S2's citations, of what make_dump.py draws
PEERS = ("duckdb", "pandas", "polars", "dask")
MEASURES = ("cpu", "wall", "peak")

Verdict = tuple[bool, str]  # whether a target is met, and the figures

RATIO = 1.3  # of the floor
LINEAR = 1.1  # times the growth of the input

OPENALEX_WORKS, OPENALEX_EDGES, OPENALEX_GZ = 250e6, 2.5e9, 330e9


@dataclass
class Case:
    """A program with what it is given, and its runs."""

    name: str
    program: str
    given: dict[str, Any]
    others: tuple[int, ...] = ()  # processes that work for it
    has_answer: bool = True
    runs: list[Run] = field(default_factory=list)
    problem: str = ""

    def median(self, measure: str) -> float:
        """Return the median of a measure over the runs."""
        return median(getattr(each, measure) for each in self.runs)


@dataclass(frozen=True)
class Bench:
    """How to measure."""

    folder: Path  # for dumps, kept
    scratch: Path
    rounds: int
    cap: int
    limit: float
    peers: tuple[str, ...]

    def measure(self, cases: Sequence[Case], answer: Callable[[Path], Any]) -> None:
        """Run the cases in rounds, and compare their answers with that of the first."""
        expected: Any = None
        for number in range(self.rounds):
            for case in cases[:: -1 if number % 2 else 1]:
                if case.problem:
                    continue
                out = self.scratch / "out"
                done = self.run(case, out)
                if not done.problem:
                    case.runs.append(done)
                elif case.name in PEERS:
                    case.problem = done.problem
                else:
                    sys.exit(f"{case.name}: {done.problem}")
                if number == 0 and case.has_answer and not case.problem:
                    found = answer(out)
                    expected = found if expected is None else expected
                    if found != expected:
                        sys.exit(f"{case.program} has another answer than {cases[0].program}")
                for path in self.scratch.glob("out*"):
                    (shutil.rmtree if path.is_dir() else os.remove)(path)

    def run(self, case: Case, out: Path) -> Run:
        """Run a case once."""
        out.mkdir()
        given = json.dumps({**case.given, "out": os.fspath(out)})
        command = [sys.executable, os.fspath(HERE / "factory_cases.py"), case.program, given]
        log = self.scratch / "log"
        return run(command, log, cap=self.cap, limit=self.limit, others=case.others)

    def dump(self, works: int, source: str, *options: str) -> str:
        """Make a dump unless it is there, and read it once into the page cache."""
        folder = self.folder / f"{source}-{works}"
        if not folder.is_dir():
            print(f"Making {folder}", file=sys.stderr, flush=True)
            made = folder.with_suffix(".part")
            shutil.rmtree(made, ignore_errors=True)
            command = [sys.executable, os.fspath(HERE / "make_dump.py"), str(works)]
            command += [os.fspath(made), "--sources", source, *options]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            made.rename(folder)
        for path in folder.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    while file.read(1 << 24):
                        pass
        return os.fspath(folder / source)


# -- A ------------------------------------------------------------------------------------


def measure_openalex(bench: Bench, sizes: Sequence[int]) -> dict[int, list[Case]]:
    """Measure one hub from JSON Lines."""
    columns = floor_columns()
    found = {}
    for size in sizes:
        given = {"openalex": bench.dump(size, "openalex"), "memory": HUB_MEMORY}
        kept = {**given, "cache": os.fspath(bench.scratch / f"cache-{size}")}
        by_id = {**given, "work": RECORD}
        parsed = {**given, "columns": columns}
        cases = [
            Case("citehub", "citehub_hub", by_id),
            Case("floor", "floor_json", parsed, has_answer=False),
            Case("floor, gz by ISA-L", "floor_unpacked", parsed, has_answer=False),
            Case("citehub, asked by DOI", "citehub_hub", given),
            Case("citehub, from its cache", "citehub_hub", kept),
        ]
        if size in sizes[:FITTED]:
            cases.append(Case("citehub, one thread", "citehub_hub", {**by_id, "threads": 1}))
        if size <= PEERS_MOST:
            cases += [Case(peer, f"{peer}_hub", given) for peer in bench.peers]
        filled = bench.run(Case("", "citehub_hub", kept), bench.scratch / "out-of-cache")
        if filled.problem:
            sys.exit(f"The cache was not filled: {filled.problem}")
        bench.measure(cases, lambda out: citing_records(out, "openalex"))
        shutil.rmtree(kept["cache"])
        found[size] = cases
    return found


def floor_columns() -> dict[str, str]:
    """Return the fields that citehub reads of OpenAlex' works, in DuckDB's types."""
    import ibis
    from ibis.backends.sql.datatypes import DuckDBType

    from citehub.sources.dump_datasets import as_text
    from citehub.sources.openalex import WORKS_DATASET

    return {
        name: DuckDBType.from_ibis(ibis.dtype(as_text(kind))).sql("duckdb")
        for name, kind in WORKS_DATASET.fields.items()
    }


def citing_records(out: Path, source: str) -> set[str]:
    """Return the ids of the citing records that have a title, as the source has them.

    A hub tells how many others there are, and leaves them out.
    """
    if (out / "datapackage.json").is_file():
        hub = citehub.load(f"{out}/")
        citing = set(hub.citations.to_arrow()["citing_work_id"].to_pylist())
        ids = hub.work_ids.to_arrow().to_pylist()
        return {
            row["value"].removeprefix("W")
            for row in ids
            if row["work_id"] in citing and row["scheme"] == source
        }
    works = pq.read_table(out / "works.parquet", columns=["record", "title"]).to_pylist()
    titled = {row["record"] for row in works if row["title"]}
    citations = pq.read_table(out / "citations.parquet", columns=["citing"])
    return {str(each) for each in citations["citing"].to_pylist() if each in titled}


# -- E ------------------------------------------------------------------------------------


def measure_openalex_parquet(bench: Bench, sizes: Sequence[int]) -> dict[int, list[Case]]:
    """Measure one hub from the works in Parquet."""
    found = {}
    for size in sizes:
        given = {"openalex": pack_columns(bench, size), "memory": COLUMNS_MEMORY}
        columns = {**given, "columns": floor_columns()}
        cases = [
            Case("citehub", "citehub_hub", {**given, "work": RECORD}),
            Case("floor", "floor_openalex", columns, has_answer=False),
            Case("citehub, asked by DOI", "citehub_hub", given),
        ]
        bench.measure(cases, lambda out: citing_records(out, "openalex"))
        found[size] = cases
    return found


def pack_columns(bench: Bench, size: int) -> str:
    """Write the works of A as Parquet, with the fields that a hub reads, unless they are there."""
    import duckdb

    lines = Path(bench.dump(size, "openalex"))
    folder = bench.folder / f"openalex-parquet-{size}"
    if not folder.is_dir():
        made = folder.with_suffix(".part")
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(lines / "merged_ids", made / "merged_ids")
        how = f"format='newline_delimited', columns={floor_columns()!r}"
        for path in sorted((lines / "works").glob("*/*.gz")):
            place = made / "works" / path.parent.name / f"{path.stem}.parquet"
            place.parent.mkdir(parents=True, exist_ok=True)
            query = f"SELECT * FROM read_json('{path}', {how})"  # noqa: S608 -- of our own
            duckdb.sql(f"COPY ({query}) TO '{place}' (COMPRESSION zstd)")
        made.rename(folder)
    return os.fspath(folder)


# -- B ------------------------------------------------------------------------------------


def measure_s2(
    bench: Bench, sizes: Sequence[int]
) -> tuple[dict[int, list[Case]], dict[int, list[Case]]]:
    """Measure one hub, and the most cited works, from Parquet."""
    hubs, canonical = {}, {}
    for edges in sizes:
        folder = bench.dump(round(edges / ROWS_PER_WORK), "s2", "--s2-format", "parquet")
        paths = Path(folder, "citations").iterdir()
        rows = sum(pq.read_metadata(path).num_rows for path in paths)
        peers = ("duckdb", *bench.peers)
        given = {"s2": folder, "memory": HUB_MEMORY}
        cases = [
            Case("citehub", "citehub_hub", given),
            Case("floor", "floor_parquet", given, has_answer=False),
            Case("floor, ids alone", "floor_ids", given, has_answer=False),
            *(Case(peer, f"{peer}_hub", given) for peer in peers),
        ]
        bench.measure(cases, lambda out: citing_records(out, "s2"))
        hubs[rows] = cases
        given = {"s2": folder, "memory": CANONICAL_MEMORY, "top": TOP}
        cases = [
            Case("citehub", "citehub_canonical", given),
            *(Case(peer, f"{peer}_canonical", given) for peer in peers),
        ]
        bench.measure(cases, most_cited)
        canonical[rows] = cases
    return hubs, canonical


def most_cited(out: Path) -> tuple[list[tuple[Any, ...]], Counter[tuple[str, int]]]:
    """Return what is counted of the most cited works, and their citing records by year."""
    works = pq.read_table(out / "canonical.parquet").to_pylist()
    years = pq.read_table(out / "canonical_years.parquet").to_pylist()
    key = "record_id" if "record_id" in works[0] else "cited"
    roles = ("labelled", "background", "method", "result", "influential", "shared_author")
    names = ("n_citing", *(f"n_{role}" for role in roles))
    rows = [(str(int(row[key])), *(int(row[name]) for name in names)) for row in works]
    by_year = Counter({(str(int(row[key])), row["year"]): row["n"] for row in years})
    return sorted(rows), +by_year  # without the years of zero


# -- C ------------------------------------------------------------------------------------


def measure_spark(bench: Bench, sizes: Sequence[int]) -> dict[int, list[Case]]:
    """Measure the hub of A on a cluster."""
    found = {}
    folder = bench.scratch / "cluster"
    folder.mkdir()
    with start_cluster(folder, workers=WORKERS, memory=SPARK_MEMORY) as cluster:
        for size in sizes:
            given = {"openalex": bench.dump(size, "openalex"), "memory": SPARK_MEMORY}
            spark = {**given, "engine": "spark", "master": cluster.master}
            cases = [
                Case("citehub, DuckDB", "citehub_hub", given),
                Case("citehub, Spark cluster", "citehub_hub", spark, cluster.pids),
            ]
            bench.measure(cases, release_rows)
            found[size] = cases
    return found


def release_rows(out: Path) -> dict[str, list[str]]:
    """Return the rows of all tables of a release."""
    hub = citehub.load(f"{out}/")
    tables = (name for name in TABLES if (out / f"{name}.parquet").is_file())
    return {name: sorted(map(repr, getattr(hub, name).to_arrow().to_pylist())) for name in tables}


# -- D ------------------------------------------------------------------------------------

Measured = dict[int, dict[str, dict[str, float]]]  # by size and case


@dataclass(frozen=True)
class Line:
    """A time that grows with the size of the input."""

    fixed: float
    each: float

    def __call__(self, size: float) -> float:
        """Return the time for a size."""
        return self.fixed + self.each * size


def fit(found: Measured, name: str, measure: str) -> Line:
    """Draw a line through the two smaller sizes."""
    (low, first), (high, second) = sorted(found.items())[:FITTED]
    at_low, at_high = first[name][measure], second[name][measure]
    each = (at_high - at_low) / (high - low)
    if each <= 0:
        raise ValueError(f"{name}: {high:,} take no more time than {low:,}; take other sizes")
    return Line(at_low - each * low, each)


def describe_model(
    results: dict[str, Measured], cores: int, price: float, partitions: int
) -> list[str]:
    """Return the table of all of OpenAlex, and how well the model tells the largest size."""
    hub, canonical = (fit(results[name], "citehub", "cpu") for name in ("A", "B, most cited"))
    spark = fit(results["C"], "citehub, Spark cluster", "cpu")
    start = fit(results["C"], "citehub, Spark cluster", "wall").fixed
    one, all_cores = (
        fit(results["A"], name, "wall").each for name in ("citehub, one thread", "citehub")
    )
    kept = min((one / all_cores / CORES) ** (1 / max(log2(CORES), 1)), 1)
    factor = spark.each / fit(results["C"], "citehub, DuckDB", "cpu").each
    tasks = (
        ("one hub", hub.each * OPENALEX_WORKS),
        ("most cited", canonical.each * OPENALEX_EDGES),
    )
    lines = [
        "| all of OpenAlex | machines | cores | engine | minutes | cost | gz read, MB/s |",
        "| :--- | ---: | ---: | :--- | ---: | ---: | ---: |",
    ]
    for task, seconds in tasks:
        for machines in (1, 8, 64):
            total = machines * cores
            busy = min(total, partitions)
            work = seconds * (factor if machines > 1 else 1)
            wall = work / (busy * kept ** log2(busy)) + (start if machines > 1 else 0)
            rate = OPENALEX_GZ / wall / 1e6
            lines.append(
                f"| {task} | {machines} | {total:,} | {'Spark' if machines > 1 else 'DuckDB'} | "
                f"{wall / 60:.1f} | {wall / 3600 * total * price:.2f} | "
                f"{f'{rate:,.0f}' if task == 'one hub' else ''} |"
            )
    model = (
        f"The model: {hub.each * MILLION:,.0f} CPU seconds for a million works, "
        f"{canonical.each * MILLION:,.2f} for a million citations in Parquet; Spark takes "
        f"{factor:.1f} times DuckDB's, and {start:.0f} s to start. Twice the cores keep "
        f"{kept:.0%} of their worth, as from one thread to {CORES}. No more cores are busy than "
        f"there are partitions, {partitions:,} (assumed); {cores} cores a machine and {price} a "
        "core and hour are assumed too. 250 million works, 330 GB in gz, 2.5 billion citations."
    )
    lines += [
        *("", model, ""),
        "| predicted from the two smaller sizes | size | predicted, s | measured, s | off by |",
        "| :--- | ---: | ---: | ---: | ---: |",
    ]
    for part in ("A", "B, one hub", "B, most cited"):
        found = results.get(part, {})
        for measure in ("cpu", "wall") if len(found) > FITTED else ():
            size = max(found)
            told, seen = fit(found, "citehub", measure)(size), found[size]["citehub"][measure]
            lines.append(
                f"| {part}, {'CPU' if measure == 'cpu' else measure} | {size:,} | {told:.1f} | "
                f"{seen:.1f} | {told / seen - 1:+.0%} |"
            )
    return lines


# -- results ------------------------------------------------------------------------------


def summarise(found: dict[int, list[Case]]) -> Measured:
    """Return the medians of the cases that ended."""
    return {
        size: {
            case.name: {measure: case.median(measure) for measure in MEASURES}
            for case in cases
            if case.runs and not case.problem
        }
        for size, cases in found.items()
    }


def describe(found: dict[int, list[Case]], unit: str) -> list[str]:
    """Return a table; ratios are to the floor, or where there is none to citehub itself."""
    second = next(iter(found.values()))[1].name
    base = 1 if second == "floor" else 0
    to = "the floor" if base else "citehub"
    lines = [
        f"| {unit} | case | CPU, s | wall, s | peak, MiB | CPU, x {to} | wall, x {to} |",
        "| ---: | :--- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for size, cases in found.items():
        for case in cases:
            start = f"| {size:,} | {case.name}"
            if case.problem:
                lines.append(f"{start}: {case.problem.replace('|', ' ')} | | | | | |")
                continue
            ratios = (case.median(each) / cases[base].median(each) for each in ("cpu", "wall"))
            lines.append(
                f"{start} | {case.median('cpu'):.1f} | {case.median('wall'):.1f} | "
                f"{case.median('peak') / (1 << 20):,.0f} | "
                + " | ".join(f"{ratio:.2f}" for ratio in ratios)
                + " |"
            )
    return lines


def check_floor(found: dict[int, list[Case]], what: str) -> list[Verdict]:
    """Judge what citehub takes beside the floor."""
    judged = []
    for size, (own, floor, *_) in found.items():
        for measure in ("cpu", "wall") if size >= MILLION else ():
            ratio = own.median(measure) / floor.median(measure)
            pairs = zip(own.runs, floor.runs, strict=True)
            rounds = median(getattr(a, measure) / getattr(b, measure) for a, b in pairs)
            line = (
                f"{what}, {size:,}, {measure}: {ratio:.2f} times the floor (target: at most "
                f"{RATIO}; median of the rounds' ratios {rounds:.2f})"
            )
            judged.append((ratio <= RATIO, line))
    return judged


def check_memory(found: dict[int, list[Case]], what: str, most: int) -> list[Verdict]:
    """Judge the highest peak of citehub's runs."""
    peak = max(each.peak for own, *_ in found.values() for each in own.runs)
    line = f"{what}, peak memory: {peak >> 20:,} MiB (target: at most {most >> 20:,})"
    return [(peak <= most, line)]


def check_growth(found: dict[int, list[Case]], what: str) -> list[Verdict]:
    """Judge whether time grows no more than the input does, from each size to the next."""
    judged = []
    for low, high in pairwise(sorted(found)):
        more = high / low
        own = found[high][0].median("cpu") / found[low][0].median("cpu")
        line = (
            f"{what}, {low:,} to {high:,}: {own:.2f} times the CPU seconds for {more:.2f} times "
            f"the input (target: at most {LINEAR} times that)"
        )
        judged.append((own <= LINEAR * more, line))
    return judged


def check_peers(found: dict[int, list[Case]], what: str) -> list[Verdict]:
    """Judge whether citehub is ahead of all peers."""
    judged = []
    for size, (own, *others) in found.items():
        for case in others:
            if case.name in PEERS and not case.problem:
                cpu, wall = (case.median(each) / own.median(each) for each in ("cpu", "wall"))
                line = (
                    f"{what}, {size:,}: {case.name} takes {cpu:.2f} times the CPU seconds of "
                    f"citehub, {wall:.2f} times the wall time"
                )
                judged.append((min(cpu, wall) > 1, line))
    return judged


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--works", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000])
    arguments.add_argument(
        "--edges", type=int, nargs="+", default=[1_000_000, 10_000_000, 100_000_000]
    )
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument(
        "--peers",
        nargs="*",
        choices=PEERS[1:],
        default=PEERS[1:],
    )
    arguments.add_argument("--only", nargs="+", choices=[*"ABCDE"], default=[*"ABCDE"])
    arguments.add_argument(
        "--keep", type=Path, help="folder for the dumps and results, to be used again"
    )
    arguments.add_argument("--cap", type=float, default=16, help="GiB that a case may take")
    arguments.add_argument("--limit", type=float, default=900, help="seconds that a run may take")
    arguments.add_argument("--cores", type=int, default=16, help="of a machine of the model")
    arguments.add_argument(
        "--price", type=float, default=0.05, help="of a core and hour, in the model"
    )
    arguments.add_argument(
        "--partitions", type=int, default=1000, help="of OpenAlex, in the model"
    )
    given = arguments.parse_args()
    print(*describe_machine(LIBRARIES), "", sep="\n", flush=True)
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.keep) as scratch:
        folder = given.keep or Path(scratch)
        bench = Bench(
            folder, Path(scratch), given.rounds, int(given.cap * GIB), given.limit,
            tuple(given.peers),
        )  # fmt: skip
        judged = measure(bench, given)
    print(*(f"{'PASS' if passed else 'FAIL'} {line}" for passed, line in judged), sep="\n")
    return 0 if all(passed for passed, _ in judged) else 1


def measure(bench: Bench, given: argparse.Namespace) -> list[Verdict]:  # noqa: C901 -- parts
    """Measure the parts that were asked for, print their tables, and return what is judged."""
    path = bench.folder / "results.json"
    judged: list[Verdict] = []
    results: dict[str, Measured] = {}
    if path.is_file():
        kept = json.loads(path.read_text())
        results = {part: {int(size): each for size, each in found.items()}
                   for part, found in kept.items()}  # fmt: skip

    def report(part: str, title: str, unit: str, found: dict[int, list[Case]]) -> None:
        print(f"### {title}\n", *describe(found, unit), "", sep="\n", flush=True)
        results[part] = summarise(found)
        path.write_text(json.dumps(results))

    if "A" in given.only:
        found = measure_openalex(bench, sorted(given.works))
        report("A", "One hub from OpenAlex, JSON Lines", "works", found)
        judged += check_floor(found, "A")
        judged += check_memory(found, "A", HUB_MEMORY)
        judged += check_growth(found, "A")
        judged += check_peers(found, "A")
    if "B" in given.only:
        hubs, canonical = measure_s2(bench, sorted(given.edges))
        report("B, one hub", "One hub from Semantic Scholar, Parquet", "citations", hubs)
        report("B, most cited", f"The {TOP:,} most cited works", "citations", canonical)
        judged += check_floor(hubs, "B, one hub")
        judged += check_memory(hubs, "B, one hub", HUB_MEMORY)
        judged += check_growth(hubs, "B, one hub")
        judged += check_peers(hubs, "B, one hub")
        judged += check_memory(canonical, "B, most cited", CANONICAL_MEMORY)
        judged += check_growth(canonical, "B, most cited")
        judged += check_peers(canonical, "B, most cited")
    if "C" in given.only:
        found = measure_spark(bench, sorted(given.works)[:FITTED])
        report("C", "One hub on a Spark cluster", "works", found)
        judged += [(True, "C: every table has the same rows on the cluster as on DuckDB")]
    if "E" in given.only:
        found = measure_openalex_parquet(bench, sorted(given.works))
        report("E", "One hub from OpenAlex, Parquet", "works", found)
        judged += check_floor(found, "E")
        judged += check_memory(found, "E", COLUMNS_MEMORY)
    if "D" in given.only:
        missing = {"A", "B, most cited", "C"} - set(results)
        if missing:
            sys.exit(
                f"The model needs the results of {', '.join(sorted(missing))}: run these first"
            )
        try:
            lines = describe_model(results, given.cores, given.price, given.partitions)
        except ValueError as error:
            judged += [(False, f"D: {error}")]
        else:
            print("### All of OpenAlex\n", *lines, "", sep="\n")
    return judged


if __name__ == "__main__":
    sys.exit(main())
