"""A Pith hub page, as text.

The form, top to bottom::

    <one-line finding of the lead paper>                                  (may be missing)
    hub <class>
    <title of the canonical work>
    <class>. <percent>% of citing Pith papers cite this work as <role>.
    abstract
    <the abstract, one or more lines>
    hub tools
    citation-role summary
    citation-polarity summary
    roles
    <role> <count>                                                        (one or more)
    polarities
    <polarity> <count>                                                    (one or more)
    representative citing papers
    <one-line finding>                                                    (one or more)
    citing papers explorer
    -
    <title>
    <one-line finding>                                                    (one or more such)

In text copied from the page, a heading can stick to the count above it, as in ``background
9polarities``. The page states sums: it does not say which papers have a label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from citehub._identifiers import parse_identifier
from citehub._markup import plain_title
from citehub._vocabularies import INTENT, POLARITY
from citehub.errors import SourceError
from citehub.sources.curated import read_text
from citehub.sources.records import Edge, Finding, Origin, Record, Stated
from citehub.sources.source import Source

if TYPE_CHECKING:
    from citehub.sources.hand_records import HandRecords
    from citehub.sources.statements import Statements

_STATEMENT: Final = re.compile(
    r"(?P<hub_class>.+?)\. (?P<percent>\d+)% of citing Pith papers "
    r"cite this work as (?P<role>.+)\."
)
_ROUNDING: Final = 0.5  # of a printed percentage
_HEADINGS: Final = frozenset(
    (
        "abstract",
        "hub tools",
        "citation-role summary",
        "citation-polarity summary",
        "roles",
        "polarities",
        "representative citing papers",
        "citing papers explorer",
        "-",
    )
)
_COUNT: Final = re.compile(r"(?P<label>\D*\S) (?P<n>\d+)(?P<glued>\D*)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page: its text and its number, from 1."""

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Count:
    """A label that the page states in sum."""

    label: str
    n: int
    line: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the explorer: its title and its one-line finding."""

    title: Line
    finding: Line


@dataclass(frozen=True, slots=True)
class Chosen:
    """A paper that the page shows as representative, and the line that does."""

    paper: Paper
    line: int


@dataclass(frozen=True, slots=True)
class HubPage:
    """What a hub page says."""

    hub_class: Line
    title: Line
    abstract: Line
    roles: tuple[Count, ...]
    polarities: tuple[Count, ...]
    papers: tuple[Paper, ...]
    representatives: tuple[Chosen, ...]
    lead: Chosen | None


def parse_hub_page(text: str, path: str) -> HubPage:
    """Read a hub page.

    Parameters
    ----------
    text : str
        The page.
    path : str
        Its origin, for errors.

    Returns
    -------
    HubPage
        Everything that the page says, with line numbers.

    Raises
    ------
    SourceError
        A section is missing, a paper occurs twice, a count contradicts another, or a
        representative's finding belongs to no paper; the error names the line.
    """
    return _Parser(text, path).parse()


class _Parser:
    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.lines = _split(text)
        self.at = 0

    def parse(self) -> HubPage:
        lead = None if self._peek().startswith("hub ") else self._take("the lead finding")
        header = self._take("'hub <class>'")
        if not header.text.startswith("hub "):
            self._fail(header, "'hub <class>'")
        title = self._take("the canonical work's title")
        statement = self._take("the statement '<class>. <n>% of citing Pith papers ...'")
        self._expect("abstract")
        abstract = self._take_until("hub tools", "the abstract")
        self._expect("citation-role summary")
        self._expect("citation-polarity summary")
        self._expect("roles")
        roles = self._take_counts("polarities")
        polarities = self._take_counts("representative citing papers")
        findings = self._take_until("citing papers explorer", "a representative's finding")
        papers = self._take_papers()
        self._check_once(
            [title, *(paper.title for paper in papers)], "the canonical work cites itself"
        )
        hub_class = Line(header.text.removeprefix("hub "), header.number)
        self._check_statement(statement, hub_class, roles)
        for counts in (roles, polarities):
            self._check_counts(counts, len(papers))
        by_finding = {paper.finding.text: paper for paper in papers}
        chosen = tuple(self._choose(line, by_finding) for line in findings)
        self._check_once(findings, "the finding is among the representatives already")
        return HubPage(
            hub_class=hub_class,
            title=title,
            abstract=Line("\n".join(line.text for line in abstract), abstract[0].number),
            roles=roles,
            polarities=polarities,
            papers=papers,
            representatives=chosen,
            lead=None if lead is None else self._choose(lead, by_finding),
        )

    # -- reading --------------------------------------------------------------------------

    def _peek(self) -> str:
        return self.lines[self.at].text if self.at < len(self.lines) else ""

    def _take(self, what: str) -> Line:
        if self.at == len(self.lines):
            last = self.lines[-1].number if self.lines else 0
            raise SourceError.at(self.path, last, f"the page ends where {what} should follow")
        self.at += 1
        return self.lines[self.at - 1]

    def _expect(self, heading: str) -> None:
        line = self._take(f"the section {heading!r}")
        if line.text != heading:
            self._fail(line, f"the section {heading!r}")

    def _take_until(self, heading: str, what: str) -> list[Line]:
        taken = []
        while (line := self._take(f"the section {heading!r}")).text != heading:
            if line.text in _HEADINGS:
                self._fail(line, f"the section {heading!r}")
            taken.append(line)
        if not taken:
            self._fail(line, what)
        return taken

    def _take_counts(self, heading: str) -> tuple[Count, ...]:
        counts: list[Count] = []
        while True:
            line = self._take(f"the section {heading!r}")
            if line.text == heading and counts:
                return tuple(counts)
            match = _COUNT.fullmatch(line.text)
            if match is None or match["glued"] not in {"", heading}:
                self._fail(line, f"'<label> <count>' or the section {heading!r}")
            if match["label"] in [count.label for count in counts]:
                raise SourceError.at(
                    self.path, line.number, f"the label {match['label']!r} is counted twice"
                )
            counts.append(Count(match["label"], int(match["n"]), line.number))
            if match["glued"]:
                return tuple(counts)

    def _take_papers(self) -> tuple[Paper, ...]:
        papers = []
        while self.at < len(self.lines):
            mark = self._take("'-'")
            if mark.text != "-":
                self._fail(mark, "'-' ahead of a title and its finding")
            title, finding = self._take("a title"), self._take("a finding")
            for line in (title, finding):
                if line.text == "-":
                    self._fail(line, "a title and its finding, a line each")
            papers.append(Paper(title, finding))
        if not papers:
            self._take("a citing paper")
        self._check_once([paper.title for paper in papers], "the paper is listed already")
        self._check_once([paper.finding for paper in papers], "the finding is listed already")
        return tuple(papers)

    # -- checking -------------------------------------------------------------------------

    def _fail(self, line: Line, expected: str) -> NoReturn:
        raise SourceError.at(
            self.path, line.number, f"expected {expected}, found {line.text!r:.60}"
        )

    def _check_once(self, lines: list[Line], problem: str) -> None:
        first: dict[str, int] = {}
        for line in lines:
            if line.text in first:
                where = f"{problem}, on line {first[line.text]}: {line.text!r:.60}"
                raise SourceError.at(self.path, line.number, where)
            first[line.text] = line.number

    def _check_statement(self, statement: Line, hub_class: Line, roles: tuple[Count, ...]) -> None:
        match = _STATEMENT.fullmatch(statement.text)
        if match is None:
            self._fail(
                statement, "'<class>. <n>% of citing Pith papers cite this work as <role>.'"
            )
        counts = {count.label: count.n for count in roles}
        total = sum(counts.values())
        if match["hub_class"] != hub_class.text:
            self._fail(statement, f"the class {hub_class.text!r} of line {hub_class.number}")
        if match["role"] not in counts or total == 0:
            self._fail(statement, f"one of the roles counted below, {', '.join(counts)}")
        share = 100 * counts[match["role"]] / total
        if abs(share - int(match["percent"])) > _ROUNDING:
            problem = (
                f"the page says {match['percent']}%, but {counts[match['role']]} of the {total} "
                f"labelled papers is {share:.0f}%"
            )
            raise SourceError.at(self.path, statement.number, problem)

    def _check_counts(self, counts: tuple[Count, ...], n_citing: int) -> None:
        total = sum(count.n for count in counts)
        if total > n_citing:
            problem = f"{total} labelled papers, but the explorer lists {n_citing}"
            raise SourceError.at(self.path, counts[-1].line, problem)

    def _choose(self, line: Line, papers: dict[str, Paper]) -> Chosen:
        if line.text not in papers:
            problem = f"the finding belongs to no paper of the explorer: {line.text!r:.60}"
            raise SourceError.at(self.path, line.number, problem)
        return Chosen(papers[line.text], line.number)


def _split(text: str) -> list[Line]:
    """Return the lines that are not empty; only line feeds separate lines."""
    numbered = enumerate(text.split("\n"), 1)
    return [Line(line.strip(), number) for number, line in numbered if line.strip()]


PITH_PAGE: Final = Source(
    id="pith-hub-page",
    title="Pith citation hub page, as text",
    url=None,
    kind="hub-page",
    rights=None,
    notes=(
        "It states roles and polarities in sum, and does not say which papers carry them.",
        "It prints titles; works.csv says which work each title is.",
    ),
)
_LABELS: Final = {"intent": INTENT.terms, "polarity": POLARITY.terms}


def state_page(given: Statements, records: HandRecords, path: str, source_id: str) -> None:
    """Add the content of a page: works, citations, findings, sums of labels, representatives.

    Parameters
    ----------
    given : Statements
        What other sources say.
    records : HandRecords
        The work of each title.
    path : str
        The page.
    source_id : str
        Its name in the hub.

    Raises
    ------
    SourceError
        The page is wrong, or its titles differ from ``works.csv``.
    """
    page = parse_hub_page(read_text(path), path)
    _check_titles(page, records, path)

    def record_of(title: Line, **more: Any) -> Record:
        try:
            plain_title(title.text, is_strict=True)
        except ValueError as error:
            raise SourceError.at(path, title.number, str(error)) from None
        known = parse_identifier(records.by_title[title.text]["work_id"])
        line = f"line {title.number}"
        known_as = (known,) if known else ()
        return Record(
            source_id, line, (), title=title.text, locator=line, known_as=known_as, **more
        )

    def said(line: int) -> Origin:
        return Origin(source_id, "stated", f"line {line}")

    own = record_of(
        page.title,
        abstract=page.abstract.text,
        origins=(("abstract", said(page.abstract.number)),),
    )
    given.canonical[own.key] = own
    keys = {}
    for position, paper in enumerate(page.papers, 1):
        record = record_of(paper.title)
        keys[paper.title.text] = record.key
        given.citing[record.key] = record
        given.findings[record.key] = Finding(paper.finding.text, said(paper.finding.number))
        given.edges.append(Edge(source_id, record.record_id, own.record_id, position=position))
    for scheme, counts in (("intent", page.roles), ("polarity", page.polarities)):
        for count in counts:
            cells = {
                "scheme": scheme,
                "raw_value": count.label,
                "source_id": source_id,
                "value": count.label if count.label in _LABELS[scheme] else None,
                "n": count.n,
                "n_labelled": sum(each.n for each in counts),
                "n_citing": len(page.papers),
            }
            given.rows.append(Stated("label_counts", cells, said(count.line)))
    leads = () if page.lead is None else (page.lead,)
    for method, selection in (("hub-page", page.representatives), ("hub-page-lead", leads)):
        for rank, chosen in enumerate(selection, 1):
            cells = {"method": method, "rank": rank}
            about = keys[chosen.paper.title.text]
            given.rows.append(Stated("representatives", cells, said(chosen.line), about))
    given.hub_class = page.hub_class.text


def _check_titles(page: HubPage, records: HandRecords, path: str) -> None:
    """Refuse a title that is only on the page, or only in ``works.csv``."""
    titles = [page.title, *(paper.title for paper in page.papers)]
    for title in titles:
        if title.text not in records.by_title:
            problem = f"no row of works.csv has the title {title.text!r:.80}"
            raise SourceError.at(path, title.number, problem)
    printed = {title.text for title in titles}
    for text, row in records.by_title.items():
        if text not in printed:
            problem = f"the page has no work {text!r:.80}"
            raise SourceError.at(records.path("works"), row.line, problem)
