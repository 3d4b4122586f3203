"""Themes of a hub whose works nobody grouped: their topics by OpenAlex."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from citehub._search import words
from citehub.build.derived import derive

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citehub.build.ledger import Ledger
    from citehub.sources.records import Origin

METHOD: Final = "openalex-topic"
_DESCRIPTION: Final = (
    'Works to which OpenAlex\'s classifier, a model, assigned the primary topic "{}"; no person '
    "grouped them."
)


def put_topic_themes(ledger: Ledger, topics: Mapping[str, tuple[str, Origin]]) -> None:
    """Enter a theme for each topic, the largest first, and its works.

    ``topics`` are those of the citing works, each with its origin. A work without a topic has no
    theme.
    """
    counts = Counter(topic for topic, _ in topics.values())
    order = sorted(counts, key=lambda topic: (-counts[topic], topic))
    ids = name_themes(order)
    origins = dict(reversed([*topics.values()]))
    for position, topic in enumerate(order, 1):
        key = {"theme_id": ids[topic]}
        derive(ledger, "themes", key, "title in small letters, with hyphens")
        stated = {**key, "title": topic}
        ledger.put("themes", stated, origins[topic])
        cells = {**key, "description": _DESCRIPTION.format(topic)}
        derive(ledger, "themes", cells, "method of work_themes")
        derive(ledger, "themes", {**key, "position": position}, "most citing works first")
    for work_id, (topic, origin) in topics.items():
        row = {"work_id": work_id, "theme_id": ids[topic], "method": METHOD}
        ledger.put("work_themes", row, origin)


def name_themes(titles: Iterable[str]) -> dict[str, str]:
    """Return a short, unique name for each title.

    Examples
    --------
    >>> name_themes(["Topic Modeling", "C", "C++", "?"])
    {'Topic Modeling': 'topic-modeling', 'C': 'c', 'C++': 'c-2', '?': 'topic'}
    """
    names: dict[str, str] = {}
    used: set[str] = set()
    for title in titles:
        stem = name = "-".join(words(title)) or "topic"
        number = 1
        while name in used:
            number += 1
            name = f"{stem}-{number}"
        used.add(name)
        names[title] = name
    return names
