"""The public surface: its names, and what importing costs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import citehub
from citehub import errors

PUBLIC = {
    "Agreement", "CitehubError", "Diff", "Export", "Hub", "MtNlg", "News", "Passage", "Passages",
    "Related", "Scorecard", "Summary", "Table", "Work", "Works",
    "__version__", "add", "arithmetic", "check", "diff", "display", "errors", "explorer",
    "find_passages", "hash_sentence", "hubs", "load", "lock", "notebooks", "versions",
    "vocabulary",
}  # fmt: skip


def run(code: str) -> str:
    """Run code in a fresh process and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def loaded_by(code: str) -> set[str]:
    """Return the modules that code imports beyond those of a bare interpreter."""
    listed = "import sys, json; before = set(sys.modules)\n{}\n"
    listed += "print(json.dumps(sorted(set(sys.modules) - before)))"
    return set(json.loads(run(listed.format(code)).splitlines()[-1]))


def test_all_is_sorted_and_is_what_dir_shows():
    assert set(citehub.__all__) == PUBLIC
    assert dir(citehub) == sorted(citehub.__all__) == list(citehub.__all__)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_is_there(name):
    assert getattr(citehub, name) is not None


def test_a_wrong_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'citehub' has no attribute 'laod'"):
        citehub.laod  # noqa: B018


def test_importing_citehub_imports_nothing_else():
    assert loaded_by("import citehub") == {"citehub"}


@pytest.mark.parametrize("words", [["--version"], [], ["show", "mt-nlg"], ["verify", "mt-nlg"]])
def test_commands_import_sources_only_to_read_them(words):
    modules = loaded_by(
        f"sys.argv = ['citehub', *{words}]\n"
        "from citehub.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code"
    )
    packages = {".".join(name.split(".")[:2]) for name in modules}
    assert "citehub.cli" in packages
    assert not packages & {"citehub.sources", "citehub.bulk", "citehub.build", "citehub.graph"}


def test_arithmetic_imports_no_other_library():
    modules = loaded_by("import citehub; citehub.arithmetic.parameter_count")
    ours = {name for name in modules if name.startswith("citehub")}
    parts = {name for name in ours if name.startswith("citehub.arithmetic.")}
    assert ours - parts == {"citehub", "citehub.arithmetic", "citehub.errors"}
    assert {name.partition(".")[0] for name in modules - ours} <= sys.stdlib_module_names


def test_opening_a_hub_imports_neither_pyarrow_nor_pandas():
    modules = loaded_by("import citehub; hub = citehub.load('mt-nlg'); hub.works; repr(hub)")
    assert "citehub._hub" in modules
    assert not modules & {"pyarrow", "pandas", "numpy", "polars"}


def test_opening_a_hub_opens_no_table():
    opened = run(
        "import sys, os\n"
        "opened = []\n"
        "def note(event, args):\n"
        "    if event == 'open' and isinstance(args[0], str): opened.append(args[0])\n"
        "import citehub, citehub._catalog\n"
        "sys.addaudithook(note)\n"
        "citehub.load('mt-nlg').works\n"
        "print(*map(os.path.basename, opened), sep='\\n')"
    )
    read = [name for name in opened.split() if name.endswith((".json", ".parquet"))]
    assert read == ["index.json", "datapackage.json"]


def test_an_arrow_table_needs_no_pandas():
    modules = loaded_by("import citehub; assert citehub.load('mt-nlg').works.to_arrow().num_rows")
    assert "pyarrow" in modules
    assert "pandas" not in modules


def test_rows_and_works_need_no_pandas():
    code = "import citehub; h = citehub.load('mt-nlg'); list(h.works); h.search('x'); h.summary()"
    assert "pandas" not in loaded_by(code)


def test_polars_needs_no_pyarrow():
    modules = loaded_by("import citehub; assert citehub.load('mt-nlg').works.to_polars().height")
    assert "polars" in modules
    assert not modules & {"pyarrow", "pandas"}


def test_the_version_is_declared_once():
    root = Path(__file__).parent.parent
    assert re.fullmatch(r"\d+\.\d+\.\d+", citehub.__version__)
    declared = [
        path.name
        for path in [*root.glob("*.toml"), *(root / "citehub").rglob("*.py")]
        if citehub.__version__ in path.read_text(encoding="utf-8")
    ]
    assert declared == ["__init__.py"]


def test_the_error_tree_in_the_docstring_is_the_error_tree():
    drawn = re.findall(r"(?:├──|└──) (\w+)", errors.__doc__)
    assert sorted(drawn) == sorted(set(errors.__all__) - {"CitehubError"})
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), citehub.CitehubError)
    assert errors.__all__ == sorted(errors.__all__)


def test_errors_survive_pickling():
    import pickle

    error = errors.UnknownTable.among("table", "wroks", ["works", "themes"])
    back = pickle.loads(pickle.dumps(error))
    assert (str(back), back.asked, back.known, back.nearest) == (
        str(error), "wroks", ("works", "themes"), ("works",)
    )  # fmt: skip
