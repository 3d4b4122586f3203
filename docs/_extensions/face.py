"""The face of the site: the logo in the colours of the page, what the footer says, the picture.

The picture of the home page is the hub as its logo shows it: each dot is a citing paper, in the
colour of its theme. It says nothing that the timeline does not say.
"""

from __future__ import annotations

from math import cos, pi, sin
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elements import replace_script

from citehub._palette import theme_colour

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

    from citehub import Hub

INK, HUB = "#1d2b42", "#c2410c"  # of the logo where it stands alone

PLACE = '<div class="face-picture" aria-hidden="true">'
INNER, OUTER = 62, 168  # px from the centre


def draw(hub: Hub) -> str:
    """Return the picture of a hub."""
    themes = [row["theme_id"] for row in hub.themes]
    lines, dots = "", ""
    for number, theme in enumerate(themes):
        n_works = len(hub.select(theme=theme))
        for place in range(n_works):
            spread = (place * 0.618 + 0.31) % 1  # of the golden ratio: neighbours stand apart
            angle = 2 * pi * (number + 0.08 + 0.84 * spread) / len(themes)
            away = INNER + (OUTER - INNER) * (place + 0.5) / n_works
            x, y = away * cos(angle), away * sin(angle)
            colour = theme_colour(number)
            lines += f'<path d="M0 0 {x:.0f} {y:.0f}" style="stroke:{colour}"/>'
            dots += f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5" style="fill:{colour}"/>'
    return (
        f'<svg viewBox="-180 -180 360 360"><g fill="none" opacity=".45">{lines}</g>{dots}'
        '<circle r="30" style="fill:var(--face-accent)"/></svg>'
    )


def add_face(
    app: Sphinx,
    _pagename: str,
    _templatename: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    """Give the templates what they show, and a page with a timeline its script."""
    logo = Path(app.srcdir, "_static", "logo.svg").read_text(encoding="utf-8").strip()
    logo = logo.replace(INK, "currentColor").replace(HUB, "var(--face-accent)")
    context["face_logo"] = logo.replace("<svg ", '<svg aria-hidden="true" ', 1)
    hub = app.citehub.hub  # type: ignore[attr-defined]
    context["replace_script"] = replace_script
    context["face_data"] = f"data {hub.name} {hub.version}"
    if PLACE in context.get("body", ""):
        context["body"] = context["body"].replace(PLACE, PLACE + draw(hub))
    if 'class="citehub-timeline"' in context.get("body", ""):
        app.add_js_file("timeline.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("html-page-context", add_face)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
