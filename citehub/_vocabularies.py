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
LABEL_SCHEME: Final = Vocabulary("LabelScheme", "What a label judges.", ("intent", "polarity"))
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
SETTING: Final = Vocabulary(
    "Setting", "Examples that an evaluated model was shown.", ("zero", "one", "few", "supervised")
)
RECOMPUTATION: Final = Vocabulary(
    "Recomputation",
    "How activations are recomputed in the backward pass.",
    ("full", "selective", "none"),
)
SOURCE_KIND: Final = Vocabulary(
    "SourceKind",
    "Kinds of source.",
    ("hub-page", "records", "curation", "authors", "quotation", "third-party", "derived"),
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
FIGURE_QUANTITY: Final = Vocabulary(
    "FigureQuantity",
    """What a figure of a finding measures; its unit says in what.

``parameters``: the parameters of a model. ``training_tokens``: tokens that a model was trained
on. ``examples``: examples that a model was given for a task. ``devices``: accelerators or
servers of a run. ``precision``: the width of a number format. ``count``: how many there are
of what the unit says, as models, data sets, documents, layers, stages or epochs.
``accuracy``: the share of a benchmark that is solved. ``score_gain``: how much better a
result is than another. ``error``: how far a prediction is off. ``fidelity``: how alike a
result is to that of a reference method. ``speed_up``: how many times faster. ``slow_down``:
how many times worse the performance gets. ``throughput_gain``: how much more throughput.
``scaling_efficiency``: the share of ideal scaling that is kept. ``peak_share``: the share of
the hardware's peak. ``memory_reduction``: how much less memory. ``cost_reduction``: how much
lower a cost is. ``size_reduction``: how many times smaller a model, its state or data are.
``length_gain``: how many times longer a context or sequences are. ``data_share``: the share of
the data that was used.

In ``times``, a gain or reduction is the printed factor: 3 for *3x smaller*, 7 for *one-seventh
the cost*. In ``percent`` it is what is printed; whether points or a share are meant, findings
do not say.
""",
    (
        "parameters",
        "training_tokens",
        "examples",
        "devices",
        "precision",
        "count",
        "accuracy",
        "score_gain",
        "error",
        "fidelity",
        "speed_up",
        "slow_down",
        "throughput_gain",
        "scaling_efficiency",
        "peak_share",
        "memory_reduction",
        "cost_reduction",
        "size_reduction",
        "length_gain",
        "data_share",
    ),
)
FIGURE_RELATION: Final = Vocabulary(
    "FigureRelation",
    """How a finding qualifies a figure.

``exactly``: prints it without a qualifier. ``up_to``: "up to". ``over``: "over", "above",
"more than", "+". ``under``: "under", "below", "less than". ``about``: "about", "nearly".
``average``: "an average". ``range``: prints both ends. A qualifier also holds for a second
figure that borrows the first one's noun, as in "up to 49.3% gains here and 13% there".
""",
    ("exactly", "up_to", "over", "under", "about", "average", "range"),
)
COUNT_MEASURE: Final = Vocabulary(
    "CountMeasure",
    "What is counted of a source; ``vocabulary.MEASURES`` says what each means.",
    ("stated", "records", "works", "only", "versions", "self", "undescribed", "unreadable"),
)
EVIDENCED_TABLE: Final = Vocabulary(
    "EvidencedTable",
    "Tables that ``evidence`` can name; the released files hold this list.",
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
        "finding_figures",
        "canonical_facts",
        "canonical_corpus",
        "canonical_evaluations",
        "canonical_parallelism",
        "canonical_throughput",
        "sources",
        "evidence",
    ),
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
    SETTING,
    RECOMPUTATION,
    SOURCE_KIND,
    GRADE,
    FIGURE_QUANTITY,
    FIGURE_RELATION,
    COUNT_MEASURE,
    NOTE_KIND,
    JOIN_REASON,
    EVIDENCED_TABLE,
)
"""All of them, in the order of ``_rows``."""
