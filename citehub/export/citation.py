"""How to cite a data version, or one work: BibTeX, APA text and CSL-JSON."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from citehub._manifest import (
    DOI_PREFIX,
    MANIFEST,
    doi,
    read_bytes,
    released_on,
    sha256,
)
from citehub._tex import escape_tex
from citehub._text import clean_line, is_web_address, json_array
from citehub.errors import DamagedManifest, UnknownFormat
from citehub.export import STYLES, apa, bibtex, csl_json
from citehub.export.kinds import kind
from citehub.export.record import dataset_iri

if TYPE_CHECKING:
    from citehub._hub import Hub
    from citehub._work import Work


def cite(hub: Hub, work: Work | None, style: str) -> str:
    """Return the reference of a work, or by default of the data version."""
    if style not in STYLES:
        raise UnknownFormat.among("citation style", str(style), STYLES)
    write = _WORK[style] if work else _DATASET[style]
    cited: Any = work or hub
    return write(cited)


def _work_bibtex(work: Work) -> str:
    return bibtex.entry(kind(work).bibtex, work.work_id, bibtex.reference(work)).rstrip("\n")


def _work_csl(work: Work) -> str:
    return "".join(json_array([csl_json.without_nulls(csl_json.reference(work))]))


def _dataset_bibtex(hub: Hub) -> str:
    fields = {
        "author": " and ".join(f"{{{escape_tex(name)}}}" for name in _creators(hub)),
        "title": f"{{{escape_tex(hub.manifest['title'])}}}",
        "year": escape_tex(_created(hub)[0]),
        "howpublished": escape_tex(f"Data set {hub.name}, version {hub.version}"),
        "note": escape_tex(dataset_iri(hub.manifest)),
        "doi": bibtex.doi(doi(hub.manifest) or ""),
        "url": bibtex.address(_page(hub) or ""),
        "citehub-manifest": _manifest_hash(hub),
    }
    return bibtex.entry("misc", f"citehub-{hub.name}-{hub.version}", fields).rstrip("\n")


def _dataset_apa(hub: Hub) -> str:
    title = clean_line(f"{hub.manifest['title']} (Version {hub.version}) [Data set]")
    return apa.join(_creators(hub), _created(hub)[0], title, None, _address(hub))


def _dataset_csl(hub: Hub) -> str:
    item: dict[str, Any] = {
        "id": f"citehub-{hub.name}-{hub.version}",
        "type": "dataset",
        "title": hub.manifest["title"],
        "author": [{"literal": name} for name in _creators(hub)],
        "issued": {"date-parts": [[int(part) for part in _created(hub) if part.isdecimal()]]},
        "version": hub.version,
        "DOI": doi(hub.manifest),
        "URL": _address(hub),
        "custom": {
            "hub": hub.name,
            "data_version": hub.version,
            "identifier": dataset_iri(hub.manifest),
            "manifest": _manifest_hash(hub),
        },
    }
    return "".join(json_array([_cleaned(csl_json.without_nulls(item))]))


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cleaned(each) for name, each in value.items()}
    return clean_line(value) if isinstance(value, str) else value


def _creators(hub: Hub) -> list[str]:
    return [clean_line(person["title"]) for person in hub.manifest["contributors"]]


def _created(hub: Hub) -> list[str]:
    return clean_line(released_on(hub.manifest)).split("-")


def _page(hub: Hub) -> str | None:
    """Return the address of the dataset; None if not known."""
    identifier = doi(hub.manifest)
    page = f"{DOI_PREFIX}{identifier}" if identifier else hub.manifest.get("homepage", "")
    return clean_line(page) if is_web_address(page) else None


def _address(hub: Hub) -> str:
    """Return the address of the dataset, with the identifier of the version.

    The styles of APA, IEEE, MLA and Vancouver all print an address, and only a DOI as identifier;
    without a DOI, the identifier is a fragment of the address.
    """
    identifier, page = dataset_iri(hub.manifest), _page(hub)
    if page is None or doi(hub.manifest):
        return page or identifier
    return f"{page.partition('#')[0]}#{identifier}"


def _manifest_hash(hub: Hub) -> str:
    """Return the hash of the manifest, which holds that of each table; no style prints it."""
    return sha256(read_bytes(os.path.join(hub.release.folder, MANIFEST), DamagedManifest))


_WORK: Final = {"bibtex": _work_bibtex, "apa": apa.reference, "csl-json": _work_csl}
_DATASET: Final = {"bibtex": _dataset_bibtex, "apa": _dataset_apa, "csl-json": _dataset_csl}
