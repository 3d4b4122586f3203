"""What goes out comes back equal: every format, read by the reader that its field uses."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citehub._cito import CITO
from citehub._text import clean_line
from citehub._work import shorten_authors
from citehub.export import FORMATS
from citehub.export.record import why_it_cites
from tests.export.readers import READERS, VENUE, turned
from tests.made import make_release, make_works

# rdflib's own reader of JSON-LD uses what rdflib deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

LOSSLESS = {"jsonl", "parquet"}
REFERENCES = {"bibtex", "ris", "csl-json"}
OF_THE_CITATION = {"graphml", "gexf", "cito-turtle", "cito-jsonld"}  # whose sources are said
BETWEEN = {"bibtex": "; ", "csl-json": "\n"}  # notes
LIST_IN_A_TEXT = {"graphml", "gexf", "vosviewer"}  # names parted by semicolons
NASTY = [
    "\x1b[2J\x07", "</script><b>&amp;", "{", "}", "}} @misc{x,", r"\input{/etc/passwd}", "=1+1",
    "+1", "@SUM(A1)", "'=1", "$^2$", r"$\alpha_{n-1}$", r"$\write18{ls}$", "$5", " and ", "and",
    "50%", "a;b", "a, b", "Jr.", "\u202egnp", "مرحبا بالعالم", "\U0001f469\u200d\U0001f4bb",
    "文献", "\r\nER  - \r\nTY  - BOOK", "\n\n", "\xa0",
     "\u2028", "\x00", "\ufffe", "--", "``''", "?`", "~^_#|",
    "null", "not known", '"', "\\", "\\n", "]]>", "<!--", "ﬁ", "é", "%s", "|", "<br>",
]  # fmt: skip
TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
    st.text(max_size=20),
)
WORK = st.fixed_dictionaries(
    {"title": TEXT, "authors": st.lists(TEXT.filter(bool), max_size=4)},
    optional={
        "publication_year": st.integers(1500, 2100),
        "venue": TEXT,
        "finding": TEXT,
        "intents": st.lists(st.sampled_from(["background", "method", "unsure"]), max_size=2),
        "polarities": st.lists(st.sampled_from(["supporting", "contrasting"]), max_size=1),
        "subjects": st.lists(TEXT.filter(bool), max_size=1),
        "passages": st.lists(
            st.fixed_dictionaries(dict.fromkeys(("section", "mark", "gist", "text"), TEXT)),
            max_size=2,
        ),
        "source": TEXT.map(lambda text: f"a{text}z"),
        "ids": st.dictionaries(st.sampled_from(["arxiv", "doi", "pith"]), TEXT.filter(bool)),
    },
)


def expected(format_, work, *, hub, is_canonical):
    """Return the facts that a reader should find, in the form that the format can hold."""

    def line(text):
        return (text or "") if format_ in LOSSLESS else clean_line(text or "")

    title = work.title if format_ in LOSSLESS | {"bibtex", "csv"} else work.title_plain
    role, polarity = work.role, work.polarity
    if format_ not in LOSSLESS:
        role, polarity = ("" if is_canonical else each or "not known" for each in (role, polarity))
    sources = work.citation_sources if format_ in OF_THE_CITATION else work.sources
    facts = {
        "key": bibtex_key(work.work_id) if format_ == "bibtex" else line(work.work_id),
        "title": line(title),
        "label": line(title).strip() or line(work.work_id),
        "authors": [line(name) for name in work.authors],
        "byline": line(shorten_authors(work.authors)) if work.authors else "Authors not known",
        "year": work.publication_year,
        "venue": line(work.venue),
        "note": BETWEEN.get(format_, "").join(filter(None, [note(work), why_it_cites(work)])),
        "n_passages": len(work.passages),
        **first_passage(work, line),
        "passages": sorted(
            (
                line(row["section"]),
                line(row["mark"]),
                line(row["text"]),
                line(row["gist"]),
                (row["sentence_hash"] and f"sha256:{row['sentence_hash']}") or "",
            )
            for row in work.passages
        ),
        "hub": hub.name,
        "version": hub.version,
        "role": role,
        "polarity": polarity,
        "sources": ", ".join(map(line, sources)) or "not known",
    }
    if format_ in REFERENCES:
        venue = facts["venue"].strip()
        facts["venue"] = f"{VENUE}{venue}" if venue else ""
        facts["authors"] = [name for name in map(one_space, facts["authors"]) if name]
    if format_ == "ris":  # takes what stands before a comma for the family name
        facts["authors"] = [turned(name.strip()) for name in facts["authors"] if name.strip()]
        facts |= {name: facts[name].strip() for name in ("title", "venue", "note", "key")}
    if format_ in LIST_IN_A_TEXT:
        facts["authors"] = (
            clean_line("; ".join(work.authors)).split("; ") if any(work.authors) else []
        )
    if format_ == "gexf":  # in which every node has a label
        facts["title"] = facts["title"] or facts["key"]
    facts["author_set"] = set(facts["authors"])
    facts["characters"] = {CITO.get(row["value"]) for row in work.labels} - {None}
    return facts


def first_passage(work, line):
    """Return what the lists say of the first passage."""
    first = work.passages[0] if work.passages else {}
    statuses = ", ".join(row["status"] for row in work.text_readings)
    return {
        "subject": line(work.subject),
        "text_status": "passages found" if first else statuses,
        **{name: line(first.get(name)) for name in ("section", "place", "gist", "text")},
    }


def note(work):
    if not work.finding:
        return ""
    return clean_line(
        f"{work.finding} (finding as printed by {work.finding_source or 'not known'})"
    )


def bibtex_key(work_id):
    return re.sub(r"[^A-Za-z0-9.:/+-]", lambda match: f"_{ord(match[0]):x}_", work_id)


def one_space(name):
    """Return a name as reference formats hold it: words, each parted by one blank."""
    return " ".join(name.split())


def check(hub, format_, works):
    made = hub.export(format_, works=works)
    data = bytes(made)
    assert data == b"".join(hub.export(format_, works=works))
    read = list(READERS[format_](data))
    canonical = hub.canonical.work_id
    ids = [work.work_id for work in works]
    if FORMATS[format_].has_canonical and canonical not in ids:
        works = [hub.canonical, *works]
    if format_.startswith("cito"):  # a graph has no order
        key = lambda facts: facts["key"]  # noqa: E731
        works, read = sorted(works, key=lambda w: clean_line(w.work_id)), sorted(read, key=key)
    assert len(read) == len(works) == len(made)
    for work, found in zip(works, read, strict=True):
        wanted = expected(format_, work, hub=hub, is_canonical=work.work_id == canonical)
        if format_ == "ris":
            wanted |= {name: wanted[name].strip(" ") for name in ("title", "venue", "note", "key")}
        assert found == {name: wanted[name] for name in found}, format_
    return data


@pytest.mark.parametrize("format_", FORMATS)
def test_all_works_of_the_hub_come_back_equal(hub, format_):
    check(hub, format_, hub.select(ids=hub.works))


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(works=st.lists(WORK, min_size=1, max_size=3))
def test_hostile_works_come_back_equal_in_every_format(works):
    for number, work in enumerate(works):
        work["work_id"] = f"pith:{number}{work['title']}"
        work["title_plain"] = work["title"]
    with tempfile.TemporaryDirectory() as folder:
        hub = make_release(Path(folder), make_works(*works))
        for format_ in FORMATS:
            check(hub, format_, hub.select(ids=hub.works))
