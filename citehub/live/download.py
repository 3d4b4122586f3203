"""Files from one address on the web: bounded in bytes and time, and resumed after a break.

They land in the system's cache folder and stay there until all of a release is compared, so that
the same command goes on where another was cut off.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from citehub import _atomic_folder
from citehub._packed import cache_folder
from citehub.errors import BadAnswer, MissingExtra
from citehub.live import transport
from citehub.live.settings import check_address
from citehub.sources.answers import Asked
from citehub.sources.api import Host, Refused
from citehub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Self

_LEAST_SECONDS: Final = 60.0  # for a file
_LEAST_RATE: Final = 20_000  # bytes a second, on average
_OK, _PART = 200, 206
_KEPT_SECONDS: Final = 30 * 86_400  # after which what nobody went on with is removed
_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_LONGEST_TAG: Final = 200


@dataclass(slots=True)
class Web:
    """The files at an address; as a context, it removes what it downloaded if all went well.

    Parameters
    ----------
    address : str
        A folder, or a file of it; https, or http on this computer.
    tell : callable, optional
        Is called with a sentence for each try that failed, and each long wait.

    Raises
    ------
    BadArgument
        It is no such address.
    MissingExtra
        The library urllib3 is not installed.
    """

    address: str
    tell: Callable[[str], None] = lambda _said: None
    _source: Source = field(init=False)
    _live: transport.Live = field(init=False)
    _query: tuple[tuple[str, str], ...] = field(init=False)
    _folder: str = field(default="", init=False)
    _lock: Any = field(default=None, init=False)

    def __post_init__(self) -> None:
        bare, _, query = self.address.partition("?")
        check_address("The address", bare)
        self._query = tuple(parse_qsl(query, keep_blank_values=True))
        base = bare.rpartition("/")[0]
        host = Host(
            title=urlsplit(bare).netloc, url=base, url_variable="", interval=0.0, gives_texts=True
        )
        self._source = Source("web", host.title, base, "records", "", texts=host)
        try:
            import urllib3  # noqa: F401 -- only whoever asks the web needs it
        except ImportError:
            raise MissingExtra.of("urllib3", "web") from None
        self._live = transport.Live((self._source,))
        self._live.tell = self.tell

    def __enter__(self) -> Self:
        """Take the place for what is downloaded from this address, where an earlier run left it.

        While another process has it, the place is a new one.
        """
        from filelock import FileLock, Timeout

        above = os.path.join(cache_folder(), "downloads")
        os.makedirs(above, exist_ok=True)
        _clear_old(above)
        place = os.path.join(above, hashlib.sha256(self.address.encode()).hexdigest())
        lock = FileLock(f"{place}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self._folder = tempfile.mkdtemp(dir=above)
        else:
            self._folder, self._lock = place, lock
            os.makedirs(place, exist_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or self._lock is None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.release()

    def read(self, name: str, mark: str, most: int) -> bytes | None:
        """Return a small file of the folder; None if there is none.

        Raises
        ------
        FetchError
            There is no answer, or none with the mark.
        """
        self._live.most = most
        answer = self._live.ask(self._source, Asked(f"/{name}"), (mark,))
        return answer.body if answer.status == _OK else None

    def get(self, name: str, size: int, digest: str) -> str:
        """Download what is missing of a file of the folder, and return its path.

        Parameters
        ----------
        name : str
            The file.
        size : int
            Its bytes.
        digest : str
            Its SHA-256.

        Raises
        ------
        FetchError
            The host does not give this file.
        """
        part = _Part(self._source.title, name, self._place_of(digest), size, digest)
        was_begun = part.n > 0
        try:
            self._fetch(part)
        except Refused as error:
            if not was_begun:
                raise
            self.tell(f"{error} It is fetched anew.")
            part.restart()
            self._fetch(part)
        return part.path

    def get_named(self, most: int) -> str:
        """Download the file that the address names, of at most so many bytes; return its path."""
        name = unquote(self.address.partition("?")[0].rpartition("/")[2])
        part = _Part(self._source.title, name, self._place_of(self.address), most)
        self._fetch(part, self._query)
        return part.path

    def _place_of(self, key: str) -> str:
        return os.path.join(self._folder, hashlib.sha256(key.encode()).hexdigest())

    def _fetch(self, part: _Part, query: tuple[tuple[str, str], ...] = ()) -> None:
        if not part.is_whole():
            try:
                asked = Asked(f"/{part.name}", query)
                answer = self._live.ask(self._source, asked, ("",), part)
            finally:
                if part.error is not None:
                    raise part.error
            if answer.status != _OK:
                raise BadAnswer(f"{self._source.title} has no {part.name}.")
        part.check()


@dataclass(slots=True)
class _Part:
    """A file that is being downloaded, as far as it came.

    ``size`` are its bytes, or the most of them if its ``digest`` is not known. Beside it is a file
    with the host's name for this state of it, so that the rest never comes from another state.
    """

    host: str
    name: str
    path: str
    size: int
    digest: str = ""
    n: int = field(default=0, init=False)
    error: OSError | None = field(default=None, init=False)
    _tag: str = field(default="", init=False)

    def __post_init__(self) -> None:
        with suppress(OSError), open(f"{self.path}.tag", encoding="latin-1") as file:
            self._tag = file.read(_LONGEST_TAG)
        with suppress(OSError):
            self.n = os.path.getsize(self.path)
        if self.n > self.size or not (self.digest or self._tag):
            self.restart()

    @property
    def seconds(self) -> float:
        """The time for an exchange."""
        return _LEAST_SECONDS + (self.size - self.n) / _LEAST_RATE

    @property
    def most(self) -> int:
        """The most bytes of an exchange."""
        return self.size + (1 << 16)

    def is_whole(self) -> bool:
        """Tell whether all of a file of known size came."""
        return bool(self.digest) and self.n == self.size

    def headers(self) -> dict[str, str]:
        """Return the headers that ask for what is missing."""
        found = {"Accept-Encoding": "identity"}  # so that bytes can be counted
        if self.n:
            found["Range"] = f"bytes={self.n}-"
            if self._tag:
                found["If-Range"] = self._tag
        return found

    def take(self, status: int, headers: Mapping[str, str], parts: Iterator[bytes]) -> None:
        """Write the pieces of an answer behind what came before, or from the start."""
        start = self.n if status == _PART else 0
        if status == _PART:
            found = _RANGE.fullmatch(headers.get("content-range", ""))
            if not start or not found or int(found[1]) != start:
                raise self._refusal("is answered with another part than was asked for")
        self._check_announced(start, headers)
        with self._on_disk():
            file = open(self.path, "r+b" if start else "wb", buffering=0)  # noqa: SIM115 -- below
        with file:
            if not start:
                self._keep_tag(headers)
            file.seek(start)
            self.n, began = start, time.monotonic()
            for part in parts:
                if self.n + len(part) > self.size:
                    raise self._refusal(f"has more than {self.size:,} bytes")
                with self._on_disk():
                    file.write(part)
                self.n += len(part)
                took = time.monotonic() - began
                if took > _LEAST_SECONDS and self.n - start < took * _LEAST_RATE:
                    raise self._refusal(
                        f"comes at less than {_LEAST_RATE // 1000} kB a second. What came is "
                        "kept, and the same command goes on from there"
                    )

    def _check_announced(self, start: int, headers: Mapping[str, str]) -> None:
        announced = headers.get("content-length", "")
        if not announced.isdecimal() or headers.get("content-encoding", "identity") != "identity":
            return
        total = start + int(announced)
        if total > self.size or (self.digest and total != self.size):
            due = f"{self.size:,}" if self.digest else f"at most {self.size:,}"
            raise self._refusal(f"has {total:,} bytes; it should have {due}")

    def _keep_tag(self, headers: Mapping[str, str]) -> None:
        """Keep the host's name for this state of the file, if it is one to go on by."""
        tag = headers.get("etag", "")
        if tag.startswith("W/") or not tag:
            tag = headers.get("last-modified", "")
        self._tag = tag if tag.isascii() and tag.isprintable() and len(tag) < _LONGEST_TAG else ""
        with self._on_disk(), open(f"{self.path}.tag", "w", encoding="latin-1") as file:
            file.write(self._tag)

    def check(self) -> None:
        """Refuse a file that is not the one that was asked for; it is removed."""
        if not self.digest:
            return
        found = ""
        if self.n == self.size:
            with open(self.path, "rb") as file:
                found = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        if found != self.digest:
            what = f"should have the hash {self.digest}; it has {found}" if found else "breaks off"
            self.restart()
            raise self._refusal(what)

    def restart(self) -> None:
        """Forget what came."""
        for path in (self.path, f"{self.path}.tag"):
            with suppress(FileNotFoundError):
                os.unlink(path)
        self.n, self._tag = 0, ""

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        """Keep an error of the disk apart, as those of the network are tried again."""
        try:
            with _atomic_folder.named_in_errors(self.path):
                yield
        except OSError as error:
            self.error = error
            raise self._refusal("cannot be kept") from None

    def _refusal(self, what: str) -> Refused:
        return Refused(f"{self.name} of {self.host} {what}.")


def _clear_old(folder: str) -> None:
    """Remove what nobody went on with for a month."""
    for entry in os.scandir(folder):
        with suppress(OSError):
            if time.time() - entry.stat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(entry.path) if entry.is_dir() else os.unlink(entry.path)
