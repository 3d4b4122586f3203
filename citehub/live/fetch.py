"""The sources' answers on a work and on what cites it, kept in the layout of a hub."""

from __future__ import annotations

import collections
import os
import re
import shutil
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from citehub import _atomic_folder
from citehub._identifiers import Identifier, parse_identifier
from citehub._text import counted
from citehub._writer_lock import resumable
from citehub.bulk.extract import Note
from citehub.bulk.find import fold_title
from citehub.errors import (
    BadAnswer,
    BadArgument,
    CitehubError,
    FetchError,
    SeveralWorks,
    TargetExists,
    UnknownName,
    UnknownWork,
    Unreachable,
)
from citehub.live.kept import Kept, read_on
from citehub.live.transport import Live
from citehub.sources.answers import contents
from citehub.sources.api import Endless, FoundRecord, KnownIds
from citehub.sources.records import best_identifier
from citehub.sources.registry import live_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from citehub.live.kept import Transport
    from citehub.sources.api import Api, ListState
    from citehub.sources.source import Source

Given = TypeVar("Given")
_ROUNDS: Final = 6  # identifiers lead to records, which have further identifiers
_ADDRESS: Final = re.compile(r"\s*([a-z][a-z0-9+.-]*://|www\.)", re.IGNORECASE)
_TITLE_LETTERS: Final = 200  # in a message
_MOST_NAMED: Final = 9  # works of one title
_WHY_NOT_FOUND: Final = {True: "does not know it.", False: "cannot be asked by this identifier."}


class Fetched(NamedTuple):
    """The result of asking sources about a work.

    Attributes
    ----------
    work : str
        The identifier by which a hub names the work.
    folder : str
        The answers, in a folder for each source that has the work.
    lists : dict of str to ListState
        The state of the list of citing works, by source.
    failed : dict of str to str
        Sources that gave only part of their list, each with the reason.
    silent : tuple of str
        Sources that do not know the work, or nothing that cites it.
    notes : tuple of str
        Further notes, in sentences.
    n_requests : int
        How many requests were sent.
    """

    work: str
    folder: str
    lists: dict[str, ListState]
    failed: dict[str, str]
    silent: tuple[str, ...]
    notes: tuple[str, ...]
    n_requests: int


class Earlier(NamedTuple):
    """What a hub has from a source already.

    ``records`` are names of citing records: OpenAlex is asked what became of those that it no
    longer lists, OpenCitations for what Meta said about them. ``folder`` keeps the source's
    answers, if they are whole; else ``known_ids`` are the identifiers that the source gave.
    ``n_works`` is the number of citing works that the source names.
    """

    records: frozenset[str] = frozenset()
    known_ids: KnownIds = KnownIds()
    folder: str = ""
    n_works: int = 0


class _NotUnderstood(BadAnswer):
    """An answer in another form than the interface gives."""


@dataclass(slots=True)
class _Asking:
    """The progress of a source."""

    source: Source
    kept: Kept
    found: dict[str, FoundRecord] = field(default_factory=dict)
    asked: set[Identifier] = field(default_factory=set)
    listed: ListState | None = None
    error: FetchError | None = None

    @property
    def api(self) -> Api:
        """The source's interface."""
        if self.source.api is None:
            raise TypeError(self.source.id)
        return self.source.api

    def has(self, identifier: Identifier) -> bool:
        """Tell whether the only record with an identifier was found already."""
        return identifier.scheme not in self.api.shared and any(
            identifier in each.ids for each in self.found.values()
        )

    @property
    def title(self) -> str:
        """The source's name."""
        return self.api.name


def choose_sources(names: Collection[str] = ()) -> tuple[Source, ...]:
    """Return the sources of some names; without names, all with an interface.

    Raises
    ------
    UnknownName
        There is no such source.
    """
    known = {each.id: each for each in live_sources()}
    for name in names:
        if name not in known:
            raise UnknownName.among("source", name, known)
    return tuple(each for name, each in known.items() if not names or name in names)


def fetch(  # noqa: PLR0913
    work: str,
    out: str,
    *,
    sources: Iterable[str] = (),
    pending: str = "",
    earlier: Mapping[str, Earlier] = MappingProxyType({}),
    transport: Transport | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Fetched:
    """Ask sources for a work and for all that cites it, and keep their answers.

    It keeps answers at once, next to the folder: a run that was cut off goes on from there, within
    a day.

    Parameters
    ----------
    work : str
        A DOI, an arXiv id, a PMID, an id of OpenAlex or Semantic Scholar, or a title.
    out : str
        The folder to make; it must not exist, or be empty.
    sources : iterable of str, optional
        Sources to ask: ``openalex``, ``s2``, ``opencitations``; by default all.
    pending : str, optional
        A folder that keeps answers until the caller removes it; by default one next to the folder,
        which is removed at the end.
    earlier : mapping of str to Earlier, optional
        What a hub has from sources already.
    transport : Transport, optional
        What asks; by default the network.
    progress : callable, optional
        Is called with each step in words.

    Returns
    -------
    Fetched
        The answers, and what is missing.

    Raises
    ------
    UnknownWork
        No source has the work.
    SeveralWorks
        Several works have the title.
    FetchError
        No source gave a whole list; the answers are kept for the next run.
    TargetExists
        The folder exists and is not empty.
    """
    if os.path.lexists(out) and not (os.path.isdir(out) and not os.listdir(out)):
        raise TargetExists(f"{out} exists already; nothing was asked.")
    chosen = choose_sources(tuple(sources))
    if not work.strip():
        raise BadArgument.of("work", work, "an identifier or a title")
    transport = transport or Live(chosen)
    live = transport if isinstance(transport, Live) else None
    keeps = bool(pending)
    pending = pending or f"{out.rstrip(os.sep)}.fetching"
    n_before = sum(live.requests.values()) if live else 0
    if live is not None:
        live.check_network()
    with nullcontext() if keeps else resumable(pending):
        run = _Run(chosen, pending, transport, progress, earlier)
        try:
            ids, notes = run.ask(work)
        except UnknownWork:  # an answer, with which nothing can go on
            if not keeps:
                shutil.rmtree(pending, ignore_errors=True)
            raise
        n_requests = sum(live.requests.values()) - n_before if live else 0
        if live is not None and live.skew:
            notes.append(
                f"This computer's clock is {abs(live.skew) / 86_400:.1f} days "
                f"{'ahead' if live.skew > 0 else 'behind'}; dates come from the sources."
            )
        fetched = run.finish(out, ids, notes)
        if not keeps:
            shutil.rmtree(pending, ignore_errors=True)
    return fetched._replace(n_requests=n_requests)


class _Run:
    """One run over the sources."""

    def __init__(
        self,
        sources: Iterable[Source],
        pending: str,
        transport: Transport,
        progress: Callable[[str], None],
        earlier: Mapping[str, Earlier],
    ) -> None:
        self.progress = progress
        self.earlier = earlier
        self.pending = pending
        self._before: dict[str, KnownIds] = {}
        has_key = getattr(transport, "has_key", lambda _source: True)
        self.askings = []
        for source in sources:
            title = source.api.name if source.api else source.id
            kept = Kept(
                source,
                os.path.join(pending, source.id),
                transport,
                has_key(source),
                earlier.get(source.id, Earlier()).records,
                _teller(title, progress),
            )
            self.askings.append(_Asking(source, kept))

    def ask(self, work: str) -> tuple[set[Identifier], list[str]]:
        """Ask for the work, then for what cites it; return its identifiers and notes."""
        named = parse_identifier(work)
        if named is None and _ADDRESS.match(work):
            raise BadArgument(
                f"The address {shorten(work)} has no identifier. Name the work by its DOI, arXiv "
                "id, PMID or title."
            )
        ids = {named} if named else self._ids_of_title(work)
        self._find(ids)
        while more := self._own_of_others(ids) - ids:
            ids |= more
            self._find(ids)
        self._refuse_unknown(work)
        known: set[Identifier] = set()
        for source_id in self.earlier.keys() - {each.source.id for each in self.askings}:
            known |= self._known_before(source_id).citing
        for asking in self.askings:
            if asking.error is None and (asking.found or asking.api.search is None):
                self._list(asking, ids, known)
            if asking.listed is None or not asking.listed.received:  # what it said before stays
                known |= self._known_before(asking.source.id).citing
        whole = [each for each in self.askings if each.listed]
        if not whole:
            raise self._no_list()
        notes = [note for each in whole for note in self._tell(each)]
        return ids, notes

    def _tell(self, asking: _Asking) -> Iterable[str]:
        """Yield notes on a list, without those that a hub gave for the one before."""
        listed = asking.listed
        if listed is None:
            return
        is_known = asking.source.id in self.earlier and not listed.cut
        if not is_known or listed.is_short(is_exact=asking.api.is_exact):
            yield from _tell(asking.title, listed)
        elif listed.lost:
            yield listed.lost

    def _own_of_others(self, ids: set[Identifier]) -> set[Identifier]:
        """Return earlier statements on the work by sources that are now silent."""
        answering = {each.source.id for each in self.askings if each.found and not each.error}
        own = (self._known_before(each).own for each in self.earlier.keys() - answering)
        return {each for known in own if known & ids for each in known}

    def _known_before(self, source_id: str) -> KnownIds:
        """Return the identifiers that a source gave the hub before."""
        if source_id not in self._before:
            earlier = self.earlier.get(source_id, Earlier())
            known = earlier.known_ids
            if earlier.folder:
                api = next(each.api for each in live_sources() if each.id == source_id)
                known = api.known_ids(contents(earlier.folder)) if api else known
            self._before[source_id] = known
        return self._before[source_id]

    def _no_list(self) -> FetchError:
        failed = [each.error for each in self.askings if each.error]
        error = _join_errors(failed or [Unreachable("No source could be asked.")])
        return type(error)(
            f"No source gave a whole list of what cites the work.\n{error}\nThe answers are kept "
            f"in {self.pending}; the same command goes on from there."
        )

    def _ids_of_title(self, title: str) -> set[Identifier]:
        """Return the identifiers of the one work that has a title."""
        if not any(each.api.search for each in self.askings):
            names = " and ".join(each.title for each in self.askings)
            raise BadArgument(
                f"{shorten(title)} looks like a title, and {names} cannot be searched by title. "
                "Name the work by its DOI, arXiv id or PMID, or ask another source, too."
            )
        wanted, works = fold_title(title), list[tuple[set[Identifier], FoundRecord]]()
        others: list[FoundRecord] = []
        failed: list[FetchError] = []
        for asking in self.askings:
            if asking.api.search is None:
                continue
            self.progress(f"Look for the title in {asking.title}")
            try:
                found = _try(asking, partial(asking.api.search, asking.kept, title))
            except FetchError as error:
                failed.append(error)
                continue
            for each in found:
                if fold_title(each.title or "") != wanted:
                    others.append(each)
                    continue
                alike = [work for work in works if work[0] & each.ids]
                merged = set(each.ids).union(*(work[0] for work in alike))
                works = [work for work in works if work not in alike]
                works.append((merged, alike[0][1] if alike else each))
        if len(works) == 1:
            return works[0][0]
        if failed:
            raise _join_errors(failed)
        if works:
            choices = dict(_describe(each) for _, each in works[:_MOST_NAMED])
            raise SeveralWorks(title, choices, len(works))
        listed = "".join(
            f"\n  {name}  {words}" for name, words in map(_describe, others[:_MOST_NAMED])
        )
        near = f" The nearest ones:{listed}" if listed else ""
        raise UnknownWork(
            f"No source that was asked has a work with the title {shorten(title)}. Name it by its "
            f"DOI or arXiv id.{near}",
            title,
        )

    def _find(self, ids: set[Identifier]) -> None:
        """Find the records of the work in all sources, by the identifiers of all."""
        for _ in range(_ROUNDS):
            grown = False
            for asking in self.askings:
                if asking.error:
                    continue
                new = {each for each in ids - asking.asked if not asking.has(each)}
                if not new:
                    continue
                grown = True
                self.progress(f"Look for the work in {asking.title}")
                asking.asked |= new
                try:
                    found = _try(asking, partial(asking.api.find, asking.kept, new))
                except FetchError as error:
                    asking.error = error
                    continue
                for each in found:
                    asking.found[each.name] = each
                    ids |= each.ids
            if not grown:
                return

    def _refuse_unknown(self, work: str) -> None:
        if any(each.found for each in self.askings):
            return
        failed = [each.error for each in self.askings if each.error]
        if failed and not any(each.kept.used and not each.error for each in self.askings):
            joined = _join_errors(failed)
            raise type(joined)(
                f"No source answered.\n{joined}\nNothing was made. Mend that, and run the same "
                "command again."
            )
        sentences = [
            str(each.error or f"{each.title} {_WHY_NOT_FOUND[bool(each.kept.used)]}")
            for each in self.askings
        ]
        raise UnknownWork(
            f"No source that answered has the work {shorten(work)}. Check the spelling, or name "
            f"it by another identifier. The answers: {' '.join(sentences)}",
            work,
        )

    def _list(self, asking: _Asking, ids: set[Identifier], known: set[Identifier]) -> None:
        """Ask a source for all that cites the work, and once more if the list falls short."""
        self.progress(f"Ask {asking.title} for what cites the work")
        ask = partial(
            asking.api.citing, asking.kept, list(asking.found.values()), ids, frozenset(known)
        )
        n_before = len(asking.kept.used)
        try:
            listed = _try(asking, ask)
            if listed.is_short(is_exact=asking.api.is_exact):
                asking.kept.forget_from(n_before)
                listed = _try(asking, ask)
            _check_rows(asking)
            self._refuse_less(asking, listed)
        except FetchError as error:
            asking.error = error
            return
        asking.listed = listed
        known |= listed.ids

    def _refuse_less(self, asking: _Asking, listed: ListState) -> None:
        """Refuse a partial list if the hub has more: a missing work may still be there."""
        earlier = self.earlier.get(asking.source.id)
        if earlier is None:
            return
        if listed.is_broken:
            raise Unreachable(listed.lost or listed.cut)
        if listed.received and listed.received < earlier.n_works:
            if listed.cut:
                raise BadAnswer(f"{listed.cut} The hub has more of them.")
            if asking.api.is_exact and listed.is_short(is_exact=True):
                raise BadAnswer(
                    f"{' '.join(_tell(asking.title, listed))} The hub has more of them."
                )

    def finish(self, out: str, ids: set[Identifier], notes: list[str]) -> Fetched:
        """Write the answers of all sources with a whole list."""
        best = best_identifier(ids)
        lists, silent = {}, []
        with _atomic_folder.scratch_folder(out) as made:
            for asking in self.askings:
                if asking.error:
                    continue
                if asking.listed is None or not (asking.found or asking.listed.received):
                    silent.append(asking.source.id)
                    continue
                lists[asking.source.id] = asking.listed
                cut = (asking.listed.cut,) if asking.listed.cut else ()
                day = read_on(asking.kept.used.values())
                note = Note(
                    day,
                    partial=cut,
                    announced=asking.listed.announced,
                    is_asked=True,
                    nameless=asking.listed.n_nameless,
                )
                asking.kept.finish(os.path.join(made, asking.source.id), note)
            _atomic_folder.move(made, out)
        failed = {each.source.id: str(each.error) for each in self.askings if each.error}
        notes += [f"{each} knows neither the work nor anything that cites it." for each in silent]
        name = best.curie if best else ""
        return Fetched(name, out, lists, failed, tuple(silent), tuple(notes), 0)


def shorten(text: str) -> str:
    """Return text in quotes, cut for a message."""
    return repr(text if len(text) <= _TITLE_LETTERS else f"{text[:_TITLE_LETTERS]}…")


def _join_errors(errors: list[FetchError]) -> FetchError:
    """Return one error for several, of the kind of the first."""
    return type(errors[0])("\n".join(map(str, errors)))


def _try(asking: _Asking, ask: Callable[[], Given]) -> Given:
    """Ask; once more if kept answers of an earlier run, or repeating pages, may be at fault."""
    n_before = len(asking.kept.used)
    for is_last in (False, True):
        n_earlier = asking.kept.n_earlier
        try:
            with _understood(asking):
                return ask()
        except BadAnswer as error:
            was_resumed = asking.kept.n_earlier > n_earlier
            if is_last or not (isinstance(error, Endless) or was_resumed):
                if isinstance(error, _NotUnderstood):  # the next run asks for it anew
                    asking.kept.forget_from(n_before)
                raise
        asking.kept.forget_from(n_before)
    raise TypeError  # is not reached


def _check_rows(asking: _Asking) -> None:
    """Refuse answers that give no rows, without keeping them."""
    try:
        with _understood(asking):
            collections.deque(asking.api.rows(asking.kept.contents()), maxlen=0)
    except _NotUnderstood:
        asking.kept.forget_from(0)
        raise


@contextmanager
def _understood(asking: _Asking) -> Iterator[None]:
    """Report an error in reading an answer as a fault of the answer."""
    try:
        yield
    except CitehubError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        raise _NotUnderstood(f"{asking.title} gives an answer in an unknown form.") from None


def _tell(title: str, listed: ListState) -> Iterable[str]:
    """Yield notes on a whole list."""
    if listed.lost:
        yield listed.lost
    if listed.cut:
        yield listed.cut
        return
    n = listed.n_nameless
    n_named = listed.received - n
    without = f"{counted(n, 'citation')} without a paper"
    if listed.announced not in {None, n_named, listed.received}:
        yield (
            f"{title} announces {counted(listed.announced or 0, 'citing work')} and gives "
            f"{n_named:,}{f', and {without}' if n else ''}."
        )
    elif n:
        yield f"{title} gives {counted(n_named, 'citing work')}, and {without}."


def _teller(title: str, progress: Callable[[str], None]) -> Callable[[int, int | None], None]:
    """Return what shows the progress of a list, and the time left."""
    began = 0.0

    def tell(n: int, of: int | None) -> None:
        nonlocal began
        now = time.monotonic()
        began = began or now
        if not of or n >= of:
            progress(f"{title}: {n:,} citing works")
            return
        spent = now - began
        left = f", about {round(spent / n * (of - n)) + 1} s left" if n and spent > 1 else ""
        progress(f"{title}: {n:,} of {of:,} citing works{left}")

    return tell


def _describe(found: FoundRecord) -> tuple[str, str]:
    """Return an identifier of a record, and its title and year."""
    best = best_identifier(found.ids)
    year = f", {found.year}" if found.year else ""
    return best.curie if best else found.name, f"{found.title or 'no title'}{year}"
