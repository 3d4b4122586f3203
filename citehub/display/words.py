"""Words for running text: names of sources, numbers as people write them, escaped text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citehub import _html, _markdown
from citehub.errors import UnknownSelection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citehub._hub import Hub
    from citehub._rows import SourceRow

_NAME_ENDS: Final = re.compile(r"[,;:(]| of (?=[A-Z])")
_BILLION: Final = 1e9
_TRILLION: Final = 1e12
_SMALL: Final = 1e-3
OWN_ARITHMETIC: Final = "our own arithmetic"
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(text: object) -> str:
    r"""Return text from outside as Markdown that shows it unchanged.

    Parameters
    ----------
    text : object
        A title, a name, a finding.

    Returns
    -------
    str
        One line in which no markup, mathematics or HTML is left.

    Examples
    --------
    >>> plain("M$^2$RNN: <b>states</b>")
    'M\\$^2\\$RNN: &lt;b&gt;states&lt;/b&gt;'
    """
    return _markdown.text(text)


def number(value: float | None, digits: int = 4) -> str:
    """Write a number as people do: in billions, as a power of ten, or in full.

    Parameters
    ----------
    value : float or None
        The number; any kind of null is not known.
    digits : int, default 4
        Significant digits of billions and of powers of ten.

    Returns
    -------
    str
        For running text.

    Examples
    --------
    >>> number(5.296e11), number(5e-05), number(20480), number(None)
    ('529.6 billion', '5 × 10⁻⁵', '20,480', 'not known')
    """
    if value is None or is_null(value):
        return "not known"
    size = abs(value)
    if _BILLION <= size < _TRILLION:
        return f"{value / _BILLION:,.{digits}g} billion"
    if size >= _TRILLION or 0 < size < _SMALL:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        return f"{float(mantissa):g} × 10{str(int(power)).translate(_RAISED)}"
    return f"{value:,.10g}"


def percent(share: float, digits: int = 1, sign: str = "") -> str:
    r"""Write a share as a percentage, with a no-break space and a true minus.

    Parameters
    ----------
    share : float
        The share; 1 is all.
    digits : int, default 1
        Digits behind the point.
    sign : {'', '+'}, default ''
        Whether a plus stands before what is above 0.

    Returns
    -------
    str
        For running text.

    Examples
    --------
    >>> percent(0.302), percent(-0.2, 0), percent(0.05, sign="+")
    ('30.2\xa0%', '−20\xa0%', '+5.0\xa0%')
    """
    return typeset(f"{share:{sign}.{digits}%}")


def typeset(number: str) -> str:
    """Return a written number with a true minus and a space before the sign of per cent."""
    return re.sub(r"(?<=\d)%", "\xa0%", re.sub(r"-(?=[\d.])", "−", number))


_NAMED = (
    (r"val_loss_(\d+)B_tokens", r"validation loss after \1 billion tokens"),
    (r"few_shot_k_(\w+)", r"examples for \1, few-shot"),
    (r"(data)_parallel_(\d+)_nodes", r"\1 parallelism on \2 nodes"),
    (r"(tensor|pipeline)_parallel", r"\1 parallelism"),
    (r"bytes_per_param_(\w+)", r"bytes per parameter, \1"),
    (r"training_gpus_claim_(\w+)", r"training GPUs, \1"),
    (r"(throughput)_(\d+)_nodes", r"\1 on \2 nodes"),
    (r"step_(\d)_(\w+)", r"step \1: \2"),
    (r"task_count_(\w+)", r"tasks, by the \1"),
    (r"(\w+)_530b(_\w+)?", r"\1\2, 530B shape"),
)
_WHOLE = {
    "batch_ramp_tokens": "tokens of the batch ramp",
    "batch_size_final": "final batch size",
    "batch_size_increment": "step of the batch size",
    "batch_size_start": "first batch size",
    "biases_and_position_in_count": "biases and positions in the count",
    "blend_weights_5_decimals": "weights with five decimals",
    "blog_statement": "statement of the post",
    "boundary_activations_full_batch": "boundary activations, full batch",
    "boundary_activations_microbatch_1": "boundary activations, micro-batch 1",
    "bytes_breakdown": "bytes per parameter, by part",
    "checkpoint_1T": "checkpoint of a model of 1T parameters",
    "cluster_gpus": "GPUs of the cluster",
    "cluster_nodes": "nodes of the cluster",
    "dedup_names_0.7": "0.7 in names of deduplicated files",
    "deepspeed_zero2_docs": "bytes at ZeRO 2, DeepSpeed's documentation",
    "extra": "further data sets",
    "from_pile": "data sets from The Pile",
    "gpt3_reference_occupations": "GPT-3 for reference: occupations",
    "helm_accuracy_rank": "rank by accuracy, HELM",
    "helm_max_request_length": "longest request, HELM",
    "helm_narrativeqa_accuracy": "accuracy on NarrativeQA, HELM",
    "helm_narrativeqa_robustness": "accuracy on perturbed NarrativeQA, HELM",
    "hans_zero_shot": "HANS, zero-shot",
    "init_distribution": "distribution of initial weights",
    "init_std": "standard deviation of initial weights",
    "interconnect_cluster": "links between nodes",
    "interconnect_node": "links within a node",
    "lr_decay_tokens": "tokens of the learning rate's decay",
    "lr_warmup_tokens": "tokens of the learning rate's warm-up",
    "max_ngram_occurrences": "most occurrences of an n-gram",
    "max_splits": "most splits of a document",
    "micro_batch_size_530b_benchmarks": "micro-batch size in 530B benchmarks",
    "min_doc_chars_javascript_tool": "minimum document length on JavaScript, tool default",
    "min_doc_chars_tool": "minimum document length, tool default",
    "min_doc_tokens_tool": "minimum document length in tokens, tool default",
    "min_fragment_chars": "minimum fragment length",
    "mfu_no_attention": "MFU without attention",
    "min_lr_fraction": "lowest learning rate",
    "model_state_total": "model state in all",
    "ngram_remove_chars_each_side": "removed on each side of an n-gram",
    "ngram_size_max": "longest n-gram",
    "ngram_size_min": "shortest n-gram",
    "paper_statement": "statement of the paper",
    "parameters_megatron_config": "parameters, as Megatron-LM counts them",
    "peak_16bit_cluster": "cluster peak at 16 bits",
    "peak_16bit_per_gpu": "GPU peak at 16 bits",
    "pp_dp_software": "software, pipeline and data parallelism",
    "text_fix_tools": "tools that mend text",
    "tp_software": "software, tensor parallelism",
    "vocab_size_padded_in_530b_benchmarks": "padded vocabulary in 530B benchmarks",
}
_WORDS = {
    "530b": "530B", "adam": "Adam", "azure": "Azure", "bbq": "BBQ", "beta1": "β₁", "beta2": "β₂",
    "blog": "post", "common": "Common", "crawl": "Crawl", "datasets": "data sets",
    "dedup": "deduplication", "deepspeed": "DeepSpeed", "dim": "size", "eps": "ε", "ffn": "MLP",
    "gpt3": "GPT-3", "gpu": "GPU", "gpus": "GPUs", "grad": "gradient", "hans": "HANS",
    "hcas": "adapters", "helm": "HELM", "ib": "InfiniBand", "init": "initial",
    "jaccard": "Jaccard", "lr": "learning rate", "megatron": "Megatron-LM", "mfu": "MFU",
    "min": "least", "moe": "MoE", "nvlink": "NVLink",
    "palm": "PaLM", "param": "parameter", "std": "standard deviation", "val": "validation",
    "vocab": "vocabulary", "zero": "ZeRO", "zeropp": "ZeRO++",
}  # fmt: skip


def fact_name(name: str) -> str:
    """Write the name of a fact or a quantity in words.

    Parameters
    ----------
    name : str
        A ``name`` of table ``canonical_facts``.

    Returns
    -------
    str
        For running text and tables.

    Examples
    --------
    >>> fact_name("val_loss_270B_tokens"), fact_name("grad_clip_norm")
    ('validation loss after 270 billion tokens', 'gradient clip norm')
    """
    if name in _WHOLE:
        return _WHOLE[name]
    for pattern, words in _NAMED:
        name = re.sub(f"^{pattern}$", words, name)
    return re.sub(r"[^\W_]+", lambda word: _WORDS.get(word[0], word[0]), name).replace("_", " ")


def fact(row: Mapping[str, Any]) -> str:
    """Write a fact: its number with its unit, or its text.

    Parameters
    ----------
    row : mapping
        A row of table ``canonical_facts``.

    Returns
    -------
    str
        For running text and tables; without a dimension, only the number.

    Examples
    --------
    >>> import citehub
    >>> facts = {row["name"]: row for row in citehub.load("mt-nlg").canonical_facts}
    >>> fact(facts["tensor_parallel"]), fact(facts["precision"])
    ('8 GPUs', 'bfloat16 mixed precision')
    """
    if is_null(row["value"]):
        return re.sub(r"(?<=\w) x (?=\w)", " × ", str(row["value_text"]))
    unit = row["unit"]
    return number(row["value"]) + ("" if is_null(unit) or unit == "dim" else f" {unit}")


class Source(str):
    """A source as Markdown; tables and figures show its name as a link. Made by :func:`source`.

    Attributes
    ----------
    name : str
        The short name, as :func:`source_name` gives it.
    url : str
        Its address; empty where none is known.
    """

    __slots__ = ("name", "url")
    name: str
    url: str


def source(hub: Hub, source_id: str) -> Source:
    """Return a source of a hub as Markdown: its short name, linked if it has an address.

    Parameters
    ----------
    hub : Hub
        An open release.
    source_id : str
        A ``source_id`` of table ``sources``.

    Returns
    -------
    Source
        For running text, for a cell of :func:`table`, and for the caption of :func:`figure`.

    Raises
    ------
    UnknownSelection
        The hub has no such source; the error names what exists.

    Examples
    --------
    >>> import citehub
    >>> source(citehub.load("mt-nlg"), "arxiv-2104.04473")
    '[Narayanan et al. 2021](<https://arxiv.org/abs/2104.04473>)'
    """
    (row,) = source_rows(hub, [source_id])
    name, url = _short_name(row), row["url"] or ""
    found = Source(_markdown.link(url, name))
    found.name, found.url = name, url
    return found


def name_sources(sources: Iterable[Source]) -> str:
    """Return a sentence of HTML that names sources, each once and linked; of none nothing."""
    named = [_html.link(source.url, source.name) for source in dict.fromkeys(sources)]
    return f"Source{'s' * (len(named) > 1)}: {', '.join(named)}." if named else ""


def source_name(hub: Hub, source_id: str) -> str:
    """Return the short name of a source: its title up to a comma, colon, bracket or name.

    Parameters
    ----------
    hub : Hub
        An open release.
    source_id : str
        A ``source_id`` of table ``sources``.

    Returns
    -------
    str
        For a repository, the name without its owner.

    Raises
    ------
    UnknownSelection
        The hub has no such source; the error names what exists.

    Examples
    --------
    >>> import citehub
    >>> hub = citehub.load("mt-nlg")
    >>> source_name(hub, "nvidia-blog-2021"), source_name(hub, "megatron-lm-repo")
    ('NVIDIA technical blog', 'Megatron-LM')
    """
    (row,) = source_rows(hub, [source_id])
    return _short_name(row)


def _short_name(row: SourceRow) -> str:
    if row["kind"] == "derived":
        return OWN_ARITHMETIC
    name = _NAME_ENDS.split(row["title"], maxsplit=1)[0].strip()
    return name.removesuffix(" repository").rsplit("/", 1)[-1]


def source_rows(hub: Hub, ids: Iterable[str]) -> list[SourceRow]:
    """Return the rows of some sources in table order, or say which ones exist."""
    rows = {row["source_id"]: row for row in hub.sources}
    wanted = set(ids)
    for source_id in sorted(wanted - rows.keys()):
        raise UnknownSelection.among("source", source_id, rows)
    return [row for source_id, row in rows.items() if source_id in wanted]


def is_null(value: Any) -> bool:
    """Tell whether a cell is a null of Python, NumPy or pandas."""
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or value != value  # noqa: PLR0124
