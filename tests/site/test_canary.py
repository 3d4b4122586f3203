"""A release whose every text would run, load or lead away, on every kind of page, in a browser."""

from __future__ import annotations

import functools
import threading
from http.server import ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import urlencode

import altair
import pytest
from markdown_it import MarkdownIt

from citehub._select import FLAGS, LISTS
from citehub.display import figure, passages, source, sources, table, timeline
from citehub.explorer import write_site
from citehub.explorer.review import review_page
from citehub.publish import publishing_files
from citehub.publish.index_page import page_files
from tests.faults.texts import MANIFEST, hostile_hub
from tests.made import make_works
from tests.site.conftest import VIEW, Quiet, Visit

RUN = "window.__canary=1"
STRANGER = "https://attacker.example"
PAYLOAD = (
    f"\"'>--></title></style></textarea></noscript></script><script>{RUN}</script>"
    f'<img src="{STRANGER}/a" onerror="{RUN}"><svg onload="{RUN}">'
    f'<iframe src="{STRANGER}"></iframe><meta http-equiv="refresh" content="0;url={STRANGER}">'
    f"<link rel=stylesheet href={STRANGER}/b><style>@import '{STRANGER}/c'</style>"
    f"${{{RUN}}};{RUN}//\\'-{RUN}-' [d](javascript:{RUN}) ![e]({STRANGER}/e) <javascript:{RUN}> "
    f"&#60;script>{RUN}&#60;/script> \u202e\x1b]8;;{STRANGER}\x07"
)
SCRIPT = f"javascript:{RUN}//"


def rows():
    """Return works, sources, passages and labels of payloads."""
    work = {
        **dict.fromkeys(("title", "title_plain", "venue", "finding", "abstract", "type"), PAYLOAD),
        **dict.fromkeys(("page_url", "code_url", "model_url"), SCRIPT),
        "authors": [PAYLOAD, f"Ann {PAYLOAD}"], "themes": [PAYLOAD], "subjects": [PAYLOAD],
        "intents": [PAYLOAD], "finding_source": PAYLOAD, "primary_category": PAYLOAD,
        "passages": [dict.fromkeys(("section", "mark", "gist", "text", "place"), PAYLOAD)],
        "publication_year": 2023, "publication_month": 4, "source": PAYLOAD, "is_retracted": True,
    }  # fmt: skip
    made = make_works(
        work | {"work_id": f"pith:{PAYLOAD}"}, work | {"work_id": "pith:2", "ids": {"s2": PAYLOAD}}
    )
    made["sources"] = [
        {"source_id": PAYLOAD, "kind": "page", "title": PAYLOAD, "rights": PAYLOAD, "url": url}
        for url in (SCRIPT,)
    ]
    return made


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    texts = dict.fromkeys(MANIFEST, PAYLOAD) | {"homepage": SCRIPT, "id": SCRIPT}
    return hostile_hub(tmp_path_factory.mktemp("canary"), texts, rows())


def notebook(hub):
    """Return what a notebook shows of the hub, one below the other."""
    works = hub.select()
    frame = [{"name": PAYLOAD, "address": SCRIPT, "work": works[0], "number": 1}]
    chart = altair.Chart(altair.Data(values=[{"n": 1, "t": PAYLOAD, "u": SCRIPT}]))
    chart = chart.mark_bar().encode(
        x=altair.X("n:Q", title=PAYLOAD), y="t:N", href="u:N", description="t:N"
    )
    told = [source(hub, PAYLOAD)]
    shown = [
        hub, works, *works, hub.summary(), *map(hub.table, hub.tables), timeline(hub),
        table(frame, PAYLOAD, sources=told), sources(hub, [PAYLOAD]), passages(works),
        figure(chart, PAYLOAD, PAYLOAD, told),
    ]  # fmt: skip
    return "".join(each._repr_html_() for each in shown)


def review(hub):
    """Return the page on which people judge."""
    keys = ("hub", "version", "guideline", "read", "opened", "repeats")
    passage = dict.fromkeys(("id", "work", "title", "where", "before", "after", "gist"), PAYLOAD)
    asked = {"question": "role", "title": PAYLOAD, "isOpen": True, "values": [[PAYLOAD, PAYLOAD]]}
    data = dict.fromkeys(keys, PAYLOAD) | {
        "columns": ["why"], "asked": [asked],
        "passages": [passage | {"url": SCRIPT, "words": [PAYLOAD] * 3}],
    }  # fmt: skip
    return review_page(hub.manifest["title"], data, f"# {PAYLOAD}\n\n- **{PAYLOAD}**")


@pytest.fixture(scope="module")
def folder(hub, tmp_path_factory):
    """The explorer of the hub, and beside it a page of every other kind."""
    path = tmp_path_factory.mktemp("pages") / "site"
    write_site(hub, path)
    cards = publishing_files(hub)
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    pages = {
        "notebook": notebook(hub),
        "review": review(hub),
        "control": PAYLOAD.replace("refresh", "x"),
        **{name: markdown.render(cards[f"{name}.md"].decode().split("---\n")[-1])
           for name in ("README", "RIGHTS")},
    }  # fmt: skip
    files = {name: data for name, data in cards.items() if name != "SHA256SUMS"}
    files |= {each.name: each.read_bytes() for each in (path / "data").iterdir()}
    (path / "published").mkdir()
    for name, data in page_files(hub, files):
        (path / "published" / name).write_bytes(data)
    for each in (path / "data").iterdir():
        (path / "published" / each.name).write_bytes(each.read_bytes())
    for name, text in pages.items():
        head = "" if text.startswith("<!doctype") else '<!doctype html><meta charset="utf-8">'
        head += '<link rel="icon" href="data:,">' if head else ""
        (path / f"{name}.html").write_text(head + text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def addresses(folder):
    """Where the pages are: on a server, and on the disk."""
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield [f"http://127.0.0.1:{server.server_address[1]}", folder.as_uri()]
        server.shutdown()
        thread.join()


@pytest.fixture
def look(browser):
    """Open a page, unfold all of it, and return what came of it."""
    contexts = []

    def call(address, name):
        context = browser.new_context(**VIEW)
        contexts.append(context)
        context.route(f"{STRANGER}/**", lambda route: route.abort())
        visit, dialogs = Visit(context.new_page(), address), []
        visit.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page = visit.open(name)
        if name.endswith("index"):
            page.get_by_role("button", name="Details:").first.click()
            page.get_by_text("Evidence: where").wait_for()
            for format_ in page.locator("#cx-format option").all():
                page.locator("#cx-format").select_option(format_.get_attribute("value"))
        if name == "review":
            page.get_by_label("Your name").fill(PAYLOAD)
            page.keyboard.press("Enter")
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        page.wait_for_timeout(50)
        return SimpleNamespace(
            ran=page.evaluate("window.__canary"), dialogs=dialogs, errors=visit.errors,
            strangers=visit.strangers, url=page.url.partition("#")[0], frames=len(page.frames),
            schemes=set(page.evaluate("[...document.links].map(each => each.protocol)")),
        )  # fmt: skip

    yield call
    for context in contexts:
        context.close()


def test_nothing_of_a_hostile_release_runs_loads_or_leads_away(look, addresses):
    for name in ("index", "published/index", "notebook", "review", "README", "RIGHTS"):
        for address in addresses if name.endswith("index") else addresses[1:]:
            seen = look(address, name)
            assert (seen.ran, seen.dialogs, seen.errors, seen.strangers) == (None, [], [], []), (
                name
            )
            assert (seen.frames, seen.url) == (1, f"{address}/{name}.html")
            assert seen.schemes <= {"http:", "https:", "file:"}, name


def test_what_the_address_of_a_page_says_is_text(browser, addresses):
    names = (
        *LISTS,
        *FLAGS,
        "search",
        "year",
        "related_to",
        "authors_of",
        "sort",
        "open",
        "picked",
    )
    fragment = urlencode([(name, PAYLOAD) for name in (*names, "picture", "__proto__", PAYLOAD)])
    context = browser.new_context(**VIEW)
    context.route(f"{STRANGER}/**", lambda route: route.abort())
    visit = Visit(context.new_page(), addresses[0])
    visit.page.goto(f"{addresses[0]}/published/index.html#?{fragment}")
    visit.page.get_by_text("in the address has no meaning here").first.wait_for()
    assert (visit.page.evaluate("window.__canary"), visit.errors, visit.strangers) == (
        None,
        [],
        [],
    )
    assert visit.page.locator("#cx-address").text_content() == f"{addresses[0]}/published/"
    context.close()


def test_the_canary_sings_where_a_page_is_careless(browser, addresses):
    context = browser.new_context(**VIEW)
    context.route(f"{STRANGER}/**", lambda route: route.abort())
    visit = Visit(context.new_page(), addresses[0])
    visit.open("control")
    assert visit.page.evaluate("window.__canary") == 1
    assert {each.partition(STRANGER)[2] for each in visit.strangers} >= {"/a", "/b", "/c"}
    context.close()
