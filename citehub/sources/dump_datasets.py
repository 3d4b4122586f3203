"""What all bulk dumps have in common: datasets of files, and the columns they are mapped to.

Expressions are Ibis tables and columns, which DuckDB and Spark run alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from citehub._identifiers import DOI_SPELLINGS
from citehub.sources.records import ID_SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

Expression = Any
"""An Ibis table or column: its methods depend on types that Python does not know."""

FEW_IDS: Final = 32
"""Ids that are looked for in lists quicker than lists are taken apart."""
_LIKE_JSON: Final = ('{"', "{}", '["', "[{", "[]", "[[")  # where text is due

_RESOLVER: Final = "https://doi.org/"
_ARXIV: Final = "10.48550/arxiv."

WORKS: Final[dict[str, str]] = {
    "record": "string",
    "title": "string",
    "year": "int64",
    "date": "string",
    "venue": "string",
    "type": "string",
    "is_retracted": "boolean",
    "authors": "array<struct<name: string, orcid: string, key: string>>",
    "language": "string",
    "topic": "string",
    "open_access_status": "string",
    "license": "string",
    "abstract_index": "string",
    "n_citations": "int64",
    "years": "array<struct<year: string, n: string>>",
    **dict.fromkeys(ID_SCHEMES, "string"),
    "also": "array<string>",
}
"""What is known of a work, as each source is mapped to it; ``record`` may be a number, too.

Of each scheme the column holds one identifier; ``also`` holds further ones as CURIEs in small
letters, and is null where there are none.
``date`` is YYYY, YYYY-MM or YYYY-MM-DD; ``n_citations`` and ``years`` are the source's own
counts; ``abstract_index`` tells in JSON at which places each word stands; the ``key`` of an
author is the source's identifier of the person."""

CITATIONS: Final = {
    "citing": "string",
    "cited": "string",
    "is_influential": "boolean",
    "contexts": "array<string>",
    "intents": "array<array<string>>",
}
"""What is known of a citation; the intents run beside the contexts."""

TEXTS: Final = {"record": "string", "text": "string", "model": "string"}
"""A text of a work: its abstract, or what a model wrote of it."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Files of one kind in a source's dump.

    ``fields`` are those that are read, by Ibis type, and no others are parsed. ``shape`` maps
    them to one of the tables above. A row whose field does not match its pattern in ``keys``
    cannot be read; ``made`` are the columns that ``shape`` leaves null for such a row.
    The lists of fields in ``nested`` may hold lists, each as its text where it comes from JSON;
    its functions make lists of lists of them.
    A row has no use where a field of ``vital`` holds another type; any other such field is null.
    A copy in Parquet must have the columns ``needed``; others that it lacks are not known.
    ``instead`` says what to read in the place of a copy that lacks one.
    ``kind`` tells what a row is: a work, a citation, a text of a work, or a merge of two records.
    ``names`` are the records that a line of JSON, or a row of CSV, is about, as text: one set, or
    the two sides of a citation or a merge. It may find more than there are, never less.
    ``place`` is the folder of its files in a dump, where that is not its name.
    ``prepare`` takes the details off rows that have nothing to do with the records of ``only``.
    """

    source_id: str
    name: str
    fields: Mapping[str, str]
    keys: Mapping[str, str]
    made: tuple[str, ...]
    shape: Callable[[Expression], dict[str, Expression]]
    names: Callable[[Any], tuple[Collection[str], ...]]
    kind: Literal["work", "citation", "text", "merge"] = "work"
    place: str = ""
    prepare: Callable[[Expression], Expression] | None = None
    only: tuple[int, ...] = ()
    nested: Mapping[str, Callable[[Expression], Expression]] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    vital: tuple[str, ...] = ()
    instead: str = ""


def numbers_after(*keys: str, before: str = "") -> Callable[[bytes], tuple[set[str], ...]]:
    """Return what finds, in a line of JSON, the numbers that stand after some keys, each a set.

    Parameters
    ----------
    *keys : str
        Keys of an object, at any depth.
    before : str
        A pattern of what may stand before a number.

    Examples
    --------
    >>> found = numbers_after("a", "b", before="W?")(b'{"a": "W7", "b": 8, "c": {"b": "9"}}')
    >>> [sorted(each) for each in found]
    [['7'], ['8', '9']]
    """
    patterns = [
        re.compile(rf'"{key}"\s*:\s*"?{before}0*([0-9]{{1,18}})\b'.encode(), re.IGNORECASE)
        for key in keys
    ]

    def find(line: bytes) -> tuple[set[str], ...]:
        return tuple({each.decode() for each in pattern.findall(line)} for pattern in patterns)

    return find


def complete(columns: Mapping[str, str], **cells: Expression) -> dict[str, Expression]:
    """Return the columns in their order; those that the source does not have are null."""
    import ibis

    return {
        name: cells[name] if name in cells else ibis.null().cast(kind)
        for name, kind in columns.items()
    }


def whole(text: Expression) -> Expression:
    """Return text as a whole number, null where it is none."""
    import ibis

    # \z, as to Spark $ stands before a line break, too
    return ibis.ifelse(text.re_search(r"^-?[0-9]+\z"), text.try_cast("int64"), None)


def bare_doi(text: Expression) -> Expression:
    """Return a DOI in small letters without what stands before it; null where it is none."""
    return let(let(text.strip().lower(), _doi_of), _spell_doi)


def let(value: Expression, use: Callable[[Expression], Expression]) -> Expression:
    """Apply a function to a value that the query holds once, however often it is used."""
    import ibis

    return ibis.array([value]).map(use)[0]


def _doi_of(low: Expression) -> Expression:
    import ibis

    is_usual = low.startswith(f"{_RESOLVER}10.") & ~low.contains(" ")
    return ibis.cases(  # the usual spellings by themselves, as a pattern takes ten times as long
        (low.startswith("10.") & ~low.contains(" "), low),
        (is_usual, low.substr(len(_RESOLVER))),
        else_=filled(low.re_extract(r"(10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+)\z", 1)),
    )


def _spell_doi(found: Expression) -> Expression:
    import ibis

    spelt = found
    for spelling, sign in DOI_SPELLINGS.items():
        spelt = spelt.replace(spelling, sign)
    found = ibis.ifelse(found.contains("&") | found.contains("%"), spelt, found)
    ended = found.re_replace(r"[.,;]+\z", "")  # the sentence in which it stood
    return ibis.ifelse(found.right(1).isin([".", ",", ";"]), ended, found)


def arxiv_id(text: Expression) -> Expression:
    """Return an arXiv id without prefix, version and class; null where it is none."""
    low = text.strip().lower().replace("arxiv:", "")
    old = r"^([a-z-]+)(?:\.[a-z-]+)?(/[0-9]{7})(?:v[0-9]+)?\z"
    return filled(low.re_extract(r"^([0-9]{4}\.[0-9]{4,5})(?:v[0-9]+)?\z", 1)).coalesce(
        filled(low.re_extract(old, 1).concat(low.re_extract(old, 2)))
    )


def arxiv_of(doi: Expression) -> Expression:
    """Return the arXiv identifier that a DOI of arXiv holds."""
    import ibis

    return let(
        doi,
        lambda each: ibis.ifelse(
            each.startswith(_ARXIV), arxiv_id(each.substr(len(_ARXIV))), None
        ),
    )


def number_of(text: Expression, prefix: str = "") -> Expression:
    """Return the number at the end of a text or address, behind a prefix; null where none is.

    A fraction, as of a number that was read as one of any kind, or the version of a PMCID, is
    no part of it.
    """
    import ibis

    digits = filled(text.re_extract(r"0*([1-9][0-9]*)(?:\.[0-9]+)?/?\z", 1))
    return ibis.literal(prefix).concat(digits)


def curie(scheme: str, value: Expression) -> Expression:
    """Return an identifier with its scheme."""
    import ibis

    return ibis.literal(f"{scheme}:").concat(value)


def filled(text: Expression) -> Expression:
    """Return text, null where it is empty."""
    return text.nullif("")


def as_text(kind: str) -> str:
    """Return a type with its numbers and truths as text, as they are read from JSON.

    What is JSON itself stays as it is written.
    """
    return re.sub(r"\b(int64|boolean|json)\b", "string", kind)


def shape_texts(raw: Expression, dataset: Dataset) -> Expression:
    """Map fields that were read as text, and tell in ``sound`` whether each fits its type."""
    import ibis

    sound = ibis.literal(True)  # noqa: FBT003
    cells = {}
    for name, kind in dataset.fields.items():
        cells[name] = raw[name]
        if kind == "int64":
            cells[name] = whole(raw[name])
        elif kind == "boolean":
            cells[name] = truth(raw[name])
        for text in () if kind == "json" else _texts(raw[name]):
            sound &= ~text.fill_null("").substr(0, 2).isin(_LIKE_JSON)
        if kind in {"int64", "boolean"}:
            sound &= raw[name].isnull() | cells[name].notnull()
    typed = raw.select(**cells, sound=sound, part=raw.part)
    made = typed.select(**dataset.shape(typed), sound=typed.sound, part=typed.part)
    has_all = ibis.and_(*(made[name].notnull() for name in dataset.made))
    return made.mutate(sound=made.sound & has_all)


def _texts(column: Expression) -> Iterator[Expression]:
    """Yield the texts of a column: itself, or those in an object."""
    if column.type().is_struct():
        for name in column.type().names:
            yield from _texts(column[name])
    elif column.type().is_string():
        yield column


def truth(text: Expression) -> Expression:
    """Return text as true or false, null where it is neither."""
    import ibis

    return ibis.cases((text == "true", True), (text == "false", False), else_=None)
