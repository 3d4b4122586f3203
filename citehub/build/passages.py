"""Passages of full texts: their places, and their words if these may be kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from citehub._licences import are_open
from citehub._sections import kind_of_section
from citehub.build.decisions import origin_of
from citehub.build.derived import derive
from citehub.errors import SourceError
from citehub.sources.curation import CURATION, REPEATS, repeats_words
from citehub.sources.full_texts import FULL_TEXTS
from citehub.sources.records import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citehub.build.decisions import Decisions
    from citehub.build.ledger import Ledger
    from citehub.sources.curation import LabelRow, Passage, Reading

PASSAGES_SINCE: Final = 4
"""The first schema version with passages of full texts."""
REMARKS: Final = "labeler", "labeler_version", "guideline", "prompt_sha256", "source_id"
"""Cells of a label with free text, besides its reason."""
_MARK_LETTERS: Final = 50  # of each work
_TITLE_LETTERS: Final = 100
_HASH_DIGITS: Final = 12  # in the name of a passage
_WORDS: Final = ("text", "before", "after")
_CELLS: Final = (
    *("position", "section_number", "section", "place", "mark", "group_size", "names_work"),
    *("sentence_hash", "form", "text_version", "start", "end"),
)
_OF_READING: Final = (
    *("status", "form", "text_version", "is_whole", "n_passages", "n_marks", "licence"),
    *("sha256", "note", "read_on"),
)


def put_passages(
    ledger: Ledger, decisions: Decisions, key: Mapping[str, str], right: str
) -> dict[str, str]:
    """Enter the passages of a citing work, and which of its texts were read.

    Their words enter only if each reading of the text states an open licence, or the maintainer
    has the right to publish them.

    Parameters
    ----------
    ledger : Ledger
        Takes in the rows.
    decisions : Decisions
        What people, and programs that read texts, say about works.
    key : mapping
        The citation: ``citing_work_id`` and ``cited_work_id``.
    right : str
        Why the maintainer may publish the words of any text; empty if licences decide.

    Returns
    -------
    dict of str to str
        The name of each passage by the hash of its words.
    """
    work_id = key["citing_work_id"]
    readings = decisions.readings.get(work_id, [])
    for number, reading in enumerate(readings, 1):
        cells = {name: getattr(reading, name) for name in _OF_READING}
        source_id = reading.source_id or FULL_TEXTS.id
        cells |= {"work_id": work_id, "reading": reading.reading or number, "source_id": source_id}
        ledger.put("text_readings", cells, origin_of(reading.decision, source_id))
    seen: Counter[str] = Counter()
    entered: dict[str, str] = {}
    for position, passage in _in_order(decisions.passages.get(work_id, ())):
        _check_remarks(passage, ("gist",), (passage,))
        stem = f"{work_id}#{passage.sentence_hash[:_HASH_DIGITS]}"
        seen[stem] += 1
        named = {**key, "context_id": stem if seen[stem] == 1 else f"{stem}-{seen[stem]}"}
        entered.setdefault(passage.sentence_hash, named["context_id"])
        source_id = passage.source_id or FULL_TEXTS.id
        read = [each for each in readings if _is_from(passage, each)]
        cells = {name: getattr(passage, name) for name in _CELLS}
        cells |= {**named, "position": position, "source_id": source_id}
        if right or are_open(each.licence for each in read):
            cells |= {name: getattr(passage, name) for name in _WORDS}
        else:
            cells |= _shortened(passage)
        ledger.put("citation_contexts", cells, _origin(passage, source_id, read))
        _put_kind(ledger, passage, named)
        if passage.gist:
            origin = origin_of(passage.decision, passage.gist_source_id or CURATION.id)
            ledger.put("citation_contexts", {**named, "gist": passage.gist}, origin)
    return entered


def check_label(label: LabelRow, passages: Iterable[Passage], hashed: str | None) -> None:
    """Refuse a label of a person that repeats the words of a passage.

    Parameters
    ----------
    label : LabelRow
        The label; those of programs were checked before.
    passages : iterable of Passage
        The passages of the work.
    hashed : str or None
        The hash of the judged passage; None for a whole work.

    Raises
    ------
    SourceError
        A remark has a sentence of it, or five of its words in a row.
    """
    if label.decision.who:
        _check_remarks(label, REMARKS, (p for p in passages if hashed in {None, p.sentence_hash}))


def _check_remarks(
    row: Passage | LabelRow, names: Iterable[str], passages: Iterable[Passage]
) -> None:
    """Refuse a person's remark or reason that repeats the words of passages."""
    decision = row.decision
    cells = {**{name: getattr(row, name) for name in names}, "why": decision.why}
    words = [word for each in passages for word in (each.before, each.text, each.after)]
    words.append(getattr(row, "passage", None))  # a label may quote the passage
    for name, said in cells.items():
        if repeats_words(said, *words):
            raise SourceError.at(decision.path, decision.line, f"{name} {REPEATS}")


def _shortened(passage: Passage) -> dict[str, str]:
    """Return mark and section, cut if they are long enough to be a sentence."""
    cut = {}
    if passage.mark and len(passage.mark) > _MARK_LETTERS + _MARK_LETTERS * (
        passage.group_size or 1
    ):
        cut["mark"] = "[…]"
    titles = (passage.section or "").split(" > ")
    if any(len(each) > _TITLE_LETTERS for each in titles):
        short = (
            each if len(each) <= _TITLE_LETTERS else f"{each[:_TITLE_LETTERS]}…" for each in titles
        )
        cut["section"] = " > ".join(short)
    return cut


def _in_order(passages: Iterable[Passage]) -> list[tuple[int, Passage]]:
    """Return passages with their places, in the order of the text."""
    once: dict[tuple[Any, ...], Passage] = {}  # of rows that say the same, the first
    for each in passages:
        once.setdefault(each[:-1], each)
    numbered = [(each.position or number, each) for number, each in enumerate(once.values(), 1)]
    return sorted(numbered, key=lambda pair: pair[0])


def _is_from(passage: Passage, reading: Reading) -> bool:
    """Tell whether a passage was found in the text of a reading."""
    return (passage.form, passage.text_version) == (reading.form, reading.text_version)


def _origin(passage: Passage, source_id: str, read: Iterable[Reading]) -> Origin:
    """Return the locator of a passage: form and version of the text, and how much was read."""
    version = passage.text_version or "version not known"
    parts = [f"{passage.form or 'form not known'}, {version}"]
    extents = {True: "read whole", False: "read in part", None: ""}
    parts += filter(None, dict.fromkeys(extents[each.is_whole] for each in read))
    decision = passage.decision
    parts.append(decision.place)
    why = f": {decision.why}" if decision.why else ""
    return Origin(source_id, "stated", f"{', '.join(parts)}{why}")


def _put_kind(ledger: Ledger, passage: Passage, named: Mapping[str, Any]) -> None:
    """Enter the kind of the section: by its title, or as its reader judged."""
    by_title = kind_of_section(passage.section)
    kind = passage.section_kind or by_title
    if kind is None:
        return
    cells = {**named, "section_kind": kind}
    if kind == by_title:
        derive(ledger, "citation_contexts", cells, "by the words of the title of its section")
    else:
        ledger.put("citation_contexts", cells, origin_of(passage.decision))
