"""Write a made hub of any size, shaped like the real one: the data of ``benchmarks/explorer.py``.

    python benchmarks/make_hub.py 100000 FOLDER

The same number gives the same tables. Titles and findings draw from 8,000 words by Zipf's law,
with an exponent of 0.9, and compress to a third. Author names follow a power law too, one in eight
not in Latin letters. Where the real hub has nulls (years, venues, findings, labels), so has this
one. The table ``evidence`` holds the cells of ``works``; those of the other tables would be four
times as many again.

Tables are made column by column and written as a release is; the content hashes of the manifest
are citehub's own, so that the folder opens and verifies as any release does.
"""

from __future__ import annotations

import argparse
import json
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import citehub
from citehub._manifest import sha256
from citehub._parquet_files import parquet_bytes
from citehub._rows import Intent, Polarity
from citehub._schema import TABLES
from citehub.build import write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Objects = NDArray[np.object_]
    Numbers = NDArray[np.int64]

SEED = 530
FIRST_YEAR, YEARS = 2022, 5
WORDS = 8_000
COMMON = """
    for of with and in the a via on to from towards language model models large learning
    training data neural efficient scaling attention transformer transformers reasoning networks
    inference distributed parallel pipeline tensor memory optimization multimodal retrieval
    generation deep evaluation benchmark sparse experts mixture alignment prompting instruction
    tuning pretraining framework system systems survey robust adaptive fast knowledge graph
    vision speech code text long context quantization compression pruning distillation federated
    privacy fine-grained zero-shot few-shot self-supervised low-rank open-source cross-lingual
    agents safety
"""
VENUES = ("NeurIPS", "ICML", "ICLR", "ACL", "EMNLP", "MLSys", "TMLR", "JMLR", "AAAI", "SC", "CVPR")
SMALL = {"for", "of", "with", "and", "in", "the", "a", "via", "on", "to"}  # never capitals
CATEGORIES = """
    cs.CL cs.LG cs.DC cs.AI cs.CV cs.AR stat.ML cs.SE cs.IR cs.CR cs.PF cs.NE cs.HC cs.RO
    eess.AS cs.SD cs.CY math.OC cs.NI cs.DB q-bio.QM physics.comp-ph cs.MA cs.PL eess.IV
"""
GIVEN = """
    Anna Wei Mohammad Jun Elena José Priya Lars Yuki Chloé Ivan Fatima Noah Minh Zoë Omar Ingrid
    Tomáš Aisha Pedro Hana Søren Mei Kofi Lucía Björn Rahul Nadia Emil Sofia Łukasz Amara
"""
CONSONANTS = "b c d f g h j k l m n p r s t v w z br cl dr gr pl st tr sh th"
VOWELS = "a e i o u ai ea ou"
SYLLABLES = [consonant + vowel for consonant, vowel in product(CONSONANTS.split(), VOWELS.split())]
ENDINGS = "n r l s t x m ng nd st ck ion ing er al ic ist ity ous"
FOREIGN = (  # given names, family names and what stands between them, not in Latin letters
    (
        "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英",
        "王 李 张 刘 陈 杨 黄 赵 吴 周",
        "",
    ),
    ("Анна Иван Мария Пётр Ольга Сергей", "Иванов Смирнов Кузнецов Попов Волков Фёдоров", " "),
    ("Γιώργος Μαρία Νίκος Ελένη", "Παπαδόπουλος Νικολαΐδης Γεωργίου", " "),
    ("محمد فاطمة أحمد ليلى", "حسن العلي إبراهيم", " "),
    ("민준 서연 지훈 하은 도윤", "김 이 박 최 정", ""),
)
CELLS = {  # source and grade of each column of works, as in the real hub
    "work_id": ("pith-hub-page", "stated"),
    "title": ("pith-hub-page", "stated"),
    "title_plain": ("derived", "derived"),
    "publication_year": ("bibliographic-records", "stated"),
    "publication_month": ("bibliographic-records", "stated"),
    "venue": ("bibliographic-records", "stated"),
    "primary_category": ("bibliographic-records", "stated"),
    "finding": ("pith-hub-page", "stated"),
    "finding_source": ("pith-hub-page", "stated"),
    "author_count": ("bibliographic-records", "stated"),
    "code_url": ("bibliographic-records", "stated"),
    "model_url": ("bibliographic-records", "stated"),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("works", type=int, help="citing works")
    arguments.add_argument("folder", type=Path, help="an empty folder, or one that is not there")
    given = arguments.parse_args()
    make_hub(given.works, given.folder)
    for path in sorted(given.folder.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path.name}")


def make_hub(works: int, folder: Path) -> None:
    """Write a release with so many citing works."""
    folder.mkdir(parents=True, exist_ok=True)
    real = citehub.load("mt-nlg")
    manifest: Any = json.loads(json.dumps(real.manifest))
    manifest |= {"name": "made", "id": "", "title": f"A made hub of {works:,} works"}
    manifest |= {"version": "0.1.0", "resources": []}
    manifest["citehub"]["hub"] = "made"
    for name, columns in Maker(works, real).tables().items():
        schema = write.arrow_schema(TABLES[name])
        rows = len(next(iter(columns.values()), ()))
        table = pa.table(
            [
                pa.array(columns[field.name]).cast(field.type)
                if field.name in columns
                else pa.nulls(rows, field.type)
                for field in schema
            ],
            schema=schema,
        )
        manifest["resources"].append(write_table(name, table, folder))
    write.write_manifest(json.dumps(manifest).encode(), str(folder))


def write_table(name: str, table: pa.Table, folder: Path) -> dict[str, Any]:
    """Write a table's file, and return the manifest's description of it."""
    data = parquet_bytes(table)
    (folder / f"{name}.parquet").write_bytes(data)
    resource: Any = write.describe(TABLES[name], table.to_pylist())
    return resource | {"bytes": len(data), "hash": sha256(data)}


class Maker:
    """Draws the columns of every table; row 0 of a work is the canonical one's."""

    def __init__(self, works: int, real: citehub.Hub) -> None:
        self.real = real
        self.size = works
        self.random = np.random.default_rng(SEED)
        common = COMMON.split()
        words = [*common, *self.make_words(WORDS - len(common), 1, 3)]
        self.words = np.array(words, object)
        self.capitalised = np.array([*map(capitalise, words)], object)

    def tables(self) -> dict[str, dict[str, Any]]:
        """Return the columns of each table."""
        works = self.make_works()
        ids = np.array(works["work_id"], object)
        authorships = self.make_authorships(ids)
        works["author_count"] = np.bincount(
            np.repeat(np.arange(len(ids)), self.team_sizes), minlength=len(ids)
        )
        citations = self.make_citations(ids, works)
        themes = [row["theme_id"] for row in self.real.themes]
        leaders = {"hub-page": min(23, self.size), "hub-page-lead": min(1, self.size)}
        return {
            "works": works,
            "work_ids": self.make_ids(ids),
            "authorships": authorships,
            "citations": citations,
            "citation_contexts": {"context_id": []},
            "citation_labels": self.make_labels(ids[1:]),
            "representatives": {
                "method": [method for method, most in leaders.items() for _ in range(most)],
                "rank": [rank + 1 for most in leaders.values() for rank in range(most)],
                "work_id": [ids[rank + 1] for most in leaders.values() for rank in range(most)],
            },
            "themes": columns_of(self.real.themes),
            "work_themes": self.make_themes(ids[1:], themes),
            "sources": columns_of(self.real.sources),
            "evidence": make_evidence(works),
        }

    # -- words ----------------------------------------------------------------------------

    def make_words(self, count: int, least: int, most: int) -> list[str]:
        """Return so many different words of some syllables."""
        words: dict[str, None] = {}
        while len(words) < count:
            parts = self.random.choice(SYLLABLES, int(self.random.integers(least, most + 1)))
            words["".join(parts) + str(self.random.choice(ENDINGS.split()))] = None
        return list(words)

    def draw(self, among: int, count: int, exponent: float) -> Numbers:
        """Draw ranks by Zipf's law."""
        weights = 1 / np.arange(1, among + 1) ** exponent
        total = np.cumsum(weights)
        return np.searchsorted(total, self.random.random(count) * total[-1])

    def write_texts(
        self, lengths: Numbers, words: Objects, style: Callable[[Objects, Numbers], None]
    ) -> pa.Array[Any]:
        """Return a text of so many words for each length, after the style has changed some."""
        ends = np.cumsum(lengths)
        tokens = words[self.draw(WORDS, int(ends[-1]), 0.9)]
        style(tokens, np.concatenate([[0], ends[:-1]]))
        offsets = pa.array(np.concatenate([[0], ends]), pa.int32())
        return pc.binary_join(pa.ListArray.from_arrays(offsets, pa.array(tokens)), " ")

    def some(self, share: float, count: int | None = None) -> NDArray[np.bool_]:
        """Draw some of so many, of all works by default."""
        return self.random.random(self.size + 1 if count is None else count) < share

    # -- tables ---------------------------------------------------------------------------

    def make_works(self) -> dict[str, Any]:
        """Make the works; the first is the canonical one, as it is."""
        size = self.size + 1
        months = np.sort(self.random.integers(0, 12 * YEARS, size))[self.random.permutation(size)]
        known = ~self.some(0.02)
        ids = number_ids(months, known)
        canonical = next(iter(self.real.works))
        lengths = self.random.integers(5, 14, size)
        plain = self.write_texts(lengths, self.capitalised, self.style_title)
        tex = pa.array(self.some(0.03))
        plain, title = (
            pc.if_else(tex, pc.binary_join_element_wise(letter, plain, " "), plain)
            for letter in ("α", "$\\alpha$")
        )
        lengths = self.random.integers(16, 32, size)
        findings = self.write_texts(lengths, self.words, self.style_finding)
        found = self.some(0.6)
        venue = np.array([f"{name} {year}" for year, name in product(range(2022, 2027), VENUES)])
        categories = np.array(CATEGORIES.split())
        code = pa.array([f"https://github.com/made/{word}" for word in self.words])
        works: dict[str, Any] = {
            "work_id": ids,
            "title": title,
            "title_plain": plain,
            "publication_year": mask(FIRST_YEAR + months // 12, known),
            "publication_month": mask(1 + months % 12, known & ~self.some(0.03)),
            "venue": mask(venue[self.draw(len(venue), size, 0.6)], self.some(0.55)),
            "primary_category": mask(
                categories[self.draw(len(categories), size, 1.2)], self.some(0.95)
            ),
            "finding": mask(findings, found),
            "finding_source": mask(np.full(size, "pith-hub-page"), found),
            "code_url": mask(code.take(self.draw(WORDS, size, 0.1)), self.some(0.3)),
            "model_url": mask(code.take(self.draw(WORDS, size, 0.1)), self.some(0.08)),
        }
        for name in works.keys() & canonical.keys():
            first = pa.array([canonical[name]])
            works[name] = pa.concat_arrays([first.cast(works[name].type), works[name][1:]])
        self.months = np.where(known, months, -1)
        return works

    def style_title(self, tokens: Objects, starts: Numbers) -> None:
        """Put a colon after the first word of two titles in five."""
        named = starts[self.some(0.4)]
        tokens[named] = tokens[named] + ":"

    def style_finding(self, tokens: Objects, starts: Numbers) -> None:
        """Begin with a capital, print a figure, and end with a full stop."""
        tokens[starts] = [word.capitalize() for word in tokens[starts]]
        figures = self.random.integers(11, 990, len(starts)) / 10
        tokens[starts + 8] = [f"{figure}%" for figure in figures]
        tokens[np.append(starts[1:], len(tokens)) - 1] += "."

    def make_authorships(self, ids: Objects) -> dict[str, Any]:
        """Give each work up to twelve authors."""
        names = self.make_names(2 * self.size + 200)
        teams = self.random.integers(1, 13, len(ids))
        work = np.repeat(np.arange(len(ids)), teams)
        author = self.draw(len(names), len(work), 0.7)
        first = np.unique(work * len(names) + author, return_index=True)[1]
        first.sort()  # no one twice in a team
        work, author = work[first], author[first]
        self.team_sizes = np.bincount(work, minlength=len(ids))
        last = np.repeat(self.team_sizes, self.team_sizes)
        order = np.arange(len(work)) - np.repeat(
            np.cumsum(self.team_sizes) - self.team_sizes, self.team_sizes
        )
        position = np.where(order == 0, "first", np.where(order == last - 1, "last", "middle"))
        return {
            "work_id": ids[work],
            "author_order": order + 1,
            "author_name": names[author],
            "author_position": position,
            "is_collective": np.zeros(len(work), bool),
        }

    def make_names(self, count: int) -> Objects:
        """Return so many names."""
        families = [word.capitalize() for word in self.make_words(4_000, 1, 3)]
        initials = [f" {letter}. " for letter in "ABCDEFGHJKLMNPRST"]
        chosen = (
            self.random.choice(np.array(each, object), count)
            for each in (GIVEN.split(), [" "] * len(initials) + initials, families)
        )
        names: Objects = sum(chosen, np.full(count, "", object))
        foreign = np.array(
            [
                family + given if gap == "" else f"{given}{gap}{family}"
                for givens, surnames, gap in FOREIGN
                for given, family in product(givens.split(), surnames.split())
            ],
            object,
        )
        places = self.some(1 / 8, count).nonzero()[0]
        names[places] = self.random.choice(foreign, len(places))
        return names

    def make_ids(self, ids: Objects) -> dict[str, Any]:
        """List the identifier that each work is known by, and a DOI of one arXiv work in five."""
        more = ids[np.array([each.startswith("arxiv:") for each in ids]) & self.some(0.2)]
        schemes, values = zip(*(each.split(":", 1) for each in ids), strict=True)
        dois = [f"10.48550/arXiv.{each.partition(':')[2]}" for each in more]
        return {
            "work_id": [*ids, *more],
            "scheme": [*schemes, *["doi"] * len(more)],
            "value": [*values, *dois],
        }

    def make_citations(self, ids: Objects, works: dict[str, Any]) -> dict[str, Any]:
        """Let each work cite the canonical one."""
        months = np.where(works["publication_month"].is_valid(), self.months, -1)[1:]
        shared = np.where(self.some(0.03, self.size), self.random.integers(1, 4, self.size), 0)
        return {
            "citing_work_id": ids[1:],
            "cited_work_id": np.full(self.size, ids[0]),
            "hub_position": np.arange(1, self.size + 1),
            "timespan_months": mask(months, months >= 0),
            "shared_authors": mask(shared, self.some(0.9, self.size)),
        }

    def make_labels(self, citing: Objects) -> dict[str, Any]:
        """Label the intent of three works in ten, and of two fifths of those the polarity."""
        labelled = np.arange(self.size)[self.some(0.3, self.size)]
        stances = labelled[self.some(0.4, len(labelled))]
        intents = np.array(get_args(Intent))[self.draw(len(get_args(Intent)), len(labelled), 1)]
        polarities = np.array(get_args(Polarity))[self.random.integers(0, 4, len(stances))]
        work = np.concatenate([labelled, stances])
        scheme = np.repeat(["intent", "polarity"], [len(labelled), len(stances)])
        value = np.concatenate([intents, polarities])
        has_place = self.some(0.95, len(work))
        return {
            "label_id": [f"{kind}-{number}" for kind, number in zip(scheme, work, strict=True)],
            "citing_work_id": citing[work],
            "cited_work_id": np.full(len(work), self.real.canonical.work_id),
            "scheme": scheme,
            "value": mask(value, has_place),
            "raw_value": np.where(has_place, value, "unclear"),
            "labeler": np.full(len(work), "made"),
            "source_id": np.full(len(work), "pith-hub-page"),
        }

    def make_themes(self, citing: Objects, themes: Sequence[str]) -> dict[str, Any]:
        """Put nine works in ten into a theme, and a tenth of them into the next one too."""
        first = self.draw(len(themes), self.size, 0.5)
        grouped = np.arange(self.size)[self.some(0.9, self.size)]
        twice = grouped[self.some(0.1, len(grouped))]
        work = np.concatenate([grouped, twice])
        theme = np.concatenate([first[grouped], (first[twice] + 1) % len(themes)])
        order = np.argsort(work, kind="stable")
        return {
            "work_id": citing[work[order]],
            "theme_id": np.array(themes)[theme[order]],
            "method": np.full(len(work), "curated"),
        }


def make_evidence(works: dict[str, Any]) -> dict[str, Any]:
    """Give every non-null cell of ``works`` its row, in the order of the real table."""
    columns = sorted(CELLS)
    known = np.stack([np.asarray(pa.array(works[name]).is_valid()) for name in columns], 1)
    ids = np.array(works["work_id"], object)
    order = np.argsort(ids, kind="stable")
    work, column = known[order].nonzero()
    line = np.array([f"line {12 + 3 * number}" for number in range(len(ids))], object)
    records = np.array([f"https://arxiv.org/abs/{each.partition(':')[2]}" for each in ids], object)
    locators = {"pith-hub-page": line, "bibliographic-records": records}
    derived = np.full(len(ids), "title with its TeX resolved", object)
    by_column = np.stack([locators.get(CELLS[name][0], derived)[order] for name in columns], 1)
    return {
        "table_name": np.full(len(work), "works"),
        "row_key": ids[order][work],
        "column_name": np.array(columns)[column],
        "source_id": np.array([CELLS[name][0] for name in columns])[column],
        "locator": by_column[work, column],
        "grade": np.array([CELLS[name][1] for name in columns])[column],
    }


def number_ids(months: Numbers, known: NDArray[np.bool_]) -> pa.Array[Any]:
    """Return ids: by month and number as arXiv has them; a DOI where the date is not known."""
    ids = np.empty(len(months), object)
    counts: dict[int, int] = {}
    for number, month in enumerate(months.tolist()):
        count = counts[month] = counts.get(month, 0) + 1
        year = (FIRST_YEAR + month // 12) % 100
        # 2201.11990 is the canonical work's, and no month comes to so many.
        ids[number] = f"arxiv:{year:02}{1 + month % 12:02}.{count:05}"
        if not known[number]:
            ids[number] = f"doi:10.5555/made.{number}"
    return pa.array(ids)


def columns_of(table: Any) -> dict[str, Any]:
    """Return the columns of a table of the real hub."""
    arrow = table.to_arrow()
    return {name: arrow.column(name).combine_chunks() for name in arrow.column_names}


def mask(values: Any, known: NDArray[np.bool_]) -> pa.Array[Any]:
    """Return the values, null where they are not known."""
    array = values if isinstance(values, pa.Array) else pa.array(values)
    return pc.if_else(pa.array(known), array, pa.scalar(None, array.type))


def capitalise(word: str) -> str:
    """Write a word as titles do."""
    return word if word in SMALL else word.capitalize()


if __name__ == "__main__":
    main()
