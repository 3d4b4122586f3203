"""What is asked for, and what is told: entries, statuses, names, neighbours, heads."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import citehub
from citehub._identifiers import Identifier
from citehub.texts import identify

DOCS = Path(__file__).parent / "corpus" / "docs"
MEADOW = DOCS / "html" / "meadow" / "page.html"


def article(items: str, body: str) -> str:
    return (
        rf"\documentclass{{article}}\begin{{document}}{body}"
        rf"\begin{{thebibliography}}{{9}}{items}\end{{thebibliography}}\end{{document}}"
    )


def written(tmp_path, text, name="paper.tex"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


# Which entry


def test_an_identifier_that_contradicts_wins_over_the_title(tmp_path):
    path = written(
        tmp_path,
        article(r"\bibitem{a} A. Oak. On trees. doi:10.5555/other", r"See \cite{a}."),
    )
    found = citehub.find_passages(path, title="On trees", doi="10.5555/this")
    assert found.status == "not in the list"
    assert "identifier of another work" in " ".join(found.notes)
    assert citehub.find_passages(path, title="On trees").status == "found"
    assert citehub.find_passages(path, doi="https://doi.org/10.5555/OTHER").status == "found"


def test_a_preprint_server_does_not_contradict(tmp_path):
    path = written(
        tmp_path, article(r"\bibitem{a} A. Oak. On trees. 10.1101/2020.01", r"See \cite{a}.")
    )
    assert citehub.find_passages(path, title="On trees", doi="10.5555/this").status == "found"


TWO = (
    r"\bibitem{a} A. Oak. On the growth of trees. arXiv:2001.00001, 2020."
    r"\bibitem{b} {} On the growth of trees. Wood, 2021."
)


def test_preprint_and_article_of_the_same_authors_both_count(tmp_path):
    items = TWO.replace("{b} {}", "{b} Al Oak.")
    path = written(tmp_path, article(items, r"See \cite{a}. See \cite{b}."))
    found = citehub.find_passages(path, title="On the Growth of Trees")
    assert found.entries == ("a", "b")
    assert [each.mark for each in found] == ["[a]", "[b]"]
    by_id = citehub.find_passages(path, title="On the growth of trees", arxiv_id="2001.00001v2")
    assert by_id.entries == ("a", "b")


def test_one_title_of_two_works_is_told_and_not_chosen(tmp_path):
    items = TWO.replace("{b} {}", "{b} Bo Elm.")
    path = written(tmp_path, article(items, r"See \cite{a}. See \cite{b}."))
    found = citehub.find_passages(path, title="On the Growth of Trees")
    assert (found.status, found.entries, len(found)) == ("ambiguous", ("a", "b"), 0)
    assert "2 different works" in found.notes[-1]
    elm = citehub.find_passages(path, title="On the Growth of Trees", authors=["Bo Elm"])
    assert [each.mark for each in elm] == ["[b]"]
    assert citehub.find_passages(path, title="On the Growth of Trees", year=2020).entries == ("a",)


@pytest.mark.parametrize(
    ("asked", "entries"),
    [
        ("On leaves, needles and cones: a long survey", ("full",)),
        ("On leaves, needles and cones", ("full",)),  # the subtitle is missing
        ("On leaves, needles and cones: another matter", ()),
        ("On leaves", ()),
        ("Needles and cones", ()),
        ("leaves, needles and cones: A long survey.", ("full",)),
        ("On leaves, needles and cones: a long survvey", ("full",)),  # a slip
        ("Phi-2: small models of large trees", ("phi",)),
        ("Phi-3: small models of large trees", ()),
        ("Naïve Schrödinger – trees", ("tex",)),
        ("Elm", ()),  # an author
    ],
)
def test_titles_are_compared_by_their_words(tmp_path, asked, entries):
    items = (
        r"\bibitem{full} A. Oak and B. Elm. On leaves, needles and cones: A long survey. 2020."
        r"\bibitem{phi} Elm, B. {P}hi-2: Small models of large trees. 2021."
        r"\bibitem{tex} C. Fir. \emph{Na{\"\i}ve Schr\"odinger--{T}rees}. 2021."
    )
    path = written(tmp_path, article(items, r"See \cite{full,phi,tex}."))
    assert citehub.find_passages(path, title=asked).entries == entries


def test_a_key_stands_for_an_entry_that_is_lost():
    lost = DOCS / "html" / "lost"
    found = citehub.find_passages(lost, title="Songs of the night")
    assert found.status == "no reference list"
    assert "1 mark with a raw key" in " ".join(found.notes)
    [passage] = citehub.find_passages(lost, title="Songs", keys=["bee_songs_2019"])
    assert passage.sentence == "Lists get lost [bee_songs_2019]."


def test_an_identifier_alone_is_not_enough_where_entries_have_none(tmp_path):
    path = written(tmp_path, article(r"\bibitem{a} A. Oak. On trees.", r"See \cite{a}."))
    found = citehub.find_passages(path, doi="10.5555/this")
    assert found.status == "not in the list"
    assert "1 of 1 have none" in found.notes[-1]


# Statuses


def test_every_empty_result_says_why(tmp_path):
    items = r"\bibitem{a} A. Oak. On trees. 2020."
    cited = written(tmp_path, article(items, "Nothing."), "a.tex")
    assert citehub.find_passages(cited, title="On trees").status == "list without links"
    cited = written(tmp_path, article(items + r"\bibitem{b} B.", r"See \cite{b}."), "b.tex")
    assert citehub.find_passages(cited, title="On trees").status == "cited nowhere"
    assert citehub.find_passages(cited, title="On stones").status == "not in the list"
    bare = written(
        tmp_path, r"\documentclass{a}\begin{document}Hi \cite{a}.\end{document}", "c.tex"
    )
    found = citehub.find_passages(bare, title="On trees")
    assert found.status == "no reference list"
    assert len(found) == 0
    assert found.notes


def test_nothing_to_look_for_is_an_error():
    with pytest.raises(citehub.errors.BadArgument, match="which work"):
        citehub.find_passages(MEADOW)
    with pytest.raises(citehub.errors.BadArgument, match="doi is 'ten'"):
        citehub.find_passages(MEADOW, doi="ten")


# Names


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("We use MT-NLG here.", True),
        ("We use MT–NLG here.", True),
        ("We use MT\u00adNLG here.", True),
        ("We use MT-\nNLG here.", True),
        ("We use MTNLG (540B) here.", True),
        ("We use Megatron--Turing~NLG here.", True),
        ("We use Megatron-Turing\n  NLG's size.", True),
        ("We use XMT-NLG here.", False),
        ("We use megatron-turing NLG here.", True),
        ("We use mt-nlg here.", False),
        ("We use MT-NLGX here.", False),
        ("We use mt here. % MT-NLG", False),
        (r"We use \verb|none|.\begin{verbatim}MT-NLG\end{verbatim}", False),
    ],
)
def test_names_without_a_mark_are_passages(tmp_path, text, is_named):
    path = written(
        tmp_path,
        article(
            r"\bibitem{a} A. MT-NLG and its trees. 2022.", rf"\section{{MT-NLG}} Trees. {text}"
        ),
    )
    found = citehub.find_passages(
        path, title="MT-NLG and its trees", names=["MT-NLG", "Megatron-Turing NLG"]
    )
    assert [each.mark for each in found] == [None] * is_named
    assert found.status != "found"  # no mark
    for each in found:
        assert each.names_work
        assert (each.group_size, each.mark_start, each.keys) == (0, None, ())


def test_a_mark_says_whether_its_sentence_names_the_work(tmp_path):
    items = r"\bibitem{a} A. On trees. 2022."
    path = written(tmp_path, article(items, r"TREE is old \cite{a}. It is so \cite{a}."))
    found = citehub.find_passages(path, title="On trees", names=["TREE"])
    assert [each.names_work for each in found] == [True, False]


# Around a passage


def test_neighbours_stay_in_their_section_and_flow():
    found = citehub.find_passages(DOCS / "latex" / "grove", title="Rings of a thousand trees")
    by_place = {each.place: each for each in found}
    assert by_place["abstract"].before is None
    assert by_place["abstract"].after == "We count them."
    assert by_place["footnote"].after == "Salt water slows it."
    assert by_place["table"].before == "[birch2012] & 12 & 11"
    assert by_place["caption"].before == "Ages of trees."
    assert by_place["appendix"].section_kind == "appendix"
    shrinks = next(each for each in found if each.sentence.startswith("Wood shrinks"))
    assert shrinks.after == "Dry wood does not."
    assert shrinks.sentence.startswith("Wood shrinks as [equation] for a wetness")


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        (("1 Introduction",), "introduction"),
        (("4 Experiments", "4.1 Rings of birches"), "experiments"),
        (("Verwandte Dinge",), "other"),
        ((), "other"),
    ],
)
def test_sections_have_kinds(titles, kind):
    found = citehub.find_passages(DOCS / "latex" / "grove", title="Rings of a thousand trees")
    plain = next(each for each in found if each.place == "text")
    assert replace(plain, section=titles).section_kind == kind


@pytest.mark.parametrize("name", ["pond.md", "pond.txt"])
@pytest.mark.parametrize(
    ("listed", "marks"),
    [
        ("[1] A. Oak. On the growth of trees. 2020.", ["[1]"]),
        ("1. A. Oak. On the growth\n   of trees. 2020.", ["[1]"]),
        ("\n- [1] A. Oak. On the growth of trees. 2020.\n", ["[1]"]),
        ("[1] A. Oak. On the growth of trees. 2020.\n[2] B. Elm. Bark. 2021.", ["[1]"]),
        ("A. Oak. On the growth of trees. 2020.", []),
    ],
)
def test_a_list_of_one_entry_has_its_label(tmp_path, name, listed, marks):
    text = f"# Ponds\n\nTrees grow [1]. They stand.\n\n# References\n\n{listed}\n"
    found = citehub.find_passages(written(tmp_path, text, name), title="On the growth of trees")
    assert [each.mark for each in found] == marks
    assert found.status == ("found" if marks else "list without links")


# The text itself


@pytest.mark.parametrize(
    ("path", "title", "ids", "licence"),
    [
        ("html/meadow", "What meadows hear", [("arxiv", "2101.00001")], None),
        ("latex/grove", "Counting rings: what a grove remembers", [], None),
        (
            "jats/harbour",
            "Knots of a small harbour",
            [("doi", "10.5555/harbour.1"), ("pmid", "12345678")],
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        (
            "tei/mill",
            "Mills and water",
            [("doi", "10.5555/mill.1")],
            "https://creativecommons.org/publicdomain/zero/1.0/",
        ),
        ("markdown/pond", "What a pond keeps", [], None),
        ("markdown/quay", "Quay: a library", [], None),
    ],
)
def test_a_text_says_what_it_is(path, title, ids, licence):
    head = identify(DOCS / path)
    found = citehub.find_passages(DOCS / path, title="Nothing of this title")
    assert head.form == found.form == path.partition("/")[0]
    assert head.title == found.title == title
    assert list(head.ids) == list(found.ids) == [Identifier(*each) for each in ids]
    assert head.licence == found.licence == licence


def test_a_source_named_by_its_arxiv_id_has_it(tmp_path):
    shutil.copytree(DOCS / "latex" / "grove", tmp_path / "arXiv-2101.00007v2")
    assert identify(tmp_path / "arXiv-2101.00007v2").ids == (Identifier("arxiv", "2101.00007"),)


def test_of_several_texts_in_a_folder_the_first_that_can_be_read_is(tmp_path):
    shutil.copy(MEADOW, tmp_path / "b.html")
    (tmp_path / "a.html").write_text("<html><body>Fatal error</body></html>")
    shutil.copy(DOCS / "jats" / "ferry" / "ferry.nxml", tmp_path)
    found = citehub.find_passages(tmp_path, title="Songs of the night")
    assert (found.form, found.status) == ("html", "found")
    assert "b.html was read, but not" in found.notes[0]


# Archives


def tarred(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(folder, arcname=".")
    return buffer.getvalue()


def test_a_pdf_named_by_its_arxiv_id_is_one(tmp_path):
    (tmp_path / "2101.00001").write_bytes(b"%PDF-1.5\nnothing")
    with pytest.raises(citehub.errors.UnreadableText, match="damaged PDF"):
        citehub.find_passages(tmp_path / "2101.00001", title="On trees")


@pytest.mark.parametrize("name", ["2101.00001", "source.tar.gz", "source.tgz", "source.tar"])
def test_a_tarball_reads_as_its_folder(tmp_path, name):
    data = tarred(DOCS / "latex" / "grove")
    (tmp_path / name).write_bytes(data if name.endswith(".tar") else gzip.compress(data))
    [*found] = citehub.find_passages(tmp_path / name, title="Rings of a thousand trees")
    assert found == [
        *citehub.find_passages(DOCS / "latex" / "grove", title="Rings of a thousand trees")
    ]


def test_a_zip_and_a_single_gzipped_file_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "source.zip", "w") as archive:
        for path in (DOCS / "latex" / "reef").iterdir():
            archive.write(path, path.name)
    assert len(citehub.find_passages(tmp_path / "source.zip", doi="10.5555/wave.1")) == 2
    text = article(r"\bibitem{a} A. On trees.", r"See \cite{a}.").encode()
    (tmp_path / "2101.00002.gz").write_bytes(gzip.compress(text))
    assert len(citehub.find_passages(tmp_path / "2101.00002.gz", title="On trees")) == 1


def test_a_main_file_alone_finds_what_stands_beside_it():
    folder = DOCS / "latex" / "grove"
    alone = citehub.find_passages(folder / "main.tex", title="Rings of a thousand trees")
    assert [*alone] == [*citehub.find_passages(folder, title="Rings of a thousand trees")]


def test_one_main_file_is_read_and_the_others_told():
    found = citehub.find_passages(DOCS / "latex" / "reef", title="Cold lamps for warm seas")
    assert "cover.tex" in " ".join(found.notes)
    assert "supplement.tex" not in " ".join(found.notes)


def test_a_result_is_a_sequence():
    found = citehub.find_passages(MEADOW, title="Songs of the night")
    assert found[0] == next(iter(found))
    assert found[:2] == found.passages[:2]
    assert found[0] in found
    assert repr(found) == "<9 passages, html: found>"
    assert found == citehub.find_passages(MEADOW, title="Songs of the night")
