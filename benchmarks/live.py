"""Measure how long it takes to ask sources for what cites a work, and to ask again.

The sources are those of ``tests/live/server.py``, a process of its own on this machine that
answers from made dumps (``make_dump.py``), with a key for OpenAlex. The dumps are as small as
holds a work that 100, 1,000 or 10,000 cite; each source has a part of these. Every case is a fresh
process:

- first: ``citehub new arxiv:2201.11990``, to the hub and its first release;
- update: ``citehub update`` of that hub, for which nothing is new;
- paced: the first run again, with the seconds that lie between two requests to a source. The
  others have a clock that is ahead by what they should have slept, and tell how much that is;
- OpenAlex alone, asked and kept by citehub, and by pyalex, with its own paginator: the same
  fields of the same works. pyalex reads no setting for the address of works, so that the property
  ``url`` is overridden, which adds the key, too: pyalex sends it in a header. It only pages: it
  takes an id of OpenAlex, and has no pace, by default no second try, no answers that are kept, and
  no check of how many works came. Its works are written as lines of JSON here, page by page.

A round runs each case once, every second round the last two the other way round. Figures are
medians; CPU seconds and peak memory are of the whole process, without the server, which shares
the machine's cores.

    python benchmarks/live.py [--citing 100 1000 10000] [--paced 100 1000] [--rounds 3]

It prints Markdown, and exits with 1 where pyalex and citehub have other works, an update took
more requests than the first run, or pacing did not take what was told. It needs what
``benchmarks/requirements.txt`` lists.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from process import run

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
WORK, RECORD = "arxiv:2201.11990", "W9000000000"
KEY = "benchmark"
CITATIONS = 8  # of a work, on average
WORKS = 5.4  # for each work that cites the one: those of 2022 and later that cite anything
LIMIT = 1800  # seconds
MARGIN = 1.5  # seconds between what pacing takes and what was told of it
SOURCES = ("openalex", "s2", "opencitations")
CASES = ("first", "update", "openalex", "pyalex")
LIBRARIES = ("citehub", "duckdb", "pyarrow", "urllib3", "pyalex", "requests")

Found = dict[str, Any]


# -- cases, each in a process of its own --------------------------------------------------


class Hurry:
    """A clock that is as far ahead as should have been slept."""

    ahead = 0.0

    def now(self) -> float:
        """Return the time that it shows."""
        return time.monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        """Be ahead by so many seconds more."""
        self.ahead += seconds


def measure(case: str, folder: str) -> Found:
    """Run a case, and return what it took."""
    return ask_pyalex(folder) if case == "pyalex" else ask_citehub(case, folder)


def ask_citehub(case: str, folder: str) -> Found:
    """Make a hub, update it, or ask OpenAlex alone."""
    from citehub.live.fetch import fetch
    from citehub.live.transport import Live
    from citehub.sources.registry import live_sources

    hurry = Hurry()
    clock = () if case == "paced" else (hurry.now, hurry.sleep)
    live = Live(live_sources(), *clock)
    asking = asking_cpu = 0.0

    def timed(*given: Any, **more: Any) -> Any:
        nonlocal asking, asking_cpu
        began, cpu = time.perf_counter(), time.process_time()
        got = fetch(*given, **more)
        asking, asking_cpu = time.perf_counter() - began, time.process_time() - cpu
        return got

    began, works, kept = time.perf_counter(), [], Path(folder)
    if case == "openalex":
        got = timed(WORK, folder, sources=[case], transport=live)
        works = sorted(each.value for each in got.lists[case].ids if each.scheme == case)
    else:
        from citehub.graph import live_hubs as hubs

        hubs.fetch, kept = timed, kept / "source"
        if case == "update":
            updated = hubs.update_hub(folder, transport=live)
            if updated.is_new or updated.failed:
                sys.exit(f"The update is not of an unchanged hub: {updated.failed}")
        else:
            hubs.new_live_hub(WORK, folder, transport=live)
    building = time.perf_counter() - began - asking
    intervals = {each.id: each.api.interval for each in live_sources() if each.api}
    return {
        "asking": asking,
        "asking_cpu": asking_cpu,
        "building": building,
        "requests": [live.requests.get(each, 0) for each in SOURCES],
        "pace": sum(n * intervals[each] for each, n in live.requests.items()),
        "waited": live.waited,
        "kept": sum(each.stat().st_size for each in kept.rglob("*") if each.is_file()),
        "works": works,
    }


def ask_pyalex(folder: str) -> Found:
    """Page through the same list with pyalex."""
    import pyalex

    from citehub.sources.openalex_api import FIELDS

    public, base = "https://api.openalex.org", os.environ["CITEHUB_OPENALEX_URL"]

    class Works(pyalex.Works):  # type: ignore[misc]  # whose name is a part of the address
        @property
        def url(self) -> str:
            return f"{super().url.replace(public, base)}&api_key={KEY}"

    began, works, n = time.perf_counter(), [], 0
    asked = Works().filter(cites=RECORD).select(list(FIELDS))
    os.mkdir(folder)
    with open(os.path.join(folder, "works.jsonl"), "w", encoding="utf-8") as file:
        for n, page in enumerate(asked.paginate(per_page=100, n_max=None), 1):  # noqa: B007
            file.writelines(json.dumps(each) + "\n" for each in page)
            works += [each["id"].rpartition("/")[2] for each in page]
    size = os.path.getsize(file.name)
    seconds = time.perf_counter() - began
    return {"asking": seconds, "requests": [n, 0, 0], "kept": size, "works": sorted(works)}


# -- the run ------------------------------------------------------------------------------


@contextmanager
def serving(citing: int, scratch: Path) -> Iterator[None]:
    """Have the environment name a server for which so many works cite one."""
    from make_dump import Dump, make_dump, make_world  # which no case is to load

    works = int(WORKS * citing)
    world = make_world(works, CITATIONS, citing=citing)
    found = int((world.cited == 0).sum())
    if found != citing:
        sys.exit(f"Of {works:,} works, {found:,} cite the one, not {citing:,}")
    dumps = scratch / f"dumps-{citing}"
    make_dump(Dump(world, dumps, 2, parquet=False, broken=0), list(SOURCES))
    command = [sys.executable, "-m", "tests.live.server", "--dumps", os.fspath(dumps)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        for line in server.stdout or ():
            name, is_set, value = line.strip().removeprefix("export ").partition("=")
            if not is_set:
                break
            os.environ[name] = value
        yield
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(dumps)


def run_case(case: str, folder: Path, log: Path) -> Found:
    """Run a case as a fresh process."""
    command = [sys.executable, __file__, "--case", case, os.fspath(folder)]
    done = run(command, log, cap=sys.maxsize, limit=LIMIT)
    if done.problem:
        sys.exit(f"{case}: {done.problem}")
    found: Found = json.loads(log.read_text().splitlines()[-1])
    return {**found, "cpu": done.cpu, "peak": done.peak / (1 << 20)}


def measure_size(citing: int, rounds: int, scratch: Path, *, is_paced: bool) -> dict[str, Found]:
    """Measure all cases of a size, and return the medians."""
    runs: dict[str, list[Found]] = {}
    with serving(citing, scratch):
        for number in range(rounds):
            last = CASES[2:][:: -1 if number % 2 else 1]
            paced = ("paced",) if is_paced and number == 0 else ()
            for case in (*CASES[:2], *paced, *last):
                folder = scratch / ("hub" if case in CASES[:2] else case)
                print(f"{citing:,}: {case}", file=sys.stderr, flush=True)
                runs.setdefault(case, []).append(run_case(case, folder, scratch / "log"))
            for each in ("hub", "paced", *last):
                shutil.rmtree(scratch / each, ignore_errors=True)
    return {case: summarise(found) for case, found in runs.items()}


def summarise(runs: list[Found]) -> Found:
    """Return the medians of numbers, and what else is the same in all runs."""
    numbers = {name for name, value in runs[0].items() if isinstance(value, int | float)}
    medians = {name: median(each[name] for each in runs) for name in numbers}
    return {**runs[0], **medians}


# -- tables -------------------------------------------------------------------------------


def describe_runs(results: dict[int, dict[str, Found]]) -> Iterator[str]:
    """Yield the table of hubs."""
    yield "| citing works | run | requests: OpenAlex | S2 | OpenCitations | kept, MB | asking, s | CPU, s | building, s | CPU in all, s | peak, MiB |"  # noqa: E501
    yield "| ---: | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for citing, found in results.items():
        for case in CASES[:2]:
            each = found[case]
            yield (
                f"| {citing:,} | {case} | {' | '.join(map(str, each['requests']))} | "
                f"{each['kept'] / 1e6:.2f} | {each['asking']:.1f} | {each['asking_cpu']:.1f} | "
                f"{each['building']:.1f} | {each['cpu']:.1f} | {each['peak']:,.0f} |"
            )


def describe_pace(results: dict[int, dict[str, Found]]) -> Iterator[str]:
    """Yield the table of what the pace takes: told from the clock that was ahead, and measured."""
    yield "| citing works | requests x interval, s | asking without pace, s | waiting, predicted, s | measured, s | asking with pace, predicted, s | measured, s |"  # noqa: E501
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for citing, found in results.items():
        first, paced = found["first"], found.get("paced")
        waited = [first["waited"], *([paced["waited"]] if paced else [])]
        asking = [told(first), *([paced["asking"]] if paced else [])]
        cells = [f"{citing:,}", f"{first['pace']:.1f}", f"{first['asking']:.1f}"]
        for pair in (waited, asking):
            cells += [f"{each:.1f}" for each in pair] + ["not run"] * (2 - len(pair))
        yield f"| {' | '.join(cells)} |"


def told(first: Found) -> float:
    """Return the seconds of asking with pace, from a run that did not wait."""
    return float(first["asking"] + first["waited"])


def describe_peer(results: dict[int, dict[str, Found]]) -> Iterator[str]:
    """Yield the table of OpenAlex alone; ratios are to pyalex."""
    yield "| citing works | case | works | requests | kept, MB | asking, s | CPU, s | peak, MiB | asking, x pyalex | CPU, x | peak, x |"  # noqa: E501
    yield "| ---: | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for citing, found in results.items():
        peer = found["pyalex"]
        for case in CASES[2:]:
            each = found[case]
            ratios = [f"{each[name] / peer[name]:.2f}" for name in ("asking", "cpu", "peak")]
            name = "pyalex" if case == "pyalex" else "citehub"
            yield (
                f"| {citing:,} | {name} | {len(each['works']):,} | {each['requests'][0]} | "
                f"{each['kept'] / 1e6:.2f} | {each['asking']:.2f} | {each['cpu']:.2f} | "
                f"{each['peak']:,.0f} | {' | '.join(ratios)} |"
            )


def judge(results: dict[int, dict[str, Found]]) -> Iterator[str]:
    """Yield what is not as it should be."""
    for citing, found in results.items():
        if found["openalex"]["works"] != found["pyalex"]["works"]:
            yield f"{citing:,}: pyalex and citehub have other works"
        if sum(found["update"]["requests"]) > sum(found["first"]["requests"]):
            yield f"{citing:,}: an update takes more requests than the first run"
        paced = found.get("paced")
        if paced and abs(paced["asking"] - told(found["first"])) > MARGIN:
            yield f"{citing:,}: asking with pace does not take what was told"


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--citing", type=int, nargs="+", default=[100, 1_000, 10_000])
    arguments.add_argument("--paced", type=int, nargs="*", default=[100, 1_000])
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--case", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.case:
        print(json.dumps(measure(*given.case)))
        return 0
    from load import describe_machine

    print(*describe_machine(LIBRARIES), "", sep="\n", flush=True)
    results = {}
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {
            "OPENALEX_API_KEY": KEY, "NO_PROXY": "127.0.0.1", "XDG_CONFIG_HOME": scratch,
            "CITEHUB_HOME": scratch,
        }  # fmt: skip
        for citing in sorted(given.citing):
            is_paced = citing in given.paced
            results[citing] = measure_size(citing, given.rounds, Path(scratch), is_paced=is_paced)
    for lines in (describe_runs(results), describe_pace(results), describe_peer(results)):
        print(*lines, "", sep="\n")
    missed = list(judge(results))
    print(*(f"FAIL {line}" for line in missed), sep="\n")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
