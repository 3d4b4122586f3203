"""``python -m tests.faults`` runs cases of every kind, and prints what came of them."""

from __future__ import annotations

import argparse
import csv
import datetime
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.case import DETECTED, SURVIVED
from tests.faults.run import Result, describe_machine, find_kinds, run

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ("kind", "cases", DETECTED, SURVIVED, "wrong")
_TOLD = 20  # wrong cases of a kind that are listed
ABOUT = ("date", "minutes", "seed", "citehub", "pyarrow", "pandas", "machine")


def main(words: Sequence[str] | None = None) -> int:
    """Run cases as asked; return 1 if one of them is wrong."""
    asked = _parse(words)
    kinds = find_kinds()
    kind, _, name = asked.only.partition("/")
    chosen = {each: module for each, module in kinds.items() if kind in {"", each}}
    if not chosen:
        print(f"There is no kind {kind!r}. Known:", *kinds, sep="\n  ", file=sys.stderr)
        return 2
    limit = {"cases": asked.cases} if asked.cases or name else {"seconds": asked.minutes * 60}
    results: list[Result] = []
    n_wrong: Counter[str] = Counter()
    began = datetime.datetime.now(datetime.UTC)
    try:
        for result in run(chosen, seed=asked.seed, only=name, processes=asked.processes, **limit):
            results.append(result)
            if result.is_wrong:
                n_wrong[result.kind] += 1
                if n_wrong[result.kind] <= _TOLD:
                    _say_wrong(result, asked.seed)
    except KeyboardInterrupt:
        print("Stopped: these are the cases so far.", file=sys.stderr)
    took = datetime.datetime.now(datetime.UTC) - began
    table = tabulate(results, [*chosen])
    _print(table)
    if asked.table:
        about = {
            "date": began.date().isoformat(),
            "minutes": str(round(took.total_seconds() / 60)),
            "seed": str(asked.seed),
            **{name: version(name) for name in ("citehub", "pyarrow", "pandas")},
            "machine": describe_machine(),
        }
        with asked.table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, (*COLUMNS, *ABOUT), lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, **about} for row in table)
    if name and not results:
        print(f"There is no case {name!r} of this kind by seed {asked.seed}.", file=sys.stderr)
        return 2
    return int(any(result.is_wrong for result in results))


def _parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2, help="how long to run; 2 by default")
    parser.add_argument("--cases", type=int, help="how many of each kind, instead of minutes")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same cases")
    parser.add_argument("--only", default="", metavar="KIND[/NAME]", help="one kind, or one case")
    parser.add_argument("--processes", type=int, default=2, help="at a time; 2 by default")
    parser.add_argument("--table", type=Path, metavar="FILE", help="write the table as CSV, too")
    return parser.parse_args(words)


def tabulate(results: Sequence[Result], kinds: Sequence[str]) -> list[dict[str, str | int]]:
    """Return a row for each kind: how many cases, and what came of them."""
    counts = Counter((each.kind, "wrong" if each.is_wrong else each.outcome) for each in results)
    rows: list[dict[str, str | int]] = []
    for kind in kinds:
        found = {outcome: counts[kind, outcome] for outcome in COLUMNS[2:]}
        rows.append({"kind": kind, "cases": sum(found.values()), **found})
    return rows


def _say_wrong(result: Result, seed: int) -> None:
    print(f"wrong: {result.kind}/{result.name}: {result.outcome:.600}")
    if result.kind:
        again = f"{result.kind}/{result.name}".replace("'", "'\\''")
        print(f"  again: python -m tests.faults --seed {seed} --only '{again}'", flush=True)


def _print(table: Sequence[dict[str, str | int]]) -> None:
    total = {name: sum(int(row[name]) for row in table) for name in COLUMNS[1:]}
    width = max(len(str(row["kind"])) for row in table)
    print(f"{COLUMNS[0]:<{width}}", *(f"{name:>9}" for name in COLUMNS[1:]))
    for row in (*table, {"kind": "all", **total}):
        print(f"{row['kind']:<{width}}", *(f"{row[name]:>9,}" for name in COLUMNS[1:]))


if __name__ == "__main__":
    sys.exit(main())
