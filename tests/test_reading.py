"""Texts that are read for a hub: of which work they are, what is kept, what a release tells."""

from __future__ import annotations

import datetime
import io
import json
import os
import shutil
import tarfile

import pytest

import citehub
from citehub import errors
from citehub._text import csv_lines
from citehub.build import build_release
from citehub.build.spec import read_spec
from citehub.graph import Dumps, new_hub, read_texts
from citehub.sources.answers import Answer
from tests.conftest import ROOT

DAY = datetime.date(2026, 11, 29)
LIST = """
@article{own, title={The First Lantern}, author={Eve Wick}, year={2020}, doi={10.5555/lantern.1}}
@article{one, title={Lanterns in Winter}, author={Ada Lamp}, year={2023}, doi={10.5555/lantern.2}}
@article{two, title={Rivers at Night}, author={Bo Stream}, year={2024}, eprint={2401.00002},
  archivePrefix={arXiv}}
@article{three, title={Hills of Snow}, author={Cy Hill}, year={2025}, doi={10.5555/hills.3}}
"""
LINK = '<cite class="ltx_cite"><a href="#bib.bib1" class="ltx_ref">[1]</a></cite>'
ENTRY = """<li id="bib.bib1" class="ltx_bibitem"><span class="ltx_tag ltx_tag_bibitem">[1]</span>
<span class="ltx_bibblock">E. Wick. The First Lantern. 2020. doi:10.5555/lantern.1</span></li>"""
OTHER = """<li id="bib.bib1" class="ltx_bibitem"><span class="ltx_tag ltx_tag_bibitem">[1]</span>
<span class="ltx_bibblock">A. Nother. Moons. 2021.</span></li>"""
CC_BY = '<a id="license-tr" href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>'
SENTENCE = "We light our lamps as the first lantern [1] does."


def page(title="Rivers at Night", entries=ENTRY, said=SENTENCE, head=""):
    """Return a paper as LaTeXML writes HTML."""
    return f"""<!DOCTYPE html><html><head><title>{title}</title></head><body>{head}
<article class="ltx_document"><h1 class="ltx_title ltx_title_document">{title}</h1>
<section class="ltx_section" id="S1"><h2 class="ltx_title ltx_title_section">
<span class="ltx_tag ltx_tag_section">1 </span>Introduction</h2><div class="ltx_para">
<p class="ltx_p">Rivers are dark. {said.replace("[1]", LINK)} It is bright.</p></div></section>
<section class="ltx_bibliography" id="bib"><h2 class="ltx_title ltx_title_bibliography">References
</h2><ul class="ltx_biblist">{entries}</ul></section></article></body></html>"""


SOURCE = r"""\documentclass{article}\title{Lanterns in Winter}\begin{document}\maketitle
\section{Related Work} Lamps are old. The first one \cite{wick} was small. We made it larger.
\begin{thebibliography}{9}\bibitem{wick} E. Wick. The First Lantern. 2020.\end{thebibliography}
\end{document}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A hub of three citing works, from a list."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "list.bib").write_text(LIST)
    out = folder / "hub"
    new_hub(
        "10.5555/lantern.1", os.fspath(out), Dumps(), citing=os.fspath(folder / "list.bib"),
        created=DAY,
    )  # fmt: skip
    return out


@pytest.fixture
def hub(made, tmp_path):
    return shutil.copytree(made, tmp_path / "hub")


@pytest.fixture
def put(tmp_path):
    """Write texts into a folder, by name; return the folder."""
    folder = tmp_path / "texts"
    folder.mkdir()

    def write(**texts):
        for name, text in texts.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return folder

    return write


def read(hub, *texts, **given):
    return read_texts(hub, texts, created=DAY, **given)


def told(done):
    return {os.path.basename(each.text): (each.work_id, each.status) for each in done.texts}


# -- matching ---------------------------------------------------------------------------------


def test_a_text_is_matched_by_its_name_its_ids_or_its_title(hub, put):
    folder = put(**{
        "2401.00002v2.html": page("Another title"),
        "tree__main.tex": SOURCE,
        "10.5555_hills.3.html": page("?", OTHER),
    })  # fmt: skip
    done = read(hub, folder)
    assert told(done) == {
        "2401.00002v2.html": ("arxiv:2401.00002", "passages found"),
        "tree": ("doi:10.5555/lantern.2", "passages found"),
        "10.5555_hills.3.html": ("doi:10.5555/hills.3", "not in references"),
    }
    assert (done.version, done.diff.level, done.n_with) == ("1.1.0", "minor", 2)
    rows = {row["work_id"]: row for row in citehub.load(hub).table("text_readings")}
    assert rows["arxiv:2401.00002"]["text_version"] == "v2"
    assert {each["form"] for each in rows.values()} == {"html", "latex"}
    assert rows["doi:10.5555/hills.3"]["n_passages"] == 0


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("a.html", "Who knows", "No work of this hub fits its name"),
        ("a.html", "The First Lantern", "It is the hub's own work"),
        ("2401.99999.html", "Who knows", "No work of this hub"),
    ],
)
def test_a_text_of_no_citing_work_is_told_and_left_out(hub, put, name, title, said):
    done = read(hub, put(**{name: page(title)}))
    (each,) = done.texts
    assert (each.work_id, each.status) == (None, "not matched")
    assert said in each.said
    assert (done.diff, done.folder) == (None, "")
    assert not (hub / "source" / "full-texts").exists()


def test_a_name_that_another_work_contradicts_is_told(hub, put):
    text = """<article><front><article-meta>
    <article-id pub-id-type="doi">10.5555/hills.3</article-id>
    <title-group><article-title>Hills of Snow</article-title></title-group></article-meta></front>
    <body><sec><title>Snow</title><p>It is white.</p></sec></body></article>"""
    (each,) = read(hub, put(**{"2401.00002.xml": text})).texts
    assert (each.work_id, each.status) == (None, "not matched")
    assert "Its name says arxiv:2401.00002, but the text says doi:10.5555/hills.3." in each.said


def test_what_cannot_be_read_is_told_and_kept_where_its_name_tells_the_work(hub, put):
    folder = put(**{"10.5555_hills.3.xml": "%PDF-1.7 no xml", "x.xml": "%PDF-1.7 no xml"})
    done = read(hub, folder)
    assert told(done) == {
        "10.5555_hills.3.xml": ("doi:10.5555/hills.3", "not readable"),
        "x.xml": (None, "not matched"),
    }
    (row,) = citehub.load(hub).table("text_readings")
    assert row["status"] == "not readable"
    assert os.fspath(folder) not in row["note"]


# -- what is kept, and what a release carries -------------------------------------------------


@pytest.mark.parametrize(("head", "text"), [("", None), (CC_BY, SENTENCE)])
def test_a_release_carries_a_sentence_only_where_its_licence_allows(hub, put, head, text):
    done = read(hub, put(**{"2401.00002.html": page(head=head)}))
    (row,) = citehub.load(hub).table("citation_contexts")
    assert row["text"] == text
    assert row["sentence_hash"] == citehub.hash_sentence(SENTENCE)
    assert (row["section"], row["section_number"], row["mark"]) == ("Introduction", "1", "[1]")
    assert row["before"] == (text and "Rivers are dark.")
    kept = (hub / "source" / "full-texts" / "readings.jsonl").read_text()
    assert SENTENCE in kept
    held = b"".join(each.read_bytes() for each in (hub / done.version).iterdir())
    assert (SENTENCE.encode() in held) == bool(text)


def test_the_maintainer_may_say_that_she_has_the_right(hub, put):
    spec = hub / "hub.toml"
    spec.write_text(f'publish_sentences = "All authors gave leave."\n{spec.read_text()}')
    read(hub, put(**{"2401.00002.html": page()}))
    (row,) = citehub.load(hub).table("citation_contexts")
    assert row["text"] == SENTENCE


def test_texts_that_were_read_before_make_nothing_new(hub, put):
    folder = put(**{"2401.00002.html": page(), "main.tex": SOURCE})
    assert read(hub, folder).version == "1.1.0"
    before = {each: each.stat().st_mtime_ns for each in hub.rglob("*") if each.is_file()}
    again = read_texts(hub, [folder], created=DAY + datetime.timedelta(days=1))
    assert (again.version, again.diff, again.folder) == ("1.1.0", None, "")
    assert {each: each.stat().st_mtime_ns for each in hub.rglob("*") if each.is_file()} == before


def test_of_two_texts_of_a_work_the_better_form_has_the_passages(hub, put):
    tree = SOURCE.replace("Lanterns in Winter", "Rivers at Night")
    read(hub, put(**{"2401.00002__main.tex": tree}))
    assert [row["form"] for row in citehub.load(hub).table("citation_contexts")] == ["latex"]
    read(hub, put(**{"2401.00002.html": page()}))
    newest = citehub.load(hub)
    assert [row["form"] for row in newest.table("citation_contexts")] == ["html"]
    rows = [
        (row["reading"], row["form"], row["n_passages"]) for row in newest.table("text_readings")
    ]
    assert rows == [(1, "latex", 1), (2, "html", 1)]


def test_a_passage_that_a_person_entered_is_one_with_that_of_the_text(hub, put):
    hashed = citehub.hash_sentence(SENTENCE)
    (hub / "source" / "passages.csv").write_text(
        "work,sentence_hash,gist,section_kind\n"
        f"arxiv:2401.00002,{hashed},Its light is used.,other\n"
    )
    read(hub, put(**{"2401.00002.html": page(head=CC_BY)}))
    (row,) = citehub.load(hub).table("citation_contexts")
    assert (row["gist"], row["section_kind"], row["text"]) == (
        "Its light is used.", "other", SENTENCE
    )  # fmt: skip
    assert row["context_id"] == f"arxiv:2401.00002#{hashed[:12]}"


@pytest.mark.parametrize(
    ("file", "row", "said"),
    [
        ("passages", {"gist": "our lamps as the first"}, "gist repeats"),
        ("passages", {"gist": "lamps as the first lantern does"}, "gist repeats"),
        ("passages", {"gist": "Fine.", "why": SENTENCE}, "why repeats"),
        ("labels", {"why": "It is bright."}, "why repeats"),
        ("labels", {"labeler": SENTENCE}, "labeler repeats"),
        ("labels", {"why": SENTENCE, "context_id": None}, "why repeats"),
    ],
)
def test_what_people_write_may_not_repeat_a_text_that_was_read(hub, put, file, row, said):
    read(hub, put(**{"2401.00002.html": page()}))
    hashed = citehub.hash_sentence(SENTENCE)
    cells = {"work": "arxiv:2401.00002", "who": "Ada", "when": "2026-11-29", "why": "Read"}
    if file == "passages":
        cells["sentence_hash"] = hashed
    else:
        context_id = f"arxiv:2401.00002#{hashed[:12]}"
        cells |= {"scheme": "intent", "value": "method", "context_id": context_id}
    cells |= row
    path = hub / "source" / f"{file}.csv"
    path.write_text("".join(csv_lines([cells], list(cells))))
    with pytest.raises(errors.BuildError, match=rf"{file}\.csv, line 2: {said}"):
        build_release(str(hub))
    assert sorted(each.name for each in hub.glob("1.*")) == ["1.0.0", "1.1.0"]


def test_names_of_the_work_are_passages_without_a_mark(hub, put):
    spec = hub / "hub.toml"
    spec.write_text(f'aliases = ["LAN-1"]\n{spec.read_text()}')
    read(hub, put(**{"2401.00002.html": page(said="LAN-1 is bright.", entries=OTHER)}))
    (row,) = citehub.load(hub).table("citation_contexts")
    assert (row["mark"], row["names_work"], row["group_size"]) == (None, True, None)
    (reading,) = citehub.load(hub).table("text_readings")
    assert (reading["status"], reading["n_marks"]) == ("passages found", 0)


@pytest.mark.parametrize("alias", ['"AI"', "3", '""', '"---"', '"A.I."', '"\u2060\u2060\u2060"'])
def test_an_alias_that_is_none_is_refused(hub, put, alias):
    spec = hub / "hub.toml"
    spec.write_text(f"aliases = [{alias}]\n{spec.read_text()}")
    with pytest.raises(errors.SourceError, match="a name of the work in texts"):
        read(hub, put(**{"2401.00002.html": page()}))


def test_of_aliases_there_may_be_a_hundred(hub):
    text = (hub / "hub.toml").read_text()
    for n in (100, 101):
        (hub / "hub.toml").write_text(f"aliases = {[f'LAN-{i}' for i in range(n)]}\n{text}")
        if n == 100:
            assert len(read_spec(os.fspath(hub)).aliases) == 100
    with pytest.raises(errors.SourceError, match="there are 101 aliases; the most is 100"):
        read_spec(os.fspath(hub))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"place": "text"', '"place": "moon"'), ('"status"', '"state"'), ("{", "["),
        ('"start": ', '"start": "x", "was": '), ('"read_on": "2026', '"read_on": "1'),
        ('"passages": [', '"passages": "abc", "was": ['), ('"passages": [', '"passages": [1, '),
        ('"mark": "', '"mark": "\\ud800'), ('"sentence_hash": "', '"sentence_hash": "x'),
        ('"group_size": 1', '"group_size": 1e300'), ('"start": ', '"start": 99999, "was": '),
    ],
)  # fmt: skip
def test_what_was_read_and_is_damaged_is_told_by_its_line(hub, put, old, new):
    read(hub, put(**{"2401.00002.html": page()}))
    path = hub / "source" / "full-texts" / "readings.jsonl"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(errors.SourceError, match=r"readings\.jsonl, line 1: is damaged"):
        build_release(hub, created=DAY)


def test_a_hub_with_texts_is_built_again_to_the_same_bytes(hub, put, tmp_path):
    read(hub, put(**{"2401.00002.html": page(head=CC_BY), "main.tex": SOURCE}))
    built = build_release(hub, "1.1.0", out=os.fspath(tmp_path / "again"), created=DAY)
    for each in (hub / "1.1.0").iterdir():
        assert (tmp_path / "again" / each.name).read_bytes() == each.read_bytes(), each.name
    assert built.version == "1.1.0"


def versions(hub, put, *said):
    """Read versions of one text, each with what it says, or nothing; return the last reading."""
    for number, sentence in enumerate(said, 1):
        folder = put(**{f"v{number}__2401.00002v{number}.html": page(
            said=sentence or SENTENCE, entries=ENTRY if sentence else OTHER
        )})  # fmt: skip
        done = read(hub, folder / f"v{number}")
    return done


def test_the_newest_version_of_a_text_counts_also_where_it_cites_no_more(hub, put):
    versions(hub, put, "We use one lamp [1].", "We use two lamps [1].")
    (row,) = citehub.load(hub).table("citation_contexts")
    assert row["text_version"] == "v2"
    assert row["sentence_hash"] == citehub.hash_sentence("We use two lamps [1].")
    done = versions(hub, put, "We use one lamp [1].", "We use two lamps [1].", None)
    newest = citehub.load(hub)
    assert (done.n_with, list(newest.table("citation_contexts"))) == (0, [])
    readings = newest.table("text_readings")
    rows = [(row["reading"], row["text_version"], row["n_passages"]) for row in readings]
    assert rows == [(1, "v1", 1), (2, "v2", 1), (3, "v3", 0)]


def test_a_file_that_was_mended_takes_the_place_of_what_it_was(hub, put):
    read(hub, put(**{"2401.00002.html": page(said="We use a lmap [1].")}))
    read(hub, put(**{"2401.00002.html": page(said="We use a lamp [1].")}))
    newest = citehub.load(hub)
    (row,) = newest.table("citation_contexts")
    assert row["sentence_hash"] == citehub.hash_sentence("We use a lamp [1].")
    assert [each["reading"] for each in newest.table("text_readings")] == [1]


def test_a_label_of_a_passage_stays_where_another_form_of_the_text_is_read(hub, put):
    folder = put(**{"tree__main.tex": SOURCE})
    read(hub, folder)
    (row,) = citehub.load(hub).table("citation_contexts")
    (hub / "source" / "labels.csv").write_text(
        "work,scheme,value,passage,context_id,who,when,why\n"
        f"10.5555/lantern.2,intent,extension,,{row['context_id']},Ann,2026-11-29,seen\n"
    )
    build_release(hub, created=DAY)
    html = page("Lanterns in Winter", said="Lamps are old. The first one [1] was small.")
    read(hub, put(**{"other__lanterns.html": html}).joinpath("other"))
    newest = citehub.load(hub)
    assert [each["form"] for each in newest.table("citation_contexts")] == ["html"]
    assert newest.work("10.5555/lantern.2").role == "extension"


def test_a_mark_and_a_title_that_may_be_a_sentence_are_cut_in_a_release(hub, put):
    long = " ".join(["glow"] * 60)
    text = (
        page()
        .replace('ltx_ref">[1]</a>', f'ltx_ref">{long}</a>')
        .replace("Introduction", f"Introduction {long}")
    )
    done = read(hub, put(**{"2401.00002.html": text}))
    (row,) = citehub.load(hub).table("citation_contexts")
    assert row["mark"] == "[…]"
    assert len(row["section"]) < 110
    held = b"".join(each.read_bytes() for each in (hub / done.version).iterdir())
    assert long.encode() not in held


def test_a_folder_of_papers_with_one_tex_file_among_them_is_no_tree(hub, put):
    done = read(hub, put(**{
        "lanterns.tex": SOURCE, "rivers.html": page(), "hills.html": page("Hills of Snow", OTHER),
        "notes.doc": "no text", "2401.00002": "",
    }))  # fmt: skip
    assert told(done) == {
        "lanterns.tex": ("doi:10.5555/lantern.2", "passages found"),
        "rivers.html": ("arxiv:2401.00002", "passages found"),
        "hills.html": ("doi:10.5555/hills.3", "not in references"),
        "2401.00002": ("arxiv:2401.00002", "not readable"),
    }
    assert any("Skipped" in note and "notes.doc" in note for note in done.notes)


def test_a_folder_without_texts_is_told(hub, tmp_path):
    (tmp_path / "empty").mkdir()
    done = read(hub, str(tmp_path / "empty"))
    assert (done.folder, done.texts) == ("", ())
    assert done.notes == (f"There is no text to read in {tmp_path / 'empty'}.",)


def test_two_papers_side_by_side_as_tex_are_two(hub, put):
    other = SOURCE.replace("Lanterns in Winter", "Rivers at Night")
    done = read(hub, put(**{"one.tex": SOURCE, "two.tex": other}))
    assert {each.work_id for each in done.texts} == {"doi:10.5555/lantern.2", "arxiv:2401.00002"}


def test_links_and_what_is_closed_stop_nothing(hub, put, monkeypatch):
    folder = put(**{"2401.00002.html": page(), "closed__x.html": page()})
    (folder / "a.html").symlink_to("b.html")
    (folder / "b.html").symlink_to("a.html")
    scandir = os.scandir

    def opened(path="."):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", opened)
    done = read(hub, folder)
    assert list(told(done).values()) == [("arxiv:2401.00002", "passages found")]
    assert any("closed: Permission denied" in note for note in done.notes)


def test_a_folder_that_bears_the_id_of_a_work_names_it(hub, put):
    folder = put(**{"2401.00002__page.html": page("?"), "10.5555__hills.3.html": page("?", OTHER)})
    assert {each.work_id for each in read(hub, folder).texts} == {
        "arxiv:2401.00002", "doi:10.5555/hills.3"
    }  # fmt: skip


def test_a_text_that_is_named_twice_is_read_once(hub, put):
    folder = put(**{"2401.00002.html": page()})
    done = read(hub, folder, folder / "2401.00002.html")
    assert [each.status for each in done.texts] == ["passages found", "read already"]
    assert done.n_passages == 1


def test_a_text_of_very_many_passages_is_bounded(hub, put):
    done = read(hub, put(**{"2401.00002.html": page(said="so [1] " * 1_500)}))
    assert done.n_passages == 1_000
    path = hub / "source" / "full-texts" / "readings.jsonl"
    assert path.stat().st_size < 12_000_000


def test_a_file_whose_name_is_no_text_is_read(run, hub, put):
    folder = put(**{"2401.00002.html": page()})
    os.rename(folder / "2401.00002.html", os.fsencode(folder) + b"/2401.00002\xff.html")
    assert read(hub, folder).n_with == 1


# -- asking for texts -------------------------------------------------------------------------


class Hosts:
    """Stands for the network: texts by path; what it has not is not there."""

    def __init__(self, **texts):
        self.texts = dict(texts)
        self.asked = []

    def ask(self, source, asked, due):
        self.asked.append(asked.path)
        text = self.texts.get(asked.path)
        if isinstance(text, Exception):
            raise text
        body = text.encode() if isinstance(text, str) else text or b""
        at = "2026-11-29T12:00:00Z"
        return Answer(asked, f"https://host{asked.path}", 200 if body else 404, at, body)


def packed(name, text):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(text.encode())
        archive.addfile(info, io.BytesIO(text.encode()))
    return data.getvalue()


def test_open_texts_are_asked_for_once_and_what_has_none_is_told(hub):
    hosts = Hosts(**{"/html/2401.00002": page(head=CC_BY)})
    done = read_texts(hub, fetch=True, created=DAY, transport=hosts)
    assert hosts.asked == ["/html/2401.00002"]
    assert {each.status for each in done.texts} == {"passages found", "no open text"}
    rows = {row["work_id"]: row for row in citehub.load(hub).table("text_readings")}
    assert rows["doi:10.5555/hills.3"]["status"] == "no open text"
    assert rows["arxiv:2401.00002"]["licence"].startswith("https://creativecommons.org/")
    done = read_texts(hub, fetch=True, created=DAY, transport=hosts)
    assert (hosts.asked, done.diff) == (["/html/2401.00002"], None)


def test_where_the_page_has_lost_its_references_the_source_is_read(hub):
    tree = SOURCE.replace("Lanterns in Winter", "Rivers at Night")
    hosts = Hosts(**{
        "/html/2401.00002": page(entries=""), "/src/2401.00002": packed("main.tex", tree),
    })  # fmt: skip
    read_texts(hub, fetch=True, created=DAY, transport=hosts)
    assert hosts.asked == ["/html/2401.00002", "/src/2401.00002"]
    newest = citehub.load(hub)
    assert [row["form"] for row in newest.table("citation_contexts")] == ["latex"]
    rows = [row for row in newest.table("text_readings") if row["work_id"].startswith("arxiv")]
    assert [row["status"] for row in rows] == ["no references", "passages found"]


def test_a_host_that_cannot_be_asked_is_told_and_the_next_run_asks_it(hub):
    hosts = Hosts(**{"/html/2401.00002": errors.Unreachable("arXiv cannot be reached.")})
    done = read_texts(hub, fetch=True, created=DAY, transport=hosts)
    assert done.failed == {"arxiv": "arXiv cannot be reached."}
    assert "arxiv:2401.00002" not in {each.work_id for each in done.texts}
    hosts.texts["/html/2401.00002"] = page()
    done = read_texts(hub, fetch=True, created=DAY, transport=hosts)
    assert done.failed == {}
    assert done.n_with == 1


def test_texts_that_came_are_kept_when_a_run_is_cut_off(hub):
    class Cut(Hosts):
        def ask(self, source, asked, due):
            if asked.path.startswith("/src"):
                raise KeyboardInterrupt
            return super().ask(source, asked, due)

    hosts = Cut(**{"/html/2401.00002": page(entries="")})
    with pytest.raises(KeyboardInterrupt):
        read_texts(hub, fetch=True, created=DAY, transport=hosts)
    assert citehub.versions(hub) == ("1.0.0",)
    again = Hosts(**{"/html/2401.00002": page()})
    read_texts(hub, fetch=True, created=DAY, transport=again)
    assert again.asked == ["/src/2401.00002"]


@pytest.mark.parametrize("tail", [b'{"file": "answers/000', b"{}\n", b"\xff\xfe\n"])
def test_a_list_of_texts_that_a_kill_left_half_written_is_mended(hub, tail):
    hosts = Hosts(**{"/html/2401.00002": page()})
    read_texts(hub, fetch=True, created=DAY, transport=hosts)
    path = hub / "source" / "full-texts" / "arxiv" / "answers.jsonl"
    sound = path.read_bytes()
    with path.open("ab") as file:
        file.write(tail)
    again = Hosts()
    works = ["arxiv:2401.00002"]
    read_texts(hub, fetch=True, works=works, created=DAY, transport=again)
    assert again.asked == []
    assert path.read_bytes() == sound


def test_one_work_alone_is_asked_for(hub):
    hosts = Hosts()
    read_texts(hub, fetch=True, works=["10.5555/hills.3"], created=DAY, transport=hosts)
    assert hosts.asked == []
    with pytest.raises(errors.UnknownWork):
        read_texts(hub, fetch=True, works=["10.5555/none"], created=DAY, transport=hosts)


# -- the command ------------------------------------------------------------------------------


def test_the_command_prints_passages_counts_and_the_next_version(run, hub, put):
    folder = put(**{"2401.00002.html": page(), "odd.txt": "hello"})
    code, out, err = run("read", os.fspath(hub), os.fspath(folder))
    assert code == 0
    for each in (SENTENCE, "arxiv:2401.00002, Introduction", "1.1.0 is the next", "not matched"):
        assert each in " ".join(out.decode().split())
    assert "No work of this hub" in err
    code, out, _ = run("read", os.fspath(hub), os.fspath(folder), "--json")
    said = json.loads(out)
    assert (code, said["status"], said["n_with_passage"]) == (4, "nothing new", 1)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "There is nothing to read. Name files or folders, or --fetch."),
        (["no-such-file"], 2, "no-such-file does not exist; nothing was read."),
        (["--from", "arxiv"], 2, "need --fetch"),
        (["--work", "10.5555/hills.3"], 2, "need --fetch"),
        (["--fetch", "--from", "moon"], 2, "There is no source of texts 'moon'"),
    ],
)
def test_a_command_that_is_written_wrong_reads_nothing(run, hub, words, code, said):
    got, out, err = run("read", os.fspath(hub), *words)
    assert (got, out) == (code, b"")
    assert said in " ".join(err.replace("│", " ").split())


def test_a_text_that_steers_a_terminal_prints_harmless(run, hub, put):
    folder = put(**{"2401.00002.html": page(said="See &#x9b;31m \x1b[31m red [1].")})
    code, out, err = run("read", os.fspath(hub), os.fspath(folder))
    assert code in {0, 1}
    assert "\x1b" not in out.decode() + err
    assert "\x9b" not in out.decode() + err


# -- beside other sources ---------------------------------------------------------------------


def test_a_passage_that_a_source_has_too_is_one(tmp_path, put):
    dumps = ROOT / "docs" / "guide" / "small-dumps"
    hub = tmp_path / "lanterns"
    sources = Dumps(openalex=os.fspath(dumps / "openalex"), s2=os.fspath(dumps / "s2"))
    new_hub("arxiv:9912.00001", os.fspath(hub), sources, created=DAY)
    (before,) = [
        row for row in citehub.load(hub).table("citation_contexts") if "[7]" in (row["text"] or "")
    ]
    text = page(
        "A Lantern in the Fog", said="We follow the paper lantern [7], and our result agrees."
    )
    text = text.replace("[7]", LINK.replace("[1]", "[7]")).replace(
        "doi:10.5555/lantern.1", "arXiv:9912.00001"
    )
    read(hub, put(**{"9912.00012.html": text}))
    newest = citehub.load(hub)
    (row,) = [each for each in newest.table("citation_contexts") if "[7]" in (each["text"] or "")]
    assert (row["text"], row["section"], row["source_id"]) == (
        before["text"], "Introduction", "full-texts"
    )  # fmt: skip
    labels = [each for each in newest.table("citation_labels")
              if each["citing_work_id"] == row["citing_work_id"]]  # fmt: skip
    assert {each["context_id"] for each in labels} == {row["context_id"]}
    assert {each["labeler"] for each in labels} == {"Semantic Scholar"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Stopped. Nothing was changed.\n"),
        (["--fetch"],
         "Stopped. Texts are kept. The same command goes on from there.\n"),
    ],
)  # fmt: skip
def test_a_command_that_is_stopped_says_what_stays(run, hub, monkeypatch, words, said):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("citehub.graph.reading.read_texts", stop)
    assert run("read", os.fspath(hub), *words) == (130, b"", said)


def test_names_of_files_that_are_no_text_are_printed(run, hub, tmp_path):
    folder = os.fsencode(tmp_path) + b"/texts\xff"
    try:
        os.mkdir(folder)
    except OSError:
        pytest.skip("the disk takes names in UTF-8 alone")
    for name, title in ((b"caf\xe9.html", "Who knows"), (b"2401.00002.html", "?")):
        with open(folder + b"/" + name, "w", encoding="utf-8") as file:
            file.write(page(title))
    code, out, _ = run("read", os.fspath(hub), os.fsdecode(folder), "--json")
    named = {os.path.basename(each["text"]) for each in json.loads(out)["texts"]}
    assert (code, named) == (0, {"caf\udce9.html", "2401.00002.html"})
    code, _, err = run("read", os.fspath(hub), os.fsdecode(folder))
    assert (code, "caf?.html: not matched" in err) == (4, True)
