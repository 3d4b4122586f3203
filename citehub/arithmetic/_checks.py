"""What the arguments of every formula must be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub.errors import BadArgument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal

    Recomputation = Literal["full", "selective", "none"]

RECOMPUTATIONS: Final = ("full", "selective", "none")


class Split(NamedTuple):
    """What must come out even: a value, and the number that divides it."""

    of: str
    number: int
    name: str
    value: int

    @property
    def allowed(self) -> str:
        """Say what the value must be."""
        return f"a multiple of {self.of} = {self.number}"


def split_of_heads(tensor: int, heads: int) -> Split:
    """Return the rule that a GPU has whole heads."""
    return Split("tensor", tensor, "heads", heads)


def split_of_layers(pipeline: int, virtual_stages: int, layers: int) -> Split:
    """Return the rule that every stage has the same whole number of layers."""
    return Split("pipeline x virtual_stages", pipeline * virtual_stages, "layers", layers)


def splits_of_batch(
    batch_size: int, micro_batch_size: int, data: int, pipeline: int = 1, virtual_stages: int = 1
) -> Iterator[Split]:
    """Yield the rules that a replica has whole micro-batches and, interleaved, enough of them."""
    each = micro_batch_size * data
    yield Split("micro_batch_size x data", each, "batch_size", batch_size)
    if virtual_stages > 1:
        of = "micro_batch_size x data x pipeline (interleaved)"
        yield Split(of, each * pipeline, "batch_size", batch_size)


def counts(**arguments: int) -> list[int]:
    """Return the arguments, whole numbers from 1, as Python's, as NumPy's would overflow."""
    check("a whole number from 1", lambda value: value >= 1 and value == int(value), **arguments)
    return [int(value) for value in arguments.values()]


def amounts(**arguments: float) -> list[float]:
    """Return the arguments, finite numbers above 0, as Python's."""
    check("a finite number above 0", lambda value: 0 < value < math.inf, **arguments)
    return [float(value) for value in arguments.values()]


def prices(**arguments: float) -> list[float]:
    """Return the arguments, finite numbers from 0, as Python's."""
    check("a finite number from 0", lambda value: 0 <= value < math.inf, **arguments)
    return [float(value) for value in arguments.values()]


def check_splits(*splits: Split) -> None:
    """Raise for the first value that its number does not divide."""
    for split in splits:
        if split.value % split.number:
            raise BadArgument.of(split.name, split.value, split.allowed)


def check_switches(**arguments: bool) -> None:
    """Raise for the first argument that is no truth value."""
    check("True or False", (False, True).__contains__, **arguments)


def check_recomputation(recomputation: object) -> None:
    """Raise for a recomputation that has no formula."""
    check(
        "'full', 'selective' or 'none'", RECOMPUTATIONS.__contains__, recomputation=recomputation
    )


def zero_stages(zero_stage: int) -> int:
    """Return the stage of ZeRO, 0 to 3, as Python's int."""
    check("0, 1, 2 or 3", range(4).__contains__, zero_stage=zero_stage)
    return int(zero_stage)


def check_state_bytes(bytes_per_parameter: object) -> None:
    """Raise for an accounting of weights, gradients and optimizer that nobody published."""
    check("16, 18 or 20", {16, 18, 20}.__contains__, bytes_per_parameter=bytes_per_parameter)


def check(allowed: str, holds: Callable[[Any], object], /, **arguments: object) -> None:
    """Raise for the first argument that is not as allowed, missing values among them."""
    for name, value in arguments.items():
        try:
            good = bool(holds(value))
        except (TypeError, ValueError, OverflowError):
            good = False
        if not good:
            raise BadArgument.of(name, value, allowed)
