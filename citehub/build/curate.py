"""Curation of a hub folder: the files to fill in, and what is left to decide."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub._atomic_file import write_whole
from citehub._catalog import (
    INDEX,
    SPEC,
    datasets_folder,
    find_folder,
    find_releases,
    is_folder,
    is_hub,
    is_release,
    load,
)
from citehub._identifiers import parse_identifier
from citehub.build.join import Apart, RecordKey, Same
from citehub.build.spec import SOURCE
from citehub.errors import BadArgument, TargetExists, UnknownHub, UnknownWork
from citehub.sources.curation import FILES, explain_files, find_misfits, read_curation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from citehub import Hub
    from citehub.build.join import Member
    from citehub.sources.curation import Curation, Decision, Misfit

GUIDE: Final = "CURATION.md"
_FIRST: Final = 3
_PASSAGE_LETTERS: Final = 160  # that are shown
_BEFORE_FILES: Final = """\
# The files of curation

What people say of this hub, a decision a row. Fill in the files with a spreadsheet program or a
text editor, save them as CSV under the names that they have, and build the next release: what they
say wins over the sources, and survives every update. An empty file says nothing.

- A work is named by any of its identifiers. Write arXiv ids with their scheme, as
  `arxiv:2201.11990`: spreadsheets take a bare one for a number and cut it.
- Dates are best written as `2026-11-29`.
- Columns may stand in any order, and those that need not be given may be left out.
- Of two rows that contradict each other, delete the one that is wrong: the build stops until then.
"""


class Templates(NamedTuple):
    """Files in the folder of a hub's sources, by name: those made now, and older ones."""

    folder: str
    written: tuple[str, ...]
    there: tuple[str, ...]


class Item(NamedTuple):
    """Something to decide: the works, with their titles, and what is known."""

    works: tuple[tuple[str, str], ...]
    text: str | None = None
    context_id: str | None = None


class OpenDecisions(NamedTuple):
    """Decisions of one kind that a release leaves open.

    ``file`` is where to decide, ``n`` their number, ``first`` the first few.
    """

    name: str
    what: str
    file: str
    n: int
    first: tuple[Item, ...]


def find_hub_folder(hub: str | os.PathLike[str]) -> str:
    """Return the hub folder that can be curated, as an absolute path.

    Parameters
    ----------
    hub : str or path
        A hub folder, or the name of a hub in the user's home of hubs.

    Raises
    ------
    UnknownHub
        There is no such folder or hub, or the folder is not a hub folder.
    BadArgument
        It is a release, or a hub that comes with citehub.
    """
    named, folder = os.fspath(hub), find_folder(hub)
    make = "make a hub folder of your own, with: citehub new WORK --out DIR"
    if is_release(folder):
        above = os.path.dirname(folder)
        hint = f"that of its hub, {above}" if is_hub(above) else f"a hub folder, or {make}"
        due = f"a hub folder, and this is a release, which never changes: give {hint}"
        raise BadArgument.of("hub", named, due)
    if not is_hub(folder):
        inside = (os.path.join(folder, name) for name in sorted(os.listdir(folder)))
        hint = f"A hub folder holds a {SPEC}: {make}"
        raise UnknownHub.among("hub folder", named, filter(is_hub, inside), hint=hint)
    shipped, home = datasets_folder(), os.path.dirname(os.path.realpath(folder))
    is_installed = os.path.basename(shipped) != "datasets"  # else it is that of a checkout
    if home == os.path.realpath(shipped) and (is_installed or not is_folder(hub)):
        raise BadArgument(f"The hub {named!r} comes with citehub, so it never changes: {make}.")
    return folder


def load_newest(folder: str) -> Hub | None:
    """Open the newest release of a hub folder; None if there is none."""
    has_any = os.path.lexists(os.path.join(folder, INDEX)) or find_releases(folder)
    return load(os.path.join(folder, "")) if has_any else None


def write_templates(folder: str | os.PathLike[str], *, separator: str = ",") -> Templates:
    """Write the missing files of curation, and what their columns mean.

    Parameters
    ----------
    folder : str or path
        The folder of a hub.
    separator : str, optional
        The separator of columns: a comma, or the semicolon of an Excel with a decimal comma.

    Returns
    -------
    Templates
        What was written; existing files stay unchanged.

    Raises
    ------
    BadArgument
        The folder is a release, or that of a hub that comes with citehub.
    UnknownHub
        It is not a hub folder.
    OSError
        A file cannot be written.
    """
    source = os.path.join(find_hub_folder(folder), SOURCE)
    os.makedirs(source, exist_ok=True)
    texts = {GUIDE: f"{_BEFORE_FILES}\n{explain_files()}"}
    for file in FILES:  # a byte order mark, as without one Excel reads UTF-8 as something else
        names = separator.join(column.name for column in file.columns)
        texts[file.filename] = f"\ufeff{names}\n"
    written = tuple(name for name, text in texts.items() if _write(source, name, text))
    return Templates(source, written, tuple(name for name in texts if name not in written))


def _write(folder: str, name: str, text: str) -> bool:
    """Write a file, or return False if it exists."""
    path = os.path.join(folder, name)
    if os.path.lexists(path):
        return False
    try:
        write_whole([text.encode()], path, force=False)
    except TargetExists:
        return False
    return True


def join_decisions(
    curation: Curation, records: Collection[RecordKey]
) -> tuple[list[Same], list[Apart]]:
    """Return people's merges and splits, as :func:`citehub.build.join.join` takes them.

    Parameters
    ----------
    curation : Curation
        The decisions of people.
    records : collection of RecordKey
        The records of the sources, which tell ``source:record`` from an identifier.

    Returns
    -------
    tuple of list
        Merges, then splits; each with its reason and place.
    """
    same = [
        Same(_member(row.work, records), _member(row.other, records), _words(row.decision))
        for row in curation.merges
    ]
    apart = [  # what leaves comes first
        Apart(_member(row.record, records), _member(row.work, records), _words(row.decision))
        for row in curation.splits
    ]
    return same, apart


def _member(text: str, records: Collection[RecordKey]) -> Member:
    """Return the record that a text names, else its identifier."""
    source_id, _, record_id = text.partition(":")
    key = RecordKey(source_id, record_id)
    if key in records:
        return key
    return parse_identifier(text) or key


def _words(decision: Decision) -> str:
    return f"{decision.why} ({decision.place})" if decision.why else decision.place


def read_decisions(folder: str | os.PathLike[str]) -> Curation:
    """Return the decisions of people in a hub folder."""
    return read_curation(os.path.join(find_hub_folder(folder), SOURCE))


def find_open(hub: Hub, curation: Curation) -> tuple[OpenDecisions, ...]:
    """Return what a release leaves open and nobody has decided since.

    Parameters
    ----------
    hub : Hub
        The release.
    curation : Curation
        The decisions of people.

    Returns
    -------
    tuple of OpenDecisions
        Doubtful merges, works without date, passages without label, citing works without theme;
        for each kind the number and the first few, in hub order.
    """
    return _OpenFinder(hub, curation).run()


def find_unfitting(hub: Hub, curation: Curation) -> list[Misfit]:
    """Return the decisions about works that a release lacks but did not exclude."""
    known = _OpenFinder(hub, curation)
    rest = curation._replace(exclusions=())
    excluded = {row.work for row in curation.exclusions}
    return find_misfits(rest, lambda text: text if text in excluded else known.find(text))


class _OpenFinder:
    def __init__(self, hub: Hub, curation: Curation) -> None:
        self.hub = hub
        self.curation = curation
        self.titles = {row["work_id"]: row["title_plain"] for row in hub.works}
        self.left_out = self.decided(curation.exclusions)

    def run(self) -> tuple[OpenDecisions, ...]:
        """Return what is open, kind by kind."""
        return (
            self.gather("merges", "Works that may be one", "merges.csv", self.merges()),
            self.gather("dates", "Works without date", "corrections.csv", self.dates()),
            self.gather("labels", "Passages without label", "labels.csv", self.passages()),
            self.gather("themes", "Citing works without theme", "work_themes.csv", self.themes()),
        )

    def gather(self, name: str, what: str, file: str, items: Iterable[Item]) -> OpenDecisions:
        """Count the open cases of a kind, without excluded works."""
        found = [
            each
            for each in items
            if self.left_out.isdisjoint(work_id for work_id, _ in each.works)
        ]
        return OpenDecisions(name, what, file, len(found), tuple(found[:_FIRST]))

    def find(self, text: str) -> str | None:
        """Return the work that an identifier names; None if there is none."""
        try:
            return self.hub.work(text).work_id
        except UnknownWork:
            return None

    def decided(self, rows: Iterable[Any]) -> set[str]:
        """Return the works that rows are about."""
        return {work_id for row in rows if (work_id := self.find(row.work))}

    def named(self, work_id: str) -> tuple[str, str]:
        """Return a work with its title."""
        return work_id, self.titles.get(work_id, work_id)

    def citing(self) -> list[str]:
        """Return the citing works, in hub order."""
        return [row["citing_work_id"] for row in self.hub.citations]

    def merges(self) -> list[Item]:
        """Return the pairs that the sources leave in doubt."""
        if "merge_candidates" not in self.hub.tables:
            return []
        rows = [*self.curation.merges, *self.curation.splits]
        done = {frozenset(map(self.find, (row[0], row[1]))) for row in rows}
        return [
            Item((self.named(row["work_id"]), self.named(row["other_work_id"])), row["why"])
            for row in self.hub.table("merge_candidates")
            if {row["work_id"], row["other_work_id"]} not in done
        ]

    def dates(self) -> list[Item]:
        """Return the works without a known year."""
        years = (row for row in self.curation.corrections if row.column == "publication_year")
        done = self.decided(years)
        return [
            Item((self.named(row["work_id"]),))
            for row in self.hub.works
            if row["publication_year"] is None and row["work_id"] not in done
        ]

    def passages(self) -> list[Item]:
        """Return the passages without a role."""
        if "citation_contexts" not in self.hub.tables:
            return []
        done: set[Any] = {(self.find(row.work), row.passage) for row in self.curation.labels}
        done |= {row.context_id for row in self.curation.labels}
        if "citation_labels" in self.hub.tables:
            done |= {row["context_id"] for row in self.hub.citation_labels}
        return [
            Item(
                (self.named(row["citing_work_id"]),),
                _shorten(row["text"] or row["gist"] or row["section"] or ""),
                row["context_id"],
            )
            for row in self.hub.citation_contexts
            if row["context_id"] not in done and (row["citing_work_id"], row["text"]) not in done
        ]

    def themes(self) -> list[Item]:
        """Return the citing works without a theme."""
        done = self.decided(self.curation.work_themes)
        if "work_themes" in self.hub.tables:
            done |= {row["work_id"] for row in self.hub.work_themes}
        return [Item((self.named(each),)) for each in self.citing() if each not in done]


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _PASSAGE_LETTERS else f"{line[: _PASSAGE_LETTERS - 1]}…"
