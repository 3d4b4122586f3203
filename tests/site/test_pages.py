"""Every page: loads without an error, asks no other host, and is accessible in every state."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.site.conftest import page_names

STATES = [(1280, "light"), (1280, "dark"), (360, "dark"), (360, "light")]


def problems(page) -> list[str]:
    """Return what axe-core finds on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = {"resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options).then(r => r.violations)", options)
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("name", page_names())
def test_every_page(visit, name):
    page = visit.open(name)
    page.add_style_tag(content="* { transition: none !important }")  # colours at rest
    assert page.title()
    assert page.locator("h1").count() == 1
    assert visit.errors == []
    assert visit.strangers == []
    for width, scheme in STATES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(400 if (width, scheme) == STATES[2] else 0)  # resized: theme adapts
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        assert problems(page) == [], (width, scheme)
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"{width} px: scrolls {overflow} px sideways"
