"""Commands that make a key, and sign a published folder with it: new-key, sign."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Annotated, Final

import typer

from citehub import _signature
from citehub import _terminal as terminal
from citehub._atomic_file import write_whole
from citehub._catalog import check_no_release, is_release
from citehub._hub import Hub
from citehub._manifest import SIGNATURE, SUMS, read_bytes, read_manifest, released_on
from citehub._text import clean
from citehub.cli.app import app
from citehub.errors import BadArgument, DamagedManifest, TargetExists

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSWORD: Final = "CITEHUB_KEY_PASSWORD"  # noqa: S105 -- the name of a variable
"""The environment variable that holds the password of a secret key."""


@app.command("new-key")
def new_key(
    file: Annotated[str, typer.Argument(metavar="FILE", help="File of the secret key to make.")],
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Do not encrypt it, as for a machine.")
    ] = False,
) -> None:
    """Make a key to sign with: a secret file, and its public key in FILE.pub.

    The keys are those of minisign.
    """
    if not file:
        raise typer.BadParameter("The name of the file is empty.")
    public = f"{file}.pub"
    for path in (file, public):
        if os.path.lexists(path):
            raise TargetExists(f"{path} exists already, and a key is never overwritten.")
    key = _signature.make_key()
    password = "" if no_password else _ask_password(file, is_new=True)
    secret = _signature.format_secret_file(key, password)
    _write_new({file: (0o600, secret), public: (0o644, _signature.format_public_file(key))})
    print(_signature.format_public(key))
    _say(
        f"{file} is secret: whoever has it can sign as you. Keep a copy where it cannot get lost; "
        f"without it, nobody can sign with this key again. The public key, above and in {public}, "
        "is for everyone. Show it where your readers know you, and not only beside the hub."
    )


@app.command()
def sign(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="A folder that citehub publish wrote.")
    ],
    key: Annotated[str, typer.Option("--key", help="File of the secret key.")],
) -> None:
    """Sign a published folder, so that others can check who published it.

    Writes SHA256SUMS.minisig beside SHA256SUMS, which has the hash of every file.
    """
    target = os.path.abspath(folder)
    if not is_release(target) or not os.path.isfile(os.path.join(target, SUMS)):
        raise BadArgument(
            f"{folder} is no published folder. Make one with: citehub publish HUB --out DIR"
        )
    hub = Hub(target, read_manifest(target))
    _check_writable(hub)
    with terminal.progress() as step:
        step(f"Verify {folder}")
        hub.verify()
    secret = _signature.read_secret(key, lambda: _ask_password(key))
    comment = f"hub:{hub.name}\tversion:{hub.version}\treleased:{released_on(hub.manifest)}"
    sums = read_bytes(os.path.join(target, SUMS), DamagedManifest)
    path = os.path.join(target, SIGNATURE)
    write_whole([_signature.sign(sums, secret, comment)], path, force=True)
    print(clean(os.path.join(folder, SIGNATURE)))
    public = _signature.format_public(secret)
    _say(f"Check it with: citehub verify {shlex.quote(folder)} --key {public}")


def _check_writable(hub: Hub) -> None:
    """Refuse a release of a hub folder, and a signature that leads elsewhere."""
    check_no_release(Hub(os.path.join(hub.path, SIGNATURE), hub.manifest), hub.path)
    path = os.path.join(hub.path, SIGNATURE)
    if os.path.lexists(path) and (os.path.islink(path) or not os.path.isfile(path)):
        raise TargetExists(f"{path} is no file; nothing was written.")


def _ask_password(file: str, *, is_new: bool = False) -> str:
    """Return the password of a key, from the environment or the user; never an empty one."""
    password = os.environ.get(PASSWORD, "")
    if not password and terminal.is_dialogue():
        words = f"Password of {clean(file)}"
        password = str(typer.prompt(words, hide_input=True, confirmation_prompt=is_new, err=True))
    if not password:
        other = ", or make the key with --no-password" if is_new else ""
        raise BadArgument(
            f"The secret key needs a password, and nobody can be asked. Set {PASSWORD}{other}."
        )
    return password


def _write_new(files: Mapping[str, tuple[int, bytes]]) -> None:
    """Write files that do not exist, with their modes from the first: all of them or none."""
    made = []
    try:
        for path, (mode, data) in files.items():
            write_whole([data], path, force=False, mode=mode)
            made.append(path)
    except BaseException:
        for path in made:
            os.unlink(path)
        raise


def _say(words: str) -> None:
    terminal.err().print(terminal.text(words), soft_wrap=True)
