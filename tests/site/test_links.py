"""Every link and anchor inside the site leads somewhere, and nothing is loaded from outside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html

if TYPE_CHECKING:
    from pathlib import Path

BASE = "http://127.0.0.1:8000/"  # what conf.py takes where nothing else is said
LOADED = [
    ("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"),
    ("link[@rel='stylesheet' or @rel='icon' or @rel='preload' or @rel='modulepreload']", "href"),
]  # fmt: skip


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, html.HtmlElement]:
    """The pages that Sphinx wrote, by path; redirects and the page for what is missing aside."""
    found = {}
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if 'http-equiv="refresh"' not in text and path.name != "404.html":
            found[path.relative_to(site).as_posix()] = html.document_fromstring(text)
    return found


def anchors(page: html.HtmlElement) -> set[str]:
    return {str(each) for each in page.xpath("//@id | //a/@name")}


def test_links_lead_somewhere(site, pages):
    known = {name: anchors(page) for name, page in pages.items()}
    broken = []
    checked = 0
    for name, page in pages.items():
        for target in page.xpath("//a/@href | //*[local-name()='a']/@*[local-name()='href']"):
            url = urljoin(BASE + name, str(target))
            if not url.startswith(BASE):
                continue
            path, anchor = unquote(urlsplit(url).path)[1:], unquote(urlsplit(url).fragment)
            path += "index.html" if path.endswith("/") or not path else ""
            checked += 1
            if not (site / path).is_file():
                broken.append(f"{name}: {target}")
            elif anchor.startswith("?"):  # the explorer's state: test_ways opens it
                if path != "explorer/index.html":
                    broken.append(f"{name}: {target} (only the explorer has a state)")
            elif anchor and path in known and anchor not in known[path]:
                broken.append(f"{name}: {target} (no such anchor)")
    assert broken == []
    assert checked > 5000


def test_nothing_is_loaded_from_another_host(pages):
    outside = []
    for name, page in pages.items():
        for tag, attribute in LOADED:
            outside += [
                f"{name}: {target}"
                for target in page.xpath(f"//{tag}/@{attribute}")
                if not urljoin(BASE + name, str(target)).startswith((BASE, "data:"))
            ]
        outside += [f"{name}: inline import" for s in page.xpath("//style/text()") if "http" in s]
    assert outside == []


def test_style_sheets_load_nothing_from_another_host(site):
    outside = [
        f"{path.name}: {url}"
        for path in site.rglob("*.css")
        for url in re.findall(r"url\(['\"]?((?:https?:)?//[^)'\"]+)", path.read_text("utf-8"))
    ]
    assert outside == []


def test_other_sites_are_linked_over_https(pages):
    allowed = ("https://", "http://127.0.0.1", "mailto:")
    plain = {
        f"{name}: {target}"
        for name, page in pages.items()
        for target in map(str, page.xpath("//a/@href"))
        if urlsplit(target).scheme and not target.startswith(allowed)
    }
    assert plain == set()


def test_the_folder_holds_nothing_but_the_site(site):
    hidden = [path.name for path in site.rglob(".*") if path.name != ".buildinfo"]
    assert hidden == []


def test_moved_pages_lead_on(site):
    for old, new in {
        "guide/tables": "../tables/index.html",
        "guide/releases": "../releases/index.html",
    }.items():
        text = (site / f"{old}.html").read_text(encoding="utf-8")
        assert f'url={new}"' in text
        assert (site / old).parent.joinpath(new).resolve().is_file()
