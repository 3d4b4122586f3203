"""The site as a person uses it: search, theme, menus, keyboard, without script, from disk."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.site.conftest import HUB

MAIN = ["index", "canonical/parallelism", "citing/index", "citing/papers/2304.01373"]


@pytest.mark.parametrize(
    "query", ["overthinking", "RaggedShard", "Biderman", "2412.21187", "arXiv:2208.03299"]
)
def test_search_finds_a_paper(visit, query):
    page = visit.open("index")
    page.keyboard.press("Control+k")
    page.keyboard.type(query, delay=20)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    papers = page.locator("#search-results a[href*='citing/papers/']")
    expect(papers.first).to_be_visible()
    works = [HUB.work(query)] if "." in query else HUB.search(query)
    expected = {work.title_plain for work in works}
    papers.first.click()
    assert page.locator("h1").inner_text().rstrip("#").strip() in expected
    assert visit.errors == []


def test_the_index_of_the_search_comes_when_somebody_searches(visit):
    page = visit.open("index")
    assert "/searchindex.js" not in visit.loaded()
    page.keyboard.press("Control+k")
    page.keyboard.type("overthinking", delay=20)
    expect(page.locator("#search-results a[href*='citing/papers/']").first).to_be_visible()
    assert "/searchindex.js" in visit.loaded()
    assert visit.errors == []


def test_the_theme_switch_changes_the_page_and_its_figures(visit):
    page = visit.open("index")
    dot = page.locator(".citehub-figure svg a path").first
    fills, grounds = set(), set()
    for scheme in ("light", "dark"):
        page.get_by_role("button", name="Color mode").first.click()
        page.get_by_role("button", name=scheme, exact=False).first.click()
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        fills.add(dot.evaluate("e => getComputedStyle(e).fill"))
        grounds.add(page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor"))
    assert len(fills) == len(grounds) == 2


def test_the_menu_of_a_phone_leads_to_every_section(visit):
    page = visit.page
    page.set_viewport_size({"width": 360, "height": 700})
    visit.open("index")
    assert not page.get_by_role("link", name="Releases", exact=True).first.is_visible()
    page.get_by_role("button", name="Site navigation").first.click()
    dialog = page.locator("dialog[open]")
    for section in ("The canonical work", "The citing papers", "Tables", "Releases", "Guide"):
        expect(dialog.get_by_role("link", name=section, exact=True).first).to_be_visible()
    dialog.get_by_role("link", name="Releases", exact=True).first.click()
    page.wait_for_url("**/releases/index.html")
    assert visit.errors == []


@pytest.mark.parametrize("name", MAIN)
def test_the_keyboard_reaches_everything_and_the_focus_is_seen(visit, name):
    page = visit.open(name)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    reachable = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, summary, [tabindex="0"]')]
            .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0).length"""
    )
    seen, unseen = 1, []
    for _ in range(reachable + 5):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => {
              const e = document.activeElement
              if (!e || e === document.body) return null
              const s = getComputedStyle(e)
              const shown = s.outlineStyle !== 'none' || s.boxShadow !== 'none'
              return [shown, e.outerHTML.slice(0, 120)]
            }"""
        )
        if here is None:
            break
        seen += 1
        if not here[0]:
            unseen.append(here[1])
    assert unseen == []
    assert seen >= reachable, f"{seen} of {reachable} were reached"


def test_the_canonical_pages_and_papers_are_whole_without_script(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for name in MAIN:
        page.goto(f"{address}/{name}.html")
        assert page.locator("h1").is_visible()
        assert page.locator("main").inner_text().count(" ") > 150
    page.goto(f"{address}/index.html")
    figure = page.locator(".citehub-figure svg")
    assert figure.is_visible()
    assert figure.locator("a").count() == 44
    context.close()


def test_the_site_can_be_read_from_disk(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    page.locator(".citehub-figure svg a").first.click()
    page.wait_for_url("**/citing/papers/*.html")
    assert page.locator("h1").is_visible()
    context.close()


def test_a_figure_leads_to_the_paper_that_a_dot_stands_for(visit):
    page = visit.open("index")
    links = page.locator(".citehub-figure svg a")
    assert links.count() == len(HUB.citing_works)
    first = links.first
    name = first.get_attribute("aria-label")
    first.click()
    page.wait_for_url("**/citing/papers/*.html")
    title = page.locator("h1").inner_text().rstrip("#").strip()
    assert name.startswith(title)
