"""Hubs of a made graph equal those of a slow reader that shares no code with the factory.

The reader takes the files line by line with the standard library; only the spelling of
identifiers is citehub's own.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import citehub
from citehub._atomic_folder import hashes
from citehub._identifiers import parse_identifier
from citehub.graph import Dumps, new_hub, new_hubs

from .dumps import CREATED, SOURCES, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow
MAKE_DUMP = Path(__file__).parents[2] / "benchmarks" / "make_dump.py"
WORKS = 600
SCHEMES = (
    "arxiv",
    "doi",
    "openalex",
    "s2",
    "omid",
    "acl",
    "pmid",
    "pmcid",
)  # the first names a work
NONE = '"citationid":0,'  # a citation that was made broken
MEGATRON = "arxiv:2201.11990"

Record = tuple[str, str]
"""A source, and what it calls a work."""


# -- the slow reader -----------------------------------------------------------------------------


class Graph(NamedTuple):
    """Identifiers and title of each record, and which record cites which."""

    ids: dict[Record, set[str]]
    titles: dict[Record, str]
    citations: set[tuple[Record, Record]]


def read(folder: Path) -> Graph:
    graph = Graph({}, {}, set())
    read_openalex(folder / "openalex", graph)
    read_s2(folder / "s2", graph)
    read_opencitations(folder / "opencitations", graph)
    return graph


def lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of JSON Lines, the oldest file first."""
    for path in sorted(folder.rglob("*.gz")):
        for line in gzip.decompress(path.read_bytes()).split(b"\n"):
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield value


def fits(row: dict[str, Any], **kinds: type) -> bool:
    """Tell whether fields are null or of their kind."""
    return all(row.get(name) is None or isinstance(row[name], kinds[name]) for name in kinds)


def identifiers(*texts: str | None) -> set[str]:
    found = (parse_identifier(each) for each in texts if each)
    return {each.curie for each in found if each}


def read_openalex(folder: Path, graph: Graph) -> None:
    merged = {}
    for path in folder.rglob("*.csv.gz"):
        for row in csv.DictReader(gzip.decompress(path.read_bytes()).decode().splitlines()):
            merged[row["id"]] = row["merge_into_id"]

    def now(number: str) -> str:
        while number in merged:
            number = merged[number]
        return number

    cites: dict[Record, list[str]] = {}
    for row in lines(folder / "works"):
        if not fits(row, publication_year=int, authorships=list, referenced_works=list):
            continue
        number = row["id"].rpartition("/")[2]
        record = "openalex", number
        pages = [each["landing_page_url"] for each in row["locations"]]
        arxiv = [each for each in pages if each and "arxiv.org/" in each]
        pmid = row["ids"].get("pmid")
        graph.ids[record] = identifiers(row["doi"], f"openalex:{number}", pmid, *arxiv)
        graph.titles[record] = row["title"]
        cites[record] = [each.rpartition("/")[2] for each in row["referenced_works"]]
    graph.citations.update(
        (record, ("openalex", now(each))) for record, all_ in cites.items() for each in all_
    )


def read_s2(folder: Path, graph: Graph) -> None:
    for row in lines(folder / "papers"):
        if fits(row, corpusid=int, year=int, authors=list):
            record, ids = ("s2", str(row["corpusid"])), row["externalids"]
            names = {"s2": row["corpusid"], "arxiv": ids["ArXiv"], "acl": ids["ACL"],
                     "pmid": ids["PubMed"], "mag": ids["MAG"]}  # fmt: skip
            curies = (f"{scheme}:{value}" for scheme, value in names.items() if value)
            graph.ids[record] = identifiers(ids["DOI"], *curies)
            graph.titles[record] = row["title"]
    for row in lines(folder / "citations"):
        if fits(row, citingcorpusid=int, citedcorpusid=int, contexts=list):
            pair = row["citingcorpusid"], row["citedcorpusid"]
            if None not in pair:
                citing, cited = (("s2", str(each)) for each in pair)
                graph.citations.add((citing, cited))


def tables(folder: Path) -> Iterator[dict[str, str]]:
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        data = [path.read_bytes()]
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                data = [archive.read(name) for name in archive.namelist()]
        for each in data:
            text = gzip.decompress(each) if each[:2] == b"\x1f\x8b" else each
            yield from csv.DictReader(io.StringIO(text.decode(), newline=""))


def read_opencitations(folder: Path, graph: Graph) -> None:
    def omid(cell: str) -> Record:
        (found,) = (each for each in cell.split() if each.startswith("omid:"))
        return "opencitations", found.removeprefix("omid:")

    for row in tables(folder / "meta"):
        graph.ids[omid(row["id"])] = identifiers(*row["id"].split())
        graph.titles[omid(row["id"])] = row["title"]
    graph.citations.update(
        (omid(row["citing"]), omid(row["cited"])) for row in tables(folder / "index")
    )


def join(records: set[Record], graph: Graph) -> list[set[Record]]:
    """Join records that share an identifier."""
    owners = defaultdict(set)
    for record in records:
        for identifier in graph.ids.get(record, ()):
            owners[identifier].add(record)
    left, groups = set(records), []
    while left:
        group, new = set(), {left.pop()}
        while new:
            group |= new
            ids = set().union(*(graph.ids.get(each, set()) for each in new))
            new = set().union(*(owners[each] for each in ids)) - group
        groups.append(group)
        left -= group
    return groups


def name(group: set[Record], graph: Graph) -> str:
    ids = set().union(*(graph.ids.get(each, set()) for each in group))
    return min(ids, key=lambda each: (SCHEMES.index(each.partition(":")[0]), each))


class Expected(NamedTuple):
    """The works that cite one, the records of each, and what is left out."""

    citing: dict[str, set[Record]]
    records: Counter[str]
    own: Counter[str]


def expect(graph: Graph, asked: str) -> Expected:
    groups = join(set(graph.ids), graph)
    (work,) = (each for each in groups if any(asked in graph.ids[one] for one in each))
    citing = {one for one, other in graph.citations if other in work}
    found = {}
    for group in join(citing - work, graph):
        if any(graph.titles.get(each) for each in group):
            found[name(group, graph)] = group
    return Expected(
        found,
        Counter(source for source, _ in citing - work),
        Counter(source for source, _ in citing & work),
    )


# -- the two compared ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("reference") / "dump"
    given = [str(WORKS), str(folder), "--partitions", "2", "--broken", "0.01", "--citations", "9"]
    subprocess.run([sys.executable, str(MAKE_DUMP), *given], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def graph(folder) -> Graph:
    return read(folder)


@pytest.fixture(scope="module")
def dumps(folder) -> Dumps:
    where = {source: str(folder / source) for source in SOURCES}
    return Dumps(**where, threads=2, cache=str(folder / "kept"))


@pytest.fixture(scope="module")
def asked(graph) -> list[str]:
    """The works to make hubs of: cited often, seldom, by themselves, and with merged ids."""
    counts = Counter(cited for citing, cited in graph.citations if citing != cited)
    often = [record for record, _ in counts.most_common(300)]
    own = [one for one, other in sorted(graph.citations) if one == other]
    chosen = [often[0], often[100], often[299], own[0]]
    named = [min(graph.ids[each], key=lambda text: text[::-1]) for each in chosen]
    return list(dict.fromkeys([MEGATRON, *named]))


@pytest.fixture(scope="module")
def made(folder, dumps, asked) -> dict[str, citehub.Hub]:
    found = list(new_hubs(asked, str(folder.parent / "hubs"), dumps, created=CREATED))
    assert [each.asked for each in found] == asked
    return {each.asked: citehub.load(each.folder) for each in found if not each.problem}


def test_the_dump_holds_what_is_hard(graph, asked, folder):
    assert len(asked) == 5
    assert len(graph.ids) > 2 * WORKS
    assert sum(one == other for one, other in graph.citations) > 0
    assert any(not title for title in graph.titles.values())
    assert {record for record, _ in graph.citations} <= set(graph.ids)
    assert len(list(folder.rglob("merged_ids/**/*.gz"))) > 0


def test_hubs_hold_the_works_and_statements_that_a_slow_reader_finds(graph, asked, made):
    for each in asked:
        expected = expect(graph, each)
        if not expected.citing:  # it is cited by itself alone
            assert each not in made
            continue
        hub = made[each]
        assert {row["citing_work_id"] for row in hub.citations} == set(expected.citing), each
        stated = defaultdict(set)
        for work_id, *record in rows_of(
            hub, "citation_sources", "citing_work_id", "source_id", "record_id"
        ):
            stated[work_id].add(tuple(record))
        assert stated == expected.citing, each
        ids = defaultdict(set)
        for row in hub.work_ids:
            ids[row["work_id"]].add(f"{row['scheme']}:{row['value']}")
        for work_id, group in expected.citing.items():
            assert ids[work_id] == set().union(*(graph.ids[one] for one in group)), work_id
        for measure, counts in (("records", expected.records), ("self", expected.own)):
            found = {
                row["source_id"]: row["n"]
                for row in hub.source_counts
                if row["measure"] == measure
            }
            assert found == {source: counts[source] for source in found}, (each, measure)
    assert sum(len(expect(graph, each).citing) for each in asked) > 150


def test_lines_that_were_broken_are_all_rejected(folder, made, asked):
    broken = 0
    for source, names in (
        ("openalex", ["works"]),
        ("s2", ["papers", "citations", "tldrs", "abstracts"]),
    ):
        for each in names:
            for path in (folder / source / each).rglob("*.gz"):
                text = gzip.decompress(path.read_bytes()).decode()
                broken += sum(
                    1 for line in text.splitlines()
                    if line
                    and (line[0] == "[" or line[-1] != "}" or "Broken" in line or NONE in line)
                )  # fmt: skip
    with open(folder.parent / "hubs" / "rejects.csv", encoding="utf-8", newline="") as file:
        rejects = list(csv.DictReader(file))
    assert len(rejects) == broken > 20


def test_one_hub_is_the_one_of_many(tmp_path, dumps, made):
    one = new_hub(MEGATRON, str(tmp_path / "hub"), dumps, created=CREATED)
    assert hashes(one.release) == hashes(made[MEGATRON].path)


def test_every_must_of_the_scorecard_passes(made):
    for hub in made.values():
        assert [each for each in citehub.check(hub.path) if each.mark == "NO"] == []
