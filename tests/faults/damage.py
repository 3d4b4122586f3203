"""Files that were right once: each byte, each length, each file in the place of another."""

from __future__ import annotations

import datetime
import functools
import io
import itertools
import json
import lzma
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import citehub
from citehub import _packed, check
from citehub._catalog import INDEX
from citehub._manifest import SUMS, format_sums, sha256
from citehub._schema import TABLES, needs_evidence
from citehub._validate import row_key
from citehub.build import build_release
from citehub.build.register import LOCK, register
from citehub.bulk.extract import NOTE, Note
from citehub.errors import CitehubError
from citehub.graph import Dumps, new_hub
from citehub.sources import answers
from tests.faults.case import DETECTED, SURVIVED, Case
from tests.made import make_release, make_works

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping

    from citehub import Hub

OLD: Final = "0.1.0"
NEW: Final = "0.2.0"
LOOSE: Final = "loose"
BARE: Final = "bare"
PACKED: Final = "packed"
_Damage = tuple[str, "Callable[[Path], None]"]


# -- what is right ----------------------------------------------------------------------------


@functools.cache
def _made() -> Path:
    """Make a hub folder, the same with its older release packed, and loose releases; once."""
    keeper = tempfile.TemporaryDirectory(prefix="citehub-right-")
    _kept.append(keeper)
    base = Path(keeper.name)
    for number, version in enumerate((OLD, NEW), 1):
        release = base / "hub" / version
        release.mkdir(parents=True)
        made = make_release(release, sound_rows(number), version=version)
        (release / "CHANGES.md").write_text(f"# {version}\n\n{number} more.\n", "utf-8")
        _sum(release)
        register(os.fspath(base / "hub"), made.name, made.manifest["title"], version)
    (base / "hub" / LOCK).unlink()
    shutil.copytree(base / "hub" / NEW, base / LOOSE)
    shutil.copytree(base / "hub" / NEW, base / BARE)
    (base / BARE / SUMS).unlink()
    shutil.copytree(base / "hub", base / PACKED)
    _pack(base / PACKED)
    for name in ("hub", LOOSE, BARE):
        for does in _CALLS.values():
            does(base / name, None)
    return base


_kept: list[Any] = []  # until the process ends


def sound_rows(n_works: int) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a small release that passes every check: each cell names its source."""
    rows = make_works(
        *(
            {"work_id": f"doi:10.5555/{each}", "title_plain": f"Lamp {each}"}
            | {"ids": {"doi": f"10.5555/{each}"}}
            for each in range(n_works)
        )
    )
    rows = {name: rows[name] for name in ("works", "work_ids", "citations")}
    rows["sources"] = [{"source_id": "a-test", "title": "A test", "kind": "records"}]
    rows["evidence"] = [
        {"table_name": name, "row_key": row_key(row, TABLES[name].key), "column_name": column}
        | {"source_id": "a-test", "grade": "stated"}
        for name, of_table in rows.items()
        for row in of_table
        for column, value in row.items()
        if value is not None
        and column in {each.name for each in TABLES[name].columns}
        and needs_evidence(name, column)
    ]
    return rows


def _sum(release: Path) -> None:
    paths = (path for path in release.iterdir() if path.name != SUMS)
    sums = {path.name: sha256(path.read_bytes()) for path in paths}
    (release / SUMS).write_bytes(format_sums(sums))


def _pack(hub: Path) -> None:
    """Pack the older release, as the wheel does: each file under its hash."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as packed:
        for path in sorted((hub / OLD).iterdir()):
            packed.writestr(sha256(path.read_bytes()).partition(":")[2], path.read_bytes())
    (hub / _packed.ARCHIVE).write_bytes(lzma.compress(plain.getvalue()))
    shutil.rmtree(hub / OLD)


def _content(hub: Hub) -> dict[str, Any]:
    """Return all that a release says."""
    tables = {name: list(hub.table(name)) for name in hub.tables}
    return {
        "tables": {**tables, "citing_works": list(hub.citing_works)},
        "lengths": {name: len(hub.table(name)) for name in hub.tables},
        "canonical": hub.canonical.work_id,
        "version": hub.version,
    }


def _words(hub: Hub) -> dict[str, Any]:
    """Return what it says of itself, too, and of its works in other formats."""
    works = hub.select()
    return {
        "title": hub.manifest["title"],
        "cite": hub.cite(),
        "summary": str(hub.summary()),
        "shown": [(work.work_id, work.title, work.authors) for work in works],
        "exports": {name: bytes(hub.export(name)) for name in ("csv", "bibtex")},
    }


def _card(path: Path, version: str | None) -> str:
    card = check(path, version=version)
    if card.passed:
        return "passed"
    raise CitehubError(str(card))


_CALLS: Final[dict[str, Callable[[Path, str | None], object]]] = {
    "load": lambda path, version: _content(citehub.load(path, version=version)),
    "show": lambda path, version: _words(citehub.load(path, version=version)),
    "verify": lambda path, version: citehub.load(path, version=version).verify(),
    "check": _card,
}


@functools.cache
def _right(name: str, version: str | None) -> dict[str, object]:
    """Return what each call gives of what is not damaged."""
    return {call: does(_made() / name, version) for call, does in _CALLS.items()}


# -- what is damaged --------------------------------------------------------------------------


def look(
    name: str,
    path: Path,
    *,
    version: str | None = None,
    must: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    unless_verified: tuple[str, ...] = (),
) -> str:
    """Ask everything of a damaged copy: each answer is an error of citehub's, or right.

    ``must`` names the calls that have to notice; ``without`` those that cannot know;
    ``unless_verified`` those that may be wrong where ``verify`` notices.
    """
    _packed._kept.clear()
    outcome = SURVIVED
    for call, does in _CALLS.items():
        try:
            found = does(path, version)
        except CitehubError:
            outcome = DETECTED
            continue
        assert call not in must, f"{call} did not notice"
        is_right = call in without or found == _right(name, version)[call]
        if not is_right and call in unless_verified:
            is_right = _is_noticed(path, version)
        assert is_right, f"{call} gives another"
    return outcome


def _is_noticed(path: Path, version: str | None) -> bool:
    try:
        _CALLS["verify"](path, version)
    except CitehubError:
        return True
    return False


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def _flips(files: Mapping[str, bytes], rng: random.Random) -> Iterator[_Damage]:
    """Yield every byte of the files, each changed in one way; and then again, in another."""
    places = [(name, at) for name, data in files.items() for at in range(len(data))]
    while True:
        rng.shuffle(places)
        for name, at in places:
            mask = rng.choice([1 << rng.randrange(8), rng.randrange(1, 256)])
            yield f"{name} byte {at} ^ {mask}", _changing(name, at, mask)


def _changing(name: str, at: int, mask: int) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[at] ^= mask
        (folder / name).write_bytes(data)

    return change


def _writing(name: str, data: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return change


def _harms(
    files: Mapping[str, bytes], others: Mapping[str, bytes], rng: random.Random
) -> Iterator[_Damage]:
    """Yield files cut short, made longer, mixed up, lost or strange, in turn and without end."""
    names = sorted(files)
    ways = (_cut, _insert, _lose, _swap, _older, _two_bits, _blank, _strange)
    for way in itertools.cycle(ways):
        yield way(rng, rng.choice(names), files, others)


def _cut(rng: random.Random, name: str, files: Mapping[str, bytes], _: Any) -> _Damage:
    size = rng.randrange(max(1, len(files[name])))
    return f"{name} cut to {size} bytes", _writing(name, files[name][:size])


def _insert(rng: random.Random, name: str, files: Mapping[str, bytes], _: Any) -> _Damage:
    data, at = files[name], rng.randrange(len(files[name]) + 1)
    more = rng.choice([b"\0", b" ", b"\n", b"\xff\xfe", rng.randbytes(rng.randrange(1, 200))])
    return f"{name} with {more[:8]!r} at {at}", _writing(name, data[:at] + more + data[at:])


def _lose(rng: random.Random, name: str, *_: Any) -> _Damage:
    other = rng.choice(["gone", "a folder", "a link", "a pipe"])

    def lose(folder: Path) -> None:
        (folder / name).unlink()
        if other == "a folder":
            (folder / name).mkdir()
        elif other == "a link":
            (folder / name).symlink_to(Path(os.devnull))
        elif other == "a pipe":
            os.mkfifo(folder / name)

    return f"{name} is {other}", lose


def _swap(rng: random.Random, name: str, files: Mapping[str, bytes], _: Any) -> _Damage:
    other = rng.choice([each for each in sorted(files) if each != name] or [name])

    def swap(folder: Path) -> None:
        (folder / name).write_bytes(files[other])
        (folder / other).write_bytes(files[name])

    return f"{name} and {other} swapped", swap


def _older(rng: random.Random, name: str, _: Any, others: Mapping[str, bytes]) -> _Damage:
    chosen = {name, *(each for each in sorted(others) if rng.random() < rng.choice([0, 0.7]))}

    def age(folder: Path) -> None:
        for each in chosen & others.keys():
            (folder / each).write_bytes(others[each])

    return f"{', '.join(sorted(chosen))} of another version", age


def _two_bits(rng: random.Random, name: str, files: Mapping[str, bytes], _: Any) -> _Damage:
    data, mask = bytearray(files[name]), 1 << rng.randrange(8)
    one, two = (rng.randrange(max(1, len(data))) for _ in range(2))
    for at in {one, two} if data else ():
        data[at] ^= mask
    return f"{name} bytes {one} and {two} ^ {mask}", _writing(name, bytes(data))


def _blank(rng: random.Random, name: str, files: Mapping[str, bytes], _: Any) -> _Damage:
    data, size = bytearray(files[name]), rng.choice([16, 512, 4096])
    at = rng.randrange(max(1, len(data))) // size * size
    data[at : at + size] = bytes(len(data[at : at + size]))  # a lost sector
    return f"{name} zeros from {at}, {size} bytes", _writing(name, bytes(data))


def _strange(rng: random.Random, *_: Any) -> _Damage:
    name = rng.choice(["more.parquet", "works.parquet.bak", "x\ny", ".hidden", "SHA256SUMS.asc"])
    return f"{name!r} more", _writing(name, rng.randbytes(20))


# -- the kinds --------------------------------------------------------------------------------


def _is_changed(folder: Path, files: Mapping[str, bytes], *, but: tuple[str, ...] = ()) -> bool:
    """Tell whether files differ; hidden ones beside them, as of a desktop, are no part of it."""
    if any(not path.is_file() or path.is_symlink() for path in folder.iterdir()):
        return True
    found = {name: data for name, data in _files(folder).items() if name not in but}
    found = {name: data for name, data in found.items() if name in files or name[0] != "."}
    return found != {name: data for name, data in files.items() if name not in but}


def _in_index(damages: Iterator[_Damage]) -> Iterator[Case]:
    """Damage the newer release of a hub folder."""
    for name, change in damages:

        def run(folder: Path, change: Callable[[Path], None] = change) -> str:
            hub = shutil.copytree(_made() / "hub", folder / "hub")
            before = _files(hub / NEW)
            change(hub / NEW)
            is_changed = _is_changed(hub / NEW, before) or len(os.listdir(hub / NEW)) > len(before)
            return look("hub", hub, must=("verify", "check") if is_changed else ())

        yield Case(name, run)


def _loose(damages: Iterator[_Damage]) -> Iterator[Case]:
    """Damage a release folder that has SHA256SUMS; changes of that list alone may be harmless."""
    for name, change in damages:

        def run(folder: Path, change: Callable[[Path], None] = change) -> str:
            release = shutil.copytree(_made() / LOOSE, folder / LOOSE)
            before = _files(release)
            change(release)
            told = (release / SUMS).is_file() and not (release / SUMS).is_symlink()
            is_changed = _is_changed(release, before, but=(SUMS,)) and told
            if _is_consistent(release):
                return SURVIVED  # files of another version, with the list of that version
            without = () if told else ("show",)
            must = ("verify", "check") if is_changed else ()
            return look(LOOSE, release, must=must, without=without)

        yield Case(name, run)


def _is_consistent(release: Path) -> bool:
    """Tell whether a folder holds the older release as it was."""
    return _files(release) == _files(_made() / "hub" / OLD)


def _is_of_another_version(release: Path) -> bool:
    """Tell whether the manifest and every table are those of the older release."""
    older = _files(_made() / "hub" / OLD)
    return all(
        (release / name).is_file() and (release / name).read_bytes() == data
        for name, data in older.items()
        if name == "datapackage.json" or name.endswith(".parquet")
    )


def _bare(damages: Iterator[_Damage]) -> Iterator[Case]:
    """Damage a release folder without list of hashes: only its tables are held to something."""
    for name, change in damages:

        def run(folder: Path, change: Callable[[Path], None] = change) -> str:
            release = shutil.copytree(_made() / BARE, folder / BARE)
            change(release)
            if _is_of_another_version(release):
                return SURVIVED
            # Nothing but the manifest says which tables there are, and what they are called.
            return look(BARE, release, without=("show", "check"), unless_verified=("load",))

        yield Case(name, run)


def damage_index(rng: random.Random) -> Iterator[Case]:
    """Damage ``index.json``: a title may change, which is shown nowhere of a release."""
    files = {INDEX: (_made() / "hub" / INDEX).read_bytes()}
    others = {INDEX: json.dumps(_other_index(json.loads(files[INDEX]))).encode()}
    for name, change in _mixed(_flips(files, rng), _harms(files, others, rng)):

        def run(folder: Path, change: Callable[[Path], None] = change) -> str:
            hub = shutil.copytree(_made() / "hub", folder / "hub")
            change(hub)
            return max(look("hub", hub), look("hub", hub, version=OLD), key=len)

        yield Case(name, run)


def _other_index(index: dict[str, Any]) -> dict[str, Any]:
    index["versions"] = dict(
        zip(index["versions"], [*index["versions"].values()][::-1], strict=True)
    )
    return index


def damage_archive(rng: random.Random) -> Iterator[Case]:
    """Damage the archive of an installed hub, as it is, or the zip file that it compresses."""
    packed = (_made() / PACKED / _packed.ARCHIVE).read_bytes()
    files, inner = {_packed.ARCHIVE: packed}, {"zip": lzma.decompress(packed)}
    outer = _mixed(_flips(files, rng), _harms(files, files, rng))
    for name, change in _mixed(outer, _inside(_flips(_ends(inner), rng), inner["zip"])):

        def run(folder: Path, change: Callable[[Path], None] = change) -> str:
            hub = shutil.copytree(_made() / PACKED, folder / PACKED)
            change(hub)
            return look(PACKED, hub, version=OLD)

        yield Case(name, run)


def _ends(inner: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the directory of a zip file: what stands before it is held to hashes."""
    return {"zip": inner["zip"][inner["zip"].index(b"PK\x01\x02") :]}


def _inside(damages: Iterator[_Damage], plain: bytes) -> Iterator[_Damage]:
    """Have damages to the directory of the zip file done, and compress it again."""
    for name, change in damages:

        def repack(folder: Path, change: Callable[[Path], None] = change) -> None:
            at = plain.index(b"PK\x01\x02")
            (folder / "zip").write_bytes(plain[at:])
            change(folder)
            data = plain[:at] + (folder / "zip").read_bytes()
            (folder / "zip").unlink()
            (folder / _packed.ARCHIVE).write_bytes(lzma.compress(data, preset=0))

        yield f"inside, {name} of the directory", repack


def damage_cache(rng: random.Random) -> Iterator[Case]:
    """Damage what an installed hub has unpacked into the cache."""
    files = _files(_made() / "hub" / OLD)
    others = _files(_made() / "hub" / NEW)
    for name, change in _mixed(_flips(files, rng), _harms(files, others, rng)):

        def run(folder: Path, change: Callable[[Path], None] = change) -> str:
            hub = shutil.copytree(_made() / PACKED, folder / PACKED)
            change(Path(citehub.load(hub, version=OLD).path))
            return look(PACKED, hub, version=OLD)

        yield Case(name, run)


@functools.cache
def _maintained() -> Path:
    """Make a hub folder of a list and of kept answers, with curation and a release; once."""
    keeper = tempfile.TemporaryDirectory(prefix="citehub-right-")
    _kept.append(keeper)
    base = Path(keeper.name)
    (base / "list.bib").write_text(_LIST, "utf-8")
    new_hub(
        "doi:10.5555/lamp", os.fspath(base / "hub"), Dumps(), citing=os.fspath(base / "list.bib")
    )
    source = base / "hub" / "source"
    for name, text in _CURATED.items():
        (source / name).write_text(text, "utf-8")
    kept = os.fspath(source / "openalex")
    found = [("/works/doi:10.5555/lamp", (), _work(1)), ("/works", _CITING, _page())]
    for number, (path, params, content) in enumerate(found, 1):
        body = json.dumps(content).encode()
        asked = answers.Asked(path, params)
        answers.keep(
            kept, number, answers.Answer(asked, f"https://api.openalex.org{path}", 200, _AT, body)
        )
    (source / "openalex" / NOTE).write_bytes(Note(_DAY, announced=2, is_asked=True).to_json())
    return base / "hub"


_DAY: Final = datetime.date(2026, 11, 30)
_AT: Final = "2026-11-30T00:00:00Z"
_CITING: Final = (("filter", "cites:W1"),)
_LIST: Final = """@article{lamp, title={The Lamp}, doi={10.5555/lamp}, year=2020, author={Ada A}}
@article{fog, title={Lamps in Fog}, doi={10.5555/fog}, year=2023, author={Ev E and Fo F}}
@article{dim, title={A Dim Lamp}, doi={10.5555/dim}, year=2022, author={Di D}}
"""
_CURATED: Final = {
    "exclusions.csv": "work,who,when,why\n10.5555/dim,Ada,2026-11-29,Of another lamp\n",
    "themes.csv": "theme_id,title,description\nlight,Light,Of light.\n",
    "work_themes.csv": "work,theme_id\n10.5555/fog,light\n",
}


def _work(number: int) -> dict[str, Any]:
    doi = "https://doi.org/10.5555/lamp" if number == 1 else f"https://doi.org/10.5555/{number}"
    work = {"id": f"https://openalex.org/W{number}", "doi": doi, "title": f"Lamp {number}"}
    return work | {"publication_year": 2020 + number, "cited_by_count": 0, "referenced_works": []}


def _page() -> dict[str, Any]:
    return {"results": [_work(2), _work(3)], "meta": {"count": 2, "next_cursor": None}}


@functools.cache
def _built() -> dict[str, Any]:
    """Return the content of the release that is built of sources without damage."""
    with tempfile.TemporaryDirectory() as folder:
        hub = shutil.copytree(_maintained(), Path(folder) / "hub")
        return _content(citehub.load(build_release(os.fspath(hub)).folder))


def damage_sources(rng: random.Random) -> Iterator[Case]:
    """Damage what a hub is built from; a text that means something else is built as it is."""
    right = _maintained()
    paths = [right / "hub.toml", *sorted((right / "source").rglob("*"))]
    files = {
        path.relative_to(right).as_posix(): path.read_bytes() for path in paths if path.is_file()
    }
    for name, change in _mixed(_flips(files, rng), _harms(files, {}, rng)):

        def run(folder: Path, change: Callable[[Path], None] = change, name: str = name) -> str:
            hub = shutil.copytree(right, folder / "hub")
            change(hub)
            before = _files(hub / "1.0.0"), _files(hub)
            try:
                built = build_release(os.fspath(hub))
            except CitehubError:
                assert [path.name for path in hub.iterdir() if path.name[0] in "0123456789"] == [
                    "1.0.0"
                ]
                assert {k: v for k, v in _files(hub).items() if k in before[1]} == before[1]
                outcome = DETECTED
            else:
                release = citehub.load(built.folder)
                release.verify()
                if f"/{answers.BODIES}/" in name:  # which have a hash
                    assert _content(release) == _built()
                outcome = SURVIVED
            assert _files(hub / "1.0.0") == before[0]
            return outcome

        yield Case(name, run)


def _mixed(*parts: Iterator[_Damage]) -> Iterator[_Damage]:
    """Yield of each part in turn."""
    for group in zip(*parts, strict=False):
        yield from group


def _newer() -> dict[str, bytes]:
    return _files(_made() / "hub" / NEW)


def _former() -> dict[str, bytes]:
    return _files(_made() / "hub" / OLD)


KINDS: Final[dict[str, Callable[[random.Random], Iterator[Case]]]] = {
    "a byte changed in a release": lambda rng: _in_index(_flips(_newer(), rng)),
    "a release's file cut, longer, swapped, lost or strange": lambda rng: _in_index(
        _harms(_newer(), _former(), rng)
    ),
    "a folder by itself with SHA256SUMS damaged": lambda rng: _loose(
        _mixed(_flips(_newer(), rng), _harms(_newer(), _former(), rng))
    ),
    "a folder by itself without SHA256SUMS damaged": lambda rng: _bare(
        _mixed(_flips(_bare_files(), rng), _harms(_bare_files(), _former(), rng))
    ),
    "index.json damaged": damage_index,
    "the archive of older releases damaged": damage_archive,
    "the cache of unpacked releases damaged": damage_cache,
    "a source of a hub damaged": damage_sources,
}


def _bare_files() -> dict[str, bytes]:
    return _files(_made() / BARE)
