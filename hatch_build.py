"""Packs what a wheel carries as one file each.

These are the pages of ``docs/``, the explorer's scripts, the sources of each hub, and of its
releases all but the newest manifest and tables. ``citehub/_packed.py`` unpacks what is of a hub.
"""

from __future__ import annotations

import io
import json
import lzma
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DATE = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes


class Pack(BuildHookInterface[Any]):
    """Adds the packed files; pages are what git tracks of ``docs/``, but no site's machinery."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files, and have the builder put them into the wheel."""
        if version == "editable":  # reads them where they are
            return
        self._scratch = tempfile.TemporaryDirectory()
        docs, bundle = Path(self.root, "docs"), Path(self.root, "citehub", "explorer", "bundle")
        pages = (path for path in self._pages(docs) if self._is_page(path.relative_to(docs)))
        for name, folder, paths in (
            ("citehub/_notebooks.zip.xz", docs, pages),
            ("citehub/explorer/bundle.zip.xz", bundle, self._files(bundle)),
        ):
            target = Path(self._scratch.name, Path(name).name)
            pack(target, folder, paths)
            build_data["force_include"][str(target)] = name
        for index in sorted(Path(self.root, "datasets").glob("*/index.json")):
            self._add_releases(index, build_data["force_include"])
            target = Path(self._scratch.name, f"{index.parent.name}-source.zip.xz")
            pack(target, index.parent / "source", self._files(index.parent / "source"))
            place = f"citehub/_datasets/{index.parent.name}/source.zip.xz"
            build_data["force_include"][str(target)] = place

    def _add_releases(self, index: Path, included: dict[str, str]) -> None:
        """Have a hub's newest manifest and tables put into the wheel, and the other files packed.

        The archive holds each of them once, under its SHA-256.
        """
        listed, hub = json.loads(index.read_text("utf-8")), index.parent
        versions, newest = listed["versions"], listed["default"]
        place = f"citehub/_datasets/{hub.name}"
        beside = {name: each for name, each in versions[newest].items() if is_read(name)}
        for name in beside:  # and nothing else that may lie there
            included[str(hub / newest / name)] = f"{place}/{newest}/{name}"
        paths = {
            digest.partition(":")[2]: hub / version / name
            for version, files in versions.items()
            for name, digest in files.items()
            if digest not in beside.values()
        }
        if paths:
            target = Path(self._scratch.name, f"{hub.name}-releases.zip.xz")
            write(target, dict(sorted(paths.items())))
            included[str(target)] = f"{place}/releases.zip.xz"

    def finalize(self, version: str, _build_data: dict[str, Any], _artifact: str) -> None:
        """Remove what the builder has taken over."""
        if version != "editable":
            self._scratch.cleanup()

    def _pages(self, docs: Path) -> Iterator[Path]:
        for path in sorted(docs.glob("[!._]*")):  # not what a site is made in meanwhile
            yield from self._files(path) if path.is_dir() else [path]

    def _files(self, folder: Path) -> list[Path]:
        return [
            path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not any(map(is_scratch, path.relative_to(folder).parts))
        ]

    def _is_page(self, inside: Path) -> bool:
        return inside != Path("conf.py") and not self.build_config.path_is_excluded(
            f"docs/{inside.as_posix()}"
        )


def is_read(name: str) -> bool:
    """Tell whether loading a release or its tables reads a file."""
    return name == "datapackage.json" or name.endswith(".parquet")


def is_scratch(name: str) -> bool:
    """Tell whether ``_atomic_file`` or ``_writer_lock`` gave something its name for a while."""
    return name.startswith(".") and (name.endswith(".citehub") or name.startswith(".citehub."))


def pack(target: Path, folder: Path, paths: Iterable[Path]) -> None:
    """Write files of a folder into an archive."""
    write(target, {path.relative_to(folder).as_posix(): path for path in paths})


def write(target: Path, paths: Mapping[str, Path]) -> None:
    """Write files into a zip file, each under its name there, and compress it as a whole."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as packed:
        for name, path in paths.items():
            packed.writestr(zipfile.ZipInfo(name, DATE), path.read_bytes())
    target.write_bytes(lzma.compress(plain.getvalue(), preset=9 | lzma.PRESET_EXTREME))
