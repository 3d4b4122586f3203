"""TeX of titles: TeX to plain Unicode, and text to TeX that prints unchanged."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from citehub._text import clean_line

_MATH: Final = re.compile(r"(\${1,2})([^$]*[\\^_][^$]*)\1")
_FONTS: Final = re.compile(
    r"\\(?:math(?:rm|bf|it|sf|tt|cal|bb|frak|scr)|text(?:rm|bf|it|sf)?|boldsymbol|operatorname)"
    r"\s*\{([^{}]*)\}"
)
_TOKEN: Final = re.compile(
    r"(?P<script>[\^_])(?:\{(?P<group>[^{}\\^_]*)\}|(?P<one>[^\\{}\s]))"
    r"|\\(?P<command>[A-Za-z]+) ?|\\(?P<space>[,;:! ])|\\(?P<escaped>[%&#])|(?P<brace>[{}])"
    r"|(?P<plain>[^\\{}^_$])"
)
_SCRIPTS: Final = {"^": "SUPERSCRIPT", "_": "SUBSCRIPT"}
_MINUS: Final = dict.fromkeys("−–‐", "-")
_SIGNS: Final = {
    "+": "PLUS SIGN",
    "-": "MINUS",
    "=": "EQUALS SIGN",
    "(": "LEFT PARENTHESIS",
    ")": "RIGHT PARENTHESIS",
}
_LETTERS: Final = {
    "SUPERSCRIPT": ("SUPERSCRIPT LATIN {size} LETTER {letter}", "MODIFIER LETTER {size} {letter}"),
    "SUBSCRIPT": ("LATIN SUBSCRIPT {size} LETTER {letter}",),
}
_COMMANDS: Final = {
    "infty": "∞",
    "times": "×",
    "to": "→",
    "rightarrow": "→",
    "ell": "ℓ",
    "pm": "±",
}
_SYMBOLS: Final = _COMMANDS | {
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫",
    "approx": "≈", "sim": "∼", "simeq": "≃", "equiv": "≡", "propto": "∝", "cdot": "·",
    "circ": "∘", "ast": "∗", "star": "⋆", "prime": "′", "dagger": "†", "mp": "∓", "div": "÷",
    "langle": "⟨", "rangle": "⟩", "hbar": "ℏ", "partial": "∂", "nabla": "∇", "in": "∈",
    "subset": "⊂", "cup": "∪", "cap": "∩", "oplus": "⊕", "otimes": "⊗", "odot": "⊙", "perp": "⊥",
    "leftarrow": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "mapsto": "↦", "ldots": "…",
    "dots": "…", "varepsilon": "ε", "varphi": "φ", "vartheta": "ϑ", "sum": "∑", "prod": "∏",
    "int": "∫", "forall": "∀", "exists": "∃", "emptyset": "∅", "rm": "", "bf": "", "it": "",
}  # fmt: skip
_GROUP: Final = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_PRINTED: Final = {
    **dict.fromkeys(
        (
            "emph", "mbox", "hbox", "mkbibbold", "mkbibemph", "mkbibitalic", "mkbibacro", "text",
            "textbf", "textit", "textmd", "textnormal", "textrm", "textsc", "textsf", "textsl",
            "texttt", "textup", "underline", "uline",
        ),
        "{}",
    ),
    **dict.fromkeys(("enquote", "mkbibquote"), "“{}”"),
    "mkbibparens": "({})",
    "mkbibbrackets": "[{}]",
}  # fmt: skip
_RAISED: Final = {
    "textsubscript": "_",
    "textsuperscript": "^",
    "mkbibsubscript": "_",
    "mkbibsuperscript": "^",
}
_COMMAND: Final = re.compile(rf"\\({'|'.join([*_PRINTED, *_RAISED])})\*?(?![A-Za-z])\s*{_GROUP}")
_INNER_QUOTES: Final = str.maketrans("“”", "‘’")
_DEPTH: Final = 8  # of commands in commands
_KEPT: Final = (
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau"
    "|upsilon|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega|"
) + "|".join(_COMMANDS)
_ARGUMENT: Final = r"(?:\{[A-Za-z0-9+\-=()]*\}|[A-Za-z0-9+\-=])"
_SAFE_MATH: Final = (
    r"\$(?=[^$]*[\\^_])"
    rf"(?:(?:\^{_ARGUMENT}(?:_{_ARGUMENT})?|_{_ARGUMENT}(?:\^{_ARGUMENT})?)(?![\^_])"
    rf"|\\(?:{_KEPT})(?![A-Za-z])|[A-Za-z0-9+\-=()/.,:; ])+\$"
)
_ESCAPES: Final = {sign: f"\\{sign}" for sign in "$&#%_{}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": "$<$",  # Zotero and pandoc do not know \textless
    ">": "$>$",
    "|": "$|$",
}
_UNBALANCED: Final = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
# The second is the first sign of two that TeX would print as one, as two hyphens.
_ESCAPED: Final = re.compile(
    rf"(?P<math>{_SAFE_MATH})|(?=--|``|''|\?`|!`)(?P<first>.)|(?P<sign>[\\{{}}$&#%_^~<>|])"
)


def resolve_tex(title: str) -> str:
    r"""Return a title with its inline mathematics as plain Unicode.

    Dollar signs that enclose no TeX stay.

    Parameters
    ----------
    title : str
        The title as printed.

    Returns
    -------
    str
        The title without TeX.

    Raises
    ------
    ValueError
        It has TeX without a plain form.

    Examples
    --------
    >>> resolve_tex(r"M$^2$RNN and $\alpha_0$ for $5")
    'M²RNN and α₀ for $5'
    """
    return _MATH.sub(lambda match: _resolve(_FONTS.sub(r"\1", match[2])), title)


def print_commands(text: str) -> str:
    r"""Return a text with known commands of LaTeX and biblatex resolved; others stay.

    Examples
    --------
    >>> print(print_commands(r"H\textsubscript{2}O in \mkbibemph{E. coli}, \enquote{so}, \foo{x}"))
    H₂O in E. coli, “so”, \foo{x}
    """
    for _ in range(_DEPTH):
        printed = _COMMAND.sub(_print_command, text)
        if printed == text:
            break
        text = printed
    return re.sub(r"(?<!\\)\\([&%#])", r"\1", text)


def _print_command(match: re.Match[str]) -> str:
    name, given = match[1], _COMMAND.sub(_print_command, match[2])
    if "\\" not in given:
        given = given.replace("{", "").replace("}", "")
    if name in _RAISED:
        return script(_RAISED[name], given) or given
    if _PRINTED[name].startswith("“"):
        given = given.translate(_INNER_QUOTES)
    return _PRINTED[name].replace("{}", given)


def script(mark: str, text: str) -> str | None:
    """Return a text raised (``^``) or lowered (``_``); None if a character has no such form.

    Examples
    --------
    >>> script("^", "−2"), script("_", "2,3")
    ('⁻²', None)
    """
    try:
        return "".join(_script(_SCRIPTS[mark], _MINUS.get(sign, sign)) for sign in text.strip())
    except KeyError:
        return None


def _resolve(math: str) -> str:
    resolved, at = [], 0
    while at < len(math):
        match = _TOKEN.match(math, at)
        if match is None:
            raise ValueError(f"no plain form of the TeX {math!r}")
        resolved.append(_resolve_token(match, math))
        at = match.end()
    return "".join(resolved)


def _resolve_token(match: re.Match[str], math: str) -> str:
    try:
        if match["script"]:
            raised = match["group"] if match["one"] is None else match["one"]
            return "".join(_script(_SCRIPTS[match["script"]], sign) for sign in raised)
        if match["command"]:
            found = _SYMBOLS.get(match["command"])
            return _greek(match["command"]) if found is None else found
    except KeyError:
        raise ValueError(f"no plain form of the TeX {math!r}") from None
    if match["space"]:
        return " " if match["space"] in ";: " else ""
    return match["escaped"] or match["plain"] or ""


def _script(kind: str, sign: str) -> str:
    if sign.isdecimal():
        return unicodedata.lookup(f"{kind} {unicodedata.name(sign).removeprefix('DIGIT ')}")
    if sign in _SIGNS:
        return unicodedata.lookup(f"{kind} {_SIGNS[sign]}")
    size = "CAPITAL" if sign.isupper() else "SMALL"
    for form in _LETTERS[kind]:
        try:
            return unicodedata.lookup(form.format(size=size, letter=sign.upper()))
        except KeyError:
            continue
    raise KeyError(sign)


def _greek(command: str) -> str:
    size = "CAPITAL" if command[0].isupper() else "SMALL"
    return unicodedata.lookup(f"GREEK {size} LETTER {command.upper()}")


def escape_tex(text: str) -> str:
    r"""Return text that TeX prints unchanged.

    Mathematics of letters, digits, scripts and Greek stays TeX; no other command does. Braces that
    do not balance become commands, as BibTeX counts even escaped ones.

    Examples
    --------
    >>> print(escape_tex(r"M$^2$RNN: 100% of $5 {a} < \input"))
    M$^2$RNN: 100\% of \$5 \{a\} $<$ \textbackslash{}input
    >>> print(escape_tex("}{"))
    \textbraceright{}\textbraceleft{}
    """
    line = clean_line(text)
    signs = _ESCAPES if _is_balanced(line) else _ESCAPES | _UNBALANCED

    def escape(match: re.Match[str]) -> str:
        if match["math"]:
            return match["math"]
        return f"{match['first']}{{}}" if match["first"] else signs[match["sign"]]

    return _ESCAPED.sub(escape, line)


def _is_balanced(text: str) -> bool:
    depth = 0
    for brace in re.findall("[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
