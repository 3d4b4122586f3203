"""The release that a hub continues, read from its folder of sources."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from citehub._describe import describe_schema
from citehub._hub import Hub
from citehub._manifest import MANIFEST, SUMS, read_manifest, read_sums, schema_version
from citehub._schema import SCHEMA_VERSION, schema_at
from citehub._text import counted
from citehub.build.derived import DERIVED
from citehub.errors import DamagedManifest, NewerRelease, SourceError
from citehub.sources.adopted import read_back
from citehub.sources.registry import SOURCES, WITHOUT_RECORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from citehub._json_types import Schema
    from citehub.sources.statements import Statements

_JOINS_SINCE: Final = 3  # the schema; an older release does not say which records are of a work
_CARRIED: Final = frozenset(
    {
        *("works", "work_ids", "authorships", "citations", "citation_sources", "sources"),
        *("citation_contexts", "citation_labels", "citation_years", "source_counts", "evidence"),
        *("source_overlap", "representatives", "themes", "work_themes", "work_notes"),
        *("local_citations", "former_ids", "work_joins", "merge_candidates"),
    }
)


def open_release(folder: str) -> Hub:
    """Open a release that can be read back, and check all of it.

    Raises
    ------
    SourceError
        It was made from more than records of sources, or by an older citehub.
    DamagedRelease
        It differs from what was released.
    NewerRelease
        A newer citehub made it.
    """
    hub = Hub(folder, read_manifest(folder))
    path = os.path.join(folder, MANIFEST)
    schema = schema_version(hub.manifest)
    if schema > SCHEMA_VERSION:
        known = f"it has schema {schema}, and this citehub knows schemas up to {SCHEMA_VERSION}"
        raise NewerRelease.of(path, known)
    if schema < _JOINS_SINCE:
        raise SourceError.at(
            path, 0, "an older citehub made this release. It does not say which records belong "
                     "to a work, so no hub can continue it",
        )  # fmt: skip
    if problem := _find_obstacle(hub):
        raise SourceError.at(path, 0, problem)
    if read_sums(folder) is None:
        raise DamagedManifest.at(os.path.join(folder, SUMS), f"a {SUMS}", "none")
    hub.verify()
    if problem := _find_gap(hub):
        raise SourceError.at(path, 0, f"this release does not hold together: {problem}")
    return hub


def _find_obstacle(hub: Hub) -> str:
    """Return why a release does not follow from records of sources; empty if it does."""
    known = {DERIVED, *WITHOUT_RECORDS, *(each.id for each in SOURCES if each.option)}
    others = [row["source_id"] for row in hub.sources if row["source_id"] not in known]
    tables = [
        f"{name} ({counted(each['rows'], 'row')})"
        for name, each in hub.release.resources.items()
        if each["rows"] and name not in _CARRIED
    ]
    if not others and not tables:
        return ""
    holds = [f"rows of other origin in {', '.join(tables)}"] if tables else []
    holds += [f"facts from other sources: {', '.join(others)}"] if others else []
    return (
        "this release needs more than records of dumps and lists. It holds "
        f"{'; and '.join(holds)}. These come from the folder of its hub: copy that folder "
        "whole, with hub.toml and source, and build there"
    )


def _find_gap(hub: Hub) -> str:
    """Return how a release differs from its schema; empty if it does not."""
    for name, declared in schema_at(schema_version(hub.manifest)).items():
        if name in hub.release.resources:
            found, due = hub.release.resources[name]["schema"], describe_schema(declared)
            if _constrain(found) != _constrain(due) or found["primaryKey"] != due["primaryKey"]:
                return f"the columns of {name} are not those of its schema"
    joins = hub.release.rows("work_joins")
    known = {(row["work_id"], row["source_id"], row["record_id"]) for row in joins}
    works = {work_id for work_id, *_ in known}
    for work_id, _ in hub.release.cells("works", "work_id", "title"):
        if work_id not in works:
            return f"work_joins has no record of {work_id}"
    columns = ("citing_work_id", "source_id", "record_id")
    named = [*hub.release.cells("citation_sources", *columns)]
    named += [
        (row["work_id"], row["joined_source_id"], row["joined_record_id"])
        for row in joins
        if row["scheme"] is not None or row["reason"] == "asked"
    ]
    for each in named:
        if each not in known:
            return f"work_joins does not have the record {each[2]} of {each[1]} for {each[0]}"
    return ""


def _constrain(schema: Schema) -> list[tuple[str, str, Any]]:
    """Return the values that columns may hold."""
    return [(f["name"], f["arrowType"], f.get("constraints", {})) for f in schema["fields"]]


def read_adopted(folder: str, progress: Callable[[str], None]) -> Statements | None:
    """Return what the release in a folder says; None if there is no such folder.

    Raises
    ------
    SourceError, DamagedRelease, NewerRelease
        As in `open_release`.
    """
    if not os.path.lexists(folder):
        return None
    progress("Read the release that the hub continues")
    hub = open_release(folder)
    given = read_back(hub.release, hub.manifest["citehub"]["canonical_work_id"])
    given.hub_class = hub.manifest["citehub"]["hub_class"]
    given.read = f"{hub.name} {hub.version}"
    return given
