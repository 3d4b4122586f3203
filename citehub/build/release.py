"""A release, from sources to a folder under its final name: all of it, or nothing."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from citehub import _folder
from citehub._catalog import (
    INDEX,
    datasets_folder,
    is_folder,
    load,
    read_index,
    version_key,
    versions,
)
from citehub._diff import LEVELS, Diff, compare
from citehub._hub import Hub
from citehub._manifest import CHANGES, read_manifest
from citehub._schema import schema_at
from citehub._validate import find_dangling, find_double
from citehub.build import write
from citehub.build.changes import FIRST, changes_of
from citehub.build.ledger import Ledger, named_sources
from citehub.build.parts import PARTS, HubSources, add_own_table, add_sources
from citehub.build.spec import HubSpec, ReleaseSpec, read_spec
from citehub.errors import BuildError, BumpTooSmall, DamagedRelease, TargetExists, UnknownHub
from citehub.publish import publishing_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from citehub._table import ArrowRows


def build_release(
    hub: str | os.PathLike[str],
    version: str,
    *,
    out: str | os.PathLike[str] | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> str:
    """Build a release of a hub from its sources.

    Parameters
    ----------
    hub : str or path
        Name of a hub of this installation, whose release before is compared with the new one,
        or a folder that holds a ``hub.toml``, which is compared with nothing.
    version : str
        The release to build, as ``hub.toml`` describes it.
    out : str or path, optional
        The release folder to make; it must not exist, or be empty. By default the release
        joins the ``datasets`` folder of this checkout and its ``index.json``.
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
    """
    spec = read_spec(_source_folder(hub))
    release = spec.release(version)
    target = _choose_target(hub, spec, version, out)
    progress("Read the sources")
    tables, facts = _assemble(spec, release)

    def compare_with_before(scratch: str) -> Diff | str:
        progress("Compare with the release before")
        if is_folder(hub):
            return "Not compared: built from a folder of its own."
        return _check_bump(scratch, release, _release_before(spec, version))

    write_release(target, spec, release, (tables, facts), compare_with_before, progress)
    if out is None:
        progress("Enter it into the index")
        _register(spec, release, target)
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


def _source_folder(hub: str | os.PathLike[str]) -> str:
    if is_folder(hub):
        return os.path.abspath(hub)
    folder = os.path.join(datasets_folder(), str(hub), "source")
    if not os.path.isdir(folder):
        known = sorted(read_index()["hubs"])
        hint = "To build from a folder that holds a hub.toml, write its path, as ./my-hub."
        raise UnknownHub.among("hub", str(hub), known, hint=hint)
    return folder


def _choose_target(
    hub: str | os.PathLike[str],
    spec: HubSpec,
    version: str,
    out: str | os.PathLike[str] | None,
) -> str:
    """Return the folder to make, or refuse."""
    if not is_folder(hub) and spec.name != hub:
        raise BuildError(f"{spec.folder} is of the hub {spec.name!r}, not {hub!r}.")
    if out is not None:
        _folder.check_free(os.path.abspath(out))
        return os.path.abspath(out)
    if is_folder(hub):
        raise BuildError(
            "A build from a folder needs --out DIR. To add a release to this checkout, build it "
            f"by the name of its hub, {spec.name}."
        )
    return _target_folder(spec, version)


def _target_folder(spec: HubSpec, version: str) -> str:
    datasets = datasets_folder()
    if os.path.basename(datasets) != "datasets":
        raise BuildError(
            "This is an installed citehub, whose releases never change. "
            "Say where to build with --out DIR, or work in a checkout."
        )
    listed = read_index()["hubs"]
    if spec.name in listed and version in listed[spec.name]["versions"]:
        raise TargetExists(
            f"{spec.name} {version} is released, and a release never changes. Build it "
            "elsewhere with --out DIR, or describe a new version in hub.toml."
        )
    return os.path.join(datasets, spec.name, version)


def _assemble(spec: HubSpec, release: ReleaseSpec) -> tuple[dict[str, ArrowRows], dict[str, str]]:
    """Return the rows of every table, checked, and the facts of the hub's page."""
    sources = HubSources(spec.folder, spec.page, spec.page_source, spec.own_tables)
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


def _release_before(spec: HubSpec, version: str) -> Hub | None:
    try:
        released = versions(spec.name)
    except (UnknownHub, DamagedRelease):
        return None
    older = [each for each in released if version_key(each) < version_key(version)]
    return load(spec.name, version=older[-1]) if older else None


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


def _register(spec: HubSpec, release: ReleaseSpec, folder: str) -> None:
    """Enter a release into ``index.json``, written beside and renamed into place."""
    path = os.path.join(datasets_folder(), INDEX)
    index: Any = read_index()
    entry = index["hubs"].setdefault(
        spec.name, {"title": spec.title, "default": "", "versions": {}}
    )
    entry["versions"][release.version] = _folder.hashes(folder)
    entry["default"] = max(entry["versions"], key=version_key)
    scratch = f"{path}.{os.getpid()}"
    _folder.write_bytes(scratch, json.dumps(index, indent=1).encode() + b"\n")
    os.replace(scratch, path)
