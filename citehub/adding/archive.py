"""A zip file from elsewhere: nothing is unpacked by the names in it, and all are looked at."""

from __future__ import annotations

import io
import posixpath
import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from citehub._manifest import MANIFEST
from citehub._text import is_line
from citehub.errors import DamagedRelease

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

_LIST_BYTES: Final = 1 << 22  # of entries
_PIECE_BYTES: Final = 1 << 16
_MOST_RATIO: Final = 100  # of what an entry swells to; Parquet is compressed already
_MOST_ENTRIES: Final = 10_000
_ENTRY_HEAD_BYTES: Final = 30  # without its name
_ENCRYPTED: Final = 0x1
_KNOWN: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # both come out in bounded pieces
_BAD: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
    *(ValueError, OverflowError, KeyError, IndexError, struct.error),
)


class Archive:
    """A published folder in a zip file, at its root or one folder down.

    Parameters
    ----------
    path : str
        The file.
    name : str
        What it is called in errors.

    Raises
    ------
    DamagedRelease
        It is no zip file, or one that somebody made to do harm.
    """

    def __init__(self, path: str, name: str) -> None:
        self.name = name
        self._file = _Bounded(path)
        try:
            with self._judged():
                self._zip = zipfile.ZipFile(self._file)
                self.size = self._file.seek(0, io.SEEK_END)
                self._entries = self._check()
                self._prefix = self._find()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._file.close()

    def read(self, name: str, most: int) -> bytes | None:
        """Return a small file; None if there is none."""
        if self._prefix + name not in self._entries:
            return None
        data = b""
        for piece in self.pieces(name):
            data += piece
            if len(data) > most:
                raise self._refusal(f"{name} has more than {most:,} bytes")
        return data

    def pieces(self, name: str, _size: int = 0, _digest: str = "") -> Iterator[bytes]:
        """Yield the content of a file, no more than is taken of it at a time."""
        entry = self._entries.get(self._prefix + name)
        if entry is None:
            raise self._refusal(f"{name} is missing")
        with self._judged(), self._zip.open(entry) as file:
            n = 0
            while piece := file.read(_PIECE_BYTES):
                n += len(piece)
                if n > _MOST_RATIO * (entry.compress_size + _PIECE_BYTES):
                    raise self._refusal(f"{name} swells to more than {n:,} bytes")
                yield piece

    def _check(self) -> dict[str, zipfile.ZipInfo]:
        """Return the entries by name; refuse the archive if one of them is hostile."""
        entries = self._zip.infolist()
        if len(entries) > _MOST_ENTRIES:
            raise self._refusal(
                f"it has {len(entries):,} entries; at most {_MOST_ENTRIES:,} are read"
            )
        found: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            problem = _problem_of(entry)
            key = entry.orig_filename.rstrip("/").casefold()
            if key in found:
                problem = "occurs twice, or in other letters"
            if problem:
                raise self._refusal(f"the entry {entry.orig_filename!r:.80} {problem}")
            found[key] = entry
        self._check_places(entries)
        return {each.filename: each for each in entries}

    def _check_places(self, entries: list[zipfile.ZipInfo]) -> None:
        """Refuse entries that share bytes, and bytes before the first entry."""
        end = 0
        for entry in sorted(entries, key=lambda each: each.header_offset):
            if entry.header_offset < end or (end == 0 and entry.header_offset):
                raise self._refusal("its entries overlap, or something is before them")
            end = entry.header_offset + _ENTRY_HEAD_BYTES + entry.compress_size
        if end > self._zip.start_dir:
            raise self._refusal("its entries overlap with their list")

    def _find(self) -> str:
        """Return the folder of the release in the archive, with a slash; empty for its root."""
        found = [each for each in self._entries if posixpath.basename(each) == MANIFEST]
        shallow = [each for each in found if each.count("/") <= 1]
        if MANIFEST in shallow:
            return ""
        if len(shallow) != 1:
            listed = ", ".join(shallow) or "none"
            raise self._refusal(
                f"it should have one {MANIFEST}, at its root or one folder down; it has "
                f"{listed:.200}"
            )
        return shallow[0].removesuffix(MANIFEST)

    @contextmanager
    def _judged(self) -> Iterator[None]:
        """Tell what is no archive, or a damaged one."""
        try:
            yield
        except _BAD as error:
            raise self._refusal(f"it is no sound zip file ({error!s:.120})") from None

    def _refusal(self, what: str) -> DamagedRelease:
        return DamagedRelease(f"{self.name}: {what}. Nothing was added.", self.name)


class _Bounded(io.FileIO):
    """A file of which no large piece is read at once, whatever a list of entries says."""

    def read(self, size: int | None = -1) -> bytes:
        """Return the next bytes."""
        if size is None or size < 0:
            here = self.tell()
            size = self.seek(0, io.SEEK_END) - here
            self.seek(here)
        if size > _LIST_BYTES:
            raise zipfile.BadZipFile(f"its list has {size:,} bytes")
        return super().read(size) or b""


def _problem_of(entry: zipfile.ZipInfo) -> str:
    """Say what is hostile about an entry; empty if nothing is."""
    name = entry.orig_filename
    parts = name.removesuffix("/").split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if "\\" in name or ":" in name or not is_line(name):
        return "has a name that is not one of a file everywhere"
    if name.startswith("/") or any(part in {"", ".", ".."} for part in parts):
        return "leads out of the archive"
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "is a link or a device"
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if entry.compress_type not in _KNOWN:
        return "is compressed in a way that is not read; use deflate"
    return ""
