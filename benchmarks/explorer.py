"""Measure the explorer in Chromium beside itables and DuckDB-Wasm, on the same works.

Every run is a fresh browser context that opens a page from a local server (gzip, ranges, no
throttling), and does the same with each competitor: type a search as soon as there is a field,
clear it, choose a theme, leave it, search three words, sort by title, scroll for three seconds.
Runs of the competitors alternate; figures are medians.

- *First rows*: the first frame with a work in it. *Usable*: the first frame with the right
  answer to a search that was typed as soon as there was a field for it. Both from the start of
  navigation.
- An answer counts from the browser's own time of the click or input to the first frame that
  shows the right number of works (the right first title, after sorting).
- Blocked: the longest task of the main thread, while loading and afterwards.
- Bytes are all that the server wrote, headers too: until usable, and in the whole run. Ours also
  shows every picture and opens a paper, as these load more.
- Heap is the page's after garbage collection; memory is the resident set of the renderer with
  its workers, its peak.

    python benchmarks/explorer.py [--rows 44 10000 100000] [--rounds 5] [--keep FOLDER]

It prints Markdown, and exits with 1 if a target is missed. It needs Chromium, node and npm, and
what ``benchmarks/requirements.txt`` lists. ``benchmarks/peers`` pins what comes from npm.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from time import sleep, time
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import pyarrow as pa
from itables.javascript import generate_init_offline_itables_html, to_html_datatable
from itables.options import dt_bundle
from load import describe_machine
from make_hub import make_hub
from playwright.sync_api import sync_playwright
from serve import serve

import citehub
from citehub._parquet_files import parquet_bytes
from citehub.explorer import write_site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Browser, Page
    from serve import Host

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COLUMNS = ("title", "authors", "year", "month", "theme", "category", "venue", "role", "polarity")
SEARCHED = ("title", "authors", "finding")
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SMALL, LARGE = 1_000, 100_000  # works, below and from which there are targets
PANES_ONCE = 50_000  # works above which SearchPanes runs in one round: it takes minutes
MB = 1e6
FACETS = (2, 4, 5, 6, 7, 8)  # of COLUMNS, as panes


class Facts(NamedTuple):
    """What is searched for and chosen, and the right answers."""

    total: int
    queries: dict[str, str]  # common, rare and prefix
    theme: str
    theme_id: str
    first: str  # first word of the first title by title


class Reading(NamedTuple):
    """Where a page shows what is measured, as CSS selectors."""

    row: str
    title: str
    search: str
    found: str
    number: str  # regular expression of the number found


class Using(NamedTuple):
    """How a page is used."""

    choose: Callable[[Page, Facts], None]
    leave: Callable[[Page, Facts], None]
    sort: Callable[[Page], None]
    tour: Callable[[Page], None] = lambda _: None  # what else loads on demand


@dataclass
class Case:
    """A competitor: how its page is read and used, and what was measured."""

    name: str
    folder: str
    reading: Reading
    using: Using
    answers: dict[str, int] = field(default_factory=dict)
    runs: list[dict[str, float]] = field(default_factory=list)

    def median(self, measure: str) -> float:
        """Return the median of a measure over the runs."""
        return median(run[measure] for run in self.runs)


TABLE = Reading(
    "table[id^=itables].dataTable > tbody > tr:has(td:nth-child(3))",
    "table[id^=itables].dataTable > tbody td",
    ".dt-search input",
    ".dt-info",
    "of ([\\d,]+) entr",
)
DUCK = Reading("#rows tr", "#rows td", "#search", "#found", "(\\d+)")


def click_theme(page: Page, facts: Facts) -> None:
    page.click(f'.cx-facet-theme input[value="{facts.theme_id}"]')


def open_all(page: Page) -> None:
    """Look at every picture, and open a paper."""
    page.evaluate("scrollTo(0, 0)")
    for picture in page.locator(".cx-kinds button").all():
        picture.click()
        page.wait_for_timeout(500)
    page.locator(".cx-opener").first.click()
    page.wait_for_timeout(1000)


def sort_site(page: Page) -> None:
    page.select_option("#cx-sort", "title")


def sort_table(page: Page) -> None:
    page.click("table[id^=itables] .dt-column-order")


def sort_duck(page: Page) -> None:
    page.click("#sort")


def click_box(page: Page, facts: Facts) -> None:
    page.click(f'#themes input[value="{facts.theme}"]')


def click_pane(page: Page, facts: Facts) -> None:
    name = re.compile(f"^{re.escape(facts.theme)}$")
    page.locator(".dtsp-name", has_text=name).first.click()


def type_filter(page: Page, facts: Facts) -> None:
    page.locator("tfoot input").nth(COLUMNS.index("theme")).click()
    page.keyboard.insert_text(facts.theme[:-1])
    page.keyboard.press(facts.theme[-1])  # the filter of a column listens to keys alone


def clear_filter(page: Page, _: Facts) -> None:
    page.locator("tfoot input").nth(COLUMNS.index("theme")).click()
    empty(page)


def empty(page: Page) -> None:
    """Empty the field that has the focus."""
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")


def cases() -> list[Case]:
    """Return the competitors, ours and itables first."""
    return [
        Case(
            "citehub site",
            "site",
            Reading(
                ".cx-entry", ".cx-entry .cx-title", "#cx-search", ".cx-found", "^([\\d,]+) of"
            ),
            Using(click_theme, click_theme, sort_site, open_all),
        ),
        Case("itables", "itables", TABLE, Using(type_filter, clear_filter, sort_table)),
        Case("itables, SearchPanes", "panes", TABLE, Using(click_pane, click_pane, sort_table)),
        *(
            Case(name, folder, DUCK, Using(click_box, click_box, sort_duck))
            for name, folder in (
                ("DuckDB-Wasm 1.28.0, Parquet", "duckdb-parquet"),
                ("DuckDB-Wasm 1.32.0, Arrow", "duckdb-arrow"),
            )
        ),
    ]


# -- the data and the pages ---------------------------------------------------------------


def flatten(hub: citehub.Hub) -> pd.DataFrame:
    """Return one row per citing work: what every competitor shows."""
    titles = {row["theme_id"]: row["title"] for row in hub.themes}
    authors, themes = Gathered(), Gathered()
    labels = {"intent": Gathered(), "polarity": Gathered()}
    for author in hub.authorships:
        authors.add(author["work_id"], author["author_name"])
    for theme in hub.work_themes:
        themes.add(theme["work_id"], titles[theme["theme_id"]])
    for label in hub.citation_labels:
        labels[label["scheme"]].add(label["citing_work_id"], label["value"] or label["raw_value"])
    return pd.DataFrame(
        {
            "title": work["title_plain"],
            "authors": authors.of(work["work_id"], ", "),
            "year": work["publication_year"],
            "month": work["publication_month"],
            "theme": themes.of(work["work_id"], "; "),
            "category": work["primary_category"],
            "venue": work["venue"],
            "role": labels["intent"].of(work["work_id"], ", "),
            "polarity": labels["polarity"].of(work["work_id"], ", "),
            "finding": work["finding"],
        }
        for work in hub.citing_works
    ).astype({"year": "Int16", "month": "Int8"})


class Gathered(dict[str, list[str]]):
    """Texts by work."""

    def add(self, work: str, text: str) -> None:
        """Note one more text of a work."""
        self.setdefault(work, []).append(text)

    def of(self, work: str, gap: str) -> str | None:
        """Return the texts of a work as one, or None."""
        return gap.join(self[work]) if work in self else None


def find_facts(hub: citehub.Hub, works: pd.DataFrame) -> Facts:
    """Choose what is searched for: words that are common, rare and the beginning of another."""
    words = works["title"].str.lower().str.findall(r"\b[a-z]{7,}\b")
    counts = Counter(word for title in words for word in set(title))
    rare = min(counts, key=lambda word: (counts[word], word))
    themes = works["theme"].value_counts()
    chosen = themes.index[1]
    ids = {row["title"]: row["theme_id"] for row in hub.themes}
    first = min(works["title"], key=lambda text: re.findall(r"\w+", text.casefold()))
    queries = {"common": "language", "rare": rare, "prefix": "quant"}
    return Facts(len(works), queries, chosen, ids[chosen], re.findall(r"\w+", first)[0])


def find_answers(case: Case, works: pd.DataFrame, facts: Facts) -> dict[str, int]:
    """Return how many works each search and the theme leave; itables searches all columns."""
    columns = works.columns if case.reading is TABLE else SEARCHED
    text = works[columns[0]].fillna("")
    for column in columns[1:]:
        text = text + "\n" + works[column].astype("string").fillna("")
    text = text.str.lower()
    answers = {
        name: int(text.str.contains(query, regex=False).sum())
        for name, query in facts.queries.items()
    }
    theme = works["theme"].fillna("")
    is_whole = case.folder == "panes"  # a pane lists whole cells
    chosen = theme == facts.theme if is_whole else theme.str.contains(facts.theme, regex=False)
    return {**answers, "theme": int(chosen.sum()), "total": facts.total}


def prepare(rows: int, folder: Path) -> tuple[citehub.Hub, pd.DataFrame]:
    """Write the page of every competitor, where it is not there yet."""
    hub = citehub.load("mt-nlg")
    if rows != len(hub.citing_works):
        if not (folder / "hub").exists():
            make_hub(rows, folder / "hub")
        hub = citehub.load(f"{folder / 'hub'}/")
    works = flatten(hub)
    shutil.rmtree(folder / "site", ignore_errors=True)  # what is measured is never an old one
    write_site(hub, folder / "site")
    for name, more in {"itables": {"column_filters": "footer"}, "panes": PANES}.items():
        if not (folder / name).exists():
            (folder / name).mkdir()
            page = write_itables(works, **more)
            (folder / name / "index.html").write_text(page, encoding="utf-8")
    for name, (package, data) in DUCKS.items():
        if not (folder / name).exists():
            write_duckdb(works, folder / name, folder.parent / "npm", package, data)
    return hub, works


PANES: dict[str, Any] = {
    "layout": {"top1": "searchPanes"},
    "searchPanes": {"layout": "columns-3", "cascadePanes": True, "columns": list(FACETS)},
}
DUCKS = {
    "duckdb-parquet": ("duckdb-wasm-with-parquet", "data.parquet"),
    "duckdb-arrow": ("@duckdb/duckdb-wasm", "data.arrow"),
}


def write_itables(works: pd.DataFrame, **more: Any) -> str:
    """Return a page that holds the table and all of its script."""
    text = works.select_dtypes(exclude="number").columns
    works = works.fillna(dict.fromkeys(text, ""))  # else it prints None
    table = to_html_datatable(works, connected=False, maxBytes=0, showIndex=False, **more)
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>itables</title>\n'
        '<link rel="icon" href="data:,">\n'
        f"{generate_init_offline_itables_html(dt_bundle)}\n{table}\n</html>\n"
    )


def write_duckdb(works: pd.DataFrame, folder: Path, npm: Path, package: str, data: str) -> None:
    """Bundle the page of ``peers/duckdb.js`` with a version of DuckDB, and write its data."""
    if not npm.exists():
        npm.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "peers" / name, npm)
        run("npm", "ci", "--silent", cwd=npm)
    folder.mkdir()
    shutil.copy(HERE / "peers" / "duckdb.html", folder / "index.html")
    shutil.copy(HERE / "peers" / "duckdb.js", npm)
    run(
        "node_modules/.bin/esbuild", "duckdb.js", "--bundle", "--format=esm", "--minify",
        f"--alias:duckdb={package}", f'--define:DATA="{data}"', f"--outfile={folder}/duckdb.js",
        cwd=npm,
    )  # fmt: skip
    for name in ("duckdb-eh.wasm", "duckdb-browser-eh.worker.js"):
        shutil.copy(npm / "node_modules" / package / "dist" / name, folder)
    table = pa.Table.from_pandas(works.assign(number=range(len(works))), preserve_index=False)
    table = table.cast(
        pa.schema(
            pa.field(each.name, pa.string() if pa.types.is_large_string(each.type) else each.type)
            for each in table.schema
        )
    ).replace_schema_metadata()
    if data.endswith(".parquet"):
        (folder / data).write_bytes(parquet_bytes(table))
    else:
        with pa.ipc.new_stream(str(folder / data), table.schema) as writer:
            writer.write_table(table)


def run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True)


# -- measuring ----------------------------------------------------------------------------


class Visitor:
    """Opens a competitor's page in a fresh context, and does what a person does."""

    def __init__(self, browser: Browser, host: Host, case: Case, facts: Facts) -> None:
        self.browser, self.host, self.case, self.facts = browser, host, case, facts
        self.spans: dict[str, list[float]] = {}

    def visit(self) -> dict[str, float]:
        """Return every measure of one run."""
        case = self.case
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        self.page = page = context.new_page()
        watched = case.reading._asdict()
        watched |= {"query": self.facts.queries["common"], "answer": case.answers["common"]}
        script = (HERE / "watch.js").read_text(encoding="utf-8").rstrip()
        page.add_init_script(f"{script}({json.dumps(watched)})")
        self.host.sent.clear()
        page.goto(f"{self.host.address}/index.html", wait_until="commit")
        measures = {
            "rows": page.evaluate("watch.rows"),
            "usable": page.evaluate("watch.usable"),
        }
        self.spans["load"] = [0, measures["usable"]]
        until = page.evaluate("performance.timeOrigin") / 1000 + measures["usable"] / 1000
        measures |= self.use()
        measures["bytes"] = sum(sent.size for sent in self.host.sent if sent.when <= until)
        measures["all bytes"] = sum(sent.size for sent in self.host.sent)
        sleep(0.1)  # tasks are told of a moment after they end
        blocked = {
            name: page.evaluate("span => watch.longest(...span)", span)
            for name, span in self.spans.items()
        }
        measures["blocked loading"] = blocked.pop("load")
        measures["blocked in use"] = max(blocked.values())
        measures["rough frames"] = page.evaluate(
            "([from, to]) => watch.gaps.filter(([start, gap]) => "
            "gap > 50 && start > from && start < to).length",
            self.spans["scroll"],
        )
        measures |= self.weigh()
        context.close()
        return measures

    def use(self) -> dict[str, float]:
        """Do what every page is used for, and return how long each answer took."""
        page, case, facts = self.page, self.case, self.facts
        measures = {}
        page.click(case.reading.search)
        self.act("clear", lambda: empty(page), self.shows("total"))
        shown = self.shows("theme", facts.theme)
        measures["facet"] = self.act("facet", lambda: case.using.choose(page, facts), shown)
        self.act("leave", lambda: case.using.leave(page, facts), self.shows("total"))
        page.click(case.reading.search)
        for name, query in facts.queries.items():
            shown = self.shows(name, query)
            write = partial(page.keyboard.insert_text, query)
            measures[name] = self.act(name, write, shown)
            self.act(f"no {name}", lambda: empty(page), self.shows("total"))
        query = facts.queries["common"]
        shown = self.shows("common", query)
        self.act("typed", lambda: page.keyboard.type(query, delay=80), shown)
        self.act("no typed", lambda: empty(page), self.shows("total"))
        shown = f"watch.startsWith({json.dumps(facts.first.lower())})"
        measures["sort"] = self.act("sort", lambda: case.using.sort(page), shown)
        self.scroll()
        case.using.tour(page)
        return measures

    def shows(self, answer: str, text: str = "") -> str:
        """Return the check that the number is right and the first row is one of those found."""
        return f"watch.shows({self.case.answers[answer]}, {json.dumps(text)})"

    def act(self, name: str, do: Callable[[], None], shown: str) -> float:
        """Do something, and return the ms from the last click or input to what is to be shown."""
        page = self.page
        start = page.evaluate("performance.now()")
        page.evaluate(f"void watch.expect(() => {shown})")
        do()
        end = page.evaluate("watch.answer")
        self.spans[name] = [start, end]
        return float(end - page.evaluate("watch.acted"))

    def scroll(self) -> None:
        """Scroll by the wheel for three seconds."""
        page = self.page
        page.mouse.move(800, 600)
        start = page.evaluate("performance.now()")
        end = time() + 3
        while time() < end:
            page.mouse.wheel(0, 240)
            sleep(0.02)
        self.spans["scroll"] = [start, page.evaluate("performance.now()")]

    def weigh(self) -> dict[str, float]:
        """Return the page's heap, and the peak of the renderer, in MB."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        metrics = session.send("Performance.getMetrics")["metrics"]
        heap = next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize")
        processes = self.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        renderers = [p["id"] for p in processes["processInfo"] if p["type"] == "renderer"]
        return {"heap": heap / MB, "memory": max(map(peak_memory, renderers))}


def peak_memory(process: int) -> float:
    """Return the largest resident set that a process had, in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / MB


def measure(browser: Browser, rows: int, folder: Path, rounds: int) -> list[Case]:
    """Return the competitors with what was measured of them."""
    hub, works = prepare(rows, folder)
    facts = find_facts(hub, works)
    found = cases()
    with ExitStack() as stack:
        hosts = {case.name: stack.enter_context(serve(folder / case.folder)) for case in found}
        for case in found:
            case.answers = find_answers(case, works, facts)
        for number in range(rounds):
            for case in found[:: -1 if number % 2 else 1]:
                if case.folder == "panes" and number and rows > PANES_ONCE:
                    continue
                print(f"{rows:,} rows, round {number + 1}: {case.name}", file=sys.stderr)
                case.runs.append(Visitor(browser, hosts[case.name], case, facts).visit())
    return found


# -- telling ------------------------------------------------------------------------------


def describe(found: Sequence[Case], rows: int) -> list[str]:
    """Return the tables of one size."""
    times = ("rows", "usable", "facet", "common", "rare", "prefix", "sort")
    lines = [
        f"### {rows:,} works\n",
        "| ms | first rows | usable | theme | common word | rare word | beginning | sorted |",
        "| :--- |" + " ---: |" * len(times),
        *(
            f"| {case.name} | " + " | ".join(f"{case.median(each):,.0f}" for each in times) + " |"
            for case in found
        ),
        "",
        (
            "| page | kB until usable | kB in all | blocked, ms: loading | in use "
            "| frames over 50 ms | heap, MB | memory, MB |"
        ),
        "| :--- |" + " ---: |" * 7,
    ]
    for case in found:
        cells = [
            f"{case.median('bytes') / 1e3:,.0f}",
            f"{case.median('all bytes') / 1e3:,.0f}",
            f"{case.median('blocked loading'):,.0f}",
            f"{case.median('blocked in use'):,.0f}",
            f"{case.median('rough frames'):.0f}",
            f"{case.median('heap'):.0f}",
            f"{case.median('memory'):.0f}",
        ]
        lines.append(f"| {case.name} | " + " | ".join(cells) + " |")
    return lines


def check(found: Sequence[Case], rows: int) -> list[tuple[bool, str]]:
    """Return the targets of one size: whether each is met, and the figures."""
    ours, itables, *_ = found
    return [
        (
            own <= most,
            f"{rows:,} works, {what}: {own:,.0f} {unit} (target: at most {most:,.0f}, {why})",
        )
        for what, unit, own, most, why in targets(ours, itables, found[1:], rows)
    ]


def targets(
    ours: Case, itables: Case, peers: Sequence[Case], rows: int
) -> list[tuple[str, str, float, float, str]]:
    """Return what is judged: what it is, its unit, our figure, the most it may be, and why."""
    if rows < SMALL:
        own = ours.median("bytes") / 1e3  # search and pictures; evidence comes with a paper
        third = itables.median("all bytes") / 3e3
        rows_there = itables.median("rows")
        return [
            ("over the wire", "kB", own, 100, "the budget"),
            ("over the wire", "kB", own, third, "a third of itables'"),
            ("usable", "ms", ours.median("usable"), rows_there, "itables' first rows"),
        ]
    if rows < LARGE:
        return []
    fewest = min(peer.median("all bytes") for peer in peers) / MB
    words = ("common", "rare", "prefix")
    return [
        ("usable", "ms", ours.median("usable"), itables.median("usable") / 15, "1/15 of itables'"),
        ("usable", "ms", ours.median("usable"), 1000, "the aim"),
        ("theme", "ms", ours.median("facet"), itables.median("facet") / 4, "1/4 of itables'"),
        ("theme", "ms", ours.median("facet"), 30, "the aim"),
        *(
            (f"{word} word", "ms", ours.median(word), itables.median(word) / 5, "1/5 of itables'")
            for word in words
        ),
        *((f"{word} word", "ms", ours.median(word), 50, "the aim") for word in words),
        ("over the wire", "MB", ours.median("all bytes") / MB, fewest, "the fewest of peers"),
        ("blocked while loading", "ms", ours.median("blocked loading"), 50, "the budget"),
        ("blocked in use", "ms", ours.median("blocked in use"), 50, "the budget"),
        ("frames over 50 ms in scrolling", "", ours.median("rough frames"), 0, "smooth"),
    ]


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--rows", type=int, nargs="+", default=[44, 10_000, 100_000])
    arguments.add_argument("--rounds", type=int, help="default: 5, and 3 for 100,000 works")
    arguments.add_argument("--keep", type=Path, help="folder for what is made, to be used again")
    given = arguments.parse_args()
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        sys.exit("There is no Chromium: apt-get install chromium (or your system's package)")
    judged = []
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        print(*describe_machine(("citehub", "itables", "playwright", "pyarrow")), sep="\n")
        print(f"- Browser: Chromium {browser.version}\n", flush=True)
        for rows in given.rows:
            folder = (given.keep or Path(scratch)) / str(rows)
            folder.mkdir(parents=True, exist_ok=True)
            rounds = given.rounds or (3 if rows >= LARGE else 5)
            found = measure(browser, rows, folder, rounds)
            print(*describe(found, rows), "", sep="\n", flush=True)
            judged += check(found, rows)
        browser.close()
    print(*(f"{'PASS' if passed else 'FAIL'} {line}" for passed, line in judged), sep="\n")
    return 0 if all(passed for passed, _ in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
