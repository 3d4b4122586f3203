"""Themes where nobody grouped the works: the topics that OpenAlex's classifier gave them."""

from __future__ import annotations

from citehub.build.ledger import Ledger
from citehub.build.topic_themes import METHOD, name_themes, put_topic_themes
from citehub.sources.records import Origin

from .test_assemble import hub, record, rows


def themed(**topics: str) -> dict[str, list[dict]]:
    ledger = Ledger()
    origin = {work: Origin("openalex", "stated", f"record {work}") for work in topics}
    put_topic_themes(ledger, {work: (topic, origin[work]) for work, topic in topics.items()})
    return ledger.close()


def test_a_theme_of_more_works_comes_first_then_by_title():
    tables = themed(a="Tides", b="Lamps", c="Moons", d="Moons", e="Kelp")
    assert [(row["title"], row["position"]) for row in tables["themes"]] == [
        ("Moons", 1), ("Kelp", 2), ("Lamps", 3), ("Tides", 4),
    ]  # fmt: skip
    assert [(row["work_id"], row["theme_id"]) for row in tables["work_themes"]] == [
        ("a", "tides"), ("b", "lamps"), ("c", "moons"), ("d", "moons"), ("e", "kelp"),
    ]  # fmt: skip
    assert {row["method"] for row in tables["work_themes"]} == {METHOD}


def test_it_is_said_that_a_model_assigned_them_and_where_it_stands():
    tables = themed(a="Lamps & <Light>", b="Lamps & <Light>")
    (theme,) = tables["themes"]
    assert theme["title"] == "Lamps & <Light>"
    assert theme["theme_id"] == "lamps-light"
    assert "OpenAlex's classifier, a model, assigned" in theme["description"]
    assert '"Lamps & <Light>"' in theme["description"]
    origins = {
        (row["table_name"], row["column_name"]): (row["source_id"], row["grade"], row["locator"])
        for row in tables["evidence"]
    }
    assert origins["themes", "title"] == ("openalex", "stated", "record a")
    assert origins["work_themes", "theme_id"] == ("openalex", "stated", "record b")
    assert origins["themes", "position"][:2] == ("derived", "derived")


def test_names_are_never_alike():
    names = name_themes(["C", "C++", "C#", "C 2", "", "...", "灯笼"])
    assert [*names.values()] == ["c", "c-2", "c-3", "c-2-2", "topic", "topic-2", "灯笼"]


def test_a_topic_of_braces_stays_as_it_is():
    (theme,) = themed(a="{0} and {}")["themes"]
    assert theme["title"] == "{0} and {}"
    assert '"{0} and {}"' in theme["description"]


def test_only_topics_of_openalex_become_themes_and_the_canonical_work_has_none():
    tables = rows(
        hub(
            record("openalex", "W2", "10.5555/2", topic="Lamps"),
            record("s2", "3", "10.5555/3", topic="Of Another Source"),
            record("openalex", "W4", "10.5555/4"),
            canonical=(record("openalex", "W1", "10.5555/lamp", topic="Of the Work"),),
        )
    )
    assert [row["title"] for row in tables["themes"]] == ["Lamps"]
    assert [row["work_id"] for row in tables["work_themes"]] == ["doi:10.5555/2"]


def test_without_topics_there_are_no_themes():
    tables = rows(hub(record("openalex", "W2", "10.5555/2")))
    assert (tables["themes"], tables["work_themes"]) == ([], [])
