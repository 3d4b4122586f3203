"""Sphinx configuration: any warning is an error, and no page needs the network."""

import functools
import hashlib
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from jupyter_cache import get_cache
from sphinx.errors import ConfigError
from sphinx.search.en import SearchEnglish

import citehub
from citehub._catalog import datasets_folder

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_extensions"))

project = "citehub"
author = copyright = "The citehub developers"
version = release = citehub.__version__
language = "en"

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "sphinx_reredirects",
    "sphinxext.opengraph",
    "notfound.extension",
    "mathml",
    "generated_pages",
    "calculator_page",
    "explorer_page",
    "face",
    "page_parts",
    "run_ahead",
    "transcript",
    "ways",
    "site_search",
    "content_policy",
]
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb"}
exclude_patterns = ["_build", "_extensions", "_templates", "guide/texts"]
smartquotes = False  # titles and findings stay as printed

# Where the site will be served: its absolute addresses (sitemap, canonical links, previews)
# begin with it. The default is where `make serve` serves it.
html_baseurl = (os.environ.get("SITE_URL") or "http://127.0.0.1:8000").rstrip("/") + "/"
if urlsplit(html_baseurl).scheme not in {"http", "https"}:
    raise ConfigError(f"SITE_URL is {html_baseurl!r}; it must begin with https:// or http://")

html_theme = "pydata_sphinx_theme"
html_title = "citehub"
html_short_title = "citehub"
html_favicon = "_static/favicon.svg"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = ["face.css", "citehub.css", "ways.css", "print.css"]
html_context = {"default_mode": "auto"}
html_sidebars = {"index": [], "explorer/index": [], "releases/index": []}
SearchEnglish.stem = functools.cache(SearchEnglish.stem)  # 20 times for each word, and slow
html_math_renderer = "mathml"
html_last_updated_fmt = None
html_theme_options = {
    "search_as_you_type": True,
    "search_bar_text": "Search this site",
    "header_links_before_dropdown": 7,
    "navigation_depth": 2,
    "show_toc_level": 2,
    "secondary_sidebar_items": {
        "**": ["page-toc"],
        "index": [],
        "explorer/index": [],
        "canonical/calculator": [],
    },
    "navbar_start": ["brand"],
    "footer_start": ["foot"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
ogp_site_url = html_baseurl
ogp_social_cards = {"enable": False}
ogp_image = "_static/preview.jpg"  # the head of the home page
ogp_image_alt = "citehub: who cites Megatron-Turing NLG, and why"
ogp_description_length = 200
notfound_urls_prefix = urlsplit(html_baseurl).path
notfound_context = {
    "title": "There is no such page",
    "body": "<h1>There is no such page</h1>\n<p>It may have moved. Begin at "
    f'<a href="{notfound_urls_prefix}index.html">the home page</a>, look into '
    f'<a href="{notfound_urls_prefix}explorer/index.html">the explorer</a> or '
    f'<a href="{notfound_urls_prefix}citing/papers/index.html">the list of citing papers</a>, or '
    "search this site.</p>",
}
redirects = {
    "guide/tables": "../tables/index.html",
    "guide/releases": "../releases/index.html",
}

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "attrs_inline"]
myst_heading_anchors = 3
myst_url_schemes = ("http", "https", "mailto", "site")  # the last one by ways.py
copybutton_exclude = ".linenos, .gp, .go"
# Code with a button runs as it stands (tests/test_visible_code.py). What needs files of the
# reader is `py` or `bash`, or another language, and has no button.
copybutton_selector = ", ".join(
    f"div.highlight-{language} pre" for language in ("python", "ipython3", "sh", "bibtex")
)


def _digest() -> str:
    """Name what notebooks compute from: the package, its data, dumps and what runs them.

    jupyter-cache itself looks at the cells only, and would show old results of a new package.
    """
    package = Path(citehub.__file__).parent
    folders = (Path(datasets_folder()), HERE / "guide" / "small-dumps", HERE / "guide" / "texts")
    files = sorted(package.rglob("*.py"))
    files += (path for folder in folders for path in sorted(folder.rglob("*.*")))
    digest = hashlib.sha256(sys.version.encode())
    for path in filter(Path.is_file, files):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


nb_execution_mode = "cache"
os.environ["CITEHUB_HOME"] = str(HERE / "_build" / "home")  # no hub of whoever builds the site
nb_execution_cache_path = str(HERE / "_build" / ".jupyter_cache" / _digest())
Path(nb_execution_cache_path).mkdir(parents=True, exist_ok=True)
get_cache(nb_execution_cache_path).db  # noqa: B018 -- makes its tables
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_execution_timeout = 120
nb_merge_streams = True
nb_render_markdown_format = "myst"  # links and mathematics of computed text, as of written text
nb_output_stderr = "warn"
nb_ipywidgets_js = {}  # the default loads scripts from another host

autodoc_typehints = "none"  # numpydoc gives the types
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

# No inventories are fetched: names of other libraries stay plain text.
nitpick_ignore_regex = [(r"py:.*", r"(pandas|polars|pyarrow|altair)\..*")]

linkcheck_allow_unauthorized = True
linkcheck_timeout = 20
