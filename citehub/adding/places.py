"""Where a hub comes from: a folder, an archive, an address on the web; none is trusted.

Each gives files by name, as a published folder has them. What else a place holds is not looked at.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Protocol

from citehub._manifest import MANIFEST, SIGNATURE, SUMS, is_address, is_line, read_bytes
from citehub.adding.archive import Archive
from citehub.errors import BadArgument, DamagedRelease
from citehub.sources.api import Forbidden, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citehub.live.download import Web

_PIECE_BYTES: Final = 1 << 16
_ZIP: Final = ".zip"


class Place(Protocol):
    """A published folder, wherever it is."""

    def read(self, name: str, most: int) -> bytes | None:
        """Return a small file; None if there is none."""

    def pieces(self, name: str, size: int, digest: str) -> Iterator[bytes]:
        """Yield the content of a file that should have so many bytes, with this SHA-256."""


class Folder:
    """A folder on this computer."""

    def __init__(self, path: str) -> None:
        self.path = path

    def read(self, name: str, most: int) -> bytes | None:
        """Return a small file; None if there is none."""
        path = os.path.join(self.path, name)
        return read_bytes(path, DamagedRelease, most=most) if os.path.lexists(path) else None

    def pieces(self, name: str, size: int, _digest: str) -> Iterator[bytes]:
        """Yield the content of a regular file, never through a link."""
        yield read_bytes(os.path.join(self.path, name), DamagedRelease, most=size)


class Site:
    """A folder on the web."""

    def __init__(self, web: Web) -> None:
        self.web = web

    def read(self, name: str, most: int) -> bytes | None:
        """Return a small file; None if there is none.

        Hosts answer for a file that is not there with a page, 403 or 410, too.
        """
        if name == MANIFEST:
            return self.web.read(name, '"resources"', most)
        data = None
        with suppress(Refused, Forbidden):
            data = self.web.read(name, "", most)
        is_page = name in {SUMS, SIGNATURE} and data is not None and data.lstrip()[:1] == b"<"
        return None if is_page else data

    def pieces(self, name: str, size: int, digest: str) -> Iterator[bytes]:
        """Download a file, and yield its content."""
        with open(self.web.get(name, size, digest), "rb") as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece


@contextmanager
def open_place(source: str, most: int, tell: Callable[[str], None]) -> Iterator[Place]:
    """Open what a user named: an address, a folder or a zip file.

    Parameters
    ----------
    source : str
        As :func:`spell` spells it.
    most : int
        The most bytes of an archive.
    tell : callable
        Is called with a sentence for what delays.
    """
    if "://" in source:
        from citehub.live.download import Web

        with Web(source, tell) as web:
            if source.endswith("/"):
                yield Site(web)
                return
            with Archive(web.get_named(most), source) as archive:
                yield archive
    elif os.path.isdir(source):
        yield Folder(source)
    else:
        with Archive(source, source) as archive:
            yield archive


def spell(source: str | os.PathLike[str]) -> str:
    """Return a source in the one spelling by which it is known again.

    An address of a folder ends with a slash; a path is absolute.

    Raises
    ------
    BadArgument
        It is neither an address that is asked, nor a folder, nor a file.
    """
    text = os.fspath(source)
    if "://" not in text:
        return _spell_path(text)
    from citehub.live.settings import check_address

    bare, mark, query = text.partition("?")
    check_address("The address", bare)
    if not is_address(text):
        raise BadArgument.of("The address", text, "one without blanks, quotes and brackets")
    scheme, _, rest = bare.partition("://")
    host, slash, path = rest.partition("/")
    bare = f"{scheme.lower()}://{host.lower()}{slash}{path}"
    if bare.lower().removesuffix("/content").endswith(_ZIP):
        return f"{bare}{mark}{query}"
    if query:
        raise BadArgument.of("The address", text, "that of a folder, or of a .zip file")
    for name in (MANIFEST, "index.html"):
        bare = bare.removesuffix(f"/{name}")
    return f"{bare.rstrip('/')}/"


def _spell_path(text: str) -> str:
    path = os.path.abspath(os.path.expanduser(text))
    if not text or not os.path.exists(path):
        raise BadArgument(
            f"There is no folder or file {text!r}. Name an address that begins with https://, a "
            "published folder, or a .zip file of one."
        )
    if not os.path.isdir(path) and not os.path.isfile(path):
        raise BadArgument(
            f"{path!r} is neither a folder nor a regular file. Save it as one first."
        )
    if not is_line(path):  # which is kept, and told
        raise BadArgument(f"{path!r} has a name that is no line of text in UTF-8. Rename it.")
    if not os.path.isdir(path) or os.path.lexists(os.path.join(path, MANIFEST)):
        return path
    within = [each for each in sorted(os.listdir(path)) if _is_release(os.path.join(path, each))]
    hint = f" Name one release in it: {os.path.join(path, within[-1])}" if within else ""
    raise BadArgument(f"{path} is no published folder: it has no {MANIFEST}.{hint}")


def _is_release(path: str) -> bool:
    return os.path.lexists(os.path.join(path, MANIFEST))
