"""The explorer's engine: the same works in the same order as the library, for many states.

The code that the page shows for a state is run here: it must give what the page gives.
"""

from __future__ import annotations

import functools
import itertools
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import citehub
from citehub._select import LISTS, known_values
from citehub.cli.app import app
from citehub.errors import NothingKnown
from citehub.explorer import page
from citehub.export import Export
from tests.made import CANONICAL, make_release, make_works

SCRIPT = Path(__file__).parent / "engine.mjs"
FORMATS = ("bibtex", "ris", "csl-json", "csv", "graphml")
SORTS = ("", "hub", "newest", "oldest", "title")
SEARCHES = [
    "model", "language models", "a", "overthinkng", "Biderman", "2304.01373", "zzz", "…", "é",
    "https://arxiv.org/abs/2204.02311v5", "Training Compute-Optimal", "moe 2022", "arxiv", "lm 2",
    "3D parallelism", "gist 2 lamps",
]  # fmt: skip


def made(folder: Path) -> citehub.Hub:
    """A hub of works that are hard to search, sort, filter and write down."""
    works: list[dict[str, Any]] = [
        {"title_plain": "Zebra  and\nquagga", "publication_year": 2020, "publication_month": 2},
        {"title_plain": "zebra and quagga", "publication_year": 2020, "venue": "ICML"},
        {"title_plain": "\U0001d504stral plane", "publication_month": 3},
        {"title_plain": "ﬁnal ﬂuff", "publication_year": 1999, "venue": 'A "quoted" venue'},
        {"title_plain": "Ἀθήνας ΟΔΟΣ Ὀδός", "publication_year": 2021, "venue": "ICML"},
        {"title_plain": "हिन्दी में शीर्षक", "publication_year": 2021, "publication_month": 12},
        {"title_plain": "中文標題 straße İstanbul", "finding": "ﬁnding <script>alert(1)</script>"},
        {"title_plain": "", "publication_year": 2021, "publication_month": 1},
        {"title_plain": "$x^2$ \\input{a} 100% {b}", "code_url": "https://example.org/?a=b&c='"},
        {"title_plain": "=1+1", "venue": "$(id) `id` 'x' \\ \n end", "finding": "quaga & zebr"},
        {"title_plain": "A—B", "publication_year": 2020, "publication_month": 2},
        {"title_plain": "A B", "primary_category": "not known"},
    ]
    for number, work in enumerate(works, 1):
        work |= {
            "work_id": f"doi:10.5555/{number}%|é",
            "title": work["title_plain"],
            "source": "s",
        }
        work["authors"] = [f"Given{number % 5} Family{number % 3}", "Ann van der Ö, Jr.", "安"]
        work["authors"] = work["authors"][: number % 4]
        work["intents"] = ["background", "method"][: number % 3]
        work["polarities"] = ["positive"] * (number % 2)
        work["citation_count"] = (None, 7, 0, 7)[number % 4]
        work["ids"] = {"doi": f"10.5555/{number}"}
    rows = make_works(*works)
    rows["themes"] = [
        {"theme_id": theme, "title": title, "description": "", "position": position}
        for position, (theme, title) in enumerate([("b", "<b>Bold</b>"), ("a", "Ä")], 1)
    ]
    rows["work_themes"] = [
        {"work_id": work["work_id"], "theme_id": theme, "method": "a test"}
        for number, work in enumerate(works)
        for theme in ("b", "a")[: number % 3]
    ]
    rows["representatives"] = [
        {"method": method, "rank": rank, "work_id": works[-3 * rank]["work_id"]}
        for method in ("one", "two")
        for rank in (1, 2, 3)
    ]
    add_passages(rows)
    for number, citation in enumerate(rows["citations"]):
        citation["shared_authors"] = (0, 2, None)[number % 3]
    return citehub.load(make_release(folder, rows).path)


def add_passages(rows: dict[str, list[dict[str, Any]]]) -> None:
    """Add passages to some works, labels of them, and what came of looking for others."""
    cites = [{"citing_work_id": row["citing_work_id"], "cited_work_id": CANONICAL}
             for row in rows["citations"]]  # fmt: skip
    rows["citation_contexts"] = [
        {**cite, "context_id": f"{number}#{position}", "position": position, "section": "Lamps",
         "section_kind": kind, "place": "text", "gist": f"=gist {position} of {number}",
         "source_id": "s"}
        for number, cite in enumerate(cites[:4])
        for position, kind in ((2, "method"), (1, None), (3, "other"))[: number + 1]
    ]  # fmt: skip
    label = {"labeler": "A model", "labeler_kind": "model", "source_id": "s"}
    rows["citation_labels"] += [
        {**cite, **label, "label_id": f"subject-{number}-{shown}", "scheme": "subject",
         "context_id": f"{number}#2", "subject": subject, "raw_value": subject or "a word",
         "is_shown": shown}
        for number, cite in enumerate(cites[:4])
        for subject, shown in ((("oil", "wick", None)[number % 3], True), ("not shown", False))
    ]  # fmt: skip
    statuses = ("passages found", "not at hand", "not readable", "no references")
    rows["text_readings"] = [
        {"work_id": cite["citing_work_id"], "reading": reading, "source_id": "s",
         "status": statuses[(number + reading) % 4]}
        for number, cite in enumerate(cites[:8])
        for reading in (2, 1)[: number % 2 + 1]
    ]  # fmt: skip


@pytest.fixture(scope="module", params=["mt-nlg", "made"])
def hub(request, tmp_path_factory):
    if request.param == "mt-nlg":
        return citehub.load("mt-nlg")
    return made(tmp_path_factory.mktemp("made"))


def states(hub: citehub.Hub) -> list[dict[str, Any]]:
    """Every condition alone, a fifth of all pairs, all together, each order, and each search."""
    works = hub.select()
    themes = [row["theme_id"] for row in hub.themes]
    values = {
        "theme": [*themes[:2], "not known"],
        "category": sorted({w.primary_category or "not known" for w in works}),
        "venue": sorted({w.venue or "not known" for w in works}),
        "role": ["background", "not known"],
        "polarity": ["positive", "not known"],
        "representatives": sorted({r["method"] for r in hub.representatives}),
    }
    values |= {
        name: [*dict.fromkeys(known_values(hub.release, name)), "not known"]
        for name in ("subject", "section", "passage")
    }
    labelled = {label["value"] for label in hub.citation_labels} | {"not known"}
    values |= {
        name: [value for value in values[name] if value in labelled]
        for name in ("role", "polarity")
    }
    single: list[dict[str, Any]] = [
        {name: given}
        for name in LISTS
        for given in (values[name][:1], values[name][-1:], values[name])
        if given
    ]
    single += [{"year": [2020, 2021]}, {"year": [2023, 2023]}]
    single += [
        {flag: given} for flag in ("labelled", "shared_authors", "code") for given in (True, False)
    ]
    single += [{name: works[3].work_id} for name in ("related_to", "authors_of")]
    pairs = [
        one | other
        for one, other in itertools.combinations(single, 2)
        if not one.keys() & other.keys()
    ][::5]
    searched = [
        {"search": search, "sort": sort} for search in SEARCHES for sort in (*SORTS, "relevance")
    ]
    sorted_ = [each | {"sort": sort} for each in single for sort in SORTS]
    every = {name: values[name] for name in LISTS if values[name]}
    every |= {"year": [1900, 2100], "code": False, "related_to": works[3].work_id}
    if any(work.citation_count is not None for work in works):
        sorted_ += [each | {"sort": "most-cited"} for each in single]
    both = [each | {"search": search} for each in single for search in SEARCHES[:3]]
    return [{}, every, every | {"search": "a"}, *single, *sorted_, *searched, *both, *pairs]


@pytest.fixture(scope="module")
def answers(hub, node):
    settings = page.config(hub, files="", inline=None)
    if settings["release"] is not None:
        settings["release"] = hub.path
    given = {"base": f"{Path(hub.path).as_uri()}/", "config": settings, "states": states(hub)}
    return given["states"], node(SCRIPT, given)


@pytest.fixture(scope="module")
def select(hub):
    """What the library selects, asked once for each set of conditions."""
    known: dict[str, list[str]] = {}

    def ids(**conditions: Any) -> list[str]:
        key = repr(sorted(conditions.items()))
        if key not in known:
            try:
                known[key] = hub.select(**conditions).ids
            except NothingKnown:  # the page says beside the condition that there is none
                known[key] = []
        return known[key]

    return ids


def conditions(state: dict[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if name == "year" else value
        for name, value in state.items()
        if value != ""
    }


def test_the_page_and_the_library_find_the_same_works_in_the_same_order(select, answers):
    for state, answer in zip(answers[0], answers[1]["answers"], strict=True):
        given = conditions(state)
        if "representatives" in state and not {"search", "sort", "related_to"} & given.keys():
            given["sort"] = "hub"
        assert answer["ids"] == select(**given), state


def test_the_python_that_the_page_shows_gives_its_view(answers, monkeypatch):
    written: list[str] = []
    monkeypatch.setattr(citehub, "load", functools.cache(citehub.load))
    monkeypatch.setattr(Export, "save", lambda _, path: written.append(path))
    for answer in answers[1]["answers"]:
        space: dict[str, Any] = {}
        try:
            exec(compile(answer["python"], "page", "exec"), space)
            found = space["works"].ids
            assert written.pop() == "works.csv"
        except NothingKnown:
            found = []
        assert found == answer["ids"], answer["python"]


def test_the_command_that_the_page_shows_gives_its_view(hub, answers):
    """Of many states some: each condition, order and search, and some of several conditions."""
    runner = CliRunner()
    seen: set[str] = set()
    for place, (state, answer) in enumerate(zip(answers[0], answers[1]["answers"], strict=True)):
        new = {f"{name}={value}" for name, value in state.items()} - seen
        if not new and place % 50:
            continue
        seen |= new
        words = shlex.split(answer["command"])
        assert words[:2] == ["citehub", "export"]
        done = runner.invoke(app, words[1:])
        if not answer["ids"]:
            assert done.exit_code == 1, answer["command"]  # or what is known of no work
            continue
        assert done.exit_code == 0, done.output
        assert done.stdout == str(hub.export("csv", works=answer["ids"])), answer["command"]


def test_the_counts_are_those_of_the_works_that_the_other_conditions_leave(select, answers):
    checked = 0
    for state, answer in zip(answers[0], answers[1]["answers"], strict=True):
        for facet in LISTS:
            others = {name: value for name, value in conditions(state).items() if name != facet}
            if facet not in state or len(answer["ids"]) == 0:
                continue
            for each in answer["counts"][facet]:
                found = select(**others, **{facet: each["value"]})
                assert each["count"] == len(found), (state, each)
                checked += 1
    assert checked > 200


def test_related_works_are_those_of_the_library(hub, answers):
    ids = [work.work_id for work in [hub.canonical, *hub.select()]]
    for number, found in enumerate(answers[1]["related"], 1):
        expected = hub.related(ids[number], n=10)
        assert [(ids[each["number"]], each["score"]) for each in found] == [
            (each.work.work_id, each.score) for each in expected
        ]
        assert [tuple(each["shared"]) for each in found] == [each.shared for each in expected]


def test_exports_read_from_the_files_are_those_of_the_library(hub, answers):
    works = hub.select()
    for format_ in FORMATS:
        whole, two = answers[1]["exported"][format_]
        assert whole == str(hub.export(format_))
        assert two == str(hub.export(format_, works=[works[1], works[0]]))
    whole, two = answers[1]["exported"]["apa"]
    assert whole == "".join(f"{hub.cite('apa', of=work)}\n" for work in works)
    assert two == "".join(f"{hub.cite('apa', of=work)}\n" for work in (works[1], works[0]))
