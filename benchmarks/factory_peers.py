"""The peers of benchmarks/factory.py: pandas, Polars and Dask do what citehub does.

Of OpenAlex they take a record's id, DOI, title, year, date, venue, type, retraction, count,
authors and references. They find a work by its DOI, and leave out what citehub adds: ids that
were merged, other versions, rejects, evidence and the tables that are derived.

Dask runs the functions of pandas on each partition, in a process for each core. That is its best
here: its bags and data frames have no readers for nested JSON and lists of lists, either.
"""

from __future__ import annotations

import glob
import gzip
import json
import os
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from factory_cases import DOI, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd

    Frames = dict[str, pd.DataFrame]

PREFIX = len("https://openalex.org/W")
OPENALEX_DOI = f"https://doi.org/{DOI}"
INTENTS = {"background": "background", "methodology": "method", "result": "result"}
ROLES = ("labelled", *INTENTS.values(), "influential")


def partitions(folder: str) -> list[str]:
    """Return the files of a dataset."""
    return sorted(glob.glob(f"{folder}/**/*.*", recursive=True))


# -- pandas: OpenAlex ---------------------------------------------------------------------


def parse(path: str) -> Frames:
    """Read a partition of OpenAlex' works."""
    import numpy as np
    import pandas as pd

    works, people, cited, lengths = [], [], [], []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            work = json.loads(line)
            record = int(work["id"][PREFIX:])
            source = (work["primary_location"] or {}).get("source") or {}
            works.append(
                (
                    *(record, work["doi"], work["title"], work["publication_year"]),
                    *(work["publication_date"], source.get("display_name"), work["type"]),
                    *(work["is_retracted"], work["cited_by_count"]),
                )
            )
            people += [
                (record, each["raw_author_name"], each["author"]["id"], each["author"]["orcid"])
                for each in work["authorships"]
            ]
            cited += [int(each[PREFIX:]) for each in work["referenced_works"]]
            lengths.append(len(work["referenced_works"]))
    columns = ("record", "doi", "title", "year", "date", "venue", "type", "retracted", "count")
    table = pd.DataFrame(works, columns=columns)
    citing = np.repeat(table["record"].to_numpy(), lengths)
    return {
        "works": table,
        "authorships": pd.DataFrame(people, columns=("record", "name", "author", "orcid")),
        "citations": pd.DataFrame({"citing": citing, "cited": np.array(cited, np.int64)}),
    }


def find_doi(frames: Frames) -> list[int]:
    """Return the records of the work."""
    works = frames["works"]
    return works.loc[works["doi"].str.lower() == OPENALEX_DOI, "record"].to_list()


def take(frames: Frames, targets: Sequence[int]) -> Frames:
    """Return what is told of some works and of those that cite them."""
    citations = frames["citations"]
    citations = citations[citations["cited"].isin(targets)]
    records = {*targets, *citations["citing"]}
    tables = {name: frames[name] for name in ("works", "authorships")}
    return {
        "citations": citations,
        **{name: table[table["record"].isin(records)] for name, table in tables.items()},
    }


# -- pandas: S2 ---------------------------------------------------------------------------


def read(path: str, columns: Sequence[str], filters: Any = None) -> pd.DataFrame:
    import pandas as pd

    return pd.read_parquet(
        path, columns=list(columns), filters=filters, dtype_backend="pyarrow"
    )  # fmt: skip


def find_corpus_ids(path: str) -> list[int]:
    """Return the papers of a partition that have the DOI."""
    papers = read(path, ("corpusid", "externalids"))
    dois = papers["externalids"].struct.field("DOI").str.lower()
    return papers.loc[dois == DOI, "corpusid"].to_list()


def citations_of(path: str, targets: Sequence[int]) -> pd.DataFrame:
    """Return the citations of a partition that cite some papers."""
    columns = ("citingcorpusid", "citedcorpusid", "isinfluential", "contexts", "intents")
    rows = read(path, columns, [("citedcorpusid", "in", targets)])
    return rows[rows["citingcorpusid"].notna()]


def papers_of(path: str, records: Sequence[int], columns: Sequence[str]) -> pd.DataFrame:
    """Return some papers of a partition, or their texts."""
    return read(path, columns, [("corpusid", "in", records)])


def count_rows(path: str) -> pd.Series[int]:
    """Return how many rows of a partition cite each paper."""
    rows = read(path, ("citingcorpusid", "citedcorpusid")).dropna()
    rows = rows[rows["citingcorpusid"] != rows["citedcorpusid"]]
    return rows["citedcorpusid"].value_counts()


def roles_of(path: str, targets: Sequence[int]) -> pd.DataFrame:
    """Return the roles of the citations of a partition that cite some papers."""
    columns = ("citingcorpusid", "citedcorpusid", "isinfluential", "intents")
    rows = read(path, columns, [("citedcorpusid", "in", targets)])
    rows = rows[rows["citingcorpusid"] != rows["citedcorpusid"]].dropna(subset=["citingcorpusid"])
    found = [
        {intent for intents in lists or () for intent in intents or ()}
        for lists in rows["intents"].array.__arrow_array__().to_pylist()
    ]
    roles = {ours: [theirs in each for each in found] for theirs, ours in INTENTS.items()}
    rows = rows.rename(
        columns={
            "citingcorpusid": "citing",
            "citedcorpusid": "cited",
            "isinfluential": "influential",
        }
    )
    return rows.drop(columns="intents").assign(labelled=list(map(bool, found)), **roles)


# -- pandas by itself, and in Dask's processes --------------------------------------------


class Here:
    """Runs functions one after another in this process."""

    def map(self, function: Callable[..., Any], items: Iterable[Any]) -> list[Any]:
        """Return what a function makes of the items."""
        return [function(item) for item in items]

    def gather(self, items: list[Any]) -> list[Any]:
        """Return what was made, which is here already."""
        return items


@contextmanager
def dask_client(given: dict[str, Any]) -> Iterator[Any]:
    """Start a process for each core."""
    from distributed import Client, LocalCluster

    folder = f"{given['out']}.dask"
    with (
        LocalCluster(
            n_workers=os.cpu_count(), threads_per_worker=1, memory_limit=0,
            dashboard_address=None, local_directory=folder,
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        yield client


def pandas_hub(given: dict[str, Any], runner: Any = None) -> None:
    """Write what a dump tells of a work and of those that cite it."""
    runner = runner or Here()
    write = partial(write_parts, given["out"])
    if "openalex" in given:
        frames = runner.map(parse, partitions(f"{given['openalex']}/works"))
        targets = join(runner.gather(runner.map(find_doi, frames)))
        found = runner.gather(runner.map(partial(take, targets=targets), frames))
        for name in ("works", "authorships", "citations"):
            write(name, [each[name] for each in found])
        return
    files = {name: partitions(f"{given['s2']}/{name}") for name in ("papers", "citations", *TEXTS)}
    targets = join(runner.gather(runner.map(find_corpus_ids, files["papers"])))
    edges = runner.gather(runner.map(partial(citations_of, targets=targets), files["citations"]))
    records = [*{*targets, *join(edge["citingcorpusid"] for edge in edges)}]
    columns = (
        *("corpusid", "externalids", "title", "authors"),
        *("venue", "year", "publicationdate", "citationcount"),
    )
    of = partial(papers_of, records=records)
    papers = runner.gather(runner.map(partial(of, columns=columns), files["papers"]))
    names = {"citingcorpusid": "citing", "citedcorpusid": "cited"}
    write("citations", [each.rename(columns=names) for each in edges])
    papers = [each.rename(columns={"corpusid": "record"}) for each in papers]
    write("works", [each.drop(columns="authors") for each in papers])
    write("authorships", [each[["record", "authors"]].explode("authors") for each in papers])
    for name, text in TEXTS.items():
        task = partial(of, columns=("corpusid", text))
        write(name, runner.gather(runner.map(task, files[name])))


def pandas_most_cited(given: dict[str, Any], runner: Any = None) -> None:
    """Count the citing works of each work, and describe the most cited."""
    import pandas as pd

    runner, top = runner or Here(), given["top"]
    files = {name: partitions(f"{given['s2']}/{name}") for name in ("papers", "citations")}
    rows = None
    for counts in runner.gather(runner.map(count_rows, files["citations"])):
        rows = counts if rows is None else rows.add(counts, fill_value=0)
    few = rows.nlargest(2 * top).index.to_list()
    task = partial(roles_of, targets=few)
    pairs = pd.concat(runner.gather(runner.map(task, files["citations"])))
    pairs = pairs.groupby(["citing", "cited"], as_index=False)[list(ROLES)].any()
    ranked = pairs.groupby("cited")[list(ROLES)].sum().add_prefix("n_")
    ranked.insert(0, "n_citing", pairs.groupby("cited").size())
    ranked = ranked.reset_index().sort_values(["n_citing", "cited"], ascending=[False, True])
    ranked = ranked.head(top)
    pairs = pairs[pairs["cited"].isin(ranked["cited"])]
    records = [*{*pairs["citing"], *ranked["cited"]}]
    task = partial(papers_of, records=records, columns=("corpusid", "year", "title", "authors"))
    papers = pd.concat(runner.gather(runner.map(task, files["papers"])))
    people = papers[["corpusid", "authors"]].explode("authors").dropna()
    people["author"] = people.pop("authors").struct.field("authorId")
    people = people.dropna().drop_duplicates()
    own = people[people["corpusid"].isin(ranked["cited"])]
    their = people[people["author"].isin(own["author"])]
    shared = pairs[["citing", "cited"]].merge(their, left_on="citing", right_on="corpusid")
    shared = shared.merge(
        own, left_on=["cited", "author"], right_on=["corpusid", "author"]
    ).drop_duplicates(["citing", "cited"])
    n_shared = shared.groupby("cited").size().rename("n_shared_author").reset_index()
    about = papers[["corpusid", "title", "year"]].rename(columns={"corpusid": "cited"})
    ranked = ranked.merge(about, how="left").merge(n_shared, how="left")
    ranked["n_shared_author"] = ranked["n_shared_author"].fillna(0)
    years = pairs.merge(papers[["corpusid", "year"]], left_on="citing", right_on="corpusid")
    years = years.dropna(subset=["year"]).groupby(["cited", "year"]).size().rename("n")
    ranked.to_parquet(f"{given['out']}/most_cited.parquet", compression="zstd", index=False)
    years.reset_index().to_parquet(f"{given['out']}/most_cited_years.parquet", compression="zstd")


def dask_hub(given: dict[str, Any]) -> None:
    with dask_client(given) as client:
        pandas_hub(given, client)


def dask_most_cited(given: dict[str, Any]) -> None:
    with dask_client(given) as client:
        pandas_most_cited(given, client)


def join(lists: Iterable[Iterable[Any]]) -> list[Any]:
    return [item for each in lists for item in each]


def write_parts(folder: str, name: str, frames: Sequence[pd.DataFrame]) -> None:
    import pandas as pd

    table = pd.concat([each for each in frames if len(each)] or frames[:1])
    table.to_parquet(f"{folder}/{name}.parquet", compression="zstd", index=False)


# -- Polars -------------------------------------------------------------------------------


def polars_hub(given: dict[str, Any]) -> None:
    """Write what a dump tells of a work and of those that cite it."""
    (polars_openalex if "openalex" in given else polars_s2)(given)


def polars_openalex(given: dict[str, Any]) -> None:
    """Read all into Parquet, and look there: JSON is then parsed once."""
    import polars as pl

    person = {"id": pl.String, "display_name": pl.String, "orcid": pl.String}
    author = pl.Struct({"author": pl.Struct(person), "raw_author_name": pl.String})
    schema = {
        **dict.fromkeys(("id", "doi", "title"), pl.String),
        "publication_year": pl.Int64,
        **dict.fromkeys(("publication_date", "type"), pl.String),
        "is_retracted": pl.Boolean,
        "cited_by_count": pl.Int64,
        "primary_location": pl.Struct({"source": pl.Struct({"display_name": pl.String})}),
        "authorships": pl.List(author),
        "referenced_works": pl.List(pl.String),
    }
    number = pl.element().str.slice(PREFIX).cast(pl.Int64)
    path = f"{given['out']}.works.parquet"
    pl.scan_ndjson(partitions(f"{given['openalex']}/works"), schema=schema).with_columns(
        record=pl.col("id").str.slice(PREFIX).cast(pl.Int64),
        referenced_works=pl.col("referenced_works").list.eval(number),
    ).sink_parquet(path, compression="lz4")
    works = pl.scan_parquet(path)
    wanted = works.filter(pl.col("doi").str.to_lowercase() == OPENALEX_DOI).select("record")
    targets = wanted.collect(engine="streaming")["record"].to_list()
    refs = pl.col("referenced_works")
    cites = pl.any_horizontal(refs.list.contains(target) for target in targets)
    found = works.filter(cites | pl.col("record").is_in(targets)).collect(engine="streaming")
    os.remove(path)
    edges = found.select(citing="record", cited="referenced_works").explode("cited")
    people = found.select("record", "authorships").explode("authorships").unnest("authorships")
    tables = {
        "works": found.drop("authorships", "referenced_works").unnest("primary_location"),
        "authorships": people.unnest("author"),
        "citations": edges.filter(pl.col("cited").is_in(targets)),
    }
    for name, table in tables.items():
        table.write_parquet(f"{given['out']}/{name}.parquet", compression="zstd")


def polars_s2(given: dict[str, Any]) -> None:
    import polars as pl

    scan = {name: pl.scan_parquet(f"{given['s2']}/{name}/*.parquet")
            for name in ("papers", "citations", *TEXTS)}  # fmt: skip
    papers, ids = scan["papers"], pl.col("externalids").struct
    wanted = papers.filter(ids.field("DOI").str.to_lowercase() == DOI).select("corpusid")
    targets = wanted.collect(engine="streaming")["corpusid"].to_list()
    edges = (
        scan["citations"]
        .filter(pl.col("citedcorpusid").is_in(targets), pl.col("citingcorpusid").is_not_null())
        .select(
            "isinfluential", "contexts", "intents", citing="citingcorpusid", cited="citedcorpusid"
        )
        .collect(engine="streaming")
    )
    records = pl.DataFrame({"record": [*{*targets, *edges["citing"]}]}).lazy()
    names = {"doi": ids.field("DOI"), "arxiv": ids.field("ArXiv")}
    columns = ("authors", "title", "venue", "year", "publicationdate", "citationcount")
    found = (
        papers.select(*columns, record="corpusid", **names)
        .join(records, on="record", how="semi")
        .collect(engine="streaming")
    )
    tables = {
        "citations": edges,
        "works": found.drop("authors"),
        "authorships": found.select("record", "authors").explode("authors").unnest("authors"),
        **{
            name: scan[name].select(text, record="corpusid").join(records, on="record", how="semi")
            .collect(engine="streaming")
            for name, text in TEXTS.items()
        },
    }  # fmt: skip
    for name, table in tables.items():
        table.write_parquet(f"{given['out']}/{name}.parquet", compression="zstd")


def polars_most_cited(given: dict[str, Any]) -> None:
    """Count the citing works of each work, and describe the most cited."""
    import polars as pl

    top = given["top"]
    edges = pl.scan_parquet(f"{given['s2']}/citations/*.parquet").filter(
        pl.col("citingcorpusid") != pl.col("citedcorpusid")
    )
    few = (
        edges.group_by("citedcorpusid").len().top_k(2 * top, by="len").collect(engine="streaming")
    )
    found = pl.col("intents").list.eval(pl.element().explode()).list.drop_nulls()
    has = {ours: found.list.contains(theirs) for theirs, ours in INTENTS.items()}
    pairs = (
        edges.filter(pl.col("citedcorpusid").is_in(few["citedcorpusid"].to_list()))
        .select(
            citing="citingcorpusid", cited="citedcorpusid", influential="isinfluential",
            labelled=found.list.len() > 0, **has,
        )
        .group_by("citing", "cited").agg(pl.col(*ROLES).any())
        .collect(engine="streaming")
    )  # fmt: skip
    sums = (pl.col(name).sum().alias(f"n_{name}") for name in ROLES)
    ranked = pairs.group_by("cited").agg(pl.len().alias("n_citing"), *sums)
    ranked = ranked.sort("n_citing", "cited", descending=[True, False]).head(top)
    pairs = pairs.select("citing", "cited").join(ranked, on="cited", how="semi")
    records = pl.concat([pairs["citing"], ranked["cited"]]).unique().rename("corpusid").to_frame()
    papers = (
        pl.scan_parquet(f"{given['s2']}/papers/*.parquet")
        .join(records.lazy(), on="corpusid", how="semi")
        .select(
            "title", "year", record="corpusid",
            people=pl.col("authors").list.eval(pl.element().struct.field("authorId")),
        )
        .collect(engine="streaming")
    )  # fmt: skip
    people = papers.select("record", "people").explode("people").drop_nulls()
    both = pairs.join(people, left_on="citing", right_on="record").join(
        people, left_on=["cited", "people"], right_on=["record", "people"], how="semi"
    )
    shared = both.unique(["citing", "cited"]).group_by("cited").agg(n_shared_author=pl.len())
    about = papers.select("title", "year", cited="record")
    ranked.join(about, on="cited", how="left").join(shared, on="cited", how="left").with_columns(
        pl.col("n_shared_author").fill_null(0)
    ).write_parquet(f"{given['out']}/most_cited.parquet", compression="zstd")
    dated = pairs.join(
        papers.select("record", "year").drop_nulls(), left_on="citing", right_on="record"
    )
    dated.group_by("cited", "year").len("n").write_parquet(
        f"{given['out']}/most_cited_years.parquet", compression="zstd"
    )


CASES = {
    "pandas_hub": pandas_hub,
    "pandas_most_cited": pandas_most_cited,
    "dask_hub": dask_hub,
    "dask_most_cited": dask_most_cited,
    "polars_hub": polars_hub,
    "polars_most_cited": polars_most_cited,
}
