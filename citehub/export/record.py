"""What each format says about a work besides its bibliography: why it is there, by whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from citehub._labels import SCHEME_OF_FACET, join_labelers, join_labels
from citehub._manifest import dataset_id
from citehub._passages import list_passages
from citehub._text import clean_line
from citehub.export.kinds import kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citehub._hub import Hub
    from citehub._json_types import Manifest
    from citehub._rows import CitationLabelRow, CitationRow, NoteKind
    from citehub._work import Work

NOT_KNOWN: Final = "not known"
_IRI: Final = re.compile(r"(?:https?://|urn:)[!$-;=?-\[\]_a-z~]+")  # without a fragment
WHY: Final = "Why it cites, in other words where there are no quotation marks"


class Reason(NamedTuple):
    """Why a work is in an export: the hub and its version, its role, and the sources.

    Role and polarity belong to its citation of the canonical work; None for that work itself.
    ``subject`` is the part of that work that it cites; None if not known. ``judged_by`` says who
    judged; None if nobody.
    """

    hub: str
    data_version: str
    relation: str
    role: str | None
    polarity: str | None
    subject: str | None
    judged_by: str | None
    sources: str


def reason(work: Work, hub: Hub) -> Reason:
    """Return why a work is in an export, as text for people."""
    is_canonical = work.work_id == hub.manifest["citehub"]["canonical_work_id"]
    return Reason(
        hub=clean_line(hub.name),
        data_version=clean_line(hub.version),
        relation="canonical work" if is_canonical else "citing work",
        role=None if is_canonical else clean_line(work.role or NOT_KNOWN),
        polarity=None if is_canonical else clean_line(work.polarity or NOT_KNOWN),
        subject=clean_line(work.subject) if work.subject else None,
        judged_by=judged_by(work.labels) or None,
        sources=clean_line(", ".join(work.sources) or NOT_KNOWN),
    )


def labels_of(work: Work, citation: CitationRow) -> list[CitationLabelRow]:
    """Return the labels of one of a work's citations."""
    cited = citation["cited_work_id"]
    return [label for label in work.labels if label["cited_work_id"] == cited]


def role_and_polarity(labels: list[CitationLabelRow]) -> tuple[str, str]:
    """Return the values of labels, as text for people."""
    role, polarity = join_labels(labels, "intent"), join_labels(labels, "polarity")
    return clean_line(role or NOT_KNOWN), clean_line(polarity or NOT_KNOWN)


def judged_by(labels: Iterable[CitationLabelRow]) -> str:
    """Return who gave the shown labels, as text for people; empty if nobody."""
    return clean_line(join_labelers(labels, [*SCHEME_OF_FACET.values()]) or "")


def tags(work: Work, why: Reason, parting: str = ",;") -> list[str]:
    """Return keywords, from known facts and reference files, without separators in them."""
    found = [f"theme: {theme}" for theme in work.themes]
    if why.role is None:
        found.append("canonical work")
    elif why.role != NOT_KNOWN:
        found.append(f"citation role: {why.role}")
    if why.polarity not in {None, NOT_KNOWN}:
        found.append(f"citation polarity: {why.polarity}")
    if why.subject is not None:
        found.append(f"citation subject: {why.subject}")
    if work.is_retracted:
        found.append("retracted")
    own = (
        clean_line(tag).replace(", ", " and ").replace(",", " ").replace(";", " ") for tag in found
    )
    noted = (re.sub(f" *[{parting}] *", " ", text).strip() for text in notes(work, "keyword"))
    return list(dict.fromkeys([*own, *filter(None, noted)]))


def notes(work: Work, *kinds: NoteKind) -> list[str]:
    """Return the notes of reference files on a work, each on one line."""
    lines = (clean_line(row["text"]).strip() for row in work.notes if row["kind"] in kinds)
    return list(filter(None, lines))


def why_it_cites(work: Work) -> str | None:
    """Return where and why a work cites, passage by passage; None if no passage is known."""
    passages = list_passages(work)
    if not passages:
        return None
    sentences = [
        f"({number}) {each['where']}: {each['what it says']}"
        + (f" [{', '.join(judged)}]" if judged else "")
        for number, each in enumerate(passages, 1)
        for judged in [[f"{name} {each[name]}" for name in SCHEME_OF_FACET if each[name]]]
    ]
    by = "; ".join(dict.fromkeys(each["judged by"] for each in passages if each["judged by"]))
    text = f"{WHY}: {' '.join(sentences)}{f' Judged by {by}.' if by else ''}"
    return clean_line(text)


def database(hub: Hub) -> str:
    """Return the name of the dataset, as ``citehub mt-nlg 1.1.0``."""
    return clean_line(f"citehub {hub.name} {hub.version}")


def dataset_iri(manifest: Manifest) -> str:
    """Return the identifier of a data version, as an IRI that needs no escape in any format.

    One that the manifest states and that is none gives way to that of the content.
    """
    stated = dataset_id(manifest)
    return stated if _IRI.fullmatch(stated) else dataset_id({**manifest, "id": ""})


def statement(why: Reason) -> str:
    """Return why a work is in an export as one sentence, for formats without a field for it."""
    said = "" if why.role is None else f", role {why.role}, polarity {why.polarity}"
    said += f", subject {why.subject}" if why.subject else ""
    said += f", judged by {why.judged_by}" if why.judged_by else ""
    return f"citehub {why.hub} {why.data_version}: {why.relation}{said}. Sources: {why.sources}"


def venue(work: Work) -> str | None:
    """Return the venue; for a preprint, whose date is not the venue's, as a note that says so."""
    stated = _stated(work)
    if not stated or kind(work).has_venue:
        return stated or None
    server_name = server(work)
    return None if server_name and _is_of(server_name, stated) else f"Venue as stated: {stated}"


def server(work: Work) -> str | None:
    """Return the server of a preprint: arXiv by its id, else the venue of a stated preprint."""
    if kind(work).has_venue:
        return None
    if "arxiv" in work.ids:
        return "arXiv"
    return (work.type == "preprint" and _stated(work)) or None


def _stated(work: Work) -> str:
    return clean_line(work.venue or "").strip()


def _is_of(said: str, stated: str) -> bool:
    """Tell whether a venue names the server, as ``arXiv (Cornell University)`` does."""
    return stated.lower().startswith(said.lower())


def eprint(work: Work) -> str | None:
    """Return the arXiv id with its prefix, as in bibliographies."""
    return clean_line(f"arXiv:{work.ids['arxiv']}") if "arxiv" in work.ids else None


def note(work: Work) -> str | None:
    """Return the finding with its source; None if none is known."""
    if not work.finding:
        return None
    return clean_line(f"{work.finding} (finding as printed by {work.finding_source or NOT_KNOWN})")
