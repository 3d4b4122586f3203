"""What machines read: JSON-LD, previews, the sitemap, the page for what is missing."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import extruct
import pytest

import citehub
from tests.site.conftest import HUB, page_names
from tests.site.test_links import BASE

DATASET_PAGES = [
    "index", "tables/index", "releases/index", "citing/index", "canonical/index", "explorer/index",
]  # fmt: skip
PAPERS = {f"citing/papers/{work.work_id.removeprefix('arxiv:')}": work for work in HUB.select()}


def read(site: Path, name: str) -> str:
    return (site / f"{name}.html").read_text(encoding="utf-8")


def linked_data(site: Path, name: str) -> dict:
    (found,) = extruct.extract(read(site, name), base_url=BASE, syntaxes=["json-ld"])["json-ld"]
    return found


@pytest.mark.parametrize("name", DATASET_PAGES)
def test_the_pages_of_the_hub_describe_the_dataset(site, name):
    found = linked_data(site, name)
    assert (found["@type"], found["version"]) == ("Dataset", HUB.version)
    for field in ("name", "description", "license", "creator", "identifier", "url", "keywords"):
        assert found[field], field
    assert 50 <= len(found["description"]) <= 5000
    assert len(found["distribution"]) == len(HUB.tables)


def test_the_files_that_the_dataset_names_are_there_and_are_those_that_pip_installs(site):
    for file in linked_data(site, "index")["distribution"]:
        path = site / file["contentUrl"].removeprefix(BASE)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]
        assert path.read_bytes() == (Path(HUB.path) / path.name).read_bytes()


@pytest.mark.parametrize("name", PAPERS)
def test_the_page_of_a_paper_describes_the_article(site, name):
    found, work = linked_data(site, name), PAPERS[name]
    assert (found["@type"], found["name"]) == ("ScholarlyArticle", work.title_plain)
    assert [author["name"] for author in found["author"]] == list(work.authors)
    kinds = {author["name"]: author["@type"] for author in found["author"]}
    groups = {row["author_name"] for row in work.authorships if row["is_collective"]}
    assert {person for person, kind in kinds.items() if kind == "Organization"} == groups
    assert found["url"] == work.url
    assert found["datePublished"] == work.published
    assert found["citation"]["name"] == HUB.canonical.title_plain
    assert "abstract" not in found  # not known: left out, not empty


@pytest.mark.parametrize("name", page_names())
def test_every_page_has_a_preview_and_one_address(site, name):
    text = read(site, name)
    for field in ("og:title", "og:type", "og:url", "og:site_name", "og:description"):
        assert re.search(rf'<meta property="{field}" content="[^"]+"', text), field
    (picture,) = re.findall(r'<meta property="og:image" content="([^"]+)"', text)
    assert (site / picture.removeprefix(BASE)).is_file()
    (canonical,) = re.findall(r'<link rel="canonical" href="([^"]+)"', text)
    assert canonical == f"{BASE}{name}.html"
    assert '<meta name="viewport"' in text
    assert '<html lang="en"' in text


def test_the_sitemap_lists_every_page(site):
    text = (site / "sitemap.xml").read_text(encoding="utf-8")
    listed = re.findall(r"<loc>([^<]+)</loc>", text)
    assert listed == sorted(listed)
    written = {f"{BASE}{name}.html" for name in page_names()}
    assert written <= set(listed)
    for address in listed:
        assert (site / address.removeprefix(BASE)).is_file()


def test_the_page_for_what_is_missing_works_at_any_depth(site):
    text = read(site, "404")
    assert "<h1>" in text
    assert not re.search(r'(?:href|src)="(?!/|https?:|#|mailto:|data:)[^"]+"', text)


def test_every_notebook_can_be_downloaded_and_opened(site):
    from citehub.notebooks import read_notebooks

    for name in read_notebooks():
        text = read(site, name)
        assert f"_notebooks/{name}.md" in text
        assert f"_notebooks/{name}.ipynb" in text
        assert f"citehub notebooks --out notebooks &amp;&amp; jupyter lab notebooks/{name}" in text
        assert (site / "_notebooks" / f"{name}.ipynb").is_file()
        source = (Path(citehub.__file__).parents[1] / "docs" / f"{name}.md").read_bytes()
        assert (site / "_notebooks" / f"{name}.md").read_bytes() == source
