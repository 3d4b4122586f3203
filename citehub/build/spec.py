"""``hub.toml``: a hub, its rights, and the content of each release."""

from __future__ import annotations

import datetime
import json
import os
import re
import tomllib
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from citehub._catalog import SPEC, find_folder, find_releases, is_hub, is_release, version_key
from citehub._identifiers import parse_identifier
from citehub._manifest import (
    DOI_PREFIX,
    FIRST_SCHEMA,
    RESPONSIBLE_AI,
    is_address,
    is_dataset_id,
    is_hub_name,
    is_version,
)
from citehub._packed import unpack_sources
from citehub._schema import SCHEMA_VERSION
from citehub.build.own_tables import DECLARATION, read_own_tables
from citehub.errors import BadArgument, SourceError
from citehub.sources.curated import read_text
from citehub.sources.pith_page import PITH_PAGE
from citehub.sources.registry import live_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from citehub.build.own_tables import OwnTable

SOURCE: Final = "source"
"""The folder of sources in a hub folder."""
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "page": ("works", "citations", "label_counts", "representatives"),
    "identifiers": ("work_ids",),
    "bibliography": ("authorships",),
    "labels": ("citation_contexts", "citation_labels", "text_readings", "subjects"),
    "themes": ("themes", "work_themes"),
    "selection": ("representatives",),
}
"""Parts of a hub that a release may take in alone, and their tables, apart from its own ones.

citehub computes ``selection``.
"""

_KEYS: Final = (
    *("name", "work", "aliases", "sources", "title", "description", "page", "page_source"),
    *("keywords", "licenses"),
    *("contributors", "homepage", "responsible_ai", "publish_sentences", "releases"),
)
_OF_CONTRIBUTOR: Final = (
    *("title", "roles", "path", "email", "organization", "givenName", "familyName"),
)
"""Properties of a contributor in Data Package: texts, and a list of roles."""
_LEAST_ALIAS: Final = 3  # letters or digits
_MOST_ALIASES: Final = 100
_KINDS: Final = {
    str: "text in quotation marks",
    int: "a whole number",
    list: "a list in square brackets",
    datetime.date: "a date, as 2026-11-29",
}
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
    description: str = ""
    parts: tuple[str, ...] = ()
    changes: tuple[ChangeNote, ...] = ()
    doi: str = ""
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class HubSpec:
    """A hub, as its maintainer describes it; ``folder`` is the hub folder.

    ``work`` is the canonical work as it was asked for; empty if a page names it. ``aliases`` are
    its names in texts, as MT-NLG. ``sources`` are asked for what is new. ``publish_sentences``
    says why the maintainer may publish the words of passages under any licence. What the
    maintainer leaves out is empty.
    """

    folder: str
    name: str
    work: str = ""
    aliases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    page: str = ""
    page_source: str = PITH_PAGE.id
    keywords: tuple[str, ...] = ()
    licenses: tuple[dict[str, str], ...] = ()
    contributors: tuple[dict[str, Any], ...] = ()
    releases: tuple[ReleaseSpec, ...] = ()
    homepage: str = ""
    responsible_ai: dict[str, str] = field(default_factory=dict)
    own_tables: Mapping[str, OwnTable] = field(default_factory=dict)
    publish_sentences: str = ""

    @property
    def source(self) -> str:
        """The folder of the sources."""
        return unpack_sources(self.folder, SOURCE)

    def find_release(self, version: str) -> ReleaseSpec | None:
        """Return the maintainer's description of a release; None if there is none."""
        return next((each for each in self.releases if each.version == version), None)


def source_folder(hub: str | os.PathLike[str]) -> str:
    """Return the folder of a hub's sources, to read or to copy.

    An installed citehub has the sources of its hubs packed; it unpacks them into the system's
    cache.

    Parameters
    ----------
    hub : str or path
        Name of a hub, or a hub folder.

    Returns
    -------
    str
        The folder; do not write into it if the hub is not yours.

    Raises
    ------
    UnknownHub
        There is no hub of this name, or no such folder.

    Examples
    --------
    >>> import os
    >>> from citehub.build import source_folder
    >>> "works.csv" in os.listdir(source_folder("mt-nlg"))
    True
    """
    return unpack_sources(find_folder(hub), SOURCE)


def _refuse_pipes(folder: str) -> None:
    """Refuse what stands in the place of a source and would be waited for without end."""
    paths = [os.path.join(folder, name) for name in (SPEC, DECLARATION)]
    for parent, _, names in os.walk(os.path.join(folder, SOURCE)):
        paths += [os.path.join(parent, name) for name in names]
    for path in paths:
        if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
            raise SourceError.at(path, 0, "is a pipe or a device, not a file")


def read_spec(folder: str) -> HubSpec:
    """Read ``hub.toml`` of a hub folder.

    Raises
    ------
    SourceError
        It is missing, not TOML, or something in it is missing or wrong.
    """
    _refuse_pipes(folder)
    path = os.path.join(folder, SPEC)
    if not os.path.lexists(path):
        raise SourceError.at(path, 0, f"does not exist. {_explain(folder)}")
    if os.path.exists(path) and not os.path.isfile(path):
        raise SourceError.at(path, 0, "should be a file")
    return parse_spec(read_text(path), folder)


def parse_spec(text: str, folder: str) -> HubSpec:
    """Return the content of ``hub.toml`` in a hub folder.

    Raises
    ------
    SourceError
        It is not TOML, or something in it is missing or wrong.
    """
    path = os.path.join(folder, SPEC)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError.at(path, 0, f"is not TOML: {error}") from None
    reader = _Reader(path, content, "the hub")
    if not is_hub_name(reader.take("name", str)):
        reader.fail(
            f"the name {content['name']!r:.60} should be lower-case letters, digits and hyphens"
        )
    for key in content:
        if key not in _KEYS:
            reader.fail(f"there is no {key!r:.60}; known: {', '.join(_KEYS)}")
    page = reader.take_text("page")
    if not page and not reader.take_text("work"):
        reader.fail("expected 'work', an identifier or title of the hub's work")
    if page and os.path.basename(page) != page:
        reader.fail(f"the page {page!r:.60} should be the name of a file in {SOURCE}")
    own = read_own_tables(folder)
    return HubSpec(
        folder=folder,
        name=reader.take("name", str),
        work=reader.take_text("work"),
        aliases=_read_aliases(reader),
        sources=_read_sources(reader),
        title=reader.take_text("title"),
        description=reader.take_text("description"),
        page=page,
        page_source=reader.take_text("page_source") or PITH_PAGE.id,
        keywords=tuple(_read_keywords(reader)),
        licenses=tuple(_read_licenses(reader)),
        contributors=tuple(_read_contributors(reader)),
        releases=_read_releases(reader, [*PARTS, *own]),
        homepage=_read_homepage(reader),
        responsible_ai=_read_responsible_ai(reader),
        own_tables=own,
        publish_sentences=_read_right(reader),
    )


def _read_right(hub: _Reader) -> str:
    """Return why the maintainer may publish the words of passages; empty if not said."""
    key = "publish_sentences"
    if key not in hub.content:
        return ""
    if not isinstance(hub.content[key], str) or not hub.content[key].strip():
        hub.fail(
            f"{key} should say in a sentence why you may publish the words of passages, as "
            '"All authors gave leave in writing". Leave it out if licences decide.'
        )
    return hub.take_text(key)


def _explain(folder: str) -> str:
    """Say what a folder without ``hub.toml`` is that somebody wants to build."""
    above = os.path.dirname(folder)
    if is_release(folder):
        hub = f"that of its hub, {above}" if is_hub(above) else "the folder of a hub"
        return f"This is a release, which never changes: build {hub}."
    due = "name, of the hub, and work, an identifier or title of its work"
    if is_hub(folder) or find_releases(folder):
        return f"Restore it, or write it again, with two lines: {due}."
    return f"A hub folder holds it, with {due}. Make one with: citehub new WORK --out DIR"


class _Reader:
    """One table of the file; it reports what is missing or of another type."""

    def __init__(self, path: str, content: Any, what: str) -> None:
        if not isinstance(content, dict):
            raise SourceError.at(path, 0, f"{what} should be a table")
        self.path = path
        self.content = content
        self.what = what

    def take(self, key: str, kind: type) -> Any:
        value = self.content.get(key)
        if type(value) is not kind:
            dated = value.isoformat() if isinstance(value, datetime.date) else repr(value)
            found = "nothing" if value is None else f"{dated:.60}"
            problem = f"{self.what}: expected {key!r} to be {_KINDS[kind]}, found {found}"
            raise SourceError.at(self.path, 0, problem)
        return value

    def take_text(self, key: str) -> str:
        """Return an optional text; empty if left out."""
        return self.take(key, str).strip() if key in self.content else ""

    def take_list(self, key: str) -> list[Any]:
        """Return an optional list; empty if left out."""
        found: list[Any] = self.take(key, list) if key in self.content else []
        return found

    def fail(self, problem: str) -> None:
        raise SourceError.at(self.path, 0, f"{self.what}: {problem}")


def _read_aliases(hub: _Reader) -> tuple[str, ...]:
    names = hub.take_list("aliases")
    for name in names:
        if not isinstance(name, str) or sum(map(str.isalnum, name)) < _LEAST_ALIAS:
            hub.fail(
                f'{name!r:.60} should be a name of the work in texts, as aliases = ["MT-NLG"]; '
                "with fewer than three letters and digits, it would be found everywhere"
            )
    if len(names) > _MOST_ALIASES:
        hub.fail(f"there are {len(names):,} aliases; the most is {_MOST_ALIASES}")
    return tuple(dict.fromkeys(each.strip() for each in names))


def _read_sources(hub: _Reader) -> tuple[str, ...]:
    known = [each.id for each in live_sources()]
    names = hub.take_list("sources")
    for name in names:
        if name not in known:
            hub.fail(f"there is no source {name!r:.60} to ask; known: {', '.join(known)}")
    return tuple(names)


def _read_keywords(hub: _Reader) -> list[str]:
    keywords = hub.take_list("keywords")
    if not all(isinstance(keyword, str) for keyword in keywords):
        hub.fail("the keywords should be text")
    return keywords


def _read_licenses(hub: _Reader) -> Iterator[dict[str, str]]:
    """Yield licences: SPDX names, or tables with name, path and title."""
    for entry in hub.take_list("licenses"):
        if isinstance(entry, str):
            if entry not in LICENSES:
                known = ", ".join(LICENSES)
                hub.fail(f"there is no licence {entry!r:.60}; known: {known}")
            yield LICENSES[entry]
            continue
        reader = _Reader(hub.path, entry, "an entry of licenses")
        for text in ("name", "path", "title"):
            reader.take(text, str)
        _check_address(reader, "path", "the path")
        yield entry


def _read_contributors(hub: _Reader) -> Iterator[dict[str, Any]]:
    for entry in hub.take_list("contributors"):
        reader = _Reader(hub.path, entry, "an entry of contributors")
        reader.take("title", str)
        for key in reader.content:
            if key not in _OF_CONTRIBUTOR:
                reader.fail(f"there is no {key!r:.60}; known: {', '.join(_OF_CONTRIBUTOR)}")
            if key != "roles":
                reader.take(key, str)
        if not all(isinstance(role, str) for role in reader.take_list("roles")):
            reader.fail("the roles should be text")
        if "path" in entry:
            _check_address(reader, "path", "the path")
        yield entry


def _read_homepage(hub: _Reader) -> str:
    if hub.take_text("homepage"):
        _check_address(hub, "homepage", "the homepage")
    return hub.take_text("homepage")


def _check_address(part: _Reader, key: str, what: str) -> None:
    address = part.take_text(key)
    if not is_address(address):
        part.fail(
            f"{what} {address!r:.60} should start with https:// or http:// and have no blanks"
        )


def _read_responsible_ai(hub: _Reader) -> dict[str, str]:
    reader = _Reader(hub.path, hub.content.get("responsible_ai", {}), "responsible_ai")
    for key in reader.content:
        if key not in RESPONSIBLE_AI:
            reader.fail(f"there is no {key!r:.60}; known: {', '.join(RESPONSIBLE_AI)}")
    return {key: reader.take_text(key) for key in RESPONSIBLE_AI if key in reader.content}


def _read_releases(hub: _Reader, parts: list[str]) -> tuple[ReleaseSpec, ...]:
    releases = [_read_release(hub.path, each, parts) for each in hub.take_list("releases")]
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
    parts = tuple(reader.take_list("parts"))
    for part in parts:
        if part not in known:  # a list, because TOML may give what cannot be hashed
            reader.fail(f"there is no part {part!r:.60}; known: {', '.join(known)}")
    if parts and "page" not in parts:
        reader.fail("the parts should hold 'page'")
    return ReleaseSpec(
        version=version,
        created=reader.take("created", datetime.date),
        description=reader.take_text("description"),
        parts=parts,
        changes=tuple(_read_change(path, version, each) for each in reader.take_list("changes")),
        doi=_read_doi(reader),
        schema_version=_read_schema_version(reader),
    )


def _read_schema_version(release: _Reader) -> int:
    """Return the schema of a release: the newest, unless it names an older one."""
    if "schema_version" not in release.content:
        return SCHEMA_VERSION
    version: int = release.take("schema_version", int)
    if not FIRST_SCHEMA <= version <= SCHEMA_VERSION:
        release.fail(f"the schema_version {version} should be {FIRST_SCHEMA} to {SCHEMA_VERSION}")
    return version


def _read_doi(release: _Reader) -> str:
    doi = release.take_text("doi")
    identifier = parse_identifier(doi) if doi else None
    is_plain = identifier is not None and is_dataset_id(DOI_PREFIX + doi)
    if doi and (not is_plain or identifier != ("doi", doi)):
        release.fail(f"the doi {doi!r:.60} should be bare and in lower case, as 10.5281/zenodo.1")
    return doi


def _read_change(path: str, version: str, content: object) -> ChangeNote:
    reader = _Reader(path, content, f"a change of release {version}")
    kind = reader.take("kind", str)
    if kind not in _CHANGE_KINDS:
        reader.fail(f"there is no kind {kind!r}; known: {', '.join(_CHANGE_KINDS)}")
    texts = (reader.take(key, str) for key in ("what", "reason", "source"))
    return ChangeNote(kind, *texts)


def describe_hub(  # noqa: PLR0913
    *,
    name: str,
    work: str,
    title: str | None = None,
    licenses: Iterable[str | dict[str, str]] = (),
    contributors: Iterable[str | dict[str, Any]] = (),
    homepage: str | None = None,
    sources: Iterable[str] = (),
    more: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """Return a ``hub.toml`` with what a maintainer says about a hub.

    Licences and contributors are names, or tables as in a manifest; ``sources`` are asked for what
    is new; ``more`` holds further keys.

    Raises
    ------
    BadArgument
        A licence is unknown, a name is empty, or the homepage is not an address.
    """
    given, asked = [*licenses], [*sources]
    names = [each for n, each in enumerate(given) if each not in given[:n]]
    people: list[dict[str, Any]] = [
        {"title": each, "roles": ["creator"]} if isinstance(each, str) else each
        for each in contributors
    ]
    for each in names:
        if isinstance(each, str) and each not in LICENSES:
            raise BadArgument.of("license", each, f"one of {', '.join(LICENSES)}")
    for what, texts in (
        ("title", [] if title is None else [title]),
        ("contributor", [each["title"] for each in people]),
    ):
        for text in texts:
            if not text.strip():
                raise BadArgument.of(what, text, "a name that says something")
    if homepage and not is_address(homepage):
        raise BadArgument.of(
            "homepage", homepage, "an address that starts with https:// or http://"
        )
    stated: dict[str, tuple[Any, Any]] = {
        "title": (title.strip() if title else "", "Citation hub of ..."),
        "homepage": (homepage or "", "https://..."),
        "licenses": (names, ["CC-BY-4.0"]),
    }
    lines = [
        "# What this hub is. Change it, and build the next version: citehub build FOLDER",
        "",
        f"name = {_toml(name)}",
        f"work = {_toml(work)}",
        *([f"sources = {_toml(asked)}  # whom citehub update asks"] if asked else []),
        "",
        "# What is left out follows from the sources.",
        *(f"{key} = {_toml(value)}" if value else f"# {key} = {_toml(example)}"
          for key, (value, example) in stated.items()),
        *(f"{key} = {_toml(value)}" for key, value in more.items()),
    ]  # fmt: skip
    for person in people:
        contributor = {**person, "title": person["title"].strip()}
        lines += [
            "",
            "[[contributors]]",
            *(f"{_key(k)} = {_toml(v)}" for k, v in contributor.items()),
        ]
    if not people:
        lines += ["", "# [[contributors]]", '# title = "Your name"', '# roles = ["creator"]']
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """Return text, numbers, and lists and tables of them as TOML, on one line.

    Text is as in JSON, except for one character.
    """
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(key)} = {_toml(each)}' for key, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    """Return a key as TOML writes it."""
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _toml(name)
