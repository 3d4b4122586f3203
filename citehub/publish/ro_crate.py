"""``ro-crate-metadata.json``: the folder as an RO-Crate 1.2, with the origin of its data."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from citehub import __version__
from citehub._manifest import SUMS, released_on, sha256
from citehub._text import is_web_address
from citehub.publish._facts import PARQUET, agents, describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citehub._hub import Hub
    from citehub._rows import SourceRow

_VERSION: Final = "https://w3id.org/ro/crate/1.2"
_SOFTWARE: Final = {
    "@id": "#citehub",
    "@type": "SoftwareApplication",
    "name": "citehub",
    "description": "Builds releases of citation hubs from their sources.",
    "url": "https://pypi.org/project/citehub/",
    "version": __version__,
}
_MEDIA_TYPES: Final[Mapping[str, str | list[str]]] = {
    ".parquet": PARQUET,
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown",
    ".cff": "application/yaml",
}


def ro_crate(hub: Hub, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the crate of a folder with the given files and ``SHA256SUMS``.

    The last is made after the crate, so the crate cannot state its hash.
    """
    manifest = hub.manifest
    meanings = {each["path"]: each["description"] for each in manifest["resources"]}
    parts = [_file(name, data, meanings.get(name)) for name, data in sorted(files.items())]
    parts.append({"@id": SUMS, "@type": "File", "name": SUMS, "encodingFormat": "text/plain"})
    people = [{"@id": f"#contributor-{n}"} | who for n, who in enumerate(agents(manifest), 1)]
    licenses = [
        {"@id": each["path"] if is_web_address(each["path"]) else f"#license-{n}"}
        | {"@type": "CreativeWork", "name": each["name"], "description": each["title"]}
        for n, each in enumerate(manifest["licenses"], 1)
    ]
    sources = [entity for row in hub.sources for entity in _source(row)]
    root = {
        "@id": "./",
        "@type": "Dataset",
        **describe(hub),
        "license": _refer(licenses),
        "author": _refer(people),
        "hasPart": _refer(parts),
        "mentions": {"@id": "#build"},
    }
    action = {
        "@id": "#build",
        "@type": "CreateAction",
        "name": f"Build of {hub.name} {hub.version}",
        "endTime": released_on(manifest),
        "instrument": {"@id": _SOFTWARE["@id"]},
        "object": _refer([each for each in sources if each["@id"].startswith("#source/")]),
        "result": {"@id": "./"},
    }
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": _VERSION},
        "about": {"@id": "./"},
    }
    entities = [descriptor, root, *parts, *people, *licenses, action, _SOFTWARE, *sources]
    unique = {each["@id"]: each for each in entities}  # two licences may share an address
    return {"@context": f"{_VERSION}/context", "@graph": list(unique.values())}


def _file(name: str, data: bytes, meaning: str | None) -> dict[str, Any]:
    file = {
        "@id": name,
        "@type": "File",
        "name": name,
        "encodingFormat": _MEDIA_TYPES.get(os.path.splitext(name)[1], "text/plain"),
        "contentSize": str(len(data)),
        "sha256": sha256(data).removeprefix("sha256:"),
    }
    return file | {"description": meaning} if meaning else file


def _source(row: SourceRow) -> list[dict[str, Any]]:
    """Return a source, and its terms of reuse if known."""
    name = quote(row["source_id"], safe="")
    source: dict[str, Any] = {
        "@id": f"#source/{name}",
        "@type": "CreativeWork",
        "name": row["title"],
        "identifier": row["source_id"],
    }
    if is_web_address(row["url"] or ""):
        source["url"] = row["url"]
    if row["rights"] is None:
        return [source]
    rights = {"@id": f"#rights/{name}", "@type": "CreativeWork"}
    terms = {"name": f"Terms of reuse of {row['source_id']}", "description": row["rights"]}
    return [source | {"usageInfo": {"@id": rights["@id"]}}, rights | terms]


def _refer(entities: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"@id": each["@id"]} for each in entities]
