"""Every page: loads without an error, asks no other host, and is accessible in every state.

Most of axe's time goes into the contrast of colours. Those of pages that one template makes come
from its style sheet, and so do those of the frame around each page: of them, some are looked at.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.site.conftest import page_names

STATES = [(1280, "light"), (1280, "dark"), (360, "dark"), (360, "light")]
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
IN_EVERY_STATE = {  # one page of each kind
    "canonical/index", "citing/papers/2304.01373", "citing/surveys", "explorer/index",
    "guide/load", "index", "reference/errors", "tables/works",
}  # fmt: skip
MADE = ("citing/papers/", "tables/")  # by a template


def problems(page, *, contrast: bool = True) -> list[str]:
    """Return what axe-core finds on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = {
        "resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}},
    }  # fmt: skip
    found = page.evaluate("options => axe.run(document, options).then(r => r.violations)", options)
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]


def looked_at(name: str, number: int) -> dict[tuple[int, str], bool]:
    """Return the states in which a page is looked at, and whether its colours are, too.

    The states take turns from page to page: what a person wrote is looked at in both widths and
    both schemes, what a template made in one state.
    """
    turn = STATES[number % 2 :: 2]  # both widths, both schemes
    if name in IN_EVERY_STATE:
        return dict.fromkeys(STATES, True)
    if name.startswith(MADE):
        return {turn[number // 2 % 2]: False}
    return dict.fromkeys(turn, True)


@pytest.mark.parametrize(("number", "name"), list(enumerate(page_names())), ids=page_names())
def test_every_page(reader, number, name):
    reader.forget()
    reader.page.set_viewport_size({"width": STATES[0][0], "height": 900})
    page = reader.open(name)
    assert reader.errors == []
    assert reader.strangers == []
    page.add_style_tag(content="* { transition: none !important }")  # colours at rest
    assert page.title()
    assert page.locator("h1").count() == 1
    looks = looked_at(name, number)
    for width, scheme in STATES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(TWO_FRAMES)
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"{width} px: scrolls {overflow} px sideways"
        if (width, scheme) in looks:
            found = problems(page, contrast=looks[width, scheme])
            assert found == [], (width, scheme)


def test_every_state_is_looked_at_on_pages_of_every_kind():
    looks = [(name, looked_at(name, number)) for number, name in enumerate(page_names())]
    assert {name for name, _ in looks} > IN_EVERY_STATE
    for made in (*MADE, ""):
        of_kind = [look for name, look in looks if name.startswith(made)]
        assert {state for look in of_kind for state in look} == set(STATES)
        assert sum(look == dict.fromkeys(STATES, True) for look in of_kind) >= 1
