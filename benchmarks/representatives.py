"""Compare how 24 representatives are picked with apricot-select, which does the same by matrices.

    python benchmarks/representatives.py [--works 1000 5000 50000]

The works are made here: each has words that all use, as often as words of a language are used,
and words of one of 200 subjects of unlike size; 30 words are a title and a finding, 150 an
abstract. citehub takes the texts. apricot takes a matrix of how near all works are to each other,
which SciPy makes of citehub's weights of their words. Every case is a fresh process: CPU seconds
are from the texts to the picks, once apricot's code is compiled; peak memory is of the process.

It prints Markdown, and exits with 1 where citehub covers less than apricot by more than a
thousandth.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import subprocess
import sys
from time import process_time
from typing import Any

from citehub.build.representatives import _SELF_NEARNESS, _Bags, choose

WORDS, SUBJECTS, MOST = 60_000, 200, 24
LARGEST = 10_000  # works whose matrix fits into the memory of the machine, twice


def make(n: int, length: int) -> dict[str, list[str]]:
    """Return texts of works by their ids, the same each time."""
    rng = random.Random(1)  # noqa: S311 -- made data
    words = [f"w{number}" for number in range(WORDS)]
    usual = [*itertools.accumulate(1 / (number + 10) for number in range(WORDS))]
    subjects = [rng.sample(words, 400) for _ in range(SUBJECTS)]
    texts = {}
    for number in range(n):
        subject = subjects[min(int(rng.expovariate(1 / 40)), SUBJECTS - 1)]
        own = [subject[min(int(rng.expovariate(1 / 80)), 399)] for _ in range(length // 3)]
        text = [*rng.choices(words, cum_weights=usual, k=length - len(own)), *own]
        texts[f"doi:10.5555/{number}"] = [" ".join(text)]
    return texts


def pick(peer: str, texts: dict[str, list[str]]) -> list[str]:
    """Return the works that citehub picks, or apricot, after it was compiled."""
    if peer == "citehub":
        return [each.work_id for each in choose(texts, most=MOST)]
    import numpy as np
    from apricot import FacilityLocationSelection
    from scipy.sparse import csr_array

    bags = _Bags(texts[each] for each in sorted(texts))
    weights = bags.weights / _SELF_NEARNESS**0.5
    each = csr_array((weights, bags.terms, bags.start), (bags.size, len(bags.words)))
    near = (each @ each.T).toarray()
    np.fill_diagonal(near, 1)
    chosen = FacilityLocationSelection(MOST, metric="precomputed", optimizer="lazy").fit(near)
    return [sorted(texts)[number] for number in chosen.ranking]


def covered(texts: dict[str, list[str]], picks: list[str]) -> float:
    """Return the share that picks cover of what all works cover."""
    bags, order = _Bags(texts[each] for each in sorted(texts)), sorted(texts)
    near = bags.nearness([order.index(each) for each in picks])
    return float(near.max(axis=0).sum() / bags.own.sum())


def measure(peer: str, n: int, length: int) -> dict[str, Any]:
    """Return what one case took."""
    if peer == "apricot":
        pick(peer, make(60, length))
    texts = make(n, length)
    before = process_time()
    picks = pick(peer, texts)
    seconds = process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak": peak, "coverage": covered(texts, picks), "picks": picks}


def run(peer: str, n: int, length: int) -> dict[str, Any]:
    """Measure a case in a process of its own."""
    command = [sys.executable, __file__, "--case", peer, str(n), str(length)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> int:
    """Run all cases and print the table."""
    parser = argparse.ArgumentParser(description="Compare the picking of representatives.")
    parser.add_argument("--works", type=int, nargs="+", default=[1000, 5000, 50_000])
    parser.add_argument("--case", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.case:
        peer, n, length = given.case
        print(json.dumps(measure(peer, int(n), int(length))))
        return 0
    header = ("works", "words each", "citehub: CPU s", "MiB", "apricot: CPU s", "MiB",
              "ratio of CPU s", "picks")  # fmt: skip
    print(f"| {' | '.join(header)} |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | :--- |")
    worse = False
    for n, length in itertools.product(given.works, (30, 150)):
        ours = run("citehub", n, length)
        cells = [f"{n:,}", f"{length}", f"{ours['seconds']:.2f}", f"{ours['peak']:.0f}"]
        if n <= LARGEST:
            theirs = run("apricot", n, length)
            cells += [f"{theirs['seconds']:.2f}", f"{theirs['peak']:.0f}"]
            cells += [f"{ours['seconds'] / theirs['seconds']:.2f}"]
            same = len({*ours["picks"]} & {*theirs["picks"]})
            cells += [f"{same} of {MOST} are the same"]
            worse |= ours["coverage"] < theirs["coverage"] - 0.001
        else:
            cells += ["not run", f"a matrix of {8 * n * n / 2**30:.0f} GiB", "", ""]
        print(f"| {' | '.join(cells)} |", flush=True)
    return int(worse)


if __name__ == "__main__":
    sys.exit(main())
