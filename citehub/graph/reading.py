"""Passages from full texts: the work of each text, where it cites, and the next release."""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import tempfile
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub import __version__
from citehub._catalog import find_folder, load
from citehub._identifiers import Identifier, parse_identifier
from citehub._sections import split_number
from citehub._text import hash_sentence
from citehub._writer_lock import writing
from citehub.build.release import IN_A_COPY, check_not_shipped, mend
from citehub.build.spec import SOURCE, read_spec
from citehub.bulk.find import fold_title
from citehub.errors import BadArgument, UnreadableText
from citehub.graph.hubs import today
from citehub.graph.staging import NextRelease, newest, next_release
from citehub.live.texts import TextHosts
from citehub.live.transport import Live
from citehub.sources.readings import (
    FOLDER,
    UNCLEAR,
    best_of,
    read_readings,
    write_readings,
)
from citehub.sources.text_hosts import choose_text_sources, places
from citehub.texts import find_passages, identify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from citehub._diff import Diff
    from citehub._hub import Hub
    from citehub.live.kept import Transport
    from citehub.texts import TextHead

_STATUSES: Final = {
    "found": "passages found",
    "cited nowhere": "not cited in text",
    "not in the list": "not in references",
    "no reference list": "no references",
    "list without links": "marks without links",
    "ambiguous": "ambiguous entry",
}
_ENDINGS: Final = (
    *(".html", ".htm", ".xhtml", ".xml", ".nxml", ".tei", ".tex", ".ltx", ".latex"),
    *(".gz", ".tgz", ".tar", ".zip", ".md", ".mmd", ".markdown", ".txt", ".pdf"),
)
_LATEX: Final = (".tex", ".ltx", ".latex")
_OF_PAPERS: Final = (".html", ".htm", ".xhtml", ".xml", ".nxml", ".tei", ".tgz", ".gz")
_MOST_PASSAGES: Final = 1_000  # of a text
_SENTENCE_LETTERS: Final = 3_000  # that are kept
_ROOT: Final = re.compile(rb"\\document(?:class|style)\b")
_INPUTS: Final = re.compile(rb"\\(?:input|include|subfile)\b")
_ID_IN_NAME: Final = re.compile(
    r"(?P<arxiv>\d{4}\.\d{4,5})(?:v(?P<version>\d+))?|(?P<pmcid>PMC\d+)|\b(?P<openalex>W\d{6,})\b"
)
_DOI: Final = re.compile(r"10\.\d{4,9}[_/%-].+")
_VERSION: Final = re.compile(r"\d{4}\.\d{4,5}(v\d+)")
_MOST_NAMED: Final = 5  # files that are skipped
_MOST_TEXTS: Final = 100_000


class TextRead(NamedTuple):
    """The result for one text.

    Attributes
    ----------
    text : str
        The file or folder, or its address.
    work_id : str or None
        Its citing work; None if not known.
    status : str
        A status of the table ``text_readings``; ``not matched`` for a text of no citing work.
    said : str
        A note in a sentence; empty if none.
    passages : tuple of tuple of str
        Section and sentence of each passage.
    """

    text: str
    work_id: str | None
    status: str
    said: str = ""
    passages: tuple[tuple[str, str], ...] = ()


class Read(NamedTuple):
    """The result of reading texts for a hub.

    Attributes
    ----------
    hub : str
        The hub folder.
    version : str
        The new version; that of before where nothing is new.
    before : str
        The version before.
    folder : str
        The folder of the new release; empty where there is none.
    diff : Diff, optional
        What changed; None where nothing did.
    texts : tuple of TextRead
        The result for each text.
    n_works, n_with, n_passages : int
        How many citing works the hub has, how many of them have passages, and the number of
        passages.
    failed : dict of str to str
        Hosts that could not be asked, each with the reason.
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
    texts: tuple[TextRead, ...]
    n_works: int
    n_with: int
    n_passages: int
    failed: dict[str, str]
    notes: tuple[str, ...]
    n_requests: int


def read_texts(
    hub: str | os.PathLike[str],
    texts: Iterable[str | os.PathLike[str]] = (),
    *,
    fetch: bool = False,
    sources: Iterable[str] = (),
    works: Iterable[str] = (),
    created: datetime.date | None = None,
    transport: Transport | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Read:
    """Find the passages in which works cite the hub's work, and make the next version.

    The hub's folder keeps the results, including sentences. A release has a sentence only if the
    licence of its text allows it, or ``hub.toml`` says that you may publish it.

    Parameters
    ----------
    hub : str or path
        Name of a hub, or a hub folder.
    texts : iterable of str or path, optional
        Files, archives and LaTeX trees, or folders of them.
    fetch : bool, default False
        Whether to ask for open texts of works that were not read yet.
    sources : iterable of str, optional
        Hosts to ask: ``europepmc``, ``arxiv``, ``openalex``; by default the first two, which are
        free.
    works : iterable of str, optional
        Citing works whose texts to ask for; by default all that were not read yet.
    created : datetime.date, optional
        Day of the release; by default today.
    transport : Transport, optional
        What asks; by default the network.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    Read
        The result for each text, and what is new.

    Raises
    ------
    BadArgument
        There is nothing to read.
    MissingExtra
        The libraries that read texts are not installed.
    UnknownWork
        The hub does not have a work.
    BuildError
        The release cannot be built; the hub stays as it is.
    HubInUse
        Another process writes into the folder.

    Examples
    --------
    >>> from citehub.graph import read_texts
    >>> read_texts("mt-nlg")
    Traceback (most recent call last):
    citehub.errors.BadArgument: There is nothing to read. Name files or folders, or --fetch.
    """
    folder = find_folder(hub)
    given = [os.fspath(each) for each in texts]
    if not given and not fetch:
        raise BadArgument("There is nothing to read. Name files or folders, or --fetch.")
    for path in given:
        if not os.path.exists(path):
            raise BadArgument(f"{path} does not exist; nothing was read.")
    spec = read_spec(folder)
    check_not_shipped(folder, IN_A_COPY)
    created = created or today()
    with writing(folder):
        mended = mend(folder)
        before = newest(folder)
        old = load(folder, version=before)
        reader = _Reader(old, spec.aliases, created)
        held = read_readings(os.path.join(folder, SOURCE))
        reader.keep(held)
        skipped: list[str] = []
        n_texts = 0
        for path in _texts_in(given, skipped):
            progress(f"Read {os.path.basename(path)}")
            reader.read_file(path)
            n_texts += 1
        if given and not n_texts:
            reader.notes.append(f"There is no text to read in {', '.join(given[:_MOST_NAMED])}.")
        if skipped:
            shown = ", ".join(os.path.basename(each) for each in skipped[:_MOST_NAMED])
            more = (
                f" and {len(skipped) - _MOST_NAMED:,} more" if len(skipped) > _MOST_NAMED else ""
            )
            reader.notes.append(
                f"Skipped, as they cannot be opened or are not named like texts: {shown}{more}. "
                "To read one anyway, name it on the command line."
            )
        failed: dict[str, str] = {}
        n_requests = 0
        if fetch:
            chosen = choose_text_sources(tuple(sources))
            asked = transport or Live(chosen)
            store = os.path.join(folder, SOURCE, FOLDER)
            hosts = TextHosts(store, asked, datetime.datetime.now(tz=datetime.UTC))
            wanted = [old.work(each).work_id for each in works]
            reader.fetch(hosts, [each.id for each in chosen], wanted, progress)
            failed = hosts.failed
            n_requests = sum(getattr(asked, "requests", {}).values())
        notes = [*mended, *reader.notes]
        entries = reader.entries()
        made = NextRelease(before, "", None, ())
        if entries != held:
            made = next_release(
                folder, before, lambda source: write_readings(entries, source), created, progress
            )
            notes += made.notes
    best = [each for each in best_of(entries) if each["passages"]]
    return Read(
        folder, made.version, before, made.folder, made.diff, tuple(reader.told),
        len(reader.citing), len(best), sum(len(each["passages"]) for each in best), failed,
        tuple(notes), n_requests,
    )  # fmt: skip


class _Reader:
    """Reads texts for one hub."""

    def __init__(self, hub: Hub, aliases: Iterable[str], day: datetime.date) -> None:
        canonical = hub.canonical
        self.own = canonical.work_id
        self.asked: dict[str, Any] = {
            "title": canonical.title_plain,
            "doi": canonical.ids.get("doi"),
            "arxiv_id": canonical.ids.get("arxiv"),
            "authors": canonical.authors,
            "year": canonical.publication_year,
            "names": tuple(aliases),
        }
        self.day = day
        self.citing = [row["citing_work_id"] for row in hub.citations]
        self.known: dict[Identifier, str] = {}
        self.ids: dict[str, dict[str, str]] = defaultdict(dict)
        self.titles: dict[str, set[str]] = defaultdict(set)
        for row in hub.release.rows("work_ids"):
            self.known[Identifier(row["scheme"], row["value"])] = row["work_id"]
            self.ids[row["work_id"]].setdefault(row["scheme"], row["value"])
        for work_id, title in hub.release.cells("works", "work_id", "title_plain"):
            self.titles[fold_title(title)].add(work_id)
        self.told: list[TextRead] = []
        self.notes: list[str] = []
        self._entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._seen: set[str] = set()

    def keep(self, entries: Iterable[dict[str, Any]]) -> None:
        """Take in what was read before."""
        for each in entries:
            self._entries[each["work"]].append(each)

    def entries(self) -> list[dict[str, Any]]:
        """Return the readings of texts, by hub order, then by time."""
        works = [*self.citing, *sorted(set(self._entries) - {*self.citing})]
        return [each for work_id in works for each in self._entries.get(work_id, ())]

    def read_file(self, path: str) -> None:
        """Read a text whose work is not known yet."""
        try:
            head = identify(path)
        except UnreadableText as error:
            work_id, why = (
                self._work_in_path(path),
                str(error).replace(path, os.path.basename(path)),
            )
            self._tell(path, work_id, "not readable" if work_id else "not matched", why)
            if work_id:
                self._enter_unread(work_id, path, why)
            return
        work_id, why = self._match(path, head)
        if work_id is None:
            self._tell(path, None, "not matched", why)
            return
        self._read(path, work_id, path)

    def fetch(
        self,
        hosts: TextHosts,
        names: list[str],
        wanted: list[str],
        progress: Callable[[str], None],
    ) -> None:
        """Ask for texts of works, and read them."""
        todo = wanted or [each for each in self.citing if not self._is_read(each)]
        for number, work_id in enumerate(todo, 1):
            progress(f"Ask for the text of work {number:,} of {len(todo):,}: {work_id}")
            is_there = False
            for place, line, body in hosts.texts(places(self.ids[work_id], names)):
                is_there = True
                with tempfile.TemporaryDirectory(prefix="citehub-") as scratch:
                    path = os.path.join(scratch, f"text{place.suffix}")
                    with open(path, "wb") as file:
                        file.write(body)
                    self._read(path, work_id, line.address)
                if self._is_read(work_id):
                    break
            if not is_there and not hosts.failed:
                self._enter_missing(work_id)
        self.notes += hosts.problems

    def _is_read(self, work_id: str) -> bool:
        return any(each["status"] not in UNCLEAR for each in self._entries.get(work_id, ()))

    def _read(self, path: str, work_id: str, name: str) -> None:
        """Read a text of a work; ``name`` is its origin."""
        digest = _sha256(path)
        if digest in self._seen:
            self._tell(name, work_id, "read already", "It is the same text as one before.")
            return
        try:
            found = find_passages(path, **self.asked)
        except UnreadableText as error:
            why = str(error).replace(path, os.path.basename(name))
            self._tell(name, work_id, "not readable", why)
            self._enter_unread(work_id, path, why)
            return
        self._seen.add(digest or "")
        status = "passages found" if found else _STATUSES[found.status]
        note = " ".join(found.notes)
        if found and found.status != "found":
            note = f"It names the work without a mark. {note}".rstrip()
        kept = found[:_MOST_PASSAGES]
        passages = [_passage(number, each) for number, each in enumerate(kept, 1)]
        if len(kept) < len(found):
            few = f"Its first {len(kept):,} of {len(found):,} passages are kept."
            note = f"{few} {note}".rstrip()
        told = tuple((each["section"] or each["place"], each["text"]) for each in passages)
        self.told.append(TextRead(name, work_id, status, note, told))
        self._put(
            work_id,
            {
                "work": work_id,
                "text": _harmless(os.path.basename(os.path.normpath(name))),
                "sha256": digest,
                "form": found.form,
                "text_version": _version_of(name),
                "status": status,
                "is_whole": True,
                "licence": found.licence,
                "n_marks": sum(each.mark is not None for each in found),
                "note": note or None,
                "read_on": self.day.isoformat(),
                "program": f"citehub {__version__}",
                "passages": passages,
            },
        )

    def _put(self, work_id: str, entry: dict[str, Any]) -> None:
        """Enter a reading, in place of one of the same text; its first day stays."""
        some = self._entries[work_id]
        some[:] = [each for each in some if each["sha256"]]  # that there was no text
        known = next((each for each in some if _is_same(each, entry)), None)
        number = (
            known["reading"] if known else max((each["reading"] for each in some), default=0) + 1
        )
        entry = {**entry, "reading": number}
        if known is None:
            some.append(entry)
        elif _without_run(known) != _without_run(entry):
            some[some.index(known)] = entry

    def _enter_unread(self, work_id: str, path: str, why: str) -> None:
        digest = _sha256(path) or hashlib.sha256(os.fsencode(os.path.basename(path))).hexdigest()
        entry = self._nothing(work_id, "not readable")
        name = os.path.basename(os.path.normpath(path))
        self._put(work_id, {**entry, "text": _harmless(name), "sha256": digest, "note": why[:200]})

    def _enter_missing(self, work_id: str) -> None:
        self._tell("", work_id, "no open text")
        if not self._entries.get(work_id):
            self._entries[work_id].append({**self._nothing(work_id, "no open text"), "reading": 1})

    def _nothing(self, work_id: str, status: str) -> dict[str, Any]:
        return {
            "work": work_id, "text": None, "sha256": None, "form": None, "text_version": None,
            "status": status, "is_whole": None, "licence": None, "n_marks": None, "note": None,
            "read_on": self.day.isoformat(), "program": f"citehub {__version__}", "passages": [],
        }  # fmt: skip

    def _tell(self, text: str, work_id: str | None, status: str, said: str = "") -> None:
        self.told.append(TextRead(text, work_id, status, said))

    def _match(self, path: str, head: TextHead) -> tuple[str | None, str]:
        """Return the citing work of a text, or None and the reason."""
        named = self._work_in_path(path)
        inside = {self.known[each] for each in head.ids if each in self.known}
        titled = self.titles.get(fold_title(head.title or ""), set())
        if named and inside and named not in inside:
            return None, (
                f"Its name says {named}, but the text says {' and '.join(sorted(inside))}. Name "
                "the file after its work."
            )
        found = {named} if named else inside or titled
        if not found:
            says = f"Its title is {head.title!r:.90}." if head.title else "It has no title."
            return None, (
                f"No work of this hub fits its name, ids or title. {says} Name the file by the "
                "work's arXiv id, DOI or PMCID."
            )
        if len(found) > 1:
            listed = " and ".join(sorted(found))
            return None, f"It may be {listed}. Name the file after the right one."
        (work_id,) = found
        if work_id == self.own:
            return None, "It is the hub's own work."
        return work_id, ""

    def _work_in_path(self, path: str) -> str | None:
        """Return the work that the name of a file tells, if any."""
        parts = os.path.abspath(path).split(os.sep)
        for name in (parts[-1], parts[-2] if len(parts) > 1 else "", "_".join(parts[-2:])):
            found = {self.known[each] for each in _ids_in(name) if each in self.known}
            if len(found) == 1:
                return found.pop()
        return None


def _ids_in(name: str) -> Iterator[Identifier]:
    """Yield the identifiers in the name of a file: of arXiv, PMC, OpenAlex, a DOI."""
    for found in _ID_IN_NAME.finditer(name):
        for scheme in ("arxiv", "pmcid", "openalex"):
            if found[scheme]:
                yield Identifier(scheme, found[scheme])
    doi = _DOI.search(name)
    if doi:
        stem = doi[0]
        while True:
            for text in (stem, *(stem.replace(sign, "/", 1) for sign in ("_", "%2F", "-"))):
                if parsed := parse_identifier(text):
                    yield parsed
            stem, dot, ending = stem.rpartition(".")
            if not dot or f".{ending}".lower() not in _ENDINGS:
                return


def _texts_in(paths: Iterable[str], skipped: list[str], above: str = "") -> Iterator[str]:
    """Yield files, archives and LaTeX trees, also those in a folder.

    Files in a folder that cannot be opened, or lack the suffix of a text, are ``skipped``.
    """
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        try:
            entries = sorted(os.scandir(path), key=lambda each: each.name)
        except OSError as error:
            if not above:
                raise
            skipped.append(f"{path}: {error.strerror}")
            continue
        entries = [each for each in entries if not each.is_symlink() and each.name[0] != "."]
        files = [each for each in entries if each.is_file()]
        if _is_tree(path, files):
            yield path
            continue
        skipped += (each.path for each in entries[_MOST_TEXTS:])
        for entry in entries[:_MOST_TEXTS]:
            if entry.is_dir():
                yield from _texts_in([entry.path], skipped, path)
            elif entry.name.lower().endswith(_ENDINGS) or any(_ids_in(entry.name)):
                yield entry.path
            else:
                skipped.append(entry.path)


def _is_tree(path: str, files: list[os.DirEntry[str]]) -> bool:
    """Tell whether a folder is the LaTeX source of one paper."""
    sources = [each for each in files if each.name.lower().endswith(_LATEX)]
    if not sources or any(_ids_in(os.path.basename(os.path.normpath(path)))):
        return bool(sources)
    if any(each.name.lower().endswith(_OF_PAPERS) for each in files):
        return False
    heads = [_head_of(each.path) for each in sources]
    n_roots = sum(bool(_ROOT.search(head)) for head in heads)
    return n_roots <= 1 or any(_INPUTS.search(head) for head in heads)


def _head_of(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 18)
    except OSError:
        return b""


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether readings are of one text: the same bytes, or a mended file."""
    named = ("text", "form", "text_version")
    is_file = one["text"] and all(one[name] == other[name] for name in named)
    return bool(one["sha256"] == other["sha256"] or is_file)


def _without_run(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a reading without its day and tool."""
    return {name: value for name, value in entry.items() if name not in {"read_on", "program"}}


def _harmless(name: str) -> str:
    """Return the name of a file as writable text, whatever its bytes."""
    return name.encode("utf-8", "replace").decode()[:200]


def _passage(number: int, found: Any) -> dict[str, Any]:
    """Return a passage in its stored form."""
    titles = [split_number(each) for each in found.section]
    return {
        "position": number,
        "section_number": titles[-1][0] if titles else None,
        "section": " > ".join(title for _, title in titles) or None,
        "section_kind": None,
        "place": found.place,
        "mark": found.mark,
        "group_size": found.group_size if found.mark is not None else None,
        "names_work": found.names_work,
        "sentence_hash": hash_sentence(found.sentence),
        "text": found.sentence[:_SENTENCE_LETTERS],
        "before": found.before and found.before[:_SENTENCE_LETTERS],
        "after": found.after and found.after[:_SENTENCE_LETTERS],
        "start": found.mark_start if (found.mark_end or 0) <= _SENTENCE_LETTERS else None,
        "end": found.mark_end if (found.mark_end or 0) <= _SENTENCE_LETTERS else None,
    }


def _version_of(name: str) -> str | None:
    """Return the version of an arXiv paper in a name or an address."""
    found = _VERSION.search(os.path.basename(name))
    return found[1] if found else None


def _sha256(path: str) -> str | None:
    """Return the SHA-256 of a file, or of a tree's files by name; None if it cannot be opened."""
    digest = hashlib.sha256()
    try:
        if os.path.isfile(path):
            with open(path, "rb") as file:
                while part := file.read(1 << 20):
                    digest.update(part)
            return digest.hexdigest()
        for place, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                inner = os.path.join(place, name)
                if os.path.isfile(inner) and not os.path.islink(inner):
                    named = os.fsencode(os.path.relpath(inner, path))
                    digest.update(named + f"\0{_sha256(inner)}\n".encode())
    except OSError:
        return None
    return digest.hexdigest()
