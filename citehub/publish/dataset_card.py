"""``README.md``: the dataset card, for people and for Hugging Face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citehub import _markdown as md
from citehub._manifest import SUMS, released_on
from citehub._text import is_web_address
from citehub.publish._facts import LICENSES
from citehub.publish._yaml import to_yaml
from citehub.publish.rights import licenses

if TYPE_CHECKING:
    from citehub._hub import Hub
    from citehub._json_types import Manifest

_SIZES: Final = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))
_LARGEST: Final = "100K<n<1M"
_TABLE_NOTE: Final = (
    "Each table is one Parquet file. `datapackage.json` describes every column: its type, its "
    "unit, its vocabulary, its keys."
)
_LOADING: Final = """\
import citehub
import pandas as pd
from datasets import load_dataset

hub = citehub.load("./FOLDER")  # this folder; every hash is checked, null stays null
works = hub.citing_works.to_pandas()

works = pd.read_parquet("FOLDER/works.parquet", dtype_backend="pyarrow")

works = load_dataset("./FOLDER", "works", split="train")"""


def dataset_card(hub: Hub) -> bytes:
    """Return ``README.md``."""
    manifest = hub.manifest
    paragraphs = manifest["description"].split("\n\n")
    parts = [
        f"---\n{to_yaml(_metadata(manifest))}---",
        f"# {md.text(manifest['title'])}",
        f"Version {md.text(hub.version)}, released {md.text(released_on(manifest))}.",
        *(md.paragraph(paragraph) for paragraph in paragraphs if paragraph.strip()),
        "## What it says in sum",
        md.paragraph(hub.summary()),
        _shares(hub),
        "## Tables",
        md.table(("table", "rows", "a row is"), _tables(manifest)),
        _TABLE_NOTE,
        "## Load it",
        md.fenced(_LOADING, "python"),
        "## Limits",
        _limits(manifest),
        "## Rights",
        "\n".join(licenses(hub)),
        "[RIGHTS.md](RIGHTS.md) gives the terms of each source, as far as they are known.",
        "## How to cite",
        md.fenced(hub.cite(), "bibtex"),
        "## Check the files",
        md.fenced(f"sha256sum -c {SUMS}", "sh"),
    ]
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8", "replace")


def _metadata(manifest: Manifest) -> dict[str, Any]:
    """Return the front matter; a table without rows has no configuration."""
    rows = next(each["rows"] for each in manifest["resources"] if each["name"] == "works")
    names = [each["name"] for each in manifest["licenses"]]
    known = [LICENSES.get(name, "other") for name in names]
    metadata: dict[str, Any] = {
        "pretty_name": manifest["title"],
        "license": known,
        "tags": manifest["keywords"],
        "size_categories": [next((size for most, size in _SIZES if rows < most), _LARGEST)],
        "configs": [
            {"config_name": each["name"], "data_files": each["path"]}
            | ({"default": True} if each["name"] == "works" else {})
            for each in manifest["resources"]
            if each["rows"]  # the library `datasets` cannot read an empty Parquet file
        ],
    }
    if "other" in known:
        other = manifest["licenses"][known.index("other")]
        metadata["license_name"] = other["name"]
        if is_web_address(other["path"]):
            metadata["license_link"] = other["path"]
    return metadata


def _shares(hub: Hub) -> str:
    found = [row for row in hub.summary() if row.low is not None and row.high is not None]
    says_by = any(row.labeler for row in found)
    rows = [
        (
            md.text(row.scheme),
            md.text(row.value or row.raw_value),
            f"{row.n} of {row.n_labelled}",
            f"{row.n_labelled} of {row.n_all}" + (f" {row.unit}" if says_by else ""),
            f"{100 * (row.low or 0):.0f} to {100 * (row.high or 0):.0f} %",
            *([md.text(row.labeler or row.source_id)] if says_by else []),
        )
        for row in found
    ]
    headers = ("scheme", "label", "of the labelled", "labelled of all", "95 % Wilson interval")
    return md.table((*headers, *(["by"] if says_by else [])), rows) if rows else ""


def _tables(manifest: Manifest) -> list[tuple[str, str, str]]:
    own = manifest["citehub"].get("own_tables", ())
    return [
        (
            md.code(each["name"]),
            f"{each['rows']:,}",
            md.text(each["description"])
            + (" Only this hub has it." if each["name"] in own else ""),
        )
        for each in manifest["resources"]
    ]


def _limits(manifest: Manifest) -> str:
    stated = manifest["citehub"].get("responsible_ai", {})
    lines = ["Null means *not known*. It is never zero and never false."]
    named = ("data_limitations", "data_biases")
    lines += [md.paragraph(stated[key]) for key in named if key in stated]
    if any(not each["rows"] for each in manifest["resources"]):
        lines.append(
            "A table without rows says that its content is not known. Hugging Face's `datasets` "
            "cannot read such a file, so it has no configuration there."
        )
    return "\n".join(f"- {line}" for line in lines)
