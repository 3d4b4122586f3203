"""Zip files from elsewhere: whatever is wrong with one, nothing of it is taken."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile

import pytest

import citehub
from citehub import errors
from tests.adding.test_add import TABLE, tree

END = b"PK\x05\x06"
LIST = b"PK\x01\x02"
HEAD = b"PK\x03\x04"


@pytest.fixture
def files(published):
    """The content of a published folder, by name."""
    return {each.name: each.read_bytes() for each in sorted(published.iterdir())}


def pack(files, method=zipfile.ZIP_DEFLATED):
    """Return an archive of files; a name may be a `zipfile.ZipInfo`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return bytearray(buffer.getvalue())


def named(name, data=b"x"):
    return lambda files: pack([*files.items(), (name, data)])


def of_mode(mode):
    entry = zipfile.ZipInfo("README.txt")
    entry.external_attr = mode << 16
    return lambda files: pack([*files.items(), (entry, b"/etc/passwd")])


def renamed(old, new):
    """Give an entry another name in the archive, which zipfile would not write."""
    return lambda files: pack([*files.items(), (old, b"x")]).replace(old.encode(), new)


def at_list(offset, form, value, name=TABLE):
    """Change a field of an entry in the list of entries."""

    def change(files):
        data = pack(files.items())
        start = data.rindex(name.encode()) - 46
        assert data[start : start + 4] == LIST
        struct.pack_into(form, data, start + offset, value)
        return data

    return change


def at_end(offset, form, value):
    def change(files):
        data = pack(files.items())
        struct.pack_into(form, data, data.rindex(END) + offset, value)
        return data

    return change


def overlapping(files):
    """Have many entries share the bytes of one, as bombs do."""
    data = pack([*files.items(), *((f"b{n}.txt", b"x" * 9) for n in range(3))])
    first = data.index(b"b0.txt") - 30
    for n in range(1, 3):
        struct.pack_into("<L", data, data.rindex(b"b%d.txt" % n) - 46 + 42, first)
    return data


def swelling(files):
    """Have a table swell far beyond its size, in an archive that tells the truth."""
    manifest = json.loads(files["datapackage.json"])
    works = next(each for each in manifest["resources"] if each["path"] == TABLE)
    works["bytes"] = 100 << 20
    files = {name: each for name, each in files.items() if name != "SHA256SUMS"}
    files["datapackage.json"] = json.dumps(manifest).encode()
    files[TABLE] = bytes(works["bytes"])
    return pack(files.items())


def swelling_secretly(files):
    """The same, with the small size of before in all heads."""
    size = len(files[TABLE])
    data = pack({**files, TABLE: bytes(50 << 20)}.items())
    struct.pack_into("<L", data, data.rindex(TABLE.encode()) - 46 + 24, size)
    struct.pack_into("<L", data, data.index(TABLE.encode()) - 30 + 22, size)
    return data


def directory_bomb(files):
    """A list of entries that says to be very long."""
    data = pack(files.items())
    end = data.rindex(END)
    body = bytes(data[:end]) + b"\0" * (20 << 20)
    tail = bytearray(data[end:])
    struct.pack_into("<LL", tail, 12, len(body) - data.index(LIST), data.index(LIST))
    return body + tail


ATTACKS = {
    "traversal": (named("../../evil.txt"), "leads out"),
    "a point": (named("./datapackage.json"), "leads out"),
    "an empty part": (named("a//b"), "leads out"),
    "an absolute path": (named("/etc/evil.txt"), "leads out"),
    "a drive": (named("C:evil.txt"), "not one of a file everywhere"),
    "a stream": (named("README.md:evil"), "not one of a file everywhere"),
    "a backslash": (renamed("a_b.txt", b"a\\b.txt"), "not one of a file everywhere"),
    "a NUL": (renamed("README.md_evil", b"README.md\0evil"), "not one of a file everywhere"),
    "a control character": (named("a\x1b[2Jb"), "not one of a file everywhere"),
    "a link": (of_mode(0o120777), "is a link or a device"),
    "a device": (of_mode(0o020666), "is a link or a device"),
    "a pipe": (of_mode(0o010666), "is a link or a device"),
    "two of one name": (renamed("README.mx", b"README.md"), "occurs twice"),
    "two of one name, in another case": (named("readme.MD"), "occurs twice"),
    "a folder and a file": (named("README.md/"), "occurs twice"),
    "an encrypted entry": (at_list(8, "<H", 1), "is encrypted"),
    "bzip2": (lambda files: pack(files.items(), zipfile.ZIP_BZIP2), "use deflate"),
    "lzma": (lambda files: pack(files.items(), zipfile.ZIP_LZMA), "use deflate"),
    "an unknown compression": (at_list(10, "<H", 97), "use deflate"),
    "overlapping entries": (overlapping, "overlap"),
    "an entry in another": (at_list(42, "<L", 40), "overlap"),
    "an entry beyond the end": (at_list(42, "<L", 1 << 30), "overlap|sound"),
    "another size of what is packed": (at_list(20, "<L", 1 << 30), "overlap"),
    "a swelling table": (swelling, "swells to more than"),
    "a table that swells secretly": (swelling_secretly, "found more|sound zip"),
    "a smaller size than is there": (at_list(24, "<L", 10), "sound zip|found 10 bytes"),
    "a wrong checksum": (at_list(16, "<L", 7), "Bad CRC-32"),
    "too many entries": (
        lambda files: pack([*files.items(), *((f"{n}", b"") for n in range(10_001))]), "10,0",
    ),
    "a long list": (directory_bomb, "its list has"),
    "something before": (lambda files: b"#!/bin/sh\n" + pack(files.items()), "before them"),
    "a list beyond the end": (at_end(16, "<L", 1 << 31), "overlap|sound"),
    "cut off": (lambda files: pack(files.items())[:-30], "sound zip"),
    "without its start": (lambda files: pack(files.items())[200:], "overlap|sound"),
    "no archive": (lambda _files: b"<html>not found</html>", "sound zip"),
    "empty": (lambda _files: b"", "sound zip"),
    "no release": (lambda _files: pack([("README.md", b"")]), "it has none"),
    "two releases": (
        lambda files: pack([(f"{top}/{name}", files[name]) for top in "ab" for name in files]),
        "it has a/datapackage.json, b/datapackage.json",
    ),
    "an archive in it": (
        lambda files: pack([("made.zip", bytes(pack(files.items())))]), "it has none",
    ),
    "a missing table": (
        lambda files: pack((n, d) for n, d in files.items() if n != TABLE), "is missing",
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_archive_adds_nothing(files, tmp_path, home, attack):
    make, said = ATTACKS[attack]
    path = tmp_path / "made.zip"
    path.write_bytes(make(files))
    with pytest.raises(errors.DamagedRelease, match=said) as raised:
        citehub.add(path)
    assert str(raised.value).startswith(str(path))
    assert str(raised.value).isprintable()
    assert tree(home) == []
    assert not list(tmp_path.parent.glob("evil*"))


def test_every_byte_of_an_archive_may_be_another(files, tmp_path, home):
    """Nothing but an error of citehub's, or the very files."""
    data = pack(files.items(), zipfile.ZIP_STORED)
    path = tmp_path / "made.zip"
    start = data.index(LIST)
    for place in (
        *range(0, 30, 5),
        *range(start, start + 60, 4),
        *range(len(data) - 22, len(data), 3),
    ):
        broken = bytearray(data)
        broken[place] ^= 0xFF
        path.write_bytes(broken)
        try:
            hub = citehub.add(path)
        except errors.CitehubError:
            assert tree(home) == []
        else:
            got = {
                each: (home / "made/0.9.0" / each).read_bytes() for each in os.listdir(hub.path)
            }
            assert got.items() <= files.items()
            citehub.adding.home.remove("made")


def test_what_honest_tools_write_is_read(files, tmp_path):
    folder = zipfile.ZipInfo("made/")
    folder.external_attr = 0o40755 << 16
    entries = [(folder, b""), *((f"made/{name}", data) for name, data in files.items())]
    data = pack([*entries, ("__MACOSX/made/._README.md", b"x"), ("made/sub/notes.txt", b"x")])
    struct.pack_into("<H", data, data.rindex(END) + 20, 7)
    path = tmp_path / "made.zip"
    path.write_bytes(data + b"comment")
    assert citehub.add(path).version == "0.9.0"
    streamed = _Streamed(path)
    with zipfile.ZipFile(streamed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(content)
    streamed.file.close()
    assert citehub.add(path).version == "0.9.0"


class _Streamed:
    """A file that cannot go back, so that sizes come after what is packed."""

    def __init__(self, path):
        self.file = path.open("wb")

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()
