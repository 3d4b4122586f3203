"""What a page of the site may load: its own files, and the inline scripts that this build wrote.

The policy stands in each page, as hosts of static files send no headers of one's own. A script
that a text from outside would bring in has no hash in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from elements import change, find
from sphinx.errors import ExtensionError

from citehub.explorer import page
from citehub.explorer.review import hashed

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def with_policy(text: str) -> str:
    """Return a page with its policy, at the first place where the browser heeds it.

    Raises
    ------
    ExtensionError
        The page has no head.
    """
    found = find(text, "head", "meta", "script")
    head = next((each for each in found if each.tag == "head"), None)
    if head is None:
        raise ExtensionError(f"There is no <head> for the policy in the page {text[:99]!r}…")
    scripts = (
        text[each.inner : each.close]
        for each in found
        if each.tag == "script" and not each.attributes.keys() & {"src", "type"}
    )
    policy, place = page.policy(*dict.fromkeys(map(hashed, scripts))), head.inner
    before = []
    for meta in (each for each in found if each.tag == "meta"):
        if meta.attributes.get("http-equiv") == "Content-Security-Policy":
            before = before or [(meta.start, meta.end, "")]
        elif "charset" in meta.attributes and not text[place : meta.start].strip():
            place = meta.end
    return change(text, [*before, (place, place, policy)])


def write_policies(app: Sphinx, exception: Exception | None) -> None:
    """Write the policy into every page, those that a build before wrote too."""
    if exception is not None or app.builder.format != "html":
        return
    pages = (path for path in Path(app.outdir).rglob("*.html") if "_static" not in path.parts)
    for path in pages:
        text = path.read_text(encoding="utf-8")
        done = with_policy(text)
        if done != text:
            path.write_text(done, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("build-finished", write_policies, priority=999)  # when all pages are there
    return {"parallel_read_safe": True, "parallel_write_safe": True}
