"""A release's manifest, ``datapackage.json``: its shape, and a reader that trusts nothing.

A file is read once and whole, without following symbolic links. So the bytes in use are those
whose hash was compared.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import re
import stat
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from citehub import _limits
from citehub._columns import COLUMNS, KNOWN_SCHEMA, REQUIRED
from citehub._text import clean_line
from citehub._types import TYPES
from citehub.errors import DamagedManifest, DamagedRelease, NewerRelease

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import BinaryIO, NoReturn

    from citehub._json_types import Manifest

MANIFEST = "datapackage.json"
CHANGES = "CHANGES.md"
SUMS = "SHA256SUMS"
SIGNATURE = f"{SUMS}.minisig"
ARCHIVE = "releases.zip.xz"
"""What a wheel packs of the releases of a hub, in the folder of the hub."""
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
OWN_TABLES_SINCE = 3  # the schema; a manifest of an older one does not name its hub's own tables
MT_NLG_TABLES = (  # which older schemas had for every hub
    "finding_figures",
    "canonical_facts",
    "canonical_corpus",
    "canonical_evaluations",
    "canonical_parallelism",
    "canonical_throughput",
)
_VERSION_PARTS = 3
_VERSION_DIGITS = 9
_NAME_LETTERS = 200  # at most
_MOST_SIZE = 1 << 53  # of numbers, which also JavaScript keeps exactly
_MOST_DIGITS = 40
_MOST_LEVELS = 50  # of objects and lists in one another
_PIECE_BYTES = 1 << 20
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""Names that Windows keeps for devices, whatever their ending."""
_NAME = re.compile("[A-Za-z0-9_][A-Za-z0-9_ .-]{0,99}")  # of a table or column
_ADDRESS = re.compile('https?://[^\\s<>"\\\\^`{|}\\x00-\\x20\\x7f-\\x9f]+')
_DIGEST = re.compile("sha256:[0-9a-f]{64}")
_URN = re.compile("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DOI = re.compile(r"https://doi\.org/10\.[0-9]{4,9}(\.[0-9]+)*/[!#-\[\]_a-z~]{1,1000}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z)?")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_OF_PAGE = (".html", ".css", ".js", ".txt")
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


def read_bytes(path: str, damaged: type[DamagedRelease], *, most: int | None = None) -> bytes:
    """Read a regular file whole, never through a symbolic link.

    Parameters
    ----------
    path : str
        The file.
    damaged : type
        The error to raise.
    most : int, optional
        The most bytes that it may have; a larger file is not read at all. By default the limit
        of all files, which ``CITEHUB_LIMITS=off`` lifts.

    Raises
    ------
    DamagedRelease
        The file is missing, a link, not a regular file, or too large; raised as ``damaged``.
    """
    with _open(path, damaged, most) as file:  # which may grow meanwhile
        return file.read(os.fstat(file.fileno()).st_size + 1)


def hash_file(path: str, damaged: type[DamagedRelease]) -> str:
    """Return the SHA-256 of a regular file, read in pieces; see :func:`read_bytes`."""
    digest = _sha256(_OPENSSL_PAYS_FROM)(b"")
    with _open(path, damaged, None) as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


@contextlib.contextmanager
def _open(path: str, damaged: type[DamagedRelease], most: int | None) -> Iterator[BinaryIO]:
    if os.path.islink(path):
        raise damaged.at(path, "a file of the release", "a symbolic link")
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):  # as far as the platform has them
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:  # a name with NUL, or half a surrogate pair
        found = error.strerror if isinstance(error, OSError) else None
        raise damaged.at(path, "a readable file", found or str(error)) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise damaged.at(path, "a regular file", "something else")
    with open(descriptor, "rb") as file:
        most = _limits.limit(_limits.FILE_BYTES) if most is None else most
        if status.st_size > most:
            wanted = f"at most {most:,} bytes ({_limits.LIFTING})"
            raise damaged.at(path, wanted, f"{status.st_size:,} bytes")
        yield file


def parse_json(data: bytes, path: str, damaged: type[DamagedRelease]) -> dict[str, Any]:
    """Parse a JSON object in UTF-8 whose keys differ; if that fails, raise ``damaged``."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        found = "bytes that are no UTF-8"
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:4]:
            found = "UTF-16"
        raise damaged.at(path, "text in UTF-8", f"{found} ({error.reason})") from None
    if text.startswith("\ufeff") or "\0" in text[:4]:
        found = "a byte order mark" if text.startswith("\ufeff") else "UTF-16"
        raise damaged.at(path, "text in UTF-8", found)
    try:
        parsed = json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_refuse,
            parse_int=_whole,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise damaged.at(path, "JSON", f"text that is not ({error!s:.200})") from None
    if not isinstance(parsed, dict):
        raise damaged.at(path, "a JSON object", f"a {type(parsed).__name__}")
    if _levels(parsed) > _MOST_LEVELS:
        raise damaged.at(path, f"JSON of at most {_MOST_LEVELS} levels", "more")
    if "\\u" in text and "\\ud" in text.lower():
        try:
            json.dumps(parsed, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise damaged.at(path, "text in Unicode", "half of a surrogate pair") from None
    return parsed


def _levels(value: dict[str, Any]) -> int:
    """Return how deep objects and lists are in one another, or that it is too deep."""
    inner: list[Any] = [value]
    for number in range(_MOST_LEVELS + 1):
        if not inner:
            return number
        parts = (each.values() if isinstance(each, dict) else each for each in inner)
        inner = [each for part in parts for each in part if isinstance(each, (dict, list))]
    return _MOST_LEVELS + 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"{key!r:.60} occurs twice")
            seen.add(key)
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number has {len(digits):,} digits")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not abs(number) < _MOST_SIZE:
        raise ValueError(f"{digits:.60} is too large a number")
    return number


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
    data = read_bytes(path, DamagedManifest, most=_limits.limit(_limits.MANIFEST_BYTES))
    parsed = parse_json(data, path, DamagedManifest)
    try:
        _Judge(path).manifest(parsed)
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

    Files of a page that are not there are left out, as of a hub that was added without its page.

    Raises
    ------
    DamagedManifest
        A line is not in the form of ``sha256sum``.
    """
    path = os.path.join(folder, SUMS)
    if not os.path.lexists(path):
        return None
    wanted = "lines of SHA-256, two blanks, name"
    data = read_bytes(path, DamagedManifest, most=_limits.limit(_limits.SUMS_BYTES))
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError as error:
        raise DamagedManifest.at(
            path, wanted, f"bytes that are no UTF-8 ({error.reason})"
        ) from None
    sums: dict[str, str] = {}
    for line in lines if lines[-1] else lines[:-1]:
        digest, gap, name = line.partition("  ")
        sha = f"sha256:{digest}"
        if not gap or not is_digest(sha) or not is_line(name) or name in sums:
            raise DamagedManifest.at(
                path, wanted, f"{line!r:.60}{' again' if name in sums else ''}"
            )
        sums[name] = sha
    return {
        name: sha
        for name, sha in sums.items()
        if not name.endswith(_OF_PAGE) or os.path.lexists(os.path.join(folder, name))
    }


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
    if schema_version(manifest) >= OWN_TABLES_SINCE:
        return tuple(manifest["citehub"].get("own_tables", ()))
    return tuple(each["name"] for each in manifest["resources"] if each["name"] in MT_NLG_TABLES)


def released_on(manifest: Manifest) -> str:
    """Return the day of the release, as ``2026-11-23``."""
    return manifest["created"][: len("2026-11-23")]


def doi(manifest: Manifest) -> str | None:
    """Return the bare DOI of the release, if it has one."""
    identifier = dataset_id(manifest)
    return identifier.removeprefix(DOI_PREFIX) if identifier.startswith(DOI_PREFIX) else None


def is_plain_name(name: str) -> bool:
    """Tell whether a name stays in its folder, on any platform, and is one of a file there."""
    bare = name.replace("-", "").replace("_", "").replace(".", "")
    return (
        name.isascii()
        and bare.isalnum()
        and name[0].isalnum()
        and name[-1] != "."
        and len(name) <= _NAME_LETTERS
        and name.partition(".")[0].lower() not in _DEVICES
    )


def is_version(text: str) -> bool:
    """Tell whether a text is a data version, ``MAJOR.MINOR.PATCH``."""
    parts = text.split(".")
    return len(parts) == _VERSION_PARTS and all(
        part.isascii()
        and part.isdigit()
        and (part == "0" or part[0] != "0")
        and len(part) <= _VERSION_DIGITS
        for part in parts
    )


def is_hub_name(name: str) -> bool:
    """Tell whether a text can name a hub: lower-case letters and digits, separated by hyphens.

    Names that Windows keeps for devices, as ``con``, are none.
    """
    parts = name.split("-")
    return (
        name.isascii()
        and name == name.lower()
        and all(part.isalnum() for part in parts)
        and len(name) <= _NAME_LETTERS
        and name not in _DEVICES
    )


def is_address(text: str) -> bool:
    """Tell whether a text is an address of the web, without blanks, quotes and brackets."""
    return bool(_ADDRESS.fullmatch(text))


def is_digest(text: object) -> bool:
    """Tell whether a value is a SHA-256 as manifests write it."""
    return isinstance(text, str) and bool(_DIGEST.fullmatch(text))


def is_text(value: object, most: int = _limits.TEXT_LETTERS) -> bool:
    """Tell whether a value is text of bounded length, whose only control characters are breaks."""
    return (
        isinstance(value, str)
        and not _limits.exceeds(len(value), most)
        and not _UNPRINTABLE.search(value)
    )


def is_line(value: object) -> bool:
    """Tell whether a value is text of one line, without control characters."""
    return is_text(value, _limits.LINE_LETTERS) and "\n" not in str(value)


def is_id(value: object) -> bool:
    """Tell whether a value can be the id of a work: a line that says something, left to right."""
    return is_line(value) and str(value).strip() != "" and not _TURNING.search(str(value))


def plain_text(text: str) -> str:
    """Return a text from outside as manifests hold texts."""
    if is_text(text):
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(map(clean_line, lines))[: _limits.TEXT_LETTERS]


def plain_line(text: str) -> str:
    """Return a text from outside as a line of a manifest."""
    return text if is_line(text) else clean_line(text)[: _limits.LINE_LETTERS]


def _is_day(text: str) -> bool:
    """Tell whether a text is a day that exists, ``2026-11-23``, or a time of it in UTC."""
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return False
    return True


def is_dataset_id(text: str) -> bool:
    """Tell whether a text is an id of a dataset as citehub writes it: of a UUID, or of a DOI."""
    return bool(_URN.fullmatch(text) or _DOI.fullmatch(text))


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
_LICENCE_SHAPE = {"name": str, "path": str, "title": str}
_LIMITS: dict[str, set[type]] = {
    "minimum": {int, float},
    "maximum": {int, float},
    "required": {bool},
}
_OF_CONTRIBUTOR = ("title", "path", "email", "organization", "givenName", "familyName")


class _Judge:
    """What citehub itself would write into a manifest; anything else is damage."""

    def __init__(self, path: str) -> None:
        self.path = path

    def need(self, holds: object, wanted: str, found: object) -> None:
        """Refuse a manifest in which something does not hold."""
        if not holds:
            words = found if isinstance(found, _InWords) else f"{found!r:.60}"
            raise DamagedManifest.at(self.path, wanted, words)

    def shape(self, part: object, shape: Mapping[str, type], what: str) -> None:
        """Hold an object to the keys that it needs, and their types."""
        self.need(isinstance(part, dict), f"{what} to be an object", _InWords(type(part).__name__))
        assert isinstance(part, dict)  # noqa: S101 -- for type checkers
        for key, kind in shape.items():
            if type(part.get(key)) is not kind:
                found = part[key] if key in part else _InWords("none")
                self.need(None, f"{what} to have a {kind.__name__} {key!r}", found)

    def lines(self, part: Mapping[str, Any], keys: Iterable[str], what: str) -> None:
        """Hold those of some keys that an object has to lines of text."""
        for key in keys:
            if key in part and not is_line(part[key]):
                self.need(None, f"{key!r} of {what} to be a line of text", part[key])

    def address(self, part: Mapping[str, Any], key: str, what: str) -> None:
        """Hold a key that an object may have to an address of the web."""
        found = part.get(key, "https://a")
        wanted = f"{what} that starts with https:// or http://"
        self.need(is_line(found) and is_address(found), wanted, found)

    def items(self, part: Mapping[str, Any], key: str, what: str) -> list[Any]:
        """Return a list that an object may have; it must not be too long."""
        found: list[Any] = part.get(key, [])
        if not isinstance(found, list):
            self.need(None, f"{key!r} of {what} to be a list", found)
        self.count(found, _limits.TERMS, key)
        return found

    def count(self, found: Collection[Any], most: int, what: str) -> None:
        """Refuse too many parts."""
        if _limits.exceeds(len(found), most):
            wanted = f"at most {most:,} in {what!r} ({_limits.LIFTING})"
            self.need(None, wanted, _InWords(f"{len(found):,}"))

    def manifest(self, parsed: dict[str, Any]) -> None:
        """Check a whole manifest."""
        self.shape(parsed, _MANIFEST_SHAPE, "the manifest")
        hub = parsed["citehub"]
        self.shape(hub, _HUB_SHAPE, "'citehub'")
        self.count(parsed["resources"], _limits.TABLES, "resources")
        for number, resource in enumerate(parsed["resources"]):
            self.resource(resource, f"resource {number}")
        self.about(parsed)
        for name, holds, wanted in (
            (hub["hub"], is_hub_name, "a hub's name of lower-case letters, digits, hyphens"),
            (parsed["version"], is_version, "a version MAJOR.MINOR.PATCH"),
            (parsed["created"], _is_day, "'created' to be a day, YYYY-MM-DD"),
            (hub["canonical_work_id"], is_id, "'canonical_work_id' to be the id of a work"),
            (parsed["name"], hub["hub"].__eq__, f"the name {hub['hub']!r:.60}, as its hub"),
        ):
            self.need(holds(name), wanted, name)
        self.hub(hub)
        self.tables(parsed)

    def about(self, parsed: dict[str, Any]) -> None:
        """Check what a manifest says about the dataset as a whole."""
        self.lines(parsed, ("$schema",), "the manifest")
        for key in ("title", "description"):
            most = f"of at most {_limits.TEXT_LETTERS:,} letters, without control characters"
            self.need(is_text(parsed[key]), f"a {key} {most}", parsed[key])
        keywords = self.items(parsed, "keywords", "the manifest")
        self.need(all(map(is_line, keywords)), "keywords that are text", keywords)
        for terms in self.items(parsed, "licenses", "the manifest"):
            self.shape(terms, _LICENCE_SHAPE, "a license")
            self.lines(terms, _LICENCE_SHAPE, "a license")
            self.address(terms, "path", "a license with an address")
        for each in self.items(parsed, "contributors", "the manifest"):
            self.shape(each, {"title": str}, "a contributor")
            self.lines(each, _OF_CONTRIBUTOR, "a contributor")
            self.address(each, "path", "a contributor's address")
            roles = self.items(each, "roles", "a contributor")
            self.need(all(map(is_line, roles)), "roles that are text", roles)
        for each in self.items(parsed, "sources", "the manifest"):
            self.shape(each, {"title": str}, "a source")
            self.lines(each, ("title",), "a source")
            self.address(each, "path", "a source's address")
        if "id" in parsed:
            self.shape(parsed, {"id": str}, "the manifest")
            wanted = "an id urn:uuid:... or https://doi.org/..."
            self.need(is_dataset_id(parsed["id"]), wanted, parsed["id"])
        if "homepage" in parsed:
            self.shape(parsed, {"homepage": str}, "the manifest")
        self.address(parsed, "homepage", "a homepage")

    def hub(self, hub: dict[str, Any]) -> None:
        """Check what makes the package a hub."""
        self.lines(hub, ("hub_class",), "'citehub'")
        schema = hub.get("schema_version", FIRST_SCHEMA)
        wanted = "a whole number 'schema_version' from 1"
        self.need(type(schema) is int and schema >= FIRST_SCHEMA, wanted, schema)
        stated = hub.get("responsible_ai", {})
        self.shape(stated, {}, "'responsible_ai'")
        self.count(stated, _limits.TABLES, "responsible_ai")
        sound = all(_NAME.fullmatch(key) and is_text(text) for key, text in stated.items())
        self.need(sound, "'responsible_ai' to hold text", stated)
        right = hub.get("publish_sentences", "")
        self.need(is_text(right), "'publish_sentences' to be text", right)

    def tables(self, parsed: dict[str, Any]) -> None:
        """Check which tables and files there are."""
        names = [resource["name"] for resource in parsed["resources"]]
        own = parsed["citehub"].get("own_tables", [])
        sound = isinstance(own, list) and len(own) <= len(names)
        sound = sound and all(name in names for name in own)
        self.need(sound, "'own_tables' to list tables of the release", own)
        once = len(names) == len(set(names))
        wanted = "each table once, and a table 'works'"
        self.need("works" in names and once, wanted, _InWords(f"{', '.join(names):.200}"))
        files = [resource["path"].lower() for resource in parsed["resources"]]
        twice = sorted({each for each in files if files.count(each) > 1})
        self.need(not twice, "a file for each table, whatever the case of names", twice)
        first = next(each for each in parsed["resources"] if each["name"] == "works")
        wanted = "the canonical work in table 'works'"
        self.need(first["rows"], wanted, _InWords("a table without rows"))

    def resource(self, resource: Any, what: str) -> None:
        """Check the description of a table."""
        self.shape(resource, _RESOURCE_SHAPE, what)
        name = resource["name"]
        what = f"table {name!r:.60}"
        wanted = f"{what} to be a file of its own folder"
        is_file = is_plain_name(resource["path"]) and resource["path"].endswith(".parquet")
        self.need(is_file, wanted, _InWords(f"path {resource['path']!r:.60}"))
        self.need(_NAME.fullmatch(name), "a table named in letters and digits", name)
        self.need(is_text(resource["description"]), f"a description of {what}", resource)
        self.lines(resource, ("type", "format", "mediatype"), what)
        for key in ("bytes", "rows"):
            self.need(
                0 <= resource[key] < _MOST_SIZE, f"{what} to have {key} from 0", resource[key]
            )
        for key in ("hash", "content_hash"):
            self.need(is_digest(resource[key]), f"{what} to have a SHA-256 {key!r}", resource[key])
        schema = resource["schema"]
        self.shape(schema, _SCHEMA_SHAPE, f"the schema of {what}")
        self.count(schema["fields"], _limits.COLUMNS, "fields")
        for field in schema["fields"]:
            self.field(field, what)
        names = [field["name"] for field in schema["fields"]]
        kinds = {field["name"]: field["arrowType"] for field in schema["fields"]}
        self.need(len(names) == len(kinds), f"each column of {what} once", names)
        self.keys(schema, names, what)
        for column, kind in COLUMNS.get(name, {}).items():
            found = kinds.get(column)
            is_sound = found == kind if found else column not in REQUIRED[name]
            self.need(is_sound, f"column {column!r} of {what} to be {kind}", found)

    def keys(self, schema: dict[str, Any], names: list[str], what: str) -> None:
        """Check the keys of a table."""
        key = schema["primaryKey"]
        sound = 0 < len(key) <= len(names) and all(each in names for each in key)
        self.need(sound, f"the key of {what} to be columns of it", key)
        keys = self.items(schema, "foreignKeys", what)
        self.need(
            all(_is_foreign_key(each, names) for each in keys), f"foreign keys of {what}", keys
        )

    def field(self, field: Any, what: str) -> None:
        """Check the description of a column."""
        of = f"a field of {what}"
        self.shape(field, _FIELD_SHAPE, of)
        kind, limits = field["arrowType"], field.get("constraints", {})
        self.need(kind in TYPES, f"{of} to be one of {' '.join(TYPES)}", kind)
        is_name = _NAME.fullmatch(field["name"])
        self.need(is_name, f"{of} named in letters and digits", field["name"])
        self.need(is_text(field["description"]), f"the description of {of} in text", field)
        if "unit" in field:
            self.shape(field, {"unit": str}, of)
        self.lines(field, ("type", "format", "unit"), of)
        self.need(type(field.get("asOf", False)) is bool, f"'asOf' of {of} to be bool", field)
        self.shape(limits, {}, f"constraints of {what}")
        for key in limits.keys() & _LIMITS:
            kinds = _LIMITS[key]
            named = " or ".join(sorted(each.__name__ for each in kinds))
            self.need(type(limits[key]) in kinds, f"{key!r} of {of} to be {named}", limits[key])
        enum = self.items(limits, "enum", of)
        self.need(all(map(is_line, enum)), f"a vocabulary of {what} to be names", enum)
        python = TYPES[kind].python
        if python is not str:
            is_sound = not enum and field.get("format") != "uri"
            self.need(is_sound, f"{of} with a vocabulary, or of addresses, to be text", field)
        if python not in {int, float}:
            is_sound = "minimum" not in limits and "maximum" not in limits
            self.need(is_sound, f"{of} with a least or greatest value to be a number", field)


class _InWords(str):
    """What was found, in words."""

    __slots__ = ()


def _is_foreign_key(key: object, names: list[str]) -> bool:
    match key:
        case {
            "fields": [str(field)],
            "reference": {"resource": str(table), "fields": [str(other)]},
        }:
            return field in names and all(map(_NAME.fullmatch, (table, other)))
        case _:
            return False
