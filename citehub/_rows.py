"""Types of rows, columns and vocabularies, as a type checker sees them.

Each table has a ``TypedDict`` of its rows and a ``Literal`` of its columns; each closed
vocabulary is a ``Literal`` here and nowhere else. The declaration of the tables is
``_schema``, and a test holds the two equal.
"""

from __future__ import annotations

import datetime
from typing import Literal, TypedDict

Scheme = Literal["arxiv", "doi", "openalex", "s2", "omid", "pith", "acl"]
"""Identifier schemes, in lower case."""

AuthorPosition = Literal["first", "middle", "last"]
"""Place of an author in the printed list, as OpenAlex names it."""

LabelScheme = Literal["intent", "polarity"]
"""What a label judges."""

Intent = Literal[
    "background", "method", "result", "extension", "motivation", "future_work", "unsure"
]
"""Roles that a citation can play."""

Polarity = Literal["supporting", "mentioning", "contrasting", "unclear"]
"""Stances that a citation can take."""

Label = Literal[Intent, Polarity]
"""Values of a label: the intents, then the polarities."""

Setting = Literal["zero", "one", "few", "supervised"]
"""Examples that an evaluated model was shown."""

Recomputation = Literal["full", "selective", "none"]
"""How activations are recomputed in the backward pass."""

SourceKind = Literal[
    "hub-page", "records", "curation", "authors", "quotation", "third-party", "derived"
]
"""Kinds of source."""

Grade = Literal[
    "stated",
    "quotation",
    "derived",
    "inferred",
    "curated",
    "author-stated",
    "announced",
    "single-secondary",
]
"""How a source gives a cell.

``stated``: the source says it. ``quotation``: read in a third party's quotation of the
source. ``derived``: computed from other cells. ``inferred``: concluded from a source that
does not say it of this work. ``curated``: a judgement of the hub's
maintainers. ``author-stated``: said by the authors, no record of the venue seen.
``announced``: announced, not yet held. ``single-secondary``: one secondary source only.
"""

FigureQuantity = Literal[
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
]
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
"""

FigureRelation = Literal["exactly", "up_to", "over", "under", "about", "average", "range"]
"""How a finding qualifies a figure.

``exactly``: prints it without a qualifier. ``up_to``: "up to". ``over``: "over", "above",
"more than", "+". ``under``: "under", "below", "less than". ``about``: "about", "nearly".
``average``: "an average". ``range``: prints both ends. A qualifier also holds for a second
figure that borrows the first one's noun, as in "up to 49.3% gains here and 13% there".
"""

CountMeasure = Literal[
    "stated", "records", "works", "only", "versions", "self", "undescribed", "unreadable"
]
"""What is counted of a source; ``vocabulary.MEASURES`` says what each means."""

EvidencedTable = Literal[
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
]
"""Tables that ``evidence`` can name; the released files hold this list."""

TableName = Literal[
    EvidencedTable, "citation_sources", "citation_years", "source_counts", "source_overlap"
]
"""Names of the tables."""


class WorkRow(TypedDict):
    """A row of ``works``."""

    work_id: str
    title: str
    title_plain: str
    type: str | None
    publication_year: int | None
    publication_month: int | None
    venue: str | None
    primary_category: str | None
    abstract: str | None
    finding: str | None
    finding_source: str | None
    author_count: int | None
    code_url: str | None
    model_url: str | None
    is_retracted: bool | None


class WorkIdRow(TypedDict):
    """A row of ``work_ids``."""

    work_id: str
    scheme: Scheme
    value: str


class AuthorshipRow(TypedDict):
    """A row of ``authorships``."""

    work_id: str
    author_order: int
    author_name: str
    author_position: AuthorPosition
    is_collective: bool | None
    orcid: str | None


class CitationRow(TypedDict):
    """A row of ``citations``."""

    citing_work_id: str
    cited_work_id: str
    hub_position: int | None
    timespan_months: int | None
    shared_authors: int | None
    is_influential: bool | None


class CitationSourceRow(TypedDict):
    """A row of ``citation_sources``."""

    citing_work_id: str
    cited_work_id: str
    source_id: str
    record_id: str
    cited_record_id: str
    is_influential: bool | None


class CitationContextRow(TypedDict):
    """A row of ``citation_contexts``."""

    context_id: str
    citing_work_id: str
    cited_work_id: str
    text: str
    section: str | None
    start: int | None
    end: int | None
    source_id: str


class CitationLabelRow(TypedDict):
    """A row of ``citation_labels``."""

    label_id: str
    citing_work_id: str
    cited_work_id: str
    context_id: str | None
    scheme: LabelScheme
    value: Label | None
    raw_value: str
    confidence: float | None
    labeler: str
    labeler_version: str | None
    source_id: str


class LabelCountRow(TypedDict):
    """A row of ``label_counts``."""

    scheme: LabelScheme
    raw_value: str
    source_id: str
    value: Label | None
    n: int
    n_labelled: int
    n_citing: int
    retrieved_on: datetime.date | None


class CitationYearRow(TypedDict):
    """A row of ``citation_years``."""

    source_id: str
    year: int
    n: int


class SourceCountRow(TypedDict):
    """A row of ``source_counts``."""

    source_id: str
    measure: CountMeasure
    n: int


class SourceOverlapRow(TypedDict):
    """A row of ``source_overlap``."""

    source_id: str
    other_source_id: str
    n_both: int
    n_either: int


class RepresentativeRow(TypedDict):
    """A row of ``representatives``."""

    method: str
    rank: int
    work_id: str
    covers: int | None
    score: float | None


class ThemeRow(TypedDict):
    """A row of ``themes``."""

    theme_id: str
    title: str
    description: str
    position: int


class WorkThemeRow(TypedDict):
    """A row of ``work_themes``."""

    work_id: str
    theme_id: str
    method: str


class FindingFigureRow(TypedDict):
    """A row of ``finding_figures``."""

    figure_id: str
    work_id: str
    quantity: FigureQuantity
    subject: str
    relation: FigureRelation
    value: float
    value_high: float | None
    unit: str
    compared_with: str | None
    quote: str


class CanonicalFactRow(TypedDict):
    """A row of ``canonical_facts``."""

    group: str
    name: str
    value: float | None
    value_text: str | None
    unit: str | None
    note: str | None
    source_id: str
    grade: Grade


class CanonicalCorpusRow(TypedDict):
    """A row of ``canonical_corpus``."""

    dataset: str
    origin: str | None
    tokens_billion: float | None
    weight_percent: float | None
    epochs: float | None
    blend_weight: float | None
    source_id: str
    grade: Grade


class CanonicalEvaluationRow(TypedDict):
    """A row of ``canonical_evaluations``."""

    task: str
    metric: str
    model: str
    setting: Setting
    value: float
    source_id: str
    grade: Grade


class CanonicalParallelismRow(TypedDict):
    """A row of ``canonical_parallelism``."""

    layout_id: str
    nodes: int | None
    gpus: int | None
    tensor: int | None
    pipeline: int | None
    data: int | None
    batch_size: int | None
    seconds: float | None
    tflops_per_gpu: float | None
    source_id: str
    grade: Grade


class CanonicalThroughputRow(TypedDict):
    """A row of ``canonical_throughput``."""

    run_id: str
    reported_in: str
    model: str
    parameters_billion: float | None
    layers: int | None
    hidden_size: int | None
    heads: int | None
    sequence_length: int | None
    vocab_size: int | None
    tensor: int | None
    pipeline: int | None
    data: int | None
    virtual_stages: int | None
    micro_batch_size: int | None
    batch_size: int | None
    gpus: int | None
    recomputation: Recomputation | None
    sequence_parallel: bool | None
    tflops_per_gpu: float | None
    peak_percent: float | None
    aggregate_pflops: float | None
    seconds: float | None
    mfu_percent: float | None
    hfu_percent: float | None
    days_300b_tokens: float | None
    source_id: str
    grade: Grade


class SourceRow(TypedDict):
    """A row of ``sources``."""

    source_id: str
    title: str
    url: str | None
    kind: SourceKind
    rights: str | None
    retrieved_on: datetime.date | None


class EvidenceRow(TypedDict):
    """A row of ``evidence``."""

    table_name: EvidencedTable
    row_key: str
    column_name: str
    source_id: str
    locator: str | None
    grade: Grade


WorkColumn = Literal[
    "work_id",
    "title",
    "title_plain",
    "type",
    "publication_year",
    "publication_month",
    "venue",
    "primary_category",
    "abstract",
    "finding",
    "finding_source",
    "author_count",
    "code_url",
    "model_url",
    "is_retracted",
]
"""Columns of ``works``."""

WorkIdColumn = Literal[
    "work_id",
    "scheme",
    "value",
]
"""Columns of ``work_ids``."""

AuthorshipColumn = Literal[
    "work_id",
    "author_order",
    "author_name",
    "author_position",
    "is_collective",
    "orcid",
]
"""Columns of ``authorships``."""

CitationColumn = Literal[
    "citing_work_id",
    "cited_work_id",
    "hub_position",
    "timespan_months",
    "shared_authors",
    "is_influential",
]
"""Columns of ``citations``."""

CitationSourceColumn = Literal[
    "citing_work_id",
    "cited_work_id",
    "source_id",
    "record_id",
    "cited_record_id",
    "is_influential",
]
"""Columns of ``citation_sources``."""

CitationContextColumn = Literal[
    "context_id",
    "citing_work_id",
    "cited_work_id",
    "text",
    "section",
    "start",
    "end",
    "source_id",
]
"""Columns of ``citation_contexts``."""

CitationLabelColumn = Literal[
    "label_id",
    "citing_work_id",
    "cited_work_id",
    "context_id",
    "scheme",
    "value",
    "raw_value",
    "confidence",
    "labeler",
    "labeler_version",
    "source_id",
]
"""Columns of ``citation_labels``."""

LabelCountColumn = Literal[
    "scheme",
    "raw_value",
    "source_id",
    "value",
    "n",
    "n_labelled",
    "n_citing",
    "retrieved_on",
]
"""Columns of ``label_counts``."""

CitationYearColumn = Literal[
    "source_id",
    "year",
    "n",
]
"""Columns of ``citation_years``."""

SourceCountColumn = Literal[
    "source_id",
    "measure",
    "n",
]
"""Columns of ``source_counts``."""

SourceOverlapColumn = Literal[
    "source_id",
    "other_source_id",
    "n_both",
    "n_either",
]
"""Columns of ``source_overlap``."""

RepresentativeColumn = Literal[
    "method",
    "rank",
    "work_id",
    "covers",
    "score",
]
"""Columns of ``representatives``."""

ThemeColumn = Literal[
    "theme_id",
    "title",
    "description",
    "position",
]
"""Columns of ``themes``."""

WorkThemeColumn = Literal[
    "work_id",
    "theme_id",
    "method",
]
"""Columns of ``work_themes``."""

FindingFigureColumn = Literal[
    "figure_id",
    "work_id",
    "quantity",
    "subject",
    "relation",
    "value",
    "value_high",
    "unit",
    "compared_with",
    "quote",
]
"""Columns of ``finding_figures``."""

CanonicalFactColumn = Literal[
    "group",
    "name",
    "value",
    "value_text",
    "unit",
    "note",
    "source_id",
    "grade",
]
"""Columns of ``canonical_facts``."""

CanonicalCorpusColumn = Literal[
    "dataset",
    "origin",
    "tokens_billion",
    "weight_percent",
    "epochs",
    "blend_weight",
    "source_id",
    "grade",
]
"""Columns of ``canonical_corpus``."""

CanonicalEvaluationColumn = Literal[
    "task",
    "metric",
    "model",
    "setting",
    "value",
    "source_id",
    "grade",
]
"""Columns of ``canonical_evaluations``."""

CanonicalParallelismColumn = Literal[
    "layout_id",
    "nodes",
    "gpus",
    "tensor",
    "pipeline",
    "data",
    "batch_size",
    "seconds",
    "tflops_per_gpu",
    "source_id",
    "grade",
]
"""Columns of ``canonical_parallelism``."""

CanonicalThroughputColumn = Literal[
    "run_id",
    "reported_in",
    "model",
    "parameters_billion",
    "layers",
    "hidden_size",
    "heads",
    "sequence_length",
    "vocab_size",
    "tensor",
    "pipeline",
    "data",
    "virtual_stages",
    "micro_batch_size",
    "batch_size",
    "gpus",
    "recomputation",
    "sequence_parallel",
    "tflops_per_gpu",
    "peak_percent",
    "aggregate_pflops",
    "seconds",
    "mfu_percent",
    "hfu_percent",
    "days_300b_tokens",
    "source_id",
    "grade",
]
"""Columns of ``canonical_throughput``."""

SourceColumn = Literal[
    "source_id",
    "title",
    "url",
    "kind",
    "rights",
    "retrieved_on",
]
"""Columns of ``sources``."""

EvidenceColumn = Literal[
    "table_name",
    "row_key",
    "column_name",
    "source_id",
    "locator",
    "grade",
]
"""Columns of ``evidence``."""
