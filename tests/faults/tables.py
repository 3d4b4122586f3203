"""Parquet files of a stranger, whose hashes are right: what they hold is not.

Every case is a release in which one table was written anew, with its size, hash and rows in the
manifest as they are. It is loaded, verified, read in every way, shown and exported.
"""

from __future__ import annotations

import atexit
import contextlib
import datetime
import functools
import io
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

import citehub
from citehub._manifest import sha256
from citehub.cli import app
from citehub.errors import CitehubError
from tests.faults.case import DETECTED, SURVIVED, Case
from tests.made import make_release, make_works

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).parents[2]
TABLES: Final = (
    "works", "works", "work_ids", "authorships", "citations", "citation_labels",
    "citation_contexts", "label_counts", "merge_candidates", "sources", "evidence",
)  # fmt: skip
MOST_MEMORY: Final = 600 << 10
"""KiB that a child may have in memory at most, with all libraries."""

Change = "Callable[[pa.Table, random.Random], pa.Table]"


# -- a release with another table -----------------------------------------------------------------


@functools.cache
def base() -> Path:
    """Return a small release with every kind of column."""
    folder = Path(tempfile.mkdtemp(prefix="citehub-faults-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rows = make_works(
        *(
            {
                "work_id": f"doi:10.1/{number}", "title": f"A title {number}",
                "title_plain": f"A title {number}", "abstract": "Some words. " * number,
                "publication_year": 2020 + number, "citation_count": number or None,
                "citation_count_on": datetime.date(2026, 11, 1),
                "authors": ["A. Uthor", "B. Uthor"],
                "ids": {"doi": f"10.1/{number}"}, "intents": ["background"] * (number % 2),
                "passages": [{"gist": "Named.", "section": "Introduction"}] * (number % 3),
                "themes": ["one", "two"][: number % 3], "source": "a-test", "shared_authors": 0,
            }
            for number in range(12)
        )
    )  # fmt: skip
    rows["label_counts"] = [
        {"scheme": "intent", "value": "background", "raw_value": "background", "n": 9,
         "n_labelled": 9, "n_citing": 12, "source_id": "a-test"}
    ]  # fmt: skip
    rows["merge_candidates"] = [
        {"work_id": "doi:10.1/1", "other_work_id": "doi:10.1/2", "why": "alike",
         "title_similarity": 0.5}
    ]  # fmt: skip
    rows["sources"] = [
        {"source_id": name, "title": "A test", "kind": "records",
         "retrieved_on": datetime.date(2026, 1, 2)}
        for name in ("a-test", "a-test-c")
    ]  # fmt: skip
    make_release(folder, rows).verify()
    return folder


def forge(folder: Path, name: str, data: bytes, rows: int | None = None) -> Path:
    """Copy the release, and put in another file with its size, hash and rows in the manifest."""
    release = folder / "release"
    shutil.copytree(base(), release)
    (release / f"{name}.parquet").write_bytes(data)
    state(
        release,
        name,
        bytes=len(data),
        hash=sha256(data),
        **({} if rows is None else {"rows": rows}),
    )
    return release


def state(release: Path, name: str, **stated: Any) -> dict[str, Any]:
    """State something of a table in the manifest."""
    path = release / "datapackage.json"
    manifest = json.loads(path.read_bytes())
    resource: dict[str, Any] = next(each for each in manifest["resources"] if each["name"] == name)
    resource.update(stated)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return resource


@functools.cache
def original(name: str) -> pa.Table:
    return pq.ParquetFile(base() / f"{name}.parquet").read()


def written(table: pa.Table, *, by: pa.Schema | None = None, **options: Any) -> bytes:
    """Write a table; ``by`` is the schema that the file claims to have, in Arrow's metadata."""
    if by is not None:
        sink = pa.BufferOutputStream()
        pq.write_table(by.empty_table(), sink)
        metadata = pq.ParquetFile(pa.BufferReader(sink.getvalue())).metadata.metadata
        table = table.replace_schema_metadata({b"ARROW:schema": metadata[b"ARROW:schema"]})
        options["store_schema"] = False
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **{"compression": "zstd", **options})
    return sink.getvalue().to_pybytes()


# -- using it -------------------------------------------------------------------------------------


def quietly(*words: str) -> None:
    """Run a command without :func:`citehub.cli.main`, which would hide what it raises."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        app([*words], standalone_mode=False)


READS: Final[tuple[Callable[[citehub.Hub, str], object], ...]] = (
    lambda hub, name: hub.table(name).to_pandas(),
    lambda hub, name: hub.table(name).to_polars().to_dicts(),
    lambda hub, name: list(hub.table(name)),
    lambda hub, name: pa.table(hub.table(name)),
    lambda hub, name: hub.table(name)._repr_html_(),
)
USES: Final[tuple[Callable[[citehub.Hub], object], ...]] = (
    lambda hub: hub._repr_html_(),
    lambda hub: (str(hub.summary()), hub.summary()._repr_html_(), hub.summary().to_pandas()),
    lambda hub: hub.passages(),
    lambda hub: hub.search("title uthor introduction"),
    lambda hub: [hub.select(sort=sort) for sort in ("title", "newest", "most-cited")],
    lambda hub: hub.select(role="background"),
    lambda hub: [each._repr_html_() for each in hub.select()],
    lambda hub: hub.related("doi:10.1/3"),
    lambda hub: hub.label_agreement(),
    lambda hub: hub.cite("apa", of="canonical"),
    lambda hub: quietly("show", hub.path),
    lambda hub: quietly("show", hub.path, "doi:10.1/3"),
    lambda hub: quietly("check", hub.path),
    *(
        functools.partial(lambda form, hub: bytes(hub.export(form)), form)
        for form in ("bibtex", "csv", "csl-json", "parquet", "graphml", "cito-turtle", "jsonl")
    ),
)
_TRIED: Final = 5


def use(release: Path, name: str, draw: random.Random) -> str:
    """Read the table in every way, and use the hub in some: only errors of citehub's are allowed.

    What verify finds nothing about holds the right rows.
    """
    try:
        hub = citehub.load(release)
    except CitehubError:
        return DETECTED
    for read in READS:
        with contextlib.suppress(CitehubError):
            read(hub, name)
    for run in draw.sample(USES, _TRIED):
        with contextlib.suppress(CitehubError, SystemExit):
            run(hub)
    try:
        hub.verify()
    except CitehubError:
        return DETECTED
    found, expected = (
        sorted(map(repr, each.to_pylist()))
        for each in (hub.table(name).to_arrow(), original(name))
    )
    if found != expected:
        raise AssertionError("other rows, and verify finds nothing")
    return SURVIVED


# -- crafted tables -------------------------------------------------------------------------------


def columns(table: pa.Table, kind: Callable[[pa.DataType], bool]) -> list[str]:
    return [field.name for field in table.schema if kind(field.type)]


def is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind))


def put(table: pa.Table, name: str, values: Any, kind: pa.DataType | None = None) -> pa.Table:
    """Replace a column; its place, description and null stay."""
    at = table.column_names.index(name)
    field = table.schema.field(name)
    array = values if isinstance(values, pa.Array) else pa.array(values, kind or field.type)
    return table.set_column(at, pa.field(name, array.type, metadata=field.metadata), array)


def with_bad_text(table: pa.Table, draw: random.Random) -> pa.Table:
    """Put bytes that are no UTF-8 into a cell."""
    names = columns(table, is_text)
    name = draw.choice(names)
    cells = [None if each is None else each.encode() for each in table[name].to_pylist()]
    bad = draw.choice([b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"abc\x80", b"\xf4\x90\x80\x80"])
    cells[draw.randrange(len(cells))] = bad
    return put(table, name, pa.array(cells, pa.binary()).view(pa.string()))


def with_null(table: pa.Table, draw: random.Random) -> pa.Table:
    """Make a cell null, or a whole column."""
    name = draw.choice(table.column_names)
    cells = table[name].to_pylist()
    if draw.random() < 0.5:
        cells[draw.randrange(len(cells))] = None
    else:
        cells = [None] * len(cells)
    return put(table, name, cells)


def with_double_row(table: pa.Table, draw: random.Random) -> pa.Table:
    """Repeat a row in the place of another, so that a key is there twice."""
    if table.num_rows == 1:
        return pa.concat_tables([table, table])
    one, other = draw.sample(range(table.num_rows), 2)
    rows = [*range(table.num_rows)]
    rows[other] = one
    return table.take(rows)


def with_other_type(table: pa.Table, draw: random.Random) -> pa.Table:
    """Give a column another type: wider, nested, a list, bytes, a time."""
    name = draw.choice(table.column_names)
    n = table.num_rows
    return put(
        table,
        name,
        draw.choice(
            [
                pa.array([1] * n, pa.int64()),
                pa.array([[1]] * n, pa.list_(pa.int32())),
                pa.array([{"a": 1}] * n, pa.struct([("a", pa.int32())])),
                pa.array([b"x"] * n, pa.binary()),
                pa.array(["x"] * n, pa.large_string()),
                pa.array([0] * n, pa.timestamp("us", "Europe/Berlin")),
                pa.array([0] * n, pa.date64()),
                pa.array([[("k", "v")]] * n, pa.map_(pa.string(), pa.string())),
                pa.array([1.5] * n, pa.float32()),
                pa.array([None] * n, pa.null()),
                pa.array([b"0" * 16] * n, pa.uuid()) if hasattr(pa, "uuid") else pa.nulls(n),
            ]
        ),
    )


def with_other_columns(table: pa.Table, draw: random.Random) -> pa.Table:
    """Drop, double, rename, swap or add columns."""
    names = table.column_names
    name = draw.choice(names)
    return draw.choice(
        [
            lambda: table.drop_columns([name]),
            lambda: table.append_column(name, table[name]),
            lambda: table.rename_columns([n + "\0" * (n == name) for n in names]),
            lambda: table.rename_columns([n.upper() if n == name else n for n in names]),
            lambda: table.select(draw.sample(names, len(names))),
            lambda: table.append_column("more", pa.array([1] * table.num_rows)),
            lambda: table.rename_columns([n + ".x" * (n == name) for n in names]),
        ]
    )()


def with_wild_numbers(table: pa.Table, draw: random.Random) -> pa.Table:
    """Put in the largest and smallest numbers, days and what is no number."""
    kinds = columns(table, lambda kind: not is_text(kind) and not pa.types.is_dictionary(kind))
    if not kinds:
        return with_null(table, draw)
    name = draw.choice(kinds)
    kind = table.schema.field(name).type
    if pa.types.is_date32(kind):
        wild = pa.array([draw.choice([2**31 - 1, -(2**31), 40_000_000])], pa.int32()).view(kind)
    elif pa.types.is_floating(kind):
        wild = pa.array([draw.choice([float("nan"), float("inf"), -1e308, -0.0])], kind)
    elif pa.types.is_boolean(kind):
        wild = pa.array([None], kind)
    else:
        bits = kind.bit_width - 1
        wild = pa.array([draw.choice([-(2**bits), 2**bits - 1, 0, -1])], kind)
    rows = pa.chunked_array([wild, table[name].combine_chunks()[1:]])
    return put(table, name, rows.combine_chunks())


def with_pandas_index(table: pa.Table, draw: random.Random) -> pa.Table:
    """Say that a column is pandas' index."""
    name = draw.choice(table.column_names)
    stated = {"index_columns": [name], "columns": [], "column_indexes": []}
    return table.replace_schema_metadata(
        {"pandas": json.dumps(stated), **(table.schema.metadata or {})}
    )


def with_other_words(table: pa.Table, draw: random.Random) -> pa.Table:
    """Put other words into a vocabulary or a text: empty, long, hostile."""
    names = columns(table, lambda kind: is_text(kind) or pa.types.is_dictionary(kind))
    name = draw.choice(names)
    cells = table[name].to_pylist()
    cells[draw.randrange(len(cells))] = draw.choice(
        [
            "",
            "|",
            "%",
            "\0",
            "\u202e",
            "x" * 100_000,
            "javascript:alert(1)",
            "\ud7ff",
            "a\nb",
            "\x1b[",
        ]
    )
    return put(table, name, cells)


def with_no_rows(table: pa.Table, draw: random.Random) -> pa.Table:
    """Keep some rows, or none, or in another order."""
    n = table.num_rows
    return table.take(
        pa.array(draw.choice([[], [0], [*range(n)][::-1], [*range(1, n)]]), pa.int32())
    )


CHANGES: Final = (
    with_bad_text, with_null, with_double_row, with_other_type, with_other_columns,
    with_wild_numbers, with_pandas_index, with_other_words, with_no_rows,
)  # fmt: skip


def crafted(draw: random.Random) -> Iterator[Case]:
    """Yield releases with a table of other cells, columns or types."""
    while True:
        for change in CHANGES:
            name, seed = draw.choice(TABLES), draw.getrandbits(32)
            told = f"{change.__doc__} ({name}, {seed})"
            yield Case(told, functools.partial(run_crafted, change, name, seed))


def run_crafted(change: Any, name: str, seed: int, folder: Path) -> str:
    import random

    draw = random.Random(seed)
    table = change(original(name), draw)
    by = original(name).schema if draw.random() < 0.3 else None
    try:
        data = written(table, by=by)
    except (pa.ArrowException, UnicodeError):  # not even pyarrow writes it
        return DETECTED
    rows = table.num_rows if draw.random() < 0.7 else None
    return use(forge(folder, name, data, rows), name, draw)


# -- bytes of a file ------------------------------------------------------------------------------


def altered(draw: random.Random) -> Iterator[Case]:
    """Yield releases with some bytes of a table changed, and the hash after it."""
    while True:
        name, seed = draw.choice(TABLES), draw.getrandbits(32)
        yield Case(f"bytes of {name} ({seed})", functools.partial(run_altered, name, seed))


def run_altered(name: str, seed: int, folder: Path) -> str:
    import random

    draw = random.Random(seed)
    data = bytearray((base() / f"{name}.parquet").read_bytes())
    footer = int.from_bytes(data[-8:-4], "little")
    start = draw.choice([4, len(data) - 8 - footer])
    for _ in range(draw.choice([1, 1, 2, 8])):
        at = draw.randrange(start, len(data))
        data[at] = draw.choice([data[at] ^ 1 << draw.randrange(8), draw.randrange(256), 0, 255])
    return use(forge(folder, name, bytes(data)), name, draw)


# -- more than it says ----------------------------------------------------------------------------


def repeated_text() -> tuple[bytes, int]:
    """Return 10 GB of text: one of 1 MB, 10,000 times."""
    table, n = original("themes"), 10_000
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * n, pa.int32()), ["x" * (1 << 20)])
    cells = {
        field.name: texts
        if field.name == "description"
        else pa.array([1 if pa.types.is_integer(field.type) else "a"] * n, field.type)
        for field in table.schema
    }
    return written(pa.table(cells), by=table.schema), n


def many_rows() -> tuple[bytes, int]:
    """Return 200 million rows of nothing in some megabytes."""
    table, sink = original("themes"), pa.BufferOutputStream()
    schema = pa.schema([pa.field(field.name, field.type) for field in table.schema])
    rows = pa.table([pa.nulls(1 << 20, field.type) for field in schema], schema=schema)
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for _ in range(191):
            writer.write_table(rows)
    return sink.getvalue().to_pybytes(), 191 << 20


def long_text() -> tuple[bytes, int]:
    """Return one text of 200 MB."""
    table = original("themes").slice(0, 1)
    return written(put(table, "description", ["x" * 200_000_000])), 1


def many_columns() -> tuple[bytes, int]:
    """Return a table of 20,000 columns."""
    cells = {f"c{number}": pa.array([1], pa.int8()) for number in range(20_000)}
    return written(pa.table(cells)), 1


def many_groups() -> tuple[bytes, int]:
    """Return a row group for each of 20,000 rows."""
    rows = original("themes").take([0] * 20_000)
    return written(rows, row_group_size=1), 20_000


def long_footer() -> tuple[bytes, int]:
    """Return 30 MB of metadata."""
    table = original("themes")
    return written(table.replace_schema_metadata({"x": "y" * 30_000_000})), table.num_rows


def deep_column() -> tuple[bytes, int]:
    """Return lists in lists, 400 deep."""
    cells: Any = pa.array([1])
    for _ in range(400):
        cells = pa.ListArray.from_arrays(pa.array([0, len(cells)], pa.int32()), cells)
    return written(
        put(original("themes").slice(0, 1), "description", cells), store_schema=False
    ), 1


def deep_footer() -> tuple[bytes, int]:
    """Return a footer whose columns stand within each other, 4,000 deep."""
    group = bytes([0x35, 0x00, 0x18, 0x01, 0x61, 0x15, 0x02, 0x00])  # optional, "a", one child
    schema = bytes([0x15, 0x02, 0x19, 0xFC, 0xA0, 0x1F]) + group * 4000
    footer = schema + bytes([0x16, 0x00, 0x19, 0x0C, 0x00])
    return b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1", 0


BOMBS: Final = (
    repeated_text, many_rows, long_text, many_columns, many_groups, long_footer, deep_column,
    deep_footer,
)  # fmt: skip
CHILD: Final = """
import sys, citehub
try:
    hub = citehub.load(sys.argv[1])
    getattr(hub.table("themes"), sys.argv[2])()
except citehub.CitehubError as error:
    print(error)
    print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""


def bombs(draw: random.Random) -> Iterator[Case]:
    """Yield each file that decodes to more than it says, once, and some without any file."""
    for make in (*BOMBS, sparse):
        for read in draw.sample(["to_pandas", "to_polars", "verify", "__len__"][:3], 2):
            yield Case(
                f"{make.__doc__.removeprefix('Return ')} ({read})",
                functools.partial(run_bomb, make, read),
            )


def sparse() -> tuple[bytes, int]:
    """Return a file of 40 GB that holds nothing."""
    return b"PAR1", 1


@functools.cache
def made(make: Callable[[], tuple[bytes, int]]) -> tuple[bytes, int]:
    return make()


def run_bomb(make: Callable[[], tuple[bytes, int]], read: str, folder: Path) -> str:
    release = forge(folder, "themes", *made(make))
    if make is sparse:
        with (release / "themes.parquet").open("r+b") as file:
            file.truncate(40 << 30)
        state(release, "themes", bytes=40 << 30)
    return child(release, read)


def child(release: Path, read: str) -> str:
    """Read a table in a process of its own, and compare the memory that it took."""
    command = [sys.executable, "-c", CHILD, str(release), read]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    said = done.stdout.splitlines()
    if done.returncode or not said:
        raise AssertionError(f"exit {done.returncode}: {done.stdout}{done.stderr[-2000:]}")
    if int(said[-1]) > MOST_MEMORY:
        raise AssertionError(f"{said[0]}, after {int(said[-1]) >> 10} MiB")
    return DETECTED


KINDS: Final = {
    "a crafted table whose hash is right": crafted,
    "bytes of a table changed, and its hash after it": altered,
    "a table that holds more than it says": bombs,
}
