"""Whole runs: what their stages hold and send, which layouts are possible, and their order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import citehub
from citehub.arithmetic import (
    activation_bytes,
    heaviest_stage,
    iteration_seconds,
    layout_faults,
    layout_traffic,
    mfu,
    model_state_bytes,
    nearest_layouts,
    outer_activation_bytes,
    parameter_count,
    parameter_parts,
    rank_layouts,
    stage_memory,
    stage_parameters,
    training_cost,
    training_energy,
)
from citehub.errors import BadArgument

MODEL = ("layers", "hidden_size", "sequence_length", "vocab_size", "heads", "kv_heads",
         "ffn_hidden", "gated", "tied_embeddings", "learned_positions", "biases")  # fmt: skip
MT_NLG = {
    "layers": 105, "hidden_size": 20480, "sequence_length": 2048, "vocab_size": 51200,
    "heads": 128, "batch_size": 1920, "gpus": 2240, "tensor": 8, "pipeline": 35,
}  # fmt: skip
SMALL = {
    "layers": 24, "hidden_size": 2048, "sequence_length": 2048, "vocab_size": 51200, "heads": 16,
    "batch_size": 96, "gpus": 16,
}  # fmt: skip
WHOLE = ("layernorms", "position_embeddings")  # on every GPU of a stage


@st.composite
def runs(draw):
    tensor, pipeline = draw(st.sampled_from([1, 2, 4])), draw(st.sampled_from([1, 2, 4]))
    data, waves = draw(st.integers(1, 4)), draw(st.integers(1, 3)) * pipeline
    virtual = draw(st.sampled_from([1, 3])) if pipeline > 1 else 1
    micro = draw(st.integers(1, 2))
    kv = draw(st.sampled_from([2, 8]))
    return {
        "layers": 12 * draw(st.integers(1, 3)), "hidden_size": 512, "vocab_size": 1024,
        "sequence_length": 128, "heads": 8, "kv_heads": kv, "ffn_hidden": 1536,
        "gated": draw(st.booleans()), "tied_embeddings": draw(st.booleans()),
        "learned_positions": draw(st.booleans()), "biases": draw(st.booleans()),
        "tensor": tensor, "pipeline": pipeline, "data": data, "gpus": tensor * pipeline * data,
        "virtual_stages": virtual, "micro_batch_size": micro, "batch_size": waves * data * micro,
        "zero_stage": draw(st.integers(0, 3)), "sequence_parallel": draw(st.booleans()),
        "recomputation": draw(st.sampled_from(["full", "selective", "none"])),
    }  # fmt: skip


@given(runs())
def test_the_stages_hold_all_parameters_and_what_is_held_twice(run):
    model = {name: run[name] for name in MODEL}
    parts = parameter_parts(**model)
    assert sum(parts.values()) == parameter_count(**model)
    t, p, h = run["tensor"], run["pipeline"], run["hidden_size"]
    held = dict.fromkeys(parts, 0)
    for stage in range(1, p + 1):
        for part, number in stage_parameters(**run, stage=stage).items():
            held[part] += number if part in WHOLE else t * number
    copies = t // run["kv_heads"] if t > run["kv_heads"] else 1
    keys = run["layers"] * 2 * h * h // 8 * run["kv_heads"]
    assert held["attention"] == parts["attention"] + (copies - 1) * keys
    assert held["mlp"] == parts["mlp"]
    assert held["word_embeddings"] == parts["word_embeddings"]
    assert held["position_embeddings"] == parts["position_embeddings"]
    assert held["layernorms"] == parts["layernorms"] + (2 * h if run["biases"] else h)
    tied_copy = run["vocab_size"] * h if run["tied_embeddings"] and p > 1 else 0
    assert held["output"] == parts["output"] + tied_copy
    assert held["biases"] >= parts["biases"]  # those behind a sum are whole on every GPU
    if t == 1:
        assert held["biases"] == parts["biases"]


@given(runs())
def test_no_stage_needs_more_than_the_heaviest(run):
    sizes = [sum(stage_memory(**run, stage=i).values()) for i in range(1, run["pipeline"] + 1)]
    assert max(sizes) == sizes[heaviest_stage(**run) - 1]


def test_the_first_stage_of_mt_nlg_has_whole_positions():
    first, other = (stage_parameters(**MT_NLG, stage=stage) for stage in (1, 2))
    assert first["position_embeddings"] == 2048 * 20480
    assert first["word_embeddings"] == 51200 * 20480 / 8
    assert sum(first.values()) / sum(other.values()) - 1 == pytest.approx(0.0916, abs=5e-5)


def test_the_published_layouts_are_possible_and_fit_the_card_they_ran_on():
    names = ("layers", "hidden_size", "heads", "sequence_length", "vocab_size", "batch_size",
             "gpus", "tensor", "pipeline", "data", "micro_batch_size",
             "recomputation")  # fmt: skip
    fitting = 0
    for row in citehub.load("mt-nlg").canonical_throughput:
        run = {name: row[name] for name in names}
        if None not in run.values():
            run["virtual_stages"] = row["virtual_stages"] or 1
            run["sequence_parallel"] = bool(row["sequence_parallel"])
            run["zero_stage"] = 3 if "ZeRO-3" in row["reported_in"] else 0
            assert layout_faults(**run) == [], row["run_id"]
            memory = stage_memory(**run, stage=heaviest_stage(**run), bytes_per_parameter=18)
            assert sum(memory.values()) < 80e9, row["run_id"]
            fitting += 1
    assert fitting == 25


def test_memory_is_that_of_its_formulas():
    run = MT_NLG | {"bytes_per_parameter": 20, "zero_stage": 1, "recomputation": "selective"}
    memory = stage_memory(**run, stage=35)
    count = sum(stage_parameters(**run, stage=35).values())
    states = model_state_bytes(parameters=count, data=8, zero_stage=1, bytes_per_parameter=20)
    assert memory["weights"] + memory["gradients"] + memory["optimizer"] == states
    kept = {"hidden_size": 20480, "sequence_length": 2048, "micro_batch_size": 1, "tensor": 8,
            "pipeline": 35}  # fmt: skip
    whole = activation_bytes(**kept, layers=105, heads=128, recomputation="selective")
    assert memory["activations"] == pytest.approx(whole / 35, rel=1e-12)  # one micro-batch
    outer = outer_activation_bytes(**kept, vocab_size=51200, stage=35)
    assert memory["outer_activations"] == outer == 2048 * (4 * 20480 + 4 * 51200 / 8)
    half = stage_memory(**run | {"context": 2, "gpus": 4480}, stage=35)
    assert half["activations"] == memory["activations"] / 2
    assert half["optimizer"] == memory["optimizer"] / 2


def megatron(run, f):
    """Activation memory as Megatron-LM estimates it, of selective recomputation."""
    s, b, h = run["sequence_length"], run["micro_batch_size"], run["hidden_size"]
    p, v, t = run["pipeline"], run["virtual_stages"], run["tensor"]
    layers = s * b * h * (18 + 4 * f / h) * run["layers"]
    layers *= 1 + (p - 1) / (p * v) if v > 1 else 1
    outer = s * b * h * p + (4 * s * b * h * (1 + run["vocab_size"] / h) if p == 1 else 0)
    return layers / t, outer / t


@pytest.mark.parametrize("split", [(1, 1, 1), (4, 1, 1), (4, 6, 1), (4, 6, 2)])
def test_activations_as_megatron_lm_estimates_them(split):
    tensor, pipeline, virtual = split
    run = SMALL | {"tensor": tensor, "pipeline": pipeline, "virtual_stages": virtual,
                   "micro_batch_size": 2, "sequence_parallel": True}  # fmt: skip
    names = ("hidden_size", "sequence_length", "micro_batch_size", "tensor", "pipeline",
             "sequence_parallel")  # fmt: skip
    kept = {name: run[name] for name in names}
    layers = activation_bytes(
        **kept, layers=24, heads=16, ffn_hidden=5632, virtual_stages=virtual,
        recomputation="selective",
    )  # fmt: skip
    outer = outer_activation_bytes(**kept, vocab_size=51200)
    assert (layers, outer) == pytest.approx(megatron(run, 5632), rel=1e-12)


def test_by_default_nothing_is_split():
    assert model_state_bytes(parameters=1e9) == 16e9
    shape = {"hidden_size": 2048, "sequence_length": 2048, "micro_batch_size": 1}
    whole = {"tensor": 1, "pipeline": 1, "stage": 1}
    layers = {"layers": 24, "heads": 16, "recomputation": "none"}
    assert activation_bytes(**shape, **layers) == activation_bytes(
        **shape, **layers, **whole, virtual_stages=1, experts=1
    )
    assert outer_activation_bytes(**shape, vocab_size=51200) == outer_activation_bytes(
        **shape, vocab_size=51200, **whole
    )


def test_flash_attention_stores_no_matrices():
    shape = {"layers": 24, "hidden_size": 2048, "heads": 16, "sequence_length": 2048,
             "micro_batch_size": 1, "tensor": 2}  # fmt: skip
    plain, flash = (
        activation_bytes(**shape, recomputation="none", flash_attention=on) for on in (False, True)
    )
    assert flash == activation_bytes(**shape, recomputation="selective")
    assert plain - flash == 5 * 16 * 2048**2 * 24 / 2


def test_stages_keep_fewer_micro_batches_towards_the_end_and_no_more_than_there_are():
    shape = {"layers": 24, "hidden_size": 2048, "heads": 16, "sequence_length": 2048,
             "micro_batch_size": 1, "pipeline": 4}  # fmt: skip
    each = activation_bytes(**shape, stage=4)
    held = [activation_bytes(**shape, stage=stage) / each for stage in (1, 2, 3, 4)]
    assert held == [4, 3, 2, 1]
    assert activation_bytes(**shape, micro_batches=2) == 2 * each
    interleaved = [
        activation_bytes(**shape, virtual_stages=3, stage=stage) / each * 3 for stage in (1, 2, 4)
    ]
    assert interleaved == pytest.approx([15, 13, 9])  # of a third of the layers
    assert activation_bytes(**shape, virtual_stages=3, micro_batches=4) / each * 3 == 12


def test_traffic_goes_by_the_order_of_ranks():
    assert [*layout_traffic(**MT_NLG)["within_node"]] == ["tensor"]
    run = SMALL | {"tensor": 2, "pipeline": 2}
    assert [*layout_traffic(**run)["within_node"]] == ["tensor", "data"]
    assert [*layout_traffic(**run, gpus_per_node=16)["between_nodes"]] == []
    assert [*layout_traffic(**SMALL, tensor=16)["between_nodes"]] == ["tensor", "pipeline", "data"]
    halves = [layout_traffic(**run, context=c)["within_node"]["tensor"] for c in (1, 2)]
    assert halves[0] == halves[1]  # half the tokens, and half the replicas for as many
    thrice = [
        layout_traffic(**SMALL, tensor=8, zero_stage=zero)["between_nodes"]["data"]
        for zero in (0, 1, 2, 3)
    ]
    waves = 96 // 2
    assert [each / thrice[0] for each in thrice] == [1, 1, (waves + 1) / 2, 3 * waves / 2]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"tensor": 3}, "heads is 16; it must be a multiple of tensor = 3."),
        ({"pipeline": 5}, "layers is 24; it must be a multiple of pipeline x virtual_stages = 5."),
        (
            {"vocab_size": 50257, "tensor": 2},
            "vocab_size is 50257; it must be a multiple of tensor = 2.",
        ),
        ({"context": 3}, "sequence_length is 2048; it must be a multiple of 2 x context = 6."),
        (
            {"pipeline": 32},
            "gpus is 16; it must be a multiple of tensor x pipeline x context = 32.",
        ),
        ({"data": 8}, "gpus is 16; it must be tensor x pipeline x context x data = 8."),
        (
            {"batch_size": 90},
            "batch_size is 90; it must be a multiple of micro_batch_size x data = 16.",
        ),
        ({"virtual_stages": 2}, "virtual_stages is 2; it must be 1 without a pipeline."),
        (
            {"kv_heads": 4, "heads": 24, "hidden_size": 3072, "vocab_size": 51168, "tensor": 6},
            "kv_heads is 4; it must be a multiple or a divisor of tensor = 6.",
        ),
        (
            {"sequence_length": 2, "sequence_parallel": True, "tensor": 4},
            "sequence_length is 2; it must be a multiple of tensor x context = 4.",
        ),
    ],
)
def test_what_makes_a_layout_impossible_is_said(changes, fault):
    assert fault in layout_faults(**SMALL | changes)
    with pytest.raises(BadArgument):
        stage_parameters(**SMALL | changes, stage=1)


def test_the_nearest_layouts_are_possible_and_near():
    assert layout_faults(**MT_NLG) == []
    (itself,) = nearest_layouts(**MT_NLG, count=1)
    assert (itself["tensor"], itself["pipeline"], itself["data"]) == (8, 35, 8)
    near = nearest_layouts(**MT_NLG | {"pipeline": 32, "tensor": 8}, count=5)
    assert near[0] == itself
    assert all(layout_faults(**MT_NLG | layout) == [] for layout in near)
    assert nearest_layouts(**SMALL | {"gpus": 17}) == []


NODE = 8  # GPUs of a node, as the functions have it where nothing is said


def test_the_order_is_of_what_fits_then_nodes_then_idleness_then_traffic():
    run = SMALL | {"zero_stage": 1, "bytes_per_parameter": 18}
    ranked = rank_layouts(**run, memory=16e9, count=1000)
    keys = [
        (row["tensor"] > NODE, row["idle"], row["between_nodes"], row["memory"]) for row in ranked
    ]
    assert keys == sorted(keys)
    assert {row["tensor"] for row in ranked} == {1, 2, 4, 8, 16}
    for row in ranked[:3] + ranked[-3:]:
        layout = {name: row[name] for name in ("tensor", "pipeline", "data", "virtual_stages")}
        assert row["stage"] == heaviest_stage(**run | layout)
        memory = stage_memory(**run | layout, stage=row["stage"])
        assert sum(memory.values()) == row["memory"] <= 16e9
    fewer = rank_layouts(**run, memory=6e9, count=1000)
    assert [row for row in ranked if row["memory"] <= 6e9] == fewer
    assert 0 < len(fewer) < len(ranked)
    assert rank_layouts(**run, memory=1e6) == []
    wide = [row["tensor"] > NODE for row in ranked]
    assert any(wide)
    assert not all(wide)


def test_the_order_is_of_the_time_that_is_lost_where_links_are_known():
    rates = {"seconds": 60.1, "within_gb_s": 300, "between_gb_s": 25}
    ranked = rank_layouts(**MT_NLG, memory=80e9, count=1000, **rates)
    lost = []
    for row in ranked:
        layout = {name: row[name] for name in ("tensor", "pipeline", "data", "virtual_stages")}
        within, between = (
            sum(sent.values()) for sent in layout_traffic(**MT_NLG | layout).values()
        )
        lost.append(60.1 * row["idle"] + within / 300e9 + between / 25e9)
    assert lost == pytest.approx(sorted(lost))
    assert len(lost) > 5
    assert (ranked[0]["tensor"], ranked[0]["pipeline"]) == (8, 35)
    with pytest.raises(BadArgument, match="within_gb_s is None"):
        rank_layouts(**MT_NLG, memory=80e9, seconds=60.1)


@pytest.mark.parametrize("name", ["layers", "heads", "batch_size", "gpus"])
def test_a_search_of_layouts_has_bounds(name):
    run = MT_NLG | {name: 10**20, "head_size": 128}
    with pytest.raises(BadArgument, match=f"{name} is 100000000000000000000; it must be at most"):
        nearest_layouts(**run)


def test_time_at_a_utilization_and_back():
    names = ("layers", "hidden_size", "sequence_length", "vocab_size", "batch_size", "gpus")
    shape = {name: MT_NLG[name] for name in names}
    seconds = iteration_seconds(**shape, utilization=0.4, peak_tflops=989)
    assert mfu(**shape, seconds=seconds, peak_tflops=989) == pytest.approx(0.4, rel=1e-12)


def test_energy_and_money_are_products():
    energy = training_energy(gpu_hours=39.3e6, watts=700)
    assert energy == 27.51e6
    assert training_energy(gpu_hours=1, watts=1000, overhead=1.1) == 1.1
    bill = training_cost(
        gpu_hours=10, price_per_gpu_hour=2, kilowatt_hours=7, price_per_kilowatt_hour=0.5
    )
    assert bill == 23.5
