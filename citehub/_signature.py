"""Signatures of published folders, in the form of minisign: ed25519 keys, a line of text each.

Whoever has the public key can check them with citehub, or with ``minisign -V``.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub._manifest import SIGNATURE, SUMS, read_bytes
from citehub._text import clean_line
from citehub.errors import BadArgument, BadSignature, DamagedRelease, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

_UNTRUSTED: Final = "untrusted comment:"
_TRUSTED: Final = "trusted comment: "
_WHOLE: Final = b"Ed"  # also the mark of a key; as a signature's: of the file itself
_HASHED: Final = b"ED"  # a signature of the file's BLAKE2b-512
_SCRYPT: Final = b"Sc"
_NO_PASSWORD: Final = b"\0\0"
_BLAKE2B: Final = b"B2"
_ID_BYTES: Final = 8
_PUBLIC_BYTES: Final = 2 + _ID_BYTES + 32
_SECRET_BYTES: Final = 2 + 2 + 2 + 32 + 8 + 8 + _ID_BYTES + 64 + 32
_SIGNATURE_BYTES: Final = 2 + _ID_BYTES + 64
_COSTS: Final = (1 << 22, 1 << 27)  # operations and bytes: scrypt with N = 2^17, as OWASP asks
_MOST_COSTS: Final = (1 << 25, 1 << 30)  # those of minisign
_TEXT_BYTES: Final = 1 << 14  # at most, of a key or signature
_MOST_SUMS: Final = 1 << 26


class SecretKey(NamedTuple):
    """A key to sign with: its number, and the seed of ed25519."""

    number: bytes
    seed: bytes


class Signed(NamedTuple):
    """What a signature that holds says: the id of its key, and its comment."""

    key_id: str
    comment: str


def check_signature(folder: str, key: str) -> str:
    """Check that the owner of a key signed ``SHA256SUMS``.

    This reads no other file: whoever relies on them compares each with ``SHA256SUMS`` afterwards.

    Parameters
    ----------
    folder : str
        It holds ``SHA256SUMS`` and ``SHA256SUMS.minisig``.
    key : str
        A public key of minisign, ``RW…``, or the path of a file that holds it.

    Returns
    -------
    str
        The id of the key, 16 hexadecimal digits, as minisign prints it.

    Raises
    ------
    BadSignature
        There is no signature, or it is not one of this key for this file.
    BadArgument
        The key is no public key.
    MissingExtra
        The library ``cryptography`` is not installed.
    """
    return read_signature(folder, key).key_id


def read_signature(folder: str, key: str) -> Signed:
    """Check a signature as :func:`check_signature`, and return what it says."""
    number, public = _read_public(key)
    path = os.path.join(folder, SIGNATURE)
    kind, of, signature, comment, whole = _parse_signature(_read(path, _TEXT_BYTES), path)
    if of != number:
        signer = f"The key {format_id(of)} signed it. The key given is {format_id(number)}."
        raise BadSignature.at(path, signer)
    sums = _read(os.path.join(folder, SUMS), _MOST_SUMS)
    message = hashlib.blake2b(sums).digest() if kind == _HASHED else sums
    if not _holds(public, signature, message):
        raise BadSignature.at(path, f"{SUMS} is not the file that was signed.")
    if not _holds(public, whole, signature + comment):
        raise BadSignature.at(path, "Its comment is not the one that was signed.")
    return Signed(format_id(number), clean_line(comment.decode("utf-8", "replace")))


def sign(data: bytes, key: SecretKey, comment: str) -> bytes:
    """Return the signature of a file, with a comment of one line that is signed, too."""
    private = _private(key)
    signature = private.sign(hashlib.blake2b(data).digest())
    whole = private.sign(signature + comment.encode())
    return (
        f"{_UNTRUSTED} signature by the key {format_id(key.number)}\n"
        f"{_encode(_HASHED + key.number + signature)}\n"
        f"{_TRUSTED}{comment}\n{_encode(whole)}\n"
    ).encode()


def make_key() -> SecretKey:
    """Return a new key."""
    return SecretKey(secrets.token_bytes(_ID_BYTES), secrets.token_bytes(32))


def format_id(number: bytes) -> str:
    """Return the number of a key as minisign prints it.

    Examples
    --------
    >>> format_id(bytes.fromhex("297cced53003868a"))
    '8A860330D5CE7C29'
    """
    return number[::-1].hex().upper()


def format_public(key: SecretKey) -> str:
    """Return the public key that belongs to a secret one, ``RW…``."""
    return _encode(_WHOLE + key.number + _public_bytes(key))


def format_public_file(key: SecretKey) -> bytes:
    """Return the file of a public key."""
    return f"{_UNTRUSTED} public key {format_id(key.number)}\n{format_public(key)}\n".encode()


def format_secret_file(key: SecretKey, password: str) -> bytes:
    """Return the file of a secret key, encrypted unless the password is empty."""
    plain = key.number + key.seed + _public_bytes(key)
    plain += _checksum(plain)
    salt, costs, kdf = bytes(32), (0, 0), _NO_PASSWORD
    if password:
        salt, costs, kdf = secrets.token_bytes(32), _COSTS, _SCRYPT
        plain = _xor(plain, _stretch(password, salt, *costs))
    packed = b"".join(cost.to_bytes(8, "little") for cost in costs)
    kind = "encrypted secret key" if password else "secret key without a password"
    data = _encode(_WHOLE + kdf + _BLAKE2B + salt + packed + plain)
    return f"{_UNTRUSTED} {kind}\n{data}\n".encode()


def read_secret(path: str, ask: Callable[[], str]) -> SecretKey:
    """Read the file of a secret key; ``ask`` gives the password, if it has one.

    Raises
    ------
    BadArgument
        It is no secret key, or the password is wrong.
    """
    data = _decode(_key_line(_read_file(path)))
    if len(data) == _PUBLIC_BYTES:
        raise BadArgument(f"{path} is a public key. Name the file of the secret key to sign.")
    if len(data) != _SECRET_BYTES or data[:2] != _WHOLE or data[4:6] != _BLAKE2B:
        raise BadArgument(f"{path} is no secret key. Make one with: citehub new-key FILE")
    kdf, salt, costs, plain = data[2:4], data[6:38], data[38:54], data[54:]
    if kdf == _SCRYPT:
        operations, memory = (int.from_bytes(costs[at : at + 8], "little") for at in (0, 8))
        if operations > _MOST_COSTS[0] or memory > _MOST_COSTS[1]:
            raise BadArgument(f"{path} asks for more memory or time than minisign does.")
        plain = _xor(plain, _stretch(ask(), salt, operations, memory))
        if plain[-32:] != _checksum(plain[:-32]):
            raise BadArgument(f"The password is not that of {path}.")
    elif kdf != _NO_PASSWORD:
        raise BadArgument(f"{path} is encrypted in a way that citehub does not know.")
    key = SecretKey(plain[:_ID_BYTES], plain[_ID_BYTES : _ID_BYTES + 32])
    if plain[_ID_BYTES + 32 : _ID_BYTES + 64] != _public_bytes(key):
        raise BadArgument(f"{path} is damaged: its two halves are not of one key.")
    return key


def _read_public(key: str) -> tuple[bytes, Ed25519PublicKey]:
    """Return the number of a public key, and the key."""
    data = _decode(_key_line(key))
    name = "The key"
    if len(data) not in {_PUBLIC_BYTES, _SECRET_BYTES}:
        name, data = key, _decode(_key_line(_read_file(key)))
    if len(data) == _SECRET_BYTES:
        raise BadArgument(f"{name} is a secret key: show it to nobody. Give the public key.")
    if len(data) != _PUBLIC_BYTES or data[:2] != _WHOLE:
        raise BadArgument(f"{name} is no public key: a line of 56 letters that begins with RW.")
    return data[2:10], _ed25519().Ed25519PublicKey.from_public_bytes(data[10:])


def _parse_signature(data: bytes, path: str) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """Return kind, number of the key, signature, comment, and the signature of both."""
    lines = [line.rstrip(b"\r") for line in data.removesuffix(b"\n").split(b"\n")]
    match lines:
        case [first, encoded, trusted, whole] if first.startswith(_UNTRUSTED.encode()):
            packed, last = _decode(encoded), _decode(whole)
            is_known = packed[:2] in {_WHOLE, _HASHED} and trusted.startswith(_TRUSTED.encode())
            if len(packed) == _SIGNATURE_BYTES and len(last) == 64 and is_known:  # noqa: PLR2004 -- bytes
                comment = trusted.removeprefix(_TRUSTED.encode())
                return packed[:2], packed[2:10], packed[10:], comment, last
    raise BadSignature.at(path, "It is not in the form of minisign.")


def _holds(public: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        public.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _read(path: str, most: int) -> bytes:
    """Read a file of a folder from elsewhere, which may be anything."""
    if not os.path.lexists(path):
        raise BadSignature.at(path, "There is no such file.")
    size = os.lstat(path).st_size
    if size > most:
        raise BadSignature.at(path, f"It has {size:,} bytes.")
    try:
        return read_bytes(path, DamagedRelease)
    except DamagedRelease as error:
        raise BadSignature.at(path, f"It is {error.found}.") from None


def _read_file(path: str) -> str:
    """Return the text of a user's file with a key."""
    try:
        with open(path, "rb") as file:
            return file.read(_TEXT_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no name of a file"
        raise BadArgument(f"{path!r:.200} is neither a key nor a file with one ({why}).") from None


def _key_line(text: str) -> str:
    """Return the line of a key, without the comment above it."""
    lines = text.strip().splitlines()
    return lines[-1] if len(lines) == 1 or text.startswith(_UNTRUSTED) else ""


def _decode(line: str | bytes) -> bytes:
    """Decode base64; what is none gives nothing."""
    try:
        return base64.b64decode(line.strip(), validate=True)
    except ValueError:
        return b""


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _checksum(plain: bytes) -> bytes:
    return hashlib.blake2b(_WHOLE + plain, digest_size=32).digest()


def _xor(data: bytes, stream: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(data, stream, strict=True))


def _stretch(password: str, salt: bytes, operations: int, memory: int) -> bytes:
    """Return the scrypt of a password, with the costs in the form of libsodium."""
    _ed25519()
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    operations = max(operations, 1 << 15)
    most = min(operations // 32, memory // 1024) or 2
    n = max(1 << (most.bit_length() - 1), 2)
    p = max(operations // 4 // n // 8, 1) if operations >= memory // 32 else 1
    try:
        return Scrypt(salt=salt, length=_ID_BYTES + 96, n=n, r=8, p=p).derive(
            password.encode(errors="surrogateescape")
        )
    except MemoryError:
        raise BadArgument(f"The password of this key needs {memory:,} bytes of memory.") from None


def _private(key: SecretKey) -> Ed25519PrivateKey:
    private: Ed25519PrivateKey = _ed25519().Ed25519PrivateKey.from_private_bytes(key.seed)
    return private


def _public_bytes(key: SecretKey) -> bytes:
    return _private(key).public_key().public_bytes_raw()


def _ed25519() -> Any:  # the module
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise MissingExtra.of("cryptography", "sign") from None
    return ed25519
