"""The decisions of people by work, and those that no longer fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from citehub._identifiers import parse_identifier
from citehub._schema import TABLES
from citehub._validate import row_key
from citehub.build.ledger import Cell, Correction
from citehub.sources.curation import (
    CURATION,
    LINK_COLUMNS,
    Curation,
    Misfit,
    check_contradictions,
    find_misfits,
    spell_work,
)
from citehub.sources.records import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citehub._rows import Grade
    from citehub.build.join import Work
    from citehub.sources.curation import Decision, Exclusion, LabelRow, Passage, Reading, WorkTheme

_OfWork = TypeVar("_OfWork", "LabelRow", "Passage", "Reading", "WorkTheme")
_WORKS: Final = TABLES["works"].key
_AUTHORSHIPS: Final = TABLES["authorships"].key


class Decisions:
    """The decisions of a hub by work, its own work first.

    Attributes
    ----------
    corrections : dict of tuple to Correction
        Values of cells, by table, row key and column.
    excluded : dict of str to Exclusion
        Works that do not cite, by ``work_id``.
    labels : dict of str to list of LabelRow
        Labels by ``work_id``.
    passages : dict of str to list of Passage
        Passages of full texts by ``work_id``.
    readings : dict of str to list of Reading
        Results of reading texts by ``work_id``.
    themes : dict of str to list
        Themes of each work, with the decision, by ``work_id``.
    repeated : tuple of str
        A sentence for each row that repeats another one.

    Raises
    ------
    SourceError
        Two rows contradict each other, by whichever identifiers they name the work.
    """

    def __init__(self, curation: Curation, works: Iterable[Work]) -> None:
        self.curation = curation
        works = list(works)
        self._works = _by_name(works)
        self._misfits = find_misfits(curation, self._works.get)
        self.repeated = check_contradictions(
            curation._replace(merges=(), splits=()),  # which name works as they were before
            lambda text: self._works.get(text) or spell_work(text),
        )
        own = works[0].work_id
        for file in ("exclusions", "labels", "passages", "text_readings", "work_themes"):
            for row in getattr(curation, file):
                if self._works.get(row.work) == own:
                    self.tell(row.decision, f"{own} is the hub's own work, not a citing one")
        self.excluded: dict[str, Exclusion] = {}
        self.corrections = dict(self._correct())
        for exclusion in curation.exclusions:
            work_id = self._works.get(exclusion.work)
            if work_id and work_id != own:
                self.excluded.setdefault(work_id, exclusion)
        self.labels: dict[str, list[LabelRow]] = self._by_work(curation.labels)
        self.passages: dict[str, list[Passage]] = self._by_work(curation.passages)
        self.readings: dict[str, list[Reading]] = self._by_work(curation.text_readings)
        self.themes: dict[str, list[tuple[str, Decision]]] = {
            work_id: [(row.theme_id, row.decision) for row in rows]
            for work_id, rows in self._by_work(curation.work_themes).items()
        }

    def _by_work(self, rows: Iterable[_OfWork]) -> dict[str, list[_OfWork]]:
        """Return rows by the works of the hub."""
        found: dict[str, list[_OfWork]] = {}
        for row in rows:
            if work_id := self._works.get(row.work):
                found.setdefault(work_id, []).append(row)
        return found

    def _correct(self) -> Iterator[tuple[Cell, Correction]]:
        """Yield the cells that corrections, findings and links set, each with its value."""
        self._decided: dict[Cell, Decision] = {}
        for each in self.curation.corrections:
            if work_id := self._works.get(each.work):
                row = {"work_id": work_id, "author_order": each.author_order}
                key = row_key(row, _WORKS if each.table == "works" else _AUTHORSHIPS)
                yield self._cell((each.table, key, each.column), each.value, each.decision)
        for finding in self.curation.findings:
            if work_id := self._works.get(finding.work):
                yield self._cell(("works", work_id, "finding"), finding.finding, finding.decision)
                cell = "works", work_id, "finding_source"
                yield cell, Correction(CURATION.id, origin_of(finding.decision))
        for link in self.curation.links:
            if work_id := self._works.get(link.work):
                cell = "works", work_id, LINK_COLUMNS[link.kind]
                yield self._cell(cell, link.url, link.decision)

    def _cell(self, cell: Cell, value: Any, decision: Decision) -> tuple[Cell, Correction]:
        self._decided[cell] = decision
        return cell, Correction(value, origin_of(decision))

    def tell(self, decision: Decision, reason: str) -> None:
        """Note that a decision does not fit."""
        self._misfits.append(Misfit(decision, reason))

    def misfits(self, agreed: Iterable[Cell], entered: Iterable[Cell]) -> list[Misfit]:
        """Return the decisions that do not fit the sources.

        Parameters
        ----------
        agreed : iterable of tuple
            Cells in which all sources agree with the correction.
        entered : iterable of tuple
            Cells that the corrections reached.
        """
        found = list(self._misfits)
        reached = set(entered)
        for cell in sorted(set(agreed) & self._decided.keys()):
            reason = f"the sources now have this value for {cell[2]} of {cell[1]}"
            found.append(Misfit(self._decided[cell], reason))
        for cell in sorted(self._decided.keys() - reached):
            reason = f"{cell[0]} has no row {cell[1]}"
            if cell[1] not in self.excluded:
                found.append(Misfit(self._decided[cell], reason))
        return sorted(found, key=lambda each: (each.decision.path, each.decision.line))


def origin_of(decision: Decision, source_id: str = CURATION.id) -> Origin:
    """Return the place of a decision as the origin of a cell; ``source_id`` says who decided."""
    why = f": {decision.why}" if decision.why else ""
    is_signed = decision.who or decision.when or why
    grade: Grade = "curated" if source_id == CURATION.id else "stated"
    return Origin(source_id, grade, f"{decision.place}{why}" if is_signed else None)


class _ByName(dict[str, str]):
    """Ids of works by everything that names them, whatever its spelling."""

    def get(self, name: str, default: Any = None) -> Any:
        found = parse_identifier(name)
        return super().get(name) or super().get(found.curie if found else name, default)


def _by_name(works: Iterable[Work]) -> _ByName:
    names = _ByName()
    for work in works:
        for record in work.records:
            for identifier in (*record.ids, *record.known_as):
                names.setdefault(identifier.curie, work.work_id)
            names.setdefault(f"{record.source_id}:{record.record_id}", work.work_id)
        names[work.work_id] = work.work_id
    return names
