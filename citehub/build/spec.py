"""``hub.toml``: what a hub is, its rights, and what each of its releases takes in."""

from __future__ import annotations

import datetime
import os
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from citehub._catalog import SPEC, version_key
from citehub._identifiers import parse_identifier
from citehub._manifest import FIRST_SCHEMA, RESPONSIBLE_AI, is_hub_name, is_version
from citehub._schema import SCHEMA_VERSION
from citehub.build.own_tables import read_own_tables
from citehub.build.parts import PARTS
from citehub.errors import BadArgument, SourceError, UnknownVersion
from citehub.sources.curated import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citehub.build.own_tables import OwnTable

SOURCE: Final = "source"
"""Folder of a hub folder that holds what goes in."""
_CHANGE_KINDS: Final = ("added", "removed", "changed", "relabelled", "merged", "retracted")


LICENSES: Final[dict[str, dict[str, str]]] = {
    name: {"name": name, "path": path, "title": title}
    for name, path, title in (
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
        ("CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/", "CC BY-SA 4.0"),
        ("CC-BY-NC-4.0", "https://creativecommons.org/licenses/by-nc/4.0/", "CC BY-NC 4.0"),
        ("ODC-By-1.0", "https://opendatacommons.org/licenses/by/1-0/", "ODC-BY 1.0"),
        ("ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/", "ODbL 1.0"),
        ("PDDL-1.0", "https://opendatacommons.org/licenses/pddl/1-0/", "PDDL 1.0"),
    )
}
"""Licences of data by their names in SPDX, as a manifest describes them."""


@dataclass(frozen=True, slots=True)
class About:
    """What a maintainer says of a hub that is made without ``hub.toml``; empty where nothing."""

    title: str = ""
    licenses: tuple[dict[str, str], ...] = ()
    contributors: tuple[dict[str, Any], ...] = ()
    homepage: str = ""


def describe_hub(
    title: str | None,
    licenses: Iterable[str],
    contributors: Iterable[str],
    homepage: str | None,
) -> About:
    """Return what a maintainer says of a hub, checked as ``hub.toml`` is.

    Raises
    ------
    BadArgument
        A licence is not known by this name, a name is empty, or the homepage is no address.
    """
    names, people = list(licenses), list(contributors)
    for name in names:
        if name not in LICENSES:
            raise BadArgument.of("license", name, f"one of {', '.join(LICENSES)}")
    for what, texts in (("title", [] if title is None else [title]), ("contributor", people)):
        for text in texts:
            if not text.strip():
                raise BadArgument.of(what, text, "a name that says something")
    if homepage and not _is_address(homepage):
        raise BadArgument.of(
            "homepage", homepage, "an address that starts with https:// or http://"
        )
    return About(
        (title or "").strip(),
        tuple(LICENSES[name] for name in dict.fromkeys(names)),
        tuple({"title": person.strip(), "roles": ["creator"]} for person in people),
        homepage or "",
    )


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """One line of a release's change log, with its reason and source."""

    kind: str
    what: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class ReleaseSpec:
    """One release: its version, its date, the parts it takes in, what it changes."""

    version: str
    created: datetime.date
    description: str
    parts: tuple[str, ...]
    changes: tuple[ChangeNote, ...]
    doi: str
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class HubSpec:
    """A hub, as its maintainer describes it; ``folder`` is the hub folder."""

    folder: str
    name: str
    title: str
    description: str
    page: str
    page_source: str
    keywords: tuple[str, ...]
    licenses: tuple[dict[str, str], ...]
    contributors: tuple[dict[str, Any], ...]
    releases: tuple[ReleaseSpec, ...]
    homepage: str
    responsible_ai: dict[str, str]
    own_tables: Mapping[str, OwnTable] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The folder of the sources."""
        return os.path.join(self.folder, SOURCE)

    def release(self, version: str) -> ReleaseSpec:
        """Return a release by version.

        Raises
        ------
        UnknownVersion
            ``hub.toml`` does not describe it.
        """
        for release in self.releases:
            if release.version == version:
                return release
        path = os.path.join(self.folder, SPEC)
        known = [release.version for release in self.releases]
        raise UnknownVersion.among(
            "release", version, known, where=path, hint="Describe a new release there first."
        )


def read_spec(folder: str) -> HubSpec:
    """Read ``hub.toml`` of a hub folder.

    Raises
    ------
    SourceError
        It is not there, not TOML, or something in it is missing or wrong.
    """
    path = os.path.join(folder, SPEC)
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise SourceError.at(path, 0, str(error)) from None
    reader = _Reader(path, content, "the hub")
    if not is_hub_name(reader.take("name", str)):
        reader.fail(
            f"the name {content['name']!r:.60} should be small letters, digits and hyphens"
        )
    if not all(isinstance(keyword, str) for keyword in reader.take("keywords", list)):
        reader.fail("the keywords should be text")
    _check_entries(reader, "licenses", "name", "path", "title")
    _check_entries(reader, "contributors", "title")
    own = read_own_tables(folder)
    return HubSpec(
        folder=folder,
        name=reader.take("name", str),
        title=reader.take("title", str),
        description=reader.take("description", str).strip(),
        page=reader.take("page", str),
        page_source=reader.take("page_source", str),
        keywords=tuple(reader.take("keywords", list)),
        licenses=tuple(reader.take("licenses", list)),
        contributors=tuple(reader.take("contributors", list)),
        releases=_read_releases(reader, [*PARTS, *own]),
        homepage=_read_homepage(reader),
        responsible_ai=_read_responsible_ai(reader),
        own_tables=own,
    )


class _Reader:
    """One table of the file; says what is missing or of another type."""

    def __init__(self, path: str, content: Any, what: str) -> None:
        if not isinstance(content, dict):
            raise SourceError.at(path, 0, f"{what} should be a table")
        self.path = path
        self.content = content
        self.what = what

    def take(self, key: str, kind: type) -> Any:
        value = self.content.get(key)
        if type(value) is not kind:
            found = "nothing" if value is None else f"{value!r:.60}"
            problem = f"{self.what}: expected {key!r} of type {kind.__name__}, found {found}"
            raise SourceError.at(self.path, 0, problem)
        return value

    def take_text(self, key: str) -> str:
        """Return a text that may be left out; then it is empty."""
        return self.take(key, str).strip() if key in self.content else ""

    def fail(self, problem: str) -> None:
        raise SourceError.at(self.path, 0, f"{self.what}: {problem}")


def _check_entries(hub: _Reader, key: str, *texts: str) -> None:
    for entry in hub.take(key, list):
        reader = _Reader(hub.path, entry, f"an entry of {key}")
        for text in texts:
            reader.take(text, str)


def _read_homepage(hub: _Reader) -> str:
    homepage = hub.take_text("homepage")
    if homepage and not _is_address(homepage):
        hub.fail(f"the homepage {homepage!r:.60} should start with https:// or http://")
    return homepage


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _read_responsible_ai(hub: _Reader) -> dict[str, str]:
    reader = _Reader(hub.path, hub.content.get("responsible_ai", {}), "responsible_ai")
    for key in reader.content:
        if key not in RESPONSIBLE_AI:
            reader.fail(f"there is no {key!r:.60}; known: {', '.join(RESPONSIBLE_AI)}")
    return {key: reader.take_text(key) for key in RESPONSIBLE_AI if key in reader.content}


def _read_releases(hub: _Reader, parts: list[str]) -> tuple[ReleaseSpec, ...]:
    releases = [_read_release(hub.path, each, parts) for each in hub.take("releases", list)]
    versions = [release.version for release in releases]
    if versions != sorted(set(versions), key=version_key):
        hub.fail(f"expected each release once, the oldest first; found {', '.join(versions)}")
    return tuple(releases)


def _read_release(path: str, content: object, known: list[str]) -> ReleaseSpec:
    reader = _Reader(path, content, "a release")
    version = reader.take("version", str)
    reader.what = f"release {version}"
    if not is_version(version):
        reader.fail("the version should be MAJOR.MINOR.PATCH")
    parts = tuple(reader.take("parts", list))
    for part in parts:
        if part not in known:  # a list, because TOML may give what cannot be hashed
            reader.fail(f"there is no part {part!r:.60}; known: {', '.join(known)}")
    if "page" not in parts:
        reader.fail("the parts should hold 'page'")
    return ReleaseSpec(
        version=version,
        created=reader.take("created", datetime.date),
        description=reader.take("description", str).strip(),
        parts=parts,
        changes=tuple(_read_change(path, version, each) for each in reader.take("changes", list)),
        doi=_read_doi(reader),
        schema_version=_read_schema_version(reader),
    )


def _read_schema_version(release: _Reader) -> int:
    """Return the schema of a release: the newest, unless it says that it has an older one."""
    if "schema_version" not in release.content:
        return SCHEMA_VERSION
    version: int = release.take("schema_version", int)
    if not FIRST_SCHEMA <= version <= SCHEMA_VERSION:
        release.fail(f"the schema_version {version} should be {FIRST_SCHEMA} to {SCHEMA_VERSION}")
    return version


def _read_doi(release: _Reader) -> str:
    doi = release.take_text("doi")
    identifier = parse_identifier(doi) if doi else None
    if doi and (identifier is None or (identifier.scheme, identifier.value) != ("doi", doi)):
        release.fail(
            f"the doi {doi!r:.60} should be bare and in small letters, as 10.5281/zenodo.1"
        )
    return doi


def _read_change(path: str, version: str, content: object) -> ChangeNote:
    reader = _Reader(path, content, f"a change of release {version}")
    kind = reader.take("kind", str)
    if kind not in _CHANGE_KINDS:
        reader.fail(f"there is no kind {kind!r}; known: {', '.join(_CHANGE_KINDS)}")
    texts = (reader.take(key, str) for key in ("what", "reason", "source"))
    return ChangeNote(kind, *texts)
