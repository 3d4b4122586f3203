"""``tables.json``: the tables that only one hub has, as its maintainer declares them.

The file is a list of tables in the form of Data Package and of a release's ``datapackage.json``:
name, description, and a schema of fields and keys. A field may also explain the terms of its
vocabulary, and a table may give rules for its rows.
"""

from __future__ import annotations

import json
import keyword
import math
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from citehub import _vocabularies
from citehub._hub import is_free
from citehub._schema import TABLES, Column, TableSchema
from citehub._types import TYPES
from citehub.errors import SourceError
from citehub.sources.curated import read_text
from citehub.sources.curation import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DECLARATION: Final = "tables.json"

_IDENTIFIER: Final = re.compile("[a-z][a-z0-9_]*")
_BY_TYPE: Final = {  # what a field is where it names no arrowType, by its type in Data Package
    "string": "string",
    "integer": "int32",
    "number": "float64",
    "boolean": "bool",
    "date": "date32",
}
_OF_NUMBERS: Final = {"int8", "int16", "int32", "float64"}
_SOURCE: Final = "sources.source_id"
_WORK: Final = "works.work_id"
_EMPTY: Final[list[Any]] = []
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class Range:
    """A column has the upper end of a range, above its lower one.

    ``where`` are the columns and terms of the rows that are a range; only these have an upper end.
    If it is empty, any row may have one.
    """

    low: str
    high: str
    where: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Quotes:
    """Each row quotes a cell of its work, and rows of one work are in the order of print.

    ``words`` is the column of the quotation, ``of`` the quoted column of ``works``. The key of a
    row is the work's identifier without its scheme, and the row's place in print. The words and
    the ``read`` columns have the origin of that cell; the rest was judged by it.
    """

    words: str
    of: str
    read: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnTable(TableSchema):
    """A table that only one hub has, with the rules for its rows.

    In each group of columns in ``one_of``, exactly one has a value. ``meanings`` explain, by
    column, the terms of its vocabulary; ``comments`` say what else a reader should know.
    """

    one_of: tuple[tuple[str, ...], ...] = ()
    ranges: tuple[Range, ...] = ()
    quotes: Quotes | None = None
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)


def read_own_tables(folder: str) -> dict[str, OwnTable]:
    """Read the tables that a hub declares; none if its folder has no ``tables.json``.

    Parameters
    ----------
    folder : str
        The folder that holds ``hub.toml``.

    Returns
    -------
    dict of str to OwnTable
        By name, in the order of the file.

    Raises
    ------
    SourceError
        The file is not JSON, or something in it is missing, unknown or wrong.
    """
    path = os.path.join(folder, DECLARATION)
    if not os.path.lexists(path):
        return {}
    if os.path.exists(path) and not os.path.isfile(path):
        raise SourceError.at(path, 0, "should be a file")
    tables: dict[str, OwnTable] = {}
    for number, content in enumerate(_read_json(path), 1):
        table = _read_table(_Part(path, f"table {number}", content))
        if table.name in tables:
            raise SourceError.at(path, 0, f"table {table.name} is declared twice")
        tables[table.name] = table
    for table in tables.values():
        for column in table.columns:
            problem = _find_reference_problem(column.references, tables)
            if problem:
                what = f"table {table.name}, field {column.name}"
                raise SourceError.at(path, 0, f"{what}: {problem}")
    return tables


def _read_json(path: str) -> list[Any]:
    text = read_text(path)
    try:
        content = json.loads(text)
        json.dumps(content, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise SourceError.at(path, error.lineno, f"is not JSON: {error.msg}") from None
    except RecursionError:
        raise SourceError.at(path, 0, "is not JSON that can be read: too deep") from None
    except UnicodeEncodeError:
        raise SourceError.at(path, 0, "holds half of a surrogate pair") from None
    if not isinstance(content, list):
        raise SourceError.at(path, 0, "should be a list of tables")
    return content


class _Part:
    """One object of the file; it reports what is missing, unknown or of another type."""

    def __init__(self, path: str, what: str, content: object) -> None:
        self.path = path
        self.what = what
        if not isinstance(content, dict):
            self.fail("should be an object")
        self.content: dict[str, Any] = cast("dict[str, Any]", content)

    def fail(self, problem: str) -> None:
        raise SourceError.at(self.path, 0, f"{self.what}: {problem}")

    def allow(self, *keys: str) -> None:
        """Refuse any other keys."""
        for key in self.content:
            if key not in keys:
                self.fail(f"there is no {key!r:.60}; known: {', '.join(keys)}")

    def take(self, key: str, kind: type[_Kind]) -> _Kind:
        value = self.content.get(key)
        if type(value) is not kind:
            found = "nothing" if value is None else f"{value!r:.60}"
            self.fail(f"expected {key!r} of type {kind.__name__}, found {found}")
        return cast("_Kind", value)

    def take_or(self, key: str, default: _Kind) -> _Kind:
        """Return an optional value, of the type of its default."""
        return self.take(key, type(default)) if key in self.content else default

    def take_text(self, key: str) -> str:
        text = self.take(key, str)
        if not text.strip():
            self.fail(f"{key!r} is empty")
        return text

    def take_names(self, key: str) -> tuple[str, ...]:
        """Return a list of at least one text, all different."""
        names = self.take(key, list)
        if not names or not all(isinstance(name, str) and name.strip() for name in names):
            self.fail(f"{key!r} should be a list of text, found {names!r:.60}")
        if len(names) != len(set(names)):
            self.fail(f"{key!r} holds a text twice: {names!r:.60}")
        return tuple(names)

    def part(self, key: str) -> _Part:
        """Return an optional inner object."""
        return _Part(self.path, f"{self.what}, {key}", self.content.get(key, {}))

    def parts(self, key: str) -> Iterator[_Part]:
        """Yield the objects of an optional inner list."""
        for number, content in enumerate(self.take_or(key, _EMPTY), 1):
            yield _Part(self.path, f"{self.what}, {key} {number}", content)


# -- tables and fields ------------------------------------------------------------------------


def _read_table(part: _Part) -> OwnTable:
    part.allow("name", "description", "schema", "rules")
    name = part.take_text("name")
    part.what = f"table {name!r:.60}"
    problem = _find_name_problem(name)
    if problem:
        part.fail(problem)
    part.what = f"table {name}"
    description = part.take_text("description")
    part.take("schema", dict)
    schema = part.part("schema")
    schema.what = part.what
    schema.allow("fields", "primaryKey", "foreignKeys")
    schema.take("fields", list)
    fields = [*schema.parts("fields")]
    references = _read_references(schema)
    columns = tuple(_read_field(each, references) for each in fields)
    names = [column.name for column in columns]
    for known in names:
        if names.count(known) > 1:
            schema.fail(f"field {known} is declared twice")
    for known in references:
        if known not in names:
            schema.fail(f"foreignKeys: there is no field {known!r:.60}")
    meanings, comments = {}, {}
    for column, each in zip(columns, fields, strict=True):
        if "meanings" in each.content:
            meanings[column.name] = _read_meanings(each, column)
        if "comment" in each.content:
            comments[column.name] = each.take_text("comment")
    key = _read_key(schema, columns)
    rules = _Rules(part.part("rules"), columns)
    return OwnTable(
        name,
        description,
        key,
        columns,
        one_of=rules.one_of(),
        ranges=rules.ranges(),
        quotes=rules.quotes(key),
        meanings=meanings,
        comments=comments,
    )


def _find_name_problem(name: str) -> str:
    """Return why a table cannot have a name, or an empty string."""
    if not _IDENTIFIER.fullmatch(name) or keyword.iskeyword(name):
        return "the name should be lower-case letters, digits and _, as lab_notes"
    if name in TABLES or any(name == file.name for file in FILES):
        return "citehub has a table or file of this name; choose another"
    if not is_free(name):
        return "citehub.Hub has an attribute of this name; choose another"
    return ""


def _read_field(part: _Part, references: Mapping[str, str]) -> Column:
    name = part.take_text("name")
    where = part.what.rpartition(", ")[0]
    part.what = f"{where}, field {name!r:.60}"
    if not _IDENTIFIER.fullmatch(name):
        part.fail("the name should be lower-case letters, digits and _, as page_count")
    part.what = f"{where}, field {name}"
    part.allow(
        *("name", "type", "arrowType", "description", "format", "unit", "constraints"),
        *("meanings", "comment"),
    )
    limits = part.part("constraints")
    limits.allow("required", "enum", "minimum", "maximum")
    vocabulary = limits.take_names("enum") if "enum" in limits.content else ()
    kind = _read_type(part, has_terms=bool(vocabulary))
    closed = _vocabularies.GRADE if name == "grade" else None
    if closed:
        if vocabulary not in {(), closed.terms} or kind != "category":
            part.fail("grade should be a category, without an enum: citehub has its terms")
        vocabulary = closed.terms
    if (kind == "category") is not bool(vocabulary):
        part.fail(f"a category, and only that, should have an enum; this is {kind}")
    if part.take_or("format", "uri") != "uri" or ("format" in part.content and kind != "string"):
        part.fail("the format should be uri, of a string, or left out")
    if name == "source_id" and references.get(name) != _SOURCE:
        part.fail(f"source_id should refer to {_SOURCE}, in foreignKeys")
    low, high = _read_limit(limits, "minimum", kind), _read_limit(limits, "maximum", kind)
    if low is not None and high is not None and low > high:
        limits.fail(f"the minimum {low} is above the maximum {high}")
    return Column(
        name,
        kind,
        part.take_text("description"),
        unit=part.take_text("unit") if "unit" in part.content else "",
        required=limits.take_or("required", default=False),
        vocabulary=vocabulary,
        references=references.get(name, ""),
        minimum=low,
        maximum=high,
        is_url="format" in part.content,
        closed=closed,
    )


def _read_type(part: _Part, *, has_terms: bool) -> str:
    """Return the type of a field, by ``citehub._types``."""
    if "arrowType" not in part.content:
        stated = part.take("type", str)
        if stated not in _BY_TYPE:
            part.fail(f"there is no type {stated!r:.60}; known: {', '.join(_BY_TYPE)}")
        is_term = stated == "string" and (has_terms or part.content["name"] == "grade")
        return "category" if is_term else _BY_TYPE[stated]
    kind = part.take("arrowType", str)
    if kind not in TYPES:
        part.fail(f"there is no arrowType {kind!r:.60}; known: {', '.join(TYPES)}")
    expected = TYPES[kind].data_package
    if part.take_or("type", expected) != expected:
        part.fail(f"the arrowType {kind} should have the type {expected}")
    return kind


def _read_limit(limits: _Part, key: str, kind: str) -> float | None:
    if key not in limits.content:
        return None
    value: Any = limits.content[key]
    if kind not in _OF_NUMBERS or type(value) not in {int, float} or not math.isfinite(value):
        limits.fail(f"the {key} should be a number, of a field of numbers; found {value!r:.60}")
    return cast("float", value)


def _read_meanings(part: _Part, column: Column) -> dict[str, str]:
    meanings = part.part("meanings")
    if [*meanings.content] != [*column.vocabulary]:
        meanings.fail(f"expected a text for each of {', '.join(column.vocabulary) or 'no term'}")
    return {term: meanings.take_text(term) for term in meanings.content}


# -- keys -------------------------------------------------------------------------------------


def _read_key(schema: _Part, columns: tuple[Column, ...]) -> tuple[str, ...]:
    key = schema.take_names("primaryKey")
    by_name = {column.name: column for column in columns}
    for name in key:
        if name not in by_name:
            schema.fail(f"primaryKey: there is no field {name!r:.60}")
        if not by_name[name].required:
            schema.fail(f"primaryKey: the field {name} should be required")
    return key


def _read_references(schema: _Part) -> dict[str, str]:
    """Return the table and column that each field refers to."""
    references: dict[str, str] = {}
    for part in schema.parts("foreignKeys"):
        match part.content:
            case {
                "fields": [str(name)],
                "reference": {"resource": str(table), "fields": [str(column)]},
            } if len(part.content) == len({*part.content} & {"fields", "reference"}):
                if name in references:
                    part.fail(f"the field {name!r:.60} refers to something already")
                references[name] = f"{table}.{column}"
            case _:
                part.fail("expected one field, and the table and field that it refers to")
    return references


def _find_reference_problem(reference: str, own: Mapping[str, OwnTable]) -> str:
    """Return why a column cannot refer to a column, or an empty string."""
    if not reference:
        return ""
    table, _, column = reference.partition(".")
    known: dict[str, TableSchema] = {**TABLES, **own}
    if table not in known:
        return f"it refers to a table {table!r:.60} that is not there"
    if known[table].key != (column,):
        key = ", ".join(known[table].key)
        return f"it refers to {reference:.80}, but the key of {table} is {key}"
    return ""


# -- rules ------------------------------------------------------------------------------------


class _Rules:
    """The rules of a table; it reports names that the table lacks."""

    def __init__(self, part: _Part, columns: tuple[Column, ...]) -> None:
        part.allow("oneOf", "quotes", "ranges")
        self._part = part
        self._columns = {column.name: column for column in columns}

    def one_of(self) -> tuple[tuple[str, ...], ...]:
        groups = self._part.take_or("oneOf", _EMPTY)
        for names in groups:
            if not isinstance(names, list) or len(names) < 2:  # noqa: PLR2004
                self._part.fail(f"oneOf should hold lists of two fields, found {names!r:.60}")
        return tuple(tuple(self._column(self._part, name) for name in names) for names in groups)

    def ranges(self) -> tuple[Range, ...]:
        return tuple(map(self._range, self._part.parts("ranges")))

    def _range(self, part: _Part) -> Range:
        part.allow("low", "high", "where")
        low, high = (self._column(part, part.take(key, str)) for key in ("low", "high"))
        for name in (low, high):
            if self._columns[name].type not in _OF_NUMBERS:
                part.fail(f"the field {name} should be of numbers")
        where = part.part("where").content
        for name, term in where.items():
            if term not in list(self._columns[self._column(part, name)].vocabulary):
                part.fail(f"{name} is never {term!r:.60}")
        return Range(low, high, where)

    def quotes(self, key: tuple[str, ...]) -> Quotes | None:
        if "quotes" not in self._part.content:
            return None
        part = self._part.part("quotes")
        part.allow("words", "of", "read")
        words = self._columns[self._column(part, part.take("words", str))]
        if words.type != "string" or not words.required:
            part.fail(f"the field {words.name} should be text, and required")
        table, _, of = part.take("of", str).partition(".")
        if table != "works" or of not in {c.name for c in TABLES["works"].columns}:
            part.fail("'of' should be a column of works, as works.finding")
        if "work_id" not in self._columns or self._columns["work_id"].references != _WORK:
            part.fail(f"the table should have a field work_id that refers to {_WORK}")
        if len(key) > 1:
            part.fail("the primaryKey should be one field")
        read = tuple(self._column(part, name) for name in part.take_or("read", _EMPTY))
        return Quotes(words.name, of, read)

    def _column(self, part: _Part, name: object) -> str:
        if name not in list(self._columns):  # a list, because JSON may give what has no hash
            part.fail(f"there is no field {name!r:.60}")
        return cast("str", name)
