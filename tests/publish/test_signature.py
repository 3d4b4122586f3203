"""Signatures: those of minisign hold, ours are of its form, and nothing else passes."""

from __future__ import annotations

import base64
import os

import pytest

from citehub import _signature, errors
from citehub._signature import SecretKey, check_signature, read_secret, read_signature, sign

# Made by minisign 0.11.
SUMS = b"46ec052b991ff130c038b74c86800eeca70495aabefa735825978735d988c6e4  lamp.txt\n"
KEY_ID = "8D18FC30675648A4"
PUBLIC = "RWSkSFZnMPwYjbX8EOL3htwT4X9/wUUyg47Gr2ZCwCOxlxydkX0i2Q2D"
PUBLIC_FILE = f"untrusted comment: minisign public key {KEY_ID}\n{PUBLIC}\n"
SECRET_FILE = (
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAApEhWZzD8GI3j2YTB89I+"
    "BN8ZTSjFFc5K4OiTEUg+Oc7CHA0pWXIyjbX8EOL3htwT4X9/wUUyg47Gr2ZCwCOxlxydkX0i2Q2DAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
)
HASHED = (
    "untrusted comment: made by minisign 0.11\n"
    "RUSkSFZnMPwYjTgngXEnbtnAQhXbQaLZ+KEeflAuBIwUvxOjzCkAPqRzXV4pxf58kbZW+E9jtjGRGUYA2eKHZ/JJ8mhN"
    "VgaoewY=\n"
    "trusted comment: hub:lamps\tversion:1.0.0\n"
    "v8qstCGhqQv/5asLTQaeifAoGm2Jni47UC3T/YKrHDpTbSo0OpeUZZ8vofdZhAXFqJxbEWfzMCwD/632DVbQBw==\n"
)
LEGACY = (
    "untrusted comment: made by minisign 0.11, legacy\n"
    "RWSkSFZnMPwYjWsTE8vuDT6tycnL9KQ93yZlrytYNKIK3wQh7LUtJURxOfE8ThUaYVIOpdWF/+affISXbK81HfkXNo0n"
    "8NTXZQA=\n"
    "trusted comment: an older form\n"
    "GEn9vqOe08vAbpzAvXDmYqjvZkw4g/jsg2ON4mUxeZNjKD65QeFgJ1Qo98X8IpFxCBzgXuOTWUiOiiVcsnaOCA==\n"
)


def never_asked():
    raise AssertionError("a password was asked for")


@pytest.fixture
def signed(tmp_path):
    """A folder that the real minisign signed, with the key beside it."""
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "SHA256SUMS").write_bytes(SUMS)
    (tmp_path / "hub" / "SHA256SUMS.minisig").write_text(HASHED)
    (tmp_path / "lamp.pub").write_text(PUBLIC_FILE)
    (tmp_path / "lamp.key").write_text(SECRET_FILE)
    return tmp_path / "hub"


@pytest.mark.parametrize("text", [HASHED, LEGACY, HASHED.replace("\n", "\r\n"), HASHED[:-1]])
def test_a_signature_of_minisign_holds(signed, text):
    (signed / "SHA256SUMS.minisig").write_bytes(text.encode())
    for key in (PUBLIC, f" {PUBLIC}\n", PUBLIC_FILE, os.fspath(signed.parent / "lamp.pub")):
        assert check_signature(os.fspath(signed), key) == KEY_ID


def test_what_minisign_signed_is_signed_again_byte_for_byte(signed):
    key = read_secret(os.fspath(signed.parent / "lamp.key"), never_asked)
    assert _signature.format_public(key) == PUBLIC
    ours, theirs = sign(SUMS, key, "hub:lamps\tversion:1.0.0").decode(), HASHED
    assert ours.split("\n")[1:] == theirs.split("\n")[1:]
    assert ours.startswith(f"untrusted comment: signature by the key {KEY_ID}\n")
    secret = _signature.format_secret_file(key, "").decode()
    assert secret.split("\n")[1][:-76] == SECRET_FILE.split("\n")[1][:-76]  # minisign: no checksum


@pytest.mark.parametrize("text", [HASHED, LEGACY])
def test_no_byte_of_what_is_signed_can_change(signed, text):
    first = text.index("\n") + 1  # before it is a comment that nobody signs
    for at in range(first, len(text)):
        changed = bytearray(text.encode())
        changed[at] ^= 4
        (signed / "SHA256SUMS.minisig").write_bytes(changed)
        if base64_of(bytes(changed)) == base64_of(text.encode()):
            continue  # bits that pad the base64 mean nothing
        with pytest.raises(errors.BadSignature):
            check_signature(os.fspath(signed), PUBLIC)
    (signed / "SHA256SUMS.minisig").write_text(text)
    for at in range(len(SUMS)):
        changed = bytearray(SUMS)
        changed[at] ^= 1
        (signed / "SHA256SUMS").write_bytes(changed)
        with pytest.raises(errors.BadSignature, match="is not the file that was signed"):
            check_signature(os.fspath(signed), PUBLIC)


def base64_of(text):
    lines = text.split(b"\n")
    try:
        kept = [base64.b64decode(lines[at], validate=True) for at in (1, 3)]
    except (IndexError, ValueError):
        return None
    return [*kept, lines[2], lines[4:]]


@pytest.mark.parametrize("end", range(0, len(HASHED) - 1, 7))
def test_half_a_signature_is_none(signed, end):
    (signed / "SHA256SUMS.minisig").write_text(HASHED[:end])
    with pytest.raises(errors.BadSignature, match=r"not in the form of minisign|not the one"):
        check_signature(os.fspath(signed), PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        "", "\n\n\n\n", HASHED + "more\n", HASHED + HASHED, LEGACY.replace("RWS", "RXS"),
        HASHED.replace("trusted comment: hub", "trusted comment:hub"), "\0" * 300,
    ],
)  # fmt: skip
def test_what_is_no_signature_is_told(signed, text):
    (signed / "SHA256SUMS.minisig").write_text(text)
    with pytest.raises(errors.BadSignature, match="not in the form of minisign") as caught:
        check_signature(os.fspath(signed), PUBLIC)
    assert caught.value.path == os.fspath(signed / "SHA256SUMS.minisig")


def test_a_signature_of_a_hash_is_none_of_the_file_itself(signed):
    """The mark that says which was signed is not signed; swapping it must gain nothing."""
    for text, mark in ((HASHED, "RWS"), (LEGACY, "RUS")):
        first, second, rest = text.split("\n", 2)
        (signed / "SHA256SUMS.minisig").write_text(f"{first}\n{mark}{second[3:]}\n{rest}")
        with pytest.raises(errors.BadSignature, match="not the file that was signed"):
            check_signature(os.fspath(signed), PUBLIC)


def test_the_key_of_another_is_told_by_its_id(signed):
    other = SecretKey(bytes(8), bytes(32))
    with pytest.raises(errors.BadSignature, match=f"{KEY_ID} signed.*given is {'0' * 16}"):
        check_signature(os.fspath(signed), _signature.format_public(other))
    number = bytes.fromhex(KEY_ID)[::-1]  # the same id is easily made, and is no proof
    with pytest.raises(errors.BadSignature, match="not the file that was signed"):
        check_signature(os.fspath(signed), _signature.format_public(SecretKey(number, bytes(32))))


@pytest.mark.parametrize("name", ["SHA256SUMS", "SHA256SUMS.minisig"])
@pytest.mark.parametrize("kind", ["none", "a link", "a folder", "a pipe", "endless"])
def test_files_that_are_none_are_refused_unread(signed, name, kind):
    path = signed / name
    data = path.read_bytes()
    path.unlink()
    if kind == "a link":
        (signed.parent / "real").write_bytes(data)
        path.symlink_to(signed.parent / "real")
    elif kind == "a folder":
        path.mkdir()
    elif kind == "a pipe":
        os.mkfifo(path)
    elif kind == "endless":
        with open(path, "wb") as file:
            file.truncate(1 << 40)
    with pytest.raises(errors.BadSignature, match=f"{name} is no signature to rely on"):
        check_signature(os.fspath(signed), PUBLIC)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", "neither a key nor a file"),
        (PUBLIC[:-1], "neither a key nor a file"),
        (f"RX{PUBLIC[2:]}", "no public key"),
        ("no\0name", "neither a key nor a file"),
        (SECRET_FILE, "is a secret key: show it to nobody"),
        ("lamp.key", "is a secret key: show it to nobody"),
        ("hub", "neither a key nor a file"),
        ("hub/SHA256SUMS", "is no public key"),
    ],
)
def test_what_is_no_public_key_is_told(signed, monkeypatch, key, told):
    monkeypatch.chdir(signed.parent)
    with pytest.raises(errors.BadArgument, match=told) as caught:
        check_signature(os.fspath(signed), key)
    assert "pEhWZzD8" not in str(caught.value)  # of the secret key


@pytest.mark.parametrize("password", ["", "Wachs und Öl"])
def test_a_key_comes_back_with_its_password_alone(tmp_path, monkeypatch, password):
    monkeypatch.setattr(_signature, "_COSTS", (1 << 15, 1 << 20))  # else it takes a second
    path, key = os.fspath(tmp_path / "key"), _signature.make_key()
    (tmp_path / "key").write_bytes(_signature.format_secret_file(key, password))
    asked = iter([password, "another"])
    assert read_secret(path, lambda: next(asked)) == key
    assert (key.seed in base64.b64decode((tmp_path / "key").read_text().split("\n")[1])) == (
        not password
    )
    if password:
        with pytest.raises(errors.BadArgument, match="password is not that of"):
            read_secret(path, lambda: next(asked))


@pytest.mark.parametrize(
    ("at", "value", "told"),
    [
        (0, b"XX", "is no secret key"),
        (2, b"Xx", "encrypted in a way that citehub does not know"),
        (70, b"\0", "two halves are not of one key"),
        (2, b"Sc" + b"B2" + bytes(32) + b"\xff" * 8, "more memory or time than minisign"),
        (2, b"Sc" + b"B2" + bytes(32) + bytes(8) + b"\xff" * 8, "more memory or time"),
        (2, b"Sc" + b"B2" + bytes(32) + bytes(16), "password is not that of"),
    ],
)
def test_what_is_no_secret_key_is_told(tmp_path, at, value, told):
    data = bytearray(base64.b64decode(SECRET_FILE.split("\n")[1]))
    data[at : at + len(value)] = value
    (tmp_path / "key").write_text(f"untrusted comment:\n{base64.b64encode(data).decode()}\n")
    with pytest.raises(errors.BadArgument, match=told):
        read_secret(os.fspath(tmp_path / "key"), lambda: "x")


def test_a_comment_cannot_steer_a_terminal_or_break_a_line(signed):
    key = read_secret(os.fspath(signed.parent / "lamp.key"), never_asked)
    (signed / "SHA256SUMS.minisig").write_bytes(sign(SUMS, key, "a\x1b[2J\rb"))
    said = read_signature(os.fspath(signed), PUBLIC)
    assert said == (KEY_ID, "a\ufffd[2J b")
