"""Sphinx configuration: any warning is an error, and no page needs the network."""

import citehub

project = "citehub"
author = copyright = "The citehub developers"
version = release = citehub.__version__

extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb"}
exclude_patterns = ["_build"]

html_theme = "pydata_sphinx_theme"
html_title = f"citehub {release}"
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["citehub.css"]
html_context = {"default_mode": "auto"}
html_sidebars = {"index": [], "benchmarks": [], "changelog": []}

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True
nb_output_stderr = "warn"
nb_ipywidgets_js = {}  # the default loads scripts from another host

autodoc_typehints = "none"  # numpydoc gives the types
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

# No inventories are fetched: names of other libraries stay plain text.
nitpick_ignore_regex = [(r"py:.*", r"(pandas|polars|pyarrow)\..*")]
