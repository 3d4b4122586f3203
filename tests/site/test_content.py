"""What pages say is what the library says, and text from outside stays text."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest
from lxml import html
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser
from sphinx.errors import ExtensionError

import citehub
from citehub._schema import SCHEMA
from citehub._text import counted
from citehub.graph import Dumps, new_hub
from citehub.vocabulary import MEASURES
from tests.made import make_release, make_works
from tests.site.conftest import DOCS, HUB

if TYPE_CHECKING:
    from pathlib import Path

sys.path.insert(0, str(DOCS / "_extensions"))
import table_page
import work_page
from content_policy import with_policy
from elements import change, find, replace_script

WORKS = HUB.select()
ABSENT = [schema for schema in SCHEMA if schema.name not in HUB.tables]


def main(site: Path, name: str) -> str:
    """Return the text of a page's main part, with single spaces."""
    page = html.fromstring((site / f"{name}.html").read_text(encoding="utf-8"))
    return " ".join(page.xpath("//article")[0].text_content().split())


def plain(text: object) -> str:
    return " ".join(str(text).split())


def run(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "page", "exec"), {})
    return out.getvalue()


# -- the home page ------------------------------------------------------------------------------


def test_the_home_page_states_three_numbers_with_denominator_and_who_judged(site):
    page = html.fromstring((site / "index.html").read_text(encoding="utf-8"))
    (box,) = page.find_class("face-numbers")
    judged = next(
        row
        for row in HUB.summary()
        if row.scheme == "intent" and row.labeler and row.unit == "works"
    )
    assert [number.text_content() for number in box.iter("strong")] == [
        str(len(HUB.citing_works)),
        f"{judged.n_labelled} of {len(HUB.citing_works)}",
        str(len(HUB.passages())),
    ]
    assert all(item.xpath(".//a[@href]") for item in box.iter("li"))
    text = plain(box.text_content())
    assert text.count(f"judged by the {judged.labeler}; no person has checked them.") == 1
    assert main(site, "index").count("no person has checked") == 1
    assert HUB.canonical.title_plain in main(site, "index")


def test_the_doors_of_the_home_page_are_four_and_lead_on(site):
    page = html.fromstring((site / "index.html").read_text(encoding="utf-8"))
    (doors,) = page.find_class("face-doors")
    assert [door.xpath("string(p[1])") for door in doors.xpath("ul/li")] == [
        "Read", "Explore", "Load", "Make your own",
    ]  # fmt: skip
    for door in doors.xpath("ul/li"):
        links = [link.get("href") for link in door.iter("a")]
        assert len(links) > 2
        assert all((site / link).is_file() for link in links)


@pytest.mark.parametrize("theme", [*HUB.themes], ids=lambda row: row["theme_id"])
def test_the_page_of_a_theme_has_the_name_of_the_theme(site, theme):
    assert main(site, f"citing/{theme['theme_id']}").startswith(theme["title"])


# -- pages of papers ----------------------------------------------------------------------------


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.work_id)
def test_the_page_of_a_paper_says_what_the_hub_knows_and_what_it_does_not(site, work):
    text = main(site, f"citing/papers/{work_page.name(work.work_id)}")
    for known in (work.title_plain, work.finding, *work.authors, work.published, work.venue):
        assert known is None or plain(known) in text
    for value in work.ids.values():
        assert value in text
    not_known = text.split("What is not known")[1].split("Its neighbours")[0]
    assert "type of work" in not_known
    silent = any(row["n_passages"] == 0 for row in work.text_readings)
    assert ("We found no citation in the" in text) is silent
    assert ("We do not know why this paper cites" in text) is (not (silent or work.passages))
    for row in work.passages:
        assert plain(row["gist"]) in text
    assert not work.judged_by or f"Judged by: {work.judged_by}" in text
    for row in work.text_readings:
        assert plain(row["note"] or "") in text
    for related in HUB.related(work, n=6):
        assert f"{plain(related.work.title_plain)} {related.score:.3f}" in text
    for row in work.evidence:
        assert row["source_id"] in text
        assert row["locator"] is None or plain(row["locator"]) in text
    assert plain(HUB.cite(of=work)) in text
    assert f"{len(work.evidence)} cells" in text


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.work_id)
def test_the_code_of_a_page_gives_what_the_page_shows(work):
    page = work_page.page(HUB, work)
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    printed = run(code)
    for shown in (work.title, work.finding, *work.authors, HUB.cite(of=work), HUB.version):
        assert shown in (printed if shown != HUB.version else code)
    assert str(work.citation) in printed
    assert len(printed.splitlines()) > len(work.evidence)


HOSTILE = {
    "work_id": "arxiv:2301.00001",
    "title": "<script>alert(1)</script> $x$ [a](javascript:alert(1)) `b` {{c}} | d",
    "title_plain": "<script>alert(1)</script> $x$ [a](javascript:alert(1)) `b` {{c}} | d",
    "authors": ["% A. Comment", "# B. Heading", "<img src=x onerror=alert(1)>"],
    "finding": "{eval-rst} ```\n<b>bold</b> ::: {raw} html\n\x1b[31m",
    "finding_source": "s",
    "venue": "a | b <i>c</i>",
    "code_url": 'https://example.org/?a="><script>alert(1)</script>',
    "ids": {"arxiv": "2301.00001"},
    "source": "s",
    "is_retracted": True,
}


def test_text_from_outside_stays_text(tmp_path):
    hub = make_release(tmp_path, make_works(HOSTILE))
    (work,) = hub.select()
    page = work_page.page(hub, work)
    extensions = {"colon_fence", "deflist", "dollarmath", "attrs_inline"}
    parser = create_md_parser(MdParserConfig(enable_extensions=extensions), DocutilsRenderer)
    tokens = parser.parse(page)
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inner)}
    assert not kinds & {"html_block", "html_inline", "math_inline", "math_block", "myst_role"}
    fences = [token.info.strip() for token in tokens if token.type == "fence"]
    assert fences == ["{index} ! arxiv:2301.00001", "bibtex", "python"]
    for link in (token for token in inner if token.type == "link_open"):
        assert not str(link.attrs["href"]).startswith("javascript:")
        assert '"' not in str(link.attrs["href"])
    shown = "".join(token.content for token in inner if token.type == "text")
    assert shown.startswith("[retracted] <script>alert(1)</script> $x$")
    assert "retractedyes" in shown
    assert "\x1b" not in page
    names = next(t for t in tokens if t.type == "inline" and "Comment" in t.content)
    assert "% A. Comment" in "".join(child.content for child in names.children)


# -- pages of tables ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", HUB.tables)
def test_the_page_of_a_table_counts_as_the_table_does(site, name):
    text = main(site, f"tables/{name}")
    frame = HUB.table(name).to_pandas()
    assert f"Data version {HUB.version} has {counted(len(frame), 'row')}." in text
    page = table_page.page(HUB, name)
    for column in frame:
        (line,) = [row for row in page.splitlines() if row.startswith(f"| `{column}` | `")][:1]
        nulls = line.split(" | ")[3]
        count = int(frame[column].isna().sum())
        assert nulls == ("never" if nulls == "never" else f"{count:,} of {len(frame):,}")
        assert nulls != "never" or count == 0


@pytest.mark.parametrize("schema", SCHEMA, ids=lambda schema: schema.name)
def test_a_page_lists_the_columns_that_the_release_lacks(schema):
    if schema in ABSENT:
        return
    added = [each for each in schema.columns if each.name not in HUB.table(schema.name).columns]
    page = table_page.page(HUB, schema.name)
    assert ("so they are null in it" in page) is bool(added)
    for column in added:
        assert f"| `{column.name}` | `{column.type}` |" in page


@pytest.mark.parametrize("name", HUB.tables)
def test_the_python_code_of_a_table_loads_it(name):
    codes = re.findall(
        r"^```python\n(.*?)^```$", table_page.page(HUB, name), re.DOTALL | re.MULTILINE
    )
    assert len(codes) == 3
    expected = HUB.table(name).to_pandas().shape
    for code, variable in zip(codes, ("frame", "frame", "relation"), strict=True):
        space: dict[str, object] = {}
        exec(compile(code, name, "exec"), space)
        assert space[variable].shape == expected


@pytest.mark.parametrize("schema", ABSENT, ids=lambda schema: schema.name)
def test_a_table_that_the_hub_lacks_has_a_page_of_its_columns(site, schema):
    text = main(site, f"tables/{schema.name}")
    assert f"have it; {HUB.name} {HUB.version} does not." in text
    for column in schema.columns:
        assert f"{column.name} {column.type} " in text
        assert column.description in text
    if schema.name == "source_counts":
        assert all(f"{measure} {meaning}" in text for measure, meaning in MEASURES.items())


@pytest.mark.parametrize("schema", ABSENT, ids=lambda schema: schema.name)
def test_the_python_code_of_a_table_that_the_hub_lacks_loads_it(tmp_path, monkeypatch, schema):
    (tmp_path / "my-hub").mkdir()
    make_release(tmp_path / "my-hub", make_works() | {schema.name: []})
    monkeypatch.chdir(tmp_path)
    page = table_page.absent_page(HUB, schema)
    (code,) = re.findall(r"^```py\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    space: dict[str, object] = {}
    exec(compile(code, schema.name, "exec"), space)
    assert space["frame"].shape == (0, len(schema.columns))


def test_the_code_of_a_page_pins_the_version_that_the_page_shows():
    assert all(f"version={HUB.version!r}" in work_page.page(HUB, work) for work in WORKS[:3])


# -- a hub of your own work ---------------------------------------------------------------------


def rows_of(site, name):
    """Return the rows of every table of a page."""
    page = html.fromstring((site / f"{name}.html").read_text(encoding="utf-8"))
    return {tuple(plain(cell.text_content()) for cell in row) for row in page.xpath("//tr")}


def test_the_page_of_a_hub_from_dumps_shows_what_the_factory_makes(site, tmp_path):
    folder = DOCS / "guide" / "small-dumps"
    named = {name: str(folder / name) for name in ("openalex", "s2", "opencitations")}
    citing = str(folder / "citing.bib")
    made = new_hub("arxiv:9912.00001", str(tmp_path / "hub"), Dumps(**named), citing=citing)
    hub = citehub.load(made.folder)
    text, rows = main(site, "guide/make-a-hub"), rows_of(site, "guide/make-a-hub")
    assert f"{made.n_citing} citing works. Look at it" in text
    for work in hub.select():
        known = (plain(work.title_plain), work.published, work.role, work.work_id)
        assert tuple(cell or "–" for cell in known) in rows
    text, rows = main(site, "guide/dumps"), rows_of(site, "guide/dumps")
    counts = {(row["source_id"], row["measure"]): row["n"] for row in hub.source_counts}
    sources = dict.fromkeys(source for source, _ in counts)
    for measure, meaning in MEASURES.items():
        found = (str(counts.get((source, measure), "–")) for source in sources)
        assert (f"{measure}: {meaning}", *found) in rows
    with open(made.rejects, encoding="utf-8", newline="") as file:
        rejects = list(csv.DictReader(file))
    assert len(rejects) > 5
    assert all(f": {each['line']}: {plain(each['reason'])}" in text for each in rejects)


def test_the_page_of_ones_own_paper_shows_what_the_commands_print(site):
    text = main(site, "guide/own-paper")
    for each in (
        "7 citing works. Look at it with: citehub show ./my-hub",
        "openalex and s2 both know",
        "nothing new since 1.0.0",
        "1.1.0 would be the next version",
        "1 work added doi:10.5555/two.1 Lamps in Two Catalogues",
        "s2 gave only part of its list, and is not in the hub: Semantic Scholar fails with 503.",
        "OpenAlex gives no more today; come back in",
    ):
        assert each in text
    assert "127.0.0.1" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("name", ["make-a-hub", "dumps", "curate"])
def test_a_page_of_a_hub_from_dumps_names_no_folder_of_the_machine(site, name):
    page = (site / "guide" / f"{name}.html").read_text(encoding="utf-8")
    assert tempfile.gettempdir() + "/" not in page
    assert str(DOCS) not in page


def test_elements_are_found_where_they_stand():
    text = "<p>a &lt; b\n<br><p class='x y'>c<svg><path d=\"M0\"/></svg></div>\n<!-- <p> --></p>"
    found = find(text, "p", "br", "svg", "path")
    assert [text[each.start : each.inner] for each in found] == [
        "<p>", "<br>", "<p class='x y'>", "<svg>", '<path d="M0"/>',
    ]  # fmt: skip
    _, _, inner, svg, path = found
    assert inner.classes == ["x", "y"]
    assert path.within(svg)
    assert text[svg.inner : svg.close] == text[path.start : path.end]
    assert inner.end == len(text)
    assert change(text, [(svg.start, svg.end, ""), (0, 0, "!")]) == "!" + text.replace(
        text[svg.start : svg.end], ""
    )


def test_a_theme_that_changed_is_told_with_what_was_expected():
    head = "<head><meta charset='utf-8'><script src='_static/a.js?v=1'></script></head>"
    assert replace_script(head, "a.js", "…") == "<head><meta charset='utf-8'>…</head>"
    with pytest.raises(ExtensionError, match=r"the script b\.js of the theme"):
        replace_script(head, "b.js")
    with pytest.raises(ExtensionError, match="no <head>"):
        with_policy("<html><body></body></html>")


def test_a_policy_names_the_inline_scripts_of_its_page_alone():
    page = "<html><head>\n<meta charset='utf-8'/><title>x</title></head><script>1</script></html>"
    done = with_policy(page)
    assert done.startswith("<html><head>\n<meta charset='utf-8'/><meta http-equiv=")
    assert done.count("'sha256-") == 1
    assert with_policy(done) == done
