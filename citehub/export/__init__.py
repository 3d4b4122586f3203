"""Exports: a selection of works in the formats of other tools.

One registry, :data:`FORMATS`, serves the library and the command line.
"""

from __future__ import annotations

import os
from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args

from citehub._atomic_file import write_whole
from citehub._text import clean, counted, is_line
from citehub.errors import UnknownFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from citehub._hub import Hub
    from citehub._work import Work


class Format(NamedTuple):
    """One format: its module, its use, and what it expects of a work.

    ``has_canonical`` formats also have the canonical work, to which the citations lead;
    ``has_passages`` formats have the passages.
    """

    module: str
    meaning: str
    expects: tuple[str, ...] = ()
    is_binary: bool = False
    keeps_controls: bool = False
    has_canonical: bool = False
    has_passages: bool = False


FormatName = Literal[
    "bibtex",
    "ris",
    "csl-json",
    "csv",
    "jsonl",
    "parquet",
    "markdown",
    "graphml",
    "gexf",
    "vosviewer",
    "cito-turtle",
    "cito-jsonld",
]
"""Names of the formats."""

Style = Literal["bibtex", "apa", "csl-json"]
"""Styles of ``hub.cite()``."""

_REFERENCE: Final = ("title", "authors", "publication_year")

FORMATS: Final[dict[FormatName, Format]] = {
    "bibtex": Format("bibtex", "references for LaTeX", _REFERENCE, has_passages=True),
    "ris": Format(
        "ris", "references for Zotero, EndNote, Mendeley", _REFERENCE, has_passages=True
    ),
    "csl-json": Format(
        "csl_json", "references for Pandoc and Zotero", _REFERENCE, has_passages=True
    ),
    "csv": Format("csv", "a list for spreadsheets", has_passages=True),
    "jsonl": Format("jsonl", "a list for scripts, an object a line", keeps_controls=True),
    "parquet": Format(
        "parquet", "a list with types, for analysis", is_binary=True, keeps_controls=True
    ),
    "markdown": Format("markdown", "a reading list, for notes in Markdown"),
    "graphml": Format("graphml", "the network, for Cytoscape, yEd, Gephi", has_canonical=True),
    "gexf": Format("gexf", "the network, for Gephi", has_canonical=True),
    "vosviewer": Format("vosviewer", "the network, for VOSviewer", has_canonical=True),
    "cito-turtle": Format(
        "cito_turtle",
        "the citations as RDF, in Turtle",
        has_canonical=True,
        has_passages=True,
    ),
    "cito-jsonld": Format(
        "cito_jsonld",
        "the citations as RDF, in JSON-LD",
        has_canonical=True,
        has_passages=True,
    ),
}
"""The formats by name."""

STYLES: Final[tuple[Style, ...]] = get_args(Style)

_LACKS: Final = {
    "title": "no title is known",
    "authors": "no authors are known",
    "publication_year": "no year is known",
}


class Export:
    """A selection of works in one format.

    Iterating yields its bytes in pieces, on demand; ``str()`` and ``bytes()`` give the whole.

    Attributes
    ----------
    format : str
        Name of the format.
    is_binary : bool
        Whether its bytes are not text.

    Examples
    --------
    >>> import citehub
    >>> hub = citehub.load("mt-nlg", version="1.1.0")
    >>> print(str(hub.export("ris", works=["arxiv:2412.21187"]))[:9])
    TY  - MAN
    """

    def __init__(self, hub: Hub, format: FormatName, works: list[str]) -> None:  # noqa: A002 -- the term
        if format not in FORMATS:
            raise UnknownFormat.among("format", str(format), FORMATS)
        self.format = format
        self._format = FORMATS[format]
        self.is_binary = self._format.is_binary
        canonical = hub.manifest["citehub"]["canonical_work_id"]
        if self._format.has_canonical and canonical not in works:
            works = [canonical, *works]
        self._selection = Selection(hub, works, self._format)

    def __iter__(self) -> Iterator[bytes]:
        module: Any = import_module(f"citehub.export.{self._format.module}")
        write: Callable[[Selection], Iterable[str | bytes]] = module.write
        for piece in write(self._selection):
            yield piece.encode() if isinstance(piece, str) else piece

    def __len__(self) -> int:
        """Return the number of selected works."""
        return len(self._selection)

    def __bytes__(self) -> bytes:
        return b"".join(self)

    def __str__(self) -> str:
        if self.is_binary:
            message = f"{self.format} is binary: use bytes(), or save() it to a file"
            raise TypeError(message)
        return bytes(self).decode()

    def __repr__(self) -> str:
        hub = self._selection.hub
        works = counted(len(self), "work")
        return clean(f"<citehub.Export {self.format}: {works} of {hub.name} {hub.version}>")

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write it to a file, whole or not at all.

        Parameters
        ----------
        path : str or path
            The file.
        force : bool, default False
            Overwrite an existing file.

        Raises
        ------
        TargetExists
            The file exists already.
        OSError
            The file cannot be written.
        """
        name = os.fspath(path)
        if not name:
            raise ValueError("The name of the file is empty.")
        write_whole(self, name, force=force)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the format could not hold unchanged, with the number of works; often nothing.

        It is counted while the export is read, or else by looking through the works.
        """
        if self._selection.found is None:
            for _ in self._selection:
                pass
        found: dict[str, int] = self._selection.found or {}
        works = counted(len(self), "work")
        return tuple(f"{what}: {count:,} of {works}" for what, count in found.items())


class Selection:
    """The works of an export, for repeated iteration, and what their format lacks.

    Attributes
    ----------
    hub : Hub
        The release that they are of.
    found : dict of str to int or None
        What the format could not hold, with the number of works; None before the end.
    """

    def __init__(self, hub: Hub, work_ids: list[str], format_: Format) -> None:
        self.hub = hub
        self.work_ids = work_ids
        self.found: Counter[str] | None = None
        self._format = format_

    def __len__(self) -> int:
        return len(self.work_ids)

    def __iter__(self) -> Iterator[Work]:
        if self.found is not None:  # a network is written in two passes
            yield from self.hub.release.stream(self.work_ids)
            return
        found: Counter[str] = Counter()
        for work in self.hub.release.stream(self.work_ids):
            found.update(
                f"{_LACKS[part]}, and none is written"
                for part in self._format.expects
                if not getattr(work, part)
            )
            if not self._format.keeps_controls and not is_line(
                _texts(work, has_passages=self._format.has_passages)
            ):
                found["control characters are written as a space or U+FFFD"] += 1
            yield work
        self.found = found


def _texts(work: Work, *, has_passages: bool) -> str:
    passages = work.passages if has_passages else ()
    said = (each for row in passages for each in (row["gist"], row["text"]))
    texts = (work.title, work.title_plain, work.venue, work.finding, *work.authors, *said)
    return "".join(text for text in texts if text)
