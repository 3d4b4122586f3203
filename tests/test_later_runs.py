"""Arithmetic against later runs: each figure as its source counts, within half a percent."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from citehub.arithmetic import (
    hfu,
    mfu,
    parameter_count,
    tflops_per_gpu,
    training_days,
)

ROOT = Path(__file__).parent.parent
FILES = (ROOT / "docs" / "canonical" / "runs.csv", ROOT / "tests" / "later_runs.csv")
SHAPE = (
    "layers", "hidden_size", "heads", "kv_heads", "head_size", "ffn_hidden", "gated", "experts",
    "experts_active", "vocab_size", "sequence_length", "causal",
)  # fmt: skip
PLAIN = ("tied_embeddings", "learned_positions", "biases")
TOLD = ("tflops_per_gpu", "mfu_percent", "hfu_percent", "days", "gpu_hours", "parameters_billion")
WORDS = {"run_id", "name", "card", "recomputation", "counts", "source", "address", "place", "read"}
WORDS |= {"note"}


def cell(name: str, text: str) -> Any:
    """Return a cell; an empty one is not known."""
    if name in WORDS:
        return text
    if text in {"", "true", "false"}:
        return {"": None, "true": True, "false": False}[text]
    number = float(text)
    return int(number) if number == int(number) else number


def read(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {name: cell(name, text) for name, text in row.items()} for row in csv.DictReader(file)
        ]


RUNS = {row["run_id"]: row for path in FILES for row in read(path)}
TO_TEST = [
    (run, column)
    for run, row in RUNS.items()
    for column in TOLD
    if None not in (row.get(column), row["layers"], row["vocab_size"], row["sequence_length"])
    and (column == "parameters_billion" or row["seconds"] or row["tokens_per_second_per_gpu"])
]  # fmt: skip

# What no published formula gives within half a percent, and why; a row that begins to fit leaves.
UNEXPLAINED = {
    ("palm-540b", "hfu_percent"): "recomputes a part of the forward pass that no formula here has",
    ("dgxc-llama-3.1-405b", "parameters_billion"): "16 groups, of which the paper has 8",
    ("glm-130b", "parameters_billion"): "a round name of 128.7",
    ("falcon-180b", "parameters_billion"): "a round name of 178.6",
    ("grok-1-314b", "parameters_billion"): "the width of an expert, 32,768, is not stated",
    ("megascale-175b-megatron-lm-256", "tflops_per_gpu"): "contradicts the share beside it",
    ("megascale-175b-megascale-768", "tflops_per_gpu"): "fits in full, the rows beside it by half",
    ("megascale-175b-megascale-768", "mfu_percent"): "fits in full, the rows beside it by half",
}


def run_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return what happens on each GPU in the time that a sequence takes it."""
    rate = row["tokens_per_second_per_gpu"]
    if rate is None:
        rate = row["batch_size"] * row["sequence_length"] / row["seconds"] / row["gpus"]
    shape = {name: row[name] for name in SHAPE if row.get(name) is not None}
    return {**shape, "batch_size": 1, "gpus": 1, "seconds": row["sequence_length"] / rate}


def parameters(row: dict[str, Any]) -> int:
    shape = {name: row[name] for name in SHAPE if row.get(name) is not None}
    plain = {name: row[name] for name in PLAIN if row.get(name) is not None}
    return parameter_count(**shape, **plain)


def counted(row: dict[str, Any], column: str) -> float:
    """Return a figure by the count of its source."""
    if column == "parameters_billion":
        return parameters(row) / 1e9
    run = run_of(row)
    peak = {"peak_tflops": row["peak_tflops"] or 312}
    recomputed = {"recomputation": row["recomputation"] or "full"}
    if row["counts"] == "parameters":  # six operations each, and attention in full
        queries = row["heads"] * (row["head_size"] or row["hidden_size"] // row["heads"])
        per_token = 6 * parameters(row) + 12 * row["layers"] * queries * row["sequence_length"]
        share = per_token * row["sequence_length"] / run["seconds"] / peak["peak_tflops"] / 1e10
        again = column == "hfu_percent" and row["recomputation"] == "full"
        return share * (4 / 3 if again else 1)  # of all, the logits, too
    if column == "mfu_percent":
        return 100 * mfu(**run, **peak)
    if column == "hfu_percent":
        return 100 * hfu(**run, **peak, **recomputed)
    if column == "tflops_per_gpu":
        is_all = row["counts"] == "hardware"
        return tflops_per_gpu(**run, **recomputed if is_all else {"recomputation": "none"})
    speed = tflops_per_gpu(**run)
    del run["batch_size"], run["seconds"]
    tokens = row["days_of_tokens"] if column == "days" else row["tokens"]
    gpus = row["gpus"] if column == "days" else 1
    days = training_days(**run | {"gpus": gpus}, tokens=tokens, tflops_per_gpu=speed)
    return days if column == "days" else 24 * days


@pytest.mark.parametrize(("run", "column"), TO_TEST)
def test_a_figure_as_its_source_counts(run, column):
    row = RUNS[run]
    fits = counted(row, column) == pytest.approx(row[column], rel=0.005)
    assert fits is ((run, column) not in UNEXPLAINED)
