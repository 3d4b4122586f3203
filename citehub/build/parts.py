"""What a release can take in, a part each: the page, identifiers, bibliography, and so on.

A part reads its sources and enters rows into the ledger. ``hub.toml`` says which parts
each release takes in.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, get_args

from citehub import _rows
from citehub._identifiers import parse_identifier
from citehub._markup import plain_title
from citehub._schema import SCHEMA_VERSION, TABLES, Column, schema_at
from citehub.build.derived import (
    count_months,
    derive,
    put_position,
    put_shared_authors,
    put_timespan,
)
from citehub.build.ledger import Ledger, Origin
from citehub.build.own_rows import put_own_rows, read_own_rows
from citehub.errors import SourceError
from citehub.sources.curated import Record, read_csv, read_text
from citehub.sources.pith_page import HubPage, parse_hub_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from citehub._rows import Grade, TableName
    from citehub.build.own_tables import OwnTable

CURATION: Final = "citehub-curation"
RECORDS: Final = "bibliographic-records"

_LABELS: Final = {"intent": get_args(_rows.Intent), "polarity": get_args(_rows.Polarity)}
_LOCATOR: Final = Column("locator", "string", "Where in the source it stands.")
_VENUE_GRADE: Final = Column(
    "venue_grade",
    "category",
    "How the venue is known.",
    vocabulary=TABLES["evidence"].column("grade").vocabulary,
)


class HubSources:
    """The source folder of a hub: its page and its curated files, read once and joined."""

    def __init__(
        self, folder: str, page: str, page_source: str, own: Mapping[str, OwnTable] | None = None
    ) -> None:
        self.folder = folder
        self.schemas = schema_at(SCHEMA_VERSION, own or {})
        self.page_source = page_source
        self.page_path = os.path.join(folder, page)
        self.page: HubPage = parse_hub_page(read_text(self.page_path), self.page_path)
        self.sources = {
            record["source_id"]: record
            for record in self._read("sources", *(c.name for c in TABLES["sources"].columns))
        }
        self.works = self._read(
            "works",
            *("work_id", "title", "publication_year", "publication_month", "primary_category"),
            *("venue", _VENUE_GRADE, "author_count", "code_url", "model_url", _LOCATOR),
        )
        self.by_title = self._join()
        self.work_ids = {record["work_id"] for record in self.works}
        self.evidence = self.read("evidence", *(c.name for c in TABLES["evidence"].columns))

    def path(self, table: str) -> str:
        """Return the path of the curated file that feeds a table."""
        return os.path.join(self.folder, f"{table}.csv")

    def read(self, table: TableName, *columns: str | Column) -> list[Record]:
        """Read a curated file whose works are all of this hub."""
        records = self._read(table, *columns)
        for record in records:
            work_id = record.get("work_id")
            if work_id is not None and work_id not in self.work_ids:
                problem = f"{work_id} is no work of works.csv"
                raise SourceError.at(self.path(table), record.line, problem)
            if record.get("source_id", CURATION) not in self.sources:
                problem = f"{record['source_id']} is no source of sources.csv"
                raise SourceError.at(self.path(table), record.line, problem)
        return records

    def origin(self, line: int) -> Origin:
        """Return the origin of what the page states on a line."""
        return Origin(self.page_source, "stated", f"line {line}")

    def origins(self) -> dict[tuple[str, str, str], Origin]:
        """Return the origins of the cells that have another source than their row."""
        return {_cell(each): Origin(*(each[k] for k in Origin._fields)) for each in self.evidence}

    def check_evidence(self, tables: Mapping[str, list[dict[str, Any]]]) -> None:
        """Refuse an origin of a cell that a table which is there does not hold."""
        cells = {_cell(row) for row in tables["evidence"]}
        for record in self.evidence:
            if record["table_name"] in tables and _cell(record) not in cells:
                problem = f"there is no cell {' '.join(_cell(record))}"
                raise SourceError.at(self.path("evidence"), record.line, problem)

    @property
    def canonical_id(self) -> str:
        """The work_id of the canonical work."""
        return self.work_id(self.page.title.text)

    def work_id(self, title: str) -> str:
        """Return the work_id of a title of the page."""
        work_id: str = self.by_title[title]["work_id"]
        return work_id

    def _read(self, table: TableName, *columns: str | Column) -> list[Record]:
        schema = self.schemas[table]
        chosen = [schema.column(name) if isinstance(name, str) else name for name in columns]
        names = {column.name for column in chosen}
        key = schema.key if names.issuperset(schema.key) else ()
        return read_csv(self.path(table), chosen, key)

    def _join(self) -> dict[str, Record]:
        by_title: dict[str, Record] = {}
        for record in self.works:
            problem = ""
            if record["title"] in by_title:
                problem = f"the title of {record['work_id']} is there already"
            elif not _is_spelt(record["work_id"]):
                problem = f"{record['work_id']} is no identifier, such as arxiv:2201.11990"
            if problem:
                raise SourceError.at(self.path("works"), record.line, problem)
            by_title[record["title"]] = record
        titles = [self.page.title, *(paper.title for paper in self.page.papers)]
        for title in titles:
            if title.text not in by_title:
                problem = f"no row of works.csv has the title {title.text!r:.80}"
                raise SourceError.at(self.page_path, title.number, problem)
        printed = {title.text for title in titles}
        for text, record in by_title.items():
            if text not in printed:
                problem = f"the page has no work {text!r:.80}"
                raise SourceError.at(self.path("works"), record.line, problem)
        return by_title


def add_page(ledger: Ledger, sources: HubSources) -> None:
    """Enter what the page says: works, citations, label counts, representatives."""
    page, canonical = sources.page, sources.canonical_id
    origin = sources.origin(page.title.number)
    _put_title(ledger, sources, page.title.text, page.title.number)
    abstract = {"work_id": canonical, "abstract": page.abstract.text}
    ledger.put("works", abstract, sources.origin(page.abstract.number))
    for position, paper in enumerate(page.papers, 1):
        work_id = _put_title(ledger, sources, paper.title.text, paper.title.number)
        finding = {"finding": paper.finding.text, "finding_source": sources.page_source}
        origin = sources.origin(paper.finding.number)
        ledger.put("works", {"work_id": work_id, **finding}, origin)
        citation = {"citing_work_id": work_id, "cited_work_id": canonical}
        origin = sources.origin(paper.title.number)
        ledger.put("citations", {**citation, "hub_position": position}, origin)
    _put_label_counts(ledger, sources)
    _put_representatives(ledger, sources)


def _put_title(ledger: Ledger, sources: HubSources, title: str, line: int) -> str:
    work_id = sources.work_id(title)
    try:
        plain = plain_title(title, is_strict=True)
    except ValueError as error:
        raise SourceError.at(sources.page_path, line, str(error)) from None
    ledger.put("works", {"work_id": work_id, "title": title}, sources.origin(line))
    cells = {"work_id": work_id, "title_plain": plain}
    derive(ledger, "works", cells, "title with its TeX resolved")
    return work_id


def _put_label_counts(ledger: Ledger, sources: HubSources) -> None:
    page = sources.page
    for scheme, counts in (("intent", page.roles), ("polarity", page.polarities)):
        for count in counts:
            row = {
                "scheme": scheme,
                "raw_value": count.label,
                "source_id": sources.page_source,
                "value": count.label if count.label in _LABELS[scheme] else None,
                "n": count.n,
                "n_labelled": sum(each.n for each in counts),
                "n_citing": len(page.papers),
            }
            ledger.put("label_counts", row, sources.origin(count.line))


def _put_representatives(ledger: Ledger, sources: HubSources) -> None:
    page = sources.page
    leads = () if page.lead is None else (page.lead,)
    for method, selection in (("hub-page", page.representatives), ("hub-page-lead", leads)):
        for rank, chosen in enumerate(selection, 1):
            work_id = sources.work_id(chosen.paper.title.text)
            row = {"method": method, "rank": rank, "work_id": work_id}
            ledger.put("representatives", row, sources.origin(chosen.line))


def add_identifiers(ledger: Ledger, sources: HubSources) -> None:
    """Enter the public identifiers of the works."""
    locators = _locators(sources)
    owners: dict[tuple[str, str], str] = {}
    for record in sources.read("work_ids", "work_id", "scheme", "value"):
        identifier = record["scheme"], record["value"]
        problem = ""
        if not _is_spelt(":".join(identifier)):
            problem = f"{record['value']} is not how {record['scheme']} spells an identifier here"
        elif owners.setdefault(identifier, record["work_id"]) != record["work_id"]:
            problem = f"{record['value']} belongs to {owners[identifier]} already"
        if problem:
            raise SourceError.at(sources.path("work_ids"), record.line, problem)
        ledger.put("work_ids", record, locators[record["work_id"]])


def add_bibliography(ledger: Ledger, sources: HubSources) -> None:
    """Enter dates, venues, categories, authors, code and models, and what follows from them."""
    locators = _locators(sources)
    for record in sources.works:
        origin = locators[record["work_id"]]
        cells = {k: record[k] for k in record.keys() & _BIBLIOGRAPHY}
        ledger.put("works", {"work_id": record["work_id"], **cells}, origin)
        if record["venue"]:
            grade: Grade = record["venue_grade"] or "stated"
            venue = {"work_id": record["work_id"], "venue": record["venue"]}
            ledger.put("works", venue, origin._replace(grade=grade))
    names = _put_authorships(ledger, sources, locators)
    _put_derived_citations(ledger, sources, names)


_BIBLIOGRAPHY: Final = {
    *("publication_year", "publication_month", "primary_category"),
    *("author_count", "code_url", "model_url"),
}


def _put_authorships(
    ledger: Ledger, sources: HubSources, locators: Mapping[str, Origin]
) -> dict[str, list[str]]:
    """Enter the authors, and return their names by work."""
    names: dict[str, list[str]] = {work_id: [] for work_id in sources.work_ids}
    columns = ("work_id", "author_order", "author_name", "is_collective")
    records = sources.read("authorships", *columns)
    for record in records:
        listed = names[record["work_id"]]
        listed.append(record["author_name"])
        if record["author_order"] != len(listed):
            problem = f"expected author_order {len(listed)}, found {record['author_order']}"
            raise SourceError.at(sources.path("authorships"), record.line, problem)
    for work in sources.works:
        if work["author_count"] not in {None, len(names[work["work_id"]])}:
            found = len(names[work["work_id"]])
            problem = f"author_count is {work['author_count']}, authorships.csv lists {found}"
            raise SourceError.at(sources.path("works"), work.line, problem)
    for record in records:
        order, last = record["author_order"], len(names[record["work_id"]])
        key = {"work_id": record["work_id"], "author_order": order}
        name = {**key, "author_name": record["author_name"]}
        ledger.put("authorships", name, locators[record["work_id"]])
        put_position(ledger, key, last, "place in the printed list")
        collective = {**key, "is_collective": record["is_collective"]}
        judged = Origin(CURATION, "curated", "judged by the printed name")
        ledger.put("authorships", collective, judged)
    return names


def _put_derived_citations(
    ledger: Ledger, sources: HubSources, names: Mapping[str, list[str]]
) -> None:
    canonical = sources.canonical_id
    first = {
        record["work_id"]: count_months(record["publication_year"], record["publication_month"])
        for record in sources.works
    }
    for work_id in (sources.work_id(paper.title.text) for paper in sources.page.papers):
        key = {"citing_work_id": work_id, "cited_work_id": canonical}
        put_timespan(ledger, key, first[work_id], first[canonical])
        put_shared_authors(ledger, key, names[work_id], names[canonical])


def add_themes(ledger: Ledger, sources: HubSources) -> None:
    """Enter the themes of the walk-through; each citing work must have one."""
    origin = Origin(CURATION, "curated")
    for record in sources.read("themes", "theme_id", "title", "description", "position"):
        ledger.put("themes", record, origin)
    known = {row["theme_id"] for row in ledger.rows("themes")}
    themed = set()
    for record in sources.read("work_themes", "work_id", "theme_id"):
        if record["theme_id"] not in known:
            problem = f"{record['theme_id']} is no theme of themes.csv"
            raise SourceError.at(sources.path("work_themes"), record.line, problem)
        ledger.put("work_themes", {**record, "method": "curated"}, origin)
        themed.add(record["work_id"])
    for paper in sources.page.papers:
        work_id = sources.work_id(paper.title.text)
        if work_id not in themed:
            raise SourceError.at(sources.path("work_themes"), 0, f"{work_id} has no theme")


def add_own_table(ledger: Ledger, sources: HubSources, table: OwnTable) -> None:
    """Enter the rows of a table that only this hub has."""
    path = sources.path(table.name)
    known = {"works.work_id": sources.work_ids, "sources.source_id": sources.sources}
    records = read_own_rows(table, path, known)
    put_own_rows(ledger, table, path, records, Origin(CURATION, "curated"))


def add_labels(ledger: Ledger, sources: HubSources) -> None:  # noqa: ARG001
    """Take in the tables of single judgements, empty: the page states labels in sum only."""
    ledger.start("citation_contexts", "citation_labels")


def add_sources(ledger: Ledger, sources: HubSources, named: set[str]) -> None:
    """Enter the sources that the other tables name."""
    for source_id, record in sources.sources.items():
        if source_id in named:
            ledger.put("sources", record, Origin(CURATION, "curated"))
    for source_id in sorted(named - sources.sources.keys()):
        raise SourceError.at(sources.path("sources"), 0, f"there is no source {source_id!r}")


def _cell(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the cell that a row of evidence is about."""
    return row["table_name"], row["row_key"], row["column_name"]


def _is_spelt(curie: str) -> bool:
    """Tell whether an identifier is spelt as it is everywhere else here."""
    identifier = parse_identifier(curie)
    return identifier is not None and identifier.curie == curie


def _locators(sources: HubSources) -> dict[str, Origin]:
    """Return, by work, the origin of its bibliographic record."""
    return {
        record["work_id"]: Origin(RECORDS, "stated", record["locator"]) for record in sources.works
    }


PARTS: Final[dict[str, Callable[[Ledger, HubSources], None]]] = {
    "page": add_page,
    "identifiers": add_identifiers,
    "bibliography": add_bibliography,
    "labels": add_labels,
    "themes": add_themes,
}
