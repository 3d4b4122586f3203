"""A table of a release, which reads nothing until asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from citehub._columns import COLUMNS, REQUIRED
from citehub._table_file import TableFile, file_of
from citehub._text import counted
from citehub._types import TYPES
from citehub.errors import (
    BadArgument,
    DamagedTable,
    MissingExtra,
    NoFile,
    UnknownColumn,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from citehub._arrow_rows import ArrowRows
    from citehub._json_types import Field, Schema

Row = TypeVar("Row")
Column = TypeVar("Column", bound=str)

_PREVIEW_ROWS = 5


class FieldInfo(NamedTuple):
    """One column: its name, its type with unit and key, and its meaning."""

    name: str
    type: str
    meaning: str


class Table(Generic[Row, Column]):
    """One table of one release.

    The manifest gives its columns and the number of its rows. Each time you ask for data, it reads
    the Parquet file and compares its SHA-256 with the manifest. You may ask for a column that only
    newer releases have, and rows have it, too: it is null. Anything with Arrow's C stream
    interface (Polars, DuckDB, narwhals, pandas 3, pyarrow) takes the table itself.

    Attributes
    ----------
    name : str
        Name of the table.
    meaning : str
        What a row is.
    columns : tuple of str
        Names of the columns of this release, in order.

    Examples
    --------
    >>> import citehub
    >>> works = citehub.load("mt-nlg", version="1.1.0").works
    >>> works
    <citehub.Table works: 45 rows x 15 columns, mt-nlg 1.1.0>
    >>> works.to_pandas(["work_id", "publication_year"]).dtypes["publication_year"]
    int16[pyarrow]
    """

    name: str
    meaning: str
    columns: tuple[str, ...]

    def __init__(self, file: TableFile, release: str, *, skip: int = 0) -> None:
        self._file = file
        self._resource = resource = file.resource
        self._release = release
        self._skip = skip
        self.name = resource["name"]
        self.meaning = resource["description"]
        self.columns = tuple(field["name"] for field in resource["schema"]["fields"])
        known = COLUMNS.get(file_of(self.name), {})
        self._absent = {name: kind for name, kind in known.items() if name not in self.columns}

    # -- data -----------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """Its Parquet file; ``citing_works``, all rows of ``works`` but the first, has none."""
        if self._skip:
            raise NoFile(
                f"The table {self.name} has no file of its own: it is {self._file.path} without "
                "the first row, the canonical work. Read it with to_pandas(), to_polars() or "
                "to_arrow(), or pass the table itself to a library that reads Arrow."
            )
        return self._file.path

    def to_arrow(self, columns: Sequence[Column] | None = None) -> pa.Table:
        """Read the table, or some of its columns, into a :class:`pyarrow.Table`.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to read, in the order wanted; all of them by default.

        Returns
        -------
        pyarrow.Table
            One row per row of the table; vocabularies as dictionary columns.

        Raises
        ------
        UnknownColumn
            A column does not exist.
        DamagedTable
            The file differs from the released one.
        """
        return self._read(columns)

    def _read(self, columns: Sequence[str] | None, *, compact: bool = False) -> pa.Table:
        wanted = self._check_columns(columns)
        table = self._file.read(self._stored(wanted), compact=compact)
        if wanted is not None:
            for name in self._absent.keys() & {*wanted}:
                table = table.append_column(name, _nulls(table.num_rows, self._absent[name]))
            table = table.select(wanted)
        return table.slice(self._skip) if self._skip else table

    def to_pandas(self, columns: Sequence[Column] | None = None) -> pd.DataFrame:
        """Read the table, or some of its columns, into a :class:`pandas.DataFrame`.

        Integers, booleans, dates and text keep their types and their nulls
        (:class:`pandas.ArrowDtype`); vocabularies become ``category``.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to read, in the order wanted; all of them by default.

        Returns
        -------
        pandas.DataFrame
            One row per row of the table, with a new default index.

        Raises
        ------
        UnknownColumn
            A column does not exist.
        DamagedTable
            The file differs from the released one.
        """
        table = self.to_arrow(columns)
        return table.to_pandas(types_mapper=_pandas_dtype, ignore_metadata=True)

    def to_polars(self, columns: Sequence[Column] | None = None) -> pl.DataFrame:
        """Read the table, or some of its columns, into a :class:`polars.DataFrame`.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to read, in the order wanted; all of them by default.

        Returns
        -------
        polars.DataFrame
            One row per row of the table; vocabularies as ``Categorical``.

        Raises
        ------
        MissingExtra
            Polars is not installed.
        UnknownColumn
            A column does not exist.
        DamagedTable
            The file differs from the released one.
        """
        try:
            import polars as pl
        except ModuleNotFoundError:
            raise MissingExtra.of("Polars", "polars") from None
        wanted = self._check_columns(columns)
        frame = self._file.read_polars(self._stored(wanted))
        if wanted is not None:
            absent = {name: TYPES[kind].polars for name, kind in self._absent.items()}
            nulls = (pl.lit(None, getattr(pl, absent[n])).alias(n) for n in wanted if n in absent)
            frame = frame.with_columns(nulls).select(wanted)
        return frame.slice(self._skip) if self._skip else frame

    def __getitem__(self, column: Column) -> pd.Series[Any]:
        """Return one column as a :class:`pandas.Series`."""
        if not isinstance(column, str):
            message = (
                f"Name one column by text, or several with .to_pandas([…]), not {column!r:.60}"
            )
            raise TypeError(message)
        return self.to_pandas([column])[cast("str", column)]

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows, each a plain dict; null is ``None``."""
        yield from cast("Iterator[Row]", iter(self.read_unique()))

    def __len__(self) -> int:
        """Return the number of rows, from the manifest."""
        return self._resource["rows"] - self._skip

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Pass the rows to any library with Arrow's C stream interface."""
        capsule: object = self.to_arrow().__arrow_c_stream__(requested_schema)  # type: ignore[no-untyped-call]
        return capsule

    # -- meaning --------------------------------------------------------------------------

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema, with meaning, unit, key and vocabulary in the metadata of each field."""
        return self._file.open(self._file.read_bytes()).schema_arrow

    @property
    def description(self) -> str:
        """What a row is, then every column with its meaning, type, unit and key."""
        width = max(len(column) for column in self.columns)
        lines = [self.meaning, ""]
        for name, kind, meaning in self.fields:
            lines += [f"{name:<{width}}  {meaning}", f"{'':<{width}}  [{kind}]"]
        return "\n".join(lines)

    @property
    def fields(self) -> tuple[FieldInfo, ...]:
        """The columns with their meaning."""
        schema = self._resource["schema"]
        return tuple(
            FieldInfo(field["name"], _describe_type(field, schema), field["description"])
            for field in schema["fields"]
        )

    def __repr__(self) -> str:
        size = f"{counted(len(self), 'row')} x {counted(len(self.columns), 'column')}"
        return f"<citehub.Table {self.name}: {size}, {self._release}>"

    def _repr_html_(self) -> str:
        from citehub import _html

        head = self.to_arrow().slice(0, _PREVIEW_ROWS).to_pylist()
        columns = _html.table(
            ("column", "type", "meaning"),
            ((f"<code>{_html.text(f.name)}</code>", *map(_html.text, f[1:])) for f in self.fields),
        )
        rows = _html.table(
            self.columns, ([_html.short(row[name]) for name in self.columns] for row in head)
        )
        return (
            f"<p><strong><code>{_html.text(self.name)}</code></strong> "
            f"({_html.text(self._release)}): "
            f"{_html.text(self.meaning)}</p>"
            f"<details><summary>{counted(len(self.columns), 'column')}</summary>{columns}"
            "</details>"
            f"<p>First {len(head)} of {counted(len(self), 'row')}:</p>"
            f"{rows}"
            f"<p>All of them: <code>.to_pandas()</code>, <code>.to_polars()</code>, "
            f"<code>.to_arrow()</code></p>"
        )

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.columns)

    # -- integrity ------------------------------------------------------------------------

    def verify(self) -> None:
        """Compare the file with the manifest: bytes, hash, columns, key, nulls, vocabularies.

        Raises
        ------
        DamagedTable
            Something differs; the message names the file, what was expected and found.
        """
        self._file.read_verified()

    def read_rows(self, columns: Sequence[str] | None = None) -> ArrowRows:
        """Read the table, a large one with each text once.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to read; by default every column of its row type.

        Returns
        -------
        ArrowRows
            One row per row of the table; a column that this release lacks is null.

        Raises
        ------
        DamagedTable
            The file differs from the released one.
        """
        from citehub._arrow_rows import ArrowRows

        every = [*self.columns, *self._absent]
        return ArrowRows(self._read(every if columns is None else columns, compact=True))

    def read_unique(self) -> ArrowRows:
        """Read the table as :meth:`read_rows` does, and compare the keys of its rows.

        Returns
        -------
        ArrowRows
            What :meth:`read_rows` returns.

        Raises
        ------
        DamagedTable
            The file differs from the released one, or a key occurs twice.
        """
        rows, key = self.read_rows(), self._resource["schema"]["primaryKey"]
        if not rows.are_unique(key):
            raise self.duplicate_error(rows)
        return rows

    def duplicate_error(self, rows: ArrowRows) -> DamagedTable:
        """Return the error for rows of which some have the same key.

        Parameters
        ----------
        rows : ArrowRows
            Rows of this table.

        Returns
        -------
        DamagedTable
            It names the first such key.
        """
        key = self._resource["schema"]["primaryKey"]
        expected = f"key {', '.join(key)} to be unique"
        return DamagedTable.at(self._file.path, expected, f"{rows.duplicate_key(key)!r} twice")

    def _stored(self, wanted: list[str] | None) -> list[str] | None:
        """Return which columns of the file to read, at least one, to count rows; None for all."""
        if wanted is None:
            return None
        return [name for name in wanted if name not in self._absent] or [self.columns[0]]

    def _check_columns(self, columns: Sequence[str] | None) -> list[str] | None:
        if columns is None:
            return None
        if isinstance(columns, str):
            message = f"columns takes a list of names, not one string: [{columns!r}]"
            raise TypeError(message)
        columns = list(columns)
        if len(set(columns)) < len(columns):
            raise BadArgument.of("columns", columns, "names, each once")
        for column in columns:
            if column not in self.columns and column not in self._absent:
                raise UnknownColumn.among(
                    "column", str(column), self.columns, where=f"table {self.name!r}"
                )
            if column in self._absent and column in REQUIRED.get(file_of(self.name), ()):
                raise DamagedTable.at(self._file.path, f"a column {column!r}", "none")
        return columns


def _nulls(count: int, kind: str) -> Any:
    import pyarrow as pa

    from citehub._parquet_files import arrow_type

    type_: Any = arrow_type(kind)
    return pa.nulls(count, type_)


def _describe_type(field: Field, schema: Schema) -> str:
    constraints = field.get("constraints", {})
    parts = [field["arrowType"]]
    if "unit" in field:
        parts.append(f"in {field['unit']}")
    if "enum" in constraints:
        parts.append("one of " + " ".join(constraints["enum"]))
    if field["name"] in schema["primaryKey"]:
        parts.append("key")
    elif not constraints.get("required"):
        parts.append("null if not known")
    for foreign in schema.get("foreignKeys", ()):
        if foreign["fields"] == [field["name"]]:
            reference = foreign["reference"]
            parts.append(f"in {reference['resource']}.{reference['fields'][0]}")
    return ", ".join(parts)


def _pandas_dtype(arrow: pa.DataType) -> pd.ArrowDtype | None:
    import pandas as pd
    import pyarrow as pa

    return None if pa.types.is_dictionary(arrow) else pd.ArrowDtype(arrow)
