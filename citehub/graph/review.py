"""How people judge the passages of a hub: the order, what is kept, and their agreement."""

from __future__ import annotations

import datetime
import os
import re
import stat
import unicodedata
from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub import _vocabularies as terms
from citehub import vocabulary
from citehub._atomic_file import write_whole
from citehub._raters import cohen_kappa, find_classes, known, pair_ac1
from citehub._text import clean, clean_line, hash_sentence
from citehub._writer_lock import writing
from citehub.build.curate import find_hub_folder, load_newest
from citehub.build.passages import REMARKS
from citehub.build.spec import SOURCE
from citehub.errors import BadArgument, BuildError, SourceError, UnknownWork
from citehub.explorer.review import write_review
from citehub.graph.at_hand import passages_at_hand
from citehub.graph.hubs import today
from citehub.labelling.guideline import read_guideline
from citehub.sources.curation import (
    LABELS,
    REPEATS,
    LabelRow,
    read_curation,
    read_labels,
    repeats_words,
)
from citehub.sources.sheet import edit_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from citehub._rows import ConfidenceLevel, LabelScheme
    from citehub.graph.at_hand import PassageAtHand

READ: Final = "Read the passage"
OPENED: Final = "Read in the paper"
SETTLED: Final = "Settled after both judgements were read"
LEVELS: Final = tuple(reversed(terms.CONFIDENCE.terms))
_NO_SECOND: Final = "second", "unsure"
_NAME_LETTERS: Final = 100  # at most
_COMMENT_LETTERS: Final = 2000  # at most
_MOST_BYTES: Final = 10_000_000
_MEANING: Final = re.compile(
    r"^ {0,3}[-*+] +\*\*([^*\n]{1,80})\*\*:? *(.+(?:\n +\S.*)*)", re.MULTILINE
)
_MASK: Final = (1 << 32) - 1


class Judgement(NamedTuple):
    """One person's judgement of one passage; ``second`` is a role that fits nearly as well."""

    role: str
    second: str | None = None
    polarity: str | None = None
    subject: str | None = None
    confidence: ConfidenceLevel | None = None
    comment: str | None = None


class Dispute(NamedTuple):
    """A passage that people judge differently in a scheme, and what each says."""

    passage: PassageAtHand
    scheme: LabelScheme
    said: tuple[tuple[str, LabelRow], ...]


class PairAgreement(NamedTuple):
    """How far two people agree in one scheme, on the passages that both judged.

    ``kappa`` is Cohen's and ``ac1`` Gwet's; each is None if not defined.
    """

    one: str
    other: str
    scheme: LabelScheme
    n: int
    n_agreed: int
    kappa: float | None
    ac1: float | None


class TakenJudgements(NamedTuple):
    """What became of a person's judgements in files.

    ``older`` names the passages whose judgement in ``labels.csv`` is newer, and stays.
    """

    name: str
    new: int
    replaced: tuple[str, ...]
    same: int
    older: tuple[str, ...]


class Review:
    """The passages of a hub folder, and people's judgements in its ``labels.csv``.

    Attributes
    ----------
    folder, path : str
        The hub folder, and the file of labels.
    hub : Hub
        The newest release.
    passages : dict of str to PassageAtHand
        The passages by ``context_id``, in the order of the release.
    urls : dict of str to str or None
        The address of each citing work.
    values : dict of str to tuple of str
        The values of each scheme; ``subject`` is empty if the hub declares none.
    meanings : dict of str to dict of str to str
        The meaning of each value, by scheme: from the guideline, else from citehub.
    guideline : Guideline
        The guideline for judging.

    Raises
    ------
    UnknownHub, BadArgument
        There is no such hub folder, or it comes with citehub.
    BuildError
        It has no release yet, or the release has no passages.
    SourceError
        Its files of curation cannot be read.
    """

    def __init__(self, hub: str | os.PathLike[str]) -> None:
        self.folder = find_hub_folder(hub)
        self.source = os.path.join(self.folder, SOURCE)
        self.path = os.path.join(self.source, LABELS.filename)
        release = load_newest(self.folder)
        if release is None:
            raise BuildError(f"{self.folder} has no release yet. Make one with: citehub build")
        self.hub = release
        self.passages = {each.context_id: each for each in passages_at_hand(release, self.source)}
        if not self.passages:
            raise BuildError(
                f"{release.name} {release.version} has no passages to judge. Read texts first, "
                "with: citehub read"
            )
        citing = {each.work_id for each in self.passages.values()}
        self.urls = {work.work_id: work.url for work in release.release.stream([*citing])}
        curation = read_curation(self.source)
        self.subjects = {row.subject: row.description for row in curation.subjects}
        self.guideline = read_guideline(self.source, self.subjects)
        self.values: dict[LabelScheme, tuple[str, ...]] = {
            "intent": terms.INTENT.terms,
            "polarity": terms.POLARITY.terms,
            "subject": tuple(self.subjects),
        }
        self.meanings = self._find_meanings()
        self._programs = {
            _nearly(row["labeler"])
            for row in release.table("citation_labels")
            if row["labeler"] and not is_person(row["labeler_kind"])
        }
        self._by_hash = {
            (row["citing_work_id"], row["sentence_hash"]): row["context_id"]
            for row in release.table("citation_contexts")
            if row.get("sentence_hash")
        }

    def _find_meanings(self) -> dict[LabelScheme, dict[str, str]]:
        meanings = _MEANING.findall(self.guideline.text)
        # A subject may be named as a role is.
        first, last = dict(reversed(meanings)), dict(meanings)
        known: dict[str, Mapping[Any, str]] = {
            "intent": vocabulary.INTENTS,
            "polarity": vocabulary.POLARITIES,
            "subject": self.subjects,
        }
        return {
            scheme: {
                value: " ".join(
                    (last if scheme == "subject" else first)
                    .get(value, known[scheme][value])
                    .split()
                )
                for value in values
            }
            for scheme, values in self.values.items()
        }

    def describe(self, passage: PassageAtHand) -> dict[str, Any]:
        """Return a passage for the page."""
        start, end = passage.span or (0, 0)
        text = passage.text
        return {
            "id": passage.context_id,
            "work": passage.work_id,
            "title": passage.title,
            "url": self.urls.get(passage.work_id),
            "where": where(passage),
            "words": text and (text[:start], text[start:end], text[end:]),
            "before": passage.before or "",
            "after": passage.after or "",
            "gist": passage.gist,
        }

    def labels(self) -> list[LabelRow]:
        """Return the rows of ``labels.csv`` as they are now."""
        return list(read_labels(self.path)[0]) if os.path.lexists(self.path) else []

    def context_of(self, row: LabelRow) -> str | None:
        """Return the passage of a label; None for a whole work."""
        if row.context_id or not row.passage:
            return row.context_id
        try:
            work_id = self.hub.work(row.work).work_id
        except UnknownWork:
            return None
        return self._by_hash.get((work_id, hash_sentence(row.passage)))

    def judged(self, rows: Iterable[LabelRow]) -> dict[str, dict[str, list[LabelRow]]]:
        """Return people's judgements by name and passage, without those that are settled."""
        found: dict[str, dict[str, list[LabelRow]]] = {}
        for row in rows:
            context_id = self.context_of(row)
            if context_id and (row.labeler_kind or "person") == "person":
                found.setdefault(name_of(row), {}).setdefault(context_id, []).append(row)
        return found

    def check_name(self, name: str, others: Iterable[str] = ()) -> str:
        """Return the name of a person in one spelling; ``others`` are further names.

        Raises
        ------
        BadArgument
            It is not a name, is that of a program, or is nearly one in ``labels.csv``.
        """
        spelt = _spell(name)
        if clean(name) != name or not any(map(str.isalnum, spelt)):
            raise BadArgument.of("--as", name, "a name, on one line")
        if len(spelt) > _NAME_LETTERS:
            raise BadArgument.of("--as", f"{spelt[:40]}…", f"at most {_NAME_LETTERS} letters long")
        rows = self.labels()
        programs = self._programs | {
            _nearly(name_of(row)) for row in rows if not is_person(row.labeler_kind)
        }
        if _nearly(spelt) in programs:
            raise BadArgument.of("--as", name, "a person, and in this hub it is a program")
        others = (*others, *(name_of(row) for row in rows if is_person(row.labeler_kind)))
        for other in others:
            if other != spelt and _nearly(other) == _nearly(spelt):
                raise BadArgument.of("--as", name, f"spelt as in labels.csv, {other!r}")
        return spelt

    def repeats(self, context_id: str, comment: str | None) -> bool:
        """Tell whether a comment, which is published, repeats its passage or its neighbours."""
        passage = self.passages[context_id]
        return repeats_words(comment, passage.before, passage.text, passage.after)

    def order(self, name: str) -> list[PassageAtHand]:
        """Return the passages in a person's own order."""
        return sorted(self.passages.values(), key=lambda each: place(name, each.context_id))

    def lost(self, rows: Iterable[LabelRow], name: str) -> list[LabelRow]:
        """Return the labels of a person whose passage the release no longer has."""
        return [
            row
            for row in rows
            if row.context_id and name_of(row) == name and row.context_id not in self.passages
        ]

    def keep(self, name: str, passage: PassageAtHand, judgement: Judgement) -> None:
        """Write a person's judgement of a passage, in place of an earlier one.

        Raises
        ------
        SourceError
            ``labels.csv`` cannot be read; it is unchanged.
        HubInUse
            Another process writes into the folder.
        OSError
            The file cannot be written; it is unchanged.
        """
        about = {"labeler_kind": "person", "confidence_level": judgement.confidence}
        why = judgement.comment or (READ if passage.text else OPENED)
        rows = [
            self._row(passage, name, scheme, value, why) | about | {"rank": rank}
            for scheme, value, rank in (
                ("intent", judgement.role, None),
                ("intent", judgement.second, 2),
                ("polarity", judgement.polarity, None),
                ("subject", judgement.subject, None),
            )
            if value
        ]
        self._write(rows, lambda row: self._is_of(row, name, passage.context_id))

    def settle(self, names: str, dispute: Dispute, value: str, comment: str | None) -> None:
        """Write what people settled on, in place of an earlier settlement."""
        passage, scheme = dispute.passage, dispute.scheme
        row = self._row(passage, names, scheme, value, comment or SETTLED)
        self._write(
            [row | {"labeler_kind": "settled"}],
            lambda each: (
                each.labeler_kind == "settled"
                and (self.context_of(each), each.scheme) == (passage.context_id, scheme)
            ),
        )

    def _is_of(self, row: LabelRow, name: str, context_id: str) -> bool:
        is_person = (row.labeler_kind or "person") == "person"
        return is_person and name_of(row) == name and self.context_of(row) == context_id

    def _row(
        self, passage: PassageAtHand, name: str, scheme: str, value: str, why: str
    ) -> dict[str, Any]:
        return {
            "work": passage.work_id, "scheme": scheme, "value": value,
            "context_id": passage.context_id, "who": name, "when": today().isoformat(),
            "why": clean_line(why)[:_COMMENT_LETTERS], "labeler": name,
            "guideline": self.guideline.version,
        }  # fmt: skip

    def _write(self, rows: Sequence[Mapping[str, Any]], goes: Any) -> None:
        """Change ``labels.csv`` whole or not at all; what others wrote meanwhile stays."""
        with writing(self.folder):
            drop = {row.decision.line for row in self.labels() if goes(row)}
            names = [column.name for column in LABELS.columns]
            write_whole([edit_sheet(self.path, names, rows, drop)], self.path, force=True)

    # -- what two people say --------------------------------------------------------------

    def agreement(self) -> list[PairAgreement]:
        """Return how far any two people agree who judged the same passages, by scheme."""
        import numpy as np

        first = self._first()
        found = []
        for one, other in combinations(sorted(first), 2):
            for scheme in self.values:
                both = first[one].keys() & first[other].keys()
                pairs = [
                    (first[one][key].value, first[other][key].value)
                    for key in both
                    if key[1] == scheme
                ]
                if pairs:
                    counts = Counter(pairs)
                    seen = {value for pair in pairs for value in pair}
                    values = find_classes(scheme, self.subjects, seen)
                    table = np.array([[counts[a, b] for b in values] for a in values])
                    found.append(PairAgreement(
                        one, other, scheme, len(pairs), int(table.trace()),
                        known(cohen_kappa(table)), known(pair_ac1(table, len(values))),
                    ))  # fmt: skip
        return found

    def disputes(self) -> tuple[list[Dispute], dict[tuple[str, LabelScheme], LabelRow]]:
        """Return where people differ, and what is settled, by passage and scheme."""
        choices: dict[tuple[str, LabelScheme], list[tuple[str, LabelRow]]] = defaultdict(list)
        for name, rows in self._first().items():
            for key, row in rows.items():
                choices[key].append((name, row))
        found = [
            Dispute(passage, scheme, tuple(sorted(choices[context_id, scheme])))
            for context_id, passage in self.passages.items()
            for scheme in self.values
            if len({row.value for _, row in choices[context_id, scheme]}) > 1
        ]
        settled = {
            (context_id, row.scheme): row
            for row in self.labels()
            if row.labeler_kind == "settled" and (context_id := self.context_of(row))
        }
        return found, settled

    def _first(self) -> dict[str, dict[tuple[str, LabelScheme], LabelRow]]:
        """Return each person's first choices, by passage and scheme."""
        return {
            name: {
                (context_id, row.scheme): row
                for context_id, rows in by_passage.items()
                for row in rows
                if context_id in self.passages and (row.rank or 1) == 1
            }
            for name, by_passage in self.judged(self.labels()).items()
        }

    # -- files that people bring ----------------------------------------------------------

    def take(self, paths: Sequence[str]) -> tuple[list[TakenJudgements], list[str]]:
        """Take the judgements of files into ``labels.csv``: all of them, or none.

        If a person judged a passage twice, the later day counts; on the same day, the file counts.

        Returns
        -------
        tuple
            What became of them, by person, and notes on the files.

        Raises
        ------
        SourceError
            A row is not right; the error names file and line.
        """
        coming, notes = self._read_all(paths)
        held = self.judged(self.labels())
        found: dict[str, dict[str, list[str]]] = {}
        rows_new: list[dict[str, Any]] = []
        changed: set[tuple[str, str]] = set()
        for (name, context_id), rows in coming.items():
            kind = _compare(held.get(name, {}).get(context_id), rows)
            found.setdefault(name, {}).setdefault(kind, []).append(context_id)
            if kind in {"new", "replaced"}:
                rows_new += map(_cells, rows)
                changed.add((name, context_id))
        if rows_new:
            self._write(rows_new, lambda row: _is_among(row, self.context_of(row), changed))
        taken = [
            TakenJudgements(
                name, len(kinds.get("new", ())), tuple(kinds.get("replaced", ())),
                len(kinds.get("same", ())), tuple(kinds.get("older", ())),
            )
            for name, kinds in found.items()
        ]  # fmt: skip
        return taken, notes

    def _read_all(
        self, paths: Sequence[str]
    ) -> tuple[dict[tuple[str, str], list[LabelRow]], list[str]]:
        """Return the judgements of files by name and passage; of two files, the later day."""
        coming: dict[tuple[str, str], list[LabelRow]] = {}
        notes: list[str] = []
        checked = set[str]()
        for path in paths:
            brought: dict[tuple[str, str], list[LabelRow]] = {}
            for row in self._read_checked(path, notes):
                brought.setdefault((name_of(row), row.context_id or ""), []).append(row)
            for key, rows in brought.items():
                _check_twice(rows)
                if key[0] not in checked:
                    self._check_person(rows[0], checked)
                    checked.add(key[0])
                if key not in coming or _day(rows) >= _day(coming[key]):
                    coming[key] = rows
        if not coming:
            raise SourceError(f"{', '.join(paths)}: no judgement found")
        return coming, notes

    def _read_checked(self, path: str, notes: list[str]) -> list[LabelRow]:
        """Return the rows of a file; refuse one that is not a person's judgement."""
        if os.path.exists(path) and stat.S_ISCHR(os.stat(path).st_mode):
            raise SourceError.at(path, 0, "is a device, not a file")
        if os.path.isfile(path) and os.path.getsize(path) > _MOST_BYTES:
            raise SourceError.at(path, 0, f"is larger than {_MOST_BYTES:,} bytes")
        rows, row_notes = read_labels(path)
        notes += row_notes
        for row in rows:
            for problem in self._find_wrong(row):
                raise SourceError.at(path, row.decision.line, problem)
        return [
            row._replace(labeler=name_of(row), labeler_kind="person", context_id=context_id)
            for row in rows
            if (context_id := self.context_of(row))
        ]

    def _find_wrong(self, row: LabelRow) -> Iterator[str]:
        """Yield the problems of a row; the first one is reported."""
        context_id = self.context_of(row)
        if (row.labeler_kind or "person") != "person":
            yield f"labeler_kind should be person, not {row.labeler_kind}"
        if row.source_id:
            yield "source_id should be empty: a person judged"
        tomorrow = today() + datetime.timedelta(1)  # it is so somewhere already
        if row.decision.when and row.decision.when > tomorrow:
            yield f"when is {row.decision.when}, a day in the future"
        if not row.context_id and not row.passage:
            yield "context_id is empty: it should name the passage"
        if context_id is None or context_id not in self.passages:
            release = f"{self.hub.name} {self.hub.version}"
            yield f"{release} has no passage {row.context_id or row.passage!r:.80}"
            return
        if self.passages[context_id].work_id != self._work_of(row):
            yield f"{row.work!r:.60} is not the work of passage {context_id}"
        if row.scheme == "subject" and row.value not in self.subjects:
            listed = ", ".join(self.subjects) or "none"
            yield f"subjects.csv has no subject {row.value!r:.60}; known: {listed}"
        remarks = {"why": to_comment(row), "who": row.decision.who}
        remarks |= {name: getattr(row, name) for name in REMARKS}
        for name, said in remarks.items():
            if self.repeats(context_id, said):
                yield f"{name} {REPEATS}"

    def _check_person(self, row: LabelRow, others: Iterable[str]) -> None:
        """Refuse a name in a file that is invalid, or nearly another one."""
        try:
            spelt = self.check_name(name_of(row), others)
        except BadArgument as error:
            problem = str(error).replace("--as", "labeler", 1)
            raise SourceError.at(row.decision.path, row.decision.line, problem) from None
        if spelt != name_of(row):
            problem = f"labeler should be {spelt!r}, not {name_of(row)!r}"
            raise SourceError.at(row.decision.path, row.decision.line, problem)

    def _work_of(self, row: LabelRow) -> str | None:
        try:
            return self.hub.work(row.work).work_id
        except UnknownWork:
            return None


def write_review_page(
    hub: str | os.PathLike[str], out: str | os.PathLike[str], *, force: bool = False
) -> str:
    """Write a folder with a page for people to judge the passages of a hub folder.

    Parameters
    ----------
    hub : str or path
        The hub folder; the page has its sentences, also those that a release may not have.
    out : str or path
        The folder to make.
    force : bool, optional
        Replace a folder that citehub wrote before.

    Returns
    -------
    str
        The folder.

    Raises
    ------
    TargetExists
        The folder exists and ``force`` is not given, or it holds something else.
    BuildError
        The hub has no release, or no passages.
    """
    review = Review(hub)
    questions: tuple[tuple[str, str, LabelScheme, bool], ...] = (
        ("role", "Role", "intent", False),
        ("second", "Second role that fits nearly as well", "intent", True),
        ("polarity", "Polarity", "polarity", False),
        ("subject", "Subject", "subject", True),
    )
    asked = [
        {"question": question, "title": title, "isOpen": is_open,
         "values": [
             pair for pair in review.meanings[scheme].items() if (question, pair[0]) != _NO_SECOND
         ]}
        for question, title, scheme, is_open in questions
        if review.values[scheme]
    ]  # fmt: skip
    levels = [(level, "") for level in LEVELS]
    asked.append(
        {"question": "confidence", "title": "Confidence", "isOpen": True, "values": levels}
    )
    data = {
        "hub": review.hub.name,
        "version": review.hub.version,
        "guideline": review.guideline.version,
        "columns": [column.name for column in LABELS.columns],
        "read": READ,
        "opened": OPENED,
        "repeats": f"The comment {REPEATS}.",
        "asked": asked,
        "passages": [review.describe(passage) for passage in review.passages.values()],
    }
    return write_review(review.hub, data, review.guideline.text, out, force=force)


def name_of(row: LabelRow) -> str:
    """Return who gave a label."""
    return _spell(row.labeler or row.decision.who or "a maintainer")


def is_person(kind: str | None) -> bool:
    """Tell whether a kind of labeller is a person, or several who agreed."""
    return (kind or "person") in {"person", "settled"}


def where(passage: PassageAtHand) -> str:
    """Return the place of a passage in its work, in words."""
    section = passage.section and f"section {passage.section!r}"
    kind = passage.section_kind and f"({passage.section_kind})"
    parts = (
        " ".join(filter(None, (section, kind))),
        passage.place and f"in {passage.place}",
        passage.mark and f"mark {passage.mark}",
    )
    return ", ".join(filter(None, parts)) or "place not known"


def place(name: str, context_id: str) -> int:
    """Return the place of a passage in a person's order, as ``review.js`` does.

    Examples
    --------
    >>> place("Ada", "a#1"), place("Bo", "a#1")
    (71063634, 1339843719)
    """
    found = 0x811C9DC5  # FNV-1a, then the last step of MurmurHash 3, which mixes all bits
    for byte in f"{name}\n{context_id}".encode():
        found = (found ^ byte) * 0x01000193 & _MASK
    found = (found ^ found >> 16) * 0x85EBCA6B & _MASK
    found = (found ^ found >> 13) * 0xC2B2AE35 & _MASK
    return found ^ found >> 16


def to_judgement(rows: Iterable[LabelRow]) -> Judgement | None:
    """Return the judgement in rows of one person and passage; None if they name no role."""
    values = {(row.scheme, row.rank or 1): row for row in rows}
    role = values.get(("intent", 1))
    if role is None:
        return None

    def value(scheme: LabelScheme, rank: int = 1) -> str | None:
        row = values.get((scheme, rank))
        return row.value if row else None

    return Judgement(
        role.value, value("intent", 2), value("polarity"), value("subject"),
        role.confidence_level, to_comment(role),
    )  # fmt: skip


def to_comment(row: LabelRow) -> str | None:
    """Return a person's comment on a judgement; None if citehub wrote it."""
    why = row.decision.why
    return None if why in {READ, OPENED, SETTLED} else why


def _spell(name: str) -> str:
    """Return a name in one spelling of blanks and accents."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def _nearly(name: str) -> str:
    """Return the letters of a name; ids of labels do not separate names that are equal here."""
    return "".join(filter(str.isalnum, name.casefold()))


def _day(rows: Iterable[LabelRow]) -> datetime.date:
    return max(row.decision.when for row in rows if row.decision.when)


def _compare(before: Sequence[LabelRow] | None, rows: Sequence[LabelRow]) -> str:
    """Compare rows with those that the hub has for the same person and passage."""
    if before is None:
        return "new"
    if sorted(map(_without_day, before)) == sorted(map(_without_day, rows)):
        return "same"
    return "replaced" if _day(rows) >= _day(before) else "older"


def _without_day(row: LabelRow) -> tuple[str, ...]:
    """Return all cells of a row except the day, as text."""
    cells = _cells(row) | {"when": None, "passage": None, "context_id": None, "work": None}
    return tuple("" if cell is None else str(cell) for cell in cells.values())


def _cells(row: LabelRow) -> dict[str, Any]:
    """Return a row in the form of ``labels.csv``."""
    _, _, who, when, why = row.decision
    named = {name: value for name, value in row._asdict().items() if name != "decision"}
    labeler = {"labeler": name_of(row), "labeler_kind": row.labeler_kind or "person"}
    return named | labeler | {"who": who, "when": when, "why": why and clean_line(why)}


def _is_among(row: LabelRow, context_id: str | None, keys: set[tuple[str, str]]) -> bool:
    is_person = (row.labeler_kind or "person") == "person"
    return is_person and context_id is not None and (name_of(row), context_id) in keys


def _check_twice(rows: Sequence[LabelRow]) -> None:
    """Refuse two values for one scheme, rank and passage, and a judgement without role."""
    seen: dict[tuple[str, int], LabelRow] = {}
    for row in rows:
        before = seen.setdefault((row.scheme, row.rank or 1), row)
        path, line, *_ = row.decision
        if before is not row:
            raise SourceError.at(
                path, line,
                f"{row.scheme} of {row.context_id} is on line {before.decision.line} already",
            )  # fmt: skip
    if ("intent", 1) not in seen:
        path, line, *_ = rows[0].decision
        raise SourceError.at(path, line, f"{rows[0].context_id} has no role: scheme intent")
