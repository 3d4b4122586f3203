"""``index.html`` of a published folder: what it says, and that nothing of a release runs in it."""

from __future__ import annotations

import hashlib
import json
import re

from lxml import html

import citehub
from citehub.explorer import folder as explorer
from citehub.publish import publish
from tests.made import make_release, make_works


def read(folder):
    return html.document_fromstring((folder / "index.html").read_bytes())


def said(tree):
    return " ".join(tree.text_content().split())


def test_it_says_what_the_hub_is_and_how_to_load_cite_and_verify_it(folder, published):
    tree = read(folder)
    text, manifest = said(tree), published.manifest
    n = len(published.citing_works)
    assert f"This hub lists {n} citing papers; we do not know how many more there are." in text
    assert f"Data version {published.version} of {manifest['created'][:10]}." in text
    assert f'citehub.load("mt-nlg", version="{published.version}")' in text
    assert published.cite("apa")[:40] in text
    codes = ["".join(each.itertext()) for each in tree.xpath("//pre/code")]
    assert any(code.startswith("@") and published.version in code for code in codes)
    digest = hashlib.sha256((folder / "datapackage.json").read_bytes()).hexdigest()
    assert f"The SHA-256 of datapackage.json, which has those of all tables, is {digest}." in text
    assert "citehub verify . --key KEY" in codes
    ids = set(tree.xpath("//h2/@id"))
    assert [each[1:] for each in tree.xpath("//header//nav/a/@href")] == [
        "load", "cite", "verify", "files", "rights",
    ]  # fmt: skip
    assert ids >= {"load", "cite", "verify", "files", "rights"}


def test_it_lists_every_file_but_its_own_with_size_and_hash(folder, published):
    tree = read(folder)
    names = [each.text_content() for each in tree.xpath("//dl/dt/a")]
    assert names[0] == "datapackage.json"
    sums = dict(
        reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines()
    )
    assert sorted(names) == sorted(name for name in sums if not explorer_file(name))
    for name, about in zip(tree.xpath("//dl/dt"), tree.xpath("//dl/dd"), strict=True):
        path = name.xpath("a/@href")[0]
        size = (folder / path).stat().st_size
        assert name.text_content() == f"{path}, {size:,} bytes"
        assert about.xpath("code")[0].text == sums[path]
    for resource in published.manifest["resources"]:
        assert f"{resource['rows']:,} rows." in said(tree)


def explorer_file(name):
    return name in {"index.html", "data.js", *explorer.read_bundle()}


def test_it_loads_nothing_from_elsewhere_and_runs_nothing_of_the_release(folder):
    tree = read(folder)
    loaded = tree.xpath("//script/@src | //link/@href | //img/@src")
    assert {"explorer.js", "explorer.css", "page.css"} <= set(loaded)
    names = {path.name for path in folder.iterdir()}
    assert {address.removeprefix("./") for address in loaded} - {"data:,"} <= names
    assert tree.xpath("//script/text() | //iframe | //object | //form | //style | //base") == []
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
    for link in tree.xpath("//a/@href"):
        assert re.match(r"https?://|#", link) or link.removeprefix("./") in names, link
    config = json.loads(tree.xpath("//section/@data-config")[0])
    assert config["files"] == "./"
    assert {each["path"] for each in config["tables"].values()} <= names
    assert config["release"] is None


def test_the_folder_is_flat_for_places_that_have_no_folders(folder):
    assert all(path.is_file() for path in folder.iterdir())
    assert (folder / ".nojekyll").read_bytes() == b""


def test_a_hub_of_another_name_is_added_by_the_address_of_the_page(tmp_path):
    (tmp_path / "release").mkdir()
    made = make_release(tmp_path / "release", make_works({"work_id": "arxiv:2301.00001"}))
    text = said(read(tmp_path / publish(made, tmp_path / "out")))
    assert "add it by the address of this page: citehub add ADDRESS Then, in Python:" in text
    assert "which comes with" not in text


def test_a_large_hub_has_one_page_of_bounded_size_and_no_copy_of_its_data(tmp_path, monkeypatch):
    monkeypatch.setattr(explorer, "MOST_INLINE", 150)
    (tmp_path / "release").mkdir()
    works = make_works(*({"work_id": f"arxiv:3001.{number:05}"} for number in range(151)))
    made = make_release(tmp_path / "release", works)
    out = tmp_path / publish(made, tmp_path / "out")
    names = {path.name for path in out.iterdir()}
    assert [name for name in names if name.endswith(".html")] == ["index.html"]
    assert "data.js" not in names
    tree = read(out)
    assert len(tree.xpath("//ol/li")) == explorer.FIRST
    assert "the first 100 of 151 citing papers, in hub order; the link below leads" in said(tree)
    assert tree.xpath("//section//a[text()='works.parquet']/@href") == ["works.parquet"]
    citehub.load(out).verify()


def test_a_published_folder_is_published_again_with_a_new_page(hub, tmp_path):
    first = tmp_path / publish(hub, tmp_path / "first")
    (first / "SHA256SUMS.minisig").write_text("of the folder as it is")
    again = tmp_path / publish(citehub.load(first), tmp_path / "again")
    assert {path.name for path in again.iterdir()} == {path.name for path in first.iterdir()} - {
        "SHA256SUMS.minisig"
    }
    assert (again / "SHA256SUMS").read_bytes() == (first / "SHA256SUMS").read_bytes()


def test_the_explorer_of_a_published_folder_has_a_copy_that_loads(hub, tmp_path):
    first = publish(hub, tmp_path / "first")
    site = explorer.write_site(citehub.load(first), tmp_path / "site")
    citehub.load(f"{site}/data").verify()
