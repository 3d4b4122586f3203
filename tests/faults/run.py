"""Runs cases: each kind in turn, and each case in a folder of its own that is removed afterwards.

Kinds are dealt out to processes, each of which takes the kind that had least of its time. So a
case that hangs, or ends its process, is a wrong one among the others; the next process goes on
after it.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import multiprocessing
import os
import pkgutil
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import tests.faults
from tests.faults.case import DETECTED, SURVIVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from multiprocessing.connection import Connection

    from tests.faults.case import Case

HANGS: Final = 60  # seconds of one case
_LISTED: Final = 1_000_000  # cases looked through for one by its name
_SAID: Final = 300  # letters of what a process said before it ended
_NEXT: Final = "making its next case"


class Result(NamedTuple):
    """What came of a case: ``DETECTED``, ``SURVIVED``, or else what is wrong."""

    kind: str
    name: str
    outcome: str
    seconds: float = 0

    @property
    def is_wrong(self) -> bool:
        """Whether citehub did not do what it promises."""
        return self.outcome not in {DETECTED, SURVIVED}


class Job(NamedTuple):
    """What one process runs: kinds, each with its module and how many cases to skip."""

    seed: int
    modules: Mapping[str, str]
    skip: dict[str, int]
    only: str = ""
    cases: int | None = None
    seconds: float = float("inf")


def find_kinds() -> dict[str, str]:
    """Return the module of each kind of fault, in alphabetical order of the modules."""
    found = {}
    for each in pkgutil.iter_modules(tests.faults.__path__, "tests.faults."):
        if not each.name.startswith(("tests.faults.__main__", "tests.faults.test_")):
            kinds = getattr(importlib.import_module(each.name), "KINDS", ())
            found |= dict.fromkeys(kinds, each.name)
    return found


def cases_of(kind: str, module: str, seed: int) -> Iterator[Case]:
    """Yield the cases of a kind; the same seed gives the same ones."""
    return importlib.import_module(module).KINDS[kind](random.Random(f"{seed} {kind}"))


def run_case(kind: str, case: Case, folder: Path) -> Result:
    """Run a case in a new folder of this one, where it is alone."""
    inside = Path(tempfile.mkdtemp(prefix="case-", dir=folder))
    here, environment, began = Path.cwd(), dict(os.environ), time.monotonic()
    os.environ |= {"XDG_CACHE_HOME": f"{folder}/cache", "CITEHUB_HOME": f"{folder}/home"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other libraries; pytest makes them errors
            outcome = case.run(inside)
        if outcome not in {DETECTED, SURVIVED}:
            outcome = f"the case returned {outcome!r}"
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 -- whatever it is, it is wrong
        outcome = _told(error)
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(environment)
        for path in (inside, folder / "cache", folder / "home"):
            _remove(path)
    return Result(kind, case.name, outcome, time.monotonic() - began)


def _told(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-3:]]
    return f"{type(error).__name__}: {error} [{' > '.join(places)}]".replace("\n", " ")


def _remove(folder: Path) -> None:
    if not folder.exists():
        return
    for parent, _, _ in os.walk(folder):  # a case may have taken rights away
        with contextlib.suppress(OSError):
            os.chmod(parent, 0o700)
    shutil.rmtree(folder, ignore_errors=True)


# -- one process ------------------------------------------------------------------------------


def _work(job: Job, folder: str, sends: Connection) -> None:
    """Run the cases of some kinds; send which is begun, and what came of it."""
    os.setsid()  # with whatever a case starts: they end together
    log = os.open(os.path.join(folder, "log"), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    end = time.monotonic() + job.seconds
    spent, done = dict.fromkeys(job.skip, 0.0), dict(job.skip)
    left = {
        kind: itertools.islice(cases_of(kind, job.modules[kind], job.seed), skip, None)
        for kind, skip in job.skip.items()
    }
    while left and time.monotonic() < end:
        kind = min(left, key=spent.__getitem__)
        began = time.monotonic()
        sends.send(("at", kind, _NEXT))
        case = None
        if done[kind] != job.cases:
            try:
                case = next(left[kind], None)
            except Exception as error:  # noqa: BLE001 -- of one kind, and the others go on
                sends.send(("done", Result(kind, _NEXT, _told(error))))
        if case is None:
            del left[kind]
            continue
        done[kind] += 1
        if job.only in {"", case.name}:
            sends.send(("at", kind, case.name))
            sends.send(("done", run_case(kind, case, Path(folder))))
        if job.only == case.name or (job.only and done[kind] > _LISTED):
            break
        spent[kind] += time.monotonic() - began
    sends.send(("ended",))


class _Process:
    """A process that runs cases, and how far it is."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done = dict(job.skip)
        self.at = "", ""
        self.has_ended = False
        self.folder = tempfile.mkdtemp(prefix="citehub-faults-")
        self.heard = time.monotonic()
        self.end = self.heard + job.seconds
        context = multiprocessing.get_context("spawn")
        self.receives, sends = context.Pipe(duplex=False)
        self.process = context.Process(target=_work, args=(job, self.folder, sends))
        self.process.start()
        sends.close()

    def hear(self) -> Iterator[Result]:
        """Yield what came of the cases that ended since."""
        with contextlib.suppress(EOFError):  # it is dead, and has said all
            while self.receives.poll():
                what, *told = self.receives.recv()
                self.heard = time.monotonic()
                if what == "at":
                    self.at = told[0], told[1]
                elif what == "done":
                    self.done[told[0].kind] += 1
                    yield told[0]
                else:
                    self.has_ended = True

    def trouble(self, hangs: float) -> str:
        """Say why it cannot go on; empty if it can, or has ended."""
        if self.has_ended:
            return ""
        if not self.process.is_alive():
            return f"it ended its process ({self.process.exitcode})"
        limit = hangs if self.at[0] else HANGS  # of its start
        return f"no end in {limit:g} seconds" if time.monotonic() - self.heard > limit else ""

    def fail(self, why: str) -> tuple[Result, Job]:
        """Return the case that it was at as wrong, and the job that goes on after it."""
        kind, name = self.at
        skip = dict(self.done)
        if name == _NEXT:
            del skip[kind]
        elif kind:
            skip[kind] += 1
        log = Path(self.folder, "log")
        said = log.read_text("utf-8", "replace")[-_SAID:] if log.exists() else ""
        result = Result(kind, name, " ".join(f"{why} {said}".split()))
        return result, self.job._replace(skip=skip, seconds=self.end - time.monotonic())

    def stop(self) -> None:
        """End it, and all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.receives.close()
        _remove(Path(self.folder))


# -- all --------------------------------------------------------------------------------------


def run(
    kinds: Mapping[str, str],
    *,
    seed: int,
    only: str = "",
    cases: int | None = None,
    seconds: float = float("inf"),
    processes: int = 2,
    hangs: float = HANGS,
) -> Iterator[Result]:
    """Yield what comes of the cases of some kinds, until the time is over or all were run.

    ``kinds`` gives the module of each, as :func:`find_kinds` does.
    """
    shares = [[*kinds][start::processes] for start in range(processes)]
    running = [
        _Process(Job(seed, kinds, dict.fromkeys(share, 0), only, cases, seconds))
        for share in shares
        if share
    ]
    try:
        while running:
            wait([each.receives for each in running], timeout=1)
            for each in list(running):
                trouble = each.trouble(hangs)  # before it is heard, so that nothing is missed
                yield from each.hear()
                if not trouble and not each.has_ended:
                    continue
                running.remove(each)
                if trouble and not each.has_ended:
                    result, job = each.fail(trouble)
                    if job.seconds > 0 and job.skip and not only:
                        running.append(_Process(job))
                    yield result
                each.stop()
    finally:
        for each in running:
            each.stop()


def describe_machine() -> str:
    """Name the processor and the system."""
    import platform

    cpu = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        cpu = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python {sys.version.split()[0]}"
