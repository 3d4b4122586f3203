"""Commands of a maintainer: verify, check, build, publish, site."""

from __future__ import annotations

import functools
import os
import shlex
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

import citehub
from citehub import _terminal as terminal
from citehub._catalog import open_hub
from citehub._manifest import SIGNATURE, SUMS, read_sums
from citehub._signature import read_signature
from citehub._text import clean, counted
from citehub.cli import pages, records
from citehub.cli.app import AsJson, HubName, Pin, app, complete_hub
from citehub.errors import BadSignature, DamagedManifest, DamagedRelease, NewerRelease

if TYPE_CHECKING:
    from citehub._hub import Hub


@app.command()
def verify(
    hub: Annotated[
        str | None,
        typer.Argument(
            metavar="HUB",
            help="A hub, a hub folder or a release folder; all hubs by default.",
            autocompletion=complete_hub,
        ),
    ] = None,
    version: Pin = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key", help="A public key, or its file: the folder must be signed with it."
        ),
    ] = None,
) -> None:
    """Check every hash, key, null and vocabulary, by citehub's own schema, and a signature."""
    if key is not None and hub is None:
        raise typer.BadParameter("Name the folder that is signed.", param_hint="--key")
    names = citehub.hubs() if hub is None else (hub,)
    releases = [release for name in names for release in _releases(name, version)]
    damaged = [release for release in releases if not _is_sound(*release, key)]
    if damaged:
        raise typer.Exit(1)


@app.command()
def check(
    hub: Annotated[
        str,
        typer.Argument(
            metavar="DIR",
            help="A hub folder, a release folder, or the name of a hub.",
            autocompletion=complete_hub,
        ),
    ],
    version: Pin = None,
    as_json: AsJson = False,
) -> None:
    """Check a release folder, and say what a maintainer must and should mend."""
    with terminal.progress() as step:
        step(f"Check {hub}")
        card = citehub.check(hub, version=version)
    if as_json:
        checks = [each._asdict() for each in card]
        records.print_json({"release": card.release, "passed": card.passed, "checks": checks})
    else:
        pages.show_scorecard(card)
    if not card.passed:
        raise typer.Exit(1)


@app.command()
def build(
    hub: Annotated[
        str,
        typer.Argument(
            metavar="HUB",
            help="A hub folder, or the name of a hub.",
            autocompletion=complete_hub,
        ),
    ],
    version: Annotated[
        str | None,
        typer.Argument(
            metavar="VERSION", help="Version to build; by default the one that the changes need."
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Release folder to make; by default VERSION in the hub folder.",
        ),
    ] = None,
) -> None:
    """Build the next release of a hub from its sources, whole or not at all.

    Prints what is new. If nothing changed, it makes no release and says so.
    """
    from citehub.build import build_release

    if out == "":
        raise typer.BadParameter("The name of the folder is empty.")
    say = functools.partial(terminal.err().print, soft_wrap=True)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)
        try:
            with terminal.progress() as step:
                built = build_release(hub, version, out=out, progress=step)
        finally:
            for each in told:
                say(terminal.text(f"Note: {each.message}"))
    for note in built.notes:
        say(terminal.text(f"Note: {note}"))
    if not built.folder:
        say(terminal.text(f"Nothing changed since {built.version}, so there is no new version."))
        return
    print(clean(built.folder))
    if built.diff is not None:
        before, level = built.diff.old, built.diff.level
        say(terminal.paragraph(f"{built.version}: the changes since {before} are {level}."))
        say(terminal.paragraph(built.diff.news.text(most=10)))
    say(terminal.text(f"Look at it with: citehub show {shlex.quote(built.folder)}"))


@app.command()
def publish(
    hub: HubName,
    out: Annotated[str, typer.Option("--out", help="Folder to make.")],
    version: Pin = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a folder that was published before.")
    ] = False,
) -> None:
    """Write a folder for Zenodo, Hugging Face or a web server."""
    from citehub.publish import publish as write_folder

    if out in {"", "-"}:
        raise typer.BadParameter("Name a folder to make.")
    was_signed = os.path.lexists(os.path.join(out, SIGNATURE))
    with terminal.progress() as step:
        step(f"Publish {hub}")
        found = citehub.load(hub, version=version)
        folder = write_folder(found, out, force=force)
    print(clean(folder))
    hint = f"It holds {found.name} {found.version}.\n"
    hint += f"Check it with: citehub check {shlex.quote(folder)}"
    if was_signed:
        hint += f"\nIt is new, so sign it again: citehub sign {shlex.quote(folder)} --key FILE"
    terminal.err().print(terminal.paragraph(hint), soft_wrap=True)


@app.command()
def site(
    hub: HubName,
    out: Annotated[str, typer.Option("--out", help="Folder to make.")],
    version: Pin = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a folder that was written before.")
    ] = False,
    review: Annotated[
        bool,
        typer.Option(
            "--review", help="Write a page for people to judge passages; do not publish it."
        ),
    ] = False,
) -> None:
    """Write a web page to find, compare and take away the works."""
    from citehub.explorer import write_site

    if out in {"", "-"}:
        raise typer.BadParameter("Name a folder to make.")
    if review:
        _write_review(hub, out, version, force=force)
        return
    with terminal.progress() as step:
        step(f"Write the page of {hub}")
        folder = write_site(citehub.load(hub, version=version), out, force=force)
    print(clean(folder))
    served = f"python -m http.server --directory {shlex.quote(folder)}"
    hint = f"Open {folder}/index.html, or serve it: {served}"
    terminal.err().print(terminal.text(hint), soft_wrap=True)


def _write_review(hub: str, out: str, version: str | None, *, force: bool) -> None:
    """Write the page for people to judge, and say what to do with it."""
    from citehub.graph.review import write_review_page

    if version:
        raise typer.BadParameter("--review shows the newest version. Leave out --version.")
    with terminal.progress() as step:
        step(f"Write the passages of {hub}")
        folder = write_review_page(hub, out, force=force)
    print(clean(folder))
    hint = (
        f"Give {folder}/index.html to those who judge, and to nobody else: it has sentences "
        "that may not be published. To take in what they send back: citehub review "
        f"{shlex.quote(hub)} --take FILE.csv"
    )
    terminal.err().print(terminal.text(hint), soft_wrap=True)


def _is_sound(name: str, version: str | None, key: str | None) -> bool:
    """Verify one release, and its signature if there is a key; print and tell the result."""
    signed = None
    try:
        with terminal.progress() as step:
            step(f"Verify {name} {version or ''}")
            hub = open_hub(name, version)
            if key is not None:  # first, so that no unsigned table is read
                signed = read_signature(hub.path, key)
                _compare_with_signed(hub)
            hub.verify()
            has_sums = hub.release.released() is not None
    except (BadSignature, DamagedRelease, NewerRelease) as error:
        terminal.complain(error)
        return False
    rows = sum(resource["rows"] for resource in hub.manifest["resources"])
    what = f"{counted(len(hub.tables), 'table')}, {counted(rows, 'row')}"
    terminal.show(terminal.text(f"{hub.name} {hub.version}: sound ({what})"))
    if not has_sums:
        said = "It has no sums: only tables were compared with the manifest."
        terminal.show(terminal.text(said))
    if signed:
        by = f"signed with the key {signed.key_id}, which says: {signed.comment}"
        terminal.show(terminal.text(by))
    return True


def _compare_with_signed(hub: Hub) -> None:
    """Compare the hashes of a release in ``index.json`` with the signed ones in ``SHA256SUMS``.

    A folder by itself has no other hashes. One that was added lacks the page.
    """
    signed = read_sums(hub.path) or {}
    for name, digest in (hub.release.hashes or {}).items():
        if name not in {SUMS, SIGNATURE} and signed.get(name) != digest:
            path = os.path.join(hub.path, name)
            raise DamagedManifest.at(path, "the file that was signed", digest)


def _releases(name: str, version: str | None) -> list[tuple[str, str | None]]:
    """Return hub and version of what to load; the version is None if none can be listed."""
    if version is not None:
        return [(name, version)]
    with suppress(DamagedRelease, NewerRelease):  # loading reports them
        return [(name, each) for each in citehub.versions(name)]
    return [(name, None)]
