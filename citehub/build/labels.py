"""The labels of citations: those that sources state, and those that people and programs gave."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from citehub._labels import find_shown
from citehub._text import hash_sentence
from citehub.build.decisions import origin_of
from citehub.build.derived import DERIVED
from citehub.build.passages import check_label
from citehub.sources.curation import CURATION
from citehub.sources.full_texts import PROGRAMS
from citehub.sources.records import Origin
from citehub.sources.registry import find_source

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from citehub.build.assemble import Plan
    from citehub.build.decisions import Decisions
    from citehub.build.ledger import Ledger
    from citehub.sources.curation import LabelRow
    from citehub.sources.records import Edge
    from citehub.sources.statements import Statements

_OF_LABELER: Final = (
    *("labeler_version", "guideline", "prompt_sha256", "confidence", "confidence_level", "rank"),
)
_NAME_DIGITS: Final = 6  # of a hash, in the id of a label


class Labels:
    """Enters the labels of one citation after another."""

    def __init__(self, given: Statements, decisions: Decisions, plan: Plan) -> None:
        self._given = given
        self._decisions = decisions
        self._plan = plan
        self._subjects = {each.subject for each in plan.curation.subjects}

    def put(
        self, ledger: Ledger, key: dict[str, str], edges: list[Edge], known: Mapping[str, str]
    ) -> None:
        """Enter each source's statement of a citation, its passages, and all labels of both.

        ``known`` names passages of its texts by the hash of their words: a source's passage with
        these words is the text's.
        """
        labels = self._put_stated(ledger, key, edges, known) + self._put_decided(ledger, key)
        if self._plan.tells_passages and labels:
            shown = find_shown(labels)
            for label in labels:
                label_id = label["label_id"]
                cells = {"label_id": label_id, "is_shown": label_id in shown}
                ledger.put("citation_labels", cells, Origin(DERIVED, "derived"))

    # -- of sources -----------------------------------------------------------------------

    def _put_stated(
        self, ledger: Ledger, key: dict[str, str], edges: list[Edge], known: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        labels: list[dict[str, Any]] = []
        stated: dict[tuple[str, str], list[bool]] = {}
        for edge in edges:
            said = stated.setdefault((edge.source_id, edge.citing), [])
            said += [] if edge.is_influential is None else [edge.is_influential]
        numbers: Counter[str] = Counter()
        for edge in edges:
            origin = self._given.origin_of(edge)
            source = {**key, "source_id": edge.source_id}
            if (edge.source_id, edge.citing) in stated:  # it may cite two of its records
                said = stated.pop((edge.source_id, edge.citing))
                records = {"record_id": edge.citing, "cited_record_id": edge.cited}
                cells = {**source, **records, "is_influential": any(said) if said else None}
                ledger.put("citation_sources", cells, origin)
            stem = f"{edge.source_id}-{edge.citing}"
            for context in edge.contexts:
                numbers[stem] += 1
                name = f"{stem}-{numbers[stem]}"
                context_id = name if context.text else None
                if context.text and (twin := known.get(hash_sentence(context.text))):
                    context_id = twin
                    cells = {**key, "context_id": twin, "text": context.text}
                    ledger.put("citation_contexts", cells, origin)
                elif context_id:
                    cells = {**source, "context_id": context_id, "text": context.text}
                    ledger.put("citation_contexts", cells, origin)
                for raw in dict.fromkeys(context.intents):
                    role = self._role(edge.source_id, raw)
                    label = {
                        **source,
                        "label_id": f"{name}-{raw}",
                        "context_id": context_id,
                        **role,
                    }
                    ledger.put("citation_labels", label, origin)
                    labels.append(label)
        return labels

    def _role(self, source_id: str, raw: str) -> dict[str, Any]:
        """Return the cells of a label for what a source calls a role."""
        source = find_source(source_id)
        return {
            "scheme": "intent",
            "value": source.roles.get(raw) if source else None,
            "raw_value": raw,
            "labeler": source.labeler if source else source_id,
            "labeler_kind": "source" if self._plan.tells_passages else None,
        }

    # -- of people and programs -----------------------------------------------------------

    def _put_decided(self, ledger: Ledger, key: dict[str, str]) -> list[dict[str, Any]]:
        work_id = key["citing_work_id"]
        labels = self._decisions.labels.get(work_id, ())
        if not self._plan.tells_passages:
            labels = [each for each in labels if each.labeler is None]
        if not labels:
            return []
        known = {
            row["context_id"]: row
            for row in ledger.rows("citation_contexts")
            if row["citing_work_id"] == work_id
        }
        passages = {
            row["sentence_hash"] or hash_sentence(row["text"]): context_id
            for context_id, row in known.items()
        }
        told = {context_id for context_id, row in known.items() if row.get("gist")}
        hashes = {context_id: row["sentence_hash"] or "none" for context_id, row in known.items()}
        read = self._decisions.passages.get(work_id, ())
        entered = []
        for number, label in enumerate(labels, 1):
            if lost := self._what_is_lost(label, work_id, known):
                self._decisions.tell(
                    label.decision, f"{lost} (any more), so the label is left out"
                )
                continue
            context_id = label.context_id if label.context_id in known else None
            if label.passage and not context_id:
                hashed = hash_sentence(label.passage)
                context_id = passages.get(hashed)
                if context_id is None:
                    context_id = passages[hashed] = f"curation-{work_id}-{number}"
                    self._put_quoted(ledger, key, label, context_id, hashed)
            check_label(label, read, hashes.get(context_id))
            row = {**key, **self._judged(label, work_id, number, context_id)}
            origin = origin_of(label.decision, row["source_id"])
            ledger.put("citation_labels", row, origin)
            if label.gist and context_id and context_id not in told:
                told.add(context_id)
                gist = {**key, "context_id": context_id, "gist": label.gist}
                ledger.put("citation_contexts", gist, origin)
            entered.append(row)
        return entered

    def _what_is_lost(self, label: LabelRow, work_id: str, known: Collection[str]) -> str:
        """Return what a label is of and the hub does not have, or an empty text."""
        if label.scheme == "subject" and label.value not in self._subjects:
            return f"subjects.csv has no subject {label.value!r:.60}"
        if label.context_id and label.context_id not in known and not label.passage:
            return f"{work_id} has no passage {label.context_id!r:.80}"
        return ""

    def _put_quoted(
        self,
        ledger: Ledger,
        key: Mapping[str, str],
        label: LabelRow,
        context_id: str,
        hashed: str,
    ) -> None:
        """Enter a passage that a label quotes."""
        cells = {**key, "source_id": CURATION.id, "context_id": context_id}
        if self._plan.tells_passages:
            cells["sentence_hash"] = hashed
        if self._plan.publish_sentences or not self._plan.tells_passages:
            cells["text"] = label.passage or ""
        ledger.put("citation_contexts", cells, origin_of(label.decision))

    def _judged(
        self, label: LabelRow, work_id: str, number: int, context_id: str | None
    ) -> dict[str, Any]:
        """Return a label as a row, without its citation."""
        kind = label.labeler_kind or "person"
        is_subject = label.scheme == "subject"
        is_person = kind in {"person", "settled"}
        row = {
            "source_id": label.source_id or (CURATION.id if is_person else PROGRAMS.id),
            "label_id": f"curation-{work_id}-{number}-{label.value}",
            "context_id": context_id,
            "scheme": label.scheme,
            "value": None if is_subject else label.value,
            "raw_value": label.value,
            "labeler": label.labeler or label.decision.who or "a maintainer",
        }
        if label.labeler:
            named = _short_name(label.labeler)
            again = f"-{label.rank}" if (label.rank or 1) > 1 else ""
            again += "-settled" if kind == "settled" else ""
            row["label_id"] = f"{context_id or work_id}-{label.scheme}-{named}{again}"
        if self._plan.tells_passages:
            row |= {name: getattr(label, name) for name in _OF_LABELER}
            row |= {"labeler_kind": kind, "subject": label.value if is_subject else None}
        return row


def _short_name(labeler: str) -> str:
    """Return a labeller's name for an id; names that differ only in case and commas give one."""
    plain = re.sub("[^a-z0-9]+", "-", labeler.lower()).strip("-")
    if re.fullmatch("[A-Za-z0-9, ]+", labeler):
        return plain
    digest = hashlib.sha256(labeler.encode()).hexdigest()[:_NAME_DIGITS]
    return f"{plain}-{digest}".lstrip("-")
