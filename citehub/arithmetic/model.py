"""Parameters and operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict

from citehub.arithmetic._checks import (
    Split,
    check,
    check_recomputation,
    check_splits,
    check_switches,
    counts,
)

if TYPE_CHECKING:
    from typing import Unpack

    from citehub.arithmetic._checks import Recomputation

# FLOPs per token and layer: of a weight, and of a product of query and key or of score and value.
_LAYER_FLOPS: Final = {"full": (8, 8), "selective": (6, 12), "none": (6, 6)}
_GPT_MLP: Final = 4  # its width in hidden sizes


class Variant(TypedDict, total=False):
    """How a model differs from GPT; what is left out is as in GPT.

    Attributes
    ----------
    heads : int
        Attention heads, a; needed with ``kv_heads`` and ``head_size``.
    kv_heads : int
        Heads of keys and values, k: 1 is multi-query, fewer than ``heads`` is grouped-query
        attention; by default ``heads``.
    head_size : int
        Width of a head, d; by default ``hidden_size / heads``.
    ffn_hidden : int
        Width of the MLP, f, of one expert where there are several; by default ``4 h``.
    gated : bool
        Whether the MLP has three matrices, as SwiGLU and GeGLU, and not two.
    experts, experts_active : int
        Experts in each layer, and how many of them a token passes through, E; by default 1. What
        the router computes is not counted, as in Megatron-LM.
    causal : bool
        Whether attention counts for the half below the diagonal. The papers above count it in
        full, which is the default. NVIDIA's published figures count the half since 2025.
    """

    heads: int
    kv_heads: int
    head_size: int
    ffn_hidden: int
    gated: bool
    experts: int
    experts_active: int
    causal: bool


class Layer(NamedTuple):
    """The widths of a layer: all queries, a d; all keys, k d; one expert's MLP, f."""

    queries: int
    keys: int
    ffn: int
    matrices: int
    experts: int
    active: int
    causal: bool


def parameter_count(
    *,
    layers: int,
    hidden_size: int,
    sequence_length: int,
    vocab_size: int,
    tied_embeddings: bool = True,
    learned_positions: bool = True,
    biases: bool = True,
    **variant: Unpack[Variant],
) -> int:
    """Count the parameters of a GPT model, or of one that differs from it.

    Parameters
    ----------
    layers : int
        Transformer layers, l.
    hidden_size : int
        Hidden size, h.
    sequence_length : int
        Tokens per sequence, s: the learned positions.
    vocab_size : int
        Tokens of the vocabulary, V, padded as trained.
    tied_embeddings : bool, default True
        Whether the output layer is the word embeddings; else it has V h of its own.
    learned_positions : bool, default True
        Whether positions are embeddings, s h; not so with rotary positions or ALiBi.
    biases : bool, default True
        Whether matrices and layernorms have biases; Llama and its kin have none.
    **variant : Unpack[Variant]
        How the model differs from GPT, as :class:`Variant` says.

    Returns
    -------
    int
        Parameters; of GPT ``12 l h^2 + 13 l h + (V + s) h``.

    Raises
    ------
    BadArgument
        A number is not whole and above 0, or a switch is not a truth value, or heads do not
        divide.

    Notes
    -----
    ML21 (arXiv 2104.04473), equation 2: weights of attention and MLP, biases and layernorms,
    and word and position embeddings, the former shared with the output layer. The last
    layernorm, 2 h, is left out.

    A layer of a variant has ``h d (2 a + 2 k) + n m h f`` weights: k heads of keys and values of
    width d, and n experts, each an MLP of width f with m matrices. A matrix has as many biases as
    outputs. Routers, ``n h`` a layer, are left out.

    Examples
    --------
    >>> parameter_count(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    529600778240
    >>> llama = dict(layers=126, hidden_size=16384, heads=128, kv_heads=8, ffn_hidden=53248)
    >>> plain = dict(gated=True, tied_embeddings=False, learned_positions=False, biases=False)
    >>> parameter_count(**llama, **plain, sequence_length=8192, vocab_size=128256)  # 405B
    405853372416
    """
    parts = parameter_parts(
        layers=layers,
        hidden_size=hidden_size,
        sequence_length=sequence_length,
        vocab_size=vocab_size,
        tied_embeddings=tied_embeddings,
        learned_positions=learned_positions,
        biases=biases,
        **variant,
    )
    return sum(parts.values())


def parameter_parts(
    *,
    layers: int,
    hidden_size: int,
    sequence_length: int,
    vocab_size: int,
    tied_embeddings: bool = True,
    learned_positions: bool = True,
    biases: bool = True,
    **variant: Unpack[Variant],
) -> dict[str, int]:
    """Count the parameters of a model by part.

    Parameters
    ----------
    layers : int
        Transformer layers, l.
    hidden_size : int
        Hidden size, h.
    sequence_length : int
        Tokens per sequence, s: the learned positions.
    vocab_size : int
        Tokens of the vocabulary, V, padded as trained.
    tied_embeddings : bool, default True
        Whether the output layer is the word embeddings; else it has V h of its own.
    learned_positions : bool, default True
        Whether positions are embeddings, s h; not so with rotary positions or ALiBi.
    biases : bool, default True
        Whether matrices and layernorms have biases; Llama and its kin have none.
    **variant : Unpack[Variant]
        How the model differs from GPT, as :class:`Variant` says.

    Returns
    -------
    dict of str to int
        Parameters of ``attention``, ``mlp``, ``biases``, ``layernorms``, ``word_embeddings``,
        ``position_embeddings`` and ``output``: together :func:`parameter_count`.

    Raises
    ------
    BadArgument
        As :func:`parameter_count`.

    Notes
    -----
    The terms of equation 2 of ML21 (arXiv 2104.04473), as :func:`parameter_count` counts them
    for a variant. Of GPT: ``4 l h^2``, ``8 l h^2``, ``9 l h``, ``4 l h``, ``V h``, ``s h``, 0.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> parts = parameter_parts(**mt_nlg)
    >>> for name, count in parts.items():
    ...     print(f"{count / 1e9:6.2f} {name}")
    176.16 attention
    352.32 mlp
      0.02 biases
      0.01 layernorms
      1.05 word_embeddings
      0.04 position_embeddings
      0.00 output
    """
    l, h, s, v = counts(
        layers=layers,
        hidden_size=hidden_size,
        sequence_length=sequence_length,
        vocab_size=vocab_size,
    )
    check_switches(
        tied_embeddings=tied_embeddings, learned_positions=learned_positions, biases=biases
    )
    layer = widths(h, **variant)
    of_mlp = layer.matrices * layer.ffn * h
    biases_of_layer = layer.queries + 2 * layer.keys + h
    biases_of_layer += layer.experts * ((layer.matrices - 1) * layer.ffn + h)
    return {
        "attention": l * 2 * h * (layer.queries + layer.keys),
        "mlp": l * layer.experts * of_mlp,
        "biases": l * biases_of_layer if biases else 0,
        "layernorms": l * h * (4 if biases else 2),
        "word_embeddings": v * h,
        "position_embeddings": s * h if learned_positions else 0,
        "output": 0 if tied_embeddings else v * h,
    }


def flops_per_iteration(
    *,
    layers: int,
    hidden_size: int,
    sequence_length: int,
    vocab_size: int,
    batch_size: int,
    recomputation: Recomputation = "full",
    **variant: Unpack[Variant],
) -> int:
    """Count the floating-point operations of one training iteration.

    Parameters
    ----------
    layers : int
        Transformer layers, l.
    hidden_size : int
        Hidden size, h.
    sequence_length : int
        Tokens per sequence, s.
    vocab_size : int
        Tokens of the vocabulary, V, padded as trained.
    batch_size : int
        Sequences of the global batch, B.
    recomputation : {'full', 'selective', 'none'}, default 'full'
        How activations are recomputed; ``'none'`` gives the FLOPs of the model itself.
    **variant : Unpack[Variant]
        How the model differs from GPT, as :class:`Variant` says.

    Returns
    -------
    int
        FLOPs of all GPUs together.

    Raises
    ------
    BadArgument
        A number is not whole and above 0, or the recomputation is none of the three.

    Notes
    -----
    Forward and backward pass, matrix products only, attention without the causal saving:

    - full: ``96 B s l h^2 (1 + s/(6 h) + V/(16 l h))``, ML21 (arXiv 2104.04473), equation 3.
      The layers run forward twice, the logits once.
    - none: ``72 B s l h^2 (1 + s/(6 h) + V/(12 l h))``, K22 (arXiv 2205.05198), equation 7.
    - selective: ``72 B s l h^2 (1 + s/(3 h) + V/(12 l h))``, K22, equation 8.

    In a variant, a token passes through ``w = h d (2 a + 2 k) + E m h f`` weights of a layer; m is
    3 matrices if gated, else 2. It also passes through products of ``2 s a d``, or ``s a d`` if
    causal. Each counts 6 times, 8 times with full recomputation; with selective, the products
    count 12 times. For GPT these are the three formulas. Megatron-LM's function
    ``num_floating_point_operations`` (before and after it halved attention) and appendix B of PaLM
    count so, too.

    Equation 8 stands here as printed. It adds as many FLOPs of attention as forward and
    backward pass have together; one more forward pass alone would give ``2 s/(9 h)`` for
    ``s/(3 h)``. So beyond ``s = 3 h`` selective recomputation counts more than full.

    Examples
    --------
    >>> mt_nlg = dict(layers=105, hidden_size=20480, sequence_length=2048, vocab_size=51200)
    >>> f"{flops_per_iteration(**mt_nlg, batch_size=1920):.4g}"
    '1.693e+19'
    >>> f"{flops_per_iteration(**mt_nlg, batch_size=1920, recomputation='none'):.4g}"
    '1.27e+19'
    >>> llama = dict(layers=126, hidden_size=16384, sequence_length=8192, vocab_size=128256)
    >>> grouped = dict(heads=128, kv_heads=8, ffn_hidden=53248, gated=True, causal=True)
    >>> f"{flops_per_iteration(**llama, **grouped, batch_size=1, recomputation='none'):.4g}"
    '2.068e+16'
    """
    l, h, s, v, b = counts(
        layers=layers,
        hidden_size=hidden_size,
        sequence_length=sequence_length,
        vocab_size=vocab_size,
        batch_size=batch_size,
    )
    check_recomputation(recomputation)
    layer = widths(h, **variant)
    weights = 2 * h * (layer.queries + layer.keys)
    weights += layer.active * layer.matrices * h * layer.ffn
    products = s * layer.queries * (1 if layer.causal else 2)
    of_weight, of_product = _LAYER_FLOPS[recomputation]
    return b * s * (l * (of_weight * weights + of_product * products) + 6 * h * v)


def widths(
    hidden_size: int,
    *,
    heads: int | None = None,
    kv_heads: int | None = None,
    head_size: int | None = None,
    ffn_hidden: int | None = None,
    gated: bool = False,
    experts: int | None = None,
    experts_active: int | None = None,
    causal: bool = False,
) -> Layer:
    """Return the widths of a layer: of GPT, where nothing else is said."""
    given = {
        "heads": heads, "kv_heads": kv_heads, "head_size": head_size, "ffn_hidden": ffn_hidden,
        "experts": experts, "experts_active": experts_active,
    }  # fmt: skip
    stated = {name: value for name, value in given.items() if value is not None}
    known = dict(zip(stated, counts(**stated), strict=True))
    check_switches(gated=gated, causal=causal)
    if "heads" not in known:
        for name in ("kv_heads", "head_size"):
            check("left out without heads", lambda value: value is None, **{name: known.get(name)})
        queries = keys = hidden_size
    else:
        a = known["heads"]
        if "head_size" not in known:
            check_splits(Split("heads", a, "hidden_size", hidden_size))
        k, d = known.get("kv_heads", a), known.get("head_size", hidden_size // a)
        check(f"a divisor of heads = {a}", lambda value: a % value == 0, kv_heads=k)
        queries, keys = a * d, k * d
    active = known.get("experts_active", 1)
    total = known.get("experts", active)
    used = known.get("experts_active", active if total == 1 else None)
    check(f"a number up to experts = {total}", lambda n: n <= total, experts_active=used)
    ffn = known.get("ffn_hidden", _GPT_MLP * hidden_size)
    return Layer(queries, keys, ffn, 3 if gated else 2, total, active, causal)
