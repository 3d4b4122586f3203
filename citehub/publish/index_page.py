"""``index.html`` of a published folder: what the hub is, how to take it, and its explorer."""

from __future__ import annotations

import json
import os
import re
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Final

from citehub._catalog import datasets_folder
from citehub._manifest import CHANGES, MANIFEST, PUBLISHING_FILES, SIGNATURE, SUMS, sha256
from citehub._text import counted
from citehub.explorer import page, plain_list
from citehub.explorer.folder import FIRST, INLINE, own_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citehub._hub import Hub

_OF_PAGE: Final = re.compile(r"index\.html|data\.js|page\.css|explorer[a-z-]*\.(css|js|txt)")
_ALL: Final = (
    '<p class="cx-pages">All papers, as a table: <a href="works.parquet">works.parquet</a></p>\n'
)
_MEANINGS: Final = {
    MANIFEST: "Describes every table and column (Data Package).",
    CHANGES: "What is new in each version.",
    "croissant.json": "For machine-learning catalogues (Croissant).",
    "ro-crate-metadata.json": "For research-object repositories (RO-Crate).",
    "dataset.jsonld": "For search engines (schema.org).",
    "CITATION.cff": "For citation tools.",
    "README.md": "The dataset card.",
    "RIGHTS.md": "The terms of the compilation and of each source.",
}


def is_of_page(name: str) -> bool:
    """Tell whether a file of a published folder belongs to its page, which is made anew."""
    return bool(_OF_PAGE.fullmatch(name))


def page_files(hub: Hub, files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the page by name; ``files`` are the others, which it lists."""
    own = own_files(hub)
    yield from own.items()
    inline = INLINE if INLINE in own else None
    settings = page.config(hub, files="./", inline=inline) | {"release": None}
    n = hub.release.n_citing
    items = list(islice(plain_list.entries(hub), n if inline else FIRST))
    note = page.note(n, len(items), "the link below leads to all of them")
    papers = plain_list.section(settings, note, items, "" if inline else _ALL)
    about = _loading(hub) + _citing(hub) + _verifying(files) + _listing(hub, files)
    yield "index.html", page.around(hub, papers, about, _lead(hub)).encode()


def _lead(hub: Hub) -> str:
    return (
        f"<p>Licence of the compilation: {page.licenses(hub)}.</p>\n"
        '<nav aria-label="This page"><a href="#load">Load it</a> · <a href="#cite">Cite it</a> · '
        '<a href="#verify">Verify it</a> · <a href="#files">Files</a> · '
        '<a href="#rights">Rights</a></nav>\n'
    )


def _loading(hub: Hub) -> str:
    name, version = json.dumps(hub.name), json.dumps(hub.version)
    load = f"import citehub\n\nhub = citehub.load({name}, version={version})\n"
    load += "works = hub.citing_works.to_pandas()"
    first = (
        "<p>With citehub, a Python package, which comes with a hub of this name:</p>\n"
        if os.path.isdir(os.path.join(datasets_folder(), hub.name))
        else "<p>With citehub, a Python package, add it by the address of this page:</p>\n"
        '<pre tabindex="0"><code>citehub add <span id="cx-address">ADDRESS</span></code></pre>\n'
        "<p>Then, in Python:</p>\n"
    )
    return (
        f'<h2 id="load">Load it</h2>\n{first}{_code(load)}'
        '<p>A copy of this folder loads by its path, as <code>citehub.load("./FOLDER")</code>. '
        "Any reader of Parquet reads the tables.</p>\n"
    )


def _citing(hub: Hub) -> str:
    return (
        f'<h2 id="cite">Cite it</h2>\n<p>{plain_list.text(hub.cite("apa"))}</p>\n'
        f"{_code(hub.cite())}"
    )


def _verifying(files: Mapping[str, bytes]) -> str:
    return (
        f'<h2 id="verify">Verify it</h2>\n<p><a href="{SUMS}">{SUMS}</a> has the SHA-256 of '
        "every file, also of this page. To compare them, and to check keys, nulls and "
        "vocabularies, in a copy of this folder:</p>\n"
        f"{_code(f'sha256sum -c {SUMS}{chr(10)}citehub verify .')}"
        f"<p>The SHA-256 of {MANIFEST}, which has those of all tables, is "
        f"<code>{_digest(files[MANIFEST])}</code>.</p>\n"
        f"<p>If the maintainer signed this folder, it has {SIGNATURE}, too. Whoever has the "
        "maintainer’s public key can check that:</p>\n"
        f"{_code('citehub verify . --key KEY')}"
        "<p>Get the key by another way than from this server: a page cannot vouch for itself.</p>"
        "\n"
    )


def _listing(hub: Hub, files: Mapping[str, bytes]) -> str:
    tables = {each["path"]: each for each in hub.manifest["resources"]}
    meanings = _MEANINGS | {
        path: f"{each['description']} {each['rows']:,} rows." for path, each in tables.items()
    }
    order = [MANIFEST, *tables, CHANGES, *PUBLISHING_FILES]
    items = (
        f'<dt><a href="{escape(name)}">{plain_list.text(name)}</a>, '
        f"{counted(len(files[name]), 'byte')}</dt>\n"
        f"<dd>{plain_list.text(meanings[name])}<br><code>{_digest(files[name])}</code></dd>\n"
        for name in order
        if name in files
    )
    return (
        '<h2 id="files">Files</h2>\n<p>Each with its SHA-256. Those that only this page needs are '
        f"in {SUMS}.</p>\n<dl>\n{''.join(items)}</dl>\n"
    )


def _digest(data: bytes) -> str:
    return sha256(data).removeprefix("sha256:")


def _code(text: str) -> str:
    lines = (plain_list.text(line) for line in text.rstrip("\n").split("\n"))
    return f'<pre tabindex="0"><code>{chr(10).join(lines)}</code></pre>\n'
