"""A source in one object: its name, terms, identifiers, and how to read it.

``registry`` lists the sources. A new one is a module with such an object, and a line there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from citehub._identifiers import parse_identifier
from citehub.errors import UnknownWork

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection, Mapping

    from citehub._identifiers import Identifier
    from citehub._rows import Intent, Scheme, SourceKind
    from citehub.sources.api import Api, Host
    from citehub.sources.dump_datasets import Dataset, Expression
    from citehub.sources.layout import Files


@dataclass(frozen=True, slots=True)
class Option:
    """The option of the command line for the files of a source: ``--openalex DIR``."""

    flag: str
    metavar: str
    help: str
    is_many: bool = False


class Need(NamedTuple):
    """What a run needs of a dump.

    ``only`` are records: only these, and works that cite one, need details.
    """

    only: Collection[int] = ()
    texts: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """The tables that a run reads from a source's dump: works and citations.

    ``texts`` are tables of abstracts and the like; ``merged`` says which records became others.
    ``files`` are those of each dataset; ``read_on`` is the day of an extract. ``is_asked`` is true
    for answers of its interface. If ``only`` names records, only these, and works that cite one,
    have details.
    """

    source: Source
    works: Expression
    citations: Expression
    texts: Mapping[str, Expression] = field(default_factory=dict)
    merged: Expression | None = None
    only: frozenset[int] = frozenset()
    columns: Any = None
    files: Mapping[str, Files] = field(default_factory=dict)
    snapshot_on: datetime.date | None = None
    read_on: datetime.date | None = None
    is_asked: bool = False

    @property
    def counted_on(self) -> datetime.date | None:
        """The day of its counts: that of the dump, or of asking."""
        return self.read_on if self.is_asked else self.snapshot_on

    @property
    def source_id(self) -> str:
        """The name of the source."""
        return self.source.id

    @property
    def dump(self) -> Dump:
        """How to read the source."""
        if self.source.dump is None:
            raise TypeError(self.source.id)
        return self.source.dump

    def last_year(self, year: int) -> int:
        """Return the last possible year of a record, by the date of the dump or another one.

        Works about to appear have the next year.
        """
        day = self.snapshot_on or self.read_on
        return (day.year if day else year) + 1


@dataclass(frozen=True, slots=True)
class Dump:
    """How to find, map and read the bulk files of a source.

    Attributes
    ----------
    datasets : tuple of Dataset
        The possible datasets of a dump, the required ones first.
    find : callable
        Returns the files of a folder by dataset.
    open : callable
        Returns the tables in `Opened`, from a reader of files, the folder, its files and the
        needs.
    scheme : str, optional
        Scheme of the names of its records, if they are identifiers.
    prefix : str
        The text before the number in the name of a record.
    is_dated : bool
        Whether partitions are dated, so that the last one of a record counts.
    gone : int, optional
        The record of all deleted works.
    takes_only : bool
        Whether it can leave out details of works unrelated to some records.
    citations_of : callable, optional
        Returns the citations of some records, if that is quicker than to filter all.
    named_by : callable, optional
        Returns the records that identifiers name, whether or not the source has them.
    findings : mapping of str to Source
        Its texts with a finding, and the source of these.
    abstract : callable, optional
        Returns the abstract of a row of works, or why there is none.
    """

    datasets: tuple[Dataset, ...]
    find: Callable[[str], dict[str, Files]]
    open: Callable[[Any, str, dict[str, Files], Need], Mapping[str, Any]]
    scheme: Scheme | None = None
    prefix: str = ""
    is_dated: bool = False
    gone: int | None = None
    takes_only: bool = False
    citations_of: Callable[[Expression, Collection[Any]], Expression] | None = None
    named_by: Callable[[Collection[Identifier]], set[str]] | None = None
    findings: Mapping[str, Source] = field(default_factory=dict)
    abstract: Callable[[Mapping[str, Any]], tuple[str | None, str]] | None = None

    def name_record(self, record: Any) -> str:
        """Return the source's name of a record."""
        return f"{self.prefix}{record}"

    def ids_of_name(self, name: str) -> tuple[Identifier, ...]:
        """Return the identifier in the name of a record."""
        if self.scheme is None:
            return ()
        found = parse_identifier(name if ":" in name else f"{self.scheme}:{name}")
        return (found,) if found else ()

    def numbers(self, ids: Collection[Identifier]) -> set[int]:
        """Return the numbers of records in identifiers of the source's own scheme."""
        own = {each.value for each in ids if each.scheme == self.scheme}
        return {int(value.removeprefix(self.prefix)) for value in own}

    def is_gone(self, ids: Collection[Identifier]) -> bool:
        """Tell whether identifiers name the record of deleted works."""
        return self.gone is not None and self.gone in self.numbers(ids)


@dataclass(frozen=True, slots=True)
class Source:
    """A source: its description, its terms, and how to read it.

    Attributes
    ----------
    id : str
        Its short name, as ``source_id`` has it.
    title, url, kind, rights : str
        Its row in the table ``sources``; ``url`` and ``rights`` may be unknown.
    spdx : str
        The licence of its data in SPDX; empty if there is none.
    schemes : tuple of str
        Schemes of the identifiers that its records have.
    option : Option, optional
        The option of ``citehub new`` for its files; None if they are only in a hub's folder.
    dump : Dump, optional
        How to read its bulk files.
    api : Api, optional
        How to ask its interface who cites a work.
    texts : Host, optional
        Where it gives texts of papers.
    roles : mapping
        Its words for the role of a citation, in this schema's vocabulary.
    labeler : str
        Who or what judges those roles.
    notes : tuple of str
        Sentences on its quirks.
    """

    id: str
    title: str
    url: str | None
    kind: SourceKind
    rights: str | None
    spdx: str = ""
    schemes: tuple[Scheme, ...] = ()
    option: Option | None = None
    dump: Dump | None = None
    api: Api | None = None
    texts: Host | None = None
    roles: Mapping[str, Intent] = field(default_factory=dict)
    labeler: str = ""
    notes: tuple[str, ...] = ()

    @property
    def row(self) -> dict[str, str | None]:
        """The row of the source in ``sources``, without dates."""
        return {
            "source_id": self.id,
            "title": self.title,
            "url": self.url,
            "kind": self.kind,
            "rights": self.rights,
        }


def refuse_deleted(asked: str, source: Source) -> UnknownWork:
    """Return the error for a work that a source put into its record of deleted works."""
    dump = source.dump
    record = dump.name_record(dump.gone) if dump else ""
    return UnknownWork(
        f"{source.title.partition(',')[0]} deleted {asked}: all deleted works are in one record, "
        f"{record}, whose citing works have nothing in common. Name the work by another "
        "identifier, such as its DOI.",
        asked,
    )
