"""Commands that write, and what may happen meanwhile: killed, a full disk, others that write.

Commands run as processes that fork from one that has imported what they need.
"""

from __future__ import annotations

import atexit
import builtins
import errno
import functools
import hashlib
import itertools
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from citehub import _atomic_file, _atomic_folder, cli
from citehub._writer_lock import LOCK, WRITER
from citehub.errors import TargetExists
from tests.faults.case import DETECTED, SURVIVED, Case
from tests.made import make_hub

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

LIST = """
@article{lamp, title={The Lamp}, doi={10.5555/lamp}, year=2020, author={Ada A and Bo B}}
@article{bright, title={A Brighter Lamp}, doi={10.5555/bright}, year=2021, author={Cy C}}
@article{dim, title={A Dim Lamp}, doi={10.5555/dim}, year=2022, author={Di D}}
"""
EXCLUDED = "work,who,when,why\n10.5555/dim,Ada,2026-11-29,Of another lamp\n"
STEPS = ("rename", "replace", "link", "unlink", "rmdir", "mkdir", "fsync", "open", "chmod")
"""Functions of ``os`` at whose calls a command may be killed or fail."""
FAILING = ("rename", "replace", "mkdir", "fsync", "open")
ERRORS = (
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO,
)  # fmt: skip
KILLED = 77
PRELOADED = [
    "tests.faults.writing", "pyarrow.parquet", "pyarrow.compute", "ibis.backends.duckdb",
    "bibtexparser", "filelock", "fsspec", "isal.igzip", "pandas", "citehub.build",
    "citehub.explorer", "citehub.graph", "citehub.publish",
]  # fmt: skip


class Writer(NamedTuple):
    """A command that writes.

    Attributes
    ----------
    words : tuple of str
        Its words, run in a folder where ``prepare`` made what it needs.
    made : str
        What it writes there.
    old : tuple of str
        The words that made what it replaces; empty for nothing.
    prepare : callable
        Takes the folder.
    """

    words: tuple[str, ...]
    made: str
    old: tuple[str, ...] = ()
    prepare: Callable[[Path], object] = lambda _: None


@functools.cache
def home() -> Path:
    """Return a folder with hubs, made once in each process that runs cases."""
    folder = Path(tempfile.mkdtemp(prefix="citehub-faults-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_hub(folder / "made", "1.0.0", "1.1.0")
    (folder / "list.bib").write_text(LIST, encoding="utf-8")
    ended = run(("new", "doi:10.5555/lamp", "--citing", "list.bib", "--out", "hub"), folder)
    assert ended.code == 0, ended
    return folder


def _with_list(here: Path) -> None:
    shutil.copy(home() / "list.bib", here)


def _with_hub(here: Path) -> None:
    shutil.copytree(home() / "hub", here / "hub")
    (here / "hub" / "source" / "exclusions.csv").write_text(EXCLUDED, encoding="utf-8")


def writers() -> dict[str, Writer]:
    """Return the commands that write, by name."""
    made = f"{home() / 'made'}/"
    export = ("export", made, "-f", "csv", "-o", "works.csv")
    first, force = ("--version", "1.0.0"), ("--force",)
    publish, site = (("publish", made, "--out", "out"), ("site", made, "--out", "out"))
    return {
        "export": Writer(export, "works.csv"),
        "export --force": Writer(export + force, "works.csv", export + first),
        "publish": Writer(publish, "out"),
        "publish --force": Writer(publish + force, "out", publish + first),
        "site": Writer(site, "out"),
        "site --force": Writer(site + force, "out", site + first),
        "build": Writer(("build", "hub"), "hub", (), _with_hub),
        "build --out": Writer(("build", "hub", "--out", "out"), "out", (), _with_hub),
        "new": Writer(
            ("new", "doi:10.5555/lamp", "--citing", "list.bib", "--out", "out"), "out", (),
            _with_list,
        ),
        "config": Writer(
            ("config", "S2_API_KEY", "second-key-of-nobody"), "citehub",
            ("config", "S2_API_KEY", "first-key-of-nobody"),
        ),
        "curate": Writer(("curate", "hub"), "hub", (), _with_hub),
    }  # fmt: skip


# -- running ----------------------------------------------------------------------------------


def _context() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


class Ended(NamedTuple):
    """How a command ended: its exit code, what it said, and how many steps it took."""

    code: int
    said: str
    n: int


def start(words: tuple[str, ...], here: Path, fault: Any = None, gate: Any = None) -> Any:
    """Start a command in a process of its own, when the gate is open."""
    said = here.with_name(f"{here.name}-{time.monotonic_ns()}")
    process = _context().Process(target=_act, args=(words, str(here), str(said), fault, gate))
    process.start()
    return process, said


def end(started: Any) -> Ended:
    """Wait for a command."""
    process, path = started
    process.join(120)
    assert process.exitcode is not None, "the command hangs"
    said, _, n = path.read_text("utf-8").partition("\0") if path.exists() else ("", "", "")
    return Ended(process.exitcode, said, int(n or 0))


def run(words: tuple[str, ...], here: Path, fault: Any = None) -> Ended:
    """Run a command in a process of its own."""
    return end(start(words, here, fault))


def _act(words: tuple[str, ...], here: str, said: str, fault: Any, gate: Any) -> None:
    os.chdir(here)
    os.environ["XDG_CONFIG_HOME"] = here
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = ["citehub", *words]
    code: Any = 0
    try:
        if gate:
            gate.wait()
        if fault:
            fault.begin()
        cli.main()
    except SystemExit as ended:
        code = ended.code or 0
    sys.stderr.write(f"\0{fault.n if fault else 0}")
    sys.stderr.flush()
    os._exit(code)


class At:
    """Kills a process at one of its calls that write, or has the call fail; counts them."""

    def __init__(self, number: int, error: int = 0) -> None:
        self.number, self.error, self.n = number, error, 0

    def begin(self) -> None:
        """Take the place of functions of this process."""
        for name in FAILING if self.error else STEPS:
            setattr(os, name, self._counted(getattr(os, name)))
        builtins.open = self._counted(builtins.open)  # type: ignore[assignment]
        _atomic_file.rename = self._counted(_atomic_file.rename)  # type: ignore[assignment]

    def _counted(self, real: Any) -> Any:
        def call(*given: Any, **how: Any) -> Any:
            if not _only_reads(real, *given, **how):
                self.n += 1
                if self.n == self.number and self.error:
                    # As the system does, it names a path, but not an open file.
                    path = given[:1] if given and isinstance(given[0], (str, bytes)) else ()
                    raise OSError(self.error, os.strerror(self.error), *path)
                if self.n == self.number:
                    os._exit(KILLED)
            return real(*given, **how)

        return call


def _only_reads(real: Any, path: Any, mode: Any = "r", *_: Any, **how: Any) -> bool:
    if real is _OS_OPEN:
        return not (how.get("flags", mode) & os.O_CREAT)
    return real is _OPEN and (isinstance(path, int) or not {"w", "a", "x", "+"} & {*mode})


_OS_OPEN, _OPEN = os.open, open


# -- what is there ----------------------------------------------------------------------------


def tree(folder: Path) -> dict[str, str]:
    """Return what is in a folder, by path: the SHA-256 of each file; but for locks."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else ""
        for path in sorted(folder.rglob("*"))
        if path.name not in {LOCK, WRITER}
    }


def _whole(found: dict[str, str], writer: Writer) -> dict[str, str]:
    """Return what has a final name, without what a killed process may leave."""
    return {
        name: held
        for name, held in found.items()
        if not any(map(_atomic_file.is_scratch, name.split("/")))
        and not name.startswith((f"{writer.made}.reading", f"{writer.made}.fetching"))
    }


class World(NamedTuple):
    """What a command makes when nothing goes wrong: before, after, and in how many steps."""

    before: dict[str, str]
    after: dict[str, str]
    n: int
    n_failing: int
    n_bytes: int
    seconds: float


@functools.cache
def world(name: str) -> World:
    """Run a command undisturbed."""
    writer, found = writers()[name], []
    for error in (0, errno.EIO):
        here = Path(tempfile.mkdtemp(dir=home())) / "here"
        before = prepare(writer, here)
        begun = time.monotonic()
        ended = run(writer.words, here, At(0, error))
        assert ended.code == 0, ended.said
        found.append((before, tree(here), ended.n, time.monotonic() - begun))
    (before, after, n, seconds), (_, again, n_failing, _) = found
    assert after == again
    n_bytes = sum(each.stat().st_size for each in here.rglob("*") if each.is_file())
    return World(before, after, n, n_failing, n_bytes, seconds)


def prepare(writer: Writer, here: Path) -> dict[str, str]:
    """Make what a command needs; return what is there."""
    here.mkdir(exist_ok=True)
    writer.prepare(here)
    if writer.old:
        ended = run(writer.old, here)
        assert ended.code == 0, ended.said
    return tree(here)


def check_state(name: str, here: Path) -> bool:
    """Have the old or the new thing be there, whole; tell whether it is the new one."""
    writer, due = writers()[name], world(name)
    found = _whole(tree(here), writer)
    if writer.made == "hub":  # of many files, of which each is the old or the new one
        assert due.before.keys() <= found.keys()
        either = due.before.items() | due.after.items()
        assert found.items() <= either, found.items() - either
    else:
        assert found in (due.before, due.after), sorted(found.items() ^ due.after.items())
    return found == due.after


def check_next(name: str, here: Path, *, is_done: bool) -> None:
    """Have the next run make what it should, and leave nothing else."""
    writer = writers()[name]
    ended = run(writer.words, here)
    told = is_done and ended.code == 1 and "exists already" in ended.said
    assert ended.code == 0 or told, ended
    left = tree(here)
    assert left == world(name).after, sorted(left.items() ^ world(name).after.items())


# -- cases ------------------------------------------------------------------------------------


def killed(rng: random.Random) -> Iterator[Case]:
    """Kill each command at each of its steps."""

    def case(name: str, number: int) -> Case:
        def act(folder: Path) -> str:
            here = folder / "here"
            prepare(writers()[name], here)
            ended = run(writers()[name].words, here, At(number))
            assert ended.code in {KILLED, 0}, ended
            check_next(name, here, is_done=check_state(name, here))
            return SURVIVED

        return Case(f"{name}, killed at step {number}", act)

    yield from _each(rng, case, lambda each: each.n)


def killed_by_time(rng: random.Random) -> Iterator[Case]:
    """Kill a command at any moment, by the system's signal."""

    def case(name: str, share: float, sent: signal.Signals) -> Case:
        def act(folder: Path) -> str:
            here = folder / "here"
            prepare(writers()[name], here)
            started = start(writers()[name].words, here)
            time.sleep(share * world(name).seconds)
            if started[0].is_alive():
                os.kill(started[0].pid, sent)
            ended = end(started)
            assert "Traceback" not in ended.said, ended
            assert ended.code in {-sent, 128 + sent, 0}, ended
            if sent != signal.SIGKILL and ended.code > 0:
                assert not [each for each in os.listdir(here) if _atomic_file.is_scratch(each)]
            check_next(name, here, is_done=check_state(name, here))
            return SURVIVED

        return Case(f"{name}, {sent.name} after {share:.0%} of its time", act)

    while True:
        sent = rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM])
        yield case(rng.choice([*writers()]), rng.random(), sent)


def failing(rng: random.Random) -> Iterator[Case]:
    """Have each call that writes fail, as on a full disk."""

    def case(name: str, number: int) -> Case:
        error = rng.choice(ERRORS)

        def act(folder: Path) -> str:
            here = folder / "here"
            prepare(writers()[name], here)
            ended = run(writers()[name].words, here, At(number, error))
            is_done = check_state(name, here)
            if ended.code == 0:  # a call whose failure harms nothing
                assert is_done, ended
            else:
                _check_told(ended, writers()[name], error)
            assert not [
                each for each in tree(here) if _atomic_file.END in each.replace("citehub/", "")
            ]
            check_next(name, here, is_done=is_done)
            return DETECTED if ended.code else SURVIVED

        return Case(f"{name}, {errno.errorcode[error]} at call {number}", act)

    yield from _each(rng, case, lambda each: each.n_failing)


def _check_told(ended: Ended, writer: Writer, error: int) -> None:
    """Have a message name the file that was asked for, and the problem."""
    assert ended.code == 1, ended
    assert os.strerror(error) in ended.said, ended
    # A build reads dumps in the system's temporary folder, which may be full by itself.
    places = (writer.made, os.path.join(tempfile.gettempdir(), "citehub-"))
    assert any(each in ended.said for each in places), ended
    assert "Traceback" not in ended.said, ended
    assert _atomic_file.END not in ended.said.replace("citehub: ", ""), ended


def _each(
    rng: random.Random, case: Callable[[str, int], Case], count: Callable[[World], int]
) -> Iterator[Case]:
    """Yield a case for each command and step, in any order, again and again."""
    names = [*writers()]
    while True:
        rng.shuffle(names)
        for name in names:
            yield case(name, rng.randint(1, count(world(name))))


def full(rng: random.Random) -> Iterator[Case]:
    """Write on a disk that is too small; where none can be made, with a limit on files."""

    def case(name: str, share: float) -> Case:
        def act(folder: Path) -> str:
            writer, here = writers()[name], folder / "here"
            need = max(1, int(share * world(name).n_bytes))
            is_disk = _mount(here)
            try:
                prepare(writer, here)
                if is_disk:
                    _shrink(here, need)
                ended = run(writer.words, here, None if is_disk else Limit(need))
                is_done = check_state(name, here)
                assert "Traceback" not in ended.said, ended
                assert writer.made in ended.said or not ended.code, ended
                assert not [each for each in os.listdir(here) if _atomic_file.is_scratch(each)]
                if is_disk:
                    _shrink(here, 1 << 28)
                check_next(name, here, is_done=is_done)
            finally:
                if is_disk:
                    subprocess.run(["umount", here], check=True)
            return DETECTED if ended.code else SURVIVED

        return Case(f"{name}, with {share:.0%} of the room that it takes", act)

    while True:
        yield case(rng.choice([*writers()]), rng.random())


class Limit(NamedTuple):
    """Limits each file of a process to some bytes."""

    n_bytes: int
    n: int = 0

    def begin(self) -> None:
        """Do so in this process."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.n_bytes, self.n_bytes))


def _mount(here: Path) -> bool:
    """Make a disk at a folder, and tell whether this process may."""
    here.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256m", "citehub", here]
    with suppress(OSError):
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    return False


def _shrink(here: Path, n_bytes: int) -> None:
    """Leave some bytes free on a disk."""
    state = os.statvfs(here)
    used = (state.f_blocks - state.f_bfree) * state.f_frsize
    size = f"remount,size={used + max(n_bytes, state.f_frsize)}"
    subprocess.run(["mount", "-o", size, here], check=True, capture_output=True)


def together(rng: random.Random) -> Iterator[Case]:
    """Run a command twice at once: one makes the thing, the other does so, too, or is told."""

    def case(name: str) -> Case:
        def act(folder: Path) -> str:
            here, gate = folder / "here", _context().Barrier(2)
            prepare(writers()[name], here)
            both = [start(writers()[name].words, here, gate=gate) for _ in range(2)]
            ended = sorted(map(end, both))
            assert ended[0].code == 0, ended
            told = "exists already" in ended[1].said or "is writing into" in ended[1].said
            assert ended[1].code == 0 or told, ended
            assert tree(here) == world(name).after
            return DETECTED if ended[1].code else SURVIVED

        return Case(f"two of {name} at once", act)

    while True:
        yield case(rng.choice([*writers()]))


def threads(rng: random.Random) -> Iterator[Case]:
    """Have threads write one file while another reads it."""

    def case(n: int, size: int, *, force: bool) -> Case:
        def act(folder: Path) -> str:
            path = folder / "works.csv"
            contents = {b"%d" % number * size for number in range(n)}
            if force:
                path.write_bytes(min(contents))
            with ThreadPoolExecutor(n) as pool:
                running = [pool.submit(_write, path, each, force=force) for each in contents]
                seen = {path.read_bytes()} if force else set[bytes]()
                while not all(each.done() for each in running):
                    with suppress(FileNotFoundError):
                        seen.add(path.read_bytes())
            assert sum(each.result() for each in running) == (n if force else 1)
            assert seen | {path.read_bytes()} <= contents
            assert os.listdir(folder) == ["works.csv"]
            return SURVIVED

        how = "that replace" if force else "that make"
        return Case(f"{n} threads {how} one file of {n * size} bytes", act)

    while True:
        yield case(rng.randint(2, 8), rng.choice([1, 1000, 100_000]), force=rng.random() < 0.5)


def _write(path: Path, held: bytes, *, force: bool) -> bool:
    """Write a file in two pieces, and tell whether it was free."""
    half = len(held) // 2
    try:
        _atomic_file.write_whole([held[:half], held[half:]], str(path), force=force)
    except TargetExists:
        return False
    return True


def scratch_of_others(rng: random.Random) -> Iterator[Case]:
    """Write beside what others write now, what killed ones left, and what is none of it."""

    def case(name: str) -> Case:
        def act(folder: Path) -> str:
            here = folder / "here"
            prepare(writers()[name], here)
            made = str(here / writers()[name].made)
            with _atomic_folder.scratch_folder(made) as living:
                Path(living, "half").write_text("half")
                dead = Path(
                    here, f".{writers()[name].made}.{rng.randbytes(4).hex()}{_atomic_file.END}"
                )
                dead.mkdir()
                (dead / "left").write_text("left")
                mine = here / f".{writers()[name].made}.mine"
                mine.write_text("mine")
                ended = run(writers()[name].words, here)
                assert ended.code == 0, ended
                assert Path(living, "half").read_text() == "half"
                assert mine.read_text() == "mine"
                is_beside = name not in {"config", "build", "curate"}  # else within what is made
                assert dead.exists() != is_beside
                shutil.rmtree(dead, ignore_errors=True)
                mine.unlink()
            assert tree(here) == world(name).after
            return SURVIVED

        return Case(f"{name}, beside the scratch of others", act)

    yield from map(case, itertools.chain.from_iterable(itertools.repeat([*writers()])))


KINDS: dict[str, Callable[[random.Random], Iterator[Case]]] = {
    "a writing command killed between two steps": killed,
    "a writing command killed or ended at any moment": killed_by_time,
    "a step of writing that fails": failing,
    "a disk without room": full,
    "two commands that write the same at once": together,
    "threads that write one file at once": threads,
    "scratch of other processes": scratch_of_others,
}
