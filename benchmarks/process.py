"""Run a program as a fresh process and measure it with all that it starts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PERIOD = 0.05  # seconds between two looks at memory
TICK = os.sysconf("SC_CLK_TCK")
BLOCK = 512  # bytes, in which the kernel counts what is written


@dataclass(frozen=True)
class Run:
    """What one run took, or why it did not end."""

    wall: float  # seconds
    cpu: float  # seconds, user and system
    peak: int  # bytes that stood in memory
    written: int  # bytes, to a disk
    problem: str = ""


def run(
    command: Sequence[str], log: Path, *, cap: int, limit: float, others: Sequence[int] = ()
) -> Run:
    """Run a program, and end it where it takes more memory or time than it may.

    Peak memory is the largest sum of the resident sets of its processes, and no less than the
    kernel's own peak of any one of them. ``others`` are processes that work for it and were
    there before, as those of a cluster: they count with what they start.
    """
    before = sum(map(cpu_of, others))
    start = perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    watch = Watch(process.pid, others, cap, start + limit)
    watch.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - start
    watch.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime + sum(map(cpu_of, others)) - before
    problem = watch.problem
    if not problem and process.returncode:
        problem = f"exit {process.returncode}: {last_error(log.read_text(errors='replace'))}"
    return Run(wall, cpu, watch.peak, usage.ru_oublock * BLOCK, problem)


def last_error(text: str) -> str:
    """Return the line of a log that names the error, or its last one."""
    lines = text.strip().splitlines() or ["it said nothing"]
    named = (line for line in reversed(lines) if re.match(r"[\w.]+(Error|Exception)\b", line))
    return next(named, lines[-1])[:200]


class Watch(threading.Thread):
    """Looks at the memory of a process and of all that it starts."""

    def __init__(self, pid: int, others: Sequence[int], cap: int, end: float) -> None:
        super().__init__(daemon=True)
        self.pid, self.others, self.cap, self.end = pid, others, cap, end
        self.peak = 0
        self.problem = ""
        self.over = threading.Event()

    def run(self) -> None:
        """Look at it until it has ended, and end it where it takes too much."""
        while not self.over.wait(PERIOD):
            found = [memory_of(each) for root in (self.pid, *self.others) for each in tree(root)]
            now = sum(resident for resident, _ in found)
            self.peak = max(self.peak, now, *(highest for _, highest in found), 0)
            if now > self.cap:
                self.end_all(f"took more than {self.cap >> 30} GiB")
            elif perf_counter() > self.end:
                self.end_all("took too long")

    def end_all(self, problem: str) -> None:
        """End the process with all that it started."""
        self.problem = self.problem or problem
        if not self.over.is_set():  # else the id may be another process's
            os.killpg(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Look no more."""
        self.over.set()
        self.join()


def tree(pid: int) -> Iterator[int]:
    """Yield a process and all that it started."""
    yield pid
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
        children = [Path(f"/proc/{pid}/task/{each}/children").read_text() for each in tasks]
    except OSError:  # it has ended
        return
    for child in " ".join(children).split():
        yield from tree(int(child))


def memory_of(pid: int) -> tuple[int, int]:
    """Return the bytes of a process in memory, now and at most."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0, 0
    found = dict(line.split(":", 1) for line in status.splitlines())
    now, most = (int(found.get(key, "0 kB").split()[0]) for key in ("VmRSS", "VmHWM"))
    return now << 10, most << 10


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process, of what it started and of what that started."""
    total = 0.0
    for each in tree(pid):
        try:
            stat = Path(f"/proc/{each}/stat").read_text()
        except OSError:
            continue
        fields = stat.rpartition(")")[2].split()
        total += sum(map(int, fields[11:15])) / TICK  # its own, and of children that ended
    return total
