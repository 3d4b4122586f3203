"""Macros and conditions of TeX that decide which text prints."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from citehub.texts.latex_words import (
    BUILT_IN,
    CITE,
    CITE_NAME,
    CONDITIONS,
    DROPPED,
    NO_CITE,
    SECTIONS,
)
from citehub.texts.tex_source import Source, TooMuch

_CONDITION: Final = re.compile(r"\\(if[A-Za-z@]*|else|or|fi)(?![A-Za-z@])")
_DEFINITION: Final = re.compile(r"\s*\\([A-Za-z@]+|.)([^{}]*)(?=\{)")
_LET: Final = re.compile(r"\s*\\([A-Za-z@]+)\s*=?\s*\\([A-Za-z@]+)[ \t]*")
_OTHER_LET: Final = re.compile(r"\s*\\(?:[A-Za-z@]+|.)\s*=?\s*(?:\\.|.)")
_NUMBERS: Final = re.compile(r"\s*(-?\d+)\s*([<>=])\s*(-?\d+)\s?")
_COMPARED: Final = re.compile(r"[^\n\\{}]*(?:\\[A-Za-z@]+\s*[<>=]\s*-?\d+)?\s?")
_BLANKS: Final = re.compile(r"\s*")
_NO_SPACE: Final = re.compile(r"[.,;:!?'/)\]}~-]")
_LAST_WORD: Final = re.compile(r"\\[A-Za-z@]+$")
_BRACED: Final = re.compile(r"\{[^{}]*\}|[+>\s]")
_BOOLEAN: Final = re.compile(r".*\\boolean\{([^{}]*)\}.*", re.DOTALL)
_FALSE: Final = frozenset(
    "iffalse ifluatex ifxetex ifLuaTeX ifXeTeX ifmmode ifvmode ifeof".split()
)
_UNDEFINED: Final = frozenset({r"\undefined", r"\@undefined", r"\relax"})
_MOST_EXPANSIONS: Final = 60_000
_MOST_ARGUMENTS: Final = 9


class Macro(NamedTuple):
    """A macro: the number of its arguments, the default of the first, and its text.

    ``delimiters`` are what TeX looks for around its arguments, ``kinds`` the letters of xparse.
    """

    n_arguments: int
    default: str | None
    body: str
    delimiters: tuple[str, ...] = ()
    kinds: str = ""


class Macros(Source):
    """The current text with its macros."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.macros: dict[str, Macro | str] = {}
        self.flags: dict[str, bool] = {}
        self.n_expanded = 0

    # Definitions

    def new_command(self, kind: str) -> None:
        """Read a definition of LaTeX."""
        self.star()
        name = self.argument().strip().lstrip("\\")
        if kind.endswith("DocumentCommand"):
            kinds = _BRACED.sub("", self.argument())
            self.define(name, Macro(0, None, self.argument(), (), kinds))
            return
        written = (self.optional() or "").strip()
        n_arguments = min(int(written), _MOST_ARGUMENTS) if written.isdecimal() else 0
        default = self.optional() if n_arguments else None
        body = self.argument()
        if kind != "providecommand" or name not in self.macros:
            self.define(name, Macro(n_arguments, default, body))

    def new_macro(self, _kind: str) -> None:
        """Read a definition of TeX."""
        found = self.take(_DEFINITION)
        if found is None:
            return
        body = self.argument()
        parts = re.split(r"#(\d)", found[2])
        delimiters = tuple(parts[0::2])
        if found[1].isalpha() or "@" in found[1]:
            is_plain = not any(each.strip() for each in delimiters)
            n_arguments = min(len(parts) // 2, _MOST_ARGUMENTS)
            self.define(found[1], Macro(n_arguments, None, body, () if is_plain else delimiters))

    def let(self, _kind: str) -> None:
        """Give a command another name."""
        found = self.take(_LET)
        if found is None:
            self.take(_OTHER_LET)
            return
        name, meant = found[1], found[2]
        if name in BUILT_IN or meant in {"relax", name}:
            return
        there = self.macros.get(meant)
        if there is not None:
            self.macros[name] = there
        elif CITE_NAME.fullmatch(meant) or not CITE_NAME.fullmatch(name):
            self.macros[name] = meant

    def define(self, name: str, macro: Macro) -> None:
        """Keep a macro, unless it only restyles one of LaTeX's own."""
        if not name or name in BUILT_IN:
            return
        is_cite = CITE_NAME.fullmatch(name) and not NO_CITE.fullmatch(name)
        if (
            is_cite
            and not CITE.search(macro.body)
            and ("@" in macro.body or "#" not in macro.body)
        ):
            return
        wraps = re.search(rf"\\{re.escape(name)}(?![A-Za-z@])", macro.body)
        if wraps and (is_cite or name in DROPPED or name in SECTIONS):
            return
        self.macros[name] = macro

    # Expansion

    def expand(self, macro: Macro) -> None:
        """Replace a macro by its text."""
        self.n_expanded += 1
        if self.n_expanded > _MOST_EXPANSIONS:
            raise TooMuch
        arguments = self._arguments_of(macro)
        body = macro.body
        if arguments and "#" in body:
            body = re.sub(
                r"#([1-9])",
                lambda found: "".join(arguments[int(found[1]) - 1 : int(found[1])]),
                body,
            )
        if body.endswith(r"\xspace"):
            body = body.removesuffix(r"\xspace") + (" " if self._wants_space() else "")
        elif _LAST_WORD.search(body) and self.peek(skip=False).isalpha():
            body += " "
        if body:
            self.push(body)

    def _wants_space(self) -> bool:
        """Tell whether the blank behind a macro prints, which TeX swallows."""
        for text, at in reversed(self.stack):
            if at < len(text):
                return text[at - 1 : at] in {" ", "\t"} and not _NO_SPACE.match(text, at)
        return False

    def _arguments_of(self, macro: Macro) -> list[str]:
        if macro.kinds:
            return [self._argument_of(kind) for kind in macro.kinds if kind.isalpha()]
        if macro.delimiters:
            return self._delimited(macro.delimiters)
        arguments = []
        for place in range(macro.n_arguments):
            given = (
                self.optional() if place == 0 and macro.default is not None else self.argument()
            )
            arguments.append((macro.default or "") if given is None else given)
        return arguments

    def _argument_of(self, kind: str) -> str:
        match kind:
            case "s":
                return "*" if self.star() else ""
            case "o" | "O":
                return self.optional() or ""
            case "d" | "D":
                return self.optional("<") or ""
        return self.argument()

    def _delimited(self, delimiters: tuple[str, ...]) -> list[str]:
        arguments = []
        for each in delimiters[1:]:
            if not each.strip():
                arguments.append(self.argument())
                continue
            text, at = self.here()
            end = text.find(each, at)
            if end < 0:
                self.spend(len(text) - at)
                break
            arguments.append(text[at:end])
            self.go(end + len(each))
        return arguments

    # Conditions

    def condition(self, name: str) -> bool:
        """Read a condition and go to the branch that counts; tell whether the word begins one."""
        flag = name.removeprefix("if")
        if flag in self.flags:
            value = self.flags[flag]
        elif name not in CONDITIONS:
            return False
        else:
            value = self._test(name)
        if not value:
            self.skip_branch(to_else=True)
        return True

    def _test(self, name: str) -> bool:
        if name == "ifdefined":
            return self.argument().lstrip("\\") in self.macros
        if name in {"if", "ifcat"}:
            return self.argument() == self.argument()
        if name == "ifx":
            one, other = self.argument(), self.argument()
            if other in _UNDEFINED:
                return one.lstrip("\\") not in self.macros
            meant = [self.macros.get(each.lstrip("\\"), each) for each in (one, other)]
            return meant[0] == meant[1]
        if name in {"ifnum", "ifdim", "ifodd", "ifcase"}:
            return self._compare()
        return name not in _FALSE

    def _compare(self) -> bool:
        found = self.take(_NUMBERS)
        if found is None:
            self.take(_COMPARED)
            return True
        one, other = int(found[1][:9]), int(found[3][:9])
        return {"<": one < other, ">": one > other, "=": one == other}[found[2]]

    def skip_branch(self, *, to_else: bool) -> None:
        """Go behind the next else of a condition, or behind its end."""
        while True:
            text, at = self.here()
            end = self._end_of_branch(text, at, to_else=to_else)
            self.spend((end or len(text)) - at)
            if end is not None:
                self.go(end)
                return
            if not self.merge():
                if to_else:
                    self.go(len(self.here()[0]))
                return

    def _end_of_branch(self, text: str, at: int, *, to_else: bool) -> int | None:
        depth = 0
        for found in _CONDITION.finditer(text, at):
            word = found[1]
            if depth == 0 and (word == "fi" or (word == "else" and to_else)):
                return found.end()
            if word == "fi":
                depth -= 1
            elif word not in {"else", "or"} and (word in CONDITIONS or word[2:] in self.flags):
                depth += 1
        return None

    def choose(self, name: str) -> None:
        """Read a condition of a package, with its branches as arguments."""
        test, yes, no = self.argument().strip(), self.argument(), self.argument()
        flag = f"toggle {test}" if name == "iftoggle" else _BOOLEAN.sub(r"\1", test)
        self.push(yes if self.flags.get(flag, True) else no)

    def look_ahead(self, name: str) -> None:
        """Read a condition on what comes next, with its branches as arguments."""
        sought = "*" if name == "@ifstar" else self.argument()
        yes, no = self.argument(), self.argument()
        self.take(_BLANKS)
        self.peek()
        text, at = self.here()
        is_next = text.startswith("{" if sought == r"\bgroup" else sought, at)
        if is_next and name == "@ifstar":
            self.star()
        self.push(yes if is_next else no)

    def set_flag(self, name: str) -> None:
        """Read what makes or sets a flag of a package."""
        flag = self.argument().strip()
        if "toggle" in name:
            self.flags[f"toggle {flag}"] = name == "toggletrue"
        else:
            value = (
                self.argument().strip() if name.startswith("set") else name.removeprefix("bool")
            )
            self.flags[flag] = value == "true"
