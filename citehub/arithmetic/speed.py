"""Throughput, utilization, time, energy and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citehub.arithmetic._checks import amounts, check, check_recomputation, counts, prices
from citehub.arithmetic.model import flops_per_iteration

if TYPE_CHECKING:
    from typing import Unpack

    from citehub.arithmetic._checks import Recomputation
    from citehub.arithmetic.model import Variant

_SECONDS_PER_DAY: Final = 86_400


def tflops_per_gpu(
    *,
    layers: int,
    hidden_size: int,
    sequence_length: int,
    vocab_size: int,
    batch_size: int,
    gpus: int,
    seconds: float,
    recomputation: Recomputation = "full",
    **variant: Unpack[Variant],
) -> float:
    """Return the throughput of a GPU from the time of an iteration.

    Parameters
    ----------
    layers : int
        Transformer layers.
    hidden_size : int
        Hidden size.
    sequence_length : int
        Tokens per sequence.
    vocab_size : int
        Tokens of the vocabulary, padded as trained.
    batch_size : int
        Sequences of the global batch.
    gpus : int
        GPUs that train together.
    seconds : float
        Seconds per iteration.
    recomputation : {'full', 'selective', 'none'}, default 'full'
        How activations are recomputed, and so which operations count.
    **variant : Unpack[Variant]
        How the model differs from GPT, as :class:`Variant` says.

    Returns
    -------
    float
        Throughput per GPU, 1e12 FLOP/s.

    Raises
    ------
    BadArgument
        A number is not above 0, a count is not whole, or the recomputation is none of the
        three.

    Notes
    -----
    ``F / (n seconds)`` with F of :func:`flops_per_iteration`. ML21 (arXiv 2104.04473) and
    MT-NLG (arXiv 2201.11990) count full recomputation, equation 3 of ML21: their teraFLOP/s
    are those of the hardware.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> round(tflops_per_gpu(**mt_nlg, batch_size=1920, gpus=2240, seconds=60.1), 1)
    125.7
    """
    flops = flops_per_iteration(
        layers=layers,
        hidden_size=hidden_size,
        sequence_length=sequence_length,
        vocab_size=vocab_size,
        batch_size=batch_size,
        recomputation=recomputation,
        **variant,
    )
    (n,) = counts(gpus=gpus)
    (time,) = amounts(seconds=seconds)
    return flops / (n * time) / 1e12


def mfu(
    *,
    layers: int,
    hidden_size: int,
    sequence_length: int,
    vocab_size: int,
    batch_size: int,
    gpus: int,
    seconds: float,
    peak_tflops: float = 312.0,
    recomputation: Recomputation = "full",
    **variant: Unpack[Variant],
) -> float:
    """Return model FLOPs utilization: what the model needs, of what the hardware could do.

    Parameters
    ----------
    layers : int
        Transformer layers.
    hidden_size : int
        Hidden size.
    sequence_length : int
        Tokens per sequence.
    vocab_size : int
        Tokens of the vocabulary, padded as trained.
    batch_size : int
        Sequences of the global batch.
    gpus : int
        GPUs that train together.
    seconds : float
        Seconds per iteration.
    peak_tflops : float, default 312.0
        Peak of one GPU, 1e12 FLOP/s; the default is an A100 at 16 bits.
    recomputation : {'full', 'selective', 'none'}, default 'full'
        Taken so that one set of keywords describes a run to :func:`hfu` and to this; what is
        recomputed is no work of the model, so the same seconds give the same MFU.
    **variant : Unpack[Variant]
        How the model differs from GPT, as :class:`Variant` says.

    Returns
    -------
    float
        A fraction, 1 at peak.

    Raises
    ------
    BadArgument
        A number is not above 0, a count is not whole, or the recomputation is none of the
        three.

    Notes
    -----
    K22 (arXiv 2205.05198), equation 7 over GPUs, seconds and peak. Counting ``6 N`` FLOPs per
    token instead, as PaLM (arXiv 2204.02311, appendix B) does where it leaves out attention,
    gives 29.7 % for the run of the example.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> f"{mfu(**mt_nlg, batch_size=1920, gpus=2240, seconds=60.1):.1%}"
    '30.2%'
    """
    check_recomputation(recomputation)
    return hfu(
        layers=layers,
        hidden_size=hidden_size,
        sequence_length=sequence_length,
        vocab_size=vocab_size,
        batch_size=batch_size,
        gpus=gpus,
        seconds=seconds,
        peak_tflops=peak_tflops,
        recomputation="none",
        **variant,
    )


def hfu(
    *,
    layers: int,
    hidden_size: int,
    sequence_length: int,
    vocab_size: int,
    batch_size: int,
    gpus: int,
    seconds: float,
    peak_tflops: float = 312.0,
    recomputation: Recomputation = "full",
    **variant: Unpack[Variant],
) -> float:
    """Return hardware FLOPs utilization: what the hardware does, of what it could do.

    Parameters
    ----------
    layers : int
        Transformer layers.
    hidden_size : int
        Hidden size.
    sequence_length : int
        Tokens per sequence.
    vocab_size : int
        Tokens of the vocabulary, padded as trained.
    batch_size : int
        Sequences of the global batch.
    gpus : int
        GPUs that train together.
    seconds : float
        Seconds per iteration.
    peak_tflops : float, default 312.0
        Peak of one GPU, 1e12 FLOP/s; the default is an A100 at 16 bits.
    recomputation : {'full', 'selective', 'none'}, default 'full'
        How activations are recomputed; with ``'none'`` it is :func:`mfu`.
    **variant : Unpack[Variant]
        How the model differs from GPT, as :class:`Variant` says.

    Returns
    -------
    float
        A fraction, 1 at peak.

    Raises
    ------
    BadArgument
        A number is not above 0, a count is not whole, or the recomputation is none of the
        three.

    Notes
    -----
    The operations of :func:`flops_per_iteration` over GPUs, seconds and peak: equation 8 of
    K22 (arXiv 2205.05198) for selective recomputation, equation 3 of ML21 (arXiv 2104.04473)
    for full, which is the "percentage of theoretical peak" of its Table 1.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> run = dict(**mt_nlg, batch_size=280, gpus=280, seconds=37.83)  # K22, Table 5
    >>> f"MFU {mfu(**run):.1%}, HFU {hfu(**run, recomputation='selective'):.1%}"
    'MFU 56.0%, HFU 57.0%'
    """
    (peak,) = amounts(peak_tflops=peak_tflops)
    achieved = tflops_per_gpu(
        layers=layers,
        hidden_size=hidden_size,
        sequence_length=sequence_length,
        vocab_size=vocab_size,
        batch_size=batch_size,
        gpus=gpus,
        seconds=seconds,
        recomputation=recomputation,
        **variant,
    )
    return achieved / peak


def training_days(
    *,
    layers: int,
    hidden_size: int,
    sequence_length: int,
    vocab_size: int,
    tokens: float,
    gpus: int,
    tflops_per_gpu: float,
    recomputation: Recomputation = "full",
    **variant: Unpack[Variant],
) -> float:
    """Return how long training takes at a constant throughput.

    Parameters
    ----------
    layers : int
        Transformer layers.
    hidden_size : int
        Hidden size.
    sequence_length : int
        Tokens per sequence.
    vocab_size : int
        Tokens of the vocabulary, padded as trained.
    tokens : float
        Tokens to train on.
    gpus : int
        GPUs that train together.
    tflops_per_gpu : float
        Throughput per GPU, 1e12 FLOP/s, counted with the same recomputation.
    recomputation : {'full', 'selective', 'none'}, default 'full'
        How activations are recomputed.
    **variant : Unpack[Variant]
        How the model differs from GPT, as :class:`Variant` says.

    Returns
    -------
    float
        Days, without restarts, evaluation or smaller batches at the start.

    Raises
    ------
    BadArgument
        A number is not above 0, a count is not whole, or the recomputation is none of the
        three.

    Notes
    -----
    The FLOPs of :func:`flops_per_iteration` for that many tokens, over GPUs and throughput.
    The days of Table 2 in ML21 (arXiv 2104.04473) follow from it. Its equation 4, ``8 T P /
    (n X)``, is an approximation of the same, 1.3 to 2.6 % lower for its models from 175 billion
    parameters and 10 % for the smallest; the 34 and 84 days of its section 5.1 come from that.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> round(training_days(**mt_nlg, tokens=300e9, gpus=2240, tflops_per_gpu=159))  # Table 2
    42
    """
    flops = flops_per_iteration(
        layers=layers,
        hidden_size=hidden_size,
        sequence_length=sequence_length,
        vocab_size=vocab_size,
        batch_size=1,
        recomputation=recomputation,
        **variant,
    )
    s, n = counts(sequence_length=sequence_length, gpus=gpus)
    t, x = amounts(tokens=tokens, tflops_per_gpu=tflops_per_gpu)
    return flops / s * t / (n * x * 1e12) / _SECONDS_PER_DAY


def iteration_seconds(
    *,
    layers: int,
    hidden_size: int,
    sequence_length: int,
    vocab_size: int,
    batch_size: int,
    gpus: int,
    utilization: float,
    peak_tflops: float = 312.0,
    **variant: Unpack[Variant],
) -> float:
    """Return the time of an iteration at a given model FLOPs utilization.

    Parameters
    ----------
    layers : int
        Transformer layers.
    hidden_size : int
        Hidden size.
    sequence_length : int
        Tokens per sequence.
    vocab_size : int
        Tokens of the vocabulary, padded as trained.
    batch_size : int
        Sequences of the global batch.
    gpus : int
        GPUs that train together.
    utilization : float
        Model FLOPs utilization, a fraction: 0.4 is 40 % of the peak.
    peak_tflops : float, default 312.0
        Peak of one GPU, 1e12 FLOP/s; the default is an A100 at 16 bits.
    **variant : Unpack[Variant]
        How the model differs from GPT, as :class:`Variant` says.

    Returns
    -------
    float
        Seconds per iteration.

    Raises
    ------
    BadArgument
        A number is not above 0, a count is not whole, or the utilization is above 1.

    Notes
    -----
    The inverse of :func:`mfu`, from the same source: K22 (arXiv 2205.05198), equation 7. You
    give the utilization: no formula here predicts one.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> round(iteration_seconds(**mt_nlg, batch_size=1920, gpus=2240, utilization=0.302), 1)
    60.2
    """
    flops = flops_per_iteration(
        layers=layers,
        hidden_size=hidden_size,
        sequence_length=sequence_length,
        vocab_size=vocab_size,
        batch_size=batch_size,
        recomputation="none",
        **variant,
    )
    (n,) = counts(gpus=gpus)
    check("a number above 0 and up to 1", lambda value: 0 < value <= 1, utilization=utilization)
    (peak,) = amounts(peak_tflops=peak_tflops)
    return flops / (n * float(utilization) * peak * 1e12)


def training_energy(*, gpu_hours: float, watts: float, overhead: float = 1.0) -> float:
    """Return the energy that GPUs take.

    Parameters
    ----------
    gpu_hours : float
        GPUs times hours.
    watts : float
        Mean power of one GPU. The limit that its maker states is an upper bound; it leaves out
        processors, memory and network of the server.
    overhead : float, default 1.0
        Power usage effectiveness: what the building takes over what the computers take.

    Returns
    -------
    float
        Kilowatt hours.

    Raises
    ------
    BadArgument
        A number is not above 0, or the overhead is below 1.

    Notes
    -----
    Patterson et al., arXiv 2104.10350: hours, processors, mean power of a processor and power
    usage effectiveness, multiplied.

    Examples
    --------
    >>> print(f"{training_energy(gpu_hours=184_320, watts=400):,.0f} kWh")  # Llama 2 7B
    73,728 kWh
    """
    hours, power = amounts(gpu_hours=gpu_hours, watts=watts)
    check("a finite number from 1", lambda value: 1 <= value < float("inf"), overhead=overhead)
    return hours * power * float(overhead) / 1000


def training_cost(
    *,
    gpu_hours: float,
    price_per_gpu_hour: float,
    kilowatt_hours: float = 0.0,
    price_per_kilowatt_hour: float = 0.0,
) -> float:
    """Return what training costs at given prices.

    Parameters
    ----------
    gpu_hours : float
        GPUs times hours.
    price_per_gpu_hour : float
        Price of a GPU for an hour, in any currency.
    kilowatt_hours : float, default 0.0
        Energy, where it is paid apart.
    price_per_kilowatt_hour : float, default 0.0
        Price of energy, in the same currency.

    Returns
    -------
    float
        Money, in that currency.

    Raises
    ------
    BadArgument
        The GPU hours are not above 0, or another number is below 0 or not finite.

    Notes
    -----
    Hours times price; there is no paper behind it.

    Examples
    --------
    >>> training_cost(gpu_hours=1000, price_per_gpu_hour=2.5)
    2500.0
    """
    (hours,) = amounts(gpu_hours=gpu_hours)
    price, energy, tariff = prices(
        price_per_gpu_hour=price_per_gpu_hour,
        kilowatt_hours=kilowatt_hours,
        price_per_kilowatt_hour=price_per_kilowatt_hour,
    )
    return hours * price + energy * tariff
