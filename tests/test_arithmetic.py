"""Arithmetic: every published figure follows from its formula, to the digit that is printed."""

from __future__ import annotations

import inspect
from fractions import Fraction
from math import inf, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import citehub
from citehub import arithmetic
from citehub.arithmetic import (
    Training,
    activation_bytes,
    data_communication_bytes,
    flops_per_iteration,
    hfu,
    mfu,
    model_state_bytes,
    parameter_count,
    pipeline_bubble,
    pipeline_communication_bytes,
    tensor_communication_bytes,
    tflops_per_gpu,
    training_days,
)
from citehub.errors import BadArgument, CitehubError

ROWS = {row["run_id"]: row for row in citehub.load("mt-nlg").canonical_throughput}
FACTS = {row["name"]: row["value"] for row in citehub.load("mt-nlg").canonical_facts}
SHAPE = ("layers", "hidden_size", "sequence_length", "vocab_size")
RUN = (*SHAPE, "batch_size", "gpus", "seconds")

MT_NLG = {"layers": 105, "hidden_size": 20480, "sequence_length": 2048, "vocab_size": 51200}
GPT_3 = {"layers": 96, "hidden_size": 12288, "sequence_length": 2048, "vocab_size": 51200}

# Rows that hold no figure which their other columns lead to.
NOTHING_TO_CHECK = {
    "k22-abstract-530b-2240-gpus",  # an MFU, but no seconds
    # A throughput, but no seconds, and no vocabulary to count with.
    "deepspeed-azure-2022-175b-256-gpus",
    "deepspeed-azure-2022-530b-1024-gpus",
    "deepspeed-azure-2022-1t-1024-gpus",
    "deepspeed-azure-2022-2t-1024-gpus",
}

# Korthikanti et al., Table 5, "throughput increase" of the second run over the first, percent.
INCREASES = {
    "k22-table-5-175b-64-gpus-full": ("k22-table-5-175b-64-gpus-selective", 31.8),
    "k22-table-5-530b-280-gpus-full": ("k22-table-5-530b-280-gpus-selective", 29.7),
}


def pick(row, names):
    return {name: row[name] for name in names}


def printed(row, column):
    """Return the least and the greatest number that is printed as this one.

    A column has as many decimals as its longest number in the same publication.
    """
    column_of = [r[column] for r in ROWS.values() if r["reported_in"] == row["reported_in"]]
    numbers = [number for number in column_of if number is not None]
    decimals = max(0 if n == int(n) else len(str(n).partition(".")[2]) for n in numbers)
    half = 0.5 * 10**-decimals
    return row[column] - half, row[column] + half


def ends(function, row, names, rounded):
    """Return the ends of a result, one of whose inputs is known only as printed."""
    known = pick(row, names)
    return sorted(function(**known | {rounded: end}) for end in printed(row, rounded))


def days(row):
    named = (*SHAPE, "gpus", "recomputation")
    return ends(lambda **k: training_days(tokens=300e9, **k), row, named, "tflops_per_gpu")


# Per published column: what it needs, and the ends of what follows.
CHECKS = {
    "parameters_billion": (SHAPE, lambda row: [parameter_count(**pick(row, SHAPE)) / 1e9] * 2),
    "tflops_per_gpu": (
        (*RUN, "recomputation"),
        lambda row: ends(tflops_per_gpu, row, (*RUN, "recomputation"), "seconds"),
    ),
    "peak_percent": (
        ("tflops_per_gpu",),
        lambda row: [100 * end / 312 for end in printed(row, "tflops_per_gpu")],
    ),
    "aggregate_pflops": (
        ("tflops_per_gpu", "gpus"),
        lambda row: [end * row["gpus"] / 1000 for end in printed(row, "tflops_per_gpu")],
    ),
    "mfu_percent": (RUN, lambda row: [100 * end for end in ends(mfu, row, RUN, "seconds")]),
    "hfu_percent": (
        (*RUN, "recomputation"),
        lambda row: [100 * end for end in ends(hfu, row, (*RUN, "recomputation"), "seconds")],
    ),
    "days_300b_tokens": ((*SHAPE, "gpus", "tflops_per_gpu", "recomputation"), days),
}
CHECKABLE = [
    (run_id, column)
    for run_id, row in ROWS.items()
    for column, (needed, _) in CHECKS.items()
    if None not in pick(row, (column, *needed)).values()
]


@pytest.mark.parametrize(("run_id", "column"), CHECKABLE)
def test_a_published_figure_follows_to_its_last_digit(run_id, column):
    """All of it, once inputs are taken as the ranges that are printed as they are.

    142 teraFLOP/s are printed as 46 % of the peak in one publication and as 45 % in another.
    """
    row = ROWS[run_id]
    low, high = CHECKS[column][1](row)
    lowest, highest = printed(row, column)
    assert low <= highest
    assert high >= lowest


@pytest.mark.parametrize(
    "run_id", [run for run, column in CHECKABLE if column == "tflops_per_gpu"]
)
def test_throughput_is_within_a_percent(run_id):
    row = ROWS[run_id]
    computed = tflops_per_gpu(**pick(row, (*RUN, "recomputation")))
    assert computed == pytest.approx(row["tflops_per_gpu"], rel=0.01)


@pytest.mark.parametrize("full", INCREASES)
def test_the_increase_over_full_recomputation_follows(full):
    """Model FLOPs are the same, so MFU is in the ratio of the seconds."""
    other, increase = INCREASES[full]
    slow, fast = (ends(mfu, ROWS[run_id], RUN, "seconds") for run_id in (full, other))
    assert 100 * (fast[0] / slow[1] - 1) <= increase + 0.05
    assert 100 * (fast[1] / slow[0] - 1) >= increase - 0.05


def test_every_row_is_checked_or_holds_nothing_to_check():
    checked = {run_id for run_id, _ in CHECKABLE} | set(INCREASES)
    assert set(ROWS) - checked == NOTHING_TO_CHECK
    assert not checked & NOTHING_TO_CHECK


def test_how_much_is_checked():
    columns = [column for _, column in CHECKABLE]
    assert {column: columns.count(column) for column in CHECKS} == {
        "parameters_billion": 32,
        "tflops_per_gpu": 4,
        "peak_percent": 21,
        "aggregate_pflops": 20,
        "mfu_percent": 3,
        "hfu_percent": 2,
        "days_300b_tokens": 9,
    }


def shortcut_days(*, tokens, gpus, tflops_per_gpu, **shape):
    """Equation 4 of Narayanan et al."""
    return 8 * tokens * parameter_count(**shape) / (gpus * tflops_per_gpu * 1e12) / 86400


@pytest.mark.parametrize(
    "run_id", [run for run, column in CHECKABLE if column == "days_300b_tokens"]
)
def test_no_published_days_of_table_2_follow_from_the_shortcut(run_id):
    row = ROWS[run_id]
    _, high = ends(
        lambda **k: shortcut_days(tokens=300e9, **k), row, (*SHAPE, "gpus"), "tflops_per_gpu"
    )
    assert high < printed(row, "days_300b_tokens")[0]


@pytest.mark.parametrize(
    ("shape", "gpus", "tokens", "tflops", "published", "exact"),
    [
        (GPT_3, 1024, 300e9, 140, 34, 35),
        (MT_NLG | {"layers": 128, "hidden_size": 25600}, 3072, 450e9, 163, 84, 85),
    ],
)
def test_the_days_of_section_5_1_are_those_of_the_shortcut(
    shape, gpus, tokens, tflops, published, exact
):
    run = {"gpus": gpus, "tokens": tokens, "tflops_per_gpu": tflops}
    assert round(shortcut_days(**shape, **run)) == published
    assert round(training_days(**shape, **run)) == exact


def test_how_far_the_shortcut_is_off():
    """As the notes of `training_days` say."""
    shapes = {row["model"]: pick(row, SHAPE) for row in ROWS.values() if row["vocab_size"]}
    run = {"gpus": 1024, "tokens": 300e9, "tflops_per_gpu": 140}
    off = {
        model: 100 * (1 - shortcut_days(**shape, **run) / training_days(**shape, **run))
        for model, shape in shapes.items()
    }
    assert [round(off[model], 1) for model in ("1.7B", "175B", "530B", "1T")] == [
        10.4, 2.6, 1.6, 1.3,
    ]  # fmt: skip


def test_mt_nlg_as_palm_counts_it():
    """PaLM, appendix B: 6 N and 6 N + 12 L H Q T per token; ours leaves out 6 (13 l + s) h."""
    run = MT_NLG | {"batch_size": 1920, "gpus": 2240, "seconds": 60.1}
    tokens_per_second = 1920 * 2048 / 60.1
    assert round(tokens_per_second / 1000, 2) == 65.43  # as PaLM derives it
    share = tokens_per_second / (2240 * 312e12)
    without_attention = 6 * parameter_count(**MT_NLG) * share
    with_attention = without_attention + 12 * 105 * 128 * 160 * 2048 * share
    assert (f"{without_attention:.1%}", f"{with_attention:.1%}") == ("29.7%", "30.2%")
    assert mfu(**run) - without_attention == pytest.approx(0.0049, abs=5e-5)
    left_out = 6 * (13 * 105 + 2048) * 20480 * share
    assert with_attention - mfu(**run) == pytest.approx(left_out, rel=1e-9)
    assert left_out < 5e-5


def test_the_figures_of_mt_nlg():
    state = {"parameters": parameter_count(**MT_NLG), "tensor": 8, "pipeline": 35}
    per_gpu = [model_state_bytes(**state, bytes_per_parameter=n) / 1e9 for n in (16, 18, 20)]
    assert [round(size, 2) for size in per_gpu] == [30.26, 34.05, 37.83]
    assert per_gpu[2] * 280e9 > FACTS["model_state_total"]  # "over 10 terabytes"
    bubbles = [pipeline_bubble(pipeline=35, batch_size=1920, data=d) for d in (8, 10, 12)]
    assert bubbles == [34 / 240, 34 / 192, 34 / 160]


@pytest.mark.parametrize(
    ("micro_batch_size", "fact", "exact"),
    [
        (1920, "boundary_activations_full_batch", 16_911_433_728_000),
        (1, "boundary_activations_microbatch_1", 8_808_038_400),
    ],
)
def test_the_boundary_activations_of_mt_nlg(micro_batch_size, fact, exact):
    shape = {"layers": 105, "hidden_size": 20480, "heads": 128, "sequence_length": 2048}
    found = activation_bytes(**shape, micro_batch_size=micro_batch_size, tensor=8, pipeline=35)
    assert found == exact == 2 * micro_batch_size * 2048 * 20480 * 105
    assert found == pytest.approx(FACTS[fact], rel=1.5e-3)  # 16.9 and 8.8 are what it rounds to


@pytest.mark.parametrize(("stage", "size"), [(0, "120.0"), (1, "31.4"), (2, "16.6"), (3, "1.9")])
def test_the_worked_example_of_zero(stage, size):
    found = model_state_bytes(parameters=7.5e9, data=64, zero_stage=stage)
    assert f"{found / 1e9:.1f}" == size


@pytest.mark.parametrize("d", [1, 2, 8, 64])
@pytest.mark.parametrize(
    ("bytes_per_parameter", "stage", "estimate"),
    [
        (16, 1, lambda d: 4 + 12 / d),  # ZeRO
        (16, 2, lambda d: 2 + 14 / d),
        (16, 3, lambda d: 16 / d),
        (18, 0, lambda d: 18),  # Megatron-LM, theoretical_memory_usage.py
        (18, 1, lambda d: 6 + 12 / d),  # and its distributed optimizer
        (20, 0, lambda d: 20),  # MT-NLG, section 2.1.1
        (20, 2, lambda d: 2 + 18 / d),  # DeepSpeed, the code of the ZeRO-2 estimator
    ],
)
def test_published_estimators(bytes_per_parameter, stage, estimate, d):
    found = model_state_bytes(
        parameters=1e9, data=d, zero_stage=stage, bytes_per_parameter=bytes_per_parameter
    )
    assert found / 1e9 == pytest.approx(estimate(d), rel=1e-12)


@pytest.mark.parametrize(
    ("recomputation", "sequence_parallel", "tensor", "per_token"),
    [
        ("none", False, 1, 34 + 80),
        ("none", False, 8, 10 + 24 / 8 + 80 / 8),
        ("none", True, 8, 34 / 8 + 80 / 8),
        ("selective", False, 8, 10 + 24 / 8),
        ("selective", True, 8, 34 / 8),
        ("full", False, 8, 2),
        ("full", True, 8, 2),
    ],
)
def test_table_2_of_korthikanti(recomputation, sequence_parallel, tensor, per_token):
    """GPT-3 has 5 a s/h = 80."""
    found = activation_bytes(
        layers=96, hidden_size=12288, heads=96, sequence_length=2048, micro_batch_size=1,
        tensor=tensor, recomputation=recomputation, sequence_parallel=sequence_parallel,
    )  # fmt: skip
    assert found == pytest.approx(96 * 2048 * 12288 * per_token, rel=1e-12)


@pytest.mark.parametrize(
    ("shape", "heads", "memory", "flops"), [(GPT_3, 96, 70, 2.7), (MT_NLG, 128, 65, 1.6)]
)
def test_what_selective_recomputation_saves_and_costs(shape, heads, memory, flops):
    """Korthikanti et al., section 5: percent of the activations saved, of the FLOPs added."""
    layers = {name: size for name, size in shape.items() if name != "vocab_size"}
    split = {"heads": heads, "micro_batch_size": 1, "tensor": 8, "sequence_parallel": True}
    kept, stored = (
        activation_bytes(**layers, **split, recomputation=how) for how in ("selective", "none")
    )
    assert round(100 * (1 - kept / stored)) == memory
    done, needed = (
        flops_per_iteration(**shape, batch_size=1, recomputation=how)
        for how in ("selective", "none")
    )
    assert round(100 * (done / needed - 1), 1) == flops


def test_interleaving_holds_more_activations():
    shape = {"layers": 96, "hidden_size": 12288, "heads": 96, "sequence_length": 2048}
    plain = activation_bytes(**shape, micro_batch_size=1, pipeline=8)
    interleaved = activation_bytes(**shape, micro_batch_size=1, pipeline=8, virtual_stages=3)
    assert interleaved == pytest.approx(plain * (1 + 7 / 24), rel=1e-12)
    assert plain == activation_bytes(**shape, micro_batch_size=1)
    assert plain == activation_bytes(**shape, micro_batch_size=1, virtual_stages=3)


def test_traffic_of_mt_nlg():
    """Elements of 2 bytes: 8 b s h (t - 1)/t, b s h and 2 Psi, for 240 micro-batches."""
    shape = {"hidden_size": 20480, "sequence_length": 2048, "batch_size": 1920, "data": 8}
    bsh = 2048 * 20480
    sent = tensor_communication_bytes(**shape, layers=105, tensor=8, pipeline=35)
    assert sent == 2 * 240 * 3 * 8 * bsh * 7 / 8
    assert pipeline_communication_bytes(**shape, pipeline=35) == 2 * 240 * 2 * bsh
    split = {"tensor": 8, "scatter_gather": True, "virtual_stages": 3}
    assert pipeline_communication_bytes(**shape, pipeline=35, **split) == 2 * 240 * 2 * bsh * 3 / 8
    model = {"parameters": 280e9, "tensor": 8, "pipeline": 35, "data": 8}
    assert data_communication_bytes(**model) == 2 * 2e9 * 7 / 8
    ratios = [data_communication_bytes(**model, zero_stage=n) / 3.5e9 for n in range(4)]
    assert ratios == [1, 1, 1, 1.5]


def test_one_gpu_alone_sends_nothing():
    shape = {"hidden_size": 64, "sequence_length": 32, "batch_size": 4}
    assert tensor_communication_bytes(**shape, layers=2, tensor=1) == 0
    assert pipeline_communication_bytes(**shape, pipeline=1, virtual_stages=2) == 0
    assert data_communication_bytes(parameters=1e9, data=1, zero_stage=3) == 0


# What holds for any shape.

sizes = st.integers(1, 10**5)
shapes = st.fixed_dictionaries(dict.fromkeys(SHAPE, sizes))
splits = st.sampled_from([1, 2, 4, 8, 16])


@given(shapes, sizes)
def test_the_formulas_as_they_are_printed(shape, batch):
    l, h, s, v = (Fraction(shape[name]) for name in SHAPE)  # noqa: E741
    assert parameter_count(**shape) == 12 * l * h**2 * (1 + 13 / (12 * h) + (v + s) / (12 * l * h))
    formulas = {
        "full": 96 * batch * s * l * h**2 * (1 + s / (6 * h) + v / (16 * l * h)),
        "none": 72 * batch * l * s * h**2 * (1 + s / (6 * h) + v / (12 * h * l)),
        "selective": 72 * batch * l * s * h**2 * (1 + s / (3 * h) + v / (12 * h * l)),
    }
    for recomputation, expected in formulas.items():
        found = flops_per_iteration(**shape, batch_size=batch, recomputation=recomputation)
        assert type(found) is int
        assert found == expected


@given(shapes)
def test_more_recomputation_is_more_work_up_to_three_hidden_sizes(shape):
    assume(shape["sequence_length"] <= 3 * shape["hidden_size"])
    none, selective, full = (
        flops_per_iteration(**shape, batch_size=1, recomputation=how)
        for how in ("none", "selective", "full")
    )
    assert none < selective <= full


@given(shapes, sizes, sizes, st.floats(0.01, 1e4), st.sampled_from(["full", "selective", "none"]))
def test_days_are_iterations_times_seconds(shape, batch, gpus, seconds, recomputation):
    run = {"gpus": gpus, "recomputation": recomputation}
    achieved = tflops_per_gpu(**shape, batch_size=batch, seconds=seconds, **run)
    tokens = 1000 * batch * shape["sequence_length"]
    found = training_days(**shape, tokens=tokens, tflops_per_gpu=achieved, **run)
    assert found * 86400 == pytest.approx(1000 * seconds, rel=1e-9)


@given(shapes, sizes, sizes, st.floats(0.01, 1e4), st.floats(1, 1e4))
def test_utilization_is_throughput_of_the_peak(shape, batch, gpus, seconds, peak):
    run = {**shape, "batch_size": batch, "gpus": gpus, "seconds": seconds}
    for how in ("full", "selective", "none"):
        found = hfu(**run, peak_tflops=peak, recomputation=how)
        assert found == tflops_per_gpu(**run, recomputation=how) / peak
    assert mfu(**run, peak_tflops=peak) == hfu(**run, peak_tflops=peak, recomputation="none")


@given(st.floats(1, 1e13), splits, splits, sizes, st.sampled_from([16, 18, 20]))
def test_each_stage_of_zero_needs_no_more_memory(parameters, tensor, pipeline, data, total):
    model = {"parameters": parameters, "tensor": tensor, "pipeline": pipeline}
    stages = [
        model_state_bytes(**model, data=data, zero_stage=n, bytes_per_parameter=total)
        for n in range(4)
    ]
    assert stages == sorted(stages, reverse=True)
    assert stages[0] == pytest.approx(total * parameters / (tensor * pipeline), rel=1e-12)
    assert stages[3] == pytest.approx(stages[0] / data, rel=1e-12)


@given(splits, splits, st.integers(1, 8), st.integers(1, 8), st.booleans())
def test_less_is_stored_the_more_is_recomputed(tensor, pipeline, micro_batch, scale, sequence):
    shape = {
        "layers": 16 * scale, "heads": 16 * scale, "hidden_size": 256 * scale,
        "sequence_length": 128, "micro_batch_size": micro_batch, "tensor": tensor,
        "pipeline": pipeline, "sequence_parallel": sequence,
    }  # fmt: skip
    none, selective, full = (
        activation_bytes(**shape, recomputation=how) for how in ("none", "selective", "full")
    )
    assert none > selective > full
    assert none <= activation_bytes(**shape | {"sequence_parallel": False}, recomputation="none")


@given(splits, st.integers(1, 50), st.integers(1, 50), st.integers(1, 8), st.integers(2, 8))
def test_interleaving_divides_the_bubble(pipeline, multiple, data, micro_batch, stages):
    run = {"pipeline": pipeline, "data": data, "micro_batch_size": micro_batch}
    batch = pipeline * multiple * data * micro_batch
    plain = pipeline_bubble(**run, batch_size=batch)
    assert plain == (pipeline - 1) / (pipeline * multiple)
    interleaved = pipeline_bubble(**run, batch_size=batch, virtual_stages=stages)
    assert interleaved == pytest.approx(plain / stages, rel=1e-12)


GROK_1 = {
    "layers": 64, "hidden_size": 6144, "sequence_length": 8192, "vocab_size": 131072, "heads": 48,
    "kv_heads": 8, "ffn_hidden": 32768, "gated": True, "experts": 8, "experts_active": 2,
}  # fmt: skip


def test_the_parts_of_a_mixture_of_experts():
    few, many = ({**GROK_1, "experts": n} for n in (8, 16))
    assert parameter_count(**many) > 1.9 * parameter_count(**few)
    assert flops_per_iteration(**many, batch_size=1) == flops_per_iteration(**few, batch_size=1)


# What is not allowed.

VALID = {
    "layers": 96, "hidden_size": 12288, "heads": 96, "sequence_length": 2048, "vocab_size": 51200,
    "batch_size": 1536, "micro_batch_size": 1, "gpus": 1024, "tensor": 8, "pipeline": 8,
    "data": 16, "virtual_stages": 3, "seconds": 32.0, "tokens": 3e11, "tflops_per_gpu": 138.0,
    "context": 1, "gpus_per_node": 8,
    "peak_tflops": 312.0, "parameters": 175e9, "zero_stage": 1, "bytes_per_parameter": 16,
    "recomputation": "full", "sequence_parallel": True, "scatter_gather": True,
    "flash_attention": True,
    "tied_embeddings": True, "learned_positions": False, "biases": True, "stage": 1,
    "micro_batches": 12, "utilization": 0.4, "gpu_hours": 1e6, "watts": 700.0, "overhead": 1.1,
    "price_per_gpu_hour": 2.5, "kilowatt_hours": 7e5, "price_per_kilowatt_hour": 0.1,
    "memory": 80e9, "count": 2, "within_gb_s": 300.0, "between_gb_s": 25.0,
}  # fmt: skip
VARIANT = {
    "heads": 96, "kv_heads": 8, "head_size": 128, "ffn_hidden": 32768, "gated": True, "experts": 8,
    "experts_active": 2, "causal": True,
}  # fmt: skip
TRAINING = [*inspect.get_annotations(Training)]
FUNCTIONS = [name for name in arithmetic.__all__ if inspect.isfunction(getattr(arithmetic, name))]
NO_NUMBERS = [-1, None, pd.NA, nan, inf, "8", [8]]
NOT_ALLOWED = {
    "int": [0, 1.5, *NO_NUMBERS],
    "int | None": [0, 1.5, *(value for value in NO_NUMBERS if value is not None)],
    "float": [0, *NO_NUMBERS],
    "float | None": [0, *NO_NUMBERS],
    "bool": [None, pd.NA, 2, "yes", []],
    "Recomputation": [None, pd.NA, "Full", "", 1, []],
    "zero_stage": [4, 1.5, *NO_NUMBERS],
    "utilization": [0, 1.5, *NO_NUMBERS],
    "overhead": [0.9, *NO_NUMBERS],
    "price_per_gpu_hour": NO_NUMBERS,
    "kilowatt_hours": NO_NUMBERS,
    "price_per_kilowatt_hour": NO_NUMBERS,
    "memory": [0, *NO_NUMBERS],
}
PARAMETERS = [
    (function, parameter)
    for function in FUNCTIONS
    for parameter in inspect.signature(getattr(arithmetic, function)).parameters.values()
    if parameter.kind is not inspect.Parameter.VAR_KEYWORD
]


def call(name, **changes):
    function = getattr(arithmetic, name)
    known = inspect.signature(function).parameters
    more = {"variant": VARIANT, "training": TRAINING}
    names = [word for each in known for word in more.get(each, [each])]
    return function(**pick(VALID | VARIANT | changes, names))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_valid_arguments_are_valid(name):
    found = call(name)
    assert found == [] if name == "layout_faults" else found
    if isinstance(found, int | float):
        assert found > 0


@pytest.mark.parametrize(
    ("name", "parameter"), PARAMETERS, ids=lambda part: getattr(part, "name", part)
)
def test_what_is_wrong_is_named(name, parameter):
    assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
    for value in NOT_ALLOWED.get(parameter.name) or NOT_ALLOWED[parameter.annotation]:
        with pytest.raises(BadArgument) as caught:
            call(name, **{parameter.name: value})
        assert str(caught.value).startswith(f"{parameter.name} is {value!r}; it must be ")


@pytest.mark.parametrize("name", TRAINING)
def test_what_is_wrong_of_a_variant_or_a_run_is_named(name):
    kind = {bool: "bool", str: "Recomputation"}.get(type((VALID | VARIANT)[name]), "int")
    function = "flops_per_iteration" if name in VARIANT else "layout_faults"
    for value in NOT_ALLOWED.get(name, NOT_ALLOWED[kind]):
        if value is None and (name in VARIANT or name == "data"):
            continue  # as left out
        with pytest.raises(BadArgument) as caught:
            call(function, **{name: value})
        assert str(caught.value).startswith(f"{name} is {value!r}; it must be ")


def test_no_other_keyword_is_taken():
    with pytest.raises(TypeError, match="width"):
        flops_per_iteration(**MT_NLG, batch_size=1, width=2)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("parameter_count", {"layers": 1.5}, "layers is 1.5; it must be a whole number from 1."),
        ("tflops_per_gpu", {"seconds": 0}, "seconds is 0; it must be a finite number above 0."),
        (
            "flops_per_iteration",
            {"recomputation": "some"},
            "recomputation is 'some'; it must be 'full', 'selective' or 'none'.",
        ),
        (
            "pipeline_bubble",
            {"batch_size": 1920, "data": 7, "micro_batch_size": 2, "virtual_stages": 1},
            "batch_size is 1920; it must be a multiple of micro_batch_size x data = 14.",
        ),
        (
            "pipeline_bubble",
            {"batch_size": 1920, "data": 8, "pipeline": 35},
            (
                "batch_size is 1920; it must be a multiple of "
                "micro_batch_size x data x pipeline (interleaved) = 280."
            ),
        ),
        ("model_state_bytes", {"zero_stage": 4}, "zero_stage is 4; it must be 0, 1, 2 or 3."),
        (
            "model_state_bytes",
            {"bytes_per_parameter": 12},
            "bytes_per_parameter is 12; it must be 16, 18 or 20.",
        ),
        (
            "activation_bytes",
            {"heads": 7},
            "hidden_size is 12288; it must be a multiple of heads = 7.",
        ),
        (
            "activation_bytes",
            {"tensor": 5},
            "heads is 96; it must be a multiple of tensor = 5.",
        ),
        (
            "activation_bytes",
            {"tensor": 3},
            "sequence_length is 2048; it must be a multiple of tensor = 3.",
        ),
        (
            "activation_bytes",
            {"layers": 100},
            "layers is 100; it must be a multiple of pipeline x virtual_stages = 24.",
        ),
        ("activation_bytes", {"stage": 9}, "stage is 9; it must be a stage of 8."),
        (
            "activation_bytes",
            {"recomputation": "selective"},
            "recomputation is 'selective'; it must be 'full' for several experts.",
        ),
        (
            "stage_memory",
            {"pipeline": 5},
            "layers is 96; it must be a multiple of pipeline x virtual_stages = 15.",
        ),
        (
            "activation_bytes",
            {"sequence_parallel": None},
            "sequence_parallel is None; it must be True or False.",
        ),
        (
            "tensor_communication_bytes",
            {"pipeline": 7},
            "layers is 96; it must be a multiple of pipeline = 7.",
        ),
        (
            "pipeline_communication_bytes",
            {"data": 7},
            "batch_size is 1536; it must be a multiple of data = 7.",
        ),
        (
            "flops_per_iteration",
            {"heads": None},
            "kv_heads is 8; it must be left out without heads.",
        ),
        (
            "flops_per_iteration",
            {"kv_heads": 7},
            "kv_heads is 7; it must be a divisor of heads = 96.",
        ),
        (
            "parameter_count",
            {"experts_active": None},
            "experts_active is None; it must be a number up to experts = 8.",
        ),
        (
            "parameter_count",
            {"experts_active": 9},
            "experts_active is 9; it must be a number up to experts = 8.",
        ),
    ],
)
def test_messages(name, changes, message):
    with pytest.raises(BadArgument) as caught:
        call(name, **changes)
    assert str(caught.value) == message
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, CitehubError)


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.float64])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_numbers_of_an_array_do_not_overflow(name, kind):
    numbers = {key: kind(value) for key, value in (VALID | VARIANT).items() if type(value) is int}
    assert call(name, **numbers) == call(name)


@pytest.mark.parametrize("recomputation", ["full", "selective", "none"])
def test_recomputation_is_no_work_of_the_model(recomputation):
    run = {**MT_NLG, "batch_size": 1920, "gpus": 2240, "seconds": 60.1}
    assert mfu(**run, recomputation=recomputation) == mfu(**run)
    with pytest.raises(BadArgument, match="recomputation"):
        mfu(**run, recomputation="half")
