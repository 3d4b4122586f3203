"""Finding the records of given works in each source, by their identifiers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from citehub._identifiers import parse_identifier
from citehub.sources.records import ID_SCHEMES, best_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from citehub._identifiers import Identifier
    from citehub.bulk.engines import Engine
    from citehub.sources.dump_datasets import Expression

_BLANKS: Final = r"[ \t\n\f\r]+"
_FEW_IDS: Final = 32  # identifiers that are looked for in what lies in files, before it is mapped
_ROUNDS: Final = 8  # identifiers lead to records, which have further identifiers


@dataclass(slots=True, eq=False)
class Wanted:
    """A given work: its spelling, its identifiers, and its records by source."""

    asked: str
    ids: set[Identifier] = field(default_factory=set)
    records: dict[str, set[Any]] = field(default_factory=dict)

    @property
    def curie(self) -> str:
        """The identifier by which a hub names the work, else the given spelling."""
        best = best_identifier(self.ids)
        return best.curie if best else self.asked


def read_wanted(asked: str) -> Wanted:
    """Return a work to look for; anything but an identifier is a title."""
    found = parse_identifier(asked)
    return Wanted(asked, {found} if found else set())


def find_records(
    engine: Engine,
    works: Mapping[str, Expression],
    wanted: Iterable[Wanted],
    likely: Mapping[str, Callable[[Collection[Identifier]], Expression]] = MappingProxyType({}),
) -> None:
    """Fill in the records and identifiers of the given works.

    Records with a shared identifier are one work. So any one of the preprint, its published
    version and their copies in other sources finds the others. The functions in ``likely``, by
    source, return the works that may have a few identifiers; it looks only at these.
    """
    wanted = list(wanted)
    _find_titles(engine, works, [each for each in wanted if not each.ids])
    asked: dict[Wanted, set[Identifier]] = {each: set() for each in wanted}
    for _ in range(_ROUNDS):
        owners: dict[Identifier, list[Wanted]] = {}
        for each in wanted:
            for identifier in each.ids - asked[each]:
                owners.setdefault(identifier, []).append(each)
            asked[each] |= each.ids
        if not owners:
            return
        for source, every in works.items():
            is_likely = source in likely and len(owners) <= _FEW_IDS
            table = likely[source](owners.keys()) if is_likely else every
            matches = _matching(table, owners)
            for row in engine.fetch(_ids(table.filter(matches))):
                for identifier in ids_of(row):
                    for owner in owners.get(identifier, ()):
                        _enter(owner, source, row)


def _find_titles(engine: Engine, works: Mapping[str, Expression], wanted: list[Wanted]) -> None:
    titles: dict[str, list[Wanted]] = {}
    for each in wanted:
        titles.setdefault(fold_title(each.asked), []).append(each)
    for source, table in works.items() if titles else ():
        key = table.title.lower().re_replace(_BLANKS, " ").strip()
        found = table.mutate(key=key).filter(lambda each: each.key.isin(list(titles)))
        for row in engine.fetch(found.select("record", "key", *ID_SCHEMES, "also").distinct()):
            for owner in titles[row["key"]]:
                _enter(owner, source, row)


def fold_title(title: str) -> str:
    """Return a title in the form for comparing."""
    return re.sub(_BLANKS, " ", title.lower()).strip(" ")


def ids_of(row: Mapping[str, Any]) -> tuple[Identifier, ...]:
    """Return the identifiers of a work of a source, in citehub's spelling."""
    found = []
    known = [f"{scheme}:{row[scheme]}" for scheme in ID_SCHEMES if row[scheme]]
    for each in (*known, *(row["also"] or ())):
        parsed = parse_identifier(each)
        if parsed and parsed not in found:
            found.append(parsed)
    return tuple(found)


def _ids(table: Expression) -> Expression:
    return table.select("record", *ID_SCHEMES, "also").distinct()


def _matching(table: Expression, wanted: Iterable[Identifier]) -> Expression:
    import ibis

    values: dict[str, list[str]] = {}
    for scheme, value in wanted:
        if scheme in ID_SCHEMES:
            values.setdefault(scheme, []).append(value)
            if scheme == "arxiv":  # a source may know it by the DOI alone
                values.setdefault("doi", []).append(f"10.48550/arxiv.{value}")
    curies = [f"{scheme}:{each}".lower() for scheme, some in values.items() for each in some]
    further = table.also.filter(lambda each: each.isin(curies))
    return ibis.or_(
        *(table[scheme].isin(each) for scheme, each in values.items()),
        further.length().fill_null(0) > 0,
    )


def _enter(wanted: Wanted, source: str, row: Mapping[str, Any]) -> None:
    wanted.records.setdefault(source, set()).add(row["record"])
    wanted.ids.update(ids_of(row))
