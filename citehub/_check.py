"""A scorecard of a release folder, for its maintainer."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from citehub import _html, _limits
from citehub._catalog import hubs, is_folder, open_hub
from citehub._declared import differences
from citehub._identifiers import Identifier
from citehub._licences import are_open
from citehub._manifest import (
    CHANGES,
    SIGNATURE,
    SUMS,
    dataset_id,
    doi,
    hash_file,
    own_tables,
    parse_json,
    read_bytes,
    schema_version,
)
from citehub._schema import SCHEMA_VERSION, needs_evidence
from citehub._summary import percent
from citehub._text import counted
from citehub._validate import find_contradiction, find_dangling_key, find_problem
from citehub.errors import DamagedRelease
from citehub.publish import PUBLISHING_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from citehub._arrow_rows import ArrowRows
    from citehub._hub import Hub
    from citehub._json_types import Resource

Level = Literal["must", "should"]
"""Whether a release must or should pass a check."""

_REQUIRED_TABLES: Final = ("works", "work_ids", "citations", "sources", "evidence")
_ABOUT_THE_OTHERS: Final = ("sources", "evidence")
_MOST_LISTED: Final = 3
_WORDS: Final = ("text", "before", "after")
_OF_A_TEXT: Final = ("form", "text_version")
_MOST_TEXT: Final = 1 << 26  # bytes, of a publishing file
_LEAST_DESCRIPTION: Final = 50  # letters, of what search engines show


class Check(NamedTuple):
    """One check: what it looked at, whether it passed, what it found and what to do.

    ``cases`` lists each thing that did not pass; ``found`` names the first of them.
    """

    name: str
    level: Level
    passed: bool
    found: str
    advice: str = ""
    cases: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """``yes`` if it passed; else ``NO`` for a must, ``open`` for a should."""
        if self.passed:
            return "yes"
        return "NO" if self.level == "must" else "open"


class Scorecard:
    """The checks of one release folder; iterating gives each ``Check``.

    Attributes
    ----------
    path : str
        The folder.
    release : str
        Hub and data version, as ``mt-nlg 1.1.0``; empty if the manifest cannot be read.
    checks : tuple of Check
        Each with ``name``, ``level`` (``must`` or ``should``), ``passed``, ``found``,
        ``advice`` and ``cases``.
    """

    def __init__(self, path: str, release: str, checks: tuple[Check, ...]) -> None:
        self.path = path
        self.release = release
        self.checks = checks

    @property
    def passed(self) -> bool:
        """Whether the release passes every must."""
        return all(check.passed for check in self.checks if check.level == "must")

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    def __len__(self) -> int:
        return len(self.checks)

    @property
    def sum(self) -> str:
        """Say in a sentence how many checks pass."""
        levels: tuple[Level, ...] = ("must", "should")
        sums = []
        for level in levels:
            of_level = [check.passed for check in self.checks if check.level == level]
            sums.append(f"{of_level.count(True)} of {len(of_level)} that {level}")
        return f"{self.release or self.path}: passes {' and '.join(sums)}."

    def __str__(self) -> str:
        """Return the sum, then a line for each check that failed, with what to do."""
        lines = [self.sum]
        lines += [
            f"  {check.level} {check.name}: {check.found}. {check.advice}"
            for check in self.checks
            if not check.passed
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<citehub.Scorecard {self}>"

    def _repr_html_(self) -> str:
        rows = (
            tuple(map(_html.text, (each.mark, each.level, each.name, each.found, each.advice)))
            for each in self.checks
        )
        headers = ("passed", "level", "check", "found", "what to do")
        return f"<p>{_html.text(self.sum)}</p>{_html.table(headers, rows)}"


def check(hub: str | os.PathLike[str], *, version: str | None = None) -> Scorecard:
    """Check a release folder: integrity, schema, sources, rights, publishing files.

    The schema is citehub's own, of the release's version, whatever the manifest says.

    Parameters
    ----------
    hub : str or path
        A release folder, a hub folder, or the name of a hub.
    version : str, optional
        Data version to check; the newest by default.

    Returns
    -------
    Scorecard
        Every check with what it found and what to do; ``passed`` if all musts hold.

    Raises
    ------
    UnknownHub, UnknownVersion
        There is no such hub, version or release folder.

    Examples
    --------
    >>> import citehub
    >>> citehub.check("mt-nlg", version="1.1.0").passed
    True
    """
    try:
        if not is_folder(hub) and hub not in hubs() and os.path.isdir(hub):
            hub = os.path.join(os.curdir, hub)  # of a damaged release, too
        opened = open_hub(hub, version)
    except DamagedRelease as error:
        problem = Check("manifest", "must", passed=False, found=str(error))
        return Scorecard(os.path.abspath(hub), "", (problem,))
    release = _Opened(opened)
    checks = tuple(
        _leave_out(release, run(release)) if run in _OF_ROWS else run(release) for run in _CHECKS
    )
    return Scorecard(opened.path, f"{opened.name} {opened.version}", checks)


class _Opened:
    """An open release: the rows that can be read, and what is wrong with the others."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.rows: dict[str, ArrowRows] = {}
        self.unread: dict[str, str] = {}
        for name, resource in hub.release.held.items():
            try:  # not by iterating, which refuses doubled keys: those are told one by one
                rows = hub.table(name).read_rows()
            except DamagedRelease as error:
                self.unread[name] = f"expected {error.expected}; found {error.found}"
                continue
            lacking = _find_null(rows, resource)
            if lacking:
                self.unread[name] = f"expected {lacking} not null; found null"
            else:
                self.rows[name] = rows
        names = sorted(name for name in os.listdir(hub.path) if not name.startswith("."))
        self.hashes: dict[str, str] = {}
        self.texts: dict[str, bytes] = {}
        self.others: dict[str, str] = {}
        for name in names:
            path = os.path.join(hub.path, name)
            try:
                self.hashes[name] = hash_file(path, DamagedRelease)
                if name in PUBLISHING_FILES:
                    self.texts[name] = read_bytes(
                        path, DamagedRelease, most=_limits.limit(_MOST_TEXT)
                    )
            except DamagedRelease as error:
                self.others[name] = f"{name} should be {error.expected}; found {error.found}"

    @property
    def resources(self) -> list[Resource]:
        """The tables that can be read, by the rules of citehub's own schema."""
        return [each for name, each in self.hub.release.held.items() if name in self.rows]

    def of(self, name: str, *columns: str) -> Iterable[dict[str, Any]]:
        """Return some columns of the rows of a table; none if it cannot be read."""
        return self.rows[name].select(columns) if name in self.rows else ()

    def columns(self, name: str) -> list[str]:
        """Return the columns of a table; none if it cannot be read."""
        return self.rows[name].columns if name in self.rows else []

    def filled(self, name: str, column: str) -> set[str]:
        """Return the keys of the rows that have a value in a column."""
        if column not in self.columns(name):
            return set()
        key = self.hub.release.held[name]["schema"]["primaryKey"]
        return {*self.rows[name].known(column).spelt(key)}

    def released(self) -> dict[str, str] | None:
        """Return the SHA-256 of each released file, from the index or else from SHA256SUMS."""
        released = self.hub.release.released()
        if released is None:
            return None
        return {name: digest for name, digest in released.items() if name != SUMS}


def _find_null(rows: ArrowRows, resource: Resource) -> str:
    """Name the first column that holds null and must not; empty if there is none."""
    schema = resource["schema"]
    needed = [
        field["name"]
        for field in schema["fields"]
        if field["name"] in schema["primaryKey"] or field.get("constraints", {}).get("required")
    ]
    return next((name for name in needed if rows.nulls(name)), "")


def _integrity(release: _Opened) -> Check:
    wrong = [f"{name}: {problem}" for name, problem in release.unread.items()]
    advice = "Restore the release, or build it again; remove files that do not belong to it."
    try:
        released = release.released()
    except DamagedRelease as error:
        wrong.append(f"{SUMS}: expected {error.expected}; found {error.found}")
        return _must("integrity", wrong, "", advice)
    if released is None:
        known = (CHANGES, *PUBLISHING_FILES)
        wrong += [told for name, told in release.others.items() if name in known]
    for name, digest in (released or {}).items():
        if name in release.others:
            wrong.append(release.others[name])
        elif name not in release.hashes:
            wrong.append(f"{name} is missing")
        elif release.hashes[name] != digest:
            wrong.append(f"{name} differs from the released file")
    if released is not None:
        strange = {*release.hashes, *release.others} - released.keys() - {SUMS, SIGNATURE}
        wrong += [f"{name} does not belong to the release" for name in sorted(strange)]
    if not wrong:  # what verify alone looks at: the list of hashes itself, and hidden files
        try:
            release.hub.release.verify_files()
        except DamagedRelease as error:
            name = os.path.basename(error.path)
            wrong.append(f"{name}: expected {error.expected}; found {error.found}")
    found = f"{counted(len(release.hub.tables), 'table')} as datapackage.json has them"
    found += "; there are no other hashes to compare" if released is None else ""
    found += f", {counted(len(released), 'file')} as released" if released is not None else ""
    return _must("integrity", wrong, found, advice)


def _schema(release: _Opened) -> Check:
    version = schema_version(release.hub.manifest)
    if version > SCHEMA_VERSION:
        found = f"it has schema {version}; this citehub knows those up to {SCHEMA_VERSION}"
        return _must("schema", [found], "", "Check it with a newer citehub.")
    wrong = [f"no table {name}" for name in _REQUIRED_TABLES if name not in release.hub.tables]
    wrong += differences(release.hub.manifest)
    own = own_tables(release.hub.manifest)
    advice = "Build it with this citehub, or pin the citehub that wrote it."
    found = f"every table, column, type, rule and key as schema {version} declares them"
    found += f"; {counted(len(own), 'table')} of the hub's own" if own else ""
    return _must("schema", wrong, found, advice)


def _keys(release: _Opened) -> Check:
    held, canonical = release.hub.release.held, release.hub.release.canonical_id
    wrong = []
    for resource in release.resources:
        name, key = resource["name"], resource["schema"]["primaryKey"]
        wrong += [f"{name} holds {each} twice" for each in release.rows[name].duplicate_keys(key)]
        wrong += _problem(name, find_dangling_key(release.rows, resource))
        wrong += _problem(name, find_contradiction(name, release.rows, held, canonical))
    found = "every key is unique, every reference leads somewhere, and no rows contradict others"
    return _must("keys", wrong, found, "Mend the sources, and build again.")


def _values(release: _Opened) -> Check:
    wrong = []
    for resource in release.resources:
        name = resource["name"]
        wrong += _problem(name, find_problem(release.rows[name], resource))
    found = "types, ranges, required cells and content hashes hold"
    return _must("values", wrong, found, "Mend the sources, and build again.")


def _vocabularies(release: _Opened) -> Check:
    wrong, terms = [], 0
    for resource in release.resources:
        for field in resource["schema"]["fields"]:
            allowed = field.get("constraints", {}).get("enum")
            if allowed is None:
                continue
            used = release.rows[resource["name"]].values(field["name"]) - {None}
            where = f"{resource['name']}.{field['name']}"
            wrong += [f"{where} holds {each!r:.40}" for each in sorted(used - set(allowed))]
            terms += len(used)
    found = f"all {terms} terms in use are in their closed vocabulary"
    return _must("vocabularies", wrong, found, "Use a term that datapackage.json lists.")


def _nulls(release: _Opened) -> Check:
    cells, nulls, empty = 0, 0, []
    for resource in release.resources:
        name, rows = resource["name"], release.rows[resource["name"]]
        if name in _ABOUT_THE_OTHERS:
            continue
        for column in (field["name"] for field in resource["schema"]["fields"]):
            missing = rows.nulls(column)
            cells, nulls = cells + len(rows), nulls + missing
            if rows and missing == len(rows):
                empty.append(f"{name}.{column}")
    found = f"{_share(nulls, cells)} cells are null, {' and '.join(_ABOUT_THE_OTHERS)} aside"
    advice = (
        "Null is honest. For a column that is null in every row, look for a source that knows."
    )
    return _should("nulls", empty, found, "; in every row: ", advice)


def _evidence(release: _Opened) -> Check:
    evidence = release.rows.get("evidence")
    n_cells = n_known = 0
    lacking, empty = [], []
    for name in {*release.rows, *(evidence.values("table_name") if evidence else ())}:
        about = evidence.where("table_name", name) if evidence else None
        told = about.values("column_name") if about else set()
        for column in {*told, *release.columns(name)}:
            of = about.where("column_name", column) if about else None
            known = of.values("row_key") if of else set()
            cleared = of.where("grade", "curated").values("row_key") if of else set()
            cells = release.filled(name, column) if needs_evidence(name, column) else set()
            lacking += [(name, key, column) for key in cells - known]
            # a person may say that a cell is not known
            empty += [(name, key, column) for key in known - cells - cleared]
            n_cells, n_known = n_cells + len(cells), n_known + len(cells & known)
    wrong = [f"{'.'.join(cell)} has no source" for cell in sorted(lacking)]
    wrong += [f"{'.'.join(cell)} has a source and no value" for cell in sorted(empty)]
    found = f"{_share(n_known, n_cells)} non-null cells have a source"
    advice = "Give each cell its source, in the curated CSV or in evidence.csv."
    if wrong:
        wrong.insert(0, found)
    return _must("evidence (FAIR R1.2)", wrong, found, advice)


def _locators(release: _Opened) -> Check:
    rows = release.rows.get("evidence", ())
    silent = Counter(rows.known("locator", is_known=False).counts("source_id") if rows else ())
    lacking = [f"{count:,} of {source}" for source, count in silent.most_common()]
    found = f"{_share(len(rows) - silent.total(), len(rows))} cells name a place in their source"
    advice = "State a page, table, line or commit as the locator."
    return _should("locators", lacking, found, "; not ", advice)


def _denominators(release: _Opened) -> Check:
    rows = [*release.of("label_counts", "raw_value", "n", "n_labelled", "n_citing")]
    wrong = [
        f"{row['raw_value']}: {row['n']} of {row['n_labelled']} of {row['n_citing']}"
        for row in rows
        if not row["n"] <= row["n_labelled"] <= row["n_citing"]
    ]
    found = f"in all {counted(len(rows), 'count')} of labels: count <= labelled <= citing works"
    return _must("denominators", wrong, found, "Read the counts from their source again.")


def _licence(release: _Opened) -> Check:
    names = [each["name"] for each in release.hub.manifest["licenses"]]
    wrong = [] if names else ["no licence is stated"]
    return _must(
        "licence (FAIR R1.1)",
        wrong,
        ", ".join(names),
        "State it in hub.toml, or with --license of citehub new.",
    )


def _rights(release: _Opened) -> Check:
    rows = [*release.of("sources", "source_id", "rights")]
    silent = [row["source_id"] for row in rows if row["rights"] is None]
    found = f"{_share(len(rows) - len(silent), len(rows))} sources had their terms looked up"
    advice = "Look up the terms of the others, and state them in sources.csv."
    return _should("rights", silent, found, "; not ", advice)


def _sentences(release: _Opened) -> Check:
    licences: dict[tuple[Any, ...], list[str | None]] = {}
    for row in release.of("text_readings", *_OF_A_TEXT, "work_id", "licence"):
        text = row["work_id"], *(row[name] for name in _OF_A_TEXT)
        licences.setdefault(text, []).append(row["licence"])
    has_right = "publish_sentences" in release.hub.manifest["citehub"]
    n_passages, n_kept, wrong = 0, 0, []
    columns = ("context_id", "citing_work_id", "sentence_hash", *_OF_A_TEXT, *_WORDS)
    for row in release.of("citation_contexts", *columns):
        is_kept = any(row[name] is not None for name in _WORDS)
        n_passages += row["sentence_hash"] is not None
        if row["sentence_hash"] is None or not is_kept:
            continue
        n_kept += 1
        text = row["citing_work_id"], *(row[name] for name in _OF_A_TEXT)
        if not has_right and not are_open(licences.get(text, ())):
            wrong.append(
                f"{row['context_id']} has its words here, and no open licence of its text is known"
            )
    found = f"{n_kept:,} of {counted(n_passages, 'passage')} from texts have their words here"
    found += ", each under an open licence or a right that the maintainer states" if n_kept else ""
    advice = "State the licence in text_readings.csv, or the right in hub.toml, and build again."
    return _must("sentences (rights)", wrong, found, advice)


def _metadata(release: _Opened) -> Check:
    manifest = release.hub.manifest
    stated = {
        "title": manifest["title"],
        "keywords": manifest["keywords"],
        "contributors": manifest["contributors"],
        f"description of {_LEAST_DESCRIPTION} letters": len(manifest["description"])
        >= _LEAST_DESCRIPTION,
    }
    wrong = [f"no {name}" for name, value in stated.items() if not value]
    found = "title, description, keywords and contributors are stated"
    return _must(
        "metadata (FAIR F2)",
        wrong,
        found,
        "State it in hub.toml, or with --license of citehub new.",
    )


def _identifier(release: _Opened) -> Check:
    manifest = release.hub.manifest
    lacking = [] if doi(manifest) else ["a DOI"]
    advice = "Reserve a DOI where you publish it, and state it in hub.toml."
    return _should("identifier (FAIR F1)", lacking, dataset_id(manifest), "; not ", advice)


def _identified(release: _Opened) -> Check:
    rows = release.of("work_ids", "work_id", "scheme", "value")
    public = {row["work_id"] for row in rows if Identifier(row["scheme"], row["value"]).url}
    works = [row["work_id"] for row in release.of("works", "work_id")]
    lacking = [work for work in works if work not in public]
    found = f"{_share(len(works) - len(lacking), len(works))} works have a public identifier"
    advice = "Look up the others, and add them to the list they come from, or to work_ids.csv."
    return _should("identifiers of works (FAIR I3)", lacking, found, "; not ", advice)


def _files_there(release: _Opened) -> Check:
    lacking = [name for name in PUBLISHING_FILES if name not in release.texts]
    total = len(PUBLISHING_FILES)
    found = f"{total - len(lacking)} of {total} are there"
    advice = "citehub publish writes them into another folder."
    return _should("publishing files (FAIR F4, I1)", lacking, found, "; not ", advice)


def _files_agree(release: _Opened) -> Check:
    wrong = []
    for name in ("croissant.json", "dataset.jsonld", "ro-crate-metadata.json"):
        if name in release.texts:
            wrong += [f"{name}: {problem}" for problem in _disagreements(release, name)]
    for name in ("CITATION.cff", "README.md"):
        text = release.texts.get(name, b"").decode("utf-8", "replace")
        if text and release.hub.version not in text:
            wrong.append(f"{name} names another version")
    found = "the files that exist give this version and these hashes"
    advice = "Build the release again, or write them again with citehub publish."
    return _must("publishing files agree", wrong, found, advice)


def _disagreements(release: _Opened, name: str) -> Iterator[str]:
    """Yield where a JSON file states another version, or another hash of a file."""
    try:
        content = parse_json(release.texts[name], name, DamagedRelease)
    except DamagedRelease as error:
        yield f"no JSON (expected {error.expected}; found {error.found})"
        return
    versions = set()
    for entity in _objects(content):
        if entity.get("@type") in ("Dataset", "sc:Dataset"):  # or a list, which is unhashable
            versions.add(str(entity.get("version")))
        if "sha256" in entity:
            path = str(entity.get("contentUrl", entity.get("@id")))
            if release.hashes.get(path) != f"sha256:{entity['sha256']}":
                yield f"another hash of {path}"
    if versions != {release.hub.version}:
        yield f"another version than {release.hub.version}"


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object in a JSON value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)


def _leave_out(release: _Opened, check: Check) -> Check:
    """Return a check of rows; it fails if some could not be read."""
    if not release.unread:
        return check
    unread = ", ".join(release.unread)
    return Check(check.name, check.level, not unread, f"not checked, as {unread} cannot be read")


def _must(name: str, wrong: list[str], found: str, advice: str) -> Check:
    if not wrong:
        return Check(name, "must", passed=True, found=found)
    return Check(name, "must", not wrong, _listed(wrong), advice, tuple(wrong))


def _should(name: str, lacking: list[str], found: str, but: str, advice: str) -> Check:
    if not lacking:
        return Check(name, "should", passed=True, found=found)
    found = f"{found}{but}{_listed(lacking)}"
    return Check(name, "should", not lacking, found, advice, tuple(lacking))


def _problem(table: str, problem: tuple[str, str] | None) -> list[str]:
    return [f"{table}: expected {problem[0]}; found {problem[1]}"] if problem else []


def _share(count: int, total: int) -> str:
    return f"{count:,} of {total:,} ({percent(count, total)})"


def _listed(parts: list[str]) -> str:
    more = f" and {len(parts) - _MOST_LISTED:,} more" if len(parts) > _MOST_LISTED else ""
    return ", ".join(parts[:_MOST_LISTED]) + more


_CHECKS: Final[tuple[Callable[[_Opened], Check], ...]] = (
    _integrity,
    _schema,
    _keys,
    _values,
    _vocabularies,
    _nulls,
    _evidence,
    _locators,
    _denominators,
    _licence,
    _rights,
    _sentences,
    _metadata,
    _identifier,
    _identified,
    _files_there,
    _files_agree,
)
_OF_ROWS: Final = (
    *(_keys, _values, _vocabularies, _nulls, _evidence, _locators),
    *(_denominators, _rights, _sentences, _identified),
)
