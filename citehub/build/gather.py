"""Reading the folder of a hub's sources: the first step of a build."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from citehub.build.adopted import read_adopted
from citehub.bulk.extract import NOTE, read_note
from citehub.errors import BuildError, MissingExtra, SourceError, UnknownWork
from citehub.sources.adopted import ADOPTED, add_newer
from citehub.sources.curation import FILES, is_stray
from citehub.sources.full_texts import FULL_TEXTS
from citehub.sources.hand_records import HAND_FILES, HandRecords
from citehub.sources.pith_page import state_page
from citehub.sources.reference_file import NO_REFERENCES, REFERENCE_FILE, read_references
from citehub.sources.registry import SOURCES, dumped
from citehub.sources.statements import Statements

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection, Iterator

    from citehub.build.spec import HubSpec
    from citehub.sources.reference_file import ReferenceFiles

_OF_OTHERS: Final = re.compile(  # what systems leave, and what a person writes for people
    r"[.~].*|.*~|thumbs\.db|desktop\.ini|.*\.md|(readme|licen[cs]e)(\..*)?", re.IGNORECASE
)
EVERY_PART: Final = ("page", "identifiers", "bibliography", "labels", "themes")


@dataclass(slots=True)
class Gathered:
    """What the sources of a hub say, with records by hand, and notes on them."""

    given: Statements
    hand: HandRecords
    notes: list[str] = field(default_factory=list)


def gather(
    spec: HubSpec,
    *,
    parts: Collection[str] = (),
    created: datetime.date,
    progress: Callable[[str], None],
) -> Gathered:
    """Read all that the folder of a hub's sources holds.

    Parameters
    ----------
    spec : HubSpec
        The hub.
    parts : collection of str, optional
        Parts of hand-made sources to take in; by default all.
    created : datetime.date
        Day of the release.
    progress : callable
        Is called with each step in words.

    Raises
    ------
    SourceError
        A source is wrong.
    UnknownWork
        No source has the canonical work.
    """
    progress("Read the sources")
    hand = HandRecords(spec.source, spec.own_tables)
    given, notes = _read_stored(spec, created, progress)
    notes += _find_unread(spec)
    if spec.page:
        state_page(given, hand, os.path.join(spec.source, spec.page), spec.page_source)
        given.trusted = (spec.page_source,)
    own = {name for each in given.canonical.values() for name in (*each.ids, *each.known_as)}
    for record in hand.records(parts or EVERY_PART):
        is_own = not own.isdisjoint(record.known_as)
        (given.canonical if is_own else given.citing)[record.key] = record
        if is_own:
            own.update(record.ids, record.known_as)
    given.described = {**given.described, **hand.sources}
    given.origins = hand.origins()
    if not given.canonical:
        raise BuildError(
            f"{spec.source} holds no source of {spec.work or 'the work'}: neither a dump's "
            f"extract ({', '.join(each.id for each in dumped())}), nor lists of works in "
            f"{REFERENCE_FILE.id}, nor a release in {ADOPTED.id}, nor a page that hub.toml names."
        )
    return Gathered(given, hand, notes)


def reference_files(folder: str) -> list[str]:
    """Return the reference managers' files of a folder of sources."""
    place = os.path.join(folder, REFERENCE_FILE.id)
    names = sorted(os.listdir(place)) if os.path.isdir(place) else []
    paths = (os.path.join(place, name) for name in names if name != NOTE and name[0] != ".")
    return [path for path in paths if os.path.isfile(path)]


def _read_stored(
    spec: HubSpec, created: datetime.date, progress: Callable[[str], None]
) -> tuple[Statements, list[str]]:
    """Read the extracts of dumps, the lists of works, and the release to continue."""
    known = read_adopted(os.path.join(spec.source, ADOPTED.id), progress)
    folders: dict[str, Any] = {
        each.id: os.path.join(spec.source, each.id)
        for each in dumped()
        if os.path.isdir(os.path.join(spec.source, each.id))
    }
    files = reference_files(spec.source)
    if not folders and not files:
        return known or Statements({}, {}, []), []
    try:
        from citehub.bulk.dump_options import Dumps
        from citehub.bulk.find import read_wanted
        from citehub.bulk.reader import Reader
        from citehub.bulk.session import open_session
    except ImportError:
        raise MissingExtra.of("Ibis with DuckDB", "graph") from None
    references: ReferenceFiles = read_references(files) if files else NO_REFERENCES
    dumps = Dumps(**folders)
    with (
        tempfile.TemporaryDirectory(prefix="citehub-") as scratch,
        open_session(dumps, os.path.join(scratch, "sources"), progress) as (engine, store, place),
    ):
        reader = Reader(engine, store, dumps, place, year=created.year)
        wanted = read_wanted(spec.work)
        if known:
            wanted.ids.update(*(each.ids for each in known.canonical.values()))
        reader.find([wanted])
        if partial := store.told(store.partial):
            raise SourceError(
                f"An extract in {spec.source} is damaged: {partial[0]} Restore the file, or make "
                "the hub again from the dump with: citehub new"
            )
        try:
            given = reader.input_of(wanted, references, is_known=known is not None)
        except UnknownWork as error:
            raise UnknownWork(
                f"No source in {spec.source} has {spec.work!r}, which hub.toml names as work. "
                "Correct it there, or add a source that has the work to that folder.",
                error.asked,
            ) from None
        notes = list(store.told(store.notes))
    notes += [f"{each.path}, line {each.line}: {each.reason}" for each in references.rejects]
    if files and (note := read_note(os.path.join(spec.source, REFERENCE_FILE.id))):
        given.read_on[REFERENCE_FILE.id] = note.read_on
    notes += [each for pair in folders.items() for each in _tell_note(*pair)]
    for source in SOURCES:
        if source.id not in folders:  # whose note tells it, or nothing does
            given.read_on.setdefault(source.id, created)
    return add_newer(known, given, folders) if known else given, notes


def _tell_note(source_id: str, folder: str) -> Iterator[str]:
    """Yield sentences on the dump of an extract."""
    note = read_note(folder)
    if note is None:
        yield (
            f"{folder} has no {NOTE}, so we do not know when {source_id} was read, nor how much "
            "of it was lost."
        )
    else:
        for each in note.partial:
            yield f"When {source_id} was read on {note.read_on}: {each}"


def _find_unread(spec: HubSpec) -> Iterator[str]:
    """Yield a sentence for each file in the folder of sources that no source reads."""
    folders = {ADOPTED.id, REFERENCE_FILE.id, FULL_TEXTS.id, *(each.id for each in dumped())}
    tables = (*HAND_FILES, *spec.own_tables, *(each.name for each in FILES))
    files = {spec.page, *(f"{each}.csv" for each in tables)}
    for name in sorted(os.listdir(spec.source)) if os.path.isdir(spec.source) else ():
        path = os.path.join(spec.source, name)
        is_due = name in (folders if os.path.isdir(path) else files)
        if is_due or _OF_OTHERS.fullmatch(name) or is_stray(name):
            continue
        yield (
            f"{path} is not read: citehub reads the folders {', '.join(sorted(folders))} and the "
            "files that citehub curate writes."
        )
    place = os.path.join(spec.source, REFERENCE_FILE.id)
    for name in sorted(os.listdir(place)) if os.path.isdir(place) else ():
        if os.path.isdir(os.path.join(place, name)):
            yield f"{os.path.join(place, name)} is not read: put lists into {place} itself."
