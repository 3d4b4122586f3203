"""A whole run: its stages, what they hold and send, which layouts are possible and which fit."""

from __future__ import annotations

import math
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Required, TypedDict

from citehub.arithmetic._checks import (
    Split,
    amounts,
    check,
    check_recomputation,
    check_state_bytes,
    check_switches,
    counts,
    split_of_heads,
    split_of_layers,
    splits_of_batch,
    zero_stages,
)
from citehub.arithmetic.memory import (
    activation_bytes,
    model_state_parts,
    outer_activation_bytes,
)
from citehub.arithmetic.model import Layer, Variant, widths
from citehub.arithmetic.traffic import (
    data_communication_bytes,
    pipeline_bubble,
    pipeline_communication_bytes,
    tensor_communication_bytes,
)
from citehub.errors import BadArgument

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    from citehub.arithmetic._checks import Recomputation

# What a search tries: far above any run, and few enough divisors to try every layout.
_SEARCHED: Final = {"layers": 10_000, "heads": 10_000, "batch": 10_000_000, "gpus": 10_000_000}


class Training(Variant, total=False):
    """A run as one set of keywords: the model, its batch, the GPUs and the layout over them.

    Those of :class:`Variant` are keywords, too; of them ``heads`` is needed.

    Attributes
    ----------
    layers, hidden_size, sequence_length, vocab_size : int
        The model, as in :func:`parameter_count`.
    batch_size : int
        Sequences of the global batch, B.
    gpus : int
        GPUs that train together, n.
    tied_embeddings, learned_positions, biases : bool
        As in :func:`parameter_count`; by default True.
    tensor, pipeline, context : int
        GPUs among which a layer, the layers, a sequence are split, t, p, c; by default 1.
    data : int
        Replicas, d; by default ``n / (t p c)``.
    virtual_stages : int
        Stages per device of the interleaved schedule, v; by default 1, which is 1F1B.
    micro_batch_size : int
        Sequences of a micro-batch, b; by default 1.
    zero_stage : {0, 1, 2, 3}
        What ZeRO splits over ``d c`` GPUs; by default 0.
    bytes_per_parameter : {16, 18, 20}
        As in :func:`model_state_bytes`; by default 16.
    recomputation : {'full', 'selective', 'none'}
        How activations are recomputed; by default ``'full'``.
    sequence_parallel, flash_attention, scatter_gather : bool
        As in :func:`activation_bytes` and :func:`pipeline_communication_bytes`; by default
        False.
    gpus_per_node : int
        GPUs that a fast link joins; by default 8.
    """

    layers: Required[int]
    hidden_size: Required[int]
    sequence_length: Required[int]
    vocab_size: Required[int]
    batch_size: Required[int]
    gpus: Required[int]
    tied_embeddings: bool
    learned_positions: bool
    biases: bool
    tensor: int
    pipeline: int
    context: int
    data: int
    virtual_stages: int
    micro_batch_size: int
    zero_stage: int
    bytes_per_parameter: int
    recomputation: Recomputation
    sequence_parallel: bool
    flash_attention: bool
    scatter_gather: bool
    gpus_per_node: int


class Layout(TypedDict):
    """A layout, as keywords for :class:`Training`."""

    tensor: int
    pipeline: int
    data: int
    virtual_stages: int
    micro_batch_size: int


class RankedLayout(Layout):
    """A layout, and what it is ranked by.

    Attributes
    ----------
    stage : int
        The stage that needs most memory.
    memory : float
        Bytes on a GPU of that stage.
    idle : float
        Share of the time that the pipeline stands idle.
    within_node, between_nodes : float
        Bytes per iteration that a GPU of the first stage sends within its node, and to others.
    """

    stage: int
    memory: float
    idle: float
    within_node: float
    between_nodes: float


class _Plan(NamedTuple):
    layers: int
    hidden: int
    sequence: int
    vocabulary: int
    batch: int
    gpus: int
    heads: int
    kv_heads: int
    layer: Layer
    tied: bool
    positions: bool
    biases: bool
    tensor: int
    pipeline: int
    context: int
    data: int
    virtual: int
    micro: int
    zero: int
    state_bytes: int
    recomputation: Recomputation
    sequence_parallel: bool
    flash: bool
    scatter_gather: bool
    node: int

    @property
    def layout(self) -> Layout:
        """The five that vary."""
        return {
            "tensor": self.tensor,
            "pipeline": self.pipeline,
            "data": self.data,
            "virtual_stages": self.virtual,
            "micro_batch_size": self.micro,
        }


def stage_parameters(*, stage: int, **training: Unpack[Training]) -> dict[str, float]:
    """Count the parameters on a GPU of a pipeline stage, by part.

    Parameters
    ----------
    stage : int
        Stage of the pipeline, from 1.
    **training : Unpack[Training]
        The run, as :class:`Training` says.

    Returns
    -------
    dict of str to float
        Parameters of ``attention``, ``mlp``, ``biases``, ``layernorms``, ``word_embeddings``,
        ``position_embeddings`` and ``output``.

    Raises
    ------
    BadArgument
        There is no such stage, or the layout is not possible, as :func:`layout_faults` says.

    Notes
    -----
    What Megatron-LM splits by the tensor size t: matrices, their biases where the outputs are
    split (queries, keys, values, all of an MLP but its last matrix), word embeddings and output
    layer. Whole on every GPU: layernorms, the other biases, and the position embeddings
    (``language_model_embedding.py``). Where t is above the heads of keys and values, each GPU
    has one of them.

    The first stage has the embeddings. The last has the layernorm after the last layer, which
    equation 2 of ML21 leaves out, and the output layer: of its own or, where p is above 1, a
    copy of the tied word embeddings. Every expert is on every replica: expert parallelism is
    not counted.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> run = dict(**mt_nlg, heads=128, batch_size=1920, gpus=2240, tensor=8, pipeline=35)
    >>> first, other, last = (sum(stage_parameters(**run, stage=i).values()) for i in (1, 2, 35))
    >>> print(f"the first has {first / other - 1:.1%} more, the last {last / other - 1:.1%}")
    the first has 9.2% more, the last 6.9%
    """
    plan = _possible(**training)
    return _stage_parameters(plan, _stage(plan, stage))


def stage_memory(*, stage: int, **training: Unpack[Training]) -> dict[str, float]:
    """Return the memory on a GPU of a pipeline stage, by part.

    Parameters
    ----------
    stage : int
        Stage of the pipeline, from 1.
    **training : Unpack[Training]
        The run, as :class:`Training` says.

    Returns
    -------
    dict of str to float
        Bytes of ``weights``, ``gradients``, ``optimizer``, ``activations`` of the layers and
        ``outer_activations``.

    Raises
    ------
    BadArgument
        There is no such stage, the layout is not possible, as :func:`layout_faults` says, or
        no formula counts the activations, as :func:`activation_bytes` says.

    Notes
    -----
    :func:`model_state_bytes` of :func:`stage_parameters`, with ZeRO over ``d c`` GPUs, as
    Megatron-LM splits its optimizer; :func:`activation_bytes` and
    :func:`outer_activation_bytes`, a c-th of them with context parallelism (documentation of
    Megatron-LM, "Context Parallel Overview").

    Not counted: the layer that is being recomputed, buffers of communication, what a memory
    allocator wastes, and what the driver takes.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> run = dict(**mt_nlg, heads=128, batch_size=1920, gpus=2240, tensor=8, pipeline=35)
    >>> memory = stage_memory(**run, stage=1, bytes_per_parameter=20)
    >>> print(*(f"{part} {size / 1e9:.1f}" for part, size in memory.items()), sep=", ")
    weights 4.1, gradients 12.4, optimizer 24.7, activations 8.8, outer_activations 1.5
    """
    plan = _possible(**training)
    return _stage_memory(plan, _stage(plan, stage))


def heaviest_stage(**training: Unpack[Training]) -> int:
    """Tell the pipeline stage whose GPUs need most memory.

    Parameters
    ----------
    **training : Unpack[Training]
        The run, as :class:`Training` says.

    Returns
    -------
    int
        The stage, from 1: the first or, where it needs more, the last.

    Raises
    ------
    BadArgument
        As :func:`stage_memory`.

    Notes
    -----
    By :func:`stage_memory`. A stage between the two has only layers, and keeps no more
    micro-batches than the first.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> heaviest_stage(**mt_nlg, heads=128, batch_size=1920, gpus=2240, tensor=8, pipeline=35)
    1
    """
    return _heaviest(_possible(**training))[0]


def layout_traffic(**training: Unpack[Training]) -> dict[str, dict[str, float]]:
    """Return what a GPU of the first stage sends per iteration, by link.

    Parameters
    ----------
    **training : Unpack[Training]
        The run, as :class:`Training` says.

    Returns
    -------
    dict of str to dict of str to float
        Bytes for ``tensor``, ``pipeline`` and ``data`` parallelism, each under
        ``within_node`` or ``between_nodes``.

    Raises
    ------
    BadArgument
        The layout is not possible, as :func:`layout_faults` says.

    Notes
    -----
    :func:`tensor_communication_bytes` and :func:`pipeline_communication_bytes` for the s/c
    tokens of a GPU, and :func:`data_communication_bytes` for the parameters of the first stage
    over ``d c`` GPUs. Ranks are in the order of Megatron-LM (``parallel_state.py``): tensor,
    context, data, pipeline. So tensor parallelism stays within a node of g GPUs where t divides
    g, data parallelism where ``t c d`` does, the pipeline where all GPUs do.

    For what context parallelism sends, keys, values and their gradients, no published formula
    is known here: it is not in the result.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> run = dict(**mt_nlg, heads=128, batch_size=1920, gpus=2240, tensor=8, pipeline=35)
    >>> for link, sent in layout_traffic(**run, scatter_gather=True).items():
    ...     print(link, *(f"{kind} {size / 1e9:.1f} GB" for kind, size in sent.items()))
    within_node tensor 422.8 GB
    between_nodes pipeline 5.0 GB data 7.2 GB
    """
    return _traffic(_possible(**training))


def layout_faults(**training: Unpack[Training]) -> list[str]:
    """Tell why a layout is not possible.

    Parameters
    ----------
    **training : Unpack[Training]
        The run, as :class:`Training` says.

    Returns
    -------
    list of str
        A sentence for each rule that is broken; none if the layout is possible.

    Raises
    ------
    BadArgument
        A number or a name is not allowed whatever the layout is.

    Notes
    -----
    The rules of Megatron-LM for even splits (``transformer_config.py``, ``arguments.py``) and
    of ML21 for the interleaved schedule: tensor divides heads, width of the MLP and padded
    vocabulary, and divides the heads of keys and values or is divided by them; 2 c divides the
    sequence; with sequence parallelism t c does; p v divides the layers, and v is 1 without a
    pipeline; t p c d is the number of GPUs; b d divides the batch, and b d p if interleaved.
    A stage of fewer layers than others, as some runs have, is not possible here.

    Examples
    --------
    >>> model = dict(layers=32, hidden_size=4096, sequence_length=8192, vocab_size=51200, heads=32)
    >>> layout_faults(**model, batch_size=512, gpus=64, tensor=8, pipeline=3)
    ['layers is 32; it must be a multiple of pipeline x virtual_stages = 3.', \
'gpus is 64; it must be a multiple of tensor x pipeline x context = 24.']
    """
    return [str(fault) for fault in _faults(_plan(**training))]


def nearest_layouts(*, count: int = 3, **training: Unpack[Training]) -> list[Layout]:
    """Return the possible layouts that are nearest to one, itself if it is possible.

    Parameters
    ----------
    count : int, default 3
        How many.
    **training : Unpack[Training]
        The run, as :class:`Training` says.

    Returns
    -------
    list of Layout
        The nearest first; none if nothing splits this model and batch over these GPUs.

    Raises
    ------
    BadArgument
        As :func:`layout_faults`, or there are more than 10,000 layers or heads, or 10 million
        GPUs or sequences of a batch.

    Notes
    -----
    Tensor, pipeline and data size, stages per device and micro-batch vary; all else stays. How
    far a layout is, is the product of the factors by which these five differ: a definition
    made here.

    Examples
    --------
    >>> model = dict(layers=32, hidden_size=4096, sequence_length=8192, vocab_size=51200, heads=32)
    >>> run = dict(**model, batch_size=512, gpus=64, tensor=8, pipeline=3)
    >>> for layout in nearest_layouts(**run, count=2):
    ...     print(*layout.values())
    8 4 2 1 1
    8 4 2 1 2
    """
    plan = _plan(**training)
    (many,) = counts(count=count)
    asked = _degrees(plan)

    def distance(other: _Plan) -> tuple[float, tuple[int, ...]]:
        above = below = 1
        for one, two in zip(asked, _degrees(other), strict=True):
            above *= max(one, two)
            below *= min(one, two)
        return above / below, _degrees(other)

    return [other.layout for other in sorted(_all_possible(plan), key=distance)[:many]]


def rank_layouts(
    *,
    memory: float,
    count: int = 10,
    seconds: float | None = None,
    within_gb_s: float | None = None,
    between_gb_s: float | None = None,
    **training: Unpack[Training],
) -> list[RankedLayout]:
    """Return the layouts that fit, those that lose least time first.

    Parameters
    ----------
    memory : float
        Bytes of a GPU.
    count : int, default 10
        How many.
    seconds : float, optional
        Seconds of an iteration.
    within_gb_s, between_gb_s : float, optional
        GB/s that a GPU sends to others of its node, and to other nodes.
    **training : Unpack[Training]
        The run, as :class:`Training` says.

    Returns
    -------
    list of RankedLayout
        Layouts that fit; none if none does.

    Raises
    ------
    BadArgument
        As :func:`stage_memory` and :func:`nearest_layouts`, a number is not above 0, or of
        ``seconds``, ``within_gb_s`` and ``between_gb_s`` some are given and some are not.

    Notes
    -----
    Tensor, pipeline and data size and stages per device vary; the micro-batch, context
    parallelism, ZeRO and recomputation stay.

    With ``seconds`` and both rates, first is the layout that loses least time if nothing
    overlaps: ``idle`` of the seconds (:func:`pipeline_bubble`), and what is sent within and
    between nodes over the rates (:func:`layout_traffic`). Without them, layouts whose tensor
    parallelism stays inside a node come first, as MT-NLG itself was laid out; among these, the
    one that idles least, then the one that sends least between nodes. The last to decide is the
    memory of the heaviest stage (:func:`stage_memory`). Both orders are made here, and are no
    models of speed: traffic overlaps with computing, and small matrices are slow.

    Examples
    --------
    >>> model = dict(layers=32, hidden_size=4096, sequence_length=8192, vocab_size=51200, heads=32)
    >>> run = dict(**model, batch_size=512, gpus=64, zero_stage=1)
    >>> for fits in rank_layouts(**run, memory=80e9, count=2):
    ...     print(fits["tensor"], fits["pipeline"], fits["data"], f"{fits['memory'] / 1e9:.1f} GB")
    8 1 8 7.3 GB
    4 1 16 10.8 GB
    >>> links = dict(seconds=10.0, within_gb_s=300.0, between_gb_s=25.0)
    >>> for fits in rank_layouts(**run, memory=80e9, count=2, **links):
    ...     print(fits["tensor"], fits["pipeline"], fits["data"], f"{fits['memory'] / 1e9:.1f} GB")
    2 1 32 17.9 GB
    1 2 32 18.4 GB
    """
    plan = _plan(**training)
    (many,) = counts(count=count)
    (capacity,) = amounts(memory=memory)
    given: dict[str, Any] = {
        "seconds": seconds,
        "within_gb_s": within_gb_s,
        "between_gb_s": between_gb_s,
    }
    rates = amounts(**given) if any(value is not None for value in given.values()) else []
    found = []
    for other in _all_possible(plan, micro_batches=False):
        stage, size = _heaviest(other)
        if size <= capacity:
            within, between = (sum(sent.values()) for sent in _traffic(other).values())
            idle = _idle(other)
            order: list[float] = [other.node % other.tensor != 0, idle, between]
            if rates:
                time, inside, outside = rates
                order = [idle * time + within / inside / 1e9 + between / outside / 1e9]
            row: RankedLayout = {
                **other.layout, "stage": stage, "memory": size, "idle": idle,
                "within_node": within, "between_nodes": between,
            }  # fmt: skip
            found.append(([*order, size, *_degrees(other)], row))
    found.sort(key=itemgetter(0))
    return [row for _, row in found[:many]]


def _plan(
    *,
    layers: int,
    hidden_size: int,
    sequence_length: int,
    vocab_size: int,
    batch_size: int,
    gpus: int,
    tied_embeddings: bool = True,
    learned_positions: bool = True,
    biases: bool = True,
    tensor: int = 1,
    pipeline: int = 1,
    context: int = 1,
    data: int | None = None,
    virtual_stages: int = 1,
    micro_batch_size: int = 1,
    zero_stage: int = 0,
    bytes_per_parameter: int = 16,
    recomputation: Recomputation = "full",
    sequence_parallel: bool = False,
    flash_attention: bool = False,
    scatter_gather: bool = False,
    gpus_per_node: int = 8,
    **variant: Unpack[Variant],
) -> _Plan:
    """Check what can be checked of each keyword alone, and complete them."""
    l, h, s, v, batch, n = counts(
        layers=layers,
        hidden_size=hidden_size,
        sequence_length=sequence_length,
        vocab_size=vocab_size,
        batch_size=batch_size,
        gpus=gpus,
    )
    heads: Any = variant.get("heads")
    (a,) = counts(heads=heads)
    layer = widths(h, **variant)
    t, p, c, vs, b, node = counts(
        tensor=tensor,
        pipeline=pipeline,
        context=context,
        virtual_stages=virtual_stages,
        micro_batch_size=micro_batch_size,
        gpus_per_node=gpus_per_node,
    )
    whole = n // (t * p * c) if n % (t * p * c) == 0 else 0
    d = whole if data is None else counts(data=data)[0]
    check_recomputation(recomputation)
    check_switches(
        tied_embeddings=tied_embeddings,
        learned_positions=learned_positions,
        biases=biases,
        sequence_parallel=sequence_parallel,
        flash_attention=flash_attention,
        scatter_gather=scatter_gather,
    )
    check_state_bytes(bytes_per_parameter)
    return _Plan(
        l, h, s, v, batch, n, a, a * layer.keys // layer.queries, layer, tied_embeddings,
        learned_positions, biases, t, p, c, d, vs, b, zero_stages(zero_stage),
        int(bytes_per_parameter), recomputation, sequence_parallel, flash_attention,
        scatter_gather, node,
    )  # fmt: skip


def _possible(**training: Unpack[Training]) -> _Plan:
    plan = _plan(**training)
    for fault in _faults(plan):
        raise fault
    return plan


def _faults(plan: _Plan) -> Iterator[BadArgument]:
    for split in _splits(plan):
        if split.value % split.number:
            yield BadArgument.of(split.name, split.value, split.allowed)
    t, k = plan.tensor, plan.kv_heads
    if k % t and t % k:
        yield BadArgument.of("kv_heads", k, f"a multiple or a divisor of tensor = {t}")
    if plan.pipeline == 1 < plan.virtual:
        yield BadArgument.of("virtual_stages", plan.virtual, "1 without a pipeline")
    all_of_them = t * plan.pipeline * plan.context * plan.data
    if plan.data and plan.gpus != all_of_them:
        yield BadArgument.of(
            "gpus", plan.gpus, f"tensor x pipeline x context x data = {all_of_them}"
        )


def _splits(plan: _Plan) -> Iterator[Split]:
    t, p, c = plan.tensor, plan.pipeline, plan.context
    yield split_of_heads(t, plan.heads)
    yield Split("tensor", t, "ffn_hidden", plan.layer.ffn)
    yield Split("tensor", t, "vocab_size", plan.vocabulary)
    if c > 1:
        yield Split("2 x context", 2 * c, "sequence_length", plan.sequence)
    if plan.sequence_parallel:
        yield Split("tensor x context", t * c, "sequence_length", plan.sequence)
    yield split_of_layers(p, plan.virtual, plan.layers)
    if plan.data:
        yield from splits_of_batch(plan.batch, plan.micro, plan.data, p, plan.virtual)
    else:
        yield Split("tensor x pipeline x context", t * p * c, "gpus", plan.gpus)


def _all_possible(plan: _Plan, *, micro_batches: bool = True) -> Iterator[_Plan]:
    """Yield every possible layout of the same run, or those of the same micro-batch."""
    for name, most in _SEARCHED.items():
        value = getattr(plan, name)
        if value > most:
            argument = "batch_size" if name == "batch" else name
            raise BadArgument.of(argument, value, f"at most {most} for a search of layouts")
    for t in _divisors(plan.heads):
        for p in _divisors(plan.layers):
            if plan.gpus % (t * p * plan.context):
                continue
            d = plan.gpus // (t * p * plan.context)
            if plan.batch % d:
                continue
            micro = _divisors(plan.batch // d) if micro_batches else [plan.micro]
            for b in micro:
                for v in _divisors(plan.layers // p) if p > 1 else [1]:
                    other = plan._replace(tensor=t, pipeline=p, data=d, virtual=v, micro=b)
                    if next(_faults(other), None) is None:
                        yield other


def _divisors(number: int) -> list[int]:
    small = [n for n in range(1, math.isqrt(number) + 1) if number % n == 0]
    return sorted({*small, *(number // n for n in small)})


def _degrees(plan: _Plan) -> tuple[int, int, int, int, int]:
    d = plan.data or max(1, plan.gpus // (plan.tensor * plan.pipeline * plan.context))
    return plan.tensor, plan.pipeline, d, plan.virtual, plan.micro


def _stage(plan: _Plan, stage: int) -> int:
    (i,) = counts(stage=stage)
    check(f"a stage of {plan.pipeline}", lambda number: number <= plan.pipeline, stage=i)
    return i


def _stage_parameters(plan: _Plan, stage: int) -> dict[str, float]:
    l, h, t, layer = plan.layers // plan.pipeline, plan.hidden, plan.tensor, plan.layer
    first, last = stage == 1, stage == plan.pipeline
    queries = layer.queries // t
    keys = max(1, plan.kv_heads // t) * (layer.keys // plan.kv_heads)
    f = layer.ffn // t
    biases = queries + 2 * keys + h + layer.experts * ((layer.matrices - 1) * f + h)
    norm = h * (2 if plan.biases else 1)
    words = plan.vocabulary // t * h
    needs_output = last and not (plan.tied and first)
    return {
        "attention": l * 2 * h * (queries + keys),
        "mlp": l * layer.experts * layer.matrices * f * h,
        "biases": l * biases if plan.biases else 0,
        "layernorms": l * 2 * norm + (norm if last else 0),
        "word_embeddings": words if first else 0,
        "position_embeddings": plan.sequence * h if first and plan.positions else 0,
        "output": words if needs_output else 0,
    }


def _stage_memory(plan: _Plan, stage: int) -> dict[str, float]:
    waves = plan.batch // (plan.micro * plan.data)
    held = {
        "hidden_size": plan.hidden, "sequence_length": plan.sequence,
        "micro_batch_size": plan.micro, "tensor": plan.tensor, "pipeline": plan.pipeline,
        "stage": stage, "micro_batches": waves,
    }  # fmt: skip
    of_layers = activation_bytes(
        **held,
        layers=plan.layers,
        heads=plan.heads,
        virtual_stages=plan.virtual,
        recomputation=plan.recomputation,
        sequence_parallel=plan.sequence_parallel,
        flash_attention=plan.flash,
        ffn_hidden=plan.layer.ffn,
        experts=plan.layer.experts,
    )
    outer = outer_activation_bytes(
        **held, vocab_size=plan.vocabulary, sequence_parallel=plan.sequence_parallel
    )
    states = model_state_parts(
        parameters=sum(_stage_parameters(plan, stage).values()),
        data=plan.data * plan.context,
        zero_stage=plan.zero,
        bytes_per_parameter=plan.state_bytes,
    )
    return {
        **states,
        "activations": of_layers / plan.context,
        "outer_activations": outer / plan.context,
    }


def _heaviest(plan: _Plan) -> tuple[int, float]:
    sizes = {i: sum(_stage_memory(plan, i).values()) for i in (1, plan.pipeline)}
    stage = max(sizes, key=sizes.__getitem__)
    return stage, sizes[stage]


def _idle(plan: _Plan) -> float:
    ratio = pipeline_bubble(
        pipeline=plan.pipeline,
        batch_size=plan.batch,
        data=plan.data,
        micro_batch_size=plan.micro,
        virtual_stages=plan.virtual,
    )
    return ratio / (1 + ratio)


def _traffic(plan: _Plan) -> dict[str, dict[str, float]]:
    t, p, c, d = plan.tensor, plan.pipeline, plan.context, plan.data
    share = {
        "hidden_size": plan.hidden, "sequence_length": plan.sequence // c,
        "batch_size": plan.batch, "tensor": t, "pipeline": p, "data": d,
    }  # fmt: skip
    sent = {
        "tensor": tensor_communication_bytes(**share, layers=plan.layers),
        "pipeline": pipeline_communication_bytes(
            **share, virtual_stages=plan.virtual, scatter_gather=plan.scatter_gather
        ),
        "data": data_communication_bytes(
            parameters=sum(_stage_parameters(plan, 1).values()),
            data=d * c,
            zero_stage=plan.zero,
            micro_batches=plan.batch // (plan.micro * d),
        ),
    }
    spans = {"tensor": t, "pipeline": t * c * d * p, "data": t * c * d}
    inside = {kind for kind, span in spans.items() if plan.node % span == 0}
    return {
        "within_node": {kind: size for kind, size in sent.items() if kind in inside},
        "between_nodes": {kind: size for kind, size in sent.items() if kind not in inside},
    }
