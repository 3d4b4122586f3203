"""Files of reference managers: every value as the file means it, every other one rejected."""

from __future__ import annotations

import json
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
from citehub.build.sources.records import Author, Record
from citehub.build.sources.reference_file import read_references
from citehub.errors import MissingExtra, SourceError
from tests.made import make_release, make_works

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
  keywords  = never # read,
}
@article(scholar, title = "A {"}quoted{"} title", journal={arXiv preprint arXiv:2201.11990},
  author="Shoeybi, Mohammad", date={2022-01-28})
@misc{plain, howpublished = {\url{https://doi.org/10.1145/3744746}}, eprint = {123}}
@phdthesis{noted, title = {Noted}, note = {arXiv:1909.08053 [cs.CL]}, month = "Sept"}
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
        return found.records, [(reject.line, reject.reason) for reject in found.rejects]

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
        record("plain", ids=("doi:10.1145/3744746",)),
        record("noted", ids=("arxiv:1909.08053",), title="Noted", type="dissertation"),
    ]
    assert rejects == [(21, "month of noted: 'Sept' is no month")]


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
            ),
            record("4c6b6bd94a22", title="Another title", year=2020, authors=(("Smith", "Ann"),)),
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
            ),
            record(
                "7",
                title="Another title",
                year=2020,
                month=2,
                type="preprint",
                authors=(person("Smith"),),
            ),
            record("entry 3", title="A third"),
        ],
        [],
    )


def test_a_single_item_is_read_as_doi_org_gives_it(read):
    assert read(".json", '\n{"title": "A title"}') == ([record("entry 1", title="A title")], [])


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
    "a line behind a backslash": (".bib", "% \\\n@misc{a, title={T}, year={?}}", 1, 2, "year of"),
    "no such abbreviation": (
        ".bib", bib("journal = icml # {x}"), 1, 3, "journal of a: 'icml' is no value",
    ),
    "no such abbreviation in an abbreviation": (
        ".bib", f"@string{{a = b}}\n{bib('')}", 1, 1, "abbreviation a: 'b' is no value",
    ),
    "no value": (".bib", bib("year = ,"), 1, 3, "year of a: '' is no value"),
    "a year of words": (".bib", bib("year = {forthcoming}"), 1, 3, "year of a: 'forthcoming' is"),
    "two years": (".bib", bib("year = {2020--2021}"), 1, 3, "is no date"),
    "a year too early": (".bib", bib("year = 1066"), 1, 3, "is no date with a year from 1500"),
    "a month of no year": (".bib", bib("month = 13"), 1, 3, "month of a: '13' is no month"),
    "no DOI": (".bib", bib("doi = {forthcoming}"), 1, 3, "doi of a: 'forthcoming' is no DOI"),
    "TeX in a DOI": (".bib", bib(r"doi = {10.1145/a{\textless}b}"), 1, 3, "is no DOI"),
    "no arXiv id": (".bib", bib("eprint={x}, eprinttype={arxiv}"), 1, 3, "eprint of a: 'x' is no"),
    "not all authors": (".bib", bib("author = {A, B and others}"), 1, 3, "author of a: 'others'"),
    "a name that is none": (".bib", bib("author = {A, B, C, D}"), 1, 3, "Too many commas"),
    "an empty name": (".bib", bib("author = {A, B and {}}"), 1, 3, "a name is empty"),
    "a field twice": (".bib", bib("year=2020,\n year=2021"), 1, 4, "year of a: is there twice"),
    "no ER": (".ris", f"TY  - JOUR\nTI  - T\n\n{ris()}", 1, 1, "entry 1 has no ER before the"),
    "no ER at the end": (".ris", f"{ris()}\nTY  - JOUR\nID  - x\nTI  - T", 1, 4, "x has no ER"),
    "text before TY": (".ris", f"\nRefs\nmore\n{ris()}", 1, 2, "'Refs more' is in no record"),
    "text behind ER": (".ris", f"{ris()}\nmore\n{ris()}", 2, 4, "'more' is in no record"),
    "no TY": (".ris", f"{ris()}\n\nTI  - T", 1, 5, "'T' is in no record"),
    "a RIS year of words": (".ris", ris("PY  - in press"), 1, 3, "PY of entry 1: 'in press' is"),
    "a RIS date of a range": (".ris", ris("DA  - 2020/2021"), 1, 3, "DA of entry 1"),
    "a RIS name that is none": (".ris", ris("AU  - A", "AU  - B,C,D,E"), 1, 4, "two commas"),
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
        ".json", csl(author=[{"family": "A"}, 5]), 1, 3, "a name should be an object, not 5",
    ),
    "a name of another type": (".json", csl(author=[{"given": 5}]), 1, 3, "should be text, not 5"),
    "an author without name": (".json", csl(author=[{}]), 1, 3, "author of a: a name is empty"),
    "a date of words": (".json", csl(issued={"literal": "soon"}), 1, 3, "issued of a: 'soon' is"),
    "a date of another type": (".json", csl(issued=2020), 1, 3, "should be one date, not 2020"),
    "a true date": (".json", csl(issued={"date-parts": [[True]]}), 1, 3, "should be one date"),
    "two dates": (".json", csl(issued={"date-parts": [[2020], [2021]]}), 1, 3, "one date"),
    "no month": (".json", csl(issued={"date-parts": [[2020, 13]]}), 1, 3, "'13' is no month"),
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
        ("a", "1"), ("a (2)", "2"), ("a (2) (2)", "3"), ("a (3)", "4"),
    ]  # fmt: skip
    assert rejects == []


def test_bibtex_of_one_key_is_read_like_any_other(read):
    text = "@string{v = {V}}\n@article{a, title={1}}\n@article{a, title={{2}}, journal=v}"
    assert read(".bib", text) == (
        [
            record("a", title="1", type="article"),
            record("a (2)", title="2", venue="V", type="article"),
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


REFUSED = {
    "another ending": ("refs.txt", "", r"should end in one of \.bib \.ris \.json"),
    "no JSON": ("refs.json", '[\n{"id": }]', r"refs\.json, line 2: is not JSON: Expecting value"),
    "an empty file": ("refs.json", "", r"line 1: is not JSON"),
    "text behind": ("refs.json", "[]\n[]", r"line 2: is not JSON: Extra data"),
    "lists in lists": ("refs.json", "[" * 100_000, "too long or deep"),
    "thousands of digits": ("refs.json", f"[{'9' * 5000}]", "too long or deep"),
    "not UTF-8": ("refs.bib", b"@misc{\xff", "is not UTF-8 at byte 6"),
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
