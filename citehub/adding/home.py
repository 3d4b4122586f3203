"""The home of hubs: what is added to it, updated and removed, whole or not at all."""

from __future__ import annotations

import datetime
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub import _atomic_folder
from citehub._catalog import (
    INDEX,
    datasets_folder,
    find_folder,
    home_folder,
    hubs,
    open_hub,
    read_index,
    version_key,
)
from citehub._manifest import read_manifest
from citehub._writer_lock import LOCK, WRITER, writing
from citehub.adding.places import open_place, spell
from citehub.adding.provenance import (
    ADDED,
    Provenance,
    added_folder,
    read_provenance,
    write_provenance,
)
from citehub.adding.release import check_signed, read_offer, receive
from citehub.build.register import register, settle
from citehub.errors import CitehubError, NoDatasets, NotAdded, UnknownHub

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from citehub._diff import Diff
    from citehub._hub import Hub
    from citehub.adding.release import Offer

MOST_BYTES: Final = 2 << 30
"""The most bytes that are taken, unless more are asked for."""
_STAGED: Final = "citehub.add"
_KEY_BYTES: Final = 1 << 14  # at most, of its file


class AddedHub(NamedTuple):
    """What came of adding or updating a hub.

    Attributes
    ----------
    hub, version : str
        The release.
    before : str
        The newest version that was there; empty if the hub is new.
    folder : str
        The folder of the hub.
    source : str
        Where it is from.
    key_id : str
        The id of the key that signed it; empty if it was checked with none.
    is_new : bool
        Whether it was not there before.
    diff : Diff, optional
        What changed since the version before; None where that was not newer.
    """

    hub: str
    version: str
    before: str
    folder: str
    source: str
    key_id: str
    is_new: bool
    diff: Diff | None


class _There(NamedTuple):
    """A hub of the same name that was added before."""

    folder: str
    newest: str
    records: dict[str, Provenance]

    @property
    def key(self) -> str:
        """The key that its newest release was checked with."""
        return self.records[self.newest].key if self.newest in self.records else ""


def add(
    source: str | PathLike[str],
    *,
    key: str = "",
    update: bool = False,
    most: int = MOST_BYTES,
) -> Hub:
    """Take a hub from elsewhere into your home of hubs, and open it.

    It takes the manifest, the tables and the texts that citehub makes for publishing; never a page
    or a script. Each file is compared with its SHA-256, and the whole release is verified, before
    anything is visible. From then on, :func:`load` finds it by name, without the network.

    Parameters
    ----------
    source : str or path
        The address of a published folder, as ``https://example.org/my-hub/``, or of a ``.zip``
        file of one; or such a folder or file on this computer.
    key : str, optional
        A public key of minisign, ``RW...``, or a file that holds it. A release that it did not
        sign is refused, now and whenever the hub is updated.
    update : bool, optional
        Take a version that is newer than the one that is there. ``citehub update`` first shows
        what changes.
    most : int, optional
        The most bytes to take; by default 2 GiB.

    Returns
    -------
    Hub
        The release. If it was there already, nothing changes.

    Raises
    ------
    NotAdded
        The name is that of another hub, the source gives an older version than before, or other
        bytes for a version that never changes; or it is no published folder.
    BadSignature
        The key did not sign it.
    DamagedRelease
        A file is not the one that the manifest names, or an archive is hostile.
    FetchError
        An address does not give a file.
    BadArgument
        The source is neither an address over https, nor a folder, nor a file.

    Examples
    --------
    >>> import citehub
    >>> from citehub.publish import publish
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     published = publish(citehub.load("mt-nlg"), f"{folder}/published")
    ...     citehub.add(published)
    Traceback (most recent call last):
    citehub.errors.NotAdded: mt-nlg is the name of a hub that comes with citehub...
    """

    def accept(diff: Diff) -> None:
        if not update:
            raise NotAdded(
                f"{diff.hub} {diff.new} is newer than {diff.old}, which is here. To see what "
                f"changes, and take it: citehub update {diff.hub}; in Python, add with "
                "update=True."
            )

    taken = take(source, key=key, accept=accept, most=most)
    return open_hub(os.path.join(taken.folder, ""), taken.version)


def take(  # noqa: PLR0913 -- as the command has options
    source: str | PathLike[str],
    *,
    key: str = "",
    hub: str = "",
    accept: Callable[[Diff], None] = lambda _diff: None,
    other_source: bool = False,
    most: int = MOST_BYTES,
    tell: Callable[[str], None] = lambda _said: None,
    progress: Callable[[str], None] = lambda _step: None,
) -> AddedHub:
    """Take a release from elsewhere into the home of hubs.

    Parameters
    ----------
    source, key, most
        As of :func:`add`.
    hub : str, optional
        The name that the hub must have.
    accept : callable, optional
        Is called with what changes before a newer version is taken; it raises to decline.
    other_source : bool, optional
        Take another version of a hub from another source than before.
    tell, progress : callable, optional
        Are called with what delays, and with each step, in words.

    Raises
    ------
    CitehubError
        As of :func:`add`; nothing is changed then.
    """
    named = spell(source)
    staged_at = os.path.join(home_folder(), _STAGED)
    with (
        _atomic_folder.scratch_folder(staged_at) as staged,
        open_place(named, most, tell) as place,
    ):
        progress(f"Look at {named}")
        release = os.path.join(staged, "release")
        os.mkdir(release)
        offer = read_offer(place, release, named, most)
        if hub and offer.hub != hub:
            raise NotAdded(f"{named} now has another hub, {offer.hub}. {hub} stays as it is.")
        there = _find_there(offer)
        key_id = ""
        key = _read_key(key) or (there.key if there else "")
        if key:
            key_id = check_signed(offer, release, key)
        folder = os.path.join(home_folder(), offer.hub)
        before = there.newest if there else ""
        made = AddedHub(
            offer.hub, offer.version, before, folder, named, key_id, is_new=False, diff=None
        )
        if there and _is_there(offer, there, key, other_source=other_source):
            return made
        receive(place, offer, release, progress)
        diff = _compare(offer, there, release)
        if diff is not None:
            accept(diff)
        record = Provenance(named, _today(), offer.digest, key, key_id)
        if there:
            _join(offer, there, record, release, other_source=other_source)
        else:
            _begin(offer, record, staged, release)
    return made._replace(is_new=True, diff=diff)


def source_of(hub: str) -> str:
    """Return where the newest release of an added hub is from.

    Raises
    ------
    NotAdded
        The hub was not added.
    """
    folder = added_folder(hub)
    if not folder:
        raise NotAdded(f"{hub} was not added from elsewhere.")
    return read_provenance(folder)[read_index(folder)["default"]].source


def _find_there(offer: Offer) -> _There | None:
    """Return the added hub of the same name, if any; refuse the name of another one."""
    hub = offer.hub
    with suppress(NoDatasets):
        if os.path.lexists(os.path.join(datasets_folder(), hub)):
            raise NotAdded(
                f"{hub} is the name of a hub that comes with citehub, and opens that one. Open "
                "this release by the path of its folder: citehub.load(PATH)"
            )
    folder = os.path.join(home_folder(), hub)
    if not os.path.lexists(folder):
        return None
    if not added_folder(hub) or os.path.islink(folder):
        raise NotAdded(
            f"Your home has a hub of your own of the name {hub}, {folder}. It stays. Open this "
            "release by the path of its folder, or set CITEHUB_HOME to another home."
        )
    index, records = read_index(folder), read_provenance(folder)
    visible = {version: records[version] for version in index["versions"] if version in records}
    return _There(folder, index["default"], visible)


def _is_there(offer: Offer, there: _There, key: str, *, other_source: bool) -> bool:
    """Tell whether the release is there already; refuse one that does not follow those there."""
    name = f"{offer.hub} {offer.version}"
    stays = f"{offer.hub} {there.newest} stays as it is"
    remove = f"To have this one in its place: citehub remove {offer.hub}"
    own = read_manifest(os.path.join(there.folder, there.newest))["citehub"]["canonical_work_id"]
    asked = offer.manifest["citehub"]["canonical_work_id"]
    if asked != own:
        raise NotAdded(
            f"{offer.source} has a hub of the same name, {offer.hub}, but of another work, "
            f"{asked!r:.100}; yours is of {own}. {stays}. {remove}"
        )
    newer = [
        version
        for version, each in there.records.items()
        if each.source == offer.source and version_key(version) > version_key(offer.version)
    ]
    if newer:
        raise NotAdded(
            f"{offer.source} now has {name}, but had {newer[-1]} on "
            f"{there.records[newer[-1]].added_on}. A source that goes back to an older version is "
            f"mistaken, or somebody tampers with it. {stays}."
        )
    record = there.records.get(offer.version)
    if record and record.manifest == offer.digest:
        if key and key != record.key:  # which would not be kept
            raise NotAdded(
                f"{name} is there already, but was added with {'another' if record.key else 'no'} "
                f"key. {stays}. To have it held to this key: citehub remove {offer.hub}, then the "
                "same command again."
            )
        return True
    if record:
        raise NotAdded(
            f"{offer.source} has {name} with other bytes than {record.source} had on "
            f"{record.added_on}. A release never changes, so somebody tampered with one of the "
            f"two, or made a mistake. {stays}. {remove}"
        )
    if there.key and key != there.key:
        raise NotAdded(
            f"{offer.hub} was added with another key. Only what that key signed follows it. "
            f"{stays}. {remove}"
        )
    sources = {each.source for each in there.records.values()}
    if offer.source not in sources and not there.key and not other_source:
        raise NotAdded(
            f"{offer.hub} was added from {', '.join(sorted(sources))}; {offer.source} is another "
            f"source, and no key says that both are of one maker. {stays}. If you trust it: "
            "citehub add --other-source"
        )
    return False


def _compare(offer: Offer, there: _There | None, release: str) -> Diff | None:
    """Return what changes if the release becomes the newest of its hub."""
    if there is None or version_key(offer.version) < version_key(there.newest):
        return None
    from citehub._diff import diff

    return diff(there.folder, os.path.join(there.folder, there.newest), release)


def _begin(offer: Offer, record: Provenance, staged: str, release: str) -> None:
    """Give a new hub its place."""
    os.rename(release, os.path.join(staged, offer.version))
    write_provenance(staged, {offer.version: record})
    title = offer.manifest["title"]
    target = os.path.join(home_folder(), offer.hub)
    settle(staged, target, name=offer.hub, title=title, version=offer.version)


def _join(
    offer: Offer, there: _There, record: Provenance, release: str, *, other_source: bool
) -> None:
    """Give a release its place in its hub; it is visible from its entry in the index on."""
    with writing(there.folder):
        now = _find_there(offer)  # another process may have changed it
        if now is None or _is_there(offer, now, record.key, other_source=other_source):
            return
        write_provenance(there.folder, {**now.records, offer.version: record})
        _atomic_folder.move(release, os.path.join(there.folder, offer.version))
        register(there.folder, offer.hub, offer.manifest["title"], offer.version)


def _read_key(key: str) -> str:
    """Return a public key, also if a file that holds it is given."""
    if not os.path.exists(key) or os.path.isdir(key):
        return key.strip()
    with open(key, encoding="utf-8", errors="replace") as file:
        return (file.read(_KEY_BYTES).strip().splitlines() or [key])[-1]


def _today() -> str:
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


# -- what is there ----------------------------------------------------------------------------


class ListedHub(NamedTuple):
    """A hub that can be opened by name.

    Attributes
    ----------
    hub : str
        Its name.
    versions : tuple of str
        Its releases, the oldest first.
    folder : str
        Its folder.
    kind : str
        ``citehub`` if it comes with it, ``added``, or ``own``.
    records : dict of str to Provenance
        Where each release of an added hub is from.
    problem : str
        Why it cannot be read; empty if it can.
    """

    hub: str
    versions: tuple[str, ...]
    folder: str
    kind: str
    records: dict[str, Provenance]
    problem: str


def listing() -> list[ListedHub]:
    """Return all hubs that can be opened by name."""
    return [_list(name) for name in hubs()]


def _list(hub: str) -> ListedHub:
    folder = find_folder(hub)
    is_own = os.path.dirname(folder) == home_folder()
    kind = ("added" if added_folder(hub) else "own") if is_own else "citehub"
    try:
        versions = tuple(read_index(folder)["versions"])
        records = read_provenance(folder) if kind == "added" else {}
    except CitehubError as error:
        return ListedHub(hub, (), folder, kind, {}, str(error))
    return ListedHub(hub, versions, folder, kind, records, "")


def check_removable(hub: str) -> str:
    """Return the folder of an added hub that holds nothing else.

    Raises
    ------
    UnknownHub
        There is no such hub.
    NotAdded
        It was not added, or somebody put something of their own into it.
    """
    _atomic_folder.clear_left(home_folder())  # as of a removal that was cut off
    folder = added_folder(hub)
    if not folder or os.path.islink(folder):
        own = find_folder(hub) if hub in hubs() else ""
        if not own:
            raise UnknownHub.among("hub", hub, hubs())
        is_own = os.path.dirname(own) == home_folder()
        what = f"is your own, in {own}; delete that yourself" if is_own else "comes with citehub"
        raise NotAdded(f"{hub} {what}. Only hubs that were added are removed.")
    index = read_index(folder)
    known = {INDEX, ADDED, LOCK, WRITER, *index["versions"], *read_provenance(folder)}
    found = [name for name in os.listdir(folder) if name not in known]
    found = [name for name in found if not _atomic_folder.is_scratch(name)]
    for version, files in index["versions"].items():
        with suppress(FileNotFoundError):  # damaged, and to be removed all the same
            inside = os.listdir(os.path.join(folder, version))
            found += [f"{version}/{name}" for name in inside if name not in files]
    if found:
        raise NotAdded(
            f"{folder} holds {min(found)!r:.100}, which did not come with the hub. Nothing "
            "was removed. Take it out first, or delete the folder yourself."
        )
    return folder


def remove(hub: str) -> None:
    """Remove an added hub: at once, as others see it.

    Raises
    ------
    UnknownHub, NotAdded
        As of :func:`check_removable`.
    HubInUse
        Another process writes into it.
    """
    with writing(check_removable(hub)):
        _atomic_folder.discard(check_removable(hub))
