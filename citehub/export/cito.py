"""Citations as RDF in the terms of CiTO, the Citation Typing Ontology: one graph, two notations.

A node is a dict in the form of JSON-LD: ``@id``, a list ``@type``, and lists of values by
property, each a text or a dict with ``@id`` or ``@value`` and ``@type``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from citehub._cito import CITO, CITO_NAMESPACE
from citehub._identifiers import Identifier
from citehub._labels import SCHEME_OF_FACET, join_labels, shown
from citehub._passages import describe_place
from citehub._text import clean_line
from citehub.export.record import database, dataset_iri, judged_by, labels_of, role_and_polarity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._hub import Hub
    from citehub._rows import CitationContextRow, CitationLabelRow, CitationRow
    from citehub._work import Work
    from citehub.export import Selection

PREFIXES: Final = {
    "cito": CITO_NAMESPACE,
    "dcterms": "http://purl.org/dc/terms/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "doco": "http://purl.org/spar/doco/",
    "fabio": "http://purl.org/spar/fabio/",
    "c4o": "http://purl.org/spar/c4o/",
    "oa": "http://www.w3.org/ns/oa#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_DATE_TYPES: Final = {"xsd:gYear": r"\d{4}", "xsd:gYearMonth": r"\d{4}-(0[1-9]|1[0-2])"}

Node = dict[str, Any]


def graph(selection: Selection) -> Iterator[Node]:
    """Yield the dataset, then each work with its citations of selected works.

    Each passage is an annotation of the Web Annotation Data Model and the OpenCitations Data
    Model: its target is the place in the citing work, its body the citation.
    """
    hub = selection.hub
    dataset = dataset_iri(hub.manifest)
    selected = set(selection.work_ids)
    yield {
        "@id": dataset,
        "dcterms:title": [clean_line(hub.manifest["title"])],
        "dcterms:identifier": [database(hub)],
        "owl:versionInfo": [clean_line(hub.version)],
    }
    for work in selection:
        cited = [row for row in work.cites if row["cited_work_id"] in selected]
        yield _work(work, dataset, cited)
        for row in cited:
            yield _citation(work, row, hub, dataset)
        for passage in work.passages:
            if passage["cited_work_id"] in selected:
                yield from _passage(work, passage, dataset)


def _work(work: Work, dataset: str, cited: list[CitationRow]) -> Node:
    node: Node = {
        "@id": _iri(work.work_id, dataset),
        "dcterms:identifier": [clean_line(work.work_id)],
        "dcterms:title": [clean_line(work.title_plain)],
        "dc:creator": [clean_line(name) for name in work.authors],
    }
    if day := work.published:
        kinds = (kind for kind, form in _DATE_TYPES.items() if re.fullmatch(form, day))
        node["dcterms:issued"] = [{"@value": day, "@type": kind} for kind in kinds] or [day]
    for row in cited:
        target = {"@id": _iri(row["cited_work_id"], dataset)}
        for name in ("cites", *_characters(labels_of(work, row))):
            node.setdefault(f"cito:{name}", []).append(target)
    return node


def _citation(work: Work, row: CitationRow, hub: Hub, dataset: str) -> Node:
    labels = labels_of(work, row)
    role, polarity = role_and_polarity(labels)
    by = judged_by(labels)
    judged = f" Judged by: {by}." if by else ""
    citing, cited = row["citing_work_id"], row["cited_work_id"]
    return {
        "@id": _citation_iri(row, dataset),
        "@type": ["cito:Citation"],
        "cito:hasCitingEntity": [{"@id": _iri(citing, dataset)}],
        "cito:hasCitedEntity": [{"@id": _iri(cited, dataset)}],
        "cito:hasCitationCharacterization": [
            {"@id": f"cito:{name}"} for name in _characters(labels)
        ],
        "rdfs:comment": [f"Role: {role}. Polarity: {polarity}.{judged} From {database(hub)}."],
        "dcterms:isPartOf": [{"@id": dataset}],
        "dcterms:source": [clean_line(source) for source in work.citation_sources],
    }


def _passage(work: Work, row: CitationContextRow, dataset: str) -> Iterator[Node]:
    """Yield the annotation of a passage, with place, section, quotation and gist."""
    iri = f"{dataset}#passage/{_quoted(row['context_id'])}"
    labels = [each for each in work.labels if each["context_id"] == row["context_id"]]
    properties = [{"@id": f"cito:{name}"} for name in _characters(labels)]
    said = {name: join_labels(labels, scheme) for name, scheme in SCHEME_OF_FACET.items()}
    judged = (f"{name.capitalize()}: {value}." for name, value in said.items() if value)
    by = judged_by(labels)
    place, section = {"@id": f"{iri}/place"}, {"@id": f"{iri}/section"}
    quotation, gist = {"@id": f"{iri}/quotation"}, {"@id": f"{iri}/gist"}
    has_section = row["section"] or row["section_number"]
    mark = row["mark"]
    yield {
        "@id": iri,
        "@type": ["oa:Annotation"],
        "oa:hasTarget": [place],
        "oa:hasBody": [
            {"@id": _citation_iri(row, dataset)}, *properties, *([gist] if row["gist"] else []),
        ],
        "oa:motivatedBy": [{"@id": "oa:classifying"}] if properties else [],
        "dc:creator": [by] if by else [],
        "rdfs:comment": _texts(" ".join(judged)),
        "dcterms:isPartOf": [{"@id": dataset}],
        "dcterms:source": _texts(row["source_id"]),
    }  # fmt: skip
    yield {
        **place,
        "@type": ["oa:SpecificResource", *(["c4o:InTextReferencePointer"] if mark else [])],
        "oa:hasSource": [{"@id": _iri(work.work_id, dataset)}],
        "oa:hasSelector": [quotation] if row["text"] else [],
        "c4o:hasContent": _texts(mark),
        "rdfs:label": _texts(describe_place(row)),
        "dcterms:type": _texts(row["place"]),
        "dcterms:identifier": _texts(row["sentence_hash"] and f"sha256:{row['sentence_hash']}"),
        "dcterms:isPartOf": [section] if has_section else [],
    }
    if has_section:
        yield {
            **section,
            "@type": ["doco:Section"],
            "dcterms:title": _texts(row["section"]),
            "fabio:hasSequenceIdentifier": _texts(row["section_number"]),
            "dcterms:type": _texts(row["section_kind"]),
        }
    if row["text"]:
        yield {**quotation, "@type": ["oa:TextQuoteSelector"], "oa:exact": _texts(row["text"])}
    if row["gist"]:
        yield {
            **gist,
            "@type": ["oa:TextualBody"],
            "oa:hasPurpose": [{"@id": "oa:describing"}],
            "rdf:value": _texts(row["gist"]),
        }


def _texts(value: str | None) -> list[str]:
    return [clean_line(value)] if value else []


def _characters(labels: list[CitationLabelRow]) -> list[str]:
    """Return the CiTO properties of shown labels, if CiTO has one."""
    values = (CITO.get(str(label["value"])) for label in shown(labels))
    return list(dict.fromkeys(value for value in values if value))


def _citation_iri(row: CitationRow | CitationContextRow, dataset: str) -> str:
    citing, cited = row["citing_work_id"], row["cited_work_id"]
    return f"{dataset}#citation/{_quoted(citing)}/{_quoted(cited)}"


def _iri(work_id: str, dataset: str) -> str:
    """Return the page of the identifier, or else a name within the dataset."""
    scheme, _, value = work_id.partition(":")
    return Identifier(scheme, value).url or f"{dataset}#work/{_quoted(work_id)}"


def _quoted(work_id: str) -> str:
    return quote(work_id, safe=":.")
