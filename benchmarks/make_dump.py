"""Write made bulk dumps of any size, shaped like those of OpenAlex, S2 and OpenCitations.

    python benchmarks/make_dump.py 1000000 FOLDER [--sources openalex s2 opencitations]
        [--s2-format jsonl|parquet] [--partitions 8] [--citations 27] [--citing N] [--broken 0]
        [--seed 530]

The same arguments give the same bytes. One world of works and citations is drawn, and each source
knows a part of it: OpenAlex 97 % of the works and 92 % of the citations between those, Semantic
Scholar 93 % and 88 %, OpenCitations 75 % and 70 %, as it needs DOIs. ``make_world`` returns that
world, from which the right answers follow.

Work 0 has the title, the arXiv number and the month of the Megatron-Turing NLG 530B paper, and one
work in a thousand cites it (at least 20), or as many as ``--citing`` says. All else is made: ids
begin with a 9, which no real ones do yet, and published DOIs with 10.5555, which is kept for
tests. The other works stand by date, the oldest first, and cite older ones by a power law; five
cite themselves. Small worlds have fewer citations than were asked for, as no work cites another
twice.

- OpenAlex: three published works in ten that are on arXiv have a second record, the preprint's.
  Half of the published records of works on arXiv have a location there. A citation names either
  record, or, of one work in a hundred, an id from before a merge; a fifth of those were merged
  twice. ``cited_by_count`` counts citing works, and is the same in both records.
- S2: a citation has a null id where the work on that side is not known.
- OpenCitations: one file of the index is a zip file, and the tables of Meta are gzipped.

``--broken`` puts so many lines more into JSON Lines, which are cut off, empty, a list, or have a
field of another type. They add no work and no citation. One file of OpenAlex then stands under a
second ``updated_date`` too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import re
import shutil
import zipfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from make_hub import COMMON, ENDINGS, FOREIGN, GIVEN, SYLLABLES, VENUES, capitalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Bits = NDArray[np.uint8]
    Mask = NDArray[np.bool_]
    Texts = pa.Array[Any]
    Write = Callable[[Any], None]

SEED = 530
TITLE = (
    "Using DeepSpeed and Megatron to Train Megatron-Turing NLG 530B,"
    " A Large-Scale Generative Language Model"
)
ARXIV = 11_990  # work 0 is arXiv:2201.11990
FIRST_YEAR, YEARS = 1990, 37
JANUARY_2015 = 12 * (2015 - FIRST_YEAR)
JANUARY_2022 = 12 * (2022 - FIRST_YEAR)
LAST_TEN = FIRST_YEAR + YEARS - 10  # the first of the years in counts_by_year

OPENALEX, S2, OPENCITATIONS = 1, 2, 4  # bits: the source knows it
SECOND, FORMER = 8, 16  # bits: OpenAlex names the second record, or an id from before a merge
BITS = {"openalex": OPENALEX, "s2": S2, "opencitations": OPENCITATIONS}
WORKS_KNOWN = {OPENALEX: 0.97, S2: 0.93, OPENCITATIONS: 0.91}  # the last of those with a DOI
CITATIONS_KNOWN = {OPENALEX: 0.92, S2: 0.88, OPENCITATIONS: 0.70}

BATCH = 65_536  # works whose citations are drawn together
BLOCK = 4_096  # works that are written together, at most
LEAST_BLOCKS = 64  # for as many partitions
FOLDERS = 4  # of OpenAlex, by updated_date
WORDS = 8_000
RUDE = {"ck", "t"}  # endings that make words of that kind
SCRIPTS = (  # words of titles not in Latin letters, and what stands between them
    ("大型 语言 模型 训练 方法 研究 高效 并行 分布式 神经 网络 推理 评测 数据 注意力 机制", ""),
    ("Обучение больших языковых моделей метод анализа данных нейронные сети оценка вывода", " "),
    ("نماذج اللغة الكبيرة تدريب شبكات عصبية تقييم البيانات موزعة", " "),
    ("Εκπαίδευση γλωσσικών μοντέλων μεγάλης κλίμακας νευρωνικά δίκτυα αξιολόγηση", " "),
    ("대규모 언어 모델 학습 분산 병렬 신경망 평가 데이터 추론 효율적인", " "),
)
INTENTS = ("background", "methodology", "result")


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("works", type=int)
    arguments.add_argument("folder", type=Path, help="an empty folder, or one that is not there")
    arguments.add_argument("--sources", nargs="+", choices=[*BITS], default=[*BITS])
    arguments.add_argument("--s2-format", choices=["jsonl", "parquet"], default="jsonl")
    arguments.add_argument("--partitions", type=int, default=8, help="files of each kind")
    arguments.add_argument("--citations", type=float, default=27, help="of a work, on average")
    arguments.add_argument("--citing", type=int, help="works that cite work 0")
    arguments.add_argument("--broken", type=float, default=0, help="share of broken lines")
    arguments.add_argument("--seed", type=int, default=SEED)
    given = arguments.parse_args()
    world = make_world(given.works, given.citations, given.seed, given.citing)
    parquet = given.s2_format == "parquet"
    make_dump(Dump(world, given.folder, given.partitions, parquet, given.broken), given.sources)
    print(f"{len(world.cited):>15,}  citations in the world")
    for source in given.sources:
        for folder in sorted((given.folder / source).iterdir()):
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            print(f"{size:>15,}  {source}/{folder.name}")


# -- the world ----------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """Works by number, and what they cite.

    The work ``n`` cites ``cited[offsets[n]:offsets[n + 1]]``, in order.
    """

    seed: int
    months: NDArray[np.int16]  # from January 1990
    undated: Mask  # no source tells the year
    has_doi: Mask  # of a published version
    arxiv: NDArray[np.int32]  # the number within the month; 0: not on arXiv
    has_second: Mask  # OpenAlex has a second record, the preprint's
    merges: NDArray[np.int8]  # how many ids of OpenAlex were merged into the one of now
    works_known: Bits
    offsets: Numbers
    cited: NDArray[np.int32]
    citations_known: Bits

    def knows(self, source: str) -> Numbers:
        """Return the works that the source knows."""
        return np.flatnonzero(self.works_known & BITS[source])

    def edges(self, source: str) -> tuple[Numbers, Numbers]:
        """Return the citing and the cited work of each citation that the source knows."""
        places = np.flatnonzero(self.citations_known & BITS[source])
        citing = np.searchsorted(self.offsets, places, side="right") - 1
        return citing, self.cited[places].astype(np.int64)

    def citing(self, low: int, high: int) -> Numbers:
        """Return the citing work of each citation by the works from low to high."""
        return np.repeat(np.arange(low, high), np.diff(self.offsets[low : high + 1]))

    def dois(self, works: Numbers) -> Texts:
        """Return DOIs of published versions."""
        plain = fill("10.5555/made.«work»", work=works)
        old = fill("10.5555/(sici)made(«work»)1:2<3::aid-«work»>3.0.co;2-x", work=works)
        dois = where(works % 100 == 0, old, plain)
        return where(self.has_doi[works], dois)

    def arxiv_ids(self, works: Numbers) -> Texts:
        """Return arXiv numbers, as in 2201.11990."""
        months, number = self.months[works].astype(np.int64), self.arxiv[works]
        year = pad((FIRST_YEAR + months // 12) % 100, 2)
        ids = fill("«y»«m».«n»", y=year, m=pad(1 + months % 12, 2), n=pad(number, 5))
        return where(number > 0, ids)

    def blocks(self) -> list[tuple[int, int]]:
        """Return the bounds of the blocks of works."""
        count = max(LEAST_BLOCKS, -(-len(self.months) // BLOCK))
        bounds = np.linspace(0, len(self.months), count + 1).astype(int).tolist()
        return [(low, high) for low, high in pairwise(bounds) if low < high]


def make_world(
    works: int, citations: float = 27, seed: int = SEED, citing: int | None = None
) -> World:
    """Draw a world with so many works, so many citations of each on average, and of work 0."""
    random = np.random.default_rng(seed)
    months = (12 * YEARS * np.sqrt(np.arange(works) / works)).astype(np.int16)
    months[0] = JANUARY_2022
    has_doi, undated = some(random, works, 0.8), some(random, works, 0.005)
    has_doi[0] = undated[0] = False
    arxiv = number_preprints(months, some(random, works, 0.25))
    arxiv[0] = ARXIV
    merges = some(random, works, 0.01) * (1 + some(random, works, 0.2))
    works_known = draw_bits(random, works, WORKS_KNOWN)
    works_known[~has_doi & (arxiv == 0)] &= OPENALEX | S2
    works_known[0] = OPENALEX | S2 | OPENCITATIONS
    offsets, cited = draw_citations(random, works, citations)
    add_citations(random, months, offsets, cited, citing)
    world = World(
        seed=seed,
        months=months,
        undated=undated,
        has_doi=has_doi,
        arxiv=arxiv,
        has_second=has_doi & (arxiv > 0) & some(random, works, 0.3),
        merges=merges.astype(np.int8),
        works_known=works_known,
        offsets=offsets,
        cited=cited,
        citations_known=np.empty(len(cited), np.uint8),
    )
    for low in range(0, works, BATCH):
        mark_citations(random, world, low, min(low + BATCH, works))
    return world


def some(random: np.random.Generator, count: int, share: float) -> Mask:
    """Draw some of so many."""
    return random.random(count) < share


def draw_bits(random: np.random.Generator, count: int, shares: dict[int, float]) -> Bits:
    """Draw what each source knows."""
    bits = np.zeros(count, np.uint8)
    for bit, share in shares.items():
        bits[some(random, count, share)] |= bit
    return bits


def number_preprints(months: NDArray[np.int16], chosen: Mask) -> NDArray[np.int32]:
    """Give the chosen works their arXiv numbers by month, from 2015 on, but not work 0's."""
    chosen = chosen & (months >= JANUARY_2015)
    chosen[0] = False
    total = np.cumsum(chosen)
    starts = np.searchsorted(months[1:], months)  # work 0 stands before all months
    number = total - total[starts]
    return np.where(chosen, number + (number >= ARXIV), 0).astype(np.int32)


def draw_citations(
    random: np.random.Generator, works: int, citations: float
) -> tuple[Numbers, NDArray[np.int32]]:
    """Let works cite older ones, the oldest most; one in eight cites nothing."""
    places = np.arange(works)
    places[0] = works * JANUARY_2022**2 // (12 * YEARS) ** 2
    counts, parts = [np.zeros(1, np.int64)], []
    for low in range(0, works, BATCH):
        place = places[low : low + BATCH]
        lengths = random.poisson(random.gamma(1.5, citations / 1.5 * 8 / 7, len(place)))
        lengths[some(random, len(place), 1 / 8) | (place <= 1)] = 0
        citing = np.repeat(np.arange(len(place)), lengths)
        cited = 1 + ((place[citing] - 1) * random.random(len(citing)) ** 2).astype(np.int64)
        pairs = np.unique(citing << 32 | cited)
        counts.append(np.bincount(pairs >> 32, minlength=len(place)))
        parts.append(pairs.astype(np.uint32).astype(np.int32))
    return np.cumsum(np.concatenate(counts)), np.concatenate(parts)


def add_citations(
    random: np.random.Generator,
    months: NDArray[np.int16],
    offsets: Numbers,
    cited: NDArray[np.int32],
    citing: int | None,
) -> None:
    """Let works cite work 0 and themselves, in place of their first and last citation."""
    able = np.flatnonzero((months >= JANUARY_2022) & (np.diff(offsets) > 1))
    able = able[able > 0]
    count = min(len(able), citing or max(len(months) // 1000, 20))
    cited[offsets[random.choice(able, count, replace=False)]] = 0
    chosen = random.choice(able, min(len(able), 5), replace=False)
    cited[offsets[chosen + 1] - 1] = chosen


def mark_citations(random: np.random.Generator, world: World, low: int, high: int) -> None:
    """Draw which citations the sources know, and what OpenAlex calls the cited works."""
    part = slice(world.offsets[low], world.offsets[high])
    cited = world.cited[part]
    bits = draw_bits(random, len(cited), CITATIONS_KNOWN)
    bits &= world.works_known[world.citing(low, high)] & world.works_known[cited]
    bits[world.has_second[cited] & some(random, len(cited), 0.5)] |= SECOND
    bits[(world.merges[cited] > 0) & some(random, len(cited), 0.3)] |= FORMER
    world.citations_known[part] = bits


def openalex_number(works: Numbers, record: Any = 0) -> Numbers:
    """Return ids: record 0 or 1 is the first or second, 2 was merged into 0, and 3 into 2."""
    return 9_000_000_000 + (works * 4 + record) * 387_420_489 % 1_000_000_000


def corpus_id(works: Numbers) -> Numbers:
    """Return ids of S2."""
    return 900_000_000 + works * 43_046_721 % 100_000_000


def pmid(works: Numbers) -> Texts:
    """Return ids of PubMed, which a fifth of the works have."""
    return where(works % 5 == 1, strings(90_000_000 + works))


# -- strings by vectors -------------------------------------------------------------------


def strings(values: Any) -> Any:
    """Return an array of strings, or one string, as it is, and other values as strings."""
    if isinstance(values, str):
        return values
    return pa.array(values).cast(pa.string())


def pad(numbers: Any, width: int) -> Texts:
    """Return numbers with leading zeros."""
    return pc.utf8_lpad(strings(numbers), width, "0")


def fill(template: str, **values: Any) -> Texts:
    """Put values into a template; one that lacks a value is null."""
    parts = re.split("«(.*?)»", template)
    columns = [strings(values[part]) if at % 2 else part for at, part in enumerate(parts)]
    return pc.binary_join_element_wise(*columns, "")


def where(known: Mask, values: Any, other: Any = None) -> Texts:
    """Return the values where they are known, and the others elsewhere."""
    other = other if isinstance(other, pa.Array) else pa.scalar(other, pa.string())
    return pc.if_else(pa.array(known), values, other)


def quote(texts: Texts) -> Texts:
    """Write texts as JSON does."""
    for letter, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        texts = pc.replace_substring(texts, letter, escape)
    return pc.fill_null(fill('"«text»"', text=texts), "null")


def cell(texts: Texts) -> Texts:
    """Write texts as CSV does."""
    return pc.replace_substring(pc.fill_null(texts, ""), '"', '""')


def listed(counts: Numbers, items: Any, none: Mask | None = None) -> pa.ListArray[Any]:
    """Put so many items into each list; some lists may be null."""
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    mask = none if none is None else pa.array(none)
    return pa.ListArray.from_arrays(offsets, items, mask=mask)


def join(counts: Numbers, items: Texts, separator: str = ",") -> Texts:
    """Join so many items for each count."""
    return pc.binary_join(listed(counts, items), separator)


def order(counts: Numbers) -> Numbers:
    """Return the place of each item in its list, from 0."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def to_json(array: Any) -> Texts:
    """Write the values of an array as JSON."""
    if pa.types.is_string(array.type):
        return quote(array)
    if pa.types.is_struct(array.type):
        parts: list[Any] = ["{"]
        for field in array.type:
            parts += [f'"{field.name}":', to_json(array.field(field.name)), ","]
        text = pc.binary_join_element_wise(*parts[:-1], "}", "")
    elif pa.types.is_list(array.type):
        counts = pc.fill_null(pc.list_value_length(array), 0).to_numpy()
        text = fill("[«items»]", items=join(counts, to_json(array.flatten())))
    else:
        text = strings(array)
    return pc.if_else(array.is_valid(), pc.fill_null(text, "null"), "null")


def compact(value: Any) -> str:
    """Write a value as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# -- texts --------------------------------------------------------------------------------


class Pools:
    """What texts are made of: words, names, journals, institutions, topics and phrases."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        endings = [ending for ending in ENDINGS.split() if ending not in RUDE]
        found = dict.fromkeys(COMMON.split())
        while len(found) < WORDS:
            parts = random.choice(SYLLABLES, int(random.integers(1, 4)))
            found["".join(parts) + str(random.choice(endings))] = None
        words, names = list(found), [word.capitalize() for word in found]
        weights = np.cumsum(1 / np.arange(1, WORDS + 1) ** 0.9)
        self.weights = weights / weights[-1]
        self.words = pa.array(words)
        self.capitalised = pa.array([capitalise(word) for word in words])
        self.keys = pa.array([f'"{word}":[' for word in words])
        people = [
            (given, family, family + given if gap == "" else f"{given}{gap}{family}")
            for givens, families, gap in FOREIGN
            for given in givens.split()
            for family in families.split()
        ]
        self.foreign = [pa.array(column) for column in zip(*people, strict=True)]
        initials = ["", "", *(f" {letter}." for letter in "ABCDEFGHJKLMNPRST")]
        self.given = pa.array([name + initial for name in GIVEN.split() for initial in initials])
        self.family = pa.array(names[-5000:])
        venues = [*VENUES, *(f"Journal of {name}" for name in names[200:500])]
        self.venues = pa.array(venues)
        self.sources = pa.array([describe_venue(*each) for each in enumerate(venues)])
        universities = [f"University of {name}" for name in names[-2000:]]
        self.universities = pa.array(universities)
        self.institutions = pa.array([*map(describe_institution, range(2000), universities)])
        topics = [f"{one} and {other} Models" for one, other in pairwise(names[:2000])]
        self.topics = pa.array([describe_topic(*each) for each in enumerate(topics)])
        phrase = [" ".join(words[at] for at in self.draw(random, 6)) for _ in range(8_192)]
        self.phrases = pa.array(phrase)

    def draw(self, random: np.random.Generator, count: int) -> Numbers:
        """Draw words by Zipf's law."""
        return np.searchsorted(self.weights[:-1], random.random(count))


@cache
def pools_of(seed: int) -> Pools:
    """Return the pools of a world, made once."""
    return Pools(seed)


def describe_venue(number: int, name: str) -> str:
    """Describe a journal or conference as OpenAlex does."""
    return compact(
        {
            "id": f"https://openalex.org/S9{number:09}",
            "display_name": name,
            "issn_l": f"9999-{number:04}",
            "issn": [f"9999-{number:04}"],
            "is_oa": False,
            "is_in_doaj": False,
            "host_organization": "https://openalex.org/P9000000001",
            "host_organization_name": "Made Press",
            "type": "conference" if number < len(VENUES) else "journal",
        }
    )


def describe_institution(number: int, name: str) -> str:
    """Describe an institution as OpenAlex does."""
    return compact(
        {
            "id": f"https://openalex.org/I9{number:09}",
            "display_name": name,
            "ror": f"https://ror.org/09ma{number:05}",
            "country_code": ("US", "CN", "DE", "IN", "BR", "NG", "JP", "FR")[number % 8],
            "type": "education",
        }
    )


def describe_topic(number: int, name: str) -> str:
    """Describe a topic as OpenAlex does."""
    levels = {
        "subfield": ("subfields/1702", "Artificial Intelligence"),
        "field": ("fields/17", "Computer Science"),
        "domain": ("domains/3", "Physical Sciences"),
    }
    return compact(
        {
            "id": f"https://openalex.org/T9{number:04}",
            "display_name": name,
            "score": round(0.9 + number % 99 / 1000, 4),
            **{
                level: {"id": f"https://openalex.org/{key}", "display_name": label}
                for level, (key, label) in levels.items()
            },
        }
    )


class Block:
    """Some works in a row with their texts, which are the same in all sources."""

    def __init__(self, world: World, low: int, high: int) -> None:
        self.world, self.pools = world, pools_of(world.seed)
        self.low, self.high, self.size = low, high, high - low
        random = self.random = self.generator(0)
        self.works = np.arange(low, high)
        self.months = world.months[low:high].astype(np.int64)
        self.year = FIRST_YEAR + self.months // 12
        day = pad(random.integers(1, 29, self.size), 2)
        self.date = fill("«y»-«m»-«d»", y=self.year, m=pad(1 + self.months % 12, 2), d=day)
        self.dated = ~world.undated[low:high]
        self.known = world.works_known[low:high]
        self.doi = world.dois(self.works)
        self.arxiv = world.arxiv_ids(self.works)
        on_arxiv = world.arxiv[low:high] > 0
        self.on_arxiv, self.unpublished = on_arxiv, on_arxiv & ~world.has_doi[low:high]
        self.title = self.make_titles()
        self.venue = random.integers(0, len(self.pools.venues), self.size)
        self.make_teams()
        lengths = random.integers(60, 150, self.size)
        self.abstract_length = np.where(some(random, self.size, 0.6), lengths, 0)
        self.abstract_words = self.pools.draw(random, int(self.abstract_length.sum()))
        part = slice(world.offsets[low], world.offsets[high])
        self.first_citation = int(world.offsets[low])
        self.row = world.citing(low, high) - low  # of each citation
        self.cited = world.cited[part].astype(np.int64)
        self.bits = world.citations_known[part]

    def generator(self, source: int) -> np.random.Generator:
        """Return the numbers that a source draws for these works."""
        return np.random.default_rng([self.world.seed, self.low, source])

    def make_titles(self) -> Texts:
        """Make titles; of those in a hundred, two are not in Latin letters and three odd."""
        random, pools = self.random, self.pools
        lengths = random.integers(5, 14, self.size)
        words = pools.capitalised.take(pa.array(pools.draw(random, int(lengths.sum()))))
        titles = join(lengths, words, " ").to_pylist()
        for row in np.flatnonzero(some(random, self.size, 0.05)).tolist():
            plain, kind = titles[row], random.integers(0, 10)
            script, gap = SCRIPTS[kind % len(SCRIPTS)]
            titles[row] = {
                0: None,
                1: "",
                2: f"$\\alpha$-{plain} in $O(n \\log n)$",
                3: f"<script>alert('made')</script> {plain}",
                4: f'"{plain}"',
                5: f"{plain}:\n  <i>One</i> & a \\ Two, “Three”",
            }.get(int(kind), gap.join(random.choice(script.split(), 7)))
        if self.low == 0:
            titles[0] = TITLE
        return pa.array(titles, pa.string())

    def make_teams(self) -> None:
        """Give each work authors, but for two in a hundred."""
        random, people = self.random, len(self.world.months) + 200
        teams = 1 + random.poisson(random.gamma(1.5, 1.8, self.size))
        teams[some(random, self.size, 0.02)] = 0
        row = np.repeat(np.arange(self.size), teams)
        author = (people * random.random(len(row)) ** 1.5).astype(np.int64)
        first = np.unique(row * people + author, return_index=True)[1]
        first.sort()  # no one twice in a team
        self.author = author[first]
        self.teams = np.bincount(row[first], minlength=self.size)
        pools = self.pools
        at = self.author * 2_654_435_761 % 1_000_000_007
        latin = self.author % 8 > 0
        given = pools.given.take(pa.array(at % len(pools.given)))
        family = pools.family.take(pa.array(at // 1000 % len(pools.family)))
        foreign = (column.take(pa.array(at % len(column))) for column in pools.foreign)
        latin_or = zip((given, family, fill("«g» «f»", g=given, f=family)), foreign, strict=True)
        self.given, self.family, self.name = (where(latin, *pair) for pair in latin_or)
        self.orcid = where(self.author % 5 <= 1, orcids(self.author))


def orcids(authors: Numbers) -> Texts:
    """Return ORCIDs with their check digits, out of a range that is not given out."""
    total = np.zeros(len(authors), np.int64)
    number = 900_000_000 + authors
    for place in reversed(range(15)):
        total = (total + number // 10**place % 10) * 2
    check = pa.array([*"0123456789X"]).take(pa.array((12 - total % 11) % 11))
    digits = pc.binary_join_element_wise(pad(number, 15), check, "")
    return pc.replace_substring_regex(digits, "(....)(....)(....)(....)", r"\1-\2-\3-\4")


# -- OpenAlex -----------------------------------------------------------------------------

RECORD = (
    '{"id":"https://openalex.org/W«id»","doi":«doi»,"title":«title»,"display_name":«title»,'
    '"publication_year":«year»,"publication_date":«date»,'
    '"ids":{"openalex":"https://openalex.org/W«id»"«doi_too»«pmid»},"language":«language»,'
    '"primary_location":«primary»,"type":"«type»","indexed_in":["«index»"],'
    '"open_access":{"is_oa":«open»,"oa_status":"«status»","oa_url":null,'
    '"any_repository_has_fulltext":«open»},"authorships":[«authorships»],'
    '"cited_by_count":«count»,"biblio":{"volume":null,"issue":null,"first_page":null,'
    '"last_page":null},"is_retracted":«retracted»,"is_paratext":false,"primary_topic":«topic»,'
    '"topics":[«topics»],"locations_count":«places»,"locations":[«locations»],'
    '"referenced_works_count":«references»,"referenced_works":[«referenced»],'
    '"related_works":[«related»],"abstract_inverted_index":«abstract»,'
    '"counts_by_year":[«yearly»],"updated_date":"«updated»T00:00:00.000000",'
    '"created_date":"2025-10-10T00:00:00.000000"}'
)
LOCATION = (
    '{"is_oa":«open»,"landing_page_url":«url»,"pdf_url":«pdf»,"source":«source»,"license":null,'
    '"license_id":null,"version":"«version»Version","is_accepted":«out»,"is_published":«out»}'
)
AUTHORSHIP = (
    '{"author_position":"«position»","author":{"id":"https://openalex.org/A9«author»",'
    '"display_name":«name»,"orcid":«orcid»},"institutions":[«institution»],'
    '"countries":[],"is_corresponding":«corresponding»,"raw_author_name":«name»,'
    '"raw_affiliation_strings":[«affiliation»]}'
)
ARXIV_SOURCE = compact(
    {
        "id": "https://openalex.org/S9999999999",
        "display_name": "arXiv (Cornell University)",
        "issn_l": None,
        "issn": None,
        "is_oa": True,
        "is_in_doaj": False,
        "host_organization": "https://openalex.org/I9999999999",
        "host_organization_name": "Cornell University",
        "type": "repository",
    }
)
BROKEN_OPENALEX = (
    "",
    '["https://openalex.org/W8000000001"]',
    '{"id":"https://openalex.org/W8000000002","title":"Broken","referenced_works":{"W1":1}}',
    '{"id":"https://openalex.org/W8000000003","title":"Broken","publication_year":"unknown"}',
    '{"id":"https://openalex.org/W8000000004","title":"Broken","authorships":{"author":1}}',
)


def openalex_lines(block: Block, updated: str, counts: dict[str, Any]) -> Texts:
    """Return OpenAlex' records of the works, as lines of JSON."""
    random, pools = block.generator(OPENALEX), block.pools
    known = np.flatnonzero(block.known & OPENALEX)
    rows = np.repeat(known, 1 + block.world.has_second[block.low + known])
    second = np.diff(rows, prepend=-1) == 0
    preprint = second | block.unpublished[rows]
    there = block.on_arxiv[rows] & (preprint | some(random, len(rows), 0.5))

    def at(column: Any) -> Texts:
        return column.take(pa.array(rows))

    doi = fill('"https://doi.org/«doi»"', doi=block.doi)
    named = some(random, block.size, 0.9) | (block.works == 0)
    arxiv_doi = where(named, fill('"https://doi.org/10.48550/arxiv.«id»"', id=block.arxiv))
    journal = fill(
        LOCATION,
        open="false",
        url=pc.fill_null(doi, "null"),
        pdf="null",
        source=pools.sources.take(pa.array(block.venue)),
        version="published",
        out="true",
    )
    repository = fill(
        LOCATION,
        open="true",
        url=fill('"http://arxiv.org/abs/«id»"', id=block.arxiv),
        pdf=fill('"https://arxiv.org/pdf/«id»"', id=block.arxiv),
        source=ARXIV_SOURCE,
        version="submitted",
        out="false",
    )
    primary = where(preprint, at(repository), at(journal))
    both = fill("«one»,«other»", one=at(journal), other=at(repository))
    doi = where(preprint, at(arxiv_doi), at(doi))
    dated = block.dated[rows]
    languages = pa.array(['"en"'] * 27 + ['"zh"', '"ru"', "null"])
    language = languages.take(pa.array(random.integers(0, len(languages), block.size)))
    topics, topic = openalex_topics(block, random)
    cited, referenced = openalex_references(block)
    related = random.integers(0, 10, block.size)
    related_ids = openalex_number(random.integers(0, len(block.world.months), related.sum()))
    return fill(
        RECORD,
        id=openalex_number(block.works[rows], second),
        doi=pc.fill_null(doi, "null"),
        title=at(quote(block.title)),
        year=where(dated, strings(block.year[rows]), "null"),
        date=where(dated, at(quote(block.date)), "null"),
        doi_too=pc.fill_null(fill(',"doi":«doi»', doi=doi), ""),
        pmid=where(second, "", at(pubmed_member(block))),
        language=at(language),
        primary=primary,
        type=where(preprint, "preprint", "article"),
        index=where(preprint, "arxiv", "crossref"),
        open=there,
        status=where(there, "green", "closed"),
        authorships=at(openalex_authorships(block, random)),
        count=counts["all"][block.works[rows]],
        retracted=at(strings(some(random, block.size, 0.001))),
        topic=at(topic),
        topics=at(topics),
        places=1 + (there & ~preprint),
        locations=where(there & ~preprint, both, primary),
        references=cited[rows],
        referenced=at(referenced),
        related=at(join(related, fill('"https://openalex.org/W«id»"', id=related_ids))),
        abstract=at(inverted_indexes(block)),
        yearly=at(openalex_years(counts["yearly"][block.low : block.high])),
        updated=updated,
    )


def pubmed_member(block: Block) -> Texts:
    """Return the member pmid of ids, or nothing."""
    url = fill(',"pmid":"https://pubmed.ncbi.nlm.nih.gov/«id»"', id=pmid(block.works))
    return pc.fill_null(url, "")


def openalex_topics(block: Block, random: np.random.Generator) -> tuple[Texts, Texts]:
    """Return up to two topics of each work, and the first of them."""
    counts = random.integers(0, 3, block.size)
    chosen = random.integers(0, len(block.pools.topics), counts.sum())
    topics = block.pools.topics.take(pa.array(chosen))
    first = topics.filter(pa.array(order(counts) == 0))
    return join(counts, topics), where(counts > 0, join(np.minimum(counts, 1), first), "null")


def openalex_references(block: Block) -> tuple[Numbers, Texts]:
    """Return how many works each one cites, and their ids."""
    kept = (block.bits & OPENALEX) > 0
    cited, bits = block.cited[kept], block.bits[kept]
    former = 2 + (cited % 2) * (block.world.merges[cited] > 1)
    record = np.where(bits & FORMER, former, (bits & SECOND) > 0)
    counts = np.bincount(block.row[kept], minlength=block.size)
    ids = fill('"https://openalex.org/W«id»"', id=openalex_number(cited, record))
    return counts, join(counts, ids)


def openalex_authorships(block: Block, random: np.random.Generator) -> Texts:
    """Return the authors of each work, as members of a list."""
    place, pools = order(block.teams), block.pools
    last = place == np.repeat(block.teams, block.teams) - 1
    known = some(random, len(place), 0.7)
    home = pa.array(block.author * 31 % len(pools.universities))
    authorships = fill(
        AUTHORSHIP,
        position=where(place == 0, "first", where(last, "last", "middle")),
        author=pad(block.author, 9),
        name=quote(block.name),
        orcid=pc.fill_null(fill('"https://orcid.org/«id»"', id=block.orcid), "null"),
        institution=where(known, pools.institutions.take(home), ""),
        corresponding=place == 0,
        affiliation=where(known, quote(pools.universities.take(home)), ""),
    )
    return join(block.teams, authorships)


def inverted_indexes(block: Block) -> Texts:
    """Return abstracts as OpenAlex has them: the places of each word."""
    lengths = block.abstract_length
    row = np.repeat(np.arange(block.size), lengths)
    keys = np.sort((row * WORDS + block.abstract_words) << 8 | order(lengths))
    starts = np.flatnonzero(np.diff(keys >> 8, prepend=-1))
    row, word = np.divmod(keys[starts] >> 8, WORDS)
    places = join(np.diff(starts, append=len(keys)), strings(keys & 0xFF))
    words = fill("«word»«places»]", word=block.pools.keys.take(pa.array(word)), places=places)
    texts = join(np.bincount(row, minlength=block.size), words)
    return where(lengths > 0, fill("{«words»}", words=texts), "null")


def openalex_years(yearly: NDArray[np.int32]) -> Texts:
    """Return in which of the last ten years works were cited, and how often."""
    row, back = yearly[:, ::-1].nonzero()
    year = LAST_TEN + 9 - back
    member = '{"year":«year»,"cited_by_count":«count»}'
    members = fill(member, year=year, count=yearly[row, year - LAST_TEN])
    return join(np.bincount(row, minlength=len(yearly)), members)


def openalex_merges(world: World) -> dict[str, Texts]:
    """Return the lines of merged ids by the date of the merge; an id of 2024 may lead to 2025."""
    known = world.knows("openalex")
    lines = {}
    for times, date in ((2, "2024-03-05"), (1, "2025-06-10")):
        works = known[world.merges[known] >= times]
        gone = openalex_number(works, times + 1)
        left = openalex_number(works, times if times > 1 else 0)
        lines[date] = fill("«date»,W«gone»,W«left»", date=date, gone=gone, left=left)
    return lines


# -- Semantic Scholar ---------------------------------------------------------------------

BROKEN_S2 = {
    "papers": (
        "",
        "[799999991]",
        '{"corpusid":799999992,"title":"Broken","year":"unknown","authors":[]}',
        '{"corpusid":799999993,"title":"Broken","year":2022,"authors":"none"}',
    ),
    "citations": (
        "",
        "[1,2]",
        '{"citationid":0,"citingcorpusid":"unknown","citedcorpusid":null,"contexts":null}',
        '{"citationid":0,"citingcorpusid":null,"citedcorpusid":null,"contexts":{"none":1}}',
    ),
    "abstracts": ("", "[]", '{"corpusid":799999992,"abstract":{"Broken":1}}'),
    "tldrs": ("", "[]", '{"corpusid":"unknown","model":1,"text":"Broken"}'),
}


def s2_papers(block: Block, counts: Numbers) -> pa.RecordBatch:
    """Return S2's papers."""
    random, works = block.generator(S2), block.works
    doi = where(works % 3 == 0, pc.utf8_upper(block.doi), block.doi)
    doi = pc.coalesce(doi, fill("10.48550/arXiv.«id»", id=block.arxiv))
    cited = counts[works]
    ids = {
        "ACL": where(works % 50 == 1, fill("2099.acl-long.«work»", work=works)),
        "DBLP": where(works % 4 == 0, fill("conf/made/«work»", work=works)),
        "ArXiv": block.arxiv,
        "MAG": where(works % 2 == 0, strings(9_000_000_000 + works)),
        "CorpusId": strings(corpus_id(works)),
        "PubMed": pmid(works),
        "DOI": doi,
        "PubMedCentral": pa.nulls(block.size, pa.string()),
    }
    venue = where(works % 5 > 0, block.pools.venues.take(pa.array(block.venue)), "")
    people = {"authorId": strings(900_000_000 + block.author), "name": block.name}
    references = np.bincount(block.row[(block.bits & S2) > 0], minlength=block.size)
    url = fill("https://www.semanticscholar.org/paper/«id»", id=ids["CorpusId"])
    columns = {
        "corpusid": corpus_id(works),
        "externalids": struct(ids),
        "url": url,
        "title": block.title,
        "authors": listed(block.teams, struct(people)),
        "venue": where(block.unpublished, "arXiv.org", venue),
        "publicationvenueid": pa.nulls(block.size, pa.string()),
        "year": pa.array(block.year, mask=~block.dated),
        "referencecount": references,
        "citationcount": cited,
        "influentialcitationcount": cited // 20,
        "isopenaccess": some(random, block.size, 0.4),
        "publicationdate": where(block.dated & (works % 10 != 1), block.date),
    }
    return pa.RecordBatch.from_pydict(columns).filter(pa.array((block.known & S2) > 0))


def s2_abstracts(block: Block) -> pa.RecordBatch:
    """Return S2's abstracts, of three in four works that have one."""
    words = block.pools.words.take(pa.array(block.abstract_words))
    access = {
        "externalids": struct({"DOI": block.doi, "ArXiv": block.arxiv}),
        "license": pa.nulls(block.size, pa.string()),
        "url": fill("https://arxiv.org/pdf/«id»", id=block.arxiv),
        "status": where(block.works % 2 == 0, "GREEN"),
    }
    columns = {
        "corpusid": corpus_id(block.works),
        "abstract": fill("«text».", text=join(block.abstract_length, words, " ")),
        "openaccessinfo": struct(access),
    }
    chosen = (block.abstract_length > 0) & (block.works % 4 > 0) & ((block.known & S2) > 0)
    return pa.RecordBatch.from_pydict(columns).filter(pa.array(chosen))


def s2_tldrs(block: Block) -> pa.RecordBatch:
    """Return S2's summaries of two works in five."""
    phrases = block.generator(S2 + 100).integers(0, len(block.pools.phrases), (2, block.size))
    one, other = (block.pools.phrases.take(pa.array(chosen)) for chosen in phrases)
    columns = {
        "corpusid": corpus_id(block.works),
        "model": pa.repeat("tldr@v2.0.0", block.size),
        "text": fill("This work shows «one» and «other».", one=one, other=other),
    }
    chosen = (block.works % 5 <= 1) & ((block.known & S2) > 0)
    return pa.RecordBatch.from_pydict(columns).filter(pa.array(chosen))


def s2_citations(block: Block) -> pa.RecordBatch:
    """Return S2's citations: more than half have contexts, most of those have intents."""
    random, pools = block.generator(S2 + 200), block.pools
    citing = (block.known[block.row] & S2) > 0
    cited = (block.world.works_known[block.cited] & S2) > 0
    half = (citing != cited) & some(random, len(citing), 0.3)
    kept = np.flatnonzero(((block.bits & S2) > 0) | half)
    size = len(kept)
    none = some(random, size, 0.45)
    counts = np.where(none, 0, random.geometric(0.7, size).clip(max=5))
    total = int(counts.sum())
    before, after = (
        pools.phrases.take(pa.array(random.integers(0, len(pools.phrases), total)))
        for _ in range(2)
    )
    number = random.integers(1, 100, total)
    contexts = fill("«before» [«number»] «after».", before=before, number=number, after=after)
    # The intents of a context: null, none, one, or two.
    several = random.choice(5, total, p=[0.3, 0.02, 0.58, 0.08, 0.02]) - 1
    lengths = several.clip(0, 2)
    first = random.choice(3, total, p=[0.65, 0.25, 0.1])
    intent = (np.repeat(first, lengths) + order(lengths)) % 3
    intents = listed(lengths, pa.array(INTENTS).take(pa.array(intent)), several < 0)
    unread = none | some(random, size, 0.2)
    intents = intents.filter(pa.array(np.repeat(~unread, counts)))
    work = block.low + block.row[kept]
    return pa.RecordBatch.from_pydict(
        {
            "citationid": block.first_citation + kept + 1,
            "citingcorpusid": pa.array(corpus_id(work), mask=~citing[kept]),
            "citedcorpusid": pa.array(corpus_id(block.cited[kept]), mask=~cited[kept]),
            "isinfluential": some(random, size, 0.05),
            "contexts": listed(counts, contexts, none),
            "intents": listed(np.where(unread, 0, counts), intents, unread),
        }
    )


def struct(columns: dict[str, Any]) -> pa.StructArray:
    """Put columns into one."""
    return pa.StructArray.from_arrays([*columns.values()], [*columns])


# -- OpenCitations ------------------------------------------------------------------------

INDEX = "oci,citing,cited,creation,timespan,journal_sc,author_sc"
META = "id,title,author,issue,volume,venue,page,pub_date,type,publisher,editor"


def omids(works: Numbers) -> Texts:
    """Return OMIDs without their kind."""
    return fill("0690«work»", work=works + 1)


def meta_ids(world: World, works: Numbers) -> Texts:
    """Return the ids of works in one cell: OMID, DOI, of some the preprint's DOI too, and PMID."""
    preprint = fill(" doi:10.48550/arxiv.«id»", id=world.arxiv_ids(works))
    both = world.has_second[works] & (works % 3 == 0)
    parts = (
        fill(" doi:«id»", id=world.dois(works)),
        where(both | ~world.has_doi[works], preprint),
        fill(" pmid:«id»", id=pmid(works)),
    )
    more = (pc.fill_null(part, "") for part in parts)
    return pc.binary_join_element_wise("omid:br/", omids(works), *more, "")


def index_ids(world: World, works: Numbers) -> Texts:
    """Return the same for the index, where one work in ten has an OMID only."""
    return where(works % 10 != 1, meta_ids(world, works), fill("omid:br/«id»", id=omids(works)))


def index_lines(block: Block) -> Texts:
    """Return citations as lines of OpenCitations' Index."""
    random, kept = block.generator(OPENCITATIONS), (block.bits & OPENCITATIONS) > 0
    row, cited = block.row[kept], block.cited[kept]
    dated = block.dated[row]
    date = where(block.works % 4 == 0, pc.utf8_slice_codeunits(block.date, 0, 7), block.date)
    months = block.months[row] - block.world.months[cited]
    age = np.abs(months)
    sign = where(months < 0, "-", "")
    span = fill("«sign»P«years»Y«months»M", sign=sign, years=age // 12, months=age % 12)
    return fill(
        '"«citing»-«cited»","«citing_ids»","«cited_ids»","«date»","«span»","«venue»","«author»"',
        citing=omids(block.low + row),
        cited=omids(cited),
        citing_ids=index_ids(block.world, block.works).take(pa.array(row)),
        cited_ids=index_ids(block.world, cited),
        date=where(dated, date.take(pa.array(row)), ""),
        span=where(dated & ~block.world.undated[cited], span, ""),
        venue=where(some(random, len(row), 0.05), "yes", "no"),
        author=where(some(random, len(row), 0.05), "yes", "no"),
    )


def meta_lines(block: Block) -> Texts:
    """Return works as lines of OpenCitations' Meta."""
    orcid = pc.fill_null(fill(" orcid:«id»", id=block.orcid), "")
    person = fill(
        "«family», «given» [omid:ra/0690«id»«orcid»]",
        family=block.family,
        given=block.given,
        id=1 + block.author,
        orcid=orcid,
    )
    ids = meta_ids(block.world, block.works)
    openalex = fill(" openalex:W«id»", id=openalex_number(block.works))
    known = (block.known & OPENALEX > 0) & (block.works % 3 > 0)
    lines = fill(
        '"«ids»«openalex»","«title»","«authors»","","","«venue»","","«date»","«type»","«who»",""',
        ids=ids,
        openalex=where(known, openalex, ""),
        title=cell(block.title),
        authors=cell(join(block.teams, person, "; ")),
        venue=where(block.works % 5 > 0, block.pools.venues.take(pa.array(block.venue)), ""),
        date=where(block.dated, block.date, ""),
        type=where(block.unpublished, "preprint", "journal article"),
        who="Made Press [omid:ra/06901]",
    )
    return lines.filter(pa.array((block.known & OPENCITATIONS) > 0))


# -- files --------------------------------------------------------------------------------


class Dump(NamedTuple):
    """What is written, and where."""

    world: World
    folder: Path
    partitions: int
    parquet: bool  # of S2
    broken: float

    def blocks(self, part: int) -> Iterator[Block]:
        """Make the blocks of a partition, which are of all ages."""
        for low, high in self.world.blocks()[part :: self.partitions]:
            yield Block(self.world, low, high)

    def mix(self, block: Block, lines: Texts, broken: tuple[str, ...]) -> Texts:
        """Put broken lines between others."""
        random = block.generator(100)
        places = np.flatnonzero(some(random, len(lines), self.broken))
        if len(places) == 0:
            return lines
        cut = pc.utf8_slice_codeunits(lines[:1], 0, 40)
        chosen = pa.array(broken).take(pa.array(random.integers(0, len(broken), len(places))))
        added = where(some(random, len(places), 0.2), cut[0], chosen)
        rows = np.insert(np.arange(len(lines)), places, len(lines) + np.arange(len(places)))
        return pa.concat_arrays([lines, added]).take(pa.array(rows))


def make_dump(dump: Dump, sources: list[str]) -> None:
    """Write the dumps of some sources, with a process for each core."""
    tasks = [(source, part) for source in sources for part in range(dump.partitions)]
    counts = {source: count_citations(dump.world, source) for source in sources}
    # Forked processes share the world's memory.
    context, number = multiprocessing.get_context("fork"), min(os.cpu_count() or 1, len(tasks))
    workers = [
        context.Process(target=write_parts, args=(dump, tasks[at::number], counts))
        for at in range(number)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit(1)
    if "openalex" in sources:
        write_merges(dump)


def count_citations(world: World, source: str) -> dict[str, Any]:
    """Count the citations of each work that a source knows, and those of the last ten years."""
    size = len(world.months)
    total, yearly = np.zeros(size, np.int64), np.zeros((size, 10), np.int32)
    years = FIRST_YEAR - LAST_TEN + world.months // 12
    for low in range(0, size, BATCH):
        high = min(low + BATCH, size)
        part = slice(world.offsets[low], world.offsets[high])
        known = (world.citations_known[part] & BITS[source]) > 0
        year, cited = years[world.citing(low, high)[known]], world.cited[part][known]
        np.add.at(total, cited, 1)
        if source == "openalex":
            np.add.at(yearly, (cited[year >= 0], year[year >= 0]), 1)
    return {"all": total, "yearly": yearly}


def write_parts(dump: Dump, tasks: list[tuple[str, int]], counts: dict[str, Any]) -> None:
    """Write some partitions of sources."""
    writers = {"openalex": write_openalex, "s2": write_s2, "opencitations": write_opencitations}
    for source, part in tasks:
        writers[source](dump, part, counts[source])


def write_openalex(dump: Dump, part: int, counts: dict[str, Any]) -> None:
    """Write a file of works."""
    updated = f"2026-{2 + part % FOLDERS:02}-15"
    name = f"part_{part // FOLDERS:03}.gz"
    works = dump.folder / "openalex" / "works"
    with gzip_file(works / f"updated_date={updated}" / name) as write:
        for block in dump.blocks(part):
            write(dump.mix(block, openalex_lines(block, updated, counts), BROKEN_OPENALEX))
    if part == 0 and dump.broken > 0:
        again = works / "updated_date=2026-01-15"
        again.mkdir()
        shutil.copyfile(works / f"updated_date={updated}" / name, again / name)


def write_merges(dump: Dump) -> None:
    """Write the ids of OpenAlex that were merged."""
    for date, lines in openalex_merges(dump.world).items():
        path = dump.folder / "openalex" / "merged_ids" / "works" / f"{date}.csv.gz"
        with gzip_file(path, "merge_date,id,merge_into_id") as write:
            write(lines)


def write_s2(dump: Dump, part: int, counts: dict[str, Any]) -> None:
    """Write a file of each of S2's datasets."""
    datasets: dict[str, Callable[[Block], pa.RecordBatch]] = {
        "papers": lambda block: s2_papers(block, counts["all"]),
        "citations": s2_citations,
        "abstracts": s2_abstracts,
        "tldrs": s2_tldrs,
    }
    with ExitStack() as files:
        writes: dict[str, Write] = {}
        for name in datasets:
            path = dump.folder / "s2" / name / f"part_{part:03}"
            file = parquet_file(path) if dump.parquet else gzip_file(path.with_suffix(".jsonl.gz"))
            writes[name] = files.enter_context(file)
        for block in dump.blocks(part):
            for name, make in datasets.items():
                batch = make(block)
                if dump.parquet:
                    writes[name](batch)
                else:
                    lines = to_json(batch.to_struct_array())
                    writes[name](dump.mix(block, lines, BROKEN_S2[name]))


def write_opencitations(dump: Dump, part: int, _counts: dict[str, Any]) -> None:
    """Write a file of the index, zipped if it is the last one, and a file of Meta."""
    folder = dump.folder / "opencitations"
    path = folder / "index" / f"part_{part:03}.csv"
    file = zip_file if part == dump.partitions - 1 else plain_file
    with file(path, INDEX) as index, gzip_file(folder / "meta" / f"{path.name}.gz", META) as meta:
        for block in dump.blocks(part):
            index(index_lines(block))
            meta(meta_lines(block))


def to_bytes(lines: Texts) -> memoryview:
    """Return lines as they stand in a file."""
    ended = pc.binary_join_element_wise(lines, "\n", "")
    ends = np.frombuffer(ended.buffers()[1], np.int32)
    return memoryview(ended.buffers()[2] or b"")[: ends[len(ended)]]


@contextmanager
def plain_file(path: Path, header: str = "") -> Iterator[Write]:
    """Open a file for lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        yield line_writer(file, header)


@contextmanager
def gzip_file(path: Path, header: str = "") -> Iterator[Write]:
    """Open a gzipped file for lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as file:
        yield line_writer(file, header)


@contextmanager
def zip_file(path: Path, header: str = "") -> Iterator[Write]:
    """Open a zip file with one file for lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    info = zipfile.ZipInfo(path.name)  # of 1980
    info.compress_type = zipfile.ZIP_DEFLATED
    with (
        zipfile.ZipFile(path.with_suffix(".zip"), "w", compresslevel=1) as archive,
        archive.open(info, "w", force_zip64=True) as file,
    ):
        yield line_writer(file, header)


def line_writer(file: Any, header: str) -> Write:
    """Write the header of a file, and return what writes lines."""
    if header:
        file.write(f"{header}\n".encode())
    return lambda lines: file.write(to_bytes(lines))


@contextmanager
def parquet_file(path: Path) -> Iterator[Write]:
    """Open a Parquet file for batches of rows, each a row group."""
    path = path.with_suffix(".parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        writers: list[pq.ParquetWriter] = []

        def write(batch: pa.RecordBatch) -> None:
            if not writers:
                writers.append(
                    opened.enter_context(
                        pq.ParquetWriter(
                            path,
                            batch.schema,
                            compression="zstd",
                            use_dictionary=["model", "venue", "intents.list.element.list.element"],
                        )
                    )
                )
            writers[0].write_batch(batch)

        yield write


if __name__ == "__main__":
    main()
