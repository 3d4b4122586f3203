"""Find the hubs and their versions, and open them.

A *hub folder* holds a folder for each release, named by its version, and ``index.json`` with the
SHA-256 of every file. A wheel packs most of them. A *home* is a folder
of hub folders: one comes with the package, another is the user's.
"""

from __future__ import annotations

import functools
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast, overload

from citehub import _limits, _lock_file
from citehub._atomic_file import is_scratch
from citehub._hub import Hub
from citehub._manifest import (
    ARCHIVE,
    MANIFEST,
    is_digest,
    is_hub_name,
    is_line,
    is_text,
    is_version,
    parse_json,
    read_bytes,
    read_manifest,
    read_sums,
)
from citehub._mt_nlg import MtNlg
from citehub.errors import (
    DamagedIndex,
    DamagedManifest,
    NewerRelease,
    NoDatasets,
    TargetExists,
    UnknownHub,
    UnknownVersion,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal

    from citehub._json_types import HubIndex

INDEX: Final = "index.json"
SPEC: Final = "hub.toml"
FORMAT: Final = "citehub-hub-1"
_WITH_OWN_TABLES: Final = {"mt-nlg": MtNlg}  # of the hubs that come with citehub
HOME: Final = "CITEHUB_HOME"
"""The environment variable that names the user's home of hubs."""


def hubs() -> tuple[str, ...]:
    """Return the names of the hubs that come with citehub, and of those in your own home.

    The environment variable ``CITEHUB_HOME`` names your home. Without it, your home is ``hubs`` in
    the folder where the system keeps data of programs.

    Returns
    -------
    tuple of str
        In alphabetical order. A listed hub may have damaged files; :func:`load` says so.

    Examples
    --------
    >>> import citehub
    >>> citehub.hubs()
    ('mt-nlg',)
    """
    return tuple(sorted({name for home in _homes() for name in _names(home)}))


def versions(hub: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the released data versions of a hub.

    Parameters
    ----------
    hub : str or path
        Name of the hub, or a hub folder, as ``"./my-hub"``. The folder of a release has one
        version.

    Returns
    -------
    tuple of str
        The oldest first.

    Raises
    ------
    UnknownHub
        There is no such hub or folder.
    DamagedIndex, DamagedManifest
        The files are not those that were released.

    Examples
    --------
    >>> import citehub
    >>> citehub.versions("mt-nlg")[:2]
    ('1.0.0', '1.1.0')
    """
    folder = find_folder(hub)
    if is_release(folder):
        return (read_manifest(folder)["version"],)
    return sort_versions(_read_index(hub, folder)["versions"])


@overload
def load(hub: Literal["mt-nlg"], *, version: str | None = None) -> MtNlg: ...


@overload
def load(hub: str | os.PathLike[str], *, version: str | None = None) -> Hub: ...


def load(hub: str | os.PathLike[str], *, version: str | None = None) -> Hub:
    """Open a release of a hub.

    Parameters
    ----------
    hub : str or path
        Name of a hub, a hub folder, or the folder of one release. A string with a path separator
        is a folder, as ``"./my-hub"``. One without is the hub of that name; if there is no such
        hub, it is a folder. If two hubs have one name, it opens the one that comes with citehub;
        the path of the other opens that.
    version : str, optional
        Data version to pin; the newest by default. A lock, ``citehub.lock``, pins one, too: see
        :func:`lock`.

    Returns
    -------
    Hub
        Typed access to its tables. Only the manifest has been read. ``mt-nlg`` gives an
        :class:`MtNlg`, whose type knows the tables that only this hub has.

    Raises
    ------
    UnknownHub, UnknownVersion
        There is no such hub, folder or version.
    DamagedIndex, DamagedManifest
        The files are not those that were released.
    NewerRelease
        A newer citehub wrote them, in a form that this one does not know.
    LockMismatch
        A lock counts here, and does not name this release.

    Examples
    --------
    >>> import citehub
    >>> hub = citehub.load("mt-nlg", version="1.0.0")
    >>> len(hub.citing_works)
    44
    """
    if not isinstance(hub, str) or not is_hub_name(hub):
        return open_hub(hub, version)
    pin = _lock_file.find_pin(hub, version, is_hub=not is_folder(hub))
    return open_hub(hub, version) if pin is None else open_pinned(hub, pin)


def open_pinned(hub: str, pin: _lock_file.Pin) -> Hub:
    """Open the release that a lock names.

    Raises
    ------
    LockMismatch
        It is not there, or has other bytes.
    """
    if is_folder(hub):  # of this name, which is another thing
        raise _lock_file.refuse_missing(hub, pin, ())
    try:
        loaded = open_hub(hub, pin.version)
    except UnknownHub:
        raise _lock_file.refuse_missing(hub, pin, ()) from None
    except UnknownVersion as error:
        raise _lock_file.refuse_missing(hub, pin, error.known) from None
    found = (loaded.release.hashes or {}).get(MANIFEST, "")
    if found != pin.manifest:
        raise _lock_file.refuse_changed(hub, pin, found)
    return loaded


def open_hub(hub: str | os.PathLike[str], version: str | None = None) -> Hub:
    """Open a release of a hub as :func:`load` does, whatever a lock says."""
    folder = find_folder(hub)
    if is_release(folder):
        sums: dict[str, str] = {}
        with suppress(DamagedManifest):  # of a worthless list verify and check say more
            sums = read_sums(folder) or {}
        loaded = Hub(folder, read_manifest(folder, sums.get(MANIFEST)))
        if version not in {None, loaded.version}:
            where = os.fspath(hub)
            raise UnknownVersion.among("version", str(version), [loaded.version], where=where)
        return loaded
    index = _read_index(hub, folder)
    if version is None:
        version = index["default"]
    elif version not in index["versions"]:
        where = os.fspath(hub) if is_folder(hub) else f"hub {hub!r}"
        known = sort_versions(index["versions"])
        raise UnknownVersion.among("version", str(version), known, where=where)
    kind = Hub if is_folder(hub) else _WITH_OWN_TABLES.get(str(hub), Hub)
    return _open(folder, index, version, kind)


def _open(folder: str, index: HubIndex, version: str, kind: type[Hub]) -> Hub:
    release, files = os.path.join(folder, version), index["versions"][version]
    whole = None
    if not os.path.lexists(release):
        unpacked = _unpack(folder, version, index)
        if not unpacked:
            raise DamagedManifest.at(release, f"the release that {INDEX} lists", "no such folder")
        release = unpacked
    elif os.path.realpath(release) != os.path.join(os.path.realpath(folder), version):
        raise DamagedManifest.at(release, "a folder of this hub", "a symbolic link")
    elif _is_partly_packed(folder, version, index):
        whole = functools.partial(_unpack, folder, version, index)
    loaded = kind(release, read_manifest(release, files.get(MANIFEST, "")), files, whole)
    if (loaded.name, loaded.version) != (index["name"], version):
        expected, found = f"{index['name']} {version}", f"{loaded.name} {loaded.version}"
        raise DamagedManifest.at(release, expected, found)
    return loaded


def _is_partly_packed(hub: str, version: str, index: HubIndex) -> bool:
    """Tell whether a release has a folder that lacks files, and the hub an archive."""
    return os.path.isfile(os.path.join(hub, ARCHIVE)) and not all(
        os.path.lexists(os.path.join(hub, version, name)) for name in index["versions"][version]
    )


def _unpack(folder: str, version: str, index: HubIndex) -> str:
    from citehub._packed import unpack  # reads archives, which loading the newest need not

    return unpack(folder, version, index)


def is_folder(hub: str | os.PathLike[str]) -> bool:
    """Tell whether a user named a folder; the name of a hub goes before it."""
    if not isinstance(hub, str) or "/" in hub or os.sep in hub or hub in {os.curdir, os.pardir}:
        return True
    is_there = is_hub(hub) or is_release(hub)
    return is_there and not any(os.path.isdir(os.path.join(home, hub)) for home in _homes())


def version_key(version: str) -> tuple[int, ...]:
    """Return a data version as numbers, so that 1.10.0 comes after 1.9.0."""
    return tuple(int(part) for part in version.split("."))


def sort_versions(listed: Iterable[str]) -> tuple[str, ...]:
    """Return data versions, the oldest first."""
    return tuple(sorted(listed, key=version_key))


def datasets_folder() -> str:
    """Return the home of the hubs that come with citehub, in the package or else the checkout.

    Raises
    ------
    NoDatasets
        Neither exists.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(here, "_datasets")
    checkout = os.path.join(os.path.dirname(here), "datasets")
    if os.path.isdir(installed):
        return installed
    if _names(checkout):  # else it may be the library of this name
        return checkout
    message = (
        f"This installation of citehub has no data: neither {installed} nor {checkout} holds a "
        "hub. Reinstall it with: "
        "python -m pip install --force-reinstall citehub"
    )
    raise NoDatasets(message)


def home_folder() -> str:
    """Return the user's home of hubs, which may not exist yet."""
    named = os.environ.get(HOME)
    if named:
        return os.path.abspath(os.path.expanduser(named))
    import platformdirs  # only whoever asks for a hub that was not shipped needs it

    return os.path.join(platformdirs.user_data_dir("citehub", appauthor=False), "hubs")


def _homes() -> Iterator[str]:
    yield datasets_folder()
    yield home_folder()


def _names(home: str) -> list[str]:
    """Return the names of the hub folders of a home; none if it cannot be read."""
    try:
        inside = os.listdir(home)
    except OSError:
        return []
    return [
        name
        for name in inside
        if is_hub_name(name) and os.path.lexists(os.path.join(home, name, INDEX))
    ]


def find_folder(hub: str | os.PathLike[str]) -> str:
    """Return the folder of a hub or of one release, as an absolute path.

    Raises
    ------
    UnknownHub
        There is no hub of this name, or no such folder.
    """
    if is_folder(hub):
        folder = os.path.abspath(hub)
        if not os.path.isdir(folder):
            folder = os.path.abspath(os.path.expanduser(hub))
        if not os.path.isdir(folder):
            asked = os.fspath(hub)
            beside = _find_inside(os.path.dirname(asked.rstrip(os.sep)))
            raise UnknownHub.among("folder", asked, [*beside, *hubs()])
        return folder
    name = str(hub)
    for home in _homes() if is_hub_name(name) else ():
        folder = os.path.join(home, name)
        if os.path.isdir(folder):
            return folder
    hint = "See what is there with: citehub"
    if os.path.isdir(name):
        hint = f"The folder of this name is not a hub: it has no {SPEC} and no {MANIFEST}."
    raise UnknownHub.among("hub", name, hubs(), hint=hint)


def _find_inside(folder: str) -> list[str]:
    """Return the paths of the hub and release folders in a folder."""
    with suppress(OSError):
        names = sorted(each for each in os.listdir(folder or os.curdir) if not is_scratch(each))
        inside = (os.path.join(folder, name) for name in names)
        return [each for each in inside if is_release(each) or is_hub(each)]
    return []


def is_release(folder: str) -> bool:
    """Tell whether a folder is a release folder."""
    return os.path.lexists(os.path.join(folder, MANIFEST))


def is_hub(folder: str) -> bool:
    """Tell whether a folder is a hub folder, with or without a release."""
    return any(os.path.lexists(os.path.join(folder, name)) for name in (INDEX, SPEC))


def find_releases(folder: str) -> tuple[str, ...]:
    """Return the versions that have a folder in a hub folder, listed in its index or not."""
    try:
        inside = [name for name in os.listdir(folder) if is_version(name)]
    except OSError:
        return ()
    return sort_versions(name for name in inside if is_release(os.path.join(folder, name)))


def check_no_release(hub: Hub, target: str) -> None:
    """Refuse to write where releases are: in citehub, in the open one, or in a hub folder."""
    frozen = [hub.path]
    with suppress(NoDatasets):
        frozen.append(datasets_folder())
    if any(_is_inside(target, folder) for folder in frozen) or any(
        is_hub(folder) and find_releases(folder) for folder in _and_above(target)
    ):
        raise TargetExists(f"{target} holds releases, and a release never changes.")


def check_outside(target: str) -> None:
    """Refuse to write a release or a hub into a hub folder or release that it does not belong to.

    Raises
    ------
    TargetExists
        The target is inside one.
    """
    for folder in _and_above(os.path.dirname(target)):
        if is_release(folder) or is_hub(folder):
            what = "a release" if is_release(folder) else "a hub folder"
            raise TargetExists(
                f"{target} is inside {folder}, {what}; nothing was written. Name a folder "
                "elsewhere."
            )


def _is_inside(path: str, folder: str) -> bool:
    outer = os.path.join(os.path.realpath(folder), "")
    return os.path.join(os.path.realpath(path), "").startswith(outer)


def _and_above(path: str) -> Iterator[str]:
    """Yield a folder and its parents, up to the root."""
    folder, above = os.path.realpath(path), ""
    while folder != above:
        yield folder
        folder, above = os.path.dirname(folder), folder


def _read_index(hub: str | os.PathLike[str], folder: str) -> HubIndex:
    """Read the index of a hub; one that was asked for by name must have the name of its folder."""
    index = read_index(folder)
    if not is_folder(hub) and index["name"] != hub:
        path = os.path.join(folder, INDEX)
        raise DamagedIndex.at(path, f"the hub {hub!r}, as its folder", repr(index["name"]))
    return index


def read_index(folder: str) -> HubIndex:
    """Read and check ``index.json`` of a hub folder.

    Raises
    ------
    UnknownHub
        The folder holds neither a list of releases nor releases.
    DamagedIndex
        It is missing although there are releases, is not JSON, or belongs to another package.
    NewerRelease
        A newer citehub wrote it.
    """
    path = os.path.join(folder, INDEX)
    if not os.path.lexists(path):
        _refuse_without_index(folder)
    data = read_bytes(path, DamagedIndex, most=_limits.limit(_limits.INDEX_BYTES))
    index = parse_json(data, path, DamagedIndex)
    found = index.get("format")
    if found != FORMAT:
        if isinstance(found, str) and found[:-1] == FORMAT[:-1] and found[-1:].isdigit():
            raise NewerRelease.of(
                path, f"it has format {found}; this citehub knows format {FORMAT}"
            )
        raise DamagedIndex.at(path, f"format {FORMAT!r}", f"{found!r:.60}")
    problem = _find_problem(index)
    if problem:
        raise DamagedIndex.at(path, *problem)
    return cast("HubIndex", index)


def _refuse_without_index(folder: str) -> NoReturn:
    """Say what a folder without ``index.json`` is, and what to do."""
    released = find_releases(folder)
    if released:
        path = os.path.join(folder, INDEX)
        raise DamagedIndex.at(
            path, f"a list of {', '.join(released)}, which are in the folder", "no such file"
        )
    if is_hub(folder):
        import shlex  # only this error needs it

        if is_scratch(os.path.basename(folder)):
            raise UnknownHub(
                f"{folder} was left by a process that was killed while it made a hub. Delete it, "
                "and run that command again.",
                folder,
            )
        raise UnknownHub(
            f"The hub folder {folder} has no release yet. Make the first with: citehub build "
            f"{shlex.quote(folder)}",
            folder,
        )
    hint = f"A hub folder holds {INDEX} and its releases; a release folder holds {MANIFEST}."
    known = [*_find_inside(folder), *hubs()]
    raise UnknownHub.among("hub or release in", folder, known, hint=hint)


def _find_problem(index: dict[str, Any]) -> tuple[str, str] | None:
    """Return what an index should hold and what it holds; None if it is right."""
    name, listed, default = (index.get(key) for key in ("name", "versions", "default"))
    if not isinstance(name, str) or not is_hub_name(name):
        return "a name of lower-case letters, digits and hyphens", f"{name!r:.60}"
    if not is_text(index.get("title")):
        return "a title", f"{index.get('title')!r:.60}"
    if not isinstance(listed, dict) or not listed or not all(map(is_version, listed)):
        return "versions MAJOR.MINOR.PATCH", f"{listed!r:.60}"
    if default not in list(listed):  # a list, as JSON may give what has no hash
        return "the default to be one of the versions", f"{default!r:.60}"
    if _limits.exceeds(len(listed), _limits.VERSIONS):
        return f"at most {_limits.VERSIONS:,} versions ({_limits.LIFTING})", f"{len(listed):,}"
    return next(filter(None, map(_find_wrong_files, listed, listed.values())), None)


def _find_wrong_files(version: str, files: object) -> tuple[str, str] | None:
    if not isinstance(files, dict) or not all(map(is_digest, files.values())):
        return f"a SHA-256 for each file of {version}", f"{files!r:.60}"
    if not all(map(_stays_inside, files)):
        return f"files inside the folder of {version}", f"{[*files]!r:.60}"
    return None


def _stays_inside(name: str) -> bool:
    """Tell whether the name of a file, maybe in folders, leads nowhere else on any platform."""
    parts = name.split("/")
    return is_line(name) and not {"", ".", ".."} & {*parts} and not {"\\", ":"} & {*name}
