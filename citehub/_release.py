"""Reading a release: its files, tables and works; ``Hub`` is the face of it.

It reads a table on first use, and keeps what is used often.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any, Final

from citehub._columns import KNOWN_SCHEMA
from citehub._manifest import MANIFEST, SIGNATURE, SUMS, hash_file, read_sums, schema_version
from citehub._table import RowsByWork, Table, TableFile
from citehub._text import clean
from citehub.errors import (
    DamagedManifest,
    DamagedTable,
    NewerRelease,
    UnknownTable,
    UnknownWork,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from citehub._json_types import Manifest, Resource
    from citehub._work import Work

CITING_WORKS: Final = "One row per citing work, in hub order."
"""What a row of ``citing_works`` holds."""

_CHUNK_WORKS = 4096
_MOST_KEPT_ROWS: Final = 20_000  # of a table whose cells are kept once they were read
_STREAMED_COLUMNS: Final = {  # what exports read
    "evidence": ("table_name", "row_key", "source_id"),
}
_WORK_COLUMNS: Final = {
    "citations": "citing_work_id",
    "citation_contexts": "citing_work_id",
    "citation_labels": "citing_work_id",
    "local_citations": "citing_work_id",
    "evidence": "row_key",
}
"""The column that names the work of a row, if that is not ``work_id``."""


class Release:
    """The files of one release, and their content.

    Attributes
    ----------
    path : str
        Its folder. Of a release that is partly packed, another, with every file.
    manifest : dict
        Its ``datapackage.json``.
    folder : str
        The folder of its manifest and tables.
    hub, version : str
        Name of the hub, and its data version.
    label : str
        Both of them, as ``mt-nlg 1.1.0``.
    hashes : dict of str to str or None
        SHA-256 of each file by the index; None if the folder was opened by itself.
    resources : dict of str to dict
        The manifest's description of each table.
    files : dict of str to TableFile
        The file of each table.
    tables : dict of str to Table
        Each table, and ``citing_works``, which has no file of its own.
    """

    def __init__(
        self,
        folder: str,
        manifest: Manifest,
        hashes: Mapping[str, str] | None = None,
        unpack: Callable[[], str] | None = None,
    ) -> None:
        self.folder = folder
        self._unpack = unpack
        self.manifest = manifest
        self.hub = manifest["citehub"]["hub"]
        self.version = manifest["version"]
        self.label = clean(f"{self.hub} {self.version}")
        self.hashes = hashes
        self.resources: dict[str, Resource] = {
            each["name"]: each for each in manifest["resources"]
        }
        self.files = {
            name: TableFile(folder, each, functools.partial(self._hold, name))
            for name, each in self.resources.items()
        }
        self.tables: dict[str, Table[Any, Any]] = {
            name: Table(file, self.label) for name, file in self.files.items()
        }
        citing = self.resources["works"].copy()
        citing["name"] = "citing_works"
        citing["description"] = CITING_WORKS
        self.tables["citing_works"] = Table(TableFile(folder, citing), self.label, skip=1)
        self._grouped: dict[str, dict[str, list[Any]]] = {}
        self._cells: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = {}
        self._work_ids: dict[str, None] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs; it reads rows and cells itself."""
        return self.__dict__ | {"_grouped": {}, "_cells": {}}

    @functools.cached_property
    def path(self) -> str:
        return self._unpack() if self._unpack else self.folder

    # -- tables ---------------------------------------------------------------------------

    def table(self, name: str) -> Table[Any, Any]:
        """Return a table.

        Raises
        ------
        UnknownTable
            This release does not hold it.
        """
        if name not in self.tables:
            raise self.unknown_table(name)
        return self.tables[name]

    def unknown_table(self, name: str) -> UnknownTable:
        """Return the error for a table that this release does not have."""
        hint = "Another version of the hub, or another hub, may have it."
        return UnknownTable.among("table", str(name), self.resources, where=self.label, hint=hint)

    def rows(self, name: str) -> list[Any]:
        """Return the rows of a table; none if this release does not have it."""
        return list(self.tables[name]) if name in self.resources else []

    def subjects(self) -> list[str]:
        """Return the subjects that labels of this release can name."""
        return [subject for (subject,) in self.cells("subjects", "subject")]

    def cells(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Return some columns of a table by row; none if this release does not have it.

        Of a table of up to ``_MOST_KEPT_ROWS`` rows they are read once, of others each time.
        """
        if name not in self.resources:
            return []
        found = self._cells.get((name, columns))
        if found is None:
            read = self.tables[name].to_arrow(columns).to_pydict()
            found = list(zip(*(read[column] for column in columns), strict=True))
            if len(found) <= _MOST_KEPT_ROWS:
                self._cells[name, columns] = found
        return list(found)

    # -- which works ----------------------------------------------------------------------

    @property
    def n_citing(self) -> int:
        """The number of citing works, from the manifest."""
        return self.resources["works"]["rows"] - 1

    @property
    def canonical_id(self) -> str:
        """The ``work_id`` of the canonical work."""
        return self.manifest["citehub"]["canonical_work_id"]

    def ids(self) -> dict[str, None]:
        """Return the ids of the works in hub order, the canonical one first; read once.

        Raises
        ------
        DamagedTable
            A work has no id, or that of another, or the canonical work does not come first.
        """
        if not self._work_ids:
            column: list[Any] = self.tables["works"].to_arrow(["work_id"]).column(0).to_pylist()
            found: dict[str, None] = dict.fromkeys(column)
            path = self.files["works"].path
            if None in found or len(found) < len(column):
                raise DamagedTable.at(path, "an id of each work, once", "a work twice, or null")
            if next(iter(found), None) != self.canonical_id:
                expected = f"the canonical work {self.canonical_id} in its first row"
                raise DamagedTable.at(path, expected, "another work, or none")
            self._work_ids = found
        return self._work_ids

    def citing_ids(self) -> list[str]:
        """Return the ids of the citing works in hub order."""
        return list(self.ids())[1:]

    def resolve(self, work: object) -> str:
        """Return the ``work_id`` of a work, or of an identifier in any spelling.

        Raises
        ------
        UnknownWork
            The release does not hold it; the error names the nearest that it does.
        """
        from citehub._work import identifier_of

        identifier = identifier_of(work)
        found = self.find(identifier)
        if found is None:
            raise self.unknown_work(identifier)
        return found

    def find(self, identifier: str) -> str | None:
        """Return the ``work_id`` of an identifier in any spelling; None if there is none.

        It looks first for an id of this version, then for a public identifier, then for an id of
        an earlier version.
        """
        from citehub._identifiers import parse_identifier

        known = self.ids()
        parsed = parse_identifier(identifier)
        candidates = [identifier, parsed.curie] if parsed else [identifier]
        for candidate in candidates:
            if candidate in known:
                return candidate
        if parsed:
            found = self._works_by_identifier.get((parsed.scheme, parsed.value.lower()))
            if found is not None:
                return found
        former = self._works_by_former_id
        return next((former[each] for each in map(str.lower, candidates) if each in former), None)

    @functools.cached_property
    def _works_by_identifier(self) -> dict[tuple[str, str], str]:
        """Works by scheme and value of their public identifiers."""
        rows = self.cells("work_ids", "scheme", "value", "work_id")
        return {(scheme, value.lower()): work for scheme, value, work in reversed(rows)}

    @functools.cached_property
    def _works_by_former_id(self) -> dict[str, str]:
        """Works by the ids that they had in earlier versions."""
        rows = self.cells("former_ids", "former_id", "work_id")
        return {former.lower(): work for former, work in reversed(rows)}

    def unknown_work(self, asked: str) -> UnknownWork:
        """Return the error for a work that this release lacks; it names the nearest ones."""
        from citehub._identifiers import parse_identifier
        from citehub._search import find
        from citehub._work import marked_title

        hint, parsed = "To find works by words, search.", parse_identifier(asked)
        curie = parsed.curie if parsed else asked
        alike = [] if parsed else [self.work(work_id) for work_id in find(self, asked)[:3]]
        if alike:
            named = "; ".join(f"{work.work_id}, {marked_title(work)}" for work in alike)
            hint = f"These have its words: {named}."
        return UnknownWork.among("work", curie, self.ids(), where=self.label, hint=hint, most=3)

    # -- works ----------------------------------------------------------------------------

    def work(
        self, work_id: str, rows_of: Callable[[str, str], Sequence[Any]] | None = None
    ) -> Work:
        """Return a work by its ``work_id``; ``rows_of`` gives its rows, like the method."""
        from citehub._work import Work

        rows_of = rows_of or self.rows_of
        rows = rows_of("works", work_id)
        if len(rows) != 1:
            expected = f"the work {work_id!r:.80} once"
            raise DamagedTable.at(self.files["works"].path, expected, f"{len(rows)} of it")
        return Work(rows[0], self.label, rows_of)

    def rows_of(self, name: str, work_id: str) -> Sequence[Any]:
        """Return the rows of a table that belong to a work; each table is read once."""
        if name not in self._grouped:
            rows = self._rows_by_work(name)
            self._grouped[name] = rows.of() if rows else {}
        return self._grouped[name].get(work_id, [])

    def stream(self, work_ids: Sequence[str]) -> Iterator[Work]:
        """Yield works; a large hub has the rows of only some works in memory at a time."""
        if self.resources["works"]["rows"] <= _CHUNK_WORKS:
            yield from map(self.work, work_ids)
            return
        tables: dict[str, RowsByWork | None] = {}
        for start in range(0, len(work_ids), _CHUNK_WORKS):
            chunk = work_ids[start : start + _CHUNK_WORKS]
            rows_of = self._rows_within(chunk, tables)
            for work_id in chunk:
                yield self.work(work_id, rows_of)

    def _rows_within(
        self, work_ids: Sequence[str], tables: dict[str, RowsByWork | None]
    ) -> Callable[[str, str], Sequence[Any]]:
        """Return :meth:`rows_of` for some works; ``tables`` keeps the tables that it reads."""
        grouped: dict[str, dict[str, list[Any]]] = {}

        def rows_of(name: str, work_id: str) -> Sequence[Any]:
            if name not in grouped:
                if name not in tables:
                    tables[name] = self._rows_by_work(name, _STREAMED_COLUMNS.get(name))
                rows = tables[name]
                grouped[name] = rows.of(work_ids) if rows else {}
            return grouped[name].get(work_id, [])

        return rows_of

    def _rows_by_work(self, name: str, columns: Sequence[str] | None = None) -> RowsByWork | None:
        """Return the rows of a table by work; None if this release does not have it."""
        if name not in self.resources:
            return None
        return RowsByWork(self.tables[name], _WORK_COLUMNS.get(name, "work_id"), columns)

    # -- integrity ------------------------------------------------------------------------

    @functools.cached_property
    def held(self) -> dict[str, Resource]:
        """The description of each table with the rules of citehub's own schema."""
        from citehub._declared import held_against

        return held_against(self.manifest)

    def _hold(self, name: str) -> Resource:
        return self.held[name]

    def verify(self) -> None:
        """Check the whole release: every hash, key, null, vocabulary and foreign key.

        The rules are those of citehub's own schema, in the version that the release names.
        Tables that only its hub has are held to the rules of the manifest.

        Raises
        ------
        DamagedManifest
            The manifest, or a file next to it, differs from the released one, or the manifest
            describes a table otherwise than the schema.
        DamagedTable
            A table differs from the released one, or contradicts itself or another.
        NewerRelease
            A newer citehub wrote the release, and this one lacks its schema.
        """
        from citehub._declared import differences
        from citehub._validate import columns_to_compare, find_contradiction, find_dangling_key

        path, schema = os.path.join(self.folder, MANIFEST), schema_version(self.manifest)
        for difference in differences(self.manifest):
            raise DamagedManifest.at(path, f"tables as schema {schema} declares them", difference)
        rows = {
            name: self.files[name].read_verified().select(columns)
            for name, columns in columns_to_compare(self.held).items()
        }
        self.verify_files()
        for name, resource in self.held.items():
            problem = find_dangling_key(rows, resource) or find_contradiction(
                name, rows, self.held, self.canonical_id
            )
            if problem is not None:
                raise DamagedTable.at(self.files[name].path, *problem)
        if schema > KNOWN_SCHEMA:
            known = f"it has schema {schema}, and this citehub knows schemas up to {KNOWN_SCHEMA}"
            raise NewerRelease.of(path, f"{known}. Its tables are as its manifest says")

    def verify_files(self) -> None:
        """Compare the files with the index, or with SHA256SUMS if the folder has it.

        Raises
        ------
        DamagedManifest
            A file is missing, unknown or changed; files of tables are not read for this.
        """
        released = self.released()
        found = {*os.listdir(self.folder), *os.listdir(self.path)}
        if released is None:
            return
        if self.hashes is None:
            found = {name for name in found if not name.startswith(".")}  # as .git, .DS_Store
            found -= {SUMS, SIGNATURE}
        for name in sorted(found ^ set(released)):
            path = os.path.join(self.folder, name)
            if name in found:
                raise DamagedManifest.at(path, "only files that were released", "one that was not")
            raise DamagedManifest.at(path, "the released file", "none")
        verified = {each["path"]: each["hash"] for each in self.resources.values()}
        for name, digest in released.items():
            path = os.path.join(self.path, name)
            found_hash = verified.get(name) or hash_file(path, DamagedManifest)
            if found_hash != digest:
                raise DamagedManifest.at(path, f"the released file, {digest}", "another")

    def released(self) -> Mapping[str, str] | None:
        """Return the SHA-256 of each released file, from the index or else from SHA256SUMS.

        Returns
        -------
        mapping of str to str or None
            None if neither exists.
        """
        return read_sums(self.path) if self.hashes is None else self.hashes
