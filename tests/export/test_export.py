"""Exports: selections, bad input, notes, files, streaming."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import lxml.html
import networkx
import pytest
import rdflib
import rispy

import citehub
from citehub import _release, errors
from citehub.export import FORMATS, FormatName, kinds
from citehub.export.cito import PREFIXES
from citehub.export.names import split_name
from tests.export.readers import CSL_SCHEMA, READERS
from tests.made import CANONICAL, make_release, make_works
from tests.test_public import run

# rdflib's own reader of JSON-LD uses what rdflib deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


def ids(export):
    """Return what an export holds, by the round trip of JSON Lines."""
    return [json.loads(line)["work_id"] for line in str(export).splitlines()]


# -- what is exported -------------------------------------------------------------------------


def test_each_format_is_typed_and_explained():
    guide = (Path(__file__).parents[2] / "docs/guide/export.md").read_text("utf-8")
    first_cells = re.findall(r"^\| (`[^|]*) \|", guide, re.MULTILINE)
    rows = Counter(name for cell in first_cells for name in re.findall("`(.*?)`", cell))
    assert list(FORMATS) == list(get_args(FormatName))
    for name in FORMATS:
        assert f"``{name}``" in citehub.Hub.export.__doc__
    assert {name: rows[name] for name in FORMATS} == dict.fromkeys(FORMATS, 2), "in two tables"


def test_the_default_is_every_citing_work_in_hub_order(hub):
    made = hub.export("jsonl")
    assert ids(made) == [row["work_id"] for row in hub.citing_works]
    assert (len(made), repr(made)) == (44, "<citehub.Export jsonl: 44 works of mt-nlg 1.1.0>")


def test_works_are_given_in_any_form_and_once_each(hub):
    work = hub.work("2304.01373")
    row = next(iter(hub.works))
    given = [work, "https://arxiv.org/abs/2204.02311v3", row, "arxiv:2304.01373"]
    expected = ["arxiv:2304.01373", "arxiv:2204.02311", CANONICAL]
    assert ids(hub.export("jsonl", works=given)) == expected
    frame = hub.works.to_pandas(["work_id"])
    assert len(hub.export("csv", works=frame["work_id"])) == 45
    assert len(hub.export("csv", works=hub.works)) == 45


def test_the_network_always_holds_the_canonical_work(hub):
    for name in ("graphml", "gexf", "vosviewer", "cito-turtle", "cito-jsonld"):
        keys = {each["key"] for each in READERS[name](bytes(hub.export(name, ["2304.01373"])))}
        assert keys == {CANONICAL, "arxiv:2304.01373"}


# -- bad input --------------------------------------------------------------------------------


def test_what_does_not_exist_is_named_with_what_does(hub):
    with pytest.raises(
        errors.UnknownFormat, match=r"no format 'bibtx'.*mean 'bibtex'.*cito-jsonld"
    ):
        hub.export("bibtx")
    with pytest.raises(errors.UnknownWork, match=r"no work 'arxiv:9999.99999'"):
        hub.export("csv", works=["9999.99999"])
    with pytest.raises(
        errors.UnknownFormat, match=r"no citation style 'mla'.*bibtex, apa, csl-json"
    ):
        hub.cite("mla")


@pytest.mark.parametrize(
    ("given", "message"),
    [("2304.01373", "not one"), ([7], "not 7"), ([{"title": "x"}], "a row with a work_id")],
)
def test_what_is_no_selection_is_refused(hub, given, message):
    with pytest.raises(TypeError, match=message):
        hub.export("csv", works=given)


def test_a_frame_of_works_is_read_by_its_work_ids(hub):
    whole = bytes(hub.export("csv"))
    assert bytes(hub.export("csv", works=hub.citing_works.to_pandas())) == whole
    assert bytes(hub.export("csv", works=hub.citing_works.to_polars())) == whole
    with pytest.raises(TypeError, match="a column work_id"):
        hub.export("csv", works=hub.works.to_pandas(["title"]))


def test_one_work_is_no_list_of_works(hub):
    with pytest.raises(TypeError, match="not one"):
        hub.export("csv", works=hub.canonical)


def test_binary_is_no_text(hub):
    with pytest.raises(TypeError, match="parquet is binary"):
        str(hub.export("parquet"))


# -- what a format cannot hold ----------------------------------------------------------------


@pytest.fixture
def poor(tmp_path):
    """A hub of works of which little is known."""
    works = [
        {"work_id": "pith:0"},
        {
            "work_id": "pith:1",
            "title": "A\x07title",
            "title_plain": "A\x07title",
            "authors": ["A B"],
        },
    ]
    return make_release(tmp_path, make_works(*works))


@pytest.mark.parametrize("format_", FORMATS)
def test_no_work_is_dropped_and_what_is_lost_is_noted(poor, format_):
    made = poor.export(format_)
    notes = made.notes
    assert len(bytes(made)) > 0
    assert made.notes == notes
    expected = set()
    if format_ in {"bibtex", "ris", "csl-json"}:
        expected = {
            "no title is known, and none is written: 1 of 2 works",
            "no authors are known, and none is written: 1 of 2 works",
            "no year is known, and none is written: 2 of 2 works",
        }
    if format_ not in {"jsonl", "parquet"}:
        total = 3 if FORMATS[format_].has_canonical else 2
        expected.add(f"control characters are written as a space or U+FFFD: 1 of {total} works")
    assert set(notes) == expected


def test_the_real_hub_has_nothing_to_note(hub):
    assert all(hub.export(name).notes == () for name in FORMATS)


@pytest.mark.slow
def test_ten_thousand_authors(tmp_path):
    authors = [f"Given{number} Family{number}" for number in range(10_000)]
    work = {"work_id": "pith:0", "title": "T", "title_plain": "T", "authors": authors}
    hub = make_release(tmp_path, make_works(work))
    for name in ("bibtex", "ris", "csl-json", "csv", "jsonl", "parquet", "graphml"):
        found = [each for each in READERS[name](bytes(hub.export(name))) if each["authors"]]
        assert [each["authors"] for each in found] == [authors]


# -- files and streams ------------------------------------------------------------------------


def test_a_file_is_saved_whole_and_never_overwritten_unasked(hub, tmp_path):
    path = tmp_path / "works.ris"
    made = hub.export("ris")
    made.save(path)
    assert path.read_bytes() == bytes(made)
    with pytest.raises(errors.TargetExists):
        made.save(path)
    hub.export("ris", works=["2304.01373"]).save(path, force=True)
    assert len(list(READERS["ris"](path.read_bytes()))) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["works.ris"]
    with pytest.raises(TypeError, match="StringIO"):
        made.save(io.StringIO())
    with pytest.raises(ValueError, match="name of the file is empty"):
        made.save("")


@pytest.mark.parametrize("format_", FORMATS)
def test_a_large_hub_streams_the_same_bytes(hub, monkeypatch, format_):
    whole = bytes(hub.export(format_))
    monkeypatch.setattr(_release, "_CHUNK_WORKS", 7)
    fresh = citehub.load("mt-nlg", version="1.1.0")
    assert bytes(fresh.export(format_)) == whole
    assert fresh.release._grouped == {}  # nothing was kept but what a chunk needs


@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "parquet"])
def test_pieces_come_as_they_are_made(hub, monkeypatch, format_):
    monkeypatch.setattr(_release, "_CHUNK_WORKS", 7)
    made = iter(citehub.load("mt-nlg").export(format_))
    seen = []
    stream = _release.Release.stream

    def watched(self, work_ids):
        for work in stream(self, work_ids):
            seen.append(work.work_id)
            yield work

    monkeypatch.setattr(_release.Release, "stream", watched)
    pieces = 0
    while not seen:
        next(made)
        pieces += 1
    assert len(seen) <= 2
    assert pieces <= 6


def test_parquet_comes_in_row_groups(tmp_path, monkeypatch):
    import pyarrow.parquet as pq

    from citehub import _parquet_files

    monkeypatch.setattr(_parquet_files, "_GROUP_ROWS", 10)
    data = bytes(citehub.load("mt-nlg").export("parquet"))
    file = pq.ParquetFile(io.BytesIO(data))
    assert file.metadata.num_row_groups == 5
    assert file.schema_arrow.metadata[b"hub"] == b"mt-nlg"


def test_a_small_hub_is_exported_without_pandas_and_each_table_read_once():
    opened = run(
        "import sys\n"
        "opened = []\n"
        "def note(event, args):\n"
        "    if event == 'open' and str(args[0]).endswith('.parquet'): opened.append(args[0])\n"
        "sys.addaudithook(note)\n"
        "import citehub\n"
        "bytes(citehub.load('mt-nlg').export('graphml'))\n"
        "assert not {'pandas', 'polars'} & set(sys.modules)\n"
        "print(*sorted(opened), sep='\\n')"
    )
    names = [path.rpartition("/")[2].removesuffix(".parquet") for path in opened.split()]
    assert set(names) == {
        "authorships", "citation_labels", "citations", "evidence", "work_ids", "work_themes",
        "works",
    }  # fmt: skip
    assert len(names) <= len(set(names)) + 1  # the ids of the works are read for themselves


# -- details that readers do not check --------------------------------------------------------


def test_no_cell_of_the_csv_is_a_formula(tmp_path):
    works = [
        {"work_id": f"pith:{n}", "title": start + "1", "title_plain": start + "1"}
        for n, start in enumerate(["=", "+", "-", "@", "\t=", "\r=", "\uff1d", "'="])
    ]
    hub = make_release(tmp_path, make_works(*works))
    rows = list(csv.reader(io.StringIO(str(hub.export("csv")))))
    assert len(rows) == 9
    assert not [cell for row in rows for cell in row if re.match("[=+\\-@\t\r\uff1d]", cell)]


def test_braces_balance_in_bibtex_even_for_a_reader_that_knows_no_escapes(tmp_path):
    work = {
        "work_id": "pith:0",
        "title": "a } @b{c \\{",
        "title_plain": "",
        "authors": ["{x", "y}"],
    }
    text = str(make_release(tmp_path, make_works(work)).export("bibtex"))
    depth = 0
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert text.count("\n@") + text.startswith("@") == 1


def test_keys_of_bibtex_are_unique_and_citable(tmp_path):
    works = [{"work_id": f"doi:10.1/a{sign}b"} for sign in "_-<>#%{} (),\"'~\\é文"]
    text = str(make_release(tmp_path, make_works(*works)).export("bibtex"))
    keys = re.findall(r"^@misc\{(.*),$", text, re.MULTILINE)
    assert len(set(keys)) == len(works)
    assert all(re.fullmatch(r"[A-Za-z0-9.:/+_-]+", key) for key in keys)


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        ("Stella Biderman", ("Stella", "", "Biderman", "")),
        ("Oskar van der Wal", ("Oskar", "van der", "Wal", "")),
        ("J. L. Cai", ("J. L.", "", "Cai", "")),
        ("Sammy Davis Jr.", ("Sammy", "", "Davis", "Jr.")),
        ("MiniMax", ("", "", "MiniMax", "")),
        ("van Gogh", ("van", "", "Gogh", "")),
        ("Doe, Jane", ("", "", "Doe, Jane", "")),
        ("Simon and Schuster", ("", "", "Simon and Schuster", "")),
    ],
)
def test_names_are_split_as_bibtex_does(printed, parts):
    row = {"author_name": printed, "is_collective": None, "family_name": None}
    assert split_name(row)[:4] == parts


@pytest.mark.parametrize(
    ("stated", "parts"),
    [
        (("van der Wal", "Oskar", None), ("Oskar", "", "van der", "Wal", "")),
        (("King", "Martin Luther", "Jr."), ("Martin Luther", "", "", "King", "Jr.")),
        (("La Oil", "Jean de", None), ("Jean", "de", "", "La Oil", "")),
        (
            ("Garc\xeda M\xe1rquez", "Gabriel", None),
            ("Gabriel", "", "", "Garc\xeda M\xe1rquez", ""),
        ),
        (("de la", "ann de", None), ("ann", "de", "", "de la", "")),
        (("Ministry of Light", None, None), ("", "", "", "Ministry of Light", "")),
    ],
)
def test_parts_of_names_that_are_stated_are_kept(stated, parts):
    cells = dict(zip(("family_name", "given_name", "name_suffix"), stated, strict=True))
    name = split_name({"author_name": "Any Name", "is_collective": None, **cells})
    assert (name.given, name.dropped, name.particle, name.family, name.suffix) == parts
    assert not name.is_literal
    group = split_name({"author_name": "Any Name", "is_collective": True, **cells})
    assert (group.family, group.is_literal) == ("Any Name", True)


def test_a_group_is_not_split(hub):
    made = hub.export("csl-json", works=["2605.10391"])
    (item,) = json.loads(str(made))
    assert {"literal": "Team Phoenix"} in item["author"]
    assert {"literal": "Mistral AI"} in item["author"]


def test_labels_come_out_as_cito_characterises_them(tmp_path):
    works = [
        {
            "work_id": "pith:0",
            "title": "T",
            "title_plain": "T",
            "intents": ["method"],
            "polarities": ["supporting"],
        },
        {"work_id": "pith:1", "title": "U", "title_plain": "U", "intents": ["motivation"]},
    ]
    hub = make_release(tmp_path, make_works(*works))
    read = {each["key"]: each for each in READERS["cito-turtle"](bytes(hub.export("cito-turtle")))}
    assert read["pith:0"]["characters"] == {"usesMethodIn", "agreesWith"}
    assert (read["pith:1"]["characters"], read["pith:1"]["role"]) == (set(), "motivation")


CITED_TWICE = {
    "work_id": "doi:10.1/lamp",
    "ids": {"doi": "10.1/lamp"},
    "intents": ["method"],
    "subjects": ["oil"],
    "passages": [
        {"section": "Lamps", "section_number": "2.1", "mark": "[7]", "group_size": 1,
         "gist": "Burns its oil.", "sentence_hash": "ab12"},
        {"section": "Wicks", "place": "table", "names_work": True, "text": "The “wick” glows."},
    ],
}  # fmt: skip


def test_references_say_passage_by_passage_why_a_work_cites(tmp_path):
    hub = make_release(tmp_path, make_works(CITED_TWICE, {"work_id": "doi:10.1/dark"}))
    note = (
        "Why it cites, in other words where there are no quotation marks: "
        "(1) 2.1 Lamps, [7]: Burns its oil. [role method, subject oil] "
        "(2) Wicks, table: “The “wick” glows.” Judged by a test."
    )
    for format_ in ("ris", "bibtex", "csl-json"):
        assert str(hub.export(format_)).count("Why it cites") == 1
        assert note in str(hub.export(format_))
    lamp, dark = map(json.loads, str(hub.export("jsonl")).splitlines())
    wanted = {"n_passages": 2, "section": "Lamps", "place": None, "gist": "Burns its oil.",
              "text": None, "text_status": "passages found", "subject": "oil"}  # fmt: skip
    assert {name: lamp[name] for name in wanted} == wanted
    assert {dark[name] for name in wanted} == {None}


def test_a_passage_is_an_annotation_of_its_place_by_who_judged_it(tmp_path):
    hub = make_release(tmp_path, make_works(CITED_TWICE))
    graph = rdflib.Graph().parse(data=bytes(hub.export("cito-turtle")), format="turtle")
    rows = graph.query(
        """
        SELECT ?label ?by ?use ?said ?hash ?quote WHERE {
          ?annotation a oa:Annotation ; oa:hasTarget ?place ; oa:hasBody ?citation .
          ?citation a cito:Citation . ?place oa:hasSource <https://doi.org/10.1/lamp> ;
            rdfs:label ?label .
          OPTIONAL { ?annotation dc:creator ?by ; oa:hasBody ?use ; oa:motivatedBy oa:classifying
                     FILTER STRSTARTS(STR(?use), STR(cito:)) }
          OPTIONAL { ?annotation oa:hasBody/rdf:value ?said }
          OPTIONAL { ?place dcterms:identifier ?hash ; a c4o:InTextReferencePointer }
          OPTIONAL { ?place oa:hasSelector/oa:exact ?quote }
        } ORDER BY ?label
        """,
        initNs=PREFIXES,
    )
    assert [tuple(each and str(each) for each in row) for row in rows] == [
        ("2.1 Lamps, [7]", "a test", PREFIXES["cito"] + "usesMethodIn", "Burns its oil.",
         "sha256:ab12", None),
        ("Wicks, table", None, None, None, None, "The “wick” glows."),
    ]  # fmt: skip


def test_both_notations_of_cito_are_one_graph(hub):
    turtle = rdflib.Graph().parse(data=bytes(hub.export("cito-turtle")), format="turtle")
    jsonld = rdflib.Graph().parse(data=bytes(hub.export("cito-jsonld")), format="json-ld")
    assert set(turtle) == set(jsonld)
    assert len(turtle) > 44 * 8


def test_a_venue_is_that_of_an_article_and_a_note_of_a_preprint(tmp_path):
    known = {"title": "T", "title_plain": "T", "venue": "JMLR 24", "publication_year": 2022}
    works = [
        {"work_id": "doi:10.1/x", "type": "article", "ids": {"doi": "10.1/x"}, **known},
        {"work_id": "arxiv:2201.00001", "ids": {"arxiv": "2201.00001", "doi": "10.1/y"}, **known},
    ]
    hub = make_release(tmp_path, make_works(*works))
    bibtex, ris = str(hub.export("bibtex")), str(hub.export("ris"))
    assert ("@article" in bibtex, "journal          = {JMLR 24}" in bibtex) == (True, True)
    assert "note             = {Venue as stated: JMLR 24}" in bibtex
    assert "\r\nT2  - JMLR 24\r\n" in ris
    assert "N1  - Venue as stated: JMLR 24\r\n" in ris
    article, preprint = json.loads(str(hub.export("csl-json")))
    assert article["container-title"] == "JMLR 24"
    assert preprint["note"] == "Venue as stated: JMLR 24"
    assert hub.cite("apa", of="doi:10.1/x") == "T. (2022). JMLR 24. https://doi.org/10.1/x"
    assert hub.cite("apa", of="2201.00001") == (
        "T (arXiv:2201.00001). (2022). arXiv. https://arxiv.org/abs/2201.00001"
    )


# OpenAlex's types: entry of BibTeX, type of RIS, type of CSL, and where each has the venue.
ARTICLE = ("article", "journal", "JOUR", ["T2"], "article-journal", "container-title")
CHAPTER = ("incollection", "booktitle", "CHAP", ["BT", "JF"], "chapter", "container-title")
OTHER = ("misc", "note", "GEN", ["N1"], "document", "note")
ON_ARXIV = ("misc", "note", "MANSCPT", ["N1"], "article", "note")
TYPES = {
    "article": ARTICLE,
    "book": ("book", "publisher", "BOOK", ["PB"], "book", "publisher"),
    "book-chapter": CHAPTER,
    "conference-paper": (
        "inproceedings", "booktitle", "CONF", ["BT", "JF"], "paper-conference", "container-title",
    ),
    "dataset": ("misc", "howpublished", "DATA", ["PB"], "dataset", "publisher"),
    "dissertation": ("phdthesis", "school", "THES", ["PB"], "thesis", "publisher"),
    "editorial": ARTICLE,
    "erratum": ARTICLE,
    "grant": OTHER,
    "letter": ARTICLE,
    "libguides": OTHER,
    "other": OTHER,
    "paratext": OTHER,
    "peer-review": OTHER,
    "preprint": ("misc", "howpublished", "MANSCPT", ["PB", "DB"], "article", "publisher"),
    "reference-entry": CHAPTER,
    "report": ("techreport", "institution", "RPRT", ["PB"], "report", "publisher"),
    "retraction": ARTICLE,
    "review": ARTICLE,
    "software": ("misc", "howpublished", "COMP", ["PB"], "document", "publisher"),
    "standard": ("misc", "howpublished", "STAND", ["PB"], "standard", "publisher"),
    "supplementary-materials": OTHER,
    "a type to come": OTHER,
    "": OTHER,
    None: OTHER,
}  # fmt: skip


def test_types_of_works_in_each_format(tmp_path):
    known = {"title": "T", "title_plain": "T", "venue": "V"}
    works = [{"work_id": f"pith:{type_}", "type": type_, **known} for type_ in TYPES]
    works.append({"work_id": "arxiv:2201.00001", "ids": {"arxiv": "2201.00001"}, **known})
    hub = make_release(tmp_path, make_works(*works))
    names = [*TYPES, "none, but on arXiv"]
    parted = zip(
        names,
        str(hub.export("bibtex")).split("\n\n"),
        str(hub.export("ris")).split("\r\n\r\n"),
        json.loads(str(hub.export("csl-json"))),
        strict=False,
    )
    said = ("V", "Venue as stated: V")
    found = {
        name: (
            re.match(r"@(\w+)\{", entry)[1],
            re.search(r"(\w+) +=.*\bV\},\n", entry)[1],
            re.match(r"TY  - (\w+)\r\n", record)[1],
            re.findall(r"(\w\w)  - (?:Venue as stated: )?V\r", record),
            item["type"],
            next(variable for variable, value in item.items() if value in said),
        )
        for name, entry, record, item in parted
    }
    assert found == TYPES | {"none, but on arXiv": ON_ARXIV}


# What Zotero's translator "CSL JSON" takes; of one item of another type it refuses the file.
ZOTERO_TYPES = {
    "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book",
    "broadcast", "chapter", "classic", "collection", "dataset", "document", "entry",
    "entry-dictionary", "entry-encyclopedia", "event", "figure", "graphic", "hearing", "interview",
    "legal_case", "legislation", "manuscript", "map", "motion_picture", "musical_score",
    "pamphlet", "paper-conference", "patent", "performance", "periodical",
    "personal_communication", "post", "post-weblog", "regulation", "report", "review",
    "review-book", "song", "speech", "standard", "thesis", "treaty", "webpage",
}  # fmt: skip


def test_every_type_of_csl_is_one_that_zotero_takes():
    given = {each.csl for each in (*kinds._KINDS.values(), kinds._UNKNOWN)}
    assert given <= ZOTERO_TYPES
    assert given <= set(CSL_SCHEMA["items"]["properties"]["type"]["enum"])


def of_one(folder, format_, **work):
    """Return a work of which little more is known in a format."""
    known = {"work_id": "pith:1", "title": "T", "title_plain": "T", **work}
    return str(make_release(folder, make_works(known)).export(format_))


def test_software_says_what_it_is_in_words(tmp_path):
    (item,) = json.loads(of_one(tmp_path, "csl-json", type="software", venue="Forge"))
    assert (item["type"], item["genre"]) == ("document", "Computer software")
    assert item["publisher"] == "Forge"


ON = {"ids": {"arxiv": "2304.01373"}}
PREPRINTS = {
    "by its id alone": ({**ON}, "arXiv", None),
    "stated": ({**ON, "type": "preprint", "venue": "arXiv (Cornell University)"}, "arXiv", None),
    "later in print": ({**ON, "type": "preprint", "venue": "ICML"}, "arXiv", "ICML"),
    "elsewhere": ({"type": "preprint", "venue": "A server"}, "A server", None),
    "who knows where": ({"type": "preprint"}, None, None),
}


@pytest.mark.parametrize(("work", "server", "later"), PREPRINTS.values(), ids=PREPRINTS)
def test_preprints_say_where_they_are(tmp_path, work, server, later):
    (tmp_path / "csl").mkdir()
    (tmp_path / "ris").mkdir()
    (item,) = json.loads(of_one(tmp_path / "csl", "csl-json", **work))
    note = f"Venue as stated: {later}" if later else None
    number = "arXiv:2304.01373" if "ids" in work else None
    assert (item["type"], item.get("publisher"), item.get("note")) == ("article", server, note)
    assert item.get("number") == number
    (record,) = rispy.loads(of_one(tmp_path / "ris", "ris", **work))
    assert (record["type_of_reference"], record["type_of_work"]) == ("MANSCPT", "Preprint")
    assert record.get("publisher") == record.get("name_of_database") == server
    assert record.get("accession_number") == number
    assert [each for each in record["notes"] if each.startswith("Venue")] == [note][: bool(note)]


def test_of_a_published_work_the_arxiv_id_is_no_number(tmp_path):
    for format_ in ("csl-json", "ris", "bibtex"):
        (tmp_path / format_).mkdir()
    work = {**ON, "type": "article", "venue": "J"}
    (item,) = json.loads(of_one(tmp_path / "csl-json", "csl-json", **work))
    assert not {"number", "publisher"} & item.keys()
    assert (item["container-title"], item["note"]) == ("J", "arXiv:2304.01373")
    (record,) = rispy.loads(of_one(tmp_path / "ris", "ris", **work))
    assert not {"accession_number", "publisher", "name_of_database"} & record.keys()
    assert (record["secondary_title"], record["notes"][0]) == ("J", "arXiv:2304.01373")
    entry = of_one(tmp_path / "bibtex", "bibtex", **work)
    assert "eprint           = {2304.01373},\n  eprinttype       = {arxiv}," in entry
    assert "archiveprefix    = {arXiv}," in entry


@pytest.mark.parametrize("format_", ["bibtex", "ris", "csl-json"])
def test_what_is_not_known_is_no_keyword(tmp_path, format_):
    text = of_one(tmp_path, format_)
    (read,) = READERS[format_](text.encode())
    assert read["role"] == read["polarity"] == "not known"
    assert not re.search("citation (role|polarity): not known", text)


def test_what_is_known_is_a_keyword(tmp_path):
    text = of_one(tmp_path, "ris", themes=["a, b"], intents=["method"])
    assert re.findall("KW  - (.*)\r", text) == ["theme: a and b", "citation role: method"]


DOIS = {
    "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o": True,
    "10.1007/978-3-030-58452-8_13": True,
    '10.5555/a&b$c^d~e"f|g': True,
    "10.5555/a%20b": False,  # a comment in TeX
    "10.5555/a#b": False,
    "10.5555/a\\b": False,
    "10.5555/a{b": False,
    "10.5555/a b": False,
}


def test_a_doi_of_bibtex_is_as_it_is_or_none(tmp_path):
    works = [
        {"work_id": f"pith:{number}", "title": "T", "title_plain": "T", "ids": {"doi": doi}}
        for number, doi in enumerate(DOIS)
    ]
    hub = make_release(tmp_path, make_works(*works))
    entries = str(hub.export("bibtex")).split("\n\n")
    for (doi, is_held), entry, work in zip(DOIS.items(), entries, hub.select(), strict=True):
        found = re.search(r"^  doi +=.\{(.*)\},$", entry, re.MULTILINE)
        assert (found and found[1]) == (doi if is_held else None)
        assert work.url.replace("~", "%7E") in entry


def test_a_name_that_tex_makes_mathematics_is_braced(tmp_path):
    entry = of_one(tmp_path, "bibtex", authors=["a<b Doe"])
    assert "{Doe, {a$<$b}}" in entry


@pytest.mark.parametrize("format_", ["graphml", "gexf", "vosviewer"])
def test_a_title_of_control_characters_leaves_a_network_whole(tmp_path, format_):
    hub = make_release(tmp_path, make_works({"work_id": "pith:1"}))
    hub.manifest["title"] = "a\x00b\x1bc"
    assert len(list(READERS[format_](bytes(hub.export(format_))))) == 2


def test_ids_of_graphml_never_collide(tmp_path):
    ids = [
        "doi:10.1/a_b",
        "doi:10.1/a/b",
        "doi:10.1/a_5f_b",
        "doi:10.1/a<b",
        "doi:10.1/a文b",
        "a b",
    ]
    hub = make_release(tmp_path, make_works(*({"work_id": each} for each in ids)))
    text = str(hub.export("graphml"))
    nodes = re.findall('<node id="(.*?)"', text)
    assert len(set(nodes)) == len(ids) + 1
    assert re.findall('<edge source="(.*?)"', text) == nodes[1:]
    assert {each["key"] for each in READERS["graphml"](text.encode())} == {CANONICAL, *ids}


@pytest.mark.parametrize("title", ["<i>Escherichia coli</i>", "R&D &lt;", "{url} {a} }{", '"a"'])
def test_labels_and_descriptions_of_vosviewer_are_html(tmp_path, title):
    made = json.loads(of_one(tmp_path, "vosviewer", title_plain=title))
    item = made["network"]["items"][1]
    shown = lxml.html.fragment_fromstring(item["label"], create_parent=True)
    assert (len(shown), shown.text) == (0, title)
    first = item["description"].partition("<br>")[0]
    shown = lxml.html.fragment_fromstring(first, create_parent=True)
    assert shown.text_content() == f"Title: {title}"
    assert not [text for text in shown.itertext() if re.search(r"\{.*\}", text)]  # a template


@pytest.mark.parametrize(
    ("printed", "tex"),
    [
        ("Étienne Goffinet", r"Goffinet, {\'E}tienne"),
        ("Jean-Étienne Ångström", r"Ångström, Jean-{\'E}tienne"),
        ("Çağlar Öz", r"{\"O}z, {\c C}ağlar"),
        ("王 小明", "小明, 王"),
    ],
)
def test_initials_that_bibtex_would_cut_in_half_are_tex(tmp_path, printed, tex):
    work = {"work_id": "pith:0", "title": "T", "title_plain": "T", "authors": [printed]}
    assert f"= {{{tex}}}" in str(make_release(tmp_path, make_works(work)).export("bibtex"))


def test_a_reading_list_says_why_a_work_is_in_it_and_what_is_not_known(tmp_path):
    works = [
        {"work_id": "doi:10.1/a_b", "page_url": "https://x.example/>)",
         "title_plain": "[a](b) *c* #d",
         "authors": [f"A. Uthor_{number}" for number in range(9)], "publication_year": 2022,
         "venue": "1. J", "intents": ["method"], "source": "s2", "is_retracted": True},
        {"work_id": "pith:`", "title_plain": "    - x"},
    ]  # fmt: skip
    names = ", ".join(rf"A. Uthor\_{number}" for number in range(8))
    assert str(make_release(tmp_path, make_works(*works)).export("markdown")) == (
        "# Reading list: A made hub (citehub made 0.1.0)\n\n"
        "- [\\[retracted\\] \\[a\\](b) \\*c\\* \\#d](<https://x.example/%3E)>)\\\n"
        f"  By {names} and 1 more\\\n"
        "  First public in 2022. Venue: 1. J\\\n"
        "  citehub made 0.1.0: citing work, role method, polarity not known, judged by a test."
        " Sources: s2, s2-c\\\n"
        "  `doi:10.1/a_b`\n\n"
        "- No address known: - x\\\n"
        "  Authors not known\\\n"
        "  Year not known. Venue not known\\\n"
        "  citehub made 0.1.0: citing work, role not known, polarity not known."
        " Sources: not known\\\n"
        "  `` pith:` ``\n"
    )


def test_edges_rest_on_the_sources_of_the_citation_alone(hub):
    nodes = READERS["graphml"](bytes(hub.export("graphml")))
    edges = {each["sources"] for each in nodes if "sources" in each}
    rows = {row["source_id"] for row in hub.evidence if row["table_name"] == "citations"}
    assert edges == {", ".join(sorted(rows))} == {"derived, pith-hub-page"}


def edges_of(hub, format_, works=None):
    """Return the edges of a network with who states them, as a reader of the format has them."""
    data = bytes(hub.export(format_, works=works))
    if format_ == "vosviewer":
        links = json.loads(data)["network"]["links"]
        return {(each["source_id"], each["target_id"]): None for each in links}
    read = networkx.read_graphml if format_ == "graphml" else networkx.read_gexf
    graph = read(io.BytesIO(data))
    name = dict(graph.nodes(data="work_id"))
    return {(name[one], name[two]): facts["sources"] for one, two, facts in graph.edges(data=True)}


@pytest.mark.parametrize("format_", ["graphml", "gexf", "vosviewer"])
def test_citations_among_the_selected_works_are_edges_once_with_all_who_state_them(
    tmp_path, format_
):
    keys = ["doi:10.5555/a", "doi:10.5555/b", "doi:10.5555/c"]
    made = make_works(*({"work_id": key, "title": key, "title_plain": key} for key in keys))
    made["local_citations"] = [
        {"citing_work_id": keys[one], "cited_work_id": keys[two], "source_id": source,
         "record_id": record, "cited_record_id": "x"}
        for one, two, source, record in (
            (0, 1, "s2", "1"), (0, 1, "openalex", "W1"), (0, 1, "s2", "2"), (1, 2, "s2", "3"),
        )
    ]  # fmt: skip
    hub = make_release(tmp_path, made)
    star = {(key, CANONICAL) for key in keys}
    found = edges_of(hub, format_)
    assert found.keys() == star | {(keys[0], keys[1]), (keys[1], keys[2])}
    assert edges_of(hub, format_, [keys[0], keys[2]]).keys() == {
        (keys[0], CANONICAL), (keys[2], CANONICAL),
    }  # fmt: skip
    assert edges_of(hub, format_, keys[:2]).keys() == {
        (keys[0], CANONICAL), (keys[1], CANONICAL), (keys[0], keys[1]),
    }  # fmt: skip
    if format_ != "vosviewer":  # whose links hold no attributes
        assert found[keys[0], keys[1]] == "openalex, s2"
        assert found[keys[1], keys[2]] == "s2"
    (row,) = hub.work(keys[1]).local_citations
    assert (row["cited_work_id"], row["record_id"]) == (keys[2], "3")
    assert hub.work(keys[2]).local_citations == ()


# -- citing -----------------------------------------------------------------------------------


PINNED = "urn:uuid:a4649fe2-247b-5dbb-a2c5-8ed7b878cbfa"


def test_the_dataset_is_cited_by_version_and_what_styles_print(hub):
    entry = hub.cite()
    assert entry.startswith("@misc{citehub-mt-nlg-1.1.0,")
    assert "howpublished     = {Data set mt-nlg, version 1.1.0},\n" in entry
    assert f"note             = {{{PINNED}}},\n" in entry
    hashed = re.findall(r"(.*) = \{sha256:[0-9a-f]{64}\}", entry)
    assert hashed == ["  citehub-manifest"]  # which no style prints off the page
    (item,) = json.loads(hub.cite("csl-json"))
    assert (item["type"], item["version"], item["URL"]) == ("dataset", "1.1.0", PINNED)
    assert re.fullmatch("sha256:[0-9a-f]{64}", item["custom"]["manifest"])
    assert not {"note", "annote", "source"} & item.keys()
    assert hub.cite("apa") == (
        "The citehub developers. (2026). Citation hub of Megatron-Turing NLG 530B "
        "(Version 1.1.0) [Data set]. urn:uuid:a4649fe2-247b-5dbb-a2c5-8ed7b878cbfa"
    )


def test_a_page_is_printed_with_the_identifier_of_the_version(tmp_path):
    hub = make_release(tmp_path, make_works({"work_id": "pith:1"}))
    hub.manifest |= {"homepage": "https://example.org/hub#top", "id": "urn:uuid:1"}
    (item,) = json.loads(hub.cite("csl-json"))
    assert item["URL"] == "https://example.org/hub#urn:uuid:1"
    assert hub.cite("apa").endswith(" https://example.org/hub#urn:uuid:1")
    assert "note             = {urn:uuid:1},\n" in hub.cite()
    assert "url              = {https://example.org/hub#top},\n" in hub.cite()


def test_a_doi_is_printed_alone(tmp_path):
    hub = make_release(tmp_path, make_works({"work_id": "pith:1"}))
    hub.manifest |= {"homepage": "https://example.org/hub", "id": "https://doi.org/10.5281/z.1"}
    (item,) = json.loads(hub.cite("csl-json"))
    assert (item["DOI"], item["URL"]) == ("10.5281/z.1", "https://doi.org/10.5281/z.1")
    assert hub.cite("apa").endswith(" https://doi.org/10.5281/z.1")
    assert "note             = {https://doi.org/10.5281/z.1},\n" in hub.cite()


def test_works_are_cited_too(hub):
    assert hub.cite(of="canonical") == hub.cite(of="2201.11990")
    assert "eprint           = {2201.11990}" in hub.cite(of="canonical")
    apa = hub.cite("apa", of="canonical")
    assert apa.startswith("Smith, S., Patwary, M., Norick, B., ")
    assert apa.endswith("(arXiv:2201.11990). arXiv. https://arxiv.org/abs/2201.11990")
    (item,) = json.loads(hub.cite("csl-json", of="canonical"))
    assert item["author"][12] == {"family": "Aminabadi", "given": "Reza Yazdani"}
    assert hub.cite(of=hub.canonical) == hub.cite(of="canonical")
    with pytest.raises(errors.UnknownWork):
        hub.cite(of="nothing")


def test_of_many_authors_apa_names_nineteen_and_the_last(hub):
    apa = hub.cite("apa", of="2401.02954")
    assert apa.split(", . . . ")[0].count(", ") == 18 + 18  # the first of them is a group
    assert ", . . . Zou, Y. (2024)." in apa


def test_what_is_not_known_is_left_out_of_a_citation(poor):
    assert poor.cite("apa", of="pith:1") == "B, A. (n.d.). A\ufffdtitle."
    assert json.loads(poor.cite("csl-json", of="pith:0")) == [{"id": "pith:0", "type": "document"}]
