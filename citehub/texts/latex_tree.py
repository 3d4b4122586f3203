"""Which files of a LaTeX source are the paper's."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citehub.texts.archives import Files

_CLASS: Final = re.compile(r"^[^%\n]*\\document(?:class|style)\b", re.MULTILINE)
_CLASS_NAME: Final = re.compile(
    r"^[^%\n]*\\documentclass\s*(?:\[[^\]]*\])?\s*\{\s*([^}]*?)\s*\}", re.MULTILINE
)
_BEGIN: Final = re.compile(r"^[^%\n]*\\begin\s*\{document\}", re.MULTILINE)
_INPUT: Final = re.compile(
    r"^(?:[^%\n\\]|\\.)*?\\(?:input|include|subfile|subfileinclude)\s*(?:\{\s*([^{}]+?)\s*\}|([^\s{}\\]+))",
    re.MULTILINE,
)
_CITES: Final = re.compile(r"\\[A-Za-z]*cite[A-Za-z]*\*?\s*[\[{]")
_LISTS: Final = re.compile(
    r"^[^%\n]*\\(?:bibliography|printbibliography|begin\{thebibliography\}|bibdata)", re.MULTILINE
)
_SUPPLEMENT: Final = re.compile(
    r"suppl|appendi|suppmat|supporting|^si$|^sm$|_si$|_sm$|-si$|-sm$|esm", re.IGNORECASE
)
_OTHERS: Final = re.compile(
    r"cover|rebut|response|reply|letter|diff|slides|beamer|poster|talk|template|sample|example|test|old|backup|draft_old|highlights",
    re.IGNORECASE,
)
_OTHER_CLASSES: Final = frozenset(
    {
        "letter",
        "subfiles",
        "beamer",
        "exam",
        "standalone",
        "tikzposter",
        "a0poster",
        "moderncv",
        "scrlttr2",
    }
)
_NAMES: Final = ("main", "ms", "paper", "article", "manuscript", "root", "arxiv", "thesis")
ENDS: Final = (".tex", ".ltx", ".latex")


def find_roots(files: Files, notes: list[str]) -> list[str]:
    """Return the main file, then supplements that stand beside it."""
    texts = files.ending(*ENDS)
    if files.is_single:
        return list(files.read)
    if not texts:  # arXiv serves one file without a suffix
        texts = [name for name in files.read if "." not in posixpath.basename(name)]
        texts = [name for name in texts if _CLASS.search(files.text(name))]
    roots = [name for name in texts if _is_root(files.text(name))]
    used = {
        found
        for name in roots
        for each in _INPUT.finditer(files.text(name))
        if (found := resolve(files, each[1] or each[2], name)) and found != name
    }
    roots = [name for name in roots if name not in used] or roots
    if not roots:
        return []
    declared = _declared(files, roots)
    ranked = sorted(roots, key=lambda name: _rank(files, name, declared), reverse=True)
    main = ranked[0]
    external = set(
        re.findall(r"\\externaldocument\s*(?:\[[^\]]*\])?\s*\{([^{}]+)\}", files.text(main))
    )
    beside = [
        name
        for name in sorted(ranked[1:])
        if posixpath.dirname(name) == posixpath.dirname(main)
        and (_SUPPLEMENT.search(_stem(name)) or _stem(name) in external)
        and not _OTHERS.search(_stem(name).replace("supporting", ""))
        and not _SUPPLEMENT.search(_stem(main))
    ]
    rest = [name for name in ranked[1:] if name not in beside]
    if rest:
        notes.append(
            f"The main file is {main}; other main files were not read: "
            f"{', '.join(sorted(rest)[:5])}."
        )
    return [main, *beside]


def _is_root(text: str) -> bool:
    return bool(_CLASS.search(text) and _BEGIN.search(text))


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def _declared(files: Files, roots: Iterable[str]) -> set[str]:
    """Return the main files that arXiv's 00README names."""
    for name in files.read:
        if not posixpath.basename(name).upper().startswith("00README"):
            continue
        text = files.text(name)
        if name.lower().endswith(".json"):
            try:
                sources = json.loads(text).get("sources", [])
                return {each["filename"] for each in sources if each.get("usage") == "toplevel"}
            except (ValueError, AttributeError, KeyError, TypeError):
                return set()
        return {
            root
            for root in roots
            for line in text.splitlines()
            if line.split()[:1] == [root] and "toplevelfile" in line.lower()
        }
    return set()


def _rank(files: Files, name: str, declared: set[str]) -> tuple[object, ...]:
    text = files.text(name)
    stem = _stem(name).lower()
    kind = _CLASS_NAME.search(text)
    whole = text + "".join(
        files.text(found)
        for each in _INPUT.finditer(text)
        if (found := resolve(files, each[1] or each[2], name))
    )
    return (
        name in declared,
        not (kind and kind[1] in _OTHER_CLASSES),
        not _OTHERS.search(stem),
        not _SUPPLEMENT.search(stem),
        bool(_LISTS.search(whole)) or f"{name.rpartition('.')[0]}.bbl" in files.read,
        -name.count("/"),
        stem in _NAMES,
        len(_CITES.findall(whole)),
        len(whole),
        name,
    )


def resolve(
    files: Files, written: str, within: str, *, ends: tuple[str, ...] = (".tex", "")
) -> str | None:
    """Return the path of a file that an input names, as TeX looks for it; None without one."""
    written = written.strip().strip('"').removeprefix("./")
    if not written or len(written) > 300:  # noqa: PLR2004
        return None
    for folder in dict.fromkeys((posixpath.dirname(within), "")):
        for end in ends:
            path = posixpath.normpath(posixpath.join(folder, written + end))
            if path in files.read:
                return path
    return None
