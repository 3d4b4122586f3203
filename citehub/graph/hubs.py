"""Hubs of given works from bulk dumps: one, or many in one pass."""

from __future__ import annotations

import datetime
import errno
import functools
import itertools
import os
import shlex
import shutil
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from citehub import _atomic_folder
from citehub._catalog import SPEC, check_outside, datasets_folder, home_folder, is_hub
from citehub._identifiers import parse_identifier
from citehub._manifest import is_hub_name, is_version, read_manifest
from citehub._writer_lock import clear_resumable
from citehub.build.changes import FIRST
from citehub.build.complete import name_hub
from citehub.build.gather import Gathered
from citehub.build.register import settle
from citehub.build.release import make_content, write_release
from citehub.build.spec import SOURCE, HubSpec, ReleaseSpec, describe_hub, parse_spec, read_spec
from citehub.bulk.dump_options import absolute
from citehub.bulk.extract import NOTE, Note
from citehub.bulk.find import read_wanted
from citehub.bulk.reader import Reader
from citehub.bulk.session import open_session, write_rejects
from citehub.errors import BadArgument, BuildError, DamagedRelease, TargetExists, UnknownWork
from citehub.sources.hand_records import HandRecords
from citehub.sources.reference_file import REFERENCE_FILE, read_references
from citehub.sources.registry import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from citehub.bulk.dump_options import Dumps
    from citehub.bulk.find import Wanted
    from citehub.sources.records import Reject


class NewHub(NamedTuple):
    """A hub that was made, or the reason why not.

    Attributes
    ----------
    asked : str
        The work, as it was asked for.
    folder : str
        The hub folder, or the release folder of `new_hubs`; empty if there is none.
    release : str
        The folder of the release; empty if there is none.
    n_citing : int
        The number of citing works.
    problem : str
        The reason for none; else empty.
    rejects : str
        The file of what could not be read; empty where all could.
    partial : tuple of str
        Which dumps could not be read whole, and how much of them was, in sentences; empty where
        all could.
    notes : tuple of str
        Further notes on the dumps, such as which of two copies was read.
    existed : bool
        Whether the release was there already, and is as it was; only of `new_hubs`.
    """

    asked: str
    folder: str
    release: str
    n_citing: int
    problem: str
    rejects: str
    partial: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    existed: bool = False


def new_hub(
    work: str,
    out: str | None,
    dumps: Dumps,
    *,
    citing: str | Iterable[str] | None = None,
    name: str | None = None,
    version: str = "1.0.0",
    created: datetime.date | None = None,
    title: str | None = None,
    licenses: Iterable[str] = (),
    contributors: Iterable[str] = (),
    homepage: str | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> NewHub:
    """Make a hub of a work from bulk dumps or lists of works, with its first release.

    Its folder keeps all that the next version needs: the part of each dump that concerns the work,
    the lists, and ``hub.toml``.

    Parameters
    ----------
    work : str
        The canonical work: a DOI, an arXiv id, ``openalex:W...``, ``s2:`` and a CorpusId, or
        its title.
    out : str, optional
        The hub folder to make; it must not exist, or be empty. By default it has the hub's name
        and joins the user's home of hubs, so that ``citehub.load`` finds it by that name.
    dumps : Dumps
        Where they lie, and how to read them.
    citing : str or iterable of str, optional
        Reference managers' files of works that cite the work: BibTeX, RIS or CSL-JSON.
    name : str, optional
        Name of the hub; by default the work's id.
    version : str, default "1.0.0"
        Data version of the release.
    created : datetime.date, optional
        Date of the release; by default today.
    title : str, optional
        Title of the hub; by default that of the work.
    licenses : iterable of str, optional
        SPDX names of the licences of the compilation, as CC-BY-4.0; by default CC0-1.0 if a dump
        is read, and none for lists alone. Parts of Semantic Scholar stay ODC-By-1.0.
    contributors : iterable of str, optional
        Who made the hub, to be named in citations of it.
    homepage : str, optional
        Web page of the hub.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    NewHub
        The folder, the number of citing works, and the list of what could not be read.

    Raises
    ------
    UnknownWork
        No source has the work.
    BuildError
        Nothing cites it, or a source is wrong.
    BadArgument
        A name, version, licence, contributor or homepage is not allowed.
    TargetExists
        The folder is there and holds something.
    MissingExtra
        The extra ``graph``, or ``spark``, is not installed.

    Examples
    --------
    >>> import json, os, tempfile
    >>> from citehub.graph import Dumps, new_hub
    >>> entries = [
    ...     {"id": "a", "title": "A Lantern", "DOI": "10.5555/lantern.1"},
    ...     {"id": "b", "title": "A Brighter Lantern", "DOI": "10.5555/bright.1"},
    ... ]
    >>> with tempfile.TemporaryDirectory() as home:
    ...     path, out = os.path.join(home, "citing.json"), os.path.join(home, "hub")
    ...     with open(path, "w") as file:
    ...         json.dump(entries, file)
    ...     new_hub("doi:10.5555/lantern.1", out, Dumps(), citing=path).n_citing
    1
    """
    check_name(name, version)
    about = functools.partial(
        describe_hub,
        title=title, licenses=tuple(licenses), contributors=tuple(contributors),
        homepage=homepage,
    )  # fmt: skip
    about(name=name or "hub", work=work)  # refuses what is wrong before hours of reading
    place = absolute(out) if out else os.path.join(home_folder(), name or "new")
    check_place(place, "" if out else name or "")
    created = created or today()
    files = [citing] if isinstance(citing, str) else list(citing or ())
    references = read_references(files)
    with open_session(dumps, place, progress) as (engine, store, scratch):
        check_place(place, "" if out else name or "")  # another process may have made it
        reader = Reader(engine, store, dumps, scratch, year=created.year)
        wanted = read_wanted(work)
        reader.find([wanted])
        path = f"{place}.rejects.csv"
        try:
            given = reader.input_of(wanted, references)
            # Within what a later run takes up and clears, unless that may lie on another disk.
            made = place if dumps.cache else os.path.join(scratch, "hub")
            with _atomic_folder.scratch_folder(made) as folder:
                source = os.path.join(folder, SOURCE)
                os.mkdir(source)
                reader.extract(wanted, source, created)
                keep_lists(files, source, created)
                given.read_on = {each.id: created for each in SOURCES} | given.read_on
                described = parse_spec(about(name=name or "hub", work=work), folder)
                spec = replace(described, name=name or "")
                gathered = Gathered(given, HandRecords(source))
                release = ReleaseSpec(version, created)
                content = make_content(spec, release, None, progress, gathered)
                hub = content.spec.name
                text = about(name=hub, work=work)
                _atomic_folder.write_bytes(os.path.join(folder, SPEC), text.encode())
                write_release("", content, lambda _: FIRST, progress, within=folder)
                target = place if out else os.path.join(home_folder(), hub)
                check_place(target, "" if out else hub)
                settle(folder, target, name=hub, title=content.spec.title, version=version)
        except (BuildError, UnknownWork) as error:
            rejects = [*reader.rejects, *references.rejects]
            if write_rejects(path, rejects):
                error.args = (f"{error} {_say_rejects(rejects, path)}",)
            raise
        written = write_rejects(f"{target}.rejects.csv", [*reader.rejects, *references.rejects])
    n = len(content.tables["citations"])
    return NewHub(
        work,
        target,
        os.path.join(target, version),
        n,
        "",
        written,
        store.told(store.partial),
        store.told(store.notes),
    )


def check_place(place: str, named: str, *, keeps_name: bool = False) -> None:
    """Refuse a hub folder that exists, or where ``load`` would not find the hub.

    ``named`` is the hub's name if it goes into the home of hubs; ``keeps_name`` says that the name
    is fixed.
    """
    hint = "Name another folder with --out"
    hint += ", or the hub with --name" if named and not keeps_name else ""
    if named and os.path.isdir(os.path.join(datasets_folder(), named)):
        raise TargetExists(
            f"A hub {named} comes with citehub, and its name opens that one. {hint}."
        )
    above = os.path.dirname(place)
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    if not os.path.isdir(above):
        raise NotADirectoryError(errno.ENOTDIR, "is a file, not a folder", above)
    check_outside(place)
    command = "update" if _asks(place) else "build"
    again = f"To make its next version: citehub {command} {shlex.quote(place)}"
    if os.path.lexists(place):  # a process may have been killed after it made the hub
        clear_resumable(f"{place}.reading")
        clear_resumable(f"{place}.fetching")
    _atomic_folder.check_free(place, f"{hint}. {again}" if is_hub(place) else f"{hint}.")


def _asks(place: str) -> bool:
    """Tell whether there is a hub that asks sources."""
    with suppress(BuildError, OSError):
        return bool(read_spec(place).sources)
    return False


def keep_lists(files: Iterable[str], source: str, created: datetime.date) -> None:
    """Copy lists of works into the folder of sources, each under its own name."""
    place = os.path.join(source, REFERENCE_FILE.id)
    for path in dict.fromkeys(files):
        os.makedirs(place, exist_ok=True)
        stem, ending = os.path.splitext(os.path.basename(path).lstrip(".~") or "list")
        names = (f"{stem}{n or ''}{ending}" for n in itertools.count())
        name = next(
            each
            for each in names
            if each != NOTE and not os.path.lexists(os.path.join(place, each))
        )
        shutil.copyfile(path, os.path.join(place, name))
    if files:
        _atomic_folder.write_bytes(os.path.join(place, NOTE), Note(created).to_json())


def new_hubs(
    works: Iterable[str],
    out: str,
    dumps: Dumps,
    *,
    version: str = "1.0.0",
    created: datetime.date | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Iterator[NewHub]:
    """Make hubs of many works in one pass over the dumps.

    Each becomes a release folder in ``out``, named after its work. An existing one stays
    unchanged; if one cannot be made, ``problem`` says why, and the others go on.

    Parameters
    ----------
    works : iterable of str
        The canonical works, as `new_hub` takes one.
    out : str
        The folder for the releases; it may exist.
    dumps : Dumps
        Where they lie, and how to read them.
    version : str, default "1.0.0"
        Data version of the releases.
    created : datetime.date, optional
        Date of the releases; by default today.
    progress : callable, optional
        Is called with each step in words.

    Yields
    ------
    NewHub
        Each hub, in the order of ``works``.

    Raises
    ------
    BuildError
        A source is wrong.
    MissingExtra
        The extra ``graph``, or ``spark``, is not installed.

    Examples
    --------
    >>> import json, os, tempfile
    >>> from citehub.graph import Dumps, new_hubs
    >>> works = [{"id": f"https://openalex.org/W{n}", "title": f"Lantern {n}"} for n in (1, 2)]
    >>> works[1]["referenced_works"] = [works[0]["id"]]
    >>> with tempfile.TemporaryDirectory() as home:
    ...     os.mkdir(os.path.join(home, "works"))
    ...     with open(os.path.join(home, "works", "part_000.jsonl"), "w") as file:
    ...         for work in works:
    ...             print(json.dumps(work), file=file)
    ...     for made in new_hubs(["openalex:W1", "openalex:W2"], home, Dumps(openalex=home)):
    ...         print(made.asked, made.problem or made.n_citing)
    openalex:W1 1
    openalex:W2 No source that was read has a work that cites openalex:W2. Read: openalex. ...
    """
    check_name(None, version)
    target = absolute(out)
    os.makedirs(target, exist_ok=True)
    created = created or today()
    with open_session(dumps, os.path.join(target, "hubs"), progress) as (engine, store, scratch):
        reader = Reader(engine, store, dumps, scratch, year=created.year)
        wanted = [read_wanted(work) for work in works]
        reader.find(wanted)
        path, written, n_written = os.path.join(target, "rejects.csv"), "", 0
        for number, each in enumerate(wanted, 1):
            progress(f"Hub {number} of {len(wanted)}: {each.asked}")
            folder, problem = os.path.join(target, name_hub(each.curie)), ""
            n_released = _count_citing(each, folder)
            n_citing = n_released or 0
            try:
                if n_released is None:
                    _atomic_folder.check_free(folder)
                    given = reader.input_of(each)
                    given.read_on = {each.id: created for each in SOURCES} | given.read_on
                    content = make_content(
                        HubSpec(folder, "", each.asked), ReleaseSpec(version, created), None,
                        progress, Gathered(given, HandRecords(folder)),
                    )  # fmt: skip
                    write_release(folder, content, lambda _: FIRST, progress)
                    n_citing = len(content.tables["citations"])
            except (BuildError, TargetExists, UnknownWork) as error:
                folder, problem = "", str(error)
            if len(reader.rejects) > n_written:
                written, n_written = write_rejects(path, reader.rejects), len(reader.rejects)
            told = store.told(store.partial), store.told(store.notes)
            existed = n_released is not None
            yield NewHub(
                each.asked, folder, folder, n_citing, problem, written, *told, existed=existed
            )


def _count_citing(wanted: Wanted, folder: str) -> int | None:
    """Return the number of citing works in a release of the hub of a work; None if it is none."""
    try:
        manifest = read_manifest(folder)
    except DamagedRelease:
        return None
    if parse_identifier(manifest["citehub"]["canonical_work_id"]) not in wanted.ids:
        return None
    return next((each["rows"] for each in manifest["resources"] if each["name"] == "citations"), 0)


def _say_rejects(rejects: Sequence[Reject], path: str) -> str:
    file, line, reason = rejects[0]
    return (
        f"The first of {len(rejects):,} things that could not be read is {file}, line "
        f"{line}: {reason}. All of them: {path}"
    )


def check_name(name: str | None, version: str) -> None:
    """Refuse a name or a version that a hub cannot have."""
    if name is not None and not is_hub_name(name):
        raise BadArgument.of("name", name, "lower-case letters, digits and hyphens")
    if not is_version(version):
        raise BadArgument.of("version", version, "MAJOR.MINOR.PATCH, as 1.0.0")


def today() -> datetime.date:
    """Return today in universal time."""
    return datetime.datetime.now(tz=datetime.UTC).date()
