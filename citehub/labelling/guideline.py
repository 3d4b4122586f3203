"""The guideline for people and language models who judge passages."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citehub import vocabulary
from citehub.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BUILT_IN: Final = "citehub-1"
"""The version of the default guideline."""
_NAME: Final = re.compile(r"guideline-([0-9]{1,4})\.md")
_MOST_BYTES: Final = 100_000


class Guideline(NamedTuple):
    """A guideline: its version, which each label names, and its text in Markdown."""

    version: str
    text: str


def read_guideline(source: str, subjects: Mapping[str, str]) -> Guideline:
    """Return the newest guideline of a hub, or else that of citehub.

    Parameters
    ----------
    source : str
        The folder of the hub's sources. Its guideline is ``guideline-1.md``, or the one with the
        highest number.
    subjects : mapping of str to str
        The subjects that the hub declares, with their meanings.

    Raises
    ------
    SourceError
        The guideline is empty, very long, or no text.
    """
    names = os.listdir(source) if os.path.isdir(source) else []
    found = [match for match in map(_NAME.fullmatch, names) if match]
    if not found:
        return Guideline(BUILT_IN, "\n".join(_lines(subjects)))
    newest = max(found, key=lambda match: int(match[1]))
    path = os.path.join(source, newest[0])
    with open(path, "rb") as file:
        data = file.read(_MOST_BYTES + 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if not text.strip() or len(data) > _MOST_BYTES:
        raise SourceError(
            f"{path} is not a guideline: it is empty, over {_MOST_BYTES:,} bytes, or not UTF-8"
        )
    return Guideline(newest[1], text)


def _lines(subjects: Mapping[str, str]) -> Iterator[str]:
    yield "# How to judge a citing passage"
    yield ""
    yield "Judge the passage: the sentence, with the sentences before and after for help. Do not"
    yield "judge the paper. Each passage gets one value in each scheme, the most specific that"
    yield "fits."
    schemes: tuple[tuple[str, Mapping[Any, str]], ...] = (
        ("Role: why the citing work turns to the cited work here", vocabulary.INTENTS),
        ("Polarity: towards what the cited work claims or shows", vocabulary.POLARITIES),
        ("Subject: what of the cited work is cited", subjects),
    )
    for title, values in schemes:
        if values:
            yield from ("", f"## {title}", "")
            yield from (f"- **{value}**: {meaning}" for value, meaning in values.items())
