"""Every page: loads without an error, asks no other host, and is accessible in every state.

Most of axe's time goes into the contrast of colours. Those of pages that one template makes come
from its style sheet, and so do those of the frame around each page: of them, some are looked at.
"""

from __future__ import annotations

import gzip
from functools import cache
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.site.conftest import page_names

if TYPE_CHECKING:
    from pathlib import Path

STATES = [(1280, "light"), (1280, "dark"), (360, "dark"), (360, "light")]
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
MOST = 400_000  # bytes that a page may load, as a host sends them, compressed
LISTS = ("genindex", "py-modindex")
NAMES = [*page_names(), *LISTS, "404", "search"]
IN_EVERY_STATE = {  # one page of each kind
    "canonical/calculator", "canonical/index", "citing/papers/2304.01373", "citing/surveys",
    "explorer/index", "guide/load", "index", "reference/errors", "search", "tables/works",
}  # fmt: skip
MADE = ("citing/papers/", "reference/", "tables/")  # by a template each


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


def looks_at(name: str, number: int) -> list[tuple[int, str, bool, bool]]:
    """Return the widths and schemes in which a page is looked at, by axe or not, colours or not.

    Each page is looked at in both widths, and in both schemes: one page of each kind in every
    state, the others in two states, which take turns. What a template made is looked at by axe
    in one of them, without colours.
    """
    if name in IN_EVERY_STATE:
        return [(*state, True, True) for state in STATES]
    both = STATES[number % 2 :: 2]
    if name.startswith(MADE) or name in LISTS:
        return [(*state, place == number // 2 % 2, False) for place, state in enumerate(both)]
    return [(*state, True, True) for state in both]


@cache
def weight(file: Path) -> int:
    """Return the bytes of a file, compressed where that makes it smaller."""
    whole = file.read_bytes()
    return min(len(whole), len(gzip.compress(whole, 6)))


@pytest.fixture(scope="module")
def stranger(reader):
    """A reader whose browser has nothing of the site, so that each page loads what it uses."""
    session = reader.page.context.new_cdp_session(reader.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield reader
    session.detach()


@pytest.mark.parametrize(("number", "name"), list(enumerate(NAMES)), ids=NAMES)
def test_every_page(site, stranger, number, name):
    reader = stranger
    reader.forget()
    looks = looks_at(name, number)
    reader.page.set_viewport_size({"width": looks[0][0], "height": 900})
    page = reader.open(name)
    assert reader.errors == []
    assert reader.strangers == []
    page.add_style_tag(content="* { transition: none !important }")  # colours at rest
    loaded = {path: weight(site / path[1:]) for path in reader.loaded()}
    assert {f"/{name}.html", "/_static/citehub.css"} < loaded.keys()
    assert sum(loaded.values()) <= MOST, sorted(loaded.items(), key=lambda each: -each[1])[:5]
    assert page.title()
    assert page.locator("h1").count() == 1
    for width, scheme, by_axe, contrast in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(TWO_FRAMES)
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"{width} px: scrolls {overflow} px sideways"
        if by_axe:
            assert problems(page, contrast=contrast) == [], (width, scheme)


@pytest.mark.parametrize(
    "name", ["canonical/throughput", "citing/papers/2304.01373", "guide/load"]
)
def test_paper_is_light_where_the_screen_is_dark(reader, name):
    reader.forget()
    reader.page.set_viewport_size({"width": 700, "height": 900})
    page = reader.open(name)
    page.emulate_media(media="print", color_scheme="dark")
    try:
        found = problems(page)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    finally:
        page.emulate_media(media="screen", color_scheme="light")
    assert found == []
    assert wide <= 0


def test_every_state_is_looked_at_on_pages_of_every_kind():
    looks = {name: looks_at(name, number) for number, name in enumerate(NAMES)}
    assert looks.keys() > IN_EVERY_STATE
    for name, states in looks.items():
        assert {width for width, *_ in states} == {360, 1280}, name
        assert {scheme for _, scheme, *_ in states} == {"light", "dark"}, name
        assert any(by_axe for *_, by_axe, _ in states), name
    for made in (*MADE, ""):
        seen = {
            state[:2]
            for name, states in looks.items()
            for state in states
            if name.startswith(made) and name not in IN_EVERY_STATE and state[2]
        }
        assert seen == set(STATES), made
        assert any(name.startswith(made) for name in IN_EVERY_STATE), made
