"""Works and citations as the dumps of a folder have them, looked up as the interfaces need it.

A folder has ``openalex``, ``s2`` and ``opencitations`` in the layout of `benchmarks/make_dump.py`,
or some of them. What is broken is left out: an interface has no broken records.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ARXIV_DOI = "10.48550/arxiv."
INDEX = ("oci", "citing", "cited", "creation", "timespan", "journal_sc", "author_sc")
META = (
    *("id", "title", "author", "issue", "volume", "venue", "page", "pub_date", "type"),
    *("publisher", "editor"),
)
_WORK = re.compile(r"(?:https?://openalex\.org/)?W0*([0-9]{1,18})", re.IGNORECASE)
_LISTS = ("referenced_works", "authorships", "locations")


@dataclass(repr=False)
class World:
    """What the three sources know."""

    openalex: OpenAlex
    s2: SemanticScholar
    opencitations: OpenCitations


def read_world(folder: Path | str) -> World:
    """Read the dumps of a folder."""
    folder = Path(folder)
    if not any((folder / name).is_dir() for name in ("openalex", "s2", "opencitations")):
        raise FileNotFoundError(f"{folder} has no folder openalex, s2 or opencitations")
    return World(
        OpenAlex.read(folder / "openalex"),
        SemanticScholar.read(folder / "s2"),
        OpenCitations.read(folder / "opencitations"),
    )


def work_number(name: object) -> int:
    """Return the number of a work's id, however it is spelt; 0 where it is none.

    Examples
    --------
    >>> work_number("https://openalex.org/W12"), work_number("w12"), work_number("A12")
    (12, 12, 0)
    """
    found = _WORK.fullmatch(name) if isinstance(name, str) else None
    return int(found[1]) if found else 0


def words_of(text: object) -> frozenset[str]:
    """Return the words of a title in small letters."""
    return frozenset(re.findall(r"\w+", text.lower())) if isinstance(text, str) else frozenset()


@dataclass(repr=False)
class OpenAlex:
    """OpenAlex's works by number, as lines of JSON, and where they are found."""

    lines: dict[int, bytes] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)  # doi:..., pmid:..., pmcid:..., mag:...
    pages: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    citing: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    titles: dict[int, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> OpenAlex:
        """Read the works, of which the last partition counts, and the merged ids."""
        read = cls()
        for row in _tables(folder / "merged_ids"):
            old, new = work_number(row.get("id")), work_number(row.get("merge_into_id"))
            if old and new:
                read.merged[old] = new
        for line, row in _lines(folder / "works"):
            number = work_number(row.get("id"))
            if number and _is_sound(row):
                read.lines[number] = line
        for number in sorted(read.lines):
            read._enter(number, json.loads(read.lines[number]))
        return read

    def _enter(self, number: int, work: dict[str, Any]) -> None:
        ids = work.get("ids") or {}
        doi = str(work.get("doi") or "").lower().removeprefix("https://doi.org/")
        names = [f"doi:{doi}"] if doi else []
        for scheme in ("pmid", "pmcid", "mag"):
            digits = re.sub(r"\D", "", str(ids.get(scheme) or "").rpartition("/")[2])
            names += [f"{scheme}:{digits}"] if digits else []
        for name in names:
            self.names.setdefault(name, number)
        for page in {each.get("landing_page_url") for each in work.get("locations") or ()}:
            self.pages[page].append(number)
        for cited in {self.current(work_number(each)) for each in work["referenced_works"]}:
            self.citing[cited].append(number)
        self.titles[number] = words_of(work.get("title"))

    def current(self, number: int) -> int:
        """Return the work that a number stands for now, by the list of merged ids."""
        seen = {number}
        while number not in self.lines and number in self.merged:
            number = self.merged[number]
            if number in seen:
                break
            seen.add(number)
        return number

    def work(self, number: int) -> dict[str, Any]:
        """Return a work."""
        found: dict[str, Any] = json.loads(self.lines[number])
        return found


def _is_sound(row: dict[str, Any]) -> bool:
    lists = all(isinstance(row.get(each) or [], list) for each in _LISTS)
    return lists and isinstance(row.get("publication_year"), int | None)


@dataclass(repr=False)
class SemanticScholar:
    """Semantic Scholar's papers by number; the citations of each, who cites and the line."""

    papers: dict[int, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)  # doi:..., arxiv:..., and a bare paperId
    citations: dict[int, list[tuple[int | None, bytes]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    titles: dict[int, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> SemanticScholar:
        """Read papers, citations, abstracts and summaries."""
        read = cls()
        for _, row in _lines(folder / "papers"):
            number = row.get("corpusid")
            sound = isinstance(row.get("year"), int | None)
            if isinstance(number, int) and sound and isinstance(row.get("authors") or [], list):
                read.papers[number] = row
        for number, row in sorted(read.papers.items()):
            read._enter(number, row)
        for line, row in _lines(folder / "citations"):
            sides = [row.get("citingcorpusid"), row.get("citedcorpusid")]
            if isinstance(sides[0], int | None) and isinstance(sides[1], int):
                read.citations[sides[1]].append((sides[0], line))
        for name, key in (("abstracts", "abstract"), ("tldrs", "text")):
            for _, row in _lines(folder / name):
                if isinstance(row.get(key), str) and row.get("corpusid") in read.papers:
                    read.papers[row["corpusid"]][name] = row
        return read

    def _enter(self, number: int, row: dict[str, Any]) -> None:
        ids = row.get("externalids") or {}
        schemes = {
            "ArXiv": "arxiv", "DOI": "doi", "ACL": "acl", "MAG": "mag", "PubMed": "pmid",
            "PubMedCentral": "pmcid",
        }  # fmt: skip
        names = [f"corpusid:{number}", paper_id(number)]
        names += [f"{ours}:{str(ids[theirs]).lower()}" for theirs, ours in schemes.items()
                  if ids.get(theirs)]  # fmt: skip
        names += [f"doi:{ARXIV_DOI}{ids['ArXiv']}"] if ids.get("ArXiv") else []
        for name in names:
            self.names.setdefault(name, number)
        self.titles[number] = words_of(row.get("title"))


def paper_id(number: int) -> str:
    """Return the other id that a paper has, of 40 digits."""
    return sha1(f"paper {number}".encode()).hexdigest()


@dataclass(repr=False)
class OpenCitations:
    """Rows of the Index by what they cite, and of Meta by each identifier."""

    index: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    meta: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls, folder: Path) -> OpenCitations:
        """Read the Index and Meta."""
        read = cls()
        for rows, name, cell, columns in (
            (read.index, "index", "cited", INDEX),
            (read.meta, "meta", "id", META),
        ):
            for row in _tables(folder / name):
                whole = {column: row.get(column) or "" for column in columns}
                for each in set(whole[cell].lower().split()):
                    rows[each].append(whole)
        return read


def leave_out(folder: Path, words: Iterable[str]) -> None:
    """Take the lines out of the dumps of a folder that hold any of some words.

    So a world is made as it was before something came.
    """
    marks = [each.encode() for each in words]
    for path in _files(folder) if marks else ():
        if path.suffix not in {".gz", ".jsonl", ".csv", ".zip"}:
            continue
        lines = _content(path).splitlines(keepends=True)
        kept = b"".join(line for line in lines if not any(mark in line for mark in marks))
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                name = archive.namelist()[0]
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr(name, kept)
        else:
            path.write_bytes(gzip.compress(kept, mtime=0) if path.suffix == ".gz" else kept)


# -- files --------------------------------------------------------------------------------


def _lines(folder: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Yield the objects of JSON Lines, each with its line."""
    for path in _files(folder):
        for line in _content(path).splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield line, row


def _tables(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of CSV."""
    csv.field_size_limit(1 << 27)
    for path in _files(folder):
        yield from csv.DictReader(io.StringIO(_content(path).decode(), newline=""))


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _content(path: Path) -> bytes:
    """Return what a file holds, plain, gzipped or as the only one of a zip file."""
    if path.suffix == ".parquet":
        raise ValueError(f"{path} is Parquet; JSON Lines are read here")
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return archive.read(archive.namelist()[0])
    data = path.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
