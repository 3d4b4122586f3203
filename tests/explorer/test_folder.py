"""The folder that ``citehub site`` writes: whole or not at all, and never over something else."""

from __future__ import annotations

import base64
import json
import os
import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import urljoin

import pytest
from lxml import html

import citehub
from citehub import _catalog
from citehub.errors import DamagedManifest, DamagedTable, TargetExists
from citehub.explorer import folder, page, write_site
from citehub.publish import publish
from tests.made import make_release, make_works

LARGE = 2500


def files(site):
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in Path(site).rglob("*")
        if path.is_file()
    }


def works(n):
    return make_works(
        *(
            {"work_id": f"arxiv:3001.{number:05}", "title_plain": f"Work {number}",
             "ids": {"arxiv": f"3001.{number:05}"}, "authors": ["A. Uthor"]}
            for number in range(n)
        )
    )  # fmt: skip


def titles(text):
    tree = html.document_fromstring(text)
    return [each.text_content() for each in tree.xpath("//ol/li/h3")]


def config(site):
    tree = html.document_fromstring((Path(site) / "index.html").read_bytes())
    return json.loads(tree.xpath("//section/@data-config")[0])


@pytest.fixture
def small(tmp_path):
    """A made hub of three works."""
    (tmp_path / "release").mkdir()
    return make_release(tmp_path / "release", works(3))


@pytest.fixture(scope="module", params=citehub.versions("mt-nlg"))
def released(request):
    return citehub.load("mt-nlg", version=request.param)


@pytest.fixture(scope="module")
def site(released, tmp_path_factory):
    return Path(write_site(released, tmp_path_factory.mktemp("site") / "deep" / "site"))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """The site of a made hub that is too large for one page."""
    parent = tmp_path_factory.mktemp("large")
    (parent / "release").mkdir()
    return Path(write_site(make_release(parent / "release", works(LARGE)), parent / "site"))


# -- what it holds ------------------------------------------------------------------------------


def test_the_release_is_there_byte_for_byte_and_loads(released, site):
    assert files(site / "data") == files(released.path)
    copy = citehub.load(site / "data")
    copy.verify()
    assert copy.version == released.version


def test_the_bundle_is_there_byte_for_byte_and_nothing_else(site):
    bundle = folder.read_bundle()
    found = files(site)
    assert found.keys() - {name for name in found if name.startswith("data/")} == {
        "index.html", "data.js", "SHA256SUMS", *bundle,
    }  # fmt: skip
    assert {name: found[name] for name in bundle} == bundle


def test_the_script_for_a_page_from_disk_holds_what_the_explorer_reads(released, site):
    text = (site / "data.js").read_text(encoding="utf-8")
    held = json.loads(re.fullmatch(r"window\.citehubFiles = (\{.*\})\n", text, re.DOTALL)[1])
    expected = {f"{name}.parquet" for name in page.TABLES if name in released.tables}
    assert held.keys() == expected == {each["path"] for each in config(site)["tables"].values()}
    for name, data in held.items():
        assert base64.b64decode(data) == (Path(released.path) / name).read_bytes()
    assert config(site)["inline"] == "data.js"


def test_the_sums_are_those_of_every_other_file(site):
    found = files(site)
    lines = found.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{sha256(found[name]).hexdigest()}  {name}" for name in sorted(found)]


def check_links(site):
    """Every link inside leads to a file, and nothing is loaded from outside."""
    for path in site.glob("*.html"):
        tree = html.document_fromstring(path.read_bytes())
        loaded = tree.xpath("//script/@src | //link/@href")
        assert not [address for address in loaded if "//" in address]
        for address in [*loaded, *tree.xpath("//a/@href")]:
            url = urljoin("http://here/", address.partition("#")[0])
            if url.startswith("http://here/") and url != "http://here/":
                assert (site / url.removeprefix("http://here/")).is_file(), (path.name, address)


def test_links_of_the_page_lead_somewhere(site):
    check_links(site)


def test_links_of_the_pages_of_a_large_hub_lead_somewhere(large):
    check_links(large)


def test_the_same_release_gives_the_same_bytes(released, site, tmp_path):
    assert files(write_site(released, tmp_path / "again")) == files(site)


# -- large hubs ---------------------------------------------------------------------------------


def test_a_large_hub_has_its_first_works_on_the_page_and_all_on_pages(large):
    found = files(large)
    names = [f"papers-{number}.html" for number in (1, 2, 3)]
    assert {name for name in found if name.endswith((".html", "data.js"))} == {
        "index.html", *names,
    }  # fmt: skip
    expected = [f"Work {number}" for number in range(LARGE)]
    assert titles(found["index.html"]) == expected[:100]
    assert [title for name in names for title in titles(found[name])] == expected
    trees = [html.document_fromstring(found[name]) for name in names]
    assert [tree.xpath("//ol/@start") for tree in trees] == [["1"], ["1001"], ["2001"]]
    assert [tree.findtext(".//h1") for tree in trees] == [
        "Citing papers 1 to 1,000 of 2,500",
        "Citing papers 1,001 to 2,000 of 2,500",
        "Citing papers 2,001 to 2,500 of 2,500",
    ]


def test_the_pages_of_a_large_hub_lead_to_each_other(large):
    index = html.document_fromstring((large / "index.html").read_bytes())
    assert index.xpath("//section/nav/a/@href") == [f"papers-{n}.html" for n in (1, 2, 3)]
    for number, beside in (
        (1, {"next": "papers-2.html"}),
        (2, {"prev": "papers-1.html", "next": "papers-3.html"}),
        (3, {"prev": "papers-2.html"}),
    ):
        tree = html.document_fromstring((large / f"papers-{number}.html").read_bytes())
        for nav in tree.xpath("//nav"):
            links = {a.get("rel"): a.get("href") for a in nav.xpath("a")}
            assert links == {None: "index.html", **beside}


def test_a_large_hub_says_that_it_needs_a_server(large):
    note = html.document_fromstring((large / "index.html").read_bytes()).get_element_by_id(
        "cx-note"
    )
    assert "first 100 of 2,500 citing papers" in note.text
    assert "python -m http.server" in note.text
    assert config(large)["inline"] is None
    assert config(large)["n"] == LARGE


@pytest.mark.parametrize(("most", "inline"), [(3, "data.js"), (2, None)])
def test_the_limit_is_the_last_that_is_whole(small, tmp_path, monkeypatch, most, inline):
    monkeypatch.setattr(folder, "MOST_INLINE", most)
    made = write_site(small, tmp_path / "site")
    assert config(made)["inline"] == inline
    assert ("papers-1.html" in files(made)) == (inline is None)


def test_a_number_of_works_that_fills_the_last_page_gives_no_empty_one(
    small, tmp_path, monkeypatch
):
    monkeypatch.setattr(folder, "MOST_INLINE", 2)
    monkeypatch.setattr(page, "PER_PAGE", 3)
    found = files(write_site(small, tmp_path / "site"))
    assert "papers-2.html" not in found
    tree = html.document_fromstring(found["papers-1.html"])
    assert {a.get("rel") for a in tree.xpath("//nav/a")} == {None}


# -- where it goes ------------------------------------------------------------------------------


def test_a_folder_that_is_there_is_left_alone(small, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "mine.txt").write_text("mine")
    for force in (False, True):
        with pytest.raises(TargetExists, match="nothing was written"):
            write_site(small, tmp_path / "site", force=force)
    assert files(tmp_path / "site") == {"mine.txt": b"mine"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release", "site"]


def test_an_empty_folder_is_filled(small, tmp_path):
    (tmp_path / "site").mkdir()
    assert "index.html" in files(write_site(small, tmp_path / "site"))


def test_what_was_written_is_replaced_only_when_told(small, tmp_path):
    site = write_site(small, tmp_path / "site")
    with pytest.raises(TargetExists, match="--force"):
        write_site(small, site)
    other = citehub.load("mt-nlg")
    write_site(other, site, force=True)
    assert config(site)["hub"] == "mt-nlg"
    assert files(site / Path("data")) == files(other.path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release", "site"]


def add_a_file(site):
    (site / "data" / "mine.txt").write_text("mine")
    return "data/mine.txt, which was not written with it"


def change_a_file(site):
    with (site / "index.html").open("a") as file:
        file.write("mine")
    return "index.html, which has changed since it was written"


def remove_the_sums(site):
    (site / "SHA256SUMS").unlink()
    return "no SHA256SUMS"


def add_a_link(site):
    (site / "mine").symlink_to(site / "index.html")
    return "mine, which is damaged"


@pytest.mark.parametrize("alter", [add_a_file, change_a_file, remove_the_sums, add_a_link])
def test_force_replaces_nothing_that_would_be_lost(small, tmp_path, alter):
    site = Path(write_site(small, tmp_path / "site"))
    foreign = alter(site)
    before = files(site)
    with pytest.raises(TargetExists, match=re.escape(f"It holds {foreign}.")):
        write_site(small, site, force=True)
    assert files(site) == before


def test_force_replaces_no_release(small, tmp_path):
    published = publish(citehub.load("mt-nlg"), tmp_path / "published")
    with pytest.raises(TargetExists, match="It holds a release"):
        write_site(small, published, force=True)
    citehub.load(published).verify()


@pytest.mark.parametrize("force", [False, True])
def test_nothing_is_written_where_releases_are(small, datasets, force):
    hub = citehub.load("mt-nlg")
    for target in (Path(small.path) / "site", datasets / "site"):
        with pytest.raises(TargetExists, match="a release never changes"):
            write_site(small, target, force=force)
        assert not target.exists()
    hub.verify()


# -- when it fails ------------------------------------------------------------------------------


def damage_a_table(release):
    path = release / "works.parquet"
    path.write_bytes(path.read_bytes()[:-1])


def remove_a_table(release):
    (release / "evidence.parquet").unlink()


def change_a_file_beside(release):
    (release / "RIGHTS.md").write_text("all mine")


def add_a_stranger(release):
    (release / "notes.txt").write_text("secret")


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (damage_a_table, DamagedTable),
        (remove_a_table, DamagedManifest),
        (change_a_file_beside, DamagedManifest),
        (add_a_stranger, DamagedManifest),
    ],
)
def test_a_damaged_release_leaves_nothing(tmp_path, datasets, damage, error):
    release = datasets / "mt-nlg" / citehub.versions("mt-nlg")[-1]
    damage(release)
    for hub in (citehub.load("mt-nlg"), citehub.load(release)):
        with pytest.raises(error):
            write_site(hub, tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == ["datasets"]


def test_only_files_of_a_release_are_copied(small, tmp_path):
    for name in ("notes.txt", ".DS_Store"):
        (Path(small.path) / name).write_text("secret")
    found = files(write_site(small, tmp_path / "site"))
    assert not [name for name in found if "notes" in name or "DS_Store" in name]


def test_a_failure_leaves_what_was_there(small, tmp_path, monkeypatch):
    site = write_site(small, tmp_path / "site")
    before = files(site)
    monkeypatch.setattr(page, "index", lambda *_: 1 / 0)
    for target in (tmp_path / "site", tmp_path / "other"):
        with pytest.raises(ZeroDivisionError):
            write_site(small, target, force=True)
    assert files(site) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release", "site"]


def test_somebody_who_was_faster_wins(small, tmp_path, monkeypatch):
    def write(hub, scratch):
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "mine.txt").write_text("mine")

    monkeypatch.setattr(folder, "_write", write)
    with pytest.raises(TargetExists):
        write_site(small, tmp_path / "site")
    assert files(tmp_path / "site") == {"mine.txt": b"mine"}


def test_a_folder_that_cannot_be_made_is_named(small, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=re.escape(os.fspath(tmp_path / "file" / "site"))):
        write_site(small, tmp_path / "file" / "site")


def test_an_installation_without_data_can_show_a_folder(small, tmp_path, monkeypatch):
    def none():
        raise citehub.errors.NoDatasets("none")

    monkeypatch.setattr(_catalog, "datasets_folder", none)
    assert "index.html" in files(write_site(small, tmp_path / "site"))
