"""``python -m tests.fuzz`` gives parsers inputs for some minutes, and prints what went wrong.

``--atheris NAME`` lets Atheris choose the inputs for one parser, by which lines they reach, until
it finds a wrong one: install it with ``pip install atheris``, on Python 3.11 to 3.13.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Verbosity, given, seed, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.targets import Target

_ROUND = 100  # examples
_SLOW = 10  # seconds of one example


def main() -> int:
    """Give parsers inputs as asked; return 1 if one of them was wrong."""
    asked = _parse()
    if asked.atheris:
        return _run_atheris(asked.atheris)
    from tests.fuzz.targets import TARGETS

    left = {name: TARGETS[name] for name in TARGETS if asked.only in {"", name}}
    if not left:
        print(f"There is no parser {asked.only!r}. Known:", *TARGETS, sep="\n  ", file=sys.stderr)
        return 2
    end, tried, wrong = time.monotonic() + asked.minutes * 60, Counter[str](), dict[str, str]()
    spent = dict.fromkeys(left, 0.0)
    number = asked.seed
    try:
        while left and time.monotonic() < end:
            name = min(left, key=spent.__getitem__)
            began, number = time.monotonic(), number + 1
            try:
                _test(left[name], tried, name, number)()
            except Exception as error:  # noqa: BLE001 -- whatever it is, it is wrong
                wrong[name] = _told(error)
                print(f"wrong: {name}: {wrong[name]}", flush=True)
                del left[name]
            spent[name] += time.monotonic() - began
    except KeyboardInterrupt:
        print("Stopped: these are the inputs so far.", file=sys.stderr)
    width = max(map(len, spent))
    for name in spent:
        print(
            f"{name:<{width}}  {tried[name]:>9,} inputs  {'wrong' if name in wrong else 'right'}"
        )
    return int(bool(wrong))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2, help="how long to run; 2 by default")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same inputs")
    parser.add_argument("--only", default="", metavar="NAME", help="one parser")
    parser.add_argument("--atheris", default="", metavar="NAME", help="one parser, by Atheris")
    return parser.parse_args()


def _test(target: Target, tried: Counter[str], name: str, number: int) -> Callable[[], None]:
    """Return a test of Hypothesis: a round of inputs, the wrong one made small."""

    def try_once(value: Any) -> None:
        tried[name] += 1
        with tempfile.TemporaryDirectory() as folder:
            target.run(value, Path(folder))

    more = settings(
        max_examples=_ROUND,
        deadline=timedelta(seconds=_SLOW),
        database=None,
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        suppress_health_check=[*HealthCheck],
    )
    return seed(number)(more(given(target.given)(try_once)))


def _told(error: BaseException) -> str:
    """Say where it went wrong, and with what, as Hypothesis notes it."""
    trace = error.__traceback__
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    notes = "\n".join(getattr(error, "__notes__", ()))
    return f"{type(error).__name__}: {error} [{' > '.join(places[-4:])}]\n{notes}"


def _run_atheris(name: str) -> int:
    import atheris

    with atheris.instrument_imports(include=["citehub"]):
        from tests.fuzz.targets import TARGETS

    if name not in TARGETS:
        print(f"There is no parser {name!r}. Known:", *TARGETS, sep="\n  ", file=sys.stderr)
        return 2
    test: Any = _test(TARGETS[name], Counter(), name, 0)
    atheris.Setup([sys.argv[0]], test.hypothesis.fuzz_one_input)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
