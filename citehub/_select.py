"""Selecting works of a hub: by theme, representatives, search, or a list of identifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citehub.errors import UnknownSelection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citehub._hub import Hub


def select(
    hub: Hub,
    *,
    theme: str | None = None,
    representatives: str | None = None,
    search: str | None = None,
    ids: Iterable[object] | None = None,
) -> list[str]:
    """Return the ids of the works that meet every condition given.

    The order is that of ``ids``, else that of the search, else the rank of the
    representatives, else that of the hub. Without a condition: every citing work.
    """
    found = [
        None if ids is None else _named(hub, ids),
        None if search is None else [work.work_id for work in hub.search(search)],
        None if representatives is None else _representatives(hub, representatives),
        None if theme is None else _of_theme(hub, theme),
    ]
    conditions = [each for each in found if each is not None]
    if not conditions:
        return hub._citing_ids()
    allowed = set.intersection(*map(set, conditions))
    return [work_id for work_id in conditions[0] if work_id in allowed]


def _named(hub: Hub, ids: Iterable[object]) -> list[str]:
    given: Any = ids
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        message = f"works are a list of works or identifiers, not one: [{given!r:.60}]"
        raise TypeError(message)
    if hasattr(given, "columns") and not hasattr(given, "path"):  # a DataFrame
        if "work_id" not in given.columns:
            message = "a DataFrame of works has a column work_id; this one has not"
            raise TypeError(message)
        given = given["work_id"]
    return list(dict.fromkeys(hub._resolve(_identifier(each)) for each in given))


def _identifier(work: Any) -> str:
    """Return what names a work: of a Work, of a row, or itself."""
    if isinstance(work, str):
        return work
    named = work.get("work_id") if hasattr(work, "get") else getattr(work, "work_id", None)
    if not isinstance(named, str):
        message = f"a work is a Work, an identifier or a row with a work_id, not {work!r:.60}"
        raise TypeError(message)
    return named


def _of_theme(hub: Hub, theme: str) -> list[str]:
    rows = list(hub._read("work_themes"))
    known = [row["theme_id"] for row in hub._read("themes")]
    _check_known(hub, "theme", theme, known)
    chosen = {row["work_id"] for row in rows if row["theme_id"] == theme}
    return [work_id for work_id in hub._all_ids() if work_id in chosen]


def _representatives(hub: Hub, method: str) -> list[str]:
    rows: list[Mapping[str, Any]] = hub._read("representatives")
    _check_known(
        hub, "selection of representatives", method, dict.fromkeys(row["method"] for row in rows)
    )
    chosen = sorted(
        (row for row in rows if row["method"] == method), key=lambda row: int(row["rank"])
    )
    return [str(row["work_id"]) for row in chosen]


def _check_known(hub: Hub, what: str, asked: str, known: Iterable[str]) -> None:
    if not isinstance(asked, str):
        message = f"a {what} is one name, not {asked!r:.60}"
        raise TypeError(message)
    if asked not in known:
        where = f"{hub.name} {hub.version}"
        raise UnknownSelection.among(what, asked, known, where=where)
