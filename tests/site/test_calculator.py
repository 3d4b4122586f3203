"""The calculator in a browser: its numbers, its Python, its address, and what is wrong in one."""

from __future__ import annotations

import math
import re
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import expect

from citehub import arithmetic
from tests.site.conftest import until
from tests.site.test_pages import problems

PAGE = "canonical/calculator"
RUN = {
    "layers": 32, "hidden_size": 4096, "heads": 32, "kv_heads": 8, "ffn_hidden": 14336,
    "gated": True, "vocab_size": 128256, "sequence_length": 8192, "tied_embeddings": False,
    "learned_positions": False, "biases": False, "gpus": 64, "batch_size": 512, "tensor": 2,
    "zero_stage": 1, "recomputation": "selective", "bytes_per_parameter": 18,
}  # fmt: skip
PYTHON = re.compile(r"from citehub\.arithmetic import (\w+)\n\n(\1\(.*\))", re.DOTALL)


def told(page) -> str:
    return page.locator("#calc-verdict").inner_text()


def open_at(visit, values):
    words = {name: str(value).lower() for name, value in values.items()}
    visit.page.goto(f"{visit.address}/{PAGE}.html#?{urlencode(words, quote_via=quote)}")
    return visit.page


def close(one, two) -> bool:
    if isinstance(one, dict):
        return [*one] == [*two] and all(close(one[key], two[key]) for key in one)
    return math.isclose(one, two, rel_tol=1e-12)


def test_every_python_on_the_page_gives_its_number(visit):
    page = open_at(visit, RUN | {"pipeline": 4, "virtual_stages": 2, "price_per_gpu_hour": 2.5})
    rows = page.locator(".calc-results dd:has(pre)").evaluate_all(
        "cells => cells.map(cell => [cell.querySelector('pre').textContent,"
        " JSON.parse(cell.querySelector('output').dataset.result)])"
    )
    assert len(rows) > 12
    for code, result in rows:
        name, call = PYTHON.fullmatch(code).groups()
        found = eval(call, {name: getattr(arithmetic, name)})
        assert close(found, result), code
    assert visit.errors == []
    assert visit.strangers == []


def test_a_run_of_ones_own_is_answered_and_has_an_address(visit):
    page = visit.open(PAGE)
    page.locator("#calc-preset").select_option(label="MPT-7B on 8 H100")
    assert "to spare: 70.8 GB" in told(page)
    page = open_at(visit, RUN | {"pipeline": 1})
    expect(page.locator("#calc-hidden_size")).to_have_value("4096")
    page.locator("#calc-tensor").fill("1")
    page.locator("#calc-card").select_option("H100 SXM 80 GB")
    size = sum(arithmetic.stage_memory(**RUN | {"tensor": 1}, stage=1).values())
    assert f"{size / 1e9:.1f} GB of 80 GB" in told(page)
    until(page, "location.hash.includes('&tensor=1&')")
    said = told(page)
    page.reload()
    assert told(page) == said
    page.locator("#calc-pipeline").fill("3")
    expect(page.locator("#calc-verdict")).to_have_attribute("data-verdict", "impossible")
    page.get_by_role("button", name="use tensor 1, pipeline 4").first.click()
    expect(page.locator("#calc-pipeline")).to_have_value("4")
    assert arithmetic.layout_faults(**RUN | {"tensor": 1, "pipeline": 4}) == []
    expect(page.locator("#calc-verdict")).to_be_focused()
    assert not told(page).startswith("Not possible")


def test_what_no_formula_counts_is_said(visit):
    page = open_at(
        visit, {"experts": 8, "experts_active": 2, "recomputation": "selective", "seconds": ""}
    )
    assert "only with full recomputation" in told(page)
    rows = page.locator(".calc-results dt").all_inner_texts()
    assert "Active per token" in rows
    assert "The time of a step is not given" in told(page)
    page.locator("#calc-preset").select_option(label="DeepSeek-V3")
    assert told(page).startswith("DeepSeek-V3 cannot be computed here: no formula for MLA")
    expect(page.locator(".calc-about")).to_contain_text("2,664,000")
    expect(page.locator(".calc-form, #calculator output").first).to_be_hidden()
    page.reload()
    assert told(page).startswith("DeepSeek-V3 cannot be computed here")


def test_what_is_wrong_in_an_address_is_told_and_stays_text(visit):
    page = visit.page
    wrong = "#?layers=<img src=x onerror=document.title=1>&width=3&zero_stage=9&gpus=2240"
    page.goto(f"{visit.address}/{PAGE}.html{wrong}")
    expect(page.locator(".calc-wrong li")).to_have_text(
        [
            re.compile("Layers is not a number. The address has “<img src=x.*105 stands for it"),
            "There is no “width”.",
            "ZeRO must be 0, 1, 2, 3. The address has “9”; 0 stands for it.",
        ]
    )
    assert page.locator("#calculator img").count() == 0
    assert "51.5 GB" in told(page)  # the start stands for what is wrong
    assert visit.errors == []


def test_a_field_that_cannot_be_read_leaves_no_results(visit):
    page = visit.open(PAGE)
    gpus = page.locator("#calc-gpus")
    for text, count in (("1,120", 1120), (" 2 240 ", 2240)):
        gpus.fill(text)
        until(page, f"location.hash.includes('gpus={count}&')")
        assert told(page).startswith("Fits")
    wrong = {
        "gpus": ("many", "GPUs is not a number."),
        "layers": ("1e20", "Layers: at most 10,000."),
        "heads": ("", "Attention heads is empty."),
        "tensor": ("1.5", "Tensor parallel: a whole number."),
    }
    for name, (text, why) in wrong.items():
        control = page.locator(f"#calc-{name}")
        before = control.input_value()
        control.fill(text)
        assert told(page) == f"Not computed: {why}"
        expect(control).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"#calc-{name}-fault")).to_have_text(why)
        expect(page.locator(".calc-results")).to_be_hidden()
        control.fill(before)
    expect(page.locator(".calc-results")).to_be_visible()
    gpus.fill("2240")
    page.locator("#calc-seconds").fill("0.5")
    assert told(page).startswith("Faster than the hardware: 0.5 s would be 4,804 % of the peak.")
    assert "days" not in told(page)


def test_a_published_run_is_named_while_it_is_unchanged(visit):
    page = open_at(visit, {"preset": "mt-nlg-530b-2800-gpus"})
    preset, note = page.locator("#calc-preset"), page.locator(".calc-top .calc-note")
    expect(preset).to_have_value("mt-nlg-530b-2800-gpus")
    assert "270 billion tokens" in told(page)
    expect(page.locator(".calc-about tr").last).to_contain_text("used as input")
    page.locator("#calc-tensor").fill("5")
    expect(preset).to_have_value("")
    expect(note).to_contain_text("From 530B on 2,800 GPUs, MT-NLG, changed: Tensor parallel.")
    expect(page.locator(".calc-about table")).to_have_count(0)
    assert "128 attention heads cannot be split over 5 tensor-parallel GPUs" in told(page)
    assert "days" not in told(page)
    page.get_by_role("button", name="Reset").click()
    expect(preset).to_have_value("mt-nlg-530b-2240-gpus")
    page.go_back()
    expect(page.locator("#calc-tensor")).to_have_value("5")
    page.locator("#calc-tensor").fill("8")
    expect(preset).to_have_value("mt-nlg-530b-2800-gpus")
    page.locator("#calc-utilization_percent").fill("40")
    expect(page.locator("#calc-time")).to_have_value("utilization")
    for run in ("Llama 3 405B", "BLOOM 176B, a trial", "PaLM 540B", "GLM-130B"):  # they happened
        preset.select_option(label=run)
        expect(page.locator("#calc-verdict")).to_have_attribute("data-verdict", "uneven")
    assert told(page).startswith("No formula here for uneven stages: 70 layers over 8.")
    preset.select_option(label="Llama 3.1 70B")
    expect(page.locator("#calc-verdict")).to_have_attribute("data-verdict", "unknown")
    assert "Its source states no layout" in told(page)
    preset.select_option(label="Mixtral 8x7B, Megatron Core")
    expect(page.locator(".calc-results dd", has_text="468 TFLOP/s")).to_have_count(1)


def test_the_list_of_layouts_has_the_readers_own(visit):
    page = open_at(visit, RUN | {"pipeline": 8, "network_gb_s": 25, "gpus_per_node": 8})
    own = page.locator(".calc-own")
    expect(own).to_have_count(1)
    expect(own).to_contain_text("yours")
    place = int(own.locator("td").first.inner_text().strip("."))
    names = {"seconds": 60.1, "within_gb_s": 300, "between_gb_s": 25}
    ranked = arithmetic.rank_layouts(**RUN, memory=80e9, count=1000, **names)
    layout = ranked[place - 1]
    assert (layout["tensor"], layout["pipeline"]) == (2, 8)


def test_it_is_accessible_once_it_is_used(visit):
    page = open_at(visit, {"pipeline": 3, "kv_heads": 8})
    page.locator("#calculator details").evaluate_all(
        "all => all.forEach(each => each.open = true)"
    )
    assert problems(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("script", [True, False])
def test_it_shows_a_run_from_disk_and_without_script(browser, site, script):
    page = browser.new_page(java_script_enabled=script)
    page.goto((site / f"{PAGE}.html").as_uri())
    text = page.locator("#calculator").inner_text()
    assert ("51.5 of 80 GB" if not script else "51.5 GB of 80 GB") in text
    assert "47.8 days" in text
    page.close()
