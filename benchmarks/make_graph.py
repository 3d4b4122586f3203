"""Write a graph of works and citations of any size, as Semantic Scholar's datasets in Parquet.

    python benchmarks/make_graph.py 100000000 400000000 FOLDER [--files 16] [--seed 22]

The same arguments give the same rows. Works are cited by a power law: of 400 million citations,
most cited of 100 million works gets 250,000, and the thousand most cited get one in a hundred. The
citing works of a file stand in order, as in a dump. Ids are scattered, so that those of the most
cited do not stand together. Papers have an id, a title and a year; citations have two ids and
whether they are influential. It takes a process for each core, and little memory.
"""

from __future__ import annotations

import argparse
import multiprocessing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ROWS = 1 << 20  # of a row group
POWER = 2.5
FIRST_YEAR, YEARS = 1950, 76
INFLUENTIAL = 0.05  # of the citations
ODD = 0x9E3779B1  # by which ids are scattered


class Graph(NamedTuple):
    """What is drawn, and where it is written."""

    works: int
    citations: int
    folder: Path
    files: int
    seed: int


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("works", type=int)
    arguments.add_argument("citations", type=int)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--files", type=int, default=16, help="of each dataset")
    arguments.add_argument("--seed", type=int, default=22)
    make_graph(Graph(**vars(arguments.parse_args())))


def make_graph(graph: Graph) -> None:
    """Write the files, by all cores."""
    for name in ("papers", "citations"):
        (graph.folder / name).mkdir(parents=True)
    with multiprocessing.get_context("spawn").Pool() as pool:
        pool.starmap(write_file, [(graph, number) for number in range(graph.files)], chunksize=1)


def write_file(graph: Graph, number: int) -> None:
    """Write a file of each dataset: some works, and what these cite."""
    low, high = share(graph.works, graph, number)
    for name, tables in (
        ("papers", make_papers(graph, low, high)),
        ("citations", make_citations(graph, number, low, high)),
    ):
        path = graph.folder / name / f"part_{number:03}.parquet"
        first = next(tables)
        with pq.ParquetWriter(
            path, first.schema, compression="zstd", use_dictionary=False
        ) as file:
            file.write_table(first)
            for table in tables:
                file.write_table(table)


def make_papers(graph: Graph, low: int, high: int) -> Iterator[pa.Table]:
    """Yield papers, the oldest first."""
    for start, end in groups(low, high):
        works = np.arange(start, end)
        yield pa.table(
            {
                "corpusid": scatter(works, graph.works),
                "title": pa.nulls(len(works), pa.string()),
                "year": FIRST_YEAR + works * YEARS // graph.works,
            }
        )


def make_citations(graph: Graph, number: int, low: int, high: int) -> Iterator[pa.Table]:
    """Yield citations by the works from low to high."""
    random = np.random.default_rng([graph.seed, number])
    first, last = share(graph.citations, graph, number)
    for start, end in groups(first, last):
        bounds = [low + (high - low) * (at - first) // (last - first) for at in (start, end)]
        citing = np.sort(random.integers(bounds[0], max(bounds[1], bounds[0] + 1), end - start))
        cited = (graph.works * random.random(end - start) ** POWER).astype(np.int64)
        yield pa.table(
            {
                "citingcorpusid": scatter(citing, graph.works),
                "citedcorpusid": scatter(cited, graph.works),
                "isinfluential": random.random(end - start) < INFLUENTIAL,
            }
        )


def share(count: int, graph: Graph, number: int) -> tuple[int, int]:
    """Return the bounds of a file's share."""
    return count * number // graph.files, count * (number + 1) // graph.files


def groups(low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of row groups."""
    for start in range(low, high, ROWS):
        yield start, min(start + ROWS, high)


def scatter(works: NDArray[np.int64], count: int) -> NDArray[Any]:
    """Return ids of works, each once, in no order."""
    return works * ODD & ((1 << count.bit_length()) - 1)


if __name__ == "__main__":
    main()
