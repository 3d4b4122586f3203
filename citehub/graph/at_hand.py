"""The passages of a hub, with words that are at hand, for whoever judges them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from citehub._columns import COLUMNS
from citehub.sources.curation import read_curation
from citehub.sources.readings import read_readings

if TYPE_CHECKING:
    from citehub._hub import Hub


class PassageAtHand(NamedTuple):
    """A passage of a citing work, with its words if the hub's folder or the release has them.

    Attributes
    ----------
    context_id : str
        Its name, as in ``citation_contexts``.
    work_id, title : str
        The citing work.
    text, before, after : str or None
        The citing sentence and its neighbours; None if not at hand.
    span : tuple of int, optional
        Begin and end of the mark in ``text``, in letters.
    section, section_kind, place, mark, gist : str or None
        Its place, and what it says in other words.
    """

    context_id: str
    work_id: str
    title: str
    text: str | None
    before: str | None
    after: str | None
    span: tuple[int, int] | None
    section: str | None
    section_kind: str | None
    place: str | None
    mark: str | None
    gist: str | None


def passages_at_hand(hub: Hub, source: str) -> list[PassageAtHand]:
    """Return the passages of a release in the order of its table.

    Parameters
    ----------
    hub : Hub
        The release.
    source : str
        The folder of the hub's sources, which also keeps sentences that no release may have.

    Raises
    ------
    SourceError
        The results of reading texts, or the files of curation, are damaged.
    """
    if "citation_contexts" not in hub.tables:
        return []
    kept = {
        (entry["work"], each["sentence_hash"]): each
        for entry in read_readings(source)
        for each in entry["passages"]
    }
    titles = dict(hub.release.cells("works", "work_id", "title_plain"))
    by_hand = {
        row.sentence_hash: row._asdict() for row in read_curation(source).passages if row.text
    }
    found = []
    unknown = dict.fromkeys(COLUMNS["citation_contexts"])
    for known in hub.table("citation_contexts"):
        row = {**unknown, **known}  # older schemas have fewer columns
        work_id = row["citing_work_id"]
        hashed = row["sentence_hash"] or ""
        words = kept.get((work_id, hashed)) or by_hand.get(hashed, row)
        span = None if words["start"] is None else (words["start"], words["end"])
        found.append(
            PassageAtHand(
                row["context_id"], work_id, titles[work_id], words["text"], words["before"],
                words["after"], span if words["text"] else None, words["section"],
                row["section_kind"], row["place"], row["mark"], row["gist"],
            )
        )  # fmt: skip
    return found
