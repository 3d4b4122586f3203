"""Texts that are none, that are damaged, or that were made to do harm: told, and soon."""

from __future__ import annotations

import gzip
import io
import os
import sys
import tarfile
import time
import zipfile

import pytest

import citehub
from citehub.errors import UnreadableText
from citehub.texts import archives, identify

TITLE = "On the growth of trees"
LIST = (
    rf"\begin{{thebibliography}}{{9}}\bibitem{{a}} A. Oak. {TITLE}. 2020.\end{{thebibliography}}"
)
MANY = 20_000
SOON = 5  # seconds, on a machine that does other things


def find(path):
    start = time.monotonic()
    try:
        return citehub.find_passages(path, title=TITLE)
    finally:
        assert time.monotonic() - start < SOON


def refused(path, said):
    for read in (find, identify):
        with pytest.raises(UnreadableText, match=said) as error:
            read(path)
        assert str(path) in str(error.value)
        assert error.value.path == str(path)


def put(tmp_path, data, name="text"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def tar(*members, data=b"x"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            info.size = len(data) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


# Not there, not a text


def test_what_is_not_there_is_told(tmp_path):
    refused(tmp_path / "none.xml", "no such file")
    refused(tmp_path, "holds no text")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    refused(tmp_path, "holds no text")
    refused("a\0b", "no such file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "neither a file nor a folder")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("paper.xml", b"", "it is empty"),
        ("paper.xml", b" \n\t", "it is empty"),
        ("paper.xml", b"%PDF-1.5\n%\xe2\xe3", "a PDF, though its name ends in .xml"),
        ("paper.html", b"%PDF-1.5\n", "a PDF, though its name ends in .html"),
        ("paper.pdf", b"%PDF-1.5\nnothing", "damaged PDF"),
        ("paper.tex", b"\\documentclass\0\0", "zero bytes"),
        ("paper", bytes(range(256)) * 40, "zero bytes"),
        ("paper.xml", b"only words", "neither JATS, TEI nor HTML"),
        ("feed.xml", b"<?xml version='1.0'?><rss/>", "first element is 'rss'"),
        ("cut.xml", b"<article", "it is no XML|no markup|no article"),
        ("bare.xml", b"<article/>", "no XML|no text"),
        ("stub.html", b"<html><body><h1>Fatal error</h1></body></html>", "no text of a paper"),
        ("refs.bib", b"@article{a, title = {B}}", "a known form of a paper"),
        ("cut.gz", gzip.compress(b"a" * 5000, mtime=0)[:30], "breaks off"),
        ("bad.gz", b"\x1f\x8b\x08\x00" + b"\xff" * 40, "damaged gzip"),
        ("empty.gz", gzip.compress(b"", mtime=0), "its content is empty"),
        ("bad.zip", b"PK\x03\x04" + b"\0" * 40, "damaged zip"),
        ("macros.tex", rb"\documentclass{a}\begin{document}\end{document}", "prints no text"),
        ("paper.txt", b"{\\rtf1 See [1].\\par References [1] A.}", "it is Rich Text Format"),
        ("paper.ps", b"%!PS-Adobe-3.0\n(See) show", "it is PostScript"),
        ("page.mht", b"MIME-Version: 1.0\n\n<p>See [1].", "a saved web archive"),
        ("empty.md", b"---\ntitle: a\n---\n\n", "no prose"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told(tmp_path, name, data, said):
    path = put(tmp_path, data, name)
    with pytest.raises(UnreadableText, match=said):
        find(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "large.html"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    refused(path, r"200,000,001 bytes; at most 100,000,000")
    monkeypatch.setattr(archives, "MOST_BYTES", 10)
    refused(put(tmp_path, "more than ten"), "at most 10 can be read")


def test_a_folder_without_a_main_file_says_so(tmp_path):
    put(tmp_path, "Only a part.", "part.tex")
    refused(tmp_path, "no main .tex file")


# Archives


@pytest.mark.parametrize(
    ("member", "kind", "said"),
    [
        ("../evil.tex", tarfile.REGTYPE, "outside of the folder"),
        ("/etc/evil.tex", tarfile.REGTYPE, "outside of the folder"),
        ("a/../../evil.tex", tarfile.REGTYPE, "outside of the folder"),
        ("link.tex", tarfile.SYMTYPE, "is a link"),
        ("link.tex", tarfile.LNKTYPE, "is a link"),
        ("null.tex", tarfile.CHRTYPE, "a device or a pipe"),
        ("disk.tex", tarfile.BLKTYPE, "a device or a pipe"),
        ("pipe.tex", tarfile.FIFOTYPE, "a device or a pipe"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_tarball_that_reaches_outside_is_refused(tmp_path, member, kind, said, packed):
    data = tar(("main.tex", tarfile.REGTYPE), (member, kind))
    refused(put(tmp_path, gzip.compress(data) if packed else data, "x.tar"), said)


def test_a_folder_with_links_is_read_without_them(tmp_path):
    secret = put(tmp_path, rf"\section{{Secret}} See \cite{{a}}. {LIST}", "secret.tex")
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "linked.tex").symlink_to(secret)
    put(
        folder,
        rf"\documentclass{{a}}\begin{{document}}Hi. \input{{linked}}{LIST}\end{{document}}",
        "m.tex",
    )
    assert find(folder).status == "list without links"
    for name in ("../secret", "/" + str(secret), "..\\secret"):
        put(
            folder,
            rf"\documentclass{{a}}\begin{{document}}Hi. \input{{{name}}}{LIST}\end{{document}}",
            "m.tex",
        )
        assert find(folder / "m.tex").status == "list without links"


@pytest.mark.parametrize(
    "named",
    [r"\input{link/secret}", r"\include{in/../link/secret}", r"\input{in/link/secret}",
     r"\bibliography{link/secret}", r"\usepackage{link/secret}\secret", r"\input{secret}"],
)  # fmt: skip
def test_no_link_leads_out_of_the_folder_of_a_file(tmp_path, named):
    outside, folder = tmp_path / "outside", tmp_path / "source"
    outside.mkdir()
    (folder / "in").mkdir(parents=True)
    put(outside, f"Secret \\cite{{a}}. {LIST}", "secret.tex")
    put(outside, f"@book{{a, title={{{TITLE}}}}}", "secret.bib")
    put(outside, r"\newcommand{\secret}{Secret \cite{a}. }", "secret.sty")
    (folder / "link").symlink_to(outside)
    (folder / "in" / "link").symlink_to(outside)
    (folder / "secret.tex").symlink_to(outside / "secret.tex")
    listed = "" if "bibliography" in named else LIST
    put(
        folder,
        rf"\documentclass{{a}}\begin{{document}}Hi {named} {listed}\end{{document}}",
        "m.tex",
    )
    for path in (folder / "m.tex", folder):
        assert find(path).status != "found"
    put(folder, "---\nbibliography: link/secret.bib\n---\n\n# Hi\n\nWe like [@a].\n", "m.md")
    assert find(folder / "m.md").status == "no reference list"


def test_what_a_file_names_is_read_by_whatever_way_to_its_folder(tmp_path):
    (tmp_path / "source" / "in").mkdir(parents=True)
    put(tmp_path / "source" / "in", rf"We like \cite{{a}}. {LIST}", "own.tex")
    put(
        tmp_path / "source",
        r"\documentclass{a}\begin{document}Hi \input{in/own}\end{document}",
        "m.tex",
    )
    (tmp_path / "way").symlink_to(tmp_path / "source")
    for folder in ("source", "way"):
        assert find(tmp_path / folder / "m.tex").status == "found"


def test_a_message_has_one_stop(tmp_path):
    path = put(
        tmp_path, r"\documentclass{a}\def\a{\a\a}\begin{document}\a \end{document}", "e.tex"
    )
    with pytest.raises(UnreadableText, match=r"was not read\. Give the whole source\.$"):
        find(path)


def test_bombs_are_not_unpacked(tmp_path):
    bomb = gzip.compress(b"\0" * 40_000_000)
    refused(put(tmp_path, bomb, "bomb.tar.gz"), "unpacks to more than")
    refused(put(tmp_path, gzip.compress(b"a" * 30_000_000), "bomb.tex.gz"), "unpacks to more than")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("main.tex", b"a" * 30_000_000)
    refused(tmp_path / "bomb.zip", "unpacks to 30,000,000 bytes")
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../main.tex", b"a")
    refused(tmp_path / "evil.zip", "outside of the folder")


def test_too_many_files_are_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    members = [(f"{number}.tex", tarfile.REGTYPE) for number in range(4)]
    refused(put(tmp_path, tar(*members), "x.tar"), "more than 3 files")
    for number in range(4):
        put(tmp_path, "a", f"{number}.png")
    refused(tmp_path, "more than 3 files")


def test_a_tarball_that_breaks_off_is_told(tmp_path):
    data = tar(("main.tex", tarfile.REGTYPE), data=b"a" * 5000)
    refused(put(tmp_path, data[:2000], "x.tar"), "breaks off|damaged tar")


# TeX


def tex(body, before=""):
    return (
        rf"\documentclass{{article}}{before}\begin{{document}}See \cite{{a}}. {body} {LIST}"
        r"\end{document}"
    )


DOUBLED = "".join(rf"\def\{chr(97 + n)}{{\{chr(98 + n)}\{chr(98 + n)}}}" for n in range(24))


@pytest.mark.parametrize(
    ("body", "before"),
    [
        (r"\x", r"\def\x{\x}"),
        (r"\x", r"\def\x{\x\x}"),
        (r"\x{aa}", r"\newcommand{\x}[1]{\x{#1#1}}"),
        (r"\x", r"\def\x{\y}\def\y{\x}"),
        (r"\x", r"\newcommand{\x}{\section{\x}}"),
        (r"\x", r"\newcommand{\x}{\footnote{\x}}"),
        (r"\a", DOUBLED),
        (r"\footnote{" * 200 + "}" * 200, ""),
        (r"\footnote{" * MANY, ""),
        (r"\foo[" * MANY, ""),
        (r"\( " * MANY, ""),
        (r"\x " * MANY, r"\def\x#1END{y}"),
    ],
)
def test_macros_without_end_are_told(tmp_path, body, before):
    found = find(put(tmp_path, tex(body, before), "main.tex"))
    assert "expand without end" in " ".join(found.notes)


@pytest.mark.parametrize(
    "body",
    [
        *(
            "{" * MANY,
            "}" * MANY,
            "$ " * MANY,
            "~" * MANY,
            "a. " * MANY,
            "(" * MANY,
            r"\item " * MANY,
        ),
        *(r"\begin{table}" * MANY, r"\begin{equation}" * MANY, r"\begin{verbatim}" * MANY),
        *(r"\verb|" * MANY, r"\"" * MANY, "% " * MANY + "\n", "a" * 1_000_000, r"\input{main}"),
        *(r"\parencites{a", r"\begin{thebibliography}{9}", r"\section{A \section{B} C}"),
        *(r"(\cite{a}) " * 2000, r"\fi" * MANY, r"\end{document" * MANY, r"\let\x\y\let\y\x\x"),
    ],
)
def test_what_is_odd_in_tex_is_read_over(tmp_path, body):
    found = find(put(tmp_path, tex(body), "main.tex"))
    assert found.status == "found"
    assert found[0].sentence.startswith("See [a].")


def test_a_deep_list_and_a_wild_entry_are_read_over(tmp_path):
    for wild in ("{" * MANY, r"\emph{" * MANY, "[" * MANY, r"\href{" * MANY):
        path = put(tmp_path, tex("").replace("A. Oak", rf"\bibitem{{z}} {wild}"), "main.tex")
        find(path)
    bib = "@article{a," * MANY + "title = {" * MANY
    (tmp_path / "main.bib").write_text(bib)
    put(
        tmp_path,
        r"\documentclass{a}\begin{document}Hi \cite{a}.\bibliography{main}\end{document}",
        "main.tex",
    )
    find(tmp_path)


# XML and HTML

ARTICLE = (
    "<article><front><article-meta/></front><body><p>See {} "
    "<xref ref-type='bibr' rid='r'>1</xref>.</p></body><back><ref-list><ref id='r'>"
    "<mixed-citation>A. Oak. On the growth of trees. 2020.</mixed-citation></ref></ref-list>"
    "</back></article>"
)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("doctype", "entity"),
    [
        ('<!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        ('<!DOCTYPE article [<!ENTITY x "SECRET">]>', "&x;"),
        ('<!DOCTYPE article SYSTEM "http://127.0.0.1:9/x.dtd">', ""),
        ('<!DOCTYPE article [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>', ""),
    ],
)
def test_entities_bring_nothing_in(tmp_path, doctype, entity):
    found = find(put(tmp_path, doctype + ARTICLE.format(entity), "paper.xml"))
    assert [each.sentence for each in found] == ["See 1."]


def test_entities_of_html_are_signs(tmp_path):
    doctype = '<!DOCTYPE article PUBLIC "-//NLM//DTD" "archive.dtd">'
    found = find(put(tmp_path, doctype + ARTICLE.format("&ldquo;it&rdquo;&nbsp;in"), "paper.xml"))
    assert found[0].sentence == "See “it” in 1."


def test_a_billion_laughs_end_soon(tmp_path):
    doctype = f'<!DOCTYPE article [<!ENTITY l0 "ha">{LAUGHS}]>'
    path = put(tmp_path, doctype + ARTICLE.format("&l11;"), "paper.xml")
    try:
        found = find(path)
    except UnreadableText:
        return
    assert len(found.text) < 1000


def test_damaged_xml_is_read_as_far_as_it_goes_and_told(tmp_path):
    found = find(put(tmp_path, ARTICLE.format("it")[:-12], "paper.xml"))
    assert found.status == "found"
    assert "damaged" in found.notes[0]


@pytest.mark.parametrize("depth", [200, 5000])
def test_markup_that_lies_too_deep_is_told(tmp_path, depth):
    page = (
        f"<html><body><p>{'<span>' * depth}See [<a class='ltx_ref' href='#bib.1'>1</a>] of old."
        f"{'Words. ' * 100}{'</span>' * depth}</p></body></html>"
    )
    try:
        found = find(put(tmp_path, page, "page.html"))
    except UnreadableText:
        return
    assert "deep" in " ".join(found.notes)


def test_ten_thousand_marks_are_read_in_time(tmp_path):
    marks = "See [<xref ref-type='bibr' rid='r'>1</xref>]. " * 10_000
    found = find(put(tmp_path, ARTICLE.format(marks), "paper.xml"))
    assert len(found) == 10_001


@pytest.mark.parametrize(
    "text", ["`" * MANY + "*" * MANY + "_" * MANY, "(Oak and " * MANY, "[@" * MANY, "[1" * MANY]
)
def test_odd_markdown_is_read_in_time(tmp_path, text):
    items = "[1] A. Oak. On the growth of trees.\n\n[2] B. Elm.\n"
    whole = f"# T\n\nSee [1]. {text}\n\n## References\n\n{items}"
    assert find(put(tmp_path, whole, "paper.md")).entries == ("[1]",)


def test_without_lxml_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "lxml", None)
    path = put(tmp_path, ARTICLE, "paper.xml")
    with pytest.raises(citehub.errors.MissingExtra, match=r"citehub\[texts\]"):
        find(path)


def test_without_pypdf_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(citehub.errors.MissingExtra, match=r"citehub\[pdf\]"):
        find(put(tmp_path, b"%PDF-1.5\n", "paper.pdf"))
