"""What a home keeps of each hub that was added: where its releases are from, ``added.json``."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub import _limits
from citehub._atomic_file import write_whole
from citehub._catalog import home_folder
from citehub._manifest import is_hub_name, is_line, is_version, parse_json, read_bytes
from citehub.errors import DamagedIndex

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDED: Final = "added.json"
FORMAT: Final = "citehub-added-1"


class Provenance(NamedTuple):
    """Where a release is from.

    Attributes
    ----------
    source : str
        An address, or the path of a folder or zip file.
    added_on : str
        The day.
    manifest : str
        SHA-256 of its manifest.
    key, key_id : str
        The public key that it was checked with, and its id; empty if with none.
    """

    source: str
    added_on: str
    manifest: str
    key: str
    key_id: str


def read_provenance(folder: str) -> dict[str, Provenance]:
    """Return the records of a hub folder, by version; none if the hub was not added.

    Raises
    ------
    DamagedIndex
        The file cannot be read.
    """
    path = os.path.join(folder, ADDED)
    if not os.path.lexists(path):
        return {}
    data = read_bytes(path, DamagedIndex, most=_limits.limit(_limits.MANIFEST_BYTES))
    found = parse_json(data, path, DamagedIndex)
    versions = found.get("versions")
    if found.get("format") != FORMAT or not isinstance(versions, dict) or not versions:
        raise DamagedIndex.at(path, f"format {FORMAT!r}", f"{found.get('format')!r:.60}")
    return {version: _read(path, version, each) for version, each in versions.items()}


def _read(path: str, version: str, record: Any) -> Provenance:
    values = [record.get(name) for name in Provenance._fields] if isinstance(record, dict) else []
    if not is_version(version) or not values or not all(map(is_line, values)):
        raise DamagedIndex.at(path, "where each release is from", f"{version!r:.60}")
    return Provenance(*map(str, values))


def write_provenance(folder: str, records: Mapping[str, Provenance]) -> None:
    """Write the records of a hub folder."""
    versions = {version: record._asdict() for version, record in records.items()}
    text = json.dumps({"format": FORMAT, "versions": versions}, indent=1)
    write_whole([f"{text}\n".encode()], os.path.join(folder, ADDED), force=True)


def added_folder(hub: str) -> str:
    """Return the folder of a hub that was added; empty if there is none of this name."""
    folder = os.path.join(home_folder(), hub)
    is_added = is_hub_name(hub) and os.path.lexists(os.path.join(folder, ADDED))
    return folder if is_added else ""
