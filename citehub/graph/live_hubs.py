"""Hubs from the interfaces of sources: the first release, and updates."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub import _atomic_folder
from citehub._catalog import SPEC, find_folder, home_folder, is_hub, load
from citehub._identifiers import Identifier
from citehub._manifest import read_manifest
from citehub._text import counted
from citehub._validate import split_row_key
from citehub._writer_lock import resumable, writing
from citehub.build.changes import FIRST
from citehub.build.complete import name_hub
from citehub.build.register import register, settle
from citehub.build.release import (
    IN_A_COPY,
    build_release,
    check_not_shipped,
    make_content,
    mend,
    write_release,
)
from citehub.build.spec import SOURCE, ReleaseSpec, describe_hub, parse_spec, read_spec
from citehub.build.taking import take
from citehub.bulk.dump_options import absolute
from citehub.bulk.extract import NOTE, read_note
from citehub.errors import (
    BadArgument,
    BuildError,
    FetchError,
    SourceError,
    TargetExists,
    UnknownWork,
)
from citehub.graph.hubs import NewHub, check_name, check_place, keep_lists, today
from citehub.graph.staging import in_words_of, move_within, newest, staging
from citehub.live.fetch import Earlier, choose_sources, fetch
from citehub.sources.answers import BODIES, check_kept, is_kept, list_lines
from citehub.sources.api import KnownIds

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from citehub._diff import Diff
    from citehub._hub import Hub
    from citehub.build.release import Built
    from citehub.build.spec import HubSpec
    from citehub.live.fetch import Fetched
    from citehub.live.kept import Transport

_PENDING: Final = ".citehub.answers"
"""The folder in a hub folder that keeps answers that are not taken over yet."""
_READY_FILE: Final = "ready"  # a dry run got all of them
_FRESH_SECONDS: Final = 3600.0  # for which an update takes them


class Updated(NamedTuple):
    """The result of asking the sources of a hub again.

    Attributes
    ----------
    hub : str
        The hub folder.
    version : str
        The new version, or in a dry run the version to come; the one before if nothing is new.
    before : str
        The version before.
    folder : str
        The folder of the new release; empty where there is none.
    diff : Diff, optional
        What changed; None where nothing did.
    dropped : dict of str to tuple of str
        Works that are gone, each with the sources that named it before.
    failed : dict of str to str
        Sources that gave only part of their list, each with the reason. Their earlier answers
        stay.
    notes : tuple of str
        What else is to tell.
    n_requests : int
        How many requests were sent.
    """

    hub: str
    version: str
    before: str
    folder: str
    diff: Diff | None
    dropped: dict[str, tuple[str, ...]]
    failed: dict[str, str]
    notes: tuple[str, ...]
    n_requests: int

    @property
    def is_new(self) -> bool:
        """Whether there is something new."""
        return self.diff is not None


def new_live_hub(
    work: str,
    out: str | None = None,
    *,
    home: str | None = None,
    sources: Iterable[str] = (),
    citing: str | Iterable[str] | None = None,
    name: str | None = None,
    version: str = "1.0.0",
    created: datetime.date | None = None,
    title: str | None = None,
    licenses: Iterable[str] = (),
    contributors: Iterable[str] = (),
    homepage: str | None = None,
    transport: Transport | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> NewHub:
    """Make a hub of a work by asking sources who cites it.

    The hub's folder keeps the answers and builds the release from them. So it can be rebuilt
    without the network, to the same bytes. If a run is cut off, its answers are kept next to the
    folder, and the same call goes on from there.

    Parameters
    ----------
    work : str
        The canonical work: a DOI, an arXiv id, a PMID, ``openalex:W...``, ``s2:`` and a CorpusId,
        or its title.
    out : str, optional
        The hub folder to make; it must not exist, or be empty. By default it has the hub's name
        and is in ``home``.
    home : str, optional
        A folder of hubs; by default the user's own, where ``citehub.load`` finds hubs by name.
    sources : iterable of str, optional
        Sources to ask: ``openalex``, ``s2``, ``opencitations``; by default all.
    citing : str or iterable of str, optional
        Reference managers' files of works that cite the work, to add.
    name, version : str, optional
        As of :func:`new_hub`.
    created : datetime.date, optional
        Date of the release; by default today.
    title : str, optional
        As of :func:`new_hub`.
    licenses, contributors : iterable of str, optional
        As of :func:`new_hub`.
    homepage : str, optional
        As of :func:`new_hub`.
    transport : Transport, optional
        What asks; by default the network.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    NewHub
        The folder and the number of citing works; ``partial`` names sources that gave only part of
        their list.

    Raises
    ------
    UnknownWork
        No source has the work.
    SeveralWorks
        Several works have the title.
    FetchError
        No source gave a whole list of what cites the work; the answers are kept.
    BuildError
        Nothing cites it, so there is nothing to release; the error says what each source said.
    HubInUse
        Another process makes this hub.
    BadArgument, TargetExists
        As of :func:`new_hub`.

    Examples
    --------
    A transport replaces the network, here with sources that know no work:

    >>> from citehub.graph import new_live_hub
    >>> from citehub.sources.answers import Answer
    >>> class Nobody:
    ...     def ask(self, source, asked, due):
    ...         return Answer(asked, "", 404, "2026-11-29T12:00:00Z", b"")
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as home:  # doctest: +ELLIPSIS
    ...     new_live_hub("doi:10.5555/lantern.1", os.path.join(home, "hub"), transport=Nobody())
    Traceback (most recent call last):
    citehub.errors.UnknownWork: No source that answered has the work 'doi:10.5555/lantern.1'...
    """
    check_name(name, version)
    chosen = tuple(each.id for each in choose_sources(tuple(sources)))
    description = {
        "title": title, "licenses": tuple(licenses), "contributors": tuple(contributors),
        "homepage": homepage,
    }  # fmt: skip
    describe_hub(name=name or "hub", work=work, **description)  # type: ignore[arg-type]
    above = absolute(home) if home else home_folder()
    place = absolute(out) if out else os.path.join(above, name or _slug(work))
    named = "" if out or home else name or ""
    check_place(place, named)
    created = created or today()
    files = [citing] if isinstance(citing, str) else list(citing or ())
    with _pending_at(place) as pending, _atomic_folder.scratch_folder(place) as folder:
        check_place(place, named)  # another process may have made it
        source = os.path.join(folder, SOURCE)
        fetched = fetch(
            work, source, sources=chosen, pending=pending, transport=transport, progress=progress
        )
        keep_lists(files, source, created)
        _refuse_empty(fetched, files)
        hub = name or name_hub(fetched.work)
        target = place if out else os.path.join(above, hub)
        check_place(target, "" if out or home else hub)
        text = describe_hub(
            name=hub,
            work=fetched.work,
            sources=chosen,
            **description,  # type: ignore[arg-type]
        )
        _atomic_folder.write_bytes(os.path.join(folder, SPEC), text.encode())
        spec = parse_spec(text, folder)
        with _keeping_answers(pending, fetched.lists, folder):
            content = make_content(spec, ReleaseSpec(version, created), None, progress)
            write_release("", content, lambda _: FIRST, progress, within=folder)
        settle(folder, target, name=hub, title=content.spec.title, version=version)
        for source_id in fetched.failed:
            move_within(os.path.join(pending, source_id), os.path.join(target, _PENDING))
        shutil.rmtree(pending, ignore_errors=True)
    return NewHub(
        work,
        target,
        os.path.join(target, version),
        len(content.tables["citations"]),
        "",
        "",
        tuple(_tell_failed(fetched, target)),
        (*fetched.notes, *_notes_of_build(content.notes, folder, target)),
    )


def update_hub(
    hub: str | os.PathLike[str],
    *,
    sources: Iterable[str] = (),
    dry_run: bool = False,
    created: datetime.date | None = None,
    transport: Transport | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Updated:
    """Ask the sources of a hub again, and make the next version if something is new.

    It asks for everything and compares, as no source says when it added a citation. A source that
    gives only part of its list changes nothing: its earlier answer stays, and the part is kept for
    an update within a day. Counts change every week, so counts alone make no version: they come
    with the next one.

    Parameters
    ----------
    hub : str or path
        Name of a hub, or a hub folder.
    sources : iterable of str, optional
        Sources to ask; by default the ``sources`` that ``hub.toml`` names.
    dry_run : bool, default False
        Whether to make no version, and leave the hub's sources unchanged. The folder's
        ``.citehub.answers`` keeps the answers: an update within the hour uses them and asks
        nothing again. A second dry run asks again.
    created : datetime.date, optional
        Day of the release; by default today.
    transport : Transport, optional
        What asks; by default the network.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    Updated
        What is new, and which sources gave only part of their list.

    Raises
    ------
    BadArgument
        The hub names no sources to ask.
    FetchError
        No source gave a whole list; the hub is unchanged.
    UnknownWork
        No source has the work any more; the hub is unchanged.
    BuildError
        The release cannot be built; the hub is unchanged, and the answers are kept.
    HubInUse
        Another process writes into the folder.

    Examples
    --------
    >>> from citehub.graph import update_hub
    >>> update_hub("mt-nlg")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    citehub.errors.BadArgument: ...hub.toml names no sources to ask, as the hub was not made by...
    """
    folder = find_folder(hub)
    check_not_shipped(folder, IN_A_COPY)
    spec = read_spec(folder)
    path = os.path.join(folder, SPEC)
    chosen = tuple(sources) or spec.sources
    if not chosen:
        raise BadArgument(
            f"{path} names no sources to ask, as the hub was not made by asking any. Name them "
            "with --from openalex,s2,opencitations, or for good with a line there, as "
            'sources = ["openalex", "s2"]. Their answers replace what the hub keeps of them.'
        )
    choose_sources(chosen)
    if not spec.work:
        raise BadArgument(
            f'{path} names no work to ask for. Add a line, as work = "arxiv:2201.11990".'
        )
    with writing(folder):
        mended = mend(folder)
        before = newest(folder)
        named = _citing_by_source(load(folder, version=before))
        broken = _find_broken(folder, spec, named)
        _refuse_broken(broken, chosen, folder)
        pending = os.path.join(folder, _PENDING)
        n_minutes = _take_up(pending, dry_run=dry_run)
        with staging(folder, before) as staged, in_words_of(staged, folder):
            earlier = _read_earlier(load(staged, version=before), staged, named, broken)
            answers = os.path.join(staged, _PENDING)
            try:
                fetched = fetch(
                    spec.work, answers, sources=chosen, pending=pending,
                    earlier=earlier, transport=transport, progress=progress,
                )  # fmt: skip
            except UnknownWork as error:
                shutil.rmtree(pending, ignore_errors=True)
                advice = f"{path} names this work; correct it there."
                error.args = (f"{error} {advice} The hub is unchanged.",)
                raise
            except FetchError as error:
                error.args = (f"{error}\nThe hub is unchanged.",)
                raise
            emptied = {each: _say_emptied(each, folder) for each in _find_emptied(fetched, named)}
            failed = fetched.failed | emptied
            taken = [each for each in fetched.lists if each not in emptied]
            _refuse_unmended(broken, taken, failed)
            for source_id in taken:
                place = os.path.join(staged, SOURCE, source_id)
                shutil.rmtree(place, ignore_errors=True)
                os.rename(os.path.join(answers, source_id), place)
            with _keeping_answers(pending, taken, staged):
                built = build_release(staged, created=created, progress=progress)
            diff = (
                built.diff if built.folder and not (built.diff and built.diff.is_recount) else None
            )
            moved = [*taken] if diff else [each for each in taken if each in broken]
            if moved and not dry_run:
                progress("Take over what came")
                _take_over(folder, staged, moved, built if diff else None, spec.name)
            notes = (
                *mended,
                *([_say_kept(n_minutes)] if n_minutes is not None else []),
                *(_say_mended(each, why, dry_run=dry_run) for each, why in broken.items()),
                *fetched.notes,
                *_notes_of_build(built.notes, staged, folder),
                *([_ONLY_COUNTS] if built.folder and diff is None else []),
            )
        _put_away(pending, fetched.failed, dry_run=dry_run)
    gone = [each.work.work_id for each in diff.news.works_gone] if diff else []
    return Updated(
        folder,
        built.version if diff else before,
        before,
        os.path.join(folder, built.version) if diff and not dry_run else "",
        diff,
        {
            work_id: tuple(sorted(each for each in named if work_id in named[each]))
            for work_id in gone
        },
        failed,
        notes,
        fetched.n_requests,
    )


def asking_hubs() -> tuple[str, ...]:
    """Return the hubs in the user's home whose ``hub.toml`` names sources to ask.

    It includes hubs whose ``hub.toml`` cannot be read, so that an update reports them.
    """
    home = home_folder()
    names = sorted(os.listdir(home)) if os.path.isdir(home) else []
    folders = [os.path.join(home, name) for name in names if not name.startswith(".")]
    return tuple(
        folder
        for folder in folders
        if os.path.isfile(os.path.join(folder, SPEC)) and is_hub(folder) and _asks(folder)
    )


def _asks(folder: str) -> bool:
    try:
        return bool(read_spec(folder).sources)
    except SourceError:
        return True


def _take_over(
    folder: str, staged: str, sources: Iterable[str], built: Built | None, name: str
) -> None:
    """Move answers, and a release if there is one, from where they were made into a hub."""
    made = os.path.join(staged, "made")
    for source_id in sources:
        move_within(os.path.join(staged, SOURCE, source_id), os.path.join(made, SOURCE))
    if built is not None:
        move_within(built.folder, made)
    take(folder, made)
    if built is not None:
        title = read_manifest(os.path.join(folder, built.version))["title"]
        register(folder, name, title, built.version)


# -- answers that are kept --------------------------------------------------------------------


@contextmanager
def _pending_at(place: str) -> Iterator[str]:
    """Return the folder that keeps the answers for a hub in the making, for one process.

    It stays if the run is cut off, and is removed after a final answer, such as no such work.
    """
    with resumable(f"{place}.fetching") as pending:
        try:
            yield pending
        except (UnknownWork, TargetExists, _NothingCites):
            shutil.rmtree(pending, ignore_errors=True)
            raise


def _take_up(pending: str, *, dry_run: bool) -> int | None:
    """Check the answers of a dry run: return their age in minutes, or remove them."""
    ready = os.path.join(pending, _READY_FILE)
    if not os.path.lexists(ready):
        return None
    age = abs(time.time() - os.lstat(ready).st_mtime)
    if dry_run or age > _FRESH_SECONDS:
        shutil.rmtree(pending)
        return None
    return round(age / 60)


def _say_kept(n_minutes: int) -> str:
    ago = f"{counted(n_minutes, 'minute')} ago" if n_minutes else "just now"
    return f"A dry run got the answers {ago}."


def _say_mended(source_id: str, why: str, *, dry_run: bool) -> str:
    would = "would take" if dry_run else "take"
    return (
        f"{why.partition(' Get the folder')[0]} The answers of {source_id} now {would} its place."
    )


@contextmanager
def _keeping_answers(pending: str, sources: Iterable[str], staged: str) -> Iterator[None]:
    """If a build fails, say where the answers are kept; drop those that it cannot read."""
    try:
        yield
    except BuildError as error:
        said = str(error)
        blamed = [
            each for each in sources if f"{os.path.join(staged, SOURCE, each)}{os.sep}" in said
        ]
        for source_id in blamed:
            shutil.rmtree(os.path.join(pending, source_id), ignore_errors=True)
        if blamed:
            said += (
                f" The answers of {' and '.join(blamed)} are dropped, so that the same "
                "command asks again; --from leaves a source out."
            )
        elif not isinstance(error, SourceError):  # which names what a person is to correct
            said += f" The answers are kept in {pending}; delete it to ask again."
        error.args = (said,)
        raise


def _put_away(pending: str, failed: Iterable[str], *, dry_run: bool) -> None:
    """Keep the answers of a dry run, else only those of lists in part."""
    if dry_run:
        os.makedirs(pending, exist_ok=True)
        with open(os.path.join(pending, _READY_FILE), "wb"):
            return
    left = [each for each in failed if os.path.isdir(os.path.join(pending, each))]
    if not left:
        shutil.rmtree(pending, ignore_errors=True)
        return
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(pending, _READY_FILE))
    for name in set(os.listdir(pending)) - {*left}:
        shutil.rmtree(os.path.join(pending, name), ignore_errors=True)


# -- the hub before ---------------------------------------------------------------------------


def _citing_by_source(hub: Hub) -> dict[str, set[str]]:
    """Return the citing works that the sources of a release name."""
    found: dict[str, set[str]] = {}
    canonical = hub.manifest["citehub"]["canonical_work_id"]
    for row in hub.release.rows("citation_sources"):
        if row["cited_work_id"] == canonical:
            found.setdefault(row["source_id"], set()).add(row["citing_work_id"])
    return found


def _read_earlier(
    hub: Hub, folder: str, named: dict[str, set[str]], broken: Collection[str]
) -> dict[str, Earlier]:
    """Return what a hub has from its sources, so that none of it is lost without need.

    For OpenAlex, the records are all citing works that it named, including those before a merge;
    for OpenCitations, those that Meta was asked about, or described.
    """
    known: dict[str, tuple[set[Identifier], set[Identifier]]] = {}
    records: dict[str, set[str]] = {}
    canonical = hub.manifest["citehub"]["canonical_work_id"]
    columns = ("table_name", "row_key", "source_id", "locator")
    for row in hub.table("evidence").to_arrow(columns).to_pylist():
        source, table, key = row["source_id"], row["table_name"], row["row_key"]
        if table == "work_ids":
            work_id, scheme, value = split_row_key(key)
            is_own = work_id == canonical
            known.setdefault(source, (set(), set()))[not is_own].add(Identifier(scheme, value))
            if source == scheme == "openalex" and not is_own:
                records.setdefault(source, set()).add(value)
        elif source == "opencitations" and table == "works" and key != canonical:
            name = (row["locator"] or "").removeprefix("record ")
            records.setdefault(source, set()).add(f"omid:{name}")
    found = {}
    for source in choose_sources():
        place = os.path.join(folder, SOURCE, source.id)
        if source.id not in named and not os.path.isdir(place):
            continue
        whole = place if is_kept(place) and source.id not in broken else ""
        paths = [line.asked.path for line in list_lines(place)] if whole else []
        asked = source.api.names_asked(paths) if source.api else frozenset[str]()
        own, citing = known.get(source.id, (set(), set()))
        found[source.id] = Earlier(
            asked | records.get(source.id, set()),
            KnownIds(frozenset(own), frozenset(citing)),
            whole,
            len(named.get(source.id, ())),
        )
    return found


def _find_broken(folder: str, spec: HubSpec, named: Collection[str]) -> dict[str, str]:
    """Return the sources whose answers the hub lacks, each with the reason.

    A source that is not in the ``sources`` of ``hub.toml`` may be missing.
    """
    found = {}
    for source in choose_sources():
        place = os.path.join(folder, SOURCE, source.id)
        if not os.path.isdir(place):
            if source.id in named and source.id in (spec.sources or named):
                found[source.id] = f"{place} is missing, and the hub needs it."
        elif is_kept(place) or os.path.isdir(os.path.join(place, BODIES)):
            try:
                check_kept(place)
                if read_note(place) is None:
                    found[source.id] = f"{os.path.join(place, NOTE)} is missing."
            except (SourceError, OSError) as error:
                found[source.id] = str(error)
    return found


def _refuse_broken(broken: Mapping[str, str], chosen: Collection[str], folder: str) -> None:
    """Refuse to ask only some sources if answers of others are damaged."""
    if not broken.keys() - {*chosen}:
        return
    reasons = " ".join(why for each, why in broken.items() if each not in chosen)
    names = ",".join(each.id for each in choose_sources() if each.id in {*broken, *chosen})
    raise BuildError(
        f"{reasons} Nothing was asked. Ask for it, too: citehub update {shlex.quote(folder)} "
        f"--from {names}"
    )


def _refuse_unmended(
    broken: Mapping[str, str], taken: Collection[str], failed: Mapping[str, str]
) -> None:
    """Refuse to build from damaged answers that no new ones replace."""
    left = [f"{why} {failed.get(each, '')}" for each, why in broken.items() if each not in taken]
    if left:
        raise BuildError(f"{' '.join(left).strip()} The hub is unchanged.")


# -- what is told -----------------------------------------------------------------------------

_ONLY_COUNTS: Final = "Only counts changed; they come with the next version."


class _NothingCites(BuildError):
    """All sources were asked, and none knows a citing work."""


def _refuse_empty(fetched: Fetched, files: list[str]) -> None:
    """Refuse a hub without citing works."""
    if files or any(each.received for each in fetched.lists.values()):
        return
    titles = {each.id: each.api.name for each in choose_sources() if each.api}
    sentences = [
        f"{titles[each]} has the work, but nothing that cites it." for each in fetched.lists
    ]
    sentences += [
        f"{titles[each]} knows neither the work nor anything that cites it."
        for each in fetched.silent
    ]
    sentences += [
        f"{titles[each]} gave only part of its list: {why}" for each, why in fetched.failed.items()
    ]
    raise _NothingCites(
        f"No source that was asked knows a work that cites {fetched.work}, so there is no hub to "
        f"make. {' '.join(sentences)} Ask again later, or name citing works with --citing."
    )


def _find_emptied(fetched: Fetched, named: dict[str, set[str]]) -> list[str]:
    """Return the sources that named citing works before, but none now."""
    silent = [*fetched.silent]
    silent += [each for each, listed in fetched.lists.items() if not listed.received]
    return [each for each in silent if named.get(each)]


def _say_emptied(source_id: str, folder: str) -> str:
    place = shlex.quote(os.path.join(folder, SOURCE, source_id))
    return (
        "It names no citing work now, but named some before, which looks like a fault. If it "
        f"is right, remove the source from {SPEC}, delete {place}, and build."
    )


def _tell_failed(fetched: Fetched, target: str) -> Iterator[str]:
    for source_id, reason in fetched.failed.items():
        yield (
            f"{source_id} gave only part of its list, and is not in the hub: {reason} To ask "
            f"again: citehub update {shlex.quote(target)}"
        )


def _notes_of_build(notes: Iterable[str], made: str, place: str) -> Iterator[str]:
    """Yield the notes of a build, without those that asking gave already."""
    yield from (each.replace(made, place) for each in notes if not each.startswith("As "))


def _slug(work: str) -> str:
    """Return a folder name for a work whose hub has none yet."""
    return re.sub(r"[^a-z0-9]+", "-", work.lower()).strip("-")[:60] or "new"
