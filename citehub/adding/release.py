"""Taking a release from a place: its manifest first, then only what that names, all compared."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub import _folder
from citehub._hub import Hub
from citehub._manifest import CHANGES, MANIFEST, SUMS, read_manifest, read_sums, sha256
from citehub._text import counted
from citehub.errors import CitehubError, DamagedRelease, NotAdded
from citehub.publish.files import PUBLISHING_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citehub._shapes import Manifest
    from citehub.adding.places import Place

SIGNATURE: Final = f"{SUMS}.minisig"
_TEXTS: Final = (CHANGES, *(each for each in PUBLISHING_FILES if each != SUMS))
"""What is taken beside the tables; no page and no script."""
_MOST_TEXT: Final = 1 << 24  # bytes
_MOST_TABLES: Final = 1000
_PARQUET: Final = ".parquet"


class Offer(NamedTuple):
    """The release that a place offers, as its manifest says.

    Attributes
    ----------
    source : str
        The place.
    manifest : dict
        The manifest.
    digest : str
        Its SHA-256.
    sums : dict of str to str
        What ``SHA256SUMS`` says of the other files; empty if the place has none.
    """

    source: str
    manifest: Manifest
    digest: str
    sums: dict[str, str]

    @property
    def hub(self) -> str:
        """The name of the hub."""
        return self.manifest["citehub"]["hub"]

    @property
    def version(self) -> str:
        """The data version."""
        return self.manifest["version"]

    @property
    def size(self) -> int:
        """The bytes of all tables."""
        return sum(each["bytes"] for each in self.manifest["resources"])


def look(place: Place, folder: str, source: str, most: int) -> Offer:
    """Take manifest, sums and signature into an empty folder, and say what they offer.

    Raises
    ------
    NotAdded
        The place has no manifest, or more than may be taken.
    DamagedRelease, NewerRelease
        They are not what citehub writes.
    """
    for name in (MANIFEST, SUMS, SIGNATURE):
        data = place.read(name, _MOST_TEXT)
        if data is not None:
            _folder.write_bytes(os.path.join(folder, name), data)
        elif name == MANIFEST:
            raise NotAdded(f"{source} has no {MANIFEST}, so it is no published folder of a hub.")
    with in_words_of(folder, source):
        data = _folder_bytes(folder)
        offer = Offer(source, read_manifest(folder), sha256(data), read_sums(folder) or {})
        _check_tables(offer, most)
        _check_sums(offer, folder)
    return offer


def _folder_bytes(folder: str) -> bytes:
    with open(os.path.join(folder, MANIFEST), "rb") as file:
        return file.read()


def _check_tables(offer: Offer, most: int) -> None:
    """Refuse too many or too large tables, and files that are none."""
    tables = offer.manifest["resources"]
    paths = {each["path"].lower() for each in tables}
    if len(tables) > _MOST_TABLES or len(paths) < len(tables):
        raise NotAdded(
            f"{offer.source} has {len(tables):,} tables in {counted(len(paths), 'file')}; each "
            f"has one of its own, and {_MOST_TABLES:,} are the most."
        )
    for each in tables:
        if not each["path"].endswith(_PARQUET):
            raise NotAdded(f"{offer.source} has the table {each['path']!r:.80}, no Parquet file.")
    if offer.size > most:
        raise NotAdded(
            f"The tables at {offer.source} have {offer.size:,} bytes; at most {most:,} are taken. "
            "If you expect so many: citehub add --most GB"
        )


def _check_sums(offer: Offer, folder: str) -> None:
    """Refuse sums that contradict the manifest."""
    if not offer.sums:
        return
    due = {each["path"]: each["hash"] for each in offer.manifest["resources"]}
    for name, digest in {MANIFEST: offer.digest, **due}.items():
        if offer.sums.get(name) != digest:
            path = os.path.join(folder, SUMS)
            raise DamagedRelease.at(path, f"{name} with {digest}", offer.sums.get(name, "none"))


def check_signed(offer: Offer, folder: str, key: str) -> str:
    """Refuse a release that the owner of a key did not sign; return the id of the key.

    All that is taken is in the sums that are signed: see :func:`_check_sums` and :func:`receive`.
    """
    from citehub._signature import check_signature

    with in_words_of(folder, offer.source):
        return check_signature(folder, key)


def receive(place: Place, offer: Offer, folder: str, progress: Callable[[str], None]) -> None:
    """Take all other files of a release, each compared with its hash, and verify the whole.

    Raises
    ------
    DamagedRelease
        A file is missing, larger or smaller, or another one; or tables contradict the manifest.
    FetchError
        A host does not give one.
    """
    free = shutil.disk_usage(folder).free
    if offer.size > free:
        raise OSError(errno.ENOSPC, f"{offer.size:,} bytes are needed, {free:,} are free", folder)
    tables = offer.manifest["resources"]
    for number, each in enumerate(tables, 1):
        progress(f"Get {each['path']}, {number} of {len(tables)}")
        _pour(place, each["path"], each["bytes"], each["hash"], folder, offer.source)
    for name in (each for each in _TEXTS if each in offer.sums):
        data = place.read(name, _MOST_TEXT)
        if data is None or sha256(data) != offer.sums[name]:
            raise _refusal(offer.source, name, "is not the file that its sums list")
        _folder.write_bytes(os.path.join(folder, name), data)
    progress("Verify what came")
    with in_words_of(folder, offer.source):
        Hub(folder, read_manifest(folder, offer.digest), _folder.hashes(folder)).verify()


def _pour(place: Place, name: str, size: int, digest: str, folder: str, source: str) -> None:  # noqa: PLR0913, PLR0917 -- a file, from here to there
    """Write a file of known size and hash."""
    path, found, n = os.path.join(folder, name), hashlib.sha256(), 0
    with _folder.naming(path), open(path, "xb") as file:
        for piece in place.pieces(name, size, digest):
            n += len(piece)
            if n > size:
                raise _refusal(source, name, f"has more than the {size:,} bytes of the manifest")
            found.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if n < size:
        raise _refusal(source, name, f"has {n:,} bytes; the manifest says {size:,}")
    if f"sha256:{found.hexdigest()}" != digest:
        raise _refusal(source, name, f"is not the file of the manifest, {digest}")


def _refusal(source: str, name: str, what: str) -> DamagedRelease:
    where = f"{source.rstrip('/')}/{name}"
    return DamagedRelease(f"{where} {what}. Nothing was added.", where)


@contextmanager
def in_words_of(folder: str, source: str) -> Iterator[None]:
    """Have errors name the place, not the copy that was taken from it."""
    try:
        yield
    except CitehubError as error:
        said = str(error).partition(" Restore it:")[0]
        error.args = (said.replace(f"{folder}{os.sep}", f"{source.rstrip('/')}/"),)
        if isinstance(error, DamagedRelease):
            error.args = (f"{error.args[0]} Nothing was added.",)
        raise
