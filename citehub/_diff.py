"""What changed between two releases, and the version bump that it needs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from citehub import _html
from citehub._arrow_rows import compare_rows, find_partners
from citehub._catalog import is_folder, open_hub, version_key
from citehub._manifest import MT_NLG_TABLES
from citehub._news import News, tell_news
from citehub._schema import TABLES
from citehub._text import clean, counted
from citehub._validate import row_key

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from citehub._hub import Hub
    from citehub._json_types import Field, Resource

Level = Literal["none", "patch", "minor", "major"]
"""Size of a change, the smallest first."""

Kind = Literal[
    "table added",
    "table removed",
    "column added",
    "column removed",
    "column retyped",
    "vocabulary widened",
    "vocabulary narrowed",
    "key changed",
    "row added",
    "row removed",
    "row superseded",
    "cell filled",
    "cell changed",
    "cell cleared",
    "cell updated",
]
"""Kinds of change.

Some cells hold for their release only: a count, an order, a date of reading, an algorithm's
choice. They are *updated* and *superseded*; all others are *changed*, *cleared* and *removed*. The
schema declares which is which.
"""

LEVELS: Final[tuple[Level, ...]] = ("none", "patch", "minor", "major")

_LEVEL_OF: Final[dict[Kind, Level]] = {
    "table added": "minor",
    "table removed": "major",
    "column added": "minor",
    "column removed": "major",
    "column retyped": "major",
    "vocabulary widened": "minor",
    "vocabulary narrowed": "major",
    "key changed": "major",
    "row added": "minor",
    "row removed": "major",
    "row superseded": "minor",
    "cell filled": "minor",
    "cell changed": "major",
    "cell cleared": "major",
    "cell updated": "minor",
}

_METADATA: Final = (
    "title",
    "homepage",
    "keywords",
    "licenses",
    "contributors",
    "hub_class",
    "responsible_ai",
)


class Change(NamedTuple):
    """One change: its kind and table, and row, column, old and new where they apply."""

    kind: Kind
    table: str
    row_key: str | None = None
    column: str | None = None
    old: Any = None
    new: Any = None

    @property
    def level(self) -> Level:
        """The bump that this change alone needs."""
        return _LEVEL_OF[self.kind]


class Diff:
    """The changes between two releases of a hub; iterating gives each one.

    A change has ``kind``, ``table``, ``row_key``, ``column``, ``old``, ``new`` and ``level``.

    Attributes
    ----------
    hub : str
        Name of the hub.
    old, new : str
        The two data versions.
    changes : tuple of Change
        Every change; an added or removed table is one change.
    metadata : tuple of str
        What else changed in the manifest, such as ``licenses``.
    level : str
        The bump that the changes need: ``major`` if the new release contradicts the old one,
        ``minor`` if it says more or counts again, ``patch`` if the content is the same, ``none``
        for a release and itself.

    Examples
    --------
    >>> import citehub
    >>> citehub.diff("mt-nlg", "1.0.0", "1.1.0").level
    'minor'
    """

    def __init__(
        self,
        old: Hub,
        new: Hub,
        changes: tuple[Change, ...],
        reasons: Mapping[str, str] | None = None,
    ) -> None:
        self.hub = new.name
        self.old = old.version
        self.new = new.version
        self.changes = changes
        self.metadata = tuple(_compare_metadata(old, new))
        self._releases = old, new
        self._reasons = reasons

    @property
    def level(self) -> Level:
        """The bump that the changes need."""
        least: Level = "none" if self.old == self.new else "patch"
        return max(least, needed_level(self), key=LEVELS.index)

    @cached_property
    def news(self) -> News:
        """What is new, by name: works added, gone or merged, changed roles, corrections and more.

        The first use reads tables of both releases.
        """
        old, new = self._releases
        return tell_news(old, new, reasons=self._reasons, metadata=self.metadata)

    @cached_property
    def is_recount(self) -> bool:
        """Whether only counts, days and computed rows changed, which hold for their release only.

        Such changes follow from others, or from the day alone.
        """
        computed: dict[str, set[str]] = {}
        for change in self.changes:
            if change.kind in {"cell updated", "row superseded"}:
                continue
            table = TABLES.get(change.table)
            if change.kind != "row added" or table is None:
                return False
            if table.as_of:
                continue
            if change.table not in computed:
                computed[change.table] = self._computed_rows(change.table)
            if change.row_key not in computed[change.table]:
                return False
        return not self.metadata

    def _computed_rows(self, table: str) -> set[str]:
        """Return the keys of the computed rows of a table, in the newer release."""
        _, new = self._releases
        (resource,) = (each for each in new.manifest["resources"] if each["name"] == table)
        rules, key = _Rules.of(new, table, resource), resource["schema"]["primaryKey"]
        return {row_key(row, key) for row in new.table(table) if rules.are_computed(row)}

    def counts(self) -> dict[str, dict[Kind, int]]:
        """Count the changes by table and kind.

        Returns
        -------
        dict
            By table, then by kind; only tables with a change.
        """
        counts: dict[str, Counter[Kind]] = {}
        for change in self.changes:
            counts.setdefault(change.table, Counter())[change.kind] += 1
        return {table: dict(kinds) for table, kinds in counts.items()}

    def to_pandas(self) -> pd.DataFrame:
        """Return the changes as a frame.

        Returns
        -------
        pandas.DataFrame
            One row per change; ``old`` and ``new`` hold values of any type.
        """
        import pandas as pd

        frame = pd.DataFrame.from_records(self.changes, columns=Change._fields)
        return frame.assign(level=[change.level for change in self.changes])

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __str__(self) -> str:
        lines = [clean(f"{self.hub} {self.old} -> {self.new}: {self.level}")]
        for table, kinds in self.counts().items():
            lines.append(f"  {table}: {_listed(kinds)}")
        return "\n".join(lines) if self.changes else f"{lines[0]}, same content"

    def __repr__(self) -> str:
        changes = counted(len(self), "change")
        return clean(
            f"<citehub.Diff {self.hub} {self.old} -> {self.new}: {self.level}, {changes}>"
        )

    def _repr_html_(self) -> str:
        rows = (
            (f"<code>{_html.text(table)}</code>", _html.text(_listed(kinds)))
            for table, kinds in self.counts().items()
        )
        title = f"{self.hub} {self.old} → {self.new}: {self.level}"
        news = self.news._repr_html_() if self.old != self.new or self else ""
        return news + _html.table(("table", "changes"), rows, caption=title)


def diff(
    hub: str | os.PathLike[str],
    old: str | os.PathLike[str],
    new: str | os.PathLike[str],
) -> Diff:
    """Compare two releases of a hub, row by row and cell by cell.

    Parameters
    ----------
    hub : str or path
        Name of the hub, or a hub folder, as ``"./my-hub"``.
    old, new : str or path
        Two data versions, or folders of releases, as ``"./release"``.

    Returns
    -------
    Diff
        Every change, and the bump that they need.

    Raises
    ------
    UnknownHub, UnknownVersion
        There is no such hub, folder or version.
    DamagedTable
        A file is not the one that was released.

    Examples
    --------
    >>> import citehub
    >>> diff = citehub.diff("mt-nlg", "1.0.0", "1.1.0")
    >>> diff.counts()["works"]
    {'cell filled': 244}
    """
    before, after = (
        open_hub(version) if is_folder(version) else open_hub(hub, str(version))
        for version in (old, new)
    )
    return compare(before, after)


def needed_level(diff: Diff) -> Level:
    """Return the bump that the changes need, whatever version the newer release has.

    It is ``none`` if neither the rows nor the metadata changed. It leaves out the description,
    which is also about the release itself.
    """
    least: Level = "patch" if diff.metadata else "none"
    return max((least, *(change.level for change in diff.changes)), key=LEVELS.index)


def next_version(before: str, level: Level) -> str:
    """Return the version of the next release.

    Parameters
    ----------
    before : str
        Version of the release before.
    level : str
        The bump that the changes need, as :func:`needed_level` gives it.

    Returns
    -------
    str
        The version; for ``none``, ``before`` itself.

    Examples
    --------
    >>> [next_version("1.9.3", level) for level in LEVELS]
    ['1.9.3', '1.9.4', '1.10.0', '2.0.0']
    """
    major, minor, patch = version_key(before)
    following: dict[Level, str] = {
        "none": before,
        "patch": f"{major}.{minor}.{patch + 1}",
        "minor": f"{major}.{minor + 1}.0",
        "major": f"{major + 1}.0.0",
    }
    return following[level]


def compare(old: Hub, new: Hub, *, reasons: Mapping[str, str] | None = None) -> Diff:
    """Compare two open releases; ``reasons`` say why works are gone, by their old ids."""
    changes: list[Change] = []
    before = {resource["name"]: resource for resource in old.manifest["resources"]}
    after = {resource["name"]: resource for resource in new.manifest["resources"]}
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            changes.append(Change("table removed", name, old=before[name]["rows"]))
        elif name not in before:
            changes.append(Change("table added", name, new=after[name]["rows"]))
        else:
            changes.extend(_compare_columns(before[name], after[name]))
            keys = {tuple(each[name]["schema"]["primaryKey"]) for each in (before, after)}
            hashes = {each[name]["content_hash"] for each in (before, after)}
            if len(keys) == 1 and len(hashes) > 1:
                changes.extend(_compare_rows(old, new, before[name], after[name]))
    return Diff(old, new, tuple(changes), reasons)


def _compare_metadata(old: Hub, new: Hub) -> Iterator[str]:
    before: Mapping[str, Any] = {**old.manifest, **old.manifest["citehub"]}
    after: Mapping[str, Any] = {**new.manifest, **new.manifest["citehub"]}
    for name in _METADATA:
        if before.get(name) != after.get(name):
            yield name


def _compare_columns(old: Resource, new: Resource) -> Iterator[Change]:
    table = new["name"]
    before = {field["name"]: field for field in old["schema"]["fields"]}
    after = {field["name"]: field for field in new["schema"]["fields"]}
    if old["schema"]["primaryKey"] != new["schema"]["primaryKey"]:
        keys = old["schema"]["primaryKey"], new["schema"]["primaryKey"]
        yield Change("key changed", table, None, None, *keys)
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield Change("column removed", table, column=name)
        elif name not in before:
            yield Change("column added", table, column=name)
        elif before[name]["arrowType"] != after[name]["arrowType"]:
            types = before[name]["arrowType"], after[name]["arrowType"]
            yield Change("column retyped", table, None, name, *types)
        else:
            yield from _compare_vocabularies(table, before[name], after[name])


def _compare_vocabularies(table: str, old: Field, new: Field) -> Iterator[Change]:
    before = old.get("constraints", {}).get("enum")
    after = new.get("constraints", {}).get("enum")
    if table == "evidence" and before and after:  # newer schemas have these where a hub has them
        before = [term for term in before if term in after or term not in MT_NLG_TABLES]
    if before == after:
        return
    narrowed = after is not None and (before is None or set(before) - set(after))
    kind: Kind = "vocabulary narrowed" if narrowed else "vocabulary widened"
    yield Change(kind, table, None, new["name"], before, after)


def _compare_rows(
    old: Hub, new: Hub, resource: Resource, new_resource: Resource
) -> Iterator[Change]:
    table, key = resource["name"], resource["schema"]["primaryKey"]
    held = {field["name"] for field in new_resource["schema"]["fields"]}
    both = [field["name"] for field in resource["schema"]["fields"] if field["name"] in held]
    rules = _Rules.of(old, table, new_resource)
    tables = old.table(table), new.table(table)
    before, after = (each.read_rows() for each in tables)
    partners = find_partners(before, after, key)
    if partners is None:
        either = zip(tables, (before, after), strict=True)
        raise next(each.duplicate_error(rows) for each, rows in either if not rows.are_unique(key))
    for row, other in compare_rows(before, after, partners, both):
        if other is None:
            superseded = rules.come_and_go or rules.are_computed(row)
            yield Change(
                "row superseded" if superseded else "row removed", table, row_key(row, key)
            )
        elif row is None:
            yield Change("row added", table, row_key(other, key))
        else:
            yield from _compare_cells(table, row_key(other, key), both, (row, other), rules)


def _compare_cells(
    table: str,
    key: str,
    columns: Iterable[str],
    rows: tuple[Mapping[str, Any], Mapping[str, Any]],
    rules: _Rules,
) -> Iterator[Change]:
    old, new = rows
    for column in columns:
        before, after = old[column], new[column]
        if before != after:
            kind: Kind = "cell changed"
            if before is None:
                kind = "cell filled"
            elif column in rules.as_of or rules.are_computed(old):
                kind = "cell updated"
            elif after is None:
                kind = "cell cleared"
            yield Change(kind, table, key, column, before, after)


@dataclass(frozen=True, slots=True)
class _Rules:
    """The part of a table that holds for its release only.

    Whether its rows ``come_and_go``, which columns are ``as_of``, and which rows are computed:
    those of some ``methods``, or of some ``themes``.
    """

    come_and_go: bool
    as_of: frozenset[str]
    methods: frozenset[str]
    themes: frozenset[str]

    @classmethod
    def of(cls, old: Hub, table: str, resource: Resource) -> _Rules:
        """Return that part as the schema declares it, and the newer manifest for its columns."""
        marked = {each["name"] for each in resource["schema"]["fields"] if each.get("asOf")}
        declared = TABLES.get(table)
        if declared is None:  # a table of this hub only
            nothing = frozenset[str]()
            return cls(come_and_go=False, as_of=frozenset(marked), methods=nothing, themes=nothing)
        as_of = marked | {column.name for column in declared.columns if column.as_of}
        themes = _computed_themes(old) if table == "themes" else frozenset[str]()
        methods = frozenset(declared.computed)
        return cls(declared.as_of, frozenset(as_of), methods, themes)

    def are_computed(self, row: Mapping[str, Any]) -> bool:
        """Tell from the older release whether each release computes this row again."""
        return row.get("method") in self.methods or row.get("theme_id") in self.themes


def _computed_themes(hub: Hub) -> frozenset[str]:
    """Return the themes that only an algorithm fills."""
    if "work_themes" not in hub.tables:
        return frozenset()
    computed = {True: set[str](), False: set[str]()}
    for row in hub.work_themes:
        computed[row["method"] in TABLES["work_themes"].computed].add(row["theme_id"])
    return frozenset(computed[True] - computed[False])


def _listed(kinds: Mapping[Kind, int]) -> str:
    """Say counts of kinds in words: ``44 cells filled, 1 row added``."""
    plural = {"vocabulary": "vocabularies"}
    listed: list[str] = []
    for kind, count in kinds.items():
        noun, verb = kind.split()
        listed.append(
            kind if noun == "table" else f"{counted(count, noun, plural.get(noun))} {verb}"
        )
    return ", ".join(listed)
