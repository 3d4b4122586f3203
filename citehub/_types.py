"""The types of columns, with their names in other languages and formats."""

from __future__ import annotations

import datetime
from typing import Final, NamedTuple


class ColumnType(NamedTuple):
    """A type of column, with its names in other languages and formats."""

    python: type
    arrow: str
    """The function of pyarrow that makes it; a dictionary has strings."""
    polars: str
    data_package: str
    croissant: str
    typescript: str


_INTEGER: Final = ("integer", "sc:Integer", "number")
TYPES: Final = {
    "string": ColumnType(str, "string", "String", "string", "sc:Text", "string"),
    "int8": ColumnType(int, "int8", "Int8", *_INTEGER),
    "int16": ColumnType(int, "int16", "Int16", *_INTEGER),
    "int32": ColumnType(int, "int32", "Int32", *_INTEGER),
    "float64": ColumnType(float, "float64", "Float64", "number", "sc:Float", "number"),
    "bool": ColumnType(bool, "bool_", "Boolean", "boolean", "sc:Boolean", "boolean"),
    "date32": ColumnType(datetime.date, "date32", "Date", "date", "sc:Date", "Date"),
    "category": ColumnType(str, "dictionary", "Categorical", "string", "sc:Text", "string"),
}
"""Types by name, as ``datapackage.json`` has them under ``arrowType``."""
