"""Hostile texts in cells and in the manifest: every output, opened by a reader of its field."""

from __future__ import annotations

import copy
import csv
import io
import itertools
import json
import re
import warnings
from html import unescape
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

import bibtexparser
import networkx
import pyarrow.parquet
import rdflib
import rispy
import yaml
from markdown_it import MarkdownIt

from citehub._hub import Hub
from citehub._text import clean, clean_line
from citehub.export import FORMATS
from citehub.publish import publishing_files
from tests.export.readers import decode_tex
from tests.export.test_round_trips import check
from tests.faults.case import SURVIVED, Case
from tests.made import make_release, make_works

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

FRAGMENTS: Final = (
    r"\input{/etc/passwd}", r"\immediate\write18{id}", r"^^5cinput x", "%", "}", "{",
    "}}\n@misc{x,", '"', "#", "@", "$", r"$\catcode`\@=0 $", "\\", "~",
    "\r\nER  - \r\nTY  - BOOK\r\nTI  - x", "\nTY  - ", "=cmd|'/c calc'!A0", "+1", "-1",
    "@SUM(A1)", "'=1", "\t=1", "\r=1", "\uff1d1", '"=1',
    "</script><script>window.__canary=1</script>", "<!--", "-->", "]]>", "<![CDATA[",
    "<img src=x onerror=window.__canary=1>", "<i>", "&amp;", "&#0;", "&x;",
    "<?xml version='1.0'?>", '"> <b onclick="x', "' onmouseover='x",
    "javascript:window.__canary=1", "[a](javascript:alert(1))", "![](https://attacker.example/x)",
    "<https://attacker.example>", "\n---\n", "\n...\n", "!!python/object/apply:os.system ['id']",
    "\n# x", "\n- x", "|", "`", "```\n", "{{7*7}}", "${7*7}", "*", ": ", "? ", "& ", "\n> x",
    "1. x", "$^2$", "\n\n===\n", "\x00", "\x07", "\x1b[2J\x1b]0;x\x07", "\x7f", "\x85", "\x9b31m",
    "\u2028", "\u2029", "\ufeff", "\u202egnp.exe", "\u2066", "\u061c", "\u200b", "\ufffe",
    "\uffff", "\ufdd0", "\U0001fffe", "<x> .\n<a> <b> <c> .", '" .\n<a> <b> "', "^", " ", "\xa0",
    ",", ";", "a", "Z", "9", "文献", "é", "مرحبا", "\U0001f388", "null", "__proto__", "%s", "%3B",
    "://x@y/",
)  # fmt: skip
"""Pieces of texts that some format reads as more than text."""

MANIFEST: Final = (
    "hub", "version", "title", "description", "keyword", "creator", "licence", "terms", "id",
    "homepage",
)  # fmt: skip
"""What :func:`hostile_hub` puts into a manifest."""

_OF_PASSAGE: Final = ("section", "mark", "gist", "text")
_MARKDOWN: Final = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_FORMULA: Final = re.compile("[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_TEX_COMMANDS: Final = re.compile(
    r"\\(?:text(?:backslash|brace(?:left|right)|ascii(?:circum|tilde))\{\}|[$&#%_{}]"
    r"|[`'^~=.\"][A-Za-z]|[vc] [A-Za-z]"
    r"|(?:[Aa]lpha|[Bb]eta|[Gg]amma|[Tt]heta|[Pp]i|[Ss]igma|[Oo]mega|times|to|infty)(?![A-Za-z]))"
)


def hostile_text(random: random.Random) -> str:
    """Return some fragments in a row."""
    return "".join(random.choices(FRAGMENTS, k=random.randint(1, 5)))


def hostile_works(random: random.Random) -> list[dict[str, Any]]:
    """Return citing works with a hostile text in every text that an export may show."""
    works = []
    for number in range(random.randint(1, 3)):
        text = [hostile_text(random) for _ in range(16)]
        title = text[1]
        works.append(
            {
                "work_id": f"pith:{number}{text[0]}", "title": title, "title_plain": title,
                "authors": text[2:4], "venue": text[4], "finding": text[5], "subjects": [text[6]],
                "intents": ["method"], "source": f"a{text[7]}z", "page_url": text[8],
                "ids": {"doi": f"10.5555/{text[9]}"} if number else {"arxiv": text[9]},
                "passages": [dict(zip(_OF_PASSAGE, text[10:14], strict=True))],
                "themes": [text[14]], "code_url": text[15], "publication_year": 2001,
            }
        )  # fmt: skip
    return works


def hostile_hub(folder: Path, texts: dict[str, str], rows: Any = None) -> Hub:
    """Return a hub, by default of one work, whose manifest says what no check would pass."""
    work = {"work_id": "pith:0", "title": "T", "title_plain": "T"}
    hub = make_release(folder, rows or make_works(work))
    manifest: Any = copy.deepcopy(hub.manifest)
    manifest |= {name: texts[name] for name in ("version", "title", "description")}
    manifest |= {"name": texts["hub"], "keywords": [texts["keyword"]], "id": texts["id"]}
    manifest["contributors"] = [{"title": texts["creator"]}]
    manifest["licenses"] = [
        {"name": texts["licence"], "title": texts["terms"], "path": "javascript:alert(1)"}
    ]
    manifest["homepage"] = texts["homepage"]
    manifest["citehub"] |= {"hub": texts["hub"], "responsible_ai": {"data_biases": texts["terms"]}}
    manifest["resources"][0]["description"] = texts["description"]
    return Hub(str(folder), manifest)


# -- what each reader finds, in lists and dicts ------------------------------------------------


def _bibtex(data: bytes) -> Any:
    text = data.decode()
    assert "\\" not in _TEX_COMMANDS.sub("", text), _TEX_COMMANDS.sub("", text)
    assert "^^" not in text
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks, library.failed_blocks
    assert library.blocks == library.entries
    return [
        [entry.entry_type, _decoded(entry.key), {f.key: decode_tex(f.value) for f in entry.fields}]
        for entry in library.entries
    ]


def _decoded(key: str) -> str:
    return clean_line(re.sub(r"_([0-9a-f]+)_", lambda code: chr(int(code[1], 16)), key))


def _csv(data: bytes) -> Any:
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if _FORMULA.match(cell)]
    return [
        [re.sub(r"^'('*[=+\-@\uff1d\uff0b\uff0d\uff20])", r"\1", cell) for cell in row]
        for row in rows
    ]


def _graphml(data: bytes) -> Any:
    graph = networkx.read_graphml(io.BytesIO(data))
    return [graph.graph, dict(graph.nodes(data=True)), list(graph.edges(data=True))]


def _gexf(data: bytes) -> Any:
    graph = networkx.read_gexf(io.BytesIO(data), version="1.3")
    about = [each.text for each in ET.fromstring(data).iter() if each.tag.endswith("description")]
    return [dict(graph.nodes(data=True)), list(graph.edges(data=True)), about]


def _rdf(format_: str) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        triples = rdflib.Graph().parse(data=data, format=format_)
        nodes = {str(node) for row in triples for node in row if isinstance(node, rdflib.URIRef)}
        assert all(node.startswith(("http", "urn:uuid:")) for node in nodes), nodes
        return sorted([str(node) for node in row] for row in triples)

    return read


def _markdown(data: bytes) -> Any:
    page = data.decode()
    front: Any = {}
    if page.startswith("---\n"):
        _, stated, page = re.split(r"^---$\n", page, maxsplit=2, flags=re.MULTILINE)
        front = yaml.safe_load(stated)
    tokens = _MARKDOWN.parse(page)
    flat = [each for token in tokens for each in (token, *(token.children or ()))]
    entries = [_bibtex(each.content.encode()) for each in flat if each.info == "bibtex"]
    flat = [each for each in flat if each.info != "bibtex" and not each.type.startswith("para")]
    shape = [
        [each.type, each.tag, each.attrs.get("href")]
        for each in flat
        if each.type not in {"text", "text_special", "inline"}
    ]
    said = "".join(each.content for each in flat if not each.children)
    assert not {"html_block", "html_inline", "image"} & {kind for kind, _, _ in shape}
    return [front, shape, said, entries]


def _croissant(data: bytes) -> Any:
    about = json.loads(data)
    return about | {"citeAs": _bibtex(about["citeAs"].encode())}


READERS: Final[dict[str, Callable[[bytes], Any]]] = {
    "bibtex": _bibtex,
    "ris": lambda data: rispy.loads(data.decode()),
    "csl-json": json.loads,
    "csv": _csv,
    "jsonl": lambda data: [json.loads(line) for line in data.decode().split("\n")[:-1]],
    "parquet": lambda data: pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist(),
    "markdown": _markdown,
    "graphml": _graphml,
    "gexf": _gexf,
    "vosviewer": lambda data: json.loads(data, object_hook=_unescaped),
    "cito-turtle": _rdf("turtle"),
    "cito-jsonld": _rdf("json-ld"),
    "cite bibtex": _bibtex,
    "cite csl-json": json.loads,
    "cite apa": bytes.decode,
    "CITATION.cff": yaml.safe_load,
    "README.md": _markdown,
    "RIGHTS.md": _markdown,
    "croissant.json": _croissant,
    "dataset.jsonld": json.loads,
    "ro-crate-metadata.json": json.loads,
}
"""What each output of a hub holds, by a reader of its field; RDF as sorted statements."""


def _unescaped(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: unescape(value.replace("<span>{</span>", "{")) if isinstance(value, str) else value
        for name, value in item.items()
    }


def write(hub: Hub, name: str) -> bytes:
    """Return an output of a hub by its name in :data:`READERS`."""
    if name in FORMATS:
        return bytes(hub.export(name))  # type: ignore[arg-type]
    if name.startswith("cite "):
        return hub.cite(name.removeprefix("cite ")).encode()  # type: ignore[arg-type]
    return publishing_files(hub)[name]


def _each(found: Any, change: Callable[[str], str]) -> Any:
    """Return what was read, with its texts changed; numbers of files are left out."""
    if isinstance(found, dict):
        return {
            change(str(name)): _each(value, change)
            for name, value in found.items()
            if name not in {"sha256", "contentSize"}
        }
    if isinstance(found, list | tuple):
        return [_each(each, change) for each in found]
    return change(found) if isinstance(found, str) else found


def _loosely(text: str) -> str:
    """Return a text without what publishing files or APA may change: blanks, and dots."""
    return clean("".join(clean_line(text).split())).replace(".", "")


def same_as_plain(folder: Path, name: str, texts: dict[str, str]) -> None:
    """Assert that an output differs from that of a plain manifest in the texts alone."""
    (folder / "plain").mkdir()
    (folder / "hostile").mkdir()
    hostile = hostile_hub(folder / "hostile", texts)
    read = READERS[name](write(hostile, name))
    marks = {each: f"MARK{each}MARK" for each in texts}
    own = re.search("urn:uuid:[0-9a-f-]{36}", hostile.cite())
    plain = hostile_hub(folder / "plain", marks | {"id": own[0] if own else ""})
    form = _loosely if "." in name or name == "cite apa" else str

    def fill(text: str) -> str:
        marked = re.split("MARK([a-z]+)MARK", text)
        marked[1::2] = [clean_line(texts[each]) for each in marked[1::2]]
        return form("".join(marked))

    found, wanted = _each(read, form), _each(READERS[name](write(plain, name)), fill)
    assert found == wanted, f"{found!r}\n{wanted!r}"


# -- cases -------------------------------------------------------------------------------------


def _in_cells(random: random.Random) -> Iterator[Case]:
    for name in itertools.cycle(FORMATS):
        works = hostile_works(random)

        def run(folder: Path, name: str = name, works: list[dict[str, Any]] = works) -> str:
            hub = make_release(folder, make_works(*works))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of rdflib, in its own reader
                READERS[name](check(hub, name, hub.select(ids=hub.works)))
            return SURVIVED

        yield Case(f"{name} of {works!r}", run)


def _in_manifest(random: random.Random) -> Iterator[Case]:
    for name in itertools.cycle(READERS):
        texts = {each: hostile_text(random) for each in MANIFEST}

        def run(folder: Path, name: str = name, texts: dict[str, str] = texts) -> str:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                same_as_plain(folder, name, texts)
            return SURVIVED

        yield Case(f"{name} of {texts!r}", run)


KINDS: Final = {
    "a hostile text in a cell, exported": _in_cells,
    "a hostile text in the manifest, exported and published": _in_manifest,
}
