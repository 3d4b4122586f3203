"""Releases of every schema, kept as they were written: they load, and say the same, for ever."""

from __future__ import annotations

import io
import json
import lzma
import zipfile

import pytest

import citehub
from citehub._schema import SCHEMA_VERSION
from citehub.export import FORMATS
from tests.conftest import TESTS

KEPT = TESTS / "old_releases"
PACKED = sorted(KEPT.glob("*.zip.xz"))
BY_LOWEST, BY_NEWEST = "pyarrow-17", "pyarrow-26"


@pytest.fixture(scope="module", params=PACKED, ids=lambda path: path.name.partition(".")[0])
def kept(request, tmp_path_factory):
    """Unpack a release; return its folder, and its rows as JSON has them."""
    folder = tmp_path_factory.mktemp("old")
    with zipfile.ZipFile(io.BytesIO(lzma.decompress(request.param.read_bytes()))) as archive:
        archive.extractall(folder)
    return folder / "release", json.loads((folder / "rows.json").read_bytes())


def test_each_schema_is_there_by_the_lowest_and_the_newest_pyarrow():
    versions = range(1, SCHEMA_VERSION + 1)
    names = {f"schema-{each}-{by}.zip.xz" for each in versions for by in (BY_LOWEST, BY_NEWEST)}
    assert {path.name for path in PACKED} == names, "python -m tests.old_releases.make"


def test_they_never_change():
    from citehub._manifest import format_sums, sha256

    sums = {path.name: sha256(path.read_bytes()) for path in PACKED}
    assert (KEPT / "SHA256SUMS").read_bytes() == format_sums(sums)


def test_it_loads_and_says_the_same(kept):
    folder, rows = kept
    hub = citehub.load(folder)
    hub.verify()
    assert citehub.check(folder).passed, str(citehub.check(folder))
    assert [*hub.tables] == [*rows]
    for name, expected in rows.items():
        table = hub.table(name)
        found = json.loads(json.dumps(table.to_arrow().to_pylist(), default=str))
        assert found == expected, name
        assert len(table) == len(table.to_pandas()) == len(expected)
    for row in rows["works"]:
        assert hub.work(row["work_id"]).title_plain == row["title_plain"]


def test_it_is_exported_and_shown(kept, say):
    folder, rows = kept
    hub = citehub.load(folder)
    titles = [row["title_plain"] for row in rows["works"][1:]]
    for name in FORMATS:
        assert bytes(hub.export(name))
    text = bytes(hub.export("csv")).decode()
    assert all(title in text for title in titles)
    for command in ("show", "verify"):
        assert say(command, str(folder))
