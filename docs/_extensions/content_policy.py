"""What a page of the site may load: its own files, and the inline scripts that this build wrote.

The policy stands in each page, as hosts of static files send no headers of one's own. A script
that a text from outside would bring in has no hash in it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from citehub.explorer import page
from citehub.explorer.review import hashed

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_HEAD = re.compile(r"<head>\s*(?:<meta charset=[^>]*>)?", re.IGNORECASE)
_BEFORE = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_SCRIPT = re.compile(r"<script(?![^>]*\s(?:src|type)=)[^>]*>(.*?)</script>", re.DOTALL)


def with_policy(text: str) -> str:
    """Return a page with its policy, at the first place where the browser heeds it."""
    text = _BEFORE.sub("", text, count=1)
    policy = page.policy(*dict.fromkeys(hashed(script) for script in _SCRIPT.findall(text)))
    return _HEAD.sub(lambda head: head[0] + policy, text, count=1)


def write_policies(app: Sphinx, exception: Exception | None) -> None:
    """Write the policy into every page, those that a build before wrote too."""
    if exception is not None or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        done = with_policy(text)
        if done != text:
            path.write_text(done, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("build-finished", write_policies, priority=999)  # when all pages are there
    return {"parallel_read_safe": True, "parallel_write_safe": True}
