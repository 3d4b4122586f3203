"""The publishing files of a release, in the order in which they are made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from citehub._manifest import CHANGES, MANIFEST, PUBLISHING_FILES, SUMS, read_bytes
from citehub._text import to_embedded_json
from citehub.errors import DamagedRelease
from citehub.publish.checksums import checksums
from citehub.publish.citation_cff import citation_cff
from citehub.publish.croissant import croissant
from citehub.publish.dataset_card import dataset_card
from citehub.publish.rights import rights
from citehub.publish.ro_crate import ro_crate
from citehub.publish.schema_org import dataset_jsonld

if TYPE_CHECKING:
    from citehub._hub import Hub


__all__ = ["PUBLISHING_FILES", "publishing_files"]


def publishing_files(hub: Hub) -> dict[str, bytes]:
    """Return the publishing files, made only from the release.

    Parameters
    ----------
    hub : Hub
        An opened release.

    Returns
    -------
    dict of str to bytes
        Content by file name; the same release gives the same bytes.

    Raises
    ------
    DamagedRelease
        A file of the release is missing, or differs from the released one.

    Examples
    --------
    >>> import citehub
    >>> sorted(publishing_files(citehub.load("mt-nlg")))  # doctest: +NORMALIZE_WHITESPACE
    ['CITATION.cff', 'README.md', 'RIGHTS.md', 'SHA256SUMS', 'croissant.json',
     'dataset.jsonld', 'ro-crate-metadata.json']
    """
    made = {
        "croissant.json": _json(croissant(hub)),
        "dataset.jsonld": _json(dataset_jsonld(hub)),
        "CITATION.cff": citation_cff(hub),
        "README.md": dataset_card(hub),
        "RIGHTS.md": rights(hub),
    }
    released = _released_files(hub)
    made["ro-crate-metadata.json"] = _json(ro_crate(hub, released | made))
    return made | {SUMS: checksums(released | made)}


def _released_files(hub: Hub) -> dict[str, bytes]:
    """Return the files of a release before publishing."""
    names = [MANIFEST, *(each["path"] for each in hub.manifest["resources"])]
    if os.path.lexists(os.path.join(hub.path, CHANGES)):
        names.append(CHANGES)
    return {name: read_bytes(os.path.join(hub.path, name), DamagedRelease) for name in names}


def _json(value: object) -> bytes:
    return f"{to_embedded_json(value)}\n".encode()
