"""A hub folder that begins with an existing release."""

from __future__ import annotations

import datetime
import os
import shlex
from typing import TYPE_CHECKING, Any, Final

from citehub import _atomic_folder
from citehub._catalog import SPEC, home_folder, is_hub, is_release
from citehub._hub import Hub
from citehub._identifiers import parse_identifier
from citehub._manifest import (
    SUMS,
    is_version,
    read_bytes,
    read_manifest,
    read_sums,
    schema_version,
    sha256,
)
from citehub._schema import schema_at
from citehub.build import write
from citehub.build.adopted import open_release
from citehub.build.complete import stated_licenses
from citehub.build.register import settle
from citehub.build.release import make_content
from citehub.build.spec import SOURCE, HubSpec, ReleaseSpec, describe_hub, parse_spec
from citehub.bulk.dump_options import absolute
from citehub.errors import BadArgument, DamagedRelease, UnknownHub, UnknownWork
from citehub.graph.hubs import NewHub, check_place
from citehub.sources.adopted import ADOPTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citehub.build.release import Content

_STATED: Final = ("title", "homepage", "contributors", "keywords")


def adopt_release(
    release: str | os.PathLike[str],
    out: str | None = None,
    *,
    work: str | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> NewHub:
    """Make a hub folder of a release, which becomes its first one unchanged.

    The folder keeps a copy of the release as a source. So :func:`~citehub.build.build_release`
    makes the next version from the folder alone: with the files of curation, and with lists of
    works and parts of dumps that you add.

    Parameters
    ----------
    release : str or path
        The folder of a release, as `new_hubs` makes.
    out : str, optional
        The hub folder to make; it must not exist, or be empty. By default it has the hub's name
        and goes into the user's home of hubs, where ``citehub.load`` finds it by that name.
    work : str, optional
        The expected work of the release, by any of its identifiers.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    NewHub
        The folder, its release, and the number of citing works; ``notes`` say where a rebuild of
        the release would differ.

    Raises
    ------
    UnknownHub
        The folder is not a release.
    BadArgument
        It is a hub folder, a release in one, or a release of another work.
    SourceError
        It has more than records of sources, or an older citehub made it.
    DamagedRelease
        It differs from what was released.
    NewerRelease
        A newer citehub made it.
    TargetExists
        The folder to make is not empty, or is inside a release.

    Examples
    --------
    >>> import json, os, tempfile
    >>> from citehub.build import build_release
    >>> from citehub.graph import Dumps, adopt_release, new_hubs
    >>> works = [{"id": f"https://openalex.org/W{n}", "title": f"Lantern {n}"} for n in (1, 2)]
    >>> works[1]["referenced_works"] = [works[0]["id"]]
    >>> with tempfile.TemporaryDirectory() as home:
    ...     os.mkdir(os.path.join(home, "works"))
    ...     with open(os.path.join(home, "works", "part_000.jsonl"), "w") as file:
    ...         for work in works:
    ...             print(json.dumps(work), file=file)
    ...     (made,) = new_hubs(["openalex:W1"], home, Dumps(openalex=home))
    ...     hub = adopt_release(made.folder, os.path.join(home, "my-hub"))
    ...     sorted(os.listdir(hub.folder))
    ...     again = build_release(hub.folder)
    ...     print("Nothing changed since", again.version, *hub.notes)
    ['1.0.0', 'hub.toml', 'index.json', 'source']
    Nothing changed since 1.0.0
    """
    place = _find_release(os.fspath(release))
    hub = Hub(place, read_manifest(place))
    target = absolute(out) if out else os.path.join(home_folder(), hub.name)
    check_place(target, "" if out else hub.name, keeps_name=True)
    progress("Check the release")
    hub = open_release(place)
    _check_work(hub, work)
    with _atomic_folder.scratch_folder(target) as folder:
        for copy in (os.path.join(folder, hub.version), os.path.join(folder, SOURCE, ADOPTED.id)):
            _copy(place, copy)
        progress("Build it again")
        spec = HubSpec(folder, hub.name, _name_of_work(hub))
        day = datetime.date.fromisoformat(hub.manifest["created"][: len("2026-11-29")])
        schema = schema_version(hub.manifest)
        first = Hub(os.path.join(folder, hub.version), hub.manifest)
        content = make_content(
            spec, ReleaseSpec(hub.version, day, schema_version=schema), first, progress
        )
        text = _describe(hub, content)
        parse_spec(text, folder)  # refuses what no build would read
        _atomic_folder.write_bytes(os.path.join(folder, SPEC), text.encode())
        title = hub.manifest["title"]
        settle(folder, target, name=hub.name, title=title, version=hub.version)
    differing = ", ".join(_find_differing(hub, content))
    notes = (f"A rebuild of the release from its copy has other rows in {differing}.",)
    return NewHub(
        work or spec.work,
        target,
        os.path.join(target, hub.version),
        hub.release.n_citing,
        "",
        "",
        notes=notes if differing else (),
    )


def _find_release(named: str) -> str:
    """Return the folder of a release outside of a hub folder, as an absolute path."""
    folder = os.path.abspath(named)
    above = os.path.dirname(folder)
    if is_release(folder):
        if is_hub(above) and is_version(os.path.basename(folder)):
            raise BadArgument.of(
                "release", named, f"a release outside of a hub folder; {above} is its hub "
                                  "folder. Make the next version there, with: citehub build "
                                  f"{shlex.quote(above)}",
            )  # fmt: skip
        return folder
    if is_hub(folder):
        raise BadArgument.of(
            "release", named, "the folder of a release, and this is a hub folder already. Make "
            f"its next version with: citehub build {shlex.quote(named)}",
        )  # fmt: skip
    inside = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    known = [each for each in (os.path.join(named, name) for name in inside) if is_release(each)]
    hint = "A release is a folder with datapackage.json, as citehub graph hubs makes them."
    raise UnknownHub.among("release", named, known, hint=hint)


def _check_work(hub: Hub, asked: str | None) -> None:
    """Refuse a release of another work than the named one."""
    if asked is None:
        return
    canonical = hub.canonical
    try:
        found = hub.work(asked).work_id
    except UnknownWork:
        found = ""
    if found != canonical.work_id:
        due = f"the work of the release, {canonical.work_id}, or be left out"
        raise BadArgument.of("work", asked, due)


def _name_of_work(hub: Hub) -> str:
    """Return the name of the canonical work in ``hub.toml``: an identifier, else the title."""
    canonical = hub.canonical
    return canonical.work_id if parse_identifier(canonical.work_id) else canonical.title


def _copy(folder: str, target: str) -> None:
    """Copy the files of a release that its SHA256SUMS lists."""
    os.makedirs(target)
    sums = read_sums(folder) or {}
    for name in (*sums, SUMS):
        path = os.path.join(folder, name)
        data = read_bytes(path, DamagedRelease)
        if sums.get(name, sha256(data)) != sha256(data):
            raise DamagedRelease.at(path, f"the released file, {sums[name]}", "another")
        _atomic_folder.write_bytes(os.path.join(target, name), data)


def _describe(hub: Hub, content: Content) -> str:
    """Return a ``hub.toml`` with the facts of the manifest that do not follow from the sources."""
    manifest: Any = hub.manifest
    spec = content.spec
    follows: dict[str, Any] = {
        **{key: getattr(spec, key) for key in _STATED},
        "contributors": list(spec.contributors),
        "keywords": list(spec.keywords),
    }
    stated = {key: manifest.get(key) for key in _STATED}
    own = {key: value for key, value in stated.items() if value and value != follows[key]}
    description = manifest["description"].partition("\n\nRead from: ")[0]
    if description != spec.description:
        own["description"] = description
    theirs = manifest["citehub"].get("responsible_ai", {})
    differs = {key: text for key, text in theirs.items() if text != spec.responsible_ai.get(key)}
    if differs:
        own["responsible_ai"] = differs
    licenses = () if manifest["licenses"] == list(spec.licenses) else manifest["licenses"]
    return describe_hub(
        name=hub.name,
        work=spec.work,
        title=own.pop("title", None),
        licenses=tuple(stated_licenses(licenses, spec.licenses)),
        contributors=own.pop("contributors", ()),
        homepage=own.pop("homepage", None),
        more=own,
    )


def _find_differing(hub: Hub, content: Content) -> Iterator[str]:
    """Yield the tables that differ from the released ones."""
    schemas = schema_at(content.release.schema_version)
    for name, rows in content.tables.items():
        found = write.describe(schemas[name], rows)["content_hash"]
        released = hub.release.resources.get(name)
        if released["content_hash"] != found if released else len(rows):
            yield name
