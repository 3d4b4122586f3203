"""What commands print for people."""

from __future__ import annotations

import sys
from collections import Counter
from shlex import quote
from typing import TYPE_CHECKING, Any, Final

import citehub
from citehub import _terminal as terminal
from citehub._catalog import open_hub
from citehub._news import MOST_NAMED
from citehub._passages import describe_place, describe_words, list_passages
from citehub._search import words
from citehub._text import clean, counted
from citehub._work import marked_title, shorten_authors
from citehub.errors import DamagedRelease, NewerRelease

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from citehub import Agreement, Diff, Hub, Scorecard, Summary, Work
    from citehub._rows import RepresentativeRow
    from citehub._table import Table

_TEXT_ROWS: Final = 20
_THEMES: Final = 20
_PASSAGES: Final = 3


def show_overview() -> None:
    """Show the hubs, and what to type next."""
    rows: list[tuple[str, str, int | None, str]] = []
    for name in citehub.hubs():
        try:
            hub = open_hub(name)
            versions = ", ".join(citehub.versions(name))
        except (DamagedRelease, NewerRelease):
            rows.append((name, "", None, f"cannot be read; citehub show {name} says why"))
        else:
            rows.append((name, versions, len(hub.citing_works), hub.manifest["title"]))
    first = rows[0][0] if rows else "HUB"
    terminal.show(
        f"citehub {citehub.__version__}: who cites a work, and in what role\n",
        terminal.grid("hub", "versions", "citing works", "title", rows=rows, wide=(3,)),
        *next_steps(
            (f"citehub show {first}", "what the hub says"),
            (f"citehub search {first} reasoning", "find works"),
            (f"citehub table {first} works", "a table: its columns, and its rows with -c or -f"),
            ("citehub --help", "everything else"),
        ),
    )


def next_steps(*steps: tuple[str, str]) -> tuple[RenderableType, ...]:
    """Return commands to type next, with what they show."""
    return "\nNext:", terminal.grid("", "", rows=[(f"  {step}", what) for step, what in steps])


def show_hub(hub: Hub, asked: str) -> None:
    """Show a hub; ``asked`` is how the user named it."""
    canonical = hub.canonical
    known = [canonical.published, canonical.primary_category, *canonical.links.values()]
    terminal.show(
        terminal.text(f"{hub.manifest['title']} (data version {hub.version})", "bold"),
        "",
        terminal.text(marked_title(canonical)),
        terminal.text(shorten_authors(canonical.authors, most=3), "dim"),
        terminal.text(" · ".join(str(each) for each in known if each), "dim"),
        "",
        *_roles(hub.summary()),
        "",
        *_passages(hub),
        *_themes(hub),
        terminal.text(
            "Tables and rows: "
            + ", ".join(f"{each['name']} {each['rows']:,}" for each in hub.manifest["resources"])
        ),
        *next_steps(*_steps_from(hub, asked), (f"citehub table {quote(asked)} works", "a table")),
    )


def _steps_from(hub: Hub, asked: str) -> Iterator[tuple[str, str]]:
    """Yield commands that find the first citing work, if there is one."""
    first = next(iter(hub.citing_works), None)
    if first is None:
        return
    named = max(words(first["title_plain"]), key=len, default="")
    if named:
        yield f"citehub search {quote(asked)} {quote(named)}", "find works"
    yield f"citehub show {quote(asked)} {quote(first['work_id'])}", "one work"


def _roles(summary: Summary) -> tuple[RenderableType, ...]:
    """Return the roles in which works cite: single works in a table, sums in words."""
    names, rows = summary.judged()
    if not rows:
        return (terminal.text(summary),)
    return terminal.grid(*names, rows=rows), terminal.text(summary.in_short, "dim")


def _passages(hub: Hub) -> tuple[RenderableType, ...]:
    """Return the first passages of a hub."""
    if "citation_contexts" not in hub.tables or not len(hub.citation_contexts):
        return ()
    first = hub.passages().head(_PASSAGES)
    found: list[Any] = first.astype(object).where(first.notna(), None).to_dict("records")
    rows = [
        (row["work_id"], describe_place(row), describe_words(row), row["role"]) for row in found
    ]
    left = len(hub.citation_contexts) - len(rows)
    by = ", ".join(dict.fromkeys(each for each in first["judged_by"].dropna()))
    more = f"and {counted(left, 'more passage')}. " if left > 0 else ""
    return (
        terminal.grid("passage of", "where", "what it says", "role", rows=rows, wide=(1, 2)),
        terminal.text(f"{more}{f'Roles by {by}.' if by else ''}", "dim"),
        "",
    )


def _passages_of(work: Work) -> tuple[RenderableType, ...]:
    """Return the passages of a work, or why there are none."""
    readings = [
        f"{', '.join(filter(None, (each['form'], each['text_version'], each['status'])))}"
        f"{': ' if each['note'] else ''}{each['note'] or ''}"
        for each in work.text_readings
    ]
    lines = [terminal.text(f"Text: {each}", "dim") for each in readings]
    if not work.passages:
        return ("", *lines) if lines else ()
    names = ("where", "what it says", "role", "polarity")
    rows = [tuple(map(each.get, names)) for each in list_passages(work)]
    grid = terminal.grid(
        "where it cites", "what it says", "role", "polarity", rows=rows, wide=(0, 1)
    )
    return "", grid, terminal.text(f"By {work.judged_by or 'nobody yet'}.", "dim"), *lines


def _themes(hub: Hub) -> tuple[RenderableType, ...]:
    if "themes" not in hub.tables or not len(hub.themes):
        return ()
    counts = Counter(row["theme_id"] for row in hub.work_themes)
    rows = [(row["theme_id"], counts[row["theme_id"]], row["title"]) for row in hub.themes]
    left = len(rows) - _THEMES
    more = (terminal.text(f"and {counted(left, 'more theme')}", "dim"),) if left > 0 else ()
    return terminal.grid("theme", "works", "title", rows=rows[:_THEMES], wide=(2,)), *more, ""


def show_work(work: Work) -> None:
    """Show what the hub knows about one work."""
    citation = work.citation
    rows: list[tuple[str, object]] = [
        ("work_id", work.work_id),
        ("first version", work.published),
        ("venue", work.venue),
        ("category", work.primary_category),
        ("retracted", {True: "yes", False: "no", None: None}[work.is_retracted]),
        ("abstract", work.abstract),
        ("finding", work.finding),
        ("finding from", work.finding_source),
        ("themes", ", ".join(work.themes) or None),
    ]
    if citation:
        rows += [
            ("role", work.role),
            *((("judged by", work.judged_by),) if work.judged_by else ()),
            ("place in hub", citation["hub_position"]),
            (
                "representative",
                "; ".join(map(_rank, work.representative)),
            ),
            ("months after", citation["timespan_months"]),
            ("shared authors", citation["shared_authors"]),
        ]
    rows += list(work.links.items())
    terminal.show(
        terminal.text(marked_title(work), "bold"),
        terminal.text(shorten_authors(work.authors)),
        "",
        terminal.grid("", "", rows=rows, wide=(1,)),
        *_passages_of(work),
        "",
        terminal.text(f"– is not known. Sources: {', '.join(work.sources)}", "dim"),
    )


def _rank(row: RepresentativeRow) -> str:
    """Return the place of a work in a selection, and the reason."""
    return f"{row['method']} {row['rank']}" + (f", {row['reason']}" if row["reason"] else "")


def show_tables(hub: Hub, asked: str) -> None:
    """List the tables of a hub."""
    rows = [
        (each["name"], f"{each['rows']:,}", each["description"])
        for each in hub.manifest["resources"]
    ]
    terminal.show(
        terminal.grid("table", "rows", "a row is", rows=rows, wide=(2,)),
        *next_steps((f"citehub table {quote(asked)} works", "its columns")),
    )


def show_table(handle: Table[Any, Any], columns: list[str] | None) -> None:
    """Show the columns of a table, or rows of some columns."""
    if columns is None:
        terminal.show(
            terminal.text(handle.meaning),
            "",
            terminal.grid("column", "type", "meaning", rows=handle.fields, wide=(1, 2)),
        )
        hint = f"{counted(len(handle), 'row')}: choose columns with -c, or a format with -f"
    else:
        arrow = handle.to_arrow(columns)
        rows = (arrow.slice(0, _TEXT_ROWS) if sys.stdout.isatty() else arrow).to_pylist()
        listed = ([row[column] for column in columns] for row in rows)
        terminal.show(terminal.grid(*columns, rows=listed))
        hint = (
            f"{len(rows):,} of {counted(arrow.num_rows, 'row')}: all of them in a pipe, or with -f"
        )
    terminal.err().print(f"\n{hint}")


def show_diff(found: Diff, *, every: bool) -> None:
    """Show what is new by name, the sum of changes and, if asked for, every change."""
    if found.news:
        terminal.show(terminal.paragraph(found.news.text(None if every else MOST_NAMED)), "")
    terminal.show(terminal.paragraph(found))
    for change in found if every else ():
        where = " ".join(each for each in (change.table, change.row_key, change.column) if each)
        is_cell = change.kind.startswith("cell ")
        values = f": {change.old!r:.60} -> {change.new!r:.60}" if is_cell else ""
        print(clean(f"{change.kind}: {where}{values}"))


def show_scorecard(card: Scorecard) -> None:
    """Show every check, then what to do."""
    styles = {"yes": "green", "NO": "bold red", "open": "yellow"}
    rows = [
        (terminal.text(each.mark, styles[each.mark]), each.level, each.name, each.found)
        for each in card
    ]
    advice = [(each.name, each.advice) for each in card if each.advice]
    terminal.show(
        terminal.text(card.sum, "bold"),
        "",
        terminal.grid("passed", "level", "check", "found", rows=rows, wide=(3,)),
    )
    if advice:
        terminal.show("\nWhat to do:", terminal.grid("", "", rows=advice, wide=(1,)))


def show_agreement(name: str, found: Agreement) -> None:
    """Show the counts of each source, why they differ, and how far the sources agree."""
    headers = ("source", "as of", "own count", "announced", "records", "works", "only here")
    rows = [
        (
            each.source_id,
            each.asked_on,
            *(None if n is None else f"{n:,}" for n in each[3:8]),
        )
        for each in found.sources
    ]
    terminal.show(
        terminal.text(f"{name}: {counted(found.n_works, 'citing work')}", "bold"),
        "",
        terminal.grid(*headers, rows=rows, stacks=True),
    )
    reasons = [(each.source_id, reason) for each in found.sources for reason in each.reasons]
    if reasons:
        terminal.show("\nWhy they differ:", terminal.grid("", "", rows=reasons, wide=(1,)))
    if found.overlaps:
        pairs = [
            (
                f"{each.source_id} and {each.other_source_id}",
                f"both know {each.n_both:,} of the {each.n_either:,} that either knows",
            )
            for each in found.overlaps
        ]
        terminal.show("\nHow far they agree:", terminal.grid("", "", rows=pairs, wide=(1,)))
