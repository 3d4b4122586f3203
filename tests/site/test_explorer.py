"""The explorer in a real browser: on the site, as a folder of its own, from disk, and broken."""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import random
import re
import threading
from html import escape, unescape
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from lxml import html
from playwright.sync_api import expect

import citehub
from citehub.explorer import write_site
from citehub.export import FORMATS as ALL
from citehub.publish import publish
from tests.made import CANONICAL, make_counts, make_release, make_works
from tests.site.conftest import HUB, VIEW, Quiet, until
from tests.site.test_pages import TWO_FRAMES, problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

CITED = HUB.release.canonical_id.removeprefix("arxiv:")
SHOWN = ".cx-papers > .cx-list > .cx-item"
WORKS = HUB.select()
HOSTILE = '<script>document.title = "taken"</script><img src=x onerror="document.title=1"> $x$ "q"'


class Folder:
    """A folder that ``citehub site`` wrote, served on this machine."""

    def __init__(self, path: Path, address: str) -> None:
        self.path = path
        self.address = address


@pytest.fixture(scope="module")
def serve() -> Iterator[Any]:
    """Serve folders; a file that ends in ``.parquet`` can be asked for in parts."""
    servers = []

    def start(path: Path) -> Folder:
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Ranges, directory=path))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return Folder(path, f"http://127.0.0.1:{server.server_address[1]}")

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


class Ranges(Quiet):
    """A server that answers with the part of a file that is asked for."""

    def do_GET(self) -> None:  # noqa: N802 -- the name that the library calls
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not asked:
            super().do_GET()
            return
        with open(self.translate_path(self.path), "rb") as file:
            whole = file.read()
        first, last = int(asked[1]), min(int(asked[2]), len(whole) - 1)
        part = whole[first : last + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(whole)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)


@pytest.fixture(scope="module")
def folder(serve, tmp_path_factory) -> Folder:
    return serve(write_folder(HUB, tmp_path_factory))


@pytest.fixture(scope="module")
def published(serve, tmp_path_factory) -> Folder:
    """A published folder, in a folder of a web server."""
    above = serve(tmp_path_factory.mktemp("server"))
    publish(HUB, above.path / "some" / "where")
    return Folder(above.path / "some" / "where", f"{above.address}/some/where")


@pytest.fixture(scope="module")
def hostile(serve, tmp_path_factory) -> Folder:
    works = [
        {
            "work_id": f"arxiv:2301.0000{number}",
            "title": HOSTILE,
            "title_plain": f"{HOSTILE} {number}",
            "finding": HOSTILE,
            "finding_source": HOSTILE,
            "venue": HOSTILE,
            "primary_category": HOSTILE,
            "abstract": HOSTILE,
            "code_url": "javascript:document.title=1",
            "authors": [HOSTILE, "Ann Other"],
            "ids": {"arxiv": f"2301.0000{number}", "doi": f'10.1/{number}"><script>'},
            "intents": ["method"],
            "source": HOSTILE,
            "is_retracted": True,
        }
        for number in range(3)
    ]
    rows = make_works(*works)
    texts = dict.fromkeys(("section", "section_number", "mark", "gist", "form", "note"), HOSTILE)
    rows["citation_contexts"] = [
        {**texts, "context_id": f"{number}", "citing_work_id": work["work_id"], "source_id": "s",
         "cited_work_id": CANONICAL, "text": HOSTILE if number else None, "group_size": 3}
        for number, work in enumerate(works[:2])
    ]  # fmt: skip
    rows["citation_labels"][0] |= {"context_id": "0", "labeler": HOSTILE, "labeler_kind": "person"}
    rows["text_readings"] = [
        {
            **texts,
            "work_id": works[2]["work_id"],
            "reading": 1,
            "status": "not at hand",
            "source_id": "s",
        }
    ]
    made = make_release(tmp_path_factory.mktemp("release"), rows)
    return serve(write_folder(made, tmp_path_factory))


@pytest.fixture(scope="module")
def large(serve, tmp_path_factory) -> Folder:
    """More works than stand in the page at once, in files large enough to be read in parts."""
    letters = random.Random(0)
    works = [
        {
            "work_id": f"arxiv:{2000 + number // 10000}.{number % 10000:05}",
            "title": f"Paper {number}",
            "title_plain": f"Paper {number} on {('sheep', 'goats', 'llamas')[number % 3]}",
            "publication_year": 2000 + number % 20,
            "finding": letters.randbytes(100).hex(),
            "finding_source": "a test",
            "authors": [f"Author {number % 700}"],
            "ids": {"arxiv": f"{2000 + number // 10000}.{number % 10000:05}"},
        }
        for number in range(2500)
    ]
    made = make_release(tmp_path_factory.mktemp("release"), make_works(*works))
    return serve(write_folder(made, tmp_path_factory))


@pytest.fixture(scope="module")
def counted(serve, tmp_path_factory) -> Folder:
    """A hub whose sources are counted, of names that no line holds."""
    rows = make_works({"work_id": "arxiv:2301.00001", "title_plain": "A work"})
    titles = {"a": HOSTILE, "b": "b" * 300, "c": "c c " * 80}
    rows["sources"] = [
        {"source_id": key, "title": title, "kind": "records"} for key, title in titles.items()
    ]
    given = {"stated": 1_234_567, "records": 1_000_000, "works": 1, "only": 0, "versions": 999_999}
    pairs = {("a", "b"): (1, 1), ("a", "c"): (1, 1), ("b", "c"): (1, 1)}
    rows |= make_counts(dict.fromkeys(titles, given), pairs)
    made = make_release(tmp_path_factory.mktemp("release"), rows)
    return serve(write_folder(made, tmp_path_factory))


def write_folder(hub: citehub.Hub, factory: pytest.TempPathFactory) -> Path:
    path = factory.mktemp("site") / "folder"
    write_site(hub, path)
    return path


@pytest.fixture(scope="module")
def context(browser):
    """One for all of this file, as the explorer keeps nothing but the address."""
    context = browser.new_context(**VIEW)
    yield context
    context.close()


@pytest.fixture
def explore(visit):
    """Open the explorer of the site, or a folder, in a state; wait until it answers."""

    def open_page(fragment: str = "", at: Folder | None = None) -> Page:
        page, where = visit.page, f"{visit.address}/explorer/index.html"
        if at is not None:
            visit.address, where = at.address, f"{at.address}/"
        page.goto(where + fragment)
        expect(page.locator(f"{SHOWN}, .cx-none").first).to_be_attached()
        return page

    return open_page


def found(page: Page) -> str:
    return page.locator(".cx-found").inner_text()


def ids(page: Page) -> list[str]:
    """Return the works that the list shows, in its order."""
    numbers = page.locator(SHOWN).evaluate_all("all => all.map(e => Number(e.dataset.number))")
    return [WORKS[number - 1].work_id for number in numbers]


def selected(**conditions: Any) -> list[str]:
    return [work.work_id for work in HUB.select(**conditions)]


# -- without script, and where something is broken --------------------------------------------


def test_without_script_the_page_lists_every_paper_with_all_its_parts(site):
    page = html.fromstring((site / "explorer" / "index.html").read_text(encoding="utf-8"))
    entries = page.xpath("//li[@class='cx-entry']")
    assert len(entries) == len(WORKS)
    for entry, work in zip(entries, WORKS, strict=True):
        text = " ".join(entry.text_content().split())
        for part in (work.title_plain, work.authors[0], work.published, work.finding):
            assert part is None or " ".join(part.split()) in text
        role, polarity = (each or "not labelled" for each in (work.role, work.polarity))
        known = work.role or work.polarity or work.passages
        assert (f"role: {role} · polarity: {polarity}" if known else "Why: not known (") in text
        assert all(passage["gist"] in text for passage in work.passages[:1])
        assert set(work.links.values()) <= {str(href) for href in entry.xpath(".//a/@href")}
        assert entry.xpath("h3/a/@href")[0].startswith("../citing/papers/")


def test_without_script_the_list_is_readable_and_says_why_it_is_plain(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/explorer/index.html")
    assert page.locator(".cx-entry").count() == len(WORKS)
    assert "where it does not run, the list stays" in page.locator("#cx-note").inner_text()
    context.close()


def keep_away(page: Page, pattern: str, **answer: Any) -> None:
    page.route(pattern, lambda route: route.fulfill(**answer) if answer else route.abort())


def cut_short(path: Path, share: float) -> bytes:
    whole = path.read_bytes()
    return whole[: int(len(whole) * share)]


def spoilt(path: Path) -> bytes:
    """Return a file of the right size, whose middle is not what was released."""
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    return bytes(whole)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: {}, "works.parquet cannot be fetched"),
        (lambda _: {"status": 404}, "works.parquet cannot be fetched: 404"),
        (lambda path: {"body": cut_short(path, 0.5)}, "is not the file that was released"),
        (lambda path: {"body": spoilt(path)}, "its SHA-256 differs"),
        (lambda path: {"body": b"PAR1" * 10}, "is not the file that was released"),
    ],
    ids=["blocked", "missing", "cut short", "spoilt", "another file"],
)
def test_where_the_data_fails_the_plain_list_stays_and_the_page_says_so(
    visit, folder, change, said
):
    page = visit.page
    keep_away(page, "**/works.parquet", **change(folder.path / "data" / "works.parquet"))
    page.goto(f"{folder.address}/")
    note = page.locator("#cx-note")
    expect(note).to_contain_text("Search and filters could not start")
    assert said in note.inner_text()
    assert "the plain list: it is whole" in note.inner_text()
    assert page.locator(".cx-entry").count() == len(WORKS)
    assert problems(page) == []


def test_a_file_that_is_no_parquet_is_named(visit, folder, tmp_path):
    """Of the right size and hash, so that only reading it can tell."""
    page = visit.page
    fake = b"x" * 5000
    keep_away(page, "**/themes.parquet", body=fake)
    text = (folder.path / "index.html").read_text(encoding="utf-8")
    (told,) = re.findall(r'data-config="([^"]*)"', text)
    config = json.loads(unescape(told))
    config["tables"]["themes"] |= {
        "bytes": len(fake), "hash": f"sha256:{hashlib.sha256(fake).hexdigest()}"
    }  # fmt: skip
    body = text.replace(told, escape(json.dumps(config)))
    keep_away(page, f"{folder.address}/", body=body, content_type="text/html")
    page.goto(f"{folder.address}/")
    expect(page.locator("#cx-note")).to_contain_text("themes.parquet cannot be read")
    assert page.locator(".cx-entry").count() == len(WORKS)


def test_where_the_script_is_blocked_the_plain_list_stays(visit, folder):
    page = visit.page
    keep_away(page, "**/explorer.js")
    page.goto(f"{folder.address}/")
    assert page.locator(".cx-entry").count() == len(WORKS)
    assert page.locator("#cx-note").is_visible()


def test_a_browser_too_old_for_the_script_keeps_the_plain_list(visit, folder):
    page = visit.page
    keep_away(page, "**/explorer.js", body="let a = b ?! c", content_type="text/javascript")
    page.goto(f"{folder.address}/")
    assert page.locator(".cx-entry").count() == len(WORKS)
    assert page.locator("#cx-note").is_visible()


# -- finding ----------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["site", "folder", "disk", "published", "published, on disk"])
def test_the_explorer_starts_everywhere_and_asks_nobody_else(
    visit, folder, published, explore, at
):
    page = visit.page
    if "published" in at:
        folder = published
    if "disk" in at:
        page.goto((folder.path / "index.html").as_uri())
        expect(page.locator(".cx-found")).to_have_text("44 of 44 papers")
    else:
        explore(at=None if at == "site" else folder)
        assert visit.strangers == []
    assert visit.errors == []
    assert found(page) == "44 of 44 papers"
    assert ids(page) == selected()
    assert page.locator("#cx-note").is_hidden()
    page.locator("#cx-search").fill("overthinkng")
    expect(page.locator(SHOWN)).to_have_count(1)
    assert page.locator("mark").first.inner_text() == "Overthinking"


def test_what_is_typed_while_the_data_is_on_its_way_is_searched(visit, folder):
    page = visit.page
    waiting = []

    def hold(route):
        waiting.append(route)

    page.route("**/works.parquet", hold)
    page.goto(f"{folder.address}/#?search=training&year=2024-2026")
    search = page.locator("#cx-search")
    expect(search).to_have_value("training")
    expect(page.locator(".cx-found")).to_have_text("Loading 44 papers")
    assert page.locator(".cx-entry").count() == len(WORKS)
    search.fill("overthinkng")
    search.press("ArrowLeft")
    for route in waiting:
        route.continue_()
    expect(page.locator(".cx-found")).to_have_text("1 of 44 papers")
    assert page.locator("mark").first.inner_text() == "Overthinking"
    assert page.url.endswith("#?search=overthinkng&year=2024-2026")
    assert page.evaluate("document.activeElement.id") == "cx-search"
    page.keyboard.type("i")
    expect(search).to_have_value("overthinknig")
    assert visit.errors == []


def test_the_site_reads_the_files_that_pip_installs(site, explore, visit):
    asked = []
    visit.page.on("request", lambda request: asked.append(request.url))
    explore()
    files = [url for url in asked if url.endswith(".parquet")]
    assert len(files) == len(set(files)), "one is fetched early, and then again"
    tables = {url.rsplit("/", 1)[1] for url in files}
    assert {"works.parquet", "authorships.parquet", "work_themes.parquet"} <= tables
    for name in tables:
        served = site / "data" / HUB.name / HUB.version / name
        assert served.read_bytes() == Path(HUB.path, name).read_bytes()


@pytest.mark.parametrize(
    "conditions",
    [
        {"search": "language models"},
        {"search": "Biderman"},
        {"search": "2304.01373"},
        {"search": "parallelsm", "sort": "newest"},
        {"theme": ["surveys", "reasoning"], "sort": "oldest"},
        {"year": (2023, 2024), "category": "cs.CL", "code": True, "sort": "title"},
        {"representatives": "hub-page", "sort": "hub", "shared_authors": False},
        {"related_to": "arxiv:2204.02311"},
        {"authors_of": "arxiv:2204.02311", "labelled": False},
        {"role": ["method", "result"], "polarity": "contrasting"},
        {"labelled": True, "sort": "oldest"},
        {"subject": ["data", "scale"], "section": "related work", "passage": "passages found"},
        {"section": "not known", "passage": ["not at hand", "no citation found"]},
    ],
    ids=str,
)
def test_an_address_gives_the_works_of_the_library(explore, conditions):
    page = explore(fragment(conditions))
    assert ids(page) == selected(**conditions)
    assert page.locator(".cx-problems").inner_text() == ""


def fragment(conditions: dict[str, Any]) -> str:
    words = {True: "yes", False: "no"}
    parts = []
    for name, value in conditions.items():
        if name == "year":
            parts.append((name, "-".join(map(str, value))))
        elif isinstance(value, list):
            parts += [(name, each) for each in value]
        else:
            parts.append((name, words.get(value, value)))
    return f"#?{urlencode(parts)}"


def test_typing_and_ticking_narrow_the_list_and_the_number_is_said(explore):
    page = explore()
    page.keyboard.press("/")
    page.keyboard.type("models", delay=10)
    expect(page.locator(SHOWN)).to_have_count(len(selected(search="models")))
    page.locator(".cx-facet-theme input[value=models]").check()
    both = selected(search="models", theme="models")
    expect(page.locator(SHOWN)).to_have_count(len(both))
    assert ids(page) == both
    expect(page.locator(".cx-hidden[role=status]").first).to_have_text(
        re.compile(rf"^{len(both)} of 44 papers")
    )
    for facet, value, conditions in (
        ("category", "cs.CL", {"category": "cs.CL"}),
        ("theme", "surveys", {"theme": "surveys"}),
    ):
        others = {"search": "models"} | ({} if facet == "theme" else {"theme": "models"})
        count = page.locator(f".cx-facet-{facet} label:has(input[value='{value}']) .cx-count")
        shown = int(count.inner_text()) if count.count() else 0
        assert shown == len(selected(**(others | conditions)))
    page.locator(".cx-clear").click()
    expect(page.locator(SHOWN)).to_have_count(44)
    assert page.evaluate("document.activeElement.id") == "cx-search"
    assert page.evaluate("location.hash") == ""


def test_back_and_forward_go_through_the_states(explore):
    page = explore()
    page.locator(".cx-facet-theme input[value=surveys]").check()
    expect(page.locator(SHOWN)).to_have_count(3)
    page.locator("#cx-sort").select_option("title")
    first = ids(page)
    assert first == selected(theme="surveys", sort="title")
    page.go_back()
    expect(page.locator("#cx-sort")).to_have_value("")
    assert ids(page) == selected(theme="surveys")
    page.go_back()
    expect(page.locator(SHOWN)).to_have_count(44)
    page.go_forward()
    page.go_forward()
    expect(page.locator("#cx-sort")).to_have_value("title")
    assert ids(page) == first


def test_a_link_gives_the_same_page_to_someone_else(explore, visit, browser):
    page = explore()
    page.locator("#cx-search").fill("training")
    page.locator(".cx-facet-theme input[value=efficiency]").check()
    page.locator("#cx-sort").select_option("oldest")
    page.locator(".cx-tick input").first.check()
    page.locator(".cx-opener").first.click()
    page.get_by_role("button", name="Shared authors", exact=True).click()
    expect(page.locator(".cx-details dl")).to_be_visible()
    address, seen = page.url, ids(page)
    other = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    other.goto(address)
    expect(other.locator(".cx-details dl")).to_be_visible()
    assert ids(other) == seen == selected(search="training", theme="efficiency", sort="oldest")
    assert other.locator("#cx-search").input_value() == "training"
    assert other.locator(".cx-tick input").first.is_checked()
    expect(other.locator(".cx-graph svg")).to_be_visible()
    other.context.close()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("#?bogus=1", "“bogus=1” in the address has no meaning here"),
        ("#?theme=xx", "No paper here has the theme “xx”"),
        ("#?open=arxiv:9&picked=doi:1", "The paper arxiv:9 is not in this data version"),
        ("#?year=2024-2022", "“year=2024-2022” in the address has no meaning"),
        ("#?sort=relevance", "sorts by relevance without a search"),
        ("#?code=perhaps&picture=opera", "“picture=opera”"),
        ("#?open=arxiv:2201.11990&compare=no", "“compare=no”"),
    ],
)
def test_a_bad_or_old_address_shows_what_it_can_and_says_what_it_left_out(explore, state, said):
    page = explore(state)
    assert said in page.locator(".cx-problems").inner_text()
    assert ids(page) == selected()


def test_an_address_that_is_badly_encoded_is_a_search_like_any_other(explore):
    page = explore("#?search=%E0%A4%A")
    expect(page.locator(".cx-chip")).to_contain_text("Search: �%A")
    assert ids(page) == selected(search="�%A")


# -- papers, pictures, selection ----------------------------------------------------------------


def test_a_paper_opens_in_place_with_all_that_the_hub_knows(explore):
    work, hub_passages = HUB.work("arxiv:2304.01373"), HUB.passages().set_index("context_id")
    page = explore("#?open=arxiv:2304.01373")
    details = page.locator(".cx-details")
    expect(details.locator("dl")).to_be_visible()
    details.locator(".cx-evidence summary").click()
    text = details.inner_text()
    for part in (*work.authors, work.published, "not known", f"{len(work.evidence)} cells"):
        assert part in text
    assert f"Judged by: {work.judged_by}. No judgement by a person is known." in text
    passages = details.locator(".cx-passages > li")
    expect(passages).to_have_count(len(work.passages))
    for row, said in zip(work.passages, passages.all_inner_texts(), strict=True):
        judged = hub_passages.loc[row["context_id"]]
        assert row["gist"] in said
        assert row["section"] in said
        assert row["mark"] is None or f"mark {row['mark']}" in said
        for name in ("role", "polarity", "subject"):
            assert f"{name}: {judged[name]}" in said
    for related in HUB.related(work, n=5):
        assert f"{related.work.title_plain} ({related.score:.2f}" in text
    rows = details.locator(".cx-evidence tbody tr")
    places = {(row["source_id"], row["locator"], row["grade"]) for row in work.evidence}
    expect(rows).to_have_count(len(places))
    own = details.get_by_role("link", name="Page of this paper")
    assert own.get_attribute("href") == "../citing/papers/2304.01373.html"
    nearest = HUB.related(work, n=1)[0].work
    details.locator(".cx-neighbours button").first.click()
    opened = page.locator(".cx-item.cx-open .cx-title")
    expect(opened).to_have_text(nearest.title_plain)


def test_a_picture_is_in_step_with_the_list_and_narrows_it(explore):
    page = explore()
    page.set_viewport_size({"width": 1600, "height": 900})
    cell = page.get_by_role("button", name="Surveys, 2023: 2 papers")
    cell.click()
    expect(page.locator(SHOWN)).to_have_count(2)
    assert ids(page) == selected(theme="surveys", year=2023)
    page.get_by_role("button", name="Surveys, 2023: 2 papers").click()
    expect(page.locator(SHOWN)).to_have_count(44)
    for name, condition in (("Similar texts", "related_to"), ("Shared authors", "authors_of")):
        page.get_by_role("button", name=name, exact=True).click()
        dot = page.locator(".cx-graph .cx-dot").first
        expect(dot).to_be_visible()
        work = WORKS[int(dot.get_attribute("data-number")) - 1]
        dot.focus()
        page.keyboard.press("Enter")
        expected = selected(**{condition: work.work_id})
        expect(page.locator(SHOWN)).to_have_count(len(expected))
        assert ids(page) == expected
        filled = page.locator(".cx-dot:not(.cx-pale)")
        expect(filled).to_have_count(len(set(expected) & drawn(page)))
        page.keyboard.press("Enter")
        expect(page.locator(SHOWN)).to_have_count(44)


def drawn(page: Page) -> set[str]:
    numbers = page.locator(".cx-dot").evaluate_all("all => all.map(e => Number(e.dataset.number))")
    return {WORKS[number - 1].work_id for number in numbers}


FORMATS = {
    "bibtex": "bib", "ris": "ris", "csl-json": "json", "csv": "csv", "graphml": "graphml",
}  # fmt: skip


def test_what_is_downloaded_is_what_the_command_line_exports(explore):
    page = explore("#?theme=reasoning&sort=newest")
    for format_, ending in FORMATS.items():
        page.locator("#cx-format").select_option(format_)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download").click()
        assert waiting.value.suggested_filename == f"{HUB.name}-{HUB.version}.{ending}"
        expected = HUB.export(format_, works=HUB.select(theme="reasoning", sort="newest"))
        assert waiting.value.path().read_bytes() == bytes(expected), format_


def test_ticked_papers_are_exported_copied_and_compared(explore, visit):
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = explore()
    for place in (4, 1):
        page.locator(f"{SHOWN} .cx-tick input").nth(place).check()
    expect(page.locator(".cx-ticked")).to_have_text("2 papers ticked")
    page.locator("#cx-format").select_option("apa")
    page.locator(".cx-export").get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator(".cx-told")).to_contain_text("Copied: 2 papers")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "".join(f"{HUB.cite('apa', of=WORKS[place])}\n" for place in (1, 4))
    page.get_by_role("button", name="Compare").click()
    table = page.locator("#cx-compare table")
    expect(table).to_be_visible()
    for place in (1, 4):
        assert WORKS[place].title_plain in table.inner_text()
    assert table.locator("tbody th").first.inner_text() == "Why it cites"


def test_the_code_that_is_shown_writes_the_file_that_is_downloaded(explore, tmp_path, monkeypatch):
    page = explore("#?search=language&theme=models&theme=surveys&year=2022-2023&sort=title")
    page.locator(".cx-code summary").click()
    page.locator("#cx-format").select_option("ris")
    python, command = page.locator(".cx-code pre").all_inner_texts()
    with page.expect_download() as waiting:
        page.locator(".cx-export").get_by_role("button", name="Download").click()
    monkeypatch.chdir(tmp_path)
    space: dict[str, Any] = {}
    exec(compile(python, "page", "exec"), space)
    assert [work.work_id for work in space["works"]] == ids(page)
    (written,) = tmp_path.iterdir()
    assert written.name == waiting.value.suggested_filename
    assert written.read_bytes() == waiting.value.path().read_bytes()
    assert command.startswith(f"citehub export {HUB.name} --version {HUB.version} -f ris ")
    page.locator("#cx-format").select_option("apa")
    expect(page.locator(".cx-code pre:visible")).to_have_count(1)


# -- the pictures of works that belong together ------------------------------------------------


@pytest.fixture(scope="module")
def lamps(serve, tmp_path_factory) -> Folder:
    """A hub that knows how often some works are cited, and which cite one another."""
    works = [
        {
            "work_id": f"arxiv:2301.0000{number}",
            "title_plain": f"{title} {number}",
            "publication_year": 2020 + number,
            "citation_count": count,
            "authors": [f"Ann Lamp{number}"],
            "themes": ["light"],
        }
        for number, (title, count) in enumerate(
            [("Oil lamps", 4), ("Oil wicks", None), ("Gas lamps", 400), ("Gas mantles", 0)]
        )
    ]
    rows = make_works(*works)
    rows["themes"] = [{"theme_id": "light", "title": "Light", "description": "", "position": 1}]
    rows["sources"] = [{"source_id": "s", "title": "An index", "kind": "records"}]
    rows["local_citations"] = [
        {
            "citing_work_id": works[citing]["work_id"],
            "cited_work_id": works[cited]["work_id"],
            "source_id": "s",
            "record_id": f"{citing}",
            "cited_record_id": f"{cited}",
        }
        for citing, cited in ((1, 0), (2, 0))
    ]
    made = make_release(tmp_path_factory.mktemp("release"), rows)
    return serve(write_folder(made, tmp_path_factory))


def test_the_most_cited_come_first_and_it_is_said_who_counted(explore, lamps):
    page = explore(at=lamps)
    page.locator("#cx-sort").select_option("most cited")
    expect(page.locator(".cx-title").first).to_have_text("Gas lamps 2")
    titles = page.locator(f"{SHOWN} .cx-title").all_inner_texts()
    assert [title[-1] for title in titles] == ["2", "0", "3", "1"]
    said = "(date not known); known for 3 of 4 citing papers."
    expect(page.locator(".cx-tools .cx-note")).to_contain_text(said)
    about = page.locator(f"{SHOWN} .cx-about").all_inner_texts()
    assert [text.split(" · ")[1] for text in about] == [
        *("cited by 400 works", "cited by 4 works", "cited by 0 works", "Light"),
    ]


def test_the_passage_that_meets_the_filters_is_shown(explore):
    page = explore("#?role=method")
    why = page.locator(f"{SHOWN} .cx-why")
    judged = {
        row["context_id"]
        for row in HUB.citation_labels
        if row["value"] == "method" and row["is_shown"]
    }  # fmt: skip
    works = HUB.select(role="method")
    expect(why).to_have_count(len(works))
    asked = [
        next((place, row) for place, row in enumerate(work.passages, 1)
             if row["context_id"] in judged)
        for work in works
    ]  # fmt: skip
    assert any(place > 1 for place, _ in asked)
    for said, work, (place, row) in zip(why.all_inner_texts(), works, asked, strict=True):
        assert row["gist"] in said
        n = len(work.passages)
        assert (f", passage {place} of {n})" in said) == (n > 1)
    joined = page.get_by_text("it need not be the same passage")
    expect(joined).to_be_hidden()
    page.locator(".cx-facet-subject input[value=evaluation]").check()
    expect(joined).to_be_visible()


def test_a_search_reads_the_passages_and_shows_the_one_that_it_found(explore):
    page = explore("#?search=LAMBADA")
    assert ids(page) == selected(search="LAMBADA")
    for marked in page.locator(f"{SHOWN} .cx-why").all():
        assert marked.locator("mark").first.inner_text() == "LAMBADA"


def test_the_code_names_the_formats_that_the_command_line_alone_writes(explore):
    page = explore()
    page.locator(".cx-code summary").click()
    more = ", ".join(name for name in ALL if name not in FORMATS)
    expect(page.locator(".cx-code")).to_contain_text(
        f"citehub export {HUB.name} -f …, with {more}."
    )


def test_a_phone_opens_the_picture_of_an_address_and_a_key_leads_to_it(explore, visit):
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = explore("#?picture=map")
    expect(page.locator(".cx-graph")).to_be_visible()
    page.locator(".cx-side summary").click()
    skip = page.get_by_role("link", name="Skip to the pictures")
    skip.focus()
    skip.press("Enter")
    expect(page.locator("#cx-pictures")).to_be_focused()
    expect(page.locator(".cx-graph")).to_be_visible()


def test_labels_are_offered_once_and_an_older_address_keeps_its_filter(explore):
    page = explore("#?labelled=yes")
    assert ids(page) == selected(labelled=True)
    expect(page.locator("legend", has_text="Label of its citation")).to_be_hidden()
    page.get_by_role("button", name="Remove Label of its citation").click()
    expect(page.locator(SHOWN)).to_have_count(44)
    offered = page.locator(".cx-facet").get_by_text("not labelled", exact=True)
    expect(offered.filter(visible=True)).to_have_count(1)


def test_where_no_count_is_known_no_order_by_it_is_offered(explore):
    page = explore("#?sort=most-cited")
    assert (
        "is not known here; the order is that of the hub"
        in page.locator(".cx-problems").inner_text()
    )
    options = page.locator("#cx-sort option").all_inner_texts()
    unknown = "most cited (counts not known)"
    assert options == ["hub order", "newest first", "oldest first", "title", unknown]
    assert page.locator("#cx-sort option:disabled").inner_text() == unknown
    assert page.locator(".cx-kinds button").all_inner_texts() == [
        *("Time", "Similar texts", "Shared authors")
    ]


def test_dots_tell_theme_year_and_citations_and_the_legend_says_how(explore, visit, lamps):
    page = explore("#?picture=map", at=lamps)
    page.set_viewport_size({"width": 1600, "height": 900})
    dots = page.locator(".cx-dot")
    radii = [float(each) for each in dots.evaluate_all("all => all.map(e => e.getAttribute('r'))")]
    assert max(radii) == radii[2]
    assert sorted(range(4), key=radii.__getitem__) == [1, 3, 0, 2]
    hollow = dots.evaluate_all("all => all.map(e => e.classList.contains('cx-hollow'))")
    assert hollow == [False, True, False, False]
    fill = "all => new Set(all.map(e => e.style.getPropertyValue('--cx-dot'))).size"
    assert dots.evaluate_all(fill) == 1
    assert page.locator(".cx-legend li").all_inner_texts() == ["Light"]
    page.get_by_role("button", name="Year", exact=True).click()
    expect(page.locator(".cx-legend li")).to_have_text(["2020", "2021", "2022", "2023"])
    assert dots.evaluate_all(fill) == 4
    assert page.url.endswith("#?picture=map&colour=year")
    notes = " ".join(page.locator(".cx-graph .cx-note").all_inner_texts())
    for said in ("A heuristic", "It is no citation", "from 0 to 400. Hollow and small", "3 of 4"):
        assert said in notes
    labels = page.locator(".cx-label:not([hidden])").all_text_contents()
    assert labels == ["Lamp0 2020", "Lamp1 2021", "Lamp2 2022", "Lamp3 2023"]
    look_at(visit, ".cx-dot")


def test_citations_are_drawn_where_the_hub_holds_them_and_a_dot_opens_its_paper(explore, lamps):
    page = explore("#?picture=citations", at=lamps)
    page.set_viewport_size({"width": 1600, "height": 900})
    expect(page.locator(".cx-dot")).to_have_count(3)
    assert page.locator(".cx-link[marker-end]").count() == 2
    assert "1 has no known citation among them" in page.locator(".cx-graph").inner_text()
    dot = page.get_by_role("button", name="Oil lamps 0", exact=True)
    dot.focus()
    expect(page.locator(".cx-caption")).to_contain_text("it cites 0 and is cited by 2:")
    page.keyboard.press("Enter")
    expect(page.locator(".cx-open .cx-title")).to_have_text("Oil lamps 0")
    expect(page.locator(".cx-details")).to_contain_text("cited by 4 works")
    assert page.locator(SHOWN).count() == 4


def test_the_map_is_zoomed_and_moved_by_buttons_keys_wheel_and_drag(explore):
    page = explore("#?picture=map")
    page.set_viewport_size({"width": 1600, "height": 900})
    svg = page.locator(".cx-graph svg")
    expect(svg).to_be_visible()
    shown = page.locator(".cx-label:not([hidden])")
    spread = """() => {
      const all = [...document.querySelectorAll('.cx-dot')].map(e => Number(e.getAttribute('cx')))
      return [Math.min(...all), Math.max(...all)]
    }"""
    left, right = page.evaluate(spread)
    page.get_by_role("button", name="Zoom in").click()
    nearer = page.evaluate(spread)
    assert nearer[1] - nearer[0] == pytest.approx(1.5 * (right - left), rel=0.01)
    box = svg.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 40, middle[1], steps=4)
    page.mouse.up()
    moved = page.evaluate(spread)
    assert moved[0] - nearer[0] == pytest.approx(40, abs=2)
    assert page.locator(SHOWN).count() == 44  # what was moved is not pressed
    page.get_by_role("button", name="Show the whole picture").click()
    assert page.evaluate(spread) == [left, right]
    page.mouse.move(*middle)
    before = page.evaluate("scrollY")
    page.mouse.wheel(0, 50)  # scrolls the page
    until(page, f"scrollY > {before}")
    assert page.evaluate(spread) == [left, right]
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    until(page, "document.querySelector('.cx-zoomed')")
    page.locator(".cx-dot").first.focus()
    page.keyboard.press("0")
    assert page.evaluate(spread) == [left, right]
    for _ in range(6):
        page.keyboard.press("+")
    page.keyboard.press("End")  # a dot that is out of sight comes into it
    at = page.evaluate("document.activeElement.getBoundingClientRect().x")
    assert svg.bounding_box()["x"] < at < svg.bounding_box()["x"] + svg.bounding_box()["width"]
    assert shown.count() > 0


# -- hostile text, large hubs -------------------------------------------------------------------


def test_text_from_outside_stays_text_everywhere(explore, visit, hostile):
    page = explore(at=hostile)
    title = page.title()
    page.locator("#cx-search").fill("script")
    for place in (0, 1):
        page.locator(f"{SHOWN} .cx-tick input").nth(place).check()
    page.get_by_role("button", name="Compare").click()
    page.locator(".cx-opener").first.click()
    expect(page.locator(".cx-details dl")).to_be_visible()
    retracted = re.compile(r"\[retracted\] ")
    expect(page.locator(".cx-compare th[scope=col]").first).to_have_text(retracted)
    expect(page.locator(".cx-neighbours button").first).to_have_text(retracted)
    page.locator(".cx-evidence summary").click()
    for place, said in enumerate([f"Judged by: {HOSTILE}.", f"mark {HOSTILE}", f"({HOSTILE}"]):
        if place:
            page.locator(".cx-opener").nth(place).click()
        expect(page.locator(".cx-details")).to_contain_text(said)
    for name in ("Similar texts", "Shared authors"):
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator(".cx-graph .cx-dot").first).to_be_visible()
        page.locator(".cx-graph .cx-dot").first.hover()
        expect(page.locator(".cx-graph .cx-dot").first).to_have_attribute("aria-label", retracted)
    page.locator("#cx-search").fill("")
    page.locator(".cx-facet-venue input").first.check()
    assert page.locator("#citehub-explorer img, #citehub-explorer script").count() == 0
    assert page.locator("a[href^='javascript:']").count() == 0
    assert page.title() == title
    assert visit.errors == []
    assert '<img src=x onerror="document.title=1">' in page.locator(SHOWN).first.inner_text()


def test_hostile_records_are_downloaded_as_the_library_exports_them(explore, hostile):
    hub = citehub.load(hostile.path / "data")
    expected = {format_: bytes(hub.export(format_)) for format_ in FORMATS}
    expected["apa"] = "".join(f"{hub.cite('apa', of=work)}\n" for work in hub.select()).encode()
    page = explore(at=hostile)
    for format_, data in expected.items():
        page.locator("#cx-format").select_option(format_)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download").click()
        assert waiting.value.path().read_bytes() == data, format_


def test_a_large_hub_is_answered_by_a_worker_and_drawn_as_it_is_scrolled(explore, visit, large):
    hub = citehub.load(large.path / "data")
    statuses = watch_tables(visit.page)
    page = explore(at=large)
    assert found(page) == "2,500 of 2,500 papers"
    assert {name for name, status in statuses if status == 206} == {"works.parquet"}
    assert len(page.workers) == 1
    assert page.locator(".cx-large > .cx-item").count() < 60
    page.locator("#cx-search").fill("llamas 24")
    expected = [work.title_plain for work in hub.select(search="llamas 24")]
    expect(page.locator(".cx-found")).to_have_text(f"{len(expected)} of 2,500 papers")
    assert page.locator(f"{SHOWN} .cx-title").all_text_contents() == expected
    page.locator("#cx-search").fill("")
    expect(page.locator(".cx-found")).to_have_text("2,500 of 2,500 papers")
    item = page.locator(".cx-large > .cx-item[aria-posinset='2500']")
    for _ in range(8):  # as what is measured replaces what was estimated
        page.keyboard.press("End")
        page.mouse.wheel(0, 200_000)
        page.wait_for_timeout(150)
    expect(item).to_be_visible()
    assert item.get_attribute("aria-setsize") == "2500"
    assert "Paper 2499" in item.inner_text()
    assert visit.errors == []
    assert visit.strangers == []


def watch_tables(page: Page) -> list[tuple[str, int]]:
    """Return a list that fills with the tables that are asked for and the status of the answer."""
    found: list[tuple[str, int]] = []

    def hear(response) -> None:
        if response.url.endswith(".parquet"):
            found.append((response.url.rsplit("/", 1)[1], response.status))

    page.context.on("response", hear)
    return found


def test_a_large_hub_from_a_server_without_ranges_and_from_disk(visit, large):
    page = visit.page
    statuses = watch_tables(page)
    page.route(
        "**/*.parquet",
        lambda route: route.fulfill(
            path=large.path / "data" / route.request.url.rsplit("/", 1)[1], status=200
        ),
    )
    page.goto(f"{large.address}/")
    expect(page.locator(".cx-found")).to_have_text("2,500 of 2,500 papers")
    assert ("works.parquet", 200) in statuses
    page.goto((large.path / "index.html").as_uri())
    expect(page.locator("#cx-note")).to_contain_text("needs a web server")
    assert page.locator(".cx-entry").count() == 100
    assert page.locator(".cx-pages a").count() == 3


def test_what_a_search_rests_on_is_said_and_no_result_is_explained(explore):
    page = explore("#?search=overthinkng+bloom")
    loose = page.locator(".cx-loose")
    expect(page.locator(".cx-none")).to_contain_text("none of them has what you ask for")
    assert not loose.is_visible()
    for hidden in (".cx-export", ".cx-side"):
        expect(page.locator(hidden)).to_be_hidden()
    for word, said in (
        (
            "overthinkng",
            "No entry has “overthinkng”; shown: “overthinking”, one letter different.",
        ),
        ("bloom", "No entry has the word “bloom”; shown: longer words with it."),
    ):
        page.locator("#cx-search").fill(word)
        expect(loose).to_have_text(said)
        expect(page.locator(".cx-export")).to_be_visible()
    page.locator("#cx-search").fill(CITED)
    expect(page.locator(".cx-none")).to_contain_text("The cited work itself matches")
    page.locator("#cx-search").fill("overthinking")
    expect(page.locator(".cx-side")).to_be_visible()
    expect(loose).to_be_hidden()


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_the_results_of_a_search_in_the_address_are_on_the_screen(explore, visit, size):
    """The page goes there as it opens, and never as a search is typed."""
    visit.page.set_viewport_size({"width": size[0], "height": size[1]})
    page = explore()
    until(page, "history.state === 'citehub'")
    assert page.evaluate("scrollY") == 0
    page.locator("#cx-search").evaluate("e => { e.value = 'language'; e.oninput() }")
    expect(page.locator("mark").first).to_be_attached()
    assert page.evaluate("scrollY") == 0
    page.goto("about:blank")
    page = explore("?search=language")
    expect(page.locator("#cx-search")).to_be_focused()
    top = "document.querySelector('#cx-search').getBoundingClientRect().top"
    assert 0 < page.evaluate(top) < 150
    expect(page.locator(".cx-item h3").first).to_be_in_viewport()


# -- accessible in every state ------------------------------------------------------------------

FOUR = "".join(f"&picked={work.work_id}" for work in WORKS[:4])
STATES = {  # by name: the address, and what shows that the page is in it
    "plain": ("", ".cx-item"),
    "searched": ("#?search=language", "mark"),
    "nothing found": ("#?search=zzzz", ".cx-none"),
    "bad address": ("#?bogus=1", ".cx-problems button"),
    "open": ("#?open=arxiv:2304.01373", ".cx-details dl"),
    "open apart": ("#?open=arxiv:2304.01373&theme=surveys", ".cx-apart .cx-details dl"),
    "compare": (f"#?compare=yes{FOUR}", "#cx-compare table"),
    "map": ("#?picture=map&related_to=arxiv:2304.01373&colour=year", ".cx-graph .cx-dot"),
    "network": ("#?picture=network", ".cx-graph .cx-dot"),
    "many conditions": (
        "#?search=a&theme=models&theme=surveys&category=cs.CL&code=yes&year=2022-2026",
        ".cx-chip >> nth=5",
    ),
}

LOOKS = [  # width, scheme, and whether axe looks, too
    (1280, "dark", True), (1280, "light", False), (2560, "light", True), (2560, "dark", False),
    (360, "dark", False), (360, "light", True),
]  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_accessible(explore, visit, folder, state):
    fragment, sign = STATES[state]
    explore(fragment, at=folder)
    look_at(visit, sign)


def test_what_the_sources_know_is_accessible_however_they_are_named(explore, visit, counted):
    explore("#sources", at=counted)
    look_at(visit, "#sources td")


def look_at(visit: Any, sign: str) -> None:
    """Look at each width in both schemes; axe looks at each width, and in both schemes."""
    page = visit.page
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    for width, scheme, by_axe in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        until(page, f"innerWidth === {width}")
        page.evaluate(TWO_FRAMES)  # in which the page folds or unfolds what the width allows
        page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
        page.evaluate(TWO_FRAMES)
        expect(page.locator(sign).first).to_be_visible()
        if by_axe:
            assert problems(page) == [], (width, scheme)
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"{width} px: scrolls {overflow} px sideways"
    assert visit.errors == []


def test_forced_colours_keep_what_is_pressed_and_ticked_apart(explore, visit, folder):
    visit.page.emulate_media(forced_colors="active")
    page = explore("#?picture=map&theme=surveys", at=folder)
    page.set_viewport_size({"width": 1600, "height": 900})
    pressed = page.locator(".cx-kinds button[aria-pressed=true]")
    other = page.locator(".cx-kinds button[aria-pressed=false]").first
    look = "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor, s.borderColor, s.outlineStyle, s.fontWeight].join() }"  # noqa: E501
    assert pressed.evaluate(look) != other.evaluate(look)
    fill = "e => { const s = getComputedStyle(e); return s.fill + s.stroke }"
    shown, pale = (
        page.locator(".cx-dot:not(.cx-pale)").first,
        page.locator(".cx-dot.cx-pale").first,
    )
    assert shown.evaluate(fill) != pale.evaluate(fill)


def test_the_keyboard_alone_searches_filters_opens_ticks_and_exports(explore, folder):
    page = explore(at=folder)
    page.set_viewport_size({"width": 1600, "height": 900})
    page.keyboard.press("/")
    page.keyboard.type("reasoning")
    expected = selected(search="reasoning")
    expect(page.locator(SHOWN)).to_have_count(len(expected))
    reached: list[str] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => {
              const e = document.activeElement
              const s = getComputedStyle(e)
              const isSeen = s.outlineStyle !== 'none' || s.boxShadow !== 'none'
              return e === document.body ? null : [isSeen, e.outerHTML.slice(0, 90)]
            }"""
        )
        if here is None or here[1] in reached[:1]:
            break
        assert here[0], f"the focus is not seen on {here[1]}"
        reached.append(here[1])
    everything = "\n".join(reached)
    for part in ("cx-sort", 'type="checkbox"', "cx-format", "Download", "cx-opener", "summary"):
        assert part in everything, part
    opener = page.locator(".cx-opener").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cx-details dl")).to_be_visible()
    assert opener.evaluate("e => e === document.activeElement")
    page.locator(".cx-tick input").first.focus()
    page.keyboard.press("Space")
    expect(page.locator(".cx-ticked")).to_have_text(re.compile("^1 paper ticked"))
    download = page.locator(".cx-export").get_by_role("button", name="Download")
    download.focus()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    expected = HUB.export("bibtex", works=[selected(search="reasoning")[0]])
    assert waiting.value.path().read_bytes() == bytes(expected)


def test_a_search_of_one_space_finds_all_and_the_space_stays(explore):
    page = explore()
    entries = page.evaluate("history.length")
    page.locator("#cx-search").press_sequentially(" ")
    page.wait_for_timeout(100)
    assert found(page) == "44 of 44 papers"
    assert page.locator("#cx-search").input_value() == " "
    assert page.evaluate("history.length") == entries
    page.locator("#cx-search").press_sequentially("reasoning ")
    expect(page.locator(SHOWN)).to_have_count(len(selected(search="reasoning")))


def test_years_stay_as_they_were_chosen(explore):
    page = explore()
    first, last = page.locator(".cx-years select").all()
    first.select_option("2024")
    expect(page.locator(SHOWN)).to_have_count(len(selected(year=(2024, 2026))))
    assert last.input_value() == ""
    last.select_option("2023")  # before the first: the years between, and nothing moves
    expect(page.locator(SHOWN)).to_have_count(len(selected(year=(2023, 2024))))
    assert [first.input_value(), last.input_value()] == ["2024", "2023"]
    expect(page.locator(".cx-years")).to_contain_text("the list has 2023 to 2024.")
    page.locator(".cx-facet-theme input[value=models]").check()
    page.locator("#cx-search").fill("language")
    expect(page.locator(".cx-found")).not_to_have_text("44 of 44 papers")
    assert [first.input_value(), last.input_value()] == ["2024", "2023"]
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(SHOWN)).to_have_count(44)
    assert [first.input_value(), last.input_value()] == ["", ""]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 640)])
def test_the_search_stands_on_the_first_screen_of_a_phone(explore, folder, width, height):
    for at in (None, folder):
        page = explore(at=at)
        page.set_viewport_size({"width": width, "height": height})
        box = page.locator("#cx-search").bounding_box()
        assert box["y"] + box["height"] < height


def test_the_header_of_the_site_is_one_row_as_soon_as_it_names_the_sections(explore):
    page = explore()
    heights = set()
    for width in (960, 1024, 1200, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        heights.add(page.locator(".bd-header").bounding_box()["height"])
    assert len(heights) == 1


def test_a_year_is_chosen_by_the_arrow_keys(explore):
    page = explore()
    first = page.locator(".cx-years select").first
    first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(first).to_have_value("2023")
    assert ids(page) == selected(year=(2023, 2026))
    page.locator(".cx-years select").nth(1).select_option("2023")
    expect(page.locator(SHOWN)).to_have_count(13)
    first.select_option("")
    expect(page.locator(SHOWN)).to_have_count(len(selected(year=(2022, 2023))))


# -- what the sources know ----------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False])
def test_the_address_of_the_sources_opens_them(browser, counted, script):
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{counted.address}/")
    expect(page.locator("#sources")).to_be_hidden()
    page.goto("about:blank")
    page.goto(f"{counted.address}/#sources")
    if script:
        expect(page.locator(SHOWN)).to_have_count(1)
    expect(page.locator("#sources")).to_be_visible()
    expect(page.locator("#sources")).to_be_in_viewport()
    assert page.url.endswith("/#sources")
    context.close()


def test_the_keyboard_opens_the_sources_and_the_state_stays(explore, visit, counted):
    page = explore("#?search=work", at=counted)
    page.locator(".cx-sources summary").focus()
    page.keyboard.press("Enter")
    link = page.locator("#sources").get_by_role("link", name="Link to these counts")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sources")).to_be_in_viewport()
    until(page, "location.hash === '#?search=work'")
    assert visit.errors == []


# -- what went wrong once ------------------------------------------------------------------------


def test_back_keeps_the_ticks_and_goes_to_the_open_paper(explore):
    page = explore()
    page.locator(f"{SHOWN} .cx-tick input").first.check()
    page.locator(".cx-facet-theme input[value=models]").check()
    expect(page.locator(SHOWN)).to_have_count(10)
    page.locator(f"{SHOWN} .cx-tick input").nth(3).check()
    page.go_back()
    expect(page.locator(SHOWN)).to_have_count(44)
    expect(page.locator(".cx-ticked")).to_have_text(re.compile("^2 papers ticked"))
    page.evaluate(f"location.hash = '#?open={WORKS[30].work_id}'")
    opened = page.locator(".cx-item.cx-open")
    expect(opened.locator("dl")).to_be_visible()
    expect(opened.locator(".cx-opener")).to_be_in_viewport()


def test_an_anchor_of_the_page_leaves_the_state_in_the_address(explore):
    page = explore("#?search=reasoning")
    page.evaluate("location.hash = '#main-content'")
    expect(page.locator(SHOWN)).to_have_count(len(selected(search="reasoning")))
    until(page, "location.hash === '#?search=reasoning'")


def test_what_failed_once_can_be_tried_again(explore, visit, folder):
    page = visit.page
    keep_away(page, "**/evidence.parquet")
    explore(f"#?picked={WORKS[0].work_id}&picked={WORKS[1].work_id}", at=folder)
    opener = page.locator(".cx-opener").first
    opener.click()
    expect(page.locator(".cx-details")).to_contain_text("cannot be shown")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#cx-compare")).to_contain_text("cannot be shown")
    page.unroute("**/evidence.parquet")
    for _ in range(2):
        opener.click()
        page.get_by_role("button", name="Compare").click()
    expect(page.locator(".cx-details dl")).to_be_visible()
    expect(page.locator("#cx-compare table")).to_be_visible()


def test_one_picture_takes_the_place_of_the_other(explore):
    page = explore()
    page.set_viewport_size({"width": 1600, "height": 900})
    page.get_by_role("button", name="Similar texts", exact=True).click()
    page.locator(".cx-graph .cx-dot").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(SHOWN)).to_have_count(11)
    page.get_by_role("button", name="Shared authors", exact=True).click()
    dot = page.locator(".cx-graph .cx-dot").first
    dot.focus()
    page.keyboard.press("Enter")
    work = WORKS[int(dot.get_attribute("data-number")) - 1]
    expect(page.locator(SHOWN)).to_have_count(len(selected(authors_of=work.work_id)))


def test_the_page_says_who_judged_and_that_labels_are_counted_without_saying_which(explore):
    page = explore()
    note = (
        "By majority of three readings by a language model. A source counts 9 labelled papers of "
        "44, and does not say which."
    )
    assert note in page.locator(".cx-facet-role").inner_text()


def test_a_release_without_passages_shows_nothing_of_them(explore, visit, serve, tmp_path_factory):
    old = serve(write_folder(citehub.load("mt-nlg", version="1.2.0"), tmp_path_factory))
    page = explore("#?open=arxiv:2304.01373", at=old)
    expect(page.locator(".cx-details dl")).to_be_visible()
    assert "No passage is known." in page.locator(".cx-details").inner_text()
    seen = page.locator(".cx-facet:visible legend").all_inner_texts()
    shared = "Shares author names with the cited work (equal spelling)"
    assert seen == [
        "Theme",
        "Year",
        "Role",
        "Category",
        "Venue",
        "Representatives",
        shared,
        "Code",
    ]
    assert visit.errors == []


def test_paper_holds_the_filtered_list_and_no_controls(explore, visit, folder):
    page = explore("#?theme=models", at=folder)
    controls = ("#cx-search", ".cx-filters", ".cx-export", ".cx-opener", ".cx-side")
    page.set_viewport_size({"width": 1600, "height": 900})
    for control in controls:
        assert page.locator(control).first.is_visible(), control
    page.emulate_media(media="print")
    for control in controls:
        assert not page.locator(control).first.is_visible(), control
    assert "Theme: Model families" in page.locator("#citehub-explorer").inner_text()
    expected = [" ".join(work.title_plain.split()) for work in HUB.select(theme="models")]
    printed = " ".join(page.locator(".cx-papers").inner_text().split())
    assert [title for title in expected if title not in printed] == []


WHY = ("citation_labels", "citation_contexts", "text_readings")


@pytest.mark.parametrize(
    ("version", "most", "more"),
    [("1.2.0", 106_500, ()), ("1.3.0", 135_450, WHY)],
)
def test_the_page_is_small(tmp_path, version, most, more):
    """What is asked for when it opens, gzipped: the page, its script and pictures, its tables.

    The older release has no labels of single works, so that the page itself is what can grow;
    the newer one has 606, with 49 passages, and what came of looking for others in 45 texts.
    """
    folder = Path(write_site(citehub.load("mt-nlg", version=version), tmp_path / "site"))
    tables = ("works", "authorships", "work_ids", "citations", "themes", "work_themes",
              "representatives", *more)  # fmt: skip
    files = ["index.html", "explorer.js", "explorer.css", "page.css"]
    files += [f"data/{table}.parquet" for table in tables]
    size = sum(len(gzip.compress((folder / name).read_bytes(), 9)) for name in files)
    assert size <= most
