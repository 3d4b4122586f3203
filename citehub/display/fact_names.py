"""Names of facts in words: `batch_size_final` is the final batch size."""

from __future__ import annotations

import re
from typing import Final

_PATTERNS: Final = (
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
_NAMES: Final = {
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
_WORDS: Final = {
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
        The name in words, for running text and tables.

    Examples
    --------
    >>> fact_name("val_loss_270B_tokens"), fact_name("grad_clip_norm")
    ('validation loss after 270 billion tokens', 'gradient clip norm')
    """
    if name in _NAMES:
        return _NAMES[name]
    for pattern, words in _PATTERNS:
        name = re.sub(f"^{pattern}$", words, name)
    return re.sub(r"[^\W_]+", lambda word: _WORDS.get(word[0], word[0]), name).replace("_", " ")
