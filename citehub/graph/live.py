"""Hubs from the sources' interfaces: the first release, and what came since."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub import _folder
from citehub._catalog import (
    INDEX,
    SPEC,
    find_folder,
    home_folder,
    is_hub,
    load,
    read_index,
    sort_versions,
)
from citehub._manifest import read_manifest
from citehub.build.changes import FIRST
from citehub.build.complete import name_hub
from citehub.build.register import register, settle, writing
from citehub.build.release import build_release, make_content, write_release
from citehub.build.spec import SOURCE, ReleaseSpec, describe_hub, parse_spec, read_spec
from citehub.bulk.dumps import absolute
from citehub.errors import BadArgument, SourceError
from citehub.graph.hubs import NewHub, check_name, check_place, keep_lists, today
from citehub.live.fetch import choose_sources, fetch

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator

    from citehub._diff import Diff
    from citehub.live.fetch import Fetched
    from citehub.live.kept import Transport

_PENDING: Final = ".citehub.answers"


class Updated(NamedTuple):
    """What asking the sources of a hub again came to.

    Attributes
    ----------
    hub : str
        The hub folder.
    version : str
        The new version; the one that there would be, of a dry run; that of before where nothing
        is new.
    before : str
        The version before.
    folder : str
        The folder of the new release; empty where there is none.
    diff : Diff, optional
        What changed; None where nothing did.
    dropped : dict of str to tuple of str
        Works that are gone, each with the sources that named it before.
    failed : dict of str to str
        Sources that gave no whole list, each with the reason. What they said before stays.
    notes : tuple of str
        What else is to tell.
    n_requests : int
        How many requests were sent.
    """

    hub: str
    version: str
    before: str
    folder: str
    diff: Diff | None
    dropped: dict[str, tuple[str, ...]]
    failed: dict[str, str]
    notes: tuple[str, ...]
    n_requests: int

    @property
    def is_new(self) -> bool:
        """Whether there is something new."""
        return self.diff is not None


def new_live_hub(
    work: str,
    out: str | None = None,
    *,
    home: str | None = None,
    sources: Iterable[str] = (),
    citing: str | Iterable[str] | None = None,
    name: str | None = None,
    version: str = "1.0.0",
    created: datetime.date | None = None,
    title: str | None = None,
    licenses: Iterable[str] = (),
    contributors: Iterable[str] = (),
    homepage: str | None = None,
    transport: Transport | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> NewHub:
    """Make a hub of a work by asking sources for all that cites it.

    The answers are kept in the hub's folder, which builds the release from them: so it can be
    built again without the network, to the same bytes. What came of a run that was cut off is
    kept beside the folder, and the same call goes on from there.

    Parameters
    ----------
    work : str
        The canonical work: a DOI, an arXiv id, a PMID, ``openalex:W...``, ``s2:`` and a CorpusId,
        or its title.
    out : str, optional
        The hub folder to make; it must not exist, or be empty. By default it has the hub's name
        and stands in ``home``.
    home : str, optional
        A folder of hubs; by default the user's own, whose hubs ``citehub.load`` finds by name.
    sources : iterable of str, optional
        Whom to ask: ``openalex``, ``s2``, ``opencitations``; by default all.
    citing : str or iterable of str, optional
        Reference managers' files of works that cite the work, to take in too.
    name, version, created, title, licenses, contributors, homepage
        As of :func:`new_hub`.
    transport : Transport, optional
        What asks; by default the network.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    NewHub
        The folder and the number of citing works; ``partial`` says which sources gave no whole
        list.

    Raises
    ------
    UnknownWork
        No source has the work, or several works have the title.
    FetchError
        No source gave a whole list of what cites the work; what came is kept.
    BuildError
        Nothing cites it.
    BadArgument, TargetExists
        As of :func:`new_hub`.
    """
    check_name(name, version)
    chosen = tuple(each.id for each in choose_sources(tuple(sources)))
    said = {
        "title": title, "licenses": tuple(licenses), "contributors": tuple(contributors),
        "homepage": homepage,
    }  # fmt: skip
    describe_hub(name=name or "hub", work=work, **said)  # type: ignore[arg-type]
    above = absolute(home) if home else home_folder()
    place = absolute(out) if out else os.path.join(above, name or _slug(work))
    check_place(place, "" if out or home else name or "")
    pending = f"{place}.fetching"
    created = created or today()
    files = [citing] if isinstance(citing, str) else list(citing or ())
    with _folder.scratch_folder(place) as folder:
        source = os.path.join(folder, SOURCE)
        fetched = fetch(
            work, source, sources=chosen, pending=pending, transport=transport, progress=progress
        )
        keep_lists(files, source, created)
        hub = name or name_hub(fetched.work)
        target = place if out else os.path.join(above, hub)
        check_place(target, "" if out or home else hub)
        text = describe_hub(
            name=hub,
            work=fetched.work,
            sources=chosen,
            **said,  # type: ignore[arg-type]
        )
        _folder.write_bytes(os.path.join(folder, SPEC), text.encode())
        spec = parse_spec(text, folder)
        content = make_content(spec, ReleaseSpec(version, created), None, progress)
        write_release("", content, lambda _: FIRST, progress, within=folder)
        settle(folder, target, name=hub, title=content.spec.title, version=version)
    shutil.rmtree(pending, ignore_errors=True)
    return NewHub(
        work,
        target,
        os.path.join(target, version),
        len(content.tables["citations"]),
        "",
        "",
        tuple(_tell_failed(fetched)),
        (*fetched.notes, *_told(content.notes)),
    )


def update_hub(
    hub: str | os.PathLike[str],
    *,
    sources: Iterable[str] = (),
    dry_run: bool = False,
    created: datetime.date | None = None,
    transport: Transport | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Updated:
    """Ask the sources of a hub again, and make the next version where something is new.

    All is asked for and compared, as no source tells when it took a citation up. A source that
    gives no whole list changes nothing: what it said before stays.

    Parameters
    ----------
    hub : str or path
        Name of a hub, or a hub folder.
    sources : iterable of str, optional
        Whom to ask; by default the ``sources`` that ``hub.toml`` names.
    dry_run : bool, default False
        Whether to write nothing.
    created : datetime.date, optional
        Day of the release; by default today.
    transport : Transport, optional
        What asks; by default the network.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    Updated
        What is new, and which sources gave no whole list.

    Raises
    ------
    BadArgument
        The hub names no sources to ask.
    FetchError
        No source gave a whole list; the hub stays as it is.
    BuildError
        The release cannot be built; the hub stays as it is.
    HubInUse
        Another process writes into the folder.
    """
    folder = find_folder(hub)
    spec = read_spec(folder)
    chosen = tuple(sources) or spec.sources
    if not chosen:
        raise BadArgument(
            f"{os.path.join(folder, SPEC)} names no sources to ask, as the hub was not made by "
            "asking any. Name them, as with --from openalex,s2,opencitations: what they answer "
            "takes the place of what the hub keeps of them."
        )
    choose_sources(chosen)
    if not spec.work:
        raise BadArgument(f"{os.path.join(folder, SPEC)} names no work to ask for.")
    with writing(folder):
        before = sort_versions(read_index(folder)["versions"])[-1]
        pending = os.path.join(folder, _PENDING)
        with _staged(folder) as staged:
            source = os.path.join(staged, SOURCE)
            answers = os.path.join(staged, _PENDING)
            fetched = fetch(
                spec.work, answers, sources=chosen, pending=pending, transport=transport,
                progress=progress,
            )  # fmt: skip
            for source_id in fetched.lists:
                place = os.path.join(source, source_id)
                shutil.rmtree(place, ignore_errors=True)
                os.rename(os.path.join(answers, source_id), place)
            shutil.rmtree(answers, ignore_errors=True)
            built = build_release(staged, created=created, progress=progress)
            dropped = _dropped(staged, before, built.version) if built.folder else {}
            if built.folder and not dry_run:
                progress("Take the answers and the release over")
                for source_id in fetched.lists:
                    _take_over(
                        os.path.join(source, source_id), os.path.join(folder, SOURCE, source_id)
                    )
                _folder.move(built.folder, os.path.join(folder, built.version))
                manifest = read_manifest(os.path.join(folder, built.version))
                register(folder, spec.name, manifest["title"], built.version)
        if not dry_run:
            shutil.rmtree(pending, ignore_errors=True)
    is_new = bool(built.folder)
    return Updated(
        folder,
        built.version,
        before,
        os.path.join(folder, built.version) if is_new and not dry_run else "",
        built.diff if is_new else None,
        dropped,
        fetched.failed,
        (*fetched.notes, *_told(built.notes)),
        fetched.n_requests,
    )


def asking_hubs() -> tuple[str, ...]:
    """Return the hubs in the user's home whose ``hub.toml`` names sources to ask."""
    home = home_folder()
    names = sorted(os.listdir(home)) if os.path.isdir(home) else []
    folders = [os.path.join(home, name) for name in names if not name.startswith(".")]
    found = []
    for folder in folders:
        if os.path.isfile(os.path.join(folder, SPEC)) and is_hub(folder):
            with suppress(SourceError):  # which is told where the hub is built
                if read_spec(folder).sources:
                    found.append(folder)
    return tuple(found)


@contextmanager
def _staged(folder: str) -> Iterator[str]:
    """Copy a hub folder, to build the next release beside it."""
    with _folder.scratch_folder(os.path.join(folder, ".citehub.update")) as staged:
        shutil.copyfile(os.path.join(folder, SPEC), os.path.join(staged, SPEC))
        shutil.copyfile(os.path.join(folder, INDEX), os.path.join(staged, INDEX))
        shutil.copytree(os.path.join(folder, SOURCE), os.path.join(staged, SOURCE))
        for version in read_index(folder)["versions"]:
            shutil.copytree(os.path.join(folder, version), os.path.join(staged, version))
        yield staged


def _take_over(made: str, place: str) -> None:
    """Put a source's new answers in the place of the ones before."""
    if os.path.isdir(place):
        _folder.replace(made, place)
    else:
        os.rename(made, place)


def _dropped(folder: str, before: str, after: str) -> dict[str, tuple[str, ...]]:
    """Return the works that are gone, each with the sources that named it before."""
    old, new = (load(folder, version=each).release for each in (before, after))
    held = {row["work_id"] for row in new.rows("works")}
    held |= {row["former_id"] for row in new.rows("former_ids")}
    found: dict[str, set[str]] = {}
    for row in old.rows("citation_sources"):
        if row["citing_work_id"] not in held:
            found.setdefault(row["citing_work_id"], set()).add(row["source_id"])
    return {work_id: tuple(sorted(names)) for work_id, names in found.items()}


def _tell_failed(fetched: Fetched) -> Iterator[str]:
    for source_id, reason in fetched.failed.items():
        yield f"{source_id} gave no whole list, and is not in the hub: {reason}"


def _told(notes: Iterable[str]) -> Iterator[str]:
    """Yield the notes of a build but those that asking has told already."""
    yield from (each for each in notes if not each.startswith("As "))


def _slug(work: str) -> str:
    """Return a name for the folder of a work whose hub has none yet."""
    return re.sub(r"[^a-z0-9]+", "-", work.lower()).strip("-")[:60] or "new"
