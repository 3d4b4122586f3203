"""Columns of Parquet as the fields of a dataset are due, whoever wrote the file.

A writer that knows no type for a column, as nothing stands in it, chooses one; numbers may be
text; an object may lack what it holds nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citehub.sources.dump_datasets import truth, whole

if TYPE_CHECKING:
    from citehub.sources.dump_datasets import Expression


def fit(column: Expression, due: Expression, *, is_nested: bool = False) -> Expression:
    """Return a column as the type that is due; None where only nulls could be that.

    Where ``is_nested``, the lists of a column may hold lists, which stay as they are.
    """
    if due.is_struct():
        return _object(column, due)
    if due.is_array():
        return _list(column, due, is_nested=is_nested)
    return _as_json(column) if due.is_json() else _one(column, due)


def _one(column: Expression, due: Expression) -> Expression:
    """Return texts, numbers or truths, which may stand alone in lists."""
    import ibis

    kind = column.type()
    if kind.is_array() and not kind.value_type.is_nested():
        return _one(ibis.ifelse(column.length() == 1, column[0], None), due)
    if kind.is_nested():
        return None
    if due.is_string():
        return column.cast(due)
    return _number(column) if due.is_integer() else _truth(column)


def _number(column: Expression) -> Expression:
    """Return whole numbers, which may be written as others or as text; others are null."""
    import ibis

    kind = column.type()
    if kind.is_string():
        return whole(column.strip().re_replace(r"\.0*\z", ""))
    if kind.is_integer():
        return column.try_cast("int64")
    if not kind.is_numeric():
        return None
    column = column.cast("float64")
    return ibis.ifelse(column % 1 == 0, column.try_cast("int64"), None)


def _truth(column: Expression) -> Expression:
    """Return true or false, which may be written as text or as 1 and 0; others are null."""
    import ibis

    kind = column.type()
    if kind.is_string():
        return truth(column.lower())
    if kind.is_boolean():
        return column
    if not kind.is_numeric():
        return None
    return ibis.cases((column == 1, True), (column == 0, False), else_=None)


def _as_json(column: Expression) -> Expression:
    """Return what a column holds as text in JSON, which it may be already."""
    import ibis

    if column.type().is_string():
        return column
    return ibis.ifelse(column.isnull(), None, column.cast("json").cast("string"))


def holds(kind: Expression, due: Expression) -> bool:
    """Tell whether a type is the one that is due, or a struct that has further fields.

    Of a struct that is left as it is, an engine reads those fields only that are asked for.
    """
    if kind.is_struct() and due.is_struct():
        return all(name in kind and holds(kind[name], part) for name, part in due.items())
    if kind.is_array() and due.is_array():
        return holds(kind.value_type, due.value_type)
    return bool(kind == due)


def _list(column: Expression, due: Expression, *, is_nested: bool) -> Expression:
    import ibis

    kind = column.type()
    if kind.is_string() and due.value_type.is_string():  # one where a list is due
        return ibis.ifelse(column.nullif("").isnull(), None, ibis.array([column]))
    if not kind.is_array():
        return None
    value = due if is_nested and kind.value_type.is_array() else due.value_type
    if holds(kind.value_type, value):
        return column
    if fit(ibis.null(kind.value_type), value) is None:
        return None
    return column.map(lambda each: fit(each, value))


def _object(column: Expression, due: Expression) -> Expression:
    import ibis

    kind = column.type()
    if holds(kind, due):
        return column
    if not (kind.is_struct() or kind.is_map()):
        return None
    cells = {}
    for name, part in due.items():
        if kind.is_map():
            found = fit(column.get(name), part)
        else:
            found = fit(column[name], part) if name in kind else None
        cells[name] = ibis.null(part) if found is None else found
    return ibis.struct(cells)  # of nulls, where it is null itself
