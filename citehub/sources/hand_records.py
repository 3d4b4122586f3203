"""Records that a person collected: ``works.csv``, ``work_ids.csv``, ``authorships.csv``.

``works.csv`` also says which work each title of a hub page is, as pages print titles only.
``sources.csv`` describes the sources of a hub in its own words, and ``evidence.csv`` names single
cells that come from elsewhere than the rest of their row.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from citehub._identifiers import Identifier, parse_identifier
from citehub._schema import SCHEMA_VERSION, TABLES, Column, schema_at
from citehub.errors import SourceError
from citehub.sources.curated import CuratedRow, read_csv
from citehub.sources.curation import CURATION
from citehub.sources.records import Author, Origin, Record
from citehub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from citehub._schema import TableSchema

HAND_RECORDS: Final = Source(
    id="bibliographic-records",
    title="Public bibliographic records of the works, collected by hand",
    url=None,
    kind="records",
    rights=None,
    schemes=("arxiv", "doi", "openalex", "s2", "omid", "acl", "pmid", "pmcid"),
    notes=("Each record says where it was seen.",),
)
HAND_FILES: Final = ("works", "work_ids", "authorships", "sources", "evidence")
"""What the CSV files are called; they may all be left out."""
IDENTIFIERS: Final = "identifiers"
BIBLIOGRAPHY: Final = "bibliography"
"""Parts of the records that a release may take in alone."""

_LOCATOR: Final = Column("locator", "string", "Where in the source it stands.")
_VENUE_GRADE: Final = Column(
    "venue_grade",
    "category",
    "How the venue is known.",
    vocabulary=TABLES["evidence"].column("grade").vocabulary,
)
_WORKS: Final = (
    *("work_id", "title", "publication_year", "publication_month", "primary_category"),
    *("venue", _VENUE_GRADE, "author_count", "code_url", "model_url", _LOCATOR),
)


class HandRecords:
    """What a source folder holds of records that a person collected; empty where it holds none.

    ``own`` are the tables that only this hub has.

    Attributes
    ----------
    works : list of dict
        The rows of ``works.csv``.
    by_title : dict of str to dict
        The same by title.
    sources : dict of str to dict
        The rows of ``sources.csv`` by ``source_id``.
    """

    def __init__(self, folder: str, own: Mapping[str, TableSchema] | None = None) -> None:
        self.folder = folder
        self._schemas = schema_at(SCHEMA_VERSION, own or {})
        self.sources = {
            row["source_id"]: row
            for row in self._read("sources", *(c.name for c in TABLES["sources"].columns))
        }
        self.works = self._read("works", *_WORKS)
        self.work_ids = {row["work_id"] for row in self.works}
        self.by_title: dict[str, CuratedRow] = {}
        for row in self.works:
            problem = ""
            if row["title"] in self.by_title:
                problem = f"the title of {row['work_id']} is there already"
            elif not _is_spelt(row["work_id"]):
                problem = f"{row['work_id']} is no identifier, such as arxiv:2201.11990"
            if problem:
                raise SourceError.at(self.path("works"), row.line, problem)
            self.by_title[row["title"]] = row

    def path(self, table: str) -> str:
        """Return the path of the file that feeds a table."""
        return os.path.join(self.folder, f"{table}.csv")

    def records(self, parts: Collection[str]) -> list[Record]:
        """Return the records, with what of them is taken in."""
        ids = self._ids() if IDENTIFIERS in parts else {}
        authors = self._authors() if BIBLIOGRAPHY in parts else {}
        return [self._record(row, ids, authors, parts) for row in self.works]

    def origins(self) -> dict[tuple[str, str, str], Origin]:
        """Return the origins of the cells that come from elsewhere than their row."""
        return {
            cell_of(row): Origin(*(row[k] for k in Origin._fields)) for row in self._evidence()
        }

    def check_evidence(
        self, evidence: Iterable[Mapping[str, Any]], tables: Collection[str]
    ) -> None:
        """Refuse an origin of a cell that a table which is there does not hold."""
        cells = {cell_of(row) for row in evidence}
        for row in self._evidence():
            if row["table_name"] in tables and cell_of(row) not in cells:
                problem = f"there is no cell {' '.join(cell_of(row))}"
                raise SourceError.at(self.path("evidence"), row.line, problem)

    def check_works(self, table: str, rows: Iterable[CuratedRow]) -> None:
        """Refuse rows of works or sources that are not there."""
        for row in rows:
            work_id, source_id = row.get("work_id"), row.get("source_id")
            problem = ""
            if work_id is not None and work_id not in self.work_ids:
                problem = f"{work_id} is no work of works.csv"
            elif source_id is not None and source_id not in self.sources:
                problem = f"{source_id} is no source of sources.csv"
            if problem:
                raise SourceError.at(self.path(table), row.line, problem)

    def _evidence(self) -> list[CuratedRow]:
        rows = self._read("evidence", *(c.name for c in TABLES["evidence"].columns))
        self.check_works("evidence", rows)
        return rows

    def _read(self, table: str, *columns: str | Column) -> list[CuratedRow]:
        path = self.path(table)
        if not os.path.lexists(path):
            return []
        schema = self._schemas[table]
        chosen = [schema.column(name) if isinstance(name, str) else name for name in columns]
        names = {column.name for column in chosen}
        return read_csv(path, chosen, schema.key if names.issuperset(schema.key) else ())

    def _ids(self) -> dict[str, list[Identifier]]:
        """Return the public identifiers by work."""
        owners: dict[Identifier, str] = {}
        found: dict[str, list[Identifier]] = {}
        rows = self._read("work_ids", "work_id", "scheme", "value")
        self.check_works("work_ids", rows)
        for row in rows:
            identifier, work_id = Identifier(row["scheme"], row["value"]), row["work_id"]
            problem = ""
            if not _is_spelt(identifier.curie):
                problem = f"{row['value']} is not how {row['scheme']} spells an identifier here"
            elif owners.setdefault(identifier, work_id) != work_id:
                problem = f"{row['value']} belongs to {owners[identifier]} already"
            if problem:
                raise SourceError.at(self.path("work_ids"), row.line, problem)
            found.setdefault(work_id, []).append(identifier)
        return found

    def _authors(self) -> dict[str, list[Author]]:
        """Return the authors by work, in printed order."""
        found: dict[str, list[Author]] = {work_id: [] for work_id in self.work_ids}
        columns = ("work_id", "author_order", "author_name", "is_collective")
        rows = self._read("authorships", *columns)
        self.check_works("authorships", rows)
        for row in rows:
            listed = found[row["work_id"]]
            listed.append(Author(row["author_name"], is_collective=row["is_collective"]))
            if row["author_order"] != len(listed):
                problem = f"expected author_order {len(listed)}, found {row['author_order']}"
                raise SourceError.at(self.path("authorships"), row.line, problem)
        for work in self.works:
            n = len(found[work["work_id"]])
            if work["author_count"] not in {None, n}:
                problem = f"author_count is {work['author_count']}, authorships.csv lists {n}"
                raise SourceError.at(self.path("works"), work.line, problem)
        return found

    def _record(
        self,
        row: CuratedRow,
        ids: Mapping[str, list[Identifier]],
        authors: Mapping[str, list[Author]],
        parts: Collection[str],
    ) -> Record:
        work_id = row["work_id"]
        origin = Origin(HAND_RECORDS.id, "stated", row["locator"])
        known = parse_identifier(work_id)
        record = Record(
            HAND_RECORDS.id,
            work_id,
            tuple(ids.get(work_id, ())),
            locator=row["locator"],
            known_as=(known,) if known else (),
        )
        if BIBLIOGRAPHY not in parts:
            return record
        return record._replace(
            title=row["title"],
            year=row["publication_year"],
            month=row["publication_month"],
            primary_category=row["primary_category"],
            venue=row["venue"],
            code_url=row["code_url"],
            model_url=row["model_url"],
            authors=tuple(authors[work_id]),
            origins=(
                ("venue", origin._replace(grade=row["venue_grade"] or "stated")),
                ("is_collective", Origin(CURATION.id, "curated", "judged by the printed name")),
            ),
        )


def cell_of(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the cell that a row of evidence is about."""
    return row["table_name"], row["row_key"], row["column_name"]


def _is_spelt(curie: str) -> bool:
    """Tell whether an identifier is spelt as it is everywhere else here."""
    identifier = parse_identifier(curie)
    return identifier is not None and identifier.curie == curie
