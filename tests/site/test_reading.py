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
    dot = page.locator(".citehub-timeline .paper").first
    fills, grounds = set(), set()
    for scheme in ("light", "dark"):
        page.get_by_role("button", name="Color mode").first.click()
        page.get_by_role("button", name=scheme, exact=False).first.click()
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        fills.add(dot.evaluate("e => getComputedStyle(e, '::before').borderTopColor"))
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
    assert page.locator(".citehub-timeline .paper:visible").count() == 44
    context.close()


def test_without_script_the_page_follows_the_system_and_a_search_leads_to_the_whole_list(
    browser, address
):
    grounds = set()
    for scheme in ("light", "dark"):
        context = browser.new_context(java_script_enabled=False, color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{address}/index.html")
        grounds.add(page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor"))
        page.get_by_role("searchbox", name="Search the citing papers").fill("overthinking")
        page.keyboard.press("Enter")
        page.wait_for_url("**/explorer/index.html?search=overthinking")
        assert page.locator("#citehub-explorer .cx-list > li").count() == 44
        context.close()
    assert len(grounds) == 2


def test_the_search_of_the_home_page_leads_to_a_filtered_explorer(visit):
    page = visit.open("index")
    page.get_by_role("searchbox", name="Search the citing papers").fill("overthinking & <co>")
    page.get_by_role("button", name="Search papers").click()
    page.wait_for_url("**/explorer/index.html#?search=overthinking*")
    expect(page.locator("#cx-search")).to_have_value("overthinking & <co>")
    page.goto(f"{visit.address}/explorer/index.html?search=overthinking")
    found = len(HUB.search("overthinking"))
    expect(page.locator(".cx-found")).to_have_text(f"{found} of 44 papers")
    assert visit.errors == []


def test_a_timeline_is_one_tab_stop_with_arrow_keys_and_cards(visit):
    page = visit.open("index")
    marks = page.locator(".citehub-timeline .paper")
    assert marks.evaluate_all("all => all.filter(e => e.tabIndex === 0).length") == 1
    page.locator(".citehub-timeline [tabindex='0']").focus()
    seen = [page.locator(":focus").inner_text()]
    for key in ("ArrowRight", "ArrowDown", "End", "ArrowLeft", "ArrowUp", "Home"):
        page.keyboard.press(key)
        seen.append(page.locator(":focus").inner_text())
        assert page.locator(".citehub-timeline [tabindex='0']").inner_text() == seen[-1]
    assert len(set(seen)) > 3
    assert seen[-1] == seen[0]
    card = page.locator(":focus .about")
    expect(card).to_have_css("opacity", "1")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    title = seen[-1].splitlines()[0].strip()
    page.keyboard.press("Enter")
    page.wait_for_url("**/citing/papers/*.html")
    assert page.locator("h1").inner_text().rstrip("#").strip() == title


@pytest.mark.parametrize(("width", "least"), [(1440, 26), (360, 30)])
def test_the_marks_of_a_timeline_are_large_and_do_not_overlap(visit, width, least):
    page = visit.page
    page.set_viewport_size({"width": width, "height": 800})
    visit.open("index")
    boxes = page.locator(".citehub-timeline .paper").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(r => [r.left, r.top, r.width])"
    )
    assert len(boxes) == 44
    assert all(left >= 0 and left + size <= width for left, _, size in boxes)
    for number, (left, top, size) in enumerate(boxes):
        assert size >= least
        for other, above, _ in boxes[:number]:
            assert abs(left - other) > size - 1 or abs(top - above) > size - 1


def test_the_site_can_be_read_from_disk(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    page.locator(".citehub-timeline .paper").first.click()
    page.wait_for_url("**/citing/papers/*.html")
    assert page.locator("h1").is_visible()
    context.close()


def test_a_figure_leads_to_the_paper_that_a_dot_stands_for(visit):
    page = visit.open("index")
    links = page.locator(".citehub-timeline .paper")
    assert links.count() == len(HUB.citing_works)
    first = links.first
    name = first.inner_text()
    first.click()
    page.wait_for_url("**/citing/papers/*.html")
    title = page.locator("h1").inner_text().rstrip("#").strip()
    assert name.startswith(title)
