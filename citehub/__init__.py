"""Citation hubs as versioned datasets: who cites a work, and in what role.

>>> import citehub
>>> hub = citehub.load("mt-nlg")
>>> hub.citing_works.to_pandas().shape
(44, 22)
"""

__version__ = "0.1.0"

__all__ = [
    "Agreement",
    "CitehubError",
    "Diff",
    "Export",
    "Hub",
    "MtNlg",
    "News",
    "Passage",
    "Passages",
    "Related",
    "Scorecard",
    "Summary",
    "Table",
    "Work",
    "Works",
    "__version__",
    "add",
    "arithmetic",
    "check",
    "diff",
    "display",
    "errors",
    "explorer",
    "find_passages",
    "hash_sentence",
    "hubs",
    "load",
    "lock",
    "notebooks",
    "versions",
    "vocabulary",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from citehub import arithmetic, display, errors, explorer, notebooks, vocabulary
    from citehub._agreement import Agreement
    from citehub._catalog import hubs, load, versions
    from citehub._check import Scorecard, check
    from citehub._diff import Diff, diff
    from citehub._hub import Hub
    from citehub._mt_nlg import MtNlg
    from citehub._news import News
    from citehub._related import Related
    from citehub._summary import Summary
    from citehub._table import Table
    from citehub._text import hash_sentence
    from citehub._work import Work
    from citehub._works import Works
    from citehub.adding import add, lock
    from citehub.errors import CitehubError
    from citehub.export import Export
    from citehub.texts import Passage, Passages, find_passages
else:
    # Each name is imported when first used: importing citehub costs nothing.
    _MODULES = {"arithmetic", "display", "errors", "explorer", "notebooks", "vocabulary"}
    _HOMES = {
        "Agreement": "_agreement",
        "CitehubError": "errors",
        "Diff": "_diff",
        "Export": "export",
        "Hub": "_hub",
        "MtNlg": "_mt_nlg",
        "News": "_news",
        "Passage": "texts",
        "Passages": "texts",
        "Related": "_related",
        "Scorecard": "_check",
        "Summary": "_summary",
        "Table": "_table",
        "Work": "_work",
        "Works": "_works",
        "add": "adding",
        "check": "_check",
        "diff": "_diff",
        "find_passages": "texts",
        "hash_sentence": "_text",
        "hubs": "_catalog",
        "load": "_catalog",
        "lock": "adding",
        "versions": "_catalog",
    }

    def __getattr__(name: str) -> object:
        if name in _MODULES:
            return __import__(f"citehub.{name}", fromlist=[name])
        if name not in _HOMES:
            raise AttributeError(f"module 'citehub' has no attribute {name!r}")
        module = __import__(f"citehub.{_HOMES[name]}", fromlist=[name])
        value = globals()[name] = getattr(module, name)
        return value

    def __dir__() -> list[str]:
        return __all__
