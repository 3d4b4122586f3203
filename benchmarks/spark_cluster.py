"""A standalone Spark cluster on this machine: a master and workers, each a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
SECONDS = 60  # within which a process is ready
DEPLOY = "org.apache.spark.deploy"


@dataclass(frozen=True)
class Cluster:
    """Where the master answers, and the processes."""

    master: str
    pids: tuple[int, ...]


@contextmanager
def start_cluster(folder: Path, *, workers: int, memory: int) -> Iterator[Cluster]:
    """Start a master, and workers with a core and so much memory each; end them afterwards."""
    ports = ("--host", HOST, "--port", "0", "--webui-port", "0")
    with ExitStack() as stack:

        def start(name: str, *arguments: str, ready: str) -> tuple[str, int]:
            log = folder / f"{name}.log"
            process = stack.enter_context(start_process(log, *arguments))
            return wait_for(ready, log, process), process.pid

        master, pid = start(
            "master", f"{DEPLOY}.master.Master", *ports, ready=r"Starting Spark master at (\S+)"
        )
        pids = [pid]
        for number in range(workers):
            name = f"worker-{number}"
            options = ("--cores", "1", "--memory", f"{memory >> 20}m")
            _, pid = start(
                name, f"{DEPLOY}.worker.Worker", *ports, *options,
                "--work-dir", os.fspath(folder / name), master,
                ready="(Successfully registered) with master",
            )  # fmt: skip
            pids.append(pid)
        yield Cluster(master, tuple(pids))


@contextmanager
def start_process(log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start one of Spark's own programs, and end it afterwards."""
    found = find_spec("pyspark")
    if found is None or found.origin is None:
        sys.exit("There is no Spark: pip install 'citehub[spark]'")
    home = Path(found.origin).parent
    environment = {**os.environ, "SPARK_HOME": os.fspath(home), "SPARK_LOCAL_IP": HOST}
    command = [os.fspath(home / "bin" / "spark-class"), *arguments]  # which becomes java
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_for(sign: str, log: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait until a log shows a sign, and return what the sign holds."""
    end = monotonic() + SECONDS
    while monotonic() < end and process.poll() is None:
        if found := re.search(sign, log.read_text(errors="replace")):
            return found[1]
        sleep(0.2)
    raise RuntimeError(f"Spark is not ready: {log.read_text(errors='replace')[-2000:]}")
