"""What is new in a release, by name: works added, gone, merged or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub import _html
from citehub._labels import value_of
from citehub._schema import TABLES
from citehub._text import clean_line, counted
from citehub._work import shorten_authors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from citehub._hub import Hub

MOST_NAMED: Final = 50
"""How many works a section names by default."""

_FIRST_AUTHORS: Final = 3
_COUNTED: Final = {
    "works": "citing works",
    "citation_contexts": "passages",
    "citation_labels": "labels",
    "themes": "themes",
    "sources": "sources",
}
_WORKS: Final = (
    "work_id",
    "title_plain",
    "publication_year",
    "publication_month",
    "finding",
    "is_retracted",
)
_JUDGED: Final = {"intent": "role", "polarity": "stance"}
_RETRACTION: Final = {True: "retracted", False: "not retracted", None: None}
_Said = tuple[str, str | None, str | None]  # what, before and now
_FINDING_LETTERS: Final = 160  # before and after


@dataclass(frozen=True, slots=True)
class NamedWork:
    """A work by name: its id, plain title, year and authors, from one of the releases."""

    work_id: str
    title: str
    year: int | None
    authors: tuple[str, ...]
    is_retracted: bool

    def __str__(self) -> str:
        mark = "[retracted] " if self.is_retracted else ""
        return clean_line(f"{mark}{self.title}")

    @property
    def about(self) -> str:
        """Its first authors and its year, if known."""
        authors = shorten_authors(self.authors, _FIRST_AUTHORS) if self.authors else ""
        return clean_line(", ".join(filter(None, (authors, str(self.year or "")))))


@dataclass(frozen=True, slots=True)
class GoneWork:
    """A work of the older release that the newer one lacks, and the reason, if known."""

    work: NamedWork
    reason: str | None


@dataclass(frozen=True, slots=True)
class MergedWork:
    """A work of the older release that has another id, or is part of another work, in the newer.

    ``into`` is the work of the newer release; ``was_there`` says whether the older one has it,
    too.
    """

    work: NamedWork
    into: NamedWork
    was_there: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class WorkChange:
    """A change in a work that both releases have; None is not known."""

    work: NamedWork
    what: str
    old: str | None
    new: str | None


class Count(NamedTuple):
    """A count before and after."""

    what: str
    before: int
    after: int


class Entry(NamedTuple):
    """A line about one work."""

    work: NamedWork
    said: str


class Section(NamedTuple):
    """Lines of one kind under a heading."""

    heading: str
    entries: tuple[Entry, ...]

    def parted(self, most: int | None = MOST_NAMED) -> tuple[tuple[Entry, ...], str]:
        """Return the first lines, and the number of others in words; empty if none."""
        left = len(self.entries) - most if most is not None else 0
        return self.entries[:most], f"and {left:,} more" if left > 0 else ""


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a release, by name.

    Attributes
    ----------
    counts : tuple of Count
        How many citing works, passages, labels, themes and sources there are, before and after.
    works_added : tuple of NamedWork
        Works that the older release lacks, in hub order.
    works_gone : tuple of GoneWork
        Works that the newer release lacks, each with its ``reason``, if known.
    works_merged : tuple of MergedWork
        Works that are now part of another one, or have another id.
    works_retracted : tuple of NamedWork
        Works that only the newer release knows to be retracted.
    works_published : tuple of WorkChange
        Preprints whose published version is now known; ``new`` is its DOI.
    works_dropped : tuple of WorkChange
        Works that a source no longer names, although others do; ``old`` and ``new`` are the
        sources.
    roles_changed : tuple of WorkChange
        Works whose citation has another role or polarity; ``old`` is None if none was known.
    corrections : tuple of WorkChange
        Known titles, dates, findings and themes that changed.
    metadata : tuple of str
        What else changed in the manifest, such as ``licenses``.

    Examples
    --------
    >>> import citehub
    >>> news = citehub.diff("mt-nlg", "1.0.0", "1.1.0").news
    >>> news.works_added, news.counts[1]
    ((), Count(what='themes', before=0, after=8))
    """

    counts: tuple[Count, ...]
    works_added: tuple[NamedWork, ...]
    works_gone: tuple[GoneWork, ...]
    works_merged: tuple[MergedWork, ...]
    works_retracted: tuple[NamedWork, ...]
    roles_changed: tuple[WorkChange, ...]
    corrections: tuple[WorkChange, ...]
    metadata: tuple[str, ...] = ()
    works_published: tuple[WorkChange, ...] = ()
    works_dropped: tuple[WorkChange, ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        """The works under headings; a heading without works is left out."""
        again = [each for each in self.roles_changed if each.old is not None]
        first = [each for each in self.roles_changed if each.old is None]
        listed = (
            (
                f"{counted(len(self.works_added), 'work')} added",
                [Entry(each, each.about) for each in self.works_added],
            ),
            (
                f"{counted(len(self.works_gone), 'work')} gone",
                [Entry(each.work, each.reason or "") for each in self.works_gone],
            ),
            (
                f"{counted(len(self.works_merged), 'work')} merged, or with another id",
                [Entry(each.work, _say_merged(each)) for each in self.works_merged],
            ),
            (
                f"{counted(len(self.works_retracted), 'work')} retracted",
                [Entry(each, each.about) for each in self.works_retracted],
            ),
            (
                f"{counted(len(self.works_published), 'preprint')} published",
                [Entry(each.work, f"as doi:{each.new}") for each in self.works_published],
            ),
            (
                f"{counted(len(self.works_dropped), 'work')} named by fewer sources",
                [Entry(each.work, _say_change(each)) for each in self.works_dropped],
            ),
            (
                f"{counted(len(again), 'role or stance', 'roles or stances')} changed",
                [Entry(each.work, _say_change(each)) for each in again],
            ),
            (
                f"{counted(len(first), 'role or stance', 'roles or stances')} not known before",
                [Entry(each.work, _say_change(each)) for each in first],
            ),
            (
                counted(len(self.corrections), "correction"),
                [Entry(each.work, _say_change(each)) for each in self.corrections],
            ),
        )
        return tuple(Section(heading, tuple(entries)) for heading, entries in listed if entries)

    @property
    def sums(self) -> str:
        """Sentences on the counts before and after, and on other changes."""
        sentences = [
            f"{each.what}: {each.before:,} before, {each.after:,} now"
            if each.before != each.after
            else f"{each.what}: {each.after:,}, as before"
            for each in self.counts
        ]
        if self.metadata:
            sentences.append(f"metadata that changed: {', '.join(self.metadata)}")
        return " ".join(f"{each[0].upper()}{each[1:]}." for each in sentences)

    def text(self, most: int | None = MOST_NAMED) -> str:
        """Return the news as lines of text, with the first works of each section.

        Parameters
        ----------
        most : int or None, default 50
            The most works in a section; None for all.

        Returns
        -------
        str
            The counts, then the sections.
        """
        lines = [self.sums] if self.sums else []
        for section in self.sections:
            shown, more = section.parted(most)
            lines += ["", section.heading]
            for work, said in shown:
                lines.append(f"  {clean_line(work.work_id)}  {work}")
                lines += [f"    {clean_line(said)}"] if said else []
            lines += [f"  {more}"] if more else []
        return "\n".join(lines)

    def __bool__(self) -> bool:
        return bool(self.sections or self.metadata)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        headings = ", ".join(section.heading for section in self.sections)
        return f"<citehub.News: {headings or 'no work by name'}>"

    def _repr_html_(self) -> str:
        parts = [f"<p>{_html.text(self.sums)}</p>"] if self.sums else []
        for section in self.sections:
            shown, more = section.parted()
            rows = [
                (f"<code>{_html.text(w.work_id)}</code>", _html.text(w), _html.text(said))
                for w, said in shown
            ]
            made = _html.table(("work", "title", "about"), rows)
            heading = f"<summary>{_html.text(section.heading)}</summary>"
            end = f"<p>{more}</p>" if more else ""
            parts.append(f"<details open>{heading}{made}{end}</details>")
        return "".join(parts)


def tell_news(
    old: Hub, new: Hub, *, reasons: Mapping[str, str] | None = None, metadata: Iterable[str] = ()
) -> News:
    """Return what is new in the second of two releases of a hub.

    Parameters
    ----------
    old, new : Hub
        The two releases.
    reasons : mapping of str to str, optional
        Why works of the older release are gone, by id.
    metadata : iterable of str, optional
        What else changed in the manifest.

    Returns
    -------
    News
        The works by name.
    """
    return _Telling(old, new, reasons or {}).tell(tuple(metadata))


class _Telling:
    def __init__(self, old: Hub, new: Hub, reasons: Mapping[str, str]) -> None:
        self.old, self.new = old, new
        self.reasons = reasons
        self.before = {row["work_id"]: row for row in _read(old, "works", *_WORKS)}
        self.after = {row["work_id"]: row for row in _read(new, "works", *_WORKS)}
        self.former = {
            row["former_id"]: row
            for row in _read(new, "former_ids", "former_id", "work_id", "reason")
            if row["former_id"] in self.before and row["former_id"] not in self.after
        }
        # A work that has another id is the same; of one that became part of another, that is not.
        self.now = {each: each for each in self.before if each in self.after}
        for former_id, row in self.former.items():
            if row["work_id"] not in self.before:
                self.now.setdefault(former_id, row["work_id"])

    def tell(self, metadata: tuple[str, ...]) -> News:
        """Compare the works, and name those that changed."""
        renamed = {*self.now.values()}
        added = [each for each in self.after if each not in self.before and each not in renamed]
        lost = [each for each in self.before if each not in self.after]
        gone = [each for each in lost if each not in self.former]
        merged = [each for each in lost if each in self.former]
        retracted = [
            work_id
            for was, work_id in self.now.items()
            if self.after[work_id]["is_retracted"] and not self.before[was]["is_retracted"]
        ]
        roles = list(self._compare_roles())
        corrections = list(self._compare_cells())
        published = list(self._find_published())
        sources = _sources(self.old), _sources(self.new)
        dropped = list(self._compare_sources(*sources))
        into = [self.former[each]["work_id"] for each in merged]
        changed = [each[0] for each in (*roles, *corrections, *published, *dropped)]
        then = _name_works(self.old, self.before, lost)
        now = _name_works(self.new, self.after, [*added, *into, *retracted, *changed])
        return News(
            counts=tuple(self._count()),
            works_added=tuple(now[each] for each in added),
            works_gone=tuple(
                GoneWork(then[each], self.reasons.get(each) or _say_gone(sources[0].get(each)))
                for each in gone
            ),
            works_merged=tuple(
                MergedWork(
                    then[each],
                    now[self.former[each]["work_id"]],
                    self.former[each]["work_id"] in self.before,
                    self.former[each]["reason"],
                )
                for each in merged
            ),
            works_retracted=tuple(now[each] for each in retracted),
            roles_changed=tuple(WorkChange(now[each], *rest) for each, rest in roles),
            corrections=tuple(WorkChange(now[each], *rest) for each, rest in corrections),
            metadata=metadata,
            works_published=tuple(WorkChange(now[each], *rest) for each, rest in published),
            works_dropped=tuple(WorkChange(now[each], *rest) for each, rest in dropped),
        )

    def _count(self) -> Iterator[Count]:
        """Yield the count of citing works, and other counts that changed."""
        before, after = (
            {each["name"]: each["rows"] for each in hub.manifest["resources"]}
            for hub in (self.old, self.new)
        )
        for table, what in _COUNTED.items():
            less = table == "works"  # the first is the canonical work
            count = Count(what, *(rows.get(table, less) - less for rows in (before, after)))
            if table == "works" or count.before != count.after:
                yield count

    def _compare_roles(self) -> Iterator[tuple[str, _Said]]:
        before, after = _roles(self.old), _roles(self.new)
        for was, work_id in self.now.items():
            for scheme, what in _JUDGED.items():
                old, _ = before.get((was, scheme), (None, ""))
                new, by = after.get((work_id, scheme), (None, ""))
                if old != new:
                    yield work_id, (what, old, f"{new} (by {by})" if new and by else new)

    def _find_published(self) -> Iterator[tuple[str, _Said]]:
        """Yield preprints that now have a DOI, with it."""
        before, after = _dois(self.old), _dois(self.new)
        for was, work_id in self.now.items():
            preprint, dois = before.get(was), after.get(work_id)
            if preprint == "" and dois:
                yield work_id, ("published version", None, dois)

    def _compare_sources(
        self, before: Mapping[str, list[str]], after: Mapping[str, list[str]]
    ) -> Iterator[tuple[str, _Said]]:
        """Yield works that some source no longer names."""
        for was, work_id in self.now.items():
            old, new = before.get(was, []), after.get(work_id, [])
            if {*old} - {*new}:
                yield work_id, ("named by", ", ".join(old), ", ".join(new) or None)

    def _compare_cells(self) -> Iterator[tuple[str, _Said]]:
        """Yield known facts of works that changed."""
        themes = _themes(self.old), _themes(self.new)
        for was, work_id in self.now.items():
            one, other = self.before[was], self.after[work_id]
            pairs = {
                "title": (one["title_plain"], other["title_plain"]),
                "date": (_date(one), _date(other)),
                "finding": (one["finding"], other["finding"]),
                "theme": (themes[0].get(was), themes[1].get(work_id)),
                "retraction": (
                    "retracted" if one["is_retracted"] else None,
                    _RETRACTION[other["is_retracted"]],
                ),
            }
            for what, (old, new) in pairs.items():
                is_filled = what == "date" and new is not None and new.startswith(f"{old}-")
                if old is not None and old != new and not is_filled:
                    yield work_id, (what, old, new)


def _read(hub: Hub, table: str, *columns: str) -> list[dict[str, Any]]:
    """Return rows of some columns; none if the release lacks the table."""
    if table not in hub.tables:
        return []
    rows: list[dict[str, Any]] = hub.table(table).to_arrow(columns).to_pylist()
    return rows


def _name_works(
    hub: Hub, works: Mapping[str, Mapping[str, Any]], wanted: Iterable[str]
) -> dict[str, NamedWork]:
    """Return works by name; one that the release lacks has only its id."""
    authors: dict[str, list[tuple[int, str]]] = {work_id: [] for work_id in wanted}
    if authors:
        columns = ("work_id", "author_order", "author_name")
        for row in _read(hub, "authorships", *columns):
            if row["work_id"] in authors:
                authors[row["work_id"]].append((row["author_order"], row["author_name"]))
    named = {}
    for work_id, listed in authors.items():
        work: Mapping[str, Any] = works.get(work_id, {})
        names = tuple(name for _, name in sorted(listed))
        title, year = work.get("title_plain") or work_id, work.get("publication_year")
        named[work_id] = NamedWork(work_id, title, year, names, bool(work.get("is_retracted")))
    return named


def _roles(hub: Hub) -> dict[tuple[str, str], tuple[str, str]]:
    """Return how the works of a hub cite its canonical work, by work and scheme of label.

    Each comes with who judged, unless that is a source.
    """
    found: dict[tuple[str, str], set[str]] = {}
    judges: dict[tuple[str, str], set[str]] = {}
    columns = (
        *("citing_work_id", "cited_work_id", "scheme", "value", "raw_value", "subject"),
        *("is_shown", "labeler", "labeler_kind"),
    )
    canonical = hub.manifest["citehub"]["canonical_work_id"]
    for row in _read(hub, "citation_labels", *columns):
        if row["cited_work_id"] == canonical and row["is_shown"] is not False:
            key = row["citing_work_id"], row["scheme"]
            found.setdefault(key, set()).add(value_of(row))
            if row["labeler_kind"] not in {None, "source"}:
                judges.setdefault(key, set()).add(row["labeler"])
    return {
        key: (", ".join(sorted(values)), "; ".join(sorted(judges.get(key, ()))))
        for key, values in found.items()
    }


def _sources(hub: Hub) -> dict[str, list[str]]:
    """Return the sources that say that a work cites the canonical one."""
    found: dict[str, list[str]] = {}
    canonical = hub.manifest["citehub"]["canonical_work_id"]
    for row in _read(hub, "citation_sources", "citing_work_id", "cited_work_id", "source_id"):
        named = found.setdefault(row["citing_work_id"], [])
        if row["cited_work_id"] == canonical and row["source_id"] not in named:
            named.append(row["source_id"])
    return found


def _dois(hub: Hub) -> dict[str, str]:
    """Return the DOIs of works on arXiv; an empty text for a work without one."""
    preprints, dois = set[str](), dict[str, list[str]]()
    for row in _read(hub, "work_ids", "work_id", "scheme", "value"):
        if row["scheme"] == "arxiv":
            preprints.add(row["work_id"])
        elif row["scheme"] == "doi":
            dois.setdefault(row["work_id"], []).append(row["value"])
    return {each: ", ".join(dois.get(each, ())) for each in preprints}


def _themes(hub: Hub) -> dict[str, str]:
    """Return the themes of works, except those that an algorithm chose."""
    found: dict[str, list[str]] = {}
    for row in _read(hub, "work_themes", "work_id", "theme_id", "method"):
        if row["method"] not in TABLES["work_themes"].computed:
            found.setdefault(row["work_id"], []).append(row["theme_id"])
    return {work_id: ", ".join(sorted(themes)) for work_id, themes in found.items()}


def _date(row: Mapping[str, Any]) -> str | None:
    year, month = row["publication_year"], row["publication_month"]
    if year is None:
        return None
    return f"{year}-{month:02}" if month else f"{year}"


def _say_change(change: WorkChange) -> str:
    old, new = (_shortened(each or "not known") for each in (change.old, change.new))
    return f"{change.what}: {old} → {new}"


def _say_gone(sources: Sequence[str] | None) -> str | None:
    """Say who named a work that is gone, if the releases say so."""
    return f"named by {', '.join(sources)} before, and by none now" if sources else None


def _say_merged(merged: MergedWork) -> str:
    how = "part of" if merged.was_there else "known as"
    why = f": {merged.reason}" if merged.reason else ""
    return f"now {how} {merged.into.work_id}, {merged.into}{why}"


def _shortened(text: str) -> str:
    line = clean_line(text)
    return line if len(line) <= _FINDING_LETTERS else f"{line[: _FINDING_LETTERS - 1]}…"
