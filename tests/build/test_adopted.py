"""A release read back as a source: the same tables come of it, and newer sources join it."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from citehub._identifiers import Identifier
from citehub._schema import TABLES
from citehub.build.assemble import _STATED, assemble
from citehub.build.likeness import differ, traits_of
from citehub.errors import BuildError
from citehub.sources.adopted import _CELLS, read_back
from citehub.sources.records import Author, Context, Edge, Finding, Note, Origin, Record
from citehub.sources.statements import Statements

SOURCES = ("openalex", "s2", "opencitations", "citing-file")
READ = datetime.date(2026, 3, 1)
LAMP = Identifier("doi", "10.5555/lamp")


class Tables:
    """Tables as a release reads them, of rows."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self.tables = {name: list(rows) for name, rows in tables.items()}

    def rows(self, name: str) -> list[Any]:
        return self.tables.get(name, [])

    def cells(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        return [tuple(row[each] for each in columns) for row in self.rows(name)]


def by_key(tables: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {
        name: sorted(rows, key=lambda row: [str(row[each]) for each in TABLES[name].key])
        for name, rows in tables.items()
    }


def differing(given: Statements) -> list[str]:
    """Return the tables that are other ones when they are read back and put together again."""
    made = assemble(given)
    again = assemble(read_back(Tables(made.tables), made.canonical_work_id))
    assert again.canonical_work_id == made.canonical_work_id
    before, after = by_key(made.tables), by_key(again.tables)
    if is_of_several_papers(given):  # then the join is told that the tables leave out
        for row in (*before["work_joins"], *after["work_joins"]):
            row.update(dict.fromkeys(row.keys() - TABLES["work_joins"].key))
    return [name for name in before if before[name] != after[name]]


def is_of_several_papers(given: Statements) -> bool:
    """Tell whether a source has an identifier on papers that look like two works."""
    holders: dict[tuple[str, Identifier], list[Record]] = {}
    for record in given.records.values():
        for identifier in record.ids:
            holders.setdefault((record.source_id, identifier), []).append(record)
    looks = [[traits_of(r.title, r.authors, r.year) for r in found] for found in holders.values()]
    return any(
        differ(one, other) for found in looks for one in found for other in found if one != other
    )


TITLES = st.sampled_from(
    [None, "A lamp of paper", "A lamp made of paper", "Deep rivers of data", "Fog", "(untitled)"]
)
NAMES = st.sampled_from(["Ada Lovelace", "Bo Xu", "Xu, Bo", "A. Lovelace"])
AUTHORS = st.lists(
    st.none()
    | st.builds(
        Author,
        NAMES,
        orcid=st.sampled_from([None, "0000-0002-1825-0097"]),
        family=st.sampled_from([None, "Xu"]),
        is_collective=st.sampled_from([None, True]),
    ),
    max_size=3,
).map(tuple)
POOL = [
    *(Identifier("doi", f"10.5555/{each}") for each in "abcde"),
    *(Identifier("arxiv", f"9912.0000{each}") for each in "123"),
]
TOPICS = st.sampled_from([None, "Lamps", "Rivers"])
CONTEXTS = st.lists(
    st.builds(
        Context,
        st.sampled_from(["", "They say so [1].", "As in [1]."]),
        st.lists(st.sampled_from(["background", "method", "other-use"]), max_size=2).map(tuple),
    ).filter(lambda each: each.text or each.intents),
    max_size=3,
).map(tuple)


@st.composite
def statements(draw) -> Statements:
    """Return what sources may say of a work and of a few records that cite it."""
    found = Statements({}, {}, [])
    for number in range(draw(st.integers(2, 9))):
        source = draw(st.sampled_from(SOURCES))
        key = source, f"W{draw(st.integers(0, 99))}"
        is_own = not number or draw(st.integers(0, 4)) == 0
        n_citations = draw(st.none() | st.integers(0, 9))
        record = Record(
            *key,
            tuple(draw(st.lists(st.sampled_from(POOL), max_size=3, unique=True))),
            title=draw(TITLES) if number else "The lamp",
            year=draw(st.none() | st.integers(2019, 2022)),
            month=draw(st.none() | st.integers(1, 12)),
            venue=draw(st.sampled_from([None, "Journal"])),
            type=draw(st.sampled_from([None, "article", "preprint"])),
            authors=draw(AUTHORS),
            are_all_named=draw(st.booleans()),
            abstract=draw(st.sampled_from([None, "We fold a lamp."])),
            is_retracted=draw(st.sampled_from([None, True])),
            language=draw(st.sampled_from([None, "en"])),
            topic=draw(TOPICS) if source == "openalex" else None,
            citation_count=n_citations,
            citation_count_on=None if n_citations is None else READ,
            notes=(Note("keyword", f"Word {number % 3}"), Note("note", "Read"))
            if source == "citing-file" and draw(st.booleans())
            else (),
        )  # fmt: skip
        if key in found.records:
            continue
        (found.canonical if is_own else found.citing)[key] = record
        if source == "s2" and draw(st.booleans()):
            where = f"record {key[1]}, written by a model"
            found.findings[key] = Finding("It glows.", Origin("s2-tldr", "stated", where))
    own = list(found.canonical)
    for source, record in [*found.citing, *draw(st.lists(st.sampled_from(own), max_size=1))]:
        cited = [name for each, name in own if each == source] or ["W0"]
        for name in cited if draw(st.booleans()) else cited[:1]:
            said = draw(st.sampled_from([None, True, False]))
            contexts = draw(CONTEXTS) if source == "s2" else ()
            found.edges.append(Edge(source, record, name, said, contexts))
    for source, record in found.citing:
        others = [name for each, name in found.citing if each == source]
        for name in draw(st.lists(st.sampled_from(others), max_size=2, unique=True)):
            found.local.append(Edge(source, record, name))
    for source in SOURCES[:3]:
        if draw(st.booleans()):
            found.stated[source] = draw(st.integers(0, 99))
            years = st.dictionaries(st.integers(2018, 2024), st.integers(0, 9))
            found.years[source] = draw(years)
            found.unreadable[source] = draw(st.integers(0, 2))
    found.newest_year = draw(st.none() | st.integers(2021, 2025))
    return found


@settings(max_examples=40, deadline=None)
@given(statements())
def test_tables_that_are_read_back_are_made_again(said):
    said.read_on = dict.fromkeys((*SOURCES, "s2-tldr"), READ)
    try:
        assemble(said)
    except BuildError:  # nothing is known to cite it
        return
    assert differing(said) == []


def test_every_cell_that_a_record_states_is_read_back():
    assert {*_STATED} <= {*_CELLS}
