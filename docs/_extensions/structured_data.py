"""What search engines read of a page: JSON-LD in the terms of schema.org."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from table_page import data_path

from citehub.publish import dataset_jsonld
from citehub.publish._facts import work_types

if TYPE_CHECKING:
    from citehub import Hub, Work


def dataset(hub: Hub, base: str) -> dict[str, Any]:
    """Return the ``Dataset``, with its files where the site has them."""
    described = dataset_jsonld(hub)
    for file in described["distribution"]:
        name = Path(file["contentUrl"]).stem
        file["contentUrl"] = urljoin(base, data_path(hub, name))
    return {"url": base, **described}


def article(hub: Hub, work: Work, base: str) -> dict[str, Any]:
    """Return a citing work by its type; what is not known is left out."""
    cited = hub.canonical
    described: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": work_types(work)[1],
        "@id": work.url or work.work_id,
        "name": work.title_plain,
        "headline": work.title_plain[:110],
        "author": [
            {
                "@type": "Organization" if row["is_collective"] else "Person",
                "name": row["author_name"],
            }
            for row in work.authorships
        ],
        "datePublished": work.published,
        "abstract": work.abstract,
        "url": work.url,
        "sameAs": sorted(work.links.values()),
        "identifier": [
            {"@type": "PropertyValue", "propertyID": scheme, "value": value}
            for scheme, value in work.ids.items()
        ],
        "isPartOf": {
            "@type": "Dataset",
            "name": hub.manifest["title"],
            "version": hub.version,
            "url": base,
        },
        "citation": {
            "@type": work_types(cited)[1],
            "name": cited.title_plain,
            "url": cited.url,
        },
    }
    return {key: value for key, value in described.items() if value}
