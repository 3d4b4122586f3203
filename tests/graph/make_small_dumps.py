"""Write the small dumps of the guide, whose records are read here: small enough to check by hand.

    python tests/graph/make_small_dumps.py docs/guide/small-dumps

Every work is invented. Ids begin with 99, which no real ones do yet; DOIs with 10.5555, which is
kept for tests; arXiv numbers are of December 1999, when they had another form.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# -- OpenAlex -----------------------------------------------------------------------------


def work(
    number: int,
    title: str | None,
    date: str,
    cites: tuple[int, ...] = (),
    *,
    doi: str | None = None,
    arxiv: str | None = None,
    kind: str = "article",
    venue: str | None = None,
    authors: tuple[str, ...] = (),
    count: int = 0,
    years: dict[int, int] | None = None,
    topic: str | None = None,
) -> dict[str, Any]:
    """Return a work as OpenAlex writes it."""
    page = f"https://doi.org/{doi}" if doi else None
    pages = [page, f"https://arxiv.org/abs/{arxiv}"] if arxiv else [page]
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": page,
        "title": title,
        "publication_year": int(date[:4]),
        "publication_date": date,
        "type": kind,
        "authorships": [
            {"author": {"id": None, "display_name": name, "orcid": None}, "raw_author_name": name}
            for name in authors
        ],
        "primary_location": {"source": {"display_name": venue} if venue else None},
        "locations": [{"landing_page_url": each} for each in pages],
        "referenced_works": [f"https://openalex.org/W{each}" for each in cites],
        "cited_by_count": count,
        "counts_by_year": [
            {"year": year, "cited_by_count": n} for year, n in (years or {}).items()
        ],
        "is_retracted": False,
        "primary_topic": {"display_name": topic} if topic else None,
    }


LAMP, PREPRINT = 9900000001, 9900000002  # the canonical work, and its preprint
COPY, OLD = 9900000003, 9900000009  # ids that were merged

WORKS_JANUARY = [
    work(9900000014, "Lantern Parks: A Draft", "2024-02-02", (LAMP, 9900000019)),
    work(9900000015, "A Work That Took Its Citation Back", "2024-05-05", (LAMP,)),
    work(
        9900000019, "Who Cites a Merged Id", "2022-03-08", (OLD,),
        doi="10.5555/merged.1", authors=("Eve Imagined",),
    ),
    '{"id":"https://openalex.org/W9900000041","title":"Cut off in the mid',
]  # fmt: skip
WORKS_FEBRUARY = [
    work(
        LAMP, "The Paper Lantern Model", "2022-06-10",
        doi="10.5555/lantern.1", arxiv="9912.00001", venue="Journal of Invented Results",
        authors=("Ada Invented", "Bo Madeup"), count=9, years={2026: 1, 2024: 3, 2022: 1},
    ),
    work(
        PREPRINT, "The Paper Lantern Model", "2021-11-20", (LAMP,),
        doi="10.48550/arxiv.9912.00001", kind="preprint",
        authors=("Ada Invented", "B. Madeup"), count=2,
    ),
    work(
        9900000011, "Brighter Lanterns", "2025-03-03", (LAMP, PREPRINT, 9900000012, 9900000014),
        doi="10.5555/bright.1", venue="Journal of Invented Results",
        authors=("Ada Invented", "Cy Fictive"), topic="Lamps and Their Light",
    ),
    work(
        9900000012, "A Lantern in the Fog", "2025-01-01", (LAMP,),
        doi="10.5555/fog.1", topic="Lamps and Their Light",
    ),
    work(  # a version cites the other
        9900000013, "A Lantern in the Fog", "2024-08-15", (COPY, 9900000012),
        doi="10.48550/arxiv.9912.00012", kind="preprint", topic="Weather",
    ),
    work(9900000014, "Lantern Parks", "2024-02-02", (LAMP,), topic="Gardens & Parks"),
    work(9900000015, "A Work That Took Its Citation Back", "2024-05-05"),
    work(
        9900000018, "Lamps in Two Catalogues", "2026-01-20", (LAMP, 9900000011),
        doi="10.5555/two.1",
    ),
    work(9900000020, None, "2025-07-07", (LAMP,)),
    work(9900000040, "A Lamp That Nobody Cites", "2025-09-09", doi="10.5555/nobody.1"),
    work(9900000042, "Of an Unknown Id", "2025-01-02", (LAMP,)) | {"id": "unknown"},
]  # fmt: skip
MERGED_IDS = [
    ("merge_date", "id", "merge_into_id"),
    ("2025-06-01", f"W{OLD}", f"W{LAMP}"),
    ("2025-06-01", f"W{COPY}", f"W{PREPRINT}"),
    ("2025-12-01", f"W{PREPRINT}", f"W{COPY}"),  # a circle
]

# -- Semantic Scholar ---------------------------------------------------------------------


def paper(
    number: int,
    title: str,
    year: int,
    date: str | None = None,
    *,
    count: int = 0,
    authors: tuple[str, ...] = (),
    **ids: str,
) -> dict[str, Any]:
    """Return a paper as Semantic Scholar writes it."""
    return {
        "corpusid": number,
        "externalids": {"DOI": None, "ArXiv": None, "ACL": None, **ids},
        "title": title,
        "authors": [{"authorId": None, "name": name} for name in authors],
        "venue": "",
        "year": year,
        "publicationdate": date,
        "citationcount": count,
    }


def citation(
    number: int,
    citing: int | None,
    contexts: Any = None,
    intents: list[list[str] | None] | None = None,
    *,
    influential: bool | None = False,
) -> dict[str, Any]:
    """Return a citation of the canonical work as Semantic Scholar writes it."""
    return {
        "citationid": number,
        "citingcorpusid": citing,
        "citedcorpusid": 990000001,
        "isinfluential": influential,
        "contexts": contexts,
        "intents": intents,
    }


FLOATING = "Lanterns That Float on <i>Ponds</i>"
PASSAGE = "Since lanterns of paper glow “from within” [1], we set one afloat."
PAPERS = [
    paper(
        990000001, "The paper lantern model", 2022, "2022-06-10",
        count=7, DOI="10.5555/LANTERN.1", ArXiv="9912.00001",
    ),
    paper(
        990000011, "Brighter lanterns", 2025, "2025-03-04",
        DOI="10.5555/bright.1", authors=("A. Invented", "C. Fictive"),
    ),
    paper(
        990000012, "A lantern in the fog", 2024,
        DOI="10.5555/fog.1", ArXiv="9912.00012", authors=("Dee Dreamt",),
    ),
    paper(990000016, FLOATING, 2025),
    paper(990000021, "Lanterns in the Far Future", 9999, "9999-12-31"),
]  # fmt: skip
CITATIONS = [
    citation(
        9901, 990000011,
        ["We light our lantern as in [1].", "Lanterns differ."], [["background"], None],
        influential=True,
    ),
    citation(
        9902, 990000012,
        ["We follow the paper lantern [7], and our result agrees."], [["methodology", "result"]],
    ),
    citation(9903, 990000016, [PASSAGE]),
    citation(9904, 990000021, influential=None),
    citation(9905, 990000022),  # not among the papers
    citation(9906, None),
    citation(9907, 990000023) | {"citingcorpusid": "unknown"},
    citation(9908, 990000011, influential=True) | {"citedcorpusid": 990000012},
]  # fmt: skip
ABSTRACTS = [
    {"corpusid": 990000001, "abstract": "We fold a lantern out of paper. It glows."},
    {"corpusid": 990000011, "abstract": "We fold two."},
]
TLDRS = [{"corpusid": 990000011, "model": "tldr@v2.0.0", "text": "Two lanterns are brighter."}]

# -- OpenCitations ------------------------------------------------------------------------

META = [
    (
        "id", "title", "author", "issue", "volume", "venue", "page", "pub_date", "type",
        "publisher", "editor",
    ),
    (
        "omid:br/0699001 doi:10.5555/lantern.1", "The Paper Lantern Model",
        "Invented, Ada [omid:ra/0699001 orcid:0000-0000-0000-0000]; Madeup, Bo", "", "",
        "Journal of Invented Results [omid:br/0699002 issn:0000-0000]", "", "2022-06-10",
        "journal article", "", "",
    ),
    (
        "omid:br/0699011 doi:10.5555/bright.1", "Brighter Lanterns", "Invented, Ada", "", "", "",
        "", "2025-03", "journal article", "", "",
    ),
    (
        "omid:br/0699017 doi:10.5555/denglong.1", "纸灯笼模型再研究",
        "虚构, 一 [orcid:0000-0000-0000-001X]", "", "", "", "", "2024", "journal article", "", "",
    ),
    (
        "doi:10.5555/two.1 omid:br/0699018", "Lamps in two catalogues", "", "", "", "", "",
        "2026-02-01", "proceedings article", "", "",
    ),
]  # fmt: skip
INDEX_HEADER = ("oci", "citing", "cited", "creation", "timespan", "journal_sc", "author_sc")
CITED = "omid:br/0699001 doi:10.5555/lantern.1"
INDEX = [
    INDEX_HEADER,
    ("9911-9901", "omid:br/0699011 doi:10.5555/bright.1", CITED, "2025-03", "P2Y9M", "no", "yes"),
    ("9917-9901", "omid:br/0699017 doi:10.5555/denglong.1", CITED, "2024", "P2Y", "no", "no"),
    ("9918-9901", "omid:br/0699018 doi:10.5555/two.1", CITED, "2026-02-01", "P3Y7M", "no", "no"),
    ("9943-9901", "omid:br/0699043", CITED),  # a line with too few cells
    ("9918-9911", "omid:br/0699018", "omid:br/0699011", "2026-02-01", "P11M", "no", "no"),
]

# -- a reference manager's file, and the works to make hubs of -----------------------------

BIB = r"""@article{bright,
  title = {Brighter Lanterns},
  author = {Invented, Ada and Fictive, Cy},
  year = {2025},
  doi = {10.5555/bright.1},
}

@misc{fog,
  title = {A Lantern in the Fog},
  author = {Dreamt, Dee},
  year = {2024},
  eprint = {9912.00012},
  archiveprefix = {arXiv},
}

@phdthesis{thesis,
  title = {A Thesis on Paper Lanterns that No Source Has},
  author = {Nemo, No},
  year = {2023},
}
"""
IDS = """arxiv:9912.00001
doi:10.5555/nobody.1
doi:10.5555/unknown.1
"""


def write(folder: Path) -> None:
    """Write the dumps into a folder."""
    for name, rows in (
        ("openalex/works/updated_date=2026-01-05", WORKS_JANUARY),
        ("openalex/works/updated_date=2026-02-05", WORKS_FEBRUARY),
        ("s2/papers", PAPERS),
        ("s2/citations", CITATIONS),
        ("s2/abstracts", ABSTRACTS),
        ("s2/tldrs", TLDRS),
    ):
        _put(folder / name / "part_000.gz", pack(to_lines(rows)))
    _put(folder / "openalex/merged_ids/works/2026-02-05.csv.gz", pack(to_csv(MERGED_IDS)))
    _put(folder / "opencitations/index/index.csv", to_csv(INDEX))
    _put(folder / "opencitations/meta/meta.zip", _zip("meta.csv", to_csv(META)))
    _put(folder / "citing.bib", BIB.encode())
    _put(folder / "ids.txt", IDS.encode())


def to_lines(rows: Iterable[dict[str, Any] | str]) -> bytes:
    """Return rows as JSON Lines; a text is a line as it is."""
    texts = (
        row if isinstance(row, str) else json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        for row in rows
    )
    return "".join(f"{text}\n" for text in texts).encode()


def to_csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def pack(data: bytes) -> bytes:
    """Return data as gz that tells no time and no file name."""
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, packed, mtime=0) as file:
        file.write(data)
    return packed.getvalue()


def _zip(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3  # the same bytes on Windows
        archive.writestr(info, data)
    return packed.getvalue()


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
