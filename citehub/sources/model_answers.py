"""Answers of language models that judged passages, kept unchanged in the folder of a hub.

Each is a line of JSON, on the disk before the next question. Licences of the texts may be closed,
so no release has them.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from citehub._atomic_file import named_in_errors
from citehub.errors import SourceError
from citehub.sources.readings import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE: Final = "model-answers.jsonl"
_TEXTS: Final = ("at", "asked_model", "context_id", "passage_sha256", "prompt_sha256", "text")


def read_model_answers(folder: str) -> Iterator[dict[str, Any]]:
    """Yield the kept answers, in order.

    It cuts off an incomplete last line, which a killed process left.

    Parameters
    ----------
    folder : str
        The folder of the hub's sources.

    Raises
    ------
    SourceError
        A line is damaged.
    """
    path = os.path.join(folder, FOLDER, FILE)
    if not os.path.isfile(path):
        return
    sound = 0
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                os.truncate(path, sound)
                return
            sound += len(line)
            try:
                yield _checked(json.loads(line))
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                why = str(error) or type(error).__name__
                problem = f"is damaged ({why:.80}). Get the file back, or delete this line"
                raise SourceError.at(path, number, problem) from None


def _checked(entry: Any) -> dict[str, Any]:
    """Return an entry with valid cells."""
    for name in _TEXTS:
        if not isinstance(entry[name], str):
            raise TypeError(f"{name} is not what it should be")
    for name in ("model", "fingerprint", "finish_reason"):
        if not isinstance(entry[name], str | None):
            raise TypeError(f"{name} is not what it should be")
    if type(entry["vote"]) is not int:
        raise TypeError("vote is not what it should be")
    found: dict[str, Any] = entry
    return found


def keep_model_answer(folder: str, answer: Mapping[str, Any]) -> None:
    """Append an answer; it is on the disk when this returns.

    Parameters
    ----------
    folder : str
        The folder of the hub's sources.
    answer : mapping
        What to keep, as JSON values.
    """
    place = os.path.join(folder, FOLDER)
    os.makedirs(place, exist_ok=True)
    path = os.path.join(place, FILE)
    with named_in_errors(path), open(path, "ab") as file:
        file.write(json.dumps(answer).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
