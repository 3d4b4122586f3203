"""``dataset.jsonld``: schema.org's ``Dataset``, for search engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub.export.record import dataset_iri
from citehub.publish._facts import agents, describe, describe_file, licenses, work_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._hub import Hub
    from citehub._json_types import Field, Manifest

_MOST_LETTERS: Final = 5000  # of a description, as search engines take it; 50 at least


def dataset_jsonld(hub: Hub) -> dict[str, Any]:
    """Return a release as a ``Dataset`` of schema.org.

    Parameters
    ----------
    hub : Hub
        An opened release.

    Returns
    -------
    dict
        A JSON-LD object. Addresses of files are relative to the place of publication.

    Examples
    --------
    >>> import citehub
    >>> dataset_jsonld(citehub.load("mt-nlg"))["name"]
    'Citation hub of Megatron-Turing NLG 530B'
    """
    manifest = hub.manifest
    description = f"{manifest['description']}\n\n{hub.summary()}"
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": dataset_iri(manifest),
        **describe(hub),
        "description": _shorten(description),
        "license": licenses(manifest),
        "creator": agents(manifest),
        "citation": _canonical(hub),
        "variableMeasured": list(_variables(manifest)),
        "distribution": [
            {"@type": "DataDownload", **describe_file(each)} for each in manifest["resources"]
        ],
    }


def _shorten(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"


def _canonical(hub: Hub) -> dict[str, Any]:
    """Return the work that the dataset is about."""
    canonical = hub.canonical
    work: dict[str, Any] = {
        "@type": work_types(canonical)[1],
        "name": canonical.title_plain,
        "identifier": canonical.work_id,
    }
    if canonical.authors:
        work["author"] = list(canonical.authors)
    if canonical.published:
        work["datePublished"] = canonical.published
    address = canonical.url
    return work | {"url": address} if address else work


def _variables(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Yield the columns with numbers, truth values, dates or a closed vocabulary."""
    for resource in manifest["resources"]:
        for column in resource["schema"]["fields"]:
            if column["arrowType"] != "string":
                yield _variable(f"{resource['name']}.{column['name']}", column)


def _variable(name: str, column: Field) -> dict[str, Any]:
    variable = {
        "@type": "PropertyValue",
        "name": name,
        "description": column["description"],
    }
    return variable | {"unitText": column["unit"]} if "unit" in column else variable
