"""Which hubs and versions this installation holds, and opening them."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast, overload

from citehub._hub import Hub
from citehub._manifest import (
    MANIFEST,
    is_hub_name,
    is_version,
    parse_json,
    read_bytes,
    read_manifest,
)
from citehub._mt_nlg import MtNlg
from citehub.errors import (
    DamagedIndex,
    DamagedManifest,
    NoDatasets,
    TargetExists,
    UnknownHub,
    UnknownVersion,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from citehub._shapes import HubEntry, Index

INDEX: Final = "index.json"
FORMAT: Final = "citehub-index-1"
_WITH_OWN_TABLES: Final = {"mt-nlg": MtNlg}  # of the hubs that citehub brings


def hubs() -> tuple[str, ...]:
    """Return the names of the hubs that this installation holds.

    Returns
    -------
    tuple of str
        In alphabetical order.

    Examples
    --------
    >>> import citehub
    >>> citehub.hubs()
    ('mt-nlg',)
    """
    return tuple(sorted(read_index()["hubs"]))


def versions(hub: str) -> tuple[str, ...]:
    """Return the released data versions of a hub.

    Parameters
    ----------
    hub : str
        Name of the hub.

    Returns
    -------
    tuple of str
        The oldest first.

    Raises
    ------
    UnknownHub
        This installation does not hold it.

    Examples
    --------
    >>> import citehub
    >>> citehub.versions("mt-nlg")[:2]
    ('1.0.0', '1.1.0')
    """
    return tuple(sorted(_hub_entry(hub)["versions"], key=version_key))


@overload
def load(hub: Literal["mt-nlg"], *, version: str | None = None) -> MtNlg: ...


@overload
def load(hub: str | os.PathLike[str], *, version: str | None = None) -> Hub: ...


def load(hub: str | os.PathLike[str], *, version: str | None = None) -> Hub:
    """Open a hub.

    Parameters
    ----------
    hub : str or path
        Name of a hub, or the folder of a release. A string is a folder where it holds a
        path separator, as ``"./release"``.
    version : str, optional
        Data version to pin; the newest by default.

    Returns
    -------
    Hub
        Typed access to its tables; nothing but the manifest was read. Of ``mt-nlg`` it is an
        :class:`MtNlg`, whose type knows the tables that only this hub has.

    Raises
    ------
    UnknownHub, UnknownVersion
        This installation does not hold it.
    DamagedIndex, DamagedManifest
        The files are not those that were released.

    Examples
    --------
    >>> import citehub
    >>> hub = citehub.load("mt-nlg", version="1.0.0")
    >>> len(hub.citing_works)
    44
    """
    if is_folder(hub):
        return _load_folder(os.fspath(hub), version)
    name = str(hub)
    entry = _hub_entry(name)
    if version is None:
        version = entry["default"]
    elif version not in entry["versions"]:
        raise UnknownVersion.among("version", str(version), versions(name), where=f"hub {name!r}")
    folder = release_folder(name, version)
    if os.path.realpath(folder) != os.path.join(
        os.path.realpath(datasets_folder()), name, version
    ):
        raise DamagedManifest.at(folder, "a folder of this installation", "a symbolic link")
    files = entry["versions"][version]
    kind = _WITH_OWN_TABLES.get(name, Hub)
    loaded = kind(folder, read_manifest(folder, files.get(MANIFEST, "")), files)
    if (loaded.name, loaded.version) != (name, version):
        raise DamagedManifest.at(folder, f"{name} {version}", f"{loaded.name} {loaded.version}")
    return loaded


def is_folder(hub: str | os.PathLike[str]) -> bool:
    """Tell whether what a user gave for a hub is a folder rather than a name."""
    return not isinstance(hub, str) or "/" in hub or os.sep in hub or hub in {os.curdir, os.pardir}


def version_key(version: str) -> tuple[int, ...]:
    """Return a data version as numbers, so that 1.10.0 comes after 1.9.0."""
    return tuple(int(part) for part in version.split("."))


def release_folder(hub: str, version: str) -> str:
    """Return the folder of a version, whether or not it is there yet."""
    return os.path.join(datasets_folder(), hub, version)


def datasets_folder() -> str:
    """Return the folder that holds ``index.json``: beside the module, else of the checkout.

    Raises
    ------
    NoDatasets
        There is neither.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(here, "_datasets")
    checkout = os.path.join(os.path.dirname(here), "datasets")
    if os.path.isdir(installed):
        return installed
    if os.path.isfile(os.path.join(checkout, INDEX)):
        return checkout
    message = (
        f"This installation of citehub carries no data: there is neither {installed} nor "
        f"{os.path.join(checkout, INDEX)}. Reinstall it with: "
        "python -m pip install --force-reinstall citehub"
    )
    raise NoDatasets(message)


def check_no_release(hub: Hub, target: str) -> None:
    """Refuse to write where releases are, those that were shipped or the one that is open."""
    frozen = [hub.path]
    with suppress(NoDatasets):
        frozen.append(datasets_folder())
    if any(_is_inside(target, folder) for folder in frozen):
        raise TargetExists(f"{target} is where releases are, and a release never changes.")


def _is_inside(path: str, folder: str) -> bool:
    outer = os.path.join(os.path.realpath(folder), "")
    return os.path.join(os.path.realpath(path), "").startswith(outer)


def read_index() -> Index:
    """Read and check ``index.json``.

    Raises
    ------
    DamagedIndex
        It is missing, not JSON, or of another package.
    """
    path = os.path.join(datasets_folder(), INDEX)
    index = parse_json(read_bytes(path, DamagedIndex), path, DamagedIndex)
    if index.get("format") != FORMAT:
        raise DamagedIndex.at(path, f"format {FORMAT!r}", f"{index.get('format')!r:.60}")
    listed = index.get("hubs")
    if not isinstance(listed, dict):
        raise DamagedIndex.at(path, "an object 'hubs'", f"{listed!r:.60}")
    for name, entry in listed.items():
        problem = _find_entry_problem(name, entry)
        if problem:
            raise DamagedIndex.at(path, problem, f"{name!r:.60}: {entry!r:.60}")
    return cast("Index", index)


def _find_entry_problem(name: str, entry: object) -> str:
    """Return what a wrong entry of the index should have been, or an empty string."""
    if not is_hub_name(name):
        return "hub names of small letters, digits and hyphens"
    if not isinstance(entry, dict) or not isinstance(entry.get("title"), str):
        return "a hub to be an object with a title"
    listed = entry.get("versions")
    if not isinstance(listed, dict) or not listed or not all(map(is_version, listed)):
        return "a hub to have versions MAJOR.MINOR.PATCH"
    if entry.get("default") not in list(listed):  # a list, as JSON may give what has no hash
        return "the default to be one of the versions"
    return "" if all(map(_is_hashes, listed.values())) else "a SHA-256 per file of a version"


def _is_hashes(files: object) -> bool:
    return isinstance(files, dict) and all(isinstance(digest, str) for digest in files.values())


def _hub_entry(hub: str) -> HubEntry:
    listed: Mapping[str, HubEntry] = read_index()["hubs"]
    if hub not in listed:
        hint = "See what is there with: citehub"
        if os.path.isdir(hub):
            hint = f"To open the folder of this name, write ./{hub}"
        raise UnknownHub.among("hub", str(hub), sorted(listed), hint=hint)
    return listed[hub]


def _load_folder(folder: str, version: str | None) -> Hub:
    path = os.path.abspath(folder)
    if not os.path.lexists(os.path.join(path, MANIFEST)):
        inside = [entry.path for entry in os.scandir(path)] if os.path.isdir(path) else []
        found = sorted(each for each in inside if os.path.lexists(os.path.join(each, MANIFEST)))
        hint = f"A release folder holds a {MANIFEST}."
        raise UnknownHub.among("release folder", folder, [*found, *hubs()], hint=hint)
    loaded = Hub(path, read_manifest(path))
    if version not in {None, loaded.version}:
        raise UnknownVersion.among("version", str(version), [loaded.version], where=folder)
    return loaded
