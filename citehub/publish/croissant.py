"""``croissant.json``: Croissant 1.1, with the properties of responsible AI.

Closed vocabularies are separate enumerations; an intent or a polarity has the IRI of its CiTO
property.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub._cito import CITO, CITO_NAMESPACE
from citehub._manifest import RESPONSIBLE_AI
from citehub._types import TYPES
from citehub.publish._facts import agents, describe, describe_file, licenses

if TYPE_CHECKING:
    from citehub._hub import Hub
    from citehub._json_types import Field, Manifest, Resource

_TERMS: Final = (
    *("annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty"),
    *("excludes", "extract", "field", "fileProperty", "fileObject", "fileSet", "format"),
    *("includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path"),
    *("readLines", "recordSet", "references", "regex", "repeated", "replace", "samplingRate"),
    *("sdVersion", "separator", "source", "subField", "transform", "unArchive", "value"),
)
_CONTEXT: Final = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: f"cr:{term}" for term in _TERMS},
}
_CONFORMS_TO: Final = [
    "http://mlcommons.org/croissant/1.1",
    "http://mlcommons.org/croissant/RAI/1.0",
]


def croissant(hub: Hub) -> dict[str, Any]:
    """Return the Croissant description of a release."""
    manifest = hub.manifest
    vocabularies = _name_vocabularies(manifest)
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS_TO,
        **describe(hub),
        "license": licenses(manifest),
        "creator": agents(manifest),
        "citeAs": hub.cite(),
        "isLiveDataset": False,
        **_responsible_ai(hub),
        "distribution": [
            {"@type": "cr:FileObject", "@id": each["path"], **describe_file(each)}
            for each in manifest["resources"]
        ],
        "recordSet": [
            *(_record_set(hub, each, vocabularies) for each in manifest["resources"]),
            *(_enumeration(name, values) for values, name in vocabularies.items()),
        ],
    }


def _responsible_ai(hub: Hub) -> dict[str, Any]:
    """Return the maintainer's statements, and the reach of the labels as a limitation."""
    stated = hub.manifest["citehub"].get("responsible_ai", {})
    properties: dict[str, Any] = {
        _property(key): stated[key] for key in RESPONSIBLE_AI if key in stated
    }
    limits = [stated["data_limitations"]] if "data_limitations" in stated else []
    properties[_property("data_limitations")] = [*limits, str(hub.summary())]
    return properties


def _property(key: str) -> str:
    first, *rest = key.split("_")
    return f"rai:{first}" + "".join(part.capitalize() for part in rest)


def _record_set(
    hub: Hub, resource: Resource, vocabularies: dict[tuple[str, ...], str]
) -> dict[str, Any]:
    table, schema = resource["name"], resource["schema"]
    references = _references(hub, resource, vocabularies)
    fields = []
    for column in schema["fields"]:
        field = _field(f"{table}/{column['name']}", column["name"], _data_type(column))
        field["description"] = column["description"]
        field["source"] = _in_file(resource["path"], column["name"])
        if column["name"] in references:
            field["references"] = references[column["name"]]
        fields.append(field)
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": resource["description"],
        "key": [{"@id": f"{table}/{column}"} for column in schema["primaryKey"]],
        "field": fields,
    }


def _references(
    hub: Hub, resource: Resource, vocabularies: dict[tuple[str, ...], str]
) -> dict[str, dict[str, Any]]:
    """Return what columns refer to: columns of other files, and vocabularies.

    A column without values refers to nothing, as mlcroissant fails on joining texts with nulls.
    """
    schema = resource["schema"]
    paths = {each["name"]: each["path"] for each in hub.manifest["resources"]}
    found = {
        key["fields"][0]: _in_file(
            paths[key["reference"]["resource"]], key["reference"]["fields"][0]
        )
        for key in schema.get("foreignKeys", ())
        if key["reference"]["resource"] in paths
    }
    for column in schema["fields"]:
        if vocabulary := _vocabulary(column):
            found[column["name"]] = {"field": {"@id": f"{vocabularies[vocabulary]}/name"}}
    filled = hub.table(resource["name"]).to_arrow(list(found))
    return {
        name: reference
        for name, reference in found.items()
        if filled[name].null_count < filled.num_rows
    }


def _in_file(path: str, column: str) -> dict[str, Any]:
    """Return a column of a file; a reference to a field could be read only once."""
    return {"fileObject": {"@id": path}, "extract": {"column": column}}


def _enumeration(name: str, values: tuple[str, ...]) -> dict[str, Any]:
    fields = [_field(f"{name}/name", "name", "sc:Text")]
    records: list[dict[str, str | None]] = [{f"{name}/name": value} for value in values]
    if CITO.keys() >= set(values):
        fields.append(_field(f"{name}/url", "url", "sc:URL"))
        for record, value in zip(records, values, strict=True):
            term = CITO[value]
            record[f"{name}/url"] = f"{CITO_NAMESPACE}{term}" if term else None
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"The values that {name} can take.",
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{name}/name"},
        "field": fields,
        "data": records,
    }


def _field(identifier: str, name: str, data_type: str) -> dict[str, Any]:
    return {"@type": "cr:Field", "@id": identifier, "name": name, "dataType": data_type}


def _data_type(column: Field) -> str:
    return "sc:URL" if column.get("format") == "uri" else TYPES[column["arrowType"]].croissant


def _vocabulary(column: Field) -> tuple[str, ...]:
    return tuple(column.get("constraints", {}).get("enum", ()))


def _name_vocabularies(manifest: Manifest) -> dict[tuple[str, ...], str]:
    """Return the closed vocabularies, each named after its first column."""
    named: dict[tuple[str, ...], str] = {}
    for resource in manifest["resources"]:
        for column in resource["schema"]["fields"]:
            if _vocabulary(column):
                named.setdefault(_vocabulary(column), f"{resource['name']}.{column['name']}")
    return named
