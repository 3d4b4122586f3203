"""What a Parquet file is made of, told without decoding it.

A small file can hold what no memory does, and its footer can lie. So citehub reads the footer and
the headers of the pages itself, before any library allocates what these claim. Only flat tables in
the encodings that pyarrow writes pass.

References
----------
https://github.com/apache/parquet-format: ``parquet.thrift``, and Thrift's compact protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub import _limits
from citehub._text import counted
from citehub.errors import DamagedTable, OverLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from citehub._json_types import Field

_MAGIC: Final = b"PAR1"
_TAIL: Final = 8  # bytes: the length of the footer, and the magic number
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12
_FIXED: Final = {3: 1, 7: 8}  # bytes: of a small integer, of a float
_LONG_LIST: Final = 15  # and more elements: their number follows
_MOST_LISTED: Final = 4096
_MOST_FIELDS: Final = 256
_DEEPEST: Final = 12
_VARINT_BITS: Final = 64

_REPEATED: Final = 2
_TEXT: Final = 6  # the physical type of text, of unlimited length
_PHYSICAL: Final = {
    "string": _TEXT, "category": _TEXT, "int8": 1, "int16": 1, "int32": 1, "date32": 1,
    "float64": 5, "bool": 0,
}  # fmt: skip
_WIDTHS: Final = {0: 1, 1: 4, 5: 8, _TEXT: 16}  # bytes a value; of text, what leads to it
_DATA, _DICTIONARY, _DATA_V2 = 0, 2, 3
_PLAIN: Final = (0, 3)  # also RLE, of booleans
_IN_DICTIONARY: Final = (2, 8)


class _TooMany(ValueError):
    """A list of more columns or row groups than any table has."""


class Text(NamedTuple):
    """A column of text in one row group, whose dictionary decides how much it takes.

    ``n_coded`` values are given by their place in a dictionary of ``size`` bytes.
    """

    group: int
    column: str
    n_coded: int
    size: int


class Contents(NamedTuple):
    """What a file decodes to: bytes that are certain, and texts that take more."""

    certain: int
    texts: list[Text]

    @property
    def most_of_texts(self) -> int:
        """The most bytes that the texts can take in memory."""
        return sum(each.n_coded * each.size for each in self.texts)


class Parquet:
    """A Parquet file in memory, whose footer was read and is flat.

    Raises
    ------
    DamagedTable
        It is no Parquet file, or one that citehub does not write.
    OverLimit
        It is larger than citehub reads of a stranger's file.
    """

    def __init__(self, data: bytes, path: str) -> None:
        self.data, self._path = data, path
        self._lifted = _limits.are_lifted()
        length = int.from_bytes(data[-_TAIL:-4], "little")
        if not data.startswith(_MAGIC) or not data.endswith(_MAGIC) or length + 12 > len(data):
            raise DamagedTable.at(path, "a Parquet file", "one without its beginning and end")
        self._bound("footer", length, _limits.MOST_FOOTER, "byte")
        footer, _ = self._read(lambda: _struct(data, len(data) - _TAIL - length))
        self._columns: list[dict[int, Any]] = footer.get(_list(2), [])[1:]
        self.n_rows: int = footer.get(_key(3, _I64), -1)
        self._groups: list[dict[int, Any]] = footer.get(_list(4), [])
        described = all(isinstance(each, dict) for each in (*self._columns, *self._groups))
        self._expect(described, "a Parquet file", "one that contradicts itself")
        nested = any(_key(5, _I32) in each for each in self._columns)
        self._expect(not nested, "columns of single values", "columns within columns")
        repeated = any(each.get(_key(3, _I32)) == _REPEATED for each in self._columns)
        self._expect(not repeated, "columns of single values", "a column of lists")
        self._bound("table", self.n_rows, _limits.most_rows(len(data)), "row")

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [
            each.get(_key(4, _BINARY), b"").decode("utf-8", "replace") for each in self._columns
        ]

    def contents(self, fields: Sequence[Field], wanted: Collection[str] | None) -> Contents:
        """Return what some columns decode to, by the header of each page.

        Raises
        ------
        DamagedTable
            The file contradicts itself or the manifest, or has an encoding of others.
        OverLimit
            A page is larger than any that a writer makes.
        """
        found: Contents = self._read(lambda: self._contents(fields, wanted))
        return found

    def _contents(self, fields: Sequence[Field], wanted: Collection[str] | None) -> Contents:
        certain, texts, n_rows = 0, [], 0
        for number, group in enumerate(self._groups):
            rows, chunks = group[_key(3, _I64)], group[_list(1)]
            self._expect(rows >= 0, "row groups of 0 and more rows", f"{rows}")
            self._expect(len(chunks) == len(fields), "all columns in each row group", "others")
            n_rows += rows
            for field, chunk in zip(fields, chunks, strict=True):
                name = field["name"]
                if wanted is not None and name not in wanted:
                    continue
                stated = chunk[_key(3, _STRUCT)]
                kind = stated[_key(1, _I32)]
                self._expect(
                    kind == _PHYSICAL[field["arrowType"]]
                    and stated[_list(3)] == [name.encode()]
                    and stated[_key(5, _I64)] == rows,
                    f"{counted(rows, 'value')} of column {name!r}",
                    "another column, type or number",
                )
                bytes_, n_coded, size = self._walk(stated, name) if rows else (0, 0, 0)
                certain += rows * _WIDTHS[kind] + (bytes_ if kind == _TEXT else 0)
                if kind == _TEXT and n_coded:
                    texts.append(Text(number, name, n_coded, size))
        self._expect(n_rows == self.n_rows, f"{self.n_rows} rows", f"{n_rows} in the row groups")
        return Contents(certain, texts)

    def _walk(self, stated: dict[int, Any], name: str) -> tuple[int, int, int]:
        """Return the bytes of the pages of a chunk, the values by dictionary, and its bytes."""
        at = stated[_key(9, _I64)]
        dictionary = stated.get(_key(11, _I64), 0)
        at = dictionary if 0 < dictionary < at else at
        end = at + stated[_key(7, _I64)]
        self._expect(0 < at <= end <= len(self.data), f"column {name!r} in the file", "outside")
        n_values = n_coded = size = bytes_ = 0
        while n_values < stated[_key(5, _I64)]:
            header, at = _struct(self.data, at)
            kind, unpacked = header[_key(1, _I32)], header[_key(2, _I32)]
            packed = header[_key(3, _I32)]
            self._expect(
                unpacked >= 0 and 0 <= packed <= end - at,
                f"pages of column {name!r} inside it",
                f"one of {packed} bytes",
            )
            self._bound(f"page of column {name!r}", unpacked, _limits.MOST_PAGE, "byte")
            bytes_ += unpacked
            at += packed
            if kind == _DICTIONARY and not size and not n_values:
                self._expect(
                    header[_key(7, _STRUCT)][_key(2, _I32)] in {0, 2},
                    f"a plain dictionary of column {name!r}",
                    "another encoding",
                )
                size = unpacked
                continue
            self._expect(kind in {_DATA, _DATA_V2}, f"pages of values in column {name!r}", "other")
            about = header[_key(5 if kind == _DATA else 8, _STRUCT)]
            n, encoding = about[_key(1, _I32)], about[_key(2 if kind == _DATA else 4, _I32)]
            self._expect(
                n > 0 and encoding in (_PLAIN + _IN_DICTIONARY),
                f"values of column {name!r}, plain or by dictionary",
                f"{n} values in encoding {encoding}",
            )
            n_values += n
            n_coded += n if encoding in _IN_DICTIONARY else 0
        n = stated[_key(5, _I64)]
        self._expect(n_values == n, f"{n} values of column {name!r}", f"{n_values} in its pages")
        return bytes_, n_coded, size

    def _read(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except _TooMany as error:
            (n,) = error.args
            raise OverLimit.at(
                self._path, counted(_MOST_LISTED, "part"), f"a list of {n:,}"
            ) from None
        except (LookupError, ValueError, TypeError, AttributeError):
            raise DamagedTable.at(
                self._path, "a Parquet file", "one that contradicts itself"
            ) from None

    def _expect(self, holds: object, expected: str, found: str) -> None:
        if not holds:
            raise DamagedTable.at(self._path, expected, found)

    def _bound(self, what: str, found: int, most: int, unit: str) -> None:
        if found > most and not self._lifted:
            raise OverLimit.at(
                self._path, counted(most, unit), f"a {what} of {counted(found, unit)}"
            )


def _key(number: int, kind: int) -> int:
    """Return the key of a field of a struct: its number and its type on the wire."""
    return number << 4 | kind


def _list(number: int) -> int:
    return _key(number, _LIST)


def _struct(data: bytes, at: int, depth: int = 0) -> tuple[dict[int, Any], int]:
    """Return the fields of a struct in Thrift's compact protocol, and where it ends."""
    fields: dict[int, Any] = {}
    number = 0
    while head := data[at]:
        at += 1
        kind, step = head & 15, head >> 4
        if step:
            number += step
        else:
            number, at = _integer(data, at)
        key = _key(number, kind)
        if not 0 < number < _MOST_FIELDS or key in fields:
            raise ValueError(number)
        if kind <= 2:  # noqa: PLR2004 -- true and false
            fields[key] = kind == 1
        else:
            fields[key], at = _value(data, at, kind, depth)
    return fields, at + 1


def _value(data: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind == _STRUCT and depth < _DEEPEST:
        return _struct(data, at, depth + 1)
    if kind in {4, _I32, _I64}:
        return _integer(data, at)
    if kind == _BINARY:
        size, at = _varint(data, at)
        if at + size > len(data):
            raise ValueError(size)
        return data[at : at + size], at + size
    if kind in {_LIST, 10} and depth < _DEEPEST:
        return _elements(data, at, depth)
    size = _FIXED[kind]  # none for what Parquet does not use: maps
    return data[at : at + size], at + size


def _elements(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    n, kind = data[at] >> 4, data[at] & 15
    at += 1
    if n == _LONG_LIST:
        n, at = _varint(data, at)
    if n > _MOST_LISTED:
        raise _TooMany(n)
    values = []
    for _ in range(n):
        value, at = _value(data, at, 3 if kind <= 2 else kind, depth + 1)  # noqa: PLR2004
        values.append(value)
    return values, at


def _integer(data: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return (value >> 1) ^ -(value & 1), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    value, shift, at = byte & 127, 7, at + 1
    while byte > 127:  # noqa: PLR2004
        byte = data[at]
        value |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
        if shift > _VARINT_BITS + 6:
            raise ValueError(shift)
    return value, at
