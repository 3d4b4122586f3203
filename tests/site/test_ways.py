"""Ways between papers, themes and the explorer, and the site's search."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from lxml import html
from playwright.sync_api import expect

from tests.site.conftest import HUB

FLAGS = {"labelled", "shared_authors", "code"}
LEADING = {  # pages, and how many links into the explorer each has at least
    "citing/index": 50, "citing/roles": 11, "citing/representatives": 12, "citing/models": 11,
    "canonical/parallelism": 1, "citing/papers/2204.02311": 10,
}  # fmt: skip


def led_to(site, name) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the texts of a page's links into the explorer, and the conditions they set."""
    page = html.parse(site / f"{name}.html")
    links = page.xpath("//article//a[contains(@href, 'explorer/index.html#?')]")
    return [(a.text_content(), parse_qsl(urlsplit(a.get("href")).fragment[1:])) for a in links]


def selected(conditions: list[tuple[str, str]]) -> list[str]:
    """Return the papers that meet the conditions of an address of the explorer."""
    chosen: dict[str, list] = {}
    for name, value in conditions:
        given = value == "yes" if name in FLAGS else int(value) if name == "year" else value
        chosen.setdefault(name, []).append(given)
    opened = chosen.pop("open", [])
    one = {name: values[0] for name, values in chosen.items() if name in {*FLAGS, "related_to"}}
    works = [work.work_id for work in HUB.select(**(chosen | one))]
    assert set(opened) <= set(works), conditions
    return works


@pytest.mark.parametrize("name", LEADING)
def test_a_number_leads_to_as_many_papers(site, name):
    links = led_to(site, name)
    assert len(links) >= LEADING[name]
    for text, conditions in links:
        works = selected(conditions)
        assert works, conditions
        if number := re.match(r"(?:These )?(\d+)\b(?!-)", text):
            assert len(works) == int(number[1]), (text, conditions)


def test_the_explorer_opens_at_what_the_links_say(site, reader):
    links = {tuple(each) for name in LEADING for _, each in led_to(site, name)}
    kinds = {tuple(name for name, _ in each): each for each in sorted(links)}
    assert len(kinds) >= 14
    page = reader.open("explorer/index")
    expect(page.locator("#cx-search")).to_be_visible()
    for each in kinds.values():
        page.evaluate("hash => { location.hash = hash }", f"?{urlencode(each)}")
        listed = page.locator("#cx-papers > .cx-list > li")
        expect(listed).to_have_count(len(selected(list(each))))
        assert page.get_by_text("was left out").count() == 0, each
        if work_id := dict(each).get("open"):
            opened = page.locator("[aria-expanded=true].cx-opener")
            assert HUB.work(work_id).title_plain in (opened.get_attribute("aria-label") or "")


def test_one_walks_a_theme_paper_by_paper_and_on_to_the_next(reader):
    works = sorted(HUB.select(theme="surveys"), key=lambda work: (work.published, work.work_id))
    page = reader.open(f"citing/papers/{works[0].work_id.removeprefix('arxiv:')}")
    for place, work in enumerate(works, 1):
        assert page.locator("h1").inner_text().rstrip("#").strip() == work.title_plain
        line = page.get_by_text(f"paper {place} of {len(works)}")
        assert line.inner_text().startswith("Theme: Surveys,")
        if place < len(works):
            expect(page.locator(".right-next .ways-set")).to_have_text("in Surveys")
            page.locator(".right-next").click()
    page.locator("article").get_by_role("link", name="Surveys", exact=True).first.click()
    page.wait_for_url("**/citing/surveys.html#paper-*")
    here = page.locator(f"[id='{page.url.partition('#')[2]}']").locator(
        "xpath=ancestor::section[1]"
    )
    expect(here.locator(".citehub-title")).to_have_text(works[-1].title_plain)


def test_the_explorer_leads_to_the_theme_and_to_the_paper(reader):
    reader.open("explorer/index")
    reader.page.goto(f"{reader.page.url}#?open=arxiv:2204.02311")
    facts = reader.page.locator(".cx-facts")
    reader.page.get_by_role("link", name="PaLM: Scaling", exact=False).first.wait_for()
    facts.get_by_role("link", name="Model families and architectures").click()
    reader.page.wait_for_url("**/citing/models.html")
    assert reader.page.locator("#paper-2204-02311").count() == 1


def search(reader, query) -> list[str]:
    """Return the pages that the search finds, the best one first."""
    reader.open("index")
    reader.page.goto(f"{reader.address}/search.html?q={query}")
    expect(reader.page.locator(".search-summary")).not_to_be_empty(timeout=20_000)
    links = reader.page.locator("#search-results li > a")
    return [link.get_attribute("href") for link in links.all()]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("palm", "citing/papers/2204.02311"),
        ("chowdhery", "citing/papers/2204.02311"),
        ("Chowd", "citing/papers/2204.02311"),
        ("2204.02311", "citing/papers/2204.02311"),
        ("https://arxiv.org/abs/2204.02311v3", "citing/papers/2204.02311"),
        ("biderman pythia", "citing/papers/2304.01373"),
        ("bubble", "canonical/parallelism"),
        ("cite", "guide/"),
    ],
)
def test_the_search_finds_first(reader, query, first):
    reader.forget()
    found = search(reader, query)
    assert found[0].startswith(first)
    assert reader.errors == []
    if query == "cite":
        assert not any(page.startswith("citing/papers/") for page in found)


def test_a_doi_finds_its_paper(reader):
    work = next(work for work in HUB.select(doi=True))
    assert search(reader, work.ids["doi"])[0].endswith(
        f"{work.work_id.removeprefix('arxiv:')}.html"
    )


def test_the_index_holds_no_code_of_notebooks_and_papers(site):
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))

    def pages(stem):
        found = index["terms"].get(stem, [])
        return [index["docnames"][n] for n in ([found] if isinstance(found, int) else found)]

    for code in ("archiveprefix", "groupbi", "display", "fillopac"):
        assert not [page for page in pages(code) if page.startswith(("citing/", "canonical/"))]
    for told in ("chowdheri", "hundr", "footnot"):  # authors, the finding, the passages
        assert "citing/papers/2204.02311" in pages(told), told


def test_the_search_shows_sentences_and_no_code(reader):
    found = search(reader, "gopher")
    contexts = reader.page.locator("#search-results .context")
    expect(contexts).to_have_count(len(found))
    said = contexts.all_inner_texts()
    assert any("Gopher" in each for each in said)
    for each in said:
        assert 20 < len(each) < 320
        assert not re.search(r"import |alt\.|\bhub\.|Show code|Section Navigation", each)
