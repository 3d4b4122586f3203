"""Pictures of the site's main pages, for people to look at: ``make screenshots``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

BUILD = Path(__file__).parents[2] / "docs" / "_build"
PAGES = (
    "index", "canonical/index", "canonical/model", "canonical/parallelism",
    "canonical/throughput", "canonical/training", "canonical/corpus", "canonical/evaluation",
    "canonical/limits", "citing/index", "citing/parallelism", "citing/models", "citing/roles",
    "citing/representatives", "citing/papers/2304.01373", "explorer/index", "tables/works",
    "releases/index", "guide/why", "reference/library",
)  # fmt: skip
STATES = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


def main() -> None:
    """Take a picture of each page, in each width and scheme."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or not (BUILD / "html" / "index.html").is_file():
        sys.exit("This needs Chromium (apt-get install chromium) and the site (make docs).")
    out = BUILD / "screenshots"
    out.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        for width, scheme in STATES:
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            for name in sys.argv[1:] or PAGES:
                page.goto((BUILD / "html" / f"{name}.html").as_uri())
                path = out / f"{name.replace('/', '-')}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True)
                print(path)
        browser.close()


if __name__ == "__main__":
    main()
