"""The parsers: what each is given, and what must hold of what it returns."""

from __future__ import annotations

import contextlib
import datetime
import io
import itertools
import json
import linecache
import os
import warnings
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hypothesis import strategies as st

import citehub
from citehub import _catalog, _identifiers, _lock_file, _manifest, _markup, _signature, _tex, _text
from citehub._select import FLAGS, LISTS
from citehub.adding.archive import Archive
from citehub.adding.provenance import read_provenance
from citehub.build.own_tables import read_own_tables
from citehub.build.spec import parse_spec
from citehub.bulk.extract import read_note
from citehub.errors import CitehubError
from citehub.labelling.guideline import read_guideline
from citehub.labelling.prompt import read_answer
from citehub.sources import answers, pith_page, readings, sheet
from citehub.sources.api import Content
from citehub.sources.curation import FILES, read_curation
from citehub.sources.model_answers import read_model_answers
from citehub.sources.partitions import copy_readable
from citehub.sources.reference_file import dates, languages, names, read_references
from citehub.sources.registry import dumped, live_sources
from citehub.texts import identify
from citehub.texts.sentences import split_sentences
from tests.conftest import HUB
from tests.fuzz import inputs
from tests.fuzz.inputs import JUNK, as_bytes, changed, json_files, near, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hypothesis.strategies import SearchStrategy


class Target(NamedTuple):
    """A parser: what it is given, and a call that asserts what must hold.

    ``raises`` are documented errors beside those of citehub.
    """

    given: SearchStrategy[Any]
    parse: Callable[[Any, Path], object]
    raises: tuple[type[Exception], ...] = ()

    def run(self, value: Any, folder: Path) -> None:
        """Parse a value; only errors that are documented may come of it."""
        try:
            self.parse(value, folder)
        except (CitehubError, *self.raises):
            pass
        except TypeError as error:
            if not _is_meant(error):
                raise


def _is_meant(error: TypeError) -> bool:
    """Tell whether citehub itself raised it, as of an argument of a wrong type."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return False
    line = linecache.getline(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    return "citehub" in trace.tb_frame.f_code.co_filename and line.strip().startswith("raise ")


# -- texts ------------------------------------------------------------------------------------

_IDENTIFIERS: Final = (
    *("https://doi.org/10.5555/a.b(1)<2>", "doi:10.5555/LAMP", "10.48550/arXiv.2304.01373v2"),
    *("https://arxiv.org/pdf/2304.01373v2.pdf", "arXiv:hep-th/9901001", "PMC12345", "W2741809807"),
    *("https://openalex.org/W2741809807", "corpusid:123", "https://aclanthology.org/P18-1001.pdf"),
    *("https://pubmed.ncbi.nlm.nih.gov/123/", "omid:br/0612345", "pith:abc", "mag:12", "s2:007"),
)


def _identifier(text: str, _: Path) -> None:
    found = _identifiers.parse_identifier(text)
    if found is not None:
        assert _identifiers.parse_identifier(found.curie) == found
        assert _text.clean_line(found.curie) == found.curie
        assert found.url is None or found.url.isascii()


_TITLES: Final = (
    r"On the $\mathcal{O}(n^2)$ Growth of {\bf Trees}: \'Etudes \& \textit{more} $\alpha_{i}$",
    "<i>Lamps</i> in <sup>2</sup>Fog &amp; <sub>mist</sub> &lt;b&gt; <math><mi>x</mi></math>",
)
_TEX: Final = ("$", "{", "}", "\\", "^", "_", "\\alpha", "\\frac", "<i>", "</i>", "<", ">", "&")


def _title(text: str, _: Path) -> None:
    for resolve in (_markup.plain_title, _tex.print_commands):
        assert isinstance(resolve(text), str)
    with contextlib.suppress(ValueError):  # TeX without a plain form
        _tex.resolve_tex(text)
        _markup.plain_title(text, is_strict=True)
    escaped = _tex.escape_tex(text)
    assert "\\write" not in escaped.replace("\\textbackslash", "")
    once = _text.clean(text)
    assert _text.clean(once) == once
    line = _text.clean_line(text)
    assert _text.clean_line(line) == line
    assert len(line.splitlines()) <= 1


def _words(text: str, _: Path) -> None:
    for parse in (dates.parse_date, dates.parse_month, languages.parse_language):
        with contextlib.suppress(ValueError):
            parse(text)
    for has_commas in (False, True):
        with contextlib.suppress(ValueError):
            names.read_names(text, has_commas=has_commas)


def _sentences(text: str, _: Path) -> None:
    spans = split_sentences(text)
    assert all(0 <= begin <= end <= len(text) for begin, end in spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))


# -- files ------------------------------------------------------------------------------------

_BIB: Final = r"""@article{lamp, title = {The {L}amp: \'a $\alpha$}, doi = "10.5555/lamp",
 author = {van den Berg, Jr., Ada and B{\"o}, Ann and others}, year = 2020, month = mar # "~1"}
@string{j = "Journal of Lamps"} @comment{no} @preamble{"\newcommand{\x}{y}"}
@inproceedings(fog, title="Fog", journal = j # { more}, eprint={2301.00001}, crossref={lamp})
"""
_RIS: Final = """TY  - JOUR
TI  - The Lamp
AU  - Berg, Ada van den
PY  - 2020/03/01/
DO  - 10.5555/lamp
ER  -

"""
_CSL: Final[Any] = [
    {
        "id": "lamp", "type": "article-journal", "title": "The Lamp", "DOI": "10.5555/lamp",
        "issued": {"date-parts": [[2020, 3]]}, "language": "en",
        "author": [{"family": "Berg", "given": "Ada", "non-dropping-particle": "van den"},
                   {"literal": "The Lamp Group"}],
    }
]  # fmt: skip


def _write(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return os.fspath(path)


def _references(ending: str) -> Callable[[bytes, Path], object]:
    def parse(data: bytes, folder: Path) -> None:
        found = read_references([_write(folder, f"list{ending}", data)])
        again = read_references([os.fspath(folder / f"list{ending}")])
        assert found == again

    return parse


_FULL_TEXTS: Final = {
    ".html": """<html><head><title>On Trees</title><meta name="citation_doi" content="10.5555/t">
<base href="x"></head><body><article><section id="S1"><h2>1 Growth</h2><p>As shown by
<cite class="ltx_cite">[<a href="#bib.bib1" class="ltx_ref">1</a>–<a href="#bib.bib3">3</a>]</cite>
they grow.<math alttext="x^2"><mi>x</mi></math></p></section><section class="ltx_bibliography">
<ul><li id="bib.bib1" class="ltx_bibitem"><span>A. Oak. On the growth of trees. 2020.
<a href="https://doi.org/10.5555/oak">doi</a></span></li></ul></section></article></body></html>""",
    ".xml": """<?xml version="1.0"?><article xmlns:xlink="http://www.w3.org/1999/xlink"><front>
<article-meta><article-id pub-id-type="doi">10.5555/t</article-id><title-group><article-title>On
<italic>Trees</italic></article-title></title-group></article-meta></front><body><sec><title>1
</title><p>They grow <xref ref-type="bibr" rid="b1">1</xref>.</p></sec></body><back><ref-list>
<ref id="b1"><mixed-citation>Oak A. <article-title>On the growth of trees</article-title>.
<year>2020</year></mixed-citation></ref></ref-list></back></article>""",
    ".tei.xml": """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>On
Trees</title></titleStmt></fileDesc></teiHeader><text><body><div><head n="1">Growth</head><p>They
grow <ref type="bibr" target="#b0">[1]</ref>.</p></div></body><back><listBibl><biblStruct
xml:id="b0"><analytic><title level="a">On the growth of trees</title></analytic><monogr><imprint>
<date when="2020"/></imprint></monogr></biblStruct></listBibl></back></text></TEI>""",
    ".tex": r"""\documentclass{article}\title{On Trees}\def\x#1{y#1}\newcommand{\z}[2][a]{\x{#1}#2}
\begin{document}\maketitle\section{Growth}They grow~\cite[p.~2]{oak,elm}. \z{q}\input{none}
\begin{table}\caption{A \citep{oak}}\begin{tabular}{ll}a & b \\ \cite{oak} & c\end{tabular}
\end{table}\iffalse no \fi $x^2$ % comment
\begin{thebibliography}{9}\bibitem[Oak(2020)]{oak} A. Oak. On the growth of trees. 2020.
\end{thebibliography}\end{document}""",
    ".md": """---\ntitle: On Trees\n---\n# On Trees\n\n## 1 Growth\n\nThey grow [1, 2-4]. See *x*.

| a | b |\n|---|---|\n| x [1] | y |\n\n## References\n\n[1] A. Oak. On the growth of trees. 2020.
[2] B. Elm. Other. 2019.\n""",
    ".txt": """On Trees\n\n1 Growth\n\nThey grow [1], and (Oak, 2020) said so.\n\nReferences\n
[1] A. Oak. On the growth of trees. 2020.\n""",
}


def _full_text(ending: str) -> Callable[[bytes, Path], object]:
    def parse(data: bytes, folder: Path) -> None:
        path = _write(folder, f"text{ending}", data)
        with contextlib.suppress(CitehubError):
            identify(path)
        found = citehub.find_passages(path, title="On the growth of trees", doi="10.5555/oak")
        for each in found:
            assert found.text[each.start : each.end] == each.sentence
            mark = each.mark_start, each.mark_end
            assert mark == (None, None) or 0 <= mark[0] <= mark[1] <= len(each.sentence)

    return parse


_HUB_TOML: Final = """name = "lamp"
work = "doi:10.5555/lamp"
title = "Lamps"
description = "Who cites the lamp."
keywords = ["lamps"]
aliases = ["The Lamp"]
sources = ["openalex"]
homepage = "https://example.org/"
licenses = ["CC0-1.0"]
publish_sentences = "They are ours."
[[contributors]]
title = "Ada"
roles = ["curator"]
path = "https://orcid.org/0000-0002-1825-0097"
[responsible_ai]
data_biases = "None known."
[[releases]]
version = "1.0.0"
created = 2026-11-30
schema_version = 4
parts = ["page", "labels"]
doi = "10.5555/hub"
[[releases.changes]]
kind = "added"
what = "A work"
reason = "It cites."
source = "by hand"
"""


@cache
def _own_tables() -> Any:
    return json.loads((HUB / "tables.json").read_bytes())[:2]


def _read_own(data: bytes, folder: Path) -> None:
    _write(folder, "tables.json", data)
    read_own_tables(os.fspath(folder))


def _csv_of(file: Any) -> str:
    own = {"who": "Ada", "when": "2026-11-30", "why": "So it is."}
    cells = [
        own.get(column.name)
        or (column.vocabulary[0] if column.vocabulary else "")
        or {"int16": "1", "int32": "2", "bool": "yes", "date32": "2026-11-30"}.get(column.type)
        or "10.5555/lamp"
        for column in file.columns
    ]
    return f"{','.join(column.name for column in file.columns)}\n{','.join(cells)}\n"


_SIGNS: Final = (",", ";", "\t", '"', "\n", "\r", "'", "=", "sep=;\n", "#", "1,5", "30.11.2026")
_CURATED: Final = st.one_of(
    *(
        st.tuples(st.just(file.filename), as_bytes(near(_csv_of(file), pieces=_SIGNS)))
        for file in FILES
    )
)


def _curation(given: tuple[str, bytes], folder: Path) -> None:
    name, data = given
    path = _write(folder, name, data)
    try:
        read_curation(os.fspath(folder))
    finally:
        assert Path(path).read_bytes() == data
    sheet.read_sheet(path, {"work", "who", "when", "why"})


def _spec(text: str, folder: Path) -> None:
    parse_spec(text, os.fspath(folder))


# -- releases ---------------------------------------------------------------------------------


def _newest() -> Path:
    return HUB / json.loads((HUB / "index.json").read_bytes())["default"]


@cache
def _manifest_sample() -> Any:
    manifest = json.loads((_newest() / "datapackage.json").read_bytes())
    keep = {"works", "citations", "sources"}
    manifest["resources"] = [each for each in manifest["resources"] if each["name"] in keep]
    manifest["citehub"].pop("own_tables", None)
    return manifest


def _read_manifest(data: bytes, folder: Path) -> None:
    _write(folder, "datapackage.json", data)
    manifest = _manifest.read_manifest(os.fspath(folder))
    assert _manifest.is_version(manifest["version"])
    for tell in (_manifest.dataset_id, _manifest.released_on, _manifest.schema_version):
        tell(manifest)
    hub = citehub.load(folder)
    for style in ("bibtex", "text"):
        hub.cite(style)
    repr(hub)
    [*map(repr, map(hub.table, hub.tables)), *(hub.table(each).description for each in hub.tables)]


def _index(data: bytes, folder: Path) -> None:
    _write(folder, "index.json", data)
    index = _catalog.read_index(os.fspath(folder))
    assert index["default"] in index["versions"]
    citehub.versions(folder)
    for version in index["versions"]:
        with contextlib.suppress(CitehubError):
            citehub.load(folder, version=version)


_SUMS: Final = f"{'0' * 64}  CHANGES.md\n{'a' * 64}  works.parquet\n"


def _sums(data: bytes, folder: Path) -> None:
    _write(folder, "SHA256SUMS", data)
    sums = _manifest.read_sums(os.fspath(folder))
    assert sums is not None
    _write(folder, "SHA256SUMS", _manifest.format_sums(sums))
    sums.pop("SHA256SUMS", None)
    assert _manifest.read_sums(os.fspath(folder)) == sums


# -- what sources say -------------------------------------------------------------------------

_WORK: Final = {
    "id": "https://openalex.org/W7", "doi": "https://doi.org/10.5555/lamp", "title": "The Lamp",
    "publication_year": 2020, "cited_by_count": 3, "ids": {"mag": "7", "pmid": "12"},
    "locations": [{"landing_page_url": "https://arxiv.org/abs/2301.00001"}],
    "referenced_works": ["https://openalex.org/W1"], "authorships": [{"author": {"id": "A1"}}],
    "abstract_inverted_index": {"Lamps": [0]}, "primary_topic": {"display_name": "Lamps"},
}  # fmt: skip
_PAPER: Final = {
    "corpusId": 7, "externalIds": {"DOI": "10.5555/lamp", "ArXiv": "2301.00001"}, "year": 2020,
    "title": "The Lamp", "citationCount": 3, "abstract": "Light.",
    "tldr": {"model": "m", "text": "It shines."}, "authors": [{"name": "Ada"}],
}  # fmt: skip
_EDGE: Final = {
    "citingPaper": _PAPER, "isInfluential": True, "contexts": ["As [1]."],
    "intents": ["background"],
    "contextsWithIntent": [{"context": "As [1].", "intents": ["background"]}],
}  # fmt: skip
_ROW: Final = {
    "id": "doi:10.5555/lamp omid:br/061", "title": "The Lamp", "author": "Ada [omid:ra/1]",
    "citing": "omid:br/062 doi:10.5555/fog", "cited": "omid:br/061 doi:10.5555/lamp",
    "pub_date": "2020-03",
}  # fmt: skip
_ANSWERS: Final = {
    "openalex": [_WORK, {"results": [_WORK], "meta": {"count": 1, "next_cursor": None}}],
    "s2": [_PAPER, {"data": [_EDGE]}, {"data": [_PAPER]}, [_PAPER, None]],
    "opencitations": [[_ROW], [_ROW, _ROW]],
}
_DUE: Final = {
    "openalex": st.one_of(changed(*_ANSWERS["openalex"]), st.none()),
    "s2": st.one_of(changed(*_ANSWERS["s2"]), st.none()),
    "opencitations": st.one_of(changed(*_ANSWERS["opencitations"]), st.none()),
}


class _Asker:
    """Gives drawn answers in turn, checked as the transport checks them."""

    has_key = True
    before: tuple[str, ...] = ("W9",)

    def __init__(self, given: list[Any]) -> None:
        self.given = given
        self.kept: list[Content] = []

    def ask(
        self, path: str, params: Any = (), *, posted: Any = (), due: Collection[str] = ()
    ) -> Any:
        content = self.given.pop(0) if self.given else None
        is_due = (
            isinstance(content, dict) and {*due} <= content.keys()
            if due
            else isinstance(content, list)
        )
        if not is_due:
            raise citehub.errors.BadAnswer("It is of another kind.")
        self.kept.append(Content(path, tuple(params), content))
        return content

    def tell(self, n: int, of: int | None) -> None:
        assert n >= 0


def _ask(given: tuple[str, list[Any]], _: Path) -> None:
    name, drawn = given
    (source,) = (each for each in live_sources() if each.id == name)
    api: Any = source.api
    asker = _Asker(list(drawn))
    ids = {_identifiers.Identifier("doi", "10.5555/lamp")}
    with contextlib.suppress(CitehubError):
        found = api.find(asker, ids)
        [repr(each) for each in found]
        if api.search:
            api.search(asker, "The Lamp")
        api.citing(asker, found, ids, ids)
    for table, row in api.rows(asker.kept):
        assert table in {each.name for each in source.dump.datasets}
        inputs.to_json(row)
    api.known_ids(asker.kept)


_LISTED: Final = {
    "file": "answers/00001.json.gz", "address": "https://example.org/works", "path": "/works",
    "params": [["a", "b"]], "posted": [], "status": 200, "at": "2026-11-30T00:00:00Z",
    "bytes": 2, "sha256": "sha256:00",
}  # fmt: skip


def _answers(data: bytes, folder: Path) -> None:
    _write(folder, answers.LIST, data)
    for is_whole in (True, False):
        with contextlib.suppress(CitehubError):
            [*answers.read_lines(os.fspath(folder), is_whole=is_whole)]
    answers.check_kept(os.fspath(folder))


_DATASETS: Final = [
    (source.id, each.name) for source in dumped() if source.dump for each in source.dump.datasets
]


def _dump_lines(given: tuple[tuple[str, str], list[Any], bytes], folder: Path) -> None:
    (source_id, name), lines, more = given
    (source,) = (each for each in dumped() if each.id == source_id)
    (dataset,) = (each for each in source.dump.datasets if each.name == name)
    data = b"".join(inputs.to_json(line).encode() + b"\n" for line in lines) + more
    ending = ".csv" if source_id == "opencitations" else ".jsonl"
    path = _write(folder, f"part{ending}", data)
    rejects = copy_readable(path, dataset, os.fspath(folder / "kept.gz"))
    assert all(each.line >= 0 for each in rejects)
    again = copy_readable(os.fspath(folder / "kept.gz"), dataset, os.fspath(folder / "again.gz"))
    assert ending == ".csv" or again == []


_JUDGED: Final = {
    "passage": "p1", "intent": "method", "second_intent": None, "polarity": "mentioning",
    "subject": "data", "confidence": "high", "gist": "It uses it.",
}  # fmt: skip


def _judgement(text: str, _: Path) -> None:
    found = read_answer(text, "p1", ("data", "model"))
    assert found.gist is None or _text.clean_line(found.gist) == found.gist


_MODEL_ANSWER: Final = {
    "at": "2026-11-30T00:00:00Z", "asked_model": "m", "context_id": "p1", "passage_sha256": "0",
    "prompt_sha256": "0", "text": "{}", "number": 1, "model": "m",
}  # fmt: skip
_READING: Final = {
    "work": "doi:10.5555/fog", "status": "passages found", "form": "latex", "sha256": "0" * 64,
    "text_version": "v1", "is_whole": True, "n_marks": 1, "licence": None, "note": None,
    "read_on": "2026-11-30", "source": "full-texts",
    "passages": [{"text": "As [1].", "start": 3, "end": 6, "section": "1", "position": 1,
                  "section_kind": "method", "place": "text", "group_size": 1, "mark": "[1]"}],
}  # fmt: skip


def _lines_of(name: str, read: Callable[[str], Any]) -> Callable[[bytes, Path], object]:
    def parse(data: bytes, folder: Path) -> None:
        _write(folder, f"{readings.FOLDER}/{name}", data + b"\n")
        [*read(os.fspath(folder))]

    return parse


def _guideline(data: bytes, folder: Path) -> None:
    _write(folder, "guideline-2.md", data)
    assert read_guideline(os.fspath(folder), {"data": "Its data."}).version == "2"


_NOTE: Final = {"read_on": "2026-11-30", "snapshot_on": None, "unreadable_lines": 0, "partial": []}


def _note(data: bytes, folder: Path) -> None:
    from citehub.bulk.extract import NOTE

    _write(folder, NOTE, data)
    note = read_note(os.fspath(folder))
    assert note is not None
    assert isinstance(note.read_on, datetime.date)


def _page(text: str, _: Path) -> None:
    pith_page.parse_hub_page(text, "page")


@cache
def _page_sample() -> str:
    path = next((HUB / "source").glob("*.txt"), None) or next((HUB / "source").glob("*.md"))
    lines = path.read_text("utf-8").splitlines()
    invented = [line if len(line) < 60 and not line.isalpha() else "A line." for line in lines]
    return "\n".join(invented[:200])


# -- hubs from elsewhere ----------------------------------------------------------------------

_DIGEST: Final = f"sha256:{'0' * 64}"
_RECORD: Final = {"source": "https://example.org/lamp/", "added_on": "2026-11-30",
                  "manifest": _DIGEST, "key": "", "key_id": ""}  # fmt: skip
_ADDED: Final = {"format": "citehub-added-1", "versions": {"1.0.0": _RECORD}}
_PIN: Final = {"version": "1.0.0", "manifest": _DIGEST, "from": "https://example.org/lamp/"}
_LOCK: Final = {"format": "citehub-lock-1", "citehub": "0.1.0", "hubs": {"lamp": _PIN}}


def _lock(data: bytes, folder: Path) -> None:
    _write(folder, "citehub.lock", data)
    for name, pin in _lock_file.read_lock(os.fspath(folder / "citehub.lock")).items():
        assert _manifest.is_hub_name(name)
        assert all(map(_manifest.is_line, pin))


def _added(data: bytes, folder: Path) -> None:
    _write(folder, "added.json", data)
    for version, record in read_provenance(os.fspath(folder)).items():
        assert _manifest.is_version(version)
        assert all(map(_manifest.is_line, record))


@cache
def _zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("datapackage.json", "works.parquet"):
            archive.writestr(zipfile.ZipInfo(f"lamp/{name}"), name * 9)
    return file.getvalue()


@st.composite
def _damaged(draw: Any, make: Callable[[], bytes]) -> bytes:
    data = bytearray(make())
    for at, value in draw(
        st.dictionaries(st.integers(0, len(data) - 1), st.integers(0, 255))
    ).items():
        data[at] = value
    begin, end = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
    kept = bytes(data)
    return draw(
        st.sampled_from([kept, kept, kept, kept[:end], kept[begin:], kept + kept[begin:end]])
    )


def _zip(data: bytes, folder: Path) -> None:
    _write(folder, "lamp.zip", data)
    with Archive(os.fspath(folder / "lamp.zip"), "lamp.zip") as archive:
        for name in ("datapackage.json", "works.parquet"):
            assert len(archive.read(name, 1000) or b"") <= 1000


_KEY: Final = _signature.SecretKey(b"a number", b"a seed of thirty-two bytes, here")


@cache
def _signed() -> bytes:
    return _signature.sign(b"sums", _KEY, "hub:lamp")


def _check_signed(data: bytes, folder: Path) -> None:
    _write(folder, _manifest.SUMS, b"sums")
    _write(folder, _manifest.SIGNATURE, data)
    found = _signature.read_signature(os.fspath(folder), _signature.format_public(_KEY))
    assert found.comment == "hub:lamp"  # whatever else is changed: nothing else was signed


# -- arguments --------------------------------------------------------------------------------


@cache
def _hub() -> citehub.Hub:
    return citehub.load("mt-nlg", version="1.3.0")


_ARGUMENTS: Final = (*LISTS, *FLAGS, "year", "doi", "arxiv", "related_to", "authors_of")
_VALUES: Final = st.one_of(
    st.sampled_from([*JUNK, "method", "reasoning", "not known", 2023, (2022, 2024), (2024, 2022)]),
    st.lists(st.sampled_from([*JUNK, "method", 2023]), max_size=3),
    st.tuples(st.sampled_from(JUNK), st.sampled_from(JUNK)),
    st.sampled_from([b"method", {1: 2}, {"a"}, object(), 1j, range(2020, 2024), range(10**12)]),
    texts("lamp", "10.5555/x", "2104.04473"),
)


def _select(given: dict[str, Any], _: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        works = _hub().select(**given)
    assert {work.work_id for work in works} <= {*_hub().release.ids()}


def _find(text: str, _: Path) -> None:
    hub = _hub()
    for work in hub.search(text):
        assert work.work_id in hub.release.ids()
    assert hub.work(text).work_id in hub.release.ids()


TARGETS: Final[dict[str, Target]] = {
    "identifier": Target(near(*_IDENTIFIERS, pieces=(":", "/", ".", "v", "?")), _identifier),
    "title": Target(near(*_TITLES, pieces=_TEX), _title),
    "dates and names": Target(near("Berg, Jr., Ada van den and B. Bö", "2020-03-01"), _words),
    "sentences": Target(
        near("As in [1]. They grow, e.g. by 2.5 cm (Fig. 2). So it is."), _sentences
    ),
    "BibTeX": Target(as_bytes(near(_BIB, pieces=_TEX)), _references(".bib")),
    "RIS": Target(as_bytes(near(_RIS, pieces=("TY  - ", "\nER  - ", "\n"))), _references(".ris")),
    "CSL-JSON": Target(json_files(_CSL), _references(".json")),
    **{
        f"full text {ending}": Target(as_bytes(near(sample, pieces=_TEX)), _full_text(ending))
        for ending, sample in _FULL_TEXTS.items()
    },
    "hub.toml": Target(near(_HUB_TOML, pieces=("[[", "]]", "=", "\n", '"', "'''")), _spec),
    "tables.json": Target(st.deferred(lambda: json_files(_own_tables())), _read_own),
    "curation": Target(_CURATED, _curation),
    "manifest": Target(st.deferred(lambda: json_files(_manifest_sample())), _read_manifest),
    "index.json": Target(
        json_files(
            {
                "format": "citehub-hub-1",
                "name": "lamp",
                "title": "Lamps",
                "default": "1.0.0",
                "versions": {"1.0.0": {"datapackage.json": f"sha256:{'0' * 64}"}},
            }
        ),
        _index,
    ),
    "citehub.lock": Target(json_files(_LOCK), _lock),
    "added.json": Target(json_files(_ADDED), _added),
    "zip file": Target(_damaged(_zipped), _zip),
    "signature": Target(_damaged(_signed), _check_signed),
    "SHA256SUMS": Target(as_bytes(near(_SUMS)), _sums),
    "answers of sources": Target(
        st.one_of(
            *(
                st.tuples(st.just(name), st.lists(given, max_size=6))
                for name, given in _DUE.items()
            )
        ),
        _ask,
    ),
    "list of answers": Target(st.lists(json_files(_LISTED), max_size=3).map(b"\n".join), _answers),
    "lines of dumps": Target(
        st.tuples(
            st.sampled_from(_DATASETS),
            st.lists(changed(_WORK, _PAPER, _EDGE, _ROW), max_size=3),
            st.one_of(st.just(b""), as_bytes(near('{"id": 1}\n', pieces=_SIGNS))),
        ),
        _dump_lines,
    ),
    "judgement of a model": Target(
        st.one_of(
            changed(_JUDGED).map(inputs.to_json),
            near(f"<think>So.</think>```json\n{inputs.to_json(_JUDGED)}\n```"),
        ),
        _judgement,
        (ValueError,),
    ),
    "model answers": Target(
        st.lists(json_files(_MODEL_ANSWER), max_size=2).map(b"\n".join),
        _lines_of("model-answers.jsonl", read_model_answers),
    ),
    "readings": Target(
        st.lists(json_files(_READING), max_size=2).map(b"\n".join),
        _lines_of(readings.FILE, readings.read_readings),
    ),
    "labels of programs": Target(
        st.lists(json_files(_JUDGED | {"work": "doi:10.5555/fog"}), max_size=2).map(b"\n".join),
        _lines_of(readings.LABELS, readings.read_program_labels),
    ),
    "guideline": Target(as_bytes(near("# How to judge\n\nBe just.\n")), _guideline),
    "note of an extract": Target(json_files(_NOTE), _note),
    "hub page": Target(st.deferred(lambda: near(_page_sample())), _page),
    "conditions of select": Target(
        st.dictionaries(
            st.sampled_from([*_ARGUMENTS, "labelled", "search", "ids", "unknown", "sort"]),
            _VALUES,
            max_size=3,
        ),
        _select,
    ),
    "words of a search": Target(
        near("large language models", "10.5555/lamp").map(lambda text: text[:200]), _find
    ),
}
