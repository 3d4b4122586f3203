"""What a wheel packs: the sources of a hub, and its releases but for what is read most.

That is the manifest and the tables of the newest release. One archive of a hub holds each other
file of its releases once, under its SHA-256. It is a zip file of uncompressed entries, compressed
as a whole, as releases have much in common. The first use of what is packed unpacks its release,
whole or not at all, into the system's cache folder.
"""

from __future__ import annotations

import atexit
import errno
import io
import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from citehub import _atomic_folder, _limits
from citehub._manifest import ARCHIVE, read_bytes, sha256
from citehub.errors import DamagedManifest, DamagedRelease, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citehub._json_types import HubIndex

SOURCES: Final = "source.zip.xz"
"""The archive of sources, likewise."""
_PIECE_BYTES: Final = 1 << 20
_HASH_DIGITS: Final = 32  # in the name of a folder
_UNWRITABLE: Final = {  # as where a home is a file, or may only be read
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT),
    *(errno.ENOTDIR, errno.EEXIST, errno.ENOENT, errno.ELOOP, errno.ENAMETOOLONG),
}
_NAME_TAKEN: Final = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}

_ZIP_ERRORS: Final = (  # of damaged archives
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, RuntimeError, ValueError),
)

_kept: dict[str, str] = {}  # folders of this process, where the system has no place


def unpack(hub: str, version: str, index: HubIndex) -> str:
    """Return the folder of a packed release; empty if the hub has no archive.

    It keeps what was unpacked before. Two processes at once are safe: each writes next to the
    place, and one renames first. If the place cannot be written, the folder is a temporary one of
    this process.

    Parameters
    ----------
    hub : str
        The folder of the hub.
    version : str
        The release.
    index : HubIndex
        The content of the hub's ``index.json``.

    Raises
    ------
    DamagedManifest
        The archive, or a file of the newest release, differs from what was released.
    """
    path = os.path.join(hub, ARCHIVE)
    if not os.path.isfile(path):
        return ""
    key = sha256(read_bytes(path, DamagedManifest)).partition(":")[2][:_HASH_DIGITS]
    packed = _Packed(path, version, index)
    folder = os.path.join(cache_folder(), "releases", key, version)
    if packed.is_whole(folder):
        return folder
    if folder in _kept:
        return _kept[folder]
    try:
        packed.unpack(folder)
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        above = tempfile.mkdtemp(prefix="citehub-")
        atexit.register(shutil.rmtree, above, ignore_errors=True)
        _kept[folder] = os.path.join(above, version)
        packed.unpack(_kept[folder])
        return _kept[folder]
    return folder


def unpack_sources(hub: str, name: str) -> str:
    """Return the folder of a hub's sources: that of the hub, unless they are packed.

    Parameters
    ----------
    hub : str
        The folder of the hub.
    name : str
        The name of the folder of sources.

    Raises
    ------
    DamagedManifest
        The archive is damaged.
    """
    path, folder = os.path.join(hub, SOURCES), os.path.join(hub, name)
    if os.path.isdir(folder) or not os.path.isfile(path):
        return folder
    key = sha256(read_bytes(path, DamagedManifest)).partition(":")[2][:_HASH_DIGITS]
    target = os.path.join(cache_folder(), "sources", key)
    try:
        return _unpack_all(path, target)
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        if target not in _kept:
            above = tempfile.mkdtemp(prefix="citehub-")
            atexit.register(shutil.rmtree, above, ignore_errors=True)
            _kept[target] = os.path.join(above, name)
        return _unpack_all(path, _kept[target])


def _unpack_all(path: str, folder: str) -> str:
    """Unpack the missing files of an archive without folders."""
    with open_archive(path) as archive:
        files = {name: _read_source(archive, name, path) for name in archive.namelist()}
    due = {os.path.basename(name): data for name, data in files.items()}
    with suppress(OSError, DamagedRelease):
        if _atomic_folder.hashes(folder) == {name: sha256(due[name]) for name in sorted(due)}:
            return folder
    with _atomic_folder.scratch_folder(folder) as scratch:
        for name, data in due.items():
            _atomic_folder.write_bytes(os.path.join(scratch, name), data)
        _place(scratch, folder)
    return folder


def _read_source(archive: zipfile.ZipFile, name: str, path: str) -> bytes:
    try:
        return archive.read(name)
    except (OSError, *_ZIP_ERRORS) as error:
        raise DamagedManifest.at(path, f"the source {name}", f"{error}") from None


def _place(scratch: str, folder: str) -> None:
    """Give what was unpacked its name; what is there is damaged, or another process was first."""
    try:
        os.rename(scratch, folder)
    except OSError as error:
        if error.errno not in _NAME_TAKEN:
            raise
        _atomic_folder.replace(scratch, folder)


def open_archive(path: str) -> zipfile.ZipFile:
    """Open an archive that ``hatch_build.py`` wrote.

    Parameters
    ----------
    path : str
        The archive.

    Raises
    ------
    DamagedManifest
        It is damaged.
    MissingExtra
        This Python has no module lzma.
    """
    try:
        import lzma  # only whoever asks for what is packed needs it
    except ImportError:
        raise MissingExtra(
            f"{path} needs the module lzma, which this Python lacks. Install the system's "
            "library liblzma, and build Python again."
        ) from None
    plain = io.BytesIO()
    try:
        with lzma.open(path) as file:
            while piece := file.read(_PIECE_BYTES):
                plain.write(piece)
                _check_size(plain.tell(), path)
        archive = zipfile.ZipFile(plain)
    except (lzma.LZMAError, *_ZIP_ERRORS) as error:
        raise DamagedManifest.at(path, "an archive", f"{error}") from None
    if any(each.file_size > each.compress_size for each in archive.infolist()):
        raise DamagedManifest.at(path, "uncompressed entries", "a compressed one")
    return archive


def _check_size(size: int, path: str) -> None:
    """Refuse an archive that holds more than the limit."""
    if _limits.exceeds(size, _limits.FILE_BYTES):
        expected = f"at most {_limits.FILE_BYTES:,} bytes ({_limits.LIFTING})"
        raise DamagedManifest.at(path, expected, "more")


def cache_folder() -> str:
    """Return citehub's folder in the system's cache."""
    import platformdirs  # only whoever asks for a packed release needs it

    return platformdirs.user_cache_dir("citehub", appauthor=False)


class _Packed:
    """A release in an archive: its files by name, with their SHA-256."""

    def __init__(self, path: str, version: str, index: HubIndex) -> None:
        self.path = path
        self.files: Mapping[str, str] = index["versions"][version]
        newest = index["default"]
        beside = os.path.join(os.path.dirname(path), newest)
        self.others = {
            digest: os.path.join(beside, name)
            for name, digest in index["versions"][newest].items()
            if os.path.lexists(os.path.join(beside, name))
        }

    def is_whole(self, folder: str) -> bool:
        """Tell whether a folder has the files of the release, and nothing else."""
        with suppress(OSError, DamagedRelease):
            return not os.path.islink(folder) and _atomic_folder.hashes(folder) == self.files
        return False

    def unpack(self, folder: str) -> None:
        """Unpack the release, and compare each file with its hash."""
        size = 0
        with _atomic_folder.scratch_folder(folder) as scratch, open_archive(self.path) as archive:
            for name, digest in self.files.items():
                data = self._read(archive, digest)
                size += len(data)
                _check_size(size, self.path)
                _atomic_folder.write_bytes(os.path.join(scratch, name), data)
            _place(scratch, folder)

    def _read(self, archive: zipfile.ZipFile, digest: str) -> bytes:
        path = self.others.get(digest, self.path)
        try:
            if digest in self.others:
                data = read_bytes(path, DamagedManifest)
            else:
                data = archive.read(_entry(digest))
        except (KeyError, OSError, *_ZIP_ERRORS) as error:
            raise DamagedManifest.at(path, f"the released file {digest}", f"{error}") from None
        if sha256(data) != digest:
            raise DamagedManifest.at(path, f"the released file, {digest}", "another")
        return data


def _entry(digest: str) -> str:
    """Return the name of a file in the archive."""
    return digest.partition(":")[2]
