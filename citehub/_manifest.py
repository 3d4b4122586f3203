"""A release's manifest, ``datapackage.json``: its shape, and a reader that trusts nothing.

A file is read once and whole, without following symbolic links. So the bytes in use are those
whose hash was compared.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any, cast

from citehub._columns import KNOWN_SCHEMA
from citehub._types import TYPES
from citehub.errors import DamagedManifest, DamagedRelease, NewerRelease

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from citehub._shapes import Manifest

MANIFEST = "datapackage.json"
CHANGES = "CHANGES.md"
SUMS = "SHA256SUMS"
SIGNATURE = f"{SUMS}.minisig"
NO_JEKYLL = ".nojekyll"
"""An empty file: GitHub Pages serves a folder with it as it is."""
PUBLISHING_FILES = (
    "croissant.json",
    "ro-crate-metadata.json",
    "dataset.jsonld",
    "CITATION.cff",
    "README.md",
    "RIGHTS.md",
    SUMS,
)
"""Names of the files that :func:`citehub.publish.publishing_files` makes."""
DOI_PREFIX = "https://doi.org/"
_NAMESPACE = "5f0f8a3e-9c1d-4b7a-8e21-6d4c3b2a1908"  # of the identifiers of dataset versions
RESPONSIBLE_AI = (
    "data_collection",
    "data_collection_type",
    "data_collection_missing_data",
    "data_collection_raw_data",
    "data_imputation_protocol",
    "data_manipulation_protocol",
    "data_preprocessing_protocol",
    "data_annotation_protocol",
    "data_annotation_platform",
    "data_annotation_analysis",
    "annotations_per_item",
    "annotator_demographics",
    "machine_annotation_tools",
    "data_biases",
    "data_limitations",
    "data_use_cases",
    "data_social_impact",
    "personal_sensitive_information",
    "data_release_maintenance_plan",
)
"""What a maintainer may state under ``responsible_ai``: texts of Croissant's RAI vocabulary."""

FIRST_SCHEMA = 1
NAMES_OWN_TABLES = 3  # the schema from which on a manifest says which tables only its hub has
OWN_BEFORE = (  # those of mt-nlg, which the schemas before had for every hub
    "finding_figures",
    "canonical_facts",
    "canonical_corpus",
    "canonical_evaluations",
    "canonical_parallelism",
    "canonical_throughput",
)
_VERSION_PARTS = 3
_HEX_DIGITS = 64  # of a SHA-256
_OPENSSL_PAYS_FROM = 1 << 19  # bytes


def sha256(data: bytes) -> str:
    """Return the SHA-256 of the data in the form of Data Package, ``sha256:<hex>``."""
    digest: str = _sha256(len(data))(data).hexdigest()
    return f"sha256:{digest}"


def _sha256(size: int) -> Callable[[bytes], Any]:
    """Return the faster implementation: loading OpenSSL takes 2 ms."""
    if size < _OPENSSL_PAYS_FROM:
        for module in ("_sha2", "_sha256"):  # CPython's own, from 3.12 on and before
            with contextlib.suppress(ImportError, AttributeError):
                found: Callable[[bytes], Any] = __import__(module).sha256
                return found
    import hashlib

    return hashlib.sha256


def read_bytes(path: str, damaged: type[DamagedRelease]) -> bytes:
    """Read a regular file whole, never through a symbolic link.

    Raises
    ------
    DamagedRelease
        The file is missing, a link, or not a regular file; raised as ``damaged``.
    """
    if os.path.islink(path):
        raise damaged.at(path, "a file of the release", "a symbolic link")
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):  # as far as the platform has them
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise damaged.at(path, "a readable file", error.strerror or str(error)) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise damaged.at(path, "a regular file", "something else")
    with open(descriptor, "rb") as file:
        return file.read()


def parse_json(data: bytes, path: str, damaged: type[DamagedRelease]) -> dict[str, Any]:
    """Parse a JSON object; if that fails, raise ``damaged`` with the path."""
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise damaged.at(path, "JSON", f"text that is not ({error})") from None
    if not isinstance(parsed, dict):
        raise damaged.at(path, "a JSON object", f"a {type(parsed).__name__}")
    if b"\\ud" in data.lower():
        try:
            json.dumps(parsed, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise damaged.at(path, "text in Unicode", "half of a surrogate pair") from None
    return parsed


def read_manifest(folder: str, expected_hash: str | None = None) -> Manifest:
    """Read and check the manifest of a release folder.

    Parameters
    ----------
    folder : str
        The release folder.
    expected_hash : str, optional
        SHA-256 of the manifest, as ``index.json`` records it for a released version.

    Raises
    ------
    DamagedManifest
        The file is missing, changed, not JSON or not a citehub manifest, or the path of a table
        leads out of the folder.
    NewerRelease
        A newer citehub wrote it, in a form that this one does not know.
    """
    path = os.path.join(folder, MANIFEST)
    data = read_bytes(path, DamagedManifest)
    parsed = parse_json(data, path, DamagedManifest)
    try:
        _check_manifest(parsed, path)
    except DamagedManifest as error:
        stated = parsed["citehub"] if isinstance(parsed.get("citehub"), dict) else {}
        schema = stated.get("schema_version")
        if type(schema) is int and schema > KNOWN_SCHEMA:
            known = error.expected, error.found
            raise NewerRelease.at(path, schema, KNOWN_SCHEMA, *known) from None
        raise
    # Last, so that a manifest that is wrong in itself is told by what is wrong with it.
    if expected_hash is not None and sha256(data) != expected_hash:
        raise DamagedManifest.at(path, f"the released file, {expected_hash}", sha256(data))
    return cast("Manifest", parsed)


def read_sums(folder: str) -> dict[str, str] | None:
    """Return the SHA-256 of each file that ``SHA256SUMS`` lists; None if there is no such list.

    Raises
    ------
    DamagedManifest
        A line is not in the form of ``sha256sum``.
    """
    path = os.path.join(folder, SUMS)
    if not os.path.lexists(path):
        return None
    sums = {}
    for line in read_bytes(path, DamagedManifest).decode("utf-8", "replace").splitlines():
        digest, gap, name = line.partition("  ")
        if not gap or len(digest) != _HEX_DIGITS or not set(digest) <= set("0123456789abcdef"):
            raise DamagedManifest.at(path, "lines of SHA-256, two blanks, name", f"{line!r:.60}")
        sums[name] = f"sha256:{digest}"
    return sums


def format_sums(hashes: Mapping[str, str]) -> bytes:
    """Return ``SHA256SUMS``: a line for each other file, sorted by name."""
    lines = (
        f"{digest.removeprefix('sha256:')}  {name}\n"
        for name, digest in sorted(hashes.items())
        if name != SUMS
    )
    return "".join(lines).encode()


def dataset_id(manifest: Manifest) -> str:
    """Return the identifier of a data version: that of the manifest, else one from its content.

    The second is a UUID of the hub's name, the version and the content hash of every table. So it
    is the same wherever it is computed.
    """
    if manifest.get("id"):
        return manifest["id"]
    import uuid

    tables = {each["name"]: each["content_hash"] for each in manifest["resources"]}
    content = json.dumps([manifest["citehub"]["hub"], manifest["version"], tables], sort_keys=True)
    return uuid.uuid5(uuid.UUID(_NAMESPACE), content).urn


def schema_version(manifest: Manifest) -> int:
    """Return the schema version of a release; one that names none has the first."""
    return manifest["citehub"].get("schema_version", FIRST_SCHEMA)


def own_tables(manifest: Manifest) -> tuple[str, ...]:
    """Return the tables of a release that its hub declares itself."""
    if schema_version(manifest) >= NAMES_OWN_TABLES:
        return tuple(manifest["citehub"].get("own_tables", ()))
    return tuple(each["name"] for each in manifest["resources"] if each["name"] in OWN_BEFORE)


def released_on(manifest: Manifest) -> str:
    """Return the day of the release, as ``2026-11-23``."""
    return manifest["created"][: len("2026-11-23")]


def doi(manifest: Manifest) -> str | None:
    """Return the bare DOI of the release, if it has one."""
    identifier = dataset_id(manifest)
    return identifier.removeprefix(DOI_PREFIX) if identifier.startswith(DOI_PREFIX) else None


def is_plain_name(name: str) -> bool:
    """Tell whether a name stays in its folder, on any platform."""
    bare = name.replace("-", "").replace("_", "").replace(".", "")
    return name.isascii() and bare.isalnum() and name[0].isalnum()


def is_version(text: str) -> bool:
    """Tell whether a text is a data version, ``MAJOR.MINOR.PATCH``."""
    parts = text.split(".")
    return len(parts) == _VERSION_PARTS and all(
        part.isascii() and part.isdigit() and (part == "0" or part[0] != "0") for part in parts
    )


def is_hub_name(name: str) -> bool:
    """Tell whether a text can name a hub: lower-case letters and digits, separated by hyphens."""
    parts = name.split("-")
    return name.isascii() and name == name.lower() and all(part.isalnum() for part in parts)


def _is_day(text: str) -> bool:
    """Tell whether a text starts with a day, ``2026-11-23``, and has no control characters."""
    year, month, day = text[:4], text[5:7], text[8:10]
    is_date = text[4:5] == text[7:8] == "-" and (year + month + day).isdecimal()
    return (
        is_date
        and text.isascii()
        and text.isprintable()
        and "01" <= month <= "12"
        and "01" <= day <= "31"
    )


_HUB_SHAPE = {"hub": str, "canonical_work_id": str, "hub_class": str}
_FIELD_SHAPE = {"name": str, "type": str, "arrowType": str, "description": str}
_SCHEMA_SHAPE = {"fields": list, "primaryKey": list}
_RESOURCE_SHAPE = {
    "name": str,
    "path": str,
    "description": str,
    "bytes": int,
    "hash": str,
    "rows": int,
    "content_hash": str,
    "schema": dict,
}
_MANIFEST_SHAPE = {
    "name": str,
    "title": str,
    "description": str,
    "version": str,
    "created": str,
    "keywords": list,
    "licenses": list,
    "contributors": list,
    "sources": list,
    "citehub": dict,
    "resources": list,
}


def _check_manifest(parsed: dict[str, Any], path: str) -> None:
    _check(parsed, _MANIFEST_SHAPE, path, "the manifest")
    _check(parsed["citehub"], _HUB_SHAPE, path, "'citehub'")
    for number, resource in enumerate(parsed["resources"]):
        _check_resource(resource, f"resource {number}", path)
    for contributor in parsed["contributors"]:
        _check(contributor, {"title": str}, path, "a contributor")
    for terms in parsed["licenses"]:
        _check(terms, {"name": str, "path": str, "title": str}, path, "a license")
    if not all(isinstance(each, str) for each in parsed["keywords"]):
        raise DamagedManifest.at(path, "keywords that are text", f"{parsed['keywords']!r:.60}")
    for name, holds, wanted in (
        (
            parsed["citehub"]["hub"],
            is_hub_name,
            "a hub's name of lower-case letters, digits, hyphens",
        ),
        (parsed["version"], is_version, "a version MAJOR.MINOR.PATCH"),
        (parsed["created"], _is_day, "'created' to be a day, YYYY-MM-DD"),
    ):
        if not holds(name):
            raise DamagedManifest.at(path, wanted, f"{name!r:.60}")
    _check_optional(parsed, path)
    names = [resource["name"] for resource in parsed["resources"]]
    own = parsed["citehub"].get("own_tables", [])
    if not isinstance(own, list) or any(name not in names for name in own):
        raise DamagedManifest.at(
            path, "'own_tables' to list tables of the release", f"{own!r:.60}"
        )
    if "works" not in names or len(names) != len(set(names)):
        raise DamagedManifest.at(path, "each table once, and a table 'works'", ", ".join(names))
    first = next(each for each in parsed["resources"] if each["name"] == "works")
    if not first["rows"]:
        raise DamagedManifest.at(
            path, "the canonical work in table 'works'", "a table without rows"
        )


def _check(part: object, shape: Mapping[str, type], path: str, what: str) -> None:
    if not isinstance(part, dict):
        raise DamagedManifest.at(path, f"{what} to be an object", type(part).__name__)
    for key, kind in shape.items():
        if type(part.get(key)) is not kind:
            found = f"{part[key]!r:.60}" if key in part else "none"
            raise DamagedManifest.at(path, f"{what} to have a {kind.__name__} {key!r}", found)


def _check_optional(manifest: dict[str, Any], path: str) -> None:
    """Check what only newer manifests have."""
    for key in ("id", "homepage"):
        if key in manifest:
            _check(manifest, {key: str}, path, "the manifest")
    if not manifest.get("homepage", "https://").startswith(("https://", "http://")):
        found = f"{manifest['homepage']!r:.60}"
        raise DamagedManifest.at(path, "a homepage that starts with https:// or http://", found)
    schema = manifest["citehub"].get("schema_version", FIRST_SCHEMA)
    if type(schema) is not int or schema < FIRST_SCHEMA:
        raise DamagedManifest.at(path, "a whole number 'schema_version' from 1", f"{schema!r:.60}")
    said = manifest["citehub"].get("responsible_ai", {})
    _check(said, {}, path, "'responsible_ai'")
    if not all(isinstance(text, str) for text in said.values()):
        raise DamagedManifest.at(path, "'responsible_ai' to hold text", f"{said!r:.60}")


def _check_resource(resource: Any, what: str, path: str) -> None:
    _check(resource, _RESOURCE_SHAPE, path, what)
    what = f"table {resource['name']!r:.60}"
    if not is_plain_name(resource["path"]):
        found = f"path {resource['path']!r:.60}"
        raise DamagedManifest.at(path, f"{what} to be a file of its own folder", found)
    for key in ("bytes", "rows"):
        if not 0 <= resource[key] < sys.maxsize:
            raise DamagedManifest.at(
                path, f"{what} to have {key} from 0", f"{resource[key]!r:.60}"
            )
    schema = resource["schema"]
    _check(schema, _SCHEMA_SHAPE, path, f"the schema of {what}")
    for field in schema["fields"]:
        _check_field(field, what, path)
    names = [field["name"] for field in schema["fields"]]
    if not names or not schema["primaryKey"] or any(k not in names for k in schema["primaryKey"]):
        raise DamagedManifest.at(
            path, f"the key of {what} to be columns of it", f"{schema['primaryKey']!r:.60}"
        )
    keys = schema.get("foreignKeys", [])
    if not isinstance(keys, list) or not all(_is_foreign_key(key, names) for key in keys):
        raise DamagedManifest.at(path, f"foreign keys of {what}", f"{keys!r:.60}")


def _check_field(field: Any, what: str, path: str) -> None:
    _check(field, _FIELD_SHAPE, path, f"a field of {what}")
    if field["arrowType"] not in TYPES:
        known = f"a field of {what} to be one of {' '.join(TYPES)}"
        raise DamagedManifest.at(path, known, f"{field['arrowType']!r:.60}")
    limits = field.get("constraints", {})
    _check(limits, {}, path, f"constraints of {what}")
    for key, kinds in (
        ("minimum", {int, float}),
        ("maximum", {int, float}),
        ("required", {bool}),
    ):
        if key in limits and type(limits[key]) not in kinds:
            named = " or ".join(sorted(kind.__name__ for kind in kinds))
            raise DamagedManifest.at(
                path, f"{key!r} of a field of {what} to be {named}", f"{limits[key]!r:.60}"
            )
    if "unit" in field:
        _check(field, {"unit": str}, path, f"a field of {what}")
    enum = limits.get("enum", [])
    if not isinstance(enum, list) or not all(isinstance(each, str) for each in enum):
        raise DamagedManifest.at(path, f"a vocabulary of {what} to be names", f"{enum!r:.60}")


def _is_foreign_key(key: object, names: list[str]) -> bool:
    match key:
        case {"fields": [str(field)], "reference": {"resource": str(), "fields": [str()]}}:
            return field in names
        case _:
            return False
