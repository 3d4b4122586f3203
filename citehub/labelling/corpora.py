"""Published corpora of labelled citation contexts, read from a folder of the user.

citehub includes none of them, as their licences differ. The names of its files tell a corpus, and
its labels are mapped to the roles of citehub.
"""

from __future__ import annotations

import csv
import json
import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub import vocabulary
from citehub.errors import BadArgument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citehub._rows import Intent, Polarity

_THREE_C: Final[dict[str, Intent]] = {
    "0": "background", "1": "result", "2": "extension", "3": "future_work", "4": "motivation",
    "5": "method",
}  # fmt: skip
_MULTICITE: Final[dict[str, Intent]] = {
    "background": "background", "motivation": "motivation", "uses": "method",
    "extends": "extension", "similarities": "result", "differences": "result",
    "future_work": "future_work", "future work": "future_work",
}  # fmt: skip
_FOCAL: Final[dict[str, Intent]] = {
    "Background": "background", "Uses": "method", "Compare/Contrast": "result",
    "Similarities": "result", "Differences": "result", "Motivation": "motivation",
    "Extends": "extension", "Future Work": "future_work",
}  # fmt: skip
_SCICITE: Final[dict[str, Intent]] = {
    "background": "background", "method": "method", "result": "result",
}  # fmt: skip
_STANCES: Final[dict[str, Polarity]] = {
    "supportive": "supporting", "not_supportive": "contrasting", "cant_determine": "mentioning",
}  # fmt: skip
_TAG: Final = "#AUTHOR_TAG"
_OPEN, _CLOSE = "<cite>", "</cite>"
_DAMAGE: Final = (
    ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, csv.Error,
)  # fmt: skip


class Context(NamedTuple):
    """A labelled context: its text, section title, place of the mark, and roles.

    ``polarity`` is None if the corpus does not have it.
    """

    text: str
    section: str
    mark: tuple[int, int] | None
    roles: frozenset[Intent]
    polarity: Polarity | None = None


class Corpus(NamedTuple):
    """A published corpus.

    Attributes
    ----------
    name : str
        Its name.
    part : str
        The file that was read.
    roles : tuple of str
        The roles that it distinguishes.
    contexts : tuple of Context
        Its contexts.
    published : tuple of tuple
        Published results on its test part: a system, and its macro-F1.
    """

    name: str
    part: str
    roles: tuple[Intent, ...]
    contexts: tuple[Context, ...]
    published: tuple[tuple[str, float], ...] = ()


class _Kind(NamedTuple):
    name: str
    files: tuple[str, ...]
    read: Callable[[str], Iterator[Context]]
    published: tuple[tuple[str, float], ...] = ()


def read_corpus(folder: str | os.PathLike[str]) -> Corpus:
    """Read the corpus in a folder: its test part, or another one if there is none.

    Parameters
    ----------
    folder : str or path
        A folder with the files of SciCite, MultiCite, ACL-ARC, ACT2, FOCAL or AC3.

    Returns
    -------
    Corpus
        The corpus.

    Raises
    ------
    BadArgument
        The folder has no such file, or a damaged one.
    """
    place = os.fspath(folder)
    if not os.path.isdir(place):
        raise BadArgument(f"{place} is not a folder. {say_known()}")
    for kind in _KINDS:
        for name in kind.files:
            path = os.path.join(place, name)
            if not os.path.isfile(path):
                continue
            try:
                contexts = tuple(map(_checked, kind.read(path)))
            except _DAMAGE as error:
                why = f"{type(error).__name__}: {error}"
                raise BadArgument(
                    f"{path} is not in the form of {kind.name} ({why:.80})."
                ) from None
            if not contexts:
                raise BadArgument(f"{path} has no context.")
            roles = sorted({role for each in contexts for role in each.roles})
            return Corpus(kind.name, name, tuple(roles), contexts, kind.published)
    raise BadArgument(f"{place} has no known corpus. {say_known()}")


def _checked(context: Context) -> Context:
    """Return a context that can be judged.

    Raises
    ------
    ValueError
        It cannot: the text is invalid, a role is unknown, or the mark is outside of the text.
    """
    texts: tuple[Any, ...] = (context.text, context.section)
    if not all(isinstance(each, str) for each in texts):
        raise ValueError(f"{texts[0]!r:.40} in {texts[1]!r:.20} should be text")
    if not context.roles or not context.roles <= vocabulary.INTENTS.keys():
        raise ValueError(f"{sorted(context.roles)} are not roles")
    if context.mark and not 0 <= context.mark[0] < context.mark[1] <= len(context.text):
        raise ValueError(f"the mark {context.mark} is not in the text")
    return context


def say_known() -> str:
    """Say which corpora are known."""
    known = "; ".join(f"{each.name}: {' or '.join(each.files)}" for each in _KINDS)
    return f"Known corpora, by their files: {known}."


def _lines(path: str) -> Iterator[dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _scicite(path: str) -> Iterator[Context]:
    for row in _lines(path):
        section = row["sectionName"] if isinstance(row["sectionName"], str) else ""
        mark = _mark(row["string"], row.get("citeStart"), row.get("citeEnd"))
        role, stance = _SCICITE[row["label"]], row.get("label2")
        polarity = _STANCES[stance] if stance else None
        if role != "result":
            polarity = "mentioning"
        elif not path.endswith("test.jsonl") and not row.get("label2_confidence"):
            polarity = None  # on these rows of the other parts, label2 says the opposite
        yield Context(row["string"], section, mark, frozenset([role]), polarity)


def _mark(text: str, start: Any, end: Any) -> tuple[int, int] | None:
    """Return the place of a mark; in some rows the numbers are off by a few."""
    if start is None or end is None or start != start or end != end:  # noqa: PLR0124 -- NaN
        return None
    begin, stop = int(start), int(end)
    cut_off = text[begin - 1 : begin].isalpha() or text[stop : stop + 1].isalnum()
    is_mark = (
        0 <= begin < stop <= len(text) and bool(re.search(r"\d", text[begin:stop])) and not cut_off
    )
    return (begin, stop) if is_mark else None


def _multicite(path: str) -> Iterator[Context]:
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    for row in rows:
        text, mark = " ".join(row["x"]) if isinstance(row["x"], list) else row["x"], None
        start = text.find(_OPEN)
        stop = text.find(_CLOSE, start)
        if 0 <= start < stop:
            before, cited = _untag(text[:start]), _untag(text[start:stop])
            mark = (len(before), len(before) + len(cited)) if cited else None
        labels = row["y"] if isinstance(row["y"], list) else row["y"].split()
        roles = frozenset(_MULTICITE[each] for each in labels)
        yield Context(_untag(text), "", mark, roles)


def _untag(text: str) -> str:
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def _tagged(text: str, section: str, label: str) -> Context:
    at = text.find(_TAG)
    mark = (at, at + len(_TAG)) if at >= 0 else None
    return Context(text, section, mark, frozenset([_THREE_C[label]]))


def _three_c(path: str) -> Iterator[Context]:
    csv.field_size_limit(1 << 27)
    is_csv = path.endswith(".csv")
    with open(path, encoding="utf-8", newline="") as file:
        if is_csv:
            rows: Any = csv.DictReader(file)
        else:
            header = file.readline().rstrip("\n").split("\t")
            rows = (dict(zip(header, line.rstrip("\n").split("\t"), strict=True)) for line in file)
        for row in rows:
            section = row.get("section_title") or ""
            yield _tagged(row["citation_context"], section, row["citation_class_label"])


def _focal(path: str) -> Iterator[Context]:
    for row in _lines(path):
        text = row["Paragraph"]
        begin, end = row["Citation Start End"][0]
        start = max(text.rfind(". ", 0, begin) + 2, 0) if ". " in text[:begin] else 0
        stop = text.find(". ", end)
        stop = len(text) if stop < 0 else stop + 1
        roles = frozenset(_FOCAL[each] for each in row["Functions Label"])
        yield Context(text[start:stop], "", (begin - start, end - start), roles)


_AC3: Final[dict[str, Intent | None]] = {
    "basis": "extension", "use": "method", "substantiating": "background",
    "comparison": "result", "contradiction": "result",
    "compliment": None, "criticizing": None,  # stances, no roles
}  # fmt: skip


def _ac3(path: str) -> Iterator[Context]:
    for row in _lines(path):
        role = _AC3[row["classification"]]
        if role is None:
            continue
        text = row["citation_content"]
        at = text.find("(#CITATION_TAG)")
        mark = (at, at + len("(#CITATION_TAG)")) if at >= 0 else None
        yield Context(text, "", mark, frozenset([role]))


_KINDS: Final = (
    _Kind("MultiCite", ("test.json", "dev.json"), _multicite),
    _Kind(
        "SciCite", ("test.jsonl", "dev.jsonl"), _scicite,
        (("hand rules with section titles", 0.791), ("structural scaffolds", 0.840),
         ("word n-grams, sections and cue patterns, linear", 0.853), ("SciBERT", 0.863)),
    ),
    _Kind("ACL-ARC", ("paper_disjoint_test.txt", "paper_disjoint_train.txt"), _three_c),
    _Kind("ACT2", ("act2_test.txt", "3c_train.csv"), _three_c),
    _Kind("FOCAL", ("FOCAL-TESTING.jsonl", "FOCAL-VALIDATION.jsonl"), _focal),
    _Kind("AC3", ("AC3_three_sentences_context.jsonl",), _ac3),
)  # fmt: skip
