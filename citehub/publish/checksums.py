"""``SHA256SUMS``: the hash of every other file, as ``sha256sum -c`` reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citehub._manifest import format_sums, sha256

if TYPE_CHECKING:
    from collections.abc import Mapping


def checksums(files: Mapping[str, bytes]) -> bytes:
    r"""Return a line per file, sorted by name, without ``SHA256SUMS`` itself.

    Examples
    --------
    >>> checksums({"b": b"", "SHA256SUMS": b""})[-5:]
    b'5  b\n'
    """
    return format_sums({name: sha256(data) for name, data in files.items()})
