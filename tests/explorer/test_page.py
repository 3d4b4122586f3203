"""The page as Python writes it: whole, honest and plain text, before any script runs."""

from __future__ import annotations

import datetime
import json
import re

import pytest
from lxml import html

import citehub
from citehub._palette import THEMES
from citehub._passages import describe_place
from citehub._work import shorten_authors
from citehub.explorer import page, plain_list
from citehub.vocabulary import TEXT_STATUSES
from tests.made import CANONICAL, make_release, make_works

MARKUP = "'\"></title></script><script>alert(1)</script><img src=x onerror=alert(1)>&amp; $x$"
HOSTILE = {
    "work_id": f"pith:{MARKUP}",
    "title": MARKUP,
    "title_plain": f"{MARKUP}\x1b[2J\x00\nnext line",
    "authors": [MARKUP, "O'Brien"],
    "venue": MARKUP,
    "primary_category": MARKUP,
    "finding": MARKUP,
    "finding_source": MARKUP,
    "code_url": "javascript:alert(1)",
    "model_url": f"https://example.org/?{MARKUP}",
    "ids": {"pith": MARKUP, "doi": f"10.1/{MARKUP}"},
    "intents": ["background"],
}


def index(hub):
    """Return the parsed ``index.html`` of a hub, all of whose works it lists."""
    settings = page.config(hub, files="data/", inline="data.js")
    text = page.index(hub, settings, list(plain_list.entries(hub)), ["datapackage.json"])
    return html.document_fromstring(text)


def words(node):
    return " ".join(node.text_content().split())


def parts(entry):
    """Return the text of each part of an entry by its class."""
    return {part.get("class").removeprefix("cx-"): words(part) for part in entry}


def entries(tree):
    return tree.xpath("//ol[@class='cx-list']/li[@class='cx-entry']")


@pytest.fixture(scope="module", params=citehub.versions("mt-nlg"))
def released(request):
    return citehub.load("mt-nlg", version=request.param)


@pytest.fixture(scope="module")
def tree(released):
    return index(released)


# -- the list -----------------------------------------------------------------------------------


OUTCOMES = {
    "not at hand": "no text was at hand",
    "no citation found": "the text was looked through and no citation found",
    "not in references": "the text was looked through, and its list of references does not hold "
    "the work",
}


def test_every_citing_work_is_listed_in_hub_order_with_all_its_parts(released, tree):
    works, found = released.select(), entries(tree)
    titles = {row["theme_id"]: row["title"] for row in released.release.rows("themes")}
    assert len(found) == len(works) == 44
    for work, entry in zip(works, found, strict=True):
        shown = parts(entry)
        assert shown["title"] == " ".join(work.title_plain.split())
        assert shown["authors"] == shorten_authors(work.authors)
        theme = "; ".join(titles[each] for each in work.themes) or "theme not known"
        assert shown["about"] == " · ".join(
            [
                work.published or "date not known",
                theme,
                work.venue or "venue not known",
                work.primary_category or "category not known",
            ]
        )
        assert shown["finding"] == f"{work.finding} (finding as printed by {work.finding_source})"
        said = work.role or "not labelled", work.polarity or "not labelled"
        role = f"role: {said[0]} · polarity: {said[1]}"
        role += f" · subject: {work.subject}" if work.subject else ""
        unread = {row["status"] for row in work.text_readings if not work.passages}
        means = "".join(f" ({OUTCOMES[each]})" for each in unread)
        if not (work.role or work.polarity or work.passages):
            role = f"Why: not known{means}"
        elif means:
            role += f" · no passage known{means}"
        assert shown["role"] == role
        assert ("why" in shown) == bool(work.passages)
        if work.passages:
            first, n = work.passages[0], len(work.passages)
            assert shown["why"] == (
                f"Cites it: {first['gist']} (in other words; {describe_place(first)}"
                + (f", passage 1 of {n})" if n > 1 else ")")
            )
        links = {a.text_content(): a.get("href") for a in entry.xpath("p[@class='cx-links']/a")}
        assert list(links.values()) == list(work.links.values())
        assert f"arXiv {work.ids['arxiv']}" in links
        assert entry.xpath("h3/a/@href") == [work.url]


def test_names_of_identifiers_code_and_weights(hub):
    shown = {words(entry.xpath("p[@class='cx-links']")[0]) for entry in entries(index(hub))}
    assert "arXiv 2304.01373 · code · model weights" in shown
    assert any(re.fullmatch(r"arXiv [\d.]+ · DOI 10\.\S+ · code", each) for each in shown)


def test_every_kind_of_identifier_is_shown_by_its_name(tmp_path):
    known = {
        "arxiv": "2301.00001", "doi": "10.5555/x", "openalex": "W7", "s2": "8", "omid": "br/9",
        "pith": "a-paper", "acl": "2023.acl-long.1",
    }  # fmt: skip
    work = {"work_id": "arxiv:2301.00001", "ids": known}
    (entry,) = entries(index(make_release(tmp_path, make_works(work))))
    assert parts(entry)["links"].split(" · ") == [
        "arXiv 2301.00001", "DOI 10.5555/x", "OpenAlex W7", "Semantic Scholar 8", "OMID br/9",
        "Pith a-paper", "ACL Anthology 2023.acl-long.1",
    ]  # fmt: skip


def test_a_work_that_was_retracted_says_so(tmp_path):
    works = [
        {"work_id": f"a:{number}", "publication_year": 2023, "is_retracted": known}
        for number, known in enumerate([True, False, None])
    ]
    found = entries(index(make_release(tmp_path, make_works(*works))))
    about = "2023 · theme not known · venue not known · category not known"
    assert [parts(each)["about"] for each in found] == [f"retracted · {about}", about, about]


def test_what_is_not_known_is_said_and_a_label_is_shown(tmp_path):
    labelled = {"work_id": "arxiv:2301.00001", "intents": ["method", "result"],
                "polarities": ["supporting"], "publication_year": 2023}  # fmt: skip
    unknown = {"work_id": "arxiv:2301.00002", "finding": "It works."}
    first, second = map(
        parts, entries(index(make_release(tmp_path, make_works(labelled, unknown))))
    )
    assert first["role"] == "role: method, result · polarity: supporting"
    assert first["about"] == "2023 · theme not known · venue not known · category not known"
    assert "finding" not in first
    assert first["links"] == "identifiers not known"
    assert second["role"] == "Why: not known"
    assert second["about"].startswith("date not known")
    assert second["finding"] == "It works. (finding of unknown source)"
    assert second["authors"] == "authors not known"


def test_what_a_passage_says_is_text_whatever_it_holds(tmp_path):
    rows = make_works(*({"work_id": f"a:{number}"} for number in range(3)))
    passage = {"cited_work_id": CANONICAL, "section": "<b>Lamps</b>", "source_id": "s"}
    rows["citation_contexts"] = [
        {**passage, "citing_work_id": "a:0", "context_id": "1", "text": "A <script>\u202e & more"},
        {**passage, "citing_work_id": "a:1", "context_id": "2"},
    ]
    first, second, third = map(parts, entries(index(make_release(tmp_path, rows))))
    assert first["why"] == "Cites it: “A <script> & more” (<b>Lamps</b>)"
    assert second["why"] == "Cites it: Its words are not kept here. (<b>Lamps</b>)"
    assert "why" not in third
    assert second["role"] == "role: not labelled · polarity: not labelled"
    assert third["role"] == "Why: not known"


def test_titles_lead_where_the_page_says(hub):
    items = plain_list.entries(hub, lambda work: f"papers/{work.work_id}?a&b")
    (first, *_) = html.fragments_fromstring("".join(items))
    assert first.xpath("h3/a/@href") == ["papers/arxiv:2304.01373?a&b"]


# -- the page around it -------------------------------------------------------------------------


def test_the_page_has_what_readers_and_machines_look_for(released, tree):
    assert tree.get("lang") == "en"
    assert tree.findtext("head/title") == released.manifest["title"]
    meta = {each.get("name"): each.get("content") for each in tree.xpath("//meta[@name]")}
    assert meta["viewport"] == "width=device-width, initial-scale=1"
    assert meta["color-scheme"] == "light dark"
    assert meta["generator"] == f"citehub {citehub.__version__}"
    assert meta["description"] == " ".join(released.manifest["description"].split("\n"))
    assert [words(each) for each in tree.xpath("//h1")] == [released.manifest["title"]]
    levels = [int(each.tag[1]) for each in tree.xpath("//h1 | //h2 | //h3")]
    assert levels[:3] == [1, 2, 3]
    assert [len(tree.xpath(f"/html/body/{each}")) for each in ("header", "main", "footer")] == [
        1, 1, 1,
    ]  # fmt: skip
    skip = tree.xpath("/html/body/*[1]")[0]
    assert (skip.tag, tree.xpath(f"//main[@id='{skip.get('href')[1:]}']")) == (
        "a", tree.xpath("//main"),
    )  # fmt: skip
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_the_header_states_the_canonical_work_and_the_counts(released, tree):
    shown = words(tree.xpath("//header")[0])
    work = released.canonical
    assert f"{work.title_plain} ({shorten_authors(work.authors)}, " in shown
    assert tree.xpath("//header//a/@href") == [work.url]
    assert "This hub lists 44 citing papers; we do not know how many more there are." in shown
    _, judged = released.summary().judged()
    assert (released.summary().in_short if judged else str(released.summary())) in shown
    assert all("".join(row).replace(" ", "") in shown.replace(" ", "") for row in judged)
    assert f"Data version {released.version} of " in shown


def test_the_footer_says_how_to_cite_where_the_files_are_and_whose_they_are(released, tree):
    footer = tree.xpath("//footer")[0]
    shown = words(footer)
    assert released.cite("apa") in shown
    links = footer.xpath(".//a/@href")
    for resource in released.manifest["resources"]:
        assert f"data/{resource['path']}" in links
        assert f"{resource['name']} ({resource['rows']:,})" in shown
    assert "data/datapackage.json" in links
    for terms in released.manifest["licenses"]:
        assert terms["path"] in links
        assert f"{terms['name']}: {terms['title']}" in shown
    rows = [tuple(words(cell) for cell in row) for row in footer.xpath(".//tbody/tr")]
    assert rows == [
        (" ".join(row["title"].split()), row["rights"] or "not known") for row in released.sources
    ]


def test_the_script_is_told_what_the_manifest_says(released, tree):
    (section,) = tree.xpath("//section[@id='citehub-explorer'][@class='cx']")
    config, manifest = json.loads(section.get("data-config")), released.manifest
    assert config == {
        "hub": "mt-nlg",
        "version": released.version,
        "title": manifest["title"],
        "canonical": CANONICAL,
        "n": 44,
        "tables": {
            each["name"]: {key: each[key] for key in ("path", "rows", "bytes", "hash")}
            for each in manifest["resources"]
            if each["name"] in page.TABLES
        },
        "labels_note": (
            "By majority of three readings by a language model. "
            if "subjects" in released.tables
            else ""
        )
        + "A source counts 9 labelled papers of 44, and does not say which.",
        "counts_note": None,
        "colours": [f"light-dark({light}, {dark})" for light, dark in THEMES],
        "text_statuses": {
            row["status"]: TEXT_STATUSES[row["status"]]
            for row in released.release.rows("text_readings")
        },
        "files": "data/",
        "inline": "data.js",
        "release": None,
        "page": None,
    }
    assert {"works", "work_ids", "citations", "evidence"} <= config["tables"].keys()
    (note,) = section.xpath("p[@id='cx-note'][@role='status']")
    assert "plain list of all 44 citing papers" in note.text
    assert section.index(note) == 0


@pytest.mark.parametrize("days", [(), (2, 2), (2, 1)])
def test_the_script_is_told_who_counted_citations_and_when(tmp_path, days):
    works = [
        {"work_id": f"arxiv:2301.0000{number}", "title_plain": "A work", "citation_count": count}
        for number, count in enumerate((7, None, 0))
    ]
    for day, work in zip(days, works[::2], strict=False):
        work["citation_count_on"] = datetime.date(2026, 1, day)
    rows = make_works(*works)
    cell = {"table_name": "works", "column_name": "citation_count", "grade": "stated"}
    key = {"row_key": "arxiv:2301.00000"}
    rows["sources"] = [
        {"source_id": each, "title": f"Index {each}", "kind": "records"}
        for each in ("a", "b", "c")
    ]
    rows["evidence"] = [
        {**cell, **key, "source_id": "b"},
        {**cell, **key, "source_id": "a", "other_value": "9"},  # says otherwise, and is not shown
        {**cell, **key, "column_name": "title", "source_id": "c"},
    ]
    hub = make_release(tmp_path, rows)
    when = {(): "date not known", (2, 2): "2026-01-02", (2, 1): "2026-01-01 to 2026-01-02"}[days]
    assert page.config(hub, files="", inline=None)["counts_note"] == (
        f"Citations counted by Index b ({when}); known for 2 of 3 citing papers."
    )
    first, second, third = plain_list.entries(hub)
    assert f"cited by 7 works{' (2026-01-02)' if days else ''}" in first
    assert "cited by" not in second
    assert "cited by 0 works" in third


def test_a_hub_without_a_name_is_loaded_from_the_folder_beside_the_page(tmp_path):
    made = make_release(tmp_path, make_works({"work_id": "a:1"}))
    assert page.config(made, files="data/", inline=None)["release"] == "./data"


def preloaded(settings):
    tree = html.document_fromstring(plain_list.section(settings, "", ["<li></li>"]))
    return tree.xpath("//link[@rel='preload'][@as='fetch']/@href")


def test_small_files_that_the_script_reads_at_once_are_fetched_early(released):
    settings = page.config(released, files="data/", inline="data.js")
    first = {"works", "authorships", "citations", "themes", "work_themes", "representatives"}
    found = preloaded(settings)
    assert {f"data/{name}.parquet" for name in first.intersection(released.tables)} <= set(found)
    assert "data/evidence.parquet" not in found
    assert not preloaded(settings | {"inline": None})
    settings["tables"]["works"]["bytes"] = 1 << 18
    settings["tables"]["citations"]["rows"] = 0
    assert set(found) - set(preloaded(settings)) == {
        "data/works.parquet", "data/citations.parquet",
    }  # fmt: skip


def test_all_tables_that_the_script_reads_at_once_are_fetched_early(tmp_path):
    work = {
        "work_id": "arxiv:2301.00001", "authors": ["A B"], "ids": {"doi": "10.5555/x"},
        "intents": ["method"], "themes": ["t"], "representatives": {"made": 1}, "source": "s",
    }  # fmt: skip
    made = make_release(tmp_path, make_works(work))
    assert preloaded(page.config(made, files="data/", inline="data.js")) == [
        "data/works.parquet", "data/authorships.parquet", "data/work_ids.parquet",
        "data/citations.parquet", "data/citation_labels.parquet", "data/themes.parquet",
        "data/work_themes.parquet", "data/representatives.parquet",
    ]  # fmt: skip


def test_one_work_is_one_work(tmp_path):
    shown = words(index(make_release(tmp_path, make_works({"work_id": "a:1"}))).body)
    assert "This hub lists 1 citing paper;" in shown


# -- text from outside --------------------------------------------------------------------------


def test_text_from_outside_stays_text(tmp_path):
    rows = make_works(HOSTILE)
    rows["themes"] = [{"theme_id": MARKUP, "position": 1, "title": MARKUP, "description": "d"}]
    rows["work_themes"] = [{"theme_id": MARKUP, "work_id": HOSTILE["work_id"], "method": "m"}]
    rows["sources"] = [
        {"source_id": "s", "title": MARKUP, "kind": "records", "rights": MARKUP,
         "url": "javascript:alert(1)"}
    ]  # fmt: skip
    rows["works"][0]["title_plain"] = MARKUP
    made = make_release(tmp_path, rows)
    for field in ("title", "description"):
        made.manifest[field] = MARKUP
    made.manifest["licenses"] = [{"name": MARKUP, "path": "javascript:1", "title": MARKUP}]
    made.manifest["contributors"] = [{"title": MARKUP}]
    settings = page.config(made, files="data/", inline="data.js")
    items = list(plain_list.entries(made))
    for text in (page.index(made, settings, items, [MARKUP]), page.list_page(made, items, 1)):
        assert not re.search("[\x00-\x09\x0b-\x1f]", text)
        tree = html.document_fromstring(text)
        assert tree.xpath("//script/@src") in (["explorer.js"], [])
        assert tree.xpath("//script/text() | //img | //iframe | //style") == []
        assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
        for link in tree.xpath("//a/@href"):
            assert re.match(r"https?://|data/|#papers|[\w-]+\.(txt|html)$", link), link
        (entry,) = entries(tree)
        shown = parts(entry)
        for part in ("title", "authors", "about", "finding", "links"):
            assert MARKUP in shown[part], part
        assert shown["about"].count(MARKUP) == 3  # theme, venue, category
        assert shown["title"].endswith("\ufffd[2J\ufffd next line")
    assert json.loads(index(made).xpath("//section/@data-config")[0])["title"] == MARKUP


def test_where_it_is_known_which_works_are_labelled_the_note_says_who_judged(tmp_path):
    labelled = {"work_id": "arxiv:2301.00001", "intents": ["method"]}
    hub = make_release(tmp_path, make_works(labelled))
    assert page.config(hub, files="", inline=None)["labels_note"] == "By a test."
