"""The explorer's exports are, byte for byte, those of the library."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citehub._schema import TABLES
from citehub._validate import row_key
from citehub.export.kinds import _KINDS
from tests.faults.texts import FRAGMENTS, MANIFEST, hostile_hub, hostile_works
from tests.made import CANONICAL, KEY, make_release, make_works

SCRIPT = Path(__file__).with_name("exports.mjs")
FORMATS = ("bibtex", "ris", "csl-json", "csv", "graphml", "apa")


# -- the same works for both ------------------------------------------------------------------


def record(hub, number, work_id):
    """Return a work as the explorer has it, a ``WorkRecord``."""
    work = hub.work(work_id)
    columns = [column.name for column in TABLES["works"].columns]
    return {
        "number": number,
        "work": {name: getattr(work, name) for name in columns},
        "authors": work.authorships,
        "ids": hub.release.rows_of("work_ids", work_id),
        "themes": work.themes,
        "citations": work.cites,
        "labels": work.labels,
        "contexts": work.passages,
        "readings": work.text_readings,
        "local": work.local_citations,
        "representatives": work.representative,
        "notes": work.notes,
        "evidence": work.evidence,
    }


def by_library(hub, format_, work_ids):
    if format_ == "apa":
        return "".join(f"{hub.cite('apa', of=hub.work(each))}\n" for each in work_ids)
    return str(hub.export(format_, works=work_ids))


@pytest.fixture(scope="session")
def agree(node):
    """Assert that a format is the same text in both, for selections of a hub's works."""

    def check(hub, format_, selections):
        work_ids = [row["work_id"] for row in hub.works]
        given = {
            "format": format_,
            "facts": {"hub": hub.name, "version": hub.version, "canonical": CANONICAL},
            "records": [record(hub, number, each) for number, each in enumerate(work_ids)],
            "selections": selections,
        }
        for numbers, text in zip(selections, node(SCRIPT, given), strict=True):
            expected = by_library(hub, format_, [work_ids[number] for number in numbers])
            assert text == expected, numbers

    return check


def selections_of(hub):
    """Return the works of a hub in several selections, each also by itself."""
    every = list(range(len(hub.works)))
    return [every, every[1:], every[:0:-1], every[::-2], [], *([number] for number in every)]


# -- the real hub -----------------------------------------------------------------------------


@pytest.mark.parametrize("format_", FORMATS)
def test_every_work_of_the_hub(agree, hub, format_):
    agree(hub, format_, selections_of(hub))


@pytest.mark.parametrize("format_", FORMATS)
def test_every_work_of_a_release_that_knows_less(agree, first, format_):
    agree(first, format_, selections_of(first))


# -- hostile works ----------------------------------------------------------------------------

TEXTS = (
    "<script>alert('x')</script> & \"quotes\" &amp; ]]>",
    r"M$^2$RNN, $\alpha_0$, $\input{x}$, 100% of $5 #1 a_b {c} d} \textbf{e}",
    "tilde ~ caret ^ bar | `` '' -- --- ?` !`",
    "lines\r\nof\ntext\rand\ttabs\x0b\x0c\x85\u2028\u2029, \x1c\x1f",
    "controls \x00\x07\x1b[2J\x7f\x9b and \ufffe\uffff",
    "\u202edlrow\u202c \u2066hello\u2069 \u200e\u200f \u061c",
    "soft\xadhyphen \ufeff\u200b\u2060\ufff9",
    "=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''+1", "\t=1", "\r-1", "\uff1d1", "\uff201",
    "a; b, c;d,e %3B 100% %25", ", ", ";", '"', "'", "\\", "  ", "\u3000\xa0spaces\x1f\u2003 ",
    "astral 𝐌𝐚𝐭𝐡 🙂 文字 e\u0301 \U0010ffff", "ends?", "ends!", "ends.", "ends.\n", "ends\x07",
    "null", "ER  - ", "TY  - JOUR", "@article{x,", 'a,b"c"', "\ufeff", "toString", "__proto__",
)  # fmt: skip
NAMES = (
    "Oskar van der Wal", "van der Wal", "Vincent van Gogh Jr.", "Sammy Davis Jr", "Jr. III",
    "John Smith III", "Doe, Jane", "Simon and Schuster", "and and and", "AT&T", "A; B",
    "{Team} X", "Team} X", "MiniMax", "Étienne Goffinet", "Jean-Étienne Ångström", "Çağlar Öz",
    "Άννα Ὤ", "Žiga Ŝ Ȧ Ō Ñ Ê È", "Ộ Ǘ Ế", "王 小明", "J.-L. B. -x- Cai", "- -", "É-É É",
    "𝐌ath 𝐬mall 𝐖ord", "文 d'ß ﬁ X", "a\r\nb\x07 c", "\ufeffA \ufeffB", "",
    "\xa0A\u3000B\x1fC\u2003D ", " ", "$x$ 100% y_z", r"a\b {c}", "ǆ Lower", "ª º X", "e\u0301 X",
)  # fmt: skip
PARTS = (  # family name, given names and suffix, where they are stated
    ("van der Wal", "Oskar", None), ("La Oil", "Jean de", "Jr."), ("de la", "ann de", ""),
    ("Ministry of Oil, and Light", None, None), ("Smith", None, None), ("Smith-Oil", None, "III"),
    ("Oil, Inc.", "Simon and", None), ("Ŝ {x}", "Ž. & é", r"\x"), (" ", "Ann", None),
    ("王", "小明", None), ("a\r\nb", "\xa0C\x07 d\u3000", "\x1f"), ("And", "B.-ß x", None),
)  # fmt: skip
DOIS = (
    "10.1/(SICI)1097-4571<1::AID>3.0.CO;2-7", "10.1/a b~c^d`e|f\\g{h}'i", "10.1/é文𝐌%2F?x#y&z",
    "10.1/a;b;c", "10.1/\x00\x1c\x85\ufeff\u3000", "10.1/[x]", "10.1/!$&'()*+,/:;=@", "",
)  # fmt: skip


def of_texts():
    """Yield works with each text in every cell."""
    for number, text in enumerate(TEXTS):
        yield {
            "work_id": f"pith:{number}-{text}",
            **dict.fromkeys(("title", "title_plain", "venue", "abstract", "finding"), text),
            **dict.fromkeys(("finding_source", "primary_category", "code_url", "type"), text),
            "publication_year": 2000 + number,
            "publication_month": number % 12 + 1,
            "authors": [text, f"{text} {text}", f"A {text} B"],
            "ids": {"arxiv": text, "doi": text},
            "intents": [text, "method"],
            "polarities": [text, text],
            "subjects": [text, "oil", text],
            "passages": [
                dict.fromkeys(("section", "mark", "gist"), text) | {"text": text, "group_size": 7},
                {"section_number": text, "text": text, "place": "table"},
                {"place": "text", "position": None},
            ],
            "source": text,
        }
        yield {
            "work_id": f"omid:{number}",
            **dict.fromkeys(("title", "title_plain", "venue", "finding"), text),
            "type": "article",
            "finding_source": "",
        }


def of_names():
    """Yield works by one author, and by few to many."""
    several = [NAMES[:most] for most in range(len(NAMES))]
    for number, authors in enumerate([*([name] for name in NAMES), *several]):
        yield {"work_id": f"acl:{number}", "title": "T", "title_plain": "T", "authors": authors}
    cells = ("family_name", "given_name", "name_suffix")
    for number, parts in enumerate(PARTS):
        author = {"author_name": "Any Name"} | dict(zip(cells, parts, strict=True))
        yield {"work_id": f"part:{number}", "title": "T", "authors": [author, "A B"]}


def of_identifiers():
    """Yield works with odd identifiers, in several orders."""
    for number, doi in enumerate(DOIS):
        page = f"https://example.org/{doi}"
        yield {"work_id": f"pith:page {number}", "page_url": page, "title": "T"}
        yield {"work_id": f"doi:page {number}", "page_url": page, "ids": {"doi": doi}}
        for scheme in ("doi", "openalex", "s2", "omid", "acl", "pith"):
            ids = {"pith": "no page", scheme: doi, "arxiv": f"2304.{number}"}
            yield {"work_id": f"{scheme}:{doi}/{number}", "ids": ids}
            key = f"{scheme}:{doi}/{number}|%"
            yield {"work_id": key, "ids": {scheme: doi}, "primary_category": "cs.CL"}


def of_types():
    """Yield works of every type, with and without what the type changes."""
    for type_ in (*_KINDS, "unheard of", "", None):
        for ids in ({}, {"arxiv": "2304.01373"}, {"arxiv": "2304.1", "doi": "10.1/x"}):
            for venue in (None, "ICML 2023. ", " "):
                yield {
                    "work_id": f"s2:{type_}-{len(ids)}-{venue}",
                    "title": "T",
                    "title_plain": "T?",
                    "type": type_,
                    "ids": ids,
                    "venue": venue,
                    "publication_year": 2023 if venue else None,
                    "is_retracted": bool(ids) if venue else None,
                }


def of_fragments():
    """Yield works of several hostile texts in each cell."""
    random = Random(0)
    for number in range(9):
        for work in hostile_works(random):
            yield work | {"work_id": f"f{number}-{work['work_id']}"}


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """A hub of works that no record should hold."""
    works = [*of_texts(), *of_names(), *of_identifiers(), *of_types(), *of_fragments()]
    made = make_works(*works)
    made["works"][0] |= {"type": "article", "publication_year": 2022, "venue": "arXiv & <co>"}
    keys = [work["work_id"] for work in works]
    made["work_ids"] += [
        {"work_id": key, "scheme": scheme, "value": "second"}
        for key in (CANONICAL, *keys[:40])
        for scheme in ("doi", "arxiv", "acl", "pmid", "pmcid")
    ]
    made["work_notes"] = [
        {"work_id": key, "source_id": f"x{place // 7}", "kind": kind, "position": place % 7,
         "text": text}
        for key in keys[:9]
        for kind in ("note", "keyword", "annotation")
        for place, text in enumerate((*TEXTS, " ; a,b ; "))
    ]  # fmt: skip
    for row, is_collective in zip(made["authorships"], [True, False, None] * 40, strict=False):
        row["is_collective"] = is_collective
    made["authorships"].reverse()
    made["themes"] = [
        {"theme_id": text, "title": text, "description": text, "position": position}
        for position, text in enumerate(TEXTS)
    ]
    made["work_themes"] = [
        {"work_id": keys[number], "theme_id": text, "method": "curated"}
        for number, theme in enumerate(TEXTS)
        for text in (theme, "a, theme; b")
    ]
    made["representatives"] = [
        {"method": method, "rank": rank, "work_id": key}
        for method in ("hub-page", "a; 100%")
        for rank, key in enumerate(keys[:30:2])
    ]
    for place, row in enumerate(made["citations"]):
        row |= {"timespan_months": place % 3 or None, "shared_authors": place % 2 or None}
        row["hub_position"] = place % 5 or None
    made["citations"] += [
        {"citing_work_id": citing, "cited_work_id": cited, "timespan_months": 0}
        for citing, cited in pairwise(keys)
    ]
    made["local_citations"] = [
        {"citing_work_id": citing, "cited_work_id": cited, "source_id": source,
         "record_id": f"{source}-{n}", "cited_record_id": "x"}
        for citing, *others in zip(keys, keys[3:], keys[7:], keys[1:], strict=False)
        for n, cited in enumerate(others)
        for source in ("b", "\uffff", "\U0001f642", "B")[: n + 2]
    ]  # fmt: skip
    made["citation_labels"] += [
        {
            "label_id": f"{citing}-{scheme}", "citing_work_id": citing, "cited_work_id": cited,
            "scheme": scheme, "value": None, "raw_value": raw, "labeler": "x", "source_id": "x",
        }
        for raw, (citing, cited) in zip((*TEXTS, "", ""), pairwise(keys), strict=False)
        for scheme in ("intent", "polarity")
    ]  # fmt: skip
    made["text_readings"] = [
        {"work_id": key, "reading": reading, "status": status, "source_id": "x"}
        for place, key in enumerate(keys[:20])
        for reading, status in ((2, "not readable"), (1, "not at hand"))[: place % 3]
    ]
    made["evidence"] += [
        {"table_name": table, "row_key": row_key(row, key), "column_name": column,
         "source_id": source, "grade": "stated"}
        for table, row, key in (
            *(("works", row, ("work_id",)) for row in made["works"]),
            *(("citations", row, KEY) for row in made["citations"]),
        )
        for column, source in zip("xxxxy", ("b", "\uffff", "\U0001f642", "B", "b"), strict=True)
    ]  # fmt: skip
    return make_release(tmp_path_factory.mktemp("hostile"), made)


@pytest.mark.parametrize("format_", FORMATS)
def test_hostile_works(agree, hostile, format_):
    agree(hostile, format_, selections_of(hostile))


@pytest.mark.parametrize("format_", FORMATS)
def test_hostile_manifests(agree, tmp_path, format_):
    hub = hostile_hub(tmp_path, dict.fromkeys(MANIFEST, "".join(FRAGMENTS)))
    agree(hub, format_, selections_of(hub))


# -- any works --------------------------------------------------------------------------------

# A Parquet file holds no surrogates; and what Python's Unicode does not know may be a letter in
# that of Node.js.
LETTERS = st.characters(exclude_categories=["Cs", "Cn"])
SIGNS = st.sampled_from([*"$\\^_{}%#&~<>|-`'\";,.?!=+@ \r\n\t\x07\x85\u2028\ufeff", "é", "𝐌"])
TEXT = st.text(st.one_of(LETTERS, SIGNS), max_size=12)
SEVERAL = st.lists(TEXT, max_size=3)
WORKS = st.fixed_dictionaries(
    {
        "title": TEXT,
        "title_plain": TEXT,
        "authors": SEVERAL,
        "ids": st.dictionaries(st.sampled_from(["arxiv", "doi", "s2", "pith"]), TEXT),
        "intents": SEVERAL,
        "polarities": SEVERAL,
        "subjects": SEVERAL,
        "passages": st.lists(
            st.fixed_dictionaries(
                {name: st.none() | TEXT for name in ("section", "mark", "gist", "text")}
            ),
            max_size=2,
        ),
        "source": TEXT,
        "type": st.one_of(st.none(), st.sampled_from(list(_KINDS)), TEXT),
        "publication_year": st.one_of(st.none(), st.integers(1900, 2100)),
        "publication_month": st.one_of(st.none(), st.integers(1, 12)),
        **{
            name: st.one_of(st.none(), TEXT)
            for name in ("venue", "primary_category", "abstract", "finding", "finding_source")
        },
    }
)


@settings(max_examples=10, deadline=None)  # each writes a hub and starts Node.js for each format
@given(st.lists(WORKS, min_size=1, max_size=6))
def test_any_works(agree, tmp_path_factory, works):
    works = [{"work_id": f"pith:{number}", **work} for number, work in enumerate(works)]
    made = make_release(tmp_path_factory.mktemp("any"), make_works(*works))
    for format_ in FORMATS:
        agree(made, format_, [list(range(len(made.works))), [1]])
