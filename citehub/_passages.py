"""Passages of a hub as a frame: the place, the content and the labels of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citehub._columns import COLUMNS
from citehub._labels import SCHEME_OF_FACET, join_labelers, join_labels
from citehub._text import counted
from citehub.errors import DamagedTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from citehub._hub import Hub
    from citehub._rows import CitationLabelRow, TextStatus
    from citehub._work import Work

_DIRECTION_MARKS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARK_LETTERS: Final = 30  # a longer mark is told by how many share it

PASSAGES_FOUND: Final[TextStatus] = "passages found"
"""The text status of a work with a known passage."""


def describe_place(row: Mapping[str, Any]) -> str:
    """Return the place of a passage in words: its section, part and mark.

    Examples
    --------
    >>> row = {"section_number": "4.1", "section": "Lamps", "place": "table", "mark": "[7]"}
    >>> describe_place(row)
    '4.1 Lamps, table, [7]'
    """
    section = " ".join(filter(None, (row["section_number"], row["section"])))
    place = row["place"] if row["place"] not in {None, "text"} else None
    mark = row["mark"]
    if mark and len(mark) > _MARK_LETTERS:
        others = (row["group_size"] or 1) - 1
        mark = f"cited with {counted(others, 'other')}" if others else None
    return ", ".join(filter(None, (section or "section not known", place, mark)))


def describe_words(row: Mapping[str, Any]) -> str:
    """Return the gist of a passage, else its words as a quotation.

    Examples
    --------
    >>> describe_words({"gist": None, "text": "The lamp [7] glows."})
    '“The lamp [7] glows.”'
    """
    own = f"“{row['text']}”" if row["text"] else "Its words are not kept here."
    return row["gist"] or own


def describe_first(work: Work) -> str | None:
    """Return the first passage of a work as a line: its gist and place; None without one."""
    rows = work.passages
    if not rows:
        return None
    kind = "in other words; " if rows[0]["gist"] else ""
    more = f", passage 1 of {len(rows):,}" if len(rows) > 1 else ""
    text = f"{describe_words(rows[0])} ({kind}{describe_place(rows[0])}{more})"
    return _DIRECTION_MARKS.sub(
        "", text
    )  # else a text from outside turns round what stands behind it


def text_status(work: Work) -> str | None:
    """Return `PASSAGES_FOUND` for a work with passages, else the status of its texts, if any."""
    statuses = dict.fromkeys(row["status"] for row in work.text_readings)
    return PASSAGES_FOUND if work.passages else ", ".join(statuses) or None


def list_passages(work: Work) -> list[dict[str, Any]]:
    """Return the passages of a work for people: place, gist, role, polarity, labeller."""
    judged: dict[str | None, list[CitationLabelRow]] = {}
    for label in work.labels:
        judged.setdefault(label["context_id"], []).append(label)
    return [
        {
            "where": describe_place(row),
            "what it says": describe_words(row),
            **{
                name: join_labels(judged.get(row["context_id"], ()), scheme)
                for name, scheme in SCHEME_OF_FACET.items()
            },
            "judged by": join_labelers(
                judged.get(row["context_id"], ()), [*SCHEME_OF_FACET.values()]
            ),
        }
        for row in work.passages
    ]


def passages(hub: Hub) -> pd.DataFrame:
    """Return one row per passage, in the order of the hub, then of the text."""
    import pandas as pd

    frame = hub.table("citation_contexts").to_pandas([*COLUMNS["citation_contexts"]])
    places = {work_id: place for place, work_id in enumerate(hub.release.ids())}
    titles = dict(hub.release.cells("works", "work_id", "title_plain"))
    frame = frame.rename(columns={"citing_work_id": "work_id"})
    lost = next((each for each in frame["work_id"] if each not in places), None)
    if lost is not None:
        path = hub.table("citation_contexts").path
        raise DamagedTable.at(path, "'citing_work_id' to be in works.work_id", repr(lost))
    order = zip(map(places.get, frame["work_id"]), frame["position"].fillna(0), strict=True)
    numbered = sorted((*each, number) for number, each in enumerate(order))
    frame = frame.iloc[[number for *_, number in numbered]].reset_index(drop=True)
    text = frame["work_id"].dtype
    frame.insert(0, "title", pd.Series([titles[each] for each in frame["work_id"]], dtype=text))
    frame.insert(0, "work_id", frame.pop("work_id"))
    judged = judgements(hub)
    for name, scheme in SCHEME_OF_FACET.items():
        values = [join_labels(judged.get(each, ()), scheme) for each in frame["context_id"]]
        frame[name] = pd.Series(values, dtype=text)
    by = [
        join_labelers(judged.get(each, ()), [*SCHEME_OF_FACET.values()])
        for each in frame["context_id"]
    ]
    frame["judged_by"] = pd.Series(by, dtype=text)
    return frame


def judgements(hub: Hub) -> dict[str, Sequence[CitationLabelRow]]:
    """Return the labels of each passage, by its ``context_id``."""
    found: dict[str, list[CitationLabelRow]] = {}
    for label in hub.release.rows("citation_labels"):
        if label["context_id"] is not None:
            found.setdefault(label["context_id"], []).append(label)
    return {**found}
