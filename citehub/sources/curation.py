"""The decisions of people about a hub: the files of curation, one declaration each.

A file is CSV in the folder of a hub's sources. Each row is one decision, with who made it, when
and why. Any identifier names a work. A missing file says nothing.
"""

from __future__ import annotations

import bisect
import datetime  # noqa: TC003 -- rows are typed when they run
import itertools
import os
import re
import unicodedata
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

from citehub import _vocabularies as terms
from citehub._describe import describe_field
from citehub._identifiers import parse_identifier
from citehub._schema import TABLES, Column
from citehub._text import hash_sentence, without_marks
from citehub.errors import SourceError
from citehub.sources.cells import find_mangled
from citehub.sources.curated import NAMES_WORK, read_cell, read_csv
from citehub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from citehub._rows import (
        ConfidenceLevel,
        LabelerKind,
        LabelScheme,
        PassagePlace,
        SectionKind,
        TextForm,
        TextStatus,
    )

CURATION: Final = Source(
    id="citehub-curation",
    title="Judgements of the maintainers of this hub",
    url=None,
    kind="curation",
    rights="Part of the compilation, under its licence.",
    notes=("What a person says stands before what other sources say, which stays in evidence.",),
)

CorrectedTable = Literal["works", "authorships"]
LinkKind = Literal["code", "model", "page"]


class Decision(NamedTuple):
    """The place of a decision, and who made it, when and why; None if not said."""

    path: str
    line: int
    who: str | None
    when: datetime.date | None
    why: str | None

    @property
    def place(self) -> str:
        """The decision in a few words.

        Examples
        --------
        >>> Decision("source/corrections.csv", 3, "Ada", datetime.date(2026, 11, 29), None).place
        'corrections.csv, line 3 (Ada, 2026-11-29)'
        """
        said = ", ".join(str(each) for each in (self.who, self.when) if each)
        where = f"{os.path.basename(self.path)}, line {self.line}"
        return f"{where} ({said})" if said else where


class Correction(NamedTuple):
    """Another value for a cell of a work or of one of its authors; None is not known."""

    work: str
    table: CorrectedTable
    author_order: int | None
    column: str
    value: Any
    decision: Decision


class Exclusion(NamedTuple):
    """A work is not a citing work of the hub."""

    work: str
    decision: Decision


class Merge(NamedTuple):
    """Two works are one."""

    work: str
    other: str
    decision: Decision


class Split(NamedTuple):
    """A record, or an identifier, is not part of a work."""

    work: str
    record: str
    decision: Decision


class Theme(NamedTuple):
    """A group of works."""

    theme_id: str
    title: str
    description: str
    position: int
    decision: Decision


class WorkTheme(NamedTuple):
    """A work belongs to a theme."""

    work: str
    theme_id: str
    decision: Decision


class LabelRow(NamedTuple):
    """Role, polarity or subject of a citation, or of one passage if it is named.

    ``labeler`` is who or what judged, if not who made the decision. ``gist`` is a program's
    account of the passage in its own words.
    """

    work: str
    scheme: LabelScheme
    value: str
    passage: str | None
    context_id: str | None
    labeler: str | None
    labeler_kind: LabelerKind | None
    labeler_version: str | None
    guideline: str | None
    prompt_sha256: str | None
    confidence: float | None
    confidence_level: ConfidenceLevel | None
    rank: int | None
    source_id: str | None
    decision: Decision
    gist: str | None = None


class Passage(NamedTuple):
    """A passage of a citing work that cites or names the work."""

    work: str
    position: int | None
    section_number: str | None
    section: str | None
    section_kind: SectionKind | None
    place: PassagePlace | None
    mark: str | None
    group_size: int | None
    names_work: bool | None
    sentence_hash: str
    gist: str | None
    form: TextForm | None
    text_version: str | None
    text: str | None
    before: str | None
    after: str | None
    start: int | None
    end: int | None
    source_id: str | None
    gist_source_id: str | None
    decision: Decision


class Reading(NamedTuple):
    """A text of a citing work that was read or looked for, and the result."""

    work: str
    reading: int | None
    status: TextStatus
    form: TextForm | None
    text_version: str | None
    is_whole: bool | None
    n_passages: int | None
    n_marks: int | None
    licence: str | None
    sha256: str | None
    note: str | None
    read_on: datetime.date | None
    source_id: str | None
    decision: Decision


class Subject(NamedTuple):
    """A part of the work that can be cited."""

    subject: str
    description: str
    position: int
    decision: Decision


class Finding(NamedTuple):
    """What a work found, in a line."""

    work: str
    finding: str
    decision: Decision


class Link(NamedTuple):
    """An address of a work's code, model or page."""

    work: str
    kind: LinkKind
    url: str
    decision: Decision


Row = (
    Correction | Exclusion | Merge | Split | Theme | WorkTheme | LabelRow | Finding | Link
    | Passage | Reading | Subject
)  # fmt: skip
"""A decision of any kind."""


class Curation(NamedTuple):
    """All decisions of people about a hub.

    ``notes`` are sentences on guesses in reading it, and on repeated rows.
    """

    corrections: tuple[Correction, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    merges: tuple[Merge, ...] = ()
    splits: tuple[Split, ...] = ()
    themes: tuple[Theme, ...] = ()
    work_themes: tuple[WorkTheme, ...] = ()
    labels: tuple[LabelRow, ...] = ()
    findings: tuple[Finding, ...] = ()
    links: tuple[Link, ...] = ()
    passages: tuple[Passage, ...] = ()
    text_readings: tuple[Reading, ...] = ()
    subjects: tuple[Subject, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> Iterator[Row]:
        """Every decision, in the order of the files and their lines."""
        for file in FILES:
            yield from getattr(self, file.name)


@dataclass(frozen=True, slots=True)
class CurationFile:
    """A file of curation.

    Attributes
    ----------
    name : str
        Its name without ``.csv``, and that of its rows in `Curation`.
    purpose : str
        Its purpose, a sentence.
    own : tuple of Column
        Its columns except who, when and why.
    row : type
        The type of a row: its own columns, the further ones, then the decision.
    about : tuple of str
        Columns that say what is decided; rows with equal values there must not differ elsewhere.
    example : tuple of str
        Cells of a row, for the documentation.
    is_signed : bool
        Whether each row must say who, when and why.
    more : tuple of Column
        Further columns at the end, for programs.
    """

    name: str
    purpose: str
    own: tuple[Column, ...]
    row: Callable[..., Row]
    about: tuple[str, ...]
    example: tuple[str, ...]
    is_signed: bool = True
    more: tuple[Column, ...] = ()

    @property
    def filename(self) -> str:
        """The name of the file."""
        return f"{self.name}.csv"

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, in the order in which a new file has them."""
        signed = (replace(each, required=self.is_signed) for each in _SIGNATURE)
        return (*self.own, *signed, *self.more)

    @property
    def decided_columns(self) -> tuple[Column, ...]:
        """Columns that say what is decided: all except who, when and why."""
        return (*self.own, *self.more)


def _work(name: str, description: str) -> Column:
    return Column(name, "string", description, required=True, references=NAMES_WORK)


def _text(name: str, description: str, *, required: bool = False) -> Column:
    return Column(name, "string", description, required=required)


def _one_of(name: str, values: tuple[str, ...], description: str, **more: Any) -> Column:
    return Column(name, "category", description, vocabulary=values, **more)


def _column(table: str, name: str, description: str = "", **more: Any) -> Column:
    """Return a column of a table for a file: it may be empty, and refers to no other table."""
    declared = TABLES[table].column(name)
    more = {"required": False, "references": "", "since": 1, "as_of": False, **more}
    return replace(declared, description=description or declared.description, **more)


_SIGNATURE: Final = (
    Column("who", "string", "Who decided: a name."),
    Column("when", "date32", "The day of the decision, as 2026-11-29."),
    Column("why", "string", "The reason, in a sentence."),
)
_SIGNED: Final = ("Ada", "2026-11-29")
_WORK: Final = _work(
    "work", "The work, by any of its identifiers: arxiv:2201.11990, a DOI, its address."
)
LINK_COLUMNS: Final[dict[LinkKind, str]] = {
    "code": "code_url", "model": "model_url", "page": "page_url"
}  # fmt: skip
"""Columns of ``works`` that hold the links of each kind."""

_ELSEWHERE: Final = {
    **dict.fromkeys(LINK_COLUMNS.values(), "links.csv"),
    "finding": "findings.csv",
}
_CORRECTABLE: Final[dict[CorrectedTable, tuple[str, ...]]] = {
    "works": (
        *("title", "type", "publication_year", "publication_month", "venue", "primary_category"),
        *("abstract", "author_count", "is_retracted", "language", "topic"),
        *("open_access_status", "license"),
    ),
    "authorships": (
        *("author_name", "is_collective", "orcid", "family_name", "given_name", "name_suffix"),
    ),
}

FILES: Final = (
    CurationFile(
        "corrections",
        "A cell is wrong or lacking, and should be another.",
        (
            _WORK,
            _one_of(
                "table",
                tuple(_CORRECTABLE),
                "Whose cell it is: works, or authorships for one of its authors. Where it is "
                "empty, authorships if there is an author_order, else works.",
            ),
            replace(
                TABLES["authorships"].column("author_order"),
                description="Which author, by the place in the printed list, from 1; else empty.",
                required=False,
            ),
            _text(
                "column",
                "The column: "
                + "; of authorships ".join(", ".join(names) for names in _CORRECTABLE.values())
                + ".",
                required=True,
            ),
            _text("value", "What it should be. Empty says that it is not known."),
        ),
        Correction,
        ("work", "table", "author_order", "column"),
        ("arxiv:2307.06435", "", "", "venue", "ACM TIST 2025", *_SIGNED, "As its DOI says"),
    ),
    CurationFile(
        "exclusions",
        "A work does not cite the hub's work, whatever a source says.",
        (_WORK,),
        Exclusion,
        ("work",),
        ("doi:10.1000/182", *_SIGNED, "Its list of references has another paper of that name"),
    ),
    CurationFile(
        "merges",
        "Two works are one, as a preprint and what was published of it.",
        (_WORK, _work("other", "The other work, likewise.")),
        Merge,
        ("work", "other"),
        ("arxiv:2307.06435", "doi:10.1145/3744746", *_SIGNED, "The preprint of that article"),
    ),
    CurationFile(
        "splits",
        "A record was taken for a work that it is not.",
        (
            _WORK,
            _text(
                "record",
                "What is not of this work: an identifier, or a record as source:record, both as "
                "the table work_joins has them.",
                required=True,
            ),
        ),
        Split,
        ("work", "record"),
        ("arxiv:2304.01373", "openalex:W4362515116", *_SIGNED, "A talk of the same title"),
    ),
    CurationFile(
        "themes",
        "The groups of the walk-through.",
        (
            _text("theme_id", "Short name of the theme.", required=True),
            _text("title", "Title of the theme.", required=True),
            _text("description", "What its works have in common.", required=True),
            Column(
                "position",
                "int16",
                "Place in the walk-through, from 1; where it is empty, that in the file.",
                minimum=1,
            ),
        ),
        Theme,
        ("theme_id",),
        ("models", "Model families", "Reports of language models.", "1", *_SIGNED, ""),
        is_signed=False,
    ),
    CurationFile(
        "work_themes",
        "Which works belong to which theme; a work may be of several.",
        (
            replace(_WORK, description=f"{_WORK.description} May be headed work_id."),
            _text("theme_id", "The theme, as themes.csv names it.", required=True),
        ),
        WorkTheme,
        ("work", "theme_id"),
        ("arxiv:2304.01373", "models", *_SIGNED, ""),
        is_signed=False,
    ),
    CurationFile(
        "labels",
        "What role a citation plays, what stance it takes, or what of the work it cites.",
        (
            _WORK,
            _one_of("scheme", terms.LABEL_SCHEME.terms, "What is judged.", required=True),
            _text(
                "value",
                f"The judgement. Of intent: {', '.join(terms.INTENT.terms)}. Of polarity: "
                f"{', '.join(terms.POLARITY.terms)}. Of subject: one that subjects.csv names.",
                required=True,
            ),
            _text("passage", "The words of the passage that is judged; else empty."),
            _text("context_id", "The passage, as the table citation_contexts names it."),
        ),
        LabelRow,
        ("work", "scheme", "passage", "context_id", "labeler", "rank"),
        ("arxiv:2304.01373", "intent", "method", "", "", *_SIGNED, "Trained with its software",
         *[""] * 9),
        more=(
            _text("labeler", "Who or what judged, where it is not who decided."),
            _column(
                "citation_labels", "labeler_kind",
                f"What kind of labeller judged: {', '.join(terms.LABELER_KIND.terms)}; where it "
                "is empty, a person.",
            ),
            _text("labeler_version", "Version of the labeller, as of a model; else empty."),
            _text("guideline", "Version of the guideline that it judged by."),
            _text("prompt_sha256", "SHA-256 of the prompt that a model got."),
            _column("citation_labels", "confidence"),
            _column("citation_labels", "confidence_level"),
            _column("citation_labels", "rank"),
            _text("source_id", "Source of the label, as sources.csv names it; else who decided."),
        ),
    ),
    CurationFile(
        "findings",
        "What a work found, in a line.",
        (_WORK, _text("finding", "The finding, in one line.", required=True)),
        Finding,
        ("work",),
        ("arxiv:2304.01373", "16 models, trained on the same data", *_SIGNED, "By its abstract"),
    ),
    CurationFile(
        "links",
        "Where a work's code, model or page is.",
        (
            _WORK,
            _one_of("kind", tuple(LINK_COLUMNS), "What is there.", required=True),
            Column(
                "url", "string", "The address, with https:// or http://.", required=True,
                is_url=True,
            ),
        ),
        Link,
        ("work", "kind"),
        ("arxiv:2304.01373", "code", "https://github.com/EleutherAI/pythia", *_SIGNED,
         "Named on its first page"),
    ),
    CurationFile(
        "passages",
        "Where, in its own text, a work cites or names the hub's work. A release carries the "
        "words only where the licence of the text allows it, or hub.toml says that you may "
        "publish them (publish_sentences); else their hash.",
        (
            _WORK,
            _column(
                "citation_contexts", "position",
                "Place among the passages of its work; where it is empty, that in the file.",
            ),
            *(
                _column("citation_contexts", name)
                for name in (
                    *("section_number", "section", "section_kind", "place", "mark"),
                    *("group_size", "names_work"),
                )
            ),
            _column(
                "citation_contexts", "sentence_hash",
                "As citehub.hash_sentence gives it; may be empty where text is there.",
            ),
            _text("gist", "What is said of the work there, in your own words."),
            _column("citation_contexts", "form"),
            _column("citation_contexts", "text_version"),
            _text("text", "The sentence, or the row of a table."),
            _text("before", "The sentence before it."),
            _text("after", "The sentence after it."),
            _column("citation_contexts", "start"),
            _column("citation_contexts", "end"),
            _text(
                "source_id", "Source of the row, as sources.csv names it; else full-texts."
            ),
            _text("gist_source_id", "Source of the gist, likewise; else who decided."),
        ),
        Passage,
        ("work", "sentence_hash", "position"),
        ("arxiv:2304.01373", "1", "2.2", "Training Data", "method", "text", "[7]", "1", "true",
         "", "Named for its training data", "html", "v2", "As in MT-NLG [7], …", *[""] * 6,
         *_SIGNED, ""),
        is_signed=False,
    ),
    CurationFile(
        "text_readings",
        "Which texts were read for passages, and what came of it; also where none was at hand.",
        (
            _WORK,
            _column(
                "text_readings", "reading",
                "Number of the reading; where it is empty, the place among those of its work.",
            ),
            _column(
                "text_readings", "status",
                f"What came of it: {', '.join(terms.TEXT_STATUS.terms)}.", required=True,
            ),
            *(
                _column("text_readings", name)
                for name in (
                    *("form", "text_version", "is_whole", "n_passages", "n_marks", "licence"),
                    *("sha256", "note", "read_on"),
                )
            ),
            _text(
                "source_id", "Source of the row, as sources.csv names it; else full-texts."
            ),
        ),
        Reading,
        ("work", "reading"),
        ("arxiv:2304.01373", "1", "passages found", "html", "v2", "true", "1", "1", "CC-BY-4.0",
         *[""] * 2, "2026-11-29", "", *_SIGNED, ""),
        is_signed=False,
    ),
    CurationFile(
        "subjects",
        "What of the work can be cited: the vocabulary of the scheme subject.",
        (
            _text("subject", "Short name of the subject.", required=True),
            _text("description", "What it takes in.", required=True),
            Column(
                "position",
                "int16",
                "Place in the list, from 1; where it is empty, that in the file.",
                minimum=1,
            ),
        ),
        Subject,
        ("subject",),
        ("data", "Its corpus, or where that comes from.", "1", *_SIGNED, ""),
        is_signed=False,
    ),
)  # fmt: skip
"""The files of curation."""
LABELS: Final = next(file for file in FILES if file.name == "labels")
"""The file of labels."""

_WORKS: Final = {
    file.name: tuple(column.name for column in file.own if column.references) for file in FILES
}
"""Columns that name works, by file."""


REPEATS: Final = "repeats the words of the passage, and is published. Say it in your own"
"""The message for a remark that :func:`repeats_words` finds."""

_STRAY: Final = re.compile(  # as programs name a copy, a workbook, or what they save anew
    rf"({'|'.join(file.name for file in FILES)})(?:[ ._(-].*)?\.(?:csv|tsv|txt|xlsx?|ods|numbers)",
    re.IGNORECASE,
)


class Misfit(NamedTuple):
    """A decision that no longer fits the sources: it is reported, and stays in its file."""

    decision: Decision
    reason: str

    def __str__(self) -> str:
        return f"{self.decision.place}: {self.reason}"


def read_curation(folder: str) -> Curation:
    """Read the decisions of people about a hub.

    Parameters
    ----------
    folder : str
        The folder of the hub's sources.

    Returns
    -------
    Curation
        Rows of every file; a missing file has none.

    Raises
    ------
    SourceError
        A column does not allow a cell, or two rows contradict each other.
    """
    notes = _find_strays(folder)
    rows = {file.name: tuple(_read(folder, file, notes)) for file in FILES}
    curation = Curation(**cast("dict[str, Any]", rows), notes=())
    _check_themes(curation)
    _check_subjects(curation)
    repeated = check_contradictions(curation)
    return curation._replace(notes=(*notes, *repeated))


def is_stray(name: str) -> bool:
    """Tell whether a file looks like one of curation but has another name."""
    return bool(_STRAY.fullmatch(name)) and name not in {file.filename for file in FILES}


def _find_strays(folder: str) -> list[str]:
    """Return a sentence for each file that looks like one of curation but has another name."""
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    due = {file.filename for file in FILES}
    found = ((name, _STRAY.fullmatch(name)) for name in names if name not in due)
    return [
        f"{name} is not read: save it as CSV under the name {match[1].lower()}.csv."
        for name, match in found
        if match
    ]


def _read(folder: str, file: CurationFile, notes: list[str]) -> Iterator[Row]:
    path = os.path.join(folder, file.filename)
    if os.path.lexists(path):
        yield from _rows(path, file, notes)


def read_labels(path: str) -> tuple[tuple[LabelRow, ...], tuple[str, ...]]:
    """Return the rows of a file in the form of ``labels.csv``, and guesses in reading it.

    Raises
    ------
    SourceError
        A column does not allow a cell.
    """
    notes: list[str] = []
    rows = tuple(_rows(path, LABELS, notes))
    return cast("tuple[LabelRow, ...]", rows), tuple(notes)


def _rows(path: str, file: CurationFile, notes: list[str]) -> Iterator[Row]:
    optional = [column.name for column in file.columns if not column.required]
    aliases = {"work_id": "work"} if _WORKS[file.name] else None
    records = read_csv(path, file.columns, may_lack=optional, aliases=aliases)
    notes += records.notes
    for number, record in enumerate(records, 1):
        if file.name in _FITTED:
            how = _How((path, record.line), number, records.has_decimal_comma)
            record.update(_FITTED[file.name](record, how))
        decision = Decision(path, record.line, record["who"], record["when"], record["why"])
        yield file.row(*(record[column.name] for column in file.decided_columns), decision)


class _How(NamedTuple):
    """The place of a row, and the form of numbers in its file."""

    place: tuple[str, int]
    number: int
    has_decimal_comma: bool


def _fit_correction(record: Mapping[str, Any], how: _How) -> dict[str, Any]:
    """Return table, column and value of a correction, in the form of the corrected table."""
    order = record["author_order"]
    table: CorrectedTable = record["table"] or ("works" if order is None else "authorships")
    if (table == "authorships") is (order is None):
        due = "given, from 1, for authorships" if order is None else "empty for a cell of works"
        raise SourceError.at(*how.place, f"author_order should be {due}, not {order or 'empty'}")
    name, known = record["column"].lower(), _CORRECTABLE[table]
    if name not in known:
        hint = f" Write it into {_ELSEWHERE[name]}." if name in _ELSEWHERE else ""
        problem = f"column should be one of {' '.join(known)}, not {record['column']!r:.60}.{hint}"
        raise SourceError.at(*how.place, problem)
    column, value = TABLES[table].column(name), record["value"]
    if value is None or column.type != "string":
        field, has_comma = describe_field(column), how.has_decimal_comma
        value = read_cell(value or "", field, how.place, has_decimal_comma=has_comma)
    return {"table": table, "column": name, "value": value}


def _fit_label(record: Mapping[str, Any], how: _How) -> dict[str, Any]:
    """Refuse a value of another scheme, apart from a capital first letter."""
    scheme, stated = record["scheme"], record["value"]
    if scheme == "subject":
        return {}
    allowed = {"intent": terms.INTENT, "polarity": terms.POLARITY}[scheme].terms
    value = next((term for term in allowed if term.lower() == stated.lower()), None)
    if value is None:
        problem = f"value should be one of {' '.join(allowed)}, as scheme is {scheme}"
        raise SourceError.at(*how.place, f"{problem}, not {stated!r:.60}")
    return {"value": value}


def _fit_passage(record: Mapping[str, Any], how: _How) -> dict[str, Any]:
    """Return the hash of the words; refuse another one, and a gist that repeats them."""
    text, said, gist = record["text"], record["sentence_hash"], record["gist"]
    hashed = hash_sentence(text) if text else None
    if not (hashed or said):
        raise SourceError.at(*how.place, "text or sentence_hash should be given: both are empty")
    if said and not _HASH.fullmatch(said):
        problem = f"sentence_hash should be 64 hexadecimal digits, not {said!r:.80}"
        raise SourceError.at(*how.place, problem)
    if hashed and said not in {None, hashed}:
        raise SourceError.at(*how.place, "sentence_hash is not that of text. Delete one of both.")
    is_same = bool(gist) and hash_sentence(gist or "") == said
    if is_same or repeats_words(gist, text, record["before"], record["after"]):
        raise SourceError.at(*how.place, f"gist {REPEATS}")
    if record["group_size"] is not None and not record["mark"]:
        raise SourceError.at(*how.place, "group_size should be empty where there is no mark")
    return {"sentence_hash": hashed or said}


_HASH: Final = re.compile("[0-9a-f]{64}")
_RUN_WORDS: Final = 5
_BLANKLESS: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
)
_SIGN: Final = re.compile(f"[{_BLANKLESS}]")
_WORD: Final = re.compile(rf"[{_BLANKLESS}]|[^\W{_BLANKLESS}]+")
_ALIKE: Final = str.maketrans("аеорсухіјѕһԁԛԝο", "aeopcyxijshdqwo")
_UNSEEN: Final = {"Mn", "Me", "Cf", "Cc"}


def repeats_words(remark: str | None, *words: str | None) -> bool:
    """Tell whether a remark is a sentence of a passage, or has five words in a row from it.

    Marks, case and invisible characters do not count. In scripts without blanks between words, as
    Chinese, two characters count as a word.

    Examples
    --------
    >>> repeats_words("It says: the lamp glows at night.", "The lamp [1] glows at night, we say")
    True
    >>> repeats_words("It glows.", "It glows."), repeats_words("It glows.", "The lamp glows.")
    (True, False)
    """
    known = [each for each in words if each]
    if not remark or not known:
        return False
    if hash_sentence(remark) in map(hash_sentence, known):
        return True
    whole = " ".join(known)
    runs = _runs(remark)
    return not runs.isdisjoint(_runs(whole)) or not runs.isdisjoint(_runs(without_marks(whole)))


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return the runs of five words in a text."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    signs = (sign for sign in unicodedata.normalize("NFD", plain))
    seen = "".join(sign for sign in signs if unicodedata.category(sign) not in _UNSEEN)
    words = _WORD.findall(seen)
    sizes = [1 if _SIGN.match(word) else 2 for word in words]
    ends = [0, *itertools.accumulate(sizes)]
    found = set[tuple[str, ...]]()
    for start, before in enumerate(ends[:-1]):
        end = bisect.bisect_left(ends, before + 2 * _RUN_WORDS)
        if end < len(ends):
            found.add(tuple(words[start:end]))
    return found


def _fit_theme(record: Mapping[str, Any], how: _How) -> dict[str, Any]:
    """Return the place in the file if none is given."""
    return {"position": record["position"] or how.number}


def _fit_pair(record: Mapping[str, Any], how: _How) -> dict[str, Any]:
    """Refuse a work beside itself."""
    other = record.get("other") or record.get("record") or ""
    if spell_work(record["work"]) == spell_work(other):
        raise SourceError.at(*how.place, f"{other} is named twice: name two")
    return {}


_FITTED: Final[dict[str, Callable[[Mapping[str, Any], _How], dict[str, Any]]]] = {
    "corrections": _fit_correction,
    "labels": _fit_label,
    "passages": _fit_passage,
    "subjects": _fit_theme,
    "themes": _fit_theme,
    "merges": _fit_pair,
    "splits": _fit_pair,
}


def spell_work(text: str) -> str:
    """Return the normal spelling of an identifier, or any other text unchanged.

    Examples
    --------
    >>> spell_work("https://arxiv.org/abs/2304.01373v2"), spell_work("entry:key")
    ('arxiv:2304.01373', 'entry:key')
    """
    found = parse_identifier(text)
    return found.curie if found else text


def find_misfits(curation: Curation, find_work: Callable[[str], object]) -> list[Misfit]:
    """Return the decisions about works that the hub lacks.

    Parameters
    ----------
    curation : Curation
        What people say.
    find_work : callable
        Returns the work that an identifier names; None if there is none.

    Returns
    -------
    list of Misfit
        In the order of files and lines.
    """
    misfits = []
    for file in FILES:
        for row in getattr(curation, file.name):
            named = [getattr(row, column) for column in _WORKS[file.name]]
            lost = [text for text in named if find_work(text) is None]
            if lost:
                reason = f"the hub has no work {lost[0]!r:.80}. {find_mangled(lost[0])}".rstrip()
                misfits.append(Misfit(row.decision, reason))
    return misfits


def check_contradictions(
    curation: Curation, name_work: Callable[[str], str] = spell_work
) -> tuple[str, ...]:
    """Refuse rows that contradict each other, and report repeated ones.

    Parameters
    ----------
    curation : Curation
        What people say.
    name_work : callable, optional
        Returns the unique name of a work for an identifier. Without it, two identifiers are two
        works.

    Returns
    -------
    tuple of str
        A sentence for each row that repeats another one.

    Raises
    ------
    SourceError
        Two rows contradict each other; the error names both.
    """
    notes: list[str] = []
    for file in FILES:
        seen: dict[tuple[Any, ...], Row] = {}
        for row in getattr(curation, file.name):
            notes += _compare(file, row, seen.setdefault(_about(file, row, name_work), row))
    _check_splits(curation, name_work)
    return tuple(notes)


def _about(file: CurationFile, row: Row, name_work: Callable[[str], str]) -> tuple[Any, ...]:
    """Return the subject of a row; equal for rows that must not differ."""
    works = {*_WORKS[file.name], "record"}
    named = [
        name_work(getattr(row, name)) if name in works else getattr(row, name)
        for name in file.about
    ]
    if isinstance(row, Merge):
        return tuple(sorted(named))
    if isinstance(row, LabelRow):  # who settles may have judged, too
        is_settled = row.labeler_kind == "settled"
        return (*named[:-2], row.labeler or row.decision.who, row.rank or 1, is_settled)
    if isinstance(row, Passage) and row.position is None:
        return (*named, row.mark)  # two marks in one sentence
    if isinstance(row, Reading) and row.reading is None:
        return (*named, row.decision.line)
    return tuple(named)


def _compare(file: CurationFile, row: Row, before: Row) -> Iterator[str]:
    """Yield a sentence if a row repeats an earlier one; refuse one that contradicts it."""
    if row is before:
        return
    where = f"line {before.decision.line}"
    for column in file.decided_columns:
        ours, theirs = getattr(row, column.name), getattr(before, column.name)
        if column.name not in file.about and ours != theirs:
            about = " ".join(str(getattr(row, n)) for n in file.about if getattr(row, n))
            problem = (
                f"{column.name} of {about} is {_say(ours)} here, but {_say(theirs)} on {where}"
            )
            path, line, *_ = row.decision
            raise SourceError.at(path, line, f"{problem}. Delete the wrong one.")
    yield f"{row.decision.place}: repeats {where}."


def _say(value: object) -> str:
    return "not known" if value is None else f"{str(value)!r:.60}"


def _check_themes(curation: Curation) -> None:
    """Refuse a work of an unknown theme, and two themes in one place."""
    places: dict[int, Theme] = {}
    for theme in curation.themes:
        before = places.setdefault(theme.position, theme)
        if before.theme_id != theme.theme_id:
            path, line, *_ = theme.decision
            problem = f"position {theme.position} is on line {before.decision.line} already"
            raise SourceError.at(path, line, problem)
    known = {theme.theme_id for theme in curation.themes}
    for row in curation.work_themes:
        if row.theme_id not in known:
            path, line, *_ = row.decision
            listed = ", ".join(sorted(known)) or "none"
            problem = f"themes.csv has no theme {row.theme_id}; known: {listed}"
            raise SourceError.at(path, line, problem)


def _check_subjects(curation: Curation) -> None:
    """Refuse a label with an unknown subject."""
    known = {row.subject for row in curation.subjects}
    for row in curation.labels:
        if row.scheme == "subject" and row.value not in known:
            path, line, *_ = row.decision
            listed = ", ".join(each.subject for each in curation.subjects) or "none"
            problem = f"subjects.csv has no subject {row.value!r:.60}; known: {listed}"
            raise SourceError.at(path, line, problem)


def _check_splits(curation: Curation, name_work: Callable[[str], str]) -> None:
    """Refuse a split of merged works."""
    merged: dict[str, list[tuple[str, Merge]]] = {}
    for row in curation.merges:
        one, other = name_work(row.work), name_work(row.other)
        merged.setdefault(one, []).append((other, row))
        merged.setdefault(other, []).append((one, row))
    for split in curation.splits:
        path = _find_path(merged, name_work(split.work), name_work(split.record))
        if path:
            lines = [str(row.decision.line) for row in path]
            on = f"line {lines[0]}" if len(lines) == 1 else f"lines {' and '.join(lines)}"
            file, line, *_ = split.decision
            problem = (
                f"{split.record} is split from {split.work} here, but {on} of merges.csv "
                f"{'makes' if len(lines) == 1 else 'make'} them one. Delete the wrong one."
            )
            raise SourceError.at(file, line, problem)


def _find_path(
    merged: Mapping[str, Sequence[tuple[str, Merge]]], start: str, end: str
) -> list[Merge]:
    """Return the fewest merges that lead from one work to another; none if there are none."""
    paths: dict[str, list[Merge]] = {start: []}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for there, row in merged.get(here, ()):
            if there not in paths:
                paths[there] = [*paths[here], row]
                queue.append(there)
    return paths.get(end, [])


def explain_files(files: Iterable[CurationFile] = FILES) -> str:
    """Return the purpose and columns of each file, as Markdown."""
    from citehub import _markdown as md  # only documentation needs it

    parts = []
    for file in files:
        rows = [
            (
                md.code(column.name),
                "yes" if column.required else "",
                md.text(column.description),
                md.text(cell),
            )
            for column, cell in zip(file.columns, file.example, strict=True)
        ]
        parts += [
            f"## {file.filename}",
            file.purpose,
            md.table(("column", "must be given", "what it holds", "example"), rows),
        ]
    return "\n\n".join(parts) + "\n"
