"""Files of reference managers: every value as the file means it, every other one rejected."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from citehub._identifiers import Identifier
from citehub._tex import resolve_tex
from citehub._text import clean_line
from citehub.errors import MissingExtra, SourceError
from citehub.sources.records import Author, Note, Record
from citehub.sources.reference_file import read_references
from citehub.sources.reference_file.bibtex_names import split_names
from citehub.sources.reference_file.dates import parse_date
from tests.made import make_release, make_works

DIGEST = re.compile(r"\b[0-9a-f]{12}\b")  # of what an entry says
ENDINGS = {"bibtex": ".bib", "ris": ".ris", "csl-json": ".json"}

BIBTEX = r"""
% written by hand
@string{icml = "Proceedings of " # {ICML}}
@comment{jabref-meta: databaseType:bibtex;}

@InProceedings{goedel2023,
  Title     = {{P}ythia \& {G{\"o}del}: 100\% of
               \mathbb{R} --- M$^2$},
  author    = {G{\"o}del, Kurt and van der Wal, Oskar and King, Jr., Martin and {OpenAI, Inc.}},
  booktitle = icml # " " # 2023,
  year      = 2023,
  month     = apr,
  doi       = {10.1007/978-3-319{\_}2},
  eprint    = {2304.01373v2},
  archivePrefix = {arXiv},
  address = never # read,
}
@article(scholar, title = "A {"}quoted{"} title", journal={arXiv preprint arXiv:2201.11990},
  author="Shoeybi, Mohammad", date={2022-01-28})
@misc{plain, howpublished = {\url{https://doi.org/10.1145/3744746}}, eprint = {123}}
@phdthesis{noted, title = {Noted}, note = {arXiv:1909.08053 [cs.CL]}, month = "Sept",
  year = {n.d.}}
"""

RIS = """\
TY  - CPAPER
ID  - pythia
AU  - van der Wal, Oskar
AU  - King, Martin, Jr.
AU  - OpenAI
TI  - Pythia & M²: a title
      of two lines
PY  - 2023
DA  - 2023/04/05/
T2  - ICML
DO  - https://doi.org/10.1145/3744746
AN  - arXiv:2304.01373
UR  - https://example.org/a;https://openalex.org/W123
N1  - a note, doi unknown
AB  - An abstract.
ER  -

TY  - UNPB
T1  - Another title
A1  - Smith, Ann
Y1  - 2020///
AN  - 2014.12345
ER  -
"""

CSL = """\
[
  {"id": "pythia", "type": "paper-conference", "title": "Pythia & <i>M²</i>",
   "author": [{"family": "Wal", "given": "Oskar", "non-dropping-particle": "van der"},
              {"family": "King", "given": "Martin", "suffix": "Jr."}, {"literal": "OpenAI"}],
   "issued": {"date-parts": [[2023, "4", 5]]}, "container-title": "ICML",
   "DOI": "10.1145/3744746", "number": "arXiv:2304.01373", "URL": "https://example.org/",
   "note": "a note", "abstract": "An abstract.", "volume": null},
  {"id": 7, "type": "article", "title": "Another title", "number": 2014,
   "issued": {"raw": "2020-02"}, "author": [{"family": "Smith"}]},
  {"title": "A third"}
]
"""


def person(family, given="", suffix=""):
    name = " ".join(part for part in (given, family, suffix) if part)
    return Author(name, None, family, given or None, suffix or None)


def group(name):
    return Author(name, is_collective=True)


def record(key, ids=(), authors=(), **values):
    """Return a record; an author is a text, the parts of a name, or made already."""
    ways = {str: Author, tuple: lambda parts: person(*parts)}
    return Record(
        "citing-file",
        key,
        tuple(Identifier(*each.split(":", 1)) for each in ids),
        authors=tuple(ways.get(type(each), lambda made: made)(each) for each in authors),
        **values,
    )


@pytest.fixture
def read(tmp_path):
    def call(ending, text):
        path = tmp_path / f"refs{ending}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        found = read_references([str(path)])
        assert {reject.path for reject in found.rejects} <= {str(path)}
        records = [
            each._replace(record_id=DIGEST.sub("-", each.record_id)) for each in found.records
        ]
        return records, [(reject.line, reject.reason) for reject in found.rejects]

    return call


def test_bibtex(read):
    records, rejects = read(".bib", BIBTEX)
    assert records == [
        record(
            "goedel2023",
            ids=("doi:10.1007/978-3-319_2", "arxiv:2304.01373"),
            title=r"Pythia & Gödel: 100% of \mathbb{R} — M$^2$",
            year=2023,
            month=4,
            venue="Proceedings of ICML 2023",
            type="conference-paper",
            authors=(
                ("Gödel", "Kurt"),
                ("van der Wal", "Oskar"),
                ("King", "Martin", "Jr."),
                group("OpenAI, Inc."),
            ),
        ),
        record(
            "scholar",
            ids=("arxiv:2201.11990",),
            title='A "quoted" title',
            year=2022,
            month=1,
            venue="arXiv preprint arXiv:2201.11990",
            type="preprint",
            authors=(("Shoeybi", "Mohammad"),),
        ),
        record("plain", ids=("doi:10.1145/3744746",), page_url="https://doi.org/10.1145/3744746"),
        record(
            "noted",
            ids=("arxiv:1909.08053",),
            title="Noted",
            type="dissertation",
            notes=(Note("note", "arXiv:1909.08053 [cs.CL]"),),
        ),
    ]
    assert rejects == []


def test_ris(read):
    assert read(".ris", RIS) == (
        [
            record(
                "pythia",
                ids=("doi:10.1145/3744746", "arxiv:2304.01373", "openalex:W123"),
                title="Pythia & M²: a title of two lines",
                year=2023,
                month=4,
                venue="ICML",
                type="conference-paper",
                authors=(("van der Wal", "Oskar"), ("King", "Martin", "Jr."), "OpenAI"),
                abstract="An abstract.",
                page_url="https://example.org/a",
                notes=(Note("note", "a note, doi unknown"),),
            ),
            record("-", title="Another title", year=2020, authors=(("Smith", "Ann"),)),
        ],
        [],
    )


def test_csl_json(read):
    assert read(".json", CSL) == (
        [
            record(
                "pythia",
                ids=("doi:10.1145/3744746", "arxiv:2304.01373"),
                title="Pythia & <i>M²</i>",
                year=2023,
                month=4,
                venue="ICML",
                type="conference-paper",
                authors=(("van der Wal", "Oskar"), ("King", "Martin", "Jr."), group("OpenAI")),
                abstract="An abstract.",
                page_url="https://example.org/",
                notes=(Note("note", "a note"),),
            ),
            record(
                "7",
                title="Another title",
                year=2020,
                month=2,
                type="preprint",
                authors=(person("Smith"),),
            ),
            record("-", title="A third"),
        ],
        [],
    )


def test_a_single_item_is_read_as_doi_org_gives_it(read):
    assert read(".json", '\n{"title": "A title"}') == ([record("-", title="A title")], [])


def test_items_in_an_object_are_read_as_zotero_org_gives_them(read):
    text = '{"items": [{"id": "a", "title": "T"}, {"id": "b", "title": "U"}]}'
    assert read(".json", text) == ([record("a", title="T"), record("b", title="U")], [])


def test_a_record_of_doi_org_is_read_with_what_crossref_adds(read):
    text = '{"title": "T", "is-referenced-by-count": 3, "member": "1", "type": "journal-article"}'
    assert read(".json", text) == ([record("-", title="T", type="article")], [])


def test_ris_agrees_with_rispy(read):
    records, _ = read(".ris", RIS)
    others = rispy.loads(RIS)
    assert [each.year for each in records] == [
        int(other.get("year", other.get("publication_year", ""))[:4]) for other in others
    ]
    assert [each.title for each in records] == [
        other.get("title") or other["primary_title"] for other in others
    ]


@pytest.mark.parametrize("ending", ENDINGS.values())
@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_change_nothing(read, ending, ends):
    text = {".bib": BIBTEX, ".ris": RIS, ".json": CSL}[ending]
    assert read(ending, "\ufeff" + text.replace("\n", ends)) == read(ending, text)


def test_what_citehub_exports_comes_back_equal_in_every_format(hub, read):
    works = [hub.work(row["work_id"]) for row in hub.citing_works]
    assert len(works) == 44
    for name, ending in ENDINGS.items():
        records, rejects = read(ending, bytes(hub.export(name)))
        assert rejects == []
        for work, found in zip(works, records, strict=True):
            title = work.title if name == "bibtex" else work.title_plain
            assert (found.record_id, found.title) == (work.work_id, title)
            assert resolve_tex(found.title) == work.title_plain
            assert {each.scheme: each.value for each in found.ids} == work.ids
            assert tuple(author.name for author in found.authors) == work.authors
            assert (found.year, found.month) == (work.publication_year, work.publication_month)


HOSTILE = [
    "a\x1b[2J\x07b", "</script><b>&amp;", "{", "}", "a}} @misc{x,", r"\input{/etc/passwd}", "=1+1",
    "@SUM(A1)", r"$\alpha_{n-1}$", r"$\write18{ls}$", "$5 or $6", "x -- y --- z", "``a'' ?`!`",
    "~^_#|%\\", "\\", "a  b", "#", '"', "\u202egnp", "مرحبا", "\x00", r"\'e", r"\"{o}", "\ud7ff",
    "TY  - BOOK", "a\r\nER  - \r\nTY  - BOOK", r'", "title": "x',
]  # fmt: skip


@pytest.mark.parametrize("format_", ENDINGS)
def test_hostile_titles_stay_text(read, tmp_path, format_):
    works = [
        {"work_id": f"arxiv:{number:04}.00001", "title": title, "title_plain": title,
         "authors": [f"A {title.replace(',', '')}"], "ids": {"arxiv": f"{number:04}.00001"}}
        for number, title in enumerate(HOSTILE)
    ]  # fmt: skip
    folder = tmp_path / "made"
    folder.mkdir()
    made = make_release(folder, make_works(*works))
    records, rejects = read(ENDINGS[format_], bytes(made.export(format_)))
    assert rejects == []
    assert [each.title for each in records] == [clean_line(title) for title in HOSTILE]
    for title, found in zip(HOSTILE, records, strict=True):
        (author,) = found.authors
        assert author.name == " ".join(clean_line(f"A {title}").replace(",", "").split())


@pytest.mark.parametrize("format_", ENDINGS)
def test_a_doi_that_no_format_takes_as_it_is_comes_back_equal(read, tmp_path, format_):
    doi = "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o"
    folder = tmp_path / "made"
    folder.mkdir()
    made = make_release(folder, make_works({"work_id": f"doi:{doi}", "ids": {"doi": doi}}))
    (found,), rejects = read(ENDINGS[format_], bytes(made.export(format_)))
    assert found.ids == (Identifier("doi", doi),)
    assert rejects == []


TEX = {
    r"{\'E}tienne \'{\i}, \v{s} {\c c} \c{c} \H{o}": "Étienne í, š ç ç ő",
    r"Stra{\ss}e, \O re, \L{}": "Straße, Øre, Ł",
    r"\emph{Whole} {\it words}": "Whole words",
    r"A \unknown[x]{a{b}}{c} {B}": r"A \unknown[x]{a{b}}{c} B",
    r"\$5 \_ \{x\} \textbackslash{} a\textbackslash b": r"$5 _ {x} \ a\b",
    r"\noopsort{1973b}1973\slash 74": "1973/74",
    "``a''---b -{}- c~d": "“a”—b -- c d",
    "50% of $x": "50% of $x",
    "$x^{2}$ of {B}": "$x^{2}$ of B",
    "a\n   b\n\n c  d": "a b c  d",
}


@pytest.mark.parametrize(("tex", "title"), TEX.items())
def test_tex_of_titles_is_text_where_it_is_known(read, tex, title):
    assert read(".bib", f"@misc{{a, title = {{{tex}}}}}") == ([record("a", title=title)], [])


def bib(field):
    return f"@misc{{a,\n title = {{T}},\n {field}\n}}\n"


def ris(*lines):
    return "\n".join(["TY  - JOUR", "TI  - T", *lines, "ER  - "])


def csl(**values):
    return "[\n\n" + json.dumps({"id": "a", "title": "T"} | values) + "]"


NO_TITLE = "has neither a title nor an identifier"
WRONG = {  # what is wrong: the ending, the text, how many entries stay, the line, the reason
    "no title": (".bib", "@misc{b, title={}}\n@misc{a, year = 2020}", 0, 2, f"a {NO_TITLE}"),
    "no title in RIS": (".ris", "\nTY  - JOUR\nID  - x\nPY  - 2020\nER  - ", 0, 2, NO_TITLE),
    "no title in CSL": (".json", '[\n{"id": "x", "DOI": ""}]', 0, 2, f"x {NO_TITLE}"),
    "a broken block": (
        ".bib", "@misc{a, title={T}}\n@misc{b, title = {open\n\n@misc{c, title={T}}", 2, 2,
        "entry 2 is broken: Unexpected block start",
    ),
    "an open block": (".bib", "\n@misc{a, title = {open", 0, 2, "Unexpectedly reached end"),
    "no key": (".bib", "@misc{title = {T}}", 0, 1, "Expected comma after entry key"),
    "no brace": (".bib", "text\n@misc a, title={T}\n@misc{a, title={T}}", 1, 2, "opens no entry"),
    "a line behind a backslash": (".bib", "% \\\n@misc{a, title={T}, year={x}}", 1, 2, "year of"),
    "no such abbreviation": (
        ".bib", bib("journal = icml # {x}"), 1, 3, "journal of a: 'icml' is no value",
    ),
    "no such abbreviation in an abbreviation": (
        ".bib", f"@string{{a = b}}\n{bib('')}", 1, 1, "abbreviation a: 'b' is no value",
    ),
    "no value": (".bib", bib("year = ,"), 1, 3, "year of a: '' is no value"),
    "a year of words": (".bib", bib("year = {forthcoming}"), 1, 3, "year of a: 'forthcoming' is"),
    "a year that ends before": (".bib", bib("year = {2021--2020}"), 1, 3, "is no date"),
    "a decade": (".bib", bib("date = {201X}"), 1, 3, "date of a: '201X' is no date"),
    "a date without its beginning": (".bib", bib("date = {/2020}"), 1, 3, "is no date"),
    "a year too early": (".bib", bib("year = 1066"), 1, 3, "is no date with a year from 1500"),
    "a month of no year": (".bib", bib("month = 13"), 1, 3, "month of a: '13' is no month"),
    "no DOI": (".bib", bib("doi = {forthcoming}"), 1, 3, "doi of a: 'forthcoming' is no DOI"),
    "TeX in a DOI": (".bib", bib(r"doi = {10.1145/a{\textless}b}"), 1, 3, "is no DOI"),
    "no arXiv id": (".bib", bib("eprint={x}, eprinttype={arxiv}"), 1, 3, "'x' is no arXiv id"),
    "a name that is none": (".bib", bib("author = {A, B, C, D}"), 1, 3, "more than two commas"),
    "a name of two": (".bib", bib("author = {A, B, C}"), 1, 3, "two commas and no suffix"),
    "an empty name": (".bib", bib("author = {{} and {}}"), 1, 3, "a name is empty"),
    "no parent": (".bib", bib("crossref = {b}"), 1, 3, "crossref of a: there is no entry 'b'"),
    "a field twice": (".bib", bib("year=2020,\n year=2021"), 1, 4, "year of a: is there twice"),
    "no ER at the end": (".ris", f"{ris()}\nTY  - JOUR\nID  - x\nTI  - T", 2, 4, "x has no ER"),
    "text before TY": (".ris", f"\nRefs\nmore\n{ris()}", 1, 2, "'Refs more' is in no record"),
    "text behind ER": (".ris", f"{ris()}\nmore\n{ris('SP  - 1')}", 1, 4, "'more' is in no record"),
    "no TY": (".ris", f"{ris()}\n\nTI  - T", 1, 5, "'T' is in no record"),
    "a RIS year of words": (".ris", ris("PY  - in press"), 1, 3, "PY of entry 1: 'in press' is"),
    "a RIS date without year": (".ris", ris("DA  - FEB 15"), 1, 3, "entry 1: tells no year"),
    "a RIS name that is none": (".ris", ris("AU  - B,C,D,E"), 1, 3, "two commas"),
    "no RIS DOI": (".ris", ris("DO  - pending"), 1, 3, "DO of entry 1: 'pending' is no DOI"),
    "two titles": (".ris", ris("DO  - 10.1145/1", "TI  - U"), 1, 4, "TI of entry 1: is there"),
    "an element that is no object": (
        ".json", '[{"title": "T"},\n{},\n ["x"]]', 1, 3, "entry 3 should be an object, not a list",
    ),
    "JSON that is no object": (".json", "\n7", 0, 2, "entry 1 should be an object, not 7"),
    "an id of another type": (".json", csl(id=[1]), 1, 3, "id of entry 1: should be text, not a"),
    "a title of another type": (
        ".json", csl(title=5, DOI="10.1145/1"), 1, 3, "title of a: should be text, not 5",
    ),
    "a type of another type": (".json", csl(type={}), 1, 3, "type of a: should be text"),
    "a DOI of another type": (".json", csl(DOI=10.1), 1, 3, "DOI of a: should be text, not 10.1"),
    "authors of another type": (".json", csl(author=5), 1, 3, "author of a: should be a list of"),
    "an author of another type": (
        ".json", csl(author=[5]), 1, 3, "a name should be an object, not 5",
    ),
    "a name of another type": (".json", csl(author=[{"given": 5}]), 1, 3, "should be text, not 5"),
    "an author without name": (".json", csl(author=[{}]), 1, 3, "author of a: a name is empty"),
    "a date of words": (".json", csl(issued={"literal": "soon"}), 1, 3, "issued of a: 'soon' is"),
    "a date of another type": (".json", csl(issued=2020.5), 1, 3, "should be a date, not 2020.5"),
    "a date of other names": (".json", csl(issued={"start": 2020}), 1, 3, "be a date, not {"),
    "no entry at all": (".bib", "% nothing", 0, 1, "the file holds no entry"),
    "a circle of parents": (
        ".bib", "@book{a, title={A}, crossref={b}}\n@book{b, title={B}, crossref={a}}", 2, 2,
        "crossref of b: 'a' leads back to it",
    ),
    "a name that refers to nothing": (
        ".bib", bib("author = {xdata=none-author}"), 1, 3, "refers to what is not in the file",
    ),
    "two names as printed": (
        ".bib", bib("author = {J. Smith, K. Jones}"), 1, 3, "has two names as they are printed",
    ),
    "a language that is not known": (
        ".json", csl(language="Klingon"), 1, 3, "language of a: 'Klingon' is no language",
    ),
    "a true date": (".json", csl(issued={"date-parts": [[True]]}), 1, 3, "a list of lists"),
    "several in a name": (
        ".json", csl(author=[{"family": "A.; B", "given": "C"}]), 1, 3, "holds a semicolon",
    ),
    "no month": (".json", csl(issued={"date-parts": [[2020, 17]]}), 1, 3, "'17' is no month"),
    "no Unicode": (".json", csl(abstract="\ud800"), 1, 3, r"abstract of a: '\ud800' is no"),
}  # fmt: skip


@pytest.mark.parametrize(("ending", "text", "kept", "line", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_rejected_with_its_line(read, ending, text, kept, line, said):
    records, rejects = read(ending, text)
    assert len(records) == kept
    assert said in dict(rejects)[line]
    for each in records:  # nothing of a wrong value is kept
        assert (each.year, each.month, each.venue, each.authors) == (None, None, None, ())


def test_a_month_without_year_is_not_taken(read):
    assert read(".bib", bib("month = apr")) == ([record("a", title="T")], [])


def test_quotes_and_braces_hold_what_joins_values_elsewhere(read):
    text = '@misc{a, title = "C # {"} D" # { # E}}'
    assert read(".bib", text) == ([record("a", title='C # " D # E')], [])


def test_a_month_of_another_year_is_not_taken(read):
    (found,), rejects = read(".ris", ris("PY  - 2020", "DA  - 2021/05//"))
    assert (found.year, found.month, rejects) == (2020, None, [])


def test_entries_of_one_key_are_all_kept(read):
    entries = [("a", "1"), ("a", "2"), ("a (2)", "3"), ("a", "4")]
    text = json.dumps([{"id": key, "title": title} for key, title in entries])
    records, rejects = read(".json", text)
    assert [(each.record_id, each.title) for each in records] == [
        ("a (-)", "1"), ("a (-)", "2"), ("a (2)", "3"), ("a (-)", "4"),
    ]  # fmt: skip
    assert rejects == []


def test_bibtex_of_one_key_is_read_like_any_other(read):
    text = "@string{v = {V}}\n@article{a, title={1}}\n@article{a, title={{2}}, journal=v}"
    assert read(".bib", text) == (
        [
            record("a (-)", title="1", type="article"),
            record("a (-)", title="2", venue="V", type="article"),
        ],
        [],
    )


def test_abbreviations_of_abbreviations_do_not_fill_the_memory(read):
    strings = "\n".join(f"@string{{s{n + 1} = s{n} # s{n}}}" for n in range(60))
    records, rejects = read(
        ".bib", f"@string{{s0 = {{aaaaaaaa}}}}\n{strings}\n{bib('note = s60')}"
    )
    assert [each.title for each in records] == ["T"]
    assert rejects[0] == (18, "abbreviation s17: is longer than 1000000 characters")


# -- names ----------------------------------------------------------------------------------------

NAMES = {  # of BibTeX: a list, and those whom it names
    r"\O stergaard, Ann and \O stergaard, Bo": [("Østergaard", "Ann"), ("Østergaard", "Bo")],
    r"A, B and \L{}ukasz Oil and \'{A}lvarez, C and \.{Z}ak": [
        ("A", "B"), ("Oil", "Łukasz"), ("Álvarez", "C"), person("Żak"),
    ],
    r"Nguy{\~{\^{e}}}n, A and Le, B{\'\^o} and \d{\^a}u, C": [
        ("Nguyễn", "A"), ("Le", "Bố"), ("ậu", "C"),
    ],
    r"{\relax Ph}. Oil and Lamp, {\relax Yu}.{\,}S.": [("Oil", "Ph."), ("Lamp", "Yu. S.")],
    "family=Berg, given=Ann and Oil, S.": [("Berg", "Ann"), ("Oil", "S.")],
    "given={Ann Bo}, family=Berg, prefix=van den, useprefix=true, given-i=A": [
        ("van den Berg", "Ann Bo"),
    ],
    'suffix=Jr., family=King, given="Martin, L." and prefix=d\', family=Oil, given=Jo': [
        ("King", "Martin, L.", "Jr."), person("d'Oil", "Jo")._replace(name="Jo d'Oil"),
    ],
    '"family={Robert and Sons, Inc.}" and given=Plato': [
        person("Robert and Sons, Inc."), "Plato",
    ],
    "Lamp, S.; Wick, D. and Oil, E.": [("Lamp", "S."), ("Wick", "D."), ("Oil", "E.")],
    "Garc&iacute;a, A. and Wick, B.": [("Garc&iacute;a", "A."), ("Wick", "B.")],
    "{Ministry of Light} and {{Oil, Inc.}} and {Barnes and Noble}": [
        group("Ministry of Light"), group("Oil, Inc."), group("Barnes and Noble"),
    ],
    "Gabriel {Garc{\\'i}a M{\\'a}rquez} and {de} Berg": [
        ("García Márquez", "Gabriel"), ("Berg", "de"),
    ],
    "Oskar van der Wal and de la Fontaine, Jean and {\\'E}tienne du Bois Lamp": [
        ("van der Wal", "Oskar"), ("de la Fontaine", "Jean"), ("du Bois Lamp", "Étienne"),
    ],
    "Martin King Jr. and King, III, Bo and King, Bo, III and Oil, , Jo": [
        ("King", "Martin", "Jr."), ("King", "Bo", "III"), ("King", "Bo", "III"), ("Oil", "Jo"),
    ],
    "Simon \\& Schuster and 王 小明": ["Simon & Schuster", "王 小明"],
    "王, 小明": [Author("王小明", None, "王", "小明")],
    "Andy AND Bo~C. Anders\nand  Cy": [person("Andy"), ("Anders", "Bo C."), person("Cy")],
    r"Ann \acro{O A} and \rlap{Bo and Cy} Oil": [
        (r"\acro{O A}", "Ann"), ("Oil", r"\rlap{Bo and Cy}"),
    ],
    "Berg, Ann, and Lamp,": [("Berg", "Ann"), person("Lamp")],
    r"Jos\'e {\uppercase{d}e la} Cruz and \MakeUppercase{oil}, Bo": [
        ("De la Cruz", "José"), ("OIL", "Bo"),
    ],
    r"O\textquotesingle Brien, Pat and \textsf{Oil}, Bo and {\guillemotleft}A, B": [
        ("O'Brien", "Pat"), ("Oil", "Bo"), ("«A", "B"),
    ],
    "Martin Luther King, Jr. and Ann Berg, PhD and van der Wal, Sr.": [
        ("King", "Martin Luther", "Jr."), ("Berg", "Ann", "PhD"), person("van der Wal", "", "Sr."),
    ],
    "St. John, A. Bernard and Vo, V.": [("St. John", "A. Bernard"), ("Vo", "V.")],
}  # fmt: skip


@pytest.mark.parametrize(("text", "authors"), NAMES.items())
def test_names_of_bibtex_are_those_whom_the_list_names(read, text, authors):
    records, rejects = read(".bib", bib(f"author = {{{text}}}"))
    assert (records, rejects) == ([record("a", title="T", authors=authors)], [])


NAMES_OF_RIS = {
    "Berg, Ann": [("Berg", "Ann")],
    "King, Martin, Jr.": [("King", "Martin", "Jr.")],
    "King, Jr., Martin": [("King", "Martin", "Jr.")],
    "Ministry of Light,": [person("Ministry of Light")],
    "Ministry of Oil and Light": [group("Ministry of Oil and Light")],
    "Lamp A.": ["Lamp A."],
    "{Oil, Inc.}": [group("Oil, Inc.")],
    "J. P. Lamp": ["J. P. Lamp"],
    "Lamp": ["Lamp"],
    "": [],
    "Lamp, A.; Wick, B.; ": [("Lamp", "A."), ("Wick", "B.")],
    "Lamp A; Wick B": ["Lamp A", "Wick B"],
    "Lamp, A. and Wick, B. & Oil, C.": [("Lamp", "A."), ("Wick", "B."), ("Oil", "C.")],
    "Garc&#237;a, A.": [("Garc&#237;a", "A.")],
}


@pytest.mark.parametrize(("text", "authors"), NAMES_OF_RIS.items())
def test_names_of_ris_are_those_whom_the_lines_name(read, text, authors):
    (found,), rejects = read(".ris", ris(f"AU  - {text}", "AU  - Last, Z."))
    assert (found, rejects) == (record("-", title="T", type="article",
                                       authors=[*authors, ("Last", "Z.")]), [])  # fmt: skip


NAMES_OF_CSL = [
    ({"family": "Berg", "given": "Ann", "suffix": "Jr."}, ("Berg", "Ann", "Jr.")),
    ({"family": "Wal", "given": "O", "non-dropping-particle": "van der"}, ("van der Wal", "O")),
    ({"family": "La Oil", "given": "Jean", "dropping-particle": "de"}, ("La Oil", "Jean de")),
    (
        {"family": "Oil", "given": "Jean", "dropping-particle": "d'"},
        Author("Jean d'Oil", None, "Oil", "Jean d'"),
    ),
    ({"literal": "Oil and Light; a Ministry"}, group("Oil and Light; a Ministry")),
    ({"family": "Oil and Sons", "isInstitution": True}, group("Oil and Sons")),
    ({"given": "Plato"}, "Plato"),
    ({"family": "King", "given": "Martin, Jr."}, ("King", "Martin", "Jr.")),
    ({"family": "King", "given": "Martin, Bo"}, ("King", "Martin, Bo")),
    ("Berg, Ann", ("Berg", "Ann")),
    ({"family": "王", "given": "小明"}, Author("王小明", None, "王", "小明")),
]


@pytest.mark.parametrize(("name", "author"), NAMES_OF_CSL)
def test_names_of_csl_are_kept_in_parts(read, name, author):
    records, rejects = read(".json", csl(author=[name]))
    assert (records, rejects) == ([record("a", title="T", authors=[author])], [])


def test_words_without_a_comma_are_names_where_none_has_one(read):
    (found,), _ = read(".ris", ris("AU  - Ann Berg", "AU  - Ministry of Light"))
    assert found.authors == (Author("Ann Berg"), Author("Ministry of Light"))


def test_authors_of_both_tags_stand_in_the_order_of_their_lines(read):
    (found,), _ = read(".ris", ris("A1  - A, Ann", "AU  - B, Bo", "A1  - C, Cy"))
    assert [each.family for each in found.authors] == ["A", "B", "C"]


def test_an_author_of_csl_may_stand_alone(read):
    (found,), rejects = read(".json", csl(author={"family": "Berg"}))
    assert (found.authors, rejects) == ((person("Berg"),), [])


def test_a_literal_of_several_is_several(read):
    (found,), _ = read(".json", csl(author=[{"literal": "Lamp, A.; Wick, B."}]))
    assert found.authors == (person("Lamp", "A."), person("Wick", "B."))


OTHERS = [  # the ending, the text, how many are named beside the others
    (".bib", bib("author = {Lamp, S. and Wick, D. and others}"), 2),
    (".bib", bib(r"author = {Lamp, S. and Wick, D. and \emph{et~al.}}"), 2),
    (".bib", bib("author = {Lamp, S. and Wick, D. et al.}"), 2),
    (".bib", bib("author = {Lamp, S. and Wick, D. and {others}}"), 2),
    (".bib", bib("author = {others}"), 0),
    (".ris", ris("AU  - Lamp, S.", "AU  - Wick, D.", "AU  - et al."), 2),
    (".ris", ris("AU  - Lamp, S.; Wick, D.; others"), 2),
    (".ris", ris("AU  - Lamp, S. et al"), 1),
    (".json", csl(author=[{"family": "Lamp"}, {"literal": "others"}]), 1),
    (".json", csl(author=[{"family": "Lamp"}, {"given": "et", "family": "al."}]), 1),
]


@pytest.mark.parametrize(("ending", "text", "n"), OTHERS)
def test_those_who_are_named_beside_others_are_kept(read, ending, text, n):
    (found,), rejects = read(ending, text)
    assert [author.family for author in found.authors] == ["Lamp", "Wick"][:n]
    assert (found.are_all_named, rejects) == (False, [])


CY = {"family": "C", "given": "Cy"}


def test_a_name_that_cannot_be_read_leaves_its_place_to_nobody(read):
    for ending, text in (
        (".bib", bib("author = {A, Ann and {} and C, Cy}")),
        (".ris", ris("AU  - A, Ann", "AU  - B, B., Oil, B.", "AU  - C, Cy")),
        (".json", csl(author=[{"family": "A", "given": "Ann"}, 5, {"literal": ""}, CY])),
    ):
        (found,), rejects = read(ending, text)
        nobody = (None,) * len(rejects)
        assert found.authors == (person("A", "Ann"), *nobody, person("C", "Cy"))
        assert rejects
        assert not found.are_all_named


@pytest.mark.parametrize("text", ["{A", "A}", "{{A}"])
def test_braces_that_do_not_match_are_told(text):
    with pytest.raises(ValueError, match="brace"):
        split_names(text)


STATED = [
    ("van der Wal", "Oskar"), ("King", "Martin", "Jr."), ("Garc\xeda M\xe1rquez", "Gabriel"),
    Author("Jean d'Oil", None, "Oil", "Jean d'"), ("Nguy\u1ec5n", "\xc9mile"),
    ("Anders and Oil", "Bo"),
    group("Ministry of Oil and Light"), group("Oil & Wick"),
]  # fmt: skip


@pytest.mark.parametrize("format_", ENDINGS)
def test_names_come_out_of_every_export_as_they_came_in(read, tmp_path, format_):
    authors = record("a", authors=STATED).authors
    cells = [
        {"author_name": each.name, "is_collective": each.is_collective,
         "family_name": each.family, "given_name": each.given, "name_suffix": each.suffix}
        for each in authors
    ]  # fmt: skip
    folder = tmp_path / "made"
    folder.mkdir()
    made = make_release(
        folder, make_works({"work_id": "x:1", "title_plain": "T", "title": "T", "authors": cells})
    )
    (found,), rejects = read(ENDINGS[format_], bytes(made.export(format_)))
    assert rejects == []
    assert found.authors == authors


# -- dates ----------------------------------------------------------------------------------------

DATES = {
    "2015": (2015, None),
    "2015-06": (2015, 6),
    "2015-6-2": (2015, 6),
    "20150622": (2015, 6),
    "2015-06-22/2015-06-26": (2015, 6),
    "2004-06/2006-08": (2004, 6),
    "2015/2016": (2015, None),
    "2015--2016": (2015, None),
    "2015\u20132016": (2015, None),
    "2015-16": (2015, None),
    "Winter 2015/16": (2015, None),
    "2015/Jun/22": (2015, 6),
    "2015/June": (2015, 6),
    "2015/Summer//": (2015, None),
    "2015/06/22/Summer": (2015, 6),
    "2015/open": (2015, None),
    "1er juin 2015": (2015, 6),
    "Sat, 22 Jun 2015 10:00:00 GMT": (2015, 6),
    "2015-present": (2015, None),
    "cop. 2015": (2015, None),
    "2015年6月22日": (2015, 6),
    "2015年": (2015, None),
    "2015년 6월 22일": (2015, 6),
    "2015年1月1日": (2015, None),
    "2015 Jun 3 [Epub ahead of print]": (2015, 6),
    "June 2015-16": (2015, 6),
    "Accepted 2015": (2015, None),
    "under review, 2015": (2015, None),
    "Juni 2015": (2015, 6),
    "1 mai 2015": (2015, 5),
    "2015/16": (2015, None),
    "2011/12": (2011, None),  # a winter or a December
    "2011/12/": (2011, 12),
    "2015/": (2015, None),
    "2015/..": (2015, None),
    "2015-": (2015, None),
    "2017-21": (2017, None),
    "2017-24~": (2017, None),
    "2016-03-31T12:30:01Z": (2016, 3),
    "2016-01-02T10:00": (2016, 1),
    "2016-03-31 12:30:01+01:00": (2016, 3),
    "1990~": (1990, None),
    "1990?": (1990, None),
    "1990-05%": (1990, 5),
    "?1990-05": (1990, 5),
    "[1990]": (1990, None),
    "(1990)": (1990, None),
    "c. 1990": (1990, None),
    "circa 1990": (1990, None),
    "c1990": (1990, None),
    "1990a": (1990, None),
    "2015-XX-XX": (2015, None),
    "2015-00-00": (2015, None),
    "2015-01-01": (2015, None),  # often stands for the year alone
    "2015-01": (2015, 1),
    "January 1978": (1978, 1),
    "Jan. 1978": (1978, 1),
    "1978 Sept": (1978, 9),
    "12 March 1999": (1999, 3),
    "March 12th, 1999": (1999, 3),
    "Mar-Apr 2004": (2004, 3),
    "December 2015 -- January 2016": (2015, 12),
    "2015 - January 2016": (2015, None),
    "1 January 2016": (2016, None),
    "Spring 2017": (2017, None),
    "Summer/Fall 2017": (2017, None),
    "Summer 2001/2002": (2001, None),
    "2020, in press": (2020, None),
    "2015///": (2015, None),
    "2015//": (2015, None),
    "2015/06/": (2015, 6),
    "2015/06/22/Spring": (2015, 6),
    "2015///Spring": (2015, None),
    "22.06.2015": (2015, 6),
    "06/22/2015": (2015, 6),
    "22/06/2015": (2015, 6),
    "05/06/2015": (2015, None),  # either is the month
    "06/2015": (2015, 6),
    "FEB 15": (None, 2),
    "Feb": (None, 2),
}


@pytest.mark.parametrize(("text", "found"), DATES.items())
def test_a_date_is_the_year_and_month_in_which_it_begins(text, found):
    assert parse_date(text) == found


@pytest.mark.parametrize("text", ["", " ", "n.d.", "no date", "?", "s. d.", "[o.J.]"])
def test_a_date_that_is_not_known_is_none(text):
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "in press", "201X", "19XX", "1990s", "before 1990", "/2015", "../2015", "2020-2019",
        "2020-13", "2020-06-22x", "1066", "2101", "15", "99/98/2015", "1234-5678", "2015 6", "and",
    ],
)  # fmt: skip
def test_what_tells_no_year_is_no_date(text):
    with pytest.raises(ValueError, match="is no date with a year from 1500 to 2100"):
        parse_date(text)


MONTHS = {
    "apr": 4, "{April}": 4, '"Apr."': 4, "4": 4, "{04}": 4, "{Sept.}": 9, 'jun # "~12"': 6,
    '"12~" # jan': 1, "{June--July}": 6, "jun # {/} # jul": 6, "{7--9 June}": 6, "{6-7}": 6,
    "{Spring}": None, "{}": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "month"), MONTHS.items())
def test_months_are_names_numbers_and_macros(read, text, month):
    (found,), rejects = read(".bib", bib(f"year = 2020, month = {text}"))
    assert (found.year, found.month, rejects) == (2020, month, [])


CSL_DATES = [
    ({"date-parts": [[2015, 6, 22], [2015, 6, 26]]}, (2015, 6)),
    ({"date-parts": [["2015", "06"]]}, (2015, 6)),
    ({"date-parts": [["2015-06-22"]]}, (2015, 6)),
    ({"date-parts": [[2015, None]], "season": 2}, (2015, None)),
    ({"date-parts": [[2015, 13]]}, (2015, None)),
    ({"date-parts": [[2015, 21]], "circa": True}, (2015, None)),
    ({"date-parts": [[2015, 1, 1]]}, (2015, None)),
    ({"date-parts": [[None]], "literal": "Spring 2015"}, (2015, None)),
    ({"date-parts": [], "raw": "2015-06/2016"}, (2015, 6)),
    ({"literal": "c. June 2015"}, (2015, 6)),
    ("2015-06", (2015, 6)),
    ({"date-parts": [[None]]}, (None, None)),
    ({}, (None, None)),
    (2015, (2015, None)),
    ([2015, 6], (2015, 6)),
    ({"date-parts": [2015, "06"]}, (2015, 6)),
    ({"date-parts": ["2015"]}, (2015, None)),
    ({"date-parts": [[2015.0, 6]]}, (2015, 6)),
    ({"year": "2015", "month": 6}, (2015, 6)),
    ({"edtf": "2015-06~"}, (2015, 6)),
    ({"circa": True}, (None, None)),
]


@pytest.mark.parametrize(("issued", "date"), CSL_DATES)
def test_dates_of_csl(read, issued, date):
    (found,), rejects = read(".json", csl(issued=issued))
    assert ((found.year, found.month), rejects) == (date, [])


def test_a_day_is_of_the_year_that_another_tag_names(read):
    (found,), rejects = read(".ris", ris("PY  - 2016", "DA  - FEB 15"))
    assert ((found.year, found.month), rejects) == ((2016, 2), [])


# -- what entries take over -----------------------------------------------------------------------

FAMILY = """
@inproceedings{child, title = {A child}, author = {A, Ann}, crossref = {Whole}}
@inproceedings{dated, title = {Dated}, year = 2019, booktitle = {Own}, crossref = {whole}}
@inbook{part, title = {A part}, crossref = {book}}
@book{volume, title = {A volume}, year = {2021}, crossref = {book}}
@article{weak, title = {Weak}, xref = {book}}
@article{boxed, xdata = {one, two}, year = 2001}
@xdata{one, journal = {A Journal}, year = 1999, doi = {10.5555/one}}
@xdata{two, title = {Boxed}, xdata = {three}}
@xdata{three, author = {B, Bo}}
@set{several, entryset = {child, part}}
@proceedings{whole, title = {Proceedings}, crossref = {series}, doi = {10.5555/whole},
  editor = {E, Eve}, note = {of the whole}}
@proceedings{series, title = {Series}, date = {2018-07}}
@book{book, title = {A book}, author = {C, Cy}, date = {2020-05}}
@article{mine, title = {Round}, crossref = {mine}}
"""


def test_entries_take_over_what_they_lack_and_parents_are_marked(tmp_path):
    path = tmp_path / "refs.bib"
    path.write_text(FAMILY, encoding="utf-8")
    found = read_references([str(path)])
    assert found.rejects == []
    assert found.parents == {"whole", "series", "book"}
    told = {
        each.record_id: (each.year, each.month, each.venue, [one.family for one in each.authors])
        for each in found.records
    }
    assert told == {
        "child": (2018, 7, "Proceedings", ["A"]),
        "dated": (2019, None, "Own", []),
        "part": (2020, 5, "A book", ["C"]),
        "volume": (2021, None, None, ["C"]),
        "weak": (None, None, None, []),
        "boxed": (2001, None, "A Journal", ["B"]),
        "whole": (2018, 7, None, []),
        "series": (2018, 7, None, []),
        "book": (2020, 5, None, ["C"]),
        "mine": (None, None, None, []),
    }
    ids = {each.record_id: [one.curie for one in each.ids] for each in found.records if each.ids}
    assert ids == {"boxed": ["doi:10.5555/one"], "whole": ["doi:10.5555/whole"]}
    assert [each.record_id for each in found.records if each.notes] == ["whole"]


def test_circles_and_long_chains_of_parents_end(read):
    circle = "@book{a, title={A}, crossref={b}}\n@book{b, title={B}, year=2001, crossref={a}}"
    (one, other), rejects = read(".bib", circle)
    assert (one.year, other.year) == (2001, 2001)
    assert rejects == [
        (1, "crossref of a: 'b' leads back to it"), (2, "crossref of b: 'a' leads back to it"),
    ]  # fmt: skip
    chain = "\n".join(f"@book{{b{n}, title={{B}}, crossref={{b{n + 1}}}}}" for n in range(3000))
    assert len(read(".bib", chain)[0]) == 3000


def test_those_of_a_circle_are_no_parents(tmp_path):
    path = tmp_path / "refs.bib"
    path.write_text(
        "@book{a, title={A}, crossref={b}}\n@book{b, title={B}, crossref={a}}\n"
        "@inbook{c, title={C}, crossref={d}}\n@book{d, title={D}}"
    )
    assert read_references([str(path)]).parents == {"d"}


def test_what_is_empty_is_taken_over(read):
    (child, _), _ = read(
        ".bib",
        "@inproceedings{a, title={A}, year={ }, crossref={b}}\n@book{b, title={B}, year=2001}",
    )
    assert child.year == 2001


def test_a_part_of_another_entry_is_taken_over(read):
    (found,), rejects = read(
        ".bib",
        "@xdata{x, author={A, Ann and B, Bo}, date={2015-06}}\n"
        "@article{a, title={T}, author={xdata={x-author-2} and C, Cy}, date={xdata=x-date}}",
    )
    assert (found.authors, found.year, found.month) == (
        (person("B", "Bo"), person("C", "Cy")), 2015, 6,
    )  # fmt: skip
    assert rejects == []


# -- RIS as it is written -------------------------------------------------------------------------

STYLES = {
    "one blank": "TY - JOUR\nTI - T\nAU - A, B\nN2 - Words\n of two\nER -",
    "no blank": "TY- JOUR\nTI- T\nAU- A, B\nN2- Words of two\nER-",
    "small letters": "ty  - jour\nti  - T\nau  - A, B\nn2  - Words of two\ner  - ",
    "indented": "  TY  - JOUR\n  TI  - T\n  AU  - A, B\n  N2  - Words of two\n  ER  - ",
    "indented but for the type": "TY  - JOUR\n  TI  - T\n  AU  - A, B\n  AB  - Words of two",
    "mixed": "TY  - JOUR\nTI - T\nAU  - A, B\nN2 - Words of two\nER - ",
    "no blank at all": "TY-JOUR\nTI-T\nAU-A, B\nN2-Words of two\nER-",
    "three blanks": "TY   - JOUR\nTI   - T\nAU   - A, B\nN2   - Words of two\nER   - ",
    "long dashes": "TY \u2013 JOUR\nTI \u2013 T\nAU \u2013 A, B\nN2 \u2014 Words of two",
    "an end without a dash": "TY  - JOUR\nTI  - T\nAU  - A, B\nN2  - Words of two\nER\n",
    "one line": "TY  - JOUR TI  - T AU  - A, B N2  - Words of two ER  - ",
    "tabs": "TY\t-\tJOUR\nTI\t-\tT\nAU\t-\tA, B\nN2\t-\tWords of two\nER\t-",
    "no end": "TY  - JOUR\nTI  - T\nAU  - A, B\nN2  - Words of two\n",
    "old names": "TY  - JOUR\nT1  - T\nA1  - A, B\nN2  - Words of two\nER  - ",
    "blank lines": "\n\nTY  - JOUR\n\nTI  - T\nAU  - A, B\n\nN2  - Words\n\nof two\n\nER  - \n",
}


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES)
def test_ris_is_read_however_its_lines_are_written(read, text):
    expected = record(
        "-", title="T", type="article", authors=[("A", "B")], abstract="Words of two"
    )
    assert read(".ris", text) == ([expected], [])
    two = f"{text}\n{text.replace('Words', 'Other words')}"
    records, rejects = read(".ris", two)
    assert (records, rejects) == ([expected, expected._replace(abstract="Other words of two")], [])


def test_words_that_look_like_a_tag_go_on_with_the_value(read):
    text = ris("AB  - We used", "IL - 6 and", "ab - negative blood,", "  TI - no title", "AB-x")
    (found,), rejects = read(".ris", text)
    assert found.abstract == "We used IL - 6 and ab - negative blood, TI - no title AB-x"
    assert rejects == []


def test_types_of_ris_are_in_the_terms_of_openalex(read):
    known = {
        "JOUR": "article", "CONF": "conference-paper", "cpaper": "conference-paper",
        "ECHAP": "book-chapter", "EDBOOK": "book", "THES": "dissertation", "GOVDOC": "report",
        "AGGR": "dataset", "COMP": "software", "ENCYC": "reference-entry", "PAT": "other",
        "ELEC": "other", "GEN": None, "UNPB": None, "XXXX": None,
    }  # fmt: skip
    text = "\n".join(f"TY  - {name}\nID  - {name}\nTI  - T\nER  - " for name in known)
    records, rejects = read(".ris", text)
    assert ({each.record_id: each.type for each in records}, rejects) == (known, [])


# -- identifiers ----------------------------------------------------------------------------------

IDS = [
    (".bib", bib("journal={CoRR}, volume={abs/2201.11990}"), "arxiv:2201.11990"),
    (".bib", bib("journal={CoRR}, volume={cs.CL/0102001}"), "arxiv:cs/0102001"),
    (".bib", bib("journal={ArXiv}, volume={abs/2201.11990v2}"), "arxiv:2201.11990"),
    (".bib", bib("journal={arXiv preprint arXiv:2201.11990}"), "arxiv:2201.11990"),
    (".bib", bib("journal={arXiv e-prints}, eid={arXiv:2201.11990}"), "arxiv:2201.11990"),
    (".bib", bib("journal={arXiv:2201.11990 [cs]}"), "arxiv:2201.11990"),
    (".bib", bib("eprint={hep-th/9901001}, archiveprefix={arXiv}"), "arxiv:hep-th/9901001"),
    (".bib", bib("eprint={2201.11990}, primaryclass={cs.CL}"), "arxiv:2201.11990"),
    (".bib", bib("eprint={arXiv:2201.11990}"), "arxiv:2201.11990"),
    (".bib", bib("eprint={22368089}, eprinttype={pubmed}"), "pmid:22368089"),
    (".bib", bib("arxivid={2201.11990}"), "arxiv:2201.11990"),
    (".bib", bib("pmid={PMID: 22368089}"), "pmid:22368089"),
    (".bib", bib("pmcid={3245950}"), "pmcid:PMC3245950"),
    (".bib", bib("url={https://arxiv.org/pdf/2201.11990v1.pdf}"), "arxiv:2201.11990"),
    (".bib", bib("url={http://doi.acm.org/10.5555/1.2}"), "doi:10.5555/1.2"),
    (".bib", bib("doi={http://dx.doi.org/10.5555/1.2}"), "doi:10.5555/1.2"),
    (".bib", bib("doi={DOI 10.5555/1.2}"), "doi:10.5555/1.2"),
    (".bib", bib("note={DOI: 10.5555/1.2}"), "doi:10.5555/1.2"),
    (".bib", bib("note={arXiv preprint 2201.11990}"), "arxiv:2201.11990"),
    (
        ".bib",
        bib("note={Preprint at \\url{https://arxiv.org/abs/2201.11990}}"),
        "arxiv:2201.11990",
    ),
    (".bib", bib("note={Read; DOI: 10.5555/1.2}"), "doi:10.5555/1.2"),
    (".ris", ris("JO  - CoRR", "VL  - abs/2201.11990"), "arxiv:2201.11990"),
    (".ris", ris("AN  - 22368089", "DB  - PubMed"), "pmid:22368089"),
    (".ris", ris("C2  - PMC3245950"), "pmcid:PMC3245950"),
    (".ris", ris("M3  - doi: 10.5555/1.2"), "doi:10.5555/1.2"),
    (".ris", ris("DO  - doi:10.5555/1.2."), "doi:10.5555/1.2"),
    (".json", csl(number="arXiv:2201.11990"), "arxiv:2201.11990"),
    (".json", csl(volume="abs/2201.11990", **{"container-title": "CoRR"}), "arxiv:2201.11990"),
    (".json", csl(PMID=22368089), "pmid:22368089"),
    (".json", csl(note="tex.key: x\nDOI: 10.5555/1.2\nrank: 1"), "doi:10.5555/1.2"),
]


@pytest.mark.parametrize(("ending", "text", "curie"), IDS)
def test_identifiers_are_read_where_files_state_them(read, ending, text, curie):
    (found,), rejects = read(ending, text)
    assert ([each.curie for each in found.ids], rejects) == ([curie], [])


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (".bib", bib("journal={Notes}, volume={2201.11990}, note={Comment on arXiv:2201.11990}")),
        (".bib", bib("eprint={2201.11990}, eprinttype={hdl}, number={10}")),
        (".ris", ris("AN  - 2201.11990", "VL  - 12")),
        (".json", csl(number="2201.11990", note="see DOI: 10.5555/1.2")),
    ],
)
def test_numbers_that_name_no_scheme_are_no_identifiers(read, ending, text):
    (found,), rejects = read(ending, text)
    assert (found.ids, rejects) == ((), [])


# -- ids of records -------------------------------------------------------------------------------

ENTRIES = {  # two of one key, two alike, one with an identifier and none of its own
    ".bib": ["@misc{a, title={1}}", "@misc{a, title={2}}", "@misc{b, title={3}}",
             "@misc{b, title={3}}"],
    ".ris": [ris("ID  - a"), ris("ID  - a", "AB  - Words"), ris("SP  - 2"), ris("SP  - 3"),
             ris("DO  - 10.5555/1.2"), ris("DO  - 10.5555/1.2", "AB  - Words")],
    ".json": ['{"id": "a", "title": "1"}', '{"id": "a", "title": "2"}', '{"title": "3"}',
              '{"title": "3"}', '{"title": "4", "DOI": "10.5555/1.2"}'],
}  # fmt: skip
LINES = {".bib": 3, ".ris": 10, ".json": 3}  # of the first of the two that are alike
JOINED = {".bib": "{}", ".ris": "{}", ".json": "[{}]"}


@pytest.mark.parametrize("ending", ENTRIES)
def test_ids_do_not_depend_on_the_order_of_entries(tmp_path, ending):
    told = []
    for name, entries in (("one", ENTRIES[ending]), ("two", ENTRIES[ending][::-1])):
        path = tmp_path / f"{name}{ending}"
        between = ",\n" if ending == ".json" else "\n"
        path.write_text(JOINED[ending].replace("{}", between.join(entries)), encoding="utf-8")
        told.append(read_references([str(path)]))
    one, two = told
    assert sorted(each.record_id for each in one.records) == sorted(
        each.record_id for each in two.records
    )
    assert {each.record_id: each for each in one.records} == {
        each.record_id: each for each in two.records
    }
    (twice,) = one.rejects
    assert f"is there twice, as on line {LINES[ending]} of" in twice.reason


def test_several_files_are_read_as_one(tmp_path):
    paths = [str(tmp_path / name) for name in ("one.bib", "two.ris", "three.json")]
    texts = ("@misc{a, title={1}}", ris("ID  - a"), '[{"id": "b", "title": "2"}]')
    for path, text in zip(paths, texts, strict=True):
        Path(path).write_text(text, encoding="utf-8")
    found = read_references([*paths, paths[0]])
    assert found.n_entries == dict.fromkeys(paths, 1)
    assert [DIGEST.sub("-", each.record_id) for each in found.records] == ["a (-)", "a (-)", "b"]
    assert found.rejects == []


# -- notes, and files of other encodings ----------------------------------------------------------

NOTED = [
    (".bib", bib("keywords={lamps, oil \\& wick}, annote={As we do.}, note={N}, comment={C}")),
    (".ris", ris("KW  - lamps", "KW  - oil & wick", "RN  - As we do.", "N1  - N", "RN  - C")),
    (".json", csl(keyword="lamps; oil & wick", annote="As we do.", note="N")),
]


@pytest.mark.parametrize(("ending", "text"), NOTED)
def test_keywords_notes_and_annotations_are_kept(read, ending, text):
    (found,), rejects = read(ending, text)
    notes = {("keyword", "lamps"), ("keyword", "oil & wick"), ("annotation", "As we do."),
             ("note", "N"), *([("annotation", "C")] if ending != ".json" else [])}  # fmt: skip
    assert ({*found.notes}, rejects) == (notes, [])


def test_the_first_address_is_that_of_the_page(read):
    for ending, text in (
        (".bib", bib("url={https://example.org/a}, howpublished={Online}")),
        (".bib", bib("howpublished={\\url{https://example.org/a}}")),
        (".ris", ris("UR  - file.pdf", "UR  - https://example.org/a", "UR  - https://x.org/b")),
        (".json", csl(URL="https://example.org/a")),
    ):
        (found,), rejects = read(ending, text)
        assert (found.page_url, rejects) == ("https://example.org/a", [])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_unicode_of_any_width_is_read(read, encoding):
    text = "@misc{a, title={Übergröße €}}"
    assert read(".bib", text.encode(encoding)) == ([record("a", title="Übergröße €")], [])


def test_files_that_were_put_behind_each_other_are_read(read):
    one, other = (f"\ufeffTY  - JOUR\r\nTI  - {title}\r\nER  - \r\n" for title in "AB")
    records, rejects = read(".ris", one + other)
    assert ([each.title for each in records], rejects) == (["A", "B"], [])


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_another_encoding_is_read_and_told(read, encoding):
    text = "% of mine\n@misc{a,\r\n title={Übergröße}}"
    (found,), ((line, reason),) = read(".bib", text.encode(encoding))
    assert (found.title, line) == ("Übergröße", 3)
    assert "is not in UTF-8, and is read as Windows-1252" in reason


def test_a_few_bytes_that_are_not_utf_8_are_told(read):
    text = "@misc{a, title={Übergröße}}\n@misc{b, title={".encode() + b"\xff}}"
    records, ((line, reason),) = read(".bib", text)
    assert [each.title for each in records] == ["Übergröße", "\ufffd"]
    assert (line, reason) == (2, "1 character is not in UTF-8, and stands as \ufffd")


REFUSED = {
    "another ending": ("refs.txt", "words", r"should end in one of \.bib \.ris \.json"),
    "no JSON": ("refs.json", '[\n{"id": }]', r"refs\.json, line 2: is not JSON: Expecting value"),
    "an empty file": (
        "refs.json",
        "",
        r"refs\.json: is empty\. Export the list as BibTeX, RIS or",
    ),
    "a file of blanks": ("refs.bib", " \n\r\n", "is empty"),
    "a file of another format": ("refs.bib", "TY  - JOUR\nER  - ", r"is a file as in \.ris"),
    "a file of another name": ("refs.txt", "@misc{a, title={T}}", r"is a file as in \.bib"),
    "a page": ("refs.bib", "\n<!DOCTYPE html><title>@x", "is an HTML page, which is not read"),
    "a page of another name": ("refs.html", "<html>", "is an HTML page, which is not read"),
    "OpenAlex's": (
        "refs.json",
        '{"meta": {}, "results": [{"title": "T", "referenced_works": []}, {}]}',
        r"is 2 records of the API of OpenAlex, which is not read here\. Give the identifiers",
    ),
    "some of OpenAlex's": ("refs.json", '{"meta": {}, "results": [{"id": "W1"}]}', "1 record of"),
    "Crossref's": (
        "refs.json",
        '{"status": "ok", "message-type": "work", "message": {"title": ["T"]}}',
        "is 1 record of the API of Crossref",
    ),
    "Semantic Scholar's": (
        "refs.json",
        '{"offset": 0, "data": [{"citingPaper": {"paperId": "1"}}]}',
        "is 1 record of the API of Semantic Scholar, each a citation",
    ),
    "a paper of Semantic Scholar's": (
        "refs.json",
        '{"paperId": "1", "title": "T"}',
        "Scholar, wh",
    ),
    "OpenCitations'": (
        "refs.json",
        '[{"oci": "1"}, {"oci": "2"}]',
        "of the API of OpenCitations,",
    ),
    "XML": ("refs.ris", "<?xml version='1.0'?><xml>", "is XML, which is not read"),
    "PubMed's": ("refs.ris", "\nPMID- 1\nTI  - T", "is PubMed's own format"),
    "Web of Science's": (
        "refs.ris",
        "FN Clarivate\nVR 1.0\nPT J\nTI T",
        "is Web of Science's own",
    ),
    "EndNote's": ("refs.ris", "%0 Journal Article\n%T T", "is EndNote's own format"),
    "a PDF": ("refs.bib", b"%PDF-1.7\n\xff", r"is a PDF\. Export"),
    "a ZIP file": ("refs.bib", b"PK\x03\x04", "is a ZIP file"),
    "text behind": ("refs.json", "[]\n[]", r"line 2: is not JSON: Extra data"),
    "lists in lists": ("refs.json", "[" * 100_000, "too long or deep"),
    "thousands of digits": ("refs.json", f"[{'9' * 5000}]", "too long or deep"),
}


@pytest.mark.parametrize(("name", "text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_such_file_is_refused(tmp_path, name, text, said):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SourceError, match=said):
        read_references([str(path)])


@pytest.mark.parametrize("ending", [".BIB", ".ris", ".json"])
def test_a_missing_file_is_named(tmp_path, ending):
    with pytest.raises(SourceError, match=r"refs\.\w+: cannot be read: No such file"):
        read_references([str(tmp_path / f"refs{ending}")])


def test_a_library_that_is_missing_is_named(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "bibtexparser.entrypoint", None)
    with pytest.raises(MissingExtra, match=r"bibtexparser.*citehub\[graph\]"):
        read(".bib", BIBTEX)


PIECES = [
    "@misc{", "@string{", "@comment(", "@", "{", "}", '"', "#", ",", "=", "\\", "\n", "$", "$^2$",
    "title", "author", "doi", "eprint", "archiveprefix = {arXiv}", "month = ", "year = ", "url",
    " and ", "10.1145/", "arXiv:", r"\'", r"\c", r"\foo{", "https://[", "~", "--", "TY  - ",
    "ER  - ", "AU  - ", "UR  - ", "DA  - ", ";https://", '"id":', '"author":[', '"issued":{',
    '"date-parts":[[', '{"title":', "null", "true", "9", "]", "[", ":", "\\ud800", "\x00", "é",
]  # fmt: skip
GARBAGE = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(st.sampled_from(PIECES), max_size=60).map(lambda parts: "".join(parts).encode()),
    st.lists(st.sampled_from(PIECES), max_size=8).map(
        lambda parts: "@misc{{a, title = {{{0}}},\nauthor = {{{0}}}, doi = {{{0}}}}}".format(
            "".join(parts)
        ).encode()
    ),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["id", "title", "author", "family", "literal", "issued", "date-parts", "DOI",
                 "URL", "note", "number", "type", "container-title", "abstract", "raw"]
            ),
            inner,
            max_size=6,
        ),
    ),
)  # fmt: skip


def read_anything(ending, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"refs{ending}"
        path.write_bytes(data)
        try:
            found = read_references([str(path)])
        except SourceError:
            return
        last = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        assert all(1 <= reject.line <= last for reject in found.rejects)
        assert len({each.record_id for each in found.records}) == len(found.records)
        assert all(each.title or each.ids for each in found.records)
        repr(found.records).encode()


@pytest.mark.parametrize("ending", ENDINGS.values())
@settings(max_examples=300, deadline=None)
@given(data=GARBAGE)
def test_garbage_is_read_or_refused(ending, data):
    read_anything(ending, data)


@settings(max_examples=300, deadline=None)
@given(items=JSON)
def test_json_of_any_shape_is_read_or_rejected(items):
    read_anything(".json", json.dumps(items).encode())


# -- languages, notes beside abstracts, JSON of other kinds ---------------------------------------


@pytest.mark.parametrize(
    ("ending", "text", "code"),
    [
        (".bib", bib("langid = {ngerman}, language = {en}"), "de"),
        (".bib", bib("language = {Fran\\c{c}ais}"), "fr"),
        (".ris", ris("LA  - eng"), "en"),
        (".json", csl(language="pt-BR"), "pt"),
        (".json", csl(language=""), None),
    ],
)
def test_languages_are_codes(read, ending, text, code):
    (found,), rejects = read(ending, text)
    assert (found.language, rejects) == (code, [])


def test_what_stands_beside_an_abstract_is_a_note(read):
    (found,), _ = read(".ris", ris("AB  - One", "N2  - One", "N2  - Two"))
    assert (found.abstract, found.notes) == ("One", (Note("note", "Two"),))


def test_several_abstracts_are_one(read):
    (found,), rejects = read(".ris", ris("AB  - One.", "AB  - Two.", "AB  - One."))
    assert (found.abstract, rejects) == ("One. Two.", [])


def test_proceedings_are_the_venue_where_no_other_is(read):
    text = ris("C3  - Proceedings").replace("JOUR", "CPAPER")
    assert [each.venue for each in read(".ris", text)[0]] == ["Proceedings"]
    text = text.replace("C3  -", "T2  - Conference\nC3  -")
    assert [each.venue for each in read(".ris", text)[0]] == ["Conference"]


def test_of_two_titles_the_first_names_the_work(read):
    (found,), ((_, reason),) = read(".ris", ris("TI  - U"))
    assert (found.title, reason) == ("T", "TI of entry 1: is there twice")


def test_an_end_without_a_record_is_told(read):
    assert read(".ris", ris() + "\nER  - ")[1][0][1] == "'ER' is in no record"


def test_keywords_of_csl_may_be_a_list(read):
    (found,), _ = read(".json", csl(keyword=["a, b", "c"]))
    assert found.notes == (Note("keyword", "a, b"), Note("keyword", "c"))


def test_a_title_of_crossref_is_a_list(read):
    (found,), rejects = read(".json", '[{"id": "a", "title": ["T"], "container-title": ["J"]}]')
    assert (found.title, found.venue, rejects) == ("T", "J", [])


def test_items_of_csl_may_stand_one_a_line(read):
    records, rejects = read(".json", '{"id": "a", "title": "A"}\n\n{"id": "b", "title": "B"}\n')
    assert [each.record_id for each in records] == ["a", "b"]
    assert rejects == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"error": "x", "message": "y"}', "is no CSL-JSON, but JSON of error, message. Export"),
        ('{"data": []}', "is no CSL-JSON, but JSON of data. Export"),
        ('{"message-type": "l", "message": {"items": [{"DOI": "1"}, {}]}}', "is 2 records of the"),
    ],
)
def test_json_of_another_kind_says_so(read, text, said):
    with pytest.raises(SourceError, match=said):
        read(".json", text)


@pytest.mark.parametrize(
    ("ending", "text", "type_", "venue"),
    [
        (".bib", "@book{a, title={T}, publisher={Oil \\& Sons}}", "book", "Oil & Sons"),
        (".bib", "@phdthesis{a, title={T}, school={Uni}}", "dissertation", "Uni"),
        (".bib", "@thesis{a, title={T}, institution={Uni}}", "dissertation", "Uni"),
        (".bib", "@techreport{a, title={T}, institution={Lab}}", "report", "Lab"),
        (".bib", "@article{a, title={T}, journal={J}, publisher={P}}", "article", "J"),
        (".bib", "@article{a, title={T}, publisher={P}}", "article", None),
        (".ris", ris("PB  - P").replace("JOUR", "BOOK"), "book", "P"),
        (
            ".ris",
            ris("M3  - Preprint", "PB  - Server").replace("JOUR", "MANSCPT"),
            "preprint",
            "Server",
        ),
        (".json", csl(type="thesis", publisher="Uni"), "dissertation", "Uni"),
        (".json", csl(type="document", genre="Computer software"), "software", None),
    ],
)
def test_the_venue_of_a_whole_is_who_published_it(read, ending, text, type_, venue):
    (found,), rejects = read(ending, text)
    assert (found.type, found.venue, rejects) == (type_, venue, [])
