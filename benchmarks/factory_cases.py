"""What benchmarks/factory.py measures: each case a function, run as a process of its own.

python benchmarks/factory_cases.py CASE '{"dump": FOLDER, "out": FOLDER, ...}'
"""

# ruff: noqa: S608 -- nothing in these queries comes from outside

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

DOI = "10.48550/arxiv.2201.11990"
OWN = 480 << 20  # bytes beside DuckDB, as citehub reckons
IDS = ("externalids.DOI", "externalids.ArXiv", "externalids.ACL")
COLUMNS = {
    "papers": (
        *("corpusid", *IDS, "title", "authors"),
        *("venue", "year", "publicationdate", "citationcount"),
    ),
    "citations": ("citingcorpusid", "citedcorpusid", "isinfluential", "contexts", "intents"),
}
TEXTS = {"abstracts": "abstract", "tldrs": "text"}


# -- citehub ------------------------------------------------------------------------------


def dumps_of(given: dict[str, Any]) -> Any:
    from citehub.graph import Dumps

    names = ("openalex", "s2", "engine", "master", "memory", "threads", "cache")
    return Dumps(**{name: given[name] for name in names if name in given})


def citehub_hub(given: dict[str, Any]) -> None:
    from citehub.graph import new_hub

    work = given.get("work", f"doi:{DOI}")
    new_hub(work, given["out"], dumps_of(given), created=date(2026, 1, 1))


def citehub_most_cited(given: dict[str, Any]) -> None:
    from citehub.graph import find_most_cited

    find_most_cited(given["out"], dumps_of(given), top=given["top"])


# -- floors: DuckDB reads, and keeps nothing ----------------------------------------------


def connect(given: dict[str, Any]) -> Any:
    import duckdb

    return duckdb.connect(
        config={
            "memory_limit": f"{given['memory'] - OWN >> 20}MiB",
            "temp_directory": f"{given['out']}.spill",
            "preserve_insertion_order": False,
            **({"threads": given["threads"]} if given.get("threads") else {}),
        }
    )


def total(name: str, kind: str) -> str:
    """Return an aggregate for which every cell of a column must be read.

    To count cells may take the statistics of a Parquet file alone.
    """
    if kind.endswith("[]"):
        return f"sum(len({name}))"
    if kind.startswith("STRUCT"):
        return f"count({name})"
    return f"sum({name}::BIGINT)" if kind in {"BIGINT", "BOOLEAN"} else f"sum(strlen({name}))"


def floor_json(given: dict[str, Any]) -> None:
    """Decompress and parse the fields that citehub reads."""
    parse(given, connect(given), [f"{given['openalex']}/works/*/*.gz"], "gzip")


def floor_unpacked(given: dict[str, Any]) -> None:
    """Parse the same fields, of gz that is unpacked as citehub does it."""
    from citehub.bulk.engines.gunzip import GunzipFiles

    duck, files = connect(given), GunzipFiles()
    duck.register_filesystem(files)
    paths = sorted(Path(given["openalex"], "works").glob("*/*.gz"))
    parse(given, duck, [files.address(os.fspath(path)) for path in paths], "zstd")


def parse(given: dict[str, Any], duck: Any, files: list[str], compression: str) -> None:
    """Parse the fields that citehub reads, and keep nothing."""
    columns = given["columns"]
    totals = ", ".join(total(name, kind) for name, kind in columns.items())
    how = f"format='newline_delimited', columns={columns!r}, compression='{compression}'"
    print(duck.execute(f"SELECT {totals} FROM read_json(?, {how})", [files]).fetchall())


def scan(given: dict[str, Any], columns: dict[str, Sequence[str]]) -> None:
    """Read columns of the datasets of S2."""
    duck = connect(given)
    for dataset, names in columns.items():
        source = f"FROM '{given['s2']}/{dataset}/*.parquet'"
        described = duck.sql(f"DESCRIBE SELECT {', '.join(names)} {source}").fetchall()
        totals = ", ".join(
            total(name, kind) for name, (_, kind, *_) in zip(names, described, strict=True)
        )
        print(duck.sql(f"SELECT {totals} {source}").fetchall())


def floor_parquet(given: dict[str, Any]) -> None:
    """Read all columns of which a hub takes cells."""
    scan(given, COLUMNS | {
        dataset: ("corpusid", text) for dataset, text in TEXTS.items()
    })  # fmt: skip


def floor_openalex(given: dict[str, Any]) -> None:
    """Read all columns of OpenAlex' works in Parquet from which a hub takes cells."""
    totals = ", ".join(total(name, kind) for name, kind in given["columns"].items())
    source = f"FROM '{given['openalex']}/works/*/*.parquet'"
    print(connect(given).sql(f"SELECT {totals} {source}").fetchall())


def floor_ids(given: dict[str, Any]) -> None:
    """Read the columns that tell which rows a hub takes, and no other."""
    scan(given, {
        "papers": ("corpusid", *IDS),
        "citations": ("citingcorpusid", "citedcorpusid"),
        **dict.fromkeys(TEXTS, ("corpusid",)),
    })  # fmt: skip


# -- DuckDB's own SQL ---------------------------------------------------------------------


def duckdb_hub(given: dict[str, Any]) -> None:
    """Write what S2 tells of a work and of those that cite it."""
    duck, s2 = connect(given), given["s2"]
    duck.execute(f"""
        CREATE TEMP TABLE edges AS
        SELECT citingcorpusid AS citing, citedcorpusid AS cited, isinfluential, contexts, intents
        FROM '{s2}/citations/*.parquet'
        WHERE citingcorpusid IS NOT NULL AND citedcorpusid IN (
            SELECT corpusid FROM '{s2}/papers/*.parquet' WHERE lower(externalids.DOI) = '{DOI}');
        CREATE TEMP TABLE ids AS SELECT citing AS id FROM edges UNION SELECT cited FROM edges;
        CREATE TEMP TABLE papers AS
        SELECT * FROM '{s2}/papers/*.parquet' WHERE corpusid IN (FROM ids)""")
    tables = {
        "citations": "FROM edges",
        "works": """SELECT corpusid AS record, title, year, publicationdate AS date, venue,
            citationcount, externalids.DOI AS doi, externalids.ArXiv AS arxiv FROM papers""",
        "authorships": """SELECT corpusid AS record, who.name, who.authorId AS author FROM
            (SELECT corpusid, unnest(authors) AS who FROM papers)""",
        **{
            dataset: f"""SELECT corpusid AS record, {text} AS text
                FROM '{s2}/{dataset}/*.parquet' WHERE corpusid IN (FROM ids)"""
            for dataset, text in TEXTS.items()
        },
    }
    for name, query in tables.items():
        duck.execute(f"COPY ({query}) TO '{given['out']}/{name}.parquet' (COMPRESSION zstd)")


def duckdb_most_cited(given: dict[str, Any]) -> None:
    """Count the citing works of each work, and describe the most cited."""
    duck, s2, out = connect(given), given["s2"], given["out"]
    intents = "flatten(list_filter(coalesce(intents, []), lambda each: each IS NOT NULL))"
    roles = ", ".join(
        f"bool_or({name}) AS {name}"
        for name in ("labelled", "background", "method", "result", "influential")
    )
    sums = roles.replace("bool_or", "count_if").replace("AS ", "AS n_")
    duck.execute(f"""
        CREATE TEMP TABLE few AS
        SELECT citedcorpusid AS cited FROM '{s2}/citations/*.parquet'
        WHERE citingcorpusid IS NOT NULL AND citedcorpusid <> citingcorpusid
        GROUP BY ALL ORDER BY count(*) DESC LIMIT {2 * given["top"]};
        CREATE TEMP TABLE pairs AS
        WITH rows AS (
            SELECT citingcorpusid AS citing, citedcorpusid AS cited, isinfluential AS influential,
                {intents} AS found
            FROM '{s2}/citations/*.parquet'
            WHERE citedcorpusid IN (FROM few) AND citingcorpusid <> citedcorpusid),
        roles AS (
            SELECT citing, cited, influential, len(found) > 0 AS labelled,
                list_contains(found, 'background') AS background,
                list_contains(found, 'methodology') AS method,
                list_contains(found, 'result') AS result
            FROM rows)
        SELECT citing, cited, {roles} FROM roles GROUP BY citing, cited;
        CREATE TEMP TABLE ranked AS
        SELECT cited, count(*) AS n_citing, {sums} FROM pairs GROUP BY cited
        ORDER BY n_citing DESC, cited LIMIT {given["top"]};
        DELETE FROM pairs WHERE cited NOT IN (SELECT cited FROM ranked);
        CREATE TEMP TABLE papers AS
        SELECT corpusid AS record, year, title,
            list_filter([who.authorId FOR who IN authors], lambda each: each IS NOT NULL) AS people
        FROM '{s2}/papers/*.parquet'
        WHERE corpusid IN (SELECT citing FROM pairs UNION SELECT cited FROM ranked);
        CREATE TEMP TABLE shared AS
        SELECT cited, count(*) AS n_shared_author FROM pairs
        JOIN papers AS own ON cited = own.record JOIN papers AS their ON citing = their.record
        WHERE list_has_any(own.people, their.people) GROUP BY cited;
        COPY (
            SELECT ranked.*, title, year, coalesce(n_shared_author, 0) AS n_shared_author
            FROM ranked LEFT JOIN shared USING (cited) LEFT JOIN papers ON cited = record
        ) TO '{out}/most_cited.parquet' (COMPRESSION zstd);
        COPY (
            SELECT cited, year, count(*) AS n FROM pairs JOIN papers ON citing = record
            WHERE year IS NOT NULL GROUP BY cited, year
        ) TO '{out}/most_cited_years.parquet' (COMPRESSION zstd)""")


CASES = {
    "citehub_hub": citehub_hub,
    "citehub_most_cited": citehub_most_cited,
    "floor_json": floor_json,
    "floor_unpacked": floor_unpacked,
    "floor_parquet": floor_parquet,
    "floor_openalex": floor_openalex,
    "floor_ids": floor_ids,
    "duckdb_hub": duckdb_hub,
    "duckdb_most_cited": duckdb_most_cited,
}


if __name__ == "__main__":
    if sys.argv[1] not in CASES:
        import factory_peers

        CASES = factory_peers.CASES
    CASES[sys.argv[1]](json.loads(sys.argv[2]))
