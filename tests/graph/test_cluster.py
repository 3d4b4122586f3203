"""A cluster of Spark gives the rows of DuckDB, also where a machine of it dies on the way."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time

import pyspark
import pytest

from citehub.bulk.engines import parquet_files
from citehub.bulk.store import Store
from citehub.sources.openalex import find_openalex
from tests.graph.conftest import QUICK

PARTITIONS, WORKS = 8, 1000
PATIENCE = 120  # seconds

pytestmark = [pytest.mark.cluster, pytest.mark.slow]
SPARK_CLASS = os.path.join(os.path.dirname(pyspark.__file__), "bin", "spark-class")

JOB = """
import json, os, sys, time
from citehub.bulk.engines import open_engine
from citehub.sources.openalex import find_openalex
from citehub.bulk.store import Store

master, dump, scratch, *folders = sys.argv[1:]
engine = open_engine("spark", memory=1 << 29, threads=None, scratch=scratch, master=master)
for folder in folders:
    while not os.path.isdir(folder):  # until it is asked for
        time.sleep(0.05)
    table = Store(engine, folder, lambda _step: None).table(find_openalex(dump)["works"])
    by_year = table.group_by("year").agg(
        n=table.count(), refs=table.refs.length().sum().cast("int64"), last=table.title.max()
    )
    print(json.dumps(engine.fetch(by_year)), flush=True)
engine.close()
"""
FOLDERS = ("first", "second")  # what the job reads, and keeps there

TROUBLE = """
import os, signal, sys
from pyspark import SparkContext
from citehub.errors import BuildError
from citehub.bulk.engines import spark
import ibis

spark._WORKER_SECONDS = 1
try:
    spark.Spark(4 << 30, None, sys.argv[2], sys.argv[1])
except BuildError as error:
    print(error)
engine = spark.Spark(1 << 29, 1, sys.argv[2], None)
table = ibis.memtable({"n": [1]}, schema={"n": "int64"})
print(engine.fetch(table))
os.kill(SparkContext._gateway.proc.pid, signal.SIGKILL)
try:
    engine.fetch(table)
except BuildError as error:
    print(error)
engine.close()
"""


class Process:
    """A process that a test started, in a group with those that it starts itself."""

    def __init__(self, folder, name, *words):
        self.out, self.log = folder / f"{name}.out", folder / f"{name}.log"
        env = {
            **os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m",
            "JDK_JAVA_OPTIONS": QUICK,
        }  # fmt: skip
        with open(self.out, "wb") as out, open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                words, stdout=out, stderr=log, env=env, start_new_session=True
            )

    def is_running(self):
        return self.process.poll() is None

    def end(self, number=signal.SIGTERM):
        if self.is_running():
            os.killpg(self.process.pid, number)
        self.process.wait()

    def wait_for(self, pattern):
        """Return what the pattern's group finds in the log, once it is there."""
        return wait(lambda: (found := re.search(pattern, self.log.read_text())) and found[1])


def wait(get):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := get():
            return found
        time.sleep(0.05)
    raise TimeoutError


def tasks(folder, word):
    """Return the tasks of a worker's last job that were running or finished, by its log."""
    log = max(folder.glob("app-*/*/stderr"), default=None, key=os.path.getmtime)
    text = log.read_text() if log else ""
    return set(re.findall(rf"{word} task (\d+\.\d+ in stage \d+)", text))


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Start processes, which end with these tests."""
    folder, processes = tmp_path_factory.mktemp("cluster"), []

    def call(name, *words):
        processes.append(Process(folder, name, *words))
        return processes[-1]

    yield call
    for process in reversed(processes):
        process.end()


@pytest.fixture(scope="module")
def cluster(start, tmp_path_factory):
    """A master and two workers on this machine; the address, and each worker with its folder."""
    here = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
    kind = "org.apache.spark.deploy"
    master = start("master", SPARK_CLASS, f"{kind}.master.Master", *here)
    address = master.wait_for(r"Starting Spark master at (spark://127\.0\.0\.1:\d+)")
    workers = []
    for name in ("one", "two"):
        folder = tmp_path_factory.mktemp(name)
        words = ("--cores", "1", "--memory", "1g", "--work-dir", os.fspath(folder), address)
        workers.append((start(name, SPARK_CLASS, f"{kind}.worker.Worker", *here, *words), folder))
    for worker, _ in workers:
        worker.wait_for("(Successfully registered with master)")
    return address, workers


@pytest.fixture(scope="module")
def dump(tmp_path_factory):
    """A snapshot of works, of which each partition takes a while to read."""
    folder = tmp_path_factory.mktemp("dump") / "works" / "updated_date=2026-01-01"
    folder.mkdir(parents=True)
    for part in range(PARTITIONS):
        works = (
            {
                "id": f"https://openalex.org/W{part * WORKS + number}",
                "title": f"Título {number} 数学",
                "publication_year": 1990 + number % 30,
                "referenced_works": [
                    f"https://openalex.org/W{each}" for each in range(number % 60)
                ],
            }
            for number in range(WORKS)
        )
        text = "".join(f"{json.dumps(work)}\n" for work in works)
        (folder / f"part_{part:03}.gz").write_bytes(gzip.compress(text.encode(), compresslevel=1))
    return os.fspath(folder.parent.parent)


@pytest.fixture(scope="module")
def job(start, cluster, dump, tmp_path_factory):
    """A job on the cluster, which reads the dump into a folder as soon as that is made."""
    folder = tmp_path_factory.mktemp("job")
    words = (cluster[0], dump, *(os.fspath(folder / name) for name in ("scratch", *FOLDERS)))
    (folder / "scratch").mkdir()
    return start("job", sys.executable, "-W", "error", "-c", JOB, *words), folder


def check(job, folder, answer, duck, dump, tmp_path):
    """Compare all that the job read and answered with what DuckDB does."""
    table = Store(duck, os.fspath(tmp_path / "duckdb"), print).table(find_openalex(dump)["works"])
    by_year = table.group_by("year").agg(
        n=table.count(), refs=table.refs.length().sum().cast("int64"), last=table.title.max()
    )
    assert sorted(json.loads(answer), key=repr) == sorted(duck.fetch(by_year), key=repr)
    assert job.log.read_text() == ""  # no word of Spark's, and nothing left open
    (store,) = (folder / "openalex" / "works").iterdir()
    read = duck.read_parquet(parquet_files(os.fspath(store)))
    assert duck.fetch(read.agg(n=read.count())) == [{"n": PARTITIONS * WORKS}]
    assert duck.fetch(read.difference(table, distinct=False)) == []


def answers(job):
    """Return what the job printed so far; it must not have failed."""
    assert job.process.poll() in {None, 0}, job.log.read_text()
    return job.out.read_text().splitlines()


def test_a_cluster_gives_the_same_rows(cluster, job, duck, dump, tmp_path):
    process, folder = job
    (folder / "first").mkdir()
    (answer,) = wait(lambda: answers(process))
    check(process, folder / "first", answer, duck, dump, tmp_path)
    done = [tasks(each, "Finished") for _, each in cluster[1]]
    assert all(done)  # both workers took part
    assert not [each for each in done[0] | done[1] if ".0 in" not in each]  # nothing done twice


def test_a_machine_that_dies_costs_no_rows(cluster, job, duck, dump, tmp_path):
    process, store = job[0], job[1] / "second"
    (worker, folder), (_, other) = cluster[1]
    before = tasks(folder, "Finished")
    store.mkdir()

    def is_at_work():
        done = tasks(folder, "Finished")
        return done != before and tasks(folder, "Running") - done

    wait(is_at_work)
    worker.end(signal.SIGKILL)  # with what it started: as a machine that loses its power
    assert process.is_running()
    assert not list((store / "openalex" / "works").glob("0*"))  # all is yet to come
    lost = tasks(folder, "Running") - tasks(folder, "Finished")
    assert lost
    assert process.process.wait(PATIENCE) == 0, process.log.read_text()
    check(process, store, answers(process)[1], duck, dump, tmp_path)
    again = {
        each.replace(".1 in", ".0 in") for each in tasks(other, "Finished") if ".1 in" in each
    }
    assert lost <= again  # by the other worker


def test_a_worker_that_is_not_there_and_a_driver_that_dies_are_told(start, cluster, tmp_path):
    words = ("-W", "error", "-c", TROUBLE, cluster[0], os.fspath(tmp_path))
    job = start("large", sys.executable, *words)
    assert job.process.wait(PATIENCE) == 0, job.log.read_text()
    refused, rows, died = job.out.read_text().splitlines()
    assert re.fullmatch(
        r"No worker of spark:\S+ took the job .* needs 3696m of memory .*", refused
    )
    assert rows == "[{'n': 1}]"
    assert died.startswith("Spark failed: ")
