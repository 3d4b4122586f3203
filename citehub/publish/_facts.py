"""Facts about a release for several publishing files, in schema.org's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub._manifest import released_on
from citehub._text import is_web_address
from citehub.export.record import dataset_iri

if TYPE_CHECKING:
    from citehub._hub import Hub
    from citehub._json_types import Manifest, Resource
    from citehub._work import Work

PARQUET: Final = ["application/vnd.apache.parquet", "application/x-parquet"]
LICENSES: Final = {
    "CC0-1.0": "cc0-1.0",
    "CC-BY-4.0": "cc-by-4.0",
    "CC-BY-SA-4.0": "cc-by-sa-4.0",
    "CC-BY-NC-4.0": "cc-by-nc-4.0",
    "CC-BY-NC-SA-4.0": "cc-by-nc-sa-4.0",
    "CC-BY-ND-4.0": "cc-by-nd-4.0",
    "CC-BY-NC-ND-4.0": "cc-by-nc-nd-4.0",
    "ODC-By-1.0": "odc-by",
    "ODbL-1.0": "odbl",
    "PDDL-1.0": "pddl",
    "Apache-2.0": "apache-2.0",
    "MIT": "mit",
}
"""Licences of data: the SPDX id, and how Hugging Face spells it."""
_ARTICLE: Final = ("article", "ScholarlyArticle")
_WORK_TYPES: Final = {  # by OpenAlex's type: that of CITATION.cff, that of schema.org
    "preprint": ("generic", "ScholarlyArticle"),
    "article": _ARTICLE,
    "review": _ARTICLE,
    "editorial": _ARTICLE,
    "letter": _ARTICLE,
    "erratum": _ARTICLE,
    "retraction": _ARTICLE,
    "conference-paper": ("conference-paper", "ScholarlyArticle"),
    "book": ("book", "Book"),
    "book-chapter": ("generic", "Chapter"),
    "reference-entry": ("generic", "Chapter"),
    "dissertation": ("thesis", "Thesis"),
    "report": ("report", "Report"),
    "dataset": ("data", "Dataset"),
    "software": ("software", "SoftwareApplication"),
    "standard": ("standard", "CreativeWork"),
}
_OTHER: Final = ("generic", "CreativeWork")


def work_types(work: Work) -> tuple[str, str]:
    """Return the type of a work in CITATION.cff and in schema.org."""
    known = work.type or ("preprint" if "arxiv" in work.ids else "")
    return _WORK_TYPES.get(known, _OTHER)


def describe(hub: Hub) -> dict[str, Any]:
    """Return the properties of the dataset that every kind of JSON-LD shares."""
    manifest = hub.manifest
    facts: dict[str, Any] = {
        "name": manifest["title"],
        "description": manifest["description"],
        "version": manifest["version"],
        "datePublished": released_on(manifest),
        "identifier": dataset_iri(manifest),
        "keywords": manifest["keywords"],
    }
    if is_web_address(manifest.get("homepage", "")):
        facts["url"] = manifest["homepage"]
    return facts


def licenses(manifest: Manifest) -> list[str]:
    """Return the licences: where each is, or its name where its address is none of the web."""
    return [
        each["path"] if is_web_address(each["path"]) else each["name"]
        for each in manifest["licenses"]
    ]


def agents(manifest: Manifest) -> list[dict[str, str]]:
    """Return who made the dataset."""
    return [{"@type": "Organization", "name": each["title"]} for each in manifest["contributors"]]


def describe_file(resource: Resource) -> dict[str, Any]:
    """Return a table's file: its place, type, size and hash."""
    return {
        "name": resource["path"],
        "description": resource["description"],
        "contentUrl": resource["path"],
        "contentSize": f"{resource['bytes']} B",
        "encodingFormat": PARQUET,
        "sha256": resource["hash"].removeprefix("sha256:"),
    }
