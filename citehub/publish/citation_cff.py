"""``CITATION.cff`` 1.2.0: how to cite the dataset and its canonical work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citehub._identifiers import Identifier
from citehub._manifest import doi, released_on
from citehub._text import is_web_address
from citehub.export.record import dataset_iri
from citehub.publish._facts import LICENSES, work_types
from citehub.publish._yaml import to_yaml

if TYPE_CHECKING:
    from citehub._hub import Hub
    from citehub._json_types import Manifest

_DOI: Final = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")


def citation_cff(hub: Hub) -> bytes:
    """Return ``CITATION.cff``."""
    manifest = hub.manifest
    year = released_on(manifest)[:4]
    keywords = [each for each in dict.fromkeys(manifest["keywords"]) if each]
    dataset = _dataset(manifest)
    content = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, cite the version that you used.",
        "type": "dataset",
        **dataset,
        "abstract": manifest["description"],
        **({"keywords": keywords} if keywords else {}),
        "preferred-citation": {
            "type": "data",
            **dataset,
            **({"year": int(year)} if year.isdecimal() else {}),
        },
        "references": [_canonical(hub)],
    }
    return to_yaml(content).encode()


def _dataset(manifest: Manifest) -> dict[str, Any]:
    """Return the facts on the dataset, which the preferred citation repeats."""
    dataset: dict[str, Any] = {
        "title": manifest["title"],
        "version": manifest["version"],
        "date-released": released_on(manifest),
        "authors": [{"name": each["title"]} for each in manifest["contributors"]],
        "identifiers": [_identifier("doi", doi(manifest) or "") or _other(manifest)],
    }
    names = [each["name"] for each in manifest["licenses"]]
    if names and LICENSES.keys() >= set(names):
        dataset["license"] = names if len(names) > 1 else names[0]
    elif names and is_web_address(manifest["licenses"][0]["path"]):
        dataset["license-url"] = manifest["licenses"][0]["path"]
    if is_web_address(manifest.get("homepage", "")):
        dataset["url"] = manifest["homepage"]
    return dataset


def _other(manifest: Manifest) -> dict[str, str]:
    return {
        "type": "other",
        "value": dataset_iri(manifest),
        "description": "Identifier of this version, made from its hub, its number and its tables.",
    }


def _identifier(scheme: str, value: str) -> dict[str, str] | None:
    if scheme == "doi":
        return {"type": "doi", "value": value} if _DOI.fullmatch(value) else None
    return {"type": "other", "value": Identifier(scheme, value).curie}


def _canonical(hub: Hub) -> dict[str, Any]:
    work = hub.canonical
    known = [_identifier(*each) for each in work.ids.items()]
    reference: dict[str, Any] = {
        "type": work_types(work)[0],
        "title": work.title_plain,
        "authors": [{"name": name} for name in dict.fromkeys(work.authors)]
        or [{"name": "authors not known"}],
    }
    if work.publication_year:
        reference["year"] = work.publication_year
    if any(known):
        reference["identifiers"] = [each for each in known if each]
    address = work.url
    return reference | {"url": address} if address else reference
