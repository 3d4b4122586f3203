"""A release, from sources to a folder under its final name: whole or not at all."""

from __future__ import annotations

import datetime
import os
import warnings
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub import _atomic_folder, _catalog
from citehub._catalog import (
    INDEX,
    SPEC,
    check_outside,
    find_folder,
    find_releases,
    load,
    read_index,
    version_key,
)
from citehub._diff import LEVELS, Diff, compare, needed_level, next_version
from citehub._hub import Hub
from citehub._manifest import CHANGES, MANIFEST, is_version, read_manifest
from citehub._schema import schema_at
from citehub._validate import find_contradiction, find_dangling_key, find_duplicate_key
from citehub._writer_lock import writing
from citehub.build import write
from citehub.build.assemble import TRUST, Assembled, Plan, assemble, join_statements
from citehub.build.changes import FIRST, changes_of
from citehub.build.complete import complete
from citehub.build.curate import join_decisions
from citehub.build.gather import gather
from citehub.build.join import RecordKey, names_in_release
from citehub.build.own_rows import put_own_rows, read_own_rows
from citehub.build.register import register, repair_index
from citehub.build.spec import PARTS, SOURCE, HubSpec, ReleaseSpec, read_spec
from citehub.build.taking import finish_taking
from citehub.errors import (
    BadArgument,
    BuildError,
    BumpTooSmall,
    NoDatasets,
    TargetExists,
    UnknownVersion,
)
from citehub.publish import publishing_files
from citehub.sources.curation import CURATION, read_curation
from citehub.sources.readings import with_readings
from citehub.sources.records import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from citehub._diff import Level
    from citehub._json_types import Resource
    from citehub._table import ArrowRows
    from citehub.build.gather import Gathered
    from citehub.build.join import Member
    from citehub.build.ledger import Ledger
    from citehub.sources.statements import Statements

_FIRST_VERSION: Final = "1.0.0"
_WITH_OUT: Final = "Say where to build with --out DIR, or work in a checkout."
IN_A_COPY: Final = "Use a hub folder of your own, as citehub new makes, or a checkout."
"""The next step if a command cannot write elsewhere."""


class Built(NamedTuple):
    """A release that was built; as a path, it is its folder.

    Attributes
    ----------
    folder : str
        The release folder; empty if nothing changed since the release before.
    version : str
        Its version, or that of the release before.
    diff : Diff, optional
        What changed since the release before; None for the first release.
    notes : tuple of str
        Notes: decisions that no longer fit, guesses in reading them, and what could not be read.
    """

    folder: str
    version: str
    diff: Diff | None
    notes: tuple[str, ...]

    def __fspath__(self) -> str:
        return self.folder


def build_release(
    hub: str | os.PathLike[str],
    version: str | None = None,
    *,
    out: str | os.PathLike[str] | None = None,
    created: datetime.date | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Built:
    """Build a release of a hub from its sources, and compare it with the release before.

    It enters whole releases that are in the hub folder but not in its ``index.json``; a warning
    names them.

    Parameters
    ----------
    hub : str or path
        Name of a hub, or a hub folder: it holds ``hub.toml`` and a folder ``source``.
    version : str, optional
        The release to build. By default the newest that ``hub.toml`` describes and nobody has
        built, else the version that the changes since the release before need.
    out : str or path, optional
        The release folder to make; it must not exist, or be empty. By default the release
        joins the hub folder and its ``index.json``.
    created : datetime.date, optional
        Day of the release, if ``hub.toml`` does not give it; by default today.
    progress : callable, optional
        Is called with the name of each step as it starts.

    Returns
    -------
    Built
        The release folder, and notes.

    Raises
    ------
    SourceError
        A source is wrong; the error names the file and the line.
    BumpTooSmall
        The version announces less than the changes since the release before are.
    TargetExists
        The folder exists already, or the version is released and frozen.
    HubInUse
        Another process writes into the hub folder.
    """
    folder = find_folder(hub)
    spec = read_spec(folder)
    if not _catalog.is_folder(hub) and spec.name != hub:
        raise BuildError(f"{folder} belongs to the hub {spec.name!r}, not {hub!r}.")
    if version is not None and not is_version(version):
        raise BadArgument.of("version", version, "MAJOR.MINOR.PATCH, as 1.1.0")
    if out is not None:
        target = os.path.abspath(os.path.expanduser(out))
        check_outside(target)
        _atomic_folder.check_free(target)
        return _Building(spec, version, created, progress).write(target)
    check_not_shipped(folder)
    with writing(folder):
        for sentence in mend(folder, but=version or ""):
            warnings.warn(sentence, stacklevel=2)
        _check_version(spec, version)
        built = _Building(spec, version, created, progress).write()
        if built.folder:
            progress("Enter it into the index")
            register(folder, spec.name, _title_of(built.folder), built.version)
    return built


def _check_version(spec: HubSpec, version: str | None) -> None:
    """Refuse a version that is released, or neither described nor next after the newest."""
    released = _list_released(spec.folder)
    if version in released:
        raise TargetExists(
            f"{spec.name} {version} is released, and a release never changes. Build it "
            "elsewhere with --out DIR, or leave the version out to build the next one."
        )
    if version is None or not released or spec.find_release(version):
        return
    newest = released[-1]
    if version_key(version) < version_key(newest):
        raise BuildError(
            f"{spec.name} {newest} is released, so the next version comes after it and cannot be "
            f"{version}. Leave the version out, or build it elsewhere with --out DIR."
        )
    levels: tuple[Level, ...] = ("patch", "minor", "major")
    following = [next_version(newest, level) for level in levels]
    if version not in following:
        hint = f"{' or '.join(following)} follow, or leave the version out."
        where = f"hub {spec.name!r}"
        raise UnknownVersion.among("release", version, released, where=where, hint=hint)


def mend(folder: str, *, but: str = "") -> list[str]:
    """Finish what a killed process left in a hub folder; nobody else writes now.

    Parameters
    ----------
    folder : str
        The hub folder.
    but : str, optional
        A version that is about to be built, which the index must not list.

    Returns
    -------
    list of str
        Sentences on what was entered into the index, and what was not.
    """
    finish_taking(folder)
    _atomic_folder.clear_left(folder)
    for parent, *_ in os.walk(os.path.join(folder, SOURCE)):
        _atomic_folder.clear_left(parent)
    mended = repair_index(folder, but=but)
    sentences = [
        f"Entered {version} into {os.path.join(folder, INDEX)}, which did not list it."
        for version in mended.entered
    ]
    return sentences + [
        f"Left {each} out of {INDEX}: {why}" for each, why in mended.refused.items()
    ]


def _check_name(spec: HubSpec, before: Hub | None) -> None:
    """Refuse a hub whose name differs from that of its releases."""
    if before is not None and before.name != spec.name:
        raise BuildError(
            f"{os.path.join(spec.folder, SPEC)} has the name {spec.name!r}, but {before.version} "
            f"was released as {before.name!r}. A hub keeps its name: write name = "
            f'"{before.name}" there, or make a hub of another name with: citehub new'
        )


def _title_of(folder: str) -> str:
    return read_manifest(folder)["title"]


class _Building:
    """A release in the making, from sources to a folder."""

    def __init__(
        self,
        spec: HubSpec,
        version: str | None,
        created: datetime.date | None,
        progress: Callable[[str], None],
    ) -> None:
        self.spec = spec
        self.progress = progress
        self.version = version or _find_unreleased(spec)
        self.before = _release_before(spec.folder, self.version)
        _check_name(spec, self.before)
        if self.before is not None:
            self.before.verify()
        self.created = created or self._day()
        found = spec.find_release(self.version) if self.version else None
        first = self.version or (next_version(self.before.version, "patch") if self.before else "")
        self.release = found or ReleaseSpec(first or _FIRST_VERSION, self.created)

    def _day(self) -> datetime.date:
        """Return the day of the release: that of the existing one, else today."""
        if self.version in _list_released(self.spec.folder):
            created = load(self.spec.folder, version=self.version).manifest["created"]
            return datetime.date.fromisoformat(created[:10])
        return datetime.datetime.now(tz=datetime.UTC).date()

    def write(self, target: str = "") -> Built:
        """Write the release folder, by default under its version in the hub folder."""
        spec, release = self.spec, self.release
        content = make_content(spec, release, self.before, self.progress)
        diffs: list[Diff] = []

        def compare_with_before(scratch: str) -> Diff | str:
            self.progress("Compare with the release before")
            if self.before is None:
                return FIRST
            built = Hub(scratch, read_manifest(scratch))
            diffs.append(compare(self.before, built, reasons=content.left_out))
            _ = diffs[-1].news, diffs[-1].is_recount  # which read the folder, before it is moved
            return diffs[-1]

        def pick(diff: Diff | str) -> str:
            """Return the version that the changes need; empty if nothing changed."""
            if isinstance(diff, str) or self.before is None:
                return release.version
            level = needed_level(diff)
            if self.version:
                _check_bump(diff, level, self.before.version, self.version)
                return self.version
            return "" if level == "none" else next_version(self.before.version, level)

        version = write_release(
            target, content, compare_with_before, self.progress, pick=pick, within=spec.folder
        )
        diff = diffs[-1] if diffs else None
        if not version:
            before = self.before.version if self.before else ""
            return Built("", before, diff, content.notes)
        folder = target or os.path.join(spec.folder, version)
        return Built(folder, version, diff, content.notes)


class Content(NamedTuple):
    """What a release folder is written from."""

    spec: HubSpec
    release: ReleaseSpec
    tables: dict[str, ArrowRows]
    facts: dict[str, str]
    left_out: dict[str, str]
    notes: tuple[str, ...]


def make_content(
    spec: HubSpec,
    release: ReleaseSpec,
    before: Hub | None,
    progress: Callable[[str], None],
    gathered: Gathered | None = None,
) -> Content:
    """Return the content of a release: the joined sources, and the decisions of people.

    Parameters
    ----------
    spec : HubSpec
        The hub.
    release : ReleaseSpec
        The release.
    before : Hub, optional
        The release before, whose works keep their ids.
    progress : callable
        Is called with each step in words.
    gathered : Gathered, optional
        The content of the sources; by default read from the hub folder.
    """
    own = spec.own_tables
    gathered = gathered or gather(
        spec, parts=release.parts, created=release.created, progress=progress
    )
    given, hand = gathered.given, gathered.hand
    curation = with_readings(read_curation(spec.source), spec.source)
    progress("Join the records")
    former = list(before.release.rows("former_ids")) if before else []
    same, apart = join_decisions(curation, {RecordKey(*key) for key in given.records})
    joined = join_statements(
        given,
        same=same,
        apart=apart,
        named=_read_former_ids(before) if before else None,
        former={row["former_id"] for row in former},
    )
    chosen = [table for name, table in own.items() if not release.parts or name in release.parts]

    def extend(ledger: Ledger) -> None:
        held = {row["work_id"] for row in ledger.rows("works")} if chosen else set()
        known = {"works.work_id": held, "sources.source_id": hand.sources}
        for table in chosen:
            path = hand.path(table.name)
            rows = read_own_rows(table, path, known)
            put_own_rows(ledger, table, path, rows, Origin(CURATION.id, "curated"))

    only = {each for part in release.parts for each in PARTS.get(part, ())}
    plan = Plan(
        curation,
        release.schema_version,
        {*only, *(table.name for table in chosen)} if release.parts else (),
        own,
        extend,
        former,
        before.version if before else "",
        spec.publish_sentences,
        not release.parts or "selection" in release.parts,
    )
    made = assemble(given, joined, plan)
    _check_work(spec, before, made)
    hand.check_evidence(made.tables["evidence"], made.tables)
    facts = {"canonical_work_id": made.canonical_work_id, "hub_class": given.hub_class}
    if spec.publish_sentences:
        facts["publish_sentences"] = spec.publish_sentences
    spec, release = complete(
        spec, release, made, (*given.trusted, *TRUST), is_first=before is None
    )
    notes = (
        *gathered.notes,
        *(_find_lost(spec, given, before) if before else ()),
        *curation.notes,
        *(each.text for each in joined.notes),
        *(each for each in made.repeated if each not in curation.notes),
        *map(str, made.misfits),
    )
    return Content(spec, release, made.tables, facts, made.left_out, notes)


def _find_lost(spec: HubSpec, given: Statements, before: Hub) -> Iterator[str]:
    """Yield a sentence for each source of the release before that is now silent."""
    with_records = {source for source, _ in given.records}
    for row in before.release.rows("sources"):
        source = row["source_id"]
        if source in TRUST and source not in with_records:
            yield (
                f"{before.version} also used {source}, of which {spec.source} now holds nothing. "
                "If that is a mistake, put it back and build again."
            )


def _check_work(spec: HubSpec, before: Hub | None, made: Assembled) -> None:
    """Refuse a hub whose work differs from that of its releases."""
    if before is None:
        return
    old, new = before.manifest["citehub"]["canonical_work_id"], made.canonical_work_id
    former = made.tables.get("former_ids", ())
    ids = {row["former_id"]: row["work_id"] for row in former}
    if new not in {old, ids.get(old)}:
        raise BuildError(
            f"{os.path.join(spec.folder, SPEC)} asks for {spec.work}, which is {new}, but "
            f"{before.name} {before.version} is the hub of {old}. A hub keeps its work: write "
            f'work = "{old}" there, or make a hub of the other with: citehub new'
        )


def write_release(  # noqa: PLR0913
    target: str,
    content: Content,
    compare_with_before: Callable[[str], Diff | str],
    progress: Callable[[str], None],
    *,
    pick: Callable[[Diff | str], str] | None = None,
    within: str = "",
) -> str:
    """Write a whole release folder: tables, manifest, changes and publishing files.

    Parameters
    ----------
    target : str
        The folder to make; if empty, one named by the version.
    content : Content
        Its content.
    compare_with_before : callable
        Takes the folder with the tables; returns the comparison with the release before, or why
        there is none.
    progress : callable
        Is called with each step in words.
    pick : callable, optional
        Takes the comparison and returns the version; an empty one writes nothing.
    within : str, optional
        The parent folder of a target named by the version.

    Returns
    -------
    str
        The version.
    """
    release = content.release
    place = target or os.path.join(within, release.version)
    with _atomic_folder.scratch_folder(place) as scratch:
        progress("Write the tables")
        resources = _write_tables(scratch, content)
        _write_manifest(scratch, content, resources)
        compared = compare_with_before(scratch)
        version = pick(compared) if pick else release.version
        if not version:
            return ""
        if version != release.version:
            content = content._replace(release=replace(release, version=version))
            os.remove(os.path.join(scratch, MANIFEST))
            _write_manifest(scratch, content, resources)
            if isinstance(compared, Diff):
                compared.new = version
            place = target or os.path.join(within, version)
        changes = changes_of(content.spec, content.release, compared)
        _atomic_folder.write_bytes(os.path.join(scratch, CHANGES), changes)
        built = Hub(scratch, read_manifest(scratch))
        for name, data in publishing_files(built).items():
            _atomic_folder.write_bytes(os.path.join(scratch, name), data)
        progress("Verify")
        built.verify()
        _atomic_folder.move(scratch, place)
    return version


def _read_former_ids(before: Hub) -> Mapping[Member, str]:
    """Return the ids of works in the release before."""
    rows = (before.release.rows(name) for name in ("work_ids", "work_joins", "former_ids"))
    return names_in_release(*rows)


def check_not_shipped(folder: str, way: str = _WITH_OUT) -> None:
    """Refuse to write into a hub of an installed citehub, and say what to do."""
    home = os.path.dirname(folder)
    with suppress(NoDatasets):
        if home != _catalog.datasets_folder() or os.path.basename(home) == "datasets":
            return
        raise BuildError(
            f"This hub belongs to an installed citehub, whose releases never change. {way}"
        )


def _find_unreleased(spec: HubSpec) -> str:
    """Return the newest version that is described but not released; empty if there is none."""
    released = _list_released(spec.folder)
    there = {*released, *find_releases(spec.folder)}  # listed, or left out
    waiting = {each.version for each in spec.releases} - there
    newest = max(waiting, key=version_key, default="")
    if released and newest and version_key(newest) < version_key(released[-1]):
        return ""
    return newest


def _list_released(folder: str) -> tuple[str, ...]:
    """Return the versions of a hub folder; none if it has no release yet."""
    is_new = not os.path.lexists(os.path.join(folder, INDEX)) and not find_releases(folder)
    return () if is_new else _catalog.sort_versions(read_index(folder)["versions"])


def _write_tables(folder: str, content: Content) -> list[Resource]:
    """Write the files of the tables, and return their entries in the manifest."""
    tables = content.tables
    schemas = schema_at(content.release.schema_version, content.spec.own_tables)
    resources = [write.describe(schemas[name], rows) for name, rows in tables.items()]
    described = {each["name"]: each for each in resources}
    canonical = content.facts["canonical_work_id"]
    for name, resource in described.items():
        rows = tables[name]
        problem = (
            find_duplicate_key(rows, resource["schema"])
            or find_dangling_key(tables, resource)
            or find_contradiction(name, tables, described, canonical)
        )
        if problem is not None:
            expected, found = problem
            raise BuildError(f"Table {resource['name']}: expected {expected}; found {found}.")
        write.write_table(rows, resource, folder)
    return resources


def _write_manifest(folder: str, content: Content, resources: Sequence[Resource]) -> None:
    spec, release, tables, facts = content.spec, content.release, content.tables, content.facts
    write.write_manifest(write.manifest_of(spec, release, tables, resources, facts), folder)


def _check_bump(diff: Diff, level: Level, before: str, version: str) -> None:
    """Refuse a version that announces less than its changes are."""
    declared = _declared_level(before, version)
    if LEVELS.index(level) > LEVELS.index(declared):
        raise BumpTooSmall(
            f"{version} after {before} is a {declared} version, but the changes need a {level} "
            f"one:\n{_reasons(diff, level)}\n"
            f"Build {next_version(before, level)}, or leave the version out."
        )


def _release_before(folder: str, version: str) -> Hub | None:
    """Return the release before a version, or the newest if none is named."""
    older = [
        each
        for each in _list_released(folder)
        if not version or version_key(each) < version_key(version)
    ]
    return load(os.fspath(folder), version=older[-1]) if older else None


def _declared_level(old: str, new: str) -> str:
    pairs = zip(version_key(old), version_key(new), ("major", "minor", "patch"), strict=True)
    return next(level for before, after, level in pairs if before != after)


def _reasons(diff: Diff, level: Level, most: int = 5) -> str:
    """Return the first changes that need this bump, a line each."""
    reasons = [change for change in diff if change.level == level]
    lines = [
        f"  {change.kind}: {change.table} {change.row_key or ''} {change.column or ''}".rstrip()
        for change in reasons[:most]
    ]
    more = len(reasons) - most
    return "\n".join([*lines, f"  and {more} more"] if more > 0 else lines)
