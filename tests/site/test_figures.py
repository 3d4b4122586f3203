"""Figures: every label is whole, apart and readable, in any font. Tables: readable on a phone."""

from __future__ import annotations

import pytest

from tests.site.conftest import DOCS

PAGES = sorted(
    path.relative_to(DOCS).with_suffix("").as_posix()
    for path in DOCS.glob("c*/*.md")
    if "display.figure(" in path.read_text("utf-8")
)
WIDE_FONT = """
.citehub-figure text { font-family: Arial, Liberation Sans, sans-serif !important;
                       letter-spacing: 0.06em }
"""
FAULTS = """() => [...document.querySelectorAll('.citehub-figure svg')]
  .filter(svg => svg.checkVisibility())
  .flatMap(svg => {
    const area = svg.closest('.citehub-scroll').getBoundingClientRect()
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width
    const texts = [...svg.querySelectorAll('text')].filter(text => text.textContent.trim()
      && text.getAttribute('opacity') !== '0')  // a tick without room for its label
    const box = new Map(texts.map(text => [text, text.getBoundingClientRect()]))
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3
    const found = []
    for (const [text, here] of box) {
      const said = text.textContent
      if (here.left < area.left - 1 || here.right > area.right + 1) found.push(`cut: ${said}`)
      if (scale * parseFloat(getComputedStyle(text).fontSize) < 10.9) found.push(`small: ${said}`)
      for (const [other, there] of box)
        if (text.compareDocumentPosition(other) & 4 && meet(here, there)
            && said !== other.textContent)
          found.push(`meet: ${said} / ${other.textContent}`)
    }
    return found
  })"""


@pytest.mark.parametrize("name", PAGES)
def test_labels_are_whole_apart_and_readable(reader, name):
    page = reader.open(name)
    page.add_style_tag(content=WIDE_FONT)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(FAULTS) == [], width


@pytest.mark.parametrize("name", ["tables/works", "canonical/limits"])
def test_on_a_phone_rows_of_wide_tables_are_blocks_that_name_their_columns(reader, name):
    page = reader.open(name)
    cell = page.locator(".citehub-reflow tbody td[data-label]:visible").first
    displays = set()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        displays.add(cell.evaluate("e => getComputedStyle(e).display"))
    assert displays == {"table-cell", "block"}
    label = cell.evaluate("e => getComputedStyle(e, '::before').content")
    assert label == f'"{cell.get_attribute("data-label")}: "'
    too_wide = page.locator(".citehub-reflow").evaluate_all(
        "tables => tables.filter(e => e.scrollWidth > document.body.clientWidth).length"
    )
    assert too_wide == 0
