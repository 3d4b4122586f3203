"""The site, built and served to a real browser on this machine's own address."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

import citehub
from citehub._schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
HUB = citehub.load("mt-nlg")


def page_names() -> list[str]:
    """Return every page of the site: those that people wrote, then those made from tables."""
    written = {
        path.relative_to(DOCS).with_suffix("").as_posix()
        for path in DOCS.rglob("*.md")
        if not path.relative_to(DOCS).parts[0].startswith("_")
    }
    papers = {f"citing/papers/{work.work_id.removeprefix('arxiv:')}" for work in HUB.select()}
    return sorted(written | papers | {f"tables/{table}" for table in {*TABLES, *HUB.tables}})


@pytest.fixture(scope="session")
def site() -> Path:
    """The site as ``make docs`` builds it, or built it into the folder ``CITEHUB_SITE``."""
    if built := os.environ.get("CITEHUB_SITE"):
        assert (Path(built) / "index.html").is_file(), f"CITEHUB_SITE: {built} holds no site"
        return Path(built).resolve()
    command = ["make", "docs", f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return DOCS / "_build" / "html"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, without the slash at the end."""
    handler = functools.partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail("There is no Chromium: apt-get install chromium-headless-shell, or chromium")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=found, args=options)
        yield browser
        browser.close()


def until(page: Page, condition: str, most: float = 10) -> None:
    """Wait for a condition; Playwright's own wait is an ``eval``, which the pages forbid."""
    end = time.monotonic() + most
    while not page.evaluate(f"Boolean({condition})"):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(20)


class Visit:
    """A page in the browser, with what went wrong on it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        self.strangers: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._watch)
        page.on("response", self._check)

    def forget(self) -> None:
        """Begin anew, for a test that takes over the page of another."""
        self.errors.clear()
        self.strangers.clear()

    def open(self, name: str) -> Page:
        """Go to a page of the site, by its name without ending."""
        self.page.goto(f"{self.address}/{name}.html", wait_until="load")
        return self.page

    def loaded(self) -> set[str]:
        """Return the paths of the page and of all that it loaded."""
        names = "[location.href, ...performance.getEntriesByType('resource').map(e => e.name)]"
        addresses = map(urlsplit, self.page.evaluate(names))
        return {each.path for each in addresses if each.scheme == "http"}

    def _hear(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    def _watch(self, request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.strangers.append(request.url)

    def _check(self, response) -> None:
        if response.status >= 400:
            self.errors.append(f"{response.status} {response.url}")


AT_ONCE = """
const later = window.setTimeout
window.setTimeout = (call, wait, ...values) => later(call, wait === 300 ? 0 : wait, ...values)
"""
VIEW = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """What a browser keeps for a person: none of it comes from another test."""
    context = browser.new_context(**VIEW)
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, address: str) -> Iterator[Visit]:
    page = context.new_page()
    yield Visit(page, address)
    page.close()


@pytest.fixture(scope="module")
def reader(browser: Browser, address: str) -> Iterator[Visit]:
    """One page for all tests of a file, which go from page to page as a reader does.

    The theme looks at a new width after 300 ms; here it does so at once.
    """
    context = browser.new_context(**VIEW)
    context.add_init_script(AT_ONCE)
    yield Visit(context.new_page(), address)
    context.close()
