"""Files in gz for DuckDB, unpacked by ISA-L, with which reading JSON takes three quarters.

DuckDB reads files of other kinds through a file system in Python. It may read such a file at any
place, unless the file is packed. So it gets the unpacked bytes as a Zstandard frame of raw blocks
(RFC 8878), which hold them unchanged: DuckDB only copies them, in sequence.
"""

from __future__ import annotations

from typing import Any, Final

from fsspec import AbstractFileSystem
from isal import igzip
from isal.igzip_lib import IsalError

from citehub.bulk.engines import CannotRead

_PROTOCOL: Final = "gunzip://"
_HEADER: Final = b"\x28\xb5\x2f\xfd\x00\x38"  # of a frame with blocks of at most 128 KiB
_BLOCK: Final = 128 << 10


class GunzipFiles(AbstractFileSystem):  # type: ignore[misc] # fsspec has no annotations
    """What DuckDB asks of a file system, of files that are only read."""

    protocol = _PROTOCOL.removesuffix("://")

    @staticmethod
    def address(path: str) -> str:
        """Return what a file in gz is called here."""
        return _PROTOCOL + path

    def glob(self, path: str, **_: Any) -> list[str]:
        """Return the path itself: in the names of files, a star is a star."""
        return [path]

    def unstrip_protocol(self, name: str) -> str:
        """Return an address as it is."""
        return name

    def size(self, path: str) -> int:  # noqa: ARG002 -- DuckDB gives it
        """Return 0: how large a file is, unpacked, is not known."""
        return 0

    def open(self, path: str, mode: str = "rb", **_: Any) -> GunzipFile:  # noqa: ARG002
        """Open a file by its address."""
        try:
            return GunzipFile(path.removeprefix(_PROTOCOL))
        except OSError as error:
            raise CannotRead(str(error)) from None


class GunzipFile:
    """A file in gz, as a Zstandard frame of raw blocks."""

    def __init__(self, path: str) -> None:
        self._file = igzip.open(path, "rb")  # type: ignore[no-untyped-call]
        self._next = _HEADER
        self._ended = False

    def read(self, size: int) -> bytes:
        """Return at most so many bytes of the frame, and none at its end."""
        if not self._next and not self._ended:
            try:
                block = self._file.read(_BLOCK)
            except (OSError, EOFError, IsalError) as error:  # type: ignore[misc] # its stub errs
                raise CannotRead(str(error)) from None
            self._ended = not block
            self._next = (len(block) << 3 | self._ended).to_bytes(3, "little") + block
        given, self._next = self._next[:size], self._next[size:]
        return given

    def seek(self, position: int) -> None:
        """Go back to the begin, which is all that DuckDB asks for."""
        if position:
            raise CannotRead("A packed file is read from its begin.")
        self._file.seek(0)
        self._next = _HEADER
        self._ended = False

    def close(self) -> None:
        """Close the file."""
        self._file.close()
