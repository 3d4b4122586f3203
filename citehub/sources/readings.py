"""The results of ``citehub read``, kept in the folder of a hub."""

from __future__ import annotations

import datetime
import json
import os
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from citehub import _vocabularies as terms
from citehub._atomic_file import write_whole
from citehub.errors import SourceError
from citehub.sources.curation import Curation, Decision, LabelRow, Passage, Reading
from citehub.sources.full_texts import FULL_TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from citehub._vocabularies import Vocabulary

FOLDER: Final = FULL_TEXTS.id
"""The folder in ``source`` with the results."""
FILE: Final = "readings.jsonl"
"""A line of JSON for each text, with its passages."""
LABELS: Final = "labels.jsonl"
"""A line of JSON for each label that a program gave to a passage."""
TRUST: Final = ("jats", "html", "latex", "tei", "markdown", "plain", "pdf")
"""Forms of a text, the most trusted first."""
UNCLEAR: Final = frozenset({
    *("no references", "marks without links", "not readable", "ambiguous entry"),
    *("no open text", "not at hand"),
})  # fmt: skip
"""After a text with such a status, another text of the same work is worth reading."""
_KEYS: Final = (
    *("position", "section_number", "section", "section_kind", "place", "mark", "group_size"),
    *("names_work", "sentence_hash", "text", "before", "after", "start", "end"),
)
_OF_MODELS: Final = ("guideline", "prompt_sha256", "confidence_level", "rank", "gist")
_INT16_END: Final = 1 << 15
_HASH: Final = re.compile("[0-9a-f]{64}")
_NUMBERS: Final = ("position", "group_size", "start", "end")
_TERMS: Final[dict[str, Vocabulary]] = {
    "section_kind": terms.SECTION_KIND, "place": terms.PLACE, "form": terms.TEXT_FORM,
    "status": terms.TEXT_STATUS,
}  # fmt: skip


def read_readings(folder: str) -> list[dict[str, Any]]:
    """Return the readings of texts, a mapping for each; none if there are none.

    Parameters
    ----------
    folder : str
        The folder of the hub's sources.

    Raises
    ------
    SourceError
        A line is damaged.
    """
    return list(_lines(os.path.join(folder, FOLDER, FILE), _checked))


def _lines(
    path: str, check: Callable[[dict[str, Any]], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    if not os.path.isfile(path):
        return
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        for number, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                yield check(json.loads(text))
            except (AttributeError, ValueError, KeyError, TypeError, RecursionError) as error:
                why = str(error) or type(error).__name__
                problem = (
                    f"is damaged ({why:.80}). Get the file back from where you have it, or delete "
                    "it and run again: citehub read, citehub label"
                )
                raise SourceError.at(path, number, problem) from None


def write_readings(readings: Iterable[dict[str, Any]], folder: str) -> None:
    """Write the readings of texts; the folder of the hub's sources is a copy, or new."""
    _write(FILE, readings, folder)


def read_program_labels(folder: str) -> list[dict[str, Any]]:
    """Return the labels that programs gave passages, a mapping for each.

    Parameters
    ----------
    folder : str
        The folder of the hub's sources.

    Raises
    ------
    SourceError
        A line is damaged.
    """
    return list(_lines(os.path.join(folder, FOLDER, LABELS), _checked_label))


def write_program_labels(labels: Iterable[dict[str, Any]], folder: str) -> None:
    """Write the labels of programs; the folder of the hub's sources is a copy, or new."""
    _write(LABELS, labels, folder)


def _write(name: str, entries: Iterable[dict[str, Any]], folder: str) -> None:
    place = os.path.join(folder, FOLDER)
    os.makedirs(place, exist_ok=True)
    lines = (f"{json.dumps(each, ensure_ascii=False)}\n".encode() for each in entries)
    write_whole(lines, os.path.join(place, name), force=True)


def with_readings(curation: Curation, folder: str) -> Curation:
    """Return the decisions of people and programs: curation, and readings of texts.

    If a person entered a passage and a program found it, by the hash of its words, it is one: the
    person counts, and the program fills in the rest.
    """
    path = os.path.join(folder, FOLDER, FILE)
    curation = curation._replace(labels=(*curation.labels, *_program_labels(folder)))
    entries = [*enumerate(read_readings(folder), 1)]
    if not entries:
        return curation
    passages: list[Passage] = []
    readings: list[Reading] = []
    by_hand: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for each in curation.passages:
        by_hand[each.work, each.sentence_hash].append(each)
    before = Counter(each.work for each in curation.text_readings)
    best = {id(each) for each in best_of(entry for _, entry in entries)}
    for line, entry in entries:
        decision = Decision(path, line, None, None, entry["program"])
        number = before[entry["work"]] + entry["reading"]
        readings.append(_reading(entry, decision)._replace(reading=number))
        for found in _passages(entry, decision) if id(entry) in best else ():
            twins = by_hand[found.work, found.sentence_hash]
            passages.append(_joined(twins.pop(0), found) if twins else found)
    rest = {id(each) for twins in by_hand.values() for each in twins}
    passages += (each for each in curation.passages if id(each) in rest)
    return curation._replace(
        passages=tuple(passages), text_readings=(*curation.text_readings, *readings)
    )


def best_of(entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the reading of each work whose passages count.

    It is one with a result, then that of the most trusted form, then of the newest version, then
    the last one.
    """
    some: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in entries:
        some[each["work"]].append(each)
    for readings in some.values():
        yield max(readings, key=_worth)


def _worth(entry: dict[str, Any]) -> tuple[bool, int, int, int]:
    form, version = entry["form"], re.fullmatch(r"v(\d{1,4})", entry["text_version"] or "")
    trust = len(TRUST) - TRUST.index(form) if form in TRUST else 0
    number = int(version[1]) if version else 0
    return (entry["status"] not in UNCLEAR, trust, number, entry["reading"])


def _program_labels(folder: str) -> Iterator[LabelRow]:
    path = os.path.join(folder, FOLDER, LABELS)
    for line, entry in enumerate(read_program_labels(folder), 1):
        yield LabelRow(
            work=entry["work"], scheme=entry["scheme"], value=entry["value"], passage=None,
            context_id=entry["context_id"], labeler=entry["labeler"],
            labeler_kind=entry["labeler_kind"], labeler_version=entry["labeler_version"],
            confidence=None, source_id=None,
            decision=Decision(path, line, None, None, entry["why"]),
            **{name: entry.get(name) for name in _OF_MODELS},
        )  # fmt: skip


def _joined(one: Passage, other: Passage) -> Passage:
    """Return a person's passage, with additions of a program."""
    values = {
        name: value
        for name, value in other._asdict().items()
        if name != "decision" and (getattr(one, name) is None or name == "position")
    }
    return one._replace(**values)


def _reading(entry: dict[str, Any], decision: Decision) -> Reading:
    read_on = entry["read_on"] and datetime.date.fromisoformat(entry["read_on"])
    return Reading(
        entry["work"], None, entry["status"], entry["form"], entry["text_version"],
        entry["is_whole"], len(entry["passages"]), entry["n_marks"], entry["licence"],
        entry["sha256"], entry["note"], read_on, None, decision,
    )  # fmt: skip


def _passages(entry: dict[str, Any], decision: Decision) -> Iterator[Passage]:
    for each in entry["passages"]:
        yield Passage(
            work=entry["work"], form=entry["form"], text_version=entry["text_version"],
            gist=None, source_id=None, gist_source_id=None, decision=decision,
            **{name: each[name] for name in _KEYS},
        )  # fmt: skip


def _checked(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with valid cells; a ValueError names an invalid one."""
    for name in ("work", "status", "program"):
        _check(isinstance(entry[name], str) and bool(entry[name]), name)
    for name in ("text", "form", "text_version", "licence", "sha256", "note", "read_on"):
        _check(isinstance(entry[name], str | None), name)
    datetime.date.fromisoformat(entry["read_on"] or "2026-01-01")
    _check(type(entry["reading"]) is int and 0 < entry["reading"] < _INT16_END, "reading")
    _check(entry["n_marks"] is None or _is_count(entry["n_marks"]), "n_marks")
    _check(type(entry["is_whole"]) in {bool, type(None)}, "is_whole")
    _check(isinstance(entry["passages"], list), "passages")
    for each in (entry, *entry["passages"]):
        _check(isinstance(each, dict), "passages")
        for name, vocabulary in _TERMS.items():
            _check(each.get(name) is None or each[name] in vocabulary.terms, name)
    for each in entry["passages"]:
        for name in ("section_number", "section", "mark", "before", "after"):
            _check(isinstance(each[name], str | None), name)
        _check(isinstance(each["text"], str) and bool(each["text"]), "text")
        _check(bool(_HASH.fullmatch(each["sentence_hash"])), "sentence_hash")
        for name in _NUMBERS:
            _check(each[name] is None or _is_count(each[name]), name)
        _check((each["start"] or 0) <= (each["end"] or 0), "start")
        _check(type(each["names_work"]) is bool, "names_work")
    json.dumps(entry, ensure_ascii=False).encode()  # half of a letter is none
    return entry


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < _INT16_END


def _checked_label(entry: dict[str, Any]) -> dict[str, Any]:
    for name in ("work", "context_id", "value", "labeler", "labeler_version", "why"):
        _check(isinstance(entry[name], str) and entry[name].isprintable(), name)
    allowed = {"intent": terms.INTENT.terms, "polarity": terms.POLARITY.terms}
    _check(entry["scheme"] in terms.LABEL_SCHEME.terms, "scheme")
    _check(entry["value"] in allowed.get(entry["scheme"], (entry["value"],)), "value")
    _check(entry["labeler_kind"] in {"rule", "model", "majority"}, "labeler_kind")
    for name in ("guideline", "prompt_sha256", "gist", "model"):
        _check(isinstance(entry.get(name), str | None), name)
    _check(entry.get("confidence_level") in {None, *terms.CONFIDENCE.terms}, "confidence_level")
    _check(entry.get("rank") in {None, 1, 2}, "rank")
    return entry


def _check(is_sound: bool, name: str) -> None:  # noqa: FBT001
    if not is_sound:
        raise ValueError(f"{name} is not what it should be")
