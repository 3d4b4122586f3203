"""Roles and polarities of citations: what each value means, and what other systems call it.

:data:`INTENTS` and :data:`POLARITIES` define the values that a label can take;
:data:`CROSSWALK` leads from each to its counterpart in five other vocabularies.

>>> from citehub import vocabulary
>>> vocabulary.POLARITIES["mentioning"]
'The citing work takes no stance on what the cited work says.'
>>> theirs = [row for row in vocabulary.CROSSWALK if row.system == "Semantic Scholar"]
>>> {row.term: row.value for row in theirs if row.term}
{'background': 'background', 'methodology': 'method', 'result': 'result'}

A row without a term says in its note what the system lacks; with a term, how the two differ.

>>> row = next(row for row in vocabulary.CROSSWALK if row.term == "disagreesWith")
>>> row.value, row.system, row.note
('contrasting', 'CiTO', 'Disagreement alone; contrary evidence is disputes or refutes.')

:data:`MEASURES` defines what the table ``source_counts`` counts, :data:`NOTE_KINDS` what
``work_notes`` holds, :data:`JOIN_REASONS` why a record belongs to its work in ``work_joins``,
:data:`TEXT_STATUSES` the results of looking for passages, and :data:`LABELER_KINDS` who judges, in
the order in which summaries prefer them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast

from citehub._cito import CITO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citehub._rows import (
        CountMeasure,
        Intent,
        JoinReason,
        Label,
        LabelerKind,
        LabelScheme,
        NoteKind,
        Polarity,
        TextStatus,
    )

__all__ = [
    "CROSSWALK",
    "INTENTS",
    "JOIN_REASONS",
    "LABELER_KINDS",
    "MEASURES",
    "NOTE_KINDS",
    "POLARITIES",
    "SYSTEMS",
    "TEXT_STATUSES",
    "CrosswalkRow",
    "System",
]

System = Literal["Semantic Scholar", "SciCite", "MultiCite", "scite", "CiTO"]
"""Systems that name roles or polarities of citations."""

INTENTS: Final[dict[Intent, str]] = {
    "background": "The citing work turns to the cited work for context: the field, the problem, "
    "or what was done before.",
    "method": "The citing work uses something from the cited work: a method, a tool, a model or "
    "data.",
    "result": "The citing work sets its own results beside those of the cited work.",
    "extension": "The citing work builds on something from the cited work and changes or adds "
    "to it.",
    "motivation": "The cited work, or a gap that it leaves, is a reason why the citing work was "
    "done.",
    "future_work": "The cited work is named for what remains to be done.",
    "unsure": "A labeller looked at the citation and did not decide on its role.",
}
"""What each role means, in one sentence."""

POLARITIES: Final[dict[Polarity, str]] = {
    "supporting": "The citing work agrees with what the cited work says, or brings evidence "
    "for it.",
    "mentioning": "The citing work takes no stance on what the cited work says.",
    "contrasting": "The citing work disagrees with what the cited work says, or brings evidence "
    "against it.",
    "unclear": "A labeller looked at the citation and did not decide on its stance.",
}
"""What each polarity means, in one sentence."""

MEASURES: Final[dict[CountMeasure, str]] = {
    "stated": "The source's own count of the work's citations.",
    "records": "Citing records found in the source.",
    "works": "Citing works that these records come to.",
    "only": "Citing works that no other source knows.",
    "versions": "Records beyond the first of a work, as a preprint and its published version.",
    "self": "Records that state that the work cites itself; they are left out.",
    "undescribed": "Citing records of which the source gives no title.",
    "unreadable": "Lines of the source's files that could not be read, whatever they say.",
    "excluded": "Citing records of works that a person says do not cite the work.",
    "announced": "Citing records that the source's interface announced with their list.",
    "nameless": "Citations in that list whose citing paper the source does not name.",
}
"""What each measure of a source counts, in one sentence."""

NOTE_KINDS: Final[dict[NoteKind, str]] = {
    "keyword": "A keyword or tag of the record.",
    "note": "A note of the record, by whoever made the file or its reference manager.",
    "annotation": "What a reader wrote on the work, as BibTeX's annotation or annote.",
}
"""What each kind of row in table ``work_notes`` is."""

JOIN_REASONS: Final[dict[JoinReason, str]] = {
    "only record": "No other record is of the work.",
    "first record": "The most trusted record of the work, which the others were joined with.",
    "shared identifier": "The record has an identifier that the first record has, or one that was "
    "asked for or curated.",
    "source says": "A third record has identifiers of both, so its source says that they are one.",
    "asked": "The record was found for the work that the hub is made for.",
    "curated": "A person says that they are one.",
}
"""What each reason in table ``work_joins`` means."""

LABELER_KINDS: Final[dict[LabelerKind, str]] = {
    "settled": "People judged apart, then agreed on this.",
    "person": "A person judged.",
    "majority": "What most of several models or readings by models say.",
    "model": "A model judged, as a language model that got a guideline.",
    "source": "A source has the label, as Semantic Scholar's intents.",
    "rule": "A rule judged by words and sections.",
}
"""Kinds of labeller. If a passage has several judgements, summaries show those of the first
kind."""

TEXT_STATUSES: Final[dict[TextStatus, str]] = {
    "passages found": "The text cites or names the work in at least one passage.",
    "not in references": "The text was looked through, and its list of references does not hold "
    "the work.",
    "not cited in text": "Its list of references holds the work, and no mark in the text leads "
    "to it.",
    "no citation found": "The text was looked through and no citation found; its list of "
    "references was not read whole.",
    "no references": "The text has no list of references, so that its marks lead nowhere.",
    "marks without links": "The text has a list of references, and no mark in it could be tied to "
    "an entry.",
    "ambiguous entry": "Several entries of its list of references may be the work; none was "
    "chosen.",
    "not readable": "The text was at hand and could not be read.",
    "not at hand": "No text was at hand; whether there is an open one is not known.",
    "no open text": "No open text of the work was found.",
    "withheld": "A source knows passages and does not give their words.",
    "from source only": "No text was read; passages are those that a source gives.",
}
"""What each status of a reading in table ``text_readings`` means."""

SYSTEMS: Final[dict[System, str]] = {
    "Semantic Scholar": "https://www.semanticscholar.org/faq#citation-intent",
    "SciCite": "https://arxiv.org/abs/1904.01608",
    "MultiCite": "https://arxiv.org/abs/2107.00414",
    "scite": "https://doi.org/10.1162/qss_a_00146",
    "CiTO": "https://purl.org/spar/cito",
}
"""Where each system describes its terms."""


class CrosswalkRow(NamedTuple):
    """One value of a label, and what a system calls it.

    Attributes
    ----------
    scheme : str
        What the value judges: ``intent`` or ``polarity``.
    value : str
        A value of :data:`INTENTS` or :data:`POLARITIES`.
    system : str
        A key of :data:`SYSTEMS`.
    term : str or None
        The term of that system; None if it has none.
    note : str or None
        How the term differs, or what the system lacks; None if both say the same.
    """

    scheme: LabelScheme
    value: Label
    system: System
    term: str | None
    note: str | None


_ALSO_MOTIVATION: Final = "Also holds why a problem matters, which is motivation here."
_COMPARES: Final = "Compares anything, not results alone; also others with the cited work."
_ON_RESULT: Final = "A second label, which result alone may have."

_CITO_NOTES: Final[dict[Label, str]] = {
    "method": "Use of data has a property of its own, usesDataFrom.",
    "result": "Any discussion; no property says that results are compared.",
    "motivation": "No property says that a work prompted another.",
    "future_work": "No property says that something remains to be done.",
    "unsure": "No property leaves the role open.",
    "supporting": "Agreement alone; evidence is confirms or supports.",
    "mentioning": "No property says that no stance is taken.",
    "contrasting": "Disagreement alone; contrary evidence is disputes or refutes.",
    "unclear": "No property leaves the stance open.",
}

# By system and value: each term with its note.
_TERMS: Final[dict[System, dict[Label, dict[str | None, str | None]]]] = {
    "Semantic Scholar": {
        "background": {"background": None},
        "method": {"methodology": None},
        "result": {"result": None},
    },
    "SciCite": {
        "background": {"background": _ALSO_MOTIVATION},
        "method": {"method": None},
        "result": {"result": None},
        "supporting": {"supportive": _ON_RESULT},
        "contrasting": {"not_supportive": _ON_RESULT},
        "unclear": {"cant_determine": _ON_RESULT},
    },
    "MultiCite": {
        "background": {"background": None},
        "method": {"uses": None},
        "result": {"similarities": _COMPARES, "differences": _COMPARES},
        "extension": {"extends": None},
        "motivation": {"motivation": None},
        "future_work": {"future_work": None},
        "unsure": {"unsure": "In its full corpus, not in its files for classification."},
    },
    "scite": {
        "supporting": {"supporting": "Asks for evidence; agreement alone is mentioning."},
        "mentioning": {"mentioning": "Also holds a stance that is taken without evidence."},
        "contrasting": {"contrasting": "Asks for evidence; older texts say disputing."},
        "unclear": {None: "It counts some as unclassified; what that means was not found."},
    },
    "CiTO": {
        value: {term: _CITO_NOTES.get(value)}
        for value, term in cast("dict[Label, str | None]", CITO).items()
    },
}
_UNJUDGED: Final[dict[LabelScheme, str]] = {
    "intent": "It judges no roles.",
    "polarity": "It judges no stances.",
}


def _crosswalk() -> Iterator[CrosswalkRow]:
    vocabularies: dict[LabelScheme, tuple[Label, ...]] = {
        "intent": tuple(INTENTS),
        "polarity": tuple(POLARITIES),
    }
    for system, terms in _TERMS.items():
        for scheme, values in vocabularies.items():
            judged = not terms.keys().isdisjoint(values)
            lacking = "It has no class for this." if judged else _UNJUDGED[scheme]
            for value in values:
                for term, note in terms.get(value, {None: lacking}).items():
                    yield CrosswalkRow(scheme, value, system, term, note)


CROSSWALK: Final[tuple[CrosswalkRow, ...]] = tuple(_crosswalk())
"""Every value with each term of each system that says the same, or nearly so."""
