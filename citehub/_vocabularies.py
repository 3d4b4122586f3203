"""The closed vocabularies of the tables: their terms, and what they mean.

``_rows`` has a ``Literal`` of each, which is generated from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A closed vocabulary.

    ``name`` is that of its ``Literal``; ``parts`` are the vocabularies whose terms it has, if it
    is made of such; ``later`` gives the version of the schema that added a term, for those that
    the first one lacks.
    """

    name: str
    meaning: str
    terms: tuple[str, ...]
    parts: tuple[str, ...] = ()
    later: Mapping[str, int] = field(default_factory=dict)

    def at(self, version: int) -> tuple[str, ...]:
        """Return the terms that a version of the schema has."""
        return tuple(term for term in self.terms if self.later.get(term, 1) <= version)


SCHEME: Final = Vocabulary(
    "Scheme",
    "Identifier schemes, in lower case.",
    ("arxiv", "doi", "openalex", "s2", "omid", "pith", "acl", "pmid", "pmcid"),
    later={"pmid": 2, "pmcid": 2},
)
AUTHOR_POSITION: Final = Vocabulary(
    "AuthorPosition",
    "Place of an author in the printed list, as OpenAlex names it.",
    ("first", "middle", "last"),
)
LABEL_SCHEME: Final = Vocabulary(
    "LabelScheme",
    "What a label judges: why a work cites, which stance it takes, what of the work it cites.",
    ("intent", "polarity", "subject"),
    later={"subject": 4},
)
INTENT: Final = Vocabulary(
    "Intent",
    "Roles that a citation can play.",
    ("background", "method", "result", "extension", "motivation", "future_work", "unsure"),
)
POLARITY: Final = Vocabulary(
    "Polarity",
    "Stances that a citation can take.",
    ("supporting", "mentioning", "contrasting", "unclear"),
)
LABEL: Final = Vocabulary(
    "Label",
    "Values of a label: the intents, then the polarities.",
    INTENT.terms + POLARITY.terms,
    parts=("Intent", "Polarity"),
)
LABELER_KIND: Final = Vocabulary(
    "LabelerKind",
    """What kind of labeller judged, in the order in which a summary takes them.

``vocabulary.LABELER_KINDS`` says what each means.
""",
    ("settled", "person", "majority", "model", "source", "rule"),
)
CONFIDENCE: Final = Vocabulary(
    "ConfidenceLevel",
    "How sure a labeller is, in its own words.",
    ("low", "medium", "high"),
)
SECTION_KIND: Final = Vocabulary(
    "SectionKind",
    "What a section of a paper is for.",
    (
        *("abstract", "introduction", "related work", "background", "method", "experiments"),
        *("results", "discussion", "conclusion", "appendix", "other"),
    ),
)
PLACE: Final = Vocabulary(
    "PassagePlace",
    "Where on the page a passage stands, whichever section holds it.",
    ("text", "abstract", "appendix", "table", "figure", "caption", "footnote"),
)
TEXT_FORM: Final = Vocabulary(
    "TextForm",
    """Forms in which the text of a work is read.

``latex`` is its source; ``jats`` and ``tei`` are XML; ``markdown`` and ``plain`` are copies that
somebody made of another form.
""",
    ("html", "latex", "jats", "tei", "markdown", "plain", "pdf"),
)
TEXT_STATUS: Final = Vocabulary(
    "TextStatus",
    """What came of looking for passages in a text.

``vocabulary.TEXT_STATUSES`` says what each means.
""",
    (
        *("passages found", "not in references", "not cited in text", "no citation found"),
        *("no references", "marks without links", "ambiguous entry", "not readable"),
        *("not at hand", "no open text"),
        *("withheld", "from source only"),
    ),
)
SOURCE_KIND: Final = Vocabulary(
    "SourceKind",
    "Kinds of source.",
    (
        *("hub-page", "records", "curation", "authors", "quotation", "third-party", "derived"),
        *("full-text", "program"),
    ),
    later={"full-text": 4, "program": 4},
)
GRADE: Final = Vocabulary(
    "Grade",
    """How a source gives a cell.

``stated``: the source says it. ``quotation``: read in a third party's quotation of the
source. ``derived``: computed from other cells. ``inferred``: concluded from a source that
does not say it of this work. ``curated``: a judgement of the hub's
maintainers. ``author-stated``: said by the authors, no record of the venue seen.
``announced``: announced, not yet held. ``single-secondary``: one secondary source only.
""",
    (
        "stated",
        "quotation",
        "derived",
        "inferred",
        "curated",
        "author-stated",
        "announced",
        "single-secondary",
    ),
)
COUNT_MEASURE: Final = Vocabulary(
    "CountMeasure",
    "What is counted of a source; ``vocabulary.MEASURES`` says what each means.",
    (
        *("stated", "records", "works", "only", "versions", "self", "undescribed", "unreadable"),
        *("excluded", "announced", "nameless"),
    ),
    later={"excluded": 3, "announced": 3, "nameless": 3},
)
EVIDENCED_TABLE: Final = Vocabulary(
    "EvidencedTable",
    "Tables that ``evidence`` can name; of a hub with tables of its own, these too.",
    (
        "works",
        "work_ids",
        "authorships",
        "citations",
        "citation_contexts",
        "citation_labels",
        "label_counts",
        "representatives",
        "themes",
        "work_themes",
        "text_readings",
        "subjects",
        "sources",
        "evidence",
    ),
    later={"text_readings": 4, "subjects": 4},
)
NOTE_KIND: Final = Vocabulary(
    "NoteKind", "What a reference file says beside a record.", ("keyword", "note", "annotation")
)
JOIN_REASON: Final = Vocabulary(
    "JoinReason",
    "Why a record is of its work; ``vocabulary.JOIN_REASONS`` says what each means.",
    ("only record", "first record", "shared identifier", "source says", "asked", "curated"),
)

VOCABULARIES: Final = (
    SCHEME,
    AUTHOR_POSITION,
    LABEL_SCHEME,
    INTENT,
    POLARITY,
    LABEL,
    LABELER_KIND,
    CONFIDENCE,
    SECTION_KIND,
    PLACE,
    TEXT_FORM,
    TEXT_STATUS,
    SOURCE_KIND,
    GRADE,
    COUNT_MEASURE,
    NOTE_KIND,
    JOIN_REASON,
    EVIDENCED_TABLE,
)
"""All vocabularies, in the order of ``_rows``."""
