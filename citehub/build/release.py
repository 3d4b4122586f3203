"""A release, from sources to a folder under its final name: all of it, or nothing."""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

from citehub import _catalog, _folder
from citehub._catalog import INDEX, SPEC, find_folder, find_releases, load, read_index, version_key
from citehub._diff import LEVELS, Diff, compare
from citehub._hub import Hub
from citehub._manifest import CHANGES, read_manifest
from citehub._schema import schema_at
from citehub._validate import find_dangling, find_double
from citehub.build import write
from citehub.build.changes import FIRST, changes_of
from citehub.build.ledger import Ledger, named_sources
from citehub.build.parts import PARTS, HubSources, add_own_table, add_sources
from citehub.build.register import register, repair_index, writing
from citehub.build.spec import HubSpec, ReleaseSpec, read_spec
from citehub.errors import BuildError, BumpTooSmall, NoDatasets, TargetExists
from citehub.publish import publishing_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from citehub._table import ArrowRows


def build_release(
    hub: str | os.PathLike[str],
    version: str | None = None,
    *,
    out: str | os.PathLike[str] | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> str:
    """Build a release of a hub from its sources, and compare it with the release before.

    Releases that stand in the hub folder and not in its ``index.json`` are entered, if they are
    whole; a warning says which.

    Parameters
    ----------
    hub : str or path
        Name of a hub, or a hub folder: it holds ``hub.toml`` and a folder ``source``.
    version : str, optional
        The release to build, as ``hub.toml`` describes it; by default the newest of those that
        are not released.
    out : str or path, optional
        The release folder to make; it must not exist, or be empty. By default the release
        joins the hub folder and its ``index.json``.
    progress : callable, optional
        Is called with the name of each step as it starts.

    Returns
    -------
    str
        The release folder.

    Raises
    ------
    SourceError
        A source is wrong; the error names the file and the line.
    BumpTooSmall
        The version says less than the changes since the release before do.
    TargetExists
        The folder is there already, or the version is released and frozen.
    HubInUse
        Another process writes into the hub folder.
    """
    folder = find_folder(hub)
    spec = read_spec(folder)
    if not _catalog.is_folder(hub) and spec.name != hub:
        raise BuildError(f"{folder} is of the hub {spec.name!r}, not {hub!r}.")
    if out is not None:
        target = os.path.abspath(out)
        _folder.check_free(target)
        return _build(spec, spec.release(version or _next(spec)), target, progress)
    _check_not_shipped(folder)
    with writing(folder):
        _mend_index(folder, version or "")
        release = spec.release(version or _next(spec))
        if release.version in _released(folder):
            raise TargetExists(
                f"{spec.name} {version} is released, and a release never changes. Build it "
                "elsewhere with --out DIR, or describe a new version in hub.toml."
            )
        target = _build(spec, release, os.path.join(folder, release.version), progress)
        progress("Enter it into the index")
        register(folder, spec.name, spec.title, release.version)
    return target


def _build(
    spec: HubSpec, release: ReleaseSpec, target: str, progress: Callable[[str], None]
) -> str:
    progress("Read the sources")
    content = _assemble(spec, release)

    def compare_with_before(scratch: str) -> Diff | str:
        progress("Compare with the release before")
        return _check_bump(scratch, release, _release_before(spec.folder, release.version))

    write_release(target, spec, release, content, compare_with_before, progress)
    return target


def write_release(  # noqa: PLR0913, PLR0917
    target: str,
    spec: HubSpec,
    release: ReleaseSpec,
    content: tuple[dict[str, ArrowRows], dict[str, str]],
    compare_with_before: Callable[[str], Diff | str],
    progress: Callable[[str], None],
) -> None:
    """Write a release folder whole: tables, manifest, changes and the files of publishing.

    ``content`` are the rows of every table and the facts of the hub; ``compare_with_before``
    gives the comparison with the release before, or says why there is none, given the folder
    with the tables.
    """
    with _folder.scratch_folder(target) as scratch:
        progress("Write the tables")
        _write(scratch, spec, release, *content)
        changes = changes_of(spec, release, compare_with_before(scratch))
        _folder.write_bytes(os.path.join(scratch, CHANGES), changes)
        built = Hub(scratch, read_manifest(scratch))
        for name, data in publishing_files(built).items():
            _folder.write_bytes(os.path.join(scratch, name), data)
        progress("Verify")
        built.verify()
        _folder.move(scratch, target)


def _check_not_shipped(folder: str) -> None:
    home = os.path.dirname(folder)
    with suppress(NoDatasets):
        if home != _catalog.datasets_folder() or os.path.basename(home) == "datasets":
            return
        raise BuildError(
            "This is a hub of an installed citehub, whose releases never change. "
            "Say where to build with --out DIR, or work in a checkout."
        )


def _mend_index(folder: str, but: str) -> None:
    """Enter what the index does not list: it was lost, or a process was killed before the end."""
    mended = repair_index(folder, but=but)
    told = [
        f"Entered {version} into {os.path.join(folder, INDEX)}, which did not list it."
        for version in mended.entered
    ]
    told += [f"Left {each} out of {INDEX}: {why}" for each, why in mended.refused.items()]
    for sentence in told:
        warnings.warn(sentence, stacklevel=3)  # where build_release() is called


def _next(spec: HubSpec) -> str:
    """Return the newest version that is described and not released."""
    there = {*_released(spec.folder), *find_releases(spec.folder)}  # listed, or left out
    waiting = {each.version for each in spec.releases} - there
    if not waiting:
        raise BuildError(
            f"Every release that {os.path.join(spec.folder, SPEC)} describes is there. "
            "Describe a new one to build it."
        )
    return max(waiting, key=version_key)


def _released(folder: str) -> tuple[str, ...]:
    """Return the versions of a hub folder, none where it has no release yet."""
    is_new = not os.path.lexists(os.path.join(folder, INDEX)) and not find_releases(folder)
    return () if is_new else _catalog.sort_versions(read_index(folder)["versions"])


def _assemble(spec: HubSpec, release: ReleaseSpec) -> tuple[dict[str, ArrowRows], dict[str, str]]:
    """Return the rows of every table, checked, and the facts of the hub's page."""
    sources = HubSources(spec.source, spec.page, spec.page_source, spec.own_tables)
    ledger = Ledger(sources.origins(), sources.schemas)
    for part in release.parts:
        if part in spec.own_tables:
            add_own_table(ledger, sources, spec.own_tables[part])
        else:
            PARTS[part](ledger, sources)
    add_sources(ledger, sources, named_sources(ledger.close(), sources.schemas))
    tables = ledger.close()
    sources.check_evidence(tables)
    gathered = write.GatheredRows(schema_at(release.schema_version, spec.own_tables))
    gathered.add(tables)
    facts = {"canonical_work_id": sources.canonical_id, "hub_class": sources.page.hub_class.text}
    return gathered.close(), facts


def _write(
    folder: str,
    spec: HubSpec,
    release: ReleaseSpec,
    tables: dict[str, ArrowRows],
    facts: dict[str, str],
) -> None:
    schemas = schema_at(release.schema_version, spec.own_tables)
    resources = [write.describe(schemas[name], rows) for name, rows in tables.items()]
    for resource in resources:
        rows = tables[resource["name"]]
        problem = find_double(rows, resource["schema"]) or find_dangling(tables, resource)
        if problem is not None:
            expected, found = problem
            raise BuildError(f"Table {resource['name']}: expected {expected}; found {found}.")
        write.write_table(tables[resource["name"]], resource, folder)
    write.write_manifest(write.manifest_of(spec, release, tables, resources, facts), folder)


def _check_bump(folder: str, release: ReleaseSpec, before: Hub | None) -> Diff | str:
    """Refuse a version that says less than its changes do; return the changes."""
    if before is None:
        return FIRST
    diff = compare(before, Hub(folder, read_manifest(folder)))
    declared = _declared_level(before.version, release.version)
    if LEVELS.index(diff.level) > LEVELS.index(declared):
        raise BumpTooSmall(
            f"{release.version} after {before.version} is a {declared} version, but the changes "
            f"need a {diff.level} one:\n{_reasons(diff)}\n"
            "Give the release a larger version in hub.toml."
        )
    return diff


def _release_before(folder: str, version: str) -> Hub | None:
    older = [each for each in _released(folder) if version_key(each) < version_key(version)]
    return load(os.fspath(folder), version=older[-1]) if older else None


def _declared_level(old: str, new: str) -> str:
    pairs = zip(version_key(old), version_key(new), ("major", "minor", "patch"), strict=True)
    return next(level for before, after, level in pairs if before != after)


def _reasons(diff: Diff, most: int = 5) -> str:
    """Return the first changes that need the diff's level, a line each."""
    reasons = [change for change in diff if change.level == diff.level]
    lines = [
        f"  {change.kind}: {change.table} {change.row_key or ''} {change.column or ''}".rstrip()
        for change in reasons[:most]
    ]
    more = len(reasons) - most
    return "\n".join([*lines, f"  and {more} more"] if more > 0 else lines)
