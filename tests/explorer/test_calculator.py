"""The calculator's script computes what citehub.arithmetic does, and refuses what it refuses."""

from __future__ import annotations

import inspect
import math
import random
from collections import Counter
from pathlib import Path

from citehub import arithmetic
from citehub.arithmetic import Training, Variant
from citehub.errors import BadArgument

HERE = Path(__file__).parent
FUNCTIONS = (
    "parameter_parts", "parameter_count", "flops_per_iteration", "tflops_per_gpu", "mfu", "hfu",
    "iteration_seconds", "training_days", "training_energy", "training_cost", "pipeline_bubble",
    "model_state_parts", "activation_bytes", "outer_activation_bytes", "stage_parameters",
    "stage_memory", "heaviest_stage", "layout_traffic", "layout_faults",
)  # fmt: skip
SEARCHES = ("nearest_layouts", "rank_layouts")  # they try many layouts: on some of the runs
NOT_ALLOWED = {
    "layers": (0, 1.5), "hidden_size": (-1, 0.5), "heads": (0, None), "gated": ("yes", 2),
    "recomputation": ("Full", None), "zero_stage": (4,), "bytes_per_parameter": (12,),
    "micro_batch_size": (0,), "gpus": (1.5,), "biases": (None,), "kv_heads": (3, 0),
    "utilization": (0, 1.5), "seconds": (0, -2.5), "overhead": (0.5,),
    "price_per_gpu_hour": (-1,), "experts_active": (9,), "stage": (99,), "memory": (0,),
    "between_gb_s": (0,), "data": (0,), "scatter_gather": ("",),
}  # fmt: skip


def make_run(chance: random.Random) -> dict:
    """Make a run: most are possible, some have an odd layout, some a value that is not allowed."""
    pick = chance.choice
    heads = pick([8, 16, 24, 32])
    tensor, pipeline, context = pick([1, 2, 4, 8]), pick([1, 2, 3, 4]), pick([1, 1, 1, 2])
    data, micro = pick([1, 2, 4, 8]), pick([1, 2, 4])
    run = {
        "layers": pick([12, 24, 36, 48]), "hidden_size": heads * 128, "heads": heads,
        "sequence_length": pick([1024, 2048, 8192]), "vocab_size": pick([32000, 51200, 128256]),
        "batch_size": data * micro * pick([1, 4, 12, 24]),
        "gpus": tensor * pipeline * context * data,
        "tensor": tensor, "pipeline": pipeline, "context": context, "micro_batch_size": micro,
        "virtual_stages": pick([1, 1, 2]) if pipeline > 1 else 1,
        "zero_stage": chance.randrange(4),
        "bytes_per_parameter": pick([16, 18, 20]), "sequence_parallel": pick([True, False]),
        "recomputation": pick(["full", "selective", "none"]),
        "flash_attention": pick([True, False]),
        "scatter_gather": pick([True, False]),
        "tied_embeddings": pick([True, False]), "learned_positions": pick([True, False]),
        "biases": pick([True, False]), "gpus_per_node": pick([4, 8]), "stage": pick([1, pipeline]),
        "seconds": chance.uniform(0.1, 90), "peak_tflops": pick([312.0, 989.5]), "tokens": 3e11,
        "utilization": chance.uniform(0.1, 0.7), "tflops_per_gpu": chance.uniform(50, 500),
        "gpu_hours": chance.uniform(1, 1e6), "watts": 700.5, "overhead": 1.1, "memory": 8e10,
        "price_per_gpu_hour": chance.uniform(0, 9), "kilowatt_hours": chance.uniform(0, 1e6),
        "price_per_kilowatt_hour": 0.25, "parameters": chance.uniform(1e6, 1e12), "data": data,
        "micro_batches": pick([1, 4, 24]), "count": pick([1, 3, 20]),
    }  # fmt: skip
    more = {
        "kv_heads": pick([1, 4, 8]), "head_size": pick([64, 256]), "gated": True, "causal": True,
        "ffn_hidden": pick([4096, 14336]),
    }  # fmt: skip
    run |= {name: value for name, value in more.items() if chance.random() < 0.4}
    if chance.random() < 0.8:
        run |= {"within_gb_s": 300.0, "between_gb_s": pick([25.0, 50.0])}
    if chance.random() < 0.2:
        run |= {"experts": 8, "experts_active": 2}
    if chance.random() < 0.3:
        run |= {
            pick(["tensor", "pipeline", "gpus", "batch_size", "heads"]): chance.randrange(1, 40)
        }
    if chance.random() < 0.3:
        name = pick([*NOT_ALLOWED])
        run |= {name: pick(NOT_ALLOWED[name])}
    return run


def words_of(name: str) -> set[str]:
    whole = {"training": Training, "variant": Variant}
    return {
        word
        for each in inspect.signature(getattr(arithmetic, name)).parameters
        for word in (inspect.get_annotations(whole[each]) if each in whole else [each])
    }


WORDS = {name: words_of(name) for name in (*FUNCTIONS, *SEARCHES)}


def answer(name: str, run: dict) -> dict:
    try:
        value = getattr(arithmetic, name)(**{word: run[word] for word in WORDS[name] & run.keys()})
    except BadArgument as error:
        return {"error": str(error)}
    return {"value": value}


def same(one: object, two: object) -> bool:
    if isinstance(one, dict) and isinstance(two, dict):
        return [*one] == [*two] and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, int | float) and isinstance(two, int | float):
        whole = isinstance(one, int) and abs(one) < 2**53
        return one == two if whole else math.isclose(one, two, rel_tol=1e-12)
    return one == two


def test_a_thousand_runs_come_out_as_in_python(node):
    chance = random.Random(2201_11990)
    runs = [make_run(chance) for _ in range(1000)]
    seen: Counter[str] = Counter()
    for names, some in ((FUNCTIONS, runs), (SEARCHES, runs[::20])):
        found = node(HERE / "calculator.mjs", {"functions": names, "runs": some})
        for run, answers in zip(some, found, strict=True):
            for name, theirs in zip(names, answers, strict=True):
                ours = answer(name, run)
                assert same(ours, theirs), (name, run, ours, theirs)
                seen[f"{name} {next(iter(ours))}"] += 1
    for name in (*FUNCTIONS, *SEARCHES):
        assert seen[f"{name} value"] > (20 if name in SEARCHES else 200), name
        assert seen[f"{name} error"] > (0 if name in SEARCHES else 5), name


def test_every_function_of_the_page_is_compared():
    functions = {
        name for name in arithmetic.__all__ if inspect.isfunction(getattr(arithmetic, name))
    }
    others = {  # for Python alone: sums of the parts, and what layout_traffic calls
        "model_state_bytes", "tensor_communication_bytes", "pipeline_communication_bytes",
        "data_communication_bytes",
    }  # fmt: skip
    assert {*FUNCTIONS, *SEARCHES} == functions - others
