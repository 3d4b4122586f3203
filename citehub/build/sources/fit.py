"""Columns of Parquet as the fields of a dataset are due, whoever wrote the file.

A writer that knows no type for a column, as nothing stands in it, chooses one; numbers may be
text; an object may lack what it holds nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citehub.build.sources.dumps import truth, whole

if TYPE_CHECKING:
    from citehub.build.sources.dumps import Expression


def fit(column: Expression, due: Expression, *, is_nested: bool = False) -> Expression:
    """Return a column as the type that is due; None where only nulls could be that.

    Where ``is_nested``, the lists of a column may hold lists, which stay as they are.
    """
    kind = column.type()
    if due.is_struct():
        return _object(column, due)
    if due.is_array():
        return _list(column, due, is_nested=is_nested)
    if kind.is_string() and due.is_integer():
        return whole(column)
    if due.is_json() or (due.is_string() and kind.is_nested()):
        return _as_json(column)
    return truth(column.lower()) if kind.is_string() and due.is_boolean() else column.cast(due)


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
