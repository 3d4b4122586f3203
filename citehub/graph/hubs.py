"""Hubs of works that were asked for, from bulk dumps: one, or many in one pass."""

from __future__ import annotations

import datetime
import os
from typing import TYPE_CHECKING, NamedTuple

from citehub import _folder
from citehub._identifiers import parse_identifier
from citehub._manifest import is_hub_name, is_version, read_manifest
from citehub.build.bulk import name_hub, write_hub
from citehub.build.spec import About, describe_hub
from citehub.bulk.find import read_wanted
from citehub.bulk.reader import Reader
from citehub.bulk.session import reading, write_rejects
from citehub.errors import BadArgument, BuildError, DamagedRelease, TargetExists, UnknownWork
from citehub.sources.reference_file import read_references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from citehub.bulk.dumps import Dumps
    from citehub.bulk.find import Wanted
    from citehub.sources.records import Reject


class NewHub(NamedTuple):
    """A hub that was made, or why it was not.

    Attributes
    ----------
    asked : str
        The work, as it was asked for.
    folder : str
        The release folder; empty where there is none.
    n_citing : int
        The number of citing works; -1 where the folder was there already.
    problem : str
        Why there is none; else empty.
    rejects : str
        The file of what could not be read; empty where all could.
    partial : tuple of str
        Which dumps could not be read whole, and how much of them was, in sentences; empty where
        all could.
    notes : tuple of str
        What else there is to know of the dumps, such as which of two copies was read.
    """

    asked: str
    folder: str
    n_citing: int
    problem: str
    rejects: str
    partial: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def new_hub(
    work: str,
    out: str,
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
    """Make a hub of a work from bulk dumps.

    Parameters
    ----------
    work : str
        The canonical work: a DOI, an arXiv id, ``openalex:W...``, ``s2:`` and a CorpusId, or
        its title.
    out : str
        The release folder to make; it must not exist, or be empty.
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
        Licences of the compilation by their names in SPDX, as CC-BY-4.0; by default CC0-1.0
        where a dump is read, and none for lists alone. Parts of Semantic Scholar stay ODC-By-1.0.
    contributors : iterable of str, optional
        Who made the hub, to be named in citations of it.
    homepage : str, optional
        Web page of the hub.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    NewHub
        The folder, the number of citing works, and the file of what could not be read.

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
    _check(name, version)
    about = describe_hub(title, licenses, contributors, homepage)
    target = os.path.abspath(out)
    _folder.check_free(target)
    created = created or _today()
    references = read_references([citing] if isinstance(citing, str) else citing or ())
    with reading(dumps, target, progress) as (engine, store, scratch):
        reader = Reader(engine, store, dumps, scratch, year=created.year)
        wanted = read_wanted(work)
        reader.find([wanted])

        path = f"{target}.rejects.csv"
        try:
            given = reader.input_of(wanted, references)
            n = write_hub(
                given, target, name=name, version=version, created=created, about=about,
                progress=progress,
            )  # fmt: skip
        except (BuildError, UnknownWork) as error:
            rejects = [*reader.rejects, *references.rejects]
            if write_rejects(path, rejects):
                error.args = (f"{error} {_say_rejects(rejects, path)}",)
            raise
        written = write_rejects(path, [*reader.rejects, *references.rejects])
    return NewHub(work, target, n, "", written, store.told(store.partial), store.told(store.notes))


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

    Each becomes a release folder in ``out``, named after its work. One that is there already
    is left as it is; one that cannot be made is told in ``problem``, and the others go on.

    Parameters
    ----------
    works : iterable of str
        The canonical works, as `new_hub` takes one.
    out : str
        The folder for the releases; it may be there.
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
    openalex:W2 No source that was read tells of a work that cites openalex:W2. Read: openalex. ...
    """
    _check(None, version)
    target = os.path.abspath(out)
    os.makedirs(target, exist_ok=True)
    created = created or _today()
    with reading(dumps, os.path.join(target, "hubs"), progress) as (engine, store, scratch):
        reader = Reader(engine, store, dumps, scratch, year=created.year)
        wanted = [read_wanted(work) for work in works]
        reader.find(wanted)
        path, written, n_written = os.path.join(target, "rejects.csv"), "", 0
        for number, each in enumerate(wanted, 1):
            progress(f"Hub {number} of {len(wanted)}: {each.asked}")
            folder, n, problem = os.path.join(target, name_hub(each.curie)), -1, ""
            try:
                if not _is_hub_of(each, folder):
                    _folder.check_free(folder)
                    n = write_hub(
                        reader.input_of(each), folder, name=None, version=version,
                        created=created, about=About(), progress=progress,
                    )  # fmt: skip
            except (BuildError, TargetExists, UnknownWork) as error:
                folder, n, problem = "", 0, str(error)
            if len(reader.rejects) > n_written:
                written, n_written = write_rejects(path, reader.rejects), len(reader.rejects)
            told = store.told(store.partial), store.told(store.notes)
            yield NewHub(each.asked, folder, n, problem, written, *told)


def _is_hub_of(wanted: Wanted, folder: str) -> bool:
    """Tell whether a folder is a release of the hub of a work."""
    try:
        canonical = read_manifest(folder)["citehub"]["canonical_work_id"]
    except DamagedRelease:
        return False
    return parse_identifier(canonical) in wanted.ids


def _say_rejects(rejects: Sequence[Reject], path: str) -> str:
    file, line, reason = rejects[0]
    return (
        f"What could not be read, {len(rejects):,} in all, begins with {file}, line {line}: "
        f"{reason}. All of it: {path}"
    )


def _check(name: str | None, version: str) -> None:
    if name is not None and not is_hub_name(name):
        raise BadArgument.of("name", name, "small letters, digits and hyphens")
    if not is_version(version):
        raise BadArgument.of("version", version, "MAJOR.MINOR.PATCH, as 1.0.0")


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()
