"""The one declaration of every table: columns, types, units, keys, vocabularies.

The build writes Parquet and ``datapackage.json`` from it, and ``tests/generate.py`` the types
of rows, the tables of ``Hub`` and those of the explorer. A released folder carries its own
copy in its manifest, so reading a release never needs this module. Tables that only one hub has
are declared in its folder: ``citehub.build.own_tables`` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from citehub import _vocabularies as terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA_VERSION: Final = 4
"""The version that new releases have; one more whenever a table, column or term is added.

What is added names the version that added it, ``since``; nothing is ever taken away. So the
schema of every older version can be told, and a release is held against that of its own.
"""
_AS_OF_SINCE: Final = 3  # manifests of older schemas do not say which columns hold as of a release


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    ``type`` is one of ``citehub._types.TYPES``; a ``category`` is a dictionary-encoded string
    from the closed ``vocabulary``, of which ``closed`` is the declaration. ``since`` is the
    version of the schema that added the column: what a later one adds must allow null.
    ``required_until`` is the last version that asks for a value in every row. ``formerly`` is
    the last version that had another description, and that.
    ``as_of`` says that a cell holds as of its release: it counts rows, follows from which rows
    there are, or was read at a day. Another value in a later release contradicts nothing.
    """

    name: str
    type: str
    description: str
    unit: str = ""
    required: bool = False
    vocabulary: tuple[str, ...] = ()
    references: str = ""
    minimum: float | None = None
    maximum: float | None = None
    is_url: bool = False
    closed: terms.Vocabulary | None = None
    since: int = 1
    as_of: bool = False
    required_until: int = 0
    formerly: tuple[int, str] | None = None

    def at(self, version: int) -> Column:
        """Return the column as a version of the schema has it, its vocabulary maybe narrower."""
        vocabulary = self.closed.at(version) if self.closed else self.vocabulary
        as_of = self.as_of and version >= _AS_OF_SINCE
        required = self.required or version <= self.required_until
        description = self.description
        if self.formerly and version <= self.formerly[0]:
            description = self.formerly[1]
        return replace(
            self, vocabulary=vocabulary, as_of=as_of, required=required, description=description
        )


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table: its name, what a row is, its key and its columns.

    ``as_of`` says that its rows come and go with what they count or are about. Rows whose
    ``method`` is one of ``computed`` hold as of their release as a whole: each release computes
    them anew from its other rows.
    """

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    since: int = 1
    as_of: bool = False
    computed: tuple[str, ...] = ()

    @property
    def noun(self) -> str:
        """What a row is, as in the name of its type: ``Work`` of ``WorkRow``."""
        words = "".join(word.capitalize() for word in self.name.split("_"))
        return words.removesuffix("s") if not words.endswith("us") else words

    def at(self, version: int) -> TableSchema:
        """Return the table as a version of the schema has it."""
        columns = (each.at(version) for each in self.columns if each.since <= version)
        return replace(self, columns=tuple(columns))

    def column(self, name: str) -> Column:
        """Return the column of this name."""
        return next(column for column in self.columns if column.name == name)


def _column(name: str, type_: str, description: str, **more: Any) -> Column:
    return Column(name, type_, description, **more)


def _key(name: str, type_: str, description: str, **more: Any) -> Column:
    return Column(name, type_, description, required=True, **more)


def _vocabulary(name: str, closed: terms.Vocabulary, description: str, **more: Any) -> Column:
    more |= {"vocabulary": closed.terms, "closed": closed}
    return Column(name, "category", description, **more)


def _work(name: str, description: str) -> Column:
    return _key(name, "string", description, references="works.work_id")


def _source(description: str = "Source of this row.") -> Column:
    return _key("source_id", "string", description, references="sources.source_id")


_CITING = _work("citing_work_id", "The citing work.")
_CITED = _work("cited_work_id", "The cited work.")

# Sources need no source; former ids and candidates are what the hub itself did. Each row of the
# others is what one source says, or what was counted of it, and names that source in its key:
# evidence would say it again, cell by cell.
_WITHOUT_EVIDENCE = frozenset(
    {
        *("sources", "evidence"),
        *("citation_sources", "citation_years", "source_counts", "source_overlap"),
        *("work_notes", "local_citations", "former_ids", "work_joins", "merge_candidates"),
        "excluded_works",
    }
)


def needs_evidence(table: str, column: str) -> bool:
    """Tell whether the non-null cells of a column have a row in ``evidence``."""
    return table not in _WITHOUT_EVIDENCE and column not in {"source_id", "grade", "is_shown"}


SCHEMA: tuple[TableSchema, ...] = (
    TableSchema(
        "works",
        "One row per work: the canonical work first, then its citing works in hub order.",
        ("work_id",),
        (
            _key("work_id", "string", "CURIE of the best public identifier, fixed once released."),
            _key("title", "string", "Title, character for character as the hub page prints it."),
            _key("title_plain", "string", "Title with its TeX resolved to plain Unicode."),
            _column("type", "string", "Type of work in OpenAlex's terms: preprint, article ..."),
            _column(
                "publication_year",
                "int16",
                "Year of the first public version.",
                unit="year",
                minimum=1500,
                maximum=2100,
            ),
            _column(
                "publication_month",
                "int8",
                "Month of the first public version, 1 to 12.",
                unit="month",
                minimum=1,
                maximum=12,
            ),
            _column(
                "venue",
                "string",
                "Where it was published, accepted or announced, as its source prints it.",
            ),
            _column("primary_category", "string", "Primary arXiv category, as cs.CL."),
            _column("abstract", "string", "Abstract as printed by its source."),
            _column("finding", "string", "One-line finding, as printed by its source."),
            _column(
                "finding_source",
                "string",
                "Source of the finding.",
                references="sources.source_id",
            ),
            _column(
                "author_count",
                "int32",
                "How many authors the work prints.",
                unit="authors",
                minimum=1,
            ),
            _column("code_url", "string", "Public code of the work.", is_url=True),
            _column("model_url", "string", "Public model weights of the work.", is_url=True),
            _column("is_retracted", "bool", "Whether the work is known to be retracted."),
            _column(
                "page_url",
                "string",
                "Page of the work that its source names.",
                is_url=True,
                since=2,
            ),
            _column("language", "string", "Language as an ISO 639-1 code, as en.", since=2),
            _column(
                "topic",
                "string",
                "Primary topic, as OpenAlex names it; an algorithm chose it.",
                since=2,
            ),
            _column(
                "open_access_status",
                "string",
                "Open-access status in OpenAlex's terms: gold, green, closed ...",
                since=2,
            ),
            _column(
                "license",
                "string",
                "Licence of the open copy, as its source writes it: cc-by ...",
                since=2,
            ),
            _column(
                "citation_count",
                "int32",
                "How many works cite this one, as its source counts them.",
                unit="works",
                minimum=0,
                since=2,
                as_of=True,
            ),
            _column(
                "citation_count_on",
                "date32",
                "Date of the count; null where the source does not give it.",
                since=2,
                as_of=True,
            ),
        ),
    ),
    TableSchema(
        "work_ids",
        "One row per public identifier of a work.",
        ("work_id", "scheme", "value"),
        (
            _work("work_id", "The work."),
            _vocabulary("scheme", terms.SCHEME, "Identifier scheme.", required=True),
            _key("value", "string", "Identifier without prefix: 2304.01373, 10.1145/3744746."),
        ),
    ),
    TableSchema(
        "authorships",
        "One row per author of a work, in printed order.",
        ("work_id", "author_order"),
        (
            _work("work_id", "The work."),
            _key(
                "author_order", "int16", "Place in the printed list of authors, from 1.", minimum=1
            ),
            _key("author_name", "string", "Name as printed."),
            _vocabulary(
                "author_position",
                terms.AUTHOR_POSITION,
                "Place in the list: first, middle or last; a sole author is first.",
                required=True,
            ),
            _column("is_collective", "bool", "Whether the name is of a group, not a person."),
            _column("orcid", "string", "ORCID iD of the author."),
            _column(
                "family_name",
                "string",
                "Family name with its particle, where the source states it apart: van den Berg.",
                since=2,
            ),
            _column(
                "given_name", "string", "Given names, where the source states them apart.", since=2
            ),
            _column(
                "name_suffix", "string", "Suffix, where the source states it apart: Jr.", since=2
            ),
        ),
    ),
    TableSchema(
        "citations",
        "One row per citation: a citing work and a cited work.",
        ("citing_work_id", "cited_work_id"),
        (
            _CITING,
            _CITED,
            _column(
                "hub_position",
                "int32",
                "Place in the hub's list of citing works, from 1.",
                minimum=1,
                as_of=True,
            ),
            _column(
                "timespan_months",
                "int32",
                "Months from the cited work's first version to the citing work's.",
                unit="months",
            ),
            _column(
                "shared_authors",
                "int32",
                "How many author names both works print: a heuristic for self-citation, by "
                "equal spelling.",
                unit="names",
                minimum=0,
            ),
            _column(
                "is_influential", "bool", "Whether the source calls the citation influential."
            ),
        ),
    ),
    TableSchema(
        "citation_sources",
        "One row per record of a source that states a citation.",
        ("citing_work_id", "cited_work_id", "source_id", "record_id"),
        (
            _CITING,
            _CITED,
            _source("The source that states the citation."),
            _key("record_id", "string", "The citing work's record, as the source names it."),
            _key("cited_record_id", "string", "The cited work's record, as the source names it."),
            _column(
                "is_influential", "bool", "Whether the source calls the citation influential."
            ),
        ),
    ),
    TableSchema(
        "local_citations",
        "One row per record of a source that states that a citing work cites another one.",
        ("citing_work_id", "cited_work_id", "source_id", "record_id"),
        (
            _CITING,
            _work("cited_work_id", "The cited work, itself a citing work of the hub."),
            _source("The source that states the citation."),
            _key("record_id", "string", "The citing work's record, as the source names it."),
            _key("cited_record_id", "string", "The cited work's record, as the source names it."),
            _column(
                "is_influential", "bool", "Whether the source calls the citation influential."
            ),
        ),
        since=3,
    ),
    TableSchema(
        "citation_contexts",
        "One row per passage in which a work cites another.",
        ("context_id",),
        (
            _key("context_id", "string", "Identifier of the passage."),
            _CITING,
            _CITED,
            _column(
                "text",
                "string",
                "The passage, as its source gives it: of a full text the citing sentence, or the "
                "row of a table. Null where its words may not be kept here.",
                required_until=3,
                formerly=(3, "The passage, as its source gives it."),
            ),
            _column(
                "section",
                "string",
                "Title of the section that holds it; of nested ones, and of a table in it, from "
                "the outermost to the innermost, with > between them.",
                formerly=(3, "Title of the section that holds it."),
            ),
            _column("start", "int32", "Where the citation mark starts.", unit="characters"),
            _column("end", "int32", "Where the citation mark ends.", unit="characters"),
            _source(),
            _column(
                "section_number",
                "string",
                "Number of the section as printed: 4.1, III-A, B.",
                since=4,
                as_of=True,
            ),
            _vocabulary(
                "section_kind",
                terms.SECTION_KIND,
                "What the section is for; null where that is not known.",
                since=4,
                as_of=True,
            ),
            _vocabulary(
                "place",
                terms.PLACE,
                "Where on the page it stands: running text, table, figure, caption, footnote.",
                since=4,
                as_of=True,
            ),
            _column(
                "position",
                "int16",
                "Place among the passages of its work, in the order of the text, from 1.",
                minimum=1,
                since=4,
                as_of=True,
            ),
            _column(
                "mark",
                "string",
                "The citation mark as printed; null where the text names the work without one.",
                since=4,
                as_of=True,
            ),
            _column(
                "group_size",
                "int16",
                "How many works share the mark; null where there is none.",
                unit="works",
                minimum=1,
                since=4,
                as_of=True,
            ),
            _column("names_work", "bool", "Whether the passage names the cited work.", since=4),
            _column(
                "before",
                "string",
                "The sentence before; null where its words may not be kept here, or there is "
                "none.",
                since=4,
                as_of=True,
            ),
            _column(
                "after",
                "string",
                "The sentence after; null where its words may not be kept here, or there is none.",
                since=4,
                as_of=True,
            ),
            _column(
                "sentence_hash",
                "string",
                "SHA-256 of the letters and digits of the passage, as citehub.hash_sentence "
                "gives it: who has the text can prove which sentence is meant.",
                since=4,
            ),
            _column(
                "gist",
                "string",
                "What is said of the cited work there, in other words than the passage.",
                since=4,
            ),
            _vocabulary(
                "form", terms.TEXT_FORM, "Form of the text that was read.", since=4, as_of=True
            ),
            _column(
                "text_version",
                "string",
                "Version of the text that was read, as v2; null where that is not known.",
                since=4,
                as_of=True,
            ),
        ),
    ),
    TableSchema(
        "text_readings",
        "One row per citing work and text of it that was looked at, or looked for: what came "
        "of it.",
        ("work_id", "reading"),
        (
            _work("work_id", "The citing work."),
            _key("reading", "int16", "Number of the reading, from 1.", minimum=1),
            _vocabulary("status", terms.TEXT_STATUS, "What came of it.", required=True),
            _vocabulary("form", terms.TEXT_FORM, "Form of the text."),
            _column("text_version", "string", "Version of the text, as v2."),
            _column(
                "is_whole",
                "bool",
                "Whether all of it was read: text, tables, notes and list of references.",
            ),
            _column(
                "n_passages",
                "int32",
                "Passages that cite or name the work.",
                unit="passages",
                minimum=0,
            ),
            _column(
                "n_marks",
                "int32",
                "Those of them that have a citation mark.",
                unit="passages",
                minimum=0,
            ),
            _column(
                "licence",
                "string",
                "Licence of the text as it states it: an SPDX name, or the address of its terms.",
            ),
            _column("sha256", "string", "SHA-256 of the file that was read."),
            _column("note", "string", "What of the text was read, and what is in doubt."),
            _column("read_on", "date32", "When it was read or looked for."),
            _source(),
        ),
        since=4,
    ),
    TableSchema(
        "citation_labels",
        "One row per judgement of a citation; labellers may disagree.",
        ("label_id",),
        (
            _key("label_id", "string", "Identifier of the judgement."),
            _CITING,
            _CITED,
            _column(
                "context_id",
                "string",
                "The passage judged; null where the paper as a whole was.",
                references="citation_contexts.context_id",
            ),
            _vocabulary(
                "scheme",
                terms.LABEL_SCHEME,
                "What is judged: intent, polarity or subject.",
                required=True,
                formerly=(3, "What is judged: intent or polarity."),
            ),
            _vocabulary(
                "value",
                terms.LABEL,
                "The judgement in this schema's vocabulary; null where it has no place there, and "
                "for a subject.",
                formerly=(3, "The judgement in this schema's vocabulary."),
            ),
            _key("raw_value", "string", "The judgement in the words of its source."),
            _column(
                "confidence",
                "float64",
                "The labeller's own confidence, 0 to 1.",
                minimum=0,
                maximum=1,
            ),
            _key("labeler", "string", "Who or what judged."),
            _column("labeler_version", "string", "Version of the labeller."),
            _source(),
            _column(
                "subject",
                "string",
                "What of the cited work is cited, in the hub's own vocabulary; null of the other "
                "schemes.",
                references="subjects.subject",
                since=4,
            ),
            _vocabulary(
                "labeler_kind", terms.LABELER_KIND, "What kind of labeller judged.", since=4
            ),
            _column("guideline", "string", "Version of the guideline that it judged by.", since=4),
            _column("prompt_sha256", "string", "SHA-256 of the prompt that a model got.", since=4),
            _vocabulary(
                "confidence_level",
                terms.CONFIDENCE,
                "How sure the labeller is, in words; they are no numbers.",
                since=4,
            ),
            _column(
                "rank",
                "int8",
                "1 for what fits best, 2 for what fits nearly as well; null of a labeller that "
                "gives one value only.",
                minimum=1,
                maximum=9,
                since=4,
            ),
            _column(
                "is_shown",
                "bool",
                "Whether summaries show it: of the judgements of one passage in one scheme, "
                "those of the first kind of labeller in the order settled, person, majority, "
                "model, source, rule, and of these what fits best. False says nothing against "
                "it; null is shown.",
                since=4,
                as_of=True,
            ),
        ),
    ),
    TableSchema(
        "subjects",
        "One row per subject: what of the cited work can be cited, in the hub's vocabulary.",
        ("subject",),
        (
            _key("subject", "string", "Name of the subject."),
            _key("description", "string", "What it takes in."),
            _key("position", "int16", "Place in the list, from 1.", minimum=1),
        ),
        since=4,
    ),
    TableSchema(
        "label_counts",
        "One row per label that a source states in sum, without saying which papers.",
        ("scheme", "raw_value", "source_id"),
        (
            _vocabulary(
                "scheme",
                terms.LABEL_SCHEME,
                "What is counted: intent, polarity or subject.",
                required=True,
                formerly=(3, "What is counted: intent or polarity."),
            ),
            _key("raw_value", "string", "The label in the words of its source."),
            _source(),
            _vocabulary(
                "value",
                terms.LABEL,
                "The label in this schema's vocabulary; null where it has no place there.",
            ),
            _key(
                "n", "int32", "Citing works with this label.", unit="works", minimum=0, as_of=True
            ),
            _key(
                "n_labelled",
                "int32",
                "Citing works with any label of the scheme.",
                unit="works",
                minimum=0,
                as_of=True,
            ),
            _key(
                "n_citing",
                "int32",
                "Citing works that the source lists.",
                unit="works",
                minimum=0,
                as_of=True,
            ),
            _column("retrieved_on", "date32", "When the source was read.", as_of=True),
        ),
        as_of=True,
    ),
    TableSchema(
        "citation_years",
        "One row per source and year; years without a citation are there, with zero.",
        ("source_id", "year"),
        (
            _source("The source whose citations are counted."),
            _key(
                "year",
                "int16",
                "Year of the citing works.",
                unit="year",
                minimum=1500,
                maximum=2100,
            ),
            _key(
                "n",
                "int32",
                "Citing works of that year: by their own year where the source is derived, else "
                "as the source counts them.",
                unit="works",
                minimum=0,
                as_of=True,
            ),
        ),
        as_of=True,
    ),
    TableSchema(
        "source_counts",
        "One row per source and measure: how many citations each source knows, and why the "
        "numbers differ.",
        ("source_id", "measure"),
        (
            _source("The source whose citations are counted."),
            _vocabulary("measure", terms.COUNT_MEASURE, "What is counted.", required=True),
            _key(
                "n", "int32", "How many there are of what the measure says.", minimum=0, as_of=True
            ),
        ),
        as_of=True,
    ),
    TableSchema(
        "source_overlap",
        "One row per two sources: citing works that both know.",
        ("source_id", "other_source_id"),
        (
            _source("The one source."),
            _key("other_source_id", "string", "The other source.", references="sources.source_id"),
            _key(
                "n_both",
                "int32",
                "Citing works that both know.",
                unit="works",
                minimum=0,
                as_of=True,
            ),
            _key(
                "n_either",
                "int32",
                "Citing works that at least one of them knows.",
                unit="works",
                minimum=0,
                as_of=True,
            ),
        ),
        as_of=True,
    ),
    TableSchema(
        "representatives",
        "One row per work of a representative selection, by method.",
        ("method", "rank"),
        (
            _key(
                "method",
                "string",
                "How the works were chosen: hub-page is the page's section, hub-page-lead its "
                "opening line.",
            ),
            _key("rank", "int16", "Place in the selection, from 1.", minimum=1),
            _work("work_id", "The work."),
            _column("covers", "int32", "Citing works that it stands for.", unit="works"),
            _column("score", "float64", "The method's own score."),
            _column(
                "coverage",
                "float64",
                "Share of what all works together would cover that is covered up to this rank.",
                minimum=0,
                maximum=1,
                since=3,
            ),
            _column(
                "reason",
                "string",
                "Why it was chosen: the words that weigh most of those that it shares with works "
                "to which no earlier one is as near.",
                since=3,
            ),
            _column(
                "runner_up_work_id",
                "string",
                "The work that came next at this rank.",
                references="works.work_id",
                since=3,
            ),
            _column(
                "runner_up_score", "float64", "The score of the work that came next.", since=3
            ),
        ),
        computed=("facility-location",),
    ),
    TableSchema(
        "themes",
        "One row per group of the walk-through.",
        ("theme_id",),
        (
            _key("theme_id", "string", "Short name of the theme."),
            _key("title", "string", "Title of the theme."),
            _key("description", "string", "What its papers have in common."),
            _key("position", "int16", "Place in the walk-through, from 1.", minimum=1),
        ),
    ),
    TableSchema(
        "work_themes",
        "One row per work and theme it belongs to.",
        ("work_id", "theme_id"),
        (
            _work("work_id", "The work."),
            _key("theme_id", "string", "The theme.", references="themes.theme_id"),
            _key("method", "string", "Who grouped it: curated, or the name of an algorithm."),
        ),
        computed=("openalex-topic",),
    ),
    TableSchema(
        "work_notes",
        "One row per keyword, note or annotation that a reference file has beside a work.",
        ("work_id", "source_id", "kind", "position"),
        (
            _work("work_id", "The work."),
            _source("The file that holds it."),
            _vocabulary("kind", terms.NOTE_KIND, "What it is called there.", required=True),
            _key("position", "int16", "Place among those of its kind, from 1.", minimum=1),
            _key("text", "string", "The words, as the file has them."),
        ),
        since=2,
    ),
    TableSchema(
        "former_ids",
        "One row per id that a work had in an earlier version of the hub.",
        ("former_id",),
        (
            _key("former_id", "string", "The id that the work had."),
            _work("work_id", "The work, by the id that it has now."),
            _key("until_version", "string", "Last version of the hub that used the former id."),
            _column("reason", "string", "Why the work has another id, or is part of another one."),
        ),
        since=3,
    ),
    TableSchema(
        "excluded_works",
        "One row per work that a source calls citing, and a person says is not.",
        ("work_id",),
        (
            _key("work_id", "string", "What the work would be called in the hub."),
            _column("title", "string", "Title, as its source has it."),
            _source("The source that a person overruled."),
            _key("record_id", "string", "The record, as that source names it."),
            _column("reason", "string", "Why the work is left out."),
            _column("decided_by", "string", "Who decided."),
            _column("decided_on", "date32", "Day of the decision."),
        ),
        since=3,
    ),
    TableSchema(
        "work_joins",
        "One row per record of a work: why it is of this work.",
        ("work_id", "source_id", "record_id"),
        (
            _work("work_id", "The work."),
            _source("The source of the record."),
            _key("record_id", "string", "The record, as the source names it."),
            _vocabulary(
                "reason",
                terms.JOIN_REASON,
                "Why the record is of the work.",
                required=True,
                as_of=True,
            ),
            _vocabulary("scheme", terms.SCHEME, "Scheme of the shared identifier.", as_of=True),
            _column("value", "string", "The shared identifier without prefix.", as_of=True),
            _column(
                "joined_source_id",
                "string",
                "Source of the record that it was joined with.",
                references="sources.source_id",
                as_of=True,
            ),
            _column(
                "joined_record_id",
                "string",
                "The record that it was joined with, as that source names it.",
                as_of=True,
            ),
            _column("note", "string", "The words of the person who decided.", as_of=True),
        ),
        since=3,
        as_of=True,
    ),
    TableSchema(
        "merge_candidates",
        "One row per two works that may be one, as far as no person has decided: a heuristic by "
        "title, year and authors, which joins nothing.",
        ("work_id", "other_work_id"),
        (
            _work("work_id", "The one work."),
            _work("other_work_id", "The other work."),
            _key("why", "string", "What they have in common, in words.", as_of=True),
            _key(
                "title_similarity",
                "float64",
                "Dice's coefficient of the pieces of three letters of both titles: 1 where they "
                "differ in nothing but case, marks, markup and punctuation.",
                minimum=0,
                maximum=1,
                as_of=True,
            ),
            _column(
                "year_gap",
                "int16",
                "Years between them; null where one has none.",
                unit="years",
                minimum=0,
                as_of=True,
            ),
            _column(
                "shared_authors",
                "int32",
                "Authors of the same family name and first letter; null where one prints none.",
                unit="authors",
                minimum=0,
                as_of=True,
            ),
        ),
        since=3,
        as_of=True,
    ),
    TableSchema(
        "sources",
        "One row per source that the tables name.",
        ("source_id",),
        (
            _key("source_id", "string", "Short name of the source."),
            _key("title", "string", "What the source is."),
            _column("url", "string", "Where it is.", is_url=True),
            _vocabulary("kind", terms.SOURCE_KIND, "What kind of source it is.", required=True),
            _column(
                "rights",
                "string",
                "Terms of reuse, or that none are known; null where none were looked for.",
            ),
            _column(
                "retrieved_on",
                "date32",
                "When it was read; null where that is not known.",
                as_of=True,
            ),
            _column(
                "snapshot_on",
                "date32",
                "Date of the snapshot, by what the source says of itself.",
                since=2,
                as_of=True,
            ),
        ),
    ),
    TableSchema(
        "evidence",
        "One row per non-null cell of the other tables, sources and the columns that name a "
        "source or grade aside: where it comes from.",
        ("table_name", "row_key", "column_name", "source_id"),
        (
            _vocabulary("table_name", terms.EVIDENCED_TABLE, "Table of the cell.", required=True),
            _key("row_key", "string", "Key of its row; the parts of a longer key joined by |."),
            _key("column_name", "string", "Column of the cell."),
            _source("Source of the cell."),
            _column("locator", "string", "Where in the source it stands.", as_of=True),
            _vocabulary(
                "grade", terms.GRADE, "How the source gives it.", required=True, as_of=True
            ),
            _column(
                "other_value",
                "string",
                "What this source says, as text, where the cell holds something else: a person "
                "corrected it.",
                since=3,
                as_of=True,
            ),
        ),
        as_of=True,
    ),
)

TABLES: dict[str, TableSchema] = {table.name: table for table in SCHEMA}

_LAST: Final = ("sources", "evidence")  # they are about the others
_NONE: Final[dict[str, TableSchema]] = {}


def schema_at(version: int, own: Mapping[str, TableSchema] = _NONE) -> dict[str, TableSchema]:
    """Return the tables by name, as a version of the schema has them.

    ``own`` are the tables that only one hub has: they stand ahead of ``sources``, and
    ``evidence`` can name them.

    Examples
    --------
    >>> [len(schema_at(version)["works"].columns) for version in (1, 2)]
    [15, 22]
    """
    tables = {table.name: table.at(version) for table in SCHEMA if table.since <= version}
    last = {name: tables.pop(name) for name in _LAST}
    columns = (_with_own_tables(column, own) for column in last["evidence"].columns)
    last["evidence"] = replace(last["evidence"], columns=tuple(columns))
    return {**tables, **own, **last}


def _with_own_tables(column: Column, own: Iterable[str]) -> Column:
    """Return a column of ``evidence`` whose vocabulary, if it is of tables, has these too."""
    if column.closed is not terms.EVIDENCED_TABLE:
        return column
    first = (name for name in column.vocabulary if name not in _LAST)
    return replace(column, vocabulary=(*first, *own, *_LAST))
