"""``SHA256SUMS``: the hash of every other file, as ``sha256sum -c`` reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citehub._manifest import SUMS, sha256

if TYPE_CHECKING:
    from collections.abc import Mapping


def checksums(files: Mapping[str, bytes]) -> bytes:
    r"""Return a line per file, sorted by name, without ``SHA256SUMS`` itself.

    Examples
    --------
    >>> checksums({"b": b"", "SHA256SUMS": b""})[-5:]
    b'5  b\n'
    """
    lines = (
        f"{sha256(data).removeprefix('sha256:')}  {name}\n"
        for name, data in sorted(files.items())
        if name != SUMS
    )
    return "".join(lines).encode()
