"""The announcements of a dump's manifest.

OpenAlex writes one for each kind of records (``works/manifest.json``) and one for all kinds above
them; until 2025 it was a file ``manifest`` without a suffix, in Redshift's form.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

MANIFESTS: Final = ("manifest.json", "manifest")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOST_NAMED: Final = 3  # files in a sentence


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that a manifest announces; null is not known."""

    n_bytes: int | None
    n_records: int | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The announced files, by path within the dataset's folder."""

    path: str
    date: str | None
    files: dict[str, Announced]

    @property
    def title(self) -> str:
        """The manifest in words."""
        return f"{os.path.basename(self.path)} of {self.date}" if self.date else self.path


def find_manifest(folder: str, name: str) -> Manifest | None:
    """Return the manifest of a dataset: in its folder, or in the one above, for all datasets.

    Raises
    ------
    ValueError
        It cannot be read; the message names it.
    """
    for place in (folder, os.path.dirname(folder)):
        for each in MANIFESTS:
            path = os.path.join(place, each)
            if os.path.isfile(path):
                found = _read(path, name, is_own=place == folder)
                if found is not None:
                    return found
    return None


def _read(path: str, name: str, *, is_own: bool) -> Manifest | None:
    try:
        with open(path, "rb") as file:
            content = json.load(file)
        whole = content
        if not is_own or "entities" in content:
            named = [each for each in content.get("entities", ()) if each.get("entity") == name]
            if not named:
                return None
            (content,) = named
        files = {}
        for each in content.get("files", content.get("entries")):
            meta = each.get("meta") or each
            counts = (meta.get("content_length"), meta.get("record_count"))
            files[_below(each["url"], name)] = Announced(*map(_count, counts))
        date = str(whole.get("date"))
        return Manifest(path, date if _DATE.fullmatch(date) else None, files)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read as a manifest: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        problem = "it should be JSON with a list of files, each with its url"
        raise ValueError(f"{path}: cannot be read as a manifest: {problem}") from None


def _below(url: str, name: str) -> str:
    """Return the path of an announced file below the folder of its dataset."""
    return unquote(url).rpartition(f"/{name}/")[2]


def _count(value: Any) -> int | None:
    text = str(value)
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else None


def shown(names: list[str]) -> str:
    """Return some names for a sentence, and the number of others."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
