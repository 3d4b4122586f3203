"""Packs the pages of the documentation, which are notebooks, into one file of the wheel."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKED = "citehub/_notebooks.zip"
DATE = (1980, 1, 1, 0, 0, 0)  # the same pages give the same bytes


class PackNotebooks(BuildHookInterface[Any]):
    """Adds the pages of ``docs/`` that git tracks, beside those of the site's machinery."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the file, and have the builder put it into the wheel."""
        if version == "editable":  # reads the pages where they are
            return
        self._scratch = tempfile.TemporaryDirectory()
        path = Path(self._scratch.name, "notebooks.zip")
        with zipfile.ZipFile(path, "w") as packed:
            for page in self._pages():
                info = zipfile.ZipInfo(page.relative_to(self._docs).as_posix(), DATE)
                info.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(info, page.read_bytes(), compresslevel=9)
        build_data["force_include"][str(path)] = PACKED

    def finalize(self, version: str, _build_data: dict[str, Any], _artifact: str) -> None:
        """Remove what the builder has taken over."""
        if version != "editable":
            self._scratch.cleanup()

    @property
    def _docs(self) -> Path:
        return Path(self.root, "docs")

    def _pages(self) -> list[Path]:
        return [
            page
            for page in sorted(self._docs.rglob("*.md"))
            if not page.relative_to(self._docs).parts[0].startswith("_")
            and not self.build_config.path_is_excluded(page.relative_to(self.root).as_posix())
        ]
