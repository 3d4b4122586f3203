"""The pages of a folder that ``citehub site`` writes, each whole and readable without script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import citehub
from citehub import _html
from citehub._manifest import released_on
from citehub._palette import THEMES, theme_colour
from citehub._text import clean_line, counted
from citehub._work import marked_title, shorten_authors
from citehub.explorer import agreement
from citehub.explorer.plain_list import ordered, section, text
from citehub.vocabulary import TEXT_STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citehub._hub import Hub
    from citehub._json_types import Resource

TABLES: Final = (
    "works",
    "work_ids",
    "authorships",
    "citations",
    "citation_contexts",
    "citation_labels",
    "text_readings",
    "local_citations",
    "representatives",
    "themes",
    "work_themes",
    "work_notes",
    "sources",
    "evidence",
)
"""Tables that the explorer reads, where a release holds them."""
PER_PAGE: Final = 1000  # works on a page of the plain list of a large hub
_SCRIPT: Final = '<script defer src="explorer.js"></script>\n'  # fetched before the data
_OWN_FOLDER: Final = "'self' file:"  # opened from disk, not all know 'self'
_WHAT: Final = (
    "A citation hub lists the papers that cite one work, why they cite it, and where each fact "
    "comes from."
)
_RIGHTS: Final = (
    "Data from a source stays under the terms of that source. Where the terms are not known, "
    "nothing is granted."
)


def policy(*scripts: str) -> str:
    """Return what a page may load: its own files, no script in it but those of some hashes."""
    return (
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        f"script-src {' '.join((_OWN_FOLDER, *scripts))};style-src {_OWN_FOLDER} 'unsafe-inline';"
        f"img-src {_OWN_FOLDER} data:;font-src {_OWN_FOLDER};connect-src {_OWN_FOLDER};"
        "base-uri 'none';form-action 'self'\">"
    )


def resources(hub: Hub) -> dict[str, Resource]:
    """Return what the manifest says of each table that the explorer reads."""
    known = {each["name"]: each for each in hub.manifest["resources"]}
    return {name: known[name] for name in TABLES if name in known}


def config(hub: Hub, *, files: str, inline: str | None, page: str | None = None) -> dict[str, Any]:
    """Return what the script is told of the hub: ``Config`` of ``explorer/src/types.d.ts``.

    ``files`` is where the release is, ``inline`` a script that holds it for a page opened from
    disk, ``page`` where papers have pages of their own, with ``{}`` for the name. A release that
    was opened as a folder has no name to load it by elsewhere, so code takes that of the page.
    """
    columns = ("path", "rows", "bytes", "hash")
    tables = resources(hub).items()
    return {
        "hub": hub.name,
        "version": hub.version,
        "title": hub.manifest["title"],
        "canonical": hub.release.canonical_id,
        "n": hub.release.n_citing,
        "tables": {
            name: {key: value for key, value in resource.items() if key in columns}
            for name, resource in tables
        },
        "labels_note": _labels_note(hub),
        "counts_note": _counts_note(hub),
        "colours": [theme_colour(number) for number in range(len(THEMES))],
        "text_statuses": {
            status: TEXT_STATUSES[status]
            for (status,) in hub.release.cells("text_readings", "status")
            if status in TEXT_STATUSES
        },
        "files": files,
        "inline": inline,
        "release": None if hub.release.hashes else f"./{files.rstrip('/')}",
        "page": page,
    }


def _labels_note(hub: Hub) -> str | None:
    """Return who judged, and that a source counts labels without saying of which works.

    None where there are no labels.
    """
    rows = [row for row in hub.summary() if row.scheme == "intent"]
    sentences = [f"By {row.labeler}." for row in rows if row.labeler]
    known = {row.source_id for row in rows if row.labeler}
    sentences += [
        f"A source counts {counted(row.n_labelled, 'labelled paper')} of {row.n_citing:,}, and "
        "does not say which."
        for row in rows
        if row.source_id not in known
    ]
    return " ".join(dict.fromkeys(sentences)) or None


def _counts_note(hub: Hub) -> str | None:
    """Return who counted citations of the citing works, when, and of how many.

    None where no count is known.
    """
    rows = hub.release.cells("works", "citation_count", "citation_count_on")[1:]
    dates = [day for count, day in rows if count is not None]
    if not dates:
        return None
    cells = hub.evidence.to_arrow(("table_name", "column_name", "source_id", "other_value"))
    groups = cells.group_by(cells.column_names[:3])  # as a large hub has millions of rows
    counted_by = groups.aggregate([("source_id", "count"), ("other_value", "count")])
    counting = {
        row["source_id"]
        for row in counted_by.to_pylist()
        if (row["table_name"], row["column_name"]) == ("works", "citation_count")
        and row["source_id_count"] > row["other_value_count"]  # it gives some that are shown
    }
    rows_of_sources = hub.release.cells("sources", "source_id", "title")
    titles = [title for key, title in rows_of_sources if key in counting]
    known = sorted({f"{day}" for day in dates if day})
    when = " to ".join(dict.fromkeys((known[0], known[-1]))) if known else "date not known"
    return (
        f"Citations counted by {', '.join(titles) or 'a source that is not named'} ({when}); "
        f"known for {len(dates):,} of {_papers(len(rows))}."
    )


def note(n: int, shown: int, others: str = "links below lead to all of them") -> str:
    """Return what stands above the list for as long as no script runs."""
    if shown == n:
        return (
            f"This is the plain list of all {_papers(n)}, in hub order. Search and filters come "
            "with the page's script; where it does not run, the list stays as it is."
        )
    return (
        f"These are the first {shown:,} of {_papers(n)}, in hub order; {others}. Search "
        "and filters come with the page's script, which needs a web server, such as "
        "python -m http.server; where it does not run, the list stays as it is."
    )


def index(
    hub: Hub, settings: Mapping[str, Any], items: Sequence[str], others: Sequence[str]
) -> str:
    """Return ``index.html``: the hub, its first entries, and where everything else is.

    ``others`` are the names of the release's files beside its tables.
    """
    n = hub.release.n_citing
    more = "" if len(items) == n else _all_pages(n)
    papers = section(settings, note(n, len(items)), items, more)
    return around(hub, papers, _citation(hub) + _files(hub, settings["files"], others))


def around(hub: Hub, papers: str, about: str, lead: str = "") -> str:
    """Return the page around the citing papers: ``lead`` above them, ``about`` below."""
    return _document(
        hub,
        hub.manifest["title"],
        f"<header>\n{_header(hub)}{lead}</header>\n"
        '<main id="papers" tabindex="-1">\n<h2>The citing papers</h2>\n'
        f"{papers}</main>\n<footer>\n{about}{_rights(hub)}{_made_by()}</footer>\n",
        head=_SCRIPT,
    )


def list_page(hub: Hub, items: Sequence[str], number: int) -> str:
    """Return a page of the plain list of a large hub, with links to those beside it."""
    n, start = hub.release.n_citing, (number - 1) * PER_PAGE + 1
    beside = [f'<a href="{page_name(number - 1)}" rel="prev">Previous</a>'] if number > 1 else []
    beside.append('<a href="index.html">Explorer</a>')
    if number * PER_PAGE < n:
        beside.append(f'<a href="{page_name(number + 1)}" rel="next">Next</a>')
    links = " · ".join(beside)
    title = f"Citing papers {start:,} to {min(number * PER_PAGE, n):,} of {n:,}"
    return _document(
        hub,
        f"{title}: {hub.manifest['title']}",
        f"<header>\n<h1>{title}</h1>\n<p>{text(hub.manifest['title'])}, data version "
        f'{text(hub.version)}, in hub order.</p>\n<nav aria-label="Pages">{links}</nav>\n'
        '</header>\n<main id="papers" tabindex="-1">\n<h2>Papers</h2>\n'
        f'<section class="cx">\n{ordered(items, start)}</section>\n</main>\n'
        f'<footer>\n<nav aria-label="Pages, again">{links}</nav>\n</footer>\n',
    )


def page_name(number: int) -> str:
    """Return the name of a page of the plain list; the first has number 1."""
    return f"papers-{number}.html"


def _document(hub: Hub, title: str, body: str, head: str = "") -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"{policy()}\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta name="generator" content="citehub {citehub.__version__}">\n'
        f'<meta name="description" content="{text(hub.manifest["description"])}">\n'
        f"<title>{text(title)}</title>\n"
        '<link rel="icon" href="data:,">\n'  # none: a browser would ask the server for one
        f"{head}"
        '<link rel="stylesheet" href="explorer.css">\n<link rel="stylesheet" href="page.css">\n'
        '</head>\n<body class="cx-page">\n'
        f'<a class="cx-skip" href="#papers">Skip to the papers</a>\n{body}</body>\n</html>\n'
    )


def _header(hub: Hub) -> str:
    (work,) = hub.release.stream([hub.release.canonical_id])
    title = _html.link(work.url or "", clean_line(marked_title(work)))
    about = f"{shorten_authors(work.authors)}, {work.published or 'date not known'}"
    return (
        f"<h1>{text(hub.manifest['title'])}</h1>\n"
        f"<p>{_WHAT}</p>\n<p>The canonical work: {title} ({text(about)}).</p>\n"
        f"<p><strong>This hub lists {_papers(hub.release.n_citing)}</strong>; we do not know "
        f"how many more there are.</p>\n"
        f"{labels(hub)}{agreement.folded(hub)}"
        f"<p>Data version {text(hub.version)} of {text(released_on(hub.manifest))}.</p>\n"
    )


def licenses(hub: Hub) -> str:
    """Return the licences of the compilation, as links."""
    return "; ".join(
        _html.link(each["path"], clean_line(f"{each['name']}: {each['title']}"))
        for each in hub.manifest["licenses"]
    )


def labels(hub: Hub) -> str:
    """Return the counts of roles; folded where single works are judged."""
    summary = hub.summary()
    names, rows = summary.judged()
    if not rows:
        return f"<p>{text(summary)}</p>\n"
    table = _html.table(names, [[text(cell) for cell in row] for row in rows])
    return (
        "<details><summary>Why they cite, in sum</summary>\n"
        f"{table}\n<p>{text(summary.in_short)}</p></details>\n"
    )


def _all_pages(n: int) -> str:
    links = " · ".join(
        f'<a href="{page_name(number)}">{(number - 1) * PER_PAGE + 1:,}</a>'
        for number in range(1, -(-n // PER_PAGE) + 1)
    )
    return (
        '<nav class="cx-pages" aria-label="All papers">All papers, as plain pages of '
        f"{PER_PAGE:,}, from number {links}</nav>\n"
    )


def _citation(hub: Hub) -> str:
    return f"<h2>How to cite</h2>\n<p>{text(hub.cite('apa'))}</p>\n"


def _files(hub: Hub, folder: str, others: Sequence[str]) -> str:
    tables = ", ".join(
        f'<a href="{escape(folder + each["path"])}">{text(each["name"])}</a> ({each["rows"]:,})'
        for each in hub.manifest["resources"]
    )
    described = ", ".join(f'<a href="{escape(folder + each)}">{text(each)}</a>' for each in others)
    return (
        f"<h2>The data</h2>\n<p>Tables as Parquet, with their rows: {tables}.</p>\n"
        f"<p>Their description: {described}.</p>\n"
    )


def _rights(hub: Hub) -> str:
    rows = [
        (
            _html.link(each["url"] or "", clean_line(each["title"])),
            text(each["rights"] or "not known"),
        )
        for each in hub.release.rows("sources")
    ]
    table = _html.table(("source", "terms of reuse"), rows) if rows else ""
    return (
        f'<h2 id="rights">Rights</h2>\n<p>The compilation: {licenses(hub)}.</p>\n'
        f"<p>{_RIGHTS}</p>\n{table}\n"
    )


def _made_by() -> str:
    return (
        f"<p>Made by citehub {citehub.__version__}. Licences of the packages in the page's "
        'script: <a href="explorer-licences.txt">explorer-licences.txt</a>.</p>\n'
    )


def _papers(n: int) -> str:
    return counted(n, "citing paper")
