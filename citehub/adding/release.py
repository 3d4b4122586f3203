"""Taking a release from a place: its manifest first, then only what that names, all compared."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub import _atomic_folder, _limits
from citehub._hub import Hub
from citehub._manifest import (
    CHANGES,
    MANIFEST,
    SIGNATURE,
    SUMS,
    hash_file,
    is_plain_name,
    read_manifest,
    read_sums,
    sha256,
)
from citehub.errors import CitehubError, DamagedRelease, NotAdded
from citehub.publish import PUBLISHING_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citehub._json_types import Manifest, Resource
    from citehub.adding.places import Place

_TEXTS: Final = (CHANGES, *(each for each in PUBLISHING_FILES if each != SUMS))
"""What is taken beside the tables; no page and no script."""
_SIGNATURE_BYTES: Final = 1 << 14  # at most
_NOTHING: Final = "Nothing was added."


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


def read_offer(place: Place, folder: str, source: str, most: int) -> Offer:
    """Take manifest, sums and signature into an empty folder, and say what they offer.

    Raises
    ------
    NotAdded
        The place has no manifest, or more than may be taken.
    DamagedRelease, NewerRelease
        They are not what citehub writes.
    """
    with in_words_of(folder, source):
        for name in (MANIFEST, SUMS, SIGNATURE):
            limit = _SIGNATURE_BYTES if name == SIGNATURE else _limits.MANIFEST_BYTES
            data = place.read(name, limit)
            if data is not None:
                _atomic_folder.write_bytes(os.path.join(folder, name), data)
            elif name == MANIFEST:
                raise NotAdded(f"{source} has no {MANIFEST}, so it is no published folder.")
        digest = hash_file(os.path.join(folder, MANIFEST), DamagedRelease)
        sums = read_sums(folder)
        offer = Offer(source, read_manifest(folder), digest, sums or {})
        if offer.size > most:
            raise NotAdded(
                f"The tables at {source} have {offer.size:,} bytes; at most {most:,} are taken. "
                "If you expect so many, add them with: --most GB"
            )
        if sums is not None:  # one that names nothing would be signed for another purpose
            _check_sums(offer, folder)
    return offer


def _check_sums(offer: Offer, folder: str) -> None:
    """Refuse sums that contradict the manifest."""
    strange = [name for name in offer.sums if not is_plain_name(name)]
    if strange:
        raise DamagedRelease.at(
            os.path.join(folder, SUMS), "names of files of its folder", f"{strange[0]!r:.80}"
        )
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
        said = f"{os.strerror(errno.ENOSPC)}: {offer.size:,} bytes are needed, {free:,} are free"
        raise OSError(errno.ENOSPC, said, folder)
    tables = offer.manifest["resources"]
    with in_words_of(folder, offer.source):
        for number, each in enumerate(tables, 1):
            progress(f"Get {each['path']}, {number} of {len(tables)}")
            _pour(place, each, folder)
        for name in (each for each in _TEXTS if each in offer.sums):
            path, data = os.path.join(folder, name), place.read(name, _limits.MANIFEST_BYTES)
            found = sha256(data) if data is not None else "none"
            if data is None or found != offer.sums[name]:
                raise DamagedRelease.at(
                    path, f"the file that its sums list, {offer.sums[name]}", found
                )
            _atomic_folder.write_bytes(path, data)
        progress("Verify what came")
        Hub(folder, read_manifest(folder, offer.digest), _atomic_folder.hashes(folder)).verify()


def _pour(place: Place, table: Resource, folder: str) -> None:
    """Write the file of a table, of known size and hash."""
    path, size, digest = os.path.join(folder, table["path"]), table["bytes"], hashlib.sha256()
    n = 0
    with _atomic_folder.named_in_errors(path), open(path, "xb") as file:
        for piece in place.pieces(table["path"], size, table["hash"]):
            n += len(piece)
            if n > size:
                raise DamagedRelease.at(path, f"{size:,} bytes", "more")
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    found = f"sha256:{digest.hexdigest()}"
    if found != table["hash"]:
        expected = f"{size:,} bytes with {table['hash']}"
        raise DamagedRelease.at(path, expected, f"{n:,} bytes with {found}")


@contextmanager
def in_words_of(folder: str, source: str) -> Iterator[None]:
    """Have errors name the place, not the copy that was taken from it."""
    try:
        yield
    except CitehubError as error:
        said = (
            str(error)
            .partition(" Restore it:")[0]
            .replace(f"{folder}{os.sep}", f"{source.rstrip('/')}/")
        )
        ending = "" if said.endswith(_NOTHING) else f" {_NOTHING}"
        error.args = (f"{said.removesuffix('.')}.{ending}",)
        raise
