"""A release as a source: its tables, read back as the statements of its sources.

A hub that starts with a release has a copy of it in its folder of sources. A table shows only the
first of several records. So we know of a record only the cells that it fills by `evidence`, the
identifiers that join it by `work_joins`, and what it cites. That is enough to make the same tables
again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from citehub._identifiers import Identifier
from citehub._schema import TABLES
from citehub._validate import row_key
from citehub.sources.records import CELLS, Author, Context, Edge, Finding, Note, Origin, Record
from citehub.sources.reference_file import REFERENCE_FILE
from citehub.sources.source import Option, Source
from citehub.sources.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from citehub._rows import CountMeasure

ADOPTED: Final = Source(
    id="release",
    title="A release that the hub goes on from, whose tables are read back",
    url=None,
    kind="derived",
    rights="What it holds stays under the rights of its sources.",
    option=Option(
        "--from-release", "DIR", "A release, as graph hubs writes it, to go on from; alone."
    ),
    notes=(
        "Records keep the sources that they came from, and have none of this one.",
        "Of a record that is known which the tables show, as its title where that comes first.",
    ),
)

_CELLS: Final = {
    "publication_year": "year",
    "publication_month": "month",
    **{name: name for name in CELLS},
}
"""Columns of ``works`` that a record fills, with its names for them."""
_PROVEN: Final = {"work_ids": {"value"}, "authorships": {"author_name"}}
_NAMELESS: Final[tuple[CountMeasure, ...]] = ("undescribed", "self")
_PREPRINT: Final = "preprint"

_Key = tuple[str, str]


class Tables(Protocol):
    """The tables of a release, as `citehub._release.Release` reads them."""

    def rows(self, name: str) -> list[Any]:
        """Return the rows of a table; none if the release lacks it."""

    def cells(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Return some columns of a table by row; none if the release lacks it."""


class _Place(NamedTuple):
    """The origin of a cell: a source, and the record in its locator."""

    source_id: str
    locator: str | None

    def is_of(self, key: _Key) -> bool:
        """Tell whether the cell comes from a record."""
        return key[0] == self.source_id and self.locator == f"record {key[1]}"


def read_back(tables: Tables, canonical_work_id: str) -> Statements:
    """Return the statements of a release's sources, as far as its tables tell.

    Parameters
    ----------
    tables : Tables
        The tables of the release.
    canonical_work_id : str
        Its canonical work.

    Notes
    -----
    It gives the same tables, except some reasons in ``work_joins``: if a source gives several
    papers one identifier, as the DOI of proceedings, and they are one work for another reason, it
    no longer knows that their titles differ.
    """
    return _Reading(tables).run(canonical_work_id)


class _Reading:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.joins = tables.rows("work_joins")
        self.of_work: dict[str, list[_Key]] = defaultdict(list)
        for row in self.joins:
            self.of_work[row["work_id"]].append((row["source_id"], row["record_id"]))
        self.proofs = {(table, key): place for table, key, place in self._proofs()}
        self.cells: dict[_Key, dict[str, Any]] = defaultdict(dict)
        self.ids: dict[_Key, dict[Identifier, None]] = defaultdict(dict)
        self.findings: dict[_Key, Finding] = {}

    def run(self, canonical_work_id: str) -> Statements:
        self._read_works()
        self._read_ids()
        self._read_authors()
        self._read_notes()
        self._infer_preprints()
        records = {
            key: Record(*key, tuple(self.ids[key]), **self.cells[key])
            for keys in self.of_work.values()
            for key in keys
        }
        own = self._own(canonical_work_id)
        sources = {row["source_id"]: dict(row) for row in self.tables.rows("sources")}
        given = Statements(
            {key: record for key, record in records.items() if key in own},
            {key: record for key, record in records.items() if key not in own},
            list(self._edges()),
            local=[
                Edge(*row)
                for row in self.tables.cells(
                    "local_citations",
                    *("source_id", "record_id", "cited_record_id", "is_influential"),
                )
            ],
            findings=self.findings,
            described=sources,
            named={key: work_id for work_id, keys in self.of_work.items() for key in keys},
        )
        self._read_counts(given)
        return given

    def _proofs(self) -> Iterator[tuple[str, tuple[str, str], _Place]]:
        """Yield the origin of the cells that records fill, by table, key and column."""
        columns = ("table_name", "row_key", "column_name", "source_id", "locator", "other_value")
        for table, key, column, source_id, locator, other in self.tables.cells(
            "evidence", *columns
        ):
            if other is None and (table == "works" or column in _PROVEN.get(table, ())):
                yield table, (key, column), _Place(source_id, locator)

    def _holder(self, work_id: str, place: _Place | None) -> _Key:
        """Return the record that a cell comes from."""
        keys = self.of_work[work_id]
        if place is None:
            return keys[0]
        first = next((key for key in keys if key[0] == place.source_id), keys[0])
        return next((key for key in keys if place.is_of(key)), first)

    # -- records --------------------------------------------------------------------------

    def _read_works(self) -> None:
        for row in self.tables.rows("works"):
            work_id = row["work_id"]
            for column, name in _CELLS.items():
                if row[column] is not None:
                    key = self._holder(work_id, self.proofs.get(("works", (work_id, column))))
                    self.cells[key][name] = row[column]
            place = self.proofs.get(("works", (work_id, "finding")))
            if row["finding"] is not None and place is not None:
                begins = (f"{place.locator or ''},".startswith(f"record {key[1]},")
                          for key in self.of_work[work_id])  # fmt: skip
                told = zip(self.of_work[work_id], begins, strict=True)
                key = next((key for key, is_its in told if is_its), self.of_work[work_id][0])
                origin = Origin(place.source_id, "stated", place.locator)
                self.findings[key] = Finding(row["finding"], origin)

    def _read_ids(self) -> None:
        """Give each record its first printed identifiers, and those that join it."""
        schema = TABLES["work_ids"]
        for row in self.tables.rows("work_ids"):
            place = self.proofs.get(("work_ids", (row_key(row, schema.key), "value")))
            key = self._holder(row["work_id"], place)
            self.ids[key][Identifier(row["scheme"], row["value"])] = None
        for row in self.joins:
            if row["scheme"] is not None:
                identifier = Identifier(row["scheme"], row["value"])
                self.ids[row["source_id"], row["record_id"]].setdefault(identifier)
                via = row["joined_source_id"], row["joined_record_id"]
                self.ids[via].setdefault(identifier)

    def _read_authors(self) -> None:
        schema = TABLES["authorships"]
        listed: dict[str, list[Any]] = defaultdict(list)
        for row in self.tables.rows("authorships"):
            listed[row["work_id"]].append(row)
        counts = dict(self.tables.cells("works", "work_id", "author_count"))
        for work_id, rows in listed.items():
            place = self.proofs.get(("authorships", (row_key(rows[0], schema.key), "author_name")))
            authors: list[Author | None] = [None] * max(row["author_order"] for row in rows)
            for row in rows:
                authors[row["author_order"] - 1] = Author(
                    row["author_name"],
                    row["orcid"],
                    row["family_name"],
                    row["given_name"],
                    row["name_suffix"],
                    row["is_collective"],
                )
            self.cells[self._holder(work_id, place)] |= {
                "authors": tuple(authors),
                "are_all_named": counts[work_id] is not None,
            }

    def _read_notes(self) -> None:
        columns = ("work_id", "source_id", "kind", "text")
        for work_id, source_id, kind, text in self.tables.cells("work_notes", *columns):
            key = self._holder(work_id, _Place(source_id, None))
            self.cells[key]["notes"] = (*self.cells[key].get("notes", ()), Note(kind, text))

    def _infer_preprints(self) -> None:
        """Tell preprints by their place: within a source, they come after published versions."""
        for keys in self.of_work.values():
            last: dict[str, str] = {}
            have_begun: set[str] = set()
            for key in keys:
                source_id, record_id = key
                if source_id in have_begun or record_id < last.get(source_id, record_id):
                    self.cells[key].setdefault("type", _PREPRINT)
                if self.cells[key].get("type") == _PREPRINT:
                    have_begun.add(source_id)
                last[source_id] = record_id

    def _own(self, canonical_work_id: str) -> set[_Key]:
        """Return the records by which the canonical work was asked for.

        Their order tells which of them needed it: the first that nothing else joins. So it leaves
        out one that comes before the record that it was joined with.
        """
        keys = self.of_work[canonical_work_id]
        places = {key: place for place, key in enumerate(keys)}
        own: dict[_Key, None] = dict.fromkeys(keys)
        asked = [
            row
            for row in self.joins
            if row["work_id"] == canonical_work_id and row["reason"] == "asked"
        ]
        via = {
            (row["source_id"], row["record_id"]): (
                row["joined_source_id"],
                row["joined_record_id"],
            )
            for row in self.joins
            if row["work_id"] == canonical_work_id and row["reason"] != "asked"
        }
        for row in asked:
            first = row["joined_source_id"], row["joined_record_id"]
            record = row["source_id"], row["record_id"]
            for key in keys:
                root = key
                for _ in keys:  # as many steps as there can be
                    root = root if root == record else via.get(root, root)
                is_early = root == record and places[key] < places[record]
                if is_early or places[key] < places[first]:
                    own.pop(key, None)
        return set(own)

    # -- citations ------------------------------------------------------------------------

    def _edges(self) -> Iterator[Edge]:
        contexts = self._contexts()
        for row in self.tables.rows("citation_sources"):
            key = row["source_id"], row["record_id"]
            found = contexts.get(key, {})
            yield Edge(
                *key,
                row["cited_record_id"],
                row["is_influential"],
                tuple(Context(text, tuple(raw)) for _, (text, raw) in sorted(found.items())),
            )

    def _contexts(self) -> dict[_Key, dict[int, tuple[str, list[str]]]]:
        """Return passages and their labels, by record and by their place there."""
        found: dict[_Key, dict[int, tuple[str, list[str]]]] = defaultdict(dict)
        columns = ("citing_work_id", "source_id", "context_id", "text")
        for work_id, source_id, name, text in self.tables.cells("citation_contexts", *columns):
            for key, number in self._numbers(work_id, source_id, name):
                found[key][number] = text, []
        columns = ("citing_work_id", "source_id", "label_id", "raw_value")
        for work_id, source_id, name, raw in self.tables.cells("citation_labels", *columns):
            stem = name.removesuffix(f"-{raw}")
            for key, number in self._numbers(work_id, source_id, stem):
                found[key].setdefault(number, ("", []))[1].append(raw)
        return found

    def _numbers(self, work_id: str, source_id: str, name: str) -> Iterator[tuple[_Key, int]]:
        """Yield the record in the name of a passage, and the place there, if any."""
        stem, _, number = name.rpartition("-")
        record_id = stem.removeprefix(f"{source_id}-")
        if (source_id, record_id) in self.of_work[work_id] and number.isdecimal():
            yield (source_id, record_id), int(number)

    # -- counts ---------------------------------------------------------------------------

    def _read_counts(self, given: Statements) -> None:
        for row in self.tables.rows("source_counts"):
            source_id, measure = row["source_id"], row["measure"]
            nameless = given.nameless.setdefault(source_id, {})
            if measure in _NAMELESS:
                nameless[measure] = row["n"]
            elif measure == "stated":
                given.stated[source_id] = row["n"]
            elif measure == "nameless":
                given.unnamed[source_id] = row["n"]
            elif measure == "unreadable":
                given.unreadable[source_id] = row["n"]
        derived: dict[int, int] = {}
        for source_id, year, n in self.tables.cells("citation_years", "source_id", "year", "n"):
            is_derived = given.described[source_id]["kind"] == "derived"
            counted = derived if is_derived else given.years.setdefault(source_id, {})
            counted[year] = n
        # Years without a citation are there up to that of the newest snapshot, and no further.
        if derived and not derived[max(derived)]:
            given.newest_year = max(derived)


def add_newer(known: Statements, newer: Statements, dumps: Collection[str]) -> Statements:
    """Return the statements of a release, combined with newer ones of other sources.

    If both have a record, the newer one counts, and what it cites; a record that the newer source
    only names keeps the facts of the release.

    Parameters
    ----------
    known : Statements
        The statements of the release.
    newer : Statements
        The statements of the other sources.
    dumps : collection of str
        Those of them that are parts of dumps, and name what the release could only count.
    """
    newer_records = newer.records
    kept = {
        key: record._replace(ids=tuple(dict.fromkeys((*record.ids, *newer_records[key].ids))))
        if key in newer_records
        else record
        for key, record in known.records.items()
        if key not in newer_records
        or (newer_records[key].title is None and record.title is not None)
    }
    anew = {*dumps, *(finding.origin.source_id for finding in newer.findings.values())}
    anew |= {REFERENCE_FILE.id} & {source_id for source_id, _ in newer_records}
    own = {*known.canonical, *newer.canonical}
    records = {**newer_records, **kept}
    newer.canonical = {key: record for key, record in records.items() if key in own}
    newer.citing = {key: record for key, record in records.items() if key not in own}
    newer.edges += _not_of(known.edges, newer_records)
    newer.local += _not_of(known.local, newer_records)
    newer.findings = {
        **{key: finding for key, finding in known.findings.items() if key in kept},
        **newer.findings,
    }
    newer.stated = {**known.stated, **newer.stated}
    newer.years = {**known.years, **newer.years}
    newer.unreadable = {**known.unreadable, **newer.unreadable}
    newer.nameless = {key: {} if key in dumps else n for key, n in known.nameless.items()}
    newer.described = {key: row for key, row in known.described.items() if key not in anew}
    newer.newest_year = max(filter(None, (known.newest_year, newer.newest_year)), default=None)
    newer.named = known.named
    newer.hub_class = known.hub_class
    return newer


def _not_of(edges: Iterable[Edge], keys: Collection[_Key]) -> list[Edge]:
    return [edge for edge in edges if (edge.source_id, edge.citing) not in keys]
