"""What each format says of the works, read by the reader that its field uses.

Every reader returns a list of dicts with the keys of :data:`FACTS` that its format holds.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from html import unescape
from pathlib import Path

import bibtexparser
import jsonschema
import networkx
import pyarrow.parquet
import rdflib
import rispy
from bibtexparser import middlewares
from markdown_it import MarkdownIt

from citehub.export.cito import PREFIXES

VENUE = "Venue as stated: "
FIRST = ("subject", "section", "place", "gist", "text", "text_status")  # of the first passage
RIS_FIELDS = {  # of rispy, for tags that reference managers read alike; it knows no BT
    "type_of_reference", "id", "authors", "title", "year", "date", "secondary_title", "publisher",
    "type_of_work", "accession_number", "name_of_database", "doi", "urls", "abstract", "keywords",
    "notes", "alternate_title3", "unknown_tag",
}  # fmt: skip
_STATEMENT = re.compile(
    r"citehub (?P<hub>\S+) (?P<version>\S+): (?:canonical work|citing work, role (?P<role>.*),"
    r" polarity (?P<polarity>.*?)(?:, subject (?P<subject>.*?))?"
    r"(?:, judged by (?P<judged_by>.*))?)\. Sources: (?P<sources>.*)"
)
csv.field_size_limit(1 << 24)  # of ten thousand authors in one cell
# The schema of the CSL project, as it ships it under the MIT licence.
CSL_SCHEMA = json.loads((Path(__file__).parent / "csl-data.json").read_text(encoding="utf-8"))
_TEX = {
    r"\textbackslash{}": "\\", r"\textbraceleft{}": "{", r"\textbraceright{}": "}",
    r"\textasciicircum{}": "^", r"\textasciitilde{}": "~", "$<$": "<", "$>$": ">", "$|$": "|",
    r"\$": "$", r"\&": "&", r"\#": "#", r"\%": "%", r"\_": "_", r"\{": "{", r"\}": "}",
    "-{}": "-", "`{}": "`", "'{}": "'", "?{}": "?", "!{}": "!",
}  # fmt: skip
_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    '"': "\u0308", "v ": "\u030c", "c ": "\u0327",
}  # fmt: skip
_ACCENT = re.compile(r"""\{\\([`'^~=."]|[vc] )([A-Za-z])\}""")
_MATH = re.compile(r"(?<!\\)\$.*?(?<!\\)\$")


def decode_tex(text):
    """Return what TeX prints; mathematics stays as it is written."""
    pattern = re.compile(f"{'|'.join(map(re.escape, _TEX))}|{_MATH.pattern}")
    return pattern.sub(lambda match: _TEX.get(match[0], match[0]), text)


def bibtex(data):
    """Every entry, its names split by bibtexparser by BibTeX's own rules."""
    names = [middlewares.SeparateCoAuthors(), middlewares.SplitNameParts()]
    library = bibtexparser.parse_string(data.decode(), append_middleware=names)
    assert not library.failed_blocks, library.failed_blocks
    for entry in library.entries:
        fields = {name: field.value for name, field in entry.fields_dict.items()}
        title = fields.get("title", "{}")
        assert (title[0], title[-1]) == ("{", "}")
        yield {
            "key": entry.key,
            "title": decode_tex(title[1:-1]),
            "authors": [_bibtex_name(name) for name in fields.get("author", [])],
            "year": int(fields["year"]) if "year" in fields else None,
            "venue": decode_tex(fields.get("note", "")),
            "note": decode_tex(fields.get("annote", "")),
            "hub": fields["citehub-hub"],
            "version": fields["citehub-version"],
            "role": decode_tex(fields.get("citehub-role", "")),
            "polarity": decode_tex(fields.get("citehub-polarity", "")),
            "sources": decode_tex(fields["citehub-sources"]),
        }


def _bibtex_name(parts):
    words = [*parts.first, *parts.von, *parts.last, *parts.jr]
    plain = (word if _ACCENT.match(word) else re.sub(r"^\{(.*)\}$", r"\1", word) for word in words)
    return " ".join(decode_tex(_ACCENT.sub(_compose, word)) for word in plain)


def _compose(match):
    return unicodedata.normalize("NFC", match[2] + _MARKS[match[1]])


def ris(data):
    """Every record."""
    text = data.decode()
    assert text.count("\n") == text.count("\r\n")
    for record in rispy.loads(text):
        assert record.keys() <= RIS_FIELDS
        *notes, said = record["notes"]
        why = _STATEMENT.fullmatch(said)
        yield {
            "key": record["id"],
            "title": record.get("title", ""),
            "authors": [turned(name) for name in record.get("authors", [])],
            "year": int(record["year"]) if "year" in record else None,
            "venue": "".join(each for each in notes if each.startswith(VENUE)),
            "note": "".join(each for each in notes if not each.startswith((VENUE, "arXiv:"))),
            "hub": why["hub"],
            "version": why["version"],
            "role": why["role"] or "",
            "polarity": why["polarity"] or "",
            "sources": why["sources"],
        }


def turned(name):
    """Return a name as printed from ``Family, Given, Suffix``."""
    family, *given = name.split(", ")
    return " ".join([*given[:1], family, *given[1:]]) if given and family else name


def csl_json(data):
    """Every item, once it keeps to the CSL schema."""
    items = json.loads(data)
    jsonschema.Draft7Validator(CSL_SCHEMA).validate(items)
    for item in items:
        yield {
            "key": item["id"],
            "title": item.get("title", ""),
            "authors": [_csl_name(name) for name in item.get("author", [])],
            "year": item["issued"]["date-parts"][0][0] if "issued" in item else None,
            "venue": item.get("note", ""),
            "note": item.get("annote", ""),
            "hub": item["custom"]["hub"],
            "version": item["custom"]["data_version"],
            "role": item["custom"]["role"] or "",
            "polarity": item["custom"]["polarity"] or "",
            "sources": item["custom"]["sources"],
        }


def _csl_name(name):
    order = ("given", "non-dropping-particle", "family", "suffix")
    return name.get("literal") or " ".join(name[part] for part in order if part in name)


def csv_(data):
    """Every row; cells without their guard, lists in parts."""
    for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
        cells = {
            name: re.sub(r"^'('*[=+\-@\uff1d\uff0b\uff0d\uff20])", r"\1", cell)
            for name, cell in row.items()
        }
        yield {
            "key": cells["work_id"],
            "title": cells["title"],
            "authors": _parts(cells["authors"]),
            "year": int(cells["publication_year"]) if cells["publication_year"] else None,
            "venue": cells["venue"],
            "hub": cells["hub"],
            "version": cells["data_version"],
            "role": cells["role"],
            "polarity": cells["polarity"],
            **{name: cells[name] for name in FIRST},
            "n_passages": int(cells["n_passages"] or 0),
            "sources": ", ".join(_parts(cells["sources"])) or "not known",
        }


def _parts(cell):
    parts = cell.split("; ") if cell else []
    return [part.replace("%3B", ";").replace("%25", "%") for part in parts]


def jsonl(data):
    """Every line."""
    return map(_typed, map(json.loads, data.decode().split("\n")[:-1]))


def parquet(data):
    """Every row."""
    return map(_typed, pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist())


def _typed(row):
    return {
        "key": row["work_id"],
        "title": row["title"],
        "authors": row["authors"] or [],
        "year": row["publication_year"],
        "venue": row["venue"] or "",
        "hub": row["hub"],
        "version": row["data_version"],
        "role": row["role"],
        "polarity": row["polarity"],
        **{name: row[name] or "" for name in FIRST},
        "n_passages": row["n_passages"] or 0,
        "sources": ", ".join(row["sources"] or []) or "not known",
    }


def markdown(data):
    """Every item of the only list, of one paragraph, with a link, a code span, and else text."""
    heading, *tokens = (each for each in MarkdownIt().parse(data.decode()) if each.children)
    hub, version = re.search(r" \(citehub (\S+) (\S+)\)$", plain(heading.children)).groups()
    for token in tokens:
        assert (token.level, token.map[1] - token.map[0]) == (3, 5)
        kinds = [each.type for each in token.children if not each.type.startswith("text")]
        link = ["link_open", "link_close"] if kinds[0] == "link_open" else []
        assert kinds == [*link, *["hardbreak"] * 4, "code_inline"]
        title, by, published, why, key = plain(token.children).split("\n")
        year, venue = re.fullmatch(
            r"(?:First public in (-?\d+)|Year not known)\. Venue(?:: (.*)| not known)", published
        ).groups()
        said = _STATEMENT.fullmatch(why)
        assert (said["hub"], said["version"]) == (hub, version)
        yield {
            "key": key,
            "label": title if link else title.removeprefix("No address known: "),
            "byline": by.removeprefix("By "),
            "year": int(year) if year else None,
            "venue": venue or "",
            "hub": hub,
            "version": version,
            "role": said["role"] or "",
            "polarity": said["polarity"] or "",
            "sources": said["sources"],
        }


def plain(tokens):
    """Return what inline Markdown says."""
    return "".join("\n" if each.type == "hardbreak" else each.content for each in tokens)


def graphml(data):
    """Every node with the edge that leaves it; ids are name tokens, from which it follows."""
    graph = networkx.read_graphml(io.BytesIO(data))
    for node, facts in graph.nodes(data=True):
        assert re.fullmatch(r"[A-Za-z0-9_.:-]+", node)
        assert (
            re.sub(r"_([0-9a-f]+)_", lambda code: chr(int(code[1], 16)), node) == facts["work_id"]
        )
    return _network(networkx.relabel_nodes(graph, dict(graph.nodes(data="work_id"))))


def gexf(data):
    """Every node with the edge that leaves it."""
    return _network(networkx.read_gexf(io.BytesIO(data), version="1.3"))


def _network(graph):
    assert graph.is_directed()
    for node, facts in graph.nodes(data=True):
        edge = next((facts for _, _, facts in graph.out_edges(node, data=True)), {})
        yield {
            "key": node,
            "title": facts.get("label", ""),
            "authors": facts["authors"].split("; ") if "authors" in facts else [],
            "year": facts.get("publication_year"),
            "venue": facts.get("venue", ""),
            **({"hub": edge["hub"], "version": edge["data_version"]} if edge else {}),
            "role": edge.get("role", ""),
            "polarity": edge.get("polarity", ""),
            **({"sources": edge["sources"]} if edge else {}),
        }


def vosviewer(data):
    """Every item."""
    network = json.loads(data)["network"]
    ids = [item["id"] for item in network["items"]]
    assert {
        end for link in network["links"] for end in (link["source_id"], link["target_id"])
    } <= set(ids)
    assert {item["cluster"] for item in network["items"]} <= {
        each["cluster"] for each in network["clusters"]
    }
    for item in network["items"]:
        lines = item["description"].replace("<span>{</span>", "{").split("<br>")
        assert not any(set("<>") & set(line) for line in lines)
        facts = {
            name: unescape(value) for name, _, value in (line.partition(": ") for line in lines)
        }
        _, hub, version = facts["Dataset"].split(" ")
        yield {
            "key": item["id"],
            "title": unescape(item["label"]),
            "authors": facts["Authors"].split("; ") if "Authors" in facts else [],
            "year": item.get("scores", {}).get("Publication year"),
            "hub": hub,
            "version": version,
            "role": facts.get("Citation role", ""),
            "polarity": facts.get("Citation polarity", ""),
            "sources": facts["Sources"],
        }


def turtle(data):
    """Every work with its citation."""
    return _rdf(rdflib.Graph().parse(data=data, format="turtle"))


def jsonld(data):
    """Every work with its citation."""
    return _rdf(rdflib.Graph().parse(data=data, format="json-ld"))


def _rdf(graph):
    cito = rdflib.Namespace("http://purl.org/spar/cito/")
    dcterms, rdf = rdflib.DCTERMS, rdflib.RDF
    doco, c4o, oa = (rdflib.Namespace(PREFIXES[name]) for name in ("doco", "c4o", "oa"))
    pages = {}
    for annotation in graph.subjects(rdf.type, oa.Annotation):
        place = graph.value(annotation, oa.hasTarget)
        bodies = [*graph.objects(annotation, oa.hasBody)]
        section = graph.value(place, dcterms.isPartOf)
        assert section is None or (section, rdf.type, doco.Section) in graph
        quotation = graph.value(place, oa.hasSelector)
        gists = (graph.value(each, rdf.value) for each in bodies)
        found = (
            section and graph.value(section, dcterms.title),
            graph.value(place, c4o.hasContent),
            quotation and graph.value(quotation, oa.exact),
            next(filter(None, gists), None),
            graph.value(place, dcterms.identifier),
        )
        (citation,) = (each for each in bodies if (each, rdf.type, cito.Citation) in graph)
        work = graph.value(place, oa.hasSource)
        assert work == graph.value(citation, cito.hasCitingEntity)
        pages.setdefault(work, []).append(tuple(str(each or "") for each in found))
    (dataset,) = graph.subjects(rdflib.OWL.versionInfo)
    _, hub, version = str(graph.value(dataset, dcterms.identifier)).split(" ")
    others = {dataset, *graph.subjects(rdf.type, doco.Section)}
    for work in sorted(set(graph.subjects(rdflib.URIRef(rdflib.DCTERMS.title))) - others):
        issued = graph.value(work, dcterms.issued)
        facts = {
            "key": str(graph.value(work, dcterms.identifier)),
            "title": str(graph.value(work, dcterms.title)),
            "author_set": {str(name) for name in graph.objects(work, rdflib.DC.creator)},
            "year": int(str(issued)[:4]) if issued else None,
            "role": "",
            "polarity": "",
            "passages": sorted(pages.get(work, [])),
        }
        citation = graph.value(None, cito.hasCitingEntity, work)
        if citation:
            assert (citation, rdflib.RDF.type, cito.Citation) in graph
            assert (work, cito.cites, graph.value(citation, cito.hasCitedEntity)) in graph
            said = str(graph.value(citation, rdflib.RDFS.comment))
            role, polarity = re.fullmatch(
                r"Role: (.*)\. Polarity: (.*?)(?:\. Subject: .*?)?"
                r"(?:\. Judged by: .*)?\. From .*\.",
                said,
            ).groups()
            sources = sorted(map(str, graph.objects(citation, dcterms.source)))
            facts |= {
                "hub": hub, "version": version, "role": role, "polarity": polarity,
                "sources": ", ".join(sources) or "not known",
                "characters": {
                    str(name).removeprefix(cito)
                    for name in graph.objects(citation, cito.hasCitationCharacterization)
                },
            }  # fmt: skip
        yield facts


READERS = {
    "bibtex": bibtex, "ris": ris, "csl-json": csl_json, "csv": csv_, "jsonl": jsonl,
    "parquet": parquet, "markdown": markdown, "graphml": graphml, "gexf": gexf,
    "vosviewer": vosviewer, "cito-turtle": turtle, "cito-jsonld": jsonld,
}  # fmt: skip
