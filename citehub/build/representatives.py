"""Representatives: a few works that stand for all citing works.

A work is the bag of words of its title and finding, or abstract if no finding is known. A word
weighs ``1 + ln(times used)`` times ``ln((1 + N) / n)`` if n of N works use it; the nearness of two
works is the cosine of their bags. Each pick is the work that adds most to the sum, over all works,
of the nearness of their nearest pick: greedy facility location (Cornuéjols, Fisher and Nemhauser
1977), which reaches at least 63 % of the best sum for that many picks. Later picks never change
earlier ones.

Weights and their sums are whole numbers, so no order of works, threads or processor changes a
pick. Ties are broken by id.

It compares, for each work, the `MOST_TERMS` heaviest words that another work uses, too; the others
count as its own. In a hub of more than `MOST_CANDIDATES` works, only that many, drawn by a hash of
their ids, can be picked; all are covered.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from array import array
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from citehub._related import bag_of
from citehub.build.derived import derive
from citehub.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from citehub.build.ledger import Ledger

    Numbers = NDArray[np.integer[Any]]
    Flags = NDArray[np.bool_]
    Sums = NDArray[np.float64]  # of whole numbers below 2 ** 53, so that they are exact

METHOD: Final = "facility-location"
MOST_PICKS: Final = 24
"""The most works to pick."""
MOST_TERMS: Final = 48
MOST_CANDIDATES: Final = 5000
_FEWER_ARE_ALL: Final = 3
_LEAST_GAIN: Final = 0.01  # works
_SCALE: Final = 1 << 14
_SELF_NEARNESS: Final = _SCALE * _SCALE
_CELLS_AT_ONCE: Final = 1 << 21  # of the nearness of candidates to works
_SHOWN_WORDS: Final = 5
_DIGITS: Final = 6
_STOP_WORDS: Final = frozenset(
    {
        *("al", "all", "also", "any", "been", "between", "both", "but", "can", "each", "et"),
        *("existing", "has", "have", "here", "how", "however", "if", "its", "many", "may", "more"),
        *("most", "much", "new", "no", "not", "only", "other", "our", "over", "paper", "propose"),
        *("proposed", "show", "shows", "so", "some", "such", "then", "there", "they", "through"),
        *("under", "us", "use", "used", "was", "well", "were", "what", "when", "where", "will"),
    }
)
"""Words of abstracts that say nothing about their subject."""
_ALONE: Final = "shares no word with works that earlier picks do not stand for as well"
_LOCATOR: Final = "greedy facility location on TF-IDF of title and finding or abstract"


class Pick(NamedTuple):
    """A work that was picked.

    ``covers`` counts the works whose nearest pick it is, including itself; ``score`` is what it
    adds to the sum of nearness, in works; ``coverage`` is the share of the sum of all works that
    is reached with this pick. ``reason`` names the heaviest words that it shares with works to
    which no earlier pick is as near. ``runner_up`` would have added most among the others.
    """

    work_id: str
    covers: int
    score: float
    coverage: float
    reason: str
    runner_up: str | None
    runner_up_score: float | None


def choose(
    texts: Mapping[str, Iterable[str]], pinned: Sequence[str] = (), most: int = MOST_PICKS
) -> list[Pick]:
    """Return the works that stand for all; the one that adds most comes first.

    It returns ``most`` works, or fewer if another would add less than a hundredth of a work, as
    with similar texts. With fewer than three works it returns all.

    Parameters
    ----------
    texts : mapping of str to iterable of str
        Texts of each work, by its id: title, finding or abstract.
    pinned : sequence of str, optional
        Works that a person chose: they come first, in this order.
    most : int, optional
        How many works, unless more are pinned.

    Raises
    ------
    BuildError
        A pinned work does not exist.

    Examples
    --------
    >>> texts = {"a": ["red lamp"], "b": ["red lamp oil"], "c": ["blue sea"], "d": ["red oil"]}
    >>> [(pick.work_id, pick.covers, pick.coverage) for pick in choose(texts, most=2)]
    [('b', 3, 0.626577), ('c', 1, 0.876577)]
    """
    if not texts:
        return []
    ids = sorted(texts)
    number_of = {work_id: number for number, work_id in enumerate(ids)}
    for work_id in pinned:
        if work_id not in number_of:
            problem = f"{work_id} is pinned as a representative, but is not a citing work"
            raise BuildError(f"{problem}. Name a citing work, or delete it.")
    pins = list(dict.fromkeys(number_of[work_id] for work_id in pinned))
    bags = _Bags(texts[work_id] for work_id in ids)
    greedy = _Greedy(bags, {*_candidates(ids), *pins})
    for pin in pins:
        greedy.pick(pin)
    floor = math.ceil(_LEAST_GAIN * _SELF_NEARNESS) if len(ids) >= _FEWER_ARE_ALL else 0
    while len(greedy.steps) < most and greedy.pick_best(floor):
        pass
    return list(_describe(ids, bags, greedy))


def put_representatives(
    ledger: Ledger, texts: Mapping[str, Iterable[str]], pinned: Sequence[str] = ()
) -> None:
    """Enter the representatives of the citing works."""
    for rank, pick in enumerate(choose(texts, pinned), 1):
        cells = {
            "method": METHOD,
            "rank": rank,
            "work_id": pick.work_id,
            "covers": pick.covers,
            "score": pick.score,
            "coverage": pick.coverage,
            "reason": pick.reason,
            "runner_up_work_id": pick.runner_up,
            "runner_up_score": pick.runner_up_score,
        }
        how = f"pinned, then {_LOCATOR}" if rank <= len({*pinned}) else _LOCATOR
        derive(ledger, "representatives", cells, how)


def _candidates(ids: Sequence[str]) -> Iterable[int]:
    """Return the works that can be picked: if there are many, those with the lowest hashes."""
    if len(ids) <= MOST_CANDIDATES:
        return range(len(ids))

    def hashed(number: int) -> bytes:
        return hashlib.blake2b(ids[number].encode(), digest_size=8).digest()

    return heapq.nsmallest(MOST_CANDIDATES, range(len(ids)), key=hashed)


class _Bags:
    """The weights of the words of works, by work and by word.

    The words of work n are ``terms[start[n]:start[n + 1]]``, the works of word t
    ``works[first[t]:first[t + 1]]``; both have weights.
    """

    def __init__(self, texts: Iterable[Iterable[str]]) -> None:
        known: dict[str, int] = {}
        owners, found, counts = array("i"), array("i"), array("i")
        self.size = 0
        for number, each in enumerate(texts):
            for word, count in bag_of("\n".join(each)).items():
                if len(word) > 1 and word not in _STOP_WORDS:
                    owners.append(number)
                    found.append(known.setdefault(word, len(known)))
                    counts.append(count)
            self.size += 1
        self.words = sorted(known)
        place = np.empty(len(known), np.int32)
        place[[known[word] for word in self.words]] = np.arange(len(known))
        owner, term = np.array(owners, np.int32), place[np.array(found, np.int32)]
        used = np.bincount(term, minlength=len(known))
        raw = 1 + _logs(np.array(counts, np.int32))
        raw *= (math.log(1 + self.size) - _logs(used))[term]
        length = np.sqrt(np.bincount(owner, raw * raw, minlength=self.size))
        self.own = np.where(length > 0, float(_SELF_NEARNESS), 0.0)
        weight = np.rint(_SCALE * raw / length[owner]).astype(np.int32)
        shared = used[term] > 1
        owner, term, weight = owner[shared], term[shared], weight[shared]
        heaviest = np.lexsort((term, -weight, owner))
        owner, term, weight = owner[heaviest], term[heaviest], weight[heaviest]
        kept = np.arange(len(owner)) - np.searchsorted(owner, owner) < MOST_TERMS
        owner, self.terms, self.weights = owner[kept], term[kept], weight[kept]
        self.start = np.searchsorted(owner, np.arange(self.size + 1))
        by_term = np.argsort(self.terms, kind="stable")
        self.works, self.weights_by_term = owner[by_term], self.weights[by_term]
        self.first = np.searchsorted(self.terms[by_term], np.arange(len(known) + 1))
        cost = np.bincount(owner, np.diff(self.first)[self.terms], minlength=self.size)
        self.cost = cost + self.size  # cells to look through for the nearness of a work to all

    def sums(self) -> Sums:
        """Return, for each work, an upper bound of the sum of its nearness to all."""
        heft = np.bincount(self.terms, self.weights, minlength=len(self.words))
        parts = heft[self.terms] * self.weights
        return self.own + np.bincount(self._owners(), parts, minlength=self.size)

    def nearness(self, numbers: Sequence[int]) -> Sums:
        """Return the nearness of all works to some, a row for each of those."""
        spans = [np.arange(self.start[number], self.start[number + 1]) for number in numbers]
        asked = np.concatenate(spans)
        lengths = np.diff(self.first)[self.terms[asked]]
        ends = np.cumsum(lengths)
        at = np.arange(lengths.sum()) + np.repeat(
            self.first[self.terms[asked]] - ends + lengths, lengths
        )
        row = np.repeat(np.arange(len(numbers)), [len(span) for span in spans])
        cells = np.repeat(row * self.size, lengths) + self.works[at]
        parts = np.repeat(self.weights[asked].astype(float), lengths) * self.weights_by_term[at]
        sums = np.bincount(cells, parts, minlength=len(numbers) * self.size)
        near: Sums = sums.astype(float, copy=False).reshape(len(numbers), self.size)
        near[np.arange(len(numbers)), numbers] = self.own[numbers]
        np.minimum(near, _SELF_NEARNESS, out=near)
        return near

    def shared_words(self, number: int, others: Flags) -> list[str]:
        """Return the heaviest words that a work shares with others."""
        parts = self.weights * others[self._owners()]
        heft = np.bincount(self.terms, parts, minlength=len(self.words))
        span = slice(self.start[number], self.start[number + 1])
        mine = heft[self.terms[span]] * self.weights[span]
        order = np.lexsort((self.terms[span], -mine))[:_SHOWN_WORDS]
        return [self.words[self.terms[span][at]] for at in order if mine[at] > 0]

    def _owners(self) -> Numbers:
        return np.repeat(np.arange(self.size), np.diff(self.start))


class _Step(NamedTuple):
    number: int
    gain: float
    words: list[str]  # shared with works that no pick was as near to
    runner_up: tuple[float, int] | None  # less its gain, and its number


class _Greedy:
    """Picks works one by one, and recomputes a gain only if it may be the largest.

    Gains never grow, so the last one computed is a bound.
    """

    def __init__(self, bags: _Bags, candidates: Iterable[int]) -> None:
        self.bags = bags
        self.covered: Sums = np.zeros(bags.size)
        sums = bags.sums()
        self.bounds = [(-float(sums[number]), number) for number in sorted(candidates)]
        heapq.heapify(self.bounds)
        self.steps: list[_Step] = []
        self.all = bags.nearness(range(bags.size)) if bags.size**2 <= _CELLS_AT_ONCE else None

    def pick(self, number: int) -> None:
        """Pick a work, whatever it adds."""
        self.bounds = [each for each in self.bounds if each[1] != number]
        heapq.heapify(self.bounds)
        ((loss, _),) = self._losses([number])
        best = self._best(1)
        self._take(number, -loss, best[0] if best else None)

    def pick_best(self, floor: float) -> bool:
        """Pick the work that adds most, and tell whether that is at least ``floor``."""
        best = self._best(2)
        if not best or -best[0][0] < floor:
            return False
        heapq.heappop(self.bounds)  # the best, as it is known exactly now
        self._take(best[0][1], -best[0][0], best[1] if len(best) > 1 else None)
        return True

    def _take(self, number: int, gain: float, runner_up: tuple[float, int] | None) -> None:
        near = self._nearness([number])[0]
        raised = near > self.covered
        raised[number] = False
        words = self.bags.shared_words(number, raised)
        self.steps.append(_Step(number, gain, words, runner_up))
        self.covered = np.maximum(self.covered, near)

    def _best(self, count: int) -> list[tuple[float, int]]:
        """Return the works that add most, each as negative gain and number."""
        known: list[tuple[float, int]] = []
        step = _CELLS_AT_ONCE >> 6
        while self.bounds and (len(known) < count or self.bounds[0] < known[count - 1]):
            block, cost = [], 0.0
            while self.bounds and cost < step:
                block.append(heapq.heappop(self.bounds)[1])
                cost += self.bags.cost[block[-1]]
            known = sorted([*known, *self._losses(block)])
            step = min(2 * step, _CELLS_AT_ONCE)
        for each in known:
            heapq.heappush(self.bounds, each)
        return known[:count]

    def _nearness(self, numbers: Sequence[int]) -> Sums:
        return self.bags.nearness(numbers) if self.all is None else self.all[[*numbers]]

    def _losses(self, numbers: Sequence[int]) -> list[tuple[float, int]]:
        added = self._nearness(numbers)
        added -= self.covered
        gains = np.maximum(added, 0, out=added).sum(axis=1)
        return [(-float(gain), number) for gain, number in zip(gains, numbers, strict=True)]


def _describe(ids: Sequence[str], bags: _Bags, greedy: _Greedy) -> Iterator[Pick]:
    picks = [step.number for step in greedy.steps]
    if not picks:
        return
    near = bags.nearness(picks)
    nearest = np.where(near.max(axis=0) > 0, near.argmax(axis=0), len(picks))
    nearest[picks] = np.arange(len(picks))
    total, sum_ = float(bags.own.sum()) or 1.0, 0.0
    for place, (number, gain, words, runner_up) in enumerate(greedy.steps):
        sum_ += gain
        yield Pick(
            ids[number],
            int((nearest == place).sum()),
            _in_works(gain),
            round(sum_ / total, _DIGITS),
            f"shares {', '.join(words)}" if words else _ALONE,
            ids[runner_up[1]] if runner_up else None,
            _in_works(-runner_up[0]) if runner_up else None,
        )


def _in_works(nearness: float) -> float:
    return round(nearness / _SELF_NEARNESS, _DIGITS)


def _logs(counts: Numbers) -> Sums:
    """Return logarithms by one function, the same on all processors."""
    logs = [math.log(count) if count else 0.0 for count in range(int(counts.max(initial=0)) + 1)]
    return np.array(logs)[counts]
