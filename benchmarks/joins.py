"""Measure joins and candidates on a made world, in which it is known what is one work.

    python benchmarks/joins.py [--works 20000] [--seed 17]

The world has works with a preprint, an article or both. Four sources have records of them, each
with errors of its own: missing, wrong and shared identifiers, typing errors, markup, initials,
lists of authors that are cut or missing, years that are off. Among the works are editorials,
pairs with the same title by other people, parts I and II and sequels of nearly the same title by
the same people, papers of proceedings, and works that one source has under a translated title. It
prints the tables of ``docs/guide/joins.md``, in Markdown. The same numbers give the same world.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import combinations
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

from citehub._identifiers import Identifier
from citehub._summary import wilson_interval
from citehub.build.join import Joined, RecordKey, Same, join, key_of
from citehub.sources.records import Author, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TRUST = ("openalex", "s2", "opencitations", "citing-file")
SYLLABLES = (
    "ba", "co", "di", "fe", "gu", "ha", "jo", "ki", "la", "me", "nu", "po", "qui", "ra", "se",
    "ti", "vo", "wa", "xe", "yo", "za", "lin", "mar", "ton",
)  # fmt: skip
SMALL = (
    "of", "for", "with", "in", "and", "the", "on", "by", "via", "from", "a",
)  # fmt: skip
COMMON = (
    "learning", "model", "neural", "deep", "training", "data", "large", "language", "networks",
    "efficient",
)  # fmt: skip
EDITORIALS = ("Editorial", "Introduction", "Preface", "Book Review", "Guest Editorial")
VOLUME = 20  # papers of proceedings
KINDS = {  # of works, and their shares in percent
    "plain": 85.0,
    "proceedings": 4.0,
    "editorial": 2.0,
    "same title": 2.0,
    "parts": 2.0,
    "sequel": 3.0,
    "translated": 2.0,
}


class Source(NamedTuple):
    """How a source describes works; shares of its records or of the works."""

    name: str
    scheme: str | None  # of its own identifier
    covers: float
    merges: float  # has one record for both versions
    lacks_ids: float
    wrong_id: float
    gives_volume: float  # the DOI of the proceedings in place of the paper's
    typo: float
    no_authors: float
    initials: float


SOURCES = (
    Source("openalex", "openalex", 0.90, 0.60, 0.05, 0.004, 0.30, 0.02, 0.02, 0.10),
    Source("s2", "s2", 0.85, 0.80, 0.04, 0.004, 0.10, 0.02, 0.01, 0.40),
    Source("opencitations", "omid", 0.55, 0.00, 0.00, 0.002, 0.05, 0.02, 0.08, 0.05),
    Source("citing-file", None, 0.05, 0.70, 0.30, 0.010, 0.00, 0.08, 0.02, 0.30),
)


@dataclass
class Version:
    """A preprint or an article."""

    id: Identifier
    title: str
    authors: list[tuple[str, str]]
    year: int
    type: str


@dataclass
class Work:
    """A work as it is."""

    kind: str
    versions: list[Version]
    volume: Identifier | None = None
    translation: str = ""


@dataclass
class World:
    """Records, and of which work each is."""

    works: list[Work] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    truth: dict[RecordKey, int] = field(default_factory=dict)


class Maker:
    """Makes a world from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311
        self.words = sorted({self._word() for _ in range(6000)})
        self.random.shuffle(self.words)
        self.families = [self._word().capitalize() for _ in range(1500)]
        self.given = [self._word().capitalize() for _ in range(300)]
        self.numbers = iter(range(1, 10**9))

    def make(self, n_works: int) -> World:
        """Return a world of so many works, or some more."""
        world = World()
        while len(world.works) < n_works:
            (kind,) = self.random.choices([*KINDS], [*KINDS.values()])
            world.works += getattr(self, f"_make_{kind.replace(' ', '_')}")()
        dois = [v.id for work in world.works for v in work.versions if v.id.scheme == "doi"]
        for number, work in enumerate(world.works):
            for source in SOURCES:
                if self._is(source.covers):
                    for record in self._describe(work, source, dois):
                        world.records.append(record)
                        world.truth[key_of(record)] = number
        return world

    def _is(self, share: float) -> bool:
        return self.random.random() < share

    def _word(self) -> str:
        return "".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 4)))

    def _zipf(self, words: Sequence[str]) -> str:
        return words[int(len(words) ** self.random.random()) - 1]

    # -- works --------------------------------------------------------------------------------

    def _title(self) -> str:
        words = []
        for _ in range(self.random.randint(4, 10)):
            pool = self.random.choices([self.words, COMMON, SMALL], [6, 2, 2])[0]
            words.append(self._zipf(pool))
        title = " ".join([self._zipf(self.words), *words])
        return title[0].upper() + title[1:]

    def _people(self) -> list[tuple[str, str]]:
        count = self.random.choices(range(1, 9), [10, 16, 20, 18, 14, 10, 7, 5])[0]
        return [(self._zipf(self.families), self.random.choice(self.given)) for _ in range(count)]

    def _versions(self, title: str, people: list[tuple[str, str]]) -> list[Version]:
        year = self.random.randint(2016, 2025)
        number = next(self.numbers)
        arxiv = Identifier("arxiv", f"{year % 100:02}{number % 12 + 1:02}.{number % 10**5:05}")
        preprint = Version(arxiv, title, people, year, "preprint")
        later = year + self.random.choices([0, 1, 2, 3], [35, 45, 15, 5])[0]
        doi = Identifier("doi", f"10.5555/{next(self.numbers)}")
        people = [*people, *self._people()[:1]] if self._is(0.05) else people
        article = Version(doi, self._reworded(title), people, later, "article")
        both = self.random.choices([[0], [1], [0, 1]], [25, 40, 35])[0]
        return [(preprint, article)[each] for each in both]

    def _reworded(self, title: str) -> str:
        """Return the title of the article, which often is that of the preprint."""
        words = title.split()
        (how,) = self.random.choices(["same", "subtitle", "word", "new"], [82, 7, 8, 3])
        if how == "subtitle":
            return f"{title}: {self._title()}"
        if how == "word":
            words[self.random.randrange(len(words))] = self._zipf(self.words)
            return " ".join(words)
        return self._title() if how == "new" else title

    def _make_plain(self) -> list[Work]:
        return [Work("plain", self._versions(self._title(), self._people()))]

    def _article(self, kind: str, title: str, people: list[tuple[str, str]], year: int) -> Work:
        doi = Identifier("doi", f"10.5555/{next(self.numbers)}")
        return Work(kind, [Version(doi, title, people, year, "article")])

    def _make_proceedings(self) -> list[Work]:
        if not self._is(1 / VOLUME):
            return []
        volume, year = Identifier("doi", f"10.5555/vol{next(self.numbers)}"), 2016
        return [
            replace(
                self._article("proceedings", self._title(), self._people(), year), volume=volume
            )
            for _ in range(VOLUME)
        ]

    def _make_editorial(self) -> list[Work]:
        title, people = self.random.choice(EDITORIALS), self._people()[:2]
        year = self.random.randint(2016, 2025)
        return [self._article("editorial", title, people, year)]

    def _make_same_title(self) -> list[Work]:
        title = self._title()
        return [Work("same title", self._versions(title, self._people())) for _ in range(2)]

    def _make_parts(self) -> list[Work]:
        title, people, year = self._title(), self._people(), self.random.randint(2016, 2025)
        return [self._article("parts", f"{title}: Part {n}", people, year) for n in ("I", "II")]

    def _make_sequel(self) -> list[Work]:
        title, people = self._title(), self._people()
        year, words = self.random.randint(2016, 2025), title.split()
        words[self.random.randrange(len(words))] = self._zipf(self.words)
        later = self.random.choice([" ".join(words), f"{title}: {self._title()}"])
        return [
            self._article("sequel", title, people, year),
            self._article("sequel", later, people, year + self.random.randint(0, 2)),
        ]

    def _make_translated(self) -> list[Work]:
        work = Work("translated", self._versions(self._title(), self._people()))
        return [replace(work, translation=self._title())]

    # -- records ------------------------------------------------------------------------------

    def _describe(
        self, work: Work, source: Source, dois: Sequence[Identifier]
    ) -> Iterator[Record]:
        is_one = self._is(source.merges)
        groups = [work.versions] if is_one else [[each] for each in work.versions]
        for versions in groups:
            shown = versions[-1]
            number = str(next(self.numbers))
            name = f"W{number}" if source.name == "openalex" else number
            name = f"br/{number}" if source.name == "opencitations" else name
            ids = [each.id for each in versions]
            if work.volume and self._is(source.gives_volume):
                ids = [work.volume]
            if self._is(source.lacks_ids):
                ids = []
            elif self._is(source.wrong_id):
                ids[-1] = self.random.choice(dois)
            ids += [Identifier(source.scheme, name)] if source.scheme else []
            translation = work.translation if source.name == "openalex" else ""
            yield Record(
                source.name,
                name,
                tuple(ids),
                title=self._printed(translation or shown.title, source),
                year=self._dated(shown.year),
                type=shown.type,
                authors=self._signed(shown.authors, source),
            )

    def _printed(self, title: str, source: Source) -> str:
        if self._is(source.typo):
            at = self.random.randrange(1, len(title) - 1)
            title = self.random.choice(
                [title[:at] + title[at + 1 :], title[:at] + title[at] + title[at:],
                 title[: at - 1] + title[at] + title[at - 1] + title[at + 1 :]]
            )  # fmt: skip
        if self._is(0.03):
            first, *rest = title.split()
            title = " ".join([f"<i>{first}</i>", *rest])
        if self._is(0.02):
            title = title.partition(":")[0]
        return title.title() if self._is(0.2) else title + "." * self._is(0.05)

    def _dated(self, year: int) -> int | None:
        return None if self._is(0.02) else year + self.random.choices([0, 1, -1], [96, 3, 1])[0]

    def _signed(self, people: list[tuple[str, str]], source: Source) -> tuple[Author, ...]:
        if self._is(source.no_authors):
            return ()
        if self._is(0.01):
            people = self.random.sample(people, len(people))
        if self._is(0.02):
            people = people[:3]
        if self._is(source.initials):
            return tuple(Author(f"{given[0]}. {family}") for family, given in people)
        if source.name == "opencitations":
            return tuple(Author(f"{family}, {given}") for family, given in people)
        return tuple(Author(f"{given} {family}") for family, given in people)


# -- measuring --------------------------------------------------------------------------------


class Measured(NamedTuple):
    """Pairs of records that are joined, that are of one work, and both."""

    joined: int
    true: int
    right: int


def run(world: World, same: Sequence[Same] = ()) -> Joined:
    """Join the records of a world; what it cites is a record of its own."""
    asked = Record("openalex", "asked", (), title="What all of them cite")
    return join([asked, *world.records], [("openalex", "asked")], trust=TRUST, same=same)


def measure(groups: Iterable[Iterable[RecordKey]], world: World) -> Measured:
    """Count the pairs of records."""
    joined = right = 0
    for group in groups:
        works = Counter(world.truth[key] for key in group)
        joined += _pairs(works.total())
        right += sum(map(_pairs, works.values()))
    return Measured(joined, sum(map(_pairs, Counter(world.truth.values()).values())), right)


def groups_of(found: Joined) -> list[list[RecordKey]]:
    return [[key_of(each) for each in work.records] for work in found.works]


def by_any_identifier(world: World) -> list[list[RecordKey]]:
    """Join whatever shares an identifier, to compare with."""
    leader: dict[object, object] = {}

    def find(each: object) -> object:
        while leader.setdefault(each, each) != each:
            each = leader[each]
        return each

    groups: dict[object, list[RecordKey]] = {}
    for record in world.records:
        for identifier in record.ids:
            leader[find(key_of(record))] = find(identifier)
    for record in world.records:
        groups.setdefault(find(key_of(record)), []).append(key_of(record))
    return list(groups.values())


class Proposed(NamedTuple):
    """Candidates: pairs of works, and the ones that are right or were to be found, by kind."""

    right: list[tuple[str, str]]
    wrong: Counter[str]
    missed: Counter[str]


def judge(found: Joined, world: World) -> Proposed:
    """Hold the candidates against the truth: right where both works have records of one work."""
    truth = {work.work_id: {world.truth[key_of(r)] for r in work.records} for work in found.works}
    parts: dict[int, list[str]] = {}
    for work_id, true in truth.items():
        for number in true:
            parts.setdefault(number, []).append(work_id)
    wanted = {
        (min(pair), max(pair)): world.works[number].kind
        for number, ids in parts.items()
        for pair in combinations(ids, 2)
    }
    proposed = [(each.work_id, each.other_work_id) for each in found.candidates]
    right = [pair for pair in proposed if pair in wanted]
    found_right = set(right)
    wrong = Counter(
        world.works[min(truth[one])].kind for one, other in proposed if (one, other) not in wanted
    )
    missed = Counter(kind for pair, kind in wanted.items() if pair not in found_right)
    return Proposed(right, wrong, missed)


def accept(found: Joined, pairs: Iterable[tuple[str, str]]) -> list[Same]:
    """Say that pairs of works are one, as a person would."""
    first = {work.work_id: key_of(work.records[0]) for work in found.works}
    return [Same(first[one], first[other], "accepted") for one, other in pairs]


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


# -- telling ----------------------------------------------------------------------------------


def share(count: int, total: int) -> str:
    """Return a share with its counts and its interval."""
    low, high = wilson_interval(count, total)
    return f"{count:,} of {total:,} = {count / total:.4f} ({low:.4f} to {high:.4f})"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--works", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=17)
    asked = options.parse_args()
    world = Maker(asked.seed).make(asked.works)
    start = process_time()
    found = run(world)
    seconds = process_time() - start
    proposed = judge(found, world)
    everything = [(each.work_id, each.other_work_id) for each in found.candidates]
    print(
        f"{len(world.works):,} works, {len(world.records):,} records, seed {asked.seed}; joined "
        f"and compared in {seconds:.1f} s of one core.\n"
    )
    print("| joined by | precision | recall |\n| :--- | ---: | ---: |")
    for how, groups in (
        ("any shared identifier", by_any_identifier(world)),
        ("citehub", groups_of(found)),
        ("and a person who accepts the right candidates",
         groups_of(run(world, accept(found, proposed.right)))),
        ("and a person who accepts all candidates",
         groups_of(run(world, accept(found, everything)))),
    ):  # fmt: skip
        joined, true, right = measure(groups, world)
        print(f"| {how} | {share(right, joined)} | {share(right, true)} |")
    wanted = len(proposed.right) + proposed.missed.total()
    print("\n| candidates | found |\n| :--- | ---: |")
    print(f"| precision | {share(len(proposed.right), len(everything))} |")
    print(f"| recall | {share(len(proposed.right), wanted)} |")
    print("\n| kind of work | works | proposed and wrong | not proposed |")
    print("| :--- | ---: | ---: | ---: |")
    for kind in KINDS:
        count = sum(work.kind == kind for work in world.works)
        print(f"| {kind} | {count:,} | {proposed.wrong[kind]:,} | {proposed.missed[kind]:,} |")
    doubts = [each for each in found.notes if each.kind == "doubt"]
    pairs = [(e.one, e.other) for e in doubts if isinstance(e.one, RecordKey)]
    right = sum(world.truth[one] != world.truth[other] for one, other in pairs)
    print(f"\nDoubts about identifiers: {len(doubts) - len(pairs):,}.")
    if pairs:
        print(f"Doubts about joins that are wrong: {share(right, len(pairs))}.")


if __name__ == "__main__":
    main()
