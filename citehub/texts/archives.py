"""Reading files, folders and archives with a text, within bounds."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from citehub.errors import UnreadableText

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES: Final = 100_000_000
"""The most bytes of one text file, and of all texts in an archive."""

MOST_FILES: Final = 10_000
_MOST_RATIO: Final = 200  # unpacked to packed
_MIN_BOMB: Final = 5_000_000
_TEXTS: Final = (
    ".tex", ".ltx", ".latex", ".bib", ".bbl", ".sty", ".cls", ".def", ".txt", ".md", ".mmd",
    ".markdown", ".html", ".htm", ".xhtml", ".xml", ".nxml", ".json", ".xxx", ".tikz", ".inc",
    ".clo", ".ins", ".rtx", ".bst", ".aux",
)  # fmt: skip
_READ: Final = frozenset(_TEXTS) - {".bst", ".aux", ".clo", ".ins", ".tikz"}
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_HIDDEN: Final = (".", "__MACOSX")


@dataclass(slots=True)
class Files:
    """Files by their path in a tree, read on demand."""

    name: str
    read: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    is_single: bool = False

    def text(self, path: str) -> str:
        """Return the text of a file."""
        if path not in self.kept:
            self.kept[path] = decode(self.read[path]())
        return self.kept[path]

    def ending(self, *ends: str) -> list[str]:
        """Return the paths with this end, in order."""
        return sorted(each for each in self.read if each.lower().endswith(ends))


def decode(data: bytes) -> str:
    """Return bytes as text: UTF-8, UTF-16, or else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").replace("\r\n", "\n").replace("\r", "\n")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def open_files(path: str) -> Files:
    """Return the files of a path: one file, those of an archive, or those of a folder.

    Raises
    ------
    UnreadableText
        There is nothing, or nothing within the bounds.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        raise UnreadableText.at(
            path, f"there is no such file or folder ({_reason(error)})", "Check the path."
        ) from error
    if stat.S_ISDIR(mode):
        return _folder(path)
    if not stat.S_ISREG(mode):
        raise UnreadableText.at(path, "it is neither a file nor a folder", "Give one of these.")
    data = _read_file(path)
    files = _of_bytes(path, data, os.path.basename(path))
    if files.is_single:
        files.read = _Beside(path, files.read)
    return files


class _Beside(dict[str, "Callable[[], bytes]"]):
    """One file, and on demand those next to it, as the lists and parts it names."""

    def __init__(self, path: str, own: dict[str, Callable[[], bytes]]) -> None:
        super().__init__(own)
        self.folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        if not isinstance(name, str) or os.path.isabs(name) or name.startswith(".."):
            return False
        if os.path.splitext(name)[1].lower() not in _READ:
            return False
        full = os.path.join(self.folder, name)
        inside = os.path.join(self.folder, "")
        if not os.path.isfile(full) or os.path.islink(full):
            return False
        if not os.path.realpath(full).startswith(inside):  # by a link to a folder
            return False
        self[name] = _reader(full)
        return True


def _read_file(path: str) -> bytes:
    try:
        size = os.path.getsize(path)
        if size > MOST_BYTES:
            raise too_large(path, size)
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableText.at(
            path, f"it cannot be opened ({_reason(error)})", "Check its permissions."
        ) from error
    if len(data) > MOST_BYTES:
        raise too_large(path, len(data))
    return data


def too_large(path: str, size: int) -> UnreadableText:
    """Return the error for a file that is too large."""
    return UnreadableText.at(
        path,
        f"it has {size:,} bytes; at most {MOST_BYTES:,} can be read",
        "Give the text alone, without figures and data.",
    )


def _of_bytes(path: str, data: bytes, name: str) -> Files:
    if not data.strip():
        raise UnreadableText.at(path, "it is empty", "Get the file again.")
    if data.startswith(_GZIP):
        data = _gunzip(path, data)
        if not data.strip():
            raise UnreadableText.at(path, "its content is empty", "Get the file again.")
    if data.startswith(_ZIP):
        return _zip(path, data)
    if data[257:262] == b"ustar" or _is_old_tar(data):
        return _tar(path, data)
    return Files(path, {name: lambda: data}, is_single=True)


def _is_old_tar(data: bytes) -> bool:
    if len(data) < tarfile.BLOCKSIZE or b"\0" not in data[:100]:
        return False
    try:
        tarfile.TarInfo.frombuf(data[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _gunzip(path: str, data: bytes) -> bytes:
    most = min(MOST_BYTES, max(_MIN_BOMB, len(data) * _MOST_RATIO))
    unpacked: list[bytes] = []
    total, rest = 0, data
    try:
        while rest.startswith(_GZIP):  # members, one behind the other
            inflater = zlib.decompressobj(wbits=31)
            part = inflater.decompress(rest, most + 1 - total)
            unpacked.append(part)
            total += len(part)
            if total > most:
                raise UnreadableText.at(
                    path,
                    f"it unpacks to more than {most:,} bytes from {len(data):,}",
                    "Unpack it by hand, if you trust it, and give the text.",
                )
            if not inflater.eof:
                raise UnreadableText.at(
                    path, "it is a gzip file that breaks off", "Get the file again."
                )
            rest = inflater.unused_data
    except zlib.error as error:
        raise UnreadableText.at(
            path, f"it is a damaged gzip file ({error})", "Get the file again."
        ) from error
    return b"".join(unpacked)


class _Counted:
    """Counts what is taken from an archive, and refuses too much."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.files = Files(path)
        self.n_files = 0
        self.n_bytes = 0

    def take(self, name: str, size: int, read: Callable[[], bytes]) -> None:
        """Take a file, if it may hold text."""
        self.n_files += 1
        if self.n_files > MOST_FILES:
            raise UnreadableText.at(
                self.path,
                f"it holds more than {MOST_FILES:,} files",
                "Give a folder or an archive of the text alone.",
            )
        clean = os.path.normpath(name.replace("\\", "/"))
        if clean.startswith(("/", "..")) or os.path.isabs(clean) or ":" in clean.split("/")[0]:
            raise UnreadableText.at(
                self.path,
                f"its member {name!r} would lie outside of the folder",
                "Do not trust this archive; get the text from its source.",
            )
        if any(part.startswith(_HIDDEN) for part in clean.split("/")):
            return
        ending = os.path.splitext(clean)[1].lower()
        if ending not in _READ and not (ending == "" and size < MOST_BYTES // 10):
            return
        self.n_bytes += size
        if self.n_bytes > MOST_BYTES:
            raise UnreadableText.at(
                self.path,
                f"its texts have more than {MOST_BYTES:,} bytes",
                "Give a folder or an archive of the text alone.",
            )
        self.files.read[clean] = read


def _tar(path: str, data: bytes) -> Files:
    taken = _Counted(path)
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for member in archive:
                if member.isdir():
                    continue
                if member.islnk() or member.issym():
                    raise UnreadableText.at(
                        path,
                        f"its member {member.name!r} is a link",
                        "Unpack it by hand, if you trust it, and give the folder.",
                    )
                if not member.isreg():
                    raise UnreadableText.at(
                        path,
                        f"its member {member.name!r} is a device or a pipe",
                        "Do not trust this archive; get the text from its source.",
                    )
                begin, size = member.offset_data, member.size
                if member.issparse() or begin + size > len(data):
                    raise UnreadableText.at(
                        path, f"its member {member.name!r} breaks off", "Get the file again."
                    )
                taken.take(member.name, size, _slice(data, begin, size))
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        if isinstance(error, UnreadableText):
            raise
        raise UnreadableText.at(
            path, f"it is a damaged tar archive ({error})", "Get the file again."
        ) from error
    return taken.files


def _slice(data: bytes, begin: int, size: int) -> Callable[[], bytes]:
    return lambda: data[begin : begin + size]


def _zip(path: str, data: bytes) -> Files:
    taken = _Counted(path)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        for member in archive.infolist():
            if member.is_dir():
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind and not stat.S_ISREG(kind):
                raise UnreadableText.at(
                    path,
                    f"its member {member.filename!r} is a link or a device",
                    "Do not trust this archive; get the text from its source.",
                )
            if member.flag_bits & 1:
                raise UnreadableText.at(
                    path, f"its member {member.filename!r} is encrypted", "Unpack it by hand."
                )
            most = max(_MIN_BOMB, member.compress_size * _MOST_RATIO)
            if member.file_size > most:
                raise UnreadableText.at(
                    path,
                    f"its member {member.filename!r} unpacks to {member.file_size:,} bytes from "
                    f"{member.compress_size:,}",
                    "Unpack it by hand, if you trust it, and give the text.",
                )
            taken.take(member.filename, member.file_size, _member(path, archive, member))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise UnreadableText.at(
            path, f"it is a damaged zip archive ({error})", "Get the file again."
        ) from error
    return taken.files


def _member(path: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with archive.open(member) as file:
                return file.read(member.file_size)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            raise UnreadableText.at(
                path, f"its member {member.filename!r} is damaged", "Get the file again."
            ) from error

    return read


def _folder(path: str) -> Files:
    taken = _Counted(path)
    for folder, folders, names in os.walk(path):  # follows no links to folders
        folders[:] = sorted(each for each in folders if not each.startswith(_HIDDEN))
        for name in sorted(names):
            full = os.path.join(folder, name)
            if os.path.islink(full) or not os.path.isfile(full):
                continue
            inner = os.path.relpath(full, path).replace(os.sep, "/")
            taken.take(inner, os.path.getsize(full), _reader(full))
    if not taken.files.read:
        raise UnreadableText.at(path, "the folder holds no text", "Give the folder of a text.")
    return taken.files


def _reader(path: str) -> Callable[[], bytes]:
    return lambda: _read_file(path)


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)
