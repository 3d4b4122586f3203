"""Spark: the engine for a cluster. Its driver and workers must see the same files.

Python starts the driver, a Java process; workers need only Java.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from citehub.bulk.engines import CannotRead, Made, as_utf8, compile_made, out_of_memory
from citehub.errors import BadArgument, BuildError, MissingExtra
from citehub.sources.dump_datasets import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    from citehub.sources.dump_datasets import Expression

_OUTSIDE_HEAP: Final = 400 << 20  # bytes that Python and Java take beside Java's heap
_LEAST_HEAP: Final = 512 << 20  # bytes; Spark starts with no less
_MASTER_SECONDS: Final = 10  # within which a master answers
_WORKER_SECONDS: Final = 60  # within which a worker of a cluster is there
_QUOTED_LETTERS: Final = 500  # of what Java said, in an error
_LOCAL: Final = "127.0.0.1"
_WRITTEN: Final = {"mode": "append", "compression": "lz4_raw"}

_BLANK: Final = " \t\r"
_HALF_CHARACTER: Final = (  # of a character that JSON escapes as two, without the other half
    r"(?<!\\)(?:\\\\)*(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F])"
)
_JSON: Final = {
    "mode": "FAILFAST",
    "allowSingleQuotes": "false",
    "maxNumLen": "10000",  # these two are more than what lines.py can read and keeps
    "maxNestingDepth": "100000",
}
_UNREADABLE: Final = re.compile(
    r"\[(MALFORMED_RECORD|FAILED_READ_FILE|USER_RAISED_EXCEPTION|CAST_)\w*"
)


class Spark:
    """See `citehub.bulk.engines.Engine`."""

    batch = 64

    def __init__(self, memory: int, threads: int | None, scratch: str, master: str | None) -> None:
        try:
            import ibis
            import ibis.backends.pyspark
            from pyspark import SparkConf, SparkContext
            from pyspark.sql import SparkSession
        except ImportError:
            raise MissingExtra.of("Ibis with PySpark", "spark") from None
        _check_java()
        if master:
            _check_master(master)
        if SparkSession.getActiveSession():
            raise BuildError("Spark runs in this process already, and can run only once. Stop it.")
        settings = _settings(memory, threads or os.cpu_count() or 1, scratch, master)
        conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
        with ExitStack() as stack:
            self._java = _start_java(conf, os.path.join(scratch, "spark.log"))
            stack.callback(_stop_java, self._java)
            with _errors():
                context = SparkContext(conf=conf, gateway=self._java)
                self._session = SparkSession(context)
                stack.callback(_stop_session, self._session)
                if master:
                    _wait_for_worker(context, master, settings["spark.executor.memory"])
                self._backend = ibis.pyspark.connect(self._session)
            self._open = stack.pop_all()

    def read_json(self, parts: Mapping[str, int], fields: Mapping[str, str]) -> Expression:
        return _number(parts, lambda path: self._read_json(path, fields))

    def read_csv(self, parts: Mapping[str, int], fields: Mapping[str, str]) -> Expression:
        return _number(parts, lambda path: self._read_csv(path, fields))

    def _read_json(self, path: str, fields: Mapping[str, str]) -> Expression:
        # Spark's own reader of JSON Lines takes a list for several rows, and lets pass what
        # follows an object. So the line is read as the first of two objects of a list.
        import ibis
        from ibis.backends.pyspark.datatypes import PySparkSchema
        from pyspark.sql import functions as f
        from pyspark.sql.types import ArrayType

        row = PySparkSchema.from_ibis(
            ibis.schema({name: as_text(kind) for name, kind in fields.items()})
        )
        line = f.col("value")
        is_broken = ~f.is_valid_utf8(line) | (
            (line.contains(r"\ud") | line.contains(r"\uD")) & line.rlike(_HALF_CHARACTER)
        )
        whole = f.when(is_broken, f.raise_error(f.lit("is not UTF-8"))).otherwise(line)
        pair = f.from_json(f.concat(f.lit("["), whole, f.lit(",{}]")), ArrayType(row), _JSON)
        first = f.when(f.size("pair") == 2, f.col("pair")[0]).otherwise(  # noqa: PLR2004
            f.raise_error(f.lit("is not one object"))
        )
        lines = self._session.read.text(_uri(path), lineSep="\n")
        lines = lines.where(f.btrim(line, f.lit(_BLANK)) != "")
        return self._table(
            lines.select(pair.alias("pair")).select(first.alias("row")).select("row.*")
        )

    def _read_csv(self, path: str, fields: Mapping[str, str]) -> Expression:
        from pyspark.sql import functions as f

        cells = self._session.read.csv(
            _uri(path), ", ".join(f"`{name}` STRING" for name in fields), header=True,
            enforceSchema=False, mode="FAILFAST", multiLine=True, quote='"', escape='"',
            unescapedQuoteHandling="RAISE_ERROR",
        )  # fmt: skip
        return self._table(
            cells.select(*(f.nullif(name, f.lit("")).alias(name) for name in fields))
        )

    def read_parquet(self, paths: Sequence[str]) -> Expression:
        with _errors():
            return self._table(self._session.read.parquet(*map(_uri, paths)))

    def read_parts(self, parts: Mapping[str, int]) -> Expression:
        from pyspark.sql import functions as f

        with _errors():
            reader = self._session.read.option("mergeSchema", "true")
            frame = reader.parquet(*map(_uri, parts))
            java: Any = self._session._jvm  # noqa: SLF001 -- which spells addresses as Spark does
            spell = java.org.apache.hadoop.fs.Path
            names = {str(spell(path).toUri()): n for path, n in parts.items()}
            pairs = [f.lit(each) for pair in names.items() for each in pair]
            place = f.regexp_replace("_metadata.file_path", "^file:/+", "/")  # or three strokes
            part = f.element_at(f.create_map(*pairs), place)
            unknown = f.raise_error(f.lit("Rows came from an unexpected file."))
            return self._table(
                frame.select("*", f.coalesce(part, unknown).cast("int").alias("part"))
            )

    def write(self, table: Expression | Made, folder: str) -> None:
        place = f"file://{as_utf8(folder)}"
        with _errors():
            if isinstance(table, Made):
                frame = self._session.sql(compile_made(self._backend, table))
                frame.write.parquet(place, **_WRITTEN)
            else:
                self._backend.to_parquet(table, place, **_WRITTEN)
        for name in os.listdir(folder):
            if not name.endswith(".parquet"):  # checksums of the parts
                os.remove(os.path.join(folder, name))

    def fetch(self, table: Expression) -> list[dict[str, Any]]:
        import ibis

        name = ibis.util.gen_name("fetch")
        with _errors(), _leaks():
            self._backend.create_view(name, table)  # which takes in tables of this process, too
            rows: list[dict[str, Any]] = self._session.table(name).toArrow().to_pylist()
        self._session.catalog.dropTempView(name)
        return rows

    def close(self) -> None:
        if isinstance(sys.exc_info()[1], KeyboardInterrupt | SystemExit):
            self._java.proc.kill()  # which would end its jobs first
        self._open.close()

    def _table(self, frame: Any) -> Expression:
        import ibis

        name = ibis.util.gen_name("read")
        frame.createOrReplaceTempView(name)
        return self._backend.table(name)


def _number(parts: Mapping[str, int], read: Callable[[str], Expression]) -> Expression:
    import ibis

    tables = (read(path).mutate(part=ibis.literal(part, "int32")) for path, part in parts.items())
    return ibis.union(*tables)


def _settings(memory: int, threads: int, scratch: str, master: str | None) -> dict[str, str]:
    """Return Spark's settings; others may stand in a ``spark-defaults.conf``."""
    heap = f"{max(memory - _OUTSIDE_HEAP, _LEAST_HEAP) >> 20}m"
    here = {
        "spark.driver.bindAddress": _LOCAL,
        "spark.driver.host": _LOCAL,
        "spark.sql.shuffle.partitions": str(4 * threads),
    }
    return {
        "spark.app.name": "citehub",
        "spark.master": master or f"local[{threads}]",
        "spark.driver.memory": heap,
        "spark.executor.memory": heap,
        "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={scratch}",
        "spark.local.dir": os.path.join(scratch, "spill"),
        "spark.sql.warehouse.dir": os.path.join(scratch, "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
        "spark.sql.caseSensitive": "true",
        # It fails on larger dictionaries in lz4_raw: parquet-java issue 3478.
        "spark.hadoop.parquet.filter.dictionary.enabled": "false",
        "spark.sql.csv.parser.columnPruning.enabled": "false",  # else it does not count cells
        "spark.sql.json.enableExactStringParsing": "false",  # numbers as text as DuckDB has them
        "spark.sql.execution.arrow.pyspark.enabled": "true",  # else null of a memtable is "NaN"
        **({} if master else here),
    }


def _start_java(conf: SparkConf, log: str) -> Any:
    """Start the driver, whose messages go into a file."""
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    with _leaks(), open(log, "wb") as file, ThreadPoolExecutor(1) as pool:
        # In a thread of its own, so that no signal parts the process from who is to stop it.
        started = pool.submit(launch_gateway, conf, {"stdout": file, "stderr": file})
        try:
            return started.result()
        except PySparkRuntimeError:
            pass  # and what it left open goes here
        except (KeyboardInterrupt, SystemExit):
            _stop_java(started.result())
            raise
        finally:
            del started
    with open(log, encoding="utf-8", errors="replace") as file:
        said = file.read().strip()[-_QUOTED_LETTERS:]
    raise BuildError(f"Java, which Spark needs in version 17 or later, did not start: {said}")


def _stop_session(session: SparkSession) -> None:
    """Stop a session, unless its driver died."""
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]

    with suppress(Py4JError, ConnectionError), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        session.stop()


def _stop_java(gateway: Any) -> None:
    """Stop the driver, so that another one can be started."""
    from pyspark import SparkContext

    gateway.shutdown()
    gateway.proc.stdin.close()  # which the process waits for
    gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001 -- else the next one is sought there


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not shutil.which(os.path.join(home, "bin", "java") if home else "java"):
        where = f"in JAVA_HOME, {home}" if home else "on the PATH"
        raise BuildError(
            f"Spark needs Java 17 or later, but there is no java {where}. Install it, as with "
            "'apt install openjdk-17-jre-headless', or use the engine duckdb."
        )


def _check_master(master: str) -> None:
    """Refuse a standalone master that does not answer; Spark would try for a minute."""
    found = re.fullmatch(r"spark://([\w.-]+:\d+(?:,[\w.-]+:\d+)*)", master)
    if not found:
        raise BadArgument.of("master", master, "an address such as spark://host:7077")
    problems = []
    for address in found[1].split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=_MASTER_SECONDS).close()
        except OSError as error:
            problems.append(f"{address}: {error}")
        else:
            return
    raise BuildError(
        f"The Spark master {master} does not answer ({'; '.join(problems)}). Start it, or "
        "leave out the master to use this machine."
    )


def _wait_for_worker(context: SparkContext, master: str, memory: str) -> None:
    """Refuse a cluster without a free worker; Spark would wait for ever."""
    end = time.monotonic() + _WORKER_SECONDS
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # noqa: PLR2004, SLF001 -- the driver is one
        if time.monotonic() > end:
            raise BuildError(
                f"No worker of {master} took the job within {_WORKER_SECONDS} seconds. Each needs "
                f"{memory} of memory and a free core: start workers, or lower the memory."
            )
        time.sleep(0.2)


@contextmanager
def _errors() -> Iterator[None]:
    """Separate unreadable input, lack of memory or disk, and other errors."""
    from py4j.protocol import Py4JError
    from pyspark.errors import AnalysisException, PySparkException

    try:
        yield
    except AnalysisException:  # a query that is wrong
        raise
    except (Py4JError, PySparkException, ConnectionError) as error:
        text = str(error)
        if "No space left" in text:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
        if "OutOfMemory" in text:
            raise out_of_memory() from None
        if found := _UNREADABLE.search(text):
            raise CannotRead(text[found.start() :].partition("\n")[0]) from None
        first = str(getattr(error, "java_exception", text)).partition("\n")[0]
        raise BuildError(f"Spark failed: {first}") from None


@contextmanager
def _leaks() -> Iterator[None]:
    """Say nothing of the sockets and pipes that PySpark leaves to Python to close."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def _uri(path: str) -> str:
    """Return a file's address, in which nothing is a pattern."""
    return "file://" + re.sub(r"([\\\[\]{}*?])", r"\\\1", os.path.abspath(as_utf8(path)))
