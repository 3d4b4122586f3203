"""Measure how fast citehub and its peers get from nothing to data, each in a fresh process.

Every case is a short program that a new interpreter runs from its start to its end: what a
person waits for, once the files are in the page cache. A round runs every case once, so that
what else the machine does falls on all of them; every second round goes backwards, so that
no case always follows the same one. One round beforehand is discarded: it compiles what is
not compiled and fills the cache of Hugging Face. Peak memory (VmHWM), the modules loaded and
the type of the result come from runs of their own, after the timed ones.

citehub, the floors, pandas, Polars and Hugging Face read the same file, the works of the
mt-nlg hub; palmerpenguins, vega_datasets and scikit-learn read a small dataset of their own.

Run it on Linux in an environment that holds citehub and ``benchmarks/requirements.txt``::

    python benchmarks/load.py [--rounds 15]

It prints Markdown, and exits with 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = (
    *("citehub", "pyarrow", "pandas", "numpy"),
    *("polars", "palmerpenguins", "vega_datasets", "scikit-learn", "datasets"),
)
HEAVY = {"numpy", "pandas", "pyarrow"}
PROBES = 3
MIB = 1 << 20

IMPORT_MS = 1.0
RATIO = 1.05
INSTALLED_BYTES = 2_000_000

READ = "pq.ParquetFile(PATH).read()"
PROBE = f"""
import sys
status = open("/proc/self/status").read()
print(status.split("VmHWM:")[1].split()[0])
print(type(globals().get("data")).__module__.partition(".")[0])
print(*sorted({HEAVY!r} & set(sys.modules)))
"""


@dataclass
class Case:
    """A program, and what was measured of it."""

    name: str
    code: str
    needs: str = ""  # the distribution of a peer
    walls: list[float] = field(default_factory=list)  # ms
    peaks: list[float] = field(default_factory=list)  # MiB
    modules: set[str] = field(default_factory=set)  # of HEAVY, after it
    kind: str = ""  # the package that the result's type belongs to

    @property
    def wall(self) -> float:
        """Median wall time, ms."""
        return median(self.walls)


START = Case("`python -c pass`", "pass")
ARROW_FLOOR = Case("Arrow floor: pyarrow", f"import pyarrow.parquet as pq; data = {READ}")
IMPORT = Case("`import citehub`", "import citehub")
HANDLE = Case("citehub: handle", "import citehub; data = citehub.load('mt-nlg').works")
ARROW = Case("citehub: first Arrow table", f"{HANDLE.code}.to_arrow()")
PANDAS = Case("`import pandas`", "import pandas")
FRAME_FLOOR = Case(
    "DataFrame floor: pandas, pyarrow", f"import pandas, pyarrow.parquet as pq; data = {READ}"
)
FRAME = Case("citehub: first DataFrame", f"{HANDLE.code}.to_pandas()")
PEERS = (
    Case("pandas.read_parquet", "import pandas; data = pandas.read_parquet(PATH)", "pandas"),
    Case("polars.read_parquet", "import polars; data = polars.read_parquet(PATH)", "polars"),
    Case(
        "palmerpenguins",
        "from palmerpenguins import load_penguins; data = load_penguins()",
        "palmerpenguins",
    ),
    Case(
        "vega_datasets",
        "from vega_datasets import data as vega; data = vega.cars()",
        "vega_datasets",
    ),
    Case(
        "scikit-learn",
        "from sklearn.datasets import load_iris; data = load_iris(as_frame=True).frame",
        "scikit-learn",
    ),
    Case(
        "Hugging Face datasets",
        "from datasets import load_dataset; "
        "data = load_dataset('parquet', data_files=PATH, split='train').to_pandas()",
        "datasets",
    ),
)
CASES = (START, ARROW_FLOOR, IMPORT, HANDLE, ARROW, PANDAS, FRAME_FLOOR, FRAME, *PEERS)


class Runner:
    """Starts fresh interpreters, in an empty folder and with caches of their own."""

    def __init__(self, folder: str) -> None:
        # Not the checkout: its folder datasets/ has the name of Hugging Face's package.
        self.cwd = os.path.join(folder, "empty")
        os.mkdir(self.cwd)
        self.env = os.environ | {
            "HF_HOME": os.path.join(folder, "huggingface"),
            "HF_HUB_OFFLINE": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        }
        # Else a package that is not compiled would be compiled anew in every run.
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)
        self.path = self.run("import citehub; print(citehub.load('mt-nlg').works.path)").strip()

    def run(self, code: str) -> str:
        """Run a program and return what it printed."""
        return self._start(code, stdout=subprocess.PIPE).stdout

    def time(self, code: str) -> float:
        """Run a program and return the wall time in ms, from its start to its end."""
        code = code.replace("PATH", repr(self.path))
        start = perf_counter()
        self._start(code, stdout=subprocess.DEVNULL)
        return (perf_counter() - start) * 1000

    def probe(self, case: Case) -> None:
        """Run a case once more for its peak memory, its modules and the type of its result."""
        output = self.run(case.code.replace("PATH", repr(self.path)) + PROBE)
        peak, case.kind, modules = output.split("\n")[-4:-1]
        case.peaks.append(int(peak) * 1024 / MIB)
        case.modules = set(modules.split())

    def time_import(self) -> float:
        """Return the ms that importing citehub takes of its own."""
        log = self._start(IMPORT.code, "-X", "importtime", stderr=subprocess.PIPE).stderr
        lines = [line.removeprefix("import time:").split("|") for line in log.splitlines()]
        own = [int(line[0]) for line in lines if line[-1].strip().split(".")[0] == "citehub"]
        if not own:
            raise ValueError(f"citehub is not in what -X importtime wrote: {log}")
        return sum(own) / 1000

    def _start(
        self, code: str, *options: str, stdout: int | None = None, stderr: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *options, "-c", code]
        return subprocess.run(
            command,
            cwd=self.cwd,
            env=self.env,
            stdout=stdout,
            stderr=stderr,
            text=True,
            check=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="timed rounds (default: 15)")
    rounds = max(1, parser.parse_args().rounds)
    cases = [case for case in CASES if not case.needs or find_version(case.needs)]
    print(*describe_machine(), "", sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(folder)
        imports = measure(runner, cases, rounds)
        size = measure_installed(os.path.join(folder, "installed"))
    print(f"{rounds} rounds, interleaved, each case a fresh process:\n")
    print(*describe_cases(), "", sep="\n")
    targets = [check_import(imports), check_arrow(), check_frame(), check_size(size)]
    print(*(f"{'PASS' if passed else 'FAIL'} {line}" for passed, line in targets), sep="\n")
    return 0 if all(passed for passed, _ in targets) else 1


def measure(runner: Runner, cases: list[Case], rounds: int) -> list[float]:
    """Fill in the cases, and return the ms of importing citehub, one per round."""
    for case in cases:
        runner.time(case.code)
    imports = []
    for number in range(rounds):
        for case in cases[:: -1 if number % 2 else 1]:
            case.walls.append(runner.time(case.code))
        imports.append(runner.time_import())
    for case in cases * PROBES:
        runner.probe(case)
    return imports


def measure_installed(folder: str) -> int:
    """Install the checkout without its dependencies, and return the bytes of its files."""
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    options = ("--no-deps", "--no-compile", "--target", folder)
    subprocess.run([*pip, "install", *options, str(ROOT)], check=True)
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files if "__pycache__" not in path.parts)


def check_import(imports: list[float]) -> tuple[bool, str]:
    own = median(imports)
    return own <= IMPORT_MS and not IMPORT.modules, (
        f"1. `import citehub`: {own:.2f} ms of its own (target: at most {IMPORT_MS:.0f}); "
        f"of {', '.join(sorted(HEAVY))} it loads: {', '.join(sorted(IMPORT.modules)) or 'none'}"
    )


def check_arrow() -> tuple[bool, str]:
    ratio = ARROW.wall / ARROW_FLOOR.wall
    loads = "pandas" in ARROW.modules
    return ratio <= RATIO and not loads, (
        f"2. first Arrow table: {describe_ratio(ARROW, ARROW_FLOOR)}; "
        f"pandas {'is' if loads else 'is not'} loaded"
    )


def check_frame() -> tuple[bool, str]:
    ratio = FRAME.wall / FRAME_FLOOR.wall
    judged = [peer for peer in PEERS if peer.kind == "pandas"]
    faster = [f"{peer.name} ({peer.wall:.1f} ms)" for peer in judged if peer.wall <= FRAME.wall]
    return ratio <= RATIO and not faster, (
        f"3. first DataFrame: {describe_ratio(FRAME, FRAME_FLOOR)}; of {len(judged)} peers with "
        f"a pandas DataFrame, as fast or faster: {', '.join(faster) or 'none'}"
    )


def check_size(size: int) -> tuple[bool, str]:
    return size < INSTALLED_BYTES, (
        f"4. installed without dependencies: {size / 1e6:.2f} MB "
        f"(target: under {INSTALLED_BYTES / 1e6:.0f})"
    )


def describe_ratio(case: Case, floor: Case) -> str:
    pairs = zip(case.walls, floor.walls, strict=True)
    return (
        f"{case.wall:.1f} ms, {case.wall / floor.wall:.3f} x the floor's {floor.wall:.1f} ms "
        f"(target: at most {RATIO}; median of the rounds' ratios "
        f"{median(own / least for own, least in pairs):.3f})"
    )


def describe_cases() -> list[str]:
    lines = [
        "| case | median ms | min ms | peak MiB | x Arrow floor | x DataFrame floor |",
        "| :--- | ---: | ---: | ---: | ---: | ---: |",
    ]
    return lines + [describe_case(case) for case in CASES]


def describe_case(case: Case) -> str:
    if not case.walls:
        return f"| {case.name}: not installed | | | | | |"
    name = case.name
    if case in PEERS and case.kind != "pandas":
        name += f" (a {case.kind} DataFrame: not judged)"
    ratios = " | ".join(f"{case.wall / floor.wall:.3f}" for floor in (ARROW_FLOOR, FRAME_FLOOR))
    peak = median(case.peaks)
    return f"| {name} | {case.wall:.1f} | {min(case.walls):.1f} | {peak:.1f} | {ratios} |"


def describe_machine(libraries: Sequence[str] = LIBRARIES) -> list[str]:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    load = ", ".join(f"{average:.2f}" for average in os.getloadavg())
    return [
        f"- CPU: {find_cpu()}, {os.cpu_count()} cores; load before the run: {load}",
        f"- Memory: {pages / (1 << 30):.1f} GiB",
        f"- OS: {platform.platform()}",
        f"- Python: {platform.python_implementation()} {platform.python_version()}",
        "- Libraries: "
        + ", ".join(f"{name} {find_version(name) or 'not installed'}" for name in libraries),
    ]


def find_cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def find_version(distribution: str) -> str:
    """Return the version of what is installed, or an empty string."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
