"""Manifests, indexes and sums of strangers: what citehub itself would never write."""

from __future__ import annotations

import atexit
import copy
import functools
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
from typer.testing import CliRunner

import citehub
from citehub._diff import compare
from citehub._manifest import MANIFEST, SUMS, format_sums, sha256
from citehub._parquet_files import arrow_type, parquet_bytes
from citehub._schema import TABLES
from citehub._validate import content_hash, row_key
from citehub.cli.app import app
from citehub.errors import CitehubError, DamagedRelease, UnknownTable
from citehub.explorer import write_site
from citehub.export import FORMATS
from citehub.publish import publish
from tests.faults.case import DETECTED, SURVIVED, Case

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from citehub._schema import Column

VERSION: Final = "1.3.0"
HOSTILE: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**39, 1e300, 0.5, [], {}, [[]], [None]),
    *({"a": 1}, "", " ", "\n", "\x00", "\x07", "\x1b]0;x\x07", "\x9b2J", "\u2028", "\u202eabc"),
    *("a" * 2_000_000, "../x", "/etc/passwd", "..\\x", "con.parquet", "works.parquet"),
    *("WORKS.parquet", "javascript:alert(1)", "https://", "https://a b", "<script>x</script>"),
    *('"}\\write18{x}%', "\ufeff", "\uffff", "é", "日本", "2026-02-30", "2026-13-01T00:00:00Z"),
    *("0000-00-00", "1.2", "1.2.3", "999999999999.0.0", "sha256:0", "urn:uuid:x", "%s%n{0}"),
    *("works", "evidence", "work_id", "list", "float64", "=cmd|' /C calc'!A0", ["works"] * 9),
)
RAW: Final = (  # JSON that no JSON writer of Python makes
    *(b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5000, b'"\\ud800"', b'"\xff"'),
    *(b"[" * 5000 + b"]" * 5000, b'{"a":1,"a":2}', b"'x'", b"", b"\xef\xbb\xbf1", b"01"),
)
_WORKS: Final = frozenset(
    ("work_id", "citing_work_id", "cited_work_id", "other_work_id", "runner_up_work_id")
)
_MARK: Final = "a-mark-for-raw-json"


@functools.cache
def small(n_citing: int) -> str:
    """Write a release of the canonical work and the first that cite it; return its folder."""
    folder = tempfile.mkdtemp(prefix="citehub-faults-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    hub = citehub.load("mt-nlg", version=VERSION)
    works = {row["work_id"] for row in itertools.islice(hub.works, n_citing + 1)}
    release = Path(folder, "release")
    release.mkdir()
    shutil.copy(os.path.join(hub.path, MANIFEST), release)
    kept: dict[str, set[str]] = {}
    for name in hub.tables:
        rows = hub.table(name).to_arrow().to_pylist()
        key = hub.release.resources[name]["schema"]["primaryKey"]
        if name == "evidence":
            rows = [row for row in rows if row["row_key"] in kept.get(row["table_name"], ())]
        elif name == "label_counts" and not n_citing:
            rows = []
        rows = [row for row in rows if {row[each] for each in _WORKS & {*row}} - {None} <= works]
        if name not in TABLES:
            rows = rows[:3]
        kept[name] = {row_key(row, key) for row in rows}
        write_table(release, name, rows, keeps_rules=True)
    return str(release)


def _base() -> str:
    return small(3)


def _copy(folder: Path, *, sums: bool = False) -> Path:
    target = folder / "release"
    shutil.copytree(_base(), target)
    if not sums:
        (target / SUMS).unlink()
    return target


def write_table(
    release: Path, name: str, rows: list[dict[str, Any]], *, keeps_rules: bool
) -> None:
    """Replace a table of a release, and make every hash right; maybe leave out its rules."""
    manifest = json.loads((release / MANIFEST).read_text("utf-8"))
    (resource,) = (each for each in manifest["resources"] if each["name"] == name)
    fields = resource["schema"]["fields"]
    schema = pa.schema([(each["name"], arrow_type(each["arrowType"])) for each in fields])
    data = parquet_bytes(pa.Table.from_pylist(rows, schema=schema))
    if not keeps_rules:
        for field in fields:
            field.pop("constraints", None)
            field.pop("format", None)
        resource["schema"].pop("foreignKeys", None)
        resource["schema"]["primaryKey"] = [field["name"] for field in fields]
    (release / resource["path"]).write_bytes(data)
    resource |= {"bytes": len(data), "hash": sha256(data), "rows": len(rows)}
    resource["content_hash"] = content_hash(rows, resource["schema"])
    (release / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    files = {path.name: sha256(path.read_bytes()) for path in release.iterdir()}
    (release / SUMS).write_bytes(format_sums(files))


# -- what users do with a release --------------------------------------------------------------


def _tables(hub: citehub.Hub, _out: Path) -> None:
    for name in hub.tables:
        table = hub.table(name)
        assert isinstance(table.description + repr(table) + table._repr_html_(), str)
        assert len(table) >= 0
        assert {field.name for field in table.fields} == {*table.columns}


def _work(hub: citehub.Hub, _out: Path) -> None:
    for work in [hub.canonical, *hub.search("model")[:2]]:
        assert isinstance(repr(work) + work._repr_html_(), str)
        assert [getattr(work, name) for name in dir(work) if name[0] != "_"]


def _cite(hub: citehub.Hub, _out: Path) -> None:
    for style in ("bibtex", "apa", "csl-json"):
        assert hub.cite(style)
        assert hub.cite(style, of="canonical")


def _export(hub: citehub.Hub, _out: Path) -> None:
    for name in FORMATS:
        assert bytes(hub.export(name)) is not None


def _sums(hub: citehub.Hub, _out: Path) -> None:
    summary = hub.summary()
    assert isinstance(str(summary) + summary._repr_html_(), str)
    assert len(summary.to_pandas()) == len(summary)
    assert isinstance((*hub.label_agreement(), *hub.evaluate_labels()), tuple)


def _run(*words: str) -> Callable[[citehub.Hub, Path], None]:
    def use(hub: citehub.Hub, _out: Path) -> None:
        done = CliRunner().invoke(app, [words[0], hub.path, *words[1:]])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        if done.exit_code:
            raise DamagedRelease(done.output)

    return use


def _check(hub: citehub.Hub, _out: Path) -> None:
    card = citehub.check(hub.path)
    assert isinstance(str(card) + card._repr_html_(), str)
    if not card.passed:
        raise DamagedRelease(str(card))


USES: Final[dict[str, Callable[[citehub.Hub, Path], object]]] = {
    "repr": lambda hub, _: repr(hub) + hub._repr_html_() + str(dir(hub)),
    "tables": _tables,
    "works": _work,
    "cite": _cite,
    "export": _export,
    "sums": _sums,
    "passages": lambda hub, _: hub.passages(),
    "diff": lambda hub, _: str(compare(hub, citehub.load(_base()))),
    "verify": lambda hub, _: hub.verify(),
    "check": _check,
    "publish": lambda hub, out: publish(hub, out / "published"),
    "site": lambda hub, out: write_site(hub, out / "site"),
    "citehub show": _run("show"),
    "citehub cite": _run("cite"),
    "citehub export": _run("export", "--format", "ris"),
    "citehub table": _run("table", "works"),
    "citehub sources": _run("sources"),
    "citehub verify": _run("verify"),
}


def _use(folder: Path, out: Path, names: list[str]) -> str:
    """Load and use a release; each use works or says what is wrong."""
    try:
        hub = citehub.load(folder)
    except CitehubError as error:
        assert str(error)
        return DETECTED
    outcome = SURVIVED
    for name in names:
        try:
            USES[name](hub, out)
        except CitehubError as error:
            assert str(error)
            outcome = DETECTED
    return outcome


# -- one value ---------------------------------------------------------------------------------


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value of a JSON value."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield (*path, key)
        if isinstance(value[key], (dict, list)):
            yield from _paths(value[key], (*path, key))


def _mutate(content: Any, path: tuple[Any, ...], how: Any) -> bytes:
    """Return JSON with one value replaced, left out or doubled."""
    content = copy.deepcopy(content)
    *above, key = path
    part = functools.reduce(lambda inner, each: inner[each], above, content)
    if how == "left out":
        del part[key]
    elif how == "doubled" and isinstance(part, list):
        part.append(part[key])
    else:
        part[key] = _MARK if isinstance(how, bytes) else how
    data = json.dumps(content).encode()
    return data.replace(f'"{_MARK}"'.encode(), how) if isinstance(how, bytes) else data


def _pick(paths: list[tuple[Any, ...]], rng: random.Random) -> tuple[Any, ...]:
    """Pick a way; short ones as often as long ones, of which there are more."""
    length = rng.choice(sorted({len(path) for path in paths}))
    return rng.choice([path for path in paths if len(path) == length])


def manifests(rng: random.Random) -> Iterator[Case]:
    """Yield manifests with one value that is another, is missing or is there twice."""
    with open(os.path.join(_base(), MANIFEST), encoding="utf-8") as file:
        content = json.load(file)
    paths = [*_paths(content)]
    while True:
        path, how = _pick(paths, rng), rng.choice([*HOSTILE, *RAW, "left out", "doubled"])
        uses = rng.sample([*USES], 3)

        def run(folder: Path, path: Any = path, how: Any = how, uses: Any = uses) -> str:
            release = _copy(folder)
            (release / MANIFEST).write_bytes(_mutate(content, path, how))
            return _use(release, folder, uses)

        yield Case(f"{path} {how!r:.60}, then {', '.join(uses)}", run)


def indexes(rng: random.Random) -> Iterator[Case]:
    """Yield indexes with one value that is another, is missing or is there twice."""
    digests = {name: sha256(_read(_base(), name)) for name in os.listdir(_base())}
    content = {
        "format": "citehub-hub-1",
        "name": "mt-nlg",
        "title": "A title",
        "default": VERSION,
        "versions": {VERSION: digests},
    }
    paths = [*_paths(content)]
    while True:
        path, how = _pick(paths, rng), rng.choice([*HOSTILE, *RAW, "left out", "doubled"])
        key = rng.choice([None, None, *HOSTILE])

        def run(folder: Path, path: Any = path, how: Any = how, key: Any = key) -> str:
            hub = folder / "hub"
            shutil.copytree(_base(), hub / VERSION)
            changed = copy.deepcopy(content)
            if isinstance(key, str) and path[-1] in digests:
                changed["versions"][VERSION][key] = changed["versions"][VERSION].pop(path[-1])  # type: ignore[index]
                data = json.dumps(changed).encode()
            else:
                data = _mutate(changed, path, how)
            (hub / "index.json").write_bytes(data)
            try:
                assert citehub.versions(hub)
                citehub.load(hub).verify()
            except CitehubError:
                return DETECTED
            return SURVIVED

        yield Case(f"{path} {how!r:.60} {key!r:.60}", run)


def _read(folder: str, name: str) -> bytes:
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


# -- a rule left out ---------------------------------------------------------------------------


def _first(rows: list[dict[str, Any]], **cells: Any) -> list[dict[str, Any]]:
    return [{**rows[0], **cells}, *rows[1:]]


_Change = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


def _bad_cells(column: Column) -> dict[str, Any]:
    """Return cells that a column does not allow, by what is wrong with them."""
    tried = {
        "null": (column.required, None),
        "too small": (column.minimum is not None, int(column.minimum or 0) - 1),
        "too large": (column.maximum is not None, int(column.maximum or 0) + 1),
        "in no vocabulary": (column.vocabulary, "no-such-term"),
        "no address": (column.is_url, "javascript:alert(1)"),
        "dangling": (column.references, "no-such-thing"),
    }
    return {words: cell for words, (is_bad, cell) in tried.items() if is_bad}


def _breaks() -> Iterator[tuple[str, str, _Change]]:
    """Yield what breaks a rule: the table, words, and the change of its rows."""
    with open(os.path.join(_base(), MANIFEST), encoding="utf-8") as file:
        held = {each["name"]: each["rows"] for each in json.load(file)["resources"]}
    for table in (table for table in TABLES.values() if held.get(table.name)):
        yield table.name, "a row twice", lambda rows: [*rows, rows[-1]]
        for column in table.columns:
            for words, cell in _bad_cells(column).items():
                change = functools.partial(_set, column=column.name, value=cell)
                yield table.name, f"{column.name} {words}", change
    yield "works", "the canonical work last", lambda rows: [*rows[1:], rows[0]]
    yield "works", "one without citation", lambda rows: [*rows, {**rows[-1], "work_id": "x:1"}]
    yield "citations", "one less", lambda rows: rows[:-1]
    yield (
        "citations",
        "of itself",
        lambda rows: _first(rows, citing_work_id=rows[0]["cited_work_id"]),
    )
    yield (
        "citations",
        "turned",
        lambda rows: _first(
            rows, citing_work_id=rows[0]["cited_work_id"], cited_work_id=rows[0]["citing_work_id"]
        ),
    )
    yield (
        "label_counts",
        "n above n_labelled",
        lambda rows: _first(rows, n=rows[0]["n_labelled"] + 1),
    )
    yield (
        "label_counts",
        "more labelled than there are",
        lambda rows: _first(rows, n_labelled=rows[0]["n_citing"] + 1),
    )
    yield "evidence", "of no row", lambda rows: _first(rows, row_key="nothing")
    yield "evidence", "of no column", lambda rows: _first(rows, column_name="nothing")


def _set(rows: list[dict[str, Any]], column: str, value: Any) -> list[dict[str, Any]]:
    number = next((n for n, row in enumerate(rows) if row[column] is not None), 0)
    return [{**row, column: value} if n == number else row for n, row in enumerate(rows)]


def rules(rng: random.Random) -> Iterator[Case]:
    """Yield releases in which a cell breaks a rule that the manifest has or leaves out."""
    breaks = [(*each, keep) for each in _breaks() for keep in (True, False)]
    for name, words, change, keep in rng.sample(breaks, len(breaks)):

        def run(folder: Path, name: str = name, change: Any = change, keep: bool = keep) -> str:  # noqa: FBT001
            release = _copy(folder, sums=True)
            rows = citehub.load(release).table(name).to_arrow().to_pylist()
            write_table(release, name, change(rows), keeps_rules=keep)
            assert not citehub.check(release).passed, "check passed it"
            try:
                citehub.load(release).verify()
            except DamagedRelease:
                return DETECTED
            raise AssertionError("verify passed it")

        yield Case(f"{name}: {words}, {'with' if keep else 'without'} its rules", run)


# -- sums, and what stands in the place of a file ----------------------------------------------


def sums(rng: random.Random) -> Iterator[Case]:
    """Yield lists of sums of which one byte, line or name is another."""
    data = _read(_base(), SUMS)
    while True:
        place = rng.randrange(len(data))
        lines = data.splitlines(keepends=True)
        number = rng.randrange(len(lines))
        changed = rng.choice(
            [
                data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :],
                data[:place],
                data[:place] + data[place + 1 :],
                b"".join(lines[:number] + lines[number + 1 :]),
                data + lines[number],
                data.replace(b"\n", b"\r\n"),
                data.decode().encode("utf-16"),
                b"\xef\xbb\xbf" + data,
                data + b"0" * 64 + b"  ../../etc/passwd\n",
                data + b"0" * 64 + b"  \xff\n",
            ]
        )

        def run(folder: Path, changed: bytes = changed) -> str:
            release = _copy(folder, sums=True)
            (release / SUMS).write_bytes(changed)
            assert citehub.check(release).passed is (changed == data)
            try:
                citehub.load(release).verify()
            except DamagedRelease:
                return DETECTED
            assert changed in (data, data[:-1]), "verify passed it"
            return SURVIVED

        yield Case(f"byte {place}, line {number}: {changed[:40]!r}... of {len(changed)}", run)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(40 << 30)


PLACES: Final[dict[str, Callable[[Path], object]]] = {
    "a pipe": _pipe,
    "a folder": lambda path: path.mkdir(),
    "a link to itself": lambda path: path.symlink_to(path),
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to the released file": lambda path: path.symlink_to(os.path.join(_base(), path.name)),
    "40 GB of nothing": _sparse,
    "no byte": lambda path: path.touch(),
    "bytes that are no UTF-8": lambda path: path.write_bytes(b"\xff\xfe\xfd{}"),
    "the file in UTF-16": lambda path: path.write_bytes(
        _read(_base(), path.name if os.path.exists(os.path.join(_base(), path.name)) else MANIFEST)
        .decode("utf-8", "replace")
        .encode("utf-16")
    ),
}


def places(rng: random.Random) -> Iterator[Case]:
    """Yield releases and hub folders with something else in the place of a file."""
    names = [*sorted(os.listdir(_base())), "index.json", "hub.toml", "README.md", "notes.txt"]
    every = [(name, words) for name in names for words in PLACES]
    for name, words in rng.sample(every, len(every)):
        uses = rng.sample([*USES], 3)

        def run(folder: Path, name: str = name, words: str = words, uses: Any = uses) -> str:
            release = _copy(folder, sums=True)
            (release / name).unlink(missing_ok=True)
            PLACES[words](release / name)
            try:
                citehub.load(release).verify()
                outcome = SURVIVED
            except DamagedRelease:
                outcome = DETECTED
            assert outcome == DETECTED, "verify passed it"
            assert not citehub.check(release).passed, "check passed it"
            used = _use(release, folder, uses)
            if name in {"index.json", "hub.toml"}:  # a hub folder that has nothing else
                alone = folder / "alone"
                alone.mkdir()
                PLACES[words](alone / name)
                used = _use(alone, folder, uses)
                assert used == DETECTED
            return outcome

        yield Case(f"{words} in the place of {name}, then {', '.join(uses)}", run)


def alone(_rng: random.Random) -> Iterator[Case]:
    """Yield the uses of a hub of the canonical work alone."""
    for name in USES:

        def run(folder: Path, name: str = name) -> str:
            try:
                USES[name](citehub.load(small(0)), folder)
            except UnknownTable:  # which the hub has no more than with citing works
                return DETECTED
            return SURVIVED

        yield Case(name, run)


KINDS: Final = {
    "one value of a manifest replaced, left out or doubled": manifests,
    "one value of an index replaced, left out or renamed": indexes,
    "a rule left out of a manifest, and a cell that breaks it": rules,
    "a damaged list of sums": sums,
    "something else in the place of a file": places,
    "a hub of the canonical work alone": alone,
}
