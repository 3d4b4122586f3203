"""One work of a hub, seen across the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from citehub import _html
from citehub._identifiers import Identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from citehub._rows import (
        AuthorshipRow,
        CitationContextRow,
        CitationLabelRow,
        CitationRow,
        EvidenceRow,
        LabelScheme,
        RepresentativeRow,
        Scheme,
        WorkIdRow,
        WorkRow,
        WorkThemeRow,
    )

_MOST_AUTHORS = 8


class Work:
    """One work, seen across the tables of a release.

    What no source says is None, or an empty tuple where there may be several.

    Attributes
    ----------
    work_id : str
        CURIE of the work, as ``arxiv:2304.01373``.
    title, title_plain : str
        Title as printed, and with its TeX resolved.
    type, venue, primary_category, abstract : str or None
        As in table ``works``.
    publication_year, publication_month : int or None
        First public version.
    finding, finding_source : str or None
        The one-line finding and the source that prints it.
    author_count : int or None
        How many authors the work prints.
    code_url, model_url : str or None
        Public code and model weights.
    is_retracted : bool or None
        Whether the work is known to be retracted.
    """

    def __init__(
        self, row: WorkRow, release: str, look: Callable[[str, str], Sequence[Any]]
    ) -> None:
        self._release = release
        self._look = look
        self.work_id = row["work_id"]
        self.title = row["title"]
        self.title_plain = row["title_plain"]
        self.type = row["type"]
        self.publication_year = row["publication_year"]
        self.publication_month = row["publication_month"]
        self.venue = row["venue"]
        self.primary_category = row["primary_category"]
        self.abstract = row["abstract"]
        self.finding = row["finding"]
        self.finding_source = row["finding_source"]
        self.author_count = row["author_count"]
        self.code_url = row["code_url"]
        self.model_url = row["model_url"]
        self.is_retracted = row["is_retracted"]

    @property
    def authors(self) -> tuple[str, ...]:
        """Names as printed, in order; empty where the release does not know them."""
        return tuple(row["author_name"] for row in self.authorships)

    @property
    def authorships(self) -> tuple[AuthorshipRow, ...]:
        """Authors with their place and, where known, whether the name is of a group."""
        rows = cast("Sequence[AuthorshipRow]", self._look("authorships", self.work_id))
        return tuple(sorted(rows, key=lambda row: row["author_order"]))

    @property
    def ids(self) -> dict[Scheme, str]:
        """Identifiers by scheme; of several in one scheme the first."""
        rows = cast("Sequence[WorkIdRow]", self._look("work_ids", self.work_id))
        ids: dict[Scheme, str] = {}
        for row in rows:
            ids.setdefault(row["scheme"], row["value"])
        return ids

    @property
    def links(self) -> dict[str, str]:
        """Web addresses: a page per identifier that has one, then code and model."""
        pages: dict[str, str | None]
        pages = {scheme: Identifier(scheme, value).url for scheme, value in self.ids.items()}
        pages |= {"code": self.code_url, "model": self.model_url}
        return {name: url for name, url in pages.items() if url}

    @property
    def url(self) -> str | None:
        """Web page of the work: of its first identifier that has one."""
        pages = (Identifier(scheme, value).url for scheme, value in self.ids.items())
        return next((page for page in pages if page), None)

    @property
    def themes(self) -> tuple[str, ...]:
        """Ids of the themes that it belongs to."""
        rows = cast("Sequence[WorkThemeRow]", self._look("work_themes", self.work_id))
        return tuple(row["theme_id"] for row in rows)

    @property
    def citation(self) -> CitationRow | None:
        """How it cites the canonical work; None for the canonical work itself."""
        rows = cast("Sequence[CitationRow]", self._look("citations", self.work_id))
        return rows[0] if rows else None

    @property
    def cites(self) -> tuple[CitationRow, ...]:
        """Its citations of works of this hub."""
        return tuple(self._look("citations", self.work_id))

    @property
    def labels(self) -> tuple[CitationLabelRow, ...]:
        """Judgements of its citation; empty where none is known for this work."""
        return tuple(self._look("citation_labels", self.work_id))

    @property
    def role(self) -> str | None:
        """Intents that its citation is labelled with; None where none is known."""
        return join_labels(self.labels, "intent")

    @property
    def polarity(self) -> str | None:
        """Polarities that its citation is labelled with; None where none is known."""
        return join_labels(self.labels, "polarity")

    @property
    def contexts(self) -> tuple[CitationContextRow, ...]:
        """Passages in which it cites the canonical work."""
        return tuple(self._look("citation_contexts", self.work_id))

    @property
    def representative(self) -> tuple[RepresentativeRow, ...]:
        """Its places in representative selections."""
        return tuple(self._look("representatives", self.work_id))

    @property
    def evidence(self) -> tuple[EvidenceRow, ...]:
        """Where its cells come from: source, place in the source, grade."""
        return tuple(self._look("evidence", self.work_id))

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources that its cells come from, in alphabetical order."""
        return tuple(sorted({row["source_id"] for row in self._look("evidence", self.work_id)}))

    @property
    def citation_sources(self) -> tuple[str, ...]:
        """Ids of the sources that its citations rest on, in alphabetical order."""
        rows = self._look("evidence", self.work_id)
        found = {row["source_id"] for row in rows if row["table_name"] == "citations"}
        return tuple(sorted(found))

    @property
    def published(self) -> str | None:
        """First public version as ``2023-04`` or ``2023``; None where not known."""
        if self.publication_year is None:
            return None
        month = self.publication_month
        return f"{self.publication_year}" + (f"-{month:02}" if month else "")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Work):
            return NotImplemented
        return (self._release, self.work_id) == (other._release, other.work_id)

    def __hash__(self) -> int:
        return hash((self._release, self.work_id))

    def __repr__(self) -> str:
        return f"<citehub.Work {self.work_id}: {marked_title(self)}>"

    def _repr_html_(self) -> str:
        cited = self.citation
        when = self.published or "date not known"
        if cited and cited["timespan_months"] is not None:
            when += f" ({cited['timespan_months']} months after the work it cites)"
        about = [when, self.venue or "venue not known", self.primary_category]
        links = [_html.link(url, name) for name, url in self.links.items()]
        links += [f"{name} not known" for name in ("code", "model") if name not in self.links]
        if cited:
            links.append(_html.text(f"theme {', '.join(self.themes) or 'not known'}"))
            links.append(_html.text(f"role of its citation {self.role or 'not known'}"))
        title = _html.link(self.url or "", marked_title(self))
        parts = [
            f'<p class="citehub-title"><strong>{title}</strong></p>',
            f"<p>{_html.text(shorten_authors(self.authors, most=4))}</p>",
            f"<p>{_html.text(' · '.join(each for each in about if each))}</p>",
            f"<blockquote>{_html.text(self.finding)} "
            f"<small>({_html.text(self.finding_source)})</small></blockquote>"
            if self.finding
            else "",
            f"<p><small>{' · '.join(links)}</small></p>",
        ]
        return f'<article class="citehub-work">{"".join(parts)}</article>'


def join_labels(labels: Iterable[CitationLabelRow], scheme: LabelScheme) -> str | None:
    """Return the labels of a scheme as one text; None where there are none."""
    values = (
        str(label["value"] or label["raw_value"]) for label in labels if label["scheme"] == scheme
    )
    return ", ".join(dict.fromkeys(values)) or None


def marked_title(work: Work) -> str:
    """Return the title, and before it that the work is retracted where it is known to be."""
    return f"[retracted] {work.title_plain}" if work.is_retracted else work.title_plain


def shorten_authors(authors: Sequence[str], most: int = _MOST_AUTHORS) -> str:
    """Return authors as one line; ``and N more`` after the first few.

    Examples
    --------
    >>> shorten_authors(["A. Uthor", "B. Uthor", "C. Uthor"], most=2)
    'A. Uthor, B. Uthor and 1 more'
    """
    if not authors:
        return "authors not known"
    more = f" and {len(authors) - most} more" if len(authors) > most else ""
    return ", ".join(authors[:most]) + more
